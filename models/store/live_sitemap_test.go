package store_test

import (
	"slices"
	"testing"

	"meridian/models"
	"meridian/models/store"
)

// TestSitemapCuts cuts the seeded site into parts of every size: together they
// are all of it, in order, and none is too long.
func TestSitemapCuts(t *testing.T) {
	t.Parallel()
	s := open(t)
	sd := seed(t, s)
	if err := s.Tx(t.Context(), func(tx *store.Tx) error {
		for _, path := range []string{"b", "a/c", "a", "é", "z"} {
			sd.page(t, tx, path)
		}
		// One that is not public stands in between.
		hidden := models.Entry{ID: tx.NewID(), Kind: models.KindPage, SectionID: &sd.entry.ID, Branch: sd.entry.Branch, DomainID: sd.entry.ID, Nav: models.NavNone, OriginalLang: "en", CreatedAt: tx.Now(), Version: 1}
		if err := tx.AddEntry(hidden); err != nil {
			return err
		}
		d := models.Edition{ID: tx.NewID(), EntryID: hidden.ID, Lang: "en", Slug: "h", Path: new("h"), Version: 1, CreatedAt: tx.Now()}
		return tx.AddEdition(d, models.Draft{EditionID: d.ID, Author: sd.user.ID, SavedAt: tx.Now()})
	}); err != nil {
		t.Fatal(err)
	}
	err := s.Live(t.Context(), func(l *store.Live) error {
		all, err := l.SitemapRows("en", "", "", 1000)
		if err != nil || len(all) != 6 {
			t.Fatalf("%d rows, %v", len(all), err)
		}
		if !slices.IsSortedFunc(all, func(a, b store.SitemapRow) int {
			if a.Path < b.Path {
				return -1
			}
			return 1
		}) {
			t.Errorf("not by path: %v", all)
		}
		for size := 1; size <= len(all)+2; size++ {
			cuts, err := l.SitemapCuts("en", size)
			if err != nil {
				return err
			}
			var got []store.SitemapRow
			for i, first := range cuts {
				next := ""
				if i+1 < len(cuts) {
					next = cuts[i+1]
				}
				rows, err := l.SitemapRows("en", first, next, 1000)
				if err != nil {
					return err
				}
				if len(rows) > size {
					t.Errorf("size %d: part %d has %d rows", size, i, len(rows))
				}
				got = append(got, rows...)
			}
			if !slices.Equal(got, all) {
				t.Errorf("size %d: parts %q hold %v, want %v", size, cuts, got, all)
			}
		}
		if cuts, err := l.SitemapCuts("xx", 10); err != nil || cuts != nil {
			t.Errorf("a language of nobody: %q, %v", cuts, err)
		}
		at, ok, err := l.Newest("en")
		if err != nil || !ok || at.IsZero() {
			t.Errorf("Newest = %v, %v, %v", at, ok, err)
		}
		if _, ok, err := l.Newest("xx"); ok || err != nil {
			t.Errorf("Newest of a language of nobody = %v, %v", ok, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
