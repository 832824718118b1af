// Package tally counts what readers asked for in vain: addresses that answered
// "not found", or that led elsewhere. Staff see which addresses are worth a
// redirect, and which redirects are still of use. The server wraps the readers'
// side in [Tally.Wrap], in front of the page cache, and calls [Tally.Flush] on a
// timer and once more at the end.
//
// The surprising fact: it knows addresses and numbers and nothing else. No
// query, no client, no time of a single request is kept, addresses with an @
// are left out, and what is counted reaches the database ten seconds late.
package tally

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"meridian/models"
	"meridian/models/store"
)

// Bounds of what is kept, so that whoever asks for nonsense fills neither the
// memory nor the disk.
const (
	MaxAddresses = 2000 // different ones between two flushes; more are not counted
	MaxRows      = 5000 // in the database; those asked for least are dropped
	MaxLength    = 300  // bytes of a path
)

// Tally holds the counts since the last flush. It is safe for concurrent use.
type Tally struct {
	now func() time.Time

	mu   sync.Mutex
	seen map[string]*count // by path as asked for
}

// count is how often a path was asked for since the last flush.
type count struct {
	hits  int64
	first time.Time
}

// New returns an empty tally; clock nil means time.Now.
func New(clock func() time.Time) *Tally {
	if clock == nil {
		clock = time.Now
	}
	return &Tally{now: clock, seen: map[string]*count{}}
}

// Wrap returns a handler that counts what next answers with 404, or with 301
// to another address. An answer with 200 meets no lock.
func (t *Tally) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s := watches.Get().(*watch)
		s.ResponseWriter, s.status = w, 0
		next.ServeHTTP(s, r) // a panic takes the watch with it
		switch s.status {
		case http.StatusNotFound:
			t.count(r)
		case http.StatusMovedPermanently:
			if !respelt(r.URL.Path, w.Header()["Location"]) {
				t.count(r)
			}
		}
		s.ResponseWriter = nil
		watches.Put(s)
	})
}

// respelt reports whether a redirect only leads to the right spelling of the
// same address, the slash at its end for example.
func respelt(path string, location []string) bool {
	if len(location) != 1 {
		return false
	}
	to, err := url.PathUnescape(location[0])
	return err == nil && strings.EqualFold(strings.Trim(path, "/"), strings.Trim(to, "/"))
}

func (t *Tally) count(r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return
	}
	path := r.URL.Path
	t.mu.Lock()
	defer t.mu.Unlock()
	if c := t.seen[path]; c != nil {
		c.hits++
		return
	}
	if len(t.seen) < MaxAddresses && worth(path) {
		// The path is a piece of the request, which would stay with it.
		t.seen[strings.Clone(path)] = &count{hits: 1, first: t.now()}
	}
}

// worth reports whether a path may be an address that somebody linked to.
func worth(path string) bool {
	if len(path) < 2 || len(path) > MaxLength || path[0] != '/' || !utf8.ValidString(path) || !norm.NFC.IsNormalString(path) ||
		models.ReservedAddress("", path[1:]) {
		return false
	}
	return !strings.ContainsFunc(path, func(r rune) bool {
		return r == '@' || r == '\\' || r == utf8.RuneError || unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)
	})
}

// Flush adds what was counted to the database in one transaction. When that
// fails the counts are kept for the next time.
func (t *Tally) Flush(ctx context.Context, s *store.Store) error {
	t.mu.Lock()
	seen := t.seen
	if len(seen) > 0 {
		t.seen = map[string]*count{}
	}
	t.mu.Unlock()
	if len(seen) == 0 {
		return nil
	}
	err := s.Tx(ctx, func(tx *store.Tx) error {
		site, err := tx.Site()
		if errors.Is(err, models.ErrNotFound) {
			return nil // nothing can be missing before there is a site
		}
		if err != nil {
			return err
		}
		return tx.CountHits(rows(seen, site.Languages, tx.Now()), MaxRows)
	})
	if err != nil {
		t.putBack(seen)
		return fmt.Errorf("count what was asked for: %w", err)
	}
	return nil
}

// rows turns paths into addresses in the form in which they are compared;
// several spellings of one are one.
func rows(seen map[string]*count, langs []string, now time.Time) []store.AddressHit {
	type address struct{ lang, path string }
	at := map[address]int{}
	var list []store.AddressHit
	for path, c := range seen {
		a, code := models.ParseAddress((&url.URL{Path: path}).EscapedPath(), langs)
		if code != "" || models.ReservedAddress(a.Lang, a.Path) {
			continue
		}
		key := address{a.Lang, a.Path}
		i, there := at[key]
		if !there {
			i, at[key] = len(list), len(list)
			list = append(list, store.AddressHit{Lang: a.Lang, Path: a.Path, FirstAt: c.first.UTC().Truncate(time.Microsecond), LastAt: now})
		}
		list[i].Hits += c.hits
	}
	return list
}

// putBack adds counts to those made meanwhile, within the bound.
func (t *Tally) putBack(seen map[string]*count) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for path, c := range seen {
		if later := t.seen[path]; later != nil {
			later.hits += c.hits
			later.first = c.first
		} else if len(t.seen) < MaxAddresses {
			t.seen[path] = c
		}
	}
}

// watches are kept for reuse: one for each request would be the dearest part of
// counting.
var watches = sync.Pool{New: func() any { return new(watch) }}

// watch is a response writer that remembers the status.
type watch struct {
	http.ResponseWriter
	status int
}

// WriteHeader implements http.ResponseWriter.
func (w *watch) WriteHeader(status int) {
	if w.status == 0 && status >= http.StatusOK { // interim answers are none
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (w *watch) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController reach what is below.
func (w *watch) Unwrap() http.ResponseWriter { return w.ResponseWriter }
