package live

import (
	"context"

	"meridian/models/store"
)

// Snapshot calls fn with n contexts under which every View sees the site of
// one moment, whatever is published while fn runs: for what is put together of
// many answers. Each context is for one reader at a time.
func (r *Reader) Snapshot(ctx context.Context, n int, fn func([]context.Context) error) error {
	return r.store.LiveSnapshot(ctx, n, fn)
}

// oldBatch is how many old addresses are read at a time.
const oldBatch = 1000

// OldAddresses calls fn with every address, within the site and escaped, that
// something was at before, or that a redirect was made from. Not all lead
// somewhere today. An error of fn ends the walk.
func (v *View) OldAddresses(fn func(href string) error) error {
	var after store.OldAddress
	for {
		list, err := v.live.OldAddresses(after, oldBatch)
		if err != nil {
			return err
		}
		for _, a := range list {
			p := "/" + a.Path
			if a.Lang != "" {
				p = "/" + a.Lang + p
			}
			if err := fn(escape(p)); err != nil {
				return err
			}
		}
		if len(list) < oldBatch {
			return nil
		}
		after = list[len(list)-1]
	}
}

// MovedSince is Moved for names that were kept longer than this process runs:
// it reads the journal behind a number, and returns the function that knows it.
func (r *Reader) MovedSince(ctx context.Context, since int64) (func(names []uint64) bool, error) {
	return r.store.MovedFrom(ctx, since)
}
