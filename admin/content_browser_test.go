package admin

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"meridian/cms/cmstest"
	"meridian/web"
	"meridian/web/browser"
)

// serve starts a server with the back office of an installation. Browsers go by
// the real clock when they keep cookies, so that of the installation is set.
func serve(t testing.TB, env *cmstest.Env) (*office, string) {
	t.Helper()
	mux := http.NewServeMux()
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	env.Clock.Advance(time.Since(env.Clock.Now()))
	o := officeOver(t, env, srv.URL)
	mux.Handle("/admin/", o)
	mux.Handle("/static/", web.Static())
	return o, srv.URL
}

// Screens as a browser shows them: nothing scrolls in two directions, no
// finding of axe, nothing that has the focus is under the bars that stay.
func TestContentInBrowser(t *testing.T) {
	t.Parallel()
	page := browser.New(t)
	o, base := serve(t, cmstest.New(t))
	v := o.as(o.Admin)
	w := v.opens(o.Page, "en")
	w.does("insert:" + w.blockID(1) + ":logos")
	w.form.Set("b."+w.blockID(2)+".items.0.name", "A partner")
	w.does("save")
	o.wantTo(w.presses("start:ar:copy"), entryURL(o.Page, "ar"))
	page.SetCookie(base, o.h.sessions.Cookie.Name, v.cookies[o.h.sessions.Cookie.Name])
	for _, lang := range []string{"en", "nl", "ar"} { // Dutch has the longest words
		o.wantTo(v.post("/admin/account", map[string][]string{"name": {"Ada"}, "lang": {lang}, "theme": {"system"}}), "/admin/account")
		for _, path := range []string{"/admin/", "/admin/content", "/admin/news", "/admin/new?kind=section", entryURL(o.Page, "ar"), entryURL(o.Page, "en") + "/publish"} {
			page.Navigate(base + path)
			page.ScrollWidthOK(320, 1280)
			page.ExpectAxe()
		}
		page.Viewport(390, 700)
		page.Navigate(base + entryURL(o.Page, "en"))
		if hidden := browser.Eval[string](page, covered); hidden != "" {
			t.Errorf("in %s these are hidden while they have the focus:\n%s", lang, hidden)
		}
		// A button leads back to its block, below the bar.
		for _, op := range []string{"copy", "remove"} {
			page.Follow(".block ~ .block ~ .block button[value^='" + op + ":']")
			if gap := browser.Eval[float64](page, `document.querySelector(':target').getBoundingClientRect().top - document.querySelector('.edit-do').getBoundingClientRect().bottom`); gap < 0 || gap > 500 {
				t.Errorf("in %s, after %s the place is %v px below the bar", lang, op, gap)
			}
		}
	}
}

// covered lists what has the focus and cannot be seen.
const covered = `(() => {
	const out = []
	for (const el of document.querySelectorAll('main a, main button, main input:not([type=hidden]), main select, main textarea, main summary')) {
		if (!el.checkVisibility() || el.closest('.edit-do')) continue
		el.focus()
		if (document.activeElement !== el) continue
		const r = el.getBoundingClientRect()
		const x = Math.min(Math.max(r.x + r.width / 2, 1), innerWidth - 1)
		const seen = [r.top + 2, r.top + Math.min(r.height, 600) / 2, r.bottom - 2].some(y => {
			const top = document.elementFromPoint(x, y)
			return top && (el.contains(top) || top.contains(el) || el.labels && [...el.labels].some(l => l.contains(top)))
		})
		if (!seen) out.push(el.outerHTML.slice(0, 120))
	}
	return out.join('\n')
})()`
