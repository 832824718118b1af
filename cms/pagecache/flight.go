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
	done  chan struct{}
	entry *entry // set before done is closed; nil if there is nothing to share
	over  bool   // guarded by Cache.mu
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
		f = &flight{done: make(chan struct{})}
		c.flights[fk] = f
		c.mu.Unlock()
		defer c.land(fk, f, nil) // wakes the waiters whatever happens to the handler
		c.render(w, r, next, k, gen, func(e *entry) { c.land(fk, f, e) })
		return
	}
	c.mu.Unlock()

	c.shared.Add(1)
	select {
	case <-f.done:
	case <-r.Context().Done():
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
	c.render(w, r, next, k, gen, func(*entry) { free() })
}

// land ends a flight with what there is to share. Only the first call counts.
func (c *Cache) land(fk flightKey, f *flight, e *entry) {
	c.mu.Lock()
	defer c.mu.Unlock()
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
// entry, or nil. The handler goes on when the client leaves, since others may
// be waiting for it; a deadline takes the place of the client's patience.
func (c *Cache) render(w http.ResponseWriter, r *http.Request, next http.Handler, k key, gen int64, landed func(*entry)) {
	c.misses.Add(1)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), c.opt.RenderTimeout)
	defer cancel()
	rec := newRecorder(w, r.Method == http.MethodHead, c.main.maxEntry, func() { landed(nil) })
	defer rec.release()

	next.ServeHTTP(rec, c.request(ctx, r, k))
	if rec.through {
		return
	}
	if rec.status == 0 {
		rec.WriteHeader(http.StatusOK)
	}
	if !storable(rec.status, rec.sent, rec.body.Len()) {
		landed(nil)
		rec.replay()
		return
	}
	e := newEntry(k, gen, rec.status, rec.sent, bytes.Clone(rec.body.Bytes()))
	c.storeFor(e).put(e) // unless the generation has moved
	landed(e)
	e.serve(w, r)
}
