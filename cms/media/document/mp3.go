package document

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf16"

	"golang.org/x/text/encoding/charmap"
)

// mp3 is where the sound is in a file, and what its first frame says.
type mp3 struct {
	start, end int64
	frame      mp3Frame
	tags       []byte // the first ID3v2 tag, at most a megabyte of it
	tagged     bool
}

type mp3Frame struct {
	bytes   int64 // with its header
	rate    int   // samples a second
	samples int
}

var mp3Bitrates = [2][3][15]int{ // MPEG 1 and 2, layers I to III, in kbit/s
	{
		{0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448},
		{0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384},
		{0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320},
	},
	{
		{0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256},
		{0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160},
		{0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160},
	},
}

// parseMP3Frame reads the header of a frame of layer III.
func parseMP3Frame(b []byte) (mp3Frame, bool) {
	if b[0] != 0xff || b[1]&0xe0 != 0xe0 {
		return mp3Frame{}, false
	}
	version, layer, bitrate, rate := b[1]>>3&3, 4-int(b[1]>>1&3), int(b[2]>>4), int(b[2]>>2&3)
	if version == 1 || layer != 3 || bitrate == 0 || bitrate == 15 || rate == 3 {
		return mp3Frame{}, false
	}
	f := mp3Frame{rate: []int{44100, 48000, 32000}[rate], samples: 1152}
	table, perFrame := 0, 144
	if version != 3 {
		table, perFrame = 1, 72
		f.samples = 576
		f.rate /= 2
		if version == 0 {
			f.rate /= 2
		}
	}
	f.bytes = int64(perFrame*mp3Bitrates[table][layer-1][bitrate]*1000/f.rate) + int64(b[2]>>1&1)
	return f, true
}

// findMP3 finds the sound between the tags. Three frames, one behind the
// other, are sound; two bytes that look like one happen in any file.
func findMP3(r io.ReaderAt, size int64) (*mp3, error) {
	m := &mp3{end: size}
	for {
		b, err := bytesAt(r, m.start, 10)
		if err != nil || string(b[:3]) != "ID3" {
			break
		}
		n := int64(b[6]&0x7f)<<21 | int64(b[7]&0x7f)<<14 | int64(b[8]&0x7f)<<7 | int64(b[9]&0x7f)
		if m.tags == nil {
			m.tags = make([]byte, min(10+n, 1<<20, size-m.start))
			if _, err := r.ReadAt(m.tags, m.start); err != nil && err != io.EOF {
				return nil, err
			}
		}
		m.start += 10 + n
		if b[5]&0x10 != 0 {
			m.start += 10 // a footer
		}
		m.tagged = true
	}
	if err := m.trimEnd(r); err != nil {
		return nil, err
	}
	// Some programs leave zeros between the tag and the sound.
	window := make([]byte, min(64<<10, max(0, m.end-m.start)))
	if _, err := r.ReadAt(window, m.start); err != nil && err != io.EOF {
		return nil, err
	}
	for i := 0; i+4 <= len(window); i++ {
		f, ok := parseMP3Frame(window[i:])
		if !ok {
			continue
		}
		at := m.start + int64(i)
		if m.frames(r, at, 3) {
			m.start, m.frame = at, f
			return m, nil
		}
	}
	return nil, fmt.Errorf("%w: no sound of MPEG layer III", ErrType)
}

// frames reports whether n frames follow each other at off, or as many as fit.
func (m *mp3) frames(r io.ReaderAt, off int64, n int) bool {
	for i := range n {
		b, err := bytesAt(r, off, 4)
		if err != nil || off+4 > m.end {
			return i > 1
		}
		f, ok := parseMP3Frame(b)
		if !ok {
			return false
		}
		off += f.bytes
	}
	return true
}

// trimEnd leaves out the tags behind the sound: ID3v1, APE and Lyrics3.
func (m *mp3) trimEnd(r io.ReaderAt) error {
	for range 4 {
		if m.end-m.start < 128 {
			return nil
		}
		tail, err := bytesAt(r, m.end-128, 128)
		if err != nil {
			return err
		}
		switch {
		case string(tail[:3]) == "TAG":
			m.end -= 128
		case string(tail[96:104]) == "APETAGEX":
			n := int64(binary.LittleEndian.Uint32(tail[108:]))
			if binary.LittleEndian.Uint32(tail[116:])&(1<<31) != 0 {
				n += 32 // its header
			}
			m.end = max(m.start, m.end-n)
		case strings.HasSuffix(string(tail), "LYRICS200"):
			n := int64(0)
			for _, c := range tail[113:119] {
				n = 10*n + int64(c-'0')
			}
			m.end = max(m.start, m.end-n-15)
		default:
			return nil
		}
		m.tagged = true
	}
	return nil
}

// readMP3 keeps the sound.
func (f *File) readMP3(in io.ReaderAt) error {
	m, err := findMP3(in, f.size)
	if err != nil {
		return err
	}
	f.Title = m.text("TIT2")
	if f.Language = m.text("TLAN"); len(f.Language) != 3 {
		f.Language = ""
	}
	if m.tagged {
		f.removed("other")
	}
	for id, code := range map[string]string{
		"TPE1": "author", "TCOM": "author", "TCOP": "author", "TENC": "author", "TOWN": "author",
		"COMM": "comment", "USLT": "comment", "APIC": "thumbnail", "TDRC": "date", "TYER": "date", "TSSE": "camera",
	} {
		if m.has(id) {
			f.removed(code)
		}
	}
	frames := (m.end - m.start) / max(1, m.frame.bytes)
	if b, err := bytesAt(in, m.start, int(min(m.frame.bytes, 200))); err == nil {
		// A file of changing bitrate counts its frames in the first.
		for _, mark := range []string{"Xing", "Info"} {
			if i := strings.Index(string(b), mark); i > 0 && i+12 <= len(b) && b[i+7]&1 != 0 {
				frames = int64(binary.BigEndian.Uint32(b[i+8:]))
			}
		}
	}
	f.Duration = time.Duration(float64(frames) * float64(m.frame.samples) / float64(m.frame.rate) * float64(time.Second)).Round(time.Millisecond)
	f.write = func(ctx context.Context, w io.Writer) error {
		return patched(ctx, w, f.r, m.start, m.end, nil)
	}
	return nil
}

// field is the body of a frame of the tag, or nil.
func (m *mp3) field(id string) []byte {
	if len(m.tags) < 10 || m.tags[3] < 3 || m.tags[3] > 4 {
		return nil
	}
	for i := 10; i+10 <= len(m.tags); {
		n := int(binary.BigEndian.Uint32(m.tags[i+4:]))
		if m.tags[3] == 4 {
			n = int(m.tags[i+4]&0x7f)<<21 | int(m.tags[i+5]&0x7f)<<14 | int(m.tags[i+6]&0x7f)<<7 | int(m.tags[i+7]&0x7f)
		}
		if n <= 0 || i+10+n > len(m.tags) {
			return nil
		}
		if string(m.tags[i:i+4]) == id {
			return m.tags[i+10 : i+10+n]
		}
		i += 10 + n
	}
	return nil
}

func (m *mp3) has(id string) bool { return m.field(id) != nil }

// text is a text frame of the tag, or "".
func (m *mp3) text(id string) string {
	b := m.field(id)
	if len(b) < 2 {
		return ""
	}
	switch b[0] {
	case 0:
		s, _ := charmap.ISO8859_1.NewDecoder().Bytes(b[1:]) // maps every byte
		return strings.Trim(string(s), "\x00")
	case 1, 2:
		return decodeUTF16(b[1:])
	}
	return strings.Trim(string(b[1:]), "\x00")
}

// decodeUTF16 reads text with or without a mark of byte order; big-endian
// without.
func decodeUTF16(b []byte) string {
	var order binary.ByteOrder = binary.BigEndian
	if len(b) >= 2 {
		switch {
		case b[0] == 0xff && b[1] == 0xfe:
			order, b = binary.LittleEndian, b[2:]
		case b[0] == 0xfe && b[1] == 0xff:
			b = b[2:]
		}
	}
	var u []uint16
	for ; len(b) >= 2; b = b[2:] {
		u = append(u, order.Uint16(b))
	}
	return strings.Trim(string(utf16.Decode(u)), "\x00")
}
