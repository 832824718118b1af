package search

import (
	"slices"
	"strings"
	"testing"
)

func TestFold(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]string{
		"Éducation": "education", "education": "education", "cœur": "coeur", "STRASSE": "strasse", "Straße": "strasse", "niño": "nino", "Łódź": "lodz",
		"أطفال": "اطفال", "إلى": "الي", "مدرسة": "مدرسه", "مُحَمَّد": "محمد", "طفـــل": "طفل", "e\u0301cole": "ecole", "": "",
	} {
		if got := Fold(word); got != want {
			t.Errorf("Fold(%q) = %q, want %q", word, got, want)
		}
	}
}

// TestForms: words that mean the same are looked for by a term they share, and
// words that do not are not.
func TestForms(t *testing.T) {
	t.Parallel()
	shared := func(lang, a, b string) bool {
		l := For(lang)
		x := l.terms(a, Fold(a))
		return slices.ContainsFunc(l.terms(b, Fold(b)), func(s string) bool { return slices.Contains(x, s) })
	}
	for _, tt := range []struct {
		lang, a, b string
		same       bool
	}{
		{"en", "children", "Children", true}, {"en", "detained", "detaining", true}, {"en", "judge", "judges", true}, {"en", "judge", "child", false},
		{"fr", "éducation", "educations", true}, {"fr", "protégés", "protege", true}, {"fr", "enfants", "enfant", true}, {"fr", "adoptée", "adoptee", true},
		{"es", "niños", "nino", true}, {"es", "publicaciones", "publicación", true},
		{"nl", "publicaties", "publicatie", true}, {"nl", "brieven", "brief", true}, {"nl", "kinderen", "rechters", false},
		{"de", "Veröffentlichungen", "veroffentlichung", true}, {"de", "Kinder", "kindern", true},
		{"ar", "والمقالات", "مقالة", true}, {"ar", "الأطفال", "أطفال", true}, {"ar", "المدرسة", "مدرسه", true}, {"ar", "قاضي", "القاضى", true},
		{"sw", "watoto", "Watoto", true}, {"pt-BR", "crianças", "criancas", true},
	} {
		if got := shared(tt.lang, tt.a, tt.b); got != tt.same {
			t.Errorf("%s: %q and %q share a term: %t", tt.lang, tt.a, tt.b, got)
		}
	}
	if shared("en", "pain", "pain") == false || slices.ContainsFunc(For("fr").terms("pain", "pain"), func(s string) bool {
		return slices.Contains(For("en").terms("pain", "pain"), s)
	}) {
		t.Error("two languages share a term")
	}
}

func TestIndex(t *testing.T) {
	t.Parallel()
	x := For("en").Index(Document{Title: "The rights of children", Summary: "Children and courts", Text: "A judge, the judge and a judge's robe. Rights in 2024."})
	if want := "en_the 1en_the en_right 1en_right en_of 1en_of en_children 1en_children en_court 2en_court en_judg 3en_judg en_robe en_2024 "; x.Terms != want {
		t.Errorf("terms %q, want %q", x.Terms, want)
	}
	if x.TitleWords != 2 {
		t.Errorf("%d words in the title", x.TitleWords)
	}
	if slices.ContainsFunc(x.Words, func(w Word) bool { return w.Folded == "2024" || w.Folded == "the" }) {
		t.Errorf("words %v", x.Words)
	}
}

func TestNear(t *testing.T) {
	t.Parallel()
	var v Vocabulary
	for _, w := range []string{"children", "childhood", "chicken", "judge", "budget", "éducation", "law", "courts"} {
		v.Add(Word{Fold(w), w})
	}
	for word, want := range map[string]string{
		"chilren": "children", "cihldren": "children", "chlidern": "children", "juge": "judge", "jugde": "judge", "educatoin": "éducation",
		"lwa": "", "zzzzzz": "", "children": "", "court": "courts", strings.Repeat("x", 500): "",
	} {
		got := ""
		if list := v.Near(word, 3); len(list) > 0 {
			got = list[0]
		}
		if got != want {
			t.Errorf("Near(%q) = %q, want %q", word, got, want)
		}
	}
}

func TestDistance(t *testing.T) {
	t.Parallel()
	d := newDistance()
	for _, tt := range []struct {
		a, b string
		want int
	}{{"a", "a", 0}, {"ab", "ba", 1}, {"abc", "abd", 1}, {"abc", "abcd", 1}, {"abcd", "acbd", 1}, {"abcdef", "abdcfe", 2}, {"kitten", "sitting", 3}, {"a", "abcd", 3}} {
		if got := d.between([]rune(tt.a), []rune(tt.b), 3); got != tt.want {
			t.Errorf("between(%s, %s) = %d, want %d", tt.a, tt.b, got, tt.want)
		}
	}
}

// TestMarks: the pieces are the text, whatever it is, and the words in them are
// marked as they are written.
func TestMarks(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ lang, query, text, hits string }{
		{"fr", "education enfant", "L’éducation des ENFANTS, et rien d’autre", "éducation ENFANTS"},
		{"en", "judges", "The judge <b>judged</b> & left", "judge judged"},
		{"ar", "طفل", "حقوق الطفل", "الطفل"},
		{"en", "the", "Over the hill", "the"},
		{"en", "", "Nothing", ""},
	} {
		q := For(tt.lang).Query(tt.query)
		var all strings.Builder
		var hits []string
		for _, p := range q.Mark(tt.text) {
			all.WriteString(p.Text)
			if p.Hit {
				hits = append(hits, p.Text)
			}
		}
		if all.String() != tt.text || strings.Join(hits, " ") != tt.hits {
			t.Errorf("%q in %q: %q of %q", tt.query, tt.text, hits, all.String())
		}
	}
}

func TestExcerpt(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("Lorem ipsum dolor. ", 40) + "A judge hears the child in court. " + strings.Repeat("Sit amet. ", 60)
	q := For("en").Query("child judges")
	list, ok := q.Excerpt(text)
	s := ""
	for _, p := range list {
		s += p.Text
	}
	if !ok || !strings.Contains(s, "judge hears the child") || len(s) > 2*excerptBytes || !strings.HasPrefix(s, "…") || !strings.HasSuffix(s, "…") {
		t.Errorf("excerpt %q", s)
	}
	if _, ok := q.Excerpt("nothing of it"); ok {
		t.Error("an excerpt of nothing")
	}
}

func TestCorrect(t *testing.T) {
	t.Parallel()
	q := For("en").Query("rigths of the chilren, please")
	if got := q.Correct(map[int]string{0: "rights", 1: "children"}); got.Text() != "rights of the children, please" {
		t.Errorf("corrected to %q", got.Text())
	}
}

// FuzzQuery: no text breaks reading a query, and the pieces of a text are the
// text.
func FuzzQuery(f *testing.F) {
	for _, s := range []string{"", "child", "l’enfant", "حقوق الطفل", "儿童权利", "\xff", "a\u0301", "ﷺ", "İ", "e\u0301\u0301\u0301", "🙂"} {
		f.Add(s, s+" x "+s)
	}
	f.Fuzz(func(t *testing.T, query, text string) {
		for _, lang := range []string{"en", "fr", "es", "nl", "de", "ar", "zh-Hant"} {
			l := For(lang)
			q := l.Query(query)
			var b strings.Builder
			for _, p := range q.Mark(text) {
				b.WriteString(p.Text)
			}
			if b.String() != text {
				t.Fatalf("%s: the pieces of %q are %q", lang, text, b.String())
			}
			q.Excerpt(text)
			l.Index(Document{Title: text, Summary: query, Text: text})
		}
	})
}
