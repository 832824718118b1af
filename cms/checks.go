package cms

import (
	"slices"
	"strings"
	"unicode/utf8"

	"meridian/cms/block"
	"meridian/models"
	"meridian/models/store"
)

// Finding is one thing the checks found. Field names a field of the form when
// it is not about a block.
type Finding struct {
	block.Finding
	Field string
}

// checks runs every check on content, those of the text and those of the kind.
// What readers of one language may be shown of facts, factsChecks says.
func checks(r *store.Read, e models.Entry, lang string, c models.Content) ([]Finding, error) {
	var doc *block.Document
	if lang != models.Facts {
		var err error
		if doc, err = block.Decode([]byte(c.Body)); err != nil {
			return nil, err
		}
	}
	return checksOf(r, e, lang, c, doc)
}

// checksOf is checks for a text that is decoded already; facts have none.
func checksOf(r *store.Read, e models.Entry, lang string, c models.Content, doc *block.Document) ([]Finding, error) {
	var out []Finding
	add := func(field, code string, sev block.Severity, args map[string]any) {
		out = append(out, Finding{block.Finding{Code: code, Severity: sev, Args: args}, field})
	}
	fields, err := fieldsOf(e, lang)
	if err != nil {
		return nil, err
	}
	for _, name := range models.Missing(fields, c.Fields) {
		add(name, "field_missing", block.Error, map[string]any{"field": name})
	}
	media, err := mediaFindings(r, e, lang, mediaOf(fields, c, doc))
	if err != nil {
		return nil, err
	}
	out = append(out, media...)
	if lang == models.Facts {
		return out, nil
	}
	switch n := utf8.RuneCountInString(c.Title); {
	case n == 0:
		add(KeyTitle, "title_missing", block.Error, nil)
	case n > 120:
		add(KeyTitle, "title_long", block.Error, map[string]any{"max": 120, "count": n})
	}
	switch n := utf8.RuneCountInString(c.Summary); {
	case n == 0:
		add(KeySummary, "summary_missing", block.Warning, nil)
	case n > 300:
		add(KeySummary, "summary_long", block.Error, map[string]any{"max": 300, "count": n})
	}
	if c.Machine {
		add("", "machine_unconfirmed", block.Warning, nil)
	}
	for _, f := range doc.Checks(&draftResolver{read: r, lang: lang}) {
		out = append(out, Finding{Finding: f})
	}
	numbers, err := numberFindings(r, c, doc)
	if err != nil {
		return nil, err
	}
	lead, err := leadFindings(r, e, c)
	if err != nil {
		return nil, err
	}
	out = slices.Concat(out, numbers, lead)
	slices.SortStableFunc(out, func(a, b Finding) int {
		rank := func(f Finding) int {
			if f.Severity == block.Error {
				return 0
			}
			return 1
		}
		return rank(a) - rank(b)
	})
	return out, nil
}

// factsChecks runs every check on facts as readers of a language are shown them.
func factsChecks(r *store.Read, e models.Entry, lang string, c models.Content) ([]Finding, error) {
	list, err := checksOf(r, e, models.Facts, c, nil)
	if err != nil {
		return nil, err
	}
	fields, err := fieldsOf(e, models.Facts)
	if err != nil {
		return nil, err
	}
	more, err := languageFindings(r, lang, mediaOf(fields, c, nil))
	return append(list, more...), err
}

// liveFactsFindings says what the public facts of an entry must not show to
// readers of a language; facts that are not public show nothing.
func liveFactsFindings(r *store.Read, e models.Entry, lang string, facts models.Edition) ([]Finding, error) {
	if !facts.Live() {
		return nil, nil
	}
	rev, err := r.Revision(*facts.LiveRevision)
	if err != nil {
		return nil, err
	}
	fields, err := fieldsOf(e, models.Facts)
	if err != nil {
		return nil, err
	}
	return languageFindings(r, lang, mediaOf(fields, rev.Content, nil))
}

// draftResolver tells the checks what the text refers to. Unlike readers' it
// may see working titles, because only staff see findings.
type draftResolver struct {
	block.Inert
	read *store.Read
	lang string
}

func (r *draftResolver) Lang() string { return r.lang }

// Link reports a ref to something that readers cannot open as not there: the
// check that says so is what the author needs. The title is not looked up; no
// check asks for it.
func (r *draftResolver) Link(ref string) (block.Target, bool) {
	_, id, ok := strings.Cut(ref, ":")
	if !ok {
		id = ref
	}
	editions, err := r.read.Editions(id)
	if err != nil {
		return block.Target{}, false
	}
	for _, d := range editions {
		if d.Live() && d.Lang != models.Facts {
			return block.Target{URL: "/" + d.Lang + "/" + *d.Path, Title: *d.Path}, true
		}
	}
	return block.Target{}, false
}

// Contact reports whether readers can see the contact record of a section.
func (r *draftResolver) Contact(section string) (block.Contact, bool) {
	d, err := r.read.Edition(section, models.Facts)
	if err != nil || !d.Live() {
		return block.Contact{}, false
	}
	t, ok := r.Link("section:" + section)
	return block.Contact{Name: t.Title}, ok
}

// Cards reports whether an automatic row of cards would show anything.
func (r *draftResolver) Cards(q block.CardQuery) []block.Card {
	f := store.RowFilter{Kind: q.Kind, Section: q.Under, Topic: q.Topic, Lang: r.lang, Live: true, All: true, Limit: 1}
	if q.Section != "" {
		e, err := r.read.Entry(q.Section)
		if err != nil {
			return nil
		}
		f.Branch = e.Branch
	}
	rows, _, err := r.read.Rows(f)
	if err != nil || len(rows) == 0 {
		return nil
	}
	return []block.Card{{Title: rows[0].Title}}
}

// CardsOf reports which chosen cards readers would see.
func (r *draftResolver) CardsOf(refs []string) []block.Card {
	var out []block.Card
	for _, ref := range refs {
		if t, ok := r.Link(ref); ok {
			out = append(out, block.Card{Ref: ref, Title: t.Title, URL: t.URL})
		}
	}
	return out
}

// Sections reports whether a list of organisations would show anything.
func (r *draftResolver) Sections(q block.SectionQuery) []block.SectionRow {
	if n, err := r.read.Members(q.Region, q.Status); err != nil || n == 0 {
		return nil
	}
	return []block.SectionRow{{}}
}

// Fact lets every known fact through: its value is computed when read.
func (r *draftResolver) Fact(key string) (string, bool) { return "0", block.KnownFact(key) }
