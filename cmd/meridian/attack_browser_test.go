package main

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"meridian/cms/media"
	"meridian/models"
	"meridian/web/browser"
)

// TestAttackInABrowser opens pages full of hostile texts in a real browser and
// touches everything on them: the marker function is never called, nothing is
// asked of other servers, and the policies have nothing to block.
func TestAttackInABrowser(t *testing.T) {
	t.Parallel()
	p := browser.New(t)
	srv := httptest.NewUnstartedServer(nil)
	base := "http://" + srv.Listener.Addr().String()
	tg := newTarget(t, base)
	srv.Config.Handler = tg
	srv.Start()
	t.Cleanup(srv.Close)
	c := tg.as(tg.Admin)

	// One page with every text in every place.
	at := "/admin/entries/" + tg.Page + "/en"
	form := c.formAt(t, at, at)
	var all []string
	for _, name := range []string{"script", "img", "foreignobject", "css", "clobber", "quote"} {
		words := hostile[name]
		all = append(all, words)
		everywhere(form, tg.Upload(t, media.Upload{Title: words, Credit: words, People: models.PeopleNone}).ID, words)
	}
	form.Set("title", hostile["script-end"])
	form.Set("summary", clipped(strings.Join(all, " "), 300))
	c.want(http.StatusSeeOther, c.post(at, form), "save")
	review := c.want(http.StatusOK, c.get(at+"/publish"), "review")
	c.want(http.StatusSeeOther, c.post(at+"/publish", formOf(t, review.body, at+"/publish")), "publish")
	form = c.formAt(t, "/admin/settings", "/admin/settings")
	form.Set("name.en", hostile["img"])
	form.Set("contact_street", hostile["svg"])
	c.want(http.StatusSeeOther, c.post("/admin/settings", form), "settings")

	// The control: the same texts unescaped do call the marker.
	control := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte("<!doctype html><title>t</title><script>var called=0;function X(){called++}</script>" + hostile["img"] + hostile["script"]))
	}))
	t.Cleanup(control.Close)
	powerful := browser.New(t) // a page of its own, whose requests are not counted
	powerful.Navigate(control.URL)
	powerful.WaitFor(`called >= 2`)

	p.SetCookie(base, "meridian", c.cookies["meridian"])
	q := url.QueryEscape(hostile["img"])
	for _, path := range []string{
		"/en/about-us/our-mission", "/en/", "/en/about-us/", "/en/" + url.PathEscape(hostile["script"]), "/api/v1/pages/" + tg.Page + "?body=html,markdown", "/api/v1/" + url.PathEscape(hostile["img"]),
		at, "/admin/content?q=" + q, "/admin/news?q=" + q + "&topic=" + q, "/admin/settings", "/admin/" + url.PathEscape(hostile["img"]),
	} {
		p.Forget()
		p.Navigate(base + path)
		// Anything that would have run has failed for want of X, which is an
		// exception; what runs from now on counts.
		called := browser.Eval[int](p, `(async () => {
			let called = 0
			globalThis.X = parent.X = () => { called++ }
			globalThis.alert = globalThis.X
			const elements = [...document.querySelectorAll("body *")]
			for (const e of elements.slice(0, 1500)) {
				for (const type of ["mouseover", "mouseenter", "focus", "error", "load", "animationstart", "toggle", "pointerover"])
					e.dispatchEvent(new Event(type))
				if (typeof e.href === "string" && e.href && !/^https?:|^mailto:|^tel:/.test(e.href)) called += 100
				if (!e.closest("form, a") && e.tagName !== "A") e.click?.()
			}
			await new Promise(r => setTimeout(r, 50))
			const odd = document.querySelectorAll("script:not([type='application/ld+json']), iframe, object, embed, math, template, noscript, base, style ~ b, [srcdoc], [formaction], [onerror], [onload], [onfocus], [onclick], [onmouseover]")
			if (globalThis.config !== undefined) called += 1000
			return called + 10000 * odd.length
		})()`)
		if called != 0 {
			t.Errorf("%s: %d calls or things that do not belong there", path, called)
		}
		if got := p.URL(); got != base+path && !strings.HasPrefix(got, base) {
			t.Errorf("%s has gone to %s", path, got)
		}
		if got := p.Elsewhere(base); got != nil {
			t.Errorf("%s asks others: %v", path, got)
		}
		if got := p.Problems(); got != nil {
			t.Errorf("%s: %v", path, got)
		}
	}
}
