package api

import (
	"slices"
	"strconv"
	"strings"

	"meridian/cms/api/openapi"
	"meridian/cms/live"
)

// param is a query parameter as an address declares it. The handlers read by
// it and the description says it, so that neither knows more than the other.
type param struct {
	name  string
	form  form
	about string
	// values are what a choice or a set is out of, and the keys of an order.
	values    []string
	low, high int // of a number
	// standard is what stands for a parameter that is not there, "" for nothing.
	standard string
	required bool
	pattern  string // of a text
	most     int    // characters of a text, 0 for no bound but the server's
	filter   filter
	example  string
}

// form is how the value of a parameter is written.
type form int

const (
	formText   form = iota
	formTag         // a language tag
	formTags        // several with commas
	formChoice      // one of the values
	formSet         // several of the values, with commas
	formNumber      // from low to high
	formOrder       // several of the values, with commas, each with - in front for the other way round
	formFilter      // the value of a filter
)

// declaration is the parameters of an address; nil for none.
type declaration struct {
	params []param
	names  []string
}

func declare(params ...param) *declaration {
	d := &declaration{params: params}
	for _, p := range params {
		d.names = append(d.names, p.name)
	}
	return d
}

func (d *declaration) list() []string {
	if d == nil {
		return nil
	}
	return d.names
}

// param returns a parameter by name. Asking for one that is not declared is a
// mistake that every request would show.
func (d *declaration) param(name string) param {
	i := slices.Index(d.list(), name)
	if i < 0 {
		panic("api: the parameter " + name + " is read and not declared")
	}
	return d.params[i]
}

// Parameters that several addresses take.
var (
	langParam = param{name: "lang", form: formTag, example: "fr", about: "The language to answer in, and in no other. Without it, an item is in the language it was written in first, and a list holds every public edition."}
	siteLang  = param{name: "lang", form: formTag, example: "fr", about: "The language of names; that of the site without it."}

	fieldsParam  = param{name: "fields", form: formSet, values: members, about: "The members to answer with; all of them without it. A form of the text that body= asks for is there as well."}
	includeParam = param{name: "include", form: formSet, values: []string{"section", "editions", "media", "author"}, about: "What belongs to an item and is to come with it, in its member included. In a list, media also gives the image all its renditions."}
	itemBody     = bodyParam("blocks,html")
	listBody     = bodyParam("none")

	topicParam = param{name: "topic", about: "The id of a term: only what carries it.", most: 80}
	yearParam  = param{name: "year", form: formNumber, low: 1000, high: 9999, about: "Only news of the year.", example: "2026"}
)

func bodyParam(standard string) param {
	return param{name: "body", form: formSet, values: []string{"blocks", "html", "markdown", "none"}, standard: standard,
		about: "The forms of the text to answer with; none goes with nothing else."}
}

func sectionParam(what string) param {
	return param{name: "section", about: "The id or the address (/en/about-us/) of a public section: only " + what + " in it and in all below it.", most: 2000, example: "/en/about-us/"}
}

func limitParam(high, standard int) param {
	return param{name: "limit", form: formNumber, low: 1, high: high, standard: strconv.Itoa(standard), about: "How many there are in one answer, at most."}
}

func flagParam(name, about string) param {
	return param{name: name, form: formChoice, values: []string{"false", "true"}, standard: "false", about: about}
}

var (
	itemParams    = declare(langParam, itemBody, fieldsParam, includeParam)
	changesParams = declare(
		param{name: "since", about: "The cursor to continue after, as the address in next has it; the beginning without it.", pattern: cursorForm.String()},
		limitParam(200, 100),
	)
	resolveParams = declare(
		param{name: "url", required: true, most: 2000, example: "/en/about-us/", about: "An address of this site for readers, with or without the site in front."},
		itemBody, fieldsParam, includeParam,
	)
	treeParams = declare(siteLang,
		param{name: "depth", form: formNumber, low: 1, high: 20, standard: "3", about: "How many levels below the root there are."})
	networkParams = declare(siteLang,
		param{name: "region", about: "The id of a region.", most: 80},
		param{name: "country", pattern: countryForm.String(), example: "BE", about: "A country or territory (ISO 3166-1 alpha-2)."},
		param{name: "language", form: formTag, about: "A language that the organisation works in.", example: "nl"},
		param{name: "status", form: formChoice, values: statuses, about: "One status; members and associates without it."},
	)
	searchParams = declare(
		param{name: "q", required: true, most: live.MaxQuery, example: "rights of the child", about: "What to look for."},
		param{name: "lang", form: formTag, example: "fr", about: "The language to search, one of the site's; its first without it."},
		param{name: "kind", form: formChoice, values: kindNames(), about: "Only entries of the kind."},
		sectionParam("what is"), topicParam, yearParam, limitParam(50, 20),
	)
)

func kindNames() []string {
	out := make([]string, len(live.Kinds))
	for i, k := range live.Kinds {
		out[i] = k.Name
	}
	return out
}

// listParams returns what a list of a kind can be asked with: only news have a
// year, and sections carry no topics.
func listParams(k live.Kind) *declaration {
	keys, standard := slices.Clone(live.SortKeys), "-date"
	if k.Name != "news" {
		keys = slices.DeleteFunc(keys, func(k string) bool { return k == "date" })
		standard = "-published_at"
	}
	list := []param{
		langParam,
		{name: "fallback", form: formTags, example: "en,fr", about: "Languages that stand in for one another: one item an entry, in the first of them that it is public in."},
		flagParam("fresh", "Only originals, and translations that lag behind theirs in nothing."),
		sectionParam("what is"),
		{name: "sort", form: formOrder, values: keys, standard: standard, about: "The order: up to " + strconv.Itoa(maxKeys) + " keys, each with - in front for the other way round."},
		limitParam(200, 20),
		{name: "cursor", about: "Where the page begins: as the address in next has it.", most: maxCursor},
		flagParam("count", "Whether to count the items on all pages."),
		fieldsParam, listBody, includeParam,
	}
	if k.Name != "section" {
		list = append(list, topicParam)
	}
	if k.Name == "news" {
		list = append(list, yearParam)
	}
	return declare(append(list, filterParams(k)...)...)
}

// schema describes the value of a parameter.
func (p param) schema() *openapi.Schema {
	var s *openapi.Schema
	switch p.form {
	case formTag:
		s = openapi.Form(tagForm.String())
	case formTags:
		s = setOf(openapi.Form(tagForm.String()), maxLangs)
	case formChoice:
		s = openapi.Choice(p.values...)
	case formSet:
		s = setOf(openapi.Choice(p.values...), len(p.values))
	case formNumber:
		s = openapi.Number(p.low, p.high)
	case formOrder:
		var keys []string
		for _, k := range p.values {
			keys = append(keys, k, "-"+k)
		}
		s = setOf(openapi.Choice(keys...), maxKeys)
	case formFilter:
		return p.filter.schema()
	default:
		s = &openapi.Schema{Type: "string", Pattern: p.pattern, MaxLength: p.most}
		if p.required {
			s.MinLength = 1
		}
	}
	switch {
	case p.standard == "":
	case p.form == formNumber:
		s.Default, _ = strconv.Atoi(p.standard)
	case p.list():
		s.Default = strings.Split(p.standard, ",")
	default:
		s.Default = p.standard
	}
	return s
}

// list reports whether the value is a list with commas.
func (p param) list() bool { return p.form == formTags || p.form == formSet || p.form == formOrder }

func setOf(items *openapi.Schema, most int) *openapi.Schema {
	return &openapi.Schema{Type: "array", Items: items, MinItems: 1, MaxItems: &most, Unique: true}
}
