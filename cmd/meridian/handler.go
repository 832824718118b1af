package main

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"meridian/admin"
	"meridian/cms"
	"meridian/cms/account"
	"meridian/cms/api"
	"meridian/cms/live"
	"meridian/cms/media"
	"meridian/cms/media/storage"
	"meridian/cms/pagecache"
	"meridian/cms/site"
	"meridian/cms/tally"
	"meridian/models/store"
	"meridian/web"
)

type handlerOptions struct {
	Base       string
	Proxies    proxies
	CacheBytes int64            // 0 keeps nothing
	Shared     time.Duration    // how long caches of others may give pages out without asking
	Tally      *tally.Tally     // nil counts nothing
	Library    *media.Library   // that staff look after; required
	Open       site.Opener      // of stored files; nil has none
	Clock      func() time.Time // time.Now when nil
	Logger     *slog.Logger     // slog.Default when nil
}

// newHandler wires everything that answers requests: what is public goes
// through the page cache, the back office through its sessions, and nothing
// through both.
func newHandler(s *store.Store, accounts *account.Accounts, o handlerOptions) (http.Handler, error) {
	reader := live.New(s, o.Base)
	public, err := newPublic(reader, o)
	if err != nil {
		return nil, err
	}
	cached := newCache(reader, o).Wrap(public)
	back, err := admin.New(admin.Options{CMS: cms.New(s), Accounts: accounts, Media: o.Library, BaseURL: o.Base, ClientAddr: o.Proxies.client, Readers: cached, Clock: o.Clock, Logger: o.Logger})
	if err != nil {
		return nil, err
	}
	if o.Tally != nil { // what staff try out above is not counted
		cached = o.Tally.Wrap(cached)
	}

	own := http.NewServeMux()
	own.Handle("GET /admin", http.RedirectHandler("/admin/", http.StatusSeeOther))
	own.Handle("/admin/", back)
	own.Handle("/static/", web.Static())
	own.HandleFunc("GET /healthz", healthy)
	own.HandleFunc("GET /readyz", ready(s))
	return hosts(o.Base, split(own, site.NewMedia(reader, o.Open, o.Logger), cached)), nil
}

// newPublic returns what readers and other sites see, without a cache. There is
// no mux: it would tidy addresses up that are nobody's.
func newPublic(reader *live.Reader, o handlerOptions) (http.Handler, error) {
	readers, err := site.New(reader, site.Options{Clock: o.Clock, Logger: o.Logger})
	if err != nil {
		return nil, err
	}
	data := api.New(reader, api.Options{Logger: o.Logger})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if isAPI(r.URL.Path) {
			data.ServeHTTP(w, r)
			return
		}
		readers.ServeHTTP(w, r)
	}), nil
}

// isAPI reports whether a path belongs to the JSON API.
func isAPI(path string) bool { return api.Owns(path) }

// newCache returns the page cache of readers' pages and of the JSON API.
func newCache(reader *live.Reader, o handlerOptions) *pagecache.Cache {
	return pagecache.New(pagecache.Options{
		MaxBytes:   o.CacheBytes,
		Shared:     o.Shared,
		Generation: reader.Generation,
		Moved:      reader.Moved,
		Track:      live.Track,
		Params: func(path string) []string {
			if isAPI(path) {
				return api.Params(path)
			}
			return site.Params(path)
		},
		StripUnknown: func(path string) bool { return !isAPI(path) },
		// The front door answers by the browser's languages, and searches have
		// no end of addresses.
		Bypass: func(r *http.Request) bool {
			return r.URL.Path == "/" || r.URL.Path == api.SearchPath || site.IsSearch(r.URL.Path)
		},
	})
}

// split sends the program's own addresses to the mux, files to who asks whether
// they may be had, and everything else to the readers' side, at once: a cached
// page is answered faster than a mux finds its handler. Addresses that the mux
// would tidy up ("//x", "/../x") are nobody's, and the readers' side says so.
func split(own, files, readers http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p := r.URL.Path; ownPath(p) && !strings.Contains(p, "//") && !strings.Contains(p, "/.") {
			own.ServeHTTP(w, r)
			return
		}
		if strings.HasPrefix(r.URL.Path, live.MediaRoot) {
			files.ServeHTTP(w, r)
			return
		}
		readers.ServeHTTP(w, r)
	})
}

// ownPath reports whether a path is the back office's, a static file's or a
// health check's.
func ownPath(p string) bool {
	return strings.HasPrefix(p, "/admin/") || strings.HasPrefix(p, "/static/") || p == "/admin" || p == "/healthz" || p == "/readyz"
}

// healthy says that the process answers.
func healthy(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write([]byte("ok\n"))
}

// ready says whether the database answers.
func ready(s *store.Store) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
		defer cancel()
		if err := s.Refresh(ctx); err != nil {
			w.WriteHeader(http.StatusServiceUnavailable)
			_, _ = w.Write([]byte("the database does not answer\n"))
			return
		}
		_, _ = w.Write([]byte("ok\n"))
	}
}

// mediaFolder is the part of the data folder that pictures and files are in.
const mediaFolder = "media"

// opener lets readers have what is in a storage. Whether they may is not its
// business.
func opener(files storage.Storage) site.Opener {
	return func(name string) (io.ReadSeekCloser, error) { return files.Open(name) }
}
