package search

import (
	"math/bits"
	"slices"
	"strings"
	"unicode/utf8"
)

// Piece is a part of a text; Hit says that it is a word that was looked for.
type Piece struct {
	Text string
	Hit  bool
}

// excerptBytes is about how long an excerpt is.
const excerptBytes = 220

// Mark cuts a text at the words of the query. The pieces together are the text.
func (q *Query) Mark(text string) []Piece {
	out, _ := q.mark(text, span{0, len(text)})
	return out
}

// Excerpt is the part of a text around the first place with most words of the
// query, cut at words, and whether it has any.
func (q *Query) Excerpt(text string) ([]Piece, bool) {
	type hit struct {
		at   span
		word int
	}
	var hits []hit
	best, most := 0, 0
	for s := range spans(text) {
		w := q.hit(text[s.from:s.to])
		if w < 0 {
			continue
		}
		hits = append(hits, hit{s, w})
		// Which words are near enough before this one to be shown with it.
		seen, first := 0, len(hits)-1
		for i := len(hits) - 1; i >= 0 && s.to-hits[i].at.from <= excerptBytes; i-- {
			seen, first = seen|1<<hits[i].word, i
		}
		if n := bits.OnesCount(uint(seen)); n > most {
			best, most = first, n
		}
		if most == len(q.Words) || len(hits) == 64 { // enough to choose from
			break
		}
	}
	if len(hits) == 0 {
		return nil, false
	}
	from := max(0, hits[best].at.from-excerptBytes/4)
	to := min(len(text), from+excerptBytes)
	for from > 0 && !boundary(text, from) {
		from--
	}
	for to < len(text) && !boundary(text, to) {
		to++
	}
	out, any := q.mark(text, span{from, to})
	if from > 0 {
		out = append([]Piece{{Text: "…"}}, out...)
	}
	if to < len(text) {
		out = append(out, Piece{Text: "…"})
	}
	return out, any
}

// boundary reports whether a text can be cut at a place: at white space, or at
// a character of a script without any.
func boundary(text string, at int) bool {
	if !utf8.RuneStart(text[at]) {
		return false
	}
	r, _ := utf8.DecodeRuneInString(text[at:])
	return strings.ContainsRune(" \n\t\u00a0", r) || alone(r)
}

func (q *Query) mark(text string, part span) (out []Piece, any bool) {
	end := part.from
	plain := func(to int) {
		if to > end {
			out = append(out, Piece{Text: text[end:to]})
		}
		end = to
	}
	for s := range spans(text[part.from:part.to]) {
		s.from, s.to = s.from+part.from, s.to+part.from
		if q.hit(text[s.from:s.to]) < 0 {
			continue
		}
		plain(s.from)
		out = append(out, Piece{text[s.from:s.to], true})
		end, any = s.to, true
	}
	plain(part.to)
	return out, any
}

// hit returns the place of the word of the query that a word of a text is, -1
// when it is none.
func (q *Query) hit(word string) int {
	if len(word) > maxWord {
		return -1
	}
	f := Fold(word)
	if f == "" || !q.mayBegin(f) {
		return -1
	}
	if n := len(q.Words); n > 0 && q.Words[n-1].Beginning != "" && q.Words[n-1].begins(q.lang.tag+"_"+f) {
		return n - 1
	}
	for _, t := range q.lang.terms(word, f) {
		for i, w := range q.Words {
			if slices.Contains(w.Terms, t) || slices.Contains(w.Begun, t) || w.begins(t) {
				return i
			}
		}
	}
	return -1
}

// mayBegin rules most words of a text out without making their stems: a stem
// begins as its words do, except where articles are written at the word.
func (q *Query) mayBegin(folded string) bool {
	if q.lang.joined() {
		return true
	}
	at := len(q.lang.tag) + 1
	for _, w := range q.Words {
		for _, list := range [][]string{w.Terms, w.Begun} {
			for _, t := range list {
				if t[at] == folded[0] {
					return true
				}
			}
		}
	}
	return false
}

// joined reports whether a language writes articles at the word.
func (l Language) joined() bool { return strings.HasPrefix(l.tag, "ar") }
