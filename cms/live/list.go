package live

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"meridian/models/store"
)

// ListView is View for a list that somebody put together by parameters: few are
// made at once, and each for a short time only, so that none of them keeps
// pages waiting. It ends early with ctx. The error is ErrBusy when there was no
// turn or not enough time.
func (r *Reader) ListView(ctx context.Context, fn func(*View) error) error {
	wait, stop := context.WithTimeout(ctx, listWait)
	defer stop()
	select {
	case r.lists <- struct{}{}:
	case <-wait.Done():
		return cmp.Or(ctx.Err(), ErrBusy)
	}
	defer func() { <-r.lists }()
	within, cancel := context.WithTimeout(ctx, listTimeout)
	defer cancel()
	err := r.View(within, fn)
	if err != nil && ctx.Err() == nil && within.Err() != nil {
		return ErrBusy
	}
	return err
}

// Bounds of lists. The pool has connections for a few more than these.
const (
	listsAtOnce = 4
	listWait    = time.Second
	listTimeout = 5 * time.Second
)

// Query selects public items for a list.
type Query struct {
	Kind    string // section, page or news; "" = all
	Lang    string // "" = every public edition is an item
	Section string // id: this section and everything below; "" = everywhere
	Topic   string // id of a term; "" = any
	Year    string // of news, YYYY; "" = any
	Sort    string // a name of SortKeys
	Desc    bool
	// Then are further keys: names of SortKeys with commas between them, a
	// minus in front of those that are turned round.
	Then string
	// Fallback asks for one item an entry, in the first of these languages it
	// is public in. Lang is not looked at then.
	Fallback []string
	// Fresh leaves out translations that are not fresh.
	Fresh   bool
	Filters []Filter
	After   *store.After // where the page before ended
	Limit   int          // 1-200
	Skip    int
	// Brief asks for teasers: items without text, languages and place.
	Brief bool
	// Without leaves parts of items unread.
	Without Parts
}

// Parts are what is read of an item besides the item itself.
type Parts uint8

// Parts of items. What a language says of the picture comes with the facts,
// which have the picture.
const (
	PartText Parts = 1 << iota
	PartFacts
	PartEditions
	PartAncestors
	PartTranslation
)

// SortKeys are the names a list can be sorted by.
var SortKeys = []string{"published_at", "updated_at", "title", "date"}

// Page is one page of a list.
type Page struct {
	Items []*Item
	// Next is where the following page begins, nil at the end.
	Next *store.After
	// places are where the pages that begin after each item do.
	places []store.After
}

// Cut ends a page after n items, as if no more had been asked for.
func (p *Page) Cut(n int) {
	if n > 0 && n < len(p.Items) {
		p.Items, p.Next = p.Items[:n], &p.places[n-1]
	}
}

// List returns one page of public items. An unknown section selects nothing:
// the error is ErrNotFound.
func (v *View) List(q Query) (Page, error) {
	sq, err := v.query(q)
	if err != nil {
		return Page{}, err
	}
	if sq.Brief && sq.After == nil && sq.Skip == 0 && sq.Filter == nil {
		l, err := v.teaserList(sq)
		v.wantLead(l.page.Items)
		return l.page, err
	}
	rows, more, err := v.live.List(sq)
	if err != nil {
		return Page{}, err
	}
	if sq.Brief {
		return v.page(rows, more, v.teasers)
	}
	return v.page(rows, more, func(rows []store.LiveText) ([]*Item, error) { return v.build(rows, q.Without) })
}

// page makes one page of rows.
func (v *View) page(rows []store.ListRow, more bool, build func([]store.LiveText) ([]*Item, error)) (p Page, err error) {
	texts := make([]store.LiveText, len(rows))
	for i, r := range rows {
		texts[i] = r.LiveText
		p.places = append(p.places, r.At)
	}
	if p.Items, err = build(texts); err != nil {
		return Page{}, err
	}
	if more {
		p.Next = &p.places[len(rows)-1]
	}
	return p, nil
}

// Count returns how many items a query selects on all pages together.
func (v *View) Count(q Query) (int, error) {
	q.After = nil
	sq, err := v.query(q)
	if err != nil {
		return 0, err
	}
	count := func() (int64, error) { return v.live.Count(sq) }
	if sq.Filter != nil { // which nobody may ask for again
		n, err := count()
		return int(n), err
	}
	// All pages of a list say the same number.
	n, err := remembered(v, func(k *known) map[store.Query]memo[int64] { return k.counts }, store.Query{
		Kind: sq.Kind, Lang: sq.Lang, Branch: sq.Branch, Under: sq.Under, Term: sq.Term, Year: sq.Year,
	}, count)
	return int(n), err
}

func (v *View) query(q Query) (store.Query, error) {
	sq := store.Query{
		Kind: q.Kind, Lang: q.Lang, Term: v.became(q.Topic), Year: q.Year, Sort: q.Sort, Desc: q.Desc, Then: q.Then,
		After: q.After, Limit: q.Limit, Skip: q.Skip, Brief: q.Brief, Textless: q.Without&PartText != 0,
	}
	if len(q.Fallback) > 0 || q.Fresh || len(q.Filters) > 0 {
		sq.Filter = &store.Filter{Langs: q.Fallback, Fresh: q.Fresh}
		for _, f := range q.Filters {
			c, err := v.condition(q.Kind, f)
			if err != nil {
				return sq, err
			}
			sq.Filter.Conditions = append(sq.Filter.Conditions, c)
		}
	}
	if q.Section != "" {
		branch, err := v.live.BranchOf(q.Section)
		if err != nil {
			return sq, fmt.Errorf("section: %w", err)
		}
		sq.Branch = branch
	}
	if q.Kind == "news" && (q.Section == "" || q.Section == v.known.root) {
		// All news are below the root, where their order by date is kept.
		sq.Branch = "/" + v.known.root + "/"
	} else if q.Section == v.known.root {
		sq.Branch = "" // everything is
	}
	return sq, nil
}

// News is one page of the news of a section and everything below it.
type News struct {
	Items  []*Item
	Page   int // from 1
	Pages  int
	Total  int
	Years  []string
	Topics []Term
}

// NewsPerPage is how many items a page of news shows.
const NewsPerPage = 20

// News returns page n (from 1) of the news below a section in its language.
// topic is the slug of a topic in that language, year a year; "" means all.
// A page, topic or year that does not exist is ErrNotFound.
func (v *View) News(section *Item, topic, year string, n int) (News, error) {
	var out News
	q := Query{Kind: "news", Lang: section.Lang, Section: section.ID, Year: year, Sort: "date", Desc: true, Limit: NewsPerPage, Skip: (n - 1) * NewsPerPage, Brief: true}
	may, err := v.choices(section)
	if err != nil {
		return out, err
	}
	x, err := v.terms()
	if err != nil {
		return out, err
	}
	out.Years = may.years
	for _, t := range may.topics {
		out.Topics = append(out.Topics, v.term(x, t, section.Lang))
	}
	if topic != "" {
		for _, t := range out.Topics {
			if t.Slug == topic {
				q.Topic = t.ID
			}
		}
		if q.Topic == "" {
			return out, ErrNotFound
		}
	}
	if year != "" {
		if y, err := strconv.Atoi(year); err != nil || y < 1000 || y > 9999 {
			return out, ErrNotFound
		}
	}
	if out.Total, err = v.Count(q); err != nil {
		return out, err
	}
	out.Page, out.Pages = n, max(1, (out.Total+NewsPerPage-1)/NewsPerPage)
	if n < 1 || n > out.Pages {
		return out, ErrNotFound
	}
	p, err := v.List(q)
	out.Items = p.Items
	return out, err
}

// choices are what the news of a section can be narrowed by, the same on all
// pages of the list. Nobody changes them.
type choices struct {
	topics []store.Term
	years  []string
}

func (v *View) choices(section *Item) (choices, error) {
	return remembered(v, func(k *known) map[string]memo[choices] { return k.choices }, section.ID+" "+section.Lang, func() (c choices, err error) {
		if c.topics, err = v.live.TermsIn("topic", section.ID, section.Lang); err != nil {
			return c, err
		}
		c.years, err = v.live.Years(section.ID, section.Lang)
		return c, err
	})
}

// LatestNews returns the newest items below a section.
func (v *View) LatestNews(section *Item, limit int) ([]*Item, error) {
	p, err := v.List(Query{Kind: "news", Lang: section.Lang, Section: section.ID, Sort: "date", Desc: true, Limit: limit, Brief: true})
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	return p.Items, err
}
