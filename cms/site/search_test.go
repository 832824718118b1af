package site_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"meridian/cms/site"
)

func TestSearchPage(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for name, tt := range map[string]struct {
		path   string
		status int
		has    []string
		hasNot []string
	}{
		"form alone": {"/en/search", 200, []string{`<input id="q" type="search" name="q" value=""`, `aria-current="page">Search</a>`}, []string{`class="news results"`, `class="chips"`}},
		"found": {"/en/search?q=treaties", 200, []string{
			`<a href="/en/news/2026/a-treaty-enters-into-force">A <mark>treaty</mark> enters into force</a>`, `<time datetime="2026-03-01">`, `value="treaties"`,
			`<a href="/en/search?kind=news&amp;q=treaties">News</a>`, `href="/fr/search?q=treaties" hreflang="fr"`,
		}, nil},
		"text of the page":     {"/en/search?q=judge", 200, []string{"in front of a <mark>judge</mark>"}, nil},
		"misspelt":             {"/en/search?q=traety", 200, []string{"<strong>treaty</strong>", "<mark>treaty</mark>"}, nil},
		"narrowed":             {"/en/search?q=treaty&kind=news&year=2026", 200, []string{`aria-current="true">2026</a>`, `aria-current="true">News</a>`, "<mark>treaty</mark>"}, nil},
		"narrowed to nothing":  {"/en/search?q=treaty&kind=page", 200, []string{"Nothing here has “treaty”.", `class="where"`}, []string{"<mark>"}},
		"nothing":              {"/en/search?q=xyzzy", 200, []string{"Nothing here has “xyzzy”."}, []string{"<mark>"}},
		"escaped":              {"/en/search?q=" + url.QueryEscape(`"><img src=q onerror=X(28)>`), 200, []string{"&lt;img src=q onerror=X(28)&gt;"}, []string{"<img"}},
		"Arabic":               {"/ar/search?q=" + url.QueryEscape("فلسطين"), 200, []string{`<html lang="ar" dir="rtl">`, "<mark>فلسطين</mark>"}, nil},
		"unknown kind":         {"/en/search?q=treaty&kind=users", 404, nil, nil},
		"unknown topic":        {"/en/search?q=treaty&topic=nothing", 404, nil, nil},
		"unknown year":         {"/en/search?q=treaty&kind=news&year=1850", 404, nil, nil},
		"unknown section":      {"/en/search?q=treaty&section=" + f.Draft, 404, nil, nil},
		"page of letters":      {"/en/search?q=treaty&page=x", 404, nil, nil},
		"page beyond":          {"/en/search?q=treaty&page=11", 404, nil, nil},
		"language of no site":  {"/zz/search?q=treaty", 404, nil, nil},
		"words of a draft":     {"/en/search?q=not+public+yet", 200, nil, []string{f.Draft, "Not public yet"}},
		"something not a name": {"/en/search/more", 404, nil, nil},
	} {
		w := get(t, f, tt.path)
		body := w.Body.String()
		if w.Code != tt.status {
			t.Errorf("%s: %d, want %d", name, w.Code, tt.status)
		}
		for _, s := range tt.has {
			if !strings.Contains(body, s) {
				t.Errorf("%s: no %s in %s", name, s, body[strings.Index(body, "<main"):])
			}
		}
		for _, s := range tt.hasNot {
			if strings.Contains(body, s) {
				t.Errorf("%s: there is %s", name, s)
			}
		}
		if w.Code == http.StatusOK && w.Header().Get("X-Robots-Tag") != "noindex" {
			t.Errorf("%s: crawlers may keep it", name)
		}
	}
	if w := get(t, f, "/en/search/?q=treaty&utm=x"); w.Code != 301 || w.Header().Get("Location") != "/en/search?q=treaty" {
		t.Errorf("with a slash: %d to %s", w.Code, w.Header().Get("Location"))
	}
}

func TestIsSearch(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]bool{
		"/en/search": true, "/en/search/": true, "/pt-BR/search": true,
		"/search": false, "/": false, "//search": false, "/en/": false, "/en/search/x": false, "/en/searches": false, "/en/about/search": false,
	} {
		if got := site.IsSearch(path); got != want {
			t.Errorf("IsSearch(%s) = %t", path, got)
		}
	}
}
