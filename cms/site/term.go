package site

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"meridian/cms/live"
)

// termParams are the query parameters of a term's page.
var termParams = []string{"page"}

// termWords are the codes of what is said about a vocabulary.
var termWords = map[string]struct{ title, lead, none, unused string }{
	"topic":      {"site.topics", "site.topics_lead", "site.topics_none", "site.topics_unused"},
	"instrument": {"site.instruments", "site.instruments_lead", "site.instruments_none", "site.instruments_unused"},
}

// TermLink is a term in a list of them.
type TermLink struct {
	Link
	Definition string
	Short      string // of a legal text
	Count      string // of what carries it, in words; "" for nothing
}

// vocabularyPage lists a vocabulary.
type vocabularyPage struct {
	Base
	Terms []TermLink
	None  string
}

// termPage is a topic or a legal text, with what carries it.
type termPage struct {
	Base
	Name       Link // the title, with its language
	Definition []string
	Facts      []Fact
	URL        string // of the official text of a legal text
	Pages      []Teaser
	PagesMore  string // "" when all are listed
	News       []NewsRow
	Count      string // of the news
	Place      string // page n of m, "" when there is one page
	None       string // what to say when nothing carries it
	Newer      string
	Older      string
}

// termVocabulary returns the vocabulary that a path within a language lists or
// names a term of, with the segment of the term; "" for all other paths.
func termVocabulary(path string) (vocabulary, slug string) {
	word, slug, _ := strings.Cut(path, "/")
	for v, w := range live.TermWords {
		if w == word && !strings.Contains(slug, "/") {
			return v, slug
		}
	}
	return "", ""
}

// isTerms reports whether a path with its language may be one of terms.
func isTerms(path string) bool {
	_, rest, _ := strings.Cut(strings.Trim(strings.ToLower(path), "/"), "/")
	v, _ := termVocabulary(rest)
	return v != ""
}

// terms answers for a path in a language that lists terms or is one, or
// returns live.ErrNotFound. Content and redirects at the same address, which
// were there before these pages, go first.
func (h *handler) terms(v *live.View, u *url.URL, lang, path string) (answer, error) {
	vocabulary, slug := termVocabulary(path)
	switch {
	case vocabulary == "":
		return answer{}, live.ErrNotFound
	case slug == "":
		href := "/" + lang + "/" + live.TermWords[vocabulary] + "/"
		if !sameAddress(u, href) || u.Query().Get("page") != "" {
			return redirect(href), nil
		}
		return h.vocabulary(v, vocabulary, lang)
	}
	t, err := v.FindTerm(vocabulary, lang, slug)
	if err != nil {
		return answer{}, err
	}
	if !sameAddress(u, t.Href) {
		return redirect(t.Href + keep(u.Query(), termParams)), nil
	}
	return h.term(v, t, lang, u.Query().Get("page"))
}

// vocabulary renders the list of a vocabulary.
func (h *handler) vocabulary(v *live.View, vocabulary, lang string) (answer, error) {
	a := answer{status: http.StatusOK, lang: lang}
	b, err := h.base(v, lang, nil)
	if err != nil {
		return a, err
	}
	word, says := live.TermWords[vocabulary], termWords[vocabulary]
	b.Title, b.Lead = b.T(says.title), b.T(says.lead)
	b.Description = b.Lead
	b.DocTitle = docTitle("", b.Title, b.SiteName.Title)
	b.Canonical = v.Absolute("/" + lang + "/" + word + "/")
	b.Crumbs = []Link{{Title: b.T("site.home"), Href: b.HomeHref}, {Title: b.Title, Current: "page"}}
	homes, err := v.HomeLanguages()
	if err != nil {
		return a, err
	}
	var editions []live.Edition
	for _, l := range v.Site().Languages {
		if l.Tag == lang || slices.Contains(homes, l) {
			editions = append(editions, live.Edition{Lang: l, Href: "/" + l.Tag + "/" + word + "/"})
		}
	}
	b.termLanguages(v, lang, editions)
	b.openGraph("website")
	b.Schema = graph(breadcrumbs(h.reader.Base(), &b))
	p := vocabularyPage{Base: b, None: b.T(says.none)}
	list, err := v.Vocabulary(vocabulary, lang)
	if err != nil {
		return a, err
	}
	counts, err := v.TermCounts(lang)
	if err != nil {
		return a, err
	}
	for _, t := range list {
		l := TermLink{Link: b.term(t), Definition: t.Definition}
		if t.Instrument != nil {
			l.Short = t.Instrument.Short
		}
		if n := counts[t.ID]; n > 0 {
			l.Count = b.T("site.term_count", "Count", n)
		}
		p.Terms = append(p.Terms, l)
	}
	return a, h.render(&a, "vocabulary", p)
}

// term renders the page of a term.
func (h *handler) term(v *live.View, t live.Term, lang, page string) (answer, error) {
	a := answer{status: http.StatusOK, lang: lang}
	n, err := strconv.Atoi(page)
	if page == "" {
		n = 1
	} else if err != nil || strconv.Itoa(n) != page {
		return a, live.ErrNotFound
	}
	carried, err := v.Carried(t, lang, n)
	if err != nil {
		return a, err
	}
	b, err := h.base(v, lang, nil)
	if err != nil {
		return a, err
	}
	word, says := live.TermWords[t.Vocabulary], termWords[t.Vocabulary]
	b.Title, b.Description = t.Label, t.Definition
	p := termPage{Name: b.term(t), None: b.T(says.unused)}
	name := t.Label
	if carried.Last > 1 {
		p.Place = b.T("site.page_of", "Page", n, "Pages", carried.Last)
		if n > 1 {
			name += " · " + p.Place
			p.Newer = newsHref(t.Href, "", "", n-1)
		}
		if n < carried.Last {
			p.Older = newsHref(t.Href, "", "", n+1)
		}
	}
	b.DocTitle = docTitle("", name, b.SiteName.Title)
	b.Canonical = v.Absolute(newsHref(t.Href, "", "", n))
	b.JSON = h.reader.Base() + "/api/v1/news?" + url.Values{"topic": {t.ID}, "lang": {lang}}.Encode()
	b.Crumbs = []Link{{Title: b.T("site.home"), Href: b.HomeHref}, {Title: b.T(says.title), Href: "/" + lang + "/" + word + "/"},
		{Title: p.Name.Title, Lang: p.Name.Lang, Dir: p.Name.Dir, Current: "page"}}
	editions, err := v.TermEditions(t.Vocabulary, t.ID, lang)
	if err != nil {
		return a, err
	}
	if carried.NewsTotal > 0 {
		b.Feeds = feedsAt(v, t.Href+"/", t.Label)
	}
	b.termLanguages(v, lang, editions)
	if n > 1 {
		b.Alternates = nil // other languages have other numbers of pages
	}
	b.openGraph("website")
	b.Schema = graph(termThing(t, &b), breadcrumbs(h.reader.Base(), &b))
	for line := range strings.SplitSeq(t.Definition, "\n") {
		if line = strings.TrimSpace(line); line != "" && n == 1 {
			p.Definition = append(p.Definition, line)
		}
	}
	if n == 1 {
		p.Facts, p.URL = instrumentFacts(t.Instrument, &b)
	}
	for _, it := range carried.Pages {
		p.Pages = append(p.Pages, Teaser{Title: it.Title, Href: it.Href, Summary: it.Summary})
	}
	if more := carried.PagesTotal; more > len(carried.Pages) {
		p.PagesMore = b.T("site.term_pages_more", "Shown", len(carried.Pages), "Count", more)
	}
	for _, it := range carried.News {
		p.News = append(p.News, newsRow(it))
	}
	p.Count = b.T("site.news_count", "Count", carried.NewsTotal)
	if it := carried.NewestChange; it != nil {
		a.modified = it.UpdatedAt
	}
	a.link = "<" + b.JSON + `>; rel="alternate"; type="application/json"`
	p.Base = b
	return a, h.render(&a, "term", p)
}

// term is a link to the page of a term.
func (b *Base) term(t live.Term) Link {
	return b.link(live.Link{Title: t.Label, Href: t.Href, Lang: t.Lang})
}

// termLinks are links to the pages of the terms that facts name.
func (b *Base) termLinks(v *live.View, facts map[string]any, field string) ([]Link, error) {
	list, err := v.Terms(texts(facts, field), b.Lang)
	if err != nil {
		return nil, err
	}
	var out []Link
	for _, t := range list {
		out = append(out, b.term(t))
	}
	return out, nil
}

// termLanguages sets the links to a page of terms in other languages.
func (b *Base) termLanguages(v *live.View, lang string, editions []live.Edition) {
	original := lang
	if len(editions) > 0 {
		original = editions[0].Lang.Tag
	}
	b.languages(v, &live.Item{Lang: lang, OriginalLang: original}, editions)
}

// instrumentFacts are what is known of a legal text, and its official address.
func instrumentFacts(i *live.Instrument, b *Base) (facts []Fact, official string) {
	if i == nil {
		return nil, ""
	}
	add := func(code, value string) {
		if value != "" {
			facts = append(facts, Fact{Label: b.T(code), Value: value})
		}
	}
	add("site.instrument_short", i.Short)
	switch i.Kind {
	case "treaty", "declaration", "regional_law", "soft_law", "general_comment", "study":
		add("site.instrument_kind", b.T("site.instrument_kind_"+i.Kind))
	}
	add("site.instrument_reference", i.Reference)
	add("site.instrument_body", i.Body)
	add("site.instrument_adopted", partialDate(i.Adopted, b.Lang))
	add("site.instrument_in_force", partialDate(i.InForce, b.Lang))
	return facts, i.URL
}

// partialDate is a year, a month or a day as readers of a language write it.
func partialDate(s, lang string) string {
	if len(s) == len("2006-01") {
		return live.Date(s+"-01", "month", lang)
	}
	return live.Date(s, "day", lang)
}

// termThing is the page of a term for schema.org.
func termThing(t live.Term, b *Base) thing {
	about := thing{"@type": "DefinedTerm", "name": t.Label, "identifier": t.ID}
	if i := t.Instrument; i != nil {
		about["@type"] = "Legislation"
		for key, s := range map[string]string{
			"alternateName": i.Short, "legislationIdentifier": i.Reference, "legislationDate": i.Adopted, "legislationDateOfApplicability": i.InForce, "sameAs": i.URL,
		} {
			if s != "" {
				about[key] = s
			}
		}
	}
	if t.Definition != "" {
		about["description"] = t.Definition
	}
	return thing{"@type": "CollectionPage", "@id": b.Canonical, "url": b.Canonical, "name": t.Label, "inLanguage": b.Lang, "about": about}
}
