package pagecache

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestAcceptEncoding(t *testing.T) {
	t.Parallel()
	s := newSite(t, htmlPage)
	for range 3 { // both variants exist
		s.get(t, "/en/", "Accept-Encoding: br")
		s.get(t, "/en/", "Accept-Encoding: gzip")
	}
	for _, tt := range []struct {
		lines []string
		want  string // Content-Encoding; "406" for a refusal
	}{
		{nil, ""},
		{[]string{""}, ""},
		{[]string{"gzip, deflate, br, zstd"}, "br"},
		{[]string{"gzip, deflate, br"}, "br"},
		{[]string{"gzip, deflate"}, "gzip"},
		{[]string{"gzip"}, "gzip"},
		{[]string{"x-gzip"}, "gzip"},
		{[]string{"GZip"}, "gzip"},
		{[]string{"br"}, "br"},
		{[]string{"deflate"}, ""},
		{[]string{"zstd"}, ""},
		{[]string{"identity"}, ""},
		{[]string{"*"}, "br"},
		{[]string{"gzip", "br"}, "br"},
		{[]string{"gzip;q=1.0, br;q=0.5"}, "gzip"},
		{[]string{"gzip;q=0.5, br;q=0.8"}, "br"},
		{[]string{"gzip ; q=0.999,br ;Q=0.998"}, "gzip"},
		{[]string{"br;q=0, gzip"}, "gzip"},
		{[]string{"br;q=0, *"}, "gzip"},
		{[]string{"gzip;q=0, br;q=0"}, ""},
		{[]string{"gzip;q=0.5, identity"}, ""},
		{[]string{"gzip;q=0.5, identity;q=0.5"}, "gzip"},
		{[]string{"identity;q=0, gzip"}, "gzip"},
		{[]string{"identity;q=0, *"}, "br"},
		{[]string{"*;q=0, gzip"}, "gzip"},
		{[]string{"*;q=0, identity"}, ""},
		{[]string{"*;q=0"}, "406"},
		{[]string{"identity;q=0"}, "406"},
		{[]string{"identity;q=0, deflate"}, "406"},
		{[]string{"gzip;q=2, br;q=x"}, ""},
		{[]string{"gzip;q=1.5"}, ""},
		{[]string{"gzip;q="}, ""},
		{[]string{"gzip;q"}, ""},
		{[]string{"gzip;q=0.0001"}, ""},
		{[]string{"gzip;q=-1"}, ""},
		{[]string{"gzip;q=0."}, ""},
		{[]string{"gzip;level=9;q=0.3"}, "gzip"},
		{[]string{",, ,gzip,"}, "gzip"},
		{[]string{"gzippy, brr"}, ""},
	} {
		t.Run(fmt.Sprint(tt.lines), func(t *testing.T) {
			var lines []string
			for _, l := range tt.lines {
				lines = append(lines, "Accept-Encoding: "+l)
			}
			resp := s.get(t, "/en/", lines...)
			if tt.want == "406" {
				if resp.StatusCode != http.StatusNotAcceptable {
					t.Errorf("status %d, want 406", resp.StatusCode)
				}
				return
			}
			if got := resp.Header.Get("Content-Encoding"); got != tt.want || resp.StatusCode != 200 {
				t.Errorf("status %d, Content-Encoding %q, want %q", resp.StatusCode, got, tt.want)
			}
			if got := resp.Header.Get("Vary"); got != "Accept-Encoding" {
				t.Errorf("Vary = %q", got)
			}
			if got, want := resp.Header.Get("Content-Length"), fmt.Sprint(resp.ContentLength); got != want {
				t.Errorf("Content-Length = %s, body %s", got, want)
			}
			if got := plain(t, resp); got != page {
				t.Errorf("decoded body has %d bytes, want %d", len(got), len(page))
			}
		})
	}
	s.wantRuns(t, 1)
}

func TestVariantsAreMadeOnTheSecondHit(t *testing.T) {
	t.Parallel()
	s := newSite(t, htmlPage)
	for i, want := range []string{"", "", "br", "br"} {
		if got := s.get(t, "/en/", "Accept-Encoding: gzip, deflate, br").Header.Get("Content-Encoding"); got != want {
			t.Errorf("request %d: Content-Encoding %q, want %q", i+1, got, want)
		}
	}
	// A client that takes nothing else does not wait for it.
	first := s.get(t, "/fr/", "Accept-Encoding: identity;q=0, gzip")
	if got := first.Header.Get("Content-Encoding"); got != "gzip" || plain(t, first) != page {
		t.Errorf("first request without identity: Content-Encoding %q", got)
	}
}

func TestWhatIsNotCompressed(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, contentType string
		size              int
		want              string
	}{
		{"html", "text/html; charset=utf-8", 4000, "gzip"},
		{"json", "application/json", 4000, "gzip"},
		{"problem", "application/problem+json", 4000, "gzip"},
		{"feed", "application/atom+xml; charset=utf-8", 4000, "gzip"},
		{"drawing", "image/svg+xml", 4000, "gzip"},
		{"sniffed", "", 4000, "gzip"},
		{"just large enough", "text/plain", minCompress, "gzip"},
		{"small", "text/plain", minCompress - 1, ""},
		{"picture", "image/png", 4000, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, func(w http.ResponseWriter, _ *http.Request) {
				if tt.contentType != "" {
					w.Header().Set("Content-Type", tt.contentType)
				}
				io.WriteString(w, strings.Repeat("a", tt.size))
			})
			for range 3 {
				s.get(t, "/x", "Accept-Encoding: gzip")
			}
			resp := s.get(t, "/x", "Accept-Encoding: gzip")
			if got := resp.Header.Get("Content-Encoding"); got != tt.want {
				t.Errorf("Content-Encoding %q, want %q", got, tt.want)
			}
			if resp.Header.Get("Content-Type") == "" {
				t.Error("no Content-Type")
			}
		})
	}
}

func FuzzParseAccept(f *testing.F) {
	for _, s := range []string{"gzip, br;q=0.5", "*;q=0", "identity;q=0, *;q=0.001", ";;q=,", "br;q=1.0000"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line string) {
		a := parseAccept([]string{line})
		for c, q := range a {
			if q > 1000 {
				t.Errorf("weight of %d is %d", c, q)
			}
		}
		o := a.order()
		if a[o[0]] < a[o[1]] || a[o[1]] < a[o[2]] {
			t.Errorf("order %v of %v", o, a)
		}
	})
}
