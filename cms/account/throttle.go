package account

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/netip"
	"sync"
	"time"
)

// Attempt is the count kept under one key. The zero value stands for a key
// with no tries.
type Attempt struct {
	// Failures is the number of consecutive failures of an account, or how
	// full the bucket of an address is.
	Failures int
	// Last is when the count was last changed.
	Last time.Time
	// BlockedUntil is when the next try is allowed.
	BlockedUntil time.Time
}

// Attempts keeps attempts across restarts. Load returns the zero Attempt for a
// key it does not have; Store with no failures may remove the key. Throttle
// calls them one at a time.
type Attempts interface {
	Load(ctx context.Context, key string) (Attempt, error)
	Store(ctx context.Context, key string, a Attempt) error
}

// The limits for one account.
const (
	FreeFailures = 5                // failures in a row before the first delay
	FirstDelay   = time.Second      // doubled with each further failure
	MaxDelay     = 15 * time.Minute // the longest delay
	HardStop     = 100              // failures in a row after which only a reset helps
)

// Bucket is the limit for an address or for the whole installation: Burst
// tries at once, and one more for every Every that passes. Within a minute
// that is at most Burst + 1 minute / Every.
type Bucket struct {
	Burst int
	Every time.Duration
}

// Default limits. An address never gets more than 20 tries in any minute, and
// the installation no more than 500.
var (
	DefaultPerAddr = Bucket{Burst: 10, Every: 6 * time.Second}
	DefaultGlobal  = Bucket{Burst: 200, Every: 200 * time.Millisecond}
)

// WaitError refuses a try to sign in. What it says must not depend on whether
// the account exists, and does not.
type WaitError struct {
	// Wait is how long to wait before trying again.
	Wait time.Duration
	// Stopped means that waiting will not help: the account has seen HardStop
	// failures in a row and needs Reset. Wait is MaxDelay then.
	Stopped bool
}

func (e *WaitError) Error() string {
	if e.Stopped {
		return "too many failed sign-ins; the account needs a reset"
	}
	return fmt.Sprintf("too many sign-ins; wait %v", e.Wait)
}

// Throttle slows guessing down: per account by delays that double, per address
// and over all by buckets. Accounts that do not exist are counted like those
// that do. Make one with NewThrottle.
type Throttle struct {
	// PerAddr and Global may be changed before the first use.
	PerAddr, Global Bucket

	attempts Attempts
	now      func() time.Time
	mu       sync.Mutex // makes each look, decision and count one step
}

// NewThrottle returns a throttle with the default limits.
func NewThrottle(attempts Attempts, now func() time.Time) *Throttle {
	return &Throttle{PerAddr: DefaultPerAddr, Global: DefaultGlobal, attempts: attempts, now: now}
}

// Begin asks to try a password for the account with this canonical e-mail
// address from this network address. A *WaitError refuses; the password must
// then not be looked at. Otherwise the try is already counted as a failure,
// and Succeed takes that back. Any other error is one of the store and refuses
// too: a throttle that cannot count must not let anybody through.
func (t *Throttle) Begin(ctx context.Context, canonical string, addr netip.Addr) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()

	var refused WaitError
	type write struct {
		key string
		a   Attempt
	}
	var writes []write
	for _, limit := range []struct {
		key  string
		next func(Attempt, time.Time) (Attempt, WaitError)
	}{
		{AccountKey(canonical), nextFailure},
		{AddrKey(addr), t.PerAddr.next},
		{globalKey, t.Global.next},
	} {
		a, err := t.attempts.Load(ctx, limit.key)
		if err != nil {
			return fmt.Errorf("load attempts: %w", err)
		}
		a, w := limit.next(a, now)
		refused.Wait = max(refused.Wait, w.Wait)
		refused.Stopped = refused.Stopped || w.Stopped
		writes = append(writes, write{limit.key, a})
	}
	// A refused try is not counted anywhere, or an attacker could prolong the
	// delay of somebody for ever by asking all the time.
	if refused.Wait > 0 {
		return &refused
	}
	for _, w := range writes {
		if err := t.attempts.Store(ctx, w.key, w.a); err != nil {
			return fmt.Errorf("store attempts: %w", err)
		}
	}
	return nil
}

// Succeed forgets the failures of an account after the right password. The
// try still counts for the address: whoever has one account must not be able
// to pay with it for guesses at others.
func (t *Throttle) Succeed(ctx context.Context, canonical string) error {
	return t.Reset(ctx, canonical)
}

// Reset forgets the failures of an account, also beyond the hard stop. An
// administrator, the command line and a completed password reset call it.
func (t *Throttle) Reset(ctx context.Context, canonical string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := t.attempts.Store(ctx, AccountKey(canonical), Attempt{Last: t.now()}); err != nil {
		return fmt.Errorf("store attempts: %w", err)
	}
	return nil
}

// nextFailure counts one more failure of an account, or refuses.
func nextFailure(a Attempt, now time.Time) (Attempt, WaitError) {
	if a.Failures >= HardStop {
		return a, WaitError{Wait: MaxDelay, Stopped: true}
	}
	if wait := a.BlockedUntil.Sub(now); wait > 0 {
		return a, WaitError{Wait: min(wait, MaxDelay)} // longer only if the clock was set back
	}
	a.Failures++
	a.Last = now
	a.BlockedUntil = now.Add(delay(a.Failures))
	return a, WaitError{}
}

// delay returns how long an account is closed after so many failures.
func delay(failures int) time.Duration {
	if failures < FreeFailures {
		return 0
	}
	d := FirstDelay
	for range failures - FreeFailures {
		if d *= 2; d >= MaxDelay {
			return MaxDelay
		}
	}
	return d
}

// next puts one try into the bucket, or refuses. Last is when the bucket last
// leaked, not when it was last filled, so that part of an interval counts.
func (b Bucket) next(a Attempt, now time.Time) (Attempt, WaitError) {
	elapsed := now.Sub(a.Last)
	if elapsed < 0 { // the clock was set back
		elapsed, a.Last = 0, now
	}
	if leaks := int64(elapsed / b.Every); leaks >= int64(a.Failures) {
		a.Failures, a.Last = 0, now
	} else {
		a.Failures -= int(leaks)
		a.Last = a.Last.Add(time.Duration(leaks) * b.Every)
	}
	if a.Failures >= b.Burst {
		return a, WaitError{Wait: a.Last.Add(b.Every).Sub(now)}
	}
	a.Failures++
	a.BlockedUntil = time.Time{}
	if a.Failures >= b.Burst {
		a.BlockedUntil = a.Last.Add(b.Every)
	}
	return a, WaitError{}
}

const globalKey = "all"

// AccountKey returns the key of an account. It has a fixed length whatever was
// typed, and does not spell out the addresses that people tried.
func AccountKey(canonical string) string {
	sum := sha256.Sum256([]byte(canonical))
	return "account:" + hex.EncodeToString(sum[:16])
}

// AddrKey returns the key of a network address: the address itself for IPv4,
// also where it comes mapped into IPv6, and the /64 for IPv6, of which a
// single home has all.
func AddrKey(addr netip.Addr) string {
	addr = addr.Unmap().WithZone("")
	if addr.Is6() {
		if p, err := addr.Prefix(64); err == nil {
			return "addr:" + p.String()
		}
	}
	return "addr:" + addr.String() // "invalid IP" for the zero address, one bucket for all of them
}
