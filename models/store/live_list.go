package store

import (
	"fmt"
	"strings"

	"meridian/models"
)

// Query selects public editions for a list.
type Query struct {
	Kind   string // section, page or news; "" = all
	Lang   string // "" = every language
	Branch string // this section and everything below; "" = everywhere
	Under  string // direct children of a section
	Term   string // id of a term the facts carry
	Year   string // of a news item
	// Sort is a name of SortKeys; Desc turns it round. Ties follow the
	// edition's id, so that every list has one order.
	Sort string
	Desc bool
	// After continues behind the row with this key and edition id.
	After *After
	Limit int
	Skip  int
	// Brief leaves texts, fields and hashes of blocks out.
	Brief bool
}

// After is the place in a list where the next page begins.
type After struct{ Key, ID string }

// SortKeys are the orders of lists: SQL expressions over the view.
var SortKeys = map[string]string{
	"published_at": "l.first_published_at",
	"updated_at":   "l.published_at",
	"title":        "l.title",
	"date":         "coalesce(ed.date, '')",
	"position":     "l.position",
}

// from returns the tables a list is read from and its conditions. News by
// date come out of their projection, in its order; everything else out of the
// view. In both, ed.date is the date of a news item.
func (l *Live) from(q Query) (from, where string, args []any) {
	conds := []string{"l.lang <> 'und'"}
	add := func(c string, a ...any) { conds = append(conds, c); args = append(args, a...) }
	from = liveFrom
	if q.news() {
		from = " FROM section_news ed CROSS JOIN live l ON l.entry_id = ed.entry_id AND l.lang = ed.lang "
		ids := branchIDs(q.Branch)
		add("ed.section_id = ? AND ed.lang = ?", ids[len(ids)-1], q.Lang)
	} else {
		if q.Kind != "" {
			add("l.kind = ?", q.Kind)
		}
		if q.Lang != "" {
			add("l.lang = ?", q.Lang)
		}
		if q.Branch != "" {
			add("l.branch >= ? AND l.branch < ?", q.Branch, q.Branch+"~")
		}
	}
	if q.Under != "" {
		add("l.section_id = ?", q.Under)
	}
	if q.Term != "" {
		add("l.entry_id IN (SELECT entry_id FROM entry_terms WHERE term_id = ?)", q.Term)
	}
	if q.Year != "" {
		add("ed.date >= ? AND ed.date < ?", q.Year+"-", q.Year+"~")
	}
	return from, strings.Join(conds, " AND "), args
}

// news reports whether a list is the news of a section in a language.
func (q Query) news() bool {
	return q.Kind == "news" && q.Sort == "date" && q.Lang != "" && q.Branch != ""
}

// ListRow is a public edition in a list, with the key it was sorted by.
type ListRow struct {
	LiveText
	SortKey string
}

// List returns public editions and whether more follow.
func (l *Live) List(q Query) ([]ListRow, bool, error) {
	if _, ok := SortKeys[q.Sort]; !ok {
		return nil, false, fmt.Errorf("sort %q: %w", q.Sort, models.ErrInvalid)
	}
	if q.After != nil && q.Sort == "position" {
		return nil, false, fmt.Errorf("cursor over position: %w", models.ErrInvalid)
	}
	sql, args := l.listSQL(q)
	var list []ListRow
	if err := l.db.Raw(sql, args...).Scan(&list).Error; err != nil {
		return nil, false, fmt.Errorf("list live: %w", err)
	}
	if len(list) > q.Limit {
		return list[:q.Limit], true, nil
	}
	return list, false, nil
}

// listSQL is the statement of a list. Everything that is not an argument comes
// from this file.
func (l *Live) listSQL(q Query) (string, []any) {
	from, where, args := l.from(q)
	key := SortKeys[q.Sort]
	if q.news() {
		key = "ed.date" // never null there, and so the index gives the order
	}
	order, cmp := "ASC", ">"
	if q.Desc {
		order, cmp = "DESC", "<"
	}
	if q.After != nil {
		where += fmt.Sprintf(" AND (%s, l.edition_id) %s (?, ?)", key, cmp)
		args = append(args, q.After.Key, q.After.ID)
	}
	args = append(args, q.Limit+1, q.Skip)
	columns := textColumns
	if q.Brief {
		columns = briefColumns
	}
	return "SELECT " + columns + ", cast(" + key + " AS text) AS sort_key" + from + "WHERE " + where +
		" ORDER BY " + key + " " + order + ", l.edition_id " + order + " LIMIT ? OFFSET ?", args
}

// Count returns how many public editions a query selects, its page aside.
func (l *Live) Count(q Query) (int64, error) {
	from, where, args := l.from(q)
	var n int64
	err := l.db.Raw("SELECT count(*)"+from+"WHERE "+where, args...).Scan(&n).Error
	return n, err
}

// Years returns the years that have public news below a section in a language,
// newest first.
func (l *Live) Years(section, lang string) ([]string, error) {
	var list []string
	err := l.db.Raw("SELECT DISTINCT substr(date, 1, 4) FROM section_news WHERE section_id = ? AND lang = ? ORDER BY 1 DESC", section, lang).Scan(&list).Error
	return list, err
}

// TermsIn returns the terms of a vocabulary that public news below a section
// in a language carry, in the order of the vocabulary.
func (l *Live) TermsIn(vocabulary, section, lang string) ([]models.Term, error) {
	return terms(l.db.Where(`vocabulary = ? AND id IN (SELECT t.term_id FROM section_news n JOIN entry_terms t ON t.entry_id = n.entry_id
		WHERE n.section_id = ? AND n.lang = ?)`, vocabulary, section, lang), l.db)
}

// Terms returns terms by id.
func (l *Live) Terms(ids []string) ([]models.Term, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return terms(l.db.Where("id IN ?", ids), l.db)
}

// Vocabulary returns all terms of a vocabulary.
func (l *Live) Vocabulary(name string) ([]models.Term, error) {
	return terms(l.db.Where("vocabulary = ?", name), l.db)
}
