package live

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"meridian/models/store"
)

// known is what most pages ask for, remembered at one number of the journal.
// The one of the next number takes over what did not move, as it is asked for.
type known struct {
	head         int64
	site         Site
	root         string
	installation string
	epoch        string

	merged map[string]string // ids of terms by the ids merged into them

	before atomic.Pointer[known] // nil once that is too long ago

	mu       sync.Mutex
	terms    map[struct{}]memo[*vocabularies]
	menus    map[string]memo[[]Link]
	names    map[string]memo[[]store.SectionName]
	lists    map[store.Query]memo[list]
	refs     map[string]memo[[]store.LiveRef] // public editions by entry
	homes    map[string]memo[[]string]        // by entry
	news     map[string]memo[bool]            // by section and language
	sitemaps map[string]memo[[]SitemapPart]   // by language
	counts   map[store.Query]memo[int64]      // without what changes no number
	choices  map[string]memo[choices]         // by section and language
}

// memo is something remembered with the names of what it was made of.
type memo[T any] struct {
	value T
	names []store.Name
}

// namesKept bounds the sections whose names are remembered; memosKept what else
// there is of one sort.
const (
	namesKept = 4096
	memosKept = 1024
)

// knownAt returns what is known at the number that a view sees.
func (r *Reader) knownAt(l *store.Live) (*known, error) {
	newest := r.known.Load()
	if newest != nil && newest.head == l.Head {
		return newest, nil
	}
	k := &known{
		head:  l.Head,
		terms: map[struct{}]memo[*vocabularies]{}, menus: map[string]memo[[]Link]{}, names: map[string]memo[[]store.SectionName]{},
		lists: map[store.Query]memo[list]{}, refs: map[string]memo[[]store.LiveRef]{}, homes: map[string]memo[[]string]{}, news: map[string]memo[bool]{}, sitemaps: map[string]memo[[]SitemapPart]{},
		counts: map[store.Query]memo[int64]{}, choices: map[string]memo[choices]{},
	}
	if newest != nil && newest.root != "" && newest.stands(r.store, k.head, store.NameSite) {
		k.site, k.root, k.installation, k.epoch = newest.site, newest.root, newest.installation, newest.epoch
		k.before.Store(newest)
	}
	// Whoever comes first reads this for all, so it is not noted as his.
	if err := l.Apart(func() error { return k.load(l, newest, r.store) }); err != nil {
		return nil, err
	}
	// A view that began before the newest change keeps its own to itself.
	if (newest == nil || newest.head < k.head) && r.known.CompareAndSwap(newest, k) && newest != nil {
		newest.before.Store(nil)
	}
	return k, nil
}

// stands reports whether what was made of names at k is as good as new at a
// later number. The journal must be known up to there.
func (k *known) stands(s *store.Store, head int64, names ...store.Name) bool {
	return k.head <= head && s.Head() >= head && !s.Moved(k.head, names)
}

// load reads what is not taken over from before.
func (k *known) load(l *store.Live, before *known, s *store.Store) error {
	if k.root == "" {
		if err := k.loadSite(l); err != nil || k.root == "" {
			return err
		}
	}
	if k.before.Load() != nil && before.stands(s, k.head, store.NameTerms) {
		k.merged = before.merged
		return nil
	}
	var err error
	k.merged, err = l.MergedTerms()
	return err
}

func (k *known) loadSite(l *store.Live) error {
	s, err := l.Site()
	if errors.Is(err, ErrNotFound) {
		return nil // before first start there is nothing to read
	}
	if err != nil {
		return err
	}
	zone, err := time.LoadLocation(s.TimeZone)
	if err != nil {
		return fmt.Errorf("time zone of the site: %w", err)
	}
	k.site = Site{TimeZone: zone, names: s.Name, notices: s.Notice, logo: s.LogoText, Contact: Contact(s.Contact)}
	for _, tag := range s.Languages {
		k.site.Languages = append(k.site.Languages, LanguageOf(tag))
	}
	i, err := l.Installation()
	if err != nil {
		return err
	}
	k.installation, k.epoch = i.ID, i.Epoch
	k.root, err = l.Root()
	return err
}

// remembered returns what is remembered under a key, or makes it. Whatever it
// was made of is noted of the view in either case.
func remembered[K comparable, T any](v *View, in func(*known) map[K]memo[T], key K, make func() (T, error)) (T, error) {
	m, ok := recall(v, in, key, memosKept)
	if ok {
		v.live.Recall(m.names)
		return m.value, nil
	}
	var err error
	m.names, err = v.live.Tell(func() (err error) {
		m.value, err = make()
		return err
	})
	if err == nil {
		v.known.keep(func(k *known) { put(in(k), key, m, memosKept) })
	}
	return m.value, err
}

// recall looks something up, also in what was known before, where it stands.
func recall[K comparable, T any](v *View, in func(*known) map[K]memo[T], key K, most int) (m memo[T], ok bool) {
	v.known.keep(func(k *known) { m, ok = in(k)[key] })
	if ok {
		return m, true
	}
	before := v.known.before.Load()
	if before == nil {
		return m, false
	}
	before.keep(func(k *known) { m, ok = in(k)[key] })
	if !ok || !before.stands(v.reader.store, v.known.head, m.names...) {
		return memo[T]{}, false
	}
	v.known.keep(func(k *known) { put(in(k), key, m, most) })
	return m, true
}

func put[K comparable, T any](in map[K]memo[T], key K, m memo[T], most int) {
	if len(in) >= most {
		clear(in)
	}
	in[key] = m
}

// keep runs fn with what is remembered for itself.
func (k *known) keep(fn func(*known)) {
	k.mu.Lock()
	defer k.mu.Unlock()
	fn(k)
}
