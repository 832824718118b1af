package admin

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"meridian/cms"
	"meridian/models"
)

// addressPage is the data of "address": another last segment for an address.
type addressPage struct {
	Base
	entryHead
	Form    *Form
	Version int
	Folder  string // the part of the address that stays
	Slug    Field
	Known   bool // readers know the address, so it will lead on
	Moves   bool // a section takes what is below it along
	Moved   string
}

// addressForm shows the address of an edition and what changing it does.
func (h *handler) addressForm(c *gin.Context) error {
	return h.showAddress(c, http.StatusOK, "", "", nil)
}

func (h *handler) showAddress(c *gin.Context, status int, typed, moved string, problem error) error {
	ed, err := h.cms.Editor(c.Request.Context(), user(c), c.Param("id"), c.Param("lang"))
	if err != nil {
		return err
	}
	known := ed.Edition.FirstPublishedAt != nil
	if !ed.CanWrite || !ed.CanPublish && (known || ed.Entry.Kind == models.KindSection) {
		return models.ErrForbidden
	}
	if ed.Entry.Root() {
		return models.Conflict("address_fixed")
	}
	p := &addressPage{Version: ed.Edition.Version, Known: known, Moves: ed.Entry.Kind == models.KindSection, Moved: moved}
	p.Base, p.entryHead = h.head(c, ed, "address.title", "address.crumb")
	p.Folder = strings.TrimSuffix(readable(strings.TrimSuffix(p.Address, "/")), ed.Edition.Slug)
	if status == http.StatusOK {
		typed = ed.Edition.Slug
	}
	p.Form = newForm(p.Words, "address", problem)
	p.Slug = p.Form.Field(Field{Name: "slug", Value: typed, Lang: ed.Edition.Lang})
	p.Form.Rest()
	return h.render(c, status, "address", p)
}

// address gives an edition another address.
func (h *handler) address(c *gin.Context) error {
	form, err := parseForm(c)
	if err != nil {
		return err
	}
	version, err := strconv.Atoi(form.Get("version"))
	if err != nil {
		return errBadRequest
	}
	id, lang, slug := c.Param("id"), c.Param("lang"), form.Get("slug")
	err = h.cms.SetAddress(c.Request.Context(), user(c), cms.SetAddress{Entry: id, Lang: lang, Version: version, Slug: slug})
	var invalid *models.InvalidError
	switch {
	case errors.As(err, &invalid):
		return h.showAddress(c, http.StatusUnprocessableEntity, slug, "", invalid)
	case errors.Is(err, models.ErrStale):
		return h.showAddress(c, http.StatusConflict, slug, staleAuthor(h.words(c), err), nil)
	case err != nil:
		return err
	}
	return h.done(c, entryURL(id, lang), Flash{Code: "address_changed"})
}

// staleAuthor names who saved what is there now.
func staleAuthor(w Words, err error) string {
	var stale *cms.StaleError
	if errors.As(err, &stale) && stale.Author != "" {
		return stale.Author
	}
	return w.T("publish.somebody")
}
