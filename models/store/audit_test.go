package store_test

import (
	"errors"
	"fmt"
	"testing"

	"meridian/models/store"
)

// TestAuditShowsWhatWasDone alters a trail of ten acts in every way that does
// not make a whole new one.
func TestAuditShowsWhatWasDone(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		sql  []string
		want store.AuditCheck // but for Head
	}{
		{"nothing", nil, store.AuditCheck{Rows: 10}},
		{"altered", []string{"UPDATE audit SET actor = 'somebody' WHERE seq = 4"}, store.AuditCheck{Rows: 10, Broken: 4}},
		{"altered at the end", []string{"UPDATE audit SET detail = 'x' WHERE seq = 10"}, store.AuditCheck{Rows: 10, Broken: 10}},
		{"moved in time", []string{"UPDATE audit SET at = '2001-01-01 00:00:00+00:00' WHERE seq = 1"}, store.AuditCheck{Rows: 10, Broken: 1}},
		{"one taken out", []string{"DELETE FROM audit WHERE seq = 6"}, store.AuditCheck{Rows: 9, Broken: 7}},
		{"the first taken out", []string{"DELETE FROM audit WHERE seq = 1"}, store.AuditCheck{Rows: 9, Broken: 2}},
		{"the newest cut off", []string{"DELETE FROM audit WHERE seq > 7"}, store.AuditCheck{Rows: 7, Lost: 3}},
		{"all of it", []string{"DELETE FROM audit"}, store.AuditCheck{Lost: 10}},
		{"two exchanged", []string{"UPDATE audit SET seq = 99 WHERE seq = 3", "UPDATE audit SET seq = 3 WHERE seq = 4", "UPDATE audit SET seq = 4 WHERE seq = 99"}, store.AuditCheck{Rows: 10, Broken: 3}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			for i := range 10 {
				if err := s.Tx(t.Context(), func(tx *store.Tx) error { return tx.Audit("u", "act", fmt.Sprint(i), "") }); err != nil {
					t.Fatal(err)
				}
			}
			// Acts of a transaction that fails leave no gap.
			failed := errors.New("failed")
			if err := s.Tx(t.Context(), func(tx *store.Tx) error { return errors.Join(tx.Audit("u", "act", "x", ""), failed) }); !errors.Is(err, failed) {
				t.Fatal(err)
			}
			before := verifyAudit(t, s)
			for _, sql := range append([]string{"DROP TRIGGER audit_append_only", "DROP TRIGGER audit_stay"}, tt.sql...) {
				if err := store.Exec(s, sql); err != nil {
					t.Fatal(err)
				}
			}
			got := verifyAudit(t, s)
			same := got.Head == before.Head
			got.Head = ""
			if got != tt.want {
				t.Errorf("VerifyAudit = %+v, want %+v", got, tt.want)
			}
			// A mark kept elsewhere shows what was done at the end.
			err := s.View(t.Context(), func(r *store.Read) error {
				holds, err := r.AuditHolds(before.Head)
				if holds != same {
					t.Errorf("the mark of the newest row holds: %v", holds)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}

func verifyAudit(t *testing.T, s *store.Store) (out store.AuditCheck) {
	t.Helper()
	err := s.View(t.Context(), func(r *store.Read) (err error) {
		out, err = r.VerifyAudit()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// What a mark cannot be mistaken for.
func TestAuditMarks(t *testing.T) {
	t.Parallel()
	s := open(t)
	if err := s.Tx(t.Context(), func(tx *store.Tx) error { return tx.Audit("u", "act", "x", "") }); err != nil {
		t.Fatal(err)
	}
	head := verifyAudit(t, s).Head
	for mark, want := range map[string]bool{head: true, " " + head + "\n": true, "1": false, "1:": false, "2" + head[1:]: false, "x:y": false, "": false} {
		err := s.View(t.Context(), func(r *store.Read) error {
			got, err := r.AuditHolds(mark)
			if got != want {
				t.Errorf("AuditHolds(%q) = %v", mark, got)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
