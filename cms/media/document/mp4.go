package document

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"time"
)

// mp4Reader walks the boxes of an MP4.
type mp4Reader struct {
	f       *File
	in      io.ReaderAt
	patches []patch
	boxes   int
	movie   bool
	media   bool
	video   bool // the track being read shows something
}

// maxBoxes bounds the boxes looked at; those of the tables of samples are not.
const maxBoxes = 50_000

// readMP4 notes the boxes that say who, where and when; they become free space
// of the same length, since the positions of samples are counted from the
// start of the file.
func (f *File) readMP4(in io.ReaderAt) error {
	m := &mp4Reader{f: f, in: in}
	if err := m.walk(0, f.size, 0); err != nil {
		return err
	}
	if !m.movie || !m.media {
		return fmt.Errorf("%w: MP4 without a movie", ErrDamaged)
	}
	f.write = func(ctx context.Context, w io.Writer) error {
		return patched(ctx, w, f.r, 0, f.size, m.patches)
	}
	return nil
}

func (m *mp4Reader) walk(off, end int64, depth int) error {
	for off < end {
		if m.boxes++; m.boxes > maxBoxes || depth > 8 {
			return fmt.Errorf("%w: MP4 of more than %d boxes", ErrTooLarge, maxBoxes)
		}
		b, err := bytesAt(m.in, off, 8)
		if err != nil {
			return fmt.Errorf("%w: MP4 is cut off: %v", ErrDamaged, err)
		}
		n, head, name := int64(binary.BigEndian.Uint32(b)), int64(8), string(b[4:])
		switch n {
		case 0: // to the end
			n = end - off
		case 1:
			if b, err = bytesAt(m.in, off+8, 8); err != nil {
				return fmt.Errorf("%w: MP4 is cut off: %v", ErrDamaged, err)
			}
			n, head = int64(binary.BigEndian.Uint64(b)), 16
		}
		if n < head || n > end-off {
			return fmt.Errorf("%w: MP4 box %q of %d bytes", ErrDamaged, name, n)
		}
		if err := m.box(name, off, head, n, depth); err != nil {
			return err
		}
		off += n
	}
	return nil
}

func (m *mp4Reader) box(name string, off, head, n int64, depth int) error {
	switch name {
	case "moov":
		m.movie = true
		return m.walk(off+head, off+n, depth+1)
	case "trak":
		m.video = false
		return m.walk(off+head, off+n, depth+1)
	case "mdia", "moof", "traf", "edts", "mvex":
		return m.walk(off+head, off+n, depth+1)
	case "mdat":
		m.media = true
	case "udta", "meta", "uuid", "free", "skip", "wide":
		m.free(name, off, head, n)
	case "mvhd", "tkhd", "mdhd":
		return m.header(name, off+head, n-head)
	case "hdlr":
		return m.handler(off+head, n-head)
	}
	return nil
}

// free turns a box into free space of zeros.
func (m *mp4Reader) free(name string, off, head, n int64) {
	switch name {
	case "udta", "meta":
		m.f.removed("other")
		b := make([]byte, min(n, 1<<20))
		if got, _ := m.in.ReadAt(b, off); bytes.Contains(b[:got], []byte("\xa9xyz")) || bytes.Contains(b[:got], []byte("loci")) ||
			bytes.Contains(b[:got], []byte("location")) {
			m.f.removed("gps")
		} else if bytes.Contains(b[:got], []byte("\xa9ART")) || bytes.Contains(b[:got], []byte("auth")) {
			m.f.removed("author")
		}
	case "uuid":
		m.f.removed("xmp")
	}
	m.patches = append(m.patches,
		patch{off: off + 4, n: 4, data: []byte("free")},
		patch{off: off + head, n: n - head})
}

// header reads length and size, and forgets the dates.
func (m *mp4Reader) header(name string, off, n int64) error {
	b := make([]byte, min(n, 120))
	if got, err := m.in.ReadAt(b, off); got < len(b) {
		return err
	}
	long := len(b) > 0 && b[0] == 1
	dates, scale := 8, 12
	if long {
		dates, scale = 16, 20
	}
	if len(b) < scale+8 || long && len(b) < scale+12 {
		return fmt.Errorf("%w: MP4 header %q", ErrDamaged, name)
	}
	if !bytes.Equal(b[4:4+dates], make([]byte, dates)) {
		m.f.removed("date")
	}
	m.patches = append(m.patches, patch{off: off + 4, n: int64(dates)})
	switch name {
	case "mvhd":
		ticks := uint64(binary.BigEndian.Uint32(b[scale+4:]))
		if long {
			ticks = binary.BigEndian.Uint64(b[scale+4:])
		}
		if per := binary.BigEndian.Uint32(b[scale:]); per > 0 && ticks/uint64(per) < 1e6 {
			m.f.Duration = time.Duration(float64(ticks) / float64(per) * float64(time.Second)).Round(time.Millisecond)
		}
	case "tkhd":
		at := 76 // fixed-point width and height
		if long {
			at = 88
		}
		if len(b) >= at+8 {
			if w, h := int(binary.BigEndian.Uint16(b[at:])), int(binary.BigEndian.Uint16(b[at+4:])); w*h > m.f.Width*m.f.Height {
				m.f.Width, m.f.Height = w, h
			}
		}
	}
	return nil
}

// handler says what a track is; its name tells the camera.
func (m *mp4Reader) handler(off, n int64) error {
	if n < 24 {
		return nil
	}
	b, err := bytesAt(m.in, off, 12)
	if err != nil {
		return err
	}
	// Phones and action cameras write where they are into a track of its own.
	if kind := string(b[8:12]); kind == "meta" || kind == "camm" {
		m.f.flag("location_kept")
	}
	m.patches = append(m.patches, patch{off: off + 24, n: n - 24})
	return nil
}
