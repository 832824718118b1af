package api

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"meridian/cms/live"
)

// Codes of faults in filters.
const (
	codeField    = "unknown_field"
	codeOperator = "unknown_operator"
)

// Bounds of filters.
const (
	maxFilters = 20
	maxIn      = 50  // values of "in"
	maxValue   = 300 // characters of one
)

// filter is a parameter that narrows a list: filter[field] or
// filter[field][op].
type filter struct {
	field live.FilterField
	op    string
}

// filters are the parameters that narrow the lists of a kind, by kind and name.
// What is not here is refused: there is no other way to ask for a field.
var filters = func() map[string]map[string]filter {
	out := map[string]map[string]filter{}
	for _, k := range live.Kinds {
		m := map[string]filter{}
		for _, f := range k.Filterable() {
			for _, op := range f.Ops {
				m["filter["+f.Name+"]["+op+"]"] = filter{f, op}
				if op == "eq" {
					m["filter["+f.Name+"]"] = filter{f, op}
				}
			}
		}
		out[k.Name] = m
	}
	return out
}()

// filterParams are the names of the parameters that narrow the lists of a kind,
// in the order of the fields.
func filterParams(k live.Kind) []param {
	var out []param
	add := func(name string, f filter) {
		out = append(out, param{name: name, form: formFilter, filter: f, about: "Only what has " + f.field.Name + " " + operators[f.op] + "."})
	}
	for _, f := range k.Filterable() {
		if slices.Contains(f.Ops, "eq") {
			add("filter["+f.Name+"]", filter{f, "eq"})
		}
		for _, op := range f.Ops {
			add("filter["+f.Name+"]["+op+"]", filter{f, op})
		}
	}
	return out
}

// operators in words.
var operators = map[string]string{
	"eq": "equal to the value", "ne": "not equal to the value", "in": "equal to one of the values",
	"lt": "before the value", "lte": "before the value or equal", "gt": "behind the value", "gte": "behind the value or equal",
	"starts": "beginning with the value", "contains": "with the value in it", "null": "missing (true) or there (false)",
}

const filterPrefix = "filter["

// filterForm is the form of the name of a filter, whatever it names.
var filterForm = regexp.MustCompile(`^filter\[([^\[\]]*)\](?:\[([^\[\]]*)\])?$`)

// unknownFilter says what is wrong with the name of a filter that is none of
// the declared ones. A field that staff keep for themselves gets the words of
// one that does not exist.
func unknownFilter(name string, declared []string) (code, detail string) {
	var fields, ops []string
	m := filterForm.FindStringSubmatch(name)
	for _, d := range declared {
		f := filterForm.FindStringSubmatch(d)
		if f == nil {
			continue
		}
		if !slices.Contains(fields, f[1]) {
			fields = append(fields, f[1])
		}
		if m != nil && m[1] == f[1] && f[2] != "" {
			ops = append(ops, f[2])
		}
	}
	switch {
	case m == nil:
		return codeUnknown, "A filter is filter[field]=value or filter[field][operator]=value, not " + clip(name) + "."
	case len(ops) == 0:
		return codeField, "There is no field " + clip(m[1]) + " to filter by here. There are " + strings.Join(fields, ", ") + "."
	case m[2] == "":
		return codeOperator, "The field " + m[1] + " is not filtered by its value. Its operators are " + strings.Join(ops, ", ") + "."
	}
	return codeOperator, "There is no operator " + clip(m[2]) + " for " + m[1] + ". Its operators are " + strings.Join(ops, ", ") + "."
}

// filters reads what narrows a list of a kind.
func (r *request) filters(v *live.View, kind live.Kind) ([]live.Filter, error) {
	var names []string
	for name := range r.values {
		if _, ok := filters[kind.Name][name]; ok {
			names = append(names, name)
		}
	}
	if len(names) > maxFilters {
		r.fault(names[maxFilters], codeValue, "A list takes at most "+strconv.Itoa(maxFilters)+" filters.")
		return nil, nil
	}
	slices.Sort(names)
	var out []live.Filter
	for _, name := range names {
		f := filters[kind.Name][name]
		values, says := f.values(r.values[name][0])
		if says == "" && f.field.Kind == "term" && slices.Contains([]string{"eq", "ne", "in"}, f.op) {
			for _, id := range values {
				terms, err := v.Terms([]string{id}, "en")
				if err != nil {
					return nil, err
				}
				if len(terms) == 0 {
					says = "the id of a term"
				}
			}
		}
		if says != "" {
			r.fault(name, codeValue, name+" is "+says+".")
			continue
		}
		out = append(out, live.Filter{Field: f.field.Name, Op: f.op, Values: values})
	}
	return out, nil
}

var (
	dayForm    = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}$`)
	periodForm = regexp.MustCompile(`^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$`)
)

// values reads the value of a filter; says is what it should be when it is
// something else.
func (f filter) values(s string) (values []string, says string) {
	if f.op == "null" || f.field.Kind == "boolean" {
		if s != "true" && s != "false" {
			return nil, "true or false"
		}
		return []string{s}, ""
	}
	values = []string{s}
	if f.op == "in" {
		if values = strings.Split(s, ","); len(values) > maxIn {
			return nil, "a list, with commas, of at most " + strconv.Itoa(maxIn) + " values"
		}
	}
	whole := f.op == "eq" || f.op == "ne" || f.op == "in"
	for i, s := range values {
		switch {
		case s == "" || !utf8.ValidString(s) || utf8.RuneCountInString(s) > maxValue:
			return nil, "a text of 1 to " + strconv.Itoa(maxValue) + " characters; use the operator null for what has no value"
		case f.field.Kind == "time":
			if _, err := time.Parse(time.RFC3339Nano, s); err != nil {
				return nil, "a time such as 2026-01-31T12:00:00Z"
			}
		case f.field.Kind == "date" && (whole || f.op == "gt" || f.op == "lte") && !dayForm.MatchString(s):
			return nil, "a day such as 2026-01-31"
		case f.field.Kind == "date" && !periodForm.MatchString(s):
			return nil, "a day, a month or a year such as 2026-01-31, 2026-01 or 2026"
		case (f.field.Kind == "reference" || f.field.Name == "id") && whole && !idForm.MatchString(s):
			return nil, "the id of an entry"
		}
		values[i] = norm.NFC.String(s)
	}
	return values, ""
}
