package cms

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"meridian/models"
	"meridian/models/store"
)

// Bounds of a list of redirects.
const (
	ImportMaxBytes = 2 << 20
	ImportMaxRows  = 20_000
)

// RedirectImport is a list of redirects as a file or a pasted text: two or
// three columns, "from,to" and perhaps the language of addresses that name
// none.
type RedirectImport struct {
	Text []byte
	Host string // as in NewRedirect
	// Dry only tells what would happen.
	Dry bool
}

// Verdicts on a row of an import.
const (
	ImportAdd     = "add"     // is added, or would be
	ImportThere   = "there"   // leads there already
	ImportRefused = "refused" // Problem says why
)

// ImportRow is a row of an import and what becomes of it.
type ImportRow struct {
	Line           int // in the file, from 1
	From, To, Lang string
	Verdict        string
	// Address and Target are what a row that is not refused means.
	Address, Target string
	Problem         *models.Problem
}

// ImportResult says what becomes of each row, in the order of the file.
type ImportResult struct {
	Rows                []ImportRow
	Add, There, Refused int
	// Text is the list as it was read, in UTF-8.
	Text string
}

// ImportRedirects adds the good rows of a list of redirects, all of them or, on
// an error, none; rows that are refused are told of and keep nobody else out.
// The rows of a list may lead to each other: each ends up at its end. A list
// that cannot be read at all is a *models.InvalidError for "text".
func (c *CMS) ImportRedirects(ctx context.Context, by models.User, in RedirectImport) (out ImportResult, err error) {
	if !by.Administrator() {
		return out, models.ErrForbidden
	}
	text, err := decodeImport(in.Text)
	if err != nil {
		return out, err
	}
	rows, err := readImport(text)
	if err != nil {
		return out, err
	}
	defer func() { out.Text = string(text) }()
	if in.Dry {
		err = c.view(ctx, func(r *store.Read) error {
			x, err := newRedirector(r, by, in.Host)
			if err != nil {
				return err
			}
			out, _, err = x.judge(ctx, rows)
			return err
		})
		return out, err
	}
	err = c.tx(ctx, func(tx *store.Tx) error {
		x, err := newRedirector(&tx.Read, by, in.Host)
		if err != nil {
			return err
		}
		var list []planned
		if out, list, err = x.judge(ctx, rows); err != nil || len(list) == 0 {
			return err
		}
		if err := x.add(tx, list, models.AddressImported); err != nil {
			return err
		}
		return tx.Audit(by.ID, "redirect-import", "addresses", fmt.Sprint(len(list)))
	})
	return out, err
}

// judge says what becomes of each row, and returns those to be added.
func (x *redirector) judge(ctx context.Context, rows []ImportRow) (out ImportResult, list []planned, err error) {
	spots := make([]spot, len(rows))
	first := map[spot]int{}
	for i := range rows {
		row := &rows[i]
		if row.Problem != nil {
			continue
		}
		if spots[i], row.Problem, err = x.from(row.From, row.Lang); err != nil {
			return out, nil, err
		}
		if _, twice := first[spots[i]]; row.Problem == nil && !twice {
			first[spots[i]] = i
			x.pending[spots[i]] = row.To
		}
	}
	ends := make([]landing, len(rows))
	for i := range rows {
		if err := ctx.Err(); err != nil {
			return out, nil, err
		}
		row, from := &rows[i], spots[i]
		if row.Problem == nil {
			if ends[i], row.Problem, err = x.follow(from, row.To); err != nil {
				return out, nil, err
			}
		}
		if row.Problem == nil {
			row.Address, row.Target = from.String(), ends[i].String()
			if before := first[from]; before != i {
				row.Problem = refuse("redirect_twice", "line", rows[before].Line)
				if rows[before].Verdict != ImportRefused && rows[before].Target == row.Target {
					row.Problem = refuse("redirect_same")
				}
			} else if row.Problem, err = x.there(from, ends[i]); err != nil {
				return out, nil, err
			}
		}
		switch {
		case row.Problem == nil:
			row.Verdict = ImportAdd
			out.Add++
			list = append(list, planned{from, ends[i]})
		case row.Problem.Code == "redirect_same":
			row.Verdict, row.Problem = ImportThere, nil
			out.There++
		default:
			row.Verdict = ImportRefused
			out.Refused++
		}
	}
	out.Rows = rows
	return out, list, nil
}

// importHeads are the names of columns in a header, by what the column holds.
var importHeads = [3][]string{
	{"from", "old", "source", "old address", "old url"},
	{"to", "new", "target", "destination", "new address", "new url"},
	{"lang", "language"},
}

// decodeImport returns a list in UTF-8. A mark at its beginning says how it is
// written; without one it is UTF-8 or nothing we can read.
func decodeImport(text []byte) ([]byte, error) {
	if len(text) > ImportMaxBytes {
		return nil, models.Invalid("text", "import_large", "max", ImportMaxBytes>>20)
	}
	text, err := io.ReadAll(transform.NewReader(bytes.NewReader(text), unicode.BOMOverride(transform.Nop)))
	switch {
	case err != nil || !utf8.Valid(text):
		return nil, models.Invalid("text", "import_encoding")
	case len(text) > ImportMaxBytes: // it grew
		return nil, models.Invalid("text", "import_large", "max", ImportMaxBytes>>20)
	}
	return text, nil
}

// readImport cuts a list up into rows: separated by commas, semicolons or tabs,
// whichever the first row has most of, quoted or not, with or without a
// header.
func readImport(text []byte) ([]ImportRow, error) {
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma = separator(text)
	r.FieldsPerRecord = -1
	r.TrimLeadingSpace = r.Comma != '\t' // which is a space itself
	columns := []int{0, 1, 2}
	var rows []ImportRow
	for begun := false; ; {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			line := 0
			if p := (*csv.ParseError)(nil); errors.As(err, &p) {
				line = p.StartLine
			}
			return nil, models.Invalid("text", "import_quotes", "line", line)
		}
		line, _ := r.FieldPos(0)
		if !begun {
			begun = true
			if heads := header(record); heads != nil {
				columns = heads
				continue
			}
		}
		cell := func(i int) string {
			if columns[i] >= 0 && columns[i] < len(record) {
				return strings.TrimSpace(record[columns[i]])
			}
			return ""
		}
		row := ImportRow{Line: line, From: cell(0), To: cell(1), Lang: cell(2)}
		if row.From == "" && row.To == "" {
			continue
		}
		if len(rows) == ImportMaxRows {
			return nil, models.Invalid("text", "import_long", "max", ImportMaxRows)
		}
		if row.To == "" {
			row.Problem = refuse("redirect_nowhere")
		}
		rows = append(rows, row)
	}
	if len(rows) == 0 {
		return nil, models.Invalid("text", "import_empty")
	}
	return rows, nil
}

// separator is the sign between the columns of the first row that has any.
func separator(text []byte) rune {
	for line := range bytes.Lines(text) {
		best, most := ',', 0
		for _, sign := range "\t;," {
			if n := bytes.Count(line, []byte(string(sign))); n > most {
				best, most = sign, n
			}
		}
		if most > 0 {
			return best
		}
	}
	return ','
}

// header returns which columns hold what, -1 for none, when a first row names
// them; nil when it holds addresses already.
func header(record []string) []int {
	columns := []int{-1, -1, -1}
	for i, cell := range record {
		name := strings.ToLower(strings.TrimSpace(cell))
		for what, names := range importHeads {
			if columns[what] < 0 && slices.Contains(names, name) {
				columns[what] = i
			}
		}
	}
	if columns[0] < 0 || columns[1] < 0 {
		return nil
	}
	return columns
}
