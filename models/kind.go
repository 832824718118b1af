package models

import (
	"encoding/json"
	"fmt"
	"net/mail"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"
)

// Values holds the fields of a kind by name: string, bool, []any of these,
// or map[string]any for places and the rows of lists. Absent means empty.
type Values map[string]any

// Str returns a text value, "" when absent.
func (v Values) Str(name string) string { s, _ := v[name].(string); return s }

// Bool returns a boolean value, false when absent.
func (v Values) Bool(name string) bool { b, _ := v[name].(bool); return b }

// Strs returns the texts of a value that holds several.
func (v Values) Strs(name string) []string {
	list, _ := v[name].([]any)
	var out []string
	for _, x := range list {
		if s, ok := x.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

// FieldKind is what a field holds, and with that how it is asked for,
// validated, compared and put into JSON.
type FieldKind string

// The kinds of fields.
const (
	FieldText      FieldKind = "text"      // one line, or several when Lines
	FieldRichText  FieldKind = "rich_text" // a block document
	FieldDate      FieldKind = "date"      // YYYY-MM-DD
	FieldChoice    FieldKind = "choice"    // one of Choices
	FieldTerm      FieldKind = "term"      // a term of Vocabulary
	FieldReference FieldKind = "reference" // an entry of one of Kinds
	FieldMedia     FieldKind = "media"     // an asset
	FieldPlace     FieldKind = "place"     // an address record with a point
	FieldURL       FieldKind = "url"       // http or https
	FieldBoolean   FieldKind = "boolean"
	FieldList      FieldKind = "list" // rows of the fields Of
)

// Field declares one field of a kind.
type Field struct {
	Name     string
	Kind     FieldKind
	Required bool // needed to publish, never to save
	Many     bool // several values of the kind
	Max      int  // characters of a text; items of a list; 0 = 300 / 50
	Lines    bool
	Form     string // "", "email", "phone", "help_line", "year", "country", "language": the form of a text
	Choices  []string
	// Vocabulary of a term; Kinds of entries a reference may name.
	Vocabulary string
	Kinds      []string
	Of         []Field
	// Types limits the field to sections of a type; "" means all.
	Type string
	// Private fields are for staff: they never reach the reader side.
	Private bool
}

// Kind declares a kind of entry as data: forms, validation, JSON and
// differences are all made from this.
type Kind struct {
	Name   string
	Plural string
	// Fields belong to one language; title, summary and body are the first.
	Fields []Field
	// Facts are the same in every language.
	Facts []Field
}

// Kinds lists the kinds in the order of menus.
var Kinds = []Kind{kindSection, kindPage, kindNews}

// KindOf returns the kind of that name.
func KindOf(name string) (Kind, bool) {
	i := slices.IndexFunc(Kinds, func(k Kind) bool { return k.Name == name })
	if i < 0 {
		return Kind{}, false
	}
	return Kinds[i], true
}

// FactsFor returns the facts that an entry of the section type has.
func (k Kind) FactsFor(typ string) []Field {
	var out []Field
	for _, f := range k.Facts {
		if f.Type == "" || f.Type == typ {
			out = append(out, f)
		}
	}
	return out
}

// Extra returns the fields of a language besides title, summary and body.
func (k Kind) Extra() []Field { return k.Fields[3:] }

// common are the first fields of every kind.
var common = []Field{
	{Name: "title", Kind: FieldText, Required: true, Max: 120},
	{Name: "summary", Kind: FieldText, Max: 300, Lines: true},
	{Name: "body", Kind: FieldRichText},
	// What the lead picture, a fact, shows: in each language, "" for decoration.
	{Name: "lead_description", Kind: FieldText, Max: AssetDescriptionMax},
	{Name: "search_title", Kind: FieldText, Max: 120},
	{Name: "search_description", Kind: FieldText, Max: 300, Lines: true},
}

// Clean returns the values of fields in their stored form: texts in NFC
// without control characters, empty ones dropped, unknown names refused.
// Problems are keyed by the name of the field.
func Clean(fields []Field, in Values) (Values, error) {
	out := Values{}
	bad := &InvalidError{}
	known := map[string]bool{}
	for _, f := range fields {
		known[f.Name] = true
		v, ok := in[f.Name]
		if !ok || v == nil {
			continue
		}
		c, code, args := f.clean(v)
		if code != "" {
			bad.Add(f.Name, code, args...)
			continue
		}
		if c != nil {
			out[f.Name] = c
		}
	}
	for name := range in {
		if !known[name] {
			bad.Add(name, "unknown_field", "name", name)
		}
	}
	return out, bad.Err()
}

// Missing returns the names of required fields that v lacks, for publishing.
func Missing(fields []Field, v Values) []string {
	var out []string
	for _, f := range fields {
		if _, ok := v[f.Name]; f.Required && !ok {
			out = append(out, f.Name)
		}
	}
	return out
}

func (f Field) clean(v any) (out any, code string, args []any) {
	if f.Many {
		list, ok := v.([]any)
		if !ok {
			return nil, "not_a_list", nil
		}
		one := f
		one.Many = false
		var kept []any
		for _, x := range list {
			c, code, args := one.clean(x)
			if code != "" {
				return nil, code, args
			}
			if c != nil && !slices.Contains(kept, c) {
				kept = append(kept, c)
			}
		}
		if len(kept) > f.max(50) {
			return nil, "too_many", []any{"max", f.max(50)}
		}
		if kept == nil {
			return nil, "", nil
		}
		return kept, "", nil
	}
	switch f.Kind {
	case FieldBoolean:
		b, ok := v.(bool)
		if !ok {
			return nil, "not_yes_or_no", nil
		}
		if !b {
			return nil, "", nil
		}
		return true, "", nil
	case FieldPlace:
		return cleanPlace(v)
	case FieldList:
		return f.cleanList(v)
	}
	s, ok := v.(string)
	if !ok {
		return nil, "not_a_text", nil
	}
	s = CleanText(s, f.Lines)
	if s == "" {
		return nil, "", nil
	}
	switch f.Kind {
	case FieldDate:
		if _, err := time.Parse(time.DateOnly, s); err != nil {
			return nil, "not_a_date", nil
		}
	case FieldChoice:
		if !slices.Contains(f.Choices, s) {
			return nil, "not_a_choice", nil
		}
	case FieldTerm:
		if len(s) > 80 || CleanText(s, false) != s {
			return nil, "not_a_term", nil
		}
	case FieldReference, FieldMedia:
		if !ValidID(s) {
			return nil, "not_an_id", nil
		}
	case FieldURL:
		if !ValidURL(s) {
			return nil, "not_a_url", nil
		}
	case FieldText:
		if utf8.RuneCountInString(s) > f.max(300) {
			return nil, "too_long", []any{"max", f.max(300)}
		}
		if s, code = f.cleanForm(s); code != "" {
			return nil, code, nil
		}
	}
	return s, "", nil
}

func (f Field) max(standard int) int {
	if f.Max > 0 {
		return f.Max
	}
	return standard
}

// cleanForm returns a text in the form that the field asks for.
func (f Field) cleanForm(s string) (out, code string) {
	switch f.Form {
	case "phone":
		if phone, ok := CanonicalPhone(s); ok {
			return phone, ""
		}
		return "", "not_a_phone"
	case "help_line":
		if phone, ok := canonicalHelpLine(s); ok {
			return phone, ""
		}
		return "", "not_a_help_line"
	}
	return s, f.checkForm(s)
}

func (f Field) checkForm(s string) string {
	switch f.Form {
	case "email":
		if a, err := mail.ParseAddress(s); err != nil || a.Address != s {
			return "not_an_email"
		}
	case "year":
		if y, err := strconv.Atoi(s); err != nil || y < 1000 || y > 2999 || len(s) != 4 {
			return "not_a_year"
		}
	case "country":
		r, err := language.ParseRegion(s)
		if err != nil || !r.IsCountry() || r.String() != s {
			return "not_a_country"
		}
	case "language":
		if c, ok := CanonicalLang(s); !ok || c != s {
			return "not_a_language"
		}
	}
	return ""
}

func (f Field) cleanList(v any) (any, string, []any) {
	rows, ok := v.([]any)
	if !ok {
		return nil, "not_a_list", nil
	}
	var kept []any
	for _, r := range rows {
		m, ok := r.(map[string]any)
		if !ok {
			return nil, "not_a_row", nil
		}
		c, err := Clean(f.Of, m)
		if err != nil {
			for _, p := range err.(*InvalidError).Fields {
				return nil, p.Code, nil
			}
		}
		if len(c) > 0 {
			kept = append(kept, map[string]any(c))
		}
	}
	if len(kept) > f.max(50) {
		return nil, "too_many", []any{"max", f.max(50)}
	}
	if kept == nil {
		return nil, "", nil
	}
	return kept, "", nil
}

// PlaceFields are the parts of a place; lat and lon are decimal degrees as
// text, so that what was typed is what is stored.
var PlaceFields = []Field{
	{Name: "street", Kind: FieldText, Max: 120}, {Name: "box", Kind: FieldText, Max: 60},
	{Name: "postcode", Kind: FieldText, Max: 20}, {Name: "city", Kind: FieldText, Max: 80},
	{Name: "country", Kind: FieldText, Form: "country"},
	{Name: "lat", Kind: FieldText, Max: 12}, {Name: "lon", Kind: FieldText, Max: 12},
}

func cleanPlace(v any) (any, string, []any) {
	m, ok := v.(map[string]any)
	if !ok {
		return nil, "not_a_place", nil
	}
	c, err := Clean(PlaceFields, m)
	if err != nil {
		return nil, "not_a_place", nil
	}
	for name, limit := range map[string]float64{"lat": 90, "lon": 180} {
		if s := c.Str(name); s != "" {
			// ParseFloat alone would take "NaN", "0x1p4" and "1e1" as well.
			plain := strings.Trim(s, "0123456789.+-") == ""
			if d, err := strconv.ParseFloat(s, 64); err != nil || !plain || d < -limit || d > limit {
				return nil, "not_a_point", nil
			}
		}
	}
	if (c.Str("lat") == "") != (c.Str("lon") == "") {
		return nil, "not_a_point", nil
	}
	if len(c) == 0 {
		return nil, "", nil
	}
	return map[string]any(c), "", nil
}

// CleanText returns s in NFC, trimmed, without control characters and without
// the characters that override the direction of what follows. Line breaks
// become spaces unless lines is set.
func CleanText(s string, lines bool) string {
	s = strings.ToValidUTF8(s, "")
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r':
			if lines {
				return '\n'
			}
			return ' '
		case r == '\t':
			return ' '
		case unicode.IsControl(r), r == '\u202d', r == '\u202e':
			return -1
		}
		return r
	}, s)
	// Last, because what was dropped may have stood between a letter and its
	// accent.
	return strings.TrimSpace(norm.NFC.String(s))
}

// ValidURL reports whether s is an absolute http or https address that means
// the same to every browser: no user name, no control characters, no
// backslashes, no spaces.
func ValidURL(s string) bool {
	if len(s) > 2000 || strings.ContainsFunc(s, func(r rune) bool {
		return r <= ' ' || r == '\\' || r == 0x7f || unicode.IsControl(r)
	}) {
		return false
	}
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "" && u.User == nil
}

// Canonical returns v as JSON with sorted keys, the form that hashes are over.
func (v Values) Canonical() string {
	if len(v) == 0 {
		return "{}"
	}
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("models: values that are not JSON: %v", err)) // Clean lets none through
	}
	return string(b)
}
