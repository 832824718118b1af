package main

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"
)

// Times of the timer of schedules.
const (
	// lookEvery bounds how late something is when the clock was set forward or
	// the machine slept: timers of the operating system know of neither.
	lookEvery = time.Second
	// rereadEvery is how long the earliest moment is believed, for what another
	// process scheduled.
	rereadEvery = 30 * time.Second
	// A failure is tried again after retryFirst, then each time after twice as
	// long, up to rereadEvery.
	retryFirst = time.Second
)

// clock is what the timer knows of time.
type clock interface {
	Now() time.Time
	// After yields a value once d has passed. Time during which the machine
	// sleeps may not count.
	After(d time.Duration) <-chan time.Time
}

// wallClock is the clock of the machine.
type wallClock struct{}

func (wallClock) Now() time.Time                         { return time.Now() }
func (wallClock) After(d time.Duration) <-chan time.Time { return time.After(d) }

// timer waits for the earliest moment at which something is scheduled and has
// it carried out. Whether a moment has come is decided by whoever carries it
// out, so waking too soon does nothing.
type timer struct {
	clock clock
	// runDue carries out what is due and returns the earliest moment after
	// that, the zero time when there is none. What failed it tries again when
	// it is called again.
	runDue func(context.Context) (next time.Time, err error)
	// changed yields a value when something got a moment.
	changed <-chan struct{}
}

// run serves schedules until the context ends. Nothing is early, and while the
// process runs nothing is more than lookEvery late.
func (t *timer) run(ctx context.Context) {
	var pause time.Duration
	for ctx.Err() == nil {
		next, err := t.once(ctx)
		if err == nil {
			pause = 0
			t.wait(ctx, next, rereadEvery)
			continue
		}
		pause = min(max(2*pause, retryFirst), rereadEvery)
		t.wait(ctx, next, pause)
	}
}

// once carries out what is due. An error is logged, and so is a panic: no
// timer may end the process.
func (t *timer) once(ctx context.Context) (next time.Time, err error) {
	defer func() {
		if p := recover(); p != nil {
			next, err = time.Time{}, fmt.Errorf("panic: %v", p)
			slog.Error("timer panicked", "task", "carry out what is scheduled", "panic", p, "stack", string(debug.Stack()))
		}
	}()
	next, err = t.runDue(ctx)
	if err != nil && ctx.Err() == nil {
		slog.Error("timer failed", "task", "carry out what is scheduled", "err", err)
	}
	return next, err
}

// wait returns at next, when something got a moment, when longest has passed,
// or when the context ends. It looks at the clock again and again instead of
// trusting one long timer.
func (t *timer) wait(ctx context.Context, next time.Time, longest time.Duration) {
	for waited := time.Duration(0); waited < longest; {
		d := min(lookEvery, longest-waited)
		if !next.IsZero() {
			left := next.Sub(t.clock.Now())
			if left <= 0 {
				return
			}
			d = min(d, left)
		}
		select {
		case <-ctx.Done():
			return
		case <-t.changed:
			return
		case <-t.clock.After(d):
			waited += d
		}
	}
}
