package backup_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"meridian/cms/backup"
	"meridian/cms/cmstest"
	"meridian/models"
	"meridian/models/store"
)

// media is the media folder of the tests.
var media = map[string]string{
	"media/a/photo.jpg":       "not really a photo",
	"media/a/empty":           "",
	"media/b/ملف.pdf":         strings.Repeat("%PDF ", 300),
	"media/b/block":           strings.Repeat("x", 512),
	"media/long/" + long + "": "a name that needs more than one head",
}

var long = strings.Repeat("n", 120)

// made makes a backup of a seeded installation with media and returns its
// path.
func made(t testing.TB, env *cmstest.Env) string {
	t.Helper()
	for name, text := range media {
		writeFile(t, filepath.Join(env.Dir, name), text)
	}
	m, err := backup.Create(t.Context(), env.Store, env.Dir, backup.Options{Program: "test", To: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	return m.Path
}

func writeFile(t testing.TB, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// names returns everything below a folder.
func names(t testing.TB, dir string) []string {
	t.Helper()
	var list []string
	err := filepath.WalkDir(dir, func(name string, _ fs.DirEntry, err error) error {
		if rel, _ := filepath.Rel(dir, name); rel != "." {
			list = append(list, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return list
}

func verify(t testing.TB, file string) backup.Verified {
	t.Helper()
	v, err := backup.Verify(t.Context(), file, nil)
	if err != nil {
		t.Fatalf("Verify: %v", err)
	}
	return v
}

func TestBackup(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	file := made(t, env)
	if got, want := filepath.Base(file), "meridian-20261125T090000Z-"; !strings.HasPrefix(got, want) {
		t.Errorf("the backup is called %s, want %s…", got, want)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the mode of the backup is %v, %v", info.Mode(), err)
	}
	if left := names(t, filepath.Dir(file)); len(left) != 1 {
		t.Errorf("beside the backup there is %q", left)
	}
	v := verify(t, file)
	if len(v.Problems) > 0 {
		t.Errorf("Verify found %q in a backup that was just made", v.Problems)
	}
	if len(v.Manifest.Files) != len(media)+1 || v.Manifest.Program != "test" || v.Manifest.JournalHead != env.Store.Head() || v.AuditRows == 0 {
		t.Errorf("Verify = %+v", v)
	}
	acts := []store.AuditRow{}
	env.View(t, func(r *store.Read) (err error) { acts, err = r.Acts("site", 1); return err })
	if len(acts) != 1 || acts[0].Action != "backup-created" {
		t.Errorf("the audit trail says %+v", acts)
	}

	again := filepath.Join(filepath.Dir(file), "another.tar")
	if _, err := backup.Create(t.Context(), env.Store, env.Dir, backup.Options{To: file}); !errors.Is(err, fs.ErrExist) {
		t.Errorf("Create over a file = %v, want fs.ErrExist", err)
	}
	writeFile(t, again, "no backup")
	list, err := backup.List(filepath.Dir(file))
	if err != nil || len(list) != 1 || list[0].Name != filepath.Base(file) || list[0].Problem != "" {
		t.Errorf("List = %+v, %v", list, err)
	}
}

func TestRestore(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	var epoch string
	env.Tx(t, func(tx *store.Tx) error {
		i, err := tx.Installation()
		epoch = i.Epoch
		return errors.Join(err, tx.AddSession(store.Session{Token: "t", UserID: env.Editor.ID, Data: []byte("x"), ExpiresAt: tx.Now().Add(24 * 365 * time.Hour)}))
	})
	file := made(t, env)
	dir := filepath.Join(t.TempDir(), "new", "folder")
	out, err := backup.Restore(t.Context(), file, dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(out.Notes) > 0 || out.Due != 0 {
		t.Errorf("Restore = %+v", out)
	}
	for name, text := range media {
		if b, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(b) != text {
			t.Errorf("%s is %q, %v", name, b, err)
		}
	}
	for _, name := range names(t, dir) {
		if top, _, _ := strings.Cut(name, "/"); !slices.Contains([]string{store.File, store.LockFile, "media"}, top) {
			t.Errorf("%s is left in the folder", name)
		}
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("others may read %s: %v, %v", name, info.Mode(), err)
		}
	}
	s, err := store.Open(t.Context(), dir, store.Options{Exclusive: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	err = s.View(t.Context(), func(r *store.Read) error {
		i, err := r.Installation()
		if err != nil || i.ID != out.Manifest.Installation || i.Epoch == epoch {
			t.Errorf("the installation is %+v, %v; the epoch was %s", i, err, epoch)
		}
		if _, err := r.Session("t", cmstest.Start); !errors.Is(err, models.ErrNotFound) {
			t.Errorf("a session of the time goes on: %v", err)
		}
		if u, err := r.User(env.Editor.ID); err != nil || u.Epoch <= env.Editor.Epoch {
			t.Errorf("the editor's epoch is %d, was %d, %v", u.Epoch, env.Editor.Epoch, err)
		}
		acts, err := r.Acts("site", 1)
		if len(acts) != 1 || acts[0].Action != "backup-restored" {
			t.Errorf("the audit trail says %+v, %v", acts, err)
		}
		audit, err := r.VerifyAudit()
		if audit.Broken+audit.Lost != 0 {
			t.Errorf("the audit trail is %+v", audit)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestRestoreRefuses: nothing is put in the place of anything, and what is
// refused leaves no trace.
func TestRestoreRefuses(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	file := made(t, env)
	damaged := filepath.Join(t.TempDir(), "damaged.tar")
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/2] ^= 1
	writeFile(t, damaged, string(b))
	for _, tt := range []struct {
		name, file string
		there      []string
		lock       bool
		want       error
	}{
		{"database", file, []string{store.File}, false, backup.ErrOccupied},
		{"log without database", file, []string{store.File + "-wal"}, false, backup.ErrOccupied},
		{"media", file, []string{"media/a/photo.jpg"}, false, backup.ErrOccupied},
		{"lock", file, []string{"x"}, true, store.ErrLocked},
		{"damage", damaged, []string{"x"}, false, backup.ErrDamaged},
		{"damage, no folder", damaged, nil, false, backup.ErrDamaged},
		{"no backup", filepath.Join(env.Dir, store.File), nil, false, backup.ErrNotBackup},
		{"no file", filepath.Join(env.Dir, "none"), nil, false, fs.ErrNotExist},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "d")
			for _, name := range tt.there {
				writeFile(t, filepath.Join(dir, name), "here")
			}
			if tt.lock {
				l, err := store.Lock(t.Context(), dir)
				if err != nil {
					t.Fatal(err)
				}
				defer l.Close()
			}
			if _, err := backup.Restore(t.Context(), tt.file, dir, nil); !errors.Is(err, tt.want) {
				t.Errorf("Restore = %v, want %v", err, tt.want)
			}
			if _, err := os.Stat(dir); len(tt.there) == 0 && !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("the folder was made: %v", err)
			}
			for _, name := range names(t, dir) {
				if name != store.LockFile && !slices.ContainsFunc(tt.there, func(n string) bool { return strings.HasPrefix(n, name) }) {
					t.Errorf("%s is left in the folder", name)
				}
			}
		})
	}
}

// TestRestoreAfterInterruption: what a killed restore left is no obstacle.
func TestRestoreAfterInterruption(t *testing.T) {
	t.Parallel()
	file := made(t, cmstest.New(t))
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, ".meridian-restore-1", store.File), "half of it")
	ctx, cancel := context.WithCancel(t.Context())
	_, err := backup.Restore(ctx, file, dir, func(done, _ int64) {
		if done > 0 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Restore = %v, want that it was interrupted", err)
	}
	if left := names(t, dir); !slices.Equal(left, []string{store.LockFile}) {
		t.Errorf("%q is left", left)
	}
	if _, err := backup.Restore(t.Context(), file, dir, nil); err != nil {
		t.Fatal(err)
	}
}

// TestCreateInterrupted: no half archive is left under any name.
func TestCreateInterrupted(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	to := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	_, err := backup.Create(ctx, env.Store, env.Dir, backup.Options{To: to, Progress: func(done, _ int64) { cancel() }})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Create = %v, want that it was interrupted", err)
	}
	if left := names(t, to); len(left) > 0 {
		t.Errorf("%q is left", left)
	}
}

func TestCreateRefusesLinks(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	writeFile(t, filepath.Join(env.Dir, "media", "a"), "a")
	if err := os.Symlink("/etc/passwd", filepath.Join(env.Dir, "media", "b")); err != nil {
		t.Fatal(err)
	}
	if _, err := backup.Create(t.Context(), env.Store, env.Dir, backup.Options{}); err == nil || !strings.Contains(err.Error(), "not a plain file") {
		t.Errorf("Create = %v", err)
	}
}

// TestBackupBesideWriters makes backups while pages are published: each is of
// one moment, and whole.
func TestBackupBesideWriters(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	stop := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
				env.Write(t, env.Page, "en", strings.Repeat("words ", i%50))
				env.Publish(t, env.Page, "en")
			}
		}
	})
	defer wg.Wait()
	defer close(stop)
	var heads []int64
	for range 5 {
		m, err := backup.Create(t.Context(), env.Store, env.Dir, backup.Options{To: t.TempDir()})
		if err != nil {
			t.Fatal(err)
		}
		if v := verify(t, m.Path); len(v.Problems) > 0 {
			t.Errorf("Verify found %q", v.Problems)
		}
		heads = append(heads, m.Manifest.JournalHead)
	}
	if heads[0] == heads[4] {
		t.Error("nothing was written meanwhile: the test proves nothing")
	}
}

// TestVerifyLooksIntoTheDatabase: a whole archive of a database that is not
// all right is no good backup.
func TestVerifyLooksIntoTheDatabase(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, sql, want string }{
		{"audit", "DROP TRIGGER audit_append_only; UPDATE audit SET detail = 'x' WHERE seq = 2", "row 2 does not follow"},
		{"content", "PRAGMA foreign_keys = OFF; DELETE FROM drafts", "have no working text"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			env := cmstest.New(t)
			env.Exec(t, tt.sql)
			file := made(t, env)
			v := verify(t, file)
			if len(v.Problems) == 0 || v.Problems[0].File != "meridian.db.gz" || !strings.Contains(v.Problems[0].Says, tt.want) {
				t.Errorf("Verify found %q, want %q", v.Problems, tt.want)
			}
			out, err := backup.Restore(t.Context(), file, filepath.Join(t.TempDir(), "d"), nil)
			if err != nil || len(out.Notes) == 0 || !strings.Contains(out.Notes[0], tt.want) {
				t.Errorf("Restore = %+v, %v: it was so before, and is better than nothing", out, err)
			}
		})
	}
}
