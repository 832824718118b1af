package admin

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"

	"github.com/gin-gonic/gin"

	"meridian/models"
)

// maxForm is how much a form may send: a text of 1 MiB, of which browsers make
// three where it is not in Latin letters, and what goes with it.
const maxForm = 4 << 20

// policy is the content security policy of every page: nothing inline and
// nothing from elsewhere, so it needs no nonce.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; " +
	"font-src 'self'; connect-src 'self'; form-action 'self'; frame-src 'self'; base-uri 'none'; frame-ancestors 'none'; " +
	"object-src 'none'; require-trusted-types-for 'script'; trusted-types cms"

// headers go on every answer, refusals and errors too.
func (h *handler) headers(c *gin.Context) {
	id := strings.ToLower(rand.Text()[:10])
	c.Set(ctxRequest, id)
	head := c.Writer.Header()
	head.Set("Content-Security-Policy", policy)
	head.Set("Cache-Control", "no-store")
	head.Set("X-Content-Type-Options", "nosniff")
	head.Set("X-Frame-Options", "DENY")
	head.Set("Referrer-Policy", "same-origin")
	head.Set("Cross-Origin-Opener-Policy", "same-origin")
	head.Set("Cross-Origin-Resource-Policy", "same-origin")
	head.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
	head.Set("X-Robots-Tag", "noindex")
	head.Set("Vary", "Cookie")
	head.Set("X-Request-Id", id)
	if h.secure {
		head.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
	}
	c.Next()
}

// requestID names a request in the log and on the trouble page.
func requestID(c *gin.Context) string { return c.GetString(ctxRequest) }

// rescue turns a panic into the page for unknown trouble, so that the next
// request is served as if nothing had been.
func (h *handler) rescue(c *gin.Context) {
	defer func() {
		v := recover()
		if v == nil {
			return
		}
		if v == http.ErrAbortHandler {
			panic(v) // the server's own way to drop a connection
		}
		h.log.ErrorContext(c.Request.Context(), "panic", "request_id", requestID(c),
			"path", c.FullPath(), "err", fmt.Sprint(v), "stack", string(debug.Stack()))
		c.Abort()
		if !c.Writer.Written() {
			h.trouble(c, http.StatusInternalServerError, nil)
		}
	}()
	c.Next()
}

// sameOrigin refuses requests that other sites made a browser send. What
// arrives without any sign of its origin is refused as well: every browser
// that can show these pages sends one.
func (h *handler) sameOrigin(c *gin.Context) {
	r := c.Request
	err := h.origin.Check(r)
	if err == nil && unsafe(r.Method) && r.Header.Get("Sec-Fetch-Site") == "" && r.Header.Get("Origin") == "" {
		err = fmt.Errorf("%s without origin", r.Method)
	}
	// The library compares hosts only, and an unencrypted page of the same host
	// may be anybody's.
	if err == nil && unsafe(r.Method) && h.secure && r.Header.Get("Sec-Fetch-Site") == "" && strings.HasPrefix(r.Header.Get("Origin"), "http:") {
		err = fmt.Errorf("%s from an unencrypted page", r.Method)
	}
	if err != nil {
		h.log.WarnContext(r.Context(), "refused: other origin", "request_id", requestID(c), "path", c.FullPath(), "err", err)
		h.trouble(c, http.StatusForbidden, &view{Code: "origin"})
		c.Abort()
		return
	}
	// Pages of the back office are opened by people, not embedded by sites.
	dest := r.Header.Get("Sec-Fetch-Dest")
	if r.Header.Get("Sec-Fetch-Site") == "cross-site" && dest != "" && dest != "document" {
		h.trouble(c, http.StatusForbidden, &view{Code: "origin"})
		c.Abort()
		return
	}
	c.Next()
}

func unsafe(method string) bool {
	return method != http.MethodGet && method != http.MethodHead && method != http.MethodOptions
}

// limit bounds the body of a request: that of a form, or where files are sent,
// of the largest file and the form around it.
func (h *handler) limit(c *gin.Context) {
	most := int64(maxForm)
	if c.Request.Method == http.MethodPost && (c.FullPath() == uploadPath || c.FullPath() == replacePath) {
		l := h.media.Limits()
		most += max(l.Picture, l.Document, l.Video)
	}
	if c.Request.ContentLength > most {
		h.trouble(c, http.StatusRequestEntityTooLarge, nil)
		c.Abort()
		return
	}
	if c.Request.Body != nil {
		c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, most)
	}
	c.Next()
}

// guard lets a request through when its user may do act somewhere.
func (h *handler) guard(act models.Act) gin.HandlerFunc {
	return func(c *gin.Context) {
		u := user(c)
		switch {
		case act == Public:
		case u.ID == "":
			h.askSignIn(c)
			c.Abort()
		case !u.CanAnywhere(act):
			h.fail(c, fmt.Errorf("%s: %w", act, models.ErrForbidden))
			c.Abort()
		}
	}
}

// askSignIn answers a request that needs a session. A visitor is led to the
// sign-in page; who had a session signs in where they are, and what they had
// typed comes back with them.
func (h *handler) askSignIn(c *gin.Context) {
	back := ""
	if !unsafe(c.Request.Method) {
		back = c.Request.URL.RequestURI()
	} else if ref, err := url.Parse(c.Request.Referer()); err == nil && ref.Host == c.Request.Host {
		back = ref.RequestURI()
	}
	if !unsafe(c.Request.Method) && !c.GetBool(ctxHadOne) {
		to := "/admin/sign-in"
		if back != "/admin/" && localPath(back) {
			to += "?" + url.Values{"next": {back}}.Encode()
		}
		c.Redirect(http.StatusSeeOther, to)
		return
	}
	h.showSignIn(c, http.StatusUnauthorized, signInPage{Next: back, Over: c.GetBool(ctxHadOne), Kept: keep(c)})
}

// localPath reports whether next is a path of this site: browsers read "//x",
// "/\x" and control characters as an invitation to go elsewhere.
func localPath(next string) bool {
	if !strings.HasPrefix(next, "/") || strings.ContainsAny(next, "\\") || strings.HasPrefix(next, "//") {
		return false
	}
	for _, r := range next {
		if r < 0x20 || r == 0x7f {
			return false
		}
	}
	u, err := url.Parse(next)
	if err != nil || strings.Contains(u.Path+"/", "/../") || strings.Contains(u.Path+"/", "/./") {
		return false // redirects would resolve it to something else
	}
	return u.Scheme == "" && u.Host == "" && u.Opaque == "" && !strings.HasPrefix(u.Path, "//") && !strings.Contains(u.Path, "\\")
}

// afterSignIn returns where to go after signing in: next when it is a page of
// the back office, the desk otherwise.
func afterSignIn(next string) string {
	if localPath(next) && (strings.HasPrefix(next, "/admin/") || strings.HasPrefix(next, "/preview/")) && !strings.HasPrefix(next, "/admin/sign-") {
		return next
	}
	return "/admin/"
}
