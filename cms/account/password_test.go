package account

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"runtime"
	"runtime/metrics"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"meridian/models"
)

// quick returns a hasher whose keys cost nothing, for tests of everything but
// the cost.
func quick(slots int) *hasher {
	h := newHasher(slots, 2*time.Second)
	h.key = func(password, salt []byte, c cost, length uint32) []byte {
		return argon2id(password, salt, cost{memory: 8, time: 1, threads: 1}, length)
	}
	return h
}

func TestHashAndVerify(t *testing.T) {
	t.Parallel()
	phc, err := Hash(t.Context(), "correct horse battery staple")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(phc, "$argon2id$v=19$m=47104,t=1,p=1$") {
		t.Errorf("PHC = %s", phc)
	}
	for _, tt := range []struct {
		password string
		ok       bool
	}{{"correct horse battery staple", true}, {"correct horse battery stapl", false}, {"", false}} {
		ok, rehash, err := Verify(t.Context(), phc, tt.password)
		if ok != tt.ok || rehash || err != nil {
			t.Errorf("Verify(%q) = %v, %v, %v", tt.password, ok, rehash, err)
		}
	}
	if err := VerifyDummy(t.Context(), "anything"); err != nil {
		t.Error(err)
	}
}

func TestPasswordsAreComparedExactly(t *testing.T) {
	t.Parallel()
	h := quick(2)
	seventyTwo := strings.Repeat("a", 72)
	for _, tt := range []struct {
		name, set, tried string
		ok               bool
	}{
		{"same", "pass phrase", "pass phrase", true},
		{"case", "Pass phrase", "pass phrase", false},
		{"space at the end", "pass phrase ", "pass phrase", false},
		{"spaces only", "   ", "   ", true},
		{"emoji", "🦊 in the 🌧", "🦊 in the 🌧", true},
		{"composed and decomposed", "caf\u00e9", "cafe\u0301", true},
		{"compatible but not canonical", "ﬁne", "fine", false},
		{"different after 72 bytes", seventyTwo + "b", seventyTwo + "c", false},
		{"72 and 73 bytes", seventyTwo, seventyTwo + "a", false},
		{"128 characters", strings.Repeat("é", 128), strings.Repeat("é", 128), true},
		{"longest", strings.Repeat("x", MaxPasswordBytes), strings.Repeat("x", MaxPasswordBytes), true},
		{"zero byte", "a\x00b", "a\x00c", false},
		{"empty", "", "", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			phc, err := h.hash(t.Context(), tt.set)
			if err != nil {
				t.Fatal(err)
			}
			if ok, _, err := h.verify(t.Context(), phc, tt.tried); ok != tt.ok || err != nil {
				t.Errorf("verify = %v, %v, want %v", ok, err, tt.ok)
			}
		})
	}
	a, _ := h.hash(t.Context(), "same")
	if b, _ := h.hash(t.Context(), "same"); a == b {
		t.Error("two hashes share their salt")
	}
	long := strings.Repeat("x", MaxPasswordBytes+1)
	if _, err := h.hash(t.Context(), long); !errors.Is(err, models.ErrInvalid) {
		t.Errorf("hash of a password that is too long: %v", err)
	}
	if ok, _, err := h.verify(t.Context(), a, long); ok || err != nil {
		t.Errorf("verify of a password that is too long: %v, %v", ok, err)
	}
}

func TestRehash(t *testing.T) {
	t.Parallel()
	h := newHasher(2, time.Second)
	phc := func(c cost) string {
		salt := []byte("0123456789abcdef")
		enc := base64.RawStdEncoding
		return fmt.Sprintf("$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s", c.memory, c.time, c.threads,
			enc.EncodeToString(salt), enc.EncodeToString(argon2id([]byte("pw"), salt, c, keyBytes)))
	}
	for _, tt := range []struct {
		c    cost
		want bool
	}{{cost{64, 1, 1}, true}, {cost{64, 2, 2}, true}, {current, false}} {
		if ok, rehash, err := h.verify(t.Context(), phc(tt.c), "pw"); !ok || rehash != tt.want || err != nil {
			t.Errorf("%v: verify = %v, %v, %v, want rehash %v", tt.c, ok, rehash, err, tt.want)
		}
		if ok, rehash, _ := h.verify(t.Context(), phc(tt.c), "wrong"); ok || rehash {
			t.Errorf("%v: a wrong password gave %v, %v", tt.c, ok, rehash)
		}
	}
}

func TestUnreadableHashes(t *testing.T) {
	t.Parallel()
	h := quick(2)
	const salt, key = "MDEyMzQ1Njc4OWFiY2RlZg", "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY"
	for _, phc := range []string{
		"x",
		"$2y$10$abcdefghijklmnopqrstuv",
		"$argon2i$v=19$m=64,t=1,p=1$" + salt + "$" + key,
		"$argon2id$v=16$m=64,t=1,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=64,t=1$" + salt + "$" + key,
		"$argon2id$v=19$m=64,t=1,p=1,x=1$" + salt + "$" + key,
		"$argon2id$v=19$m=064,t=1,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=4294967295,t=1,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=64,t=4000000000,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=64,t=0,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=64,t=1,p=1$" + salt + "$",
		"$argon2id$v=19$m=64,t=1,p=1$$" + key,
		"$argon2id$v=19$m=64,t=1,p=1$" + salt + "$" + key + "=",
		"$argon2id$v=19$m=64,t=1,p=1$" + salt + "$" + key + "$",
	} {
		if ok, _, err := h.verify(t.Context(), phc, "pw"); ok || !errors.Is(err, ErrHash) {
			t.Errorf("verify(%s) = %v, %v, want ErrHash", phc, ok, err)
		}
	}
}

// Known, unknown and disabled accounts must cost the same.
func TestUnknownAccountsCostTheSame(t *testing.T) {
	t.Parallel()
	h := quick(2)
	key := h.key
	var costs []string
	h.key = func(password, salt []byte, c cost, length uint32) []byte {
		costs = append(costs, fmt.Sprint(c, len(salt), length))
		return key(password, salt, c, length)
	}
	phc, err := h.hash(t.Context(), "the password")
	if err != nil {
		t.Fatal(err)
	}
	for _, stored := range []string{phc, "", "broken"} {
		h.verify(t.Context(), stored, "another password")
	}
	for _, c := range costs {
		if c != costs[0] {
			t.Errorf("costs differ: %v", costs)
		}
	}
	if len(costs) != 4 {
		t.Errorf("%d keys computed, want 4", len(costs))
	}
	// Not even a key of zeros opens an account without a password.
	h.key = func(_, _ []byte, _ cost, length uint32) []byte { return make([]byte, length) }
	if ok, _, err := h.verify(t.Context(), "", ""); ok || err != nil {
		t.Errorf("account without a password: %v, %v", ok, err)
	}
}

func TestSlots(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := quick(2)
		var now, most atomic.Int32
		h.key = func(_, _ []byte, _ cost, length uint32) []byte {
			if n := now.Add(1); n > most.Load() {
				most.Store(n)
			}
			defer now.Add(-1)
			time.Sleep(500 * time.Millisecond)
			return make([]byte, length)
		}
		var busy, done atomic.Int32
		var wg sync.WaitGroup
		start := time.Now()
		for range 200 {
			wg.Go(func() {
				switch err := h.verifyOnly(t.Context()); {
				case err == nil:
					done.Add(1)
				case errors.Is(err, models.ErrBusy):
					busy.Add(1)
					if d := time.Since(start); d != 2*time.Second {
						t.Errorf("gave up after %v", d)
					}
				default:
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if most.Load() != 2 || done.Load() < 8 || done.Load() > 10 || done.Load()+busy.Load() != 200 {
			t.Errorf("%d at once, %d done, %d busy", most.Load(), done.Load(), busy.Load())
		}
		// A caller who leaves does not wait.
		h.slots <- struct{}{}
		h.slots <- struct{}{}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := h.verifyOnly(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled: %v", err)
		}
	})
}

func (h *hasher) verifyOnly(ctx context.Context) error {
	_, _, err := h.verify(ctx, "", "pw")
	return err
}

func TestSlotSurvivesAPanic(t *testing.T) {
	t.Parallel()
	h := quick(1)
	h.key = func(_, _ []byte, _ cost, _ uint32) []byte { panic("out of memory") }
	func() {
		defer func() { recover() }()
		h.verifyOnly(t.Context())
	}()
	if len(h.slots) != 0 {
		t.Error("the slot was not given back")
	}
}

// Many sign-ins at once must not take the memory of the machine. 24 real
// hashes would be 1.1 GiB if they ran together.
func TestParallelHashesAreBounded(t *testing.T) {
	h := newHasher(2, time.Minute)
	runtime.GC()
	before := inUse()
	var most atomic.Uint64
	stop := make(chan struct{})
	var watch, wg sync.WaitGroup
	watch.Go(func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(2 * time.Millisecond):
				most.Store(max(most.Load(), inUse()))
			}
		}
	})
	for range 24 {
		wg.Go(func() {
			if err := h.verifyOnly(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	close(stop)
	watch.Wait()
	if grown := int64(most.Load()) - int64(before); grown > 300<<20 {
		t.Errorf("heap grew by %d MiB", grown>>20)
	} else {
		t.Logf("heap grew by %d MiB", grown>>20)
	}
}

// inUse returns the bytes of the heap that the operating system sees as used.
func inUse() uint64 {
	s := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/heap/unused:bytes"}, {Name: "/memory/classes/heap/free:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64() + s[1].Value.Uint64() + s[2].Value.Uint64()
}

func BenchmarkHash(b *testing.B) {
	for b.Loop() {
		if _, err := Hash(b.Context(), "correct horse battery staple"); err != nil {
			b.Fatal(err)
		}
	}
}

func FuzzParsePHC(f *testing.F) {
	f.Add("$argon2id$v=19$m=64,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY")
	f.Add("$argon2id$v=19$m=-1,t= 1,p=+1$$")
	f.Fuzz(func(t *testing.T, phc string) {
		c, salt, key, err := parsePHC(phc)
		if err == nil && (c.memory > highest.memory || c.time > highest.time || c.threads > highest.threads || len(salt) < 8 || len(key) < 16) {
			t.Errorf("accepted %v, %d, %d", c, len(salt), len(key))
		}
	})
}
