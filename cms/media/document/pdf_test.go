package document

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	reader "github.com/ledongthuc/pdf"
)

// reopened reads a stored PDF with a library, which knows nothing of how it
// was cleaned, and returns its text and the strings of its information
// dictionary.
func reopened(tb testing.TB, stored []byte) (text string, info map[string]string) {
	tb.Helper()
	r, err := reader.NewReader(bytes.NewReader(stored), int64(len(stored)))
	if err != nil {
		tb.Fatalf("the stored PDF does not open: %v", err)
	}
	all, err := r.GetPlainText()
	if err != nil {
		tb.Fatalf("the stored PDF has no text: %v", err)
	}
	b, err := io.ReadAll(all)
	if err != nil {
		tb.Fatal(err)
	}
	info = map[string]string{}
	dict := r.Trailer().Key("Info")
	for _, k := range dict.Keys() {
		info[k] = strings.TrimSpace(dict.Key(k).Text())
	}
	return strings.TrimSpace(string(b)), info
}

func TestPDF(t *testing.T) {
	t.Parallel()
	in := tellingPDF()
	f, stored := clean(t, in)
	if f.Format != PDF || f.Pages != 1 || f.Title != "Rapport annuel" || f.Language != "fr-CH" || strings.TrimSpace(f.Text) != "Annual report of the network" {
		t.Errorf("read %+v", f)
	}
	wantCodes(t, "Flags", f.Flags, "untagged")
	wantCodes(t, "Removed", f.Removed, "author", "camera", "comment", "date", "other", "xmp")
	if len(stored) != len(in) {
		t.Error("the length changed, so the table is wrong")
	}
	text, info := reopened(t, stored)
	if text != "Annual report of the network" {
		t.Errorf("another program reads %q", text)
	}
	for k, v := range info {
		if v != "" && k != "Title" {
			t.Errorf("%s is still %q", k, v)
		}
	}
	p, err := scanPDF(t.Context(), bytes.NewReader(stored), int64(len(stored)))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range p.streams {
		b, err := p.decode(s)
		if err != nil || bytes.Contains(b, []byte(secret)) || !bytes.Contains(b, []byte("x:xmpmeta")) {
			t.Errorf("stream %d is %q, %v", s.id, b, err)
		}
	}
}

func TestPackedPDF(t *testing.T) {
	t.Parallel()
	f, stored := clean(t, packedPDF())
	if f.Pages != 1 || f.Title != "Packed" || strings.TrimSpace(f.Text) != "WX Y" {
		t.Errorf("read %+v", f)
	}
	wantCodes(t, "Flags", f.Flags, "scanned")
	wantCodes(t, "Removed", f.Removed, "author")
	if _, info := reopened(t, stored); info["Author"] != "" || info["Title"] != "Packed" {
		t.Errorf("information is %v", info)
	}
}

func TestPDFWarnings(t *testing.T) {
	t.Parallel()
	long := "A page with enough letters on it"
	for _, tt := range []struct {
		name string
		data []byte
		want []string
	}{
		{"plain", minimalPDF(long, "", "", nil), []string{"no_title", "untagged"}},
		{"tagged", minimalPDF(long, "/MarkInfo << /Marked true >> /StructTreeRoot 8 0 R", "", func(p *pdf) { p.object(8, "<< /Type /StructTreeRoot >>") }), []string{"no_title"}},
		{"scanned", minimalPDF("", "", "", nil), []string{"no_title", "scanned", "untagged"}},
		{"script on opening", minimalPDF(long, "/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>", "", nil), []string{"javascript", "no_title", "untagged"}},
		{"script in disguise", minimalPDF(long, "/OpenAction << /S /J#61vaScript /#4aS 9 0 R >>", "", nil), []string{"javascript", "no_title", "untagged"}},
		{"program", minimalPDF(long, "", "", func(p *pdf) { p.object(8, "<< /S /Launch /F (cmd.exe) >>") }), []string{"launch", "no_title", "untagged"}},
		{"attachment", minimalPDF(long, "/Names << /EmbeddedFiles << /Names [(a) 8 0 R] >> >>", "", nil), []string{"embedded_files", "no_title", "untagged"}},
		{"locked", minimalPDF(long, "", "/Encrypt << /Filter /Standard /V 2 >> /Info 9 0 R", func(p *pdf) { p.object(9, "<< /Author (\\200\\201) >>") }), []string{"author_kept", "encrypted", "untagged"}},
		{"information nobody finds", minimalPDF(long, "", "/Info 9 0 R", func(p *pdf) { p.object(9, "[ (a) ]") }), []string{"author_kept", "no_title", "untagged"}},
		{"information in the trailer", minimalPDF(long, "", "/Info << /Author (x) >>", nil), []string{"author_kept", "no_title", "untagged"}},
		{"XMP in an odd packing", minimalPDF(long, "", "", func(p *pdf) { p.stream(9, "/Type /Metadata /Filter /LZWDecode", []byte("xxxx")) }), []string{"author_kept", "no_title", "untagged"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			wantCodes(t, "Flags", read(t, tt.data).Flags, tt.want...)
		})
	}
}

func TestPDFText(t *testing.T) {
	t.Parallel()
	p := newPDF()
	p.object(1, "<< /Type /Catalog /Pages 2 0 R >>")
	p.object(2, "<< /Type /Pages /Kids [3 0 R 2 0 R 13 0 R] /Count 2 /Resources << /Font << /F1 5 0 R /F2 6 0 R >> /XObject << /X 8 0 R >> >> >>")
	p.object(3, "<< /Type /Page /Parent 2 0 R /Contents [4 0 R 14 0 R] >>")
	p.stream(4, "", []byte("BT /F1 9 Tf (caf\\351) Tj [(hyphen) 20 (ated)] TJ T* /F2 9 Tf (\\001\\002) "))
	p.stream(14, "/Filter [/ASCIIHexDecode]", []byte(fmt.Sprintf("%x>", "Tj ET /X Do BI /W 1 ID \x00(no) Tj\nEI BT /F1 9 Tf <4869> ' ET")))
	p.object(5, "<< /Type /Font /Subtype /Type1 /Encoding /WinAnsiEncoding >>")
	p.object(6, "<< /Type /Font /Subtype /Type1 /Encoding << /Differences [1 /eacute /fi] >> >>")
	p.stream(8, "/Subtype /Form /Resources << /Font << /F1 5 0 R >> /XObject << /X 8 0 R >> >>", []byte("BT /F1 9 Tf (inside) Tj ET /X Do"))
	p.object(13, "<< /Type /Page /Parent 2 0 R /Contents 15 0 R >>")
	p.stream(15, "/Filter /ASCII85Decode", []byte("6=FqH3@%4EC2[X*Bl5&7@;]TuAKYE!A0>Jk+D#S6DJ*~>"))
	f := read(t, p.finish(""))
	if f.Pages != 2 {
		t.Errorf("Pages = %d", f.Pages)
	}
	if got, want := strings.Join(strings.Fields(f.Text), " "), "caféhyphenated éfi inside inside inside inside Hi"; !strings.HasPrefix(got, want) {
		t.Errorf("Text = %q, want %q first", got, want)
	}
}

// TestHostilePDF sends what brings readers down: without end, without bottom,
// or with the promise of more than there is memory.
func TestHostilePDF(t *testing.T) {
	t.Parallel()
	bomb := deflated(bytes.Repeat([]byte("(aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa) Tj "), 2<<20))
	for name, data := range map[string][]byte{
		"pages in a circle":   minimalPDF("x", "", "", func(p *pdf) { p.object(2, "<< /Type /Pages /Kids [2 0 R 3 0 R] /Parent 2 0 R >>") }),
		"reference to itself": minimalPDF("x", "", "/Info 9 0 R", func(p *pdf) { p.object(9, "9 0 R") }),
		"length of itself":    minimalPDF("x", "", "", func(p *pdf) { p.object(9, "<< /Length 9 0 R >>\nstream\nx\nendstream") }),
		"packed in itself":    minimalPDF("x", "", "", func(p *pdf) { p.stream(9, "/Type /ObjStm /N 1 /First 5 ", []byte("9 0  << >>")) }),
		"packed without end":  minimalPDF("x", "", "", func(p *pdf) { p.stream(9, "/Type /ObjStm /N 99999999999 /First 5 ", []byte("9 0  << >>")) }),
		"brackets":            minimalPDF("x", "", "", func(p *pdf) { p.object(9, strings.Repeat("[", 1<<20)) }),
		"dictionaries":        minimalPDF("x", "", "", func(p *pdf) { p.object(9, strings.Repeat("<</A", 1<<18)) }),
		"string without end":  minimalPDF("x", "", "", func(p *pdf) { p.object(9, strings.Repeat("1 0 obj(", 1<<16)) }),
		"table of 2^40":       minimalPDF("x", "", "/Size 1099511627776 /Prev 5", nil),
		"bomb":                minimalPDF("x", "", "", func(p *pdf) { p.stream(4, "/Filter /FlateDecode", bomb) }),
		"bomb in a bomb":      minimalPDF("x", "", "", func(p *pdf) { p.stream(4, "/Filter [/FlateDecode /FlateDecode]", deflated(bomb)) }),
		"characters without end": minimalPDF("x", "", "", func(p *pdf) {
			p.object(5, "<< /Type /Font /Subtype /Type0 /ToUnicode 9 0 R >>")
			p.stream(9, "", []byte("999999999999 beginbfchar endbfchar <00000000> <FFFFFFFF> <0041> endbfrange"))
		}),
		"a letter of a book": minimalPDF("x", "", "", func(p *pdf) {
			p.object(5, "<< /Type /Font /Subtype /Type1 /ToUnicode 9 0 R >>")
			p.stream(9, "/Filter /FlateDecode", deflated([]byte("<00> <FF> <"+strings.Repeat("0041", 1<<20)+"> endbfrange")))
			p.stream(4, "/Filter /FlateDecode", deflated([]byte("BT /F1 9 Tf ("+strings.Repeat("a", 16<<20)+") Tj ET")))
		}),
		"no object ends": []byte("%PDF-1.4\n" + strings.Repeat("1 0 obj <<", 1000)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			start := time.Now()
			f, err := Read(t.Context(), bytes.NewReader(data), int64(len(data)))
			if err == nil {
				err = f.Clean(t.Context(), io.Discard)
			}
			if err != nil && !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrTooLarge) {
				t.Errorf("error is %v", err)
			}
			if d := time.Since(start); d > patience+5*time.Second {
				t.Errorf("took %v", d)
			}
		})
	}
}

func TestStoredZlib(t *testing.T) {
	t.Parallel()
	for _, n := range []int{11, 12, 200, 65535, 65546, 65547, 65551, 65552, 131081, 131082, 200_000} {
		b, ok := storedZlib(n)
		if !ok {
			t.Errorf("%d bytes: not filled", n)
			continue
		}
		p := &pdfFile{ctx: t.Context(), in: bytes.NewReader(b), size: int64(n), budget: 1 << 30}
		v, err := (&pdfParser{b: []byte("<< /Filter /FlateDecode >>")}).value()
		if err != nil {
			t.Fatal(err)
		}
		got, err := p.decode(pdfStream{dict: v, n: int64(n)})
		if err != nil || n > 300 && !bytes.HasPrefix(got, []byte(emptyXMP)) {
			t.Errorf("%d bytes: %q, %v", n, got[:min(len(got), 20)], err)
		}
	}
	if _, ok := storedZlib(10); ok {
		t.Error("10 bytes hold nothing")
	}
}

func TestBlank(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"()", "<>", "(a(b)c)", "<FEFF>"} {
		if got := blank(len(s)); len(got) != len(s) || got[0] != '(' || got[len(got)-1] != ')' {
			t.Errorf("blank for %s is %q", s, got)
		}
	}
}
