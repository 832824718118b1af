package block

import "encoding/json"

// Registry is the registry as JSON: what the editor in the browser builds its
// schema, its insert menu and its forms from, and what the documentation of the
// format shows. The shape is that of exportedBlock; the order is the menu's.
func Registry() []byte {
	out := struct {
		Schema int             `json:"schema"`
		Blocks []exportedBlock `json:"blocks"`
		Marks  []exportedMark  `json:"marks"`
		Inline []exportedMark  `json:"inline"`
		Facts  []string        `json:"facts"`
		Limits map[string]int  `json:"limits"`
	}{
		Schema: Schema,
		Facts:  FactKeys,
		Limits: map[string]int{"bytes": MaxBytes, "blocks": MaxBlocks, "text": MaxText, "list_depth": MaxListDepth, "rows": MaxRows, "columns": MaxColumns},
		Inline: []exportedMark{{Type: "text"}, {Type: "hard_break"}, {Type: "fact", Attrs: exportAttrs(factAttrs)}},
	}
	for i := range specs {
		s := &specs[i]
		b := exportedBlock{
			Type: s.Type, Kind: s.Kind, Icon: s.Icon, Label: inEveryLanguage(s.Label()), Keywords: s.Keywords,
			Attrs: exportAttrs(s.Attrs), Translatable: s.Translatable, Sample: s.Sample,
		}
		if c := s.Content; c != nil {
			b.Content = &exportedContent{Inline: c.Inline, Breaks: c.Breaks, Of: c.Of, First: c.First}
		}
		if s.Kind == KindCard {
			b.Form = "/admin/blocks/" + s.Type + "/form"
		}
		out.Blocks = append(out.Blocks, b)
	}
	for _, m := range markSpecs {
		out.Marks = append(out.Marks, exportedMark{Type: m.Type, Attrs: exportAttrs(m.Attrs)})
	}
	raw, err := json.Marshal(out)
	if err != nil {
		panic(err) // plain data of this package: cannot happen, and a test calls it
	}
	return raw
}

type exportedBlock struct {
	Type         string                  `json:"type"`
	Kind         Kind                    `json:"kind"`
	Icon         string                  `json:"icon"`
	Label        map[string]string       `json:"label"`
	Keywords     []string                `json:"keywords,omitempty"`
	Attrs        map[string]exportedAttr `json:"attrs"`
	Content      *exportedContent        `json:"content,omitempty"`
	Translatable []string                `json:"translatable,omitempty"`
	Form         string                  `json:"form,omitempty"`
	Sample       map[string]any          `json:"sample,omitempty"`
}

type exportedContent struct {
	Inline bool     `json:"inline,omitempty"`
	Breaks bool     `json:"breaks,omitempty"`
	Of     []string `json:"of,omitempty"`
	First  string   `json:"first,omitempty"`
}

type exportedMark struct {
	Type  string                  `json:"type"`
	Attrs map[string]exportedAttr `json:"attrs,omitempty"`
}

type exportedAttr struct {
	Type     AttrType                `json:"t"`
	Min      int                     `json:"min,omitempty"`
	Max      int                     `json:"max,omitempty"`
	Required bool                    `json:"req,omitempty"`
	Choices  []string                `json:"choices,omitempty"`
	Kinds    []string                `json:"kinds,omitempty"`
	Item     AttrType                `json:"item,omitempty"`
	Of       map[string]exportedAttr `json:"of,omitempty"`
}

func exportAttrs(attrs []Attr) map[string]exportedAttr {
	out := make(map[string]exportedAttr, len(attrs))
	for i := range attrs {
		a := &attrs[i]
		e := exportedAttr{Type: a.Type, Min: a.Min, Max: a.Max, Required: a.Required, Choices: a.Choices, Kinds: a.Kinds, Item: a.Item}
		if a.Of != nil {
			e.Of = exportAttrs(a.Of)
		}
		out[a.Name] = e
	}
	return out
}

func inEveryLanguage(key string) map[string]string {
	out := make(map[string]string, len(Languages))
	for _, lang := range Languages {
		out[lang] = word(lang, key)
	}
	return out
}
