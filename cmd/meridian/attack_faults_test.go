package main

import (
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// TestAttackFaults breaks the clock and the database under the program: each
// face answers 500 with a reference and nothing else, the log knows more, and
// the next request is answered as if nothing had been.
func TestAttackFaults(t *testing.T) {
	t.Parallel()
	var broken atomic.Bool
	tg := newTarget(t, "https://site.example", func(o *handlerOptions) {
		now := o.Clock
		o.Clock = func() time.Time {
			if broken.Load() {
				panic("canary-panic: the clock is broken")
			}
			return now()
		}
	})
	c, out := tg.as(tg.Admin), tg.client()
	at := "/admin/entries/" + tg.Page + "/en"
	form := c.formAt(t, at, at)
	form.Set("summary", "canary-words that nobody may find in a log")
	rename := func(table string) func(bool) {
		return func(down bool) {
			if down {
				tg.Exec(t, "ALTER TABLE "+table+" RENAME TO "+table+"_away")
			} else {
				tg.Exec(t, "ALTER TABLE "+table+"_away RENAME TO "+table)
			}
		}
	}
	for _, tt := range []struct {
		name  string
		fault func(bool)
		ask   func() *answer
	}{
		{"panic in the back office", broken.Store, func() *answer { return c.get("/admin/account") }},
		{"panic in a form", broken.Store, func() *answer { return c.post(at, form) }},
		{"panic on the site", broken.Store, func() *answer { return out.get("/.well-known/security.txt") }},
		{"no revisions for the site", rename("revisions"), func() *answer { return out.get("/en/about-us/our-mission?a=1") }},
		{"no journal for the API", rename("changes"), func() *answer { return out.get("/api/v1/changes?limit=7") }},
		{"no drafts for the back office", rename("drafts"), func() *answer { return c.post(at, form) }},
		{"no sessions", rename("sessions"), func() *answer { return c.get("/admin/account") }},
	} {
		tt.fault(true)
		a := tt.ask()
		tt.fault(false)
		want := http.StatusInternalServerError
		if tt.name == "no sessions" {
			want = http.StatusServiceUnavailable
		}
		if a.status != want {
			t.Errorf("%s: status %d\n%.500s", tt.name, a.status, a.body)
			continue
		}
		noInternals(t, tt.name, a)
		if strings.Contains(a.body, "canary-panic") {
			t.Errorf("%s shows its reason", tt.name)
		}
		if a.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s may be kept: %q", tt.name, a.header.Get("Cache-Control"))
		}
		named := false
		for _, line := range strings.Split(tg.log.String(), "\n") {
			for _, key := range []string{`"request_id":"`, `"reference":"`} {
				if _, rest, ok := strings.Cut(line, key); ok && strings.Contains(line, `"ERROR"`) {
					id, _, _ := strings.Cut(rest, `"`)
					named = named || id != "" && strings.Contains(a.body, id)
				}
			}
		}
		if !named {
			t.Errorf("%s: the answer names nothing that is in the log:\n%s", tt.name, a.body)
		}
		if a := tt.ask(); a.status >= 500 {
			t.Errorf("%s: the next request: status %d\n%.300s", tt.name, a.status, a.body)
		}
	}
	if got := tg.log.String(); strings.Contains(got, "canary-words") {
		t.Errorf("the log holds the words of a draft:\n%s", got)
	}
}

// TestAttackLogs signs in, errs and changes things with secrets that can be
// recognised, and looks for them in the log and in the database.
func TestAttackLogs(t *testing.T) {
	t.Parallel()
	tg := newTarget(t, "https://site.example")
	c := tg.as(tg.Editor)
	secrets := []string{attackPassword, c.cookies["__Host-meridian"]}
	secret := func(s string) string { secrets = append(secrets, s); return s }
	c.signIn(tg.Admin.Email, secret("canary-wrong-password"))
	c.signIn(secret("canary-password-in-the-wrong-field"), "x")
	c.post("/admin/account/password", url.Values{"old_password": {secret("canary-old-password")}, "password": {secret("canary-new-password")}})
	c.post("/admin/setup", url.Values{"token": {secret("canary-setup-token")}, "admin_password": {secret("canary-setup-password")}})
	c.get("/admin/setup?token=" + secret("canary-setup-token-get"))
	c.get("/admin/account", header("Authorization", "Bearer "+secret("canary-bearer")))
	c.get("/admin/account", header("Cookie", "__Host-meridian="+secret("canary-cookie")))
	c.post("/admin/account", url.Values{"name": {secret("canary-name-cross-site")}}, header("Sec-Fetch-Site", "cross-site"))
	// With the database gone, everything errs.
	tg.Exec(t, "ALTER TABLE users RENAME TO users_away")
	c.signIn(secret("canary-email@site.example"), secret("canary-late-password"))
	c.get("/admin/account?token=" + secret("canary-query"))
	c.post("/admin/account/password", url.Values{"old_password": {secret("canary-late-old")}, "password": {secret("canary-late-new")}})
	tg.client().get("/en/?token=" + secret("canary-public-query"))
	tg.Exec(t, "ALTER TABLE users_away RENAME TO users")
	// Line ends and escapes stay inside their value.
	c.get("/en/%0a%0dlevel=ERROR%20msg=forged%1b[31m")
	said := tg.log.String()
	if !strings.Contains(said, "ERROR") {
		t.Fatal("nothing was logged, so nothing was tested")
	}
	var stored strings.Builder
	for _, rows := range tg.checksum() {
		stored.WriteString(rows)
	}
	for _, s := range secrets {
		if strings.Contains(said, s) {
			t.Errorf("the log holds %q", s)
		}
		if strings.Contains(stored.String(), s) {
			t.Errorf("the database holds %q", s)
		}
	}
	for _, line := range strings.Split(strings.TrimSpace(said), "\n") {
		if !strings.HasPrefix(line, `{"time":`) || !strings.HasSuffix(line, "}") || strings.Contains(line, "\x1b") {
			t.Errorf("a line of the log is %.200q", line)
		}
	}
}

// TestAttackFiles holds who may read the data folder.
func TestAttackFiles(t *testing.T) {
	t.Parallel()
	tg := newTarget(t, "https://site.example")
	c := tg.as(tg.Admin)
	c.get("/admin/")
	seen := 0
	err := filepath.WalkDir(tg.Dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := os.Stat(path)
		if err != nil || path == tg.Dir { // the folder itself is the test's
			return err
		}
		seen++
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", path, info.Mode().Perm())
		}
		return nil
	})
	if err != nil || seen < 3 {
		t.Fatalf("%d files, %v", seen, err)
	}
}
