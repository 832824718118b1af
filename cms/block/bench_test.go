package block

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// pageOf forty blocks of the kinds and lengths a real page has.
func pageOf(blocks int) *Document {
	d := Empty("fr")
	words := strings.Repeat("Les sections nationales défendent les droits de l’enfant, chacune selon ses priorités. ", 4)
	link := Mark{Type: "link", Attrs: map[string]any{"ref": "page:7f3k"}}
	for i := range blocks {
		var n Node
		switch i % 10 {
		case 0:
			n = Node{Type: "heading", Attrs: map[string]any{"level": 2}, Content: []Node{Text(fmt.Sprintf("Partie %d : ensemble", i))}}
		case 3:
			n = Node{Type: "bullet_list"}
			for range 4 {
				n.Content = append(n.Content, Node{Type: "list_item", Content: []Node{Paragraph(Text("Un soutien direct aux enfants "), Text("et aux familles", Mark{Type: "strong"}))}})
			}
		case 5:
			n = Node{Type: "image", Attrs: map[string]any{"media": "media:pic", "alt": "Des enfants plantent un arbre", "caption": []Node{Text("À Liège")}}}
		case 7:
			n = Node{Type: "table", Attrs: map[string]any{"caption": "Sections", "headerRow": true}}
			for range 5 {
				row := Node{Type: "table_row"}
				for range 3 {
					row.Content = append(row.Content, Node{Type: "table_cell", Content: []Node{Paragraph(Text("Belgique"))}})
				}
				n.Content = append(n.Content, row)
			}
		case 9:
			n = Node{Type: "quote", Attrs: map[string]any{"cite": "Une personne"}, Content: []Node{Paragraph(Text("« Toutes égales ! »"))}}
		default:
			n = Paragraph(Text(words), Text("le rapport", link), Text(" et ", link, Mark{Type: "em"}), Text(words))
		}
		d.Doc.Content = append(d.Doc.Content, n)
	}
	d.Normalize(counter())
	return d
}

func BenchmarkPage40(b *testing.B) {
	d := pageOf(40)
	raw := d.JSON()
	r := site{"fr"}
	b.Run("parse+validate+render", func(b *testing.B) {
		b.SetBytes(int64(len(raw)))
		b.ReportAllocs()
		for b.Loop() {
			d, err := Parse(raw)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := d.HTML(r); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("decode+render", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			d, err := Decode(raw)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := d.HTML(r); err != nil {
				b.Fatal(err)
			}
		}
	})
	for _, tt := range []struct {
		name   string
		decode func([]byte) (*Document, error)
	}{{"decode", Decode}, {"decode any form", decodeAny}} {
		b.Run(tt.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := tt.decode(raw); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("render", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := d.HTML(r); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("normalize", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			d.Normalize(NewID)
		}
	})
	b.Run("json", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			d.JSON()
		}
	})
	b.Run("checks", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			d.Checks(r)
		}
	})
	b.Run("form", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			ParseForm("fr", values(d.Form()))
		}
	})
	b.Run("hashes", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			d.Hashes()
		}
	})
}

// BenchmarkDiffHTML compares a text of 600 blocks with the same a day of work
// later, and with one in which every paragraph changed.
func BenchmarkDiffHTML(b *testing.B) {
	was := pageOf(600)
	edited := func(every int) *Document {
		d := was.Clone()
		for i := range d.Doc.Content {
			if n := &d.Doc.Content[i]; i%every == 0 {
				eachParagraph(n, func(inline []Node) {
					if len(inline) > 0 {
						inline[0].Text = strings.ReplaceAll(inline[0].Text, "a", "o") + " !"
					}
				})
			}
		}
		d.Doc.Content = slices.Insert(slices.Delete(d.Doc.Content, 100, 103), 400, was.Doc.Content[100].Clone())
		return d
	}
	r := site{"fr"}
	for _, every := range []int{10, 1} {
		now := edited(every)
		b.Run(fmt.Sprintf("600 blocks, one in %d changed", every), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := DiffHTML(was, now, r, DiffOptions{Lang: "fr"}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
