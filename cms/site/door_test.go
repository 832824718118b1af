package site_test

import (
	"net/http"
	"strings"
	"testing"

	"meridian/cms/site"
)

// TestPagesForFilesOfferNothingComputed: pages that become files lead to nothing
// that has to be worked out when somebody asks.
func TestPagesForFilesOfferNothingComputed(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	h, err := site.New(f.Live, site.Options{Clock: f.Clock.Now, Files: true})
	if err != nil {
		t.Fatal(err)
	}
	door := get(t, h, "/")
	if door.Code != http.StatusOK || door.Header().Get("Location") != "" {
		t.Fatalf("the front door = %d, %s", door.Code, door.Header().Get("Location"))
	}
	for _, want := range []string{`<a href="/en/" hreflang="en" lang="en" dir="ltr">English`, `hreflang="fr"`, `<link rel="canonical" href="https://site.example/">`, `hreflang="x-default"`} {
		if !strings.Contains(door.Body.String(), want) {
			t.Errorf("the front door lacks %s:\n%s", want, door.Body)
		}
	}
	for _, at := range []string{"/en/", "/en/news/", "/en/about-us/our-mission", "/en/nowhere"} {
		with, without := get(t, f.Handler, at).Body.String(), get(t, h, at).Body.String()
		if !strings.Contains(with, "/en/search") || strings.Contains(without, "/en/search") {
			t.Errorf("%s: search offered live %v, in files %v", at, strings.Contains(with, "/en/search"), strings.Contains(without, "/en/search"))
		}
		if strings.Contains(without, "?topic=") {
			t.Errorf("%s leads to a list narrowed by topic", at)
		}
	}
}
