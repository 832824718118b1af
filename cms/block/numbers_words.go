package block

import (
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// countedNoun is a word for something the directory counts.
type countedNoun struct {
	fact string
	// near wants the number right before it: "members" may be those of a team.
	near bool
}

// countedWords are what the search for numbers knows of a language.
type countedWords struct {
	nouns   map[string]countedNoun
	numbers map[string]int
	stops   map[string]bool
	// links are the words between two numbers that are a range, and "thirty and
	// five" is 35 with the word and between, "" for none; "-" where it takes more.
	links map[string]bool
	and   string
	// stems are parts of the nouns: a text with none of them says none.
	stems []string
	// bare drops marks of vowels, which Arabic may write or not.
	bare bool
}

// mentions reports at little cost whether a text may say one of the nouns.
func (v *countedWords) mentions(text string) bool {
	for _, s := range v.stems {
		if strings.Contains(text, s) {
			return true
		}
	}
	return false
}

// fold brings a word to the form it has in the maps.
func (v *countedWords) fold(s string) string {
	s = strings.ToLower(norm.NFC.String(s))
	if v.bare {
		s = strings.Map(func(r rune) rune {
			if unicode.Is(unicode.Mn, r) || r == 'ـ' {
				return -1
			}
			return r
		}, s)
	}
	return s
}

// countedSource is countedWords as they are written down: words with spaces
// between them.
type countedSource struct {
	sections, members, countries string
	stops                        string
	links, and                   string
	// large are words for parts of numbers that are too large.
	large string
	// units are the words from two to nineteen, tens those from twenty on;
	// join makes the word for a unit and a ten, "" where it takes several.
	units, tens string
	join        func(unit, ten string) string
}

var countedSources = map[string]countedSource{
	"en": {
		sections: "sections", members: "members", countries: "countries",
		stops: "the of in and or to for from with by on at our its their these those all other per than as a an is are was were has have children page pages percent",
		links: "to or and", and: "", large: "hundred thousand million",
		units: "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen",
		tens:  "twenty thirty forty fifty sixty seventy eighty ninety",
		join:  func(unit, ten string) string { return ten + "-" + unit },
	},
	"fr": {
		sections: "sections", members: "membres", countries: "pays",
		stops: "le la les l de des du d et ou à au aux en dans par pour avec sur nos notre leurs ses ces tous toutes autres est sont a ont enfants page pages",
		links: "à ou et", and: "-", large: "cent cents mille million millions",
		units: "deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit dix-neuf",
		tens:  "vingt trente quarante cinquante soixante",
		join:  func(unit, ten string) string { return ten + "-" + unit },
	},
	"nl": {
		sections: "afdelingen secties", members: "leden", countries: "landen",
		stops: "de het een van in en of voor met op aan bij door onze haar hun deze die alle andere is zijn was waren heeft hebben kinderen pagina tot procent",
		links: "tot of en", and: "-", large: "honderd duizend miljoen",
		units: "twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien zeventien achttien negentien",
		tens:  "twintig dertig veertig vijftig zestig zeventig tachtig negentig",
		join: func(unit, ten string) string {
			if strings.HasSuffix(unit, "e") {
				return unit + "ën" + ten
			}
			return unit + "en" + ten
		},
	},
	"es": {
		sections: "secciones", members: "miembros", countries: "países",
		stops: "el la los las de del y o a al en por para con sobre nuestras nuestros sus estas estos todas todos otras otros es son ha han niños página",
		links: "a o y", and: "y", large: "cien ciento mil millón millones",
		units: "dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete dieciocho diecinueve",
		tens:  "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa",
		join: func(unit, ten string) string {
			if ten != "veinte" {
				return "" // "treinta y cinco"
			}
			switch unit {
			case "dos":
				unit = "dós"
			case "tres":
				unit = "trés"
			case "seis":
				unit = "séis"
			}
			return "veinti" + unit
		},
	},
	"ar": { // without marks of vowels
		sections: "فرع فرعا فروع قسم قسما أقسام", members: "عضو عضوا أعضاء", countries: "دولة دول بلد بلدا بلدان",
		stops: "من في و أو إلى على مع عن كل جميع هذه تلك",
		links: "إلى أو و", and: "-", large: "مئة مائة ألف مليون",
	},
}

// counted returns the words by language, made on first use.
var counted = sync.OnceValue(func() map[string]*countedWords {
	out := map[string]*countedWords{}
	for lang, src := range countedSources {
		v := &countedWords{nouns: map[string]countedNoun{}, numbers: map[string]int{}, stops: map[string]bool{}, links: map[string]bool{}, and: src.and, bare: lang == "ar"}
		add := func(words string, noun countedNoun) {
			for _, w := range strings.Fields(words) {
				v.nouns[w] = noun
				// Without its first letter, which may be a capital.
				stem := strings.TrimPrefix(w, string([]rune(w)[:1]))
				v.stems = append(v.stems, stem, strings.ToUpper(stem))
			}
		}
		add(src.sections, countedNoun{fact: "section_count"})
		add(src.members, countedNoun{fact: "section_count", near: true})
		add(src.countries, countedNoun{fact: "country_count"})
		if v.bare { // marks may stand anywhere in a word
			v.stems = strings.Split("0 1 2 3 4 5 6 7 8 9 ٠ ١ ٢ ٣ ٤ ٥ ٦ ٧ ٨ ٩ ۰ ۱ ۲ ۳ ۴ ۵ ۶ ۷ ۸ ۹", " ")
		}
		for _, w := range strings.Fields(src.stops) {
			v.stops[w] = true
		}
		for _, w := range strings.Fields(src.links) {
			v.links[w] = true
		}
		for _, w := range strings.Fields(src.large) {
			v.numbers[w] = 1000
		}
		units := strings.Fields(src.units)
		for i, unit := range units {
			v.numbers[unit] = i + 2
		}
		for i, ten := range strings.Fields(src.tens) {
			v.numbers[ten] = (i + 2) * 10
			for u, unit := range units[:8] {
				if w := src.join(unit, ten); w != "" {
					v.numbers[w] = (i+2)*10 + u + 2
				}
			}
		}
		out[lang] = v
	}
	return out
})
