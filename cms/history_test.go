package cms_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"meridian/cms"
	"meridian/cms/block"
	"meridian/cms/cmstest"
	"meridian/models"
	"meridian/models/store"
)

func history(t *testing.T, env *cmstest.Env, entry, lang string, facts bool, before int) cms.History {
	t.Helper()
	h, err := env.CMS.History(t.Context(), env.Editor, entry, lang, facts, before)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// saveAs saves a title and a text as somebody, at the version there is.
func saveAs(t *testing.T, env *cmstest.Env, by models.User, entry, lang, title string, body *block.Document) {
	t.Helper()
	draft := env.DraftOf(t, entry, lang)
	_, err := env.CMS.Save(t.Context(), by, cms.SaveDraft{
		Entry: entry, Lang: lang, Version: env.Edition(t, entry, lang).Version, Title: title, Summary: draft.Summary, Body: body,
	})
	if err != nil {
		t.Fatal(err)
	}
}

// body returns the text of a draft, to be changed.
func body(t *testing.T, env *cmstest.Env, entry, lang string) *block.Document {
	t.Helper()
	doc, err := block.Decode([]byte(env.DraftOf(t, entry, lang).Body))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// line is an entry of the history in short.
func line(v cms.Version) string {
	var what []string
	if v.First {
		what = append(what, "first")
	}
	if v.Title {
		what = append(what, "title")
	}
	if v.Summary {
		what = append(what, "summary")
	}
	if v.Blocks > 0 {
		what = append(what, fmt.Sprint(v.Blocks, " blocks"))
	}
	what = append(what, v.Fields...)
	s := fmt.Sprintf("%d %s %s [%s]", v.Number, strings.Fields(v.Author)[0], v.At.Format("15:04"), strings.Join(what, ", "))
	if v.Reason != "" {
		s += " " + v.Reason
	}
	if v.Live {
		s += " live"
	}
	if v.Name != "" {
		s += " “" + v.Name + "”"
	}
	return s
}

func lines(h cms.History) (out []string) {
	for _, v := range h.Versions {
		out = append(out, line(v))
	}
	return out
}

// The history has an entry for each sitting, dated when its words were
// written, and the draft on top.
func TestHistoryBySittings(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	env.Clock.Advance(time.Hour) // 10:00
	doc := body(t, env, env.Page, "en")
	doc.Doc.Content[1].Content = []block.Node{block.Text("Each child has rights.")}
	saveAs(t, env, env.Author, env.Page, "en", "Our mission", doc)
	env.Clock.Advance(5 * time.Minute) // the same sitting
	doc.MoveUp(doc.Doc.Content[3].ID())
	saveAs(t, env, env.Author, env.Page, "en", "What we want", doc)
	env.Clock.Advance(2 * time.Hour) // 12:05, somebody else
	saveAs(t, env, env.Editor, env.Page, "en", "What we want", block.Empty("en"))
	h := history(t, env, env.Page, "en", false, 0)
	want := []string{
		"0 Cleo 12:05 [4 blocks]",
		"2 Ben 10:05 [title, 2 blocks] saved",
		"1 Ada 09:00 [first] published live",
	}
	if got := lines(h); !slices.Equal(got, want) {
		t.Errorf("history\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if !h.AtTop || h.Before != 0 || h.After != 0 || h.Total != 2 || h.Guard != env.Edition(t, env.Page, "en").Version {
		t.Errorf("page %+v", h)
	}
	// Facts have a history of their own, reached from the same screen.
	factsOf(t, env, env.News, "date", "2025-12-24")
	h = history(t, env, env.News, "en", true, 0)
	if got := lines(h); !slices.Equal(got, []string{"0 Ada 12:05 [date]", "1 Ada 09:00 [first] published live"}) {
		t.Errorf("history of facts: %v", got)
	}
	if h.Guard != env.Edition(t, env.News, models.Facts).Version || h.Of != models.Facts {
		t.Errorf("facts: %+v", h)
	}
}

func TestHistoryOffersUndo(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	if u := history(t, env, env.Page, "en", false, 0).Undo; u == nil || !u.Until.Equal(cmstest.Start.Add(cms.UndoWindow)) {
		t.Errorf("Undo = %+v", u)
	}
	if h, err := env.CMS.History(t.Context(), env.Author, env.Page, "en", false, 0); err != nil || h.Undo != nil {
		t.Errorf("an author is offered to undo: %+v, %v", h.Undo, err)
	}
	env.Clock.Advance(cms.UndoWindow + time.Second)
	if u := history(t, env, env.Page, "en", false, 0).Undo; u != nil {
		t.Errorf("after the window Undo = %+v", u)
	}
}

func TestHistoryPages(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	const sealed = 2*cms.HistoryPage + 3
	for n := range sealed {
		by := env.Author
		if n%2 == 1 {
			by = env.Editor
		}
		saveAs(t, env, by, env.Draft, "en", fmt.Sprint("Title ", n+1), nil)
	}
	// The first save overwrote the title it was created with, sealed as well.
	h := history(t, env, env.Draft, "en", false, 0)
	var numbers []int
	pages := 0
	for before := 0; ; pages++ {
		h = history(t, env, env.Draft, "en", false, before)
		for _, v := range h.Versions {
			numbers = append(numbers, v.Number)
			if v.First != (v.Number == 1) || !v.First && !v.Title {
				t.Errorf("version %d: %s", v.Number, line(v))
			}
		}
		if h.AtTop != (before == 0) {
			t.Errorf("page at %d: AtTop %v", before, h.AtTop)
		}
		if before = h.Before; before == 0 {
			break
		}
	}
	want := []int{0}
	for n := h.Total; n > 0; n-- {
		want = append(want, n)
	}
	if !slices.Equal(numbers, want) || pages != 2 {
		t.Errorf("%d pages with %v", pages+1, numbers)
	}
	if h.After == 0 {
		t.Error("the last page has no way back")
	}
	if back := history(t, env, env.Draft, "en", false, h.After); back.After != 0 || len(back.Versions) != cms.HistoryPage {
		t.Errorf("back from there: %d versions, After %d", len(back.Versions), back.After)
	}
}

// Going back puts the old words into the draft, keeps the new ones as a
// version, and can itself be taken back the same way.
func TestUseVersion(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	first := history(t, env, env.Page, "en", false, 0).Versions[1]
	env.Clock.Advance(time.Minute)
	saveAs(t, env, env.Author, env.Page, "en", "Another title", block.Empty("en"))
	newer := env.DraftOf(t, env.Page, "en")
	env.Clock.Advance(time.Minute)
	head := env.Store.Head()
	use := func(revision string) error {
		_, err := env.CMS.UseVersion(t.Context(), env.Author, cms.UseVersion{
			Entry: env.Page, Lang: "en", Version: env.Edition(t, env.Page, "en").Version, Revision: revision,
		})
		return err
	}
	if err := use(first.ID); err != nil {
		t.Fatal(err)
	}
	draft := env.DraftOf(t, env.Page, "en")
	if draft.Title != "Our mission" || draft.Author != env.Author.ID || len(body(t, env, env.Page, "en").Doc.Content) != 4 {
		t.Errorf("the draft is %+v", draft)
	}
	if env.Store.Head() != head {
		t.Error("readers' journal moved")
	}
	h := history(t, env, env.Page, "en", false, 0)
	if got := lines(h); len(got) != 3 || h.Versions[1].Name != "" || !strings.HasPrefix(got[1], "2 Ben 09:01 [title, 4 blocks] saved") {
		t.Fatalf("history %q", got)
	}
	if !h.Versions[2].Same {
		t.Error("the draft is not known to be the first version")
	}
	if err := use(h.Versions[1].ID); err != nil {
		t.Fatal(err)
	}
	if back := env.DraftOf(t, env.Page, "en"); back.Hash != newer.Hash {
		t.Error("going back there did not bring the newer words back")
	}
	var c *models.ConflictError
	if err := use(h.Versions[1].ID); !errors.As(err, &c) || c.Code != "version_is_draft" {
		t.Errorf("using what the draft says already = %v", err)
	}
	check(t, env)
}

// Old words of a translation stand for the old words of the original again.
func TestUseVersionOfTranslation(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	env.Translate(t, env.Page, "nl", "Onze missie")
	env.Publish(t, env.Page, "nl")
	old := history(t, env, env.Page, "nl", false, 0).Versions[1]
	doc := body(t, env, env.Page, "en")
	id := doc.Doc.Content[3].ID()
	doc.Doc.Content[3].Content = []block.Node{block.Text("Also in front of every judge.")}
	env.Write(t, env.Page, "en", "What we are here for.", doc.Doc.Content...)
	env.Publish(t, env.Page, "en")
	nl := body(t, env, env.Page, "nl")
	nl.Doc.Content[3].Content = []block.Node{block.Text("Ook voor elke rechter.")}
	env.Write(t, env.Page, "nl", "What we are here for.", nl.Doc.Content...)
	behind := func() []string {
		ed, err := env.CMS.Editor(t.Context(), env.Editor, env.Page, "nl")
		if err != nil {
			t.Fatal(err)
		}
		return ed.Source.Behind
	}
	if got := behind(); len(got) != 0 {
		t.Fatalf("a translation that followed up is behind: %v", got)
	}
	for _, blockID := range []string{"", id} {
		_, err := env.CMS.UseVersion(t.Context(), env.Editor, cms.UseVersion{
			Entry: env.Page, Lang: "nl", Version: env.Edition(t, env.Page, "nl").Version, Revision: old.ID, Block: blockID,
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := behind(); !slices.Equal(got, []string{id}) {
			t.Errorf("old words of block %q are behind in %v, want %s", blockID, got, id)
		}
		if got := env.DraftOf(t, env.Page, "nl").BasedOn; got != revision(t, env, old.ID).BasedOn {
			t.Errorf("old words of block %q are based on %s", blockID, got)
		}
		env.Write(t, env.Page, "nl", "What we are here for.", nl.Doc.Content...)
	}
}

func revision(t *testing.T, env *cmstest.Env, id string) (rev models.Revision) {
	t.Helper()
	env.View(t, func(r *store.Read) (err error) {
		rev, err = r.Revision(id)
		return err
	})
	return rev
}

// One block comes back alone; what was written elsewhere since stays.
func TestUseBlock(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	old := history(t, env, env.Page, "en", false, 0).Versions[1]
	doc := body(t, env, env.Page, "en")
	changed, removed := doc.Doc.Content[1].ID(), doc.Doc.Content[3].ID()
	doc.Doc.Content[1].Content = []block.Node{block.Text("New words.")}
	doc.Doc.Content[2].Content = []block.Node{block.Text("A new heading")}
	doc.Remove(removed)
	saveAs(t, env, env.Author, env.Page, "en", "A new title", doc)
	use := func(id string) error {
		_, err := env.CMS.UseVersion(t.Context(), env.Author, cms.UseVersion{
			Entry: env.Page, Lang: "en", Version: env.Edition(t, env.Page, "en").Version, Revision: old.ID, Block: id,
		})
		return err
	}
	for _, id := range []string{changed, removed} {
		if err := use(id); err != nil {
			t.Fatal(err)
		}
	}
	text := body(t, env, env.Page, "en").PlainText(block.Inert{})
	for _, s := range []string{"Every child has rights.", "A new heading", "Also in front of a judge."} {
		if !strings.Contains(text, s) {
			t.Errorf("the draft lacks %q:\n%s", s, text)
		}
	}
	if strings.Contains(text, "New words.") || env.DraftOf(t, env.Page, "en").Title != "A new title" {
		t.Errorf("the draft is %q\n%s", env.DraftOf(t, env.Page, "en").Title, text)
	}
	if err := use(block.NewID()); !errors.Is(err, models.ErrNotFound) {
		t.Errorf("a block that is in neither = %v", err)
	}
}

func TestNameVersion(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	v := history(t, env, env.Page, "en", false, 0).Versions[1]
	before := revision(t, env, v.ID)
	head, version := env.Store.Head(), env.Edition(t, env.Page, "en").Version
	for _, tt := range []struct{ name, want string }{
		{"  Before the congress ", "Before the congress"},
		{strings.Repeat("é", cms.NameMax), strings.Repeat("é", cms.NameMax)},
		{"", ""},
	} {
		if _, err := env.CMS.NameVersion(t.Context(), env.Author, env.Page, "en", v.ID, tt.name); err != nil {
			t.Fatal(err)
		}
		if got := history(t, env, env.Page, "en", false, 0).Versions[1].Name; got != tt.want {
			t.Errorf("name %q, want %q", got, tt.want)
		}
	}
	var invalid *models.InvalidError
	if _, err := env.CMS.NameVersion(t.Context(), env.Author, env.Page, "en", v.ID, strings.Repeat("é", cms.NameMax+1)); !errors.As(err, &invalid) || invalid.Fields["name"].Code != "too_long" {
		t.Errorf("a name that is too long = %v", err)
	}
	after := revision(t, env, v.ID)
	if after.Hash != before.Hash || after.Body != before.Body || !after.CreatedAt.Equal(before.CreatedAt) {
		t.Error("naming changed the version")
	}
	if env.Store.Head() != head || env.Edition(t, env.Page, "en").Version != version {
		t.Error("naming moved the journal or the edition")
	}
}

// A version is reached through its own edition only, by who may see that.
func TestVersionsOfOthers(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	env.Write(t, env.Page, "en", "Newer.", block.Paragraph(block.Text("Newer.")))
	own := history(t, env, env.Page, "en", false, 0).Versions[1].ID
	env.Write(t, env.News, "fr", "Newer.", block.Paragraph(block.Text("Newer.")))
	fr := history(t, env, env.News, "fr", false, 0).Versions[1].ID
	facts := history(t, env, env.Page, "en", true, 0).Versions[1].ID
	var foreign string
	env.View(t, func(r *store.Read) error {
		d, err := r.Edition(env.BEPage, "fr")
		foreign = *d.LiveRevision
		return err
	})
	for _, tt := range []struct {
		name     string
		by       models.User
		entry    string
		lang     string
		revision string
		see, do  error
	}{
		{"an author's own page", env.Author, env.Page, "en", own, nil, nil},
		{"somebody without a grant", env.Nobody, env.Page, "en", own, models.ErrNotFound, models.ErrNotFound},
		{"another organisation's author", env.BEAuthor, env.Page, "en", own, models.ErrNotFound, models.ErrNotFound},
		{"a revision of another page through one's own", env.Author, env.Page, "en", foreign, models.ErrNotFound, models.ErrNotFound},
		{"a revision of another news item", env.Admin, env.Page, "en", fr, models.ErrNotFound, models.ErrNotFound},
		{"a revision of another language", env.Author, env.News, "en", fr, models.ErrNotFound, models.ErrNotFound},
		{"a revision of the facts", env.Author, env.Page, "en", facts, models.ErrNotFound, models.ErrNotFound},
		{"no revision at all", env.Author, env.Page, "en", "x", models.ErrNotFound, models.ErrNotFound},
		{"the draft as a revision", env.Author, env.Page, "en", cms.VersionDraft, nil, models.ErrNotFound},
	} {
		_, err := env.CMS.Compare(t.Context(), tt.by, cms.CompareVersions{Entry: tt.entry, Lang: tt.lang, From: tt.revision, To: cms.VersionDraft})
		if !errors.Is(err, tt.see) {
			t.Errorf("%s: Compare = %v, want %v", tt.name, err, tt.see)
		}
		if _, err := env.CMS.NameVersion(t.Context(), tt.by, tt.entry, tt.lang, tt.revision, "Name"); !errors.Is(err, tt.do) {
			t.Errorf("%s: NameVersion = %v, want %v", tt.name, err, tt.do)
		}
		_, err = env.CMS.UseVersion(t.Context(), tt.by, cms.UseVersion{Entry: tt.entry, Lang: tt.lang, Version: env.Edition(t, tt.entry, tt.lang).Version, Revision: tt.revision})
		if !errors.Is(err, tt.do) {
			t.Errorf("%s: UseVersion = %v, want %v", tt.name, err, tt.do)
		}
	}
}

// Whoever goes back from a screen that is out of date is told what is there.
func TestUseVersionIsGuarded(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	old := history(t, env, env.Page, "en", false, 0).Versions[1].ID
	version := env.Edition(t, env.Page, "en").Version
	saveAs(t, env, env.Editor, env.Page, "en", "Theirs", nil)
	_, err := env.CMS.UseVersion(t.Context(), env.Author, cms.UseVersion{Entry: env.Page, Lang: "en", Version: version, Revision: old})
	var stale *cms.StaleError
	if !errors.As(err, &stale) || stale.Theirs.Title != "Theirs" || stale.Author != env.Editor.Name {
		t.Fatalf("UseVersion at an old version = %v", err)
	}
	if got := env.DraftOf(t, env.Page, "en").Title; got != "Theirs" {
		t.Errorf("the draft is %q", got)
	}
}

func TestCompare(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	doc := body(t, env, env.Page, "en")
	doc.Doc.Content[1].Content = []block.Node{block.Text("Every child has the same rights.")}
	doc.Remove(doc.Doc.Content[3].ID())
	saveAs(t, env, env.Author, env.Page, "en", "Our goals", doc)
	saveAs(t, env, env.Editor, env.Page, "en", "Our goals", block.Empty("en"))
	h := history(t, env, env.Page, "en", false, 0)
	first, second := h.Versions[2].ID, h.Versions[1].ID
	compare := func(from, to string) cms.Comparison {
		t.Helper()
		c, err := env.CMS.Compare(t.Context(), env.Author, cms.CompareVersions{Entry: env.Page, Lang: "en", From: from, To: to})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	for _, tt := range []struct{ from, to, earlier, later string }{
		{first, second, cms.VersionNone, cms.VersionDraft},
		{second, first, cms.VersionNone, cms.VersionDraft}, // in any order
		{cms.VersionNone, first, "", second},
		{second, cms.VersionDraft, first, ""},
		{cms.VersionDraft, cms.VersionDraft, second, ""},
		{first, first, cms.VersionNone, second},
	} {
		c := compare(tt.from, tt.to)
		if c.Earlier != tt.earlier || c.Later != tt.later {
			t.Errorf("%s to %s: earlier %q, later %q; want %q, %q", tt.from, tt.to, c.Earlier, c.Later, tt.earlier, tt.later)
		}
	}
	c := compare(second, first)
	if c.From.Number != 1 || c.To.Number != 2 || len(c.Title) < 2 || c.Summary[0].Op != block.Equal || len(c.Blocks) != 4 {
		t.Errorf("compared: %+v to %+v, title %v, %d blocks", c.From, c.To, c.Title, len(c.Blocks))
	}
	var kinds []block.Change
	for _, b := range c.Blocks {
		kinds = append(kinds, b.Change)
	}
	if want := []block.Change{block.Same, block.Changed, block.Same, block.Removed}; !slices.Equal(kinds, want) {
		t.Errorf("changes %v, want %v", kinds, want)
	}
	factsOf(t, env, env.News, "date", "2025-12-24")
	f, err := env.CMS.Compare(t.Context(), env.Author, cms.CompareVersions{Entry: env.News, Lang: "en", Facts: true, From: cms.VersionNone, To: cms.VersionDraft})
	if err != nil || len(f.Fields) == 0 || f.Blocks != nil {
		t.Errorf("facts compared: %+v, %v", f.Fields, err)
	}
}
