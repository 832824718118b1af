package pagecache

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// journal is a reading side whose names are those a test gives.
type journal struct {
	mu     sync.Mutex
	head   int64
	newest map[uint64]int64
	read   []uint64 // by the next rendering
	asked  int      // how often Moved was
}

func (j *journal) move(name uint64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.head++
	j.newest[name] = j.head
}

func (j *journal) options(o *Options) {
	o.Generation = func() int64 {
		j.mu.Lock()
		defer j.mu.Unlock()
		return j.head
	}
	o.Track = func(ctx context.Context) (context.Context, func() ([]uint64, int64)) {
		j.mu.Lock()
		defer j.mu.Unlock()
		at, read := j.head, j.read
		return ctx, func() ([]uint64, int64) { return read, at }
	}
	o.Moved = func(names []uint64, since int64) bool {
		j.mu.Lock()
		defer j.mu.Unlock()
		j.asked++
		for _, n := range names {
			if j.newest[n] > since {
				return true
			}
		}
		return false
	}
}

func newJournal() *journal { return &journal{head: 1, newest: map[uint64]int64{}} }

// TestNames moves one thing after another under a page that is made of some of
// them.
func TestNames(t *testing.T) {
	t.Parallel()
	j := newJournal()
	s := newSite(t, htmlPage, j.options)
	j.read = []uint64{10, 11}
	s.get(t, "/en/")
	for i, tt := range []struct {
		move uint64
		runs int64
	}{{99, 1}, {98, 1}, {10, 2}, {99, 2}, {11, 3}, {11, 4}, {97, 4}} {
		j.move(tt.move)
		for range 2 {
			s.get(t, "/en/")
		}
		if got := s.runs.Load(); got != tt.runs {
			t.Errorf("step %d: %d renderings after %d moved, want %d", i, got, tt.move, tt.runs)
		}
	}
	before := j.asked
	for range 10 {
		s.get(t, "/en/")
	}
	if j.asked != before {
		t.Error("names are looked at although nothing has moved")
	}
}

// TestWhatReadNothingIsNotKept: nobody could say when it is old.
func TestWhatReadNothingIsNotKept(t *testing.T) {
	t.Parallel()
	s := newSite(t, htmlPage, newJournal().options)
	for range 3 {
		if got := body(t, s.get(t, "/en/")); got != page {
			t.Errorf("%d bytes", len(got))
		}
	}
	s.wantRuns(t, 3)
}

// TestNothingIsKeptWithoutMemory: the answers are those of a cache, 304 and
// parts among them, and each is made when it is asked for.
func TestNothingIsKeptWithoutMemory(t *testing.T) {
	t.Parallel()
	large := strings.Repeat("x", 3<<20)
	make := func(bytes int64) *site {
		return newSite(t, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/large" {
				io.WriteString(w, large)
				return
			}
			htmlPage(w, r)
		}, func(o *Options) { o.MaxBytes = bytes })
	}
	off, on := make(0), make(64<<20)
	tag := on.get(t, "/en/").Header.Get("ETag")
	for _, lines := range [][]string{nil, {"If-None-Match: " + tag}, {"Range: bytes=3-7"}, {"Accept-Encoding: identity;q=0, gzip"}, {"Authorization: x"}} {
		got, want := off.get(t, "/en/", lines...), on.get(t, "/en/", lines...)
		if got.StatusCode != want.StatusCode || body(t, got) != body(t, want) || fmt.Sprint(got.Header) != fmt.Sprint(want.Header) {
			t.Errorf("%v: %d %v, with a cache %d %v", lines, got.StatusCode, got.Header, want.StatusCode, want.Header)
		}
	}
	off.wantRuns(t, 5)
	if got := body(t, off.get(t, "/large")); got != large {
		t.Errorf("%d bytes", len(got))
	}
	if st := off.cache.Stats(); st.Entries != 0 || st.Bytes != 0 || st.Misses != 5 {
		t.Errorf("Stats = %+v", st)
	}
}

// TestBoundedMemory crawls more pages than fit, each made of a great deal, and
// looks at what the cache says it holds and at what the program holds.
func TestBoundedMemory(t *testing.T) {
	const limit = 8 << 20
	j := newJournal()
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, r.URL.Path)
		io.WriteString(w, page[:1<<10])
	}, j.options, func(o *Options) { o.MaxBytes = limit })
	heap := func() int64 {
		runtime.GC()
		runtime.GC() // the second one empties the pools
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	before := heap()
	const pages = 100_000
	r := httptest.NewRequest("GET", "/", nil)
	for i := range pages {
		j.read = make([]uint64, 100)
		j.read[0] = uint64(i + 1)
		r.URL.Path = fmt.Sprintf("/en/%d", i)
		s.ServeHTTP(&discard{header: make(http.Header)}, r)
		if i%1000 == 0 {
			j.move(uint64(i))
			if st := s.cache.Stats(); st.Bytes > limit {
				t.Fatalf("%d bytes held after %d pages", st.Bytes, i)
			}
		}
	}
	st, grown := s.cache.Stats(), heap()-before
	t.Logf("%d of %d pages held, %d KB counted, %d KB in the heap", st.Entries, pages, st.Bytes>>10, grown>>10)
	if st.Bytes < limit/2 || st.Entries == 0 {
		t.Errorf("Stats = %+v, want a full cache", st)
	}
	// What is counted has to be what it costs, names included.
	if grown > st.Bytes*5/4 {
		t.Errorf("%d bytes in the heap for %d counted", grown, st.Bytes)
	}
	runtime.KeepAlive(s)
}

// TestShared: other caches may give out pages that are there, and nothing else.
func TestShared(t *testing.T) {
	t.Parallel()
	const shared = "public, max-age=0, must-revalidate, s-maxage=30"
	for _, tt := range []struct {
		path         string
		status       int
		cache, lines string
		want         string
	}{
		{"/ok", 200, "public, no-cache", "", shared},
		{"/moved", 301, "public, no-cache", "", shared},
		{"/missing", 404, "public, no-cache", "", "public, no-cache"},
		{"/gone", 410, "public, no-cache", "", "public, no-cache"},
		{"/never", 200, "no-store", "", "no-store"},
		{"/long", 200, "public, max-age=3600", "", "public, max-age=3600"},
		{"/failed", 500, "no-store", "", "no-store"},
		{"/ok", 200, "public, no-cache", "Authorization: Bearer x", "private, no-store"},
		{"/ok?new=1", 200, "public, no-cache", "", shared},
		{"/api/ok?undeclared=1", 200, "public, no-cache", "", "public, no-cache"},
		{"/", 200, "public, no-cache", "", "public, no-cache"}, // goes past
	} {
		for _, length := range []int64{4 << 20, 0} {
			s := newSite(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Cache-Control", tt.cache)
				w.WriteHeader(tt.status)
				io.WriteString(w, page)
			}, func(o *Options) { o.Shared, o.MaxBytes = 30e9, length })
			for range 2 {
				var lines []string
				if tt.lines != "" {
					lines = []string{tt.lines}
				}
				if got := s.get(t, tt.path, lines...).Header.Get("Cache-Control"); got != tt.want {
					t.Errorf("%s %s: Cache-Control %q, want %q", tt.path, tt.lines, got, tt.want)
				}
			}
		}
	}
	s := newSite(t, htmlPage, func(o *Options) { o.Shared = 30e9 })
	tag := s.get(t, "/en/").Header.Get("ETag")
	if got := s.get(t, "/en/", "If-None-Match: "+tag); got.StatusCode != 304 || got.Header.Get("Cache-Control") != shared {
		t.Errorf("304: %v", got.Header)
	}
}
