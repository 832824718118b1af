package cms_test

import (
	"errors"
	"maps"
	"slices"
	"testing"

	"meridian/cms"
	"meridian/cms/block"
	"meridian/cms/cmstest"
	"meridian/cms/live"
	"meridian/models"
	"meridian/models/store"
)

// put adds a topic and returns it.
func putTopic(t *testing.T, env *cmstest.Env, label string) models.Term {
	t.Helper()
	term, err := env.CMS.PutTerm(t.Context(), env.Admin, cms.PutTerm{Vocabulary: models.VocabularyTopic, Labels: []models.TermLabel{{Lang: "en", Label: label}}})
	if err != nil {
		t.Fatalf("put %q: %v", label, err)
	}
	return term
}

// saveFacts saves facts without publishing them.
func saveFacts(t *testing.T, env *cmstest.Env, entry string, facts models.Values) {
	t.Helper()
	d := env.Edition(t, entry, models.Facts)
	if _, err := env.CMS.Save(t.Context(), env.Admin, cms.SaveDraft{Entry: entry, Lang: models.Facts, Version: d.Version, Fields: facts}); err != nil {
		t.Fatal(err)
	}
}

// publicTopics returns the topics readers see on an entry.
func publicTopics(t *testing.T, env *cmstest.Env, entry string) (out []any) {
	t.Helper()
	err := env.Live.View(t.Context(), func(v *live.View) error {
		it, err := v.Item(entry, "en")
		if err == nil {
			out, _ = it.Facts["topics"].([]any)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestTermsAreForAdministrators(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	term := putTopic(t, env, "Justice")
	for name, act := range map[string]func(models.User) error{
		"list": func(u models.User) error {
			_, _, err := env.CMS.Terms(t.Context(), u, models.VocabularyTopic)
			return err
		},
		"read": func(u models.User) error {
			_, err := env.CMS.Term(t.Context(), u, models.VocabularyTopic, term.ID)
			return err
		},
		"add": func(u models.User) error {
			_, err := env.CMS.PutTerm(t.Context(), u, cms.PutTerm{Vocabulary: models.VocabularyTopic, Labels: []models.TermLabel{{Lang: "en", Label: "x"}}})
			return err
		},
		"move": func(u models.User) error {
			return env.CMS.PlaceTerm(t.Context(), u, models.VocabularyTopic, term.ID, true)
		},
		"merge": func(u models.User) error {
			_, err := env.CMS.MergeTerm(t.Context(), u, models.VocabularyTopic, term.ID, "x", term.Version())
			return err
		},
		"delete": func(u models.User) error {
			return env.CMS.DeleteTerm(t.Context(), u, models.VocabularyTopic, term.ID, term.Version())
		},
	} {
		for _, u := range []models.User{env.Editor, env.Author, env.BEEditor, env.Nobody, {}} {
			if err := act(u); !errors.Is(err, models.ErrForbidden) {
				t.Errorf("%s as %q: %v, want forbidden", name, u.Name, err)
			}
		}
	}
	if _, err := env.CMS.Term(t.Context(), env.Admin, models.VocabularyRegion, term.ID); !errors.Is(err, models.ErrNotFound) {
		t.Errorf("a topic among the regions: %v", err)
	}
}

func TestPutTerm(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	law, rights := putTopic(t, env, "Law"), putTopic(t, env, "Rights")
	if again := putTopic(t, env, "Law"); again.Labels[0].Slug != "law-2" {
		t.Errorf("the same name again has the address %q", again.Labels[0].Slug)
	}
	put := func(id, version string, labels ...models.TermLabel) (models.Term, error) {
		return env.CMS.PutTerm(t.Context(), env.Admin, cms.PutTerm{Vocabulary: models.VocabularyTopic, ID: id, Version: version, Labels: labels})
	}
	_, err := put(rights.ID, rights.Version(), models.TermLabel{Lang: "en", Label: "Rights", Slug: "law"})
	var bad *models.InvalidError
	if !errors.As(err, &bad) || bad.Fields["slug.en"].Code != "term_address_taken" {
		t.Errorf("a taken address: %v", err)
	}
	next, err := put(law.ID, law.Version(), models.TermLabel{Lang: "en", Label: "Justice"}, models.TermLabel{Lang: "fr", Label: "Justice"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := put(law.ID, law.Version(), models.TermLabel{Lang: "en", Label: "Mine"}); !errors.Is(err, models.ErrStale) {
		t.Errorf("over a newer one: %v", err)
	}
	// The form asks about the languages of the site only; others stay.
	next, err = put(law.ID, next.Version(), models.TermLabel{Lang: "en", Label: "Justice"})
	if err != nil {
		t.Fatal(err)
	}
	if _, there := next.Own("fr"); !there {
		t.Error("a language nobody was asked about is gone")
	}
	head := env.Store.Head()
	if _, err := put(law.ID, next.Version(), next.Labels...); err != nil || env.Store.Head() != head {
		t.Errorf("saving what is there: %v, journal moved: %v", err, env.Store.Head() != head)
	}
	// An address that led on is taken by another term, and leads on no more.
	if _, err := put(rights.ID, rights.Version(), models.TermLabel{Lang: "en", Label: "Rights", Slug: "law"}); err != nil {
		t.Fatal(err)
	}
	env.View(t, func(r *store.Read) error {
		was, err := r.Term(law.ID)
		if was.Holds("en", "law") {
			t.Error("an address leads to two terms")
		}
		return err
	})
}

func TestPlaceTerm(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	a, b, c := putTopic(t, env, "A"), putTopic(t, env, "B"), putTopic(t, env, "C")
	for _, tt := range []struct {
		id   string
		down bool
		want []string
	}{
		{c.ID, false, []string{a.ID, c.ID, b.ID}},
		{c.ID, false, []string{c.ID, a.ID, b.ID}},
		{c.ID, false, []string{c.ID, a.ID, b.ID}}, // at the top already
		{a.ID, true, []string{c.ID, b.ID, a.ID}},
		{a.ID, true, []string{c.ID, b.ID, a.ID}},
	} {
		if err := env.CMS.PlaceTerm(t.Context(), env.Admin, models.VocabularyTopic, tt.id, tt.down); err != nil {
			t.Fatal(err)
		}
		list, _, err := env.CMS.Terms(t.Context(), env.Admin, models.VocabularyTopic)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, x := range list {
			got = append(got, x.ID)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("order %v, want %v", got, tt.want)
		}
	}
}

func TestMergeTerm(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	first, law, justice := putTopic(t, env, "First"), putTopic(t, env, "Law"), putTopic(t, env, "Justice")
	merge := func(from, into models.Term) (int, error) {
		return env.CMS.MergeTerm(t.Context(), env.Admin, models.VocabularyTopic, from.ID, into.ID, from.Version())
	}
	if _, err := merge(law, law); !errors.Is(err, models.ErrInvalid) {
		t.Errorf("into itself: %v", err)
	}
	if _, err := env.CMS.MergeTerm(t.Context(), env.Admin, models.VocabularyTopic, law.ID, justice.ID, "old"); !errors.Is(err, models.ErrStale) {
		t.Errorf("of another version: %v", err)
	}
	// Public on the page; public with the other one on the news; in a draft.
	saveFacts(t, env, env.Page, models.Values{"topics": []any{law.ID, first.ID}})
	env.Publish(t, env.Page, "en")
	saveFacts(t, env, env.News, models.Values{"date": "2026-03-01", "topics": []any{justice.ID, law.ID}})
	env.Publish(t, env.News, "en")
	saveFacts(t, env, env.Draft, models.Values{"topics": []any{law.ID}})
	sealed := env.Edition(t, env.Page, models.Facts)
	head := env.Store.Head()
	// What was merged before follows.
	if _, err := merge(first, law); err != nil {
		t.Fatal(err)
	}
	env.View(t, func(r *store.Read) (err error) { law, err = r.Term(law.ID); return err })
	n, err := merge(law, justice)
	if err != nil || n != 2 {
		t.Fatalf("MergeTerm = %d, %v; want 2 public entries", n, err)
	}
	for _, entry := range []string{env.Page, env.News} {
		if got := publicTopics(t, env, entry); !slices.Equal(got, []any{justice.ID}) {
			t.Errorf("topics readers see: %v", got)
		}
	}
	if d := env.Edition(t, env.Page, models.Facts); *d.LiveRevision != *sealed.LiveRevision || d.Version != sealed.Version {
		t.Error("the revision or the version of what carried it moved")
	}
	// Every way to ask for the merged term finds what carries the other one.
	for _, id := range []string{law.ID, first.ID, justice.ID} {
		err := env.Live.View(t.Context(), func(v *live.View) error {
			p, err := v.List(live.Query{Lang: "en", Topic: id, Sort: "title", Limit: 10})
			if len(p.Items) != 2 {
				t.Errorf("%d items carry %s, want 2", len(p.Items), id)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	// The journal tells other sites which entries changed.
	told := map[string]bool{}
	err = env.Live.View(t.Context(), func(v *live.View) error {
		list, _, _, err := v.Changes(head, 100)
		for _, c := range list {
			told[c.Entry] = c.Lang == models.Facts && c.Action == models.ActionUpdated
		}
		return err
	})
	if err != nil || !maps.Equal(told, map[string]bool{env.Page: true, env.News: true}) {
		t.Errorf("the journal tells of %v, %v", told, err)
	}
	// An editor sees the other one, nothing is pending, and saving what is
	// there changes nothing.
	for _, entry := range []string{env.Page, env.Draft} {
		ed, err := env.CMS.Editor(t.Context(), env.Admin, entry, "en")
		if err != nil {
			t.Fatal(err)
		}
		if got := ed.Facts.Fields.Strs("topics"); !slices.Equal(got, []string{justice.ID}) {
			t.Errorf("topics in the editor: %v", got)
		}
		if entry == env.Page && ed.FactsPending {
			t.Error("merging left facts pending")
		}
		version := ed.FactsEdition.Version
		saveFacts(t, env, entry, ed.Facts.Fields)
		if got := env.Edition(t, entry, models.Facts).Version; got != version {
			t.Errorf("saving what was there made version %d of %d", got, version)
		}
	}
	// The draft becomes public with the other one.
	env.Publish(t, env.Draft, "en")
	list, _, err := env.CMS.Terms(t.Context(), env.Admin, models.VocabularyTopic)
	if err != nil || len(list) != 1 || list[0].Uses != 3 {
		t.Errorf("terms: %+v, %v; want one that three entries carry", list, err)
	}
	wantSound(t, env)
}

// wantSound expects nothing that the check of the database would report.
func wantSound(t *testing.T, env *cmstest.Env) {
	t.Helper()
	env.View(t, func(r *store.Read) error {
		found, err := r.CheckContent()
		for _, f := range found {
			t.Error(f)
		}
		return err
	})
}

func TestDeleteTerm(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	law := putTopic(t, env, "Law")
	users := func() []cms.TermUser {
		t.Helper()
		err := env.CMS.DeleteTerm(t.Context(), env.Admin, models.VocabularyTopic, law.ID, law.Version())
		var used *cms.UsedError
		if !errors.As(err, &used) || !errors.Is(err, models.ErrConflict) {
			t.Fatalf("DeleteTerm = %v, want what uses it", err)
		}
		return used.Users
	}
	saveFacts(t, env, env.Draft, models.Values{"topics": []any{law.ID}})
	if u := users(); len(u) != 1 || u[0].ID != env.Draft || u[0].Title != "Not public yet" || u[0].InText {
		t.Errorf("users: %+v", u)
	}
	saveFacts(t, env, env.Draft, models.Values{})
	// Cards of the topic, in the words of a page.
	env.Write(t, env.Draft, "en", "", block.Node{Type: "cards", Attrs: map[string]any{"mode": "auto", "query": map[string]any{"kind": "news", "topic": law.ID, "limit": 3}}})
	if u := users(); len(u) != 1 || !u[0].InText {
		t.Errorf("users: %+v", u)
	}
	env.Write(t, env.Draft, "en", "", block.Paragraph(block.Text("No cards.")))
	if err := env.CMS.DeleteTerm(t.Context(), env.Admin, models.VocabularyTopic, law.ID, "old"); !errors.Is(err, models.ErrStale) {
		t.Errorf("of another version: %v", err)
	}
	head := env.Store.Head()
	if err := env.CMS.DeleteTerm(t.Context(), env.Admin, models.VocabularyTopic, law.ID, law.Version()); err != nil {
		t.Fatal(err)
	}
	if env.Store.Head() == head {
		t.Error("the journal stood still")
	}
	if _, err := env.CMS.Term(t.Context(), env.Admin, models.VocabularyTopic, law.ID); !errors.Is(err, models.ErrNotFound) {
		t.Errorf("after deleting: %v", err)
	}
}
