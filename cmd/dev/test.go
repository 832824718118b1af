package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"
)

// testCommand is the test command of the README, and all that CI runs.
type testCommand struct {
	Fuzz     time.Duration `default:"3s" help:"How long each fuzz target runs; 0 leaves fuzzing out."`
	Race     bool          `help:"Look for data races too. Needs a C compiler."`
	Packages []string      `arg:"" optional:"" help:"Packages to test; all of them when none is given."`
}

// Run goes through all steps even after one has failed, so that one run shows
// everything, and ends with the counts of tests on a line of their own.
func (c testCommand) Run(ctx context.Context, t tree) error {
	if len(c.Packages) == 0 {
		c.Packages = []string{"./..."}
	}
	if err := errors.Join(needChromium(ctx), needNode(ctx)); err != nil {
		return err
	}
	var failed []string
	step := func(name string, f func() error) {
		if ctx.Err() != nil {
			return
		}
		start := time.Now()
		fmt.Printf("== %s\n", name)
		if err := f(); err != nil {
			fmt.Println(err)
			failed = append(failed, name)
		}
		fmt.Printf("   %.1fs\n", time.Since(start).Seconds())
	}
	step("gofmt", func() error { return t.checkFormat() })
	step("go mod tidy", func() error { return t.output(ctx, "go", "mod", "tidy", "-diff") })
	step("go vet", func() error { return t.output(ctx, "go", append([]string{"vet"}, c.Packages...)...) })
	step("staticcheck", func() error {
		return t.output(ctx, "go", append([]string{"tool", "-modfile=cmd/dev/tools/go.mod", "staticcheck"}, c.Packages...)...)
	})
	var sum summary
	step("go test", func() (err error) {
		sum, err = t.goTest(ctx, c.Race, c.Packages, os.Stdout)
		return err
	})
	if c.Fuzz > 0 {
		step("fuzz", func() error { return t.fuzz(ctx, c.Fuzz, c.Packages) })
	}

	fmt.Println("==")
	for _, line := range sum.packages {
		fmt.Println(line)
	}
	for _, name := range sum.skips {
		fmt.Println("skipped:", name)
	}
	for _, name := range sum.fails {
		fmt.Println("failed:", name)
	}
	if len(failed) > 0 {
		fmt.Println("steps that failed:", strings.Join(failed, ", "))
	}
	fmt.Println(sum)
	if err := ctx.Err(); err != nil {
		return errors.New("interrupted")
	}
	if len(failed) > 0 {
		return fmt.Errorf("%d of the steps failed: %s", len(failed), strings.Join(failed, ", "))
	}
	return nil
}

// output runs a check that prints nothing when all is well; what it prints
// becomes the error.
func (t tree) output(ctx context.Context, name string, args ...string) error {
	out, err := t.command(ctx, nil, name, args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s%s %s: %w", out, name, strings.Join(args, " "), err)
	}
	return nil
}

// mustRunAll reports whether a skipped test is a failure: in CI, and wherever
// somebody says that the browser has to be there.
func mustRunAll() bool {
	return os.Getenv("CI") == "true" || os.Getenv("REQUIRE_BROWSER") == "1"
}
