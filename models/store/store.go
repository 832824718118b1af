package store

import (
	"cmp"
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
	"gorm.io/gorm"

	"meridian/models"
)

// File is the name of the database in the data folder.
const File = "meridian.db"

// Errors of opening a data folder.
var (
	// ErrLocked means that another process serves or migrates the folder.
	ErrLocked = errors.New("data folder is in use by another process")
	// ErrNoDatabase means that the folder holds no database yet.
	ErrNoDatabase = errors.New("data folder holds no database")
	// ErrNewerSchema means that a newer version of the program wrote it.
	ErrNewerSchema = errors.New("database was written by a newer version")
	// ErrOlderSchema means that migrations are pending.
	ErrOlderSchema = errors.New("database needs migrating")
	// ErrDamaged means that SQLite's own check found the file broken.
	ErrDamaged = errors.New("database is damaged")
)

// Options say how a data folder is opened.
type Options struct {
	// Exclusive takes the lock of the folder for as long as the store is
	// open: serve, migrate, seed. Others work beside a running server.
	Exclusive bool
	// Create makes the database when the folder holds none.
	Create bool
	// CacheKB is the memory the writing connection keeps pages in; 0 is what a
	// server needs. Writing a great deal at once goes faster with more.
	CacheKB int
	// Clock is time.Now unless a test says otherwise.
	Clock func() time.Time
	// Random is where ids come from: crypto/rand unless a test says otherwise.
	// It must be safe for concurrent use.
	Random io.Reader
}

// Store is an open data folder.
type Store struct {
	dir    string
	clock  func() time.Time
	random io.Reader
	lock   *flock.Flock
	wdb    *sql.DB
	rdb    *sql.DB
	writer *gorm.DB
	reader *gorm.DB
	moved  moved
	// cacheKB is the memory the writing connection keeps pages in.
	cacheKB int
	// scheduled holds a word for the timer: something has a moment now.
	scheduled chan struct{}
	// words are some of those that are kept for searching.
	words *knownWords
	index wordIndexes
}

// Open opens the data folder dir. Pending migrations are applied when the
// lock of the folder can be had; the database is copied to backups first.
func Open(ctx context.Context, dir string, o Options) (_ *Store, err error) {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Random == nil {
		o.Random = rand.Reader
	}
	s := &Store{dir: dir, clock: o.Clock, random: o.Random, cacheKB: cmp.Or(o.CacheKB, writerCacheKB), scheduled: make(chan struct{}, 1), words: newKnownWords(), index: newWordIndexes(), moved: moved{newest: map[Name]int64{}}}
	defer func() {
		if err != nil {
			_ = s.Close()
		}
	}()
	path := filepath.Join(dir, File)
	_, statErr := os.Stat(path)
	if statErr != nil && !o.Create {
		return nil, fmt.Errorf("%s: %w", dir, ErrNoDatabase)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make data folder: %w", err)
	}
	lock := flock.New(filepath.Join(dir, LockFile), flock.SetPermissions(0o600))
	locked, err := tryLock(ctx, lock, o.Exclusive)
	if err != nil {
		return nil, fmt.Errorf("lock data folder: %w", err)
	}
	if locked {
		s.lock = lock
	} else if o.Exclusive {
		return nil, fmt.Errorf("%s: %w", dir, ErrLocked)
	}
	if f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600); err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	} else if err := f.Close(); err != nil {
		return nil, err
	}
	if s.wdb, err = openWriter(path, s.cacheKB); err != nil {
		return nil, err
	}
	if locked && statErr == nil {
		if err := quickCheck(ctx, s.wdb); err != nil {
			return nil, err
		}
	}
	if err := migrate(ctx, s.wdb, dir, locked, s.now()); err != nil {
		return nil, err
	}
	if s.rdb, err = openReaders(path); err != nil {
		return nil, err
	}
	if s.writer, err = orm(s.wdb, s.now); err != nil {
		return nil, err
	}
	if s.reader, err = orm(s.rdb, s.now); err != nil {
		return nil, err
	}
	if err := s.Refresh(ctx); err != nil {
		return nil, err
	}
	if locked && !o.Exclusive {
		s.lock = nil
		err = lock.Close()
	}
	return s, err
}

// tryLock takes the lock of a folder if it can be had. A command that opens a
// folder beside a server holds it for a moment, so whoever needs it tries
// again for half a second.
func tryLock(ctx context.Context, lock *flock.Flock, insist bool) (bool, error) {
	for range 10 {
		locked, err := lock.TryLock()
		if locked || err != nil || !insist {
			return locked, err
		}
		select {
		case <-ctx.Done():
			return false, ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
	return false, nil
}

// quickCheck looks for damage before anything is written.
func quickCheck(ctx context.Context, db *sql.DB) error {
	var answer string
	if err := db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&answer); err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if answer != "ok" {
		return fmt.Errorf("%w: %s", ErrDamaged, answer)
	}
	return nil
}

// Close closes the pools and gives the lock back.
func (s *Store) Close() error {
	var errs []error
	for _, db := range []*sql.DB{s.rdb, s.wdb} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	if s.lock != nil {
		errs = append(errs, s.lock.Close())
	}
	return errors.Join(errs...)
}

// now is the clock in the resolution that is stored: microseconds, UTC.
func (s *Store) now() time.Time { return s.clock().UTC().Truncate(time.Microsecond) }

// Now is the time of the store's clock in the resolution that is stored:
// microseconds, UTC.
func (s *Store) Now() time.Time { return s.now() }

// Read has the queries of the editor side. Inside a Tx it sees what the
// transaction wrote.
type Read struct {
	db *gorm.DB
	at time.Time
	// look is nil in a transaction that writes: what it took out of an index
	// and did not commit must not be remembered as dead.
	look *wordIndexes
	// site is remembered once read: many acts of a transaction ask for it.
	site *models.Site
}

// At is when the transaction began, by the clock of the store. It stands still.
func (r *Read) At() time.Time { return r.at }

// Tx is a write transaction. Its time stands still: everything written
// together carries the same Now.
type Tx struct {
	Read
	now    time.Time
	random io.Reader
	seq    int64
	// appended is the rows that it appended to the journal one by one.
	appended []movedRow
	// journaled is the rows it appended, with those of others that this process
	// has not taken in yet.
	journaled journalPart
	// audited is the hash of the newest audit row of the transaction.
	audited string
	// roomy says that the connection keeps more pages in memory until the end.
	roomy bool
	// scheduled says that the transaction gave something a moment.
	scheduled bool
	// words are those it keeps for searching, and those that are kept already.
	words searchWords
	// toIndex are editions to be found by other words at the end, in public.
	toIndex []SearchDoc
	index   wordIndexes
}

// NewID returns a new id of the transaction's time.
func (tx *Tx) NewID() string { return models.NewIDFrom(tx.now, tx.random) }

// Random is where the transaction's random bits come from.
func (tx *Tx) Random() io.Reader { return tx.random }

// Now is the time of the transaction.
func (tx *Tx) Now() time.Time { return tx.now }

// Head is the number of the newest journal row the transaction appended, 0
// when it appended none.
func (tx *Tx) Head() int64 { return tx.seq }

// txKey marks a context that belongs to a transaction, to refuse nesting:
// the inner one would wait for the outer one for ever.
type txKey struct{}

// Tx runs fn in one write transaction. An error from fn rolls everything
// back. An error from the commit itself means that the outcome is unknown.
func (s *Store) Tx(ctx context.Context, fn func(*Tx) error) error {
	if ctx.Value(txKey{}) != nil {
		return errors.New("store: a transaction inside a transaction")
	}
	tx := &Tx{now: s.now(), random: s.random, words: searchWords{known: s.words}, index: s.index}
	err := s.writer.WithContext(context.WithValue(ctx, txKey{}, true)).Transaction(func(db *gorm.DB) error {
		tx.db, tx.at = db, tx.now
		if err := fn(tx); err != nil {
			return err
		}
		if err := tx.writeIndex(); err != nil || tx.seq == 0 {
			return err
		}
		var err error
		tx.journaled, err = tx.journalSince(ctx, s.Head())
		return err
	})
	if tx.roomy {
		// A connection that cannot be told is one that is closed.
		_, _ = s.wdb.ExecContext(context.WithoutCancel(ctx), fmt.Sprintf("PRAGMA cache_size = -%d", s.cacheKB))
	}
	switch {
	case tx.seq == 0:
	case err == nil:
		s.moved.take(tx.journaled)
	default:
		// A failed commit may have happened all the same: look, never assume.
		_ = s.Refresh(context.WithoutCancel(ctx))
	}
	if err == nil {
		tx.words.committed()
	}
	if tx.scheduled { // whatever became of the commit: looking costs little
		s.announce()
	}
	return err
}

// View runs fn in one read transaction of the editor side.
func (s *Store) View(ctx context.Context, fn func(*Read) error) error {
	return s.reader.WithContext(ctx).Transaction(func(db *gorm.DB) error {
		return fn(&Read{db: db, at: s.now(), look: &s.index})
	})
}

// one turns "no row" into ErrNotFound.
func one(err error) error {
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return models.ErrNotFound
	}
	return err
}

// affected turns an update that met no row into the error none.
func affected(res *gorm.DB, none error) error {
	if res.Error != nil {
		return res.Error
	}
	if res.RowsAffected == 0 {
		return none
	}
	return nil
}
