package site_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"meridian/web"
	"meridian/web/browser"
)

// browse serves the network to a browser.
func (n *network) browse(t *testing.T) (*browser.Page, string) {
	t.Helper()
	p := browser.New(t)
	mux := http.NewServeMux()
	mux.Handle("/static/", web.Static())
	mux.Handle("/", n)
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	return p, srv.URL
}

func TestDirectoryInABrowser(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	n.small(t)
	p, base := n.browse(t)
	for _, path := range []string{
		"/en/our-sections/", "/en/our-sections/?region=europe", "/en/our-sections/?status=former", "/en/our-sections/?language=de&region=africa",
		"/ar/%D9%81%D8%B1%D9%88%D8%B9%D9%86%D8%A7/", "/en/our-sections/sweden/", "/en/our-sections/geneva/",
	} {
		p.Forget()
		p.Viewport(1280, 900)
		p.Navigate(base + path)
		if got := p.Elsewhere(base); got != nil {
			t.Errorf("%s asks others: %v", path, got)
		}
		if r := len(p.Requests()); r > 2 { // the page and its icon
			t.Errorf("%s: %d requests", path, r)
		}
		p.ExpectAxe()
		for _, s := range p.SmallTargets(24) {
			if strings.HasPrefix(s, "a  ") {
				continue // a dot on the map: the circle around it can be hit as well
			}
			t.Errorf("%s: small target: %s", path, s)
		}
		p.Emulate(browser.Media{Dark: true})
		p.ExpectAxe()
		p.Emulate(browser.Media{})
		p.ScrollWidthOK(320, 390, 1280)
	}
}

// TestDots: on a wide screen a dot leads to its section; on a narrow one it is
// too small to be more than a picture.
func TestDots(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	n.small(t)
	p, base := n.browse(t)
	p.Scripts(false)
	const path = "/en/our-sections/?region=africa"
	// What a pointer finds in the middle of the dot, and at the edge of what can be hit.
	hit := func() string {
		return browser.Eval[string](p, `(() => {
			const at = '.map a[href$="/benin/"] .hit';
			window.scrollBy(0, document.querySelector(at).getBoundingClientRect().top - 200);
			const b = document.querySelector(at).getBoundingClientRect();
			return [b.left + b.width / 2, b.right - 2].map(x => {
				const a = document.elementFromPoint(x, b.top + b.height / 2).closest("a");
				return a ? a.getAttribute("href") : "";
			}).join(" ");
		})()`)
	}
	for _, width := range []int{768, 1280} {
		p.Viewport(width, 900)
		p.Navigate(base + path)
		if got := hit(); got != "/en/our-sections/benin/ /en/our-sections/benin/" {
			t.Errorf("at %d the dot leads to %q", width, got)
		}
		if size := browser.Eval[float64](p, `document.querySelector(".map .hit").getBoundingClientRect().width`); size < 23.5 {
			t.Errorf("at %d the dot is %.1f pixels wide", width, size)
		}
	}
	if status := p.Follow(`.map a[href$="/ghana/"] circle:not(.hit)`); status != http.StatusOK {
		t.Errorf("a dot leads to %d", status)
	}
	if got := p.Text("h1"); got != "Ghana" {
		t.Errorf("the dot of Ghana leads to %q", got)
	}
	p.Phone(390, 844)
	p.Navigate(base + path)
	if got := hit(); got != " " {
		t.Errorf("on a phone the dot leads to %q", got)
	}
	if !browser.Eval[bool](p, `document.querySelector(".map circle").checkVisibility({visibilityProperty:true})`) {
		t.Error("on a phone the dots are gone")
	}
	// The list does what the dots do.
	if status := p.Follow(`.section-list li a[href$="/ghana/"]`); status != http.StatusOK {
		t.Errorf("the list leads to %d", status)
	}
}

// TestPrintedDirectory: paper shows every section with its address, and no
// filters.
func TestPrintedDirectory(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	n.small(t)
	p, base := n.browse(t)
	p.Navigate(base + "/en/our-sections/")
	p.Emulate(browser.Media{Print: true})
	for selector, want := range map[string]bool{"h1": true, ".section-list li a": true, ".section-list a[href^=mailto]": true, ".filters": false, ".map": false, ".menu a": false} {
		if got := browser.Eval[bool](p, `document.querySelector("`+selector+`").checkVisibility()`); got != want {
			t.Errorf("%s printed = %v", selector, got)
		}
	}
}
