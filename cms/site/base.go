package site

import (
	"bytes"
	"html/template"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"meridian/cms/block"
	"meridian/cms/live"
)

// words are the sentences of a page's language. Languages that the interface
// does not speak get English ones.
type words struct {
	Lang, Dir string
	text      func(code string, args ...any) string
}

// T returns the sentence of a code; args are alternating names and values.
func (w words) T(code string, args ...any) string { return w.text(code, args...) }

// words returns the sentences of a language; "" is English.
func (h *handler) words(lang string) words {
	if lang == "" {
		lang = "en"
	}
	return words{Lang: lang, Dir: live.LanguageOf(lang).Dir, text: h.catalogue.Text(lang)}
}

// Base is what the layout of every page needs. The data of a page is a struct
// that embeds it.
type Base struct {
	words
	CSS template.CSS

	// Of the document's head. Addresses in it are absolute; Canonical is ""
	// for an answer that is no page of its own.
	DocTitle    string
	Description string
	Canonical   string
	JSON        string // the same content for other sites
	Alternates  []Alternate
	Feeds       []FeedLink
	OpenGraph   []Property
	Schema      any // schema.org

	SiteName Link // without an address, for its language
	Notice   Link
	Logo     string
	HomeHref string
	Menu     []Link
	Langs    []LangLink
	Footer   []Link
	// SearchHref is where readers search; "" on answers that belong to no site.
	SearchHref    string
	SearchCurrent bool // this is it
	Contact       template.HTML

	Crumbs []Link // the way to the page; it is the last one, without address
	Title  string // the h1
	Lead   string
	// Picture is above the text, "" for none.
	Picture template.HTML
	image   *live.Media
}

// Alternate is an address of the same content in a language.
type Alternate struct{ Lang, Href string }

// Property is a property of Open Graph.
type Property struct{ Name, Content string }

// Link names something of the site.
type Link struct {
	Title, Href string
	// Lang and Dir are those of Title where they differ from the page's.
	Lang, Dir string
	// Current is the value of aria-current: "page", "true" or "".
	Current string
}

// LangLink leads to the page in another language.
type LangLink struct {
	Name, Tag, Dir, Href string
	Current              bool
}

// base returns what every answer in a language has in common. at is the item
// the page belongs to, nil for none.
func (h *handler) base(v *live.View, lang string, at *live.Item) (Base, error) {
	site := v.Site()
	b := Base{words: h.words(lang), CSS: h.css, Logo: site.Logo(lang), HomeHref: "/"}
	if !h.files {
		b.SearchHref = searchHref(lang)
	}
	b.SiteName = b.link(live.Link{Title: site.Name(lang), Lang: site.NameLang(lang)})
	b.Notice = b.link(live.Link{Title: site.Notice(lang), Lang: site.NoticeLang(lang)})
	menu, err := v.Menu("main", lang)
	if err != nil {
		return b, err
	}
	footer, err := v.Menu("footer", lang)
	if err != nil {
		return b, err
	}
	b.Menu, b.Footer = b.menu(menu, at), b.menu(footer, at)
	home, err := hasHome(v, lang)
	if err != nil {
		return b, err
	}
	if home {
		b.HomeHref = "/" + lang + "/"
		news, err := v.HasNews("", lang)
		if err != nil {
			return b, err
		}
		if news {
			n := Link{Title: b.T("site.news"), Href: b.HomeHref + "news/"}
			if at != nil && at.Kind == "news" {
				n.Current = "true"
			}
			b.Menu = append(b.Menu, n)
		}
	}
	if b.Feeds, err = h.feedLinks(v, b.words, at); err != nil {
		return b, err
	}
	if !site.Contact.Empty() {
		if b.Contact, err = contactHTML(v, lang, contactNode(site.Contact.Card(lang))); err != nil {
			return b, err
		}
	}
	return b, nil
}

// menu marks the links of a menu that lead to the page or to a section above it.
func (b *Base) menu(links []live.Link, at *live.Item) []Link {
	var out []Link
	for _, l := range links {
		link := b.link(l)
		if at != nil {
			switch {
			case at.ID == l.ID:
				link.Current = "page"
			case l.Kind == "section" && at.Kind != "news" && at.Within(l.ID):
				link.Current = "true"
			}
		}
		out = append(out, link)
	}
	return out
}

// link says the language of a title where it is another one than the page's.
func (b *Base) link(l live.Link) Link {
	out := Link{Title: l.Title, Href: l.Href}
	if l.Lang != b.Lang {
		out.Lang = l.Lang
		if dir := live.LanguageOf(l.Lang).Dir; dir != b.Dir {
			out.Dir = dir
		}
	}
	return out
}

// itemBase is base for the page of an item, with all that its head says of it.
func (h *handler) itemBase(v *live.View, it *live.Item) (Base, error) {
	b, err := h.base(v, it.Lang, it)
	if err != nil {
		return b, err
	}
	b.CSS = h.style(it)
	b.Title, b.Lead = it.Title, it.Summary
	b.DocTitle = docTitle(text(it.Fields, "search_title"), it.Title, b.SiteName.Title)
	if b.Description = text(it.Fields, "search_description"); b.Description == "" {
		b.Description = it.Summary
	}
	if b.image, err = v.Image(it); err != nil {
		return b, err
	}
	if b.image != nil {
		b.CSS = h.css
		b.Picture = block.LeadPicture(v.Resolver(it.Lang), b.image.ID, b.image.Alt[it.Lang])
	}
	b.Canonical = v.Absolute(it.Href)
	b.JSON = h.jsonURL(it)
	b.Crumbs = b.crumbs(it)
	b.languages(v, it, it.Editions)
	if it.Root && b.Alternates != nil {
		b.Alternates[len(b.Alternates)-1].Href = v.Absolute("/") // asks the browser
	}
	kind := "website"
	if it.Kind == "news" {
		kind = "article"
	}
	b.openGraph(kind)
	b.shareImage(v)
	if it.Kind == "news" {
		b.OpenGraph = append(b.OpenGraph, Property{"article:published_time", it.Date}, Property{"article:modified_time", stamp(it.UpdatedAt)})
	}
	return b, nil
}

// style is the style sheet that the page of an item needs. It stands in every
// page, so what few of them have is left out of the others.
func (h *handler) style(it *live.Item) template.CSS {
	if it.Root {
		return h.css
	}
	for _, n := range it.Body.Doc.Content {
		switch n.Type {
		case "paragraph", "heading", "bullet_list", "ordered_list", "divider", "contact", "cards", "section_list":
		default:
			return h.css
		}
	}
	return h.plainCSS
}

// docTitle is the title of the document: what a search engine shows, and what
// tells tabs apart.
func docTitle(wanted, title, site string) string {
	if wanted != "" {
		title = wanted
	}
	if site == "" || strings.Contains(title, site) {
		return title
	}
	return title + " – " + site
}

func (h *handler) jsonURL(it *live.Item) string {
	kind, _ := live.KindOf(it.Kind)
	return h.reader.Base() + "/api/v1/" + kind.Plural + "/" + url.PathEscape(it.ID) + "?lang=" + url.QueryEscape(it.Lang)
}

// languages sets the links to the editions of an item, in the order of the
// site's languages: the links in the page and those in its head.
func (b *Base) languages(v *live.View, it *live.Item, editions []live.Edition) {
	rank := func(e live.Edition) int {
		for i, l := range v.Site().Languages {
			if l.Tag == e.Lang.Tag {
				return i
			}
		}
		return len(v.Site().Languages)
	}
	// A language that the site gave up is at no address any more.
	editions = slices.DeleteFunc(slices.Clone(editions), func(e live.Edition) bool { return !v.Site().Has(e.Lang.Tag) })
	slices.SortStableFunc(editions, func(x, y live.Edition) int { return rank(x) - rank(y) })
	if len(editions) < 2 {
		return // a page that stands alone has no others to link to
	}
	fallback := editions[0].Href
	for _, e := range editions {
		b.Langs = append(b.Langs, LangLink{Name: e.Lang.Name, Tag: e.Lang.Tag, Dir: e.Lang.Dir, Href: e.Href, Current: e.Lang.Tag == it.Lang})
		b.Alternates = append(b.Alternates, Alternate{e.Lang.Tag, v.Absolute(e.Href)})
		if e.Lang.Tag == it.OriginalLang {
			fallback = e.Href
		}
	}
	b.Alternates = append(b.Alternates, Alternate{"x-default", v.Absolute(fallback)})
}

// crumbs is the way to an item.
func (b *Base) crumbs(it *live.Item) []Link {
	if it.Root {
		return nil
	}
	var out []Link
	for i, a := range it.Ancestors {
		l := b.link(a)
		if i == 0 {
			// The title of the home page may be a whole sentence.
			l = Link{Title: b.T("site.home"), Href: b.HomeHref}
		}
		out = append(out, l)
	}
	return append(out, Link{Title: it.Title, Current: "page"})
}

// render executes a page template into an answer.
func (h *handler) render(a *answer, name string, data any) error {
	a.body = new(bytes.Buffer)
	return h.pages.Render(a.body, name, data)
}

// contactNode is a contact record as a block, so that it is written where all
// of them are.
func contactNode(c block.Contact) block.Node {
	inline := map[string]any{}
	for k, s := range map[string]string{
		"name": c.Name, "unit": c.Unit, "street": c.Street, "box": c.Box, "postcode": c.Postcode,
		"city": c.City, "country": c.Country, "phone": c.Phone, "email": c.Email, "url": c.URL,
	} {
		if s != "" {
			inline[k] = s
		}
	}
	return block.Node{Type: "contact", Attrs: map[string]any{"inline": inline, "show": []any{"address", "phone", "email"}}}
}

func contactHTML(v *live.View, lang string, n block.Node) (template.HTML, error) {
	d := block.Empty(lang)
	d.Doc.Content = []block.Node{n}
	return d.HTML(v.Resolver(lang))
}

// text returns a value that is a string, "" for everything else.
func text(values map[string]any, key string) string {
	s, _ := values[key].(string)
	return s
}

// texts returns a value that is a list of strings, or one string as a list.
func texts(values map[string]any, key string) []string {
	switch list := values[key].(type) {
	case string:
		return []string{list}
	case []string:
		return list
	case []any:
		var out []string
		for _, e := range list {
			if s, ok := e.(string); ok {
				out = append(out, s)
			}
		}
		return out
	}
	return nil
}

// languageName returns the name of a language in another one.
func languageName(tag, in string) string {
	if n := display.Languages(language.Make(in)); n != nil {
		if s := n.Name(language.Make(tag)); s != "" {
			return s
		}
	}
	return live.LanguageOf(tag).Name
}

// stamp is a moment for machines.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// Day is a date for readers and for machines.
type Day struct{ When, ISO string }

// day is the date of a moment on the calendar of the site.
func day(v *live.View, t time.Time, lang string) Day {
	if zone := v.Site().TimeZone; zone != nil {
		t = t.In(zone)
	}
	iso := t.Format(time.DateOnly)
	return Day{When: live.Date(iso, "day", lang), ISO: iso}
}
