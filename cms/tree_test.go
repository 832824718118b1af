package cms_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"meridian/cms"
	"meridian/cms/cmstest"
	"meridian/models"
)

func titlesOf(rows []cms.TreeRow) []string {
	var out []string
	for _, r := range rows {
		out = append(out, r.Title)
	}
	return out
}

func tree(t *testing.T, env *cmstest.Env, by models.User, q cms.TreeQuery) cms.Tree {
	t.Helper()
	out, err := env.CMS.Tree(t.Context(), by, q)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestTreeShowsWhatIsOpen(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	closed := tree(t, env, env.Admin, cms.TreeQuery{})
	if got := titlesOf(closed.Rows); !slices.Equal(got, []string{"About us", "Belgium"}) || closed.News != 1 {
		t.Errorf("the top holds %v and %d news", got, closed.News)
	}
	if about := closed.Rows[0]; about.Open || !about.Filled || about.Children != nil {
		t.Errorf("a closed section: %+v", about)
	}
	open := tree(t, env, env.Admin, cms.TreeQuery{Open: []string{env.About, env.Page, env.NewID()}})
	about := open.Rows[0]
	if got := titlesOf(about.Children); !about.Open || !slices.Equal(got, []string{"Our mission", "Not public yet"}) {
		t.Errorf("an open section holds %v", got)
	}
	// One trashed with all below leaves an empty one behind.
	for _, id := range []string{env.Page, env.Draft} {
		if _, err := env.CMS.Trash(t.Context(), env.Admin, id, 1); err != nil {
			t.Fatal(err)
		}
	}
	if about := tree(t, env, env.Admin, cms.TreeQuery{Open: []string{env.About}}).Rows[0]; about.Filled || len(about.Children) != 0 {
		t.Errorf("with all in the trash: %+v", about)
	}
	for _, id := range []string{env.Page, env.NewID(), "x"} {
		if _, err := env.CMS.Tree(t.Context(), env.Admin, cms.TreeQuery{Section: id}); !errors.Is(err, models.ErrNotFound) {
			t.Errorf("the tree of %s: %v", id, err)
		}
	}
}

// What is out of reach is not there, and its neighbours close up.
func TestTreeEndsAtOrganisations(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	if got := titlesOf(tree(t, env, env.Editor, cms.TreeQuery{Open: []string{env.Belgium}}).Rows); !slices.Equal(got, []string{"About us"}) {
		t.Errorf("an editor of the root sees %v", got)
	}
	own := tree(t, env, env.BEEditor, cms.TreeQuery{})
	if own.Section.ID != env.Belgium || !slices.Equal(titlesOf(own.Rows), []string{"Nos formations"}) || len(own.Trail) != 0 {
		t.Errorf("an editor of an organisation begins at %s with %v below %v", own.Title, titlesOf(own.Rows), own.Trail)
	}
	if got := titlesOf(tree(t, env, env.BEEditor, cms.TreeQuery{Text: "o"}).Rows); !slices.Equal(got, []string{"Nos formations"}) {
		t.Errorf("an editor of an organisation finds %v", got)
	}
	if _, err := env.CMS.Tree(t.Context(), env.BEEditor, cms.TreeQuery{Section: env.About}); !errors.Is(err, models.ErrNotFound) {
		t.Errorf("a foreign section: %v", err)
	}
	row := tree(t, env, env.Author, cms.TreeQuery{Open: []string{env.About}}).Rows[0].Children
	if row[0].CanMove || !row[1].CanMove || row[0].CanPublish {
		t.Error("an author may move what is public, or not what is not")
	}
}

func TestTreeFilters(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	v := env.Edition(t, env.Page, "en").Version
	if _, err := env.CMS.Save(t.Context(), env.Admin, cms.SaveDraft{Entry: env.Page, Lang: "en", Version: v, Title: "Our 100% mission"}); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		q    cms.TreeQuery
		want []string
	}{
		{cms.TreeQuery{Text: "OUR"}, []string{"Our 100% mission"}},
		{cms.TreeQuery{Text: "propos"}, []string{"About us"}}, // in French
		{cms.TreeQuery{Text: "100%"}, []string{"Our 100% mission"}},
		{cms.TreeQuery{Text: "1%0"}, nil},
		{cms.TreeQuery{Text: "treaty"}, nil}, // news have a list of their own
		{cms.TreeQuery{Lang: "en", State: models.StateChanged}, []string{"Our 100% mission"}},
		{cms.TreeQuery{Lang: "en", State: models.StateDraft}, []string{"Not public yet"}},
		{cms.TreeQuery{Lang: "en", State: models.StateLive}, []string{"About us", "Belgium"}},
		{cms.TreeQuery{Lang: "fr", State: models.StateLive, Text: "bel"}, []string{"Belgium"}},
		{cms.TreeQuery{Lang: "fr", State: models.StateMissing, Section: env.About}, []string{"Our 100% mission", "Not public yet"}},
		{cms.TreeQuery{Lang: "fr", State: "nonsense"}, nil},
	} {
		got := titlesOf(tree(t, env, env.Admin, tt.q).Rows)
		if !slices.Equal(got, tt.want) {
			t.Errorf("%+v finds %v, want %v", tt.q, got, tt.want)
		}
	}
}

// A step up and a step down, one after the other, change nothing; at the ends
// and across pages of the list the places are those of the whole order.
func TestTreeStepsAcrossPages(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	section := env.Create(t, cms.NewEntry{Kind: models.KindSection, Type: models.TypeArea, Section: env.Root, Lang: "en", Title: "Long"})
	for i := range cms.TreePerLevel + 3 {
		env.Create(t, cms.NewEntry{Kind: models.KindPage, Section: section, Lang: "en", Title: fmt.Sprintf("P%03d", i)})
	}
	first, second := tree(t, env, env.Admin, cms.TreeQuery{Section: section}), tree(t, env, env.Admin, cms.TreeQuery{Section: section, Page: 2})
	if len(first.Rows) != cms.TreePerLevel || !first.More || len(second.Rows) != 3 || second.More {
		t.Fatalf("%d rows, then %d", len(first.Rows), len(second.Rows))
	}
	last := first.Rows[len(first.Rows)-1]
	if first.First != cms.PlaceFirst || second.First != last.ID || first.Rows[0].Up != "" || second.Rows[2].Down != "" {
		t.Errorf("the ends: %q, %q, %q, %q", first.First, second.First, first.Rows[0].Up, second.Rows[2].Down)
	}
	order := func() []string {
		return append(titlesOf(tree(t, env, env.Admin, cms.TreeQuery{Section: section}).Rows), titlesOf(tree(t, env, env.Admin, cms.TreeQuery{Section: section, Page: 2}).Rows)...)
	}
	was := order()
	for _, i := range []int{1, 2, cms.TreePerLevel - 1, cms.TreePerLevel, cms.TreePerLevel + 1} {
		for _, up := range []bool{true, false} {
			rows := append(tree(t, env, env.Admin, cms.TreeQuery{Section: section}).Rows, tree(t, env, env.Admin, cms.TreeQuery{Section: section, Page: 2}).Rows...)
			row, place, want := rows[i], rows[i].Up, slices.Clone(was)
			if !up { // it went up just now
				row, place = rows[i-1], rows[i-1].Down
			} else {
				want[i-1], want[i] = want[i], want[i-1]
			}
			if _, err := env.CMS.Move(t.Context(), env.Admin, cms.Move{Entry: row.ID, Version: row.Version, Place: place}); err != nil {
				t.Fatal(err)
			}
			if got := order(); !slices.Equal(got, want) {
				t.Fatalf("row %d, up %v: order %v", i, up, got)
			}
		}
	}
}

func TestPlacement(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	below := env.Create(t, cms.NewEntry{Kind: models.KindSection, Type: models.TypeArea, Section: env.About, Lang: "en", Title: "Below"})
	p, err := env.CMS.Placement(t.Context(), env.Admin, env.About, env.Belgium)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range p.Sections {
		if s.ID == env.About || s.ID == below {
			t.Errorf("a section may go into itself: %+v", s)
		}
	}
	if p.Section.ID != env.Root || p.Place != cms.PlaceFirst || p.Entries != 4 || p.Addresses != 5 || !slices.Equal(p.Langs, []string{"en", "fr"}) ||
		len(p.Siblings) != 1 || p.Siblings[0].Title != "Nos formations" {
		t.Errorf("placement = %+v", p)
	}
	if p, err = env.CMS.Placement(t.Context(), env.Admin, env.Draft, ""); err != nil || p.Place != env.Page {
		t.Errorf("the second page stands behind %q, %v", p.Place, err)
	}
	for _, tt := range []struct {
		by   models.User
		id   string
		want error
	}{
		{env.Author, env.Page, models.ErrForbidden}, {env.Author, env.Draft, nil}, {env.BEEditor, env.Page, models.ErrNotFound},
		{env.Editor, env.Root, models.ErrConflict}, {env.BEEditor, env.Belgium, models.ErrForbidden},
	} {
		if _, err := env.CMS.Placement(t.Context(), tt.by, tt.id, ""); !errors.Is(err, tt.want) {
			t.Errorf("%s asks for the places of %s: %v, want %v", tt.by.Name, tt.id, err, tt.want)
		}
	}
	// A foreign section to go to tells nothing of what is in it.
	if p, err := env.CMS.Placement(t.Context(), env.BEEditor, env.BEPage, env.About); err != nil || p.To != "" || p.Siblings != nil {
		t.Errorf("placement in a foreign section: %+v, %v", p, err)
	}
	if got := cms.FindSections(p.Sections, " ABOUT "); len(got) != 1 || got[0].ID != env.About {
		t.Errorf("found %+v", got)
	}
}
