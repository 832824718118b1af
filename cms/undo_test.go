package cms_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"meridian/cms"
	"meridian/cms/block"
	"meridian/cms/cmstest"
	"meridian/cms/live"
	"meridian/models"
	"meridian/models/store"
)

// undo takes back the last publish as the administrator, at the version there
// is.
func undo(t *testing.T, env *cmstest.Env, entry, lang string) (cms.Undo, error) {
	t.Helper()
	return env.CMS.UndoPublish(t.Context(), env.Admin, entry, lang, env.Edition(t, entry, lang).Version)
}

// readers tells in one line what readers get.
func readers(t *testing.T, env *cmstest.Env, entry, lang string) string {
	t.Helper()
	it, err := public(t, env, entry, lang)
	if reason, gone := live.IsGone(err); gone {
		return "gone: " + reason
	}
	if errors.Is(err, live.ErrNotFound) {
		return "nothing"
	}
	if err != nil {
		t.Fatal(err)
	}
	return it.Summary
}

func factsOf(t *testing.T, env *cmstest.Env, entry, name, value string) {
	t.Helper()
	fields := env.DraftOf(t, entry, models.Facts).Fields
	fields[name] = value
	_, err := env.CMS.Save(t.Context(), env.Admin, cms.SaveDraft{Entry: entry, Lang: models.Facts, Version: env.Edition(t, entry, models.Facts).Version, Fields: fields})
	if err != nil {
		t.Fatal(err)
	}
}

func TestUndoPublish(t *testing.T) {
	t.Parallel()
	words := func(t *testing.T, env *cmstest.Env, summary string) {
		env.Write(t, env.Page, "en", summary, block.Paragraph(block.Text(summary)))
		env.Publish(t, env.Page, "en")
	}
	for _, tt := range []struct {
		name string
		do   func(*testing.T, *cmstest.Env)
		code string // of the conflict; "" means that undoing works
		want string // what readers of Page get afterwards
	}{
		{"a second publish", func(t *testing.T, env *cmstest.Env) { words(t, env, "Two.") }, "", "What we are here for."},
		{"only the last of three", func(t *testing.T, env *cmstest.Env) { words(t, env, "Two."); words(t, env, "Three.") }, "", "Two."},
		{"the first publish", func(*testing.T, *cmstest.Env) {}, "", "nothing"},
		{"one that ended being unpublished", func(t *testing.T, env *cmstest.Env) {
			down(t, env, "")
			words(t, env, "Two.")
		}, "", "nothing"},
		{"one that ended a withdrawal", func(t *testing.T, env *cmstest.Env) {
			down(t, env, "legal")
			words(t, env, "Two.")
		}, "", "gone: legal"},
		{"the second after a withdrawal", func(t *testing.T, env *cmstest.Env) {
			down(t, env, "legal")
			words(t, env, "Two.")
			words(t, env, "Three.")
		}, "", "Two."},
		{"after exactly ten minutes", func(t *testing.T, env *cmstest.Env) {
			words(t, env, "Two.")
			env.Clock.Advance(cms.UndoWindow)
		}, "", "What we are here for."},
		{"after ten minutes and a second", func(t *testing.T, env *cmstest.Env) {
			words(t, env, "Two.")
			env.Clock.Advance(cms.UndoWindow + time.Second)
		}, "undo_late", "Two."},
		{"twice", func(t *testing.T, env *cmstest.Env) {
			words(t, env, "Two.")
			if _, err := undo(t, env, env.Page, "en"); err != nil {
				t.Fatal(err)
			}
		}, "undo_done", "What we are here for."},
		{"what is down already", func(t *testing.T, env *cmstest.Env) {
			words(t, env, "Two.")
			down(t, env, "")
		}, "undo_nothing", "nothing"},
		{"published again after an undo", func(t *testing.T, env *cmstest.Env) {
			words(t, env, "Two.")
			if _, err := undo(t, env, env.Page, "en"); err != nil {
				t.Fatal(err)
			}
			env.Publish(t, env.Page, "en")
		}, "", "What we are here for."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			env := cmstest.New(t)
			tt.do(t, env)
			draft, head := env.DraftOf(t, env.Page, "en"), env.Store.Head()
			_, err := undo(t, env, env.Page, "en")
			var c *models.ConflictError
			switch {
			case tt.code == "" && err != nil:
				t.Fatalf("UndoPublish = %v", err)
			case tt.code != "" && (!errors.As(err, &c) || c.Code != tt.code):
				t.Fatalf("UndoPublish = %v, want the conflict %s", err, tt.code)
			}
			if got := readers(t, env, env.Page, "en"); got != tt.want {
				t.Errorf("readers get %q, want %q", got, tt.want)
			}
			if moved := env.Store.Head() != head; moved != (tt.code == "") {
				t.Errorf("the journal moved: %v", moved)
			}
			if now := env.DraftOf(t, env.Page, "en"); now.Hash != draft.Hash || now.BaseRevision != draft.BaseRevision {
				t.Error("undoing touched the draft")
			}
			check(t, env)
		})
	}
}

// down takes the page away, with a reason unless it is "".
func down(t *testing.T, env *cmstest.Env, reason string) {
	t.Helper()
	var err error
	if v := env.Edition(t, env.Page, "en").Version; reason == "" {
		err = env.CMS.Unpublish(t.Context(), env.Editor, env.Page, "en", v)
	} else {
		err = env.CMS.Withdraw(t.Context(), env.Editor, env.Page, "en", v, reason)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// check runs the store's own checks.
func check(t *testing.T, env *cmstest.Env) {
	t.Helper()
	env.View(t, func(r *store.Read) error {
		bad, err := r.CheckContent()
		if len(bad) > 0 {
			t.Errorf("CheckContent: %v", bad)
		}
		return err
	})
}

func TestUndoPublishNeedsTheRight(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	d := env.Edition(t, env.Page, "en")
	for _, tt := range []struct {
		name    string
		by      models.User
		entry   string
		lang    string
		version int
		want    error
	}{
		{"an author", env.Author, env.Page, "en", d.Version, models.ErrForbidden},
		{"a stranger", env.BEEditor, env.Page, "en", d.Version, models.ErrNotFound},
		{"nobody", env.Nobody, env.Page, "en", d.Version, models.ErrNotFound},
		{"a language that is not there", env.Editor, env.Page, "nl", 1, models.ErrNotFound},
		{"the facts by themselves", env.Editor, env.Page, models.Facts, env.Edition(t, env.Page, models.Facts).Version, models.ErrNotFound},
		{"an old form", env.Editor, env.Page, "en", d.Version - 1, models.ErrStale},
		{"the home page", env.Admin, env.Root, "en", env.Edition(t, env.Root, "en").Version, models.ErrConflict},
		{"an editor", env.Editor, env.Page, "en", d.Version, nil},
	} {
		head := env.Store.Head()
		if _, err := env.CMS.UndoPublish(t.Context(), tt.by, tt.entry, tt.lang, tt.version); !errors.Is(err, tt.want) {
			t.Errorf("%s: UndoPublish = %v, want %v", tt.name, err, tt.want)
		}
		if tt.want != nil && env.Store.Head() != head {
			t.Errorf("%s: a refusal moved the journal", tt.name)
		}
	}
}

// news returns the dates of the public news in a language as lists have them.
func newsDates(t *testing.T, env *cmstest.Env, lang string) []string {
	t.Helper()
	var out []string
	err := env.Live.View(t.Context(), func(v *live.View) error {
		p, err := v.List(live.Query{Kind: "news", Lang: lang, Section: env.Root, Sort: "date", Limit: 100})
		for _, it := range p.Items {
			out = append(out, it.Date)
		}
		return err
	})
	if err != nil && !errors.Is(err, live.ErrNotFound) {
		t.Fatal(err)
	}
	return out
}

// The date of a news item goes back with the publish that brought it, and so
// do the lists that follow it.
func TestUndoBringsBackFacts(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	env.Clock.Advance(time.Minute)
	factsOf(t, env, env.News, "date", "2025-12-24")
	env.Write(t, env.News, "en", "New words.", block.Paragraph(block.Text("New words.")))
	if p := env.Publish(t, env.News, "en"); !p.Facts || p.Revision == "" {
		t.Fatalf("Publish = %+v", p)
	}
	if got := newsDates(t, env, "fr"); !slices.Equal(got, []string{"2025-12-24"}) {
		t.Fatalf("after publishing lists have %v", got)
	}
	draft := env.DraftOf(t, env.News, models.Facts)
	out, err := undo(t, env, env.News, "en")
	if err != nil || !out.Facts || out.Alone {
		t.Fatalf("UndoPublish = %+v, %v", out, err)
	}
	for _, lang := range []string{"en", "fr"} {
		if got := newsDates(t, env, lang); !slices.Equal(got, []string{"2026-03-01"}) {
			t.Errorf("after undoing lists in %s have %v", lang, got)
		}
		if it, err := public(t, env, env.News, lang); err != nil || it.Date != "2026-03-01" || it.Facts["date"] != "2026-03-01" {
			t.Errorf("after undoing the date in %s is %+v, %v", lang, it, err)
		}
	}
	if got := readers(t, env, env.News, "en"); got != "Ten states have accepted it." {
		t.Errorf("readers get %q", got)
	}
	if now := env.DraftOf(t, env.News, models.Facts); now.Hash != draft.Hash {
		t.Error("undoing touched the draft of the facts")
	}
	// And all of it can be published again.
	if p := env.Publish(t, env.News, "en"); !p.Facts || p.Action != models.ActionUpdated {
		t.Errorf("Publish = %+v", p)
	}
	check(t, env)
}

// Facts that were published by themselves are undone by themselves, and the
// same form sent twice undoes nothing else.
func TestUndoOfFactsAlone(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	env.Write(t, env.News, "en", "New words.", block.Paragraph(block.Text("New words.")))
	env.Publish(t, env.News, "en")
	env.Clock.Advance(time.Minute)
	factsOf(t, env, env.News, "date", "2025-12-24")
	env.Publish(t, env.News, "en")
	version := env.Edition(t, env.News, "en").Version
	out, err := env.CMS.UndoPublish(t.Context(), env.Editor, env.News, "en", version)
	if err != nil || !out.Alone {
		t.Fatalf("UndoPublish = %+v, %v", out, err)
	}
	if got := readers(t, env, env.News, "en"); got != "New words." {
		t.Errorf("undoing facts changed the text: %q", got)
	}
	if got := newsDates(t, env, "en"); !slices.Equal(got, []string{"2026-03-01"}) {
		t.Errorf("lists have %v", got)
	}
	if _, err := env.CMS.UndoPublish(t.Context(), env.Editor, env.News, "en", version); !errors.Is(err, models.ErrStale) {
		t.Errorf("the same form again = %v, want stale", err)
	}
	// The words before it can still be undone, on purpose.
	if _, err := undo(t, env, env.News, "en"); err != nil {
		t.Fatal(err)
	}
	if got := readers(t, env, env.News, "en"); got != "Ten states have accepted it." {
		t.Errorf("readers get %q", got)
	}
}

// The first publish brings the facts out; undoing it takes them back unless
// another language needs them.
func TestUndoOfFirstFacts(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	id := env.Create(t, cms.NewEntry{Kind: models.KindSection, Type: models.TypeOrganisation, Section: env.Root, Lang: "en", Title: "Chile", Facts: models.Values{"country": "CL", "status": "member"}})
	members := func() (n int) {
		env.View(t, func(r *store.Read) (err error) {
			n, err = r.Members("", "")
			return err
		})
		return n
	}
	before := members()
	env.Clock.Advance(time.Second)
	env.Publish(t, id, "en")
	if _, err := undo(t, env, id, "en"); err != nil {
		t.Fatal(err)
	}
	if env.Edition(t, id, models.Facts).Live() || env.Edition(t, id, "en").Live() || members() != before {
		t.Error("something of it is still public")
	}
	// Publishing again puts the profile back where it was taken out.
	env.Clock.Advance(time.Second)
	env.Publish(t, id, "en")
	if members() != before+1 {
		t.Error("the profile is not counted after publishing again")
	}
	env.Translate(t, id, "fr", "Chili")
	env.Publish(t, id, "fr")
	if _, err := undo(t, env, id, "en"); err != nil {
		t.Fatal(err)
	}
	if !env.Edition(t, id, models.Facts).Live() || members() != before+1 {
		t.Error("the facts are gone although French readers see them")
	}
	check(t, env)
}

// A failure in the last step leaves everything as it was published.
func TestFailedUndoLeavesNothing(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	factsOf(t, env, env.News, "date", "2025-12-24")
	env.Write(t, env.News, "en", "New words.", block.Paragraph(block.Text("New words.")))
	env.Publish(t, env.News, "en")
	before := env.Edition(t, env.News, "en")
	env.Exec(t, "CREATE TRIGGER no_audit BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'disk full'); END")
	if _, err := undo(t, env, env.News, "en"); err == nil {
		t.Fatal("UndoPublish succeeded without its audit row")
	}
	if now := env.Edition(t, env.News, "en"); *now.LiveRevision != *before.LiveRevision || now.Version != before.Version {
		t.Errorf("the edition changed: %+v", now)
	}
	if got := newsDates(t, env, "en"); !slices.Equal(got, []string{"2025-12-24"}) {
		t.Errorf("lists have %v", got)
	}
}

// What the live text uses follows the live text back.
func TestUndoBringsBackRefs(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	link := func(id string) block.Node {
		return block.Paragraph(block.Text("See this.", block.Mark{Type: "link", Attrs: map[string]any{"ref": "page:" + id}}))
	}
	uses := func() (out []string) {
		env.View(t, func(r *store.Read) error {
			for _, target := range []string{env.BEPage, env.Draft} {
				e, err := r.Entry(target)
				if err != nil {
					return err
				}
				list, err := r.UsesOf(e, 10)
				if err != nil {
					return err
				}
				if slices.ContainsFunc(list, func(u store.Use) bool { return u.Live }) {
					out = append(out, target)
				}
			}
			return nil
		})
		return out
	}
	env.Write(t, env.Page, "en", "One.", link(env.BEPage))
	env.Publish(t, env.Page, "en")
	env.Write(t, env.Page, "en", "Two.", link(env.Draft))
	env.Publish(t, env.Page, "en")
	if got := uses(); !slices.Equal(got, []string{env.Draft}) {
		t.Fatalf("after publishing the live text uses %v", got)
	}
	if _, err := undo(t, env, env.Page, "en"); err != nil {
		t.Fatal(err)
	}
	if got := uses(); !slices.Equal(got, []string{env.BEPage}) {
		t.Errorf("after undoing the live text uses %v", got)
	}
}

// Facts that became public with another language since belong to that publish:
// undoing an older one leaves them alone.
func TestUndoLeavesNewerFactsAlone(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	env.Clock.Advance(time.Minute)
	env.Write(t, env.News, "en", "New words.", block.Paragraph(block.Text("New words.")))
	env.Publish(t, env.News, "en")
	env.Clock.Advance(time.Minute)
	factsOf(t, env, env.News, "date", "2025-12-24")
	env.Write(t, env.News, "fr", "Autres mots.", block.Paragraph(block.Text("Autres mots.")))
	env.Publish(t, env.News, "fr")
	if out, err := undo(t, env, env.News, "en"); err != nil || out.Facts {
		t.Fatalf("UndoPublish = %+v, %v", out, err)
	}
	if got := readers(t, env, env.News, "en"); got != "Ten states have accepted it." {
		t.Errorf("English readers get %q", got)
	}
	if got := newsDates(t, env, "en"); !slices.Equal(got, []string{"2025-12-24"}) {
		t.Errorf("the date went back with another language: %v", got)
	}
	if out, err := undo(t, env, env.News, "fr"); err != nil || !out.Facts || out.Alone {
		t.Fatalf("UndoPublish = %+v, %v", out, err)
	}
	if got := newsDates(t, env, "fr"); !slices.Equal(got, []string{"2026-03-01"}) {
		t.Errorf("after undoing French the date is %v", got)
	}
}
