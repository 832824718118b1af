package admin

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"meridian/cms/account"
	"meridian/models"
)

func TestSignIn(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.givePassword(o.Editor)
	v := o.visitor()
	w := v.get("/admin/account?x=1")
	o.wantTo(w, "/admin/sign-in?next=%2Fadmin%2Faccount%3Fx%3D1")
	if c := w.Header()["Set-Cookie"]; c != nil {
		t.Errorf("a visitor got the cookie %q", c)
	}
	body := v.page(200, v.get(w.Header().Get("Location")))
	if !strings.Contains(body, `value="/admin/account?x=1"`) {
		t.Error("the form does not remember where to go")
	}
	if len(v.cookies) != 0 {
		t.Errorf("cookies before sign-in: %v", v.cookies)
	}
	w = v.post("/admin/sign-in", url.Values{"email": {" Editor@Site.example "}, "password": {password}, "next": {"/admin/account?x=1"}})
	o.wantTo(w, "/admin/account?x=1")
	cookie := w.Result().Cookies()[0]
	if cookie.Name != "__Host-meridian" || !cookie.Secure || !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode || cookie.Path != "/" || cookie.Domain != "" {
		t.Errorf("cookie %q", w.Header().Get("Set-Cookie"))
	}
	if body := v.page(200, v.get("/admin/account")); !strings.Contains(body, "Cleo Editor") {
		t.Error("the account page does not show who is signed in")
	}
	w = v.post("/admin/sign-out", nil)
	o.wantTo(w, "/admin/sign-in")
	if got := w.Header().Get("Clear-Site-Data"); got != `"cache", "storage"` {
		t.Errorf("Clear-Site-Data: %q", got)
	}
	o.wantTo(v.get("/admin/account"), "/admin/sign-in?next=%2Fadmin%2Faccount")
	v.cookies[cookie.Name] = cookie.Value
	v.page(401, v.get("/admin/account"))
}

// What is planted before signing in is worth nothing afterwards.
func TestSignInTakesNewToken(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.givePassword(o.Editor)
	v := o.visitor()
	v.cookies["__Host-meridian"] = "planted"
	o.wantTo(v.signIn(o.Editor.Email, password), "/admin/")
	first := v.cookies["__Host-meridian"]
	if first == "planted" || first == "" {
		t.Fatalf("token %q after signing in", first)
	}
	o.wantTo(v.signIn(o.Editor.Email, password), "/admin/")
	if second := v.cookies["__Host-meridian"]; second == first {
		t.Error("signing in again kept the token")
	}
	v.cookies["__Host-meridian"] = first
	v.page(401, v.get("/admin/account"))
}

func TestSignInTellsNothing(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.givePassword(o.Editor)
	off, err := o.accounts.AddUser(t.Context(), "", account.NewUser{Name: "Off", Email: "off@site.example", Password: password, Disabled: true})
	if err != nil {
		t.Fatal(err)
	}
	strip := func(w *httptest.ResponseRecorder, email string) string {
		h := w.Header().Clone()
		h.Del("X-Request-Id")
		h.Del("Content-Length") // the address stands in the body
		var b strings.Builder
		_ = h.Write(&b)
		return b.String() + strings.ReplaceAll(w.Body.String(), email, "EMAIL")
	}
	var first string
	for i, email := range []string{o.Editor.Email, "nobody-at-all@site.example", off.Email, "no address", o.Nobody.Email} {
		pw := "wrong"
		if email == off.Email {
			pw = password
		}
		w := o.visitor().signIn(email, pw)
		if w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s: status %d", email, w.Code)
		}
		got := strip(w, email)
		if i == 0 {
			first = got
		} else if got != first {
			t.Errorf("%s is answered differently:\n%s\n%s", email, got, first)
		}
	}
	if strings.Contains(o.log.String(), password) {
		t.Error("a password is in the log")
	}
}

func TestSignInWaits(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.givePassword(o.Editor)
	v := o.visitor()
	for i := range account.FreeFailures {
		v.header.Set("X-Forwarded-For", netip.AddrFrom4([4]byte{10, 0, 0, byte(i)}).String())
		v.page(422, v.signIn([]string{"editor@site.example", "EDITOR@site.example"}[i%2], "wrong"))
	}
	w := v.signIn("editor@site.example", password)
	if body := v.page(429, w); !strings.Contains(body, "1 second") {
		t.Errorf("no word about how long to wait:\n%s", body)
	}
	if w.Header().Get("Retry-After") != "1" {
		t.Errorf("Retry-After %q", w.Header().Get("Retry-After"))
	}
	o.Clock.Advance(2 * time.Second)
	o.wantTo(v.signIn("editor@site.example", password), "/admin/")
}

func TestSessionEnds(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.as(o.Editor)
	for range 11 { // kept alive by use
		o.Clock.Advance(59 * time.Minute)
		v.page(200, v.get("/admin/account"))
	}
	o.Clock.Advance(59 * time.Minute) // 11 h 48 min
	v.page(200, v.get("/admin/account"))
	o.Clock.Advance(13 * time.Minute)
	v.page(401, v.get("/admin/account"))

	idle := o.as(o.Editor)
	o.Clock.Advance(61 * time.Minute)
	idle.page(401, idle.get("/admin/account"))
}

func TestSessionEndsWithRights(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*office) error{
		"password": func(o *office) error { _, err := o.accounts.Reset(t.Context(), o.Editor.Email, password); return err },
		"disabled": func(o *office) error {
			o.Exec(t, "UPDATE users SET disabled = 1 WHERE id = '"+o.Editor.ID+"'")
			return nil
		},
		"epoch": func(o *office) error {
			o.Exec(t, "UPDATE users SET epoch = epoch + 1 WHERE id = '"+o.Editor.ID+"'")
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t)
			v := o.as(o.Editor)
			v.page(200, v.get("/admin/account"))
			if err := change(o); err != nil {
				t.Fatal(err)
			}
			v.page(401, v.get("/admin/account"))
		})
	}
}

// A request that was under way when its session ended must not bring it back,
// whatever it stores in it.
func TestSessionStaysEnded(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.as(o.Editor)
	token := v.cookies["__Host-meridian"]
	entered, leave := make(chan struct{}), make(chan struct{})
	slow := o.h.run(func(h *handler, c *gin.Context) error {
		close(entered)
		<-leave
		return h.done(c, "/admin/", Flash{Code: "saved"})
	})
	e := o.h.engine(func(e *gin.Engine) { e.POST("/admin/slow", o.h.guard(models.ActSignedIn), slow) })
	answer := make(chan *httptest.ResponseRecorder)
	go func() {
		r := httptest.NewRequest(http.MethodPost, v.url("/admin/slow"), nil)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		r.AddCookie(&http.Cookie{Name: "__Host-meridian", Value: token})
		w := httptest.NewRecorder()
		e.ServeHTTP(w, r)
		answer <- w
	}()
	<-entered
	o.wantTo(v.post("/admin/sign-out", nil), "/admin/sign-in")
	close(leave)
	if w := <-answer; w.Header().Get("Set-Cookie") != "" {
		t.Errorf("the slow request set the cookie %q", w.Header().Get("Set-Cookie"))
	}
	v.cookies["__Host-meridian"] = token
	v.page(401, v.get("/admin/account"))
}

func TestSessionStampedOncePerMinute(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.as(o.Editor)
	cookies := 0
	for range 5 {
		o.Clock.Advance(30 * time.Second)
		if v.get("/admin/account").Header().Get("Set-Cookie") != "" {
			cookies++
		}
	}
	if cookies != 2 {
		t.Errorf("%d of 5 requests in 150 s stored the session, want 2", cookies)
	}
}

// What was typed when the session ended comes back after signing in.
func TestSessionEndKeepsWords(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	u := o.givePassword(o.Editor)
	v := o.as(u)
	o.Clock.Advance(2 * time.Hour)
	body := v.page(401, v.post("/admin/account", url.Values{"name": {"Cleo <Editor> II"}, "lang": {"nl"}, "theme": {"dark"}}))
	form := hidden(body)
	if form.Get("kept.name") != "Cleo <Editor> II" || form.Get("kept_action") != "/admin/account" {
		t.Fatalf("words are lost: %v\n%s", form, body)
	}
	form.Set("email", u.Email)
	form.Set("password", password)
	body = v.page(200, v.post("/admin/sign-in", form))
	o.wantTo(v.post("/admin/account", hidden(body)), "/admin/account")
	if got, _ := o.accounts.User(t.Context(), u.ID); got.Name != "Cleo <Editor> II" || got.Theme != "dark" {
		t.Errorf("stored %q, %q", got.Name, got.Theme)
	}
}
