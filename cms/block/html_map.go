package block

import (
	"math"
	"slices"
	"strconv"

	"meridian/web/worldmap"
)

// Radius of a dot and of the circle around it that can be hit, in units of the
// whole map. On the narrowest screen where dots are links a unit is a little
// less than a pixel, and the circle must have 24 of them.
const (
	dotRadius = 4
	hitRadius = 12.5
)

// place returns where a row is drawn; false when nobody said where it is.
func (s SectionRow) place() (worldmap.Point, bool) {
	if s.Lat == 0 && s.Lon == 0 || !worldmap.OnEarth(s.Lat, s.Lon) {
		return worldmap.Point{}, false
	}
	return worldmap.Project(s.Lat, s.Lon), true
}

// sectionMap draws the sections on the world, or on the part of it that they
// are in. A dot is a link with the name of its section. It cannot be reached
// with the Tab key: the list behind the map has the same links, and nobody has
// to pass through all dots on the way there.
func (w *htmlWriter) sectionMap(regions []string, rows map[string][]SectionRow, zoom, crowded bool) {
	var points []worldmap.Point
	var drawn []SectionRow
	for _, region := range regions {
		for _, s := range rows[region] {
			if p, ok := s.place(); ok {
				points, drawn = append(points, p), append(drawn, s)
			}
		}
	}
	if len(points) == 0 {
		return
	}
	view := worldmap.World
	if zoom {
		view = worldmap.Around(points...)
	}
	w.openClass("svg", "map")
	w.attr("viewBox", view.ViewBox())
	// For whoever shows a text without our style sheet.
	w.intAttr("width", worldmap.Width)
	w.intAttr("height", worldmap.Height)
	if crowded {
		w.attr("aria-hidden", "true")
	} else {
		w.attr("role", "group")
		w.attr("aria-label", w.r.Word("choice.show.map"))
	}
	w.openClass("path", "land")
	w.attr("d", worldmap.Land())
	w.shut()
	if crowded {
		w.openClass("path", "dots")
		w.attr("stroke-width", worldmap.Decimal(view.Length(2*dotRadius)))
		w.attr("d", dots(points))
		w.shut()
		w.shut()
		return
	}
	// All circles to hit lie below all dots, so that what is seen leads to what it
	// stands for, however near its neighbours are.
	for i, s := range drawn {
		if SafeURL(s.URL) {
			w.sectionDot(s, points[i], view.Length(hitRadius), "hit")
		}
	}
	for i, s := range drawn {
		w.sectionDot(s, points[i], view.Length(dotRadius), "")
	}
	w.shut()
}

// sectionDot writes a circle as a link to its section. Of the two that a
// section has, the one to hit is left out of what is read aloud.
func (w *htmlWriter) sectionDot(s SectionRow, p worldmap.Point, radius float64, class string) {
	depth := len(w.stack)
	if SafeURL(s.URL) {
		w.open("a")
		w.url("href", s.URL)
		w.attr("tabindex", "-1")
		if class == "hit" {
			w.attr("aria-hidden", "true")
		}
		w.open("title") // of a drawing, not of a page
		w.langAttrs(s.Lang)
		w.text(s.Name)
		w.shut()
	}
	w.dot(p, radius, class)
	w.shutTo(depth)
}

// dots is a path of lines without a length, which round caps make dots: from
// one to the next in whole units, in the order that makes the shortest steps.
func dots(points []worldmap.Point) string {
	at := make([][2]int, len(points))
	for i, p := range points {
		at[i] = [2]int{int(math.Round(p.X)), int(math.Round(p.Y))}
	}
	slices.SortFunc(at, func(a, b [2]int) int { return slices.Compare(a[:], b[:]) })
	var d []byte
	var pen [2]int
	for _, p := range slices.Compact(at) {
		d = append(d, 'm')
		d = strconv.AppendInt(d, int64(p[0]-pen[0]), 10)
		if p[1] >= pen[1] {
			d = append(d, ' ')
		}
		d = strconv.AppendInt(d, int64(p[1]-pen[1]), 10)
		d = append(d, "h0"...)
		pen = p
	}
	return string(d)
}

// dot writes a circle; class is a literal.
func (w *htmlWriter) dot(p worldmap.Point, radius float64, class string) {
	if class == "" {
		w.open("circle")
	} else {
		w.openClass("circle", class)
	}
	w.attr("cx", worldmap.Decimal(p.X))
	w.attr("cy", worldmap.Decimal(p.Y))
	w.attr("r", worldmap.Decimal(radius))
	w.shut()
}
