package cms_test

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"meridian/cms"
	"meridian/cms/block"
	"meridian/cms/cmstest"
	"meridian/cms/media"
	"meridian/models"
	"meridian/models/store"
)

// shows makes a page that shows a picture, never published.
func shows(t *testing.T, env *cmstest.Env, asset string) string {
	t.Helper()
	id := env.Create(t, cms.NewEntry{Kind: models.KindPage, Section: env.About, Lang: "en", Title: "Shows a picture"})
	env.Write(t, id, "en", "A page.", cmstest.Picture(asset, "Two people at a table"))
	return id
}

func publishing(t *testing.T, env *cmstest.Env, id, lang string) error {
	t.Helper()
	_, err := env.CMS.Publish(t.Context(), env.Admin, cms.Publish{
		Entry: id, Lang: lang, Version: env.Edition(t, id, lang).Version, FactsVersion: env.Edition(t, id, models.Facts).Version,
	})
	return err
}

// codes returns the codes of findings about the library, errors first.
func mediaCodes(list []cms.Finding) string {
	var out []string
	for _, f := range list {
		if strings.HasPrefix(f.Code, "media.") {
			out = append(out, string(f.Severity[0])+" "+f.Code)
		}
	}
	return strings.Join(slices.Compact(out), ", ")
}

func refused(err error) string {
	var c *cms.ChecksError
	if !errors.As(err, &c) {
		return ""
	}
	return mediaCodes(c.Findings)
}

func consent(t *testing.T, env *cmstest.Env, asset string, change func(*media.Consent)) {
	t.Helper()
	var a models.Asset
	env.View(t, func(r *store.Read) (err error) { a, err = r.Asset(asset); return err })
	in := media.Consent{Asset: asset, Version: a.Version, GivenBy: "Her mother", Uses: []string{models.UseSite}, People: models.PeopleChildren}
	if change != nil {
		change(&in)
	}
	if _, err := env.Library.GiveConsent(t.Context(), env.Admin, in); err != nil {
		t.Fatal(err)
	}
}

func withdraw(t *testing.T, env *cmstest.Env, asset string) {
	t.Helper()
	if _, err := env.Library.WithdrawConsent(t.Context(), env.Admin, asset, ""); err != nil {
		t.Fatal(err)
	}
}

// TestPublishGate publishes a page with pictures in every state.
func TestPublishGate(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	until := func(c *media.Consent) { c.Until = "2026-11-25" }
	for _, tt := range []struct {
		name string
		make func() string
		want string
	}{
		{"nobody is shown", func() string { return env.Upload(t, media.Upload{People: models.PeopleNone}).ID }, ""},
		{"adults", func() string { return env.Upload(t, media.Upload{People: models.PeopleAdults}).ID }, ""},
		{"a crowd", func() string { return env.Upload(t, media.Upload{People: models.PeopleCrowd}).ID }, ""},
		{"not there", env.NewID, "e media.unknown"},
		{"in the trash", func() string {
			a := env.Upload(t, media.Upload{People: models.PeopleNone})
			if _, err := env.Library.Trash(t.Context(), env.Admin, media.Trash{ID: a.ID, Version: 1}); err != nil {
				t.Fatal(err)
			}
			return a.ID
		}, "e media.unknown"},
		{"nobody said", func() string { return env.Upload(t, media.Upload{}).ID }, "e media.people"},
		{"a child", func() string { return env.Upload(t, media.Upload{People: models.PeopleChildren}).ID }, "e media.missing"},
		{"a child with consent", func() string {
			a := env.Upload(t, media.Upload{})
			consent(t, env, a.ID, nil)
			return a.ID
		}, ""},
		{"for print", func() string {
			a := env.Upload(t, media.Upload{})
			consent(t, env, a.ID, func(c *media.Consent) { c.Uses = []string{models.UsePrint} })
			return a.ID
		}, "e media.use"},
		{"for another language", func() string {
			a := env.Upload(t, media.Upload{})
			consent(t, env, a.ID, func(c *media.Consent) { c.Langs = []string{"fr"} })
			return a.ID
		}, "e media.lang"},
		{"for this language", func() string {
			a := env.Upload(t, media.Upload{})
			consent(t, env, a.ID, func(c *media.Consent) { c.Langs = []string{"fr", "en"} })
			return a.ID
		}, ""},
		{"withdrawn", func() string {
			a := env.Upload(t, media.Upload{})
			consent(t, env, a.ID, nil)
			withdraw(t, env, a.ID)
			return a.ID
		}, "e media.withdrawn"},
		{"withdrawn of adults", func() string {
			a := env.Upload(t, media.Upload{People: models.PeopleAdults})
			withdraw(t, env, a.ID)
			return a.ID
		}, "e media.withdrawn"},
		// The last one: the clock goes on, and no timer comes.
		{"ended", func() string {
			a := env.Upload(t, media.Upload{})
			consent(t, env, a.ID, until)
			env.Clock.Advance(15 * time.Hour)
			return a.ID
		}, "e media.ended"},
	} {
		id := shows(t, env, tt.make())
		err := publishing(t, env, id, "en")
		if got := refused(err); got != tt.want || (err == nil) != (tt.want == "") {
			t.Errorf("%s: %v with %q, want %q", tt.name, err, got, tt.want)
		}
		// The editor is told while writing.
		ed, err := env.CMS.Editor(t.Context(), env.Admin, id, "en")
		if err != nil {
			t.Fatal(err)
		}
		if got := mediaCodes(ed.Findings); got != tt.want {
			t.Errorf("%s: the editor is told %q", tt.name, got)
		}
	}
}

// TestGateOfEveryBlock puts a withheld file wherever a text or the facts may name
// one.
func TestGateOfEveryBlock(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	a := env.Upload(t, media.Upload{})
	ref := "media:" + a.ID
	link := block.Text("the file")
	link.Marks = []block.Mark{{Type: "link", Attrs: map[string]any{"ref": ref}}}
	for name, n := range map[string]block.Node{
		"image": {Type: "image", Attrs: map[string]any{"media": ref, "alt": "x"}},
		"logo":  {Type: "logos", Attrs: map[string]any{"items": []any{map[string]any{"name": "x", "media": ref}}}},
		"file":  {Type: "files", Attrs: map[string]any{"items": []any{map[string]any{"title": "x", "media": ref}}}},
		"link":  block.Paragraph(link),
	} {
		id := env.Create(t, cms.NewEntry{Kind: models.KindPage, Section: env.About, Lang: "en", Title: name})
		env.Write(t, id, "en", "A page.", n)
		if got := refused(publishing(t, env, id, "en")); got != "e media.people" {
			t.Errorf("%s: %q", name, got)
		}
	}
	id := env.Create(t, cms.NewEntry{Kind: models.KindPage, Section: env.About, Lang: "en", Title: "Lead", Facts: models.Values{"lead_picture": a.ID}})
	env.Write(t, id, "en", "A page.", block.Paragraph(block.Text("x")))
	err := publishing(t, env, id, "en")
	var c *cms.ChecksError
	if !errors.As(err, &c) || refused(err) != "e media.people" || !slices.ContainsFunc(c.Findings, func(f cms.Finding) bool { return f.Code == "media.people" && f.Field == "lead_picture" }) {
		t.Errorf("lead picture: %v", err)
	}
}

// TestGateWarns of what readers will have trouble with.
func TestGateWarns(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	a := env.Upload(t, media.Upload{People: models.PeopleNone})
	env.Exec(t, "UPDATE asset_versions SET type = 'application/pdf', bytes = 11000000, flags = '[\"untagged\",\"scanned\",\"no_title\",\"javascript\"]'")
	logo := env.Upload(t, media.Upload{People: models.PeopleNone})
	id := env.Create(t, cms.NewEntry{Kind: models.KindPage, Section: env.About, Lang: "en", Title: "Files"})
	env.Write(t, id, "en", "A page.",
		block.Node{Type: "files", Attrs: map[string]any{"items": []any{map[string]any{"title": "Report", "media": "media:" + a.ID}}}},
		block.Node{Type: "logos", Attrs: map[string]any{"items": []any{map[string]any{"name": "Logo", "media": "media:" + logo.ID}}}})
	ed, err := env.CMS.Editor(t.Context(), env.Admin, id, "en")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := mediaCodes(ed.Findings), "w media.pdf_untagged, w media.pdf_scanned, w media.pdf_no_title, w media.logo_small"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if !slices.ContainsFunc(ed.Findings, func(f cms.Finding) bool { return f.Code == "files.large" }) {
		t.Error("nobody says that the file is large")
	}
	if err := publishing(t, env, id, "en"); err != nil {
		t.Errorf("warnings stop it: %v", err)
	}
}

// TestGateOfEveryDoor withdraws a picture and tries every way to make the page
// public that shows it.
func TestGateOfEveryDoor(t *testing.T) {
	t.Parallel()
	const want = "e media.withdrawn"
	ready := func(t *testing.T) (*cmstest.Env, string, string) {
		env := cmstest.New(t)
		a := env.Upload(t, media.Upload{})
		consent(t, env, a.ID, nil)
		return env, a.ID, shows(t, env, a.ID)
	}
	t.Run("publish", func(t *testing.T) {
		t.Parallel()
		env, a, id := ready(t)
		withdraw(t, env, a)
		if got := refused(publishing(t, env, id, "en")); got != want {
			t.Error(got)
		}
	})
	t.Run("publish again", func(t *testing.T) {
		t.Parallel()
		env, a, id := ready(t)
		env.Publish(t, id, "en")
		withdraw(t, env, a)
		env.Write(t, id, "en", "Other words.", cmstest.Picture(a, "Two people"))
		if got := refused(publishing(t, env, id, "en")); got != want {
			t.Error(got)
		}
		env.Write(t, id, "en", "Other words.", block.Paragraph(block.Text("without it")))
		env.Publish(t, id, "en")
	})
	t.Run("publish a branch", func(t *testing.T) {
		t.Parallel()
		env, a, id := ready(t)
		withdraw(t, env, a)
		// Something else there can be published, so that the act goes through.
		env.Write(t, env.Page, "en", "Other words.", block.Paragraph(block.Text("x")))
		plan, err := env.CMS.PlanPublish(t.Context(), env.Admin, env.About, "en")
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(plan.Refused, func(r cms.BranchRow) bool { return r.Entry == id }) {
			t.Errorf("the plan refuses %+v", plan.Refused)
		}
		if _, err := env.CMS.PublishBranch(t.Context(), env.Admin, env.About, "en", plan.Seen); err != nil {
			t.Fatal(err)
		}
		if env.Edition(t, id, "en").Live() {
			t.Error("it is public")
		}
	})
	t.Run("schedule", func(t *testing.T) {
		t.Parallel()
		env, a, id := ready(t)
		publishAt(t, env, id, env.Clock.Now().Add(2*time.Hour))
		withdraw(t, env, a)
		env.Clock.Advance(3 * time.Hour)
		if _, err := env.CMS.RunDue(t.Context()); err != nil {
			t.Fatal(err)
		}
		if env.Edition(t, id, "en").Live() {
			t.Error("it is public")
		}
	})
	t.Run("schedule for the moment of the end", func(t *testing.T) {
		t.Parallel()
		env, a, id := ready(t)
		consent(t, env, a, func(c *media.Consent) { c.Until, c.Zone = "2026-11-25", "Europe/Brussels" })
		end, err := models.EndOf("2026-11-25", "Europe/Brussels")
		if err != nil {
			t.Fatal(err)
		}
		publishAt(t, env, id, end)
		env.Clock.Advance(end.Sub(env.Clock.Now()))
		if _, err := env.CMS.RunDue(t.Context()); err != nil {
			t.Fatal(err)
		}
		if env.Edition(t, id, "en").Live() {
			t.Error("it is public")
		}
	})
	t.Run("undo", func(t *testing.T) {
		t.Parallel()
		env, a, id := ready(t)
		env.Publish(t, id, "en")
		env.Write(t, id, "en", "Without it.", block.Paragraph(block.Text("x")))
		env.Publish(t, id, "en")
		withdraw(t, env, a)
		_, err := env.CMS.UndoPublish(t.Context(), env.Admin, id, "en", env.Edition(t, id, "en").Version)
		if got := refused(err); got != want {
			t.Error(got, err)
		}
	})
	t.Run("restore", func(t *testing.T) {
		t.Parallel()
		env, a, id := ready(t)
		env.Publish(t, id, "en")
		restoreWithout(t, env, a, id)
	})
	t.Run("restore with a lead picture", func(t *testing.T) {
		t.Parallel()
		env, a, _ := ready(t)
		id := env.Create(t, cms.NewEntry{Kind: models.KindPage, Section: env.About, Lang: "en", Title: "Lead", Facts: models.Values{"lead_picture": a}})
		env.Write(t, id, "en", "A page.", block.Paragraph(block.Text("x")))
		env.Publish(t, id, "en")
		restoreWithout(t, env, a, id)
	})
	t.Run("use an old version", func(t *testing.T) {
		t.Parallel()
		env, a, id := ready(t)
		env.Publish(t, id, "en")
		live := *env.Edition(t, id, "en").LiveRevision
		env.Write(t, id, "en", "Without it.", block.Paragraph(block.Text("x")))
		env.Publish(t, id, "en")
		withdraw(t, env, a)
		if _, err := env.CMS.UseVersion(t.Context(), env.Admin, cms.UseVersion{Entry: id, Lang: "en", Revision: live, Version: env.Edition(t, id, "en").Version}); err != nil {
			t.Fatal(err)
		}
		if got := refused(publishing(t, env, id, "en")); got != want {
			t.Error(got)
		}
	})
}

// TestGateOfLeadLanguages publishes languages whose facts show a picture that a
// consent allows in some languages only.
func TestGateOfLeadLanguages(t *testing.T) {
	t.Parallel()
	const want = "e media.lang"
	env := cmstest.New(t)
	ctx := t.Context()
	a := env.Upload(t, media.Upload{Title: "Amina"})
	consent(t, env, a.ID, func(c *media.Consent) { c.Langs = []string{"en"} })
	lead := func(lang string) string {
		id := env.Create(t, cms.NewEntry{Kind: models.KindPage, Section: env.About, Lang: lang, Title: "Lead " + lang, Facts: models.Values{"lead_picture": a.ID}})
		env.Write(t, id, lang, "A page.", block.Paragraph(block.Text("x")))
		return id
	}
	plans := func(id, lang string) bool {
		t.Helper()
		plan, err := env.CMS.PlanPublish(ctx, env.Admin, env.About, lang)
		if err != nil {
			t.Fatal(err)
		}
		return !slices.ContainsFunc(plan.Refused, func(r cms.BranchRow) bool { return r.Entry == id })
	}
	// The facts become public with the language.
	french := lead("fr")
	if got := refused(publishing(t, env, french, "fr")); got != want {
		t.Errorf("with its facts: %q", got)
	}
	if plans(french, "fr") {
		t.Error("a branch goes through with it")
	}
	ed, err := env.CMS.Editor(ctx, env.Admin, french, "fr")
	if err != nil {
		t.Fatal(err)
	}
	if got := mediaCodes(ed.Findings); got != want {
		t.Errorf("its author is told %q", got)
	}
	// The facts are public already.
	id := lead("en")
	env.Publish(t, id, "en")
	env.Translate(t, id, "fr", "Un titre")
	err = publishing(t, env, id, "fr")
	if got := refused(err); got != want {
		t.Errorf("after its facts: %q, %v", got, err)
	}
	var c *cms.ChecksError
	if errors.As(err, &c) {
		i := slices.IndexFunc(c.Findings, func(f cms.Finding) bool { return f.Code == "media.lang" })
		if f := c.Findings[i]; f.Field != "lead_picture" || f.Args["lang"] != "fr" || f.Args["title"] != "Amina" {
			t.Errorf("finding %+v", f)
		}
	}
	if plans(id, "fr") {
		t.Error("a branch goes through with it once its facts are public")
	}
	// A consent for both, and both are public; back to one, and what was thrown
	// away meanwhile comes back in that one.
	consent(t, env, a.ID, nil)
	if err := publishing(t, env, id, "fr"); err != nil {
		t.Fatal(err)
	}
	if err := publishing(t, env, french, "fr"); err != nil {
		t.Fatal(err)
	}
	entryVersion := func() (n int) {
		t.Helper()
		env.View(t, func(r *store.Read) error {
			e, err := r.Entry(id)
			n = e.Version
			return err
		})
		return n
	}
	if _, err := env.CMS.Trash(ctx, env.Admin, id, entryVersion()); err != nil {
		t.Fatal(err)
	}
	consent(t, env, a.ID, func(c *media.Consent) { c.Langs = []string{"en"} })
	if _, err := env.CMS.Restore(ctx, env.Admin, id, entryVersion()); err != nil {
		t.Fatal(err)
	}
	if !env.Edition(t, id, "en").Live() || env.Edition(t, id, "fr").Live() {
		t.Error("what came back is not public in English alone")
	}
}

// publishAt schedules a page.
func publishAt(t *testing.T, env *cmstest.Env, id string, at time.Time) {
	t.Helper()
	in := scheduleInput(t, env, id, "en", models.SchedulePublish)
	in.Local, in.Zone = at.UTC().Format(models.LocalLayout), "UTC"
	schedule(t, env, in)
}

func restoreWithout(t *testing.T, env *cmstest.Env, asset, id string) {
	t.Helper()
	var e models.Entry
	get := func() { env.View(t, func(r *store.Read) (err error) { e, err = r.Entry(id); return err }) }
	get()
	if _, err := env.CMS.Trash(t.Context(), env.Admin, id, e.Version); err != nil {
		t.Fatal(err)
	}
	withdraw(t, env, asset)
	get()
	back, err := env.CMS.Restore(t.Context(), env.Admin, id, e.Version)
	if err != nil || back.Drafts != 1 || env.Edition(t, id, "en").Live() {
		t.Errorf("%+v, %v", back, err)
	}
}

// TestRememberDescriptions saves texts: what is new in them is proposed from
// then on, what was there before is not said again.
func TestRememberDescriptions(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	a, b := env.Upload(t, media.Upload{}), env.Upload(t, media.Upload{})
	foreign := env.Upload(t, media.Upload{Section: env.Belgium})
	said := func(asset string) map[string]string {
		t.Helper()
		d, err := env.Library.Asset(t.Context(), env.Admin, asset)
		if err != nil {
			t.Fatal(err)
		}
		return d.Descriptions
	}
	want := func(asset string, want map[string]string) {
		t.Helper()
		if got := said(asset); !maps.Equal(got, want) {
			t.Errorf("descriptions %v, want %v", got, want)
		}
	}
	id := shows(t, env, a.ID)
	want(a.ID, map[string]string{"en": "Two people at a table"})
	env.Translate(t, id, "fr", "Montre une image")
	env.Write(t, id, "fr", "Une page.", cmstest.Picture(a.ID, "Deux personnes"))
	want(a.ID, map[string]string{"en": "Two people at a table", "fr": "Deux personnes"})
	other := shows(t, env, b.ID)
	first := env.DraftOf(t, other, "en")
	doc, err := block.Decode([]byte(first.Body))
	if err != nil {
		t.Fatal(err)
	}
	env.Write(t, other, "en", "A page.", append(doc.Doc.Content, cmstest.Picture(a.ID, "Two judges"))...)
	want(a.ID, map[string]string{"en": "Two judges", "fr": "Deux personnes"})
	// The first page is saved once more, with other words elsewhere.
	was, err := block.Decode([]byte(env.DraftOf(t, id, "en").Body))
	if err != nil {
		t.Fatal(err)
	}
	env.Write(t, id, "en", "Another summary.", was.Doc.Content...)
	want(a.ID, map[string]string{"en": "Two judges", "fr": "Deux personnes"})
	// Decoration and nothing say nothing.
	deco := cmstest.Picture(a.ID, "")
	deco.Attrs["decorative"] = true
	env.Write(t, id, "en", "Another summary.", deco, cmstest.Picture(a.ID, ""))
	want(a.ID, map[string]string{"en": "Two judges", "fr": "Deux personnes"})
	// Nobody writes about what they may not see.
	_, err = env.CMS.Save(t.Context(), env.Author, cms.SaveDraft{
		Entry: id, Lang: "en", Version: env.Edition(t, id, "en").Version, Title: "x", Body: &block.Document{Schema: 1, Lang: "en", Doc: block.Node{Type: "doc", Content: []block.Node{cmstest.Picture(foreign.ID, "Seen")}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	want(foreign.ID, nil)
}

// TestGateOfForeignFiles: a page shows no file of another organisation that does
// not share it, whoever writes and publishes it.
func TestGateOfForeignFiles(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	for _, tt := range []struct {
		name    string
		in      media.Upload
		finding string
	}{
		{"of the same organisation", media.Upload{People: models.PeopleNone}, ""},
		{"of another one, for every section", media.Upload{People: models.PeopleNone, Section: env.Belgium, Shared: true}, ""},
		{"of another one", media.Upload{People: models.PeopleNone, Section: env.Belgium, Title: "Not yours"}, "e media.foreign"},
	} {
		a := env.Upload(t, tt.in)
		err := publishing(t, env, shows(t, env, a.ID), "en")
		if got := refused(err); got != tt.finding || tt.finding == "" && err != nil {
			t.Errorf("%s: %q, %v", tt.name, got, err)
		}
		var checks *cms.ChecksError
		if errors.As(err, &checks) {
			for _, f := range checks.Findings {
				if f.Args["title"] != nil {
					t.Errorf("%s: the finding tells what it is called: %v", tt.name, f.Args)
				}
			}
		}
	}
}
