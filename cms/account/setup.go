package account

import (
	"context"
	"crypto/subtle"
	"fmt"
	"time"

	"meridian/models"
	"meridian/models/store"
)

// SetupLife is how long the token of first start can be used.
const SetupLife = time.Hour

// Fresh reports whether the installation has no user yet.
func (a *Accounts) Fresh(ctx context.Context) (bool, error) {
	return view(ctx, a, (*store.Read).Fresh)
}

// NewSetupToken makes the token that opens first start for SetupLife, in place
// of an earlier one. It is for the console and is kept nowhere but as a hash.
// A *models.ConflictError says that the installation has users already.
func (a *Accounts) NewSetupToken(ctx context.Context) (string, error) {
	token := NewToken()
	err := a.store.Tx(ctx, func(tx *store.Tx) error {
		fresh, err := tx.Fresh()
		if err != nil {
			return err
		}
		if !fresh {
			return models.Conflict("already_set_up")
		}
		return tx.PutSetup(TokenHash(token), tx.Now().Add(SetupLife).Format(time.RFC3339))
	})
	if err != nil {
		return "", err
	}
	return token, nil
}

// CheckSetup returns models.ErrNotFound unless token opens first start now.
func (a *Accounts) CheckSetup(ctx context.Context, token string) error {
	return a.store.View(ctx, func(r *store.Read) error { return checkSetup(r, token, a.now()) })
}

func checkSetup(r *store.Read, token string, now time.Time) error {
	fresh, err := r.Fresh()
	if err != nil {
		return err
	}
	if !fresh {
		return fmt.Errorf("set-up is over: %w", models.ErrNotFound)
	}
	hash, expires, err := r.Setup()
	if err != nil {
		return err
	}
	end, err := time.Parse(time.RFC3339, expires)
	if err != nil {
		return fmt.Errorf("read end of set-up: %w", err)
	}
	if !now.Before(end) || subtle.ConstantTimeCompare([]byte(hash), []byte(TokenHash(token))) != 1 {
		return fmt.Errorf("set-up token: %w", models.ErrNotFound)
	}
	return nil
}

// Setup is what first start asks for.
type Setup struct {
	Site models.Site
	// Admin is the first administrator; Second, with a name or an address, is
	// another one, so that the keys are not with one person alone. Their
	// grants are given by the set-up.
	Admin, Second NewUser
}

// HasSecond reports whether a second administrator was named.
func (s Setup) HasSecond() bool {
	return s.Second.Name != "" || s.Second.Email != "" || s.Second.Password != ""
}

// Check returns what is wrong with the people of a set-up, with the fields
// admin_name, admin_email, admin_password and second_… alike, or nil.
func (s Setup) Check() error {
	bad := &models.InvalidError{}
	check := func(prefix string, n NewUser) {
		renamed := &models.InvalidError{Fields: map[string]models.Problem{}}
		one := &models.InvalidError{}
		addAll(one, n.Check(names(s.Site)...))
		for f, p := range one.Fields {
			renamed.Fields[prefix+f] = p
		}
		addAll(bad, renamed)
	}
	check("admin_", s.Admin)
	if s.HasSecond() {
		check("second_", s.Second)
		first, err1 := CanonicalEmail(s.Admin.Email)
		second, err2 := CanonicalEmail(s.Second.Email)
		if err1 == nil && err2 == nil && first == second {
			bad.Add("second_email", "email_taken")
		}
	}
	return bad.Err()
}

// CompleteSetup makes the installation: its administrators, its settings, and
// what Options.Install writes. Everything happens or nothing does, and it
// happens once: of two set-ups at the same time one gets models.ErrNotFound.
// Other errors: *models.InvalidError.
func (a *Accounts) CompleteSetup(ctx context.Context, token string, s Setup) (models.User, error) {
	// Before the costly hashing; the transaction looks again.
	if err := a.CheckSetup(ctx, token); err != nil {
		return models.User{}, err
	}
	if err := s.Check(); err != nil {
		return models.User{}, err
	}
	people := []NewUser{s.Admin}
	if s.HasSecond() {
		people = append(people, s.Second)
	}
	hashes := make([]string, len(people))
	for i := range people {
		people[i].Grants = []models.Grant{{Role: models.RoleAdministrator}}
		var err error
		if hashes[i], err = Hash(ctx, people[i].Password); err != nil {
			return models.User{}, err
		}
	}
	var admin models.User
	err := a.store.Tx(ctx, func(tx *store.Tx) error {
		if err := checkSetup(&tx.Read, token, tx.Now()); err != nil {
			return err
		}
		for i, n := range people {
			u, err := addUser(tx, "setup", n, hashes[i])
			if err != nil {
				return err
			}
			if i == 0 {
				admin = u
			}
		}
		if err := tx.PutSetup("", ""); err != nil {
			return err
		}
		return a.install(tx, s.Site, admin)
	})
	return admin, err
}
