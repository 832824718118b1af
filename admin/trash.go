package admin

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"meridian/cms"
	"meridian/models"
)

// trashPage is the data of "trash": the last look before something goes.
type trashPage struct {
	placeHead
	Effects []string
	Uses    []UsedView
	Hidden  string
}

// UsedView is a place where something is used.
type UsedView struct{ URL, Title, Lang, Label, Icon string }

func (h *handler) trashForm(c *gin.Context) error { return h.showTrash(c, http.StatusOK, "") }

func (h *handler) showTrash(c *gin.Context, status int, note string) error {
	plan, err := h.cms.PlanTrash(c.Request.Context(), user(c), c.Param("id"))
	if err != nil {
		return err
	}
	p := &trashPage{placeHead: h.placeHead(c, "trash", plan.Title, plan.Entry, sectionURL(plan.Entry.Section()), nil)}
	p.Note = note
	below := p.T("trash.alone")
	if plan.Below > 0 {
		below = p.T("trash.below", "Count", plan.Below)
	}
	seen := p.T("trash.unseen")
	if plan.Public > 0 {
		seen = p.T("trash.public", "Count", plan.Public)
	}
	langs := make([]string, len(plan.Langs))
	for i, l := range plan.Langs {
		langs[i] = p.LanguageName(l)
	}
	p.Effects = []string{below, p.T("trash.langs", "Languages", strings.Join(langs, p.T("form.comma"))), seen, p.T("trash.days")}
	for _, u := range plan.Uses {
		p.Uses = append(p.Uses, usedView(p.Words, u))
	}
	if plan.Hidden > 0 {
		p.Hidden = p.T("trash.uses_hidden", "Count", plan.Hidden)
	}
	return h.render(c, status, "trash", p)
}

func usedView(w Words, u cms.Use) UsedView {
	v := UsedView{URL: "/admin/entries/" + u.Entry, Title: u.Title, Icon: kindIcon(u.Kind, "")}
	if v.Title == "" {
		v.Title = w.T("editor.untitled")
	}
	var label []string
	if u.Lang != models.Facts {
		v.URL = entryURL(u.Entry, u.Lang)
		label = append(label, w.LanguageName(u.Lang))
	}
	switch {
	case u.Purpose == "field":
		if w.Has("field." + u.Block) {
			label = append(label, w.T("field."+u.Block))
		}
	case u.Block != "":
		v.URL += "#b-" + u.Block
	}
	if !u.Live {
		label = append(label, w.T("trash.use_draft"))
	}
	v.Label = strings.Join(label, w.T("form.comma"))
	return v
}

// version reads the version of a form.
func version(c *gin.Context) (url.Values, int, error) {
	form, err := parseForm(c)
	if err != nil {
		return nil, 0, err
	}
	n, err := strconv.Atoi(form.Get("version"))
	if err != nil {
		return nil, 0, errBadRequest
	}
	return form, n, nil
}

// trash throws an entry away.
func (h *handler) trash(c *gin.Context) error {
	_, v, err := version(c)
	if err != nil {
		return err
	}
	ctx, u, id := c.Request.Context(), user(c), c.Param("id")
	plan, err := h.cms.PlanTrash(ctx, u, id)
	if err != nil {
		return err
	}
	_, err = h.cms.Trash(ctx, u, id, v)
	if errors.Is(err, models.ErrStale) {
		return h.showTrash(c, http.StatusConflict, h.words(c).T("trash.stale"))
	}
	if err != nil {
		return err
	}
	return h.done(c, sectionURL(plan.Entry.Section()), Flash{
		Code: "trashed", Args: map[string]string{"Title": plan.Title},
		Actions: []FlashAction{{Code: "undo_trash", URL: "/admin/trash/" + id + "/restore", Post: true, Fields: map[string]string{"version": strconv.Itoa(v + 1)}}},
	})
}

// trashListPage is the data of "trash_list".
type trashListPage struct {
	Base
	Rows         []TrashView
	Note         string // why something could not be brought back
	Newer, Older string
}

// TrashView is a line of the trash.
type TrashView struct {
	cms.TrashRow
	Icon, Kind, Where, Below string
	When                     DateTime
	RestoreLabel             string
	FirstLabel               string // what has to come back before it
}

// trashList shows what was thrown away.
func (h *handler) trashList(c *gin.Context) error { return h.showTrashList(c, http.StatusOK, "") }

func (h *handler) showTrashList(c *gin.Context, status int, note string) error {
	page, err := strconv.Atoi(c.Query("page"))
	if err != nil || page < 1 || page > 100000 {
		page = 1
	}
	ctx := c.Request.Context()
	rows, more, err := h.cms.TrashList(ctx, user(c), page)
	if err != nil {
		return err
	}
	site, err := h.cms.Site(ctx)
	if err != nil {
		return err
	}
	p := trashListPage{Base: h.base(c), Note: note}
	p.Title, p.Wide = p.T("trash.list"), true
	for _, r := range rows {
		v := TrashView{TrashRow: r, Icon: kindIcon(r.Kind, r.Type), Kind: p.T("kind." + kindWord(r.Kind, r.Type)), Where: r.Section.Title, When: h.moment(p.Words, r.At, site.TimeZone)}
		if v.Title == "" {
			v.Title = p.T("editor.untitled")
		}
		if r.Below > 0 {
			v.Below = p.T("trash.with", "Count", r.Below)
		}
		v.RestoreLabel = p.T("trash.restore_name", "Title", v.Title)
		if r.SectionGone {
			v.FirstLabel = p.T("trash.first")
			if r.First != "" {
				v.FirstLabel = p.T("trash.first_named", "Title", r.First)
			}
		}
		p.Rows = append(p.Rows, v)
	}
	if page > 1 {
		p.Newer = "/admin/trash?page=" + strconv.Itoa(page-1)
	}
	if more {
		p.Older = "/admin/trash?page=" + strconv.Itoa(page+1)
	}
	return h.render(c, status, "trash_list", p)
}

// restore brings something back from the trash.
func (h *handler) restore(c *gin.Context) error {
	_, v, err := version(c)
	if err != nil {
		return err
	}
	ctx, u, id := c.Request.Context(), user(c), c.Param("id")
	row, err := h.cms.Trashed(ctx, u, id)
	if err != nil {
		return err
	}
	out, err := h.cms.Restore(ctx, u, id, v)
	var conflict *models.ConflictError
	switch {
	case errors.Is(err, models.ErrStale):
		return h.showTrashList(c, http.StatusConflict, h.words(c).T("trash.stale"))
	case errors.As(err, &conflict):
		return h.showTrashList(c, http.StatusConflict, h.words(c).Sentence("conflict", conflict.Problem))
	case err != nil:
		return err
	}
	f := Flash{Code: "restored", Args: map[string]string{"Title": row.Title}}
	if out.Drafts > 0 {
		f.Code, f.Tone, f.Args["Drafts"] = "restored_drafts", "warn", strconv.Itoa(out.Drafts)
	}
	return h.done(c, rowAt(sectionURL(out.Entry.Section()), id), f)
}

// purgePage is the data of "purge".
type purgePage struct {
	Base
	Form    *Form
	ID      string
	Version int
	Below   string // what goes with it
	Note    string // why it did not work
	Typed   Field
}

func (h *handler) purgeForm(c *gin.Context) error {
	return h.showPurge(c, http.StatusOK, "", nil, "")
}

func (h *handler) showPurge(c *gin.Context, status int, typed string, invalid error, note string) error {
	row, err := h.cms.Trashed(c.Request.Context(), user(c), c.Param("id"))
	if err != nil {
		return err
	}
	if !row.CanChange {
		return models.ErrForbidden
	}
	p := &purgePage{Base: h.base(c), ID: row.ID, Version: row.Version, Note: note}
	if row.Below > 0 {
		p.Below = p.T("purge.below", "Count", row.Below)
	}
	title := purgeTitle(p.Words, row)
	p.Title = p.T("purge.title", "Title", title)
	p.Crumbs = []Crumb{{Label: p.T("trash.list"), URL: "/admin/trash"}, {Label: p.T("purge.crumb")}}
	p.Form = newForm(p.Words, "purge", invalid)
	p.Typed = p.Form.Field(Field{Name: "title", Label: p.T("purge.name", "Title", title), Value: typed, Required: true})
	p.Form.Rest()
	return h.render(c, status, "purge", p)
}

// purgeTitle is what has to be typed.
func purgeTitle(w Words, row cms.TrashRow) string {
	if t := strings.TrimSpace(row.Title); t != "" {
		return t
	}
	return w.T("editor.untitled")
}

// purge deletes something in the trash for good.
func (h *handler) purge(c *gin.Context) error {
	form, v, err := version(c)
	if err != nil {
		return err
	}
	ctx, u, id := c.Request.Context(), user(c), c.Param("id")
	row, err := h.cms.Trashed(ctx, u, id)
	if err != nil {
		return err
	}
	title := purgeTitle(h.words(c), row)
	if typed := strings.Join(strings.Fields(form.Get("title")), " "); !strings.EqualFold(typed, strings.Join(strings.Fields(title), " ")) {
		return h.showPurge(c, http.StatusUnprocessableEntity, form.Get("title"), models.Invalid("title", "title_differs"), "")
	}
	err = h.cms.Purge(ctx, u, id, v)
	if errors.Is(err, models.ErrStale) {
		return h.showPurge(c, http.StatusConflict, form.Get("title"), nil, h.words(c).T("trash.stale"))
	}
	if err != nil {
		return err
	}
	return h.done(c, "/admin/trash", Flash{Code: "purged", Args: map[string]string{"Title": title}})
}
