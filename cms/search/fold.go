package search

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// plain are letters that do not decompose into a plain one and a mark.
var plain = map[rune]string{
	'ß': "ss", 'œ': "oe", 'æ': "ae", 'ø': "o", 'ł': "l", 'đ': "d", 'ð': "d", 'þ': "th", 'ı': "i",
	// Arabic: one letter is written in several ways, and people mix them.
	'ٱ': "ا", 'ى': "ي", 'ة': "ه", 'ی': "ي", 'ک': "ك",
	'ـ': "", // tatweel only stretches a word
}

// Fold returns a word in small letters without diacritics, in one spelling of
// those that are written in several.
func Fold(word string) string {
	ascii := true
	for i := range len(word) {
		if word[i] >= 0x80 || 'A' <= word[i] && word[i] <= 'Z' {
			ascii = false
			break
		}
	}
	if ascii {
		return word
	}
	var b strings.Builder
	b.Grow(len(word))
	for _, r := range norm.NFKD.String(word) {
		if unicode.Is(unicode.Mn, r) {
			continue
		}
		r = unicode.ToLower(r)
		if s, ok := plain[r]; ok {
			b.WriteString(s)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// maxWord bounds a word, in bytes: what is longer is no word.
const maxWord = 64

// span is a word in a text: the bytes from, up to and without to.
type span struct{ from, to int }

// spans yields the words of a text in order. Marks belong to the letters before
// them; scripts that leave no spaces are cut into single characters.
func spans(text string) func(func(span) bool) {
	return func(yield func(span) bool) {
		start := -1
		for i, r := range text {
			switch {
			case alone(r):
				if start >= 0 && !yield(span{start, i}) {
					return
				}
				start = -1
				if !yield(span{i, i + len(string(r))}) {
					return
				}
			case inWord(r, start >= 0):
				if start < 0 {
					start = i
				}
			case start >= 0:
				if !yield(span{start, i}) {
					return
				}
				start = -1
			}
		}
		if start >= 0 {
			yield(span{start, len(text)})
		}
	}
}

func inWord(r rune, inside bool) bool {
	if r < 0x80 {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
	}
	return unicode.IsLetter(r) || unicode.IsNumber(r) || inside && unicode.IsMark(r)
}

func alone(r rune) bool {
	return r > 0xe00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}
