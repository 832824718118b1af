package admin

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"meridian/cms"
	"meridian/models"
)

// searchPage is the data of "search".
type searchPage struct {
	Base
	Query                    string
	Kind, Language           string // kept by the form
	State                    models.State
	Kinds, Languages, States []TabView
	Results                  []ResultView
	Asked, Filtered          bool
	Clear                    string // address without the filters
	Partial, Unfinished      bool
	Page                     int
	Prev, Next               string
}

// ResultView is a text that was found.
type ResultView struct {
	URL, Lang, Icon, Kind string
	Title, Excerpt        []cms.Piece
	Trail                 []string
	State                 []StateView // of the text itself
	Saved                 DateTime
}

// Filters of a search; "" is all.
var (
	searchKinds  = []string{"", models.KindPage, models.KindNews, models.KindSection}
	searchStates = []models.State{"", models.StateDraft, models.StateLive, models.StateChanged, models.StateOff, models.StateWithdrawn}
)

// searchPath is where staff search.
const searchPath = "/admin/search"

// search shows what has some words among all that the user may read. What is
// looked for and what it is narrowed to is in the address; what means nothing
// there is left out.
func (h *handler) search(c *gin.Context) error {
	q := searchQuery(c.Request.URL.Query())
	found, err := h.cms.Find(c.Request.Context(), user(c), q)
	if err != nil {
		return err
	}
	if q.Lang != "" && !slices.Contains(found.Site.Languages, q.Lang) {
		q.Lang = ""
		if found, err = h.cms.Find(c.Request.Context(), user(c), q); err != nil {
			return err
		}
	}
	p := &searchPage{
		Base: h.base(c), Query: q.Text, Kind: q.Kind, Language: q.Lang, State: q.State, Page: q.Page,
		Asked: q.Text != "", Filtered: q.Kind != "" || q.Lang != "" || q.State != "",
		Partial: found.Partial, Unfinished: found.Unfinished, Clear: searchURL(cms.FindQuery{Text: q.Text}),
	}
	p.Title = p.T("staffsearch.title")
	p.filters(q, found.Site)
	for _, hit := range found.Hits {
		row := h.row(p.Words, hit.Row, found.Site.TimeZone)
		r := ResultView{URL: row.URL, Lang: row.Lang, Icon: row.Icon, Kind: row.KindLabel, Title: hit.TitleMarks, Excerpt: hit.Excerpt, Saved: row.Saved}
		if len(r.Title) == 0 {
			r.Title = []cms.Piece{{Text: row.Title}}
		}
		if hit.Top { // its name stands above every page
			r.Trail = []string{row.Section}
		}
		for _, s := range hit.Trail {
			r.Trail = append(r.Trail, s.Title)
		}
		for _, s := range row.States {
			if s.Lang == row.Lang {
				s.URL = "" // the title leads there
				r.State = append(r.State, s)
			}
		}
		p.Results = append(p.Results, r)
	}
	if q.Page > 1 {
		before := q
		before.Page--
		p.Prev = searchURL(before)
	}
	if found.More {
		after := q
		after.Page++
		p.Next = searchURL(after)
	}
	return h.render(c, http.StatusOK, "search", p)
}

// filters are the links that narrow a search.
func (p *searchPage) filters(q cms.FindQuery, site models.Site) {
	for _, k := range searchKinds {
		to, label := q, p.T("staffsearch.all")
		if to.Kind, to.Page = k, 1; k != "" {
			label = p.T("kind." + k)
		}
		p.Kinds = append(p.Kinds, TabView{Label: label, URL: searchURL(to), Current: k == q.Kind})
	}
	for _, l := range append([]string{""}, site.Languages...) {
		to, label := q, p.T("staffsearch.all")
		if to.Lang, to.Page = l, 1; l != "" {
			label = p.LanguageName(l)
		}
		p.Languages = append(p.Languages, TabView{Label: label, URL: searchURL(to), Current: l == q.Lang})
	}
	for _, s := range searchStates {
		to, label, icon := q, p.T("staffsearch.all"), ""
		if to.State, to.Page = s, 1; s != "" {
			label, icon = p.T("state."+string(s)), stateLooks[s].icon
		}
		p.States = append(p.States, TabView{Label: label, Icon: icon, URL: searchURL(to), Current: s == q.State})
	}
}

// searchQuery reads the address of a search. Whether there is such a language
// is for the caller to see.
func searchQuery(in url.Values) cms.FindQuery {
	q := cms.FindQuery{Text: strings.TrimSpace(in.Get("q")), Kind: in.Get("kind"), Lang: in.Get("lang"), State: models.State(in.Get("state")), Page: 1}
	if r := []rune(q.Text); len(r) > cms.MaxFindText {
		q.Text = string(r[:cms.MaxFindText])
	}
	if !slices.Contains(searchKinds, q.Kind) {
		q.Kind = ""
	}
	if !slices.Contains(searchStates, q.State) {
		q.State = ""
	}
	if n, err := strconv.Atoi(in.Get("page")); err == nil && n > 0 && n <= cms.MaxFound/cms.FoundPerPage {
		q.Page = n
	}
	return q
}

// searchURL is the address of a search.
func searchURL(q cms.FindQuery) string {
	return listURL(searchPath, map[string]string{"q": q.Text, "kind": q.Kind, "lang": q.Lang, "state": string(q.State)}, q.Page)
}
