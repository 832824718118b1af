package cms

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
	"unicode/utf8"

	"meridian/cms/block"
	"meridian/models"
	"meridian/models/store"
)

// This file has what drafts and publication have to do with the library: what
// of it a text may show, what of that ends by itself, and what is remembered of
// what a text says about a picture.

// logoSmall is how large a logo is at least, in pixels, to be sharp on the
// screens of most people.
const logoSmall = 200

// mediaUse is an asset as a text uses it. Block is the id of the block, or ""
// for a field of that name.
type mediaUse struct{ block, field, id, purpose string }

// mediaOf returns what content uses of the library, in its order.
func mediaOf(fields []models.Field, c models.Content, doc *block.Document) []mediaUse {
	var out []mediaUse
	add := func(u mediaUse) {
		if !slices.Contains(out, u) {
			out = append(out, u)
		}
	}
	if doc != nil {
		for _, r := range doc.Refs() {
			if r.Kind == models.KindMedia {
				add(mediaUse{block: r.BlockID, id: r.ID, purpose: r.Use})
			}
		}
	}
	for _, f := range fields {
		if f.Kind != models.FieldMedia {
			continue
		}
		for _, id := range append(c.Fields.Strs(f.Name), c.Fields.Str(f.Name)) {
			if id != "" {
				add(mediaUse{field: f.Name, id: id, purpose: "field"})
			}
		}
	}
	return out
}

// withheldCodes are the findings by why an asset is withheld.
var withheldCodes = map[string]string{
	models.WithheldPeople: "media.people", models.WithheldMissing: "media.missing", models.WithheldEnded: "media.ended",
	models.WithheldWithdrawn: "media.withdrawn", models.WithheldUse: "media.use",
}

// mediaFindings says what of the library a text must not show, which stops it
// from being published through whatever door, and what readers will have trouble
// with. Lang is that of the edition; facts are shown in several, and
// languageFindings is for each of those.
func mediaFindings(r *store.Read, e models.Entry, lang string, uses []mediaUse) ([]Finding, error) {
	if len(uses) == 0 {
		return nil, nil // nearly every text, and publishing is to be quick
	}
	var ids []string
	for _, u := range uses {
		ids = append(ids, u.id)
	}
	list, err := r.Assets(ids)
	if err != nil {
		return nil, err
	}
	consents, err := r.NewestConsents(ids)
	if err != nil {
		return nil, err
	}
	versions, err := r.CurrentVersions(ids)
	if err != nil {
		return nil, err
	}
	assets := map[string]models.Asset{}
	for _, a := range list {
		assets[a.ID] = a
	}
	var out []Finding
	for _, u := range uses {
		add := func(s block.Severity, code string, args map[string]any) {
			out = append(out, Finding{block.Finding{BlockID: u.block, Code: code, Severity: s, Args: args}, u.field})
		}
		a, ok := assets[u.id]
		if !ok || a.TrashedAt != nil || a.ErasedAt != nil {
			add(block.Error, "media.unknown", nil)
			continue
		}
		if !a.Shared && a.DomainID != e.DomainID {
			// Whoever knows its id by some way: it is another organisation's, and
			// what it is called is none of theirs.
			add(block.Error, "media.foreign", nil)
			continue
		}
		title := map[string]any{"title": a.Title}
		var consent *models.Consent
		if c, ok := consents[a.ID]; ok {
			consent = &c
		}
		// The clock is asked besides: the timer may be about to come.
		if code := withheldCodes[models.Withheld(a.Kind, a.People, consent, r.At())]; code != "" {
			add(block.Error, code, title)
			continue
		}
		if code := withheldCodes[a.Withheld]; code != "" {
			add(block.Error, code, title)
			continue
		}
		if lang != models.Facts && otherLanguage(a, consent, lang) {
			add(block.Error, "media.lang", map[string]any{"title": a.Title, "lang": lang})
		}
		v := versions[a.ID]
		for _, flag := range []string{"untagged", "scanned", "no_title"} {
			if v.Type == "application/pdf" && slices.Contains(v.Flags, flag) {
				add(block.Warning, "media.pdf_"+flag, title)
			}
		}
		if u.purpose == "logo" && v.Type != "image/svg+xml" && v.Width > 0 && max(v.Width, v.Height) < logoSmall {
			add(block.Warning, "media.logo_small", map[string]any{"title": a.Title, "width": v.Width})
		}
	}
	return out, nil
}

// otherLanguage reports whether an asset shows people who consented, but not to
// be shown in a language.
func otherLanguage(a models.Asset, consent *models.Consent, lang string) bool {
	shown := a.Shown()
	return consent != nil && (shown == models.PeopleAdults || shown == models.PeopleChildren) && !consent.In(lang)
}

// languageFindings says which of the assets that facts use must not be shown to
// readers of a language. What no reader gets, mediaFindings says.
func languageFindings(r *store.Read, lang string, uses []mediaUse) (out []Finding, err error) {
	if len(uses) == 0 {
		return nil, nil
	}
	var ids []string
	for _, u := range uses {
		ids = append(ids, u.id)
	}
	list, err := r.Assets(ids)
	if err != nil {
		return nil, err
	}
	consents, err := r.NewestConsents(ids)
	if err != nil {
		return nil, err
	}
	for _, u := range uses {
		i := slices.IndexFunc(list, func(a models.Asset) bool { return a.ID == u.id })
		if i < 0 || !list[i].Given() {
			continue
		}
		if c, ok := consents[u.id]; ok && otherLanguage(list[i], &c, lang) {
			out = append(out, Finding{block.Finding{BlockID: u.block, Code: "media.lang", Severity: block.Error, Args: map[string]any{"title": list[i].Title, "lang": lang}}, u.field})
		}
	}
	return out, nil
}

// mediaErrors are those of the findings on what a revision uses of the library
// that stop it from being public.
func mediaErrors(r *store.Read, e models.Entry, lang string, c models.Content, doc *block.Document) ([]Finding, error) {
	fields, err := fieldsOf(e, lang)
	if err != nil {
		return nil, err
	}
	list, err := mediaFindings(r, e, lang, mediaOf(fields, c, doc))
	return slices.DeleteFunc(list, func(f Finding) bool { return f.Severity != block.Error }), err
}

// Media tells the checks what is known of a file. Its description is left out:
// one belongs to each use, and what the library remembers is a proposal.
func (r *draftResolver) Media(id string) (block.Media, bool) {
	list, err := r.read.Assets([]string{id})
	if err != nil || len(list) == 0 || list[0].TrashedAt != nil || list[0].ErasedAt != nil {
		return block.Media{}, false
	}
	a := list[0]
	v, err := r.read.AssetVersion(a.VersionID)
	if err != nil {
		return block.Media{}, false
	}
	return block.Media{
		ID: a.ID, URL: "/media/" + a.ID, Type: v.Type, Width: v.Width, Height: v.Height, Credit: a.Credit, Title: a.Title, Lang: a.Lang,
		Bytes: v.Bytes, Pages: v.Pages, Withheld: a.Withheld != models.WithheldNot,
	}, true
}

// rememberDescriptions keeps, of each picture whose description is new in a
// text, what was said about it: the next text that uses it proposes that. One
// that is decoration, or has none, says nothing.
func rememberDescriptions(tx *store.Tx, by models.User, lang string, was, now models.Content, doc *block.Document) error {
	if doc == nil {
		return nil
	}
	said := map[string]string{}
	for i := range doc.Doc.Content {
		n := &doc.Doc.Content[i]
		if n.Type != "image" || was.Hashes[n.ID()] == now.Hashes[n.ID()] {
			continue
		}
		media, _ := n.Attrs["media"].(string)
		alt, _ := n.Attrs["alt"].(string)
		decorative, _ := n.Attrs["decorative"].(bool)
		id, ok := cutMedia(media)
		alt = models.CleanText(alt, false)
		if !ok || decorative || alt == "" || utf8.RuneCountInString(alt) > models.AssetDescriptionMax {
			continue
		}
		said[id] = alt
	}
	return putDescriptions(tx, by, lang, said)
}

// putDescriptions keeps what somebody said of pictures in a language, by id, as
// far as they may see those.
func putDescriptions(tx *store.Tx, by models.User, lang string, said map[string]string) error {
	if len(said) == 0 {
		return nil
	}
	list, err := tx.Assets(slices.Sorted(maps.Keys(said)))
	if err != nil {
		return err
	}
	for _, a := range list {
		if a.ErasedAt != nil || !by.Can(models.ActRead, a.At()) && !a.Shared {
			continue
		}
		if _, err := tx.PutAssetDescription(models.AssetDescription{AssetID: a.ID, Lang: lang, Text: said[a.ID], UserID: by.ID}); err != nil {
			return err
		}
	}
	return nil
}

// cutMedia returns the id in a "media:<id>".
func cutMedia(ref string) (string, bool) {
	const kind = models.KindMedia + ":"
	if len(ref) <= len(kind) || ref[:len(kind)] != kind || !models.ValidID(ref[len(kind):]) {
		return "", false
	}
	return ref[len(kind):], true
}

// withhold takes out of a text what it says of files that readers do not get.
func withhold(r *store.Read, doc *block.Document) error {
	var ids []string
	for _, f := range doc.Refs() {
		if f.Kind == models.KindMedia {
			ids = append(ids, f.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	list, err := r.Assets(ids)
	if err != nil {
		return err
	}
	kept := map[string]bool{}
	for _, a := range list {
		kept[a.ID] = !a.Given()
	}
	doc.Withhold(func(id string) bool { return kept[id] })
	return nil
}

// consentBatch is how many ended consents are read at a time.
const consentBatch = 100

// endConsents takes away from readers what a consent let them have that ended
// at or before now, each in a transaction of its own. Next is when the next one
// ends, the zero time for never.
func (c *CMS) endConsents(ctx context.Context, now time.Time) (next time.Time, err error) {
	var failed []error
	for {
		var ended []models.Asset
		err := c.view(ctx, func(r *store.Read) (err error) {
			if ended, err = r.ConsentsEnded(now, consentBatch); err != nil {
				return err
			}
			next, err = r.NextConsentEnd(now)
			return err
		})
		if err != nil {
			return time.Time{}, errors.Join(append(failed, err)...)
		}
		done := 0
		for _, a := range ended {
			if ctx.Err() != nil {
				return next, errors.Join(append(failed, ctx.Err())...)
			}
			if err := c.endConsent(ctx, a.ID); err != nil {
				failed = append(failed, fmt.Errorf("consent of asset %s ended: %w", a.ID, err))
				continue
			}
			done++
		}
		if len(ended) < consentBatch || done == 0 {
			return next, errors.Join(failed...)
		}
	}
}

// endConsent withholds an asset whose consent has ended by the clock of the
// transaction, if that is still so.
func (c *CMS) endConsent(ctx context.Context, id string) error {
	return c.tx(ctx, func(tx *store.Tx) error {
		a, err := tx.Asset(id)
		if err != nil {
			return err
		}
		if a.Withheld != models.WithheldNot || a.ConsentID == "" {
			return nil
		}
		consent, err := tx.Consent(a.ConsentID)
		if err != nil {
			return err
		}
		now := a
		if now.Withheld = models.Withheld(a.Kind, a.People, &consent, tx.Now()); now.Withheld != models.WithheldEnded {
			return nil
		}
		if err := tx.PutAsset(a, now, ""); err != nil {
			return err
		}
		return tx.Audit("", "consent-ended", a.ID, consent.Until)
	})
}
