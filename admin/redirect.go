package admin

import (
	"context"
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

const (
	redirectsPath = "/admin/redirects"
	missingPath   = "/admin/redirects/missing"
)

// redirectsPage is the data of "redirects": old addresses and where they lead.
type redirectsPage struct {
	Base
	Tabs            []TabView
	Rows            []RedirectView
	Query, Origin   Field
	Filter          cms.RedirectFilter
	Filtered        bool
	CanManage       bool
	Prev, Next      string
	Try             Field
	CanTry          bool
	Steps           []TryStep // of what was tried
	TryForm         *Form
	Verdict, Around string // tone and sentence of what was tried
}

// RedirectView is a redirect in the list.
type RedirectView struct {
	Lang, Path      string
	From, To        string
	Title, TitleURL string // of what it leads to, "" for a place of the site
	TitleLang       string
	Origin          string
	State, Tone     string // what readers get, when it is not a page
	Hits            string
	Last            *DateTime
	TryURL          string
}

// TryStep is one answer on the way that an address leads.
type TryStep struct {
	Address string
	Status  int
	Text    string
}

// redirects lists old addresses, and shows where one that was typed leads.
func (h *handler) redirects(c *gin.Context) error {
	q := c.Request.URL.Query()
	return h.showRedirects(c, http.StatusOK, redirectFilter(q), strings.TrimSpace(q.Get("try")))
}

// redirectFilter reads the filter out of an address or a form. What means
// nothing there is left out.
func redirectFilter(q url.Values) cms.RedirectFilter {
	f := cms.RedirectFilter{Origin: q.Get("origin"), Text: strings.TrimSpace(q.Get("q")), Page: page(q)}
	if !slices.Contains(models.AddressOrigins, f.Origin) {
		f.Origin = ""
	}
	return f
}

// page is the page of a list that an address asks for, 1 by default.
func page(q url.Values) int {
	if n, err := strconv.Atoi(q.Get("page")); err == nil && n > 0 && n <= 100_000 {
		return n
	}
	return 1
}

func (h *handler) showRedirects(c *gin.Context, status int, f cms.RedirectFilter, try string) error {
	ctx := c.Request.Context()
	list, err := h.cms.Redirects(ctx, user(c), f)
	if err != nil {
		return err
	}
	p := &redirectsPage{Base: h.base(c), Filter: f, Filtered: f.Origin != "" || f.Text != "", CanManage: list.CanManage, CanTry: h.readers != nil}
	p.Title, p.Wide = p.T("redirect.title"), true
	p.Tabs = p.redirectTabs(list.CanManage, redirectsPath)
	for _, r := range list.Rows {
		p.Rows = append(p.Rows, h.redirectView(p.Words, r, list.Site.TimeZone))
	}
	form := newForm(p.Words, "redirect", nil)
	p.Query = form.Field(Field{Name: "q", Kind: "search", Value: f.Text})
	origins := []Option{{Label: p.T("redirect.all")}}
	for _, o := range models.AddressOrigins {
		origins = append(origins, Option{Value: o, Label: p.T("redirect.origin_" + o)})
	}
	p.Origin = form.Field(Field{Name: "origin", Kind: "select", Value: f.Origin, Options: origins})
	if f.Page > 1 {
		g := f
		g.Page--
		p.Prev = redirectsURL(g)
	}
	if list.More {
		g := f
		g.Page++
		p.Next = redirectsURL(g)
	}
	var problem error
	if try != "" && p.CanTry {
		if p.Steps, problem = h.try(ctx, p.Words, try); problem == nil {
			p.Verdict, p.Around = p.tried(p.Steps)
		} else {
			status = http.StatusUnprocessableEntity
		}
	}
	p.TryForm = newForm(p.Words, "redirect", problem)
	p.Try = p.TryForm.Field(Field{Name: "try", LabelCode: "redirect.try_field", Value: try, Dir: "ltr", Autocomplete: "off"})
	return h.render(c, status, "redirects", p)
}

// redirectsURL is the address of the list with a filter.
func redirectsURL(f cms.RedirectFilter) string {
	return listURL(redirectsPath, map[string]string{"origin": f.Origin, "q": f.Text}, f.Page)
}

// redirectTabs are the screens about addresses.
func (w Words) redirectTabs(manage bool, at string) []TabView {
	tabs := []TabView{{Label: w.T("redirect.tab"), URL: redirectsPath, Current: at == redirectsPath}}
	if manage {
		tabs = append(tabs, TabView{Label: w.T("missing.tab"), URL: missingPath, Current: at == missingPath})
	}
	return tabs
}

func (h *handler) redirectView(w Words, r cms.Redirect, zone string) RedirectView {
	v := RedirectView{
		Lang: r.Lang, Path: r.Path, From: r.From, To: r.To, Title: strings.TrimSpace(r.Title), TitleLang: r.EntryLang,
		Origin: w.T("redirect.origin_" + r.Origin), Hits: strconv.FormatInt(r.Hits, 10),
		TryURL: redirectsPath + "?" + url.Values{"try": {r.From}}.Encode() + "#tried",
	}
	if r.Entry != "" {
		v.TitleURL = entryURL(r.Entry, r.EntryLang)
		if v.Title == "" {
			v.Title = w.T("editor.untitled")
		}
	}
	switch r.State {
	case cms.LeadsToHidden:
		v.State, v.Tone = w.T("redirect.state_hidden"), "warn"
	case cms.LeadsToGone:
		v.State, v.Tone = w.T("redirect.state_gone"), "bad"
	}
	if r.LastAt != nil {
		last := h.moment(w, *r.LastAt, zone)
		v.Last = &last
	}
	return v
}

// tryMost is how many answers a try looks at: a redirect is one hop, and the
// front door another.
const tryMost = 5

// try asks the readers' side where an address leads. Nothing is counted.
func (h *handler) try(ctx context.Context, w Words, typed string) ([]TryStep, error) {
	if !strings.HasPrefix(typed, "/") && !strings.Contains(typed, "://") {
		typed = "/" + typed
	}
	at, err := url.Parse(typed)
	if err != nil || !strings.HasPrefix(at.Path, "/") {
		return nil, models.Invalid("try", "address_malformed")
	}
	var steps []TryStep
	for range tryMost {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, (&url.URL{Path: at.Path, RawPath: at.RawPath, RawQuery: at.RawQuery}).String(), nil)
		if err != nil {
			return nil, models.Invalid("try", "address_malformed")
		}
		g := &glance{header: http.Header{}}
		h.readers.ServeHTTP(g, r)
		code := "redirect.status_other"
		switch g.status {
		case http.StatusOK, http.StatusMovedPermanently, http.StatusFound, http.StatusNotFound, http.StatusGone:
			code = "redirect.status_" + strconv.Itoa(g.status)
		}
		steps = append(steps, TryStep{Address: readable((&url.URL{Path: at.Path, RawQuery: at.RawQuery}).String()), Status: g.status, Text: w.T(code)})
		next, err := at.Parse(g.header.Get("Location"))
		if g.header.Get("Location") == "" || err != nil || next.Host != at.Host {
			break
		}
		at = next
	}
	return steps, nil
}

// tried sums a try up: a tone, and what readers get in the end.
func (w Words) tried(steps []TryStep) (tone, text string) {
	last := steps[len(steps)-1]
	switch last.Status {
	case http.StatusOK:
		return "ok", w.T("redirect.tried_ok")
	case http.StatusGone:
		return "warn", w.T("redirect.tried_gone")
	case http.StatusNotFound:
		return "bad", w.T("redirect.tried_missing")
	}
	return "warn", w.T("redirect.tried_other", "Status", last.Status)
}

// glance is a response writer that looks at the status and the headers only.
type glance struct {
	header http.Header
	status int
}

func (g *glance) Header() http.Header { return g.header }

func (g *glance) WriteHeader(status int) {
	if g.status == 0 {
		g.status = status
	}
}

func (g *glance) Write(p []byte) (int, error) {
	g.WriteHeader(http.StatusOK)
	return len(p), nil
}

// redirectFormPage is the data of "redirect_form".
type redirectFormPage struct {
	Base
	Form     *Form
	From, To Field
	Taken    *Crumb // what has the address that was typed
	Back     string // "missing" when it began there
	BackURL  string
	Places   bool // the user may lead readers to what is no entry
}

// redirectForm asks for an address and where it shall lead.
func (h *handler) redirectForm(c *gin.Context) error {
	return h.showRedirectForm(c, http.StatusOK, c.Request.URL.Query(), nil)
}

func (h *handler) showRedirectForm(c *gin.Context, status int, in url.Values, problem error) error {
	p := &redirectFormPage{Base: h.base(c), BackURL: redirectsPath, Places: user(c).Administrator()}
	p.Title = p.T("redirect.new")
	p.Crumbs = []Crumb{{Label: p.T("redirect.title"), URL: redirectsPath}, {Label: p.Title}}
	if in.Get("back") == "missing" && p.Places {
		p.Back, p.BackURL = "missing", missingPath
		p.Crumbs[0] = Crumb{Label: p.T("missing.title"), URL: missingPath}
	}
	var invalid *models.InvalidError
	if errors.As(problem, &invalid) {
		if args := invalid.Fields["from"].Args; args["entry"] != nil {
			id, lang := args["entry"].(string), args["lang"].(string)
			title, err := h.cms.Title(c.Request.Context(), user(c), id)
			if err != nil || title == "" {
				title = p.T("editor.untitled")
			}
			p.Taken = &Crumb{Label: title, URL: entryURL(id, lang)}
		}
	}
	p.Form = newForm(p.Words, "redirect", problem)
	p.From = p.Form.Field(Field{Name: "from", Value: in.Get("from"), Dir: "ltr", Autocomplete: "off", Required: true, Autofocus: in.Get("from") == "" && problem == nil})
	to := Field{Name: "to", Value: in.Get("to"), Dir: "ltr", Autocomplete: "off", Required: true, Autofocus: in.Get("from") != "" && problem == nil}
	if !p.Places {
		to.HintCode = "redirect.to_hint_editor"
	}
	p.To = p.Form.Field(to)
	p.Form.Rest()
	return h.render(c, status, "redirect_form", p)
}

// redirectAdd adds a redirect.
func (h *handler) redirectAdd(c *gin.Context) error {
	form, err := parseForm(c)
	if err != nil {
		return err
	}
	r, err := h.cms.AddRedirect(c.Request.Context(), user(c), cms.NewRedirect{From: form.Get("from"), To: form.Get("to"), Host: c.Request.Host})
	var invalid *models.InvalidError
	if errors.As(err, &invalid) {
		return h.showRedirectForm(c, status(err), form, err)
	}
	if err != nil {
		return err
	}
	to := redirectsPath
	if form.Get("back") == "missing" {
		to = missingPath
	}
	f := Flash{Code: "redirect_added", Args: map[string]string{"From": r.From, "To": r.To}}
	if r.State != cms.LeadsToPublic {
		f.Code, f.Tone = "redirect_added_hidden", "warn"
	} else if h.readers != nil {
		f.Actions = []FlashAction{{Code: "redirect_try", URL: redirectsPath + "?" + url.Values{"try": {r.From}}.Encode() + "#tried"}}
	}
	return h.done(c, to, f)
}

// redirectDelete makes an old address lead nowhere.
func (h *handler) redirectDelete(c *gin.Context) error {
	form, err := parseForm(c)
	if err != nil {
		return err
	}
	r, err := h.cms.DeleteRedirect(c.Request.Context(), user(c), form.Get("lang"), form.Get("path"))
	if err != nil {
		return err
	}
	to := r.To
	if r.Entry != "" {
		to = entryURL(r.Entry, r.EntryLang)
	}
	return h.done(c, redirectsURL(redirectFilter(form)), Flash{
		Code: "redirect_deleted", Tone: "warn", Args: map[string]string{"From": r.From},
		Actions: []FlashAction{{Code: "redirect_undo", URL: redirectsPath + "/new", Post: true, Fields: map[string]string{"from": r.From, "to": to}}},
	})
}

// missingPage is the data of "redirect_missing": what readers asked for in
// vain.
type missingPage struct {
	Base
	Tabs       []TabView
	Rows       []MissingView
	Prev, Next string
	Page       int
}

// MissingView is an address that readers asked for in vain.
type MissingView struct {
	Lang, Path, Address string
	Hits                string
	First, Last         DateTime
	PointURL            string // "" when an edition has the address
	Title, TitleURL     string // of that edition
}

// missing lists what readers asked for in vain.
func (h *handler) missing(c *gin.Context) error {
	n := page(c.Request.URL.Query())
	list, err := h.cms.Missing(c.Request.Context(), user(c), n)
	if err != nil {
		return err
	}
	p := &missingPage{Base: h.base(c), Page: n}
	p.Title, p.Wide = p.T("missing.title"), true
	p.Tabs = p.redirectTabs(true, missingPath)
	for _, m := range list.Rows {
		v := MissingView{
			Lang: m.Lang, Path: m.Path, Address: m.Address, Hits: strconv.FormatInt(m.Hits, 10),
			First: h.moment(p.Words, m.FirstAt, list.Site.TimeZone), Last: h.moment(p.Words, m.LastAt, list.Site.TimeZone),
		}
		if m.Entry != "" {
			v.Title, v.TitleURL = m.Title, entryURL(m.Entry, m.Lang)
			if v.Title == "" {
				v.Title = p.T("editor.untitled")
			}
		} else {
			v.PointURL = redirectsPath + "/new?" + url.Values{"from": {typedAddress(m.Address)}, "back": {"missing"}}.Encode()
		}
		p.Rows = append(p.Rows, v)
	}
	if n > 1 {
		p.Prev = missingPath + "?page=" + strconv.Itoa(n-1)
	}
	if list.More {
		p.Next = missingPath + "?page=" + strconv.Itoa(n+1)
	}
	return h.render(c, http.StatusOK, "redirect_missing", p)
}

// missingForget deletes the count of an address.
func (h *handler) missingForget(c *gin.Context) error {
	form, err := parseForm(c)
	if err != nil {
		return err
	}
	to := missingPath
	if n := page(form); n > 1 {
		to += "?page=" + strconv.Itoa(n)
	}
	err = h.cms.ForgetMissing(c.Request.Context(), user(c), form.Get("lang"), form.Get("path"))
	if err != nil && !errors.Is(err, models.ErrNotFound) { // forgotten is forgotten
		return err
	}
	return h.done(c, to, Flash{Code: "missing_forgotten"})
}

// typedAddress is an address as it can be typed: as people read it, unless it
// has signs in it that would then mean something else.
func typedAddress(address string) string {
	if strings.ContainsAny(address, "%?#") {
		return (&url.URL{Path: address}).EscapedPath()
	}
	return address
}
