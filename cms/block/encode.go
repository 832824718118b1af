package block

import (
	"strconv"
	"unicode/utf8"
)

// JSON is the document in canonical form: keys sorted and nothing written that
// could be left out, as in RFC 8785, so that equal documents have equal bytes.
// To put it into HTML, escape it first: it contains < and & as they are.
func (d *Document) JSON() []byte {
	b := make([]byte, 0, 4096)
	b = append(b, `{"doc":`...)
	b = appendNode(b, &d.Doc)
	b = append(b, `,"lang":`...)
	b = appendString(b, d.Lang)
	b = append(b, `,"schema":`...)
	b = strconv.AppendInt(b, int64(d.Schema), 10)
	return append(b, '}')
}

// MarshalJSON implements json.Marshaler with JSON.
func (d *Document) MarshalJSON() ([]byte, error) { return d.JSON(), nil }

// UnmarshalJSON implements json.Unmarshaler with Parse.
func (d *Document) UnmarshalJSON(raw []byte) error {
	got, err := Parse(raw)
	if err != nil {
		return err
	}
	*d = *got
	return nil
}

// MarshalJSON writes the node in canonical form.
func (n Node) MarshalJSON() ([]byte, error) { return appendNode(nil, &n), nil }

func appendNode(b []byte, n *Node) []byte {
	b = append(b, '{')
	if len(n.Attrs) > 0 {
		b = append(b, `"attrs":`...)
		b = appendValue(b, n.Attrs)
		b = append(b, ',')
	}
	if len(n.Content) > 0 {
		b = append(b, `"content":`...)
		b = appendNodes(b, n.Content)
		b = append(b, ',')
	}
	if len(n.Marks) > 0 {
		b = append(b, `"marks":[`...)
		for i, m := range n.Marks {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(b, '{')
			if len(m.Attrs) > 0 {
				b = append(b, `"attrs":`...)
				b = appendValue(b, m.Attrs)
				b = append(b, ',')
			}
			b = append(b, `"type":`...)
			b = appendString(b, m.Type)
			b = append(b, '}')
		}
		b = append(b, `],`...)
	}
	if n.Type == "text" {
		b = append(b, `"text":`...)
		b = appendString(b, n.Text)
		b = append(b, ',')
	}
	b = append(b, `"type":`...)
	b = appendString(b, n.Type)
	return append(b, '}')
}

func appendNodes(b []byte, nodes []Node) []byte {
	b = append(b, '[')
	for i := range nodes {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendNode(b, &nodes[i])
	}
	return append(b, ']')
}

func appendValue(b []byte, v any) []byte {
	switch v := v.(type) {
	case string:
		return appendString(b, v)
	case bool:
		return strconv.AppendBool(b, v)
	case int:
		return strconv.AppendInt(b, int64(v), 10)
	case []Node:
		return appendNodes(b, v)
	case map[string]any:
		b = append(b, '{')
		for i, k := range sortedKeys(v) {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendString(b, k)
			b = append(b, ':')
			b = appendValue(b, v[k])
		}
		return append(b, '}')
	}
	if list, ok := anyList(v); ok {
		b = append(b, '[')
		for i, e := range list {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendValue(b, e)
		}
		return append(b, ']')
	}
	if n, ok := wholeNumber(v); ok {
		return strconv.AppendInt(b, int64(n), 10)
	}
	return append(b, "null"...)
}

// appendString writes a JSON string with only the escapes JSON demands.
func appendString(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' && c < utf8.RuneSelf {
			b = append(b, c)
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			b = utf8.AppendRune(b, r) // an invalid byte becomes U+FFFD
			i += size
			continue
		}
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\b':
			b = append(b, '\\', 'b')
		case '\f':
			b = append(b, '\\', 'f')
		case '\n':
			b = append(b, '\\', 'n')
		case '\r':
			b = append(b, '\\', 'r')
		case '\t':
			b = append(b, '\\', 't')
		default:
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
		i++
	}
	return append(b, '"')
}
