package backup

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"meridian/cms/cmstest"
)

// specimen returns the bytes of a backup of a seeded installation with media.
func specimen(t testing.TB) []byte {
	t.Helper()
	env := cmstest.New(t)
	for name, text := range map[string]string{"a": "some words", "b/photo.jpg": strings.Repeat("not a photo ", 200), "c": ""} {
		name = filepath.Join(env.Dir, mediaDir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o700), os.WriteFile(name, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	made, err := Create(t.Context(), env.Store, env.Dir, Options{Program: "test", To: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(made.Path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func put(t testing.TB, b []byte) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "b.tar")
	if err := os.WriteFile(name, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// damage returns what is wrong with an archive, its database not looked into.
func damage(t testing.TB, name string) []Problem {
	t.Helper()
	a, err := open(name)
	var d *DamageError
	if errors.As(err, &d) {
		return d.Problems
	}
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if err := a.read(t.Context(), nil, func(_, _ int64) {}); err != nil {
		t.Fatal(err)
	}
	return a.problems
}

// TestEveryDamagedByteIsFound changes one byte of an archive after the other:
// every third or so of what is not content, and some hundred of what is. Each change
// is found, and the entry that it is in is named.
func TestEveryDamagedByteIsFound(t *testing.T) {
	t.Parallel()
	// Thousands of times: the database is a small one, and not looked into.
	whole := small(t).bytes(t)
	name := put(t, whole)
	if found := damage(t, name); len(found) > 0 {
		t.Fatalf("found %q in a whole archive", found)
	}
	a, err := open(name)
	if err != nil {
		t.Fatal(err)
	}
	places := a.places
	_ = a.Close()

	seed := rand.Uint64()
	rnd := rand.New(rand.NewPCG(seed, 0))
	var at []int64
	for _, p := range places {
		for i := p.offset - int64(len(p.head)); i < p.offset; i += 1 + rnd.Int64N(5) {
			at = append(at, i)
		}
		if p.name != databaseName && p.size < 4096 {
			for i := p.offset; i < p.end(); i += 1 + rnd.Int64N(8) {
				at = append(at, i)
			}
			continue
		}
		at = append(at, p.offset, p.offset+1, p.offset+9, p.offset+p.size-1, p.offset+p.size-5)
		for range 200 {
			at = append(at, p.offset+rnd.Int64N(p.size))
		}
		for i := p.offset + p.size; i < p.end(); i += 7 {
			at = append(at, i)
		}
	}
	tail := places[len(places)-1].end()
	at = append(at, tail, tail+100, tail+tailSize-1)

	f, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, i := range at {
		flip := byte(1 << rnd.IntN(8))
		if rnd.IntN(4) == 0 {
			flip = byte(1 + rnd.IntN(255))
		}
		if _, err := f.WriteAt([]byte{whole[i] ^ flip}, i); err != nil {
			t.Fatal(err)
		}
		want := ""
		for _, p := range places {
			if i >= p.offset-int64(len(p.head)) && i < p.end() {
				want = p.name
			}
		}
		found := damage(t, name)
		if !slices.ContainsFunc(found, func(p Problem) bool {
			// The list of sums and the manifest stand against each other.
			return p.File == want || (want == sumsName && p.File == manifestName && strings.Contains(p.Says, "one of the two"))
		}) {
			t.Errorf("seed %d: byte %d of %s ^ %#x: found %q", seed, i, want, flip, found)
		}
		if _, err := f.WriteAt(whole[i:i+1], i); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d bytes of %d", len(at), len(whole))
	if found := damage(t, name); len(found) > 0 {
		t.Errorf("found %q in what is whole again", found)
	}
}

// TestDamageOfRealBackups does the same with few bytes of a backup as it is
// made, all the way.
func TestDamageOfRealBackups(t *testing.T) {
	t.Parallel()
	whole := specimen(t)
	seed := rand.Uint64()
	rnd := rand.New(rand.NewPCG(seed, 0))
	for range 25 {
		b, i := bytes.Clone(whole), rnd.IntN(len(whole))
		b[i] ^= byte(1 + rnd.IntN(255))
		if v, err := Verify(t.Context(), put(t, b), nil); err != nil || len(v.Problems) == 0 {
			t.Errorf("seed %d: byte %d: Verify = %+v, %v", seed, i, v, err)
		}
	}
}

// TestCutOff cuts an archive at random lengths.
func TestCutOff(t *testing.T) {
	t.Parallel()
	whole := specimen(t)
	seed := rand.Uint64()
	rnd := rand.New(rand.NewPCG(seed, 0))
	name := put(t, whole)
	for n := int64(len(whole)) - 1; n > blockSize; n -= 1 + rnd.Int64N(int64(len(whole)/15)) {
		if err := os.Truncate(name, n); err != nil {
			t.Fatal(err)
		}
		if found := damage(t, name); len(found) == 0 {
			t.Errorf("seed %d: cut off after %d of %d bytes, and nothing was found", seed, n, len(whole))
		}
		dir := filepath.Join(t.TempDir(), "d")
		_, err := Restore(t.Context(), name, dir, nil)
		if lost(damage(t, name)) == nil {
			continue // all that counts is there
		}
		if _, statErr := os.Stat(dir); !errors.Is(err, ErrDamaged) || statErr == nil {
			t.Errorf("seed %d: cut off after %d of %d bytes: Restore = %v", seed, n, len(whole), err)
		}
	}
	long := put(t, append(bytes.Clone(whole), "and more"...))
	if found := damage(t, long); len(found) != 1 || found[0].File != "" {
		t.Errorf("found %q in an archive that goes on", found)
	}
}

// TestRestoreDespiteScratches: damage between the contents is told, and keeps
// nobody from what is whole.
func TestRestoreDespiteScratches(t *testing.T) {
	t.Parallel()
	b := specimen(t)
	name := put(t, b)
	a, err := open(name)
	if err != nil {
		t.Fatal(err)
	}
	database := a.places[2]
	_ = a.Close()
	b[database.offset-1] ^= 4 // of its head
	out, err := Restore(t.Context(), put(t, b), filepath.Join(t.TempDir(), "d"), nil)
	if err != nil || len(out.Notes) != 1 || !strings.Contains(out.Notes[0], databaseName+" has a damaged head") {
		t.Errorf("Restore = %+v, %v", out, err)
	}
}
