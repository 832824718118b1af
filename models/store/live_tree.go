package store

import (
	"encoding/json"
	"fmt"
)

// TreeRow is a section or a page as the tree shows it. Title and Path are those
// of its public edition in a language, Path nil where it has none.
type TreeRow struct {
	EntryID, Kind, Type, Branch, Nav, Title string
	Position                                int
	Path                                    *string
}

// TreeOf returns the public sections and pages of a language down to a depth
// below the root, at most limit of them and those near the root first.
func (l *Live) TreeOf(lang string, depth, limit int) ([]TreeRow, error) {
	l.read(nameTree(lang), nameOrder)
	list, err := selected[TreeRow](l.db, `SELECT t.entry_id, t.kind, e.type, t.branch, e.nav, t.title, e.position, d.path
		FROM (SELECT entry_id, edition_id, kind, branch, title, length(branch) - length(replace(branch, '/', '')) - iif(kind = 'section', 2, 1) AS depth
		  FROM listed WHERE kind IN ('section', 'page') AND lang = ? AND depth <= ? ORDER BY depth, entry_id LIMIT ?) t
		CROSS JOIN entries e ON e.id = t.entry_id CROSS JOIN editions d ON d.id = t.edition_id`, lang, depth, limit)
	if err != nil {
		return nil, fmt.Errorf("read tree: %w", err)
	}
	return list, nil
}

// TreeSections returns where sections stand, whatever languages they are public
// in: a section without a landing still holds what is below it.
func (l *Live) TreeSections(ids []string) ([]TreeRow, error) {
	l.read(nameOrder)
	l.readEntries(ids)
	if len(ids) == 0 {
		return nil, nil
	}
	arg, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	list, err := selected[TreeRow](l.db, `SELECT e.id AS entry_id, e.kind, e.type, e.branch, e.nav, e.position FROM json_each(?) j
		CROSS JOIN entries e ON e.id = j.value AND e.kind = 'section' AND e.trashed_at IS NULL`, string(arg))
	if err != nil {
		return nil, fmt.Errorf("read sections of tree: %w", err)
	}
	return list, nil
}
