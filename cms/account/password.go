package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"time"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"meridian/models"
)

// MaxPasswordBytes bounds the input of a hash as it was sent, in bytes.
const MaxPasswordBytes = 1024

// ErrHash means that a stored password hash cannot be read.
var ErrHash = errors.New("stored password hash cannot be read")

// cost is what a hash is made with.
type cost struct {
	memory  uint32 // KiB
	time    uint32 // passes
	threads uint8
}

// current is the cost of new hashes: 46 MiB, about 40 ms on one core.
var current = cost{memory: 47104, time: 1, threads: 1}

const (
	saltBytes = 16
	keyBytes  = 32
)

// Limits on the cost in a stored hash, so that a row nobody should have been
// able to write does not take the memory of the machine.
var highest = cost{memory: 256 << 10, time: 16, threads: 16}

// hasher bounds how many hashes are computed at once, since each takes 46 MiB.
type hasher struct {
	slots chan struct{}
	wait  time.Duration // how long a caller waits for a slot
	key   func(password, salt []byte, c cost, length uint32) []byte
}

func newHasher(slots int, wait time.Duration) *hasher {
	return &hasher{slots: make(chan struct{}, slots), wait: wait, key: argon2id}
}

func argon2id(password, salt []byte, c cost, length uint32) []byte {
	return argon2.IDKey(password, salt, c.time, c.memory, c.threads, length)
}

// shared is the hasher of the process. The bound is on the memory of the
// machine, so it is one for all callers.
var shared = newHasher(min(max(runtime.GOMAXPROCS(0), 2), 4), 2*time.Second)

// Hash returns the argon2id hash of a password as a PHC string, which holds
// its own salt and cost. The password is normalised to NFC, so that the same
// characters typed on another system still match. An error is
// models.ErrInvalid for more than MaxPasswordBytes, models.ErrBusy when no
// slot was free within two seconds, or that of ctx.
func Hash(ctx context.Context, password string) (string, error) {
	return shared.hash(ctx, password)
}

// Verify reports whether password is the one that phc was made of, and if so
// whether it should be hashed again because the cost has risen since. An
// empty phc stands for an account without a password: it takes as long as a
// wrong password and is never ok. Errors are models.ErrBusy, ErrHash or that
// of ctx; a password that is too long is merely wrong.
func Verify(ctx context.Context, phc, password string) (ok, rehash bool, err error) {
	return shared.verify(ctx, phc, password)
}

// VerifyDummy takes the time and the memory of Verify for an account that
// does not exist, so that nobody learns which accounts do. Errors are those of
// Verify.
func VerifyDummy(ctx context.Context, password string) error {
	_, _, err := shared.verify(ctx, "", password)
	return err
}

func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	if len(password) > MaxPasswordBytes {
		return "", fmt.Errorf("password of %d bytes: %w", len(password), models.ErrInvalid)
	}
	salt := make([]byte, saltBytes)
	rand.Read(salt) // never fails
	key, err := h.derive(ctx, password, salt, current, keyBytes)
	if err != nil {
		return "", err
	}
	enc := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version,
		current.memory, current.time, current.threads, enc.EncodeToString(salt), enc.EncodeToString(key)), nil
}

func (h *hasher) verify(ctx context.Context, phc, password string) (ok, rehash bool, err error) {
	if len(password) > MaxPasswordBytes { // for every account alike, so nothing is learnt from the speed
		return false, false, nil
	}
	c, salt, want, parseErr := parsePHC(phc)
	if parseErr != nil {
		c, salt, want = current, make([]byte, saltBytes), make([]byte, keyBytes)
	}
	got, err := h.derive(ctx, password, salt, c, uint32(len(want)))
	if err != nil {
		return false, false, err
	}
	if parseErr != nil {
		if phc == "" {
			return false, false, nil
		}
		return false, false, parseErr
	}
	if subtle.ConstantTimeCompare(got, want) != 1 {
		return false, false, nil
	}
	return true, c != current || len(salt) != saltBytes || len(want) != keyBytes, nil
}

// derive waits for a slot and computes a key.
func (h *hasher) derive(ctx context.Context, password string, salt []byte, c cost, length uint32) ([]byte, error) {
	timer := time.NewTimer(h.wait)
	defer timer.Stop()
	select {
	case h.slots <- struct{}{}:
	case <-timer.C:
		return nil, fmt.Errorf("hash password: no slot within %v: %w", h.wait, models.ErrBusy)
	case <-ctx.Done():
		return nil, fmt.Errorf("hash password: %w", ctx.Err())
	}
	defer func() { <-h.slots }()
	return h.key(norm.NFC.Bytes([]byte(password)), salt, c, length), nil
}

// parsePHC reads "$argon2id$v=19$m=…,t=…,p=…$salt$key".
func parsePHC(phc string) (c cost, salt, key []byte, err error) {
	part := strings.Split(phc, "$")
	if len(part) != 6 || part[0] != "" || part[1] != "argon2id" || part[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return c, nil, nil, ErrHash
	}
	if _, err := fmt.Sscanf(part[3], "m=%d,t=%d,p=%d", &c.memory, &c.time, &c.threads); err != nil ||
		part[3] != fmt.Sprintf("m=%d,t=%d,p=%d", c.memory, c.time, c.threads) {
		return c, nil, nil, ErrHash
	}
	if c.memory < 8 || c.time < 1 || c.threads < 1 ||
		c.memory > highest.memory || c.time > highest.time || c.threads > highest.threads {
		return c, nil, nil, ErrHash
	}
	salt, saltErr := base64.RawStdEncoding.Strict().DecodeString(part[4])
	key, keyErr := base64.RawStdEncoding.Strict().DecodeString(part[5])
	if saltErr != nil || keyErr != nil || len(salt) < 8 || len(salt) > 64 || len(key) < 16 || len(key) > 64 {
		return c, nil, nil, ErrHash
	}
	return c, salt, key, nil
}
