package document

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/adler32"
	"slices"
	"strings"
)

// Removing from a PDF who made it.
//
// A PDF is edited by adding to its end, which leaves all that was there before
// for everybody to read. Here the file keeps its length and every object its
// place, so its tables stay right; only what tells of the maker is written
// over:
//
//   - strings of the information dictionary, in every revision, by spaces; the
//     title stays, for people who do not see the page need one;
//   - XMP streams, by an empty packet; packed ones by an empty packet in a
//     packing of the same length that leaves it as it is;
//   - where the dictionary stands in a packed stream of objects, that stream is
//     packed again. Spaces pack better than names, so it fits; the rest is
//     filled with line ends, which no reader looks at.
//
// A locked file cannot be changed without its key, and a stream packed in
// another way cannot be filled: then the file stays as it is there, and has the
// flag author_kept.

// emptyXMP is a packet that says nothing.
const emptyXMP = `<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"></x:xmpmeta>`

// cleanPDF returns the patches, and notes what they remove.
func (f *File) cleanPDF(p *pdfFile) []patch {
	var refs []int // of information dictionaries, and of strings in them
	for _, d := range p.dicts {
		if r := d.key("Info"); r.kind == pdfRef && !slices.Contains(refs, r.ref) && len(refs) < 1000 {
			refs = append(refs, r.ref)
		} else if r.kind == pdfDict {
			f.flag("author_kept") // against the rules, and nobody writes it
		}
	}
	var patches []patch
	cleaned := map[int]bool{}
	var texts []int
	for _, o := range p.all {
		if !slices.Contains(refs, o.id) {
			continue
		}
		info, _, err := p.parseAt(o.off)
		if err != nil || info.kind != pdfDict {
			continue
		}
		cleaned[o.id] = true
		for key, v := range info.dict {
			if key == "Title" {
				continue
			}
			if f.noteInfo(key, v) {
				patches = append(patches, blanked(o.off, v))
			}
			if v.kind == pdfRef {
				texts = append(texts, v.ref)
			}
		}
	}
	for _, o := range p.all {
		if !slices.Contains(texts, o.id) {
			continue
		}
		if v, _, err := p.parseAt(o.off); err == nil && f.noteInfo("Author", v) {
			patches = append(patches, blanked(o.off, v))
		}
	}
	for _, s := range p.streams {
		if s.dict.key("Type").text == "ObjStm" {
			patches = f.cleanPacked(p, s, refs, cleaned, patches)
			continue
		}
		if b, err := p.decode(s); err == nil {
			if b = bytes.TrimSpace(b); len(b) == 0 || string(b) == emptyXMP {
				continue // cleaned before
			}
		}
		f.removed("xmp")
		data, ok := emptyStream(p.resolve(s.dict.key("Filter")), int(s.n))
		if !ok {
			f.flag("author_kept")
			continue
		}
		patches = append(patches, patch{off: s.off, n: s.n, data: data})
	}
	for _, id := range refs {
		if _, exists := p.objects[id]; exists && !cleaned[id] {
			f.flag("author_kept")
		}
	}
	return patches
}

// noteInfo notes what an entry of the information dictionary tells, and
// reports whether it is a string that tells anything.
func (f *File) noteInfo(key string, v pdfValue) bool {
	if v.kind != pdfString || strings.Trim(v.text, " ") == "" {
		return false
	}
	switch key {
	case "Author":
		f.removed("author")
	case "CreationDate", "ModDate":
		f.removed("date")
	case "Creator", "Producer":
		f.removed("camera")
	case "Subject", "Keywords":
		f.removed("comment")
	default:
		f.removed("other")
	}
	return true
}

// blanked is the patch for a string in what was parsed from off on.
func blanked(off int64, v pdfValue) patch {
	n := v.end - v.start
	return patch{off: off + int64(v.start), n: int64(n), data: blank(n)}
}

// blank is a string of spaces that takes n bytes with its brackets.
func blank(n int) []byte {
	b := bytes.Repeat([]byte{' '}, n)
	b[0], b[n-1] = '(', ')'
	return b
}

// emptyStream is n bytes of an XMP stream that says nothing, packed as the
// filter says.
func emptyStream(filter pdfValue, n int) ([]byte, bool) {
	if filter.kind == pdfArray && len(filter.array) == 1 {
		filter = filter.array[0]
	}
	switch {
	case filter.kind == pdfNull, filter.kind == pdfArray && len(filter.array) == 0:
		b := bytes.Repeat([]byte{' '}, n)
		if n > len(emptyXMP) {
			copy(b, emptyXMP)
		}
		return b, true
	case filter.kind == pdfName && (filter.text == "FlateDecode" || filter.text == "Fl"):
		return storedZlib(n)
	}
	return nil, false
}

// storedZlib packs spaces without packing, into exactly n bytes.
func storedZlib(n int) ([]byte, bool) {
	const head, block, tail, most = 2, 5, 4, 65535
	if n < head+block+tail {
		return nil, false
	}
	blocks := (n - head - tail + block + most - 1) / (block + most)
	text := bytes.Repeat([]byte{' '}, n-head-tail-blocks*block)
	if len(text) > len(emptyXMP) {
		copy(text, emptyXMP)
	}
	out := []byte{0x78, 0x01}
	sum := adler32.Checksum(text)
	for i := range blocks {
		part := text[:min(most, len(text))]
		text = text[len(part):]
		last := byte(0)
		if i == blocks-1 {
			last = 1
		}
		out = append(out, last)
		out = binary.LittleEndian.AppendUint16(out, uint16(len(part)))
		out = binary.LittleEndian.AppendUint16(out, ^uint16(len(part)))
		out = append(out, part...)
	}
	out = binary.BigEndian.AppendUint32(out, sum)
	return out, len(out) == n
}

// cleanPacked writes over information dictionaries in a stream of objects.
func (f *File) cleanPacked(p *pdfFile, s pdfStream, refs []int, cleaned map[int]bool, patches []patch) []patch {
	x := p.decodePacked(s)
	if x == nil {
		// Encrypted, or packed in a way nobody uses: what is in it is not known.
		f.flag("author_kept")
		return patches
	}
	data := x.data
	for _, id := range refs {
		at, ok := x.at[id]
		if !ok {
			continue
		}
		v, err := (&pdfParser{b: x.data, pos: at}).value()
		if err != nil {
			continue
		}
		cleaned[id] = true
		for key, v := range v.dict {
			if key == "Title" {
				continue
			}
			if v.kind == pdfRef {
				if at, ok := x.at[v.ref]; ok {
					v, err = (&pdfParser{b: x.data, pos: at}).value()
				}
				if err != nil || v.kind == pdfRef {
					f.flag("author_kept") // in yet another stream
				}
			}
			if f.noteInfo(key, v) {
				if &data[0] == &x.data[0] {
					data = bytes.Clone(data)
				}
				copy(data[v.start:v.end], blank(v.end-v.start))
			}
		}
	}
	if len(data) == 0 || &data[0] == &x.data[0] {
		return patches
	}
	filter := p.resolve(s.dict.key("Filter"))
	if filter.kind == pdfArray && len(filter.array) == 1 {
		filter = filter.array[0]
	}
	switch {
	case filter.kind == pdfNull:
		return append(patches, patch{off: s.off, n: s.n, data: data[:min(int64(len(data)), s.n)], fill: '\n'})
	case filter.text == "FlateDecode":
		var b bytes.Buffer
		// The level is a constant, and a buffer takes everything.
		z, _ := zlib.NewWriterLevel(&b, zlib.BestCompression)
		z.Write(data)
		z.Close()
		if int64(b.Len()) <= s.n {
			return append(patches, patch{off: s.off, n: s.n, data: b.Bytes(), fill: '\n'})
		}
	}
	f.flag("author_kept")
	return patches
}
