package admin

import (
	"fmt"
	"testing"

	"meridian/cms/account"
	"meridian/cms/cmstest"
	"meridian/cms/media"
	"meridian/models"
	"meridian/web/browser"
)

// hands puts into a page what people do with files: picture makes one, drop and
// paste give them to the page.
const hands = `globalThis.picture = (name, side, type = 'image/png') => new Promise(done => {
	const canvas = Object.assign(document.createElement('canvas'), { width: side, height: side / 2 }), c = canvas.getContext('2d')
	const dots = c.createImageData(side, side / 2)
	let seed = side
	for (let i = 0; i < dots.data.length; i++) dots.data[i] = i % 4 === 3 ? 255 : (seed = seed * 16807 % 2147483647) % 256
	c.putImageData(dots, 0, 0)
	canvas.toBlob(blob => done(new File([blob], name, { type })), type, .95)
})
globalThis.carry = files => {
	const data = new DataTransfer()
	for (const f of files) data.items.add(f)
	return data
}
globalThis.drop = (...files) => {
	for (const name of ['dragenter', 'dragover', 'drop']) document.body.dispatchEvent(new DragEvent(name, { bubbles: true, cancelable: true, dataTransfer: carry(files) }))
}
globalThis.paste = (...files) => document.body.dispatchEvent(new ClipboardEvent('paste', { bubbles: true, cancelable: true, clipboardData: carry(files) }))`

func TestUploadInBrowser(t *testing.T) {
	t.Parallel()
	p := browser.New(t)
	o, base := serve(t, cmstest.New(t))
	v := o.as(o.Admin)
	p.SetCookie(base, o.h.sessions.Cookie.Name, v.cookies[o.h.sessions.Cookie.Name])
	p.Viewport(1280, 900)
	p.Navigate(base + "/admin/media")
	p.Wait("mrd-drop .drop.scripted")
	browser.Eval[any](p, hands)
	states := func(state string, n int) {
		t.Helper()
		p.WaitFor(fmt.Sprintf(`document.querySelectorAll('.upload[data-state=%s]').length === %d`, state, n))
	}

	// Dropped anywhere: one is taken, one is refused in words.
	browser.Eval[any](p, `picture('forum.png', 64).then(f => drop(f, new File(['\0\0\0\x18ftypheic\0\0\0\0mif1heic'], 'IMG_1.HEIC')))`)
	states("stored", 1)
	states("refused", 1)
	if got := p.Text(".upload[data-state=refused] .upload-say"); got == "" {
		t.Error("the refusal has no words")
	}
	if got := p.Text(".uploads-done [role=status]"); got != "1 of 2 are in the library." {
		t.Errorf("in the end it says %q", got)
	}
	p.ExpectAxe()

	// Pasted, while the line is gone: nothing is lost, one button sends it again.
	p.Offline(true)
	browser.Eval[any](p, `picture('pasted.png', 66).then(f => paste(f))`)
	states("failed", 1)
	p.ExpectAxe()
	p.Offline(false)
	p.Click(".upload[data-state=failed] .upload-retry")
	states("stored", 2)
	// The same once more is found, and nothing is stored twice.
	browser.Eval[any](p, `picture('again.png', 66).then(f => paste(f))`)
	states("there", 1)

	// A large photo is made smaller first, unless that is not wanted.
	browser.Eval[any](p, `picture('large.jpg', 3000, 'image/jpeg').then(f => drop(f))`)
	states("stored", 3)
	p.Click(".drop-more > summary")
	p.Click("label[for=f-keep]")
	browser.Eval[any](p, `picture('whole.jpg', 2800, 'image/jpeg').then(f => drop(f))`)
	states("stored", 4)
	list, err := o.Library.List(t.Context(), o.Admin, media.Query{})
	if err != nil || len(list.Items) != 4 {
		t.Fatalf("%d files, %v", len(list.Items), err)
	}
	for i, want := range []struct {
		title string
		width int
	}{{"whole", 2800}, {"large", 2560}, {"pasted", 66}, {"forum", 64}} {
		if it := list.Items[i]; it.Asset.Title != want.title || it.Version.Width != want.width {
			t.Errorf("stored %q, %d wide; want %+v", it.Asset.Title, it.Version.Width, want)
		}
	}

	// The grid with keys.
	p.Follow(".uploads-done a")
	p.WaitFor(`!!customElements.get('mrd-grid')`)
	browser.Eval[any](p, `document.querySelector('.card .t').focus()`)
	p.Press("ArrowRight", "x")
	if got := browser.Eval[string](p, `document.activeElement.textContent + ' ' + document.querySelectorAll('.card :checked').length`); got != "large 1" {
		t.Errorf("the focus and what is chosen: %q", got)
	}
	p.Press("ArrowLeft")
	p.PressAndLoad("Enter")
	if got := p.Text("h1"); got != "whole" {
		t.Errorf("Enter opens %q", got)
	}

	// Without script the same form has its button.
	p.Scripts(false)
	p.Navigate(base + "/admin/media")
	p.Wait(".drop button[type=submit]")
	p.Scripts(true)
}

func TestFocalPointInBrowser(t *testing.T) {
	t.Parallel()
	p := browser.New(t)
	o, base := serve(t, cmstest.New(t))
	v := o.as(o.Admin)
	a := o.Upload(t, media.Upload{Name: "forum.png", People: models.PeopleNone})
	p.SetCookie(base, o.h.sessions.Cookie.Name, v.cookies[o.h.sessions.Cookie.Name])
	p.Viewport(1280, 900)
	for _, lang := range []string{"en", "ar"} { // left is left in both
		if err := o.accounts.UpdateProfile(t.Context(), o.Admin, account.Profile{Name: "Ada", Lang: lang, Theme: "system"}, langTags()); err != nil {
			t.Fatal(err)
		}
		p.Navigate(base + "/admin/media/" + a.ID)
		p.Wait(".focus-mark")
		before := p.Attribute(".crop svg", "viewBox")
		browser.Eval[any](p, `(() => {
			const pic = document.querySelector('.focus-pic'), box = pic.getBoundingClientRect()
			for (const name of ['pointerdown', 'pointerup']) pic.dispatchEvent(new PointerEvent(name, { bubbles: true, cancelable: true, pointerId: 1, clientX: box.left + box.width * .25, clientY: box.top + box.height * .75 }))
		})()`)
		at := func(want string) {
			t.Helper()
			if got := p.Value("input[name=focus_x]") + " " + p.Value("input[name=focus_y]"); got != want {
				t.Errorf("in %s, the point is at %s, want %s", lang, got, want)
			}
		}
		at("25 75")
		if after := p.Attribute(".crop svg", "viewBox"); after == before {
			t.Errorf("the crop stays at %s", after)
		}
		// The mark has the focus and goes with the arrows.
		p.Press("ArrowRight", "Shift+ArrowUp", "ArrowUp")
		at("26 64")
		p.Click(".focus-set > summary")
		p.Click("label[for=spot-8]")
		at("85 85")
		p.Fill("input[name=focus_x]", "40")
		at("40 85")
		if !browser.Eval[bool](p, `document.querySelector('#spot-own').checked`) {
			t.Error("the place counts more than the number typed after it")
		}
		p.ExpectAxe()
		p.Follow(".asset-form .actions button")
		if got := o.asset(a.ID).Asset; got.FocusX != 400 || got.FocusY != 850 {
			t.Errorf("saved at %d, %d", got.FocusX, got.FocusY)
		}
		o.PutAsset(t, a.ID, func(a *models.Asset) { a.FocusX, a.FocusY = 500, 500 })
	}
}

// Every screen, from the left and from the right, in light and in the dark, on a
// desk and on a small phone.
func TestMediaInBrowser(t *testing.T) {
	t.Parallel()
	p := browser.New(t)
	o, base := serve(t, cmstest.New(t))
	a := o.Upload(t, media.Upload{Name: "a picture with a rather long name of its own.png", People: models.PeopleChildren})
	open := o.Upload(t, media.Upload{Name: "nobody-knows.png"})
	o.Upload(t, media.Upload{Name: "b.png", People: models.PeopleChildren})
	if _, err := o.Library.GiveConsent(t.Context(), o.Admin, media.Consent{Asset: a.ID, Version: a.Version, GivenBy: "Mother of A.", Uses: []string{"site"}, Until: o.Clock.Now().AddDate(0, 0, 9).Format("2006-01-02")}); err != nil {
		t.Fatal(err)
	}
	gone := o.Upload(t, media.Upload{Name: "gone.png", People: models.PeopleAdults})
	if _, err := o.Library.WithdrawConsent(t.Context(), o.Admin, gone.ID, "She asked"); err != nil {
		t.Fatal(err)
	}
	o.collection(o.Root)
	v := o.as(o.Admin)
	p.SetCookie(base, o.h.sessions.Cookie.Name, v.cookies[o.h.sessions.Cookie.Name])
	w := v.opens(o.Draft, "en")
	w.does("insert:start:image")
	back := "/admin/media?choose=" + entryURL(o.Draft, "en") + "&field=b." + w.blockID(0) + ".media"
	for _, lang := range []string{"en", "ar"} {
		if err := o.accounts.UpdateProfile(t.Context(), o.Admin, account.Profile{Name: "Ada", Lang: lang, Theme: "system"}, langTags()); err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{
			"/admin/", "/admin/media", "/admin/media?view=list", back, "/admin/media/" + a.ID, "/admin/media/" + open.ID, "/admin/media/" + gone.ID, "/admin/media/" + a.ID + "/trash",
			"/admin/media/descriptions?in=all&which=all", "/admin/media/collections", "/admin/consents", entryURL(o.Draft, "en") + "?put=b." + w.blockID(0) + ".media&media=" + a.ID,
		} {
			p.EmulateDark(false)
			p.Phone(390, 844)
			p.Navigate(base + path)
			p.ExpectAxe()
			for _, s := range p.SmallTargets(24) {
				t.Errorf("%s in %s: too small: %s", path, lang, s)
			}
			p.EmulateDark(true)
			p.Viewport(1280, 800)
			p.ExpectAxe()
			p.ScrollWidthOK(320, 390, 1280)
			if list := p.Elsewhere(base); len(list) > 0 {
				t.Errorf("%s asks elsewhere: %v", path, list)
			}
		}
	}
}
