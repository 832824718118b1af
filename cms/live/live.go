package live

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"meridian/models/store"
)

// ErrNotFound means that readers may see nothing there. Whether it is missing,
// unpublished or somebody's draft is the same answer.
var ErrNotFound = store.ErrNotFound

// GoneError means that something was public and was taken away for good. It
// unwraps to ErrNotFound.
type GoneError struct {
	// Reason is the public one: "error", "consent", "legal", or "" for what
	// was deleted.
	Reason string
}

func (e *GoneError) Error() string { return "gone: " + e.Reason }
func (e *GoneError) Unwrap() error { return ErrNotFound }

// Reader is the door to published content.
type Reader struct {
	store *store.Store
	base  string
	known atomic.Pointer[known]
	words *lexicons
	lists chan struct{} // turns of ListView
}

// New returns a Reader whose absolute addresses begin with base
// ("https://example.org", without a slash at its end).
func New(s *store.Store, base string) *Reader {
	return &Reader{store: s, base: strings.TrimRight(base, "/"), words: newLexicons(), lists: make(chan struct{}, listsAtOnce)}
}

// Base returns what absolute addresses begin with.
func (r *Reader) Base() string { return r.base }

// Generation is the number of the newest public change. A response rendered
// while it stood still is fresh for as long as it stands still.
func (r *Reader) Generation() int64 { return r.store.Head() }

// View runs fn in one read transaction: all fn sees belongs together.
func (r *Reader) View(ctx context.Context, fn func(*View) error) error {
	return r.store.Live(ctx, func(l *store.Live) error {
		newest := r.known.Load()
		k := newest
		if k == nil || k.head != l.Head {
			k = &known{head: l.Head, menus: map[string][]Link{}, names: map[string][]store.SectionName{}, lists: map[store.Query]list{}}
			if err := k.load(l); err != nil {
				return err
			}
			// A view that began before the newest change keeps its own to itself.
			if newest == nil || newest.head < k.head {
				r.known.CompareAndSwap(newest, k)
			}
		}
		return fn(&View{reader: r, live: l, known: k})
	})
}

// View is the published site at one moment.
type View struct {
	reader *Reader
	live   *store.Live
	known  *known
}

// Head is the number of the newest public change the view can see.
func (v *View) Head() int64 { return v.live.Head }

// known is what most pages ask for, remembered for one generation.
type known struct {
	head         int64
	site         Site
	root         string
	installation string
	epoch        string

	merged map[string]string // ids of terms by the ids merged into them

	mu    sync.Mutex
	terms *vocabularies
	menus map[string][]Link
	names map[string][]store.SectionName
	lists map[store.Query]list

	sitemaps map[string][]SitemapPart // by language
}

// list is the answer to a query for teasers, which nobody changes.
type list struct {
	page Page
	rows []store.ListRow
}

// listsKept bounds what is remembered of lists: the newest news of the
// sections and the cards of the pages that are read. One is a few kilobytes.
const listsKept = 1024

// teaserList runs a query for the first teasers of a list. It is remembered
// for as long as the journal stands still: the pages of a section all show the
// same ones.
func (v *View) teaserList(q store.Query) (list, error) {
	k := v.known
	k.mu.Lock()
	l, ok := k.lists[q]
	k.mu.Unlock()
	if ok {
		return l, nil
	}
	rows, more, err := v.live.List(q)
	if err != nil {
		return list{}, err
	}
	l.rows = rows
	if l.page, err = v.page(rows, more, v.teasers); err != nil {
		return list{}, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.lists) >= listsKept {
		clear(k.lists)
	}
	k.lists[q] = l
	return l, nil
}

func (k *known) load(l *store.Live) error {
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
	if k.merged, err = l.MergedTerms(); err != nil {
		return err
	}
	k.root, err = l.Root()
	return err
}

// href returns the address of an edition within the site, as it stands in
// links: escaped, with the slash that sections end with.
func href(kind, lang, path string) string {
	p := "/" + lang + "/" + path
	if kind == "section" && path != "" {
		p += "/"
	}
	return escape(p)
}

func escape(p string) string { return (&url.URL{Path: p}).EscapedPath() }

// Absolute returns an address of the site with the base in front.
func (v *View) Absolute(href string) string { return v.reader.base + href }
