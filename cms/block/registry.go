package block

import "slices"

// Kind says how a block is edited.
type Kind string

// Kinds of blocks.
const (
	KindText Kind = "text" // written in place: paragraph, heading, list, quote, callout, table
	KindCard Kind = "card" // filled in as a form and shown as one thing
	KindPart Kind = "part" // only inside another block: list item, row, cell
)

// AttrType is the type of an attribute.
type AttrType string

// Types of attributes. The comment gives the Go type of the value.
const (
	TypeText    AttrType = "text"    // string: one line of plain text
	TypeInline  AttrType = "inline"  // []Node: text with marks
	TypeChoice  AttrType = "choice"  // string, one of Choices
	TypeChoices AttrType = "choices" // []any of string, each one of Choices
	TypeBool    AttrType = "boolean" // bool; false is left out
	TypeInt     AttrType = "int"     // int, Min to Max
	TypeList    AttrType = "list"    // []any of map[string]any (Of), or of string (Item)
	TypeObject  AttrType = "object"  // map[string]any (Of)
	TypeMedia   AttrType = "media"   // string "media:<id>"
	TypeRef     AttrType = "ref"     // string "<kind>:<id>", kind one of Kinds
	TypeURL     AttrType = "url"     // string: an address SafeURL accepts
	TypeTarget  AttrType = "target"  // string: a ref, with #anchor if wished, or an address
	TypeLang    AttrType = "lang"    // string: BCP 47
	TypeDate    AttrType = "date"    // string: 2006-01-02
	TypeEmail   AttrType = "email"   // string
	TypePhone   AttrType = "phone"   // string: international, begins with +
	TypeSlug    AttrType = "slug"    // string: lower-case words joined by hyphens
	TypeTerm    AttrType = "term"    // string: id or slug of a region, a topic or a status
)

// Attr describes one attribute of a block.
type Attr struct {
	Name     string
	Type     AttrType
	Min, Max int // characters of a text, items of a list, bounds of a number; Max 0 = the type's own limit
	Required bool
	Choices  []string // of a choice; the first is the default
	Kinds    []string // of refs: page, news, section, media; of media: image, file
	Of       []Attr   // of objects and of lists of objects
	Item     AttrType // of lists of plain values
}

// Content describes what a block may contain.
type Content struct {
	Inline bool     // text, and with Breaks also hard_break and fact
	Breaks bool     // inline content may hold hard_break and fact
	Of     []string // types of child blocks
	First  string   // the first child must be of this type
}

// Spec is the definition of one block. Everything that differs between blocks in
// data is here: validation, the form, the JSON export and the words for
// translators follow from it; only HTML, checks and notation are code.
type Spec struct {
	Type         string
	Kind         Kind
	Icon         string // name in the icon set
	Attrs        []Attr
	Content      *Content // nil = nothing inside
	Keywords     []string // for the insert menu, besides the label in every language
	Translatable []string // attribute paths whose words a translator writes, "content" for the content
	Sample       map[string]any
}

// Label is the key of the block's name (see Word).
func (s *Spec) Label() string { return "block." + s.Type }

// Specs lists the blocks in the order of the insert menu, parts last.
func Specs() []Spec { return slices.Clone(specs) }

// SpecOf finds the definition of a block or part.
func SpecOf(typ string) (*Spec, bool) {
	s := specByType[typ]
	return s, s != nil
}

// specByType is a map literal in all but name: it is filled once, from specs.
var specByType = func() map[string]*Spec {
	m := make(map[string]*Spec, len(specs))
	for i := range specs {
		m[specs[i].Type] = &specs[i]
	}
	return m
}()

// topLevel tells whether a type may stand directly in a document.
func topLevel(typ string) bool {
	s := specByType[typ]
	return s != nil && s.Kind != KindPart
}

// Definitions of marks, in the order in which they are written from the outside
// in. The same list orders Marks of a node and tags in the output.
var markSpecs = []MarkSpec{
	{"link", []Attr{
		{Name: "href", Type: TypeURL},
		{Name: "ref", Type: TypeRef, Kinds: []string{"page", "news", "media", "section"}},
		{Name: "anchor", Type: TypeText, Max: 80},
		{Name: "title", Type: TypeText, Max: 200},
		{Name: "hreflang", Type: TypeLang},
	}},
	{"lang", []Attr{
		{Name: "code", Type: TypeLang, Required: true},
		{Name: "dir", Type: TypeChoice, Choices: []string{"", "ltr", "rtl"}},
	}},
	{"abbr", []Attr{{Name: "title", Type: TypeText, Max: 200, Required: true}}},
	{"strong", nil},
	{"em", nil},
	{"sup", nil},
	{"sub", nil},
}

// markRank is the place of a mark in the order, -1 if there is no such mark.
func markRank(typ string) int {
	switch typ {
	case "link":
		return 0
	case "lang":
		return 1
	case "abbr":
		return 2
	case "strong":
		return 3
	case "em":
		return 4
	case "sup":
		return 5
	case "sub":
		return 6
	}
	return -1
}

// factAttrs are those of the inline node fact.
var factAttrs = []Attr{
	{Name: "key", Type: TypeText, Max: 80, Required: true},
	{Name: "as_of", Type: TypeDate},
}

// MarkSpec is the definition of a mark.
type MarkSpec struct {
	Type  string
	Attrs []Attr
}

// MarkSpecs lists the marks in the order in which they are written.
func MarkSpecs() []MarkSpec { return slices.Clone(markSpecs) }

// FactAttrs are the attributes of the inline node fact.
func FactAttrs() []Attr { return slices.Clone(factAttrs) }
