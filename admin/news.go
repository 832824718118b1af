package admin

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"meridian/cms"
	"meridian/models"
)

// newsPage is the data of "news".
type newsPage struct {
	Base
	Rows                                 []RowView
	Tabs                                 []TabView
	Query, SectionField, Topic, Language Field
	State                                string // kept by the filter form
	Filtered                             bool
	Ignored                              []string // filters that mean nothing, in words
	CanWrite                             bool
	Prev, Next                           string
	Page                                 int
}

// newsStates are the tabs above the list, in order; "" is all.
var newsStates = []models.State{"", models.StateDraft, models.StateLive, models.StateChanged, models.StateOff, models.StateWithdrawn}

// news lists the news within reach. Every filter is in the address; what means
// nothing there is ignored, and the page says so.
func (h *handler) news(c *gin.Context) error {
	ctx, u, q := c.Request.Context(), user(c), c.Request.URL.Query()
	f := cms.NewsFilter{
		Section: q.Get("section"), Lang: q.Get("lang"), Topic: q.Get("topic"), State: q.Get("state"), Text: strings.TrimSpace(q.Get("q")), Page: 1,
	}
	var ignored []string
	ignore := func(name string, value *string) {
		ignored = append(ignored, name)
		*value = ""
	}
	if n, err := strconv.Atoi(q.Get("page")); err == nil && n > 0 && n <= 100000 {
		f.Page = n
	} else if q.Get("page") != "" {
		ignored = append(ignored, "page")
	}
	if !slices.Contains(newsStates, models.State(f.State)) {
		ignore("state", &f.State)
	}
	list, err := h.cms.News(ctx, u, f)
	if errors.Is(err, models.ErrNotFound) && f.Section != "" {
		ignore("section", &f.Section)
		list, err = h.cms.News(ctx, u, f)
	}
	if err != nil {
		return err
	}
	bad := len(ignored)
	if f.Lang != "" && !slices.Contains(list.Site.Languages, f.Lang) {
		ignore("lang", &f.Lang)
	}
	if f.Topic != "" && !slices.ContainsFunc(list.Topics, func(t models.Term) bool { return t.ID == f.Topic }) {
		ignore("topic", &f.Topic)
	}
	if len(ignored) > bad {
		if list, err = h.cms.News(ctx, u, f); err != nil {
			return err
		}
	}
	p := &newsPage{
		Base: h.base(c), CanWrite: list.CanWrite, State: f.State, Page: f.Page,
		Filtered: f.Section != "" || f.Lang != "" || f.Topic != "" || f.State != "" || f.Text != "",
	}
	p.Title, p.Wide = p.T("news.title"), true
	p.Rows = h.rows(p.Words, list.Rows, list.Site.TimeZone)
	form := newForm(p.Words, "news", nil)
	all := Option{Label: p.T("news.all")}
	p.Query = form.Field(Field{Name: "q", Kind: "search", Value: f.Text})
	p.SectionField = form.Field(Field{Name: "section", Kind: "select", Value: f.Section, Options: append([]Option{all}, sectionOptions(list.Sections)...)})
	p.Language = form.Field(Field{Name: "lang", Kind: "select", Value: f.Lang, Options: append([]Option{all}, p.languageOptions(list.Site.Languages)...)})
	topics := []Option{all}
	for _, t := range list.Topics {
		topics = append(topics, Option{Value: t.ID, Label: t.Label(p.Lang, "en")})
	}
	p.Topic = form.Field(Field{Name: "topic", Kind: "select", Value: f.Topic, Options: topics})
	for _, s := range newsStates {
		g := f
		g.State, g.Page = string(s), 1
		code := "news.state_all"
		if s != "" {
			code = "news.state_" + string(s)
		}
		p.Tabs = append(p.Tabs, TabView{Label: p.T(code), URL: newsURL(g), Current: f.State == string(s)})
	}
	if f.Page > 1 {
		g := f
		g.Page--
		p.Prev = newsURL(g)
	}
	if list.More {
		g := f
		g.Page++
		p.Next = newsURL(g)
	}
	for _, name := range ignored {
		p.Ignored = append(p.Ignored, p.T("news.ignored_"+name))
	}
	return h.render(c, http.StatusOK, "news", p)
}

// newsURL is the address of the list with a filter.
func newsURL(f cms.NewsFilter) string {
	q := url.Values{}
	for name, v := range map[string]string{"section": f.Section, "lang": f.Lang, "topic": f.Topic, "state": f.State, "q": f.Text} {
		if v != "" {
			q.Set(name, v)
		}
	}
	if f.Page > 1 {
		q.Set("page", strconv.Itoa(f.Page))
	}
	if len(q) == 0 {
		return "/admin/news"
	}
	return "/admin/news?" + q.Encode()
}
