package storage

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"syscall"
	"time"
)

// temporary is the folder of files that are being written.
const temporary = "temp"

// Disk keeps files in a folder and cannot be talked out of it: neither by a
// name nor by a symbolic link in it.
type Disk struct {
	root *os.Root
}

var _ Storage = (*Disk)(nil)

// OpenDisk opens the storage in a folder, which is made if it is not there.
func OpenDisk(dir string) (*Disk, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open storage: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open storage: %w", err)
	}
	d := &Disk{root}
	for _, name := range []string{temporary, string(Originals), string(Renditions)} {
		if err := d.mkdir(name); err != nil {
			root.Close()
			return nil, fmt.Errorf("open storage: %w", err)
		}
	}
	return d, nil
}

// Close releases the folder. Files that are open stay so.
func (d *Disk) Close() error { return d.root.Close() }

// mkdir makes a folder that may be there, and its entry permanent.
func (d *Disk) mkdir(name string) error {
	err := d.root.Mkdir(name, 0o700)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return d.syncDir(path.Dir(name))
}

// syncDir makes renames in a folder permanent. Some file systems cannot, which
// is no reason to refuse a file.
func (d *Disk) syncDir(name string) error {
	dir, err := d.root.Open(name)
	if err != nil {
		return err
	}
	defer dir.Close()
	if err := dir.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, syscall.EINVAL) {
		return err
	}
	return nil
}

// temp makes a new temporary file.
func (d *Disk) temp() (*os.File, string, error) {
	name := temporary + "/" + strings.ToLower(rand.Text())
	f, err := d.root.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	return f, name, err
}

// Create implements Storage.
func (d *Disk) Create(ctx context.Context, name string) (File, error) {
	if !ValidName(name) {
		return nil, fmt.Errorf("create %q: %w", name, ErrName)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if _, err := d.root.Lstat(name); err == nil {
		return nil, fmt.Errorf("create %s: %w", name, fs.ErrExist)
	}
	f, temp, err := d.temp()
	if err != nil {
		return nil, fmt.Errorf("create %s: %w", name, err)
	}
	return &diskFile{ctx: ctx, disk: d, file: f, temp: temp, name: name}, nil
}

// diskFile is a file between Create and Commit. The context is that of the one
// call that writes it.
type diskFile struct {
	ctx        context.Context
	disk       *Disk
	file       *os.File
	temp, name string
	done       bool
}

func (f *diskFile) Write(b []byte) (int, error) {
	if err := f.ctx.Err(); err != nil {
		return 0, err
	}
	return f.file.Write(b)
}

// Commit implements File.
func (f *diskFile) Commit() (err error) {
	if f.done {
		return fmt.Errorf("commit %s: %w", f.name, fs.ErrClosed)
	}
	defer func() {
		f.Abort()
		if err != nil {
			err = fmt.Errorf("commit %s: %w", f.name, err)
		}
	}()
	if err := f.ctx.Err(); err != nil {
		return err
	}
	if err := f.file.Sync(); err != nil {
		return err
	}
	if err := f.file.Close(); err != nil {
		return err
	}
	dir := path.Dir(f.name)
	if err := f.disk.mkdir(dir); err != nil {
		return err
	}
	if err := f.disk.root.Rename(f.temp, f.name); err != nil {
		return err
	}
	if err := f.disk.syncDir(dir); err != nil {
		// It may be gone after a power cut, so it must not be promised.
		f.disk.root.Remove(f.name)
		return err
	}
	f.done = true
	return nil
}

// Abort implements File.
func (f *diskFile) Abort() {
	if f.done {
		return
	}
	f.done = true
	f.file.Close()
	f.disk.root.Remove(f.temp)
}

// Open implements Storage.
func (d *Disk) Open(name string) (Reader, error) {
	if !ValidName(name) {
		return nil, fmt.Errorf("open %q: %w", name, fs.ErrNotExist)
	}
	f, err := d.root.Open(name)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", name, err)
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fs.ErrNotExist
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("open %s: %w", name, err)
	}
	return diskReader{f, info}, nil
}

type diskReader struct {
	*os.File
	info fs.FileInfo
}

func (r diskReader) Size() int64        { return r.info.Size() }
func (r diskReader) ModTime() time.Time { return r.info.ModTime() }

// Remove implements Storage.
func (d *Disk) Remove(name string) error {
	if !ValidName(name) {
		return fmt.Errorf("remove %q: %w", name, fs.ErrNotExist)
	}
	if err := d.root.Remove(name); err != nil {
		return fmt.Errorf("remove %s: %w", name, err)
	}
	// A removed file that comes back after a power cut would be one whose
	// consent has ended.
	if err := d.syncDir(path.Dir(name)); err != nil {
		return fmt.Errorf("remove %s: %w", name, err)
	}
	return nil
}

// Walk implements Storage. What others put into the folder is passed over.
func (d *Disk) Walk(ctx context.Context, fn func(Info) error) error {
	for _, folder := range folders {
		shelves, err := d.names(string(folder))
		if err != nil {
			return fmt.Errorf("walk storage: %w", err)
		}
		for _, shelf := range shelves {
			if err := ctx.Err(); err != nil {
				return err
			}
			if len(shelf) != 2 {
				continue
			}
			dir := string(folder) + "/" + shelf
			names, err := d.names(dir)
			if err != nil {
				return fmt.Errorf("walk storage: %w", err)
			}
			for _, name := range names {
				if name = dir + "/" + name; !ValidName(name) {
					continue
				}
				info, err := d.root.Lstat(name)
				if err != nil || !info.Mode().IsRegular() {
					continue // removed meanwhile, or none of ours
				}
				if err := fn(Info{name, info.Size(), info.ModTime()}); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// names lists a folder in order; of what is no folder, nothing.
func (d *Disk) names(dir string) ([]string, error) {
	if info, err := d.root.Lstat(dir); err != nil || !info.IsDir() {
		return nil, nil
	}
	f, err := d.root.Open(dir)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	names, err := f.Readdirnames(-1)
	slices.Sort(names)
	return names, err
}

// Sweep implements Storage.
func (d *Disk) Sweep(ctx context.Context, before time.Time) (int, error) {
	names, err := d.names(temporary)
	if err != nil {
		return 0, fmt.Errorf("sweep storage: %w", err)
	}
	n := 0
	for _, name := range names {
		if err := ctx.Err(); err != nil {
			return n, err
		}
		name = temporary + "/" + name
		info, err := d.root.Lstat(name)
		if err != nil || info.IsDir() || !info.ModTime().Before(before) {
			continue
		}
		if err := d.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return n, fmt.Errorf("sweep storage: %w", err)
		}
		n++
	}
	return n, nil
}

// Temp is a file that is needed for a while, such as what somebody uploads
// before anyone knows what it is. It can be read while it is written.
type Temp struct {
	disk *Disk
	file *os.File
	name string
	size int64
}

// Temp makes an empty temporary file. Sweep removes it if Close is never
// called.
func (d *Disk) Temp() (*Temp, error) {
	f, name, err := d.temp()
	if err != nil {
		return nil, fmt.Errorf("make temporary file: %w", err)
	}
	return &Temp{disk: d, file: f, name: name}, nil
}

// Write implements io.Writer; it appends.
func (t *Temp) Write(b []byte) (int, error) {
	n, err := t.file.WriteAt(b, t.size)
	t.size += int64(n)
	return n, err
}

// ReadAt implements io.ReaderAt.
func (t *Temp) ReadAt(b []byte, off int64) (int, error) { return t.file.ReadAt(b, off) }

// Size is how much was written, in bytes.
func (t *Temp) Size() int64 { return t.size }

// Reader reads it from the start.
func (t *Temp) Reader() io.Reader { return io.NewSectionReader(t.file, 0, t.size) }

// Close deletes the file. Calling it again does nothing.
func (t *Temp) Close() error {
	if t.file == nil {
		return nil
	}
	err := errors.Join(t.file.Close(), t.disk.root.Remove(t.name))
	t.file = nil
	return err
}
