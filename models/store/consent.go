package store

import (
	"fmt"
	"time"

	"meridian/models"
)

// Consent returns a consent by its id, ErrNotFound for none.
func (r *Read) Consent(id string) (models.Consent, error) {
	return take[models.Consent](r, "id = ?", id)
}

// Consents returns all that was ever recorded of an asset, the newest first.
func (r *Read) Consents(asset string) ([]models.Consent, error) {
	return takeAll[models.Consent](r, "asset_id = ? ORDER BY created_at DESC, id DESC", asset)
}

// NewestConsents returns the consents that count of some assets, by asset.
func (r *Read) NewestConsents(assets []string) (map[string]models.Consent, error) {
	list, err := takeAll[models.Consent](r, "id IN (SELECT consent_id FROM assets WHERE id IN ("+listed+"))", jsonList(assets))
	if err != nil {
		return nil, fmt.Errorf("read consents: %w", err)
	}
	out := make(map[string]models.Consent, len(list))
	for _, c := range list {
		out[c.AssetID] = c
	}
	return out, nil
}

// AddConsent records a consent and makes it the one that counts for an asset:
// now is the asset as it is with it. Errors: ErrStale.
func (tx *Tx) AddConsent(was, now models.Asset, c models.Consent, actor string) error {
	if _, err := tx.insert(&c); err != nil {
		return fmt.Errorf("add consent: %w", err)
	}
	now.ConsentID = c.ID
	if c.EndsAt != nil {
		tx.scheduled = true
	}
	return tx.PutAsset(was, now, actor)
}

// WithdrawConsent notes that the consent of an asset was taken back: now is the
// asset as it is without it. Errors: ErrStale.
func (tx *Tx) WithdrawConsent(was, now models.Asset, reason, actor string) error {
	err := tx.update(models.ErrNotFound, "UPDATE consents SET withdrawn_at = ?, withdrawn_by = ?, reason = ? WHERE id = ? AND withdrawn_at IS NULL", tx.now, actor, reason, was.ConsentID)
	if err != nil {
		return fmt.Errorf("withdraw consent of %s: %w", was.ID, err)
	}
	return tx.PutAsset(was, now, actor)
}

// ending is the condition that the consent c of an asset a counts and has an
// end that takes something away from readers.
const ending = "c.withdrawn_at IS NULL AND c.ends_at IS NOT NULL AND a.withheld = '' AND a.erased_at IS NULL AND a.people IN ('adults', 'children')"

// ConsentsEnded returns the assets that readers may have although their consent
// ended at or before now, at most limit.
func (r *Read) ConsentsEnded(now time.Time, limit int) ([]models.Asset, error) {
	list, err := selected[models.Asset](r.db, "SELECT a.* FROM consents c JOIN assets a ON a.consent_id = c.id WHERE "+ending+" AND c.ends_at <= ? ORDER BY c.ends_at, a.id LIMIT ?", now, limit)
	if err != nil {
		return nil, fmt.Errorf("list ended consents: %w", err)
	}
	return list, nil
}

// NextConsentEnd returns the earliest moment after now at which a consent ends
// that lets readers have something; the zero time when there is none.
func (r *Read) NextConsentEnd(now time.Time) (time.Time, error) {
	list, err := selected[models.Consent](r.db, "SELECT c.ends_at FROM consents c JOIN assets a ON a.consent_id = c.id WHERE "+ending+" AND c.ends_at > ? ORDER BY c.ends_at LIMIT 1", now)
	if err != nil || len(list) == 0 {
		return time.Time{}, err
	}
	return *list[0].EndsAt, nil
}

// ConsentsEnding returns assets whose consent ends after now and not after
// until, the next ones first, among those that the grants reach; at most limit.
func (r *Read) ConsentsEnding(now, until time.Time, grants []models.Grant, all bool, limit int) ([]models.Asset, error) {
	cond, args := reachAssets(grants, all, false)
	list, err := selected[models.Asset](r.db, "SELECT a.* FROM consents c JOIN assets a ON a.consent_id = c.id WHERE "+ending+
		" AND a.trashed_at IS NULL AND c.ends_at > ? AND c.ends_at <= ? AND "+cond+" ORDER BY c.ends_at, a.id LIMIT ?", append(append([]any{now, until}, args...), limit)...)
	if err != nil {
		return nil, fmt.Errorf("list ending consents: %w", err)
	}
	return list, nil
}

// TakenAway returns assets that were public and are withheld since a moment,
// the latest first, at most limit.
func (r *Read) TakenAway(since time.Time, limit int) ([]models.Asset, error) {
	const at = "coalesce(c.withdrawn_at, CASE a.withheld WHEN 'ended' THEN c.ends_at END, a.changed_at)"
	list, err := selected[models.Asset](r.db, `SELECT a.* FROM assets a LEFT JOIN consents c ON c.id = a.consent_id
		WHERE a.withheld <> '' AND a.first_public_at IS NOT NULL AND a.trashed_at IS NULL AND a.erased_at IS NULL
		  AND `+at+" >= ? ORDER BY "+at+" DESC, a.id LIMIT ?", since, limit)
	if err != nil {
		return nil, fmt.Errorf("list what was taken away: %w", err)
	}
	return list, nil
}
