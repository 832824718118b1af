package block

import (
	"strconv"
	"strings"
)

// PlainText is what the document says without any markup: blocks apart by an
// empty line, list items with their signs, table rows with tabs.
func (d *Document) PlainText(r Resolver) string {
	var parts []string
	for i := range d.Doc.Content {
		if s := d.plainBlock(r, &d.Doc.Content[i]); s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, "\n\n")
}

// BlockText is PlainText of one top-level block, "" if there is none of that id.
func (d *Document) BlockText(r Resolver, id string) string {
	if i := d.block(id); i >= 0 {
		return d.plainBlock(r, &d.Doc.Content[i])
	}
	return ""
}

func (d *Document) plainBlock(r Resolver, n *Node) string {
	p := plainWriter{r: r, lang: d.Lang}
	switch n.Type {
	case "paragraph", "heading":
		return p.inline(n.Content)
	case "bullet_list", "ordered_list":
		return p.flow([]Node{*n}, "")
	case "quote":
		return p.quote(n)
	case "callout":
		return join("\n\n", n.str("title"), p.flow(n.Content, ""))
	case "table":
		return p.table(n)
	case "image":
		alt := n.str("alt")
		if n.flag("decorative") {
			alt = ""
		}
		return join("\n", alt, p.inline(n.inline("caption")))
	case "logos":
		return join("\n", n.str("title"), n.str("note"), p.items(n, func(o *Node) string { return o.str("name") }))
	case "contact":
		return p.contact(n)
	case "files":
		return join("\n", n.str("title"), p.items(n, func(o *Node) string {
			return join(" – ", o.str("title"), o.str("note"))
		}))
	case "button":
		return n.str("label")
	case "cards":
		return p.cards(n)
	case "section_list":
		return p.sections(n)
	}
	return ""
}

type plainWriter struct {
	r    Resolver
	lang string
}

// join leaves out what is empty.
func join(sep string, parts ...string) string {
	var b strings.Builder
	for _, p := range parts {
		if p == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteString(sep)
		}
		b.WriteString(p)
	}
	return b.String()
}

func (p *plainWriter) inline(nodes []Node) string {
	var b strings.Builder
	for i := range nodes {
		switch n := &nodes[i]; n.Type {
		case "text":
			b.WriteString(n.Text)
		case "hard_break":
			b.WriteByte('\n')
		case "fact":
			b.WriteString(factText(p.r, n))
		}
	}
	return b.String()
}

// flow writes paragraphs and lists, every line after indent.
func (p *plainWriter) flow(nodes []Node, indent string) string {
	var parts []string
	for i := range nodes {
		n := &nodes[i]
		if n.Type == "paragraph" {
			if s := p.inline(n.Content); s != "" {
				parts = append(parts, indent+strings.ReplaceAll(s, "\n", "\n"+indent))
			}
			continue
		}
		number := max(1, n.num("start"))
		for j := range n.Content {
			sign := "• "
			if n.Type == "ordered_list" {
				sign = ordinal(number, n.str("style")) + ". "
				number++
			}
			s := p.flow(n.Content[j].Content, indent+"  ")
			if len(n.Content[j].Content) > 0 && len(n.Content[j].Content[0].Content) == 0 {
				s = indent + "  \n" + s // nothing beside the sign
			}
			parts = append(parts, indent+sign+strings.TrimPrefix(s, indent+"  "))
		}
	}
	return strings.Join(parts, "\n")
}

// ordinal counts as the style of an ordered list says.
func ordinal(n int, style string) string {
	switch style {
	case "a":
		s := ""
		for ; n > 0; n = (n - 1) / 26 {
			s = string(rune('a'+(n-1)%26)) + s
		}
		return s
	case "i":
		if n >= 4000 {
			break
		}
		s := ""
		for _, r := range []struct {
			n int
			s string
		}{{1000, "m"}, {900, "cm"}, {500, "d"}, {400, "cd"}, {100, "c"}, {90, "xc"}, {50, "l"}, {40, "xl"}, {10, "x"}, {9, "ix"}, {5, "v"}, {4, "iv"}, {1, "i"}} {
			for ; n >= r.n; n -= r.n {
				s += r.s
			}
		}
		return s
	}
	return strconv.Itoa(n)
}

func (p *plainWriter) quote(n *Node) string {
	var parts []string
	for i := range n.Content {
		parts = append(parts, p.inline(n.Content[i].Content))
	}
	by := join(", ", n.str("cite"), n.str("role"))
	if by != "" {
		by = "— " + by
	}
	return join("\n", join("\n\n", parts...), by)
}

func (p *plainWriter) table(n *Node) string {
	lines := []string{}
	if c := n.str("caption"); c != "" {
		lines = append(lines, c)
	}
	for i := range n.Content {
		var cells []string
		for j := range n.Content[i].Content {
			var parts []string
			for k := range n.Content[i].Content[j].Content {
				parts = append(parts, strings.ReplaceAll(p.inline(n.Content[i].Content[j].Content[k].Content), "\n", " "))
			}
			cells = append(cells, strings.Join(parts, " "))
		}
		lines = append(lines, strings.TrimRight(strings.Join(cells, "\t"), "\t"))
	}
	return strings.Join(lines, "\n")
}

func (p *plainWriter) items(n *Node, line func(*Node) string) string {
	var lines []string
	for _, e := range n.list("items") {
		if s := line(object(e)); s != "" {
			lines = append(lines, "• "+s)
		}
	}
	return strings.Join(lines, "\n")
}

func (p *plainWriter) contact(n *Node) string {
	c, ok := contactOf(p.r, n)
	if !ok {
		return ""
	}
	lines := []string{c.Name}
	if shows(n, "address") {
		lines = append(lines, c.Unit, c.Street, c.Box, join(" ", c.Postcode, c.City), c.Country)
	}
	if shows(n, "phone") {
		lines = append(lines, c.Phone)
	}
	if shows(n, "email") {
		lines = append(lines, c.Email)
	}
	lines = append(lines, c.URL)
	if shows(n, "hours") {
		lines = append(lines, c.Hours)
	}
	return join("\n", lines...)
}

func (p *plainWriter) cards(n *Node) string {
	lines := []string{}
	for _, c := range cardsOf(p.r, n) {
		date := ""
		if n.has("show", "date") {
			if date = c.When; date == "" {
				date = c.Date
			}
		}
		lines = append(lines, "• "+join(", ", c.Title, date))
	}
	if len(lines) == 0 {
		return ""
	}
	return join("\n", n.str("title"), strings.Join(lines, "\n"))
}

func (p *plainWriter) sections(n *Node) string {
	regions, rows := sectionsOf(p.r, n)
	var parts []string
	for _, region := range regions {
		var lines []string
		if n.str("region") == "" {
			lines = append(lines, rows[region][0].RegionName)
		}
		for _, s := range rows[region] {
			lines = append(lines, "• "+s.Name)
		}
		parts = append(parts, join("\n", lines...))
	}
	return strings.Join(parts, "\n\n")
}
