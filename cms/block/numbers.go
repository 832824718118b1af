package block

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Number is a number that somebody typed beside the word for something the
// directory counts: "47 sections". It goes out of date, which a fact cannot.
type Number struct {
	BlockID string
	Fact    string // key of the fact that counts it: section_count or country_count
	Value   int
}

// Numbers lists the typed numbers of a text in order, each once to a block.
func (d *Document) Numbers() []Number {
	var out []Number
	for i := range d.Doc.Content {
		n := &d.Doc.Content[i]
		look := func(words string) {
			for _, x := range NumbersIn(d.Lang, words) {
				x.BlockID = n.ID()
				if !slices.Contains(out, x) {
					out = append(out, x)
				}
			}
		}
		eachParagraph(n, func(inline []Node) { look(numbersText(inline)) })
		eachWords(n, func(path, words string) {
			if path != "content" {
				look(words)
			}
		})
	}
	return out
}

// numbersText is inline content with a sign in the place of a fact that is
// neither a number nor a word.
func numbersText(nodes []Node) string {
	if len(nodes) == 1 {
		return nodes[0].Text
	}
	var b strings.Builder
	for i := range nodes {
		switch n := &nodes[i]; n.Type {
		case "text":
			b.WriteString(n.Text)
		case "fact":
			b.WriteRune(unicode.ReplacementChar)
		default:
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// numberReach is how many words back a number is looked for: "47 active
// national sections".
const numberReach = 3

// NumbersIn finds the numbers that a text types beside the words for sections,
// members and countries, in the languages of [Languages]; in others there are
// none. Numbers stand in digits, Western or Arabic, or are written out up to
// the nineties. To accuse nobody falsely, ordinals, fractions, percentages,
// ranges and what is below 3 or has four digits are no counts.
func NumbersIn(lang, text string) []Number {
	v := counted()[baseLang(lang)]
	if v == nil || !v.mentions(text) {
		return nil
	}
	var out []Number
	var before [numberReach]numberWord // the nearest first
	for w := range numberWords(v, text) {
		if noun := before[0].noun; noun.fact != "" && w.joint == jointColon && w.value > 0 {
			out = append(out, Number{Fact: noun.fact, Value: w.value}) // "Sections: 47"
		}
		joint := w.joint
		for i, b := range before {
			if w.noun.fact == "" || joint != jointSpace || b.stop || b.noun.fact != "" || i > 0 && w.noun.near {
				break
			}
			if b.value > 0 {
				out = append(out, Number{Fact: w.noun.fact, Value: b.value})
				break
			}
			joint = b.joint
		}
		copy(before[1:], before[:numberReach-1])
		before[0] = w
	}
	return out
}

// numberWord is a word of a text on the search for numbers.
type numberWord struct {
	joint joint
	value int // of a number that may be a count, 0 for all else
	noun  countedNoun
	stop  bool // a number before it counts something else
}

// joint is what stands between a word and the one before.
type joint int

const (
	jointNone  joint = iota // the beginning, or signs that end a thought
	jointSpace              // nothing but space
	jointColon
)

// numberWords yields the words of a text.
func numberWords(v *countedWords, text string) func(func(numberWord) bool) {
	return func(yield func(numberWord) bool) {
		end := -1 // of the word before
		var last, first spoken
		for at := 0; at < len(text); {
			r, size := utf8.DecodeRuneInString(text[at:])
			if !inNumberWord(r) {
				at += size
				continue
			}
			stop, gap := wordEnd(text, at), ""
			word := numberWord{}
			if end >= 0 {
				gap = text[end:at]
				word.joint = jointOf(gap)
			}
			said := v.hear(text[at:stop])
			if said.number {
				word.value = v.joined(first, last, said, gap)
				said.value = word.value
				if word.value < leastNumber || word.value > mostNumber {
					word.value, word.stop = 0, true
				}
			} else {
				word.noun, word.stop = v.nouns[said.text], v.stops[said.text]
			}
			if !yield(word) {
				return
			}
			said.spaced = word.joint == jointSpace
			first, last, end, at = last, said, stop, stop
		}
	}
}

// Numbers outside of these are hardly ever counts of the directory.
const (
	leastNumber = 3
	mostNumber  = 999
)

// spoken is a word as it is heard.
type spoken struct {
	text   string
	value  int
	number bool // in digits or written out, whatever its value
	digits bool
	spaced bool // nothing but space before it
}

// hear reads a word.
func (v *countedWords) hear(word string) spoken {
	w := spoken{text: v.fold(word)}
	if v.bare { // "and" is a letter before the number: و47
		if rest := strings.TrimPrefix(w.text, "و"); rest != w.text {
			if value, digits := parseNumber(rest); digits {
				return spoken{text: rest, value: value, number: true, digits: true}
			}
		}
	}
	if w.value, w.digits = parseNumber(w.text); w.digits {
		w.number = true
	} else {
		w.value, w.number = v.numbers[w.text]
	}
	return w
}

// joined returns the value of a number with the two words before it: together
// they say one number ("forty seven", "treinta y cinco"), or a range, or the
// halves of something larger, whose value is 0.
func (v *countedWords) joined(first, last, w spoken, gap string) int {
	before, by := last, ""
	space := jointOf(gap) == jointSpace
	switch {
	case space && last.number:
	case last.number && strings.Trim(strings.TrimSpace(gap), "-‐‑–—−/") == "":
	case space && last.spaced && first.number && v.links[last.text]:
		before, by = first, last.text
	default:
		return w.value
	}
	tens := before.value%10 == 0 && before.value >= 20 && before.value < 100
	if space && by == v.and && tens && w.value < 10 && !before.digits && !w.digits {
		return before.value + w.value
	}
	return 0
}

func inNumberWord(r rune) bool { return unicode.In(r, unicode.L, unicode.Nd, unicode.M) }

// wordEnd returns where the word that begins at at ends. Signs inside a number
// ("1,200") and hyphens inside a word ("thirty-five") belong to it.
func wordEnd(text string, at int) int {
	for at < len(text) {
		r, size := utf8.DecodeRuneInString(text[at:])
		if inNumberWord(r) {
			at += size
			continue
		}
		next, _ := utf8.DecodeRuneInString(text[at+size:])
		last, _ := utf8.DecodeLastRuneInString(text[:at])
		inside := strings.ContainsRune("-‐‑–", r) && inNumberWord(next) ||
			strings.ContainsRune(".,’'٬٫", r) && unicode.IsDigit(last) && unicode.IsDigit(next)
		if !inside {
			break
		}
		at += size
	}
	return at
}

// jointOf reads what stands between two words. Marks of direction are nothing.
func jointOf(gap string) joint {
	j := jointSpace
	for _, r := range gap {
		switch {
		case r == ':' && j == jointSpace:
			j = jointColon
		case unicode.IsSpace(r) && r != '\n', unicode.Is(unicode.Cf, r):
		default:
			return jointNone
		}
	}
	return j
}

// parseNumber reads digits of any script, in groups of three where there are
// signs between them. It reports whether the word is in digits at all; the
// value of a fraction, of an ordinal ("47th") and of what is too long is 0.
func parseNumber(s string) (value int, digits bool) {
	group, groups := 0, 0
	for i, r := range s {
		d, ok := digitOf(r)
		switch {
		case ok && i > 18:
			return 0, true
		case ok:
			value, group = value*10+d, group+1
		case strings.ContainsRune(".,’'٬", r) && i > 0 && group <= 3 && (groups == 0 || group == 3):
			group, groups = 0, groups+1
		default:
			return 0, i > 0
		}
	}
	if groups > 0 && group != 3 {
		return 0, true
	}
	return value, true
}

func digitOf(r rune) (int, bool) {
	for _, zero := range []rune{'0', '٠', '۰'} {
		if r >= zero && r <= zero+9 {
			return int(r - zero), true
		}
	}
	return 0, false
}
