package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

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
			for range 200 {
				if somebodyThere(ts.MkAbs(args[0])) {
					return
				}
				time.Sleep(100 * time.Millisecond)
			}
			ts.Fatalf("%s is not ready after 20 s", args[0])
		},
	}})
}

// somebodyThere reports whether a data folder has accounts.
func somebodyThere(dir string) bool {
	s, err := store.Open(context.Background(), dir, store.Options{})
	if err != nil {
		return false
	}
	defer s.Close()
	ready := false
	_ = s.View(context.Background(), func(r *store.Read) error {
		_, err := r.UserByCanonical("left@meridian.example")
		ready = err == nil
		return nil
	})
	return ready
}
