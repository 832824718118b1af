package openapi

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"time"
)

// Shapes makes schemas from the Go types of answers. Structs become closed
// objects in Schemas, under the names of their types; members that are always
// marshalled are required, pointers may be null.
type Shapes struct {
	Schemas Map[*Schema]
	// Refine returns what is known of a member beyond its Go type: of its
	// values, where it holds several. nil leaves it at the type.
	Refine func(owner, member string) *Schema
	// About returns what is to be said of a type, or of a field of it.
	About func(typ, field string) string
}

// Ref returns a reference to the schema of a struct.
func (s *Shapes) Ref(t reflect.Type) *Schema {
	if _, ok := s.Schemas.Get(t.Name()); !ok {
		s.Schemas.Set(t.Name(), nil) // for types that hold themselves
		s.Schemas.Set(t.Name(), s.Object(t))
	}
	return Ref(t.Name())
}

// Object returns the schema of a struct itself.
func (s *Shapes) Object(t reflect.Type) *Schema {
	out := Object()
	out.Description = s.About(t.Name(), "")
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		optional := options == "omitempty"
		member := s.member(t.Name(), name, f.Type, optional)
		if about := s.About(t.Name(), f.Name); about != "" {
			member = member.Described(about)
		}
		out.Add(name, member, !optional)
	}
	return out
}

func (s *Shapes) member(owner, name string, t reflect.Type, optional bool) *Schema {
	switch {
	case t == reflect.TypeFor[*struct{}]():
		return Null()
	case t.Kind() == reflect.Pointer:
		inner := s.member(owner, name, t.Elem(), false)
		if optional {
			return inner // absent in place of null
		}
		return Nullable(inner)
	case t.Kind() == reflect.Slice && t != reflect.TypeFor[json.RawMessage]():
		if t.Elem() == reflect.TypeFor[struct{}]() {
			none := 0
			return &Schema{Type: "array", MaxItems: &none}
		}
		return List(s.member(owner, name, t.Elem(), false))
	}
	if known := s.Refine(owner, name); known != nil {
		return known
	}
	switch {
	case t == reflect.TypeFor[time.Time]():
		return &Schema{Type: "string", Format: "date-time", Pattern: "Z$"}
	case t.Kind() == reflect.Struct:
		return s.Ref(t)
	}
	switch t.Kind() {
	case reflect.String:
		return Of("string")
	case reflect.Bool:
		return Of("boolean")
	case reflect.Int, reflect.Int64:
		zero := 0
		return &Schema{Type: "integer", Minimum: &zero}
	case reflect.Float64:
		return Of("number")
	}
	panic("openapi: nothing is known of " + owner + "." + name + ", a " + t.String())
}

// Part returns an object of which any number of members may be missing. when
// names the requests that get a member.
func Part(of *Schema, when func(member string) []string) *Schema {
	out := *of
	out.Required = nil
	out.Properties = slices.Clone(of.Properties)
	for i, p := range out.Properties {
		if p.Value.When == nil {
			out.Properties[i].Value = p.Value.Whenever(when(p.Name)...)
		}
	}
	return &out
}
