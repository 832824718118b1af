package export

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"
)

// recording is a file of so many bytes that nobody may read in one piece.
type recording struct {
	size, at int64
	largest  int
}

func (r *recording) Read(p []byte) (int, error) {
	if r.at == r.size {
		return 0, io.EOF
	}
	r.largest = max(r.largest, len(p))
	n := int(min(int64(len(p)), r.size-r.at))
	for i := range p[:n] {
		p[i] = byte((r.at + int64(i)) % 251)
	}
	r.at += int64(n)
	return n, nil
}

func (r *recording) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += r.at
	case io.SeekEnd:
		offset += r.size
	}
	r.at = offset
	return offset, nil
}

// withFiles is a site with files beside its pages.
type withFiles struct {
	*fake
	files map[string]*recording
	short bool // the files end in the middle
}

func (s *withFiles) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f, ok := s.files[r.URL.Path]
	if !ok {
		s.fake.ServeHTTP(w, r)
		return
	}
	if note, ok := r.Context().Value(noteKey{}).(*[]uint64); ok {
		*note = append(*note, nameOf(r.URL.Path))
	}
	w.Header().Set("Content-Type", "video/mp4")
	if s.short {
		w.Header().Set("Content-Length", strconv.FormatInt(f.size, 10))
		_, _ = io.Copy(w, io.LimitReader(f, f.size/2))
		return
	}
	f.at = 0
	http.ServeContent(w, r, "", time.Time{}, f)
}

func (s *withFiles) run(t *testing.T, dir string, edit ...func(*Options)) (Result, error) {
	t.Helper()
	src := s.source()
	src.Handler = s
	o := Options{Dir: dir, Base: "https://example.org", Program: "test", Full: true}
	for _, e := range edit {
		e(&o)
	}
	return Run(t.Context(), src, o)
}

// TestLargeFiles exports recordings: none of them is in memory in one piece,
// the second run writes nothing, and nothing is left beside. It runs alone: what
// is allocated is counted for the whole process.
func TestLargeFiles(t *testing.T) {
	const large = 48 << 20
	s := &withFiles{fake: newFake(), files: map[string]*recording{
		"/media/a/original/film.mp4":  {size: large},
		"/media/a/original/edge.mp4":  {size: inMemory},
		"/media/a/original/more.mp4":  {size: inMemory + 1},
		"/media/a/original/small.mp4": {size: 10},
	}}
	links := ""
	for a := range s.files {
		links += `<a href="` + a + `">film</a> `
	}
	s.pages["/en/about"] = links
	dir := t.TempDir()
	if r, err := s.run(t, dir, func(o *Options) { o.DryRun = true }); err != nil || r.Bytes < large {
		t.Fatalf("dry run: %+v, %v", r, err)
	}
	if list, err := os.ReadDir(dir); err != nil || len(list) > 0 {
		t.Fatalf("a dry run left %v, %v", list, err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	first, err := s.run(t, dir)
	if err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	// Two bodies of a megabyte grow by doubling; the rest is small.
	if used := after.TotalAlloc - before.TotalAlloc; used > large/3 {
		t.Errorf("%d MB were allocated for files of %d MB", used>>20, large>>20)
	}
	for a, f := range s.files {
		if f.largest > inMemory/4 {
			t.Errorf("%s was read %d bytes at a time", a, f.largest)
		}
		got, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(a)))
		f.at = 0
		want, _ := io.ReadAll(f)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s has %d bytes of %d, %v", a, len(got), len(want), err)
		}
	}
	again, err := s.run(t, dir)
	if err != nil || again.Written != 0 || again.Files != first.Files || again.Bytes != first.Bytes {
		t.Errorf("again: %+v after %+v, %v", again, first, err)
	}
	if _, err := os.Stat(filepath.Join(dir, filepath.FromSlash(tempDir))); !os.IsNotExist(err) {
		t.Errorf("something is left beside: %v", err)
	}
}

// TestFileThatEndsEarly: half a file is no file.
func TestFileThatEndsEarly(t *testing.T) {
	t.Parallel()
	for _, size := range []int64{100, 3 * inMemory} {
		s := &withFiles{fake: newFake(), files: map[string]*recording{"/media/a/original/film.mp4": {size: size}}, short: true}
		s.pages["/en/about"] = `<a href="/media/a/original/film.mp4">film</a>`
		dir := t.TempDir()
		if _, err := s.run(t, dir); err == nil || !strings.Contains(err.Error(), "/media/a/original/film.mp4") {
			t.Errorf("the error is %v", err)
		}
		if _, err := os.Stat(filepath.Join(dir, "media")); !os.IsNotExist(err) {
			t.Errorf("half a file is there: %v", err)
		}
		if list, err := os.ReadDir(filepath.Join(dir, filepath.FromSlash(tempDir))); err != nil || len(list) > 0 {
			t.Errorf("%v are left, %v", list, err)
		}
	}
}
