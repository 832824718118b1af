// Package worldmap is the map of the world that readers see: the outline of the
// land, without any frontier, and the projection that puts dots on it. The
// directory, the block that lists sections and the page of an organisation draw
// with it, so a dot stands at the same place everywhere.
//
// The land is Natural Earth's 1:110m land (version 4.1, public domain, from the
// npm package world-atlas 2.0.2), without Antarctica, simplified and projected
// by "go run ./cmd/dev land", which writes land.svg. Open that file to see the
// whole map.
//
// The projection is Equal Earth: every country keeps its true size against the
// others.
package worldmap

import (
	_ "embed"
	"math"
	"strconv"
	"strings"
)

// Size of the drawing, in its own units, and the line of its equator. Above
// Greenland and below Tierra del Fuego there is nothing to show.
const (
	Width   = 720
	Height  = 316
	equator = 174
)

//go:embed land.svg
var picture string

// Land returns the outline of the land as the data of an SVG path, in whole
// units of the drawing.
func Land() string { return land }

// land is cut out of the picture once; the package's test reads it.
var land = func() string {
	_, rest, _ := strings.Cut(picture, ` d="`)
	d, _, _ := strings.Cut(rest, `"`)
	return d
}()

// Point is a place on the drawing.
type Point struct{ X, Y float64 }

// Project returns where a place is drawn; lat and lon are in degrees. A
// longitude beyond 180 lies on the other side of the date line, and is drawn
// there.
func Project(lat, lon float64) Point {
	x, y := equalEarth(lat, lon)
	// The line of the equator is as long as the drawing is wide.
	const scale = Width / 2 / 2.70663
	return Point{Width/2 + x*scale, equator - y*scale}
}

// OnEarth reports whether lat and lon are degrees of a place.
func OnEarth(lat, lon float64) bool {
	return math.Abs(lat) <= 90 && math.Abs(lon) <= 180 // false for what is no number
}

// equalEarth projects degrees to a sphere of radius one, as defined by Šavrič,
// Patterson and Jenny in "The Equal Earth map projection" (2018).
func equalEarth(lat, lon float64) (x, y float64) {
	const a1, a2, a3, a4 = 1.340264, -0.081106, 0.000893, 0.003796
	t := math.Asin(math.Sqrt(3) / 2 * math.Sin(lat*math.Pi/180))
	t2 := t * t
	t6 := t2 * t2 * t2
	x = 2 * math.Sqrt(3) / 3 * lon * math.Pi / 180 * math.Cos(t) / (a1 + 3*a2*t2 + t6*(7*a3+9*a4*t2))
	y = t * (a1 + a2*t2 + t6*(a3+a4*t2))
	return x, y
}

// View is the part of the drawing that is shown. Every view has the proportions
// of the whole, so that a map keeps its size when it is zoomed.
type View struct{ X, Y, Width, Height float64 }

// World is the whole drawing.
var World = View{0, 0, Width, Height}

// nearest is the width of the closest view: the land is too coarse for more.
const nearest = 200

// Around returns the closest view that shows all points with room around them;
// without points it is the whole.
func Around(points ...Point) View {
	if len(points) == 0 {
		return World
	}
	low, high := points[0], points[0]
	for _, p := range points[1:] {
		low.X, low.Y = min(low.X, p.X), min(low.Y, p.Y)
		high.X, high.Y = max(high.X, p.X), max(high.Y, p.Y)
	}
	const room, ratio = 1.4, float64(Width) / Height
	w := max(nearest, room*(high.X-low.X), room*(high.Y-low.Y)*ratio)
	if w >= Width {
		return World
	}
	v := View{Width: math.Ceil(w), Height: math.Ceil(w / ratio)}
	v.X = math.Round(min(max(0, (low.X+high.X-v.Width)/2), Width-v.Width))
	v.Y = math.Round(min(max(0, (low.Y+high.Y-v.Height)/2), Height-v.Height))
	return v
}

// ViewBox returns the view as the attribute of an SVG.
func (v View) ViewBox() string {
	return Decimal(v.X) + " " + Decimal(v.Y) + " " + Decimal(v.Width) + " " + Decimal(v.Height)
}

// Length returns a length of the whole drawing in units of the view, so that
// what is drawn with it looks equally large in every view.
func (v View) Length(l float64) float64 { return l * v.Width / Width }

// Decimal writes a length in an attribute: to a tenth of a unit, without a
// needless nought.
func Decimal(l float64) string {
	return strings.TrimSuffix(strconv.FormatFloat(l, 'f', 1, 64), ".0")
}
