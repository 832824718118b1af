package export

import (
	"errors"
	"strings"
	"testing"
)

// testLayout is that of a site whose lists of news, and whose JSON, take
// parameters.
func testLayout() layout {
	return layout{
		base: "https://site.example", data: "/api/v1",
		params: func(path string) []string {
			switch {
			case strings.HasPrefix(path, "/api/v1"):
				return []string{"lang", "cursor", "limit"}
			case strings.HasSuffix(path, "/news/"):
				return []string{"page", "topic", "year"}
			}
			return nil
		},
		computed: func(path string) bool { return path == "/en/search" || strings.HasPrefix(path, "/admin/") },
	}
}

// TestPlaces: where an address is asked for, where its file is served, and what
// the file is called.
func TestPlaces(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("Qx", 40)
	l := testLayout()
	for _, tt := range []struct {
		ref           string
		html          bool
		address, link string
		file          string
	}{
		{"/", true, "/", "/", "index.html"},
		{"/en/", true, "/en/", "/en/", "en/index.html"},
		{"/en/about-us/our-mission", true, "/en/about-us/our-mission", "/en/about-us/our-mission", "en/about-us/our-mission/index.html"},
		{"/en/about-us/our-mission#why", true, "/en/about-us/our-mission", "/en/about-us/our-mission", "en/about-us/our-mission/index.html"},
		{"/ar/%D8%B9%D9%86%D8%A7", true, "/ar/%D8%B9%D9%86%D8%A7", "/ar/%D8%B9%D9%86%D8%A7", "ar/عنا/index.html"},
		{"/fr/cafe%CC%81", true, "/fr/cafe%CC%81", "/fr/cafe%CC%81", "fr/café/index.html"},
		{"/old/page.html", true, "/old/page.html", "/old/page.html", "old/page.html"},
		{"/old/page.php", true, "/old/page.php", "/old/page.php", "old/page.php/index.html"},
		{"/en/feed.atom", false, "/en/feed.atom", "/en/feed.atom", "en/feed.atom"},
		{"/en/news/?page=2", true, "/en/news/?page=2", "/en/news/page=2/", "en/news/page=2/index.html"},
		{"/en/news/?year=2020&topic=justice", true, "/en/news/?topic=justice&year=2020", "/en/news/topic=justice/year=2020/", "en/news/topic=justice/year=2020/index.html"},
		{"/en/news/?utm_source=x&page=2", true, "/en/news/?page=2", "/en/news/page=2/", "en/news/page=2/index.html"},
		{"/en/about-us/?page=2", true, "/en/about-us/", "/en/about-us/", "en/about-us/index.html"},
		{"/ar/news/?topic=%D8%B9%D9%86%D8%A7", true, "/ar/news/?topic=%D8%B9%D9%86%D8%A7", "/ar/news/topic=%D8%B9%D9%86%D8%A7/", "ar/news/topic=عنا/index.html"},
		{"/en/news/?topic=../../x", true, "/en/news/?topic=..%2F..%2Fx", "/en/news/topic=76dea8ff6ca0e7a17f91/", "en/news/topic=76dea8ff6ca0e7a17f91/index.html"},
		{"/en/news/?topic=..", true, "/en/news/?topic=..", "/en/news/topic=9c1f1ffbcf3ee85e5d9d/", "en/news/topic=9c1f1ffbcf3ee85e5d9d/index.html"},
		{"/api/v1", false, "/api/v1", "/api/v1.json", "api/v1.json"},
		{"/api/v1/", false, "/api/v1", "/api/v1.json", "api/v1.json"},
		{"/api/v1/news?limit=5&lang=fr", false, "/api/v1/news?lang=fr&limit=5", "/api/v1/news/lang=fr/limit=5.json", "api/v1/news/lang=fr/limit=5.json"},
		{"/api/v1/news?cursor=" + long, false, "/api/v1/news?cursor=" + long, "/api/v1/news/cursor=3a0d9e2e3f7a5a0b8f0e.json", ""},
		{"/api/v1/openapi.json", false, "/api/v1/openapi.json", "/api/v1/openapi.json", "api/v1/openapi.json"},
	} {
		p, ok := l.locate(tt.ref)
		if tt.file == "" { // too long to be written out
			if len(p.link) > 50 || !strings.HasPrefix(p.link, "/api/v1/news/cursor=") || p.address != tt.address {
				t.Errorf("%s: %+v", tt.ref, p)
			}
			continue
		}
		file, err := fileOf(p.link, tt.html)
		if strings.Contains(tt.ref, "..") { // a hash, whatever it is
			if !ok || err != nil || strings.Contains(p.link, "..") || p.address != tt.address {
				t.Errorf("%s: %+v, %v", tt.ref, p, err)
			}
			continue
		}
		if !ok || err != nil || p.address != tt.address || p.link != tt.link || file != tt.file {
			t.Errorf("%s: %v %+v, %q, %v\nwant %s, %s, %s", tt.ref, ok, p, file, err, tt.address, tt.link, tt.file)
		}
	}
	for _, ref := range []string{"/en/search?q=x", "/admin/users", "https://elsewhere.example/", "//elsewhere.example/", "about", "", "mailto:x@site.example", "/%zz"} {
		if p, ok := l.locate(ref); ok {
			t.Errorf("%q is exported, at %+v", ref, p)
		}
	}
}

// TestNamesStayInside: no address becomes a file that is not the export's.
func TestNamesStayInside(t *testing.T) {
	t.Parallel()
	for _, link := range []string{
		"/../etc/passwd", "/en/..", "/en/../../x", "/.git/hooks/post-checkout", "/.htaccess", "/en/.env", "/" + Folder + "/state.json",
		"/en//about", "/en/a%2F..%2F..%2Fb/..", "/en/a%5Cb", "/en/a%00b", "/c:/x", "/en/" + strings.Repeat("a", 241), "/.well-known/other", "/en/%ff",
	} {
		if name, err := fileOf(link, true); !errors.Is(err, errName) {
			t.Errorf("%s becomes %q, %v", link, name, err)
		}
	}
	if name, err := fileOf("/.well-known/security.txt", false); err != nil || name != wellKnown {
		t.Errorf("security.txt: %q, %v", name, err)
	}
}

func TestRewritePage(t *testing.T) {
	t.Parallel()
	l := testLayout()
	in := `<head><link rel="canonical" href="https://site.example/en/news/?page=2"><meta property="og:url" content="https://site.example/en/news/?page=2">
<meta name="description" content="/en/news/?page=9 is text"><link rel="alternate" type="application/json" href="https://site.example/api/v1/news/01X?lang=en">
<script type="application/ld+json">{"url":"https://site.example/en/news/?page=2","n":"a \"https://site.example/en/news/?page=3\" b","@id":"https://site.example/#org"}</script></head>
<a class="x" href="/en/news/?page=3&amp;topic=a#list">3</a> <a href="/en/about">/en/news/?page=7</a> <a href="/en/search?q=x">s</a>
<a href="https://elsewhere.example/en/news/?page=2">e</a> <a href="//site.example/x?page=2">p</a> <img src="/media/a/320/x.jpg" srcset="/media/a/320/x.jpg 320w, /media/a/640/x.jpg 640w" alt="a=&#34;/en/news/?page=4&#34;">`
	want := strings.NewReplacer(
		`href="https://site.example/en/news/?page=2"`, `href="https://site.example/en/news/page=2/"`,
		`content="https://site.example/en/news/?page=2"`, `content="https://site.example/en/news/page=2/"`,
		`"url":"https://site.example/en/news/?page=2"`, `"url":"https://site.example/en/news/page=2/"`,
		`href="https://site.example/api/v1/news/01X?lang=en"`, `href="https://site.example/api/v1/news/01X/lang=en.json"`,
		`href="/en/news/?page=3&amp;topic=a#list"`, `href="/en/news/page=3/topic=a/#list"`,
	).Replace(strings.ReplaceAll(in, `href="https://elsewhere`, `href="ELSEWHERE`))
	want = strings.ReplaceAll(want, `href="ELSEWHERE`, `href="https://elsewhere`)
	f, err := l.page([]byte(in), false)
	if err != nil || string(f.body) != want {
		t.Errorf("%v\n%s\nwant\n%s", err, f.body, want)
	}
	var got []string
	for _, p := range f.links {
		got = append(got, p.address)
	}
	if w := "/en/news/?page=2 /api/v1/news/01X?lang=en /en/news/?page=3&topic=a /en/about /media/a/320/x.jpg /media/a/640/x.jpg"; strings.Join(got, " ") != w {
		t.Errorf("links %q\nwant %q", got, w)
	}
}

// TestRewriteJSON: addresses are rewritten and words are not, for the hash of
// an item is over its words.
func TestRewriteJSON(t *testing.T) {
	t.Parallel()
	l := testLayout()
	in := `{"items":[{"links":{"json":"https://site.example/api/v1/news/01X?lang=en"},"url":"https://site.example/en/x","title":"https://site.example/api/v1/news?lang=fr is a title"` +
		`,"body":{"blocks":{"href":"https://site.example/api/v1/news?lang=fr"},"html":"<a href=\"https://site.example/api/v1/news?lang=fr\">"},"facts":{"u":"https://site.example/api/v1"}}],` +
		`"next":"https://site.example/api/v1/news?lang=en\u0026limit=5","resolve":"https://site.example/en/search","n":[1,null,"https://site.example/api/v1"]}`
	want := strings.NewReplacer(
		`"json":"https://site.example/api/v1/news/01X?lang=en"`, `"json":"https://site.example/api/v1/news/01X/lang=en.json"`,
		`"next":"https://site.example/api/v1/news?lang=en\u0026limit=5"`, `"next":"https://site.example/api/v1/news/lang=en/limit=5.json"`,
		`null,"https://site.example/api/v1"`, `null,"https://site.example/api/v1.json"`,
	).Replace(in)
	f, err := l.document([]byte(in))
	if err != nil || string(f.body) != want {
		t.Errorf("%v\n%s\nwant\n%s", err, f.body, want)
	}
}
