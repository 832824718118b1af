// Package pagecache keeps whole responses in memory, so that most readers are
// answered by one map look-up and one write of prepared headers and bytes.
// The root mux wraps the readers' HTML and the read half of the JSON API in it.
//
// Nothing is ever purged, so no list of addresses to purge can be incomplete.
// Every response is kept with the names of what it was made of, and with the
// newest journal number (the generation) at which none of them had moved. While
// that number stands a hit asks no further; when it has risen, the next hit asks
// once whether one of the names has moved since, and the handler is run again if
// so. What a name is, and what moves it, the cache does not know: the reading
// side notes names as it reads ([Options.Track]), and a response of which nothing
// was noted is handed on and not kept.
//
// What may surprise: the handler behind the cache does not see the request of
// the reader. It sees the path, the declared query parameters and the headers
// named in [Options.KeepHeaders], and nothing else (no Host, cookie, fat GET
// body or conditional header), because whatever is not part of the key must
// not be able to shape an answer that other readers get.
//
// The store is a sharded map with SIEVE eviction by bytes rather than otter.
// Speed did not decide: in one run on two cores a look-up took 44 ns here and
// 55 ns in otter v2.4.0 with one hot page, 107 and 126 ns over 2,000 pages,
// where the response around it takes several hundred. What decided is what an
// entry does in this cache: it grows when its compressed variants are made, and
// it hands them to its successor under the lock that replaces it. otter's loader
// would be no help either, for an answer that must not be stored has to reach its
// own reader and nobody else.
package pagecache

import (
	"context"
	"net/http"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// DefaultRenderTimeout stands for the zero value in Options.
const (
	DefaultRenderTimeout = 30 * time.Second
	// largest is how many bytes of a response are held back at most where nothing
	// is kept.
	largest = 8 << 20
)

// Options says what the cache cannot know by itself. Generation, Track and Moved
// are required. The functions are called concurrently, Generation, Params,
// StripUnknown, Bypass and Vary on every request, so they should cost nanoseconds.
type Options struct {
	// MaxBytes bounds bodies, their compressed variants, headers, keys and names
	// together. An entry may take at most a fraction of it; larger responses
	// pass through. With zero nothing is kept: every request runs the handler,
	// and gets the same answer as it would with a cache.
	MaxBytes int64

	// Generation returns the newest journal number. It must have risen before
	// the change that raised it is acknowledged to anybody. It never falls.
	Generation func() int64

	// Track returns a context for one rendering, and a function that returns,
	// once that is over, the names of what it read and the journal number up to
	// which all that it read takes changes in. No names mean that nobody knows.
	Track func(context.Context) (_ context.Context, read func() (names []uint64, at int64))

	// Moved reports whether one of the names has moved after a journal number.
	// It must know of all changes up to what Generation has returned.
	Moved func(names []uint64, since int64) bool

	// Shared is how long caches of others may give out a page without asking; zero
	// is never. It stands in place of "no-cache" where the handler wrote exactly
	// "public, no-cache", and on what is there only: an absence is asked for again.
	Shared time.Duration

	// Params returns the query parameters that the handler of this path reads;
	// nil stands for none. They are part of the key.
	Params func(path string) []string

	// StripUnknown reports whether undeclared query parameters are dropped
	// before the handler runs (readers' HTML: campaign marks and the like).
	// Where it is false, or nil, a request with an undeclared or malformed
	// parameter goes to the handler unchanged and uncached, so that it can
	// answer 400.
	StripUnknown func(path string) bool

	// Bypass reports whether a request goes straight to the handler. Requests
	// with another method than GET and HEAD, and requests that carry
	// Authorization, always do.
	Bypass func(*http.Request) bool

	// Vary returns the variant of a path that this request asks for, such as
	// the best language out of Accept-Language: a small closed set of values.
	// Headers that it looks at belong into KeepHeaders.
	Vary func(*http.Request) string

	// KeepHeaders names, in canonical form, the request headers that the
	// handler may see. Vary must tell apart whatever the handler makes of
	// them.
	KeepHeaders []string

	// RenderTimeout is the deadline of the context of a rendering, which ends
	// before it only when everybody who waits for the rendering has left. Zero
	// means DefaultRenderTimeout.
	RenderTimeout time.Duration
}

// Cache holds responses. Several handlers may be wrapped in the same one as
// long as no path belongs to two of them. The zero value is not usable.
type Cache struct {
	opt   Options
	limit int64  // bytes of a response that are held back to see whether it can be kept
	main  *store // status 200
	small *store // 301, 404 and 410: cheap to ask for, so a bounded part of their own

	mu      sync.Mutex // guards flights
	flights map[flightKey]*flight
	alone   chan struct{} // slots for renderings outside a flight

	misses, shared, bypassed atomic.Int64
}

// New returns an empty cache. It panics without the functions that keep stale
// pages out.
func New(opt Options) *Cache {
	if opt.Generation == nil || opt.Track == nil || opt.Moved == nil {
		panic("pagecache: Options.Generation, Track or Moved is nil")
	}
	opt.MaxBytes = max(opt.MaxBytes, 0)
	if opt.RenderTimeout <= 0 {
		opt.RenderTimeout = DefaultRenderTimeout
	}
	smallBytes := min(opt.MaxBytes/16, 4<<20)
	c := &Cache{
		opt:     opt,
		main:    newStore(opt.MaxBytes-smallBytes, &opt),
		small:   newStore(smallBytes, &opt),
		flights: make(map[flightKey]*flight),
		alone:   make(chan struct{}, max(4, 2*runtime.GOMAXPROCS(0))),
	}
	c.limit = c.main.maxEntry
	if opt.MaxBytes == 0 {
		c.limit = largest
	}
	return c
}

// Wrap returns a handler that answers from the cache and asks next for what
// it does not have.
func (c *Cache) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header["Authorization"] != nil {
			c.bypassed.Add(1)
			next.ServeHTTP(&unshared{ResponseWriter: w}, r)
			return
		}
		if (r.Method != http.MethodGet && r.Method != http.MethodHead) || (c.opt.Bypass != nil && c.opt.Bypass(r)) {
			c.bypassed.Add(1)
			next.ServeHTTP(w, r)
			return
		}
		k, ok := c.key(r)
		if !ok {
			c.bypassed.Add(1)
			next.ServeHTTP(w, r)
			return
		}
		if c.opt.MaxBytes == 0 {
			c.render(r.Context(), w, r, next, k, func(*entry) {})
			return
		}
		gen := c.opt.Generation()
		if e := c.lookup(k, gen); e != nil {
			e.countHit()
			e.serve(w, r)
			return
		}
		c.miss(w, r, next, k, gen)
	})
}

// lookup returns the response for k that is valid at gen, or nil.
func (c *Cache) lookup(k key, gen int64) *entry {
	h := k.hash()
	if e := c.main.get(k, h, gen); e != nil {
		return e
	}
	return c.small.get(k, h, gen)
}

// storeFor returns the part of the cache in which e is kept.
func (c *Cache) storeFor(e *entry) *store {
	if e.status == http.StatusOK {
		return c.main
	}
	return c.small
}

// Stats counts what happened since New; Entries and Bytes are of this moment.
type Stats struct {
	Hits     int64 // answered from memory, 304s included
	Misses   int64 // rendered
	Shared   int64 // waited for a rendering somebody else had started
	Bypassed int64 // handed to the handler unchanged
	Stored   int64 // responses taken into the cache
	Evicted  int64 // responses dropped for want of room
	Entries  int64 // responses held, those that something has moved under included
	Bytes    int64 // their weight, at most MaxBytes
}

// Stats returns the current counts.
func (c *Cache) Stats() Stats {
	s := Stats{Misses: c.misses.Load(), Shared: c.shared.Load(), Bypassed: c.bypassed.Load()}
	c.main.addStats(&s)
	c.small.addStats(&s)
	return s
}
