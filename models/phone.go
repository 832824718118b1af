package models

import "strings"

// CanonicalPhone returns a telephone number in the form of E.164, a plus sign
// and up to fifteen digits, from what people type: with spaces, dots, hyphens,
// slashes and brackets, with 00 in front, with the (0) that is only dialled at
// home, in the digits of Arabic or Persian. It reports false for a number
// without a country code, because nobody abroad could dial it.
func CanonicalPhone(s string) (string, bool) {
	s, ok := phoneDigits(s)
	if rest, home := strings.CutPrefix(s, "00"); home {
		s = "+" + rest
	}
	if !ok || len(s) < 7 || len(s) > 16 || s[0] != '+' || s[1] == '0' {
		return "", false
	}
	return s, true
}

// canonicalHelpLine returns the number of a help line: one for the whole world
// as CanonicalPhone does, or digits that are dialled inside the country only,
// such as 116111 or 0800 numbers.
func canonicalHelpLine(s string) (string, bool) {
	if phone, ok := CanonicalPhone(s); ok {
		return phone, true
	}
	s, ok := phoneDigits(s)
	if !ok || len(s) < 3 || len(s) > 12 || s[0] == '+' {
		return "", false
	}
	return s, true
}

// phoneDigits takes out of a number what only groups it. It reports false for
// anything that is not in numbers, and for a plus sign inside.
func phoneDigits(s string) (string, bool) {
	s = strings.ReplaceAll(strings.TrimSpace(s), "(0)", "")
	var b strings.Builder
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9', r == '+' && b.Len() == 0:
			b.WriteRune(r)
		case r >= '٠' && r <= '٩':
			b.WriteRune('0' + r - '٠')
		case r >= '۰' && r <= '۹':
			b.WriteRune('0' + r - '۰')
		case strings.ContainsRune(" .-/()\u00a0\u2009\u202f\u2010\u2011\u2013\u200e\u200f", r):
		default:
			return "", false
		}
	}
	return b.String(), b.Len() > 0
}
