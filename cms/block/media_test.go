package block

import (
	"slices"
	"strings"
	"testing"
)

func ids(list ...string) func(string) bool {
	return func(id string) bool { return slices.Contains(list, id) }
}

// TestWithhold takes files out of a text: nothing that was said of them stays,
// in any form, and nothing else goes.
func TestWithhold(t *testing.T) {
	t.Parallel()
	caption := []Node{Text("Amina, nine")}
	doc := func() *Document {
		d := Empty("en")
		d.Doc.Content = []Node{
			{Type: "image", Attrs: map[string]any{"id": "aaaaaaaa", "media": "media:x", "alt": "Amina at school", "caption": caption, "size": "wide", "link": "page:7f3k"}},
			{Type: "image", Attrs: map[string]any{"id": "bbbbbbbb", "media": "media:pic", "alt": "A tree", "size": "text"}},
			{Type: "logos", Attrs: map[string]any{"id": "cccccccc", "items": []any{map[string]any{"media": "media:x", "name": "ILO"}, map[string]any{"media": "media:logo", "name": "WHO"}}}},
			{Type: "files", Attrs: map[string]any{"id": "dddddddd", "items": []any{map[string]any{"media": "media:x", "title": "Amina tells"}, map[string]any{"media": "media:pdf", "title": "Report"}}}},
			{Type: "files", Attrs: map[string]any{"id": "eeeeeeee", "items": []any{map[string]any{"media": "media:x", "title": "Amina alone"}}}},
			Paragraph(Text("Read it", Mark{Type: "link", Attrs: map[string]any{"ref": "media:x"}})),
		}
		return d
	}
	d := doc()
	if got := d.Descriptions(); len(got) != 3 || got["x"] != "Amina at school" || got["pic"] != "A tree" || got["logo"] != "WHO" {
		t.Errorf("descriptions = %v", got)
	}
	d.Withhold(ids("x"))
	html, err := d.HTML(site{"en"})
	if err != nil {
		t.Fatal(err)
	}
	for what, text := range map[string]string{"JSON": string(d.JSON()), "HTML": string(html), "Markdown": d.Markdown(site{"en"}), "text": d.PlainText(site{"en"})} {
		if strings.Contains(text, "Amina") || !strings.Contains(text, "ILO") || !strings.Contains(text, "Report") {
			t.Errorf("%s says %s", what, text)
		}
	}
	if err := d.Validate(); err != nil {
		t.Errorf("what is left: %v", err)
	}
	if n := len(d.Doc.Content); n != 5 || d.Doc.Content[0].ID() != "aaaaaaaa" {
		t.Errorf("%d blocks are left", n)
	}
	same := doc()
	same.Withhold(ids("other"))
	if string(same.JSON()) != string(doc().JSON()) {
		t.Errorf("a text that shows none of it changed: %s", same.JSON())
	}
}

// TestLeadAndCardPictures renders pictures outside of texts.
func TestLeadAndCardPictures(t *testing.T) {
	t.Parallel()
	lead := string(LeadPicture(site{"en"}, "pic", `"Six" children`))
	for _, want := range []string{`<figure class="image lead-picture"><picture>`, ` fetchpriority="high">`, `alt="&#34;Six&#34; children"`, `<figcaption><small class="credit">Picture: A. Photographer, CC BY</small></figcaption>`} {
		if !strings.Contains(lead, want) || strings.Contains(lead, "lazy") {
			t.Errorf("lead picture = %s, want %s", lead, want)
		}
	}
	if card := string(CardPicture(site{"en"}, "pic")); !strings.HasPrefix(card, `<img src="/media/pic/640-16x9.jpg" srcset=`) || !strings.Contains(card, `alt="" width="640" height="360" loading="lazy"`) {
		t.Errorf("card picture = %s", card)
	}
	for _, id := range []string{"withdrawn", "bad", "nowhere", "", "pdf", `"><script>`} {
		if got := LeadPicture(site{"en"}, id, "x") + CardPicture(site{"en"}, id); got != "" {
			t.Errorf("%q is shown: %s", id, got)
		}
	}
}
