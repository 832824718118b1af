package api

import (
	"net/http"
	"strings"
	"testing"

	"meridian/cms"
	"meridian/cms/cmstest"
	"meridian/cms/live"
	"meridian/models"
)

// outline writes a tree as titles in brackets.
func outline(n TreeNode) string {
	s := n.Title
	if n.URL == nil {
		s += "*"
	}
	if len(n.Children) == 0 {
		return s
	}
	var list []string
	for _, c := range n.Children {
		list = append(list, outline(c))
	}
	return s + "(" + strings.Join(list, " ") + ")"
}

func TestTreeGolden(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	cmstest.Golden(t, "tree.txt", s.readable(t, s.do(t, http.MethodGet, Root+"/tree?lang=fr")))
}

// TestTree: what is public in a language, in its place and in order; nothing
// that is not.
func TestTree(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	add := func(kind models.Kind, section, title string) string {
		in := cms.NewEntry{Kind: kind.Name, Section: section, Lang: "en", Title: title}
		if kind.Name == models.KindSection {
			in.Type = models.TypeArea
		}
		id := s.Create(t, in)
		s.Publish(t, id, "en")
		return id
	}
	section, _ := models.KindOf(models.KindSection)
	page, _ := models.KindOf(models.KindPage)
	deep := add(section, s.About, "Deep")
	deeper := add(section, deep, "Deeper")
	add(page, deeper, "Deepest")
	add(page, s.About, "Last")
	home := cmstest.Site().Name["en"]
	for _, tt := range []struct{ query, want string }{
		{"?lang=en", home + "(About us(Deep(Deeper) Our mission Last) Belgium)"},
		{"", home + "(About us(Deep(Deeper) Our mission Last) Belgium)"},
		{"?lang=en&depth=1", home + "(About us Belgium)"},
		{"?lang=en&depth=20", home + "(About us(Deep(Deeper(Deepest)) Our mission Last) Belgium)"},
		{"?lang=fr", cmstest.Site().Name["fr"] + "(À propos Belgique(Nos formations))"},
		{"?lang=de", home},
	} {
		var got Tree
		s.into(t, Root+"/tree"+tt.query, &got)
		if outline(got.Root) != tt.want || !got.Whole {
			t.Errorf("tree%s = %s\nwant %s", tt.query, outline(got.Root), tt.want)
		}
	}
	tree := func(lang string) string {
		var got Tree
		s.into(t, Root+"/tree?depth=20&lang="+lang, &got)
		return outline(got.Root)
	}
	// A section without landing still holds what is below it.
	s.unpublish(t, deep, "en")
	if got, want := tree("en"), home+"(About us(Deep*(Deeper(Deepest)) Our mission Last) Belgium)"; got != want {
		t.Errorf("with a landing unpublished: %s\nwant %s", got, want)
	}
	// One that nobody may know of any more does not name itself.
	s.Publish(t, deep, "en")
	s.withdraw(t, deep, "en", "legal")
	if got, want := tree("en"), home+"(About us(Deeper(Deepest) Our mission Last) Belgium)"; got != want {
		t.Errorf("with a landing withdrawn: %s\nwant %s", got, want)
	}
	s.trash(t, deeper)
	s.trash(t, s.Belgium)
	if got := tree("en"); strings.Contains(got, "Deeper") || strings.Contains(got, "Belgium") {
		t.Errorf("with sections in the trash: %s", got)
	}
}

// TestTreeIsBounded: too many entries leave out those far from the root.
func TestTreeIsBounded(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	err := s.Live.View(t.Context(), func(v *live.View) error {
		root, whole, err := v.Tree("en", 20, 3)
		if err == nil && (whole || len(root.Children) != 2 || len(root.Children[0].Children) != 0) {
			t.Errorf("three of the tree: %+v, whole %v", root, whole)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
