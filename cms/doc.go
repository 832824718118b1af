// Package cms is what editors can do: one verb or noun to a file. Every act is
// a method of [CMS] that says who acts, opens one transaction, checks the right
// and the version, lets everything that must agree happen together, and
// returns. The back office calls it, and so will the write half of the API;
// whoever may do something there may do it here, and nobody else anywhere.
//
// A file joins this package only if it is about entries, editions, drafts,
// revisions or publication. Anything else is a package of its own below it.
//
// The surprising fact: a draft is never refused for what it says. Saving keeps
// a title that is too long and a picture without description; the checks tell,
// and only publishing insists.
package cms

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"meridian/models"
	"meridian/models/store"
)

// CMS holds the use cases of the editor side. It is safe for concurrent use.
type CMS struct {
	store *store.Store
}

// New returns the use cases over an open store.
func New(s *store.Store) *CMS { return &CMS{store: s} }

// StaleError says that an edition changed since the caller read it. Nothing
// was stored; Theirs is what is there now. It unwraps to models.ErrStale.
type StaleError struct {
	Theirs  models.Draft
	Version int
	Author  string // name of who saved it
}

func (e *StaleError) Error() string { return "changed by someone else" }
func (e *StaleError) Unwrap() error { return models.ErrStale }

// entry returns an entry the user may see in a language, or ErrNotFound: what
// is foreign and what is missing look alike.
func entry(r *store.Read, by models.User, id, lang string) (models.Entry, error) {
	if !models.ValidID(id) {
		return models.Entry{}, models.ErrNotFound
	}
	e, err := r.Entry(id)
	if err != nil {
		return e, err
	}
	if e.TrashedAt != nil || !by.Can(models.ActRead, e.Place(lang)) {
		return models.Entry{}, models.ErrNotFound
	}
	return e, nil
}

// may returns ErrForbidden unless the user may do act to an entry.
func may(by models.User, act models.Act, e models.Entry, lang string) error {
	if !by.Can(act, e.Place(lang)) {
		return fmt.Errorf("%s %s in %s: %w", act, e.ID, lang, models.ErrForbidden)
	}
	return nil
}

// edition loads an entry and one of its editions for an act.
func edition(r *store.Read, by models.User, act models.Act, id, lang string) (models.Entry, models.Edition, error) {
	e, err := entry(r, by, id, lang)
	if err != nil {
		return e, models.Edition{}, err
	}
	if err := may(by, act, e, lang); err != nil {
		return e, models.Edition{}, err
	}
	d, err := r.Edition(id, lang)
	return e, d, err
}

// stale returns the error for a version that moved on.
func stale(r *store.Read, d models.Edition) error {
	draft, err := r.Draft(d.ID)
	if err != nil {
		return err
	}
	names, err := r.Names([]string{draft.Author})
	if err != nil {
		return err
	}
	return &StaleError{Theirs: draft, Version: d.Version, Author: names[draft.Author]}
}

// checkLang reports a language that the site is not kept in.
func checkLang(r *store.Read, lang string) error {
	s, err := r.Site()
	if err != nil {
		return err
	}
	if !slices.Contains(s.Languages, lang) {
		return models.Invalid("lang", "language_unknown", "lang", lang)
	}
	return nil
}

// today is the date in the time zone of the site.
func today(r *store.Read, now time.Time) (string, error) {
	s, err := r.Site()
	if err != nil {
		return "", err
	}
	zone, err := time.LoadLocation(s.TimeZone)
	if err != nil {
		return "", err
	}
	return now.In(zone).Format(time.DateOnly), nil
}

// tx runs fn in a transaction; view in a read transaction.
func (c *CMS) tx(ctx context.Context, fn func(*store.Tx) error) error {
	return c.store.Tx(ctx, fn)
}

func (c *CMS) view(ctx context.Context, fn func(*store.Read) error) error {
	return c.store.View(ctx, fn)
}

// missing reports whether err says that something is not there.
func missing(err error) bool { return errors.Is(err, models.ErrNotFound) }
