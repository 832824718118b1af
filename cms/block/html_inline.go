package block

import (
	"strings"
)

// inline writes text with its marks. Runs that share marks share the elements,
// so that a link with a bold word in it stays one link.
func (w *htmlWriter) inline(nodes []Node) {
	base := len(w.stack)
	var open []Mark // marks whose elements are open
	var depth []int // elements open below each of them
	for i := range nodes {
		n := &nodes[i]
		marks := n.Marks
		if n.Type == "hard_break" {
			marks = breakMarks(marks)
		}
		same := 0
		for same < len(open) && same < len(marks) && equalMark(open[same], marks[same]) {
			same++
		}
		if same < len(open) {
			w.shutTo(depth[same])
			open, depth = open[:same], depth[:same]
		}
		for _, m := range marks[same:] {
			open, depth = append(open, m), append(depth, len(w.stack))
			w.mark(m)
		}
		switch n.Type {
		case "text":
			if lang := langOf(open, w.lang()); lang == "fr" {
				w.text(frenchSpaces(n.Text))
			} else {
				w.text(n.Text)
			}
		case "hard_break":
			w.open("br")
		case "fact":
			w.text(w.fact(n))
		}
	}
	w.shutTo(base)
	w.endTag()
}

// fact is the value of a fact as it is printed.
func (w *htmlWriter) fact(n *Node) string { return factText(w.r, n) }

func factText(r Resolver, n *Node) string {
	v, ok := r.Fact(n.str("key"))
	if !ok {
		v = "–"
	}
	if at := n.str("as_of"); at != "" {
		v += " " + r.Word("fact.as_of", at)
	}
	return v
}

// mark opens the element of a mark; one that leads nowhere opens none.
func (w *htmlWriter) mark(m Mark) {
	switch m.Type {
	case "link":
		w.link(m)
	case "lang":
		code := m.str("code")
		if !validLang(code) {
			return
		}
		w.open("span")
		w.attr("lang", code)
		dir := m.str("dir")
		if dir != "ltr" && dir != "rtl" {
			if dir = dirOf(code); dir == dirOf(w.lang()) {
				dir = ""
			}
		}
		w.attr("dir", dir)
	case "abbr":
		w.open("abbr")
		w.attr("title", m.str("title"))
	case "strong":
		w.open("strong")
	case "em":
		w.open("em")
	case "sup":
		w.open("sup")
	case "sub":
		w.open("sub")
	case changeKey:
		w.changed(m)
	}
}

func (w *htmlWriter) link(m Mark) {
	address, lang, ok := resolveLink(w.r, m)
	if !ok {
		return
	}
	w.open("a")
	w.url("href", address)
	if l := m.str("hreflang"); validLang(l) {
		lang = l
	}
	if lang != "" && !strings.EqualFold(lang, w.lang()) && validLang(lang) {
		w.attr("hreflang", lang)
	}
	w.attr("title", m.str("title"))
}

// resolveLink finds the address of a link mark and the language of what is there.
func resolveLink(r Resolver, m Mark) (address, lang string, ok bool) {
	if ref := m.str("ref"); ref != "" {
		t, found := r.Link(ref)
		if !found || !SafeURL(t.URL) {
			return "", "", false
		}
		address = t.URL
		if a := m.str("anchor"); validAnchor(a) {
			address += "#" + fragment(a)
		}
		return address, t.Lang, true
	}
	address = m.str("href")
	return address, "", SafeURL(address)
}

// resolveTarget is resolveLink for an attribute.
func resolveTarget(r Resolver, target string) (address, lang string, ok bool) {
	if target == "" {
		return "", "", false
	}
	if ref, anchor, isRef := splitTarget(target); isRef {
		return resolveLink(r, Mark{Type: "link", Attrs: map[string]any{"ref": ref, "anchor": anchor}})
	}
	return target, "", SafeURL(target)
}

// lang is the language the words of the document are in.
func (w *htmlWriter) lang() string {
	if w.doc.Lang != "" {
		return w.doc.Lang
	}
	return w.r.Lang()
}

// words prepares plain text of the document for print.
func (w *htmlWriter) words(s string) string {
	if baseLang(w.lang()) == "fr" {
		return frenchSpaces(s)
	}
	return s
}

// langOf is the base language inside the open marks.
func langOf(marks []Mark, around string) string {
	for _, m := range marks {
		if m.Type == "lang" {
			return baseLang(m.str("code"))
		}
	}
	return baseLang(around)
}

const (
	noBreak       = "\u00a0"
	narrowNoBreak = "\u202f"
)

// frenchSpaces makes the spaces that French puts before high punctuation and
// inside quotation marks unbreakable. It only ever replaces a space: stored texts
// have ordinary ones, so that searching and comparing stay simple.
func frenchSpaces(s string) string {
	var b strings.Builder
	done := 0
	for i := strings.IndexByte(s, ' '); i >= 0; {
		space := ""
		switch after := s[i+1:]; {
		case strings.HasPrefix(after, ";"), strings.HasPrefix(after, "!"), strings.HasPrefix(after, "?"):
			space = narrowNoBreak
		case strings.HasPrefix(after, ":"), strings.HasPrefix(after, "%"), strings.HasPrefix(after, "»"), strings.HasSuffix(s[:i], "«"):
			space = noBreak
		}
		if space != "" {
			b.WriteString(s[done:i])
			b.WriteString(space)
			done = i + 1
		}
		next := strings.IndexByte(s[i+1:], ' ')
		if next < 0 {
			break
		}
		i += 1 + next
	}
	if done == 0 {
		return s
	}
	b.WriteString(s[done:])
	return b.String()
}
