package picture

import (
	"encoding/binary"
	"slices"
)

// exif is what an EXIF block says that matters here: how to turn the picture,
// and which kinds of things it tells. A library would decode the values, which
// is the larger and more fragile part, and they are not wanted.
type exif struct {
	orientation int // 1 to 8
	codes       []string
}

// What the tags of the first directory and of the EXIF directory tell.
var exifCodes = map[uint16]string{
	0x010f: "camera", 0x0110: "camera", 0x0131: "camera", 0x013c: "camera", 0x9000: "camera",
	0x927c: "camera", 0xa430: "author", 0xa431: "camera", 0xa432: "camera", 0xa433: "camera",
	0xa434: "camera", 0xa435: "camera", 0xa420: "camera", 0xc62f: "camera", 0xc65d: "camera",
	0x829a: "camera", 0x829d: "camera", 0x8827: "camera",
	0x013b: "author", 0x8298: "author", 0x9c9d: "author",
	0x010e: "comment", 0x9286: "comment", 0x9c9b: "comment", 0x9c9c: "comment", 0x9c9e: "comment", 0x9c9f: "comment",
	0x0132: "date", 0x9003: "date", 0x9004: "date",
	0x02bc: "xmp", 0x83bb: "iptc", 0x8649: "iptc", 0x8773: "profile",
}

// parseEXIF reads a TIFF block. What is broken in it is passed over: all of it
// is removed in any case.
func parseEXIF(b []byte) exif {
	x := exif{orientation: 1}
	if len(b) < 8 {
		return x
	}
	var order binary.ByteOrder
	switch string(b[:2]) {
	case "II":
		order = binary.LittleEndian
	case "MM":
		order = binary.BigEndian
	default:
		return x
	}
	// The first directory, then that of the thumbnail.
	next := x.directory(b, order, int64(order.Uint32(b[4:])), true)
	if next != 0 {
		x.tell("thumbnail")
	}
	return x
}

// directory reads the tags at off, and the EXIF and GPS directories it points
// to. It returns where the next directory is, or 0.
func (x *exif) directory(b []byte, order binary.ByteOrder, off int64, first bool) (next int64) {
	if off < 8 || off+2 > int64(len(b)) {
		return 0
	}
	n := int64(order.Uint16(b[off:]))
	off += 2
	for range n {
		if off+12 > int64(len(b)) {
			return 0
		}
		entry := b[off : off+12]
		off += 12
		tag, value := order.Uint16(entry), int64(order.Uint32(entry[8:]))
		switch {
		case tag == 0x0112 && first:
			if o := int(order.Uint16(entry[8:])); o >= 1 && o <= 8 {
				x.orientation = o
			}
		case tag == 0x8825:
			x.tell("gps")
		case tag == 0x8769 && first:
			x.directory(b, order, value, false)
		case exifCodes[tag] != "":
			x.tell(exifCodes[tag])
		}
	}
	if off+4 > int64(len(b)) {
		return 0
	}
	return int64(order.Uint32(b[off:]))
}

func (x *exif) tell(code string) {
	if !slices.Contains(x.codes, code) {
		x.codes = append(x.codes, code)
	}
}

// metadata takes in an EXIF block that is being removed.
func (p *Picture) metadata(b []byte) {
	x := parseEXIF(b)
	p.removed(x.codes...)
	if len(x.codes) == 0 && x.orientation == 1 {
		p.removed("other")
	}
	if x.orientation > 1 {
		p.orientation = x.orientation
	}
}
