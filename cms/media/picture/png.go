package picture

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"strings"
)

const pngSignature = "\x89PNG\r\n\x1a\n"

// pngKept are the chunks that say how the picture looks.
var pngKept = map[string]bool{
	"IHDR": true, "PLTE": true, "tRNS": true, "IDAT": true,
	"gAMA": true, "cHRM": true, "sRGB": true, "cICP": true, "sBIT": true,
}

// readPNG notes which chunks to keep.
func (p *Picture) readPNG() error {
	if err := p.keep(0, int64(len(pngSignature))); err != nil {
		return err
	}
	in := &window{r: p.r, size: p.size}
	off, data := int64(len(pngSignature)), false
	for {
		head, err := in.bytes(off, 8)
		if err != nil {
			return fmt.Errorf("%w: the PNG has no end", ErrDamaged)
		}
		n, name := int64(binary.BigEndian.Uint32(head)), string(head[4:8])
		end := off + 12 + n
		if end > p.size {
			return fmt.Errorf("%w: PNG chunk %q is cut off", ErrDamaged, name)
		}
		if p.Width == 0 && name != "IHDR" {
			return fmt.Errorf("%w: PNG without header", ErrDamaged)
		}
		switch {
		case name == "IEND":
			if end < p.size {
				p.removed("other")
			}
			if !data {
				return fmt.Errorf("%w: PNG without data", ErrDamaged)
			}
			return p.keep(off, end-off)
		case name == "IHDR":
			if n != 13 || p.Width != 0 {
				return fmt.Errorf("%w: PNG header", ErrDamaged)
			}
			b, err := in.bytes(off+8, 13)
			if err != nil {
				return err
			}
			if err := p.pngHeader(b); err != nil {
				return err
			}
			fallthrough
		case pngKept[name]:
			data = data || name == "IDAT"
			p.alpha = p.alpha || name == "tRNS"
			if err := p.keep(off, end-off); err != nil {
				return err
			}
		default:
			// Metadata of more than a megabyte is removed unread.
			b := make([]byte, min(n, 1<<20))
			if _, err := p.r.ReadAt(b, off+8); err != nil && err != io.EOF {
				return err
			}
			if err := p.pngChunk(name, b); err != nil {
				return err
			}
		}
		off = end
	}
}

func (p *Picture) pngHeader(b []byte) error {
	width, height := binary.BigEndian.Uint32(b), binary.BigEndian.Uint32(b[4:])
	if width > 1<<30 || height > 1<<30 {
		return fmt.Errorf("%w: %d×%d pixels", ErrTooLarge, width, height)
	}
	depth, colour := b[8], b[9]
	perPixel := 1.0 // grey, or an index
	switch colour {
	case 2, 4, 6:
		perPixel = 4
	}
	if depth == 16 {
		perPixel *= 2
	}
	p.alpha = colour >= 4
	return p.within(int(width), int(height), perPixel)
}

// pngChunk removes a chunk, or takes from it what stays.
func (p *Picture) pngChunk(name string, b []byte) error {
	switch name {
	case "eXIf":
		p.metadata(b)
	case "tIME":
		p.removed("date")
	case "acTL", "fcTL", "fdAT":
		// Go does not decode the frames, so nobody could say what is in them.
		p.removed("animation")
	case "iCCP":
		_, rest, _ := bytes.Cut(b, []byte{0})
		if len(rest) < 1 {
			return nil
		}
		z, err := zlib.NewReader(bytes.NewReader(rest[1:]))
		if err != nil {
			return nil // no usable profile
		}
		icc, err := io.ReadAll(io.LimitReader(z, 1<<20))
		if err != nil {
			return nil
		}
		p.setProfile(icc)
		if p.profile != nil {
			return p.insert(pngProfile(p.profile))
		}
	case "tEXt", "zTXt", "iTXt":
		key, _, _ := strings.Cut(string(b[:min(len(b), 80)]), "\x00")
		switch {
		case key == "XML:com.adobe.xmp":
			p.xmp(b)
		case key == "Author" || key == "Copyright":
			p.removed("author")
		case key == "Software" || key == "Source":
			p.removed("camera")
		case key == "Creation Time" || strings.HasPrefix(key, "date:"):
			p.removed("date")
		case strings.HasPrefix(key, "Raw profile type "):
			p.removed("other")
		default:
			p.removed("comment")
		}
	case "pHYs", "bKGD", "hIST", "sPLT", "oFFs":
		// How to print it, and other things no browser looks at: nothing to tell.
	default:
		p.removed("other")
	}
	return nil
}

// pngProfile is the chunk with a colour profile.
func pngProfile(profile []byte) []byte {
	var b bytes.Buffer
	b.WriteString("ICC\x00\x00") // its name, and the compression method
	z := zlib.NewWriter(&b)
	z.Write(profile)
	z.Close()
	return pngChunkBytes("iCCP", b.Bytes())
}

func pngChunkBytes(name string, data []byte) []byte {
	out := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	out = append(out, name...)
	out = append(out, data...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[4:]))
}
