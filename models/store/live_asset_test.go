package store_test

import (
	"strings"
	"testing"
	"time"

	"meridian/models"
	"meridian/models/store"
)

// TestAssetsAreLookedUp asks SQLite how it finds files for readers: by their
// ids, however many there are.
func TestAssetsAreLookedUp(t *testing.T) {
	t.Parallel()
	s := open(t)
	seed(t, s)
	steps := store.AssetPlans(t, s)
	if len(steps) < 8 {
		t.Fatalf("%d steps", len(steps))
	}
	for _, step := range steps {
		if strings.HasPrefix(step, "SCAN") && !strings.Contains(step, "VIRTUAL TABLE") || strings.Contains(step, "MATERIALIZE") {
			t.Errorf("%s, in\n%s", step, strings.Join(steps, "\n"))
		}
	}
}

// TestPublicAsset holds what makes a file public, beyond what the database says.
func TestPublicAsset(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)
	past, future := now.Add(-time.Second), now.Add(time.Second)
	for _, tt := range []struct {
		name         string
		a            store.LiveAsset
		public, gone bool
		reason       string
		inFR, free   bool
	}{
		{"used and given", store.LiveAsset{Given: true, EntryID: "e", WasPublic: true, People: "none", Kind: "image"}, true, false, "", true, true},
		{"not used", store.LiveAsset{Given: true, People: "crowd", Kind: "image"}, false, false, "", true, false},
		{"consent holds", store.LiveAsset{Given: true, EntryID: "e", WasPublic: true, ConsentEndsAt: &future, ConsentLangs: []string{"en"}, Kind: "video"}, true, false, "", false, false},
		{"consent ended now", store.LiveAsset{Given: true, EntryID: "e", WasPublic: true, ConsentEndsAt: &now}, false, true, "consent", true, true},
		{"consent ended", store.LiveAsset{Given: true, EntryID: "e", WasPublic: true, ConsentEndsAt: &past}, false, true, "consent", true, true},
		{"withheld", store.LiveAsset{EntryID: "e", WasPublic: true, Withheld: models.WithheldWithdrawn}, false, true, "consent", true, true},
		{"in the trash", store.LiveAsset{WasPublic: true}, false, true, "", true, true},
		{"never public", store.LiveAsset{Withheld: models.WithheldPeople}, false, false, "", true, true},
	} {
		reason, gone := tt.a.Gone(now)
		if got := tt.a.Public(now); got != tt.public || gone != tt.gone || reason != tt.reason || tt.a.In("fr") != tt.inFR || tt.a.Free() != tt.free {
			t.Errorf("%s: public %v, gone %v for %q, in French %v, free %v", tt.name, got, gone, reason, tt.a.In("fr"), tt.a.Free())
		}
	}
	for title, want := range map[string]string{"Un arbre": "un-arbre", "": "file", "!!!": "file", "شجرة": "شجرة"} {
		if got := (store.LiveAsset{Title: title}).Slug(); got != want {
			t.Errorf("slug of %q = %q, want %q", title, got, want)
		}
	}
}
