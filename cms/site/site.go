package site

import (
	"html/template"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"meridian/cms/live"
	"meridian/web"
)

// Options are what the site may be told; the zero value will do.
type Options struct {
	// Clock is time.Now unless a test says otherwise.
	Clock func() time.Time
	// Logger is slog.Default when nil.
	Logger *slog.Logger
	// Files says that the answers become files, which nobody computes when a
	// reader asks: no search is offered, the directory is narrowed by one thing
	// at a time and news by year alone, and the front door lists the languages.
	Files bool
}

// handler holds what answering needs.
type handler struct {
	reader    *live.Reader
	pages     *web.Templates
	catalogue *web.Catalogue
	css       template.CSS
	plainCSS  template.CSS // for pages without rare parts
	policy    string       // the Content-Security-Policy
	now       func() time.Time
	log       *slog.Logger
	files     bool // as in Options
}

// New returns the readers' site. It fails when its templates or words do not
// parse.
func New(reader *live.Reader, o Options) (http.Handler, error) {
	h, err := newHandler(reader, o)
	if err != nil {
		return nil, err
	}
	return h.engine(), nil
}

func newHandler(reader *live.Reader, o Options) (*handler, error) {
	h := &handler{reader: reader, now: o.Clock, log: o.Logger, files: o.Files}
	if h.now == nil {
		h.now = time.Now
	}
	if h.log == nil {
		h.log = slog.Default()
	}
	var err error
	if h.catalogue, err = web.Words(); err != nil {
		return nil, err
	}
	if h.pages, err = web.NewTemplates("site", template.FuncMap{"asset": web.Asset}); err != nil {
		return nil, err
	}
	css, hash := web.SiteCSS()
	plain, plainHash := web.PlainSiteCSS()
	h.css, h.plainCSS = css, plain
	h.policy = "default-src 'none'; style-src " + hash + " " + plainHash + "; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
	return h, nil
}

// engine builds the Gin engine. Its own guesses about addresses and proxies are
// off: the only thing it routes by are the names that are nobody's content.
func (h *handler) engine() http.Handler {
	gin.SetMode(gin.ReleaseMode)
	e := gin.New()
	e.RedirectTrailingSlash = false
	e.RedirectFixedPath = false
	_ = e.SetTrustedProxies(nil) // nil cannot fail
	e.Use(h.headers, h.rescue, h.readOnly)
	for path, fn := range map[string]gin.HandlerFunc{
		"/":                         h.frontDoor,
		"/robots.txt":               h.robots,
		"/.well-known/security.txt": h.security,
		"/favicon.ico":              h.favicon,
	} {
		e.GET(path, fn)
		e.HEAD(path, fn)
	}
	e.NoRoute(h.address)
	return e
}

// Params returns the query parameters that the answer for a path depends on;
// the page cache keys by them and drops all others.
func Params(path string) []string {
	if isFeed(path) {
		return nil
	}
	if strings.HasSuffix(strings.TrimSuffix(path, "/"), "/news") {
		return newsParams
	}
	if isTerms(path) {
		return append(termParams, directoryParams...) // whatever an editor made of the address
	}
	if strings.Count(path, "/") < 2 {
		return nil // the front door and files
	}
	// Which page is the directory is for its editors to say. All others send a
	// reader with these parameters on to where they are without.
	return directoryParams
}

// headers are those of every answer of the site.
func (h *handler) headers(c *gin.Context) {
	w := c.Writer.Header()
	w.Set("Content-Security-Policy", h.policy)
	w.Set("X-Content-Type-Options", "nosniff")
	w.Set("Referrer-Policy", "strict-origin-when-cross-origin")
	w.Set("Cross-Origin-Opener-Policy", "same-origin")
	w.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
	if strings.HasPrefix(h.reader.Base(), "https://") {
		w.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
	}
	c.Next()
}

// readOnly refuses everything that is no question.
func (h *handler) readOnly(c *gin.Context) {
	if m := c.Request.Method; m != http.MethodGet && m != http.MethodHead {
		c.Header("Allow", "GET, HEAD")
		h.trouble(c, http.StatusMethodNotAllowed, h.words(""), "method", "")
		c.Abort()
	}
}

// hasHome reports whether the home page is public in a language.
func hasHome(v *live.View, lang string) (bool, error) {
	homes, err := v.HomeLanguages()
	return slices.ContainsFunc(homes, func(l live.Language) bool { return l.Tag == lang }), err
}
