package backup

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"github.com/klauspost/compress/gzip"

	"meridian/models/store"
)

// Folder is where backups are kept in the data folder unless one says
// otherwise.
const Folder = "backups"

const extension = ".tar"

// Options say how a backup is made.
type Options struct {
	// Program is the version that makes it.
	Program string
	// To is the file to write, or the folder to write one into under a name of
	// its own; "" means Folder in the data folder. A file that is there stays:
	// the error is then fs.ErrExist.
	To string
	// Progress is told how many bytes of how many are read. It may be nil.
	Progress func(done, total int64)
}

// Made is a backup that was made.
type Made struct {
	Path string `json:"path"`
	// Size of the archive, in bytes.
	Size     int64    `json:"size"`
	Manifest Manifest `json:"manifest"`
}

// Create backs the data folder dir up, whose store is s, beside whatever else
// works on it. The archive appears under its name when it is complete and on
// the disk; only its owner may read it.
func Create(ctx context.Context, s *store.Store, dir string, o Options) (made Made, err error) {
	if o.Progress == nil {
		o.Progress = func(done, total int64) {}
	}
	folder, name, err := target(dir, o.To)
	if err != nil {
		return made, err
	}
	tidy(folder, s.Now())
	b := &builder{dir: dir, folder: folder, progress: o.Progress}
	defer b.close()
	made.Manifest = Manifest{Format: format, Program: o.Program, CreatedAt: s.Now().Truncate(time.Second)}
	if err := b.database(ctx, s, &made.Manifest); err != nil {
		return made, fmt.Errorf("back the database up: %w", err)
	}
	if err := b.media(ctx, &made.Manifest); err != nil {
		return made, fmt.Errorf("back the media folder up: %w", err)
	}
	if name == "" {
		name = fmt.Sprintf("meridian-%s-%d%s", made.Manifest.CreatedAt.Format("20060102T150405Z"), made.Manifest.JournalHead, extension)
	}
	made.Path = filepath.Join(folder, name)
	if made.Size, err = b.write(ctx, made.Manifest, made.Path); err != nil {
		return made, fmt.Errorf("write the backup: %w", err)
	}
	err = s.Tx(ctx, func(tx *store.Tx) error { return tx.Audit("command-line", "backup-created", "site", name) })
	if err != nil {
		return made, fmt.Errorf("the backup is complete, but could not be entered into the audit trail: %w", err)
	}
	return made, nil
}

// target returns the folder that the archive goes to and its name, "" for one
// that is still to be made up.
func target(dir, to string) (folder, name string, err error) {
	if to == "" {
		folder = filepath.Join(dir, Folder)
		return folder, "", os.MkdirAll(folder, 0o700)
	}
	info, err := os.Stat(to)
	switch {
	case err == nil && info.IsDir():
		return to, "", nil
	case err == nil:
		return "", "", fmt.Errorf("%s: %w", to, fs.ErrExist)
	case !errors.Is(err, fs.ErrNotExist):
		return "", "", err
	}
	folder, name = filepath.Split(to)
	if name == "" || folder != "" && !isDir(folder) {
		return "", "", fmt.Errorf("%s: %w: there is no such folder", to, fs.ErrNotExist)
	}
	return filepath.Clean(folder), name, nil
}

func isDir(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// partPattern is what files are called until they are complete.
const partPattern = ".meridian-backup-*.part"

// tidy removes what interrupted backups left in a folder a day ago or earlier.
func tidy(folder string, now time.Time) {
	parts, _ := filepath.Glob(filepath.Join(folder, partPattern)) // the pattern is good
	for _, p := range parts {
		if info, err := os.Lstat(p); err == nil && now.Sub(info.ModTime()) > 24*time.Hour {
			_ = os.Remove(p)
		}
	}
}

// builder puts an archive together.
type builder struct {
	dir, folder string
	progress    func(done, total int64)
	done, total int64

	compressed *os.File // the database, until it is in the archive
	root       *os.Root // the data folder, when it has media
}

func (b *builder) close() {
	if b.compressed != nil {
		_ = b.compressed.Close()
		_ = os.Remove(b.compressed.Name())
	}
	if b.root != nil {
		_ = b.root.Close()
	}
}

func (b *builder) count(n int) {
	b.done += int64(n)
	b.progress(min(b.done, b.total), b.total)
}

// summed is a writer that counts and sums what it passes on.
type summed struct {
	w    io.Writer
	size int64
	hash hash.Hash
}

func newSummed(w io.Writer) *summed { return &summed{w: w, hash: sha256.New()} }

func (s *summed) Write(p []byte) (int, error) {
	n, err := s.w.Write(p)
	s.size += int64(n)
	s.hash.Write(p[:n])
	return n, err
}

func (s *summed) sum() string { return hex.EncodeToString(s.hash.Sum(nil)) }

// database compresses the database of one moment into a file beside the
// archive to come.
func (b *builder) database(ctx context.Context, s *store.Store, m *Manifest) error {
	media, err := b.mediaNames()
	if err != nil {
		return err
	}
	if b.compressed, err = os.CreateTemp(b.folder, partPattern); err != nil {
		return err
	}
	packed := newSummed(b.compressed)
	// What is written meanwhile stays in the log until the snapshot ends, so
	// time counts for more than the last tenth of the size. This gzip takes two
	// thirds of the time that the standard library's does, which unpacks it.
	z, err := gzip.NewWriterLevel(packed, gzip.BestSpeed)
	if err != nil {
		return err
	}
	whole := newSummed(&counted{w: z, count: b.count})
	err = s.Snapshot(ctx, func(n *store.Snapshot) error {
		b.total = n.Size
		for _, size := range media {
			b.total += size
		}
		m.Schema, m.JournalHead, m.Installation = n.Schema, n.Head, n.Installation.ID
		var err error
		if m.Withdrawn, err = n.Withdrawn(ctx); err != nil {
			return err
		}
		_, err = n.Copy(ctx, whole)
		return err
	})
	if err := errors.Join(err, z.Close()); err != nil {
		return err
	}
	m.Files = append(m.Files, File{databaseName, packed.size, packed.sum(), &Content{store.File, whole.size, whole.sum()}})
	return nil
}

// mediaTemp is where uploads are that are still coming: nothing to keep.
const mediaTemp = mediaDir + "/temp"

// mediaNames returns the files of the media folder with their sizes.
func (b *builder) mediaNames() (map[string]int64, error) {
	if !isDir(filepath.Join(b.dir, mediaDir)) {
		return nil, nil
	}
	if b.root == nil {
		var err error
		if b.root, err = os.OpenRoot(b.dir); err != nil {
			return nil, err
		}
	}
	names := map[string]int64{}
	err := fs.WalkDir(b.root.FS(), mediaDir, func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && name == mediaTemp {
			return fs.SkipDir
		}
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil // deleted a moment ago
		case err != nil:
			return err
		case !info.Mode().IsRegular():
			return fmt.Errorf("%s is not a plain file: move it out of the media folder first", name)
		case !mediaName(name):
			return fmt.Errorf("%q is a name that some systems cannot have: rename it first", name)
		}
		names[name] = info.Size()
		return nil
	})
	return names, err
}

// media sums the files of the media folder. It is read after the database, so
// what the database knows of is there.
func (b *builder) media(ctx context.Context, m *Manifest) error {
	found, err := b.mediaNames()
	if err != nil {
		return err
	}
	names := make([]string, 0, len(found))
	for name := range found {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		s := newSummed(&counted{w: io.Discard, count: b.count})
		if err := b.copyMedia(ctx, s, name); errors.Is(err, fs.ErrNotExist) {
			continue
		} else if err != nil {
			return err
		}
		m.Files = append(m.Files, File{Name: name, Size: s.size, SHA256: s.sum()})
	}
	b.progress(b.total, b.total)
	return nil
}

func (b *builder) copyMedia(ctx context.Context, w io.Writer, name string) error {
	f, err := b.root.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(w, &reader{ctx: ctx, r: f})
	return err
}

// write writes the archive and returns its size.
func (b *builder) write(ctx context.Context, m Manifest, to string) (size int64, err error) {
	encoded, err := m.encode()
	if err != nil {
		return 0, err
	}
	sums := m.sums(encoded)
	if len(sums) > maxContents || len(encoded) > maxContents {
		return 0, fmt.Errorf("%d files are more than one backup holds", len(m.Files))
	}
	places, size, err := m.layout(int64(len(sums)), int64(len(encoded)))
	if err != nil {
		return 0, err
	}
	f, err := os.CreateTemp(b.folder, partPattern) // mode 0600
	if err != nil {
		return 0, err
	}
	defer func() {
		if err != nil {
			_ = f.Close()
			_ = os.Remove(f.Name())
		}
	}()
	for i, p := range places {
		if _, err := f.Write(p.head); err != nil {
			return 0, err
		}
		switch i {
		case 0:
			_, err = f.Write(sums)
		case 1:
			_, err = f.Write(encoded)
		default:
			err = b.put(ctx, f, m.Files[i-2])
		}
		if err != nil {
			return 0, err
		}
		if _, err := f.Write(make([]byte, gap(p.size))); err != nil {
			return 0, err
		}
	}
	if _, err := f.Write(make([]byte, tailSize)); err != nil {
		return 0, err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return 0, err
	}
	if _, err := os.Lstat(to); err == nil {
		return 0, fmt.Errorf("%s: %w", to, fs.ErrExist)
	}
	if err := os.Rename(f.Name(), to); err != nil {
		return 0, err
	}
	return size, syncDir(b.folder)
}

// put writes the content of an entry and makes sure that it still is what the
// manifest says.
func (b *builder) put(ctx context.Context, w io.Writer, f File) error {
	s := newSummed(w)
	if f.Unpacked != nil {
		if _, err := b.compressed.Seek(0, io.SeekStart); err != nil {
			return err
		}
		if _, err := io.Copy(s, &reader{ctx: ctx, r: b.compressed}); err != nil {
			return err
		}
	} else if err := b.copyMedia(ctx, s, f.Name); err != nil {
		return err
	}
	if s.size != f.Size || s.sum() != f.SHA256 {
		return fmt.Errorf("%s changed while it was backed up: try again", path.Base(f.Name))
	}
	return nil
}

// syncDir makes sure that the names in a folder are on the disk.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	// Some systems cannot sync a folder; the names of theirs are safe anyway.
	if err := d.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, syscall.EINVAL) {
		return err
	}
	return nil
}
