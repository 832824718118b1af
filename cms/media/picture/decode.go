package picture

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"image"
	"image/draw"
	"image/jpeg"
	"image/png"
	"io"

	"github.com/HugoSmits86/nativewebp"
	"golang.org/x/image/webp"
)

// keepQuality is that of an original that had to be turned.
const keepQuality = 92

// verify decodes everything once and throws it away, frame by frame.
func (p *Picture) verify(ctx context.Context) (err error) {
	defer recovered(&err)
	if len(p.frames) == 0 {
		_, err := p.pixels(ctx)
		return err
	}
	for i := range p.frames {
		if err := ctx.Err(); err != nil {
			return err
		}
		if _, err := p.frame(i); err != nil {
			return err
		}
	}
	return nil
}

// decode returns the picture upright; of one that moves, its first frame.
func (p *Picture) decode(ctx context.Context) (m image.Image, err error) {
	defer recovered(&err)
	m, err = p.pixels(ctx)
	if err != nil {
		return nil, err
	}
	return upright(m, p.orientation), ctx.Err()
}

// pixels decodes the picture as it is coded.
func (p *Picture) pixels(ctx context.Context) (image.Image, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if len(p.frames) > 0 {
		first, err := p.frame(0)
		if err != nil {
			return nil, err
		}
		at := p.frames[0].bounds
		if at.Min == (image.Point{}) && at.Max == (image.Point{X: p.Width, Y: p.Height}) {
			return first, nil
		}
		canvas := image.NewNRGBA(image.Rect(0, 0, p.Width, p.Height))
		draw.Draw(canvas, at, first, first.Bounds().Min, draw.Src)
		return canvas, nil
	}
	in := bufio.NewReaderSize(io.NewSectionReader(p.r, 0, p.size), 64<<10)
	var m image.Image
	var err error
	switch p.source {
	case JPEG:
		m, err = jpeg.Decode(in)
	case PNG:
		m, err = png.Decode(in)
	case WebP:
		if m, err = webp.Decode(in); err == nil {
			fullRange(m)
		}
	default:
		err = ErrType
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrDamaged, err)
	}
	return m, nil
}

// fullRange stretches the samples of a lossy WebP, which are those of films (16
// to 235), over all of a byte, where image.YCbCr has them. The decoder leaves
// that out, so its pictures look pale.
func fullRange(m image.Image) {
	var planes *image.YCbCr
	switch m := m.(type) {
	case *image.YCbCr:
		planes = m
	case *image.NYCbCrA:
		planes = &m.YCbCr
	default:
		return
	}
	var light, colour [256]byte
	for i := range 256 {
		light[i] = byte(min(max(((i-16)*255+109)/219, 0), 255))
		colour[i] = byte(min(max(128+((i-128)*255+112*sign(i-128))/224, 0), 255))
	}
	for i, v := range planes.Y {
		planes.Y[i] = light[v]
	}
	for i, v := range planes.Cb {
		planes.Cb[i] = colour[v]
	}
	for i, v := range planes.Cr {
		planes.Cr[i] = colour[v]
	}
}

func sign(i int) int {
	if i < 0 {
		return -1
	}
	return 1
}

// frame decodes one frame of an animation.
func (p *Picture) frame(i int) (image.Image, error) {
	if p.source == GIF {
		return p.gifFrame(i)
	}
	return p.webpFrame(i)
}

// encode writes m in one of the formats of renditions.
func encode(m image.Image, f Format, quality int, profile []byte) (data []byte, err error) {
	defer recovered(&err)
	var b bytes.Buffer
	switch f {
	case JPEG:
		if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: quality}); err != nil {
			return nil, err
		}
		return splice(b.Bytes(), 2, jpegProfile(profile)), nil
	case PNG:
		if err := png.Encode(&b, m); err != nil {
			return nil, err
		}
		if profile == nil {
			return b.Bytes(), nil
		}
		return splice(b.Bytes(), len(pngSignature)+25, pngProfile(profile)), nil
	case WebP:
		if err := nativewebp.Encode(&b, m, nil); err != nil {
			return nil, err
		}
		return b.Bytes(), nil
	}
	return nil, fmt.Errorf("encode %q: %w", f, ErrType)
}

// splice puts x into b at i.
func splice(b []byte, i int, x []byte) []byte {
	if len(x) == 0 {
		return b
	}
	out := make([]byte, 0, len(b)+len(x))
	return append(append(append(out, b[:i]...), x...), b[i:]...)
}

// upright turns m as EXIF's orientation o says. What is not coded in planes of
// bytes becomes NRGBA of 8 bits.
func upright(m image.Image, o int) image.Image {
	if o <= 1 || o > 8 {
		return m
	}
	b := m.Bounds()
	size := b.Size()
	if o >= 5 {
		size = image.Pt(size.Y, size.X)
	}
	to := image.Rectangle{Max: size}
	switch m := m.(type) {
	case *image.Gray:
		out := image.NewGray(to)
		turn(out.Pix, out.Stride, m.Pix[m.PixOffset(b.Min.X, b.Min.Y):], m.Stride, b.Dx(), b.Dy(), 1, o)
		return out
	case *image.YCbCr:
		ratio, ok := turnedRatio(m.SubsampleRatio, o)
		if !ok || b.Min != (image.Point{}) {
			break
		}
		out := image.NewYCbCr(to, ratio)
		turn(out.Y, out.YStride, m.Y, m.YStride, b.Dx(), b.Dy(), 1, o)
		w, h := chromaSize(b.Dx(), b.Dy(), m.SubsampleRatio)
		turn(out.Cb, out.CStride, m.Cb, m.CStride, w, h, 1, o)
		turn(out.Cr, out.CStride, m.Cr, m.CStride, w, h, 1, o)
		return out
	}
	in, ok := m.(*image.NRGBA)
	if !ok {
		in = image.NewNRGBA(image.Rectangle{Max: b.Size()})
		draw.Draw(in, in.Rect, m, b.Min, draw.Src)
	}
	out := image.NewNRGBA(to)
	turn(out.Pix, out.Stride, in.Pix[in.PixOffset(in.Rect.Min.X, in.Rect.Min.Y):], in.Stride, b.Dx(), b.Dy(), 4, o)
	return out
}

// turnedRatio is how the colours of a turned picture are sampled.
func turnedRatio(r image.YCbCrSubsampleRatio, o int) (image.YCbCrSubsampleRatio, bool) {
	switch r {
	case image.YCbCrSubsampleRatio444, image.YCbCrSubsampleRatio420:
		return r, true
	case image.YCbCrSubsampleRatio422:
		if o >= 5 {
			return image.YCbCrSubsampleRatio440, true
		}
		return r, true
	case image.YCbCrSubsampleRatio440:
		if o >= 5 {
			return image.YCbCrSubsampleRatio422, true
		}
		return r, true
	}
	return r, false
}

// chromaSize is the size of the colour planes of a w×h picture.
func chromaSize(w, h int, r image.YCbCrSubsampleRatio) (int, int) {
	switch r {
	case image.YCbCrSubsampleRatio422:
		return (w + 1) / 2, h
	case image.YCbCrSubsampleRatio420:
		return (w + 1) / 2, (h + 1) / 2
	case image.YCbCrSubsampleRatio440:
		return w, (h + 1) / 2
	}
	return w, h
}

// turn copies a plane of w×h pixels of n bytes, turned.
func turn(dst []byte, dstStride int, src []byte, srcStride, w, h, n, o int) {
	// Where the pixel x, y of the turned plane comes from.
	from := func(x, y int) int {
		switch o {
		case 2:
			x = w - 1 - x
		case 3:
			x, y = w-1-x, h-1-y
		case 4:
			y = h - 1 - y
		case 5:
			x, y = y, x
		case 6:
			x, y = y, h-1-x
		case 7:
			x, y = w-1-y, h-1-x
		case 8:
			x, y = w-1-y, x
		}
		return y*srcStride + x*n
	}
	right, down := from(1, 0)-from(0, 0), from(0, 1)-from(0, 0)
	dw, dh := w, h
	if o >= 5 {
		dw, dh = h, w
	}
	// In tiles: reading a column of a large plane misses the cache each time.
	const tile = 32
	for ty := 0; ty < dh; ty += tile {
		for tx := 0; tx < dw; tx += tile {
			for y := ty; y < min(ty+tile, dh); y++ {
				s := from(0, 0) + y*down + tx*right
				d := y*dstStride + tx*n
				for range min(tile, dw-tx) {
					if n == 1 {
						dst[d] = src[s]
					} else {
						copy(dst[d:d+n], src[s:s+n])
					}
					d, s = d+n, s+right
				}
			}
		}
	}
}
