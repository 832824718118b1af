package document

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"io/fs"
	"sort"
	"strings"
	"testing"
	"time"
)

// secret is what no cleaned file may hold.
const secret = "SECRET-7731"

// pdf puts a PDF together: objects by number, in order, with a table at the
// end.
type pdf struct {
	bytes.Buffer
	at map[int]int
}

func newPDF() *pdf {
	p := &pdf{at: map[int]int{}}
	p.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	return p
}

func (p *pdf) object(id int, body string) {
	p.at[id] = p.Len()
	fmt.Fprintf(p, "%d 0 obj\n%s\nendobj\n", id, body)
}

func (p *pdf) stream(id int, dict string, data []byte) {
	p.object(id, fmt.Sprintf("<< %s /Length %d >>\nstream\n%s\nendstream", dict, len(data), data))
}

// finish writes table and trailer.
func (p *pdf) finish(trailer string) []byte {
	start := p.Len()
	ids := []int{}
	for id := range p.at {
		ids = append(ids, id)
	}
	sort.Ints(ids)
	p.WriteString("xref\n0 1\n0000000000 65535 f \n")
	for _, id := range ids {
		fmt.Fprintf(p, "%d 1\n%010d 00000 n \n", id, p.at[id])
	}
	fmt.Fprintf(p, "trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n", 100, trailer, start)
	return p.Bytes()
}

func deflated(b []byte) []byte {
	var out bytes.Buffer
	z := zlib.NewWriter(&out)
	z.Write(b)
	z.Close()
	return out.Bytes()
}

const xmpPacket = `<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF><dc:creator>` + secret + `</dc:creator></rdf:RDF></x:xmpmeta><?xpacket end="w"?>`

// minimalPDF has one page with the text given, and catalogue entries.
func minimalPDF(text, catalog, trailer string, more func(*pdf)) []byte {
	p := newPDF()
	p.object(1, "<< /Type /Catalog /Pages 2 0 R "+catalog+" >>")
	p.object(2, "<< /Type /Pages /Kids [3 0 R] /Count 1 /Resources << /Font << /F1 5 0 R >> >> >>")
	p.object(3, "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 4 0 R >>")
	p.stream(4, "/Filter /FlateDecode", deflated([]byte("BT /F1 12 Tf 10 10 Td ("+text+") Tj ET")))
	p.object(5, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
	if more != nil {
		more(p)
	}
	return p.finish(trailer)
}

// tellingPDF says who made it in every way: in the information dictionary,
// also in an older revision of it, and in two streams of XMP.
func tellingPDF() []byte {
	return minimalPDF("Annual report of the network", "/Lang (fr-CH) /Metadata 10 0 R", "/Info 9 0 R", func(p *pdf) {
		p.object(9, "<< /Author (an older "+secret+") >>")
		p.stream(10, "/Type /Metadata /Subtype /XML", []byte(xmpPacket))
		p.stream(11, "/Type /Metadata /Subtype /XML /Filter /FlateDecode", deflated([]byte(xmpPacket)))
		p.object(12, "("+secret+" \\(by reference\\))")
		p.object(9, "<< /Title (Rapport annuel) /Author (Jos\\351 \\("+secret+"\\)) /Creator <"+fmt.Sprintf("%X", secret)+"> /Producer 12 0 R /CreationDate (D:20260101) /Keywords ("+secret+") /Company ("+secret+") >>")
	})
}

// packedPDF keeps its objects, the information dictionary among them, in a
// stream, as most programs do today.
func packedPDF() []byte {
	p := newPDF()
	objects := []string{
		"<< /Type /Catalog /Pages 2 0 R /MarkInfo << /Marked true >> /StructTreeRoot 8 0 R >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
		"<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H /ToUnicode 6 0 R >>",
		"<< /Title (Packed) /Author (" + strings.Repeat(secret+" ", 5) + ") >>",
		"<< /Type /StructTreeRoot >>",
	}
	ids := []int{1, 2, 3, 5, 9, 8}
	var head, body strings.Builder
	for i, o := range objects {
		fmt.Fprintf(&head, "%d %d ", ids[i], body.Len())
		body.WriteString(o + "\n")
	}
	p.stream(7, fmt.Sprintf("/Type /ObjStm /N %d /First %d /Filter /FlateDecode", len(ids), head.Len()), deflated([]byte(head.String()+body.String())))
	p.stream(4, "", []byte("BT /F1 12 Tf [<00010002> -300 <0003>] TJ ET"))
	p.stream(6, "", []byte("1 begincodespacerange <0000> <FFFF> endcodespacerange 1 beginbfrange <0001> <0003> <0057> endbfrange"))
	rows := []byte{}
	row := func(kind byte, a uint32, b byte) {
		rows = append(append(append(rows, kind), binary.BigEndian.AppendUint32(nil, a)...), b)
	}
	index := ""
	for i, id := range ids {
		index += fmt.Sprintf("%d 1 ", id)
		row(2, 7, byte(i))
	}
	for _, id := range []int{4, 6, 7} {
		index += fmt.Sprintf("%d 1 ", id)
		row(1, uint32(p.at[id]), 0)
	}
	start := p.Len()
	p.stream(20, "/Type /XRef /Size 21 /W [1 4 1] /Index ["+index+"] /Root 1 0 R /Info 9 0 R", rows)
	fmt.Fprintf(p, "startxref\n%d\n%%%%EOF\n", start)
	return p.Bytes()
}

type entry struct {
	name, body string
}

// zipped packs entries, with a time and a comment each.
func zipped(tb testing.TB, entries ...entry) []byte {
	tb.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, e := range entries {
		head := &zip.FileHeader{Name: e.name, Method: zip.Deflate, Modified: time.Unix(1_780_000_000, 0), Comment: secret}
		if e.name == "link" {
			head.SetMode(fs.ModeSymlink | 0o777)
		}
		if e.name == "mimetype" {
			head.Method = zip.Store
		}
		w, err := z.CreateHeader(head)
		if err != nil {
			tb.Fatal(err)
		}
		w.Write([]byte(e.body))
	}
	if err := z.Close(); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func contentTypes(main string) entry {
	return entry{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/x" ContentType="` + main + `"/></Types>`}
}

const docxMain = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"

// docx is a text document with names wherever they can be.
func docx(tb testing.TB, more ...entry) []byte {
	return zipped(tb, append([]entry{
		contentTypes(docxMain),
		{"_rels/.rels", `<Relationships><Relationship Id="1" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/thumbnail" Target="docProps/thumbnail.jpeg"/><Relationship Id="2" Type="x/officeDocument" Target="word/document.xml"/></Relationships>`},
		{"docProps/core.xml", `<cp:coreProperties xmlns:cp="a" xmlns:dc="b" xmlns:dcterms="c"><dc:title>Minutes &amp; more</dc:title><dc:creator>` + secret + `</dc:creator><cp:lastModifiedBy>` + secret + `</cp:lastModifiedBy><dc:language>es</dc:language></cp:coreProperties>`},
		{"docProps/app.xml", `<Properties><Pages>3</Pages><Company>` + secret + `</Company></Properties>`},
		{"docProps/custom.xml", `<Properties><p>` + secret + `</p></Properties>`},
		{"docProps/thumbnail.jpeg", secret},
		{"word/document.xml", `<w:document xmlns:w="w"><w:body><w:p><w:r><w:t>First line</w:t></w:r></w:p><w:p><w:ins w:id="1" w:author="` + secret + `" w:date="2026-01-01"><w:r><w:t>second</w:t></w:r></w:ins><w:del w:author='` + secret + `'><w:r><w:delText>gone</w:delText></w:r></w:del></w:p></w:body></w:document>`},
		{"word/comments.xml", `<w:comments xmlns:w="w"><w:comment w:id="0" w:author="` + secret + `" w:initials="` + secret + `"><w:p><w:r><w:t>why?</w:t></w:r></w:p></w:comment></w:comments>`},
		{"word/people.xml", `<w15:people xmlns:w15="x"><w15:person w15:author="` + secret + `"/></w15:people>`},
	}, more...)...)
}

func odt(tb testing.TB, more ...entry) []byte {
	return zipped(tb, append([]entry{
		{"mimetype", ODT.MIME()},
		{"META-INF/manifest.xml", `<manifest:manifest><manifest:file-entry manifest:full-path="content.xml"/><manifest:file-entry manifest:full-path="Thumbnails/thumbnail.png" manifest:media-type="image/png"/></manifest:manifest>`},
		{"meta.xml", `<office:document-meta xmlns:office="o" xmlns:dc="d" xmlns:meta="m"><office:meta><meta:initial-creator>` + secret + `</meta:initial-creator><dc:creator>` + secret + `</dc:creator><dc:title>Notes</dc:title><dc:language>nl</dc:language><meta:document-statistic meta:page-count="7"/></office:meta></office:document-meta>`},
		{"content.xml", `<office:document-content><office:annotation><dc:creator>` + secret + `</dc:creator><text:p>remark</text:p></office:annotation><text:h>Heading</text:h><text:p>Body text</text:p></office:document-content>`},
		{"Thumbnails/thumbnail.png", secret},
	}, more...)...)
}

// mp3Sound is n frames of silence of 26 ms each.
func mp3Sound(n int) []byte {
	frame := make([]byte, 417)
	copy(frame, "\xff\xfb\x90\x00") // MPEG 1 layer III, 128 kbit/s, 44.1 kHz
	return bytes.Repeat(frame, n)
}

func id3(frames ...entry) []byte {
	var body []byte
	for _, f := range frames {
		body = append(body, f.name...)
		body = binary.BigEndian.AppendUint32(body, uint32(len(f.body)))
		body = append(append(body, 0, 0), f.body...)
	}
	n := len(body)
	return append([]byte{'I', 'D', '3', 3, 0, 0, byte(n >> 21 & 0x7f), byte(n >> 14 & 0x7f), byte(n >> 7 & 0x7f), byte(n & 0x7f)}, body...)
}

func box(name string, parts ...[]byte) []byte {
	body := bytes.Join(parts, nil)
	return append(append(binary.BigEndian.AppendUint32(nil, uint32(8+len(body))), name...), body...)
}

// mp4 is a film of two seconds, 640×360, with a place, a date and tags.
func mp4() []byte {
	date := []byte{0xe0, 1, 2, 3}
	mvhd := make([]byte, 100)
	copy(mvhd[4:], date)
	binary.BigEndian.PutUint32(mvhd[12:], 1000)
	binary.BigEndian.PutUint32(mvhd[16:], 2000)
	tkhd := make([]byte, 84)
	copy(tkhd[4:], date)
	binary.BigEndian.PutUint16(tkhd[76:], 640)
	binary.BigEndian.PutUint16(tkhd[80:], 360)
	mdhd := make([]byte, 24)
	copy(mdhd[8:], date)
	hdlr := append(make([]byte, 8), "vide"+strings.Repeat("\x00", 12)+secret+"\x00"...)
	return bytes.Join([][]byte{
		box("ftyp", []byte("isom\x00\x00\x02\x00isommp42")),
		box("uuid", []byte("0123456789abcdef"+secret)),
		box("moov",
			box("mvhd", mvhd),
			box("trak", box("tkhd", tkhd), box("mdia", box("mdhd", mdhd), box("hdlr", hdlr), box("minf")), box("udta", []byte(secret))),
			box("udta", box("\xa9xyz", []byte("\x00\x12\x15\xc7+46.2044+006.1432/"+secret)), box("meta", []byte(secret)))),
		box("free", []byte(secret)),
		box("mdat", []byte("samples")),
	}, nil)
}

func ebml(id uint32, parts ...[]byte) []byte {
	body := bytes.Join(parts, nil)
	out := bytes.TrimLeft(binary.BigEndian.AppendUint32(nil, id), "\x00")
	return append(binary.BigEndian.AppendUint64(out, 1<<56|uint64(len(body))), body...)
}

// webm is a film of three seconds with tags and a file attached. A live one
// does not know its length.
func webm(live bool) []byte {
	segment := bytes.Join([][]byte{
		ebml(ebmlInfo, ebml(ebmlChecksum, []byte{1, 2, 3, 4}), ebml(ebmlScale, []byte{0x0f, 0x42, 0x40}), ebml(ebmlDuration, []byte{0x45, 0x3b, 0x80, 0}),
			ebml(ebmlMuxer, []byte(secret)), ebml(ebmlWriter, []byte(secret)), ebml(ebmlDate, make([]byte, 8)), ebml(ebmlTitle, []byte("A film"))),
		ebml(ebmlTracks, ebml(ebmlTrack, ebml(ebmlVideo, ebml(ebmlWidth, []byte{2, 128}), ebml(ebmlHeight, []byte{1, 104})))),
		ebml(ebmlTags, []byte(secret)),
		ebml(ebmlFiles, []byte(secret)),
		ebml(ebmlCluster, []byte("\xe7\x81\x00")),
	}, nil)
	head := ebml(ebmlHead, []byte("\x42\x82\x84webm"))
	if live {
		return append(append(head, "\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff"...), segment...)
	}
	return append(head, ebml(ebmlSegment, segment)...)
}
