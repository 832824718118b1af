package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"meridian/models"
	"meridian/models/store"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"meridian": func() {
			ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			os.Exit(run(ctx, os.Args[1:], os.Getenv, os.Stdin, os.Stdout, os.Stderr))
		},
	})
}

// TestCommandLine runs the scripts of testdata/script: what people type, what
// they read and which exit code a script gets.
func TestCommandLine(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{Dir: "testdata/script", Cmds: map[string]func(*testscript.TestScript, bool, []string){
		// waitfor DIR waits until a server has made its data folder ready.
		"waitfor": func(ts *testscript.TestScript, _ bool, args []string) {
			for range 600 {
				if loaded(ts.MkAbs(args[0])) {
					return
				}
				time.Sleep(100 * time.Millisecond)
			}
			ts.Fatalf("%s is not ready after 60 s", args[0])
		},
	}})
}

// loaded reports whether a data folder has the demonstration network, with all of
// its pictures shown and made in all their sizes.
func loaded(dir string) bool {
	s, err := store.Open(context.Background(), dir, store.Options{})
	if err != nil {
		return false
	}
	defer s.Close()
	ready := false
	_ = s.View(context.Background(), func(r *store.Read) error {
		if _, err := r.UserByCanonical("left@meridian.example"); err != nil {
			return err
		}
		assets, _, err := r.FindAssets(store.AssetFilter{All: true, Limit: 100})
		if err != nil || len(assets) == 0 {
			return err
		}
		_, err = r.NextToRender("")
		shown := !slices.ContainsFunc(assets, func(a models.Asset) bool { return a.FirstPublicAt == nil })
		ready = shown && errors.Is(err, models.ErrNotFound)
		return nil
	})
	return ready
}
