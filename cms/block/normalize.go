package block

import (
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Normalize brings a document to the one form in which its words are stored and
// hashed. It may be called as often as you like: the second time changes nothing.
//
// Top-level blocks get ids (from newID) where they are missing or taken, parts
// lose them. Text becomes NFC without control characters, runs with equal marks
// become one, marks stand in their order, spaces and line breaks at the edges of
// a paragraph go, as do empty paragraphs, items, rows and blocks. Lists of one
// kind that touch inside a block are one list. Rows of a table become equally
// long. Attributes that say nothing go; choices are written out.
func (d *Document) Normalize(newID func() string) { d.normalize(newID, false) }

// Tidy is Normalize for a working draft: it keeps empty top-level blocks, so that
// a block somebody has just inserted survives the save until there are words in
// it. Empty blocks are never rendered and Normalize removes them.
func (d *Document) Tidy(newID func() string) { d.normalize(newID, true) }

func (d *Document) normalize(newID func() string, keepEmpty bool) {
	if d.Schema == 0 {
		d.Schema = Schema
	}
	d.Lang = canonicalLang(d.Lang)
	d.Doc.Type = "doc"
	d.Doc.Attrs = nil
	out := make([]Node, 0, len(d.Doc.Content))
	for _, n := range d.Doc.Content {
		n = normalBlock(n)
		if keepEmpty || !emptyBlock(&n) {
			out = append(out, n)
		}
	}
	if !keepEmpty {
		// A line above or below everything divides nothing.
		for len(out) > 0 && out[0].Type == "divider" {
			out = out[1:]
		}
		for len(out) > 0 && out[len(out)-1].Type == "divider" {
			out = out[:len(out)-1]
		}
	}
	fillIDs(out, newID)
	uniqueAnchors(out)
	if len(out) == 0 {
		out = nil
	}
	d.Doc.Content = out
}

func fillIDs(blocks []Node, newID func() string) {
	taken := make(map[string]bool, len(blocks))
	var missing []int
	for i := range blocks {
		if id := blocks[i].ID(); ValidID(id) && !taken[id] {
			taken[id] = true
		} else {
			missing = append(missing, i)
		}
	}
	for _, i := range missing {
		id := newID()
		for !ValidID(id) || taken[id] {
			id = newID()
		}
		taken[id] = true
		if blocks[i].Attrs == nil {
			blocks[i].Attrs = map[string]any{}
		}
		blocks[i].Attrs["id"] = id
	}
}

// uniqueAnchors takes the anchor from every heading that repeats one: the first
// keeps it, so that links that exist go on leading to the same place.
func uniqueAnchors(blocks []Node) {
	seen := map[string]bool{}
	for i := range blocks {
		if a := blocks[i].str("anchor"); a != "" {
			if seen[a] {
				delete(blocks[i].Attrs, "anchor")
			}
			seen[a] = true
		}
	}
}

func normalBlock(n Node) Node {
	spec := specByType[n.Type]
	if spec == nil {
		return n
	}
	id := n.ID()
	n.Attrs = normalAttrs(n.Attrs, spec.Attrs)
	if id != "" && topLevel(n.Type) {
		if n.Attrs == nil {
			n.Attrs = map[string]any{}
		}
		n.Attrs["id"] = id
	}
	n.Text, n.Marks = "", nil
	switch {
	case spec.Content == nil:
		n.Content = nil
	case spec.Content.Inline:
		n.Content = normalInline(n.Content)
	case n.Type == "table":
		n.Content = normalRows(n.Content)
	default:
		n.Content = normalFlow(n.Content)
	}
	return n
}

// part is normalBlock for what stands inside a block: no id, and no direction of
// its own.
func part(n Node) Node {
	n = normalBlock(n)
	delete(n.Attrs, "id")
	delete(n.Attrs, "dir")
	if len(n.Attrs) == 0 {
		n.Attrs = nil
	}
	return n
}

func normalFlow(in []Node) []Node {
	out := make([]Node, 0, len(in))
	for _, n := range in {
		n = part(n)
		switch n.Type {
		case "paragraph":
			if len(n.Content) == 0 {
				continue
			}
		case "list_item":
			if len(n.Content) == 0 {
				continue
			}
			if n.Content[0].Type != "paragraph" {
				n.Content = slices.Insert(n.Content, 0, Node{Type: "paragraph"})
			}
		case "bullet_list", "ordered_list":
			if len(n.Content) == 0 {
				continue
			}
			if last := len(out) - 1; last >= 0 && out[last].Type == n.Type {
				out[last].Content = append(slices.Clip(out[last].Content), n.Content...)
				continue
			}
		}
		out = append(out, n)
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

func normalRows(in []Node) []Node {
	rows := make([]Node, 0, len(in))
	for _, r := range in {
		if len(r.Content) == 0 {
			continue
		}
		r.Attrs = nil
		cells := make([]Node, len(r.Content))
		for i, c := range r.Content {
			c = part(c)
			for _, name := range []string{"colspan", "rowspan"} {
				if c.num(name) == 1 {
					delete(c.Attrs, name)
				}
			}
			if len(c.Attrs) == 0 {
				c.Attrs = nil
			}
			if len(c.Content) == 0 {
				c.Content = []Node{{Type: "paragraph"}}
			}
			cells[i] = c
		}
		r.Content = cells
		rows = append(rows, r)
	}
	// A cell cannot reach below the last row.
	for i := range rows {
		for j := range rows[i].Content {
			c := &rows[i].Content[j]
			if down := c.num("rowspan"); down > len(rows)-i {
				if down = len(rows) - i; down > 1 {
					c.Attrs["rowspan"] = down
				} else if delete(c.Attrs, "rowspan"); len(c.Attrs) == 0 {
					c.Attrs = nil
				}
			}
		}
	}
	ends := grid(rows, func(int, int, int, int) {})
	width := 0
	for _, e := range ends {
		width = max(width, e)
	}
	if width > MaxColumns {
		return rows // not valid anyway: leave it as it came
	}
	for i := range rows {
		for range width - ends[i] {
			rows[i].Content = append(rows[i].Content, Node{Type: "table_cell", Content: []Node{{Type: "paragraph"}}})
		}
	}
	if len(rows) == 0 {
		return nil
	}
	return rows
}

// normalAttrs returns the attributes that say something, in their Go types.
func normalAttrs(attrs map[string]any, specs []Attr) map[string]any {
	out := make(map[string]any, len(attrs))
	for i := range specs {
		a := &specs[i]
		if v := normalValue(a, attrs[a.Name]); v != nil {
			out[a.Name] = v
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// normalValue returns nil for a value that says nothing.
func normalValue(a *Attr, v any) any {
	switch a.Type {
	case TypeBool:
		if b, _ := v.(bool); b {
			return true
		}
		return nil
	case TypeInt:
		if n, ok := wholeNumber(v); ok && v != nil {
			return n
		}
		if a.Name == "start" {
			return 1
		}
		return nil
	case TypeInline:
		nodes, ok := v.([]Node)
		if !ok {
			list, _ := anyList(v)
			nodes = (&validator{}).nodesOf(list)
		}
		if nodes = normalInline(nodes); len(nodes) > 0 {
			return nodes
		}
		return nil
	case TypeChoices:
		list, _ := anyList(v)
		out := []any{}
		for _, c := range a.Choices {
			if slices.Contains(list, any(c)) {
				out = append(out, c)
			}
		}
		if len(out) == 0 {
			return nil
		}
		return out
	case TypeList:
		return normalList(a, v)
	case TypeObject:
		m, _ := v.(map[string]any)
		out := normalAttrs(m, a.Of)
		if empty := normalAttrs(nil, a.Of); out == nil || maps.Equal(flat(out), flat(empty)) {
			return nil
		}
		return out
	}
	s, _ := v.(string)
	switch a.Type {
	case TypeText:
		s = strings.TrimSpace(cleanText(s))
	case TypeLang:
		s = canonicalLang(s)
	default:
		s = strings.TrimSpace(s)
	}
	if a.Type == TypeChoice && s == "" && len(a.Choices) > 0 {
		s = a.Choices[0]
	}
	if s == "" {
		return nil
	}
	return s
}

// flat makes objects of plain values comparable; the registry nests no further.
func flat(m map[string]any) map[string]any {
	out := make(map[string]any, len(m))
	for k, v := range m {
		switch v.(type) {
		case string, int, bool:
			out[k] = v
		default:
			out[k] = k
		}
	}
	return out
}

func normalList(a *Attr, v any) any {
	list, _ := anyList(v)
	out := []any{}
	for _, e := range list {
		switch e := e.(type) {
		case map[string]any:
			if o := normalAttrs(e, a.Of); o != nil {
				out = append(out, o)
			}
		case string:
			if e = strings.TrimSpace(e); e != "" {
				out = append(out, e)
			}
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// normalInline cleans the runs of a paragraph.
func normalInline(in []Node) []Node {
	out := make([]Node, 0, len(in))
	for _, n := range in {
		switch n.Type {
		case "text":
			n = Node{Type: "text", Text: cleanText(n.Text), Marks: normalMarks(n.Marks)}
			// After a line break, and at the start, spaces have no meaning.
			if len(out) == 0 || out[len(out)-1].Type == "hard_break" {
				n.Text = strings.TrimLeft(n.Text, " ")
			}
			if n.Text == "" {
				continue
			}
			if last := len(out) - 1; last >= 0 && out[last].Type == "text" && equalMarks(out[last].Marks, n.Marks) {
				// Joining may bring a letter and its accent together.
				out[last].Text = norm.NFC.String(out[last].Text + n.Text)
				continue
			}
		case "hard_break":
			n = Node{Type: "hard_break"}
			out = trimRight(out)
			if len(out) == 0 || out[len(out)-1].Type == "hard_break" {
				continue
			}
		case "fact":
			n = Node{Type: "fact", Attrs: normalAttrs(n.Attrs, factAttrs), Marks: normalMarks(n.Marks)}
		default:
			continue
		}
		out = append(out, n)
	}
	out = trimRight(out)
	for len(out) > 0 && out[len(out)-1].Type == "hard_break" {
		out = trimRight(out[:len(out)-1])
	}
	if blank(out) {
		return nil
	}
	return out
}

// trimRight removes spaces at the end of the last runs.
func trimRight(nodes []Node) []Node {
	for len(nodes) > 0 {
		last := &nodes[len(nodes)-1]
		if last.Type != "text" {
			break
		}
		if last.Text = strings.TrimRight(last.Text, " "); last.Text != "" {
			break
		}
		nodes = nodes[:len(nodes)-1]
	}
	return nodes
}

// blank tells whether inline content shows nothing.
func blank(nodes []Node) bool {
	for _, n := range nodes {
		if n.Type == "fact" || n.Type == "text" && strings.TrimFunc(n.Text, unicode.IsSpace) != "" {
			return false
		}
	}
	return true
}

func normalMarks(in []Mark) []Mark {
	if len(in) == 0 {
		return nil
	}
	out := make([]Mark, 0, len(in))
	for _, m := range in {
		rank := markRank(m.Type)
		if rank < 0 || slices.ContainsFunc(out, func(o Mark) bool { return o.Type == m.Type }) {
			continue
		}
		out = append(out, Mark{Type: m.Type, Attrs: normalAttrs(m.Attrs, markSpecs[rank].Attrs)})
	}
	slices.SortFunc(out, func(a, b Mark) int { return markRank(a.Type) - markRank(b.Type) })
	if len(out) == 0 {
		return nil
	}
	return out
}

func equalMarks(a, b []Mark) bool {
	return slices.EqualFunc(a, b, equalMark)
}

func equalMark(a, b Mark) bool {
	return a.Type == b.Type && maps.Equal(a.Attrs, b.Attrs) // values are strings
}

// emptyBlock tells whether a normalised block holds nothing at all.
func emptyBlock(n *Node) bool {
	switch n.Type {
	case "paragraph", "bullet_list", "ordered_list", "table":
		return len(n.Content) == 0
	case "quote", "callout":
		return len(n.Content) == 0 && n.str("title") == "" && n.str("cite") == ""
	}
	return false
}

// cleanText makes text NFC, turns tabs and line ends into spaces and drops what
// must never be stored: control characters, the two overrides of the writing
// direction (they make text read as something else), byte order marks and code
// points XML does not allow. Isolates and joiners stay: Persian and Hindi need
// them.
func cleanText(s string) string {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < ' ' || c >= 0x7f {
			return cleanUnicode(s)
		}
	}
	return s
}

func cleanUnicode(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t' || r == '\r' || r == 0x85 || r == 0x2028 || r == 0x2029:
			return ' '
		case unicode.IsControl(r), r == 0x202d, r == 0x202e, r == 0xfeff, r&0xfffe == 0xfffe, r == utf8.RuneError && !strings.ContainsRune(s, utf8.RuneError):
			return -1
		}
		return r
	}, s)
	if norm.NFC.IsNormalString(s) {
		return s
	}
	return norm.NFC.String(s)
}

func sortedKeys(m map[string]any) []string {
	return slices.Sorted(maps.Keys(m))
}
