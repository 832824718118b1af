package document

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/ascii85"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// pdfFile is the objects of a PDF. They are found by going through the file,
// not by its table of contents: so files whose table is broken can be read,
// and what older revisions hold is found too. Everything is bounded; the
// libraries that could be had for reading PDF can each be made to take all
// memory by a few bytes (a table of 2⁴⁰ entries, a map of 2⁶⁰ characters),
// which no recover brings back.
type pdfFile struct {
	ctx     context.Context
	in      io.ReaderAt
	size    int64
	objects map[int]pdfPlace     // of the last revision
	all     []pdfRevision        // objects in the file itself, of all revisions
	packs   map[int]pdfStream    // streams of objects
	streams []pdfStream          // streams of objects, and of metadata
	dicts   []pdfValue           // trailers, and what stands for them
	cached  map[int64]*pdfPacked // by where they stand
	held    int64                // bytes in cached
	parse   int64                // budget of bytes parsed while scanning
	budget  int64                // of bytes decoded
	flags   map[string]bool
	found   int // objects seen
}

// pdfRevision is an object as it stands, or stood, at off of the file.
type pdfRevision struct {
	id  int
	off int64
}

// pdfPlace is where an object is: in the file at off, or in the stream of
// objects packed, at off of its decoded bytes.
type pdfPlace struct {
	off    int64
	packed int
}

// pdfStream is an object with bytes.
type pdfStream struct {
	id     int
	dict   pdfValue
	off, n int64
}

// pdfPacked is a decoded stream of objects.
type pdfPacked struct {
	data []byte
	at   map[int]int
}

const (
	maxPDFObjects = 500_000
	maxPDFValue   = 4 << 20  // bytes of one object without its stream
	maxPDFStream  = 32 << 20 // decoded
	maxPDFDecoded = 512 << 20
	maxPDFCached  = 64 << 20
	maxPDFParts   = 50_000 // streams looked at, and revisions
)

// scanPDF goes through the file once.
func scanPDF(ctx context.Context, in io.ReaderAt, size int64) (*pdfFile, error) {
	p := &pdfFile{
		ctx: ctx, in: in, size: size,
		objects: map[int]pdfPlace{}, packs: map[int]pdfStream{}, cached: map[int64]*pdfPacked{}, flags: map[string]bool{},
		parse: 4*size + 16<<20, budget: maxPDFDecoded,
	}
	const window, look = 256 << 10, 64
	buf := make([]byte, window)
	for off := int64(0); off < size; {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		n, err := in.ReadAt(buf[:min(window, size-off)], off)
		if n == 0 && err != nil {
			return nil, err
		}
		next, err := p.scanWindow(buf[:n], off)
		if err != nil {
			return nil, err
		}
		if next == 0 {
			if off+int64(n) >= size {
				break
			}
			next = max(off+1, off+int64(n)-look) // a mark may be cut in two
		}
		off = next
	}
	return p, nil
}

// scanWindow deals with the objects and trailers that begin in b and returns
// where to go on, or 0 for behind b.
func (p *pdfFile) scanWindow(b []byte, base int64) (int64, error) {
	for i := 0; i < len(b); {
		j := bytes.Index(b[i:], []byte("obj"))
		k := bytes.Index(b[i:], []byte("trailer"))
		next := int64(0)
		switch {
		case j < 0 && k < 0:
			return 0, nil
		case j < 0 || k >= 0 && k < j:
			next = base + int64(i+k) + 7
			if v, _, err := p.parseAt(next); err == nil && v.kind == pdfDict {
				p.dicts = append(p.dicts, v)
				next += int64(v.end)
			}
		default:
			next = base + int64(i+j) + 3
			if id, ok := objectHead(b[:i+j]); ok {
				var err error
				if next, err = p.object(id, next); err != nil {
					return 0, err
				}
			}
		}
		if p.found > maxPDFObjects || len(p.streams)+len(p.dicts) > maxPDFParts {
			return 0, fmt.Errorf("%w: PDF of more than %d objects or %d revisions", ErrTooLarge, maxPDFObjects, maxPDFParts)
		}
		if p.parse < 0 {
			return 0, fmt.Errorf("%w: PDF of objects without end", ErrDamaged)
		}
		if next-base >= int64(len(b)) {
			return next, nil
		}
		i = int(next - base)
	}
	return 0, nil
}

// objectHead reads "12 0 " at the end of b.
func objectHead(b []byte) (int, bool) {
	back := func(ok func(byte) bool) []byte {
		end := len(b)
		for len(b) > 0 && ok(b[len(b)-1]) && end-len(b) < 12 {
			b = b[:len(b)-1]
		}
		return b[len(b):end]
	}
	digit := func(c byte) bool { return c >= '0' && c <= '9' }
	back(pdfSpace)
	generation := back(digit)
	if len(generation) == 0 || len(back(pdfSpace)) == 0 {
		return 0, false
	}
	id, err := strconv.Atoi(string(back(digit)))
	return id, err == nil && id >= 0 && id < 1<<31
}

// parseAt reads the value at off of the file, and the parser behind it.
func (p *pdfFile) parseAt(off int64) (pdfValue, *pdfParser, error) {
	for n := int64(4 << 10); ; n *= 8 {
		b, err := bytesAt(p.in, off, int(min(n, p.size-off)))
		if err != nil {
			return pdfValue{}, nil, err
		}
		p.parse -= int64(len(b))
		parser := &pdfParser{b: b}
		v, err := parser.value()
		// A word at the end of what was read may go on.
		if (errors.Is(err, errPDFShort) || err == nil && parser.pos >= len(b)-20) && off+n < p.size && n < maxPDFValue {
			continue
		}
		return v, parser, err
	}
}

// object takes in the object whose value begins at off, and returns where it
// ends. What cannot be read is passed over.
func (p *pdfFile) object(id int, off int64) (int64, error) {
	p.found++
	v, parser, err := p.parseAt(off)
	if err != nil {
		return off, p.ctx.Err()
	}
	p.objects[id] = pdfPlace{off: off}
	p.all = append(p.all, pdfRevision{id, off})
	end := off + int64(v.end)
	if v.kind != pdfDict {
		return end, nil
	}
	p.warn(v, 0)
	s, ok := p.streamBehind(id, v, parser, off)
	if !ok {
		return end, nil
	}
	switch kind := v.key("Type").text; {
	case kind == "XRef":
		p.dicts = append(p.dicts, v)
	case kind == "ObjStm":
		p.streams = append(p.streams, s)
		p.unpack(s)
	case kind == "Metadata" || v.key("Subtype").text == "XML":
		p.streams = append(p.streams, s)
	}
	return s.off + s.n, nil
}

// streamBehind is the stream that follows the dictionary just parsed, which
// began at off.
func (p *pdfFile) streamBehind(id int, dict pdfValue, parser *pdfParser, off int64) (pdfStream, bool) {
	parser.space()
	if !bytes.HasPrefix(parser.b[parser.pos:], []byte("stream")) {
		return pdfStream{}, false
	}
	start := off + int64(parser.pos) + 6
	if b, err := bytesAt(p.in, start, 2); err == nil {
		switch {
		case b[0] == '\r' && b[1] == '\n':
			start += 2
		case b[0] == '\n' || b[0] == '\r':
			start++
		}
	}
	return pdfStream{id: id, dict: dict, off: start, n: p.streamLength(dict, start)}, true
}

// streamLength is the length the dictionary says, if the end of the stream is
// there; else where the end is.
func (p *pdfFile) streamLength(dict pdfValue, start int64) int64 {
	length := dict.key("Length")
	if length.kind == pdfRef {
		length = p.resolve(length)
	}
	if n := int64(length.number); length.kind == pdfNumber && n >= 0 && start+n <= p.size {
		if b, err := bytesAt(p.in, start+n, int(min(20, p.size-start-n))); err == nil && bytes.HasPrefix(bytes.TrimLeft(b, "\r\n \t"), []byte("endstream")) {
			return n
		}
	}
	buf := make([]byte, 64<<10)
	for off := start; off < p.size; {
		n, _ := p.in.ReadAt(buf[:min(int64(len(buf)), p.size-off)], off)
		if i := bytes.Index(buf[:n], []byte("endstream")); i >= 0 {
			end := off + int64(i)
			if b, err := bytesAt(p.in, max(start, end-2), int(end-max(start, end-2))); err == nil {
				end -= int64(len(b) - len(bytes.TrimRight(b, "\r\n")))
			}
			return max(0, end-start)
		}
		if n < 16 {
			break
		}
		off += int64(n) - 9
	}
	return p.size - start
}

// unpack notes the objects in a stream of objects.
func (p *pdfFile) unpack(s pdfStream) {
	packed := p.decodePacked(s)
	if packed == nil {
		return
	}
	p.packs[s.id] = s
	p.found += len(packed.at)
	for id, at := range packed.at {
		p.objects[id] = pdfPlace{off: int64(at), packed: s.id + 1}
		parser := &pdfParser{b: packed.data, pos: at}
		if v, err := parser.value(); err == nil {
			p.warn(v, 0)
		}
	}
}

// decodePacked decodes a stream of objects, or returns nil.
func (p *pdfFile) decodePacked(s pdfStream) *pdfPacked {
	if x := p.cached[s.off]; x != nil {
		return x
	}
	data, err := p.decode(s)
	if err != nil {
		return nil
	}
	first, n := int(s.dict.key("First").number), int(s.dict.key("N").number)
	if first < 0 || first > len(data) || n < 0 || n > maxPDFObjects {
		return nil
	}
	x := &pdfPacked{data: data, at: map[int]int{}}
	head := &pdfParser{b: data[:first]}
	for range n {
		id, err := head.simple()
		at, err2 := head.simple()
		if err != nil || err2 != nil || id.kind != pdfNumber || at.kind != pdfNumber {
			break
		}
		if off := first + int(at.number); at.number >= 0 && off < len(data) {
			x.at[int(id.number)] = off
		}
	}
	if p.held += int64(len(data)); p.held > maxPDFCached {
		clear(p.cached)
		p.held = int64(len(data))
	}
	p.cached[s.off] = x
	return x
}

// decode is the bytes of a stream, unpacked.
func (p *pdfFile) decode(s pdfStream) ([]byte, error) {
	var r io.Reader = io.NewSectionReader(p.in, s.off, s.n)
	filters := p.resolve(s.dict.key("Filter"))
	names := filters.array
	if filters.kind == pdfName {
		names = []pdfValue{filters}
	}
	if len(names) > 4 {
		return nil, errPDFSyntax
	}
	if params := p.resolve(s.dict.key("DecodeParms")); params.key("Predictor").number > 1 {
		return nil, errPDFSyntax // of pictures and tables only
	}
	for _, name := range names {
		switch p.resolve(name).text {
		case "FlateDecode", "Fl":
			z, err := zlib.NewReader(r)
			if err != nil {
				return nil, err
			}
			r = z
		case "ASCII85Decode", "A85":
			r = ascii85.NewDecoder(&ascii85Reader{r: r})
		case "ASCIIHexDecode", "AHx":
			b, err := io.ReadAll(io.LimitReader(r, maxPDFStream))
			if err != nil {
				return nil, err
			}
			s, err := (&pdfParser{b: append(append([]byte{'<'}, b...), '>')}).hex()
			if err != nil {
				return nil, err
			}
			r = bytes.NewReader([]byte(s))
		default:
			return nil, errPDFSyntax
		}
	}
	limit := min(maxPDFStream, p.budget)
	b, err := io.ReadAll(io.LimitReader(r, limit))
	p.budget -= int64(len(b))
	if int64(len(b)) == limit {
		return nil, ErrTooLarge
	}
	if err != nil && len(b) == 0 {
		return nil, err
	}
	return b, nil // a wrong sum at the end is common
}

// ascii85Reader ends at "~>".
type ascii85Reader struct {
	r    io.Reader
	done bool
}

func (a *ascii85Reader) Read(b []byte) (int, error) {
	if a.done {
		return 0, io.EOF
	}
	n, err := a.r.Read(b)
	if i := bytes.IndexByte(b[:n], '~'); i >= 0 {
		a.done = true
		return i, io.EOF
	}
	return n, err
}

// resolve follows a reference to the value of the last revision. A stream is
// given as its dictionary.
func (p *pdfFile) resolve(v pdfValue) pdfValue {
	for range 8 {
		if v.kind != pdfRef {
			return v
		}
		place, ok := p.objects[v.ref]
		if !ok || p.ctx.Err() != nil {
			return pdfValue{}
		}
		if place.packed > 0 {
			x := p.decodePacked(p.packs[place.packed-1])
			if x == nil || int(place.off) >= len(x.data) {
				return pdfValue{}
			}
			next, err := (&pdfParser{b: x.data, pos: int(place.off)}).value()
			if err != nil {
				return pdfValue{}
			}
			v = next
			continue
		}
		next, _, err := p.parseAt(place.off)
		if err != nil {
			return pdfValue{}
		}
		v = next
	}
	return pdfValue{}
}

// stream is the stream that v refers to.
func (p *pdfFile) stream(v pdfValue) (pdfStream, bool) {
	place, ok := p.objects[v.ref]
	if v.kind != pdfRef || !ok || place.packed > 0 {
		return pdfStream{}, false
	}
	dict, parser, err := p.parseAt(place.off)
	if err != nil || dict.kind != pdfDict {
		return pdfStream{}, false
	}
	return p.streamBehind(v.ref, dict, parser, place.off)
}

// warn looks in a value for what an editor is warned of.
func (p *pdfFile) warn(v pdfValue, depth int) {
	if depth > 20 {
		return
	}
	for _, x := range v.array {
		p.warn(x, depth+1)
	}
	for k, x := range v.dict {
		switch {
		case k == "JS", k == "JavaScript", k == "S" && x.text == "JavaScript":
			p.flags["javascript"] = true
		case k == "Launch", k == "S" && x.text == "Launch":
			p.flags["launch"] = true
		case k == "EmbeddedFiles", k == "EF", k == "Type" && x.text == "EmbeddedFile", k == "RichMedia", k == "Subtype" && x.text == "RichMedia":
			p.flags["embedded_files"] = true
		}
		p.warn(x, depth+1)
	}
}
