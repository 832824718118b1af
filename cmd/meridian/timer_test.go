package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"meridian/cms"
	"meridian/cms/block"
	"meridian/cms/cmstest"
	"meridian/cms/tally"
	"meridian/models"
)

// testClock is a clock whose two halves are moved by the test: what it shows,
// and the time that runs for timers. A machine that sleeps, or whose clock is
// set, moves the first alone. It serves one waiter.
type testClock struct {
	show *cmstest.Clock

	mu     sync.Mutex
	cond   *sync.Cond
	waiter chan time.Time // nil while nobody waits
	left   time.Duration  // until the waiter is served
	waits  int            // how often somebody began to wait
}

func newTestClock(show *cmstest.Clock) *testClock {
	c := &testClock{show: show}
	c.cond = sync.NewCond(&c.mu)
	return c
}

func (c *testClock) Now() time.Time { return c.show.Now() }

func (c *testClock) After(d time.Duration) <-chan time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waiter, c.left = make(chan time.Time, 1), d
	c.waits++
	c.cond.Broadcast()
	return c.waiter
}

// settle waits until somebody began to wait after the given number of times.
func (c *testClock) settle(waits int) {
	late := false
	alarm := time.AfterFunc(30*time.Second, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		late = true
		c.cond.Broadcast()
	})
	defer alarm.Stop()
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.waits <= waits {
		if late {
			panic("the timer neither looked again nor waits")
		}
		c.cond.Wait()
	}
}

func (c *testClock) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.waits
}

// run lets time pass for the clock and for whoever waits.
func (c *testClock) run(d time.Duration) {
	for d > 0 {
		c.mu.Lock()
		step := min(d, c.left)
		c.show.Advance(step)
		c.left -= step
		d -= step
		served, waits := c.left == 0, c.waits
		if served {
			c.waiter <- c.show.Now()
		}
		c.mu.Unlock()
		if served {
			c.settle(waits)
		}
	}
}

// jump sets what the clock shows; nobody who waits notices.
func (c *testClock) jump(d time.Duration) { c.show.Advance(d) }

// bench is a timer over a seeded installation.
type bench struct {
	*cmstest.Env
	t     *testing.T
	clock *testClock
	reads atomic.Int32
}

// newBench starts the timer; it runs until the test ends.
func newBench(t *testing.T, runDue func(context.Context, *cmstest.Env) (time.Time, error)) *bench {
	t.Helper()
	env := cmstest.New(t)
	b := &bench{Env: env, t: t, clock: newTestClock(env.Clock)}
	if runDue == nil {
		runDue = func(ctx context.Context, env *cmstest.Env) (time.Time, error) { return env.CMS.RunDue(ctx) }
	}
	tm := &timer{clock: b.clock, changed: env.Store.Scheduled(), runDue: func(ctx context.Context) (time.Time, error) {
		b.reads.Add(1)
		return runDue(ctx, env)
	}}
	ctx, stop := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { tm.run(ctx) })
	t.Cleanup(func() { stop(); wg.Wait() })
	b.clock.settle(0)
	return b
}

// page makes a page that is scheduled for a moment, in whole minutes, and waits
// until the timer knows of it.
func (b *bench) page(at time.Time) string {
	b.t.Helper()
	id := pageFor(b.t, b.Env)
	waits := b.clock.count()
	scheduleAt(b.t, b.Env, id, at)
	b.clock.settle(waits)
	return id
}

func pageFor(t *testing.T, env *cmstest.Env) string {
	t.Helper()
	id := env.Create(t, cms.NewEntry{Kind: models.KindPage, Section: env.About, Lang: "en", Title: "Scheduled page"})
	env.Write(t, id, "en", "A summary.", block.Paragraph(block.Text("Words that wait.")))
	return id
}

func scheduleAt(t *testing.T, env *cmstest.Env, id string, at time.Time) {
	t.Helper()
	_, err := env.CMS.Schedule(t.Context(), env.Editor, cms.Schedule{
		Entry: id, Lang: "en", Act: models.SchedulePublish, Version: env.Edition(t, id, "en").Version,
		FactsVersion: env.Edition(t, id, models.Facts).Version, Local: at.UTC().Format(models.LocalLayout), Zone: "UTC",
	})
	if err != nil {
		t.Fatal(err)
	}
}

// wantAt fails unless the page became public within a second of its moment,
// and not before.
func (b *bench) wantAt(id string, at time.Time) {
	b.t.Helper()
	d := b.Edition(b.t, id, "en")
	if !d.Live() {
		b.t.Errorf("due at %v, at %v it is not public", at, b.clock.Now())
		return
	}
	if late := d.PublishedAt.Sub(at); late < 0 || late > time.Second {
		b.t.Errorf("due at %v, public %v later", at, late)
	}
}

func (b *bench) wantNotYet(id string) {
	b.t.Helper()
	if b.Edition(b.t, id, "en").Live() {
		b.t.Errorf("public at %v already", b.clock.Now())
	}
}

func TestTimerIsNeverEarlyAndHardlyLate(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	rnd := rand.New(rand.NewPCG(3, 4))
	start := b.clock.Now()
	due := map[string]time.Time{}
	// Moments come in any order, several at once, some while others pass.
	for round := range 6 {
		for range 4 {
			at := start.Add(time.Duration(10*round+1+rnd.IntN(30)) * time.Minute)
			due[b.page(at)] = at
		}
		for range 20 {
			b.clock.run(time.Duration(1 + rnd.Int64N(int64(time.Minute))))
			for id, at := range due {
				if b.clock.Now().Before(at) {
					b.wantNotYet(id)
				} else if b.clock.Now().After(at.Add(time.Second)) {
					b.wantAt(id, at)
				}
			}
		}
	}
	b.clock.run(2 * time.Hour)
	for id, at := range due {
		b.wantAt(id, at)
	}
}

// TestTimerLearnsOfEarlierMoments: one that comes before the one waited for.
func TestTimerLearnsOfEarlierMoments(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	start := b.clock.Now()
	later := b.page(start.Add(time.Hour))
	b.clock.run(100 * time.Millisecond)
	sooner := b.page(start.Add(time.Minute))
	b.clock.run(time.Minute)
	b.wantAt(sooner, start.Add(time.Minute))
	b.wantNotYet(later)
}

// TestTimerReadsSeldom: looking at the clock is not looking into the database.
func TestTimerReadsSeldom(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	before := b.reads.Load()
	b.clock.run(time.Hour)
	if n := b.reads.Load() - before; n != int32(time.Hour/rereadEvery) {
		t.Errorf("%d reads in an hour, want one every %v", n, rereadEvery)
	}
}

// TestTimerSeesWhatNobodyToldIt: another process scheduled something.
func TestTimerSeesWhatNobodyToldIt(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	start := b.clock.Now()
	id := b.page(start.Add(time.Hour))
	b.Exec(t, "UPDATE schedules SET at = '"+start.Add(time.Minute).Format("2006-01-02 15:04:05-07:00")+"'")
	b.clock.run(2 * time.Minute)
	b.wantAt(id, start.Add(time.Minute))
}

// TestTimerAfterSleep: a machine that slept over a moment carries it out within
// a second of waking up.
func TestTimerAfterSleep(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	start := b.clock.Now()
	id, later := b.page(start.Add(time.Hour)), b.page(start.Add(9*time.Hour))
	b.clock.run(time.Minute)
	b.clock.jump(7*time.Hour + 123*time.Millisecond)
	b.wantNotYet(id)
	woke := b.clock.Now()
	b.clock.run(time.Second)
	b.wantAt(id, woke)
	b.wantNotYet(later)
	b.clock.run(3 * time.Hour)
	b.wantAt(later, start.Add(9*time.Hour))
}

func TestTimerWhenTheClockIsSetForward(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	at := b.clock.Now().Add(10 * time.Minute)
	id := b.page(at)
	b.clock.jump(10*time.Minute - 500*time.Millisecond) // just short of it
	b.clock.run(400 * time.Millisecond)
	b.wantNotYet(id)
	b.clock.run(time.Second)
	b.wantAt(id, at)
}

func TestTimerWhenTheClockIsSetBack(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	at := b.clock.Now().Add(10 * time.Minute)
	id := b.page(at)
	b.clock.run(10*time.Minute - 200*time.Millisecond)
	b.clock.jump(-time.Hour)
	// The timer that was armed ends now; by the clock there is an hour left.
	b.clock.run(time.Second)
	b.wantNotYet(id)
	b.clock.run(59 * time.Minute)
	b.wantNotYet(id)
	b.clock.run(time.Minute)
	b.wantAt(id, at)
	// The moment comes once more, and nothing happens.
	head, version := b.Store.Head(), b.Edition(t, id, "en").Version
	b.clock.jump(-2 * time.Hour)
	b.clock.run(4 * time.Hour)
	if b.Store.Head() != head || b.Edition(t, id, "en").Version != version {
		t.Error("it happened twice")
	}
}

// TestTimerGoesOnAfterFailures: one that cannot be carried out is tried again,
// ever less often, and the others are on time.
func TestTimerGoesOnAfterFailures(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	start := b.clock.Now()
	broken := b.page(start.Add(time.Minute))
	b.Exec(t, "DROP TRIGGER revisions_sealed; UPDATE revisions SET body = '{' WHERE reason = 'scheduled' AND edition_id = '"+b.Edition(t, broken, "en").ID+"'")
	due := map[string]time.Time{}
	for _, after := range []time.Duration{time.Minute, 2 * time.Minute, 7 * time.Minute, 31 * time.Minute} {
		due[b.page(start.Add(after))] = start.Add(after)
	}
	before := b.reads.Load()
	b.clock.run(time.Hour)
	for id, at := range due {
		b.wantAt(id, at)
	}
	b.wantNotYet(broken)
	if n := int(b.reads.Load() - before); n < 100 || n > 140 {
		t.Errorf("%d tries in an hour", n)
	}
}

// TestTimerRetriesSoon: a database that is busy, and a panic, are tried again
// after a second, then after two.
func TestTimerRetriesSoon(t *testing.T) {
	t.Parallel()
	for name, fail := range map[string]func() error{
		"busy":  func() error { return errors.New("database is locked") },
		"panic": func() error { panic("a timer must not end the process") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var mu sync.Mutex
			var tries []time.Duration
			var start time.Time
			b := newBench(t, func(ctx context.Context, env *cmstest.Env) (time.Time, error) {
				mu.Lock()
				defer mu.Unlock()
				if start.IsZero() {
					start = env.Clock.Now()
				}
				tries = append(tries, env.Clock.Now().Sub(start))
				if len(tries) <= 2 {
					if err := fail(); err != nil {
						return time.Time{}, err
					}
				}
				return env.CMS.RunDue(ctx)
			})
			id := pageFor(t, b.Env)
			b.clock.run(40 * time.Second)
			mu.Lock()
			if want := []time.Duration{0, time.Second, 3 * time.Second, 33 * time.Second}; !slices.Equal(tries, want) {
				t.Errorf("tried after %v, want %v", tries, want)
			}
			mu.Unlock()
			at := b.clock.Now().Truncate(time.Minute).Add(2 * time.Minute)
			waits := b.clock.count()
			scheduleAt(t, b.Env, id, at)
			b.clock.settle(waits)
			b.clock.run(3 * time.Minute)
			b.wantAt(id, at)
		})
	}
}

// TestOverdueHappensBeforeAnswers: a process that starts late carries out what
// fell due before the first reader is answered.
func TestOverdueHappensBeforeAnswers(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	id := pageFor(t, env)
	at := cmstest.Start.Add(time.Hour)
	scheduleAt(t, env, id, at)
	env.Clock.Advance(50 * time.Hour) // nothing runs
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	// The reader asks before the program is ready.
	conn, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := fmt.Fprint(conn, "GET /en/about-us/scheduled-page HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nConnection: close\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- serve(ctx, ln, testHandler(t, env), env.Store, env.Library, tally.New(env.Clock.Now)) }()
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK || !strings.Contains(string(body), "Words that wait.") {
		t.Errorf("the first reader gets %d, %v", res.StatusCode, err)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// TestRest: memory is given back when nothing happened between two looks, once.
func TestRest(t *testing.T) { // not parallel: it counts collections
	task := rest()
	collections := func() uint32 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.NumGC
	}
	look := func() {
		t.Helper()
		if err := task(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // only the collections asked for
	for _, tt := range []struct {
		when    string
		busy    bool
		collect bool
	}{{"the first look", false, false}, {"a quiet time", false, true}, {"a longer one", false, false}, {"work", true, false}, {"quiet again", false, true}} {
		if tt.busy {
			runtime.GC()
		}
		before := collections()
		look()
		if collected := collections() > before; collected != tt.collect {
			t.Errorf("%s: memory was given back: %v", tt.when, collected)
		}
	}
}
