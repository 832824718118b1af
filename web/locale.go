package web

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"strings"
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
	localizers map[string]*i18n.Localizer
	keys       map[string]map[string]bool // by language
	plain      sync.Map                   // [2]string{language, code} > sentence without arguments
}

// Words returns the one catalogue of the program, which is read when it is
// asked for first. A file that cannot be read, or a code that two files of a
// language both have, is an error.
func Words() (*Catalogue, error) { return words() }

var words = sync.OnceValues(func() (*Catalogue, error) {
	c := &Catalogue{localizers: map[string]*i18n.Localizer{}, keys: map[string]map[string]bool{}}
	bundle := i18n.NewBundle(language.English)
	bundle.RegisterUnmarshalFunc("json", json.Unmarshal)
	names, err := fs.Glob(files, "locales/*.json")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		f, err := bundle.LoadMessageFileFS(files, name)
		if err != nil {
			return nil, fmt.Errorf("read words: %w", err)
		}
		lang := strings.TrimSuffix(path.Base(name), ".json")
		lang = lang[strings.LastIndexByte(lang, '.')+1:]
		if c.keys[lang] == nil {
			c.keys[lang] = map[string]bool{}
		}
		for _, m := range f.Messages {
			if c.keys[lang][m.ID] {
				return nil, fmt.Errorf("read words: %s has %q twice", name, m.ID)
			}
			c.keys[lang][m.ID] = true
		}
	}
	for _, l := range Languages {
		c.localizers[l] = i18n.NewLocalizer(bundle, l)
	}
	return c, nil
})

// Sentence returns the sentence of a code in a language (or in English) with
// its placeholders filled from args; false when there is none. An argument
// named Count chooses the plural.
func (c *Catalogue) Sentence(lang, code string, args map[string]any) (string, bool) {
	l, ok := c.localizers[lang]
	if !ok {
		base, _ := language.Make(lang).Base()
		if l, ok = c.localizers[base.String()]; !ok {
			l = c.localizers[Languages[0]]
		}
	}
	if len(args) > 0 {
		return localize(l, code, args)
	}
	// A list says the same few words in each row.
	key := [2]string{lang, code}
	if s, ok := c.plain.Load(key); ok {
		return s.(string), true
	}
	s, ok := localize(l, code, nil)
	if ok && c.localizers[lang] != nil { // as many as there are sentences, whatever is asked for
		c.plain.Store(key, s)
	}
	return s, ok
}

func localize(l *i18n.Localizer, code string, args map[string]any) (string, bool) {
	cfg := &i18n.LocalizeConfig{MessageID: code, TemplateData: args}
	if n, ok := args["Count"]; ok {
		cfg.PluralCount = n
	}
	// An error may come with a sentence: that of the language fallen back to.
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

// Keys returns the codes that a language has a sentence for.
func (c *Catalogue) Keys(lang string) map[string]bool { return c.keys[lang] }
