package search_test

import (
	"os"
	"slices"
	"testing"
	"time"

	"meridian/cms/live"
	"meridian/models/store"
)

// BenchmarkSearch searches a data folder that "meridian seed" filled, named by
// MERIDIAN_BENCH_DATA, without any cache: for words that most texts have, for
// words that some have, and for one that is misspelt.
func BenchmarkSearch(b *testing.B) {
	dir := os.Getenv("MERIDIAN_BENCH_DATA")
	if dir == "" {
		b.Skip("MERIDIAN_BENCH_DATA names no data folder")
	}
	s, err := store.Open(b.Context(), dir, store.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	reader := live.New(s, "https://site.example")
	for _, tt := range []struct {
		name, kind string
		queries    []string
	}{
		{"common", "", []string{"children", "report", "legal", "training", "judges", "section", "working group", "children report"}},
		{"middling", "", []string{"coalition lawyers border", "observatory complaint", "secretariat hearings partners", "family reunification capital summer", "clinic documents guide"}},
		{"narrowed", "page", []string{"children", "observatory complaint"}},
		{"misspelt", "", []string{"obsrevatory", "secretariet lawers"}},
	} {
		b.Run(tt.name, func(b *testing.B) {
			var took []time.Duration
			n := 0
			for b.Loop() {
				began := time.Now()
				err := reader.SearchView(b.Context(), func(v *live.View) error {
					found, err := v.Search(live.SearchQuery{Text: tt.queries[n%len(tt.queries)], Lang: "en", Kind: tt.kind, Limit: 20})
					if err == nil && len(found.Results) == 0 {
						b.Errorf("nothing has %q", tt.queries[n%len(tt.queries)])
					}
					return err
				})
				if err != nil {
					b.Fatal(err)
				}
				took = append(took, time.Since(began))
				n++
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1e3, "p50-ms")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1e3, "p99-ms")
		})
	}
}
