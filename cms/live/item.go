package live

import (
	"errors"
	"fmt"
	"html/template"
	"slices"
	"strings"
	"time"

	"meridian/cms/block"
	"meridian/models/store"
)

// Item is a public edition in full.
type Item struct {
	ID           string
	URN          string // names the entry in the whole world
	Kind         string // section, page or news
	Type         string // area or organisation, for sections
	Lang         string
	Dir          string // ltr or rtl
	OriginalLang string

	Title   string
	Summary string
	Slug    string
	Path    string // below the language, without slashes at its ends
	Href    string // address within the site, escaped
	Nav     string // main, footer or none

	SectionID string
	Root      bool
	Ancestors []Link // from the root down to the parent section
	Editions  []Edition

	Date        string    // of a news item, YYYY-MM-DD
	PublishedAt time.Time // first time, UTC
	UpdatedAt   time.Time // last time, UTC
	Revision    string
	Hash        string // over the edition's own words, refs and ids
	Translation *Translation

	Body   *block.Document
	Fields map[string]any // public ones of the language
	Facts  map[string]any // public ones of the entry

	branch string
}

// Link names something public and where it is.
type Link struct {
	ID    string
	Kind  string
	Type  string // area or organisation, for sections above an item
	Title string
	// Lang is the language of Title.
	Lang string
	// Href is "" when the thing has a name but no public page.
	Href string
}

// Edition is one of the languages an entry is public in.
type Edition struct {
	Lang        Language
	Title       string
	Href        string
	PublishedAt time.Time
}

// Translation says how a translation stands to its original, block by block.
type Translation struct {
	SourceLang string
	// SourceRevision is the revision it was made from, "" when nobody compared
	// it with one.
	SourceRevision string
	// Fresh means that no block of the original changed since.
	Fresh        bool
	BlocksBehind int
	// AsOf is when the revision it was made from was sealed.
	AsOf *time.Time
	// Machine means that no person has confirmed it yet.
	Machine bool
}

// Item returns an entry in a language. The error is a *GoneError when readers
// could see it once and it was withdrawn or deleted.
func (v *View) Item(id, lang string) (*Item, error) {
	t, err := v.live.ByEntry(id, lang)
	if errors.Is(err, ErrNotFound) {
		if reason, e := v.live.GoneEntry(id, lang); e == nil {
			return nil, &GoneError{reason}
		}
	}
	if err != nil {
		return nil, err
	}
	return v.item(t)
}

func (v *View) item(t store.LiveText) (*Item, error) {
	items, err := v.items([]store.LiveText{t})
	if err != nil {
		return nil, err
	}
	return items[0], nil
}

// items turns rows into items with a number of queries that does not grow
// with the number of rows.
func (v *View) items(rows []store.LiveText) ([]*Item, error) { return v.build(rows, 0) }

// build is items without some of their parts.
func (v *View) build(rows []store.LiveText, without Parts) ([]*Item, error) {
	with := func(p Parts) bool { return without&p == 0 }
	var ids, sections, bases []string
	translated := false
	for _, t := range rows {
		ids = append(ids, t.EntryID)
		sections = append(sections, branchIDs(t.Branch)...)
		if t.Lang != t.OriginalLang {
			translated = true
			if t.BasedOn != "" {
				bases = append(bases, t.BasedOn)
			}
		}
	}
	var facts map[string]map[string]any
	var err error
	if with(PartFacts) {
		if facts, err = v.facts(rows); err != nil {
			return nil, err
		}
	}
	editions := map[string][]Edition{}
	if with(PartEditions) {
		list, err := v.live.EditionsOf(ids)
		if err != nil {
			return nil, err
		}
		for _, e := range list {
			editions[e.EntryID] = append(editions[e.EntryID], Edition{LanguageOf(e.Lang), e.Title, hrefOf(e), e.FirstPublishedAt})
		}
	}
	var sources map[string]store.LiveHash
	var times map[string]time.Time
	if translated && with(PartTranslation) {
		if sources, err = v.live.Sources(ids); err != nil {
			return nil, err
		}
		if times, err = v.live.RevisionTimes(bases); err != nil {
			return nil, err
		}
	}
	if with(PartAncestors) {
		if err := v.name(sections); err != nil {
			return nil, err
		}
	}
	out := make([]*Item, len(rows))
	var texts []*block.Document
	var langs []string
	for i, t := range rows {
		kind, ok := KindOf(t.Kind)
		if !ok {
			return nil, fmt.Errorf("kind %q of %s is not known", t.Kind, t.EntryID)
		}
		it := v.bare(t, kind, facts[t.EntryID])
		if with(PartText) {
			if it.Body, err = block.Decode([]byte(t.Body)); err != nil {
				return nil, fmt.Errorf("text of %s in %s: %w", t.EntryID, t.Lang, err)
			}
			texts, langs = append(texts, it.Body), append(langs, t.Lang)
		}
		if with(PartAncestors) {
			it.Ancestors = v.ancestors(t)
		}
		it.Editions = editions[t.EntryID]
		if t.Lang != t.OriginalLang && with(PartTranslation) {
			it.Translation = translation(t, sources[t.EntryID], times)
		}
		out[i] = it
	}
	v.wantLead(out)
	if err := v.withhold(texts, langs); err != nil {
		return nil, err
	}
	return out, v.withholdLead(out)
}

func translation(t store.LiveText, source store.LiveHash, times map[string]time.Time) *Translation {
	tr := &Translation{SourceLang: t.OriginalLang, SourceRevision: t.BasedOn, Machine: t.Machine}
	if at, ok := times[t.BasedOn]; ok {
		tr.AsOf = &at
	}
	if source.RevisionID == "" {
		// The original is not public: there is nothing to lag behind of.
		tr.Fresh = !t.Machine && t.BasedOn != ""
		return tr
	}
	tr.BlocksBehind = store.Behind(t.SourceHashes, source.Hashes)
	tr.Fresh = tr.BlocksBehind == 0 && t.BasedOn != ""
	return tr
}

// teasers turns rows into items as a list shows them: without text, languages,
// place and comparison with an original.
func (v *View) teasers(rows []store.LiveText) ([]*Item, error) {
	facts, err := v.facts(rows)
	if err != nil {
		return nil, err
	}
	out := make([]*Item, len(rows))
	for i, t := range rows {
		kind, ok := KindOf(t.Kind)
		if !ok {
			return nil, fmt.Errorf("kind %q of %s is not known", t.Kind, t.EntryID)
		}
		out[i] = v.bare(t, kind, facts[t.EntryID])
	}
	v.wantLead(out)
	return out, nil
}

// facts returns the public facts of the entries of rows by id. A reference to
// something that is not public itself is left out: its id would tell that it
// exists.
func (v *View) facts(rows []store.LiveText) (map[string]map[string]any, error) {
	ids := make([]string, len(rows))
	for i, t := range rows {
		ids[i] = t.EntryID
	}
	facts, err := v.live.FactsOf(ids)
	if err != nil {
		return nil, err
	}
	v.known.followMerges(rows, facts)
	var named []string
	for _, t := range rows {
		kind, _ := KindOf(t.Kind)
		for _, f := range kind.Facts {
			if f.Kind == "reference" {
				named = append(named, texts(facts[t.EntryID][f.Name])...)
			}
		}
	}
	if len(named) == 0 {
		return facts, nil
	}
	editions, err := v.live.EditionsOf(named)
	if err != nil {
		return nil, err
	}
	known := map[string]bool{}
	for _, e := range editions {
		known[e.EntryID] = true
	}
	for _, t := range rows {
		kind, _ := KindOf(t.Kind)
		values := facts[t.EntryID]
		for _, f := range kind.Facts {
			if f.Kind != "reference" || values[f.Name] == nil {
				continue
			}
			var kept []any
			for _, id := range texts(values[f.Name]) {
				if known[id] {
					kept = append(kept, id)
				}
			}
			switch {
			case len(kept) == 0:
				delete(values, f.Name)
			case f.Many:
				values[f.Name] = kept
			}
		}
	}
	return facts, nil
}

// texts returns the text or texts that a field holds.
func texts(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		var out []string
		for _, x := range v {
			if s, ok := x.(string); ok {
				out = append(out, s)
			}
		}
		return out
	}
	return nil
}

// bare returns what an item is by itself.
func (v *View) bare(t store.LiveText, kind Kind, facts map[string]any) *Item {
	return &Item{
		ID: t.EntryID, URN: "urn:meridian:" + v.known.installation + ":" + t.EntryID,
		Kind: t.Kind, Type: t.Type, Lang: t.Lang, Dir: LanguageOf(t.Lang).Dir, OriginalLang: t.OriginalLang,
		Title: t.Title, Summary: t.Summary, Slug: t.Slug, Path: t.Path, Href: href(t.Kind, t.Lang, t.Path), Nav: t.Nav,
		SectionID: t.Section(), Root: t.SectionID == nil, Date: t.Date,
		PublishedAt: t.FirstPublishedAt, UpdatedAt: t.PublishedAt, Revision: t.RevisionID, Hash: t.Hash,
		Fields: public(kind.Fields, t.Fields), Facts: public(kind.Facts, facts),
		branch: t.Branch,
	}
}

// branchIDs splits a branch into the ids of its sections, root first.
func branchIDs(branch string) []string {
	return strings.FieldsFunc(branch, func(r rune) bool { return r == '/' })
}

// ancestors returns the sections above, root first. A section whose landing
// readers cannot open is named without an address.
func (v *View) ancestors(t store.LiveText) []Link {
	var out []Link
	for _, id := range branchIDs(t.Branch) {
		if id == t.EntryID {
			continue
		}
		if l, ok := v.section(id, t.Lang); ok {
			out = append(out, l)
		}
	}
	return out
}

// name makes sure that the view knows the names of sections.
func (v *View) name(ids []string) error {
	if v.names == nil {
		v.names = map[string][]store.SectionName{}
	}
	var ask []string
	for _, id := range ids {
		if _, ok := v.names[id]; ok {
			continue
		}
		m, ok := recall(v, func(k *known) map[string]memo[[]store.SectionName] { return k.names }, id, namesKept)
		if !ok {
			ask = append(ask, id)
			continue
		}
		v.names[id] = m.value
		v.live.Recall(m.names)
	}
	if len(ask) == 0 {
		return nil
	}
	list, err := v.live.SectionNames(ask)
	if err != nil {
		return err
	}
	for _, id := range ask {
		v.names[id] = nil
	}
	for _, n := range list {
		v.names[n.EntryID] = append(v.names[n.EntryID], n)
	}
	v.known.keep(func(k *known) {
		for _, id := range ask {
			put(k.names, id, memo[[]store.SectionName]{v.names[id], []store.Name{store.NameEntry(id)}}, namesKept)
		}
	})
	return nil
}

// section returns the best name of a section for a page in lang: in lang, or
// in the first of the site's languages that has one.
func (v *View) section(id, lang string) (Link, bool) { return v.best(id, lang, false) }

// openSection is section without the names of landings that readers cannot open.
func (v *View) openSection(id, lang string) (Link, bool) { return v.best(id, lang, true) }

func (v *View) best(id, lang string, open bool) (Link, bool) {
	names := v.names[id]
	if open {
		names = slices.DeleteFunc(slices.Clone(names), func(n store.SectionName) bool { return n.Path == nil })
	}
	if len(names) == 0 {
		return Link{}, false
	}
	rank := func(l string) int {
		if l == lang {
			return -1
		}
		for i, s := range v.known.site.Languages {
			if s.Tag == l {
				return i
			}
		}
		return len(v.known.site.Languages)
	}
	best := names[0]
	for _, n := range names[1:] {
		if rank(n.Lang) < rank(best.Lang) {
			best = n
		}
	}
	l := Link{ID: id, Kind: "section", Type: best.Type, Title: best.Title, Lang: best.Lang}
	if best.Path != nil {
		l.Href = href("section", best.Lang, *best.Path)
	}
	return l, true
}

// Organisation returns the nearest organisation that an item is in, false when
// that is the network itself.
func (it *Item) Organisation() (Link, bool) {
	for _, l := range slices.Backward(it.Ancestors) {
		if l.Type == "organisation" {
			return l, true
		}
	}
	return Link{}, false
}

// HTML returns the text of an item as HTML, ready for a page.
func (v *View) HTML(it *Item) (template.HTML, error) {
	return it.Body.HTML(v.Resolver(it.Lang))
}

// Markdown returns the text of an item as Markdown.
func (v *View) Markdown(it *Item) string { return it.Body.Markdown(v.Resolver(it.Lang)) }
