package demonstration

import (
	"crypto/sha256"
	"fmt"
	"io"
	"strconv"
	"strings"

	"meridian/cms"
	"meridian/cms/block"
	"meridian/data/demo"
)

func lower(s string) string { return strings.ToLower(s) }

// document makes a text whose blocks have the same ids in every language: the
// nth block of an entry is the nth block of its translation. A block without a
// type is one that the translation does not have yet.
func (l *loader) document(name, lang string, blocks []block.Node) *block.Document {
	doc := block.Empty(lang)
	for i, n := range blocks {
		if n.Type == "" {
			continue
		}
		if n.Attrs == nil {
			n.Attrs = map[string]any{}
		}
		n.Attrs["id"] = blockID(name, i)
		doc.Doc.Content = append(doc.Doc.Content, n)
	}
	return doc
}

// blockID is made from the name of the entry and the number of the block.
func blockID(name string, i int) string {
	return block.NewIDFrom(&bits{name: name + "/" + strconv.Itoa(i)})
}

// bits are as many as asked for, and always the same for a name.
type bits struct {
	name string
	n    int
	rest []byte
}

// Read implements io.Reader.
func (b *bits) Read(p []byte) (int, error) {
	if len(b.rest) == 0 {
		sum := sha256.Sum256(fmt.Appendf(nil, "%s#%d", b.name, b.n))
		b.n++
		b.rest = sum[:]
	}
	n := copy(p, b.rest)
	b.rest = b.rest[n:]
	return n, nil
}

var _ io.Reader = (*bits)(nil)

// keys names all that a translation of an entry with n blocks is compared by.
func (l *loader) keys(name string, n int) []string {
	out := []string{cms.KeyTitle, cms.KeySummary}
	for i := range n {
		out = append(out, blockID(name, i))
	}
	return out
}

func para(text string) block.Node { return block.Paragraph(block.Text(text)) }

// blocks turns the blocks of the files into those of Meridian.
func (l *loader) blocks(p demo.Page, lang string) []block.Node {
	var out []block.Node
	for _, b := range p.Blocks {
		out = append(out, l.block(p, b, lang))
	}
	return out
}

func (l *loader) block(p demo.Page, b demo.Block, lang string) block.Node {
	switch b.Type {
	case "paragraph":
		if b.Text[lang] == "" {
			return block.Node{} // not translated yet
		}
		return para(b.Text[lang])
	case "heading":
		return block.Node{Type: "heading", Attrs: map[string]any{"level": b.Level}, Content: []block.Node{block.Text(b.Text[lang])}}
	case "list":
		return list(b.Items[lang])
	case "computed":
		return l.fact(b.Key, b.Label[lang])
	case "latest_news":
		return l.cards("news", "", "", b.Limit)
	case "children_list":
		return l.cards("page", "", l.ids[p.ID], 12)
	case "cta":
		return l.button(b.Label[lang], b.Target)
	case "directory":
		return block.Node{Type: "section_list", Attrs: map[string]any{"show": []any{"list"}}}
	case "directory_map":
		return block.Node{Type: "section_list", Attrs: map[string]any{"show": []any{"map", "list"}}}
	case "contact_card":
		return block.Node{Type: "contact", Attrs: map[string]any{"source": "section:" + l.ids[b.Contact], "show": []any{"address", "phone", "email"}}}
	case "logo_row":
		return l.logos(b, lang)
	case "timeline":
		n := block.Node{Type: "bullet_list"}
		for _, e := range b.Entries {
			n.Content = append(n.Content, item(block.Text(strconv.Itoa(e.Year), block.Mark{Type: "strong"}), block.Text(" – "+e.Text[lang])))
		}
		return n
	case "partner_table":
		return l.partnerTable(lang)
	case "instrument_table":
		return l.instrumentTable(b.IDs, lang)
	}
	panic("demonstration: no block for " + b.Type) // a mistake in the files, found by the tests
}

func item(inline ...block.Node) block.Node {
	return block.Node{Type: "list_item", Content: []block.Node{block.Paragraph(inline...)}}
}

func list(items []string) block.Node {
	n := block.Node{Type: "bullet_list"}
	for _, t := range items {
		n.Content = append(n.Content, item(block.Text(t)))
	}
	return n
}

// fact is a computed number with what it counts.
func (l *loader) fact(key, label string) block.Node {
	return block.Paragraph(block.Node{Type: "fact", Attrs: map[string]any{"key": key}}, block.Text(" "+label))
}

func (l *loader) button(label, target string) block.Node {
	return block.Node{Type: "button", Attrs: map[string]any{"label": label, "link": "section:" + l.ids[target], "style": "primary"}}
}

// cards is an automatic row of teasers.
func (l *loader) cards(kind, section, under string, limit int) block.Node {
	q := map[string]any{"kind": kind, "limit": limit}
	if section != "" {
		q["section"] = "section:" + section
	}
	if under != "" {
		q["under"] = "section:" + under
	}
	return block.Node{Type: "cards", Attrs: map[string]any{"mode": "auto", "query": q, "show": []any{"image", "summary", "date"}, "layout": "cards"}}
}

func (l *loader) logos(b demo.Block, lang string) block.Node {
	var items []any
	for _, id := range b.Partners {
		for _, p := range l.Partners {
			if p.ID == id {
				name := p.ShortName
				if name == p.Name["en"] {
					name = p.Name[lang]
				}
				items = append(items, map[string]any{"name": name})
			}
		}
	}
	return block.Node{Type: "logos", Attrs: map[string]any{"title": b.Heading[lang], "items": items}}
}

func (l *loader) partnerTable(lang string) block.Node {
	rows := [][]string{{
		demo.Text{"en": "Organisation", "fr": "Organisation", "nl": "Organisatie"}[lang],
		demo.Text{"en": "Founded", "fr": "Création", "nl": "Opgericht"}[lang],
		demo.Text{"en": "Seat", "fr": "Siège", "nl": "Zetel"}[lang],
		demo.Text{"en": "Our status", "fr": "Notre statut", "nl": "Onze status"}[lang],
	}}
	for _, p := range l.Partners {
		name := p.Name[lang]
		if p.ShortName != p.Name["en"] {
			name += " (" + p.ShortName + ")"
		}
		rows = append(rows, []string{name, strconv.Itoa(p.Established), p.SeatName.In(lang, p.Seat), p.Relation[lang]})
	}
	return table(demo.Text{"en": "Organisations the movement works with", "fr": "Organisations avec lesquelles le mouvement travaille", "nl": "Organisaties waarmee de beweging werkt"}[lang], rows)
}

func (l *loader) instrumentTable(ids []string, lang string) block.Node {
	rows := [][]string{{
		demo.Text{"en": "Text", "fr": "Texte", "nl": "Tekst"}[lang],
		demo.Text{"en": "Adopted", "fr": "Adoption", "nl": "Aangenomen"}[lang],
		demo.Text{"en": "In force", "fr": "Entrée en vigueur", "nl": "In werking"}[lang],
		demo.Text{"en": "Reference", "fr": "Référence", "nl": "Verwijzing"}[lang],
	}}
	for _, id := range ids {
		for _, t := range l.Terms.Instruments {
			if t.ID == id {
				rows = append(rows, []string{t.Title[lang], date(t.Adopted, lang), date(t.InForce, lang), orDash(t.Reference)})
			}
		}
	}
	return table(demo.Text{"en": "Legal texts about the rights of the child", "fr": "Textes juridiques sur les droits de l’enfant", "nl": "Juridische teksten over kinderrechten"}[lang], rows)
}

// orDash fills the cell of a table that has nothing to say.
func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

func table(caption string, rows [][]string) block.Node {
	n := block.Node{Type: "table", Attrs: map[string]any{"caption": caption, "headerRow": true}}
	for _, r := range rows {
		row := block.Node{Type: "table_row"}
		for _, c := range r {
			row.Content = append(row.Content, block.Node{Type: "table_cell", Content: []block.Node{para(c)}})
		}
		n.Content = append(n.Content, row)
	}
	return n
}

// extra is what a page without a written text shows besides its sentence.
func (l *loader) extra(id, lang string) []block.Node {
	switch id {
	case "press":
		return []block.Node{l.cards("news", "", "", 6)}
	case "publications":
		rows := [][]string{{
			demo.Text{"en": "Title", "fr": "Titre", "nl": "Titel"}[lang],
			demo.Text{"en": "Year", "fr": "Année", "nl": "Jaar"}[lang],
			demo.Text{"en": "Languages", "fr": "Langues", "nl": "Talen"}[lang],
		}}
		names := map[string]demo.Text{
			"en": {"en": "English", "fr": "anglais", "nl": "Engels"},
			"fr": {"en": "French", "fr": "français", "nl": "Frans"},
			"nl": {"en": "Dutch", "fr": "néerlandais", "nl": "Nederlands"},
		}
		for _, p := range l.Publications {
			var in []string
			for _, tag := range p.Languages {
				in = append(in, names[tag][lang])
			}
			rows = append(rows, []string{p.Title[lang], strconv.Itoa(p.Year), strings.Join(in, ", ")})
		}
		return []block.Node{table(demo.Text{"en": "Publications", "fr": "Publications", "nl": "Publicaties"}[lang], rows)}
	case "events":
		var days []string
		for _, e := range l.Events {
			days = append(days, day(e.MonthDay, lang)+" – "+e.Title[lang])
		}
		return []block.Node{list(days)}
	}
	return nil
}

// months by language of the demonstration.
var months = map[string][]string{
	"en": strings.Fields("January February March April May June July August September October November December"),
	"fr": strings.Fields("janvier février mars avril mai juin juillet août septembre octobre novembre décembre"),
	"nl": strings.Fields("januari februari maart april mei juni juli augustus september oktober november december"),
}

// day prints a yearly date (MM-DD) in a language of the demonstration.
func day(monthDay, lang string) string {
	month, d, _ := strings.Cut(monthDay, "-")
	n, err := strconv.Atoi(month)
	if err != nil || n < 1 || n > 12 {
		panic("demonstration: no day " + monthDay) // a mistake in the files, found by the tests
	}
	d = strings.TrimPrefix(d, "0")
	if d == "1" && lang == "fr" {
		d = "1er"
	}
	return d + " " + months[lang][n-1]
}

// date prints a date (YYYY-MM-DD) in a language of the demonstration.
func date(s, lang string) string {
	year, rest, ok := strings.Cut(s, "-")
	if !ok {
		return orDash(s)
	}
	return day(rest, lang) + " " + year
}
