package cms_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"meridian/cms"
	"meridian/cms/block"
	"meridian/cms/cmstest"
	"meridian/models"
	"meridian/models/store"
)

func revisions(t *testing.T, env *cmstest.Env, edition string) []models.Revision {
	t.Helper()
	var list []models.Revision
	env.View(t, func(r *store.Read) (err error) {
		list, err = r.Revisions(edition, 100)
		return err
	})
	return list
}

func TestStaleSaveKeepsBothTexts(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	version := env.Edition(t, env.Page, "en").Version
	in := cms.SaveDraft{Entry: env.Page, Lang: "en", Version: version, Title: "Ada's title", Summary: "s"}
	if _, err := env.CMS.Save(t.Context(), env.Author, in); err != nil {
		t.Fatal(err)
	}
	in.Title = "Bram's title"
	_, err := env.CMS.Save(t.Context(), env.Editor, in)
	var stale *cms.StaleError
	if !errors.As(err, &stale) {
		t.Fatalf("second save at the same version = %v, want *StaleError", err)
	}
	if stale.Theirs.Title != "Ada's title" || stale.Author != env.Author.Name || stale.Version != version+1 {
		t.Errorf("StaleError = %+v", stale)
	}
	if got := env.DraftOf(t, env.Page, "en").Title; got != "Ada's title" {
		t.Errorf("stored title = %q", got)
	}
	in.Version = stale.Version
	if _, err := env.CMS.Save(t.Context(), env.Editor, in); err != nil {
		t.Fatalf("save over it, knowingly: %v", err)
	}
	revs := revisions(t, env, env.Edition(t, env.Page, "en").ID)
	if revs[0].Title != "Ada's title" || revs[0].Author != env.Author.ID || revs[0].Reason != models.ReasonSaved {
		t.Errorf("the words of another author were not sealed before they were overwritten: %+v", revs[0])
	}
}

func TestASittingIsOneRevision(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	id := env.Edition(t, env.Page, "en").ID
	before := len(revisions(t, env, id))
	save := func(title string) {
		t.Helper()
		_, err := env.CMS.Save(t.Context(), env.Editor, cms.SaveDraft{Entry: env.Page, Lang: "en", Version: env.Edition(t, env.Page, "en").Version, Title: title})
		if err != nil {
			t.Fatal(err)
		}
	}
	save("one")
	env.Clock.Advance(time.Minute)
	save("two")
	if n := len(revisions(t, env, id)); n != before {
		t.Errorf("%d revisions within a sitting, want none", n-before)
	}
	env.Clock.Advance(models.Sitting + time.Second)
	save("three")
	revs := revisions(t, env, id)
	if len(revs) != before+1 || revs[0].Title != "two" {
		t.Errorf("after a pause: %d new revisions, newest %q; want the words before the pause", len(revs)-before, revs[0].Title)
	}
}

func TestSaveKeepsWhatChecksComplainAbout(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	long := strings.Repeat("long ", 60)
	d := env.Edition(t, env.Draft, "en")
	if _, err := env.CMS.Save(t.Context(), env.Author, cms.SaveDraft{Entry: env.Draft, Lang: "en", Version: d.Version, Title: long}); err != nil {
		t.Fatalf("a title that is too long was refused: %v", err)
	}
	ed, err := env.CMS.Editor(t.Context(), env.Author, env.Draft, "en")
	if err != nil {
		t.Fatal(err)
	}
	codes := map[string]block.Severity{}
	for _, f := range ed.Findings {
		codes[f.Code] = f.Severity
	}
	if codes["title_long"] != block.Error || codes["summary_missing"] != block.Warning {
		t.Errorf("findings = %v", codes)
	}
}

func TestSaveRefusesWhatIsNotAField(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	for _, tt := range []struct {
		name   string
		fields models.Values
		field  string
	}{
		{"an unknown field", models.Values{"password_hash": "x"}, "password_hash"},
		{"a date that is none", models.Values{"date": "32/13/2024"}, "date"},
		{"a choice nobody offers", models.Values{"type": "rumour"}, "type"},
		{"an address with a script", models.Values{"source_url": "javascript:alert(1)"}, "source_url"},
		{"a list where a text belongs", models.Values{"source": []any{"a"}}, "source"},
		{"a point off the globe", models.Values{"place": map[string]any{"lat": "91", "lon": "0"}}, "place"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v := env.Edition(t, env.News, models.Facts).Version
			_, err := env.CMS.Save(t.Context(), env.Editor, cms.SaveDraft{Entry: env.News, Lang: models.Facts, Version: v, Fields: tt.fields})
			var bad *models.InvalidError
			if !errors.As(err, &bad) || bad.Fields[tt.field].Code == "" {
				t.Fatalf("Save = %v, want a problem with %s", err, tt.field)
			}
			if env.Edition(t, env.News, models.Facts).Version != v {
				t.Error("something was stored")
			}
		})
	}
}

// TestForeignAndMissingLookAlike asks for entries of another organisation and
// for entries that do not exist, through every use case.
func TestForeignAndMissingLookAlike(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	ctx := t.Context()
	by := env.BEEditor
	for _, id := range []string{env.Page, env.Draft, env.Root, models.NewID(cmstest.Start), "x", "' OR 1=1 --", ""} {
		_, createErr := func() (models.Entry, error) {
			e, _, err := env.CMS.Create(ctx, by, cms.NewEntry{Kind: models.KindPage, Section: id, Lang: "en", Title: "t"})
			return e, err
		}()
		_, translateErr := env.CMS.Translate(ctx, by, cms.NewEdition{Entry: id, Lang: "nl"})
		_, saveErr := env.CMS.Save(ctx, by, cms.SaveDraft{Entry: id, Lang: "en", Version: 1})
		_, publishErr := env.CMS.Publish(ctx, by, cms.Publish{Entry: id, Lang: "en", Version: 1})
		_, editorErr := env.CMS.Editor(ctx, by, id, "en")
		_, reviewErr := env.CMS.Review(ctx, by, id, "en")
		for name, err := range map[string]error{
			"Create": createErr, "Translate": translateErr, "Save": saveErr, "Publish": publishErr, "Editor": editorErr, "Review": reviewErr,
			"Unpublish":  env.CMS.Unpublish(ctx, by, id, "en", 1),
			"Withdraw":   env.CMS.Withdraw(ctx, by, id, "en", 1, "legal"),
			"SetAddress": env.CMS.SetAddress(ctx, by, cms.SetAddress{Entry: id, Lang: "en", Version: 1, Slug: "x"}),
		} {
			if !errors.Is(err, models.ErrNotFound) {
				t.Errorf("%s of %q = %v, want ErrNotFound", name, id, err)
			}
		}
	}
}

// TestATitleIsWordsToo: the words of another author are kept even where a
// draft has nothing but a title.
func TestATitleIsWordsToo(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	d := env.Edition(t, env.Draft, "en")
	if _, err := env.CMS.Save(t.Context(), env.Author, cms.SaveDraft{Entry: env.Draft, Lang: "en", Version: d.Version, Title: "Mine"}); err != nil {
		t.Fatal(err)
	}
	revs := revisions(t, env, d.ID)
	if len(revs) != 1 || revs[0].Title != "Not public yet" || revs[0].Author != env.Admin.ID {
		t.Errorf("revisions = %+v, want the title that was overwritten", revs)
	}
}

// TestSaveWithoutADate: facts may be saved without a date, and then the words
// of the item must still be saved.
func TestSaveWithoutADate(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	id := env.Create(t, cms.NewEntry{Kind: models.KindNews, Section: env.Root, Lang: "en", Title: "An item", Facts: models.Values{"date": "2025-02-03"}})
	if _, err := env.CMS.Save(t.Context(), env.Author, cms.SaveDraft{Entry: id, Lang: models.Facts, Version: 1, Fields: models.Values{}}); err != nil {
		t.Fatal(err)
	}
	if _, err := env.CMS.Save(t.Context(), env.Author, cms.SaveDraft{Entry: id, Lang: "en", Version: 1, Title: "Another item"}); err != nil {
		t.Fatalf("a new title was refused: %v", err)
	}
	if d := env.Edition(t, id, "en"); *d.Path != "news/2025/another-item" {
		t.Errorf("path = %s", *d.Path)
	}
	if _, err := env.CMS.Translate(t.Context(), env.Author, cms.NewEdition{Entry: id, Lang: "fr", Title: "Un article"}); err != nil {
		t.Errorf("a translation was refused: %v", err)
	}
}

func TestCreateRefusesWhatDoesNotExist(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	facts := models.Values{}
	env.Create(t, cms.NewEntry{Kind: models.KindNews, Section: env.Root, Lang: "en", Title: "An item", Facts: facts})
	if len(facts) != 0 {
		t.Errorf("the caller's facts became %v", facts)
	}
	in := cms.NewEntry{Kind: models.KindPage, Section: env.About, Lang: "en", Title: "t", Nav: "sidebar"}
	if _, _, err := env.CMS.Create(t.Context(), env.Admin, in); !errors.Is(err, models.ErrInvalid) {
		t.Errorf("Create in a menu that does not exist = %v, want ErrInvalid", err)
	}
	_, err := env.CMS.Translate(t.Context(), env.Admin, cms.NewEdition{Entry: env.Page, Lang: "nl", Title: strings.Repeat("x", 100_000)})
	if !errors.Is(err, models.ErrInvalid) {
		t.Errorf("Translate with an endless title = %v, want ErrInvalid", err)
	}
}
