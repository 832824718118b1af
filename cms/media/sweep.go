package media

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"meridian/cms/media/storage"
	"meridian/models"
	"meridian/models/store"
)

// Times of sweeping.
const (
	// orphanFor is how old a file without row must be to be nobody's: an upload
	// writes its row soon after its file.
	orphanFor = time.Hour
	// checkEvery is how often all rows are asked for their files.
	checkEvery = 24 * time.Hour
	// sweepBatch is how many names are looked up at a time.
	sweepBatch = 500
)

// Swept says what a sweep found.
type Swept struct {
	Temps   int // buffers of uploads that never ended
	Orphans int // files that no row knew
	Erased  int // assets of which only the row is left now
	// Missing are files that rows know and that are not there. Renditions among
	// them are made anew; of originals only a backup helps.
	Missing []string
}

// Sweep removes what nobody needs any more: buffers that a crash left behind,
// files without row, the files of what was withdrawn models.KeepWithdrawn ago
// or in the trash for TrashFor. Once a day it looks for rows without file as
// well. What it cannot do now it does the next time; err says so.
func (l *Library) Sweep(ctx context.Context) (out Swept, err error) {
	now := l.store.Now()
	var failed []error
	note := func(what string, err error) {
		if err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", what, err))
		}
	}
	out.Temps, err = l.files.Sweep(ctx, now.Add(-orphanFor))
	note("buffers", err)
	out.Erased, err = l.eraseOld(ctx, now)
	note("erase what is over", err)
	out.Orphans, err = l.removeOrphans(ctx, now.Add(-orphanFor))
	note("files without row", err)
	if l.checkDue(now) {
		out.Missing, err = l.missing(ctx)
		note("rows without file", err)
	}
	if out.Temps+out.Orphans+out.Erased > 0 {
		l.log.Info("library swept", "buffers", out.Temps, "orphans", out.Orphans, "erased", out.Erased)
	}
	return out, errors.Join(failed...)
}

func (l *Library) checkDue(now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.checked.IsZero() && now.Sub(l.checked) < checkEvery {
		return false
	}
	l.checked = now
	return true
}

// eraseOld erases what has waited for long enough, each in a transaction of its
// own.
func (l *Library) eraseOld(ctx context.Context, now time.Time) (n int, err error) {
	for ctx.Err() == nil {
		var files []string
		done := true
		err := l.tx(ctx, func(tx *store.Tx) error {
			list, err := tx.AssetsToErase(now.Add(-TrashFor), now.Add(-models.KeepWithdrawn), 1)
			if err != nil || len(list) == 0 {
				return err
			}
			done = false
			files, err = erase(tx, "", list[0])
			return err
		})
		if err != nil || done {
			return n, err
		}
		l.remove(files...)
		n++
	}
	return n, ctx.Err()
}

// removeOrphans removes files from before a moment that no row knows.
func (l *Library) removeOrphans(ctx context.Context, before time.Time) (n int, err error) {
	var batch []string
	flush := func() error {
		if len(batch) == 0 {
			return nil
		}
		var rows map[string]bool
		err := l.view(ctx, func(r *store.Read) (err error) {
			rows, err = r.KnownFiles(batch)
			return err
		})
		if err != nil {
			return err
		}
		for _, name := range batch {
			if rows[name] {
				continue
			}
			if err := l.files.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
			n++
		}
		batch = batch[:0]
		return nil
	}
	err = l.files.Walk(ctx, func(i storage.Info) error {
		if !i.ModTime.Before(before) {
			return nil
		}
		if batch = append(batch, i.Name); len(batch) < sweepBatch {
			return nil
		}
		return flush()
	})
	return n, errors.Join(err, flush())
}

// missing returns the files that rows know and that are not there.
func (l *Library) missing(ctx context.Context) (gone []string, err error) {
	after := ""
	for {
		var list []store.AssetFile
		err := l.view(ctx, func(r *store.Read) (err error) {
			list, err = r.AssetFiles(after, sweepBatch)
			return err
		})
		if err != nil || len(list) == 0 {
			return gone, err
		}
		for _, x := range list {
			after = x.File
			f, err := l.files.Open(x.File)
			if err == nil {
				_ = f.Close() // it was opened for reading
				continue
			}
			if !errors.Is(err, fs.ErrNotExist) {
				return gone, err
			}
			if still, err := l.stillKnown(ctx, x.File); err != nil || !still {
				continue // erased meanwhile
			}
			gone = append(gone, x.File)
			l.log.Error("a file of the library is missing", "asset", x.AssetID, "file", x.File, "rendition", x.Rendition)
			if !x.Rendition {
				continue
			}
			if err := l.tx(ctx, func(tx *store.Tx) error { return tx.DropRendition(x.File) }); err != nil {
				return gone, err
			}
			l.changed()
		}
	}
}

func (l *Library) stillKnown(ctx context.Context, file string) (bool, error) {
	var rows map[string]bool
	err := l.view(ctx, func(r *store.Read) (err error) {
		rows, err = r.KnownFiles([]string{file})
		return err
	})
	return rows[file], err
}
