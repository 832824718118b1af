package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"meridian/cms"
	"meridian/cms/account"
	"meridian/models"
	"meridian/models/store"
)

// benchMove moves a branch with 10,000 entries below it, in three languages,
// and asks for pages all the while.
func benchMove(b *testing.B) {
	s := seeded(b, 10_000, "en", "fr", "nl")
	c, ctx := cms.New(s), context.Background()
	admin := models.User{ID: "bench", Lang: "en", Grants: []models.Grant{{Role: models.RoleAdministrator}}}
	var root models.Entry
	var tops []models.Entry
	section := func(title string) (e models.Entry) {
		err := c.Batch(ctx, admin, func(b *cms.Batch) (err error) {
			e, err = b.CreatePublic(cms.NewEntry{Kind: models.KindSection, Type: models.TypeArea, Section: root.ID, Lang: "en", Title: title})
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
		return e
	}
	err := s.View(ctx, func(r *store.Read) (err error) {
		if root, err = r.Root(); err != nil {
			return err
		}
		tops, err = r.SectionsBelow(root.Branch)
		tops = slices.DeleteFunc(tops, func(e models.Entry) bool { return e.Section() != root.ID })
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	top, aside := section("The whole"), section("Aside")
	for _, e := range tops {
		if _, err := c.Move(ctx, admin, cms.Move{Entry: e.ID, Version: e.Version, Section: top.ID}); err != nil {
			b.Fatal(err)
		}
	}
	var below store.BranchFacts
	if err := s.View(ctx, func(r *store.Read) (err error) { below, err = r.BranchFacts(top); return err }); err != nil {
		b.Fatal(err)
	}
	h := benchHandler(b, s)
	pages := somePages(b, s, 200)
	done := make(chan struct{})
	var answers figures
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-done:
				return
			default:
			}
			// What moves is asked for too: its old address answers until the new one does.
			req := httptest.NewRequest(http.MethodGet, "http://127.0.0.1:8080"+pages[i%len(pages)]+fmt.Sprint("?", i), nil)
			start := time.Now()
			out := httptest.NewRecorder()
			h.ServeHTTP(out, req)
			answers = append(answers, time.Since(start).Seconds())
			if out.Code != http.StatusOK && out.Code != http.StatusMovedPermanently {
				b.Errorf("%s answers %d", req.URL, out.Code)
				return
			}
		}
	})
	var took figures
	to := []string{aside.ID, root.ID}
	for i := range 4 {
		start := time.Now()
		out, err := c.Move(ctx, admin, cms.Move{Entry: top.ID, Version: top.Version, Section: to[i%2]})
		if err != nil {
			b.Fatal(err)
		}
		top = out.Entry
		took = append(took, time.Since(start).Seconds())
		if i == 0 {
			b.Logf("%d addresses of %d entries", out.Addresses, below.Entries)
		}
	}
	close(done)
	wg.Wait()
	answers, took = sorted(answers), sorted(took)
	say(fmt.Sprintf("move of a branch, %d entries in 3 languages", below.Entries), took.in("s", 1),
		fmt.Sprintf("readers meanwhile: %.2g ms median, %.3g ms longest", answers.median()*1e3, answers[len(answers)-1]*1e3))
	b.ReportMetric(took.median(), "move-s")
}

// benchTree asks for the screens of the tree over 10,000 entries in three
// languages, as an administrator who signed in. The times are the server's.
func benchTree(b *testing.B) {
	s := seeded(b, 10_000, "en", "fr", "nl")
	h := benchHandler(b, s)
	cookies := signIn(b, s, h)
	var full string // the section with the longest list
	err := s.View(context.Background(), func(r *store.Read) error {
		root, err := r.Root()
		if err != nil {
			return err
		}
		tops, err := r.SectionsBelow(root.Branch)
		most := 0
		for _, e := range tops {
			if e.Section() != root.ID {
				continue
			}
			list, _, err := r.Tree(store.TreeFilter{Section: e.ID, All: true, Limit: cms.TreePerLevel})
			if err != nil {
				return err
			}
			if len(list) > most {
				full, most = e.ID, len(list)
			}
		}
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	const asked = 40
	for _, tt := range []struct{ name, url string }{
		{"first view", "/admin/content"},
		{"a level opened", "/admin/content?open=" + full},
		{"a common word looked for", "/admin/content?q=right"},
		{"a word looked for that is nowhere", "/admin/content?q=zzzz"},
	} {
		var took figures
		size, queries := 0, int64(0)
		for i := range asked + 1 {
			r := httptest.NewRequest(http.MethodGet, "http://127.0.0.1:8080"+tt.url, nil)
			for _, c := range cookies {
				r.AddCookie(c)
			}
			w := httptest.NewRecorder()
			before, start := store.QueriesRun(), time.Now()
			h.ServeHTTP(w, r)
			if d := time.Since(start).Seconds(); i > 0 { // the first one parses the templates
				took = append(took, d)
			}
			queries = store.QueriesRun() - before
			if w.Code != http.StatusOK {
				b.Fatalf("%s: %d", tt.url, w.Code)
			}
			if i == asked {
				size = zipped(b, w.Body.Bytes())
			}
		}
		took = sorted(took)
		say("tree screen of 10,000 entries in 3 languages, "+tt.name, took.in("ms", 1e3), fmt.Sprintf("%.1f KB compressed, %d queries", float64(size)/1e3, queries))
		if tt.name == "first view" {
			b.ReportMetric(took.median()*1e3, "tree-ms")
		}
	}
}

// zipped is how many bytes a page has compressed: the back office leaves that
// to what stands in front of it.
func zipped(b *testing.B, body []byte) int {
	b.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(body); err != nil {
		b.Fatal(err)
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	return out.Len()
}

// signIn makes an administrator and returns the cookies of their session.
func signIn(b *testing.B, s *store.Store, h http.Handler) []*http.Cookie {
	b.Helper()
	const email, password = "bench@site.example", "seven-sections-and-a-sea"
	if _, err := account.New(s, account.Options{}).RecoverAdmin(context.Background(), email, password); err != nil {
		b.Fatal(err)
	}
	form := url.Values{"email": {email}, "password": {password}}
	r := httptest.NewRequest(http.MethodPost, "http://127.0.0.1:8080/admin/sign-in", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != http.StatusSeeOther {
		b.Fatalf("signing in: %d", w.Code)
	}
	return w.Result().Cookies()
}
