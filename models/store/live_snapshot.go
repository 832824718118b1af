package store

import (
	"context"
	"errors"
	"fmt"
)

// snapshotKey marks a context whose reads see one moment of the database.
type snapshotKey struct{}

// snapshotTries bounds how often the connections of a snapshot are opened
// until nothing was published between them.
const snapshotTries = 100

// LiveSnapshot calls fn with n contexts. Live under one of them reads, for as long
// as fn runs, what was public when it began: all of them the same, whatever is
// published meanwhile. Each is for one reader at a time. They hold n
// connections, and the write-ahead log grows until fn returns.
func (s *Store) LiveSnapshot(ctx context.Context, n int, fn func([]context.Context) error) error {
	if n < 1 || n > readers {
		return fmt.Errorf("store: a snapshot for %d readers", n)
	}
	for range snapshotTries {
		err := s.snapshot(ctx, nil, n, fn)
		if !errors.Is(err, errUneven) {
			return err
		}
	}
	return fmt.Errorf("store: no moment without a change in %d tries", snapshotTries)
}

// errUneven means that something was published while a snapshot was opened.
var errUneven = errors.New("snapshot of two moments")

// snapshot opens what is missing of n connections, one inside the other.
func (s *Store) snapshot(ctx context.Context, open []*Live, n int, fn func([]context.Context) error) error {
	if len(open) == n {
		list := make([]context.Context, n)
		for i, l := range open {
			if l.Head != open[0].Head {
				return errUneven
			}
			list[i] = context.WithValue(ctx, snapshotKey{}, l)
		}
		return fn(list)
	}
	return s.Live(ctx, func(l *Live) error { return s.snapshot(ctx, append(open, l), n, fn) })
}
