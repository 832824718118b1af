package cms_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"meridian/cms"
	"meridian/cms/cmstest"
	"meridian/cms/live"
	"meridian/models"
	"meridian/models/store"
)

func entryOf(t testing.TB, env *cmstest.Env, id string) models.Entry {
	t.Helper()
	var e models.Entry
	if err := env.Store.View(context.Background(), func(r *store.Read) (err error) { e, err = r.Entry(id); return err }); err != nil {
		t.Fatal(err)
	}
	return e
}

// asked returns what readers get at an address: "item <title>", "to <address>",
// "gone: <reason>" or "nothing".
func asked(t testing.TB, env *cmstest.Env, lang, path string) (out string) {
	t.Helper()
	err := env.Live.View(context.Background(), func(v *live.View) error {
		f, err := v.Find(lang, path)
		reason, gone := live.IsGone(err)
		switch {
		case gone:
			out = "gone: " + reason
		case errors.Is(err, live.ErrNotFound):
			out = "nothing"
		case err != nil:
			return err
		case f.Item != nil:
			out = "item " + f.Item.Title
		default:
			out = "to " + f.Redirect
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestMoveLeadsReadersOn(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	e := entryOf(t, env, env.About)
	out, err := env.CMS.Move(t.Context(), env.Admin, cms.Move{Entry: env.About, Version: e.Version, Section: env.Belgium})
	if err != nil {
		t.Fatal(err)
	}
	if out.Addresses != 4 { // About in en and fr, Page in en, and the draft
		t.Errorf("Move changed %d addresses, want 4", out.Addresses)
	}
	for _, tt := range []struct{ lang, path, want string }{
		{"en", "about-us", "to /en/belgium/about-us/"},
		{"en", "belgium/about-us", "item About us"},
		{"fr", "a-propos", "to /fr/belgique/a-propos/"},
		{"fr", "belgique/a-propos", "item À propos"},
		{"en", "about-us/our-mission", "to /en/belgium/about-us/our-mission"},
		{"en", "belgium/about-us/our-mission", "item Our mission"},
	} {
		if got := asked(t, env, tt.lang, tt.path); got != tt.want {
			t.Errorf("%s/%s answers %q, want %q", tt.lang, tt.path, got, tt.want)
		}
	}
	if p := entryOf(t, env, env.Page); p.DomainID != env.Belgium || p.Branch != out.Entry.Branch {
		t.Errorf("a page below is in domain %s, branch %s", p.DomainID, p.Branch)
	}
	// Taking the old address back ends the redirect: no chain, no loop.
	if _, err := env.CMS.Move(t.Context(), env.Admin, cms.Move{Entry: env.About, Version: out.Entry.Version, Section: env.Root}); err != nil {
		t.Fatal(err)
	}
	if got := asked(t, env, "en", "about-us/our-mission"); got != "item Our mission" {
		t.Errorf("the first address answers %q", got)
	}
	if got := asked(t, env, "en", "belgium/about-us/our-mission"); got != "to /en/about-us/our-mission" {
		t.Errorf("the second address answers %q", got)
	}
}

func TestMoveRefuses(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	below := env.Create(t, cms.NewEntry{Kind: models.KindSection, Type: models.TypeArea, Section: env.About, Lang: "en", Title: "Below"})
	twin := env.Create(t, cms.NewEntry{Kind: models.KindPage, Section: below, Lang: "en", Title: "Our mission"})
	reserved := env.Create(t, cms.NewEntry{Kind: models.KindPage, Section: below, Lang: "en", Title: "Search"})
	for _, tt := range []struct {
		name string
		by   models.User
		in   cms.Move
		want error
	}{
		{"the root", env.Admin, cms.Move{Entry: env.Root, Version: 1, Section: env.About}, models.ErrConflict},
		{"below itself", env.Admin, cms.Move{Entry: env.About, Section: below}, models.ErrConflict},
		{"into itself", env.Admin, cms.Move{Entry: env.About, Section: env.About}, models.ErrConflict},
		{"into a page", env.Admin, cms.Move{Entry: below, Section: env.Page}, models.ErrInvalid},
		{"stale", env.Admin, cms.Move{Entry: env.Page, Version: 99, Section: below}, models.ErrStale},
		{"taken", env.Admin, cms.Move{Entry: twin, Section: env.About}, models.ErrInvalid},
		{"reserved at the root", env.Admin, cms.Move{Entry: reserved, Section: env.Root}, models.ErrInvalid},
		{"into a foreign section", env.Editor, cms.Move{Entry: env.Page, Section: env.Belgium}, models.ErrNotFound},
		{"out of a foreign section", env.Editor, cms.Move{Entry: env.BEPage, Section: env.About}, models.ErrNotFound},
		{"public, by an author", env.Author, cms.Move{Entry: env.Page, Section: env.Root}, models.ErrForbidden},
		{"an organisation, by its editor", env.BEEditor, cms.Move{Entry: env.Belgium, Place: cms.PlaceFirst}, models.ErrNotFound},
		{"a neighbour elsewhere", env.Admin, cms.Move{Entry: below, Place: env.BEPage}, models.ErrInvalid},
		{"a menu that is none", env.Admin, cms.Move{Entry: below, Nav: "top"}, models.ErrInvalid},
	} {
		if tt.in.Version == 0 {
			tt.in.Version = entryOf(t, env, tt.in.Entry).Version
		}
		head := env.Store.Head()
		if _, err := env.CMS.Move(t.Context(), tt.by, tt.in); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
		if env.Store.Head() != head {
			t.Errorf("%s: the journal moved", tt.name)
		}
	}
	out, err := env.CMS.Move(t.Context(), env.Admin, cms.Move{Entry: twin, Version: entryOf(t, env, twin).Version, Section: env.About, Rename: true})
	if err != nil || out.Addresses != 1 {
		t.Fatalf("Move with another address = %d, %v", out.Addresses, err)
	}
	var d models.Edition
	env.View(t, func(r *store.Read) (err error) { d, err = r.Edition(twin, "en"); return err })
	if *d.Path != "about-us/our-mission-2" || d.Slug != "our-mission-2" {
		t.Errorf("it took %s (%s)", *d.Path, d.Slug)
	}
}

// TestTwoPeopleMoveTheSame: the second one is told, and nothing is half done.
func TestTwoPeopleMoveTheSame(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	v := entryOf(t, env, env.About).Version
	if _, err := env.CMS.Move(t.Context(), env.Admin, cms.Move{Entry: env.About, Version: v, Section: env.Belgium}); err != nil {
		t.Fatal(err)
	}
	if _, err := env.CMS.Move(t.Context(), env.Admin, cms.Move{Entry: env.About, Version: v, Place: cms.PlaceLast}); !errors.Is(err, models.ErrStale) {
		t.Errorf("the second move = %v, want ErrStale", err)
	}
	if got := asked(t, env, "en", "belgium/about-us"); got != "item About us" {
		t.Errorf("it answers %q", got)
	}
}

func TestMoveChangesTheOrder(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	a := env.Create(t, cms.NewEntry{Kind: models.KindPage, Section: env.Belgium, Lang: "en", Title: "A"})
	b := env.Create(t, cms.NewEntry{Kind: models.KindPage, Section: env.Belgium, Lang: "en", Title: "B"})
	c := env.Create(t, cms.NewEntry{Kind: models.KindPage, Section: env.Belgium, Lang: "en", Title: "C"})
	order := func() []string {
		var list []models.Entry
		for _, id := range []string{env.BEPage, a, b, c} {
			list = append(list, entryOf(t, env, id))
		}
		slices.SortFunc(list, func(x, y models.Entry) int { return x.Position - y.Position })
		names := map[string]string{env.BEPage: "0", a: "A", b: "B", c: "C"}
		var out []string
		for _, e := range list {
			out = append(out, names[e.ID])
		}
		return out
	}
	for _, tt := range []struct {
		entry, place string
		want         []string
	}{
		{c, cms.PlaceFirst, []string{"C", "0", "A", "B"}},
		{c, a, []string{"0", "A", "C", "B"}},
		{env.BEPage, cms.PlaceLast, []string{"A", "C", "B", "0"}},
		{a, a, []string{"A", "C", "B", "0"}},
		{b, "", []string{"A", "C", "B", "0"}},
		{env.BEPage, cms.PlaceLast, []string{"A", "C", "B", "0"}},
		{b, a, []string{"A", "B", "C", "0"}},
	} {
		e := entryOf(t, env, tt.entry)
		if _, err := env.CMS.Move(t.Context(), env.Admin, cms.Move{Entry: tt.entry, Version: e.Version, Place: tt.place}); err != nil {
			t.Fatal(err)
		}
		if got := order(); !slices.Equal(got, tt.want) {
			t.Errorf("after moving to %q the order is %v, want %v", tt.place, got, tt.want)
		}
	}
}

func TestTurnIntoSection(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	if err := env.CMS.TurnIntoSection(t.Context(), env.Admin, env.Page, entryOf(t, env, env.Page).Version); err != nil {
		t.Fatal(err)
	}
	if got := asked(t, env, "en", "about-us/our-mission"); got != "item Our mission" {
		t.Errorf("the address answers %q", got)
	}
	child := env.Create(t, cms.NewEntry{Kind: models.KindPage, Section: env.Page, Lang: "en", Title: "Below"})
	env.Publish(t, child, "en")
	if got := asked(t, env, "en", "about-us/our-mission/below"); got != "item Below" {
		t.Errorf("a page below answers %q", got)
	}
	if err := env.CMS.TurnIntoSection(t.Context(), env.Admin, env.News, 1); !errors.Is(err, models.ErrConflict) {
		t.Errorf("turning news = %v", err)
	}
	env.View(t, func(r *store.Read) error {
		bad, err := r.CheckContent()
		if len(bad) > 0 {
			t.Errorf("CheckContent: %v", bad)
		}
		return err
	})
}

func TestCopyIsADraft(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	head := env.Store.Head()
	out, err := env.CMS.Copy(t.Context(), env.Admin, cms.Copy{Entry: env.About, Deep: true})
	if err != nil {
		t.Fatal(err)
	}
	if out.Entries != 3 || out.Entry.Section() != env.Root {
		t.Errorf("Copy made %d entries in %s", out.Entries, out.Entry.Section())
	}
	if env.Store.Head() != head {
		t.Error("the journal moved")
	}
	env.View(t, func(r *store.Read) error {
		list, err := r.Branch(out.Entry, 10)
		if err != nil {
			return err
		}
		var titles []string
		for _, e := range list {
			editions, err := r.Editions(e.ID)
			if err != nil {
				return err
			}
			for _, d := range editions {
				if d.Live() {
					t.Errorf("%s in %s is public", e.ID, d.Lang)
				}
				if d.Lang == models.Facts {
					continue
				}
				draft, err := r.Draft(d.ID)
				if err != nil {
					return err
				}
				titles = append(titles, d.Lang+" "+draft.Title+" at "+*d.Path)
			}
		}
		want := []string{"en About us at about-us-2", "fr À propos at a-propos-2", "en Our mission at about-us-2/our-mission"}
		for _, w := range want {
			if !slices.Contains(titles, w) {
				t.Errorf("no %q among %q", w, titles)
			}
		}
		return nil
	})
	if _, err := env.CMS.Copy(t.Context(), env.Admin, cms.Copy{Entry: env.About, Deep: true, Section: env.About}); !errors.Is(err, models.ErrConflict) {
		t.Errorf("a copy into itself = %v", err)
	}
	if _, err := env.CMS.Copy(t.Context(), env.Editor, cms.Copy{Entry: env.BEPage, Section: env.About}); !errors.Is(err, models.ErrNotFound) {
		t.Errorf("a copy out of a foreign section = %v", err)
	}
	if _, err := env.CMS.Copy(t.Context(), env.BEEditor, cms.Copy{Entry: env.Belgium, Section: env.Belgium}); !errors.Is(err, models.ErrForbidden) {
		t.Errorf("a copy of an organisation by its editor = %v", err)
	}
}

func TestPublishBranch(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	plan, err := env.CMS.PlanUnpublish(t.Context(), env.Editor, env.About, "en")
	if err != nil {
		t.Fatal(err)
	}
	if len(plan.Ready) != 2 || !slices.Equal(plan.Langs, []string{"en", "fr"}) {
		t.Fatalf("PlanUnpublish: %d ready in %v", len(plan.Ready), plan.Langs)
	}
	if _, err := env.CMS.UnpublishBranch(t.Context(), env.Editor, env.About, "en", "seen another"); !errors.Is(err, models.ErrStale) {
		t.Errorf("acting on another plan = %v", err)
	}
	if _, err := env.CMS.UnpublishBranch(t.Context(), env.Editor, env.About, "en", plan.Seen); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{"about-us": "nothing", "about-us/our-mission": "nothing"} {
		if got := asked(t, env, "en", path); got != want {
			t.Errorf("%s answers %q", path, got)
		}
	}
	if got := asked(t, env, "fr", "a-propos"); got != "item À propos" {
		t.Errorf("the other language answers %q", got)
	}
	plan, err = env.CMS.PlanPublish(t.Context(), env.Editor, env.About, "")
	if err != nil {
		t.Fatal(err)
	}
	if len(plan.Ready)+len(plan.Refused) != 3 { // the draft is empty of text, or not: it is in the plan
		t.Fatalf("PlanPublish: %d ready, %d refused", len(plan.Ready), len(plan.Refused))
	}
	if _, err := env.CMS.PublishBranch(t.Context(), env.Author, env.About, "", plan.Seen); !errors.Is(err, models.ErrForbidden) {
		t.Errorf("by an author = %v", err)
	}
	if _, err := env.CMS.PublishBranch(t.Context(), env.Editor, env.About, "", plan.Seen); err != nil {
		t.Fatal(err)
	}
	if got := asked(t, env, "en", "about-us/our-mission"); got != "item Our mission" {
		t.Errorf("published again it answers %q", got)
	}
}

// TestRenameOfALargeBranch renames a section with 300 entries below it in
// three languages: every old address leads on in one hop, and coming back ends
// all redirects.
func TestRenameOfALargeBranch(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	var ids []string
	langs := []string{"en", "fr", "nl"}
	top := env.Create(t, cms.NewEntry{Kind: models.KindSection, Type: models.TypeArea, Section: env.Root, Lang: "en", Title: "Top"})
	err := env.CMS.Batch(t.Context(), env.Admin, func(b *cms.Batch) error {
		section := top
		for i := range 300 {
			in := cms.NewEntry{Kind: models.KindPage, Section: section, Lang: "en", Title: fmt.Sprint("Page ", i)}
			if i%30 == 29 {
				in.Kind, in.Type = models.KindSection, models.TypeArea
			}
			e, err := b.CreatePublic(in)
			if err != nil {
				return err
			}
			for _, lang := range langs[1:] {
				if err := b.TranslatePublic(cms.NewEdition{Entry: e.ID, Lang: lang, Title: fmt.Sprint(lang, " ", i), Copy: true}); err != nil {
					return err
				}
			}
			ids = append(ids, e.ID)
			if i%60 == 29 {
				section = e.ID
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	type place struct{ lang, path string }
	paths := func() map[place]string {
		out := map[place]string{}
		env.View(t, func(r *store.Read) error {
			for _, id := range ids {
				for _, lang := range langs {
					d, err := r.Edition(id, lang)
					if err != nil {
						return err
					}
					out[place{lang, *d.Path}] = id
				}
			}
			return nil
		})
		return out
	}
	was := paths()
	rename := func(slug string) {
		t.Helper()
		var d models.Edition
		env.View(t, func(r *store.Read) (err error) { d, err = r.Edition(top, "en"); return err })
		if err := env.CMS.SetAddress(t.Context(), env.Admin, cms.SetAddress{Entry: top, Lang: "en", Version: d.Version, Slug: slug}); err != nil {
			t.Fatal(err)
		}
	}
	follow := func(hops int) {
		t.Helper()
		err := env.Live.View(t.Context(), func(v *live.View) error {
			for p, id := range was {
				f, err := v.Find(p.lang, p.path)
				if err != nil {
					return fmt.Errorf("%s/%s: %w", p.lang, p.path, err)
				}
				if (f.Item == nil) != (hops == 1) {
					t.Fatalf("%s/%s: redirect %q, want %d hops", p.lang, p.path, f.Redirect, hops)
				}
				if f.Item != nil && f.Item.ID != id {
					t.Fatalf("%s/%s is another entry", p.lang, p.path)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	head := env.Store.Head()
	rename("summit")
	if moved := env.Store.Head() - head; moved != 900 {
		t.Errorf("the journal got %d rows, want 900", moved)
	}
	follow(1)
	rename("peak")
	follow(1)
	rename("top")
	follow(0)
	env.View(t, func(r *store.Read) error {
		bad, err := r.CheckContent()
		if len(bad) > 0 {
			t.Errorf("CheckContent: %v", bad)
		}
		return err
	})
}

// TestRestoreTakesAddressBack: while something was in the trash its section
// took an address that led elsewhere; coming back, it answers there itself.
func TestRestoreTakesAddressBack(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	section := func(title string) (string, string) {
		s := env.Create(t, cms.NewEntry{Kind: models.KindSection, Type: models.TypeArea, Section: env.Root, Lang: "en", Title: title})
		p := env.Create(t, cms.NewEntry{Kind: models.KindPage, Section: s, Lang: "en", Title: "Same"})
		env.Write(t, p, "en", "A summary.")
		env.Publish(t, p, "en")
		return s, p
	}
	one, thrown := section("One")
	two, _ := section("Two")
	rename := func(id, slug string) {
		t.Helper()
		if err := env.CMS.SetAddress(t.Context(), env.Admin, cms.SetAddress{Entry: id, Lang: "en", Version: env.Edition(t, id, "en").Version, Slug: slug}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := env.CMS.Trash(t.Context(), env.Admin, thrown, entryOf(t, env, thrown).Version); err != nil {
		t.Fatal(err)
	}
	rename(two, "three") // two/same leads to three/same
	rename(one, "two")   // and is now the address of what was thrown away
	if got := asked(t, env, "en", "two/same"); got != "to /en/three/same" {
		t.Errorf("before, it answers %q", got)
	}
	if _, err := env.CMS.Restore(t.Context(), env.Admin, thrown, entryOf(t, env, thrown).Version); err != nil {
		t.Fatal(err)
	}
	if got := asked(t, env, "en", "two/same"); got != "item Same" {
		t.Errorf("after, it answers %q", got)
	}
	env.View(t, func(r *store.Read) error {
		bad, err := r.CheckContent()
		if len(bad) > 0 {
			t.Errorf("CheckContent: %v", bad)
		}
		return err
	})
}

// TestMoveThroughItself: what is below a section comes to stand where the
// section itself was. That address is no redirect then.
func TestMoveThroughItself(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	outer := env.Create(t, cms.NewEntry{Kind: models.KindSection, Type: models.TypeArea, Section: env.Root, Lang: "en", Title: "Same"})
	inner := env.Create(t, cms.NewEntry{Kind: models.KindSection, Type: models.TypeArea, Section: outer, Lang: "fr", Title: "Same"})
	page := env.Create(t, cms.NewEntry{Kind: models.KindPage, Section: inner, Lang: "fr", Title: "Same"})
	for _, id := range []string{inner, page} {
		env.Write(t, id, "fr", "Un résumé.")
		env.Publish(t, id, "fr")
	}
	if _, err := env.CMS.Move(t.Context(), env.Admin, cms.Move{Entry: inner, Version: entryOf(t, env, inner).Version, Section: env.Root}); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ path, want string }{{"same/same/same", "to /fr/same/same"}, {"same/same", "item Same"}, {"same", "item Same"}} {
		if got := asked(t, env, "fr", tt.path); got != tt.want {
			t.Errorf("%s answers %q, want %q", tt.path, got, tt.want)
		}
	}
	env.View(t, func(r *store.Read) error {
		bad, err := r.CheckContent()
		if len(bad) > 0 {
			t.Errorf("CheckContent: %v", bad)
		}
		return err
	})
}
