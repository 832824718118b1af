package openapi

import (
	"slices"
	"strings"
)

// Schema is a JSON Schema of draft 2020-12, as far as descriptions here need
// it. Objects are closed unless they are made otherwise.
type Schema struct {
	Ref         string `json:"$ref,omitempty"`
	Title       string `json:"title,omitempty"`
	Description string `json:"description,omitempty"`

	Type any   `json:"type,omitempty"` // a string, or two of them with "null"
	Enum []any `json:"enum,omitempty"`
	// Const is a value, nil for none.
	Const any `json:"const,omitempty"`

	Pattern   string `json:"pattern,omitempty"`
	Format    string `json:"format,omitempty"`
	MinLength int    `json:"minLength,omitempty"`
	MaxLength int    `json:"maxLength,omitempty"`
	Minimum   *int   `json:"minimum,omitempty"`
	Maximum   *int   `json:"maximum,omitempty"`

	PrefixItems []*Schema `json:"prefixItems,omitempty"`
	Items       *Schema   `json:"items,omitempty"`
	MinItems    int       `json:"minItems,omitempty"`
	MaxItems    *int      `json:"maxItems,omitempty"`
	Unique      bool      `json:"uniqueItems,omitempty"`

	Properties Map[*Schema] `json:"properties,omitempty"`
	Required   []string     `json:"required,omitempty"`
	Names      *Schema      `json:"propertyNames,omitempty"`
	MinMembers int          `json:"minProperties,omitempty"`
	// Additional is false for a closed object, a *Schema for a map.
	Additional any `json:"additionalProperties,omitempty"`

	AnyOf         []*Schema      `json:"anyOf,omitempty"`
	OneOf         []*Schema      `json:"oneOf,omitempty"`
	Discriminator *Discriminator `json:"discriminator,omitempty"`

	Default any `json:"default,omitempty"`

	// When are the requests that get the member, or that get this alternative
	// of several: the name of a query parameter that has to be there, or
	// "name=value" for one that has to hold the value, in its list or by its
	// default. One of them suffices.
	When []string `json:"x-when,omitempty"`
}

// Discriminator names the member that tells alternatives apart.
type Discriminator struct {
	Property string            `json:"propertyName"`
	Mapping  map[string]string `json:"mapping,omitempty"`
}

const schemas = "#/components/schemas/"

// Ref refers to a component.
func Ref(name string) *Schema { return &Schema{Ref: schemas + name} }

// Refers returns the name of the component that the schema refers to, "" when
// it refers to none.
func (s *Schema) Refers() string { return strings.TrimPrefix(s.Ref, schemas) }

// Of returns a schema of a simple type.
func Of(typ string) *Schema { return &Schema{Type: typ} }

// Value is the schema of one value.
func Value(v string) *Schema { return &Schema{Type: "string", Const: v} }

// Choice is the schema of one out of some texts.
func Choice(values ...string) *Schema {
	s := &Schema{Type: "string"}
	for _, v := range values {
		s.Enum = append(s.Enum, v)
	}
	return s
}

// Form is the schema of a text of a form.
func Form(pattern string) *Schema { return &Schema{Type: "string", Pattern: pattern} }

// List is the schema of an array.
func List(items *Schema) *Schema { return &Schema{Type: "array", Items: items} }

// Object is a closed object without members.
func Object() *Schema { return &Schema{Type: "object", Additional: false} }

// MapOf is an object whose members have names of a form.
func MapOf(names, values *Schema) *Schema {
	return &Schema{Type: "object", Names: names, Additional: values}
}

// Number is a whole number between two bounds.
func Number(low, high int) *Schema { return &Schema{Type: "integer", Minimum: &low, Maximum: &high} }

// Null is the schema of nothing.
func Null() *Schema { return Of("null") }

// OneOf is the schema of alternatives that a member tells apart: each is a
// component, by the value of the member.
func OneOf(member string, alternatives Map[string]) *Schema {
	s := &Schema{Discriminator: &Discriminator{Property: member, Mapping: map[string]string{}}}
	for _, a := range alternatives {
		s.OneOf = append(s.OneOf, Ref(a.Value))
		s.Discriminator.Mapping[a.Name] = schemas + a.Value
	}
	return s
}

// Nullable is the schema of the same or null.
func Nullable(s *Schema) *Schema {
	if typ, ok := s.Type.(string); ok && s.Const == nil {
		out := *s
		out.Type = []string{typ, "null"}
		if s.Enum != nil {
			out.Enum = append(slices.Clone(s.Enum), nil)
		}
		return &out
	}
	if s.OneOf != nil {
		out := *s
		out.OneOf = append(slices.Clone(s.OneOf), Null())
		return &out
	}
	return &Schema{AnyOf: []*Schema{s, Null()}}
}

// Add adds a member to an object.
func (s *Schema) Add(name string, member *Schema, required bool) {
	s.Properties.Set(name, member)
	if required && !slices.Contains(s.Required, name) {
		s.Required = append(s.Required, name)
	}
}

// With returns the object with a member described in another way.
func (s *Schema) With(name string, member *Schema) *Schema {
	out := *s
	out.Properties = slices.Clone(s.Properties)
	if old, ok := s.Properties.Get(name); ok && member.Description == "" {
		m := *member
		m.Description = old.Description
		member = &m
	}
	out.Properties.Set(name, member)
	return &out
}

// Described returns the schema with a description.
func (s *Schema) Described(text string) *Schema {
	out := *s
	out.Description = text
	return &out
}

// Whenever returns the schema for some requests only; see When.
func (s *Schema) Whenever(conditions ...string) *Schema {
	out := *s
	out.When = conditions
	return &out
}
