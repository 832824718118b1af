package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"meridian/cms"
	"meridian/cms/account"
	"meridian/cms/block"
	"meridian/cms/cmstest"
	"meridian/cms/demonstration"
	"meridian/cms/export"
	"meridian/models"
)

// exportTo exports an installation.
func exportTo(t *testing.T, env *cmstest.Env, base, dir string) export.Result {
	t.Helper()
	src, err := exportSource(env.Store, base, env.Open, env.Clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	res, err := export.Run(t.Context(), src, export.Options{Dir: dir, Base: base, Program: "test"})
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// demoEnv is the demonstration network without a server.
func demoEnv(t *testing.T) *cmstest.Env {
	t.Helper()
	env := cmstest.Bare(t)
	if _, err := demonstration.Load(t.Context(), env.Store, demonstration.Options{Password: demoSecret}); err != nil {
		t.Fatal(err)
	}
	return env
}

func exportedFiles(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.Name() == export.Folder {
			return fs.SkipDir
		}
		if d.IsDir() {
			return nil
		}
		rel, err := filepath.Rel(dir, p)
		if err != nil {
			return err
		}
		out[filepath.ToSlash(rel)], err = os.ReadFile(p)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// The rewriting of links, turned round: what README.md promises and no more.
var (
	fileLink   = regexp.MustCompile(`(/[^"\s?#<>]*?)((?:/[a-z_]+=[^/"\s?#<>]+)+)(/|)("|#|$)`)
	plainData  = regexp.MustCompile(`(/api/v1(?:/[a-z]+)?)\.json("|$)`)
	findLink   = regexp.MustCompile(`<a class="find"[^\n]*</a>\n`)
	filterNavs = regexp.MustCompile(`(?s)<nav class="filters".*?</nav>\n|<div class="side"><nav aria-label="[^"]*">\n<div class="filter">.*?</nav></div>\n| two">\n<div class="text">\n<ul class="news">`)
)

// liveLinks undoes the rewriting of links in a file. long are the values of
// parameters by their hashes.
func liveLinks(s string, long map[string]string) string {
	s = fileLink.ReplaceAllStringFunc(s, func(m string) string {
		g := fileLink.FindStringSubmatch(m)
		q := url.Values{}
		for seg := range strings.SplitSeq(strings.TrimSuffix(strings.Trim(g[2], "/"), ".json"), "/") {
			k, v, _ := strings.Cut(seg, "=")
			v, _ = url.PathUnescape(v)
			if whole, ok := long[v]; ok {
				v = whole
			}
			q.Set(k, v)
		}
		path := g[1]
		if g[3] == "/" {
			path += "/"
		}
		return path + "?" + q.Encode() + g[4]
	})
	return plainData.ReplaceAllStringFunc(s, func(m string) string {
		if strings.HasPrefix(m, "/api/v1/openapi.json") { // has its ending by itself
			return m
		}
		return plainData.ReplaceAllString(m, "$1$2")
	})
}

// ampersands are ways to write one.
var ampersands = strings.NewReplacer(`\u0026`, "&", "&amp;", "&")

// TestExportSaysWhatTheSiteSays compares every file with the live answer at its
// address: equal bytes, but for the links to addresses with a query, and for
// the search and the filters that need a server.
func TestExportSaysWhatTheSiteSays(t *testing.T) {
	t.Parallel()
	env, dir := demoEnv(t), t.TempDir()
	const base = "http://127.0.0.1:8080"
	res := exportTo(t, env, base, dir)
	h, err := newHandler(env.Store, account.New(env.Store, account.Options{}), handlerOptions{Base: base, CacheBytes: 8 << 20, Clock: env.Clock.Now, Library: env.Library})
	if err != nil {
		t.Fatal(err)
	}
	ask := func(address string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, base+address, nil))
		return w
	}
	// Cursors are too long for names of files.
	long := map[string]string{}
	for _, kind := range []string{"pages", "news", "sections"} {
		for _, lang := range []string{"", "en", "fr", "nl", "es", "ar"} {
			next := "/api/v1/" + kind
			if lang != "" {
				next += "?lang=" + lang
			}
			noteCursors(t, ask, next, long)
		}
	}
	files := exportedFiles(t, dir)
	for name, body := range files {
		if m := regexp.MustCompile(`"https?://[^"]*/api/v1/news\?[^"]*topic=[^"]*"`).FindAllString(string(body), 1); m != nil {
			t.Errorf("%s links to %s", name, m[0])
		}
	}
	compared, redirects := 0, 0
	for name, body := range files {
		if name == "_redirects" || name == "_headers" || name == ".nojekyll" || name == "index.html" {
			continue
		}
		if strings.Contains(name, "cursor=") && strings.Contains(name, "topic=") {
			continue // of lists that only the page of a topic leads to
		}
		address := "/" + name
		if strings.HasSuffix(name, "index.html") {
			address = "/" + strings.TrimSuffix(name, "index.html")
		}
		address = (&url.URL{Path: address}).EscapedPath()
		address = ampersands.Replace(liveLinks(address, long))
		w := ask(address)
		if w.Code == http.StatusMovedPermanently && strings.HasSuffix(name, "index.html") {
			to := w.Header().Get("Location")
			path, _, _ := strings.Cut(address, "?")
			if where, _, _ := strings.Cut(to, "?"); where+"/" == path { // a page has no slash, the folder does
				address = to
				w = ask(address)
			}
		}
		switch {
		case strings.HasSuffix(name, "404.html"):
			if w.Code != http.StatusNotFound {
				t.Errorf("%s: the site answers %d", name, w.Code)
			}
		case w.Code >= 300 && w.Code < 400:
			redirects++
			if to := w.Header().Get("Location"); !bytes.Contains(body, []byte(`<meta http-equiv="refresh" content="0; url=`+html.EscapeString(to)+`">`)) || !bytes.Contains(body, []byte("noindex")) {
				t.Errorf("%s does not lead to %s:\n%s", name, to, body)
			}
			continue
		case w.Code != http.StatusOK:
			t.Errorf("%s: the site answers %d at %s", name, w.Code, address)
			continue
		}
		got, want := ampersands.Replace(string(body)), ampersands.Replace(findLink.ReplaceAllString(w.Body.String(), ""))
		if strings.HasSuffix(name, ".html") || strings.HasPrefix(name, "api/v1") {
			got = liveLinks(got, long)
		}
		if strings.Contains(want, `class="filter`) {
			got, want = filterNavs.ReplaceAllString(got, ""), filterNavs.ReplaceAllString(want, "")
			got, want = strings.ReplaceAll(got, `<div class="w page two">`, `<div class="w page">`), strings.ReplaceAll(want, `<div class="w page two">`, `<div class="w page">`)
			got = strings.ReplaceAll(got, `<div class="w page">`+"\n"+`<div class="text">`+"\n"+`<ul class="news">`, "")
			want = strings.ReplaceAll(want, `<div class="w page">`+"\n"+`<div class="text">`+"\n"+`<ul class="news">`, "")
		}
		compared++
		if got != want {
			at := 0
			for at < len(got) && at < len(want) && got[at] == want[at] {
				at++
			}
			from := max(0, at-100)
			t.Errorf("%s differs from %s:\n…%s\nwant\n…%s", name, address, got[from:min(len(got), at+200)], want[from:min(len(want), at+200)])
			if compared > 2000 {
				return
			}
		}
	}
	t.Logf("%d files, %d compared, %d redirects", res.Files, compared, redirects)
	if compared < 1000 || redirects < 10 {
		t.Errorf("%d files compared, %d redirects", compared, redirects)
	}
}

// noteCursors notes the cursors of a list by their hashes.
func noteCursors(t *testing.T, ask func(string) *httptest.ResponseRecorder, next string, long map[string]string) {
	t.Helper()
	for next != "" {
		var l struct{ Next *string }
		if err := json.Unmarshal(ask(next).Body.Bytes(), &l); err != nil {
			t.Fatalf("%s: %v", next, err)
		}
		if next = ""; l.Next != nil {
			u, err := url.Parse(*l.Next)
			if err != nil {
				t.Fatal(err)
			}
			c := u.Query().Get("cursor")
			sum := sha256.Sum256([]byte(c))
			long[hex.EncodeToString(sum[:10])] = c
			next = u.RequestURI()
		}
	}
}

// TestExportHasNoDeadLinks serves an export as the plainest of hosts does, and
// follows every link of every page and of the JSON.
func TestExportHasNoDeadLinks(t *testing.T) {
	t.Parallel()
	env, dir := demoEnv(t), t.TempDir()
	srv := httptest.NewServer(http.FileServer(http.Dir(dir)))
	defer srv.Close()
	exportTo(t, env, srv.URL, dir)

	live, err := newHandler(env.Store, account.New(env.Store, account.Options{}), handlerOptions{Base: srv.URL, CacheBytes: 8 << 20, Library: env.Library})
	if err != nil {
		t.Fatal(err)
	}
	seen, from := map[string]bool{}, map[string]string{}
	queue := []string{"/", "/sitemap.xml", "/api/v1.json"}
	follow := func(in, ref string) {
		ref = strings.TrimPrefix(ref, srv.URL)
		ref, _, _ = strings.Cut(ref, "#")
		if strings.HasPrefix(ref, "/") && !strings.HasPrefix(ref, "//") && !seen[ref] {
			seen[ref], from[ref] = true, in
			queue = append(queue, ref)
		}
	}
	pages := 0
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		if at == "/api/v1/resolve" || at == "/api/v1/search" { // beginnings of addresses, which need the server
			continue
		}
		if strings.Contains(at, "?") {
			t.Errorf("%s leads to %s, whose query no host reads", from[at], at)
		}
		res, err := http.Get(srv.URL + at)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if res.StatusCode != http.StatusOK {
			w := httptest.NewRecorder()
			live.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL+at, nil))
			t.Errorf("%s leads to %s, which is not there (%s; live %d)", from[at], at, res.Status, w.Code)
			continue
		}
		pages++
		switch kind := res.Header.Get("Content-Type"); {
		case strings.HasPrefix(kind, "text/html"):
			doc, err := html.Parse(bytes.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			for n := range doc.Descendants() {
				for _, a := range n.Attr {
					if a.Key == "href" || a.Key == "src" || a.Key == "action" || a.Key == "content" && strings.HasPrefix(a.Val, srv.URL) {
						follow(at, a.Val)
					}
				}
			}
		case strings.HasSuffix(at, ".json") && strings.HasPrefix(at, "/api/") && !strings.HasSuffix(at, "openapi.json"):
			var v any
			if err := json.Unmarshal(body, &v); err != nil {
				t.Fatalf("%s: %v", at, err)
			}
			everyString(v, func(s string) {
				if strings.HasPrefix(s, srv.URL) {
					follow(at, s)
				}
			})
		case strings.HasPrefix(at, "/sitemap"):
			for _, m := range regexp.MustCompile(`<loc>([^<]+)</loc>|href="([^"]+)"`).FindAllStringSubmatch(string(body), -1) {
				follow(at, html.UnescapeString(m[1]+m[2]))
			}
		}
	}
	t.Logf("%d answers", pages)
	if pages < 1000 {
		t.Errorf("only %d answers", pages)
	}
}

func everyString(v any, fn func(string)) {
	switch v := v.(type) {
	case string:
		fn(v)
	case []any:
		for _, e := range v {
			everyString(e, fn)
		}
	case map[string]any:
		for _, e := range v {
			everyString(e, fn)
		}
	}
}

// TestExportFollowsTheSite changes the site in every way there is and exports
// after each: the folder is always what an export to a new one makes, and draft
// texts are in neither.
func TestExportFollowsTheSite(t *testing.T) {
	t.Parallel()
	env, dir := cmstest.New(t), t.TempDir()
	const base, secret = "https://site.example", "zqdraftqz"
	exportTo(t, env, base, dir)
	version := func(id string) int {
		t.Helper()
		return env.Edition(t, id, "en").Version
	}
	entry := func(id string) models.Entry {
		t.Helper()
		ed, err := env.CMS.Editor(t.Context(), env.Admin, id, "en")
		if err != nil {
			t.Fatal(err)
		}
		return ed.Entry
	}
	words := block.Paragraph(block.Text("Other words."))
	for _, step := range []struct {
		name string
		act  func() error
	}{
		{"draft", func() error { env.Write(t, env.Page, "en", secret, block.Paragraph(block.Text(secret))); return nil }},
		{"publish", func() error { env.Write(t, env.Page, "en", "New.", words); env.Publish(t, env.Page, "en"); return nil }},
		{"news", func() error {
			id := env.Create(t, cms.NewEntry{Kind: models.KindNews, Section: env.Belgium, Lang: "en", Title: "In Belgium", Facts: models.Values{"date": "2026-05-01"}})
			env.Publish(t, id, "en")
			return nil
		}},
		{"translate", func() error {
			env.Translate(t, env.Page, "fr", "Notre mission")
			env.Publish(t, env.Page, "fr")
			return nil
		}},
		{"move", func() error {
			_, err := env.CMS.Move(t.Context(), env.Admin, cms.Move{Entry: env.Page, Version: entry(env.Page).Version, Section: env.Belgium})
			return err
		}},
		{"unpublish", func() error {
			return env.CMS.Unpublish(t.Context(), env.Admin, env.News, "en", version(env.News))
		}},
		{"publish again", func() error { env.Publish(t, env.News, "en"); return nil }},
		{"move a section", func() error {
			_, err := env.CMS.Move(t.Context(), env.Admin, cms.Move{Entry: env.About, Version: entry(env.About).Version, Section: env.Belgium})
			return err
		}},
	} {
		if err := step.act(); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		res := exportTo(t, env, base, dir)
		fresh := t.TempDir()
		exportTo(t, env, base, fresh)
		got, want := exportedFiles(t, dir), exportedFiles(t, fresh)
		for name, body := range want {
			if !bytes.Equal(got[name], body) {
				t.Errorf("after %s: %s is not as in a new export", step.name, name)
			}
		}
		for name, body := range got {
			// A place in the journal that a reader may come back to stays.
			if _, ok := want[name]; !ok && !strings.HasPrefix(name, "api/v1/changes/since=") {
				t.Errorf("after %s: %s is still there", step.name, name)
			}
			if bytes.Contains(body, []byte(secret)) {
				t.Errorf("after %s: %s says what is in a draft", step.name, name)
			}
		}
		t.Logf("%s: %d of %d files written, %d removed, %d answers", step.name, res.Written, res.Files, res.Removed, res.Asked)
	}
}
