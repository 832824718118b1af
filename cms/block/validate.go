package block

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Validate checks a document against the registry; the error is an *InvalidError.
// Documents from Parse have passed it, documents built in Go should. On the way it
// brings attribute values to the Go types that Node describes.
//
// It refuses what could never be right. What is merely not finished (a button
// without a target, a picture without a description) is for Checks, so that a
// draft can always be saved.
func (d *Document) Validate() error {
	v := validator{}
	if d.Schema != Schema {
		v.at("schema", func() { v.problem("schema", "want", Schema) })
	}
	if !validLang(d.Lang) {
		v.at("lang", func() { v.problem("lang") })
	}
	v.push("doc")
	if d.Doc.Type != "doc" {
		v.at("type", func() { v.problem("type.unknown", "type", clip(d.Doc.Type, 40)) })
	}
	if len(d.Doc.Attrs) > 0 {
		v.at("attrs", func() { v.problem("key.unknown", "key", "attrs") })
	}
	v.plainBlock(&d.Doc)
	v.push("content")
	if len(d.Doc.Content) > MaxBlocks {
		v.problem("blocks.many", "max", MaxBlocks)
	}
	for i := range d.Doc.Content {
		n := &d.Doc.Content[i]
		v.push(strconv.Itoa(i))
		v.block = n.ID()
		if topLevel(n.Type) {
			v.node(n, 0)
		} else {
			v.misplaced(n, "doc")
		}
		v.pop()
		if len(v.problems) >= maxProblems {
			break
		}
	}
	if len(v.problems) > 0 {
		return &InvalidError{v.problems}
	}
	return nil
}

// validator walks a document and remembers where it is; the pointer is only
// written out when there is something to complain about.
type validator struct {
	path     []string
	block    string // id of the top-level block
	problems []Problem
}

func (v *validator) push(s string) { v.path = append(v.path, s) }
func (v *validator) pop()          { v.path = v.path[:len(v.path)-1] }

func (v *validator) at(s string, f func()) {
	v.push(s)
	f()
	v.pop()
}

func (v *validator) problem(code string, args ...any) {
	if len(v.problems) >= maxProblems {
		return
	}
	var b strings.Builder
	for _, p := range v.path {
		b.WriteByte('/')
		b.WriteString(strings.NewReplacer("~", "~0", "/", "~1").Replace(clip(p, 40)))
	}
	id := v.block
	if !ValidID(id) {
		id = ""
	}
	v.problems = append(v.problems, Problem{Pointer: b.String(), Code: code, Args: argMap(args), Block: id})
}

func (v *validator) misplaced(n *Node, parent string) {
	v.push("type")
	if _, ok := specByType[n.Type]; ok || n.Type == "text" || n.Type == "hard_break" || n.Type == "fact" || n.Type == "doc" {
		v.problem("type.misplaced", "type", n.Type, "parent", parent)
	} else {
		v.problem("type.unknown", "type", clip(n.Type, 40))
	}
	v.pop()
}

// plainBlock refuses the keys that only inline nodes have.
func (v *validator) plainBlock(n *Node) {
	if n.Text != "" {
		v.at("text", func() { v.problem("key.unknown", "key", "text") })
	}
	if len(n.Marks) > 0 {
		v.at("marks", func() { v.problem("key.unknown", "key", "marks") })
	}
}

// node checks a block or part whose type is known; lists is the number of lists
// around it.
func (v *validator) node(n *Node, lists int) {
	spec := specByType[n.Type]
	v.plainBlock(n)
	v.attrs(n.Attrs, spec.Attrs, true)
	if n.Type == "heading" && n.Attrs["level"] == nil {
		v.at("attrs", func() { v.problem("key.missing", "key", "level") })
	}
	if slices.Contains(listTypes, n.Type) {
		if lists++; lists > MaxListDepth {
			v.problem("list.deep", "max", MaxListDepth)
			return
		}
	}
	if len(n.Content) == 0 {
		return
	}
	v.push("content")
	defer v.pop()
	if spec.Content == nil {
		v.problem("content.none", "type", n.Type)
		return
	}
	if spec.Content.Inline {
		v.inline(n.Content, spec.Content.Breaks, n.Type)
		return
	}
	if n.Type == "table" {
		if len(n.Content) > MaxRows {
			v.problem("table.rows", "max", MaxRows)
			return
		}
		if w := tableWidth(n.Content); w > MaxColumns {
			v.problem("table.columns", "max", MaxColumns)
			return
		}
	}
	for i := range n.Content {
		c := &n.Content[i]
		v.push(strconv.Itoa(i))
		switch {
		case !slices.Contains(spec.Content.Of, c.Type):
			v.misplaced(c, n.Type)
		case i == 0 && spec.Content.First != "" && c.Type != spec.Content.First:
			v.at("type", func() { v.problem("content.first", "want", spec.Content.First, "parent", n.Type) })
		default:
			v.node(c, lists)
		}
		v.pop()
	}
}

func (v *validator) inline(nodes []Node, breaks bool, parent string) {
	for i := range nodes {
		n := &nodes[i]
		v.push(strconv.Itoa(i))
		v.inlineNode(n, breaks, parent)
		v.pop()
	}
}

func (v *validator) inlineNode(n *Node, breaks bool, parent string) {
	if len(n.Content) > 0 {
		v.at("content", func() { v.problem("content.none", "type", clip(n.Type, 40)) })
	}
	switch {
	case n.Type == "text":
		if utf8.RuneCountInString(n.Text) > MaxText {
			v.at("text", func() { v.problem("text.long", "max", MaxText) })
		}
		if len(n.Attrs) > 0 {
			v.at("attrs", func() { v.problem("key.unknown", "key", "attrs") })
		}
	case n.Type == "hard_break" && breaks:
		if len(n.Attrs) > 0 {
			v.at("attrs", func() { v.problem("key.unknown", "key", "attrs") })
		}
	case n.Type == "fact" && breaks:
		v.attrs(n.Attrs, factAttrs, false)
		if key := n.str("key"); key != "" && !KnownFact(key) {
			v.push("attrs")
			v.at("key", func() { v.problem("fact.unknown", "key", clip(key, 40)) })
			v.pop()
		}
	default:
		v.misplaced(n, parent)
		return
	}
	if n.Type != "text" && n.Text != "" {
		v.at("text", func() { v.problem("key.unknown", "key", "text") })
	}
	if len(n.Marks) > 0 {
		v.marks(n.Marks)
	}
}

func (v *validator) marks(marks []Mark) {
	v.push("marks")
	defer v.pop()
	var seen [7]bool
	for i := range marks {
		m := &marks[i]
		v.push(strconv.Itoa(i))
		rank := markRank(m.Type)
		switch {
		case rank < 0:
			v.at("type", func() { v.problem("mark.unknown", "type", clip(m.Type, 40)) })
		case seen[rank]:
			v.at("type", func() { v.problem("mark.twice", "type", m.Type) })
		default:
			seen[rank] = true
			v.attrs(m.Attrs, markSpecs[rank].Attrs, false)
			if m.Type == "link" {
				v.link(m)
			}
		}
		v.pop()
	}
}

// link checks what the attributes of a link mean together.
func (v *validator) link(m *Mark) {
	href, ref, anchor := m.str("href"), m.str("ref"), m.str("anchor")
	v.push("attrs")
	switch {
	case href == "" && ref == "":
		v.problem("link.target")
	case href != "" && ref != "":
		v.problem("link.two")
	case anchor != "" && ref == "":
		v.at("anchor", func() { v.problem("link.anchor") })
	case anchor != "" && !validAnchor(anchor):
		v.at("anchor", func() { v.problem("slug") })
	}
	v.pop()
}
