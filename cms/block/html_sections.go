package block

import (
	"math"
	"strconv"
	"strings"
	"sync"
)

// sectionsOf lists what a section_list shows, region by region in the order in
// which the Resolver names them first.
func sectionsOf(r Resolver, n *Node) (regions []string, rows map[string][]SectionRow) {
	rows = map[string][]SectionRow{}
	for _, s := range r.Sections(SectionQuery{Region: n.str("region"), Status: n.str("status")}) {
		if rows[s.Region] == nil {
			regions = append(regions, s.Region)
		}
		rows[s.Region] = append(rows[s.Region], s)
	}
	return regions, rows
}

func (w *htmlWriter) sectionList(n *Node) {
	regions, rows := sectionsOf(w.r, n)
	if len(regions) == 0 {
		return
	}
	w.start("div", "section-list", n)
	if n.has("show", "map") {
		w.dots(regions, rows)
	}
	// The list is always there: it is what the map says for those who cannot use
	// a map.
	for _, region := range regions {
		// A list of one region stands below a heading that says which.
		if name := rows[region][0].RegionName; name != "" && n.str("region") == "" {
			w.element(headingName(w.level+1), name)
		}
		w.openClass("ul", "cols")
		for _, s := range rows[region] {
			w.open("li")
			w.langAttrs(s.Lang)
			if SafeURL(s.URL) {
				w.open("a")
				w.url("href", s.URL)
				w.text(s.Name)
				w.shut()
			} else {
				w.text(s.Name)
			}
			if n.has("show", "contact") && s.Contact != nil && validEmail(s.Contact.Email) {
				w.text(" ")
				w.open("a")
				w.url("href", "mailto:"+s.Contact.Email)
				w.open("bdi")
				w.attr("dir", "ltr")
				w.text(s.Contact.Email)
				w.shut()
				w.shut()
			}
			w.shut()
		}
		w.shut()
	}
}

// Size of the drawing of the world, in its own units.
const (
	mapWidth  = 720
	mapHeight = 350
)

// dots draws the sections on a grid of the world. It repeats the list below it,
// so screen readers pass over it.
func (w *htmlWriter) dots(regions []string, rows map[string][]SectionRow) {
	drawn := false
	for _, region := range regions {
		for _, s := range rows[region] {
			if s.Lat == 0 && s.Lon == 0 || math.Abs(s.Lat) > 90 || math.Abs(s.Lon) > 180 {
				continue
			}
			if !drawn {
				drawn = true
				w.openClass("svg", "map")
				w.attr("viewBox", "0 0 720 350")
				w.attr("aria-hidden", "true")
				w.openClass("path", "land")
				w.attr("d", graticule())
				w.shut()
			}
			x, y := equalEarth(s.Lat, s.Lon)
			w.open("circle")
			w.attr("cx", decimal(x))
			w.attr("cy", decimal(y))
			w.attr("r", "4")
			w.shut()
		}
	}
	if drawn {
		w.shut()
	}
}

// equalEarth projects degrees to the units of the drawing (Šavrič, Patterson and
// Jenny 2018): every country keeps its true size against the others.
func equalEarth(lat, lon float64) (x, y float64) {
	const a1, a2, a3, a4 = 1.340264, -0.081106, 0.000893, 0.003796
	t := math.Asin(math.Sqrt(3) / 2 * math.Sin(lat*math.Pi/180))
	t2 := t * t
	t6 := t2 * t2 * t2
	px := 2 * math.Sqrt(3) / 3 * lon * math.Pi / 180 * math.Cos(t) / (a1 + 3*a2*t2 + t6*(7*a3+9*a4*t2))
	py := t * (a1 + a2*t2 + t6*(a3+a4*t2))
	const scale = mapHeight / (2 * 1.3174)
	return mapWidth/2 + px*scale*0.995, mapHeight/2 - py*scale*0.995
}

func decimal(f float64) string { return strconv.FormatFloat(f, 'f', 1, 64) }

// graticule is a line every thirty degrees.
var graticule = sync.OnceValue(func() string {
	var b strings.Builder
	line := func(points int, at func(i int) (lat, lon float64)) {
		for i := range points {
			x, y := equalEarth(at(i))
			if i == 0 {
				b.WriteByte('M')
			} else {
				b.WriteByte(' ')
			}
			b.WriteString(decimal(x) + " " + decimal(y))
		}
	}
	for lon := -180.0; lon <= 180; lon += 30 {
		line(13, func(i int) (float64, float64) { return float64(i)*15 - 90, lon })
	}
	for lat := -90.0; lat <= 90; lat += 30 {
		line(2, func(i int) (float64, float64) { return lat, float64(i)*360 - 180 })
	}
	return b.String()
})
