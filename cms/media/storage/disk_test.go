package storage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

func open(tb testing.TB) (*Disk, string) {
	tb.Helper()
	dir := filepath.Join(tb.TempDir(), "media")
	d, err := OpenDisk(dir)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { d.Close() })
	return d, dir
}

// put stores a file.
func put(tb testing.TB, d *Disk, name, body string) {
	tb.Helper()
	f, err := d.Create(tb.Context(), name)
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Abort()
	if _, err := io.WriteString(f, body); err != nil {
		tb.Fatal(err)
	}
	if err := f.Commit(); err != nil {
		tb.Fatal(err)
	}
}

// temps lists what is left in the folder of temporary files.
func temps(tb testing.TB, dir string) []string {
	tb.Helper()
	entries, err := os.ReadDir(filepath.Join(dir, temporary))
	if err != nil {
		tb.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestDisk(t *testing.T) {
	t.Parallel()
	d, dir := open(t)
	name := NewName(Originals, "jpg")
	f, err := d.Create(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(f, "half of it")
	if _, err := d.Open(name); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("before Commit: Open = %v", err)
	}
	io.WriteString(f, ", and the other half")
	if err := f.Commit(); err != nil {
		t.Fatal(err)
	}
	f.Abort()
	if err := f.Commit(); err == nil {
		t.Error("a second Commit succeeds")
	}
	r, err := d.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if b, err := io.ReadAll(r); string(b) != "half of it, and the other half" || err != nil || r.Size() != int64(len(b)) {
		t.Errorf("read %q of %d, %v", b, r.Size(), err)
	}
	if since := time.Since(r.ModTime()); since < -time.Minute || since > time.Hour {
		t.Errorf("ModTime is %v ago", since)
	}
	if _, err := d.Create(t.Context(), name); !errors.Is(err, fs.ErrExist) {
		t.Errorf("Create of the same name = %v", err)
	}
	if err := d.Remove(name); err != nil {
		t.Fatal(err)
	}
	if err := d.Remove(name); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("second Remove = %v", err)
	}
	if _, err := d.Open(name); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("after Remove: Open = %v", err)
	}
	if left := temps(t, dir); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	d, dir := open(t)
	if err := os.WriteFile(filepath.Join(filepath.Dir(dir), "app.db"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	good := NewName(Renditions, "webp")
	id := strings.Repeat("a", 26)
	for name, want := range map[string]bool{
		good:                           true,
		"originals/aa/" + id + ".jpg":  true,
		"originals/ab/" + id + ".jpg":  false,
		"originals/aa/" + id:           false,
		"originals/aa/" + id + ".JPG":  false,
		"originals/aa/" + id + ".a/b":  false,
		"temp/aa/" + id + ".jpg":       false,
		"/originals/aa/" + id + ".jpg": false,
		"originals/../../app.db":       false,
		"../app.db":                    false,
		`originals\aa\` + id + ".jpg":  false,
		"originals/aa/.htaccess":       false,
		good + "\n":                    false,
		"":                             false,
	} {
		if got := ValidName(name); got != want {
			t.Errorf("ValidName(%q) = %v", name, got)
		}
		if want {
			continue
		}
		if _, err := d.Create(t.Context(), name); !errors.Is(err, ErrName) {
			t.Errorf("Create(%q) = %v", name, err)
		}
		if _, err := d.Open(name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("Open(%q) = %v", name, err)
		}
		if err := d.Remove(name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("Remove(%q) = %v", name, err)
		}
	}
}

// TestLinks has somebody put links into the folder that lead out of it.
func TestLinks(t *testing.T) {
	t.Parallel()
	d, dir := open(t)
	outside := t.TempDir()
	secret := filepath.Join(outside, "aa"+strings.Repeat("a", 24)+".jpg")
	if err := os.WriteFile(secret, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(dir, "originals", "aa")); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	name := "originals/aa/" + strings.Repeat("a", 26) + ".jpg"
	if _, err := d.Open(name); err == nil {
		t.Error("Open follows a link out")
	}
	if err := d.Remove(name); err == nil {
		t.Error("Remove follows a link out")
	}
	f, err := d.Create(t.Context(), "originals/aa/aa"+strings.Repeat("b", 24)+".jpg")
	if err == nil {
		if err = f.Commit(); err == nil {
			t.Error("Commit follows a link out")
		}
	}
	if left := temps(t, dir); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestNothingLeft fails, gives up and is cancelled at every stage, a thousand
// times altogether.
func TestNothingLeft(t *testing.T) {
	t.Parallel()
	d, dir := open(t)
	for i := range 250 {
		ctx, cancel := context.WithCancel(t.Context())
		create := func() File {
			f, err := d.Create(ctx, NewName(Originals, "png"))
			if err != nil {
				t.Fatal(err)
			}
			io.WriteString(f, "x")
			return f
		}
		create().Abort()
		upload, err := d.Temp()
		if err != nil {
			t.Fatal(err)
		}
		upload.Write([]byte("x"))
		upload.Close()
		f := create()
		cancel()
		if _, err := io.WriteString(f, "y"); !errors.Is(err, context.Canceled) {
			t.Errorf("Write after the end = %v", err)
		}
		f.Abort()
		ctx, cancel = context.WithCancel(t.Context())
		f = create()
		cancel()
		if err := f.Commit(); !errors.Is(err, context.Canceled) {
			t.Errorf("Commit after the end = %v", err)
		}
		if i == 0 {
			if _, err := d.Create(ctx, NewName(Originals, "png")); !errors.Is(err, context.Canceled) {
				t.Errorf("Create after the end = %v", err)
			}
		}
	}
	if left := temps(t, dir); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if err := d.Walk(t.Context(), func(i Info) error { return fmt.Errorf("%s is stored", i.Name) }); err != nil {
		t.Error(err)
	}
}

// TestCommitFails makes the target impossible.
func TestCommitFails(t *testing.T) {
	t.Parallel()
	d, dir := open(t)
	name := NewName(Originals, "png")
	if err := os.WriteFile(filepath.Join(dir, filepath.FromSlash(name[:len("originals/ab")])), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := d.Create(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Commit(); err == nil {
		t.Error("Commit succeeds where a file is in the way")
	}
	if left := temps(t, dir); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestSweep is a start after a crash.
func TestSweep(t *testing.T) {
	t.Parallel()
	d, dir := open(t)
	kept := NewName(Originals, "png")
	put(t, d, kept, "kept")
	for range 3 {
		if _, err := d.Create(t.Context(), NewName(Originals, "png")); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := d.Temp(); err != nil {
		t.Fatal(err)
	}
	if n, err := d.Sweep(t.Context(), time.Now().Add(-time.Hour)); n != 0 || err != nil {
		t.Errorf("Sweep of what is old = %d, %v", n, err)
	}
	again, err := OpenDisk(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if n, err := again.Sweep(t.Context(), time.Now().Add(time.Hour)); n != 4 || err != nil {
		t.Errorf("Sweep = %d, %v, want 4", n, err)
	}
	if left := temps(t, dir); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	r, err := again.Open(kept)
	if err != nil {
		t.Fatal(err)
	}
	r.Close()
}

func TestWalk(t *testing.T) {
	t.Parallel()
	d, dir := open(t)
	want := []string{}
	for _, f := range folders {
		for range 20 {
			name := NewName(f, "bin")
			put(t, d, name, string(f))
			want = append(want, name)
		}
	}
	slices.Sort(want)
	for _, stranger := range []string{"originals/.DS_Store", "originals/zz", "note.txt", "temp/x"} {
		if err := os.WriteFile(filepath.Join(dir, stranger), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	err := d.Walk(t.Context(), func(i Info) error {
		if i.Size < 9 || i.ModTime.IsZero() {
			t.Errorf("%+v", i)
		}
		got = append(got, i.Name)
		return nil
	})
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("Walk gives %d of %d names, %v", len(got), len(want), err)
	}
	stop := errors.New("stop")
	if err := d.Walk(t.Context(), func(Info) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("Walk = %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := d.Walk(ctx, func(Info) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("Walk after the end = %v", err)
	}
}

func TestTemp(t *testing.T) {
	t.Parallel()
	d, dir := open(t)
	f, err := d.Temp()
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(f, "one")
	b := make([]byte, 2)
	if _, err := f.ReadAt(b, 1); err != nil || string(b) != "ne" {
		t.Errorf("ReadAt = %q, %v", b, err)
	}
	io.WriteString(f, " two")
	if b, err := io.ReadAll(f.Reader()); string(b) != "one two" || err != nil || f.Size() != 7 {
		t.Errorf("holds %q of %d, %v", b, f.Size(), err)
	}
	if err := errors.Join(f.Close(), f.Close()); err != nil {
		t.Error(err)
	}
	if left := temps(t, dir); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestTogether(t *testing.T) {
	t.Parallel()
	d, _ := open(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 10 {
				put(t, d, NewName(Renditions, "jpg"), "x")
			}
		})
	}
	wg.Wait()
	n := 0
	if err := d.Walk(t.Context(), func(Info) error { n++; return nil }); err != nil || n != 80 {
		t.Errorf("stored %d of 80, %v", n, err)
	}
}
