package block

import (
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

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
	out := alignBlocks(old, new)
	for i := range out {
		b := &out[i]
		var was, is string
		if b.Old != nil {
			was = blockWords(b.Old)
		}
		if b.New != nil {
			is = blockWords(b.New)
		}
		b.Spans = DiffWords(was, is)
	}
	return out
}

// alignBlocks is Diff without the comparison of words: Spans are left out.
func alignBlocks(old, new *Document) []BlockDiff {
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
			out = append(out, BlockDiff{ID: n.ID(), Type: n.Type, Change: Removed, Old: n})
		}
	}
	removedAfter(-1)
	for i := range new.Doc.Content {
		n := &new.Doc.Content[i]
		at, was := before[n.ID()]
		if !was {
			out = append(out, BlockDiff{ID: n.ID(), Type: n.Type, Change: Added, New: n})
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
	if equalNode(old, new) {
		return b
	}
	b.Change = Changed
	if old.Type != new.Type {
		b.Attrs = append(b.Attrs, "type")
	}
	names := maps.Clone(old.Attrs)
	if names == nil {
		names = map[string]any{}
	}
	maps.Copy(names, new.Attrs)
	for _, k := range sortedKeys(names) {
		if !equalValue(old.Attrs[k], new.Attrs[k]) {
			b.Attrs = append(b.Attrs, k)
		}
	}
	if blockWords(old) == blockWords(new) && !equalNodes(old.Content, new.Content) {
		if shape(old) != shape(new) {
			b.Attrs = append(b.Attrs, "structure")
		} else {
			b.Attrs = append(b.Attrs, "marks")
		}
	}
	return b
}

// equalNode tells whether two nodes are stored alike: whether their JSON is equal.
func equalNode(a, b *Node) bool {
	if a.Type != b.Type || a.Type == "text" && a.Text != b.Text || len(a.Attrs) != len(b.Attrs) {
		return false
	}
	for k, v := range a.Attrs {
		if w, ok := b.Attrs[k]; !ok || !equalValue(v, w) {
			return false
		}
	}
	return slices.EqualFunc(a.Marks, b.Marks, equalMark) && equalNodes(a.Content, b.Content)
}

func equalNodes(a, b []Node) bool {
	return slices.EqualFunc(a, b, func(a, b Node) bool { return equalNode(&a, &b) })
}

func equalValue(a, b any) bool {
	switch a := a.(type) {
	case string:
		if b, ok := b.(string); ok {
			return a == b
		}
	case []Node:
		if b, ok := b.([]Node); ok {
			return equalNodes(a, b)
		}
	}
	return string(appendValue(nil, a)) == string(appendValue(nil, b))
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
	a, b := cutWords(old), cutWords(new)
	var spans []Span
	for _, h := range readable(compareLists(a, b, mostTime), a) {
		var text []string
		if h.op == Insert {
			text, b = b[:h.n], b[h.n:]
		} else {
			text, a = a[:h.n], a[h.n:]
			if h.op == Equal {
				b = b[h.n:]
			}
		}
		spans = append(spans, Span{h.op, strings.Join(text, "")})
	}
	return spans
}

// mostTime is how long one comparison may look for the shortest way from one
// text to the other. After that the answer is still right, only coarser.
const mostTime = 200 * time.Millisecond

// cutWords cuts a text into its words and what stands between them.
func cutWords(s string) []string {
	out := make([]string, 0, len(s)/4+1)
	state, word := -1, ""
	for s != "" {
		word, s, state = uniseg.FirstWordInString(s, state)
		out = append(out, word)
	}
	return out
}

// hunk is a piece of a comparison of two lists: the next n of both (Equal), of the
// old one (Delete) or of the new one (Insert).
type hunk struct {
	op Op
	n  int
}

// compareLists finds a short way from one list to the other, within the limit.
func compareLists(old, new []string, limit time.Duration) []hunk {
	// Every distinct element becomes one rune; the comparison then is one of runes.
	number := make(map[string]rune, len(old))
	encode := func(list []string) []rune {
		out := make([]rune, len(list))
		for i, s := range list {
			r, ok := number[s]
			if !ok {
				r = rune(len(number) + 1)
				if r >= 0xd800 {
					r += 0x800 // no surrogates
				}
				number[s] = r
			}
			out[i] = r
		}
		return out
	}
	a, b := encode(old), encode(new)
	dmp := diffmatchpatch.New()
	dmp.DiffTimeout = max(limit, time.Millisecond) // 0 would be no limit
	var out []hunk
	for _, d := range dmp.DiffMainRunes(a, b, false) {
		h := hunk{Equal, utf8.RuneCountInString(d.Text)}
		switch d.Type {
		case diffmatchpatch.DiffInsert:
			h.op = Insert
		case diffmatchpatch.DiffDelete:
			h.op = Delete
		}
		out = append(out, h)
	}
	return out
}

// readable joins edits that only white space holds apart and puts what was
// deleted before what was inserted: "one two" → "three four" is one change of two
// words, not two changes. old is the list the hunks begin with.
func readable(hunks []hunk, old []string) []hunk {
	var out []hunk
	del, ins := 0, 0
	flush := func() {
		if del > 0 {
			out = append(out, hunk{Delete, del})
		}
		if ins > 0 {
			out = append(out, hunk{Insert, ins})
		}
		del, ins = 0, 0
	}
	for i, h := range hunks {
		switch {
		case h.op == Delete:
			del += h.n
		case h.op == Insert:
			ins += h.n
		case del > 0 && ins > 0 && replaced(hunks[i+1:]) && allSpace(old[:h.n]):
			del += h.n
			ins += h.n
		default:
			flush()
			if last := len(out) - 1; last >= 0 && out[last].op == Equal {
				out[last].n += h.n
			} else {
				out = append(out, h)
			}
		}
		if h.op != Insert {
			old = old[h.n:]
		}
	}
	flush()
	return out
}

// replaced tells whether both a deletion and an insertion come next.
func replaced(hunks []hunk) bool {
	return len(hunks) >= 2 && hunks[0].op != Equal && hunks[1].op != Equal
}

func allSpace(words []string) bool {
	for _, s := range words {
		if strings.Trim(s, " \n\t\u00a0\u202f") != "" {
			return false
		}
	}
	return true
}
