package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"golang.org/x/term"

	"meridian/cms/account"
	"meridian/models"
	"meridian/models/store"
)

type userCmd struct {
	Add          userAddCmd     `cmd:"" help:"Add somebody with a role on a section."`
	List         userListCmd    `cmd:"" help:"List everybody with an account."`
	Reset        userResetCmd   `cmd:"" help:"Give somebody a new password and end their sessions."`
	RecoverAdmin userRecoverCmd `cmd:"" help:"Get back in when no administrator can: renews an account and makes it administrator."`
}

// accounts opens the data folder beside a running server.
func accounts(ctx context.Context, c *console) (*store.Store, *account.Accounts, error) {
	s, err := store.Open(ctx, c.data, store.Options{})
	if err != nil {
		return nil, nil, err
	}
	return s, account.New(s, account.Options{}), nil
}

// withPassword reads a password and runs fn over the accounts of the data
// folder.
func (c *console) withPassword(ctx context.Context, file string, fn func(a *account.Accounts, password string) error) error {
	s, a, err := accounts(ctx, c)
	if err != nil {
		return err
	}
	defer s.Close()
	pw, err := c.password(file)
	if err != nil {
		return err
	}
	return fn(a, pw)
}

// password reads a password from --password-file, a terminal (twice, unseen)
// or the standard input. It never comes from the command line, where every
// process on the machine could read it.
func (c *console) password(file string) (string, error) {
	if file != "" {
		b, err := os.ReadFile(file)
		if err != nil {
			return "", fmt.Errorf("read password: %w", err)
		}
		return strings.TrimRight(string(b), "\r\n"), nil
	}
	f, ok := c.in.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		line, err := bufio.NewReader(c.in).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return "", fmt.Errorf("read password: %w", err)
		}
		if line = strings.TrimRight(line, "\r\n"); line == "" {
			return "", usageError("no password was given: type it, pipe it in, or name a file with --password-file.")
		}
		return line, nil
	}
	ask := func(what string) (string, error) {
		fmt.Fprint(c.err, what)
		b, err := term.ReadPassword(int(f.Fd()))
		fmt.Fprintln(c.err)
		return string(b), err
	}
	first, err := ask("New password (at least 15 characters): ")
	if err != nil {
		return "", err
	}
	second, err := ask("The same again: ")
	if err != nil {
		return "", err
	}
	if first != second {
		return "", usageError("the two passwords differ; nothing was changed.")
	}
	return first, nil
}

type userAddCmd struct {
	Email        string `arg:"" help:"E-mail address, used to sign in."`
	Name         string `required:"" help:"Name as colleagues know it." placeholder:"NAME"`
	Role         string `required:"" enum:"safeguarding,author,editor,administrator" help:"safeguarding (officer), author, editor or administrator."`
	Section      string `help:"Address of the section the role is on, such as /en/about-us/. Administrators hold everything; others need one (\"/\" is the whole site down to the organisations)." placeholder:"ADDRESS"`
	Lang         string `help:"Interface language: en, fr, nl, es or ar." default:"en"`
	PasswordFile string `help:"File whose content is the password." type:"existingfile" placeholder:"FILE"`
}

// Run adds an account.
func (cmd userAddCmd) Run(ctx context.Context, c *console) error {
	s, a, err := accounts(ctx, c)
	if err != nil {
		return err
	}
	defer s.Close()
	g := models.Grant{Role: models.Role(cmd.Role)}
	if g.Role == models.RoleAdministrator {
		if cmd.Section != "" {
			return usageError("an administrator holds the whole installation: leave --section out, or choose another role.")
		}
	} else if g.SectionID, err = sectionAt(ctx, s, cmd.Section); err != nil {
		return err
	}
	pw, err := c.password(cmd.PasswordFile)
	if err != nil {
		return err
	}
	u, err := a.AddUser(ctx, "", account.NewUser{Name: cmd.Name, Email: cmd.Email, Password: pw, Lang: cmd.Lang, Grants: []models.Grant{g}})
	if err != nil {
		return err
	}
	fmt.Fprintf(c.out, "%s can sign in as %s.\n", u.Name, u.Email)
	return nil
}

// sectionAt returns the id of the section at an address.
func sectionAt(ctx context.Context, s *store.Store, address string) (id string, err error) {
	if address == "" {
		return "", usageError("say on which section with --section ADDRESS (\"/\" is the whole site down to the organisations).")
	}
	err = s.View(ctx, func(r *store.Read) error {
		if address == "/" {
			root, err := r.Root()
			id = root.ID
			return err
		}
		lang, path, _ := strings.Cut(strings.Trim(address, "/"), "/")
		d, err := r.EditionByPath(lang, path)
		if err != nil {
			return err
		}
		e, err := r.Entry(d.EntryID)
		if err == nil && e.Kind != models.KindSection {
			err = models.ErrNotFound
		}
		id = e.ID
		return err
	})
	if errors.Is(err, models.ErrNotFound) {
		return "", usageError(fmt.Sprintf("there is no section at %s; give the address as readers see it, such as /en/about-us/.", address))
	}
	return id, err
}

type userListCmd struct {
	JSON bool `help:"Print JSON." name:"json"`
}

// userLine is a person in the list.
type userLine struct {
	Name     string   `json:"name"`
	Email    string   `json:"email"`
	Roles    []string `json:"roles"`
	Disabled bool     `json:"disabled"`
	LastSeen string   `json:"last_seen,omitempty"`
}

// Run lists accounts.
func (cmd userListCmd) Run(ctx context.Context, c *console) error {
	s, a, err := accounts(ctx, c)
	if err != nil {
		return err
	}
	defer s.Close()
	users, err := a.Users(ctx)
	if err != nil {
		return err
	}
	lines := make([]userLine, 0, len(users))
	err = s.View(ctx, func(r *store.Read) error {
		for _, u := range users {
			l := userLine{Name: u.Name, Email: u.Email, Disabled: u.Disabled, Roles: []string{}}
			if u.SeenAt != nil {
				l.LastSeen = u.SeenAt.Format("2006-01-02 15:04 MST")
			}
			for _, g := range u.Grants {
				role := string(g.Role)
				if g.SectionID != "" {
					titles, err := r.Titles([]string{g.SectionID}, "en")
					if err != nil {
						return err
					}
					role += " on " + titles[g.SectionID]
				}
				l.Roles = append(l.Roles, role)
			}
			lines = append(lines, l)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if cmd.JSON {
		enc := json.NewEncoder(c.out)
		enc.SetIndent("", "  ")
		return enc.Encode(lines)
	}
	w := tabwriter.NewWriter(c.out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "NAME\tE-MAIL\tROLES\tLAST SEEN")
	for _, l := range lines {
		if l.Disabled {
			l.Roles = append(slices.Clone(l.Roles), "disabled")
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", l.Name, l.Email, strings.Join(l.Roles, ", "), l.LastSeen)
	}
	return w.Flush()
}

type userResetCmd struct {
	Email        string `arg:"" help:"E-mail address of the account."`
	PasswordFile string `help:"File whose content is the new password." type:"existingfile" placeholder:"FILE"`
}

// Run gives an account a new password.
func (cmd userResetCmd) Run(ctx context.Context, c *console) error {
	return c.withPassword(ctx, cmd.PasswordFile, func(a *account.Accounts, pw string) error {
		u, err := a.Reset(ctx, cmd.Email, pw)
		if errors.Is(err, models.ErrNotFound) {
			return usageError(fmt.Sprintf("nobody has the e-mail address %s; \"meridian user list\" shows everybody.", cmd.Email))
		}
		if err != nil {
			return err
		}
		fmt.Fprintf(c.out, "%s has a new password; all sessions are over.\n", u.Name)
		return nil
	})
}

type userRecoverCmd struct {
	Email        string `arg:"" help:"E-mail address of the account to make administrator; it is added when there is none."`
	PasswordFile string `help:"File whose content is the new password." type:"existingfile" placeholder:"FILE"`
}

// Run makes somebody administrator again.
func (cmd userRecoverCmd) Run(ctx context.Context, c *console) error {
	return c.withPassword(ctx, cmd.PasswordFile, func(a *account.Accounts, pw string) error {
		u, err := a.RecoverAdmin(ctx, cmd.Email, pw)
		if err != nil {
			return err
		}
		fmt.Fprintf(c.out, "%s is administrator and can sign in as %s.\n", u.Name, u.Email)
		return nil
	})
}
