package account

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"unicode/utf8"

	"meridian/models"
	"meridian/models/store"
)

// maxName is the longest name of a person, in characters.
const maxName = 120

// Themes are the choices of light and dark.
var Themes = []string{"system", "light", "dark"}

// NewUser is a person who gets an account.
type NewUser struct {
	Name, Email, Password string
	// Lang is the interface language; "" means English.
	Lang   string
	Grants []models.Grant
	// Disabled accounts exist but nobody can sign in with them yet.
	Disabled bool
	// Demonstration lifts the rules for passwords: everybody who runs the
	// demonstration chooses or is told the password of its accounts.
	Demonstration bool
}

// Check returns what is wrong with a new user as a *models.InvalidError with
// the fields name, email and password, or nil. forbidden are words beyond the
// person's own that the password must not be made of.
func (n NewUser) Check(forbidden ...string) error {
	bad := &models.InvalidError{}
	checkName(bad, n.Name)
	if _, err := CanonicalEmail(n.Email); err != nil {
		addAll(bad, err)
	}
	if !n.Demonstration {
		checkPassword(bad, "password", n.Password, append(forbidden, n.Name, n.Email)...)
	}
	return bad.Err()
}

func checkName(bad *models.InvalidError, name string) {
	switch name = models.CleanText(name, false); {
	case name == "":
		bad.Add("name", "required")
	case utf8.RuneCountInString(name) > maxName:
		bad.Add("name", "too_long", "max", maxName)
	}
}

func checkPassword(bad *models.InvalidError, field, password string, forbidden ...string) {
	err := CheckPassword(password, append(forbidden, "meridian")...)
	var refused *PasswordError
	if errors.As(err, &refused) {
		p := refused.Problem()
		args := make([]any, 0, 2*len(p.Args))
		for k, v := range p.Args {
			args = append(args, k, v)
		}
		bad.Add(field, p.Code, args...)
	}
}

func addAll(bad *models.InvalidError, err error) {
	var more *models.InvalidError
	if !errors.As(err, &more) {
		return
	}
	for f, p := range more.Fields {
		if bad.Fields == nil {
			bad.Fields = map[string]models.Problem{}
		}
		if _, there := bad.Fields[f]; !there {
			bad.Fields[f] = p
		}
	}
}

// AddUser makes an account. actor is who does it, "" for the command line.
// Errors: *models.InvalidError, a *models.ConflictError for a taken address.
func (a *Accounts) AddUser(ctx context.Context, actor string, n NewUser) (models.User, error) {
	site, err := a.siteNames(ctx)
	if err != nil {
		return models.User{}, err
	}
	if err := n.Check(site...); err != nil {
		return models.User{}, err
	}
	hash, err := Hash(ctx, n.Password)
	if err != nil {
		return models.User{}, err
	}
	var u models.User
	err = a.store.Tx(ctx, func(tx *store.Tx) (err error) {
		u, err = addUser(tx, actor, n, hash)
		return err
	})
	return u, err
}

// addUser inserts a checked user with grants.
func addUser(tx *store.Tx, actor string, n NewUser, hash string) (models.User, error) {
	canonical, err := CanonicalEmail(n.Email)
	if err != nil {
		return models.User{}, err
	}
	u := models.User{
		ID: models.NewID(tx.Now()), Name: models.CleanText(n.Name, false), Email: models.CleanText(n.Email, false), Canonical: canonical,
		PasswordHash: hash, Lang: n.Lang, Theme: Themes[0], Disabled: n.Disabled, CreatedAt: tx.Now(), Epoch: 1,
	}
	if u.Lang == "" {
		u.Lang = "en"
	}
	for _, g := range n.Grants {
		g.ID, g.UserID = models.NewID(tx.Now()), u.ID
		if g.Langs == nil {
			g.Langs = []string{}
		}
		u.Grants = append(u.Grants, g)
	}
	if err := tx.AddUser(u); err != nil {
		return models.User{}, err
	}
	if actor == "" {
		actor = "command-line"
	}
	return u, tx.Audit(actor, "user-added", u.ID, "")
}

// User returns a user with grants.
func (a *Accounts) User(ctx context.Context, id string) (models.User, error) {
	return view(ctx, a, func(r *store.Read) (models.User, error) { return r.User(id) })
}

// Users returns all users with grants, by name.
func (a *Accounts) Users(ctx context.Context) ([]models.User, error) {
	return view(ctx, a, (*store.Read).Users)
}

// Administrators returns the names of the people who can give rights.
func (a *Accounts) Administrators(ctx context.Context) ([]string, error) {
	users, err := a.Users(ctx)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, u := range users {
		if u.Administrator() {
			names = append(names, u.Name)
		}
	}
	return names, nil
}

// Profile is what people change of themselves.
type Profile struct{ Name, Lang, Theme string }

// UpdateProfile stores the profile of by. langs are the interface languages
// that exist. Errors: *models.InvalidError.
func (a *Accounts) UpdateProfile(ctx context.Context, by models.User, p Profile, langs []string) error {
	bad := &models.InvalidError{}
	checkName(bad, p.Name)
	if !slices.Contains(langs, p.Lang) {
		bad.Add("lang", "not_a_choice")
	}
	if !slices.Contains(Themes, p.Theme) {
		bad.Add("theme", "not_a_choice")
	}
	if err := bad.Err(); err != nil {
		return err
	}
	by.Name, by.Lang, by.Theme = models.CleanText(p.Name, false), p.Lang, p.Theme
	return a.store.Tx(ctx, func(tx *store.Tx) error {
		if err := tx.PutUser(by); err != nil {
			return err
		}
		return tx.Audit(by.ID, "profile", by.ID, "")
	})
}

// ChangePassword gives by a new password, who knows the old one, and ends all
// sessions of by. It returns the user as they are now, for a new session.
// Errors: *models.InvalidError for the fields old_password and password,
// *WaitError, models.ErrBusy.
func (a *Accounts) ChangePassword(ctx context.Context, by models.User, old, password string, addr netip.Addr) (models.User, error) {
	if err := a.throttle.Begin(ctx, by.Canonical, addr); err != nil {
		return by, err
	}
	ok, _, err := Verify(ctx, by.PasswordHash, old)
	if err != nil {
		return by, err
	}
	bad := &models.InvalidError{}
	if ok {
		if err := a.throttle.Succeed(ctx, by.Canonical); err != nil {
			return by, err
		}
	} else {
		bad.Add("old_password", "password_wrong")
	}
	site, err := a.siteNames(ctx)
	if err != nil {
		return by, err
	}
	checkPassword(bad, "password", password, append(site, by.Name, by.Email)...)
	if old == password {
		bad.Add("password", "password_same")
	}
	if err := bad.Err(); err != nil {
		return by, err
	}
	return a.putPassword(ctx, by.ID, by, by.PasswordHash, password)
}

// Reset gives the user with an e-mail address a new password, ends all their
// sessions, and forgets failed sign-ins. It is for the command line.
func (a *Accounts) Reset(ctx context.Context, email, password string) (models.User, error) {
	u, err := a.userByEmail(ctx, email)
	if err != nil {
		return u, err
	}
	bad := &models.InvalidError{}
	site, err := a.siteNames(ctx)
	if err != nil {
		return u, err
	}
	checkPassword(bad, "password", password, append(site, u.Name, u.Email)...)
	if err := bad.Err(); err != nil {
		return u, err
	}
	if u, err = a.putPassword(ctx, "command-line", u, u.PasswordHash, password); err != nil {
		return u, err
	}
	return u, a.throttle.Reset(ctx, u.Canonical)
}

// RecoverAdmin makes an administrator with this address and password out of
// whoever has it, also a disabled account, or out of nobody. It is for the
// command line, when no administrator can sign in any more.
func (a *Accounts) RecoverAdmin(ctx context.Context, email, password string) (models.User, error) {
	admin := models.Grant{Role: models.RoleAdministrator}
	u, err := a.userByEmail(ctx, email)
	if missing(err) {
		return a.AddUser(ctx, "", NewUser{Name: email, Email: email, Password: password, Grants: []models.Grant{admin}})
	}
	if err != nil {
		return u, err
	}
	if u, err = a.Reset(ctx, email, password); err != nil {
		return u, err
	}
	err = a.store.Tx(ctx, func(tx *store.Tx) error {
		if err := tx.SetDisabled(u.ID, false); err != nil {
			return err
		}
		u.Disabled = false
		if !u.Administrator() {
			g := models.Grant{ID: models.NewID(tx.Now()), UserID: u.ID, Role: models.RoleAdministrator, Langs: []string{}}
			if err := tx.AddGrant(g); err != nil {
				return err
			}
		}
		u, err = tx.User(u.ID)
		if err != nil {
			return err
		}
		return tx.Audit("command-line", "recover-admin", u.ID, "")
	})
	return u, err
}

// putPassword stores a new password in place of the one that hashes to was.
func (a *Accounts) putPassword(ctx context.Context, actor string, u models.User, was, password string) (models.User, error) {
	hash, err := Hash(ctx, password)
	if err != nil {
		return u, err
	}
	err = a.store.Tx(ctx, func(tx *store.Tx) error {
		now, err := tx.User(u.ID)
		if err != nil {
			return err
		}
		if now.PasswordHash != was {
			return fmt.Errorf("password of %s: %w", u.ID, models.ErrStale)
		}
		if _, err := tx.PutPassword(u.ID, hash); err != nil {
			return err
		}
		if err := tx.DeleteSessions(u.ID, ""); err != nil {
			return err
		}
		if u, err = tx.User(u.ID); err != nil {
			return err
		}
		return tx.Audit(actor, "password", u.ID, "")
	})
	return u, err
}

func (a *Accounts) userByEmail(ctx context.Context, email string) (models.User, error) {
	canonical, err := CanonicalEmail(email)
	if err != nil {
		return models.User{}, err
	}
	return view(ctx, a, func(r *store.Read) (models.User, error) { return r.UserByCanonical(canonical) })
}

// siteNames returns the names of the organisation, which attackers try first.
func (a *Accounts) siteNames(ctx context.Context) ([]string, error) {
	site, err := view(ctx, a, (*store.Read).Site)
	if err != nil && !missing(err) {
		return nil, err
	}
	return names(site), nil
}

func names(s models.Site) []string {
	var out []string
	for _, n := range s.Name {
		out = append(out, n)
	}
	return out
}
