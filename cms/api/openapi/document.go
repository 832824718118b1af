package openapi

import (
	"bytes"
	"encoding/json"
)

// Version is the version of the specification that documents follow.
const Version = "3.1.1"

// Document is an OpenAPI document.
type Document struct {
	OpenAPI    string         `json:"openapi"`
	Info       Info           `json:"info"`
	Dialect    string         `json:"jsonSchemaDialect,omitempty"`
	Servers    []Server       `json:"servers,omitempty"`
	Tags       []Tag          `json:"tags,omitempty"`
	Paths      Map[*PathItem] `json:"paths"`
	Components Components     `json:"components"`
}

// Info says what is described.
type Info struct {
	Title       string  `json:"title"`
	Description string  `json:"description,omitempty"`
	Licence     *Server `json:"license,omitempty"`
	Version     string  `json:"version"`
}

// Server is an address, with a name or a description.
type Server struct {
	URL         string `json:"url"`
	Description string `json:"description,omitempty"`
}

// Tag names a group of operations.
type Tag struct {
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
}

// PathItem is an address, which here is only read.
type PathItem struct {
	Get *Operation `json:"get"`
}

// Operation is one way to ask.
type Operation struct {
	ID          string         `json:"operationId"`
	Tags        []string       `json:"tags,omitempty"`
	Summary     string         `json:"summary"`
	Description string         `json:"description,omitempty"`
	Parameters  []*Parameter   `json:"parameters,omitempty"`
	Responses   Map[*Response] `json:"responses"`
}

// Parameter is a value of the address or of a header, or a Ref to one.
type Parameter struct {
	Ref         string  `json:"$ref,omitempty"`
	Name        string  `json:"name,omitempty"`
	In          string  `json:"in,omitempty"`
	Required    bool    `json:"required,omitempty"`
	Description string  `json:"description,omitempty"`
	Style       string  `json:"style,omitempty"`
	Explode     *bool   `json:"explode,omitempty"`
	Schema      *Schema `json:"schema,omitempty"`
	Example     any     `json:"example,omitempty"`
}

// Response is an answer by its status.
type Response struct {
	Description string        `json:"description"`
	Headers     Map[*Header]  `json:"headers,omitempty"`
	Content     Map[*Content] `json:"content,omitempty"`
}

// Header is a header of an answer, or a Ref to one.
type Header struct {
	Ref         string  `json:"$ref,omitempty"`
	Description string  `json:"description,omitempty"`
	Required    bool    `json:"required,omitempty"`
	Schema      *Schema `json:"schema,omitempty"`
}

// Content is what an answer of a media type holds.
type Content struct {
	Schema  *Schema         `json:"schema"`
	Example json.RawMessage `json:"example,omitempty"`
}

// Components are what is referred to by name.
type Components struct {
	Schemas    Map[*Schema]    `json:"schemas,omitempty"`
	Parameters Map[*Parameter] `json:"parameters,omitempty"`
	Headers    Map[*Header]    `json:"headers,omitempty"`
}

// Map is a JSON object whose members keep their order.
type Map[V any] []Member[V]

// Member is one member of a Map.
type Member[V any] struct {
	Name  string
	Value V
}

// Get returns the value of a name and whether it is there.
func (m Map[V]) Get(name string) (v V, ok bool) {
	for _, e := range m {
		if e.Name == name {
			return e.Value, true
		}
	}
	return v, false
}

// Set gives a name its value: in its place, or at the end.
func (m *Map[V]) Set(name string, v V) {
	for i := range *m {
		if (*m)[i].Name == name {
			(*m)[i].Value = v
			return
		}
	}
	*m = append(*m, Member[V]{name, v})
}

// MarshalJSON implements json.Marshaler.
func (m Map[V]) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, e := range m {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(e.Name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(e.Value)
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}
