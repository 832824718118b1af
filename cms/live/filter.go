package live

import (
	"fmt"
	"slices"
	"time"

	"meridian/models/store"
)

// Filter is a condition on a public field. Of a field with several values, one
// has to meet it; "ne" is what "eq" is not, a missing value included.
type Filter struct {
	Field string // a name of Filterable
	Op    string // one of its Ops
	// Values are one, or several for "in". Times are RFC 3339, booleans and
	// "null" true or false.
	Values []string
}

// FilterField is a public field that lists can be narrowed by.
type FilterField struct {
	// Name is that of a member of an item, of a field or of a fact; the parts
	// of places and of the rows of lists come behind a dot.
	Name string
	// Kind is that of the field, or "time" for a moment.
	Kind string
	Ops  []string

	of         store.Source
	path, part string
}

// Operators by what they compare. Only titles are looked into: the rest of the
// words is what the search is for.
var (
	ordered  = []string{"eq", "ne", "in", "lt", "lte", "gt", "gte", "starts", "null"}
	titled   = append(slices.Clone(ordered), "contains")
	moments  = []string{"eq", "ne", "in", "lt", "lte", "gt", "gte", "null"}
	booleans = []string{"eq", "ne", "null"}
)

// columns are the members of every item that can be filtered by.
var columns = []FilterField{
	{Name: "id", Kind: "text", Ops: ordered},
	{Name: "lang", Kind: "text", Ops: ordered}, {Name: "original_lang", Kind: "text", Ops: ordered},
	{Name: "title", Kind: "text", Ops: titled}, {Name: "summary", Kind: "text", Ops: ordered},
	{Name: "slug", Kind: "text", Ops: ordered}, {Name: "path", Kind: "text", Ops: ordered},
	{Name: "published_at", Kind: "time", Ops: moments}, {Name: "updated_at", Kind: "time", Ops: moments},
	{Name: "revision", Kind: "text", Ops: ordered}, {Name: "hash", Kind: "text", Ops: ordered},
}

// PlaceParts and RowParts are the parts of places and of the rows of lists. A
// test compares them with what the editor side declares.
var (
	PlaceParts = []string{"street", "box", "postcode", "city", "country", "lat", "lon"}
	RowParts   = []string{"name", "acronym", "lang"}
)

// Filterable returns the fields that a list of the kind can be narrowed by: the
// members of items and whatever the kind declares, but for its picture and what
// is said of that. Those are withheld when a consent ends, and whoever may ask
// what they begin with knows them. Nothing else can be asked.
func (k Kind) Filterable() []FilterField { return filterable[k.Name] }

var filterable = func() map[string][]FilterField {
	m := map[string][]FilterField{}
	for _, k := range Kinds {
		list := slices.Clone(columns)
		if k.Name == "section" { // of the others, "type" is a fact if anything
			list = append(list, FilterField{Name: "type", Kind: "choice", Ops: ordered})
		}
		for _, f := range k.Fields {
			if f.Name == leadDescription {
				continue
			}
			list = append(list, FilterField{Name: f.Name, Kind: f.Kind, Ops: ordered, of: store.OfLanguage, path: "$." + f.Name})
		}
		for _, f := range k.Facts {
			list = append(list, filterFacts(k.Name, f)...)
		}
		m[k.Name] = list
	}
	return m
}()

// filterFacts returns the ways to filter by a fact.
func filterFacts(kind string, f Field) []FilterField {
	one := FilterField{Name: f.Name, Kind: f.Kind, Ops: ordered, of: store.OfFacts, path: "$." + f.Name}
	switch f.Kind {
	case "media":
		return nil
	case "boolean":
		one.Ops = booleans
	case "term":
		one.of, one.path = store.OfTerm, f.Name
	case "reference":
		one.of = store.OfReference
	case "date":
		if kind == "news" && f.Name == "date" { // kept apart, in order
			one.of, one.path = store.OfEdition, ""
		}
	case "place", "list":
		whole := one
		whole.Ops = []string{"null"}
		out := []FilterField{whole}
		parts := PlaceParts
		if f.Kind == "list" {
			parts = RowParts
		}
		for _, p := range parts {
			x := one
			x.Name, x.Kind = f.Name+"."+p, "text"
			if f.Kind == "list" {
				x.part = "$." + p
			} else {
				x.path += "." + p
			}
			out = append(out, x)
		}
		return out
	}
	return []FilterField{one}
}

// condition returns what a filter asks of the rows of a list. What a kind does
// not declare is ErrNotFound.
func (v *View) condition(kind string, f Filter) (store.Condition, error) {
	i := slices.IndexFunc(filterable[kind], func(x FilterField) bool { return x.Name == f.Field })
	if i < 0 {
		return store.Condition{}, fmt.Errorf("filter by %q: %w", f.Field, ErrNotFound)
	}
	x := filterable[kind][i]
	if !slices.Contains(x.Ops, f.Op) || len(f.Values) == 0 {
		return store.Condition{}, fmt.Errorf("filter %q by %q: %w", f.Field, f.Op, ErrNotFound)
	}
	c := store.Condition{Of: x.of, Name: x.path, Part: x.part, Op: f.Op, Values: slices.Clone(f.Values)}
	if c.Name == "" {
		c.Name = x.Name
	}
	for i, s := range c.Values {
		switch {
		case f.Op == "null":
		case x.Kind == "term" && (f.Op == "eq" || f.Op == "ne" || f.Op == "in"):
			c.Values[i] = v.became(s)
		case x.Kind == "time":
			at, err := time.Parse(time.RFC3339Nano, s)
			if err != nil {
				return c, fmt.Errorf("filter by time: %w", err)
			}
			c.Values[i] = at.UTC().Format(storedTime)
		}
	}
	yes := f.Values[0] == "true"
	switch {
	case f.Op == "null":
		c.Op, c.Not = "any", yes
	case x.Kind == "boolean": // what is not true is not there
		c.Op, c.Not = "any", yes == (f.Op == "ne")
	case f.Op == "ne":
		c.Op, c.Not = "eq", true
	}
	return c, nil
}

// storedTime is how the database writes moments, which makes them comparable
// as texts.
const storedTime = "2006-01-02 15:04:05.999999999-07:00"
