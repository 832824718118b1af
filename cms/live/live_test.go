package live_test

import (
	"errors"
	"reflect"
	"slices"
	"testing"

	"meridian/cms"
	"meridian/cms/block"
	"meridian/cms/cmstest"
	"meridian/cms/live"
	"meridian/models"
)

// TestKindsMatchTheEditorSide holds the two declarations of kinds together:
// every public field is here, and no private one.
func TestKindsMatchTheEditorSide(t *testing.T) {
	t.Parallel()
	var public func(fields []models.Field) []live.Field
	public = func(fields []models.Field) []live.Field {
		var out []live.Field
		for _, f := range fields {
			if !f.Private {
				out = append(out, live.Field{
					Name: f.Name, Kind: string(f.Kind), Many: f.Many, Always: f.Required, Form: f.Form, Choices: f.Choices, Of: public(f.Of),
				})
			}
		}
		return out
	}
	var want []live.Kind
	for _, k := range models.Kinds {
		want = append(want, live.Kind{Name: k.Name, Plural: k.Plural, Fields: public(k.Extra()), Facts: public(k.Facts)})
	}
	if !reflect.DeepEqual(live.Kinds, want) {
		t.Errorf("live.Kinds = %+v\nwant %+v", live.Kinds, want)
	}
}

func view(t *testing.T, env *cmstest.Env, fn func(*live.View) error) {
	t.Helper()
	if err := env.Live.View(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func TestFind(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	gone := env.Create(t, cms.NewEntry{Kind: models.KindPage, Section: env.About, Lang: "en", Title: "Withdrawn"})
	env.Publish(t, gone, "en")
	if err := env.CMS.Withdraw(t.Context(), env.Admin, gone, "en", env.Edition(t, gone, "en").Version, "consent"); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		lang, path string
		item, news string // id
		reason     string // of what is gone
		missing    bool
	}{
		{"en", "", env.Root, "", "", false},
		{"en", "about-us", env.About, "", "", false},
		{"fr", "a-propos", env.About, "", "", false},
		{"fr", "about-us", "", "", "", true},
		{"en", "about-us/our-mission", env.Page, "", "", false},
		{"en", "about-us/not-public-yet", "", "", "", true},
		{"en", "news", "", env.Root, "", false},
		{"en", "belgium/news", "", env.Belgium, "", false},
		{"en", "about-us/our-mission/news", "", "", "", true},
		{"en", "news/2026/a-treaty-enters-into-force", env.News, "", "", false},
		{"en", "about-us/withdrawn", "", "", "consent", false},
		{"de", "", "", "", "", true},
		{"und", "", "", "", "", true},
	} {
		view(t, env, func(v *live.View) error {
			f, err := v.Find(tt.lang, tt.path)
			var g *live.GoneError
			switch {
			case tt.missing:
				if !errors.Is(err, live.ErrNotFound) || errors.As(err, &g) {
					t.Errorf("%s/%s = %+v, %v; want not found", tt.lang, tt.path, f, err)
				}
			case tt.reason != "":
				if !errors.As(err, &g) || g.Reason != tt.reason {
					t.Errorf("%s/%s = %v; want gone: %s", tt.lang, tt.path, err, tt.reason)
				}
			case err != nil:
				t.Errorf("%s/%s: %v", tt.lang, tt.path, err)
			case tt.item != "" && (f.Item == nil || f.Item.ID != tt.item):
				t.Errorf("%s/%s = %+v, want item %s", tt.lang, tt.path, f, tt.item)
			case tt.news != "" && (f.News == nil || f.News.ID != tt.news):
				t.Errorf("%s/%s = %+v, want news of %s", tt.lang, tt.path, f, tt.news)
			}
			return nil
		})
	}
}

// TestUnpublishedSectionIsNamedWithoutAnAddress: unpublishing a section hides
// its landing text only.
func TestUnpublishedSectionIsNamedWithoutAnAddress(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	if err := env.CMS.Unpublish(t.Context(), env.Admin, env.About, "en", env.Edition(t, env.About, "en").Version); err != nil {
		t.Fatal(err)
	}
	view(t, env, func(v *live.View) error {
		it, err := v.Item(env.Page, "en")
		if err != nil {
			return err
		}
		if len(it.Ancestors) != 2 || it.Ancestors[1].Title != "About us" || it.Ancestors[1].Href != "" {
			t.Errorf("ancestors = %+v", it.Ancestors)
		}
		return nil
	})
}

func TestFactsAreCounted(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	fact := func(key string) string {
		var s string
		view(t, env, func(v *live.View) error {
			s, _ = v.Resolver("en").Fact(key)
			return nil
		})
		return s
	}
	if fact("section_count") != "1" || fact("country_count") != "1" || fact("language_count") != "2" {
		t.Errorf("counts = %s, %s, %s", fact("section_count"), fact("country_count"), fact("language_count"))
	}
	env.Create(t, cms.NewEntry{Kind: models.KindSection, Type: models.TypeOrganisation, Section: env.Root, Lang: "en", Title: "Togo", Facts: models.Values{"status": "member", "country": "TG"}})
	if fact("section_count") != "1" {
		t.Error("an organisation that was never public is counted")
	}
}

// TestPagingSeesEachItemOnce walks a list whose keys are all equal.
func TestPagingSeesEachItemOnce(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	for range 25 {
		id := env.Create(t, cms.NewEntry{Kind: models.KindPage, Section: env.About, Lang: "en", Title: "Same title"})
		env.Write(t, id, "en", "s", block.Paragraph(block.Text("w")))
		env.Publish(t, id, "en")
	}
	for _, sort := range live.SortKeys {
		seen := map[string]int{}
		view(t, env, func(v *live.View) error {
			q := live.Query{Kind: "page", Lang: "en", Sort: sort, Desc: sort == "date", Limit: 7}
			for {
				p, err := v.List(q)
				if err != nil {
					return err
				}
				for _, it := range p.Items {
					seen[it.ID]++
				}
				if p.Next == nil {
					break
				}
				q.After = p.Next
			}
			n, err := v.Count(q)
			if err != nil || n != 26 || len(seen) != 26 {
				t.Errorf("sorted by %s: %d items on the pages, count %d, %v; want 26", sort, len(seen), n, err)
			}
			return nil
		})
		for id, n := range seen {
			if n != 1 {
				t.Errorf("sorted by %s: %s came %d times", sort, id, n)
			}
		}
	}
}

func TestGenerationStandsStillForDrafts(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	g := env.Live.Generation()
	env.Write(t, env.Page, "en", "secret")
	if env.Live.Generation() != g {
		t.Error("a draft moved the generation")
	}
	env.Publish(t, env.Page, "en")
	if env.Live.Generation() == g {
		t.Error("a publication did not")
	}
}

func TestDates(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ date, precision, lang, want string }{
		{"2024-06-04", "day", "en", "4 June 2024"}, {"2024-06-01", "day", "fr", "1er juin 2024"},
		{"2024-06-04", "day", "es", "4 de junio de 2024"}, {"2022-11-01", "month", "nl", "november 2022"},
		{"2024-06-04", "day", "ar", "4 يونيو 2024"}, {"2024-06-04", "day", "de", "2024-06-04"}, {"2022-11-01", "month", "sw", "2022-11"},
		{"soon", "day", "en", "soon"},
	} {
		if got := live.Date(tt.date, tt.precision, tt.lang); got != tt.want {
			t.Errorf("Date(%s, %s, %s) = %q, want %q", tt.date, tt.precision, tt.lang, got, tt.want)
		}
	}
}

func unpublish(t *testing.T, env *cmstest.Env, entry, lang string) {
	t.Helper()
	if err := env.CMS.Unpublish(t.Context(), env.Admin, entry, lang, env.Edition(t, entry, lang).Version); err != nil {
		t.Fatal(err)
	}
}

// TestOrganisationsAreNamedByWhatIsPublic: a directory has no place for the
// title of an edition that was unpublished.
func TestOrganisationsAreNamedByWhatIsPublic(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	unpublish(t, env, env.Belgium, "en")
	view(t, env, func(v *live.View) error {
		rows, err := v.Organisations("en", "", "")
		if err != nil {
			return err
		}
		if len(rows) != 1 || rows[0].Name != "Belgique" || rows[0].Lang != "fr" || rows[0].URL != "/fr/belgique/" {
			t.Errorf("organisations = %+v", rows)
		}
		return nil
	})
}

// TestDirectoryIsPublic: the facts of a section stay where they are when its
// last language is unpublished, but it is no directory any more.
func TestDirectoryIsPublic(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	var ids []string
	for _, title := range []string{"Network", "Members"} {
		ids = append(ids, env.Create(t, cms.NewEntry{Kind: models.KindSection, Type: models.TypeArea, Section: env.Root, Lang: "en", Title: title, Facts: models.Values{"directory": true}}))
		env.Publish(t, ids[len(ids)-1], "en")
	}
	slices.Sort(ids)
	want := "/en/" + *env.Edition(t, ids[1], "en").Path + "/"
	unpublish(t, env, ids[0], "en")
	view(t, env, func(v *live.View) error {
		f, err := v.Find("en", "network")
		if f.Item == nil && f.Redirect != want {
			t.Errorf("network leads to %q, %v; want %s", f.Redirect, err, want)
		}
		return err
	})
}

// TestFactsNameOnlyWhatIsPublic: the id of something readers may not know of
// does not reach them through what refers to it.
func TestFactsNameOnlyWhatIsPublic(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	chad := env.Create(t, cms.NewEntry{Kind: models.KindSection, Type: models.TypeOrganisation, Section: env.Root, Lang: "en", Title: "Chad"})
	for _, tt := range []struct {
		entry, field string
		value, want  any
	}{
		{env.News, "about", []any{env.Belgium, chad}, []any{env.Belgium}},
		{env.Page, "owner", chad, nil},
		{env.Page, "owner", env.Belgium, env.Belgium},
	} {
		draft := env.DraftOf(t, tt.entry, models.Facts)
		draft.Fields[tt.field] = tt.value
		_, err := env.CMS.Save(t.Context(), env.Admin, cms.SaveDraft{Entry: tt.entry, Lang: models.Facts, Version: env.Edition(t, tt.entry, models.Facts).Version, Fields: draft.Fields})
		if err != nil {
			t.Fatal(err)
		}
		env.Publish(t, tt.entry, "en")
		view(t, env, func(v *live.View) error {
			it, err := v.Item(tt.entry, "en")
			if err == nil && !reflect.DeepEqual(it.Facts[tt.field], tt.want) {
				t.Errorf("%s = %v, want %v", tt.field, it.Facts[tt.field], tt.want)
			}
			return err
		})
	}
}

// TestOldViewsDoNotTurnBackTheMemo holds a view open while something is
// published and reads through both in turn.
func TestOldViewsDoNotTurnBackTheMemo(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	name := func(v *live.View) string { return v.Site().Name("en") }
	view(t, env, func(old *live.View) error {
		was := name(old)
		s := cmstest.Site()
		s.Name["en"] = "Another name"
		if err := env.CMS.PutSite(t.Context(), env.Admin, s); err != nil {
			return err
		}
		for range 2 {
			view(t, env, func(v *live.View) error {
				if name(v) != "Another name" {
					t.Errorf("a new view has the name %q", name(v))
				}
				return nil
			})
			if name(old) != was {
				t.Errorf("the old view has the name %q", name(old))
			}
		}
		return nil
	})
}
