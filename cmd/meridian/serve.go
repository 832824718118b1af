package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"sync"
	"time"

	"meridian/cms"
	"meridian/cms/account"
	"meridian/cms/media"
	"meridian/cms/media/storage"
	"meridian/cms/tally"
	"meridian/models/store"
)

type serveCmd struct {
	Addr         string   `help:"Address to listen on." default:"127.0.0.1:8080" env:"MERIDIAN_ADDR" placeholder:"HOST:PORT"`
	BaseURL      string   `help:"How browsers reach the site, such as https://example.org. Follows --addr when that is a loopback address." env:"MERIDIAN_BASE_URL" placeholder:"URL"`
	TrustedProxy []string `help:"Address or network of a proxy in front whose X-Forwarded-For counts. May be given several times." env:"MERIDIAN_TRUSTED_PROXY" placeholder:"CIDR"`
	Demo         bool     `help:"Fill a data folder that holds no database with the demonstration network." env:"MERIDIAN_DEMO"`
	CacheMB      int64    `help:"Memory for ready-made answers, in MB. 0 keeps none: every answer is made when it is asked for." default:"32" env:"MERIDIAN_CACHE_MB" name:"cache-mb"`

	SharedCache time.Duration `help:"How long a CDN or proxy in front may give pages out without asking, at most 60s. A change reaches its readers that much later. 0 lets it ask each time." default:"0s" env:"MERIDIAN_SHARED_CACHE" placeholder:"DURATION"`
}

// Times of the server. They bound what one slow or silent client can hold.
const (
	readHeaderTimeout = 5 * time.Second
	readTimeout       = 30 * time.Second
	writeTimeout      = 60 * time.Second
	idleTimeout       = 120 * time.Second
	maxHeaderBytes    = 16 << 10
	drainTimeout      = 20 * time.Second
	refreshEvery      = 500 * time.Millisecond
	sweepEvery        = time.Hour
	countEvery        = 10 * time.Second
	mergeEvery        = time.Second
	// What was deleted for good leaves no word behind for longer than that.
	tidyEvery     = time.Hour
	draftsEvery   = time.Second
	filesEvery    = time.Second
	restEvery     = 15 * time.Second
	lastlyTimeout = 5 * time.Second
	sharedMost    = time.Minute
)

// Run serves until the context ends, then lets running requests finish.
func (cmd *serveCmd) Run(ctx context.Context, c *console) error {
	base := ""
	if cmd.BaseURL != "" || !loopback(cmd.Addr) {
		var err error
		if base, err = checkBase(cmd.BaseURL); err != nil {
			return err
		}
	}
	if cmd.CacheMB < 0 {
		return usageError("--cache-mb is a number of megabytes; 0 keeps no answers.")
	}
	if d := cmd.SharedCache; d < 0 || d > sharedMost || d%time.Second != 0 {
		return usageError("--shared-cache is a whole number of seconds from 0s to 60s: what was taken down must be gone everywhere within a minute.")
	}
	proxies, err := parseProxies(cmd.TrustedProxy)
	if err != nil {
		return err
	}
	password := c.getenv("MERIDIAN_DEMO_PASSWORD")
	if cmd.Demo && password == "" && !loopback(cmd.Addr) {
		return usageError("the demonstration accounts would be open to the network: set MERIDIAN_DEMO_PASSWORD, or serve the demonstration on 127.0.0.1.")
	}
	// A busy port is found out before anything is written to the data folder.
	ln, err := net.Listen("tcp", cmd.Addr)
	if err != nil {
		return usageError(fmt.Sprintf("cannot listen on %s (%v). Choose another address with --addr.", cmd.Addr, err))
	}
	defer ln.Close()
	if base == "" {
		base = "http://" + ln.Addr().String()
	}
	s, err := store.Open(ctx, c.data, store.Options{Exclusive: true, Create: true})
	if err != nil {
		return err
	}
	defer s.Close()
	accounts := account.New(s, account.Options{Install: cms.Install})
	fresh, err := accounts.Fresh(ctx)
	if err != nil {
		return err
	}
	files, err := storage.OpenDisk(filepath.Join(c.data, mediaFolder))
	if err != nil {
		return fmt.Errorf("open the media folder: %w", err)
	}
	defer files.Close()
	library := media.New(s, files, media.Options{Free: freeSpace(c.data)})
	if cmd.Demo && fresh {
		// Also into a database that an interrupted first start left empty.
		if err := loadDemo(ctx, c, s, library, password); err != nil {
			return err
		}
		fresh = false
	}
	if err := cms.New(s).FillSearch(ctx, progress(c.err, "texts to search in")); err != nil {
		return fmt.Errorf("index what readers search: %w", err)
	}
	if err := cms.New(s).FillFind(ctx); err != nil {
		return fmt.Errorf("index what staff search: %w", err)
	}
	if err := library.FillIndex(ctx); err != nil {
		return fmt.Errorf("index the library: %w", err)
	}
	// What an upload left behind that a crash ended is nobody's now.
	if _, err := files.Sweep(ctx, time.Now()); err != nil {
		slog.Warn("buffers of uploads not removed", "err", err)
	}
	fmt.Fprintf(c.out, "Meridian serves %s from %s.\n", base, c.data)
	if fresh {
		token, err := accounts.NewSetupToken(ctx)
		if err != nil {
			return err
		}
		fmt.Fprintf(c.out, "Nobody has an account yet. Set the site up within the hour at\n  %s/admin/setup?token=%s\n", base, token)
	} else {
		fmt.Fprintf(c.out, "Back office: %s/admin/\n", base)
	}
	asked := tally.New(nil)
	handler, err := newHandler(s, accounts, handlerOptions{Base: base, Proxies: proxies, CacheBytes: cmd.CacheMB << 20, Shared: cmd.SharedCache, Tally: asked, Library: library, Open: opener(files)})
	if err != nil {
		return err
	}
	return serve(ctx, ln, handler, s, library, asked)
}

// newServer returns the server of a handler, with its times and limits.
func newServer(h http.Handler) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: readHeaderTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		ErrorLog:          slog.NewLogLogger(slog.Default().Handler(), slog.LevelWarn),
	}
}

// serve runs the server and the timers, and stops them in that order.
func serve(ctx context.Context, ln net.Listener, h http.Handler, s *store.Store, library *media.Library, asked *tally.Tally) error {
	srv := newServer(h)
	timers, stop := context.WithCancel(context.WithoutCancel(ctx))
	var wg sync.WaitGroup
	wg.Go(func() {
		every(timers, refreshEvery, "see what other processes wrote", s.Refresh)
	})
	wg.Go(func() {
		every(timers, sweepEvery, "sweep what has ended", sweep(s))
	})
	wg.Go(func() {
		every(timers, sweepEvery, "sweep the library", func(ctx context.Context) error { _, err := library.Sweep(ctx); return err })
	})
	wg.Go(func() {
		every(timers, filesEvery, "index the library", func(ctx context.Context) error { _, err := library.Index(ctx); return err })
	})
	wg.Go(func() { library.Work(timers) })
	wg.Go(func() { every(timers, restEvery, "give memory back", rest()) })
	wg.Go(func() {
		every(timers, mergeEvery, "merge the search index", mergeSearch(s))
	})
	wg.Go(func() {
		every(timers, filesEvery, "search without what is withheld", indexAgain(s))
	})
	wg.Go(func() {
		every(timers, tidyEvery, "tidy the search index", s.TidySearch)
	})
	wg.Go(func() {
		every(timers, draftsEvery, "index drafts", indexDrafts(s))
	})
	count := func(ctx context.Context) error { return asked.Flush(ctx, s) }
	wg.Go(func() { every(timers, countEvery, "count what was asked for in vain", count) })
	defer lastly(ctx, "count what was asked for in vain", count) // once the timers have ended
	defer wg.Wait()
	defer stop()
	// What fell due while nothing ran happens before any reader is answered.
	due := &timer{clock: wallClock{}, runDue: cms.New(s).RunDue, changed: s.Scheduled()}
	_, _ = due.once(ctx) // it logs what fails, and the timer tries that again
	wg.Go(func() { due.run(timers) })
	failed := make(chan error, 1)
	wg.Go(func() { failed <- srv.Serve(ln) })
	// What start-up used is given back before the first reader comes.
	debug.FreeOSMemory()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTimeout)
	defer cancel()
	if err := srv.Shutdown(drain); err != nil {
		return fmt.Errorf("stop: %w", err)
	}
	return nil
}

// sweep returns the task that deletes what has ended: sessions, counts of
// failed sign-ins that hold nobody up any more, and what was in the trash for
// long enough.
func sweep(s *store.Store) func(context.Context) error {
	return func(ctx context.Context) error {
		err := s.Tx(ctx, func(tx *store.Tx) error {
			if err := tx.DeleteExpiredSessions(); err != nil {
				return err
			}
			return tx.DeleteOldAttempts(account.HardStop)
		})
		if err != nil {
			return err
		}
		_, err = cms.New(s).PurgeOld(ctx)
		return err
	}
}

// mergesAtOnce is how many parts of the search index are merged before those
// who publish have a second to themselves.
const mergesAtOnce = 20

// mergeSearch returns the task that moves what was indexed lately to where
// searching is quick.
func mergeSearch(s *store.Store) func(context.Context) error {
	return func(ctx context.Context) error {
		for range mergesAtOnce {
			if more, err := s.MergeSearch(ctx); err != nil || !more {
				return err
			}
		}
		return nil
	}
}

// rest returns the task that gives back the memory that nothing is in once
// nobody has asked for anything for a while: between two calls no garbage was
// collected. The collector alone would keep as much again as is in use.
func rest() func(context.Context) error {
	var seen uint32 // collections so far
	rested := false
	return func(context.Context) error {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		if m.NumGC != seen {
			seen, rested = m.NumGC, false
			return nil
		}
		if !rested {
			debug.FreeOSMemory()
			runtime.ReadMemStats(&m)
			seen, rested = m.NumGC, true
		}
		return nil
	}
}

// indexAgain returns the task that has the words about a file found no more when
// readers do not get it any more, and found again when they do.
func indexAgain(s *store.Store) func(context.Context) error {
	c := cms.New(s)
	return func(ctx context.Context) error {
		for {
			if more, err := c.IndexAgain(ctx); err != nil || !more {
				return err
			}
		}
	}
}

// draftsFor is how long drafts are taken apart each time: where a whole database
// is to be indexed, the server has nine tenths of its time for others.
const draftsFor = draftsEvery / 10

// indexDrafts returns the task that puts drafts into the index that staff
// search in.
func indexDrafts(s *store.Store) func(context.Context) error {
	c := cms.New(s)
	settled := false
	return func(ctx context.Context) error {
		for began := time.Now(); time.Since(began) < draftsFor; {
			if more, err := c.IndexDrafts(ctx); err != nil || !more {
				if !settled && err == nil { // a new folder's texts took room that nothing needs again
					settled = true
					debug.FreeOSMemory()
				}
				return err
			}
		}
		return nil
	}
}

// every calls fn until the context ends. A panic is logged and the next call
// comes all the same: no timer may end the process.
func every(ctx context.Context, d time.Duration, what string, fn func(context.Context) error) {
	once := func() {
		defer func() {
			if p := recover(); p != nil {
				slog.Error("timer panicked", "task", what, "panic", p)
			}
		}()
		if err := fn(ctx); err != nil && ctx.Err() == nil {
			slog.Error("timer failed", "task", what, "err", err)
		}
	}
	t := time.NewTicker(d)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			once()
		}
	}
}

// lastly calls fn when everything else has ended, for what a timer would have
// done a moment later.
func lastly(ctx context.Context, what string, fn func(context.Context) error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastlyTimeout)
	defer cancel()
	if err := fn(ctx); err != nil {
		slog.Error("timer failed", "task", what, "err", err)
	}
}

// demoPassword returns the password of the demonstration accounts and whether
// it was made up here, to be printed once.
func demoPassword(given string) (string, bool) {
	if given != "" {
		return given, false
	}
	return rand.Text(), true
}
