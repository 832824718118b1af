package pagecache

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/andybalholm/brotli"
)

// page is a body long enough to be compressed.
var page = strings.Repeat("<p>The network meets in Geneva.</p>\n", 100)

// site is a cache around a handler that counts its runs.
type site struct {
	http.Handler
	cache *Cache
	gen   atomic.Int64
	runs  atomic.Int64
}

// newSite wraps h. Undeclared parameters are stripped outside /api/, and
// "page" and "topic" are declared everywhere.
func newSite(tb testing.TB, h http.HandlerFunc, change ...func(*Options)) *site {
	tb.Helper()
	s := &site{}
	s.gen.Store(1)
	opt := Options{
		MaxBytes:   4 << 20,
		Generation: s.gen.Load,
		Track: func(ctx context.Context) (context.Context, func() ([]uint64, int64)) {
			at := s.gen.Load()
			return ctx, func() ([]uint64, int64) { return []uint64{1}, at }
		},
		Moved:        func(_ []uint64, since int64) bool { return since < s.gen.Load() },
		Params:       func(string) []string { return []string{"page", "topic"} },
		StripUnknown: func(path string) bool { return !strings.HasPrefix(path, "/api/") },
		Bypass:       func(r *http.Request) bool { return r.URL.Path == "/" },
	}
	for _, f := range change {
		f(&opt)
	}
	s.cache = New(opt)
	s.Handler = s.cache.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.runs.Add(1)
		h(w, r)
	}))
	return s
}

func htmlPage(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "public, no-cache")
	w.Header().Set("Content-Security-Policy", "default-src 'none'")
	w.Header().Set("Last-Modified", "Wed, 25 Nov 2026 10:00:00 GMT")
	w.Header().Add("Link", `</fr/>; rel="alternate"`)
	w.Header().Add("Link", `</nl/>; rel="alternate"`)
	io.WriteString(w, page)
}

// get asks for target with header lines given as "Name: value".
func (s *site) get(tb testing.TB, target string, lines ...string) *http.Response {
	tb.Helper()
	return s.do(tb, http.MethodGet, target, lines...)
}

func (s *site) do(tb testing.TB, method, target string, lines ...string) *http.Response {
	tb.Helper()
	r := httptest.NewRequest(method, target, nil)
	for _, l := range lines {
		name, value, _ := strings.Cut(l, ": ")
		r.Header.Add(name, value)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Result()
}

func (s *site) wantRuns(tb testing.TB, want int64) {
	tb.Helper()
	if got := s.runs.Load(); got != want {
		tb.Errorf("handler ran %d times, want %d", got, want)
	}
}

func body(tb testing.TB, resp *http.Response) string {
	tb.Helper()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		tb.Fatal(err)
	}
	return string(b)
}

// plain returns the body after undoing its coding.
func plain(tb testing.TB, resp *http.Response) string {
	tb.Helper()
	var r io.Reader = resp.Body
	switch enc := resp.Header.Get("Content-Encoding"); enc {
	case "":
	case "gzip":
		zr, err := gzip.NewReader(resp.Body)
		if err != nil {
			tb.Fatal(err)
		}
		r = zr
	case "br":
		r = brotli.NewReader(resp.Body)
	default:
		tb.Fatalf("Content-Encoding %q", enc)
	}
	b, err := io.ReadAll(r)
	if err != nil {
		tb.Fatal(err)
	}
	return string(b)
}

func TestHitKeepsTheHeadersOfTheHandler(t *testing.T) {
	t.Parallel()
	s := newSite(t, htmlPage)
	first, second := s.get(t, "/en/"), s.get(t, "/en/")
	s.wantRuns(t, 1)
	for _, resp := range []*http.Response{first, second} {
		if got := body(t, resp); got != page {
			t.Errorf("body has %d bytes, want %d", len(got), len(page))
		}
		for name, want := range map[string]string{
			"Content-Type":            "text/html; charset=utf-8",
			"Cache-Control":           "public, no-cache",
			"Content-Security-Policy": "default-src 'none'",
			"Last-Modified":           "Wed, 25 Nov 2026 10:00:00 GMT",
			"Vary":                    "Accept-Encoding",
			"Content-Length":          fmt.Sprint(len(page)),
			"Content-Encoding":        "",
		} {
			if got := resp.Header.Get(name); got != want {
				t.Errorf("%s = %q, want %q", name, got, want)
			}
		}
		if got := resp.Header["Link"]; len(got) != 2 {
			t.Errorf("Link = %q, want both lines", got)
		}
		if tag := resp.Header.Get("ETag"); !strings.HasPrefix(tag, `"`) || len(tag) != 34 {
			t.Errorf("ETag = %q, want a strong one of 32 digits", tag)
		}
	}
	if first.Header.Get("ETag") != second.Header.Get("ETag") {
		t.Error("the tag changed between the rendering and the hit")
	}
}

// Responses share the prepared values, so appending to one must copy.
func TestSharedHeaderValuesHaveNoSpareRoom(t *testing.T) {
	t.Parallel()
	s := newSite(t, htmlPage)
	for range 3 {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest("GET", "/en/", nil))
		for name, values := range w.Header() {
			if cap(values) != len(values) {
				t.Errorf("%s has room for %d more", name, cap(values)-len(values))
			}
		}
	}
}

// Whatever is not in the key must not reach the handler of a response that
// others get.
func TestLateHeadersDoNotCount(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusEarlyHints)
		w.WriteHeader(http.StatusNotFound)
		w.WriteHeader(http.StatusOK)
		w.Header().Set("X-Late", "1")
	})
	for range 2 {
		if resp := s.get(t, "/x"); resp.StatusCode != 404 || resp.Header.Get("X-Late") != "" {
			t.Errorf("status %d, header %v", resp.StatusCode, resp.Header)
		}
	}
}

func TestOuterVaryIsKept(t *testing.T) {
	t.Parallel()
	s := newSite(t, htmlPage)
	for range 2 {
		w := httptest.NewRecorder()
		w.Header().Set("Vary", "Origin")
		s.ServeHTTP(w, httptest.NewRequest("GET", "/en/", nil))
		if got := w.Header()["Vary"]; !slices.Equal(got, []string{"Origin", "Accept-Encoding"}) {
			t.Errorf("Vary = %q", got)
		}
	}
}

func TestLargeAndStreamedResponsesPassThrough(t *testing.T) {
	t.Parallel()
	large := strings.Repeat("x", 3<<20)
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Kept", "1")
		if r.URL.Path == "/stream" {
			io.WriteString(w, "one ")
			w.(http.Flusher).Flush()
			io.WriteString(w, "two")
			return
		}
		io.Copy(w, strings.NewReader(large))
	})
	for range 2 {
		if resp := s.get(t, "/large"); body(t, resp) != large || resp.Header.Get("X-Kept") != "1" {
			t.Error("large response was changed")
		}
		if got := body(t, s.get(t, "/stream")); got != "one two" {
			t.Errorf("stream = %q", got)
		}
		if got := body(t, s.do(t, "HEAD", "/large")); got != "" {
			t.Errorf("HEAD of a large response sent %d bytes", len(got))
		}
	}
	s.wantRuns(t, 6)
}

func TestEmptyResponseIsStored(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(http.ResponseWriter, *http.Request) {})
	for range 2 {
		if resp := s.get(t, "/x"); resp.StatusCode != 200 || body(t, resp) != "" {
			t.Errorf("status %d", resp.StatusCode)
		}
	}
	s.wantRuns(t, 1)
}

// A handler that keeps its tag although the bytes changed is wrong, but must
// not be answered with the compressed bytes of the old page.
// The buffers of renderings are used again.
func TestNewWithoutGenerationPanics(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("New accepted options without Generation")
		}
	}()
	New(Options{})
}

func TestCompressIsReadable(t *testing.T) {
	t.Parallel()
	zr, err := gzip.NewReader(bytes.NewReader(compress([]byte(page), gzipped)))
	if err != nil {
		t.Fatal(err)
	}
	for name, r := range map[string]io.Reader{"gzip": zr, "br": brotli.NewReader(bytes.NewReader(compress([]byte(page), brotlied)))} {
		got, err := io.ReadAll(r)
		if err != nil || string(got) != page {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
	}
}
