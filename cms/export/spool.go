package export

import (
	"crypto/sha256"
	"errors"
	"hash"
	"io/fs"
	"os"
	"strconv"
)

// spool is a file that is written beside its place, piece by piece, and then
// moved there or discarded. On a dry run it only counts.
type spool struct {
	root *os.Root
	name string   // in root
	w    *os.File // nil on a dry run, and once it is closed
	sum  hash.Hash
	size int64
}

// spool begins a file.
func (f *folder) spool(mode fs.FileMode) (*spool, error) {
	s := &spool{root: f.root, sum: sha256.New()}
	if f.dry {
		return s, nil
	}
	s.name = tempDir + "/" + strconv.FormatInt(f.temp.Add(1), 36)
	var err error
	s.w, err = f.root.OpenFile(s.name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	return s, err
}

// Write implements io.Writer.
func (s *spool) Write(p []byte) (int, error) {
	n := len(p)
	if s.w != nil {
		var err error
		if n, err = s.w.Write(p); err != nil {
			return n, err
		}
	}
	s.sum.Write(p)
	s.size += int64(n)
	return n, nil
}

// move puts the file where it belongs, in one step.
func (s *spool) move(name string) error {
	w := s.w
	s.w = nil
	if err := w.Close(); err != nil {
		return errors.Join(err, s.root.Remove(s.name))
	}
	if err := s.root.Rename(s.name, name); err != nil {
		return errors.Join(err, s.root.Remove(s.name))
	}
	return nil
}

// discard removes what was written, unless it was moved.
func (s *spool) discard() {
	if s.w != nil {
		_ = s.w.Close()
		_ = s.root.Remove(s.name)
		s.w = nil
	}
}
