package admin

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"meridian/cms"
	"meridian/cms/account"
	"meridian/cms/cmstest"
	"meridian/models"
	"meridian/web/weblint"
)

// password opens the accounts that a test gives one.
const password = "seven quiet otters dance"

// office is a back office over a seeded installation.
type office struct {
	*cmstest.Env
	t testing.TB
	h *handler
	http.Handler
	accounts *account.Accounts
	log      *strings.Builder
}

func newOffice(t testing.TB) *office { return officeOver(t, cmstest.New(t), cmstest.Base) }

func officeOver(t testing.TB, env *cmstest.Env, base string) *office {
	t.Helper()
	o := &office{Env: env, t: t, log: &strings.Builder{}}
	o.accounts = account.New(env.Store, account.Options{Clock: env.Clock.Now, Install: cms.Install})
	h, err := newHandler(Options{
		CMS: env.CMS, Accounts: o.accounts, Media: env.Library, BaseURL: base, Clock: env.Clock.Now,
		Logger: slog.New(slog.NewJSONHandler(o.log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	o.h, o.Handler = h, h.engine()
	return o
}

// visitor is a browser: it keeps cookies and says where its requests come from.
type visitor struct {
	*office
	cookies map[string]string
	header  http.Header
}

func (o *office) visitor() *visitor {
	return &visitor{office: o, cookies: map[string]string{}, header: http.Header{"Sec-Fetch-Site": {"same-origin"}}}
}

// as returns the browser of somebody who is signed in.
func (o *office) as(u models.User) *visitor {
	o.t.Helper()
	now := o.Clock.Now()
	// The deadline is by the clock of scs, which no test moves.
	data, err := sessionCodec{}.Encode(time.Now().Add(sessionLife), map[string]any{
		keyUser: u.ID, keyEpoch: u.Epoch, keyBegan: now.Unix(), keySeen: now.Unix(),
	})
	if err != nil {
		o.t.Fatal(err)
	}
	token := account.NewToken()
	if err := o.accounts.AddSession(context.Background(), token, u.ID, data, now.Add(sessionIdle)); err != nil {
		o.t.Fatal(err)
	}
	v := o.visitor()
	v.cookies[o.h.sessions.Cookie.Name] = token
	return v
}

func (v *visitor) do(r *http.Request) *httptest.ResponseRecorder {
	for k, values := range v.header {
		if r.Header.Get(k) == "" {
			r.Header[k] = values
		}
	}
	for name, value := range v.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	v.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		if c.MaxAge < 0 {
			delete(v.cookies, c.Name)
		} else {
			v.cookies[c.Name] = c.Value
		}
	}
	return w
}

func (v *visitor) get(path string) *httptest.ResponseRecorder {
	return v.do(httptest.NewRequest(http.MethodGet, v.url(path), nil))
}

func (v *visitor) post(path string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, v.url(path), strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return v.do(r)
}

func (v *visitor) url(path string) string {
	scheme := "http"
	if v.h.secure {
		scheme = "https"
	}
	return scheme + "://site.example" + path
}

// signIn goes through the form.
func (v *visitor) signIn(email, password string) *httptest.ResponseRecorder {
	return v.post("/admin/sign-in", url.Values{"email": {email}, "password": {password}})
}

// page returns a page and fails the test for another status or unclean markup.
func (v *visitor) page(status int, w *httptest.ResponseRecorder) string {
	v.t.Helper()
	if w.Code != status {
		v.t.Fatalf("status %d, want %d\n%s", w.Code, status, w.Body)
	}
	weblint.Expect(v.t, w.Body.Bytes(), weblint.Options{})
	return w.Body.String()
}

func (o *office) wantTo(w *httptest.ResponseRecorder, location string) {
	o.t.Helper()
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != location {
		o.t.Fatalf("answer %d to %q, want 303 to %q\n%s", w.Code, w.Header().Get("Location"), location, w.Body)
	}
}

// givePassword lets a seeded person sign in.
func (o *office) givePassword(u models.User) models.User {
	o.t.Helper()
	u, err := o.accounts.Reset(context.Background(), u.Email, password)
	if err != nil {
		o.t.Fatal(err)
	}
	return u
}

// A back office without what it works with is refused before it is served.
func TestNewNeedsAll(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	whole := Options{CMS: o.CMS, Accounts: o.accounts, Media: o.Library, BaseURL: cmstest.Base}
	if _, err := New(whole); err != nil {
		t.Fatal(err)
	}
	for name, without := range map[string]func(*Options){
		"CMS": func(o *Options) { o.CMS = nil }, "accounts": func(o *Options) { o.Accounts = nil },
		"library": func(o *Options) { o.Media = nil }, "base": func(o *Options) { o.BaseURL = "" },
	} {
		options := whole
		without(&options)
		if _, err := New(options); err == nil {
			t.Errorf("without %s it is served", name)
		}
	}
}
