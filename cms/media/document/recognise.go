package document

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// headSize is how much of the start of a file is looked at.
const headSize = 64 << 10

// Recognise names the format of a file by its content. The error is ErrType,
// ErrOldOffice, ErrEncrypted, ErrMacro, ErrArchive, ErrDamaged, or one of the
// reader.
func Recognise(r io.ReaderAt, size int64) (f Format, err error) {
	defer recovered(&err)
	if size == 0 {
		return "", fmt.Errorf("%w: empty", ErrType)
	}
	head := make([]byte, min(size, headSize))
	if n, err := r.ReadAt(head, 0); n < len(head) {
		return "", err
	}
	has := func(signature string) bool { return bytes.HasPrefix(head, []byte(signature)) }
	switch {
	case bytes.Contains(head[:min(len(head), 1024)], []byte("%PDF-")):
		return PDF, nil
	case has("PK\x03\x04"):
		return recogniseZip(r, size)
	case has("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
		// A locked file of today is wrapped in one of yesterday.
		if bytes.Contains(head, utf16le("EncryptedPackage")) {
			return "", ErrEncrypted
		}
		return "", ErrOldOffice
	case has("\x1a\x45\xdf\xa3"):
		if bytes.Contains(head[:min(len(head), 128)], []byte("\x42\x82\x84webm")) {
			return WebM, nil
		}
		return "", fmt.Errorf("%w: Matroska", ErrType)
	case len(head) > 12 && string(head[4:8]) == "ftyp":
		return recogniseMP4(head)
	case has("ID3"), len(head) > 4 && head[0] == 0xff && head[1]&0xe0 == 0xe0:
		if _, err := findMP3(r, size); err != nil {
			return "", err
		}
		return MP3, nil
	case startsVTT(head):
		return VTT, nil
	}
	if looksCSV(head, int64(len(head)) == size) {
		return CSV, nil
	}
	return "", ErrType
}

func utf16le(s string) []byte {
	var b []byte
	for _, c := range []byte(s) {
		b = append(b, c, 0)
	}
	return b
}

// recogniseMP4 tells a film for the web from pictures and from QuickTime,
// which browsers do not play.
func recogniseMP4(head []byte) (Format, error) {
	brand := string(head[8:12])
	if strings.HasPrefix(brand, "iso") || strings.HasPrefix(brand, "mp4") || strings.HasPrefix(brand, "M4V") ||
		slices.Contains([]string{"avc1", "dash", "MSNV", "M4A ", "f4v ", "hvc1", "3gp4", "3gp5", "mmp4"}, brand) {
		return MP4, nil
	}
	return "", fmt.Errorf("%w: container %q", ErrType, brand)
}

func startsVTT(head []byte) bool {
	head = bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))
	rest, ok := bytes.CutPrefix(head, []byte("WEBVTT"))
	return ok && (len(rest) == 0 || rest[0] == ' ' || rest[0] == '\t' || rest[0] == '\n' || rest[0] == '\r')
}

// The media types of the main part of an Office Open XML file. Templates and
// add-ins are not on the list, nor is anything that says "macroEnabled".
var ooxml = []struct {
	mime   string
	format Format
}{
	{"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml", DOCX},
	{"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml", XLSX},
	{"application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml", PPTX},
	{"application/vnd.openxmlformats-officedocument.presentationml.slideshow.main+xml", PPTX},
}

// recogniseZip tells office files and books from other archives, by the parts
// that each must have.
func recogniseZip(r io.ReaderAt, size int64) (Format, error) {
	z, err := openZip(r, size)
	if err != nil {
		return "", err
	}
	first := func(name string) (string, error) {
		for _, f := range z.File {
			if f.Name == name {
				b, err := readEntry(f, 1<<20)
				return string(b), err
			}
		}
		return "", nil
	}
	mime, err := first("mimetype")
	if err != nil {
		return "", err
	}
	mime = strings.TrimSpace(mime)
	for _, f := range []Format{ODT, ODS, ODP, EPUB} {
		if mime == f.MIME() {
			return f, noMacros(z)
		}
	}
	types, err := first("[Content_Types].xml")
	if err != nil {
		return "", err
	}
	if strings.Contains(types, "macroEnabled") {
		return "", ErrMacro
	}
	for _, main := range ooxml {
		if strings.Contains(types, `"`+main.mime+`"`) {
			return main.format, noMacros(z)
		}
	}
	return "", fmt.Errorf("%w: an archive", ErrType)
}

// noMacros looks for the parts in which programs are kept.
func noMacros(z *zip.Reader) error {
	for _, f := range z.File {
		name := strings.ToLower(f.Name)
		if strings.HasSuffix(name, "vbaproject.bin") || strings.Contains(name, "/activex/") || strings.Contains(name, "/macrosheets/") ||
			strings.HasPrefix(name, "basic/") || strings.HasPrefix(name, "scripts/") {
			return fmt.Errorf("%w: %s", ErrMacro, f.Name)
		}
	}
	return nil
}

// looksCSV reports whether a head of a file, or all of it, is a table: text,
// of several columns, as many in nearly all lines.
func looksCSV(head []byte, whole bool) bool {
	if !whole {
		i := bytes.LastIndexByte(head, '\n')
		if i < 0 {
			return false
		}
		head = head[:i+1]
	}
	if !isText(head) {
		return false
	}
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")
	if len(text) == 0 || text[0] == '<' || text[0] == '{' || bytes.HasPrefix(text, []byte("#!")) || bytes.HasPrefix(text, []byte("[")) {
		return false
	}
	_, err := separator(text)
	return err == nil
}

// isText reports whether b may be UTF-8, perhaps cut off, or Windows-1252: in
// either, there are no control characters but white space.
func isText(b []byte) bool {
	for _, c := range b {
		if c < 0x20 && c != '\t' && c != '\n' && c != '\r' || c == 0x7f {
			return false
		}
	}
	if validUTF8Head(b) {
		return true
	}
	for _, c := range b {
		if slices.Contains([]byte{0x81, 0x8d, 0x8f, 0x90, 0x9d}, c) {
			return false
		}
	}
	return true
}

// validUTF8Head is utf8.Valid but for a character cut off at the end.
func validUTF8Head(b []byte) bool {
	for range utf8.UTFMax {
		if utf8.Valid(b) {
			return true
		}
		if len(b) == 0 || b[len(b)-1] < 0x80 {
			return false
		}
		b = b[:len(b)-1]
	}
	return false
}

var errNoTable = errors.New("no table")
