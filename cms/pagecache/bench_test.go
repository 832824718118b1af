package pagecache

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
)

// The page and the headers of both sides of BenchmarkHit: about what a page
// of the readers' site carries.
var (
	benchBody   = []byte(strings.Repeat("<p>The network meets in Geneva.</p>\n", 570)) // 20 kB
	benchHeader = [][2]string{
		{"Content-Type", "text/html; charset=utf-8"},
		{"Cache-Control", "public, no-cache"},
		{"Content-Security-Policy", "default-src 'none'; style-src 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"},
		{"X-Content-Type-Options", "nosniff"},
		{"Referrer-Policy", "strict-origin-when-cross-origin"},
		{"Last-Modified", "Wed, 25 Nov 2026 10:00:00 GMT"},
	}
)

// cached is the page out of the cache.
func cached(tb testing.TB) http.Handler {
	s := newSite(tb, func(w http.ResponseWriter, _ *http.Request) {
		for _, h := range benchHeader {
			w.Header().Set(h[0], h[1])
		}
		w.Write(benchBody)
	})
	s.get(tb, "/en/about/worldwide-network")
	return s
}

// bare is the same answer out of a Gin handler that does nothing else.
func bare(testing.TB) http.Handler {
	gin.SetMode(gin.ReleaseMode)
	g := gin.New()
	g.GET("/en/about/:page", func(c *gin.Context) {
		for _, h := range benchHeader[1:] {
			c.Header(h[0], h[1])
		}
		c.Header("Vary", "Accept-Encoding")
		c.Header("Content-Length", "20520")
		c.Header("Etag", `"0123456789abcdef0123456789abcdef"`)
		c.Data(http.StatusOK, benchHeader[0][1], benchBody)
	})
	return g
}

// BenchmarkHit compares a hit with the bare Gin handler, in memory and over
// a kept-alive loopback connection.
//
//	go test -run '^$' -bench Hit -count 7 ./cms/pagecache
func BenchmarkHit(b *testing.B) {
	for _, side := range []struct {
		name string
		make func(testing.TB) http.Handler
	}{{"cache", cached}, {"gin", bare}} {
		b.Run("memory/"+side.name, func(b *testing.B) {
			h := side.make(b)
			r := httptest.NewRequest("GET", "/en/about/worldwide-network", nil)
			b.ReportAllocs()
			for b.Loop() {
				h.ServeHTTP(&discard{header: make(http.Header)}, r)
			}
		})
		b.Run("loopback/"+side.name, func(b *testing.B) {
			srv := httptest.NewServer(side.make(b))
			b.Cleanup(srv.Close)
			conn, err := net.Dial("tcp", srv.Listener.Addr().String())
			if err != nil {
				b.Fatal(err)
			}
			b.Cleanup(func() { conn.Close() })
			request := []byte("GET /en/about/worldwide-network HTTP/1.1\r\nHost: a.example\r\n\r\n")
			buf := make([]byte, 64<<10)
			exchange := func() int {
				if _, err := conn.Write(request); err != nil {
					b.Fatal(err)
				}
				n, end := 0, 0
				for end == 0 || n < end {
					m, err := conn.Read(buf[n:])
					if err != nil {
						b.Fatal(err)
					}
					n += m
					if end == 0 {
						if i := strings.Index(string(buf[:min(n, 2048)]), "\r\n\r\n"); i >= 0 {
							end = i + 4 + len(benchBody)
						}
					}
				}
				return n
			}
			exchange()
			for b.Loop() {
				exchange()
			}
		})
	}
}

// BenchmarkNotModified is the answer to a reader who has the page.
func BenchmarkNotModified(b *testing.B) {
	h := cached(b)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "/en/about/worldwide-network", nil))
	r := httptest.NewRequest("GET", "/en/about/worldwide-network", nil)
	r.Header.Set("If-None-Match", w.Header().Get("ETag"))
	b.ReportAllocs()
	for b.Loop() {
		h.ServeHTTP(&discard{header: make(http.Header)}, r)
	}
}

// BenchmarkMiss is what the cache adds to a rendering: recording, hashing,
// storing.
func BenchmarkMiss(b *testing.B) {
	s := newSite(b, func(w http.ResponseWriter, _ *http.Request) {
		for _, h := range benchHeader {
			w.Header().Set(h[0], h[1])
		}
		w.Write(benchBody)
	})
	r := httptest.NewRequest("GET", "/en/about/worldwide-network", nil)
	b.ReportAllocs()
	for b.Loop() {
		s.gen.Add(1)
		s.ServeHTTP(&discard{header: make(http.Header)}, r)
	}
}

// discard is a ResponseWriter with a header map of its own and no memory.
type discard struct {
	header http.Header
}

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(p []byte) (int, error) { return io.Discard.Write(p) }
func (d *discard) WriteHeader(int)             {}

// Both sides of the benchmark must say the same.
func TestBenchmarkSidesAgree(t *testing.T) {
	t.Parallel()
	var got [2]*httptest.ResponseRecorder
	for i, h := range []http.Handler{cached(t), bare(t)} {
		got[i] = httptest.NewRecorder()
		h.ServeHTTP(got[i], httptest.NewRequest("GET", "/en/about/worldwide-network", nil))
	}
	a, b := got[0].Header(), got[1].Header()
	if len(a) != len(b) {
		t.Errorf("headers differ: %v and %v", a, b)
	}
	for name := range a {
		if name != "Etag" && a.Get(name) != b.Get(name) {
			t.Errorf("%s: %q and %q", name, a.Get(name), b.Get(name))
		}
	}
	if got[0].Body.String() != got[1].Body.String() {
		t.Error("bodies differ")
	}
}
