package site_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"meridian/cms"
	"meridian/cms/cmstest"
	"meridian/models"
	"meridian/models/store"
)

// TestLanguagesAreHonest is the table of five languages, each missing, a draft
// or live, on readers' pages and in feeds: a page is there in a language when it
// is live in it, says that it is in that language, offers exactly the others it
// is live in, and no feed has an item in another language than its own.
func TestLanguagesAreHonest(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	langs := []string{"en", "fr", "nl", "es", "ar"}
	f.Tx(t, func(tx *store.Tx) error {
		about := cmstest.Site()
		about.Languages = langs
		return tx.PutSite(about, f.Admin.ID)
	})
	for _, lang := range langs[1:] {
		if f.missing(t, f.Root, lang) {
			f.Translate(t, f.Root, lang, "Home "+lang)
			f.Publish(t, f.Root, lang)
		}
	}
	const missing, draft, live = 0, 1, 2
	type entry struct {
		id     string
		state  [5]int
		public []string
	}
	var entries []entry
	for n := range 2 * 81 { // every entry has its original, drafted or live
		e := entry{state: [5]int{draft + n%2, n / 2 % 3, n / 6 % 3, n / 18 % 3, n / 54 % 3}}
		e.id = f.Create(t, cms.NewEntry{Kind: models.KindNews, Section: f.Root, Lang: "en", Title: fmt.Sprintf("Entry %d in en", n), Facts: models.Values{"date": "2026-05-05"}})
		for i, state := range e.state {
			if i > 0 && state != missing {
				f.Translate(t, e.id, langs[i], fmt.Sprintf("Entry %d in %s", n, langs[i]))
			}
			if state == live {
				f.Publish(t, e.id, langs[i])
				e.public = append(e.public, langs[i])
			}
		}
		entries = append(entries, e)
	}
	for n, e := range entries {
		for i, l := range langs {
			path := fmt.Sprintf("/%s/news/2026/entry-%d-in-%s", l, n, l)
			w := get(t, f, path)
			body := w.Body.String()
			if e.state[i] != live {
				if w.Code != http.StatusNotFound || strings.Contains(body, fmt.Sprintf("Entry %d in", n)) {
					t.Errorf("%v: %s is %d", e.state, path, w.Code)
				}
				continue
			}
			if w.Code != http.StatusOK || w.Header().Get("Content-Language") != l || !strings.Contains(body, `<html lang="`+l+`"`) || !strings.Contains(body, fmt.Sprintf("Entry %d in %s</h1>", n, l)) {
				t.Errorf("%v: %s is %d in %q", e.state, path, w.Code, w.Header().Get("Content-Language"))
			}
			for j, other := range langs {
				href := fmt.Sprintf("/%s/news/2026/entry-%d-in-%s", other, n, other)
				if offered := strings.Contains(body, `href="`+cmstest.Base+href+`"`) || strings.Contains(body, `href="`+href+`"`); offered != (e.state[j] == live) {
					t.Errorf("%v: %s offers %s: %v", e.state, path, other, offered)
				}
			}
		}
	}
	// The feeds of a language have only what is live in it.
	for i, l := range langs {
		for _, format := range []string{"rss", "atom", "json"} {
			w := get(t, f, "/"+l+"/feed."+format)
			if w.Code != http.StatusOK {
				t.Errorf("feed.%s in %s: %d", format, l, w.Code)
				continue
			}
			body, items := w.Body.String(), 0
			for n, e := range entries {
				for j, other := range langs {
					if !strings.Contains(body, fmt.Sprintf("/%s/news/2026/entry-%d-in-%s", other, n, other)) {
						continue
					}
					items++
					if j != i || e.state[i] != live {
						t.Errorf("%v: feed.%s of %s has it in %s", e.state, format, l, other)
					}
				}
			}
			if items < 10 {
				t.Errorf("feed.%s of %s has %d of the table: it shows nothing", format, l, items)
			}
		}
	}
	// So has the sitemap: all of it.
	for i, l := range langs {
		body := get(t, f, "/sitemap-"+l+".xml").Body.String()
		for n, e := range entries {
			loc := "<loc>" + cmstest.Base + (&url.URL{Path: fmt.Sprintf("/%s/news/2026/entry-%d-in-%s", l, n, l)}).EscapedPath() + "</loc>"
			if strings.Contains(body, loc) != (e.state[i] == live) || slices.Contains(e.public, l) != (e.state[i] == live) {
				t.Errorf("%v: in the sitemap of %s: %v", e.state, l, strings.Contains(body, loc))
			}
		}
	}
}

// missing reports whether an entry has no edition in a language, draft or not.
func (f *fixture) missing(t testing.TB, entry, lang string) (out bool) {
	t.Helper()
	f.View(t, func(r *store.Read) error {
		_, err := r.Edition(entry, lang)
		out = err != nil
		return nil
	})
	return out
}
