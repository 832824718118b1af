package live

import (
	"cmp"
	"context"
	"errors"
	"math"
	"runtime"
	"slices"
	"sync"
	"time"

	"meridian/cms/block"
	engine "meridian/cms/search"
	"meridian/models/store"
)

// ErrBusy means that more people search than can be answered at once.
var ErrBusy = errors.New("too many searches at once")

// Bounds of searching. Pages that are not searches keep connections to the
// database for themselves, and half of the processors.
const (
	searchesAtOnce = 3
	searchWait     = time.Second
	searchTimeout  = 2 * time.Second
)

// searchTurns is how many searches run at once.
func searchTurns() int { return min(searchesAtOnce, max(1, runtime.GOMAXPROCS(0)/2)) }

// SearchView is View for a search: few run at once, and each for a short time
// only. It ends early with ctx. The error is ErrBusy when there was no turn.
func (r *Reader) SearchView(ctx context.Context, fn func(*View) error) error {
	wait, stop := context.WithTimeout(ctx, searchWait)
	defer stop()
	select {
	case r.words.turns <- struct{}{}:
	case <-wait.Done():
		return cmp.Or(ctx.Err(), ErrBusy)
	}
	defer func() { <-r.words.turns }()
	within, cancel := context.WithTimeout(ctx, searchTimeout)
	defer cancel()
	err := r.View(within, fn)
	if err != nil && ctx.Err() == nil && within.Err() != nil {
		return ErrBusy
	}
	return err
}

// SearchQuery asks for what has words in it.
type SearchQuery struct {
	Text    string
	Lang    string
	Kind    string // section, page or news; "" = all
	Section string // id: this section and everything below; "" = everywhere
	Topic   string // id of a term; "" = any
	Year    string // of news, YYYY; "" = any
	Skip    int    // results before the page; MaxFound and more is none
	Limit   int
}

// MaxFound is how many results a search ranks.
const MaxFound = 200

// MaxQuery bounds the text of a search, in characters; what is beyond is not
// looked at.
const MaxQuery = engine.MaxQuery

// Search is what was found.
type Search struct {
	Results []Result
	More    bool
	// Corrected is the text that was looked for in place of the one asked for,
	// which is nowhere; "" when it was taken as it is.
	Corrected string
}

// Result is a public item with the words that were looked for marked in what a
// list shows of it.
type Result struct {
	*Item                    // a teaser without facts
	TitleMarks, SummaryMarks []Piece
	// Excerpt is from the text, where title and summary have none of the words.
	Excerpt []Piece
}

// Piece is a part of a text; Hit says that it was looked for.
type Piece = engine.Piece

// Weights of a word by where a document has it.
var searchPlaces = []struct {
	place  engine.Place
	weight float64
}{{engine.Title, 8}, {engine.Summary, 4}, {engine.Often, 2.5}}

const (
	// newest is how many of the newest documents of each place are ranked for
	// a word; a word with more of them in all is a common one.
	newest = 200
	// weighed is how many of the best are put in order by the lengths of their
	// titles, too.
	weighed = 60
	// enough results need no documents that lack a word.
	enough = 10
	// begun is what the beginning of a word is worth, less for a document that
	// lacks one of the words.
	begun   = 0.6
	partial = 0.5
)

// Search returns what has the words of a query in a language, the best first.
// An unknown section is ErrNotFound.
func (v *View) Search(q SearchQuery) (out Search, err error) {
	f := store.SearchFilter{Kind: q.Kind, Term: v.became(q.Topic), Year: q.Year}
	if q.Section != "" {
		if f.Branch, err = v.live.BranchOf(q.Section); err != nil {
			return out, err
		}
	}
	s := searching{view: v, lang: q.Lang, filter: f}
	s.query = engine.For(q.Lang).Query(q.Text)
	if len(s.query.Words) == 0 {
		return out, nil
	}
	if s.look, err = v.live.Lookup(); err != nil {
		return out, err
	}
	if out.Corrected, err = s.understand(); err != nil {
		return out, err
	}
	ids, err := s.rank()
	if err != nil {
		return out, err
	}
	ids = ids[min(q.Skip, len(ids)):]
	if out.More = len(ids) > q.Limit; out.More {
		ids = ids[:q.Limit]
	}
	out.Results, err = s.results(ids)
	return out, err
}

// searching is one search under way.
type searching struct {
	view   *View
	lang   string
	filter store.SearchFilter
	query  engine.Query
	look   *store.SearchLookup
	counts []int // documents by word, up to newest
}

// understand completes the last word and counts what has each; where a word is
// nowhere, it looks for what was meant. It returns the corrected text, if any.
func (s *searching) understand() (string, error) {
	if err := s.complete(); err != nil {
		return "", err
	}
	meant := map[int]string{}
	for i, w := range s.query.Words {
		if s.counts[i] > 0 || len(w.Begun) > 0 {
			continue
		}
		word, err := s.near(w.Folded)
		if err != nil {
			return "", err
		}
		if word != "" {
			meant[i] = word
		}
	}
	if len(meant) == 0 {
		return "", nil
	}
	s.query = s.query.Correct(meant)
	return s.query.Text(), s.complete()
}

func (s *searching) complete() error {
	words := s.query.Words
	if last := words[len(words)-1]; last.Open {
		list, err := s.view.live.SearchBegun(s.lang, last.Folded, 24)
		if err != nil {
			return err
		}
		s.query.Complete(list)
	}
	groups := make([][]string, len(words))
	for i, w := range words {
		groups[i] = w.Terms
	}
	var err error
	s.counts, err = s.look.Counts(groups, newest)
	return err
}

// near returns the word that a misspelt one was probably meant to be, "" for
// none. Readers are told only what some public text says.
func (s *searching) near(folded string) (string, error) {
	words, err := s.view.reader.words.near(s.view.live, s.lang, folded)
	if err != nil || len(words) == 0 {
		return "", err
	}
	rules := engine.For(s.lang)
	var groups [][]string
	for _, w := range words {
		q := rules.Query(w)
		if len(q.Words) != 1 {
			groups = append(groups, []string{""})
			continue
		}
		groups = append(groups, q.Words[0].Terms)
	}
	counts, err := s.look.Counts(groups, 1)
	for i, n := range counts {
		if n > 0 {
			return words[i], err
		}
	}
	return "", err
}

// score is what a document is worth.
type score struct{ title, rest float64 }

// rank returns what was found by number, the best first.
func (s *searching) rank() ([]int64, error) {
	found := map[int64]score{}
	if err := s.all(found); err != nil {
		return nil, err
	}
	if len(found) < enough && len(s.query.Words) > 1 {
		if err := s.some(found); err != nil {
			return nil, err
		}
	}
	type ranked struct {
		id    int64
		worth float64
	}
	list := make([]ranked, 0, len(found))
	for id, x := range found {
		list = append(list, ranked{id, x.title + x.rest})
	}
	order := func(a, b ranked) int { return cmp.Or(cmp.Compare(b.worth, a.worth), cmp.Compare(b.id, a.id)) }
	slices.SortFunc(list, order)
	list = list[:min(len(list), MaxFound)]
	// A title that says little else is more about the words than a long one.
	best := list[:min(len(list), weighed)]
	var titled []int64
	for _, r := range best {
		if found[r.id].title > 0 {
			titled = append(titled, r.id)
		}
	}
	if len(titled) > 0 {
		lengths, err := s.view.live.SearchTitles(titled)
		if err != nil {
			return nil, err
		}
		for i, r := range best {
			x := found[r.id]
			best[i].worth = x.rest + x.title*3/(2+math.Sqrt(float64(lengths[r.id])))
		}
		slices.SortFunc(best, order)
	}
	ids := make([]int64, len(list))
	for i, r := range list {
		ids[i] = r.id
	}
	return ids, nil
}

// idf is what a word is worth: the rarer, the more.
func (s *searching) idf(word int) float64 {
	return math.Log(1 + 50_000/float64(s.counts[word]+1))
}

// all finds the documents that have every word.
func (s *searching) all(found map[int64]score) error {
	words := s.query.Words
	var matches []store.SearchMatch
	var add []score
	every := make([][]string, len(words))
	base := 0.0
	for i, w := range words {
		every[i] = slices.Concat(w.Terms, w.Begun)
		base += s.idf(i) * worth(w, s.counts[i])
	}
	matches = append(matches, every)
	add = append(add, score{rest: base})
	for i, w := range words {
		group := w.Terms
		if s.counts[i] == 0 {
			group = w.Begun
		}
		if len(group) == 0 {
			return nil // nowhere
		}
		rest := slices.Concat(every[:i], every[i+1:])
		for c, p := range searchPlaces {
			x := score{rest: s.idf(i) * (p.weight - 1) * worth(w, s.counts[i])}
			if c == 0 {
				x = score{title: x.rest}
			}
			matches, add = append(matches, slices.Concat([][]string{p.place.In(group)}, rest)), append(add, x)
		}
	}
	hits, err := s.look.Hits(matches, s.filter, newest)
	if err != nil {
		return err
	}
	for i, ids := range hits {
		for _, id := range ids {
			x := found[id]
			if i > 0 && x == (score{}) {
				x.rest = base // it has all words, and is older than the newest that do
			}
			found[id] = score{x.title + add[i].title, x.rest + add[i].rest}
		}
	}
	return nil
}

// worth is less for a word that is only the beginning of others.
func worth(w engine.QueryWord, count int) float64 {
	if count == 0 && len(w.Begun) > 0 {
		return begun
	}
	return 1
}

// some adds documents that lack one of the words or more. Common words count
// where a rare one is as well; by themselves they would say little.
func (s *searching) some(found map[int64]score) error {
	words := s.query.Words
	var rare []string
	for i, w := range words {
		if s.counts[i] > 0 && s.counts[i] < newest {
			rare = append(rare, w.Terms...)
		}
	}
	var matches []store.SearchMatch
	var add []score
	for i, w := range words {
		group := w.Terms
		if s.counts[i] == 0 {
			group = w.Begun
		}
		if len(group) == 0 {
			continue
		}
		var rest [][]string
		if s.counts[i] >= newest && len(rare) > 0 {
			rest = [][]string{rare}
		}
		one := s.idf(i) * worth(w, s.counts[i]) * partial
		matches, add = append(matches, slices.Concat([][]string{group}, rest)), append(add, score{rest: one})
		for c, p := range searchPlaces {
			x := score{rest: one * (p.weight - 1)}
			if c == 0 {
				x = score{title: x.rest}
			}
			matches, add = append(matches, slices.Concat([][]string{p.place.In(group)}, rest)), append(add, x)
		}
	}
	if len(matches) == 0 {
		return nil
	}
	hits, err := s.look.Hits(matches, s.filter, newest)
	if err != nil {
		return err
	}
	more := map[int64]score{}
	for i, ids := range hits {
		for _, id := range ids {
			if _, ok := found[id]; ok {
				continue
			}
			x := more[id]
			more[id] = score{x.title + add[i].title, x.rest + add[i].rest}
		}
	}
	for id, x := range more {
		found[id] = x
	}
	return nil
}

// results reads what a page of results shows.
func (s *searching) results(ids []int64) ([]Result, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	rows, err := s.view.live.SearchRows(ids)
	if err != nil {
		return nil, err
	}
	texts := make([]store.LiveText, 0, len(ids))
	for _, id := range ids {
		if t, ok := rows[id]; ok {
			texts = append(texts, t)
		}
	}
	out := make([]Result, len(texts))
	var silent []string // editions whose summary has none of the words
	for i, t := range texts {
		kind, _ := KindOf(t.Kind)
		it := s.view.bare(t, kind, nil)
		out[i] = Result{Item: it, TitleMarks: s.query.Mark(it.Title), SummaryMarks: s.query.Mark(it.Summary)}
		if !slices.ContainsFunc(out[i].SummaryMarks, func(p Piece) bool { return p.Hit }) {
			silent = append(silent, texts[i].EditionID)
		}
	}
	return out, s.excerpts(out, texts, silent)
}

// excerpts adds excerpts to the results of some editions.
func (s *searching) excerpts(out []Result, texts []store.LiveText, of []string) error {
	if len(of) == 0 {
		return nil
	}
	bodies, err := s.view.live.SearchBodies(of)
	if err != nil {
		return err
	}
	var docs []*block.Document
	var langs []string
	var at []int
	for i, t := range texts {
		body, ok := bodies[t.EditionID]
		if !ok {
			continue
		}
		doc, err := block.Decode([]byte(body))
		if err != nil {
			return err
		}
		docs, langs, at = append(docs, doc), append(langs, t.Lang), append(at, i)
	}
	if err := s.view.withhold(docs, langs); err != nil {
		return err
	}
	for i, doc := range docs {
		out[at[i]].Excerpt, _ = s.query.Excerpt(doc.PlainText(block.Inert{}))
	}
	return nil
}

// lexicons are the words of the languages, read when the first word is
// misspelt, and the turns of those who search.
type lexicons struct {
	turns chan struct{}

	mu     sync.Mutex
	byLang map[string]*lexicon
}

type lexicon struct {
	words engine.Vocabulary
	last  int64 // number of the newest word in it
}

func newLexicons() *lexicons {
	return &lexicons{turns: make(chan struct{}, searchTurns()), byLang: map[string]*lexicon{}}
}

// near returns words that a folded one was probably meant to be.
func (x *lexicons) near(l *store.Live, lang, folded string) ([]string, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	lex := x.byLang[lang]
	if lex == nil {
		lex = &lexicon{}
		x.byLang[lang] = lex
	}
	last, err := l.SearchWordsAfter(lang, lex.last, engine.MaxWords, func(w store.SearchWord) { lex.words.Add(engine.Word(w)) })
	if lex.last = last; err != nil {
		return nil, err
	}
	return lex.words.Near(folded, 8), nil
}

// NewsYears returns the years that have public news in a language, newest
// first.
func (v *View) NewsYears(lang string) ([]string, error) {
	return v.live.Years(v.known.root, lang)
}
