package media_test

import (
	"errors"
	"io"
	"slices"
	"testing"
	"time"

	"meridian/cms/cmstest"
	"meridian/cms/media"
	"meridian/models"
	"meridian/models/store"
)

// journal returns the journal's actions about an asset, oldest first.
func journal(t *testing.T, env *cmstest.Env, asset string) []string {
	t.Helper()
	var out []string
	err := env.Store.Live(t.Context(), func(l *store.Live) error {
		rows, _, err := l.Journal(0, 10_000)
		for _, r := range rows {
			if r.SubjectID == asset {
				out = append(out, r.Action)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// give records a consent for a picture of a child.
func give(t *testing.T, env *cmstest.Env, asset, until, zone string) models.Consent {
	t.Helper()
	c, err := env.Library.GiveConsent(t.Context(), env.Admin, media.Consent{
		Asset: asset, Version: detail(t, env, asset).Asset.Version, GivenBy: "Her mother", Uses: []string{models.UseSite}, Until: until, Zone: zone, People: models.PeopleChildren,
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestWithdraw takes a picture of a child away in one act, and brings it back
// with another consent.
func TestWithdraw(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	ctx, l := t.Context(), env.Library
	a := env.Upload(t, media.Upload{})
	give(t, env, a.ID, "", "")
	id := page(t, env, a.ID)
	if d := detail(t, env, a.ID); d.State != models.ConsentValid || d.Asset.Withheld != "" || !d.Public || d.Asset.FirstPublicAt == nil {
		t.Fatalf("%+v", d.Item)
	}
	head := env.Store.Head()
	env.Clock.Advance(time.Minute)
	gone, err := l.WithdrawConsent(ctx, env.Author, a.ID, "She does not want it any more.")
	if err != nil || gone.Already || gone.Asset.Withheld != models.WithheldWithdrawn {
		t.Fatalf("%+v, %v", gone, err)
	}
	if len(gone.Uses) == 0 || gone.Uses[0].Entry != id || !gone.Uses[0].Live {
		t.Errorf("uses %+v", gone.Uses)
	}
	if !env.Store.Moved(head, []store.Name{store.NameAsset(a.ID)}) {
		t.Error("answers that show it count as good")
	}
	if got := journal(t, env, a.ID); !slices.Equal(got, []string{models.ActionWithdrawn}) {
		t.Errorf("journal %q", got)
	}
	d := detail(t, env, a.ID)
	if d.State != models.ConsentWithdrawn || d.Consents[0].Reason != "She does not want it any more." || d.Consents[0].WithdrawnByName != env.Author.Name || d.Days != 90 {
		t.Errorf("%+v, %d days", d.Consents[0], d.Days)
	}
	// Once more does nothing, also for somebody whose page is old.
	if again, err := l.WithdrawConsent(ctx, env.Editor, a.ID, ""); err != nil || !again.Already {
		t.Errorf("once more: %+v, %v", again, err)
	}
	// Nobody but who safeguards sees it, not even an administrator.
	officer := env.Officer(t, env.Root)
	for _, by := range []models.User{env.Admin, env.Editor, env.Author} {
		if _, err := l.OpenOriginal(ctx, by, a.ID, 0); !errors.Is(err, models.ErrForbidden) {
			t.Errorf("%s opens the original: %v", by.Name, err)
		}
		if _, err := l.OpenRendition(ctx, by, a.ID, models.RatioWhole, 320); !errors.Is(err, models.ErrForbidden) {
			t.Errorf("%s opens a rendition: %v", by.Name, err)
		}
	}
	f, err := l.OpenOriginal(ctx, officer, a.ID, 1)
	if err != nil {
		t.Fatalf("the officer: %v", err)
	}
	_ = f.Close()
	// Whatever is answered about who is shown, it stays away.
	edited, err := l.Edit(ctx, env.Admin, media.Edit{ID: a.ID, Version: d.Asset.Version, Title: d.Asset.Title, FocusX: 500, FocusY: 500, People: models.PeopleNone})
	if err != nil || edited.Withheld != models.WithheldWithdrawn {
		t.Errorf("nobody is shown: %+v, %v", edited, err)
	}
	give(t, env, a.ID, "", "")
	if got := journal(t, env, a.ID); !slices.Equal(got, []string{models.ActionWithdrawn, models.ActionPublished}) {
		t.Errorf("journal after a new consent %q", got)
	}
	if d := detail(t, env, a.ID); d.State != models.ConsentValid || len(d.Consents) != 2 {
		t.Errorf("%s with %d consents", d.State, len(d.Consents))
	}
	want := []string{"asset-added image", "consent-given -", "consent-withdrawn", "asset-edited", "asset-people children > none", "consent-given -"}
	if got := acts(t, env, a.ID); !slices.Equal(got, want) {
		t.Errorf("acts %q, want %q", got, want)
	}
}

// TestWithdrawWithoutConsent takes a picture away of somebody who had not been
// asked.
func TestWithdrawWithoutConsent(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	a := env.Upload(t, media.Upload{People: models.PeopleAdults})
	page(t, env, a.ID)
	gone, err := env.Library.WithdrawConsent(t.Context(), env.Officer(t, env.Root), a.ID, "")
	if err != nil || gone.Asset.Withheld != models.WithheldWithdrawn {
		t.Fatalf("%+v, %v", gone, err)
	}
	if d := detail(t, env, a.ID); d.State != models.ConsentWithdrawn || len(d.Consents) != 1 {
		t.Errorf("%s, %+v", d.State, d.Consents)
	}
}

// TestConsentEnds lets consents end at their midnights: not a moment before, and
// with everything that a withdrawal does.
func TestConsentEnds(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	a := env.Upload(t, media.Upload{})
	give(t, env, a.ID, "2026-11-25", "America/Havana")
	b := env.Upload(t, media.Upload{})
	give(t, env, b.ID, "2027-03-27", "")
	page(t, env, a.ID)
	end, err := models.EndOf("2026-11-25", "America/Havana")
	if err != nil {
		t.Fatal(err)
	}
	run := func() time.Time {
		t.Helper()
		next, err := env.CMS.RunDue(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return next
	}
	select {
	case <-env.Store.Scheduled():
	default:
		t.Error("the timer was not told")
	}
	if next := run(); !next.Equal(end) {
		t.Fatalf("the next moment is %s, want %s", next, end)
	}
	env.Clock.Advance(end.Sub(env.Clock.Now()) - time.Microsecond)
	if next := run(); !next.Equal(end) || detail(t, env, a.ID).Asset.Withheld != "" {
		t.Error("it ended early")
	}
	env.Clock.Advance(time.Microsecond)
	if s := detail(t, env, a.ID).State; s != models.ConsentEnded {
		t.Errorf("before the timer comes the state is %s", s)
	}
	later, err := models.EndOf("2027-03-27", "Europe/Brussels")
	if err != nil {
		t.Fatal(err)
	}
	if next := run(); !next.Equal(later) {
		t.Errorf("the next moment is %s, want %s", next, later)
	}
	if w := detail(t, env, a.ID).Asset.Withheld; w != models.WithheldEnded {
		t.Errorf("withheld %q", w)
	}
	if got := journal(t, env, a.ID); !slices.Equal(got, []string{models.ActionWithdrawn}) {
		t.Errorf("journal %q", got)
	}
	if got := acts(t, env, a.ID); got[len(got)-1] != "consent-ended 2026-11-25" {
		t.Errorf("acts %q", got)
	}
	head := env.Store.Head()
	if run(); env.Store.Head() != head {
		t.Error("it ended twice")
	}
	// The other one ends too, though no page ever showed it: silently.
	env.Clock.Advance(later.Sub(env.Clock.Now()))
	if next := run(); !next.IsZero() || detail(t, env, b.ID).Asset.Withheld != models.WithheldEnded || journal(t, env, b.ID) != nil {
		t.Errorf("next %s, %+v", next, detail(t, env, b.ID).Asset)
	}
}

func TestGiveConsentRefuses(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	a := env.Upload(t, media.Upload{})
	good := media.Consent{Asset: a.ID, Version: 1, GivenBy: "A", Uses: []string{models.UseSite}}
	for _, tt := range []struct {
		field  string
		change func(*media.Consent)
	}{
		{"given_by", func(c *media.Consent) { c.GivenBy = " " }},
		{"uses", func(c *media.Consent) { c.Uses = nil }},
		{"uses", func(c *media.Consent) { c.Uses = []string{models.UseSite, "everything"} }},
		{"langs", func(c *media.Consent) { c.Langs = []string{"de"} }},
		{"until", func(c *media.Consent) { c.Until = "soon" }},
		{"until", func(c *media.Consent) { c.Until = "2026-11-24" }},
		{"zone", func(c *media.Consent) { c.Zone = "Local" }},
		{"zone", func(c *media.Consent) { c.Zone, c.Until = "Mars", "2027-01-01" }},
		{"people", func(c *media.Consent) { c.People = "everybody" }},
	} {
		c := good
		tt.change(&c)
		var bad *models.InvalidError
		if _, err := env.Library.GiveConsent(t.Context(), env.Editor, c); !errors.As(err, &bad) || bad.Fields[tt.field].Code == "" || len(bad.Fields) != 1 {
			t.Errorf("%s: %+v = %v", tt.field, c, err)
		}
	}
	if _, err := env.Library.GiveConsent(t.Context(), env.Author, good); !errors.Is(err, models.ErrForbidden) {
		t.Errorf("an author = %v", err)
	}
	stale := good
	stale.Version = 0
	if _, err := env.Library.GiveConsent(t.Context(), env.Editor, stale); !errors.Is(err, models.ErrStale) {
		t.Errorf("an old page = %v", err)
	}
	// Until today is long enough: the day has not ended.
	good.Until = "2026-11-25"
	if _, err := env.Library.GiveConsent(t.Context(), env.Officer(t, env.Root), good); err != nil {
		t.Errorf("until today: %v", err)
	}
}

// TestPeople answers who is shown: to open what a consent kept away takes more
// than to write.
func TestPeople(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	a := env.Upload(t, media.Upload{})
	edit := func(by models.User, p models.People) error {
		t.Helper()
		now := detail(t, env, a.ID).Asset
		_, err := env.Library.Edit(t.Context(), by, media.Edit{ID: a.ID, Version: now.Version, Title: now.Title, FocusX: 500, FocusY: 500, People: p})
		return err
	}
	if err := edit(env.Author, models.PeopleNone); err != nil {
		t.Fatalf("the first answer: %v", err)
	}
	page(t, env, a.ID)
	head := env.Store.Head()
	if err := edit(env.Author, models.PeopleChildren); err != nil {
		t.Fatal(err)
	}
	if d := detail(t, env, a.ID); d.Asset.Withheld != models.WithheldMissing || !env.Store.Moved(head, []store.Name{store.NameAsset(a.ID)}) {
		t.Errorf("a child without consent stays public: %+v", d.Asset)
	}
	for _, p := range []models.People{models.PeopleNone, models.PeopleCrowd, models.PeopleAdults, models.PeopleUnknown} {
		if err := edit(env.Author, p); !errors.Is(err, models.ErrForbidden) {
			t.Errorf("an author opens it again with %q: %v", p, err)
		}
	}
	if err := edit(env.Editor, models.PeopleNone); err != nil || detail(t, env, a.ID).Asset.Withheld != "" {
		t.Errorf("an editor: %v", err)
	}
	if got := journal(t, env, a.ID); !slices.Equal(got, []string{models.ActionWithdrawn, models.ActionPublished}) {
		t.Errorf("journal %q", got)
	}
}

// TestKeptForNobody deletes the files of what was withdrawn after ninety days,
// and leaves the row.
func TestKeptForNobody(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	ctx := t.Context()
	officer := env.Officer(t, env.Root)
	a := env.Upload(t, media.Upload{Body: png(t, 700, 500, 12)})
	give(t, env, a.ID, "", "")
	render(t, env)
	if _, err := env.Library.WithdrawConsent(ctx, env.Editor, a.ID, ""); err != nil {
		t.Fatal(err)
	}
	thrown := env.Upload(t, media.Upload{})
	if _, err := env.Library.Trash(ctx, env.Editor, media.Trash{ID: thrown.ID, Version: 1}); err != nil {
		t.Fatal(err)
	}
	sweep := func() media.Swept {
		t.Helper()
		s, err := env.Library.Sweep(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	env.Clock.Advance(media.TrashFor)
	if s := sweep(); s.Erased != 0 {
		t.Errorf("%d erased after 30 days exactly", s.Erased)
	}
	env.Clock.Advance(time.Second)
	if s := sweep(); s.Erased != 1 {
		t.Errorf("%d erased from the trash", s.Erased)
	}
	env.Clock.Advance(models.KeepWithdrawn - media.TrashFor - time.Second)
	if s := sweep(); s.Erased != 0 {
		t.Errorf("%d erased after 90 days exactly", s.Erased)
	}
	if f, err := env.Library.OpenOriginal(ctx, officer, a.ID, 0); err != nil {
		t.Errorf("the officer, before: %v", err)
	} else {
		_ = f.Close()
	}
	env.Clock.Advance(time.Second)
	if s := sweep(); s.Erased != 1 {
		t.Errorf("%d erased", s.Erased)
	}
	if files := stored(t, env); len(files) != 0 {
		t.Errorf("files %q are left", files)
	}
	if _, err := env.Library.OpenOriginal(ctx, officer, a.ID, 0); !errors.Is(err, models.ErrNotFound) {
		t.Errorf("the officer, afterwards: %v", err)
	}
	env.View(t, func(r *store.Read) error {
		row, err := r.Asset(a.ID)
		if err != nil || row.ErasedAt == nil || row.Withheld != models.WithheldWithdrawn {
			t.Errorf("the row: %+v, %v", row, err)
		}
		return nil
	})
	if got := acts(t, env, a.ID); got[len(got)-1] != "asset-erased" {
		t.Errorf("acts %q", got)
	}
}

// TestDesk tells those who write a page of what went from it, and those who
// answer for a file of a consent that ends.
func TestDesk(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	ctx := t.Context()
	a := env.Upload(t, media.Upload{Shared: true})
	give(t, env, a.ID, "2026-12-20", "")
	id := page(t, env, a.ID)
	d, err := env.Library.Desk(ctx, env.Editor)
	if err != nil || len(d.Ending) != 1 || d.Ending[0].State != models.ConsentEnding || len(d.Withheld) != 0 {
		t.Fatalf("%+v, %v", d, err)
	}
	if d, err := env.Library.Desk(ctx, env.Author); err != nil || len(d.Ending) != 0 {
		t.Errorf("an author is asked for a consent: %+v, %v", d, err)
	}
	if _, err := env.Library.WithdrawConsent(ctx, env.Editor, a.ID, ""); err != nil {
		t.Fatal(err)
	}
	d, err = env.Library.Desk(ctx, env.Author)
	if err != nil || len(d.Withheld) != 1 || d.Withheld[0].State != models.ConsentWithdrawn || d.Withheld[0].Uses[0].Entry != id || !d.Withheld[0].At.Equal(env.Clock.Now()) {
		t.Errorf("%+v, %v", d, err)
	}
	if d, err := env.Library.Desk(ctx, env.BEEditor); err != nil || len(d.Withheld) != 0 {
		t.Errorf("another section is told: %+v, %v", d, err)
	}
	// A child that nobody had seen there.
	b := env.Upload(t, media.Upload{People: models.PeopleNone})
	page(t, env, b.ID)
	env.Clock.Advance(time.Minute)
	if _, err := env.Library.Edit(ctx, env.Author, media.Edit{ID: b.ID, Version: 1, Title: "B", FocusX: 500, FocusY: 500, People: models.PeopleChildren}); err != nil {
		t.Fatal(err)
	}
	d, err = env.Library.Desk(ctx, env.Author)
	if err != nil || len(d.Withheld) != 2 || d.Withheld[0].State != models.ConsentMissing || !d.Withheld[0].At.Equal(env.Clock.Now()) {
		t.Errorf("%+v, %v", d.Withheld, err)
	}
	env.Clock.Advance(31 * 24 * time.Hour)
	if d, err := env.Library.Desk(ctx, env.Author); err != nil || len(d.Withheld) != 0 {
		t.Errorf("a month later: %+v, %v", d, err)
	}
}

// TestReplace keeps the id and the old file, and asks once more who is shown.
func TestReplace(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	ctx, l := t.Context(), env.Library
	a := env.Upload(t, media.Upload{Body: png(t, 640, 480, 1), People: models.PeopleNone})
	page(t, env, a.ID)
	in := media.Replace{ID: a.ID, Version: 1, Name: "new.png", Body: png(t, 320, 240, 2)}
	if _, err := l.Replace(ctx, env.Author, in); !errors.Is(err, models.ErrForbidden) {
		t.Errorf("an author replaces what is public: %v", err)
	}
	up, err := l.Replace(ctx, env.Editor, in)
	if err != nil || up.Asset.ID != a.ID || up.Version.Number != 2 || up.Asset.People != models.PeopleUnknown || up.Asset.Withheld != models.WithheldPeople {
		t.Fatalf("%+v, %v", up, err)
	}
	in.Body, in.Version = png(t, 320, 240, 3), 1
	if _, err := l.Replace(ctx, env.Editor, in); !errors.Is(err, models.ErrStale) {
		t.Errorf("an old page = %v", err)
	}
	in.Version = up.Asset.Version
	in.Body = io.MultiReader(png(t, 1, 1, 1))
	in.SamePeople = true
	if up, err = l.Replace(ctx, env.Editor, in); err != nil || up.Version.Number != 3 {
		t.Fatal(err)
	}
	var refused *media.RefusedError
	other := env.Upload(t, media.Upload{})
	doc := media.Replace{ID: other.ID, Version: 1, Name: "a.csv", Body: csv(20)}
	if _, err := l.Replace(ctx, env.Editor, doc); !errors.As(err, &refused) || refused.Code != media.RefusedOtherKind {
		t.Errorf("a table in place of a picture = %v", err)
	}
	if err := l.UseVersion(ctx, env.Editor, media.UseVersion{ID: a.ID, Version: up.Asset.Version, Number: 1}); err != nil {
		t.Fatal(err)
	}
	d := detail(t, env, a.ID)
	if len(d.Versions) != 3 || d.Version.Number != 1 || d.Asset.Withheld != models.WithheldPeople {
		t.Errorf("%+v", d.Versions)
	}
	for _, v := range d.Versions {
		f, err := l.OpenOriginal(ctx, env.Editor, a.ID, v.Number)
		if err != nil {
			t.Errorf("version %d: %v", v.Number, err)
			continue
		}
		_ = f.Close()
	}
	if err := l.UseVersion(ctx, env.Editor, media.UseVersion{ID: a.ID, Version: d.Asset.Version, Number: 1}); !errors.Is(err, models.ErrConflict) {
		t.Errorf("the current version = %v", err)
	}
	if err := l.UseVersion(ctx, env.Editor, media.UseVersion{ID: a.ID, Version: d.Asset.Version, Number: 9}); !errors.Is(err, models.ErrNotFound) {
		t.Errorf("a version that is not there = %v", err)
	}
}

// TestTrash asks for the title of what readers see, and lets the file come back.
func TestTrash(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	ctx, l := t.Context(), env.Library
	a := env.Upload(t, media.Upload{Name: "Summer camp.png", People: models.PeopleNone})
	page(t, env, a.ID)
	var used *media.InUseError
	if _, err := l.Trash(ctx, env.Editor, media.Trash{ID: a.ID, Version: 1, Typed: "camp"}); !errors.As(err, &used) || !errors.Is(err, models.ErrConflict) || used.Title != "Summer camp" || len(used.Uses) == 0 {
		t.Fatalf("%v", err)
	}
	if _, err := l.Trash(ctx, env.Author, media.Trash{ID: a.ID, Version: 1, Typed: "Summer camp"}); !errors.Is(err, models.ErrForbidden) {
		t.Errorf("an author = %v", err)
	}
	for _, typed := range []string{"", "camp", "Summercamp", "Summer camp."} {
		if _, err := l.Trash(ctx, env.Editor, media.Trash{ID: a.ID, Version: 1, Typed: typed}); !errors.As(err, &used) {
			t.Errorf("%q will do: %v", typed, err)
		}
	}
	gone, err := l.Trash(ctx, env.Editor, media.Trash{ID: a.ID, Version: 1, Typed: " summer \u00a0\t Camp "})
	if err != nil || gone.TrashedAt == nil {
		t.Fatal(err)
	}
	if got := journal(t, env, a.ID); !slices.Equal(got, []string{models.ActionDeleted}) {
		t.Errorf("journal %q", got)
	}
	if d := detail(t, env, a.ID); d.Days != 30 {
		t.Errorf("%d days left", d.Days)
	}
	if list, err := l.List(ctx, env.Editor, media.Query{Trash: true}); err != nil || len(list.Items) != 1 {
		t.Errorf("the trash holds %d, %v", len(list.Items), err)
	}
	if err := l.Describe(ctx, env.Editor, a.ID, "en", "x"); !errors.Is(err, models.ErrNotFound) {
		t.Errorf("describe in the trash = %v", err)
	}
	if err := l.Purge(ctx, env.Author, a.ID, gone.Version); !errors.Is(err, models.ErrForbidden) {
		t.Errorf("an author purges: %v", err)
	}
	back, err := l.Restore(ctx, env.Editor, a.ID, gone.Version)
	if err != nil || back.TrashedAt != nil {
		t.Fatal(err)
	}
	if got := journal(t, env, a.ID); !slices.Equal(got, []string{models.ActionDeleted, models.ActionPublished}) {
		t.Errorf("journal %q", got)
	}
	if gone, err = l.Trash(ctx, env.Editor, media.Trash{ID: a.ID, Version: back.Version, Typed: "Summer camp"}); err != nil {
		t.Fatal(err)
	}
	// Without a title it is called by its name, which has to be typed as well.
	named := env.Upload(t, media.Upload{Name: "IMG 1.png", People: models.PeopleNone})
	page(t, env, named.ID)
	env.PutAsset(t, named.ID, func(a *models.Asset) { a.Title = "" })
	named = env.AssetOf(t, named.ID)
	if _, err := l.Trash(ctx, env.Editor, media.Trash{ID: named.ID, Version: named.Version}); !errors.As(err, &used) || used.Title != "IMG 1.png" {
		t.Errorf("without a title = %v", err)
	}
	if _, err := l.Trash(ctx, env.Editor, media.Trash{ID: named.ID, Version: named.Version, Typed: "img  1.PNG"}); err != nil {
		t.Error(err)
	}
	if err := l.Purge(ctx, env.Editor, a.ID, gone.Version); err != nil {
		t.Fatal(err)
	}
	if files := stored(t, env); len(files) != 1 {
		t.Errorf("files %q are left, want that of the other one", files)
	}
	if _, err := l.Asset(ctx, env.Admin, a.ID); !errors.Is(err, models.ErrNotFound) {
		t.Errorf("what was purged = %v", err)
	}
}
