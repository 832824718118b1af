package block

// Ref is a mention of an entry or an asset in a text.
type Ref struct {
	BlockID string
	Kind    string // page, news, section, media
	ID      string
	Use     string // link, card, image, logo, file, contact, source, query
}

// Refs lists every mention in order, repeats included. Usage lists, "what breaks
// if this goes" and the consent gate ask it.
func (d *Document) Refs() []Ref {
	var out []Ref
	for i := range d.Doc.Content {
		n := &d.Doc.Content[i]
		add := func(ref, use string) {
			if kind, id, ok := splitRef(ref); ok {
				out = append(out, Ref{BlockID: n.ID(), Kind: kind, ID: id, Use: use})
			}
		}
		target := func(s string) {
			if ref, _, ok := splitTarget(s); ok {
				add(ref, "link")
			}
		}
		inline := func(nodes []Node) {
			for j := range nodes {
				for _, m := range nodes[j].Marks {
					if m.Type == "link" {
						add(m.str("ref"), "link")
					}
				}
			}
		}
		eachParagraph(n, inline)
		switch n.Type {
		case "quote":
			add(n.str("source_ref"), "source")
		case "image":
			add(n.str("media"), "image")
			inline(n.inline("caption"))
			target(n.str("link"))
		case "logos":
			for _, e := range n.list("items") {
				add(object(e).str("media"), "logo")
			}
		case "files":
			for _, e := range n.list("items") {
				add(object(e).str("media"), "file")
			}
		case "contact":
			add(n.str("source"), "contact")
		case "button":
			target(n.str("link"))
		case "cards":
			for _, e := range n.list("items") {
				if ref, ok := e.(string); ok {
					add(ref, "card")
				}
			}
			q := object(n.Attrs["query"])
			add(q.str("section"), "query")
			add(q.str("under"), "query")
		}
	}
	return out
}

// Facts lists the keys of the facts a text mentions, each once, in order.
func (d *Document) Facts() []string {
	var out []string
	seen := map[string]bool{}
	note := func(nodes []Node) {
		for i := range nodes {
			if key := nodes[i].str("key"); nodes[i].Type == "fact" && !seen[key] {
				seen[key] = true
				out = append(out, key)
			}
		}
	}
	for i := range d.Doc.Content {
		n := &d.Doc.Content[i]
		eachParagraph(n, note)
		note(n.inline("caption"))
	}
	return out
}
