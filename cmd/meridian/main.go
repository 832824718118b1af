// Command meridian is a CMS in one binary: it serves the readers' site, the
// JSON API and the back office, and looks after the data folder they live in.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"meridian/models"
	"meridian/models/store"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Getenv, os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// cli is the command line; every flag has an environment twin MERIDIAN_….
type cli struct {
	Data string `help:"Folder that holds the database and everything else worth keeping." default:"./data" env:"MERIDIAN_DATA" type:"path" placeholder:"DIR"`

	Serve   serveCmd   `cmd:"" help:"Serve the site, the API and the back office."`
	User    userCmd    `cmd:"" help:"Add, list and help people with an account."`
	Demo    demoCmd    `cmd:"" help:"Fill an empty data folder with the demonstration network."`
	Seed    seedCmd    `cmd:"" help:"Fill a data folder with synthetic content, for measuring."`
	Migrate migrateCmd `cmd:"" help:"Bring the database to the schema of this version, after a backup."`
	Check   checkCmd   `cmd:"" help:"Check the database and the audit trail."`
	Backup  backupCmd  `cmd:"" help:"Make backups, try them out and restore them."`
	Export  exportCmd  `cmd:"" help:"Write the public site as files that any host serves."`
	Version versionCmd `cmd:"" help:"Say which version this is."`
}

// console is what a command talks to.
type console struct {
	in       io.Reader
	out, err io.Writer
	getenv   func(string) string
	data     string
}

// Exit codes. Scripts may rely on them.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
	exitLocked = 3 // another process has the folder
	exitDamage = 4 // the database is damaged, or a check found something
)

// run is the program without the process around it, so that tests can boot it.
func run(ctx context.Context, args []string, getenv func(string) string, in io.Reader, out, errOut io.Writer) int {
	var c cli
	exited := -1
	parser, err := kong.New(&c,
		kong.Name("meridian"),
		kong.Description("A content management system for organisations made of equals. One binary, one data folder."),
		kong.UsageOnError(),
		kong.Writers(out, errOut),
		kong.Exit(func(code int) { exited = code }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: false}),
		kong.BindTo(ctx, (*context.Context)(nil)),
	)
	if err != nil {
		fmt.Fprintln(errOut, "meridian:", err)
		return exitUsage
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	k, err := parser.Parse(args)
	if exited >= 0 {
		return exited
	}
	if err != nil {
		fmt.Fprintf(errOut, "meridian: %v\nTry \"meridian --help\".\n", err)
		return exitUsage
	}
	slog.SetDefault(slog.New(slog.NewTextHandler(errOut, &slog.HandlerOptions{Level: slog.LevelWarn})))
	err = k.Run(&console{in: in, out: out, err: errOut, getenv: getenv, data: c.Data})
	if err == nil {
		return exitOK
	}
	fmt.Fprintln(errOut, "meridian:", explain(err, c.Data))
	return exitCode(err)
}

func exitCode(err error) int {
	switch {
	case errors.Is(err, errUsage):
		return exitUsage
	case errors.Is(err, store.ErrLocked), errors.Is(err, errInUse):
		return exitLocked
	case errors.Is(err, store.ErrDamaged), errors.Is(err, errFound):
		return exitDamage
	}
	return exitFailed
}

// errUsage marks a configuration that is refused, errFound a check that found
// something, errInUse a folder that another process works on.
var (
	errUsage = errors.New("not a usable configuration")
	errFound = errors.New("the check found something")
	errInUse = errors.New("in use by another process")
)

// usageError is a sentence that says what to change.
type usageError string

func (e usageError) Error() string { return string(e) }
func (e usageError) Unwrap() error { return errUsage }

// explain turns an error into a sentence that says what to do.
func explain(err error, dir string) string {
	var invalid *models.InvalidError
	var conflict *models.ConflictError
	switch {
	case errors.Is(err, store.ErrLocked):
		return fmt.Sprintf("the data folder %s is in use by another meridian. Stop that one first, or give this one another folder with --data.", dir)
	case errors.Is(err, store.ErrNoDatabase):
		return fmt.Sprintf("the data folder %s holds no database yet. Start \"meridian serve\" once to make one, or name the right folder with --data.", dir)
	case errors.Is(err, store.ErrNewerSchema):
		return fmt.Sprintf("the database in %s was written by a newer version of meridian; this one would damage it. Install that version or a later one. (%v)", dir, err)
	case errors.Is(err, store.ErrOlderSchema):
		return fmt.Sprintf("the database in %s needs migrating while no server runs. Stop the server, then run \"meridian migrate\".", dir)
	case errors.Is(err, store.ErrDamaged):
		return fmt.Sprintf("the database in %s is damaged (%v). Nothing was changed. Restore the newest backup into another folder and start from there.", dir, err)
	case errors.As(err, &invalid):
		return sentence(invalid)
	case errors.As(err, &conflict):
		return inWords(conflict.Problem, "conflict", "problem")
	}
	return err.Error()
}
