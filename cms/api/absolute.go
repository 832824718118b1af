package api

import (
	"slices"
	"strings"

	"meridian/cms/block"
)

// Rendered texts are read on other sites, where an address that begins with a
// slash would lead to their own pages. So refs resolve to absolute addresses,
// and addresses within the site that somebody typed are completed.

// absoluteResolver completes the addresses that another Resolver finds.
type absoluteResolver struct {
	block.Resolver
	base string // of the site, without a slash at its end
}

func (r absoluteResolver) complete(address *string) {
	if strings.HasPrefix(*address, "/") {
		*address = r.base + *address
	}
}

// Link implements block.Resolver.
func (r absoluteResolver) Link(ref string) (block.Target, bool) {
	t, ok := r.Resolver.Link(ref)
	r.complete(&t.URL)
	return t, ok
}

// Media implements block.Resolver.
func (r absoluteResolver) Media(id string) (block.Media, bool) {
	m, ok := r.Resolver.Media(id)
	r.media(&m)
	return m, ok
}

func (r absoluteResolver) media(m *block.Media) {
	r.complete(&m.URL)
	r.complete(&m.Src)
	r.srcset(&m.Srcset)
	m.Sizes = slices.Clone(m.Sizes)
	for i := range m.Sizes {
		r.srcset(&m.Sizes[i].Srcset)
	}
	if m.Wide != nil {
		wide := *m.Wide
		r.media(&wide)
		m.Wide = &wide
	}
}

func (r absoluteResolver) srcset(s *string) {
	candidates := strings.Split(*s, ",")
	for i, c := range candidates {
		c = strings.TrimSpace(c)
		r.complete(&c)
		candidates[i] = c
	}
	*s = strings.Join(candidates, ", ")
}

// Contact implements block.Resolver.
func (r absoluteResolver) Contact(section string) (block.Contact, bool) {
	c, ok := r.Resolver.Contact(section)
	r.complete(&c.URL)
	r.complete(&c.MapURL)
	return c, ok
}

// Cards implements block.Resolver.
func (r absoluteResolver) Cards(q block.CardQuery) []block.Card {
	return r.cards(r.Resolver.Cards(q))
}

// CardsOf implements block.Resolver.
func (r absoluteResolver) CardsOf(refs []string) []block.Card {
	return r.cards(r.Resolver.CardsOf(refs))
}

func (r absoluteResolver) cards(list []block.Card) []block.Card {
	for i := range list {
		r.complete(&list[i].URL)
	}
	return list
}

// Sections implements block.Resolver.
func (r absoluteResolver) Sections(q block.SectionQuery) []block.SectionRow {
	list := r.Resolver.Sections(q)
	for i := range list {
		r.complete(&list[i].URL)
	}
	return list
}

// addressAttrs are the attributes of blocks and marks that hold an address or
// a ref; a test compares them with the registry.
var addressAttrs = map[string]bool{"href": true, "link": true, "source_url": true, "url": true}

// absoluteDocument returns d with the addresses in it completed: d itself when
// there are none to complete, a copy otherwise.
func absoluteDocument(d *block.Document, base string) *block.Document {
	if !relative(d.Doc) {
		return d
	}
	d = d.Clone()
	completeNode(&d.Doc, base)
	return d
}

// relative reports whether an address below a node begins with a slash.
func relative(n block.Node) bool {
	return relativeIn(n.Attrs) || slices.ContainsFunc(n.Content, relative) ||
		slices.ContainsFunc(n.Marks, func(m block.Mark) bool { return relativeIn(m.Attrs) })
}

func relativeIn(attrs map[string]any) bool {
	for name, v := range attrs {
		switch v := v.(type) {
		case string:
			if addressAttrs[name] && strings.HasPrefix(v, "/") {
				return true
			}
		case map[string]any:
			if relativeIn(v) {
				return true
			}
		case []any:
			for _, e := range v {
				if m, ok := e.(map[string]any); ok && relativeIn(m) {
					return true
				}
			}
		case []block.Node:
			if slices.ContainsFunc(v, relative) {
				return true
			}
		}
	}
	return false
}

func completeNode(n *block.Node, base string) {
	completeIn(n.Attrs, base)
	for i := range n.Content {
		completeNode(&n.Content[i], base)
	}
	for _, m := range n.Marks {
		completeIn(m.Attrs, base)
	}
}

func completeIn(attrs map[string]any, base string) {
	for name, v := range attrs {
		switch v := v.(type) {
		case string:
			if addressAttrs[name] && strings.HasPrefix(v, "/") {
				attrs[name] = base + v
			}
		case map[string]any:
			completeIn(v, base)
		case []any:
			for _, e := range v {
				if m, ok := e.(map[string]any); ok {
					completeIn(m, base)
				}
			}
		case []block.Node:
			for i := range v {
				completeNode(&v[i], base)
			}
		}
	}
}
