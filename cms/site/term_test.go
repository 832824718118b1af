package site_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"meridian/cms"
	"meridian/cms/site"
	"meridian/models"
	"meridian/models/store"
	"meridian/web/weblint"
)

// newTermFixture is newFixture with legal texts, and a page that carries terms.
func newTermFixture(t testing.TB) *fixture {
	t.Helper()
	f := newFixture(t)
	f.Tx(t, func(tx *store.Tx) error {
		for _, term := range []models.Term{
			{ID: "justice", Vocabulary: models.VocabularyTopic, Labels: []models.TermLabel{
				{Lang: "en", Label: "Justice & children", Slug: "justice", Definition: "Courts that see a child in a child.\nEverywhere."}, {Lang: "fr", Label: "Justice", Slug: "justice-fr"}}},
			{ID: "crc", Vocabulary: models.VocabularyInstrument, Labels: []models.TermLabel{
				{Lang: "en", Label: "Convention on the Rights of the Child", Slug: "convention-on-the-rights-of-the-child", Definition: "The treaty <that> most states accepted."},
				{Lang: "ar", Label: "اتفاقية حقوق الطفل", Slug: "اتفاقية-حقوق-الطفل"}},
				Data: models.Values{"short": "CRC", "reference": "A/RES/44/25", "kind": "treaty", "body": "UN", "adopted": "1989-11-20", "in_force": "1990-09", "url": "https://treaty.example/?a=1&b=2"}},
		} {
			if err := tx.PutTerm(term, f.Admin.ID); err != nil {
				return err
			}
		}
		return nil
	})
	f.carry(t, f.Long, models.Values{"topics": []any{"justice"}, "instruments": []any{"crc"}})
	return f
}

// carry gives an entry facts and makes them public.
func (f *fixture) carry(t testing.TB, entry string, facts models.Values) {
	t.Helper()
	d := f.Edition(t, entry, models.Facts)
	if _, err := f.CMS.Save(t.Context(), f.Admin, cms.SaveDraft{Entry: entry, Lang: models.Facts, Version: d.Version, Fields: facts}); err != nil {
		t.Fatal(err)
	}
	if _, err := f.CMS.Publish(t.Context(), f.Admin, cms.Publish{Entry: entry, Lang: models.Facts, Version: d.Version + 1}); err != nil {
		t.Fatal(err)
	}
}

func TestTermPages(t *testing.T) {
	t.Parallel()
	f := newTermFixture(t)
	for name, path := range map[string]string{
		"topics.html":                 "/en/topics/",
		"topics_empty_language.html":  "/nl/topics/",
		"topic.html":                  "/en/topics/justice",
		"topic_without_label.html":    "/fr/topics/liberty",
		"instruments.html":            "/en/instruments/",
		"instrument.html":             "/en/instruments/convention-on-the-rights-of-the-child",
		"instrument_ar.html":          "/ar/instruments/اتفاقية-حقوق-الطفل",
		"page_with_terms.html":        f.path(t, f.Long, "en"),
		"topic_without_anything.html": "/ar/topics/liberty",
	} {
		w := get(t, f, (&url.URL{Path: path}).EscapedPath())
		if w.Code != http.StatusOK {
			t.Errorf("%s: %s = %d", name, path, w.Code)
			continue
		}
		t.Run(name, func(t *testing.T) {
			weblint.Expect(t, w.Body.Bytes(), weblint.Options{Styles: true})
			golden(t, name, w.Body.Bytes())
		})
	}
	if f.log.Len() > 0 {
		t.Errorf("logged: %s", f.log)
	}
}

func TestTermAddresses(t *testing.T) {
	t.Parallel()
	f := newTermFixture(t)
	put := func(id string, labels ...models.TermLabel) {
		t.Helper()
		was, err := f.CMS.Term(t.Context(), f.Admin, models.VocabularyTopic, id)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.CMS.PutTerm(t.Context(), f.Admin, cms.PutTerm{Vocabulary: models.VocabularyTopic, ID: id, Version: was.Version(), Labels: labels}); err != nil {
			t.Fatal(err)
		}
	}
	put("liberty", models.TermLabel{Lang: "en", Label: "Freedom", Slug: "freedom"}, models.TermLabel{Lang: "fr", Label: "Liberté", Slug: "liberte"})
	// A redirect that somebody made goes before the pages of terms.
	f.Tx(t, func(tx *store.Tx) error {
		return tx.AddRedirect(models.Address{Lang: "en", Path: "topics/old-campaign", URL: "/en/news/", Origin: models.AddressManual}, f.Admin.ID)
	})
	for _, tt := range []struct {
		target string
		status int
		to     string
	}{
		{"/en/topics/", 200, ""},
		{"/en/topics", 301, "/en/topics/"},
		{"/en/Topics/", 301, "/en/topics/"},
		{"/en/topics/?page=2", 301, "/en/topics/"},
		{"/en/topics/justice", 200, ""},
		{"/en/topics/justice?page=1", 200, ""},
		{"/en/topics/justice/", 301, "/en/topics/justice"},
		{"/en/topics/Justice?page=2&x=y", 301, "/en/topics/justice?page=2"},
		{"/en/topics/justice-fr", 301, "/en/topics/justice"},
		{"/fr/topics/justice", 301, "/fr/topics/justice-fr"},
		{"/nl/topics/justice-fr", 301, "/nl/topics/justice"},
		{"/nl/topics/justice", 200, ""},
		{"/en/topics/liberty", 301, "/en/topics/freedom"},
		{"/fr/topics/liberty", 301, "/fr/topics/liberte"},
		{"/en/topics/old-campaign", 301, "/en/news/"},
		{"/en/topics/nothing", 404, ""},
		{"/en/topics/justice?page=0", 404, ""},
		{"/en/topics/justice?page=02", 404, ""},
		{"/en/topics/justice?page=2", 404, ""},
		{"/en/topics/justice/more", 404, ""},
		{"/en/topics/mena", 404, ""},
		{"/en/topics/convention-on-the-rights-of-the-child", 404, ""},
		{"/en/instruments/crc", 301, "/en/instruments/convention-on-the-rights-of-the-child"},
		{"/en/regions/", 404, ""},
		{"/de/topics/", 404, ""},
	} {
		w := get(t, f, tt.target)
		if w.Code != tt.status || w.Header().Get("Location") != tt.to {
			t.Errorf("%s = %d to %q, want %d to %q", tt.target, w.Code, w.Header().Get("Location"), tt.status, tt.to)
		}
	}
	for path, want := range map[string]bool{
		"/en/topics/justice": true, "/en/TOPICS/justice/": true, "/ar/instruments/x": true, "/en/topics/a/b": false, "/en/about-us": false,
	} {
		if got := slices.Contains(site.Params(path), "page"); got != want {
			t.Errorf("Params(%q) has page: %v", path, got)
		}
	}
}

// A merged term is the other one everywhere at once: its address, what carried
// it, and the programs that know its id.
func TestMergedTermIsTheOtherForReaders(t *testing.T) {
	t.Parallel()
	f := newTermFixture(t)
	was, err := f.CMS.Term(t.Context(), f.Admin, models.VocabularyTopic, "liberty")
	if err != nil {
		t.Fatal(err)
	}
	head := f.Store.Head()
	changed, err := f.CMS.MergeTerm(t.Context(), f.Admin, models.VocabularyTopic, "liberty", "justice", was.Version())
	if err != nil || changed != 1 {
		t.Fatalf("MergeTerm = %d, %v; want 1 entry", changed, err)
	}
	if f.Store.Head() <= head {
		t.Error("the journal stood still")
	}
	if w := get(t, f, "/en/topics/liberty"); w.Code != 301 || w.Header().Get("Location") != "/en/topics/justice" {
		t.Errorf("its address = %d to %q", w.Code, w.Header().Get("Location"))
	}
	body := get(t, f, f.path(t, f.Press, "en")).Body.String()
	if n := strings.Count(body, `href="/en/topics/`); n != 1 {
		t.Errorf("the item that carried both links to %d topics", n)
	}
	if body := get(t, f, "/en/topics/").Body.String(); strings.Contains(body, "Liberty") {
		t.Error("the list still has it")
	}
}

func TestTermListsItsNewsInPages(t *testing.T) {
	t.Parallel()
	f := newTermFixture(t)
	err := f.CMS.Batch(t.Context(), f.Admin, func(b *cms.Batch) error {
		for i := range 22 {
			_, err := b.CreatePublic(cms.NewEntry{Kind: models.KindNews, Section: f.Root, Lang: "en", Title: fmt.Sprintf("Item %02d", i), Summary: "S.",
				Facts: models.Values{"date": fmt.Sprintf("2026-02-%02d", i+1), "topics": []any{"justice"}}})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	first, second := get(t, f, "/en/topics/justice").Body.String(), get(t, f, "/en/topics/justice?page=2").Body.String()
	for page, titles := range map[string][]string{first: {"Item 21", "Item 02", "Long page", "Courts that"}, second: {"Item 01", "Item 00", "A statement"}} {
		for _, title := range titles {
			if !strings.Contains(page, title) {
				t.Errorf("a page lacks %q", title)
			}
		}
	}
	if strings.Contains(first, "Item 01") || strings.Contains(second, "Item 02") || strings.Contains(second, "Long page") {
		t.Error("the pages overlap")
	}
	if !strings.Contains(first, `href="/en/topics/justice?page=2" rel="next"`) || !strings.Contains(second, `href="/en/topics/justice" rel="prev"`) {
		t.Error("the pages do not link to each other")
	}
	if !strings.Contains(second, `<link rel="canonical" href="https://site.example/en/topics/justice?page=2">`) || strings.Contains(second, "hreflang=\"x-default\"") {
		t.Error("the head of the second page")
	}
	if w := get(t, f, "/en/topics/justice?page=3"); w.Code != 404 {
		t.Errorf("page 3 = %d", w.Code)
	}
}
