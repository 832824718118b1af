package weblint

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// page puts markup into a page that is right in everything else.
func page(main string) string {
	return `<!doctype html>
<html lang="en" dir="ltr">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>News – Network</title><link rel="stylesheet" href="/static/a.css"></head>
<body><a href="#main">Skip</a>
<main id="main"><h1>News</h1>
` + main + `
</main></body></html>`
}

func rules(problems []Problem) []string {
	var names []string
	for _, p := range problems {
		names = append(names, p.Rule)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func TestCheckGoodPage(t *testing.T) {
	t.Parallel()
	body := page(`
<nav aria-label="Sections"><ul><li><a href="/a" aria-current="page">A</a></li><li><a href="/b"><img src="/b.png" alt="B"></a></li></ul></nav>
<nav aria-labelledby="langs"><h2 id="langs">Languages</h2><ul><li><a href="/nl" lang="nl" hreflang="nl">Nederlands</a></li></ul></nav>
<section><h2>Sign in</h2>
<form method="post" action="/admin/sign-in">
<p><label for="email">E-mail</label><input id="email" name="email" type="email" autocomplete="username" aria-describedby="email-help email-error"></p>
<p id="email-help">The address of your account.</p><p id="email-error">Required.</p>
<p><label>Password <input name="password" type="password" autocomplete="current-password"></label></p>
<fieldset><legend>Place</legend>
<label><input type="radio" name="nav" value="main" checked> Main</label>
<label><input type="radio" name="nav" value="none"> None</label></fieldset>
<label for="s">Section</label><select id="s" name="section"><optgroup label="All"><option value="1" selected>One</option></optgroup></select>
<label for="t">Text</label><textarea id="t" name="text">
<p>not markup</textarea>
<input type="hidden" name="version" value="3">
<button type="submit"><svg aria-hidden="true" viewBox="0 0 8 8"><path d="M0 0h8"/></svg> Sign in</button>
<input type="submit" value="Again">
</form></section>
<section><h2>Table</h2><table><caption>Years</caption><thead><tr><th scope="col">Year</th><th scope="col">Members</th></tr></thead><tbody><tr><th scope="row">2024</th><td>12</td></tr></tbody></table>
<table><tr><th scope="col">No body</th></tr><tr><td>1</td></tr></table>
<h3>More</h3><details><summary>Details</summary><p>One<br>two &lt;b&gt;</p><ul><li><p>x</p><ul><li>y</li></ul></li></ul></details>
<dl><div><dt>Founded</dt><dd><p>1954</p></dd></div></dl><figure><picture><source srcset="/a.webp"><img src="/a.jpg" alt=""></picture><figcaption>A</figcaption></figure>
<blockquote><p>Q</p></blockquote></section>
<section><h2>مرحبا</h2><p lang="ar" dir="rtl">نص</p><a href="/all"><article><h3>Card</h3><p>Text</p></article></a>
<script src="/static/a.js" type="module"></script><script type="application/ld+json">{"a":1}</script></section>`)
	Expect(t, []byte(body), Options{})
}

func TestCheckRules(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		rule string
		main string
	}{
		{"balance", `<p>one`},
		{"balance", `<div><p>one</div>`},
		{"balance", `one</p>`},
		{"balance", `<div/>`},
		{"balance", `<br></br>`},
		{"duplicate-attribute", `<p class="a" class="b">x</p>`},
		{"template", `<a href="#ZgotmplZ">x</a>`},
		{"template", `<p>&lt;no value&gt;</p>`},
		{"template", `<p>%!d(string=x)</p>`},
		{"id", `<p id="main">x</p>`},
		{"id", `<p id="a b">x</p>`},
		{"id", `<p id="">x</p>`},
		{"id-target", `<label for="nowhere">x</label>`},
		{"id-target", `<p aria-describedby="nowhere">x</p>`},
		{"id-target", `<a href="#nowhere">x</a>`},
		{"h1", `<h1>Two</h1>`},
		{"heading-order", `<h3>Skips</h3>`},
		{"heading-order", `<h2>a</h2><h4>b</h4>`},
		{"heading-empty", `<h2> <span hidden>x</span></h2>`},
		{"label", `<input type="text" name="q">`},
		{"label", `<input type="text" name="q" placeholder="Search" title="Search">`},
		{"label", `<textarea name="q"></textarea>`},
		{"label", `<select name="q"><option>1</option></select>`},
		{"label", `<label>lonely</label>`},
		{"label", `<div contenteditable="true">x</div>`},
		{"label", `<label for="a"></label><input id="a" type="text" name="q">`},
		{"legend", `<fieldset><p>x</p></fieldset>`},
		{"radio-group", `<label><input type="radio" name="a"> a</label>`},
		{"input-type", `<label>x <input name="q"></label>`},
		{"autocomplete", `<label>x <input type="email" name="x"></label>`},
		{"autocomplete", `<label>x <input type="password" name="x" autocomplete="off"></label>`},
		{"autocomplete", `<label>x <input type="text" name="name"></label>`},
		{"autocomplete", `<label>x <input type="text" name="q" autocomplete="nope"></label>`},
		{"button-type", `<button>x</button>`},
		{"button-text", `<button type="button"><svg aria-hidden="true"></svg></button>`},
		{"button-text", `<input type="submit">`},
		{"form-method", `<form method="put"><button type="submit">x</button></form>`},
		{"style-attribute", `<p style="color:red">x</p>`},
		{"style-element", `<style>p{}</style>`},
		{"event-attribute", `<p onclick="x()">x</p>`},
		{"inline-script", `<script>x()</script>`},
		{"inline-script", `<script type="importmap">{}</script>`},
		{"script-url", `<a href=" JavaScript:x()">x</a>`},
		{"target", `<a href="/a" target="_blank">x</a>`},
		{"element", `<center>x</center>`},
		{"alt", `<img src="/a.png">`},
		{"alt", `<svg viewBox="0 0 1 1"></svg>`},
		{"alt", `<iframe src="/a"></iframe>`},
		{"link-text", `<a href="/a"></a>`},
		{"link-text", `<a href="/a"><img src="/a.png" alt=""></a>`},
		{"link-href", `<a>x</a>`},
		{"link-href", `<a href="">x</a>`},
		{"table-header", `<table><tr><td>x</td></tr></table>`},
		{"table-header", `<table><tr><th>x</th></tr></table>`},
		{"table-header", `<table><tr><th scope="col"></th></tr></table>`},
		{"table-header", `<table role="presentation"><tr><td>x</td></tr></table>`},
		{"tabindex", `<p tabindex="3">x</p>`},
		{"lang", `<p lang="english">x</p>`},
		{"lang", `<p lang="en_GB">x</p>`},
		{"dir", `<p dir="right">x</p>`},
		{"landmark", `<nav><p>a</p></nav><nav aria-label="b"><p>b</p></nav>`},
		{"landmark", `<dialog><p>x</p></dialog>`},
		{"main", `<main><p>x</p></main>`},
		{"interactive", `<a href="/a">x <button type="button">y</button></a>`},
		{"interactive", `<button type="button">x <a href="/a">y</a></button>`},
		{"interactive", `<details><summary>x <button type="button">y</button></summary></details>`},
		{"interactive", `<label>x <input type="text" name="a"> <input type="text" name="b"></label>`},
		{"nesting", `<p>a<div>b</div></p>`},
		{"nesting", `<p>a<ul><li>b</li></ul></p>`},
		{"nesting", `<span><div>b</div></span>`},
		{"nesting", `<li>x</li>`},
		{"nesting", `<ul><p>x</p></ul>`},
		{"nesting", `<ul>text</ul>`},
		{"nesting", `<ul><a href="/a">x</a></ul>`},
		{"nesting", `<dl><p>x</p></dl>`},
		{"nesting", `<table><p>x</p><tr><th scope="col">x</th></tr></table>`},
		{"nesting", `<table><form><tr><th scope="col">x</th></tr></form></table>`},
		{"nesting", `<form><form><p>x</p></form></form>`},
		{"nesting", `<button type="button"><h2>x</h2></button>`},
		{"interactive", `<a href="/a">x <a href="/b">y</a></a>`},
		{"nesting", `<b>one <p>two</p></b>`},
		{"nesting", `<a>x <b>y <a>z</a></b></a>`},
		{"nesting", `<details><p>x</p><summary>y</summary></details>`},
		{"nesting", `<select name="a" aria-label="a"><div>x</div></select>`},
	} {
		t.Run(tt.rule+" "+tt.main, func(t *testing.T) {
			t.Parallel()
			if got := rules(Check([]byte(page(tt.main)), Options{})); !slices.Contains(got, tt.rule) {
				t.Errorf("found %q, want %q among them", got, tt.rule)
			}
		})
	}
}

func TestCheckDocument(t *testing.T) {
	t.Parallel()
	good := page(`<p>x</p>`)
	for _, tt := range []struct {
		rule, old, new string
	}{
		{"doctype", "<!doctype html>", ""},
		{"lang", ` lang="en"`, ``},
		{"lang", ` lang="en"`, ` lang="und_x"`},
		{"dir", ` dir="ltr"`, ``},
		{"dir", ` lang="en"`, ` lang="ar"`},
		{"dir", ` dir="ltr"`, ` dir="rtl"`},
		{"charset", `<meta charset="utf-8">`, ``},
		{"viewport", `name="viewport"`, `name="viewpoint"`},
		{"viewport", `initial-scale=1`, `initial-scale=1, maximum-scale=1`},
		{"refresh", `<title>`, `<meta http-equiv="refresh" content="1"><title>`},
		{"title", `News – Network`, ` `},
		{"title", `</title>`, `</title><title>b</title>`},
		{"h1", `<h1>News</h1>`, ``},
		{"main", `<main id="main">`, `<div id="main">`},
		{"style-element", `<title>`, `<style>p{}</style><title>`},
	} {
		t.Run(tt.rule+" "+tt.new, func(t *testing.T) {
			t.Parallel()
			if !strings.Contains(good, tt.old) {
				t.Fatalf("the page has no %q", tt.old)
			}
			bad := strings.Replace(good, tt.old, tt.new, 1)
			bad = strings.Replace(bad, "</main>", map[bool]string{true: "</div>", false: "</main>"}[tt.rule == "main"], 1)
			if got, want := rules(Check([]byte(bad), Options{})), []string{tt.rule}; !slices.Equal(got, want) {
				t.Errorf("found %q, want %q", got, want)
			}
		})
	}
}

func TestCheckOptions(t *testing.T) {
	t.Parallel()
	styled := strings.Replace(page(""), "<title>", "<style>p{}</style><title>", 1)
	for _, tt := range []struct {
		name   string
		markup string
		o      Options
		want   []string
	}{
		{"a style element where it is allowed", styled, Options{Styles: true}, nil},
		{"but only in the head", page("<style>p{}</style>"), Options{Styles: true}, []string{"style-element"}},
		{"a block", `<h3>Title</h3><p>x</p>`, Options{Fragment: true}, nil},
		{"a list item on its own", `<li>x</li>`, Options{Fragment: true}, nil},
		{"a block that skips a level", `<h2>a</h2><h4>b</h4>`, Options{Fragment: true}, []string{"heading-order"}},
		{"a block that does not balance", `<p>x`, Options{Fragment: true}, []string{"balance"}},
		{"a block with bad nesting", `<p><div>x</div></p>`, Options{Fragment: true}, []string{"nesting"}},
		{"nothing", ``, Options{Fragment: true}, nil},
		{"a page cut short", styled[:len(styled)/2], Options{Styles: true}, []string{"balance", "h1", "main", "title"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := rules(Check([]byte(tt.markup), tt.o)); !slices.Equal(got, tt.want) {
				t.Errorf("found %q, want %q", got, tt.want)
			}
		})
	}
}

func TestCheckNamesTheLine(t *testing.T) {
	t.Parallel()
	got := Check([]byte(page("\n<p>x</p>\n<img src=\"/a.png\">")), Options{})
	if len(got) != 1 || got[0].Line != 8 || got[0].String() != `line 8: alt: <img src="/a.png"> has no alt` {
		t.Errorf("found %v", got)
	}
}

// spy is a testing.TB that counts what is reported to it.
type spy struct {
	testing.TB
	lines []string
}

func (s *spy) Helper() {}
func (s *spy) Errorf(format string, args ...any) {
	s.lines = append(s.lines, fmt.Sprintf(format, args...))
}

func TestExpectFails(t *testing.T) {
	t.Parallel()
	s := &spy{TB: t}
	Expect(s, []byte(page(`<img src="/a.png"><a href="/a"></a>`)), Options{})
	if len(s.lines) != 2 {
		t.Errorf("reported %q, want two lines", s.lines)
	}
}

func FuzzCheck(f *testing.F) {
	f.Add(page("<p>x</p>"))
	f.Add("<svg><title/><foreignObject><p>x</foreignObject></svg>")
	f.Add("<table><tr><template><a><b></table></a>")
	f.Add("<select><option></p></select><textarea>")
	f.Fuzz(func(t *testing.T, markup string) {
		for _, o := range []Options{{}, {Styles: true}, {Fragment: true}} {
			Check([]byte(markup), o)
		}
	})
}
