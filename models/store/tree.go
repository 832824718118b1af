package store

import (
	"fmt"

	"meridian/models"
)

// TreeFilter selects sections and pages for the screen of the tree: the
// children of Section in their order, or what is below Branch without the
// section itself, those of one section together.
type TreeFilter struct {
	Section, Branch string
	Text            string // part of a title, in any language within reach
	// Lang and State select by the state in one language; StateMissing is
	// where there is no edition in it. An empty State is any.
	Lang   string
	State  models.State
	Grants []models.Grant
	All    bool // no limit by grants
	Limit  int
	Offset int
}

// Tree returns the entries a filter selects and whether more follow. News are
// never among them.
func (r *Read) Tree(f TreeFilter) ([]models.Entry, bool, error) {
	q := r.db.Table("entries e").Select("e.*").Where("e.trashed_at IS NULL AND e.kind <> 'news'")
	if f.Section != "" {
		q = q.Where("e.section_id = ?", f.Section).Order("e.position, e.id")
	} else {
		q = q.Where("e.branch >= ? AND e.branch < ?", branchArgs(f.Branch)...).Where("NOT (e.kind = 'section' AND e.branch = ?)", f.Branch).Order("e.branch, e.position, e.id")
	}
	few := false // the words are in few titles, which are known
	if f.Text != "" {
		var ids []string
		var err error
		if few, ids, err = r.titled(f.Text); err != nil {
			return nil, false, err
		}
		if few {
			q = q.Where("e.id IN (SELECT d.entry_id FROM editions d WHERE d.id IN ("+listed+"))", jsonList(ids))
		}
	}
	if !f.All || f.Text != "" && !few {
		within := r.db.Table("editions d").Select("1").Where("d.entry_id = e.id AND d.lang <> 'und'")
		if f.Text != "" {
			within = within.Joins("JOIN drafts w ON w.edition_id = d.id").Where("w.title LIKE ? ESCAPE '\\'", contains(f.Text))
		}
		q = q.Where("EXISTS (?)", reach(within, f.Grants, f.All))
	}
	const edition = "SELECT 1 FROM editions s WHERE s.entry_id = e.id AND s.lang = ?"
	const same = "(SELECT w.hash FROM drafts w WHERE w.edition_id = s.id) = (SELECT r.hash FROM revisions r WHERE r.id = s.live_revision)"
	switch f.State {
	case "":
	case models.StateMissing:
		q = q.Where("NOT EXISTS ("+edition+")", f.Lang)
	case models.StateDraft:
		q = q.Where("EXISTS ("+edition+" AND s.live_revision IS NULL AND s.first_published_at IS NULL AND s.withdrawn_at IS NULL)", f.Lang)
	case models.StateLive:
		q = q.Where("EXISTS ("+edition+" AND s.live_revision IS NOT NULL AND "+same+")", f.Lang)
	case models.StateChanged:
		q = q.Where("EXISTS ("+edition+" AND s.live_revision IS NOT NULL AND NOT "+same+")", f.Lang)
	default: // not asked for on this screen
		q = q.Where("1 = 0")
	}
	var list []models.Entry
	if err := q.Limit(f.Limit + 1).Offset(f.Offset).Find(&list).Error; err != nil {
		return nil, false, fmt.Errorf("list the tree: %w", err)
	}
	if len(list) > f.Limit {
		return list[:f.Limit], true, nil
	}
	return list, false, nil
}

// titledMost is how many titles are looked at by themselves.
const titledMost = 500

// titled returns the editions whose working title contains some words, if they
// are few: then the index of titles finds them soonest. Words that many titles
// contain are soon met in going through the entries in their order.
func (r *Read) titled(text string) (few bool, ids []string, err error) {
	err = r.db.Raw("SELECT edition_id FROM drafts WHERE title <> '' AND title LIKE ? ESCAPE '\\' LIMIT ?", contains(text), titledMost+1).Scan(&ids).Error
	if err != nil {
		return false, nil, fmt.Errorf("look through titles: %w", err)
	}
	return len(ids) <= titledMost, ids, nil
}

// Filled returns those of the sections that have something in them, the trash
// aside.
func (r *Read) Filled(sections []string) (map[string]bool, error) {
	out := map[string]bool{}
	for chunk := range chunks(sections, 500) {
		var ids []string
		err := r.db.Raw("SELECT s.id FROM entries s WHERE s.id IN ? AND EXISTS (SELECT 1 FROM entries e WHERE e.section_id = s.id AND e.trashed_at IS NULL)", chunk).Scan(&ids).Error
		if err != nil {
			return nil, fmt.Errorf("look into sections: %w", err)
		}
		for _, id := range ids {
			out[id] = true
		}
	}
	return out, nil
}

// NewsIn returns how many news items stand directly in each of the sections,
// the trash aside.
func (r *Read) NewsIn(sections []string) (map[string]int, error) {
	out := map[string]int{}
	for chunk := range chunks(sections, 500) {
		var rows []struct {
			SectionID string
			N         int
		}
		err := r.db.Raw("SELECT section_id, count(*) AS n FROM entries WHERE section_id IN ? AND kind = 'news' AND trashed_at IS NULL GROUP BY section_id", chunk).Scan(&rows).Error
		if err != nil {
			return nil, fmt.Errorf("count news: %w", err)
		}
		for _, row := range rows {
			out[row.SectionID] = row.N
		}
	}
	return out, nil
}

// Before returns the id of the section or page that stands before e in its
// section, "" when e is the first.
func (r *Read) Before(e models.Entry) (string, error) {
	var ids []string
	err := r.db.Raw("SELECT id FROM entries WHERE section_id = ? AND kind <> 'news' AND trashed_at IS NULL AND (position, id) < (?, ?) ORDER BY position DESC, id DESC LIMIT 1",
		e.Section(), e.Position, e.ID).Scan(&ids).Error
	if err != nil || len(ids) == 0 {
		return "", err
	}
	return ids[0], nil
}

// AddressesBelow returns how many addresses an entry and everything below it
// have, in all languages.
func (r *Read) AddressesBelow(e models.Entry) (int, error) {
	in, args := below(e)
	var n int
	err := r.db.Raw("SELECT count(*) FROM editions WHERE lang <> 'und' AND entry_id IN ("+in+")", args...).Scan(&n).Error
	return n, err
}
