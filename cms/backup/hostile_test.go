package backup

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"meridian/models/store"
)

func sumOf(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}

func packed(t testing.TB, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	if _, err := z.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// forged is an archive that somebody made to do harm: all its sums are right.
type forged struct {
	manifest Manifest
	contents [][]byte           // of the files of the manifest
	heads    map[int]tar.Header // instead of those there should be
	more     []tar.Header       // after the last file
}

func (f forged) bytes(t testing.TB) []byte {
	t.Helper()
	encoded, err := f.manifest.encode()
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	write := func(h tar.Header, b []byte) {
		h.Mode, h.ModTime = 0o600, f.manifest.CreatedAt
		if err := w.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(b); err != nil && h.Typeflag == tar.TypeReg {
			t.Fatal(err)
		}
	}
	sums := f.manifest.sums(encoded)
	write(tar.Header{Typeflag: tar.TypeReg, Name: sumsName, Size: int64(len(sums))}, sums)
	write(tar.Header{Typeflag: tar.TypeReg, Name: manifestName, Size: int64(len(encoded))}, encoded)
	for i, b := range f.contents {
		h, ok := f.heads[i]
		if !ok {
			h = tar.Header{Typeflag: tar.TypeReg, Name: f.manifest.Files[i].Name, Size: int64(len(b))}
		}
		write(h, b)
	}
	for _, h := range f.more {
		write(h, nil)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// small is an archive with right sums and little in it.
func small(t testing.TB) forged {
	t.Helper()
	var database []byte // that does not compress well
	for sum := sumOf(nil); len(database) < 6000; sum = sumOf([]byte(sum)) {
		database = append(database, sum...)
	}
	z := packed(t, database)
	f := forged{manifest: Manifest{Format: 1, Program: "test", Schema: 3, Installation: "i", JournalHead: 7, CreatedAt: time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)}}
	f.manifest.Files = []File{{databaseName, int64(len(z)), sumOf(z), &Content{store.File, int64(len(database)), sumOf(database)}}}
	f.contents = [][]byte{z}
	for _, m := range []struct{ name, text string }{{"media/a", "some words"}, {"media/b/ملف.jpg", strings.Repeat("no photo ", 200)}, {"media/c", ""}, {"media/d", strings.Repeat("d", 512)}} {
		f.manifest.Files = append(f.manifest.Files, File{Name: m.name, Size: int64(len(m.text)), SHA256: sumOf([]byte(m.text))})
		f.contents = append(f.contents, []byte(m.text))
	}
	return f
}

// TestHostileArchives: nothing in an archive leads anywhere, however right its
// sums are.
func TestHostileArchives(t *testing.T) {
	t.Parallel()
	database := []byte(strings.Repeat("not a database ", 100))
	z := packed(t, database)
	first := File{databaseName, int64(len(z)), sumOf(z), &Content{store.File, int64(len(database)), sumOf(database)}}
	base := func(files ...string) forged {
		f := forged{manifest: Manifest{Format: 1, Program: "test", CreatedAt: time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC), Files: []File{first}}, contents: [][]byte{z}, heads: map[int]tar.Header{}}
		for _, name := range files {
			f.manifest.Files = append(f.manifest.Files, File{Name: name, Size: 4, SHA256: sumOf([]byte("harm"))})
			f.contents = append(f.contents, []byte("harm"))
		}
		return f
	}
	with := func(f forged, change func(*forged)) forged { change(&f); return f }
	link := func(kind byte, name string) func(*forged) {
		return func(f *forged) {
			f.contents[1] = nil
			f.heads[1] = tar.Header{Typeflag: kind, Name: name, Linkname: "/etc"}
		}
	}
	bomb := packed(t, make([]byte, 8<<20))
	for name, tt := range map[string]struct {
		archive forged
		want    string
	}{
		"way out":           {base("../harm"), "no file of the media folder"},
		"way out of media":  {base("media/../../harm"), "no file of the media folder"},
		"absolute":          {base("/tmp/harm"), "no file of the media folder"},
		"backslashes":       {base(`media\..\..\harm`), "no file of the media folder"},
		"drive":             {base("media/c:/harm"), "no file of the media folder"},
		"line break":        {base("media/a\nb"), "no file of the media folder"},
		"a second database": {base("meridian.db-wal"), "no file of the media folder"},
		"the lock":          {base("meridian.lock"), "no file of the media folder"},
		"twice":             {base("media/a", "media/a"), "out of order or twice"},
		"file and folder":   {base("media/a", "media/a/b"), ""},
		"symbolic link":     {with(base("media/a"), link(tar.TypeSymlink, "media/a")), `the symbolic link "media/a"`},
		"hard link":         {with(base("media/a"), link(tar.TypeLink, "media/a")), `the link "media/a"`},
		"device":            {with(base("media/a"), link(tar.TypeChar, "media/a")), `the device "media/a"`},
		"another name":      {with(base("media/a"), func(f *forged) { f.heads[1] = tar.Header{Typeflag: tar.TypeReg, Name: "../a", Size: 4} }), `the file "../a"`},
		"an entry more":     {with(base(), func(f *forged) { f.more = []tar.Header{{Typeflag: tar.TypeSymlink, Name: "x", Linkname: "/"}} }), "after its end"},
		"more than promised": {with(base(), func(f *forged) {
			f.manifest.Files[0].Size, f.manifest.Files[0].SHA256, f.contents[0] = int64(len(bomb)), sumOf(bomb), bomb
		}), "there is more of it than 1500 bytes"},
		"more than possible":     {with(base(), func(f *forged) { f.manifest.Files[0].Unpacked = &Content{store.File, 1 << 45, sumOf(nil)} }), "more than they can hold"},
		"larger than everything": {with(base("media/a"), func(f *forged) { f.manifest.Files[1].Size = 1 << 60 }), "does not say what media/a is"},
		"less than nothing":      {with(base("media/a"), func(f *forged) { f.manifest.Files[1].Size = -512 }), "does not say what media/a is"},
		"no database":            {with(base("media/a"), func(f *forged) { f.manifest.Files, f.contents = f.manifest.Files[1:], f.contents[1:] }), "does not begin with the database"},
		"a later form":           {with(base(), func(f *forged) { f.manifest.Format = 2 }), "a newer version"},
		"no SQLite":              {base(), "damaged before the backup"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file, dir := put(t, tt.archive.bytes(t)), filepath.Join(t.TempDir(), "in", "d")
			v, err := Verify(t.Context(), file, nil)
			said := ""
			for _, p := range v.Problems {
				said += p.String() + "\n"
			}
			if err != nil {
				said += err.Error()
			}
			if said == "" || !strings.Contains(said, tt.want) {
				t.Errorf("Verify said %q, want %q", said, tt.want)
			}
			if _, err := Restore(t.Context(), file, dir, nil); err == nil {
				t.Error("it was restored")
			}
			if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("the folder was made: %v", err)
			}
		})
	}
}

// TestHeads pins what stands before entries: archives that were written long
// ago must still be read, whatever happens to archive/tar.
func TestHeads(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		name string
		size int64
		sum  string
	}{
		{databaseName, 123, "80c98c1133d145f65c33bc2a0011a799ab1c39b589588fa425c4f2b7ea6dbd51"},
		{"media/ملف.pdf", 123, "bf91f96bb5de8577902167a307d758d8d69fd80c6c154670077542595bf0318e"},
		{"media/" + strings.Repeat("n", 200), 9 << 30, "195fec3ba235fce4656ef47d7f0bcd804f34d51144f8f1ff783fb5db43d914bd"},
	} {
		h, err := head(tt.name, tt.size, at)
		if err != nil || sumOf(h) != tt.sum {
			t.Errorf("the head of %s is %d bytes with the sum %s, %v", tt.name, len(h), sumOf(h), err)
		}
	}
}
