package admin

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed zones.txt
var zoneNames string // the names of zone.tab of the IANA database, which is in the public domain

// zones are the time zones to choose from, grouped by region.
var zones = sync.OnceValue(func() []Option {
	out := []Option{{Value: "UTC", Label: "UTC"}}
	for name := range strings.FieldsSeq(zoneNames) {
		region, place, ok := strings.Cut(name, "/")
		if !ok {
			continue
		}
		out = append(out, Option{Value: name, Label: strings.NewReplacer("_", " ", "/", " – ").Replace(place), Group: region})
	}
	return out
})

// zoneField is the choice of a time zone.
func zoneField(f *Form, chosen string) Field {
	list := append([]Option(nil), zones()...)
	known := false
	for _, o := range list {
		known = known || o.Value == chosen
	}
	if !known && chosen != "" {
		list = append(list, Option{Value: chosen, Label: chosen})
	}
	return f.Field(Field{Name: "time_zone", Kind: "select", Value: chosen, Options: list})
}
