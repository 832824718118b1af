package picture

import (
	"context"
	"image"
	"image/draw"
	"math"
)

// Scaling is by Catmull-Rom, in whole numbers so that every machine gives the
// same bytes. golang.org/x/image/draw has the filter too, but holds 32 bytes
// for each pixel of new width times old height: 184 MB for a 12-megapixel photo
// at width 1920. Here some lines are held, and a photo stays in its own
// planes, brightness apart from colours, as the JPEG encoder wants it.

// plane is a rectangle of samples; line returns the interleaved samples of
// line y, good until the next call.
type plane struct {
	width, height int
	channels      int
	line          func(y int) []byte
}

// span is the stretch of source samples that make one new one: the weights,
// of weightOne together, of the samples from first on.
type span struct {
	first   int
	weights []int32
}

const (
	weightBits = 14
	weightOne  = 1 << weightBits
	lineBits   = 6 // of fraction in a line scaled horizontally
)

// spans divides the stretch from a to b of a side of the given size among n
// new samples.
func spans(size int, a, b float64, n int) []span {
	step := (b - a) / float64(n)
	filter := max(step, 1)
	out := make([]span, n)
	for i := range out {
		centre := a + (float64(i)+0.5)*step - 0.5
		first := max(int(math.Ceil(centre-2*filter)), 0)
		last := min(int(math.Floor(centre+2*filter)), size-1)
		if last < first { // beyond an edge, by rounding
			first = min(max(first, 0), size-1)
			last = first
		}
		raw := make([]float64, last-first+1)
		sum := 0.0
		for j := range raw {
			raw[j] = catmullRom((float64(first+j) - centre) / filter)
			sum += raw[j]
		}
		w := make([]int32, len(raw))
		rest, largest := int32(weightOne), 0
		for j := range raw {
			if sum != 0 {
				w[j] = int32(math.Round(raw[j] / sum * weightOne))
			}
			rest -= w[j]
			if w[j] > w[largest] {
				largest = j
			}
		}
		w[largest] += rest // a plain area stays exactly as plain
		out[i] = span{first, w}
	}
	return out
}

func catmullRom(t float64) float64 {
	t = math.Abs(t)
	switch {
	case t < 1:
		return (1.5*t-2.5)*t*t + 1
	case t < 2:
		return ((-0.5*t+2.5)*t-4)*t + 2
	}
	return 0
}

// area is a rectangle of a plane, which need not begin at a sample.
type area struct{ x0, y0, x1, y1 float64 }

// scale fills width×height samples of dst from the area of src.
func scale(ctx context.Context, dst []byte, stride, width, height int, src plane, from area) error {
	n := src.channels
	across, down := spans(src.width, from.x0, from.x1, width), spans(src.height, from.y0, from.y1, height)
	held := 0
	for _, s := range down {
		held = max(held, len(s.weights))
	}
	lines := make([][]int32, held)
	for i := range lines {
		lines[i] = make([]int32, width*n)
	}
	sum := make([]int32, width*n)
	next := 0 // the next source line to take in
	for y, s := range down {
		if y%64 == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		for next = max(next, s.first); next < s.first+len(s.weights); next++ {
			if n == 1 {
				scaleLine(lines[next%held], src.line(next), across)
			} else {
				scaleLine4(lines[next%held], src.line(next), across)
			}
		}
		clear(sum)
		for j, w := range s.weights {
			addLine(sum, lines[(s.first+j)%held], w)
		}
		out := dst[y*stride:][:width*n]
		const half = 1 << (weightBits + lineBits - 1)
		for i, v := range sum {
			out[i] = byte(min(max((v+half)>>(weightBits+lineBits), 0), 255))
		}
		if n == 4 {
			// The filter overshoots; a colour is never more than its alpha.
			for i := 0; i+3 < len(out); i += 4 {
				a := out[i+3]
				out[i], out[i+1], out[i+2] = min(out[i], a), min(out[i+1], a), min(out[i+2], a)
			}
		}
	}
	return nil
}

func addLine(sum, line []int32, w int32) {
	line = line[:len(sum)]
	for i := range sum {
		sum[i] += line[i] * w
	}
}

func scaleLine(dst []int32, src []byte, across []span) {
	const half = 1 << (weightBits - lineBits - 1)
	dst = dst[:len(across)]
	for i, s := range across {
		in := src[s.first:][:len(s.weights)]
		v := int32(half)
		for j, w := range s.weights {
			v += int32(in[j]) * w
		}
		dst[i] = v >> (weightBits - lineBits)
	}
}

func scaleLine4(dst []int32, src []byte, across []span) {
	const half = 1 << (weightBits - lineBits - 1)
	for i, s := range across {
		in := src[4*s.first:][:4*len(s.weights)]
		r, g, b, a := int32(half), int32(half), int32(half), int32(half)
		for j, w := range s.weights {
			p := in[4*j:][:4]
			r += int32(p[0]) * w
			g += int32(p[1]) * w
			b += int32(p[2]) * w
			a += int32(p[3]) * w
		}
		d := dst[4*i:][:4]
		d[0], d[1], d[2], d[3] = r>>(weightBits-lineBits), g>>(weightBits-lineBits), b>>(weightBits-lineBits), a>>(weightBits-lineBits)
	}
}

// bytesPlane is a plane of one sample a pixel.
func bytesPlane(pix []byte, stride, w, h int) plane {
	return plane{w, h, 1, func(y int) []byte { return pix[y*stride:][:w] }}
}

// resize is the rectangle r of m at the size width×height. Photos stay
// photos (YCbCr, 4:2:0), greys stay grey, all else becomes RGBA. The pixels go
// into buf if they fit; used is what they went into.
func resize(ctx context.Context, buf []byte, m image.Image, r image.Rectangle, width, height int) (out image.Image, used []byte, err error) {
	b := m.Bounds()
	r = r.Intersect(b).Sub(b.Min)
	from := area{float64(r.Min.X), float64(r.Min.Y), float64(r.Max.X), float64(r.Max.Y)}
	to := image.Rect(0, 0, width, height)
	switch m := m.(type) {
	case *image.Gray:
		pix := grow(buf, width*height)
		src := bytesPlane(m.Pix[m.PixOffset(b.Min.X, b.Min.Y):], m.Stride, b.Dx(), b.Dy())
		err := scale(ctx, pix, width, width, height, src, from)
		return &image.Gray{Pix: pix, Stride: width, Rect: to}, pix, err
	case *image.YCbCr:
		cw, ch := chromaSize(b.Dx(), b.Dy(), m.SubsampleRatio)
		if b.Min != (image.Point{}) || m.SubsampleRatio == image.YCbCrSubsampleRatio411 || m.SubsampleRatio == image.YCbCrSubsampleRatio410 {
			break // hardly ever seen
		}
		nw, nh := chromaSize(width, height, image.YCbCrSubsampleRatio420)
		light, colour := width*height, nw*nh
		pix := grow(buf, light+2*colour)
		out := &image.YCbCr{
			Y: pix[:light:light], Cb: pix[light:][:colour:colour], Cr: pix[light+colour:][:colour:colour],
			YStride: width, CStride: nw, SubsampleRatio: image.YCbCrSubsampleRatio420, Rect: to,
		}
		if err := scale(ctx, out.Y, width, width, height, bytesPlane(m.Y, m.YStride, b.Dx(), b.Dy()), from); err != nil {
			return nil, nil, err
		}
		// A colour sample covers this many pixels of the old picture and, in
		// the new one, two; where a side is odd, half of the last lies outside.
		px, py := 1.0, 1.0
		if cw < b.Dx() {
			px = 2
		}
		if ch < b.Dy() {
			py = 2
		}
		c := area{from.x0 / px, from.y0 / py, 0, 0}
		c.x1 = c.x0 + (from.x1-from.x0)/px*float64(2*nw)/float64(width)
		c.y1 = c.y0 + (from.y1-from.y0)/py*float64(2*nh)/float64(height)
		if err := scale(ctx, out.Cb, nw, nw, nh, bytesPlane(m.Cb, m.CStride, cw, ch), c); err != nil {
			return nil, nil, err
		}
		return out, pix, scale(ctx, out.Cr, nw, nw, nh, bytesPlane(m.Cr, m.CStride, cw, ch), c)
	}
	// One line at a time becomes RGBA, which is multiplied with its alpha, so
	// that what is transparent lends no colour to what is not.
	line := image.NewRGBA(image.Rect(0, 0, b.Dx(), 1))
	src := plane{b.Dx(), b.Dy(), 4, func(y int) []byte {
		draw.Draw(line, line.Rect, m, b.Min.Add(image.Pt(0, y)), draw.Src)
		return line.Pix
	}}
	if rgba, ok := m.(*image.RGBA); ok {
		src.line = func(y int) []byte {
			return rgba.Pix[rgba.PixOffset(b.Min.X, b.Min.Y+y):][:4*b.Dx()]
		}
	}
	pix := grow(buf, 4*width*height)
	err = scale(ctx, pix, 4*width, width, height, src, from)
	return &image.RGBA{Pix: pix, Stride: 4 * width, Rect: to}, pix, err
}

// grow is a slice of n bytes, which is buf if that is large enough.
func grow(buf []byte, n int) []byte {
	if cap(buf) < n {
		return make([]byte, n)
	}
	return buf[:n]
}
