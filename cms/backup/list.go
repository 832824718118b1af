package backup

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// Read returns the manifest of a backup without reading what it lists. Errors:
// ErrNotBackup, a DamageError.
func Read(name string) (Manifest, error) {
	a, err := open(name)
	if err != nil {
		return Manifest{}, err
	}
	defer a.Close()
	if len(a.problems) > 0 {
		return a.manifest, &DamageError{a.problems}
	}
	return a.manifest, nil
}

// Listed is a backup in a folder.
type Listed struct {
	Name        string    `json:"name"`
	Size        int64     `json:"size"`
	CreatedAt   time.Time `json:"created_at,omitzero"`
	JournalHead int64     `json:"journal_head"`
	Schema      int64     `json:"schema"`
	// Problem says why a file of such a name cannot be read as a backup. It is
	// "" for the others; whether they are whole is for Verify to say.
	Problem string `json:"problem,omitempty"`
}

// List returns the backups in a folder, newest first, and none when there is
// no such folder. Only their beginnings are read.
func List(dir string) ([]Listed, error) {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	list := []Listed{}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !info.Mode().IsRegular() || filepath.Ext(e.Name()) != extension {
			continue
		}
		m, err := Read(filepath.Join(dir, e.Name()))
		if errors.Is(err, ErrNotBackup) {
			continue
		}
		l := Listed{Name: e.Name(), Size: info.Size(), CreatedAt: m.CreatedAt, JournalHead: m.JournalHead, Schema: m.Schema}
		if err != nil {
			l.Problem = err.Error()
		}
		list = append(list, l)
	}
	slices.SortFunc(list, func(a, b Listed) int {
		return cmp.Or(b.CreatedAt.Compare(a.CreatedAt), cmp.Compare(a.Name, b.Name))
	})
	return list, nil
}
