package live

import (
	"context"
	"net/url"
	"strings"
	"sync/atomic"

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
	files files
}

// New returns a Reader whose absolute addresses begin with base
// ("https://example.org", without a slash at its end).
func New(s *store.Store, base string) *Reader {
	return &Reader{store: s, base: strings.TrimRight(base, "/"), words: newLexicons(), lists: make(chan struct{}, listsAtOnce)}
}

// Base returns what absolute addresses begin with.
func (r *Reader) Base() string { return r.base }

// Generation is the number of the newest public change. Whatever was made of the
// site at that number is as good as new while it stands, and after that while
// nothing it was made of has Moved.
func (r *Reader) Generation() int64 { return r.store.Head() }

// View runs fn in one read transaction: all fn sees belongs together.
func (r *Reader) View(ctx context.Context, fn func(*View) error) error {
	return r.store.Live(ctx, func(l *store.Live) error {
		k, err := r.knownAt(l)
		if err != nil {
			return err
		}
		defer note(ctx, l) // also of what was not found
		return fn(&View{reader: r, live: l, known: k})
	})
}

// View is the published site at one moment.
type View struct {
	reader *Reader
	live   *store.Live
	known  *known
	// names are those of the sections that the view asked for.
	names map[string][]store.SectionName
	// assets are those that the view asked for, nil for one that is not there;
	// wanted may be asked for.
	assets map[string]*asset
	wanted []string
}

// Head is the number of the newest public change the view can see. An answer
// that tells it is made anew after each change.
func (v *View) Head() int64 {
	v.live.Recall([]store.Name{store.NameEverything})
	return v.live.Head
}

// list is the answer to a query for teasers, which nobody changes.
type list struct {
	page Page
	rows []store.ListRow
}

// teaserList runs a query for the first teasers of a list. It is remembered,
// since the pages of a section all show the same ones.
func (v *View) teaserList(q store.Query) (list, error) {
	return remembered(v, func(k *known) map[store.Query]memo[list] { return k.lists }, q, func() (l list, err error) {
		rows, more, err := v.live.List(q)
		if err != nil {
			return l, err
		}
		l.rows = rows
		l.page, err = v.page(rows, more, v.teasers)
		return l, err
	})
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
