package account

import (
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"meridian/models"
)

// CanonicalEmail returns the form of an e-mail address under which an account
// is found: without surrounding space, ASCII letters in lower case, everything
// else as it is. The full Unicode folding would make one account of two
// mailboxes (U+0130 becomes a plain i). Addresses that NFKC changes are
// refused, because they look like others, as are display names, quoted local
// parts and address literals. An error is a *models.InvalidError for the field
// "email".
func CanonicalEmail(s string) (string, error) {
	s = strings.Trim(s, " \t\r\n")
	invalid := func() (string, error) { return "", models.Invalid("email", "not_an_email") }
	if !utf8.ValidString(s) || len(s) > 254 {
		return invalid()
	}
	if !norm.NFKC.IsNormalString(s) {
		return "", models.Invalid("email", "email_lookalike")
	}
	for _, r := range s {
		if unicode.IsSpace(r) || unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Co) || strings.ContainsRune(`"(),:;<>[\]`, r) {
			return invalid()
		}
	}
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != s || a.Name != "" {
		return invalid()
	}
	local, domain, _ := strings.Cut(s, "@")
	if len(local) > 64 || strings.Contains(domain, "@") {
		return invalid()
	}
	for label := range strings.SplitSeq(domain, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return invalid()
		}
		for _, r := range label {
			if r != '-' && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) {
				return invalid()
			}
		}
	}
	return lowerASCII(s), nil
}

func lowerASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}
