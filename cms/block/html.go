package block

import (
	"fmt"
	"html/template"
	"slices"
)

// HTML renders the whole document: the blocks one after the other, no element
// around them. The document should be normalised. What the Resolver cannot find
// is left out or, for pictures and logos, drawn as a neutral placeholder.
func (d *Document) HTML(r Resolver) (template.HTML, error) {
	w := htmlWriter{markup: newMarkup(), r: r, doc: d, level: 1}
	for i := range d.Doc.Content {
		w.early = i < earlyBlocks
		if err := w.block(&d.Doc.Content[i]); err != nil {
			return "", err
		}
	}
	return w.html(), nil
}

// BlockHTML renders one top-level block as HTML does in its place.
func (d *Document) BlockHTML(r Resolver, id string) (template.HTML, error) {
	i := d.block(id)
	if i < 0 {
		return "", fmt.Errorf("render block %q: not in this text", id)
	}
	w := htmlWriter{markup: newMarkup(), r: r, doc: d, level: 1, early: i < earlyBlocks}
	for j := range i {
		// A heading without words is not shown and does not count.
		if n := &d.Doc.Content[j]; n.Type == "heading" && len(n.Content) > 0 {
			w.level = shownLevel(n)
		}
	}
	if err := w.block(&d.Doc.Content[i]); err != nil {
		return "", err
	}
	return w.html(), nil
}

// Blocks renders every top-level block on its own, in order; blocks that show
// nothing are empty strings.
func (d *Document) Blocks(r Resolver) ([]template.HTML, error) {
	out := make([]template.HTML, len(d.Doc.Content))
	level := 1
	for i := range d.Doc.Content {
		w := htmlWriter{markup: newMarkup(), r: r, doc: d, level: level, early: i < earlyBlocks}
		if err := w.block(&d.Doc.Content[i]); err != nil {
			return nil, err
		}
		out[i], level = w.html(), w.level
	}
	return out, nil
}

// earlyBlocks is how many blocks of a text are in sight without scrolling.
const earlyBlocks = 2

type htmlWriter struct {
	*markup
	r     Resolver
	doc   *Document
	level int  // of the last heading; 1 is the page's title
	early bool // hardly anything is above the block

	// changes are what to write for the words of attributes of the block when a
	// comparison is written; see DiffHTML.
	changes map[string][]Span
}

// start opens the element of a block.
func (w *htmlWriter) start(name, class string, n *Node) {
	w.open(name)
	w.attr("class", class)
	if id := n.ID(); ValidID(id) {
		w.attr("id", id)
	}
}

func (w *htmlWriter) block(n *Node) error {
	depth := len(w.stack)
	switch n.Type {
	case "paragraph":
		if len(n.Content) == 0 {
			return nil
		}
		w.start("p", "", n)
		if dir := n.str("dir"); dir == "ltr" || dir == "rtl" {
			w.attr("dir", dir)
		}
		w.inline(n.Content)
	case "heading":
		w.heading(n)
	case "bullet_list", "ordered_list":
		if len(n.Content) == 0 {
			return nil
		}
		w.list(n)
	case "quote":
		w.quote(n)
	case "callout":
		w.callout(n)
	case "table":
		w.table(n)
	case "divider":
		w.start("hr", "", n)
	case "image":
		w.image(n)
	case "logos":
		w.logos(n)
	case "contact":
		w.contact(n)
	case "files":
		w.files(n)
	case "button":
		w.button(n)
	case "cards":
		w.cards(n)
	case "section_list":
		w.sectionList(n)
	default:
		return fmt.Errorf("render block %q: unknown type %q", n.ID(), n.Type)
	}
	w.shutTo(depth)
	w.endTag()
	return nil
}

func (w *htmlWriter) heading(n *Node) {
	if len(n.Content) == 0 {
		return
	}
	w.level = shownLevel(n)
	w.start(headingName(w.level), "", n)
	// A chosen address comes in addition to the id, so that links to either work.
	if a := n.str("anchor"); validSlug(a) {
		w.open("span")
		w.attr("id", fragment(a))
		w.inline(n.Content)
		return
	}
	w.inline(n.Content)
}

// shownLevel is the level of a heading, within what a page can have.
func shownLevel(n *Node) int { return min(max(n.num("level"), 2), 4) }

func headingName(level int) string {
	return [...]string{"h2", "h3", "h4"}[min(max(level, 2), 4)-2]
}

func (w *htmlWriter) list(n *Node) {
	if n.Type == "bullet_list" {
		w.start("ul", "", n)
	} else {
		w.start("ol", "", n)
		if s := n.num("start"); s > 1 {
			w.intAttr("start", s)
		}
		if s := n.str("style"); s == "a" || s == "i" {
			w.attr("type", s)
		}
	}
	for i := range n.Content {
		item := &n.Content[i]
		paragraphs := 0
		for j := range item.Content {
			if item.Content[j].Type == "paragraph" {
				paragraphs++
			}
		}
		w.open("li")
		w.partChange(item)
		for j := range item.Content {
			c := &item.Content[j]
			switch {
			case c.Type != "paragraph":
				w.list(c)
			case paragraphs == 1:
				w.inline(c.Content)
			default:
				w.paragraph(c)
			}
		}
		w.shut()
	}
	w.shut()
}

// paragraph writes one inside a block: without id.
func (w *htmlWriter) paragraph(n *Node) {
	if len(n.Content) == 0 {
		return
	}
	w.open("p")
	w.inline(n.Content)
	w.shut()
}

// flow writes paragraphs and lists.
func (w *htmlWriter) flow(nodes []Node) {
	for i := range nodes {
		switch c := &nodes[i]; c.Type {
		case "paragraph":
			w.paragraph(c)
		case "bullet_list", "ordered_list":
			w.list(c)
		}
	}
}

func (w *htmlWriter) quote(n *Node) {
	if len(n.Content) == 0 {
		return
	}
	source := n.str("source_url")
	if ref := n.str("source_ref"); ref != "" {
		if t, ok := w.r.Link(ref); ok {
			source = t.URL
		}
	}
	w.start("figure", "quote", n)
	w.open("blockquote")
	w.url("cite", source)
	w.flow(n.Content)
	w.shut()
	cite, role := n.str("cite"), n.str("role")
	linked := SafeURL(source)
	if cite == "" && role == "" && !linked {
		return
	}
	w.open("figcaption")
	if cite == "" && role == "" {
		cite = w.r.Word("source")
	}
	if cite != "" {
		if linked {
			w.open("a")
			w.url("href", source)
			w.attrText("cite", cite)
			w.shut()
		} else {
			w.attrText("cite", cite)
		}
		if role != "" {
			w.text(", ")
		}
	}
	if role != "" {
		w.attrText("role", role)
	}
}

func (w *htmlWriter) callout(n *Node) {
	title := n.str("title")
	if len(n.Content) == 0 && title == "" {
		return
	}
	class := "box info"
	switch n.str("tone") {
	case "success":
		class = "box success"
	case "warning":
		class = "box warning"
	case "urgent":
		class = "box urgent"
	case "help":
		class = "box help"
	}
	w.start("aside", class, n)
	if title != "" {
		w.titled(n, "p", title)
	} else {
		w.attr("aria-label", w.r.Word("callout."+n.toneName()))
	}
	w.flow(n.Content)
}

func (n *Node) toneName() string {
	if t := n.str("tone"); slices.Contains([]string{"success", "warning", "urgent", "help"}, t) {
		return t
	}
	return "info"
}

// titled names the open element by a title and writes that as its first child.
func (w *htmlWriter) titled(n *Node, name, title string) {
	id := n.ID()
	if ValidID(id) {
		w.attr("aria-labelledby", id+"-t")
	}
	w.openClass(name, "t")
	if ValidID(id) {
		w.attr("id", id+"-t")
	}
	w.attrText("title", title)
	w.shut()
}

func (w *htmlWriter) table(n *Node) {
	if len(n.Content) == 0 {
		return
	}
	w.start("div", "tbl", n)
	w.attr("role", "region")
	w.attr("tabindex", "0")
	caption := n.str("caption")
	if id := n.ID(); caption != "" && ValidID(id) {
		w.attr("aria-labelledby", id+"-t")
		w.open("table")
		w.open("caption")
		w.attr("id", id+"-t")
		w.attrText("caption", caption)
		w.shut()
	} else {
		w.attr("aria-label", w.r.Word("table"))
		w.open("table")
		if caption != "" {
			w.open("caption")
			w.attrText("caption", caption)
			w.shut()
		}
	}
	headRow, headCol := n.flag("headerRow"), n.flag("headerCol")
	// Column a cell starts in, which is not its number when others span.
	first := make([]map[int]bool, len(n.Content))
	grid(n.Content, func(row, cell, start, _ int) {
		if start == 0 {
			if first[row] == nil {
				first[row] = map[int]bool{}
			}
			first[row][cell] = true
		}
	})
	for i := range n.Content {
		switch {
		case i == 0 && headRow:
			w.open("thead")
		case i == 0, i == 1 && headRow:
			w.open("tbody")
		}
		w.open("tr")
		w.partChange(&n.Content[i])
		for j := range n.Content[i].Content {
			c := &n.Content[i].Content[j]
			switch {
			case i == 0 && headRow:
				w.open("th")
				w.attr("scope", scope("col", c.num("colspan")))
			case headCol && first[i][j]:
				w.open("th")
				w.attr("scope", scope("row", c.num("rowspan")))
			default:
				w.open("td")
			}
			if s := c.num("colspan"); s > 1 {
				w.intAttr("colspan", s)
			}
			if s := c.num("rowspan"); s > 1 {
				w.intAttr("rowspan", s)
			}
			if len(c.Content) == 1 {
				w.inline(c.Content[0].Content)
			} else {
				w.flow(c.Content)
			}
			w.shut()
		}
		w.shut()
		if i == 0 && headRow {
			w.shut()
		}
	}
}

func scope(kind string, span int) string {
	if span > 1 {
		return kind + "group"
	}
	return kind
}
