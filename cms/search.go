package cms

import (
	"context"

	"meridian/cms/block"
	"meridian/cms/search"
	"meridian/models"
	"meridian/models/store"
)

// index makes an edition found by the words that have just become public.
// Facts have none. body is the text where it is at hand, nil otherwise.
func index(tx *store.Tx, e models.Entry, d models.Edition, c models.Content, body *block.Document) error {
	return indexing(e, d, c, body)(tx)
}

// indexing begins to take a text apart, on another core, while the caller
// writes; what it returns waits for that and makes the edition found. Nobody
// changes body in the meantime.
func indexing(e models.Entry, d models.Edition, c models.Content, body *block.Document) func(*store.Tx) error {
	if d.Lang == models.Facts {
		return func(*store.Tx) error { return nil }
	}
	t := store.PublicText{EntryID: d.EntryID, Kind: e.Kind, EditionID: d.ID, Lang: d.Lang, Title: c.Title, Summary: c.Summary, Body: c.Body}
	type result struct {
		doc   store.SearchDoc
		err   error
		panic any
	}
	ready := make(chan result, 1)
	go func() {
		var r result
		defer func() {
			r.panic = recover() // for the caller, who answers for it
			ready <- r
		}()
		r.doc, r.err = searchDoc(t, body)
	}()
	return func(tx *store.Tx) error {
		r := <-ready
		if r.panic != nil {
			panic(r.panic)
		}
		if r.err != nil {
			return r.err
		}
		tx.PutSearch(r.doc)
		return nil
	}
}

// searchDoc returns what the index keeps of a text. doc is the body where it is
// at hand, nil otherwise.
func searchDoc(t store.PublicText, doc *block.Document) (store.SearchDoc, error) {
	if doc == nil {
		var err error
		if doc, err = block.Decode([]byte(t.Body)); err != nil {
			return store.SearchDoc{}, err
		}
	}
	x := search.For(t.Lang).Index(search.Document{Title: t.Title, Summary: t.Summary, Text: doc.PlainText(block.Inert{})})
	words := make([]store.SearchWord, len(x.Words))
	for i, w := range x.Words {
		words[i] = store.SearchWord(w)
	}
	return store.SearchDoc{
		Entry: t.EntryID, Kind: t.Kind, Edition: t.EditionID, Lang: t.Lang,
		Terms: x.Terms, TitleWords: x.TitleWords, Words: words,
	}, nil
}

// indexTexts makes public editions found by what readers see of them: nothing
// that is said of a file which they may not have.
func indexTexts(tx *store.Tx, texts []store.PublicText) error {
	for _, t := range texts {
		doc, err := block.Decode([]byte(t.Body))
		if err != nil {
			return err
		}
		if err := withhold(&tx.Read, doc); err != nil {
			return err
		}
		d, err := searchDoc(t, doc)
		if err != nil {
			return err
		}
		tx.PutSearch(d)
	}
	return nil
}

// indexAll makes the public editions of entries found.
func indexAll(tx *store.Tx, entries []models.Entry) error {
	ids := make([]string, len(entries))
	for i, e := range entries {
		ids[i] = e.ID
	}
	texts, err := tx.PublicTextsOf(ids)
	if err != nil {
		return err
	}
	return indexTexts(tx, texts)
}

// againAtOnce is how many editions one transaction of IndexAgain takes.
const againAtOnce = 50

// IndexAgain takes public texts apart again in which a file is shown that readers
// do not get any more, or get again, and reports whether there may be more of
// them. It is for timers.
func (c *CMS) IndexAgain(ctx context.Context) (more bool, err error) {
	var ids []string
	err = c.view(ctx, func(r *store.Read) (err error) {
		ids, err = r.SearchQueue(againAtOnce)
		return err
	})
	if err != nil || len(ids) == 0 {
		return false, err
	}
	return len(ids) == againAtOnce, c.tx(ctx, func(tx *store.Tx) error {
		texts, err := tx.PublicTexts(ids)
		if err != nil {
			return err
		}
		if err := indexTexts(tx, texts); err != nil {
			return err
		}
		return tx.LeaveSearchQueue(ids)
	})
}

// indexBatch is how many editions one transaction of a new index takes: few
// enough that publishing beside it waits for moments only.
const indexBatch = 500

// FillSearch makes the index of what readers see anew where it was made by
// other rules, or is not complete. It reports how far it is, nil for silence.
// What becomes public meanwhile is in the index by itself. An index that was
// left half made is begun again.
func (c *CMS) FillSearch(ctx context.Context, progress func(done, total int)) error {
	var version int
	err := c.view(ctx, func(r *store.Read) (err error) {
		version, err = r.SearchVersion()
		return err
	})
	if err != nil || version == search.Version {
		return err
	}
	var ids []string
	err = c.tx(ctx, func(tx *store.Tx) error {
		if err := tx.ClearSearch(); err != nil {
			return err
		}
		ids, err = tx.PublicEditions()
		return err
	})
	if err != nil {
		return err
	}
	for done := 0; done < len(ids); {
		n := min(indexBatch, len(ids)-done)
		err := c.tx(ctx, func(tx *store.Tx) error {
			texts, err := tx.PublicTexts(ids[done : done+n])
			if err != nil {
				return err
			}
			return indexTexts(tx, texts)
		})
		if err != nil {
			return err
		}
		done += n
		if progress != nil {
			progress(done, len(ids))
		}
	}
	return c.tx(ctx, func(tx *store.Tx) error { return tx.PutSearchVersion(search.Version) })
}
