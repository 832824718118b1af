package api

import (
	"context"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"meridian/cms/block"
	"meridian/cms/live"
)

// TestClient compiles a program that uses the client, with all of TypeScript's
// strictness, and runs it against a server.
func TestClient(t *testing.T) {
	t.Parallel()
	needNode(t)
	dir := t.TempDir()
	for _, name := range []string{"package.json", "package-lock.json", "tsconfig.json", "program.ts"} {
		write(t, filepath.Join(dir, name), read(t, "testdata/client/"+name))
	}
	write(t, filepath.Join(dir, "client.ts"), Client())
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	run(t, ctx, dir, "npm", "ci", "--no-audit", "--no-fund", "--prefer-offline", "--ignore-scripts")
	run(t, ctx, dir, "node", "node_modules/typescript/bin/tsc", "--project", ".")

	s := newSite(t)
	s.Write(t, s.Page, "en", "What we are here for.",
		block.Node{Type: "heading", Attrs: map[string]any{"level": 2}, Content: []block.Node{block.Text("Rights")}},
		text("aaaaaaaa", "Every child."),
		block.Node{Type: "button", Attrs: map[string]any{"label": "Belgium", "link": "section:" + s.Belgium, "style": "plain"}},
		block.Node{Type: "quote", Attrs: map[string]any{"cite": "A child"}, Content: []block.Node{block.Paragraph(block.Text("We are here."))}})
	s.Publish(t, s.Page, "en")
	s.page(t, s.About, "Second page", text("aaaaaaaa", "More."))
	server := httptest.NewUnstartedServer(nil)
	// Answers name the server they are read from.
	server.Config.Handler = New(live.New(s.Store, "http://"+server.Listener.Addr().String()), Options{})
	server.Start()
	defer server.Close()
	got := run(t, ctx, dir, "node", "out/program.js", server.URL, s.Page, s.Draft)
	want := strings.TrimLeft(`
item page Our mission requested
block h2 Rights
block p Every child.
block button Belgium plain
block quote
part OUR MISSION true
list 2 2 true
filtered Our mission
resolved section About us
problem 404 Not found
problem /query/limit bad_value
`, "\n")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the program (-want +got):\n%s", diff)
	}
}

// needNode fails, or skips where tests may be skipped, without Node.
func needNode(t *testing.T) {
	t.Helper()
	for _, name := range []string{"node", "npm"} {
		if _, err := exec.LookPath(name); err == nil {
			continue
		}
		const sentence = "the test of the TypeScript client needs Node 20 or later with npm: install the packages nodejs and npm and run this again"
		if os.Getenv("CI") == "true" || os.Getenv("REQUIRE_BROWSER") == "1" {
			t.Fatal(sentence)
		}
		t.Skip(sentence)
	}
}

func write(t *testing.T, name string, b []byte) {
	t.Helper()
	if err := os.WriteFile(name, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func run(t *testing.T, ctx context.Context, dir, name string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	var complaints strings.Builder
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s%s", name, strings.Join(args, " "), err, out, complaints.String())
	}
	return string(out)
}
