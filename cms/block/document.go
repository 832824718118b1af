package block

import (
	"crypto/rand"
	"io"
	"slices"
)

// Schema is the number of the text format this package writes.
const Schema = 1

// Limits of one document. They are part of the format: a text beyond them is
// refused, not cut.
const (
	MaxBytes     = 1 << 20 // of the JSON of a document
	MaxBlocks    = 1000    // top-level blocks
	MaxText      = 20000   // characters in one text run
	MaxJSONDepth = 32      // nested arrays and objects of the JSON
	MaxListDepth = 4       // lists within lists
	MaxRows      = 100     // of a table
	MaxColumns   = 12      // of a table
)

// Document is one text in one language: the envelope around the block tree.
type Document struct {
	Schema int
	Lang   string // BCP 47
	Doc    Node   // type "doc"; its Content are the top-level blocks
}

// Node is a block, a part of a block (list item, row, cell) or a piece of inline
// content (text, hard_break, fact).
//
// Values in Attrs are string, bool, int, []any (lists), map[string]any (objects)
// and []Node (inline text, such as a caption). Normalize brings other spellings
// of the same values ([]string, float64, []map[string]any) to these.
type Node struct {
	Type    string
	Attrs   map[string]any
	Content []Node
	Text    string // of type "text" only
	Marks   []Mark // of inline nodes only
}

// Mark says something about a run of text: link, lang, abbr, strong, em, sup, sub.
type Mark struct {
	Type  string
	Attrs map[string]any
}

// Empty returns a document without blocks.
func Empty(lang string) *Document {
	return &Document{Schema: Schema, Lang: lang, Doc: Node{Type: "doc"}}
}

// Text returns a text node with marks, for texts that are built in Go.
func Text(s string, marks ...Mark) Node {
	return Node{Type: "text", Text: s, Marks: marks}
}

// Paragraph returns a paragraph with the given inline nodes.
func Paragraph(inline ...Node) Node {
	return Node{Type: "paragraph", Content: inline}
}

// Clone returns a copy that shares nothing with d.
func (d *Document) Clone() *Document {
	return &Document{Schema: d.Schema, Lang: d.Lang, Doc: d.Doc.Clone()}
}

// Clone returns a copy that shares nothing with n.
func (n Node) Clone() Node {
	n.Attrs = cloneAttrs(n.Attrs)
	n.Content = cloneNodes(n.Content)
	if n.Marks != nil {
		marks := make([]Mark, len(n.Marks))
		for i, m := range n.Marks {
			marks[i] = Mark{Type: m.Type, Attrs: cloneAttrs(m.Attrs)}
		}
		n.Marks = marks
	}
	return n
}

func cloneNodes(in []Node) []Node {
	if in == nil {
		return nil
	}
	out := make([]Node, len(in))
	for i, n := range in {
		out[i] = n.Clone()
	}
	return out
}

func cloneAttrs(in map[string]any) map[string]any {
	if in == nil {
		return nil
	}
	out := make(map[string]any, len(in))
	for k, v := range in {
		out[k] = cloneValue(v)
	}
	return out
}

func cloneValue(v any) any {
	switch v := v.(type) {
	case []Node:
		return cloneNodes(v)
	case map[string]any:
		return cloneAttrs(v)
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = cloneValue(e)
		}
		return out
	case []string:
		return slices.Clone(v)
	default:
		return v
	}
}

// ID is the id of a block, "" if it has none yet.
func (n Node) ID() string { return n.str("id") }

// block returns the index of the top-level block with the id, -1 if there is none.
func (d *Document) block(id string) int {
	if id == "" {
		return -1
	}
	return slices.IndexFunc(d.Doc.Content, func(n Node) bool { return n.ID() == id })
}

func (n Node) str(name string) string {
	s, _ := n.Attrs[name].(string)
	return s
}

func (n Node) flag(name string) bool {
	b, _ := n.Attrs[name].(bool)
	return b
}

// num returns a whole number, 0 if the attribute is absent.
func (n Node) num(name string) int {
	i, _ := n.Attrs[name].(int)
	return i
}

func (n Node) inline(name string) []Node {
	c, _ := n.Attrs[name].([]Node)
	return c
}

func (n Node) list(name string) []any {
	l, _ := n.Attrs[name].([]any)
	return l
}

// has tells whether a list of choices holds one.
func (n Node) has(name, choice string) bool {
	return slices.Contains(n.list(name), any(choice))
}

func (m Mark) str(name string) string {
	s, _ := m.Attrs[name].(string)
	return s
}

// idAlphabet leaves out letters and digits that look alike.
const idAlphabet = "abcdefghjkmnpqrstuvwxyz23456789"

const idLength = 8

// NewID returns a random block id: 8 letters of an alphabet without look-alikes.
func NewID() string { return NewIDFrom(rand.Reader) }

// NewIDFrom is NewID with its random bits from r, which must not fail.
func NewIDFrom(r io.Reader) string {
	var id [idLength]byte
	var buf [2 * idLength]byte
	for n := 0; n < idLength; {
		if _, err := io.ReadFull(r, buf[:]); err != nil {
			panic("block: no random bits: " + err.Error())
		}
		for _, b := range buf {
			// The alphabet has 31 letters: the 32nd value is thrown away so that
			// every letter is equally likely.
			if i := int(b & 31); i < len(idAlphabet) && n < idLength {
				id[n] = idAlphabet[i]
				n++
			}
		}
	}
	return string(id[:])
}

// ValidID tells whether s has the form of a block id.
func ValidID(s string) bool {
	if len(s) != idLength {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if !(c >= 'a' && c <= 'z' || c >= '2' && c <= '9') || c == 'i' || c == 'l' || c == 'o' {
			return false
		}
	}
	return true
}
