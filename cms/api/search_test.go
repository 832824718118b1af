package api

import (
	"net/http"
	"strings"
	"testing"

	"meridian/cms/block"
)

func TestSearch(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.page(t, s.About, "Kumquats", block.Paragraph(block.Text("Children grow persimmons & <b>quinces</b> in the garden.")))
	var found Found
	s.into(t, Root+"/search?q=persimmon+quince&lang=en", &found)
	if len(found.Items) != 1 || found.Corrected != nil || found.More || found.Lang != "en" {
		t.Fatalf("found %+v", found)
	}
	it := found.Items[0]
	text := ""
	var hits []string
	for _, p := range it.Highlights.Excerpt {
		text += p.Text
		if p.Hit {
			hits = append(hits, p.Text)
		}
	}
	if text != "Children grow persimmons & <b>quinces</b> in the garden." || strings.Join(hits, " ") != "persimmons quinces" {
		t.Errorf("excerpt %q with %q", text, hits)
	}
	s.get(t, local(t, it.Links.JSON), http.StatusOK)
	for _, tt := range []struct {
		query string
		items int
		told  string
	}{
		{"q=kumquat", 1, ""}, {"q=kumqat", 1, "kumquats"}, {"q=kumquat&kind=page", 1, ""}, {"q=kumquat&kind=news", 0, ""},
		{"q=kumquat&section=" + s.About, 1, ""}, {"q=kumquat&section=/en/about-us/", 1, ""}, {"q=kumquat&section=" + s.Belgium, 0, ""},
		{"q=kumquat&lang=fr", 0, ""}, {"q=not+public+yet", 0, ""}, {"q=a+treaty&limit=1", 1, ""},
	} {
		var found Found
		s.into(t, Root+"/search?"+tt.query, &found)
		told := ""
		if found.Corrected != nil {
			told = *found.Corrected
		}
		if len(found.Items) != tt.items || told != tt.told {
			t.Errorf("%s: %d items, corrected to %q", tt.query, len(found.Items), told)
		}
	}
}

func TestSearchRefuses(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for query, pointer := range map[string]string{
		"":                               "/query/q",
		"?q=":                            "/query/q",
		"?q=%20%20":                      "/query/q",
		"?q=%ff":                         "/query/q",
		"?q=" + strings.Repeat("a", 201): "/query/q",
		"?q=a&q=b":                       "/query/q",
		"?q=a&lang=zz":                   "/query/lang",
		"?q=a&kind=users":                "/query/kind",
		"?q=a&limit=51":                  "/query/limit",
		"?q=a&year=20":                   "/query/year",
		"?q=a&topic=nothing":             "/query/topic",
		"?q=a&section=" + s.Draft:        "/query/section",
		"?q=a&sort=title":                "/query/sort",
		"?q=a&cursor=x":                  "/query/cursor",
	} {
		w := s.do(t, http.MethodGet, Root+"/search"+query)
		if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), `"pointer":"`+pointer+`"`) {
			t.Errorf("%s: %d %s", query, w.Code, w.Body)
		}
	}
}
