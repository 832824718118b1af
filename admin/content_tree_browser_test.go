package admin

import (
	"slices"
	"testing"

	"meridian/cms"
	"meridian/cms/account"
	"meridian/cms/cmstest"
	"meridian/models"
	"meridian/web/browser"
)

// The tree with keys and by dragging, from the left and from the right: every
// act ends in the same form, and the focus is on the row that moved.
func TestTreeInBrowser(t *testing.T) {
	t.Parallel()
	p := browser.New(t)
	o, base := serve(t, cmstest.New(t))
	v := o.as(o.Admin)
	p.SetCookie(base, o.h.sessions.Cookie.Name, v.cookies[o.h.sessions.Cookie.Name])
	order := func(section string) (out []string) {
		t.Helper()
		tree, err := o.CMS.Tree(t.Context(), o.Admin, cms.TreeQuery{Section: section})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range tree.Rows {
			out = append(out, r.ID)
		}
		return out
	}
	want := func(what, section string, ids ...string) {
		t.Helper()
		if got := order(section); !slices.Equal(got, ids) {
			t.Fatalf("%s: the order is %v, want %v", what, got, ids)
		}
	}
	focused := func(what, id string) {
		t.Helper()
		p.WaitFor(`customElements.get('mrd-tree') && document.activeElement.closest('li[id]')?.id === 'r-` + id + `'`)
	}
	p.Viewport(1280, 900)
	for _, lang := range []string{"en", "ar"} {
		if err := o.accounts.UpdateProfile(t.Context(), o.Admin, account.Profile{Name: "Ada", Lang: lang, Theme: "system"}, langTags()); err != nil {
			t.Fatal(err)
		}
		open, shut := "ArrowRight", "ArrowLeft"
		if lang == "ar" {
			open, shut = shut, open
		}
		p.Navigate(base + "/admin/content#r-" + o.About)
		focused("an address with a row", o.About)
		p.PressAndLoad(open)
		focused("opened", o.About)
		p.Press("ArrowDown")
		focused("a row down", o.Page)
		p.PressAndLoad("Alt+Shift+ArrowDown")
		want("a step down", o.About, o.Draft, o.Page)
		focused("moved down", o.Page)
		p.PressAndLoad("Alt+Shift+" + shut)
		want("a level out", o.Root, o.About, o.Page, o.Belgium)
		focused("moved out", o.Page)
		p.PressAndLoad("Alt+Shift+" + open)
		want("a level in", o.About, o.Draft, o.Page)
		focused("moved in", o.Page)
		p.PressAndLoad("Alt+Shift+ArrowUp")
		want("a step up", o.About, o.Page, o.Draft)
		focused("moved up", o.Page)
		p.Press("Alt+Shift+ArrowUp")
		p.WaitFor(`document.querySelector('mrd-tree > [role=status]').textContent !== ''`)
		p.Press(shut)
		focused("to the section", o.About)
		p.PressAndLoad(shut)
		if p.Count("li li[id]") != 0 {
			t.Errorf("in %s, the section is still open", lang)
		}
	}

	// The pointer takes a row by its sign and leaves it between two others.
	drag := func(id, to string, part float64) {
		t.Helper()
		browser.Eval[any](p, `HTMLElement.prototype.setPointerCapture = () => {}`) // made-up pointers cannot be captured
		browser.Eval[any](p, `(() => {
			const grip = document.querySelector('#r-`+id+` .grip'), box = document.querySelector('#r-`+to+` > .tree-row').getBoundingClientRect()
			const from = grip.getBoundingClientRect(), y = box.top + box.height * `+Words{}.Number(int(part*100))+` / 100
			const fire = (name, y) => grip.dispatchEvent(new PointerEvent(name, { bubbles: true, isPrimary: true, pointerId: 1, clientX: box.left + 40, clientY: y }))
			fire('pointerdown', from.top)
			fire('pointermove', (from.top + y) / 2)
			fire('pointermove', y)
			globalThis.said = document.querySelector('mrd-tree > [role=status]').textContent
			globalThis.letGo = () => fire('pointerup', y)
			document.querySelector('h1').onclick = letGo // a click that the test can wait for
		})()`)
	}
	if err := o.accounts.UpdateProfile(t.Context(), o.Admin, account.Profile{Name: "Ada", Lang: "en", Theme: "system"}, langTags()); err != nil {
		t.Fatal(err)
	}
	p.Navigate(base + "/admin/content?open=" + o.About)
	p.Wait(".grip")
	drag(o.Page, o.Draft, .9)
	if got := browser.Eval[string](p, "said"); got != "“Our mission” goes after “Not public yet”." {
		t.Errorf("while dragging it says %q", got)
	}
	p.ExpectAxe()
	p.Press("Escape")
	browser.Eval[any](p, "letGo()")
	want("stopped", o.About, o.Page, o.Draft)
	drag(o.Page, o.Draft, .9)
	p.Follow("h1")
	want("dragged down", o.About, o.Draft, o.Page)
	drag(o.Page, o.About, .05)
	p.Follow("h1")
	want("dragged out", o.Root, o.Page, o.About, o.Belgium)
	drag(o.Page, o.About, .5)
	p.Follow("h1")
	p.Wait("li li#r-" + o.Page)
	want("dragged in", o.About, o.Page, o.Draft)

	// On a small phone nothing is too wide or too small, whatever is open.
	p.Phone(320, 640)
	p.Click("#r-" + o.Page + " summary")
	p.ExpectAxe()
	for _, s := range p.SmallTargets(24) {
		t.Errorf("too small: %s", s)
	}
	p.ScrollWidthOK(320)
	p.Click(".more > summary")
	p.ExpectAxe()
	for _, path := range []string{"/move", "/copy", "/turn", "/publish-branch"} {
		id := o.Page
		if path == "/publish-branch" {
			id = o.Create(t, cms.NewEntry{Kind: models.KindSection, Type: models.TypeArea, Section: o.About, Lang: "en", Title: "More"})
		}
		p.Navigate(base + "/admin/entries/" + id + path)
		p.ExpectAxe()
		p.ScrollWidthOK(320, 1280)
	}
}
