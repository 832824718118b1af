package cms

import (
	"context"
	"fmt"
	"maps"
	"unicode/utf8"

	"meridian/cms/block"
	"meridian/models"
	"meridian/models/store"
)

// NameMax is the longest name of a version, in characters.
const NameMax = 80

// UseVersion asks for words of an earlier version to be put into the draft.
type UseVersion struct {
	Entry string
	// Lang is the language of the edition, or models.Facts.
	Lang    string
	Version int // of the edition, as the caller saw it
	// Revision is the earlier version, one of this edition.
	Revision string
	// Block takes only the block of that id, and removes it where that version
	// has none; "" takes everything.
	Block string
}

// UseVersion copies an earlier version, or one block of it, into the draft and
// returns that version. What was in the draft becomes a version first, so going back can be undone
// by going back. Errors: *StaleError, ErrNotFound for a revision of another
// edition or a block that neither has, a *models.ConflictError when the draft
// says exactly that already.
func (c *CMS) UseVersion(ctx context.Context, by models.User, in UseVersion) (rev models.Revision, err error) {
	err = c.tx(ctx, func(tx *store.Tx) error {
		rev, err = useVersion(tx, by, in)
		return err
	})
	return rev, err
}

func useVersion(tx *store.Tx, by models.User, in UseVersion) (rev models.Revision, err error) {
	e, d, err := edition(&tx.Read, by, models.ActWrite, in.Entry, in.Lang)
	if err != nil {
		return rev, err
	}
	if d.Version != in.Version {
		return rev, stale(&tx.Read, d)
	}
	if rev, err = revisionOf(&tx.Read, d, in.Revision); err != nil {
		return rev, err
	}
	draft, err := tx.Draft(d.ID)
	if err != nil {
		return rev, err
	}
	next := draft
	if in.Block == "" {
		next.Content = rev.Content
	} else if err := takeBlock(&next.Content, rev.Content, in.Block, in.Lang); err != nil {
		return rev, err
	}
	var doc *block.Document
	if in.Lang != models.Facts {
		// A version may be older than the form its text has today.
		if doc, err = block.Decode([]byte(next.Body)); err != nil {
			return rev, err
		}
		if doc, next.Body, err = cleanBody(tx.Random(), in.Lang, doc); err != nil {
			return rev, err
		}
	}
	digest(&next.Content, doc)
	if next.Hash == draft.Hash && next.BasedOn == draft.BasedOn && next.Machine == draft.Machine && maps.Equal(next.SourceHashes, draft.SourceHashes) {
		return rev, models.Conflict("version_is_draft")
	}
	if !blank(draft.Content) {
		sealed, err := seal(tx, &draft, by, models.ReasonSaved)
		if err != nil {
			return rev, err
		}
		next.BaseRevision = sealed.ID
	}
	next.Author, next.SavedAt = by.ID, tx.Now()
	if err := tx.NextVersion(d); err != nil {
		return rev, err
	}
	d.Version++
	if err := tx.PutDraft(next); err != nil {
		return rev, err
	}
	fields, err := fieldsOf(e, in.Lang)
	if err != nil {
		return rev, err
	}
	if err := tx.PutRefs(d.ID, false, refsOf(fields, next.Content, doc)); err != nil {
		return rev, err
	}
	if err := followTitle(tx, by, e, &d, draft.Content, next.Content); err != nil {
		return rev, err
	}
	return rev, tx.Audit(by.ID, "use_version", e.ID, fmt.Sprintf("%s %d", in.Lang, rev.Number))
}

// takeBlock puts one block of an earlier version into content, with what that
// block was translated from.
func takeBlock(c *models.Content, from models.Content, id, lang string) error {
	if lang == models.Facts {
		return models.ErrNotFound // facts have no blocks
	}
	now, err := block.Decode([]byte(c.Body))
	if err != nil {
		return err
	}
	was, err := block.Decode([]byte(from.Body))
	if err != nil {
		return err
	}
	taken, ok := now.Take(was, id)
	if !ok {
		return models.ErrNotFound
	}
	c.Body = string(taken.JSON())
	if c.SourceHashes == nil && from.SourceHashes == nil {
		return nil
	}
	made := maps.Clone(c.SourceHashes)
	if made == nil {
		made = map[string]string{}
	}
	if h, there := from.SourceHashes[id]; there {
		made[id] = h
	} else {
		delete(made, id)
	}
	if !maps.Equal(made, c.SourceHashes) {
		// Not all of it is as new as the revision it was compared with last.
		c.BasedOn = from.BasedOn
	}
	c.SourceHashes = made
	return nil
}

// revisionOf returns a revision of an edition; one of any other edition is not
// found.
func revisionOf(r *store.Read, d models.Edition, id string) (models.Revision, error) {
	if !models.ValidID(id) {
		return models.Revision{}, models.ErrNotFound
	}
	rev, err := r.Revision(id)
	if err != nil {
		return rev, err
	}
	if rev.EditionID != d.ID {
		return models.Revision{}, models.ErrNotFound
	}
	return rev, nil
}

// NameVersion gives a version of an edition (or, in models.Facts, of the
// facts) a name of at most NameMax characters, "" takes it away, and returns
// the version as it is then. Errors: a *models.InvalidError for "name",
// ErrNotFound for a revision of another edition.
func (c *CMS) NameVersion(ctx context.Context, by models.User, id, lang, revision, name string) (rev models.Revision, err error) {
	err = c.tx(ctx, func(tx *store.Tx) error {
		e, d, err := edition(&tx.Read, by, models.ActWrite, id, lang)
		if err != nil {
			return err
		}
		if rev, err = revisionOf(&tx.Read, d, revision); err != nil {
			return err
		}
		name = models.CleanText(name, false)
		if utf8.RuneCountInString(name) > NameMax {
			return models.Invalid("name", "too_long", "max", NameMax)
		}
		if name == rev.Name {
			return nil
		}
		rev.Name = name
		if err := tx.NameRevision(rev.ID, name); err != nil {
			return err
		}
		return tx.Audit(by.ID, "name_version", e.ID, fmt.Sprintf("%s %d", lang, rev.Number))
	})
	return rev, err
}
