package site_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// BenchmarkColdPage renders pages that no cache holds.
func BenchmarkColdPage(b *testing.B) {
	f := newFixture(b)
	for _, bb := range []struct{ name, path string }{
		{"home", "/en/"}, {"page", f.path(b, f.Long, "en")}, {"organisation", f.path(b, f.Palestine, "en") + "/"},
		{"news_item", f.path(b, f.Press, "en")}, {"news_list", "/en/news/"}, {"not_found", "/en/nowhere"},
	} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				w := httptest.NewRecorder()
				f.ServeHTTP(w, httptest.NewRequestWithContext(b.Context(), http.MethodGet, bb.path, nil))
				if w.Code >= http.StatusInternalServerError {
					b.Fatal(w.Code)
				}
			}
		})
	}
}
