package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	"gorm.io/gorm"

	"meridian/models"
)

// Pool is a connection pool as the tests look at it.
type Pool struct {
	Name string
	DB   *sql.DB
	Size int
	Want map[string]string
}

// Pools returns the pools of a store with the PRAGMAs each connection must have.
func Pools(s *Store) []Pool {
	common := map[string]string{
		"foreign_keys": "1", "busy_timeout": "5000", "trusted_schema": "0", "cache_size": "-4000",
		"temp_store": "2", "journal_mode": "wal", "mmap_size": "0",
	}
	with := func(more map[string]string) map[string]string {
		out := map[string]string{}
		for k, v := range common {
			out[k] = v
		}
		for k, v := range more {
			out[k] = v
		}
		return out
	}
	return []Pool{
		{"writer", s.wdb, 1, with(map[string]string{"synchronous": "2", "query_only": "0"})},
		{"readers", s.rdb, readers, with(map[string]string{"query_only": "1"})},
	}
}

// Exec runs a statement on the writer.
func Exec(s *Store, sql string) error { return s.writer.Exec(sql).Error }

// Context returns the context of a transaction, to try nesting.
func (tx *Tx) Context() context.Context { return tx.db.Statement.Context }

// Columns returns the columns that a stored type has, sorted.
func Columns(t testing.TB, s *Store, v any) []string {
	t.Helper()
	stmt := &gorm.Statement{DB: s.reader}
	if err := stmt.Parse(v); err != nil {
		t.Fatal(err)
	}
	return slices.Sorted(slices.Values(stmt.Schema.DBNames))
}

// TableColumns returns the columns of a table, sorted.
func TableColumns(t testing.TB, s *Store, table string) []string {
	t.Helper()
	var names []string
	if err := s.reader.Raw("SELECT name FROM pragma_table_info(?)", table).Scan(&names).Error; err != nil {
		t.Fatal(err)
	}
	slices.Sort(names)
	return names
}

// Dump returns every row of every table.
func Dump(t testing.TB, s *Store) string { return dump(t, s.reader) }

// DumpTx returns every row as a transaction sees it.
func DumpTx(t testing.TB, tx *Tx) string { return dump(t, tx.db) }

func dump(t testing.TB, db *gorm.DB) string {
	t.Helper()
	var tables []string
	if err := db.Raw("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name").Scan(&tables).Error; err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, table := range tables {
		var rows []map[string]any
		if err := db.Raw("SELECT * FROM " + table).Scan(&rows).Error; err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%s: %v\n", table, rows)
	}
	return b.String()
}

// Plan returns the steps in which SQLite finds the places of a list, run by
// run.
func Plan(t testing.TB, s *Store, q Query) []string {
	t.Helper()
	var steps []string
	err := s.Live(t.Context(), func(l *Live) error {
		keys, err := q.order()
		if err != nil {
			return err
		}
		runs, err := l.runs(q, keys)
		if err != nil {
			return err
		}
		for _, r := range runs {
			sql, args, _ := r.sql(q.Limit+1, q.After, nil)
			var rows []struct{ Detail string }
			if err := l.db.Raw("EXPLAIN QUERY PLAN "+sql, args...).Scan(&rows).Error; err != nil {
				return err
			}
			for _, r := range rows {
				steps = append(steps, r.Detail)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return steps
}

// Listed compares the table of lists with what is public: editions that are
// missing, rows too many, and all rows.
func Listed(t testing.TB, s *Store) (missing, extra, all int) {
	t.Helper()
	const live = "SELECT kind, lang, first_published_at, edition_id, entry_id, branch, published_at, title FROM live WHERE lang <> 'und'"
	const listed = "SELECT kind, lang, published_at, edition_id, entry_id, branch, updated_at, title FROM listed"
	for sql, n := range map[string]*int{
		"SELECT count(*) FROM (" + live + " EXCEPT " + listed + ")": &missing,
		"SELECT count(*) FROM (" + listed + " EXCEPT " + live + ")": &extra,
		"SELECT count(*) FROM listed":                               &all,
	} {
		if err := s.reader.Raw(sql).Scan(n).Error; err != nil {
			t.Fatal(err)
		}
	}
	return missing, extra, all
}

// Append appends rows to the journal as they are.
func Append(s *Store, rows ...models.Change) error {
	return s.Tx(context.Background(), func(tx *Tx) error {
		for _, r := range rows {
			if err := tx.append(r); err != nil {
				return err
			}
		}
		return nil
	})
}

// NamesMost is how many names are kept of what moved, NamesKept how many are.
const NamesMost = namesKept

// NamesKept returns how many names are kept of what moved.
func NamesKept(s *Store) int { return len(s.moved.newest) }

// Dir is the data folder of a store.
func Dir(s *Store) string { return s.dir }
