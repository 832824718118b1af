package store_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"meridian/models"
	"meridian/models/store"
)

// TestSnapshotIsOneMoment copies the database while it is written to: the copy
// is what was there when the snapshot began, -wal file and all.
func TestSnapshotIsOneMoment(t *testing.T) {
	t.Parallel()
	s := open(t)
	sd := seed(t, s)
	before := store.Dump(t, s)
	var file bytes.Buffer
	err := s.Snapshot(t.Context(), func(n *store.Snapshot) error {
		err := s.Tx(t.Context(), func(tx *store.Tx) error { // beside it
			sd.page(t, tx, "later")
			return tx.Audit("u", "later", "x", "")
		})
		if err != nil {
			return err
		}
		k, err := n.Copy(t.Context(), &file)
		if k != n.Size || k != int64(file.Len()) {
			t.Errorf("Copy = %d bytes, wrote %d, Size %d", k, file.Len(), n.Size)
		}
		if n.Head != s.Head()-1 {
			t.Errorf("the snapshot is at %d, the store at %d", n.Head, s.Head())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if store.Dump(t, s) == before {
		t.Fatal("nothing was written beside the snapshot: the test proves nothing")
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, store.File), file.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := store.Open(t.Context(), dir, store.Options{Exclusive: true})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if found, err := c.Check(t.Context()); err != nil || len(found) > 0 {
		t.Errorf("Check of the copy = %q, %v", found, err)
	}
	if got := store.Dump(t, c); got != before {
		t.Errorf("the copy holds\n%s\nwant\n%s", got, before)
	}
}

// TestNewLife: the journal is another one, and whoever was let in no longer is.
func TestNewLife(t *testing.T) {
	t.Parallel()
	s := open(t)
	sd := seed(t, s)
	was := models.Installation{ID: "i", Epoch: "first"}
	err := s.Tx(t.Context(), func(tx *store.Tx) error {
		return errors.Join(tx.PutInstallation(was), tx.PutSetup("hash", "2030-01-01T00:00:00Z"),
			tx.AddSession(store.Session{Token: "t", UserID: sd.user.ID, Data: []byte("x"), ExpiresAt: tx.Now().Add(time.Hour)}))
	})
	if err != nil {
		t.Fatal(err)
	}
	head := s.Head()
	if err := s.Tx(t.Context(), (*store.Tx).NewLife); err != nil {
		t.Fatal(err)
	}
	if s.Head() != head+1 {
		t.Errorf("the journal went from %d to %d: whoever remembers the old epoch never learns of the new one", head, s.Head())
	}
	err = s.View(t.Context(), func(r *store.Read) error {
		if _, err := r.Session("t", time.Now()); !errors.Is(err, models.ErrNotFound) {
			t.Errorf("Session = %v, want ErrNotFound", err)
		}
		if _, _, err := r.Setup(); !errors.Is(err, models.ErrNotFound) {
			t.Errorf("Setup = %v, want ErrNotFound", err)
		}
		if u, err := r.User(sd.user.ID); err != nil || u.Epoch <= sd.user.Epoch {
			t.Errorf("the user's epoch is %d, was %d, %v", u.Epoch, sd.user.Epoch, err)
		}
		i, err := r.Installation()
		if i.ID != was.ID || i.Epoch == was.Epoch || i.Epoch == "" {
			t.Errorf("the installation is %+v, was %+v", i, was)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
