package block

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
)

// payloads are those of the attack cases that are text: wherever they are put,
// they must come out as the same text.
var payloads = []string{
	`<script>X(1)</script>`, `<img src=q onerror=X(2)>`, `<svg onload=X(3)>`,
	`<svg><a><animate attributeName=href values=javascript:X(4) /><text x=9 y=20>go</text></a></svg>`,
	`<a href="javascript:X(5)">go</a>`, `<a href="java&Tab;script:X(6)">go</a>`, `<iframe src="data:text/html,<script>X(7)</script>"></iframe>`,
	`<form><math><mtext></form><form><mglyph><style></math><img src=q onerror=X(9)>`,
	`<svg><foreignObject><p><style><p title="</style><img src=q onerror=X(10)>"></style></p></foreignObject></svg>`,
	`<noscript><p title="</noscript><img src=q onerror=X(11)>">`, `<!--><img src=q onerror=X(12)>-->`, `<template><img src=q onerror=X(13)></template>`,
	`<iframe srcdoc="<script>parent.X(14)</script>"></iframe>`, `<form><button formaction=javascript:X(15)>go</button></form>`, `<input autofocus onfocus=X(16)>`,
	`<style>@keyframes k{}</style><b style="animation:k 1s" onanimationstart=X(17)>b</b>`, `<meta http-equiv=refresh content="0;url=//evil.invalid/?X18"><p>t</p>`,
	`<a id=config></a><a id=config name=apiBase href="//evil.invalid/">c</a>`, `" onmouseover="X(20)`, `' onmouseover='X(20)`, "` onmouseover=`X(20)",
	`</script><script>X(21)</script>`, `]]></title><script xmlns="http://www.w3.org/1999/xhtml">X(22)</script>`, `[go](javascript:X(23)) <b onclick=X(23)>raw</b>`,
	`"><img src=q onerror=X(27)>.png`, `+ADw-script+AD4-X(30)+ADw-/script+AD4- and ＜script＞X(30)＜/script＞`, `&lt;script&gt;X(31)&lt;/script&gt;`, `{{section_count}}<x>`, "--!><script>X(32)</script>",
}

// everywhere puts words into every place of a document that takes words.
func everywhere(words string) *Document {
	d := Empty("en")
	link := Mark{Type: "link", Attrs: map[string]any{"href": "https://a.example/", "title": words}}
	for _, s := range specs {
		if s.Kind == KindPart {
			continue
		}
		n := Node{Type: s.Type, Attrs: map[string]any{}}
		for _, a := range s.Attrs {
			if v := wordy(&a, words); v != nil {
				n.Attrs[a.Name] = v
			}
		}
		p := Paragraph(Text(words, link, Mark{Type: "abbr", Attrs: map[string]any{"title": words}}))
		switch s.Type {
		case "paragraph":
			n.Content = p.Content
		case "heading":
			n.Content = []Node{Text(words)}
		case "quote", "callout":
			n.Content = []Node{p}
		case "bullet_list", "ordered_list":
			n.Content = []Node{{Type: "list_item", Content: []Node{p}}}
		case "table":
			n.Content = []Node{{Type: "table_row", Content: []Node{{Type: "table_cell", Content: []Node{p}}}}}
		}
		d.Doc.Content = append(d.Doc.Content, n)
	}
	return d
}

func wordy(a *Attr, words string) any {
	switch a.Type {
	case TypeText:
		return words
	case TypeInline:
		return []Node{Text(words)}
	case TypeInt:
		return max(a.Min, 2)
	case TypeMedia:
		return "media:gone"
	case TypeChoices:
		return []any{a.Choices[0]}
	case TypeObject, TypeList:
		o := map[string]any{}
		for _, sub := range a.Of {
			if v := wordy(&sub, words); v != nil {
				o[sub.Name] = v
			}
		}
		if a.Type == TypeList && a.Of != nil {
			return []any{o}
		}
		if a.Type == TypeObject && len(o) > 0 {
			return o
		}
	}
	return nil
}

// hostile answers everything with a payload: what comes from the surroundings is
// escaped and checked like what is in the text.
type hostile struct{ words string }

func (h hostile) Lang() string               { return "en" }
func (h hostile) Word(string, ...any) string { return h.words }
func (h hostile) Link(string) (Target, bool) {
	return Target{URL: h.words, Title: h.words, Lang: h.words}, true
}
func (h hostile) Fact(string) (string, bool) { return h.words, true }
func (h hostile) Media(string) (Media, bool) {
	m := Media{URL: "/m", Type: "image/" + h.words, Width: 1, Height: 1, Alt: h.words, Credit: h.words, Title: h.words, Lang: h.words, Src: h.words, Srcset: "/a.jpg 1w, " + h.words, Sizes: []MediaSource{{h.words, "/a.webp 1w, " + h.words}}}
	wide := m
	m.Wide = &wide
	return m, true
}
func (h hostile) Contact(string) (Contact, bool) {
	w := h.words
	return Contact{Name: w, Unit: w, Street: w, Box: w, Postcode: w, City: w, Country: w, Phone: w, Email: w, URL: w, Hours: w, MapURL: w, Social: []Social{{w, w}}, Lang: w}, true
}
func (h hostile) Cards(CardQuery) []Card {
	return []Card{{Ref: h.words, Title: h.words, URL: h.words, Summary: h.words, Date: h.words, When: h.words, Lang: h.words, Image: "m"}}
}
func (h hostile) CardsOf([]string) []Card { return h.Cards(CardQuery{}) }
func (h hostile) Sections(SectionQuery) []SectionRow {
	return []SectionRow{{ID: h.words, Name: h.words, Lang: h.words, URL: h.words, Region: h.words, RegionName: h.words, Lat: 1, Lon: 1, Contact: &Contact{Email: h.words}}}
}

func TestPayloadsStayText(t *testing.T) {
	t.Parallel()
	for _, words := range payloads {
		d := everywhere(words)
		clipLong(d)
		if err := d.Validate(); err != nil {
			t.Fatalf("%q: %v", words, err)
		}
		d.Normalize(counter())
		for _, r := range []Resolver{Inert{}, site{"en"}, hostile{words}} {
			render(t, d, r)
		}
		if got := d.BlockText(Inert{}, d.Doc.Content[0].ID()); got != words {
			t.Errorf("text of %q is %q", words, got)
		}
		// Through the form, as somebody types it: the notation may refuse it, but
		// what it accepts is text again.
		v := url.Values{"block": {"k3mq8wzt:paragraph"}, "b.k3mq8wzt.text": {words}}
		if typed, problems := ParseForm("en", v); len(problems) == 0 {
			render(t, typed, site{"en"})
		}
	}
}

// clipLong shortens words that are longer than their field takes.
func clipLong(d *Document) {
	for i := range d.Doc.Content {
		n := &d.Doc.Content[i]
		for _, a := range specByType[n.Type].Attrs {
			if s, ok := n.Attrs[a.Name].(string); ok && a.Type == TypeText {
				n.Attrs[a.Name] = clip(s, a.Max-1)
			}
			values := n.list(a.Name)
			if o, ok := n.Attrs[a.Name].(map[string]any); ok {
				values = []any{o}
			}
			for _, v := range values {
				for _, sub := range a.Of {
					if o, ok := v.(map[string]any); ok && sub.Type == TypeText {
						if s, ok := o[sub.Name].(string); ok {
							o[sub.Name] = clip(s, sub.Max-1)
						}
					}
				}
			}
		}
	}
}

func TestUnsafeAddressesAreRefusedEverywhere(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"javascript:X(24)", "java\tscript:X(6)", "data:text/html,x", "vbscript:X(8)", "javascript:X(26)//https://ok.example", "//evil.invalid/"} {
		quoted, _ := json.Marshal(address)
		for _, doc := range []string{
			`{"type":"paragraph","content":[{"type":"text","text":"go","marks":[{"type":"link","attrs":{"href":` + string(quoted) + `}}]}]}`,
			`{"type":"button","attrs":{"label":"go","link":` + string(quoted) + `}}`,
			`{"type":"image","attrs":{"alt":"x","link":` + string(quoted) + `}}`,
			`{"type":"image","attrs":{"alt":"x","media":` + string(quoted) + `}}`,
			`{"type":"logos","attrs":{"items":[{"name":"x","url":` + string(quoted) + `}]}}`,
			`{"type":"quote","attrs":{"source_url":` + string(quoted) + `}}`,
			`{"type":"contact","attrs":{"inline":{"name":"x","url":` + string(quoted) + `}}}`,
		} {
			raw := `{"schema":1,"lang":"en","doc":{"type":"doc","content":[` + doc + `]}}`
			if _, err := Parse([]byte(raw)); err == nil {
				t.Errorf("accepted: %s", raw)
			}
			// A text that came in on another way is still rendered safely.
			d, err := Decode([]byte(raw))
			if err != nil {
				t.Fatal(err)
			}
			if out := render(t, d, site{"en"}); strings.Contains(out, "href") {
				t.Errorf("%s renders as %s", raw, out)
			}
		}
		if _, err := ParseInline("[go](" + address + ")"); err == nil {
			t.Errorf("notation accepts %q", address)
		}
	}
}
