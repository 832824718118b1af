package block

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestNumbersIn(t *testing.T) {
	t.Parallel()
	sections := func(n int) []Number { return []Number{{Fact: "section_count", Value: n}} }
	countries := func(n int) []Number { return []Number{{Fact: "country_count", Value: n}} }
	for _, tt := range []struct {
		lang, text string
		want       []Number
	}{
		{"en", "We have 47 sections.", sections(47)},
		{"en", "Our 47 active national sections work together.", sections(47)},
		{"en", "A network of 47\u00a0Sections in 38 countries", append(sections(47), countries(38)...)},
		{"en", "Sections: 47", sections(47)},
		{"en", "Thirty-five sections, forty members", append(sections(35), sections(40)...)},
		{"en", "35 member countries and 12 members", append(countries(35), sections(12)...)},
		{"en", "a board of 12 elected members", nil},
		{"en", "47 of our sections", nil},
		{"en", "12 of the 30 countries", countries(30)},
		{"en", "Section 47 and section 12 of the law", nil},
		{"en", "Since 1979 sections have met", nil},
		{"en", "47% of sections, 47 % of sections", nil},
		{"en", "on the 47th sections gathered", nil},
		{"en", "30–35 countries", nil},
		{"en", "3.5 sections", nil},
		{"en", "1,200 members", nil},
		{"en", "1 200 members", nil},
		{"en", "In 2019, sections", nil},
		{"en", "47 people in sections", nil},
		{"en", "47\nsections", nil},
		{"en", "\ufffd sections in \ufffd countries", nil},
		{"en", "intersections 47 dissections", nil},
		{"fr", "Plus de 47 sections nationales dans 38 pays", append(sections(47), countries(38)...)},
		{"fr", "Trente-cinq sections et vingt membres", append(sections(35), sections(20)...)},
		{"fr", "47 des sections", nil},
		{"fr", "30 à 35 pays, soixante et onze pays", nil},
		{"fr", "la 47e sections, cent sept pays", nil},
		{"fr", "quatre vingt sections", nil},
		{"nl", "47 nationale afdelingen in vijfendertig landen", append(sections(47), countries(35)...)},
		{"nl", "tweeëndertig secties, zesentwintig leden", append(sections(32), sections(26)...)},
		{"es", "47 secciones en veintidós países, 12 miembros", append(append(sections(47), countries(22)...), sections(12)...)},
		{"ar", "تضم الشبكة ٤٧ فرعًا في ٣٨ دولة", append(sections(47), countries(38)...)},
		{"ar", "47 قسماً و10 دول", append(sections(47), countries(10)...)},
		{"ar", "۴۷ فرع", sections(47)},
		{"ar", "من 30 إلى 35 دولة", nil},
		{"ar", "ألف 47 دولة", nil},
		{"ar", "في \u206835\u2069 بلدًا", countries(35)},
		{"fr-BE", "47 sections", sections(47)},
		{"de", "47 Sektionen", nil},
		{"en", "", nil},
		{"en", "2 sections, two countries, 1 section", nil},
		{"en", "3 sections in 999 countries", append(sections(3), countries(999)...)},
		{"en", "30 to 35 countries, 30 or 35 sections", nil},
		{"en", "between 30 and 35 countries", nil},
		{"en", "30 – 35 countries, 30/35 sections", nil},
		{"en", "3 200 sections", nil},
		{"en", "Forty seven sections and 35 countries", append(sections(47), countries(35)...)},
		{"en", "one hundred five sections, 47 percent sections", nil},
		{"nl", "30 of 35 landen, 30 tot 35 landen", nil},
		{"nl", "47 landelijke afdelingen, 47e afdelingen", sections(47)},
		{"nl", "1.200 leden", nil},
		{"es", "treinta y cinco secciones, noventa y dos países", append(sections(35), countries(92)...)},
		{"es", "de 30 a 35 países, 47º secciones, ciento cinco países", nil},
	} {
		if got := NumbersIn(tt.lang, tt.text); !slices.Equal(got, tt.want) {
			t.Errorf("%s %q: %v, want %v", tt.lang, tt.text, got, tt.want)
		}
	}
}

func TestNumbersOfADocument(t *testing.T) {
	t.Parallel()
	d, err := Decode([]byte(`{"schema":1,"lang":"en","doc":{"type":"doc","content":[
		{"type":"paragraph","attrs":{"id":"aaaaaaaa"},"content":[{"type":"text","text":"We are "},{"type":"text","text":"47","marks":[{"type":"strong"}]},{"type":"text","text":" sections, truly 47 sections."}]},
		{"type":"paragraph","attrs":{"id":"bbbbbbbb"},"content":[{"type":"fact","attrs":{"key":"section_count"}},{"type":"text","text":" sections"}]},
		{"type":"heading","attrs":{"id":"cccccccc","level":2},"content":[{"type":"text","text":"38 countries"}]},
		{"type":"bullet_list","attrs":{"id":"dddddddd"},"content":[{"type":"list_item","content":[{"type":"paragraph","content":[{"type":"text","text":"47 sections"}]}]}]}]}}`))
	if err != nil {
		t.Fatal(err)
	}
	want := []Number{{"aaaaaaaa", "section_count", 47}, {"cccccccc", "country_count", 38}, {"dddddddd", "section_count", 47}}
	if got := d.Numbers(); !slices.Equal(got, want) {
		t.Errorf("Numbers = %v, want %v", got, want)
	}
}

// TestNumbersOfAnything: no text makes the search fail, and what it finds has
// a noun in the text.
func TestNumbersOfAnything(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(rapid.String(), rapid.StringOf(rapid.RuneFrom([]rune("sections 0123456789.,-:\n٤٧فرعا\u0301")))).Draw(t, "text")
		for _, lang := range Languages {
			for _, n := range NumbersIn(lang, s) {
				if n.Value < leastNumber || n.Value > mostNumber || !KnownFact(n.Fact) {
					t.Fatalf("%q: %+v", s, n)
				}
			}
		}
	})
}

func BenchmarkNumbersIn(b *testing.B) {
	for name, text := range map[string]string{
		"without": strings.Repeat("Every child has rights, everywhere and at any time. ", 40),
		"with":    strings.Repeat("Every child has rights in 47 sections of the world. ", 40),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				NumbersIn("en", text)
			}
		})
	}
}
