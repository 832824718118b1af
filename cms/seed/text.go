package seed

import (
	"math/rand/v2"
	"slices"

	"meridian/cms/block"
)

// teller makes up one text in one language. Tellers that begin with the same
// number tell the same story, block by block and with the same block ids.
type teller struct {
	vocabulary
	lang     string
	src      *rand.ChaCha8
	rand     *rand.Rand
	sections []string // that a text may point at
}

func newTeller(lang string, story [32]byte, sections []string) *teller {
	src := rand.NewChaCha8(story)
	return &teller{vocabularyOf(lang), lang, src, rand.New(src), sections}
}

func (t *teller) pick(list []string) string { return list[t.rand.IntN(len(list))] }

func (t *teller) section() string { return "section:" + t.pick(t.sections) }

func (t *teller) title() string {
	return upper(t.pick(t.subjects)) + " " + t.pick(t.verbs) + " " + t.pick(t.objects) + " " + t.pick(t.places)
}

func (t *teller) sentence() string { return t.title() + "." }

// prose is one to four sentences.
func (t *teller) prose() string {
	s := t.sentence()
	for range t.rand.IntN(4) {
		s += " " + t.sentence()
	}
	return s
}

// Lengths of texts, in blocks.
const (
	shortText = 6
	longText  = 40
	longEvery = 8
)

// document makes up a text: a few blocks, or many of every kind that needs no
// media library.
func (t *teller) document(long bool) *block.Document {
	doc := block.Empty(t.lang)
	n := shortText
	if long {
		n = longText
	}
	add := func(b block.Node) {
		if b.Attrs == nil {
			b.Attrs = map[string]any{}
		}
		b.Attrs["id"] = block.NewIDFrom(t.src)
		doc.Doc.Content = append(doc.Doc.Content, b)
	}
	headings := t.rand.Perm(len(t.headings))
	rare := 0
	for i := range n {
		switch {
		case i%5 == 1 && len(headings) > 0:
			add(heading(t.headings[headings[0]]))
			headings = headings[1:]
		case n == longText && i%2 == 1:
			add(t.rare(rare))
			rare++
		case i%5 == 3:
			add(t.common())
		default:
			add(t.paragraph())
		}
	}
	return doc
}

// common is a block of the kinds that most texts have.
func (t *teller) common() block.Node {
	switch t.rand.IntN(4) {
	case 0:
		return t.quote()
	case 1:
		return t.callout()
	case 2:
		return t.list("ordered_list")
	}
	return t.list("bullet_list")
}

// rare returns the kinds of blocks in turn.
func (t *teller) rare(i int) block.Node {
	switch i % 10 {
	case 0:
		return t.list("bullet_list")
	case 1:
		return t.table()
	case 2:
		return t.quote()
	case 3:
		return block.Node{Type: "divider"}
	case 4:
		return t.callout()
	case 5:
		return t.contact()
	case 6:
		return t.logos()
	case 7:
		return block.Node{Type: "cards", Attrs: map[string]any{"mode": "auto", "layout": "cards", "show": []any{"summary", "date"}, "title": t.pick(t.topics),
			"query": map[string]any{"kind": "news", "under": t.section(), "limit": 3}}}
	case 8:
		return block.Node{Type: "button", Attrs: map[string]any{"label": t.pick(t.labels), "link": t.section(), "style": "plain"}}
	}
	return block.Node{Type: "section_list", Attrs: map[string]any{"show": []any{"list"}}}
}

func heading(s string) block.Node {
	return block.Node{Type: "heading", Attrs: map[string]any{"level": 2}, Content: []block.Node{block.Text(s)}}
}

// paragraph has bold words in the middle of its first sentence, and now and
// then a link in its last one.
func (t *teller) paragraph() block.Node {
	inline := []block.Node{
		block.Text(upper(t.pick(t.subjects)) + " " + t.pick(t.verbs) + " "),
		block.Text(t.pick(t.objects), block.Mark{Type: "strong"}),
		block.Text(" " + t.pick(t.places) + ". " + t.prose()),
	}
	if t.rand.IntN(16) == 0 {
		inline = append(inline, block.Text(" "), block.Text(t.pick(t.labels), block.Mark{Type: "link", Attrs: map[string]any{"ref": t.section()}}), block.Text("."))
	}
	return block.Paragraph(inline...)
}

func (t *teller) list(typ string) block.Node {
	n := block.Node{Type: typ}
	for range 3 + t.rand.IntN(3) {
		n.Content = append(n.Content, block.Node{Type: "list_item", Content: []block.Node{block.Paragraph(block.Text(t.sentence()))}})
	}
	return n
}

func (t *teller) quote() block.Node {
	return block.Node{Type: "quote", Attrs: map[string]any{"cite": upper(t.pick(t.subjects))}, Content: []block.Node{block.Paragraph(block.Text(t.prose()))}}
}

func (t *teller) callout() block.Node {
	return block.Node{Type: "callout", Attrs: map[string]any{"tone": "info", "title": t.pick(t.labels)}, Content: []block.Node{t.paragraph()}}
}

func (t *teller) table() block.Node {
	n := block.Node{Type: "table", Attrs: map[string]any{"caption": t.pick(t.topics), "headerRow": true}}
	for i := range 5 {
		row := block.Node{Type: "table_row"}
		for _, list := range [][]string{t.subjects, t.objects, t.places} {
			s := upper(t.pick(list))
			if i == 0 {
				s = t.pick(t.headings)
			}
			row.Content = append(row.Content, block.Node{Type: "table_cell", Content: []block.Node{block.Paragraph(block.Text(s))}})
		}
		n.Content = append(n.Content, row)
	}
	return n
}

func (t *teller) contact() block.Node {
	return block.Node{Type: "contact", Attrs: map[string]any{"show": []any{"address", "phone", "email"}, "inline": map[string]any{
		"name": upper(t.pick(t.subjects)), "street": "1 Example Street", "postcode": "1000", "phone": "+32 2 555 01 00", "email": "office@network.example",
	}}}
}

func (t *teller) logos() block.Node {
	var items []any
	for _, i := range t.rand.Perm(len(t.subjects))[:4] {
		items = append(items, map[string]any{"name": upper(t.subjects[i])})
	}
	return block.Node{Type: "logos", Attrs: map[string]any{"title": t.pick(t.headings), "items": items}}
}

// topicIDs returns one or two topics.
func (t *teller) topicIDs() []any {
	out := []any{topicID(t.rand.IntN(len(t.topics)))}
	if id := topicID(t.rand.IntN(len(t.topics))); !slices.Contains(out, any(id)) {
		out = append(out, id)
	}
	return out
}
