package admin

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"meridian/models"
)

// contentPage is the data of "content": one section as its staff see it.
type contentPage struct {
	Base
	ID                    string
	TitleLang             string
	Own                   *RowView
	Sections, Pages, News []RowView
	More                  bool
	Query                 string
	CanWrite              bool
	Empty                 bool
	Others                []Crumb // further places the user works in
	Shapes                []ShapeView
}

// ShapeView is a page to begin with.
type ShapeView struct{ Title, Text, URL, Icon string }

// content lists what is directly in a section; without one, in the highest
// section within reach.
func (h *handler) content(c *gin.Context) error {
	ctx, u := c.Request.Context(), user(c)
	q := strings.TrimSpace(c.Query("q"))
	list, err := h.cms.Contents(ctx, u, c.Param("section"), q)
	if err != nil {
		return err
	}
	site, err := h.cms.Site(ctx)
	if err != nil {
		return err
	}
	p := &contentPage{Base: h.base(c), ID: list.Section.ID, Query: q, CanWrite: list.CanWrite, More: list.More}
	p.Title, p.TitleLang = list.Title, list.Own.Lang
	if p.Title == "" {
		p.Title = p.T("editor.untitled")
	}
	p.Crumbs = []Crumb{{Label: p.T("nav.content"), URL: "/admin/content"}}
	for _, t := range list.Trail {
		p.Crumbs = append(p.Crumbs, Crumb{Label: t.Title, URL: sectionURL(t.ID)})
	}
	p.Crumbs = append(p.Crumbs, Crumb{Label: p.Title})
	if len(list.Trail) == 0 { // the first page of the list: the menu says it
		p.Crumbs = nil
	}
	if list.Own.ID != "" {
		own := h.row(p.Words, list.Own, site.TimeZone)
		p.Own = &own
	}
	p.Sections, p.Pages, p.News = h.rows(p.Words, list.Sections, site.TimeZone), h.rows(p.Words, list.Pages, site.TimeZone), h.rows(p.Words, list.News, site.TimeZone)
	for i := range p.Sections {
		p.Sections[i].URL = sectionURL(p.Sections[i].ID)
	}
	for _, rows := range [][]RowView{p.Sections, p.Pages, p.News} {
		for i := range rows { // the page says it already
			rows[i].Section, rows[i].KindLabel = "", ""
		}
	}
	p.Empty = len(p.Sections)+len(p.Pages)+len(p.News) == 0
	if p.Empty && p.CanWrite && q == "" {
		for _, s := range []struct{ code, icon string }{{"about", "info"}, {"contact", "mail"}, {"work", "megaphone"}} {
			title := p.T("content.shape_" + s.code)
			to := url.Values{"kind": {models.KindPage}, "section": {p.ID}, "title": {title}}
			p.Shapes = append(p.Shapes, ShapeView{title, p.T("content.shape_" + s.code + "_text"), "/admin/new?" + to.Encode(), s.icon})
		}
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
