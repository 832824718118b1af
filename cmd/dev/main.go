// Command dev is for the developers of Meridian: it runs every test with what
// they need, the benchmarks, and screenshots. It is never shipped.
//
//	go run ./cmd/dev test     all checks and tests, the browser ones included
//	go run ./cmd/dev bench    the speed figures of the README
//	go run ./cmd/dev shot …   a picture of a page
//	go run ./cmd/dev land …   the outline of the land on the readers' map
//	go run ./cmd/dev client   the TypeScript client of the JSON interface
//
// Nothing but Go has to be installed first. The tests that drive a browser need
// Chromium, that of the TypeScript client Node; test installs them where it may
// and says what to install elsewhere.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"

	"github.com/alecthomas/kong"
)

// commands is the command line.
type commands struct {
	Test  testCommand  `cmd:"" help:"Run every check and every test, browser tests included."`
	Bench benchCommand `cmd:"" help:"Measure the speed figures of the README."`
	Shot  shotCommand  `cmd:"" help:"Take a picture of a page, and check it if asked."`
	Land  landCommand  `cmd:"" help:"Make the outline of the land for the readers' map again."`

	Client clientCommand `cmd:"" help:"Write the TypeScript client of the JSON interface."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var c commands
	k := kong.Parse(&c,
		kong.Name("dev"),
		kong.Description("Checks, benchmarks and screenshots for the developers of Meridian."),
		kong.UsageOnError(),
		kong.BindTo(ctx, (*context.Context)(nil)),
	)
	root, err := moduleRoot(ctx)
	if err == nil {
		err = k.Run(tree{root: root})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "dev:", err)
		stop()
		os.Exit(1)
	}
}

// tree is the checkout that the commands work on.
type tree struct {
	root string // the folder of go.mod
}

func moduleRoot(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("go env GOMOD: %w", err)
	}
	file := strings.TrimSpace(string(out))
	if file == "" || file == os.DevNull {
		return "", errors.New("run this inside the checkout: there is no go.mod here or above")
	}
	return filepath.Dir(file), nil
}

// command prepares a command in the checkout. No C compiler is ever needed, so
// none is used; more settings such as "CGO_ENABLED=1" override that.
func (t tree) command(ctx context.Context, settings []string, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = t.root
	cmd.Env = append(append(os.Environ(), "CGO_ENABLED=0"), settings...)
	return cmd
}

// benchCommand runs the benchmarks, which are a test of their own because they
// compare two programs in one process.
type benchCommand struct{}

// Run measures and prints; it takes minutes.
func (benchCommand) Run(ctx context.Context, t tree) error {
	cmd := t.command(ctx, nil, "go", "test", "-timeout=40m", "-run", "^$", "-bench", "^BenchmarkSpeed$", "-benchtime", "1x", "./cmd/meridian")
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("bench: %w", err)
	}
	return nil
}
