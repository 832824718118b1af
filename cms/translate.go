package cms

import (
	"context"
	"fmt"

	"meridian/cms/block"
	"meridian/models"
	"meridian/models/store"
)

// NewEdition asks for an entry in one more language.
type NewEdition struct {
	Entry string
	Lang  string
	Title string // "" takes the original's
	Slug  string // "" makes one from the title
	// Copy begins with the words of the original, block by block, which keep
	// their ids; otherwise the text begins empty.
	Copy bool
	// Summary and Body may say what the draft begins with instead.
	Summary string
	Body    *block.Document
	// Machine marks words that a machine translated and nobody has confirmed.
	Machine bool
}

// Translate adds an edition in another language and returns it. It remembers
// which revision of the original, and which words of each block, it was made
// from. A section's new edition may move what is below it; where readers know
// some of that, it takes the right to publish.
func (c *CMS) Translate(ctx context.Context, by models.User, in NewEdition) (d models.Edition, err error) {
	err = c.tx(ctx, func(tx *store.Tx) error {
		pub, err := translate(tx, by, in)
		d = pub.edition
		return err
	})
	return d, err
}

func translate(tx *store.Tx, by models.User, in NewEdition) (pub publishable, err error) {
	e, err := entry(&tx.Read, by, in.Entry, in.Lang)
	if err != nil {
		return pub, err
	}
	if err := may(by, models.ActWrite, e, in.Lang); err != nil {
		return pub, err
	}
	if err := checkLang(&tx.Read, in.Lang); err != nil {
		return pub, err
	}
	if _, err := tx.Edition(e.ID, in.Lang); err == nil {
		return pub, models.Conflict("language_there", "lang", in.Lang)
	} else if !missing(err) {
		return pub, err
	}
	source, err := sealedSource(tx, by, e)
	if err != nil {
		return pub, err
	}
	title := models.CleanText(in.Title, false)
	if title == "" {
		title = source.Title
	}
	summary := models.CleanText(in.Summary, true)
	if err := tooLong(title, summary).Err(); err != nil {
		return pub, err
	}
	content := models.Content{Title: title, Fields: models.Values{}, BasedOn: source.ID, SourceHashes: source.Hashes, Machine: in.Machine}
	if in.Machine {
		content.BasedOn, content.SourceHashes = "", nil
	}
	content.Summary = summary
	doc := orEmpty(in.Body, in.Lang)
	if in.Copy && in.Body == nil {
		if doc, err = block.Decode([]byte(source.Body)); err != nil {
			return pub, err
		}
		content.Summary = source.Summary
	}
	d := models.Edition{Lang: in.Lang}
	var before string
	if e.Root() {
		empty := ""
		d.Path = &empty
	} else {
		section, err := tx.Entry(e.Section())
		if err != nil {
			return pub, err
		}
		facts, err := factsDraft(&tx.Read, e)
		if err != nil {
			return pub, err
		}
		if e.Kind == models.KindSection {
			if before, err = tx.SectionPath(e, in.Lang); err != nil {
				return pub, err
			}
		}
		date := facts.Fields.Str("date")
		if e.Kind == models.KindNews && date == "" {
			// Facts may be saved without; the address follows the date they get.
			if date, err = today(&tx.Read, tx.Now()); err != nil {
				return pub, err
			}
		}
		if err := giveAddress(tx, e, section, &d, in.Slug, title, date); err != nil {
			return pub, err
		}
	}
	if pub.draft, pub.body, err = addEdition(tx, by, e, &d, content, doc); err != nil {
		return pub, err
	}
	pub.entry, pub.edition = e, d
	if e.Kind == models.KindSection && !e.Root() && before != *d.Path {
		if err := mayMove(&tx.Read, by, e, in.Lang); err != nil {
			return pub, err
		}
		// The edition itself is new: only what is below comes along.
		if _, err := tx.MoveAddresses(e, store.PathChange{Lang: in.Lang, Was: before, Now: *d.Path}, by.ID); err != nil {
			return pub, err
		}
	}
	return pub, tx.Audit(by.ID, "translate", e.ID, in.Lang)
}

// sealedSource returns the revision a translation is made from: what readers
// see of the original, or, while it is not public, its words of this moment,
// sealed so that they can be compared with later.
func sealedSource(tx *store.Tx, by models.User, e models.Entry) (models.Revision, error) {
	d, err := tx.Edition(e.ID, e.OriginalLang)
	if err != nil {
		return models.Revision{}, fmt.Errorf("original of %s: %w", e.ID, err)
	}
	if d.LiveRevision != nil {
		return tx.Revision(*d.LiveRevision)
	}
	draft, err := tx.Draft(d.ID)
	if err != nil {
		return models.Revision{}, err
	}
	return seal(tx, &draft, by, models.ReasonSaved)
}

// seal makes a revision of a draft, unless the newest one already has its
// words, and notes it as the draft's base.
func seal(tx *store.Tx, draft *models.Draft, by models.User, reason string) (models.Revision, error) {
	if draft.BaseRevision != "" && reason == models.ReasonSaved {
		base, err := tx.Revision(draft.BaseRevision)
		if err != nil {
			return base, err
		}
		if base.Hash == draft.Hash {
			return base, nil
		}
	}
	author := draft.Author
	if reason == models.ReasonPublished {
		author = by.ID
	}
	rev, err := tx.Seal(*draft, author, reason)
	if err != nil {
		return rev, err
	}
	draft.BaseRevision = rev.ID
	return rev, tx.SetBase(draft.EditionID, rev.ID)
}

func factsDraft(r *store.Read, e models.Entry) (models.Draft, error) {
	d, err := r.Edition(e.ID, models.Facts)
	if err != nil {
		return models.Draft{}, fmt.Errorf("facts of %s: %w", e.ID, err)
	}
	return r.Draft(d.ID)
}
