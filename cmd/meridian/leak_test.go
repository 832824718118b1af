package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"meridian/cms"
	"meridian/cms/account"
	"meridian/cms/block"
	"meridian/cms/cmstest"
	"meridian/models"
)

// testHandler is the whole program over a seeded installation.
func testHandler(t *testing.T, env *cmstest.Env) http.Handler {
	t.Helper()
	h, err := newHandler(env.Store, account.New(env.Store, account.Options{Clock: env.Clock.Now, Install: cms.Install}), handlerOptions{Base: "http://127.0.0.1:8080", CacheBytes: 8 << 20, Library: env.Library})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func get(t *testing.T, h http.Handler, path string) *http.Response {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://127.0.0.1:8080"+path, nil))
	return w.Result()
}

// everything is what a response says: status, headers and body.
func everything(t *testing.T, res *http.Response) string {
	t.Helper()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	_ = res.Header.Write(&b)
	return res.Status + "\n" + b.String() + "\n" + string(body)
}

var links = regexp.MustCompile(`(?:href|src)="([^"]+)"|"(?:url|html|json|next|href)":\s*"([^"]+)"|<loc>([^<]+)</loc>`)

// crawl reads everything a reader can come to from the given addresses, and
// returns what each answer says.
func crawl(t *testing.T, h http.Handler, from ...string) map[string]string {
	t.Helper()
	seen := map[string]string{}
	queue := from
	for len(queue) > 0 && len(seen) < 2000 {
		path := queue[0]
		queue = queue[1:]
		if _, ok := seen[path]; ok || strings.HasPrefix(path, "/admin") {
			continue
		}
		seen[path] = everything(t, get(t, h, path))
		for _, m := range links.FindAllStringSubmatch(seen[path], -1) {
			u := strings.ReplaceAll(m[1]+m[2]+m[3], "&amp;", "&")
			u = strings.ReplaceAll(u, `\u0026`, "&")
			u = strings.TrimPrefix(u, "http://127.0.0.1:8080")
			u, _, _ = strings.Cut(u, "#")
			if strings.HasPrefix(u, "/") && !strings.HasPrefix(u, "//") {
				queue = append(queue, u)
			}
		}
	}
	return seen
}

// TestDraftsDoNotLeak plants unique words wherever words can be that are not
// public, and looks for them in everything readers can reach and in answers to
// guesses.
func TestDraftsDoNotLeak(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	canaries := []string{}
	word := func(s string) string { canaries = append(canaries, strings.ToLower(s)); return s }

	// A page that never was public, by an author nobody should know.
	secret := env.Create(t, cms.NewEntry{Kind: models.KindPage, Section: env.About, Lang: "en", Title: word("Zanzibartitle")})
	env.Write(t, secret, "en", word("Zanzibarsummary"), block.Paragraph(block.Text(word("Zanzibarbody"))),
		block.Node{Type: "image", Attrs: map[string]any{"media": "media:" + env.NewID(), "alt": word("Zanzibaralt")}})
	if err := env.CMS.SetAddress(t.Context(), env.Admin, cms.SetAddress{Entry: secret, Lang: "en", Version: env.Edition(t, secret, "en").Version, Slug: word("zanzibarslug")}); err != nil {
		t.Fatal(err)
	}
	canaries = append(canaries, secret)

	// A public page: the words of its newer draft, and those of revisions that
	// were sealed but never public, or public once.
	save := func(lang, title, summary string, fields models.Values) {
		t.Helper()
		_, err := env.CMS.Save(t.Context(), env.Author, cms.SaveDraft{Entry: env.Page, Lang: lang, Version: env.Edition(t, env.Page, lang).Version, Title: title, Summary: summary, Fields: fields})
		if err != nil {
			t.Fatal(err)
		}
	}
	save("en", word("Oldpublictitle"), word("Oldpublicsummary"), nil)
	env.Publish(t, env.Page, "en")
	save("en", word("Sealedtitle"), word("Sealedsummary"), nil)
	env.Clock.Advance(2 * models.Sitting)
	save("en", "Our mission", "What we are here for.", nil)
	env.Publish(t, env.Page, "en")
	save("en", word("Newdrafttitle"), word("Newdraftsummary"), models.Values{"search_title": word("Newdraftsearch")})
	save(models.Facts, "", "", models.Values{"note": word("Privatenote"), "review_by": word("2031-07-19")})
	// Unpublished and withdrawn words.
	for title, reason := range map[string]string{word("Unpublishedtitle"): "", word("Withdrawntitle"): "legal"} {
		id := env.Create(t, cms.NewEntry{Kind: models.KindNews, Section: env.Root, Lang: "en", Title: title})
		env.Write(t, id, "en", "s", block.Paragraph(block.Text("words of "+title)))
		env.Publish(t, id, "en")
		var err error
		if v := env.Edition(t, id, "en").Version; reason == "" {
			err = env.CMS.Unpublish(t.Context(), env.Admin, id, "en", v)
		} else {
			err = env.CMS.Withdraw(t.Context(), env.Admin, id, "en", v, reason)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	// A translation that is a draft, of a public page.
	env.Translate(t, env.Page, "nl", word("Dutchdrafttitle"))
	// Staff.
	for _, u := range []models.User{env.Admin, env.Editor, env.Author, env.BEEditor} {
		canaries = append(canaries, strings.ToLower(u.Name), u.ID, u.Email)
	}

	h := testHandler(t, env)
	pages := crawl(t, h, "/", "/en/", "/fr/", "/nl/", "/ar/", "/robots.txt", "/sitemap.xml", "/en/feed.atom", "/en/feed.rss", "/en/feed.json", "/fr/feed.atom", "/api/v1", "/api/v1/pages?body=blocks,html,markdown",
		"/api/v1/news?body=blocks,html,markdown", "/api/v1/sections?body=blocks,html,markdown", "/api/v1/changes", "/api/v1/changes?limit=1",
		"/en/about-us/zanzibarslug", "/api/v1/pages/"+env.Page, "/api/v1/pages/"+env.Page+"?lang=nl",
		"/nl/about-us/dutchdrafttitle", "/en/news/2026/unpublishedtitle", "/en/news/2026/withdrawntitle",
		"/api/v1/pages?sort=title", "/api/v1/pages?count=true", "/en/about-us/our-mission")
	if len(pages) < 25 {
		t.Fatalf("only %d answers were read", len(pages))
	}
	// The guessed addresses are part of the questions, not of the answers.
	for path, said := range pages {
		for _, c := range canaries {
			if strings.Contains(strings.ToLower(path), c) {
				continue
			}
			if strings.Contains(strings.ToLower(said), c) {
				t.Errorf("%s says %q", path, c)
			}
		}
	}
	// What cannot be seen and what does not exist are the same answer.
	for _, pair := range [][2]string{
		{"/api/v1/pages/" + secret, "/api/v1/pages/" + env.NewID()},
		{"/en/about-us/zanzibarslug", "/en/about-us/zanzibarslog"},
	} {
		a, b := everything(t, get(t, h, pair[0])), everything(t, get(t, h, pair[1]))
		last := func(s string) string { return s[strings.LastIndexByte(s, '/')+1:] }
		if strings.ReplaceAll(a, last(pair[0]), "x") != strings.ReplaceAll(b, last(pair[1]), "x") {
			t.Errorf("%s and %s differ:\n%s\n%s", pair[0], pair[1], a, b)
		}
	}
}

// TestDraftEditChangesNoHeader asks for everything before and after a draft is
// saved: not an ETag may move.
func TestDraftEditChangesNoHeader(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	h := testHandler(t, env)
	paths := []string{"/en/", "/en/about-us/", "/en/about-us/our-mission", "/api/v1/pages", "/api/v1/pages/" + env.Page, "/api/v1/changes", "/api/v1"}
	before := map[string]string{}
	for _, p := range paths {
		before[p] = everything(t, get(t, h, p))
	}
	env.Write(t, env.Page, "en", "Something entirely different.")
	env.Clock.Advance(3 * models.Sitting)
	env.Write(t, env.Page, "en", "And something else.")
	for _, p := range paths {
		if after := everything(t, get(t, h, p)); after != before[p] {
			t.Errorf("%s changed:\n%s\n%s", p, before[p], after)
		}
	}
}

// TestPublishIsSeenInTheNextRequest is the promise of the page cache.
func TestPublishIsSeenInTheNextRequest(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	h := testHandler(t, env)
	for range 3 { // warm
		get(t, h, "/en/about-us/our-mission")
		get(t, h, "/api/v1/pages/"+env.Page)
	}
	for i, words := range []string{"The first new summary.", "The second new summary."} {
		env.Write(t, env.Page, "en", words)
		env.Publish(t, env.Page, "en")
		if said := everything(t, get(t, h, "/en/about-us/our-mission")); !strings.Contains(said, words) {
			t.Errorf("publication %d is not in the next page", i)
		}
		var item struct{ Summary string }
		if err := json.NewDecoder(get(t, h, "/api/v1/pages/"+env.Page).Body).Decode(&item); err != nil || item.Summary != words {
			t.Errorf("publication %d is not in the next JSON: %+v, %v", i, item, err)
		}
	}
	if err := env.CMS.Unpublish(t.Context(), env.Admin, env.Page, "en", env.Edition(t, env.Page, "en").Version); err != nil {
		t.Fatal(err)
	}
	if res := get(t, h, "/en/about-us/our-mission"); res.StatusCode != http.StatusNotFound {
		t.Errorf("after unpublishing the page answers %d", res.StatusCode)
	}
}

func TestHosts(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	h := testHandler(t, env)
	for _, tt := range []struct {
		host, path string
		want       int
	}{
		{"127.0.0.1:8080", "/en/", 200}, {"localhost:8080", "/en/", 200}, {"[::1]:8080", "/en/", 200}, {"localhost", "/en/", 200},
		{"evil.invalid", "/en/", 421}, {"evil.invalid", "/admin/sign-in", 421}, {"evil.invalid", "/healthz", 200},
		{"127.0.0.1.evil.invalid", "/en/", 421},
	} {
		r := httptest.NewRequest(http.MethodGet, "http://127.0.0.1:8080"+tt.path, nil)
		r.Host = tt.host
		r.Header.Set("X-Forwarded-Host", "evil.invalid")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != tt.want {
			t.Errorf("host %s%s: %d, want %d", tt.host, tt.path, w.Code, tt.want)
		}
		if strings.Contains(w.Body.String(), "evil.invalid") {
			t.Errorf("host %s%s is in the answer", tt.host, tt.path)
		}
	}
}

// TestStrangePathsAreNobodysAddress: they answer 404, or lead to an address of
// this site.
func TestStrangePathsAreNobodysAddress(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	h := testHandler(t, env)
	for _, p := range []string{"//en/", "/en//about-us/", "/../en/", "/en/../admin/", "/static/../en/", "/en/about-us/our-mission;a.js", "/admin/x.css", "/en/%00", "/x%0d%0aSet-Cookie:a=b"} {
		r := httptest.NewRequest(http.MethodGet, "http://127.0.0.1:8080/", nil)
		u, err := r.URL.Parse(p)
		if err != nil {
			continue // net/http refuses it before any handler
		}
		r.URL.Path, r.URL.RawPath, r.RequestURI = u.Path, u.RawPath, p
		if strings.Contains(p, "..") || strings.HasPrefix(p, "//") {
			r.URL.Host, r.URL.Path = "", p
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		to := w.Header().Get("Location")
		if w.Code != http.StatusNotFound && (w.Code/100 != 3 || !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//")) {
			t.Errorf("%q: %d, to %q", p, w.Code, to)
		}
		if w.Header().Get("Set-Cookie") != "" {
			t.Errorf("%q sets a cookie", p)
		}
	}
}
