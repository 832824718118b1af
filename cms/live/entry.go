package live

import (
	"errors"
	"maps"

	"meridian/models/store"
)

// After is the place in a list where the next page begins.
type After = store.After

// Names returns the name of the site by language, only where it has one.
func (s Site) Names() map[string]string { return maps.Clone(s.names) }

// Entry is something public before a language is chosen.
type Entry struct {
	ID           string
	Kind         string
	OriginalLang string
	Editions     []Edition // the public ones, by language
}

// Has reports whether readers can see the entry in a language.
func (e Entry) Has(lang string) bool {
	for _, d := range e.Editions {
		if d.Lang.Tag == lang {
			return true
		}
	}
	return false
}

// Entry returns an entry that is public in at least one language. The error
// is ErrNotFound otherwise; Gone tells whether it ever was.
func (v *View) Entry(id string) (Entry, error) {
	list, err := v.live.EditionsOf([]string{id})
	if err != nil {
		return Entry{}, err
	}
	if len(list) == 0 {
		return Entry{}, ErrNotFound
	}
	e := Entry{ID: id, Kind: list[0].Kind, OriginalLang: list[0].OriginalLang}
	for _, d := range list {
		e.Editions = append(e.Editions, Edition{LanguageOf(d.Lang), d.Title, hrefOf(d), d.FirstPublishedAt})
	}
	return e, nil
}

// Gone returns a *GoneError when an entry of that kind was public in a
// language (lang "" means any) and was withdrawn or deleted, ErrNotFound when
// readers may not know of it at all.
func (v *View) Gone(id, kind, lang string) error {
	k, err := v.live.GoneKind(id)
	if err != nil {
		return err
	}
	if k != kind {
		return ErrNotFound
	}
	reason, err := v.live.GoneEntry(id, lang)
	if err != nil {
		return err
	}
	return &GoneError{reason}
}

// IsGone returns the public reason when err says that something is gone.
func IsGone(err error) (reason string, ok bool) {
	var gone *GoneError
	if errors.As(err, &gone) {
		return gone.Reason, true
	}
	return "", false
}
