package main

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"meridian/cms"
	"meridian/cms/account"
	"meridian/cms/cmstest"
	"meridian/models"
)

// The tests in the files attack_*_test.go try the whole program as somebody
// would who wants to break it, over HTTP alone.

// attackPassword opens every account of a target.
const attackPassword = "seven quiet otters dance"

var attackHash = sync.OnceValues(func() (string, error) { return account.Hash(context.Background(), attackPassword) })

// target is the whole program over a seeded installation whose people can all
// sign in.
type target struct {
	*cmstest.Env
	http.Handler
	t        testing.TB
	base     string
	accounts *account.Accounts
	log      *logBuffer
}

// newTarget serves a seeded installation at a base address.
func newTarget(t testing.TB, base string, change ...func(*handlerOptions)) *target {
	t.Helper()
	env := cmstest.New(t)
	hash, err := attackHash()
	if err != nil {
		t.Fatal(err)
	}
	env.Exec(t, "UPDATE users SET password_hash = '"+hash+"'")
	return serveTarget(t, env, base, change...)
}

// serveTarget serves an installation as it is.
func serveTarget(t testing.TB, env *cmstest.Env, base string, change ...func(*handlerOptions)) *target {
	t.Helper()
	tg := &target{Env: env, t: t, base: base, log: &logBuffer{}}
	tg.accounts = account.New(tg.Store, account.Options{Clock: tg.Clock.Now, Install: cms.Install})
	o := handlerOptions{
		Base: base, CacheBytes: 8 << 20, Clock: tg.Clock.Now, Library: tg.Library, Open: opener(tg.Files),
		Logger: slog.New(slog.NewJSONHandler(tg.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	for _, c := range change {
		c(&o)
	}
	var err error
	if tg.Handler, err = newHandler(tg.Store, tg.accounts, o); err != nil {
		t.Fatal(err)
	}
	return tg
}

// logBuffer is a log that many may write to.
type logBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// attacker is a client that keeps cookies and sends what browsers send,
// unless it is told otherwise.
type attacker struct {
	*target
	cookies map[string]string
	addr    string
}

var attackerNumber atomic.Uint32

// client returns a new client with an address of its own.
func (tg *target) client() *attacker {
	n := attackerNumber.Add(1)
	return &attacker{target: tg, cookies: map[string]string{}, addr: fmt.Sprintf("198.51.%d.%d:40000", n/250, n%250+1)}
}

// as returns a client that signed in through the form.
func (tg *target) as(u models.User) *attacker {
	tg.t.Helper()
	c := tg.client()
	if a := c.signIn(u.Email, attackPassword); a.status != http.StatusSeeOther {
		tg.t.Fatalf("sign in as %s: %d\n%s", u.Email, a.status, a.body)
	}
	return c
}

// answer is a response that has been read.
type answer struct {
	status int
	header http.Header
	body   string
}

// all is everything an answer says, but for what differs each time.
func (a *answer) all() string {
	h := a.header.Clone()
	id := h.Get("X-Request-Id")
	h.Del("X-Request-Id")
	var b strings.Builder
	_ = h.Write(&b)
	s := fmt.Sprint(a.status, "\n", b.String(), "\n", a.body)
	if id != "" {
		s = strings.ReplaceAll(s, id, "REFERENCE")
	}
	return s
}

// request makes a request of the client; change may alter it.
func (c *attacker) request(method, path string, body []byte, change ...func(*http.Request)) *http.Request {
	r := httptest.NewRequest(method, c.base+"/", bytes.NewReader(body))
	u, err := url.Parse(c.base + path)
	if err != nil {
		c.t.Fatalf("address %q: %v", path, err)
	}
	r.URL, r.RequestURI = &url.URL{Path: u.Path, RawPath: u.RawPath, RawQuery: u.RawQuery}, path
	r.RemoteAddr = c.addr
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if method != http.MethodGet && method != http.MethodHead {
		r.Header.Set("Origin", c.base)
	}
	for name, value := range c.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	for _, f := range change {
		f(r)
	}
	return r
}

func (c *attacker) send(r *http.Request) *answer {
	w := httptest.NewRecorder()
	c.ServeHTTP(w, r)
	for _, k := range w.Result().Cookies() {
		if k.MaxAge < 0 {
			delete(c.cookies, k.Name)
		} else {
			c.cookies[k.Name] = k.Value
		}
	}
	if r.Method == http.MethodHead { // net/http drops what a handler writes
		w.Body.Reset()
	}
	return &answer{w.Code, w.Result().Header, w.Body.String()}
}

func (c *attacker) get(path string, change ...func(*http.Request)) *answer {
	return c.send(c.request(http.MethodGet, path, nil, change...))
}

func (c *attacker) post(path string, form url.Values, change ...func(*http.Request)) *answer {
	change = append([]func(*http.Request){header("Content-Type", "application/x-www-form-urlencoded")}, change...)
	return c.send(c.request(http.MethodPost, path, []byte(form.Encode()), change...))
}

func (c *attacker) signIn(email, password string, change ...func(*http.Request)) *answer {
	return c.post("/admin/sign-in", url.Values{"email": {email}, "password": {password}}, change...)
}

// header sets a header of a request; without a value it is taken away.
func header(name string, value ...string) func(*http.Request) {
	return func(r *http.Request) {
		r.Header.Del(name)
		for _, v := range value {
			r.Header.Add(name, v)
		}
	}
}

// want fails the test for another status.
func (c *attacker) want(status int, a *answer, what string) *answer {
	c.t.Helper()
	if a.status != status {
		c.t.Fatalf("%s: status %d, want %d, to %q\n%.2000s", what, a.status, status, a.header.Get("Location"), a.body)
	}
	return a
}

// formAt reads the form of a page, as a browser would send it.
func (c *attacker) formAt(t *testing.T, page, action string) url.Values {
	t.Helper()
	return formOf(t, c.want(http.StatusOK, c.get(page), page).body, action)
}

// checksum is what is stored, table by table, but for the named ones.
func (tg *target) checksum(but ...string) map[string]string {
	tg.t.Helper()
	out := map[string]string{}
	for _, name := range tg.column("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'") {
		if !slices.Contains(but, name) {
			out[name] = strings.Join(tg.rows(name), "\n")
		}
	}
	if len(out) < 10 {
		tg.t.Fatalf("only %d tables", len(out))
	}
	return out
}

// unchanged fails the test when something else is stored than before.
func (tg *target) unchanged(before map[string]string, what string, but ...string) {
	tg.t.Helper()
	for name, now := range tg.checksum(but...) {
		if now != before[name] {
			was := strings.Split(before[name], "\n")
			for _, row := range strings.Split(now, "\n") {
				if !slices.Contains(was, row) {
					tg.t.Errorf("%s: table %s has the new row %.300s", what, name, row)
				}
			}
			tg.t.Errorf("%s: table %s changed", what, name)
		}
	}
}

// ticking lets time pass for everybody, so that limits by the minute are none.
func (tg *target) ticking() { tg.Clock.Advance(time.Minute) }
