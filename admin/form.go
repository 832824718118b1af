package admin

import (
	"cmp"
	"errors"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"meridian/models"
)

// parseForm reads the fields of a posted form. Anything but a form in UTF-8 is
// refused, and so is one that is too large.
func parseForm(c *gin.Context) (url.Values, error) {
	if t, _, err := mime.ParseMediaType(c.ContentType()); err != nil || t != "application/x-www-form-urlencoded" {
		return nil, errMediaType
	}
	if err := c.Request.ParseForm(); err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			return nil, errTooLarge
		}
		return nil, errBadRequest
	}
	for name, values := range c.Request.PostForm {
		for i, v := range values {
			if !utf8.ValidString(v) || !utf8.ValidString(name) {
				return nil, errBadRequest
			}
			// Browsers send line ends as CR LF.
			values[i] = strings.ReplaceAll(strings.ReplaceAll(v, "\r\n", "\n"), "\x00", "")
		}
	}
	return c.Request.PostForm, nil
}

// Kept is a field of a form that could not be answered as it should have been:
// the trouble page carries it on, so that no word is lost.
type Kept struct {
	Action string // the path it was posted to
	Fields []KeptField
}

// KeptField is one name and value.
type KeptField struct{ Name, Value string }

// keep collects what a request posted, but for passwords.
func keep(c *gin.Context) *Kept {
	if c.Request.Method != http.MethodPost {
		return nil
	}
	if _, err := parseForm(c); err != nil {
		return nil
	}
	k := &Kept{Action: c.Request.URL.RequestURI()}
	for _, name := range slices.Sorted(maps.Keys(c.Request.PostForm)) {
		if strings.Contains(name, "password") {
			continue
		}
		for _, v := range c.Request.PostForm[name] {
			k.Fields = append(k.Fields, KeptField{name, v})
		}
	}
	if len(k.Fields) == 0 || !localPath(k.Action) {
		return nil
	}
	return k
}

// Field is one control of a form with everything around it, shown by the
// partial "_field". Handlers fill Name, Kind, Value and what limits it; label,
// hint and error come from the form.
type Field struct {
	Name  string
	Kind  string // text (the default), email, password, url, tel, date, textarea, select, checkbox, checks, radios
	Value string
	// Values holds what is chosen of Options in "checks".
	Values  []string
	Options []Option

	Label, Hint, Error string
	// LabelCode and HintCode name other sentences than those of the form.
	LabelCode, HintCode string

	Required     bool
	Autofocus    bool
	Autocomplete string
	// Lang is the language of the words inside; Dir their direction, "auto"
	// when empty.
	Lang, Dir string
	Max       int // characters
	Rows      int // of a textarea
	Narrow    bool
	// Fold hides a long list of choices behind its name.
	Fold bool
	// Media is what "media", a picture or file out of the library, shows.
	Media *MediaView
}

// ChosenCount is how many of the choices are chosen.
func (f Field) ChosenCount() int {
	n := 0
	for _, o := range f.Options {
		if o.Chosen {
			n++
		}
	}
	return n
}

// Option is one choice.
type Option struct {
	Value, Label string
	Lang         string // of the label, when it is not the page's
	Hint         string
	Group        string
	Chosen       bool
}

// ID is the id of the control.
func (f Field) ID() string { return "f-" + idSigns.Replace(f.Name) }

var idSigns = strings.NewReplacer(".", "-", "[", "-", "]", "", "/", "-")

// DescribedBy lists the ids of the hint and the error that are there.
func (f Field) DescribedBy() string {
	var ids []string
	if f.Hint != "" {
		ids = append(ids, f.ID()+"-hint")
	}
	if f.Error != "" {
		ids = append(ids, f.ID()+"-error")
	}
	return strings.Join(ids, " ")
}

// Form gives the fields of one form their words and collects its errors.
type Form struct {
	// Errors is the summary above the form, in the order of the fields.
	Errors []FormError

	words  Words
	prefix string
	wrong  map[string]models.Problem
}

// FormError is a line of the summary; Target is the id of the control.
type FormError struct{ Target, Text string }

// newForm returns a form whose labels are <prefix>.<name> and hints
// <prefix>.<name>_hint in the catalogue. err may be nil or hold a
// *models.InvalidError.
func newForm(w Words, prefix string, err error) *Form {
	f := &Form{words: w, prefix: prefix}
	var invalid *models.InvalidError
	if errors.As(err, &invalid) {
		f.wrong = maps.Clone(invalid.Fields)
	}
	return f
}

// Field completes one field.
func (f *Form) Field(in Field) Field {
	in.Kind = cmp.Or(in.Kind, "text")
	if in.Dir == "" {
		in.Dir = "auto"
		// An empty field has no words to take its direction from.
		if lang := cmp.Or(in.Lang, f.words.Lang); in.Value == "" && models.Direction(lang) == "rtl" {
			in.Dir = "rtl"
		}
	}
	if in.Label == "" {
		in.Label = f.words.T(cmp.Or(in.LabelCode, f.prefix+"."+in.Name))
	}
	if in.Hint == "" {
		if code := cmp.Or(in.HintCode, f.prefix+"."+in.Name+"_hint"); f.words.Has(code) {
			in.Hint = f.words.T(code)
		}
	}
	if p, bad := f.wrong[in.Name]; bad {
		in.Error = f.words.Problem(p)
		f.Errors = append(f.Errors, FormError{in.target(), in.Label + ": " + in.Error})
		delete(f.wrong, in.Name)
	}
	for i, o := range in.Options {
		in.Options[i].Chosen = o.Value == in.Value && in.Kind != "checks" || slices.Contains(in.Values, o.Value)
	}
	return in
}

// rename moves the problem of one input to the field that stands for it.
func (f *Form) rename(from, to string) {
	if p, there := f.wrong[from]; there {
		delete(f.wrong, from)
		f.wrong[to] = p
	}
}

// OptionGroup is a run of options under one heading; Label is empty for those
// without.
type OptionGroup struct {
	Label   string
	Options []Option
}

// Groups returns the options as a select shows them.
func (f Field) Groups() []OptionGroup {
	var out []OptionGroup
	for _, o := range f.Options {
		if len(out) == 0 || out[len(out)-1].Label != o.Group {
			out = append(out, OptionGroup{Label: o.Group})
		}
		g := &out[len(out)-1]
		g.Options = append(g.Options, o)
	}
	return out
}

// target is the id a line of the summary leads to: the control itself, or the
// first choice of a group.
func (f Field) target() string {
	if (f.Kind == "checks" || f.Kind == "radios") && len(f.Options) > 0 {
		return f.ID() + "-0"
	}
	return f.ID()
}

// Rest adds the problems that no field took to the summary. Call it after the
// last Field.
func (f *Form) Rest() *Form {
	for _, name := range slices.Sorted(maps.Keys(f.wrong)) {
		f.Errors = append(f.Errors, FormError{Text: f.words.Problem(f.wrong[name])})
	}
	f.wrong = nil
	return f
}
