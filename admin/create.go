package admin

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"meridian/cms"
	"meridian/models"
)

// createPage is the data of "create".
type createPage struct {
	Base
	Form                          *Form
	Kind                          string
	Kinds                         []TabView
	TitleField, Language, Section Field
	Type, Menu                    *Field
}

// TabView is a link among others of its sort.
type TabView struct {
	Label, URL, Icon string
	Current          bool
}

// createForm asks for what a new entry begins with, title first.
func (h *handler) createForm(c *gin.Context) error {
	return h.showCreate(c, http.StatusOK, c.Request.URL.Query(), nil)
}

func (h *handler) showCreate(c *gin.Context, status int, in url.Values, problem error) error {
	ctx, u := c.Request.Context(), user(c)
	sections, err := h.cms.Writable(ctx, u)
	if err != nil {
		return err
	}
	if len(sections) == 0 {
		return models.ErrForbidden
	}
	site, err := h.cms.Site(ctx)
	if err != nil {
		return err
	}
	kind := in.Get("kind")
	if _, known := models.KindOf(kind); !known {
		kind = models.KindPage
	}
	p := &createPage{Base: h.base(c), Kind: kind}
	w := p.Words
	p.Title = w.T("create.title_" + kind)
	p.Crumbs = []Crumb{{Label: w.T("nav.content"), URL: "/admin/content"}, {Label: p.Title}}
	for _, k := range []string{models.KindNews, models.KindPage, models.KindSection} {
		q := url.Values{"kind": {k}}
		for _, name := range []string{"section", "title", "lang"} {
			if v := in.Get(name); v != "" {
				q.Set(name, v)
			}
		}
		p.Kinds = append(p.Kinds, TabView{w.T("kind." + k), "/admin/new?" + q.Encode(), kindIcon(k, ""), k == kind})
	}
	lang := in.Get("lang")
	if lang == "" {
		lang = u.Lang
	}
	if !slices.Contains(site.Languages, lang) && problem == nil {
		lang = site.Languages[0]
	}
	section := in.Get("section")
	if section == "" {
		section = sections[0].ID
	}
	f := newForm(w, "create", problem)
	p.Form = f
	p.TitleField = f.Field(Field{Name: "title", Value: in.Get("title"), Autofocus: true, Lang: lang, HintCode: "create.title_hint_" + kind})
	p.Language = f.Field(Field{Name: "lang", Kind: "select", Value: lang, Options: w.languageOptions(site.Languages)})
	p.Section = f.Field(Field{Name: "section", Kind: "select", Value: section, Options: sectionOptions(sections)})
	if kind == models.KindSection && u.CanAnywhere(models.ActOrganise) {
		typ := in.Get("type")
		if typ == "" {
			typ = models.TypeArea
		}
		field := f.Field(Field{Name: "type", Kind: "radios", Value: typ, Options: []Option{
			{Value: models.TypeArea, Label: w.T("create.type_area"), Hint: w.T("create.type_area_hint")},
			{Value: models.TypeOrganisation, Label: w.T("create.type_organisation"), Hint: w.T("create.type_organisation_hint")},
		}})
		p.Type = &field
	}
	if kind != models.KindNews {
		field := f.Field(Field{Name: "nav", Kind: "select", Value: in.Get("nav"), Options: []Option{
			{Value: models.NavNone, Label: w.T("create.nav_none")}, {Value: models.NavMain, Label: w.T("create.nav_main")}, {Value: models.NavFooter, Label: w.T("create.nav_footer")},
		}})
		p.Menu = &field
	}
	f.Rest()
	return h.render(c, status, "create", p)
}

// create makes the entry and opens it for writing.
func (h *handler) create(c *gin.Context) error {
	form, err := parseForm(c)
	if err != nil {
		return err
	}
	in := cms.NewEntry{
		Kind: form.Get("kind"), Section: form.Get("section"), Lang: form.Get("lang"), Title: form.Get("title"),
		Type: form.Get("type"), Nav: form.Get("nav"),
	}
	if in.Kind == models.KindSection && in.Type == "" {
		in.Type = models.TypeArea
	}
	if !slices.Contains([]string{"", models.NavNone, models.NavMain, models.NavFooter}, in.Nav) {
		return errBadRequest
	}
	e, d, err := h.cms.Create(c.Request.Context(), user(c), in)
	var invalid *models.InvalidError
	if errors.As(err, &invalid) {
		return h.showCreate(c, http.StatusUnprocessableEntity, form, invalid)
	}
	if err != nil {
		return err
	}
	return h.see(c, entryURL(e.ID, d.Lang))
}

// languageOptions are the languages of a site to choose from.
func (w Words) languageOptions(langs []string) []Option {
	out := make([]Option, len(langs))
	for i, l := range langs {
		out[i] = Option{Value: l, Label: w.LanguageName(l)}
	}
	return out
}

// sectionOptions are sections to choose from, those below others further in.
func sectionOptions(list []cms.SectionOption) []Option {
	out := make([]Option, len(list))
	for i, s := range list {
		out[i] = indented(s.ID, s.Title, s.Depth)
	}
	return out
}

// indented is a choice from a tree.
func indented(value, label string, depth int) Option {
	return Option{Value: value, Label: strings.Repeat("\u2003", depth) + label}
}
