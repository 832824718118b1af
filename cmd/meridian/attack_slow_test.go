package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"meridian/cms"
	"meridian/models"
)

// slowTitles makes whatever reads the title of a page in a list take minutes
// when the title is Slow.
const slowTitles = `ALTER TABLE listed RENAME TO listed_all;
	CREATE VIEW listed AS SELECT kind, lang, published_at, edition_id, entry_id, branch, updated_at,
		CASE title WHEN 'Slow' THEN (WITH RECURSIVE n (x) AS (SELECT length(title) UNION ALL SELECT x + 1 FROM n WHERE x < 1000000000) SELECT max(x) FROM n) ELSE title END AS title
		FROM listed_all`

// slowLists are lists that take minutes: one that finds nothing, and one that
// finds something at once and then goes on looking.
var slowLists = map[string]string{
	"nothing":   "/api/v1/pages?lang=en&filter[title][contains]=zzzz",
	"something": "/api/v1/pages?lang=en&filter[title][contains]=Quick",
}

// slowSite serves an installation with slow lists over the wire.
func slowSite(t *testing.T, change ...func(*handlerOptions)) (*target, *httptest.Server) {
	t.Helper()
	tg := newTarget(t, "http://127.0.0.1:8080", change...)
	for _, title := range []string{"Slow", "Quick"} { // the newest comes first
		tg.Clock.Advance(time.Hour)
		id := tg.Create(t, cms.NewEntry{Kind: models.KindPage, Section: tg.About, Lang: "en", Title: title})
		tg.Publish(t, id, "en")
	}
	tg.Exec(t, slowTitles)
	srv := httptest.NewServer(tg)
	t.Cleanup(srv.Close)
	return tg, srv
}

// ask asks over the wire and returns how long it took.
func ask(ctx context.Context, url string) (*answer, time.Duration, error) {
	start := time.Now()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, 0, err
	}
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return nil, 0, err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	return &answer{res.StatusCode, res.Header, string(b)}, time.Since(start), err
}

// wantBusy fails the test unless somebody was told in words to come back.
func wantBusy(t *testing.T, what string, a *answer, contentType, words string) {
	t.Helper()
	if a.status != http.StatusServiceUnavailable || a.header.Get("Retry-After") == "" || a.header.Get("Cache-Control") != "no-store" ||
		!strings.HasPrefix(a.header.Get("Content-Type"), contentType) || !strings.Contains(a.body, words) {
		t.Errorf("%s: %d %v %.300s", what, a.status, a.header, a.body)
	}
}

// TestAttackSlowLists asks for as many slow lists as are made at once. Others
// are told to come back after a while, pages go on, and when the clients hang up
// the turns are free again within a second, with a cache before them or without.
func TestAttackSlowLists(t *testing.T) {
	t.Parallel()
	for name, list := range slowLists {
		for _, cache := range []int64{0, 8 << 20} {
			t.Run(fmt.Sprint(name, " ", cache), func(t *testing.T) {
				t.Parallel()
				tg, srv := slowSite(t, func(o *handlerOptions) { o.CacheBytes = cache })
				ctx, hangUp := context.WithCancel(t.Context())
				defer hangUp()
				var wg sync.WaitGroup
				for n := range 6 { // more than there are turns
					wg.Go(func() { _, _, _ = ask(ctx, fmt.Sprint(srv.URL, list, "&limit=", n+1)) })
				}
				quick := func(n int) (*answer, time.Duration) {
					t.Helper()
					a, d, err := ask(t.Context(), fmt.Sprint(srv.URL, "/api/v1/news?lang=en&limit=", n))
					if err != nil {
						t.Fatal(err)
					}
					return a, d
				}
				n := 1
				a, d := quick(n)
				for ; a.status == http.StatusOK && n < 100; n++ { // they have not begun yet
					a, d = quick(n + 1)
				}
				wantBusy(t, "a list too many", a, "application/problem+json", "too many ask")
				if d > 4*time.Second {
					t.Errorf("a list too many waited %v", d)
				}
				for path, status := range map[string]int{"/en/": 200, "/api/v1/pages/" + tg.Page + "?lang=en": 200, "/en/news/?year=2026": 503, "/fr/news/?year=2026": 503} {
					a, _, err := ask(t.Context(), srv.URL+path)
					switch {
					case err != nil:
						t.Fatal(err)
					case status == http.StatusOK && a.status != status:
						t.Errorf("%s meanwhile: %d", path, a.status)
					case status != http.StatusOK:
						words := map[string]string{"en": "Please try again in a few seconds.", "fr": "Réessayez dans quelques secondes."}[path[1:3]]
						wantBusy(t, path, a, "text/html", words)
					}
				}
				hangUp()
				a, d = quick(150) // waits a second for a turn at most
				if a.status != http.StatusOK {
					t.Errorf("after everybody hung up: %d", a.status)
				}
				t.Logf("a turn was free %v after everybody hung up", d)
				wg.Wait()
				if log := tg.log.String(); strings.Contains(log, `"level":"ERROR"`) {
					t.Errorf("the log complains: %s", log)
				}
			})
		}
	}
}

// TestAttackListDeadline: a list that would take minutes ends with the declared
// problem while its client still waits.
func TestAttackListDeadline(t *testing.T) {
	t.Parallel()
	for name, list := range slowLists {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, srv := slowSite(t)
			ctx, cancel := context.WithTimeout(t.Context(), 15*time.Second)
			defer cancel()
			a, d, err := ask(ctx, srv.URL+list)
			if err != nil {
				t.Fatal(err)
			}
			wantBusy(t, list, a, "application/problem+json", "took too long")
			if d < 4*time.Second || d > 10*time.Second {
				t.Errorf("it took %v", d)
			}
		})
	}
}
