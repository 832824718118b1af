package site_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"meridian/cms/block"
	"meridian/cms/media"
	"meridian/models"
	"meridian/web"
	"meridian/web/browser"
)

// open serves the fixture to a browser.
func open(t *testing.T, f *fixture) (*browser.Page, string) {
	t.Helper()
	p := browser.New(t)
	mux := http.NewServeMux()
	mux.Handle("/static/", web.Static())
	mux.Handle("/", f)
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	return p, srv.URL
}

func TestPagesInABrowser(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	everyBlock(t, f)
	p, base := open(t, f)
	for name, path := range f.pages(t) {
		target := base + (&url.URL{Path: path}).EscapedPath()
		if name == "news_list_filtered.html" {
			target = base + path
		}
		p.Forget()
		p.Viewport(1280, 900)
		p.Navigate(target)
		if got := p.Elsewhere(base); got != nil {
			t.Errorf("%s asks others: %v", name, got)
		}
		if n := len(p.Requests()); n > 2 { // the page and its icon
			t.Errorf("%s: %d requests", name, n)
		}
		p.ExpectAxe()
		for _, s := range p.SmallTargets(24) {
			t.Errorf("%s: small target: %s", name, s)
		}
		switch name {
		case "home.html", "page.html", "organisation_ar.html", "news_list.html": // colours of all parts
			p.Emulate(browser.Media{Dark: true})
			p.ExpectAxe()
			p.Emulate(browser.Media{})
		}
		p.ScrollWidthOK(320, 390, 1280)
	}
}

// everyBlock puts one of each block that readers see on the long page.
func everyBlock(t testing.TB, f *fixture) {
	t.Helper()
	attrs := func(kv ...any) map[string]any {
		m := map[string]any{}
		for i := 0; i < len(kv); i += 2 {
			m[kv[i].(string)] = kv[i+1]
		}
		return m
	}
	item := func(words string) block.Node {
		return block.Node{Type: "list_item", Content: []block.Node{paragraph(words)}}
	}
	cell := func(words string) block.Node {
		return block.Node{Type: "table_cell", Content: []block.Node{paragraph(words)}}
	}
	row := block.Node{Type: "table_row", Content: []block.Node{cell("A rather long cell"), cell("Another one"), cell("And a third with more words"), cell("Four"), cell("Five")}}
	away := f.Upload(t, media.Upload{People: models.PeopleNone})
	f.Write(t, f.Long, "en", "A page with contents.",
		heading("Why"), block.Node{Type: "bullet_list", Content: []block.Node{item("One"), item("Two")}},
		block.Node{Type: "quote", Attrs: attrs("cite", "A child", "role", "age 12", "source_url", "https://source.example/"), Content: []block.Node{paragraph("Listen to us.")}},
		heading("How & when"),
		block.Node{Type: "callout", Attrs: attrs("tone", "urgent", "title", "Are you in danger?"), Content: []block.Node{paragraph("Call.")}},
		block.Node{Type: "callout", Attrs: attrs("tone", "help", "title", "Help"), Content: []block.Node{block.Paragraph(block.Text("Read "), block.Text("this", block.Mark{Type: "link", Attrs: attrs("ref", "page:"+f.Page)}))}},
		block.Node{Type: "image", Attrs: attrs("media", "media:"+away.ID, "alt", "Children in a class room", "size", "half-end"), Content: nil},
		paragraph("Text beside a picture."),
		block.Node{Type: "table", Attrs: attrs("caption", "A table", "headerRow", true), Content: []block.Node{row, row}},
		heading("Who"),
		block.Node{Type: "logos", Attrs: attrs("title", "Partners", "items", []any{attrs("name", "UNICEF", "url", "https://u.example/"), attrs("name", "A rather long name of an organisation")})},
		block.Node{Type: "contact", Attrs: attrs("source", "section:"+f.Belgium, "show", []any{"address", "email"})},
		block.Node{Type: "button", Attrs: attrs("label", "Find a section", "link", "section:"+f.Belgium, "style", "primary")},
		block.Node{Type: "cards", Attrs: attrs("title", "Latest", "mode", "auto", "query", attrs("kind", "news", "limit", 3), "show", []any{"summary", "date"}, "layout", "cards")},
		block.Node{Type: "section_list", Attrs: attrs("show", []any{"list", "contact"})},
		block.Node{Type: "divider"}, paragraph("The end."),
	)
	f.Publish(t, f.Long, "en")
	// A place is kept free for a picture that was taken away.
	if _, err := f.Library.WithdrawConsent(t.Context(), f.Admin, away.ID, ""); err != nil {
		t.Fatal(err)
	}
}

func TestMenuOnAPhone(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p, base := open(t, f)
	p.Scripts(false)
	p.Phone(390, 844)
	p.Navigate(base + "/en/about-us/")
	visible := func() bool {
		return browser.Eval[bool](p, `document.querySelector("#menu a").checkVisibility()`)
	}
	if visible() {
		t.Error("the menu is open before anybody asked")
	}
	p.Click(".menu-open")
	if !visible() {
		t.Fatal("the button does not open the menu")
	}
	p.Press("Escape")
	if visible() {
		t.Error("Escape does not close the menu")
	}
	p.Click(".menu-open")
	if status := p.Follow(`#menu a[href="/en/news/"]`); status != http.StatusOK {
		t.Errorf("the menu leads to %d", status)
	}
	p.Viewport(1280, 900)
	if !visible() {
		t.Error("a wide screen shows no menu")
	}
}

func TestPrint(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p, base := open(t, f)
	p.Navigate(base + f.path(t, f.Long, "en"))
	p.Emulate(browser.Media{Print: true})
	for selector, want := range map[string]bool{"h1": true, ".body": true, ".menu a": false, ".skip": false, ".toc": false, ".foot address": true} {
		if got := browser.Eval[bool](p, `document.querySelector("`+selector+`").checkVisibility()`); got != want {
			t.Errorf("%s printed = %v", selector, got)
		}
	}
}
