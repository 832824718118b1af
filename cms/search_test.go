package cms_test

import (
	"fmt"
	"slices"
	"testing"

	"meridian/cms"
	"meridian/cms/block"
	"meridian/cms/cmstest"
	"meridian/cms/live"
	"meridian/cms/media"
	"meridian/models"
	"meridian/models/store"
)

// found returns the ids of what readers find, and what they were told they
// meant.
func found(t *testing.T, env *cmstest.Env, q live.SearchQuery) (ids []string, corrected string) {
	t.Helper()
	q.Limit = max(q.Limit, 20)
	if q.Lang == "" {
		q.Lang = "en"
	}
	err := env.Live.SearchView(t.Context(), func(v *live.View) error {
		s, err := v.Search(q)
		for _, r := range s.Results {
			ids = append(ids, r.ID)
		}
		corrected = s.Corrected
		return err
	})
	if err != nil {
		t.Fatalf("search %q: %v", q.Text, err)
	}
	return ids, corrected
}

// TestSearchFollowsPublication: a word is found from the moment it becomes
// public until it stops being so, and is never suggested otherwise.
func TestSearchFollowsPublication(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	id := env.Create(t, cms.NewEntry{Kind: models.KindPage, Section: env.About, Lang: "en", Title: "Kumquat"})
	words := func(word string) {
		t.Helper()
		env.Write(t, id, "en", "Summary.", block.Paragraph(block.Text("They grow "+word+" here.")))
	}
	check := func(when string, seen, unseen []string) {
		t.Helper()
		for _, w := range seen {
			if ids, _ := found(t, env, live.SearchQuery{Text: w}); !slices.Equal(ids, []string{id}) {
				t.Errorf("%s: %q finds %v", when, w, ids)
			}
		}
		for _, w := range unseen {
			ids, corrected := found(t, env, live.SearchQuery{Text: w})
			if len(ids) > 0 || corrected != "" {
				t.Errorf("%s: %q finds %v, corrected to %q", when, w, ids, corrected)
			}
			// Two letters exchanged, and the beginning alone.
			typo := w[:2] + w[3:4] + w[2:3] + w[4:]
			if ids, corrected := found(t, env, live.SearchQuery{Text: typo}); len(ids) > 0 || corrected != "" {
				t.Errorf("%s: %q finds %v, corrected to %q", when, typo, ids, corrected)
			}
			if ids, _ := found(t, env, live.SearchQuery{Text: w[:5]}); len(ids) > 0 {
				t.Errorf("%s: the beginning of %q finds %v", when, w, ids)
			}
		}
	}
	version := func() int { return env.Edition(t, id, "en").Version }
	entry := func() (e models.Entry) {
		env.View(t, func(r *store.Read) (err error) { e, err = r.Entry(id); return err })
		return e
	}
	words("persimmons")
	check("a draft", nil, []string{"kumquat", "persimmons"})
	env.Publish(t, id, "en")
	check("published", []string{"kumquat", "persimmon", "persimm"}, []string{"quinces"})
	if _, corrected := found(t, env, live.SearchQuery{Text: "persimnons"}); corrected != "persimmons" {
		t.Errorf("persimnons is corrected to %q", corrected)
	}
	words("quinces")
	check("a newer draft", []string{"persimmons"}, []string{"quinces"})
	env.Publish(t, id, "en")
	check("published again", []string{"kumquat", "quinces"}, []string{"persimmons"})
	if _, err := env.CMS.UndoPublish(t.Context(), env.Admin, id, "en", version()); err != nil {
		t.Fatal(err)
	}
	check("undone", []string{"persimmons"}, []string{"quinces"})
	if err := env.CMS.Unpublish(t.Context(), env.Admin, id, "en", version()); err != nil {
		t.Fatal(err)
	}
	check("unpublished", nil, []string{"kumquat", "persimmons", "quinces"})
	env.Publish(t, id, "en")
	check("back", []string{"quinces"}, []string{"persimmons"})
	if _, err := env.CMS.Trash(t.Context(), env.Admin, id, entry().Version); err != nil {
		t.Fatal(err)
	}
	check("in the trash", nil, []string{"kumquat", "quinces"})
	if _, err := env.CMS.Restore(t.Context(), env.Admin, id, entry().Version); err != nil {
		t.Fatal(err)
	}
	check("restored", []string{"kumquat", "quinces"}, []string{"persimmons"})
	env.Tx(t, func(tx *store.Tx) error { return tx.ClearSearch() })
	check("with an empty index", nil, []string{"kumquat", "quinces"})
	if err := env.CMS.FillSearch(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	check("indexed anew", []string{"kumquat", "quinces"}, []string{"persimmons"})
	if _, err := env.CMS.Trash(t.Context(), env.Admin, id, entry().Version); err != nil {
		t.Fatal(err)
	}
	if err := env.CMS.Purge(t.Context(), env.Admin, id, entry().Version); err != nil {
		t.Fatal(err)
	}
	check("purged", nil, []string{"kumquat", "quinces"})
}

// TestMergeSearch: what was indexed lately goes to the lists a few documents at
// a time, and what is found stays the same, before and after what is found no
// more is taken out of them.
func TestMergeSearch(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	for i := range 80 {
		id := env.Create(t, cms.NewEntry{Kind: models.KindPage, Section: env.About, Lang: "en", Title: fmt.Sprintf("Medlar number %d", i)})
		env.Publish(t, id, "en")
		if i%4 == 0 {
			if err := env.CMS.Unpublish(t.Context(), env.Admin, id, "en", env.Edition(t, id, "en").Version); err != nil {
				t.Fatal(err)
			}
		}
	}
	look := func() []string {
		ids, _ := found(t, env, live.SearchQuery{Text: "medlar", Limit: 100})
		return ids
	}
	before := look()
	if len(before) != 60 {
		t.Fatalf("%d found before", len(before))
	}
	steps := 0
	for more := true; more; steps++ {
		var err error
		if more, err = env.Store.MergeSearch(t.Context()); err != nil || steps > 100 {
			t.Fatal(steps, err)
		}
		if after := look(); !slices.Equal(before, after) {
			t.Fatalf("%v found before, %v after %d steps", before, after, steps+1)
		}
	}
	if steps < 2 {
		t.Error("there was nothing to merge")
	}
	gone := before[len(before)-1] // in the lists by now
	if err := env.CMS.Unpublish(t.Context(), env.Admin, gone, "en", env.Edition(t, gone, "en").Version); err != nil {
		t.Fatal(err)
	}
	for _, when := range []string{"taken down", "tidied"} {
		if after := look(); !slices.Equal(before[:len(before)-1], after) {
			t.Errorf("%s: %v found before, %v after", when, before, after)
		}
		if err := env.Store.TidySearch(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// TestSearchWithoutWithheld: what a page says of a picture that readers do not get
// any more finds it no longer, from the very moment on; the rest of the page does
// a second later, and all of it when the picture is given again.
func TestSearchWithoutWithheld(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	a := env.Upload(t, media.Upload{People: models.PeopleAdults})
	id := env.Create(t, cms.NewEntry{Kind: models.KindPage, Section: env.About, Lang: "en", Title: "Medlars"})
	env.Write(t, id, "en", "They ripen late.", cmstest.Picture(a.ID, "Wombats in a hammock"))
	env.Publish(t, id, "en")
	check := func(when string, words map[string]int) {
		t.Helper()
		for word, n := range words {
			if ids, _ := found(t, env, live.SearchQuery{Text: word}); len(ids) != n {
				t.Errorf("%s: %q finds %v", when, word, ids)
			}
		}
	}
	again := func() {
		t.Helper()
		for more := true; more; {
			var err error
			if more, err = env.CMS.IndexAgain(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	all, rest := map[string]int{"medlars": 1, "ripen": 1, "wombats": 1}, map[string]int{"medlars": 1, "ripen": 1, "wombats": 0}
	check("public", all)
	if _, err := env.Library.WithdrawConsent(t.Context(), env.Admin, a.ID, ""); err != nil {
		t.Fatal(err)
	}
	check("withdrawn", map[string]int{"wombats": 0})
	again()
	check("taken apart again", rest)
	env.Tx(t, func(tx *store.Tx) error { return tx.ClearSearch() })
	if err := env.CMS.FillSearch(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	check("indexed anew", rest)
	var now models.Asset
	env.View(t, func(r *store.Read) (err error) { now, err = r.Asset(a.ID); return err })
	_, err := env.Library.GiveConsent(t.Context(), env.Admin, media.Consent{Asset: a.ID, Version: now.Version, GivenBy: "Themselves", Uses: []string{models.UseSite}, People: models.PeopleAdults})
	if err != nil {
		t.Fatal(err)
	}
	again()
	check("given again", all)
	env.View(t, func(r *store.Read) error {
		if left, err := r.SearchQueue(10); err != nil || len(left) > 0 {
			t.Errorf("the queue holds %v, %v", left, err)
		}
		return nil
	})
}

// TestSearchKind: a page that becomes a section is found as one.
func TestSearchKind(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	id := env.Create(t, cms.NewEntry{Kind: models.KindPage, Section: env.About, Lang: "en", Title: "Medlars"})
	env.Publish(t, id, "en")
	check := func(want map[string]int) {
		t.Helper()
		for kind, n := range want {
			if ids, _ := found(t, env, live.SearchQuery{Text: "medlars", Kind: kind}); len(ids) != n {
				t.Errorf("as %q: %v", kind, ids)
			}
		}
	}
	check(map[string]int{models.KindPage: 1, models.KindSection: 0, models.KindNews: 0, "": 1})
	var e models.Entry
	env.View(t, func(r *store.Read) (err error) { e, err = r.Entry(id); return err })
	if err := env.CMS.TurnIntoSection(t.Context(), env.Admin, id, e.Version); err != nil {
		t.Fatal(err)
	}
	check(map[string]int{models.KindPage: 0, models.KindSection: 1, models.KindNews: 0, "": 1})
}

// TestFillSearch: an index is made anew only when it is needed, from any state.
func TestFillSearch(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	steps := 0
	fill := func() {
		t.Helper()
		if err := env.CMS.FillSearch(t.Context(), func(int, int) { steps++ }); err != nil {
			t.Fatal(err)
		}
	}
	fill()
	if steps != 0 {
		t.Error("a new installation was indexed again")
	}
	before, _ := found(t, env, live.SearchQuery{Text: "children rights"})
	// Left half made by another process.
	env.Tx(t, func(tx *store.Tx) error {
		if err := tx.ClearSearch(); err != nil {
			return err
		}
		tx.PutSearch(store.SearchDoc{Entry: env.Page, Edition: env.Edition(t, env.Page, "en").ID, Lang: "en", Terms: "en_child "})
		return nil
	})
	fill()
	after, _ := found(t, env, live.SearchQuery{Text: "children rights"})
	if steps == 0 || len(before) == 0 || !slices.Equal(before, after) {
		t.Errorf("%d steps: found %v before and %v after", steps, before, after)
	}
}

func TestSearchFilters(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	env.Tx(t, func(tx *store.Tx) error {
		return tx.PutTerm(models.Term{ID: "fruit", Vocabulary: models.VocabularyTopic, Labels: []models.TermLabel{{Lang: "en", Label: "Fruit", Slug: "fruit"}}}, env.Admin.ID)
	})
	add := func(kind, section, title string, facts models.Values) string {
		id := env.Create(t, cms.NewEntry{Kind: kind, Section: section, Lang: "en", Title: title, Facts: facts})
		env.Write(t, id, "en", "Summary.")
		env.Publish(t, id, "en")
		return id
	}
	old := add(models.KindNews, env.Root, "Kumquat harvest", models.Values{"date": "2019-05-01"})
	topical := add(models.KindNews, env.Root, "Kumquat market", models.Values{"date": "2021-05-01", "topics": []any{"fruit"}})
	page := add(models.KindPage, env.About, "About kumquats", nil)
	for name, tt := range map[string]struct {
		q    live.SearchQuery
		want []string
	}{
		"none":            {live.SearchQuery{}, []string{old, topical, page}},
		"kind":            {live.SearchQuery{Kind: "news"}, []string{old, topical}},
		"year":            {live.SearchQuery{Kind: "news", Year: "2019"}, []string{old}},
		"topic":           {live.SearchQuery{Topic: "fruit"}, []string{topical}},
		"section":         {live.SearchQuery{Section: env.About}, []string{page}},
		"everything":      {live.SearchQuery{Section: env.Root}, []string{old, topical, page}},
		"nothing":         {live.SearchQuery{Section: env.Belgium}, nil},
		"other language":  {live.SearchQuery{Lang: "fr"}, nil},
		"kind and topic":  {live.SearchQuery{Kind: "page", Topic: "fruit"}, nil},
		"beyond the last": {live.SearchQuery{Skip: 3}, nil},
	} {
		tt.q.Text = "kumquat"
		got, _ := found(t, env, tt.q)
		slices.Sort(got)
		slices.Sort(tt.want)
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: found %v, want %v", name, got, tt.want)
		}
	}
}

// TestSearchTakesAnything: whatever is typed is words, never a language.
func TestSearchTakesAnything(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	for _, q := range []string{
		"", " ", "*", `"`, `""`, `a"b`, "NOT", "AND OR NEAR", "title:x", "{title}: x", "(", ")", "-child", "^child", "child*", "' OR 1=1--", "%", "_", "\x00",
		"\xff\xfe", "\u202e", "the of and", "a b c d e f g h i j k l m", "🙂", "儿童权利", "สิทธิเด็ก", string(make([]byte, 5000)), "ـــ", "َُِ",
	} {
		for _, lang := range []string{"en", "fr", "ar", "xx"} {
			found(t, env, live.SearchQuery{Text: q, Lang: lang})
		}
	}
}
