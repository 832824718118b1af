package account_test

import (
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"meridian/cms"
	"meridian/cms/account"
	"meridian/cms/cmstest"
	"meridian/models"
	"meridian/models/store"
)

const (
	first  = "seven quiet otters dance"
	second = "four blue lamps sing"
)

var here = netip.MustParseAddr("192.0.2.1")

func accounts(env *cmstest.Env) *account.Accounts {
	return account.New(env.Store, account.Options{Clock: env.Clock.Now, Install: cms.Install})
}

func TestSignIn(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	a := accounts(env)
	if _, err := a.SignIn(t.Context(), env.Editor.Email, first, here); !errors.Is(err, account.ErrSignIn) {
		t.Fatalf("sign in without a password: %v", err)
	}
	if _, err := a.Reset(t.Context(), "EDITOR@site.example", first); err != nil {
		t.Fatal(err)
	}
	u, err := a.SignIn(t.Context(), " Editor@SITE.example", first, here)
	if err != nil || u.ID != env.Editor.ID || len(u.Grants) != 1 {
		t.Fatalf("sign in = %+v, %v", u, err)
	}
	if u, err = a.User(t.Context(), u.ID); err != nil || u.SeenAt == nil || !u.SeenAt.Equal(env.Clock.Now()) {
		t.Errorf("seen at %v, %v", u.SeenAt, err)
	}
	for _, email := range []string{"nobody@nowhere.example", "not an address", ""} {
		if _, err := a.SignIn(t.Context(), email, first, here); !errors.Is(err, account.ErrSignIn) {
			t.Errorf("sign in as %q: %v", email, err)
		}
	}
	env.View(t, func(r *store.Read) error {
		rows, err := r.Acts(u.ID, 10)
		var acts []string
		for _, row := range rows {
			acts = append(acts, row.Action)
			if strings.Contains(row.Detail, first) {
				t.Error("a password is in the audit trail")
			}
		}
		if got := strings.Join(acts, " "); got != "sign-in password sign-in-refused" {
			t.Errorf("audit trail: %s", got)
		}
		return err
	})
}

// The delay outlives the process, and the right password does not get round it.
func TestSignInWaitOutlivesRestart(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	if _, err := accounts(env).Reset(t.Context(), env.Editor.Email, first); err != nil {
		t.Fatal(err)
	}
	for range account.FreeFailures {
		if _, err := accounts(env).SignIn(t.Context(), env.Editor.Email, "wrong", here); !errors.Is(err, account.ErrSignIn) {
			t.Fatal(err)
		}
	}
	var wait *account.WaitError
	if _, err := accounts(env).SignIn(t.Context(), env.Editor.Email, first, here); !errors.As(err, &wait) || wait.Wait != account.FirstDelay {
		t.Fatalf("after %d failures: %v", account.FreeFailures, err)
	}
	env.Clock.Advance(account.FirstDelay)
	if _, err := accounts(env).SignIn(t.Context(), env.Editor.Email, first, here); err != nil {
		t.Fatal(err)
	}
}

func TestAddUser(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	a := accounts(env)
	for _, tt := range []struct {
		name  string
		user  account.NewUser
		field string
		code  string
	}{
		{"no name", account.NewUser{Email: "x@site.example", Password: first}, "name", "required"},
		{"long name", account.NewUser{Name: strings.Repeat("é", 121), Email: "x@site.example", Password: first}, "name", "too_long"},
		{"no address", account.NewUser{Name: "X", Email: "x", Password: first}, "email", "not_an_email"},
		{"short password", account.NewUser{Name: "X", Email: "x@site.example", Password: "short"}, "password", "password_short"},
		{"own name", account.NewUser{Name: "Wilhelmina", Email: "x@site.example", Password: "wilhelmina and tea"}, "password", "password_personal"},
		{"the product", account.NewUser{Name: "X", Email: "x@site.example", Password: "my meridian password"}, "password", "password_personal"},
		{"the organisation", account.NewUser{Name: "X", Email: "x@site.example", Password: "children are people"}, "password", "password_personal"},
	} {
		_, err := a.AddUser(t.Context(), "", tt.user)
		var invalid *models.InvalidError
		if !errors.As(err, &invalid) || invalid.Fields[tt.field].Code != tt.code {
			t.Errorf("%s: %v, want %s: %s", tt.name, err, tt.field, tt.code)
		}
	}
	u, err := a.AddUser(t.Context(), "", account.NewUser{Name: " Ina ", Email: "Ina@site.example", Password: first,
		Grants: []models.Grant{{Role: models.RoleAuthor, SectionID: env.Belgium}}})
	if err != nil {
		t.Fatal(err)
	}
	if u, err = a.User(t.Context(), u.ID); err != nil || u.Name != "Ina" || u.Lang != "en" || !u.CanAnywhere(models.ActWrite) {
		t.Errorf("stored %+v, %v", u, err)
	}
	if _, err := a.AddUser(t.Context(), "", account.NewUser{Name: "Ina", Email: "INA@site.example", Password: first}); !errors.Is(err, models.ErrConflict) {
		t.Errorf("the same address again: %v", err)
	}
	names, err := a.Administrators(t.Context())
	if err != nil || strings.Join(names, ",") != "Ada Admin" {
		t.Errorf("administrators %v, %v", names, err)
	}
}

func TestChangePassword(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	a := accounts(env)
	u, err := a.Reset(t.Context(), env.Editor.Email, first)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.AddSession(t.Context(), "token", u.ID, []byte("{}"), env.Clock.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	var invalid *models.InvalidError
	if _, err := a.ChangePassword(t.Context(), u, "wrong", "short", here); !errors.As(err, &invalid) ||
		invalid.Fields["old_password"].Code != "password_wrong" || invalid.Fields["password"].Code != "password_short" {
		t.Fatalf("both wrong: %v", err)
	}
	now, err := a.ChangePassword(t.Context(), u, first, second, here)
	if err != nil || now.Epoch != u.Epoch+1 {
		t.Fatalf("epoch %d, was %d, %v", now.Epoch, u.Epoch, err)
	}
	if _, err := a.Session(t.Context(), "token"); !errors.Is(err, models.ErrNotFound) {
		t.Errorf("a session lives on: %v", err)
	}
	// Somebody who read the user before the change must not overwrite it.
	if _, err := a.ChangePassword(t.Context(), u, first, "nine grey kites whistle", here); !errors.Is(err, models.ErrStale) {
		t.Errorf("change from an old reading: %v", err)
	}
	if _, err := a.SignIn(t.Context(), u.Email, second, here); err != nil {
		t.Error(err)
	}
}

func TestRecoverAdmin(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	a := accounts(env)
	env.Tx(t, func(tx *store.Tx) error { return tx.SetDisabled(env.Editor.ID, true) })
	u, err := a.RecoverAdmin(t.Context(), env.Editor.Email, first)
	if err != nil || u.Disabled || !u.Administrator() {
		t.Fatalf("recovered %+v, %v", u, err)
	}
	if u, err = a.SignIn(t.Context(), env.Editor.Email, first, here); err != nil || !u.Administrator() {
		t.Errorf("sign in = %+v, %v", u, err)
	}
	u, err = a.RecoverAdmin(t.Context(), "new@site.example", second)
	if err != nil || !u.Administrator() {
		t.Errorf("new administrator %+v, %v", u, err)
	}
}

// A session that ended is never made again by storing it.
func TestSessionRows(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	a := accounts(env)
	until := env.Clock.Now().Add(time.Hour)
	if err := a.PutSession(t.Context(), "t", env.Editor.ID, []byte("a"), until); !errors.Is(err, models.ErrNotFound) {
		t.Fatalf("put before add: %v", err)
	}
	if err := a.AddSession(t.Context(), "t", env.Editor.ID, []byte("a"), until); err != nil {
		t.Fatal(err)
	}
	if err := a.PutSession(t.Context(), "t", env.Editor.ID, []byte("b"), until); err != nil {
		t.Fatal(err)
	}
	if b, err := a.Session(t.Context(), "t"); err != nil || string(b) != "b" {
		t.Fatalf("session %q, %v", b, err)
	}
	env.View(t, func(r *store.Read) error {
		if _, err := r.Session("t", env.Clock.Now()); !errors.Is(err, models.ErrNotFound) {
			t.Error("the token is stored as it is")
		}
		return nil
	})
	env.Clock.Advance(time.Hour)
	if _, err := a.Session(t.Context(), "t"); !errors.Is(err, models.ErrNotFound) {
		t.Errorf("after its end: %v", err)
	}
	if err := a.EndSession(t.Context(), "t"); err != nil {
		t.Fatal(err)
	}
	if err := a.PutSession(t.Context(), "t", env.Editor.ID, []byte("c"), until.Add(time.Hour)); !errors.Is(err, models.ErrNotFound) {
		t.Errorf("put after the end: %v", err)
	}
}

// A set-up that fails half-way leaves nothing, and can be tried again.
func TestSetupIsWhole(t *testing.T) {
	t.Parallel()
	env := cmstest.Bare(t)
	broken := account.New(env.Store, account.Options{Clock: env.Clock.Now, Install: func(tx *store.Tx, s models.Site, by models.User) error {
		if err := cms.Install(tx, s, by); err != nil {
			return err
		}
		return errors.New("the last step")
	}})
	token, err := broken.NewSetupToken(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	in := account.Setup{Site: cmstest.Site(), Admin: account.NewUser{Name: "Gus", Email: "gus@site.example", Password: first}}
	if _, err := broken.CompleteSetup(t.Context(), token, in); err == nil {
		t.Fatal("the set-up went through")
	}
	if fresh, err := broken.Fresh(t.Context()); err != nil || !fresh {
		t.Fatalf("fresh = %v, %v", fresh, err)
	}
	env.View(t, func(r *store.Read) error {
		if _, err := r.Site(); !errors.Is(err, models.ErrNotFound) {
			t.Errorf("settings were stored: %v", err)
		}
		return nil
	})
	u, err := accounts(env).CompleteSetup(t.Context(), token, in)
	if err != nil || !u.Administrator() {
		t.Fatalf("second try = %+v, %v", u, err)
	}
}
