package api

import (
	"slices"

	"meridian/cms/api/openapi"
	"meridian/cms/block"
)

// Names of the components that texts are made of. A block has that of its type,
// with "Block" behind it; inside another one, where it has no id, with "Part".
const (
	textName   = "Text"        // the envelope
	blockName  = "Block"       // what stands directly in a text
	inlineName = "Inline"      // what stands in a paragraph
	plainName  = "PlainInline" // what stands in a heading
	markName   = "Mark"
)

// texts declares the text format, from the registry of blocks.
func (d *describer) texts() {
	if _, ok := d.Schemas.Get(textName); ok {
		return
	}
	doc := openapi.Object()
	doc.Add("type", openapi.Value("doc"), true)
	blocks := openapi.List(openapi.Ref(blockName))
	most := block.MaxBlocks
	blocks.MinItems, blocks.MaxItems = 1, &most
	doc.Add("content", blocks.Described("Absent where there is no text."), false)
	text := openapi.Object().Described("A text in one language: a tree of blocks, each told apart by its type. What says nothing is left out.")
	text.Add("schema", &openapi.Schema{Type: "integer", Const: block.Schema}, true)
	text.Add("lang", openapi.Form(tagForm.String()), true)
	text.Add("doc", doc, true)
	d.Schemas.Set(textName, text)

	var top openapi.Map[string]
	d.Schemas.Set(blockName, nil) // in front of those it is made of
	inside := map[string]bool{}
	for _, s := range block.Specs() {
		if s.Content != nil {
			for _, child := range s.Content.Of {
				inside[child] = true
			}
		}
	}
	for _, s := range block.Specs() {
		if s.Kind != block.KindPart {
			name := component(s.Type) + "Block"
			d.Schemas.Set(name, d.block(s, false))
			top.Set(s.Type, name)
		}
	}
	d.Schemas.Set(blockName, openapi.OneOf("type", top).Described("A block: it keeps its id for life, and across languages."))
	for _, s := range block.Specs() {
		if inside[s.Type] {
			d.Schemas.Set(partName(s.Type), d.block(s, true))
		}
	}
	d.inline()
}

func partName(typ string) string { return component(typ) + "Part" }

// block describes a block of a text, or one inside another.
func (d *describer) block(s block.Spec, part bool) *openapi.Schema {
	out := openapi.Object()
	out.Add("type", openapi.Value(s.Type), true)
	attrs := openapi.Object()
	for _, a := range s.Attrs {
		if !part || a.Name != "id" && a.Name != "dir" {
			attrs.Add(a.Name, d.attr(a), a.Name == "id" || standing(s.Type, a))
		}
	}
	if len(attrs.Properties) > 0 {
		attrs.MinMembers = 1
		out.Add("attrs", attrs, len(attrs.Required) > 0)
	}
	if s.Content == nil {
		return out
	}
	content := openapi.List(nil)
	content.MinItems = 1
	switch {
	case s.Content.Inline && s.Content.Breaks:
		content.Items = openapi.Ref(inlineName)
	case s.Content.Inline:
		content.Items = openapi.Ref(plainName)
	case len(s.Content.Of) == 1:
		content.Items = openapi.Ref(partName(s.Content.Of[0]))
	default:
		var of openapi.Map[string]
		for _, typ := range s.Content.Of {
			of.Set(typ, partName(typ))
		}
		content.Items = openapi.OneOf("type", of)
	}
	if s.Content.First != "" {
		content.PrefixItems = []*openapi.Schema{openapi.Ref(partName(s.Content.First))}
	}
	// A cell or an item of a list may hold an empty paragraph.
	out.Add("content", content, !part || !s.Content.Inline)
	return out
}

// standing reports whether an attribute is in every published block of a type:
// it is needed to publish, or normalising writes its default out.
func standing(typ string, a block.Attr) bool {
	switch a.Type {
	case block.TypeChoice:
		return a.Choices[0] != ""
	case block.TypeInt:
		return a.Required || a.Name == "start"
	case block.TypeList:
		return a.Min > 0
	}
	return a.Required
}

// attr describes an attribute.
func (d *describer) attr(a block.Attr) *openapi.Schema {
	s := openapi.Of("string")
	switch a.Type {
	case "id":
		return openapi.Form(`^[a-hjkmnp-z2-9]{8}$`)
	case block.TypeInline:
		s = openapi.List(openapi.Ref(inlineName))
		s.MinItems = 1
		return s
	case block.TypeChoice:
		return openapi.Choice(slices.DeleteFunc(slices.Clone(a.Choices), func(c string) bool { return c == "" })...)
	case block.TypeChoices:
		return setOf(openapi.Choice(a.Choices...), len(a.Choices))
	case block.TypeBool:
		return &openapi.Schema{Type: "boolean", Const: true}
	case block.TypeInt:
		return openapi.Number(a.Min, a.Max)
	case block.TypeList:
		if a.Of != nil {
			s = openapi.List(d.attrs(a.Of))
		} else {
			s = openapi.List(d.attr(block.Attr{Type: a.Item, Kinds: a.Kinds}))
		}
		most := a.Max
		s.MinItems, s.MaxItems = 1, &most
		return s
	case block.TypeObject:
		// Whether it is needed depends on the rest of the block.
		of := slices.Clone(a.Of)
		for i := range of {
			of[i].Required = false
		}
		return d.attrs(of)
	case block.TypeMedia:
		s.Pattern = `^media:.+$`
	case block.TypeRef:
		s.Pattern = "^(" + alternatives(a.Kinds) + "):.+$"
	case block.TypeURL:
		s.Format = "iri-reference"
	case block.TypeTarget:
		s.Description = "An address, or the ref (kind:id) of something of this site."
	case block.TypeLang:
		s.Pattern = tagForm.String()
	case block.TypeDate:
		s.Format, s.Pattern = "date", dayForm.String()
	case block.TypeEmail:
		s.Format = "idn-email"
	case block.TypePhone:
		s.Pattern = `^\+`
	}
	s.MinLength, s.MaxLength = 1, a.Max
	return s
}

func (d *describer) attrs(of []block.Attr) *openapi.Schema {
	s := openapi.Object()
	s.MinMembers = 1
	for _, a := range of {
		s.Add(a.Name, d.attr(a), standing("", a))
	}
	return s
}

func alternatives(list []string) string {
	out := ""
	for i, s := range list {
		if i > 0 {
			out += "|"
		}
		out += s
	}
	return out
}

// inline declares what stands in paragraphs: text with marks, line breaks and
// facts.
func (d *describer) inline() {
	marks := openapi.List(openapi.Ref(markName))
	marks.MinItems = 1
	node := func(typ string) *openapi.Schema {
		s := openapi.Object()
		s.Add("type", openapi.Value(typ), true)
		return s
	}
	text := node("text")
	text.Add("text", &openapi.Schema{Type: "string", MinLength: 1}, true)
	text.Add("marks", marks, false)
	fact := node("fact").Described("A number that the site computes, such as how many sections there are.")
	attrs := openapi.Object()
	for _, a := range block.FactAttrs() {
		attrs.Add(a.Name, d.attr(a), a.Required)
	}
	fact.Add("attrs", attrs, true)
	fact.Add("marks", marks, false)
	d.Schemas.Set(inlineName, openapi.OneOf("type", openapi.Map[string]{{Name: "text", Value: "TextInline"}, {Name: "hard_break", Value: "HardBreakInline"}, {Name: "fact", Value: "FactInline"}}))
	d.Schemas.Set(plainName, openapi.OneOf("type", openapi.Map[string]{{Name: "text", Value: "TextInline"}}))
	d.Schemas.Set("TextInline", text)
	d.Schemas.Set("HardBreakInline", node("hard_break"))
	d.Schemas.Set("FactInline", fact)

	var all openapi.Map[string]
	d.Schemas.Set(markName, nil)
	for _, m := range block.MarkSpecs() {
		s := openapi.Object()
		s.Add("type", openapi.Value(m.Type), true)
		if len(m.Attrs) > 0 {
			attrs := d.attrs(m.Attrs)
			if m.Type == "link" {
				attrs.OneOf = []*openapi.Schema{{Required: []string{"href"}}, {Required: []string{"ref"}}}
			}
			s.Add("attrs", attrs, true)
		}
		name := component(m.Type) + "Mark"
		d.Schemas.Set(name, s)
		all.Set(m.Type, name)
	}
	d.Schemas.Set(markName, openapi.OneOf("type", all).Described("Something said of a run of text."))
}
