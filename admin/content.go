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

// contentPage is the data of "content": a section with the tree below it.
type contentPage struct {
	Base
	ID        string
	TitleLang string
	Own       TreeRowView
	List      TreeLevelView
	Query     string
	Language  string    // the one whose states the chips are about
	Languages []TabView // that language, to choose
	States    []TabView
	State     models.State // what is filtered by, "" for nothing
	Open      string       // carried on by the filter form
	Flat      bool
	Clear     string // address without the filter
	NewsURL   string // the same words among the news
	Prev      string
	Next      string
	CanWrite  bool
	Empty     bool
	Others    []Crumb // further places the user works in
	Shapes    []ShapeView
}

// TreeLevelView is one list of the tree: the children of a section, or what a
// filter found.
type TreeLevelView struct {
	W        Words
	Section  string // id; "" for what a filter found
	First    string // the place before the first row
	Rows     []TreeRowView
	More     string // address of the section, where the rest is
	News     string // "12 news"
	NewsURL  string
	Nothing  bool
	MoreText string
}

// TreeRowView is one section or page.
type TreeRowView struct {
	RowView
	W          Words
	Menu       *TreeMenu
	Back       string // where acts on the row lead back to
	IsSection  bool
	Version    int
	SectionURL string // of the section it is in, in a flat list
	Toggle     string // address with the row opened or closed; "" when there is nothing to open
	Open       bool
	Level      *TreeLevelView
	Up, Down   string

	CanWrite, CanMove, CanPublish, Root bool
}

// TreeMenu is what the menus of all rows say.
type TreeMenu struct {
	NewPage, NewSection, Edit, Move, Up, Down, Copy, Turn, Publish, Unpublish, Trash string
}

func (w Words) treeMenu() *TreeMenu {
	return &TreeMenu{
		NewPage: w.T("tree.new_page"), NewSection: w.T("tree.new_section"), Edit: w.T("tree.edit"), Move: w.T("tree.move"), Up: w.T("tree.up"),
		Down: w.T("tree.down"), Copy: w.T("tree.copy"), Turn: w.T("tree.turn"), Publish: w.T("tree.publish"), Unpublish: w.T("tree.unpublish"), Trash: w.T("tree.trash"),
	}
}

// ShapeView is a page to begin with.
type ShapeView struct{ Title, Text, URL, Icon string }

// treeStates are the states that the tree can be filtered by.
var treeStates = []models.State{models.StateMissing, models.StateDraft, models.StateChanged, models.StateLive}

// content shows a section and the tree below it; without one, the highest
// section within reach. What is open and what is filtered is in the address;
// what means nothing there is left out.
func (h *handler) content(c *gin.Context) error {
	ctx, u := c.Request.Context(), user(c)
	site, err := h.cms.Site(ctx)
	if err != nil {
		return err
	}
	q := treeQuery(c, site, u.Lang)
	tree, err := h.cms.Tree(ctx, u, q)
	if err != nil {
		return err
	}
	p := &contentPage{
		Base: h.base(c), ID: tree.Section.ID, Query: q.Text, CanWrite: tree.CanWrite, Flat: q.Flat(), State: q.State,
		Open: strings.Join(q.Open, ","),
	}
	p.Title, p.TitleLang, p.Wide = tree.Title, tree.Own.Lang, true
	if p.Title == "" {
		p.Title = p.T("editor.untitled")
	}
	p.Crumbs = []Crumb{{Label: p.T("nav.content"), URL: "/admin/content"}}
	for _, t := range tree.Trail {
		p.Crumbs = append(p.Crumbs, Crumb{Label: t.Title, URL: sectionURL(t.ID)})
	}
	p.Crumbs = append(p.Crumbs, Crumb{Label: p.Title})
	if len(tree.Trail) == 0 { // the first page of the list: the menu says it
		p.Crumbs = nil
	}
	v := treeView{handler: h, words: p.Words, menu: p.treeMenu(), q: q, here: tree.Section.ID, zone: site.TimeZone}
	p.Own = v.row(tree.Own)
	p.Own.URL = entryURL(tree.Own.ID, tree.Own.Lang)
	p.List = v.level(tree.Section.ID, tree.First, tree.Rows, tree.News)
	p.filters(v, site)
	if q.Page > 1 {
		p.Prev = v.url(func(q *cms.TreeQuery) { q.Page-- })
	}
	if tree.More {
		p.Next = v.url(func(q *cms.TreeQuery) { q.Page = max(q.Page, 1) + 1 })
	}
	p.Empty = len(tree.Rows)+tree.News == 0
	if p.Empty && p.CanWrite && !p.Flat {
		p.Shapes = shapes(p.Words, p.ID)
	}
	if grants, all := u.Reach(models.ActRead); !all && len(grants) > 1 && c.Param("section") == "" {
		places, err := h.cms.Writable(ctx, u)
		if err != nil {
			return err
		}
		for _, s := range places {
			if s.Depth == 0 && s.ID != p.ID {
				p.Others = append(p.Others, Crumb{Label: s.Title, URL: sectionURL(s.ID)})
			}
		}
	}
	return h.render(c, http.StatusOK, "content", p)
}

// treeQuery reads an address of the tree.
func treeQuery(c *gin.Context, site models.Site, lang string) cms.TreeQuery {
	in := c.Request.URL.Query()
	q := cms.TreeQuery{Section: c.Param("section"), Text: strings.TrimSpace(in.Get("q")), Lang: in.Get("lang"), State: models.State(in.Get("state")), Page: 1}
	for id := range strings.SplitSeq(in.Get("open"), ",") {
		if models.ValidID(id) && !slices.Contains(q.Open, id) {
			q.Open = append(q.Open, id)
		}
	}
	q.Open = q.Open[max(0, len(q.Open)-cms.TreeMostOpen):]
	if n, err := strconv.Atoi(in.Get("page")); err == nil && n > 0 && n <= 100000 {
		q.Page = n
	}
	if !slices.Contains(treeStates, q.State) {
		q.State = ""
	}
	for _, l := range []string{q.Lang, lang, site.Languages[0]} {
		if slices.Contains(site.Languages, l) {
			q.Lang = l
			break
		}
	}
	return q
}

// filters completes the chips above the list.
func (p *contentPage) filters(v treeView, site models.Site) {
	p.Language = v.q.Lang
	for _, l := range site.Languages {
		p.Languages = append(p.Languages, TabView{Label: v.words.LanguageName(l), Current: l == v.q.Lang, URL: v.url(func(q *cms.TreeQuery) { q.Lang, q.Page = l, 1 })})
	}
	for _, s := range append([]models.State{""}, treeStates...) {
		label, icon := v.words.T("tree.state_all"), ""
		if s != "" {
			label, icon = v.words.T("state."+string(s)), stateLooks[s].icon
		}
		p.States = append(p.States, TabView{Label: label, Icon: icon, Current: s == v.q.State, URL: v.url(func(q *cms.TreeQuery) { q.State, q.Page = s, 1 })})
	}
	p.Clear = v.url(func(q *cms.TreeQuery) { q.Text, q.State, q.Page = "", "", 1 })
	if v.q.Text != "" {
		p.NewsURL = newsURL(cms.NewsFilter{Section: v.here, Text: v.q.Text})
	}
}

// treeView turns the rows of one screen into what its template shows.
type treeView struct {
	*handler
	words Words
	menu  *TreeMenu
	q     cms.TreeQuery
	here  string
	zone  string
}

// url is the address of the screen with some of it changed.
func (v treeView) url(change func(*cms.TreeQuery)) string {
	q := v.q
	q.Open = slices.Clone(q.Open)
	change(&q)
	in := url.Values{}
	for name, value := range map[string]string{"q": q.Text, "state": string(q.State), "open": strings.Join(q.Open, ",")} {
		if value != "" {
			in.Set(name, value)
		}
	}
	if q.State != "" || q.Lang != v.words.Lang {
		in.Set("lang", q.Lang)
	}
	if q.Page > 1 {
		in.Set("page", strconv.Itoa(q.Page))
	}
	if len(in) == 0 {
		return sectionURL(v.here)
	}
	return sectionURL(v.here) + "?" + strings.ReplaceAll(in.Encode(), "%2C", ",")
}

func (v treeView) level(section, first string, rows []cms.TreeRow, news int) TreeLevelView {
	l := TreeLevelView{W: v.words, Section: section, First: first}
	if v.q.Flat() {
		l.Section = ""
	}
	for _, r := range rows {
		l.Rows = append(l.Rows, v.row(r))
	}
	if news > 0 {
		l.News, l.NewsURL = v.words.T("tree.news", "Count", news), newsURL(cms.NewsFilter{Section: section})
	}
	l.Nothing = len(rows)+news == 0
	return l
}

func (v treeView) row(r cms.TreeRow) TreeRowView {
	out := TreeRowView{
		RowView: v.handler.row(v.words, r.Row, v.zone), W: v.words, Menu: v.menu, IsSection: r.Kind == models.KindSection, Version: r.Version,
		Up: r.Up, Down: r.Down, Open: r.Open, CanWrite: r.CanWrite, CanMove: r.CanMove, CanPublish: r.CanPublish, Root: r.Section.ID == "",
	}
	out.Back = v.url(func(*cms.TreeQuery) {}) + "#r-" + r.ID
	if out.IsSection {
		out.URL = sectionURL(r.ID)
	}
	if v.q.Flat() {
		out.SectionURL = sectionURL(r.Section.ID)
		return out
	}
	if out.IsSection && r.Filled {
		out.Toggle = v.url(func(q *cms.TreeQuery) {
			if r.Open {
				q.Open = slices.DeleteFunc(q.Open, func(id string) bool { return id == r.ID })
			} else {
				q.Open = append(q.Open, r.ID)
				q.Open = q.Open[max(0, len(q.Open)-cms.TreeMostOpen):]
			}
		}) + "#r-" + r.ID
	}
	if r.Open && r.ID != v.here {
		l := v.level(r.ID, cms.PlaceFirst, r.Children, r.News)
		if r.More {
			l.More, l.MoreText = sectionURL(r.ID), v.words.T("tree.more", "Title", out.Title)
		}
		out.Level = &l
	}
	return out
}

// shapes are the pages that an empty section can begin with.
func shapes(w Words, section string) []ShapeView {
	var out []ShapeView
	for _, s := range []struct{ code, icon string }{{"about", "info"}, {"contact", "mail"}, {"work", "megaphone"}} {
		title := w.T("content.shape_" + s.code)
		to := url.Values{"kind": {models.KindPage}, "section": {section}, "title": {title}}
		out = append(out, ShapeView{title, w.T("content.shape_" + s.code + "_text"), "/admin/new?" + to.Encode(), s.icon})
	}
	return out
}
