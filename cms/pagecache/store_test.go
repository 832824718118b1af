package pagecache

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
)

func TestStorable(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		status int
		header string
		stored bool
	}{
		{"ok", 200, "", true},
		{"moved", 301, "Location: /en/new", true},
		{"not found", 404, "", true},
		{"gone", 410, "", true},
		{"created", 201, "", false},
		{"found", 302, "Location: /en/", false},
		{"see other", 303, "Location: /en/", false},
		{"bad request", 400, "", false},
		{"teapot", 418, "", false},
		{"server error", 500, "", false},
		{"unavailable", 503, "", false},
		{"cookie", 200, "Set-Cookie: a=b", false},
		{"no-store", 200, "Cache-Control: no-store", false},
		{"private among others", 200, "Cache-Control: max-age=0, Private", false},
		{"private with a field", 200, `Cache-Control: private="x"`, false},
		{"varies on everything", 200, "Vary: *", false},
		{"varies on cookies", 200, "Vary: Accept, cookie", false},
		{"already encoded", 200, "Content-Encoding: gzip", false},
		{"part", 200, "Content-Range: bytes 0-1/2", false},
		{"short", 200, "Content-Length: 999999", false},
		{"private 404", 404, "Cache-Control: private", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			name, value, _ := strings.Cut(tt.header, ": ")
			s := newSite(t, func(w http.ResponseWriter, _ *http.Request) {
				if name != "" {
					w.Header().Set(name, value)
				}
				w.WriteHeader(tt.status)
				io.WriteString(w, page)
			})
			for range 2 {
				resp := s.get(t, "/x")
				if resp.StatusCode != tt.status || body(t, resp) != page {
					t.Errorf("status %d, want %d with the body", resp.StatusCode, tt.status)
				}
				if name != "" && resp.Header.Get(name) != value {
					t.Errorf("%s = %q, want %q", name, resp.Header.Get(name), value)
				}
				if tag := resp.Header.Get("ETag"); (tag != "") != (tt.stored && tt.status == 200) {
					t.Errorf("ETag = %q", tag)
				}
			}
			s.wantRuns(t, map[bool]int64{true: 1, false: 2}[tt.stored])
		})
	}
}

func TestGenerationEndsEverything(t *testing.T) {
	t.Parallel()
	var text atomic.Value
	text.Store("before")
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/gone" {
			w.WriteHeader(http.StatusNotFound)
		}
		io.WriteString(w, text.Load().(string))
	})
	for _, path := range []string{"/en/", "/gone"} {
		text.Store("before")
		s.get(t, path)
		text.Store("after")
		if got := body(t, s.get(t, path)); got != "before" {
			t.Errorf("%s within the generation: %q", path, got)
		}
		s.gen.Add(1)
		if got := body(t, s.get(t, path)); got != "after" {
			t.Errorf("%s after the generation moved: %q", path, got)
		}
	}
	if st := s.cache.Stats(); st.Entries != 2 {
		t.Errorf("%d entries, want the two new ones only", st.Entries)
	}
}

func TestRenderingThatAPublishOvertookIsNotStored(t *testing.T) {
	t.Parallel()
	var s *site
	s = newSite(t, func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, fmt.Sprint("text ", s.gen.Load()))
		if s.runs.Load() == 1 {
			s.gen.Add(1) // the publish commits after the text was read
		}
	})
	if got := body(t, s.get(t, "/en/")); got != "text 1" {
		t.Errorf("overtaken reader got %q", got)
	}
	if st := s.cache.Stats(); st.Entries != 0 {
		t.Errorf("%d entries stored", st.Entries)
	}
	if got := body(t, s.get(t, "/en/")); got != "text 2" {
		t.Errorf("next reader got %q", got)
	}
}

func TestBoundedSize(t *testing.T) {
	t.Parallel()
	const limit = 1 << 20
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/no/") {
			w.WriteHeader(http.StatusNotFound)
		}
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, r.URL.Path+page)
	}, func(o *Options) { o.MaxBytes = limit })
	for i := range 600 {
		for range 3 { // compressed variants are counted, too
			s.get(t, fmt.Sprintf("/en/%d", i), "Accept-Encoding: br")
			s.get(t, fmt.Sprintf("/no/%d", i))
		}
		if i%50 == 0 {
			s.gen.Add(1)
		}
		if st := s.cache.Stats(); st.Bytes > limit {
			t.Fatalf("%d bytes held after %d pages, limit %d", st.Bytes, i, limit)
		}
	}
	st := s.cache.Stats()
	if st.Evicted == 0 || st.Bytes < limit/2 {
		t.Errorf("Stats = %+v, want a full cache that evicts", st)
	}
	var held, counted int64
	for _, store := range []*store{s.cache.main, s.cache.small} {
		for i := range store.shards {
			for e := store.shards[i].newest; e != nil; e = e.older {
				held += e.weight
				counted++
			}
		}
	}
	if held != st.Bytes || counted != st.Entries {
		t.Errorf("list holds %d entries of %d bytes, counters say %d of %d", counted, held, st.Entries, st.Bytes)
	}
}

func TestUnknownAddressesLeavePagesAlone(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/en/" {
			w.WriteHeader(http.StatusNotFound)
		}
		io.WriteString(w, page)
	}, func(o *Options) { o.MaxBytes = 256 << 10 })
	s.get(t, "/en/")
	for i := range 500 {
		s.get(t, fmt.Sprintf("/wp-login-%d", i))
	}
	before := s.runs.Load()
	s.get(t, "/en/")
	s.wantRuns(t, before)
}

func TestReadPagesSurviveACrawl(t *testing.T) {
	t.Parallel()
	s := newSite(t, htmlPage, func(o *Options) { o.MaxBytes = 512 << 10 })
	s.get(t, "/en/")
	for i := range 1000 {
		s.get(t, "/en/")
		s.get(t, fmt.Sprintf("/en/%d", i))
	}
	s.wantRuns(t, 1001)
}

func TestVariantsOutliveAPublishThatDidNotTouchThePage(t *testing.T) {
	t.Parallel()
	s := newSite(t, htmlPage)
	for range 3 {
		s.get(t, "/en/", "Accept-Encoding: br")
	}
	s.gen.Add(1)
	resp := s.get(t, "/en/", "Accept-Encoding: br")
	if resp.Header.Get("Content-Encoding") != "br" {
		t.Error("the compressed bytes were thrown away")
	}
	if got := plain(t, resp); got != page {
		t.Error("the body differs")
	}
	s.wantRuns(t, 2)
}

func TestVariantsAreNotTakenOverByOtherBytes(t *testing.T) {
	t.Parallel()
	text := page
	s := newSite(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("ETag", `"fixed"`)
		io.WriteString(w, text)
	})
	for range 3 {
		s.get(t, "/en/", "Accept-Encoding: gzip")
	}
	text = strings.ToUpper(page)
	s.gen.Add(1)
	for range 3 {
		if got := plain(t, s.get(t, "/en/", "Accept-Encoding: gzip")); got != text {
			t.Fatal("got the old page")
		}
	}
}

func TestStoredBytesAreTheirOwn(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.URL.Path+page) })
	for range 2 {
		for i := range 50 {
			path := fmt.Sprintf("/en/%d", i)
			if got := body(t, s.get(t, path)); got != path+page {
				t.Fatalf("%s has the bytes of another page", path)
			}
		}
	}
	s.wantRuns(t, 50)
}
