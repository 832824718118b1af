package account

import (
	"context"
	"errors"
	"time"

	"meridian/models"
	"meridian/models/store"
)

// Options are what the use cases need besides the store.
type Options struct {
	// Clock is time.Now unless a test says otherwise.
	Clock func() time.Time
	// Install writes what an installation begins with, in the transaction that
	// makes the first administrator.
	Install func(tx *store.Tx, site models.Site, by models.User) error
}

// Accounts holds the use cases about people and their ways in. It is safe for
// concurrent use.
type Accounts struct {
	store   *store.Store
	clock   func() time.Time
	install func(*store.Tx, models.Site, models.User) error

	throttle *Throttle
}

// New returns the use cases over an open store.
func New(s *store.Store, o Options) *Accounts {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	a := &Accounts{store: s, clock: o.Clock, install: o.Install}
	a.throttle = NewThrottle(attempts{s}, a.now)
	return a
}

// now is the time of the clock in UTC.
func (a *Accounts) now() time.Time { return a.clock().UTC() }

// view runs fn in one read transaction and returns what it returns.
func view[T any](ctx context.Context, a *Accounts, fn func(*store.Read) (T, error)) (out T, err error) {
	err = a.store.View(ctx, func(r *store.Read) error {
		out, err = fn(r)
		return err
	})
	return out, err
}

// missing reports whether err says that something is not there.
func missing(err error) bool { return errors.Is(err, models.ErrNotFound) }
