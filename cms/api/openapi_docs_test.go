package api

import (
	"bytes"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"meridian/web/weblint"
)

// TestDocs: the page says all that the description has, is sound, and asks
// nobody else for anything.
func TestDocs(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	w := s.do(t, http.MethodGet, DocsPath)
	page := w.Body.Bytes()
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "text/html; charset=utf-8" || w.Header().Get("Content-Language") != "en" {
		t.Fatalf("%s = %d %v", DocsPath, w.Code, w.Header())
	}
	for _, problem := range weblint.Check(page, weblint.Options{Styles: true}) {
		t.Errorf("markup: %s", problem)
	}
	policy := w.Header().Get("Content-Security-Policy")
	if !strings.HasPrefix(policy, "default-src 'none'; style-src 'self' 'sha256-") || strings.Contains(policy, "unsafe") || strings.Contains(policy, "script") {
		t.Errorf("policy %q", policy)
	}
	if bytes.Contains(page, []byte("<script")) || regexp.MustCompile(`(src|href)="(https?:)?//`).Match(page) {
		t.Error("the page asks somebody else, or runs something")
	}
	if n := bytes.Count(page, []byte("<h1")); n != 1 {
		t.Errorf("%d main headings", n)
	}
	doc := Describe()
	for _, p := range doc.Paths {
		want := []string{fmt.Sprintf(`<h3 id="%s">`, p.Value.Get.ID), "<code>GET " + p.Name + "</code>"}
		for status := range p.Value.Get.Responses {
			want = append(want, fmt.Sprintf(`<th scope="row">%s</th>`, p.Value.Get.Responses[status].Name))
		}
		for _, x := range want {
			if !bytes.Contains(page, []byte(x)) {
				t.Errorf("%s: the page has no %s", p.Name, x)
			}
		}
	}
	for _, c := range doc.Components.Schemas {
		if !bytes.Contains(page, []byte(`id="object-`+c.Name+`"`)) {
			t.Errorf("the page does not say what %s is", c.Name)
		}
	}
	for _, m := range regexp.MustCompile(`href="#([^"]+)"`).FindAllSubmatch(page, -1) {
		if !bytes.Contains(page, []byte(`id="`+string(m[1])+`"`)) {
			t.Errorf("#%s leads nowhere", m[1])
		}
	}
	for _, f := range declared["news"].names {
		if name, ok := strings.CutPrefix(f, filterPrefix); ok {
			f, _, _ = strings.Cut(name, "]")
		}
		if !bytes.Contains(page, []byte("<code>"+f+"</code>")) {
			t.Errorf("the page does not have the parameter %s", f)
		}
	}
	etag := w.Header().Get("ETag")
	if w := s.do(t, http.MethodGet, DocsPath, "If-None-Match", etag); w.Code != http.StatusNotModified || w.Body.Len() != 0 {
		t.Errorf("with its tag = %d", w.Code)
	}
	if w := s.do(t, http.MethodHead, DocsPath); w.Code != http.StatusOK || w.Body.Len() != 0 {
		t.Errorf("HEAD = %d with %d bytes", w.Code, w.Body.Len())
	}
	if w := s.do(t, http.MethodGet, DocsPath+"/"); w.Code != http.StatusMovedPermanently || w.Header().Get("Location") != DocsPath {
		t.Errorf("with a slash = %d %v", w.Code, w.Header())
	}
	if w := s.do(t, http.MethodPost, DocsPath); w.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST = %d", w.Code)
	}
	w = s.do(t, http.MethodGet, ClientPath)
	if w.Code != http.StatusOK || !bytes.Equal(w.Body.Bytes(), Client()) || !strings.Contains(w.Header().Get("Content-Disposition"), "meridian.ts") {
		t.Errorf("%s = %d %v", ClientPath, w.Code, w.Header())
	}
}
