package block

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// Parse reads a document strictly and checks it against the registry: one JSON
// object, known keys in exact case, none twice, valid UTF-8 without U+0000, within
// the limits of the format. It accepts what a draft may be (missing ids, blocks
// not filled in yet: Checks finds those) and changes nothing: call Normalize.
// The error is an *InvalidError.
func Parse(raw []byte) (*Document, error) {
	if len(raw) > MaxBytes {
		return nil, &InvalidError{[]Problem{{Code: "size", Args: map[string]any{"max": MaxBytes}}}}
	}
	r := reader{dec: jsontext.NewDecoder(bytes.NewBuffer(raw))}
	d := r.document()
	if r.err == nil {
		if _, err := r.dec.ReadToken(); err == nil {
			r.problem("", "json.trailing")
		} else if !errors.Is(err, io.EOF) {
			r.fail(err)
		}
	}
	if r.err != nil {
		return nil, r.err
	}
	// Shape problems make every later complaint unreliable, so they come alone.
	if len(r.problems) > 0 {
		return nil, &InvalidError{r.problems}
	}
	if err := d.Validate(); err != nil {
		return nil, err
	}
	return d, nil
}

// reader turns tokens into nodes. Syntax errors end it, errors of shape (an
// unknown key, a string where an object is due) are collected.
type reader struct {
	dec      *jsontext.Decoder
	depth    int
	problems []Problem
	err      error
}

func (r *reader) fail(err error) {
	if r.err != nil {
		return
	}
	p := Problem{Code: "json.syntax", Args: map[string]any{"offset": r.dec.InputOffset()}}
	var syn *jsontext.SyntacticError
	switch {
	case errors.As(err, &syn):
		p.Pointer = string(syn.JSONPointer)
		p.Args["offset"] = syn.ByteOffset
		switch {
		case errors.Is(err, jsontext.ErrDuplicateName):
			p.Code = "json.duplicate"
		case strings.Contains(syn.Err.Error(), "UTF-8"), strings.Contains(syn.Err.Error(), "surrogate"):
			p.Code = "json.utf8"
		}
	case errors.Is(err, errTooDeep):
		p = Problem{Code: "json.depth", Pointer: string(r.dec.StackPointer()), Args: map[string]any{"max": MaxJSONDepth}}
	}
	// A pointer repeats the names of the input: keep it printable and short.
	if len(p.Pointer) > 200 || !utf8.ValidString(p.Pointer) {
		p.Pointer = ""
	}
	r.err = &InvalidError{[]Problem{p}}
}

var errTooDeep = errors.New("too deep")

func (r *reader) problem(pointer, code string, args ...any) {
	if len(r.problems) >= maxProblems {
		return
	}
	r.problems = append(r.problems, Problem{Pointer: pointer, Code: code, Args: argMap(args)})
}

// argMap makes a map of "name", value, "name", value …
func argMap(args []any) map[string]any {
	if len(args) == 0 {
		return nil
	}
	m := make(map[string]any, len(args)/2)
	for i := 0; i+1 < len(args); i += 2 {
		m[args[i].(string)] = args[i+1]
	}
	return m
}

func (r *reader) token() (jsontext.Token, bool) {
	if r.err != nil {
		return jsontext.Token{}, false
	}
	t, err := r.dec.ReadToken()
	if err != nil {
		r.fail(err)
		return t, false
	}
	return t, true
}

// open reads the next token and tells whether it opens what is wanted ('{' or
// '['); if not, the value is skipped and complained about.
func (r *reader) open(want jsontext.Kind) bool {
	if r.err != nil {
		return false
	}
	if r.dec.PeekKind() != want {
		r.skip()
		code := "type.object"
		if want == '[' {
			code = "type.list"
		}
		if r.err == nil {
			r.problem(string(r.dec.StackPointer()), code)
		}
		return false
	}
	r.depth++
	if r.depth > MaxJSONDepth {
		r.fail(errTooDeep)
		return false
	}
	_, ok := r.token()
	return ok
}

// more tells whether the open object or array goes on; it reads its end if not.
func (r *reader) more() bool {
	if r.err != nil {
		return false
	}
	switch r.dec.PeekKind() {
	case '}', ']':
		r.token()
		r.depth--
		return false
	case 0: // syntax error: reading reports it
		_, err := r.dec.ReadToken()
		r.fail(err)
		return false
	}
	return true
}

func (r *reader) skip() {
	if r.err == nil {
		if err := r.dec.SkipValue(); err != nil {
			r.fail(err)
		}
	}
}

// unknown skips the value of a key that may not be there.
func (r *reader) unknown(key string) {
	p := string(r.dec.StackPointer())
	r.skip()
	if r.err == nil {
		r.problem(p, "key.unknown", "key", clip(key, 40))
	}
}

func (r *reader) str() string {
	if r.err != nil {
		return ""
	}
	if r.dec.PeekKind() != '"' {
		r.skip()
		if r.err == nil {
			r.problem(string(r.dec.StackPointer()), "type.text")
		}
		return ""
	}
	s := r.quoted()
	if strings.IndexByte(s, 0) >= 0 {
		r.problem(string(r.dec.StackPointer()), "nul")
	}
	return s
}

func (r *reader) key() string {
	if r.err != nil {
		return ""
	}
	return r.quoted()
}

// quoted reads a string. Names that come again and again (keys, types of blocks
// and marks) are not allocated anew: they are half of the strings of a text.
func (r *reader) quoted() string {
	v, err := r.dec.ReadValue()
	if err != nil {
		r.fail(err)
		return ""
	}
	if len(v) >= 2 && bytes.IndexByte(v, '\\') < 0 {
		v = v[1 : len(v)-1]
		if s, ok := commonNames[string(v)]; ok {
			return s
		}
		return string(v)
	}
	b, err := jsontext.AppendUnquote(nil, v)
	if err != nil {
		r.fail(err)
	}
	return string(b)
}

// commonNames are the strings quoted shares.
var commonNames = func() map[string]string {
	m := map[string]string{}
	for _, s := range []string{"type", "attrs", "content", "text", "marks", "schema", "lang", "doc", "hard_break", "fact", "key"} {
		m[s] = s
	}
	for _, s := range specs {
		m[s.Type] = s.Type
		for _, a := range s.Attrs {
			m[a.Name] = a.Name
		}
	}
	for _, s := range markSpecs {
		m[s.Type] = s.Type
		for _, a := range s.Attrs {
			m[a.Name] = a.Name
		}
	}
	return m
}()

func (r *reader) document() *Document {
	d := &Document{}
	seen := 0
	if !r.open('{') {
		return d
	}
	for r.more() {
		switch key := r.key(); key {
		case "schema":
			n, ok := r.any().(int)
			if !ok || n != Schema {
				r.problem("/schema", "schema", "want", Schema)
			}
			d.Schema, seen = n, seen|1
		case "lang":
			d.Lang, seen = r.str(), seen|2
		case "doc":
			d.Doc, seen = r.node(), seen|4
		default:
			r.unknown(key)
		}
	}
	if r.err == nil {
		for i, key := range []string{"schema", "lang", "doc"} {
			if seen&(1<<i) == 0 {
				r.problem("", "key.missing", "key", key)
			}
		}
	}
	return d
}

func (r *reader) node() Node {
	var n Node
	if !r.open('{') {
		return n
	}
	for r.more() {
		switch key := r.key(); key {
		case "type":
			n.Type = r.str()
		case "attrs":
			n.Attrs = r.object()
		case "content":
			n.Content = r.nodes()
		case "text":
			n.Text = r.str()
		case "marks":
			n.Marks = r.marks()
		default:
			r.unknown(key)
		}
	}
	return n
}

func (r *reader) nodes() []Node {
	var out []Node
	if !r.open('[') {
		return nil
	}
	for r.more() {
		out = append(out, r.node())
	}
	return out
}

func (r *reader) marks() []Mark {
	var out []Mark
	if !r.open('[') {
		return nil
	}
	for r.more() {
		var m Mark
		if !r.open('{') {
			continue
		}
		for r.more() {
			switch key := r.key(); key {
			case "type":
				m.Type = r.str()
			case "attrs":
				m.Attrs = r.object()
			default:
				r.unknown(key)
			}
		}
		out = append(out, m)
	}
	return out
}

func (r *reader) object() map[string]any {
	if r.err == nil && r.dec.PeekKind() == 'n' {
		r.skip()
		return nil
	}
	if !r.open('{') {
		return nil
	}
	m := map[string]any{}
	for r.more() {
		key := r.key()
		if v := r.any(); v != nil { // null is the same as absent
			m[key] = v
		}
	}
	return m
}

// any reads a value whose type the registry will judge: string, bool, int,
// float64 (which nothing accepts), []any, map[string]any, or nil for null.
func (r *reader) any() any {
	if r.err != nil {
		return nil
	}
	switch r.dec.PeekKind() {
	case '"':
		return r.str()
	case '{':
		return r.object()
	case '[':
		out := []any{}
		if !r.open('[') {
			return nil
		}
		for r.more() {
			out = append(out, r.any())
		}
		return out
	}
	t, ok := r.token()
	if !ok {
		return nil
	}
	switch t.Kind() {
	case 't':
		return true
	case 'f':
		return false
	case '0':
		if n, err := strconv.Atoi(t.String()); err == nil && n >= -1e9 && n <= 1e9 {
			return n
		}
		return t.Float()
	}
	return nil
}

// clip cuts s to n characters.
func clip(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i] + "…"
		}
		n--
	}
	return s
}
