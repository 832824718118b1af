package weblint

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strings"

	"golang.org/x/net/html"
)

// node is an element, or a run of text (tag is empty then).
type node struct {
	tag      string
	attrs    []html.Attribute
	text     string
	line     int
	parent   *node
	children []*node
}

// document is a page as written.
type document struct {
	root    *node
	doctype string
	byID    map[string]*node
	all     []*node // every element in document order
}

// templateTrace is what html/template and fmt write where they cannot fail.
var templateTrace = regexp.MustCompile(`ZgotmplZ|(<|&lt;)no value(>|&gt;)|%![a-zA-Z]?\(`)

// attrName matches an attribute with its value in the bytes of a start tag.
var attrName = regexp.MustCompile(`[\s/]([^\s"'>/=]+)(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]+))?`)

var void = set("area base br col embed hr img input link meta source track wbr")

// read builds the tree. The problems it returns are those of the markup itself:
// tags that do not match, attributes given twice, traces of a failed template.
func read(markup []byte) (*document, []Problem) {
	d := &document{root: &node{}, byID: map[string]*node{}}
	var problems []Problem
	report := func(line int, rule, format string, args ...any) {
		problems = append(problems, Problem{rule, line, fmt.Sprintf(format, args...)})
	}

	z := html.NewTokenizer(bytes.NewReader(markup))
	line, at := 1, d.root
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			if err := z.Err(); err != io.EOF {
				report(line, "balance", "cannot be read: %v", err)
			}
			break
		}
		here := line
		raw := z.Raw()
		line += bytes.Count(raw, []byte{'\n'})
		if trace := templateTrace.Find(raw); trace != nil {
			report(here, "template", "trace of a failed template: %s", trace)
		}
		foreign := at.inForeign()
		token := z.Token()
		switch kind {
		case html.DoctypeToken:
			d.doctype = token.Data
		case html.TextToken:
			if strings.TrimSpace(token.Data) != "" {
				at.children = append(at.children, &node{text: token.Data, line: here, parent: at})
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			n := &node{tag: token.Data, attrs: token.Attr, line: here, parent: at}
			at.children = append(at.children, n)
			d.all = append(d.all, n)
			// The tokenizer keeps the first of two attributes of one name, as
			// browsers do, so the second is looked for in the bytes.
			if written := attrName.FindAllSubmatch(raw, -1); len(written) > len(n.attrs) {
				report(here, "duplicate-attribute", "%s has an attribute twice", n)
			}
			if id, ok := n.attr("id"); ok {
				switch other := d.byID[id]; {
				case id == "" || strings.ContainsAny(id, " \t\n"):
					report(here, "id", "%s has an id that is empty or holds a space", n)
				case other != nil:
					report(here, "id", "%s: the id is taken by %s on line %d", n, other, other.line)
				default:
					d.byID[id] = n
				}
			}
			switch {
			case void[n.tag] && !foreign:
			case kind == html.SelfClosingTagToken && (foreign || n.tag == "svg" || n.tag == "math"):
			case kind == html.SelfClosingTagToken:
				report(here, "balance", "%s is closed with /> , which a browser reads as left open", n)
			default:
				at = n
			}
		case html.EndTagToken:
			switch {
			case void[token.Data] && !foreign:
				report(here, "balance", "</%s> ends an element that has no content", token.Data)
			case at.tag == token.Data:
				at = at.parent
			case at.within(token.Data) != nil:
				for at.tag != token.Data {
					report(at.line, "balance", "%s is not closed before </%s> on line %d", at, token.Data, here)
					at = at.parent
				}
				at = at.parent
			default:
				report(here, "balance", "</%s> ends nothing", token.Data)
			}
		}
	}
	for ; at != d.root; at = at.parent {
		report(at.line, "balance", "%s is never closed", at)
	}
	return d, problems
}

// String writes the start tag as it stood, shortened.
func (n *node) String() string {
	if n.tag == "" {
		return fmt.Sprintf("%q", shorten(strings.TrimSpace(n.text)))
	}
	var b strings.Builder
	b.WriteString("<" + n.tag)
	for _, a := range n.attrs {
		switch a.Key {
		case "id", "name", "type", "href", "src", "for", "role", "lang", "class":
			fmt.Fprintf(&b, " %s=%q", a.Key, shorten(a.Val))
		}
	}
	b.WriteString(">")
	return b.String()
}

func shorten(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:57]) + "..."
	}
	return s
}

func (n *node) attr(key string) (string, bool) {
	for _, a := range n.attrs {
		if a.Key == key {
			return a.Val, true
		}
	}
	return "", false
}

// get is attr without the difference between missing and empty, trimmed.
func (n *node) get(key string) string {
	v, _ := n.attr(key)
	return strings.TrimSpace(v)
}

func (n *node) has(key string) bool {
	_, ok := n.attr(key)
	return ok
}

// within returns the nearest of the element and its ancestors with one of the
// tags, or nil.
func (n *node) within(tags ...string) *node {
	for ; n != nil; n = n.parent {
		for _, tag := range tags {
			if n.tag == tag {
				return n
			}
		}
	}
	return nil
}

// inForeign reports whether children of n are SVG or MathML.
func (n *node) inForeign() bool {
	for ; n != nil; n = n.parent {
		switch n.tag {
		case "foreignobject":
			return false
		case "svg", "math":
			return true
		}
	}
	return false
}

// hidden reports whether the element or an ancestor is hidden from everybody
// or from assistive technology.
func (n *node) hidden() bool {
	for ; n != nil; n = n.parent {
		if n.has("hidden") || n.get("aria-hidden") == "true" || n.tag == "template" {
			return true
		}
	}
	return false
}

// find returns the elements below n with one of the tags, in document order.
func (n *node) find(tags ...string) []*node {
	var found []*node
	for _, c := range n.children {
		for _, tag := range tags {
			if c.tag == tag {
				found = append(found, c)
			}
		}
		found = append(found, c.find(tags...)...)
	}
	return found
}

// name is the accessible name of the element from its own attributes and
// content; labels are looked up by the form rules.
func (d *document) name(n *node) string { return d.nameVia(n, false) }

// content is the text inside the element as a screen reader would read it.
func (d *document) content(n *node) string { return d.contentVia(n, false) }

// nameVia does not follow aria-labelledby a second time, which the rules for
// names forbid and which could lead in a circle.
func (d *document) nameVia(n *node, followed bool) string {
	if !followed {
		var parts []string
		for id := range strings.FieldsSeq(n.get("aria-labelledby")) {
			if target := d.byID[id]; target != nil {
				parts = append(parts, d.nameVia(target, true))
			}
		}
		if s := strings.TrimSpace(strings.Join(parts, " ")); s != "" {
			return s
		}
	}
	if s := n.get("aria-label"); s != "" {
		return s
	}
	if n.tag == "img" {
		return n.get("alt")
	}
	if s := d.contentVia(n, followed); s != "" {
		return s
	}
	return n.get("title")
}

func (d *document) contentVia(n *node, followed bool) string {
	var b strings.Builder
	for _, c := range n.children {
		switch {
		case c.tag == "":
			b.WriteString(c.text)
		case c.get("aria-hidden") == "true", c.has("hidden"), c.tag == "script", c.tag == "style", c.tag == "template":
		case c.tag == "svg" && c.get("aria-label") == "":
			for _, title := range c.find("title") {
				b.WriteString(" " + d.contentVia(title, followed))
			}
		default:
			b.WriteString(" " + d.nameVia(c, followed))
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func set(words string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		m[w] = true
	}
	return m
}
