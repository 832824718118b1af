package store

import "strings"

// Filter narrows a list beyond what Query says. A nil one is none.
type Filter struct {
	// Langs asks for one edition of an entry: that in the first of these
	// languages it is public in. Query.Lang is empty then.
	Langs []string
	// Fresh leaves out translations that lag behind their originals or that
	// nobody compared with them.
	Fresh      bool
	Conditions []Condition
}

// Condition is one condition on what is public of an edition or its entry. Of a
// field with several values one has to meet it. Nothing meets a condition by
// having no value, unless it is negative: Not turns the condition round.
type Condition struct {
	Of Source
	// Name is a name of editionColumns, the field of terms, or the JSON path of a
	// value.
	Name string
	// Part is the JSON path within each value of a list of records, "" for
	// values that have no parts.
	Part string
	// Op is one of eq, in, lt, lte, gt, gte, starts, contains, or any for
	// whatever value there is.
	Op     string
	Values []string
	Not    bool
}

// Source is where the values of a condition stand.
type Source int

// Sources of values.
const (
	OfEdition   Source = iota // editionColumns
	OfLanguage                // the further fields of a language
	OfFacts                   // the facts
	OfReference               // facts that name entries, as far as those are public
	OfTerm                    // facts that name terms
)

// editionColumns are what every edition has, with the expressions they are compared
// by. "" is no value.
var editionColumns = map[string]string{
	"id": "li.entry_id", "lang": "li.lang", "title": "li.title",
	"published_at": "li.published_at", "updated_at": "li.updated_at",
	"type":          "(SELECT type FROM entries WHERE id = li.entry_id)",
	"original_lang": "(SELECT original_lang FROM entries WHERE id = li.entry_id)",
	"slug":          "(SELECT slug FROM editions WHERE id = li.edition_id)",
	"path":          "(SELECT path FROM editions WHERE id = li.edition_id)",
	"revision":      "(SELECT live_revision FROM editions WHERE id = li.edition_id)",
	"summary":       "(SELECT x.summary FROM editions y JOIN revisions x ON x.id = y.live_revision WHERE y.id = li.edition_id)",
	"hash":          "(SELECT x.hash FROM editions y JOIN revisions x ON x.id = y.live_revision WHERE y.id = li.edition_id)",
	"date":          "", // as the run has it
}

// narrow adds the conditions of a filter to a run; date is the expression of
// the date there.
func (f *Filter) narrow(r *run, date string) {
	if f.Fresh {
		r.add(fresh)
	}
	for _, c := range f.Conditions {
		sql, args := c.sql(date)
		if c.Not {
			sql = "NOT " + sql
		}
		r.add(sql, args...)
	}
}

// sql returns the condition in brackets, the negation aside.
func (c Condition) sql(date string) (string, []any) {
	if c.Of == OfEdition {
		e := editionColumns[c.Name]
		if c.Name == "date" {
			e = date
		}
		cond, args := c.compare(e)
		if c.Op == "any" || c.Op == "lt" || c.Op == "lte" {
			cond = e + " <> '' AND " + cond
		}
		return "(" + cond + ")", args
	}
	if c.Of == OfTerm {
		cond, args := c.compare("t.term_id")
		return "EXISTS (SELECT 1 FROM entry_terms t WHERE t.entry_id = li.entry_id AND t.field = ? AND " + cond + ")", append([]any{c.Name}, args...)
	}
	value, args := "j.value", []any{c.Name}
	which := "d.entry_id = li.entry_id AND d.lang = 'und'"
	if c.Of == OfLanguage {
		which = "d.id = li.edition_id"
	}
	if c.Part != "" {
		value = "json_extract(j.value, ?)"
	}
	cond, values := c.compare(value)
	if c.Part != "" {
		args = append(args, c.Part)
	}
	if c.Of == OfReference {
		// What is not public is not shown, and must not be found out by asking.
		cond = "(" + cond + ") AND EXISTS (SELECT 1 FROM live x WHERE x.entry_id = j.value AND x.lang <> 'und')"
	}
	return "EXISTS (SELECT 1 FROM editions d JOIN revisions r ON r.id = d.live_revision, json_each(r.fields, ?) j WHERE " + which + " AND " + cond + ")", append(args, values...)
}

// operators compare an expression with a value.
var operators = map[string]string{
	"eq": " = ?", "lt": " < ?", "lte": " <= ?", "gt": " > ?", "gte": " >= ?",
}

// compare returns the comparison of an expression, which stands in it once.
func (c Condition) compare(e string) (string, []any) {
	switch c.Op {
	case "any":
		return e + " <> ''", nil
	case "in":
		return e + " IN (?" + strings.Repeat(", ?", len(c.Values)-1) + ")", anys(c.Values)
	case "starts":
		return "instr(" + e + ", ?) = 1", anys(c.Values)
	case "contains":
		return "instr(" + e + ", ?) > 0", anys(c.Values)
	}
	return e + operators[c.Op], anys(c.Values)
}

// fresh says of a row of "listed" what live.Translation.Fresh says: it is an
// original, or a translation that was made of an original whose blocks have
// not changed since. The texts of two equal sets of hashes are equal, which
// spares most rows the comparison one by one.
const fresh = `NOT EXISTS (SELECT 1 FROM editions d JOIN entries e ON e.id = d.entry_id JOIN revisions r ON r.id = d.live_revision
	LEFT JOIN editions od ON od.entry_id = e.id AND od.lang = e.original_lang LEFT JOIN revisions o ON o.id = od.live_revision
	WHERE d.id = li.edition_id AND d.lang <> e.original_lang AND (r.based_on = '' OR o.id IS NULL AND r.machine
	  OR o.id IS NOT NULL AND coalesce(r.source_hashes, '') <> coalesce(o.hashes, '') AND (
	    EXISTS (SELECT 1 FROM json_each(coalesce(o.hashes, '{}')) n LEFT JOIN json_each(coalesce(r.source_hashes, '{}')) m ON m.key = n.key WHERE coalesce(m.value, '') <> n.value)
	    OR EXISTS (SELECT 1 FROM json_each(coalesce(r.source_hashes, '{}')) m WHERE m.value <> '' AND m.key NOT IN (SELECT key FROM json_each(coalesce(o.hashes, '{}')))))))`
