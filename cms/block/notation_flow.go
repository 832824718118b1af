package block

import (
	"strconv"
	"strings"
)

// The written notation of paragraphs and lists:
//
//	- an item
//	  its second line, after a line break
//
//	  a second paragraph of the item
//	  1. an ordered list inside it
//	  2. goes on
//	- the next item
//
// A line break is the end of a line, an empty line begins a paragraph. "- ", "* "
// or a number with "." or ")" at the start of a line begins an item; the number of
// the first item is the list's start, "1a." counts in letters and "1i." in Roman
// numerals. What is indented further than the sign of an item belongs to it. To
// begin a line with such a sign as text, write "\-" or "1\.".

// printFlow writes paragraphs and lists.
func printFlow(nodes []Node) string {
	var b strings.Builder
	writeFlow(&b, nodes, "", false)
	return strings.TrimRight(b.String(), "\n")
}

// printParagraphs writes paragraphs where no lists can be: nothing to escape.
func printParagraphs(nodes []Node) string {
	parts := make([]string, len(nodes))
	for i := range nodes {
		parts[i] = PrintInline(nodes[i].Content)
	}
	return strings.Join(parts, "\n\n")
}

// writeFlow writes nodes, each line after indent; after a sign the first line has
// its indent already.
func writeFlow(b *strings.Builder, nodes []Node, indent string, signed bool) {
	for i := range nodes {
		n := &nodes[i]
		if n.Type == "paragraph" {
			if i > 0 && nodes[i-1].Type == "paragraph" {
				b.WriteByte('\n')
			}
			for j, line := range strings.Split(PrintInline(n.Content), "\n") {
				if !signed || i > 0 || j > 0 {
					b.WriteString(indent)
					line = escapeSign(line)
				}
				b.WriteString(line)
				b.WriteByte('\n')
			}
			continue
		}
		number := max(1, n.num("start"))
		for j := range n.Content {
			b.WriteString(indent)
			sign := "-"
			if n.Type == "ordered_list" {
				sign = strconv.Itoa(number)
				if s := n.str("style"); s == "a" || s == "i" {
					sign += s
				}
				sign += "."
				number++
			}
			b.WriteString(sign)
			if item := n.Content[j].Content; len(item) > 0 && len(item[0].Content) > 0 {
				b.WriteByte(' ')
			}
			writeFlow(b, n.Content[j].Content, indent+"  ", true)
		}
	}
}

// sign is the sign of an item at the start of a line.
type sign struct {
	length  int // of the sign, without the space after it
	ordered bool
	number  int
	style   string
}

// signOf finds the sign a line begins with.
func signOf(line string) (sign, bool) {
	if line == "" {
		return sign{}, false
	}
	if (line[0] == '-' || line[0] == '*') && (len(line) == 1 || line[1] == ' ' || line[1] == '\t') {
		return sign{length: 1}, true
	}
	i := 0
	for i < len(line) && i < 4 && line[i] >= '0' && line[i] <= '9' {
		i++
	}
	if i == 0 || i == len(line) {
		return sign{}, false
	}
	s := sign{ordered: true, style: "1"}
	s.number, _ = strconv.Atoi(line[:i])
	if line[i] == 'a' || line[i] == 'i' {
		s.style = line[i : i+1]
		i++
	}
	if i == len(line) || line[i] != '.' && line[i] != ')' || s.number < 1 {
		return sign{}, false
	}
	i++
	s.length = i
	return s, i == len(line) || line[i] == ' ' || line[i] == '\t'
}

// escapeSign keeps a line from being read as an item.
func escapeSign(line string) string {
	s, ok := signOf(line)
	if !ok {
		return line
	}
	return line[:s.length-1] + `\` + line[s.length-1:]
}

// parseFlow reads paragraphs and lists. listType is the type of the list the whole
// text is, "" if it is paragraphs and lists: in a list a line without a sign is an
// item too.
func parseFlow(s, listType string) ([]Node, error) {
	f := flowParser{listType: listType}
	for i, line := range strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n") {
		if err := f.line(line); err != nil {
			return nil, atLine(err, i+1)
		}
	}
	if err := f.endParagraph(); err != nil {
		return nil, err
	}
	f.finish(&f.root)
	return f.root.finished, nil
}

// atLine adds the line to a problem with a place in it.
func atLine(err error, line int) error {
	if invalid, ok := err.(*InvalidError); ok {
		for i := range invalid.Problems {
			if invalid.Problems[i].Args == nil {
				invalid.Problems[i].Args = map[string]any{}
			}
			invalid.Problems[i].Args["line"] = line
		}
	}
	return err
}

type flowParser struct {
	listType string
	root     flowNode
	open     []*flowNode // items that may still get lines, outermost first
	lines    []string    // of the paragraph being read
	into     *flowNode   // what that paragraph belongs to
}

// flowNode is a list item (or the root) while it is being read; lists inside are
// nodes whose items are flowNodes.
type flowNode struct {
	column   int // of its sign
	parts    []flowPart
	finished []Node
}

type flowPart struct {
	node  Node        // a paragraph, or a list without its items
	items []*flowNode // of a list
}

func (f *flowParser) line(line string) error {
	line = strings.ReplaceAll(line, "\t", "  ")
	text := strings.Trim(line, " ")
	if text == "" {
		return f.endParagraph()
	}
	column := len(line) - len(strings.TrimLeft(line, " "))
	s, isItem := signOf(text)
	for len(f.open) > 0 && f.open[len(f.open)-1].column >= column {
		f.open = f.open[:len(f.open)-1]
	}
	if !isItem && f.listType != "" && len(f.open) == 0 {
		s, isItem = sign{}, true
	}
	if isItem {
		if err := f.endParagraph(); err != nil {
			return err
		}
	}
	holder := &f.root
	if len(f.open) > 0 {
		holder = f.open[len(f.open)-1]
	}
	if isItem {
		item := &flowNode{column: column}
		f.open = append(f.open, item)
		f.addItem(holder, item, s)
		f.into, f.lines = item, []string{strings.Trim(text[s.length:], " ")}
		return nil
	}
	if f.into != holder {
		if err := f.endParagraph(); err != nil {
			return err
		}
	}
	f.into = holder
	f.lines = append(f.lines, text)
	return nil
}

// addItem puts an item into the list at the end of holder, or into a new one.
func (f *flowParser) addItem(holder, item *flowNode, s sign) {
	typ := "bullet_list"
	if s.ordered {
		typ = "ordered_list"
	}
	if holder == &f.root && f.listType != "" {
		typ = f.listType // the block says what it is, whatever the sign
	}
	if last := len(holder.parts) - 1; last >= 0 && holder.parts[last].node.Type == typ {
		holder.parts[last].items = append(holder.parts[last].items, item)
		return
	}
	list := Node{Type: typ}
	if typ == "ordered_list" {
		list.Attrs = map[string]any{"start": max(1, s.number), "style": s.style}
	}
	holder.parts = append(holder.parts, flowPart{node: list, items: []*flowNode{item}})
}

// endParagraph turns the lines read so far into a paragraph.
func (f *flowParser) endParagraph() error {
	if f.into == nil || len(f.lines) == 0 {
		return nil
	}
	lines := f.lines
	if lines[0] == "" {
		lines = lines[1:] // a sign alone on its line
	}
	into := f.into
	f.into, f.lines = nil, nil
	inline, err := ParseInline(strings.Join(lines, "\n"))
	if err != nil {
		return err
	}
	into.parts = append(into.parts, flowPart{node: Node{Type: "paragraph", Content: inline}})
	return nil
}

// finish builds the nodes below an item.
func (f *flowParser) finish(n *flowNode) {
	for _, p := range n.parts {
		if p.items != nil {
			for _, item := range p.items {
				f.finish(item)
				p.node.Content = append(p.node.Content, Node{Type: "list_item", Content: item.finished})
			}
		}
		n.finished = append(n.finished, p.node)
	}
}

// parseParagraphs reads paragraphs separated by empty lines.
func parseParagraphs(s string) ([]Node, error) {
	var out []Node
	var lines []string
	flush := func(at int) error {
		if len(lines) == 0 {
			return nil
		}
		inline, err := ParseInline(strings.Join(lines, "\n"))
		if err != nil {
			return atLine(err, at)
		}
		lines = nil
		out = append(out, Node{Type: "paragraph", Content: inline})
		return nil
	}
	all := strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
	for i, line := range all {
		if line = strings.Trim(line, " \t"); line != "" {
			lines = append(lines, line)
		} else if err := flush(i); err != nil {
			return nil, err
		}
	}
	return out, flush(len(all))
}
