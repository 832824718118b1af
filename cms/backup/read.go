package backup

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
)

// read reads the archive to its end and compares every byte. Contents go to
// what sink returns for them, unless that is nil. The problems of the archive
// are complete afterwards. An error is one of the disk or of the context.
func (a *archive) read(ctx context.Context, sink func(Content) (io.WriteCloser, error), progress func(done, total int64)) error {
	var done int64
	total := a.manifest.Bytes()
	count := func(n int) {
		done += int64(n)
		progress(min(done, total), total)
	}
	for i, p := range a.places {
		if p.offset > a.size {
			return nil // it is said already where the archive ends
		}
		if err := a.compareHead(p); err != nil {
			return err
		}
		if i >= 2 { // the contents before are compared
			if err := a.readFile(ctx, p, a.manifest.Files[i-2], sink, count); err != nil {
				return err
			}
		}
		if err := a.compareZeros(p.offset+p.size, gap(p.size), p.name, "is followed by damage: not all is zero between it and the next entry"); err != nil {
			return err
		}
	}
	last := a.places[len(a.places)-1]
	return a.compareZeros(last.end(), tailSize, "", "is damaged at its end, where all should be zero")
}

// compareHead compares what stands before an entry with what must stand there.
func (a *archive) compareHead(p place) error {
	got := make([]byte, len(p.head))
	if _, err := a.file.ReadAt(got, p.offset-int64(len(got))); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if bytes.Equal(got, p.head) {
		return nil
	}
	// A head that says something else in good order is no accident.
	h, err := tar.NewReader(bytes.NewReader(got)).Next()
	if err == nil && (h.Name != p.name || h.Typeflag != tar.TypeReg || h.Size != p.size) {
		a.note(false, p.name, "is missing: in its place is %s of %d bytes", describe(h), h.Size)
		return nil
	}
	a.note(true, p.name, "has a damaged head in the archive")
	return nil
}

func (a *archive) compareZeros(at, n int64, file, says string) error {
	b := make([]byte, n)
	k, err := a.file.ReadAt(b, at)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if len(bytes.Trim(b[:k], "\x00")) > 0 {
		a.note(true, file, "%s", says)
	}
	return nil
}

// readFile reads the content of an entry.
func (a *archive) readFile(ctx context.Context, p place, f File, sink func(Content) (io.WriteCloser, error), count func(int)) error {
	c := f.content()
	var out io.WriteCloser
	if sink != nil {
		var err error
		if out, err = sink(c); err != nil {
			return err
		}
		defer out.Close() // an error before is the one to tell
	}
	// What is left of an archive that was cut off is read as well.
	stored := sha256.New()
	src := &reader{ctx: ctx, r: io.TeeReader(io.NewSectionReader(a.file, p.offset, min(p.size, a.size-p.offset)), stored)}
	content := sha256.New()
	dst := &counted{count: count, w: content}
	if out != nil {
		dst.w = io.MultiWriter(content, out)
	}
	var unpackErr error
	if f.Unpacked == nil {
		_, unpackErr = io.Copy(dst, src)
	} else {
		unpackErr = unpack(dst, src, c.Size)
	}
	if err := errors.Join(dst.err, src.err); err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, src); err != nil {
		return err
	}
	switch {
	case hex.EncodeToString(stored.Sum(nil)) != f.SHA256:
		says := "is damaged: its bytes are not those that were written (SHA-256 differs)"
		if unpackErr != nil {
			says += fmt.Sprintf(", and cannot be unpacked after %d bytes of %d", dst.n, c.Size)
		}
		a.note(false, f.Name, "%s", says)
	case unpackErr != nil:
		a.note(false, f.Name, "is whole but cannot be unpacked: %v", unpackErr)
	case dst.n != c.Size || hex.EncodeToString(content.Sum(nil)) != c.SHA256:
		a.note(false, f.Name, "is whole but holds something else than %s says", manifestName)
	}
	if out != nil {
		return out.Close()
	}
	return nil
}

// unpack writes what a compressed entry holds, never more than size bytes.
func unpack(dst io.Writer, src io.Reader, size int64) error {
	z, err := gzip.NewReader(src)
	if err != nil {
		return err
	}
	if _, err := io.Copy(dst, io.LimitReader(z, size)); err != nil {
		return err
	}
	// The sum at the end is compared when there is nothing left to read.
	if n, err := io.CopyN(io.Discard, z, 1); n > 0 {
		return fmt.Errorf("there is more of it than %d bytes", size)
	} else if !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}

// reader ends with the context and remembers an error of the disk, which is
// not one of the bytes.
type reader struct {
	ctx context.Context
	r   io.Reader
	err error
}

func (r *reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		r.err = err
		return 0, err
	}
	n, err := r.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		r.err = err
	}
	return n, err
}

// counted counts what is written, and remembers an error of writing.
type counted struct {
	w     io.Writer
	count func(int)
	n     int64
	err   error
}

func (c *counted) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	c.count(n)
	if err != nil {
		c.err = err
	}
	return n, err
}
