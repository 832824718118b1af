package search

import (
	"slices"
	"strings"
	"testing"
)

// TestWritten: every word of a text is found by each beginning of it, through
// its stem or as it is written; what is written is no other word's stem.
func TestWritten(t *testing.T) {
	t.Parallel()
	for lang, text := range map[string]string{
		"en": "Publications detained children judges families", "fr": "Les éducateurs protégés publications délinquance", "es": "Niños publicaciones",
		"nl": "Brieven publicaties kinderen", "ar": "والمقالات الأطفال المدرسة", "sw": "Watoto wote",
	} {
		l := For(lang)
		x := l.Index(Document{Title: text})
		terms := strings.Fields(x.Terms + l.Written(x))
		for _, w := range x.Words {
			letters := []rune(w.Folded)
			for n := 3; n <= len(letters); n++ {
				q := l.Query(string(letters[:n]))
				q.Begin()
				if len(q.Words) == 0 || l.stops[q.Words[0].Folded] {
					continue
				}
				begins := []string{q.Words[0].Beginning, Written.In([]string{q.Words[0].Beginning})[0]}
				if !slices.ContainsFunc(terms, func(t string) bool { return strings.HasPrefix(t, begins[0]) || strings.HasPrefix(t, begins[1]) }) {
					t.Errorf("%s: %q is not found by %q among %q", lang, w.Shown, string(letters[:n]), terms)
				}
			}
		}
	}
}

// TestBeginMarks: with Begin, words that go on from the last one are marked.
func TestBeginMarks(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ lang, query, text, hits string }{
		{"fr", "les publicati", "Publications et publicités", "Publications"},
		{"en", "judge chil", "Judges, chilly children and Chile", "Judges chilly children Chile"},
		{"en", "chil judge", "Judges, children", "Judges"},
		{"en", "ch", "children", ""},
		{"ar", "اطف", "حقوق الأطفال", "الأطفال"},
	} {
		q := For(tt.lang).Query(tt.query)
		q.Begin()
		var hits []string
		for _, p := range q.Mark(tt.text) {
			if p.Hit {
				hits = append(hits, p.Text)
			}
		}
		if strings.Join(hits, " ") != tt.hits {
			t.Errorf("%q in %q marks %q", tt.query, tt.text, hits)
		}
	}
}
