package web

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"sync"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

// Languages are the languages of the interface. The first is the one that the
// others fall back to.
var Languages = []string{"en", "fr", "nl", "es", "ar"}

// Catalogue holds the sentences of the interface, out of locales/*.<lang>.json.
// It is safe for concurrent use.
type Catalogue struct {
	tongues map[string]func() *tongue // by language
	plain   sync.Map                  // [2]string{language, code} > sentence without arguments
}

// tongue is the sentences of one language.
type tongue struct {
	localizer *i18n.Localizer
	keys      map[string]bool
}

// Words returns the one catalogue of the program. A language is read when its
// first sentence is asked for: most installations are kept in few of them. A file
// that cannot be read, or a code that two files of a language both have, is an
// error; only that of the first language comes from here, and the tests see to
// the others.
func Words() (*Catalogue, error) { return words() }

var words = sync.OnceValues(func() (*Catalogue, error) {
	c := &Catalogue{tongues: map[string]func() *tongue{}}
	for _, l := range Languages {
		c.tongues[l] = sync.OnceValue(func() *tongue {
			t, err := readTongue(l)
			if err != nil {
				panic(err) // embedded
			}
			return t
		})
	}
	first, err := readTongue(Languages[0])
	c.tongues[Languages[0]] = func() *tongue { return first }
	return c, err
})

func readTongue(lang string) (*tongue, error) {
	tag := language.Make(lang)
	bundle := i18n.NewBundle(tag)
	bundle.RegisterUnmarshalFunc("json", json.Unmarshal)
	names, err := fs.Glob(files, "locales/*."+lang+".json")
	if err != nil {
		return nil, err
	}
	t := &tongue{keys: map[string]bool{}}
	for _, name := range names {
		f, err := bundle.LoadMessageFileFS(files, name)
		if err != nil {
			return nil, fmt.Errorf("read words: %w", err)
		}
		for _, m := range f.Messages {
			if t.keys[m.ID] {
				return nil, fmt.Errorf("read words: %s has %q twice", name, m.ID)
			}
			t.keys[m.ID] = true
		}
	}
	t.localizer = i18n.NewLocalizer(bundle, lang)
	return t, nil
}

// Sentence returns the sentence of a code in a language (or in English) with
// its placeholders filled from args; false when there is none. An argument
// named Count chooses the plural.
func (c *Catalogue) Sentence(lang, code string, args map[string]any) (string, bool) {
	own := lang
	if c.tongues[own] == nil {
		base, _ := language.Make(lang).Base()
		own = base.String()
	}
	if c.tongues[own] == nil {
		own = Languages[0]
	}
	if len(args) > 0 {
		return c.localize(own, code, args)
	}
	// A list says the same few words in each row.
	key := [2]string{own, code}
	if s, ok := c.plain.Load(key); ok {
		return s.(string), true
	}
	s, ok := c.localize(own, code, nil)
	if ok { // as many as there are sentences, whatever is asked for
		c.plain.Store(key, s)
	}
	return s, ok
}

// localize returns a sentence in a language that there are sentences in, or in
// English.
func (c *Catalogue) localize(lang, code string, args map[string]any) (string, bool) {
	t := c.tongues[lang]()
	if !t.keys[code] {
		t = c.tongues[Languages[0]]()
	}
	if !t.keys[code] {
		return "", false
	}
	return localize(t.localizer, code, args)
}

func localize(l *i18n.Localizer, code string, args map[string]any) (string, bool) {
	cfg := &i18n.LocalizeConfig{MessageID: code, TemplateData: args}
	if n, ok := args["Count"]; ok {
		cfg.PluralCount = n
	}
	// A sentence that has no plurals comes with an error where one was chosen.
	s, _ := l.Localize(cfg)
	return s, s != ""
}

// Text returns a function that gives the sentences of one language; its args
// are alternating names and values. A code without a sentence comes back as it
// is, and fails the tests.
func (c *Catalogue) Text(lang string) func(code string, args ...any) string {
	return func(code string, args ...any) string {
		var m map[string]any
		for i := 0; i+1 < len(args); i += 2 {
			if m == nil {
				m = make(map[string]any, len(args)/2)
			}
			m[fmt.Sprint(args[i])] = args[i+1]
		}
		s, ok := c.Sentence(lang, code, m)
		if !ok {
			return code
		}
		return s
	}
}

// Keys returns the codes that a language has a sentence for, none for one that
// the interface is not kept in.
func (c *Catalogue) Keys(lang string) map[string]bool {
	if c.tongues[lang] == nil {
		return nil
	}
	return c.tongues[lang]().keys
}
