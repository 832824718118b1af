package store_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"meridian/models"
	"meridian/models/store"
)

// newAsset is an asset of the seeded section with its first version, not stored.
func (sd seeded) newAsset(tx *store.Tx) (models.Asset, models.AssetVersion) {
	a := models.Asset{
		ID: tx.NewID(), SectionID: sd.entry.ID, Branch: sd.entry.Branch, DomainID: sd.entry.DomainID, Kind: models.AssetImage, Title: "A picture",
		FocusX: 500, FocusY: 500, People: models.PeopleNone, UploadedBy: sd.user.ID, CreatedAt: tx.Now(), ChangedAt: tx.Now(), Version: 1,
	}
	v := sd.assetVersion(tx, a.ID, 1)
	a.VersionID = v.ID
	return a, v
}

func (sd seeded) assetVersion(tx *store.Tx, asset string, number int) models.AssetVersion {
	id := tx.NewID()
	return models.AssetVersion{
		ID: id, AssetID: asset, Number: number, File: "originals/" + id, Name: "a.png", Type: "image/png", Bytes: 10, Width: 4, Height: 3,
		Hash: "h", SourceHash: "s", UploadedBy: sd.user.ID, CreatedAt: tx.Now(),
	}
}

// asset adds an asset, which the public text of the seeded edition uses or not.
func (sd seeded) asset(tx *store.Tx, used bool) (models.Asset, error) {
	a, v := sd.newAsset(tx)
	if err := tx.AddAsset(a, v, ""); err != nil || !used {
		return a, err
	}
	err := tx.PutRefs(sd.edition.ID, true, []store.Ref{{BlockID: "b", TargetKind: "media", TargetID: a.ID, Purpose: "image"}})
	if err != nil {
		return a, err
	}
	return tx.Asset(a.ID)
}

func (sd seeded) collection(tx *store.Tx) models.Collection {
	return models.Collection{ID: tx.NewID(), SectionID: sd.entry.ID, Branch: sd.entry.Branch, DomainID: sd.entry.DomainID, Name: "Camp", CreatedAt: tx.Now(), Version: 1}
}

// journalOf returns the actions about an asset, oldest first.
func journalOf(t *testing.T, s *store.Store, asset string) []string {
	t.Helper()
	var out []string
	err := s.Live(t.Context(), func(l *store.Live) error {
		rows, _, err := l.Journal(0, 10_000)
		for _, r := range rows {
			if r.SubjectID == asset {
				if r.Kind != models.KindMedia || r.Lang != "" {
					t.Errorf("a row of the asset says %+v", r)
				}
				out = append(out, r.Action)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestJournalOfAssets changes assets in every way that readers may notice: those
// of a public page have rows, those that no page ever used have none.
func TestJournalOfAssets(t *testing.T) {
	t.Parallel()
	at := time.Now().UTC()
	for _, tt := range []struct {
		name        string
		was, change func(*models.Asset)
		want        string
	}{
		{"another title", nil, func(a *models.Asset) { a.Title = "B" }, models.ActionUpdated},
		{"withheld", nil, func(a *models.Asset) { a.Withheld = models.WithheldPeople }, models.ActionWithdrawn},
		{"withheld for another reason", func(a *models.Asset) { a.Withheld = models.WithheldEnded }, func(a *models.Asset) { a.Withheld = models.WithheldWithdrawn }, ""},
		{"allowed again", func(a *models.Asset) { a.Withheld = models.WithheldEnded }, func(a *models.Asset) { a.Withheld = "" }, models.ActionPublished},
		{"thrown away", nil, func(a *models.Asset) { a.TrashedAt = &at }, models.ActionDeleted},
		{"thrown away while withheld", func(a *models.Asset) { a.Withheld = models.WithheldEnded }, func(a *models.Asset) { a.TrashedAt = &at }, ""},
		{"restored", func(a *models.Asset) { a.TrashedAt = &at }, func(a *models.Asset) { a.TrashedAt = nil }, models.ActionPublished},
		{"restored and withheld", func(a *models.Asset) { a.TrashedAt = &at }, func(a *models.Asset) { a.TrashedAt, a.Withheld = nil, models.WithheldEnded }, ""},
	} {
		for _, used := range []bool{true, false} {
			s := open(t)
			sd := seed(t, s)
			var a models.Asset
			put := func(change func(*models.Asset)) {
				t.Helper()
				err := s.Tx(t.Context(), func(tx *store.Tx) (err error) {
					if a, err = tx.Asset(a.ID); err != nil {
						return err
					}
					now := a
					change(&now)
					return tx.PutAsset(a, now, "u")
				})
				if err != nil {
					t.Fatal(err)
				}
			}
			if err := s.Tx(t.Context(), func(tx *store.Tx) (err error) { a, err = sd.asset(tx, used); return err }); err != nil {
				t.Fatal(err)
			}
			if tt.was != nil {
				put(tt.was)
			}
			before, head := journalOf(t, s, a.ID), s.Head()
			put(tt.change)
			var want []string
			if tt.want != "" && used {
				want = []string{tt.want}
			}
			if got := journalOf(t, s, a.ID)[len(before):]; !slices.Equal(got, want) {
				t.Errorf("%s, in public use %v: rows %q, want %q", tt.name, used, got, want)
			}
			if moved := s.Moved(head, []store.Name{store.NameAsset(a.ID)}); moved != (want != nil) {
				t.Errorf("%s, in public use %v: its name moved is %v", tt.name, used, moved)
			}
		}
	}
}

func TestAssetsGuardTheirVersion(t *testing.T) {
	t.Parallel()
	s := open(t)
	sd := seed(t, s)
	err := s.Tx(t.Context(), func(tx *store.Tx) error {
		a, err := sd.asset(tx, false)
		if err != nil {
			return err
		}
		now := a
		now.Title = "B"
		if err := tx.PutAsset(a, now, "u"); err != nil {
			return err
		}
		if err := tx.PutAsset(a, now, "u"); !errors.Is(err, models.ErrStale) {
			t.Errorf("the same change twice = %v", err)
		}
		got, err := tx.Asset(a.ID)
		if err != nil || got.Title != "B" || got.Version != 2 {
			t.Errorf("%+v, %v", got, err)
		}
		if _, err := tx.EraseAsset(a); !errors.Is(err, models.ErrStale) {
			t.Errorf("erased at an old version: %v", err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestErasedAssets leaves the row and the hashes, and no file, word or index.
func TestErasedAssets(t *testing.T) {
	t.Parallel()
	s := open(t)
	sd := seed(t, s)
	var a models.Asset
	err := s.Tx(t.Context(), func(tx *store.Tx) error {
		var v models.AssetVersion
		a, v = sd.newAsset(tx)
		if err := tx.AddAsset(a, v, "words of a document"); err != nil {
			return err
		}
		if _, err := tx.PutRenditions(v, []models.Rendition{{Width: 320, Type: "image/jpeg", File: "r", Hash: "01234567"}}, true, 500, 500); err != nil {
			return err
		}
		if _, err := tx.PutAssetDescription(models.AssetDescription{AssetID: a.ID, Lang: "en", Text: "A child", UserID: "u"}); err != nil {
			return err
		}
		queue, err := tx.AssetQueue(10)
		if err != nil || len(queue) != 1 {
			t.Errorf("queue %v, %v", queue, err)
		}
		if err := tx.PutAssetDocs([]store.AssetDoc{{QueuedAsset: queue[0], Terms: "en_child"}}); err != nil {
			return err
		}
		files, err := tx.EraseAsset(a)
		if slices.Sort(files); !slices.Equal(files, []string{v.File, "r"}) {
			t.Errorf("files %q", files)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	err = s.View(t.Context(), func(r *store.Read) error {
		got, err := r.Asset(a.ID)
		if err != nil || got.ErasedAt == nil || got.Title != "" {
			t.Errorf("%+v, %v", got, err)
		}
		if list, err := r.AssetsFromSource("s", 10); err != nil || len(list) != 1 {
			t.Errorf("the file is not recognised any more: %v, %v", list, err)
		}
		if files, err := r.AssetFiles("", 10); err != nil || len(files) != 0 {
			t.Errorf("files %v, %v", files, err)
		}
		found, _, err := r.FindAssets(store.AssetFilter{All: true, Limit: 10, Matches: []store.StaffMatch{{{Terms: []string{"en_child"}}}}})
		if err != nil || len(found) != 0 {
			t.Errorf("found %v, %v", found, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestAssetsFollowTheirSection moves a section, and deletes one for good.
func TestAssetsFollowTheirSection(t *testing.T) {
	t.Parallel()
	s := open(t)
	sd := seed(t, s)
	var a models.Asset
	var c models.Collection
	var inner models.Entry
	err := s.Tx(t.Context(), func(tx *store.Tx) (err error) {
		section := func(id string, parent models.Entry) models.Entry {
			return models.Entry{ID: id, Kind: models.KindSection, Type: models.TypeArea, SectionID: &parent.ID, Branch: parent.Branch + id + "/", DomainID: parent.DomainID, Nav: "none", OriginalLang: "en", CreatedAt: tx.Now(), Version: 1}
		}
		outer := section("outer", sd.entry)
		inner = section("inner", sd.entry)
		for _, e := range []models.Entry{outer, inner} {
			if err := tx.AddEntry(e); err != nil {
				return err
			}
		}
		in := sd
		in.entry = inner
		if a, err = in.asset(tx, false); err != nil {
			return err
		}
		c = in.collection(tx)
		if err := tx.AddCollection(c); err != nil {
			return err
		}
		if inner, _, err = tx.Move(store.Move{Entry: inner, To: outer, Position: 1, Nav: "none", Actor: "u"}); err != nil {
			return err
		}
		if a, err = tx.Asset(a.ID); err == nil && a.Branch != outer.Branch+"inner/" {
			t.Errorf("the asset stayed at %s", a.Branch)
		}
		if c, err = tx.Collection(c.ID); err == nil && c.Branch != outer.Branch+"inner/" {
			t.Errorf("the collection stayed at %s", c.Branch)
		}
		if _, err = tx.Trash(inner, "u"); err != nil {
			return err
		}
		if inner, err = tx.Entry(inner.ID); err != nil {
			return err
		}
		if _, err = tx.Purge(inner); err != nil {
			return err
		}
		if a, err = tx.Asset(a.ID); err == nil && (a.SectionID != outer.ID || a.Branch != outer.Branch) {
			t.Errorf("the asset went to %s, %s", a.SectionID, a.Branch)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
