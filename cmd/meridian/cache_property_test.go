package main

import (
	"flag"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"meridian/cms"
	"meridian/cms/api"
	"meridian/cms/cmstest"
	"meridian/cms/live"
	"meridian/cms/pagecache"
	"meridian/models"
	"meridian/models/store"
)

var (
	cacheSeed = flag.Uint64("cacheseed", 0, "the seed of TestCachedAnswersAreFresh; 0 draws one")
	cacheTime = flag.Duration("cachetime", 12*time.Second, "how long TestCachedAnswersAreFresh goes on")
)

// answered is a response as it is compared.
type answered struct {
	status int
	header http.Header
	body   string
}

func answerOf(h http.Handler, target string) answered {
	r := httptest.NewRequest(http.MethodGet, target, nil)
	r.Host = "site.example"
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	w.Header().Del("Date")
	return answered{w.Code, w.Header(), w.Body.String()}
}

// differs says where two answers differ, "" for nowhere.
func (a answered) differs(b answered) string {
	switch {
	case a.status != b.status:
		return fmt.Sprintf("status %d, made anew %d", a.status, b.status)
	case a.body != b.body:
		x, y := strings.Split(a.body, "\n"), strings.Split(b.body, "\n")
		for i := range min(len(x), len(y)) {
			if x[i] != y[i] {
				return fmt.Sprintf("line %d is\n\t%.600s\nmade anew\n\t%.600s", i+1, x[i], y[i])
			}
		}
		return fmt.Sprintf("%d lines, made anew %d", len(x), len(y))
	}
	for name := range b.header {
		if !slices.Equal(a.header[name], b.header[name]) {
			return fmt.Sprintf("%s is %q, made anew %q", name, a.header[name], b.header[name])
		}
	}
	return ""
}

// worldURLs are all that readers and other sites may ask for, grown as things
// happen: what was there once is asked for for ever.
type worldURLs map[string]bool

func (a worldURLs) add(w *world) {
	for _, fixed := range []string{
		"/sitemap.xml", "/sitemap-en.xml", "/sitemap-fr.xml", "/en/nothing", "/en/network", "/fr/rien/du/tout", "/old", "/fr/ancien", "/en/older", "/robots.txt",
		"/api/v1", "/api/v1/changes", "/api/v1/tree?lang=en", "/api/v1/tree?lang=fr&depth=1", "/api/v1/network", "/api/v1/network?status=former", "/api/v1/network?country=BE&lang=fr",
		"/api/v1/pages", "/api/v1/news?lang=en&limit=3", "/api/v1/news?lang=en&count=true&limit=2", "/api/v1/sections?include=section,editions,author&lang=en", "/api/v1/pages?lang=en&sort=title&limit=5",
		"/api/v1/pages?fallback=fr,en&fields=title", "/api/v1/pages?lang=fr&fresh=true", "/api/v1/news?sort=-updated_at&limit=4", "/api/v1/news?lang=en&year=2023", "/api/v1/sections?filter[status]=member",
		"/api/v1/pages?filter[title][contains]=Rights&lang=en", "/api/v1/pages?filter[owner][null]=false", "/api/v1/news?lang=en&filter[about][null]=false", "/api/v1/sections?sort=title&lang=fr&body=html",
	} {
		a[fixed] = true
	}
	for _, l := range worldLangs {
		for _, p := range []string{"", "news/?page=2", "news/?year=2024", "topics", "topics/", "instruments", "alpha", "beta", "news/2024/alpha"} {
			a["/"+l+"/"+p] = true
		}
		for _, t := range w.terms {
			a["/api/v1/news?lang="+l+"&topic="+t] = true
		}
	}
	for _, id := range w.files {
		a[api.MediaPath+"/"+id] = true
	}
	_ = w.env.Store.View(w.ctx(), func(r *store.Read) error {
		terms, err := r.Terms(models.VocabularyTopic)
		for _, t := range terms {
			for _, l := range t.Labels {
				p := "/" + l.Lang + "/topics/" + l.Slug
				a[p], a[p+"/feed.rss"], a["/"+l.Lang+"/news/?topic="+l.Slug] = true, true, true
			}
		}
		return err
	})
	for _, e := range w.entries(nil) {
		plural := map[string]string{models.KindPage: "pages", models.KindSection: "sections", models.KindNews: "news"}[e.Kind]
		a["/api/v1/"+plural+"/"+e.ID] = true
		for _, d := range w.editions(e.ID) {
			if d.Path == nil {
				continue
			}
			p := (&url.URL{Path: "/" + d.Lang + "/" + *d.Path}).EscapedPath()
			a[p], a["/api/v1/"+plural+"/"+e.ID+"?lang="+d.Lang+"&include=section,editions,media,author&body=blocks,html"] = true, true
			a["/api/v1/resolve?url="+url.QueryEscape(p)] = true
			if e.Kind == models.KindSection {
				p = strings.TrimSuffix(p, "/") + "/"
				a[p], a[p+"news/"], a[p+"feed.atom"], a[p+"feed.json"] = true, true, true, true
				a[p+"alpha"], a[p+"beta"] = true, true // names that something may get
				a["/api/v1/news?lang="+d.Lang+"&section="+e.ID], a["/api/v1/pages?section="+e.ID+"&limit=3"] = true, true
			}
		}
	}
}

// readers are the readers' side over the store of an installation, with a cache
// of its own.
func readers(t testing.TB, s *store.Store, bytes int64) (http.Handler, *pagecache.Cache) {
	t.Helper()
	o := handlerOptions{Base: cmstest.Base, CacheBytes: bytes, Logger: slog.New(slog.DiscardHandler)}
	reader := live.New(s, o.Base)
	public, err := newPublic(reader, o)
	if err != nil {
		t.Fatal(err)
	}
	cache := newCache(reader, o)
	return cache.Wrap(public), cache
}

func newWorld(t testing.TB, seed uint64) *world {
	env := cmstest.New(t)
	w := &world{tb: t, env: env, cms: env.CMS, rand: rand.New(rand.NewPCG(seed, 1)), done: map[string]int{}, tried: map[string]int{}}
	for _, name := range []string{"put term", "put term", "create section", "create page", "create page", "create news", "create news", "create news", "create section", "upload", "upload", "create page", "create page", "create news", "publish new words", "translate", "menu", "publish facts"} {
		w.step([]string{name})
	}
	return w
}

// TestCachedAnswersAreFresh does random things and asks, after each of them, for
// everything there is and was: what comes out of the cache is what a program
// without one and without any memory answers, to the byte. Some of it is done by
// another process beside this one.
func TestCachedAnswersAreFresh(t *testing.T) {
	t.Parallel()
	seed := *cacheSeed
	if seed == 0 {
		seed = rand.Uint64()
	}
	t.Logf("to see the same again: go test ./cmd/meridian -run %s -cacheseed %d", t.Name(), seed)
	w := newWorld(t, seed)
	beside, err := store.Open(t.Context(), w.env.Dir, store.Options{Clock: w.env.Clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer beside.Close()
	theirs := cms.New(beside)

	cached, cache := readers(t, w.env.Store, 64<<20)
	all := worldURLs{}
	names := slices.Sorted(maps.Keys(w.acts()))
	steps, asked := 0, 0
	for start := time.Now(); time.Since(start) < *cacheTime && len(all) < 3000; steps++ {
		w.cms = w.env.CMS
		outside := w.chance(20)
		if outside {
			w.cms = theirs
		}
		act := w.step(names)
		if outside {
			act += ", by another process"
			if err := w.env.Store.Refresh(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		all.add(w)
		plain, _ := readers(t, w.env.Store, 0)
		for _, target := range slices.Sorted(maps.Keys(all)) {
			asked++
			got, want := answerOf(cached, target), answerOf(plain, target)
			if d := got.differs(want); d != "" {
				t.Fatalf("step %d, seed %d, %s: %s: %s", steps, seed, act, target, d)
			}
		}
	}
	s := cache.Stats()
	t.Logf("%d steps, %d addresses, %d answers, %d of them out of the cache; acts that went through: %v", steps, len(all), asked, s.Hits, w.done)
	if s.Hits < int64(asked)/4 {
		t.Errorf("%d of %d answers came out of the cache: this compares nothing", s.Hits, asked)
	}
	for name, n := range w.tried {
		if n > 15 && w.done[name] == 0 {
			t.Errorf("%q was tried %d times and never went through", name, n)
		}
	}
}

// TestPublishLeavesOtherPagesAlone publishes one thing in a corpus of several
// hundred and asks how much of the cache that costs.
func TestPublishLeavesOtherPagesAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 7)
	create := func(kind, section string) string {
		id := w.env.Create(t, cms.NewEntry{Kind: kind, Section: section, Lang: "en", Title: w.title(), Facts: map[bool]models.Values{true: {"date": fmt.Sprintf("2025-0%d-11", 1+w.rand.IntN(9))}}[kind == models.KindNews]})
		w.env.Publish(t, id, "en")
		return id
	}
	var page, news string
	for range 60 {
		s := w.env.Create(t, cms.NewEntry{Kind: models.KindSection, Type: models.TypeArea, Section: one(w, []string{w.env.Root, w.env.About, w.env.Belgium}), Lang: "en", Title: w.title()})
		w.env.Publish(t, s, "en")
		for range 4 {
			page, news = create(models.KindPage, s), create(models.KindNews, s)
		}
	}
	cached, cache := readers(t, w.env.Store, 256<<20)
	all := worldURLs{}
	for _, e := range w.entries(nil) {
		plural := map[string]string{models.KindPage: "pages", models.KindSection: "sections", models.KindNews: "news"}[e.Kind]
		for _, d := range w.editions(e.ID) {
			if d.Live() && d.Path != nil {
				p := (&url.URL{Path: "/" + d.Lang + "/" + *d.Path}).EscapedPath()
				if e.Kind == models.KindSection && !e.Root() {
					p += "/"
				}
				all[p], all["/api/v1/"+plural+"/"+e.ID+"?lang="+d.Lang] = true, true
			}
		}
	}
	// left returns what share of the addresses is answered out of the cache.
	left := func() float64 {
		before := cache.Stats()
		for target := range all {
			if a := answerOf(cached, target); a.status != http.StatusOK {
				t.Fatalf("%s: %d", target, a.status)
			}
		}
		after := cache.Stats()
		if after.Hits+after.Misses-before.Hits-before.Misses != int64(len(all)) {
			t.Fatalf("%d hits and %d misses of %d addresses", after.Hits-before.Hits, after.Misses-before.Misses, len(all))
		}
		return float64(after.Hits-before.Hits) / float64(len(all))
	}
	left()
	if got := left(); got != 1 {
		t.Fatalf("%.3f of the answers are kept while nothing happens", got)
	}
	edit := func(id string) {
		w.env.Write(t, id, "en", w.title())
		w.env.Publish(t, id, "en")
	}
	for _, tt := range []struct {
		what string
		do   func()
		want float64
	}{
		{"a draft is saved", func() { w.env.Write(t, page, "en", "Not for readers.") }, 1},
		{"a page gets other words", func() { edit(page) }, 0.95},
		{"a news item gets other words", func() { edit(news) }, 0.95},
		{"a news item is published", func() { create(models.KindNews, w.env.About) }, 0.8},
		{"a news item is published in an organisation", func() { create(models.KindNews, w.env.Belgium) }, 0.8},
		{"a page is published", func() { create(models.KindPage, w.env.About) }, 0.8},
		{"a news item is taken down", func() {
			id := create(models.KindNews, w.env.About)
			left()
			if err := w.env.CMS.Unpublish(t.Context(), w.env.Admin, id, "en", w.env.Edition(t, id, "en").Version); err != nil {
				t.Fatal(err)
			}
		}, 0.8},
	} {
		tt.do()
		got := left()
		t.Logf("%s: %.1f %% of %d answers stay", tt.what, 100*got, len(all))
		if got < tt.want {
			t.Errorf("%s: %.1f %% of the answers stay, want %.0f %%", tt.what, 100*got, 100*tt.want)
		}
	}
}
