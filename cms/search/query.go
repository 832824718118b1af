package search

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxQuery bounds a query, in characters; maxWords bounds its words.
const (
	MaxQuery = 200
	maxWords = 8
)

// Query is what somebody looks for.
type Query struct {
	Words []QueryWord
	lang  Language
	text  string
}

// QueryWord is one word of a query.
type QueryWord struct {
	Folded string
	// Terms are what it stands for; a document that has one of them has the
	// word.
	Terms []string
	// Begun are what it stands for where it is only the beginning of a word.
	Begun []string
	// Open says that it is the last one and may go on.
	Open bool
	// Beginning is what the terms begin with that the word may go on to be,
	// where Begin was asked for them.
	Beginning string
	at        span
}

// Query reads what somebody typed. Words that say nothing by themselves are
// left out unless there are no others; words beyond the eighth are.
func (l Language) Query(text string) Query {
	q := Query{lang: l, text: strings.ToValidUTF8(text, "\uFFFD")}
	if n := utf8.RuneCountInString(q.text); n > MaxQuery {
		q.text = string([]rune(q.text)[:MaxQuery])
	}
	var stops []QueryWord
	for s := range spans(q.text) {
		w := q.text[s.from:s.to]
		f := Fold(w)
		if f == "" || len(w) > maxWord {
			continue
		}
		word := QueryWord{Folded: f, Terms: l.terms(w, f), at: s}
		if l.stops[f] {
			stops = append(stops, word)
		} else {
			q.Words = append(q.Words, word)
		}
	}
	if len(q.Words) == 0 {
		q.Words = stops
	}
	if len(q.Words) > maxWords {
		q.Words = q.Words[:maxWords]
	}
	if n := len(q.Words); n > 0 {
		last := &q.Words[n-1]
		last.Open = last.at.to == len(strings.TrimRightFunc(q.text, unicode.IsPunct)) && utf8.RuneCountInString(last.Folded) >= 3
	}
	return q
}

// Complete says which words the last one of the query may be the beginning of,
// the likeliest first.
func (q *Query) Complete(words []string) {
	if len(q.Words) == 0 {
		return
	}
	w := &q.Words[len(q.Words)-1]
	for _, s := range words {
		for _, t := range q.lang.terms(s, Fold(s)) {
			if len(w.Begun) >= maxBegun {
				return
			}
			if !slices.Contains(w.Terms, t) && !slices.Contains(w.Begun, t) {
				w.Begun = append(w.Begun, t)
			}
		}
	}
}

// maxBegun bounds what the beginning of a word stands for.
const maxBegun = 12

// Correct returns the query with words, by their place, written in another way.
func (q *Query) Correct(words map[int]string) Query {
	var b strings.Builder
	end := 0
	for i, w := range q.Words {
		if c, ok := words[i]; ok {
			b.WriteString(q.text[end:w.at.from])
			b.WriteString(c)
			end = w.at.to
		}
	}
	b.WriteString(q.text[end:])
	return q.lang.Query(b.String())
}

// Text is the query as it was typed, or corrected.
func (q *Query) Text() string { return q.text }
