package cms_test

import (
	"errors"
	"slices"
	"testing"

	"meridian/cms"
	"meridian/cms/cmstest"
	"meridian/cms/live"
	"meridian/models"
	"meridian/models/store"
)

func TestTrashComesBack(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	before, page, draft := entryOf(t, env, env.About), env.Edition(t, env.Page, "en"), entryOf(t, env, env.Draft)
	head := env.Store.Head()
	n, err := env.CMS.Trash(t.Context(), env.Editor, env.About, before.Version)
	if err != nil || n != 3 {
		t.Fatalf("Trash = %d, %v; want 3 entries", n, err)
	}
	for _, tt := range []struct{ lang, path, want string }{
		{"en", "about-us", "gone: "}, {"fr", "a-propos", "gone: "}, {"en", "about-us/our-mission", "gone: "},
		{"en", *env.Edition(t, env.Draft, "en").Path, "nothing"}, // never was public
	} {
		if got := asked(t, env, tt.lang, tt.path); got != tt.want {
			t.Errorf("%s/%s answers %q, want %q", tt.lang, tt.path, got, tt.want)
		}
	}
	if _, err := env.CMS.Editor(t.Context(), env.Editor, env.Page, "en"); !errors.Is(err, models.ErrNotFound) {
		t.Errorf("the editor opens what is in the trash: %v", err)
	}
	rows, more, err := env.CMS.TrashList(t.Context(), env.Editor, 1)
	if err != nil || more || len(rows) != 1 || rows[0].Below != 2 || !rows[0].Once || rows[0].Days != 30 || rows[0].By != env.Editor.Name {
		t.Fatalf("TrashList = %+v, %v", rows, err)
	}
	if rows, _, err := env.CMS.TrashList(t.Context(), env.BEEditor, 1); err != nil || len(rows) != 0 {
		t.Errorf("a foreign editor sees %d rows, %v", len(rows), err)
	}
	out, err := env.CMS.Restore(t.Context(), env.Editor, env.About, rows[0].Version)
	if err != nil || out.Entries != 3 || out.Drafts != 0 {
		t.Fatalf("Restore = %+v, %v", out, err)
	}
	after := entryOf(t, env, env.About)
	if after.Position != before.Position || after.Branch != before.Branch || after.TrashedAt != nil {
		t.Errorf("it came back as %+v", after)
	}
	if got := env.Edition(t, env.Page, "en"); *got.LiveRevision != *page.LiveRevision || *got.Path != *page.Path {
		t.Errorf("the page came back at %s", *got.Path)
	}
	if got := entryOf(t, env, env.Draft); got.Position != draft.Position {
		t.Error("the order changed")
	}
	if got := asked(t, env, "en", "about-us/our-mission"); got != "item Our mission" {
		t.Errorf("it answers %q", got)
	}
	// Three public editions and two entries' facts went and came, and addresses twice.
	if rows := env.Store.Head() - head; rows != 2*(3+2)+2 {
		t.Errorf("the journal got %d rows", rows)
	}
}

func TestTrashWithinTrash(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	trash := func(id string) {
		t.Helper()
		if _, err := env.CMS.Trash(t.Context(), env.Admin, id, entryOf(t, env, id).Version); err != nil {
			t.Fatal(err)
		}
	}
	restore := func(id string) error {
		_, err := env.CMS.Restore(t.Context(), env.Admin, id, entryOf(t, env, id).Version)
		return err
	}
	trash(env.Page)
	trash(env.About)
	var conflict *models.ConflictError
	if err := restore(env.Page); !errors.As(err, &conflict) || conflict.Code != "section_in_trash" {
		t.Errorf("a page came back before its section: %v", err)
	}
	if err := restore(env.About); err != nil {
		t.Fatal(err)
	}
	if got := asked(t, env, "en", "about-us/our-mission"); got != "gone: " {
		t.Errorf("what was thrown away before answers %q", got)
	}
	if err := restore(env.Page); err != nil {
		t.Fatal(err)
	}
	if got := asked(t, env, "en", "about-us/our-mission"); got != "item Our mission" {
		t.Errorf("it answers %q", got)
	}
}

func TestTrashRefuses(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	for _, tt := range []struct {
		name    string
		by      models.User
		entry   string
		version int
		want    error
	}{
		{"the root", env.Admin, env.Root, 0, models.ErrConflict},
		{"stale", env.Admin, env.Page, 99, models.ErrStale},
		{"public, by an author", env.Author, env.Page, 0, models.ErrForbidden},
		{"foreign", env.Editor, env.BEPage, 0, models.ErrNotFound},
		{"an organisation, by its editor", env.BEEditor, env.Belgium, 0, models.ErrForbidden},
	} {
		if tt.version == 0 {
			tt.version = entryOf(t, env, tt.entry).Version
		}
		if _, err := env.CMS.Trash(t.Context(), tt.by, tt.entry, tt.version); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
	if _, err := env.CMS.Restore(t.Context(), env.Admin, env.Page, 1); !errors.Is(err, models.ErrNotFound) {
		t.Errorf("restoring what is not in the trash = %v", err)
	}
}

// TestPurge: after 30 days, and not a moment before, the words are gone, and

// what readers knew goes on answering "gone".

// TestRestoreAsDraft: what the checks would refuse today does not become

// public by coming back.

func TestPlanTrash(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	env.Tx(t, func(tx *store.Tx) error {
		for _, id := range []string{env.News, env.BEPage} {
			lang := "en"
			if id == env.BEPage {
				lang = "fr"
			}
			if err := tx.PutRefs(env.Edition(t, id, lang).ID, false, []store.Ref{{BlockID: "abcdefgh", TargetKind: "page", TargetID: env.Page, Purpose: "link"}}); err != nil {
				return err
			}
		}
		return nil
	})
	plan, err := env.CMS.PlanTrash(t.Context(), env.Editor, env.About)
	if err != nil {
		t.Fatal(err)
	}
	if plan.Below != 2 || !slices.Equal(plan.Langs, []string{"en", "fr"}) || plan.Public != 3 || plan.Hidden != 1 || !slices.EqualFunc(plan.Uses, []string{env.News}, func(u cms.Use, id string) bool { return u.Entry == id }) {
		t.Errorf("PlanTrash = %+v", plan)
	}
}

// TestPlanTrashCountsWhatIsThere: what was thrown away before is no part of

// what would go.

func TestPlanTrashCountsWhatIsThere(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	env.Translate(t, env.Page, "nl", "Onze missie")
	throwAway(t, env, env.Page)
	plan, err := env.CMS.PlanTrash(t.Context(), env.Editor, env.About)
	if err != nil || plan.Below != 1 || !slices.Equal(plan.Langs, []string{"en", "fr"}) || plan.Public != 2 {
		t.Errorf("PlanTrash = %+v, %v", plan, err)
	}
	if _, err := env.CMS.PlanTrash(t.Context(), env.Admin, env.Root); !errors.Is(err, models.ErrConflict) {
		t.Errorf("planned to throw the root away: %v", err)
	}
}

func throwAway(t testing.TB, env *cmstest.Env, id string) {
	t.Helper()
	if _, err := env.CMS.Trash(t.Context(), env.Admin, id, entryOf(t, env, id).Version); err != nil {
		t.Fatal(err)
	}
}

func bringBack(t testing.TB, env *cmstest.Env, id string) {
	t.Helper()
	if _, err := env.CMS.Restore(t.Context(), env.Admin, id, entryOf(t, env, id).Version); err != nil {
		t.Fatal(err)
	}
}

// goneByID returns "gone" or "nothing" for what readers get by an id.

// TestTrashInLists: lists, counts and the order are what they were once

// something is back.

func TestTrashInLists(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	older := env.Create(t, cms.NewEntry{Kind: models.KindNews, Section: env.Root, Lang: "en", Title: "An older one", Facts: models.Values{"date": "2025-01-01"}})
	env.Write(t, older, "en", "It came first.")
	env.Publish(t, older, "en")
	type seen struct {
		news, children []string
		count, members int
	}
	look := func() (s seen) {
		err := env.Live.View(t.Context(), func(v *live.View) error {
			home, err := v.Home("en")
			if err != nil {
				return err
			}
			news, err := v.LatestNews(home, 10)
			if err != nil {
				return err
			}
			for _, it := range news {
				s.news = append(s.news, it.Title)
			}
			children, err := v.Children(home)
			if err != nil {
				return err
			}
			for _, it := range children {
				s.children = append(s.children, it.Title)
			}
			if s.count, err = v.Count(live.Query{Kind: models.KindNews, Lang: "en", Section: env.Root, Sort: "date"}); err != nil {
				return err
			}
			members, err := v.Organisations("en", "", "")
			s.members = len(members)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	same := func(a, b seen) bool {
		return slices.Equal(a.news, b.news) && slices.Equal(a.children, b.children) && a.count == b.count && a.members == b.members
	}
	before := look()
	if want := (seen{[]string{"A treaty enters into force", "An older one"}, []string{"About us", "Belgium"}, 2, 1}); !same(before, want) {
		t.Fatalf("readers see %+v, want %+v", before, want)
	}
	for _, id := range []string{env.News, env.About, env.Belgium} {
		throwAway(t, env, id)
	}
	if got, want := look(), (seen{[]string{"An older one"}, nil, 1, 0}); !same(got, want) {
		t.Errorf("beside the trash readers see %+v, want %+v", got, want)
	}
	for _, id := range []string{env.Belgium, env.News, env.About} {
		bringBack(t, env, id)
	}
	if got := look(); !same(got, before) {
		t.Errorf("afterwards readers see %+v, want %+v", got, before)
	}
}

// TestTrashFollowsItsSection: what is in the trash moves with the section it

// stands in, and comes back where that is now.

func TestTrashFollowsItsSection(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	throwAway(t, env, env.Page)
	if _, err := env.CMS.Move(t.Context(), env.Admin, cms.Move{Entry: env.About, Version: entryOf(t, env, env.About).Version, Section: env.Belgium}); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"about-us/our-mission", "belgium/about-us/our-mission"} {
		if got := asked(t, env, "en", path); got != "gone: " {
			t.Errorf("%s answers %q meanwhile", path, got)
		}
	}
	if _, err := env.CMS.Restore(t.Context(), env.Editor, env.Page, entryOf(t, env, env.Page).Version); !errors.Is(err, models.ErrNotFound) {
		t.Errorf("somebody who has no right there brought it back: %v", err)
	}
	bringBack(t, env, env.Page)
	if got := asked(t, env, "en", "about-us/our-mission"); got != "to /en/belgium/about-us/our-mission" {
		t.Errorf("the old address answers %q", got)
	}
	if got := asked(t, env, "en", "belgium/about-us/our-mission"); got != "item Our mission" {
		t.Errorf("the new address answers %q", got)
	}
}

// TestTrashRights: bringing back and deleting ask for what throwing away did.

func TestTrashRights(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	for _, id := range []string{env.Page, env.Draft, env.BEPage} {
		throwAway(t, env, id)
	}
	acts := map[string]func(models.User, string, int) error{
		"Restore": func(by models.User, id string, version int) error {
			_, err := env.CMS.Restore(t.Context(), by, id, version)
			return err
		},
		"Purge": func(by models.User, id string, version int) error { return env.CMS.Purge(t.Context(), by, id, version) },
	}
	for _, tt := range []struct {
		name    string
		by      models.User
		entry   string
		version int
		want    error
	}{
		{"public, by an author", env.Author, env.Page, 0, models.ErrForbidden},
		{"public, by an author of the organisation", env.BEAuthor, env.BEPage, 0, models.ErrForbidden},
		{"foreign", env.Editor, env.BEPage, 0, models.ErrNotFound},
		{"foreign draft", env.BEEditor, env.Draft, 0, models.ErrNotFound},
		{"by nobody", env.Nobody, env.Page, 0, models.ErrNotFound},
		{"stale", env.Admin, env.Page, 99, models.ErrStale},
		{"not in the trash", env.Admin, env.News, 0, models.ErrNotFound},
		{"no id", env.Admin, "x", 1, models.ErrNotFound},
	} {
		version := tt.version
		if version == 0 {
			version = entryOf(t, env, tt.entry).Version
		}
		head := env.Store.Head()
		for act, do := range acts {
			if err := do(tt.by, tt.entry, version); !errors.Is(err, tt.want) {
				t.Errorf("%s %s = %v, want %v", act, tt.name, err, tt.want)
			}
		}
		if env.Store.Head() != head {
			t.Errorf("%s: the journal moved", tt.name)
		}
	}
	for _, tt := range []struct {
		by    models.User
		entry string
	}{{env.Author, env.Draft}, {env.Editor, env.Page}, {env.BEEditor, env.BEPage}} {
		if _, err := env.CMS.Restore(t.Context(), tt.by, tt.entry, entryOf(t, env, tt.entry).Version); err != nil {
			t.Errorf("%s brings back: %v", tt.by.Name, err)
		}
	}
}

// TestAddressInTrash: an address that something in the trash keeps is refused

// in words of its own, until that is deleted for good.

// TestPurgeTakesEverything: nothing of what was deleted stays in the database

// but the tombstones.

// TestPurgeOldGoesByTheDay: each goes on its own day, and what went by itself

// does not wait for its section.
