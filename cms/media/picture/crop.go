package picture

import (
	"image"
	"math"
)

// Ratio is the shape of a rendition.
type Ratio string

// The shapes.
const (
	Whole    Ratio = ""
	Square   Ratio = "1x1"
	Classic  Ratio = "4x3"
	Wide     Ratio = "16x9"
	Portrait Ratio = "3x4"
)

// Ratios lists the shapes, the whole picture first.
var Ratios = []Ratio{Whole, Square, Classic, Wide, Portrait}

// sides is the ratio in numbers, or zeros for the whole picture and for what
// is no ratio.
func (r Ratio) sides() (w, h int) {
	switch r {
	case Square:
		return 1, 1
	case Classic:
		return 4, 3
	case Wide:
		return 16, 9
	case Portrait:
		return 3, 4
	}
	return 0, 0
}

// Focus is the point of a picture that a crop keeps in sight, as a part of its
// width from the left and of its height from the top, 0 to 1.
type Focus struct{ X, Y float64 }

// Centre is the focus of a picture nobody has set one for.
var Centre = Focus{0.5, 0.5}

// Crop is the largest rectangle of the ratio in a picture of that size, as
// near to having the focus in its middle as the edges allow. It is the whole
// picture for Whole, and never empty.
func Crop(width, height int, r Ratio, f Focus) image.Rectangle {
	rw, rh := r.sides()
	if rw == 0 || width < 1 || height < 1 {
		return image.Rect(0, 0, width, height)
	}
	w, h := width, (width*rh+rw/2)/rw
	if h > height {
		w, h = min(width, (height*rw+rh/2)/rh), height
	}
	w, h = max(w, 1), max(h, 1)
	x := place(f.X, width, w)
	y := place(f.Y, height, h)
	return image.Rect(x, y, x+w, y+h)
}

// place is where a stretch of n begins on a side, with the focus in its middle
// if that can be.
func place(focus float64, side, n int) int {
	if math.IsNaN(focus) {
		focus = 0.5
	}
	focus = min(max(focus, 0), 1)
	return min(max(int(math.Round(focus*float64(side)-float64(n)/2)), 0), side-n)
}
