package block

import (
	"slices"
	"time"

	"github.com/rivo/uniseg"
	"github.com/sergi/go-diff/diffmatchpatch"
)

// Op says what happened to a span of text.
type Op string

// Operations of a Span.
const (
	Equal  Op = "equal"
	Insert Op = "insert"
	Delete Op = "delete"
)

// Span is a piece of a comparison: the Equal and Delete spans in order are the
// old text, the Equal and Insert spans the new one.
type Span struct {
	Op   Op
	Text string
}

// Change says what happened to a block.
type Change string

// Changes of a BlockDiff.
const (
	Same    Change = "same"
	Added   Change = "added"
	Removed Change = "removed"
	Changed Change = "changed"
	Moved   Change = "moved" // and nothing else
)

// BlockDiff compares one top-level block of two documents.
type BlockDiff struct {
	ID     string
	Type   string // in the new document, in the old one if it was removed
	Change Change
	Moved  bool     // also for a Changed block
	Spans  []Span   // the words of the block; one Equal span if they are the same
	Attrs  []string // what else changed: names of attributes, "type", "marks", "structure"
	Old    *Node    // nil if added
	New    *Node    // nil if removed
}

// Diff compares two documents block by block, by id: in the order of the new one,
// removed blocks after the block they followed.
func Diff(old, new *Document) []BlockDiff {
	before := make(map[string]int, len(old.Doc.Content))
	for i := range old.Doc.Content {
		before[old.Doc.Content[i].ID()] = i
	}
	moved := movedBlocks(before, new)
	kept := make(map[string]bool, len(new.Doc.Content))
	for i := range new.Doc.Content {
		kept[new.Doc.Content[i].ID()] = true
	}
	var out []BlockDiff
	removedAfter := func(i int) {
		for i++; i < len(old.Doc.Content) && !kept[old.Doc.Content[i].ID()]; i++ {
			n := &old.Doc.Content[i]
			b := BlockDiff{ID: n.ID(), Type: n.Type, Change: Removed, Old: n}
			if words := blockWords(n); words != "" {
				b.Spans = []Span{{Delete, words}}
			}
			out = append(out, b)
		}
	}
	removedAfter(-1)
	for i := range new.Doc.Content {
		n := &new.Doc.Content[i]
		at, was := before[n.ID()]
		if !was {
			b := BlockDiff{ID: n.ID(), Type: n.Type, Change: Added, New: n}
			if words := blockWords(n); words != "" {
				b.Spans = []Span{{Insert, words}}
			}
			out = append(out, b)
			continue
		}
		b := compareBlocks(&old.Doc.Content[at], n)
		if moved[n.ID()] {
			b.Moved = true
			if b.Change == Same {
				b.Change = Moved
			}
		}
		out = append(out, b)
		removedAfter(at)
	}
	return out
}

func compareBlocks(old, new *Node) BlockDiff {
	b := BlockDiff{ID: new.ID(), Type: new.Type, Change: Same, Old: old, New: new}
	was, is := blockWords(old), blockWords(new)
	if string(appendNode(nil, old)) == string(appendNode(nil, new)) {
		if is != "" {
			b.Spans = []Span{{Equal, is}}
		}
		return b
	}
	b.Change = Changed
	b.Spans = DiffWords(was, is)
	if old.Type != new.Type {
		b.Attrs = append(b.Attrs, "type")
	}
	names := map[string]any{}
	for k := range old.Attrs {
		names[k] = nil
	}
	for k := range new.Attrs {
		names[k] = nil
	}
	for _, k := range sortedKeys(names) {
		if string(appendValue(nil, old.Attrs[k])) != string(appendValue(nil, new.Attrs[k])) {
			b.Attrs = append(b.Attrs, k)
		}
	}
	if was == is && string(appendNodes(nil, old.Content)) != string(appendNodes(nil, new.Content)) {
		if shape(old) != shape(new) {
			b.Attrs = append(b.Attrs, "structure")
		} else {
			b.Attrs = append(b.Attrs, "marks")
		}
	}
	return b
}

// shape is the tree of a block without its words and marks.
func shape(n *Node) string {
	s := n.Type + "("
	for i := range n.Content {
		if c := &n.Content[i]; c.Type != "text" {
			s += shape(c)
		}
	}
	return s + ")"
}

// movedBlocks finds the smallest set of blocks whose moving explains the new
// order: all that are not part of a longest run in the old order.
func movedBlocks(before map[string]int, new *Document) map[string]bool {
	var ids []string
	var seq []int
	for i := range new.Doc.Content {
		if at, ok := before[new.Doc.Content[i].ID()]; ok {
			ids, seq = append(ids, new.Doc.Content[i].ID()), append(seq, at)
		}
	}
	// Longest increasing subsequence, patience sorting.
	var tails []int // index in seq of the last element of the best run of each length
	prev := make([]int, len(seq))
	for i, v := range seq {
		at, _ := slices.BinarySearchFunc(tails, v, func(t, v int) int { return seq[t] - v })
		prev[i] = -1
		if at > 0 {
			prev[i] = tails[at-1]
		}
		if at == len(tails) {
			tails = append(tails, i)
		} else {
			tails[at] = i
		}
	}
	moved := make(map[string]bool, len(ids))
	for _, id := range ids {
		moved[id] = true
	}
	if len(tails) > 0 {
		for i := tails[len(tails)-1]; i >= 0; i = prev[i] {
			delete(moved, ids[i])
		}
	}
	return moved
}

// DiffWords compares two texts word by word, words being those of Unicode (UAX 29):
// no letter is cut from its accent, and Chinese goes character by character.
func DiffWords(old, new string) []Span {
	if old == new {
		if new == "" {
			return nil
		}
		return []Span{{Equal, new}}
	}
	// Every distinct word becomes one rune; the comparison then is one of runes.
	var table []string
	number := map[string]rune{}
	encode := func(s string) []rune {
		var out []rune
		state, word := -1, ""
		for s != "" {
			word, s, state = uniseg.FirstWordInString(s, state)
			r, ok := number[word]
			if !ok {
				r = rune(len(table) + 1)
				if r >= 0xd800 {
					r += 0x800 // no surrogates
				}
				number[word] = r
				table = append(table, word)
			}
			out = append(out, r)
		}
		return out
	}
	a, b := encode(old), encode(new)
	dmp := diffmatchpatch.New()
	// After this the comparison is still right, only coarser.
	dmp.DiffTimeout = 200 * time.Millisecond
	var spans []Span
	for _, d := range dmp.DiffMainRunes(a, b, false) {
		var text []byte
		for _, r := range d.Text {
			if r >= 0xe000 {
				r -= 0x800
			}
			text = append(text, table[r-1]...)
		}
		op := Equal
		switch d.Type {
		case diffmatchpatch.DiffInsert:
			op = Insert
		case diffmatchpatch.DiffDelete:
			op = Delete
		}
		spans = append(spans, Span{op, string(text)})
	}
	return readable(spans)
}

// readable joins edits that only white space holds apart and puts what was
// deleted before what was inserted: "one two" → "three four" is one change of two
// words, not two changes.
func readable(spans []Span) []Span {
	var out []Span
	var del, ins string
	flush := func() {
		if del != "" {
			out = append(out, Span{Delete, del})
		}
		if ins != "" {
			out = append(out, Span{Insert, ins})
		}
		del, ins = "", ""
	}
	for i, s := range spans {
		switch {
		case s.Op == Delete:
			del += s.Text
		case s.Op == Insert:
			ins += s.Text
		case del != "" && ins != "" && i+1 < len(spans) && isSpace(s.Text) && replaced(spans[i+1:]):
			del += s.Text
			ins += s.Text
		default:
			flush()
			if last := len(out) - 1; last >= 0 && out[last].Op == Equal {
				out[last].Text += s.Text
			} else {
				out = append(out, s)
			}
		}
	}
	flush()
	return out
}

// replaced tells whether both a deletion and an insertion come next.
func replaced(spans []Span) bool {
	return len(spans) >= 2 && spans[0].Op != Equal && spans[1].Op != Equal
}

func isSpace(s string) bool {
	for _, r := range s {
		if r != ' ' && r != '\n' && r != '\t' && r != 0xa0 && r != 0x202f {
			return false
		}
	}
	return s != ""
}
