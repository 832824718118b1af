package block

import (
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// countryNames mends what the library's older data gets wrong or long.
var countryNames = map[string]map[string]string{
	"PS": {"en": "Palestine", "fr": "Palestine", "nl": "Palestina", "es": "Palestina", "ar": "فلسطين"},
	"MK": {"en": "North Macedonia", "fr": "Macédoine du Nord", "nl": "Noord-Macedonië", "es": "Macedonia del Norte", "ar": "مقدونيا الشمالية"},
	"SZ": {"en": "Eswatini", "fr": "Eswatini", "nl": "Eswatini", "es": "Esuatini", "ar": "إسواتيني"},
	"CZ": {"en": "Czechia", "fr": "Tchéquie", "nl": "Tsjechië", "es": "Chequia", "ar": "التشيك"},
}

// CountryName returns the name of a country (ISO 3166-1 alpha-2) in a language;
// the code itself when it has none.
func CountryName(code, lang string) string {
	if code == "" {
		return ""
	}
	if n := countryNames[code][baseLang(lang)]; n != "" {
		return n
	}
	r, err := language.ParseRegion(code)
	if err != nil {
		return code
	}
	if n := display.Regions(language.Make(lang)); n != nil {
		return n.Name(r)
	}
	return display.English.Regions().Name(r)
}
