package site_test

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"meridian/cms"
	"meridian/cms/cmstest"
	"meridian/cms/live"
	"meridian/models"
	"meridian/models/store"
)

type sitemapIndex struct {
	XMLName xml.Name `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 sitemapindex"`
	Files   []struct {
		Loc     string    `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 loc"`
		LastMod time.Time `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 lastmod"`
	} `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 sitemap"`
}

type sitemapFile struct {
	XMLName xml.Name `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 urlset"`
	URLs    []struct {
		Loc     string    `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 loc"`
		LastMod time.Time `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 lastmod"`
		Links   []struct {
			Rel  string `xml:"rel,attr"`
			Lang string `xml:"hreflang,attr"`
			Href string `xml:"href,attr"`
		} `xml:"http://www.w3.org/1999/xhtml link"`
	} `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 url"`
}

// readXML asks for XML of the sitemap and reads all of it.
func readXML(t testing.TB, h http.Handler, target string, v any) {
	t.Helper()
	w := get(t, h, target)
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "application/xml; charset=utf-8" {
		t.Fatalf("%s = %d %s", target, w.Code, w.Header().Get("Content-Type"))
	}
	wellFormed(t, target, w.Body.String())
	if err := xml.Unmarshal(w.Body.Bytes(), v); err != nil {
		t.Fatalf("%s: %v", target, err)
	}
}

func local(t testing.TB, address string) string {
	t.Helper()
	target, ok := strings.CutPrefix(address, cmstest.Base)
	if !ok {
		t.Fatalf("%q is not on this site", address)
	}
	return target
}

func TestSitemapGoldens(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for name, target := range map[string]string{"sitemap/index.xml": "/sitemap.xml", "sitemap/en.xml": "/sitemap-en.xml", "sitemap/ar.xml": "/sitemap-ar.xml"} {
		cmstest.Golden(t, name, get(t, f, target).Body.Bytes())
	}
}

// TestSitemapIsTheSite follows robots.txt to every address of the sitemap: what
// is listed is all that is published, once, and says of its languages what the
// page says.
func TestSitemapIsTheSite(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.Clock.Advance(time.Hour)
	f.change(t, f.Long, "Changed.")
	// A language that the site gave up is nobody's address, and no alternate.
	f.Tx(t, func(tx *store.Tx) error {
		s := cmstest.Site()
		s.Languages = []string{"fr", "en", "ar"}
		return tx.PutSite(s, f.Admin.ID)
	})
	_, address, _ := strings.Cut(get(t, f, "/robots.txt").Body.String(), "Sitemap: ")
	var index sitemapIndex
	readXML(t, f, local(t, strings.TrimSpace(address)), &index)
	if len(index.Files) != 3 {
		t.Fatalf("%d files", len(index.Files))
	}
	want := map[string]time.Time{}
	err := f.Live.View(t.Context(), func(v *live.View) error {
		for _, lang := range []string{"fr", "en", "ar"} {
			p, err := v.List(live.Query{Lang: lang, Sort: "title", Limit: 200})
			if err != nil {
				return err
			}
			for _, it := range p.Items {
				want[v.Absolute(it.Href)] = it.UpdatedAt
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]bool{}
	for _, file := range index.Files {
		var urls sitemapFile
		readXML(t, f, local(t, file.Loc), &urls)
		var newest time.Time
		for _, u := range urls.URLs {
			if got[u.Loc] {
				t.Errorf("%s twice", u.Loc)
			}
			got[u.Loc] = true
			if !u.LastMod.Equal(want[u.Loc]) {
				t.Errorf("%s changed at %v, want %v", u.Loc, u.LastMod, want[u.Loc])
			}
			if u.LastMod.After(newest) {
				newest = u.LastMod
			}
			w := get(t, f, local(t, u.Loc))
			if w.Code != http.StatusOK {
				t.Errorf("%s = %d", u.Loc, w.Code)
				continue
			}
			h := head(t, w)
			if h.canonical != u.Loc {
				t.Errorf("%s calls itself %s", u.Loc, h.canonical)
			}
			var said []string
			for _, l := range u.Links {
				if l.Rel != "alternate" {
					t.Errorf("%s: rel %q", u.Loc, l.Rel)
				}
				said = append(said, l.Lang+" "+l.Href)
			}
			if !slices.Equal(said, h.alternates) {
				t.Errorf("%s: the sitemap says %q, the page %q", u.Loc, said, h.alternates)
			}
		}
		if !file.LastMod.Equal(newest) {
			t.Errorf("%s changed at %v, want %v", file.Loc, file.LastMod, newest)
		}
	}
	for address := range want {
		if !got[address] {
			t.Errorf("%s is not listed", address)
		}
	}
	if f.log.Len() > 0 {
		t.Errorf("logged: %s", f.log)
	}
}

func TestSitemapAddresses(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for target, want := range map[string]string{
		"/sitemap.xml": "200 ", "/sitemap.xml?page=3": "200 ", "/sitemap.xml/": "301 /sitemap.xml", "/Sitemap.XML": "301 /sitemap.xml",
		"/sitemap-fr.xml": "200 ", "/sitemap-FR.xml": "301 /sitemap-fr.xml", "/sitemap-fr-1.xml": "404 ", "/sitemap-fr-2.xml": "404 ",
		"/sitemap-fr-02.xml": "301 /sitemap-fr-2.xml", "/sitemap-de.xml": "404 ", "/sitemap-.xml": "404 ", "/sitemap--1.xml": "404 ", "/sitemap-en": "404 ",
		"/sitemap-en-99999999999999999999.xml": "404 ", "/sitemapen.xml": "404 ", "/sitemap-und.xml": "404 ", "/en/sitemap.xml": "404 ",
	} {
		w := get(t, f, target)
		if got := fmt.Sprint(w.Code, " ", w.Header().Get("Location")); got != want {
			t.Errorf("%s = %s, want %s", target, got, want)
		}
	}
	bare := cmstest.Bare(t)
	if w := get(t, serve(t, bare, f.log), "/sitemap.xml"); w.Code != http.StatusServiceUnavailable {
		t.Errorf("before first start: %d", w.Code)
	}
}

// fill adds n copies of a public page in as many languages as it has.
func (f *fixture) fill(t testing.TB, page string, n int) {
	t.Helper()
	f.Exec(t, fmt.Sprintf(`BEGIN;
		CREATE TEMP TABLE k AS WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < %d) SELECT n FROM c;
		INSERT INTO entries (id, kind, type, section_id, branch, domain_id, position, nav, original_lang, created_at, created_by)
		SELECT e.id || n, kind, type, section_id, branch, domain_id, n, nav, original_lang, created_at, created_by FROM entries e, k WHERE e.id = '%[2]s';
		PRAGMA defer_foreign_keys = ON;
		INSERT INTO editions (id, entry_id, lang, slug, path, live_revision, first_published_at, published_at, created_at)
		SELECT d.id || n, d.entry_id || n, lang, slug || n, path || '-' || n, live_revision || n, first_published_at, published_at, d.created_at FROM editions d, k WHERE d.entry_id = '%[2]s';
		INSERT INTO revisions (id, edition_id, number, title, summary, body, hash, author, created_at, reason)
		SELECT r.id || n, r.edition_id || n, number, title || ' ' || n, summary, body, hash, author, r.created_at, reason FROM editions d JOIN revisions r ON r.id = d.live_revision, k WHERE d.entry_id = '%[2]s';
		COMMIT`, n, page))
	f.change(t, f.News, "Something that is published moves the journal.")
}

// TestSitemapIsCut has more pages than fit into one file.
func TestSitemapIsCut(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	const more = 2*live.SitemapLength + 10
	f.fill(t, f.Stale, more) // in two languages
	var index sitemapIndex
	readXML(t, f, "/sitemap.xml", &index)
	files := map[string]int{}
	for _, lang := range []string{"en", "fr"} {
		seen := map[string]bool{}
		for _, file := range index.Files {
			target := local(t, file.Loc)
			if !strings.HasPrefix(target, "/sitemap-"+lang) {
				continue
			}
			files[lang]++
			var part sitemapFile
			w := get(t, f, target)
			if w.Body.Len() > 2<<20 {
				t.Errorf("%s has %d bytes, more than the page cache keeps", target, w.Body.Len())
			}
			readXML(t, f, target, &part)
			if n := len(part.URLs); n == 0 || n > live.SitemapLength {
				t.Errorf("%s has %d addresses", target, n)
			}
			for _, u := range part.URLs {
				if seen[u.Loc] {
					t.Errorf("%s twice", u.Loc)
				}
				seen[u.Loc] = true
				if strings.Contains(u.Loc, "changing-page-") && len(u.Links) != 3 {
					t.Errorf("%s: %d links to languages", u.Loc, len(u.Links))
				}
			}
			t.Logf("%s: %d addresses, %d bytes", target, len(part.URLs), w.Body.Len())
		}
		if len(seen) < more+5 || len(seen) > more+50 {
			t.Errorf("%s: %d addresses, want those of %d pages and few others", lang, len(seen), more)
		}
	}
	if files["en"] != 3 || files["fr"] != 3 {
		t.Errorf("files by language: %v", files)
	}
	if w := get(t, f, "/sitemap-en-4.xml"); w.Code != http.StatusNotFound {
		t.Errorf("a file too many = %d", w.Code)
	}
}

// headOf is what the head of a page says about where it is.
type headOf struct {
	canonical  string
	alternates []string // language and address
	feeds      []string // media type and address
	properties map[string][]string
	data       []string // of scripts that are data
}

func head(t testing.TB, w *httptest.ResponseRecorder) headOf {
	t.Helper()
	root, err := html.Parse(strings.NewReader(w.Body.String()))
	if err != nil {
		t.Fatal(err)
	}
	h := headOf{properties: map[string][]string{}}
	for n := range root.Descendants() {
		attr := map[string]string{}
		for _, a := range n.Attr {
			attr[a.Key] = a.Val
		}
		switch {
		case n.Data == "link" && attr["rel"] == "canonical":
			h.canonical = attr["href"]
		case n.Data == "link" && attr["hreflang"] != "":
			h.alternates = append(h.alternates, attr["hreflang"]+" "+attr["href"])
		case n.Data == "link" && attr["title"] != "":
			h.feeds = append(h.feeds, attr["type"]+" "+attr["href"])
		case n.Data == "meta" && attr["property"] != "":
			h.properties[attr["property"]] = append(h.properties[attr["property"]], attr["content"])
		case n.Data == "script" && n.Type == html.ElementNode:
			if attr["type"] != "application/ld+json" || n.FirstChild == nil {
				t.Errorf("a script that is no data: %v", attr)
				continue
			}
			h.data = append(h.data, n.FirstChild.Data)
		}
	}
	return h
}

func BenchmarkFeedsAndSitemaps(b *testing.B) {
	f := newFixture(b)
	body := make([]string, 40)
	for i := range body {
		body[i] = strings.Repeat("The rights of children are rights. ", 8)
	}
	for i := range 20 {
		id := f.Create(b, cms.NewEntry{Kind: models.KindNews, Section: f.Belgium, Lang: "en", Title: fmt.Sprint("News ", i), Facts: models.Values{"date": "2026-06-01", "topics": []any{"justice"}}})
		f.Write(b, id, "en", "Summary.", paragraph(body[0]), heading("What"), paragraph(body[1]), paragraph(strings.Join(body[:10], " ")))
		f.Publish(b, id, "en")
	}
	f.fill(b, f.Stale, 20000)
	for _, target := range []string{"/en/feed.atom", "/en/feed.rss", "/en/feed.json", "/en/belgium/feed.atom", "/en/topics/justice/feed.atom", "/sitemap.xml", "/sitemap-en.xml", "/sitemap-en-5.xml"} {
		b.Run((&url.URL{Path: target}).EscapedPath(), func(b *testing.B) {
			b.ReportAllocs()
			size := 0
			for b.Loop() {
				w := httptest.NewRecorder()
				f.ServeHTTP(w, httptest.NewRequestWithContext(b.Context(), http.MethodGet, target, nil))
				if w.Code != http.StatusOK {
					b.Fatal(w.Code)
				}
				size = w.Body.Len()
			}
			b.ReportMetric(float64(size), "bytes")
		})
	}
}
