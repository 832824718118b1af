package site_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"meridian/cms/live"
)

// TestBusy takes all turns there are, of searches and of lists, and asks for one
// more: the reader is told in the words of his language to come back, within a
// bounded time, and pages are answered all the same. Whoever has left is not
// answered and not complained about.
func TestBusy(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for _, tt := range []struct {
		name, en, fr string
		take         func(context.Context, func(*live.View) error) error
	}{
		{"search", "/en/search?q=treaty", "/fr/search?q=traité", f.Live.SearchView},
		{"list", "/en/news/?year=2026", "/fr/news/?year=2026", f.Live.ListView},
	} {
		ctx, free := context.WithCancel(t.Context())
		done := make(chan error, 100)
		n := 0
		for more := true; more && n < 100; {
			n++
			started := make(chan bool, 1)
			go func() {
				err := tt.take(ctx, func(*live.View) error {
					started <- true
					<-ctx.Done()
					return nil
				})
				if errors.Is(err, live.ErrBusy) {
					started <- false
				}
				done <- err
			}()
			more = <-started
		}
		if n < 2 || n > 9 { // one of the eight connections has to be left
			t.Errorf("%s: %d at once", tt.name, n-1)
		}
		for path, words := range map[string]string{tt.en: "Please try again in a few seconds.", tt.fr: "Réessayez dans quelques secondes."} {
			start := time.Now()
			w := get(t, f, path)
			if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" || w.Header().Get("Cache-Control") != "no-store" ||
				w.Header().Get("Content-Type") != "text/html; charset=utf-8" || !strings.Contains(w.Body.String(), words) {
				t.Errorf("%s: %d %v", path, w.Code, w.Header())
			}
			if d := time.Since(start); d > 4*time.Second {
				t.Errorf("%s waited %v", path, d)
			}
		}
		for _, path := range []string{"/en/", "/en/about-us/our-mission", "/en/news/"} {
			if w := get(t, f, path); w.Code != http.StatusOK {
				t.Errorf("%s beside: %d", path, w.Code)
			}
		}
		gone, leave := context.WithCancel(t.Context())
		leave()
		w := get(t, f, tt.en, func(r *http.Request) { *r = *r.WithContext(gone) })
		if w.Body.Len() > 0 {
			t.Errorf("%s: somebody who left is answered", tt.name)
		}
		free()
		for range n {
			<-done
		}
		if w := get(t, f, tt.en); w.Code != http.StatusOK {
			t.Errorf("%s afterwards: %d", tt.en, w.Code)
		}
	}
	if f.log.Len() > 0 {
		t.Errorf("the log complains: %s", f.log)
	}
}
