package admin

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"meridian/cms/cmstest"
	"meridian/models"
)

func setupInput(token string) url.Values {
	return url.Values{
		"token": {token}, "name": {"Réseau Enfance"}, "main_language": {"fr"}, "languages": {"fr", "nl"}, "more_languages": {"de"},
		"time_zone": {"Europe/Brussels"}, "logo_text": {"RE"},
		"admin_name": {"Gus"}, "admin_email": {"gus@site.example"}, "admin_password": {password},
	}
}

func newSetup(t testing.TB) (*office, string) {
	t.Helper()
	o := officeOver(t, cmstest.Bare(t), cmstest.Base)
	token, err := o.accounts.NewSetupToken(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return o, token
}

func TestSetup(t *testing.T) {
	t.Parallel()
	o, token := newSetup(t)
	v := o.visitor()
	v.page(404, v.get("/admin/setup"))
	v.page(404, v.get("/admin/setup?token=guess"))
	v.page(503, v.get("/admin/sign-in")) // says where the address of first start is printed
	v.page(200, v.get("/admin/setup?token="+token))
	v.page(200, v.get("/admin/setup?lang=ar&token="+token))

	in := setupInput(token)
	in.Set("admin_password", "short")
	in.Set("more_languages", "qqqqqqqqqqq")
	in.Set("second_name", "Hana")
	body := v.page(422, v.post("/admin/setup", in))
	for _, want := range []string{`value="Réseau Enfance"`, "at least 15 characters", "qqqqqqqqqqq", `value="Hana"`, `href="#f-admin_password"`, `id="f-admin_password"`} {
		if !strings.Contains(body, want) {
			t.Errorf("the page with errors lacks %s", want)
		}
	}
	if strings.Contains(body, `value="short"`) {
		t.Error("a password is sent back")
	}

	o.wantTo(v.post("/admin/setup", setupInput(token)), "/admin/")
	if body := v.page(200, v.get("/admin/")); !strings.Contains(body, "Your site is there") {
		t.Error("the desk does not greet the first administrator")
	}
	site, err := o.CMS.Site(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(site.Languages, " "); got != "fr nl de" || site.Name["fr"] != "Réseau Enfance" || site.TimeZone != "Europe/Brussels" {
		t.Errorf("site %+v", site)
	}
	o.visitor().page(404, o.visitor().get("/admin/setup?token="+token))
	o.visitor().page(404, o.visitor().post("/admin/setup", setupInput(token)))
	if _, err := o.accounts.NewSetupToken(t.Context()); err == nil {
		t.Error("a second set-up token was made")
	}
}

func TestSetupTokenEnds(t *testing.T) {
	t.Parallel()
	o, token := newSetup(t)
	o.Clock.Advance(59 * time.Minute)
	o.visitor().page(200, o.visitor().get("/admin/setup?token="+token))
	newer, err := o.accounts.NewSetupToken(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	o.visitor().page(404, o.visitor().get("/admin/setup?token="+token))
	o.Clock.Advance(60 * time.Minute)
	o.visitor().page(404, o.visitor().post("/admin/setup", setupInput(newer)))
}

func TestSetupHappensOnce(t *testing.T) {
	t.Parallel()
	o, token := newSetup(t)
	var wg sync.WaitGroup
	answers := make([]*httptest.ResponseRecorder, 4)
	for i := range answers {
		wg.Go(func() {
			in := setupInput(token)
			in.Set("admin_email", string(rune('a'+i))+"@site.example")
			answers[i] = o.visitor().post("/admin/setup", in)
		})
	}
	wg.Wait()
	done := 0
	for _, w := range answers {
		switch w.Code {
		case http.StatusSeeOther:
			done++
		case http.StatusNotFound:
		default:
			t.Errorf("status %d", w.Code)
		}
	}
	users, err := o.accounts.Users(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if done != 1 || len(users) != 1 {
		t.Errorf("%d set-ups went through and made %d users, want one of each", done, len(users))
	}
}

func TestSetupSecondAdministrator(t *testing.T) {
	t.Parallel()
	o, token := newSetup(t)
	in := setupInput(token)
	in.Set("second_name", "Hana")
	in.Set("second_email", "GUS@site.example")
	in.Set("second_password", "four blue lamps sing")
	v := o.visitor()
	v.page(422, v.post("/admin/setup", in))
	in.Set("second_email", "hana@site.example")
	o.wantTo(v.post("/admin/setup", in), "/admin/")
	users, err := o.accounts.Users(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range users {
		if !u.Administrator() {
			t.Errorf("%s is no administrator", u.Name)
		}
	}
	if len(users) != 2 {
		t.Errorf("%d users, want 2", len(users))
	}
	o.wantTo(o.visitor().signIn("hana@site.example", "four blue lamps sing"), "/admin/")
}

func TestAccount(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	u := o.givePassword(o.Editor)
	v, other := o.as(u), o.as(u)
	body := v.page(422, v.post("/admin/account", url.Values{"name": {" "}, "lang": {"tlh"}, "theme": {"pink"}}))
	for _, want := range []string{`href="#f-name"`, `href="#f-lang"`, `href="#f-theme-0"`} {
		if !strings.Contains(body, want) {
			t.Errorf("the summary lacks %s", want)
		}
	}
	o.wantTo(v.post("/admin/account", url.Values{"name": {"Cleo"}, "lang": {"ar"}, "theme": {"dark"}}), "/admin/account")
	body = v.page(200, v.get("/admin/account"))
	for _, want := range []string{`<html lang="ar" dir="rtl" data-theme="dark">`, "تم الحفظ"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if strings.Contains(v.get("/admin/account").Body.String(), "تم الحفظ") {
		t.Error("a message is shown twice")
	}

	v.page(200, v.get("/admin/account/password"))
	v.page(422, v.post("/admin/account/password", url.Values{"old_password": {"wrong"}, "password": {"four blue lamps sing"}}))
	v.page(422, v.post("/admin/account/password", url.Values{"old_password": {password}, "password": {"cleo cleo cleo cleo"}}))
	v.page(422, v.post("/admin/account/password", url.Values{"old_password": {password}, "password": {password}}))
	other.page(200, other.get("/admin/account"))
	token := v.cookies["__Host-meridian"]
	o.wantTo(v.post("/admin/account/password", url.Values{"old_password": {password}, "password": {"four blue lamps sing"}}), "/admin/account")
	if v.cookies["__Host-meridian"] == token {
		t.Error("the token stayed")
	}
	v.page(200, v.get("/admin/account"))
	other.page(401, other.get("/admin/account"))
	v.cookies["__Host-meridian"] = token
	v.page(401, v.get("/admin/account"))
}

func TestSettings(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.as(o.Admin)
	v.page(200, v.get("/admin/settings"))
	in := url.Values{
		"main_language": {"fr"}, "languages": {"en", "fr", "nl", "ar"}, "more_languages": {"pt-br, de"}, "time_zone": {"Africa/Dakar"},
		"name.en": {"Network"}, "name.fr": {"Réseau"}, "contact_name": {"Office"}, "contact_email": {"office@site.example"},
		"contact_country": {"SN"}, "contact_phone": {"+221 33 800 00 00"}, "contact_url": {"https://site.example/"},
	}
	head := o.Store.Head()
	o.wantTo(v.post("/admin/settings", in), "/admin/settings")
	v.page(200, v.get("/admin/settings"))
	s, err := o.CMS.Site(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(s.Languages, " "); got != "fr en nl ar pt-BR de" || s.NameIn("de") != "Réseau" || s.Contact.Country != "SN" {
		t.Errorf("stored %+v", s)
	}
	if o.Store.Head() == head {
		t.Error("the journal did not move: readers would keep the old pages")
	}
	used := url.Values{"main_language": {"ar"}, "time_zone": {"UTC"}, "name.ar": {"شبكة"}}
	if body := v.page(422, v.post("/admin/settings", used)); !strings.Contains(body, `href="#f-languages-0"`) {
		t.Error("a language in use can be taken away")
	}
	in.Set("time_zone", "Mars/Olympus")
	in.Set("contact_email", "office")
	in.Set("name.fr", "kept as typed")
	body := v.page(422, v.post("/admin/settings", in))
	for _, want := range []string{`href="#f-time_zone"`, `href="#f-contact_email"`, "kept as typed"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page with errors lacks %s", want)
		}
	}
	for _, u := range []models.User{o.Editor, o.BEEditor} {
		w := o.as(u)
		w.page(403, w.post("/admin/settings", in))
	}
}
