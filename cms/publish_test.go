package cms_test

import (
	"errors"
	"testing"

	"meridian/cms"
	"meridian/cms/block"
	"meridian/cms/cmstest"
	"meridian/cms/live"
	"meridian/models"
)

// public asks the reader side, not the code under test.
func public(t *testing.T, env *cmstest.Env, entry, lang string) (*live.Item, error) {
	t.Helper()
	var it *live.Item
	err := env.Live.View(t.Context(), func(v *live.View) (err error) {
		it, err = v.Item(entry, lang)
		return err
	})
	return it, err
}

func publishInput(t *testing.T, env *cmstest.Env, entry, lang string) cms.Publish {
	t.Helper()
	return cms.Publish{
		Entry: entry, Lang: lang, Version: env.Edition(t, entry, lang).Version,
		FactsVersion: env.Edition(t, entry, models.Facts).Version,
	}
}

func TestPublish(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		by     func(*cmstest.Env) models.User
		behind int // versions that the form is behind
		want   error
	}{
		{"an editor of the branch publishes", func(e *cmstest.Env) models.User { return e.Editor }, 0, nil},
		{"an author may not", func(e *cmstest.Env) models.User { return e.Author }, 0, models.ErrForbidden},
		{"an editor of another organisation sees nothing", func(e *cmstest.Env) models.User { return e.BEEditor }, 0, models.ErrNotFound},
		{"somebody without a role sees nothing", func(e *cmstest.Env) models.User { return e.Nobody }, 0, models.ErrNotFound},
		{"a stale form is refused", func(e *cmstest.Env) models.User { return e.Editor }, 1, models.ErrStale},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			env := cmstest.New(t)
			in := publishInput(t, env, env.Draft, "en")
			in.Version -= tt.behind
			head := env.Store.Head()
			out, err := env.CMS.Publish(t.Context(), tt.by(env), in)
			if !errors.Is(err, tt.want) {
				t.Fatalf("Publish = %v, want %v", err, tt.want)
			}
			it, err := public(t, env, env.Draft, "en")
			if tt.want != nil {
				if !errors.Is(err, live.ErrNotFound) {
					t.Errorf("after a refusal readers get %v, %v", it, err)
				}
				if env.Store.Head() != head {
					t.Error("a refusal moved the journal")
				}
				return
			}
			if err != nil || it.Title != "Not public yet" || it.Revision != out.Revision {
				t.Fatalf("readers get %+v, %v", it, err)
			}
			if out.Action != models.ActionPublished || !out.Facts || out.Seq != env.Store.Head() {
				t.Errorf("Publish = %+v, head %d", out, env.Store.Head())
			}
		})
	}
}

func TestPublishTwiceSaysThereIsNothingToPublish(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	_, err := env.CMS.Publish(t.Context(), env.Editor, publishInput(t, env, env.Page, "en"))
	var c *models.ConflictError
	if !errors.As(err, &c) || c.Code != "nothing_to_publish" {
		t.Fatalf("Publish of what readers see already = %v", err)
	}
}

func TestReadersSeeTheOldTextUntilItIsPublishedAgain(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	head := env.Store.Head()
	env.Write(t, env.Page, "en", "A new summary.", block.Paragraph(block.Text("New words.")))
	if env.Store.Head() != head {
		t.Error("saving a draft moved the journal")
	}
	it, err := public(t, env, env.Page, "en")
	if err != nil || it.Summary != "What we are here for." {
		t.Fatalf("after a save readers get %+v, %v", it, err)
	}
	if p := env.Publish(t, env.Page, "en"); p.Action != models.ActionUpdated {
		t.Errorf("action = %q", p.Action)
	}
	it, err = public(t, env, env.Page, "en")
	if err != nil || it.Summary != "A new summary." {
		t.Fatalf("after publishing readers get %+v, %v", it, err)
	}
	if !it.PublishedAt.Equal(cmstest.Start) {
		t.Errorf("first published at %v", it.PublishedAt)
	}
}

func TestErrorsInTheTextStopPublishing(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	env.Write(t, env.Draft, "en", "", block.Node{Type: "image", Attrs: map[string]any{"media": "media:" + models.NewID(cmstest.Start)}})
	_, err := env.CMS.Publish(t.Context(), env.Editor, publishInput(t, env, env.Draft, "en"))
	var c *cms.ChecksError
	if !errors.As(err, &c) || !errors.Is(err, models.ErrInvalid) {
		t.Fatalf("Publish of a picture without description = %v", err)
	}
	if len(c.Findings) == 0 || c.Findings[0].Severity != block.Error {
		t.Errorf("findings = %+v", c.Findings)
	}
}

func TestUnpublishAndWithdraw(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	ctx := t.Context()
	version := func() int { return env.Edition(t, env.Page, "en").Version }

	if err := env.CMS.Unpublish(ctx, env.Author, env.Page, "en", version()); !errors.Is(err, models.ErrForbidden) {
		t.Fatalf("Unpublish by an author = %v", err)
	}
	if err := env.CMS.Unpublish(ctx, env.Editor, env.Page, "en", version()-1); !errors.Is(err, models.ErrStale) {
		t.Fatalf("Unpublish of a stale version = %v", err)
	}
	if err := env.CMS.Unpublish(ctx, env.Editor, env.Page, "en", version()); err != nil {
		t.Fatal(err)
	}
	var gone *live.GoneError
	if _, err := public(t, env, env.Page, "en"); !errors.Is(err, live.ErrNotFound) || errors.As(err, &gone) {
		t.Errorf("after Unpublish readers get %v, want not found", err)
	}
	env.Publish(t, env.Page, "en")
	if _, err := public(t, env, env.Page, "en"); err != nil {
		t.Errorf("after publishing again readers get %v", err)
	}
	if err := env.CMS.Withdraw(ctx, env.Editor, env.Page, "en", version(), "because"); !errors.Is(err, models.ErrInvalid) {
		t.Fatalf("Withdraw for no listed reason = %v", err)
	}
	if err := env.CMS.Withdraw(ctx, env.Editor, env.Page, "en", version(), "legal"); err != nil {
		t.Fatal(err)
	}
	if _, err := public(t, env, env.Page, "en"); !errors.As(err, &gone) || gone.Reason != "legal" {
		t.Errorf("after Withdraw readers get %v, want gone for legal reasons", err)
	}
	if err := env.CMS.Unpublish(ctx, env.Editor, env.Root, "en", env.Edition(t, env.Root, "en").Version); !errors.Is(err, models.ErrConflict) {
		t.Errorf("Unpublish of the home page = %v, want a conflict", err)
	}
}

// TestFactsTravelWithALanguage publishes a language and finds its entry's
// pending facts public too, and not before.
func TestFactsTravelWithALanguage(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	facts := env.DraftOf(t, env.News, models.Facts)
	fields := facts.Fields
	fields["date"] = "2025-12-24"
	fields["note"] = "ask the lawyer"
	save := func() {
		t.Helper()
		if _, err := env.CMS.Save(t.Context(), env.Editor, cms.SaveDraft{Entry: env.News, Lang: models.Facts, Version: env.Edition(t, env.News, models.Facts).Version, Fields: fields}); err != nil {
			t.Fatal(err)
		}
	}
	save()
	it, err := public(t, env, env.News, "en")
	if err != nil || it.Date != "2026-03-01" {
		t.Fatalf("before publishing the date is %q, %v", it.Date, err)
	}
	p := env.Publish(t, env.News, "en")
	if !p.Facts || p.Revision != "" {
		t.Errorf("Publish = %+v, want the facts alone", p)
	}
	it, err = public(t, env, env.News, "fr")
	if err != nil || it.Date != "2025-12-24" || it.Facts["date"] != "2025-12-24" {
		t.Errorf("after publishing the date is %q, %v", it.Date, err)
	}
	if it.Path != "news/2026/un-traite-entre-en-vigueur" {
		t.Errorf("the address followed the date after publication: %s", it.Path)
	}
	if _, there := it.Facts["note"]; there {
		t.Error("a private fact reached the reader side")
	}
	delete(fields, "date")
	save()
	_, err = env.CMS.Publish(t.Context(), env.Editor, publishInput(t, env, env.News, "en"))
	var c *cms.ChecksError
	if !errors.As(err, &c) || c.Findings[0].Field != "date" {
		t.Errorf("Publish without a date = %v", err)
	}
}

// TestFailedPublishLeavesNothing breaks the last step of a publish and looks
// for anything the steps before it wrote.
func TestFailedPublishLeavesNothing(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	version := env.Edition(t, env.Draft, "en").Version
	env.Exec(t, "CREATE TRIGGER no_audit BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'disk full'); END")
	if _, err := env.CMS.Publish(t.Context(), env.Editor, publishInput(t, env, env.Draft, "en")); err == nil {
		t.Fatal("Publish succeeded without its audit row")
	}
	d := env.Edition(t, env.Draft, "en")
	if d.Live() || d.Version != version || d.FirstPublishedAt != nil {
		t.Errorf("the edition changed: %+v", d)
	}
	if draft := env.DraftOf(t, env.Draft, "en"); draft.BaseRevision != "" {
		t.Errorf("a revision was sealed: %s", draft.BaseRevision)
	}
	if _, err := public(t, env, env.Draft, "en"); !errors.Is(err, live.ErrNotFound) {
		t.Errorf("readers get %v", err)
	}
}
