package store

import (
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"time"

	"gorm.io/driver/sqlite"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
	msqlite "modernc.org/sqlite"
)

// readers is the number of query-only connections.
const readers = 8

// pragmas that hold for every connection; a test asserts them. _texttotime is
// left off on purpose: it turns every computed text that looks like a date
// into a time, titles and cursors included.
var pragmas = url.Values{
	"_busy_timeout": {"5000"},
	"_foreign_keys": {"1"},
	"_time_format":  {"sqlite"},
	"_timezone":     {"UTC"},
	"_pragma":       {"temp_store(MEMORY)", "cache_size(-4000)", "trusted_schema(OFF)", "mmap_size(0)"},
}

// dsn returns the data source name of the database file at path. The "file:"
// is what makes SQLite honour mode=ro.
func dsn(path string, more url.Values) string {
	q := url.Values{}
	for k, v := range pragmas {
		q[k] = v
	}
	for k, v := range more {
		q[k] = v
	}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode()
}

// Memory for pages, in KB: what the writing connection has, and what it takes
// for a transaction that changes a great deal, which would otherwise write
// pages out and read them back many times over.
const (
	writerCacheKB = 4000
	roomyCacheKB  = 64 << 10
)

// room gives the connection more memory until the transaction ends.
func (tx *Tx) room() error {
	if tx.roomy {
		return nil
	}
	_, err := tx.exec(fmt.Sprintf("PRAGMA cache_size = -%d", roomyCacheKB))
	tx.roomy = err == nil
	return err
}

func openWriter(path string, cacheKB int) (*sql.DB, error) {
	more := url.Values{
		"_txlock":       {"immediate"},
		"_journal_mode": {"WAL"},
		// An acknowledged publish survives a power cut; NORMAL would not keep
		// that promise in WAL mode.
		"_synchronous": {"FULL"},
	}
	// Said again, the later one counts.
	more["_pragma"] = append(slices.Clone(pragmas["_pragma"]), fmt.Sprintf("cache_size(-%d)", cacheKB))
	c, err := newConnector(dsn(path, more))
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(c)
	db.SetMaxOpenConns(1)
	db.SetMaxIdleConns(1)
	return db, nil
}

func openReaders(path string) (*sql.DB, error) {
	c, err := newConnector(dsn(path, url.Values{"mode": {"ro"}, "_query_only": {"1"}}))
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(c)
	db.SetMaxOpenConns(readers)
	db.SetMaxIdleConns(readers)
	return db, nil
}

// dialector is gorm's SQLite dialect over the modernc driver, whose errors
// gorm does not know how to read.
type dialector struct{ *sqlite.Dialector }

func (dialector) Translate(err error) error {
	var e *msqlite.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code() {
	case 1555, 2067: // SQLITE_CONSTRAINT_PRIMARYKEY, _UNIQUE
		return fmt.Errorf("%w: %w", gorm.ErrDuplicatedKey, err)
	case 787: // SQLITE_CONSTRAINT_FOREIGNKEY
		return fmt.Errorf("%w: %w", gorm.ErrForeignKeyViolated, err)
	case 275: // SQLITE_CONSTRAINT_CHECK
		return fmt.Errorf("%w: %w", gorm.ErrCheckConstraintViolated, err)
	}
	return err
}

// orm opens gorm over db.
func orm(db *sql.DB, now func() time.Time) (*gorm.DB, error) {
	return gorm.Open(dialector{&sqlite.Dialector{Conn: db}}, &gorm.Config{
		TranslateError:         true,
		SkipDefaultTransaction: true,
		NowFunc:                now,
		// Errors are returned, and logged once by whoever answers for them.
		Logger: logger.Discard,
	})
}
