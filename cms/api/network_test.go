package api

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"meridian/cms"
	"meridian/cms/cmstest"
	"meridian/models"
	"meridian/models/store"
)

// newNetwork is a seeded site with two regions and an organisation of every
// status.
func newNetwork(t testing.TB) *site {
	t.Helper()
	s := newSite(t)
	s.Tx(t, func(tx *store.Tx) error {
		for i, r := range []struct{ id, en, fr string }{{"africa", "Africa", "Afrique"}, {"europe", "Europe", "Europe"}} {
			err := tx.PutTerm(models.Term{ID: r.id, Vocabulary: models.VocabularyRegion, Position: i, Data: models.Values{},
				Labels: []models.TermLabel{{Lang: "en", Label: r.en, Slug: r.id}, {Lang: "fr", Label: r.fr, Slug: r.id}}}, s.Admin.ID)
			if err != nil {
				return err
			}
		}
		return nil
	})
	s.Clock.Advance(time.Hour)
	for _, o := range []struct {
		title string
		facts models.Values
	}{
		{"Togo", models.Values{
			"country": "TG", "region": "africa", "status": "member", "languages": []any{"fr"}, "phone": "+228 90 12 34 56", "help_line": "1011",
			"social": []any{"https://social.example/@togo"}, "hours": "8:00–16:00", "joined": "1992", "confirmed_on": "2026-11-01",
			"place": map[string]any{"city": "Lomé", "country": "TG", "lat": "6.13", "lon": "1.22"}, "note": "secret", "review_by": "2027-01-01",
		}},
		{"Somaliland", models.Values{"country": "SO", "territory": "Somaliland", "region": "africa", "status": "associate"}},
		{"Ghana", models.Values{"country": "GH", "region": "africa", "status": "former", "joined": "1990", "left": "2019"}},
		{"Secretariat", models.Values{"country": "CH", "region": "europe"}},
	} {
		id := s.Create(t, cms.NewEntry{Kind: models.KindSection, Type: models.TypeOrganisation, Section: s.Root, Lang: "en", Title: o.title, Facts: o.facts})
		s.Publish(t, id, "en")
	}
	s.Create(t, cms.NewEntry{Kind: models.KindSection, Type: models.TypeOrganisation, Section: s.Root, Lang: "en", Title: "Planned", Facts: models.Values{"country": "KE", "status": "member"}})
	return s
}

func TestNetworkGolden(t *testing.T) {
	t.Parallel()
	s := newNetwork(t)
	for name, target := range map[string]string{
		"network": "/network?lang=fr", "network-former": "/network?status=former", "network-none": "/network?country=ZZ",
		"problem-network": "/network?lang=FR&region=atlantis&country=be&language=und&status=all&topic=x",
	} {
		cmstest.Golden(t, name+".txt", s.readable(t, s.do(t, http.MethodGet, Root+target)))
	}
}

func TestNetworkFilters(t *testing.T) {
	t.Parallel()
	s := newNetwork(t)
	for target, want := range map[string][]string{
		"":                               {"Somaliland", "Togo", "Belgium"},
		"?region=africa":                 {"Somaliland", "Togo"},
		"?status=member":                 {"Togo", "Belgium"},
		"?status=associate":              {"Somaliland"},
		"?status=former":                 {"Ghana"},
		"?status=former&country=TG":      nil,
		"?country=BE":                    {"Belgium"},
		"?language=fr":                   {"Togo", "Belgium"},
		"?language=fr&region=africa":     {"Togo"},
		"?lang=nl":                       {"Somaliland", "Togo", "Belgium"},
		"?lang=fr":                       {"Somaliland", "Togo", "Belgique"},
		"?lang=fr&language=nl&region=":   nil, // refused
		"?lang=fr&limit=1":               nil,
		"?country=":                      nil,
		"?status=":                       nil,
		"?region=europe&region=africa":   nil,
		"?region=europe":                 {},
		"?language=zh-Hant&lang=zh-Hant": {},
	} {
		w := s.do(t, http.MethodGet, Root+"/network"+target)
		if want == nil && target != "?status=former&country=TG" {
			if w.Code != http.StatusBadRequest {
				t.Errorf("%s = %d, want 400", target, w.Code)
			}
			continue
		}
		if w.Code != http.StatusOK {
			t.Errorf("%s = %d: %s", target, w.Code, w.Body)
			continue
		}
		var got Network
		decode(t, w.Body.Bytes(), &got)
		var names []string
		for _, it := range got.Items {
			names = append(names, it.Name)
			if _, private := it.Facts["note"]; private || it.Facts["review_by"] != nil {
				t.Errorf("%s shows what is private: %v", target, it.Facts)
			}
		}
		if !slices.Equal(names, want) || got.Counts.Sections != len(want) {
			t.Errorf("%s: %q, counted %d; want %q", target, names, got.Counts.Sections, want)
		}
	}
}

// TestNetworkFollowsTheFacts: a section that leaves is gone from the list, the
// tag moves with it, and with nothing else.
func TestNetworkFollowsTheFacts(t *testing.T) {
	t.Parallel()
	s := newNetwork(t)
	tag := func() string { return s.do(t, http.MethodGet, Root+"/network").Header().Get("ETag") }
	before := tag()
	if w := s.do(t, http.MethodGet, Root+"/network", "If-None-Match", before); w.Code != http.StatusNotModified || w.Body.Len() > 0 {
		t.Errorf("unchanged = %d, %d bytes", w.Code, w.Body.Len())
	}
	facts := s.DraftOf(t, s.Belgium, models.Facts).Fields
	facts["status"] = models.StatusFormer
	s.save(t, cms.SaveDraft{Entry: s.Belgium, Lang: models.Facts, Fields: facts})
	if tag() != before {
		t.Error("a draft of the facts changed the answer")
	}
	s.Publish(t, s.Belgium, "en")
	var got Network
	s.into(t, Root+"/network", &got)
	if tag() == before || got.Counts.Sections != 2 || got.Counts.Countries != 2 || slices.ContainsFunc(got.Items, func(it NetworkItem) bool { return it.ID == s.Belgium }) {
		t.Errorf("after an organisation left: %+v", got.Counts)
	}
	var index Index
	s.into(t, Root, &index)
	if index.Network != cmstest.Base+NetworkPath {
		t.Errorf("the index says %q", index.Network)
	}
}
