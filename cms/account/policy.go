package account

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"meridian/models"
)

// MinPassword is the least number of characters of a password that is used
// without a second factor.
const MinPassword = 15

// PasswordCode says why a password was refused.
type PasswordCode string

// The reasons, in the order in which they are looked for.
const (
	PasswordUnreadable PasswordCode = "password_unreadable" // not UTF-8
	PasswordShort      PasswordCode = "password_short"      // fewer characters than MinPassword
	PasswordLong       PasswordCode = "password_long"       // more bytes than MaxPasswordBytes
	PasswordSimple     PasswordCode = "password_simple"     // a repetition, or a run along the alphabet or a keyboard
	PasswordPersonal   PasswordCode = "password_personal"   // holds a name or a part of the address
	PasswordLeaked     PasswordCode = "password_leaked"     // a leaked password, or one with a little around it
)

// PasswordError is a refused password. It unwraps to models.ErrInvalid.
type PasswordError struct {
	Code PasswordCode
	Word string // the name that was found, for PasswordPersonal
}

func (e *PasswordError) Error() string {
	if e.Word != "" {
		return fmt.Sprintf("%s: %q", e.Code, e.Word)
	}
	return string(e.Code)
}

func (e *PasswordError) Unwrap() error { return models.ErrInvalid }

// Problem returns the refusal for a form: the code, and what its sentence
// needs ("min" in characters, "max" in bytes, "word").
func (e *PasswordError) Problem() models.Problem {
	p := models.Problem{Code: string(e.Code)}
	switch e.Code {
	case PasswordShort:
		p.Args = map[string]any{"min": MinPassword}
	case PasswordLong:
		p.Args = map[string]any{"max": MaxPasswordBytes}
	case PasswordPersonal:
		p.Args = map[string]any{"word": e.Word}
	}
	return p
}

// CheckPassword returns a *PasswordError if pw must not be set, else nil. The
// forbidden strings are what an attacker would try first at this account: the
// organisation, the product, the user's name, the e-mail address. They are
// taken apart into words, and words of fewer than four characters do not
// count. There are no rules about kinds of characters. Nothing leaves the
// process; the list of leaked passwords is part of it.
func CheckPassword(pw string, forbidden ...string) error {
	if len(pw) > MaxPasswordBytes {
		return &PasswordError{Code: PasswordLong}
	}
	if !utf8.ValidString(pw) {
		return &PasswordError{Code: PasswordUnreadable}
	}
	pw = norm.NFC.String(pw)
	chars := []rune(strings.ToLower(pw))
	if utf8.RuneCountInString(pw) < MinPassword {
		return &PasswordError{Code: PasswordShort}
	}
	unit := chars[:period(chars)]
	repeated := len(unit) < len(chars)
	if surprises(chars) < 5 || distinct(chars) < 5 || (repeated && len(unit) < 8 && !leaked(unit)) {
		return &PasswordError{Code: PasswordSimple}
	}
	looks := skeleton(string(chars))
	for _, f := range forbidden {
		for _, word := range strings.FieldsFunc(f, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) }) {
			if utf8.RuneCountInString(word) >= 4 && strings.Contains(looks, skeleton(word)) {
				return &PasswordError{Code: PasswordPersonal, Word: word}
			}
		}
	}
	if leaked(unit) {
		return &PasswordError{Code: PasswordLeaked}
	}
	return nil
}

// period returns the length of the shortest beginning of s, which is not
// empty, that, repeated,
// gives s; the last repetition may be cut off.
func period(s []rune) int {
	// The failure function of Knuth, Morris and Pratt.
	border := make([]int, len(s)+1)
	border[0] = -1
	for i, k := 0, -1; i < len(s); {
		for k >= 0 && s[i] != s[k] {
			k = border[k]
		}
		i, k = i+1, k+1
		border[i] = k
	}
	return len(s) - border[len(s)]
}

func distinct(s []rune) int {
	seen := map[rune]bool{}
	for _, r := range s {
		seen[r] = true
	}
	return len(seen)
}

// Rows of the common keyboards, the way fingers run along them.
var rows = []string{"1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "azertyuiop", "qsdfghjklm", "wxcvbn", "qwertzuiop", "yxcvbnm", "!@#$%^&*()"}

var neighbours = func() map[[2]rune]bool {
	m := map[[2]rune]bool{}
	for _, row := range rows {
		r := []rune(row)
		for i := 1; i < len(r); i++ {
			m[[2]rune{r[i-1], r[i]}] = true
			m[[2]rune{r[i], r[i-1]}] = true
		}
	}
	return m
}()

// surprises counts the characters that do not follow from the one before: by
// repeating it, by counting on, or by the next key.
func surprises(s []rune) int {
	n := 0
	for i, r := range s {
		if i > 0 {
			if d := r - s[i-1]; d >= -1 && d <= 1 || neighbours[[2]rune{s[i-1], r}] {
				continue
			}
		}
		n++
	}
	return n
}

// skeleton folds what people swap to make a word look different: case,
// accents, and digits or signs in place of letters. Both sides of a
// comparison are folded, so it need not be a word.
func skeleton(s string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(strings.ToLower(s)) {
		switch r {
		case '0':
			r = 'o'
		case '1', 'l', '!', '|':
			r = 'i'
		case '3', '€':
			r = 'e'
		case '4', '@':
			r = 'a'
		case '5', '$':
			r = 's'
		case '7', '+':
			r = 't'
		}
		if !unicode.IsMark(r) {
			b.WriteRune(r)
		}
	}
	return b.String()
}
