package cms_test

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"meridian/cms"
	"meridian/cms/cmstest"
	"meridian/cms/live"
	"meridian/models"
	"meridian/models/store"
)

func TestTrashLeavesNoTraceOfDrafts(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	head := env.Store.Head()
	v := entryOf(t, env, env.Draft).Version
	if _, err := env.CMS.Trash(t.Context(), env.Author, env.Draft, v); err != nil {
		t.Fatal(err)
	}
	if _, err := env.CMS.Restore(t.Context(), env.Author, env.Draft, v+1); err != nil {
		t.Fatal(err)
	}
	if _, err := env.CMS.Trash(t.Context(), env.Author, env.Draft, v+2); err != nil {
		t.Fatal(err)
	}
	if err := env.CMS.Purge(t.Context(), env.Author, env.Draft, v+3); err != nil {
		t.Fatal(err)
	}
	if env.Store.Head() != head {
		t.Error("the journal tells of something that never was public")
	}
	env.View(t, func(r *store.Read) error {
		if _, err := r.Entry(env.Draft); !errors.Is(err, models.ErrNotFound) {
			t.Errorf("it is still there: %v", err)
		}
		return nil
	})
}

func TestPurge(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	rename := env.Edition(t, env.About, "en")
	if err := env.CMS.SetAddress(t.Context(), env.Admin, cms.SetAddress{Entry: env.About, Lang: "en", Version: rename.Version, Slug: "who-we-are"}); err != nil {
		t.Fatal(err)
	}
	if _, err := env.CMS.Trash(t.Context(), env.Admin, env.About, entryOf(t, env, env.About).Version); err != nil {
		t.Fatal(err)
	}
	env.Clock.Advance(cms.TrashFor)
	if n, err := env.CMS.PurgeOld(t.Context()); n != 0 || err != nil {
		t.Errorf("at thirty days: %d, %v", n, err)
	}
	env.Clock.Advance(time.Second)
	if n, err := env.CMS.PurgeOld(t.Context()); n != 1 || err != nil {
		t.Fatalf("after thirty days: %d, %v", n, err)
	}
	for _, path := range []string{"about-us", "who-we-are", "about-us/our-mission", "who-we-are/our-mission"} {
		if got := asked(t, env, "en", path); got != "gone: " {
			t.Errorf("%s answers %q", path, got)
		}
	}
	err := env.Store.Live(context.Background(), func(l *store.Live) error {
		if reason, err := l.GoneEntry(env.Page, ""); err != nil || reason != "" {
			t.Errorf("by its id it is %q, %v", reason, err)
		}
		if kind, err := l.GoneKind(env.Page); err != nil || kind != models.KindPage {
			t.Errorf("it was a %q, %v", kind, err)
		}
		_, err := l.GoneEntry(env.Draft, "")
		if !errors.Is(err, store.ErrNotFound) {
			t.Errorf("what never was public left a trace: %v", err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	// The address is free again.
	again := env.Create(t, cms.NewEntry{Kind: models.KindSection, Type: models.TypeArea, Section: env.Root, Lang: "en", Title: "About us"})
	env.Write(t, again, "en", "A new one.")
	env.Publish(t, again, "en")
	if got := asked(t, env, "en", "about-us"); got != "item About us" {
		t.Errorf("a new section answers %q", got)
	}
	found, err := env.Store.Check(t.Context())
	if err != nil || len(found) > 0 {
		t.Errorf("Check: %v, %v", found, err)
	}
	env.View(t, func(r *store.Read) error {
		bad, err := r.CheckContent()
		if len(bad) > 0 {
			t.Errorf("CheckContent: %v", bad)
		}
		return err
	})
}

func TestRestoreAsDraft(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	env.Exec(t, "DROP TRIGGER revisions_sealed")
	env.Exec(t, "UPDATE revisions SET title = '' WHERE id = (SELECT live_revision FROM editions WHERE entry_id = '"+env.Page+"' AND lang = 'en')")
	v := entryOf(t, env, env.Page).Version
	if _, err := env.CMS.Trash(t.Context(), env.Admin, env.Page, v); err != nil {
		t.Fatal(err)
	}
	out, err := env.CMS.Restore(t.Context(), env.Admin, env.Page, v+1)
	if err != nil || out.Drafts != 1 {
		t.Fatalf("Restore = %+v, %v", out, err)
	}
	if got := asked(t, env, "en", "about-us/our-mission"); got != "nothing" {
		t.Errorf("it answers %q", got)
	}
}

func goneByID(t testing.TB, env *cmstest.Env, id, kind string) (out string) {
	t.Helper()
	err := env.Live.View(t.Context(), func(v *live.View) error {
		err := v.Gone(id, kind, "")
		if _, gone := live.IsGone(err); gone {
			out = "gone"
			return nil
		}
		if errors.Is(err, live.ErrNotFound) {
			out = "nothing"
			return nil
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestTrashByIDAndInTheAuditTrail(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	throwAway(t, env, env.About)
	for _, tt := range []struct{ id, kind, want string }{
		{env.About, models.KindSection, "gone"},
		{env.Page, models.KindPage, "gone"},
		{env.Draft, models.KindPage, "nothing"},
		{env.Page, models.KindNews, "nothing"}, // asked for as something it never was
	} {
		if got := goneByID(t, env, tt.id, tt.kind); got != tt.want {
			t.Errorf("%s %s answers %q, want %q", tt.kind, tt.id, got, tt.want)
		}
	}
	bringBack(t, env, env.About)
	throwAway(t, env, env.About)
	if err := env.CMS.Purge(t.Context(), env.Editor, env.About, entryOf(t, env, env.About).Version); err != nil {
		t.Fatal(err)
	}
	env.View(t, func(r *store.Read) error {
		acts, err := r.Acts(env.About, 4)
		var got []string
		for _, a := range acts {
			got = append(got, a.Actor+" "+a.Action)
			if a.Detail != "" {
				t.Errorf("%s tells %q", a.Action, a.Detail)
			}
		}
		if want := []string{env.Editor.ID + " purge", env.Admin.ID + " trash", env.Admin.ID + " restore", env.Admin.ID + " trash"}; !slices.Equal(got, want) {
			t.Errorf("the trail has %v, want %v", got, want)
		}
		return err
	})
}

func TestAddressInTrash(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	twin := env.Create(t, cms.NewEntry{Kind: models.KindPage, Section: env.Root, Lang: "en", Title: "Our mission"})
	throwAway(t, env, env.Page)
	acts := map[string]func() error{
		"Create": func() error {
			_, _, err := env.CMS.Create(t.Context(), env.Editor, cms.NewEntry{Kind: models.KindPage, Section: env.About, Lang: "en", Title: "Another", Slug: "our-mission"})
			return err
		},
		"SetAddress": func() error {
			return env.CMS.SetAddress(t.Context(), env.Editor, cms.SetAddress{Entry: env.Draft, Lang: "en", Version: env.Edition(t, env.Draft, "en").Version, Slug: "our-mission"})
		},
		"Move": func() error {
			_, err := env.CMS.Move(t.Context(), env.Editor, cms.Move{Entry: twin, Version: entryOf(t, env, twin).Version, Section: env.About})
			return err
		},
	}
	for name, do := range acts {
		var invalid *models.InvalidError
		if err := do(); !errors.As(err, &invalid) {
			t.Errorf("%s = %v, want it to be refused", name, err)
			continue
		}
		for field, p := range invalid.Fields {
			if p.Code != "address_in_trash" || p.Args["address"] != "our-mission" {
				t.Errorf("%s: %s has %+v", name, field, p)
			}
		}
	}
	// A title needs no address of its own: it gets the next one.
	if id := env.Create(t, cms.NewEntry{Kind: models.KindPage, Section: env.About, Lang: "en", Title: "Our mission"}); env.Edition(t, id, "en").Slug != "our-mission-2" {
		t.Errorf("a new page is at %s", *env.Edition(t, id, "en").Path)
	}
	if err := env.CMS.Purge(t.Context(), env.Editor, env.Page, entryOf(t, env, env.Page).Version); err != nil {
		t.Fatal(err)
	}
	if err := acts["SetAddress"](); err != nil {
		t.Errorf("the address is not free afterwards: %v", err)
	}
	env.Write(t, env.Draft, "en", "It has the address now.")
	env.Publish(t, env.Draft, "en")
	if got := asked(t, env, "en", "about-us/our-mission"); got != "item Not public yet" {
		t.Errorf("the address answers %q", got)
	}
	if got := goneByID(t, env, env.Page, models.KindPage); got != "gone" {
		t.Errorf("the deleted page answers %q by its id", got)
	}
}

func TestPurgeTakesEverything(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	env.Tx(t, func(tx *store.Tx) error {
		return tx.PutRefs(env.Edition(t, env.BEPage, "fr").ID, false, []store.Ref{{BlockID: "abcdefgh", TargetKind: "page", TargetID: env.Page, Purpose: "link"}})
	})
	throwAway(t, env, env.BEPage) // by itself, before its section
	throwAway(t, env, env.Belgium)
	if err := env.CMS.Purge(t.Context(), env.Admin, env.Belgium, entryOf(t, env, env.Belgium).Version); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", filepath.Join(env.Dir, store.File))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, what := range []string{
		"entries WHERE branch LIKE '%' || ? || '%'",
		"editions WHERE entry_id NOT IN (SELECT id FROM entries) OR entry_id = ?",
		"drafts WHERE edition_id NOT IN (SELECT id FROM editions) OR author = ?",
		"revisions WHERE edition_id NOT IN (SELECT id FROM editions) OR id = ?",
		"refs WHERE edition_id NOT IN (SELECT id FROM editions) OR target_id = ?",
		"profiles WHERE entry_id = ?", "entry_terms WHERE entry_id = ?", "entry_dates WHERE entry_id = ?",
		"section_news WHERE section_id = ?", "grants WHERE section_id = ?",
	} {
		var n int
		if err := db.QueryRowContext(t.Context(), "SELECT count(*) FROM "+what, env.Belgium).Scan(&n); err != nil || n != 0 {
			t.Errorf("%d rows are left of %s: %v", n, what, err)
		}
	}
	for _, tt := range []struct{ lang, path string }{{"en", "belgium"}, {"fr", "belgique"}, {"fr", "belgique/nos-formations"}} {
		if got := asked(t, env, tt.lang, tt.path); got != "gone: " {
			t.Errorf("%s/%s answers %q", tt.lang, tt.path, got)
		}
	}
	rows, _, err := env.CMS.TrashList(t.Context(), env.Admin, 1)
	if err != nil || len(rows) != 0 {
		t.Errorf("the trash still has %+v, %v", rows, err)
	}
}

func TestPurgeOldGoesByTheDay(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	const day = 24 * time.Hour
	throwAway(t, env, env.Page)
	env.Clock.Advance(10 * day)
	throwAway(t, env, env.About)
	rows, _, err := env.CMS.TrashList(t.Context(), env.Admin, 1)
	if err != nil || len(rows) != 2 || rows[0].ID != env.About || rows[0].Days != 30 || rows[1].Days != 20 || !rows[1].SectionGone || rows[1].First != "About us" {
		t.Fatalf("TrashList = %+v, %v", rows, err)
	}
	for _, tt := range []struct {
		wait time.Duration
		want int
	}{{20 * day, 0}, {time.Second, 1}, {10*day - time.Second, 0}, {time.Second, 1}, {100 * day, 0}} {
		env.Clock.Advance(tt.wait)
		if n, err := env.CMS.PurgeOld(t.Context()); n != tt.want || err != nil {
			t.Errorf("on %v: %d, %v; want %d", env.Clock.Now(), n, err, tt.want)
		}
	}
	if got := asked(t, env, "en", "about-us/our-mission"); got != "gone: " {
		t.Errorf("it answers %q", got)
	}
}
