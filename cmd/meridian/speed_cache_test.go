package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
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

var (
	zipfEntries = flag.Int("zipfentries", 10_000, "how many entries BenchmarkSpeed/zipf has")
	zipfTime    = flag.Duration("zipftime", 8*time.Second, "how long each of its rounds lasts")
)

// benchKept measures what the table of benchCached has no room for: a list, and
// the answer to who has the page already against the page itself.
func benchKept(b *testing.B) {
	s := seeded(b, 300, "en", "fr")
	h := benchHandler(b, s)
	list := "/api/v1/news?lang=en&limit=20"
	for _, enc := range []string{"", "gzip"} {
		compareCached(b, h, "JSON list", list, enc)
	}
	for _, tt := range []struct{ name, url string }{{"HTML page", somePages(b, s, 1)[0]}, {"JSON list", list}} {
		whole := httptest.NewRequest(http.MethodGet, "http://127.0.0.1:8080"+tt.url, nil)
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, whole)
		held := whole.Clone(context.Background())
		held.Header.Set("If-None-Match", rec.Header().Get("ETag"))
		run := func(r *http.Request) float64 {
			const n = 20000
			start := time.Now()
			for range n {
				h.ServeHTTP(&sink{header: http.Header{}}, r)
			}
			return time.Since(start).Seconds() / n
		}
		short, long, ratios := measure(run, held, whole)
		say("304 of a cached "+tt.name, short.in("µs", 1e6), fmt.Sprintf("its 200 %s; speed against it ×%.2f (%.2f–%.2f)", long.in("µs", 1e6), ratios.median(), ratios[0], ratios[len(ratios)-1]))
		b.ReportMetric(ratios.median(), "304-"+tt.url[1:3]+"-ratio")
	}
}

// benchZipf reads pages over loopback, some far more often than others, while
// somebody publishes once a second, and compares that with the same while nobody
// does.
func benchZipf(b *testing.B) {
	ctx := context.Background()
	s := seeded(b, *zipfEntries, "en")
	c := cms.New(s)
	admin := models.User{ID: "bench", Lang: "en", Grants: []models.Grant{{Role: models.RoleAdministrator}}}
	var root models.Entry
	var ids []string
	err := s.View(ctx, func(r *store.Read) (err error) {
		if root, err = r.Root(); err != nil {
			return err
		}
		ids, _, err = r.EntryIDs(store.RowFilter{Kind: models.KindPage, Lang: "en", All: true, Limit: 500})
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	pages := somePages(b, s, *zipfEntries)
	srv := httptest.NewServer(benchHandler(b, s))
	defer srv.Close()
	client := &http.Client{Transport: &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: zipfReaders}}
	defer client.CloseIdleConnections()

	n := 0
	publish := func() float64 { // other words of a page, then a news item, in turn
		n++
		start := time.Now()
		if n%2 == 0 {
			err := c.Batch(ctx, admin, func(t *cms.Batch) error {
				_, err := t.CreatePublic(cms.NewEntry{Kind: models.KindNews, Section: root.ID, Lang: "en", Title: fmt.Sprint("News ", n), Facts: models.Values{"date": "2026-11-25"}})
				return err
			})
			if err != nil {
				b.Fatal(err)
			}
			return time.Since(start).Seconds()
		}
		id := ids[n%len(ids)]
		ed, err := c.Editor(ctx, admin, id, "en")
		if err != nil {
			b.Fatal(err)
		}
		d, err := c.Save(ctx, admin, cms.SaveDraft{Entry: id, Lang: "en", Version: ed.Edition.Version, Title: ed.Draft.Title, Summary: fmt.Sprint("Summary ", n), Body: ed.Doc})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := c.Publish(ctx, admin, cms.Publish{Entry: id, Lang: "en", Version: d.Version, FactsVersion: ed.FactsEdition.Version}); err != nil {
			b.Fatal(err)
		}
		return time.Since(start).Seconds()
	}
	read := func(every time.Duration) (perSecond float64, took figures) {
		stop := make(chan struct{})
		var mu sync.Mutex
		var wg sync.WaitGroup
		for w := range zipfReaders {
			wg.Go(func() {
				zipf := rand.NewZipf(rand.New(rand.NewPCG(uint64(w), 5)), 1.1, 1, uint64(len(pages)-1))
				var mine figures
				for {
					select {
					case <-stop:
						mu.Lock()
						defer mu.Unlock()
						took = append(took, mine...)
						return
					default:
					}
					start := time.Now()
					res, err := client.Get(srv.URL + pages[zipf.Uint64()])
					if err != nil {
						b.Error(err)
						return
					}
					_, _ = io.Copy(io.Discard, res.Body)
					_ = res.Body.Close()
					if res.StatusCode != http.StatusOK {
						b.Errorf("%s: %d", res.Request.URL, res.StatusCode)
						return
					}
					mine = append(mine, time.Since(start).Seconds())
				}
			})
		}
		start := time.Now()
		for time.Since(start) < *zipfTime {
			time.Sleep(min(every, *zipfTime))
			if every < *zipfTime {
				publish()
			}
		}
		d := time.Since(start).Seconds()
		close(stop)
		wg.Wait()
		return float64(len(took)) / d, sorted(took)
	}
	read(time.Hour) // what is read often is in the cache now
	var still, moving, ratios, slow, quiet figures
	for range 3 {
		x, a := read(time.Hour)
		y, z := read(time.Second)
		still, moving, ratios = append(still, x), append(moving, y), append(ratios, y/x)
		quiet, slow = append(quiet, a[len(a)*99/100]), append(slow, z[len(z)*99/100])
	}
	for _, f := range []figures{still, moving, ratios, slow, quiet} {
		slices.Sort(f)
	}
	say(fmt.Sprintf("reading with one publish a second, %d pages, Zipf 1.1, %d connections", len(pages), zipfReaders), fmt.Sprintf("%.0f/s (%.0f–%.0f), p99 %s", moving.median(), moving[0], moving[len(moving)-1], slow.in("ms", 1e3)),
		fmt.Sprintf("without publishes %.0f/s, p99 %s: ×%.2f (%.2f–%.2f)", still.median(), quiet.in("ms", 1e3), ratios.median(), ratios[0], ratios[len(ratios)-1]))
	b.ReportMetric(ratios.median(), "zipf-ratio")
	b.ReportMetric(slow.median()*1e3, "zipf-p99-ms")
}

// zipfReaders is how many connections ask at once.
const zipfReaders = 8
