package site

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"meridian/cms/live"
)

// Cache-Control of the site. Nothing stale is ever shown: whoever keeps a page
// asks again, and is told in a few bytes that it still holds.
const (
	keepAndAsk = "public, no-cache"
	keepNot    = "no-store"
)

// answer is what goes out once everything it says has been read.
type answer struct {
	status   int
	location string // of a redirect
	link     string // value of the Link header
	lang     string
	modified time.Time
	body     *bytes.Buffer

	contentType string // "" is HTML
	open        bool   // scripts of other sites may read it
}

// send writes an answer.
func (h *handler) send(c *gin.Context, a answer) {
	w := c.Writer.Header()
	w.Set("Cache-Control", keepAndAsk)
	if a.location != "" {
		w.Set("Location", a.location)
		w.Set("Content-Length", "0")
		c.Status(a.status)
		c.Writer.WriteHeaderNow()
		return
	}
	if a.status == http.StatusMethodNotAllowed || a.status >= http.StatusInternalServerError {
		w.Set("Cache-Control", keepNot)
	}
	if a.link != "" {
		w.Set("Link", a.link)
	}
	if a.lang != "" {
		w.Set("Content-Language", a.lang)
	}
	if a.open {
		w.Set("Access-Control-Allow-Origin", "*")
	}
	if !a.modified.IsZero() {
		w.Set("Last-Modified", a.modified.UTC().Format(http.TimeFormat))
	}
	w.Set("Content-Length", strconv.Itoa(a.body.Len()))
	if a.contentType == "" {
		a.contentType = "text/html; charset=utf-8"
	}
	c.Data(a.status, a.contentType, a.body.Bytes())
}

// redirect is an answer that sends the reader on for good.
func redirect(to string) answer { return answer{status: http.StatusMovedPermanently, location: to} }

// troublePage is what a reader sees instead of a page.
type troublePage struct {
	Base
	Text      string
	Detail    string
	Reference string
	Where     []Link // where to go from here
}

// notFound is the answer for an address that leads nowhere: in the language of
// the address, with the ways that lead somewhere.
func (h *handler) notFound(v *live.View, lang string) (answer, error) {
	return h.missing(v, lang, http.StatusNotFound, "not_found", "")
}

// gone is the answer for what was taken away for good.
func (h *handler) gone(v *live.View, lang, reason string) (answer, error) {
	detail := ""
	switch reason {
	case "error", "consent", "legal":
		detail = "site.gone_" + reason
	}
	return h.missing(v, lang, http.StatusGone, "gone", detail)
}

func (h *handler) missing(v *live.View, lang string, status int, code, detail string) (answer, error) {
	b, err := h.base(v, lang, nil)
	if err != nil {
		return answer{}, err
	}
	b.Title = b.T("site." + code + "_title")
	b.DocTitle = docTitle("", b.Title, b.SiteName.Title)
	p := troublePage{Base: b, Text: b.T("site." + code + "_text")}
	if detail != "" {
		p.Detail = b.T(detail)
	}
	p.Where = append([]Link{{Title: b.T("site.home"), Href: b.HomeHref}}, b.Menu...)
	a := answer{status: status, lang: lang}
	return a, h.render(&a, "trouble", p)
}

// unready is the answer while nobody has set the site up.
func (h *handler) unready(lang string) (answer, error) {
	a := answer{status: http.StatusServiceUnavailable, lang: lang}
	w := h.words(lang)
	b := Base{words: w, CSS: h.css, Title: w.T("site.unready_title"), DocTitle: w.T("site.unready_title")}
	return a, h.render(&a, "trouble", troublePage{Base: b, Text: w.T("site.unready_text")})
}

// trouble answers without asking the database, which may be what is broken.
func (h *handler) trouble(c *gin.Context, status int, w words, code, reference string) {
	a := answer{status: status, lang: w.Lang}
	b := Base{words: w, CSS: h.css, Title: w.T("site." + code + "_title"), HomeHref: "/"}
	b.DocTitle = b.Title
	p := troublePage{Base: b, Text: w.T("site." + code + "_text"), Reference: reference}
	p.Where = []Link{{Title: w.T("site.home"), Href: "/"}}
	if err := h.render(&a, "trouble", p); err != nil {
		// The templates were parsed at start, so this is the last line of all.
		h.log.Error("trouble page failed", "err", err, "reference", reference)
		c.Header("Cache-Control", keepNot)
		c.String(http.StatusInternalServerError, "Something went wrong. Reference: %s\n", reference)
		return
	}
	h.send(c, a)
}

// fail answers in the place of an answer that could not be made. Somebody who
// has to come back is told so; any other error is logged, and he is told nothing
// of it but a reference to the log.
func (h *handler) fail(c *gin.Context, err error, stack []byte) {
	lang, _, _ := strings.Cut(strings.TrimPrefix(c.Request.URL.Path, "/"), "/")
	if h.catalogue.Keys(lang) == nil {
		lang = ""
	}
	switch ended := c.Request.Context().Err(); {
	case stack != nil:
	case errors.Is(ended, context.Canceled):
		// Nobody reads it; a status keeps Gin from writing an answer of its own.
		c.Header("Cache-Control", keepNot)
		c.Status(http.StatusServiceUnavailable)
		c.Writer.WriteHeaderNow()
		return
	case errors.Is(err, live.ErrBusy), ended != nil:
		c.Header("Retry-After", "5")
		h.trouble(c, http.StatusServiceUnavailable, h.words(lang), "busy", "")
		return
	}
	reference := rand.Text()[:10]
	args := []any{"reference", reference, "path", c.Request.URL.Path, "err", err}
	if stack != nil {
		args = append(args, "stack", string(stack))
	}
	h.log.Error("readers' page failed", args...)
	h.trouble(c, http.StatusInternalServerError, h.words(lang), "failed", reference)
}

// rescue turns a panic into the same answer as an error. Pages are rendered
// before a byte of them is written, so there is never half a page before it.
func (h *handler) rescue(c *gin.Context) {
	defer func() {
		p := recover()
		if p == nil {
			return
		}
		if p == http.ErrAbortHandler || c.Writer.Written() {
			panic(http.ErrAbortHandler)
		}
		c.Abort()
		h.fail(c, fmt.Errorf("panic: %v", p), debug.Stack())
	}()
	c.Next()
}
