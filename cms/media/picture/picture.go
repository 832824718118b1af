// Package picture makes uploaded pictures safe to keep and small to load.
//
// [Read] looks at the header only: which format it is, how large, what it says
// about people and places. Nothing is decoded before the limits are checked, so
// a small file that announces a gigabyte costs microseconds. [Picture.Clean]
// decodes once, to know that the picture is one, and writes the original that
// may be kept: upright, and without GPS, camera, author, thumbnail, comment or
// anything after the end. [Picture.Render] makes the smaller copies and crops.
//
// Nothing here starts goroutines, keeps state or knows a file system. The
// caller bounds how many run at once, by [Picture.Memory].
//
// # What is kept of the original
//
// An upright JPEG keeps its compressed data byte for byte: only segments are
// left out, so no quality is lost. A turned one is decoded and encoded again at
// quality 92, since Go has nothing that turns JPEG blocks without decoding. PNG
// is rewritten chunk by chunk, GIF block by block (animations stay), WebP
// chunk by chunk. A turned WebP becomes a JPEG, or a PNG where it is
// transparent. SVG is rebuilt from an allow-list.
//
// A colour profile is written anew from its primaries and curves, so that the
// colours stay and its names and private tags go; one that says sRGB, or that
// is no plain RGB or grey profile, is left out.
//
// # Formats of renditions
//
// Photos become JPEG. Drawings and screenshots become PNG and, where that is
// smaller, lossless WebP, by nativewebp. Ten photos at width 640, as bytes at
// the quality of JPEG 80 (the same signal to noise in brightness), and seconds
// of one core:
//
//	JPEG, image/jpeg               591 kB  0.3 s
//	WebP lossless, nativewebp    3,655 kB  4.2 s  binary + 0.1 MB
//	WebP lossy, gen2brain/webp     428 kB  8.3 s  binary + 2.9 MB
//	AVIF, gen2brain/avif           416 kB  6.3 s  binary + 4.1 MB, with WebP
//
// So lossy WebP would save 27 in a hundred bytes, AVIF 30. Both are C compiled
// to WebAssembly, which takes half a second (AVIF: two) to translate when first
// used, and 35 MB from then on. What keeps them out is another thing: without
// the build tag nodynamic they load a libwebp or libavif of the machine, if
// there is one, when the program starts; a program that can do that is linked
// with the C library of its system, so it would not start in an empty
// container, and the same picture would not give the same bytes everywhere.
// Where a sound encoder can be had, encode is the place for it.
//
// The photos were those that github.com/bep/imagemeta tests with; none is part
// of this project.
package picture

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
)

// Format is a picture format of the closed list.
type Format string

// The formats taken, and the formats of renditions.
const (
	JPEG Format = "jpeg"
	PNG  Format = "png"
	GIF  Format = "gif"
	WebP Format = "webp"
	SVG  Format = "svg"
)

// MIME is the media type to serve the format with.
func (f Format) MIME() string {
	if f == SVG {
		return "image/svg+xml"
	}
	return "image/" + string(f)
}

// Ext is the extension of the format, without a dot.
func (f Format) Ext() string {
	if f == JPEG {
		return "jpg"
	}
	return string(f)
}

// What Read refuses. Each is a reason to tell the person who sent the file.
var (
	ErrType     = errors.New("not a picture of a known type")
	ErrHEIC     = fmt.Errorf("a HEIC photo: %w", ErrType)
	ErrAVIF     = fmt.Errorf("an AVIF picture: %w", ErrType)
	ErrTooLarge = errors.New("more pixels or frames than are taken")
	ErrDamaged  = errors.New("the picture is damaged")
)

// Limits, checked before anything is decoded.
const (
	MaxPixels = 50_000_000
	MaxSide   = 12_000
	MaxFrames = 300
	// MaxMemory is the most that decoding one picture may hold, in bytes. It
	// lets in 50 megapixels of any usual photo; what it refuses are large
	// pictures of 16 bits a channel, and the largest progressive ones.
	MaxMemory = 400 << 20
	// maxFramePixels is for all frames of an animation together.
	maxFramePixels = 250_000_000
	// maxParts bounds the pieces a picture may be made of.
	maxParts = 20_000
)

// Picture is a file that was recognised and is within the limits. Its reader
// must stay open as long as the Picture is used.
type Picture struct {
	// Format is that of what Clean writes. It differs from what was sent in
	// one case: a WebP that needs turning becomes a JPEG or a PNG.
	Format Format
	// Width and Height are those of what Clean writes, in pixels.
	Width, Height int
	// Frames is 1, or more if the picture moves.
	Frames int
	// Removed lists, sorted, what Clean leaves out: animation, author, camera,
	// comment, date, gps, iptc, other, profile, script, style, thumbnail, xmp.
	Removed []string

	source      Format // what was sent
	r           io.ReaderAt
	size        int64
	orientation int    // 1 to 8, as in EXIF
	memory      int64  // to decode
	profile     []byte // the colour profile written anew, or nil
	alpha       bool   // the format says some of it may be transparent
	parts       []part // what Clean writes if nothing needs turning
	frames      []frame
	gif         gifHead
}

// part is a piece of the stored file: some bytes of what was sent, or data.
type part struct {
	off, n int64
	data   []byte
}

// Read recognises a picture by its content and reads its header and metadata.
// The error is ErrType, ErrHEIC, ErrAVIF, ErrTooLarge, ErrDamaged, or one of
// the reader or the context.
func Read(ctx context.Context, r io.ReaderAt, size int64) (p *Picture, err error) {
	defer recovered(&err)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	head, err := readHead(r, size)
	if err != nil {
		return nil, err
	}
	p = &Picture{source: Recognise(head), r: r, size: size, orientation: 1, Frames: 1}
	p.Format = p.source
	switch p.source {
	case JPEG:
		err = p.readJPEG()
	case PNG:
		err = p.readPNG()
	case GIF:
		err = p.readGIF()
	case WebP:
		err = p.readWebP()
	case SVG:
		err = p.readSVG()
	default:
		err = unsupported(head)
	}
	if err != nil {
		return nil, fmt.Errorf("read picture: %w", err)
	}
	if p.orientation > 1 && p.source == WebP {
		p.Format = JPEG
		if p.alpha {
			p.Format = PNG
		}
	}
	if p.orientation >= 5 {
		p.Width, p.Height = p.Height, p.Width
	}
	slices.Sort(p.Removed)
	return p, nil
}

// Memory is about the most that Clean or Render holds at a time, in bytes.
func (p *Picture) Memory() int64 {
	if p.source == SVG {
		return 4 * p.size
	}
	m := p.memory
	if p.orientation > 1 {
		m += 4 * int64(p.Width) * int64(p.Height)
	}
	// The largest rendition and the next smaller one, and what their encoders
	// take.
	return m + 24<<20
}

// Clean decodes the picture, to know that it is whole, and writes the original
// to keep. The same picture gives the same bytes. The error is ErrDamaged or
// one of the reader, the writer or the context; what was written then is of no
// use.
func (p *Picture) Clean(ctx context.Context, w io.Writer) error {
	if p.source == SVG {
		return p.write(ctx, w)
	}
	if p.orientation == 1 {
		if err := p.verify(ctx); err != nil {
			return fmt.Errorf("clean picture: %w", err)
		}
		return p.write(ctx, w)
	}
	img, err := p.decode(ctx)
	if err != nil {
		return fmt.Errorf("clean picture: %w", err)
	}
	data, err := encode(img, p.Format, keepQuality, p.profile)
	if err != nil {
		return fmt.Errorf("clean picture: %w", err)
	}
	_, err = w.Write(data)
	return err
}

// write copies the parts.
func (p *Picture) write(ctx context.Context, w io.Writer) error {
	for _, part := range p.parts {
		if err := ctx.Err(); err != nil {
			return err
		}
		if part.data != nil {
			if _, err := w.Write(part.data); err != nil {
				return err
			}
			continue
		}
		if _, err := io.Copy(w, io.NewSectionReader(p.r, part.off, part.n)); err != nil {
			return err
		}
	}
	return nil
}

// keep adds bytes of the sent file to what is written.
func (p *Picture) keep(off, n int64) error {
	if last := len(p.parts) - 1; last >= 0 && p.parts[last].data == nil && p.parts[last].off+p.parts[last].n == off {
		p.parts[last].n += n
		return nil
	}
	return p.add(part{off: off, n: n})
}

// insert adds bytes that were not sent as they are.
func (p *Picture) insert(data []byte) error {
	return p.add(part{data: data})
}

func (p *Picture) add(x part) error {
	if len(p.parts) == maxParts {
		return fmt.Errorf("%w: in more than %d pieces", ErrDamaged, maxParts)
	}
	p.parts = append(p.parts, x)
	return nil
}

// removed notes what is left out.
func (p *Picture) removed(codes ...string) {
	for _, c := range codes {
		if !slices.Contains(p.Removed, c) {
			p.Removed = append(p.Removed, c)
		}
	}
}

// within sets the size as it is coded and checks it. Memory is what decoding
// holds per pixel, in bytes.
func (p *Picture) within(width, height int, perPixel float64) error {
	p.Width, p.Height = width, height
	if width < 1 || height < 1 {
		return fmt.Errorf("%w: %d×%d pixels", ErrDamaged, width, height)
	}
	if width > MaxSide || height > MaxSide || int64(width)*int64(height) > MaxPixels {
		return fmt.Errorf("%w: %d×%d pixels", ErrTooLarge, width, height)
	}
	p.memory = int64(float64(width) * float64(height) * perPixel)
	if p.memory > MaxMemory {
		return fmt.Errorf("%w: %d×%d pixels of %.3g bytes", ErrTooLarge, width, height, perPixel)
	}
	return nil
}

// recovered turns a panic of a decoder into ErrDamaged: their input is whatever
// somebody sends.
func recovered(err *error) {
	if x := recover(); x != nil {
		*err = fmt.Errorf("%w: decoder panicked: %v", ErrDamaged, x)
	}
}
