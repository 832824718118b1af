package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"io/fs"
	"maps"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func catalogue(t testing.TB) *Catalogue {
	t.Helper()
	c, err := Words()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestEveryLanguageSaysTheSame(t *testing.T) {
	t.Parallel()
	c := catalogue(t)
	want := slices.Sorted(maps.Keys(c.Keys("en")))
	if len(want) == 0 {
		t.Fatal("English has no sentences")
	}
	for _, lang := range Languages[1:] {
		for _, k := range want {
			if !c.Keys(lang)[k] {
				t.Errorf("%s lacks %s", lang, k)
			}
		}
		for k := range c.Keys(lang) {
			if !c.Keys("en")[k] {
				t.Errorf("%s has %s, which English lacks", lang, k)
			}
		}
	}
}

// wordCode finds the codes of the readers' site in templates and in Go.
var wordCode = regexp.MustCompile(`"(site\.[a-z_]+)"`)

// wordFamilies are codes that Go puts together from a part that varies.
var wordFamilies = map[string][]string{
	"site.status_":          {"member", "associate", "former"},
	"site.instrument_kind_": {"treaty", "declaration", "regional_law", "soft_law", "general_comment", "study"},
	"site.gone_":            {"title", "text", "error", "consent", "legal"},
	"site.":                 {"not_found_title", "not_found_text", "method_title", "method_text", "failed_title", "failed_text", "busy_title", "busy_text", "country", "region", "status", "founded", "joined", "languages_spoken"},
}

func TestWordsOfTheSiteAreTheOnesUsed(t *testing.T) {
	t.Parallel()
	c := catalogue(t)
	used := map[string]bool{}
	for prefix, rest := range wordFamilies {
		for _, r := range rest {
			used[prefix+r] = true
		}
	}
	for _, pattern := range []string{"templates/site/*.tmpl", "../cms/site/*.go"} {
		names, err := filepath.Glob(pattern)
		if err != nil || len(names) == 0 {
			t.Fatalf("no files %s: %v", pattern, err)
		}
		for _, name := range names {
			b, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range wordCode.FindAllStringSubmatch(string(b), -1) {
				used[m[1]] = true
				if !c.Keys("en")[m[1]] && !strings.HasSuffix(m[1], "_") {
					t.Errorf("%s uses %s, which has no sentence", name, m[1])
				}
			}
		}
	}
	for k := range c.Keys("en") {
		if strings.HasPrefix(k, "site.") && !used[k] {
			t.Errorf("nothing uses %s", k)
		}
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	c := catalogue(t)
	for _, tt := range []struct {
		lang, code string
		args       []any
		want       string
	}{
		{"fr", "site.home", nil, "Accueil"},
		{"pt", "site.home", nil, "Home"},
		{"fr-BE", "site.home", nil, "Accueil"},
		{"en", "site.news_count", []any{"Count", 1}, "1 item"},
		{"en", "site.news_count", []any{"Count", 20}, "20 items"},
		{"ar", "site.news_count", []any{"Count", 2}, "خبران"},
		{"ar", "site.news_count", []any{"Count", 5}, "5 أخبار"},
		{"nl", "site.page_of", []any{"Page", 2, "Pages", 3}, "Pagina 2 van 3"},
		{"en", "site.nothing_of_the_kind", nil, "site.nothing_of_the_kind"},
	} {
		if got := c.Text(tt.lang)(tt.code, tt.args...); got != tt.want {
			t.Errorf("Text(%q)(%q, %v) = %q, want %q", tt.lang, tt.code, tt.args, got, tt.want)
		}
	}
}

func TestStatic(t *testing.T) {
	t.Parallel()
	ask := func(method, target, encoding string) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(t.Context(), method, target, nil)
		r.Header.Set("Accept-Encoding", encoding)
		w := httptest.NewRecorder()
		Static().ServeHTTP(w, r)
		return w
	}
	plain, err := fs.ReadFile(files, "static/site-icon.svg")
	if err != nil {
		t.Fatal(err)
	}
	url := Asset("site-icon.svg")
	for _, tt := range []struct{ accept, want string }{
		{"", ""}, {"gzip", "gzip"}, {"gzip, br", "br"}, {"br;q=0, gzip;q=0.5", "gzip"}, {"br;q=0.0", ""}, {"brotli", ""},
	} {
		w := ask("GET", url, tt.accept)
		if got := w.Header().Get("Content-Encoding"); w.Code != 200 || got != tt.want {
			t.Errorf("Accept-Encoding %q: %d, encoding %q, want %q", tt.accept, w.Code, got, tt.want)
		}
		body := w.Body.Bytes()
		if tt.want == "gzip" {
			zr, err := gzip.NewReader(bytes.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			if _, err := out.ReadFrom(zr); err != nil {
				t.Fatal(err)
			}
			body = out.Bytes()
		}
		if tt.want != "br" && !bytes.Equal(body, plain) {
			t.Errorf("Accept-Encoding %q: another file came back", tt.accept)
		}
		if got := w.Header().Get("Content-Length"); got != strconv.Itoa(w.Body.Len()) {
			t.Errorf("Accept-Encoding %q: length %s of %d", tt.accept, got, w.Body.Len())
		}
	}
	w := ask("GET", url, "")
	for k, want := range map[string]string{
		"Content-Type": "image/svg+xml", "X-Content-Type-Options": "nosniff", "Vary": "Accept-Encoding",
		"Cache-Control": "public, max-age=31536000, immutable", "Cross-Origin-Resource-Policy": "same-origin",
	} {
		if got := w.Header().Get(k); got != want {
			t.Errorf("%s = %q, want %q", k, got, want)
		}
	}
	if w := ask("HEAD", url, "gzip"); w.Code != 200 || w.Body.Len() != 0 {
		t.Errorf("HEAD: %d with %d bytes", w.Code, w.Body.Len())
	}
	for target, want := range map[string]int{"/static/": 404, "/static/site-icon.svg": 404, "/static/../web.go": 404} {
		if w := ask("GET", target, ""); w.Code != want {
			t.Errorf("GET %s = %d, want %d", target, w.Code, want)
		}
	}
	if w := ask("POST", url, ""); w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET, HEAD" {
		t.Errorf("POST = %d, Allow %q", w.Code, w.Header().Get("Allow"))
	}
}

func TestAssetPanicsForAFileThatIsNotThere(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	Asset("sites.css")
}

// siteStyle is site.css as it is written.
func siteStyle(t testing.TB) string {
	t.Helper()
	b, err := fs.ReadFile(files, "static/site.css")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestSiteCSS(t *testing.T) {
	t.Parallel()
	css, source := SiteCSS()
	sum := sha256.Sum256([]byte(css))
	if want := "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"; source != want {
		t.Errorf("source %s, want %s", source, want)
	}
	if strings.Contains(string(css), "</") || strings.Contains(string(css), "\n") || strings.Contains(string(css), "/*") {
		t.Error("the style cannot stand inline as it is")
	}
	if n := len(gzipped([]byte(css))); n > 6<<10 {
		t.Errorf("%d bytes gzipped, want at most 6 KB", n)
	}
	if strings.Contains(string(css), "@layer") || strings.Contains(string(css), "&") || strings.Contains(string(css), ":has(") {
		t.Error("an old phone would not understand this style")
	}
	if strings.Count(string(css), "{") != strings.Count(string(css), "}") {
		t.Error("braces do not match")
	}
}

// TestPlainSiteCSS: what is left out is what the full sheet has between its
// marks, and nothing of a page without such parts.
func TestPlainSiteCSS(t *testing.T) {
	t.Parallel()
	full, _ := SiteCSS()
	css, source := PlainSiteCSS()
	sum := sha256.Sum256([]byte(css))
	if want := "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"; source != want {
		t.Errorf("source %s, want %s", source, want)
	}
	if len(css) > len(full)*9/10 || strings.Count(string(css), "{") != strings.Count(string(css), "}") {
		t.Errorf("%d of %d bytes", len(css), len(full))
	}
	for _, rare := range []string{".hero{", ".btn{", ".box{", ".quote ", ".tbl{", ".logos{", ".files "} {
		if !strings.Contains(string(full), rare) || strings.Contains(strings.Split(string(css), "@media (forced-colors")[0], rare) {
			t.Errorf("%s is not where it should be", rare)
		}
	}
	for _, common := range []string{".page{", ".cards,", ".contact{", ".map{", ".panel{", ".foot{", ".said{"} {
		if !strings.Contains(string(css), common) {
			t.Errorf("%s is left out", common)
		}
	}
}

// physical are declarations that name a side of the screen: they are wrong for
// half the directions of writing.
var physical = regexp.MustCompile(`(?m)(?:^|[;{\s])((?:margin|padding|border)-(?:left|right|top|bottom)(?:-\w+)*|left|right|top|bottom|(?:min-|max-)?(?:width|height)|border-(?:top|bottom)-(?:left|right)-radius)\s*:|(?:text-align|float|clear)\s*:\s*(?:left|right)\b|(?:margin|padding|inset)\s*:\s*(?:[^\s;}(]+\s+){3}[^\s;}]+`)

func TestNoPhysicalCSS(t *testing.T) {
	t.Parallel()
	names, err := fs.Glob(files, "static/*.css")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		b, err := fs.ReadFile(files, name)
		if err != nil {
			t.Fatal(err)
		}
		css := cssComment.ReplaceAllString(string(b), "")
		css = regexp.MustCompile(`@(?:media|container)[^{]*`).ReplaceAllString(css, "")
		for _, m := range physical.FindAllString(css, -1) {
			t.Errorf("%s: %q", name, strings.TrimSpace(m))
		}
	}
	for bad, want := range map[string]bool{"a{margin-left:1px}": true, "a{float:left}": true, "a{padding:1px 2px 3px 4px}": true, "a{margin-inline:1px}": false, "a{inset:0 0 auto}": false, "a{width:1px}": true, "a{inline-size:1px}": false} {
		if got := physical.MatchString(bad); got != want {
			t.Errorf("%s: physical = %v, want %v", bad, got, want)
		}
	}
}

func TestTokenContrast(t *testing.T) {
	t.Parallel()
	css := cssComment.ReplaceAllString(siteStyle(t), "")
	roots := regexp.MustCompile(`:root\{([^}]*)\}`).FindAllStringSubmatch(css, -1)
	if len(roots) < 2 {
		t.Fatal("light and dark tokens not found")
	}
	token := regexp.MustCompile(`--([\w-]+):(#[0-9a-f]{6})\b`)
	light, dark := map[string]string{}, map[string]string{}
	for _, m := range token.FindAllStringSubmatch(roots[0][1], -1) {
		light[m[1]], dark[m[1]] = m[2], m[2]
	}
	for _, m := range token.FindAllStringSubmatch(roots[1][1], -1) {
		dark[m[1]] = m[2]
	}
	for theme, tokens := range map[string]map[string]string{"light": light, "dark": dark} {
		tokens["focus"], tokens["focus-ink"] = "#ffdd00", "#1c2230"
		tokens["tile"], tokens["tile-ink"], tokens["tile-mark"] = "#ffffff", "#1c2230", "#0b5566"
		for _, p := range []struct {
			ink, ground string
			least       float64
		}{
			{"ink", "bg", 7}, {"ink", "soft", 7}, {"muted", "bg", 4.5}, {"muted", "soft", 4.5},
			{"brand", "bg", 4.5}, {"brand", "soft", 4.5}, {"hover", "bg", 4.5}, {"hover", "soft", 4.5}, {"brand-ink", "brand", 4.5}, {"bg", "ink", 7},
			{"deep-ink", "deep", 7}, {"deep-soft", "deep", 4.5}, {"sun", "deep", 4.5}, {"sun-ink", "sun", 7},
			{"ink", "ok-soft", 4.5}, {"ink", "warn-soft", 4.5}, {"ink", "bad-soft", 4.5}, {"ink", "info-soft", 4.5},
			{"brand", "ok-soft", 4.5}, {"brand", "warn-soft", 4.5}, {"brand", "bad-soft", 4.5}, {"brand", "info-soft", 4.5},
			{"focus-ink", "focus", 7}, {"tile-ink", "tile", 7}, {"tile-mark", "tile", 4.5},
			// Lines of what can be used, and bars that carry a meaning.
			{"edge", "bg", 3}, {"ring", "bg", 3}, {"ok", "bg", 3}, {"warn", "bg", 3}, {"bad", "bg", 3},
		} {
			ink, ok1 := tokens[p.ink]
			ground, ok2 := tokens[p.ground]
			if !ok1 || !ok2 {
				t.Errorf("%s: no token %s or %s", theme, p.ink, p.ground)
				continue
			}
			if got := contrast(t, ink, ground); got < p.least {
				t.Errorf("%s: %s on %s is %.2f:1, want %.1f:1", theme, p.ink, p.ground, got, p.least)
			}
		}
	}
}

// contrast is the contrast ratio of two colours (WCAG 2).
func contrast(t testing.TB, a, b string) float64 {
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + .05) / (min(x, y) + .05)
}

func luminance(t testing.TB, hex string) float64 {
	n, err := strconv.ParseUint(hex[1:], 16, 32)
	if err != nil {
		t.Fatal(err)
	}
	l := 0.0
	for i, w := range []float64{.2126, .7152, .0722} {
		c := float64(n>>(16-8*i)&255) / 255
		if c <= .04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+.055)/1.055, 2.4)
		}
		l += w * c
	}
	return l
}

// Without the style sheet a drawing without a size fills the screen.
func TestDrawingsHaveASize(t *testing.T) {
	t.Parallel()
	drawing := regexp.MustCompile(`<svg[^>]*>`)
	seen := 0
	look := func(name, text string) {
		for _, tag := range drawing.FindAllString(text, -1) {
			seen++
			if !strings.Contains(tag, ` width="`) || !strings.Contains(tag, ` height="`) {
				t.Errorf("%s: %s", name, tag)
			}
		}
	}
	look("Icon", string(Icon("plus")+Icon("chevron-right", "flip")))
	for _, pattern := range []string{"templates/admin/*.tmpl", "templates/site/*.tmpl"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			b, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			look(name, string(b))
		}
	}
	if seen < 4 {
		t.Errorf("only %d drawings found", seen)
	}
}

// TestWordsOfUnknownLanguage: English stands in, and nothing breaks.
func TestWordsOfUnknownLanguage(t *testing.T) {
	t.Parallel()
	c := catalogue(t)
	for _, lang := range []string{"", "de", "xx", "../en", "pt-BR"} {
		if c.Keys(lang) != nil {
			t.Errorf("there are sentences in %q", lang)
		}
		got, ok := c.Sentence(lang, "trash.uses_hidden", map[string]any{"Count": 1})
		if want, _ := c.Sentence("en", "trash.uses_hidden", map[string]any{"Count": 1}); !ok || got != want {
			t.Errorf("%q: %q", lang, got)
		}
	}
	if got, _ := c.Sentence("fr-BE", "trash.restore", nil); got == "" || got != c.Text("fr")("trash.restore") {
		t.Errorf("Belgian French: %q", got)
	}
}
