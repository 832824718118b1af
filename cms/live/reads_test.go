package live_test

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"meridian/cms/cmstest"
	"meridian/cms/live"
	"meridian/models"
	"meridian/models/store"
)

// TestMemoryIsNoted looks at where the source touches what is remembered between
// views. Only remembered and name hand it out, and both note what it was made of;
// the rest belongs to the settings, which every view reads.
func TestMemoryIsNoted(t *testing.T) {
	t.Parallel()
	settings := []string{"site", "root", "installation", "epoch", "head"}
	may := map[string][]string{ // by field, the functions that may touch it
		"merged": {"became", "followMerges", "load", "Terms"},
		"before": {"knownAt", "load", "recall"},
		"mu":     {"keep"},
	}
	memos := []string{"terms", "menus", "names", "lists", "refs", "homes", "news", "sitemaps"}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	memosSeen := map[string]bool{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Body == nil {
				continue
			}
			handed := map[ast.Node]bool{} // closures given to those who note
			ast.Inspect(fn.Body, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				name := ""
				switch f := call.Fun.(type) {
				case *ast.Ident:
					name = f.Name
				case *ast.SelectorExpr:
					name = f.Sel.Name
				}
				if name == "remembered" || name == "recall" || name == "keep" && slices.Contains([]string{"remembered", "recall", "name"}, fn.Name.Name) {
					for _, a := range call.Args {
						handed[a] = true
					}
				}
				return true
			})
			ast.Inspect(fn.Body, func(n ast.Node) bool {
				if handed[n] {
					ast.Inspect(n, func(n ast.Node) bool {
						if sel, ok := n.(*ast.SelectorExpr); ok && slices.Contains(memos, sel.Sel.Name) {
							memosSeen[sel.Sel.Name] = true
						}
						return true
					})
					return false
				}
				sel, ok := n.(*ast.SelectorExpr)
				if !ok || !ofKnown(sel.X, fn) || slices.Contains(settings, sel.Sel.Name) {
					return true
				}
				field := sel.Sel.Name
				if slices.Contains(may[field], fn.Name.Name) || slices.Contains([]string{"keep", "became", "followMerges", "stands", "load", "loadSite"}, field) {
					return true // a method of known, or one that may
				}
				t.Errorf("%s touches what is remembered as %s", fn.Name.Name, field)
				return true
			})
		}
	}
	for _, m := range memos {
		if !memosSeen[m] {
			t.Errorf("nothing remembers %s: this looks for the wrong names", m)
		}
	}
}

// ofKnown reports whether an expression in a function is v.known, or what is
// known under one of the names that known.go has for it.
func ofKnown(x ast.Expr, in *ast.FuncDecl) bool {
	switch x := x.(type) {
	case *ast.SelectorExpr:
		return x.Sel.Name == "known" && fmt.Sprint(x.X) == "v"
	case *ast.Ident:
		return slices.Contains([]string{"before", "newest"}, x.Name) ||
			x.Name == "k" && !slices.Contains([]string{"KindOf", "Filterable"}, in.Name.Name)
	}
	return false
}

// TestTrack asks for the same things twice: what is remembered is noted like what
// is read, and only where a view was opened.
func TestTrack(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	ctx, read := live.Track(t.Context())
	if names, _ := read(); len(names) != 0 {
		t.Errorf("%d names before anything was read", len(names))
	}
	ask := func(ctx context.Context) {
		err := env.Live.View(ctx, func(v *live.View) error {
			it, err := v.Item(env.Page, "en")
			if err != nil {
				return err
			}
			for _, fn := range []func() error{
				func() error { _, err := v.Menu("main", "en"); return err },
				func() error { _, err := v.HomeLanguages(); return err },
				func() error { _, err := v.HasNews("", "en"); return err },
				func() error { _, err := v.LatestNews(it, 3); return err },
				func() error { _, err := v.Vocabulary("topic", "en"); return err },
			} {
				if err := fn(); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	var first, again []uint64
	ask(ctx)
	first, at := read()
	if at != env.Live.Generation() {
		t.Errorf("read at %d, want %d", at, env.Live.Generation())
	}
	ctx, read = live.Track(t.Context())
	ask(ctx)
	again, _ = read()
	slices.Sort(first)
	slices.Sort(again)
	if len(first) < 2 || !slices.Equal(first, again) {
		t.Errorf("%d names, and %d from memory", len(first), len(again))
	}
	// Something else changes: what is remembered is carried on, with its names.
	env.Tx(t, func(tx *store.Tx) error {
		return tx.PutTerm(models.Term{ID: "tx", Vocabulary: models.VocabularyRegion}, "u")
	})
	ctx, read = live.Track(t.Context())
	ask(ctx)
	again, at = read()
	slices.Sort(again)
	if !slices.Equal(first, again) || at != env.Live.Generation() {
		t.Errorf("%d names at %d, and %d after a change", len(first), at, len(again))
	}
}
