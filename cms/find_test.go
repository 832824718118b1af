package cms_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"meridian/cms"
	"meridian/cms/block"
	"meridian/cms/cmstest"
	"meridian/cms/live"
	"meridian/models"
	"meridian/models/store"
)

// staffFinds returns what somebody of the staff finds, as "id/lang".
func staffFinds(t *testing.T, env *cmstest.Env, by models.User, q cms.FindQuery) []string {
	t.Helper()
	found, err := env.CMS.Find(t.Context(), by, q)
	if err != nil {
		t.Fatalf("find %q: %v", q.Text, err)
	}
	if found.Partial || found.Unfinished {
		t.Errorf("find %q: partial %t, unfinished %t", q.Text, found.Partial, found.Unfinished)
	}
	var ids []string
	for _, h := range found.Hits {
		ids = append(ids, h.ID+"/"+h.Lang)
	}
	return ids
}

// indexDrafts empties the queue as the server's timer does.
func indexDrafts(t *testing.T, env *cmstest.Env) {
	t.Helper()
	for range 100 {
		more, err := env.CMS.IndexDrafts(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if !more {
			return
		}
	}
	t.Fatal("the queue of drafts has no end")
}

// eitherWay runs a test on words that wait for the index and on words in it.
func eitherWay(t *testing.T, test func(t *testing.T, env *cmstest.Env, settle func())) {
	t.Parallel()
	t.Run("queued", func(t *testing.T) {
		t.Parallel()
		test(t, cmstest.New(t), func() {})
	})
	t.Run("indexed", func(t *testing.T) {
		t.Parallel()
		env := cmstest.New(t)
		test(t, env, func() {
			indexDrafts(t, env)
			env.View(t, func(r *store.Read) error {
				left, err := r.StaffQueue(1)
				if len(left) > 0 {
					t.Error("the queue is not empty")
				}
				return err
			})
		})
	})
}

// TestFindNewestWords: staff find a text by its newest words from the moment
// they are saved, whatever readers see, and by no older ones; readers do not
// find a draft by any.
func TestFindNewestWords(t *testing.T) {
	eitherWay(t, func(t *testing.T, env *cmstest.Env, settle func()) {
		id := env.Create(t, cms.NewEntry{Kind: models.KindPage, Section: env.About, Lang: "en", Title: "Kumquat"})
		want := []string{id + "/en"}
		check := func(when string, seen []string, unseen ...string) {
			t.Helper()
			settle()
			for _, w := range seen {
				if got := staffFinds(t, env, env.Author, cms.FindQuery{Text: w}); !slices.Equal(got, want) {
					t.Errorf("%s: %q finds %v", when, w, got)
				}
			}
			for _, w := range unseen {
				if got := staffFinds(t, env, env.Author, cms.FindQuery{Text: w}); got != nil {
					t.Errorf("%s: %q finds %v", when, w, got)
				}
			}
		}
		write := func(word string) {
			env.Write(t, id, "en", "Summary.", block.Paragraph(block.Text("They grow "+word+" here.")))
		}
		readers := func(when, word string) {
			t.Helper()
			if ids, corrected := found(t, env, live.SearchQuery{Text: word}); ids != nil || corrected != "" {
				t.Errorf("%s: readers find %v by %q, corrected to %q", when, ids, word, corrected)
			}
		}
		write("persimmons")
		check("a draft", []string{"kumquat", "persimmon", "persimm", "kumquats grow"}, "quinces")
		readers("a draft", "persimmons")
		env.Publish(t, id, "en")
		write("quinces")
		check("written on", []string{"quince", "kumquat"}, "persimmons")
		readers("written on", "quinces")
		env.Publish(t, id, "en")
		if err := env.CMS.Unpublish(t.Context(), env.Admin, id, "en", env.Edition(t, id, "en").Version); err != nil {
			t.Fatal(err)
		}
		check("unpublished", []string{"quinces"})
		readers("unpublished", "quinces")
		version := func() (v int) {
			env.View(t, func(r *store.Read) error { e, err := r.Entry(id); v = e.Version; return err })
			return v
		}
		if _, err := env.CMS.Trash(t.Context(), env.Admin, id, version()); err != nil {
			t.Fatal(err)
		}
		check("in the trash", nil, "quinces", "kumquat")
		if _, err := env.CMS.Restore(t.Context(), env.Admin, id, version()); err != nil {
			t.Fatal(err)
		}
		check("restored", []string{"quinces", "kumquat"})
	})
}

// TestFindNothingForeign: somebody who guesses a word of a text they may not
// read gets the answer to a word that is nowhere, whole or begun, alone or with
// others, in any language.
func TestFindNothingForeign(t *testing.T) {
	eitherWay(t, func(t *testing.T, env *cmstest.Env, settle func()) {
		planted := map[string]string{env.Page: "xylophones", env.BEPage: "tamarinds"}
		env.Write(t, env.Page, "en", "Summary.", block.Paragraph(block.Text("Secret xylophones and common words.")))
		env.Write(t, env.BEPage, "fr", "Résumé.", block.Paragraph(block.Text("Les tamarinds secrets et des mots communs.")))
		env.Translate(t, env.Page, "fr", "Les xylophones")
		settle()
		french := env.Editor // of the whole root, in one language
		french.Grants = slices.Clone(french.Grants)
		french.Grants[0].Langs = []string{"fr"}
		disabled := env.Admin
		disabled.Disabled = true
		for _, who := range []struct {
			name string
			user models.User
			sees []string // entries
			lang string   // the one they are limited to
		}{
			{"admin", env.Admin, []string{env.Page, env.BEPage}, ""},
			{"author of the root", env.Author, []string{env.Page}, ""},
			{"editor in French", french, []string{env.Page}, "fr"},
			{"editor of Belgium", env.BEEditor, []string{env.BEPage}, ""},
			{"nobody", env.Nobody, nil, ""},
			{"disabled", disabled, nil, ""},
			{"visitor", models.User{}, nil, ""},
		} {
			answer := func(q cms.FindQuery) string {
				found, err := env.CMS.Find(t.Context(), who.user, q)
				if err != nil {
					t.Fatalf("%s: %v", who.name, err)
				}
				if slices.ContainsFunc(found.Hits, func(h cms.Hit) bool { return who.lang != "" && h.Lang != who.lang }) {
					t.Errorf("%s: %+v finds other languages", who.name, q)
				}
				return fmt.Sprintf("%+v", found)
			}
			for id, word := range planted {
				for _, q := range []cms.FindQuery{{Text: word}, {Text: word[:4]}, {Text: word + " common"}, {Text: "common " + word}, {Text: word, Page: 2}, {Text: word, Kind: models.KindPage}, {Text: word, State: models.StateChanged}, {Text: word, Lang: "en"}, {Text: word, Lang: "fr"}} {
					nowhere := q
					nowhere.Text = strings.ReplaceAll(q.Text, word[:4], "zzqv")
					got := answer(q)
					if !slices.Contains(who.sees, id) && got != answer(nowhere) {
						t.Errorf("%s: %+v is answered with\n%s", who.name, q, got)
					}
				}
				if got := staffFinds(t, env, who.user, cms.FindQuery{Text: word}); slices.Contains(who.sees, id) != (len(got) > 0) {
					t.Errorf("%s: %q finds %v", who.name, word, got)
				}
			}
		}
	})
}

// TestFindOrderIsOnesOwn: how often a word is said in texts that somebody may
// not read changes nothing about the order of those they may.
func TestFindOrderIsOnesOwn(t *testing.T) {
	eitherWay(t, func(t *testing.T, env *cmstest.Env, settle func()) {
		for i, title := range []string{"Durian", "Rambutan", "Durian again", "Rambutan again"} {
			id := env.Create(t, cms.NewEntry{Kind: models.KindPage, Section: env.Belgium, Lang: "en", Title: title})
			env.Write(t, id, "en", "", block.Paragraph(block.Text([]string{"A rambutan.", "A durian."}[i%2])))
		}
		settle()
		before := staffFinds(t, env, env.BEAuthor, cms.FindQuery{Text: "durian rambutan"})
		for range 20 {
			env.Create(t, cms.NewEntry{Kind: models.KindPage, Section: env.About, Lang: "en", Title: "A durian for everybody"})
		}
		settle()
		if after := staffFinds(t, env, env.BEAuthor, cms.FindQuery{Text: "durian rambutan"}); len(before) != 4 || !slices.Equal(before, after) {
			t.Errorf("found %v, then %v", before, after)
		}
	})
}

// TestFindRanks: a title counts for more than a summary, that for more than the
// text, and a whole word for more than the beginning of one.
func TestFindRanks(t *testing.T) {
	eitherWay(t, func(t *testing.T, env *cmstest.Env, settle func()) {
		page := func(title, summary, text string) string {
			id := env.Create(t, cms.NewEntry{Kind: models.KindPage, Section: env.About, Lang: "en", Title: title})
			env.Write(t, id, "en", summary, block.Paragraph(block.Text(text)))
			return id + "/en"
		}
		title := page("The guardianship of minors", "Summary.", "Text.")
		summary := page("First steps", "How guardianship works.", "Text.")
		often := page("Second steps", "Summary.", "Guardianship is guardianship: guardianship.")
		text := page("Third steps", "Summary.", "A word on guardianship.")
		begun := page("Fourth steps", "Summary.", "A guard stood there.")
		settle()
		if got := staffFinds(t, env, env.Author, cms.FindQuery{Text: "guardianship"}); !slices.Equal(got, []string{title, summary, often, text}) {
			t.Errorf("guardianship finds %v", got)
		}
		if got := staffFinds(t, env, env.Author, cms.FindQuery{Text: "guard"}); !slices.Equal(got, []string{title, summary, often, begun, text}) {
			t.Errorf("guard finds %v", got)
		}
		if got := staffFinds(t, env, env.Author, cms.FindQuery{Text: "steps guardianship", State: models.StateDraft}); !slices.Equal(got, []string{summary, often, text}) {
			t.Errorf("steps guardianship finds %v", got)
		}
	})
}

// TestFindByEachLanguage: words are looked for by the rules of the language of
// each text, without diacritics too, and by beginnings that are longer than
// their stems.
func TestFindByEachLanguage(t *testing.T) {
	eitherWay(t, func(t *testing.T, env *cmstest.Env, settle func()) {
		id := env.Create(t, cms.NewEntry{Kind: models.KindPage, Section: env.About, Lang: "en", Title: "Publications on children"})
		env.Translate(t, id, "fr", "Les éducateurs et leurs publications")
		env.Translate(t, id, "ar", "حقوق الأطفال في المدرسة")
		settle()
		for text, want := range map[string][]string{
			"child": {"en"}, "childr": {"en"}, "educateur": {"fr"}, "éduc": {"fr"}, "publicati": {"fr", "en"}, "publication": {"fr", "en"},
			"اطفال": {"ar"}, "اطف": {"ar"}, "مدرسه": {"ar"}, "مدر": {"ar"}, "zzqv": nil, "": nil, "“": nil, `"`: nil, "*": nil, "a OR b": nil,
		} {
			var langs []string
			for _, hit := range staffFinds(t, env, env.Author, cms.FindQuery{Text: text}) {
				if found, lang, _ := strings.Cut(hit, "/"); found == id {
					langs = append(langs, lang)
				}
			}
			slices.Sort(langs)
			slices.Sort(want)
			if !slices.Equal(langs, want) {
				t.Errorf("%q finds %v, want %v", text, langs, want)
			}
		}
		if got := staffFinds(t, env, env.Author, cms.FindQuery{Text: "publications", Lang: "fr"}); !slices.Equal(got, []string{id + "/fr"}) {
			t.Errorf("in French: %v", got)
		}
	})
}

// TestFindSaysWhere: a hit has the sections above it, its state and its words.
func TestFindSaysWhere(t *testing.T) {
	eitherWay(t, func(t *testing.T, env *cmstest.Env, settle func()) {
		settle()
		found, err := env.CMS.Find(t.Context(), env.Author, cms.FindQuery{Text: "judges mission"})
		if err != nil || len(found.Hits) != 1 {
			t.Fatalf("%+v, %v", found, err)
		}
		h := found.Hits[0]
		var marks []string
		for _, p := range append(h.TitleMarks, h.Excerpt...) {
			if p.Hit {
				marks = append(marks, p.Text)
			}
		}
		if h.ID != env.Page || h.State != models.StateLive || len(h.Trail) != 1 || h.Trail[0].Title != "About us" || !slices.Equal(marks, []string{"mission", "judge"}) {
			t.Errorf("%+v, marks %v", h, marks)
		}
		// A grant below the top: the sections above it have no name.
		found, err = env.CMS.Find(t.Context(), env.BEAuthor, cms.FindQuery{Text: "formations"})
		if err != nil || len(found.Hits) != 1 || len(found.Hits[0].Trail) != 1 || found.Hits[0].Trail[0].ID != env.Belgium {
			t.Errorf("%+v, %v", found.Hits, err)
		}
	})
}

// TestFindPages: the pages of a long result are one list, each text once.
func TestFindPages(t *testing.T) {
	eitherWay(t, func(t *testing.T, env *cmstest.Env, settle func()) {
		for i := range 45 {
			env.Create(t, cms.NewEntry{Kind: models.KindPage, Section: env.About, Lang: "en", Title: fmt.Sprintf("Lychee %d", i)})
			if i == 20 {
				settle()
			}
		}
		seen := map[string]bool{}
		for page := 1; page <= 4; page++ {
			found, err := env.CMS.Find(t.Context(), env.Author, cms.FindQuery{Text: "lychee", Page: page})
			if err != nil {
				t.Fatal(err)
			}
			if want := page < 3; found.More != want {
				t.Errorf("page %d: more %t", page, found.More)
			}
			for _, h := range found.Hits {
				seen[h.ID] = true
			}
		}
		if len(seen) != 45 {
			t.Errorf("%d texts", len(seen))
		}
	})
}

// TestIndexDraftsLeavesNewerWords: a draft saved while its words were taken
// apart stays in the queue; one that is deleted leaves no word in the index.
func TestIndexDraftsLeavesNewerWords(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	indexDrafts(t, env)
	queue := func() (list []store.StaffText) {
		env.View(t, func(r *store.Read) (err error) { list, err = r.StaffQueue(10); return err })
		return list
	}
	env.Write(t, env.Draft, "en", "First.", block.Paragraph(block.Text("Loquat.")))
	old := queue()
	if len(old) != 1 || old[0].Summary != "First." {
		t.Fatalf("queue %+v", old)
	}
	env.Write(t, env.Draft, "en", "Second.", block.Paragraph(block.Text("Medlar.")))
	env.Tx(t, func(tx *store.Tx) error {
		return tx.PutStaffDocs([]store.StaffDoc{{Saving: old[0].Saving, Entry: env.Draft, Edition: old[0].EditionID, Terms: "en_loquat "}})
	})
	if now := queue(); len(now) != 1 || now[0].Summary != "Second." {
		t.Errorf("queue %+v", now)
	}
	if got := staffFinds(t, env, env.Author, cms.FindQuery{Text: "loquat"}); got != nil {
		t.Errorf("loquat finds %v", got)
	}
	indexDrafts(t, env)
	version := func() (v int) {
		env.View(t, func(r *store.Read) error { e, err := r.Entry(env.Draft); v = e.Version; return err })
		return v
	}
	if _, err := env.CMS.Trash(t.Context(), env.Admin, env.Draft, version()); err != nil {
		t.Fatal(err)
	}
	if err := env.CMS.Purge(t.Context(), env.Admin, env.Draft, version()); err != nil {
		t.Fatal(err)
	}
	env.View(t, func(r *store.Read) error {
		look, err := r.StaffLookup()
		if err != nil {
			return err
		}
		lists, err := look.Hits([]store.StaffMatch{{{Terms: []string{"en_medlar"}}}}, store.StaffFilter{All: true}, 10)
		if len(lists[0]) > 0 {
			t.Errorf("the index has %+v", lists)
		}
		return err
	})
}

// TestFillFind: an index by other rules is made anew.
func TestFillFind(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	indexDrafts(t, env)
	env.Exec(t, "UPDATE settings SET value = '0' WHERE key = 'staff_search'")
	want := staffFinds(t, env, env.Admin, cms.FindQuery{Text: "treaty"})
	for range 2 { // the second time there is nothing to do
		if err := env.CMS.FillFind(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := staffFinds(t, env, env.Admin, cms.FindQuery{Text: "treaty"}); len(want) == 0 || len(got) != len(want) {
			t.Errorf("found %v, want %v", got, want)
		}
		indexDrafts(t, env)
	}
	if got := staffFinds(t, env, env.Admin, cms.FindQuery{Text: "treaty"}); len(got) != len(want) {
		t.Errorf("found %v, want %v", got, want)
	}
}
