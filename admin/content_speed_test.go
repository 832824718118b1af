package admin

import (
	"testing"

	"meridian/cms/cmstest"
	"meridian/cms/seed"
	"meridian/models"
	"meridian/models/store"
)

// seeded is a back office over a made-up network, as its administrator.
func seeded(t testing.TB, entries int) *visitor {
	t.Helper()
	env := cmstest.Bare(t)
	if err := seed.Run(t.Context(), env.Store, seed.Options{Entries: entries, Langs: []string{"en", "fr", "nl"}, Seed: 1}); err != nil {
		t.Fatal(err)
	}
	var by models.User
	env.View(t, func(r *store.Read) error {
		users, err := r.Users()
		by = users[0]
		return err
	})
	return officeOver(t, env, cmstest.Base).as(by)
}

// BenchmarkTree measures the screens of the tree over 10,000 entries in three
// languages: the first view, a level opened, words looked for, a state.
func BenchmarkTree(b *testing.B) {
	v := seeded(b, 10000)
	open := opened(b, v)
	for _, bb := range []struct{ name, path string }{
		{"first", "/admin/content"}, {"open", "/admin/content?open=" + open}, {"find", "/admin/content?q=right"},
		{"missing", "/admin/content?lang=fr&state=missing"}, {"live", "/admin/content?lang=fr&state=live"},
		{"move", "/admin/entries/" + open + "/move"}, {"publish", "/admin/entries/" + open + "/publish-branch"},
	} {
		b.Run(bb.name, func(b *testing.B) {
			var body []byte
			for b.Loop() {
				w := v.get(bb.path)
				if w.Code != 200 {
					b.Fatalf("status %d", w.Code)
				}
				body = w.Body.Bytes()
			}
			b.ReportMetric(float64(zipped(b, body)), "gz-bytes")
		})
	}
}

// opened is the id of the first section of the tree that holds something.
func opened(t testing.TB, v *visitor) string {
	t.Helper()
	var id string
	v.View(t, func(r *store.Read) error {
		root, err := r.Root()
		if err != nil {
			return err
		}
		list, _, err := r.Tree(store.TreeFilter{Section: root.ID, All: true, Limit: 1})
		id = list[0].ID
		return err
	})
	return id
}

// A first view costs at most 40 KB compressed, and so does a full level: what
// it weighs follows from its rows and not from the size of the site.
func TestTreeWeight(t *testing.T) {
	t.Parallel()
	v := seeded(t, 450)
	for _, path := range []string{"/admin/content", "/admin/content?open=" + opened(t, v), "/admin/content?lang=en&state=live"} {
		n := zipped(t, v.get(path).Body.Bytes())
		t.Logf("%s: %d bytes compressed", path, n)
		if n > 26<<10 { // with styles and signs 40 KB
			t.Errorf("%s weighs %d bytes compressed", path, n)
		}
	}
}
