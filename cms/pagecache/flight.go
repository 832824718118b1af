package pagecache

import (
	"bytes"
	"context"
	"net/http"
	"sync"
)

// flight is a rendering under way, of which everybody who asks for the same
// key at the same generation gets a copy.
type flight struct {
	done    chan struct{}
	entry   *entry // set before done is closed; nil if there is nothing to share
	over    bool   // guarded by Cache.mu
	waiting int    // clients, the one it was started for among them; guarded by Cache.mu
	abandon context.CancelFunc
}

type flightKey struct {
	key
	gen int64
}

// miss answers a request for which nothing is stored.
func (c *Cache) miss(w http.ResponseWriter, r *http.Request, next http.Handler, k key, gen int64) {
	fk := flightKey{k, gen}
	c.mu.Lock()
	f := c.flights[fk]
	if f == nil {
		// One may have landed since the look-up.
		if e := c.lookup(k, gen); e != nil {
			c.mu.Unlock()
			e.countHit()
			e.serve(w, r)
			return
		}
		// It goes on when this client leaves, as long as others wait for it.
		ctx, abandon := context.WithCancel(context.WithoutCancel(r.Context()))
		defer abandon()
		f = &flight{done: make(chan struct{}), waiting: 1, abandon: abandon}
		c.flights[fk] = f
		c.mu.Unlock()
		stop := context.AfterFunc(r.Context(), func() { c.leave(fk, f, true) })
		defer stop()
		defer c.land(fk, f, nil) // wakes the waiters whatever happens to the handler
		c.render(ctx, w, r, next, k, func(e *entry) { c.land(fk, f, e) })
		return
	}
	f.waiting++
	c.mu.Unlock()

	c.shared.Add(1)
	select {
	case <-f.done:
	case <-r.Context().Done():
		c.leave(fk, f, false)
		return
	}
	if f.entry != nil {
		f.entry.serve(w, r)
		return
	}
	// The other rendering failed, or its answer was for one reader. Queueing
	// up behind another one would make a crowd wait for each in turn, so each
	// renders its own, a few at a time.
	select {
	case c.alone <- struct{}{}:
	case <-r.Context().Done():
		return
	}
	// The slot is for rendering; a slow client must not hold it while it reads.
	free := sync.OnceFunc(func() { <-c.alone })
	defer free()
	c.render(r.Context(), w, r, next, k, func(*entry) { free() })
}

// leave takes a client out of a flight; first says that it was started for him.
// What nobody waits for any more ends, whatever was spent on it so far.
func (c *Cache) leave(fk flightKey, f *flight, first bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f.waiting--
	if f.over && first || !f.over && f.waiting == 0 {
		f.abandon()
		c.end(fk, f, nil) // whoever comes now starts another one
	}
}

// land ends a flight with what there is to share. Only the first call counts.
func (c *Cache) land(fk flightKey, f *flight, e *entry) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.end(fk, f, e)
}

// end is land for who holds the lock.
func (c *Cache) end(fk flightKey, f *flight, e *entry) {
	if f.over {
		return
	}
	f.over = true
	f.entry = e
	delete(c.flights, fk)
	close(f.done)
}

// render runs the handler, keeps its response if it may be kept, and answers
// the request. It calls landed as soon as it is known what others get: the
// entry, or nil. The handler may take until ctx ends, or the deadline.
func (c *Cache) render(ctx context.Context, w http.ResponseWriter, r *http.Request, next http.Handler, k key, landed func(*entry)) {
	c.misses.Add(1)
	ctx, cancel := context.WithTimeout(ctx, c.opt.RenderTimeout)
	defer cancel()
	ctx, reads := c.opt.Track(ctx)
	rec := newRecorder(w, r.Method == http.MethodHead, c.limit, func() { landed(nil) })
	defer rec.release()

	next.ServeHTTP(rec, c.request(ctx, r, k))
	if rec.through {
		return
	}
	if rec.status == 0 {
		rec.WriteHeader(http.StatusOK)
	}
	// What a handler leaves behind that was told to end is no answer.
	if ctx.Err() != nil || !storable(rec.status, rec.sent, rec.body.Len()) {
		landed(nil)
		rec.replay()
		return
	}
	names, at := reads()
	c.share(rec)
	e := newEntry(k, names, at, rec.status, rec.sent, bytes.Clone(rec.body.Bytes()))
	c.storeFor(e).put(e) // unless something has moved meanwhile
	landed(e)
	e.serve(w, r)
}
