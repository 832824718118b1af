package cms

import (
	"context"

	"meridian/cms/block"
	"meridian/cms/search"
	"meridian/models"
	"meridian/models/store"
)

// draftsAtOnce is how many drafts one call of IndexDrafts takes: the
// transaction keeps others who write waiting for some milliseconds.
const draftsAtOnce = 64

// IndexDrafts puts drafts that were saved lately into the index that staff
// search in, and reports whether there may be more. It is for timers: Find sees
// what was saved before that, at greater cost.
func (c *CMS) IndexDrafts(ctx context.Context) (more bool, err error) {
	var texts []store.StaffText
	err = c.view(ctx, func(r *store.Read) error {
		texts, err = r.StaffQueue(draftsAtOnce)
		return err
	})
	if err != nil || len(texts) == 0 {
		return false, err
	}
	docs := make([]store.StaffDoc, len(texts))
	for i, t := range texts {
		x, terms, err := draftTerms(t)
		if err != nil {
			return false, err
		}
		docs[i] = store.StaffDoc{Saving: t.Saving, Entry: t.EntryID, Edition: t.EditionID, Terms: terms, TitleWords: x.TitleWords}
	}
	return len(texts) == draftsAtOnce, c.tx(ctx, func(tx *store.Tx) error { return tx.PutStaffDocs(docs) })
}

// FillFind sees to it that the index that staff search in is made by the rules
// of this program, if not at once.
func (c *CMS) FillFind(ctx context.Context) error {
	var version int
	err := c.view(ctx, func(r *store.Read) (err error) {
		version, err = r.StaffVersion()
		return err
	})
	if err != nil || version == search.Version {
		return err
	}
	return c.tx(ctx, func(tx *store.Tx) error { return tx.QueueAllDrafts(search.Version) })
}

// draftTerms takes a draft apart.
func draftTerms(t store.StaffText) (search.Index, string, error) {
	text, err := plainText(t.Body)
	if err != nil {
		return search.Index{}, "", err
	}
	rules := search.For(t.Lang)
	x := rules.Index(search.Document{Title: t.Title, Summary: t.Summary, Text: text})
	return x, x.Terms + rules.Written(x), nil
}

// plainText is what a stored text says.
func plainText(body string) (string, error) {
	doc, err := block.Decode([]byte(body))
	if err != nil {
		return "", err
	}
	return doc.PlainText(block.Inert{}), nil
}

// covering returns the grants that hold in a language, for all languages.
func covering(grants []models.Grant, lang string) []models.Grant {
	var out []models.Grant
	for _, g := range grants {
		if g.Covers(models.Place{Branch: g.Branch, Domain: g.Domain, Lang: lang}) {
			g.Langs = nil
			out = append(out, g)
		}
	}
	return out
}
