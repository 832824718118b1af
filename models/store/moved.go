package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
)

// moved knows, by name, the newest row of the journal that moved it. It follows
// the journal: the head, which everything readers see is asked for by, rises
// only once all rows up to it have been taken in.
type moved struct {
	head atomic.Int64

	mu     sync.RWMutex
	newest map[Name]int64
	// floor is a number up to which everything counts as moved: what is known
	// of names is bounded.
	floor int64
}

const (
	// namesKept bounds the names in moved, about two megabytes. Half of them go
	// when there are more, those that moved least recently.
	namesKept = 1 << 15
	// rowsAtOnce is how many rows are taken in one by one. More of them, such
	// as a large branch that moved, move everything.
	rowsAtOnce = 2048
)

// movedAfter reports whether one of the names has moved after a number.
func movedAfter[N Name | uint64](m *moved, seq int64, names []N) bool {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if seq < m.floor {
		return true
	}
	for _, n := range names {
		if m.newest[Name(n)] > seq {
			return true
		}
	}
	return false
}

// journalPart is the rows of the journal behind a number. With too many of
// them there is only the number of the last one.
type journalPart struct {
	after, last int64
	rows        []movedRow
}

// take takes in a part of the journal that follows on what is known; what is
// known already is passed over.
func (m *moved) take(p journalPart) {
	m.mu.Lock()
	defer m.mu.Unlock()
	head := m.head.Load()
	if p.last <= head {
		return
	}
	if p.rows == nil || p.after > head {
		m.forget(p.last)
	}
	for _, r := range p.rows {
		if r.seq <= head {
			continue
		}
		m.newest[NameEverything] = r.seq
		if !r.moves(func(n Name) { m.newest[n] = r.seq }) {
			m.forget(r.seq)
		}
	}
	if len(m.newest) > namesKept {
		m.halve()
	}
	m.head.Store(p.last)
}

// forget lets everything count as moved at a number.
func (m *moved) forget(seq int64) {
	m.floor = max(m.floor, seq)
	clear(m.newest)
	m.newest[NameEverything] = m.floor
}

// halve forgets the names that moved least recently.
func (m *moved) halve() {
	seqs := make([]int64, 0, len(m.newest))
	for _, seq := range m.newest {
		seqs = append(seqs, seq)
	}
	slices.Sort(seqs)
	m.floor = max(m.floor, seqs[len(seqs)/2])
	for n, seq := range m.newest {
		if seq <= m.floor {
			delete(m.newest, n)
		}
	}
}

// querier reads the database: a pool, or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// journalAfter reads the rows of the journal behind a number.
func journalAfter(ctx context.Context, db querier, after int64) (p journalPart, err error) {
	p.after, p.last = after, after
	rows, err := db.QueryContext(ctx, "SELECT seq, subject, subject_id, kind, lang, action, branch, nav FROM changes WHERE seq > ? ORDER BY seq LIMIT ?", after, rowsAtOnce+1)
	if err != nil {
		return p, fmt.Errorf("read journal: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var r movedRow
		if err := rows.Scan(&r.seq, &r.subject, &r.id, &r.kind, &r.lang, &r.action, &r.branch, &r.nav); err != nil {
			return p, fmt.Errorf("read journal: %w", err)
		}
		p.rows, p.last = append(p.rows, r), r.seq
	}
	if err := rows.Err(); err != nil {
		return p, fmt.Errorf("read journal: %w", err)
	}
	if len(p.rows) > rowsAtOnce {
		return p, journalEnd(ctx, db, &p)
	}
	return p, nil
}

// journalEnd leaves nothing in a part but the number of the newest row.
func journalEnd(ctx context.Context, db querier, p *journalPart) (err error) {
	p.rows = nil
	rows, err := db.QueryContext(ctx, "SELECT max(seq) FROM changes")
	if err != nil {
		return fmt.Errorf("read journal head: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := rows.Scan(&p.last); err != nil {
			return fmt.Errorf("read journal head: %w", err)
		}
	}
	return rows.Err()
}

// Head returns the number of the newest journal row this process knows of.
// What was made of the site at that number is as good as new while it stands.
func (s *Store) Head() int64 { return s.moved.head.Load() }

// Moved reports whether one of the names has moved after a number, as far as
// the journal is known up to Head. It errs on the side of true.
func (s *Store) Moved(after int64, names []Name) bool { return movedAfter(&s.moved, after, names) }

// MovedSince is Moved for names that were kept as bare numbers.
func (s *Store) MovedSince(after int64, names []uint64) bool {
	return movedAfter(&s.moved, after, names)
}

// Refresh reads the rows that the journal got meanwhile, so that this process
// sees what another one wrote. It costs one lookup.
func (s *Store) Refresh(ctx context.Context) error {
	p, err := journalAfter(ctx, s.rdb, s.Head())
	if err != nil {
		return err
	}
	s.moved.take(p)
	return nil
}
