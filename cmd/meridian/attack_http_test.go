package main

import (
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"testing"

	"meridian/admin"
	"meridian/cms/account"
)

// publicPaths are addresses of each sort that readers know.
func (tg *target) publicPaths() []string {
	return []string{"/", "/en/", "/fr/", "/en/about-us/", "/en/about-us/our-mission", "/en/news/", "/en/nothing", "/nothing", "/robots.txt", "/favicon.ico", "/.well-known/security.txt", "/healthz", "/readyz",
		"/api/v1", "/api/v1/pages", "/api/v1/news/" + tg.News, "/api/v1/changes", "/api/v1/pages/" + tg.NewID(), "/api/v1/pages?x=1", "/static/nothing.css"}
}

// adminPaths are the addresses of the back office that answer GET.
func (tg *target) adminPaths() []string {
	var out []string
	for _, r := range admin.Routes() {
		if r.Method == http.MethodGet {
			out = append(out, strings.NewReplacer(":section", tg.About, ":id", tg.Page, ":lang", "en").Replace(r.Path))
		}
	}
	return out
}

// TestAttackMethods uses methods that are none of an address, asks to replace
// the method, and compares HEAD with GET.
func TestAttackMethods(t *testing.T) {
	t.Parallel()
	tg := newTarget(t, "https://site.example")
	c := tg.as(tg.Admin)
	before := tg.checksum("sessions", "attempts")
	for _, path := range append(tg.publicPaths(), tg.adminPaths()...) {
		for _, m := range []string{"PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "BREW", "get"} {
			a := c.send(c.request(m, path, nil))
			if a.status != http.StatusMethodNotAllowed && a.status != http.StatusNotFound {
				t.Errorf("%s %s: status %d", m, path, a.status)
			}
			noInternals(t, m+" "+path, a)
		}
		// Neither a header nor a field turns a GET or POST into something else.
		for _, h := range []string{"X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"} {
			if a, plain := c.get(path, header(h, "DELETE")), c.get(path); a.status != plain.status {
				t.Errorf("%s with %s: status %d, without %d", path, h, a.status, plain.status)
			}
		}
		whole, head := c.get(path), c.send(c.request(http.MethodHead, path, nil))
		if head.status != whole.status || head.body != "" {
			t.Errorf("HEAD %s: status %d and %d bytes, GET %d", path, head.status, len(head.body), whole.status)
		}
		for _, h := range []string{"Content-Type", "Cache-Control", "Etag", "Location", "Content-Security-Policy", "X-Content-Type-Options", "Vary", "Last-Modified", "Link"} {
			if g, w := head.header.Get(h), whole.header.Get(h); g != w {
				t.Errorf("HEAD %s: %s %q, GET %q", path, h, g, w)
			}
		}
	}
	at := "/admin/entries/" + tg.Page + "/en"
	for _, path := range []string{at + "/unpublish?_method=DELETE", at + "?_method=POST"} {
		if a := c.get(path); a.status >= 500 {
			t.Errorf("%s: %d", path, a.status)
		}
	}
	tg.unchanged(before, "methods", "sessions", "attempts")
}

// TestAttackGetsChangeNothing reads every page as an administrator, with
// parameters that look like orders.
func TestAttackGetsChangeNothing(t *testing.T) {
	t.Parallel()
	tg := newTarget(t, "https://site.example")
	c := tg.as(tg.Admin)
	before := tg.checksum("sessions", "attempts")
	for _, path := range append(tg.publicPaths(), tg.adminPaths()...) {
		for _, q := range []string{"", "?op=remove&version=1&facts_version=1&title=x&slug=y&reason=legal&name=z&password=w"} {
			c.get(path + q)
		}
	}
	for _, lang := range []string{"fr", "nl", "ar"} { // editions that are not there are not made by looking
		for _, id := range []string{tg.Page, tg.News, tg.Belgium, tg.Draft} {
			for _, tail := range []string{"", "/address", "/publish", "/takedown"} {
				if a := c.get("/admin/entries/" + id + "/" + lang + tail); a.status >= 500 {
					t.Errorf("%s in %s%s: %d", id, lang, tail, a.status)
				}
			}
		}
	}
	tg.unchanged(before, "reading", "sessions", "attempts")
}

// TestAttackHeaders looks at every answer there is: no cookie for readers, an
// explicit cache policy, nothing about the program, and no header that can be
// forged from outside.
func TestAttackHeaders(t *testing.T) {
	t.Parallel()
	tg := newTarget(t, "https://site.example")
	out, c := tg.client(), tg.as(tg.Admin)
	forged := []func(*http.Request){
		header("X-Forwarded-Host", "evil.invalid"), header("X-Forwarded-Proto", "gopher"), header("X-Forwarded-Server", "evil.invalid"), header("Forwarded", "host=evil.invalid"),
		header("X-Original-Url", "/admin/"), header("X-Rewrite-Url", "/admin/"), header("X-Host", "evil.invalid"), header("X-Forwarded-Prefix", "/evil.invalid"), header("X-Forwarded-Port", "4444"),
		header("Origin", "https://evil.invalid"), header("Accept", "text/evil.invalid"), header("Accept-Encoding", "evil.invalid"), header("Cookie", "session=evil.invalid; __Host-meridian=evil.invalid"),
		header("Range", "evil.invalid=0-1"), header("Via", "evil.invalid"), header("Authorization", "Bearer evil.invalid"), header("User-Agent", "evil.invalid"), header("Referer", "https://evil.invalid/"),
	}
	for _, path := range tg.publicPaths() {
		plain := out.get(path)
		for i, f := range forged {
			a := out.get(path, f)
			if strings.Contains(a.all(), "evil.invalid") || strings.Contains(a.all(), "gopher") || strings.Contains(a.all(), "4444") {
				t.Errorf("%s repeats header %d", path, i)
			}
			if a.status != plain.status || a.body != plain.body && !strings.HasPrefix(path, "/readyz") {
				t.Errorf("%s with forged header %d: status %d, without %d, or another body", path, i, a.status, plain.status)
			}
		}
		if part := out.get(path, header("Range", "bytes=0-1")); part.status == http.StatusPartialContent && part.body != plain.body[:2] {
			t.Errorf("%s: a part of another page", path)
		}
		if plain.header["Set-Cookie"] != nil {
			t.Errorf("%s sets a cookie for readers", path)
		}
		if again := c.get(path); again.header["Set-Cookie"] != nil || again.body != plain.body {
			t.Errorf("%s is another page, or sets a cookie, for somebody who is signed in", path)
		}
		if plain.header.Get("Cache-Control") == "" {
			t.Errorf("%s has no Cache-Control", path)
		}
		if ct := plain.header.Get("Content-Type"); strings.HasPrefix(ct, "text/") && !strings.Contains(ct, "charset=utf-8") {
			t.Errorf("%s: Content-Type %q without charset", path, ct)
		}
		if plain.body != "" && plain.header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s may be sniffed", path)
		}
		noInternals(t, path, plain)
	}
	for _, path := range append(tg.adminPaths(), "/admin/style.css", "/admin/x.js") {
		a := c.get(path)
		for name, want := range map[string]string{
			"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Cross-Origin-Opener-Policy": "same-origin",
			"Strict-Transport-Security": "max-age=31536000; includeSubDomains",
		} {
			if got := a.header.Get(name); got != want {
				t.Errorf("%s: %s is %q", path, name, got)
			}
		}
		if a.header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s may be read by other sites", path)
		}
		if path == "/admin/style.css" && a.status != http.StatusNotFound {
			t.Errorf("%s: status %d", path, a.status)
		}
		// Another site may not load it as a script, a picture or a frame.
		for _, dest := range []string{"script", "image", "iframe", "object", "style"} {
			if b := c.get(path, header("Sec-Fetch-Site", "cross-site"), header("Sec-Fetch-Dest", dest)); b.status != http.StatusForbidden {
				t.Errorf("%s as %s of another site: status %d", path, dest, b.status)
			}
		}
	}
}

// TestAttackHost calls the site by names that are not its own.
func TestAttackHost(t *testing.T) {
	t.Parallel()
	for base, hosts := range map[string]map[string]int{
		"https://site.example": {
			"site.example": 200, "SITE.EXAMPLE": 200, "evil.invalid": 421, "site.example.evil.invalid": 421, "site.example:8080": 421, "127.0.0.1": 421, "localhost": 421, "": 421, "site.example@evil.invalid": 421,
			"evil.invalid/site.example": 421, "site.example.": 421, "site.example,evil.invalid": 421, " site.example": 421, "[::1]": 421,
		},
		"http://127.0.0.1:8080": {
			"127.0.0.1:8080": 200, "localhost:8080": 200, "[::1]:8080": 200, "localhost": 200, "meridian.localhost:8080": 200, "evil.invalid": 421, "evil.invalid:8080": 421, "127.0.0.1.evil.invalid": 421,
			"localhost.evil.invalid:8080": 421, "10.0.0.1:8080": 421, "0.0.0.0:8080": 421, "": 421, "127.0.0.1:8080@evil.invalid": 421,
		},
	} {
		t.Run(base, func(t *testing.T) {
			t.Parallel()
			tg := newTarget(t, base)
			c := tg.client()
			for host, want := range hosts {
				set := func(r *http.Request) { r.Host = host }
				for _, path := range []string{"/en/", "/api/v1", "/admin/sign-in", "/static/nothing"} {
					a := c.get(path, set)
					if got := a.status; got != want && (want == 421 || path != "/static/nothing") {
						t.Errorf("%s of %q: status %d, want %d", path, host, got, want)
					}
					if strings.Contains(a.all(), "evil.invalid") || strings.Contains(a.all(), "SITE.EXAMPLE") {
						t.Errorf("%s of %q repeats the name", path, host)
					}
				}
				if a := c.get("/healthz", set); a.status != 200 {
					t.Errorf("/healthz of %q: %d", host, a.status)
				}
			}
		})
	}
}

// TestAttackOrigins posts to every route from other sites, in each way a
// browser may say so: refused with 403, nothing stored.
func TestAttackOrigins(t *testing.T) {
	t.Parallel()
	tg := newTarget(t, "https://site.example")
	c := tg.as(tg.Admin)
	// What a request says about where it comes from, and whether it is let in.
	cases := []struct {
		site, origin string
		ok           bool
	}{
		{"same-origin", "https://site.example", true},
		{"same-origin", "", true},
		{"none", "", true}, // opened by hand
		{"", "https://site.example", true},
		{"", "", false},
		{"cross-site", "https://evil.invalid", false},
		{"cross-site", "", false},
		{"cross-site", "null", false},
		{"same-site", "https://other.site.example", false},
		{"same-site", "", false},
		{"", "https://evil.invalid", false},
		{"", "http://site.example", false}, // unencrypted
		{"", "https://site.example:444", false},
		{"", "https://site.example.evil.invalid", false},
		{"", "https://evil.invalid/https://site.example", false},
		{"", "null", false},
		{"Cross-Site", "", false},
		{"nonsense", "", false},
	}
	before := tg.checksum("sessions", "attempts", "audit")
	for _, r := range admin.Routes() {
		if r.Method != http.MethodPost {
			continue
		}
		path := strings.NewReplacer(":id", tg.Page, ":lang", "en").Replace(r.Path)
		for _, tt := range cases {
			if tt.ok && r.Path == "/admin/sign-out" {
				continue
			}
			site, origin := header("Sec-Fetch-Site"), header("Origin")
			if tt.site != "" {
				site = header("Sec-Fetch-Site", tt.site)
			}
			if tt.origin != "" {
				origin = header("Origin", tt.origin)
			}
			// A form that every route refuses with something else than 403.
			a := c.post(path, url.Values{"version": {"x"}, "facts_version": {"x"}, "email": {"no address"}, "password": {tooLongPassword}}, site, origin)
			if (a.status == http.StatusForbidden) == tt.ok {
				t.Errorf("%s from %q, %q: status %d", path, tt.site, tt.origin, a.status)
			}
		}
		tg.ticking()
	}
	tg.unchanged(before, "other origins", "sessions", "attempts", "audit")
	if a := c.get("/admin/account"); a.status != http.StatusOK {
		t.Errorf("a foreign site ended the session: %d", a.status)
	}
}

// TestAttackRedirects asks to be led elsewhere.
func TestAttackRedirects(t *testing.T) {
	t.Parallel()
	tg := newTarget(t, "https://site.example")
	in := tg.as(tg.Admin)
	for i, next := range []string{
		"//evil.invalid", "https://evil.invalid", "/\\evil.invalid", `\\evil.invalid`, "/%09/evil.invalid", "/\t/evil.invalid", "http:evil.invalid", "javascript:X(1)", "/admin/..//evil.invalid", "///evil.invalid",
		"/\n/evil.invalid", "https:///evil.invalid", "/admin/\r\nSet-Cookie: x=1", "//site.example@evil.invalid", "/admin//../../evil.invalid", ".evil.invalid", "@evil.invalid", "/admin/sign-out", "/preview/../..//evil.invalid", "/admin/%2f%2fevil.invalid",
	} {
		check := func(a *answer) {
			t.Helper()
			to, err := url.Parse(a.header.Get("Location"))
			if err != nil || to.Host != "" || to.Scheme != "" || !strings.HasPrefix(to.Path, "/admin/") || to.Path == "/admin/sign-out" || len(a.header["Set-Cookie"]) > 1 {
				t.Errorf("next=%q leads to %q", next, a.header.Get("Location"))
			} else if r := (&url.URL{Scheme: "https", Host: "site.example"}).ResolveReference(to); r.Host != "site.example" {
				t.Errorf("next=%q leads to %s", next, r)
			}
		}
		q := "/admin/sign-in?next=" + url.QueryEscape(next)
		check(in.want(http.StatusSeeOther, in.get(q), next))
		out := tg.client()
		if form := out.formAt(t, q, "/admin/sign-in"); form.Get("next") != "" && strings.Contains(form.Get("next"), "evil") && !strings.HasPrefix(form.Get("next"), "/admin/") {
			t.Errorf("the sign-in form keeps next=%q", form.Get("next"))
		}
		if i%8 == 0 { // each costs a password
			check(out.want(http.StatusSeeOther, out.post("/admin/sign-in", url.Values{"email": {tg.Editor.Email}, "password": {attackPassword}, "next": {next}}), next))
		}
	}
	c := tg.client()
	for _, path := range []string{"//evil.invalid/", "//evil.invalid/%2e%2e", "/\\evil.invalid/", "/%5cevil.invalid/en/", "/en//evil.invalid/", "//evil.invalid/en/", "/.//evil.invalid/", "/%2f%2fevil.invalid/", "/EN//evil.invalid", "/en/%0d%0aSet-Cookie:%20a=b", "/admin//evil.invalid", "/admin/../%2fevil.invalid", "//en//", "/http://evil.invalid/"} {
		a := c.get(path)
		if to := a.header.Get("Location"); strings.Contains(to, "evil.invalid") || strings.HasPrefix(to, "//") || a.header["Set-Cookie"] != nil {
			t.Errorf("%s leads to %q", path, to)
		}
		if a.status >= 500 {
			t.Errorf("%s: status %d", path, a.status)
		}
	}
}

// TestAttackPaths writes addresses in ways that some servers take for others.
func TestAttackPaths(t *testing.T) {
	t.Parallel()
	tg := newTarget(t, "https://site.example")
	out, c := tg.client(), tg.as(tg.Admin)
	long := strings.Repeat("a", 15<<10)
	for _, path := range []string{
		"/en/%2e%2e/admin/", "/en/..%2fadmin/", "/%2e%2e/%2e%2e/etc/passwd", "/static/%2e%2e/%2e%2e/meridian.db", "/static/..%2f..%2fmeridian.db", "/meridian.db", "/data/meridian.db", "/.git/config", "/.env", "/en/.git/config",
		"/en/;a.js", "/en;x=1/", "/en/about-us;x/our-mission", "/en/%00", "/%00", "/en/about-us/our-mission%00.css", "/en/about-us/our-mission/x.css", "/en/about-us/our-mission.css", "/en/about-us/our-mission%0a", "/en/about-us%2four-mission",
		"/en/%ff%fe", "/en/%c0%ae%c0%ae/", "/en/\u202e", "/%61dmin%2f", "/admin%2f", "/admin%2fsign-in", "/api%2fv1%2fpages", "/api/v1%2fpages", "/api/v1/pages%2f" + tg.Page, "/api/v1/../v1/pages", "/api/v1/pages/..", "/api/v1/pages/" + tg.Page + ".css", "/api/v1/pages/" + tg.Page + "/x", "/api/v1/pages/" + tg.Page + ";x", "/api/v1/pages/%00",
		"/en/" + long, "/api/v1/pages/" + long, "/debug/pprof/", "/metrics", "/server-status", "/wp-login.php", "/apis", "/api/v2", "/admin.php", "/en/about-us/our-mission/..", "/en/./about-us/", "/preview/x", "/media/x/original/y",
	} {
		a := out.get(path)
		if a.status != http.StatusNotFound && a.status != http.StatusMovedPermanently {
			t.Errorf("%.60s: status %d", path, a.status)
		}
		if a.status == http.StatusMovedPermanently && !strings.HasPrefix(a.header.Get("Location"), "/en/") {
			t.Errorf("%.60s leads to %q", path, a.header.Get("Location"))
		}
		noInternals(t, path, a)
	}
	for _, path := range []string{"/admin/%2e%2e/", "/admin/./settings", "/admin//settings", "/admin/settings/", "/admin/settings/x.css", "/admin/settings;x.css", "/admin/settings%00", "/admin/settings.css", "/admin/SETTINGS", "/admin/entries/" + tg.Page + "/en/x.css", "/admin/entries/" + tg.Page + "/en%00", "/admin/entries/" + tg.Page + "/..", "/admin/entries/%2e%2e/en", "/admin/content/%ff", "/admin/" + long} {
		if a := c.get(path); a.status != http.StatusNotFound {
			t.Errorf("%.60s: status %d to %q", path, a.status, a.header.Get("Location"))
		}
	}
	// However a path of the back office is written, nobody enters without a
	// session, and what is answered is not kept.
	for _, path := range []string{"/%61dmin/settings", "/admin/%73ettings", "/admin/entries%2f" + tg.Page + "/en", "/admin/entries/" + tg.Page + "%2fen"} {
		if a := out.get(path); a.status == http.StatusOK || !slices.Contains([]string{"no-store", "public, no-cache"}, a.header.Get("Cache-Control")) {
			t.Errorf("%s: status %d, %q", path, a.status, a.header.Get("Cache-Control"))
		}
	}
}

// TestAttackProxies checks whose word about the client's address counts.
func TestAttackProxies(t *testing.T) {
	t.Parallel()
	trusted, err := parseProxies([]string{"10.0.0.0/8", "2001:db8::1"})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		proxies   proxies
		conn      string
		forwarded []string
		want      string
	}{
		{nil, "192.0.2.1:1", []string{"203.0.113.9"}, "192.0.2.1"},
		{nil, "127.0.0.1:1", []string{"203.0.113.9"}, "127.0.0.1"},
		{trusted, "192.0.2.1:1", []string{"203.0.113.9"}, "192.0.2.1"},
		{trusted, "10.0.0.1:1", []string{"203.0.113.9"}, "203.0.113.9"},
		{trusted, "10.0.0.1:1", []string{"1.1.1.1, 203.0.113.9"}, "203.0.113.9"},
		{trusted, "10.0.0.1:1", []string{"1.1.1.1", "203.0.113.9, 10.2.3.4"}, "203.0.113.9"},
		{trusted, "10.0.0.1:1", []string{"10.9.9.9, 203.0.113.9"}, "203.0.113.9"},
		{trusted, "10.0.0.1:1", nil, "10.0.0.1"},
		{trusted, "10.0.0.1:1", []string{""}, "10.0.0.1"},
		{trusted, "10.0.0.1:1", []string{"1.1.1.1, unknown"}, "10.0.0.1"},
		{trusted, "10.0.0.1:1", []string{"1.1.1.1,"}, "10.0.0.1"},
		{trusted, "[::ffff:10.0.0.1]:1", []string{"203.0.113.9"}, "203.0.113.9"},
		{trusted, "[2001:db8::1]:1", []string{"::ffff:203.0.113.9"}, "203.0.113.9"},
		{trusted, "[2001:db8::2]:1", []string{"203.0.113.9"}, "2001:db8::2"},
	} {
		r := &http.Request{RemoteAddr: tt.conn, Header: http.Header{}}
		for _, v := range tt.forwarded {
			r.Header.Add("X-Forwarded-For", v)
		}
		if got := tt.proxies.client(r); got != netip.MustParseAddr(tt.want) {
			t.Errorf("%v, %q by way of %s: %v, want %s", tt.proxies, tt.forwarded, tt.conn, got, tt.want)
		}
	}
}

// tooLongPassword is wrong for everybody and costs nothing to refuse.
var tooLongPassword = strings.Repeat("p", account.MaxPasswordBytes+1)

// TestAttackThrottle guesses passwords from many addresses, and many accounts
// from one, with and without a proxy that is trusted.
func TestAttackThrottle(t *testing.T) {
	t.Parallel()
	trusted, err := parseProxies([]string{"10.0.0.1"})
	if err != nil {
		t.Fatal(err)
	}
	tg := newTarget(t, "https://site.example", func(o *handlerOptions) { o.Proxies = trusted })
	// tries counts how many of n tries from one connection are looked at.
	tries := func(n int, addr string, account func(int) string, change func(int) func(*http.Request)) int {
		tg.Clock.Advance(3600e9)
		c, looked := tg.client(), 0
		c.addr = addr
		for i := range n {
			a := c.signIn(account(i), tooLongPassword, change(i))
			switch a.status {
			case http.StatusUnprocessableEntity:
				looked++
			case http.StatusTooManyRequests:
				if a.header.Get("Retry-After") == "" {
					t.Error("429 without Retry-After")
				}
			default:
				t.Fatalf("status %d", a.status)
			}
		}
		return looked
	}
	one := func(int) string { return "editor@site.example" }
	folded := func(i int) string {
		return []string{"editor@site.example", "EDITOR@site.example", " Editor@SITE.example "}[i%3]
	}
	many := func(i int) string { return fmt.Sprintf("somebody%d@site.example", i) }
	rotating := func(i int) func(*http.Request) { return header("X-Forwarded-For", fmt.Sprintf("203.0.113.%d", i)) }
	appended := func(i int) func(*http.Request) {
		return header("X-Forwarded-For", fmt.Sprintf("203.0.113.%d, 198.18.0.7", i))
	}
	for _, tt := range []struct {
		name    string
		addr    string
		account func(int) string
		change  func(int) func(*http.Request)
		want    int
	}{
		{"one account, spelled in many ways", "192.0.2.1:1", folded, rotating, 5},
		{"one account from everywhere", "10.0.0.1:1", one, rotating, 5},
		{"many accounts behind forged headers", "192.0.2.2:1", many, rotating, 10},
		{"many accounts behind a proxy that adds the address", "10.0.0.1:1", many, appended, 10},
	} {
		if got := tries(14, tt.addr, tt.account, tt.change); got != tt.want {
			t.Errorf("%s: %d tries were looked at, want %d", tt.name, got, tt.want)
		}
		tg.Exec(t, "DELETE FROM attempts WHERE key LIKE 'account:%'")
	}
	// Through the proxy, others are not held up.
	if got := tries(14, "10.0.0.1:1", many, rotating); got != 14 {
		t.Errorf("14 people behind the proxy: %d tries were looked at", got)
	}
}
