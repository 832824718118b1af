package main

import (
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"meridian/cms/account"
	"meridian/cms/cmstest"
)

// TestAttackSessions plants, steals, copies and keeps session cookies.
func TestAttackSessions(t *testing.T) {
	t.Parallel()
	tg := newTarget(t, "https://site.example")
	c := tg.client()
	const name = "__Host-meridian"
	// Planted before signing in: worth nothing, and another one comes back.
	planted := account.NewToken()
	c.cookies[name] = planted
	a := c.want(http.StatusSeeOther, c.signIn(tg.Editor.Email, attackPassword), "sign in")
	set := a.header["Set-Cookie"]
	if len(set) != 1 || c.cookies[name] == planted || c.cookies[name] == "" {
		t.Fatalf("cookies after signing in: %q", set)
	}
	for _, want := range []string{name + "=", "; Path=/", "; HttpOnly", "; Secure", "; SameSite=Lax"} {
		if !strings.Contains(set[0], want) {
			t.Errorf("the cookie lacks %q: %s", want, set[0])
		}
	}
	if strings.Contains(set[0], "Domain") || len(set[0]) > 4096 {
		t.Errorf("the cookie is %s", set[0])
	}
	mine := c.cookies[name]
	for _, stolen := range []string{planted, "", "x", mine + "x", mine[:len(mine)-1], strings.ToUpper(mine), "' OR 1=1--", account.TokenHash(mine), strings.Repeat("a", 8000)} {
		b := tg.client()
		b.cookies[name] = stolen
		if a := b.get("/admin/account"); a.status == http.StatusOK {
			t.Errorf("the session %.40q is let in", stolen)
		}
	}
	// Under the name of unencrypted sites the cookie does not count.
	b := tg.client()
	b.cookies["meridian"] = mine
	if a := b.get("/admin/account"); a.status == http.StatusOK {
		t.Error("a cookie without its prefix is let in")
	}
	for _, row := range tg.rows("sessions") {
		if strings.Contains(row, mine) {
			t.Error("the database holds a session that could be used")
		}
	}
	// Signing out ends it for every copy; a request under way does not bring
	// it back.
	thief := tg.client()
	thief.cookies[name] = mine
	if a := thief.get("/admin/account"); a.status != http.StatusOK {
		t.Fatalf("a copy of the cookie: %d", a.status)
	}
	slow, entered, leave := thief.slowPost("/admin/account", "name=Slow&lang=en&theme=dark")
	answered := make(chan *answer)
	go func() { answered <- thief.send(slow) }()
	<-entered
	if a := c.want(http.StatusSeeOther, c.post("/admin/sign-out", nil), "sign out"); a.header.Get("Clear-Site-Data") != `"cache", "storage"` {
		t.Errorf("Clear-Site-Data %q", a.header.Get("Clear-Site-Data"))
	}
	close(leave)
	if a := <-answered; a.header["Set-Cookie"] != nil {
		t.Errorf("the slow request sets %q", a.header["Set-Cookie"])
	}
	thief.cookies[name] = mine
	if a := thief.get("/admin/account"); a.status == http.StatusOK {
		t.Error("a session goes on after signing out")
	}
	// Disabled, or with another password: out at the next request.
	for what, statement := range map[string]string{
		"disabled": "UPDATE users SET disabled = 1 WHERE id = '" + tg.Author.ID + "'",
		"no grant": "DELETE FROM grants WHERE user_id = '" + tg.BEEditor.ID + "'",
	} {
		u := tg.Author
		if what == "no grant" {
			u = tg.BEEditor
		}
		c := tg.as(u)
		c.want(http.StatusOK, c.get("/admin/content"), what)
		tg.Exec(t, statement)
		if a := c.get("/admin/content"); a.status == http.StatusOK {
			t.Errorf("%s: the next request is answered", what)
		}
	}
	one, two := tg.as(tg.Admin), tg.as(tg.Admin)
	one.want(http.StatusSeeOther, one.post("/admin/account/password", url.Values{"old_password": {attackPassword}, "password": {"nine loud badgers sing"}}), "password")
	one.want(http.StatusOK, one.get("/admin/account"), "the session that changed the password")
	if a := two.get("/admin/account"); a.status == http.StatusOK {
		t.Error("another session outlives the password")
	}
}

// slowPost is a form that arrives in two parts: entered is closed when the
// first was read, and the rest follows when leave is closed.
func (c *attacker) slowPost(path, form string) (r *http.Request, entered, leave chan struct{}) {
	entered, leave = make(chan struct{}), make(chan struct{})
	r = c.request(http.MethodPost, path, nil, header("Content-Type", "application/x-www-form-urlencoded"))
	r.Body = &slowBody{form: form, entered: entered, leave: leave}
	r.ContentLength = int64(len(form))
	return r, entered, leave
}

type slowBody struct {
	form           string
	begun          bool
	entered, leave chan struct{}
}

func (b *slowBody) Read(p []byte) (int, error) {
	if !b.begun {
		b.begun = true
		close(b.entered)
		<-b.leave
	}
	n := copy(p, b.form)
	b.form = b.form[n:]
	if b.form == "" {
		return n, io.EOF
	}
	return n, nil
}

func (b *slowBody) Close() error { return nil }

// TestAttackEnumeration signs in to accounts that exist, are disabled, have
// no password or are made up: nothing tells them apart, the time least of all.
func TestAttackEnumeration(t *testing.T) {
	if testing.Short() {
		t.Skip("measures time")
	}
	tg := newTarget(t, "https://site.example")
	tg.Exec(t, "UPDATE users SET disabled = 1 WHERE id = '"+tg.BEAuthor.ID+"'")
	tg.Exec(t, "UPDATE users SET password_hash = '' WHERE id = '"+tg.Nobody.ID+"'")
	emails := []string{tg.Editor.Email, tg.BEAuthor.Email, tg.Nobody.Email, "nobody.at.all@site.example", "no address"}
	times := make([][]time.Duration, len(emails))
	var first string
	rounds := 8
	if n, err := strconv.Atoi(os.Getenv("MERIDIAN_TIMING_ROUNDS")); err == nil {
		rounds = n // for a closer look on a quiet machine
	}
	for round := range rounds {
		tg.Clock.Advance(time.Hour)
		tg.Exec(t, "DELETE FROM attempts")
		for k := range emails {
			i := (k + round) % len(emails) // nobody is always first
			email := emails[i]
			c := tg.client()
			c.addr = netip.AddrPortFrom(netip.AddrFrom4([4]byte{192, 0, 2, 7}), 1).String()
			password := "wrong"
			if email == tg.BEAuthor.Email {
				password = attackPassword // the right one, of no use
			}
			began := time.Now()
			a := c.signIn(email, password)
			times[i] = append(times[i], time.Since(began))
			a.header.Del("Content-Length") // the page repeats the address
			said := strings.ReplaceAll(a.all(), email, "EMAIL")
			if first == "" {
				first = said
			}
			if said != first {
				t.Errorf("%s is answered\n%s\nanother\n%s", email, said, first)
			}
		}
	}
	var medians []time.Duration
	for i := range times {
		slices.Sort(times[i])
		medians = append(medians, times[i][len(times[i])/2])
	}
	t.Logf("medians: %v", medians)
	// Other tests share the processors, so only what cannot be chance fails.
	if slices.Max(medians) > 2*slices.Min(medians) {
		t.Errorf("medians %v differ by more than chance", medians)
	}
}

// TestAttackSetup sets the site up twice at once, with the token of another
// start, and after it is over.
func TestAttackSetup(t *testing.T) {
	t.Parallel()
	tg := newTarget(t, "https://site.example")
	for _, token := range []string{"", "x", account.NewToken()} {
		c := tg.client()
		if a := c.get("/admin/setup?token=" + token); a.status != http.StatusNotFound {
			t.Errorf("set-up of a site that is: %d", a.status)
		}
		if a := c.post("/admin/setup", url.Values{"token": {token}, "name": {"x"}}); a.status != http.StatusNotFound {
			t.Errorf("set-up of a site that is: %d", a.status)
		}
	}
}

// TestAttackSetupTwice sends the set-up of a fresh site ten times at once: one
// site and one administrator come of it.
func TestAttackSetupTwice(t *testing.T) {
	t.Parallel()
	tg := serveTarget(t, cmstest.Bare(t), "https://site.example")
	token, err := tg.accounts.NewSetupToken(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	form := tg.client().formAt(t, "/admin/setup?token="+token, "/admin/setup")
	for k, v := range map[string]string{"name": "A site", "admin_name": "Ada", "admin_email": "ada@site.example", "admin_password": attackPassword} {
		form.Set(k, v)
	}
	var wg sync.WaitGroup
	answers := make([]*answer, 4)
	for i := range answers {
		mine := cloneValues(form)
		mine.Set("admin_email", fmt.Sprintf("ada%d@site.example", i))
		c := tg.client()
		wg.Go(func() { answers[i] = c.post("/admin/setup", mine) })
	}
	wg.Wait()
	made := 0
	for _, a := range answers {
		switch a.status {
		case http.StatusSeeOther:
			made++
		case http.StatusNotFound:
			if a.header["Set-Cookie"] != nil {
				t.Error("a set-up that came too late signs somebody in")
			}
		default:
			t.Errorf("status %d\n%.500s", a.status, a.body)
		}
	}
	if users := tg.rows("users"); made != 1 || len(users) != 1 {
		t.Errorf("%d set-ups were carried out and made %d users", made, len(users))
	}
	if a := tg.client().get("/admin/setup?token=" + token); a.status != http.StatusNotFound {
		t.Errorf("the token is good for more: %d", a.status)
	}
	if strings.Contains(tg.log.String(), token) {
		t.Error("the log holds the token")
	}
}

// TestAttackOutwaitsTheHardStop waits after guessing a hundred times: an
// account that needs a reset needs it tomorrow as well, sweep or not.
func TestAttackOutwaitsTheHardStop(t *testing.T) {
	t.Parallel()
	tg := newTarget(t, "https://site.example")
	c := tg.client()
	c.signIn(tg.Editor.Email, tooLongPassword)
	tg.Exec(t, "UPDATE attempts SET failures = 100 WHERE key LIKE 'account:%'")
	tg.Clock.Advance(50 * time.Hour)
	if err := sweep(tg.Store)(t.Context()); err != nil {
		t.Fatal(err)
	}
	if a := c.signIn(tg.Editor.Email, attackPassword); a.status != http.StatusTooManyRequests {
		t.Errorf("two days after the hard stop: status %d", a.status)
	}
}

// TestAttackServerTimes holds what bounds a slow client.
func TestAttackServerTimes(t *testing.T) {
	t.Parallel()
	srv := newServer(http.NotFoundHandler())
	if srv.ReadHeaderTimeout != 5*time.Second || srv.ReadTimeout <= 0 || srv.ReadTimeout > 30*time.Second || srv.WriteTimeout <= 0 || srv.WriteTimeout > time.Minute ||
		srv.IdleTimeout <= 0 || srv.IdleTimeout > 2*time.Minute || srv.MaxHeaderBytes > 16<<10 || srv.ErrorLog == nil {
		t.Errorf("the server waits %v, %v, %v, %v and takes headers of %d bytes", srv.ReadHeaderTimeout, srv.ReadTimeout, srv.WriteTimeout, srv.IdleTimeout, srv.MaxHeaderBytes)
	}
}
