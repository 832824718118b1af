package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"meridian/web/worldmap"
)

// landCommand makes the outline of the land on the readers' map. Only whoever
// wants another outline needs it: the result is part of the checkout.
//
//	npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
//	go run ./cmd/dev land package/land-110m.json
type landCommand struct {
	Topology string  `arg:"" type:"existingfile" help:"land-110m.json of the npm package world-atlas."`
	Detail   float64 `default:"6" help:"Smallest triangle that is kept, in square units of the drawing."`
	Island   float64 `default:"5" help:"Smallest island that is kept, in square units of the drawing."`
}

// Run writes web/worldmap/land.svg.
func (c landCommand) Run(t tree) error {
	rings, err := readLand(c.Topology)
	if err != nil {
		return err
	}
	var outline strings.Builder
	var from [2]int
	points := 0
	for _, r := range rings {
		coarse := simplify(r, c.Detail, c.Island)
		if len(coarse) < 3 {
			continue
		}
		points += len(coarse)
		outline.WriteString(ringPath(coarse, from))
		from = coarse[0] // where "z" leaves the pen
	}
	svg := fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="%s"><path fill="#b9ad96" d="%s"/></svg>`+"\n",
		worldmap.World.ViewBox(), outline.String())
	fmt.Printf("%d points, %d bytes\n", points, outline.Len())
	return os.WriteFile(filepath.Join(t.root, "web", "worldmap", "land.svg"), []byte(svg), 0o644)
}

// readLand returns the rings of the land on the drawing, without Antarctica.
func readLand(file string) ([][]worldmap.Point, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	// TopoJSON: arcs of differences, and rings that name arcs; ^i is arc i
	// backwards.
	var topology struct {
		Transform struct{ Scale, Translate [2]float64 }
		Arcs      [][][2]float64
		Objects   struct {
			Land struct{ Geometries []struct{ Arcs [][][]int } }
		}
	}
	if err := json.Unmarshal(b, &topology); err != nil {
		return nil, fmt.Errorf("read %s: %w", file, err)
	}
	if len(topology.Objects.Land.Geometries) == 0 {
		return nil, errors.New(file + " holds no land")
	}
	arcs := make([][][2]float64, len(topology.Arcs))
	for i, a := range topology.Arcs {
		var x, y float64
		for _, d := range a {
			x, y = x+d[0], y+d[1]
			arcs[i] = append(arcs[i], [2]float64{
				x*topology.Transform.Scale[0] + topology.Transform.Translate[0],
				y*topology.Transform.Scale[1] + topology.Transform.Translate[1],
			})
		}
	}
	var rings [][]worldmap.Point
	for _, g := range topology.Objects.Land.Geometries {
		for _, polygon := range g.Arcs {
			for _, ring := range polygon {
				if r := drawRing(arcs, ring); r != nil {
					rings = append(rings, r)
				}
			}
		}
	}
	return rings, nil
}

// drawRing projects a ring; it is nil for Antarctica. A ring that crosses the
// date line goes on beyond it, on the side where more of it lies.
func drawRing(arcs [][][2]float64, ring []int) []worldmap.Point {
	var places [][2]float64
	north, east, west := -90.0, math.Inf(-1), math.Inf(1)
	for _, i := range ring {
		arc, back := i, i < 0
		if back {
			arc = ^i
		}
		for j := range arcs[arc] {
			if j == 0 && places != nil {
				continue // the end of the arc before
			}
			if back {
				j = len(arcs[arc]) - 1 - j
			}
			p := arcs[arc][j]
			if n := len(places); n > 0 {
				p[0] += 360 * math.Round((places[n-1][0]-p[0])/360)
			}
			east, west, north = max(east, p[0]), min(west, p[0]), max(north, p[1])
			places = append(places, p)
		}
	}
	if north < -60 {
		return nil
	}
	turn := 360 * math.Round((east+west)/2/360)
	var out []worldmap.Point
	for _, p := range places[:len(places)-1] { // the last is the first again
		out = append(out, worldmap.Project(p[1], p[0]-turn))
	}
	return out
}

// simplify drops the points that matter least (Visvalingam and Whyatt 1993) and
// rounds the rest. An island smaller than island is dropped as a whole.
func simplify(r []worldmap.Point, detail, island float64) [][2]int {
	around := 0.0
	for i, p := range r {
		next := r[(i+1)%len(r)]
		around += p.X*next.Y - next.X*p.Y
	}
	if matter(math.Abs(around)/2, r[0]) < island {
		return nil
	}
	for len(r) > 4 {
		least, at := math.Inf(1), 0
		for i, p := range r {
			a, b := r[(i+len(r)-1)%len(r)], r[(i+1)%len(r)]
			if area := math.Abs((p.X-a.X)*(b.Y-a.Y)-(b.X-a.X)*(p.Y-a.Y)) / 2; matter(area, p) < least {
				least, at = matter(area, p), i
			}
		}
		if least > detail {
			break
		}
		r = append(r[:at:at], r[at+1:]...)
	}
	var out [][2]int
	for _, p := range r {
		q := [2]int{int(math.Round(p.X)), int(math.Round(p.Y))}
		if len(out) == 0 || out[len(out)-1] != q {
			out = append(out, q)
		}
	}
	return out
}

// matter is how much an area at a place matters. The islands and inlets of the
// Arctic are a fifth of all points, and nobody looks for a section there.
func matter(area float64, p worldmap.Point) float64 {
	if p.Y < worldmap.Project(66, 0).Y {
		return area / 3
	}
	return area
}

// ringPath writes a ring as steps from the point before, in as few characters
// as a path can do with.
func ringPath(ring [][2]int, from [2]int) string {
	var b strings.Builder
	step := func(n int, first bool) {
		if n >= 0 && !first {
			b.WriteByte(' ')
		}
		b.WriteString(strconv.Itoa(n))
	}
	b.WriteByte('m')
	for i, p := range ring {
		step(p[0]-from[0], i == 0)
		step(p[1]-from[1], false)
		from = p
	}
	b.WriteByte('z')
	return b.String()
}
