package document

import (
	"bytes"
	"errors"
	"strconv"
)

// The syntax of PDF: values, as they stand in a file or in a decoded stream.

type pdfKind byte

const (
	pdfNull pdfKind = iota
	pdfNumber
	pdfString
	pdfName
	pdfArray
	pdfDict
	pdfRef
	pdfWord // an operator, or true and false
)

// pdfValue is a value and where it stands in what was parsed.
type pdfValue struct {
	kind       pdfKind
	start, end int
	number     float64
	ref        int    // the object referred to
	text       string // of a string, decoded; a name; a word
	array      []pdfValue
	dict       map[string]pdfValue
}

func (v pdfValue) key(name string) pdfValue { return v.dict[name] }

var (
	errPDFSyntax = errors.New("not PDF syntax")
	// errPDFShort says that more bytes are needed than were given.
	errPDFShort = errors.New("value is cut off")
)

const maxPDFDepth = 100

// pdfParser reads values from b.
type pdfParser struct {
	b     []byte
	pos   int
	depth int
}

func pdfSpace(c byte) bool {
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == 0
}

func pdfDelimiter(c byte) bool {
	return bytes.IndexByte([]byte("()<>[]{}/%"), c) >= 0
}

// space goes past white space and comments.
func (p *pdfParser) space() {
	for p.pos < len(p.b) {
		switch c := p.b[p.pos]; {
		case pdfSpace(c):
			p.pos++
		case c == '%':
			for p.pos < len(p.b) && p.b[p.pos] != '\n' && p.b[p.pos] != '\r' {
				p.pos++
			}
		default:
			return
		}
	}
}

// value reads the next value. In a file, "12 0 R" is one; in the content of a
// page there are no references, only numbers.
func (p *pdfParser) value() (pdfValue, error) {
	v, err := p.simple()
	if err != nil || v.kind != pdfNumber || v.number < 0 || v.number != float64(int(v.number)) {
		return v, err
	}
	// Perhaps the first of three words of a reference.
	after := p.pos
	p.space()
	digits := 0
	for p.pos < len(p.b) && p.b[p.pos] >= '0' && p.b[p.pos] <= '9' && digits < 6 {
		p.pos, digits = p.pos+1, digits+1
	}
	if digits > 0 {
		p.space()
		if p.pos < len(p.b) && p.b[p.pos] == 'R' && (p.pos+1 == len(p.b) || pdfSpace(p.b[p.pos+1]) || pdfDelimiter(p.b[p.pos+1])) {
			p.pos++
			return pdfValue{kind: pdfRef, start: v.start, end: p.pos, ref: int(v.number)}, nil
		}
	}
	p.pos = after
	return v, nil
}

// simple reads a value that is no reference.
func (p *pdfParser) simple() (pdfValue, error) {
	p.space()
	if p.pos >= len(p.b) {
		return pdfValue{}, errPDFShort
	}
	v := pdfValue{start: p.pos}
	var err error
	switch c := p.b[p.pos]; c {
	case '(':
		v.kind = pdfString
		v.text, err = p.literal()
	case '<':
		if p.pos+1 < len(p.b) && p.b[p.pos+1] == '<' {
			v.kind = pdfDict
			v.dict, err = p.dictionary()
		} else {
			v.kind = pdfString
			v.text, err = p.hex()
		}
	case '[':
		v.kind = pdfArray
		v.array, err = p.list()
	case '/':
		v.kind = pdfName
		v.text = p.name()
	case ')', ']', '>', '{', '}':
		p.pos++
		v.kind, v.text = pdfWord, string(c)
	default:
		start := p.pos
		for p.pos < len(p.b) && !pdfSpace(p.b[p.pos]) && !pdfDelimiter(p.b[p.pos]) {
			p.pos++
		}
		v.kind, v.text = pdfWord, string(p.b[start:p.pos])
		if c == '+' || c == '-' || c == '.' || c >= '0' && c <= '9' {
			if n, err := strconv.ParseFloat(v.text, 64); err == nil {
				v.kind, v.number = pdfNumber, n
			}
		} else if v.text == "null" {
			v.kind = pdfNull
		}
	}
	v.end = p.pos
	return v, err
}

func (p *pdfParser) literal() (string, error) {
	p.pos++
	var out []byte
	for depth := 1; p.pos < len(p.b); p.pos++ {
		switch c := p.b[p.pos]; c {
		case '(':
			depth++
			out = append(out, c)
		case ')':
			if depth--; depth == 0 {
				p.pos++
				return string(out), nil
			}
			out = append(out, c)
		case '\\':
			p.pos++
			if p.pos >= len(p.b) {
				return "", errPDFShort
			}
			switch c := p.b[p.pos]; c {
			case 'n':
				out = append(out, '\n')
			case 'r':
				out = append(out, '\r')
			case 't':
				out = append(out, '\t')
			case 'b', 'f':
			case '\n':
			case '\r':
				if p.pos+1 < len(p.b) && p.b[p.pos+1] == '\n' {
					p.pos++
				}
			case '0', '1', '2', '3', '4', '5', '6', '7':
				n := 0
				for i := 0; i < 3 && p.pos < len(p.b) && p.b[p.pos] >= '0' && p.b[p.pos] <= '7'; i++ {
					n = 8*n + int(p.b[p.pos]-'0')
					p.pos++
				}
				p.pos--
				out = append(out, byte(n))
			default:
				out = append(out, c)
			}
		default:
			out = append(out, c)
		}
	}
	return "", errPDFShort
}

func unhex(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

func (p *pdfParser) hex() (string, error) {
	p.pos++
	var out []byte
	high := -1
	for ; p.pos < len(p.b); p.pos++ {
		c := p.b[p.pos]
		if c == '>' {
			p.pos++
			if high >= 0 {
				out = append(out, byte(high<<4))
			}
			return string(out), nil
		}
		n := unhex(c)
		switch {
		case n < 0:
		case high < 0:
			high = n
		default:
			out = append(out, byte(high<<4|n))
			high = -1
		}
	}
	return "", errPDFShort
}

// name reads a name; "#4a" in it is a letter, which is how some hide what
// they do.
func (p *pdfParser) name() string {
	p.pos++
	var out []byte
	for p.pos < len(p.b) && !pdfSpace(p.b[p.pos]) && !pdfDelimiter(p.b[p.pos]) {
		c := p.b[p.pos]
		if c == '#' && p.pos+2 < len(p.b) && unhex(p.b[p.pos+1]) >= 0 && unhex(p.b[p.pos+2]) >= 0 {
			c = byte(unhex(p.b[p.pos+1])<<4 | unhex(p.b[p.pos+2]))
			p.pos += 2
		}
		out = append(out, c)
		p.pos++
	}
	return string(out)
}

func (p *pdfParser) list() ([]pdfValue, error) {
	if p.depth++; p.depth > maxPDFDepth {
		return nil, errPDFSyntax
	}
	defer func() { p.depth-- }()
	p.pos++
	var out []pdfValue
	for {
		p.space()
		if p.pos < len(p.b) && p.b[p.pos] == ']' {
			p.pos++
			return out, nil
		}
		v, err := p.value()
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
}

func (p *pdfParser) dictionary() (map[string]pdfValue, error) {
	if p.depth++; p.depth > maxPDFDepth {
		return nil, errPDFSyntax
	}
	defer func() { p.depth-- }()
	p.pos += 2
	out := map[string]pdfValue{}
	for {
		p.space()
		if p.pos >= len(p.b) {
			return nil, errPDFShort
		}
		if p.b[p.pos] == '>' {
			p.pos++
			if p.pos < len(p.b) && p.b[p.pos] == '>' {
				p.pos++
			}
			return out, nil
		}
		if p.b[p.pos] != '/' {
			return nil, errPDFSyntax
		}
		name := p.name()
		v, err := p.value()
		if err != nil {
			return nil, err
		}
		if v.kind == pdfWord && (v.text == ">" || v.text == "]" || v.text == ")") {
			return nil, errPDFSyntax
		}
		out[name] = v
	}
}

// pdfText decodes a text string.
func pdfText(s string) string {
	b := []byte(s)
	switch {
	case len(b) >= 2 && (b[0] == 0xfe && b[1] == 0xff || b[0] == 0xff && b[1] == 0xfe):
		return decodeUTF16(b)
	case bytes.HasPrefix(b, []byte("\xef\xbb\xbf")):
		return string(b[3:])
	}
	return winAnsi(b)
}
