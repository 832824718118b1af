package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"meridian/cms"
	"meridian/cms/account"
	"meridian/cms/live"
	"meridian/cms/media"
	"meridian/cms/seed"
	"meridian/models"
	"meridian/models/store"
)

// rounds is how often each side of a comparison is measured, in turn.
const rounds = 9

// BenchmarkSpeed measures what README.md claims and prints its table:
//
//	go run ./cmd/dev bench
//
// Every figure is the median of interleaved rounds in this one process; the
// spread is from the smallest to the largest.
func BenchmarkSpeed(b *testing.B) {
	b.Run("cached", benchCached)
	b.Run("kept", benchKept)
	b.Run("zipf", benchZipf)
	b.Run("cold", benchCold)
	b.Run("files", benchFiles)
	b.Run("uncached", benchUncached)
	b.Run("search", benchSearch)
	b.Run("publish", benchPublish)
	b.Run("move", benchMove)
	b.Run("tree", benchTree)
	b.Run("start", benchStart)
	b.Run("memory", benchMemory)
	b.Run("seed", benchSeed)
	b.Run("export", benchExport)
	b.Run("backup", benchBackup)
}

// say prints a row of the table.
func say(what, figure, compared string) { fmt.Printf("| %s | %s | %s |\n", what, figure, compared) }

// figures are the measurements of one thing, sorted.
type figures []float64

func (f figures) median() float64 { return f[len(f)/2] }

func sorted(f []float64) figures { slices.Sort(f); return f }

func (f figures) in(unit string, scale float64) string {
	return fmt.Sprintf("%.3g %s (%.3g–%.3g)", f.median()*scale, unit, f[0]*scale, f[len(f)-1]*scale)
}

// seeded opens a folder with a synthetic corpus of n entries.
func seeded(b *testing.B, n int, langs ...string) *store.Store {
	b.Helper()
	return seededIn(b, b.TempDir(), n, langs...)
}

// seededIn is seeded in a folder that the caller knows.
func seededIn(b *testing.B, dir string, n int, langs ...string) *store.Store {
	b.Helper()
	s, err := store.Open(context.Background(), dir, store.Options{Exclusive: true, Create: true})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Close() })
	if err := seed.Run(context.Background(), s, seed.Options{Entries: n, Langs: langs, Seed: 1}); err != nil {
		b.Fatal(err)
	}
	return s
}

// noFiles is the library of a corpus without pictures and files, which nobody
// asks for one.
func noFiles(s *store.Store) *media.Library { return media.New(s, nil, media.Options{}) }

func benchHandler(b *testing.B, s *store.Store) http.Handler {
	b.Helper()
	h, err := newHandler(s, account.New(s, account.Options{}), handlerOptions{Base: "http://127.0.0.1:8080", CacheBytes: 256 << 20, Library: noFiles(s)})
	if err != nil {
		b.Fatal(err)
	}
	return h
}

// sink is a response writer that keeps nothing.
type sink struct {
	header http.Header
	status int
	n      int
}

func (s *sink) Header() http.Header         { return s.header }
func (s *sink) WriteHeader(code int)        { s.status = code }
func (s *sink) Write(p []byte) (int, error) { s.n += len(p); return len(p), nil }

// bare is the handler everything is compared with: Gin, nothing around it,
// writing bytes and headers that stand ready.
func bare(path string, header http.Header, body []byte) http.Handler {
	gin.SetMode(gin.ReleaseMode)
	g := gin.New()
	g.GET(path, func(c *gin.Context) {
		h := c.Writer.Header()
		for k, v := range header {
			if k != "Content-Type" {
				h[k] = v
			}
		}
		c.Data(http.StatusOK, header.Get("Content-Type"), body)
	})
	return g
}

func benchCached(b *testing.B) {
	s := seeded(b, 300, "en", "fr")
	h := benchHandler(b, s)
	html, api := somePages(b, s, 1)[0], ""
	err := live.New(s, "").View(context.Background(), func(v *live.View) error {
		p, err := v.List(live.Query{Kind: "page", Lang: "en", Sort: "title", Limit: 1})
		api = "/api/v1/pages/" + p.Items[0].ID + "?lang=en"
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	for _, tt := range []struct{ name, url string }{{"HTML page", html}, {"JSON item", api}} {
		for _, enc := range []string{"", "gzip"} {
			compareCached(b, h, tt.name, tt.url, enc)
		}
	}
}

func compareCached(b *testing.B, h http.Handler, name, url, enc string) {
	b.Helper()
	req := func() *http.Request {
		r := httptest.NewRequest(http.MethodGet, "http://127.0.0.1:8080"+url, nil)
		if enc != "" {
			r.Header.Set("Accept-Encoding", enc)
		}
		return r
	}
	var rec *httptest.ResponseRecorder
	for range 200 { // long enough for the compressed variant to be made
		rec = httptest.NewRecorder()
		h.ServeHTTP(rec, req())
		if rec.Code != http.StatusOK {
			b.Fatalf("%s: %d", url, rec.Code)
		}
		if rec.Header().Get("Content-Encoding") == enc {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	if got := rec.Header().Get("Content-Encoding"); got != enc {
		b.Fatalf("%s: encoding %q, want %q", url, got, enc)
	}
	path, _, _ := strings.Cut(url, "?")
	other := bare(path, rec.Header(), rec.Body.Bytes())
	const n = 20000
	run := func(h http.Handler) float64 {
		r := req()
		start := time.Now()
		for range n {
			w := sink{header: http.Header{}}
			h.ServeHTTP(&w, r)
			if w.n != rec.Body.Len() {
				b.Fatalf("%s: %d bytes, want %d", url, w.n, rec.Body.Len())
			}
		}
		return time.Since(start).Seconds() / n
	}
	ours, theirs, ratios := measure(run, h, other)
	a, z := httptest.NewServer(h), httptest.NewServer(other)
	defer a.Close()
	defer z.Close()
	_, _, wire := measure(overLoopback(b, url, enc, rec.Body.Len()), a, z)
	label := name
	if enc != "" {
		label += ", " + enc
	}
	say("cached "+label+", "+strconv.Itoa(rec.Body.Len())+" bytes", ours.in("µs", 1e6),
		fmt.Sprintf("bare Gin %s; speed against it ×%.2f (%.2f–%.2f), over loopback ×%.2f (%.2f–%.2f)",
			theirs.in("µs", 1e6), ratios.median(), ratios[0], ratios[len(ratios)-1], wire.median(), wire[0], wire[len(wire)-1]))
	b.ReportMetric(ratios.median(), strings.ReplaceAll(label, " ", "-")+"-ratio")
}

// measure runs both sides in turn; ratios say how many times as fast a is.
func measure[T any](run func(T) float64, a, z T) (ours, theirs, ratios figures) {
	run(a)
	run(z)
	for range rounds {
		x, y := run(a), run(z)
		ours, theirs, ratios = append(ours, x), append(theirs, y), append(ratios, y/x)
	}
	return sorted(ours), sorted(theirs), sorted(ratios)
}

// overLoopback asks a real server on a kept connection.
func overLoopback(b *testing.B, url, enc string, size int) func(*httptest.Server) float64 {
	return func(srv *httptest.Server) float64 {
		client := &http.Client{Transport: &http.Transport{DisableCompression: true}}
		defer client.CloseIdleConnections()
		const n = 1500
		var start time.Time
		for i := range n + 50 {
			if i == 50 {
				start = time.Now()
			}
			r, err := http.NewRequest(http.MethodGet, srv.URL+url, nil)
			if err != nil {
				b.Fatal(err)
			}
			if enc != "" {
				r.Header.Set("Accept-Encoding", enc)
			}
			res, err := client.Do(r)
			if err != nil {
				b.Fatal(err)
			}
			got, _ := io.Copy(io.Discard, res.Body)
			_ = res.Body.Close()
			if int(got) != size {
				b.Fatalf("%s: %d bytes, want %d", url, got, size)
			}
		}
		return time.Since(start).Seconds() / n
	}
}

// somePages returns the addresses of up to n public pages and news items.
func somePages(b *testing.B, s *store.Store, n int) []string {
	b.Helper()
	var out []string
	for _, kind := range []string{"page", "news"} {
		for _, it := range items(b, s, kind) {
			out = append(out, it.Href)
		}
	}
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out[:min(n, len(out))]
}

// items returns all public entries of a kind in English, as teasers.
func items(b *testing.B, s *store.Store, kind string) (out []*live.Item) {
	b.Helper()
	err := live.New(s, "").View(context.Background(), func(v *live.View) error {
		q := live.Query{Kind: kind, Lang: "en", Sort: "title", Limit: 200, Brief: true}
		for {
			p, err := v.List(q)
			if err != nil {
				return err
			}
			out = append(out, p.Items...)
			if p.Next == nil {
				return nil
			}
			q.After = p.Next
		}
	})
	if err != nil {
		b.Fatal(err)
	}
	return out
}

func benchCold(b *testing.B) {
	s := seeded(b, 10_000, "en")
	pages := somePages(b, s, 2000)
	if len(pages) < 2000 {
		b.Fatalf("only %d pages", len(pages))
	}
	h := benchHandler(b, s)
	times := make([]float64, 0, len(pages))
	for _, p := range pages {
		r := httptest.NewRequest(http.MethodGet, "http://127.0.0.1:8080"+p, nil)
		w := sink{header: http.Header{}}
		start := time.Now()
		h.ServeHTTP(&w, r)
		times = append(times, time.Since(start).Seconds())
		if w.status != http.StatusOK && w.status != 0 {
			b.Fatalf("%s: %d", p, w.status)
		}
	}
	f := sorted(times)
	say("cold page, 2,000 distinct pages of a 10,000-entry corpus", fmt.Sprintf("%.2f ms median, %.2f ms p95", f.median()*1e3, f[len(f)*95/100]*1e3), "")
	b.ReportMetric(f.median()*1e3, "cold-ms")
}

func benchPublish(b *testing.B) {
	s := seeded(b, 2000, "en")
	ours, commits, ratios := publishes(b, s, 500)
	say(fmt.Sprintf("publish, %d one after the other", len(ours)), fmt.Sprintf("%.2f ms median, %.2f ms p95 (%.0f/s)", ours.median()*1e3, ours[len(ours)*95/100]*1e3, 1/ours.median()),
		fmt.Sprintf("a bare one-row commit on the same file %.2f ms: ×%.1f", commits.median()*1e3, ratios.median()))
	b.ReportMetric(ours.median()*1e3, "publish-ms")
}

// publishes publishes up to n pages one after the other, with the timers of a
// server beside that, and returns the seconds each took, those of a bare commit
// of one row after each, and the ratios of the two.
func publishes(b *testing.B, s *store.Store, n int) (ours, commits, ratios figures) {
	b.Helper()
	ctx := context.Background()
	c := cms.New(s)
	var by models.User
	var ids []string
	err := s.View(ctx, func(r *store.Read) error {
		users, err := r.Users()
		if err != nil {
			return err
		}
		by = users[0]
		ids, _, err = r.EntryIDs(store.RowFilter{Kind: models.KindPage, Lang: "en", All: true, Limit: n})
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	timers, stop := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() { every(timers, mergeEvery, "merge the search index", mergeSearch(s)) })
	defer wg.Wait()
	defer stop()
	for i, id := range ids {
		ed, err := c.Editor(ctx, by, id, "en")
		if err != nil {
			b.Fatal(err)
		}
		d, err := c.Save(ctx, by, cms.SaveDraft{Entry: id, Lang: "en", Version: ed.Edition.Version, Title: ed.Draft.Title, Summary: fmt.Sprint("Summary ", time.Now().UnixNano()), Body: ed.Doc})
		if err != nil {
			b.Fatal(err)
		}
		start := time.Now()
		if _, err := c.Publish(ctx, by, cms.Publish{Entry: id, Lang: "en", Version: d.Version, FactsVersion: ed.FactsEdition.Version}); err != nil {
			b.Fatal(err)
		}
		x := time.Since(start).Seconds()
		start = time.Now()
		err = s.Tx(ctx, func(tx *store.Tx) error {
			return tx.PutAttempt(store.Attempt{Key: "bench", Failures: i + 1, LastAt: start, BlockedUntil: start})
		})
		if err != nil {
			b.Fatal(err)
		}
		y := time.Since(start).Seconds()
		ours, commits, ratios = append(ours, x), append(commits, y), append(ratios, x/y)
	}
	return sorted(ours), sorted(commits), sorted(ratios)
}

// program builds the binary once.
func program(b *testing.B) string {
	b.Helper()
	exe := filepath.Join(b.TempDir(), "meridian")
	cmd := exec.Command("go", "build", "-o", exe, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("build: %v\n%s", err, out)
	}
	return exe
}

// boot starts the binary on a folder and returns its process and the time to
// the first 200 of /en/.
func boot(b *testing.B, exe, dir, port string, args ...string) (*exec.Cmd, time.Duration) {
	b.Helper()
	cmd := exec.Command(exe, append([]string{"serve", "--data", dir, "--addr", "127.0.0.1:" + port}, args...)...)
	start := time.Now()
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	for time.Since(start) < 20*time.Second {
		res, err := http.Get("http://127.0.0.1:" + port + "/en/")
		if err == nil {
			_, _ = io.Copy(io.Discard, res.Body)
			_ = res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return cmd, time.Since(start)
			}
		}
		time.Sleep(2 * time.Millisecond)
	}
	_ = cmd.Process.Kill()
	b.Fatal("no answer within 20 s")
	return nil, 0
}

func halt(cmd *exec.Cmd) { _ = cmd.Process.Signal(os.Interrupt); _ = cmd.Wait() }

func benchStart(b *testing.B) {
	exe, dir := program(b), b.TempDir()
	cmd, first := boot(b, exe, dir, "18431", "--demo")
	halt(cmd)
	var times figures
	for range rounds {
		cmd, d := boot(b, exe, dir, "18431")
		times = append(times, d.Seconds())
		halt(cmd)
	}
	say("start to the first 200 of `/en/`", sorted(times).in("s", 1), fmt.Sprintf("with loading the demonstration network first %.2f s", first.Seconds()))
	b.ReportMetric(times.median(), "start-s")
}

func benchMemory(b *testing.B) {
	exe, dir := program(b), b.TempDir()
	cmd, _ := boot(b, exe, dir, "18432", "--demo")
	halt(cmd)
	cmd, _ = boot(b, exe, dir, "18432")
	defer halt(cmd)
	s, err := store.Open(context.Background(), dir, store.Options{})
	if err != nil {
		b.Fatal(err)
	}
	pages := somePages(b, s, 100)
	_ = s.Close()
	for i := range 100 {
		res, err := http.Get("http://127.0.0.1:18432" + pages[i%len(pages)])
		if err != nil {
			b.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, res.Body)
		_ = res.Body.Close()
	}
	time.Sleep(60 * time.Second)
	mb := float64(residentKB(b, cmd.Process.Pid)) / 1024
	say("memory 60 s after start and 100 page views", fmt.Sprintf("%.0f MB", mb), "")
	b.ReportMetric(mb, "rss-MB")
}

// residentKB reads what the kernel says the process holds.
func residentKB(b *testing.B, pid int) int {
	b.Helper()
	if runtime.GOOS != "linux" {
		b.Fatal("resident memory is read from /proc, which is Linux")
	}
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		b.Fatal(err)
	}
	for _, l := range strings.Split(string(text), "\n") {
		if f := strings.Fields(l); len(f) > 1 && f[0] == "VmRSS:" {
			kb, err := strconv.Atoi(f[1])
			if err != nil {
				b.Fatal(err)
			}
			return kb
		}
	}
	b.Fatal("no VmRSS")
	return 0
}

// benchSeed runs the command as people do.
func benchSeed(b *testing.B) {
	cmd := exec.Command(program(b), "seed", "--entries", "100000", "--langs", "en", "--data", b.TempDir())
	start := time.Now()
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("seed: %v\n%s", err, out)
	}
	d := time.Since(start)
	say("`seed --entries 100000 --langs en`", fmt.Sprintf("%.0f s (%.0f entries/s)", d.Seconds(), 100_000/d.Seconds()), "")
	b.ReportMetric(d.Seconds(), "seed-s")
}
