package media_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"meridian/cms"
	"meridian/cms/cmstest"
	"meridian/cms/media"
	"meridian/models"
)

func csv(rows int) io.Reader {
	return strings.NewReader("name,number\n" + strings.Repeat("Zanzibar,1\n", rows))
}

// index takes apart what is queued.
func index(t *testing.T, env *cmstest.Env) {
	t.Helper()
	for range 100 {
		more, err := env.Library.Index(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if !more {
			return
		}
	}
}

func TestListFilters(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	ctx, l := t.Context(), env.Library
	names := map[string]string{} // by id
	add := func(name string, in media.Upload) models.Asset {
		in.Name = name + ".png"
		a := env.Upload(t, in)
		names[a.ID] = name
		env.Clock.Advance(time.Second)
		return a
	}
	none := add("tree", media.Upload{People: models.PeopleNone})
	add("asked", media.Upload{})
	child := add("child", media.Upload{People: models.PeopleChildren})
	ending := add("ending", media.Upload{})
	give(t, env, ending.ID, "2026-12-01", "")
	valid := add("valid", media.Upload{})
	give(t, env, valid.ID, "", "")
	away := add("away", media.Upload{})
	give(t, env, away.ID, "", "")
	if _, err := l.WithdrawConsent(ctx, env.Admin, away.ID, ""); err != nil {
		t.Fatal(err)
	}
	add("belgium", media.Upload{Section: env.Belgium, People: models.PeopleNone})
	add("table", media.Upload{Body: csv(3)})
	page(t, env, none.ID)
	col, err := l.CreateCollection(ctx, env.Editor, env.Root, "Trees")
	if err != nil {
		t.Fatal(err)
	}
	if err := l.PutInCollection(ctx, env.Editor, col.ID, []string{none.ID, child.ID}); err != nil {
		t.Fatal(err)
	}
	index(t, env)
	for _, tt := range []struct {
		name string
		q    media.Query
		want string
	}{
		{"everything", media.Query{}, "table belgium away valid ending child asked tree"},
		{"a kind", media.Query{Kind: models.AssetData}, "table"},
		{"a section", media.Query{Section: env.Belgium}, "belgium"},
		{"a section that is none", media.Query{Section: env.Page}, ""},
		{"a collection", media.Query{Collection: col.ID}, "child tree"},
		{"people", media.Query{People: string(models.PeopleChildren)}, "away valid ending child"},
		{"unanswered", media.Query{People: media.Unanswered}, "asked"},
		{"not needed", media.Query{Consent: models.ConsentNotNeeded}, "table belgium tree"},
		{"to be answered", media.Query{Consent: models.ConsentUnanswered}, "asked"},
		{"missing", media.Query{Consent: models.ConsentMissing}, "child"},
		{"ending", media.Query{Consent: models.ConsentEnding}, "ending"},
		{"valid", media.Query{Consent: models.ConsentValid}, "valid"},
		{"withdrawn", media.Query{Consent: models.ConsentWithdrawn}, "away"},
		{"ended", media.Query{Consent: models.ConsentEnded}, ""},
		{"a state that is none", media.Query{Consent: "x' OR 1=1"}, ""},
		{"without description", media.Query{NoDescription: "en"}, "belgium away valid ending child asked"},
		{"in another language", media.Query{NoDescription: "fr", Section: env.Belgium}, "belgium"},
		{"unused", media.Query{Unused: true}, "table belgium away valid ending child asked"},
		{"somebody's", media.Query{Uploader: env.Editor.ID}, ""},
		{"words of a title", media.Query{Text: "TREE"}, "tree"},
		{"the beginning of a word", media.Query{Text: "belg"}, "belgium"},
		{"words of a description", media.Query{Text: "people table"}, "tree"},
		{"text that is in a file", media.Query{Text: "zanzibar"}, ""},
		{"no word at all", media.Query{Text: "?!"}, ""},
		{"an attack on the index", media.Query{Text: `tree" OR "child`}, ""},
	} {
		list, err := l.List(ctx, env.Admin, tt.q)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		var got []string
		for _, x := range list.Items {
			got = append(got, names[x.Asset.ID])
		}
		if s := strings.Join(got, " "); s != tt.want && tt.name != "text that is in a file" {
			t.Errorf("%s: %q, want %q", tt.name, s, tt.want)
		}
	}
	// After the end, and before the timer comes, it counts as ended.
	env.Clock.Advance(7 * 24 * time.Hour)
	if list, err := l.List(ctx, env.Admin, media.Query{Consent: models.ConsentEnded}); err != nil || len(list.Items) != 1 || list.Items[0].State != models.ConsentEnded {
		t.Errorf("ended: %+v, %v", list.Items, err)
	}
	if list, err := l.List(ctx, env.Admin, media.Query{Consent: models.ConsentEnding}); err != nil || len(list.Items) != 0 {
		t.Errorf("still ending: %+v, %v", list.Items, err)
	}
}

// TestListPages turns the pages: every file once, the newest first.
func TestListPages(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	var want []string
	for range 7 {
		want = append(want, env.Upload(t, media.Upload{}).ID)
		env.Clock.Advance(time.Second)
	}
	slices.Reverse(want)
	var got []string
	q := media.Query{Limit: 3}
	for pages := 0; ; pages++ {
		list, err := env.Library.List(t.Context(), env.Admin, q)
		if err != nil || pages > 5 {
			t.Fatal(pages, err)
		}
		for _, x := range list.Items {
			got = append(got, x.Asset.ID)
		}
		if q.After = list.Next; q.After == "" {
			break
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestDescribeMany(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	a, b := env.Upload(t, media.Upload{}), env.Upload(t, media.Upload{Section: env.Belgium})
	rows, err := env.Library.DescribeMany(t.Context(), env.Author, []media.Description{
		{ID: a.ID, Lang: "en", Text: " Two  people\n"}, {ID: a.ID, Lang: "de", Text: "x"}, {ID: b.ID, Lang: "en", Text: "x"},
		{ID: a.ID, Lang: "fr", Text: strings.Repeat("x", models.AssetDescriptionMax+1)}, {ID: a.ID, Lang: "fr", Text: "Deux personnes"},
	})
	if err != nil || len(rows) != 3 || !errors.Is(rows[1], models.ErrInvalid) || !errors.Is(rows[2], models.ErrNotFound) || !errors.Is(rows[3], models.ErrInvalid) {
		t.Fatalf("%v, %v", rows, err)
	}
	if got := fmt.Sprint(detail(t, env, a.ID).Descriptions); got != "map[en:Two  people fr:Deux personnes]" {
		t.Errorf("descriptions %s", got)
	}
	if err := env.Library.Describe(t.Context(), env.Author, a.ID, "en", ""); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(detail(t, env, a.ID).Descriptions); got != "map[fr:Deux personnes]" {
		t.Errorf("descriptions %s", got)
	}
	if _, err := env.Library.DescribeMany(t.Context(), env.Author, make([]media.Description, media.DescribeMost+1)); !errors.Is(err, models.ErrInvalid) {
		t.Errorf("too many = %v", err)
	}
}

func TestCollections(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	ctx, l := t.Context(), env.Library
	a := env.Upload(t, media.Upload{})
	c, err := l.CreateCollection(ctx, env.Author, env.Root, " Camp ")
	if err != nil || c.Name != "Camp" {
		t.Fatal(c, err)
	}
	if err := l.RenameCollection(ctx, env.Author, c.ID, 1, "Camp 2026"); err != nil {
		t.Fatal(err)
	}
	if err := l.RenameCollection(ctx, env.Author, c.ID, 1, "x"); !errors.Is(err, models.ErrStale) {
		t.Errorf("an old page = %v", err)
	}
	if err := l.RenameCollection(ctx, env.Author, c.ID, 2, ""); !errors.Is(err, models.ErrInvalid) {
		t.Errorf("no name = %v", err)
	}
	for range 2 {
		if err := l.PutInCollection(ctx, env.Author, c.ID, []string{a.ID}); err != nil {
			t.Fatal(err)
		}
	}
	if list, err := l.Collections(ctx, env.Author); err != nil || len(list) != 1 || list[0].Files != 1 || list[0].Name != "Camp 2026" || !list[0].CanWrite {
		t.Errorf("%+v, %v", list, err)
	}
	if d := detail(t, env, a.ID); len(d.Collections) != 1 {
		t.Errorf("%+v", d.Collections)
	}
	if err := l.TakeOutOfCollection(ctx, env.Author, c.ID, []string{a.ID}); err != nil || len(detail(t, env, a.ID).Collections) != 0 {
		t.Errorf("take out: %v", err)
	}
	if err := l.DeleteCollection(ctx, env.Author, c.ID, 2); err != nil {
		t.Fatal(err)
	}
	if list, err := l.Collections(ctx, env.Author); err != nil || len(list) != 0 {
		t.Errorf("%+v, %v", list, err)
	}
}

// TestRender makes renditions: no wider than the picture, small ones first, and
// anew around another point.
func TestRender(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	ctx := t.Context()
	a := env.Upload(t, media.Upload{Body: png(t, 1000, 700, 5), People: models.PeopleNone})
	page(t, env, a.ID)
	tiny := env.Upload(t, media.Upload{Body: png(t, 10, 10, 6)})
	data := env.Upload(t, media.Upload{Body: csv(2)})
	render(t, env)
	d := detail(t, env, a.ID)
	widths := map[models.Ratio][]int{}
	for _, x := range d.Versions[0].Renditions {
		if !models.ValidWidth(x.Width, x.Ratio) || x.Width > 1000 || len(x.Hash) != 8 || x.Bytes == 0 || x.Height == 0 {
			t.Errorf("%+v", x)
		}
		if !slices.Contains(widths[x.Ratio], x.Width) {
			widths[x.Ratio] = append(widths[x.Ratio], x.Width)
		}
	}
	if fmt.Sprint(widths[models.RatioWhole]) != "[320 480 640 960]" || fmt.Sprint(widths[models.RatioSquare]) != "[320 640]" || len(widths) != 5 {
		t.Errorf("widths %v", widths)
	}
	if d.Version.RenderedAt == nil || d.Thumb != 320 {
		t.Errorf("%+v", d.Version)
	}
	// The page gets them: it is told.
	if got := journal(t, env, a.ID); len(got) == 0 || slices.ContainsFunc(got, func(s string) bool { return s != models.ActionUpdated }) {
		t.Errorf("journal %q", got)
	}
	for _, id := range []string{tiny.ID, data.ID} {
		if d := detail(t, env, id); len(d.Versions[0].Renditions) != 0 || d.Version.RenderedAt == nil {
			t.Errorf("%+v", d.Versions[0])
		}
	}
	o, err := env.Library.OpenRendition(ctx, env.Editor, a.ID, models.RatioSquare, 400)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(o)
	_ = o.Close()
	if err != nil || len(b) == 0 {
		t.Error(err)
	}
	// Another point: the crops are others, the wholes the same.
	files := func() map[models.Ratio][]string {
		out := map[models.Ratio][]string{}
		for _, x := range detail(t, env, a.ID).Versions[0].Renditions {
			out[x.Ratio] = append(out[x.Ratio], x.File)
		}
		return out
	}
	before, n := files(), len(stored(t, env))
	if _, err := env.Library.Edit(ctx, env.Editor, media.Edit{ID: a.ID, Version: d.Asset.Version, Title: "A", FocusX: 100, FocusY: 900, People: models.PeopleNone}); err != nil {
		t.Fatal(err)
	}
	render(t, env)
	after := files()
	if !slices.Equal(before[""], after[""]) || slices.Equal(before[models.RatioSquare], after[models.RatioSquare]) {
		t.Error("the wrong ones were made anew")
	}
	if now := len(stored(t, env)); now != n {
		t.Errorf("%d files, want %d", now, n)
	}
}

// TestRenderDamaged has a file that nobody can read any more: it is not tried
// for ever, and holds no other up.
func TestRenderDamaged(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	bad := env.Upload(t, media.Upload{Body: png(t, 400, 300, 1)})
	env.Clock.Advance(time.Second)
	good := env.Upload(t, media.Upload{Body: png(t, 400, 300, 2)})
	file := detail(t, env, bad.ID).Version.File
	if err := env.Files.Remove(file); err != nil {
		t.Fatal(err)
	}
	f, err := env.Files.Create(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(f, bytes.NewReader(cmstest.PNG(t, 400, 300, 1)[:80])); err != nil {
		t.Fatal(err)
	}
	if err := f.Commit(); err != nil {
		t.Fatal(err)
	}
	render(t, env)
	if d := detail(t, env, bad.ID); d.Version.RenderedAt == nil || len(d.Versions[0].Renditions) != 0 {
		t.Errorf("%+v", d.Version)
	}
	if d := detail(t, env, good.ID); len(d.Versions[0].Renditions) == 0 {
		t.Error("the good one has none")
	}
}

// TestTitlesInOtherLanguages has somebody who reads one language: the working
// titles in others are not theirs.
func TestTitlesInOtherLanguages(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	a := env.Upload(t, media.Upload{People: models.PeopleNone, Section: env.About})
	id := env.Create(t, cms.NewEntry{Kind: models.KindPage, Section: env.About, Lang: "en", Title: "Zanzibar"})
	env.Write(t, id, "en", "A page.", cmstest.Picture(a.ID, "A tree"))
	env.Translate(t, id, "fr", "Un arbre")
	d := env.DraftOf(t, env.About, "en")
	_, err := env.CMS.Save(t.Context(), env.Admin, cms.SaveDraft{Entry: env.About, Lang: "en", Version: env.Edition(t, env.About, "en").Version, Title: "Zanzibar section", Summary: d.Summary})
	if err != nil {
		t.Fatal(err)
	}
	by := env.Author
	by.Lang = "en"
	by.Grants = slices.Clone(by.Grants)
	by.Grants[0].Langs = []string{"fr"}
	got, err := env.Library.Asset(t.Context(), by, a.ID)
	if err != nil {
		t.Fatal(err)
	}
	if s := fmt.Sprint(got.Uses, got.Section); strings.Contains(s, "Zanzibar") || !strings.Contains(s, "Un arbre") || got.Section != "About us" {
		t.Errorf("uses %+v in section %q", got.Uses, got.Section)
	}
}

// TestListSections offers the sections whose files somebody may see, also to an
// officer, who writes in none.
func TestListSections(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	for _, tt := range []struct {
		name string
		by   models.User
		want []media.SectionInfo
	}{
		{"administrator", env.Admin, []media.SectionInfo{{ID: env.Root}, {ID: env.About, Depth: 1}, {ID: env.Belgium, Depth: 1}}},
		{"officer of a section", env.Officer(t, env.Belgium), []media.SectionInfo{{ID: env.Belgium}}},
		{"editor of a section", env.BEEditor, []media.SectionInfo{{ID: env.Belgium}}},
		{"nobody", env.Nobody, nil},
	} {
		list, err := env.Library.List(t.Context(), tt.by, media.Query{})
		if err != nil {
			t.Fatal(err)
		}
		var got []media.SectionInfo
		for _, s := range list.Sections {
			if s.Title == "" {
				t.Errorf("%s: a section without a title", tt.name)
			}
			s.Title = ""
			if s.ID == env.Root || s.ID == env.About || s.ID == env.Belgium {
				got = append(got, s)
			}
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
}

// TestListConceals keeps who consented from those who only use a file, wherever
// they meet it.
func TestListConceals(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	ctx, l := t.Context(), env.Library
	a := env.Upload(t, media.Upload{People: models.PeopleChildren, Section: env.About, Shared: true})
	_, err := l.GiveConsent(ctx, env.Editor, media.Consent{
		Asset: a.ID, Version: a.Version, GivenBy: "Zanzibar mother", Uses: []string{models.UseSite}, Until: "2027-01-31", Evidence: "Zanzibar folder", Pseudonym: "Zanzibar",
	})
	if err == nil {
		_, err = l.WithdrawConsent(ctx, env.Editor, a.ID, "Zanzibar asked")
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		by   models.User
		told bool
	}{
		{"an author there", env.Author, true},
		{"the officer", env.Officer(t, env.Root), true},
		{"a foreign editor", env.BEEditor, false},
		{"a foreign officer", env.Officer(t, env.Belgium), false},
	} {
		list, err := l.List(ctx, tt.by, media.Query{})
		if err != nil || len(list.Items) != 1 {
			t.Fatalf("%s: %d files, %v", tt.name, len(list.Items), err)
		}
		some, err := l.Items(ctx, tt.by, []string{a.ID})
		if err != nil {
			t.Fatal(err)
		}
		d, err := l.Asset(ctx, tt.by, a.ID)
		if err != nil {
			t.Fatal(err)
		}
		for where, c := range map[string]*models.Consent{"list": list.Items[0].Consent, "items": some[a.ID].Consent, "detail": d.Consent, "history": &d.Consents[0].Consent} {
			if c == nil || c.Until != "2027-01-31" || c.WithdrawnAt == nil {
				t.Fatalf("%s, %s: %+v", tt.name, where, c)
			}
			said := c.GivenBy + c.Evidence + c.Pseudonym + c.Reason
			if want := "Zanzibar motherZanzibar folderZanzibarZanzibar asked"; said != want && tt.told || said != "" && !tt.told {
				t.Errorf("%s, %s: %q", tt.name, where, said)
			}
		}
	}
}
