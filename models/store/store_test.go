package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"meridian/models"
	"meridian/models/store"
)

func open(t *testing.T) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), t.TempDir(), store.Options{Exclusive: true, Create: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestOpenWithoutDatabase(t *testing.T) {
	t.Parallel()
	_, err := store.Open(t.Context(), t.TempDir(), store.Options{})
	if !errors.Is(err, store.ErrNoDatabase) {
		t.Fatalf("Open of an empty folder = %v, want ErrNoDatabase", err)
	}
}

func TestSecondExclusiveOpenIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a, err := store.Open(t.Context(), dir, store.Options{Exclusive: true, Create: true})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if _, err := store.Open(t.Context(), dir, store.Options{Exclusive: true}); !errors.Is(err, store.ErrLocked) {
		t.Fatalf("second exclusive Open = %v, want ErrLocked", err)
	}
	b, err := store.Open(t.Context(), dir, store.Options{})
	if err != nil {
		t.Fatalf("Open beside a server = %v", err)
	}
	defer b.Close()
	term := models.Term{ID: "peace", Vocabulary: models.VocabularyTopic}
	if err := b.Tx(t.Context(), func(tx *store.Tx) error { return tx.PutTerm(term, "x") }); err != nil {
		t.Fatalf("write beside a server: %v", err)
	}
	before := a.Head()
	if err := a.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if a.Head() != before+1 {
		t.Errorf("head after the other process wrote = %d, want %d", a.Head(), before+1)
	}
}

func TestDamagedDatabaseIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, store.File), []byte(strings.Repeat("not a database ", 500)), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := store.Open(t.Context(), dir, store.Options{Exclusive: true})
	if !errors.Is(err, store.ErrDamaged) {
		t.Fatalf("Open of a damaged file = %v, want ErrDamaged", err)
	}
}

func TestNewerSchemaIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, err := store.Open(t.Context(), dir, store.Options{Exclusive: true, Create: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", filepath.Join(dir, store.File))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)"); err != nil {
		t.Fatal(err)
	}
	_ = db.Close()
	if _, err := store.Open(t.Context(), dir, store.Options{Exclusive: true}); !errors.Is(err, store.ErrNewerSchema) {
		t.Fatalf("Open of a newer schema = %v, want ErrNewerSchema", err)
	}
}

func TestTransactionInsideTransactionIsRefused(t *testing.T) {
	t.Parallel()
	s := open(t)
	ctx := t.Context()
	err := s.Tx(ctx, func(tx *store.Tx) error {
		return s.Tx(tx.Context(), func(*store.Tx) error { return nil })
	})
	if err == nil || !strings.Contains(err.Error(), "inside a transaction") {
		t.Fatalf("nested transaction = %v, want a refusal", err)
	}
}

// TestEveryColumnHasItsField compares the migrated schema with the types that
// are stored in it.
func TestEveryColumnHasItsField(t *testing.T) {
	t.Parallel()
	s := open(t)
	for table, v := range map[string]any{
		"entries": models.Entry{}, "editions": models.Edition{}, "drafts": models.Draft{}, "revisions": models.Revision{},
		"changes": models.Change{}, "addresses": models.Address{}, "address_hits": store.AddressHit{}, "terms": models.Term{}, "term_labels": models.TermLabel{},
		"users": models.User{}, "grants": models.Grant{}, "sessions": store.Session{}, "attempts": store.Attempt{},
		"audit": store.AuditRow{}, "refs": store.Ref{}, "schedules": models.Schedule{},
		"assets": models.Asset{}, "asset_versions": models.AssetVersion{}, "renditions": models.Rendition{}, "asset_descriptions": models.AssetDescription{},
		"consents": models.Consent{}, "collections": models.Collection{},
	} {
		want := store.Columns(t, s, v)
		got := store.TableColumns(t, s, table)
		if !reflect.DeepEqual(want, got) {
			t.Errorf("%s: fields %v, columns %v", table, want, got)
		}
	}
}

func TestPragmasOnEveryConnection(t *testing.T) {
	t.Parallel()
	s := open(t)
	for _, db := range store.Pools(s) {
		// Holding every connection at once is what makes the pool hand out each.
		var conns []*sql.Conn
		for range db.Size {
			c, err := db.DB.Conn(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			conns = append(conns, c)
		}
		for i, c := range conns {
			for pragma, want := range db.Want {
				var got string
				if err := c.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got); err != nil {
					t.Fatalf("%s: %v", pragma, err)
				}
				if got != want {
					t.Errorf("%s connection %d: %s = %s, want %s", db.Name, i, pragma, got, want)
				}
			}
			_ = c.Close()
		}
	}
}

func TestReadersCannotWrite(t *testing.T) {
	t.Parallel()
	s := open(t)
	for _, db := range store.Pools(s) {
		if db.Name != "readers" {
			continue
		}
		if _, err := db.DB.ExecContext(t.Context(), "INSERT INTO settings VALUES ('a', 'b')"); err == nil {
			t.Error("a reader connection accepted a write")
		}
	}
}

func TestSealedRowsStay(t *testing.T) {
	t.Parallel()
	s := open(t)
	seed(t, s)
	for _, sql := range []string{
		"UPDATE revisions SET title = 'x'", "UPDATE changes SET lang = 'x'", "DELETE FROM changes",
		"UPDATE audit SET action = 'x'", "DELETE FROM audit", "DELETE FROM users",
	} {
		if err := store.Exec(s, sql); err == nil {
			t.Errorf("%q went through", sql)
		}
	}
}

// seeded is a small tree for the tests of this package.
type seeded struct {
	user    models.User
	entry   models.Entry
	edition models.Edition
	rev     models.Revision
}

func seed(t *testing.T, s *store.Store) seeded {
	t.Helper()
	var out seeded
	err := s.Tx(t.Context(), func(tx *store.Tx) error {
		out.user = models.User{ID: tx.NewID(), Name: "A", Email: "a@b.example", Canonical: "a@b.example", Lang: "en", Theme: "system", CreatedAt: tx.Now()}
		if err := tx.AddUser(out.user); err != nil {
			return err
		}
		id := tx.NewID()
		out.entry = models.Entry{ID: id, Kind: models.KindSection, Type: models.TypeArea, Branch: "/" + id + "/", DomainID: id, Nav: models.NavNone, OriginalLang: "en", CreatedAt: tx.Now(), CreatedBy: out.user.ID, Version: 1}
		if err := tx.AddEntry(out.entry); err != nil {
			return err
		}
		path := ""
		out.edition = models.Edition{ID: tx.NewID(), EntryID: id, Lang: "en", Path: &path, Version: 1, CreatedAt: tx.Now()}
		if err := tx.AddEdition(out.edition, models.Draft{EditionID: out.edition.ID, Author: out.user.ID, SavedAt: tx.Now()}); err != nil {
			return err
		}
		var err error
		if out.rev, err = tx.Seal(models.Draft{EditionID: out.edition.ID, Content: models.Content{Title: "T", Hash: "h", Fields: models.Values{}}}, out.user.ID, models.ReasonPublished); err != nil {
			return err
		}
		if err := tx.GoLive(out.entry, out.edition, out.rev, models.ActionPublished, out.user.ID); err != nil {
			return err
		}
		for range 3 {
			if err := tx.Audit(out.user.ID, "act", id, ""); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	out.edition.Version = 2 // going live raised it
	out.edition.LiveRevision, out.edition.FirstPublishedAt = &out.rev.ID, &out.rev.CreatedAt
	return out
}

// TestWithdrawnPageBecomesSection: that a page is gone is what readers are told
// of its id as a page, so the journal says when it is none any more.
func TestWithdrawnPageBecomesSection(t *testing.T) {
	t.Parallel()
	s := open(t)
	sd := seed(t, s)
	for _, withdrawn := range []bool{true, false} {
		err := s.Tx(t.Context(), func(tx *store.Tx) error {
			e := sd.page(t, tx, fmt.Sprint("page-", withdrawn))
			d, err := tx.Edition(e.ID, "en")
			if err != nil {
				return err
			}
			if withdrawn {
				if err := tx.TakeDown(e, d, "error", "u"); err != nil {
					return err
				}
			}
			before := tx.Head()
			if _, err := tx.TurnIntoSection(e, "u"); err != nil {
				return err
			}
			if tx.Head() == before {
				t.Errorf("withdrawn %v: the journal did not move", withdrawn)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// page adds a public page to the seeded section.
func (sd seeded) page(t *testing.T, tx *store.Tx, path string) models.Entry {
	t.Helper()
	e := models.Entry{ID: tx.NewID(), Kind: models.KindPage, SectionID: &sd.entry.ID, Branch: sd.entry.Branch, DomainID: sd.entry.ID, Nav: models.NavNone, OriginalLang: "en", CreatedAt: tx.Now(), Version: 1}
	d := models.Edition{ID: tx.NewID(), EntryID: e.ID, Lang: "en", Slug: path, Path: &path, Version: 1, CreatedAt: tx.Now()}
	draft := models.Draft{EditionID: d.ID, Author: sd.user.ID, SavedAt: tx.Now()}
	if err := tx.AddEntry(e); err != nil {
		t.Fatal(err)
	}
	if err := tx.AddEdition(d, draft); err != nil {
		t.Fatal(err)
	}
	rev, err := tx.Seal(draft, sd.user.ID, models.ReasonPublished)
	if err != nil {
		t.Fatal(err)
	}
	if err := tx.GoLive(e, d, rev, models.ActionPublished, sd.user.ID); err != nil {
		t.Fatal(err)
	}
	return e
}

// TestWritesReadersSeeMoveTheJournal calls every writing method of Tx. Those
// that change something readers can see must append to the journal; the
// others, draft saves above all, must not.
func TestWritesReadersSeeMoveTheJournal(t *testing.T) {
	t.Parallel()
	s := open(t)
	sd := seed(t, s)
	now := time.Now().UTC()
	url := "/en/news/"
	pages := map[string]models.Entry{}
	if err := s.Tx(t.Context(), func(tx *store.Tx) error {
		for _, name := range []string{"Move", "MoveAddresses", "TurnIntoSection", "Trash", "Restore", "Purge"} {
			pages[name] = sd.page(t, tx, strings.ToLower(name))
		}
		_, err := tx.Trash(pages["Restore"], "u")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	assets := map[string]models.Asset{}
	if err := s.Tx(t.Context(), func(tx *store.Tx) error {
		for _, name := range []string{"PutAsset", "AddAssetVersion", "AddConsent", "WithdrawConsent", "PutRenditions", "DropRendition", "EraseAsset", "silent"} {
			a, err := sd.asset(tx, name != "EraseAsset" && name != "silent")
			if err != nil {
				return err
			}
			assets[name] = a
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	public := map[string]func(*store.Tx) error{
		"PutAsset": func(tx *store.Tx) error {
			a := assets["PutAsset"]
			now := a
			now.Withheld = models.WithheldPeople
			return tx.PutAsset(a, now, "u")
		},
		"AddAssetVersion": func(tx *store.Tx) error {
			a := assets["AddAssetVersion"]
			v := sd.assetVersion(tx, a.ID, 2)
			now := a
			now.VersionID = v.ID
			return tx.AddAssetVersion(a, now, v, "words", "u")
		},
		"AddConsent": func(tx *store.Tx) error {
			a := assets["AddConsent"]
			return tx.AddConsent(a, a, models.Consent{ID: tx.NewID(), AssetID: a.ID, Zone: "UTC", CreatedBy: sd.user.ID, CreatedAt: now}, "u")
		},
		"WithdrawConsent": func(tx *store.Tx) error {
			a := assets["WithdrawConsent"]
			if err := tx.AddConsent(a, a, models.Consent{ID: tx.NewID(), AssetID: a.ID, Zone: "UTC", CreatedBy: sd.user.ID, CreatedAt: now}, "u"); err != nil {
				return err
			}
			was, err := tx.Asset(a.ID)
			if err != nil {
				return err
			}
			gone := was
			gone.Withheld = models.WithheldWithdrawn
			return tx.WithdrawConsent(was, gone, "reason", "u")
		},
		"PutRenditions": func(tx *store.Tx) error {
			v, err := tx.AssetVersion(assets["PutRenditions"].VersionID)
			if err != nil {
				return err
			}
			_, err = tx.PutRenditions(v, []models.Rendition{{Width: 320, Height: 240, Type: "image/jpeg", File: "r1", Hash: "01234567"}}, true, 500, 500)
			return err
		},
		"DropRendition": func(tx *store.Tx) error {
			v, err := tx.AssetVersion(assets["DropRendition"].VersionID)
			if err != nil {
				return err
			}
			if _, err := tx.PutRenditions(v, []models.Rendition{{Width: 320, Height: 240, Type: "image/jpeg", File: "r2", Hash: "01234567"}}, true, 500, 500); err != nil {
				return err
			}
			return tx.DropRendition("r2")
		},
		"GoLive":   func(tx *store.Tx) error { return tx.GoLive(sd.entry, sd.edition, sd.rev, models.ActionUpdated, "u") },
		"TakeDown": func(tx *store.Tx) error { return tx.TakeDown(sd.entry, sd.edition, "", "u") },
		"GoBack": func(tx *store.Tx) error {
			d := sd.edition
			d.ReplacedRevision = &sd.rev.ID
			return tx.GoBack(sd.entry, d, "u")
		},
		"SetPath": func(tx *store.Tx) error { return tx.SetPath(sd.entry, sd.edition, "x", "x", "u") },
		"AddRedirect": func(tx *store.Tx) error {
			return tx.AddRedirect(models.Address{Lang: "en", Path: "old", URL: url, Origin: models.AddressManual}, "u")
		},
		"AddRedirects": func(tx *store.Tx) error {
			return tx.AddRedirects([]models.Address{{Path: "old", EditionID: &sd.edition.ID, Origin: models.AddressImported}}, "u")
		},
		"DeleteRedirect": func(tx *store.Tx) error { return tx.DeleteRedirect("en", "leads", "u") },
		"PutTerm": func(tx *store.Tx) error {
			return tx.PutTerm(models.Term{ID: "t", Vocabulary: models.VocabularyTopic}, "u")
		},
		"PlaceTerms": func(tx *store.Tx) error { return tx.PlaceTerms([]string{"t"}, "t", "u") },
		"DeleteTerm": func(tx *store.Tx) error { return tx.DeleteTerm("t", "u") },
		"MergeTerm": func(tx *store.Tx) error {
			_, err := tx.MergeTerm(models.Term{ID: "a", Vocabulary: models.VocabularyTopic}, models.Term{ID: "b", Vocabulary: models.VocabularyTopic}, "u")
			return err
		},
		"Move": func(tx *store.Tx) error {
			_, _, err := tx.Move(store.Move{Entry: pages["Move"], To: sd.entry, Position: 3, Nav: models.NavMain, Actor: "u"})
			return err
		},
		"MoveAddresses": func(tx *store.Tx) error {
			n, err := tx.MoveAddresses(pages["MoveAddresses"], store.PathChange{Lang: "en", Was: "moveaddresses", Now: "other"}, "u")
			if err == nil && n != 1 {
				t.Errorf("MoveAddresses changed %d addresses, want 1", n)
			}
			return err
		},
		"TurnIntoSection": func(tx *store.Tx) error { _, err := tx.TurnIntoSection(pages["TurnIntoSection"], "u"); return err },
		"Trash":           func(tx *store.Tx) error { _, err := tx.Trash(pages["Trash"], "u"); return err },
		"Restore": func(tx *store.Tx) error {
			e := pages["Restore"]
			e.Version++ // the trash
			_, err := tx.Restore(e, nil, "u")
			return err
		},
		"PutSite":         func(tx *store.Tx) error { return tx.PutSite(models.Site{Languages: []string{"en"}}, "u") },
		"PutInstallation": func(tx *store.Tx) error { return tx.PutInstallation(models.Installation{ID: "i"}) },
		"NewLife":         func(tx *store.Tx) error { return tx.NewLife() },
	}
	silent := map[string]func(*store.Tx) error{
		// Readers went on getting "gone" and go on getting it.
		"Purge": func(tx *store.Tx) error { _, err := tx.Purge(pages["Purge"]); return err },
		// Nothing public uses these, or they went before.
		"AddAsset": func(tx *store.Tx) error {
			a, v := sd.newAsset(tx)
			return tx.AddAsset(a, v, "")
		},
		"EraseAsset": func(tx *store.Tx) error { _, err := tx.EraseAsset(assets["EraseAsset"]); return err },
		"PutAssetDescription": func(tx *store.Tx) error {
			_, err := tx.PutAssetDescription(models.AssetDescription{AssetID: assets["silent"].ID, Lang: "en", Text: "A child", UserID: "u"})
			return err
		},
		"PutAssetDocs":   func(tx *store.Tx) error { return tx.PutAssetDocs([]store.AssetDoc{{Terms: "en_word"}}) },
		"QueueAllAssets": func(tx *store.Tx) error { return tx.QueueAllAssets(1) },
		"AddCollection":  func(tx *store.Tx) error { return tx.AddCollection(sd.collection(tx)) },
		"RenameCollection": func(tx *store.Tx) error {
			c := sd.collection(tx)
			if err := tx.AddCollection(c); err != nil {
				return err
			}
			return tx.RenameCollection(c, "other")
		},
		"DeleteCollection": func(tx *store.Tx) error {
			c := sd.collection(tx)
			if err := tx.AddCollection(c); err != nil {
				return err
			}
			return tx.DeleteCollection(c)
		},
		"Collect": func(tx *store.Tx) error {
			c := sd.collection(tx)
			if err := tx.AddCollection(c); err != nil {
				return err
			}
			return tx.Collect(c.ID, []string{assets["silent"].ID})
		},
		"Uncollect": func(tx *store.Tx) error { return tx.Uncollect("c", []string{assets["silent"].ID}) },
		"AddEntry": func(tx *store.Tx) error {
			id := tx.NewID()
			return tx.AddEntry(models.Entry{ID: id, Kind: models.KindPage, SectionID: &sd.entry.ID, Branch: sd.entry.Branch, DomainID: sd.entry.ID, Nav: "none", OriginalLang: "en", CreatedAt: now})
		},
		"AddEdition": func(tx *store.Tx) error {
			p := ""
			id := tx.NewID()
			return tx.AddEdition(models.Edition{ID: id, EntryID: sd.entry.ID, Lang: "fr", Path: &p, CreatedAt: now}, models.Draft{EditionID: id, SavedAt: now})
		},
		"PutDraft": func(tx *store.Tx) error { return tx.PutDraft(models.Draft{EditionID: sd.edition.ID, SavedAt: now}) },
		"Seal": func(tx *store.Tx) error {
			_, err := tx.Seal(models.Draft{EditionID: sd.edition.ID, BaseRevision: sd.rev.ID}, "u", models.ReasonSaved)
			return err
		},
		"NextVersion":  func(tx *store.Tx) error { return tx.NextVersion(sd.edition) },
		"NameRevision": func(tx *store.Tx) error { return tx.NameRevision(sd.rev.ID, "name") },
		// A part of taking facts down, whose row TakeDown appends.
		"DropProjection": func(tx *store.Tx) error { return tx.DropProjection(sd.entry.ID) },
		"SetBase":        func(tx *store.Tx) error { return tx.SetBase(sd.edition.ID, sd.rev.ID) },
		// The index stands beside the acts that change what is public.
		"PutSearch": func(tx *store.Tx) error {
			tx.PutSearch(store.SearchDoc{Entry: sd.entry.ID, Edition: sd.edition.ID, Lang: "en", Terms: "en_child ", Words: []store.SearchWord{{Folded: "children", Shown: "children"}}})
			return nil
		},
		"PutSearchVersion": func(tx *store.Tx) error { return tx.PutSearchVersion(1) },
		"ClearSearch":      func(tx *store.Tx) error { return tx.ClearSearch() },
		"LeaveSearchQueue": func(tx *store.Tx) error { return tx.LeaveSearchQueue([]string{sd.edition.ID}) },
		"QueueAllDrafts":   func(tx *store.Tx) error { return tx.QueueAllDrafts(1) },
		"PutStaffDocs": func(tx *store.Tx) error {
			return tx.PutStaffDocs([]store.StaffDoc{{Saving: 1, Entry: "e", Edition: "d", Terms: "en_word"}})
		},
		// What is to come is nothing that readers see.
		"PutSchedule": func(tx *store.Tx) error { return tx.PutSchedule(sd.takeDown(tx)) },
		"DeleteSchedule": func(tx *store.Tx) error {
			if err := tx.PutSchedule(sd.takeDown(tx)); err != nil {
				return err
			}
			return tx.DeleteSchedule(sd.edition.ID, models.ScheduleUnpublish)
		},
		"RefuseSchedule": func(tx *store.Tx) error {
			if err := tx.PutSchedule(sd.takeDown(tx)); err != nil {
				return err
			}
			return tx.RefuseSchedule(sd.takeDown(tx), "trashed")
		},
		"PublishRefs": func(tx *store.Tx) error { return tx.PublishRefs(sd.edition.ID) },
		"PutRefs":     func(tx *store.Tx) error { return tx.PutRefs(sd.edition.ID, false, nil) },
		// A part of publishing facts, whose GoLive appends the row.
		"PutProjection": func(tx *store.Tx) error { return tx.PutProjection(sd.entry, sd.edition, models.Values{}, nil) },
		"Audit":         func(tx *store.Tx) error { return tx.Audit("u", "a", "s", "") },
		"CountHits": func(tx *store.Tx) error {
			return tx.CountHits([]store.AddressHit{{Path: "x", Hits: 1, FirstAt: now, LastAt: now}}, 10)
		},
		"ForgetHits": func(tx *store.Tx) error { return tx.ForgetHits("en", "asked") },
		"AddUser": func(tx *store.Tx) error {
			return tx.AddUser(models.User{ID: tx.NewID(), Canonical: "c", Theme: "system", CreatedAt: now})
		},
		"PutUser":     func(tx *store.Tx) error { return tx.PutUser(models.User{ID: sd.user.ID, Theme: "dark"}) },
		"PutPassword": func(tx *store.Tx) error { _, err := tx.PutPassword(sd.user.ID, "h"); return err },
		"Rehash":      func(tx *store.Tx) error { return tx.Rehash(sd.user.ID, "h", "i") },
		"SetDisabled": func(tx *store.Tx) error { return tx.SetDisabled(sd.user.ID, true) },
		"AddGrant": func(tx *store.Tx) error {
			return tx.AddGrant(models.Grant{ID: tx.NewID(), UserID: sd.user.ID, Role: models.RoleAuthor, SectionID: sd.entry.ID})
		},
		"Seen":     func(tx *store.Tx) error { return tx.Seen(sd.user.ID, now) },
		"PutSetup": func(tx *store.Tx) error { return tx.PutSetup("h", "e") },
		"AddSession": func(tx *store.Tx) error {
			return tx.AddSession(store.Session{Token: "t", Data: []byte("x"), ExpiresAt: now})
		},
		"PutSession": func(tx *store.Tx) error {
			return tx.PutSession(store.Session{Token: "t", Data: []byte("y"), ExpiresAt: now})
		},
		"DeleteSession":         func(tx *store.Tx) error { return tx.DeleteSession("t") },
		"DeleteSessions":        func(tx *store.Tx) error { return tx.DeleteSessions(sd.user.ID, "") },
		"DeleteExpiredSessions": func(tx *store.Tx) error { return tx.DeleteExpiredSessions() },
		"DeleteOldAttempts":     func(tx *store.Tx) error { return tx.DeleteOldAttempts(100) },
		"PutAttempt":            func(tx *store.Tx) error { return tx.PutAttempt(store.Attempt{Key: "k", Failures: 1, LastAt: now}) },
	}
	err := s.Tx(t.Context(), func(tx *store.Tx) error { // to be deleted
		return errors.Join(tx.AddRedirect(models.Address{Lang: "en", Path: "leads", URL: url, Origin: models.AddressManual}, "u"),
			tx.CountHits([]store.AddressHit{{Lang: "en", Path: "asked", Hits: 1, FirstAt: now, LastAt: now}}, 10),
			tx.PutInstallation(models.Installation{ID: "i"})) // for a new life
	})
	if err != nil {
		t.Fatal(err)
	}
	neither := map[string]bool{"Now": true, "Head": true, "NewID": true, "Random": true, "Context": true}
	own := map[string]bool{}
	read := reflect.TypeFor[*store.Read]()
	for m := range reflect.TypeFor[*store.Tx]().Methods() {
		if _, inherited := read.MethodByName(m.Name); inherited && m.Name != "Context" {
			continue
		}
		own[m.Name] = true
		if public[m.Name] == nil && silent[m.Name] == nil && !neither[m.Name] {
			t.Errorf("Tx.%s is in neither list: does it change what readers see?", m.Name)
		}
	}
	order := func(m map[string]func(*store.Tx) error, first ...string) []string {
		names := first
		for n := range m {
			if !own[n] {
				t.Errorf("Tx.%s is listed but does not exist", n)
			}
			names = append(names, n)
		}
		return names
	}
	rollback := errors.New("put everything back")
	run := func(name string, fn func(*store.Tx) error, moves bool) {
		err := s.Tx(t.Context(), func(tx *store.Tx) error {
			if name == "PutSession" {
				if err := silent["AddSession"](tx); err != nil {
					return err
				}
			}
			if err := fn(tx); err != nil {
				return err
			}
			if got := tx.Head() > 0; got != moves {
				t.Errorf("Tx.%s: journal moved = %v, want %v", name, got, moves)
			}
			return rollback
		})
		if !errors.Is(err, rollback) {
			t.Errorf("Tx.%s: %v", name, err)
		}
	}
	for _, n := range order(public) {
		run(n, public[n], true)
	}
	for _, n := range order(silent) {
		run(n, silent[n], false)
	}
}

// TestVersionsGuardThePointer: neither going live nor being taken down goes
// through for a version that moved on.
func TestVersionsGuardThePointer(t *testing.T) {
	t.Parallel()
	s := open(t)
	sd := seed(t, s)
	old := sd.edition
	old.Version--
	for name, fn := range map[string]func(*store.Tx) error{
		"GoLive":      func(tx *store.Tx) error { return tx.GoLive(sd.entry, old, sd.rev, models.ActionUpdated, "u") },
		"TakeDown":    func(tx *store.Tx) error { return tx.TakeDown(sd.entry, old, "", "u") },
		"NextVersion": func(tx *store.Tx) error { return tx.NextVersion(old) },
	} {
		head := s.Head()
		if err := s.Tx(t.Context(), fn); !errors.Is(err, models.ErrStale) {
			t.Errorf("%s at an old version = %v, want ErrStale", name, err)
		}
		if s.Head() != head {
			t.Errorf("%s at an old version moved the journal", name)
		}
	}
}

// TestRollback asks, for every writing method, whether its very row is as
// before when the transaction fails afterwards.
func TestRollback(t *testing.T) {
	t.Parallel()
	s := open(t)
	sd := seed(t, s)
	before := store.Dump(t, s)
	boom := errors.New("boom")
	at := func(version int) models.Edition { d := sd.edition; d.Version = version; return d }
	err := s.Tx(t.Context(), func(tx *store.Tx) error {
		for _, step := range []error{
			tx.NextVersion(sd.edition),
			tx.PutDraft(models.Draft{EditionID: sd.edition.ID, Content: models.Content{Title: "lost"}, SavedAt: tx.Now()}),
			tx.GoLive(sd.entry, at(3), sd.rev, models.ActionUpdated, "u"),
			tx.SetPath(sd.entry, sd.edition, "lost", "lost", "u"),
			tx.TakeDown(sd.entry, at(4), "legal", "u"),
			tx.AddRedirect(models.Address{Lang: "en", Path: "old", URL: "/lost", Origin: models.AddressManual}, "u"),
			tx.CountHits([]store.AddressHit{{Path: "lost", Hits: 1, FirstAt: tx.Now(), LastAt: tx.Now()}}, 10),
			tx.PutSite(models.Site{Languages: []string{"en"}}, "u"),
			tx.PutTerm(models.Term{ID: "lost", Vocabulary: "topic"}, "u"),
			tx.PutProjection(sd.entry, sd.edition, models.Values{"date": "2026-01-01"}, nil),
			tx.PutRefs(sd.edition.ID, true, []store.Ref{{BlockID: "b", TargetKind: "page", TargetID: "t", Purpose: "link"}}),
			tx.Audit("u", "lost", "x", ""),
			tx.PutUser(models.User{ID: sd.user.ID, Name: "lost", Theme: "dark"}),
			tx.AddSession(store.Session{Token: "lost", Data: []byte("x"), ExpiresAt: tx.Now()}),
			tx.PutAttempt(store.Attempt{Key: "lost", Failures: 1, LastAt: tx.Now()}),
		} {
			if step != nil {
				return step
			}
		}
		if store.DumpTx(t, tx) == before {
			t.Error("the transaction wrote nothing: the test proves nothing")
		}
		return boom
	})
	if !errors.Is(err, boom) {
		t.Fatalf("Tx = %v", err)
	}
	if after := store.Dump(t, s); after != before {
		t.Errorf("rows survived the rollback:\nbefore %s\nafter  %s", before, after)
	}
}

func TestCancelledTransactionLeavesNothing(t *testing.T) {
	t.Parallel()
	s := open(t)
	seed(t, s)
	before := store.Dump(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	err := s.Tx(ctx, func(tx *store.Tx) error {
		if err := tx.PutSite(models.Site{Languages: []string{"en"}}, "u"); err != nil {
			return err
		}
		cancel()
		return nil
	})
	if err == nil {
		t.Error("commit after cancellation succeeded")
	}
	if after := store.Dump(t, s); after != before {
		t.Errorf("rows survived the cancellation:\n%s\n%s", before, after)
	}
}
