package main

import (
	"bytes"
	"context"
	"database/sql"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"meridian/cms/account"
	"meridian/cms/backup"
	"meridian/cms/cmstest"
	"meridian/cms/demonstration"
	"meridian/cms/media"
	"meridian/models/store"
)

// command runs a command line and returns the exit code and what it said.
func command(t *testing.T, args ...string) (code int, said string) {
	t.Helper()
	var out bytes.Buffer
	code = run(context.WithoutCancel(t.Context()), args, func(string) string { return "" }, strings.NewReader(""), &out, &out)
	return code, out.String()
}

// TestBackupExitCodes: scripts tell what happened by the number.
func TestBackupExitCodes(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	dir := t.TempDir()
	file, r := filepath.Join(dir, "b.tar"), filepath.Join(dir, "r")
	step := func(want int, wantSaid string, args ...string) {
		t.Helper()
		if code, said := command(t, append([]string{"backup"}, args...)...); code != want || !strings.Contains(said, wantSaid) {
			t.Errorf("%q = %d, %s\nwant %d, %s", args, code, said, want, wantSaid)
		}
	}
	step(exitOK, "Backed up", "create", file, "--data", env.Dir)
	step(exitUsage, "is there already", "create", file, "--data", env.Dir)
	step(exitFailed, "holds no database yet", "create", "--data", filepath.Join(dir, "none"))
	step(exitOK, "whole", "verify", file)
	step(exitOK, `"problems": []`, "verify", "--json", file)
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/2] ^= 1
	damaged := filepath.Join(dir, "damaged.tar")
	if err := os.WriteFile(damaged, b, 0o600); err != nil {
		t.Fatal(err)
	}
	step(exitDamage, "Problem: meridian.db.gz is damaged: its bytes are not those that were written", "verify", damaged)
	step(exitDamage, `"file": "meridian.db.gz"`, "verify", "--json", damaged)
	step(exitDamage, "meridian.db.gz is damaged", "restore", damaged, "--data", r)
	step(exitDamage, "not a backup", "verify", filepath.Join(env.Dir, store.File))
	if err := os.Mkdir(r, 0o700); err != nil {
		t.Fatal(err)
	}
	lock, err := store.Lock(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	step(exitLocked, "in use by another meridian", "restore", file, "--data", r)
	_ = lock.Close()
	step(exitOK, "Restored", "restore", file, "--data", r)
	step(exitUsage, "in use already", "restore", file, "--data", r)
}

// cursors are what a new life of the journal changes in an answer: the epoch,
// the head, and what is made of them.
var cursors = regexp.MustCompile(`"(epoch|cursor)":\s*"[^"]*"|"head":\s*[0-9]+|since=[a-z0-9]+\.[0-9]+|[Ee][Tt]ag: .*|Content-Length: .*|Last-Modified: .*`)

// TestBackupRoundTrip backs the demonstration network up and restores it:
// every address answers as before, in HTML and JSON, but for the epoch of the
// journal.
func TestBackupRoundTrip(t *testing.T) {
	t.Parallel()
	env := cmstest.Bare(t)
	if _, err := demonstration.Load(t.Context(), env.Store, demonstration.Options{Password: demoSecret}); err != nil {
		t.Fatal(err)
	}
	handler := func(s *store.Store) http.Handler {
		h, err := newHandler(s, account.New(s, account.Options{}), handlerOptions{Base: "http://127.0.0.1:8080", CacheBytes: 8 << 20, Clock: env.Clock.Now, Library: media.New(s, env.Files, media.Options{})})
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	paths := []string{"/", "/robots.txt", "/sitemap.xml", "/api/v1", "/api/v1/changes?limit=200", "/api/v1/nothing", "/en/nothing"}
	for _, kind := range []string{"pages", "news", "sections"} {
		paths = append(paths, "/api/v1/"+kind+"?body=blocks,html,markdown&count=true&limit=200")
	}
	paths = append(paths, addresses(t, env.Dir)...)
	read := func(h http.Handler) map[string]string {
		said := map[string]string{}
		for _, p := range paths {
			said[p] = everything(t, get(t, h, p))
		}
		return said
	}
	before := read(handler(env.Store))
	cursor := regexp.MustCompile(`since=([a-z0-9]+\.[0-9]+)`).FindStringSubmatch(before["/api/v1/changes?limit=200"])
	if cursor == nil {
		t.Fatal("the changes give no cursor")
	}

	made, err := backup.Create(t.Context(), env.Store, env.Dir, backup.Options{Program: "test"})
	if err != nil {
		t.Fatal(err)
	}
	if v, err := backup.Verify(t.Context(), made.Path, nil); err != nil || len(v.Problems) > 0 {
		t.Fatalf("Verify = %+v, %v", v, err)
	}
	dir := filepath.Join(t.TempDir(), "restored")
	if _, err := backup.Restore(t.Context(), made.Path, dir, nil); err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(t.Context(), dir, store.Options{Exclusive: true, Clock: env.Clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	h := handler(s)
	differ := 0
	for path, got := range read(h) {
		want := before[path]
		if path == "/api/v1" || strings.HasPrefix(path, "/api/v1/changes") {
			if got == want {
				t.Errorf("%s is what it was: the journal goes on as if nothing had happened", path)
			}
			got, want = cursors.ReplaceAllString(got, ""), cursors.ReplaceAllString(want, "")
		}
		if got != want {
			if differ++; differ < 5 {
				t.Errorf("%s says\n%s\nand said\n%s", path, got, want)
			}
		}
	}
	t.Logf("%d addresses, %d differ", len(before), differ)
	res := get(t, h, "/api/v1/changes?since="+cursor[1])
	if res.StatusCode != http.StatusGone || !strings.Contains(everything(t, res), "/api/v1/changes") {
		t.Errorf("a cursor of the time before gets %s, want 410 and the way on", res.Status)
	}
}

// addresses returns every path at which there is or was something public: of
// the pages, with and without the slash of sections, and of the items.
func addresses(t *testing.T, dir string) []string {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(dir, store.File))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.QueryContext(t.Context(), `SELECT lang, path, kind, entry_id FROM live WHERE lang <> 'und' UNION SELECT lang, path, '', '' FROM addresses`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	lists := map[string]string{"page": "pages", "news": "news", "section": "sections"}
	var paths []string
	for rows.Next() {
		var lang, path, kind, entry string
		if err := rows.Scan(&lang, &path, &kind, &entry); err != nil {
			t.Fatal(err)
		}
		p := (&url.URL{Path: "/" + lang + "/" + path}).EscapedPath()
		paths = append(paths, p, strings.TrimSuffix(p, "/")+"/")
		if entry != "" {
			paths = append(paths, "/api/v1/"+lists[kind]+"/"+entry+"?lang="+lang)
		}
	}
	if err := rows.Err(); err != nil || len(paths) < 300 {
		t.Fatalf("%d addresses, %v", len(paths), err)
	}
	return paths
}
