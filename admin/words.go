package admin

import (
	"maps"
	"slices"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/gin-gonic/gin"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"meridian/models"
	"meridian/web"
)

// InterfaceLanguages are the languages of the back office, in their own names.
var InterfaceLanguages = []Language{
	{"en", "English"}, {"fr", "Français"}, {"nl", "Nederlands"}, {"es", "Español"}, {"ar", "العربية"},
}

// Language is a language and its name in itself.
type Language struct{ Tag, Name string }

// langTags are the tags of InterfaceLanguages.
func langTags() []string {
	var tags []string
	for _, l := range InterfaceLanguages {
		tags = append(tags, l.Tag)
	}
	return tags
}

var langMatcher = func() language.Matcher {
	var tags []language.Tag
	for _, l := range InterfaceLanguages {
		tags = append(tags, language.Make(l.Tag))
	}
	return language.NewMatcher(tags)
}()

// words returns the sentences for the reader of an answer: in the language of
// their account, else in the one asked for by ?lang=, else in the best one
// that their browser names.
func (h *handler) words(c *gin.Context) Words {
	lang := user(c).Lang
	if lang == "" {
		lang = c.Query("lang")
	}
	if !slices.Contains(langTags(), lang) {
		_, i := language.MatchStrings(langMatcher, c.GetHeader("Accept-Language"))
		lang = InterfaceLanguages[i].Tag
	}
	return Words{Lang: lang, Dir: models.Direction(lang), catalogue: h.catalogue}
}

// Words are the sentences of the catalogue in one interface language. Pages
// have them through Base.
type Words struct {
	Lang, Dir string

	catalogue *web.Catalogue
}

// T returns the sentence of a code; args are alternating names and values. A
// code without a sentence is returned as it is, and fails the tests.
func (w Words) T(code string, args ...any) string {
	m := make(map[string]any, len(args)/2)
	for i := 0; i+1 < len(args); i += 2 {
		m[args[i].(string)] = args[i+1]
	}
	s, ok := w.catalogue.Sentence(w.Lang, code, m)
	if !ok {
		return code
	}
	return s
}

// Has reports whether the catalogue has a sentence for a code.
func (w Words) Has(code string) bool {
	_, ok := w.catalogue.Sentence(w.Lang, code, nil)
	return ok
}

// LanguageName returns the name of a language in the interface language, with a
// capital as in a list.
func (w Words) LanguageName(tag string) string {
	t := language.Make(tag)
	name := display.Languages(language.Make(w.Lang)).Name(t)
	if name == "" {
		return tag
	}
	first, n := utf8.DecodeRuneInString(name)
	return string(unicode.ToUpper(first)) + name[n:]
}

// Problem says what is wrong with an input.
func (w Words) Problem(p models.Problem) string { return w.Sentence("problem", p) }

// Sentence returns <kind>.<code of p> with the arguments of p.
func (w Words) Sentence(kind string, p models.Problem) string {
	args := make([]any, 0, 2*len(p.Args))
	for _, k := range slices.Sorted(maps.Keys(p.Args)) {
		args = append(args, k, p.Args[k])
	}
	return w.T(kind+"."+p.Code, args...)
}

// Problems says everything that is wrong, in a fixed order.
func (w Words) Problems(e *models.InvalidError) []string {
	var out []string
	for _, f := range slices.Sorted(maps.Keys(e.Fields)) {
		out = append(out, w.Problem(e.Fields[f]))
	}
	return out
}

// Duration says how long to wait, rounded up: "2 minutes".
func (w Words) Duration(d time.Duration) string {
	if s := int((d + time.Second - 1) / time.Second); s < 60 {
		return w.T("time.seconds", "Count", max(s, 1))
	}
	return w.T("time.minutes", "Count", int((d+time.Minute-1)/time.Minute))
}
