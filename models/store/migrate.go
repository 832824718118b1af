package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/sqlite/*.sql
var migrations embed.FS

// migrate brings the database to the schema of this program. Only the holder
// of the folder's lock may; others are told when it is needed.
func migrate(ctx context.Context, db *sql.DB, dir string, locked bool, now time.Time) error {
	sub, err := fs.Sub(migrations, "migrations/sqlite")
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, sub, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	sources := p.ListSources()
	newest := sources[len(sources)-1].Version
	if !locked {
		// No version table yet means that the other process is still at it.
		var current int64
		if err := db.QueryRowContext(ctx, "SELECT max(version_id) FROM goose_db_version").Scan(&current); err != nil || current < newest {
			return ErrOlderSchema
		} else if current > newest {
			return fmt.Errorf("%w (schema %d, this program knows %d)", ErrNewerSchema, current, newest)
		}
		return nil
	}
	current, err := p.GetDBVersion(ctx)
	if err != nil {
		return fmt.Errorf("read schema version: %w", err)
	}
	switch {
	case current > newest:
		return fmt.Errorf("%w (schema %d, this program knows %d)", ErrNewerSchema, current, newest)
	case current == newest:
		return nil
	case current > 0:
		if err := backupBefore(ctx, db, dir, current, now); err != nil {
			return err
		}
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// backupBefore copies the database, journal and all, before it is migrated.
func backupBefore(ctx context.Context, db *sql.DB, dir string, version int64, now time.Time) error {
	folder := filepath.Join(dir, "backups")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("back up before migrating: %w", err)
	}
	file := filepath.Join(folder, fmt.Sprintf("schema-%d-%s.db", version, now.Format("20060102T150405.000000")))
	if _, err := db.ExecContext(ctx, "VACUUM INTO ?", file); err != nil {
		return fmt.Errorf("back up before migrating: %w", err)
	}
	return os.Chmod(file, 0o600)
}

// SchemaVersion returns the number of the newest migration applied.
func (s *Store) SchemaVersion(ctx context.Context) (int64, error) {
	var v int64
	err := s.rdb.QueryRowContext(ctx, "SELECT max(version_id) FROM goose_db_version WHERE is_applied").Scan(&v)
	return v, err
}

// Check runs SQLite's integrity and foreign key checks and returns what they
// found, nothing when all is well.
func (s *Store) Check(ctx context.Context) ([]string, error) {
	var found []string
	rows, err := s.rdb.QueryContext(ctx, "PRAGMA integrity_check(20)")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			return nil, err
		}
		if line != "ok" {
			found = append(found, line)
		}
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	var broken int
	if err := s.rdb.QueryRowContext(ctx, "SELECT count(*) FROM pragma_foreign_key_check").Scan(&broken); err != nil {
		return nil, err
	}
	if broken > 0 {
		found = append(found, fmt.Sprintf("%d rows refer to rows that do not exist", broken))
	}
	return found, nil
}
