package export

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/gofrs/flock"
)

// folder is the folder that is exported to. Everything goes through one root,
// so that no name and no link leads out of it.
type folder struct {
	root *os.Root // nil for a folder that is not there, on a dry run
	dry  bool
	lock *flock.Flock
	log  *os.File
	own  owned

	temp atomic.Int64
	mu   sync.Mutex
	made map[string]bool // folders that are there
}

// open opens the folder dir, which must be empty but for names with a dot, or
// an export, and reads the state in it.
func open(dir string, dry bool) (_ *folder, _ *state, err error) {
	f := &folder{dry: dry, own: owned{}, made: map[string]bool{}}
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist) && dry:
		return f, &state{}, nil
	case errors.Is(err, fs.ErrNotExist):
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return nil, nil, err
		}
	case err != nil:
		return nil, nil, err
	}
	ours := slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == Folder && e.IsDir() })
	if !ours {
		for _, e := range entries {
			if !strings.HasPrefix(e.Name(), ".") {
				return nil, nil, fmt.Errorf("%w: it holds %s", ErrOccupied, e.Name())
			}
		}
		if dry {
			return f, &state{}, nil
		}
	}
	if f.root, err = os.OpenRoot(dir); err != nil {
		return nil, nil, err
	}
	defer func() {
		if err != nil {
			f.close()
		}
	}()
	if !dry {
		// What it says of the site is public, but nobody needs to be served it.
		if err := f.root.MkdirAll(tempDir, 0o700); err != nil {
			return nil, nil, err
		}
		f.lock = flock.New(filepath.Join(dir, filepath.FromSlash(lockFile)), flock.SetPermissions(0o600))
		if ok, err := f.lock.TryLock(); err != nil {
			return nil, nil, err
		} else if !ok {
			return nil, nil, ErrBusy
		}
	}
	st, own, err := load(f.root)
	if err != nil {
		return nil, nil, err
	}
	f.own = own
	if dry {
		return f, st, nil
	}
	if err := f.root.RemoveAll(tempDir); err != nil { // of a run that did not end
		return nil, nil, err
	}
	if err := f.root.Mkdir(tempDir, 0o700); err != nil {
		return nil, nil, err
	}
	f.log, err = f.root.OpenFile(logFile, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	return f, st, err
}

// close gives everything back.
func (f *folder) close() {
	if f.log != nil {
		_ = f.log.Close()
	}
	if f.lock != nil {
		_ = f.lock.Close()
	}
	if f.root != nil {
		_ = f.root.Close()
	}
}

// outcome is what became of a file.
type outcome int

const (
	unchanged outcome = iota
	written
	kept // somebody else's file is there
)

// holds reports whether a file is what the last run wrote: nothing was written
// since, and the size is right.
func (f *folder) holds(is file) bool {
	if f.root == nil || f.own[is.Name].Hash != is.Hash {
		return false
	}
	// Not through the root, which opens every folder on the way: this looks at
	// a size, wherever a link may lead to.
	info, err := os.Lstat(filepath.Join(f.root.Name(), filepath.FromSlash(is.Name)))
	return err == nil && info.Mode().IsRegular() && info.Size() == is.Size
}

// put writes a file unless it says so already. A file that the export did not
// write is left alone.
func (f *folder) put(name string, body []byte) (file, outcome, error) {
	sum := sha256.Sum256(body)
	is := file{Name: name, Size: int64(len(body)), Hash: hex.EncodeToString(sum[:16])}
	return f.place(is, func() error { return f.replace(name, body, 0o644) })
}

// putLarge is put for what is on the disk already.
func (f *folder) putLarge(name string, s *spool) (file, outcome, error) {
	is := file{Name: name, Size: s.size, Hash: hex.EncodeToString(s.sum.Sum(nil)[:16])}
	return f.place(is, func() error { return s.move(name) })
}

// place has a file written where it belongs, unless it is there already or
// somebody else's is.
func (f *folder) place(is file, write func() error) (file, outcome, error) {
	name := is.Name
	was, ours := f.own[name]
	if ours && was.Hash == is.Hash && f.holds(is) {
		return is, unchanged, nil
	}
	if !ours && f.root != nil {
		if _, err := f.root.Lstat(name); err == nil {
			return file{}, kept, nil
		} else if !errors.Is(err, fs.ErrNotExist) {
			return file{}, kept, err
		}
	}
	if f.dry {
		return is, written, nil
	}
	// Before the file is there: a run that ends here leaves nothing that no run
	// knows of, and nothing that is taken for what it was.
	if _, err := f.log.WriteString(name + "\n"); err != nil {
		return file{}, written, err
	}
	if err := f.mkdir(path.Dir(name)); err != nil {
		return file{}, written, err
	}
	return is, written, write()
}

// replace writes a file beside its place and moves it there.
func (f *folder) replace(name string, body []byte, mode fs.FileMode) error {
	s, err := f.spool(mode)
	if err != nil {
		return err
	}
	defer s.discard()
	if _, err := s.Write(body); err != nil {
		return err
	}
	return s.move(name)
}

// mkdir makes a folder for files that everybody may read.
func (f *folder) mkdir(name string) error {
	f.mu.Lock()
	made := f.made[name]
	f.mu.Unlock()
	if made {
		return nil
	}
	if err := f.root.MkdirAll(name, 0o755); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.made[name] = true
	return nil
}

// tidy removes the files of the export that are not in keep, and the folders
// that are empty without them. It returns how many files those were.
func (f *folder) tidy(ctx context.Context, keep map[string]bool) (int, error) {
	n := 0
	for name := range f.own {
		if keep[name] || f.root == nil {
			continue
		}
		if err := ctx.Err(); err != nil {
			return n, err
		}
		if f.dry {
			n++
			continue
		}
		switch err := f.root.Remove(name); {
		case err == nil:
			n++
		case !errors.Is(err, fs.ErrNotExist):
			return n, err
		}
		for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
			if f.root.Remove(dir) != nil {
				break // it holds something
			}
		}
	}
	return n, nil
}

// finish writes the state and forgets the log: what stands in the folder and
// what is known of it are one again.
func (f *folder) finish(st *state) error {
	if f.dry {
		return nil
	}
	b, err := json.Marshal(st)
	if err != nil {
		return err
	}
	if err := f.replace(stateFile, b, 0o600); err != nil {
		return err
	}
	for _, name := range []string{".", Folder} {
		if err := f.sync(name); err != nil {
			return err
		}
	}
	if err := f.log.Close(); err != nil {
		return err
	}
	f.log = nil
	return errors.Join(f.root.Remove(logFile), f.root.RemoveAll(tempDir))
}

// sync has the system write a folder down.
func (f *folder) sync(name string) error {
	d, err := f.root.Open(name)
	if err != nil {
		return err
	}
	// Some systems cannot do that with a folder.
	_ = d.Sync()
	return d.Close()
}
