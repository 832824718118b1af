package document

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"image"
	"image/jpeg"
	"io"
	"slices"
	"strings"
	"testing"
	"time"
)

func read(tb testing.TB, data []byte) *File {
	tb.Helper()
	f, err := Read(tb.Context(), bytes.NewReader(data), int64(len(data)))
	if err != nil {
		tb.Fatalf("Read: %v", err)
	}
	return f
}

// clean returns what is stored of data, having looked that it says nothing and
// is still what it was.
func clean(tb testing.TB, data []byte) (*File, []byte) {
	tb.Helper()
	f := read(tb, data)
	var b, twice bytes.Buffer
	if err := f.Clean(tb.Context(), &b); err != nil {
		tb.Fatalf("Clean: %v", err)
	}
	if err := f.Clean(tb.Context(), &twice); err != nil || !bytes.Equal(b.Bytes(), twice.Bytes()) {
		tb.Errorf("cleaning again gives something else: %v", err)
	}
	if bytes.Contains(b.Bytes(), []byte(secret)) {
		tb.Errorf("the stored file holds %q", secret)
	}
	again := read(tb, b.Bytes())
	if len(again.Removed) > 0 {
		tb.Errorf("of the stored file there is still to be removed: %v", again.Removed)
	}
	if again.Format != f.Format || again.Title != f.Title || again.Text != f.Text || again.Duration != f.Duration {
		tb.Errorf("stored is %+v, was %+v", again, f)
	}
	return f, b.Bytes()
}

func wantCodes(tb testing.TB, what string, got []string, want ...string) {
	tb.Helper()
	slices.Sort(want)
	if !slices.Equal(got, want) {
		tb.Errorf("%s = %v, want %v", what, got, want)
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		data []byte
		want error
	}{
		{"nothing", nil, ErrType},
		{"script", []byte("<?php system($_GET['x']); ?>\n"), ErrType},
		{"page", []byte("<!DOCTYPE html><a,b>\n<c,d>\n"), ErrType},
		{"prose", []byte("Dear all, see you tomorrow.\n"), ErrType},
		{".htaccess", []byte("Options +Indexes\nAddType x .jpg\n"), ErrType},
		{".env", []byte("SECRET=1\nKEY=2\n"), ErrType},
		{"program", []byte("MZ\x90\x00\x03\x00\x00\x00"), ErrType},
		{"binary with commas", []byte("a,b\x00c\nd,e\n"), ErrType},
		{"old office", append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), make([]byte, 600)...), ErrOldOffice},
		{"locked office", append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), utf16le("EncryptedPackage")...), ErrEncrypted},
		{"archive", zipped(t, entry{"a.txt", "x"}), ErrType},
		{"macro by type", zipped(t, contentTypes("application/vnd.ms-word.document.macroEnabled.main+xml")), ErrMacro},
		{"macro by part", docx(t, entry{"word/vbaProject.bin", "x"}), ErrMacro},
		{"macro in ODF", odt(t, entry{"Basic/Standard/Module1.xml", "x"}), ErrMacro},
		{"zip slip", docx(t, entry{"../../app.db", "x"}), ErrArchive},
		{"absolute", docx(t, entry{"/etc/cron.d/x", "x"}), ErrArchive},
		{"backslash", docx(t, entry{`..\..\x`, "x"}), ErrArchive},
		{"drive", docx(t, entry{"C:/x", "x"}), ErrArchive},
		{"dots inside", docx(t, entry{"a/../../x", "x"}), ErrArchive},
		{"link", docx(t, entry{"link", "/etc/passwd"}), ErrArchive},
		{"twice", docx(t, entry{"WORD/document.xml", "x"}), ErrArchive},
		{"nested", docx(t, entry{"word/inner.zip", "x"}), ErrArchive},
		{"bomb", docx(t, entry{"word/media/x.bin", strings.Repeat("\x00", 30<<20)}), ErrTooLarge},
		{"a thousand thousand entries", append(docx(t), "PK\x05\x06\x00\x00\x00\x00\xff\xff\xff\xff\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"...), ErrTooLarge},
		{"cut off archive", docx(t)[:300], ErrDamaged},
		{"PDF of its first line", []byte("%PDF-1.7\n"), ErrDamaged},
		{"PDF without pages", []byte("%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF"), ErrDamaged},
		{"captions without time", []byte("WEBVTT\n\nHello\n"), ErrDamaged},
		{"captions backwards", []byte("WEBVTT\n\n00:05.000 --> 00:04.000\nHello\n"), ErrDamaged},
		{"captions without cue", []byte("WEBVTT\n\nNOTE x\n"), ErrDamaged},
		{"HEIC", box("ftyp", []byte("heic\x00\x00\x00\x00heic")), ErrType},
		{"QuickTime", box("ftyp", []byte("qt  \x00\x00\x00\x00qt  ")), ErrType},
		{"film cut off", mp4()[:200], ErrDamaged},
		{"Matroska", ebml(ebmlHead, []byte("\x42\x82\x88matroska")), ErrType},
		{"ID3 without sound", id3(entry{"TIT2", "\x00x"}), ErrType},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f, err := Read(t.Context(), bytes.NewReader(tt.data), int64(len(tt.data)))
			if err == nil {
				t.Fatalf("is a %s", f.Format)
			}
			if !errors.Is(err, tt.want) {
				t.Errorf("error is %v, want %v", err, tt.want)
			}
		})
	}
}

func TestOffice(t *testing.T) {
	t.Parallel()
	var photo bytes.Buffer
	if err := jpeg.Encode(&photo, image.NewGray(image.Rect(0, 0, 16, 16)), nil); err != nil {
		t.Fatal(err)
	}
	exif := "\xff\xe1\x00\x2eExif\x00\x00MM\x00\x2a\x00\x00\x00\x08\x00\x01\x88\x25\x00\x04\x00\x00\x00\x01\x00\x00\x00\x1a\x00\x00\x00\x00" + secret + "\x00"
	withGPS := photo.String()[:2] + exif + photo.String()[2:]
	f, stored := clean(t, docx(t, entry{"word/media/image1.jpeg", withGPS}, entry{"word/embeddings/sheet.xlsx", "x"}, entry{"word/media/Été.png", "x"}))
	if f.Format != DOCX || f.Title != "Minutes & more" || f.Language != "es" || f.Pages != 3 {
		t.Errorf("read %+v", f)
	}
	if f.Text != "First line\nsecond\n" {
		t.Errorf("Text = %q", f.Text)
	}
	wantCodes(t, "Flags", f.Flags, "changes", "comments", "embedded_files")
	wantCodes(t, "Removed", f.Removed, "author", "camera", "gps", "other", "thumbnail")
	z, err := zip.NewReader(bytes.NewReader(stored), int64(len(stored)))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range z.File {
		b, err := readEntry(e, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(b, []byte(secret)) {
			t.Errorf("%s still says who: %s", e.Name, b)
		}
		if e.Comment != "" || len(e.Extra) > 0 || !e.Modified.IsZero() && e.Modified.Year() > 1980 {
			t.Errorf("%s has comment %q, extra %q, time %v", e.Name, e.Comment, e.Extra, e.Modified)
		}
		if strings.Contains(e.Name, "media/") && strings.HasSuffix(e.Name, ".png") && e.Name != "word/media/Été.png" || e.NonUTF8 {
			t.Errorf("the name became %q", e.Name)
		}
		if strings.Contains(e.Name, "thumbnail") {
			t.Errorf("%s is still there", e.Name)
		}
		if e.Name == "_rels/.rels" && (bytes.Contains(b, []byte("thumbnail")) || !bytes.Contains(b, []byte("document.xml"))) {
			t.Errorf("links are %s", b)
		}
		if e.Name == "word/media/image1.jpeg" {
			if _, err := jpeg.Decode(bytes.NewReader(b)); err != nil {
				t.Errorf("the photo: %v", err)
			}
		}
	}
}

func TestOtherOffice(t *testing.T) {
	t.Parallel()
	sheet := zipped(t, contentTypes("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"),
		entry{"xl/sharedStrings.xml", "<sst><si><t>Name</t></si><si><t>Town</t></si></sst>"},
		entry{"xl/comments1.xml", "<comments><authors><author>" + secret + "</author></authors></comments>"},
		entry{"xl/persons/person.xml", `<personList><person displayName="` + secret + `" id="{1}" userId="` + secret + `" providerId="None"/></personList>`})
	slides := zipped(t, contentTypes("application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"),
		entry{"ppt/slides/slide1.xml", "<a:p><a:t>Welcome</a:t></a:p>"}, entry{"ppt/slides/slide2.xml", "<a:p><a:t>Thanks</a:t></a:p>"},
		entry{"ppt/commentAuthors.xml", `<p:cmAuthor id="0" name="` + secret + `" initials="S"/>`})
	book := zipped(t, entry{"mimetype", "application/epub+zip"}, entry{"META-INF/container.xml", "<x/>"},
		entry{"OEBPS/content.opf", `<package xmlns:dc="d"><metadata><dc:title>A book</dc:title><dc:language>ar</dc:language></metadata></package>`},
		entry{"OEBPS/one.xhtml", "<html><style>p{}</style><body><p>Once&nbsp;upon</p><script>x()</script></body></html>"})
	for _, tt := range []struct {
		data              []byte
		format            Format
		title, lang, text string
		pages             int
		flags             []string
	}{
		{sheet, XLSX, "", "", "Name\nTown\n", 0, []string{"comments"}},
		{slides, PPTX, "", "", "Welcome\nThanks\n", 2, []string{"no_title"}},
		{odt(t), ODT, "Notes", "nl", "Heading\nBody text\n", 7, []string{"comments"}},
		{book, EPUB, "A book", "ar", "Once\u00a0upon\n", 0, nil},
	} {
		t.Run(string(tt.format), func(t *testing.T) {
			t.Parallel()
			f, _ := clean(t, tt.data)
			if f.Format != tt.format || f.Title != tt.title || f.Language != tt.lang || f.Pages != tt.pages {
				t.Errorf("read %s %q %q, %d pages", f.Format, f.Title, f.Language, f.Pages)
			}
			if f.Text != tt.text {
				t.Errorf("Text = %q, want %q", f.Text, tt.text)
			}
			wantCodes(t, "Flags", f.Flags, tt.flags...)
		})
	}
}

func TestCSV(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, in, stored string
		flags            []string
	}{
		{"comma", "town,people\nGenève,200000\n", "town,people\nGenève,200000\n", nil},
		{"semicolon and quotes", "\ufefftown;note\nLyon;\"a; b\nc\"\n", "\ufefftown;note\nLyon;\"a; b\nc\"\n", nil},
		{"tab", "a\tb\nc\td", "a\tb\nc\td", nil},
		{"Windows", "town,people\nGen\xe8ve,\x80 5\n", "town,people\nGenève,€ 5\n", nil},
		{"numbers and phones", "a,b\n-12.5,+41 22 730 42 22\n", "a,b\n-12.5,+41 22 730 42 22\n", nil},
		{"formula", "a,b\n\"=HYPERLINK(\"\"http://x\"\")\",2\n", "a,b\n\"=HYPERLINK(\"\"http://x\"\")\",2\n", []string{"formula"}},
		{"command", "a,b\n@SUM(1),2\n", "a,b\n@SUM(1),2\n", []string{"formula"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := read(t, []byte(tt.in))
			var b bytes.Buffer
			if err := f.Clean(t.Context(), &b); err != nil {
				t.Fatal(err)
			}
			if f.Format != CSV || b.String() != tt.stored {
				t.Errorf("stored %s %q, want %q", f.Format, b.String(), tt.stored)
			}
			wantCodes(t, "Flags", f.Flags, tt.flags...)
		})
	}
}

// TestLongCSV cuts characters at every place a buffer may end.
func TestLongCSV(t *testing.T) {
	t.Parallel()
	for shift := range 4 {
		text := strings.Repeat("x", shift) + "," + strings.Repeat("é€𝄞\n,", 20_000)
		f := read(t, []byte(text))
		var b bytes.Buffer
		if err := f.Clean(t.Context(), &b); err != nil || b.String() != text {
			t.Errorf("shift %d: stored something else, %v", shift, err)
		}
	}
}

func TestVTT(t *testing.T) {
	t.Parallel()
	in := "\ufeffWEBVTT made by " + secret + "\r\n\r\nNOTE " + secret + "\r\nmore\r\n\r\n1\r\n00:01.000 --> 00:02.500 align:start\r\n<v Ana>Hello</v>\r\n\r\n01:00:00.000 --> 01:00:03.000\r\nBye\r\n"
	f, stored := clean(t, []byte(in))
	want := "WEBVTT\n\n1\n00:01.000 --> 00:02.500 align:start\n<v Ana>Hello</v>\n\n01:00:00.000 --> 01:00:03.000\nBye\n"
	if string(stored) != want {
		t.Errorf("stored %q, want %q", stored, want)
	}
	if f.Text != "Hello\nBye\n" || f.Duration != time.Hour+3*time.Second {
		t.Errorf("Text = %q, Duration = %v", f.Text, f.Duration)
	}
	wantCodes(t, "Removed", f.Removed, "comment")
}

func TestMP3(t *testing.T) {
	t.Parallel()
	sound := mp3Sound(100)
	tags := id3(entry{"TIT2", "\x01\xff\xfeS\x00o\x00n\x00g\x00"}, entry{"TPE1", "\x03" + secret}, entry{"APIC", "\x00image/png\x00\x03\x00" + secret}, entry{"GEOB", secret}, entry{"PRIV", secret})
	ape := append([]byte(secret), append([]byte("APETAGEX\xd0\x07\x00\x00"), append([]byte{43, 0, 0, 0}, make([]byte, 16)...)...)...)
	v1 := append([]byte("TAG"+secret), make([]byte, 125-len(secret))...)
	data := bytes.Join([][]byte{tags, make([]byte, 50), sound, ape, v1}, nil)
	f := read(t, data)
	var b bytes.Buffer
	if err := f.Clean(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(b.Bytes(), sound) {
		t.Errorf("stored %d bytes, want the %d of the sound", b.Len(), len(sound))
	}
	if f.Title != "Song" || f.Duration.Round(10*time.Millisecond) != 2610*time.Millisecond {
		t.Errorf("Title = %q, Duration = %v", f.Title, f.Duration)
	}
	wantCodes(t, "Removed", f.Removed, "author", "other", "thumbnail")
}

func TestMP4(t *testing.T) {
	t.Parallel()
	in := mp4()
	f, stored := clean(t, in)
	if f.Duration != 2*time.Second || f.Width != 640 || f.Height != 360 {
		t.Errorf("is %d×%d, %v", f.Width, f.Height, f.Duration)
	}
	if len(stored) != len(in) || !bytes.HasSuffix(stored, []byte("mdatsamples")) {
		t.Error("samples have moved")
	}
	if bytes.Contains(stored, []byte("xyz")) || bytes.Contains(stored, []byte("+46")) || bytes.Contains(stored, []byte{0xe0, 1, 2, 3}) {
		t.Error("place or date is still there")
	}
	wantCodes(t, "Removed", f.Removed, "date", "gps", "other", "xmp")
	places := bytes.Replace(in, []byte("vide"), []byte("meta"), 1)
	wantCodes(t, "Flags", read(t, places).Flags, "location_kept")
}

func TestWebM(t *testing.T) {
	t.Parallel()
	for _, live := range []bool{false, true} {
		in := webm(live)
		f, stored := clean(t, in)
		if f.Duration != 3*time.Second || f.Width != 640 || f.Height != 360 || f.Title != "A film" || len(stored) != len(in) {
			t.Errorf("is %q %d×%d, %v", f.Title, f.Width, f.Height, f.Duration)
		}
		wantCodes(t, "Removed", f.Removed, "camera", "date", "other")
	}
}

func TestCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, data := range map[string][]byte{"pdf": tellingPDF(), "docx": docx(t), "mp4": mp4(), "csv": []byte("a,b\nc,d\n")} {
		f := read(t, data)
		if _, err := Read(ctx, bytes.NewReader(data), int64(len(data))); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: Read = %v", name, err)
		}
		if err := f.Clean(ctx, io.Discard); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: Clean = %v", name, err)
		}
	}
}
