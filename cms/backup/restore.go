package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"meridian/models"
	"meridian/models/store"
)

// ErrOccupied means that a folder holds a database or media already, which a
// restore would put its own in place of.
var ErrOccupied = errors.New("the folder is in use already")

// Restored is what came out of a backup.
type Restored struct {
	Manifest Manifest `json:"manifest"`
	// Notes are sentences about what is not as it should be and was not in the
	// way: damage to the archive around its contents, and what was so already
	// when the backup was made.
	Notes []string `json:"notes"`
	// Due is how much was scheduled for a moment that has passed since; it is
	// going to happen when the folder is first served. At most maxDue are
	// counted.
	Due int `json:"due"`
}

const maxDue = 1000

// restorePattern is what the folder is called in which a data folder takes
// shape.
const restorePattern = ".meridian-restore-*"

// Restore makes a data folder of a backup. dir must hold neither a database
// nor media; it is made when it is not there. Everything is unpacked and
// checked in a folder within it first; the database, which makes it a data
// folder, is put in its place last.
//
// The restored installation is the same one, a second life of it: its journal
// has another epoch, so that nobody who follows it misses that some of what
// they know never happened, and every sign-in is over.
//
// Errors: a DamageError, ErrNotBackup, ErrOccupied, store.ErrLocked,
// store.ErrNewerSchema. After an error the folder is as it was.
func Restore(ctx context.Context, name, dir string, progress func(done, total int64)) (out Restored, err error) {
	out.Notes = []string{}
	a, err := open(name)
	if err != nil {
		return out, err
	}
	defer a.Close()
	out.Manifest = a.manifest
	_, statErr := os.Stat(dir)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return out, err
	}
	lock, err := store.Lock(ctx, dir)
	if err != nil {
		return out, err
	}
	defer func() {
		err = errors.Join(err, lock.Close())
		if err != nil && statErr != nil {
			// Only what a folder that was not there can hold now.
			_ = os.Remove(filepath.Join(dir, store.LockFile))
			_ = os.Remove(dir)
		}
	}()
	if err := vacant(dir); err != nil {
		return out, err
	}
	left, _ := filepath.Glob(filepath.Join(dir, restorePattern)) // the pattern is good
	for _, l := range left {                                     // of one that was interrupted: the lock is ours
		if err := os.RemoveAll(l); err != nil {
			return out, err
		}
	}
	work, err := os.MkdirTemp(dir, restorePattern)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	if err := unfold(ctx, a, work, quiet(progress)); err != nil {
		return out, err
	}
	for _, p := range a.problems {
		out.Notes = append(out.Notes, p.String()+".")
	}
	found, err := inspect(ctx, work, a.manifest)
	if err != nil {
		return out, err
	}
	if len(found.damage) > 0 {
		return out, &DamageError{[]Problem{{File: databaseName, Says: found.damage[0]}}}
	}
	for _, n := range found.notes {
		out.Notes = append(out.Notes, databaseName+" "+n+".")
	}
	if out.Due, err = begin(ctx, work, out.Manifest); err != nil {
		return out, err
	}
	return out, settle(work, dir)
}

// vacant returns an error unless a folder may become a data folder.
func vacant(dir string) error {
	if there := store.Files(dir); len(there) > 0 {
		return fmt.Errorf("%s: %w: it holds %s", dir, ErrOccupied, there[0])
	}
	if _, err := os.Lstat(filepath.Join(dir, mediaDir)); err == nil {
		return fmt.Errorf("%s: %w: it holds a folder %s", dir, ErrOccupied, mediaDir)
	}
	return nil
}

// unfold writes what an archive holds below a folder and refuses one whose
// contents are not whole.
func unfold(ctx context.Context, a *archive, dir string, progress func(done, total int64)) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	made := 0
	sink := func(c Content) (io.WriteCloser, error) {
		name := filepath.FromSlash(c.Name)
		if err := root.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			return nil, err
		}
		f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return nil, err
		}
		made++
		return synced{f}, nil
	}
	if err := a.read(ctx, sink, progress); err != nil {
		return err
	}
	if lost(a.problems) != nil || made != len(a.manifest.Files) {
		return &DamageError{a.problems}
	}
	return nil
}

// synced is a file that is on the disk when it is closed.
type synced struct{ *os.File }

func (s synced) Close() error { return errors.Join(s.Sync(), s.File.Close()) }

// begin begins the new life of a restored database and returns how much was
// due in it at the time.
func begin(ctx context.Context, dir string, m Manifest) (due int, err error) {
	s, err := store.Open(ctx, dir, store.Options{Exclusive: true})
	if err != nil {
		return 0, err
	}
	// Closing writes the log into the database and removes it.
	defer func() { err = errors.Join(err, s.Close()) }()
	err = s.Tx(ctx, func(tx *store.Tx) error {
		if err := tx.NewLife(); err != nil {
			return err
		}
		list, err := tx.DueSchedules(tx.Now(), models.Schedule{}, maxDue)
		if err != nil {
			return err
		}
		due = len(list)
		return tx.Audit("command-line", "backup-restored", "site", fmt.Sprintf("%s %d", m.CreatedAt.Format(time.RFC3339), m.JournalHead))
	})
	return due, err
}

// settle moves a finished data folder to where it belongs, the database last:
// without it there is no data folder.
func settle(work, dir string) error {
	if there := store.Files(work); len(there) != 1 {
		return fmt.Errorf("the restored database was not closed: %v", there)
	}
	f, err := os.OpenFile(filepath.Join(work, store.File), os.O_RDWR, 0)
	if err != nil {
		return err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	err = filepath.WalkDir(work, func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			err = syncDir(name)
		}
		return err
	})
	if err != nil {
		return err
	}
	media := filepath.Join(dir, mediaDir)
	moved := false
	if isDir(filepath.Join(work, mediaDir)) {
		if err := os.Rename(filepath.Join(work, mediaDir), media); err != nil {
			return err
		}
		moved = true
	}
	if err := os.Rename(filepath.Join(work, store.File), filepath.Join(dir, store.File)); err != nil {
		if moved {
			err = errors.Join(err, os.Rename(media, filepath.Join(work, mediaDir)))
		}
		return err
	}
	return syncDir(dir)
}
