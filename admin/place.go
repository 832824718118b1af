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

// placeHead is what the screens about the place of an entry have in common.
type placeHead struct {
	Base
	Form    *Form
	ID      string
	Name    string // title of the entry, or what stands for it
	Icon    string
	Version int
	Back    string // where it leads back to
	Note    string // why it did not work
}

// placeHead returns the head of a screen; name is the code of its title and of
// what its fields are called.
func (h *handler) placeHead(c *gin.Context, name, title string, e models.Entry, back string, problem error) placeHead {
	p := placeHead{Base: h.base(c), ID: e.ID, Name: title, Icon: kindIcon(e.Kind, e.Type), Version: e.Version, Back: back}
	if p.Name == "" {
		p.Name = p.T("editor.untitled")
	}
	p.Title = p.T(name+".title", "Title", p.Name)
	own := "/admin/entries/" + e.ID
	if e.Kind == models.KindSection {
		own = sectionURL(e.ID)
	}
	p.Crumbs = []Crumb{{Label: p.T("nav.content"), URL: "/admin/content"}, {Label: p.Name, URL: own}, {Label: p.T(name + ".crumb")}}
	p.Form = newForm(p.Words, name, problem)
	return p
}

// backTo returns the screen of the tree that a form came from, or that of a
// section.
func backTo(back, section string) string {
	if path, _, _ := strings.Cut(back, "?"); localPath(back) && (path == "/admin/content" || strings.HasPrefix(path, "/admin/content/")) {
		return back
	}
	if section == "" {
		return "/admin/content"
	}
	return sectionURL(section)
}

// rowAt is an address of the tree at the row of an entry.
func rowAt(back, id string) string {
	back, _, _ = strings.Cut(back, "#")
	return back + "#r-" + id
}

// movePage is the data of "move".
type movePage struct {
	placeHead
	Find, Section, Place, Menu Field
	Rename                     *Field
	Effect, EffectNone         string
	Places                     bool // news have neither place nor menu
	None                       bool // no section is called like that
}

// moveForm asks where an entry is to go. What is chosen already is in the
// address, so that another section shows the places there.
func (h *handler) moveForm(c *gin.Context) error {
	return h.showMove(c, http.StatusOK, c.Request.URL.Query(), nil, "")
}

func (h *handler) showMove(c *gin.Context, status int, in url.Values, problem error, note string) error {
	w, section := h.words(c), in.Get("section")
	move, err := h.cms.Placement(c.Request.Context(), user(c), c.Param("id"), section)
	if err != nil {
		return err
	}
	e := move.Entry
	p := &movePage{placeHead: h.placeHead(c, "move", move.Title, e, backTo(in.Get("back"), e.Section()), problem), Places: e.Kind != models.KindNews}
	p.Note = note
	if section == "" {
		section = e.Section()
	}
	f := p.Form
	p.Find = f.Field(Field{Name: "q", Kind: "search", Value: in.Get("q")})
	options := cms.FindSections(move.Sections, in.Get("q"))
	p.None = len(options) == 0
	// The one that is chosen stays on the list.
	if i := slices.IndexFunc(move.Sections, func(s cms.SectionOption) bool { return s.ID == section }); i >= 0 && !slices.Contains(options, move.Sections[i]) {
		options = append([]cms.SectionOption{move.Sections[i]}, options...)
	}
	p.Section = f.Field(Field{Name: "section", Kind: "select", Value: section, Options: sectionOptions(options)})
	place := in.Get("place")
	if place == "" {
		place = cms.PlaceLast
		if section == e.Section() {
			place = move.Place
		}
	}
	places := []Option{{Value: cms.PlaceFirst, Label: w.T("move.place_first")}, {Value: cms.PlaceLast, Label: w.T("move.place_last")}}
	for _, s := range move.Siblings {
		title := s.Title
		if title == "" {
			title = w.T("editor.untitled")
		}
		places = append(places, Option{Value: s.ID, Label: w.T("move.place_after", "Title", title)})
	}
	p.Place = f.Field(Field{Name: "place", Kind: "select", Value: place, Options: places})
	nav := in.Get("nav")
	if nav == "" {
		nav = e.Nav
	}
	p.Menu = f.Field(Field{Name: "nav", Kind: "select", Value: nav, LabelCode: "create.nav", Options: []Option{
		{Value: models.NavNone, Label: w.T("create.nav_none")}, {Value: models.NavMain, Label: w.T("create.nav_main")}, {Value: models.NavFooter, Label: w.T("create.nav_footer")},
	}})
	var invalid *models.InvalidError
	if errors.As(problem, &invalid) {
		if taken, there := invalid.Fields["rename"]; there {
			suggestion, _ := taken.Args["suggestion"].(string)
			field := f.Field(Field{Name: "rename", Kind: "checkbox", Label: w.T("move.rename", "Address", suggestion)})
			p.Rename = &field
		}
	}
	f.Rest()
	p.Effect = w.T("move.effect", "Entries", w.T("move.entries", "Count", move.Entries), "Addresses", w.T("move.addresses", "Count", move.Addresses), "Languages", w.T("move.languages", "Count", len(move.Langs)))
	return h.render(c, status, "move", p)
}

// move puts an entry somewhere else. The buttons and keys of the tree send the
// same form.
func (h *handler) move(c *gin.Context) error {
	form, err := parseForm(c)
	if err != nil {
		return err
	}
	version, err := strconv.Atoi(form.Get("version"))
	if err != nil {
		return errBadRequest
	}
	ctx, u, id := c.Request.Context(), user(c), c.Param("id")
	was, err := h.cms.Placement(ctx, u, id, "")
	if err != nil {
		return err
	}
	moved, err := h.cms.Move(ctx, u, cms.Move{
		Entry: id, Version: version, Section: form.Get("section"), Place: form.Get("place"), Nav: form.Get("nav"), Rename: form.Get("rename") == "1",
	})
	var (
		invalid  *models.InvalidError
		conflict *models.ConflictError
	)
	switch {
	case errors.As(err, &invalid):
		return h.showMove(c, http.StatusUnprocessableEntity, form, invalid, "")
	case errors.Is(err, models.ErrStale):
		return h.showMove(c, http.StatusConflict, form, nil, h.words(c).T("tree.stale"))
	case errors.As(err, &conflict):
		return h.showMove(c, http.StatusConflict, form, nil, h.words(c).Sentence("conflict", conflict.Problem))
	case err != nil:
		return err
	}
	back := rowAt(backTo(form.Get("back"), moved.Entry.Section()), id)
	if moved.Entry.Version == version { // it is there already
		return h.see(c, back)
	}
	f := Flash{Code: "placed", Actions: []FlashAction{{
		Code: "undo_move", URL: "/admin/entries/" + id + "/move", Post: true, Fields: map[string]string{
			"version": strconv.Itoa(moved.Entry.Version), "section": was.Section.ID, "place": was.Place, "nav": was.Entry.Nav, "back": back,
		},
	}}}
	if moved.Addresses > 0 {
		f = Flash{Code: "moved", Args: map[string]string{"Count": strconv.Itoa(moved.Addresses)}, Actions: f.Actions}
	}
	return h.done(c, back, f)
}

// copyPage is the data of "copy".
type copyPage struct {
	placeHead
	TitleField, Section Field
	Deep                *Field
}

// copyForm asks where a copy is to go, what it is called and what it takes
// along.
func (h *handler) copyForm(c *gin.Context) error {
	return h.showCopy(c, http.StatusOK, url.Values{"deep": {"1"}}, nil, "")
}

func (h *handler) showCopy(c *gin.Context, status int, in url.Values, problem error, note string) error {
	from, err := h.cms.CopyPlacement(c.Request.Context(), user(c), c.Param("id"))
	if err != nil {
		return err
	}
	e, section, title := from.Entry, in.Get("section"), in.Get("title")
	p := &copyPage{placeHead: h.placeHead(c, "copy", from.Title, e, backTo(in.Get("back"), e.Section()), problem)}
	p.Note = note
	if section == "" {
		section = e.Section()
	}
	if status == http.StatusOK {
		title = p.T("copy.name", "Title", p.Name)
	}
	p.TitleField = p.Form.Field(Field{Name: "title", Value: title, Lang: e.OriginalLang, Autofocus: true, LabelCode: "copy.as"})
	p.Section = p.Form.Field(Field{Name: "section", Kind: "select", Value: section, Options: sectionOptions(from.Sections)})
	if from.Entries > 1 {
		field := p.Form.Field(Field{Name: "deep", Kind: "checkbox", Value: in.Get("deep"), Label: p.T("copy.deep", "Count", from.Entries-1)})
		p.Deep = &field
	}
	p.Form.Rest()
	return h.render(c, status, "copy", p)
}

// copy makes drafts of an entry, and of what is below it if asked to.
func (h *handler) copy(c *gin.Context) error {
	form, err := parseForm(c)
	if err != nil {
		return err
	}
	if !form.Has("section") { // not sent by the form
		return errBadRequest
	}
	made, err := h.cms.Copy(c.Request.Context(), user(c), cms.Copy{
		Entry: c.Param("id"), Section: form.Get("section"), Deep: form.Get("deep") == "1", Title: form.Get("title"),
	})
	var (
		invalid  *models.InvalidError
		conflict *models.ConflictError
	)
	switch {
	case errors.As(err, &invalid):
		return h.showCopy(c, http.StatusUnprocessableEntity, form, invalid, "")
	case errors.As(err, &conflict):
		return h.showCopy(c, http.StatusConflict, form, nil, h.words(c).Sentence("conflict", conflict.Problem))
	case err != nil:
		return err
	}
	return h.done(c, rowAt(sectionURL(made.Entry.Section()), made.Entry.ID), Flash{
		Code: "copied", Args: map[string]string{"Count": strconv.Itoa(made.Entries)},
		Actions: []FlashAction{{Code: "open", URL: "/admin/entries/" + made.Entry.ID}},
	})
}

// turnForm says what becomes of a page that is made a section.
func (h *handler) turnForm(c *gin.Context) error { return h.showTurn(c, http.StatusOK, "") }

func (h *handler) showTurn(c *gin.Context, status int, note string) error {
	at, err := h.cms.Placement(c.Request.Context(), user(c), c.Param("id"), "")
	if err != nil {
		return err
	}
	if at.Entry.Kind != models.KindPage {
		return models.Conflict("not_a_page")
	}
	p := h.placeHead(c, "turn", at.Title, at.Entry, sectionURL(at.Entry.Section()), nil)
	p.Note = note
	return h.render(c, status, "turn", &p)
}

// turn makes a page a section.
func (h *handler) turn(c *gin.Context) error {
	form, err := parseForm(c)
	if err != nil {
		return err
	}
	version, err := strconv.Atoi(form.Get("version"))
	if err != nil {
		return errBadRequest
	}
	id := c.Param("id")
	err = h.cms.TurnIntoSection(c.Request.Context(), user(c), id, version)
	if errors.Is(err, models.ErrStale) {
		return h.showTurn(c, http.StatusConflict, h.words(c).T("tree.stale"))
	}
	if err != nil {
		return err
	}
	return h.done(c, sectionURL(id), Flash{Code: "turned"})
}
