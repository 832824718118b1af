package admin

import (
	"strings"
	"testing"

	"meridian/cms"
	"meridian/models"
)

// Every kind of field survives the way through the form, for every kind of entry.
func TestFieldsRoundTrip(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	for _, tt := range []struct {
		name  string
		entry string
		facts models.Values
	}{
		{"news", o.News, models.Values{
			"date": "2026-04-05", "date_precision": "month", "type": "press", "about": []any{o.Belgium}, "source": "An <agency> & \"more\"",
			"source_url": "https://site.example/?a=1&b=2", "review_by": "2027-01-31", "note": "two\nlines", "lead_picture": o.NewID(),
			"topics": []any{"kept-although-unknown"},
			"place":  map[string]any{"street": "Rue Neuve 1", "box": "3", "postcode": "1000", "city": "Brussels", "country": "BE", "lat": "50.85", "lon": "4.35"},
		}},
		{"organisation", o.Belgium, models.Values{
			"country": "BE", "status": "associate", "founded": "1991", "joined": "1995", "languages": []any{"fr", "nl", "pt-BR"},
			"email": "contact@be.site.example", "phone": "+3221234567", "help_line": "116111", "hours": "Mo–Fr 9:00–17:00\nSa 9:00–12:00",
			"territory": "Belgium", "left": "2020", "confirmed_on": "2026-01-31", "social": []any{"https://social.example/@be", "https://other.example/be"}, "website": "https://be.site.example/", "region": "no-longer-a-term",
			"local_names": []any{map[string]any{"name": "Rechten", "acronym": "R", "lang": "nl"}, map[string]any{"name": "Droits", "lang": "fr"}},
			"place":       map[string]any{"city": "Brussels", "lat": "50.85", "lon": "4.35"},
		}},
		{"area", o.About, models.Values{"directory": true, "owner": o.Belgium, "review_by": "2027-02-01"}},
		{"page", o.Page, models.Values{"owner": o.Belgium, "note": "x"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := o.CMS.Save(t.Context(), o.Admin, cms.SaveDraft{Entry: tt.entry, Lang: models.Facts, Version: o.Edition(t, tt.entry, models.Facts).Version, Fields: tt.facts})
			if err != nil {
				t.Fatal(err)
			}
			version := o.Edition(t, tt.entry, models.Facts).Version
			w := o.as(o.Admin).opens(tt.entry, "en")
			w.form.Set("fields.search_title", "Seen by engines")
			w.form.Set("fields.search_description", "And <described>")
			w.form.Set("facts_mark", "as if changed")
			w.does("save")
			if got, want := o.DraftOf(t, tt.entry, models.Facts).Fields.Canonical(), tt.facts.Canonical(); got != want {
				t.Errorf("facts after the form\n%s\nwant\n%s", got, want)
			}
			if got := o.Edition(t, tt.entry, models.Facts).Version; got != version {
				t.Errorf("an unchanged form made version %d of %d", got, version)
			}
			want := models.Values{"search_title": "Seen by engines", "search_description": "And <described>"}
			if got := o.DraftOf(t, tt.entry, "en").Fields; got.Canonical() != want.Canonical() {
				t.Errorf("fields %s", got.Canonical())
			}
			// Emptying works as well: that is how something is taken away.
			w = o.as(o.Admin).opens(tt.entry, "en")
			for name := range w.form {
				if strings.HasPrefix(name, "facts.") && name != "facts.date" {
					w.form.Del(name)
				}
			}
			w.does("save")
			left := o.DraftOf(t, tt.entry, models.Facts).Fields
			delete(left, "date")
			if len(left) > 0 {
				t.Errorf("left after emptying: %s", left.Canonical())
			}
		})
	}
}
