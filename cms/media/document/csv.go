package document

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/transform"
)

// maxTable is how much of a table is read cell by cell, in bytes.
const maxTable = 16 << 20

// separator finds what stands between the cells of a table: the one of the
// usual four that gives the most lines of the same number of columns.
func separator(text []byte) (rune, error) {
	best, found := rune(0), 0
	for _, sep := range []rune{',', ';', '\t', '|'} {
		r := csv.NewReader(bytes.NewReader(text))
		r.Comma, r.FieldsPerRecord, r.LazyQuotes, r.ReuseRecord = sep, -1, true, true
		counts := map[int]int{}
		lines := 0
		for lines < 1000 {
			record, err := r.Read()
			if err != nil {
				break
			}
			lines++
			counts[len(record)]++
		}
		for columns, n := range counts {
			// Nine of ten lines: tables have titles and sums. One line is a
			// sentence with a comma.
			if columns >= 2 && n >= 2 && 10*n >= 9*lines && n*columns > found {
				best, found = sep, n*columns
			}
		}
	}
	if found == 0 {
		return 0, errNoTable
	}
	return best, nil
}

// readCSV reads all of a table. One that is no UTF-8 is Windows-1252, and is
// written as UTF-8, so that it can be served as what it is.
func (f *File) readCSV(ctx context.Context, in io.ReaderAt) error {
	utf8Only, err := checkText(ctx, in, f.size)
	if err != nil {
		return err
	}
	open := func(r io.ReaderAt) io.Reader {
		var text io.Reader = io.NewSectionReader(r, 0, f.size)
		if !utf8Only {
			text = transform.NewReader(text, charmap.Windows1252.NewDecoder())
		}
		return text
	}
	f.write = func(ctx context.Context, w io.Writer) error {
		_, err := io.Copy(w, open(&guard{ctx, f.r}))
		return err
	}
	b := bufio.NewReaderSize(open(in), headSize)
	head, err := b.Peek(headSize)
	if err != nil && err != io.EOF {
		return err
	}
	if i := bytes.LastIndexByte(head, '\n'); i >= 0 && err == nil {
		head = head[:i+1]
	}
	sep, err := separator(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")))
	if err != nil {
		return fmt.Errorf("%w: %v", ErrType, err)
	}
	if bytes.HasPrefix(head, []byte("\xef\xbb\xbf")) {
		b.Discard(3)
	}
	// A quote that is never closed makes one cell of all that follows.
	r := csv.NewReader(io.LimitReader(b, maxTable))
	r.Comma, r.FieldsPerRecord, r.LazyQuotes, r.ReuseRecord = sep, -1, true, true
	var text strings.Builder
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("%w: %v", ErrDamaged, err)
		}
		for _, cell := range record {
			if runs(cell) {
				f.flag("formula")
			}
			if text.Len() < MaxText {
				text.WriteString(cell)
				text.WriteByte(' ')
			}
		}
		text.WriteByte('\n')
		if text.Len() > MaxText && len(f.Flags) > 0 {
			break // nothing more to learn: the text was checked before
		}
	}
	f.Text = text.String()
	return nil
}

// checkText reads a text to its end. It reports whether it is UTF-8.
func checkText(ctx context.Context, in io.ReaderAt, size int64) (utf8Only bool, err error) {
	utf8Only, other := true, true
	var rest []byte
	buf := make([]byte, 64<<10)
	r := io.NewSectionReader(in, 0, size)
	for {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		n, err := io.ReadFull(r, buf)
		b := append(rest, buf[:n]...)
		other = other && isText(b) // also when only a character is cut off
		if bytes.IndexByte(b, 0) >= 0 {
			return false, fmt.Errorf("%w: not text", ErrType)
		}
		last := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		utf8Only = utf8Only && validUTF8Head(b) && (!last || utf8.Valid(b))
		rest = nil
		if i := lastRune(b); !last && i < len(b) {
			rest = bytes.Clone(b[i:])
		}
		if last {
			break
		}
		if err != nil {
			return false, err
		}
	}
	if !other {
		return false, fmt.Errorf("%w: not text", ErrType)
	}
	return utf8Only, nil
}

// lastRune is where a character begins that is cut off at the end of b, or
// len(b).
func lastRune(b []byte) int {
	for i := len(b) - 1; i >= max(0, len(b)-utf8.UTFMax); i-- {
		if utf8.RuneStart(b[i]) {
			if !utf8.FullRune(b[i:]) {
				return i
			}
			break
		}
	}
	return len(b)
}

// runs reports whether a spreadsheet would take a cell for a formula. A number
// with its sign is none.
func runs(cell string) bool {
	if cell == "" || !strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return false
	}
	number := strings.NewReplacer(",", "", ".", "", " ", "", "\u00a0", "", "%", "", "'", "").Replace(cell[1:])
	if _, err := strconv.ParseUint(number, 10, 64); err == nil || number == "" {
		return cell[0] == '='
	}
	// "+41 22 730 42 22", "- none": letters are needed to do anything.
	return cell[0] == '=' || cell[0] == '@' || strings.ContainsAny(cell, "(!|")
}
