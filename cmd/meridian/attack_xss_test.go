package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"meridian/cms/block"
	"meridian/cms/media"
	"meridian/models"
)

// hostile are texts that would run, load or clobber something where they are
// taken for markup. X must never be called.
var hostile = map[string]string{
	"script":        `<script>X(1)</script>`,
	"img":           `<img src=q onerror=X(2)>`,
	"svg":           `<svg onload=X(3)>`,
	"svg-animate":   `<svg><a><animate attributeName=href values=javascript:X(4) /><text x=9 y=20>go</text></a></svg>`,
	"link":          `<a href="javascript:X(5)">go</a>`,
	"link-tab":      `<a href="java&Tab;script:X(6)">go</a>`,
	"iframe-data":   `<iframe src="data:text/html,<script>X(7)</script>"></iframe>`,
	"vbscript":      `<a href="vbscript:X(8)">go</a>`,
	"mathml":        `<form><math><mtext></form><form><mglyph><style></math><img src=q onerror=X(9)>`,
	"foreignobject": `<svg><foreignObject><p><style><p title="</style><img src=q onerror=X(10)>"></style></p></foreignObject></svg>`,
	"noscript":      `<noscript><p title="</noscript><img src=q onerror=X(11)>">`,
	"comment":       `<!--><img src=q onerror=X(12)>-->`,
	"template":      `<template><img src=q onerror=X(13)></template>`,
	"srcdoc":        `<iframe srcdoc="<script>parent.X(14)</script>"></iframe>`,
	"formaction":    `<form><button formaction=javascript:X(15)>go</button></form>`,
	"autofocus":     `<input autofocus onfocus=X(16)>`,
	"css":           `<style>@keyframes k{}</style><b style="animation:k 1s" onanimationstart=X(17)>b</b>`,
	"meta":          `<meta http-equiv=refresh content="0;url=//evil.invalid/?X18"><p>t</p>`,
	"clobber":       `<a id=config></a><a id=config name=apiBase href="//evil.invalid/">c</a>`,
	"quote":         `" onmouseover="X(20)`,
	"quote-single":  `' onmouseover='X(20)`,
	"backtick":      "` onmouseover=`X(20)",
	"script-end":    `</script><script>X(21)</script>`,
	"textarea-end":  `</textarea></title><script>X(21)</script>`,
	"cdata":         `]]></title><script xmlns="http://www.w3.org/1999/xhtml">X(22)</script>`,
	"markdown":      `[go](javascript:X(23)) <b onclick=X(23)>raw</b>`,
	"bare-url":      `javascript:X(26)//https://ok.example`,
	"file-name":     `"><img src=q onerror=X(27)>.png`,
	"utf7":          `+ADw-script+AD4-X(30)+ADw-/script+AD4- and ＜script＞X(30)＜/script＞`,
	"entities":      `&lt;script&gt;X(31)&lt;/script&gt; &#60;script&#62;X(31)`,
	"comment-end":   `--!><script>X(32)</script>`,
	"action":        `{{.}}{{html "<script>X(33)"}}${X(33)}`,
	"formula":       `=HYPERLINK("http://evil.invalid","x")`,
	"sql":           `' OR 1=1-- ; %' UNION SELECT 1--`,
}

// What pages may consist of. Everything else is a finding, whoever made it.
var (
	allowedElements = strings.Fields(`html head meta title link style body header nav main footer aside section article div span p h1 h2 h3 h4 h5 h6
		ul ol li dl dt dd a b i em strong sup sub s del ins mark small abbr bdi bdo br hr wbr cite q blockquote code kbd pre time address figure figcaption picture img
		table caption colgroup col thead tbody tfoot tr th td details summary form fieldset legend label input textarea select optgroup option button output
		svg use path g circle rect line ellipse polyline polygon defs symbol script search data mrd-tree`)
	refusedAttributes = strings.Fields("style srcdoc formaction http-equiv ping background srcset")
	addressAttributes = strings.Fields("href src action cite data poster")
	allowedURL        = regexp.MustCompile(`^(/([^/\\]|$)|#|\?|https?://|mailto:|tel:|$)`)
)

// page is a parsed answer and the texts in it.
type page struct {
	texts strings.Builder // text of elements and values of attributes, one a line
}

// harmless parses an answer and fails the test for markup that is none of the
// product's. It returns the texts that a person can see or that forms send.
func harmless(t testing.TB, where, body string) *page {
	t.Helper()
	p, found := examine(body)
	for _, f := range found {
		t.Errorf("%s: %s", where, f)
	}
	return p
}

// examine returns the texts of an answer and what in its markup is not of the
// product's making.
func examine(body string) (p *page, found []string) {
	p = &page{}
	report := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }
	doc, err := html.Parse(strings.NewReader(body))
	if err != nil {
		report("%v", err)
		return p, found
	}
	ids := map[string]bool{}
	for n := range doc.Descendants() {
		switch n.Type {
		case html.TextNode:
			p.texts.WriteString(n.Data + "\n")
			continue
		case html.CommentNode:
			report("comment %q", n.Data)
			continue
		case html.ElementNode:
		default:
			continue
		}
		if !slices.Contains(allowedElements, n.Data) {
			report("element <%s>", n.Data)
		}
		typ := ""
		for _, a := range n.Attr {
			key := strings.ToLower(a.Key)
			if key == "type" {
				typ = a.Val
			}
			p.texts.WriteString(a.Val + "\n")
			switch {
			case strings.HasPrefix(key, "on"), slices.Contains(refusedAttributes, key):
				report("<%s %s=%q>", n.Data, key, a.Val)
			case slices.Contains(addressAttributes, key):
				if !allowedURL.MatchString(a.Val) {
					report("<%s %s=%q>", n.Data, key, a.Val)
				}
			case key == "id":
				if ids[a.Val] {
					report("id %q twice", a.Val)
				}
				ids[a.Val] = true
				if a.Val == "config" {
					report("an id from content")
				}
			case key == "autofocus" && n.Data == "input" && typ == "":
				report("an input that takes the focus")
			}
		}
		if n.Data == "script" && ownModule(n) {
			continue
		}
		if n.Data == "script" {
			if typ != "application/ld+json" {
				report("<script type=%q>", typ)
			}
			var data any
			if err := json.Unmarshal([]byte(textOf(n)), &data); err != nil {
				report("data block: %v", err)
			}
			var values func(any)
			values = func(v any) {
				switch v := v.(type) {
				case string:
					p.texts.WriteString(v + "\n")
				case []any:
					for _, x := range v {
						values(x)
					}
				case map[string]any:
					for _, x := range v {
						values(x)
					}
				}
			}
			values(data)
		}
	}
	return p, found
}

// TestAttackOracle makes sure that the tests of this file can fail: most of
// the texts are found where they are not escaped.
func TestAttackOracle(t *testing.T) {
	t.Parallel()
	plain := []string{"bare-url", "entities", "formula", "quote", "quote-single", "backtick", "sql", "utf7"}
	for name, words := range hostile {
		markup := "<title>t</title><p>" + words + "</p>"
		if strings.HasPrefix(name, "quote") {
			markup = `<p title="` + words + `">t</p><p title='` + words + `'>t</p>`
		}
		if _, found := examine(markup); (len(found) == 0) != slices.Contains(plain, name) != strings.HasPrefix(name, "quote") {
			t.Errorf("%s unescaped: found %q", name, found)
		}
	}
}

func textOf(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return b.String()
}

// says fails the test unless the literal words are on the page. Where pages
// set them in several elements only the whole text of all of them counts.
func (p *page) says(t testing.TB, where, words string) {
	t.Helper()
	flat := func(s string) string { return strings.Join(strings.Fields(s), "") }
	if !strings.Contains(flat(p.texts.String()), flat(words)) {
		t.Errorf("%s does not say %q as it was typed", where, words)
	}
}

// htmlPage reads a page, checks the headers that every one needs, and parses it.
func (c *attacker) htmlPage(where string, status int, a *answer) *page {
	c.t.Helper()
	c.want(status, a, where)
	if ct := a.header.Get("Content-Type"); !strings.EqualFold(ct, "text/html; charset=utf-8") {
		c.t.Errorf("%s: Content-Type %q", where, ct)
	}
	if csp := a.header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
		c.t.Errorf("%s: policy %q", where, csp)
	}
	if a.header.Get("X-Content-Type-Options") != "nosniff" {
		c.t.Errorf("%s may be sniffed", where)
	}
	return harmless(c.t, where, a.body)
}

// add puts a block with these fields at the end of a form.
func add(form url.Values, typ string, fields map[string]string) (id string) {
	id = block.NewID()
	form.Add("block", id+":"+typ)
	for name, v := range fields {
		form.Set("b."+id+"."+name, v)
	}
	return id
}

// notation writes words so that the notation means just them.
func notation(words string) string {
	return strings.ReplaceAll(block.PrintInline([]block.Node{block.Text(words)}), "|", `\|`)
}

// everywhere is a form with words in every block that takes words; picture is
// the id of one.
func everywhere(form url.Values, picture, words string) {
	form.Set("title", words)
	form.Set("summary", words)
	n := notation(words)
	add(form, "paragraph", map[string]string{"text": n})
	add(form, "paragraph", map[string]string{"text": `[` + n + `](https://ok.example/ "` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(words) + `")`})
	add(form, "heading", map[string]string{"level": "2", "text": n})
	add(form, "bullet_list", map[string]string{"text": "- " + n})
	add(form, "ordered_list", map[string]string{"text": "1. " + n, "start": "1", "style": "1"})
	add(form, "quote", map[string]string{"text": n, "cite": words, "role": words})
	add(form, "callout", map[string]string{"text": n, "title": clipped(words, 80), "tone": "info"})
	add(form, "table", map[string]string{"text": "| " + n + " | b |\n| c | " + n + " |", "caption": words, "headerRow": "1"})
	add(form, "button", map[string]string{"label": clipped(words, 40), "link": "https://ok.example/", "style": "primary"})
	add(form, "logos", map[string]string{"title": clipped(words, 120), "note": words, "items.0.name": clipped(words, 120), "items.0.url": "https://ok.example/"})
	add(form, "contact", map[string]string{"inline.name": clipped(words, 120), "inline.street": words, "inline.city": clipped(words, 80), "inline.country": clipped(words, 80), "show": "address"})
	add(form, "image", map[string]string{"media": "media:" + picture, "alt": words + " beside two people", "caption": n, "size": "text"})
	add(form, "cards", map[string]string{"title": clipped(words, 120), "mode": "auto", "query.kind": "news", "query.limit": "3", "show": "summary", "layout": "cards"})
}

func clipped(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return strings.TrimSpace(string(r[:n]))
	}
	return s
}

// TestAttackMarkupInContent writes hostile texts through the forms into every
// place that takes words, publishes them, and reads them wherever they appear.
func TestAttackMarkupInContent(t *testing.T) {
	t.Parallel()
	for _, part := range []int{0, 1} { // two halves, for two processors
		t.Run(fmt.Sprint(part), func(t *testing.T) {
			t.Parallel()
			tg := newTarget(t, "https://site.example")
			c := tg.as(tg.Admin)
			for i, name := range sortedKeys(hostile) {
				if i%2 == part {
					markupInContent(t, c, name, hostile[name])
				}
			}
			// The lists show all of them by now.
			for _, path := range []string{"/admin/", "/admin/content", "/admin/content/" + tg.About, "/admin/news", "/en/", "/en/about-us/", "/en/news/", "/fr/", "/en/belgium/"} {
				c.htmlPage(path, http.StatusOK, c.get(path))
			}
			for _, path := range []string{"/api/v1/news?body=blocks,html,markdown&limit=200", "/api/v1/pages?body=html&limit=200", "/api/v1/changes?limit=200", "/api/v1/sections?limit=200"} {
				jsonAnswer(t, path, c.want(http.StatusOK, c.get(path), path))
			}
		})
	}
}

// ownModule reports whether a script is one of the program's own files and
// nothing else. Only the back office has any.
func ownModule(n *html.Node) bool {
	typ, src, others := "", "", 0
	for _, a := range n.Attr {
		switch a.Key {
		case "type":
			typ = a.Val
		case "src":
			src = a.Val
		default:
			others++
		}
	}
	return typ == "module" && strings.HasPrefix(src, "/static/admin-") && others == 0 && n.FirstChild == nil
}

func sortedKeys(m map[string]string) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// jsonAnswer fails the test unless an answer is JSON that no browser can take
// for a page.
func jsonAnswer(t testing.TB, where string, a *answer) {
	t.Helper()
	if ct := a.header.Get("Content-Type"); !strings.HasPrefix(ct, "application/json") && !strings.HasPrefix(ct, "application/problem+json") {
		t.Errorf("%s: Content-Type %q", where, ct)
	}
	if strings.ContainsAny(a.body, "<>") || !json.Valid([]byte(a.body)) {
		t.Errorf("%s is not JSON without angle brackets:\n%.500s", where, a.body)
	}
	if a.header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("%s may be sniffed", where)
	}
}

func markupInContent(t *testing.T, c *attacker, name, words string) {
	t.Helper()
	c.ticking()
	kind, section := "page", c.About
	if strings.HasPrefix(name, "s") || len(name)%2 == 0 {
		kind, section = "news", c.Root
	}
	a := c.want(http.StatusSeeOther, c.post("/admin/new", url.Values{"kind": {kind}, "section": {section}, "lang": {"en"}, "title": {words}}), name+": create")
	at := a.header.Get("Location")
	id := strings.Split(at, "/")[3]
	picture := c.Upload(t, media.Upload{Title: words, Credit: words, People: models.PeopleNone}).ID
	form := c.formAt(t, at, at)
	stale := cloneValues(form)
	everywhere(form, picture, words)
	c.want(http.StatusSeeOther, c.post(at, form), name+": save")

	c.htmlPage(name+": editor", 200, c.get(at)).says(t, name+": editor", words)
	c.htmlPage(name+": address", 200, c.get(at+"/address"))
	// Somebody else's version is refused, with both texts on the page.
	everywhere(stale, picture, words)
	c.htmlPage(name+": conflict", 409, c.post(at, stale)).says(t, name+": conflict", words)
	// Written without care for the notation it is text, or a mistake that is
	// shown; never a link to a script.
	raw := c.formAt(t, at, at)
	add(raw, "paragraph", map[string]string{"text": words})
	switch a := c.post(at, raw); a.status {
	case http.StatusSeeOther:
		c.htmlPage(name+": editor again", 200, c.get(at))
	default:
		c.htmlPage(name+": refused", 422, a).says(t, name+": refused", words)
	}
	review := c.want(200, c.get(at+"/publish"), name+": review")
	c.htmlPage(name+": review", 200, review).says(t, name+": review", words)
	if !strings.Contains(review.body, `action="`+at+`/publish"`) {
		t.Fatalf("%s: cannot be published\n%s", name, review.body)
	}
	c.want(http.StatusSeeOther, c.post(at+"/publish", formOf(t, review.body, at+"/publish")), name+": publish")
	c.htmlPage(name+": takedown", 200, c.get(at+"/takedown"))

	api := "/api/v1/news/"
	if kind == "page" {
		api = "/api/v1/pages/"
	}
	a = c.want(200, c.get(api+id+"?body=blocks,html,markdown"), name+": JSON")
	jsonAnswer(t, name, a)
	var it struct {
		Title, Summary, URL string
		Body                struct{ HTML string }
	}
	if err := json.Unmarshal([]byte(a.body), &it); err != nil {
		t.Fatal(err)
	}
	if it.Title != words || it.Summary != words {
		t.Errorf("%s: JSON says %q and %q, want %q", name, it.Title, it.Summary, words)
	}
	harmless(t, name+": HTML in JSON", it.Body.HTML).says(t, name+": HTML in JSON", words)
	public := strings.TrimPrefix(it.URL, c.base)
	c.htmlPage(name+": public", 200, c.get(public)).says(t, name+": public", words)
}

func cloneValues(v url.Values) url.Values {
	out := url.Values{}
	for k, list := range v {
		out[k] = slices.Clone(list)
	}
	return out
}

// TestAttackAddressesInContent puts addresses that are none into every field
// for one: refused, nothing stored, the typed words still there.
func TestAttackAddressesInContent(t *testing.T) {
	t.Parallel()
	tg := newTarget(t, "https://site.example")
	c := tg.as(tg.Editor)
	at := "/admin/entries/" + tg.Page + "/en"
	before := tg.checksum("sessions", "attempts")
	for _, u := range []string{
		"javascript:X(26)//https://ok.example", "JaVaScRiPt:X(26)", " javascript:X(26)", "java\tscript:X(26)", "data:text/html,<script>X(7)</script>", "vbscript:X(8)",
		"//evil.invalid/", `/\evil.invalid/`, `\\evil.invalid`, "https://user:pw@evil.invalid/", "https:evil.invalid", "feed:javascript:X(1)", "blob:https://ok.example/x", "about:blank", "file:///etc/passwd",
		"https://ok.example/\" onclick=\"X(1)", "&#106;avascript:X(1)", "%6aavascript:X(1)", "view-source:https://ok.example",
	} {
		form := c.formAt(t, at, at)
		var errors []string
		for _, f := range []struct {
			typ, field string
			rest       map[string]string
		}{
			{"quote", "source_url", map[string]string{"text": "t"}},
			{"button", "link", map[string]string{"label": "go", "style": "primary"}},
			{"logos", "items.0.url", map[string]string{"items.0.name": "n"}},
			{"contact", "inline.url", map[string]string{"inline.name": "n", "show": "address"}},
			{"image", "link", map[string]string{"media": "media:gone", "alt": "a", "size": "text"}},
		} {
			fields := map[string]string{f.field: u}
			for k, v := range f.rest {
				fields[k] = v
			}
			id := add(form, f.typ, fields)
			errors = append(errors, "f-b-"+id+"-"+strings.ReplaceAll(f.field, ".", "-")+"-error")
		}
		where := fmt.Sprintf("%q", u)
		a := c.post(at, form)
		c.htmlPage(where, 422, a).says(t, where, u)
		for _, id := range errors {
			if !strings.Contains(a.body, `id="`+id+`"`) {
				t.Errorf("%s: no error at %s", where, id)
			}
		}
	}
	tg.unchanged(before, "refused addresses", "sessions", "attempts")
	// In the text they are a mistake that is shown, or just text.
	for _, u := range []string{"javascript:X(26)", "//evil.invalid", "data:text/html,x", `/\\evil.invalid`, "java\tscript:X(26)", "/ok \"t\" onclick=X(1)"} {
		form := c.formAt(t, at, at)
		add(form, "paragraph", map[string]string{"text": "[go](" + u + ")"})
		a := c.post(at, form)
		if a.status != http.StatusUnprocessableEntity {
			c.want(http.StatusSeeOther, a, u)
			a = c.get(at)
		}
		c.htmlPage(u, a.status, a).says(t, u, u)
	}
}
