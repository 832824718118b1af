package api

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"meridian/cms/live"
)

// Root is the path that everything here is below. It has no slash at its end,
// and neither have the addresses of the collections.
const Root = "/api/v1"

// timeout bounds the reading behind one answer.
const timeout = 20 * time.Second

// Options are what the program decides. The zero value is usable.
type Options struct {
	// Logger gets what went wrong inside; nil means slog.Default.
	Logger *slog.Logger
	// CursorKey seals the cursors of lists. Without one they are sealed with
	// the name of the installation, which keeps out mistakes but nobody who
	// makes an effort; all he gains is to begin in the middle of a public list.
	CursorKey []byte
}

type handler struct {
	reader *live.Reader
	log    *slog.Logger
	key    []byte
}

// New returns the read half of the JSON interface for requests to Root and
// everything below it.
func New(reader *live.Reader, o Options) http.Handler {
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	h := &handler{reader: reader, log: o.Logger, key: o.CursorKey}
	g := gin.New()
	g.HandleMethodNotAllowed = true
	g.RedirectTrailingSlash = false
	g.UseRawPath = true // an escaped slash is part of a name, and no name here has one
	if err := g.SetTrustedProxies(nil); err != nil {
		panic(err) // nil cannot be malformed
	}
	g.Use(h.recovered, always)
	for _, r := range routes() {
		serve := h.read(r)
		g.GET(r.path, serve)
		g.HEAD(r.path, serve)
		g.OPTIONS(r.path, preflight)
	}
	h.files(g)
	g.NoRoute(func(c *gin.Context) { h.fail(c, Root, notFound()) })
	g.NoMethod(func(c *gin.Context) {
		c.Header("Allow", methods)
		h.fail(c, Root, problem("method", "This address answers "+methods+"."))
	})
	return g
}

const methods = "GET, HEAD, OPTIONS"

// route is one address. Parameters that are not declared here are refused, and
// the page cache learns of the others by Params.
type route struct {
	path   string
	params *declaration
	read   func(*handler, *live.View, *request) (*answer, error)
	about  about
}

// request is what a reading may know of the request.
type request struct {
	*query
	path string // below the site
	id   string
}

// routes is every address there is. What each can answer with is said in
// describe.go.
func routes() []route {
	list := []route{
		{Root, nil, (*handler).index, indexAbout},
		{Root + "/", nil, (*handler).index, about{}}, // the same
		{DescriptionPath, nil, (*handler).description, descriptionAbout},
		{Root + "/changes", changesParams, (*handler).changes, changesAbout},
		{SearchPath, searchParams, (*handler).search, searchAbout},
		{NetworkPath, networkParams, (*handler).network, networkAbout},
		{TreePath, treeParams, (*handler).tree, treeAbout},
		{ResolvePath, resolveParams, (*handler).resolve, resolveAbout},
		{MediaPath + "/:id", nil, (*handler).media, mediaAbout},
	}
	for _, k := range live.Kinds {
		list = append(list,
			route{Root + "/" + k.Plural, declared[k.Plural], func(h *handler, v *live.View, r *request) (*answer, error) { return h.list(v, r, k) }, listAbout(k)},
			route{Root + "/" + k.Plural + "/:id", itemParams, func(h *handler, v *live.View, r *request) (*answer, error) { return h.item(v, r, k) }, itemAbout(k)},
		)
	}
	return list
}

// declared are the parameters of collections by name.
var declared = func() map[string]*declaration {
	m := map[string]*declaration{"changes": changesParams, "search": searchParams, "network": networkParams, "tree": treeParams, "resolve": resolveParams}
	for _, k := range live.Kinds {
		m[k.Plural] = listParams(k)
	}
	return m
}()

// Params returns the query parameters that the address at path takes, nil for
// none. The result is shared: do not change it.
func Params(path string) []string {
	rest, ok := strings.CutPrefix(path, Root+"/")
	if !ok {
		return nil
	}
	name, entry, item := strings.Cut(rest, "/")
	list := declared[name]
	switch {
	case !item || list == nil:
		return list.list()
	case !isCollection(name) || entry == "" || strings.Contains(entry, "/"):
		return nil
	}
	return itemParams.list()
}

// isCollection reports whether a name is that of a collection with items.
func isCollection(name string) bool {
	k, ok := live.KindOf(name)
	return ok && k.Plural == name
}

// read turns a reading into a handler: parameters, one view of the site, the
// answer or the problem.
func (h *handler) read(rt route) gin.HandlerFunc {
	// Problems name the address up to the id, so that they cannot tell one id
	// from another.
	instance := strings.TrimSuffix(rt.path, "/:id")
	return func(c *gin.Context) {
		r := &request{query: parseQuery(c.Request.URL.RawQuery, rt.params), path: c.Request.URL.Path, id: c.Param("id")}
		ctx, cancel := context.WithTimeout(c.Request.Context(), timeout)
		defer cancel()
		var a *answer
		view := h.reader.View
		switch {
		case rt.path == SearchPath:
			view = h.reader.SearchView
		case isCollection(strings.TrimPrefix(rt.path, Root+"/")), rt.path == TreePath:
			view = h.reader.ListView
		}
		err := view(ctx, func(v *live.View) (err error) {
			if !v.Installed() {
				return problem("not-installed", "This site has not been set up yet.")
			}
			a, err = rt.read(h, v, r)
			return err
		})
		if err != nil {
			h.fail(c, instance, h.problemOf(ctx, rt.path, err))
			return
		}
		if err := a.write(c.Writer, c.Request); err != nil {
			h.fail(c, instance, h.problemOf(ctx, rt.path, err))
		}
	}
}

// always sets what every answer carries. Anybody's script may read it, because
// nothing here depends on who asks.
func always(c *gin.Context) {
	set := c.Writer.Header()
	set.Set("Access-Control-Allow-Origin", "*")
	set.Set("Access-Control-Expose-Headers", "ETag, Link, Last-Modified")
	set.Set("Cross-Origin-Resource-Policy", "cross-origin")
	set.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	set.Set("X-Content-Type-Options", "nosniff")
}

// preflight answers what browsers ask before a request with headers of its own.
func preflight(c *gin.Context) {
	set := c.Writer.Header()
	set.Set("Allow", methods)
	set.Set("Access-Control-Allow-Methods", methods)
	set.Set("Access-Control-Allow-Headers", "Accept, Accept-Language, If-None-Match")
	set.Set("Access-Control-Max-Age", "86400")
	set.Set("Cache-Control", "public, max-age=86400")
	c.Status(http.StatusNoContent)
	c.Writer.WriteHeaderNow()
}

// recovered answers a panic with a reference. Answers are rendered before the
// first byte is written, so there is no half of one to take back.
func (h *handler) recovered(c *gin.Context) {
	defer func() {
		v := recover()
		if v == nil {
			return
		}
		if v == http.ErrAbortHandler {
			panic(v)
		}
		reference := strings.ToLower(rand.Text()[:12])
		h.log.ErrorContext(c.Request.Context(), "json request panicked", slog.String("request_id", reference),
			slog.String("path", c.FullPath()), slog.String("err", fmt.Sprint(v)), slog.String("stack", string(debug.Stack())))
		if !c.Writer.Written() {
			h.fail(c, Root, internal(reference))
		}
		c.Abort()
	}()
	c.Next()
}

// fail writes a problem. What is missing or gone may be kept as long as
// nothing is published; the rest is nobody else's.
func (h *handler) fail(c *gin.Context, instance string, p *Problem) {
	cache := "no-store"
	switch p.Status {
	case http.StatusNotFound, http.StatusGone:
		cache = freshness
	case http.StatusServiceUnavailable:
		c.Header("Retry-After", "10")
	}
	if p.Instance == "" {
		p.Instance = instance
	}
	c.Header("Cache-Control", cache)
	writeProblem(c.Writer, c.Request, p)
}
