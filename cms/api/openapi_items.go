package api

import (
	"reflect"
	"slices"

	"meridian/cms/api/openapi"
	"meridian/cms/live"
)

// refinements is what is known of members of answers beyond their Go types: by
// type and member, or by member alone for all types.
var refinements = func() map[string]*openapi.Schema {
	id, lang, url := openapi.Form(idForm.String()), openapi.Form(tagForm.String()), &openapi.Schema{Type: "string", Format: "uri"}
	text, mime := openapi.Of("string"), openapi.Form(`^[a-z]+/[a-z0-9.+-]+$`)
	zero, one := 0, 1
	part := &openapi.Schema{Type: "number", Minimum: &zero, Maximum: &one}
	plurals := make([]string, len(live.Kinds))
	for i, k := range live.Kinds {
		plurals[i] = k.Plural
	}
	return map[string]*openapi.Schema{
		"id": id, "entry": id, "revision": id, "source_revision": id,
		"NetworkRegion.id": text, "NetworkCount.id": text, "ResolvedTerm.id": text,
		"urn":  openapi.Form(`^urn:meridian:[a-z0-9]+:` + idForm.String()[1:]),
		"kind": openapi.Choice(kindNames()...), "TreeNode.kind": openapi.Choice("section", "page"), "NetworkItem.kind": openapi.Value("section"),
		"Collection.name": openapi.Choice(plurals...),
		"type":            openapi.Choice("area", "organisation"), "Problem.type": text,
		"lang": lang, "original_lang": lang, "source_lang": lang, "requested": lang, "served": lang, "tag": lang, "NetworkItem.languages": lang,
		"url": url, "next": url, "network": url, "tree": url, "resolve": url, "resync": url, "Links.html": url, "Links.json": url, "search": url, "openapi": url, "docs": url,
		"Media.kind": openapi.Choice("image", "document", "audio", "video", "captions", "data"), "Media.type": mime, "MediaRendition.type": mime,
		"Media.licence": openapi.Choice("own", "permission", "cc0", "cc-by", "cc-by-sa", "cc-by-nc", "public-domain", "all-rights-reserved"),
		"Media.alt":     openapi.MapOf(lang, text), "ratio": openapi.Choice("1x1", "4x3", "16x9", "3x4"), "x": part, "y": part,
		"Change.kind": openapi.Choice(append(kindNames(), "media")...),
		"hash":        openapi.Form(`^[0-9a-f]{64}$`),
		"names":       openapi.MapOf(lang, text),
		"dir":         openapi.Choice("ltr", "rtl"), "nav": openapi.Choice("main", "footer", "none"),
		"cursor": openapi.Form(cursorForm.String()), "epoch": openapi.Form(`^[a-z0-9]{1,64}$`), "installation": openapi.Form(`^[a-z0-9]+$`),
		"Served.reason":      openapi.Choice(ReasonRequested, ReasonFallback, ReasonOriginal, ReasonEvery),
		"Problem.reason":     openapi.Choice(goneReasons...),
		"Problem.instance":   {Type: "string", Format: "uri-reference"},
		"Fault.pointer":      {Type: "string", Format: "json-pointer"},
		"Fault.code":         openapi.Choice(faultCodes...),
		"FoundItem.date":     openapi.Form(dayForm.String()),
		"NetworkItem.status": openapi.Choice(statuses...), "NetworkCountry.code": openapi.Form(`^([A-Z]{2})?$`),
		"vocabulary":  openapi.Choice("topic", "instrument"),
		"Body.blocks": openapi.Ref(textName).Whenever("body=blocks"), "Body.html": text.Whenever("body=html"), "Body.markdown": text.Whenever("body=markdown"),
		"List.count": openapi.Of("integer").Whenever("count=true"),
	}
}()

// refine is what is known of a member of a type.
func (d *describer) refine(owner, member string) *openapi.Schema {
	switch owner + "." + member {
	case "Item.fields", "Item.facts", "List.items", "Resolved.item":
		return openapi.Of("object") // by kind; see item
	case "NetworkItem.facts":
		section, _ := live.KindOf("section")
		return d.values(section, "Facts", section.Facts)
	case "Item.included":
		return d.included().Whenever("include")
	case "Item.body":
		return d.body()
	}
	if s, ok := refinements[owner+"."+member]; ok {
		return s
	}
	return refinements[member]
}

// item describes what an item of a kind is answered with: all of it, or a part.
func (d *describer) item(k live.Kind) *openapi.Schema {
	whole, part := component(k.Name)+"Item", component(k.Name)+"Selection"
	if _, ok := d.Schemas.Get(whole); !ok {
		s := d.Object(reflect.TypeFor[Item]())
		s = s.With("kind", openapi.Value(k.Name)).With("fields", d.values(k, "Fields", k.Fields)).With("facts", d.values(k, "Facts", k.Facts))
		typ := openapi.Null()
		if k.Name == "section" {
			typ = openapi.Choice("area", "organisation")
		}
		s = s.With("type", typ)
		s.Description = itemSummaries[k.Name] + " in one language."
		d.Schemas.Set(whole, s)
		s = openapi.Part(s, func(member string) []string {
			if member == "body" {
				return []string{"fields=body", "body"}
			}
			return []string{"fields=" + member}
		})
		s.Description = "The members of " + whole + " that fields= asks for."
		d.Schemas.Set(part, s)
	}
	return eitherOf(openapi.Ref(whole), openapi.Ref(part))
}

// included describes what belongs to an item: lists, too, are null where they
// were not asked for.
func (d *describer) included() *openapi.Schema {
	t := reflect.TypeFor[Included]()
	if _, ok := d.Schemas.Get(t.Name()); !ok {
		s := d.Object(t)
		for _, p := range s.Properties {
			if p.Value.Items == nil {
				continue
			}
			list := *p.Value
			if p.Name == "editions" {
				list.MinItems = 1 // itself, if nothing else
			}
			s = s.With(p.Name, openapi.Nullable(&list))
		}
		d.Schemas.Set(t.Name(), s)
	}
	return openapi.Ref(t.Name())
}

// body describes a text in the forms that were asked for.
func (d *describer) body() *openapi.Schema {
	t := reflect.TypeFor[Body]()
	if _, ok := d.Schemas.Get(t.Name()); !ok {
		d.texts()
		s := d.Object(t)
		s.MinMembers = 1
		d.Schemas.Set(t.Name(), s)
	}
	return openapi.Ref(t.Name())
}

// eitherOf describes what is answered with whole or, with fields=, in part.
func eitherOf(whole, part *openapi.Schema) *openapi.Schema {
	return &openapi.Schema{AnyOf: []*openapi.Schema{whole, part.Whenever("fields")}}
}

// list describes a page of a list.
func (d *describer) list(k live.Kind) *openapi.Schema {
	name := component(k.Name) + "List"
	s := d.Object(reflect.TypeFor[List]()).With("items", openapi.List(d.item(k)))
	s.Description = "One page of " + k.Plural + "."
	d.Schemas.Set(name, s)
	return openapi.Ref(name)
}

// resolved describes what an address leads to.
func (d *describer) resolved() *openapi.Schema {
	var whole openapi.Map[string]
	part := &openapi.Schema{}
	for _, k := range live.Kinds {
		d.item(k)
		whole.Set(k.Name, component(k.Name)+"Item")
		part.AnyOf = append(part.AnyOf, openapi.Ref(component(k.Name)+"Selection"))
	}
	section, _ := live.KindOf("section")
	all := d.Object(reflect.TypeFor[Resolved]())
	term, _ := all.Properties.Get("term")
	d.Schemas.Set("ResolvedToItem", all.With("target", openapi.Value("item")).With("item", eitherOf(openapi.OneOf("kind", whole), part)).With("term", openapi.Null()))
	d.Schemas.Set("ResolvedToNews", all.With("target", openapi.Value("news")).With("item", d.item(section)).With("term", openapi.Null()))
	d.Schemas.Set("ResolvedToTerm", all.With("target", openapi.Value("term")).With("item", openapi.Null()).With("term", term.AnyOf[0]))
	d.Schemas.Set("ResolvedElsewhere", all.With("target", openapi.Value("elsewhere")).With("item", openapi.Null()).With("term", openapi.Null()).With("redirected", &openapi.Schema{Type: "boolean", Const: true}))
	d.Schemas.Set("Resolved", openapi.OneOf("target", openapi.Map[string]{
		{Name: "item", Value: "ResolvedToItem"}, {Name: "news", Value: "ResolvedToNews"}, {Name: "term", Value: "ResolvedToTerm"}, {Name: "elsewhere", Value: "ResolvedElsewhere"},
	}).Described(all.Description))
	return openapi.Ref("Resolved")
}

// values describes the fields or the facts of a kind. Those without a value
// are absent.
func (d *describer) values(k live.Kind, what string, fields []live.Field) *openapi.Schema {
	name := component(k.Name) + what
	if _, ok := d.Schemas.Get(name); !ok {
		s := object(fields)
		s.Description = "What has no value is absent."
		d.Schemas.Set(name, s)
	}
	return openapi.Ref(name)
}

func object(fields []live.Field) *openapi.Schema {
	s := openapi.Object()
	for _, f := range fields {
		member := valueOf(f)
		if f.Many {
			member = openapi.List(member)
			member.MinItems = 1
		}
		s.Add(f.Name, member, f.Always)
	}
	return s
}

// placeFields are the parts of a place.
var placeFields = func() []live.Field {
	out := make([]live.Field, len(live.PlaceParts))
	for i, p := range live.PlaceParts {
		out[i] = live.Field{Name: p, Kind: "text"}
		if p == "country" {
			out[i].Form = p
		}
	}
	return out
}()

// valueOf describes one value of a field.
func valueOf(f live.Field) *openapi.Schema {
	switch f.Kind {
	case "boolean":
		return &openapi.Schema{Type: "boolean", Const: true}
	case "date":
		return &openapi.Schema{Type: "string", Format: "date", Pattern: dayForm.String()}
	case "choice":
		return openapi.Choice(f.Choices...)
	case "reference":
		return openapi.Form(idForm.String()).Described("The id of an entry that is public.")
	case "media":
		return openapi.Form(idForm.String()).Described("The id of a picture that is public; the member image has the rest of it.")
	case "term":
		return (&openapi.Schema{Type: "string", MinLength: 1}).Described("The id of a term.")
	case "url":
		return &openapi.Schema{Type: "string", Format: "iri"}
	case "place":
		s := object(placeFields)
		s.MinMembers = 1
		return s
	case "list":
		row := object(f.Of)
		row.MinMembers = 1
		s := openapi.List(row)
		s.MinItems = 1
		return s
	}
	switch f.Form {
	case "year":
		return openapi.Form(`^[12][0-9]{3}$`)
	case "country":
		return openapi.Form(countryForm.String())
	case "language":
		return openapi.Form(tagForm.String())
	case "email":
		return &openapi.Schema{Type: "string", Format: "idn-email"}
	}
	return &openapi.Schema{Type: "string", MinLength: 1}
}

// schema describes the value of a filter.
func (f filter) schema() *openapi.Schema {
	if f.op == "null" || f.field.Kind == "boolean" {
		return openapi.Choice("true", "false")
	}
	s := &openapi.Schema{Type: "string", MinLength: 1, MaxLength: maxValue}
	whole := slices.Contains([]string{"eq", "ne", "in"}, f.op)
	switch {
	case f.field.Kind == "time":
		s = &openapi.Schema{Type: "string", Format: "date-time"}
	case f.field.Kind == "date" && (whole || f.op == "gt" || f.op == "lte"):
		s = openapi.Form(dayForm.String())
	case f.field.Kind == "date":
		s = openapi.Form(periodForm.String())
	case (f.field.Kind == "reference" || f.field.Name == "id") && whole:
		s = openapi.Form(idForm.String())
	}
	if f.op == "in" {
		most := maxIn
		return &openapi.Schema{Type: "array", Items: s, MinItems: 1, MaxItems: &most}
	}
	return s
}
