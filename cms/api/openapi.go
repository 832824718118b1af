package api

import (
	"embed"
	"encoding/json"
	"io/fs"
	"reflect"
	"strconv"
	"sync"

	"meridian/cms/api/openapi"
	"meridian/cms/live"
)

// DescriptionPath is the address of the description of everything here.
const DescriptionPath = Root + "/openapi.json"

// about is what the description says of an address besides its parameters. An
// address without an id is another name of one that has it.
type about struct {
	id, tag, summary, text string
	answer                 func(*describer) *openapi.Schema
	problems               []string // besides those that every address answers with
	headers                []string // besides those that every answer has
	// example is a query to show the answer of; a test keeps the answers.
	example string
}

var (
	indexAbout = about{id: "index", tag: "site", summary: "Who speaks and what there is to read",
		answer: shapeOf[Index], example: "?"}
	descriptionAbout = about{id: "description", tag: "site", summary: "This description",
		answer: func(*describer) *openapi.Schema { return openapi.Of("object") }}
	changesAbout = about{id: "changes", tag: "changes", summary: "What was published, updated, moved and taken away",
		text:   "The journal, oldest first. Come back to the address in next: at once while more is true, later when it is false. A row says what changed, not how: read the item.",
		answer: shapeOf[Changes], problems: []string{"resync"}, headers: []string{"Last-Modified", "Link"}, example: "?limit=1"}
	searchAbout = about{id: "search", tag: "find", summary: "Search in one language",
		text:   "The best first. Words are found in all their forms, with or without accents; the last one may be half typed.",
		answer: shapeOf[Found], headers: []string{"Last-Modified", "Content-Language"}, example: "?q=mission&lang=en"}
	networkAbout = about{id: "network", tag: "find", summary: "The organisations of the network",
		text: "All of them at once, by region and name.", answer: shapeOf[Network], example: "?lang=fr&country=BE"}
	treeAbout = about{id: "tree", tag: "find", summary: "Sections and pages, for menus",
		text: "The sections and pages of a language. A section without a page in it is named in another one.", answer: shapeOf[Tree], example: "?lang=en&depth=1"}
	resolveAbout = about{id: "resolve", tag: "find", summary: "What an address for readers leads to",
		text:   "Redirects are followed, and redirected says so. Takes the parameters of items as well.",
		answer: (*describer).resolved, problems: []string{"not-found", "gone"}, headers: []string{"Last-Modified", "Content-Language"}, example: "?url=/en/about-us/&fields=id,title"}
)

var mediaAbout = about{id: "media", tag: "media", summary: "One picture or file",
	text:   "Whatever the language. It is there while something public shows it and nobody’s consent has ended.",
	answer: shapeOf[Media], problems: []string{"not-found", "gone"}, example: "?"}

func listAbout(k live.Kind) about {
	return about{id: k.Plural, tag: k.Plural, summary: listSummaries[k.Name],
		text:    "One page of public editions. The address of the following page is in next and in the Link header; what is published meanwhile neither repeats an item nor hides one.",
		answer:  func(d *describer) *openapi.Schema { return d.list(k) },
		headers: []string{"Last-Modified", "Link"}, example: "?lang=en&limit=1&fields=id,title,published_at,links"}
}

func itemAbout(k live.Kind) about {
	return about{id: k.Name + "Item", tag: k.Plural, summary: itemSummaries[k.Name],
		text:   "In the language asked for, or without one in the language it was written in first. Another language never stands in for a missing one: the problem lists those there are.",
		answer: func(d *describer) *openapi.Schema { return d.item(k) }, problems: []string{"not-found", "language-missing", "gone"},
		headers: []string{"Last-Modified", "Content-Language", "Link"}, example: itemExamples[k.Name]}
}

var itemExamples = map[string]string{"section": "?lang=en&fields=title,facts,body&body=markdown", "page": "?lang=en&fields=title,url,editions,language,translation", "news": "?lang=en&body=blocks,html"}

var (
	listSummaries = map[string]string{"section": "Sections", "page": "Pages", "news": "News"}
	itemSummaries = map[string]string{"section": "One section", "page": "One page", "news": "One news item"}
)

var tags = []openapi.Tag{
	{Name: "site", Description: "What this is."},
	{Name: "sections", Description: "Sections are the branches of the site; an organisation’s has its profile in facts."},
	{Name: "pages", Description: "Pages have a place in the order of their section."},
	{Name: "news", Description: "News have a date."},
	{Name: "media", Description: "Pictures and files."},
	{Name: "find", Description: "Ways to what there is."},
	{Name: "changes", Description: "What to read again."},
}

const introduction = `Published content, for anybody and without a key. Nothing but GET and HEAD changes hands, and every other site’s scripts may ask.

What has no value is null or empty, not absent; members come in the order of this description. The exceptions carry the extension x-when: a list of query parameters, of which one has to be there (name) or has to hold a value (name=value), also by its default. Within v1, members, addresses and blocks are only added.

Every answer has a strong ETag over its bytes: send it back in If-None-Match, and what has not changed costs a 304 without a body. An undeclared parameter is an error, and so is one that is there twice.

Other methods answer 405, other addresses 404, both with a problem (RFC 9457). All times are UTC.`

// Description is the OpenAPI document of everything here, as JSON. It is made
// when it is asked for first; the result is shared.
func Description() []byte {
	description.once.Do(func() {
		b, err := json.Marshal(Describe())
		if err != nil {
			panic(err) // of our own making
		}
		description.json = b
	})
	return description.json
}

var description struct {
	once sync.Once
	json []byte
}

// description answers with it.
func (h *handler) description(_ *live.View, r *request) (*answer, error) {
	if err := r.err(); err != nil {
		return nil, err
	}
	return &answer{shape: json.RawMessage(Description())}, nil
}

// describer puts the description together.
type describer struct {
	openapi.Shapes
	doc *openapi.Document
}

// Describe returns the description, made anew from the declarations that the
// handlers go by: routes, parameters, types of answers, kinds and blocks.
func Describe() *openapi.Document {
	d := &describer{doc: &openapi.Document{
		OpenAPI: openapi.Version,
		Info:    openapi.Info{Title: "Meridian", Description: introduction, Version: "1"},
		Servers: []openapi.Server{{URL: "/"}},
		Tags:    tags,
	}}
	words := comments()
	d.About = func(typ, field string) string { return words[typ+"."+field] }
	d.Refine = d.refine
	d.headers()
	for _, r := range routes() {
		if r.about.id != "" {
			path := pathOf(r.path)
			d.doc.Paths.Set(path, &openapi.PathItem{Get: d.operation(r)})
		}
	}
	d.problems("Problem", typesOfProblems()...)
	d.doc.Components.Schemas = d.Schemas
	return d.doc
}

// operation describes one address.
func (d *describer) operation(r route) *openapi.Operation {
	o := &openapi.Operation{ID: r.about.id, Tags: []string{r.about.tag}, Summary: r.about.summary, Description: r.about.text}
	if r.path != pathOf(r.path) {
		o.Parameters = append(o.Parameters, &openapi.Parameter{Name: "id", In: "path", Required: true, Description: "The id of the entry or the file.", Schema: openapi.Form(idForm.String())})
	}
	if r.params != nil {
		for _, p := range r.params.params {
			o.Parameters = append(o.Parameters, d.parameter(p))
		}
	}
	o.Parameters = append(o.Parameters, d.shared("If-None-Match", &openapi.Parameter{
		Name: "If-None-Match", In: "header", Description: "Entity tags that the asker has.", Schema: openapi.Of("string")}))
	ok := &openapi.Response{Description: r.about.summary, Content: content("application/json", r.about.answer(d))}
	ok.Content[0].Value.Example = exampleOf(r.about)
	for _, name := range append([]string{"ETag", "Cache-Control"}, r.about.headers...) {
		ok.Headers.Set(name, &openapi.Header{Ref: "#/components/headers/" + name})
	}
	o.Responses.Set("200", ok)
	o.Responses.Set("304", &openapi.Response{Description: "The asker has it.", Headers: openapi.Map[*openapi.Header]{
		{Name: "ETag", Value: &openapi.Header{Ref: "#/components/headers/ETag"}},
		{Name: "Cache-Control", Value: &openapi.Header{Ref: "#/components/headers/Cache-Control"}},
	}})
	d.failures(o, append([]string{"bad-parameter", "internal", "busy", "not-installed"}, r.about.problems...))
	return o
}

// parameter describes a query parameter, once for all addresses that take it
// in the same way.
func (d *describer) parameter(p param) *openapi.Parameter {
	out := &openapi.Parameter{Name: p.name, In: "query", Required: p.required, Description: p.about, Schema: p.schema()}
	if p.list() || p.form == formFilter && out.Schema.Items != nil {
		no := false
		out.Style, out.Explode = "form", &no
	}
	if p.example != "" {
		out.Example = p.example
		if p.form == formNumber {
			out.Example, _ = strconv.Atoi(p.example)
		}
		if p.form == formTags {
			out.Example = []string{"en", "fr"}
		}
	}
	return d.shared(p.name, out)
}

// shared returns a reference to a parameter among the components, or the
// parameter itself where another one has its name.
func (d *describer) shared(name string, p *openapi.Parameter) *openapi.Parameter {
	key := componentName(name)
	if old, ok := d.doc.Components.Parameters.Get(key); ok && !reflect.DeepEqual(old, p) {
		return p
	}
	d.doc.Components.Parameters.Set(key, p)
	return &openapi.Parameter{Ref: "#/components/parameters/" + key}
}

// headers declares the headers of answers.
func (d *describer) headers() {
	text := func(s string) *openapi.Header {
		return &openapi.Header{Description: s, Schema: openapi.Of("string")}
	}
	d.doc.Components.Headers = openapi.Map[*openapi.Header]{
		{Name: "ETag", Value: &openapi.Header{Required: true, Description: "A strong entity tag over the bytes; compressed answers have a suffix in it.", Schema: openapi.Form(`^"[^"]+"$`)}},
		{Name: "Cache-Control", Value: &openapi.Header{Required: true, Description: "How long the answer may be kept: as long as one likes, if one asks again before using it.", Schema: openapi.Of("string")}},
		{Name: "Last-Modified", Value: text("When the newest words in the answer changed.")},
		{Name: "Content-Language", Value: text("The language of the words.")},
		{Name: "Link", Value: text(`The following page of a list (rel="next"), or the page for readers (rel="alternate").`)},
		{Name: "Retry-After", Value: &openapi.Header{Required: true, Description: "Seconds to wait.", Schema: openapi.Form(`^[0-9]+$`)}},
	}
}

// examples are answers of the tests' site, as the tests got them.
//
//go:embed examples/*.json
var examples embed.FS

// exampleOf returns the example of an address, nil where there is none.
func exampleOf(a about) json.RawMessage {
	if a.example == "" {
		return nil
	}
	b, err := fs.ReadFile(examples, "examples/"+a.id+".json")
	if err != nil {
		return nil // the test that keeps them says so
	}
	return b
}

func content(typ string, s *openapi.Schema) openapi.Map[*openapi.Content] {
	return openapi.Map[*openapi.Content]{{Name: typ, Value: &openapi.Content{Schema: s}}}
}

// shapeOf describes the answer that is always of one type.
func shapeOf[T any](d *describer) *openapi.Schema { return d.Ref(reflect.TypeFor[T]()) }

// Client returns a client of everything here in TypeScript. It is made when it
// is asked for first; the result is shared.
func Client() []byte { return client() }

var client = sync.OnceValue(func() []byte {
	return openapi.TypeScript(Describe(), "A client of Meridian’s JSON interface, version 1, made from its description.\nIt depends on nothing: copy it.")
})
