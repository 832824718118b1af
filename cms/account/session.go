package account

import (
	"context"
	"time"

	"meridian/models/store"
)

// Session returns what a session keeps, models.ErrNotFound when it ended or
// never was. Tokens are stored as hashes: who reads the database cannot enter.
func (a *Accounts) Session(ctx context.Context, token string) ([]byte, error) {
	return view(ctx, a, func(r *store.Read) ([]byte, error) {
		s, err := r.Session(TokenHash(token), a.now())
		return s.Data, err
	})
}

// AddSession makes a session that ends at until. Sessions that are over are
// swept at the same time.
func (a *Accounts) AddSession(ctx context.Context, token, user string, data []byte, until time.Time) error {
	return a.store.Tx(ctx, func(tx *store.Tx) error {
		if err := tx.DeleteExpiredSessions(); err != nil {
			return err
		}
		return tx.AddSession(store.Session{Token: TokenHash(token), UserID: user, Data: data, ExpiresAt: until.UTC()})
	})
}

// PutSession stores a session again; models.ErrNotFound when it has ended
// meanwhile. It never makes one.
func (a *Accounts) PutSession(ctx context.Context, token, user string, data []byte, until time.Time) error {
	return a.store.Tx(ctx, func(tx *store.Tx) error {
		return tx.PutSession(store.Session{Token: TokenHash(token), UserID: user, Data: data, ExpiresAt: until.UTC()})
	})
}

// EndSession ends a session for good, if it is there.
func (a *Accounts) EndSession(ctx context.Context, token string) error {
	return a.store.Tx(ctx, func(tx *store.Tx) error { return tx.DeleteSession(TokenHash(token)) })
}
