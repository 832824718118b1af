package block

import (
	"html"
	"net/mail"
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

const maxURL = 2048 // bytes

// SafeURL tells whether s may be the address of a link: http, https, mailto, tel,
// or a path that begins with one slash. It is asked when a text is saved and
// again when it is rendered.
//
// Refused besides other schemes: a second slash (another host), backslashes
// (browsers read them as slashes), white space and control characters anywhere
// (browsers drop some of them, so that "java\tscript:" would be a scheme), and
// what is still an HTML entity, because somebody may decode it later.
func SafeURL(s string) bool {
	if s == "" || len(s) > maxURL || !utf8.ValidString(s) || strings.Contains(s, `\`) {
		return false
	}
	for _, r := range s {
		if r <= ' ' || r == utf8.RuneError || unicode.IsControl(r) || unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) {
			return false
		}
	}
	if strings.Contains(s, "&") && html.UnescapeString(s) != s && unsafeEntity(s) {
		return false
	}
	if s[0] == '/' {
		if strings.HasPrefix(s, "//") {
			return false
		}
		u, err := url.Parse(s)
		return err == nil && u.Scheme == "" && u.Host == ""
	}
	u, err := url.Parse(s)
	if err != nil {
		return false
	}
	switch u.Scheme {
	case "http", "https":
		// A name and password before the host only serve to mislead.
		return u.Host != "" && u.Hostname() != "" && u.User == nil && u.Opaque == ""
	case "mailto":
		return u.Opaque != "" && u.Host == ""
	case "tel":
		return validTel(u.Opaque)
	}
	return false
}

// unsafeEntity tells whether decoding the entities of s changes where it leads:
// the scheme or host, or brings in characters that are refused. An ordinary
// "?a=1&copy=2" is not held against the writer.
func unsafeEntity(s string) bool {
	d := html.UnescapeString(s)
	for _, r := range d {
		if r <= ' ' || r == '\\' || unicode.IsControl(r) || unicode.IsSpace(r) {
			return true
		}
	}
	a, errA := url.Parse(s)
	b, errB := url.Parse(d)
	return errA != nil || errB != nil || a.Scheme != b.Scheme || a.Host != b.Host ||
		strings.HasPrefix(d, "//") || a.Scheme == "" && a.Path != b.Path
}

func validTel(s string) bool {
	digits := 0
	for i, r := range s {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case r == '+' && i == 0, r == '-', r == '.', r == '(', r == ')', r == '*', r == '#':
		default:
			return false
		}
	}
	return digits >= 2 && digits <= 20
}

// splitRef cuts "page:7f3k" into kind and id; ok is false if it has another form.
func splitRef(s string) (kind, id string, ok bool) {
	kind, id, ok = strings.Cut(s, ":")
	if !ok || !validRefID(id) {
		return "", "", false
	}
	switch kind {
	case "page", "news", "section", "media":
		return kind, id, true
	}
	return "", "", false
}

func validRefID(id string) bool {
	if id == "" || len(id) > 64 {
		return false
	}
	for i := range len(id) {
		c := id[i]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_') {
			return false
		}
	}
	return true
}

// splitTarget cuts the value of a target attribute. For a ref kind is set and
// anchor is what follows "#"; otherwise kind is "".
func splitTarget(s string) (ref, anchor string, isRef bool) {
	ref, anchor, _ = strings.Cut(s, "#")
	if _, _, ok := splitRef(ref); ok {
		return ref, anchor, true
	}
	return "", "", false
}

// validAnchor accepts the id of a block and the anchor of a heading.
func validAnchor(s string) bool { return ValidID(s) || validSlug(s) }

// fragment is what stands after "#" for an anchor. Anchors people chose carry a
// prefix in the page, so that no word of theirs can take the name of something
// a script might ask the document for.
func fragment(anchor string) string {
	if ValidID(anchor) {
		return anchor
	}
	return "u-" + anchor
}

// validSlug accepts lower-case letters (any script), digits and single hyphens.
// A slug in the form of a block id is refused: a link could mean either.
func validSlug(s string) bool {
	if s == "" || strings.HasPrefix(s, "-") || strings.HasSuffix(s, "-") || strings.Contains(s, "--") || ValidID(s) {
		return false
	}
	for _, r := range s {
		if r == utf8.RuneError || r != '-' && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) || unicode.IsUpper(r) {
			return false
		}
	}
	return true
}

// validLang accepts the shape of a BCP 47 tag; whether the language exists is
// not this package's business.
func validLang(s string) bool {
	if len(s) < 2 || len(s) > 35 {
		return false
	}
	for i, part := range strings.Split(s, "-") {
		if len(part) == 0 || len(part) > 8 || i == 0 && (len(part) < 2 || len(part) > 3) {
			return false
		}
		for j := range len(part) {
			c := part[j]
			letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
			if !letter && (i == 0 || c < '0' || c > '9') {
				return false
			}
		}
	}
	return true
}

// canonicalLang brings a tag to the usual case: fr-BE, zh-Hant.
func canonicalLang(s string) string {
	parts := strings.Split(strings.ToLower(s), "-")
	for i, p := range parts[1:] {
		switch len(p) {
		case 2:
			parts[i+1] = strings.ToUpper(p)
		case 4:
			parts[i+1] = strings.ToUpper(p[:1]) + p[1:]
		}
	}
	return strings.Join(parts, "-")
}

// baseLang is the language of a tag without region and script.
func baseLang(tag string) string {
	base, _, _ := strings.Cut(tag, "-")
	return strings.ToLower(base)
}

// dirOf is the writing direction of a language.
func dirOf(tag string) string {
	for part := range strings.SplitSeq(strings.ToLower(tag), "-") {
		switch part {
		case "latn", "cyrl":
			return "ltr"
		case "arab", "hebr", "thaa", "syrc", "nkoo", "rohg", "adlm":
			return "rtl"
		}
	}
	switch baseLang(tag) {
	case "ar", "he", "fa", "ur", "ps", "sd", "ug", "yi", "dv", "ckb", "syr", "nqo", "arc", "azb", "glk", "mzn":
		return "rtl"
	}
	return "ltr"
}

func validDate(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}

func validEmail(s string) bool {
	if len(s) > 254 || strings.ContainsAny(s, "<>\"'`()\\ ,;:&%?#/") {
		return false
	}
	a, err := mail.ParseAddress(s)
	return err == nil && a.Address == s && a.Name == ""
}

// validPhone accepts an international number as people group it.
func validPhone(s string) bool {
	if !strings.HasPrefix(s, "+") || len(s) > 40 {
		return false
	}
	digits := 0
	for _, r := range s[1:] {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case r == ' ', r == '-', r == '.', r == '(', r == ')', r == '/':
		default:
			return false
		}
	}
	return digits >= 5 && digits <= 15
}

// telURL is the link of a phone number.
func telURL(phone string) string {
	b := []byte("tel:+")
	for i := range len(phone) {
		if c := phone[i]; c >= '0' && c <= '9' {
			b = append(b, c)
		}
	}
	return string(b)
}

// validTerm accepts ids and slugs of terms, in any script.
func validTerm(s string) bool {
	if s == "" || len(s) > 120 {
		return false
	}
	for _, r := range s {
		if r == utf8.RuneError || r != '-' && r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) {
			return false
		}
	}
	return true
}
