package browser

import (
	"bytes"
	"fmt"
	"image/png"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

const (
	form = `<!doctype html><html lang="en" dir="ltr"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Form</title>
<link rel="stylesheet" href="/a.css"><script src="/a.js" defer></script></head>
<body><main><h1>Form</h1>
<form method="post" action="/admin/sign-in">
<p><label for="e">E-mail</label><input id="e" name="email" type="email" autocomplete="username" value="old"></p>
<p><label for="p">Password</label><input id="p" name="password" type="password" autocomplete="current-password"></p>
<p><label for="d">Day</label><input id="d" name="day" type="date"></p>
<p><label for="s">Place</label><select id="s" name="s"><option value="1">One</option><option value="2">Two</option></select></p>
<p><label for="t">Text</label><textarea id="t" name="t"></textarea></p>
<p><button id="go" type="submit">Go</button> <a id="next" href="/next">Next page</a></p>
</form><p id="log">none</p></main></body></html>`
	script = `document.querySelector("#s").addEventListener("change", e => { document.querySelector("#log").textContent = "chose " + e.target.value })`
	sheet  = `:root{color-scheme:light dark;background:#fff;color:#111} @media (prefers-color-scheme: dark){:root{background:#000;color:#eee}} input,select,textarea,button{min-block-size:2rem} h1{overflow-wrap:anywhere}`
)

// site serves the form, a bad page and what they need, all under a policy as
// strict as the product's.
func site(t *testing.T) string {
	t.Helper()
	mux := http.NewServeMux()
	text := func(pattern, kind, body string) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", kind+"; charset=utf-8")
			w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'")
			fmt.Fprint(w, body)
		})
	}
	text("GET /{$}", "text/html", form)
	text("GET /admin/sign-in", "text/html", form)
	text("GET /next", "text/html", strings.ReplaceAll(form, "Form", "Next"))
	text("GET /a.css", "text/css", sheet)
	text("GET /a.js", "text/javascript", script)
	text("GET /favicon.ico", "image/png", "")
	text("GET /bad", "text/html", `<!doctype html><html><head><title>Bad</title></head><body><img src="/a.png">
<p style="inline-size:900px">styled</p><table width="900"><tr><td>wide</td></tr></table>
<script>alert(1)</script><img src="http://elsewhere.example/x.png"><button></button></body></html>`)
	mux.HandleFunc("POST /admin/sign-in", func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("password") != "secret" {
			http.Error(w, "no", http.StatusUnprocessableEntity)
			return
		}
		http.SetCookie(w, &http.Cookie{Name: "who", Value: r.FormValue("email"), Path: "/"})
		http.Redirect(w, r, "/admin/", http.StatusSeeOther)
	})
	mux.HandleFunc("GET /admin/{$}", func(w http.ResponseWriter, r *http.Request) {
		c, _ := r.Cookie("who")
		fmt.Fprintf(w, `<!doctype html><title>Desk</title><p id="who">%v</p>`, c)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

func TestPage(t *testing.T) {
	t.Parallel()
	base := site(t)
	p := New(t)
	want := func(what, got, want string) {
		t.Helper()
		if got != want {
			t.Errorf("%s = %q, want %q", what, got, want)
		}
	}
	if code := p.Navigate(base + "/"); code != 200 {
		t.Fatalf("status %d", code)
	}
	want("title", p.Title(), "Form")
	want("heading", p.Text("h1"), "Form")
	want("source", p.Source(), form)

	p.Fill("#e", "vrijwilliger@voorbeeld.example")
	want("e-mail", p.Value("#e"), "vrijwilliger@voorbeeld.example")
	p.Fill("#t", "سطر أول\nline \"two\"")
	want("text", p.Value("#t"), "سطر أول\nline \"two\"")
	p.Fill("#t", "")
	want("empty text", p.Value("#t"), "")
	p.Fill("#d", "2026-11-25")
	want("day", p.Value("#d"), "2026-11-25")
	p.Fill("#s", "2")
	want("what the page's script saw", p.Text("#log"), "chose 2")

	Eval[bool](p, `document.querySelector("#e").focus(), true`)
	p.Press("Tab")
	want("focus after Tab", p.Focused(), "input#p[name=password]")
	p.Press("Shift+Tab")
	want("focus after Shift+Tab", p.Focused(), "input#e[name=email]")
	p.Press("Control+a", "Delete")
	p.Type("a b")
	want("typed", p.Value("#e"), "a b")

	if code := p.Follow("#next"); code != 200 {
		t.Errorf("follow: status %d", code)
	}
	want("address", p.URL(), base+"/next")
	p.Back()
	want("title after going back", p.Title(), "Form")

	p.ScrollWidthOK(320, 1280)
	p.ExpectAxe()
	if small := p.SmallTargets(24); len(small) != 0 {
		t.Errorf("small targets: %q", small)
	}
	if small := p.SmallTargets(400); len(small) == 0 {
		t.Error("no target is smaller than 400 px")
	}
	if others := p.Elsewhere(base); len(others) != 0 {
		t.Errorf("asked elsewhere: %q", others)
	}
	if problems := p.Problems(); len(problems) != 0 {
		t.Errorf("problems: %q", problems)
	}

	shot := p.Screenshot(390, 844, true)
	img, err := png.Decode(bytes.NewReader(shot))
	if err != nil {
		t.Fatalf("screenshot: %v", err)
	}
	if b := img.Bounds(); b.Dx() != 390 || b.Dy() != 844 {
		t.Errorf("screenshot is %v", b)
	}
	if r, g, b, _ := img.At(389, 843).RGBA(); r+g+b != 0 {
		t.Errorf("the dark page has the ground %x %x %x", r, g, b)
	}
	full, err := png.Decode(bytes.NewReader(p.FullScreenshot(200, 100, false)))
	if err != nil || full.Bounds().Dy() <= 100 {
		t.Errorf("the whole page is %v high, %v", full.Bounds(), err)
	}

	p.Scripts(false)
	p.Navigate(base + "/")
	p.Fill("#s", "2")
	want("with scripts off", p.Text("#log"), "none")
	want("picture of a page without scripts", fmt.Sprint(len(p.Screenshot(320, 320, false)) > 0), "true")
}

func TestPageSignsIn(t *testing.T) {
	t.Parallel()
	base := site(t)
	p, other := New(t), New(t)
	p.SignIn(base, "admin@meridian.example", "secret")
	if got := p.Text("#who"); got != "who=admin@meridian.example" {
		t.Errorf("signed in as %q", got)
	}
	other.Navigate(base + "/admin/")
	if got := other.Text("#who"); got != "<nil>" && got != "" {
		t.Errorf("the other page is signed in too: %q", got)
	}
	other.SetCookie(base, "who", "else")
	other.Reload()
	if got := other.Text("#who"); got != "who=else" {
		t.Errorf("with a cookie set: %q", got)
	}
}

func TestPageSeesWhatIsWrong(t *testing.T) {
	t.Parallel()
	base := site(t)
	p := New(t)
	p.Navigate(base + "/bad")
	problems := strings.Join(p.Problems(), "\n")
	for _, directive := range []string{"script-src", "style-src", "img-src"} {
		if !strings.Contains(problems, directive) {
			t.Errorf("no violation of %s in:\n%s", directive, problems)
		}
	}
	p.Forget() // or the end of the test would report them
	var found []string
	for _, v := range p.Axe("page-has-heading-one") {
		found = append(found, v.Rule)
	}
	for _, rule := range []string{"image-alt", "html-has-lang", "button-name"} {
		if !slices.Contains(found, rule) {
			t.Errorf("axe found %q, want %s among them", found, rule)
		}
	}
	if slices.Contains(found, "page-has-heading-one") {
		t.Error("axe ran a rule that was switched off")
	}
	if s := p.Overflow(320); !strings.Contains(s, "table") {
		t.Errorf("overflow of a wide table: %q", s)
	}
	Eval[bool](p, `setTimeout(() => { throw new Error("on purpose") }), new Promise(r => setTimeout(() => r(true), 50))`)
	if got := p.Problems(); len(got) != 1 || !strings.Contains(got[0], "on purpose") {
		t.Errorf("problems after an exception: %q", got)
	}
	p.Forget()
}

func TestPageStaysOnThisMachine(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, `<!doctype html><title>x</title><img src="http://elsewhere.example/x.png">`)
	}))
	t.Cleanup(server.Close)
	p := New(t)
	p.Navigate(server.URL)
	if got, want := p.Elsewhere(server.URL), []string{"http://elsewhere.example/x.png"}; !slices.Equal(got, want) {
		t.Errorf("asked elsewhere: %q, want %q", got, want)
	}
	for _, r := range p.Requests() {
		if strings.Contains(r.URL, "elsewhere") && (r.Status != 0 || r.Failed == "") {
			t.Errorf("a request left this machine: %+v", r)
		}
	}
	p.Offline(true)
	if ok := Eval[bool](p, `fetch(location.href).then(() => true, () => false)`); ok {
		t.Error("the network answers while the page is offline")
	}
	p.Offline(false)
	if ok := Eval[bool](p, `fetch(location.href).then(() => true, () => false)`); !ok {
		t.Error("the network does not answer after the page is online again")
	}
}
