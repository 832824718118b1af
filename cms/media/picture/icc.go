package picture

import (
	"bytes"
	"encoding/binary"
	"math"
)

// setProfile takes in a colour profile that is being removed.
func (p *Picture) setProfile(icc []byte) {
	profile, srgb := cleanProfile(icc)
	p.profile = profile
	if profile == nil && !srgb {
		p.removed("profile")
	}
}

// The primaries of sRGB as profiles have them, adapted to D50.
var srgbPrimaries = [3][3]float64{
	{0.4361, 0.2225, 0.0139},
	{0.3851, 0.7169, 0.0971},
	{0.1431, 0.0606, 0.7141},
}

// d50 is the white of the connection space, as a profile writes it.
var d50 = []byte{0, 0, 0xf6, 0xd6, 0, 1, 0, 0, 0, 0, 0xd3, 0x2d}

// cleanProfile writes an RGB profile of primaries and curves anew, with nothing
// else in it: names, dates, serial numbers and private tags do not come along.
// It is nil if the profile is sRGB, which need not be said, or of another kind.
func cleanProfile(icc []byte) (clean []byte, srgb bool) {
	if len(icc) < 132 || string(icc[36:40]) != "acsp" || string(icc[16:20]) != "RGB " || string(icc[20:24]) != "XYZ " {
		return nil, false
	}
	tags := map[string][]byte{}
	n := min(int(binary.BigEndian.Uint32(icc[128:])), 100)
	for i := range n {
		at := 132 + 12*i
		if at+12 > len(icc) {
			break
		}
		off, size := int64(binary.BigEndian.Uint32(icc[at+4:])), int64(binary.BigEndian.Uint32(icc[at+8:]))
		if off+size <= int64(len(icc)) {
			tags[string(icc[at:at+4])] = icc[off : off+size]
		}
	}
	standard := true
	var primaries, curves [3][]byte
	for i, c := range []string{"r", "g", "b"} {
		if primaries[i] = xyzTag(tags[c+"XYZ"]); primaries[i] == nil {
			return nil, false
		}
		if curves[i] = curveTag(tags[c+"TRC"]); curves[i] == nil {
			return nil, false
		}
		for j := range 3 {
			v := float64(int32(binary.BigEndian.Uint32(primaries[i][8+4*j:]))) / 65536
			standard = standard && math.Abs(v-srgbPrimaries[i][j]) < 0.003
		}
		standard = standard && math.Abs(middle(curves[i])-0.2140) < 0.006
	}
	if standard {
		return nil, true
	}
	return writeProfile(primaries, curves), false
}

// xyzTag is the tag without what may follow it, or nil if it is none.
func xyzTag(b []byte) []byte {
	if len(b) < 20 || string(b[:4]) != "XYZ " {
		return nil
	}
	return append([]byte("XYZ \x00\x00\x00\x00"), b[8:20]...)
}

// curveTag is a curve without what may follow it, or nil if it is none.
func curveTag(b []byte) []byte {
	if len(b) < 12 {
		return nil
	}
	size := 0
	switch string(b[:4]) {
	case "curv":
		if n := int64(binary.BigEndian.Uint32(b[8:])); n <= 4096 {
			size = 12 + 2*int(n)
		}
	case "para":
		if kind := int(binary.BigEndian.Uint16(b[8:])); kind <= 4 {
			size = 12 + 4*[]int{1, 3, 4, 5, 7}[kind]
		}
	}
	if size == 0 || size > len(b) {
		return nil
	}
	out := bytes.Clone(b[:size])
	clear(out[4:8])
	if string(b[:4]) == "para" {
		clear(out[10:12])
	}
	return out
}

// middle is the light of the middle value, 0 to 1, or -1.
func middle(curve []byte) float64 {
	fixed := func(i int) float64 { return float64(int32(binary.BigEndian.Uint32(curve[12+4*i:]))) / 65536 }
	if string(curve[:4]) == "curv" {
		switch n := int(binary.BigEndian.Uint32(curve[8:])); n {
		case 0:
			return 0.5
		case 1:
			return math.Pow(0.5, float64(binary.BigEndian.Uint16(curve[12:]))/256)
		default:
			return float64(binary.BigEndian.Uint16(curve[12+2*(n/2):])) / 65535
		}
	}
	switch binary.BigEndian.Uint16(curve[8:]) {
	case 0:
		return math.Pow(0.5, fixed(0))
	case 3:
		return math.Pow(fixed(1)*0.5+fixed(2), fixed(0))
	}
	return -1
}

// writeProfile writes a version 4 display profile. Equal curves stand in it
// once.
func writeProfile(primaries, curves [3][]byte) []byte {
	type tag struct {
		name string
		data []byte
	}
	tags := []tag{{"desc", text("RGB")}, {"cprt", text("none")}, {"wtpt", append([]byte("XYZ \x00\x00\x00\x00"), d50...)}}
	for i, c := range []string{"r", "g", "b"} {
		tags = append(tags, tag{c + "XYZ", primaries[i]}, tag{c + "TRC", curves[i]})
	}
	table := binary.BigEndian.AppendUint32(nil, uint32(len(tags)))
	start := 128 + 4 + 12*len(tags)
	var data []byte
	at := map[string]int{}
	for _, t := range tags {
		off, seen := at[string(t.data)]
		if !seen {
			off = start + len(data)
			at[string(t.data)] = off
			data = append(data, t.data...)
			for len(data)%4 != 0 {
				data = append(data, 0)
			}
		}
		table = append(table, t.name...)
		table = binary.BigEndian.AppendUint32(table, uint32(off))
		table = binary.BigEndian.AppendUint32(table, uint32(len(t.data)))
	}
	head := make([]byte, 128)
	binary.BigEndian.PutUint32(head, uint32(start+len(data)))
	binary.BigEndian.PutUint32(head[8:], 0x04300000)
	copy(head[12:], "mntrRGB XYZ ")
	copy(head[36:], "acsp")
	copy(head[68:], d50)
	return append(append(head, table...), data...)
}

// text is a text tag in English.
func text(s string) []byte {
	out := []byte("mluc\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x0cenUS")
	out = binary.BigEndian.AppendUint32(out, uint32(2*len(s)))
	out = binary.BigEndian.AppendUint32(out, 28)
	for _, c := range []byte(s) {
		out = append(out, 0, c)
	}
	return out
}
