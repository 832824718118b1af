package cms_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"meridian/cms"
	"meridian/cms/cmstest"
	"meridian/models"
	"meridian/models/store"
)

// changeFacts changes some facts of an entry and leaves them unpublished.
func changeFacts(t testing.TB, env *cmstest.Env, entry string, change models.Values) {
	t.Helper()
	facts := env.DraftOf(t, entry, models.Facts).Fields
	for k, v := range change {
		facts[k] = v
	}
	_, err := env.CMS.Save(t.Context(), env.Admin, cms.SaveDraft{Entry: entry, Lang: models.Facts, Version: env.Edition(t, entry, models.Facts).Version, Fields: facts})
	if err != nil {
		t.Fatal(err)
	}
}

// confirmedOn is what readers are told, "" for nothing.
func confirmedOn(t testing.TB, env *cmstest.Env, entry string) string {
	t.Helper()
	d, on := env.Edition(t, entry, models.Facts), ""
	if d.LiveRevision != nil {
		env.View(t, func(r *store.Read) error {
			rev, err := r.Revision(*d.LiveRevision)
			on = rev.Fields.Str("confirmed_on")
			return err
		})
	}
	return on
}

func TestConfirm(t *testing.T) {
	t.Parallel()
	planned := func(t *testing.T, env *cmstest.Env) string {
		return env.Create(t, cms.NewEntry{Kind: models.KindSection, Type: models.TypeOrganisation, Section: env.Root, Lang: "en", Title: "Planned", Facts: models.Values{"status": "member"}})
	}
	for _, tt := range []struct {
		name    string
		by      func(*cmstest.Env) models.User
		entry   func(*testing.T, *cmstest.Env) string
		stale   bool
		want    error
		shown   string // to readers, afterwards
		pending bool   // it waits for publishing
	}{
		{name: "an editor confirms", shown: "2026-11-26"},
		{name: "other changes wait", entry: func(t *testing.T, env *cmstest.Env) string {
			changeFacts(t, env, env.Belgium, models.Values{"hours": "Mornings"})
			return env.Belgium
		}, pending: true},
		{name: "nothing is public", by: func(env *cmstest.Env) models.User { return env.Admin }, entry: planned, pending: true},
		{name: "an author may not", by: func(env *cmstest.Env) models.User { return env.BEAuthor }, want: models.ErrForbidden},
		{name: "foreign", by: func(env *cmstest.Env) models.User { return env.Editor }, want: models.ErrNotFound},
		{name: "nobody", by: func(env *cmstest.Env) models.User { return env.Nobody }, want: models.ErrNotFound},
		{name: "a page", by: func(env *cmstest.Env) models.User { return env.Editor }, entry: func(_ *testing.T, env *cmstest.Env) string { return env.Page }, want: models.ErrConflict},
		{name: "stale", stale: true, want: models.ErrStale},
		{name: "missing", entry: func(_ *testing.T, env *cmstest.Env) string { return env.NewID() }, want: models.ErrNotFound},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			env := cmstest.New(t)
			by, entry, version := env.BEEditor, env.Belgium, 1
			if tt.by != nil {
				by = tt.by(env)
			}
			if tt.entry != nil {
				entry = tt.entry(t, env)
			}
			if tt.name != "missing" {
				version = env.Edition(t, entry, models.Facts).Version
			}
			if tt.stale {
				version--
			}
			// Eleven at night in London is the next day where the site is.
			env.Clock.Advance(time.Date(2026, 11, 25, 23, 30, 0, 0, time.UTC).Sub(env.Clock.Now()))
			head := env.Store.Head()
			published, err := env.CMS.Confirm(t.Context(), by, entry, version)
			if !errors.Is(err, tt.want) {
				t.Fatalf("Confirm = %v, want %v", err, tt.want)
			}
			if tt.want != nil {
				if env.Store.Head() != head || tt.name != "missing" && env.DraftOf(t, entry, models.Facts).Fields.Str("confirmed_on") != "" {
					t.Error("a refusal left something behind")
				}
				return
			}
			if got := env.DraftOf(t, entry, models.Facts).Fields.Str("confirmed_on"); got != "2026-11-26" {
				t.Errorf("the working facts say %q", got)
			}
			if got := confirmedOn(t, env, entry); got != tt.shown || published == tt.pending {
				t.Errorf("readers are told %q, published %v; want %q", got, published, tt.shown)
			}
			if moved := env.Store.Head() != head; moved == tt.pending {
				t.Errorf("the journal moved: %v", moved)
			}
			env.View(t, func(r *store.Read) error {
				acts, err := r.Acts(entry, 20)
				if n := slices.IndexFunc(acts, func(a store.AuditRow) bool { return a.Action == "confirm" && a.Actor == by.ID }); err != nil || n < 0 {
					t.Errorf("the act is not in the trail: %v, %v", acts, err)
				}
				return err
			})
			// Once more on the same day changes nothing.
			head, version = env.Store.Head(), env.Edition(t, entry, models.Facts).Version
			again, err := env.CMS.Confirm(t.Context(), by, entry, version)
			if err != nil || again != published || env.Store.Head() != head || env.Edition(t, entry, models.Facts).Version != version {
				t.Errorf("again: published %v, %v, version %d then %d", again, err, version, env.Edition(t, entry, models.Facts).Version)
			}
		})
	}
}

// TestOrganisations: everybody sees what is public, only their own staff more.
func TestOrganisations(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	env.Create(t, cms.NewEntry{Kind: models.KindSection, Type: models.TypeOrganisation, Section: env.Root, Lang: "en", Title: "Planned", Facts: models.Values{"status": "member", "country": "KE"}})
	changeFacts(t, env, env.Belgium, models.Values{"status": models.StatusFormer, "territory": "Belgium and more"})
	for _, tt := range []struct {
		name   string
		by     models.User
		filter cms.OrganisationFilter
		want   []string
	}{
		{"administrator", env.Admin, cms.OrganisationFilter{}, []string{"Belgium former pending publishes", "Planned member publishes"}},
		{"own editor", env.BEEditor, cms.OrganisationFilter{}, []string{"Belgium former pending publishes"}},
		{"own author", env.BEAuthor, cms.OrganisationFilter{}, []string{"Belgium former pending"}},
		{"foreign editor", env.Editor, cms.OrganisationFilter{}, []string{"Belgium member"}},
		{"no grant", env.Nobody, cms.OrganisationFilter{}, []string{"Belgium member"}},
		{"by status", env.Nobody, cms.OrganisationFilter{Status: models.StatusFormer}, nil},
		{"by status of the working facts", env.Admin, cms.OrganisationFilter{Status: models.StatusFormer}, []string{"Belgium former pending publishes"}},
		{"by text", env.Admin, cms.OrganisationFilter{Text: "PLAN"}, []string{"Planned member publishes"}},
		{"by region", env.Admin, cms.OrganisationFilter{Region: "africa"}, nil},
	} {
		list, err := env.CMS.Organisations(t.Context(), tt.by, tt.filter)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, o := range list.Rows {
			s := o.Title + " " + o.Status
			if o.Pending {
				s += " pending"
			}
			if o.CanPublish {
				s += " publishes"
			}
			if (o.Territory != "") != o.Pending {
				t.Errorf("%s: territory %q", tt.name, o.Territory)
			}
			got = append(got, s)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
		// Readers are told that Belgium is a member, whatever waits.
		if list.Sections != 1 || list.Countries != 1 {
			t.Errorf("%s: counts %d sections in %d countries, want 1 and 1", tt.name, list.Sections, list.Countries)
		}
	}
}

// TestConfirmationIsAskedForOnceAYear: of those who may give it.
func TestConfirmationIsAskedForOnceAYear(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	asked := func(by models.User) int {
		t.Helper()
		desk, err := env.CMS.Desk(t.Context(), by)
		if err != nil {
			t.Fatal(err)
		}
		return len(desk.Unconfirmed)
	}
	if _, err := env.CMS.Confirm(t.Context(), env.BEEditor, env.Belgium, env.Edition(t, env.Belgium, models.Facts).Version); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		days int
		want int
	}{{0, 0}, {364, 0}, {2, 1}} {
		env.Clock.Advance(time.Duration(tt.days) * 24 * time.Hour)
		if got := asked(env.BEEditor); got != tt.want {
			t.Errorf("%v: asked to confirm %d, want %d", env.Clock.Now(), got, tt.want)
		}
	}
	for _, by := range []models.User{env.BEAuthor, env.Editor, env.Nobody} {
		if asked(by) != 0 {
			t.Errorf("%s is asked", by.Name)
		}
	}
}
