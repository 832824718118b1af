package media

import (
	"context"
	"slices"
	"unicode/utf8"

	"meridian/models"
	"meridian/models/store"
)

// Lengths of what is written about a consent, in characters.
const (
	GivenByMax   = 200
	EvidenceMax  = 300
	PseudonymMax = 200
	ReasonMax    = 500
)

// Consent is a consent as somebody writes it down.
type Consent struct {
	Asset   string
	Version int // of the asset
	GivenBy string
	// Uses are codes of models.Uses, at least one; Langs the languages it is
	// limited to, none for all.
	Uses, Langs []string
	// Until is the last day it holds, "" for no end; it ends there at midnight in
	// Zone, "" for that of the site.
	Until, Zone         string
	Evidence, Pseudonym string
	// People is who is shown, PeopleUnknown for what was answered before.
	People models.People
}

// GiveConsent records a consent, which counts from now on; earlier ones are
// kept. It takes the right to publish there or to safeguard. Errors:
// models.ErrStale, *models.InvalidError.
func (l *Library) GiveConsent(ctx context.Context, by models.User, in Consent) (out models.Consent, err error) {
	err = l.tx(ctx, func(tx *store.Tx) error {
		a, err := standing(&tx.Read, by, in.Asset)
		if err != nil {
			return err
		}
		if err := may(by, a, models.ActPublish, models.ActSafeguard); err != nil {
			return err
		}
		if a.Version != in.Version {
			return models.ErrStale
		}
		if out, err = in.clean(tx); err != nil {
			return err
		}
		out.ID, out.AssetID, out.CreatedBy, out.CreatedAt = tx.NewID(), a.ID, by.ID, tx.Now()
		now := a
		if in.People != models.PeopleUnknown {
			now.People = in.People
		}
		now.Withheld = models.Withheld(now.Kind, now.People, &out, tx.Now())
		if err := tx.AddConsent(a, now, out, by.ID); err != nil {
			return err
		}
		detail := "-"
		if out.Until != "" {
			detail = out.Until
		}
		return tx.Audit(by.ID, "consent-given", a.ID, detail)
	})
	return out, err
}

// clean returns a consent in its stored form.
func (in Consent) clean(tx *store.Tx) (models.Consent, error) {
	bad := &models.InvalidError{}
	text := func(field, s string, most int) string {
		s = models.CleanText(s, false)
		if utf8.RuneCountInString(s) > most {
			bad.Add(field, "too_long", "max", most)
		}
		return s
	}
	site, err := tx.Site()
	if err != nil {
		return models.Consent{}, err
	}
	out := models.Consent{
		GivenBy: text("given_by", in.GivenBy, GivenByMax), Evidence: text("evidence", in.Evidence, EvidenceMax), Pseudonym: text("pseudonym", in.Pseudonym, PseudonymMax),
		Until: models.CleanText(in.Until, false), Zone: in.Zone, Uses: []string{}, Langs: []string{},
	}
	if out.GivenBy == "" {
		bad.Add("given_by", "required")
	}
	for _, u := range models.Uses { // in their order, each once
		if slices.Contains(in.Uses, u) {
			out.Uses = append(out.Uses, u)
		}
	}
	if len(out.Uses) == 0 || slices.ContainsFunc(in.Uses, func(u string) bool { return !slices.Contains(models.Uses, u) }) {
		bad.Add("uses", "not_a_choice")
	}
	for _, lang := range in.Langs {
		if !slices.Contains(site.Languages, lang) {
			bad.Add("langs", "language_unknown", "lang", lang)
		} else if !slices.Contains(out.Langs, lang) {
			out.Langs = append(out.Langs, lang)
		}
	}
	if out.Zone == "" {
		out.Zone = site.TimeZone
	}
	if out.Until != "" {
		end, err := models.EndOf(out.Until, out.Zone)
		switch {
		case err != nil:
			more := problems(err)
			if more == nil {
				return out, err
			}
			for field, p := range more.Fields {
				bad.Add(field, p.Code)
			}
		case !end.After(tx.Now()):
			bad.Add("until", "date_over")
		default:
			out.EndsAt = &end
		}
	} else if _, err := models.LoadZone(out.Zone); err != nil {
		bad.Add("zone", "not_a_time_zone")
	}
	if in.People != models.PeopleUnknown && !validPeople(in.People) {
		bad.Add("people", "not_a_choice")
	}
	return out, bad.Err()
}

// Withdrawn says what withdrawing a consent took away.
type Withdrawn struct {
	Asset models.Asset
	// Uses are where the file was used; of those with Live, readers saw it there.
	Uses   []Use
	Hidden int // uses that the user may not see
	// Already says that it was withdrawn before.
	Already bool
}

// WithdrawConsent takes a file away from readers, at once and everywhere,
// whether a consent was on record or not. Everybody who may write there may do
// so, or safeguards; it is never too late and never somebody else's version.
// Reason is for staff. Errors: *models.InvalidError for "reason".
func (l *Library) WithdrawConsent(ctx context.Context, by models.User, id, reason string) (out Withdrawn, err error) {
	reason = models.CleanText(reason, true)
	if utf8.RuneCountInString(reason) > ReasonMax {
		return out, models.Invalid("reason", "too_long", "max", ReasonMax)
	}
	err = l.tx(ctx, func(tx *store.Tx) error {
		a, err := known(&tx.Read, by, id)
		if err != nil {
			return err
		}
		if err := may(by, a, models.ActWrite, models.ActSafeguard); err != nil {
			return err
		}
		if out.Uses, out.Hidden, err = usesOf(&tx.Read, by, a.ID); err != nil {
			return err
		}
		c, err := newest(&tx.Read, a)
		if err != nil {
			return err
		}
		if out.Already = c != nil && c.WithdrawnAt != nil; out.Already {
			out.Asset = a
			return nil
		}
		now := a
		now.Withheld = models.WithheldWithdrawn
		if c != nil {
			err = tx.WithdrawConsent(a, now, reason, by.ID)
		} else {
			var none models.Consent
			if none, err = noConsent(tx, by, a.ID, reason); err == nil {
				err = tx.AddConsent(a, now, none, by.ID)
			}
		}
		if err != nil {
			return err
		}
		if out.Asset, err = tx.Asset(a.ID); err != nil {
			return err
		}
		return tx.Audit(by.ID, "consent-withdrawn", a.ID, "")
	})
	return out, err
}

// noConsent is the record that somebody asked for a file to go of which nobody
// had been asked before.
func noConsent(tx *store.Tx, by models.User, asset, reason string) (models.Consent, error) {
	site, err := tx.Site()
	if err != nil {
		return models.Consent{}, err
	}
	at := tx.Now()
	return models.Consent{
		ID: tx.NewID(), AssetID: asset, Uses: []string{}, Langs: []string{}, Zone: site.TimeZone, CreatedBy: by.ID, CreatedAt: at,
		WithdrawnAt: &at, WithdrawnBy: by.ID, Reason: reason,
	}, nil
}
