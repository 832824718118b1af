package block

import (
	"strings"
	"unicode/utf8"
)

// ParseInline reads the notation. The nodes are normalised (see Normalize). The
// error is an *InvalidError with one problem, whose Args name the position in
// characters ("at") and what stands there ("near").
func ParseInline(s string) ([]Node, error) {
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	p := inlineParser{s: s, partner: partners(s)}
	nodes, _ := p.inline(0, nil, false)
	if p.bad != nil {
		return nil, &InvalidError{[]Problem{*p.bad}}
	}
	nodes = normalInline(nodes)
	v := validator{}
	v.inline(nodes, true, "paragraph")
	if len(v.problems) > 0 {
		// Places in the tree mean nothing to somebody who wrote notation.
		v.problems[0].Pointer = ""
		return nil, &InvalidError{v.problems[:1]}
	}
	return nodes, nil
}

type inlineParser struct {
	s       string
	partner map[int]int // of every bracket that has one, where that stands
	bad     *Problem
	depth   int
}

func (p *inlineParser) fail(at int, code string, args ...any) {
	if p.bad != nil {
		return
	}
	near := p.s[at:]
	if i := strings.IndexByte(near, '\n'); i >= 0 {
		near = near[:i]
	}
	args = append(args, "at", utf8.RuneCountInString(p.s[:at])+1, "near", clip(near, 24))
	p.bad = &Problem{Code: code, Args: argMap(args)}
}

// maxBrackets bounds recursion; three pairs can mean something.
const maxBrackets = 20

// inline reads from at until the end, or inside brackets until the "]" that
// closes them, and returns where that stands. outer are the marks around.
func (p *inlineParser) inline(at int, outer []Mark, inside bool) (nodes []Node, end int) {
	var on [len(toggles)]bool
	for _, m := range outer {
		if r := markRank(m.Type); r >= 3 {
			on[r-3] = true
		}
	}
	start := on
	var since [len(toggles)]int // where each was switched last
	var text strings.Builder
	literal := map[int]bool{} // brackets that close those that mean nothing
	marks := func() []Mark {
		var out []Mark
		for _, m := range outer {
			if markRank(m.Type) < 3 {
				out = append(out, m)
			}
		}
		for t, is := range on {
			if is {
				out = append(out, Mark{Type: toggles[t].mark})
			}
		}
		return out
	}
	flush := func() {
		if text.Len() > 0 {
			nodes = append(nodes, Node{Type: "text", Text: text.String(), Marks: marks()})
			text.Reset()
		}
	}
	i := at
	for i < len(p.s) && p.bad == nil {
		c := p.s[i]
		switch {
		case c == '\\' && i+1 < len(p.s) && isPunct(p.s[i+1]):
			text.WriteByte(p.s[i+1])
			i += 2
		case c == '\n':
			flush()
			nodes = append(nodes, Node{Type: "hard_break"})
			i++
		case c == '{' && strings.HasPrefix(p.s[i:], "{br}"):
			flush()
			nodes = append(nodes, Node{Type: "hard_break"})
			i += len("{br}")
		case c == '{' && strings.HasPrefix(p.s[i:], "{{"):
			flush()
			n, next := p.fact(i)
			n.Marks = marks()
			nodes = append(nodes, n)
			i = next
		case c == ']' && inside && !literal[i]:
			flush()
			p.closed(on, start, since)
			return nodes, i
		case c == '[' && p.closes(i):
			flush()
			span, next := p.span(i, marks())
			nodes = append(nodes, span...)
			i = next
		case c == '[':
			if end, ok := p.partner[i]; ok {
				literal[end] = true
			}
			text.WriteByte(c)
			i++
		case toggleOf(c) >= 0:
			t, n := toggleOf(c), 1
			for i+n < len(p.s) && p.s[i+n] == c {
				n++
			}
			if n == 2 {
				flush()
				on[t], since[t] = !on[t], i
			} else {
				text.WriteString(p.s[i : i+n])
			}
			i += n
		default:
			text.WriteByte(c)
			i++
		}
	}
	flush()
	if inside {
		p.fail(at-1, "notation.bracket")
	}
	p.closed(on, start, since)
	return nodes, i
}

// closed complains about a toggle that is not as it was at the start.
func (p *inlineParser) closed(on, start [len(toggles)]bool, since [len(toggles)]int) {
	for t := range on {
		if on[t] != start[t] {
			p.fail(since[t], "notation.open", "sign", strings.Repeat(string(rune(toggles[t].sign)), 2))
		}
	}
}

// closes tells whether the bracket at i has a partner that "(" or "{" follows:
// only then it means something.
func (p *inlineParser) closes(i int) bool {
	end, ok := p.partner[i]
	return ok && end+1 < len(p.s) && (p.s[end+1] == '(' || p.s[end+1] == '{')
}

// partners pairs the brackets of a text that are not escaped.
func partners(s string) map[int]int {
	if !strings.Contains(s, "]") {
		return nil
	}
	out := map[int]int{}
	var open []int
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			if i+1 < len(s) && isPunct(s[i+1]) {
				i++
			}
		case '[':
			open = append(open, i)
		case ']':
			if last := len(open) - 1; last >= 0 {
				out[open[last]] = i
				open = open[:last]
			}
		}
	}
	return out
}

// span reads "[…](…)" or "[…]{…}" at i.
func (p *inlineParser) span(i int, outer []Mark) ([]Node, int) {
	if p.depth++; p.depth > maxBrackets {
		p.fail(i, "notation.bracket")
		return nil, len(p.s)
	}
	defer func() { p.depth-- }()
	// What the brackets mean stands after them, so that is read first.
	end := p.partner[i]
	var own []Mark
	next := end + 1
	if p.s[next] == '(' {
		var m Mark
		m, next = p.target(next)
		own = []Mark{m}
	} else {
		own, next = p.spanAttrs(next)
	}
	if p.bad != nil {
		return nil, len(p.s)
	}
	marks := outer
	for _, m := range own {
		for _, o := range outer {
			if o.Type == m.Type {
				p.fail(i, "notation.twice", "mark", m.Type)
				return nil, len(p.s)
			}
		}
		marks = append(marks[:len(marks):len(marks)], m)
	}
	nodes, at := p.inline(i+1, marks, true)
	if p.bad == nil && at != end {
		p.fail(i, "notation.bracket")
	}
	return nodes, next
}

// target reads "(address "title" hreflang=nl)" at i.
func (p *inlineParser) target(i int) (Mark, int) {
	start := i
	i++
	var b strings.Builder
	depth := 0
	for ; i < len(p.s); i++ {
		c := p.s[i]
		if c == '\\' && i+1 < len(p.s) && isPunct(p.s[i+1]) {
			i++
			b.WriteByte(p.s[i])
			continue
		}
		if c == ' ' || c == '\n' || c == ')' && depth == 0 {
			break
		}
		switch c {
		case '(':
			depth++
		case ')':
			depth--
		}
		b.WriteByte(c)
	}
	attrs := map[string]any{}
	target := b.String()
	if ref, anchor, isRef := splitTarget(target); isRef {
		attrs["ref"] = ref
		if anchor != "" {
			attrs["anchor"] = anchor
		}
		if anchor != "" && !validAnchor(anchor) || anchor == "" && strings.Contains(target, "#") {
			p.fail(start, "notation.target", "target", clip(target, 60))
		}
	} else if SafeURL(target) {
		attrs["href"] = target
	} else {
		p.fail(start, "notation.target", "target", clip(target, 60))
	}
	for p.bad == nil {
		for i < len(p.s) && p.s[i] == ' ' {
			i++
		}
		switch {
		case i < len(p.s) && p.s[i] == ')':
			return Mark{Type: "link", Attrs: attrs}, i + 1
		case i < len(p.s) && p.s[i] == '"' && attrs["title"] == nil:
			var title string
			title, i = p.quoted(i)
			attrs["title"] = title
		case strings.HasPrefix(p.s[i:], "hreflang=") && attrs["hreflang"] == nil:
			var v string
			v, i = p.value(i + len("hreflang="))
			attrs["hreflang"] = v
		default:
			p.fail(start, "notation.target.end")
		}
	}
	return Mark{Type: "link", Attrs: attrs}, len(p.s)
}

// spanAttrs reads "{lang=fr dir=ltr abbr="…"}" at i.
func (p *inlineParser) spanAttrs(i int) ([]Mark, int) {
	start := i
	i++
	attrs := map[string]string{}
	for p.bad == nil {
		for i < len(p.s) && p.s[i] == ' ' {
			i++
		}
		if i < len(p.s) && p.s[i] == '}' {
			i++
			break
		}
		name, _, ok := strings.Cut(p.s[i:], "=")
		if _, again := attrs[name]; !ok || again || name != "lang" && name != "dir" && name != "abbr" {
			p.fail(start, "notation.attrs")
			break
		}
		i += len(name) + 1
		attrs[name], i = p.value(i)
	}
	var marks []Mark
	if code, ok := attrs["lang"]; ok {
		m := Mark{Type: "lang", Attrs: map[string]any{"code": code}}
		if dir := attrs["dir"]; dir != "" {
			m.Attrs["dir"] = dir
		}
		if !validLang(code) {
			p.fail(start, "notation.lang", "lang", clip(code, 20))
		}
		marks = append(marks, m)
	} else if attrs["dir"] != "" {
		p.fail(start, "notation.attrs")
	}
	if title, ok := attrs["abbr"]; ok {
		marks = append(marks, Mark{Type: "abbr", Attrs: map[string]any{"title": title}})
	}
	if len(marks) == 0 {
		p.fail(start, "notation.attrs")
	}
	return marks, i
}

func (p *inlineParser) value(i int) (string, int) {
	if i < len(p.s) && p.s[i] == '"' {
		return p.quoted(i)
	}
	start := i
	for i < len(p.s) && p.s[i] != ' ' && p.s[i] != '\n' && p.s[i] != '}' && p.s[i] != ')' {
		i++
	}
	return p.s[start:i], i
}

func (p *inlineParser) quoted(i int) (string, int) {
	start := i
	var b strings.Builder
	for i++; i < len(p.s); i++ {
		switch c := p.s[i]; {
		case c == '\\' && i+1 < len(p.s) && isPunct(p.s[i+1]):
			i++
			b.WriteByte(p.s[i])
		case c == '"':
			return b.String(), i + 1
		default:
			b.WriteByte(c)
		}
	}
	p.fail(start, "notation.quote")
	return "", len(p.s)
}

// fact reads "{{key as_of=date}}" at i.
func (p *inlineParser) fact(i int) (Node, int) {
	body, _, ok := strings.Cut(p.s[i+2:], "}}")
	if !ok {
		p.fail(i, "notation.fact")
		return Node{Type: "fact"}, len(p.s)
	}
	next := i + 2 + len(body) + 2
	fields := strings.Fields(body)
	if len(fields) == 0 || len(fields) > 2 || !KnownFact(fields[0]) {
		p.fail(i, "notation.fact")
		return Node{Type: "fact"}, next
	}
	n := Node{Type: "fact", Attrs: map[string]any{"key": fields[0]}}
	if len(fields) == 2 {
		date, isDate := strings.CutPrefix(fields[1], "as_of=")
		if !isDate || !validDate(date) {
			p.fail(i, "notation.fact")
		}
		n.Attrs["as_of"] = date
	}
	return n, next
}
