package backup

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode"

	"meridian/models/store"
)

// Names of the entries of an archive. Those of media begin with mediaDir and a
// slash.
const (
	sumsName     = "SHA256SUMS"
	manifestName = "manifest.json"
	databaseName = store.File + ".gz"
	mediaDir     = "media"
)

// format is the number of the form of archives that this program writes. It
// reads no later one.
const format = 1

// maxContents bounds the list of sums and the manifest, in bytes. It is room
// for some hundred thousand files.
const maxContents = 64 << 20

// Manifest says what a backup holds and where it is from.
type Manifest struct {
	Format int `json:"format"`
	// Program is the version that made the backup; Schema the one of the
	// database.
	Program string `json:"program"`
	Schema  int64  `json:"schema"`
	// Installation is the id of the installation, "" before first start.
	Installation string `json:"installation"`
	// JournalHead is the number of the newest journal row.
	JournalHead int64 `json:"journal_head"`
	// CreatedAt is the moment of the backup in whole seconds, UTC.
	CreatedAt time.Time `json:"created_at"`
	// Files are in the order of the archive: the database first.
	Files []File `json:"files"`
	// Withdrawn are the pictures and files that somebody asked to be taken away.
	// Their originals are in the archive as long as they are kept at all; who
	// restores an older one learns here what has to go again.
	Withdrawn []store.WithdrawnAsset `json:"withdrawn,omitempty"`
}

// File is an entry of the archive as it stands there.
type File struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
	// Unpacked is what comes out of a compressed entry; nil for the others.
	Unpacked *Content `json:"unpacked,omitempty"`
}

// Content is a file as it stands in the data folder.
type Content struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// Bytes is the size of all that a backup holds, unpacked.
func (m Manifest) Bytes() int64 {
	var n int64
	for _, f := range m.Files {
		n += f.content().Size
	}
	return n
}

// content is what the entry becomes in the data folder.
func (f File) content() Content {
	if f.Unpacked != nil {
		return *f.Unpacked
	}
	return Content{f.Name, f.Size, f.SHA256}
}

// encode returns the manifest as it stands in the archive.
func (m Manifest) encode() ([]byte, error) {
	b, err := json.MarshalIndent(m, "", "  ")
	return append(b, '\n'), err
}

// decode reads a manifest and refuses one that promises what no backup may
// hold. A manifest of a later form is errNewer.
func decode(b []byte) (Manifest, error) {
	var m Manifest
	if err := json.Unmarshal(b, &m); err != nil {
		return m, fmt.Errorf("it cannot be read: %w", err)
	}
	if m.Format > format {
		return m, errNewer
	}
	if again, err := m.encode(); err != nil || !bytes.Equal(again, b) {
		return m, errors.New("it is not written the way this program writes it")
	}
	return m, m.check()
}

func (m Manifest) check() error {
	if m.Format != format {
		return fmt.Errorf("it is of form %d, which does not exist", m.Format)
	}
	if m.CreatedAt.IsZero() || m.CreatedAt.Nanosecond() != 0 || m.CreatedAt.Location() != time.UTC {
		return errors.New("it does not say when it was made")
	}
	if len(m.Files) == 0 || m.Files[0].Name != databaseName || m.Files[0].Unpacked == nil || m.Files[0].Unpacked.Name != store.File {
		return errors.New("it does not begin with the database")
	}
	for i, f := range m.Files {
		if i > 0 {
			if !mediaName(f.Name) || f.Unpacked != nil {
				return fmt.Errorf("it names %q, which is no file of the media folder", f.Name)
			}
			if i > 1 && f.Name <= m.Files[i-1].Name {
				return fmt.Errorf("it names %q out of order or twice", f.Name)
			}
		}
		c := f.content()
		if f.Size < 0 || f.Size > 1<<50 || c.Size < 0 || c.Size > 1<<50 || !isSum(f.SHA256) || !isSum(c.SHA256) {
			return fmt.Errorf("it does not say what %s is", f.Name)
		}
		// Deflate never makes more of a byte than this.
		if f.Unpacked != nil && c.Size/1100 > f.Size {
			return fmt.Errorf("it promises %d bytes from the %d of %s, which is more than they can hold", c.Size, f.Size, f.Name)
		}
	}
	return nil
}

// mediaName reports whether a name is that of a file below the media folder,
// on every system: no way out, no device, no second meaning.
func mediaName(name string) bool {
	below, ok := strings.CutPrefix(name, mediaDir+"/")
	return ok && fs.ValidPath(below) && below != "." && filepath.IsLocal(filepath.FromSlash(below)) &&
		!strings.ContainsAny(name, `\:`) && !strings.ContainsFunc(name, unicode.IsControl) && strings.ToValidUTF8(name, "") == name
}

func isSum(s string) bool {
	b, err := hex.DecodeString(s)
	return err == nil && len(b) == sha256.Size && strings.ToLower(s) == s
}

// sums returns the list of sums that belongs to a manifest and its bytes.
func (m Manifest) sums(encoded []byte) []byte {
	sum := sha256.Sum256(encoded)
	var b bytes.Buffer
	line := func(sum, name string) { fmt.Fprintf(&b, "%s  %s\n", sum, name) }
	line(hex.EncodeToString(sum[:]), manifestName)
	for _, f := range m.Files {
		line(f.SHA256, f.Name)
	}
	return b.Bytes()
}

// differing returns the names whose lines differ between two lists of sums,
// nil when the lists differ otherwise.
func differing(a, b []byte) []string {
	la, lb := strings.Split(string(a), "\n"), strings.Split(string(b), "\n")
	if len(la) != len(lb) {
		return nil
	}
	var names []string
	for i := range la {
		if la[i] == lb[i] {
			continue
		}
		sum, name, ok := strings.Cut(la[i], "  ")
		_, other, _ := strings.Cut(lb[i], "  ")
		if !ok || !isSum(sum) || name != other {
			return nil
		}
		names = append(names, name)
	}
	return slices.Compact(names)
}
