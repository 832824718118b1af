package store

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"meridian/models"
)

// Query selects public editions for a list. Without filter it is comparable,
// so that its answer can be remembered by it.
type Query struct {
	Kind   string // section, page or news; "" = all
	Lang   string // "" = every language
	Branch string // this section and everything below; "" = everywhere
	Under  string // direct children of a section
	Term   string // id of a term the facts carry
	Year   string // of a news item
	// Sort is a name of SortKeys; Desc turns it round. Then has further ones
	// with commas between them and a minus in front of those turned round. Ties
	// follow the edition's id, so that every list has one order.
	Sort string
	Desc bool
	Then string
	// Filter narrows the list further; nil does not.
	Filter *Filter
	// After continues behind the row with this key and edition id.
	After *After
	Limit int
	Skip  int
	// Brief leaves texts, fields and hashes of blocks out, Textless the texts
	// alone.
	Brief, Textless bool
}

// After is the place in a list where the next page begins: a value for each key
// of its order, and the edition.
type After struct {
	Keys []string
	ID   string
}

// SortKeys are the orders of lists: SQL expressions over the table "listed".
// The order by position is for a few at once and has no place to continue from.
var SortKeys = map[string]string{
	"published_at": "li.published_at",
	"updated_at":   "li.updated_at",
	"title":        "li.title",
	"date":         "coalesce((SELECT date FROM entry_dates WHERE entry_id = li.entry_id), '')",
	"position":     "",
}

// listIndexes give the orders that the key of the table does not.
var listIndexes = map[string]string{"updated_at": " INDEXED BY listed_by_update", "title": " INDEXED BY listed_by_title"}

// kinds are all there are.
var kinds = []string{models.KindSection, models.KindPage, models.KindNews}

// key is one of the keys of an order.
type key struct {
	name string
	desc bool
}

// order returns the keys of a query.
func (q Query) order() ([]key, error) {
	keys := []key{{q.Sort, q.Desc}}
	if q.Then != "" {
		for s := range strings.SplitSeq(q.Then, ",") {
			name, desc := strings.CutPrefix(s, "-")
			keys = append(keys, key{name, desc})
		}
	}
	for i, k := range keys {
		if _, ok := SortKeys[k.name]; !ok || k.name == "position" && (i > 0 || len(keys) > 1) {
			return nil, fmt.Errorf("sort %q: %w", k.name, models.ErrInvalid)
		}
	}
	if q.After != nil && (q.Sort == "position" || len(q.After.Keys) != len(keys)) {
		return nil, fmt.Errorf("cursor of another order: %w", models.ErrInvalid)
	}
	return keys, nil
}

// compare orders two places as the keys say.
func compare(keys []key, a, b After) int {
	for i, k := range keys {
		if c := strings.Compare(a.Keys[i], b.Keys[i]); c != 0 {
			if k.desc {
				return -c
			}
			return c
		}
	}
	c := strings.Compare(a.ID, b.ID)
	if keys[0].desc {
		return -c
	}
	return c
}

// ListRow is a public edition in a list, with its place in it.
type ListRow struct {
	LiveText
	At After
}

// List returns public editions and whether more follow.
//
// A list is made of runs, one for each kind and language in it: a run comes out
// of an index in the order of the list. Each one ends where the runs before it
// already fill the page, so that many languages cost no more rows than one.
func (l *Live) List(q Query) ([]ListRow, bool, error) {
	l.readQuery(q)
	keys, err := q.order()
	if err != nil {
		return nil, false, err
	}
	if q.Sort == "position" {
		return l.byPosition(q)
	}
	runs, err := l.runs(q, keys)
	if err != nil {
		return nil, false, err
	}
	need := q.Skip + q.Limit + 1
	var places []After
	for _, r := range runs {
		var end *After
		if len(places) == need {
			end = &places[need-1]
		}
		more, err := l.places(r.sql(need, q.After, end))
		if err != nil {
			return nil, false, err
		}
		if len(more) == 0 {
			continue
		}
		places = append(places, more...)
		slices.SortFunc(places, func(a, b After) int { return compare(keys, a, b) })
		places = places[:min(need, len(places))]
	}
	places = places[min(q.Skip, len(places)):]
	more := len(places) > q.Limit
	rows, err := l.rows(q, places[:min(q.Limit, len(places))])
	return rows, more, err
}

// Count returns how many public editions a query selects, its page aside.
func (l *Live) Count(q Query) (int64, error) {
	l.readQuery(q)
	keys, err := q.order()
	if err != nil {
		return 0, err
	}
	runs, err := l.runs(q, keys)
	if err != nil {
		return 0, err
	}
	var total int64
	for _, r := range runs {
		n, err := selected[int64](l.db, "SELECT count(*)"+r.from+" WHERE "+strings.Join(r.conds, " AND "), r.args...)
		if err != nil {
			return 0, fmt.Errorf("count list: %w", err)
		}
		total += n[0]
	}
	return total, nil
}

// places runs the statement of a run.
func (l *Live) places(sql string, args []any, keys int) ([]After, error) {
	var out []After
	// A statement can be ended before its first row only: the driver does not
	// look at the context between rows. So whatever looking there is to do comes
	// before the first one.
	sql = "WITH p AS MATERIALIZED (" + sql + ") SELECT * FROM p"
	err := l.each(sql, args, func(scan func(...any) error) error {
		at := After{Keys: make([]string, keys)}
		into := []any{&at.ID}
		for i := range at.Keys {
			into = append(into, &at.Keys[i])
		}
		if err := scan(into...); err != nil {
			return err
		}
		out = append(out, at)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list live: %w", err)
	}
	return out, nil
}

// rows reads the editions at some places of a list, in their order.
func (l *Live) rows(q Query, places []After) ([]ListRow, error) {
	if len(places) == 0 {
		return nil, nil
	}
	ids := make([]string, len(places))
	at := make(map[string]int, len(places))
	for i, p := range places {
		ids[i], at[p.ID] = p.ID, i
	}
	list, err := json.Marshal(ids) // one argument: one statement for every length
	if err != nil {
		return nil, err
	}
	columns := textColumns
	switch {
	case q.Brief:
		columns = briefColumns
	case q.Textless:
		columns = strings.Replace(textColumns, " l.body,", "", 1)
	}
	texts, err := selected[LiveText](l.db, "SELECT "+columns+" FROM json_each(?) j CROSS JOIN live l ON l.edition_id = j.value LEFT JOIN entry_dates ed ON ed.entry_id = l.entry_id", string(list))
	if err != nil {
		return nil, fmt.Errorf("list live: %w", err)
	}
	if len(texts) != len(places) {
		return nil, fmt.Errorf("list live: %d of %d editions are public", len(texts), len(places))
	}
	out := make([]ListRow, len(places))
	for _, t := range texts {
		i := at[t.EditionID]
		out[i] = ListRow{t, places[i]}
		l.read(NameEntry(t.EntryID))
	}
	return out, nil
}

// byPosition lists the first entries in the order of their sections.
func (l *Live) byPosition(q Query) ([]ListRow, bool, error) {
	conds := []string{"l.lang <> 'und'"}
	var args []any
	for _, c := range []struct{ cond, arg string }{
		{"l.kind = ?", q.Kind}, {"l.lang = ?", q.Lang}, {"l.section_id = ?", q.Under},
		{"l.entry_id IN (SELECT entry_id FROM entry_terms WHERE term_id = ?)", q.Term},
	} {
		if c.arg != "" {
			conds, args = append(conds, c.cond), append(args, c.arg)
		}
	}
	if q.Branch != "" {
		conds, args = append(conds, "l.branch >= ? AND l.branch < ?"), append(args, q.Branch, q.Branch+"~")
	}
	order := "l.position, l.edition_id"
	if q.Desc {
		order = "l.position DESC, l.edition_id DESC"
	}
	columns := textColumns
	if q.Brief {
		columns = briefColumns
	}
	list, err := selected[LiveText](l.db, "SELECT "+columns+liveFrom+"WHERE "+strings.Join(conds, " AND ")+" ORDER BY "+order+" LIMIT ? OFFSET ?", append(args, q.Limit+1, q.Skip)...)
	if err != nil {
		return nil, false, fmt.Errorf("list live: %w", err)
	}
	more := len(list) > q.Limit
	rows := make([]ListRow, min(q.Limit, len(list)))
	for i := range rows {
		rows[i] = ListRow{LiveText: list[i]}
		l.read(NameEntry(list[i].EntryID))
	}
	return rows, more, nil
}

// Years returns the years that have public news below a section in a language,
// newest first.
func (l *Live) Years(section, lang string) ([]string, error) {
	l.readLists(models.KindNews, section, lang)
	list, err := selected[string](l.db, "SELECT DISTINCT substr(date, 1, 4) FROM section_news WHERE section_id = ? AND lang = ? ORDER BY 1 DESC", section, lang)
	return list, err
}

// TermsIn returns the terms of a vocabulary that public news below a section
// in a language carry, in the order of the vocabulary.
func (l *Live) TermsIn(vocabulary, section, lang string) ([]models.Term, error) {
	l.read(NameTerms)
	l.readLists(models.KindNews, section, lang)
	return terms(l.db.Where(`vocabulary = ? AND id IN (SELECT t.term_id FROM section_news n JOIN entry_terms t ON t.entry_id = n.entry_id
		WHERE n.section_id = ? AND n.lang = ?)`, vocabulary, section, lang), l.db)
}

// BriefOf returns the public editions of several entries as teasers, by entry
// and language.
func (l *Live) BriefOf(entries []string) ([]LiveText, error) {
	l.readEntries(entries)
	if len(entries) == 0 {
		return nil, nil
	}
	list, err := json.Marshal(entries)
	if err != nil {
		return nil, err
	}
	out, err := selected[LiveText](l.db, "SELECT "+briefColumns+` FROM json_each(?) j CROSS JOIN live l ON l.entry_id = j.value AND l.lang <> 'und'
		LEFT JOIN entry_dates ed ON ed.entry_id = l.entry_id ORDER BY l.entry_id, l.lang`, string(list))
	if err != nil {
		return nil, fmt.Errorf("read teasers: %w", err)
	}
	return out, nil
}
