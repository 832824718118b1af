package api

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"meridian/cms/live"
)

// SearchPath is the address of the search. What people look for has no end: the
// page cache lets it pass.
const SearchPath = Root + "/search"

// Found is the answer of a search.
type Found struct {
	// Lang is the language that was searched.
	Lang string `json:"lang"`
	// Corrected is what was looked for in place of q=, which is nowhere; null
	// when q= was taken as it is.
	Corrected *string `json:"corrected"`
	// Items, the best first.
	Items []FoundItem `json:"items"`
	// More says that limit= left some out.
	More bool `json:"more"`
}

// FoundItem is a public edition that was found.
type FoundItem struct {
	ID          string     `json:"id"`
	URN         string     `json:"urn"`
	Kind        string     `json:"kind"`
	Lang        string     `json:"lang"`
	Title       string     `json:"title"`
	Summary     string     `json:"summary"`
	URL         string     `json:"url"`
	Date        *string    `json:"date"` // of a news item, YYYY-MM-DD
	PublishedAt time.Time  `json:"published_at"`
	UpdatedAt   time.Time  `json:"updated_at"`
	Highlights  Highlights `json:"highlights"`
	Links       Links      `json:"links"`
}

// Highlights are texts of an item in pieces, with the words that were looked
// for apart. The pieces together are the text.
type Highlights struct {
	Title   []Highlight `json:"title"`
	Summary []Highlight `json:"summary"`
	// Excerpt is from the text of the item where its summary has none of the
	// words; empty otherwise.
	Excerpt []Highlight `json:"excerpt"`
}

// Highlight is a piece of a text.
type Highlight struct {
	Text string `json:"text"`
	Hit  bool   `json:"hit"` // it was looked for
}

// search answers with what has the words of q= in it.
func (h *handler) search(v *live.View, r *request) (*answer, error) {
	q := live.SearchQuery{Lang: r.lang(), Limit: r.number("limit")}
	switch text, ok := r.get("q"); {
	case !ok || strings.TrimSpace(text) == "":
		r.fault("q", codeValue, "q is what to look for.")
	case !utf8.ValidString(text) || utf8.RuneCountInString(text) > live.MaxQuery:
		r.fault("q", codeValue, "q has at most "+strconv.Itoa(live.MaxQuery)+" characters.")
	default:
		q.Text = text
	}
	languages := v.Site().Languages
	if q.Lang == "" {
		q.Lang = languages[0].Tag
	} else if !slices.ContainsFunc(languages, func(l live.Language) bool { return l.Tag == q.Lang }) {
		r.fault("lang", codeValue, "lang is a language of the site.")
	}
	q.Kind = r.choice("kind")
	if year := r.number("year"); year > 0 {
		q.Year = strconv.Itoa(year)
	}
	scope := live.Query{}
	if err := r.scope(v, &scope); err != nil {
		return nil, err
	}
	q.Section, q.Topic = scope.Section, scope.Topic
	if err := r.err(); err != nil {
		return nil, err
	}
	found, err := v.Search(q)
	if errors.Is(err, live.ErrNotFound) {
		r.badSection()
		return nil, r.err()
	}
	if err != nil {
		return nil, err
	}
	out := &Found{Lang: q.Lang, Items: []FoundItem{}, More: found.More}
	if found.Corrected != "" {
		out.Corrected = &found.Corrected
	}
	a := &answer{shape: out, lang: q.Lang}
	for _, x := range found.Results {
		kind, _ := live.KindOf(x.Kind)
		item := FoundItem{
			ID: x.ID, URN: x.URN, Kind: x.Kind, Lang: x.Lang, Title: x.Title, Summary: x.Summary, URL: v.Absolute(x.Href),
			PublishedAt: x.PublishedAt, UpdatedAt: x.UpdatedAt,
			Highlights: Highlights{highlights(x.TitleMarks), highlights(x.SummaryMarks), highlights(x.Excerpt)},
			Links:      Links{HTML: v.Absolute(x.Href), JSON: v.Absolute(Root + "/" + kind.Plural + "/" + x.ID + "?lang=" + x.Lang)},
		}
		if x.Date != "" {
			item.Date = &x.Date
		}
		out.Items = append(out.Items, item)
		a.modified = latest(a.modified, x.UpdatedAt)
	}
	return a, nil
}

func highlights(list []live.Piece) []Highlight {
	out := make([]Highlight, len(list))
	for i, p := range list {
		out[i] = Highlight(p)
	}
	return out
}
