package openapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// TypeScript returns a client of what a document describes, in one file that
// depends on nothing: the types of all components, and a class with a method
// for each operation that is made of fetch. banner is its first comment.
//
// Where answers are whole or in part by a query parameter (see [Schema.When]),
// there are two types of them, the second with Part behind its name, and a
// method that returns the one or the other by its argument.
func TypeScript(d *Document, banner string) []byte {
	g := &generator{doc: d, parted: map[string]bool{}}
	g.comment("", banner)
	g.line("")
	for changed := true; changed; { // until nothing more is found
		changed = false
		for _, c := range d.Components.Schemas {
			if !g.parted[c.Name] && g.hasPart(c.Value) {
				g.parted[c.Name], changed = true, true
			}
		}
	}
	for _, c := range d.Components.Schemas {
		g.declare(c.Name, c.Value, false)
		if g.parted[c.Name] {
			g.declare(c.Name+"Part", c.Value, true)
		}
	}
	for _, p := range d.Paths {
		g.query(p.Value.Get)
	}
	g.b.WriteString(clientHead)
	for _, p := range d.Paths {
		g.method(p.Name, p.Value.Get)
	}
	g.line("}")
	return g.b.Bytes()
}

type generator struct {
	doc    *Document
	b      bytes.Buffer
	parted map[string]bool // components with a part
}

func (g *generator) line(format string, args ...any) {
	fmt.Fprintf(&g.b, format+"\n", args...)
}

func (g *generator) comment(indent, text string) {
	if text == "" {
		return
	}
	text = strings.ReplaceAll(text, "*/", "* /")
	if !strings.Contains(text, "\n") {
		g.line("%s/** %s */", indent, text)
		return
	}
	g.line("%s/**", indent)
	for l := range strings.SplitSeq(text, "\n") {
		g.line("%s", strings.TrimRight(indent+" * "+l, " "))
	}
	g.line("%s */", indent)
}

// declare writes the type of a component.
func (g *generator) declare(name string, s *Schema, part bool) {
	g.comment("", s.Description)
	if s.Type == "object" && s.Properties != nil {
		g.line("export interface %s %s\n", name, g.object(s, "", part))
		return
	}
	g.line("export type %s = %s;\n", name, g.typ(s, "", part))
}

// hasPart reports whether there is something in a schema that is answered with
// in part.
func (g *generator) hasPart(s *Schema) bool {
	if s == nil {
		return false
	}
	if s.Ref != "" {
		return g.parted[s.Refers()]
	}
	if slices.ContainsFunc(s.AnyOf, func(a *Schema) bool { return a.When != nil }) || g.hasPart(s.Items) ||
		slices.ContainsFunc(s.AnyOf, g.hasPart) || slices.ContainsFunc(s.OneOf, g.hasPart) {
		return true
	}
	return slices.ContainsFunc(s.Properties, func(m Member[*Schema]) bool { return g.hasPart(m.Value) })
}

// typ writes a schema as a type.
func (g *generator) typ(s *Schema, indent string, part bool) string {
	switch {
	case s == nil:
		return "unknown"
	case s.Ref != "":
		if name := s.Refers(); part && g.parted[name] {
			return name + "Part"
		}
		return s.Refers()
	case s.Const != nil:
		return literal(s.Const)
	case s.Enum != nil:
		var all []string
		for _, v := range s.Enum {
			all = append(all, literal(v))
		}
		return strings.Join(all, " | ")
	case s.AnyOf != nil || s.OneOf != nil && s.Properties == nil:
		return g.union(append(slices.Clone(s.AnyOf), s.OneOf...), indent, part)
	}
	switch typ := s.Type.(type) {
	case []string:
		one := *s
		var all []string
		for _, t := range typ {
			one.Type = t
			all = append(all, g.typ(&one, indent, part))
		}
		return strings.Join(all, " | ")
	case string:
		return g.simple(s, typ, indent, part)
	}
	return "unknown"
}

func (g *generator) simple(s *Schema, typ, indent string, part bool) string {
	switch typ {
	case "integer":
		return "number"
	case "array":
		if s.Items == nil {
			return "never[]"
		}
		item := g.typ(s.Items, indent, part)
		if s.PrefixItems != nil {
			return "[" + g.typ(s.PrefixItems[0], indent, part) + ", ...(" + item + ")[]]"
		}
		if strings.ContainsAny(item, "| ") {
			item = "(" + item + ")"
		}
		return item + "[]"
	case "object":
		if values, ok := s.Additional.(*Schema); ok {
			return "{ [name: string]: " + g.typ(values, indent, part) + " }"
		}
		if s.Properties == nil {
			return "object"
		}
		return g.object(s, indent, part)
	}
	return typ // string, boolean, number and null are called so
}

// union leaves out the alternatives of other requests.
func (g *generator) union(of []*Schema, indent string, part bool) string {
	var all []string
	wanted := part && slices.ContainsFunc(of, func(a *Schema) bool { return a.When != nil })
	for _, a := range of {
		if (a.When != nil) == wanted {
			all = append(all, g.typ(a, indent, part))
		}
	}
	return strings.Join(all, " | ")
}

func (g *generator) object(s *Schema, indent string, part bool) string {
	out := &generator{doc: g.doc, parted: g.parted}
	out.line("{")
	for _, p := range s.Properties {
		out.comment(indent+"  ", p.Value.Description)
		optional := ""
		if !slices.Contains(s.Required, p.Name) {
			optional = "?"
		}
		out.line("%s  %s%s: %s;", indent, property(p.Name), optional, g.typ(p.Value, indent+"  ", part))
	}
	out.b.WriteString(indent + "}")
	return out.b.String()
}

func literal(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // texts, numbers and null
	}
	return string(b)
}

func property(name string) string {
	if strings.ContainsAny(name, "[]-.") {
		return literal(name)
	}
	return name
}

// parameters returns those of an operation that are in a place.
func (g *generator) parameters(o *Operation, in string) []*Parameter {
	var out []*Parameter
	for _, p := range o.Parameters {
		if name, ok := strings.CutPrefix(p.Ref, "#/components/parameters/"); ok {
			p, _ = g.doc.Components.Parameters.Get(name)
		}
		if p.In == in {
			out = append(out, p)
		}
	}
	return out
}

func (o *Operation) queryType() string { return strings.ToUpper(o.ID[:1]) + o.ID[1:] + "Query" }

// query declares the query parameters of an operation.
func (g *generator) query(o *Operation) {
	list := g.parameters(o, "query")
	if list == nil {
		return
	}
	g.line("export interface %s {", o.queryType())
	for _, p := range list {
		if !strings.Contains(p.Name, "[") { // filters are many, and say what they are
			g.comment("  ", p.Description)
		}
		optional := "?"
		if p.Required {
			optional = ""
		}
		typ := g.typ(p.Schema, "  ", false)
		switch {
		case p.Schema.Items != nil:
			typ = "readonly " + typ
		case typ == `"false" | "true"` || typ == `"true" | "false"`:
			typ = "boolean"
		}
		g.line("  %s%s: %s;", property(p.Name), optional, typ)
	}
	g.line("}\n")
}

// method writes the method of an operation.
func (g *generator) method(path string, o *Operation) {
	ok, _ := o.Responses.Get("200")
	schema := ok.Content[0].Value.Schema
	whole := g.typ(schema, "  ", false)
	var args, names []string
	address := literal(path)
	for _, p := range g.parameters(o, "path") {
		args = append(args, p.Name+": string")
		address = "`" + strings.ReplaceAll(path, "{"+p.Name+"}", "${encodeURIComponent("+p.Name+")}") + "`"
	}
	query := g.parameters(o, "query")
	last := "init?: RequestInit"
	result := whole
	g.line("")
	g.comment("  ", strings.TrimSpace(o.Summary+"\n"+o.Description))
	if query != nil {
		optional := " = {}"
		if slices.ContainsFunc(query, func(p *Parameter) bool { return p.Required }) {
			optional = ""
		}
		names = append(names, "query")
		if g.hasPart(schema) {
			part := g.typ(schema, "  ", true)
			mark := strings.Replace(optional, " = {}", "?", 1)
			g.line("  %s(%s): Promise<%s>;", o.ID, strings.Join(append(slices.Clone(args), "query"+mark+": "+o.queryType()+" & { fields?: undefined }", last), ", "), whole)
			g.line("  %s(%s): Promise<%s>;", o.ID, strings.Join(append(slices.Clone(args), "query: "+o.queryType(), last), ", "), part)
			result = whole + " | " + part
		}
		args = append(args, "query: "+o.queryType()+optional)
	} else {
		names = append(names, "{}")
	}
	g.line("  %s(%s): Promise<%s> {", o.ID, strings.Join(append(args, last), ", "), result)
	g.line("    return this.read(this.address(%s, %s), init);\n  }", address, strings.Join(names, ", "))
}

// clientHead is the part of a client that is the same for all documents.
const clientHead = `/** What went wrong, as the server says it. */
export class ProblemError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail || problem.title);
    this.name = "ProblemError";
  }
}

/** Reads with fetch, which keeps and revalidates answers by their entity tags. */
export class Client {
  /** base is the address of the site, such as https://example.org. */
  constructor(readonly base: string, private readonly fetcher: typeof fetch = (input, init) => fetch(input, init)) {}

  /** The address of a request. Lists are joined with commas. */
  address(path: string, query: object): URL {
    const url = new URL(path, this.base);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(name, Array.isArray(value) ? value.join(",") : String(value));
    }
    return url;
  }

  /** Reads an address: what is there, or a ProblemError. */
  async read<T>(url: URL | string, init?: RequestInit): Promise<T> {
    const answer = await this.fetcher(url, init);
    if (answer.ok) return (await answer.json()) as T;
    if (answer.headers.get("Content-Type") === "application/problem+json") {
      throw new ProblemError((await answer.json()) as Problem);
    }
    throw new Error(url + " answered " + answer.status);
  }

  /** The page and all that follow it, one after the other. */
  async *follow<T extends { next: string | null }>(first: T | Promise<T>, init?: RequestInit): AsyncGenerator<T> {
    let page = await first;
    yield page;
    while (page.next !== null) {
      page = await this.read<T>(page.next, init);
      yield page;
    }
  }
`
