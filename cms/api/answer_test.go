package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"meridian/cms/cmstest"
	"meridian/cms/live"
	"meridian/cms/pagecache"
)

// TestConditional: the entity tag moves with the content of an answer and with
// nothing else, and whoever has it gets no body.
func TestConditional(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	tags := map[string]string{}
	targets := []string{"", "/pages", "/pages?lang=fr", "/pages/" + s.Page, "/pages/" + s.Page + "?body=none", "/news/" + s.News + "?lang=fr", "/changes"}
	for _, target := range targets {
		w := s.do(t, http.MethodGet, Root+target)
		etag := w.Header().Get("ETag")
		if w.Code != http.StatusOK || len(etag) != 34 || etag[0] != '"' || w.Header().Get("Cache-Control") != "public, no-cache" {
			t.Fatalf("%s: %d %v", target, w.Code, w.Header())
		}
		for other, tag := range tags {
			if tag == etag {
				t.Errorf("%s and %s have one tag", target, other)
			}
		}
		tags[target] = etag
		for _, header := range []string{etag, "W/" + etag, `"x", ` + etag, "*"} {
			w := s.do(t, http.MethodGet, Root+target, "If-None-Match", header)
			if w.Code != http.StatusNotModified || w.Body.Len() != 0 || w.Header().Get("ETag") != etag || w.Header().Get("Content-Type") != "" {
				t.Errorf("%s with If-None-Match %s: %d %v", target, header, w.Code, w.Header())
			}
		}
		if w := s.do(t, http.MethodGet, Root+target, "If-None-Match", `"x"`); w.Code != http.StatusOK {
			t.Errorf("%s with another tag: %d", target, w.Code)
		}
		// Its second is longer than the time between two publishes.
		if w := s.do(t, http.MethodGet, Root+target, "If-Modified-Since", "Fri, 01 Jan 2100 00:00:00 GMT"); w.Code != http.StatusOK {
			t.Errorf("%s with If-Modified-Since: %d", target, w.Code)
		}
	}
	changed := func() (list []string) {
		for _, target := range targets {
			if got := s.do(t, http.MethodGet, Root+target).Header().Get("ETag"); got != tags[target] {
				list = append(list, target)
				tags[target] = got
			}
		}
		return list
	}
	s.Write(t, s.Page, "en", "Another summary.", text("aaaaaaaa", "Another text."))
	if got := changed(); got != nil {
		t.Errorf("a draft moved the tags of %v", got)
	}
	s.Clock.Advance(time.Minute)
	s.Publish(t, s.Page, "en")
	if got, want := changed(), []string{"", "/pages", "/pages/" + s.Page, "/pages/" + s.Page + "?body=none", "/changes"}; !slices.Equal(got, want) {
		t.Errorf("publishing moved the tags of %v, want %v", got, want)
	}
}

// TestHead: the headers of GET and no body.
func TestHead(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for _, target := range []string{"", "/pages", "/pages/" + s.Page, "/changes", "/pages/x", "/pages?x=1", "/nothing"} {
		g, h := s.do(t, http.MethodGet, Root+target), s.do(t, http.MethodHead, Root+target)
		if h.Body.Len() != 0 || h.Code != g.Code || fmt.Sprint(h.Header()) != fmt.Sprint(g.Header()) || h.Header().Get("Content-Length") != fmt.Sprint(g.Body.Len()) {
			t.Errorf("HEAD %s = %d %v\nGET = %d %v", target, h.Code, h.Header(), g.Code, g.Header())
		}
	}
}

// TestHeaders: what every answer carries and what none does.
func TestHeaders(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for target, status := range map[string]int{
		"": 200, "/": 200, "/pages": 200, "/pages/" + s.Page: 200, "/pages/x": 404, "/pages?x=1": 400, "/changes?since=a.1": 410, "/users": 404, "/pages/": 404, "/pages/" + s.Page + "/x": 404, "/Pages": 404,
	} {
		w := s.do(t, http.MethodGet, Root+target, "Origin", "https://other.example", "Cookie", "session=1", "X-Forwarded-Host", "evil.example", "X-Original-URL", "/admin/", "Accept-Language", "fr")
		h := w.Header()
		if w.Code != status {
			t.Errorf("%s = %d, want %d", target, w.Code, status)
		}
		for name, want := range map[string]string{
			"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "ETag, Link, Last-Modified", "Cross-Origin-Resource-Policy": "cross-origin", "X-Content-Type-Options": "nosniff",
			"Access-Control-Allow-Credentials": "", "Set-Cookie": "", "Vary": "",
		} {
			if got := h.Get(name); got != want {
				t.Errorf("%s: %s = %q, want %q", target, name, got, want)
			}
		}
		want := "application/json; charset=utf-8"
		if status != 200 {
			want = "application/problem+json"
		}
		if h.Get("Content-Type") != want || h.Get("Cache-Control") == "" {
			t.Errorf("%s: %v", target, h)
		}
		if strings.Contains(w.Body.String(), "evil.example") {
			t.Errorf("%s repeats a header", target)
		}
	}
	w := s.do(t, http.MethodGet, Root+"/news/"+s.News+"?lang=fr")
	if got := w.Header().Get("Link"); got != `<https://site.example/fr/news/2026/un-traite-entre-en-vigueur>; rel="alternate"; type="text/html"; hreflang="fr"` {
		t.Errorf("Link = %s", got)
	}
	if got := w.Header().Get("Last-Modified"); got != cmstest.Start.Format(http.TimeFormat) {
		t.Errorf("Last-Modified = %s", got)
	}
}

// TestMethods: nothing but reading, whatever header or parameter says so.
func TestMethods(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for _, target := range []string{"", "/pages", "/pages/" + s.Page, "/changes"} {
		for _, method := range []string{"POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND"} {
			w := s.do(t, method, Root+target, "X-HTTP-Method-Override", "GET")
			var p Problem
			decode(t, w.Body.Bytes(), &p)
			if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET, HEAD, OPTIONS" || w.Header().Get("Cache-Control") != "no-store" {
				t.Errorf("%s %s = %d %v", method, target, w.Code, w.Header())
			}
		}
		w := s.do(t, http.MethodGet, Root+target, "X-HTTP-Method-Override", "DELETE")
		if w.Code != http.StatusOK {
			t.Errorf("GET %s with an override = %d", target, w.Code)
		}
		w = s.do(t, http.MethodOptions, Root+target, "Origin", "https://other.example", "Access-Control-Request-Method", "GET", "Access-Control-Request-Headers", "if-none-match")
		h := w.Header()
		if w.Code != http.StatusNoContent || w.Body.Len() != 0 || h.Get("Access-Control-Allow-Origin") != "*" || h.Get("Access-Control-Allow-Methods") != "GET, HEAD, OPTIONS" ||
			h.Get("Access-Control-Max-Age") == "" || !strings.Contains(h.Get("Access-Control-Allow-Headers"), "If-None-Match") || h.Get("Access-Control-Allow-Credentials") != "" {
			t.Errorf("OPTIONS %s = %d %v", target, w.Code, h)
		}
	}
	for _, method := range []string{"POST", "OPTIONS"} {
		if w := s.do(t, method, Root+"/nothing"); w.Code != http.StatusNotFound {
			t.Errorf("%s of nothing = %d", method, w.Code)
		}
	}
}

// TestInside: a panic or an error inside is one answer with a reference, the
// log has the rest under it, and the next request is served.
func TestInside(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	var log bytes.Buffer
	h := &handler{reader: s.Live, log: slog.New(slog.NewTextHandler(&log, nil))}
	g := gin.New()
	g.Use(h.recovered, always)
	g.GET("/panic", func(*gin.Context) { panic("secret words") })
	g.GET("/error", h.read(route{path: "/error", read: func(*handler, *live.View, *request) (*answer, error) {
		return nil, fmt.Errorf("secret table: %w", http.ErrNotSupported)
	}}))
	g.GET("/encode", h.read(route{path: "/encode", read: func(*handler, *live.View, *request) (*answer, error) {
		return &answer{shape: func() {}}, nil
	}}))
	s.h = g
	for _, target := range []string{"/panic", "/error", "/encode", "/panic"} {
		log.Reset()
		var p Problem
		b := s.get(t, target, http.StatusInternalServerError)
		decode(t, b, &p)
		if len(p.Reference) != 12 || !strings.Contains(log.String(), "request_id="+p.Reference) {
			t.Errorf("%s: reference %q is not in the log %q", target, p.Reference, log.String())
		}
		if bytes.Contains(b, []byte("secret")) || bytes.Contains(b, []byte("goroutine")) || bytes.Contains(b, []byte(".go")) {
			t.Errorf("%s tells of the inside: %s", target, b)
		}
	}
}

// TestBeforeFirstStart: a site that is not set up says so.
func TestBeforeFirstStart(t *testing.T) {
	t.Parallel()
	env := cmstest.Bare(t)
	s := &site{env, New(env.Live, Options{})}
	for _, target := range []string{"", "/pages", "/changes"} {
		w := s.do(t, http.MethodGet, Root+target)
		if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s = %d %v", target, w.Code, w.Header())
		}
	}
}

// TestBehindPageCache: the cache keeps what may be kept and a publish shows in
// the next request.
func TestBehindPageCache(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	cache := pagecache.New(pagecache.Options{MaxBytes: 8 << 20, Generation: s.Live.Generation, Moved: s.Live.Moved, Track: live.Track, Params: Params})
	s.h = cache.Wrap(s.h)
	target := Root + "/pages/" + s.Page + "?lang=en&body=markdown"
	first := s.get(t, target, http.StatusOK)
	if again := s.get(t, Root+"/pages/"+s.Page+"?body=markdown&lang=en", http.StatusOK); !bytes.Equal(first, again) || cache.Stats().Hits != 1 {
		t.Errorf("the same question in another order was no hit: %+v", cache.Stats())
	}
	s.get(t, Root+"/pages/x", http.StatusNotFound)
	s.get(t, Root+"/pages?limit=1&limit=2", http.StatusBadRequest)
	s.get(t, Root+"/pages?colour=red", http.StatusBadRequest)
	etag := s.do(t, http.MethodGet, target).Header().Get("ETag")
	if w := s.do(t, http.MethodGet, target, "If-None-Match", etag); w.Code != http.StatusNotModified {
		t.Errorf("with its tag = %d", w.Code)
	}
	s.Write(t, s.Page, "en", "New.", text("aaaaaaaa", "New words."))
	s.Publish(t, s.Page, "en")
	if b := s.get(t, target, http.StatusOK); !bytes.Contains(b, []byte("New words.")) {
		t.Errorf("after publishing: %s", b)
	}
}

// TestKeys: no answer has a member that is not meant for readers.
func TestKeys(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	allowed := map[string]bool{}
	for _, k := range strings.Fields(`
		installation names languages journal collections network tree resolve search openapi docs links tag name dir epoch head cursor url kind html json
		items next count changes more seq at entry action
		id urn type lang original_lang title summary slug path section ancestors published_at updated_at revision hash editions
		language requested served reason translation source_lang source_revision fresh blocks_behind as_of machine body blocks markdown image fields facts
		schema doc content attrs text marks level
		counts sections countries regions statuses label point lat lon member associate former
		en fr nl ar
		status detail instance errors pointer code resync reference`) {
		allowed[k] = true
	}
	for _, k := range live.Kinds {
		for _, f := range append(slices.Clone(k.Fields), k.Facts...) {
			allowed[f.Name] = true
		}
	}
	answers := s.everything(t)
	for _, target := range []string{"/pages/x", "/pages/" + s.Page + "?lang=fr", "/pages?x=1", "/changes?since=a.1"} {
		answers[target] = dump(s.do(t, http.MethodGet, Root+target))
	}
	var walk func(target string, v any)
	walk = func(target string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for k, e := range v {
				if !allowed[k] {
					t.Errorf("%s has a member %q", target, k)
				}
				walk(target, e)
			}
		case []any:
			for _, e := range v {
				walk(target, e)
			}
		}
	}
	for target, b := range answers {
		var v any
		if err := json.Unmarshal(b[bytes.IndexByte(b, '{'):], &v); err != nil {
			t.Fatalf("%s: %v", target, err)
		}
		walk(target, v)
	}
}
