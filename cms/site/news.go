package site

import (
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"meridian/cms/live"
)

// newsParams are the query parameters of a list of news.
var newsParams = []string{"page", "topic", "year"}

// NewsRow is a news item in a list.
type NewsRow struct {
	Day
	Title, Href, Summary string
	Picture              template.HTML
}

// newsPage is a list of news.
type newsPage struct {
	Base
	Rows         []NewsRow
	Count        string
	None         string
	Topics       []Link
	Years        []Link
	Place        string // page n of m, "" when there is one page
	Newer, Older string
}

// newsList renders a list of news, filtered as asked. A filter that selects by
// something unknown, and a page that is not there, are live.ErrNotFound.
func (h *handler) newsList(v *live.View, section *live.Item, q url.Values) (answer, error) {
	topic, year, page := q.Get("topic"), q.Get("year"), q.Get("page")
	n, err := strconv.Atoi(page)
	if page == "" {
		n = 1
	} else if err != nil || strconv.Itoa(n) != page {
		return answer{}, live.ErrNotFound
	}
	list, err := v.News(section, topic, year, n)
	if err != nil {
		return answer{}, err
	}
	b, err := h.base(v, section.Lang, section)
	if err != nil {
		return answer{}, err
	}
	for i := range b.Menu {
		b.Menu[i].Current = ""
		if b.Menu[i].Href == b.HomeHref+"news/" {
			b.Menu[i].Current = "true"
			if section.Root {
				b.Menu[i].Current = "page"
			}
		}
	}
	href := section.NewsHref()
	b.Title = b.T("site.news")
	if !section.Root {
		b.Title = b.T("site.news_of", "Section", section.Title)
	}
	b.Crumbs = b.newsCrumbs(section, "")
	p := newsPage{Count: b.T("site.news_count", "Count", list.Total), None: b.T("site.news_none")}
	if topic != "" || year != "" {
		p.None = b.T("site.news_none_match")
	}
	p.Topics, p.Years = filters(&b, href, list, topic, year)
	if h.files { // topics have pages of their own
		p.Topics = nil
	}
	name := b.Title
	for _, l := range append(p.Topics, p.Years...) {
		if l.Current != "" && l.Href != href && l.Title != b.T("site.topics_all") && l.Title != b.T("site.years_all") {
			name += " · " + l.Title
		}
	}
	if list.Pages > 1 {
		p.Place = b.T("site.page_of", "Page", list.Page, "Pages", list.Pages)
		if list.Page > 1 {
			name += " · " + p.Place
			p.Newer = newsHref(href, topic, year, list.Page-1)
		}
		if list.Page < list.Pages {
			p.Older = newsHref(href, topic, year, list.Page+1)
		}
	}
	b.DocTitle = docTitle("", name, b.SiteName.Title)
	b.Canonical = v.Absolute(newsHref(href, topic, year, list.Page))
	if topic == "" && year == "" && list.Page == 1 {
		editions, err := h.newsEditions(v, section)
		if err != nil {
			return answer{}, err
		}
		b.languages(v, section, editions)
	}
	b.openGraph("website")
	b.Schema = graph(breadcrumbs(h.reader.Base(), &b))
	a := answer{status: http.StatusOK, lang: section.Lang}
	for _, it := range list.Items {
		p.Rows = append(p.Rows, newsRow(it))
		if it.UpdatedAt.After(a.modified) {
			a.modified = it.UpdatedAt
		}
	}
	p.Base = b
	return a, h.render(&a, "news_list", p)
}

// newsEditions are the languages in which the list has something to show.
func (h *handler) newsEditions(v *live.View, section *live.Item) ([]live.Edition, error) {
	var out []live.Edition
	for _, e := range section.Editions {
		has, err := v.HasNews(section.ID, e.Lang.Tag)
		if err != nil {
			return nil, err
		}
		if has || e.Lang.Tag == section.Lang {
			e.Href += "news/"
			out = append(out, e)
		}
	}
	return out, nil
}

// filters are the links that narrow a list; there are none where there is
// nothing to choose.
func filters(b *Base, href string, list live.News, topic, year string) (topics, years []Link) {
	mark := func(title, to string, on bool) Link {
		l := Link{Title: title, Href: to}
		if on {
			l.Current = "true"
		}
		return l
	}
	for _, t := range list.Topics {
		if t.Slug == "" {
			continue
		}
		l := mark(t.Label, newsHref(href, t.Slug, year, 1), t.Slug == topic)
		if t.Lang != b.Lang {
			l.Lang = t.Lang
		}
		topics = append(topics, l)
	}
	for _, y := range list.Years {
		years = append(years, mark(y, newsHref(href, topic, y, 1), y == year))
	}
	if len(topics) > 1 || topic != "" {
		topics = append([]Link{mark(b.T("site.topics_all"), newsHref(href, "", year, 1), topic == "")}, topics...)
	} else {
		topics = nil
	}
	if len(years) > 1 || year != "" {
		years = append([]Link{mark(b.T("site.years_all"), newsHref(href, topic, "", 1), year == "")}, years...)
	} else {
		years = nil
	}
	return topics, years
}

// newsHref is the address of a part of a list; the first page has no number.
func newsHref(href, topic, year string, page int) string {
	q := url.Values{}
	if topic != "" {
		q.Set("topic", topic)
	}
	if year != "" {
		q.Set("year", year)
	}
	if page > 1 {
		q.Set("page", strconv.Itoa(page))
	}
	if len(q) == 0 {
		return href
	}
	return href + "?" + q.Encode()
}

// newsQuery is what a redirect to a list keeps of a query, with its "?".
func newsQuery(q url.Values) string { return keep(q, newsParams) }

// keep writes some parameters of a query, with a "?"; empty ones are dropped.
func keep(q url.Values, params []string) string {
	kept := url.Values{}
	for _, k := range params {
		if s := q.Get(k); s != "" {
			kept.Set(k, s)
		}
	}
	if len(kept) == 0 {
		return ""
	}
	return "?" + kept.Encode()
}

// newsCrumbs is the way to the news of a section, or to an item in it.
func (b *Base) newsCrumbs(section *live.Item, item string) []Link {
	out := b.crumbs(section)
	if section.Root {
		out = []Link{{Title: b.T("site.home"), Href: b.HomeHref}}
	} else {
		out[len(out)-1] = Link{Title: section.Title, Href: section.Href}
	}
	if item == "" {
		return append(out, Link{Title: b.T("site.news"), Current: "page"})
	}
	return append(out, Link{Title: b.T("site.news"), Href: section.NewsHref()}, Link{Title: item, Current: "page"})
}

// newsRows are the latest news below a section.
func newsRows(v *live.View, section *live.Item, most int) ([]NewsRow, error) {
	items, err := v.LatestNews(section, most)
	if err != nil {
		return nil, err
	}
	var out []NewsRow
	r := v.Resolver(section.Lang)
	for _, it := range items {
		row := newsRow(it)
		row.Picture = cardPicture(r, it)
		out = append(out, row)
	}
	return out, nil
}

func newsRow(it *live.Item) NewsRow {
	return NewsRow{Day: newsDay(it), Title: it.Title, Href: it.Href, Summary: it.Summary}
}

// newsDay is the date of a news item, as exact as it is known.
func newsDay(it *live.Item) Day {
	precision := text(it.Facts, "date_precision")
	d := Day{When: live.Date(it.Date, precision, it.Lang), ISO: it.Date}
	if precision == "month" && len(d.ISO) > 7 {
		d.ISO = d.ISO[:7]
	}
	return d
}

// newsItemPage is a news item.
type newsItemPage struct {
	Base
	Day
	Press     bool
	Place     string
	Note      *translationNote
	Body      template.HTML
	Topics    []Link
	Laws      []Link
	About     []Link
	Source    string
	SourceURL string
	More      []NewsRow
	NewsHref  string
	Updated   Day
	Side      bool
}

// newsItem renders a news item.
func (h *handler) newsItem(v *live.View, it *live.Item, a *answer) error {
	b, err := h.itemBase(v, it)
	if err != nil {
		return err
	}
	p := newsItemPage{
		Day: newsDay(it), Press: text(it.Facts, "type") == "press", Place: placeName(it), Note: h.note(it, &b),
		Source: text(it.Facts, "source"), SourceURL: text(it.Facts, "source_url"), Updated: day(v, it.UpdatedAt, it.Lang),
	}
	if p.Body, err = v.HTML(it); err != nil {
		return err
	}
	// The list that holds the item: of its section, if that can be opened.
	section := &live.Item{ID: it.SectionID, Lang: it.Lang}
	if up := it.Ancestors; len(up) > 0 {
		last := up[len(up)-1]
		b.Crumbs = b.Crumbs[:len(b.Crumbs)-1]
		if last.Href != "" && last.Lang == it.Lang {
			p.NewsHref = last.Href + "news/"
			b.Crumbs = append(b.Crumbs, Link{Title: b.T("site.news"), Href: p.NewsHref})
		}
		b.Crumbs = append(b.Crumbs, Link{Title: it.Title, Current: "page"})
	}
	if p.Topics, err = b.termLinks(v, it.Facts, "topics"); err != nil {
		return err
	}
	if p.Laws, err = b.termLinks(v, it.Facts, "instruments"); err != nil {
		return err
	}
	resolver := v.Resolver(it.Lang)
	for _, ref := range texts(it.Facts, "about") {
		if !strings.Contains(ref, ":") {
			ref = "section:" + ref
		}
		if t, ok := resolver.Link(ref); ok {
			lang := t.Lang
			if lang == "" {
				lang = it.Lang
			}
			p.About = append(p.About, b.link(live.Link{Title: t.Title, Href: t.URL, Lang: lang}))
		}
	}
	more, err := newsRows(v, section, 4)
	if err != nil {
		return err
	}
	for _, r := range more {
		if r.Href != it.Href && len(p.More) < 3 {
			p.More = append(p.More, r)
		}
	}
	p.Side = p.Topics != nil || p.Laws != nil || p.About != nil || p.Source != "" || p.SourceURL != ""
	b.Schema = graph(article(v, it, &b), breadcrumbs(h.reader.Base(), &b))
	p.Base = b
	return h.render(a, "news", p)
}

// placeName is where something happened, in words.
func placeName(it *live.Item) string {
	place, _ := it.Facts["place"].(map[string]any)
	var parts []string
	for _, s := range []string{text(place, "city"), live.Country(text(place, "country"), it.Lang)} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, ", ")
}
