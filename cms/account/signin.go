package account

import (
	"context"
	"errors"
	"fmt"
	"net/netip"

	"meridian/models"
	"meridian/models/store"
)

// ErrSignIn means that address and password do not open an account. It is the
// same for an account that does not exist, one that is disabled, and a wrong
// password.
var ErrSignIn = errors.New("e-mail address and password do not match")

// SignIn returns the user whom an e-mail address and a password belong to.
// addr is where the request came from. Errors: ErrSignIn, *WaitError after too
// many tries, models.ErrBusy.
func (a *Accounts) SignIn(ctx context.Context, email, password string, addr netip.Addr) (models.User, error) {
	canonical, malformed := CanonicalEmail(email)
	if malformed != nil {
		// What is no address is counted as an account of its own, so that it
		// is answered like any other.
		canonical = "\x00" + email
	}
	if err := a.throttle.Begin(ctx, canonical, addr); err != nil {
		return models.User{}, err
	}
	u, known, err := a.byCanonical(ctx, canonical)
	if err != nil {
		return models.User{}, err
	}
	var ok, rehash bool
	if known {
		ok, rehash, err = Verify(ctx, u.PasswordHash, password)
	} else {
		err = VerifyDummy(ctx, password)
	}
	if err != nil {
		return models.User{}, fmt.Errorf("sign in: %w", err)
	}
	if !ok || u.Disabled {
		err := a.store.Tx(ctx, func(tx *store.Tx) error { return tx.Audit(u.ID, "sign-in-refused", u.ID, addr.String()) })
		if err != nil {
			return models.User{}, err
		}
		return models.User{}, ErrSignIn
	}
	if err := a.throttle.Succeed(ctx, canonical); err != nil {
		return models.User{}, err
	}
	hash := ""
	if rehash {
		if hash, err = Hash(ctx, password); err != nil {
			return models.User{}, fmt.Errorf("sign in: %w", err)
		}
	}
	err = a.store.Tx(ctx, func(tx *store.Tx) error {
		// Read again: the password may have been changed, or the account
		// ended, while the old one was being verified.
		now, err := tx.User(u.ID)
		if err != nil {
			return err
		}
		if now.Disabled || now.PasswordHash != u.PasswordHash {
			return ErrSignIn
		}
		if rehash {
			if err := tx.Rehash(u.ID, u.PasswordHash, hash); err != nil {
				return err
			}
		}
		u = now
		if err := tx.Seen(u.ID, tx.Now()); err != nil {
			return err
		}
		return tx.Audit(u.ID, "sign-in", u.ID, addr.String())
	})
	return u, err
}

// SignOut notes that a user left. The session itself is ended by EndSession.
func (a *Accounts) SignOut(ctx context.Context, u models.User) error {
	return a.store.Tx(ctx, func(tx *store.Tx) error { return tx.Audit(u.ID, "sign-out", u.ID, "") })
}

func (a *Accounts) byCanonical(ctx context.Context, canonical string) (u models.User, known bool, err error) {
	u, err = view(ctx, a, func(r *store.Read) (models.User, error) { return r.UserByCanonical(canonical) })
	if missing(err) {
		return models.User{}, false, nil
	}
	return u, err == nil, err
}

// attempts keeps the counts of the throttle in the database, where they
// outlive a restart.
type attempts struct{ store *store.Store }

func (t attempts) Load(ctx context.Context, key string) (out Attempt, err error) {
	err = t.store.View(ctx, func(r *store.Read) error {
		a, err := r.Attempt(key)
		out = Attempt{Failures: a.Failures, Last: a.LastAt, BlockedUntil: a.BlockedUntil}
		return err
	})
	return out, err
}

func (t attempts) Store(ctx context.Context, key string, a Attempt) error {
	return t.store.Tx(ctx, func(tx *store.Tx) error {
		return tx.PutAttempt(store.Attempt{Key: key, Failures: a.Failures, LastAt: a.Last, BlockedUntil: a.BlockedUntil})
	})
}
