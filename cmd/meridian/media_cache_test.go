package main

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"meridian/cms"
	"meridian/cms/account"
	"meridian/cms/block"
	"meridian/cms/cmstest"
	"meridian/models"
)

// TestSharedCacheForgetsFiles has a cache of somebody else read everything that
// shows two pictures: one of a child, one of nobody. Then the consent for the one
// is taken back and the other is deleted. Nobody gets anything of the first any
// more, not even out of that cache; of the second only its files, which were
// declared to be kept for ever.
func TestSharedCacheForgetsFiles(t *testing.T) {
	t.Parallel()
	for _, bound := range []time.Duration{0, 20 * time.Second} {
		t.Run(bound.String(), func(t *testing.T) {
			t.Parallel()
			env := cmstest.New(t)
			child := env.File(t, cmstest.NewFile{People: models.PeopleChildren, Title: "Amina at school", Credit: "Ana Amina"})
			env.Consent(t, child.ID, models.Consent{})
			tree := env.File(t, cmstest.NewFile{Title: "An oak"})
			show := func(id, alt string) block.Node {
				return block.Node{Type: "image", Attrs: map[string]any{"media": "media:" + id, "alt": alt, "size": "text"}}
			}
			news := env.Create(t, cms.NewEntry{Kind: models.KindNews, Section: env.About, Lang: "en", Title: "Pictures", Facts: models.Values{"date": "2026-11-20", "lead_picture": child.ID}})
			env.Write(t, news, "en", "Two of them.", show(child.ID, "Amina, nine"), show(tree.ID, "An oak tree"))
			env.Publish(t, news, "en")
			h, err := newHandler(env.Store, account.New(env.Store, account.Options{}), handlerOptions{
				Base: "https://site.example", CacheBytes: 16 << 20, Shared: bound, Open: env.Open, Library: env.Library, Clock: env.Clock.Now, Logger: slog.New(slog.DiscardHandler),
			})
			if err != nil {
				t.Fatal(err)
			}
			p := &proxy{origin: h, now: time.Now(), kept: map[string][]*keptAnswer{}}
			read := func(target string) (int, string) {
				r := httptest.NewRequest(http.MethodGet, target, nil)
				r.Host = "site.example"
				status, _, body := p.answer(r)
				return status, string(body)
			}
			targets := []string{
				"/en/", "/en/about-us/", "/en/about-us/news/", "/en/news/", "/en/about-us/news/2026/pictures", "/en/feed.atom", "/en/about-us/feed.rss", "/en/about-us/feed.json",
				"/api/v1/news?lang=en&body=blocks,html,markdown&include=media", "/api/v1/news/" + news, "/api/v1/media/" + child.ID, "/api/v1/media/" + tree.ID, "/api/v1/search?q=pictures&lang=en", "/en/search?q=amina",
			}
			address := regexp.MustCompile(`/media/[0-9a-z]{26}/[^" ,)\\]+`)
			var files []string
			for range 2 { // the second time out of the cache
				for _, target := range targets {
					status, body := read(target)
					if status != 200 {
						t.Fatalf("%s = %d", target, status)
					}
					files = append(files, address.FindAllString(body, -1)...)
				}
			}
			slices.Sort(files)
			files = slices.Compact(files)
			of := func(id string) (list []string) {
				for _, f := range files {
					if strings.HasPrefix(f, "/media/"+id+"/") {
						list = append(list, f)
					}
				}
				return list
			}
			for range 2 {
				for _, f := range files {
					if status, _ := read(f); status != 200 {
						t.Fatalf("%s = %d", f, status)
					}
				}
			}
			if len(of(child.ID)) < 15 || len(of(tree.ID)) < 15 || p.hits == 0 || p.held == 0 {
				t.Fatalf("%d and %d files, %d hits, %d held", len(of(child.ID)), len(of(tree.ID)), p.hits, p.held)
			}

			env.WithdrawConsent(t, child.ID)
			env.PutAsset(t, tree.ID, func(a *models.Asset) { now := env.Clock.Now(); a.TrashedAt = &now })
			for _, f := range of(child.ID) {
				if status, body := read(f); status != http.StatusGone || strings.Contains(body, child.VersionID) {
					t.Errorf("%s = %d %s", f, status, body)
				}
			}
			p.now = p.now.Add(bound)
			for _, target := range targets {
				status, body := read(target)
				gone := strings.HasPrefix(target, "/api/v1/media/")
				if gone && status != http.StatusGone || !gone && status != http.StatusOK {
					t.Errorf("%s = %d", target, status)
				}
				body = strings.ReplaceAll(body, "q=amina", "") // asked for
				body = strings.ReplaceAll(body, `value="amina"`, "")
				for _, no := range []string{"Amina", "/media/" + child.ID, "/media/" + tree.ID, "oak tree", "og:image"} {
					if strings.Contains(body, no) {
						t.Errorf("%s still says %q", target, no)
					}
				}
			}
			for _, f := range of(tree.ID) {
				r := httptest.NewRequest(http.MethodGet, f, nil)
				r.Host = "site.example"
				if w := p.ask(r); w.Code != http.StatusGone {
					t.Errorf("asked for, %s = %d", f, w.Code)
				}
				kept := p.kept[f]
				if status, _ := read(f); status == 200 && (len(kept) != 1 || kept[0].header.Get("Cache-Control") != "public, max-age=31536000, immutable") {
					t.Errorf("%s was not declared to be kept: %v", f, fmt.Sprint(kept))
				}
			}
		})
	}
}
