package api

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"meridian/cms/block"
)

// BenchmarkCold measures answers made from the database, without the page
// cache: 200 pages of thirty blocks, one after the other.
func BenchmarkCold(b *testing.B) {
	s := newSite(b)
	var blocks []block.Node
	for i := range 30 {
		n := block.Paragraph(block.Text(strings.Repeat("A sentence about the rights of children. ", 8)))
		if i%6 == 0 {
			n = block.Node{Type: "heading", Attrs: map[string]any{"level": 2}, Content: []block.Node{block.Text(fmt.Sprint("Part ", i))}}
		}
		blocks = append(blocks, n)
	}
	ids := make([]string, 200)
	for i := range ids {
		ids[i] = s.page(b, s.About, fmt.Sprint("Page ", i), blocks...)
	}
	for _, bb := range []struct{ name, target string }{
		{"item", Root + "/pages/%s"},
		{"item-translation-lookup", Root + "/pages/%s?lang=en&body=none"},
		{"list-20", Root + "/pages?lang=en&section=%s"},
		{"list-20-html", Root + "/pages?lang=en&body=html&section=%s"},
	} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			i, bytes := 0, 0
			for b.Loop() {
				id := ids[i%len(ids)]
				if strings.HasPrefix(bb.name, "list") {
					id = s.About
				}
				w := httptest.NewRecorder()
				s.h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, fmt.Sprintf(bb.target, id), nil))
				if w.Code != http.StatusOK {
					b.Fatalf("%d: %s", w.Code, w.Body)
				}
				i, bytes = i+1, bytes+w.Body.Len()
			}
			b.ReportMetric(float64(bytes/i), "B/answer")
		})
	}
}
