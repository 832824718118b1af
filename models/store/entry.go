package store

import (
	"fmt"
	"strings"

	"gorm.io/gorm"

	"meridian/models"
)

// Entry returns an entry, ErrNotFound when there is none with the id.
func (r *Read) Entry(id string) (models.Entry, error) {
	return take[models.Entry](r, "id = ?", id)
}

// Root returns the root section, ErrNotFound before first start.
func (r *Read) Root() (models.Entry, error) {
	return take[models.Entry](r, "section_id IS NULL")
}

// Entries returns the entries with the ids, in no order; missing ones are
// left out.
func (r *Read) Entries(ids []string) ([]models.Entry, error) {
	var list []models.Entry
	err := r.db.Where("id IN ?", ids).Find(&list).Error
	return list, err
}

// SectionsBelow returns the sections of a branch, the top one included,
// parents before children.
func (r *Read) SectionsBelow(branch string) ([]models.Entry, error) {
	var list []models.Entry
	err := r.db.Where("kind = ? AND "+inBranch, append([]any{models.KindSection}, branchArgs(branch)...)...).
		Order("length(branch), position, id").Find(&list).Error
	return list, err
}

// Branch returns an entry and what is below it, the trash left out, parents
// before children and siblings in their order, at most limit.
func (r *Read) Branch(e models.Entry, limit int) ([]models.Entry, error) {
	in, args := below(e)
	var list []models.Entry
	// A section's own id is the last of its branch: take it off to count parents.
	err := r.db.Where("trashed_at IS NULL AND id IN ("+in+")", args...).
		Order("length(branch) - (kind = 'section') * (length(id) + 1), position, id").Limit(limit).Find(&list).Error
	return list, err
}

// inBranch selects a section's whole branch by one range over the index; its
// arguments come from branchArgs. Ids hold no character above 'z'.
const inBranch = "branch >= ? AND branch < ?"

func branchArgs(branch string) []any { return []any{branch, branch + "~"} }

// NextPosition returns the position after the last child of a section.
func (r *Read) NextPosition(section string) (int, error) {
	var n int
	err := r.db.Raw("SELECT coalesce(max(position), 0) + 1 FROM entries WHERE section_id = ?", section).Scan(&n).Error
	return n, err
}

// AddEntry inserts an entry. Nothing readers see changes by it.
func (tx *Tx) AddEntry(e models.Entry) error {
	if _, err := tx.insert(&e); err != nil {
		return fmt.Errorf("add entry: %w", err)
	}
	return nil
}

// reach adds the condition that an entry row (alias e) is covered by one of
// the grants.
func reach(db *gorm.DB, grants []models.Grant, all bool) *gorm.DB {
	if all {
		return db
	}
	cond, args := covered(grants)
	return db.Where(cond, args...)
}

// covered is the condition that an entry (alias e) is covered by one of the
// grants, in the language of an edition (alias d) where one is for some
// languages only.
func covered(grants []models.Grant) (string, []any) {
	if len(grants) == 0 {
		return "1 = 0", nil
	}
	var conds []string
	var args []any
	for _, g := range grants {
		c := "(e.branch >= ? AND e.branch < ? AND e.domain_id = ?"
		args = append(args, g.Branch, g.Branch+"~", g.Domain)
		if len(g.Langs) > 0 {
			c += " AND (d.lang IN ? OR d.lang = ?)"
			args = append(args, g.Langs, models.Facts)
		}
		conds = append(conds, c+")")
	}
	return "(" + strings.Join(conds, " OR ") + ")", args
}
