package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// trusted are the types of html/template that switch escaping off.
var trusted = []string{"HTML", "HTMLAttr", "CSS", "JS", "JSStr", "URL", "Srcset"}

// trusting are the files that may convert to them: the renderer of blocks,
// which escapes every text itself, and the style sheet that is part of the
// binary. Each says at the place why it is safe.
var trusting = []string{"cms/block/markup.go", "web/static.go"}

// starting are the places that may start a goroutine. Each is waited for by
// who starts it and catches its panics where it runs more than the standard
// library's code.
var starting = []string{"cmd/meridian/serve.go", "cms/export/crawl.go", "cmd/dev/", "web/browser/", "cms/cmstest/", "cms/search.go"}

// timeless are the packages that are told what time it is and never ask: what is
// made of published content is kept for as long as that stands, whatever the hour.
var timeless = []string{"models", "cms/block", "cms/live", "cms/api"}

// lint returns what a source file that is no test does and may not.
func lint(file string, src any) ([]string, error) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, filepath.Join(root, file), src, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	var found []string
	report := func(at token.Pos, format string, args ...any) {
		found = append(found, fmt.Sprintf("%s:%d: %s", file, fset.Position(at).Line, fmt.Sprintf(format, args...)))
	}
	below := func(prefixes []string) bool {
		return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(file, p) })
	}

	names := map[string]string{} // local name → import path
	for _, spec := range f.Imports {
		imp, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return nil, err
		}
		name := path.Base(imp)
		if spec.Name != nil {
			name = spec.Name.Name
		}
		names[name] = imp
		if imp == "html/template" && name == "." {
			report(spec.Pos(), "html/template is imported without its name")
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			if !below(starting) {
				report(n.Pos(), "a goroutine starts outside %v", starting)
			}
		case *ast.CallExpr:
			fun, ok := n.Fun.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			// WaitGroup.Go and errgroup.Group.Go start one as well.
			if fun.Sel.Name == "Go" && len(n.Args) == 1 && !below(starting) {
				report(n.Pos(), "a goroutine starts outside %v", starting)
			}
			x, ok := fun.X.(*ast.Ident)
			if !ok {
				return true
			}
			switch {
			case names[x.Name] == "html/template" && slices.Contains(trusted, fun.Sel.Name) && !slices.Contains(trusting, file):
				report(n.Pos(), "escaping is switched off by template.%s", fun.Sel.Name)
			case names[x.Name] == "time" && slices.Contains([]string{"Now", "Since", "Until", "Sleep"}, fun.Sel.Name) && slices.Contains(timeless, path.Dir(file)):
				report(n.Pos(), "the time is asked for, and this package is told it")
			}
		case *ast.FuncDecl:
			if n.Name.Name == "init" && n.Recv == nil {
				report(n.Pos(), "work is done in init")
			}
		}
		return true
	})
	return found, nil
}

func TestSources(t *testing.T) {
	t.Parallel()
	walkGo(t, func(file string) {
		if strings.HasSuffix(file, "_test.go") {
			f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, file), nil, parser.ImportsOnly)
			if err != nil {
				t.Error(err)
				return
			}
			for _, spec := range f.Imports {
				if spec.Path.Value == `"text/template"` {
					t.Errorf("%s imports text/template, which does not escape", file)
				}
			}
			return
		}
		found, err := lint(file, nil)
		if err != nil {
			t.Error(err)
		}
		for _, s := range found {
			t.Error(s)
		}
	})
}

// TestSourcesSeesViolations breaks each rule once.
func TestSourcesSeesViolations(t *testing.T) {
	t.Parallel()
	const head = "package x\nimport (\n\"html/template\"\nht \"html/template\"\n\"time\"\n\"sync\"\n)\nvar wg sync.WaitGroup\nvar s string\n"
	for _, tt := range []struct {
		name, file, body, want string
	}{
		{"conversion", "admin/desk.go", `var h = template.HTML(s)`, "template.HTML"},
		{"conversion under another name", "cms/site/page.go", `var h = ht.URL(s)`, "template.URL"},
		{"conversion in web", "web/render.go", `var h = template.JS(s)`, "template.JS"},
		{"conversion in the reviewed file", "web/static.go", `var h = template.CSS(s)`, ""},
		{"type of a field", "admin/desk.go", `type page struct{ body template.HTML }`, ""},
		{"goroutine", "cms/publish.go", `func f() { go func() {}() }`, "goroutine"},
		{"goroutine of a method", "cms/publish.go", `func f() { go wg.Wait() }`, "goroutine"},
		{"goroutine of a group", "cms/publish.go", `func f() { wg.Go(func() {}) }`, "goroutine"},
		{"goroutine of its owner", "cmd/meridian/serve.go", `func f() { wg.Go(func() {}) }`, ""},
		{"clock in models", "models/entry.go", `var now = time.Now()`, "the time"},
		{"clock in the store", "models/store/entry.go", `var now = time.Now()`, ""},
		{"init", "cms/publish.go", `func init() {}`, "init"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			found, err := lint(tt.file, head+tt.body)
			if err != nil {
				t.Fatal(err)
			}
			got := strings.Join(found, "\n")
			if tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
				t.Errorf("found %q, want %q", got, tt.want)
			}
		})
	}
}
