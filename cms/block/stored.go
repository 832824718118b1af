package block

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// Decode reads a document that was checked when it was stored. It asks for the
// shape only, not the limits and choices of the registry: those may have become
// narrower since, and what was published must stay readable. Texts from outside
// go through Parse.
func Decode(raw []byte) (*Document, error) {
	if d, ok := decodeStored(string(raw)); ok {
		return d, nil
	}
	// Something is not as it is stored: the careful reader says what.
	return decodeAny(raw)
}

// decodeAny is Decode for JSON in any form.
func decodeAny(raw []byte) (*Document, error) {
	r := reader{dec: jsontext.NewDecoder(bytes.NewBuffer(raw))}
	d := r.document()
	if r.err != nil {
		return nil, r.err
	}
	if len(r.problems) > 0 {
		return nil, &InvalidError{r.problems}
	}
	d.inline()
	return d, nil
}

// inline makes nodes of the lists that the registry says are inline text: they
// look like any other list until it is asked.
func (d *Document) inline() {
	for i := range d.Doc.Content {
		n := &d.Doc.Content[i]
		if len(n.Attrs) == 0 {
			continue
		}
		spec := specByType[n.Type]
		if spec == nil {
			continue
		}
		for _, a := range spec.Attrs {
			if a.Type != TypeInline {
				continue
			}
			if list, ok := n.Attrs[a.Name].([]any); ok {
				n.Attrs[a.Name] = (&validator{}).nodesOf(list)
			}
		}
	}
}

// decodeStored reads what this package writes (Document.JSON), without looking
// for what it never writes, and reports whether that is all there was. It takes
// some two thirds of the time and of the allocations of reading tokens
// (BenchmarkPage40); lists and searches decode twenty texts for an answer. Strings
// are parts of raw.
func decodeStored(raw string) (*Document, bool) {
	if !utf8.ValidString(raw) {
		return nil, false
	}
	for i := range len(raw) {
		if raw[i] < ' ' {
			return nil, false
		}
	}
	s := scanner{in: raw}
	d := &Document{}
	seen := 0
	s.object(func(key string) {
		switch key {
		case "schema":
			d.Schema, seen = s.int(), seen|1
		case "lang":
			d.Lang, seen = s.str(), seen|2
		case "doc":
			d.Doc, seen = s.node(), seen|4
		default:
			s.bad = true
		}
	})
	if s.bad || s.at != len(raw) || seen != 7 || d.Schema != Schema {
		return nil, false
	}
	d.inline()
	return d, true
}

// scanner reads JSON without white space. Whatever it does not expect makes it
// bad, after which it reads nothing.
type scanner struct {
	in    string
	at    int
	depth int
	bad   bool
	nodes []Node // read so far, of the arrays that are open
}

// next reports whether c comes next, and passes it.
func (s *scanner) next(c byte) bool {
	if s.at < len(s.in) && s.in[s.at] == c {
		s.at++
		return true
	}
	return false
}

func (s *scanner) must(c byte) {
	if !s.next(c) {
		s.bad = true
	}
}

// enter goes into an object or an array that c opens.
func (s *scanner) enter(c byte) {
	s.must(c)
	if s.depth++; s.depth > MaxJSONDepth {
		s.bad = true
	}
}

func (s *scanner) object(member func(key string)) {
	s.enter('{')
	if !s.bad && !s.next('}') {
		for last := ""; ; {
			key := s.str()
			s.must(':')
			if s.bad || key <= last { // sorted, so none is there twice
				s.bad = true
				return
			}
			last = key
			member(key)
			if s.bad {
				return
			}
			if !s.next(',') {
				s.must('}')
				break
			}
		}
	}
	s.depth--
}

func (s *scanner) array(element func()) {
	s.enter('[')
	if !s.bad && !s.next(']') {
		for {
			element()
			if s.bad {
				return
			}
			if !s.next(',') {
				s.must(']')
				break
			}
		}
	}
	s.depth--
}

func (s *scanner) node() (n Node) {
	s.object(func(key string) {
		switch key {
		case "type":
			n.Type = s.str()
		case "attrs":
			n.Attrs = s.attrs()
		case "content":
			from := len(s.nodes)
			s.array(func() {
				child := s.node() // which uses s.nodes too
				s.nodes = append(s.nodes, child)
			})
			if len(s.nodes) > from {
				n.Content = slices.Clone(s.nodes[from:])
			}
			s.nodes = s.nodes[:from]
		case "text":
			n.Text = s.str()
		case "marks":
			s.array(func() { n.Marks = append(n.Marks, s.mark()) })
		default:
			s.bad = true
		}
	})
	return n
}

func (s *scanner) mark() (m Mark) {
	s.object(func(key string) {
		switch key {
		case "type":
			m.Type = s.str()
		case "attrs":
			m.Attrs = s.attrs()
		default:
			s.bad = true
		}
	})
	return m
}

func (s *scanner) attrs() map[string]any {
	m := map[string]any{}
	s.object(func(key string) { m[key] = s.value() })
	return m
}

// value reads a value as reader.any does; null is never stored.
func (s *scanner) value() any {
	if s.at >= len(s.in) {
		s.bad = true
		return nil
	}
	switch c := s.in[s.at]; {
	case c == '"':
		return s.str()
	case c == '{':
		return s.attrs()
	case c == '[':
		out := []any{}
		s.array(func() { out = append(out, s.value()) })
		return out
	case c == 't':
		s.word("true")
		return true
	case c == 'f':
		s.word("false")
		return false
	}
	return s.int()
}

func (s *scanner) word(w string) {
	if len(s.in)-s.at < len(w) || s.in[s.at:s.at+len(w)] != w {
		s.bad = true
		return
	}
	s.at += len(w)
}

// int reads a whole number of at most nine digits: others are never stored.
func (s *scanner) int() int {
	from := s.at
	s.next('-')
	for s.at < len(s.in) && '0' <= s.in[s.at] && s.in[s.at] <= '9' {
		s.at++
	}
	digits := s.in[from:s.at]
	n, err := strconv.Atoi(digits)
	if err != nil || len(digits) > 9 || strconv.Itoa(n) != digits {
		s.bad = true
	}
	return n
}

// str reads a string. Only quotes, backslashes and control characters are ever
// escaped; a string with U+0000 is none.
func (s *scanner) str() string {
	s.must('"')
	if s.bad {
		return ""
	}
	end := strings.IndexByte(s.in[s.at:], '"')
	if end < 0 {
		s.bad = true
		return ""
	}
	out := s.in[s.at : s.at+end]
	if strings.IndexByte(out, '\\') >= 0 {
		return s.escaped()
	}
	s.at += end + 1
	return out
}

// escaped is str for a string with backslashes.
func (s *scanner) escaped() string {
	from := s.at
	for s.at < len(s.in) {
		switch s.in[s.at] {
		case '\\':
			s.at += 2
		case '"':
			s.at++
			b, err := jsontext.AppendUnquote(nil, s.in[from-1:s.at])
			if err != nil || bytes.IndexByte(b, 0) >= 0 {
				s.bad = true
			}
			return string(b)
		default:
			s.at++
		}
	}
	s.bad = true
	return ""
}
