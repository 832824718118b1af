package pagecache

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestIfNoneMatch(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"v1, final"`) // a comma inside a tag is legal
		if r.URL.Path == "/gone" {
			w.WriteHeader(http.StatusGone)
		}
		htmlPage(w, r)
	})
	for range 3 {
		s.get(t, "/en/", "Accept-Encoding: br")
		s.get(t, "/en/", "Accept-Encoding: gzip")
	}
	const (
		id, gz, br = `"v1, final"`, `"v1, final-gzip"`, `"v1, final-br"`
		all        = "gzip, deflate, br"
	)
	for _, tt := range []struct {
		name, accept, match string
		want                string // the tag of a 304; empty for a 200
	}{
		{"identity", "", id, id},
		{"gzip", "gzip", gz, gz},
		{"brotli", all, br, br},
		{"weak", "", "W/" + id, id},
		{"weak gzip", "gzip", "W/" + gz, gz},
		{"list", "", `"a", W/"b" ,` + id + `, "c"`, id},
		{"list without spaces", all, `"a",` + br, br},
		{"star", all, "*", br},
		{"star in identity", "", "*", id},
		{"identity kept from before the variants", all, id, id},
		{"gzip kept although brotli is possible now", all, gz, gz},
		{"brotli copy, but the client takes gzip only", "gzip", br, ""},
		{"gzip copy, but the client takes identity only", "", gz, ""},
		{"identity copy, but refused", "identity;q=0, br", id, ""},
		{"other", "", `"v2"`, ""},
		{"part of a tag", "", `"v1"`, ""},
		{"no quotes", "", "v1, final", ""},
		{"unclosed", "", `"v1, final`, ""},
		{"weak mark twice", "", "W/W/" + id, ""},
		{"empty", "", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			resp := s.get(t, "/en/", "Accept-Encoding: "+tt.accept, "If-None-Match: "+tt.match)
			if tt.want == "" {
				if resp.StatusCode != http.StatusOK {
					t.Fatalf("status %d, want 200", resp.StatusCode)
				}
				return
			}
			if resp.StatusCode != http.StatusNotModified {
				t.Fatalf("status %d, want 304", resp.StatusCode)
			}
			h := resp.Header
			if got := h.Get("ETag"); got != tt.want {
				t.Errorf("ETag = %s, want %s", got, tt.want)
			}
			if h.Get("Cache-Control") == "" || h.Get("Vary") == "" || h.Get("Content-Security-Policy") == "" {
				t.Errorf("headers of the 304 lack some: %v", h)
			}
			for name := range bodyFields {
				if h[name] != nil {
					t.Errorf("304 has %s", name)
				}
			}
			if body(t, resp) != "" {
				t.Error("304 has a body")
			}
		})
	}
	s.wantRuns(t, 1)

	head := s.do(t, "HEAD", "/en/", "If-None-Match: "+id)
	if head.StatusCode != http.StatusNotModified {
		t.Errorf("HEAD: status %d, want 304", head.StatusCode)
	}
	// A condition says nothing about a page that is not there.
	if resp := s.get(t, "/gone", "If-None-Match: *"); resp.StatusCode != http.StatusGone || resp.Header.Get("ETag") != "" {
		t.Errorf("410: status %d, ETag %q", resp.StatusCode, resp.Header.Get("ETag"))
	}
}

func TestTwoLinesOfIfNoneMatch(t *testing.T) {
	t.Parallel()
	s := newSite(t, htmlPage)
	tag := s.get(t, "/en/").Header.Get("ETag")
	if resp := s.get(t, "/en/", `If-None-Match: "x"`, "If-None-Match: "+tag); resp.StatusCode != http.StatusNotModified {
		t.Errorf("status %d, want 304", resp.StatusCode)
	}
}

// The copy of a reader outlives the variants of the cache.
func TestNotModifiedOnAMissAndForVariantsThatAreGone(t *testing.T) {
	t.Parallel()
	s := newSite(t, htmlPage)
	tag := s.get(t, "/en/").Header.Get("ETag")
	br := strings.TrimSuffix(tag, `"`) + `-br"`
	s.gen.Add(1)
	resp := s.get(t, "/en/", "Accept-Encoding: br", "If-None-Match: "+br)
	if resp.StatusCode != http.StatusNotModified || resp.Header.Get("ETag") != br {
		t.Errorf("status %d, ETag %s, want 304 and %s", resp.StatusCode, resp.Header.Get("ETag"), br)
	}
	s.wantRuns(t, 2)
}

func TestTags(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, set string
		kept      bool
	}{
		{"strong", `"mine"`, true},
		{"weak", `W/"mine"`, false},
		{"empty", `""`, false},
		{"unquoted", "mine", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("ETag", tt.set)
				io.WriteString(w, page)
			})
			got := s.get(t, "/x").Header.Get("ETag")
			if (got == tt.set) != tt.kept || strings.HasPrefix(got, "W/") {
				t.Errorf("ETag = %s for %s", got, tt.set)
			}
		})
	}
	t.Run("follows the content", func(t *testing.T) {
		t.Parallel()
		text := "a"
		s := newSite(t, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, text) })
		tag := func() string { s.gen.Add(1); return s.get(t, "/x").Header.Get("ETag") }
		first, again := tag(), tag()
		text = "b"
		if other := tag(); first != again || other == first {
			t.Errorf("tags %s, %s, then %s for another text", first, again, other)
		}
	})
}

func FuzzNextTag(f *testing.F) {
	for _, s := range []string{`"a", W/"b"`, `*`, `"`, `W/`, `,,"x`, `W/W/"x"`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, list string) {
		for n := 0; list != ""; n++ {
			_, rest := nextTag(list)
			if len(rest) >= len(list) || n > 10000 {
				t.Fatalf("no progress at %q", list)
			}
			list = rest
		}
	})
}
