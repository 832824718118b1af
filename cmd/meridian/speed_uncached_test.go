package main

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"meridian/cms/account"
	"meridian/models/store"
)

var uncachedData = flag.String("uncacheddata", "", "data folder that BenchmarkSpeed/uncached reads in place of a corpus of its own")

// benchUncached measures answers that no cache helps with: a page, an item, a
// list of twenty with a filter, the news of a section with what they name. Each
// is compared over loopback with a bare handler that writes the same bytes.
func benchUncached(b *testing.B) {
	const entries = 10_000
	var s *store.Store
	corpus := fmt.Sprintf("%d entries in three languages", entries)
	if *uncachedData != "" {
		var err error
		if s, err = store.Open(context.Background(), *uncachedData, store.Options{}); err != nil {
			b.Fatal(err)
		}
		defer s.Close()
		corpus = *uncachedData
	} else {
		s = seeded(b, entries, "en", "fr", "nl")
	}
	h, err := newHandler(s, account.New(s, account.Options{}), handlerOptions{Base: "http://127.0.0.1:8080", Library: noFiles(s)})
	if err != nil {
		b.Fatal(err)
	}
	for _, k := range questions(b, s) {
		name := k.name + ", " + corpus
		times, ask := uncached(b, h, k)
		u := k.url(rand.New(rand.NewPCG(5, 6)))
		rec := ask(u)
		path, _, _ := strings.Cut(u, "?")
		a, z := httptest.NewServer(h), httptest.NewServer(bare(path, rec.Header(), rec.Body.Bytes()))
		_, _, wire := measure(overLoopback(b, u, "", rec.Body.Len()), a, z)
		a.Close()
		z.Close()
		say("uncached "+name, fmt.Sprintf("%.2f ms median, %.2f ms p95", times.median()*1e3, times[len(times)*95/100]*1e3),
			fmt.Sprintf("one of them over loopback ×%.2f (%.2f–%.2f) the speed of bare Gin", wire.median(), wire[0], wire[len(wire)-1]))
	}
}

// question is a kind of address that readers or other sites ask for.
type question struct {
	name string
	url  func(*rand.Rand) string
}

// questions are those about a seeded corpus.
func questions(b *testing.B, s *store.Store) []question {
	b.Helper()
	pages, ids, sections := somePages(b, s, 1000), someIDs(b, s, "page", 1000), someIDs(b, s, "section", 200)
	return []question{
		{"HTML page", func(r *rand.Rand) string { return pages[r.IntN(len(pages))] }},
		{"JSON item", func(r *rand.Rand) string { return "/api/v1/pages/" + ids[r.IntN(len(ids))] + "?lang=en" }},
		{"JSON list of 20, filtered", func(r *rand.Rand) string {
			return fmt.Sprintf("/api/v1/news?lang=en&limit=20&filter[date][lt]=%d-01-01", 2007+r.IntN(18))
		}},
		{"JSON list of 20 of a section, with sections and editions", func(r *rand.Rand) string {
			return "/api/v1/news?lang=en&limit=20&section=" + sections[r.IntN(len(sections))] + "&include=section,editions"
		}},
	}
}

// uncached asks a handler without a cache 400 times and returns the seconds each
// answer took, and how to ask once more.
func uncached(b *testing.B, h http.Handler, k question) (figures, func(string) *httptest.ResponseRecorder) {
	b.Helper()
	ask := func(u string) *httptest.ResponseRecorder {
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "http://127.0.0.1:8080"+u, nil))
		if rec.Code != http.StatusOK {
			b.Fatalf("%s: %d %s", u, rec.Code, rec.Body)
		}
		return rec
	}
	r := rand.New(rand.NewPCG(3, 4))
	var times figures
	for range 400 {
		u := k.url(r)
		start := time.Now()
		ask(u)
		times = append(times, time.Since(start).Seconds())
	}
	return sorted(times), ask
}

// someIDs returns the ids of up to n public entries of a kind.
func someIDs(b *testing.B, s *store.Store, kind string, n int) []string {
	b.Helper()
	var out []string
	for _, it := range items(b, s, kind) {
		out = append(out, it.ID)
	}
	slices.Sort(out)
	return out[:min(n, len(out))]
}
