package admin

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"meridian/models"
)

// takedownPage is the data of "takedown": unpublish, or withdraw for a reason
// that readers are told.
type takedownPage struct {
	Base
	entryHead
	Form    *Form
	Version int
	Live    bool
	Reason  Field
	Moved   string
	Planned []PlannedView
	// Later reports whether it can be taken down at a moment: it is public or
	// is to become so.
	Later bool
}

// takedownForm shows what readers will see once an edition is taken away.
func (h *handler) takedownForm(c *gin.Context) error {
	return h.showTakedown(c, http.StatusOK, "", "", nil)
}

func (h *handler) showTakedown(c *gin.Context, status int, reason, moved string, problem error) error {
	ed, err := h.cms.Editor(c.Request.Context(), user(c), c.Param("id"), c.Param("lang"))
	if err != nil {
		return err
	}
	if !ed.CanPublish {
		return models.ErrForbidden
	}
	if !ed.Edition.Live() && ed.Edition.FirstPublishedAt == nil {
		return models.Conflict("not_public")
	}
	p := &takedownPage{Version: ed.Edition.Version, Live: ed.Edition.Live(), Moved: moved}
	p.Base, p.entryHead = h.head(c, ed, "takedown.title", "takedown.crumb")
	p.Form = newForm(p.Words, "takedown", problem)
	var choices []Option
	for _, r := range models.WithdrawReasons {
		choices = append(choices, Option{Value: r, Label: p.T("takedown.reason_" + r), Hint: p.T("takedown.reason_" + r + "_hint")})
	}
	p.Reason = p.Form.Field(Field{Name: "reason", Kind: "radios", Options: choices, Value: reason})
	p.Form.Rest()
	p.Planned = h.plannedOf(c.Request.Context(), p.Words, user(c), ed)
	p.Later = p.Live && !(p.Root && p.EntryLang == ed.Entry.OriginalLang)
	return h.render(c, status, "takedown", p)
}

// unpublish takes an edition away; readers get "not found".
func (h *handler) unpublish(c *gin.Context) error { return h.takeDown(c, "unpublished", false) }

// withdraw takes an edition away for a public reason; readers get "gone".
func (h *handler) withdraw(c *gin.Context) error { return h.takeDown(c, "withdrawn", true) }

func (h *handler) takeDown(c *gin.Context, done string, withReason bool) error {
	form, err := parseForm(c)
	if err != nil {
		return err
	}
	version, err := strconv.Atoi(form.Get("version"))
	if err != nil {
		return errBadRequest
	}
	ctx, u, id, lang, reason := c.Request.Context(), user(c), c.Param("id"), c.Param("lang"), form.Get("reason")
	if withReason {
		err = h.cms.Withdraw(ctx, u, id, lang, version, reason)
	} else {
		err = h.cms.Unpublish(ctx, u, id, lang, version)
	}
	var invalid *models.InvalidError
	switch {
	case errors.As(err, &invalid):
		return h.showTakedown(c, http.StatusUnprocessableEntity, reason, "", invalid)
	case errors.Is(err, models.ErrStale):
		return h.showTakedown(c, http.StatusConflict, reason, staleAuthor(h.words(c), err), nil)
	case err != nil:
		return err
	}
	return h.done(c, entryURL(id, lang), Flash{Code: done, Tone: "warn", Actions: []FlashAction{{Code: "publish_again", URL: entryURL(id, lang) + "/publish"}}})
}
