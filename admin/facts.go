package admin

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"meridian/cms"
	"meridian/cms/block"
	"meridian/cms/media"
	"meridian/models"
)

// Control is a declared field of a kind as it stands in a form: one control,
// or, when Rows is not nil, a group of them with a legend (a place, the rows of
// a list, a field that holds several values).
type Control struct {
	Field
	Rows []ControlRow
	// Fold hides what few texts need behind its name, Open or not.
	Fold, Open bool
	// Inline says that the controls of a row stand side by side.
	Inline bool
}

// ControlRow is one line of a group. Label is empty when the legend says it;
// Short is what is left of it below the legend.
type ControlRow struct {
	Label  string
	Short  string
	Fields []Field
}

// maxRows bounds the rows read from a form, whatever it sends.
const maxRows = 60

// fieldOptions are the choices that fields of some kinds need.
type fieldOptions struct {
	Terms    map[string][]models.Term
	Sections []cms.SectionOption // organisations
	Places   []cms.SectionOption // sections that the user writes in
	Lang     string              // of the edition, for terms without a label in the interface language
	// Media are the pictures and files that the text and its fields name.
	Media map[string]media.Item
}

// controls turns declared fields and their values into controls. The names in
// the form begin with prefix ("facts."), and so do the keys of f's errors.
func (f *Form) controls(prefix string, fields []models.Field, v models.Values, o fieldOptions) []Control {
	var out []Control
	for _, field := range fields {
		if field.Kind == models.FieldRichText {
			continue
		}
		c := f.control(prefix, field, v[field.Name], o)
		if c.Kind == "checks" && len(c.Options) == 0 {
			continue // a vocabulary without terms asks nothing
		}
		out = append(out, c)
	}
	return out
}

func (f *Form) control(prefix string, field models.Field, v any, o fieldOptions) Control {
	name := prefix + field.Name
	label, hint := f.words.T("field."+field.Name), ""
	if code := "field." + field.Name + "_hint"; f.words.Has(code) {
		hint = f.words.T(code)
	}
	head := Field{Name: name, Label: label, Hint: hint}
	switch {
	case field.Kind == models.FieldTerm && field.Many:
		c := head
		c.Kind, c.Options = "checks", f.choices(field, o)
		for _, s := range texts(v) {
			c.Values = append(c.Values, s)
			c.Options = withOption(c.Options, s)
		}
		c.Fold = len(c.Options) > 12
		return Control{Field: f.Field(c)}
	case field.Many:
		one := field
		one.Many = false
		g := Control{Field: head}
		var row ControlRow
		for i, s := range append(texts(v), "") {
			if i >= maxRows {
				break
			}
			c := f.single(name+"."+strconv.Itoa(i), one, s, o)
			c.Label = f.words.T("form.nth", "Label", label, "N", i+1)
			row.Fields = append(row.Fields, f.Field(c))
		}
		g.Rows = []ControlRow{row}
		return f.group(g)
	case field.Kind == models.FieldPlace:
		values, _ := v.(map[string]any)
		g := Control{Field: head, Inline: true, Fold: true, Open: len(values) > 0}
		g.Rows = []ControlRow{{Fields: f.parts(name, models.PlaceFields, values, o)}}
		for _, part := range g.Rows[0].Fields {
			g.Open = g.Open || part.Error != ""
		}
		return f.group(g)
	case field.Kind == models.FieldList:
		rows, _ := v.([]any)
		g := Control{Field: head, Inline: true}
		for i := range min(len(rows)+1, maxRows) {
			var values map[string]any
			row := ControlRow{Label: f.words.T("form.nth", "Label", label, "N", i+1), Short: f.words.Number(i + 1)}
			if i < len(rows) {
				values, _ = rows[i].(map[string]any)
			} else {
				row.Label, row.Short = f.words.T("form.another", "Label", label), f.words.T("form.one_more")
			}
			row.Fields = f.parts(name+"."+strconv.Itoa(i), field.Of, values, o)
			g.Rows = append(g.Rows, row)
		}
		return f.group(g)
	case field.Kind == models.FieldBoolean:
		c := head
		c.Kind = "checkbox"
		if yes, _ := v.(bool); yes {
			c.Value = "1"
		}
		return Control{Field: f.Field(c)}
	}
	s, _ := v.(string)
	c := f.single(name, field, s, o)
	c.Label, c.Hint = label, hint
	c.Required = field.Required
	return Control{Field: f.Field(c)}
}

// parts are the controls of a place or of a row of a list.
func (f *Form) parts(name string, fields []models.Field, v map[string]any, o fieldOptions) []Field {
	var out []Field
	for _, field := range fields {
		s, _ := v[field.Name].(string)
		c := f.single(name+"."+field.Name, field, s, o)
		c.LabelCode = "field." + field.Name
		out = append(out, f.Field(c))
	}
	return out
}

// single is the control of one text value.
func (f *Form) single(name string, field models.Field, s string, o fieldOptions) Field {
	c := Field{Name: name, Value: s, Max: field.Max}
	switch field.Kind {
	case models.FieldDate:
		c.Kind, c.Max, c.Narrow = "date", 0, true
	case models.FieldURL:
		c.Kind, c.Dir, c.Max = "url", "ltr", 0
	case models.FieldChoice, models.FieldTerm, models.FieldReference:
		c.Kind, c.Max = "select", 0
		c.Options = withOption(append([]Option{{Label: f.words.T("form.none")}}, f.choices(field, o)...), s)
	case models.FieldMedia:
		c = f.words.mediaField(c, o.Media)
	default:
		if field.Lines {
			c.Kind, c.Rows = "textarea", 3
		}
		switch field.Form {
		case "email":
			c.Kind, c.Dir, c.Autocomplete = "email", "ltr", "off"
		case "phone", "help_line":
			c.Kind, c.Dir, c.Autocomplete, c.Value = "tel", "ltr", "off", block.PhoneText(s)
		case "year":
			c.Dir, c.Narrow, c.Max = "ltr", true, 4
		case "country":
			c.Kind, c.Options = "select", withOption(append([]Option{{Label: f.words.T("form.none")}}, countries(f.words.Lang)...), s)
		case "language":
			c.Kind, c.Options = "select", withOption(append([]Option{{Label: f.words.T("form.none")}}, languages(f.words.Lang)...), s)
		}
	}
	return c
}

// choices are what a choice, a term or a reference may be.
func (f *Form) choices(field models.Field, o fieldOptions) []Option {
	var out []Option
	switch field.Kind {
	case models.FieldChoice:
		for _, c := range field.Choices {
			out = append(out, Option{Value: c, Label: f.words.T("choice." + field.Name + "_" + c)})
		}
	case models.FieldTerm:
		for _, t := range o.Terms[field.Vocabulary] {
			out = append(out, Option{Value: t.ID, Label: t.Label(f.words.Lang, o.Lang, "en")})
		}
	case models.FieldReference:
		for _, s := range o.Sections {
			out = append(out, Option{Value: s.ID, Label: s.Title})
		}
	}
	return out
}

// withOption adds a stored value that is no longer among the choices, so that
// saving a form never changes what nobody touched.
func withOption(list []Option, s string) []Option {
	if s == "" || slices.ContainsFunc(list, func(o Option) bool { return o.Value == s }) {
		return list
	}
	return append(list, Option{Value: s, Label: s})
}

// group gives a group its error; the line of the summary leads to its first
// control.
func (f *Form) group(c Control) Control {
	if p, bad := f.wrong[c.Name]; bad {
		c.Error, c.Open = f.words.Problem(p), true
		target := c.ID()
		for _, row := range c.Rows {
			if len(row.Fields) > 0 {
				target = row.Fields[0].ID()
				break
			}
		}
		f.Errors = append(f.Errors, FormError{target, c.Label + ": " + c.Error})
		delete(f.wrong, c.Name)
	}
	return c
}

// parseFields reads the values of declared fields from a form, as typed: empty
// ones are left out, nothing is cleaned.
func parseFields(form url.Values, prefix string, fields []models.Field) models.Values {
	out := models.Values{}
	for _, field := range fields {
		name := prefix + field.Name
		switch {
		case field.Kind == models.FieldRichText:
		case field.Kind == models.FieldTerm && field.Many:
			var list []any
			for _, s := range form[name] {
				if s != "" && len(list) < maxRows {
					list = append(list, s)
				}
			}
			if list != nil {
				out[field.Name] = list
			}
		case field.Many:
			var list []any
			for i := range maxRows {
				if s := strings.TrimSpace(form.Get(name + "." + strconv.Itoa(i))); s != "" {
					list = append(list, s)
				}
			}
			if list != nil {
				out[field.Name] = list
			}
		case field.Kind == models.FieldPlace:
			if m := parseParts(form, name, models.PlaceFields); len(m) > 0 {
				out[field.Name] = m
			}
		case field.Kind == models.FieldList:
			var list []any
			for i := range maxRows {
				if m := parseParts(form, name+"."+strconv.Itoa(i), field.Of); len(m) > 0 {
					list = append(list, m)
				}
			}
			if list != nil {
				out[field.Name] = list
			}
		case field.Kind == models.FieldBoolean:
			if form.Get(name) != "" {
				out[field.Name] = true
			}
		default:
			if s := strings.TrimSpace(form.Get(name)); s != "" {
				out[field.Name] = s
			}
		}
	}
	return out
}

func parseParts(form url.Values, name string, fields []models.Field) map[string]any {
	out := map[string]any{}
	for _, field := range fields {
		if s := strings.TrimSpace(form.Get(name + "." + field.Name)); s != "" {
			out[field.Name] = s
		}
	}
	return out
}

// texts returns the texts of a value that holds several.
func texts(v any) []string { return models.Values{"x": v}.Strs("x") }

// valueText is a value of a field as a person reads it in a comparison.
func (w Words) valueText(field models.Field, v any, o fieldOptions) string {
	f := &Form{words: w}
	label := func(s string) string {
		for _, c := range f.choices(field, o) {
			if c.Value == s {
				return c.Label
			}
		}
		var list []Option
		switch field.Form {
		case "country":
			list = countries(w.Lang)
		case "language":
			list = languages(w.Lang)
		}
		for _, c := range list {
			if c.Value == s {
				return c.Label
			}
		}
		return s
	}
	record := func(m map[string]any, fields []models.Field) string {
		var parts []string
		for _, p := range fields {
			if s := w.valueText(p, m[p.Name], o); s != "" {
				parts = append(parts, s)
			}
		}
		return strings.Join(parts, ", ")
	}
	switch v := v.(type) {
	case bool:
		if v {
			return w.T("form.yes")
		}
	case string:
		if field.Kind == models.FieldDate {
			return w.Day(v)
		}
		if field.Form == "phone" || field.Form == "help_line" {
			return block.PhoneText(v)
		}
		return label(v)
	case map[string]any:
		return record(v, models.PlaceFields)
	case []any:
		var lines []string
		for _, x := range v {
			switch x := x.(type) {
			case string:
				lines = append(lines, label(x))
			case map[string]any:
				lines = append(lines, record(x, field.Of))
			}
		}
		return strings.Join(lines, "\n")
	}
	return ""
}

// named is a list of choices by interface language, made on first use: naming
// and sorting all countries takes milliseconds.
type named struct {
	mu   sync.Mutex
	made map[string][]Option
	make func(language.Tag) []Option
}

func (n *named) in(lang string) []Option {
	n.mu.Lock()
	defer n.mu.Unlock()
	if list, ok := n.made[lang]; ok {
		return slices.Clone(list)
	}
	tag := language.Make(lang)
	list := n.make(tag)
	c := collate.New(tag)
	slices.SortFunc(list, func(a, b Option) int { return c.CompareString(a.Label, b.Label) })
	if n.made == nil {
		n.made = map[string][]Option{}
	}
	n.made[lang] = list
	return slices.Clone(list)
}

var countryNames = named{make: func(tag language.Tag) []Option {
	var out []Option
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			r, err := language.ParseRegion(string([]rune{a, b}))
			if err != nil || !r.IsCountry() || r.String() != string([]rune{a, b}) {
				continue
			}
			if name := block.CountryName(r.String(), tag.String()); name != "" && name != r.String() {
				out = append(out, Option{Value: r.String(), Label: name})
			}
		}
	}
	return out
}}

var languageNames = named{make: func(tag language.Tag) []Option {
	var out []Option
	names := display.Languages(tag)
	for a := 'a'; a <= 'z'; a++ {
		for b := 'a'; b <= 'z'; b++ {
			code := string([]rune{a, b})
			if c, ok := models.CanonicalLang(code); !ok || c != code {
				continue
			}
			if name := names.Name(language.Make(code)); name != "" && name != code {
				out = append(out, Option{Value: code, Label: name})
			}
		}
	}
	return out
}}

// countries and languages are the choices of a country and of a language in an
// interface language, sorted as its readers expect.
func countries(lang string) []Option { return countryNames.in(lang) }
func languages(lang string) []Option { return languageNames.in(lang) }
