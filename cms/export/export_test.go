package export

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// fake is a site of a few answers. Head is its journal; what an answer is made
// of is its own address.
type fake struct {
	mu    sync.Mutex
	pages map[string]string // by address; "" in the body stands for 404, ">" for a redirect
	head  int64
	moved map[string]int64
	old   []string
	asked []string
	slow  time.Duration
}

func newFake() *fake {
	return &fake{head: 1, moved: map[string]int64{}, pages: map[string]string{
		"/en/": `<a href="/en/about">about</a> <a href="/en/news/">news</a>`, "/en/about": "about", "/en/news/": `<a href="/en/news/?page=2">2</a>`, "/en/news/?page=2": "more",
		"/en/feed.atom": "<feed/>", "/": ">/en/", "/robots.txt": "all",
	}}
}

// set changes an answer, as a publish does.
func (f *fake) set(address, body string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.head++
	f.pages[address] = body
	f.moved[address] = f.head
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	time.Sleep(f.slow)
	a := r.URL.RequestURI()
	f.asked = append(f.asked, a)
	if note, ok := r.Context().Value(noteKey{}).(*[]uint64); ok {
		*note = append(*note, nameOf(a))
	}
	if a == "/api/v1" {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		fmt.Fprintf(w, `{"languages":[{"tag":"en"}],"collections":[],"journal":{"epoch":"e","head":%d,"cursor":"e.%d"}}`, f.head, f.head)
		return
	}
	body := f.pages[a]
	switch {
	case body == "500":
		w.WriteHeader(http.StatusInternalServerError)
	case body == "":
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, "not found")
	case strings.HasPrefix(body, ">"):
		w.Header().Set("Location", body[1:])
		w.WriteHeader(http.StatusMovedPermanently)
	default:
		w.Header().Set("Content-Type", map[bool]string{true: "application/atom+xml", false: "text/html; charset=utf-8"}[strings.HasSuffix(a, ".atom")])
		if a == "/robots.txt" {
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		}
		fmt.Fprint(w, body)
	}
}

type noteKey struct{}

func nameOf(s string) uint64 {
	h := uint64(7)
	for _, c := range []byte(s) {
		h = h*31 + uint64(c)
	}
	return h
}

func (f *fake) source() Source {
	return Source{
		Handler: f, Data: "/api/v1", Params: testLayout().params, Computed: testLayout().computed,
		Snapshot: func(ctx context.Context, n int, fn func([]context.Context) error) error {
			return fn(slices.Repeat([]context.Context{ctx}, n))
		},
		Old: func(_ context.Context, fn func(string) error) error {
			for _, a := range f.old {
				if err := fn(a); err != nil {
					return err
				}
			}
			return nil
		},
		Track: func(ctx context.Context) (context.Context, func() []uint64) {
			names := &[]uint64{}
			return context.WithValue(ctx, noteKey{}, names), func() []uint64 { return *names }
		},
		Moved: func(_ context.Context, since int64) (func(uint64) bool, error) {
			return func(name uint64) bool {
				if name == nameOf("/api/v1") { // it says how far the journal is
					return f.head > since
				}
				for a, at := range f.moved {
					if nameOf(a) == name && at > since {
						return true
					}
				}
				return false
			}, nil
		},
	}
}

func (f *fake) export(t *testing.T, dir string, edit ...func(*Options)) Result {
	t.Helper()
	o := Options{Dir: dir, Base: "https://site.example", Program: "test"}
	for _, fn := range edit {
		fn(&o)
	}
	f.asked = nil
	res, err := Run(t.Context(), f.source(), o)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// tree is the files below a folder by name, those of the export's state aside.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.Name() == Folder {
			return fs.SkipDir
		}
		if d.IsDir() {
			return nil
		}
		b, err := os.ReadFile(p)
		rel, _ := filepath.Rel(dir, p)
		out[filepath.ToSlash(rel)] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func same(t *testing.T, got, want map[string]string) {
	t.Helper()
	for name, body := range want {
		if b, ok := got[name]; !ok || b != body {
			t.Errorf("%s: %q (there: %v), want %q", name, b, ok, body)
		}
	}
	for name := range got {
		if _, ok := want[name]; !ok {
			t.Errorf("%s is too many", name)
		}
	}
}

// TestRunWritesWhatChanged: the second run asks for what moved alone, writes
// that, and removes what nothing leads to any more; the folder is then what a
// first run makes.
func TestRunWritesWhatChanged(t *testing.T) {
	t.Parallel()
	f, dir := newFake(), t.TempDir()
	first := f.export(t, dir)
	got := tree(t, dir)
	if got["en/news/index.html"] != `<a href="/en/news/page=2/">2</a>` || got["en/news/page=2/index.html"] != "more" || got["en/about/index.html"] != "about" || !strings.Contains(got["index.html"], `content="0; url=/en/"`) || got["404.html"] != "not found" {
		t.Fatalf("%q", got)
	}
	if first.Written != len(got) || first.Files != len(got) || first.Removed != 0 {
		t.Errorf("%+v for %d files", first, len(got))
	}
	if again := f.export(t, dir); again.Written != 0 || again.Unchanged != len(got) || again.Removed != 0 {
		t.Errorf("again: %+v", again)
	}
	f.set("/en/about", "about us")
	if res := f.export(t, dir); res.Written != 2 || slices.Contains(f.asked, "/en/news/") || !slices.Contains(f.asked, "/en/about") {
		t.Errorf("one changed: %+v, asked %q", res, f.asked)
	}
	f.set("/en/news/", "none")
	if res := f.export(t, dir); res.Written != 2 || res.Removed != 1 {
		t.Errorf("a link less: %+v", res)
	}
	if _, err := os.Stat(filepath.Join(dir, "en/news/page=2")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the empty folder stays: %v", err)
	}
	fresh := t.TempDir()
	f.export(t, fresh)
	same(t, tree(t, dir), tree(t, fresh))

	// What somebody did to the files is put right.
	for _, name := range []string{"en/about/index.html", "robots.txt"} {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	f.export(t, dir)
	same(t, tree(t, dir), tree(t, fresh))
	// Another program, another base and --full ask for everything.
	for _, edit := range []func(*Options){func(o *Options) { o.Program = "next" }, func(o *Options) { o.Full = true }} {
		if f.export(t, dir, edit); !slices.Contains(f.asked, "/en/about") {
			t.Errorf("asked %q only", f.asked)
		}
	}
}

// TestRunLeavesOthersFilesAlone: a folder that is in use is refused, and in an
// export nothing is touched that the export did not write.
func TestRunLeavesOthersFilesAlone(t *testing.T) {
	t.Parallel()
	f, dir := newFake(), t.TempDir()
	put := func(name, body string) {
		t.Helper()
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(body), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	put("photos/a.jpg", "mine")
	if _, err := Run(t.Context(), f.source(), Options{Dir: dir, Base: "https://site.example"}); !errors.Is(err, ErrOccupied) {
		t.Fatalf("Run = %v", err)
	}
	if got := tree(t, dir); len(got) != 1 {
		t.Fatalf("it wrote %v", got)
	}
	if err := os.RemoveAll(filepath.Join(dir, "photos")); err != nil {
		t.Fatal(err)
	}
	put(".git/HEAD", "ref") // a fresh clone is empty enough
	f.export(t, dir)
	put("CNAME", "site.example")
	put("en/about/mine.pdf", "mine")
	put("en/about/us/index.html", "mine")
	f.set("/en/about", `<a href="/en/about/us">us</a>`)
	f.set("/en/about/us", "theirs")
	if res := f.export(t, dir); !slices.Equal(res.Kept, []string{"en/about/us/index.html"}) {
		t.Errorf("kept %q", res.Kept)
	}
	f.set("/en/", "alone")
	f.export(t, dir)
	got := tree(t, dir)
	for name, body := range map[string]string{".git/HEAD": "ref", "CNAME": "site.example", "en/about/mine.pdf": "mine", "en/about/us/index.html": "mine"} {
		if got[name] != body {
			t.Errorf("%s says %q", name, got[name])
		}
	}
	if _, there := got["en/about/index.html"]; there {
		t.Error("what nothing leads to stays")
	}
}

// TestRunStaysInside: neither an address nor a link in the folder leads out.
func TestRunStaysInside(t *testing.T) {
	t.Parallel()
	f, dir, outside := newFake(), t.TempDir(), t.TempDir()
	for _, a := range []string{"/.git/hooks/post-checkout", "/en/%2E%2E/x", "/../x", "/en/a%5Cb", "/_redirects", "/robots.txt/x", "/en/about/index.html", "/old", "/old/deep", "/x.html", "/x.html/y"} {
		f.old = append(f.old, a)
		f.pages[a] = ">/en/about"
	}
	f.export(t, dir)
	got := tree(t, dir)
	for name, body := range got {
		if strings.HasPrefix(name, ".git") || strings.Contains(name, "..") || strings.Contains(name, `\`) {
			t.Errorf("it wrote %s", name)
		}
		if strings.Contains(body, "noindex") && !slices.Contains([]string{"index.html", "old/index.html", "old/deep/index.html", "x.html"}, name) {
			t.Errorf("a redirect stands at %s", name)
		}
	}
	if got["en/about/index.html"] != "about" || got["robots.txt"] != "all" || !strings.Contains(got["_redirects"], "/old/deep /en/about 301\n") {
		t.Errorf("%q", got)
	}
	if err := os.RemoveAll(filepath.Join(dir, "en/news")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(dir, "en/news")); err != nil {
		t.Skip(err)
	}
	if _, err := Run(t.Context(), f.source(), Options{Dir: dir, Base: "https://site.example", Full: true}); err == nil {
		t.Error("it wrote through a link")
	}
	if got := tree(t, outside); len(got) > 0 {
		t.Errorf("outside: %q", got)
	}
}

// TestRunThatFails changes nothing for good: an answer that is an error removes
// no file, and a run that ends in the middle is completed by the next one.
func TestRunThatFails(t *testing.T) {
	t.Parallel()
	f, dir := newFake(), t.TempDir()
	f.export(t, dir)
	pages := func() map[string]string { // all but how far the journal is
		got := tree(t, dir)
		delete(got, "api/v1.json")
		return got
	}
	before := pages()
	f.set("/en/news/", "500")
	if _, err := Run(t.Context(), f.source(), Options{Dir: dir, Base: "https://site.example", Program: "test"}); err == nil || !strings.Contains(err.Error(), "answers 500 at /en/news/") {
		t.Fatalf("Run = %v", err)
	}
	same(t, pages(), before)

	// A change that was written by a run that ended, and then taken back, is
	// taken back in the file too.
	f.set("/en/about", "wrong")
	if _, err := Run(t.Context(), f.source(), Options{Dir: dir, Base: "https://site.example", Program: "test"}); err == nil {
		t.Fatal("no error")
	}
	f.set("/en/about", "about")
	f.set("/en/news/", `<a href="/en/news/?page=2">2</a>`)
	f.export(t, dir)
	same(t, pages(), before)
}

func TestDryRun(t *testing.T) {
	t.Parallel()
	f, dir := newFake(), filepath.Join(t.TempDir(), "none")
	dry := func(o *Options) { o.DryRun = true }
	res := f.export(t, dir, dry)
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Error("a dry run made the folder")
	}
	if real := f.export(t, dir); real.Written != res.Written {
		t.Errorf("%d would be written, %d were", res.Written, real.Written)
	}
	before := tree(t, dir)
	f.set("/en/", "alone")
	if res := f.export(t, dir, dry); res.Written != 2 || res.Removed != 3 {
		t.Errorf("%+v", res)
	}
	same(t, tree(t, dir), before)
}

func TestTwoAtOnce(t *testing.T) {
	t.Parallel()
	f, dir := newFake(), t.TempDir()
	a, _, err := open(dir, false)
	if err != nil {
		t.Fatal(err)
	}
	defer a.close()
	if _, err := Run(t.Context(), f.source(), Options{Dir: dir, Base: "https://site.example"}); !errors.Is(err, ErrBusy) {
		t.Errorf("Run = %v", err)
	}
}

// TestKilled kills runs in a process of their own, each a little later than the
// one before; what they leave is completed by the next run, and no page that
// was only in between stays.
func TestKilled(t *testing.T) {
	dir := os.Getenv("MERIDIAN_TEST_EXPORT")
	many := func(mark string) *fake {
		f := newFake()
		var links strings.Builder
		for i := range 150 {
			a := fmt.Sprintf("/en/%s/%d", mark, i)
			f.pages[a] = mark
			fmt.Fprintf(&links, `<a href="%s">x</a>`, a)
		}
		f.set("/en/", links.String())
		return f
	}
	if dir != "" {
		f := many("lost")
		f.set("/en/", f.pages["/en/"]) // later than what is there
		f.slow = 200 * time.Microsecond
		_, _ = Run(t.Context(), f.source(), Options{Dir: dir, Base: "https://site.example", Program: "test"})
		return
	}
	dir = t.TempDir()
	f := many("kept")
	f.export(t, dir)
	want := tree(t, dir)
	cut := 0
	for i := range 6 {
		cmd := exec.Command(os.Args[0], "-test.run=^TestKilled$")
		cmd.Env = append(os.Environ(), "MERIDIAN_TEST_EXPORT="+dir)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		for range 2000 { // until it writes
			if n, _ := filepath.Glob(filepath.Join(dir, "en/lost/*")); len(n) > i*20 {
				break
			}
			time.Sleep(time.Millisecond)
		}
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if n, _ := filepath.Glob(filepath.Join(dir, "en/lost/*")); len(n) > 0 && len(n) < 150 {
			cut++
		}
		f.export(t, dir)
		same(t, tree(t, dir), want)
	}
	if cut == 0 {
		t.Error("no run was cut off in the middle")
	}
}
