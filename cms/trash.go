package cms

import (
	"context"
	"errors"
	"slices"
	"time"

	"meridian/cms/block"
	"meridian/models"
	"meridian/models/store"
)

// TrashFor is how long something stays in the trash before it is purged.
const TrashFor = 30 * 24 * time.Hour

// Trash throws an entry away, with everything below it. Readers get "gone"
// where something was public. It returns how many entries went. Errors:
// models.ErrStale; a *models.ConflictError for the root.
func (c *CMS) Trash(ctx context.Context, by models.User, id string, version int) (n int, err error) {
	err = c.tx(ctx, func(tx *store.Tx) error {
		e, err := entry(&tx.Read, by, id, "")
		if err != nil {
			return err
		}
		if e.Root() {
			return models.Conflict("root_stays")
		}
		if e.Version != version {
			return models.ErrStale
		}
		if _, err := mayChangeBranch(&tx.Read, by, e, e); err != nil {
			return err
		}
		if n, err = tx.Trash(e, by.ID); err != nil {
			return err
		}
		return tx.Audit(by.ID, "trash", e.ID, "")
	})
	return n, err
}

// trashed returns an entry that was thrown away by itself, if the user may see
// it.
func trashed(r *store.Read, by models.User, id string) (models.Entry, error) {
	if !models.ValidID(id) {
		return models.Entry{}, models.ErrNotFound
	}
	e, err := r.Entry(id)
	if err != nil {
		return e, err
	}
	if e.TrashID != e.ID || !by.Can(models.ActRead, e.Place("")) {
		return models.Entry{}, models.ErrNotFound
	}
	return e, nil
}

// Restored says what came back from the trash.
type Restored struct {
	Entry   models.Entry
	Entries int
	// Drafts is how many editions were public and came back as drafts, because
	// the checks no longer pass.
	Drafts int
}

// Restore brings back what was thrown away as one: the same ids, addresses and
// places, public again where it was. Errors: models.ErrStale; a
// *models.ConflictError when its section is in the trash.
func (c *CMS) Restore(ctx context.Context, by models.User, id string, version int) (out Restored, err error) {
	err = c.tx(ctx, func(tx *store.Tx) error {
		e, err := trashed(&tx.Read, by, id)
		if err != nil {
			return err
		}
		if e.Version != version {
			return models.ErrStale
		}
		section, err := tx.Entry(e.Section())
		if err != nil {
			return err
		}
		if section.TrashedAt != nil {
			return models.Conflict("section_in_trash")
		}
		if _, err := mayChangeBranch(&tx.Read, by, e, e); err != nil {
			return err
		}
		down, err := failing(&tx.Read, e)
		if err != nil {
			return err
		}
		entries, err := tx.TrashedWith(e.ID)
		if err != nil {
			return err
		}
		if out.Entries, err = tx.Restore(e, down, by.ID); err != nil {
			return err
		}
		if err := indexAll(tx, entries); err != nil {
			return err
		}
		out.Drafts = len(down)
		if out.Entry, err = tx.Entry(e.ID); err != nil {
			return err
		}
		return tx.Audit(by.ID, "restore", e.ID, "")
	})
	return out, err
}

// failing returns the public editions of what was thrown away with e that the
// checks would not let readers see today.
func failing(r *store.Read, e models.Entry) ([]string, error) {
	entries, err := r.TrashedWith(e.ID)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, e := range entries {
		editions, err := r.Editions(e.ID)
		if err != nil {
			return nil, err
		}
		shown, err := factsShown(r, e, editions)
		if err != nil {
			return nil, err
		}
		for _, d := range editions {
			if !d.Live() || d.Lang == models.Facts {
				continue
			}
			if !shown {
				out = append(out, d.ID)
				continue
			}
			rev, err := r.Revision(*d.LiveRevision)
			if err != nil {
				return nil, err
			}
			findings, err := checks(r, e, d.Lang, rev.Content)
			if err != nil {
				return nil, err
			}
			facts := slices.IndexFunc(editions, func(d models.Edition) bool { return d.Lang == models.Facts })
			if facts >= 0 {
				more, err := liveFactsFindings(r, e, d.Lang, editions[facts])
				if err != nil {
					return nil, err
				}
				findings = append(findings, more...)
			}
			if slices.ContainsFunc(findings, func(f Finding) bool { return f.Severity == block.Error }) {
				out = append(out, d.ID)
			}
		}
	}
	return out, nil
}

// factsShown reports whether readers may see what the public facts of an entry
// show: every language shows them.
func factsShown(r *store.Read, e models.Entry, editions []models.Edition) (bool, error) {
	for _, d := range editions {
		if d.Lang != models.Facts || !d.Live() {
			continue
		}
		rev, err := r.Revision(*d.LiveRevision)
		if err != nil {
			return false, err
		}
		refused, err := mediaErrors(r, e, models.Facts, rev.Content, nil)
		return len(refused) == 0, err
	}
	return true, nil
}

// Purge deletes something in the trash for good. Errors: models.ErrStale.
func (c *CMS) Purge(ctx context.Context, by models.User, id string, version int) error {
	return c.tx(ctx, func(tx *store.Tx) error {
		e, err := trashed(&tx.Read, by, id)
		if err != nil {
			return err
		}
		if e.Version != version {
			return models.ErrStale
		}
		if _, err := mayChangeBranch(&tx.Read, by, e, e); err != nil {
			return err
		}
		return purge(tx, by.ID, e)
	})
}

func purge(tx *store.Tx, actor string, e models.Entry) error {
	if _, err := tx.Purge(e); err != nil {
		return err
	}
	return tx.Audit(actor, "purge", e.ID, "")
}

// PurgeOld deletes for good what has been in the trash for TrashFor, each in
// its own transaction, and returns how many that were.
func (c *CMS) PurgeOld(ctx context.Context) (n int, err error) {
	for {
		done := true
		err := c.tx(ctx, func(tx *store.Tx) error {
			rows, _, err := tx.Trashed(nil, true, tx.Now().Add(-TrashFor), 1, 0)
			if err != nil || len(rows) == 0 {
				return err
			}
			done = false
			return purge(tx, "", rows[0].Entry)
		})
		if err != nil || done {
			return n, err
		}
		n++
	}
}

// TrashRow is something in the trash.
type TrashRow struct {
	ID, Kind, Type, Title string
	Lang                  string // of Title
	Section               Crumb  // where it was; Title "" where the user may not see that
	// SectionGone says that its section is in the trash too. First is the title
	// of what has to come back before it, "" where the user may not see that.
	SectionGone bool
	First       string
	Below       int  // entries that went with it
	Once        bool // readers knew some of it
	By          string
	At          time.Time
	Days        int // left, at least 0
	Version     int
	CanChange   bool
}

// TrashPerPage is how many rows a page of the trash shows.
const TrashPerPage = 50

// TrashList returns a page (from 1) of the trash within reach, newest first,
// and whether more follow.
func (c *CMS) TrashList(ctx context.Context, by models.User, page int) (out []TrashRow, more bool, err error) {
	err = c.view(ctx, func(r *store.Read) error {
		grants, all := by.Reach(models.ActRead)
		var rows []store.TrashRow
		if rows, more, err = r.Trashed(grants, all, time.Time{}, TrashPerPage, max(page-1, 0)*TrashPerPage); err != nil {
			return err
		}
		out, err = trashRows(r, by, c.store.Now(), rows)
		return err
	})
	return out, more, err
}

// Trashed returns one row of the trash.
func (c *CMS) Trashed(ctx context.Context, by models.User, id string) (out TrashRow, err error) {
	err = c.view(ctx, func(r *store.Read) error {
		e, err := trashed(r, by, id)
		if err != nil {
			return err
		}
		below, err := r.TrashedWith(e.ID)
		if err != nil {
			return err
		}
		b, err := r.BranchFacts(e)
		if err != nil {
			return err
		}
		row := store.TrashRow{Entry: e, Below: len(below) - 1}
		for _, once := range b.Langs {
			row.Once = row.Once || once
		}
		rows, err := trashRows(r, by, c.store.Now(), []store.TrashRow{row})
		if err == nil {
			out = rows[0]
		}
		return err
	})
	return out, err
}

func trashRows(r *store.Read, by models.User, now time.Time, rows []store.TrashRow) ([]TrashRow, error) {
	var ids, sections, people []string
	for _, row := range rows {
		ids, sections, people = append(ids, row.ID), append(sections, row.Section()), append(people, row.TrashedBy)
	}
	titles, err := r.Titles(ids, by.Lang)
	if err != nil {
		return nil, err
	}
	above, err := sectionTitles(r, by, sections, by.Lang)
	if err != nil {
		return nil, err
	}
	names, err := r.Names(people)
	if err != nil {
		return nil, err
	}
	out := make([]TrashRow, len(rows))
	for i, row := range rows {
		section, err := r.Entry(row.Section())
		if err != nil {
			return nil, err
		}
		_, err = mayChangeBranch(r, by, row.Entry, row.Entry)
		if err != nil && !errors.Is(err, models.ErrForbidden) {
			return nil, err
		}
		lang := by.Lang // Titles looks there before the original
		if _, err := r.Edition(row.ID, lang); missing(err) {
			lang = row.OriginalLang
		} else if err != nil {
			return nil, err
		}
		first := ""
		if section.TrashedAt != nil {
			known, err := sectionTitles(r, by, []string{section.TrashID}, by.Lang)
			if err != nil {
				return nil, err
			}
			first = known[section.TrashID]
		}
		left := row.TrashedAt.Add(TrashFor).Sub(now)
		out[i] = TrashRow{
			ID: row.ID, Kind: row.Kind, Type: row.Type, Title: titles[row.ID], Lang: lang, Section: Crumb{section.ID, above[section.ID]},
			SectionGone: section.TrashedAt != nil, First: first, Below: row.Below, Once: row.Once, By: names[row.TrashedBy], At: *row.TrashedAt,
			Days: max(0, int((left+24*time.Hour-1)/(24*time.Hour))), Version: row.Version, CanChange: err == nil,
		}
	}
	return out, nil
}

// TrashPlan is what throwing an entry away would do.
type TrashPlan struct {
	Entry  models.Entry
	Title  string
	Below  int      // entries that would go with it
	Langs  []string // of it and what is below it
	Public int      // editions that readers see
	// Uses are places elsewhere that use some of it; Hidden is how many of
	// those the user may not see.
	Uses   []Use
	Hidden int
}

// PlanTrash returns what Trash would do, refused as Trash is.
func (c *CMS) PlanTrash(ctx context.Context, by models.User, id string) (plan TrashPlan, err error) {
	err = c.view(ctx, func(r *store.Read) error {
		e, err := entry(r, by, id, "")
		if err != nil {
			return err
		}
		if e.Root() {
			return models.Conflict("root_stays")
		}
		b, err := mayChangeBranch(r, by, e, e)
		if err != nil {
			return err
		}
		titles, err := r.Titles([]string{id}, by.Lang)
		if err != nil {
			return err
		}
		n, langs, err := r.Standing(e)
		if err != nil {
			return err
		}
		plan = TrashPlan{Entry: e, Title: titles[id], Below: n - 1, Langs: langs, Public: b.Public}
		all, err := uses(r, by, e)
		for _, u := range all {
			if u.CanOpen {
				plan.Uses = append(plan.Uses, u)
			} else {
				plan.Hidden++
			}
		}
		return err
	})
	return plan, err
}

// Use is a place where an entry is used: a block of an edition, or a field.
type Use struct {
	Entry, Lang, Title string
	Kind               string
	Block              string // id of the block, or the name of the field
	Purpose            string // link, card, contact …
	Live               bool   // readers see it
	CanOpen            bool
}

// usesMost is how many places are listed.
const usesMost = 200

// uses returns where an entry, and what is below it, is used from elsewhere.
// Places the user may not see have no title.
func uses(r *store.Read, by models.User, e models.Entry) ([]Use, error) {
	rows, err := r.UsesOf(e, usesMost)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, u := range rows {
		ids = append(ids, u.EntryID)
	}
	titles, err := r.Titles(ids, by.Lang)
	if err != nil {
		return nil, err
	}
	var out []Use
	for _, u := range rows {
		use := Use{Entry: u.EntryID, Lang: u.Lang, Kind: u.Kind, Block: u.BlockID, Purpose: u.Purpose, Live: u.Live, CanOpen: by.Can(models.ActRead, u.Place())}
		if use.CanOpen {
			use.Title = titles[u.EntryID]
		}
		out = append(out, use)
	}
	return out, nil
}
