package block

import (
	"strconv"
	"strings"
)

// Markdown is the document in CommonMark with tables. What Markdown cannot say
// (the language of a word, an abbreviation's meaning) is left out; every character
// that could become markup or HTML is escaped, so that a page that renders it
// without care shows the words and nothing else.
func (d *Document) Markdown(r Resolver) string {
	var parts []string
	for i := range d.Doc.Content {
		if s := d.markdownBlock(r, &d.Doc.Content[i]); s != "" {
			parts = append(parts, s)
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return strings.Join(parts, "\n\n") + "\n"
}

func (d *Document) markdownBlock(r Resolver, n *Node) string {
	m := markdownWriter{r: r, plain: plainWriter{r: r, lang: d.Lang}}
	switch n.Type {
	case "paragraph":
		return m.inline(n.Content)
	case "heading":
		if s := m.inline(n.Content); s != "" {
			return strings.Repeat("#", min(max(n.num("level"), 2), 4)) + " " + s
		}
	case "bullet_list", "ordered_list":
		return m.flow([]Node{*n})
	case "quote":
		body := m.flow(n.Content)
		if body == "" {
			return ""
		}
		if by := join(", ", n.str("cite"), n.str("role")); by != "" {
			body += "\n\n— " + mdEscape(by)
		}
		return prefixLines(body, "> ")
	case "callout":
		title := mdEscape(n.str("title"))
		if title != "" {
			title = "**" + title + "**"
		}
		return prefixLines(join("\n\n", title, m.flow(n.Content)), "> ")
	case "table":
		return m.table(n)
	case "image":
		return m.image(n)
	case "logos":
		return join("\n\n", m.title(n), mdEscape(n.str("note")), m.items(n, func(o *Node) string {
			return m.link(mdEscape(o.str("name")), o.str("url"))
		}))
	case "files":
		return join("\n\n", m.title(n), m.items(n, func(o *Node) string {
			file, _ := findMedia(r, o.str("media"))
			if file.Withheld {
				return ""
			}
			return join(" – ", m.link(mdEscape(o.str("title")), file.URL), mdEscape(o.str("note")))
		}))
	case "contact":
		lines := strings.Split(m.plain.contact(n), "\n")
		for i := range lines {
			lines[i] = mdEscape(lines[i])
		}
		return strings.Join(lines, "\\\n")
	case "button":
		address, _, _ := resolveTarget(r, n.str("link"))
		return m.link(mdEscape(n.str("label")), address)
	case "cards":
		var lines []string
		for _, c := range cardsOf(r, n) {
			lines = append(lines, "- "+m.link(mdEscape(c.Title), c.URL))
		}
		if len(lines) == 0 {
			return ""
		}
		return join("\n\n", m.title(n), strings.Join(lines, "\n"))
	case "section_list":
		return m.sections(n)
	case "divider":
		return "---"
	}
	return ""
}

type markdownWriter struct {
	r     Resolver
	plain plainWriter
}

func (m *markdownWriter) title(n *Node) string {
	if t := n.str("title"); t != "" {
		return "**" + mdEscape(t) + "**"
	}
	return ""
}

func (m *markdownWriter) items(n *Node, line func(*Node) string) string {
	var lines []string
	for _, e := range n.list("items") {
		if s := line(object(e)); s != "" {
			lines = append(lines, "- "+s)
		}
	}
	return strings.Join(lines, "\n")
}

// link writes words (Markdown already) as a link if there is where to go.
func (m *markdownWriter) link(words, address string) string {
	if words == "" || !SafeURL(address) {
		return words
	}
	return "[" + words + "](" + mdURL(address) + ")"
}

// mdURL keeps an address from ending its link early.
func mdURL(s string) string {
	return strings.NewReplacer("(", "%28", ")", "%29", "<", "%3C", ">", "%3E", `"`, "%22", "*", "%2A", "[", "%5B", "]", "%5D", "`", "%60").Replace(s)
}

func (m *markdownWriter) inline(nodes []Node) string {
	var b strings.Builder
	for i := range nodes {
		n := &nodes[i]
		words := ""
		switch n.Type {
		case "hard_break":
			b.WriteString("\\\n")
			continue
		case "fact":
			words = factText(m.r, n)
		default:
			words = n.Text
		}
		// Emphasis does not count in Markdown if its edge is a space.
		inner := strings.TrimSpace(words)
		if inner == "" {
			b.WriteString(mdEscape(words))
			continue
		}
		lead, trail := words[:strings.Index(words, inner)], words[strings.Index(words, inner)+len(inner):]
		s := mdEscape(inner)
		for _, mark := range n.Marks {
			switch mark.Type {
			case "strong":
				s = "**" + s + "**"
			case "em":
				s = "*" + s + "*"
			}
		}
		for _, mark := range n.Marks {
			if mark.Type == "link" {
				address, _, _ := resolveLink(m.r, mark)
				s = m.link(s, address)
			}
		}
		b.WriteString(lead + s + trail)
	}
	return mdLineStarts(b.String())
}

func (m *markdownWriter) flow(nodes []Node) string {
	return m.flowTight(nodes, false)
}

// flowTight writes what stands in an item of a list (tight): there a list follows
// its paragraph without an empty line, where CommonMark lets it.
func (m *markdownWriter) flowTight(nodes []Node, tight bool) string {
	var b strings.Builder
	for i := range nodes {
		n := &nodes[i]
		if n.Type == "paragraph" {
			if s := m.inline(n.Content); s != "" {
				if b.Len() > 0 {
					b.WriteString("\n\n")
				}
				b.WriteString(s)
			}
			continue
		}
		var items []string
		loose := false
		number := max(1, n.num("start"))
		for j := range n.Content {
			sign := "- "
			if n.Type == "ordered_list" {
				sign = strconv.Itoa(number) + ". "
				number++
			}
			body := m.flowTight(n.Content[j].Content, true)
			loose = loose || strings.Contains(body, "\n\n")
			indent := strings.Repeat(" ", len(sign))
			items = append(items, sign+strings.TrimPrefix(prefixLines(body, indent), indent))
		}
		sep := "\n"
		if loose {
			sep = "\n\n"
		}
		if b.Len() > 0 {
			b.WriteByte('\n')
			if !tight || n.num("start") > 1 {
				b.WriteByte('\n')
			}
		}
		b.WriteString(strings.Join(items, sep))
	}
	return b.String()
}

func (m *markdownWriter) table(n *Node) string {
	if len(n.Content) == 0 {
		return ""
	}
	width := tableWidth(n.Content)
	rows := make([][]string, len(n.Content))
	for i := range rows {
		rows[i] = make([]string, width)
	}
	grid(n.Content, func(r, c, start, _ int) {
		if start >= width {
			return
		}
		var parts []string
		for _, p := range n.Content[r].Content[c].Content {
			parts = append(parts, m.inline(p.Content))
		}
		cell := strings.Join(parts, " ")
		rows[r][start] = strings.ReplaceAll(strings.ReplaceAll(cell, "\\\n", " "), "\n", " ")
	})
	var b strings.Builder
	if c := n.str("caption"); c != "" {
		b.WriteString("**" + mdEscape(c) + "**\n\n")
	}
	head := make([]string, width)
	body := rows
	if n.flag("headerRow") {
		head, body = rows[0], rows[1:]
	}
	writeRow := func(cells []string) { b.WriteString("| " + strings.Join(cells, " | ") + " |\n") }
	writeRow(head)
	b.WriteString("|" + strings.Repeat(" --- |", width) + "\n")
	for _, r := range body {
		writeRow(r)
	}
	return strings.TrimRight(b.String(), "\n")
}

func (m *markdownWriter) image(n *Node) string {
	alt := n.str("alt")
	if n.flag("decorative") {
		alt = ""
	}
	caption := m.inline(n.inline("caption"))
	media, ok := findMedia(m.r, n.str("media"))
	if media.Withheld {
		return ""
	}
	if media.Credit != "" {
		caption = join(" ", caption, mdEscape(creditOf(m.r, media)))
	}
	if !ok || !media.picture() {
		return join("\n\n", mdEscape(alt), caption)
	}
	img := "![" + mdEscape(alt) + "](" + mdURL(media.shown()) + ")"
	if address, _, linked := resolveTarget(m.r, n.str("link")); linked {
		img = "[" + img + "](" + mdURL(address) + ")"
	}
	return join("\n\n", img, caption)
}

func (m *markdownWriter) sections(n *Node) string {
	regions, rows := sectionsOf(m.r, n)
	var parts []string
	for _, region := range regions {
		if name := rows[region][0].RegionName; name != "" && n.str("region") == "" {
			parts = append(parts, "**"+mdEscape(name)+"**")
		}
		var lines []string
		for _, s := range rows[region] {
			lines = append(lines, "- "+m.link(mdEscape(s.Name), s.URL))
		}
		parts = append(parts, strings.Join(lines, "\n"))
	}
	return strings.Join(parts, "\n\n")
}

func prefixLines(s, prefix string) string {
	if s == "" {
		return ""
	}
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		if l == "" {
			lines[i] = strings.TrimRight(prefix, " ")
		} else {
			lines[i] = prefix + l
		}
	}
	return strings.Join(lines, "\n")
}

// mdEscape escapes what means something in the middle of a line of Markdown.
func mdEscape(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\', '`', '*', '_', '[', ']', '<', '>', '&', '~', '|':
			b.WriteByte('\\')
		case '!':
			// Before a link it would make a picture of it.
			if i+1 == len(s) || s[i+1] == '[' {
				b.WriteByte('\\')
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// mdLineStarts escapes what means something at the start of a line: headings,
// lists, rules.
func mdLineStarts(s string) string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		t := strings.TrimLeft(l, " ")
		digits := len(t) - len(strings.TrimLeft(t, "0123456789"))
		switch {
		case t == "":
		case t[0] == '#' || t[0] == '+' || t[0] == '-' || t[0] == '=':
			lines[i] = `\` + t
		case digits > 0 && digits < len(t) && (t[digits] == '.' || t[digits] == ')'):
			lines[i] = t[:digits] + `\` + t[digits:]
		}
	}
	return strings.Join(lines, "\n")
}
