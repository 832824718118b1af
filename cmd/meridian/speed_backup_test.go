package main

import (
	"context"
	"flag"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"meridian/cms"
	"meridian/cms/backup"
	"meridian/models"
	"meridian/models/store"
)

var backupData = flag.String("backupdata", "", "data folder, filled by meridian seed, that BenchmarkSpeed/backup backs up and writes to in place of a corpus of its own")

// benchBackup makes a backup while two pages are saved together twenty times a
// second, each time with the same words, and restores it: what was acknowledged
// before the backup began is in it, what was begun after its end is not, and
// nothing is half in.
func benchBackup(b *testing.B) {
	ctx := context.Background()
	corpus, dir := "10,000 entries", *backupData
	var s *store.Store
	if dir == "" {
		dir = b.TempDir()
		s = seededIn(b, dir, 10_000, "en")
	} else {
		corpus = dir
		var err error
		if s, err = store.Open(ctx, dir, store.Options{Exclusive: true}); err != nil {
			b.Fatal(err)
		}
		defer s.Close()
	}
	w := newPairWriter(b, s)
	stop := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		tick := time.NewTicker(time.Second / 20)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
				w.save(ctx)
			}
		}
	})
	time.Sleep(3 * time.Second)
	before, _, quiet := w.taken()
	start := time.Now()
	made, err := backup.Create(ctx, s, dir, backup.Options{To: filepath.Join(b.TempDir(), "backup.tar")})
	took := time.Since(start).Seconds()
	_, begun, meanwhile := w.taken()
	close(stop)
	wg.Wait()
	if err != nil || w.err != nil {
		b.Fatal(err, w.err)
	}
	if len(quiet) == 0 || len(meanwhile) == 0 {
		b.Fatal("nothing was written: the figures say nothing")
	}
	to := filepath.Join(b.TempDir(), "restored")
	if _, err := backup.Restore(ctx, made.Path, to, nil); err != nil {
		b.Fatal(err)
	}
	r, err := store.Open(ctx, to, store.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close()
	one, other := w.read(b, r)
	if one != other || one < before || one > begun {
		b.Errorf("the backup has write %d of one page and %d of the other; %d was acknowledged before it began, %d the last begun before it ended", one, other, before, begun)
	}
	quiet, meanwhile = sorted(quiet), sorted(meanwhile)
	say("`backup create` beside 20 writes a second, "+corpus, fmt.Sprintf("%.1f s (%d MB, %d MB packed)", took, made.Manifest.Bytes()>>20, made.Size>>20),
		fmt.Sprintf("a write takes %.1f ms median, %.0f ms at most, before %.1f and %.0f (%.0f writes/s)", meanwhile.median()*1e3, meanwhile[len(meanwhile)-1]*1e3,
			quiet.median()*1e3, quiet[len(quiet)-1]*1e3, float64(len(meanwhile))/took))
	b.ReportMetric(took, "backup-s")
}

// pairWriter saves two pages in one transaction again and again, with the number
// of the write in the words of both.
type pairWriter struct {
	cms   *cms.CMS
	by    models.User
	pages []string

	mu           sync.Mutex
	begun, acked int
	took         figures
	err          error
}

func newPairWriter(b *testing.B, s *store.Store) *pairWriter {
	b.Helper()
	w := &pairWriter{cms: cms.New(s), by: models.User{ID: "bench", Lang: "en", Grants: []models.Grant{{Role: models.RoleAdministrator}}}}
	err := s.View(context.Background(), func(r *store.Read) (err error) {
		w.pages, _, err = r.EntryIDs(store.RowFilter{Kind: models.KindPage, Lang: "en", State: models.StateLive, All: true, Limit: 2})
		return err
	})
	if err != nil || len(w.pages) < 2 {
		b.Fatalf("%d pages: %v", len(w.pages), err)
	}
	w.save(context.Background()) // so that there is something to find from the start
	if w.err != nil {
		b.Fatal(w.err)
	}
	return w
}

func (w *pairWriter) save(ctx context.Context) {
	w.mu.Lock()
	w.begun++
	n := w.begun
	w.mu.Unlock()
	start := time.Now()
	err := w.cms.Batch(ctx, w.by, func(t *cms.Batch) error {
		for _, id := range w.pages {
			d, err := t.Edition(id, "en")
			if err != nil {
				return err
			}
			if _, err := t.Save(cms.SaveDraft{Entry: id, Lang: "en", Version: d.Version, Title: "Written", Summary: fmt.Sprint(n)}); err != nil {
				return err
			}
		}
		return nil
	})
	w.mu.Lock()
	defer w.mu.Unlock()
	if err != nil {
		w.err = fmt.Errorf("write %d: %w", n, err)
		return
	}
	w.acked, w.took = n, append(w.took, time.Since(start).Seconds())
}

// taken returns the newest write acknowledged, the newest begun, and how long
// those since it was last asked took.
func (w *pairWriter) taken() (acked, begun int, took figures) {
	w.mu.Lock()
	defer w.mu.Unlock()
	took, w.took = w.took, nil
	return w.acked, w.begun, took
}

// read returns the numbers of the writes that the two pages are of.
func (w *pairWriter) read(b *testing.B, s *store.Store) (one, other int) {
	b.Helper()
	err := s.View(context.Background(), func(r *store.Read) error {
		for i, into := range []*int{&one, &other} {
			d, err := r.Edition(w.pages[i], "en")
			if err != nil {
				return err
			}
			draft, err := r.Draft(d.ID)
			if err != nil {
				return err
			}
			if _, err := fmt.Sscan(draft.Summary, into); err != nil {
				return fmt.Errorf("summary %q: %w", draft.Summary, err)
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return one, other
}
