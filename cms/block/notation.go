package block

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// The written notation of inline text, which the Form view shows in its fields:
//
//	**strong**   __emphasis__   ^^raised^^   ~~lowered~~
//	[words](target)                       link
//	[words](target "title" hreflang=nl)   link with a title, to a text in Dutch
//	[mot]{lang=fr}                        words in another language; dir=rtl as well if needed
//	[UN]{abbr="United Nations"}           abbreviation
//	{{section_count}}                     fact; {{section_count as_of=2026-11-20}}
//	{br} or the end of a line             line break
//
//	inline   = { char | escape | toggle | span | fact | break } .
//	escape   = "\" punct .                (* punct: an ASCII punctuation sign *)
//	toggle   = "**" | "__" | "^^" | "~~" .  (* a run of exactly two *)
//	span     = "[" inline "]" ( "(" target [ title ] [ "hreflang=" value ] ")" | "{" attrs "}" ) .
//	target   = ref [ "#" anchor ] | address .  (* page:…, news:…, section:…, media:…; https:…, mailto:…, tel:…, /… *)
//	attrs    = attr { " " attr } .        (* lang, dir, abbr *)
//	attr     = name "=" value .
//	title    = quoted .
//	value    = quoted | { any but white space, "}" and ")" } .
//	quoted   = '"' { any but '"' | escape } '"' .
//	fact     = "{{" key [ " as_of=" date ] "}}" .
//	break    = "{br}" | newline .
//
// A toggle switches its mark on, and off again; it must be off where its text or
// the brackets around it end. Everything else stands for itself: a single star,
// three underscores, a backslash before a letter, brackets that no "(" or "{"
// follows. So almost every text people type means what it says, and what does not
// is an error with a position, never something guessed.
//
// ParseInline(PrintInline(x)) is x for every normalised x, and PrintInline writes
// the same marks always in the same way.

// toggles are the marks without attributes.
var toggles = [...]struct {
	sign byte
	mark string
}{{'*', "strong"}, {'_', "em"}, {'^', "sup"}, {'~', "sub"}}

func toggleOf(sign byte) int {
	return slices.IndexFunc(toggles[:], func(t struct {
		sign byte
		mark string
	}) bool {
		return t.sign == sign
	})
}

// PrintInline writes inline content in the notation. Line breaks become ends of
// lines.
func PrintInline(inline []Node) string { return printInline(inline, false) }

// printInline with cell set writes for a cell of a table, where a line is a row
// and a bar ends the cell: breaks become {br}, bars are escaped.
func printInline(inline []Node, cell bool) string {
	p := inlinePrinter{cell: cell, brackets: needBrackets(inline)}
	p.run(inline, 0)
	return p.b.String()
}

// needBrackets tells whether brackets in the text must be escaped. A text like
// "[sic]" without any span stays as people wrote it.
func needBrackets(inline []Node) bool {
	var b strings.Builder
	for i := range inline {
		n := &inline[i]
		if n.Type != "text" {
			return true
		}
		for _, m := range n.Marks {
			if markRank(m.Type) < 3 {
				return true
			}
		}
		b.WriteString(n.Text)
	}
	s := b.String()
	return strings.Contains(s, "](") || strings.Contains(s, "]{")
}

type inlinePrinter struct {
	b        strings.Builder
	cell     bool
	brackets bool
}

// run writes nodes whose first depth bracket marks (link; lang with abbr) are
// written already. Toggles are off at its start and its end.
func (p *inlinePrinter) run(nodes []Node, depth int) {
	var on [len(toggles)]bool
	for i := 0; i < len(nodes); {
		n := &nodes[i]
		if n.Type == "hard_break" {
			// What does not go on after the break ends before it.
			if i+1 < len(nodes) && len(bracketMarks(&nodes[i+1], depth)) == 0 {
				keep := togglesOf(&nodes[i+1])
				for t := range keep {
					keep[t] = keep[t] && on[t]
				}
				p.toggle(&on, keep)
			}
			if p.cell {
				p.b.WriteString("{br}")
			} else {
				p.b.WriteByte('\n')
			}
			i++
			continue
		}
		if key := bracketMarks(n, depth); len(key) > 0 {
			p.toggle(&on, [len(toggles)]bool{})
			j := i + 1
			for j < len(nodes) && nodes[j].Type != "hard_break" && equalMarks(bracketMarks(&nodes[j], depth), key) {
				j++
			}
			p.b.WriteByte('[')
			p.run(nodes[i:j], depth+rankStep(key))
			p.b.WriteByte(']')
			p.closeBracket(key)
			i = j
			continue
		}
		want := togglesOf(n)
		changed := [len(toggles)]bool{}
		for t := range toggles {
			changed[t] = on[t] != want[t]
		}
		p.toggle(&on, want)
		if n.Type == "fact" {
			p.fact(n)
			i++
			continue
		}
		// What the next node will switch stands right after this text.
		var next [len(toggles)]bool
		switch {
		case i+1 == len(nodes), nodes[i+1].Type == "hard_break", len(bracketMarks(&nodes[i+1], depth)) > 0:
			next = want // all that is on may go off
		default:
			after := togglesOf(&nodes[i+1])
			for t := range toggles {
				next[t] = want[t] != after[t]
			}
		}
		p.text(n.Text, changed, next)
		i++
	}
	p.toggle(&on, [len(toggles)]bool{})
}

// bracketMarks are the marks of n that the next pair of brackets would carry: the
// link, or lang and abbr together.
func bracketMarks(n *Node, depth int) []Mark {
	marks := n.Marks
	if depth == 0 {
		if len(marks) > 0 && marks[0].Type == "link" {
			return marks[:1]
		}
		depth = 1
	} else if len(marks) > 0 && marks[0].Type == "link" {
		marks = marks[1:]
	}
	if depth == 1 {
		k := 0
		for k < len(marks) && (marks[k].Type == "lang" || marks[k].Type == "abbr") {
			k++
		}
		return marks[:k]
	}
	return nil
}

// rankStep is how far a pair of brackets takes us: inside of a link, lang and
// abbr may follow; inside of those, only toggles.
func rankStep(key []Mark) int {
	if key[0].Type == "link" {
		return 1
	}
	return 2
}

func togglesOf(n *Node) (on [len(toggles)]bool) {
	for _, m := range n.Marks {
		if r := markRank(m.Type); r >= 3 {
			on[r-3] = true
		}
	}
	return on
}

func (p *inlinePrinter) toggle(on *[len(toggles)]bool, want [len(toggles)]bool) {
	for t := len(toggles) - 1; t >= 0; t-- { // close from the inside out
		if on[t] && !want[t] {
			p.sign(t)
		}
	}
	for t := range toggles {
		if !on[t] && want[t] {
			p.sign(t)
		}
	}
	*on = want
}

func (p *inlinePrinter) sign(t int) {
	p.b.WriteByte(toggles[t].sign)
	p.b.WriteByte(toggles[t].sign)
}

// text writes words. before and after tell which toggles stand right beside them:
// the same sign at that edge must be escaped to keep its distance.
func (p *inlinePrinter) text(s string, before, after [len(toggles)]bool) {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if t := toggleOf(c); t >= 0 {
			n := 1
			for i+n < len(s) && s[i+n] == c {
				n++
			}
			escape := n == 2 || i == 0 && before[t] || i+n == len(s) && after[t]
			for range n {
				if escape {
					p.b.WriteByte('\\')
				}
				p.b.WriteByte(c)
			}
			i += n - 1
			continue
		}
		switch {
		case c == '\\' && (i+1 == len(s) || isPunct(s[i+1])),
			c == '{',
			(c == '[' || c == ']') && p.brackets,
			c == '|' && p.cell:
			p.b.WriteByte('\\')
		}
		p.b.WriteByte(c)
	}
}

func (p *inlinePrinter) fact(n *Node) {
	p.b.WriteString("{{" + n.str("key"))
	if at := n.str("as_of"); at != "" {
		p.b.WriteString(" as_of=" + at)
	}
	p.b.WriteString("}}")
}

func (p *inlinePrinter) closeBracket(key []Mark) {
	if key[0].Type == "link" {
		m := key[0]
		target := m.str("href")
		if ref := m.str("ref"); ref != "" {
			if target = ref; m.str("anchor") != "" {
				target += "#" + m.str("anchor")
			}
		}
		p.b.WriteString("(" + p.address(target))
		if t := m.str("title"); t != "" {
			p.b.WriteString(" " + p.quoted(t))
		}
		if l := m.str("hreflang"); l != "" {
			p.b.WriteString(" hreflang=" + l)
		}
		p.b.WriteByte(')')
		return
	}
	p.b.WriteByte('{')
	for i, m := range key {
		if i > 0 {
			p.b.WriteByte(' ')
		}
		if m.Type == "abbr" {
			p.b.WriteString("abbr=" + p.quoted(m.str("title")))
			continue
		}
		p.b.WriteString("lang=" + m.str("code"))
		if dir := m.str("dir"); dir != "" {
			p.b.WriteString(" dir=" + dir)
		}
	}
	p.b.WriteByte('}')
}

// address writes a target. Parentheses that come in pairs need no escape.
func (p *inlinePrinter) address(s string) string {
	depth, paired := 0, true
	for i := range len(s) {
		switch s[i] {
		case '(':
			depth++
		case ')':
			if depth--; depth < 0 {
				paired = false
			}
		}
	}
	paired = paired && depth == 0
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if c == '\\' || c == '[' || c == ']' || (c == '(' || c == ')') && !paired || (c == '|' || c == '{') && p.cell {
			b.WriteByte('\\')
		}
		b.WriteByte(c)
	}
	return b.String()
}

func (p *inlinePrinter) quoted(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(s) {
		if c := s[i]; c == '"' || c == '\\' || c == '[' || c == ']' || (c == '|' || c == '{') && p.cell {
			b.WriteByte('\\')
		}
		b.WriteByte(s[i])
	}
	b.WriteByte('"')
	return b.String()
}

// isPunct tells whether a backslash before c is an escape.
func isPunct(c byte) bool {
	return c > ' ' && c < utf8.RuneSelf && !(c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z') && c != 0x7f
}
