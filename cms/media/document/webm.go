package document

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"time"
)

// Elements of a WebM file.
const (
	ebmlHead       = 0x1a45dfa3
	ebmlSegment    = 0x18538067
	ebmlInfo       = 0x1549a966
	ebmlTracks     = 0x1654ae6b
	ebmlTrack      = 0xae
	ebmlVideo      = 0xe0
	ebmlWidth      = 0xb0
	ebmlHeight     = 0xba
	ebmlCluster    = 0x1f43b675
	ebmlTags       = 0x1254c367
	ebmlFiles      = 0x1941a469
	ebmlScale      = 0x2ad7b1
	ebmlDuration   = 0x4489
	ebmlTitle      = 0x7ba9
	ebmlMuxer      = 0x4d80
	ebmlWriter     = 0x5741
	ebmlDate       = 0x4461
	ebmlFileName   = 0x7384
	ebmlUID        = 0x73a4
	ebmlTrackName  = 0x536e
	ebmlChecksum   = 0xbf
	ebmlVoid       = 0xec
	ebmlUnknown    = -1
	maxEBML        = 5_000_000
	maxEBMLPatches = 10_000
)

type webmReader struct {
	f        *File
	in       io.ReaderAt
	patches  []patch
	elements int
	scale    float64 // nanoseconds
	ticks    float64
	tracks   bool
	clusters bool
}

// readWebM notes the elements that say who and when; they become empty
// elements of the same length.
func (f *File) readWebM(in io.ReaderAt) error {
	m := &webmReader{f: f, in: in, scale: 1e6}
	if err := m.walk(0, f.size, 0); err != nil {
		return err
	}
	if !m.tracks || !m.clusters {
		return fmt.Errorf("%w: WebM without sound or pictures", ErrDamaged)
	}
	if d := m.ticks * m.scale; d > 0 && d < 1e15 {
		f.Duration = time.Duration(d).Round(time.Millisecond)
	}
	f.write = func(ctx context.Context, w io.Writer) error {
		return patched(ctx, w, f.r, 0, f.size, m.patches)
	}
	return nil
}

// vint reads a number of variable length: an id with its length mark, or a
// size without. Its width is 0 if there is none.
func vint(b []byte, id bool) (v int64, width int) {
	if len(b) == 0 || b[0] == 0 {
		return 0, 0
	}
	width = 1
	for mask := byte(0x80); b[0]&mask == 0; mask >>= 1 {
		width++
	}
	if len(b) < width || id && width > 4 {
		return 0, 0
	}
	v = int64(b[0])
	if !id {
		v &= 1<<(8-width) - 1
	}
	ones := !id && v == 1<<(8-width)-1
	for _, c := range b[1:width] {
		v = v<<8 | int64(c)
		ones = ones && c == 0xff
	}
	if ones {
		return ebmlUnknown, width
	}
	return v, width
}

func (m *webmReader) walk(off, end int64, depth int) error {
	var buf [12]byte
	for off < end {
		if m.elements++; m.elements > maxEBML || depth > 6 || len(m.patches) > maxEBMLPatches {
			return fmt.Errorf("%w: WebM of too many elements", ErrTooLarge)
		}
		n, err := m.in.ReadAt(buf[:min(12, end-off)], off)
		if n == 0 {
			return fmt.Errorf("%w: WebM is cut off: %v", ErrDamaged, err)
		}
		id, w := vint(buf[:n], true)
		size, sw := vint(buf[w:n], false)
		if w == 0 || sw == 0 {
			return fmt.Errorf("%w: WebM element at %d", ErrDamaged, off)
		}
		data := off + int64(w+sw)
		if size == ebmlUnknown {
			// Live recordings do not know how long they get. What is inside is
			// walked as if it stood here: ids are clear.
			if id != ebmlSegment && id != ebmlCluster {
				return fmt.Errorf("%w: WebM element %#x without length", ErrDamaged, id)
			}
			m.clusters = m.clusters || id == ebmlCluster
			off = data
			continue
		}
		if size > end-data {
			// The last cluster of a recording that was cut off plays all the same.
			if id != ebmlCluster && id != ebmlSegment {
				return fmt.Errorf("%w: WebM element %#x is cut off", ErrDamaged, id)
			}
			size = end - data
		}
		if err := m.element(id, off, data, data+size, depth); err != nil {
			return err
		}
		off = data + size
	}
	return nil
}

func (m *webmReader) element(id, off, data, end int64, depth int) error {
	switch id {
	case ebmlSegment, ebmlInfo, ebmlTracks, ebmlTrack, ebmlVideo:
		m.tracks = m.tracks || id == ebmlTracks
		return m.walk(data, end, depth+1)
	case ebmlCluster:
		m.clusters = true
	case ebmlTags, ebmlFiles:
		m.f.removed("other")
		m.void(off, end)
	case ebmlDate:
		m.f.removed("date")
		m.void(off, end)
	case ebmlFileName, ebmlUID, ebmlTrackName:
		m.void(off, end)
	case ebmlChecksum, ebmlVoid:
		m.void(off, end) // it would no longer be right; or hides something
	case ebmlMuxer, ebmlWriter:
		// Must be there.
		if b, err := bytesAt(m.in, data, int(min(end-data, 1000))); err == nil && len(bytes.TrimSpace(b)) > 0 {
			m.f.removed("camera")
		}
		m.patches = append(m.patches, patch{off: data, n: end - data, fill: ' '})
	case ebmlTitle:
		if b, err := bytesAt(m.in, data, int(min(end-data, 1000))); err == nil {
			m.f.Title = string(b)
		}
	case ebmlScale, ebmlWidth, ebmlHeight, ebmlDuration:
		return m.number(id, data, end)
	}
	return nil
}

func (m *webmReader) number(id, data, end int64) error {
	if end-data > 8 {
		return nil
	}
	b, err := bytesAt(m.in, data, int(end-data))
	if err != nil {
		return err
	}
	v := uint64(0)
	for _, c := range b {
		v = v<<8 | uint64(c)
	}
	switch id {
	case ebmlScale:
		m.scale = float64(v)
	case ebmlWidth:
		m.f.Width = int(min(v, 1<<16))
	case ebmlHeight:
		m.f.Height = int(min(v, 1<<16))
	case ebmlDuration:
		switch len(b) {
		case 4:
			m.ticks = float64(math.Float32frombits(uint32(v)))
		case 8:
			m.ticks = math.Float64frombits(v)
		}
	}
	return nil
}

// void makes an empty element of what stands from off to end.
func (m *webmReader) void(off, end int64) {
	n := end - off
	head := []byte{ebmlVoid}
	if n >= 9 {
		head = binary.BigEndian.AppendUint64(head, 1<<56|uint64(n-9))
	} else {
		head = append(head, 0x80|byte(n-2))
	}
	m.patches = append(m.patches, patch{off: off, n: n, data: head})
}
