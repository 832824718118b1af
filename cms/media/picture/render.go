package picture

import (
	"context"
	"fmt"
	"image"
	"image/draw"
	"slices"
)

// Widths are the widths of renditions, in pixels.
var Widths = []int{320, 480, 640, 960, 1280, 1920}

// Target is a rendition to be made.
type Target struct {
	Ratio Ratio
	Width int
}

// Rendition is a rendition made.
type Rendition struct {
	Target
	Height int
	Format Format
	Data   []byte
}

// maxLossless is the largest rendition, in pixels, that is tried as lossless
// WebP: the encoder takes some 50 bytes for each.
const maxLossless = 1_000_000

// Targets lists the renditions there are of the picture in these ratios, or in
// all if none is given: the widths up to that of the original or its crop, the
// smallest first. A picture narrower than the smallest width, and an SVG, have
// none.
func (p *Picture) Targets(ratios ...Ratio) []Target {
	if p.source == SVG {
		return nil
	}
	if len(ratios) == 0 {
		ratios = Ratios
	}
	var targets []Target
	for _, r := range ratios {
		crop := Crop(p.Width, p.Height, r, Centre)
		for _, w := range Widths {
			if w <= crop.Dx() && height(crop, w) <= MaxSide {
				targets = append(targets, Target{r, w})
			}
		}
	}
	return targets
}

// height is that of a rendition of the crop.
func height(crop image.Rectangle, width int) int {
	return max(1, (crop.Dy()*width+crop.Dx()/2)/crop.Dx())
}

// Render decodes the picture once and makes the targets, ratio by ratio in the
// order of Ratios, the smallest of each first. A target gives a JPEG or a PNG,
// and then a WebP if that is smaller. Of a picture that moves it is the first
// frame. Unknown targets, and those larger than the picture, are an error
// before any work. It stops at the first error of emit and returns it.
func (p *Picture) Render(ctx context.Context, f Focus, targets []Target, emit func(Rendition) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	possible := p.Targets()
	for _, t := range targets {
		if !slices.Contains(possible, t) {
			return fmt.Errorf("render %s at width %d: not a rendition of this picture", t.Ratio, t.Width)
		}
	}
	if len(targets) == 0 {
		return nil
	}
	m, err := p.decode(ctx)
	if err != nil {
		return fmt.Errorf("render picture: %w", err)
	}
	job := render{p: p, m: m, focus: f, emit: emit, pixels: make([][]byte, len(Widths))}
	for _, r := range Ratios {
		var widths []int
		for _, t := range targets {
			if t.Ratio == r && !slices.Contains(widths, t.Width) {
				widths = append(widths, t.Width)
			}
		}
		slices.Sort(widths)
		if err := job.ratio(ctx, r, widths); err != nil {
			return fmt.Errorf("render picture: %w", err)
		}
	}
	return nil
}

// render is the work of one call of Render.
type render struct {
	p      *Picture
	m      image.Image
	focus  Focus
	emit   func(Rendition) error
	format Format // of all renditions, once decided
	// The pixels of one level serve the same level of the next shape: garbage
	// would double what the work takes.
	pixels [][]byte
}

// ratio makes the renditions of one shape: scaled from the largest down, each
// from the next larger, and given out from the smallest up.
func (j *render) ratio(ctx context.Context, r Ratio, widths []int) error {
	if len(widths) == 0 {
		return nil
	}
	crop := Crop(j.p.Width, j.p.Height, r, j.focus)
	levels := make([]image.Image, len(widths))
	from, part := j.m, crop.Add(j.m.Bounds().Min)
	for i, width := range slices.Backward(widths) {
		m, pix, err := resize(ctx, j.pixels[i], from, part, width, height(crop, width))
		if err != nil {
			return err
		}
		levels[i], j.pixels[i] = m, pix
		from, part = m, m.Bounds()
	}
	if j.format == "" {
		if err := j.decide(levels[len(levels)/2]); err != nil {
			return err
		}
	}
	for i, m := range levels {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := j.give(Target{r, widths[i]}, m); err != nil {
			return err
		}
	}
	return nil
}

// decide chooses between JPEG and PNG: a photo, and what is smaller as one, is
// JPEG; what may be seen through is PNG.
func (j *render) decide(m image.Image) error {
	j.format = JPEG
	if opaque, ok := j.m.(interface{ Opaque() bool }); ok && !opaque.Opaque() {
		j.format = PNG
		return nil
	}
	if j.p.source == JPEG {
		return nil
	}
	asJPEG, err := encode(m, JPEG, quality(0), nil)
	if err != nil {
		return err
	}
	asPNG, err := encode(m, PNG, 0, nil)
	if err != nil {
		return err
	}
	if len(asPNG) <= len(asJPEG) {
		j.format = PNG
	}
	return nil
}

func (j *render) give(t Target, m image.Image) error {
	size := m.Bounds().Size()
	if j.format == PNG {
		m = straight(m)
	}
	data, err := encode(m, j.format, quality(t.Width), j.p.profile)
	if err != nil {
		return err
	}
	if err := j.emit(Rendition{t, size.Y, j.format, data}); err != nil {
		return err
	}
	// The encoder writes no profile, so what needs one stays as it is.
	if j.format != PNG || j.p.profile != nil || size.X*size.Y > maxLossless {
		return nil
	}
	webp, err := encode(m, WebP, 0, nil)
	if err != nil {
		return err
	}
	if len(webp) >= len(data) {
		return nil
	}
	return j.emit(Rendition{t, size.Y, WebP, webp})
}

// quality is that of a JPEG of some width. The large ones are for screens that
// show two or three of their pixels in the place of one, where nobody sees the
// difference; it is a sixth of the bytes at 1280.
func quality(width int) int {
	switch {
	case width <= 640:
		return 80
	case width <= 960:
		return 76
	}
	return 72
}

// straight is m with its colours not multiplied by alpha, as PNG and WebP
// keep them.
func straight(m image.Image) image.Image {
	rgba, ok := m.(*image.RGBA)
	if !ok || rgba.Opaque() {
		return m
	}
	out := image.NewNRGBA(rgba.Rect)
	draw.Draw(out, out.Rect, rgba, rgba.Rect.Min, draw.Src)
	return out
}
