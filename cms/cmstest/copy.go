package cmstest

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync/atomic"

	"meridian/cms"
	"meridian/cms/live"
	"meridian/models/store"
)

// Copy opens a second installation in the folder dir, which begins as this one
// is now and with the clock where every clock begins. Ids follow in an order of
// its own, the same for each copy. It is for tests that do too much for one
// database and need too many for making each; whoever opens it closes its
// store.
func (env *Env) Copy(ctx context.Context, dir string) (*Env, error) {
	out := *env
	out.Dir, out.Clock, out.random = dir, &Clock{now: Start}, &random{src: rand.NewChaCha8([32]byte{2})}
	out.pictures = &atomic.Int64{}
	err := env.Store.Snapshot(ctx, func(s *store.Snapshot) error {
		f, err := os.Create(filepath.Join(dir, store.File))
		if err != nil {
			return err
		}
		_, err = s.Copy(ctx, f)
		return errors.Join(err, f.Close())
	})
	if err != nil {
		return nil, err
	}
	out.Store, err = store.Open(ctx, dir, store.Options{Exclusive: true, Clock: out.Clock.Now, Random: out.random})
	if err != nil {
		return nil, err
	}
	out.CMS, out.Live = cms.New(out.Store), live.New(out.Store, Base)
	return &out, out.openLibrary()
}
