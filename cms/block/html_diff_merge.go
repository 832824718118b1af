package block

import (
	"maps"
	"slices"
	"strings"
	"unicode"
)

// partDiff says what happened to an item or row of a merged tree, and which number
// the item of an ordered list has.
type partDiff struct {
	op    Op
	value int // 0 = the next one
}

// partChange adds what a comparison says about an item or row to its element.
func (w *htmlWriter) partChange(n *Node) {
	p, ok := n.Attrs[changeKey].(partDiff)
	if !ok {
		return
	}
	switch p.op {
	case Insert:
		w.attr("class", "diff-added")
	case Delete:
		w.attr("class", "diff-removed")
	}
	w.intAttr("value", p.value)
}

// withPart returns a copy of a node that says so.
func withPart(n Node, p partDiff) Node {
	attrs := maps.Clone(n.Attrs)
	if attrs == nil {
		attrs = map[string]any{}
	}
	attrs[changeKey] = p
	n.Attrs = attrs
	return n
}

// content merges what stands in two blocks. ok is false if one cannot be shown
// within the other: cards, blocks of different make, tables of different shape.
func (m *merger) content(old, new *Node) (merged []Node, ok bool) {
	switch {
	case inlineType(old.Type) && inlineType(new.Type):
		return m.inline(old.Content, new.Content), true
	case flowType(old.Type) && flowType(new.Type):
		return m.flow(old.Content, new.Content), true
	case old.Type == "table" && new.Type == "table":
		return m.rows(old, new)
	}
	return nil, false
}

func inlineType(typ string) bool { return typ == "paragraph" || typ == "heading" }

func flowType(typ string) bool {
	switch typ {
	case "bullet_list", "ordered_list", "quote", "callout":
		return true
	}
	return false
}

// flow merges lists of paragraphs, lists, items, rows or cells. What is the same
// in both holds the rest in place; between, those are paired that share words.
func (m *merger) flow(old, new []Node) []Node {
	keys := func(nodes []Node) []string {
		out := make([]string, len(nodes))
		for i := range nodes {
			out[i] = string(appendNode(nil, &nodes[i]))
		}
		return out
	}
	var out, gone, come []Node
	for _, h := range m.compare(keys(old), keys(new)) {
		switch h.op {
		case Delete:
			gone, old = append(gone, old[:h.n]...), old[h.n:]
		case Insert:
			come, new = append(come, new[:h.n]...), new[h.n:]
		default:
			out = append(m.pairs(out, gone, come), new[:h.n]...)
			gone, come, old, new = nil, nil, old[h.n:], new[h.n:]
		}
	}
	return m.pairs(out, gone, come)
}

// mostPairs bounds the work of finding out which of many changed parts became
// which; beyond it they are taken in their order.
const mostPairs = 4096

// likely is the share of common words from which one part counts as the other,
// changed.
const likely = 0.3

// pairs appends a stretch in which every part changed, came or went.
func (m *merger) pairs(out, gone, come []Node) []Node {
	if all := len(gone) * len(come); all <= 1 || all > mostPairs {
		return m.inOrder(out, gone, come)
	}
	bags := func(nodes []Node) [][]string {
		all := make([][]string, len(nodes))
		for i := range nodes {
			all[i] = bag(&nodes[i])
		}
		return all
	}
	a, b := bags(gone), bags(come)
	// best[i][j] is the most that gone[i:] and come[j:] can have in common when
	// pairs keep their order.
	width := len(b) + 1
	best := make([]float64, (len(a)+1)*width)
	alike := make([]float64, len(a)*len(b))
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			top := max(best[(i+1)*width+j], best[i*width+j+1])
			if compatible(&gone[i], &come[j]) {
				if s := similarity(a[i], b[j]); s >= likely {
					alike[i*len(b)+j] = s
					top = max(top, s+best[(i+1)*width+j+1])
				}
			}
			best[i*width+j] = top
		}
	}
	i, j, fromI, fromJ := 0, 0, 0, 0
	for i < len(a) && j < len(b) {
		s := alike[i*len(b)+j]
		switch here := best[i*width+j]; {
		case s > 0 && here == s+best[(i+1)*width+j+1]:
			out = m.inOrder(out, gone[fromI:i], come[fromJ:j])
			out = append(out, m.node(&gone[i], &come[j]))
			i, j = i+1, j+1
			fromI, fromJ = i, j
		case here == best[(i+1)*width+j]:
			i++
		default:
			j++
		}
	}
	return m.inOrder(out, gone[fromI:], come[fromJ:])
}

// inOrder appends parts that have little in common: pair by pair if there are as
// many of them, the gone before those that came otherwise.
func (m *merger) inOrder(out, gone, come []Node) []Node {
	paired := len(gone) == len(come)
	for i := range gone {
		switch {
		case !paired:
			out = append(out, m.whole(gone[i], Delete))
		case compatible(&gone[i], &come[i]):
			out = append(out, m.node(&gone[i], &come[i]))
		default:
			out = append(out, m.whole(gone[i], Delete), m.whole(come[i], Insert))
		}
	}
	if !paired {
		for i := range come {
			out = append(out, m.whole(come[i], Insert))
		}
	}
	return out
}

// compatible tells whether one part can be shown within the other.
func compatible(old, new *Node) bool {
	if old.Type != new.Type || !equalAttrs(old, new) || len(old.Marks)+len(new.Marks) > 0 {
		return false
	}
	return old.Type != "table_row" || sameCells(old, new)
}

func equalAttrs(a, b *Node) bool {
	return equalNode(&Node{Attrs: a.Attrs}, &Node{Attrs: b.Attrs})
}

// sameCells tells whether the cells of two rows lie above each other.
func sameCells(old, new *Node) bool {
	return slices.EqualFunc(old.Content, new.Content, func(a, b Node) bool {
		return max(1, a.num("colspan")) == max(1, b.num("colspan")) && max(1, a.num("rowspan")) == max(1, b.num("rowspan"))
	})
}

// node merges two compatible parts.
func (m *merger) node(old, new *Node) Node {
	n := *new
	switch new.Type {
	case "paragraph":
		n.Content = m.inline(old.Content, new.Content)
	case "table_row":
		n.Content = make([]Node, len(new.Content))
		for i := range n.Content {
			n.Content[i] = new.Content[i]
			n.Content[i].Content = m.flow(old.Content[i].Content, new.Content[i].Content)
		}
	default:
		n.Content = m.flow(old.Content, new.Content)
	}
	return n
}

// whole marks a part and all in it as having come or gone.
func (m *merger) whole(n Node, op Op) Node {
	if n.Type == "paragraph" {
		n.Content = allChanged(n.Content, op)
		return withPart(n, partDiff{op: op})
	}
	return withPart(markAll(n, op), partDiff{op: op})
}

// markAll marks the inline content of a block or part.
func markAll(n Node, op Op) Node {
	if inlineType(n.Type) {
		n.Content = allChanged(n.Content, op)
		return n
	}
	content := make([]Node, len(n.Content))
	for i := range n.Content {
		content[i] = markAll(n.Content[i], op)
	}
	n.Content = content
	return n
}

// rows merges tables whose cells lie above each other. Cells that reach down over
// several rows allow neither a row more nor one less.
func (m *merger) rows(old, new *Node) (merged []Node, ok bool) {
	if len(old.Content) == 0 || len(new.Content) == 0 || tableWidth(old.Content) != tableWidth(new.Content) {
		return nil, false
	}
	if slices.EqualFunc(old.Content, new.Content, func(a, b Node) bool { return sameCells(&a, &b) }) {
		if tall(old) {
			for i := range new.Content {
				merged = append(merged, m.node(&old.Content[i], &new.Content[i]))
			}
			return merged, true
		}
	} else if tall(old) || tall(new) {
		return nil, false
	}
	from := 0
	if new.flag("headerRow") {
		// The first row stays the first: there is but one row of headings.
		if !sameCells(&old.Content[0], &new.Content[0]) {
			return nil, false
		}
		merged = append(merged, m.node(&old.Content[0], &new.Content[0]))
		from = 1
	}
	return append(merged, m.flow(old.Content[from:], new.Content[from:])...), true
}

// tall tells whether a cell of a table covers several rows.
func tall(n *Node) bool {
	for i := range n.Content {
		for j := range n.Content[i].Content {
			if n.Content[i].Content[j].num("rowspan") > 1 {
				return true
			}
		}
	}
	return false
}

// without returns merged content less everything that came (Insert: the old side
// is left) or went (Delete: the new side is left).
func without(nodes []Node, op Op) []Node {
	var out []Node
	for _, n := range nodes {
		if p, ok := n.Attrs[changeKey].(partDiff); ok && p.op == op {
			continue
		}
		if last := len(n.Marks) - 1; last >= 0 && n.Marks[last].Attrs[changeKey] == op {
			continue
		}
		if len(n.Content) > 0 {
			n.Content = without(n.Content, op)
		}
		out = append(out, n)
	}
	return out
}

// showsChange tells whether merged content shows that something came or went.
func showsChange(nodes []Node) bool {
	return slices.ContainsFunc(nodes, func(n Node) bool {
		last := len(n.Marks) - 1
		return last >= 0 && n.Marks[last].Type == changeKey || showsChange(n.Content)
	})
}

// numbered gives the items of merged ordered lists the numbers they have or had:
// what is gone does not count on.
func numbered(nodes []Node) {
	for i := range nodes {
		n := &nodes[i]
		if n.Type == "ordered_list" && slices.ContainsFunc(n.Content, isPart) {
			numberItems(n)
		}
		numbered(n.Content)
	}
}

func isPart(n Node) bool {
	_, ok := n.Attrs[changeKey].(partDiff)
	return ok
}

func numberItems(list *Node) {
	next := max(1, list.num("start"))
	was, is := next, next
	for i := range list.Content {
		item := &list.Content[i]
		p, _ := item.Attrs[changeKey].(partDiff)
		number := is
		switch p.op {
		case Delete:
			number = was
			was++
		case Insert:
			is++
		default:
			was, is = was+1, is+1
		}
		if number != next {
			p.value = number
			*item = withPart(*item, p)
		}
		next = number + 1
	}
}

// bag is the words of a part, sorted.
func bag(n *Node) []string {
	var out []string
	eachParagraph(n, func(inline []Node) {
		for i := range inline {
			for _, word := range cutWords(inline[i].Text) {
				if strings.IndexFunc(word, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) >= 0 {
					out = append(out, strings.ToLower(word))
				}
			}
		}
	})
	slices.Sort(out)
	return out
}

// similarity is the share of words two bags have in common, 0 to 1.
func similarity(a, b []string) float64 {
	if len(a)+len(b) == 0 {
		return 0
	}
	common := 0
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch strings.Compare(a[i], b[j]) {
		case 0:
			common++
			i++
			j++
		case -1:
			i++
		default:
			j++
		}
	}
	return 2 * float64(common) / float64(len(a)+len(b))
}
