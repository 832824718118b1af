package models_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"meridian/models"
)

func TestClean(t *testing.T) {
	t.Parallel()
	fields := []models.Field{
		{Name: "text", Kind: models.FieldText, Max: 10},
		{Name: "lines", Kind: models.FieldText, Lines: true},
		{Name: "mail", Kind: models.FieldText, Form: "email"},
		{Name: "phone", Kind: models.FieldText, Form: "phone"},
		{Name: "year", Kind: models.FieldText, Form: "year"},
		{Name: "country", Kind: models.FieldText, Form: "country"},
		{Name: "lang", Kind: models.FieldText, Form: "language", Many: true},
		{Name: "date", Kind: models.FieldDate},
		{Name: "choice", Kind: models.FieldChoice, Choices: []string{"a", "b"}},
		{Name: "terms", Kind: models.FieldTerm, Many: true, Max: 2},
		{Name: "ref", Kind: models.FieldReference},
		{Name: "url", Kind: models.FieldURL},
		{Name: "yes", Kind: models.FieldBoolean},
		{Name: "place", Kind: models.FieldPlace},
		{Name: "rows", Kind: models.FieldList, Max: 2, Of: []models.Field{{Name: "name", Kind: models.FieldText}}},
	}
	id := "01j9zzzzzzzzzzzzzzzzzzzzzz"
	for _, tt := range []struct {
		field string
		in    any
		want  any // nil = dropped
		code  string
	}{
		{"text", "  e\u0301te\u0301\t\u0000\u202e ", "été", ""},
		{"text", "e\u0000\u0301", "é", ""},
		{"text", "12345678901", nil, "too_long"},
		{"text", 5.0, nil, "not_a_text"},
		{"text", "a\nb", "a b", ""},
		{"lines", "a\r\nb", "a\nb", ""},
		{"text", "   ", nil, ""},
		{"mail", "a@b.example", "a@b.example", ""},
		{"mail", "A <a@b.example>", nil, "not_an_email"},
		{"phone", "+32 2 203 79 08", "+3222037908", ""},
		{"phone", "02/203.79.08", nil, "not_a_phone"},
		{"year", "1991", "1991", ""},
		{"year", "91", nil, "not_a_year"},
		{"year", "+1991", nil, "not_a_year"},
		{"country", "BE", "BE", ""},
		{"country", "be", nil, "not_a_country"},
		{"country", "XX", nil, "not_a_country"},
		{"lang", []any{"fr", "fr", "nl"}, []any{"fr", "nl"}, ""},
		{"lang", []any{"qqqq"}, nil, "not_a_language"},
		{"lang", "fr", nil, "not_a_list"},
		{"date", "2026-02-29", nil, "not_a_date"},
		{"date", "2024-02-29", "2024-02-29", ""},
		{"choice", "c", nil, "not_a_choice"},
		{"terms", []any{"a", "b", "c"}, nil, "too_many"},
		{"ref", id, id, ""},
		{"ref", strings.ToUpper(id), nil, "not_an_id"},
		{"ref", "1 OR 1=1", nil, "not_an_id"},
		{"url", "https://a.example/b?c=d", "https://a.example/b?c=d", ""},
		{"url", "javascript:alert(1)", nil, "not_a_url"},
		{"url", "//a.example", nil, "not_a_url"},
		{"url", "http://:80/", nil, "not_a_url"},
		{"url", "https://user@a.example", nil, "not_a_url"},
		{"url", "https://a.example\\@b.example", nil, "not_a_url"},
		{"yes", true, true, ""},
		{"yes", false, nil, ""},
		{"yes", "on", nil, "not_yes_or_no"},
		{"place", map[string]any{"city": "Ghent", "lat": "51.05", "lon": "3.72"}, map[string]any{"city": "Ghent", "lat": "51.05", "lon": "3.72"}, ""},
		{"place", map[string]any{"lat": "51.05"}, nil, "not_a_point"},
		{"place", map[string]any{"lat": "91", "lon": "0"}, nil, "not_a_point"},
		{"place", map[string]any{"lat": "NaN", "lon": "0"}, nil, "not_a_point"},
		{"place", map[string]any{"lat": "0x1p4", "lon": "0"}, nil, "not_a_point"},
		{"place", map[string]any{"lat": "1e1", "lon": "0"}, nil, "not_a_point"},
		{"place", map[string]any{"planet": "Mars"}, nil, "not_a_place"},
		{"rows", []any{map[string]any{"name": "a"}, map[string]any{"name": " "}}, []any{map[string]any{"name": "a"}}, ""},
		{"rows", []any{map[string]any{"role": "admin"}}, nil, "unknown_field"},
		{"rows", []any{"a"}, nil, "not_a_row"},
		{"role", "admin", nil, "unknown_field"},
	} {
		got, err := models.Clean(fields, models.Values{tt.field: tt.in})
		var bad *models.InvalidError
		if tt.code != "" {
			if !errors.As(err, &bad) || bad.Fields[tt.field].Code != tt.code || !errors.Is(err, models.ErrInvalid) {
				t.Errorf("%s = %v: error %v, want %s", tt.field, tt.in, err, tt.code)
			}
			continue
		}
		if err != nil || !reflect.DeepEqual(got[tt.field], tt.want) {
			t.Errorf("%s = %q: %v, %v; want %v", tt.field, tt.in, got[tt.field], err, tt.want)
		}
	}
}

func TestCleanTwiceIsOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s")
		once := models.CleanText(s, true)
		if twice := models.CleanText(once, true); twice != once {
			t.Fatalf("%q then %q", once, twice)
		}
	})
}

func TestSlugs(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ title, lang, want string }{
		{"Un réseau mondial", "fr", "un-reseau-mondial"},
		{"Œuvre & Straße", "fr", "oeuvre-et-strasse"},
		{"Größe", "de", "groesse"},
		{"Children’s rights apply online", "en", "children-s-rights-apply-online"},
		{"حقوق الطفل", "ar", "حقوق-الطفل"},
		{"子どもの権利", "ja", "子どもの権利"},
		{"?!…", "en", ""},
	} {
		if got := models.Slugify(tt.title, tt.lang); got != tt.want {
			t.Errorf("Slugify(%q, %s) = %q, want %q", tt.title, tt.lang, got, tt.want)
		}
	}
}

func TestSlugsAreSegments(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		title := rapid.String().Draw(t, "title")
		for _, lang := range []string{"en", "ar", "zh"} {
			s := models.Slugify(title, lang)
			if s == "" {
				continue
			}
			if strings.ContainsAny(s, "/.?#%\\ \"<>&") || strings.HasPrefix(s, "-") || strings.HasSuffix(s, "-") || len([]rune(s)) > models.SlugMax {
				t.Fatalf("Slugify(%q, %s) = %q", title, lang, s)
			}
			if c, ok := models.CleanSlug(s); !ok || c != s {
				t.Fatalf("CleanSlug(%q) = %q, %v", s, c, ok)
			}
		}
	})
}

func TestReservedSlugs(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		slug string
		root bool
		want bool
	}{
		{"news", false, true}, {"news", true, true}, {"admin", true, true}, {"admin", false, false},
		{"fr", true, true}, {"pt-br", true, true}, {"fr", false, false},
		{"tl", true, true}, {"tl-ph", true, true}, {"xx", true, false}, // "tl" is the old name of "fil"
		{"about-us", true, false}, {"press", true, false},
	} {
		if got := models.ReservedSlug(tt.slug, tt.root); got != tt.want {
			t.Errorf("ReservedSlug(%q, %v) = %v", tt.slug, tt.root, got)
		}
	}
}

func TestCanonicalLang(t *testing.T) {
	t.Parallel()
	for tag, want := range map[string]string{
		"pt-br": "pt-BR", "zh-hant": "zh-Hant", "EN": "en", "": "", "und": "", "und-Latn": "", "x-foo": "", "en-u-ca-buddhist": "", "en-x-a": "", "not a tag": "",
	} {
		if got, ok := models.CanonicalLang(tag); got != want || ok != (want != "") {
			t.Errorf("CanonicalLang(%q) = %q, %v; want %q", tag, got, ok, want)
		}
	}
}

func TestKindsDeclareEveryFieldOnce(t *testing.T) {
	t.Parallel()
	for _, k := range models.Kinds {
		seen := map[string]bool{}
		for _, f := range append(append([]models.Field{}, k.Fields...), k.Facts...) {
			if seen[f.Name] {
				t.Errorf("%s declares %s twice", k.Name, f.Name)
			}
			seen[f.Name] = true
		}
		if k.Fields[0].Name != "title" || k.Fields[1].Name != "summary" || k.Fields[2].Name != "body" {
			t.Errorf("%s does not begin with title, summary, body", k.Name)
		}
	}
}
