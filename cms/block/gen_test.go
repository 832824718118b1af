package block

import (
	"fmt"
	"strings"

	"pgregory.net/rapid"
)

// nasty is the alphabet of generated words: every sign of the notations and of
// HTML, letters of several scripts, things that join, and spaces of all kinds.
var nasty = []rune("aaab ccd  *_^~[](){}|\\\"'<>&-–•1.2)#\n\téßعربي漢字e\u0301\u00a0\u202f\u200d\u2066\u202e\ufeff=!«»:;?%:/")

func genText() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		if rapid.IntRange(0, 5).Draw(t, "phrase") == 0 {
			return rapid.SampledFrom([]string{
				"- item", "1. item", "12) x", "1a. y", "- ", "* x", "{br}", "{p}", "{{section_count}}", "{colspan=2} x",
				"[a](https://x.example)", "[a]{lang=fr}", "a]{b", "a](b", "**", "__x__", `\`, `\\`, `\*`, "****", "|a|b|",
				"<script>X(1)</script>", `" onmouseover="X(20)`, "]]></title>", "&lt;b&gt;", "&amp;", "# h", "> q", "---",
			}).Draw(t, "phrase")
		}
		return rapid.StringOfN(rapid.SampledFrom(nasty), 0, 12, -1).Draw(t, "text")
	})
}

var genURL = rapid.SampledFrom([]string{
	"https://a.example/", "http://a.example/x_(y)?q=1&r=2#f", "mailto:a@b.example", "tel:+3221234567", "/fr/page", "https://a.example/a)b", "https://a.example/[x]|{p}",
	"https://a.example/((", "https://xn--a.example/é",
})

var genRef = rapid.SampledFrom([]string{"page:7f3k", "news:01JABC", "section:section-be", "media:logo_1"})

func genMarks() *rapid.Generator[[]Mark] {
	return rapid.Custom(func(t *rapid.T) []Mark {
		var out []Mark
		for _, typ := range []string{"link", "lang", "abbr", "strong", "em", "sup", "sub"} {
			if rapid.IntRange(0, 3).Draw(t, typ) != 0 {
				continue
			}
			m := Mark{Type: typ, Attrs: map[string]any{}}
			switch typ {
			case "link":
				if rapid.Bool().Draw(t, "ref") {
					m.Attrs["ref"] = genRef.Draw(t, "ref")
					m.Attrs["anchor"] = rapid.SampledFrom([]string{"", "k3mq8wzt", "how-we-work", "été"}).Draw(t, "anchor")
				} else {
					m.Attrs["href"] = genURL.Draw(t, "href")
				}
				m.Attrs["title"] = strings.TrimSpace(cleanText(genText().Draw(t, "title")))
				m.Attrs["hreflang"] = rapid.SampledFrom([]string{"", "nl", "pt-BR"}).Draw(t, "hreflang")
			case "lang":
				m.Attrs["code"] = rapid.SampledFrom([]string{"fr", "ar", "zh-Hant", "pt-BR"}).Draw(t, "code")
				m.Attrs["dir"] = rapid.SampledFrom([]string{"", "ltr", "rtl"}).Draw(t, "dir")
			case "abbr":
				m.Attrs["title"] = "x" + genText().Draw(t, "title")
			}
			out = append(out, m)
		}
		return out
	})
}

// genInline makes inline content; plain is text only, as in headings.
func genInline(plain bool) *rapid.Generator[[]Node] {
	return rapid.Custom(func(t *rapid.T) []Node {
		var out []Node
		var marks []Mark
		for range rapid.IntRange(0, 5).Draw(t, "runs") {
			// Repeating the marks makes neighbours that share some of them.
			if rapid.Bool().Draw(t, "fresh") {
				marks = genMarks().Draw(t, "marks")
			} else if len(marks) > 0 && rapid.Bool().Draw(t, "fewer") {
				marks = marks[:len(marks)-1]
			}
			n := Node{Marks: marks}.Clone()
			switch k := rapid.IntRange(0, 8).Draw(t, "kind"); {
			case k == 0 && !plain:
				n.Type = "hard_break"
			case k == 1 && !plain:
				n.Type = "fact"
				n.Attrs = map[string]any{"key": rapid.SampledFrom([]string{"section_count", "country_count:africa"}).Draw(t, "key")}
				if rapid.Bool().Draw(t, "dated") {
					n.Attrs["as_of"] = "2026-11-20"
				}
			default:
				n.Type, n.Text = "text", genText().Draw(t, "text")
			}
			out = append(out, n)
		}
		return out
	})
}

func genParagraph() *rapid.Generator[Node] {
	return rapid.Custom(func(t *rapid.T) Node {
		n := Node{Type: "paragraph", Content: genInline(false).Draw(t, "inline")}
		if rapid.IntRange(0, 4).Draw(t, "dir") == 0 {
			n.Attrs = map[string]any{"dir": "rtl"}
		}
		return n
	})
}

func genList(depth int) *rapid.Generator[Node] {
	return rapid.Custom(func(t *rapid.T) Node {
		n := Node{Type: rapid.SampledFrom(listTypes).Draw(t, "type")}
		if n.Type == "ordered_list" {
			n.Attrs = map[string]any{"start": rapid.IntRange(1, 30).Draw(t, "start"), "style": rapid.SampledFrom([]string{"1", "a", "i"}).Draw(t, "style")}
		}
		for range rapid.IntRange(0, 3).Draw(t, "items") {
			item := Node{Type: "list_item", Content: []Node{genParagraph().Draw(t, "first")}}
			for range rapid.IntRange(0, 2).Draw(t, "more") {
				if depth < MaxListDepth && rapid.Bool().Draw(t, "nest") {
					item.Content = append(item.Content, genList(depth+1).Draw(t, "list"))
				} else {
					item.Content = append(item.Content, genParagraph().Draw(t, "paragraph"))
				}
			}
			n.Content = append(n.Content, item)
		}
		return n
	})
}

func genTable() *rapid.Generator[Node] {
	return rapid.Custom(func(t *rapid.T) Node {
		n := Node{Type: "table", Attrs: map[string]any{"caption": genText().Draw(t, "caption"), "headerRow": rapid.Bool().Draw(t, "row"), "headerCol": rapid.Bool().Draw(t, "col")}}
		for range rapid.IntRange(0, 3).Draw(t, "rows") {
			row := Node{Type: "table_row"}
			for range rapid.IntRange(0, 3).Draw(t, "cells") {
				cell := Node{Type: "table_cell"}
				if rapid.IntRange(0, 3).Draw(t, "span") == 0 {
					cell.Attrs = map[string]any{"colspan": rapid.IntRange(1, 3).Draw(t, "colspan"), "rowspan": rapid.IntRange(1, 3).Draw(t, "rowspan")}
				}
				for range rapid.IntRange(0, 2).Draw(t, "paragraphs") {
					cell.Content = append(cell.Content, genParagraph().Draw(t, "paragraph"))
				}
				row.Content = append(row.Content, cell)
			}
			n.Content = append(n.Content, row)
		}
		return n
	})
}

// genValue makes a valid value of an attribute, or nil.
func genValue(t *rapid.T, a *Attr) any {
	if a.Type == "id" || !a.Required && rapid.IntRange(0, 2).Draw(t, a.Name+"?") == 0 {
		return nil
	}
	switch a.Type {
	case TypeText:
		return clip(genText().Draw(t, a.Name), 12)
	case TypeInline:
		return genInline(false).Draw(t, a.Name)
	case TypeChoice:
		return rapid.SampledFrom(a.Choices).Draw(t, a.Name)
	case TypeChoices:
		return rapid.SliceOf(rapid.SampledFrom(a.Choices)).Draw(t, a.Name)
	case TypeBool:
		return rapid.Bool().Draw(t, a.Name)
	case TypeInt:
		return rapid.IntRange(a.Min, a.Max).Draw(t, a.Name)
	case TypeMedia:
		return rapid.SampledFrom([]string{"media:pic", "media:gone"}).Draw(t, a.Name)
	case TypeRef:
		return rapid.SampledFrom(a.Kinds).Draw(t, a.Name) + ":" + rapid.SampledFrom([]string{"be", "gone", "7f3k"}).Draw(t, a.Name)
	case TypeURL:
		return genURL.Draw(t, a.Name)
	case TypeTarget:
		return rapid.OneOf(genURL, rapid.Just("page:7f3k#k3mq8wzt"), rapid.Just("page:gone"), rapid.Just("section:be#how-we-work")).Draw(t, a.Name)
	case TypeLang:
		return rapid.SampledFrom([]string{"fr", "ar", "pt-br"}).Draw(t, a.Name)
	case TypeEmail:
		return "a.b@c.example"
	case TypePhone:
		return "+32 2 123-45 67"
	case TypeSlug:
		return rapid.SampledFrom([]string{"how-we-work", "été-2", "partners-2"}).Draw(t, a.Name)
	case TypeTerm:
		return rapid.SampledFrom([]string{"africa", "عدالة"}).Draw(t, a.Name)
	case TypeObject:
		o := map[string]any{}
		for i := range a.Of {
			o[a.Of[i].Name] = genValue(t, &a.Of[i])
		}
		return o
	case TypeList:
		var out []any
		for range rapid.IntRange(0, 3).Draw(t, a.Name) {
			if a.Of == nil {
				out = append(out, genValue(t, &Attr{Name: "item", Type: a.Item, Kinds: a.Kinds, Required: true}))
				continue
			}
			o := map[string]any{}
			for i := range a.Of {
				o[a.Of[i].Name] = genValue(t, &a.Of[i])
			}
			out = append(out, o)
		}
		return out
	}
	panic(fmt.Sprintf("no generator for %s", a.Type))
}

func genBlock() *rapid.Generator[Node] {
	return rapid.Custom(func(t *rapid.T) Node {
		var types []string
		for _, s := range specs {
			if s.Kind != KindPart {
				types = append(types, s.Type)
			}
		}
		n := Node{Type: rapid.SampledFrom(types).Draw(t, "type")}
		switch n.Type {
		case "table":
			return genTable().Draw(t, "table")
		case "bullet_list", "ordered_list":
			return genList(1).Draw(t, "list")
		}
		spec := specByType[n.Type]
		n.Attrs = map[string]any{}
		for i := range spec.Attrs {
			if v := genValue(t, &spec.Attrs[i]); v != nil {
				n.Attrs[spec.Attrs[i].Name] = v
			}
		}
		switch n.Type {
		case "paragraph":
			n.Content = genInline(false).Draw(t, "inline")
		case "heading":
			n.Content = genInline(true).Draw(t, "inline")
		case "quote", "callout":
			for range rapid.IntRange(0, 3).Draw(t, "children") {
				if n.Type == "callout" && rapid.Bool().Draw(t, "list?") {
					n.Content = append(n.Content, genList(1).Draw(t, "list"))
				} else {
					n.Content = append(n.Content, genParagraph().Draw(t, "paragraph"))
				}
			}
		}
		return n
	})
}

// genDocument makes a valid document that is not normalised.
func genDocument() *rapid.Generator[*Document] {
	return rapid.Custom(func(t *rapid.T) *Document {
		d := Empty(rapid.SampledFrom([]string{"en", "fr", "nl", "ar", "pt-br"}).Draw(t, "lang"))
		d.Doc.Content = rapid.SliceOfN(genBlock(), 0, 5).Draw(t, "blocks")
		if len(d.Doc.Content) > 1 && rapid.Bool().Draw(t, "same id") {
			for i := range d.Doc.Content {
				if d.Doc.Content[i].Attrs == nil {
					d.Doc.Content[i].Attrs = map[string]any{}
				}
				d.Doc.Content[i].Attrs["id"] = "k3mq8wzt"
			}
		}
		return d
	})
}

// counter makes ids in a row, so that failures repeat.
func counter() func() string {
	n := 0
	return func() string {
		n++
		id := []byte("bbbbbbbb")
		for i, k := len(id)-1, n; k > 0; i, k = i-1, k/len(idAlphabet) {
			id[i] = idAlphabet[k%len(idAlphabet)]
		}
		return string(id)
	}
}
