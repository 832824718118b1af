package store

import (
	"fmt"
	"slices"
	"strings"

	"meridian/models"
)

// run is a part of a list that one statement reads in order: what is public of
// one kind in one language.
type run struct {
	from  string
	conds []string
	args  []any
	id    string // expression of the edition's id
	keys  []key
	exprs []string // of the keys
}

func (r *run) add(cond string, args ...any) {
	r.conds, r.args = append(r.conds, cond), append(r.args, args...)
}

// few is how many entries are looked at one by one and sorted rather than
// waiting for them to come by in the order of the list.
const few = 500

// runs returns the runs of a list.
func (l *Live) runs(q Query, keys []key) ([]*run, error) {
	var out []*run
	for _, kind := range kinds {
		if q.Kind != "" && q.Kind != kind {
			continue
		}
		langs := []string{q.Lang}
		chain := q.Filter != nil && len(q.Filter.Langs) > 0
		switch {
		case chain:
			langs = q.Filter.Langs
		case q.Lang == "":
			var err error
			if langs, err = l.langs(kind); err != nil {
				return nil, err
			}
		}
		pool, err := l.pool(q, kind)
		if err != nil {
			return nil, err
		}
		for i, lang := range langs {
			r := newRun(q, keys, kind, lang, pool)
			if chain && i > 0 {
				// Where an earlier language is public, this one is not served.
				r.add("NOT EXISTS (SELECT 1 FROM editions b WHERE b.entry_id = li.entry_id AND b.live_revision IS NOT NULL AND b.lang IN (?"+strings.Repeat(", ?", i-1)+"))", anys(langs[:i])...)
			}
			out = append(out, r)
		}
	}
	return out, nil
}

// langs returns the languages that something of a kind is public in, by one
// look into the key for each.
func (l *Live) langs(kind string) ([]string, error) {
	var out []string
	err := l.db.Raw(`WITH RECURSIVE t (lang) AS (SELECT min(lang) FROM listed WHERE kind = @kind
		UNION ALL SELECT (SELECT min(lang) FROM listed WHERE kind = @kind AND lang > t.lang) FROM t WHERE t.lang IS NOT NULL)
		SELECT lang FROM t WHERE lang IS NOT NULL`, map[string]any{"kind": kind}).Scan(&out).Error
	if err != nil {
		return nil, fmt.Errorf("languages of lists: %w", err)
	}
	return out, nil
}

// pool is a handful of entries that all of a list is among.
type pool struct {
	sql  string // selects entry_id
	args []any
}

// pool returns the entries that a list is made of when they are few, nil when
// they are many or nothing says which they are.
func (l *Live) pool(q Query, kind string) (*pool, error) {
	var list []pool
	if q.Branch != "" && !q.dated(kind) {
		list = append(list, pool{"SELECT id AS entry_id FROM entries WHERE branch >= ? AND branch < ? AND kind = ?", []any{q.Branch, q.Branch + "~", kind}})
	}
	terms := []string{q.Term}
	if q.Filter != nil {
		for _, c := range q.Filter.Conditions {
			if c.Of == OfTerm && c.Op == "eq" && !c.Not {
				terms = append(terms, c.Values...)
			}
		}
	}
	for _, t := range terms {
		if t != "" {
			list = append(list, pool{"SELECT DISTINCT entry_id FROM entry_terms WHERE term_id = ?", []any{t}})
		}
	}
	for _, p := range list {
		n, err := selected[int](l.db, "SELECT count(*) FROM ("+p.sql+" LIMIT ?)", append(slices.Clone(p.args), few+1)...)
		if err != nil {
			return nil, fmt.Errorf("look for few: %w", err)
		}
		if n[0] <= few {
			return &p, nil
		}
	}
	return nil, nil
}

// dated reports whether the list is the news of a section by date, which are
// kept in their order for every section.
func (q Query) dated(kind string) bool {
	return kind == models.KindNews && q.Sort == "date" && (q.Branch != "" || q.Under != "")
}

// newRun chooses where a run is read from: a handful of entries, the news of a
// section, or all editions of the kind and language in the order of the list.
func newRun(q Query, keys []key, kind, lang string, p *pool) *run {
	r := &run{id: "li.edition_id", keys: keys}
	for _, k := range keys {
		r.exprs = append(r.exprs, SortKeys[k.name])
	}
	date, below := SortKeys["date"], q.Branch != ""
	switch {
	case p != nil:
		r.from = " FROM (" + p.sql + `) c CROSS JOIN editions d ON d.entry_id = c.entry_id AND d.lang = ?
			CROSS JOIN listed li ON li.kind = ? AND li.lang = d.lang AND li.published_at = d.first_published_at AND li.edition_id = d.id`
		r.args = append(slices.Clone(p.args), lang, kind)
		r.add("d.live_revision IS NOT NULL")
	case q.dated(kind):
		section := q.Under
		if ids := branchIDs(q.Branch); section == "" {
			section, below = ids[len(ids)-1], false
		}
		r.from = " FROM section_news sn CROSS JOIN editions d ON d.entry_id = sn.entry_id AND d.lang = sn.lang"
		if len(keys) > 1 || q.Under != "" || q.Term != "" || q.Filter != nil {
			r.from += " CROSS JOIN listed li ON li.kind = 'news' AND li.lang = sn.lang AND li.published_at = d.first_published_at AND li.edition_id = d.id"
		} else {
			r.id = "d.id"
		}
		date, r.exprs[0] = "sn.date", "sn.date"
		r.add("sn.section_id = ? AND sn.lang = ?", section, lang)
	default:
		r.from = " FROM listed li" + listIndexes[keys[0].name]
		r.add("li.kind = ? AND li.lang = ?", kind, lang)
	}
	if below {
		r.add("li.branch >= ? AND li.branch < ?", q.Branch, q.Branch+"~")
	}
	if q.Under != "" {
		r.add("li.entry_id IN (SELECT id FROM entries WHERE section_id = ? AND kind = ?)", q.Under, kind)
	}
	if q.Term != "" {
		r.add("EXISTS (SELECT 1 FROM entry_terms t WHERE t.term_id = ? AND t.entry_id = li.entry_id)", q.Term)
	}
	if q.Year != "" {
		r.add(date+" >= ? AND "+date+" < ?", q.Year+"-", q.Year+"~")
	}
	if q.Filter != nil {
		q.Filter.narrow(r, date)
	}
	return r
}

// sql returns the statement for the first places of a run, with its arguments
// and the number of keys it answers with: those behind after and before end,
// where these are given. Everything that is not an argument comes from this
// package.
func (r *run) sql(need int, after, end *After) (string, []any, int) {
	conds, args := slices.Clone(r.conds), slices.Clone(r.args)
	for _, side := range []struct {
		at   *After
		back bool
	}{{after, false}, {end, true}} {
		if side.at != nil {
			c, a := r.beyond(*side.at, side.back)
			conds, args = append(conds, c), append(args, a...)
		}
	}
	columns, order := r.id, ""
	for i, k := range r.keys {
		columns += ", cast(" + r.exprs[i] + " AS text)"
		order += r.exprs[i] + direction(k.desc) + ", "
	}
	return "SELECT " + columns + r.from + " WHERE " + strings.Join(conds, " AND ") + " ORDER BY " + order + r.id + direction(r.keys[0].desc) + " LIMIT ?",
		append(args, need), len(r.keys)
}

func direction(desc bool) string {
	if desc {
		return " DESC"
	}
	return " ASC"
}

// beyond is the condition for what lies behind a place in the order of the run,
// or before it. The first key is bounded by itself as well, for that is what an
// index understands.
func (r *run) beyond(at After, back bool) (string, []any) {
	side := func(desc bool) string {
		if desc != back {
			return "<"
		}
		return ">"
	}
	cond, args := r.id+" "+side(r.keys[0].desc)+" ?", []any{at.ID}
	for i := len(r.keys) - 1; i >= 0; i-- {
		e := r.exprs[i]
		cond = "(" + e + " " + side(r.keys[i].desc) + " ? OR " + e + " = ? AND " + cond + ")"
		args = append([]any{at.Keys[i], at.Keys[i]}, args...)
	}
	return r.exprs[0] + " " + side(r.keys[0].desc) + "= ? AND " + cond, append([]any{at.Keys[0]}, args...)
}
