package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"meridian/web/worldmap"
)

// TestReadLand: an island of two arcs, one of them backwards and across the
// date line, is one ring on one side; Antarctica is none.
func TestReadLand(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "land.json")
	const topology = `{"type":"Topology","transform":{"scale":[1,1],"translate":[-180,-90]},
		"arcs":[[[350,150],[0,10],[-345,0]],[[350,150],[-345,0],[0,10]],[[0,0],[360,0],[0,20],[-360,0],[0,-20]]],
		"objects":{"land":{"type":"GeometryCollection","geometries":[{"type":"MultiPolygon","arcs":[[[0,-2]],[[2]]]}]}}}`
	if err := os.WriteFile(file, []byte(topology), 0o600); err != nil {
		t.Fatal(err)
	}
	rings, err := readLand(file)
	if err != nil {
		t.Fatal(err)
	}
	var want []worldmap.Point
	for _, p := range [][2]float64{{60, 170}, {70, 170}, {70, 185}, {60, 185}} {
		want = append(want, worldmap.Project(p[0], p[1]))
	}
	if len(rings) != 1 || !slices.Equal(rings[0], want) {
		t.Errorf("rings = %v, want one of %v", rings, want)
	}
	if err := os.WriteFile(file, []byte(`{}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := readLand(file); err == nil || !strings.Contains(err.Error(), "no land") {
		t.Errorf("a file without land: %v", err)
	}
}

func TestSimplify(t *testing.T) {
	t.Parallel()
	square := []worldmap.Point{{X: 300, Y: 200}, {X: 320, Y: 200}, {X: 320.2, Y: 210}, {X: 320, Y: 220}, {X: 300, Y: 220}}
	got := simplify(slices.Clone(square), 4, 4)
	if want := [][2]int{{300, 200}, {320, 200}, {320, 220}, {300, 220}}; !slices.Equal(got, want) {
		t.Errorf("simplify = %v, want %v", got, want)
	}
	if got := simplify(slices.Clone(square), 4, 500); got != nil {
		t.Errorf("an island that is too small is %v", got)
	}
	if got, want := ringPath([][2]int{{300, 200}, {320, 195}, {310, 220}}, [2]int{310, 190}), "m-10 10 20-5-10 25z"; got != want {
		t.Errorf("path %q, want %q", got, want)
	}
}
