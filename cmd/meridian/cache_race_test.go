package main

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"meridian/cms"
	"meridian/models/store"
)

// TestPublishIsSeenAtOnce publishes one title after the other while others ask
// for the pages that show it, without a pause. Whoever asks once a publish has
// been answered gets the new title, whoever was asking meanwhile.
func TestPublishIsSeenAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3)
	cached, cache := readers(t, w.env.Store, 16<<20)
	beside, err := store.Open(t.Context(), w.env.Dir, store.Options{Clock: w.env.Clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer beside.Close()
	theirs := cms.New(beside)
	shows := []string{"/en/about-us/our-mission", "/en/about-us/", "/api/v1/pages/" + w.env.Page, "/api/v1/pages?lang=en&sort=title", "/api/v1/tree?lang=en", "/sitemap-en.xml"}
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for i := range 3 {
		wg.Go(func() {
			for n := i; ; n++ {
				select {
				case <-stop:
					return
				default:
					answerOf(cached, shows[n%len(shows)])
				}
			}
		})
	}
	defer wg.Wait()
	defer close(stop)
	for n := range 60 {
		by := w.env.CMS
		if n%4 == 3 {
			by = theirs
		}
		title := fmt.Sprintf("Our mission, text %d", n)
		_, err := by.Save(t.Context(), w.env.Admin, cms.SaveDraft{Entry: w.env.Page, Lang: "en", Version: w.version(w.env.Page, "en"), Title: title})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := by.Publish(t.Context(), w.env.Admin, cms.Publish{Entry: w.env.Page, Lang: "en", Version: w.version(w.env.Page, "en"), FactsVersion: w.version(w.env.Page, "und")}); err != nil {
			t.Fatal(err)
		}
		if by == theirs { // what the timer of the server does
			if err := w.env.Store.Refresh(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		for _, target := range shows[:5] {
			a := answerOf(cached, target)
			if a.status != http.StatusOK || !strings.Contains(a.body, title) {
				t.Fatalf("publish %d: %s answers %d without %q", n, target, a.status, title)
			}
		}
	}
	if s := cache.Stats(); s.Hits == 0 {
		t.Error("nothing came out of the cache")
	}
}

// TestWhatIsNotShownCounts moves things that an answer counts, or stands behind,
// and does not show.
func TestWhatIsNotShownCounts(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	news := func(date string) string {
		id := w.env.Create(t, cms.NewEntry{Kind: "news", Section: w.env.About, Lang: "en", Title: w.title(), Facts: map[string]any{"date": date}})
		w.env.Publish(t, id, "en")
		return id
	}
	old := news("2019-01-01")
	news("2026-01-01")
	page := w.env.Create(t, cms.NewEntry{Kind: "page", Section: w.env.About, Lang: "en", Title: "Counted by nobody"})
	w.env.Publish(t, page, "en")
	cached, _ := readers(t, w.env.Store, 16<<20)
	targets := []string{"/api/v1/news?lang=en&count=true&limit=1&sort=-date&section=" + w.env.About, "/api/v1/pages?lang=en&count=true&limit=1&section=" + w.env.About, "/en/about-us/news/", "/en/about-us/", "/en/"}
	entry := func(id string) (version int) {
		for _, e := range w.entries(nil) {
			if e.ID == id {
				version = e.Version
			}
		}
		return version
	}
	for _, step := range []struct {
		what string
		do   func() error
	}{
		{"nothing", func() error { return nil }},
		{"the old news item goes elsewhere", func() error {
			_, err := w.env.CMS.Move(t.Context(), w.env.Admin, cms.Move{Entry: old, Version: entry(old), Section: w.env.Belgium})
			return err
		}},
		{"it comes back", func() error {
			_, err := w.env.CMS.Move(t.Context(), w.env.Admin, cms.Move{Entry: old, Version: entry(old), Section: w.env.About})
			return err
		}},
		{"the page goes elsewhere", func() error {
			_, err := w.env.CMS.Move(t.Context(), w.env.Admin, cms.Move{Entry: page, Version: entry(page), Section: w.env.Belgium})
			return err
		}},
		{"a page becomes a section", func() error {
			return w.env.CMS.TurnIntoSection(t.Context(), w.env.Admin, w.env.Page, entry(w.env.Page))
		}},
		{"a page stands first", func() error {
			_, err := w.env.CMS.Move(t.Context(), w.env.Admin, cms.Move{Entry: w.env.About, Version: entry(w.env.About), Place: cms.PlaceFirst})
			return err
		}},
	} {
		if err := step.do(); err != nil {
			t.Fatalf("%s: %v", step.what, err)
		}
		plain, _ := readers(t, w.env.Store, 0)
		for _, target := range targets {
			if d := answerOf(cached, target).differs(answerOf(plain, target)); d != "" {
				t.Errorf("%s: %s: %s", step.what, target, d)
			}
		}
	}
}
