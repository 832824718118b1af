package admin

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"math"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"meridian/cms/account"
	"meridian/web"
)

// sources returns the files of this package and its templates.
func sources(t testing.TB, patterns ...string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, p := range patterns {
		names, err := filepath.Glob(p)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			b, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			out[name] = string(b)
		}
	}
	return out
}

var (
	codeInGo       = regexp.MustCompile(`\bT\("([a-z_]+\.[a-z0-9_.]+)"`)
	codeInTemplate = regexp.MustCompile(`\.T "([a-z_]+\.[a-z0-9_.]+)"`)
	codeOfProblem  = regexp.MustCompile(`(?:Invalid|Add)\([^(),]*, "([a-z_]+)"|return (?:nil, )?"([a-z]+_[a-z_]+)"`)
	codeOfConflict = regexp.MustCompile(`Conflict\("([a-z_]+)"|duplicate\(err, "([a-z_]+)"\)`)
	codeOfFlash    = regexp.MustCompile(`Flash\{Code: "([a-z_]+)"`)
)

// Every sentence that the code can ask for exists in every language.
func TestWordsAreThere(t *testing.T) {
	t.Parallel()
	cat, err := web.Words()
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	for name, src := range sources(t, "*.go", "../web/templates/admin/*.tmpl") {
		for _, re := range []*regexp.Regexp{codeInGo, codeInTemplate} {
			for _, m := range re.FindAllStringSubmatch(src, -1) {
				if !strings.HasSuffix(m[1], "_") && !strings.HasSuffix(m[1], ".") {
					want[m[1]] = name
				}
			}
		}
		for _, m := range codeOfFlash.FindAllStringSubmatch(src, -1) {
			want["flash."+m[1]] = name
		}
	}
	for name, src := range sources(t, "../models/*.go", "../cms/*.go", "../cms/account/*.go", "../models/store/*.go") {
		for _, m := range codeOfProblem.FindAllStringSubmatch(src, -1) {
			if m[1] != "" {
				want["problem."+m[1]] = name
			} else if strings.HasPrefix(m[2], "not_") || strings.HasPrefix(m[2], "too_") {
				want["problem."+m[2]] = name
			}
		}
		for _, m := range codeOfConflict.FindAllStringSubmatch(src, -1) {
			want["conflict."+m[1]+m[2]] = name
		}
	}
	for _, s := range []int{400, 403, 404, 405, 409, 413, 415, 422, 429, 500, 503} {
		want[fmt.Sprintf("trouble.%d_title", s)] = "errors.go"
		want[fmt.Sprintf("trouble.%d_text", s)] = "errors.go"
	}
	if len(want) < 150 {
		t.Errorf("only %d sentences found in the sources", len(want))
	}
	for code, name := range want {
		for _, lang := range web.Languages {
			if !cat.Keys(lang)[code] {
				t.Errorf("%s has no %q (%s)", lang, code, name)
			}
		}
	}
}

// The languages agree on which sentences there are and what is filled in, and
// none uses the words that editors should never have to read.
func TestWordsAgree(t *testing.T) {
	t.Parallel()
	cat, err := web.Words()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, l := range InterfaceLanguages {
		names = append(names, l.Tag)
	}
	if !slices.Equal(names, web.Languages) {
		t.Errorf("interface languages %v, languages with words %v", names, web.Languages)
	}
	holes := regexp.MustCompile(`\{\{\.(\w+)\}\}`)
	set := func(s string) []string {
		var out []string
		for _, m := range holes.FindAllStringSubmatch(s, -1) {
			out = append(out, m[1])
		}
		slices.Sort(out)
		return slices.Compact(out)
	}
	jargon := regexp.MustCompile(`(?i)\b(slug|node|entity|render|schema|database|blob|uuid)\b`)
	for code := range cat.Keys("en") {
		args := map[string]any{"Count": 2}
		en, _ := cat.Sentence("en", code, nil)
		for _, lang := range web.Languages[1:] {
			if !cat.Keys(lang)[code] {
				t.Errorf("%s lacks %q", lang, code)
				continue
			}
			if s, _ := cat.Sentence(lang, code, args); s == "" {
				t.Errorf("%s: %q is empty for Count 2", lang, code)
			}
		}
		if jargon.MatchString(en) && code != "trouble.503_text" {
			t.Errorf("%q says %q", code, en)
		}
	}
	for _, lang := range web.Languages {
		raw := sources(t, "../web/locales/*."+lang+".json")
		english := sources(t, "../web/locales/*.en.json")
		for name, text := range raw {
			want := set(english[strings.Replace(name, "."+lang+".", ".en.", 1)])
			if got := set(text); !slices.Equal(got, want) {
				t.Errorf("%s fills in %v, English %v", name, got, want)
			}
		}
	}
}

func TestWordsCount(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	for _, tt := range []struct {
		lang string
		d    time.Duration
		want string
	}{
		{"en", 0, "1 second"}, {"en", 1500 * time.Millisecond, "2 seconds"}, {"en", 61 * time.Second, "2 minutes"},
		{"fr", time.Second, "1 seconde"}, {"nl", 15 * time.Minute, "15 minuten"}, {"es", time.Minute, "1 minuto"},
		{"ar", 2 * time.Second, "ثانيتين"}, {"ar", 5 * time.Minute, "5 دقائق"}, {"ar", 15 * time.Minute, "15 دقيقة"},
	} {
		w := Words{Lang: tt.lang, catalogue: o.h.catalogue}
		if got := w.Duration(tt.d); got != tt.want {
			t.Errorf("%s %v: %q, want %q", tt.lang, tt.d, got, tt.want)
		}
	}
}

func TestWordsFollowTheReader(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	for _, tt := range []struct{ query, accept, want string }{
		{"", "", "en"}, {"", "nl-BE,nl;q=0.9,en;q=0.8", "nl"}, {"", "ar-EG", "ar"}, {"", "xx;;q=zz,,", "en"},
		{"?lang=es", "nl", "es"}, {"?lang=de", "fr-CA", "fr"}, {"?lang=%22%3E", "de", "en"},
	} {
		v := o.visitor()
		v.header.Set("Accept-Language", tt.accept)
		if body := v.page(200, v.get("/admin/sign-in"+tt.query)); !strings.Contains(body, `<html lang="`+tt.want+`"`) {
			t.Errorf("%q with %q: %.60s, want %s", tt.query, tt.accept, body, tt.want)
		}
	}
}

// Screens of the shell are clean in a language from the left and one from the
// right.
func TestScreensAreClean(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	for _, lang := range langTags() {
		if err := o.accounts.UpdateProfile(t.Context(), o.Admin, account.Profile{Name: "Ada Admin", Lang: lang, Theme: "dark"}, langTags()); err != nil {
			t.Fatal(err)
		}
		v := o.as(o.Admin)
		for _, path := range []string{"/admin/", "/admin/account", "/admin/account/password", "/admin/settings", "/admin/content", "/admin/news", "/admin/new"} {
			body := v.page(200, v.get(path))
			if strings.Contains(body, "&lt;no value&gt;") || strings.Contains(body, "ZgotmplZ") {
				t.Errorf("%s in %s has a hole", path, lang)
			}
		}
		visitor := o.visitor()
		visitor.page(200, visitor.get("/admin/sign-in?lang="+lang))
	}
}

// Colours of words against their grounds, in both modes: 4.5 at least; lines
// of controls 3.
func TestTokenContrast(t *testing.T) {
	t.Parallel()
	css := sources(t, "../web/static/admin.css")["../web/static/admin.css"]
	tokens := map[string][2]string{}
	for _, m := range regexp.MustCompile(`--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)`).FindAllStringSubmatch(css, -1) {
		tokens[m[1]] = [2]string{m[2], m[3]}
	}
	grounds := []string{"bg", "surface", "sunken", "hover"}
	type pair struct {
		fore, back string
		least      float64
	}
	pairs := []pair{{"accent-ink", "accent", 4.5}, {"accent-ink", "accent-hover", 4.5}}
	for _, g := range grounds {
		pairs = append(pairs, pair{"text", g, 7}, pair{"muted", g, 4.5}, pair{"accent", g, 4.5}, pair{"bad", g, 4.5}, pair{"accent-hover", g, 4.5})
	}
	for _, c := range []string{"accent", "ok", "warn", "bad"} {
		pairs = append(pairs, pair{c, c + "-soft", 4.5}, pair{"text", c + "-soft", 7})
	}
	for _, g := range []string{"bg", "surface"} {
		pairs = append(pairs, pair{"line-strong", g, 3}, pair{"accent", g, 3})
	}
	for _, p := range pairs {
		fore, ok1 := tokens[p.fore]
		back, ok2 := tokens[p.back]
		if !ok1 || !ok2 {
			t.Errorf("token %s or %s is not there", p.fore, p.back)
			continue
		}
		for mode := range 2 {
			if got := contrast(fore[mode], back[mode]); got < p.least {
				t.Errorf("%s on %s, %s: %.2f, want %.1f", p.fore, p.back, []string{"light", "dark"}[mode], got, p.least)
			}
		}
	}
}

func contrast(a, b string) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + .05) / (min(x, y) + .05)
}

func luminance(hex string) float64 {
	channel := func(s string) float64 {
		n, _ := strconv.ParseUint(s, 16, 8)
		c := float64(n) / 255
		if c <= .04045 {
			return c / 12.92
		}
		return math.Pow((c+.055)/1.055, 2.4)
	}
	return .2126*channel(hex[1:3]) + .7152*channel(hex[3:5]) + .0722*channel(hex[5:7])
}

// Styles know start and end, not left and right, so that screens mirror.
func TestStylesMirror(t *testing.T) {
	t.Parallel()
	physical := regexp.MustCompile(`(?:^|[;{\s])((?:margin|padding|border|inset)-(?:left|right|top|bottom)|left|right|top|bottom|width|height|(?:max|min)-(?:width|height)|text-align:\s*(?:left|right)|float)\s*:`)
	for name, css := range sources(t, "../web/static/admin*.css") {
		css = regexp.MustCompile(`(?s)/\*.*?\*/`).ReplaceAllString(css, "")
		css = regexp.MustCompile(`@(?:media|container)[^{]*`).ReplaceAllString(css, "")
		for _, m := range physical.FindAllStringSubmatch(css, -1) {
			t.Errorf("%s uses %s", name, m[1])
		}
	}
}

// A first visit to a list costs at most 40 KB compressed, styles at most 14.
func TestWeight(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	page := o.as(o.Admin).get("/admin/content").Body.String()
	total, styles := zipped(t, []byte(page)), 0
	seen := map[string]bool{}
	for _, m := range regexp.MustCompile(`href="(/static/[^"#]+)`).FindAllStringSubmatch(page, -1) {
		if seen[m[1]] {
			continue
		}
		seen[m[1]] = true
		w := httptest.NewRecorder()
		web.Static().ServeHTTP(w, httptest.NewRequest("GET", m[1], nil))
		n := zipped(t, w.Body.Bytes())
		total += n
		if strings.HasSuffix(m[1], ".css") {
			styles += n
		}
	}
	t.Logf("list: %d bytes compressed, of which styles %d", total, styles)
	if total > 40<<10 || styles > 14<<10 {
		t.Errorf("list weighs %d bytes, styles %d", total, styles)
	}
}

func zipped(t testing.TB, b []byte) int {
	t.Helper()
	var buf bytes.Buffer
	w, err := gzip.NewWriterLevel(&buf, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(w, bytes.NewReader(b)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Len()
}

func TestZonesAreKnown(t *testing.T) {
	t.Parallel()
	for _, z := range zones() {
		if _, err := time.LoadLocation(z.Value); err != nil {
			t.Errorf("%s: %v", z.Value, err)
		}
	}
	if len(zones()) < 300 {
		t.Errorf("%d zones", len(zones()))
	}
}
