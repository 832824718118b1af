package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"meridian/cms/seed"
	"meridian/models/store"
)

type seedCmd struct {
	Entries int      `help:"Entries in each language." default:"1000" placeholder:"N"`
	Langs   []string `help:"Languages, the original first." default:"en,fr,nl" placeholder:"TAGS"`
	Seed    uint64   `help:"Number that the texts follow from; the same one gives the same texts." default:"1" placeholder:"S"`
}

// Run fills the data folder with synthetic content, written by the same
// transactions as real content.
func (cmd seedCmd) Run(ctx context.Context, c *console) error {
	if cmd.Entries < 1 {
		return usageError("--entries must be at least 1.")
	}
	s, err := store.Open(ctx, c.data, store.Options{Exclusive: true, Create: true, CacheKB: 256 << 10})
	if err != nil {
		return err
	}
	defer s.Close()
	// Much garbage, little that stays: collecting it less often is faster.
	debug.SetGCPercent(1600)
	start := time.Now()
	err = seed.Run(ctx, s, seed.Options{Entries: cmd.Entries, Langs: cmd.Langs, Seed: cmd.Seed, Progress: progress(c.err, "entries")})
	if err != nil {
		return err
	}
	d := time.Since(start)
	fmt.Fprintf(c.out, "Wrote %d entries in each of %d languages in %s.\n", cmd.Entries, len(cmd.Langs), d.Round(100*time.Millisecond))
	return nil
}

// progress shows how far a long command is: a bar on a terminal, a plain line
// every few seconds elsewhere.
func progress(w io.Writer, what string) func(done, total int) {
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		var bar *progressbar.ProgressBar
		return func(done, total int) {
			if bar == nil {
				bar = progressbar.NewOptions(total, progressbar.OptionSetWriter(w), progressbar.OptionShowCount(), progressbar.OptionShowIts(),
					progressbar.OptionSetItsString(what), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish())
			}
			_ = bar.Set(done)
		}
	}
	var last time.Time
	return func(done, total int) {
		if now := time.Now(); now.Sub(last) >= 5*time.Second || done == total {
			last = now
			fmt.Fprintf(w, "%d of %d %s\n", done, total, what)
		}
	}
}
