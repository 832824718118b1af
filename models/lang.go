package models

import (
	"strings"

	"golang.org/x/text/language"
)

// Facts is the language of the edition that holds what is the same in every
// language of an entry: the date of a news item, topics, the profile of an
// organisation. BCP 47 calls it "undetermined".
const Facts = "und"

// CanonicalLang returns tag in canonical BCP 47 form ("pt-br" → "pt-BR").
// It refuses [Facts], which is no language somebody can choose, and tags with
// extensions or private parts, which are nothing to stand in an address.
func CanonicalLang(tag string) (string, bool) {
	t, err := language.Parse(tag)
	if err != nil || strings.HasPrefix(t.String(), Facts) || len(t.Extensions()) > 0 || strings.HasPrefix(t.String(), "x-") {
		return "", false
	}
	return t.String(), true
}

// Direction returns "rtl" for languages written from right to left and "ltr"
// for all others.
func Direction(lang string) string {
	t, err := language.Parse(lang)
	if err != nil {
		return "ltr"
	}
	script, _ := t.Script()
	switch script.String() {
	case "Arab", "Hebr", "Thaa", "Syrc", "Nkoo", "Adlm":
		return "rtl"
	}
	return "ltr"
}
