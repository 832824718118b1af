package picture

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
)

// JPEG markers.
const (
	mSOF0, mSOF1, mSOF2 = 0xc0, 0xc1, 0xc2
	mDHT, mSOI, mEOI    = 0xc4, 0xd8, 0xd9
	mSOS, mDQT, mDRI    = 0xda, 0xdb, 0xdd
	mAPP0, mAPP1, mAPP2 = 0xe0, 0xe1, 0xe2
	mAPP13, mAPP14      = 0xed, 0xee
	mAPP15, mCOM        = 0xef, 0xfe
	mRST0, mRST7        = 0xd0, 0xd7
)

const (
	signatureEXIF = "Exif\x00\x00"
	signatureXMP  = "http://ns.adobe.com/xap/1.0/\x00"
	signatureXMPx = "http://ns.adobe.com/xmp/extension/\x00"
	signatureICC  = "ICC_PROFILE\x00"
	signatureMPF  = "MPF\x00"
)

// jpegWalk goes through the segments of a JPEG.
type jpegWalk struct {
	p      *Picture
	in     *window
	icc    [][]byte // chunks of the colour profile, by number
	app0   []byte   // what is kept of the JFIF header
	app14  []byte   // and of Adobe's: it says how colours are coded
	began  bool     // the first segment that is no APP or COM was seen
	framed bool
	scans  int
}

// readJPEG notes which segments to keep. The order of the kept segments is
// that of the file; JFIF, profile and Adobe headers come first.
func (p *Picture) readJPEG() error {
	w := &jpegWalk{p: p, in: &window{r: p.r, size: p.size}}
	off := int64(2)
	for {
		marker, at, err := w.marker(off)
		if err != nil {
			return err
		}
		if marker == mEOI {
			if !w.framed || w.scans == 0 {
				return fmt.Errorf("%w: no image in the JPEG", ErrDamaged)
			}
			if at+2 < p.size {
				p.removed("other") // a second picture, a film, or what else hides there
			}
			return p.insert([]byte{0xff, mEOI})
		}
		n, err := w.in.uint16(at + 2)
		if err != nil || n < 2 {
			return fmt.Errorf("%w: JPEG segment %#x at %d", ErrDamaged, marker, at)
		}
		end := at + 2 + int64(n)
		if end > p.size {
			return fmt.Errorf("%w: JPEG segment %#x at %d is cut off", ErrDamaged, marker, at)
		}
		if marker >= mAPP0 && marker <= mAPP15 || marker == mCOM {
			err = w.application(marker, at+4, int(n)-2)
		} else {
			err = w.segment(marker, at, end)
			if marker == mSOS && err == nil {
				end, err = w.entropy(end)
			}
		}
		if err != nil {
			return err
		}
		off = end
	}
}

// marker reads the marker at off, past fill bytes, and returns where its code
// pair begins.
func (w *jpegWalk) marker(off int64) (byte, int64, error) {
	for range 1 << 16 {
		b, err := w.in.bytes(off, 2)
		if err != nil {
			return 0, 0, fmt.Errorf("%w: the JPEG has no end", ErrDamaged)
		}
		if b[0] != 0xff {
			return 0, 0, fmt.Errorf("%w: no JPEG marker at %d", ErrDamaged, off)
		}
		if b[1] != 0xff {
			return b[1], off, nil
		}
		off++
	}
	return 0, 0, fmt.Errorf("%w: fill bytes without end", ErrDamaged)
}

// segment deals with what makes the image.
func (w *jpegWalk) segment(marker byte, at, end int64) error {
	if !w.began {
		w.began = true
		if err := w.headers(); err != nil {
			return err
		}
	}
	switch marker {
	case mSOF0, mSOF1, mSOF2:
		if w.framed {
			return fmt.Errorf("%w: two JPEG frames", ErrDamaged)
		}
		w.framed = true
		b, err := w.in.bytes(at+4, int(end-at-4))
		if err != nil {
			return err
		}
		if err := w.frame(marker, b); err != nil {
			return err
		}
	case mDHT, mDQT, mDRI, mSOS:
	default:
		return fmt.Errorf("%w: JPEG marker %#x is not supported", ErrDamaged, marker)
	}
	return w.p.keep(at, end-at)
}

// frame reads the size and what decoding will hold.
func (w *jpegWalk) frame(marker byte, b []byte) error {
	if len(b) < 6 || len(b) < 6+3*int(b[5]) {
		return fmt.Errorf("%w: short JPEG frame", ErrDamaged)
	}
	height, width, n := int(binary.BigEndian.Uint16(b[1:])), int(binary.BigEndian.Uint16(b[3:])), int(b[5])
	maxH, maxV := 1, 1
	for i := range n {
		hv := b[7+3*i]
		maxH, maxV = max(maxH, int(hv>>4)), max(maxV, int(hv&15))
	}
	samples := 0.0 // per pixel
	for i := range n {
		hv := b[7+3*i]
		samples += float64(hv>>4) * float64(hv&15) / float64(maxH*maxV)
	}
	if n == 4 {
		samples += 4 // the black plane is joined to the others in a copy
	}
	if marker == mSOF2 {
		samples *= 5 // a sample, and its coefficient of four bytes until the end
	}
	return w.p.within(width, height, samples)
}

// entropy keeps the compressed data after a start of scan and returns where
// the next marker is.
func (w *jpegWalk) entropy(off int64) (int64, error) {
	// A progressive picture has about ten scans, each of which costs a pass over
	// all coefficients.
	if w.scans++; w.scans > 100 {
		return 0, fmt.Errorf("%w: more than 100 scans", ErrDamaged)
	}
	start := off
	for {
		i, err := w.in.index(off, 0xff)
		if err != nil {
			return 0, fmt.Errorf("%w: the JPEG is cut off", ErrDamaged)
		}
		b, err := w.in.bytes(i, 2)
		if err != nil {
			return 0, fmt.Errorf("%w: the JPEG is cut off", ErrDamaged)
		}
		if b[1] == 0 || b[1] >= mRST0 && b[1] <= mRST7 {
			off = i + 2
			continue
		}
		if b[1] == 0xff {
			off = i + 1
			continue
		}
		return i, w.p.keep(start, i-start)
	}
}

// application removes an APP or COM segment, or takes from it what stays.
func (w *jpegWalk) application(marker byte, off int64, n int) error {
	b, err := w.in.bytes(off, n)
	if err != nil {
		return err
	}
	p := w.p
	has := func(signature string) bool { return bytes.HasPrefix(b, []byte(signature)) }
	switch {
	case marker == mAPP0 && has("JFIF\x00"):
		if n < 14 {
			return nil
		}
		if n > 14 {
			p.removed("thumbnail")
		}
		// Version, unit and density; no thumbnail.
		w.app0 = append([]byte{0xff, mAPP0, 0, 16}, b[:12]...)
		w.app0 = append(w.app0, 0, 0)
	case marker == mAPP0 && has("JFXX\x00"):
		p.removed("thumbnail")
	case marker == mAPP1 && has(signatureEXIF):
		p.metadata(b[len(signatureEXIF):])
	case marker == mAPP1 && (has(signatureXMP) || has(signatureXMPx)):
		p.xmp(b)
	case marker == mAPP2 && has(signatureICC) && n > 14:
		return w.profile(int(b[12]), int(b[13]), b[14:])
	case marker == mAPP2 && has(signatureMPF):
		p.removed("thumbnail")
	case marker == mAPP13:
		p.removed("iptc")
	case marker == mAPP14 && has("Adobe") && n >= 12:
		w.app14 = append([]byte{0xff, mAPP14, 0, 14}, b[:12]...)
	case marker == mCOM:
		p.removed("comment")
	default:
		p.removed("other")
	}
	return nil
}

// profile collects chunk i of n of the colour profile.
func (w *jpegWalk) profile(i, n int, b []byte) error {
	if w.icc == nil {
		w.icc = make([][]byte, n)
	}
	if i < 1 || i > len(w.icc) {
		return nil // then there is no usable profile
	}
	w.icc[i-1] = bytes.Clone(b)
	return nil
}

// headers writes what comes before the image.
func (w *jpegWalk) headers() error {
	p := w.p
	out := []byte{0xff, mSOI}
	out = append(out, w.app0...)
	if w.icc != nil {
		p.setProfile(bytes.Join(w.icc, nil))
		out = append(out, jpegProfile(p.profile)...)
	}
	out = append(out, w.app14...)
	return p.insert(out)
}

// jpegProfile is the segment with a colour profile, or nothing.
func jpegProfile(profile []byte) []byte {
	if profile == nil {
		return nil
	}
	out := []byte{0xff, mAPP2}
	out = binary.BigEndian.AppendUint16(out, uint16(2+len(signatureICC)+2+len(profile)))
	out = append(out, signatureICC...)
	out = append(out, 1, 1)
	return append(out, profile...)
}

// xmp notes a packet of XMP that is being removed.
func (p *Picture) xmp(b []byte) {
	p.removed("xmp")
	for tag, code := range map[string]string{
		"GPSLatitude": "gps", "photoshop:City": "gps", "LocationCreated": "gps",
		"dc:creator": "author", "xmp:Thumbnails": "thumbnail",
	} {
		if bytes.Contains(b, []byte(tag)) {
			p.removed(code)
		}
	}
}

// window reads a file from front to back through a buffer.
type window struct {
	r    io.ReaderAt
	size int64
	off  int64
	buf  []byte
}

// bytes returns n bytes at off, good until the next call. n is at most 64 kB
// or so: the length of a segment.
func (w *window) bytes(off int64, n int) ([]byte, error) {
	if off < 0 || off+int64(n) > w.size {
		return nil, io.ErrUnexpectedEOF
	}
	if off < w.off || off+int64(n) > w.off+int64(len(w.buf)) {
		if err := w.fill(off, n); err != nil {
			return nil, err
		}
	}
	i := off - w.off
	return w.buf[i : i+int64(n)], nil
}

func (w *window) fill(off int64, n int) error {
	if cap(w.buf) < max(n, 128<<10) {
		w.buf = make([]byte, max(n, 128<<10))
	}
	w.buf = w.buf[:min(int64(cap(w.buf)), w.size-off)]
	w.off = off
	if n, err := w.r.ReadAt(w.buf, off); err != nil && !(err == io.EOF && n == len(w.buf)) {
		w.buf = w.buf[:0]
		return err
	}
	return nil
}

func (w *window) uint16(off int64) (uint16, error) {
	b, err := w.bytes(off, 2)
	if err != nil {
		return 0, err
	}
	return binary.BigEndian.Uint16(b), nil
}

// index finds the next c at or after off.
func (w *window) index(off int64, c byte) (int64, error) {
	for off < w.size {
		if _, err := w.bytes(off, 1); err != nil {
			return 0, err
		}
		rest := w.buf[off-w.off:]
		if i := bytes.IndexByte(rest, c); i >= 0 {
			return off + int64(i), nil
		}
		off = w.off + int64(len(w.buf))
	}
	return 0, io.ErrUnexpectedEOF
}

// Strip takes the metadata off a JPEG that is part of something else, such as
// a text document: nothing is decoded or turned, and how it is to be turned is
// the one thing that stays. It returns what was removed as Picture.Removed
// does. The error is ErrType for anything but a JPEG, and ErrDamaged.
func Strip(data []byte) (out []byte, removed []string, err error) {
	defer recovered(&err)
	if Recognise(data) != JPEG {
		return nil, nil, ErrType
	}
	p := &Picture{source: JPEG, r: bytes.NewReader(data), size: int64(len(data)), orientation: 1}
	if err := p.readJPEG(); err != nil {
		return nil, nil, err
	}
	var b bytes.Buffer
	if err := p.write(context.Background(), &b); err != nil {
		return nil, nil, err
	}
	out = b.Bytes()
	if p.orientation > 1 {
		segment := "\xff\xe1\x00\x22" + signatureEXIF + "MM\x00\x2a\x00\x00\x00\x08\x00\x01" +
			"\x01\x12\x00\x03\x00\x00\x00\x01\x00" + string(rune(p.orientation)) + "\x00\x00\x00\x00\x00\x00"
		out = splice(out, 2, []byte(segment))
	}
	slices.Sort(p.Removed)
	return out, p.Removed, nil
}
