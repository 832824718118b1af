package media_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"meridian/cms"
	"meridian/cms/cmstest"
	"meridian/cms/media"
	"meridian/cms/media/storage"
	"meridian/models"
	"meridian/models/store"
)

// page publishes a page of the root section that shows a picture, and returns
// its id.
func page(t *testing.T, env *cmstest.Env, asset string) string {
	t.Helper()
	id := env.Create(t, cms.NewEntry{Kind: models.KindPage, Section: env.Root, Lang: "en", Title: "Shows a picture"})
	env.Write(t, id, "en", "A page.", cmstest.Picture(asset, "Two people at a table"))
	env.Publish(t, id, "en")
	return id
}

// stored returns the files below the media folder, temporary ones too.
func stored(t *testing.T, env *cmstest.Env) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(filepath.Join(env.Dir, cmstest.MediaDir), func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			out = append(out, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func detail(t *testing.T, env *cmstest.Env, id string) media.Detail {
	t.Helper()
	d, err := env.Library.Asset(t.Context(), env.Admin, id)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// render makes all renditions that are to be made.
func render(t *testing.T, env *cmstest.Env) {
	t.Helper()
	for range 1000 {
		more, err := env.Library.Render(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if !more {
			return
		}
	}
	t.Fatal("there is no end of renditions")
}

// acts returns the audit trail of a subject, oldest first.
func acts(t *testing.T, env *cmstest.Env, subject string) []string {
	t.Helper()
	var out []string
	env.View(t, func(r *store.Read) error {
		list, err := r.Acts(subject, 100)
		for _, a := range slices.Backward(list) {
			out = append(out, strings.TrimSpace(a.Action+" "+a.Detail))
		}
		return err
	})
	return out
}

func png(t *testing.T, w, h, n int) io.Reader { return bytes.NewReader(cmstest.PNG(t, w, h, n)) }

func TestUpload(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	a := env.Upload(t, media.Upload{Name: `C:\photos\..\Summer_camp  2026.JPG.html`, Body: png(t, 640, 480, 7)})
	if a.Kind != models.AssetImage || a.Title != "Summer camp 2026.JPG" || a.Withheld != models.WithheldPeople || a.DomainID != env.Root {
		t.Errorf("asset %+v", a)
	}
	d := detail(t, env, a.ID)
	v := d.Version
	if v.Type != "image/png" || v.Name != "Summer_camp  2026.JPG.png" || v.Width != 640 || v.Height != 480 || !storage.ValidName(v.File) || !strings.HasSuffix(v.File, ".png") || v.RenderedAt != nil {
		t.Errorf("version %+v", v)
	}
	if d.State != models.ConsentUnanswered || d.Uploader != env.Admin.Name || d.Used {
		t.Errorf("detail %+v", d.Item)
	}
	f, err := env.Library.OpenOriginal(t.Context(), env.Editor, a.ID, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	body, err := io.ReadAll(f)
	if err != nil || int64(len(body)) != v.Bytes || f.Type != "image/png" || f.Hash != v.Hash {
		t.Errorf("opened %d bytes of %d, %v", len(body), v.Bytes, err)
	}
	if got := acts(t, env, a.ID); !slices.Equal(got, []string{"asset-added image"}) {
		t.Errorf("acts %q", got)
	}
}

// TestRefused sends what is not taken: nothing of it may stay.
func TestRefused(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	small := media.New(env.Store, env.Files, media.Options{Limits: media.Limits{Picture: 2000, Document: 3000, Video: 4000, PerDay: 100_000}})
	text := func(n int) io.Reader { return strings.NewReader(strings.Repeat("a,b,c,d\n", n/8)) }
	exactly := cmstest.PNG(t, 20, 20, 1)
	exactly = append(exactly, bytes.Repeat([]byte{0}, 2000-len(exactly))...) // what follows the end of a picture is left out
	for _, tt := range []struct {
		name string
		body io.Reader
		size int64
		want string
	}{
		{"nothing", strings.NewReader(""), 0, media.RefusedEmpty},
		{"a program", strings.NewReader("MZ\x90\x00\x03\x00\x00\x00" + strings.Repeat("\x00\xff", 300)), 0, media.RefusedType},
		{"a page called a picture", strings.NewReader("<html><script>alert(1)</script></html>"), 0, media.RefusedType},
		{"half a picture", bytes.NewReader(cmstest.PNG(t, 64, 64, 2)[:60]), 0, media.RefusedDamaged},
		{"a phone's picture", strings.NewReader("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + strings.Repeat("\x00", 100)), 0, media.RefusedHEIC},
		{"a byte too many", io.MultiReader(bytes.NewReader(exactly), strings.NewReader("x")), 0, media.RefusedTooLarge},
		{"announced as too large", unread{t}, 5000, media.RefusedTooLarge},
		{"a document too large", text(3008), 0, media.RefusedTooLarge},
		{"exactly as large as it may be", bytes.NewReader(exactly), 2000, ""},
	} {
		before := len(stored(t, env))
		up, err := small.Upload(t.Context(), env.Admin, media.Upload{Section: env.Root, Name: "picture.png", Size: tt.size, Body: tt.body})
		var refused *media.RefusedError
		if tt.want == "" {
			if err != nil || up.Asset.ID == "" || len(stored(t, env)) != before+1 {
				t.Errorf("%s: %v", tt.name, err)
			}
			continue
		}
		if !errors.As(err, &refused) || refused.Code != tt.want || !errors.Is(err, models.ErrInvalid) || refused.TooLarge() != (tt.want == media.RefusedTooLarge) {
			t.Errorf("%s = %v, want %s", tt.name, err, tt.want)
		}
		if n := len(stored(t, env)); n != before {
			t.Errorf("%s left %d files", tt.name, n-before)
		}
	}
}

// unread is a body that nobody may look at.
type unread struct{ t *testing.T }

func (u unread) Read([]byte) (int, error) {
	u.t.Error("the body was read")
	return 0, io.EOF
}

func TestQuota(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	one := int64(len(cmstest.PNG(t, 64, 64, 1)))
	l := media.New(env.Store, env.Files, media.Options{Limits: media.Limits{PerDay: 2*one + one/2}})
	upload := func(by models.User, n int) error {
		_, err := l.Upload(t.Context(), by, media.Upload{Section: env.Root, Name: "a.png", Body: png(t, 64, 64, n)})
		return err
	}
	for n := range 2 {
		if err := upload(env.Author, n); err != nil {
			t.Fatal(err)
		}
	}
	var refused *media.RefusedError
	if err := upload(env.Author, 3); !errors.As(err, &refused) || refused.Code != media.RefusedQuota || refused.Args["max"] != 2*one+one/2 {
		t.Errorf("beyond the quota = %v", err)
	}
	if err := upload(env.Editor, 4); err != nil {
		t.Errorf("another person: %v", err)
	}
	env.Clock.Advance(24*time.Hour + time.Second)
	if err := upload(env.Author, 5); err != nil {
		t.Errorf("a day later: %v", err)
	}
	full := media.New(env.Store, env.Files, media.Options{Free: func() (int64, error) { return media.DefaultLimits.FreeFloor - 1, nil }})
	_, err := full.Upload(t.Context(), env.Editor, media.Upload{Section: env.Root, Name: "a.png", Body: png(t, 8, 8, 9)})
	if !errors.As(err, &refused) || refused.Code != media.RefusedDiskFull || !errors.Is(err, models.ErrBusy) {
		t.Errorf("with a full disk = %v", err)
	}
}

func TestDuplicate(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	a := env.Upload(t, media.Upload{Body: png(t, 64, 48, 1), People: models.PeopleNone})
	id := page(t, env, a.ID)
	before := len(stored(t, env))
	again := media.Upload{Section: env.Root, Name: "other name.png", Body: png(t, 64, 48, 1)}
	up, err := env.Library.Upload(t.Context(), env.Editor, again)
	if err != nil || up.Duplicate == nil || up.Duplicate.Asset.ID != a.ID || up.Asset.ID != "" {
		t.Fatalf("%+v, %v", up, err)
	}
	if u := up.Duplicate.Uses; len(u) == 0 || u[0].Entry != id || !u[0].Live || u[0].Title != "Shows a picture" {
		t.Errorf("uses %+v", u)
	}
	if n := len(stored(t, env)); n != before {
		t.Errorf("%d files stored", n-before)
	}
	// To somebody who may not see it, it is not there.
	other := again
	other.Section, other.Body = env.Belgium, png(t, 64, 48, 1)
	if up, err := env.Library.Upload(t.Context(), env.BEEditor, other); err != nil || up.Duplicate != nil {
		t.Errorf("of a foreign section: %+v, %v", up.Duplicate, err)
	}
	again.KeepBoth, again.Body = true, png(t, 64, 48, 1)
	if up, err := env.Library.Upload(t.Context(), env.Editor, again); err != nil || up.Duplicate != nil || up.Asset.ID == a.ID {
		t.Errorf("keep both: %+v, %v", up, err)
	}
}

// TestDuplicateOfWithdrawn sends a file once more that was taken away: whoever
// may see the files of its section is told when, before its files are deleted
// and afterwards, and it comes back only when that is asked for.
func TestDuplicateOfWithdrawn(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	ctx, l := t.Context(), env.Library
	a := env.Upload(t, media.Upload{Body: png(t, 64, 48, 1), Section: env.About, Shared: true})
	give(t, env, a.ID, "", "")
	withdrawn := env.Clock.Now()
	if _, err := l.WithdrawConsent(ctx, env.Editor, a.ID, ""); err != nil {
		t.Fatal(err)
	}
	send := func(by models.User, section string, both bool) media.Uploaded {
		t.Helper()
		up, err := l.Upload(ctx, by, media.Upload{Section: section, Name: "again.png", Body: png(t, 64, 48, 1), KeepBoth: both})
		if err != nil {
			t.Fatal(err)
		}
		return up
	}
	told := func(up media.Uploaded, when string, erased bool) {
		t.Helper()
		d := up.Duplicate
		if d == nil || d.Asset.ID != a.ID || d.State != models.ConsentWithdrawn || d.WithdrawnAt == nil || !d.WithdrawnAt.Equal(withdrawn) || (d.Asset.ErasedAt != nil) != erased {
			t.Errorf("%s: %+v", when, d)
		}
	}
	told(send(env.Author, env.About, false), "kept for the officer", false)
	env.Clock.Advance(models.KeepWithdrawn + time.Second)
	if s, err := l.Sweep(ctx); err != nil || s.Erased != 1 {
		t.Fatalf("%+v, %v", s, err)
	}
	told(send(env.Author, env.About, false), "erased", true)
	if files := stored(t, env); len(files) != 0 {
		t.Errorf("%q stored", files)
	}
	// Shared as it was, what became of it is for the people of its section.
	if up := send(env.BEEditor, env.Belgium, false); up.Duplicate != nil || up.Asset.ID == "" {
		t.Errorf("a foreign section is told %+v", up.Duplicate)
	}
	both := send(env.Author, env.About, true)
	if both.Duplicate != nil || both.Asset.Withheld != models.WithheldPeople {
		t.Errorf("keep both: %+v", both)
	}
	// What is there counts before what was.
	if d := send(env.Author, env.About, false).Duplicate; d == nil || d.Asset.ID != both.Asset.ID || d.WithdrawnAt != nil {
		t.Errorf("with both: %+v", d)
	}
	// What was thrown away and deleted left nothing to be told.
	b := env.Upload(t, media.Upload{Body: png(t, 64, 48, 2)})
	gone, err := l.Trash(ctx, env.Admin, media.Trash{ID: b.ID, Version: b.Version})
	if err == nil {
		err = l.Purge(ctx, env.Admin, b.ID, gone.Version)
	}
	if err != nil {
		t.Fatal(err)
	}
	if up, err := l.Upload(ctx, env.Editor, media.Upload{Section: env.Root, Name: "b.png", Body: png(t, 64, 48, 2)}); err != nil || up.Duplicate != nil {
		t.Errorf("deleted: %+v, %v", up.Duplicate, err)
	}
}

// TestForeign calls every method with the id of a file, or a section, of somebody
// else: it is not found, and nothing changes.
func TestForeign(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	ctx, l := t.Context(), env.Library
	mine := env.Upload(t, media.Upload{Section: env.Belgium})
	theirs := env.Upload(t, media.Upload{})
	inTrash := env.Upload(t, media.Upload{})
	if _, err := l.Trash(ctx, env.Admin, media.Trash{ID: inTrash.ID, Version: 1}); err != nil {
		t.Fatal(err)
	}
	col, err := l.CreateCollection(ctx, env.Admin, env.Root, "Theirs")
	if err != nil {
		t.Fatal(err)
	}
	own, err := l.CreateCollection(ctx, env.BEEditor, env.Belgium, "Mine")
	if err != nil {
		t.Fatal(err)
	}
	by := env.BEEditor
	open := func(o *media.Opened, err error) error {
		if err == nil {
			_ = o.Close()
		}
		return err
	}
	calls := map[string]func(id string) error{
		"Asset":        func(id string) error { _, err := l.Asset(ctx, by, id); return err },
		"OpenOriginal": func(id string) error { return open(l.OpenOriginal(ctx, by, id, 0)) },
		"OpenRendition": func(id string) error {
			return open(l.OpenRendition(ctx, by, id, models.RatioWhole, 320))
		},
		"Replace": func(id string) error {
			_, err := l.Replace(ctx, by, media.Replace{ID: id, Version: 1, Name: "a.png", Body: png(t, 8, 8, 99)})
			return err
		},
		"UseVersion": func(id string) error {
			return l.UseVersion(ctx, by, media.UseVersion{ID: id, Version: 1, Number: 1})
		},
		"Edit": func(id string) error {
			_, err := l.Edit(ctx, by, media.Edit{ID: id, Version: 1, Title: "Other"})
			return err
		},
		"Describe": func(id string) error { return l.Describe(ctx, by, id, "en", "A child") },
		"GiveConsent": func(id string) error {
			_, err := l.GiveConsent(ctx, by, media.Consent{Asset: id, Version: 1, GivenBy: "A", Uses: []string{models.UseSite}})
			return err
		},
		"WithdrawConsent": func(id string) error { _, err := l.WithdrawConsent(ctx, by, id, ""); return err },
		"Trash":           func(id string) error { _, err := l.Trash(ctx, by, media.Trash{ID: id, Version: 1}); return err },
		"Restore":         func(id string) error { _, err := l.Restore(ctx, by, id, 2); return err },
		"Purge":           func(id string) error { return l.Purge(ctx, by, id, 2) },
		"PutInCollection": func(id string) error { return l.PutInCollection(ctx, by, own.ID, []string{mine.ID, id}) },
	}
	for name, call := range calls {
		for _, id := range []string{theirs.ID, inTrash.ID, env.NewID(), env.Page, "x", ""} {
			before := dump(t, env)
			if err := call(id); !errors.Is(err, models.ErrNotFound) {
				t.Errorf("%s(%q) = %v, want not found", name, id, err)
			}
			if dump(t, env) != before {
				t.Errorf("%s(%q) changed something", name, id)
			}
		}
	}
	for name, err := range map[string]error{
		"rename collection": l.RenameCollection(ctx, by, col.ID, 1, "x"),
		"delete collection": l.DeleteCollection(ctx, by, col.ID, 1),
		"put into it":       l.PutInCollection(ctx, by, col.ID, []string{mine.ID}),
		"take out of it":    l.TakeOutOfCollection(ctx, by, col.ID, []string{mine.ID}),
	} {
		if !errors.Is(err, models.ErrNotFound) {
			t.Errorf("%s of a foreign section = %v", name, err)
		}
	}
	// A section that is foreign is no choice, neither for a new file nor for one
	// of one's own.
	var bad *models.InvalidError
	if _, err := l.Upload(ctx, by, media.Upload{Section: env.Root, Body: png(t, 8, 8, 98)}); !errors.As(err, &bad) || bad.Fields["section"].Code == "" {
		t.Errorf("upload into a foreign section = %v", err)
	}
	if _, err := l.Edit(ctx, by, media.Edit{ID: mine.ID, Version: 1, Title: "A", Section: env.Root}); !errors.As(err, &bad) {
		t.Errorf("give to a foreign section = %v", err)
	}
	if _, err := l.CreateCollection(ctx, by, env.Root, "x"); !errors.As(err, &bad) {
		t.Errorf("collection of a foreign section = %v", err)
	}
	if _, err := l.Upload(ctx, by, media.Upload{Section: env.Belgium, Collection: col.ID, Body: png(t, 8, 8, 97)}); !errors.Is(err, models.ErrNotFound) {
		t.Errorf("upload into a foreign collection = %v", err)
	}
	list, err := l.List(ctx, by, media.Query{})
	if err != nil || len(list.Items) != 1 || list.Items[0].Asset.ID != mine.ID || len(list.Collections) != 1 {
		t.Errorf("the list holds %d files and %d collections, %v", len(list.Items), len(list.Collections), err)
	}
	if items, err := l.Items(ctx, by, []string{mine.ID, theirs.ID}); err != nil || len(items) != 1 {
		t.Errorf("items %d, %v", len(items), err)
	}
	if list, err := l.List(ctx, env.Nobody, media.Query{}); err != nil || len(list.Items) != 0 {
		t.Errorf("somebody without grants sees %d files, %v", len(list.Items), err)
	}
}

func dump(t *testing.T, env *cmstest.Env) string {
	t.Helper()
	names := stored(t, env)
	slices.Sort(names)
	var b strings.Builder
	env.View(t, func(r *store.Read) error {
		list, _, err := r.FindAssets(store.AssetFilter{All: true, Limit: 1000})
		for _, a := range list {
			b.WriteString(a.ID + a.Title + a.VersionID + a.Withheld + a.ChangedAt.String())
		}
		return err
	})
	return b.String() + strings.Join(names, "\n")
}

// TestShared lets the staff of every section see and use a file, and nobody but
// its own change it.
func TestShared(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	ctx, l := t.Context(), env.Library
	a := env.Upload(t, media.Upload{Shared: true, People: models.PeopleNone})
	d, err := l.Asset(ctx, env.BEAuthor, a.ID)
	if err != nil || d.Can.Write || d.Can.Withdraw || !d.Can.Open || d.Section != "" {
		t.Errorf("%+v, %v", d.Can, err)
	}
	if _, err := l.Edit(ctx, env.BEEditor, media.Edit{ID: a.ID, Version: 1, Title: "x"}); !errors.Is(err, models.ErrForbidden) {
		t.Errorf("edit = %v", err)
	}
	if _, err := l.WithdrawConsent(ctx, env.BEEditor, a.ID, ""); !errors.Is(err, models.ErrForbidden) {
		t.Errorf("withdraw = %v", err)
	}
	if _, err := l.Asset(ctx, env.Nobody, a.ID); !errors.Is(err, models.ErrNotFound) {
		t.Errorf("somebody without grants = %v", err)
	}
	if list, err := l.List(ctx, env.BEAuthor, media.Query{Shared: true}); err != nil || len(list.Items) != 1 {
		t.Errorf("%d shared files, %v", len(list.Items), err)
	}
	// What a consent says of people is not shared.
	if _, err := l.GiveConsent(ctx, env.Admin, media.Consent{Asset: a.ID, Version: 1, GivenBy: "Her mother", Uses: []string{models.UseSite}, Evidence: "Drawer 3"}); err != nil {
		t.Fatal(err)
	}
	d, err = l.Asset(ctx, env.BEAuthor, a.ID)
	if err != nil || len(d.Consents) != 1 || d.Consents[0].GivenBy != "" || d.Consent.Evidence != "" {
		t.Errorf("%+v, %v", d.Consents, err)
	}
	if d := detail(t, env, a.ID); d.Consent.GivenBy != "Her mother" {
		t.Errorf("its own staff get %+v", d.Consent)
	}
}

// TestManyUploadsLeaveNothing takes a thousand files in: there is a file for
// each, and nothing besides.
func TestManyUploadsLeaveNothing(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes seconds")
	}
	env := cmstest.New(t)
	for n := range 1000 {
		body := io.Reader(strings.NewReader("name,number\nrow," + strings.Repeat("1", n%7+1) + "\n" + strings.Repeat("x,y\n", n)))
		if n%10 == 0 {
			body = png(t, 4, 4, n)
		}
		if n%10 == 5 {
			body = io.MultiReader(body, broken{})
		}
		_, err := env.Library.Upload(t.Context(), env.Admin, media.Upload{Section: env.Root, Name: "file", Body: body})
		if (err != nil) != (n%10 == 5) {
			t.Fatalf("upload %d: %v", n, err)
		}
	}
	if n := len(stored(t, env)); n != 900 {
		t.Errorf("%d files, want 900", n)
	}
}

// broken is a line that was cut.
type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// crash is a storage whose process dies right after a file was kept.
type crash struct {
	media.Files
	after func()
}

func (c crash) Create(ctx context.Context, name string) (storage.File, error) {
	f, err := c.Files.Create(ctx, name)
	return dying{f, c.after}, err
}

type dying struct {
	storage.File
	after func()
}

func (d dying) Commit() error {
	err := d.File.Commit()
	d.after()
	return err
}

// TestCrashBetweenFileAndRow dies there, as kill -9 does: the file is an orphan,
// which the next sweep removes, and young ones are left alone.
func TestCrashBetweenFileAndRow(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	good := env.Upload(t, media.Upload{})
	l := media.New(env.Store, crash{env.Files, func() { panic("killed") }}, media.Options{})
	func() {
		defer func() { _ = recover() }()
		_, _ = l.Upload(t.Context(), env.Admin, media.Upload{Section: env.Root, Name: "a.png", Body: png(t, 8, 8, 55)})
	}()
	files := stored(t, env)
	if len(files) != 2 {
		t.Fatalf("%d files after the crash, want the good one and the orphan", len(files))
	}
	age := func(by time.Duration) {
		t.Helper()
		for _, f := range stored(t, env) {
			at := env.Clock.Now().Add(-by)
			if err := os.Chtimes(f, at, at); err != nil {
				t.Fatal(err)
			}
		}
	}
	age(time.Minute)
	if s, err := env.Library.Sweep(t.Context()); err != nil || s.Orphans != 0 || len(s.Missing) != 0 {
		t.Errorf("a young orphan: %+v, %v", s, err)
	}
	age(2 * time.Hour)
	if s, err := env.Library.Sweep(t.Context()); err != nil || s.Orphans != 1 {
		t.Errorf("an old orphan: %+v, %v", s, err)
	}
	f, err := env.Library.OpenOriginal(t.Context(), env.Admin, good.ID, 0)
	if err != nil {
		t.Fatalf("the good file went too: %v", err)
	}
	_ = f.Close()
}

// TestRowsWithoutFile loses files: originals are reported, renditions made anew.
func TestRowsWithoutFile(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	a := env.Upload(t, media.Upload{Body: png(t, 700, 500, 3)})
	render(t, env)
	r := detail(t, env, a.ID).Versions[0].Renditions
	if len(r) == 0 {
		t.Fatal("no renditions")
	}
	if err := env.Files.Remove(r[0].File); err != nil {
		t.Fatal(err)
	}
	s, err := env.Library.Sweep(t.Context())
	if err != nil || !slices.Equal(s.Missing, []string{r[0].File}) {
		t.Fatalf("%+v, %v", s, err)
	}
	render(t, env)
	if again := detail(t, env, a.ID).Versions[0].Renditions; len(again) != len(r) {
		t.Errorf("%d renditions, want %d", len(again), len(r))
	}
	if err := env.Files.Remove(detail(t, env, a.ID).Version.File); err != nil {
		t.Fatal(err)
	}
	env.Clock.Advance(25 * time.Hour)
	if s, err = env.Library.Sweep(t.Context()); err != nil || len(s.Missing) != 1 {
		t.Errorf("%+v, %v", s, err)
	}
	if _, err := env.Library.OpenOriginal(t.Context(), env.Admin, a.ID, 0); !errors.Is(err, models.ErrNotFound) {
		t.Errorf("open what is missing = %v", err)
	}
}

// TestMoveOfPublicFile: a file that readers see goes to another section only by
// somebody who may publish where it is.
func TestMoveOfPublicFile(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	a := env.Upload(t, media.Upload{People: models.PeopleNone})
	move := func(by models.User) error {
		now := detail(t, env, a.ID).Asset
		_, err := env.Library.Edit(t.Context(), by, media.Edit{ID: a.ID, Version: now.Version, Title: now.Title, FocusX: 500, FocusY: 500, People: now.People, Section: env.About})
		return err
	}
	page(t, env, a.ID)
	if err := move(env.Author); !errors.Is(err, models.ErrForbidden) {
		t.Errorf("an author: %v", err)
	}
	if err := move(env.Editor); err != nil {
		t.Errorf("an editor: %v", err)
	}
}
