package site_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"meridian/cms"
	"meridian/cms/block"
	"meridian/cms/cmstest"
	"meridian/cms/site"
	"meridian/models"
	"meridian/models/store"
	"meridian/web/weblint"
)

// pages are every shape of page, with its golden file.
func (f *fixture) pages(t testing.TB) map[string]string {
	return map[string]string{
		"home.html":                 "/en/",
		"home_ar.html":              "/ar/",
		"section.html":              f.path(t, f.About, "en") + "/",
		"organisation.html":         f.path(t, f.Palestine, "en") + "/",
		"organisation_ar.html":      f.path(t, f.Palestine, "ar") + "/",
		"page.html":                 f.path(t, f.Long, "en"),
		"page_translated.html":      f.path(t, f.Stale, "fr"),
		"page_hostile.html":         f.path(t, f.Hostile, "en"),
		"news_list.html":            "/en/news/",
		"news_list_filtered.html":   "/en/news/?topic=justice&year=2025",
		"news_list_of_section.html": f.path(t, f.Palestine, "en") + "/news/",
		"news_list_empty.html":      "/nl/news/",
		"news_item.html":            f.path(t, f.Press, "en"),
		"not_found.html":            "/fr/nulle-part",
		"gone.html":                 f.path(t, f.Gone, "en"),
	}
}

func TestPages(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for name, path := range f.pages(t) {
		w := get(t, f, (&url.URL{Path: path}).EscapedPath())
		if strings.Contains(path, "?") {
			w = get(t, f, path)
		}
		want := http.StatusOK
		switch name {
		case "not_found.html":
			want = http.StatusNotFound
		case "gone.html":
			want = http.StatusGone
		}
		if w.Code != want {
			t.Errorf("%s: %s = %d, want %d", name, path, w.Code, want)
			continue
		}
		body := w.Body.Bytes()
		t.Run(name, func(t *testing.T) {
			weblint.Expect(t, body, weblint.Options{Styles: true})
			golden(t, name, body)
			for _, m := range regexp.MustCompile(`<script type="application/ld\+json">(.*?)</script>`).FindAllSubmatch(body, -1) {
				var v map[string]any
				if err := json.Unmarshal(m[1], &v); err != nil || v["@context"] != "https://schema.org" {
					t.Errorf("schema.org data: %v in %s", err, m[1])
				}
			}
		})
		if got := w.Header().Get("Content-Length"); got != strconv.Itoa(len(body)) {
			t.Errorf("%s: Content-Length %s of %d", name, got, len(body))
		}
		if w.Header().Get("Set-Cookie") != "" {
			t.Errorf("%s sets a cookie", name)
		}
		policy := w.Header().Get("Content-Security-Policy")
		if !strings.HasPrefix(policy, "default-src 'none'; style-src 'sha256-") || strings.Contains(policy, "unsafe") || strings.Contains(policy, "script-src") {
			t.Errorf("%s: policy %q", name, policy)
		}
	}
	if f.log.Len() > 0 {
		t.Errorf("logged: %s", f.log)
	}
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	arabic := (&url.URL{Path: f.path(t, f.Arabic, "ar")}).EscapedPath()
	f.Tx(t, func(tx *store.Tx) error {
		edition, gone := f.Edition(t, f.Page, "en").ID, f.Edition(t, f.Gone, "en").ID
		for _, a := range []models.Address{
			{Lang: "", Path: "about/withdrawn.html", EditionID: &gone, Origin: models.AddressImported},
			{Lang: "", Path: "about/Our-Mission.html", EditionID: &edition, Origin: models.AddressImported},
			{Lang: "en", Path: "old/mission", EditionID: &edition, Origin: models.AddressImported},
			{Lang: "en", Path: "elsewhere", URL: "https://other.example/x", Origin: models.AddressManual},
			{Lang: "en", Path: "hostile", URL: "javascript:alert(1)", Origin: models.AddressManual},
		} {
			if err := tx.AddRedirect(a, f.Admin.ID); err != nil {
				return err
			}
		}
		return nil
	})
	if err := f.CMS.SetAddress(t.Context(), f.Admin, cms.SetAddress{Entry: f.About, Lang: "en", Version: f.Edition(t, f.About, "en").Version, Slug: "who-we-are"}); err != nil {
		t.Fatal(err)
	}
	if err := f.CMS.Unpublish(t.Context(), f.Admin, f.News, "fr", f.Edition(t, f.News, "fr").Version); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		target string
		status int
		to     string
	}{
		{"/en/", 200, ""},
		{"/en", 301, "/en/"},
		{"/EN/", 301, "/en/"},
		{"/en//", 301, "/en/"},
		{"/en/?utm_source=x&page=7", 200, ""},
		{"/en/who-we-are/", 200, ""},
		{"/en/who-we-are", 301, "/en/who-we-are/"},
		{"/en//who-we-are/", 301, "/en/who-we-are/"},
		{"/en/Who-We-Are", 301, "/en/who-we-are/"},
		{"/en/about-us", 301, "/en/who-we-are/"},
		{"/en/about-us/", 301, "/en/who-we-are/"},
		{"/en/about-us/our-mission", 301, "/en/who-we-are/our-mission"},
		{"/en/about-us/our-mission/", 301, "/en/who-we-are/our-mission"},
		{"/en/who-we-are/our-mission", 200, ""},
		{"/en/who-we-are/our-mission/", 301, "/en/who-we-are/our-mission"},
		{"/en/who-we-are/our-mission?x=1", 200, ""},
		{"/en/who-we-are/our-mission/;a.js", 404, ""},
		{"/en/who-we-are%2Four-mission", 404, ""},
		{"/en/old/mission", 301, "/en/who-we-are/our-mission"},
		{"/about/Our-Mission.html", 301, "/en/who-we-are/our-mission"},
		{"/about/Our-Mission.html/", 301, "/en/who-we-are/our-mission"},
		{"/about/Withdrawn.html", 410, ""},
		{"/en/elsewhere", 301, "https://other.example/x"},
		{"/en/hostile", 404, ""},
		{"/en/news", 301, "/en/news/"},
		{"/en/news?year=2026&utm=1", 301, "/en/news/?year=2026"},
		{"/en/news/", 200, ""},
		{"/en/news/?page=1", 200, ""},
		{"/en/news/?page=2", 404, ""},
		{"/en/news/?page=01", 404, ""},
		{"/en/news/?page=x", 404, ""},
		{"/en/news/?page=-1", 404, ""},
		{"/en/news/?page=99999999999999999999", 404, ""},
		{"/en/news/?year=2026", 200, ""},
		{"/en/news/?year=1815", 200, ""},
		{"/en/news/?year=x", 404, ""},
		{"/en/news/?topic=justice", 200, ""},
		{"/en/news/?topic=justice-fr", 404, ""},
		{"/en/news/?topic=%3Cscript%3E", 404, ""},
		{"/en/news/2026/a-treaty-enters-into-force", 200, ""},
		{"/en/news/2026/a-treaty-enters-into-force/", 301, "/en/news/2026/a-treaty-enters-into-force"},
		{"/fr/news/2026/un-traite-entre-en-vigueur", 404, ""},
		{"/en/who-we-are/not-public-yet", 404, ""},
		{f.path(t, f.Gone, "en"), 410, ""},
		{arabic, 200, ""},
		{strings.ToLower(arabic), 200, ""},
		{arabic + "/", 301, arabic},
		{"/de/", 404, ""},
		{"/nothing", 404, ""},
		{"/en/%00", 404, ""},
		{"/en/%ff%fe", 404, ""},
		{"/en/a%5Cb", 404, ""},
		{"/en/%2e%2e/fr/", 404, ""},
		{"/api", 404, ""},
		{"/admin", 404, ""},
		{"/index.php?option=com_content", 404, ""},
		{"/" + strings.Repeat("a/", 4000), 404, ""},
	} {
		w := get(t, f, tt.target)
		if w.Code != tt.status || w.Header().Get("Location") != tt.to {
			t.Errorf("GET %.80s = %d %s, want %d %s", tt.target, w.Code, w.Header().Get("Location"), tt.status, tt.to)
		}
		if w.Header().Get("Cache-Control") == "" {
			t.Errorf("GET %.80s has no Cache-Control", tt.target)
		}
	}
	if f.log.Len() > 0 {
		t.Errorf("logged: %s", f.log)
	}
}

func TestFrontDoor(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for langs, want := range map[string]string{
		"": "/en/", "fr": "/fr/", "de, fr;q=0.5": "/fr/", "ja": "/en/", "ar-EG,en;q=0.1": "/ar/", "nl-BE": "/nl/",
		";;;,q=": "/en/", strings.Repeat("fr,", 900): "/fr/",
	} {
		w := get(t, f, "/", accept(langs))
		if w.Code != http.StatusFound || w.Header().Get("Location") != want || w.Header().Get("Vary") != "Accept-Language" {
			t.Errorf("Accept-Language %.40q: %d to %s, Vary %q; want %s", langs, w.Code, w.Header().Get("Location"), w.Header().Get("Vary"), want)
		}
	}
	// The language in an address always wins.
	if w := get(t, f, "/en/", accept("fr")); w.Code != http.StatusOK || w.Header().Get("Content-Language") != "en" {
		t.Errorf("/en/ = %d in %s", w.Code, w.Header().Get("Content-Language"))
	}
}

func TestBeforeFirstStart(t *testing.T) {
	t.Parallel()
	env := cmstest.Bare(t)
	h := serve(t, env, nil)
	for _, target := range []string{"/", "/en/", "/anything"} {
		w := get(t, h, target)
		if w.Code != http.StatusServiceUnavailable || w.Header().Get("Cache-Control") != "no-store" || !strings.Contains(w.Body.String(), "This site is not set up yet") {
			t.Errorf("%s = %d, %s", target, w.Code, w.Header().Get("Cache-Control"))
		}
		weblint.Expect(t, w.Body.Bytes(), weblint.Options{Styles: true})
	}
	if w := get(t, h, "/", accept("fr")); !strings.Contains(w.Body.String(), `lang="fr"`) {
		t.Error("not in the language of who asks")
	}
	if w := get(t, h, "/robots.txt"); w.Code != http.StatusOK {
		t.Errorf("robots.txt = %d", w.Code)
	}
}

func TestMethods(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for _, target := range []string{"/", "/en/", "/en/nowhere", "/robots.txt", "/favicon.ico"} {
		want := get(t, f, target)
		got := get(t, f, target, method("HEAD"))
		if got.Code != want.Code || got.Header().Get("Content-Length") != want.Header().Get("Content-Length") {
			t.Errorf("HEAD %s = %d of %s, GET %d of %s", target, got.Code, got.Header().Get("Content-Length"), want.Code, want.Header().Get("Content-Length"))
		}
		for _, m := range []string{"POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "BREW"} {
			w := get(t, f, target, method(m))
			if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET, HEAD" || w.Header().Get("Cache-Control") != "no-store" {
				t.Errorf("%s %s = %d, Allow %q, %s", m, target, w.Code, w.Header().Get("Allow"), w.Header().Get("Cache-Control"))
			}
		}
	}
	weblint.Expect(t, get(t, f, "/en/", method("POST")).Body.Bytes(), weblint.Options{Styles: true})
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	w := get(t, f, "/en/about-us/our-mission")
	for k, want := range map[string]string{
		"Content-Type": "text/html; charset=utf-8", "Content-Language": "en", "Cache-Control": "public, no-cache",
		"X-Content-Type-Options": "nosniff", "Referrer-Policy": "strict-origin-when-cross-origin",
		"Cross-Origin-Opener-Policy": "same-origin", "Last-Modified": "Wed, 25 Nov 2026 09:00:00 GMT",
		"Strict-Transport-Security": "max-age=31536000; includeSubDomains",
		"Link":                      "<" + cmstest.Base + "/api/v1/pages/" + f.Page + `?lang=en>; rel="alternate"; type="application/json"`,
		"Server":                    "", "Set-Cookie": "", "Vary": "",
	} {
		if got := w.Header().Get(k); got != want {
			t.Errorf("%s = %q, want %q", k, got, want)
		}
	}
	if w.Header().Get("Permissions-Policy") == "" {
		t.Error("no Permissions-Policy")
	}
}

func TestTextCannotBecomeMarkup(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	body := get(t, f, f.path(t, f.Hostile, "en")).Body.String()
	if n := strings.Count(body, "<script"); n != 1 {
		t.Errorf("%d script elements, want the one with data", n)
	}
	for _, bad := range []string{"<script>alert", "<img src=x", "<b onclick", "</script><style>"} {
		if strings.Contains(body, bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
	if strings.Count(body, "</script>") != 1 || strings.Count(body, "<style>") != 1 {
		t.Error("an element ended early")
	}
}

func TestQueriesAreNotEchoed(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for _, target := range []string{"/en/?zq7=zq7", "/en/news/?zq7=zq7", "/en/news/?topic=zq7", "/en/zq7", "/zq7"} {
		w := get(t, f, target, func(r *http.Request) {
			r.Host = "zq7.example"
			r.Header.Set("X-Forwarded-Host", "zq7.example")
			r.Header.Set("X-Original-URL", "/zq7")
		})
		if strings.Contains(w.Body.String(), "zq7") {
			t.Errorf("%s is echoed", target)
		}
	}
}

func TestLanguagesOfAPage(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	// In one language only: nothing to link to, and nothing is claimed.
	body := get(t, f, "/en/about-us/our-mission").Body.String()
	if strings.Contains(body, "hreflang") {
		t.Error("a page in one language names others")
	}
	body = get(t, f, f.path(t, f.Palestine, "en")+"/").Body.String()
	for _, want := range []string{
		`hreflang="ar" lang="ar" dir="rtl">العربية</a>`, `hreflang="en" lang="en" dir="ltr" aria-current="true">English</a>`,
		`<link rel="alternate" hreflang="x-default" href="` + cmstest.Base + (&url.URL{Path: f.path(t, f.Palestine, "ar") + "/"}).EscapedPath() + `">`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("lacks %s", want)
		}
	}
	if strings.Contains(body, "Français") {
		t.Error("names a language that the page is not in")
	}
	// A section above without public words is named, in its language, and leads nowhere.
	if !strings.Contains(body, `<li><span>Rights</span></li>`) {
		t.Error("the section above is not named")
	}
	body = get(t, f, (&url.URL{Path: f.path(t, f.Palestine, "ar") + "/"}).EscapedPath()).Body.String()
	if !strings.Contains(body, `<li><span lang="en" dir="ltr">Rights</span></li>`) {
		t.Error("the section above is not marked as English")
	}
}

func TestTranslationNotes(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for entry, want := range map[string]string{
		f.Stale:   "L’original a changé depuis cette traduction.",
		f.Machine: "Cette traduction est automatique ; personne ne l’a encore relue.",
		f.About:   "",
	} {
		path := f.path(t, entry, "fr")
		if entry == f.About {
			path += "/"
		}
		body := get(t, f, path).Body.String()
		if want == "" {
			if strings.Contains(body, `class="said"`) {
				t.Error("a fresh translation has a note")
			}
			continue
		}
		if !strings.Contains(body, want) || !strings.Contains(body, `<a href="`+f.path(t, entry, "en")+`" hreflang="en">Voir l’original (anglais)</a>`) {
			t.Errorf("%s lacks %q or the link", path, want)
		}
	}
}

func TestCardsAreNotRepeated(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	list := func() []string {
		body := get(t, f, "/en/about-us/").Body.String()
		var out []string
		for _, m := range regexp.MustCompile(`<h[23]><a href="([^"]+)"`).FindAllStringSubmatch(body, -1) {
			out = append(out, m[1])
		}
		return out
	}
	before := list()
	if !slices.Contains(before, "/en/about-us/our-mission") {
		t.Fatalf("the page below is not listed: %v", before)
	}
	f.Write(t, f.About, "en", "Who we are.", block.Node{Type: "cards", Attrs: map[string]any{"mode": "manual", "items": []any{"page:" + f.Page}}})
	f.Publish(t, f.About, "en")
	n := 0
	for _, l := range list() {
		if l == "/en/about-us/our-mission" {
			n++
		}
	}
	if n != 1 {
		t.Errorf("the page below is listed %d times", n)
	}
}

func TestDraftsAreNotShown(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	const canary = "zqcanaryzq"
	for _, d := range []struct{ entry, lang string }{{f.Page, "en"}, {f.Root, "en"}, {f.News, "en"}, {f.Draft, "en"}} {
		f.Write(t, d.entry, d.lang, canary+" summary", paragraph(canary+" body"))
	}
	hidden := f.Create(t, cms.NewEntry{Kind: models.KindNews, Section: f.Root, Lang: "en", Title: canary, Facts: models.Values{"date": "2026-05-05", "note": canary}})
	f.Write(t, hidden, "en", canary, paragraph(canary))
	targets := []string{"/en/", "/en/news/", "/en/news/?year=2026", "/en/about-us/", "/en/about-us/our-mission", f.path(t, f.News, "en"), f.path(t, f.Draft, "en"), f.path(t, hidden, "en")}
	for _, target := range targets {
		w := get(t, f, target)
		if strings.Contains(w.Body.String(), canary) {
			t.Errorf("%s shows a draft", target)
		}
		for k, v := range w.Header() {
			if strings.Contains(strings.Join(v, " "), canary) {
				t.Errorf("%s: header %s shows a draft", target, k)
			}
		}
	}
	// What is hidden is what was never there, byte for byte.
	a, b := get(t, f, f.path(t, f.Draft, "en")), get(t, f, "/en/about-us/never-was")
	if a.Code != b.Code || a.Body.String() != b.Body.String() {
		t.Error("a draft's address differs from one that never was")
	}
}

func TestMenus(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	body := get(t, f, "/en/about-us/our-mission").Body.String()
	if !strings.Contains(body, `<a href="/en/about-us/" aria-current="true">About us</a>`) {
		t.Error("the section of the page is not marked in the menu")
	}
	if body = get(t, f, "/en/about-us/").Body.String(); !strings.Contains(body, `<a href="/en/about-us/" aria-current="page">About us</a>`) {
		t.Error("the page is not marked in the menu")
	}
	if body = get(t, f, "/en/news/").Body.String(); !strings.Contains(body, `<a href="/en/news/" aria-current="page">News</a>`) {
		t.Error("the news are not marked in the menu")
	}
	if body = get(t, f, "/nl/").Body.String(); strings.Contains(body, `href="/nl/news/"`) {
		t.Error("a language without news leads to them")
	}
}

func TestPublishIsSeenAtOnce(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	if body := get(t, f, "/nl/").Body.String(); strings.Contains(body, "Nieuw bericht") {
		t.Fatal("seen before it was written")
	}
	id := f.Create(t, cms.NewEntry{Kind: models.KindNews, Section: f.Root, Lang: "nl", Title: "Nieuw bericht", Facts: models.Values{"date": "2026-06-01"}})
	f.Write(t, id, "nl", "Kort.", paragraph("Tekst."))
	f.Publish(t, id, "nl")
	body := get(t, f, "/nl/").Body.String()
	if !strings.Contains(body, "Nieuw bericht") || !strings.Contains(body, `href="/nl/news/"`) {
		t.Error("a published item is not on the home page and in the menu")
	}
}

func TestPagesOfNews(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for i := range 45 {
		id := f.Create(t, cms.NewEntry{Kind: models.KindNews, Section: f.Root, Lang: "fr", Title: "Nouvelle " + strconv.Itoa(i), Facts: models.Values{"date": "2020-01-01"}})
		f.Write(t, id, "fr", "Résumé.", paragraph("Texte."))
		f.Publish(t, id, "fr")
	}
	seen := map[string]bool{}
	for page := 1; page <= 3; page++ {
		w := get(t, f, "/fr/news/?page="+strconv.Itoa(page))
		if w.Code != http.StatusOK {
			t.Fatalf("page %d = %d", page, w.Code)
		}
		body := w.Body.String()
		weblint.Expect(t, w.Body.Bytes(), weblint.Options{Styles: true})
		for _, m := range regexp.MustCompile(`<h2><a href="([^"]+)"`).FindAllStringSubmatch(body, -1) {
			if seen[m[1]] {
				t.Errorf("%s is on two pages", m[1])
			}
			seen[m[1]] = true
		}
		if got, want := strings.Contains(body, `rel="next"`), page < 3; got != want {
			t.Errorf("page %d: older = %v", page, got)
		}
		canonical := cmstest.Base + "/fr/news/"
		if page > 1 {
			canonical += "?page=" + strconv.Itoa(page)
		}
		if !strings.Contains(body, `<link rel="canonical" href="`+canonical+`">`) {
			t.Errorf("page %d: another canonical address", page)
		}
	}
	if len(seen) != 46 {
		t.Errorf("%d items on all pages, want 46", len(seen))
	}
	if w := get(t, f, "/fr/news/?page=4"); w.Code != http.StatusNotFound {
		t.Errorf("page 4 = %d", w.Code)
	}
}

func TestFiles(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	if w := get(t, f, "/robots.txt"); w.Code != 200 || w.Body.String() != "User-agent: *\nDisallow: /admin/\nDisallow: /preview/\n\nSitemap: https://site.example/sitemap.xml\n" {
		t.Errorf("robots.txt = %d %q", w.Code, w.Body)
	}
	if w := get(t, f, "/favicon.ico"); w.Code != 200 || w.Header().Get("Content-Type") != "image/x-icon" || !strings.HasPrefix(w.Body.String(), "\x00\x00\x01\x00") {
		t.Errorf("favicon.ico = %d %s", w.Code, w.Header().Get("Content-Type"))
	}
	want := "Contact: mailto:office@site.example\nExpires: 2027-05-25T00:00:00Z\nPreferred-Languages: en, fr, nl, ar\nCanonical: https://site.example/.well-known/security.txt\n"
	if w := get(t, f, "/.well-known/security.txt"); w.Code != 200 || w.Body.String() != want || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("security.txt = %d %q", w.Code, w.Body)
	}
	f.Tx(t, func(tx *store.Tx) error {
		s := cmstest.Site()
		s.Contact = models.Contact{}
		return tx.PutSite(s, f.Admin.ID)
	})
	if w := get(t, f, "/.well-known/security.txt"); w.Code != http.StatusNotFound {
		t.Errorf("security.txt without a contact = %d", w.Code)
	}
}

func TestFailureTellsNothing(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.Exec(t, "DROP TABLE term_labels")
	w := get(t, f, f.path(t, f.Press, "en"))
	body := w.Body.String()
	if w.Code != http.StatusInternalServerError || w.Header().Get("Cache-Control") != "no-store" {
		t.Fatalf("%d, %s", w.Code, w.Header().Get("Cache-Control"))
	}
	weblint.Expect(t, w.Body.Bytes(), weblint.Options{Styles: true})
	m := regexp.MustCompile(`<code>([A-Z0-9]{10})</code>`).FindStringSubmatch(body)
	if m == nil {
		t.Fatalf("no reference in %s", body)
	}
	if log := f.log.String(); !strings.Contains(log, m[1]) || !strings.Contains(log, "term_labels") {
		t.Errorf("the log does not lead from %s to the cause: %s", m[1], log)
	}
	if strings.Contains(body, "term_labels") || strings.Contains(body, "SQL") {
		t.Error("the page tells what went wrong")
	}
	if w := get(t, f, "/en/about-us/our-mission"); w.Code != http.StatusOK {
		t.Errorf("the next page = %d", w.Code)
	}
}

func TestParams(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]int{
		"/en/news/": 3, "/en/news": 3, "/en/a/b/news/": 3, "/": 0, "/robots.txt": 0, "/favicon.ico": 0,
	} {
		if got := site.Params(path); len(got) != want {
			t.Errorf("Params(%q) = %v", path, got)
		}
	}
}
