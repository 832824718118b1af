package block

import (
	"slices"
	"strings"
	"time"

	"github.com/rivo/uniseg"
)

// changeKey names what a comparison says about a piece of a merged text: the mark
// of inline content that came or went, and the attribute of an item or row that
// did. Its values are of types no stored text can hold, so that a text cannot
// claim a change.
const changeKey = "change"

// changeMark marks inline content as having come or gone. It stands last, so
// that its element is the innermost: a link stays one link around a new word.
func changeMark(op Op) Mark {
	return Mark{Type: changeKey, Attrs: map[string]any{changeKey: op}}
}

// changed opens the element of a changeMark.
func (w *htmlWriter) changed(m Mark) {
	switch m.Attrs[changeKey] {
	case Insert:
		w.open("ins")
	case Delete:
		w.open("del")
	}
}

// breakMarks are those of its marks that a line break is written with.
func breakMarks(marks []Mark) []Mark {
	if last := len(marks) - 1; last >= 0 && marks[last].Type == changeKey {
		return marks[last:]
	}
	return nil
}

// attrText writes the words of an attribute, with what changed in them if a
// comparison is being written.
func (w *htmlWriter) attrText(name, words string) {
	spans := w.changes[name]
	if spans == nil {
		w.text(w.words(words))
		return
	}
	w.spans(spans)
}

// spans writes compared words.
func (w *htmlWriter) spans(spans []Span) {
	for _, s := range spans {
		switch s.Op {
		case Insert:
			w.element("ins", s.Text)
		case Delete:
			w.element("del", s.Text)
		default:
			w.text(s.Text)
		}
	}
}

// piece is a piece of a text node, or another inline node as a whole.
type piece struct {
	node *Node
	text string
}

// same tells whether two pieces are shown alike.
func (p piece) same(q piece) bool {
	return p.text == q.text && p.node.Type == q.node.Type && equalMarks(p.node.Marks, q.node.Marks)
}

// tokens are the words of inline content with what each is made of.
type tokens struct {
	words  []string
	pieces []piece
	ends   []int // pieces[ends[i-1]:ends[i]] make up words[i]
}

func (t *tokens) of(i int) []piece {
	if i == 0 {
		return t.pieces[:t.ends[0]]
	}
	return t.pieces[t.ends[i-1]:t.ends[i]]
}

func (t *tokens) add(word string, p piece) {
	t.words = append(t.words, word)
	t.pieces = append(t.pieces, p)
	t.ends = append(t.ends, len(t.pieces))
}

// merger makes one tree of an old and a new one. In it everything that came or
// went carries a changeMark, and wholly new or gone parts say so as well (see
// partChange).
type merger struct {
	lang  string        // of the text
	limit time.Duration // of each search for a short difference
}

// compare is compareLists within the limit.
func (m *merger) compare(old, new []string) []hunk {
	return compareLists(old, new, m.limit)
}

// tokens cuts inline content into words; a fact or a line break is one of its own.
// A word may have several pieces: half of it may be bold.
func (m *merger) tokens(nodes []Node) *tokens {
	t := &tokens{}
	for len(nodes) > 0 {
		switch n := &nodes[0]; n.Type {
		case "text":
			end := slices.IndexFunc(nodes, func(n Node) bool { return n.Type != "text" })
			if end < 0 {
				end = len(nodes)
			}
			m.cut(t, nodes[:end])
			nodes = nodes[end:]
			continue
		case "hard_break":
			t.add("\n", piece{node: n})
		default:
			t.add("\x00"+n.Type+" "+n.str("key")+" "+n.str("as_of"), piece{node: n})
		}
		nodes = nodes[1:]
	}
	return t
}

// cut adds the words of text nodes. Spaces are made unbreakable first, because
// what follows a space may be cut from it.
func (m *merger) cut(t *tokens, nodes []Node) {
	texts := make([]string, len(nodes))
	for i := range nodes {
		texts[i] = nodes[i].Text
		if langOf(nodes[i].Marks, m.lang) == "fr" {
			texts[i] = frenchSpaces(texts[i])
		}
	}
	rest, state, word := strings.Join(texts, ""), -1, ""
	at := 0 // node the next word begins in
	expect := len(rest)/3 + len(nodes)
	t.words, t.pieces, t.ends = slices.Grow(t.words, expect), slices.Grow(t.pieces, expect), slices.Grow(t.ends, expect)
	for rest != "" {
		word, rest, state = uniseg.FirstWordInString(rest, state)
		t.words = append(t.words, word)
		for left := len(word); left > 0; {
			if texts[at] == "" {
				at++
				continue
			}
			n := min(left, len(texts[at]))
			t.pieces = append(t.pieces, piece{&nodes[at], texts[at][:n]})
			texts[at] = texts[at][n:]
			left -= n
		}
		t.ends = append(t.ends, len(t.pieces))
	}
}

// inline compares inline content word by word. Words that only changed their
// marks or where they lead count as replaced: what was bold or a link must not
// go unseen.
func (m *merger) inline(old, new []Node) []Node {
	a, b := m.tokens(old), m.tokens(new)
	var out []Node
	var kept, gone, come []piece
	i, j := 0, 0
	for _, h := range readable(m.compare(a.words, b.words), a.words) {
		for range h.n {
			switch {
			case h.op == Delete:
				gone = append(gone, a.of(i)...)
				i++
				continue
			case h.op == Insert:
				come = append(come, b.of(j)...)
				j++
				continue
			case !slices.EqualFunc(a.of(i), b.of(j), piece.same):
				gone = append(gone, a.of(i)...)
				come = append(come, b.of(j)...)
			default:
				if len(gone)+len(come) > 0 {
					out = appendPieces(out, kept)
					out = appendPieces(out, gone, changeMark(Delete))
					out = appendPieces(out, come, changeMark(Insert))
					kept, gone, come = kept[:0], gone[:0], come[:0]
				}
				kept = append(kept, b.of(j)...)
			}
			i++
			j++
		}
	}
	out = appendPieces(out, kept)
	out = appendPieces(out, gone, changeMark(Delete))
	return appendPieces(out, come, changeMark(Insert))
}

// appendPieces makes nodes of pieces, with further marks: one of all neighbours
// that are marked alike.
func appendPieces(out []Node, pieces []piece, marks ...Mark) []Node {
	for len(pieces) > 0 {
		n := *pieces[0].node
		end := 1
		if n.Type == "text" {
			for end < len(pieces) && pieces[end].node.Type == "text" && (pieces[end].node == pieces[0].node || equalMarks(pieces[end].node.Marks, n.Marks)) {
				end++
			}
			var b strings.Builder
			for _, p := range pieces[:end] {
				b.WriteString(p.text)
			}
			n.Text = b.String()
		}
		n.Marks = append(slices.Clip(n.Marks), marks...)
		out = append(out, n)
		pieces = pieces[end:]
	}
	return out
}

// allChanged returns inline content with all of it marked as having come or gone.
func allChanged(nodes []Node, op Op) []Node {
	out := make([]Node, len(nodes))
	mark := changeMark(op)
	for i, n := range nodes {
		n.Marks = append(slices.Clip(n.Marks), mark)
		out[i] = n
	}
	return out
}
