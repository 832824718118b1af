package store

import (
	"errors"
	"fmt"
	"time"

	"meridian/models"
)

// Asset returns an asset, whatever has become of it: also one that is in the
// trash or of which only the row is left.
func (r *Read) Asset(id string) (models.Asset, error) {
	return take[models.Asset](r, "id = ?", id)
}

// Assets returns the assets with the ids, in no order; missing ones are left
// out.
func (r *Read) Assets(ids []string) ([]models.Asset, error) {
	return takeAll[models.Asset](r, "id IN ("+listed+")", jsonList(ids))
}

// AssetVersion returns a version by its own id.
func (r *Read) AssetVersion(id string) (models.AssetVersion, error) {
	return take[models.AssetVersion](r, "id = ?", id)
}

// AssetVersions returns the versions of an asset, the newest first.
func (r *Read) AssetVersions(asset string) ([]models.AssetVersion, error) {
	return takeAll[models.AssetVersion](r, "asset_id = ? ORDER BY number DESC", asset)
}

// CurrentVersions returns the versions that are given out of some assets, by
// asset.
func (r *Read) CurrentVersions(assets []string) (map[string]models.AssetVersion, error) {
	list, err := takeAll[models.AssetVersion](r, "id IN (SELECT version_id FROM assets WHERE id IN ("+listed+"))", jsonList(assets))
	if err != nil {
		return nil, fmt.Errorf("read versions: %w", err)
	}
	out := make(map[string]models.AssetVersion, len(list))
	for _, v := range list {
		out[v.AssetID] = v
	}
	return out, nil
}

// AssetText returns the text of a document's version, "" for none.
func (r *Read) AssetText(version string) (string, error) {
	text, err := value[string](r, "SELECT text FROM asset_texts WHERE version_id = ?", version)
	if errors.Is(err, models.ErrNotFound) {
		return "", nil
	}
	return text, err
}

// AssetsFromSource returns the assets that have, or had, a version made from a
// file with a hash, the newest first, at most limit.
func (r *Read) AssetsFromSource(hash string, limit int) ([]models.Asset, error) {
	return takeAll[models.Asset](r, "id IN (SELECT asset_id FROM asset_versions WHERE source_hash = ?) ORDER BY id DESC LIMIT ?", hash, limit)
}

// UploadedSince returns how many bytes somebody has uploaded since a moment.
func (r *Read) UploadedSince(user string, since time.Time) (int64, error) {
	return value[int64](r, "SELECT coalesce(sum(bytes), 0) FROM asset_versions WHERE uploaded_by = ? AND created_at >= ?", user, since)
}

// AddAsset inserts an asset with its first version and the text of that, if it
// has some. Readers see nothing of it before a public page uses it.
func (tx *Tx) AddAsset(a models.Asset, v models.AssetVersion, text string) error {
	if _, err := tx.insert(&a); err != nil {
		return fmt.Errorf("add asset: %w", err)
	}
	if err := tx.insertVersion(v, text); err != nil {
		return err
	}
	return tx.queueAsset(a.ID)
}

func (tx *Tx) insertVersion(v models.AssetVersion, text string) error {
	if _, err := tx.insert(&v); err != nil {
		return fmt.Errorf("add version: %w", err)
	}
	if text == "" {
		return nil
	}
	if _, err := tx.exec("INSERT INTO asset_texts (version_id, text) VALUES (?, ?)", v.ID, text); err != nil {
		return fmt.Errorf("keep text of document: %w", err)
	}
	return nil
}

// AddAssetVersion inserts another version of an asset: was is as it is, now as
// it is with that version. Errors: ErrStale.
func (tx *Tx) AddAssetVersion(was, now models.Asset, v models.AssetVersion, text, actor string) error {
	if err := tx.insertVersion(v, text); err != nil {
		return err
	}
	return tx.PutAsset(was, now, actor)
}

// PutAsset stores what may change of an asset: was is as it is now, whose
// version guards it. What readers notice of that is in the journal afterwards.
// Errors: ErrStale.
func (tx *Tx) PutAsset(was, now models.Asset, actor string) error {
	err := tx.update(models.ErrStale, `UPDATE assets SET section_id = ?, branch = ?, domain_id = ?, shared = ?, version_id = ?, title = ?, credit = ?, licence = ?,
		taken = ?, place = ?, lang = ?, focus_x = ?, focus_y = ?, people = ?, consent_id = ?, withheld = ?, trashed_at = ?, erased_at = ?, changed_at = ?, version = version + 1
		WHERE id = ? AND version = ?`, now.SectionID, now.Branch, now.DomainID, now.Shared, now.VersionID, now.Title, now.Credit, now.Licence,
		now.Taken, now.Place, now.Lang, now.FocusX, now.FocusY, now.People, now.ConsentID, now.Withheld, now.TrashedAt, now.ErasedAt, tx.now, was.ID, was.Version)
	if err != nil {
		return fmt.Errorf("change asset %s: %w", was.ID, err)
	}
	if now.FocusX != was.FocusX || now.FocusY != was.FocusY || now.VersionID != was.VersionID {
		_, err := tx.exec(`UPDATE asset_versions SET rendered_at = NULL WHERE id = ? AND file <> ''
			AND EXISTS (SELECT 1 FROM renditions x WHERE x.version_id = asset_versions.id AND x.ratio <> '' AND (x.focus_x <> ? OR x.focus_y <> ?))`, now.VersionID, now.FocusX, now.FocusY)
		if err != nil {
			return fmt.Errorf("have crops made anew: %w", err)
		}
	}
	if now.Title != was.Title || now.Credit != was.Credit || now.Place != was.Place || now.Lang != was.Lang || now.VersionID != was.VersionID || now.ErasedAt != was.ErasedAt {
		if err := tx.queueAsset(was.ID); err != nil {
			return err
		}
	}
	if was.Given() != now.Given() && now.FirstPublicAt != nil {
		if err := tx.searchAgain(was.ID, !now.Given()); err != nil {
			return err
		}
	}
	return tx.journalAsset(was, now, actor)
}

// journalAsset appends what a change of an asset means to readers. What no
// public page ever used is nobody's business.
func (tx *Tx) journalAsset(was, now models.Asset, actor string) error {
	if now.FirstPublicAt == nil {
		return nil
	}
	before, after := was.Given(), now.Given()
	action := models.ActionUpdated
	switch {
	case !before && !after:
		return nil // they went without it, and go on doing so
	case before && !after && now.TrashedAt != nil:
		action = models.ActionDeleted
	case before && !after:
		action = models.ActionWithdrawn
	case !before:
		action = models.ActionPublished
	}
	return tx.append(models.Change{
		Subject: models.SubjectAsset, SubjectID: now.ID, Kind: models.KindMedia, Action: action, Branch: now.Branch, Nav: models.NavNone, Actor: actor,
	})
}

// EraseAsset leaves only the row of an asset that is in the trash or withdrawn,
// and returns the names of its files, which are nobody's from now on. Readers
// did not get it any more.
func (tx *Tx) EraseAsset(a models.Asset) (files []string, err error) {
	const versions = "SELECT id FROM asset_versions WHERE asset_id = ?"
	files, err = selected[string](tx.db, "SELECT file FROM asset_versions WHERE asset_id = ? AND file <> '' UNION ALL SELECT file FROM renditions WHERE version_id IN ("+versions+")", a.ID, a.ID)
	if err != nil {
		return nil, fmt.Errorf("list files of %s: %w", a.ID, err)
	}
	err = tx.update(models.ErrStale, "UPDATE assets SET erased_at = ?, title = '', credit = '', place = '', taken = '', changed_at = ?, version = version + 1 WHERE id = ? AND version = ?", tx.now, tx.now, a.ID, a.Version)
	if err != nil {
		return nil, fmt.Errorf("erase %s: %w", a.ID, err)
	}
	for _, sql := range []string{
		"DELETE FROM renditions WHERE version_id IN (" + versions + ")",
		"DELETE FROM asset_texts WHERE version_id IN (" + versions + ")",
		// The hashes stay: whoever sends the file once more is to be told.
		"UPDATE asset_versions SET file = '', name = '', rendered_at = NULL WHERE asset_id = ?",
		"DELETE FROM asset_descriptions WHERE asset_id = ?",
		"DELETE FROM collection_assets WHERE asset_id = ?",
		"DELETE FROM asset_queue WHERE asset_id = ?",
	} {
		if _, err := tx.exec(sql, a.ID); err != nil {
			return nil, fmt.Errorf("erase %s: %w", a.ID, err)
		}
	}
	return files, tx.index.assets.remove(tx, "SELECT ?", a.ID)
}

// AssetsToErase returns assets of which only the row is to be left: those thrown
// away before a moment, and those whose consent was withdrawn before another
// one; at most limit.
func (r *Read) AssetsToErase(trashed, withdrawn time.Time, limit int) ([]models.Asset, error) {
	return takeAll[models.Asset](r, `erased_at IS NULL AND (trashed_at < ?
		OR withheld = 'withdrawn' AND consent_id IN (SELECT id FROM consents WHERE withdrawn_at < ?)) ORDER BY id LIMIT ?`, trashed, withdrawn, limit)
}

// firstPublic notes of the assets that the public text of an edition uses that
// readers know them from now on.
func (tx *Tx) firstPublic(edition string) error {
	_, err := tx.exec(`UPDATE assets SET first_public_at = ? WHERE first_public_at IS NULL
		AND id IN (SELECT target_id FROM refs WHERE edition_id = ? AND live = 1 AND target_kind = 'media')`, tx.now, edition)
	if err != nil {
		return fmt.Errorf("note first use of assets: %w", err)
	}
	return nil
}

// moveAssets lets the assets and collections of a branch follow its sections.
func (tx *Tx) moveAssets(was, now, oldDomain, newDomain string) error {
	for _, table := range []string{"assets", "collections"} {
		_, err := tx.exec("UPDATE "+table+" SET branch = ? || substr(branch, ?), domain_id = CASE WHEN domain_id = ? THEN ? ELSE domain_id END WHERE "+inBranch,
			append([]any{now, len(was) + 1, oldDomain, newDomain}, branchArgs(was)...)...)
		if err != nil {
			return fmt.Errorf("move %s: %w", table, err)
		}
	}
	return nil
}

// leaveAssets gives the assets and collections of sections that are deleted for
// good to a section above: pages elsewhere may use them.
func (tx *Tx) leaveAssets(in string, args []any, to models.Entry) error {
	for _, table := range []string{"assets", "collections"} {
		_, err := tx.exec("UPDATE "+table+" SET section_id = ?, branch = ?, domain_id = ?, version = version + 1 WHERE section_id IN ("+in+")",
			append([]any{to.ID, to.Branch, to.DomainID}, args...)...)
		if err != nil {
			return fmt.Errorf("keep %s: %w", table, err)
		}
	}
	return nil
}
