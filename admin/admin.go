package admin

import (
	"context"
	"errors"
	"html/template"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/gin-gonic/gin"

	"meridian/cms"
	"meridian/cms/account"
	"meridian/cms/media"
	"meridian/models"
	"meridian/web"
)

// Options are what the back office works with. CMS, Accounts, Media and BaseURL
// are required.
type Options struct {
	CMS      *cms.CMS
	Accounts *account.Accounts
	Media    *media.Library
	// BaseURL is where the site is served. Over https the session cookie is
	// bound to TLS and to the host.
	BaseURL string
	// ClientAddr returns where a request came from, for the brake on guessing
	// passwords; nil means the address of the connection. The server passes
	// its own when it trusts a proxy.
	ClientAddr func(*http.Request) netip.Addr
	// Readers is the readers' side, asked where an address leads; with nil
	// nobody can try one out.
	Readers http.Handler
	// Clock is time.Now unless a test says otherwise.
	Clock func() time.Time
	// Logger is slog.Default when nil.
	Logger *slog.Logger
}

// handler holds what handlers need. They are its methods, one file per group
// of screens.
type handler struct {
	cms       *cms.CMS
	accounts  *account.Accounts
	media     *media.Library
	sessions  *scs.SessionManager
	pages     *web.Templates
	catalogue *web.Catalogue
	origin    *http.CrossOriginProtection
	addr      func(*http.Request) netip.Addr
	readers   http.Handler
	now       func() time.Time
	log       *slog.Logger
	secure    bool
}

// New returns the back office, to be mounted at /admin/.
func New(o Options) (http.Handler, error) {
	h, err := newHandler(o)
	if err != nil {
		return nil, err
	}
	return h.engine(), nil
}

func newHandler(o Options) (*handler, error) {
	base, err := url.Parse(o.BaseURL)
	if err != nil || base.Host == "" {
		return nil, errors.New("admin: the base URL is not an absolute address")
	}
	if o.CMS == nil || o.Accounts == nil || o.Media == nil {
		return nil, errors.New("admin: CMS, Accounts and Media are required")
	}
	h := &handler{
		cms: o.CMS, accounts: o.Accounts, media: o.Media, addr: o.ClientAddr, readers: o.Readers, now: o.Clock, log: o.Logger,
		secure: base.Scheme == "https", origin: http.NewCrossOriginProtection(),
	}
	if h.now == nil {
		h.now = time.Now
	}
	if h.log == nil {
		h.log = slog.Default()
	}
	if h.addr == nil {
		h.addr = connectionAddr
	}
	// A proxy may rewrite the host; old browsers are then judged by this.
	if err := h.origin.AddTrustedOrigin(base.Scheme + "://" + base.Host); err != nil {
		return nil, err
	}
	if h.catalogue, err = web.Words(); err != nil {
		return nil, err
	}
	if h.pages, err = web.NewTemplates("admin", template.FuncMap{"asset": web.Asset, "icon": web.Icon}); err != nil {
		return nil, err
	}
	h.sessions = newSessions(h.accounts, h.now, h.secure)
	return h, nil
}

// engine builds the Gin engine. Its own guesses about addresses, proxies and
// missing slashes are off; every address is one of
// routes.go, but for what tests add.
func (h *handler) engine(more ...func(*gin.Engine)) http.Handler {
	gin.SetMode(gin.ReleaseMode)
	e := gin.New()
	e.RedirectTrailingSlash = false
	e.RedirectFixedPath = false
	e.HandleMethodNotAllowed = true
	_ = e.SetTrustedProxies(nil) // nil cannot fail
	e.Use(h.headers, h.rescue, h.sameOrigin, h.limit, h.loadSession)
	e.NoRoute(h.noRoute)
	e.NoMethod(func(c *gin.Context) { h.trouble(c, http.StatusMethodNotAllowed, nil) })
	h.register(e)
	for _, add := range more {
		add(e)
	}
	return e
}

// noRoute answers addresses that are none of ours.
func (h *handler) noRoute(c *gin.Context) {
	if c.Request.URL.Path == "/admin" {
		c.Redirect(http.StatusMovedPermanently, "/admin/")
		return
	}
	h.fail(c, models.ErrNotFound)
}

// connectionAddr is the address at the other end of the connection.
func connectionAddr(r *http.Request) netip.Addr {
	ap, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return ap.Addr()
}

// siteName returns the name of the site, "" before first start.
func (h *handler) siteName(c *gin.Context, lang string) string {
	s, err := h.cms.Site(context.WithoutCancel(c.Request.Context()))
	if err != nil {
		return ""
	}
	return s.NameIn(lang)
}
