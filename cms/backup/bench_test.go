package backup_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"meridian/cms"
	"meridian/cms/backup"
	"meridian/cms/block"
	"meridian/cms/seed"
	"meridian/models"
	"meridian/models/store"
)

// BenchmarkCreate makes backups of a synthetic corpus (1,000 entries, or those
// of the data folder that MERIDIAN_BENCH_DATA names) while a page is published
// ten times a second: twenty writes, each a transaction that is on the disk
// before it returns. It reports how long the writes take before and meanwhile.
func BenchmarkCreate(b *testing.B) {
	ctx := context.Background()
	dir := os.Getenv("MERIDIAN_BENCH_DATA")
	if dir == "" {
		dir = b.TempDir()
	}
	s, err := store.Open(ctx, dir, store.Options{Exclusive: true, Create: true})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	if s.Head() == 0 {
		if err := seed.Run(ctx, s, seed.Options{Entries: 1000, Langs: []string{"en"}, Seed: 1}); err != nil {
			b.Fatal(err)
		}
	}
	w := newBenchWriter(b, s)
	stop := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
				w.publish(ctx)
			}
		}
	})
	time.Sleep(5 * time.Second)
	before := w.taken()
	var size int64
	for b.Loop() {
		made, err := backup.Create(ctx, s, dir, backup.Options{To: b.TempDir()})
		if err != nil {
			b.Fatal(err)
		}
		size = made.Size
		b.SetBytes(made.Manifest.Bytes())
	}
	meanwhile := w.taken()
	close(stop)
	wg.Wait()
	if w.err != nil {
		b.Fatal(w.err)
	}
	log, _ := os.Stat(filepath.Join(dir, store.File+"-wal"))
	b.ReportMetric(float64(size)/1e6, "MB/backup")
	b.ReportMetric(float64(log.Size())/1e6, "MB-log")
	for name, l := range map[string][]time.Duration{"before": before, "meanwhile": meanwhile} {
		if len(l) == 0 {
			continue
		}
		slices.Sort(l)
		for what, d := range map[string]time.Duration{"p50": l[len(l)/2], "p95": l[len(l)*95/100], "max": l[len(l)-1]} {
			b.ReportMetric(float64(d)/1e6, "ms-"+what+"-"+name)
		}
		b.Logf("%s: %d writes", name, len(l))
	}
}

// benchWriter saves and publishes the same page again and again.
type benchWriter struct {
	cms   *cms.CMS
	store *store.Store
	by    models.User
	page  string
	n     int

	mu   sync.Mutex
	took []time.Duration
	err  error
}

func newBenchWriter(b *testing.B, s *store.Store) *benchWriter {
	w := &benchWriter{cms: cms.New(s), store: s}
	err := s.View(context.Background(), func(r *store.Read) error {
		users, err := r.Users()
		if err != nil {
			return err
		}
		for _, u := range users {
			if u.Administrator() {
				w.by = u
			}
		}
		root, err := r.Root()
		if err != nil {
			return err
		}
		ids, _, err := r.EntryIDs(store.RowFilter{Branch: root.Branch, Kind: models.KindPage, Lang: "en", State: models.StateLive, All: true, Limit: 1})
		if err != nil {
			return err
		}
		w.page = ids[0]
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return w
}

func (w *benchWriter) publish(ctx context.Context) {
	var d, facts models.Edition
	err := w.store.View(ctx, func(r *store.Read) (err error) {
		if d, err = r.Edition(w.page, "en"); err == nil {
			facts, err = r.Edition(w.page, models.Facts)
		}
		return err
	})
	w.n++
	doc := block.Empty("en")
	doc.Doc.Content = []block.Node{block.Paragraph(block.Text("These are words, for the time no. " + strconv.Itoa(w.n)))}
	w.timed(func() error {
		if err == nil {
			d, err = w.cms.Save(ctx, w.by, cms.SaveDraft{Entry: w.page, Lang: "en", Version: d.Version, Title: "Written while a backup is made", Body: doc})
		}
		return err
	})
	w.timed(func() error {
		if err == nil {
			_, err = w.cms.Publish(ctx, w.by, cms.Publish{Entry: w.page, Lang: "en", Version: d.Version, FactsVersion: facts.Version})
		}
		return err
	})
}

func (w *benchWriter) timed(fn func() error) {
	start := time.Now()
	err := fn()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.took = append(w.took, time.Since(start))
	if err != nil && w.err == nil {
		w.err = err
	}
}

// taken returns how long the writes since it was last asked took.
func (w *benchWriter) taken() []time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	l := w.took
	w.took = nil
	return l
}
