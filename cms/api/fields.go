package api

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
)

// members are the names of the members of an item, in their order.
var members = func() []string {
	t := reflect.TypeFor[Item]()
	list := make([]string, t.NumField())
	for i := range list {
		list[i], _, _ = strings.Cut(t.Field(i).Tag.Get("json"), ",")
	}
	return list
}()

// selection names the members of an item that were asked for; nil means all.
type selection []string

// shape reads fields= and body= together: a form of the text that was asked
// for by name is there whether or not fields= has it, and one that nobody will
// see is not rendered.
func (q *query) shape(standard forms) (selection, forms) {
	s, f := selection(q.set("fields", members)), q.body(standard)
	if _, asked := q.get("body"); s != nil && asked && !f.none() && !s.has("body") {
		s = append(s, "body")
	}
	if !s.has("body") {
		f = forms{}
	}
	return s, f
}

// has reports whether a member was asked for.
func (s selection) has(name string) bool { return s == nil || slices.Contains(s, name) }

// of returns what to encode of an item.
func (s selection) of(it *Item) any {
	if s == nil {
		return it
	}
	return selected{it, s}
}

// selected is an item with some of its members, in their usual order.
type selected struct {
	item *Item
	only selection
}

// MarshalJSON implements json.Marshaler.
func (s selected) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	v := reflect.ValueOf(s.item).Elem()
	sep := byte('{')
	for i, name := range members {
		if !s.only.has(name) {
			continue
		}
		value, err := json.Marshal(v.Field(i).Interface())
		if err != nil {
			return nil, err
		}
		b.WriteByte(sep)
		b.WriteString(`"` + name + `":`)
		b.Write(value)
		sep = ','
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}
