package search

import (
	"strings"
	"testing"
)

// BenchmarkIndex is a text of 600 words.
func BenchmarkIndex(b *testing.B) {
	for _, tt := range []struct{ lang, text string }{
		{"en", "Judges in Ghent send fewer adolescents behind bars since the probation office opened. "},
		{"fr", "Les éducateurs accompagnent chaque jeune délinquant pendant six mois dans les arrondissements. "},
		{"ar", "انخفضت نسبة العودة إلى المخالفة بمقدار النصف في البلديات التجريبية منذ افتتاح المكتب. "},
	} {
		b.Run(tt.lang, func(b *testing.B) {
			d := Document{Title: tt.text, Summary: tt.text, Text: strings.Repeat(tt.text, 48)}
			for b.Loop() {
				For(tt.lang).Index(d)
			}
		})
	}
}
