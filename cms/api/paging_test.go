package api

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"meridian/cms/live"
	"meridian/models"
)

// TestPagingUnderWrites walks lists while two hundred items come and go between
// the pages: what was there from beginning to end is met exactly once, and
// nothing twice.
func TestPagingUnderWrites(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.topic(t, "t-justice", "Justice")
	r := rand.New(rand.NewPCG(1, 2))
	make1 := func(n int) string {
		if r.IntN(4) == 0 { // in between, everything ties
			s.Clock.Advance(time.Duration(r.IntN(3)) * time.Second)
		}
		id := s.news(t, []string{s.Root, s.Belgium}[n%2], fmt.Sprintf("Item %02d", r.IntN(20)), models.Values{
			"date": fmt.Sprintf("2026-05-%02d", 1+r.IntN(5)), "topics": []any{"t-justice"}})
		if n%3 == 0 {
			s.Translate(t, id, "fr", fmt.Sprintf("Titre %02d", r.IntN(20)))
			s.Publish(t, id, "fr")
		}
		return id
	}
	var steady, passing []string
	for n := range 70 {
		steady = append(steady, make1(n))
	}
	for n := range 40 {
		passing = append(passing, make1(n))
	}
	writes := 0
	for _, query := range []string{
		"lang=en", "lang=en&sort=date,-title", "lang=en&sort=-updated_at", "sort=title", "sort=-published_at,title", "lang=fr&fallback=en", "fallback=en,fr&sort=title,-date,updated_at",
		"lang=en&topic=t-justice", "lang=fr&fallback=en&filter[topics]=t-justice&filter[date][gte]=2026-05-01&section=" + s.Root, "fresh=true&lang=en&sort=published_at",
	} {
		seen := map[string]int{}
		pages := 0
		for target := Root + "/news?limit=11&" + query; target != ""; pages++ {
			if pages > 60 {
				t.Fatalf("%s does not end", query)
			}
			var l list
			s.into(t, target, &l)
			for _, it := range l.Items {
				seen[it.ID+" "+it.Lang]++
			}
			target = ""
			if l.Next != nil {
				target = local(t, *l.Next)
			}
			for range 4 {
				writes++
				if writes%2 == 0 && len(passing) > 0 {
					i := r.IntN(len(passing))
					s.unpublish(t, passing[i], "en")
					passing = slices.Delete(passing, i, i+1)
				} else {
					passing = append(passing, make1(writes))
				}
			}
		}
		for key, n := range seen {
			if n != 1 {
				t.Errorf("%s: %s came %d times", query, key, n)
			}
		}
		for _, id := range steady {
			if seen[id+" en"] == 0 && seen[id+" fr"] == 0 {
				t.Errorf("%s: %s was passed over", query, id)
			}
		}
	}
	if writes < 200 {
		t.Errorf("only %d items came or went", writes)
	}
}

// TestCursorOfFilters: a cursor belongs to the filters and the languages it was
// made with.
func TestCursorOfFilters(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for i := range 3 {
		s.news(t, s.Root, fmt.Sprint("Item ", i), models.Values{"date": "2026-05-01"})
	}
	var l list
	s.into(t, Root+"/news?limit=1&lang=en&filter[title][starts]=Item", &l)
	next := local(t, *l.Next)
	s.get(t, next+"&fields=title&include=section&count=true", http.StatusOK)
	cursor := next[len(Root+"/news?cursor="):]
	for i := range cursor {
		if cursor[i] == '&' {
			cursor = cursor[:i]
			break
		}
	}
	for _, more := range []string{
		"lang=en", "lang=en&filter[title][starts]=Ite", "lang=en&filter[title][gte]=Item", "lang=en&filter[title][starts]=Item&filter[date][gte]=2026",
		"lang=en&filter[title][starts]=Item&fresh=true", "lang=en&fallback=fr&filter[title][starts]=Item", "lang=en&filter[title][starts]=Item&sort=-date,title",
	} {
		var p Problem
		decode(t, s.get(t, Root+"/news?"+more+"&cursor="+cursor, http.StatusBadRequest), &p)
		if len(p.Errors) != 1 || p.Errors[0].Code != codeMismatch {
			t.Errorf("cursor with %q: %+v", more, p.Errors)
		}
	}
}

// TestListsTakeTurns: when as many lists are made as may be, the next one is
// told to come back, and pages, items and the index are answered all the same.
func TestListsTakeTurns(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ctx, free := context.WithCancel(t.Context())
	done := make(chan error)
	held := make(chan struct{}, 100)
	n := 0
	for ; n < 100; n++ { // more than there are turns
		started := make(chan struct{})
		go func() {
			err := s.Live.ListView(ctx, func(*live.View) error {
				held <- struct{}{}
				close(started)
				<-ctx.Done()
				return nil
			})
			if errors.Is(err, live.ErrBusy) {
				close(started)
			}
			done <- err
		}()
		<-started
		if len(held) == n {
			n++
			break
		}
	}
	if n > 20 {
		t.Fatalf("%d lists at once", n)
	}
	w := s.do(t, http.MethodGet, Root+"/pages")
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" || w.Header().Get("Content-Type") != "application/problem+json" || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("a list too many: %d %v", w.Code, w.Header())
	}
	s.get(t, Root+"/pages/"+s.Page, http.StatusOK)
	s.get(t, Root, http.StatusOK)
	// Whoever goes away while waiting is not waited for.
	gone, leave := context.WithCancel(t.Context())
	leave()
	before := time.Now()
	s.h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(gone, http.MethodGet, Root+"/pages", nil))
	if d := time.Since(before); d > 500*time.Millisecond {
		t.Errorf("the list of somebody who left took %v", d)
	}
	free()
	for range n {
		<-done
	}
	s.get(t, Root+"/pages", http.StatusOK)
}
