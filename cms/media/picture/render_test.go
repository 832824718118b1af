package picture

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"math"
	"slices"
	"testing"

	"golang.org/x/image/webp"
)

// rendered makes all renditions.
func rendered(tb testing.TB, p *Picture) []Rendition {
	tb.Helper()
	var all []Rendition
	err := p.Render(tb.Context(), Centre, p.Targets(), func(r Rendition) error {
		all = append(all, r)
		return nil
	})
	if err != nil {
		tb.Fatalf("Render: %v", err)
	}
	return all
}

func decodeRendition(tb testing.TB, r Rendition) image.Image {
	tb.Helper()
	var m image.Image
	var err error
	switch r.Format {
	case JPEG:
		m, err = jpeg.Decode(bytes.NewReader(r.Data))
	case PNG:
		m, err = png.Decode(bytes.NewReader(r.Data))
	case WebP:
		m, err = webp.Decode(bytes.NewReader(r.Data))
	}
	if err != nil {
		tb.Fatalf("%s %s %d: %v", r.Format, r.Ratio, r.Width, err)
	}
	return m
}

func TestCrop(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		w, h  int
		ratio Ratio
		focus Focus
		want  image.Rectangle
	}{
		{400, 300, Whole, Focus{1, 1}, image.Rect(0, 0, 400, 300)},
		{400, 300, Square, Centre, image.Rect(50, 0, 350, 300)},
		{400, 300, Square, Focus{0, 0}, image.Rect(0, 0, 300, 300)},
		{400, 300, Square, Focus{1, 0.5}, image.Rect(100, 0, 400, 300)},
		{400, 300, Square, Focus{0.4, 0.5}, image.Rect(10, 0, 310, 300)},
		{400, 300, Classic, Focus{0.9, 0.9}, image.Rect(0, 0, 400, 300)},
		{400, 300, Wide, Focus{0.5, 0.1}, image.Rect(0, 0, 400, 225)},
		{400, 300, Wide, Focus{0.5, 0.9}, image.Rect(0, 75, 400, 300)},
		{400, 300, Portrait, Centre, image.Rect(88, 0, 313, 300)},
		{300, 400, Wide, Centre, image.Rect(0, 116, 300, 285)},
		{1, 1, Wide, Centre, image.Rect(0, 0, 1, 1)},
		{1, 5000, Wide, Centre, image.Rect(0, 2500, 1, 2501)},
		{400, 300, Square, Focus{math.NaN(), math.Inf(1)}, image.Rect(50, 0, 350, 300)},
		{400, 300, "5x1", Centre, image.Rect(0, 0, 400, 300)},
	} {
		if got := Crop(tt.w, tt.h, tt.ratio, tt.focus); got != tt.want {
			t.Errorf("Crop(%d, %d, %q, %v) = %v, want %v", tt.w, tt.h, tt.ratio, tt.focus, got, tt.want)
		}
	}
}

func TestTargets(t *testing.T) {
	t.Parallel()
	p := &Picture{Width: 1000, Height: 700, source: JPEG}
	if got, want := fmt.Sprint(p.Targets(Whole)), "[{ 320} { 480} { 640} { 960}]"; got != want {
		t.Errorf("Targets = %s, want %s", got, want)
	}
	if got, want := fmt.Sprint(p.Targets(Square, Portrait)), "[{1x1 320} {1x1 480} {1x1 640} {3x4 320} {3x4 480}]"; got != want {
		t.Errorf("Targets = %s, want %s", got, want)
	}
	if got := (&Picture{Width: 319, Height: 300, source: PNG}).Targets(); got != nil {
		t.Errorf("of a small picture: %v", got)
	}
	if got := (&Picture{Width: 1000, Height: 1000, source: SVG}).Targets(); got != nil {
		t.Errorf("of a drawing: %v", got)
	}
}

func TestRender(t *testing.T) {
	t.Parallel()
	m := scene(1300, 867)
	p := read(t, photo(t, m, 6)) // seen as 867×1300
	var order []string
	err := p.Render(t.Context(), Centre, p.Targets(), func(r Rendition) error {
		order = append(order, fmt.Sprintf("%s/%d", r.Ratio, r.Width))
		if r.Format != JPEG || Recognise(r.Data) != JPEG {
			t.Errorf("%s/%d is %s", r.Ratio, r.Width, r.Format)
		}
		got := decodeRendition(t, r).Bounds().Size()
		if got != (image.Point{X: r.Width, Y: r.Height}) {
			t.Errorf("%s/%d is %v, said to be of height %d", r.Ratio, r.Width, got, r.Height)
		}
		crop := Crop(p.Width, p.Height, r.Ratio, Centre)
		if want := float64(crop.Dy()) / float64(crop.Dx()); math.Abs(float64(r.Height)/float64(r.Width)-want) > 0.01 {
			t.Errorf("%s/%d is of height %d", r.Ratio, r.Width, r.Height)
		}
		if bytes.Contains(r.Data, []byte(secret)) || bytes.Contains(r.Data, []byte("Exif")) {
			t.Errorf("%s/%d tells", r.Ratio, r.Width)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	want := "[/320 /480 /640 1x1/320 1x1/480 1x1/640 4x3/320 4x3/480 4x3/640 16x9/320 16x9/480 16x9/640 3x4/320 3x4/480 3x4/640]"
	if got := fmt.Sprint(order); got != want {
		t.Errorf("order is %s, want %s", got, want)
	}
}

// TestFocus marks a corner and wants it in the crop.
func TestFocus(t *testing.T) {
	t.Parallel()
	m := image.NewRGBA(image.Rect(0, 0, 900, 600))
	draw.Draw(m, m.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(m, image.Rect(800, 0, 900, 600), image.NewUniform(color.RGBA{255, 0, 0, 255}), image.Point{}, draw.Src)
	p := read(t, pngBytes(t, m))
	for _, tt := range []struct {
		focus Focus
		red   bool
	}{{Focus{0.95, 0.5}, true}, {Focus{0.1, 0.5}, false}} {
		err := p.Render(t.Context(), tt.focus, []Target{{Square, 320}}, func(r Rendition) error {
			if got := near(decodeRendition(t, r).At(310, 160), color.RGBA{255, 0, 0, 255}, 8); got != tt.red {
				t.Errorf("focus %v: right edge is red: %v", tt.focus, got)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestRenderDrawing(t *testing.T) {
	t.Parallel()
	clear := drawing(700, 500)
	for y := range 50 {
		for x := range 700 {
			clear.SetNRGBA(x, y, color.NRGBA{255, 0, 0, 0})
		}
	}
	for name, m := range map[string]*image.NRGBA{"opaque": drawing(700, 500), "transparent": clear} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all := rendered(t, read(t, pngBytes(t, m)))
			formats := map[Format]int{}
			for _, r := range all {
				formats[r.Format]++
				got := decodeRendition(t, r)
				if name == "transparent" && r.Ratio == Whole {
					if _, _, _, a := got.At(5, 5).RGBA(); a != 0 {
						t.Errorf("%s %d is not transparent", r.Format, r.Width)
					}
				}
			}
			if formats[PNG] == 0 || formats[WebP] == 0 || formats[JPEG] > 0 {
				t.Errorf("formats are %v", formats)
			}
			for i, r := range all {
				if r.Format == WebP && (all[i-1].Target != r.Target || len(r.Data) >= len(all[i-1].Data)) {
					t.Errorf("WebP %d of %d bytes follows %d of %d", r.Width, len(r.Data), all[i-1].Width, len(all[i-1].Data))
				}
			}
		})
	}
}

// TestPhotoAsPNG is a photo somebody saved as PNG: renditions are JPEG.
func TestPhotoAsPNG(t *testing.T) {
	t.Parallel()
	for _, r := range rendered(t, read(t, pngBytes(t, scene(700, 500)))) {
		if r.Format != JPEG {
			t.Errorf("%d is %s", r.Width, r.Format)
		}
	}
}

func TestRenderGIF(t *testing.T) {
	t.Parallel()
	all := rendered(t, read(t, gifBytes(t, 2, 400, 300)))
	if len(all) == 0 || all[0].Format == GIF || all[0].Width != 320 {
		t.Errorf("renditions of an animation: %v", len(all))
	}
}

func TestRenderTwiceIsTheSame(t *testing.T) {
	t.Parallel()
	for name, data := range map[string][]byte{"photo": photo(t, scene(500, 400), 3), "drawing": pngBytes(t, drawing(500, 400)), "webp": webpBytes(t, drawing(400, 300))} {
		a, b := rendered(t, read(t, data)), rendered(t, read(t, data))
		if !slices.EqualFunc(a, b, func(a, b Rendition) bool { return a.Target == b.Target && bytes.Equal(a.Data, b.Data) }) {
			t.Errorf("%s: two runs differ", name)
		}
	}
}

func TestRenderRefusesOthers(t *testing.T) {
	t.Parallel()
	p := read(t, jpegBytes(t, scene(700, 500)))
	for _, target := range []Target{{Whole, 960}, {Whole, 321}, {"2x1", 320}} {
		if err := p.Render(t.Context(), Centre, []Target{target}, nil); err == nil {
			t.Errorf("%v is made", target)
		}
	}
	stop := errors.New("stop")
	n := 0
	err := p.Render(t.Context(), Centre, p.Targets(), func(Rendition) error { n++; return stop })
	if !errors.Is(err, stop) || n != 1 {
		t.Errorf("Render = %v after %d", err, n)
	}
}

// TestScaleKeepsPlain scales plain areas, which must stay exactly as they are,
// and a slope, which must stay a slope.
func TestScaleKeepsPlain(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{100, 7}, {100, 99}, {4000, 320}, {50, 50}, {3, 1}} {
		src := bytes.Repeat([]byte{201}, size[0]*size[0])
		dst := make([]byte, size[1]*size[1])
		err := scale(t.Context(), dst, size[1], size[1], size[1], bytesPlane(src, size[0], size[0], size[0]), area{0, 0, float64(size[0]), float64(size[0])})
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range dst {
			if v != 201 {
				t.Fatalf("%v: sample %d is %d", size, i, v)
			}
		}
	}
	slope := make([]byte, 200*4)
	for i := range slope {
		slope[i] = byte(i % 200)
	}
	dst := make([]byte, 50)
	if err := scale(t.Context(), dst, 50, 50, 1, bytesPlane(slope, 200, 200, 4), area{0, 0, 200, 4}); err != nil {
		t.Fatal(err)
	}
	for i := 3; i < 47; i++ {
		if want := 4*float64(i) + 1.5; math.Abs(float64(dst[i])-want) > 1 {
			t.Errorf("sample %d is %d, want %.1f", i, dst[i], want)
		}
	}
}

// TestScaleLikeTheMean compares with the whole picture decoded and averaged:
// a photo made half as large differs little from the mean of its squares.
func TestScaleLikeTheMean(t *testing.T) {
	t.Parallel()
	m := scene(640, 480)
	got, _, err := resize(t.Context(), nil, m, m.Rect, 320, 240)
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for y := range 240 {
		for x := range 320 {
			want := (int(m.Y[m.YOffset(2*x, 2*y)]) + int(m.Y[m.YOffset(2*x+1, 2*y)]) + int(m.Y[m.YOffset(2*x, 2*y+1)]) + int(m.Y[m.YOffset(2*x+1, 2*y+1)])) / 4
			sum += math.Abs(float64(got.(*image.YCbCr).Y[got.(*image.YCbCr).YOffset(x, y)]) - float64(want))
		}
	}
	if mean := sum / (240 * 320); mean > 2 {
		t.Errorf("differs by %.2f on average", mean)
	}
	for _, at := range []image.Point{{10, 100}, {300, 100}, {160, 230}} {
		if !near(got.At(at.X, at.Y), m.At(2*at.X, 2*at.Y), 24) {
			t.Errorf("colour at %v is %v, want %v", at, got.At(at.X, at.Y), m.At(2*at.X, 2*at.Y))
		}
	}
}
