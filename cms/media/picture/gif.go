package picture

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/gif"
	"io"
)

// gifHead is what every frame of a GIF is decoded with.
type gifHead struct {
	width, height int
	table         []byte // the header, the screen and the global colours
}

// frame is where one frame of an animation stands in what was sent: for GIF
// from its control block to the end of its data, for WebP the data of its
// chunk.
type frame struct {
	off, n int64
	bounds image.Rectangle
}

// readGIF notes which blocks to keep: all but comments, plain text and the
// extensions of applications, except the one that says how often to loop.
func (p *Picture) readGIF() error {
	in := &window{r: p.r, size: p.size}
	b, err := in.bytes(0, 13)
	if err != nil {
		return fmt.Errorf("%w: short GIF", ErrDamaged)
	}
	head := int64(13 + colourTable(b[10]))
	if b, err = in.bytes(0, int(head)); err != nil {
		return fmt.Errorf("%w: short GIF", ErrDamaged)
	}
	p.gif = gifHead{
		width:  int(binary.LittleEndian.Uint16(b[6:])),
		height: int(binary.LittleEndian.Uint16(b[8:])),
		table:  bytes.Clone(b),
	}
	// One frame, and the screen it is drawn on.
	if err := p.within(p.gif.width, p.gif.height, 5); err != nil {
		return err
	}
	p.alpha = true
	if err := p.keep(0, head); err != nil {
		return err
	}
	return p.gifBlocks(in, head)
}

func (p *Picture) gifBlocks(in *window, off int64) error {
	total, control := int64(0), int64(-1) // control block of the next frame
	for {
		b, err := in.bytes(off, 1)
		if err != nil {
			return fmt.Errorf("%w: the GIF has no end", ErrDamaged)
		}
		start := off
		switch b[0] {
		case 0x3b: // trailer
			if len(p.frames) == 0 {
				return fmt.Errorf("%w: GIF without image", ErrDamaged)
			}
			if off+1 < p.size {
				p.removed("other")
			}
			p.Frames = len(p.frames)
			return p.keep(off, 1)
		case 0x21: // extension
			end, keep, err := p.gifExtension(in, off)
			if err != nil {
				return err
			}
			if keep {
				if err := p.keep(off, end-off); err != nil {
					return err
				}
				if b, err := in.bytes(off+1, 1); err == nil && b[0] == 0xf9 {
					control = off
				}
			}
			off = end
		case 0x2c: // image
			d, err := in.bytes(off, 10)
			if err != nil {
				return fmt.Errorf("%w: short GIF frame", ErrDamaged)
			}
			x, y := int(binary.LittleEndian.Uint16(d[1:])), int(binary.LittleEndian.Uint16(d[3:]))
			w, h := int(binary.LittleEndian.Uint16(d[5:])), int(binary.LittleEndian.Uint16(d[7:]))
			total += int64(w) * int64(h)
			if len(p.frames) == MaxFrames || total > maxFramePixels {
				return fmt.Errorf("%w: more than %d frames, or than %d pixels in them", ErrTooLarge, MaxFrames, maxFramePixels)
			}
			// The size of the codes, after the colours of the frame.
			end, err := subBlocks(in, off+10+int64(colourTable(d[9]))+1)
			if err != nil {
				return err
			}
			f := frame{off: start, n: end - start, bounds: image.Rect(x, y, x+w, y+h)}
			if control >= 0 {
				f.off, f.n, control = control, end-control, -1
			}
			if f.n > 64<<20 {
				return fmt.Errorf("%w: GIF frame of %d bytes", ErrTooLarge, f.n)
			}
			p.frames = append(p.frames, f)
			if err := p.keep(start, end-start); err != nil {
				return err
			}
			off = end
		default:
			return fmt.Errorf("%w: GIF block %#x at %d", ErrDamaged, b[0], off)
		}
	}
}

// gifExtension returns where the extension at off ends and whether it stays.
func (p *Picture) gifExtension(in *window, off int64) (end int64, keep bool, err error) {
	b, err := in.bytes(off, 3)
	if err != nil {
		return 0, false, fmt.Errorf("%w: short GIF extension", ErrDamaged)
	}
	label, n := b[1], int(b[2])
	switch label {
	case 0xf9: // how to draw the next frame
		keep = n == 4
	case 0xfe:
		p.removed("comment")
	case 0xff:
		id, err := in.bytes(off+3, n)
		if err != nil {
			return 0, false, fmt.Errorf("%w: short GIF extension", ErrDamaged)
		}
		switch string(id) {
		case "NETSCAPE2.0", "ANIMEXTS1.0":
			// One sub-block of three bytes; anything longer hides something.
			loop, err := in.bytes(off+3+int64(n), 5)
			if err == nil && loop[0] == 3 && loop[4] == 0 {
				return off + 3 + int64(n) + 5, true, nil
			}
			p.removed("other")
		case "XMP DataXMP":
			p.removed("xmp")
		default:
			p.removed("other")
		}
	default:
		p.removed("other")
	}
	end, err = subBlocks(in, off+2)
	if keep && err == nil && end != off+8 {
		return 0, false, fmt.Errorf("%w: GIF control block", ErrDamaged)
	}
	return end, keep, err
}

// subBlocks returns the end of the sub-blocks that begin at off.
func subBlocks(in *window, off int64) (int64, error) {
	for {
		b, err := in.bytes(off, 1)
		if err != nil {
			return 0, fmt.Errorf("%w: the GIF is cut off", ErrDamaged)
		}
		off += 1 + int64(b[0])
		if b[0] == 0 {
			return off, nil
		}
	}
}

// colourTable is the size in bytes of the table that flags announce.
func colourTable(flags byte) int {
	if flags&0x80 == 0 {
		return 0
	}
	return 3 << (flags&7 + 1)
}

// gifFrame decodes frame i by itself, so that no more than one is held.
func (p *Picture) gifFrame(i int) (*image.Paletted, error) {
	f := p.frames[i]
	m, err := gif.Decode(io.MultiReader(
		bytes.NewReader(p.gif.table),
		io.NewSectionReader(p.r, f.off, f.n),
		bytes.NewReader([]byte{0x3b}),
	))
	if err != nil {
		return nil, fmt.Errorf("%w: frame %d: %v", ErrDamaged, i+1, err)
	}
	pal, ok := m.(*image.Paletted)
	if !ok {
		return nil, fmt.Errorf("%w: frame %d", ErrDamaged, i+1)
	}
	return pal, nil
}
