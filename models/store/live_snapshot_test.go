package store_test

import (
	"context"
	"slices"
	"testing"

	"meridian/cms/cmstest"
	"meridian/models/store"
)

// TestLiveSnapshotStandsStill: what is published while a snapshot lasts is in
// none of its contexts, and in all reads behind it.
func TestLiveSnapshotStandsStill(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	title := func(ctx context.Context) (title string, head int64) {
		t.Helper()
		err := env.Store.Live(ctx, func(l *store.Live) error {
			text, err := l.ByEntry(env.News, "en")
			title, head = text.Summary, l.Head
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return title, head
	}
	before, head := title(t.Context())
	err := env.Store.LiveSnapshot(t.Context(), 3, func(ctxs []context.Context) error {
		if len(ctxs) != 3 {
			t.Fatalf("%d contexts", len(ctxs))
		}
		env.Write(t, env.News, "en", "Eleven states have.")
		env.Publish(t, env.News, "en")
		for _, ctx := range slices.Concat(ctxs, ctxs) { // again and again
			if s, at := title(ctx); s != before || at != head {
				t.Errorf("the snapshot says %q at %d", s, at)
			}
		}
		if s, _ := title(t.Context()); s != "Eleven states have." {
			t.Errorf("outside it is %q", s)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if s, at := title(t.Context()); s != "Eleven states have." || at <= head {
		t.Errorf("afterwards it is %q at %d", s, at)
	}
	moved, err := env.Store.MovedFrom(t.Context(), head)
	if err != nil {
		t.Fatal(err)
	}
	if !moved([]uint64{uint64(store.NameEntry(env.News))}) || moved([]uint64{uint64(store.NameEntry(env.Page))}) {
		t.Error("MovedFrom does not tell what moved from what did not")
	}
}
