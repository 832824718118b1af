package models

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gosimple/slug"
	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"
)

// SlugMax is the longest address segment, in characters.
const SlugMax = 80

// Slugify returns the address segment for a title in a language: lower case,
// NFC, letters and digits joined by hyphens. Scripts that transliterate well
// become ASCII by the rules of the language; Arabic and other scripts keep
// their letters, because "mrhb" helps nobody. It returns "" when the title
// has no letter and no digit.
func Slugify(title, lang string) string {
	title = norm.NFC.String(title)
	if t, err := language.Parse(lang); err == nil {
		if script, _ := t.Script(); script.String() == "Latn" {
			base, _ := t.Base()
			// "l'enfant" is two words in an address: l-enfant.
			if s := segment(slug.MakeLang(apostrophes.Replace(title), base.String())); s != "" {
				return cut(s)
			}
		}
	}
	return cut(segment(title))
}

var apostrophes = strings.NewReplacer("'", " ", "’", " ")

// segment keeps letters, marks and digits of any script and joins the rest.
func segment(s string) string {
	var b strings.Builder
	gap := false
	for _, r := range strings.ToLower(s) {
		if unicode.In(r, unicode.L, unicode.Mn, unicode.Mc, unicode.Nd) {
			if gap && b.Len() > 0 {
				b.WriteByte('-')
			}
			gap = false
			b.WriteRune(r)
			continue
		}
		gap = true
	}
	return norm.NFC.String(b.String())
}

// cut shortens s to SlugMax characters, at a hyphen where there is one in the
// last third.
func cut(s string) string {
	if utf8.RuneCountInString(s) <= SlugMax {
		return strings.Trim(s, "-")
	}
	r := []rune(s)[:SlugMax]
	short := string(r)
	if i := strings.LastIndexByte(short, '-'); i > len(short)*2/3 {
		short = short[:i]
	}
	return strings.Trim(short, "-")
}

// CleanSlug turns what somebody typed as an address into the segment that is
// stored, or reports false when nothing usable is left.
func CleanSlug(typed string) (string, bool) {
	s := cut(segment(norm.NFC.String(typed)))
	return s, s != ""
}

// reservedAtRoot are segments that the reader's site uses itself.
var reservedAtRoot = map[string]bool{
	"search": true, "network": true, "admin": true, "api": true,
	"media": true, "static": true, "preview": true,
	"topics": true, "instruments": true,
}

// ReservedSlug reports whether a page or section below a parent may not have
// the segment: "news" holds the news of every section; at the root the site's
// own words and the language codes are taken as well.
func ReservedSlug(s string, parentIsRoot bool) bool {
	if s == "news" {
		return true
	}
	if !parentIsRoot {
		return false
	}
	if reservedAtRoot[s] {
		return true
	}
	// A word of two letters that is a language code, alone or with a region or
	// a script, would be read as one by people and by future addresses.
	if base, _, more := strings.Cut(s, "-"); len(base) == 2 && (!more || len(s) <= 7) {
		_, err := language.Parse(s)
		return err == nil
	}
	return false
}
