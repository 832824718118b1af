package block

import (
	"html/template"
	"strconv"
	"strings"
)

// This file is the only place of the package, and of the program, where text
// becomes HTML. What must hold for it to be safe, and is tested by fuzzing:
//
//   - Names of elements and attributes, and values of class, are literals in the
//     calling code, never words of a document.
//   - Every other value passes through text or attr, which escape the five
//     characters that could end a text or a quoted value, or through url, which
//     also asks SafeURL.
//   - open pushes and shut pops, so the output is balanced whatever a document
//     holds; there is no way to write an end tag otherwise.
//   - No element with raw text (script, style, textarea …) is ever opened, title
//     only inside svg, where it holds text like any other, and no attribute named
//     on… or style is ever written.
type markup struct {
	buf   []byte
	stack []string
	inTag bool // the last start tag is not closed yet: attributes may follow
}

func newMarkup() *markup { return &markup{buf: make([]byte, 0, 16<<10)} }

// html returns what was written; elements still open are closed.
func (m *markup) html() template.HTML {
	for len(m.stack) > 0 {
		m.shut()
	}
	m.endTag()
	return template.HTML(m.buf) //nolint:gosec // see above
}

func (m *markup) endTag() {
	if m.inTag {
		m.buf = append(m.buf, '>')
		m.inTag = false
	}
}

// open starts an element.
func (m *markup) open(name string) {
	m.endTag()
	m.buf = append(m.buf, '<')
	m.buf = append(m.buf, name...)
	m.inTag = true
	switch name {
	case "br", "hr", "img", "source": // have no end tag
	default:
		m.stack = append(m.stack, name)
	}
}

// openClass starts an element with a class, which is a literal of this package.
func (m *markup) openClass(name, class string) {
	m.open(name)
	m.raw(` class="`, class, `"`)
}

// shut ends the innermost open element.
func (m *markup) shut() {
	m.endTag()
	last := len(m.stack) - 1
	m.buf = append(m.buf, "</"...)
	m.buf = append(m.buf, m.stack[last]...)
	m.buf = append(m.buf, '>')
	m.stack = m.stack[:last]
}

// shutTo ends elements until depth of them are open.
func (m *markup) shutTo(depth int) {
	for len(m.stack) > depth {
		m.shut()
	}
}

// attr adds an attribute to the element just opened. Empty values are left out.
func (m *markup) attr(name, value string) {
	if value != "" {
		m.emptyAttr(name, value)
	}
}

// emptyAttr is attr that writes the attribute even if its value is empty.
func (m *markup) emptyAttr(name, value string) {
	if !m.inTag {
		return
	}
	m.raw(" ", name, `="`)
	m.escape(value)
	m.buf = append(m.buf, '"')
}

func (m *markup) intAttr(name string, n int) {
	if n > 0 {
		m.emptyAttr(name, strconv.Itoa(n))
	}
}

// url adds an attribute that holds an address; an unsafe one is left out.
func (m *markup) url(name, address string) {
	if SafeURL(address) {
		m.emptyAttr(name, address)
	}
}

// srcset adds candidates of a picture, and reports whether it did: unless every
// address is safe, none is.
func (m *markup) srcset(value string) bool {
	for candidate := range strings.SplitSeq(value, ",") {
		fields := strings.Fields(candidate)
		if len(fields) == 0 || len(fields) > 2 || !SafeURL(fields[0]) {
			return false
		}
	}
	m.attr("srcset", value)
	return true
}

// text writes words.
func (m *markup) text(s string) {
	m.endTag()
	m.escape(s)
}

// element writes an element that holds only words.
func (m *markup) element(name, words string) {
	m.open(name)
	m.text(words)
	m.shut()
}

// drawing writes one of the package's own pictures: shapes is a literal.
func (m *markup) drawing(shapes string) {
	m.endTag()
	m.buf = append(m.buf, shapes...)
}

// raw appends literals.
func (m *markup) raw(parts ...string) {
	for _, p := range parts {
		m.buf = append(m.buf, p...)
	}
}

// escape writes s so that it is only ever text: inside and outside of quotes.
func (m *markup) escape(s string) {
	start := 0
	for i := 0; i < len(s); i++ {
		var e string
		switch s[i] {
		case '&':
			e = "&amp;"
		case '<':
			e = "&lt;"
		case '>':
			e = "&gt;"
		case '"':
			e = "&#34;"
		case '\'':
			e = "&#39;"
		case 0, '\r':
			// Neither survives parsing: NUL becomes U+FFFD, CR becomes LF.
			e = " "
		default:
			continue
		}
		m.buf = append(m.buf, s[start:i]...)
		m.buf = append(m.buf, e...)
		start = i + 1
	}
	m.buf = append(m.buf, s[start:]...)
}
