package search

import (
	"slices"
	"strings"
)

// Written is the place of words as people write them, folded. An index that has
// it finds a word by its beginning without a list of all words, which would
// tell of texts that not everybody may see.
const Written Place = '0'

// Written returns the terms of that place for what Index returned, divided by
// spaces. A word that is its own stem is found by that.
func (l Language) Written(x Index) string {
	var b strings.Builder
	for _, w := range x.Words {
		term := l.tag + "_" + w.Folded
		if slices.Contains(l.terms(w.Shown, w.Folded), term) {
			continue
		}
		b.WriteByte(byte(Written))
		b.WriteString(term)
		b.WriteByte(' ')
	}
	return b.String()
}

// Begin lets the last word of the query, if it is Open, stand for every word
// that begins with it, in texts that are marked too. Beginning says what their
// terms begin with, as they stand in the text and in Written.
func (q *Query) Begin() {
	if n := len(q.Words); n > 0 && q.Words[n-1].Open {
		q.Words[n-1].Beginning = q.lang.tag + "_" + q.Words[n-1].Folded
	}
}

// begins reports whether a term of a text is of a word that a word of the query
// is the beginning of.
func (w QueryWord) begins(term string) bool {
	return w.Beginning != "" && strings.HasPrefix(term, w.Beginning)
}
