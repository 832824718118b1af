package search

import (
	"cmp"
	"slices"
	"unicode/utf8"
)

// Vocabulary are the words of the documents of a language, to correct queries
// with. It only grows: a word that is in no document any more is found out when
// it is looked for.
type Vocabulary struct {
	byLength [maxWord + 1][]entry // by the number of letters
	size     int
}

type entry struct {
	letters []rune // of the folded word
	shown   string
}

// MaxWords bounds a vocabulary; what comes later is not corrected to.
const MaxWords = 300_000

// Add takes a word in.
func (v *Vocabulary) Add(w Word) {
	n := utf8.RuneCountInString(w.Folded)
	if n > maxWord || v.size >= MaxWords {
		return
	}
	v.size++
	v.byLength[n] = append(v.byLength[n], entry{[]rune(w.Folded), w.Shown})
}

// Len is how many words there are.
func (v *Vocabulary) Len() int { return v.size }

// Near returns words that a folded word was probably meant to be, the most
// probable ones first, at most n. A word of less than six letters may have one
// mistake (a letter wrong, missing, too many, or two exchanged), a longer one
// two.
func (v *Vocabulary) Near(word string, n int) []string {
	w := []rune(word)
	if len(w) < 4 || len(w) > maxWord {
		return nil
	}
	most := 1
	if len(w) >= 6 {
		most = 2
	}
	type near struct {
		entry
		mistakes, first int
	}
	var found []near
	d := newDistance()
	for k := max(1, len(w)-most); k <= min(maxWord, len(w)+most); k++ {
		for _, e := range v.byLength[k] {
			m := d.between(w, e.letters, most)
			if m == 0 || m > most {
				continue
			}
			first := 0
			if e.letters[0] != w[0] {
				first = 1 // people get the first letter right
			}
			found = append(found, near{e, m, first})
		}
	}
	slices.SortStableFunc(found, func(a, b near) int {
		return cmp.Or(cmp.Compare(a.mistakes+a.first, b.mistakes+b.first), cmp.Compare(-ends(w, a.letters), -ends(w, b.letters)), cmp.Compare(len(a.letters), len(b.letters)))
	})
	var out []string
	for _, f := range found[:min(n, len(found))] {
		out = append(out, f.shown)
	}
	return out
}

// ends is how many letters two words share at their beginnings and ends.
func ends(a, b []rune) int {
	n := min(len(a), len(b))
	i, j := 0, 0
	for i < n && a[i] == b[i] {
		i++
	}
	for j < n-i && a[len(a)-1-j] == b[len(b)-1-j] {
		j++
	}
	return i + j
}

// distance counts mistakes and keeps its room between two counts.
type distance struct{ before, last, row []int }

func newDistance() *distance {
	n := maxWord + 1
	room := make([]int, 3*n)
	return &distance{room[:n], room[n : 2*n], room[2*n:]}
}

// between is the Damerau-Levenshtein distance of two words (optimal string
// alignment), or some number above most.
func (d *distance) between(a, b []rune, most int) int {
	if len(a)-len(b) > most || len(b)-len(a) > most {
		return most + 1
	}
	for j := range len(b) + 1 {
		d.last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		d.row[0] = i
		least := i
		for j := 1; j <= len(b); j++ {
			same := 1
			if a[i-1] == b[j-1] {
				same = 0
			}
			m := min(d.last[j]+1, d.row[j-1]+1, d.last[j-1]+same)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				m = min(m, d.before[j-2]+1)
			}
			d.row[j] = m
			least = min(least, m)
		}
		if least > most {
			return most + 1
		}
		d.before, d.last, d.row = d.last, d.row, d.before
	}
	return d.last[len(b)]
}
