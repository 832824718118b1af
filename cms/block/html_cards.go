package block

import (
	"strings"
)

// Drawings that stand in for what cannot be shown. Shapes only: colours come
// from the style sheet (classes ph and mark).
const (
	placeholderShapes = `<path d="M0 150 90 70l60 50 50-35 120 85v10H0z"></path><circle cx="235" cy="50" r="18"></circle>`
	shapeRing         = `<circle cx="12" cy="12" r="9"></circle><circle cx="12" cy="12" r="4"></circle>`
	shapeHouse        = `<path d="M4 12 12 4l8 8v8H4z"></path>`
	shapeLeaves       = `<path d="M12 20c-6-3-8-8-8-14 5 0 8 3 8 7 0-4 3-7 8-7 0 6-2 11-8 14z"></path>`
	shapeColumns      = `<path d="M3 8 12 3l9 5zM5 10h3v8H5zm5.5 0h3v8h-3zM16 10h3v8h-3zM3 20h18v1.5H3z"></path>`
	shapeDiamond      = `<path d="M12 2 22 12 12 22 2 12zm0 6-4 4 4 4 4-4z"></path>`
	shapeStripes      = `<path d="M3 5h18v4H3zm0 6h18v4H3zm0 6h12v3H3z"></path>`
)

var markShapes = [...]string{shapeRing, shapeHouse, shapeLeaves, shapeColumns, shapeDiamond, shapeStripes}

// markShape chooses a shape for a name, the same one every time.
func markShape(name string) string {
	h := uint32(2166136261) // FNV-1a
	for i := range len(name) {
		h = (h ^ uint32(name[i])) * 16777619
	}
	return markShapes[h%uint32(len(markShapes))]
}

// foreign says the language of what a link leads to, if it is another one.
func (w *htmlWriter) foreign(lang string) {
	if lang != "" && validLang(lang) && !strings.EqualFold(lang, w.lang()) {
		w.attr("hreflang", lang)
	}
}

// langAttrs marks the open element as being in another language than the page.
func (w *htmlWriter) langAttrs(lang string) {
	if lang == "" || !validLang(lang) || strings.EqualFold(lang, w.lang()) {
		return
	}
	w.attr("lang", lang)
	if dir := dirOf(lang); dir != dirOf(w.lang()) {
		w.attr("dir", dir)
	}
}

// group opens the element of a card that may have a title.
func (w *htmlWriter) group(n *Node, class, heading string) {
	if title := n.str("title"); title != "" {
		w.start("section", class, n)
		w.titled(n, heading, title)
		return
	}
	w.start("div", class, n)
}

func (w *htmlWriter) logos(n *Node) {
	shown := 0
	for _, e := range n.list("items") {
		item := object(e)
		name := item.str("name")
		if name == "" {
			continue
		}
		if shown++; shown == 1 {
			w.group(n, "logo-row", "h2")
			if note := n.str("note"); note != "" {
				w.openClass("p", "note")
				w.text(w.words(note))
				w.shut()
			}
			w.openClass("ul", "logos")
		}
		w.open("li")
		linked := SafeURL(item.str("url"))
		if linked {
			w.open("a")
			w.url("href", item.str("url"))
		}
		if m, ok := findMedia(w.r, item.str("media")); ok && m.picture() {
			w.picture(m, w.words(name), sizesLogo, later)
		} else {
			w.openClass("span", "logo")
			w.openClass("svg", "mark")
			w.attr("viewBox", "0 0 24 24")
			w.attr("aria-hidden", "true")
			w.drawing(markShape(name))
			w.shut()
			w.text(" " + w.words(name))
			w.shut()
		}
		if linked {
			w.shut()
		}
		w.shut()
	}
}

// object looks at an object value as if it were a node, for the accessors.
func object(v any) *Node {
	m, _ := v.(map[string]any)
	return &Node{Attrs: m}
}

func (w *htmlWriter) files(n *Node) {
	shown := 0
	for _, e := range n.list("items") {
		item := object(e)
		title := item.str("title")
		m, ok := findMedia(w.r, item.str("media"))
		if title == "" {
			title = m.Title
		}
		if title == "" || m.Withheld { // its title may be somebody's name
			continue
		}
		if shown++; shown == 1 {
			w.group(n, "file-list", "p")
			w.openClass("ul", "files")
		}
		w.open("li")
		lang := item.str("lang")
		if lang == "" {
			lang = m.Lang
		}
		if ok {
			w.open("a")
			w.url("href", m.URL)
			w.foreign(lang)
			w.attr("type", m.Type)
			w.text(w.words(title))
			w.shut()
		} else {
			w.text(w.words(title))
		}
		if about := aboutFile(w.r, m, lang); about != "" {
			w.text(" ")
			w.element("small", about)
		}
		if m.Credit != "" {
			w.text(" ")
			w.credit(m)
		}
		if note := item.str("note"); note != "" {
			w.openClass("p", "note")
			w.text(w.words(note))
			w.shut()
		}
		w.shut()
	}
}

func (w *htmlWriter) button(n *Node) {
	label := n.str("label")
	if label == "" {
		return
	}
	w.start("p", "", n)
	address, lang, ok := resolveTarget(w.r, n.str("link"))
	if !ok {
		w.text(w.words(label))
		return
	}
	class := "btn"
	if n.str("style") == "plain" {
		class = "btn plain"
	}
	w.openClass("a", class)
	w.url("href", address)
	w.foreign(lang)
	w.text(w.words(label))
}

// cardsOf finds what a cards block shows; section and under are bare ids for the
// Resolver.
func cardsOf(r Resolver, n *Node) []Card {
	if n.str("mode") == "manual" {
		var refs []string
		for _, e := range n.list("items") {
			if ref, ok := e.(string); ok {
				refs = append(refs, ref)
			}
		}
		if len(refs) == 0 {
			return nil
		}
		return r.CardsOf(refs)
	}
	return r.Cards(queryOf(n))
}

func queryOf(n *Node) CardQuery {
	o := object(n.Attrs["query"])
	_, section, _ := splitRef(o.str("section"))
	_, under, _ := splitRef(o.str("under"))
	q := CardQuery{Kind: o.str("kind"), Section: section, Under: under, Topic: o.str("topic"), Limit: o.num("limit")}
	if q.Kind == "" {
		q.Kind = "news"
	}
	if q.Limit < 1 || q.Limit > 12 {
		q.Limit = 6
	}
	return q
}

func (w *htmlWriter) cards(n *Node) {
	cards := cardsOf(w.r, n)
	if len(cards) == 0 {
		return
	}
	w.group(n, "card-list", "h2")
	heading := "h3"
	if n.str("title") == "" {
		heading = headingName(w.level + 1)
	}
	if n.str("layout") == "list" {
		w.openClass("ul", "list")
	} else {
		w.openClass("ul", "cards")
	}
	for _, c := range cards {
		w.open("li")
		w.open("article")
		w.langAttrs(c.Lang)
		w.open(heading)
		if SafeURL(c.URL) {
			w.open("a")
			w.url("href", c.URL)
			w.foreign(c.Lang)
			w.text(c.Title)
			w.shut()
		} else {
			w.text(c.Title)
		}
		w.shut()
		if n.has("show", "image") && c.Image != "" {
			w.cardPicture(c.Image)
		}
		if n.has("show", "date") && validDate(c.Date) {
			w.open("time")
			w.attr("datetime", c.Date)
			when := c.When
			if when == "" {
				when = c.Date
			}
			w.text(when)
			w.shut()
		}
		if n.has("show", "summary") && c.Summary != "" {
			w.element("p", c.Summary)
		}
		w.shut()
		w.shut()
	}
}
