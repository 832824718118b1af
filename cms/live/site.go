package live

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"meridian/cms/block"
)

// Site is what the site says about itself on every page.
type Site struct {
	Languages []Language
	TimeZone  *time.Location
	Contact   Contact

	names, notices map[string]string
	logo           string
}

// Contact is the contact record of the site.
type Contact struct {
	Name, Street, Box, Postcode, City, Country, Phone, Email, URL string
}

// Language is a language as its own speakers call it.
type Language struct {
	Tag  string // BCP 47
	Name string // in the language itself
	Dir  string // "ltr" or "rtl"
}

// LanguageOf describes a language tag.
func LanguageOf(tag string) Language {
	t := language.Make(tag)
	name := display.Self.Name(t)
	if name == "" {
		name = tag
	}
	first, n := utf8.DecodeRuneInString(name)
	l := Language{Tag: tag, Name: string(unicode.ToUpper(first)) + name[n:], Dir: "ltr"}
	switch script, _ := t.Script(); script.String() {
	case "Arab", "Hebr", "Thaa", "Syrc", "Nkoo", "Adlm":
		l.Dir = "rtl"
	}
	return l
}

// Site returns the settings of the site.
func (v *View) Site() Site { return v.known.site }

// Installed reports whether first start is over.
func (v *View) Installed() bool { return v.known.root != "" }

// Installation is the random name of this installation in the world.
func (v *View) Installation() string { return v.known.installation }

// Name returns the name of the site in a language, or in the first that has one.
func (s Site) Name(lang string) string { return s.in(s.names, lang) }

// Notice returns the line above every page, "" when there is none.
func (s Site) Notice(lang string) string { return s.in(s.notices, lang) }

// NoticeLang returns the language of what Notice answers.
func (s Site) NoticeLang(lang string) string { return s.langIn(s.notices, lang) }

// NameLang returns the language of what Name answers.
func (s Site) NameLang(lang string) string { return s.langIn(s.names, lang) }

// Logo returns the text that stands for a logo.
func (s Site) Logo(lang string) string {
	if s.logo != "" {
		return s.logo
	}
	return s.Name(lang)
}

// Has reports whether the site is kept in a language.
func (s Site) Has(tag string) bool {
	for _, l := range s.Languages {
		if l.Tag == tag {
			return true
		}
	}
	return false
}

func (s Site) in(m map[string]string, lang string) string { return m[s.langIn(m, lang)] }

// langIn chooses the language to take a text in.
func (s Site) langIn(m map[string]string, lang string) string {
	if m[lang] != "" {
		return lang
	}
	for _, l := range s.Languages {
		if m[l.Tag] != "" {
			return l.Tag
		}
	}
	return lang
}

// Country returns the name of a country (ISO 3166-1 alpha-2) in a language.
func Country(code, lang string) string { return block.CountryName(code, lang) }

// Card returns the contact record as blocks show it, in a language.
func (c Contact) Card(lang string) block.Contact {
	return block.Contact{
		Name: c.Name, Street: c.Street, Box: c.Box, Postcode: c.Postcode, City: c.City,
		Country: Country(c.Country, lang), Phone: c.Phone, Email: c.Email, URL: c.URL,
	}
}

// Empty reports whether nothing is known.
func (c Contact) Empty() bool { return c == Contact{} }

// Lines returns the postal address as printed, without empty lines.
func (c Contact) Lines(lang string) []string {
	var out []string
	for _, s := range []string{c.Street, c.Box, strings.TrimSpace(c.Postcode + " " + c.City), Country(c.Country, lang)} {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}
