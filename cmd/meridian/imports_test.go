package main

import (
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// root is the checkout, seen from this package.
const root = "../.."

// imports is the direction of imports: each package of ours with the packages
// of ours that its code, tests aside, may import. "/..." takes in everything
// below. A new package gets a line here before it gets a second file; read the
// lines from the bottom up and they are the architecture.
var imports = map[string][]string{
	// One binary, which wires everything. Nobody imports it.
	"cmd/meridian": {"..."},
	// For developers, never shipped.
	"cmd/dev": {"cms/api", "web/..."},

	// Editor side: screens, on top of what editors can do.
	"admin":     {"cms", "cms/account", "cms/block", "cms/media", "models", "web"},
	"cms":       {"cms/account", "cms/block", "cms/search", "models", "models/store"},
	"cms/seed":  {"cms", "cms/block", "models", "models/store"},
	"data/demo": {},

	// The library; what it is made of knows nothing of ours.
	"cms/media":          {"cms/media/document", "cms/media/picture", "cms/media/storage", "cms/search", "models", "models/store"},
	"cms/media/document": {"cms/media/picture"},
	"cms/media/picture":  {},
	"cms/media/storage":  {},

	"cms/backup":        {"models", "models/store"},
	"cms/demonstration": {"cms", "cms/account", "cms/block", "cms/media", "data/demo", "models", "models/store"},

	// Reader side. The types of models have drafts, so it never sees them.
	"cms/site": {"cms/block", "cms/live", "cms/pagecache", "web", "web/worldmap"},
	"cms/api":  {"cms/api/openapi", "cms/block", "cms/live", "cms/pagecache", "web"},
	"cms/live": {"cms/block", "cms/search", "models/store"},

	// The form of a description; what is described it gets told.
	"cms/api/openapi": {},

	// The write half of the JSON stands on the editor side.
	"cms/api/write": {"cms", "cms/account", "cms/block", "models"},

	// Shared: know nothing of ours but the map. What is exported is for cmd to
	// say: cms/export asks a handler.
	"cms/block":     {"web/worldmap"},
	"cms/export":    {},
	"cms/pagecache": {},
	"cms/search":    {},
	"web":           {},
	"web/browser":   {},
	"web/weblint":   {},
	"web/worldmap":  {},

	// In front of the readers' side, on behalf of the editors'.
	"cms/tally": {"models", "models/store"},

	"cms/account":  {"models", "models/store"},
	"models/store": {"models"},
	"models":       {},

	// Tests stand anywhere.
	"cms/cmstest": {"admin", "cms/...", "data/...", "models/...", "web/..."},
}

// doors names the packages that may import what comes from outside, so that it
// can be replaced in a day. The key takes in every path below it.
var doors = map[string][]string{
	"gorm.io":                    {"models/store"},
	"modernc.org/sqlite":         {"models/store"},
	"github.com/pressly/goose":   {"models/store"},
	"database/sql":               {"models/store", "cms/cmstest"},
	"github.com/gin-gonic/gin":   {"admin", "cms/site", "cms/api", "cms/api/write"},
	"github.com/alexedwards/scs": {"admin", "cmd/meridian"},
	"golang.org/x/crypto":        {"cms/account", "cmd/meridian"},
	"github.com/alecthomas/kong": {"cmd/meridian", "cmd/dev"},
	"github.com/chromedp":        {"web/browser"},

	// For tests, and never part of the binary.
	"testing":              {"cms/cmstest", "web/weblint"},
	"meridian/cms/cmstest": {},
	"meridian/web/browser": {"cmd/dev", "cms/cmstest"},
	"meridian/web/weblint": {"cmd/dev", "cms/cmstest"},

	"github.com/santhosh-tekuri/jsonschema": {},

	// Nowhere: it does not escape; it needs a C compiler.
	"text/template":               {},
	"github.com/mattn/go-sqlite3": {},
}

// pure may not touch the world: no input or output, and no clock (TestSources).
// The random tail of an id is the one thing models draws by itself.
var pure = map[string][]string{
	"models":        {"os", "net", "net/http", "io/fs", "log", "log/slog", "math/rand", "math/rand/v2", "database/sql", "context"},
	"cms/block":     {"os", "net", "net/http", "log", "log/slog", "math/rand", "math/rand/v2", "database/sql"},
	"cms/pagecache": {"os", "database/sql"},
}

// vague are names that say nothing about what a package is for.
var vague = []string{"util", "utils", "common", "helper", "helpers", "service", "services", "manager", "managers", "type", "types", "misc", "shared", "lib", "internal", "pkg"}

// toplevel is all that may stand beside the dot-files.
var toplevel = []string{"cmd", "admin", "cms", "models", "web", "data", "go.mod", "go.sum", "Dockerfile", "README.md", "LICENSE"}

// pkg is what the rules look at: the name a package gives itself and what the
// files that are not tests import.
type pkg struct {
	name    string
	imports []string
}

// violations applies the rules to packages by folder.
func violations(pkgs map[string]pkg) []string {
	var found []string
	report := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }
	for _, dir := range slices.Sorted(maps.Keys(pkgs)) {
		p := pkgs[dir]
		for _, name := range append(strings.Split(dir, "/"), p.name) {
			if slices.Contains(vague, name) {
				report("%s: the name %q says nothing", dir, name)
			}
		}
		if p.name != "main" && p.name != path.Base(dir) {
			report("%s: the package is called %s", dir, p.name)
		}
		allowed, known := imports[dir]
		if !known {
			report("%s: no line in the table of imports", dir)
		}
		for _, imp := range p.imports {
			if ours, ok := strings.CutPrefix(imp, "meridian/"); ok && known && !matches(allowed, ours) {
				report("%s imports %s", dir, ours)
			}
			if strings.HasPrefix(imp, "meridian/cmd/") {
				report("%s imports a command, %s", dir, imp)
			}
			for door, users := range doors {
				if (imp == door || strings.HasPrefix(imp, door+"/")) && !slices.Contains(users, dir) {
					report("%s imports %s, which is for %q only", dir, imp, users)
				}
			}
			if slices.Contains(pure[dir], imp) {
				report("%s imports %s and is pure", dir, imp)
			}
		}
	}
	return found
}

func matches(patterns []string, dir string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		below, all := strings.CutSuffix(p, "...")
		return p == dir || all && (dir+"/" == below || strings.HasPrefix(dir, below))
	})
}

func TestImports(t *testing.T) {
	t.Parallel()
	pkgs := readPackages(t)
	if len(pkgs) < 5 {
		t.Fatalf("found %d packages only", len(pkgs))
	}
	for _, v := range violations(pkgs) {
		t.Error(v)
	}
}

// TestImportsSeesViolations breaks each rule once, so that a green TestImports
// means something.
func TestImportsSeesViolations(t *testing.T) {
	t.Parallel()
	good := map[string]pkg{
		"cmd/meridian": {"main", []string{"meridian/admin", "meridian/cms/site", "github.com/alexedwards/scs/v2"}},
		"admin":        {"admin", []string{"meridian/cms", "github.com/gin-gonic/gin"}},
		"cms":          {"cms", []string{"meridian/models/store", "meridian/models"}},
		"cms/cmstest":  {"cmstest", []string{"meridian/cms", "meridian/web", "meridian/models", "testing"}},
		"models/store": {"store", []string{"gorm.io/gorm", "gorm.io/gorm/clause", "meridian/models"}},
	}
	if v := violations(good); len(v) != 0 {
		t.Errorf("the good packages are refused: %q", v)
	}
	for _, tt := range []struct {
		dir, imp, want string
	}{
		{"admin", "meridian/models/store", "admin imports models/store"},
		{"admin", "meridian/cms/site", "admin imports cms/site"},
		{"admin", "gorm.io/gorm", "admin imports gorm.io/gorm, which"},
		{"cms/site", "meridian/models", "cms/site imports models"},
		{"cms/site", "meridian/cms", "cms/site imports cms"},
		{"cms/site", "meridian/models/store", "cms/site imports models/store"},
		{"cms/api", "meridian/admin", "cms/api imports admin"},
		{"cms/api", "github.com/alexedwards/scs/v2", "cms/api imports github.com/alexedwards/scs/v2, which"},
		{"cms/live", "meridian/models", "cms/live imports models"},
		{"cms/live", "github.com/gin-gonic/gin", "cms/live imports github.com/gin-gonic/gin, which"},
		{"cms", "meridian/cms/live", "cms imports cms/live"},
		{"cms", "golang.org/x/crypto/argon2", "cms imports golang.org/x/crypto/argon2, which"},
		{"cms/block", "meridian/models", "cms/block imports models"},
		{"cms/pagecache", "meridian/cms/live", "cms/pagecache imports cms/live"},
		{"web", "meridian/cms/block", "web imports cms/block"},
		{"web", "testing", "web imports testing, which"},
		{"models", "meridian/models/store", "models imports models/store"},
		{"models", "os", "models imports os and is pure"},
		{"cms/demonstration", "meridian/cmd/meridian", "cms/demonstration imports a command"},
		{"cms/seed", "meridian/cms/cmstest", "cms/seed imports meridian/cms/cmstest, which"},
		{"cms/extra", "fmt", "cms/extra: no line"},
		{"cms/helpers", "fmt", `cms/helpers: the name "helpers"`},
	} {
		t.Run(tt.want, func(t *testing.T) {
			t.Parallel()
			bad := maps.Clone(good)
			bad[tt.dir] = pkg{path.Base(tt.dir), []string{tt.imp}}
			found := violations(bad)
			if !slices.ContainsFunc(found, func(v string) bool { return strings.HasPrefix(v, tt.want) }) {
				t.Errorf("found %q, want %q among them", found, tt.want)
			}
		})
	}
}

// TestTopLevel keeps the first look at the checkout short.
func TestTopLevel(t *testing.T) {
	t.Parallel()
	for _, name := range topLevelNames(t) {
		if !strings.HasPrefix(name, ".") && !slices.Contains(toplevel, name) {
			t.Errorf("%s stands at the top level", name)
		}
	}
}

// topLevelNames asks git, which leaves out what is ignored; a source archive
// without git has nothing to leave out.
func topLevelNames(t *testing.T) []string {
	t.Helper()
	cmd := exec.Command("git", "ls-files", "--cached", "--others", "--exclude-standard")
	cmd.Dir = root
	if out, err := cmd.Output(); err == nil {
		names := map[string]bool{}
		for line := range strings.Lines(string(out)) {
			name, _, _ := strings.Cut(strings.TrimSpace(line), "/")
			names[name] = true
		}
		return slices.Sorted(maps.Keys(names))
	}
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func readPackages(t *testing.T) map[string]pkg {
	t.Helper()
	pkgs := map[string]pkg{}
	walkGo(t, func(file string) {
		if strings.HasSuffix(file, "_test.go") {
			return
		}
		// Build tags are not looked at: a file for another system counts too.
		f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, file), nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		p := pkgs[path.Dir(file)]
		p.name = f.Name.Name
		for _, spec := range f.Imports {
			imp, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Contains(p.imports, imp) {
				p.imports = append(p.imports, imp)
			}
		}
		pkgs[path.Dir(file)] = p
	})
	return pkgs
}

// walkGo calls f with every Go file of the module, slash-separated from the
// root.
func walkGo(t *testing.T, f func(file string)) {
	t.Helper()
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // a file of another test that has just gone
		}
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		if d.IsDir() {
			if rel != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || d.Name() == "node_modules" ||
				path.Dir(rel) == "data" && rel != "data/demo") {
				return fs.SkipDir
			}
			return nil
		}
		if strings.HasSuffix(rel, ".go") {
			f(rel)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
