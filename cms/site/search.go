package site

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"meridian/cms/live"
)

// resultsPerPage is how many results a page of a search shows.
const resultsPerPage = 20

// IsSearch reports whether a path is that of a search. What people type has no
// end: the page cache lets searches pass.
func IsSearch(path string) bool {
	lang, rest, ok := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return ok && lang != "" && strings.TrimSuffix(rest, "/") == "search"
}

// searchHref is the address of the search in a language.
func searchHref(lang string) string { return "/" + lang + "/search" }

// searchPage is a search and what it found.
type searchPage struct {
	Base
	Query     string
	Asked     bool // something was looked for
	Corrected string
	Results   []searchRow
	None      string
	Kinds     []Link
	Years     []Link
	Topics    []Link
	Place     string // page n, "" when there is one page
	Newer     string
	Older     string
	Where     []Link // where to go when nothing was found
}

// searchRow is a result.
type searchRow struct {
	Href    string
	Title   []live.Piece
	Summary []live.Piece
	Excerpt []live.Piece
	Day     *Day // of a news item
	Kind    string
}

// search answers a search. It takes a turn of its own before it reads anything,
// and ends when the reader goes away.
func (h *handler) search(c *gin.Context) {
	var a answer
	err := h.reader.SearchView(c.Request.Context(), func(v *live.View) (err error) {
		lang, _, _ := strings.Cut(strings.TrimPrefix(c.Request.URL.Path, "/"), "/")
		switch tag := siteLang(v, lang); {
		case !v.Installed(), tag == "":
			a, err = h.answer(v, c.Request.URL)
		case c.Request.URL.Path != searchHref(tag):
			a = redirect(searchHref(tag) + keep(c.Request.URL.Query(), searchParams))
		default:
			a, err = h.found(v, tag, c.Request.URL.Query())
			if errors.Is(err, live.ErrNotFound) {
				a, err = h.notFound(v, tag)
			}
		}
		return err
	})
	if err != nil {
		h.fail(c, err, nil)
		return
	}
	c.Header("X-Robots-Tag", "noindex")
	h.send(c, a)
}

// searchParams are the query parameters of a search, searchKinds the kinds it
// can be narrowed to.
var (
	searchParams = []string{"q", "kind", "section", "topic", "year", "page"}
	searchKinds  = []string{"page", "news", "section"}
)

// found renders what a search found. A filter that selects by something
// unknown, and a page that cannot be, are live.ErrNotFound.
func (h *handler) found(v *live.View, lang string, q url.Values) (answer, error) {
	p := searchPage{Query: strings.Join(strings.Fields(strings.ToValidUTF8(q.Get("q"), "\uFFFD")), " ")}
	if r := []rune(p.Query); len(r) > live.MaxQuery {
		p.Query = string(r[:live.MaxQuery])
	}
	ask := live.SearchQuery{Text: p.Query, Lang: lang, Kind: q.Get("kind"), Section: q.Get("section"), Year: q.Get("year"), Limit: resultsPerPage}
	page := 1
	if s := q.Get("page"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 || strconv.Itoa(n) != s || n > live.MaxFound/resultsPerPage {
			return answer{}, live.ErrNotFound
		}
		page = n
	}
	ask.Skip = (page - 1) * resultsPerPage
	b, err := h.base(v, lang, nil)
	if err != nil {
		return answer{}, err
	}
	if err := p.narrow(&b, v, &ask, q); err != nil {
		return answer{}, err
	}
	b.SearchCurrent = true
	b.Title = b.T("search.title")
	b.DocTitle = docTitle("", b.Title, b.SiteName.Title)
	if p.Query != "" {
		b.DocTitle = docTitle("", p.Query+" – "+b.Title, b.SiteName.Title)
	}
	b.Crumbs = []Link{{Title: b.T("site.home"), Href: b.HomeHref}, {Title: b.Title, Current: "page"}}
	for _, l := range v.Site().Languages {
		href := searchHref(l.Tag) + keep(url.Values{"q": {p.Query}}, searchParams)
		b.Langs = append(b.Langs, LangLink{Name: l.Name, Tag: l.Tag, Dir: l.Dir, Href: href, Current: l.Tag == lang})
	}
	if p.Asked = p.Query != ""; p.Asked {
		found, err := v.Search(ask)
		if err != nil {
			return answer{}, err
		}
		p.show(&b, found, q, page)
	}
	p.Base = b
	a := answer{status: http.StatusOK, lang: lang}
	return a, h.render(&a, "search", p)
}

// show puts what was found on the page.
func (p *searchPage) show(b *Base, found live.Search, q url.Values, page int) {
	p.Corrected = found.Corrected
	for _, r := range found.Results {
		row := searchRow{Href: r.Href, Title: r.TitleMarks, Summary: r.SummaryMarks, Excerpt: r.Excerpt}
		if r.Kind == "news" {
			d := newsDay(r.Item)
			row.Day = &d
		} else {
			row.Kind = b.T("search.is_" + r.Kind)
		}
		p.Results = append(p.Results, row)
	}
	to := func(n int) string {
		values := url.Values{"page": {strconv.Itoa(n)}}
		if n == 1 {
			values.Del("page")
		}
		for _, k := range searchParams[:5] {
			values.Set(k, q.Get(k))
		}
		return searchHref(b.Lang) + keep(values, searchParams)
	}
	if page > 1 {
		p.Newer = to(page - 1)
	}
	if found.More && page < live.MaxFound/resultsPerPage {
		p.Older = to(page + 1)
	}
	if p.Newer != "" || p.Older != "" {
		p.Place = b.T("search.page", "Page", page)
	}
	if len(p.Results) == 0 {
		p.None = b.T("search.none", "Query", p.Query)
		p.Where = append([]Link{{Title: b.T("site.home"), Href: b.HomeHref}}, b.Menu...)
	}
}

// narrow reads the filters of a search and makes the links that set them.
func (p *searchPage) narrow(b *Base, v *live.View, ask *live.SearchQuery, q url.Values) error {
	link := func(title, param, value string, without ...string) Link {
		values := url.Values{}
		for _, k := range searchParams[:5] {
			values.Set(k, q.Get(k))
		}
		for _, k := range without {
			values.Del(k)
		}
		values.Set(param, value)
		l := Link{Title: title, Href: searchHref(b.Lang) + keep(values, searchParams)}
		if q.Get(param) == value {
			l.Current = "true"
		}
		return l
	}
	p.Kinds = []Link{link(b.T("search.all"), "kind", "", "year")}
	known := ask.Kind == ""
	for _, k := range searchKinds {
		p.Kinds = append(p.Kinds, link(b.T("search.kind_"+k), "kind", k, "year"))
		known = known || k == ask.Kind
	}
	if !known || ask.Year != "" && ask.Kind != "news" {
		return live.ErrNotFound
	}
	topics, err := v.Vocabulary("topic", b.Lang)
	if err != nil {
		return err
	}
	chosen := q.Get("topic")
	for _, t := range topics {
		if t.Slug == "" {
			continue
		}
		l := link(t.Label, "topic", t.Slug)
		if t.Lang != b.Lang {
			l.Lang = t.Lang
		}
		if t.Slug == chosen {
			ask.Topic = t.ID
		}
		p.Topics = append(p.Topics, l)
	}
	if chosen != "" && ask.Topic == "" {
		return live.ErrNotFound
	}
	if len(p.Topics) > 0 {
		p.Topics = append([]Link{link(b.T("site.topics_all"), "topic", "")}, p.Topics...)
	}
	if ask.Kind != "news" {
		return nil
	}
	years, err := v.NewsYears(b.Lang)
	if err != nil {
		return err
	}
	there := ask.Year == ""
	for _, y := range years {
		p.Years = append(p.Years, link(y, "year", y))
		there = there || y == ask.Year
	}
	if !there {
		return live.ErrNotFound
	}
	p.Years = append([]Link{link(b.T("site.years_all"), "year", "")}, p.Years...)
	return nil
}
