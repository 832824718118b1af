package search

import (
	"strings"
)

// Document is the text that an edition is found by.
type Document struct{ Title, Summary, Text string }

// Index is what the index keeps of a document.
type Index struct {
	// Terms are divided by spaces. One that is in the title or the summary, or
	// that the text says often, is there a second time as In makes it.
	Terms string
	// TitleWords is how many words the title has, those that say nothing left
	// out.
	TitleWords int
	// Words are the distinct words, for completing and correcting queries.
	Words []Word
}

// Word is a word as it is written, and how it is looked up.
type Word struct{ Folded, Shown string }

// often is how many times a text says a word for it to count as being about it.
const often = 3

// maxText bounds the text that is indexed, in bytes.
const maxText = 200_000

// Place is where a document has a term.
type Place byte

// The places where a term counts for more than anywhere else; the first one
// that a document has it in is the one it is looked for in.
const (
	Title   Place = '1'
	Summary Place = '2'
	Often   Place = '3'
)

// In returns what terms are called where they stand in a place.
func (p Place) In(terms []string) []string {
	out := make([]string, len(terms))
	for i, t := range terms {
		out[i] = string(p) + t
	}
	return out
}

// Parts of a document in the order in which they are read.
const (
	inTitle = iota
	inSummary
)

// Index returns what the index keeps of a document.
func (l Language) Index(d Document) Index {
	type seen struct{ column, times int }
	var out Index
	known := map[string]*seen{}     // by term
	terms := map[string][]string{}  // by word as it is written
	folded := map[string]bool{}     // words
	order := make([]string, 0, 128) // of terms
	if len(d.Text) > maxText {
		d.Text = d.Text[:maxText]
	}
	for column, text := range []string{d.Title, d.Summary, d.Text} {
		for s := range spans(text) {
			w := text[s.from:s.to]
			if len(w) > maxWord {
				continue
			}
			list, ok := terms[w]
			if !ok {
				f := Fold(w)
				stop := l.stops[f]
				if f != "" && (!stop || column == inTitle) {
					list = l.terms(w, f)
				}
				terms[w] = list
				if f != "" && !stop && !folded[f] && letters(f) {
					folded[f] = true
					out.Words = append(out.Words, Word{f, strings.ToLower(w)})
				}
			}
			if column == inTitle && len(list) > 0 && !l.stops[Fold(w)] {
				out.TitleWords++
			}
			for _, t := range list {
				k := known[t]
				if k == nil {
					k = &seen{column: column}
					known[t] = k
					order = append(order, t)
				}
				k.times++
			}
		}
	}
	var b strings.Builder
	for _, t := range order {
		b.WriteString(t)
		b.WriteByte(' ')
		switch k := known[t]; {
		case k.column == inTitle:
			b.WriteByte(byte(Title))
		case k.column == inSummary:
			b.WriteByte(byte(Summary))
		case k.times >= often:
			b.WriteByte(byte(Often))
		default:
			continue
		}
		b.WriteString(t)
		b.WriteByte(' ')
	}
	out.Terms = b.String()
	return out
}

// letters reports whether a word can be completed or misspelt: numbers and
// initials cannot.
func letters(w string) bool {
	if len(w) < 3 {
		return false
	}
	for i := range len(w) {
		if '0' <= w[i] && w[i] <= '9' {
			return false
		}
	}
	return true
}
