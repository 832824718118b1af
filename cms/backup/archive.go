package backup

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"
)

// Errors of reading a backup.
var (
	// ErrNotBackup means that a file does not begin like a backup.
	ErrNotBackup = errors.New("not a backup of meridian")
	// ErrDamaged means that a backup is no longer what was written.
	ErrDamaged = errors.New("the backup is damaged")

	errNewer = errors.New("a newer version of meridian wrote this backup; this one cannot read it")
)

// Problem is one thing wrong with a backup.
type Problem struct {
	// File is the name of the entry in the archive, "" for the archive itself.
	File string `json:"file"`
	// Says is a sentence without a subject: "… is cut off".
	Says string `json:"says"`

	// harmless says that all that the backup holds can still be trusted.
	harmless bool
}

func (p Problem) String() string {
	if p.File == "" {
		return "the archive " + p.Says
	}
	return p.File + " " + p.Says
}

// DamageError says what is wrong with a backup. It unwraps to ErrDamaged.
type DamageError struct {
	Problems []Problem
}

func (e *DamageError) Error() string {
	p := lost(e.Problems)
	switch {
	case p == nil && len(e.Problems) == 0:
		return ErrDamaged.Error()
	case p == nil:
		p = &e.Problems[0]
	}
	return fmt.Sprintf("%v: %v", ErrDamaged, p)
}

// Unwrap returns ErrDamaged.
func (*DamageError) Unwrap() error { return ErrDamaged }

// The archive ends with two empty blocks.
const (
	blockSize = 512
	tailSize  = 2 * blockSize
)

// head returns what stands before an entry. The same arguments give the same
// bytes, which a golden file holds: archives of today are read tomorrow.
func head(name string, size int64, at time.Time) ([]byte, error) {
	var b bytes.Buffer
	err := tar.NewWriter(&b).WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o600, ModTime: at})
	return b.Bytes(), err
}

// gap is the number of zeros that fill up the last block of an entry.
func gap(size int64) int64 { return (blockSize - size%blockSize) % blockSize }

// place is where an entry stands in the archive.
type place struct {
	name   string
	head   []byte
	offset int64 // of the content; the head ends there
	size   int64
}

func (p place) end() int64 { return p.offset + p.size + gap(p.size) }

// layout returns where the entries of a backup stand, and the size of the
// archive.
func (m Manifest) layout(sums, manifest int64) ([]place, int64, error) {
	entries := append([]File{{Name: sumsName, Size: sums}, {Name: manifestName, Size: manifest}}, m.Files...)
	var at int64
	places := make([]place, len(entries))
	for i, f := range entries {
		h, err := head(f.Name, f.Size, m.CreatedAt)
		if err != nil {
			return nil, 0, fmt.Errorf("head of %s: %w", f.Name, err)
		}
		places[i] = place{f.Name, h, at + int64(len(h)), f.Size}
		if at = places[i].end(); at > 1<<60 {
			return nil, 0, errors.New("it names sizes that no archive has")
		}
	}
	return places, at + tailSize, nil
}

// archive is an open backup whose manifest was read.
type archive struct {
	file     *os.File
	size     int64
	manifest Manifest
	places   []place // as many as there are files in the manifest, and two
	problems []Problem
}

// open opens a backup and reads its manifest. What it finds wrong without
// being lost is among the problems of the archive; a DamageError means that
// nothing further can be read.
func open(name string) (_ *archive, err error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			_ = f.Close()
		}
	}()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: %w", name, ErrNotBackup)
	}
	a := &archive{file: f, size: info.Size()}
	sums, manifest, err := a.contents()
	if err != nil {
		return nil, err
	}
	lost := func(file, format string, args ...any) error {
		return &DamageError{[]Problem{{File: file, Says: fmt.Sprintf(format, args...)}}}
	}
	sum := sha256.Sum256(manifest)
	first, _, _ := bytes.Cut(sums, []byte("\n"))
	listed := string(first) == hex.EncodeToString(sum[:])+"  "+manifestName
	if a.manifest, err = decode(manifest); errors.Is(err, errNewer) && listed {
		return nil, err
	} else if err != nil {
		return nil, lost(manifestName, "is damaged: %v", err)
	}
	if want := a.manifest.sums(manifest); !listed {
		// Two witnesses against each other; the files may tell who is right.
		a.note(true, manifestName, "is not what its line in %s says: one of the two is damaged", sumsName)
		if len(differing(sums, want)) != 1 {
			a.note(true, sumsName, "does not list what %s lists", manifestName)
		}
	} else if !bytes.Equal(sums, want) {
		a.note(true, sumsName, "is damaged: it does not list what %s lists", manifestName)
	}
	var size int64
	if a.places, size, err = a.manifest.layout(int64(len(sums)), int64(len(manifest))); err != nil {
		return nil, lost(manifestName, "is damaged: %v", err)
	}
	switch {
	case a.size < size:
		last := a.places[len(a.places)-1]
		for _, p := range slices.Backward(a.places) {
			if p.offset+p.size <= a.size {
				break
			}
			last = p
		}
		a.note(last.offset+last.size <= a.size, last.name, "is where the archive ends: it has %d bytes of %d", a.size, size)
	case a.size > size:
		a.note(true, "", "goes on for %d bytes after its end", a.size-size)
	}
	return a, nil
}

func (a *archive) Close() error { return a.file.Close() }

// note adds a problem.
func (a *archive) note(harmless bool, file, format string, args ...any) {
	a.problems = append(a.problems, Problem{file, fmt.Sprintf(format, args...), harmless})
}

// contents reads the first two entries, by which everything else is judged.
func (a *archive) contents() (sums, manifest []byte, err error) {
	r := tar.NewReader(io.NewSectionReader(a.file, 0, a.size))
	for _, want := range []struct {
		name string
		into *[]byte
	}{{sumsName, &sums}, {manifestName, &manifest}} {
		lost := func(says string) error { return &DamageError{[]Problem{{File: want.name, Says: says}}} }
		h, err := r.Next()
		switch {
		case err != nil && want.name == sumsName && !a.begins():
			return nil, nil, fmt.Errorf("%s: %w", a.file.Name(), ErrNotBackup)
		case err != nil:
			return nil, nil, lost("cannot be found: its head in the archive is damaged")
		case want.name == sumsName && h.Name != sumsName && !a.begins():
			return nil, nil, fmt.Errorf("%s: %w", a.file.Name(), ErrNotBackup)
		case h.Name != want.name || h.Typeflag != tar.TypeReg:
			return nil, nil, lost("is missing: in its place is " + describe(h))
		case h.Size > maxContents:
			return nil, nil, lost("is larger than any")
		}
		if *want.into, err = io.ReadAll(r); err != nil {
			return nil, nil, lost("is cut off")
		}
	}
	return sums, manifest, nil
}

// begins reports whether a file is most likely a backup whose very first bytes
// are damaged, and not something else: the mark of tar is where it must be, or
// the first name nearly is.
func (a *archive) begins() bool {
	b := make([]byte, blockSize)
	if _, err := a.file.ReadAt(b, 0); err != nil {
		return false
	}
	alike := 0
	for i := range sumsName {
		if b[i] == sumsName[i] {
			alike++
		}
	}
	return alike >= len(sumsName)-1
}

// describe says in words what an entry is.
func describe(h *tar.Header) string {
	kind := "an entry of an unknown kind"
	switch h.Typeflag {
	case tar.TypeReg:
		kind = "the file"
	case tar.TypeDir:
		kind = "the folder"
	case tar.TypeSymlink:
		kind = "the symbolic link"
	case tar.TypeLink:
		kind = "the link"
	case tar.TypeChar, tar.TypeBlock, tar.TypeFifo:
		kind = "the device"
	}
	return fmt.Sprintf("%s %q", kind, h.Name)
}
