package admin

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"meridian/cms/account"
	"meridian/models"
)

// Errors of the surface itself.
var (
	errTooLarge    = errors.New("request too large")
	errMediaType   = errors.New("not a form")
	errBadRequest  = errors.New("request cannot be read")
	errUnavailable = errors.New("database cannot be read")
)

// status is the one place where the kind of an error becomes a status.
func status(err error) int {
	var wait *account.WaitError
	switch {
	case errors.As(err, &wait):
		return http.StatusTooManyRequests
	case errors.Is(err, errTooLarge):
		return http.StatusRequestEntityTooLarge
	case errors.Is(err, errMediaType):
		return http.StatusUnsupportedMediaType
	case errors.Is(err, errBadRequest):
		return http.StatusBadRequest
	case errors.Is(err, errUnavailable), errors.Is(err, models.ErrBusy):
		return http.StatusServiceUnavailable
	case errors.Is(err, models.ErrForbidden):
		return http.StatusForbidden
	case errors.Is(err, models.ErrNotFound):
		return http.StatusNotFound
	case errors.Is(err, models.ErrStale), errors.Is(err, models.ErrConflict):
		return http.StatusConflict
	case errors.Is(err, models.ErrInvalid):
		return http.StatusUnprocessableEntity
	}
	return http.StatusInternalServerError
}

// run answers a request with a handler and turns its error into a page.
func (h *handler) run(serve handle) gin.HandlerFunc {
	return func(c *gin.Context) {
		if err := serve(h, c); err != nil {
			h.fail(c, err)
		}
	}
}

// fail writes the trouble page of an error. What is unknown is logged whole
// and shown as a reference only.
func (h *handler) fail(c *gin.Context, err error) {
	code := status(err)
	if code >= 500 {
		h.log.ErrorContext(c.Request.Context(), "request failed", "request_id", requestID(c),
			"user_id", user(c).ID, "path", c.FullPath(), "err", err)
	}
	if c.Writer.Written() {
		return
	}
	v := &view{}
	var (
		wait     *account.WaitError
		conflict *models.ConflictError
		invalid  *models.InvalidError
	)
	switch {
	case errors.As(err, &wait):
		v.Wait = wait.Wait
	case errors.As(err, &conflict):
		v.Problem = &conflict.Problem
		v.ProblemKind = "conflict"
	case errors.As(err, &invalid):
		v.Invalid = invalid
	case errors.Is(err, models.ErrForbidden) && user(c).ID != "":
		names, e := h.accounts.Administrators(c.Request.Context())
		if e != nil {
			h.log.ErrorContext(c.Request.Context(), "administrators not read", "request_id", requestID(c), "err", e)
		}
		v.Givers = names
	}
	h.trouble(c, code, v)
}

// view is what a trouble page may say beyond its status.
type view struct {
	Code        string // another sentence than that of the status: trouble.<Code>_…
	Wait        time.Duration
	Problem     *models.Problem
	ProblemKind string
	Invalid     *models.InvalidError
	Givers      []string
}

// troublePage is the data of "trouble".
type troublePage struct {
	Base
	Status    int
	Text      string
	Details   []string
	Reference string
	Again     *Kept // what was typed, to be sent once more
	Fresh     bool  // nobody can sign in yet
}

// trouble writes the page of a status in the interface language.
func (h *handler) trouble(c *gin.Context, code int, v *view) {
	if v == nil {
		v = &view{}
	}
	name := v.Code
	if name == "" {
		name = strconv.Itoa(code)
	}
	b := h.base(c)
	b.Title = b.T("trouble." + name + "_title")
	p := troublePage{Base: b, Status: code, Text: b.T("trouble." + name + "_text"), Fresh: name == "fresh"}
	if v.Wait > 0 {
		retryAfter(c, v.Wait)
		p.Text = b.T("trouble.429_wait", "Wait", b.Duration(v.Wait))
	}
	if v.Problem != nil {
		p.Details = append(p.Details, b.Words.Sentence(v.ProblemKind, *v.Problem))
	}
	if v.Invalid != nil {
		p.Details = append(p.Details, b.Words.Problems(v.Invalid)...)
	}
	if len(v.Givers) > 0 {
		p.Details = append(p.Details, b.T("trouble.403_givers", "Names", strings.Join(v.Givers, ", ")))
	}
	if code >= 500 && !p.Fresh {
		p.Reference = requestID(c)
	}
	if code >= 500 || code == http.StatusTooManyRequests {
		p.Again = keep(c)
	}
	if err := h.render(c, code, "trouble", p); err != nil {
		h.log.ErrorContext(c.Request.Context(), "trouble page not rendered", "request_id", requestID(c), "err", err)
		c.Data(code, "text/plain; charset=utf-8", []byte(fmt.Sprintf("%d %s\n%s\n", code, http.StatusText(code), requestID(c))))
	}
}

// retryAfter tells programs how long to wait.
func retryAfter(c *gin.Context, wait time.Duration) {
	c.Header("Retry-After", strconv.Itoa(int((wait+time.Second-1)/time.Second)))
}
