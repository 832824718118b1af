package live

import (
	"slices"
	"sync"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"meridian/models/store"
)

// TermWords are the words in front of the addresses of terms, by vocabulary.
// They are the same in every language and reserved at the root; the regions of
// the world have no pages of their own, for the directory shows them.
var TermWords = map[string]string{"topic": "topics", "instrument": "instruments"}

// Term is a topic, an instrument or a region in one language.
type Term struct {
	ID, Vocabulary, Label string
	// Lang is the language of Label; it differs from the page's when the term
	// has no label in it.
	Lang string
	// Slug is the last segment of the term's address in the page's language:
	// that of its label, else that of the label it falls back to, else its id
	// where another term has that one.
	Slug string
	// Href is the address of the term's page, "" for vocabularies without.
	Href string
	// Definition is in the language of Label, "" for none.
	Definition string
	// Instrument is what is known of a legal text, nil for other vocabularies.
	Instrument *Instrument
}

// Instrument is a legal text.
type Instrument struct {
	Short     string // "CRC"
	Reference string // "A/RES/44/25"
	Kind      string // treaty, declaration, regional_law, soft_law, general_comment, study or ""
	Body      string // who adopted it
	// Adopted and InForce are as exact as they are known: YYYY, YYYY-MM or
	// YYYY-MM-DD, "" for unknown or never.
	Adopted, InForce string
	URL              string // of the official text
}

// vocabularies is what is known of terms while neither they nor the languages
// of the site change.
type vocabularies struct {
	all []store.Term
	by  map[string][]store.Term // by vocabulary, in order

	mu sync.Mutex
	// slugs are the segments of addresses by vocabulary, language and term,
	// made on first use.
	slugs map[[2]string]map[string]string
}

// terms returns the vocabularies.
func (v *View) terms() (*vocabularies, error) {
	return remembered(v, func(k *known) map[struct{}]memo[*vocabularies] { return k.terms }, struct{}{}, func() (*vocabularies, error) {
		list, err := v.live.Terms()
		x := &vocabularies{all: list, by: map[string][]store.Term{}, slugs: map[[2]string]map[string]string{}}
		for _, t := range list {
			x.by[t.Vocabulary] = append(x.by[t.Vocabulary], t)
		}
		return x, err
	})
}

// became returns the id of the term that the one with an id was merged into,
// or the id itself.
func (v *View) became(id string) string {
	if id == "" {
		return ""
	}
	v.live.Recall([]store.Name{store.NameTerms})
	return v.known.became(id)
}

func (k *known) became(id string) string {
	if other, ok := k.merged[id]; ok {
		return other
	}
	return id
}

// followMerges puts the terms that others were merged into in their place in
// facts, which are sealed and still name those.
func (k *known) followMerges(rows []store.LiveText, facts map[string]map[string]any) {
	if len(k.merged) == 0 {
		return
	}
	for _, t := range rows {
		kind, _ := KindOf(t.Kind)
		values := facts[t.EntryID]
		for _, f := range kind.Facts {
			if f.Kind != "term" || values[f.Name] == nil {
				continue
			}
			if id, ok := values[f.Name].(string); ok {
				values[f.Name] = k.became(id)
				continue
			}
			var list []any
			for _, id := range texts(values[f.Name]) {
				if id = k.became(id); !slices.Contains(list, any(id)) {
					list = append(list, id)
				}
			}
			values[f.Name] = list
		}
	}
}

// slugsIn returns the segments of the addresses of a vocabulary in a language:
// first come the terms with a label in it, then the others with what they have.
func (v *View) slugsIn(x *vocabularies, vocabulary, lang string) map[string]string {
	x.mu.Lock()
	defer x.mu.Unlock()
	key := [2]string{vocabulary, lang}
	if m, ok := x.slugs[key]; ok {
		return m
	}
	m, taken := map[string]string{}, map[string]bool{}
	for _, t := range x.by[vocabulary] {
		if l, ok := t.Own(lang); ok {
			m[t.ID], taken[l.Slug] = l.Slug, true
		}
	}
	for _, t := range x.by[vocabulary] {
		if m[t.ID] != "" {
			continue
		}
		s := t.ID
		if l, ok := t.In(v.fallbacks(lang)...); ok && !taken[l.Slug] {
			s = l.Slug
		}
		m[t.ID], taken[s] = s, true
	}
	x.slugs[key] = m
	return m
}

// fallbacks are the languages in which a term is named on a page in lang, best
// first.
func (v *View) fallbacks(lang string) []string {
	out := []string{lang}
	for _, l := range v.known.site.Languages {
		out = append(out, l.Tag)
	}
	return out
}

// term returns a term as a page in lang shows it.
func (v *View) term(x *vocabularies, t store.Term, lang string) Term {
	out := Term{ID: t.ID, Vocabulary: t.Vocabulary, Label: t.ID, Slug: v.slugsIn(x, t.Vocabulary, lang)[t.ID]}
	if l, ok := t.In(v.fallbacks(lang)...); ok {
		out.Label, out.Lang, out.Definition = l.Label, l.Lang, l.Definition
	}
	if word := TermWords[t.Vocabulary]; word != "" {
		out.Href = escape("/" + lang + "/" + word + "/" + out.Slug)
	}
	if t.Vocabulary == "instrument" {
		d := t.Data
		out.Instrument = &Instrument{
			Short: d.Str("short"), Reference: d.Str("reference"), Kind: d.Str("kind"), Body: d.Str("body"),
			Adopted: d.Str("adopted"), InForce: d.Str("in_force"), URL: d.Str("url"),
		}
	}
	return out
}

// Terms returns the terms with the ids, in a language, in the order of ids. An
// id of a term that was merged stands for the one it became, once; ids of no
// term are left out.
func (v *View) Terms(ids []string, lang string) ([]Term, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	x, err := v.terms()
	if err != nil {
		return nil, err
	}
	var out []Term
	for _, id := range ids {
		id = v.became(id)
		i := slices.IndexFunc(x.all, func(t store.Term) bool { return t.ID == id })
		if i >= 0 && !slices.ContainsFunc(out, func(t Term) bool { return t.ID == id }) {
			out = append(out, v.term(x, x.all[i], lang))
		}
	}
	return out, nil
}

// Vocabulary returns the terms of a vocabulary in a language, in their order.
func (v *View) Vocabulary(name, lang string) ([]Term, error) {
	x, err := v.terms()
	if err != nil {
		return nil, err
	}
	out := make([]Term, len(x.by[name]))
	for i, t := range x.by[name] {
		out[i] = v.term(x, t, lang)
	}
	return out, nil
}

// FindTerm returns the term of a vocabulary that a segment of an address
// names. A segment that the term has in another language or had once names it
// as well: whoever asks compares with Term.Slug. ErrNotFound means that no
// term ever had it.
func (v *View) FindTerm(vocabulary, lang, slug string) (Term, error) {
	x, err := v.terms()
	if err != nil {
		return Term{}, err
	}
	slugs := v.slugsIn(x, vocabulary, lang)
	other := func(holds func(t store.Term, lang string) bool) func(store.Term) bool {
		return func(t store.Term) bool {
			for _, l := range v.known.site.Languages {
				if holds(t, l.Tag) {
					return true
				}
			}
			return false
		}
	}
	has := func(t store.Term, lang string) bool { l, ok := t.Own(lang); return ok && l.Slug == slug }
	had := func(t store.Term, lang string) bool { return t.Holds(lang, slug) }
	for _, named := range []func(store.Term) bool{
		func(t store.Term) bool { return slugs[t.ID] == slug },
		func(t store.Term) bool { return had(t, lang) },
		other(has), other(had),
		func(t store.Term) bool { return t.ID == v.became(slug) },
	} {
		if i := slices.IndexFunc(x.by[vocabulary], named); i >= 0 {
			return v.term(x, x.by[vocabulary][i], lang), nil
		}
	}
	return Term{}, ErrNotFound
}

// TermEditions returns the languages in which a term has a label of its own and
// the site a home page, in the order of the site, and lang in any case: pages
// in the others say the same in somebody else's language.
func (v *View) TermEditions(vocabulary, id, lang string) ([]Edition, error) {
	x, err := v.terms()
	if err != nil {
		return nil, err
	}
	homes, err := v.HomeLanguages()
	if err != nil {
		return nil, err
	}
	var out []Edition
	for _, t := range x.by[vocabulary] {
		if t.ID != id {
			continue
		}
		for _, l := range v.known.site.Languages {
			_, own := t.Own(l.Tag)
			if l.Tag != lang && (!own || !slices.Contains(homes, l)) {
				continue
			}
			y := v.term(x, t, l.Tag)
			out = append(out, Edition{Lang: l, Title: y.Label, Href: y.Href})
		}
	}
	return out, nil
}

// TermCounts returns by id how many public pages and news in a language carry
// each term.
func (v *View) TermCounts(lang string) (map[string]int, error) {
	return v.live.TermCounts(v.known.root, lang)
}

// Carried is what carries a term in a language: its pages, by title, and one
// page of its news, newest first.
type Carried struct {
	Pages []*Item
	// PagesTotal counts the pages; more than termPagesMax are not listed.
	PagesTotal   int
	News         []*Item
	Page, Last   int // from 1
	NewsTotal    int
	NewestChange *Item // of what is listed, the one that changed last
}

// termPagesMax is how many pages a term lists.
const termPagesMax = 200

// Carried returns what carries a term in a language, with page n (from 1) of
// its news. A page that does not exist is ErrNotFound. Later pages list news
// only.
func (v *View) Carried(t Term, lang string, n int) (Carried, error) {
	var out Carried
	news := Query{Kind: "news", Lang: lang, Topic: t.ID, Sort: "date", Desc: true, Limit: NewsPerPage, Skip: (n - 1) * NewsPerPage, Brief: true}
	pages := Query{Kind: "page", Lang: lang, Topic: t.ID, Sort: "title", Limit: termPagesMax, Brief: true}
	var err error
	if out.NewsTotal, err = v.Count(news); err != nil {
		return out, err
	}
	out.Page, out.Last = n, max(1, (out.NewsTotal+NewsPerPage-1)/NewsPerPage)
	if n < 1 || n > out.Last {
		return out, ErrNotFound
	}
	p, err := v.List(news)
	if err != nil {
		return out, err
	}
	out.News = p.Items
	if n == 1 {
		if out.PagesTotal, err = v.Count(pages); err != nil {
			return out, err
		}
		if p, err = v.List(pages); err != nil {
			return out, err
		}
		out.Pages = slices.Clone(p.Items) // lists are shared
		c := collate.New(language.Make(lang))
		slices.SortStableFunc(out.Pages, func(a, b *Item) int { return c.CompareString(a.Title, b.Title) })
	}
	for _, it := range slices.Concat(out.Pages, out.News) {
		if out.NewestChange == nil || it.UpdatedAt.After(out.NewestChange.UpdatedAt) {
			out.NewestChange = it
		}
	}
	return out, nil
}
