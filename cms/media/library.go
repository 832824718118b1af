// Package media is the library: what staff do with pictures and files. It takes
// uploads in, keeps them through [storage], makes renditions, knows who is shown
// and who allowed it, and takes a file away from readers in one act. The back
// office calls it; readers get files through cms/live, which this package cannot
// reach.
//
// A file is kept first and its row written afterwards. So what a crash leaves
// behind is a file that no row knows, which [Library.Sweep] removes, and never a
// row without its file.
//
// The surprising fact: nothing here decides what is public. A public page that
// uses a file makes it public, as far as models.Withheld lets it; both are asked
// anew for every answer.
package media

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"meridian/cms/media/storage"
	"meridian/models"
	"meridian/models/store"
)

// Files is where files are kept, with room for uploads that are still coming.
type Files interface {
	storage.Storage
	// Temp returns a buffer for an upload, which is gone when it is closed.
	Temp() (*storage.Temp, error)
}

// Limits bound what uploads may take, in bytes.
type Limits struct {
	Picture  int64 // of one picture
	Document int64 // of one file that is neither picture nor video
	Video    int64 // of one video
	PerDay   int64 // of all that a person uploads within 24 hours
	// FreeFloor is what stays free on the disk whatever is uploaded.
	FreeFloor int64
	// Memory is what pictures being read may take together. One that needs more
	// is read alone.
	Memory int64
}

// DefaultLimits are the limits where Options say nothing else.
var DefaultLimits = Limits{
	Picture: 50 << 20, Document: 100 << 20, Video: 500 << 20,
	PerDay: 4 << 30, FreeFloor: 512 << 20, Memory: 96 << 20,
}

// Options say how a library works; the zero value is good.
type Options struct {
	Limits Limits // what is 0 is as in DefaultLimits
	// Free returns how many bytes the disk has left. Without it that is not
	// looked at.
	Free   func() (int64, error)
	Logger *slog.Logger // slog.Default when nil
}

// Library is the library of an installation. It is safe for concurrent use.
type Library struct {
	store  *store.Store
	files  Files
	limits Limits
	free   func() (int64, error)
	log    *slog.Logger

	memory *semaphore.Weighted
	// wake holds a word for the worker: there are renditions to make.
	wake chan struct{}

	mu sync.Mutex
	// coming is how many bytes are being uploaded, by user.
	coming map[string]int64
	// checked is when the last walk along the rows began, to look for their
	// files.
	checked time.Time
}

// New returns the library over an open store and the place where its files are.
func New(s *store.Store, files Files, o Options) *Library {
	d := DefaultLimits
	l := o.Limits
	l = Limits{
		Picture: cmp.Or(l.Picture, d.Picture), Document: cmp.Or(l.Document, d.Document), Video: cmp.Or(l.Video, d.Video),
		PerDay: cmp.Or(l.PerDay, d.PerDay), FreeFloor: cmp.Or(l.FreeFloor, d.FreeFloor), Memory: cmp.Or(l.Memory, d.Memory),
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	return &Library{
		store: s, files: files, limits: l, free: o.Free, log: o.Logger,
		memory: semaphore.NewWeighted(l.Memory), wake: make(chan struct{}, 1), coming: map[string]int64{},
	}
}

// Limits returns what uploads may take, for saying so before they begin.
func (l *Library) Limits() Limits { return l.limits }

func (l *Library) tx(ctx context.Context, fn func(*store.Tx) error) error { return l.store.Tx(ctx, fn) }

func (l *Library) view(ctx context.Context, fn func(*store.Read) error) error {
	return l.store.View(ctx, fn)
}

// sees reports whether a user may know of an asset.
func sees(by models.User, a models.Asset) bool {
	if a.ErasedAt != nil {
		return false
	}
	return by.Can(models.ActRead, a.At()) || a.Shared && a.TrashedAt == nil && by.CanAnywhere(models.ActRead)
}

// known returns an asset that a user may know of, in the trash or not. What is
// foreign and what is missing look alike: ErrNotFound.
func known(r *store.Read, by models.User, id string) (models.Asset, error) {
	if !models.ValidID(id) {
		return models.Asset{}, models.ErrNotFound
	}
	a, err := r.Asset(id)
	if err != nil {
		return a, err
	}
	if !sees(by, a) {
		return models.Asset{}, models.ErrNotFound
	}
	return a, nil
}

// standing is known for what is not in the trash.
func standing(r *store.Read, by models.User, id string) (models.Asset, error) {
	a, err := known(r, by, id)
	if err == nil && a.TrashedAt != nil {
		return models.Asset{}, models.ErrNotFound
	}
	return a, err
}

// may returns ErrForbidden unless the user may do one of the acts to an asset.
func may(by models.User, a models.Asset, acts ...models.Act) error {
	for _, act := range acts {
		if by.Can(act, a.At()) {
			return nil
		}
	}
	return fmt.Errorf("%s asset %s: %w", acts[0], a.ID, models.ErrForbidden)
}

// forChange returns an asset at a version, for somebody who may do an act to it.
func forChange(r *store.Read, by models.User, act models.Act, id string, version int) (models.Asset, error) {
	a, err := standing(r, by, id)
	if err != nil {
		return a, err
	}
	if err := may(by, a, act); err != nil {
		return a, err
	}
	if a.Version != version {
		return a, models.ErrStale
	}
	return a, nil
}

// section returns a section that files can be given to by a user. What they may
// not see is a problem of the field, like what is not there.
func section(r *store.Read, by models.User, id string) (models.Entry, error) {
	none := models.Invalid("section", "not_a_section")
	if !models.ValidID(id) {
		return models.Entry{}, none
	}
	e, err := r.Entry(id)
	switch {
	case isMissing(err):
		return e, none
	case err != nil:
		return e, err
	case e.Kind != models.KindSection, e.TrashedAt != nil, !by.Can(models.ActRead, e.Place("")):
		return models.Entry{}, none
	}
	if !by.Can(models.ActWrite, e.Place("")) {
		return e, fmt.Errorf("write in section %s: %w", id, models.ErrForbidden)
	}
	return e, nil
}

// newest returns the consent that counts of an asset, nil for none.
func newest(r *store.Read, a models.Asset) (*models.Consent, error) {
	if a.ConsentID == "" {
		return nil, nil
	}
	c, err := r.Consent(a.ConsentID)
	if err != nil {
		return nil, fmt.Errorf("consent of %s: %w", a.ID, err)
	}
	return &c, nil
}

// inPublicUse reports whether a page that readers see uses an asset.
func inPublicUse(r *store.Read, id string) (bool, error) {
	used, err := r.UsedAssets([]string{id})
	return used[id].Public, err
}
