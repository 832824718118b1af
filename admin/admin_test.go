package admin

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"meridian/cms/account"
	"meridian/cms/cmstest"
)

func TestAfterSignIn(t *testing.T) {
	t.Parallel()
	for next, want := range map[string]string{
		"":                          "/admin/",
		"/admin/news?state=draft":   "/admin/news?state=draft",
		"/admin/entries/1/en#block": "/admin/entries/1/en#block",
		"/preview/abc":              "/preview/abc",
		"/":                         "/admin/",
		"/en/":                      "/admin/",
		"//evil.example/admin/":     "/admin/",
		"///evil.example":           "/admin/",
		`/\evil.example`:            "/admin/",
		`/admin/\..\..`:             "/admin/",
		"/admin/\n":                 "/admin/",
		"/admin/\t/evil.example":    "/admin/",
		"https://evil.example/":     "/admin/",
		"javascript:alert(1)":       "/admin/",
		"admin/":                    "/admin/",
		" /admin/":                  "/admin/",
		"/%5cevil.example":          "/admin/",
		"/admin/%5c..":              "/admin/",
		"/admin/sign-in":            "/admin/",
		"/admin/sign-out":           "/admin/",
		"http:/admin/":              "/admin/",
		"/admin/%00":                "/admin/%00",
	} {
		if got := afterSignIn(next); got != want {
			t.Errorf("afterSignIn(%q) = %q, want %q", next, got, want)
		}
	}
}

func TestOtherOriginsAreRefused(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	for _, tt := range []struct {
		name   string
		method string
		header map[string]string
		want   int
	}{
		{"same origin", "POST", map[string]string{"Sec-Fetch-Site": "same-origin"}, 303},
		{"old browser, same origin", "POST", map[string]string{"Origin": "https://site.example"}, 303},
		{"nothing said", "POST", nil, 403},
		{"other site", "POST", map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}, 403},
		{"sister host", "POST", map[string]string{"Sec-Fetch-Site": "same-site", "Origin": "https://www.site.example"}, 403},
		{"old browser, other site", "POST", map[string]string{"Origin": "https://evil.example"}, 403},
		{"old browser, sandboxed", "POST", map[string]string{"Origin": "null"}, 403},
		{"old browser, other port", "POST", map[string]string{"Origin": "https://site.example:8443"}, 403},
		{"typed address", "GET", map[string]string{"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate"}, 200},
		{"link from elsewhere", "GET", map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}, 200},
		{"embedded elsewhere", "GET", map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}, 403},
		{"framed elsewhere", "GET", map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}, 403},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v := o.as(o.Editor)
			v.header = http.Header{}
			path := "/admin/sign-out"
			if tt.method == "GET" {
				path = "/admin/account"
			}
			r := httptest.NewRequest(tt.method, v.url(path), nil)
			for k, x := range tt.header {
				r.Header.Set(k, x)
			}
			if w := v.do(r); w.Code != tt.want {
				t.Errorf("status %d, want %d", w.Code, tt.want)
			}
		})
	}
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	for _, path := range []string{"/admin/sign-in", "/admin/account", "/admin/nothing", "/admin/account.css", "/admin/settings"} {
		w := o.as(o.Editor).get(path)
		h := w.Header()
		for k, want := range map[string]string{
			"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin",
			"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin", "Server": "", "Vary": "Cookie",
		} {
			if got := h.Get(k); got != want {
				t.Errorf("%s: %s is %q, want %q", path, k, got, want)
			}
		}
		csp := h.Get("Content-Security-Policy")
		for _, part := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"} {
			if !strings.Contains(csp, part+";") {
				t.Errorf("%s: policy %q lacks %s", path, csp, part)
			}
		}
		if strings.Contains(csp, "unsafe") {
			t.Errorf("%s: policy %q", path, csp)
		}
		if h.Get("Strict-Transport-Security") == "" {
			t.Errorf("%s: no HSTS over https", path)
		}
	}
}

func TestPlainHTTPCookie(t *testing.T) {
	t.Parallel()
	o := officeOver(t, cmstest.New(t), "http://127.0.0.1:8080")
	o.givePassword(o.Editor)
	w := o.visitor().signIn(o.Editor.Email, password)
	c := w.Result().Cookies()[0]
	if c.Name != "meridian" || c.Secure || !c.HttpOnly || w.Header().Get("Strict-Transport-Security") != "" {
		t.Errorf("cookie %q, HSTS %q", w.Header().Get("Set-Cookie"), w.Header().Get("Strict-Transport-Security"))
	}
}

func TestTrouble(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	for _, lang := range []string{"en", "ar"} {
		u := o.Editor
		if err := o.accounts.UpdateProfile(t.Context(), u, account.Profile{Name: u.Name, Lang: lang, Theme: "system"}, langTags()); err != nil {
			t.Fatal(err)
		}
		v := o.as(u)
		for _, tt := range []struct {
			name   string
			want   int
			answer func() *httptest.ResponseRecorder
		}{
			{"missing", 404, func() *httptest.ResponseRecorder { return v.get("/admin/nothing/here") }},
			{"suffix", 404, func() *httptest.ResponseRecorder { return v.get("/admin/account/x.css") }},
			{"path parameter", 404, func() *httptest.ResponseRecorder { return v.get("/admin/account;x.js") }},
			{"forbidden", 403, func() *httptest.ResponseRecorder { return v.get("/admin/settings") }},
			{"method", 405, func() *httptest.ResponseRecorder { return v.post("/admin/content", nil) }},
			{"not a form", 415, func() *httptest.ResponseRecorder {
				return v.do(httptest.NewRequest("POST", v.url("/admin/account"), strings.NewReader("{}")))
			}},
			{"too large", 413, func() *httptest.ResponseRecorder {
				return v.post("/admin/account", url.Values{"name": {strings.Repeat("x", maxForm)}})
			}},
			{"not UTF-8", 400, func() *httptest.ResponseRecorder { return v.post("/admin/account", url.Values{"name": {"\xff"}}) }},
		} {
			t.Run(lang+" "+tt.name, func(t *testing.T) {
				v := *v
				v.office = &office{Env: o.Env, t: t, h: o.h, Handler: o.Handler}
				body := v.page(tt.want, tt.answer())
				if !strings.Contains(body, `lang="`+lang+`"`) {
					t.Error("not in the language of the user")
				}
			})
		}
	}
	if body := o.as(o.Editor).get("/admin/settings").Body.String(); !strings.Contains(body, "Ada Admin") {
		t.Error("a refusal does not say who can give the right")
	}
	r := httptest.NewRequest("POST", "https://site.example/admin/account", io.MultiReader(strings.NewReader("name="), strings.NewReader(strings.Repeat("x", maxForm))))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.ContentLength = -1
	if w := o.as(o.Editor).do(r); w.Code != 413 {
		t.Errorf("body of unknown length: status %d", w.Code)
	}
}

func TestPanicIsAPage(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	e := o.h.engine(func(e *gin.Engine) {
		e.POST("/admin/panic", func(*gin.Context) { panic("secret detail") })
	})
	v := o.as(o.Editor)
	v.office = &office{Env: o.Env, t: t, h: o.h, Handler: e, log: o.log}
	w := v.post("/admin/panic", url.Values{"body": {"my words"}, "password": {"hush"}})
	body := v.page(500, w)
	id := w.Header().Get("X-Request-Id")
	if !strings.Contains(body, id) || !strings.Contains(o.log.String(), id) {
		t.Error("the reference is not on the page and in the log")
	}
	if strings.Contains(body, "secret detail") || strings.Contains(body, "hush") {
		t.Error("the page tells what it must not")
	}
	if form := hidden(body); form.Get("body") != "my words" {
		t.Errorf("words are lost: %v", form)
	}
	v.page(200, v.get("/admin/account"))
}

func TestHeadAnswersWithoutBody(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.as(o.Editor)
	w := v.do(httptest.NewRequest(http.MethodHead, v.url("/admin/account"), nil))
	if w.Code != 200 {
		t.Errorf("status %d", w.Code)
	}
	for _, m := range []string{"PUT", "DELETE", "TRACE", "PATCH"} {
		if w := v.do(httptest.NewRequest(m, v.url("/admin/account"), nil)); w.Code != 405 {
			t.Errorf("%s: status %d", m, w.Code)
		}
	}
}

// Who cannot be looked up is not taken for a visitor.
func TestUnreadableSessionsAreNoVisitors(t *testing.T) {
	t.Parallel()
	for _, table := range []string{"sessions", "users"} {
		t.Run(table, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t)
			v := o.as(o.Editor)
			o.Exec(t, "PRAGMA legacy_alter_table = ON; ALTER TABLE "+table+" RENAME TO away")
			w := v.get("/admin/account")
			if body := v.page(503, w); strings.Contains(body, "away") || strings.Contains(body, "SQL") || strings.Contains(body, "no such") {
				t.Errorf("the page tells too much:\n%s", body)
			}
		})
	}
}
