package account

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// brake is a throttle with a clock that only moves when told to.
type brake struct {
	*Throttle
	clock time.Time
	store *memoryAttempts
}

func newBrake() *brake {
	b := &brake{clock: time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC), store: &memoryAttempts{}}
	b.Throttle = NewThrottle(b.store, func() time.Time { return b.clock })
	return b
}

// try returns how long Begin asks to wait, 0 for a try that was let through.
func (b *brake) try(t testing.TB, who, from string) time.Duration {
	t.Helper()
	err := b.Begin(t.Context(), who, netip.MustParseAddr(from))
	if err == nil {
		return 0
	}
	var wait *WaitError
	if !errors.As(err, &wait) || wait.Wait <= 0 {
		t.Fatalf("Begin: %v", err)
	}
	return wait.Wait
}

// elsewhere is an address that no try has come from yet.
func elsewhere(n int) string { return fmt.Sprintf("10.%d.%d.%d", n>>16&255, n>>8&255, n&255) }

func TestAccountDelays(t *testing.T) {
	t.Parallel()
	b := newBrake()
	want := []time.Duration{0, 0, 0, 0, time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 16 * time.Second,
		32 * time.Second, 64 * time.Second, 128 * time.Second, 256 * time.Second, 512 * time.Second, MaxDelay, MaxDelay}
	for n := range HardStop {
		if w := b.try(t, "a@a.example", elsewhere(n)); w != 0 {
			t.Fatalf("try %d has to wait %v", n+1, w)
		}
		delay := MaxDelay
		if n < len(want) {
			delay = want[n]
		}
		if n+1 == HardStop {
			break
		}
		if delay > 0 {
			if w := b.try(t, "a@a.example", elsewhere(n)); w != delay {
				t.Fatalf("after %d failures: wait %v, want %v", n+1, w, delay)
			}
			b.clock = b.clock.Add(delay - 1)
			if w := b.try(t, "a@a.example", elsewhere(n)); w != 1 {
				t.Fatalf("after %d failures, just before the end: wait %v", n+1, w)
			}
			b.clock = b.clock.Add(1)
		}
	}
	b.clock = b.clock.Add(365 * 24 * time.Hour)
	err := b.Begin(t.Context(), "a@a.example", netip.MustParseAddr("192.0.2.1"))
	var wait *WaitError
	if !errors.As(err, &wait) || !wait.Stopped || wait.Wait != MaxDelay {
		t.Errorf("after %d failures: %v, want a stop", HardStop, err)
	}
	if w := b.try(t, "b@a.example", "192.0.2.1"); w != 0 {
		t.Errorf("another account has to wait %v", w)
	}
	if err := b.Reset(t.Context(), "a@a.example"); err != nil {
		t.Fatal(err)
	}
	if w := b.try(t, "a@a.example", "192.0.2.1"); w != 0 {
		t.Errorf("after a reset: wait %v", w)
	}
}

func TestSuccessStartsAgain(t *testing.T) {
	t.Parallel()
	b := newBrake()
	for round := range 3 {
		for n := range FreeFailures {
			if w := b.try(t, "a@a.example", elsewhere(10*round+n)); w != 0 {
				t.Fatalf("round %d, try %d: wait %v", round, n, w)
			}
		}
		if err := b.Succeed(t.Context(), "a@a.example"); err != nil {
			t.Fatal(err)
		}
	}
}

func TestRefusedTriesAreNotCounted(t *testing.T) {
	t.Parallel()
	b := newBrake()
	for range FreeFailures {
		b.try(t, "a@a.example", "192.0.2.1")
	}
	for range 1000 {
		if w := b.try(t, "a@a.example", "192.0.2.1"); w != FirstDelay {
			t.Fatalf("wait %v", w)
		}
	}
	b.clock = b.clock.Add(FirstDelay)
	if w := b.try(t, "a@a.example", "192.0.2.1"); w != 0 {
		t.Errorf("the owner still has to wait %v", w)
	}
}

// In no minute does an address get more than twenty tries, however it spaces
// them.
func TestAddressLimit(t *testing.T) {
	t.Parallel()
	for _, step := range []time.Duration{time.Millisecond, 100 * time.Millisecond, time.Second, 2500 * time.Millisecond, 5 * time.Second} {
		b := newBrake()
		var passed []time.Time
		for n := 0; b.clock.Before(time.Date(2026, 11, 25, 9, 5, 0, 0, time.UTC)); n++ {
			if b.try(t, fmt.Sprintf("%d@a.example", n), "192.0.2.1") == 0 {
				passed = append(passed, b.clock)
			}
			b.clock = b.clock.Add(step)
		}
		for i := 20; i < len(passed); i++ {
			if d := passed[i].Sub(passed[i-20]); d < time.Minute {
				t.Fatalf("step %v: 21 tries within %v", step, d)
			}
		}
		if len(passed) < 50 { // 10 at once and 10 a minute
			t.Errorf("step %v: only %d tries in five minutes", step, len(passed))
		}
	}
}

func TestAddressLimitSaysHowLong(t *testing.T) {
	t.Parallel()
	b := newBrake()
	for n := range DefaultPerAddr.Burst {
		b.try(t, fmt.Sprint(n), "2001:db8:1:2::1")
	}
	w := b.try(t, "x", "2001:db8:1:2:ffff::9") // same /64
	if w != DefaultPerAddr.Every {
		t.Fatalf("wait %v, want %v", w, DefaultPerAddr.Every)
	}
	if w := b.try(t, "x", "2001:db8:1:3::1"); w != 0 {
		t.Errorf("another /64 has to wait %v", w)
	}
	b.clock = b.clock.Add(w)
	if w := b.try(t, "y", "2001:db8:1:2::1"); w != 0 {
		t.Errorf("after the wait: %v", w)
	}
	if w := b.try(t, "z", "2001:db8:1:2::1"); w != DefaultPerAddr.Every {
		t.Errorf("only one more was due, yet wait is %v", w)
	}
}

func TestGlobalLimit(t *testing.T) {
	t.Parallel()
	b := newBrake()
	passed := 0
	for n := range 10 * DefaultGlobal.Burst {
		if b.try(t, fmt.Sprint(n), elsewhere(n)) == 0 {
			passed++
		}
	}
	if passed != DefaultGlobal.Burst {
		t.Errorf("%d tries passed, want %d", passed, DefaultGlobal.Burst)
	}
	if got := len(b.store.m); got > 2*DefaultGlobal.Burst+1 {
		t.Errorf("%d keys stored", got)
	}
}

func TestClockSetBack(t *testing.T) {
	t.Parallel()
	b := newBrake()
	for n := range FreeFailures + 3 {
		for b.try(t, "a@a.example", elsewhere(n)) != 0 {
			b.clock = b.clock.Add(time.Second)
		}
	}
	b.clock = b.clock.Add(-24 * time.Hour)
	if w := b.try(t, "a@a.example", "192.0.2.9"); w > MaxDelay {
		t.Errorf("wait %v", w)
	}
	if w := b.try(t, "b@a.example", elsewhere(1)); w != 0 {
		t.Errorf("another account has to wait %v", w)
	}
}

func TestParallelGuesses(t *testing.T) {
	t.Parallel()
	b := newBrake()
	var passed atomic.Int32
	var wg sync.WaitGroup
	for n := range 100 {
		wg.Go(func() {
			if b.Begin(t.Context(), "a@a.example", netip.MustParseAddr(elsewhere(n))) == nil {
				passed.Add(1)
			}
		})
	}
	wg.Wait()
	if passed.Load() != FreeFailures {
		t.Errorf("%d guesses passed, want %d", passed.Load(), FreeFailures)
	}
}

// broken is a store that cannot be read or written.
type broken struct {
	memoryAttempts
	load, store error
}

func (b *broken) Load(ctx context.Context, key string) (Attempt, error) {
	a, _ := b.memoryAttempts.Load(ctx, key)
	return a, b.load
}
func (b *broken) Store(context.Context, string, Attempt) error { return b.store }

func TestStoreErrorsRefuse(t *testing.T) {
	t.Parallel()
	down := errors.New("disk full")
	for _, store := range []*broken{{load: down}, {store: down}} {
		th := NewThrottle(store, time.Now)
		if err := th.Begin(t.Context(), "a", netip.MustParseAddr("192.0.2.1")); !errors.Is(err, down) {
			t.Errorf("Begin = %v", err)
		}
	}
}

func TestKeys(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ in, want string }{
		{"192.0.2.1", "addr:192.0.2.1"},
		{"::ffff:192.0.2.1", "addr:192.0.2.1"},
		{"2001:db8:1:2:3:4:5:6", "addr:2001:db8:1:2::/64"},
		{"fe80::1%eth0", "addr:fe80::/64"},
		{"::1", "addr:::/64"},
	} {
		if got := AddrKey(netip.MustParseAddr(tt.in)); got != tt.want {
			t.Errorf("AddrKey(%s) = %s, want %s", tt.in, got, tt.want)
		}
	}
	if got := AddrKey(netip.Addr{}); got != "addr:invalid IP" {
		t.Errorf("AddrKey of nothing = %s", got)
	}
	a, b := AccountKey("a@a.example"), AccountKey("b@a.example")
	if a == b || len(a) != len("account:")+32 {
		t.Errorf("keys %s and %s", a, b)
	}
}

// memoryAttempts keeps attempts in memory. The zero value is ready for use, by one
// Throttle at a time.
type memoryAttempts struct {
	m map[string]Attempt
}

// Load implements Attempts.
func (m *memoryAttempts) Load(_ context.Context, key string) (Attempt, error) {
	return m.m[key], nil
}

// Store implements Attempts.
func (m *memoryAttempts) Store(_ context.Context, key string, a Attempt) error {
	if m.m == nil {
		m.m = map[string]Attempt{}
	}
	if a.Failures == 0 {
		delete(m.m, key)
		return nil
	}
	m.m[key] = a
	return nil
}
