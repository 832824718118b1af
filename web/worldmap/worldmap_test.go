package worldmap

import (
	"encoding/xml"
	"io"
	"math"
	"strconv"
	"strings"
	"testing"
)

// TestEqualEarth compares with the values that PROJ publishes for +proj=eqearth
// +R=6378137 (test/gie/builtins.gie), in metres.
func TestEqualEarth(t *testing.T) {
	t.Parallel()
	const radius = 6378137
	for _, tt := range []struct{ lon, lat, x, y float64 }{
		{0, 0, 0, 0},
		{180, 0, 17263256.84, 0},
		{-180, 90, -10227908.09, 8402320.16},
		{-180, 45, -14795421.79, 5486671.72},
		{-75, 45, -6164759.08, 5486671.72},
		{-75, -45, -6164759.08, -5486671.72},
	} {
		x, y := equalEarth(tt.lat, tt.lon)
		if math.Abs(x*radius-tt.x) > .01 || math.Abs(y*radius-tt.y) > .01 {
			t.Errorf("%v°, %v° = %.2f, %.2f, want %.2f, %.2f", tt.lat, tt.lon, x*radius, y*radius, tt.x, tt.y)
		}
	}
}

// TestEqualArea: what the projection is chosen for. A degree by a degree is as
// large on the map as on the globe, anywhere.
func TestEqualArea(t *testing.T) {
	t.Parallel()
	ratio := func(lat float64) float64 {
		const d = .05
		a, b, c := Project(lat-d, 20), Project(lat-d, 20+2*d), Project(lat+d, 20)
		area := math.Abs((b.X-a.X)*(c.Y-a.Y) - (c.X-a.X)*(b.Y-a.Y))
		return area / math.Cos(lat*math.Pi/180)
	}
	for lat := -75.0; lat <= 80; lat += 5 {
		if r := ratio(lat) / ratio(0); math.Abs(r-1) > .002 {
			t.Errorf("at %v° areas are %v times those at the equator", lat, r)
		}
	}
}

// TestLand: the dots and the land agree.
func TestLand(t *testing.T) {
	t.Parallel()
	rings := parse(t, Land())
	for _, tt := range []struct {
		name     string
		lat, lon float64
		land     bool
	}{
		{"Geneva", 46.22, 6.14, true},
		{"Ouagadougou", 12.37, -1.53, true},
		{"Kinshasa", -4.32, 15.31, true},
		{"La Paz", -16.5, -68.15, true},
		{"Ottawa", 45.42, -75.7, true},
		{"Delhi", 28.61, 77.21, true},
		{"Ramallah", 31.9, 35.2, true},
		{"Alice Springs", -23.7, 133.88, true},
		{"Antananarivo", -18.88, 47.51, true},
		{"Chukotka, beyond the date line", 66.5, -175, false}, // drawn with the rest of its land,
		{"Chukotka, as the land has it", 66.5, 185, true},     // here
		{"Gulf of Guinea", 0, 0, false},
		{"North Atlantic", 40, -40, false},
		{"Pacific", 0, -140, false},
		{"Mediterranean", 34.5, 20, false},
		{"Caspian Sea", 42, 50.5, false},
		{"Red Sea", 20, 38.5, false},
		{"Bay of Biscay", 45.5, -5, false},
		{"South Pole", -90, 0, false},
	} {
		if got := inside(rings, Project(tt.lat, tt.lon)); got != tt.land {
			t.Errorf("%s is on land: %v", tt.name, got)
		}
	}
	if n := len(Land()); n > 8<<10 {
		t.Errorf("the land is %d bytes", n)
	}
	for _, r := range rings {
		for _, p := range r {
			if p.X < 0 || p.X > Width || p.Y < 0 || p.Y > Height {
				t.Fatalf("the land leaves the drawing at %v", p)
			}
		}
	}
}

// TestPictureOpens: land.svg is a picture that anybody can look at, of the size
// the package says.
func TestPictureOpens(t *testing.T) {
	t.Parallel()
	d := xml.NewDecoder(strings.NewReader(picture))
	found := false
	for {
		tok, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if e, ok := tok.(xml.StartElement); ok && e.Name.Local == "svg" {
			for _, a := range e.Attr {
				found = found || a.Name.Local == "viewBox" && a.Value == World.ViewBox()
			}
		}
	}
	if !found {
		t.Errorf("the picture is not as large as the package says: %.120s", picture)
	}
}

func TestAround(t *testing.T) {
	t.Parallel()
	africa := []Point{Project(12.37, -1.53), Project(-33.9, 18.4), Project(30, 31.2)}
	for name, tt := range map[string]struct {
		points []Point
		view   View
	}{
		"nobody":          {nil, World},
		"one":             {[]Point{Project(46.22, 6.14)}, View{270, 13, 200, 88}},
		"in a corner":     {[]Point{{1, 1}}, View{0, 0, 200, 88}},
		"the other":       {[]Point{{Width, Height}}, View{520, 228, 200, 88}},
		"the whole world": {[]Point{{5, 5}, {700, 300}}, World},
	} {
		if got := Around(tt.points...); got != tt.view {
			t.Errorf("around %s: %v, want %v", name, got, tt.view)
		}
	}
	v := Around(africa...)
	for _, p := range africa {
		if p.X < v.X+v.Length(12) || p.X > v.X+v.Width-v.Length(12) || p.Y < v.Y+v.Length(12) || p.Y > v.Y+v.Height-v.Length(12) {
			t.Errorf("%v stands at the edge of %v", p, v)
		}
	}
	if math.Abs(v.Width/v.Height-float64(Width)/Height) > .02 {
		t.Errorf("%v has other proportions than the whole", v)
	}
	if got := v.ViewBox(); strings.ContainsAny(got, "e,") || len(strings.Fields(got)) != 4 {
		t.Errorf("viewBox %q", got)
	}
}

func TestOnEarth(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		lat, lon float64
		want     bool
	}{
		{90, 180, true}, {-90, -180, true}, {90.1, 0, false}, {0, 180.5, false}, {math.NaN(), 0, false}, {0, math.Inf(1), false},
	} {
		if got := OnEarth(tt.lat, tt.lon); got != tt.want {
			t.Errorf("OnEarth(%v, %v) = %v", tt.lat, tt.lon, got)
		}
	}
}

// parse reads the path of the land: rings of relative steps.
func parse(t *testing.T, d string) [][]Point {
	t.Helper()
	var rings [][]Point
	var pen Point
	for ring := range strings.SplitSeq(strings.TrimPrefix(d, "m"), "m") {
		steps, closed := strings.CutSuffix(ring, "z")
		numbers := strings.Fields(strings.ReplaceAll(steps, "-", " -"))
		if !closed || len(numbers) < 6 || len(numbers)%2 != 0 {
			t.Fatalf("no ring: %q", ring)
		}
		var r []Point
		for i := 0; i < len(numbers); i += 2 {
			x, errX := strconv.Atoi(numbers[i])
			y, errY := strconv.Atoi(numbers[i+1])
			if errX != nil || errY != nil {
				t.Fatalf("no step: %q", numbers[i:i+2])
			}
			pen = Point{pen.X + float64(x), pen.Y + float64(y)}
			r = append(r, pen)
		}
		pen = r[0]
		rings = append(rings, r)
	}
	return rings
}

// inside counts how often a line to the edge crosses the rings.
func inside(rings [][]Point, p Point) bool {
	in := false
	for _, r := range rings {
		for i, a := range r {
			b := r[(i+1)%len(r)]
			if (a.Y > p.Y) != (b.Y > p.Y) && p.X < a.X+(b.X-a.X)*(p.Y-a.Y)/(b.Y-a.Y) {
				in = !in
			}
		}
	}
	return in
}
