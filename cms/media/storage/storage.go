// Package storage keeps the bytes of pictures and files: originals and
// renditions, each under a random name, outside of everything that is served
// as a folder.
//
// A file appears whole or not at all, and is never changed afterwards: it is
// written beside, synced, and then renamed. So the order of an upload is the
// file first, then its row in the database; what a crash leaves in between is a
// file without a row, which [Storage.Walk] finds, or a temporary one, which
// [Storage.Sweep] removes.
package storage

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"regexp"
	"strings"
	"time"
)

// ErrName says that a name does not follow the rule of [ValidName].
var ErrName = errors.New("not a name of a stored file")

// Storage is where files are kept. [Disk] is one in a folder.
type Storage interface {
	// Create begins a file. Nobody sees it before Commit. The context bounds
	// the writing too. The error is ErrName, fs.ErrExist, or of the medium.
	Create(ctx context.Context, name string) (File, error)
	// Open opens a committed file, which may be read by many at once and be
	// removed meanwhile. The error is fs.ErrNotExist if there is none, also
	// where the name breaks the rule.
	Open(name string) (Reader, error)
	// Remove deletes a file. The error is fs.ErrNotExist if there is none.
	Remove(name string) error
	// Walk calls fn for every committed file, in the order of names, and
	// returns the first error of fn. Files that come or go meanwhile may be
	// told or not.
	Walk(ctx context.Context, fn func(Info) error) error
	// Sweep removes what was begun before a time and neither committed nor
	// aborted, and returns how many that were. Whoever owns the storage calls it
	// with the present time at the start, and later with a time so far back that
	// no upload takes as long.
	Sweep(ctx context.Context, before time.Time) (int, error)
}

// File is a file being written.
type File interface {
	io.Writer
	// Commit makes the file permanent under its name. After an error nothing
	// is left.
	Commit() error
	// Abort throws it away; after Commit it does nothing, so it can be
	// deferred.
	Abort()
}

// Reader is a stored file opened for reading.
type Reader interface {
	io.ReadSeekCloser
	io.ReaderAt
	Size() int64 // in bytes
	ModTime() time.Time
}

// Info is what Walk tells of a file.
type Info struct {
	Name    string
	Size    int64 // in bytes
	ModTime time.Time
}

// Folder is a part of the storage.
type Folder string

// The folders.
const (
	Originals  Folder = "originals"
	Renditions Folder = "renditions"
)

// folders in the order of Walk.
var folders = []Folder{Originals, Renditions}

var nameRule = regexp.MustCompile(`^(originals|renditions)/([a-z2-7]{2})/([a-z2-7]{26})\.[a-z0-9]{1,5}$`)

// NewName is a new random name, such as
// "originals/k3/k3q5…v2.jpg". Nobody can guess one, and none comes twice. The
// extension is for people who look into the folder; it is of 1 to 5 lower-case
// letters and digits.
func NewName(f Folder, ext string) string {
	id := strings.ToLower(rand.Text())
	return string(f) + "/" + id[:2] + "/" + id + "." + ext
}

// ValidName reports whether a name is one that NewName could have given.
func ValidName(name string) bool {
	m := nameRule.FindStringSubmatch(name)
	return m != nil && strings.HasPrefix(m[3], m[2])
}
