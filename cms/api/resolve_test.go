package api

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"meridian/cms"
	"meridian/cms/cmstest"
	"meridian/models"
	"meridian/models/store"
)

// rename changes the last part of the address of an edition.
func (s *site) rename(t testing.TB, entry, lang, slug string) {
	t.Helper()
	err := s.CMS.SetAddress(t.Context(), s.Admin, cms.SetAddress{Entry: entry, Lang: lang, Version: s.Edition(t, entry, lang).Version, Slug: slug})
	if err != nil {
		t.Fatalf("rename %s %s: %v", entry, lang, err)
	}
}

func TestResolveGolden(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.topic(t, "t-justice", "Justice")
	s.rename(t, s.About, "fr", "qui-sommes-nous")
	gone := s.page(t, s.About, "Gone")
	s.withdraw(t, gone, "en", "consent")
	for name, target := range map[string]string{
		"resolve-moved":   "/fr/a-propos&fields=title,url,language",
		"resolve-news":    "/en/news/&fields=title",
		"resolve-term":    "/fr/topics/t-justice",
		"problem-resolve": "/en/about-us/gone",
	} {
		cmstest.Golden(t, name+".txt", s.readable(t, s.do(t, http.MethodGet, Root+"/resolve?url="+target)))
	}
}

// TestResolve: an address leads to what readers find there, and is told from
// one that sends them on.
func TestResolve(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.topic(t, "t-justice", "Justice")
	s.Tx(t, func(tx *store.Tx) error {
		for path, to := range map[string]string{"old/page.html": "/en/about-us/", "partner": "https://partner.example/x?y=1", "twice": "/fr/a-propos/"} {
			lang := "en"
			if path == "old/page.html" {
				lang = ""
			}
			if err := tx.AddRedirect(models.Address{Lang: lang, Path: path, URL: to, Origin: models.AddressManual, CreatedAt: tx.Now()}, s.Admin.ID); err != nil {
				return err
			}
		}
		return nil
	})
	gone := s.page(t, s.About, "Gone")
	s.withdraw(t, gone, "en", "legal")
	away := s.page(t, s.About, "Away")
	s.unpublish(t, away, "en")
	s.Tx(t, func(tx *store.Tx) error { // of an older site, without a language
		edition := s.Edition(t, gone, "en").ID
		return tx.AddRedirect(models.Address{Path: "old/gone.html", EditionID: &edition, Origin: models.AddressImported, CreatedAt: tx.Now()}, s.Admin.ID)
	})
	old := s.page(t, s.About, "Old")
	s.trash(t, old)
	s.rename(t, s.About, "fr", "qui-sommes-nous")
	s.rename(t, s.About, "fr", "nous")
	for _, tt := range []struct {
		url      string
		status   int
		to       string // below the site
		redirect bool
		target   string
		id, lang string
	}{
		{"/en/", 200, "/en/", false, "item", s.Root, "en"},
		{"/en", 200, "/en/", true, "item", s.Root, "en"},
		{"/", 200, "/en/", true, "item", s.Root, "en"},
		{"/en/about-us/", 200, "/en/about-us/", false, "item", s.About, "en"},
		{"/en/about-us", 200, "/en/about-us/", true, "item", s.About, "en"},
		{"/EN/About-us/", 200, "/en/about-us/", true, "item", s.About, "en"},
		{"https://site.example/en/about-us/our-mission?utm=1#x", 200, "/en/about-us/our-mission", false, "item", s.Page, "en"},
		{"/fr/nous/", 200, "/fr/nous/", false, "item", s.About, "fr"},
		{"/fr/qui-sommes-nous/", 200, "/fr/nous/", true, "item", s.About, "fr"},
		{"/fr/a-propos/", 200, "/fr/nous/", true, "item", s.About, "fr"},
		{"/en/twice", 200, "/fr/nous/", true, "item", s.About, "fr"},
		{"/old/page.html", 200, "/en/about-us/", true, "item", s.About, "en"},
		{"/en/partner", 200, "https://partner.example/x?y=1", true, "elsewhere", "", ""},
		{"/en/news/", 200, "/en/news/", false, "news", s.Root, "en"},
		{"/fr/belgique/news", 200, "/fr/belgique/news/", true, "news", s.Belgium, "fr"},
		{"/en/topics/t-justice", 200, "/en/topics/t-justice", false, "term", "t-justice", "en"},
		{"/en/topics/nothing", 404, "", false, "", "", ""},
		{"/en/nothing", 404, "", false, "", "", ""},
		{"/nothing", 404, "", false, "", "", ""},
		{"/en/about-us/away", 404, "", false, "", "", ""},
		{"/fr/about-us/our-mission", 404, "", false, "", "", ""},
		{"/en/about-us/gone", 410, "", false, "legal", "", ""},
		{"/old/gone.html", 410, "", false, "legal", "", ""},
		{"/en/about-us/old", 410, "", false, "deleted", "", ""},
	} {
		b := s.get(t, Root+"/resolve?fields=id,lang&url="+url.QueryEscape(tt.url), tt.status)
		if tt.status != 200 {
			var p Problem
			decode(t, b, &p)
			if p.Reason != tt.target || p.Instance != Root+"/resolve" {
				t.Errorf("%s: %+v", tt.url, p)
			}
			continue
		}
		var got struct {
			URL, Target string
			Redirected  bool
			Item        *struct{ ID, Lang string }
			Term        *ResolvedTerm
		}
		decode(t, b, &got)
		to := tt.to
		if strings.HasPrefix(to, "/") {
			to = cmstest.Base + to
		}
		if got.URL != to || got.Redirected != tt.redirect || got.Target != tt.target {
			t.Errorf("%s: %+v, want %s, redirected %v, %s", tt.url, got, to, tt.redirect, tt.target)
		}
		switch {
		case tt.target == "term" && (got.Term == nil || got.Term.ID != tt.id || got.Item != nil):
			t.Errorf("%s: %+v", tt.url, got)
		case tt.target == "elsewhere" && got.Item != nil:
			t.Errorf("%s: %+v", tt.url, got.Item)
		case (tt.target == "item" || tt.target == "news") && (got.Item == nil || got.Item.ID != tt.id || got.Item.Lang != tt.lang):
			t.Errorf("%s: %+v", tt.url, got.Item)
		}
	}
	// A draft, an unpublished page and nothing at all are one answer.
	want := dump(s.do(t, http.MethodGet, Root+"/resolve?url=/en/nothing"))
	for _, path := range []string{"/en/about-us/away", "/en/about-us/" + s.Edition(t, s.Draft, "en").Slug} {
		if got := dump(s.do(t, http.MethodGet, Root+"/resolve?url="+path)); string(got) != string(want) {
			t.Errorf("%s: %s\nwant %s", path, got, want)
		}
	}
}
