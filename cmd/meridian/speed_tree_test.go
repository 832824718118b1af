package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"meridian/cms"
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
