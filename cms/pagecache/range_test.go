package pagecache

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// TestRange asks for parts of a page in every way there is. A part is one of the
// bytes in the coding that is sent, under the tag of that coding.
func TestRange(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/gone" {
			w.WriteHeader(http.StatusGone)
		}
		htmlPage(w, r)
	})
	for range 3 {
		s.get(t, "/en/", "Accept-Encoding: gzip")
	}
	whole := map[string]string{}
	tags := map[string]string{}
	for _, enc := range []string{"", "gzip"} {
		resp := s.get(t, "/en/", "Accept-Encoding: "+enc)
		whole[enc], tags[enc] = body(t, resp), resp.Header.Get("ETag")
	}
	if tags[""] == tags["gzip"] || whole[""] == whole["gzip"] {
		t.Fatalf("nothing was compressed: %v", tags)
	}
	const modified = "Wed, 25 Nov 2026 10:00:00 GMT"
	for _, tt := range []struct {
		name, enc, ask, condition string
		status, from, to          int // to is behind the last byte; 0 is the end
	}{
		{"first bytes", "", "bytes=0-9", "", 206, 0, 10},
		{"from there on", "", "bytes=100-", "", 206, 100, 0},
		{"last bytes", "", "bytes=-5", "", 206, len(page) - 5, 0},
		{"more than there is", "", "bytes=10-999999", "", 206, 10, 0},
		{"of compressed bytes", "gzip", "bytes=2-19", "", 206, 2, 20},
		{"behind the end", "", "bytes=999999-", "", 416, 0, 0},
		{"unknown unit", "", "lines=1-2", "", 200, 0, 0},
		{"nonsense", "", "bytes=x", "", 416, 0, 0},
		{"the whole", "", "bytes=0-", "", 206, 0, 0},
		{"the tag holds", "", "bytes=0-9", tags[""], 206, 0, 10},
		{"the tag of another coding", "", "bytes=0-9", tags["gzip"], 200, 0, 0},
		{"the tag holds, compressed", "gzip", "bytes=0-9", tags["gzip"], 206, 0, 10},
		{"the tag of the plain bytes for compressed ones", "gzip", "bytes=0-9", tags[""], 200, 0, 0},
		{"another tag", "", "bytes=0-9", `"other"`, 200, 0, 0},
		{"a weak tag is never enough", "", "bytes=0-9", "W/" + tags[""], 200, 0, 0},
		{"a date is too coarse", "", "bytes=0-9", modified, 200, 0, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			lines := []string{"Accept-Encoding: " + tt.enc, "Range: " + tt.ask}
			if tt.condition != "" {
				lines = append(lines, "If-Range: "+tt.condition)
			}
			resp := s.get(t, "/en/", lines...)
			if resp.StatusCode != tt.status {
				t.Fatalf("status %d, want %d", resp.StatusCode, tt.status)
			}
			if tt.status == http.StatusRequestedRangeNotSatisfiable {
				if h := resp.Header; h.Get("ETag") != "" || h.Get("Cache-Control") != "no-store" || h.Get("Content-Encoding") != "" {
					t.Errorf("headers of a refusal: %v", h)
				}
				return
			}
			want := whole[tt.enc]
			to := len(want)
			if tt.to > 0 {
				to = tt.to
			}
			if got := body(t, resp); got != want[tt.from:to] {
				t.Errorf("%d bytes, want those from %d to %d", len(got), tt.from, to)
			}
			h := resp.Header
			if h.Get("ETag") != tags[tt.enc] || h.Get("Content-Encoding") != tt.enc || h.Get("Vary") == "" || h.Get("Cache-Control") == "" || h.Get("Content-Length") != fmt.Sprint(to-tt.from) {
				t.Errorf("headers %v", h)
			}
			if r := fmt.Sprintf("bytes %d-%d/%d", tt.from, to-1, len(want)); tt.status == 206 && h.Get("Content-Range") != r {
				t.Errorf("Content-Range %q, want %q", h.Get("Content-Range"), r)
			}
		})
	}

	t.Run("several parts", func(t *testing.T) {
		resp := s.get(t, "/en/", "Range: bytes=0-3,10-13")
		if got := body(t, resp); resp.StatusCode != 206 || !strings.HasPrefix(resp.Header.Get("Content-Type"), "multipart/byteranges") ||
			!strings.Contains(got, "\r\n\r\n"+page[:4]+"\r\n") || !strings.Contains(got, "\r\n\r\n"+page[10:14]+"\r\n") {
			t.Errorf("%d %v %q", resp.StatusCode, resp.Header, got)
		}
	})
	t.Run("who has the page is told so first", func(t *testing.T) {
		if resp := s.get(t, "/en/", "Range: bytes=0-3", "If-None-Match: "+tags[""]); resp.StatusCode != http.StatusNotModified {
			t.Errorf("status %d, want 304", resp.StatusCode)
		}
	})
	t.Run("only GET has parts", func(t *testing.T) {
		resp := s.do(t, "HEAD", "/en/", "Range: bytes=0-3")
		if resp.StatusCode != 200 || resp.Header.Get("Content-Length") != fmt.Sprint(len(page)) || body(t, resp) != "" {
			t.Errorf("%d %v", resp.StatusCode, resp.Header)
		}
	})
	t.Run("what is gone has none", func(t *testing.T) {
		if resp := s.get(t, "/gone", "Range: bytes=0-3"); resp.StatusCode != http.StatusGone || body(t, resp) != page {
			t.Errorf("status %d", resp.StatusCode)
		}
	})
	s.wantRuns(t, 2)
}
