// Package document makes uploaded documents, recordings and data files safe to
// keep, and tells what an editor and a search should know of them.
//
// [Read] decides by the content what a file is, and refuses what is not on the
// closed list, what is damaged, and what carries macros. It says how many pages
// there are, in which language, with which text, and warns ([File.Flags]).
// [File.Clean] writes the file to keep: who made it, where, when and with what
// is gone from it, as far as that is possible without another program that
// understands the whole format; where it is not, a flag says so.
//
// Nothing here starts goroutines, keeps state or knows a file system. Files are
// read in place, never as a whole.
//
// # What is removed
//
//   - PDF: the values of the information dictionary, save the title, and the
//     XMP streams, overwritten in place by as many bytes, in every revision
//     that the file holds. An incremental update would leave the old ones in.
//     See pdf_clean.go. Pictures in a PDF and names on annotations stay.
//   - Office files: properties, the preview, names on comments and tracked
//     changes, and what the zip says of times and users. Comments themselves
//     stay, with a flag. Photos inside lose their EXIF.
//   - EPUB: nothing but what the zip says; its author is meant to be read.
//   - MP3: all tags. MP4, WebM: tags, location, dates, names of programs, in
//     place. WebVTT: notes. CSV: nothing.
package document

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Format is a format of the closed list.
type Format string

// The formats taken.
const (
	PDF  Format = "pdf"
	DOCX Format = "docx"
	XLSX Format = "xlsx"
	PPTX Format = "pptx"
	ODT  Format = "odt"
	ODS  Format = "ods"
	ODP  Format = "odp"
	EPUB Format = "epub"
	CSV  Format = "csv"
	VTT  Format = "vtt"
	MP3  Format = "mp3"
	MP4  Format = "mp4"
	WebM Format = "webm"
)

// The kinds of formats.
const (
	KindDocument = "document"
	KindData     = "data"
	KindCaptions = "captions"
	KindAudio    = "audio"
	KindVideo    = "video"
)

var formats = map[Format]struct{ mime, kind string }{
	PDF:  {"application/pdf", KindDocument},
	DOCX: {"application/vnd.openxmlformats-officedocument.wordprocessingml.document", KindDocument},
	XLSX: {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", KindDocument},
	PPTX: {"application/vnd.openxmlformats-officedocument.presentationml.presentation", KindDocument},
	ODT:  {"application/vnd.oasis.opendocument.text", KindDocument},
	ODS:  {"application/vnd.oasis.opendocument.spreadsheet", KindDocument},
	ODP:  {"application/vnd.oasis.opendocument.presentation", KindDocument},
	EPUB: {"application/epub+zip", KindDocument},
	CSV:  {"text/csv; charset=utf-8", KindData},
	VTT:  {"text/vtt; charset=utf-8", KindCaptions},
	MP3:  {"audio/mpeg", KindAudio},
	MP4:  {"video/mp4", KindVideo},
	WebM: {"video/webm", KindVideo},
}

// MIME is the media type to serve the format with.
func (f Format) MIME() string { return formats[f].mime }

// Ext is the extension of the format, without a dot.
func (f Format) Ext() string { return string(f) }

// Kind is one of the Kind constants, or "" for no format.
func (f Format) Kind() string { return formats[f].kind }

// What Read refuses. Each is a reason to tell the person who sent the file.
var (
	ErrType      = errors.New("not a file of a known type")
	ErrOldOffice = fmt.Errorf("an office file in the format before 2007: %w", ErrType)
	ErrTooLarge  = errors.New("larger inside than is taken")
	ErrDamaged   = errors.New("the file is damaged")
	ErrEncrypted = errors.New("the file is locked with a password")
	ErrMacro     = errors.New("the file carries macros")
	ErrArchive   = errors.New("an archive with entries that are not allowed")
)

const (
	// MaxText is the most of the text that is given, in bytes.
	MaxText = 1 << 20
	// patience is how long Read looks at a file.
	patience = 20 * time.Second
)

// File is a file that was recognised. Its reader must stay open as long as the
// File is used.
type File struct {
	Format Format
	// Pages counts pages or slides; 0 is unknown.
	Pages int
	// Title and Language are what the file says itself, or "". The language is
	// a tag such as "pt-BR", not checked.
	Title, Language string
	// Text is for a search: without layout, at most MaxText bytes.
	Text string
	// Flags lists, sorted, what an editor is warned of:
	//
	//	author_kept     who made it could not be removed
	//	changes         tracked changes in an office file
	//	comments        comments in an office file
	//	embedded_files  other files inside, which nobody looked into
	//	encrypted       a PDF that opens without a password, but is locked
	//	formula         a CSV whose cells, in its first 16 MB, a spreadsheet runs
	//	javascript      scripts in a PDF or EPUB
	//	launch          a PDF that starts programs
	//	location_kept   a video with a track of places
	//	no_title        no title for those who cannot see the page
	//	scanned         a PDF of pictures, without text
	//	untagged        a PDF that does not say what is a heading or a list
	Flags []string
	// Removed lists, sorted, what Clean leaves out: author, camera, comment,
	// date, gps, other, thumbnail, xmp; of photos in an office file also iptc
	// and profile.
	Removed []string
	// Width and Height are those of a video in pixels, or 0.
	Width, Height int
	// Duration is that of a recording or of captions, or 0 if unknown.
	Duration time.Duration

	r     io.ReaderAt
	size  int64
	write func(ctx context.Context, w io.Writer) error
}

// Read recognises a file by its content and reads what there is to know. It
// gives up after twenty seconds. The error is one of this package's, or of the
// reader or the context.
func Read(ctx context.Context, r io.ReaderAt, size int64) (f *File, err error) {
	defer recovered(&err)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	f = &File{r: r, size: size}
	// A reader that fails when time is up ends every loop that reads.
	in := &guard{limited, r}
	if f.Format, err = Recognise(in, size); err == nil {
		switch f.Format {
		case PDF:
			err = f.readPDF(limited, in)
		case DOCX, XLSX, PPTX, ODT, ODS, ODP, EPUB:
			err = f.readZip(limited, in)
		case CSV:
			err = f.readCSV(limited, in)
		case VTT:
			err = f.readVTT(in)
		case MP3:
			err = f.readMP3(in)
		case MP4:
			err = f.readMP4(in)
		case WebM:
			err = f.readWebM(in)
		}
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if limited.Err() != nil && err != nil {
		err = fmt.Errorf("%w: takes more than %v to read", ErrTooLarge, patience)
	}
	if err != nil {
		return nil, fmt.Errorf("read file: %w", err)
	}
	slices.Sort(f.Flags)
	slices.Sort(f.Removed)
	f.Title, f.Language = oneLine(f.Title, 300), oneLine(f.Language, 35)
	f.Text = strings.ToValidUTF8(f.Text[:min(len(f.Text), MaxText)], "")
	return f, nil
}

// Clean writes the file to keep. The same file gives the same bytes. The error
// is one of the reader, the writer or the context, or ErrDamaged; what was
// written then is of no use.
func (f *File) Clean(ctx context.Context, w io.Writer) (err error) {
	defer recovered(&err)
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := f.write(ctx, w); err != nil {
		return fmt.Errorf("clean file: %w", err)
	}
	return nil
}

func (f *File) flag(code string) { f.Flags = addOnce(f.Flags, code) }

func (f *File) removed(code string) { f.Removed = addOnce(f.Removed, code) }

func addOnce(list []string, s string) []string {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

// recovered turns a panic of a parser into ErrDamaged.
func recovered(err *error) {
	if x := recover(); x != nil {
		*err = fmt.Errorf("%w: parser panicked: %v", ErrDamaged, x)
	}
}

// oneLine makes s fit for a field: one line of valid UTF-8 without control
// characters, of at most n bytes.
func oneLine(s string, n int) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == utf8.RuneError {
			return ' '
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > n {
		s = strings.TrimSpace(strings.ToValidUTF8(s[:n], ""))
	}
	return s
}

// guard is a reader that fails once a context is done.
type guard struct {
	ctx context.Context
	r   io.ReaderAt
}

func (g *guard) ReadAt(b []byte, off int64) (int, error) {
	if err := g.ctx.Err(); err != nil {
		return 0, err
	}
	return g.r.ReadAt(b, off)
}

// patch is a stretch of a file that is written as data, and as fill beyond it.
type patch struct {
	off, n int64
	data   []byte
	fill   byte
}

// patched writes bytes start to end of r with patches in place of what they
// cover. Where two overlap, the one that begins first is written.
func patched(ctx context.Context, w io.Writer, r io.ReaderAt, start, end int64, patches []patch) error {
	slices.SortStableFunc(patches, func(a, b patch) int {
		switch {
		case a.off < b.off:
			return -1
		case a.off > b.off:
			return 1
		}
		return 0
	})
	at := start
	for _, p := range patches {
		if err := ctx.Err(); err != nil {
			return err
		}
		if p.off < at || p.off+p.n > end {
			continue
		}
		if _, err := io.Copy(w, io.NewSectionReader(r, at, p.off-at)); err != nil {
			return err
		}
		if _, err := w.Write(p.data); err != nil {
			return err
		}
		fill := make([]byte, min(p.n, 32<<10))
		for i := range fill {
			fill[i] = p.fill
		}
		for left := p.n - int64(len(p.data)); left > 0; {
			n, err := w.Write(fill[:min(left, int64(len(fill)))])
			if err != nil {
				return err
			}
			left -= int64(n)
		}
		at = p.off + p.n
	}
	_, err := io.Copy(w, io.NewSectionReader(&guard{ctx, r}, at, end-at))
	return err
}

// bytesAt reads n bytes at off, all of them or an error.
func bytesAt(r io.ReaderAt, off int64, n int) ([]byte, error) {
	b := make([]byte, n)
	if got, err := r.ReadAt(b, off); got < n {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return nil, err
	}
	return b, nil
}
