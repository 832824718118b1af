package live

import (
	"context"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"meridian/models/store"
)

// File is a stored file that readers may have, as it is at one address.
type File struct {
	Stored string // name in the storage
	Type   string // MIME type
	Name   string // to save it under
	Hash   string // names its bytes
	Bytes  int64
	// Free says that nobody is shown who could ask for it to be taken back:
	// whoever has it may keep it for ever.
	Free bool
	// Href is set instead of all the others where the address is one of a
	// file that is not given out any more: its place is there.
	Href string
}

// fileForm is the form of an address of a file: asset, size, hash, shape and
// the rest of the name.
var fileForm = regexp.MustCompile(`^/media/([0-9a-z]{26})/(original|[1-9][0-9]{2,3})/([0-9a-f]{8})(?:-(1x1|4x3|16x9|3x4))?-[^/]+\.([a-z0-9]{1,5})$`)

// widths are those that pictures are given out in.
var widths = []string{"original", "320", "480", "640", "960", "1280", "1920"}

// File returns the file at an unescaped path. The error is ErrNotFound where
// there is none or readers may not have it, a *GoneError where they could have
// it and may not any more. What an asset is was asked of the database when
// something of it moved last; whether it may be shown is asked each time.
func (r *Reader) File(ctx context.Context, path string) (File, error) {
	m := fileForm.FindStringSubmatch(path)
	if m == nil || !slices.Contains(widths, m[2]) {
		return File{}, ErrNotFound // which needs no look
	}
	h, err := r.files.get(ctx, r, m[1])
	if err != nil {
		return File{}, err
	}
	if f, ok := h.at[path]; ok {
		return f, nil
	}
	return h.instead(m[2], m[4], m[5])
}

// held is an asset whose files are public, with all addresses of them.
type held struct {
	names []store.Name // of what says so
	since int64        // number of the journal up to which nothing of it moved
	until *time.Time   // nil for no end
	media *Media
	at    map[string]File // by unescaped path
}

// instead returns where to find what is most like a file that was there.
func (h *held) instead(size, ratio, ext string) (File, error) {
	width, err := strconv.Atoi(size)
	if err != nil && ratio == "" {
		return File{Href: h.media.Href}, nil
	}
	all, smaller := h.media.of(ratio)
	if ext == "webp" && len(smaller) > 0 {
		all = smaller
	}
	switch {
	case err != nil, len(all) == 0 && ratio != "":
		return File{}, ErrNotFound
	case len(all) == 0:
		return File{Href: h.media.Href}, nil
	}
	return File{Href: upTo(all, width).Href}, nil
}

// files remembers assets whose files are public.
type files struct {
	mu sync.Mutex
	of map[string]held
}

// filesKept bounds the assets that are remembered.
const filesKept = 4096

// get returns what is remembered of an asset as far as it still holds, or asks.
func (f *files) get(ctx context.Context, r *Reader, id string) (held, error) {
	f.mu.Lock()
	h, ok := f.of[id]
	f.mu.Unlock()
	if ok {
		head := r.store.Head()
		if !r.store.Moved(h.since, h.names) && (h.until == nil || r.store.Now().Before(*h.until)) {
			if head > h.since {
				h.since = head
				f.keep(id, h)
			}
			if t, ok := ctx.Value(readsKey{}).(*tracked); ok {
				t.add(h.names, h.since)
			}
			return h, nil
		}
	}
	err := r.View(ctx, func(v *View) (err error) {
		h, err = v.held(id)
		return err
	})
	if err == nil {
		f.keep(id, h)
	}
	return h, err
}

func (f *files) keep(id string, h held) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.of == nil || len(f.of) >= filesKept {
		f.of = map[string]held{}
	}
	f.of[id] = h
}

// held reads an asset with all addresses of its files.
func (v *View) held(id string) (h held, err error) {
	h.names, err = v.live.Tell(func() error {
		row, err := v.live.Asset(id)
		if err != nil {
			return err
		}
		if err := refused(row, v.live.Now); err != nil {
			return err
		}
		var renditions map[string][]store.LiveRendition
		if row.Kind == "image" {
			if renditions, err = v.live.Renditions([]string{row.VersionID}); err != nil {
				return err
			}
		}
		h.media, h.until = mediaOf(v.known.installation, row, renditions[row.VersionID]), row.ConsentEndsAt
		h.at = map[string]File{}
		add := func(href string, f File) {
			if p, err := url.PathUnescape(href); err == nil { // as it was escaped
				h.at[p] = f
			}
		}
		free := row.Free()
		add(h.media.Href, File{Stored: row.File, Type: row.Type, Name: row.Name, Hash: row.Hash, Bytes: row.Bytes, Free: free})
		for _, x := range h.media.Renditions {
			name := strings.TrimSuffix(row.Name, "."+extension(row.Type, row.Name)) + "." + extension(x.Type, "")
			add(x.Href, File{Stored: x.file, Type: x.Type, Name: name, Hash: x.hash, Bytes: x.Bytes, Free: free})
		}
		return nil
	})
	h.since = v.live.Head
	h.names = append(h.names, store.NameSite)
	return h, err
}
