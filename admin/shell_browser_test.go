package admin

import (
	"strings"
	"testing"

	"meridian/cms/account"
	"meridian/cms/cmstest"
	"meridian/web/browser"
)

// The screens of the shell in a browser: nothing that axe finds, nothing wider
// than a small phone, nothing too small for a finger, nothing from elsewhere.
func TestShellInBrowser(t *testing.T) {
	t.Parallel()
	p := browser.New(t)
	o, base := serve(t, cmstest.New(t))
	u := o.givePassword(o.Admin)
	fresh, freshBase := serve(t, cmstest.Bare(t))
	token, err := fresh.accounts.NewSetupToken(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	look := func() {
		t.Helper()
		p.EmulateDark(false)
		p.Phone(390, 844)
		p.ExpectAxe()
		for _, s := range p.SmallTargets(24) {
			t.Errorf("%s: too small: %s", p.URL(), s)
		}
		p.EmulateDark(true)
		p.Viewport(1280, 800)
		p.ExpectAxe()
		p.ScrollWidthOK(320, 390, 1280)
		if list := p.Elsewhere(base); strings.HasPrefix(p.URL(), base) && len(list) > 0 {
			t.Errorf("%s asks elsewhere: %v", p.URL(), list)
		}
	}
	for _, lang := range []string{"en", "ar"} {
		p.Navigate(base + "/admin/sign-in?lang=" + lang)
		look()
		p.Navigate(freshBase + "/admin/setup?lang=" + lang + "&token=" + token)
		look()
		p.Forget()
	}

	// By keys alone: the first field has the focus.
	p.Navigate(base + "/admin/sign-in?next=/admin/account")
	p.WaitFor(`document.activeElement.id === "f-email"`)
	p.Type(u.Email)
	p.Press("Tab")
	p.Type(password)
	if status := p.PressAndLoad("Enter"); status != 200 || p.URL() != base+"/admin/account" {
		t.Fatalf("signing in leads to %s with %d", p.URL(), status)
	}
	p.Press("Tab")
	if got := browser.Eval[string](p, `document.activeElement.className`); got != "skip" {
		t.Errorf("the first stop is %q, not the skip link", got)
	}
	p.Press("Enter")
	if got := p.Focused(); !strings.HasPrefix(got, "main#main") {
		t.Errorf("after the skip link the focus is on %s", got)
	}
	for _, lang := range []string{"en", "ar"} {
		if err := o.accounts.UpdateProfile(t.Context(), u, account.Profile{Name: u.Name, Lang: lang, Theme: "system"}, langTags()); err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{"/admin/account", "/admin/account/password", "/admin/settings", "/admin/nothing"} {
			p.Navigate(base + path)
			look()
		}
	}

	// Who chose dark gets dark, whatever the device says.
	if err := o.accounts.UpdateProfile(t.Context(), u, account.Profile{Name: u.Name, Lang: "en", Theme: "dark"}, langTags()); err != nil {
		t.Fatal(err)
	}
	p.EmulateDark(false)
	p.Navigate(base + "/admin/account")
	if got := browser.Eval[string](p, `getComputedStyle(document.body).backgroundColor`); got != "rgb(20, 22, 24)" {
		t.Errorf("background %s for somebody who chose dark", got)
	}

	if status := p.Follow(`form[action="/admin/sign-out"] button`); status != 200 || p.URL() != base+"/admin/sign-in" {
		t.Errorf("signing out leads to %s with %d", p.URL(), status)
	}
	p.Back()
	if p.Count("main.main") != 0 {
		t.Error("Back after signing out shows the account")
	}
}
