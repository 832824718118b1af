package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"meridian/cms/live"
	"meridian/models/store"
)

var searchData = flag.String("searchdata", "", "data folder, filled by meridian seed, that BenchmarkSpeed/search searches in place of a corpus of its own; its search index is merged")

// searched are words of the synthetic corpus: those that most of its texts have,
// and those that some have.
var (
	commonest = []string{"children", "report", "legal", "training", "judges", "section", "working group", "children report"}
	middling  = []string{"coalition lawyers border", "observatory complaint", "secretariat hearings partners", "family reunification capital summer", "clinic documents guide"}
)

// searchers is how many clients search at once beside those who read pages.
const searchers = 8

// benchSearch measures searches, which no cache answers, and what they leave to
// pages that a cache does answer.
func benchSearch(b *testing.B) {
	corpus := "10,000 entries in three languages"
	var s *store.Store
	if *searchData != "" {
		var err error
		if s, err = store.Open(context.Background(), *searchData, store.Options{}); err != nil {
			b.Fatal(err)
		}
		defer s.Close()
		corpus = *searchData
	} else {
		s = seeded(b, 10_000, "en", "fr", "nl")
	}
	for more := true; more; { // as a server does beside its work
		var err error
		if more, err = s.MergeSearch(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	reader := live.New(s, "https://site.example")
	for _, tt := range []struct {
		name, metric, kind string
		queries            []string
	}{
		{"commonest words", "common", "", commonest},
		{"middling words", "middling", "", middling},
		{"words in pages only", "narrowed", "page", []string{"children", "observatory complaint"}},
		{"misspelt words", "misspelt", "", []string{"obsrevatory", "secretariet lawers"}},
	} {
		took := searches(b, reader, tt.queries, tt.kind)
		say("searching for "+tt.name+", "+corpus, fmt.Sprintf("%.2f ms median, %.2f ms p99", took.median()*1e3, took[len(took)*99/100]*1e3), "")
		b.ReportMetric(took.median()*1e3, tt.metric+"-p50-ms")
		b.ReportMetric(took[len(took)*99/100]*1e3, tt.metric+"-p99-ms")
	}
	besideSearches(b, benchHandler(b, s), somePages(b, s, 1)[0], corpus)
}

// searches looks 400 times for one query after the other and returns the seconds
// each search took.
func searches(b *testing.B, reader *live.Reader, queries []string, kind string) figures {
	b.Helper()
	var took figures
	for n := range 408 { // the first few fill what is kept in memory
		q := queries[n%len(queries)]
		start := time.Now()
		err := reader.SearchView(b.Context(), func(v *live.View) error {
			found, err := v.Search(live.SearchQuery{Text: q, Lang: "en", Kind: kind, Limit: 20})
			if err == nil && len(found.Results) == 0 {
				return fmt.Errorf("nothing has %q", q)
			}
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
		if n >= 8 {
			took = append(took, time.Since(start).Seconds())
		}
	}
	return sorted(took)
}

// besideSearches compares the rate of a cached page over loopback with its rate
// while as many clients as can search for the commonest words, in one process.
func besideSearches(b *testing.B, h http.Handler, page, corpus string) {
	srv := httptest.NewServer(h)
	defer srv.Close()
	client := &http.Client{Transport: &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: searchers + 1}}
	defer client.CloseIdleConnections()
	get := func(url string) (int, error) {
		res, err := client.Get(srv.URL + url)
		if err != nil {
			return 0, err
		}
		_, err = io.Copy(io.Discard, res.Body)
		_ = res.Body.Close()
		return res.StatusCode, err
	}
	rate := func() float64 {
		const n = 1500
		start := time.Now()
		for range n {
			if status, err := get(page); err != nil || status != http.StatusOK {
				b.Fatalf("%s: %d %v", page, status, err)
			}
		}
		return n / time.Since(start).Seconds()
	}
	rate()
	var alone, beside, ratios figures
	var found, busy atomic.Int64
	var searching time.Duration
	for range 5 {
		x := rate()
		stop := make(chan struct{})
		var wg sync.WaitGroup
		for w := range searchers {
			wg.Go(func() {
				for n := w; ; n++ {
					select {
					case <-stop:
						return
					default:
					}
					switch status, err := get("/en/search?q=" + url.QueryEscape(commonest[n%len(commonest)])); {
					case err != nil:
						b.Error(err)
						return
					case status == http.StatusOK:
						found.Add(1)
					case status == http.StatusServiceUnavailable:
						busy.Add(1)
					default:
						b.Errorf("a search is answered with %d", status)
						return
					}
				}
			})
		}
		start := time.Now()
		y := rate()
		searching += time.Since(start)
		close(stop)
		wg.Wait()
		alone, beside, ratios = append(alone, x), append(beside, y), append(ratios, y/x)
	}
	alone, beside, ratios = sorted(alone), sorted(beside), sorted(ratios)
	say(fmt.Sprintf("cached page beside %d clients that search, %s", searchers, corpus),
		fmt.Sprintf("%.0f/s (%.0f–%.0f)", beside.median(), beside[0], beside[len(beside)-1]),
		fmt.Sprintf("alone %.0f/s: ×%.2f (%.2f–%.2f); %.0f searches/s, %d told to come back", alone.median(), ratios.median(), ratios[0], ratios[len(ratios)-1],
			float64(found.Load())/searching.Seconds(), busy.Load()))
	b.ReportMetric(ratios.median(), "beside-search-ratio")
}
