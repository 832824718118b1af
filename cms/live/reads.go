package live

import (
	"context"
	"sync"

	"meridian/models/store"
)

// tracked is what an answer was made of.
type tracked struct {
	mu    sync.Mutex
	views int
	at    int64
	names map[store.Name]struct{}
}

type readsKey struct{}

// Track returns a context in which views of the site note what they read, and a
// function that returns hashes of the names of that and the number of the newest
// change that all of it takes in. There are no names while nothing was read.
// Views note what they read by themselves: no handler has to think of it.
func Track(ctx context.Context) (_ context.Context, read func() (names []uint64, at int64)) {
	r := &tracked{names: map[store.Name]struct{}{}}
	return context.WithValue(ctx, readsKey{}, r), r.list
}

// note adds what a view read to the reads of its context.
func note(ctx context.Context, l *store.Live) {
	if r, ok := ctx.Value(readsKey{}).(*tracked); ok {
		r.add(l.Reads(), l.Head)
	}
}

// add notes names of what was read at a number of the journal.
func (r *tracked) add(names []store.Name, at int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.views == 0 || at < r.at {
		r.at = at
	}
	r.views++
	for _, n := range names {
		r.names[n] = struct{}{}
	}
}

func (r *tracked) list() (names []uint64, at int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	names = make([]uint64, 0, len(r.names))
	for n := range r.names {
		names = append(names, uint64(n))
	}
	return names, r.at
}

// Moved reports whether something with one of the names may be different for
// readers since a number of the journal, as far as Generation has come.
func (r *Reader) Moved(names []uint64, since int64) bool { return r.store.MovedSince(since, names) }
