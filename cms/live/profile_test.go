package live_test

import (
	"testing"

	"meridian/cms"
	"meridian/cms/cmstest"
	"meridian/cms/live"
	"meridian/models"
)

func TestYears(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ joined, left, want string }{
		{"", "", ""}, {"1992", "", ""}, {"1992", "2020", "1992–2020"}, {"", "2020", "–2020"},
	} {
		if got := live.Years(map[string]any{"joined": tt.joined, "left": tt.left}); got != tt.want {
			t.Errorf("joined %q, left %q: %q, want %q", tt.joined, tt.left, got, tt.want)
		}
	}
}

func TestCountryOf(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		facts map[string]any
		want  string
	}{
		{nil, ""},
		{map[string]any{"country": "BE"}, "Belgique"},
		{map[string]any{"country": "BE", "territory": "Région flamande"}, "Région flamande"},
	} {
		if got := live.CountryOf(tt.facts, "fr"); got != tt.want {
			t.Errorf("CountryOf(%v) = %q, want %q", tt.facts, got, tt.want)
		}
	}
}

func TestPointOf(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		place    any
		lat, lon float64
		ok       bool
	}{
		{nil, 0, 0, false},
		{map[string]any{"city": "Geneva"}, 0, 0, false},
		{map[string]any{"lat": "46.2", "lon": ""}, 0, 0, false},
		{map[string]any{"lat": "46.2", "lon": "6.14"}, 46.2, 6.14, true},
	} {
		lat, lon, ok := live.PointOf(map[string]any{"place": tt.place})
		if lat != tt.lat || lon != tt.lon || ok != tt.ok {
			t.Errorf("PointOf(%v) = %v, %v, %v", tt.place, lat, lon, ok)
		}
	}
}

// TestNetworkHasFormerMembers: the directory knows who left; everything that
// counts does not.
func TestNetworkHasFormerMembers(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	former := env.Create(t, cms.NewEntry{Kind: models.KindSection, Type: models.TypeOrganisation, Section: env.Root, Lang: "en", Title: "Sweden", Facts: models.Values{
		"country": "SE", "status": "former", "joined": "1992", "left": "2020", "languages": []any{"sv"},
	}})
	env.Publish(t, former, "en")
	view(t, env, func(v *live.View) error {
		all, err := v.Network("en")
		if err != nil {
			return err
		}
		counted, err := v.Organisations("en", "", "")
		if err != nil {
			return err
		}
		if len(all) != 2 || len(counted) != 1 || counted[0].ID != env.Belgium {
			t.Fatalf("%d in the network, %d counted", len(all), len(counted))
		}
		for _, o := range all {
			if o.ID == former && (o.Member() || o.Note != "1992–2020" || o.CountryCode != "SE" || len(o.Languages) != 1) {
				t.Errorf("who left is %+v", o)
			}
			if o.ID == env.Belgium && (!o.Member() || o.Note != "") {
				t.Errorf("who stays is %+v", o)
			}
		}
		if n, ok := v.Resolver("en").Fact("section_count"); !ok || n != "1" {
			t.Errorf("section_count = %s", n)
		}
		return nil
	})
}
