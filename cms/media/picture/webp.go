package picture

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"io"
	"slices"

	"golang.org/x/image/webp"
)

// Flags of the extended header.
const (
	webpAnimation = 1 << 1
	webpXMP       = 1 << 2
	webpEXIF      = 1 << 3
	webpAlpha     = 1 << 4
	webpICC       = 1 << 5
)

// readWebP notes which chunks to keep. The sizes in the RIFF header and the
// flags of the extended header are written anew.
func (p *Picture) readWebP() error {
	in := &window{r: p.r, size: p.size}
	b, err := in.bytes(0, 12)
	if err != nil {
		return fmt.Errorf("%w: short WebP", ErrDamaged)
	}
	end := 8 + int64(binary.LittleEndian.Uint32(b[4:]))
	if end > p.size {
		return fmt.Errorf("%w: the WebP is cut off", ErrDamaged)
	}
	if end+end%2 < p.size {
		p.removed("other")
	}
	if err := p.insert([]byte{}); err != nil { // the header, when the length is known
		return err
	}
	header, images := -1, 0 // the part that is the extended header
	total := int64(0)
	for off := int64(12); off+8 <= end; {
		b, err := in.bytes(off, 8)
		if err != nil {
			return fmt.Errorf("%w: the WebP is cut off", ErrDamaged)
		}
		name, n := string(b[:4]), int64(binary.LittleEndian.Uint32(b[4:]))
		next := off + 8 + n + n%2
		if off+8+n > end {
			return fmt.Errorf("%w: WebP chunk %q is cut off", ErrDamaged, name)
		}
		next = min(next, p.size)
		switch name {
		case "VP8X":
			b, err := in.bytes(off+8, int(min(n, 10)))
			if err != nil || n != 10 || header >= 0 || p.Width != 0 {
				return fmt.Errorf("%w: WebP header", ErrDamaged)
			}
			if err := p.within(1+int24(b[4:]), 1+int24(b[7:]), 8); err != nil {
				return err
			}
			header = len(p.parts)
			x := append([]byte("VP8X\x0a\x00\x00\x00"), b...)
			x[8] &= webpAnimation | webpAlpha
			p.alpha = x[8]&webpAlpha != 0
			err = p.insert(x)
			if err != nil {
				return err
			}
		case "VP8 ", "VP8L":
			if p.Width == 0 {
				cfg, err := webp.DecodeConfig(io.NewSectionReader(p.r, 0, p.size))
				if err != nil {
					return fmt.Errorf("%w: %v", ErrDamaged, err)
				}
				if err := p.within(cfg.Width, cfg.Height, 8); err != nil {
					return err
				}
				p.alpha = name == "VP8L"
			}
			if images++; images > 1 || len(p.frames) > 0 {
				return fmt.Errorf("%w: two images in the WebP", ErrDamaged)
			}
			err = p.keep(off, next-off)
		case "ALPH", "ANIM":
			err = p.keep(off, next-off)
		case "ANMF":
			f, err := in.bytes(off+8, int(min(n, 16)))
			if err != nil || n < 16 {
				return fmt.Errorf("%w: WebP frame", ErrDamaged)
			}
			x, y := 2*int24(f), 2*int24(f[3:])
			w, h := 1+int24(f[6:]), 1+int24(f[9:])
			total += int64(w) * int64(h)
			if len(p.frames) == MaxFrames || total > maxFramePixels {
				return fmt.Errorf("%w: more than %d frames, or than %d pixels in them", ErrTooLarge, MaxFrames, maxFramePixels)
			}
			if x+w > p.Width || y+h > p.Height {
				return fmt.Errorf("%w: WebP frame outside the picture", ErrDamaged)
			}
			p.frames = append(p.frames, frame{off: off + 8 + 16, n: n - 16, bounds: image.Rect(x, y, x+w, y+h)})
			if err := p.webpFrameParts(off, n); err != nil {
				return err
			}
		case "ICCP":
			// A larger profile is no plain one.
			icc := make([]byte, min(n, 1<<20))
			if _, err := p.r.ReadAt(icc, off+8); err != nil && err != io.EOF {
				return err
			}
			p.setProfile(icc)
			if p.profile != nil && header >= 0 {
				p.parts[header].data[8] |= webpICC
				err = p.insert(riff("ICCP", p.profile))
			}
		case "EXIF":
			b := make([]byte, min(n, 1<<20))
			if _, err := p.r.ReadAt(b, off+8); err != nil && err != io.EOF {
				return err
			}
			p.metadata(bytes.TrimPrefix(b, []byte(signatureEXIF)))
		case "XMP ":
			b := make([]byte, min(n, 1<<20))
			if _, err := p.r.ReadAt(b, off+8); err != nil && err != io.EOF {
				return err
			}
			p.xmp(b)
		default:
			p.removed("other")
		}
		if err != nil {
			return err
		}
		off = next
	}
	if p.Width == 0 {
		return fmt.Errorf("%w: no image in the WebP", ErrDamaged)
	}
	p.Frames = max(1, len(p.frames))
	if p.Frames > 1 && p.orientation > 1 {
		p.orientation = 1 // turning would stop it, and browsers do not turn it either
	}
	p.webpLength()
	return nil
}

// webpFrameParts keeps of the frame at off its header and its image, and none
// of the unknown chunks that may follow inside it.
func (p *Picture) webpFrameParts(off, n int64) error {
	at := len(p.parts)
	head := make([]byte, 24)
	if _, err := p.r.ReadAt(head, off); err != nil {
		return err
	}
	if err := p.insert(head); err != nil {
		return err
	}
	length := int64(16)
	var b [8]byte
	for o := off + 24; o+8 <= off+8+n; {
		if _, err := p.r.ReadAt(b[:], o); err != nil {
			return err
		}
		size := int64(binary.LittleEndian.Uint32(b[4:]))
		whole := 8 + size + size%2
		if o+8+size > off+8+n || o+whole > p.size {
			return fmt.Errorf("%w: WebP frame is cut off", ErrDamaged)
		}
		if slices.Contains([]string{"ALPH", "VP8 ", "VP8L"}, string(b[:4])) {
			if err := p.add(part{off: o, n: whole}); err != nil {
				return err
			}
			length += whole
		} else {
			p.removed("other")
		}
		o += whole
	}
	binary.LittleEndian.PutUint32(p.parts[at].data[4:], uint32(length))
	return nil
}

// webpLength writes the outermost header.
func (p *Picture) webpLength() {
	n := int64(4)
	for _, x := range p.parts[1:] {
		n += x.n + int64(len(x.data))
	}
	p.parts[0].data = append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(n)), "WEBP"...)
}

// webpFrame decodes frame i, by itself: the decoder knows no animations. The
// extended header makes it check the size before it allocates.
func (p *Picture) webpFrame(i int) (image.Image, error) {
	f := p.frames[i]
	var name [4]byte
	if _, err := p.r.ReadAt(name[:], f.off); err != nil {
		return nil, fmt.Errorf("%w: frame %d: %v", ErrDamaged, i+1, err)
	}
	x := make([]byte, 10)
	if string(name[:]) == "ALPH" {
		x[0] = webpAlpha
	}
	put24(x[4:], f.bounds.Dx()-1)
	put24(x[7:], f.bounds.Dy()-1)
	body := append([]byte("WEBP"), riff("VP8X", x)...)
	head := binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(int64(len(body))+f.n))
	m, err := webp.Decode(io.MultiReader(bytes.NewReader(append(head, body...)), io.NewSectionReader(p.r, f.off, f.n)))
	if err != nil {
		return nil, fmt.Errorf("%w: frame %d: %v", ErrDamaged, i+1, err)
	}
	fullRange(m)
	if m.Bounds().Size() != f.bounds.Size() {
		return nil, fmt.Errorf("%w: frame %d has another size", ErrDamaged, i+1)
	}
	return m, nil
}

// riff is a chunk.
func riff(name string, data []byte) []byte {
	out := binary.LittleEndian.AppendUint32([]byte(name), uint32(len(data)))
	out = append(out, data...)
	if len(data)%2 == 1 {
		out = append(out, 0)
	}
	return out
}

func int24(b []byte) int { return int(b[0]) | int(b[1])<<8 | int(b[2])<<16 }

func put24(b []byte, n int) { b[0], b[1], b[2] = byte(n), byte(n>>8), byte(n>>16) }
