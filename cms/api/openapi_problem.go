package api

import (
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"meridian/cms/api/openapi"
)

func typesOfProblems() []string {
	out := make([]string, len(problemTypes))
	for i, t := range problemTypes {
		out[i] = t.what
	}
	return out
}

// failures describes the problems that an address answers with, by status.
func (d *describer) failures(o *openapi.Operation, what []string) {
	for _, status := range []int{http.StatusBadRequest, http.StatusNotFound, http.StatusGone, http.StatusInternalServerError, http.StatusServiceUnavailable} {
		var these, titles []string
		for _, t := range problemTypes {
			if t.status == status && slices.Contains(what, t.what) {
				these, titles = append(these, t.what), append(titles, t.title)
			}
		}
		if these == nil {
			continue
		}
		r := &openapi.Response{Description: strings.Join(titles, ", or ")}
		r.Headers.Set("Cache-Control", &openapi.Header{Ref: "#/components/headers/Cache-Control"})
		if status == http.StatusServiceUnavailable {
			r.Headers.Set("Retry-After", &openapi.Header{Ref: "#/components/headers/Retry-After"})
		}
		name := ""
		if len(these) > 1 {
			for _, w := range these {
				name += component(w)
			}
			name += "Problem"
		}
		r.Content = content("application/problem+json", d.problems(name, these...))
		o.Responses.Set(strconv.Itoa(status), r)
	}
}

// problems describes one of some types of problems, under a name where there
// are several.
func (d *describer) problems(name string, what ...string) *openapi.Schema {
	var all openapi.Map[string]
	for _, t := range problemTypes {
		if slices.Contains(what, t.what) {
			all.Set(problemURN+t.what, d.problem(t))
		}
	}
	if len(all) == 1 {
		return openapi.Ref(all[0].Value)
	}
	if _, ok := d.Schemas.Get(name); !ok {
		d.Schemas.Set(name, openapi.OneOf("type", all))
	}
	return openapi.Ref(name)
}

// problem declares a type of problem and returns its name among the components.
func (d *describer) problem(t problemType) string {
	name := component(t.what) + "Problem"
	if _, ok := d.Schemas.Get(name); ok {
		return name
	}
	all := d.Object(reflect.TypeFor[Problem]())
	s := openapi.Object().Described(t.about)
	for _, p := range all.Properties {
		member := p.Value
		switch p.Name {
		case "type":
			member = openapi.Value(problemURN + t.what)
		case "title":
			member = openapi.Value(t.title)
		case "status":
			member = &openapi.Schema{Type: "integer", Const: t.status}
		case "errors":
			n := 0
			if t.always == "errors" {
				n = maxFaults
				list := *member
				list.MinItems = 1
				member = &list
			}
			list := *member
			list.MaxItems = &n
			member = &list
		}
		required := slices.Contains(all.Required, p.Name) || p.Name == t.always
		if required || p.Name == t.may {
			s.Add(p.Name, member.Described(p.Value.Description), required)
		}
	}
	d.Schemas.Set(name, s)
	return name
}
