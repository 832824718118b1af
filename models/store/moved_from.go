package store

import "context"

// MovedFrom returns the function that reports whether one of some names has
// moved after a number, for names that were kept longer than this process runs.
// It reads the journal behind that number; too many rows move everything.
func (s *Store) MovedFrom(ctx context.Context, after int64) (func(names []uint64) bool, error) {
	p, err := journalAfter(ctx, s.rdb, after)
	if err != nil {
		return nil, err
	}
	m := &moved{newest: map[Name]int64{}}
	m.head.Store(after)
	m.take(p)
	return func(names []uint64) bool { return movedAfter(m, after, names) }, nil
}
