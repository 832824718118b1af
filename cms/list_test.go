package cms_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"meridian/cms"
	"meridian/cms/cmstest"
	"meridian/cms/media"
	"meridian/models"
	"meridian/models/store"
)

// TestTitlesOfForeignSectionsStayForeign plants a word in working titles that
// an editor of one organisation may not see and looks for it in every list and
// screen.
func TestTitlesOfForeignSectionsStayForeign(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	ctx, by := t.Context(), env.BEEditor
	const planted = "Zebra"
	// A public name that was changed since, and an organisation nobody knows of.
	v := env.Edition(t, env.Root, "en").Version
	if _, err := env.CMS.Save(ctx, env.Admin, cms.SaveDraft{Entry: env.Root, Lang: "en", Version: v, Title: planted + " home"}); err != nil {
		t.Fatal(err)
	}
	togo := env.Create(t, cms.NewEntry{Kind: models.KindSection, Type: models.TypeOrganisation, Section: env.Root, Lang: "en", Title: "Togo"})
	env.Publish(t, togo, "en")
	v = env.Edition(t, togo, "en").Version
	if _, err := env.CMS.Save(ctx, env.Admin, cms.SaveDraft{Entry: togo, Lang: "en", Version: v, Title: planted + " Togo"}); err != nil {
		t.Fatal(err)
	}
	env.Create(t, cms.NewEntry{Kind: models.KindSection, Type: models.TypeOrganisation, Section: env.Root, Lang: "en", Title: planted + " Chad"})

	look := func(what string, v any, err error) {
		t.Helper()
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
		if s := cmp.Diff(nil, v); strings.Contains(s, planted) {
			t.Errorf("%s holds a foreign working title:\n%s", what, s)
		}
	}
	ed, err := env.CMS.Editor(ctx, by, env.BEPage, "fr")
	look("Editor", []any{ed.Trail, ed.Sections, ed.Languages}, err)
	if len(ed.Trail) != 2 || ed.Trail[0].Title != "" || ed.Trail[1].Title != "Belgique" {
		t.Errorf("trail = %+v", ed.Trail)
	}
	var names []string
	for _, s := range ed.Sections {
		names = append(names, s.Title)
	}
	if diff := cmp.Diff([]string{"Belgique", "Togo"}, names); diff != "" {
		t.Errorf("organisations to choose from (-want +got):\n%s", diff)
	}
	tree, err := env.CMS.Tree(ctx, by, cms.TreeQuery{})
	look("Tree", tree, err)
	flat, err := env.CMS.Tree(ctx, by, cms.TreeQuery{Text: "e"})
	look("Tree, flat", flat, err)
	news, err := env.CMS.News(ctx, by, cms.NewsFilter{})
	look("News", news, err)
	desk, err := env.CMS.Desk(ctx, by)
	look("Desk", desk, err)
}

// TestTitlesInOtherLanguagesStayForeign: a grant on one language shows no
// working title in another.
func TestTitlesInOtherLanguagesStayForeign(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	by := env.BEEditor
	by.Grants = append([]models.Grant(nil), by.Grants...)
	by.Grants[0].Langs = []string{"fr"}
	v := env.Edition(t, env.Belgium, "en").Version
	if _, err := env.CMS.Save(t.Context(), env.Admin, cms.SaveDraft{Entry: env.Belgium, Lang: "en", Version: v, Title: "Zebra"}); err != nil {
		t.Fatal(err)
	}
	ed, err := env.CMS.Editor(t.Context(), by, env.Belgium, "fr")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range ed.Languages {
		if s.Title == "Zebra" {
			t.Error("the working title of a language without a grant is shown")
		}
		if s.Lang == "en" && s.State != models.StateChanged {
			t.Errorf("state = %s", s.State)
		}
	}
}

func TestNewsInAStateThatDoesNotExist(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	for state, want := range map[string]int{"": 1, "live": 1, "draft": 0, "rumour": 0} {
		list, err := env.CMS.News(t.Context(), env.Admin, cms.NewsFilter{State: state})
		if err != nil || len(list.Rows) != want {
			t.Errorf("state %q: %d rows, %v; want %d", state, len(list.Rows), err, want)
		}
	}
}

// TestCheckContentFindsBrokenPromises breaks them one by one.
func TestCheckContentFindsBrokenPromises(t *testing.T) {
	t.Parallel()
	for _, statement := range []string{
		"PRAGMA foreign_keys = 0; DELETE FROM drafts WHERE edition_id = (SELECT id FROM editions WHERE lang = 'fr' LIMIT 1)",
		"DELETE FROM section_news",
		"UPDATE section_news SET date = '1999-01-01'",
		"UPDATE editions SET live_revision = NULL WHERE lang = 'und'",
		"INSERT INTO addresses SELECT lang, path, NULL, '/x', 'manual', created_at FROM editions WHERE path = 'about-us'",
		"DROP TRIGGER changes_stay; DELETE FROM changes WHERE lang = 'fr'",
		"UPDATE entries SET domain_id = section_id WHERE type = 'organisation'",
		"UPDATE entries SET branch = '/' WHERE kind = 'news'",
		"UPDATE assets SET branch = '/'",
		"UPDATE assets SET version_id = 'other'",
		"UPDATE assets SET people = 'children'",
		"UPDATE assets SET people = ''",
		"UPDATE assets SET first_public_at = NULL",
	} {
		t.Run(statement, func(t *testing.T) {
			t.Parallel()
			env := cmstest.New(t)
			env.Publish(t, shows(t, env, env.Upload(t, media.Upload{People: models.PeopleNone}).ID), "en")
			check := func() (found []string) {
				env.View(t, func(r *store.Read) (err error) {
					found, err = r.CheckContent()
					return err
				})
				return found
			}
			if found := check(); len(found) > 0 {
				t.Fatalf("before: %v", found)
			}
			env.Exec(t, statement)
			if len(check()) == 0 {
				t.Error("nothing was found")
			}
		})
	}
}
