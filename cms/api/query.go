package api

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// query reads declared parameters and collects everything wrong with them, so
// that one answer names all of it.
type query struct {
	*declaration
	values url.Values
	faults []Fault
}

// parseQuery reads a raw query of which only the declared names are allowed,
// each once.
func parseQuery(raw string, of *declaration) *query {
	q, declared := &query{declaration: of}, of.list()
	var err error
	if q.values, err = url.ParseQuery(raw); err != nil {
		q.faults = append(q.faults, Fault{"/query", codeMalformed, "The query is not well formed: use & between parameters and % escapes."})
	}
	names := make([]string, 0, len(q.values))
	for name := range q.values {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		switch {
		case !slices.Contains(declared, name) && strings.HasPrefix(name, filterPrefix) && slices.ContainsFunc(declared, isFilter):
			code, detail := unknownFilter(name, declared)
			q.fault(name, code, detail)
		case !slices.Contains(declared, name):
			q.fault(name, codeUnknown, "There is no parameter "+clip(name)+" here. "+allowed(declared))
		case len(q.values[name]) > 1:
			q.fault(name, codeDuplicate, "The parameter "+name+" is there more than once.")
		case strings.ContainsRune(q.values[name][0], 0):
			q.fault(name, codeValue, "The parameter "+name+" holds a character that is not allowed.")
		}
	}
	return q
}

func isFilter(name string) bool { return strings.HasPrefix(name, filterPrefix) }

func allowed(declared []string) string {
	if len(declared) == 0 {
		return "This address takes none."
	}
	if i := slices.IndexFunc(declared, isFilter); i >= 0 { // they come last
		declared = append(slices.Clone(declared[:i]), "filter[field], filter[field][operator]")
	}
	return "This address takes " + strings.Join(declared, ", ") + "."
}

// clip shortens what somebody sent before it is shown to them.
func clip(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	for i := range s {
		if i >= 60 {
			return s[:i] + "…"
		}
	}
	return s
}

// maxFaults bounds the faults of one answer.
const maxFaults = 20

func (q *query) fault(name, code, detail string) {
	if len(q.faults) < maxFaults {
		name = strings.NewReplacer("~", "~0", "/", "~1").Replace(clip(name))
		q.faults = append(q.faults, Fault{"/query/" + name, code, detail})
	}
}

// err returns the problem that names every fault, nil when there is none.
func (q *query) err() error {
	if len(q.faults) == 0 {
		return nil
	}
	return badRequest(q.faults)
}

// get returns a parameter and whether it was given.
func (q *query) get(name string) (string, bool) {
	v, ok := q.values[name]
	if !ok {
		return "", false
	}
	return v[0], true
}

// tagForm is the shape of a BCP 47 tag in its usual case.
var tagForm = regexp.MustCompile(`^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?(-[a-z0-9]{5,8})*$`)

// lang returns a language tag, "" when none was given. The language of facts
// is none that content is written in.
func (q *query) lang() string {
	v, ok := q.get("lang")
	if ok && (!tagForm.MatchString(v) || v == "und") {
		q.fault("lang", codeValue, "lang is a language tag such as fr, pt-BR or zh-Hant.")
		return ""
	}
	return v
}

// langs returns a comma list of distinct language tags, nil when none was
// given.
func (q *query) langs(name string) []string {
	v, ok := q.get(name)
	if !ok {
		return nil
	}
	list := strings.Split(v, ",")
	for i, s := range list {
		if !tagForm.MatchString(s) || s == "und" || slices.Contains(list[:i], s) || i >= maxLangs {
			q.fault(name, codeValue, name+" is a list, with commas and nothing twice, of at most "+strconv.Itoa(maxLangs)+" language tags such as fr, pt-BR or zh-Hant.")
			return nil
		}
	}
	return list
}

// maxLangs bounds the languages that may stand in for one another.
const maxLangs = 10

// choice returns one of the declared values, the standard one when none was
// given.
func (q *query) choice(name string) string {
	p := q.param(name)
	values := p.values
	v, ok := q.get(name)
	if !ok {
		return p.standard
	}
	if !slices.Contains(values, v) {
		q.fault(name, codeValue, name+" is one of "+strings.Join(values, ", ")+".")
	}
	return v
}

// number returns a number without sign or leading zeros between the declared
// bounds, 0 when there is neither one nor a standard.
func (q *query) number(name string) int {
	p := q.param(name)
	standard, _ := strconv.Atoi(p.standard)
	v, ok := q.get(name)
	if !ok {
		return standard
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < p.low || n > p.high || strconv.Itoa(n) != v {
		q.fault(name, codeValue, name+" is a number from "+strconv.Itoa(p.low)+" to "+strconv.Itoa(p.high)+".")
		return standard
	}
	return n
}

// set returns a comma list of distinct values out of the declared ones, nil
// when none was given.
func (q *query) set(name string) []string {
	values := q.param(name).values
	v, ok := q.get(name)
	if !ok {
		return nil
	}
	list := strings.Split(v, ",")
	for i, s := range list {
		if !slices.Contains(values, s) || slices.Contains(list[:i], s) {
			q.fault(name, codeValue, name+" is a list, with commas and nothing twice, out of "+strings.Join(values, ", ")+".")
			return nil
		}
	}
	return list
}

// forms are the forms of the text that were asked for.
type forms struct{ blocks, html, markdown bool }

func (f forms) none() bool { return f == forms{} }

func (q *query) body() forms {
	list := q.set("body")
	if list == nil {
		list = strings.Split(q.param("body").standard, ",")
	}
	if len(list) > 1 && slices.Contains(list, "none") {
		q.fault("body", codeValue, "body=none goes with nothing else.")
	}
	return forms{slices.Contains(list, "blocks"), slices.Contains(list, "html"), slices.Contains(list, "markdown")}
}

// idForm is the form of every id: anything else is known to name nothing.
var idForm = regexp.MustCompile(`^[0-7][0-9a-hjkmnp-tv-z]{25}$`)
