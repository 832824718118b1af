package cms

import (
	"cmp"
	"context"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"meridian/cms/search"
	"meridian/models"
	"meridian/models/store"
)

// Bounds of what staff find: results on a page and in all, texts looked at for
// each word and place, drafts not in the index yet that are looked at one by
// one, and the time all that may take.
const (
	FoundPerPage = 20
	MaxFound     = 200
	findNewest   = 400
	findUnread   = 500
	findTimeout  = 3 * time.Second
)

// MaxFindText bounds the text of a search, in characters; what is beyond is not
// looked at.
const MaxFindText = search.MaxQuery

// Piece is a part of a text; Hit says that it was looked for.
type Piece = search.Piece

// FindQuery is what somebody of the staff looks for.
type FindQuery struct {
	Text  string
	Kind  string       // section, page or news; "" = all
	Lang  string       // "" = all languages of the site
	State models.State // draft, live, changed, off, withdrawn; "" = all
	Page  int          // from 1
}

// Found is one page of what has the words, in their newest form, among all
// that a user may read.
type Found struct {
	Hits []Hit
	More bool
	Site models.Site
	// Partial says that the index is being made and older texts may be missing.
	Partial bool
	// Unfinished says that so many texts have the words that time ran out.
	Unfinished bool
}

// Hit is an edition that was found.
type Hit struct {
	Row
	State models.State // of the edition
	// Trail is the sections below the root, down to it, that the user may see.
	Trail []Crumb
	// TitleMarks and Excerpt are its words with those that were looked for
	// marked; the excerpt is from the summary if that has some.
	TitleMarks, Excerpt []Piece
}

// Find returns the editions that have every word of a query, the best first: a
// word in a title is worth more than in a summary, and that more than in the
// text. The last word may be the beginning of one. Nothing in the answer, its
// order included, depends on texts that the user may not read.
func (c *CMS) Find(ctx context.Context, by models.User, q FindQuery) (out Found, err error) {
	within, cancel := context.WithTimeout(ctx, findTimeout)
	defer cancel()
	err = c.view(within, func(r *store.Read) error {
		if out.Site, err = r.Site(); err != nil {
			return err
		}
		f := finder{r: r, by: by, q: q, queries: map[string]*search.Query{}}
		if err := f.everywhere(out.Site.Languages); err != nil {
			return err
		}
		out.Partial = f.partial
		list := f.found[:min(len(f.found), MaxFound)]
		list = list[min(max(q.Page-1, 0)*FoundPerPage, len(list)):]
		out.More = len(list) > FoundPerPage
		out.Hits, err = f.hits(list[:min(len(list), FoundPerPage)], out.Site)
		return err
	})
	if err != nil && ctx.Err() == nil && within.Err() != nil {
		return Found{Site: out.Site, Unfinished: true}, nil
	}
	return out, err
}

// finder is one search under way.
type finder struct {
	r       *store.Read
	by      models.User
	q       FindQuery
	queries map[string]*search.Query // by language
	found   []foundText
	partial bool
}

// foundText is an edition with what it is worth.
type foundText struct {
	edition string
	saved   int64 // a larger number was saved later
	worth   float64
}

// everywhere looks in each language, by its own rules, and ranks what it finds.
func (f *finder) everywhere(langs []string) error {
	grants, all := f.by.Reach(models.ActRead)
	for _, lang := range langs {
		if f.q.Lang != "" && lang != f.q.Lang {
			continue
		}
		filter := store.StaffFilter{Grants: covering(grants, lang), All: all, Kind: f.q.Kind, State: f.q.State}
		query := search.For(lang).Query(f.q.Text)
		if len(query.Words) == 0 || !all && len(filter.Grants) == 0 {
			continue
		}
		query.Begin()
		f.queries[lang] = &query
		parts := findParts(query.Words)
		if err := f.indexed(parts, filter); err != nil {
			return err
		}
		if err := f.unread(lang, parts, filter); err != nil {
			return err
		}
	}
	slices.SortFunc(f.found, func(a, b foundText) int { return cmp.Or(cmp.Compare(b.worth, a.worth), cmp.Compare(b.saved, a.saved)) })
	return nil
}

// findPlaces are what a word is worth by where a text has it; elsewhere it is
// worth 1.
var findPlaces = []struct {
	place search.Place
	worth float64
}{{search.Title, 8}, {search.Summary, 4}, {search.Often, 2.5}}

// whole is the part of what a last word is worth that a text has only if the
// word ends there.
const whole = 0.4

// findPart is one way to have all words, and what that adds.
type findPart struct {
	match store.StaffMatch
	here  store.StaffGroup // what it asks of a text that has all words
	title bool
	worth float64
}

// findParts returns the ways to have the words of a query: the first one is to
// have them at all, the others to have one of them in some place.
func findParts(words []search.QueryWord) []findPart {
	every := make(store.StaffMatch, len(words))
	for i, w := range words {
		every[i] = groupOf(w, 0)
	}
	parts := []findPart{{match: every, worth: float64(len(words))}}
	for i, w := range words {
		add := func(g store.StaffGroup, title bool, worth float64) {
			m := slices.Clone(every)
			m[i] = g
			parts = append(parts, findPart{m, g, title, worth})
		}
		share := 1.0
		if w.Beginning != "" {
			share = 1 - whole
			add(store.StaffGroup{Terms: w.Terms}, false, whole)
		}
		for _, p := range findPlaces {
			title := p.place == search.Title
			add(groupOf(w, p.place), title, share*(p.worth-1))
			if w.Beginning != "" {
				add(store.StaffGroup{Terms: p.place.In(w.Terms)}, title, whole*(p.worth-1))
			}
		}
	}
	return parts
}

// groupOf selects what has a word in a place; 0 is anywhere.
func groupOf(w search.QueryWord, p search.Place) store.StaffGroup {
	g := store.StaffGroup{Terms: w.Terms}
	if w.Beginning != "" {
		g.Beginnings = []string{w.Beginning}
	}
	if p != 0 {
		return store.StaffGroup{Terms: p.In(g.Terms), Beginnings: p.In(g.Beginnings)}
	}
	if w.Beginning != "" {
		g.Beginnings = append(g.Beginnings, search.Written.In(g.Beginnings)...)
	}
	return g
}

// score is what a text is worth so far.
type score struct {
	title, rest float64
	titleWords  int
}

func (s *score) add(p findPart) {
	if p.title {
		s.title += p.worth
	} else {
		s.rest += p.worth
	}
}

// worth favours a title that says little else.
func (s score) worth() float64 { return s.rest + s.title*3/(2+math.Sqrt(float64(s.titleWords))) }

// indexed looks into the index: for what has all words, and where that has them.
// Where the newest are not all, the older ones are looked through for words in
// titles.
func (f *finder) indexed(parts []findPart, filter store.StaffFilter) error {
	look, err := f.r.StaffLookup()
	if err != nil {
		return err
	}
	first, err := look.Hits([]store.StaffMatch{parts[0].match}, filter, findNewest)
	if err != nil {
		return err
	}
	scores := map[int64]*score{}
	editions := map[int64]string{}
	add := func(hits []store.StaffHit) {
		for _, h := range hits {
			if scores[h.Number] == nil {
				scores[h.Number], editions[h.Number] = &score{titleWords: h.TitleWords}, h.EditionID
				scores[h.Number].add(parts[0])
			}
		}
	}
	add(first[0])
	if len(first[0]) == findNewest {
		var titles []store.StaffMatch
		for _, p := range parts {
			if p.title {
				titles = append(titles, p.match)
			}
		}
		more, err := look.Hits(titles, filter, findNewest)
		if err != nil {
			return err
		}
		for _, hits := range more {
			add(hits)
		}
	}
	here := make([]store.StaffMatch, len(parts)-1)
	for i, p := range parts[1:] {
		here[i] = store.StaffMatch{p.here}
	}
	where, err := look.Among(here, slices.Collect(maps.Keys(scores)))
	if err != nil {
		return err
	}
	for i, numbers := range where {
		for _, n := range numbers {
			scores[n].add(parts[i+1])
		}
	}
	for n, s := range scores {
		f.found = append(f.found, foundText{editions[n], n, s.worth()})
	}
	return nil
}

// unread looks at the drafts whose newest words are not in the index.
func (f *finder) unread(lang string, parts []findPart, filter store.StaffFilter) error {
	texts, more, err := f.r.StaffQueued(lang, filter, findUnread)
	if err != nil {
		return err
	}
	f.partial = f.partial || more
	for _, t := range texts {
		x, terms, err := draftTerms(t)
		if err != nil {
			return err
		}
		has := termSet(terms)
		if !has.match(parts[0].match) {
			continue
		}
		s := score{titleWords: x.TitleWords}
		for _, p := range parts {
			if has.match(p.match) {
				s.add(p)
			}
		}
		f.found = append(f.found, foundText{t.EditionID, math.MaxInt64/2 + t.Saving, s.worth()})
	}
	return nil
}

// terms are those of one text, in order.
type terms []string

func termSet(text string) terms {
	list := strings.Fields(text)
	slices.Sort(list)
	return list
}

// match reports what the index would.
func (t terms) match(m store.StaffMatch) bool {
	for _, g := range m {
		if !slices.ContainsFunc(g.Terms, t.has) && !slices.ContainsFunc(g.Beginnings, t.begins) {
			return false
		}
	}
	return true
}

func (t terms) has(term string) bool {
	_, ok := slices.BinarySearch(t, term)
	return ok
}

func (t terms) begins(letters string) bool {
	i, _ := slices.BinarySearch(t, letters)
	return i < len(t) && strings.HasPrefix(t[i], letters)
}

// hits reads what a page of results shows, and leaves out what the user may not
// read after all.
func (f *finder) hits(list []foundText, site models.Site) ([]Hit, error) {
	if len(list) == 0 {
		return nil, nil
	}
	ids := make([]string, len(list))
	for i, t := range list {
		ids[i] = t.edition
	}
	grants, all := f.by.Reach(models.ActRead)
	rows, err := f.r.StaffRows(ids, grants, all)
	if err != nil {
		return nil, err
	}
	rows = slices.DeleteFunc(rows, func(row store.StaffRow) bool { return !f.by.Can(models.ActRead, row.Place()) })
	slices.SortFunc(rows, func(a, b store.StaffRow) int {
		return cmp.Compare(slices.Index(ids, a.EditionID), slices.Index(ids, b.EditionID))
	})
	editions := make([]store.EditionRow, len(rows))
	var sections []string
	for i, row := range rows {
		editions[i] = row.EditionRow
		sections = append(sections, branchIDs(row.Branch)...)
	}
	lines, err := editionRows(f.r, f.by, editions, site)
	if err != nil {
		return nil, err
	}
	slices.Sort(sections)
	titles, err := sectionTitles(f.r, f.by, slices.Compact(sections), f.by.Lang)
	if err != nil {
		return nil, err
	}
	out := make([]Hit, len(rows))
	for i, row := range rows {
		q := f.queries[row.Lang]
		h := Hit{Row: lines[i], State: row.State(), TitleMarks: q.Mark(row.Title)}
		for _, id := range branchIDs(row.Branch)[1:] {
			if title, ok := titles[id]; ok && id != row.EntryID {
				h.Trail = append(h.Trail, Crumb{id, title})
			}
		}
		if h.Excerpt, err = excerpt(q, row); err != nil {
			return nil, err
		}
		out[i] = h
	}
	return out, nil
}

// excerpt is the summary if it has words of the query, else the part of the
// text that has most of them, else the summary all the same.
func excerpt(q *search.Query, row store.StaffRow) ([]Piece, error) {
	marks := q.Mark(row.Summary)
	if slices.ContainsFunc(marks, func(p Piece) bool { return p.Hit }) {
		return marks, nil
	}
	text, err := plainText(row.Body)
	if err != nil {
		return nil, err
	}
	if cut, ok := q.Excerpt(text); ok {
		return cut, nil
	}
	return marks, nil
}
