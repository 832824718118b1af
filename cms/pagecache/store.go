package pagecache

import (
	"bytes"
	"sync"
	"sync/atomic"
)

// store is a bounded map of responses, cut into shards so that a write locks
// a part of it. Eviction is SIEVE: a hit sets a flag, and a hand that walks
// from the oldest entry to the newest drops what was not asked for since it
// last came by. A crawl through thousands of pages therefore passes through
// the cache without washing out the pages that people read.
type store struct {
	shards     []shard
	generation func() int64
	moved      func(names []uint64, since int64) bool
	maxEntry   int64
}

type shard struct {
	mu      sync.RWMutex
	entries map[key]*entry
	newest  *entry
	oldest  *entry
	hand    *entry
	used    int64
	max     int64

	hits, stored, evicted atomic.Int64
	_                     [64]byte // keeps the counters of two shards off one cache line
}

// newStore splits maxBytes over one shard per 8 MiB, at most 16, so that even
// a shard of a small cache has room for a long page.
func newStore(maxBytes int64, opt *Options) *store {
	n := min(max(maxBytes/(8<<20), 1), 16)
	s := &store{shards: make([]shard, n), generation: opt.Generation, moved: opt.Moved, maxEntry: maxBytes / n / 2}
	for i := range s.shards {
		s.shards[i].entries = make(map[key]*entry)
		s.shards[i].max = maxBytes / n
	}
	return s
}

func (s *store) shard(hash uint64) *shard {
	return &s.shards[hash%uint64(len(s.shards))]
}

// fresh reports whether e is what the handler would answer now. It looks at what
// e was made of once for each generation, and not at all while that stands.
func (s *store) fresh(e *entry, gen int64) bool {
	at := e.validAt.Load()
	if at >= gen {
		return true
	}
	if len(e.names) == 0 || s.moved(e.names, at) {
		return false
	}
	e.validAt.CompareAndSwap(at, gen) // or somebody else has just looked
	return true
}

// get returns the entry under k if it is fresh.
func (s *store) get(k key, hash uint64, gen int64) *entry {
	sh := s.shard(hash)
	sh.mu.RLock()
	e := sh.entries[k]
	sh.mu.RUnlock()
	if e == nil || !s.fresh(e, gen) {
		return nil
	}
	sh.hits.Add(1)
	if !e.visited.Load() { // a plain store each time would fight over the cache line
		e.visited.Store(true)
	}
	return e
}

// put keeps e unless it is too large, nobody knows what it was made of, or some
// of that has moved already. An older entry under the same key leaves its
// compressed variants to e if the bytes did not change.
func (s *store) put(e *entry) {
	if e.weight > s.maxEntry || len(e.names) == 0 || !s.fresh(e, s.generation()) {
		return
	}
	sh := s.shard(e.key.hash())
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if old := sh.entries[e.key]; old != nil {
		if old.tags[identity] == e.tags[identity] && bytes.Equal(old.body, e.body) {
			e.adopt(old)
		}
		sh.remove(old)
	}
	e.shard = sh
	sh.makeRoom(e.weight)
	sh.entries[e.key] = e
	e.older = sh.newest
	if sh.newest != nil {
		sh.newest.newer = e
	}
	sh.newest = e
	if sh.oldest == nil {
		sh.oldest = e
	}
	sh.used += e.weight
	sh.stored.Add(1)
}

// grow accounts for a variant that was added to e, if e is still held.
func (s *shard) grow(e *entry, n int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.entries[e.key] != e {
		return
	}
	e.weight += n
	s.used += n
	s.makeRoom(0)
}

// makeRoom drops entries until n more bytes fit.
func (s *shard) makeRoom(n int64) {
	for s.used+n > s.max && s.oldest != nil {
		e := s.hand
		if e == nil {
			e = s.oldest
		}
		for e.visited.Load() {
			e.visited.Store(false)
			if e = e.newer; e == nil {
				e = s.oldest
			}
		}
		s.hand = e
		s.remove(e) // moves the hand on
		s.evicted.Add(1)
	}
}

// remove unlinks e. The caller holds the lock.
func (s *shard) remove(e *entry) {
	if s.hand == e {
		s.hand = e.newer
	}
	if e.newer != nil {
		e.newer.older = e.older
	} else {
		s.newest = e.older
	}
	if e.older != nil {
		e.older.newer = e.newer
	} else {
		s.oldest = e.newer
	}
	e.newer, e.older = nil, nil
	delete(s.entries, e.key)
	s.used -= e.weight
}

func (s *store) addStats(to *Stats) {
	for i := range s.shards {
		sh := &s.shards[i]
		sh.mu.RLock()
		to.Entries += int64(len(sh.entries))
		to.Bytes += sh.used
		sh.mu.RUnlock()
		to.Hits += sh.hits.Load()
		to.Stored += sh.stored.Load()
		to.Evicted += sh.evicted.Load()
	}
}
