package picture

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"math"
	"strings"
	"testing"

	"github.com/HugoSmits86/nativewebp"
)

// scene is a picture that looks a little like a photo: soft light, edges and
// grain. Its left half is reddish and its top half bright, so that turning
// shows. It is YCbCr as a camera's is.
func scene(w, h int) *image.YCbCr {
	m := image.NewYCbCr(image.Rect(0, 0, w, h), image.YCbCrSubsampleRatio420)
	grain := uint32(1)
	for y := range h {
		for x := range w {
			grain = grain*1664525 + 1013904223
			fx, fy := float64(x)/float64(w), float64(y)/float64(h)
			v := 150 - 60*fy + 25*math.Sin(9*fx+4*math.Sin(5*fy)) + 12*math.Sin(60*fx*fy+30*fx)
			if (x*7/w+y*5/h)%3 == 0 {
				v -= 35 // edges
			}
			m.Y[m.YOffset(x, y)] = byte(min(max(v+float64(grain>>28)/2-4, 0), 255))
		}
	}
	for y := range (h + 1) / 2 {
		for x := range (w + 1) / 2 {
			i := y*m.CStride + x
			m.Cb[i], m.Cr[i] = 110, byte(170-80*x/max(1, w/2))
		}
	}
	return m
}

// drawing is a picture of few colours, as a screenshot has.
func drawing(w, h int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.NRGBA{250, 250, 250, 255}
			switch {
			case y < h/8:
				c = color.NRGBA{30, 60, 120, 255}
			case x/20%5 == 0 && y/30%4 == 1:
				c = color.NRGBA{200, 40, 40, 255}
			}
			m.SetNRGBA(x, y, c)
		}
	}
	return m
}

func jpegBytes(tb testing.TB, m image.Image) []byte {
	tb.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 90}); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func pngBytes(tb testing.TB, m image.Image) []byte {
	tb.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func webpBytes(tb testing.TB, m image.Image) []byte {
	tb.Helper()
	var b bytes.Buffer
	if err := nativewebp.Encode(&b, m, nil); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func gifBytes(tb testing.TB, frames, w, h int) []byte {
	tb.Helper()
	g := &gif.GIF{LoopCount: 0}
	for i := range frames {
		m := image.NewPaletted(image.Rect(0, 0, w, h), color.Palette{color.White, color.Black, color.RGBA{200, 0, 0, 255}})
		for j := range m.Pix {
			m.Pix[j] = byte((i + j/3) % 3)
		}
		g.Image, g.Delay = append(g.Image, m), append(g.Delay, 5)
	}
	var b bytes.Buffer
	if err := gif.EncodeAll(&b, g); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

// secret is what no cleaned file may hold.
const secret = "SECRET-7731"

// tag is an entry of a directory of EXIF; data longer than four bytes is
// placed behind.
type tag struct {
	id, kind uint16
	count    uint32
	data     []byte
}

func ascii(id uint16, s string) tag { return tag{id, 2, uint32(len(s) + 1), append([]byte(s), 0)} }

func short(id uint16, v uint16) tag {
	return tag{id, 3, 1, binary.BigEndian.AppendUint16(nil, v)}
}

// directory writes tags as they stand at offset at of the block, and returns
// them with their data. Next is the offset of the next directory.
func directory(at uint32, next uint32, tags ...tag) []byte {
	out := binary.BigEndian.AppendUint16(nil, uint16(len(tags)))
	behind := at + 2 + uint32(12*len(tags)) + 4
	var data []byte
	for _, t := range tags {
		out = binary.BigEndian.AppendUint16(out, t.id)
		out = binary.BigEndian.AppendUint16(out, t.kind)
		out = binary.BigEndian.AppendUint32(out, t.count)
		if len(t.data) <= 4 {
			out = append(out, append(bytes.Clone(t.data), make([]byte, 4-len(t.data))...)...)
			continue
		}
		out = binary.BigEndian.AppendUint32(out, behind+uint32(len(data)))
		data = append(data, t.data...)
	}
	out = binary.BigEndian.AppendUint32(out, next)
	return append(out, data...)
}

// exifBlock tells of everything: a place, a camera with its serial number and
// maker's notes, a person, a date, a comment, and a thumbnail.
func exifBlock(orientation uint16) []byte {
	const ifd0, sub, gps, ifd1 = 8, 1000, 2000, 3000
	long := func(id uint16, v uint32) tag { return tag{id, 4, 1, binary.BigEndian.AppendUint32(nil, v)} }
	b := make([]byte, 4000)
	copy(b, "MM\x00\x2a\x00\x00\x00\x08")
	copy(b[ifd0:], directory(ifd0, ifd1,
		ascii(0x010e, secret+" description"), ascii(0x010f, secret+" maker"), ascii(0x0110, secret+" model"),
		short(0x0112, orientation), ascii(0x0132, "2026:07:01 10:00:00"), ascii(0x013b, secret+" artist"),
		long(0x8769, sub), long(0x8825, gps)))
	copy(b[sub:], directory(sub, 0,
		ascii(0x9003, "2026:07:01 10:00:00"), tag{0x927c, 7, 300, []byte(strings.Repeat(secret+" maker note ", 12))},
		ascii(0xa431, secret+" serial")))
	copy(b[gps:], directory(gps, 0, ascii(0x0001, "N"), tag{0x0002, 5, 3, bytes.Repeat([]byte{0, 0, 0, 46, 0, 0, 0, 1}, 3)}, ascii(0x001d, secret)))
	copy(b[ifd1:], directory(ifd1, 0, short(0x0103, 6), long(0x0201, 3100), long(0x0202, 50)))
	copy(b[3100:], secret+" thumbnail")
	return b
}

func segment(marker byte, body string) []byte {
	return append([]byte{0xff, marker, byte((len(body) + 2) >> 8), byte(len(body) + 2)}, body...)
}

// photo is a JPEG with everything in it that a JPEG can tell.
func photo(tb testing.TB, m image.Image, orientation uint16) []byte {
	tb.Helper()
	b := jpegBytes(tb, m)
	out := []byte{0xff, mSOI}
	out = append(out, segment(mAPP0, "JFIF\x00\x01\x01\x00\x00\x48\x00\x48\x01\x01"+secret[:3])...)
	out = append(out, segment(mAPP1, signatureEXIF+string(exifBlock(orientation)))...)
	out = append(out, segment(mAPP1, signatureXMP+`<x:xmpmeta xmlns:x="adobe:ns:meta/"><dc:creator>`+secret+`</dc:creator><exif:GPSLatitude>46</exif:GPSLatitude></x:xmpmeta>`)...)
	out = append(out, segment(mAPP2, "MPF\x00"+secret)...)
	out = append(out, segment(mAPP13, "Photoshop 3.0\x008BIM\x04\x04\x00\x00\x00\x00\x00\x10"+secret)...)
	out = append(out, segment(0xe5, secret)...)
	out = append(out, segment(mCOM, secret)...)
	out = append(out, b[2:]...)
	return append(out, "\xff\xd8\xff"+secret+" a second picture"...)
}

// wide is a colour profile of other primaries than sRGB, with private tags.
func wide(curve string) []byte {
	xyz := func(x, y, z float64) []byte {
		b := []byte("XYZ \x00\x00\x00\x00")
		for _, v := range []float64{x, y, z} {
			b = binary.BigEndian.AppendUint32(b, uint32(int32(v*65536)))
		}
		return b
	}
	return profileOf(map[string][]byte{
		"rXYZ": xyz(0.5151, 0.2412, -0.0011), "gXYZ": xyz(0.2920, 0.6922, 0.0419), "bXYZ": xyz(0.1571, 0.0666, 0.7841),
		"rTRC": []byte(curve), "gTRC": []byte(curve), "bTRC": []byte(curve), "priv": []byte("priv" + secret), "desc": []byte("desc" + secret),
	})
}

func profileOf(tags map[string][]byte) []byte {
	head := make([]byte, 128)
	copy(head[12:], "mntrRGB XYZ ")
	copy(head[36:], "acsp")
	out := binary.BigEndian.AppendUint32(head, uint32(len(tags)))
	var data []byte
	for _, name := range []string{"rXYZ", "gXYZ", "bXYZ", "rTRC", "gTRC", "bTRC", "priv", "desc"} {
		out = append(out, name...)
		out = binary.BigEndian.AppendUint32(out, uint32(132+12*len(tags)+len(data)))
		out = binary.BigEndian.AppendUint32(out, uint32(len(tags[name])))
		data = append(data, tags[name]...)
	}
	return append(out, data...)
}

const gamma22 = "curv\x00\x00\x00\x00\x00\x00\x00\x01\x02\x33"
