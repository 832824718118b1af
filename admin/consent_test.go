package admin

import (
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"meridian/cms/cmstest"
	"meridian/cms/media"
	"meridian/models"
)

// From the first word about a child to the moment its picture is taken away.
func TestConsentOnItsScreen(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	a := o.Upload(t, media.Upload{Name: "forum.png", Title: "The forum", People: models.PeopleChildren})
	at := "/admin/media/" + a.ID
	v := o.as(o.Editor)
	wantWords(t, v.page(200, v.get(at)), "A child is shown, and no consent is recorded", "Record a consent")
	form := url.Values{"version": {strconv.Itoa(a.Version)}, "given_by": {""}, "uses": {"site"}, "until": {"2026-11-01"}, "evidence": {"Folder 12"}}
	wantWords(t, v.page(422, v.post(at+"/consent", form)), `id="f-given_by-error"`, `id="f-until-error"`, `value="Folder 12"`, `value="2026-11-01"`)
	if w := o.as(o.Author).post(at+"/consent", form); w.Code != 403 {
		t.Errorf("an author records a consent: %d", w.Code)
	}
	form.Set("given_by", "Mother of A.")
	form.Set("until", "2026-12-10")
	o.wantTo(v.post(at+"/consent", form), at+"#consent")
	body := v.page(200, v.get(at))
	wantWords(t, body, "The consent of Mother of A. ends after 10 December 2026", "Folder 12", "Withdraw now", "No page that readers see uses it")
	stale := form
	stale.Set("given_by", "Somebody else")
	wantWords(t, v.page(409, v.post(at+"/consent", stale)), `value="Somebody else"`)
	// The desk of who may act tells of it.
	wantWords(t, v.page(200, v.get("/admin/")), "Consents that end soon", "until 10 December 2026")

	o.Write(t, o.Page, "en", "With a picture.", cmstest.Picture(a.ID, "A forum"))
	o.Publish(t, o.Page, "en")
	farah := o.as(o.Officer(t, o.Root))
	wantWords(t, farah.page(200, farah.get(at)), "It disappears from one page now", "Withdraw now")
	wantWords(t, farah.page(422, farah.post(at+"/withdraw", url.Values{"reason": {strings.Repeat("x", media.ReasonMax+1)}})), `id="f-reason-error"`)
	o.wantTo(farah.post(at+"/withdraw", url.Values{"reason": {"She asked"}}), at+"#consent")
	body = farah.page(200, farah.get(at))
	if strings.Contains(body, "On public pages") {
		t.Error("what is withdrawn is said to be on public pages")
	}
	wantWords(t, body, "Pages it disappeared from: 1", "The consent was withdrawn", "She asked", "Farah Officer", at+"/file/960", "deleted in 90 days")
	if w := farah.get(at + "/file/960"); w.Code != 200 || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("the officer asks for it: %d %s", w.Code, w.Header().Get("Cache-Control"))
	}
	// Nobody else sees it, the administrator included.
	for name, u := range map[string]models.User{"editor": o.Editor, "administrator": o.Admin} {
		v := o.as(u)
		body := v.page(200, v.get(at))
		wantWords(t, body, "This picture is not shown any more")
		if strings.Contains(body, "/file/") {
			t.Errorf("the %s is offered the file", name)
		}
		for _, path := range []string{"/file/960", "/file/original", "/file/original?number=1"} {
			if w := v.get(at + path); w.Code != 403 {
				t.Errorf("%s as %s: %d", path, name, w.Code)
			}
		}
		if body := v.page(200, v.get("/admin/media")); strings.Contains(body, at+"/file/") || !strings.Contains(body, "Consent withdrawn") {
			t.Errorf("the library of the %s shows it", name)
		}
	}
	v.get("/admin/") // the message of before
	wantWords(t, v.page(200, v.get("/admin/")), "Taken away from your pages", "Our mission")
	if w := o.as(o.BEEditor).post(at+"/withdraw", url.Values{}); w.Code != 404 {
		t.Errorf("somebody of another section: %d", w.Code)
	}
	// Once more does nothing and says so.
	o.wantTo(farah.post(at+"/withdraw", url.Values{}), at+"#consent")
	wantWords(t, farah.page(200, farah.get(at)), "It was withdrawn before")
}

func TestConsentOverview(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	give := func(name, until string) models.Asset {
		t.Helper()
		a := o.Upload(t, media.Upload{Name: name + ".png", Title: name, People: models.PeopleChildren})
		if until != "-" {
			if _, err := o.Library.GiveConsent(t.Context(), o.Admin, media.Consent{Asset: a.ID, Version: a.Version, GivenBy: "=Mother", Uses: []string{"site"}, Until: until}); err != nil {
				t.Fatal(err)
			}
		}
		return a
	}
	give("ending", "2026-12-01")
	give("open", "")
	give("missing", "-")
	gone := give("gone", "")
	give("ended", "2026-11-26")
	if _, err := o.Library.WithdrawConsent(t.Context(), o.Admin, gone.ID, ""); err != nil {
		t.Fatal(err)
	}
	o.Clock.Advance(48 * time.Hour)
	farah := o.as(o.Officer(t, o.Root))
	names := []string{"ending", "open", "missing", "gone", "ended"}
	for _, tt := range []struct{ query, want string }{
		{"", "ending"}, {"?state=valid", "open"}, {"?state=missing", "missing"}, {"?state=withdrawn", "gone"}, {"?state=ended", "ended"},
		{"?state=other_use", ""}, {"?state=nonsense", "ending"},
	} {
		body := farah.page(200, farah.get("/admin/consents"+tt.query))
		var got []string
		for _, n := range names {
			if strings.Contains(body, `dir="auto">`+n+`</a>`) {
				got = append(got, n)
			}
		}
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("%q shows %q, want %q", tt.query, s, tt.want)
		}
	}
	// She writes nowhere, and looks for a section all the same.
	for _, at := range []string{"/admin/consents", "/admin/media"} {
		wantWords(t, farah.page(200, farah.get(at)), `<option value="`+o.Root+`"`, `<option value="`+o.About+`"`, "\u2003About us</option>")
	}
	if body := farah.page(200, farah.get("/admin/consents?state=valid&section="+o.About)); strings.Contains(body, `dir="auto">open</a>`) {
		t.Error("the files of another section are there")
	}
	w := farah.get("/admin/consents/consents.csv")
	body := w.Body.String()
	if w.Code != 200 || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/csv") || !strings.Contains(body, "'=Mother") {
		t.Fatalf("%d %s\n%s", w.Code, w.Header().Get("Content-Type"), body)
	}
	for _, n := range names {
		if !strings.Contains(body, ","+n+",") {
			t.Errorf("the table lacks %s\n%s", n, body)
		}
	}
	// Who may use a file is not told who consented.
	shared := o.Upload(t, media.Upload{Name: "shared.png", People: models.PeopleChildren, Shared: true})
	if _, err := o.Library.GiveConsent(t.Context(), o.Admin, media.Consent{Asset: shared.ID, Version: shared.Version, GivenBy: "Mother of S.", Evidence: "Mother's folder", Uses: []string{"site"}}); err != nil {
		t.Fatal(err)
	}
	be := o.as(o.BEEditor)
	if body := be.page(200, be.get("/admin/consents?state=valid")); strings.Contains(body, "Mother") || !strings.Contains(body, shared.ID) {
		t.Errorf("another section reads\n%s", body)
	}
	if body := be.page(200, be.get("/admin/media/"+shared.ID)); strings.Contains(body, "Mother") {
		t.Error("another section reads who consented")
	}
	if body := be.get("/admin/consents/consents.csv").Body.String(); strings.Contains(body, "Mother") {
		t.Errorf("another section reads\n%s", body)
	}
}
