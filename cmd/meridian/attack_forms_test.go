package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"meridian/admin"
	"meridian/cms/media"
	"meridian/models"
)

// TestAttackForms sends what no browser sends to every route that stores
// something: the right refusal, quickly, and nothing stored.
func TestAttackForms(t *testing.T) {
	t.Parallel()
	tg := newTarget(t, "https://site.example")
	c := tg.as(tg.Admin)
	big := bytes.Repeat([]byte("a"), 4<<20)
	form := func(r *http.Request) { r.Header.Set("Content-Type", "application/x-www-form-urlencoded") }
	chunked := func(r *http.Request) {
		r.ContentLength = -1
		r.Body = io.NopCloser(bytes.NewReader(append([]byte("title="), big...)))
	}
	cases := []struct {
		name   string
		status int
		body   []byte
		change []func(*http.Request)
	}{
		{"too large", 413, append([]byte("title="), big...), []func(*http.Request){form}},
		{"too large in chunks", 413, nil, []func(*http.Request){form, chunked}},
		{"says it is larger than it is", 413, []byte("a=b"), []func(*http.Request){form, func(r *http.Request) { r.ContentLength = 1 << 40 }}},
		{"JSON", 415, []byte(`{"title":"x"}`), []func(*http.Request){header("Content-Type", "application/json")}},
		{"JSON as text", 415, []byte(`{"title":"x"}`), []func(*http.Request){header("Content-Type", "text/plain")}},
		{"multipart", 415, []byte("--b\r\nContent-Disposition: form-data; name=title\r\n\r\nx\r\n--b--"), []func(*http.Request){header("Content-Type", "multipart/form-data; boundary=b")}},
		{"XML", 415, []byte(`<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r>&x;</r>`), []func(*http.Request){header("Content-Type", "application/xml")}},
		{"no type", 415, []byte("title=x"), nil},
		{"type that is none", 415, []byte("title=x"), []func(*http.Request){header("Content-Type", "application/x-www-form-urlencoded/x;;")}},
		{"bad escapes", 400, []byte("title=%zz&version=%"), []func(*http.Request){form}},
		{"semicolons", 400, []byte("title=a;version=1"), []func(*http.Request){form}},
		{"not UTF-8", 400, []byte("title=%ff%fe&version=1&facts_version=1"), []func(*http.Request){form}},
		{"names not UTF-8", 400, []byte("%ff=1&version=1&facts_version=1"), []func(*http.Request){form}},
		{"surrogates", 400, []byte("title=%ed%a0%80&version=1&facts_version=1"), []func(*http.Request){form}},
		{"too many fields", 400, []byte(strings.Repeat("a&", 300_000)), []func(*http.Request){form}},
	}
	multipart := func(r *http.Request) { r.Header.Set("Content-Type", "multipart/form-data; boundary=b") }
	field := func(name, value string) string {
		return "--b\r\nContent-Disposition: form-data; name=" + name + "\r\n\r\n" + value + "\r\n"
	}
	// Where pictures and files are sent no other form is read, and theirs is read
	// piece by piece.
	files := []string{"/admin/media/upload", "/admin/media/:asset/replace"}
	sent := slices.Clone(cases[:0])
	for _, tt := range cases {
		if tt.status != http.StatusRequestEntityTooLarge {
			tt.status = http.StatusUnsupportedMediaType
		}
		switch tt.name {
		case "multipart": // well formed, so below
			continue
		case "too large", "too large in chunks": // for a form, not for a film
			tt.status = http.StatusUnsupportedMediaType
		}
		sent = append(sent, tt)
	}
	for _, tt := range []struct {
		name   string
		status int
		body   string
	}{
		{"nothing", 422, ""},
		{"no beginning", 422, "title=x"},
		{"no end", 400, field("version", "1")},
		{"no file", 422, field("version", "1") + "--b--"},
		{"a field too large", 413, field("version", strings.Repeat("1", 1<<20)) + "--b--"},
		{"a field not UTF-8", 400, field("version", "\xff\xfe") + "--b--"},
		{"too many fields", 400, strings.Repeat(field("version", "1"), 1000) + "--b--"},
		{"a head without end", 400, "--b\r\nContent-Disposition: form-data; name=" + strings.Repeat("x", 20<<20)},
	} {
		sent = append(sent, cases[0])
		s := &sent[len(sent)-1]
		s.name, s.status, s.body, s.change = tt.name, tt.status, []byte(tt.body), []func(*http.Request){multipart}
	}
	file := tg.Upload(t, media.Upload{}).ID
	before := tg.checksum("sessions", "attempts")
	for _, r := range admin.Routes() {
		if r.Method != http.MethodPost || strings.HasSuffix(r.Path, "sign-out") {
			continue
		}
		path := strings.NewReplacer(":id", tg.Page, ":lang", "en", ":asset", file).Replace(r.Path)
		cases := cases
		if slices.Contains(files, r.Path) {
			cases = sent
		}
		for _, tt := range cases {
			c.Clock.Advance(20 * time.Second) // beyond limits by the minute, within the life of a session
			if r.Path == "/admin/redirects/import" && tt.name == "multipart" {
				continue // its form has a file in it, and is read like any other
			}
			where := path + ": " + tt.name
			began := time.Now()
			a := c.send(c.request(http.MethodPost, path, tt.body, tt.change...))
			if took := time.Since(began); took > 10*time.Second {
				t.Errorf("%s took %v", where, took)
			}
			if a.status != tt.status {
				t.Errorf("%s: status %d, want %d\n%.300s", where, a.status, tt.status, a.body)
			}
			noInternals(t, where, a)
		}
	}
	tg.unchanged(before, "malformed forms", "sessions", "attempts")
}

// noInternals fails the test when an answer tells how the program is made.
func noInternals(t testing.TB, where string, a *answer) {
	t.Helper()
	said := a.all()
	for _, s := range []string{"goroutine ", ".go:", "runtime.", "sqlite", "SQLITE", "SELECT ", "UPDATE ", "gorm", "gin-gonic", "net/http", "argon2", "panic", "go1.", "/work/", "/home/", "meridian/cms", "meridian/models"} {
		if strings.Contains(said, s) {
			t.Errorf("%s says %q:\n%.800s", where, s, said)
		}
	}
	for _, h := range []string{"Server", "X-Powered-By", "X-Aspnet-Version"} {
		if a.header.Get(h) != "" {
			t.Errorf("%s: header %s %q", where, h, a.header.Get(h))
		}
	}
}

// TestAttackEditor sends texts to the editor that are too many, too deep or of
// no known kind.
func TestAttackEditor(t *testing.T) {
	t.Parallel()
	tg := newTarget(t, "https://site.example")
	c := tg.as(tg.Editor)
	at := "/admin/entries/" + tg.Page + "/en"
	clean := c.formAt(t, at, at)
	before := tg.checksum("sessions", "attempts")
	for name, change := range map[string]func(url.Values){
		"unknown block":      func(v url.Values) { add(v, "script", map[string]string{"text": "x"}) },
		"part as block":      func(v url.Values) { add(v, "table_cell", map[string]string{"text": "x"}) },
		"root as block":      func(v url.Values) { add(v, "doc", map[string]string{"text": "x"}) },
		"malformed block":    func(v url.Values) { v.Add("block", "../../etc:paragraph") },
		"block twice":        func(v url.Values) { v.Add("block", v.Get("block")) },
		"1,001 blocks":       func(v url.Values) { many(v, 1001, "x") },
		"text of 1.2 MB":     func(v url.Values) { add(v, "paragraph", map[string]string{"text": strings.Repeat("a", 1200<<10)}) },
		"1.4 MB in blocks":   func(v url.Values) { many(v, 140, strings.Repeat("a", 10<<10)) },
		"1,000 nested lists": func(v url.Values) { add(v, "bullet_list", map[string]string{"text": nested(1000)}) },
		"20,001 open marks":  func(v url.Values) { add(v, "paragraph", map[string]string{"text": strings.Repeat("**[", 20001)}) },
		"20,000 nested brackets": func(v url.Values) {
			add(v, "paragraph", map[string]string{"text": strings.Repeat("[", 20000) + "x" + strings.Repeat("](/a)", 20000)})
		},
		"table of 2,000 columns": func(v url.Values) { add(v, "table", map[string]string{"text": strings.Repeat("| a ", 2000) + "|"}) },
		"table of 20,000 rows":   func(v url.Values) { add(v, "table", map[string]string{"text": strings.Repeat("| a | b |\n", 20000)}) },
		"heading of level 1":     func(v url.Values) { add(v, "heading", map[string]string{"level": "1", "text": "x"}) },
		"heading of level 2e9": func(v url.Values) {
			add(v, "heading", map[string]string{"level": "2000000000000000000000", "text": "x"})
		},
		"limit of cards":            func(v url.Values) { add(v, "cards", map[string]string{"query.limit": "1000000", "mode": "auto"}) },
		"unknown choice":            func(v url.Values) { add(v, "callout", map[string]string{"tone": "<script>", "text": "x"}) },
		"foreign reference":         func(v url.Values) { add(v, "button", map[string]string{"label": "x", "link": "user:" + tg.Admin.ID}) },
		"reference with a path":     func(v url.Values) { add(v, "button", map[string]string{"label": "x", "link": "page:../../admin"}) },
		"31 logos":                  func(v url.Values) { add(v, "logos", logos(31)) },
		"title of 100 kB":           func(v url.Values) { v.Set("title", strings.Repeat("t", 100<<10)) },
		"summary of 100 kB":         func(v url.Values) { v.Set("summary", strings.Repeat("t", 100<<10)) },
		"version that is no number": func(v url.Values) { v.Set("title", "x"); v.Set("version", "1 OR 1=1") },
		"version below zero":        func(v url.Values) { v.Set("title", "x"); v.Set("version", "-1") },
		"version of tomorrow":       func(v url.Values) { v.Set("title", "x"); v.Set("version", "99999") },
		"version too large":         func(v url.Values) { v.Set("title", "x"); v.Set("version", "99999999999999999999999") },
		"version twice":             func(v url.Values) { v.Set("title", "x"); v["version"] = []string{"0", v.Get("version")} },
		"no version":                func(v url.Values) { v.Set("title", "x"); v.Del("version") },
		"unknown button":            func(v url.Values) { v.Set("op", "drop:table") },
		"insert of an unknown":      func(v url.Values) { v.Set("op", "insert:start:script") },
		"insert of a part":          func(v url.Values) { v.Set("op", "insert:start:table_row") },
		"start in no language":      func(v url.Values) { v.Set("op", "start:xx-../..:copy") },
		"start of the facts":        func(v url.Values) { v.Set("op", "start:und:copy") },
		"start of one there is":     func(v url.Values) { v.Set("op", "start:en:copy") },
		"date that is none":         func(v url.Values) { v.Set("facts.review_by", "2026-13-45'; DROP TABLE entries--") },
	} {
		form := cloneValues(clean)
		form.Set("op", "save")
		change(form)
		began := time.Now()
		a := c.post(at, form)
		took := time.Since(began)
		if a.status < 400 || a.status >= 500 {
			t.Errorf("%s: status %d to %q\n%.200s", name, a.status, a.header.Get("Location"), a.body)
		}
		if took > 10*time.Second {
			t.Errorf("%s took %v", name, took)
		}
		harmless(t, name, a.body)
		noInternals(t, name, a)
		tg.unchanged(before, name, "sessions", "attempts")
		if t.Failed() {
			break
		}
	}
	// What the server decides is no field: it is left alone.
	form := cloneValues(clean)
	for _, name := range []string{"id", "ID", "author", "author_id", "entry_id", "section_id", "domain_id", "published_at", "revision", "state", "status", "live", "role", "hash", "lang", "kind", "type", "slug", "path", "machine", "epoch", "disabled", "facts.id", "fields.hash"} {
		form.Set(name, tg.Belgium)
	}
	c.want(http.StatusSeeOther, c.post(at, form), "fields of the server")
	tg.unchanged(before, "fields of the server", "sessions", "attempts")
	// A long text in letters that browsers spell out is no attack.
	form = cloneValues(clean)
	many(form, 90, strings.Repeat("\u0633\u0644\u0627\u0645 ", 1000))
	if n := len(form.Encode()); n < 2<<20 {
		t.Fatalf("the form has %d bytes", n)
	}
	c.want(http.StatusSeeOther, c.post(at, form), "a long text in Arabic")
	clean = c.formAt(t, at, at)
	// The first of two values counts, in every place alike.
	form = cloneValues(clean)
	form["title"] = []string{"The first title", "The second title"}
	c.want(http.StatusSeeOther, c.post(at, form), "two titles")
	if got := tg.DraftOf(t, tg.Page, "en").Title; got != "The first title" {
		t.Errorf("of two titles %q was stored", got)
	}
	// NUL and other control characters are dropped, whatever else is stored.
	form = c.formAt(t, at, at)
	form.Set("title", "a\x00b\x07c\u202ed\u0085e")
	add(form, "paragraph", map[string]string{"text": "x\x00y\x1bz"})
	c.want(http.StatusSeeOther, c.post(at, form), "control characters")
	d := tg.DraftOf(t, tg.Page, "en")
	if strings.ContainsAny(d.Title+d.Body, "\x00\x07\x1b\u202e\u0085") || strings.Contains(d.Body, `\u00`) {
		t.Errorf("control characters were stored: %q %q", d.Title, d.Body)
	}
}

func many(v url.Values, n int, text string) {
	for range n {
		add(v, "paragraph", map[string]string{"text": text})
	}
}

func nested(depth int) string {
	var b strings.Builder
	for i := range depth {
		b.WriteString(strings.Repeat("  ", i) + "- x\n")
	}
	return b.String()
}

func logos(n int) map[string]string {
	m := map[string]string{}
	for i := range n {
		m[fmt.Sprintf("items.%d.name", i)] = "n"
	}
	return m
}

// TestAttackUnknownKinds makes entries of kinds, in places and in languages
// that do not exist.
func TestAttackUnknownKinds(t *testing.T) {
	t.Parallel()
	tg := newTarget(t, "https://site.example")
	c := tg.as(tg.Admin)
	before := tg.checksum("sessions", "attempts")
	for _, v := range []url.Values{
		{"kind": {"user"}}, {"kind": {"users; DROP TABLE entries"}}, {"kind": {"PAGE"}}, {"kind": {""}}, {"kind": {"media"}},
		{"section": {"' OR 1=1--"}}, {"section": {tg.Page}}, {"section": {tg.NewID()}}, {"section": {tg.Admin.ID}}, {"section": {""}},
		{"lang": {"de"}}, {"lang": {"und"}}, {"lang": {"../en"}}, {"lang": {"xx-yy-zz"}}, {"lang": {""}},
		{"kind": {"section"}, "type": {"root"}}, {"kind": {"section"}, "type": {"<b>"}}, {"nav": {"everywhere"}},
		{"title": {strings.Repeat("x", 50_000)}},
	} {
		form := url.Values{"kind": {"page"}, "section": {tg.About}, "lang": {"en"}, "title": {"t"}, "type": {""}, "nav": {""}}
		for k, x := range v {
			form[k] = x
		}
		where := v.Encode()
		a := c.post("/admin/new", form)
		if a.status < 400 || a.status >= 500 {
			t.Errorf("%.80s: status %d to %q", where, a.status, a.header.Get("Location"))
		}
		noInternals(t, where, a)
	}
	tg.unchanged(before, "unknown kinds", "sessions", "attempts")
}

// TestAttackForeignEntries asks for what belongs to another section as its
// author: the answer is that for what does not exist, byte for byte, on every
// route, and nothing is stored.
func TestAttackForeignEntries(t *testing.T) {
	t.Parallel()
	tg := newTarget(t, "https://site.example")
	people := map[string]models.User{"be-author": tg.BEAuthor, "be-editor": tg.BEEditor, "nobody": tg.Nobody}
	secret := tg.DraftOf(t, tg.Draft, "en").Title
	for name, u := range people {
		c := tg.as(u)
		before := tg.checksum("sessions", "attempts")
		own := c.get("/admin/content/" + tg.Belgium)
		if want := http.StatusOK; name != "nobody" && own.status != want {
			t.Errorf("%s and the own section: %d", name, own.status)
		}
		for _, r := range admin.Routes() {
			if !strings.Contains(r.Path, ":") {
				continue
			}
			for _, lang := range []string{"en", "fr", "nl", models.Facts} {
				say := func(entry, section string) string {
					path := strings.NewReplacer(":section", section, ":id", entry, ":lang", lang).Replace(r.Path)
					var a *answer
					if r.Method == http.MethodGet {
						a = c.get(path)
					} else {
						a = c.post(path, url.Values{"version": {"1"}, "facts_version": {"1"}, "slug": {"elsewhere"}, "reason": {"legal"}, "op": {"save"}, "title": {"t"}})
					}
					if a.status == http.StatusOK || a.status == http.StatusSeeOther {
						t.Errorf("%s: %s %s is answered %d", name, r.Method, path, a.status)
					}
					if strings.Contains(a.body, secret) {
						t.Errorf("%s: %s %s shows a foreign draft", name, r.Method, path)
					}
					return strings.NewReplacer(entry, "ID", section, "ID").Replace(a.all())
				}
				missing := say(tg.NewID(), tg.NewID())
				for _, foreign := range []string{tg.Page, tg.News, tg.Draft, tg.About, tg.Root} {
					if got := say(foreign, tg.About); got != missing {
						t.Errorf("%s: %s %s in %s: foreign\n%.600s\nmissing\n%.600s", name, r.Method, r.Path, lang, got, missing)
					}
				}
				if !strings.Contains(r.Path, ":lang") {
					break
				}
			}
		}
		// Nor through fields and filters.
		for _, v := range []url.Values{
			{"kind": {"page"}, "section": {tg.About}, "lang": {"en"}, "title": {"t"}},
			{"kind": {"page"}, "section": {tg.Root}, "lang": {"en"}, "title": {"t"}},
		} {
			got := c.post("/admin/new", v)
			v.Set("section", tg.NewID())
			want := c.post("/admin/new", v)
			if got.status != want.status || got.status < 400 {
				t.Errorf("%s: a page in a foreign section: %d, in a missing one: %d", name, got.status, want.status)
			}
		}
		for _, path := range []string{"/admin/", "/admin/content", "/admin/news", "/admin/news?section=" + tg.About, "/admin/news?q=" + url.QueryEscape(secret), "/admin/new?section=" + tg.About} {
			if strings.Contains(strings.ReplaceAll(c.get(path).body, url.QueryEscape(secret), ""), `>`+secret) {
				t.Errorf("%s: %s shows a foreign draft", name, path)
			}
		}
		tg.unchanged(before, name+" among foreign entries", "sessions", "attempts")
	}
}

// TestAttackStaleVersions sends every action once more after somebody else was
// faster: 409, both texts on the page where there are two, nothing stored.
func TestAttackStaleVersions(t *testing.T) {
	t.Parallel()
	tg := newTarget(t, "https://site.example")
	slow, fast := tg.as(tg.Editor), tg.as(tg.Admin)
	at := "/admin/entries/" + tg.Page + "/en"
	edit := slow.formAt(t, at, at)
	fast.want(http.StatusSeeOther, fast.post(at, func() url.Values {
		v := fast.formAt(t, at, at)
		v.Set("summary", "Words of the faster one.")
		return v
	}()), "the faster one")
	publish := slow.formAt(t, at+"/publish", at+"/publish")
	publish.Set("version", edit.Get("version"))
	before := tg.checksum("sessions", "attempts")
	edit.Set("summary", "Words of the slower one.")
	a := slow.want(http.StatusConflict, slow.post(at, edit), "save")
	p := harmless(t, "conflict", a.body)
	p.says(t, "conflict", "Words of the slower one.")
	p.says(t, "conflict", "faster")
	slow.want(http.StatusConflict, slow.post(at+"/publish", publish), "publish")
	v := url.Values{"version": {edit.Get("version")}, "facts_version": {"1"}, "slug": {"elsewhere"}, "reason": {"legal"}}
	for _, what := range []string{"/address", "/unpublish", "/withdraw"} {
		slow.want(http.StatusConflict, slow.post(at+what, v), what)
	}
	tg.unchanged(before, "stale versions", "sessions", "attempts")
}
