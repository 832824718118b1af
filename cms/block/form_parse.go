package block

import (
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// ParseForm reads what a form made by Form sends: "block" once per block, in
// order, with "<id>:<type>", and the fields of each block. Everything else in v is
// ignored, and nothing but these fields is applied: the buttons of a screen are
// the screen's business.
//
// The document is tidied and, if there are no problems, valid; a paragraph with
// empty lines in it has become several. With problems it lacks what could not be
// read: show FormWith, do not save it.
func ParseForm(lang string, v url.Values) (*Document, []Problem) {
	p := formParser{v: v}
	d := Empty(lang)
	seen := map[string]bool{}
	for _, input := range v["block"] {
		id, typ, _ := strings.Cut(input, ":")
		switch {
		case !ValidID(id), !topLevel(typ), seen[id]:
			p.problems = append(p.problems, Problem{Code: "form.block", Args: map[string]any{"block": clip(input, 40)}})
			continue
		case len(d.Doc.Content) >= MaxBlocks:
			p.problems = append(p.problems, Problem{Code: "blocks.many", Args: map[string]any{"max": MaxBlocks}})
			return d, p.problems
		}
		seen[id] = true
		d.Doc.Content = append(d.Doc.Content, p.block(id, typ)...)
	}
	if len(p.problems) > 0 {
		return d, p.problems
	}
	d.Tidy(NewID)
	// What only shows in the whole: lists too deep, tables too wide.
	var invalid *InvalidError
	if errors.As(d.Validate(), &invalid) {
		for i := range invalid.Problems {
			if invalid.Problems[i].Block != "" {
				invalid.Problems[i].Field = fieldName(invalid.Problems[i].Block, "text")
			}
		}
		return d, invalid.Problems
	}
	return d, nil
}

type formParser struct {
	v        url.Values
	block0   string // id of the block being read
	problems []Problem
}

func (p *formParser) problem(field, code string, args ...any) {
	if len(p.problems) < maxProblems {
		p.problems = append(p.problems, Problem{Code: code, Args: argMap(args), Block: p.block0, Field: field})
	}
}

// failed notes the problems of an error from the notation at a field.
func (p *formParser) failed(field string, err error) bool {
	if err == nil {
		return false
	}
	var invalid *InvalidError
	if errors.As(err, &invalid) {
		for _, q := range invalid.Problems {
			q.Block, q.Field = p.block0, field
			p.problems = append(p.problems, q)
		}
	}
	return true
}

// block reads one block; a paragraph may turn out to be several.
func (p *formParser) block(id, typ string) []Node {
	p.block0 = id
	spec := specByType[typ]
	n := Node{Type: typ, Attrs: map[string]any{}}
	for i := range spec.Attrs {
		a := &spec.Attrs[i]
		if a.Type == "id" {
			continue
		}
		if val := p.attr(a, fieldName(id, a.Name)); val != nil {
			n.Attrs[a.Name] = val
		}
	}
	if typ == "heading" && n.num("level") == 0 {
		n.Attrs["level"] = 2
	}
	n.Attrs["id"] = id
	var more []Node
	field := fieldName(id, "text")
	text := p.v.Get(field)
	if len(text) > MaxBytes {
		p.problem(field, "text.long", "max", MaxBytes)
		return []Node{n}
	}
	var err error
	switch typ {
	case "paragraph":
		var parts []Node
		if parts, err = parseParagraphs(text); len(parts) > 0 {
			n.Content = parts[0].Content
			for _, part := range parts[1:] {
				if dir := n.str("dir"); dir != "" {
					part.Attrs = map[string]any{"dir": dir}
				}
				more = append(more, part) // Tidy gives it an id
			}
		}
	case "heading":
		n.Content, err = ParseInline(strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ").Replace(text))
		if slices.ContainsFunc(n.Content, func(c Node) bool { return c.Type != "text" }) {
			p.problem(field, "notation.heading")
		}
	case "bullet_list", "ordered_list":
		var lists []Node
		if lists, err = parseFlow(text, typ); len(lists) > 0 {
			n.Content = lists[0].Content
		}
	case "quote":
		n.Content, err = parseParagraphs(text)
	case "callout":
		n.Content, err = parseFlow(text, "")
	case "table":
		n.Content, err = parseTable(text)
	}
	p.failed(field, err)
	return append([]Node{n}, more...)
}

// attr reads the value of an attribute, nil if there is none.
func (p *formParser) attr(a *Attr, name string) any {
	switch a.Type {
	case TypeBool:
		return p.v.Get(name) != ""
	case TypeInt:
		s := strings.TrimSpace(p.v.Get(name))
		if s == "" {
			return nil
		}
		n, err := strconv.Atoi(s)
		if err != nil {
			p.problem(name, "type.number")
			return nil
		}
		if n < a.Min || a.Max > 0 && n > a.Max {
			p.problem(name, "number.range", "min", a.Min, "max", a.Max)
			return nil
		}
		return n
	case TypeChoices:
		var out []any
		for _, c := range p.v[name] {
			if !slices.Contains(a.Choices, c) {
				p.problem(name, "choice", "choices", strings.Join(a.Choices, ", "))
				return nil
			}
			out = append(out, c)
		}
		return out
	case TypeInline:
		nodes, err := ParseInline(p.v.Get(name))
		if p.failed(name, err) {
			return nil
		}
		if n := inlineLength(nodes); a.Max > 0 && n > a.Max {
			p.problem(name, "text.long", "max", a.Max)
			return nil
		}
		return nodes
	case TypeObject:
		o := map[string]any{}
		for i := range a.Of {
			if val := p.attr(&a.Of[i], name+"."+a.Of[i].Name); val != nil {
				o[a.Of[i].Name] = val
			}
		}
		return o
	case TypeList:
		return p.list(a, name)
	}
	s := p.v.Get(name)
	if a.Type == TypeText {
		s = cleanText(strings.ReplaceAll(s, "\r\n", "\n"))
	}
	if s = strings.TrimSpace(s); s == "" {
		return nil
	}
	if code, args := checkString(a, s); code != "" {
		p.problem(name, code, args...)
		return nil
	}
	return s
}

func (p *formParser) list(a *Attr, name string) any {
	var out []any
	rows := formRows(p.v, a, name)
	for i := range rows {
		row := name + "." + strconv.Itoa(i)
		if p.v.Get(row+".remove") != "" {
			continue
		}
		if a.Of == nil {
			sub := Attr{Name: string(a.Item), Type: a.Item, Kinds: a.Kinds}
			if val := p.attr(&sub, row+"."+sub.Name); val != nil {
				out = append(out, val)
			}
			continue
		}
		o := map[string]any{}
		for j := range a.Of {
			if val := p.attr(&a.Of[j], row+"."+a.Of[j].Name); val != nil {
				o[a.Of[j].Name] = val
			}
		}
		if len(o) > 0 {
			out = append(out, o)
		}
	}
	if a.Max > 0 && len(out) > a.Max {
		p.problem(name, "list.long", "max", a.Max)
		return nil
	}
	return out
}

// formRows counts the rows of a list that were sent.
func formRows(v url.Values, a *Attr, name string) int {
	limit := a.Max
	if limit == 0 {
		limit = 50
	}
	for i := range limit + 1 {
		row := name + "." + strconv.Itoa(i) + "."
		there := v.Has(row + string(a.Item))
		for j := range a.Of {
			there = there || v.Has(row+a.Of[j].Name)
		}
		if !there {
			return i
		}
	}
	return limit + 1
}
