package site_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"meridian/cms/cmstest"
	"meridian/models"
)

// TestEveryPageSaysWhatItIs reads the head of every shape of page.
func TestEveryPageSaysWhatItIs(t *testing.T) {
	t.Parallel()
	f := newTermFixture(t)
	targets := []string{"/en/topics/", "/en/topics/justice", "/fr/topics/justice-fr", "/ar/topics/liberty", "/en/instruments/"}
	for name, path := range f.pages(t) {
		if name != "not_found.html" && name != "gone.html" {
			u, err := url.Parse(path)
			if err != nil {
				t.Fatal(err)
			}
			targets = append(targets, u.String())
		}
	}
	formLocale := regexp.MustCompile(`^[a-z]{2,3}_[A-Z]{2}$`)
	feeds := map[string]bool{}
	for _, target := range targets {
		w := get(t, f, target)
		if w.Code != http.StatusOK {
			t.Errorf("%s = %d", target, w.Code)
			continue
		}
		h := head(t, w)
		if plain, _, _ := strings.Cut(cmstest.Base+target, "?"); !strings.HasPrefix(h.canonical, plain) {
			t.Errorf("%s calls itself %s", target, h.canonical)
		}
		for _, name := range []string{"og:title", "og:type", "og:url", "og:site_name", "og:locale"} {
			if v := h.properties[name]; len(v) != 1 || v[0] == "" {
				t.Errorf("%s: %s is %q", target, name, v)
			}
		}
		if !slices.Equal(h.properties["og:url"], []string{h.canonical}) {
			t.Errorf("%s is shared as %s", target, h.properties["og:url"])
		}
		for _, l := range append(h.properties["og:locale"], h.properties["og:locale:alternate"]...) {
			if !formLocale.MatchString(l) {
				t.Errorf("%s: locale %q", target, l)
			}
		}
		// One less than the languages: this page's, and what others get.
		if want := max(0, len(h.alternates)-2); len(h.properties["og:locale:alternate"]) != want {
			t.Errorf("%s: %d other locales, want %d", target, len(h.properties["og:locale:alternate"]), want)
		}
		if len(h.data) != 1 {
			t.Errorf("%s: %d blocks of data", target, len(h.data))
		}
		if n := len(h.feeds); n != 0 && n != 3 {
			t.Errorf("%s: %d feeds", target, n)
		}
		for _, l := range h.feeds {
			feeds[l] = true
		}
	}
	if len(feeds) < 9 {
		t.Errorf("pages lead to %d feeds only", len(feeds))
	}
	for l := range feeds {
		typ, address, _ := strings.Cut(l, " ")
		if w := get(t, f, local(t, address)); w.Header().Get("Content-Type") != typ+"; charset=utf-8" {
			t.Errorf("%s is %s, said to be %s", address, w.Header().Get("Content-Type"), typ)
			continue
		}
		x := readFeed(t, f, local(t, address))
		if x.FeedLink != address || len(x.Items) == 0 {
			t.Errorf("%s calls itself %s and has %d items", address, x.FeedLink, len(x.Items))
		}
		if typ == "application/atom+xml" && get(t, f, local(t, x.Link)).Code != http.StatusOK {
			t.Errorf("the page of %s is not there", address)
		}
	}
}

// TestFeedOfAPage says which feed a page leads to: that of the nearest section
// which has news.
func TestFeedOfAPage(t *testing.T) {
	t.Parallel()
	f := newTermFixture(t)
	palestine := f.path(t, f.Palestine, "en")
	for target, want := range map[string]string{
		"/en/":                       "/en/feed.atom",
		"/en/news/":                  "/en/feed.atom",
		"/en/about-us/":              "/en/feed.atom", // it has none of its own
		f.path(t, f.Long, "en"):      "/en/feed.atom",
		palestine + "/":              palestine + "/feed.atom",
		palestine + "/news/":         palestine + "/feed.atom",
		f.path(t, f.Press, "en"):     palestine + "/feed.atom",
		"/en/topics/justice":         "/en/topics/justice/feed.atom",
		"/en/topics/":                "/en/feed.atom",
		"/fr/topics/justice-fr":      "/fr/feed.atom", // nothing in French carries it
		"/nl/":                       "",
		f.path(t, f.Palestine, "ar"): "",
	} {
		got := ""
		for _, l := range head(t, get(t, f, (&url.URL{Path: strings.TrimSuffix(target, "/") + strings.Repeat("/", strings.Count(target[len(target)-1:], "/"))}).EscapedPath())).feeds {
			if typ, address, _ := strings.Cut(l, " "); typ == "application/atom+xml" {
				got = local(t, address)
			}
		}
		if got != want {
			t.Errorf("%s leads to %q, want %q", target, got, want)
		}
	}
}

// needed are the properties that search engines ask of a type.
var needed = map[string][]string{
	"NGO":            {"name", "url"},
	"WebSite":        {"name", "url", "inLanguage", "publisher"},
	"WebPage":        {"name", "url", "inLanguage", "dateModified", "publisher"},
	"NewsArticle":    {"headline", "url", "mainEntityOfPage", "datePublished", "dateModified", "author", "publisher", "inLanguage"},
	"BreadcrumbList": {"itemListElement"},
	"CollectionPage": {"name", "url", "inLanguage", "about"},
	"DefinedTerm":    {"name"},
	"Legislation":    {"name"},
	"PostalAddress":  {"addressCountry"},
	"ListItem":       {"position", "name", "item"},
}

// addresses are the properties that hold an address.
var addresses = []string{"@id", "url", "item", "mainEntityOfPage"}

// things lists the objects of schema.org in a value, outermost first, and
// complains about what they lack. Those that only point to another have no type.
func things(t testing.TB, where string, v any) []map[string]any {
	t.Helper()
	var out []map[string]any
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			out = append(out, things(t, where, x)...)
		}
	case map[string]any:
		typ, _ := v["@type"].(string)
		if typ != "" {
			out = append(out, v)
			if needed[typ] == nil {
				t.Errorf("%s: nobody knows what a %s needs", where, typ)
			}
		}
		for _, p := range needed[typ] {
			if v[p] == nil || v[p] == "" {
				t.Errorf("%s: a %s without %s", where, typ, p)
			}
		}
		for _, p := range addresses {
			if s, ok := v[p].(string); ok {
				if u, err := url.Parse(s); err != nil || !u.IsAbs() {
					t.Errorf("%s: %s of a %s is %q", where, p, typ, s)
				}
			}
		}
		for p, x := range v {
			if s, ok := x.(string); ok && strings.HasPrefix(p, "date") {
				if _, err := time.Parse(time.RFC3339, s); err != nil {
					if _, err := time.Parse(time.DateOnly, s); err != nil {
						t.Errorf("%s: %s is %q", where, p, s)
					}
				}
			}
			out = append(out, things(t, where, x)...)
		}
	}
	return out
}

func TestSchemaOrg(t *testing.T) {
	t.Parallel()
	f := newTermFixture(t)
	inBelgium := f.news(t, f.Belgium, "en", "Of Belgium", models.Values{"date": "2026-11-25"}, paragraph("Text."))
	for _, tt := range []struct {
		target string
		types  []string // of the page itself, in order
		author string
	}{
		{"/en/", []string{"NGO", "WebSite"}, ""},
		{"/en/about-us/", []string{"WebPage", "BreadcrumbList"}, ""},
		{"/en/belgium/", []string{"NGO", "BreadcrumbList"}, ""},
		{f.path(t, f.Long, "en"), []string{"WebPage", "BreadcrumbList"}, ""},
		{f.path(t, f.News, "en"), []string{"NewsArticle", "BreadcrumbList"}, "Children’s Rights Network"},
		{f.path(t, inBelgium, "en"), []string{"NewsArticle", "BreadcrumbList"}, "Belgium"},
		{"/en/news/", []string{"BreadcrumbList"}, ""},
		{"/en/topics/justice", []string{"CollectionPage", "BreadcrumbList"}, ""},
		{"/en/instruments/convention-on-the-rights-of-the-child", []string{"CollectionPage", "BreadcrumbList"}, ""},
	} {
		h := head(t, get(t, f, tt.target))
		if len(h.data) != 1 {
			t.Errorf("%s: %d blocks of data", tt.target, len(h.data))
			continue
		}
		var doc struct {
			Context string `json:"@context"`
			Graph   []any  `json:"@graph"`
		}
		if err := json.Unmarshal([]byte(h.data[0]), &doc); err != nil || doc.Context != "https://schema.org" {
			t.Errorf("%s: context %q, %v", tt.target, doc.Context, err)
		}
		things(t, tt.target, doc.Graph)
		var types []string
		for _, x := range doc.Graph {
			m, _ := x.(map[string]any)
			typ, _ := m["@type"].(string)
			types = append(types, typ)
			switch typ {
			case "BreadcrumbList":
				list, _ := m["itemListElement"].([]any)
				for i, e := range list {
					if e, _ := e.(map[string]any); e["position"] != float64(i+1) {
						t.Errorf("%s: step %d is numbered %v", tt.target, i+1, e["position"])
					}
				}
				if last, _ := list[len(list)-1].(map[string]any); last["item"] != h.canonical {
					t.Errorf("%s: the last step is %v", tt.target, last["item"])
				}
			case "NewsArticle":
				author, _ := m["author"].(map[string]any)
				if author["name"] != tt.author {
					t.Errorf("%s is by %v, want %s", tt.target, author["name"], tt.author)
				}
				if m["url"] != h.canonical || m["mainEntityOfPage"] != h.canonical {
					t.Errorf("%s: data of %v", tt.target, m["url"])
				}
			}
		}
		if !slices.Equal(types, tt.types) {
			t.Errorf("%s: data about %q, want %q", tt.target, types, tt.types)
		}
	}
}

// TestDataCannotEndItsElement puts the end of the element into every text that
// goes into it.
func TestDataCannotEndItsElement(t *testing.T) {
	t.Parallel()
	f := newFeedFixture(t)
	const nastyTitle = "</script ><!--<script> --!> ]]> \\u003c/script>"
	nasty := f.page(t, f.Palestine, "en", nastyTitle, "</SCRIPT><img src=x onerror=alert(1)>", paragraph("x"))
	for target, want := range map[string]string{
		f.path(t, f.Wild, "en"):    hostileTitle,
		f.path(t, f.Hostile, "en"): `<script>alert(1)</script> "quoted' & </script><style>`,
		f.path(t, nasty, "en"):     nastyTitle,
	} {
		w := get(t, f, (&url.URL{Path: target}).EscapedPath())
		h := head(t, w)
		if len(h.data) != 1 {
			t.Fatalf("%s: %d blocks of data", target, len(h.data))
		}
		if strings.ContainsAny(h.data[0], "<>&\u2028\u2029") {
			t.Errorf("%s: not escaped: %s", target, h.data[0])
		}
		var doc struct {
			Graph []map[string]any `json:"@graph"`
		}
		if err := json.Unmarshal([]byte(h.data[0]), &doc); err != nil {
			t.Fatal(err)
		}
		if got := doc.Graph[0]["name"]; got != want && doc.Graph[0]["headline"] != want {
			t.Errorf("%s: the data says %v, %v", target, got, doc.Graph[0]["headline"])
		}
		if got := h.properties["og:title"]; !slices.Equal(got, []string{want}) {
			t.Errorf("%s is shared as %q", target, got)
		}
		root, err := html.Parse(strings.NewReader(w.Body.String()))
		if err != nil {
			t.Fatal(err)
		}
		for n := range root.Descendants() {
			for _, a := range n.Attr {
				if strings.HasPrefix(a.Key, "on") {
					t.Errorf("%s: <%s %s>", target, n.Data, a.Key)
				}
			}
		}
	}
}
