package cms_test

import (
	"errors"
	"strings"
	"testing"

	"meridian/cms"
	"meridian/cms/cmstest"
	"meridian/cms/live"
	"meridian/models"
	"meridian/models/store"
)

func contains(s, part string) bool { return strings.Contains(s, part) }

// moved returns where an old address leads, "" when nowhere.
func moved(t *testing.T, env *cmstest.Env, lang, path string) string {
	t.Helper()
	var to string
	err := env.Live.View(t.Context(), func(v *live.View) error {
		f, err := v.Find(lang, path)
		to = f.Redirect
		return err
	})
	if err != nil && !errors.Is(err, live.ErrNotFound) {
		t.Fatal(err)
	}
	return to
}

func setAddress(env *cmstest.Env, t *testing.T, by models.User, entry, lang, slug string) error {
	t.Helper()
	return env.CMS.SetAddress(t.Context(), by, cms.SetAddress{Entry: entry, Lang: lang, Version: env.Edition(t, entry, lang).Version, Slug: slug})
}

func TestRenameLeavesARedirectOfOneHop(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	for _, slug := range []string{"what-we-want", "why-we-are-here"} {
		if err := setAddress(env, t, env.Editor, env.Page, "en", slug); err != nil {
			t.Fatal(err)
		}
	}
	for _, old := range []string{"about-us/our-mission", "about-us/what-we-want"} {
		if to := moved(t, env, "en", old); to != "/en/about-us/why-we-are-here" {
			t.Errorf("%s leads to %q", old, to)
		}
	}
	if err := setAddress(env, t, env.Editor, env.Page, "en", "our-mission"); err != nil {
		t.Fatal(err)
	}
	if to := moved(t, env, "en", "about-us/our-mission"); to != "" {
		t.Errorf("an address taken back still redirects to %q", to)
	}
	if it, err := public(t, env, env.Page, "en"); err != nil || it.Path != "about-us/our-mission" {
		t.Errorf("path = %v, %v", it, err)
	}
}

func TestRenamingASectionMovesItsBranch(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	env.Translate(t, env.Page, "nl", "Onze missie") // the section has no Dutch edition
	env.Publish(t, env.Page, "nl")
	if err := setAddress(env, t, env.Author, env.About, "en", "who-we-are"); !errors.Is(err, models.ErrForbidden) {
		t.Fatalf("an author renames a section: %v", err)
	}
	if err := setAddress(env, t, env.Editor, env.About, "en", "who-we-are"); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ lang, path, old string }{
		{"en", "who-we-are/our-mission", "about-us/our-mission"},
		{"nl", "who-we-are/onze-missie", "about-us/onze-missie"},
	} {
		it, err := public(t, env, env.Page, tt.lang)
		if err != nil || it.Path != tt.path {
			t.Errorf("%s: path = %v, %v", tt.lang, it, err)
		}
		if to := moved(t, env, tt.lang, tt.old); to != "/"+tt.lang+"/"+tt.path {
			t.Errorf("%s: old address leads to %q", tt.lang, to)
		}
	}
	if it, err := public(t, env, env.About, "fr"); err != nil || it.Path != "a-propos" {
		t.Errorf("the French address moved: %v, %v", it, err)
	}
}

func TestAddressesThatAreRefused(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	for _, tt := range []struct{ entry, lang, slug, code string }{
		{env.Page, "en", "not-public-yet", "address_taken"},
		{env.Page, "en", "news", "address_reserved"},
		{env.Page, "en", " ?! ", "address_empty"},
		{env.About, "en", "admin", "address_reserved"},
		{env.About, "en", "fr", "address_reserved"},
		{env.Root, "en", "home", "address_fixed"},
	} {
		err := setAddress(env, t, env.Editor, tt.entry, tt.lang, tt.slug)
		if err == nil || !contains(err.Error(), tt.code) {
			t.Errorf("SetAddress(%q) = %v, want %s", tt.slug, err, tt.code)
		}
	}
}

func TestDraftsFollowTheirTitleUntilSomebodyKnowsTheAddress(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	retitle := func(title string) string {
		t.Helper()
		d := env.Edition(t, env.Draft, "en")
		if _, err := env.CMS.Save(t.Context(), env.Author, cms.SaveDraft{Entry: env.Draft, Lang: "en", Version: d.Version, Title: title}); err != nil {
			t.Fatal(err)
		}
		return *env.Edition(t, env.Draft, "en").Path
	}
	if got := retitle("Our mission"); got != "about-us/our-mission-2" {
		t.Errorf("path = %q, want a number behind a title that is taken", got)
	}
	if got := retitle("Our story"); got != "about-us/our-story" {
		t.Errorf("path = %q", got)
	}
	env.Publish(t, env.Draft, "en")
	if got := retitle("Another story"); got != "about-us/our-story" {
		t.Errorf("path = %q: a public address followed a draft's title", got)
	}
}

func TestOrganisationSectionsAreForAdministrators(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	in := cms.NewEntry{Kind: models.KindSection, Type: models.TypeOrganisation, Section: env.Root, Lang: "en", Title: "Togo"}
	if _, _, err := env.CMS.Create(t.Context(), env.Editor, in); !errors.Is(err, models.ErrForbidden) {
		t.Errorf("an editor creates an organisation: %v", err)
	}
	e, _, err := env.CMS.Create(t.Context(), env.Admin, in)
	if err != nil {
		t.Fatal(err)
	}
	if env.Editor.Can(models.ActRead, e.Place("en")) {
		t.Error("a grant on the root reaches into an organisation")
	}
}

// TestDraftsDoNotTakeOldAddresses: an old address leads where it led until
// something public stands there.
func TestDraftsDoNotTakeOldAddresses(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	if err := setAddress(env, t, env.Editor, env.Page, "en", "what-we-want"); err != nil {
		t.Fatal(err)
	}
	const old, now = "about-us/our-mission", "/en/about-us/what-we-want"
	head := env.Store.Head()
	// One draft follows its title there, one is made there, one is moved there.
	v := env.Edition(t, env.Draft, "en").Version
	if _, err := env.CMS.Save(t.Context(), env.Author, cms.SaveDraft{Entry: env.Draft, Lang: "en", Version: v, Title: "Our mission"}); err != nil {
		t.Fatal(err)
	}
	if d := env.Edition(t, env.Draft, "en"); *d.Path != old {
		t.Fatalf("path of the draft = %s", *d.Path)
	}
	if to := moved(t, env, "en", old); to != now {
		t.Errorf("after a draft took the address it leads to %q", to)
	}
	if env.Store.Head() != head {
		t.Error("a draft moved the journal")
	}
	env.Publish(t, env.Draft, "en")
	if to := moved(t, env, "en", old); to != "" {
		t.Errorf("something public stands there, and it still leads to %q", to)
	}
	env.View(t, func(r *store.Read) error {
		bad, err := r.CheckContent()
		if len(bad) > 0 {
			t.Errorf("CheckContent = %v", bad)
		}
		return err
	})
}

// TestMovingWhatIsWithdrawnMovesTheJournal: its new address answers "gone".
func TestMovingWhatIsWithdrawnMovesTheJournal(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	if err := env.CMS.Withdraw(t.Context(), env.Editor, env.Page, "en", env.Edition(t, env.Page, "en").Version, "error"); err != nil {
		t.Fatal(err)
	}
	head := env.Live.Generation()
	if err := setAddress(env, t, env.Editor, env.Page, "en", "what-we-want"); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"about-us/our-mission", "about-us/what-we-want"} {
		err := env.Live.View(t.Context(), func(v *live.View) error {
			_, err := v.Find("en", path)
			return err
		})
		if reason, gone := live.IsGone(err); !gone || reason != "error" {
			t.Errorf("%s: %v, want gone", path, err)
		}
	}
	if env.Live.Generation() == head {
		t.Error("readers get another answer than before, and the journal stands still")
	}
}

func TestNewsOfARenamedSectionRedirect(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	if err := setAddress(env, t, env.Editor, env.About, "en", "who-we-are"); err != nil {
		t.Fatal(err)
	}
	if to := moved(t, env, "en", "about-us/news"); to != "/en/who-we-are/news/" {
		t.Errorf("the news of a renamed section lead to %q", to)
	}
}

// TestAuthorsDoNotMoveWhatIsPublic: a section's first edition in a language
// moves what is below it, which is not for those who may not publish.
func TestAuthorsDoNotMoveWhatIsPublic(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	in := cms.NewEdition{Entry: env.About, Lang: "nl", Title: "Over ons"}
	env.Translate(t, env.Page, "nl", "Onze missie")
	env.Publish(t, env.Page, "nl")
	if _, err := env.CMS.Translate(t.Context(), env.Author, in); !errors.Is(err, models.ErrForbidden) {
		t.Errorf("an author moves a public page: %v", err)
	}
	in.Lang, in.Title = "ar", "من نحن"
	if _, err := env.CMS.Translate(t.Context(), env.Author, in); err != nil {
		t.Errorf("an author translates a section with nothing public below: %v", err)
	}
}

func TestChosenAddressesDoNotFollowTheTitle(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	id := env.Create(t, cms.NewEntry{Kind: models.KindPage, Section: env.About, Lang: "en", Title: "Report", Slug: "report-2026"})
	if _, err := env.CMS.Save(t.Context(), env.Author, cms.SaveDraft{Entry: id, Lang: "en", Version: 1, Title: "Annual report"}); err != nil {
		t.Fatal(err)
	}
	if d := env.Edition(t, id, "en"); d.Slug != "report-2026" {
		t.Errorf("slug = %q", d.Slug)
	}
}
