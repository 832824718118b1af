package api

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	"meridian/cms/live"
)

// members are the names of the members of an item, in their order, those aside
// that are there only when they are asked for otherwise.
var members = func() []string {
	t := reflect.TypeFor[Item]()
	var list []string
	for i := range t.NumField() {
		if name, option, _ := strings.Cut(t.Field(i).Tag.Get("json"), ","); option == "" {
			list = append(list, name)
		}
	}
	return list
}()

// selection names the members of an item that were asked for; nil means all.
type selection []string

// shape reads fields= and body= together: a form of the text that was asked
// for by name is there whether or not fields= has it, and one that nobody will
// see is not rendered.
func (q *query) shape() (selection, forms) {
	s, f := selection(q.set("fields")), q.body()
	if _, asked := q.get("body"); s != nil && asked && !f.none() && !s.has("body") {
		s = append(s, "body")
	}
	if !s.has("body") {
		f = forms{}
	}
	return s, f
}

// without returns the parts of items that nobody will see.
func (s selection) without(f forms, inc include) live.Parts {
	var p live.Parts
	for _, x := range []struct {
		part live.Parts
		seen bool
	}{
		{live.PartText, !f.none() || inc.media}, {live.PartFacts, s.has("facts") || s.has("fields") || s.has("image") || inc.media}, {live.PartEditions, s.has("editions")},
		{live.PartAncestors, s.has("section") || s.has("ancestors") || inc.author}, {live.PartTranslation, s.has("translation")},
	} {
		if !x.seen {
			p |= x.part
		}
	}
	return p
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
	if s.item.Included != nil {
		value, err := json.Marshal(s.item.Included)
		if err != nil {
			return nil, err
		}
		b.WriteByte(sep)
		b.WriteString(`"included":`)
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}
