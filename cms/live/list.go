package live

import (
	"errors"
	"fmt"
	"strconv"

	"meridian/models/store"
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
	After   *store.After // where the page before ended
	Limit   int          // 1-200
	Skip    int
	// Brief asks for teasers: items without text, languages and place.
	Brief bool
}

// SortKeys are the names a list can be sorted by.
var SortKeys = []string{"published_at", "updated_at", "title", "date"}

// Page is one page of a list.
type Page struct {
	Items []*Item
	// Next is where the following page begins, nil at the end.
	Next *store.After
}

// List returns one page of public items. An unknown section selects nothing:
// the error is ErrNotFound.
func (v *View) List(q Query) (Page, error) {
	sq, err := v.query(q)
	if err != nil {
		return Page{}, err
	}
	if sq.Brief && sq.After == nil && sq.Skip == 0 {
		l, err := v.teaserList(sq)
		return l.page, err
	}
	rows, more, err := v.live.List(sq)
	if err != nil {
		return Page{}, err
	}
	build := v.items
	if sq.Brief {
		build = v.teasers
	}
	return v.page(rows, more, build)
}

// page makes one page of rows.
func (v *View) page(rows []store.ListRow, more bool, build func([]store.LiveText) ([]*Item, error)) (p Page, err error) {
	texts := make([]store.LiveText, len(rows))
	for i, r := range rows {
		texts[i] = r.LiveText
	}
	if p.Items, err = build(texts); err != nil {
		return Page{}, err
	}
	if more {
		last := rows[len(rows)-1]
		p.Next = &store.After{Key: last.SortKey, ID: last.EditionID}
	}
	return p, nil
}

// Count returns how many items a query selects on all pages together.
func (v *View) Count(q Query) (int, error) {
	sq, err := v.query(q)
	if err != nil {
		return 0, err
	}
	n, err := v.live.Count(sq)
	return int(n), err
}

func (v *View) query(q Query) (store.Query, error) {
	sq := store.Query{Kind: q.Kind, Lang: q.Lang, Term: q.Topic, Year: q.Year, Sort: q.Sort, Desc: q.Desc, After: q.After, Limit: q.Limit, Skip: q.Skip, Brief: q.Brief}
	if q.Section != "" {
		branch, err := v.live.BranchOf(q.Section)
		if err != nil {
			return sq, fmt.Errorf("section: %w", err)
		}
		sq.Branch = branch
	} else if q.Kind == "news" {
		// All news are below the root, where their order by date is kept.
		sq.Branch = "/" + v.known.root + "/"
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
	terms, err := v.live.TermsIn("topic", section.ID, section.Lang)
	if err != nil {
		return out, err
	}
	for _, t := range terms {
		out.Topics = append(out.Topics, term(t, section.Lang))
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
	if out.Years, err = v.live.Years(section.ID, section.Lang); err != nil {
		return out, err
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

// LatestNews returns the newest items below a section.
func (v *View) LatestNews(section *Item, limit int) ([]*Item, error) {
	p, err := v.List(Query{Kind: "news", Lang: section.Lang, Section: section.ID, Sort: "date", Desc: true, Limit: limit, Brief: true})
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	return p.Items, err
}

// Term is a topic, an instrument or a region in one language.
type Term struct {
	ID, Vocabulary, Label, Slug string
	// Lang is the language of Label; it differs from the page's when the term
	// has no label in it.
	Lang string
}

// Terms returns the terms with the ids, in a language, in the order of ids.
func (v *View) Terms(ids []string, lang string) ([]Term, error) {
	list, err := v.live.Terms(ids)
	if err != nil {
		return nil, err
	}
	var out []Term
	for _, id := range ids {
		for _, t := range list {
			if t.ID == id {
				out = append(out, term(t, lang))
			}
		}
	}
	return out, nil
}

// term returns a term as a page in lang shows it.
func term(t store.Term, lang string) Term {
	out := Term{ID: t.ID, Vocabulary: t.Vocabulary, Label: t.ID}
	for _, l := range t.Labels {
		if out.Lang == "" || l.Lang == "en" || l.Lang == lang {
			out.Label, out.Slug, out.Lang = l.Label, l.Slug, l.Lang
		}
		if l.Lang == lang {
			break
		}
	}
	return out
}
