package backup_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"meridian/cms/backup"
	"meridian/cms/cmstest"
	library "meridian/cms/media"
	"meridian/models"
)

// TestBackupNamesWhatWasWithdrawn backs a library up: the manifest says which
// files somebody asked to be taken away, and no upload that is still coming is
// in the archive.
func TestBackupNamesWhatWasWithdrawn(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	kept := env.Upload(t, library.Upload{People: models.PeopleNone})
	gone := env.Upload(t, library.Upload{People: models.PeopleAdults})
	if _, err := env.Library.WithdrawConsent(t.Context(), env.Admin, gone.ID, ""); err != nil {
		t.Fatal(err)
	}
	temp, err := env.Files.Temp()
	if err != nil {
		t.Fatal(err)
	}
	defer temp.Close()
	if _, err := temp.Write([]byte("half a picture")); err != nil {
		t.Fatal(err)
	}
	m, err := backup.Create(t.Context(), env.Store, env.Dir, backup.Options{To: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	v := verify(t, m.Path)
	if len(v.Problems) > 0 {
		t.Errorf("problems %q", v.Problems)
	}
	if w := v.Manifest.Withdrawn; len(w) != 1 || w[0].ID != gone.ID || !w[0].At.Equal(env.Clock.Now()) {
		t.Errorf("withdrawn %+v", w)
	}
	if n := len(v.Manifest.Files); n != 3 {
		t.Errorf("%d files, want the database and two pictures", n)
	}
	for _, f := range v.Manifest.Files {
		if strings.Contains(f.Name, "temp") {
			t.Errorf("the archive holds %s", f.Name)
		}
	}
	to := filepath.Join(t.TempDir(), "restored")
	if _, err := backup.Restore(t.Context(), m.Path, to, nil); err != nil {
		t.Fatal(err)
	}
	for _, a := range []models.Asset{kept, gone} {
		d, err := env.Library.Asset(t.Context(), env.Admin, a.ID)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(filepath.Join(to, "media", filepath.FromSlash(d.Version.File))); err != nil {
			t.Errorf("%s is not restored: %v", a.ID, err)
		}
	}
}
