package search

import (
	"strings"
	"sync"

	"golang.org/x/text/unicode/norm"

	snowball "github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/dutch"
	"github.com/blevesearch/snowballstem/english"
	"github.com/blevesearch/snowballstem/french"
	"github.com/blevesearch/snowballstem/german"
	"github.com/blevesearch/snowballstem/spanish"
)

// Language is how words are looked for in one language.
type Language struct {
	tag   string
	stem  func(string) string // of a word in small letters
	stops map[string]bool     // folded words that say nothing by themselves
	kept  *stems
}

// stems are those of the words that were looked at last: a few thousand words
// make up most of all texts.
type stems struct {
	mu   sync.RWMutex
	list map[string][]string // terms by word in small letters
}

// stemsKept bounds them, for one language.
const stemsKept = 8192

// For returns the rules for a language by its BCP 47 tag. A language that
// nothing is known of has words and diacritics, and no stems.
func For(tag string) Language {
	l := Language{tag: strings.ToLower(tag), stem: func(w string) string { return w }}
	base, _, _ := strings.Cut(l.tag, "-")
	if known, ok := languages[base]; ok {
		l.stem, l.stops = known.stem, known.stops
		if l.tag == base {
			l.kept = kept[base]
		}
	}
	return l
}

var languages = map[string]Language{
	"en": {stem: snow(english.Stem), stops: set("a an and are as at be by for from has have how in is it its of on or s t that the their they this to was were what when where which who will with")},
	"fr": {stem: snow(french.Stem), stops: set("a au aux avec c ce ces cette comme d dans de des du elle en et est il ils j je l la le les leur leurs lui m mais me n ne nous on ou par pas pour qu que qui s sa se ses si son sont sur t tu un une vous y")},
	"es": {stem: snow(spanish.Stem), stops: set("a al ante como con cual de del desde el ella ellas ellos en entre es esta este la las le les lo los mas me mi no o para pero por que se si sin sobre son su sus un una uno y")},
	"nl": {stem: dutchStem, stops: set("aan al als bij dat de den der deze die dit door een en er het hij hoe hun ik in is je kan met na naar niet of om onder ook op over s t te tot uit van voor was wat we wie wij ze zich zij zijn zo zonder")},
	"de": {stem: snow(german.Stem), stops: set("als am an auch auf aus bei bis das dass dem den der des die durch ein eine einem einen einer es fur hat im in ist mit nach nicht oder sich sie sind und um von vor was wer wie wir zu zum zur")},
	"ar": {stem: arabicStem, stops: set("ان انه او الى الي التي الذي الذين ثم على علي عن عند في فيها قد كل كما كيف لا ما مع من منذ هذا هذه هو هي و")},
}

// kept has the stems of each of the languages.
var kept = func() map[string]*stems {
	m := map[string]*stems{}
	for l := range languages {
		m[l] = &stems{list: map[string][]string{}}
	}
	return m
}()

func set(words string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		m[w] = true
	}
	return m
}

func snow(stem func(*snowball.Env) bool) func(string) string {
	return func(w string) string {
		env := snowball.NewEnv(w)
		stem(env)
		return env.Current()
	}
}

// dutchStem takes the plural of "-ie" off first, which Snowball leaves alone,
// and writes the consonant that a plural turned into another ("lijfstraffen"
// needs no help, "brieven" does) as the singular does.
func dutchStem(w string) string {
	if strings.HasSuffix(w, "ies") {
		w = w[:len(w)-1]
	}
	s := snow(dutch.Stem)(w)
	if rest, ok := strings.CutSuffix(s, "v"); ok && len(rest) > 2 {
		return rest + "f"
	}
	if rest, ok := strings.CutSuffix(s, "z"); ok && len(rest) > 2 {
		return rest + "s"
	}
	return s
}

// The endings and beginnings that Arabic words of one meaning differ by
// (Larkey, Ballesteros and Connell's "light10"), longest first.
var (
	arabicBegins = []string{"وال", "بال", "كال", "فال", "لل", "ال", "و"}
	arabicEnds   = []string{"ها", "ان", "ات", "ون", "ين", "يه", "ه", "ي"}
)

// arabicStem is a light stemmer: measured against Snowball's, which leaves the
// plural of most loanwords alone, it brings more forms of a word together.
func arabicStem(w string) string {
	w = Fold(w)
	for _, b := range arabicBegins {
		rest, ok := strings.CutPrefix(w, b)
		if ok && runes(rest) >= 2 && (b != "و" || runes(rest) >= 3) {
			w = rest
			break
		}
	}
	for _, e := range arabicEnds {
		rest, ok := strings.CutSuffix(w, e)
		if ok && runes(rest) >= 2 {
			w = rest
		}
	}
	return w
}

// runes counts the letters of a word that is all Arabic or near enough: two
// bytes each.
func runes(w string) int { return len(w) / 2 }

// terms returns what a word is found by: its stem, and the stem of its plain
// spelling where leaving out the diacritics makes another one of it. Nobody
// changes the list.
func (l Language) terms(word, folded string) []string {
	lower := strings.ToLower(norm.NFC.String(word))
	if l.kept == nil {
		return l.stemmed(lower, folded)
	}
	l.kept.mu.RLock()
	out, ok := l.kept.list[lower]
	l.kept.mu.RUnlock()
	if ok {
		return out
	}
	out = l.stemmed(lower, folded)
	l.kept.mu.Lock()
	defer l.kept.mu.Unlock()
	if len(l.kept.list) >= stemsKept {
		clear(l.kept.list)
	}
	l.kept.list[strings.Clone(lower)] = out
	return out
}

func (l Language) stemmed(lower, folded string) []string {
	first := Fold(l.stem(lower))
	if first == "" {
		first = folded
	}
	out := []string{l.tag + "_" + first}
	if folded != lower {
		if second := l.stem(folded); second != "" && second != first {
			out = append(out, l.tag+"_"+second)
		}
	}
	return out
}
