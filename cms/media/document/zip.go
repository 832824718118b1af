package document

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
)

// Limits of archives.
const (
	maxEntries  = 10_000
	maxUnpacked = 2 << 30
	maxRatio    = 100
	// A small archive may be as dense as it likes: empty tables are.
	freeUnpacked = 10 << 20
	// maxPart is the largest part of an office file that is looked into.
	maxPart = 32 << 20
	// utf8Name is the flag of a name in UTF-8.
	utf8Name = 0x800
	// maxDirectory is the largest table of contents, in bytes.
	maxDirectory = 8 << 20
)

// openZip opens an archive whose entries have names that stay inside it, once
// each, and are plain files or folders. The unpacked size is for unpacked to
// check: the one the archive gives is only a claim.
func openZip(r io.ReaderAt, size int64) (*zip.Reader, error) {
	if err := smallDirectory(r, size); err != nil {
		return nil, err
	}
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrDamaged, err)
	}
	if len(z.File) > maxEntries {
		return nil, fmt.Errorf("%w: %d entries", ErrTooLarge, len(z.File))
	}
	seen := map[string]bool{}
	for _, f := range z.File {
		name := strings.TrimSuffix(f.Name, "/")
		folded := strings.ToLower(name)
		switch {
		case name == "" || path.Clean(name) != name || path.IsAbs(name) || name == ".." || strings.HasPrefix(name, "../") ||
			strings.ContainsAny(name, "\\:\x00"):
			return nil, fmt.Errorf("%w: name %q", ErrArchive, f.Name)
		case !f.Mode().IsRegular() && !f.Mode().IsDir():
			return nil, fmt.Errorf("%w: %q is no plain file", ErrArchive, f.Name)
		case seen[folded]:
			return nil, fmt.Errorf("%w: %q twice", ErrArchive, f.Name)
		case f.Flags&1 != 0:
			return nil, fmt.Errorf("%w: %q", ErrEncrypted, f.Name)
		case f.Method != zip.Store && f.Method != zip.Deflate:
			return nil, fmt.Errorf("%w: %q is packed in an unknown way", ErrArchive, f.Name)
		case slices.Contains([]string{".zip", ".7z", ".rar", ".gz", ".jar", ".exe", ".dll", ".tar"}, path.Ext(folded)):
			return nil, fmt.Errorf("%w: %q inside", ErrArchive, f.Name)
		}
		seen[folded] = true
	}
	return z, nil
}

// smallDirectory looks at the end of an archive before it is opened: opening
// takes in all of its table of contents, however long that is.
func smallDirectory(r io.ReaderAt, size int64) error {
	n := min(size, 22+65535) // the last record, and a comment behind it
	tail, err := bytesAt(r, size-n, int(n))
	if err != nil {
		return err
	}
	i := bytes.LastIndex(tail, []byte("PK\x05\x06"))
	if i < 0 || i+22 > len(tail) {
		return fmt.Errorf("%w: the archive has no end", ErrDamaged)
	}
	entries, start := binary.LittleEndian.Uint16(tail[i+10:]), int64(binary.LittleEndian.Uint32(tail[i+16:]))
	if entries > maxEntries || size-start > maxDirectory {
		return fmt.Errorf("%w: %d entries, listed in %d bytes", ErrTooLarge, entries, size-start)
	}
	return nil
}

// unpacked reads every entry to its end, which checks its sum, and adds up
// what comes out while it comes.
func unpacked(ctx context.Context, z *zip.Reader, packed int64) error {
	left := max(int64(freeUnpacked), min(maxUnpacked, maxRatio*packed))
	for _, f := range z.File {
		if err := ctx.Err(); err != nil {
			return err
		}
		r, err := f.Open()
		if err != nil {
			return fmt.Errorf("%w: %s: %v", ErrDamaged, f.Name, err)
		}
		n, err := io.Copy(io.Discard, io.LimitReader(r, left+1))
		r.Close()
		if left -= n; left < 0 {
			return fmt.Errorf("%w: the archive unpacks to more than %d MB, or than %d times its size", ErrTooLarge, maxUnpacked>>20, maxRatio)
		}
		if err != nil {
			return fmt.Errorf("%w: %s: %v", ErrDamaged, f.Name, err)
		}
	}
	return nil
}

// readEntry unpacks an entry of at most n bytes.
func readEntry(f *zip.File, n int64) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %v", ErrDamaged, f.Name, err)
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, n+1))
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %v", ErrDamaged, f.Name, err)
	}
	if int64(len(b)) > n {
		return nil, fmt.Errorf("%w: %s", ErrTooLarge, f.Name)
	}
	return b, nil
}

// rewrite makes the new content of an entry: nil leaves it as it is, an empty
// one that is not nil leaves it out.
type rewrite func(f *zip.File) ([]byte, error)

// rezip copies an archive, entry by entry in their order, without times, users
// and comments. What is not rewritten is not packed again.
func rezip(ctx context.Context, w io.Writer, z *zip.Reader, change rewrite) error {
	out := zip.NewWriter(w)
	for _, f := range z.File {
		if err := ctx.Err(); err != nil {
			return err
		}
		data, err := change(f)
		if err != nil {
			return err
		}
		head := zip.FileHeader{Name: f.Name, Method: f.Method, NonUTF8: f.NonUTF8, Flags: f.Flags & utf8Name}
		switch {
		case data == nil:
			head.CRC32, head.CompressedSize64, head.UncompressedSize64 = f.CRC32, f.CompressedSize64, f.UncompressedSize64
			from, err := f.OpenRaw()
			if err != nil {
				return fmt.Errorf("%w: %s: %v", ErrDamaged, f.Name, err)
			}
			to, err := out.CreateRaw(&head)
			if err != nil {
				return err
			}
			if _, err := io.Copy(to, from); err != nil {
				return err
			}
		case len(data) > 0:
			to, err := out.CreateHeader(&head)
			if err != nil {
				return err
			}
			if _, err := io.Copy(to, bytes.NewReader(data)); err != nil {
				return err
			}
		}
	}
	return out.Close()
}
