package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"meridian/models/store"
)

// Verified is what a look at a backup found.
type Verified struct {
	Manifest Manifest `json:"manifest"`
	// Problems is empty when all is well.
	Problems []Problem `json:"problems"`
	// AuditRows and AuditMark are those of the audit trail in the backup (see
	// store.AuditRow.AuditMark).
	AuditRows int    `json:"audit_rows"`
	AuditMark string `json:"audit_mark,omitempty"`
}

// Verify reads a whole backup: it compares every byte of the archive, then
// opens a copy of the database in a temporary folder and looks for damage, for
// breaks in the audit trail and for content that is not what the program
// promises. The backup is not changed. Errors: ErrNotBackup, and those of the
// disk; damage is no error but among the problems.
func Verify(ctx context.Context, name string, progress func(done, total int64)) (v Verified, err error) {
	v.Problems = []Problem{}
	a, err := open(name)
	var damage *DamageError
	if errors.As(err, &damage) {
		v.Problems = damage.Problems
		return v, nil
	} else if err != nil {
		return v, err
	}
	defer a.Close()
	v.Manifest = a.manifest
	dir, err := os.MkdirTemp("", "meridian-verify-")
	if err != nil {
		return v, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	sink := func(c Content) (io.WriteCloser, error) {
		if c.Name != store.File {
			return discard{}, nil
		}
		return os.OpenFile(filepath.Join(dir, c.Name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	}
	if err := a.read(ctx, sink, quiet(progress)); err != nil {
		return v, err
	}
	v.Problems = append(v.Problems, a.problems...)
	if lost(a.problems) != nil {
		return v, nil // what the database says then says nothing
	}
	found, err := inspect(ctx, dir, a.manifest)
	if err != nil {
		return v, err
	}
	v.AuditRows, v.AuditMark = found.audit.Rows, found.audit.Head
	for _, says := range append(found.damage, found.notes...) {
		v.Problems = append(v.Problems, Problem{File: databaseName, Says: says})
	}
	return v, nil
}

// discard takes what is only to be summed.
type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }
func (discard) Close() error                { return nil }

func quiet(progress func(done, total int64)) func(done, total int64) {
	if progress == nil {
		return func(done, total int64) {}
	}
	return progress
}

// lost returns the first problem after which a backup cannot be trusted.
func lost(problems []Problem) *Problem {
	for i, p := range problems {
		if !p.harmless {
			return &problems[i]
		}
	}
	return nil
}

// inspection is what was found in a database that came out of a backup whole.
type inspection struct {
	// damage makes the database useless; notes are as true of the original.
	damage, notes []string
	audit         store.AuditCheck
}

// inspect opens the unpacked database in dir, which brings it to the schema of
// this program, and checks it.
func inspect(ctx context.Context, dir string, m Manifest) (found inspection, err error) {
	s, err := store.Open(ctx, dir, store.Options{Exclusive: true})
	switch {
	case errors.Is(err, store.ErrDamaged):
		found.damage = append(found.damage, fmt.Sprintf("holds a database that was damaged before the backup (%v)", err))
		return found, nil
	case err != nil:
		return found, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	broken, err := s.Check(ctx)
	if err != nil {
		return found, err
	}
	for _, b := range broken {
		found.damage = append(found.damage, "holds a database that was damaged before the backup: "+b)
	}
	if s.Head() != m.JournalHead {
		found.damage = append(found.damage, fmt.Sprintf("has its journal at %d, and %s says %d", s.Head(), manifestName, m.JournalHead))
	}
	err = s.View(ctx, func(r *store.Read) error {
		if i, err := r.Installation(); err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		} else if i.ID != m.Installation {
			found.damage = append(found.damage, fmt.Sprintf("is of the installation %q, and %s says %q", i.ID, manifestName, m.Installation))
		}
		if found.audit, err = r.VerifyAudit(); err != nil {
			return err
		}
		if found.audit.Broken > 0 {
			found.notes = append(found.notes, fmt.Sprintf("has an audit trail whose row %d does not follow from the one before", found.audit.Broken))
		}
		if found.audit.Lost > 0 {
			found.notes = append(found.notes, fmt.Sprintf("has an audit trail whose newest %d rows were taken away", found.audit.Lost))
		}
		content, err := r.CheckContent()
		for _, c := range content {
			found.notes = append(found.notes, "holds content that is not as promised: "+c)
		}
		return err
	})
	return found, err
}
