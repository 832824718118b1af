package media

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"runtime/debug"
	"time"

	"meridian/cms/media/picture"
	"meridian/cms/media/storage"
	"meridian/models"
	"meridian/models/store"
)

// Times of the worker.
const (
	// renderFor bounds what one picture may take.
	renderFor = 5 * time.Minute
	// renderEvery is how often the worker looks for work that nobody told it of.
	renderEvery = 30 * time.Second
)

// Work makes renditions until the context ends: of pictures that were uploaded,
// and at its start of those that an earlier process did not get to.
func (l *Library) Work(ctx context.Context) {
	look := time.NewTicker(renderEvery)
	defer look.Stop()
	for {
		made := false
		for ctx.Err() == nil {
			more, err := l.Render(ctx)
			if err != nil && ctx.Err() == nil {
				l.log.Error("renditions not made", "err", err)
			}
			if err != nil || !more {
				break
			}
			made = true
		}
		if made { // pictures are large, and the next may be a day away
			debug.FreeOSMemory()
		}
		select {
		case <-ctx.Done():
			return
		case <-l.wake:
		case <-look.C:
		}
	}
}

// Render makes the renditions of one version, the newest that has none, and
// reports whether there may be more to do. A picture that cannot be read goes
// without; one whose file the disk does not give is passed over until the next
// time, and err says so once all others are made.
func (l *Library) Render(ctx context.Context) (more bool, err error) {
	var failed []error
	after := ""
	for {
		var v models.AssetVersion
		var a models.Asset
		err := l.view(ctx, func(r *store.Read) (err error) {
			if v, err = r.NextToRender(after); err == nil {
				a, err = r.Asset(v.AssetID)
			}
			return err
		})
		if isMissing(err) {
			return false, errors.Join(failed...)
		}
		if err != nil {
			return false, errors.Join(append(failed, err)...)
		}
		err = l.render(ctx, a, v)
		if err == nil {
			return true, errors.Join(failed...)
		}
		if ctx.Err() != nil {
			return false, ctx.Err()
		}
		failed = append(failed, fmt.Errorf("version %s: %w", v.ID, err))
		after = v.ID
	}
}

// render makes the renditions of a version.
func (l *Library) render(ctx context.Context, a models.Asset, v models.AssetVersion) error {
	ctx, cancel := context.WithTimeout(ctx, renderFor)
	defer cancel()
	j := &job{l: l, a: a, v: v}
	f, err := l.files.Open(v.File)
	if err == nil {
		defer f.Close()
		err = l.guarded("renditions", func() error { return j.make(ctx, f) })
		j.discard(ctx)
	}
	var refused *RefusedError
	switch cause := refusal(err); {
	case isMissing(err):
		return nil // erased meanwhile
	case errors.As(cause, &refused) && !errors.Is(cause, models.ErrBusy), errors.Is(err, fs.ErrNotExist):
		// Another try would end like this one.
		l.log.Error("picture without renditions", "asset", a.ID, "version", v.ID, "err", err)
		_, err = j.store(context.WithoutCancel(ctx), nil, true)
	}
	return err
}

// job is the making of one version's renditions.
type job struct {
	l *Library
	a models.Asset
	v models.AssetVersion
	// made are files that no row knows yet.
	made []models.Rendition
	// first says that there are none yet: the first one is not to wait for the
	// others. wholes says that those of the whole picture are being made, for
	// which the crops are not to be waited for.
	first, wholes bool
}

func (j *job) make(ctx context.Context, f storage.Reader) error {
	p, err := picture.Read(ctx, f, f.Size())
	if err != nil {
		return err
	}
	end, err := j.l.reserve(ctx, p.Memory())
	if err != nil {
		return err
	}
	defer end()
	targets, err := j.targets(ctx, p)
	if err != nil {
		return err
	}
	if len(targets) > 0 {
		focus := picture.Focus{X: float64(j.a.FocusX) / 1000, Y: float64(j.a.FocusY) / 1000}
		if err := p.Render(ctx, focus, targets, func(r picture.Rendition) error { return j.take(ctx, r) }); err != nil {
			return err
		}
	}
	return j.flush(ctx, true)
}

// targets are the renditions to make: all that a picture can have, but for the
// wholes when they are there and only crops are to be made anew.
func (j *job) targets(ctx context.Context, p *picture.Picture) ([]picture.Target, error) {
	var there []models.Rendition
	err := j.l.view(ctx, func(r *store.Read) error {
		list, err := r.Renditions(j.v.ID)
		there = list[j.v.ID]
		return err
	})
	if err != nil {
		return nil, err
	}
	whole := false
	for _, x := range there {
		whole = whole || x.Ratio == models.RatioWhole
	}
	j.first, j.wholes = !whole, !whole
	var out []picture.Target
	ratios := []picture.Ratio{picture.Whole}
	for _, r := range models.Ratios {
		ratios = append(ratios, picture.Ratio(r))
	}
	for _, t := range p.Targets(ratios...) {
		if t.Ratio == picture.Whole && whole || !models.ValidWidth(t.Width, models.Ratio(t.Ratio)) {
			continue
		}
		out = append(out, t)
	}
	return out, nil
}

// take keeps one rendition.
func (j *job) take(ctx context.Context, r picture.Rendition) error {
	x := models.Rendition{
		VersionID: j.v.ID, Ratio: models.Ratio(r.Ratio), Width: r.Width, Type: r.Format.MIME(), Height: r.Height, FocusX: j.a.FocusX, FocusY: j.a.FocusY,
		File: storage.NewName(storage.Renditions, r.Format.Ext()),
	}
	if j.wholes && x.Ratio != models.RatioWhole {
		j.wholes = false
		if err := j.flush(ctx, false); err != nil {
			return err
		}
	}
	size, hash, err := j.l.write(ctx, x.File, func(w io.Writer) error { _, err := w.Write(r.Data); return err })
	if err != nil {
		return err
	}
	x.Bytes, x.Hash = size, hash[:8]
	j.made = append(j.made, x)
	if !j.first {
		return nil
	}
	j.first = false
	return j.flush(ctx, false)
}

// flush writes the rows of what was made.
func (j *job) flush(ctx context.Context, done bool) error {
	old, err := j.store(ctx, j.made, done)
	if err != nil {
		return err
	}
	j.made = nil
	j.l.remove(old...)
	return nil
}

func (j *job) store(ctx context.Context, list []models.Rendition, done bool) (old []string, err error) {
	err = j.l.tx(ctx, func(tx *store.Tx) error {
		old, err = tx.PutRenditions(j.v, list, done, j.a.FocusX, j.a.FocusY)
		return err
	})
	return old, err
}

// discard removes the files that no row came to know.
func (j *job) discard(ctx context.Context) {
	var names []string
	for _, x := range j.made {
		names = append(names, x.File)
	}
	j.l.discard(ctx, names...)
	j.made = nil
}
