package store_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"meridian/models"
	"meridian/models/store"
)

// TestEveryReadIsNoted looks at the source of every query of the reader side:
// one that notes no name would make answers that nobody knows when to make anew.
func TestEveryReadIsNoted(t *testing.T) {
	t.Parallel()
	// These handle what was noted.
	not := []string{"Apart", "Reads", "Tell"}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
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
			if !ok || fn.Recv == nil || !fn.Name.IsExported() || slices.Contains(not, fn.Name.Name) {
				continue
			}
			star, ok := fn.Recv.List[0].Type.(*ast.StarExpr)
			if !ok || fmt.Sprint(star.X) != "Live" {
				continue
			}
			found++
			notes := false
			ast.Inspect(fn.Body, func(n ast.Node) bool {
				if call, ok := n.(*ast.CallExpr); ok {
					if sel, ok := call.Fun.(*ast.SelectorExpr); ok && strings.HasPrefix(sel.Sel.Name, "read") && fmt.Sprint(sel.X) == "l" {
						notes = true
					}
				}
				return true
			})
			if !notes {
				t.Errorf("Live.%s notes nothing of what it reads", fn.Name.Name)
			}
		}
	}
	if found < 35 {
		t.Errorf("%d queries found: this looks at the wrong files", found)
	}
}

// TestReadsMove asks for things and appends rows to the journal, and says which
// of what was asked for each row makes stale.
func TestReadsMove(t *testing.T) {
	t.Parallel()
	s := open(t)
	sd := seed(t, s)
	ask := map[string]func(*store.Live) error{
		"the entry":     func(l *store.Live) error { _, err := l.ByEntry(sd.entry.ID, "en"); return err },
		"another entry": func(l *store.Live) error { _, err := l.EditionsOf([]string{"other"}); return err },
		"an address":    func(l *store.Live) error { _, err := l.Moved("en", "nowhere"); return err },
		"what is gone":  func(l *store.Live) error { _, err := l.Gone("fr", "nowhere"); return err },
		"the menu":      func(l *store.Live) error { _, err := l.Menu("main", "fr"); return err },
		"the tree":      func(l *store.Live) error { _, err := l.TreeOf("fr", 3, 10); return err },
		"pages": func(l *store.Live) error {
			_, _, err := l.List(store.Query{Kind: "page", Lang: "fr", Sort: "published_at", Limit: 1})
			return err
		},
		"pages by title": func(l *store.Live) error {
			_, _, err := l.List(store.Query{Kind: "page", Lang: "fr", Sort: "title", Limit: 1})
			return err
		},
		"pages of a section": func(l *store.Live) error {
			_, err := l.Count(store.Query{Kind: "page", Lang: "fr", Branch: "/a/b/", Sort: "published_at"})
			return err
		},
		"fresh pages": func(l *store.Live) error {
			_, err := l.Count(store.Query{Kind: "page", Lang: "fr", Sort: "published_at", Filter: &store.Filter{Fresh: true}})
			return err
		},
		"news of a section": func(l *store.Live) error {
			_, _, err := l.List(store.Query{Kind: "news", Lang: "fr", Branch: "/a/b/", Sort: "date", Limit: 1})
			return err
		},
		"news with a term": func(l *store.Live) error {
			_, err := l.Count(store.Query{Kind: "news", Lang: "fr", Branch: "/a/", Sort: "date", Term: "t"})
			return err
		},
		"whether there is any": func(l *store.Live) error { _, err := l.SomeNews("b", "fr"); return err },
		"children":             func(l *store.Live) error { _, err := l.Children("b", "fr", "page"); return err },
		"the order of pages": func(l *store.Live) error {
			_, _, err := l.List(store.Query{Kind: "page", Lang: "fr", Branch: "/a/", Sort: "position", Limit: 1})
			return err
		},
		"terms":              func(l *store.Live) error { _, err := l.Terms(); return err },
		"the network":        func(l *store.Live) error { _, err := l.Profiles("", ""); return err },
		"the settings":       func(l *store.Live) error { return nil }, // every view reads them
		"the journal":        func(l *store.Live) error { _, _, err := l.Journal(0, 1); return err },
		"a section's branch": func(l *store.Live) error { _, err := l.BranchOf("b"); return err },
		"a file":             func(l *store.Live) error { _, err := l.Assets([]string{"f"}); return err },
	}
	entry := func(kind, lang, action, nav string) models.Change {
		return models.Change{Subject: models.SubjectEntry, SubjectID: "x", Kind: kind, Lang: lang, Action: action, Branch: "/a/b/", Nav: nav}
	}
	for _, tt := range []struct {
		name string
		row  models.Change
		want string
	}{
		{"new words of a page", entry("page", "fr", models.ActionUpdated, "main"), "fresh pages, pages by title, the tree"},
		{"new words in another language", entry("page", "nl", models.ActionUpdated, "none"), "fresh pages"},
		{"a page", entry("page", "fr", models.ActionPublished, "none"), "a section's branch, an address, children, fresh pages, pages, pages by title, pages of a section, the order of pages, the tree, what is gone"},
		{"a page in a menu", entry("page", "fr", models.ActionPublished, "main"), "a section's branch, an address, children, fresh pages, pages, pages by title, pages of a section, the menu, the order of pages, the tree, what is gone"},
		{"a page before menus were noted", entry("page", "fr", models.ActionUnpublished, ""), "a section's branch, an address, children, fresh pages, pages, pages by title, pages of a section, the menu, the order of pages, the tree, what is gone"},
		{"a page in another language", entry("page", "nl", models.ActionPublished, "none"), "a section's branch, an address, fresh pages, what is gone"},
		{"a news item", entry("news", "fr", models.ActionPublished, "none"), "a section's branch, an address, news of a section, news with a term, what is gone, whether there is any"},
		{"new words of a news item", entry("news", "fr", models.ActionUpdated, "none"), ""},
		{"facts of a news item", entry("news", "und", models.ActionUpdated, "none"), "news of a section, news with a term, whether there is any"},
		{"facts of a section", entry("section", "und", models.ActionPublished, "none"), "the network"},
		{"a section", entry("section", "fr", models.ActionDeleted, "none"), "a section's branch, an address, the network, the tree, what is gone"},
		{"the entry", models.Change{Subject: models.SubjectEntry, SubjectID: sd.entry.ID, Kind: "section", Lang: "nl", Action: models.ActionUpdated}, "the entry"},
		{"the other entry", models.Change{Subject: models.SubjectEntry, SubjectID: "other", Kind: "page", Lang: "und", Action: models.ActionUpdated}, "another entry, fresh pages, pages, pages by title"},
		{"a term", models.Change{Subject: models.SubjectTerm, SubjectID: "t", Action: models.ActionUpdated}, "news with a term, terms, the network"},
		{"a file", models.Change{Subject: models.SubjectAsset, SubjectID: "f", Kind: models.KindMedia, Action: models.ActionWithdrawn, Branch: "/a/b/", Nav: "none"}, "a file"},
		{"redirects", models.Change{Subject: models.SubjectSite, SubjectID: "addresses", Action: models.ActionUpdated}, "an address, what is gone"},
		{"something left a section", models.Change{Subject: models.SubjectSite, SubjectID: "place", Action: models.ActionMoved, Branch: "/a/b/", Nav: "none"}, "news of a section, news with a term, pages of a section, the order of pages, the tree, whether there is any"},
		{"the settings", models.Change{Subject: models.SubjectSite, SubjectID: "site", Action: models.ActionUpdated}, "*"},
		{"something new", models.Change{Subject: "weather", Action: models.ActionUpdated}, "*"},
		{"something new of the site", models.Change{Subject: models.SubjectSite, SubjectID: "weather", Action: models.ActionUpdated}, "*"},
	} {
		names, at := map[string][]store.Name{}, s.Head()
		for what, fn := range ask {
			err := s.Live(t.Context(), func(l *store.Live) error {
				if err := fn(l); err != nil && err != store.ErrNotFound {
					return fmt.Errorf("%s: %w", what, err)
				}
				names[what] = l.Reads()
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := store.Append(s, tt.row); err != nil {
			t.Fatal(err)
		}
		var got []string
		for what, list := range names {
			if s.Moved(at, list) {
				got = append(got, what)
			}
		}
		slices.Sort(got)
		switch {
		case tt.want == "*" && len(got) == len(ask):
		case tt.want == "*":
			t.Errorf("%s makes %d of %d stale", tt.name, len(got), len(ask))
		default:
			want := strings.Split(tt.want+", the journal", ", ")
			want = slices.DeleteFunc(want, func(s string) bool { return s == "" })
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("%s makes stale\n\t%s\nwant\n\t%s", tt.name, strings.Join(got, ", "), strings.Join(want, ", "))
			}
		}
	}
}

// TestMovedIsBounded writes more than is kept: what is not known any more counts
// as moved.
func TestMovedIsBounded(t *testing.T) {
	t.Parallel()
	s := open(t)
	seed(t, s)
	row := func(n int) models.Change {
		return models.Change{Subject: models.SubjectEntry, SubjectID: fmt.Sprint("e", n), Kind: "page", Lang: "en", Action: models.ActionUpdated, Branch: "/a/", Nav: "none"}
	}
	never := []store.Name{store.NameEntry("never")}
	start := s.Head()
	n := 0
	for s.Head() < start+100_000 {
		// Short transactions, for long ones move everything at once.
		rows := make([]models.Change, 1000)
		for i := range rows {
			n++
			rows[i] = row(n)
		}
		if err := store.Append(s, rows...); err != nil {
			t.Fatal(err)
		}
		if k := store.NamesKept(s); k > store.NamesMost {
			t.Fatalf("%d names kept", k)
		}
	}
	if !s.Moved(start, never) {
		t.Error("what is not known any more counts as it was")
	}
	if head := s.Head(); s.Moved(head, never) || s.Moved(head-2000, never) || !s.Moved(head-2000, []store.Name{store.NameEntry(fmt.Sprint("e", n))}) {
		t.Error("what happened just now is not known")
	}
	// A branch that moved.
	at := s.Head()
	rows := make([]models.Change, 5000)
	for i := range rows {
		rows[i] = row(i)
	}
	if err := store.Append(s, rows...); err != nil {
		t.Fatal(err)
	}
	if !s.Moved(at, never) || s.Moved(s.Head(), never) {
		t.Error("many rows at once do not move everything, or do so for good")
	}
}

// TestMovedByOthers has another process write: what it moves is known with the
// head, and all at once.
func TestMovedByOthers(t *testing.T) {
	t.Parallel()
	s := open(t)
	sd := seed(t, s)
	other, err := store.Open(t.Context(), store.Dir(s), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	entry, at := []store.Name{store.NameEntry(sd.entry.ID)}, s.Head()
	change := models.Change{Subject: models.SubjectEntry, SubjectID: sd.entry.ID, Kind: "section", Lang: "en", Action: models.ActionUpdated}
	if err := store.Append(other, change); err != nil {
		t.Fatal(err)
	}
	if s.Head() != at || s.Moved(at, entry) {
		t.Error("moved before the head has")
	}
	// A change of this process takes those of others in with it.
	if err := store.Append(s, models.Change{Subject: models.SubjectTerm, SubjectID: "t", Action: models.ActionUpdated}); err != nil {
		t.Fatal(err)
	}
	if s.Head() != at+2 || !s.Moved(at, entry) || !s.Moved(at+1, []store.Name{store.NameTerms}) || s.Moved(at+1, entry) {
		t.Errorf("head %d, want %d with both rows known", s.Head(), at+2)
	}
	if err := store.Append(other, change); err != nil {
		t.Fatal(err)
	}
	if err := s.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s.Head() != at+3 || !s.Moved(at+2, entry) || s.Moved(at+3, entry) {
		t.Errorf("head %d, want %d", s.Head(), at+3)
	}
}
