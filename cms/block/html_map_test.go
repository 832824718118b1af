package block

import (
	"fmt"
	"strings"
	"testing"
)

// atlas is a Resolver with as many sections as it is told.
type atlas struct {
	Inert
	rows []SectionRow
}

func (a atlas) Sections(SectionQuery) []SectionRow { return a.rows }

func atlasOf(n int) atlas {
	var a atlas
	for i := range n {
		a.rows = append(a.rows, SectionRow{
			ID: fmt.Sprint(i), Name: fmt.Sprint("Section ", i), URL: fmt.Sprintf("/en/s/%d/", i), Region: "r", RegionName: "Region",
			Lat: float64(i*37%120) - 50, Lon: float64(i*101%340) - 170,
			Contact: &Contact{Email: fmt.Sprintf("s%d@network.example", i), Phone: "+41 22 734 05 58"},
		})
	}
	return a
}

// TestCrowdedMap: a list of many sections is short, and loses nobody.
func TestCrowdedMap(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		sections, links, mails, phones int
		crowded                        bool
	}{
		{1, 1, 1, 1, false}, {crowd, crowd, crowd, crowd, false}, {crowd + 1, 0, crowd + 1, 0, true},
	} {
		d := Empty("en")
		d.Doc.Content = []Node{{Type: "section_list", Attrs: map[string]any{"show": []any{"map", "list", "contact"}}}}
		out, err := d.HTML(atlasOf(tt.sections))
		if err != nil {
			t.Fatal(err)
		}
		lint(t, string(out))
		for what, pair := range map[string][2]int{
			"sections": {strings.Count(string(out), "<li>"), tt.sections},
			"dots":     {strings.Count(string(out), `class="hit"`), tt.links},
			"mails":    {strings.Count(string(out), "mailto:"), tt.mails},
			"phones":   {strings.Count(string(out), "tel:"), tt.phones},
		} {
			if pair[0] != pair[1] {
				t.Errorf("%d sections: %d %s, want %d", tt.sections, pair[0], what, pair[1])
			}
		}
		if got := strings.Contains(string(out), `class="dots"`); got != tt.crowded {
			t.Errorf("%d sections are crowded: %v", tt.sections, got)
		}
	}
}

// TestNowhereIsOnNoMap: what has no point, or none on earth, is in the list.
func TestNowhereIsOnNoMap(t *testing.T) {
	t.Parallel()
	a := atlasOf(3)
	a.rows[0].Lat, a.rows[0].Lon = 0, 0
	a.rows[1].Lat = 91
	d := Empty("en")
	d.Doc.Content = []Node{{Type: "section_list", Attrs: map[string]any{"show": []any{"map"}}}}
	out, err := d.HTML(a)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Count(string(out), "<li>") != 3 || strings.Count(string(out), `class="hit"`) != 1 {
		t.Errorf("%s", out)
	}
	a.rows = a.rows[:2]
	if out, err = d.HTML(a); err != nil || strings.Contains(string(out), "<svg") {
		t.Errorf("a map of nothing: %v, %s", err, out)
	}
}
