package cms

import (
	"context"
	"maps"
	"slices"

	"meridian/cms/block"
	"meridian/models"
	"meridian/models/store"
)

// Copy says what is to be copied where.
type Copy struct {
	Entry string
	// Section is where the copy goes; "" means beside the original.
	Section string
	// Deep takes along what is below a section.
	Deep bool
	// Title is what the copy is called in its original language; "" keeps the
	// title.
	Title string
}

// copyMost is how many entries one copy may hold.
const copyMost = 2000

// Copied says what came of a copy.
type Copied struct {
	Entry   models.Entry
	Entries int
}

// Copy makes drafts of the working texts of an entry, in every language there
// is, at free addresses. Nothing of it is public. Errors: a
// *models.ConflictError for the root, for a section copied into itself and for
// more than 2,000 entries at once.
func (c *CMS) Copy(ctx context.Context, by models.User, in Copy) (out Copied, err error) {
	err = c.tx(ctx, func(tx *store.Tx) error {
		e, err := entry(&tx.Read, by, in.Entry, "")
		if err != nil {
			return err
		}
		if e.Root() {
			return models.Conflict("root_stays")
		}
		if in.Section == "" {
			in.Section = e.Section()
		}
		to, err := entry(&tx.Read, by, in.Section, "")
		if err != nil {
			return err
		}
		if to.Kind != models.KindSection {
			return models.Invalid("section", "not_a_section")
		}
		list := []models.Entry{e}
		if in.Deep && e.Kind == models.KindSection {
			if list, err = tx.Branch(e, copyMost+1); err != nil {
				return err
			}
			if len(list) > copyMost {
				return models.Conflict("copy_too_large", "most", copyMost)
			}
			if slices.ContainsFunc(list, func(x models.Entry) bool { return x.ID == to.ID }) {
				return models.Conflict("below_itself")
			}
		}
		copies := map[string]string{e.Section(): to.ID} // original section > where its copy is
		for _, x := range list {
			title := ""
			if x.ID == e.ID {
				title = models.CleanText(in.Title, false)
			}
			id, err := copyEntry(tx, by, x, copies[x.Section()], title)
			if err != nil {
				return err
			}
			copies[x.ID] = id
		}
		out.Entries = len(list)
		if out.Entry, err = tx.Entry(copies[e.ID]); err != nil {
			return err
		}
		return tx.Audit(by.ID, "copy", out.Entry.ID, e.ID)
	})
	return out, err
}

// copyEntry makes one entry from the drafts of another. Its languages the user
// may not read stay behind; an entry of which they may read nothing is
// refused.
func copyEntry(tx *store.Tx, by models.User, e models.Entry, section, title string) (string, error) {
	editions, err := tx.Editions(e.ID)
	if err != nil {
		return "", err
	}
	facts, err := factsDraft(&tx.Read, e)
	if err != nil {
		return "", err
	}
	first := true
	var id string
	// The original comes first: the others are its translations.
	slices.SortStableFunc(editions, func(a, b models.Edition) int {
		return btoi(b.Lang == e.OriginalLang) - btoi(a.Lang == e.OriginalLang)
	})
	for _, d := range editions {
		if d.Lang == models.Facts {
			continue
		}
		if err := may(by, models.ActRead, e, d.Lang); err != nil {
			return "", err
		}
		draft, err := tx.Draft(d.ID)
		if err != nil {
			return "", err
		}
		body, err := block.Decode([]byte(draft.Body))
		if err != nil {
			return "", err
		}
		if first {
			in := NewEntry{
				Kind: e.Kind, Type: e.Type, Section: section, Lang: d.Lang, Title: draft.Title, Summary: draft.Summary, Body: body, Fields: draft.Fields,
				Facts: maps.Clone(facts.Fields), Nav: models.NavNone,
			}
			if title != "" {
				in.Title = title
			}
			if in.Title == "" { // a draft may have none, a new entry must
				in.Title = e.Kind
			}
			pub, err := create(tx, by, in)
			if err != nil {
				return "", err
			}
			id, first = pub.entry.ID, false
			continue
		}
		pub, err := translate(tx, by, NewEdition{Entry: id, Lang: d.Lang, Title: draft.Title, Summary: draft.Summary, Body: body})
		if err != nil {
			return "", err
		}
		// It follows the copy of its original as far as it followed that.
		pub.draft.Fields, pub.draft.Machine, pub.draft.SourceHashes = draft.Fields, draft.Machine, draft.SourceHashes
		if draft.BasedOn == "" {
			pub.draft.BasedOn = ""
		}
		digest(&pub.draft.Content, pub.body)
		if err := tx.PutDraft(pub.draft); err != nil {
			return "", err
		}
		fields, err := fieldsOf(e, d.Lang)
		if err != nil {
			return "", err
		}
		if err := tx.PutRefs(pub.edition.ID, false, refsOf(fields, draft.Content, pub.body)); err != nil {
			return "", err
		}
	}
	return id, nil
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
