package live

import (
	"errors"
	"net/url"
	"strings"

	"meridian/models/store"
)

// Found is what an address leads to: exactly one of its fields is set.
type Found struct {
	Item *Item
	// News is the section whose news the address lists.
	News *Item
	// Redirect is the address, within the site, that took over.
	Redirect string
}

// Find resolves an address: lang is its first segment, path the rest without
// slashes at its ends, both unescaped. The error is a *GoneError for what was
// withdrawn or deleted, ErrNotFound for everything else readers cannot see.
func (v *View) Find(lang, path string) (Found, error) {
	// "news" is nobody's address in a section, so its list is looked for first:
	// what is not found may be there after the next change.
	if section, ok := strings.CutSuffix("/"+path, "/news"); ok {
		t, err := v.live.ByPath(lang, strings.TrimPrefix(section, "/"))
		if err == nil && t.Kind == "section" {
			it, err := v.item(t)
			return Found{News: it}, err
		}
		if err != nil && !errors.Is(err, ErrNotFound) {
			return Found{}, err
		}
	}
	t, err := v.live.ByPath(lang, path)
	switch {
	case err == nil:
		it, err := v.item(t)
		return Found{Item: it}, err
	case !errors.Is(err, ErrNotFound):
		return Found{}, err
	}
	if path == "network" {
		if id, err := v.live.Directory(); err == nil {
			if t, err := v.live.ByEntry(id, lang); err == nil {
				return Found{Redirect: href(t.Kind, t.Lang, t.Path)}, nil
			}
		}
	}
	if to, err := v.Moved(lang, path); err == nil {
		return Found{Redirect: to}, nil
	} else if !errors.Is(err, ErrNotFound) {
		return Found{}, err
	}
	if section, ok := strings.CutSuffix(path, "/news"); ok { // of a section that moved
		m, err := v.live.Moved(lang, section)
		if err == nil && m.Kind == "section" {
			return Found{Redirect: hrefOf(m.LiveRef) + "news/"}, nil
		}
		if err != nil && !errors.Is(err, ErrNotFound) {
			return Found{}, err
		}
	}
	if reason, err := v.live.Gone(lang, path); err == nil {
		return Found{}, &GoneError{reason}
	} else if !errors.Is(err, ErrNotFound) {
		return Found{}, err
	}
	return Found{}, ErrNotFound
}

// Moved follows an old address to where its content is now. lang is "" for
// addresses of an older site that carried no language; where one of those leads
// to what was withdrawn or deleted, the error is a *GoneError.
func (v *View) Moved(lang, path string) (string, error) {
	m, err := v.live.Moved(lang, path)
	if errors.Is(err, ErrNotFound) && lang == "" {
		if reason, e := v.live.Gone(lang, path); e == nil {
			return "", &GoneError{reason}
		}
	}
	if err != nil {
		return "", err
	}
	if m.URL != "" {
		return v.onward(m.URL, 4)
	}
	return hrefOf(m.LiveRef), nil
}

// onward keeps a redirect to a place of the site at one hop, whatever became
// of that place: the news of a section move with it, and the directory stands
// where its section does. Redirects do not lead to each other when they are
// made; those that came to do so are followed a few times.
func (v *View) onward(to string, left int) (string, error) {
	plain, err := url.PathUnescape(to)
	if err != nil {
		return to, nil
	}
	lang, path, _ := strings.Cut(strings.Trim(plain, "/"), "/")
	if path == "network" {
		if id, err := v.live.Directory(); err == nil {
			if t, err := v.live.ByEntry(id, lang); err == nil {
				return hrefOf(t.LiveRef), nil
			}
		}
	}
	section, news := strings.CutSuffix("/"+path, "/news")
	section = strings.TrimPrefix(section, "/")
	if news {
		t, err := v.live.ByPath(lang, section)
		if err == nil && t.Kind == "section" {
			return to, nil
		}
		if err != nil && !errors.Is(err, ErrNotFound) {
			return "", err
		}
	}
	m, err := v.live.Moved(lang, path)
	switch {
	case err == nil && m.URL == "":
		return hrefOf(m.LiveRef), nil
	case err == nil && left > 0:
		return v.onward(m.URL, left-1)
	case err != nil && !errors.Is(err, ErrNotFound):
		return "", err
	}
	if news {
		m, err := v.live.Moved(lang, section)
		if err == nil && m.Kind == "section" {
			return hrefOf(m.LiveRef) + "news/", nil
		}
		if err != nil && !errors.Is(err, ErrNotFound) {
			return "", err
		}
	}
	return to, nil
}

func hrefOf(r store.LiveRef) string { return href(r.Kind, r.Lang, r.Path) }

// NewsHref returns the address of the news of a section.
func (it *Item) NewsHref() string {
	if it.Path == "" {
		return escape("/" + it.Lang + "/news/")
	}
	return escape("/" + it.Lang + "/" + it.Path + "/news/")
}
