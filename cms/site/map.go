package site

import (
	"meridian/cms/live"
	"meridian/web/worldmap"
)

// Map is the place of one organisation on the part of the world around it.
type Map struct {
	ViewBox, Land string
	X, Y, Radius  string
}

// pointRadius is the radius of the dot in units of the whole map; the map it is
// on is small, so it is larger than among others.
const pointRadius = 12

// pointMap draws the point that facts name, nil when they name none.
func pointMap(facts map[string]any) *Map {
	lat, lon, ok := live.PointOf(facts)
	if !ok || !worldmap.OnEarth(lat, lon) {
		return nil
	}
	p := worldmap.Project(lat, lon)
	view := worldmap.Around(p)
	return &Map{
		ViewBox: view.ViewBox(), Land: worldmap.Land(),
		X: worldmap.Decimal(p.X), Y: worldmap.Decimal(p.Y), Radius: worldmap.Decimal(view.Length(pointRadius)),
	}
}
