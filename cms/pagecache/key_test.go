package pagecache

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
)

func TestMethods(t *testing.T) {
	t.Parallel()
	s := newSite(t, htmlPage)
	for range 2 {
		head := s.do(t, "HEAD", "/en/")
		if got := body(t, head); got != "" {
			t.Errorf("HEAD sent %d bytes", len(got))
		}
		if got := head.Header.Get("Content-Length"); got != fmt.Sprint(len(page)) {
			t.Errorf("HEAD Content-Length = %q", got)
		}
	}
	if got := body(t, s.get(t, "/en/")); got != page {
		t.Error("GET after HEAD has another body")
	}
	s.wantRuns(t, 1)
	for _, method := range []string{"POST", "PUT", "DELETE", "OPTIONS"} {
		s.do(t, method, "/en/")
	}
	s.wantRuns(t, 5)
}

func TestBypass(t *testing.T) {
	t.Parallel()
	var seen atomic.Pointer[http.Request]
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) { seen.Store(r); htmlPage(w, r) })
	for range 2 {
		resp := s.get(t, "/en/", "Authorization: Bearer mrd_x")
		if got := resp.Header.Get("ETag"); got != "" {
			t.Errorf("a response that was passed on got the tag %s", got)
		}
		s.get(t, "/?utm=1", "Accept-Language: nl")
	}
	s.wantRuns(t, 4)
	if r := seen.Load(); r.URL.RawQuery != "utm=1" || r.Header.Get("Accept-Language") != "nl" || r.Host == "" {
		t.Errorf("bypassed request was changed: %v %v %q", r.URL, r.Header, r.Host)
	}
	if st := s.cache.Stats(); st.Bypassed != 4 || st.Entries != 0 {
		t.Errorf("Stats = %+v", st)
	}
}

func TestKey(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, a, b string
		runs       int64
	}{
		{"order of parameters", "/en/news?page=2&topic=health", "/en/news?topic=health&page=2", 1},
		{"spelling of values", "/en/news?topic=caf%C3%A9", "/en/news?topic=caf%c3%a9", 1},
		{"other value", "/en/news?page=1", "/en/news?page=2", 2},
		{"empty value is a value", "/en/news?page=", "/en/news", 2},
		{"repeated in another order", "/en/news?page=1&page=2", "/en/news?page=2&page=1", 2},
		{"campaign marks", "/en/news?utm_source=x", "/en/news?fbclid=y", 1},
		{"malformed query", "/en/news?%zz", "/en/news", 1},
		{"semicolon", "/en/news?page=1;x", "/en/news", 1},
		{"bare question mark", "/en/news?", "/en/news", 1},
		{"host", "http://a.example/en/", "http://b.example/en/", 1},
		{"encoded slash", "/a%2Fb", "/a/b", 2},
		{"double encoding", "/a%252Fb", "/a%2Fb", 2},
		{"undeclared at the API", "/api/v1/news?x=1", "/api/v1/news?x=1", 2},
		{"malformed at the API", "/api/v1/news?%zz", "/api/v1/news?%zz", 2},
		{"declared at the API", "/api/v1/news?page=1", "/api/v1/news?page=1", 1},
		{"case of the path", "/EN/", "/en/", 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, htmlPage)
			s.get(t, tt.a)
			s.get(t, tt.b)
			s.wantRuns(t, tt.runs)
		})
	}
}

func TestHandlerSeesTheKeyOnly(t *testing.T) {
	t.Parallel()
	var seen *http.Request
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		seen = r
		b, _ := io.ReadAll(r.Body)
		fmt.Fprint(w, r.URL, r.RequestURI, r.Host, r.Header, string(b), r.FormValue("evil"))
	}, func(o *Options) {
		o.KeepHeaders = []string{"Accept-Language"}
		o.Vary = func(r *http.Request) string { return r.Header.Get("Accept-Language") }
	})
	r := httptest.NewRequest("GET", "http://evil.example/en/?page=2&evil=EVIL", strings.NewReader("EVIL"))
	for _, name := range []string{"Cookie", "X-Forwarded-Host", "X-Original-URL", "User-Agent", "Origin", "Range", "If-None-Match", "If-Modified-Since", "Accept"} {
		r.Header.Set(name, "EVIL")
	}
	r.Header.Set("Accept-Language", "nl")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if got := w.Body.String(); strings.Contains(strings.ToUpper(got), "EVIL") {
		t.Errorf("unkeyed input reflected: %s", got)
	}
	if seen.URL.String() != "/en/?page=2" || seen.RequestURI != "/en/?page=2" || seen.Header.Get("Accept-Language") != "nl" {
		t.Errorf("handler saw %s, %s, %v", seen.URL, seen.RequestURI, seen.Header)
	}
	s.get(t, "/en/?page=2", "Accept-Language: nl")
	s.wantRuns(t, 1)
	s.get(t, "/en/?page=2", "Accept-Language: fr")
	s.wantRuns(t, 2)
}

// FuzzCanonicalQuery compares the short way with the long one.
func FuzzCanonicalQuery(f *testing.F) {
	for _, q := range []string{"page=2", "page=2&topic=a", "topic=a&page=2", "page=", "page", "=a", "page=2&", "&page=2", "page=2&page=3", "page=%32", "page=a+b", "other=1", "page=a;b", "page=é", "page==", ""} {
		f.Add(q)
	}
	declared := []string{"page", "topic", "A"}
	f.Fuzz(func(t *testing.T, query string) {
		if !isCanonical(query, declared) {
			return
		}
		values, err := url.ParseQuery(query)
		if err != nil || values.Encode() != query {
			t.Fatalf("%q is %q (%v)", query, values.Encode(), err)
		}
		for name := range values {
			if !slices.Contains(declared, name) {
				t.Fatalf("%q has %q", query, name)
			}
		}
	})
}
