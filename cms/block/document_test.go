package block

import (
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// written makes a document of paragraphs with ids aaaaaaaa, bbbbbbbb, …
func written(texts ...string) *Document {
	d := Empty("en")
	for i, s := range texts {
		id := strings.Repeat(string(idAlphabet[i]), idLength)
		n := Paragraph(Text(s))
		n.Attrs = map[string]any{"id": id}
		d.Doc.Content = append(d.Doc.Content, n)
	}
	return d
}

func order(d *Document) string {
	var s string
	for _, n := range d.Doc.Content {
		s += n.ID()[:1]
	}
	return s
}

func TestEdit(t *testing.T) {
	t.Parallel()
	a, b, c := "aaaaaaaa", "bbbbbbbb", "cccccccc"
	d := written("one", "two", "three")
	if d.MoveUp(a) || d.MoveDown(c) || d.MoveUp("zzzzzzzz") || d.Remove("zzzzzzzz") || d.MoveDown("") {
		t.Error("moved what cannot move")
	}
	if !d.MoveUp(c) || order(d) != "acb" {
		t.Errorf("after MoveUp: %s", order(d))
	}
	if !d.MoveDown(a) || order(d) != "cab" {
		t.Errorf("after MoveDown: %s", order(d))
	}
	if !d.Remove(b) || order(d) != "ca" {
		t.Errorf("after Remove: %s", order(d))
	}
	copied, ok := d.Duplicate(c)
	if !ok || copied == c || !ValidID(copied) || d.block(copied) != 1 || d.BlockText(Inert{}, copied) != "three" {
		t.Errorf("Duplicate = %q, %v", copied, ok)
	}
	d.Doc.Content[1].Content[0].Text = "changed"
	if d.BlockText(Inert{}, c) != "three" {
		t.Error("the copy shares its text with the original")
	}
	if _, err := d.Insert("zzzzzzzz", "paragraph"); err == nil {
		t.Error("inserted after a block that is not there")
	}
	if _, err := d.Insert("", "list_item"); err == nil {
		t.Error("inserted a part")
	}
	for _, s := range specs {
		if s.Kind == KindPart {
			continue
		}
		id, err := d.Insert("", s.Type)
		if err != nil || d.block(id) != 0 {
			t.Fatalf("Insert(%s) = %q, %v", s.Type, id, err)
		}
	}
	// A block just inserted survives the save of a draft and its form, valid.
	before := len(d.Doc.Content)
	d.Tidy(NewID)
	if err := d.Validate(); err != nil || len(d.Doc.Content) != before {
		t.Errorf("after Tidy: %d of %d blocks, %v", len(d.Doc.Content), before, err)
	}
	got, problems := ParseForm("en", values(d.Form()))
	if len(problems) > 0 || !cmp.Equal(got, d) {
		t.Errorf("form of empty blocks: %v %s", problems, cmp.Diff(d, got))
	}
	render(t, d, Inert{})
}

func TestDiff(t *testing.T) {
	t.Parallel()
	old := written("one two three", "kept", "gone", "moved down")
	was := written("one two three", "kept", "gone", "moved down")
	now := old.Clone()
	now.Doc.Content[0].Content[0].Text = "one 2 three"
	now.Remove("cccccccc")
	now.MoveUp("dddddddd")
	now.MoveUp("dddddddd")
	id, err := now.Insert("bbbbbbbb", "paragraph")
	if err != nil {
		t.Fatal(err)
	}
	now.Doc.Content[3].Content = []Node{Text("new")}
	var got []string
	for _, b := range Diff(old, now) {
		line := string(b.Change) + " " + b.ID[:1]
		if b.ID == id {
			line = string(b.Change) + " new"
		}
		for _, s := range b.Spans {
			line += " " + string(s.Op) + "(" + s.Text + ")"
		}
		got = append(got, line)
	}
	want := []string{
		"moved d equal(moved down)",
		"changed a equal(one ) delete(two) insert(2) equal( three)",
		"same b equal(kept)",
		"removed c delete(gone)",
		"added new insert(new)",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if !cmp.Equal(old, was) {
		t.Error("Diff or the edits changed the old document")
	}
	// What is no word is named.
	bold := old.Clone()
	bold.Doc.Content[0].Content[0].Marks = []Mark{{Type: "strong"}}
	bold.Doc.Content[1].Attrs["dir"] = "rtl"
	bold.Doc.Content[2].Type = "heading"
	d := Diff(old, bold)
	if !slices.Equal(d[0].Attrs, []string{"marks"}) || !slices.Equal(d[1].Attrs, []string{"dir"}) || !slices.Contains(d[2].Attrs, "type") {
		t.Errorf("attributes %v %v %v", d[0].Attrs, d[1].Attrs, d[2].Attrs)
	}
}

func TestDiffWords(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		old, new string
		want     []Span
	}{
		{"", "", nil},
		{"", "a", []Span{{Insert, "a"}}},
		{"one two", "three four", []Span{{Delete, "one two"}, {Insert, "three four"}}},
		{"l’enfant joue", "l’enfance joue", []Span{{Delete, "l’enfant"}, {Insert, "l’enfance"}, {Equal, " joue"}}},
		{"حقوق الطفل", "حقوق الأطفال", []Span{{Equal, "حقوق "}, {Delete, "الطفل"}, {Insert, "الأطفال"}}},
		{"漢字文", "漢語文", []Span{{Equal, "漢"}, {Delete, "字"}, {Insert, "語"}, {Equal, "文"}}},
		{"e\u0301te\u0301", "ete\u0301", []Span{{Delete, "e\u0301te\u0301"}, {Insert, "ete\u0301"}}},
	} {
		if diff := cmp.Diff(tt.want, DiffWords(tt.old, tt.new)); diff != "" {
			t.Errorf("%q → %q: %s", tt.old, tt.new, diff)
		}
	}
}

func TestHashesFollowWordsOnly(t *testing.T) {
	t.Parallel()
	d := written("one  two", "same")
	d.Doc.Content = append(d.Doc.Content, Node{Type: "divider", Attrs: map[string]any{"id": "dddddddd"}},
		Node{Type: "image", Attrs: map[string]any{"id": "eeeeeeee", "alt": "A tree", "media": "media:pic"}})
	h := d.Hashes()
	if h["aaaaaaaa"] == "" || h["aaaaaaaa"] == h["bbbbbbbb"] || h["dddddddd"] != "" || h["zzzzzzzz"] != "" {
		t.Errorf("hashes %v", h)
	}
	e := d.Clone()
	e.Doc.Content[0].Content = []Node{Text("one "), Text("two", Mark{Type: "strong"})}
	e.Doc.Content[1].Type = "heading"
	e.Doc.Content[3].Attrs["media"] = "media:other"
	if diff := cmp.Diff(h, e.Hashes()); diff != "" {
		t.Errorf("marks, type, media or spaces changed a hash:\n%s", diff)
	}
	e.Doc.Content[3].Attrs["alt"] = "A bush"
	if e.Hashes()["eeeeeeee"] == h["eeeeeeee"] {
		t.Error("another description has the same hash")
	}
}

func TestOutlineRefsWords(t *testing.T) {
	t.Parallel()
	d := everywhere("Some words")
	d.Normalize(counter())
	if items := d.Outline(); len(items) != len(d.Doc.Content) || items[1].Level != 2 || items[1].Words != "Some words" {
		t.Errorf("outline %+v", items)
	}
	raw := `{"schema":1,"lang":"en","doc":{"type":"doc","content":[
	{"type":"paragraph","attrs":{"id":"aaaaaaaa"},"content":[{"type":"text","text":"Five words are in here","marks":[{"type":"link","attrs":{"ref":"page:p1"}}]},{"type":"fact","attrs":{"key":"section_count"}}]},
	{"type":"image","attrs":{"id":"bbbbbbbb","media":"media:m1","alt":"x","link":"news:n1#aaaaaaaa"}},
	{"type":"logos","attrs":{"id":"cccccccc","items":[{"name":"x","media":"media:m2"}]}},
	{"type":"files","attrs":{"id":"dddddddd","items":[{"title":"x","media":"media:m3"}]}},
	{"type":"contact","attrs":{"id":"eeeeeeee","source":"section:s1"}},
	{"type":"cards","attrs":{"id":"ffffffff","mode":"manual","items":["page:p2"],"query":{"section":"section:s2"}}},
	{"type":"quote","attrs":{"id":"gggggggg","source_ref":"page:p3"},"content":[{"type":"paragraph","content":[{"type":"text","text":"漢字"}]}]}]}}`
	p, err := Parse([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range p.Refs() {
		got = append(got, r.BlockID[:1]+" "+r.Kind+" "+r.ID+" "+r.Use)
	}
	want := []string{"a page p1 link", "b media m1 image", "b news n1 link", "c media m2 logo", "d media m3 file", "e section s1 contact", "f page p2 card", "f section s2 query", "g page p3 source"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	// 5 + the fact's key, 1 + 1 + 1 of the cards, 2 of the quotation.
	if n := p.Words(); n != 5+1+3+2 {
		t.Errorf("Words = %d", n)
	}
	if f := p.Facts(); !slices.Equal(f, []string{"section_count"}) {
		t.Errorf("Facts = %v", f)
	}
}

func TestParseBounds(t *testing.T) {
	t.Parallel()
	many := `{"schema":1,"lang":"en","doc":{"type":"doc","content":[` + strings.Repeat(`{"type":"divider"},`, MaxBlocks) + `{"type":"divider"}]}}`
	deep := `{"schema":1,"lang":"en","doc":` + strings.Repeat(`{"type":"doc","content":[`, 10000)
	for name, raw := range map[string]string{
		"size":        `{"schema":1,"lang":"en","doc":{"type":"doc","content":[]}}` + strings.Repeat(" ", MaxBytes),
		"blocks.many": many,
		"json.depth":  deep,
		"json.utf8":   "{\"schema\":1,\"lang\":\"\xff\"}",
		"json.syntax": ``,
	} {
		_, err := Parse([]byte(raw))
		var invalid *InvalidError
		if !errors.As(err, &invalid) || invalid.Problems[0].Code != name {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNotationProblems(t *testing.T) {
	t.Parallel()
	for s, code := range map[string]string{
		"a **b": "notation.open", "__x": "notation.open", "[a](javascript:X(1))": "notation.target", "[a](//evil.invalid)": "notation.target",
		"[a](https://a.example": "notation.target.end", "[a](https://a.example x)": "notation.target.end", "[a]{x=1}": "notation.attrs", "[a]{lang=1}": "notation.lang",
		"[a]{abbr=\"x}": "notation.quote", "{{members}}": "notation.fact", "{{section_count": "notation.fact", "{{section_count as_of=soon}}": "notation.fact",
		"[a [b](/x)](/y)": "notation.twice", "[**a](/x)": "notation.open", "[a](page:x#Not A Slug)": "notation.target", "[a]{abbr=\"\"}": "key.missing",
	} {
		_, err := ParseInline(s)
		var invalid *InvalidError
		if !errors.As(err, &invalid) || invalid.Problems[0].Code != code {
			t.Errorf("%q: %v, want %s", s, err, code)
		}
	}
	// What people type without thinking of a notation stays what it is.
	for _, s := range []string{"5 * 3", "a*b*c", "snake_case", "______", "[sic]", "f(x) [1] {y}", `C:\dir`, "***", "2^10", "~ten", "a | b", "# no heading", "[x] (y)"} {
		nodes, err := ParseInline(s)
		if err != nil || len(nodes) != 1 || nodes[0].Text != s || nodes[0].Marks != nil {
			t.Errorf("%q reads as %+v, %v", s, nodes, err)
		}
	}
}

func TestFormKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	v := url.Values{
		"block":                   {"aaaaaaaa:paragraph", "bbbbbbbb:logos", "cccccccc:heading", "not a block", "aaaaaaaa:paragraph"},
		"b.aaaaaaaa.text":         {"**never closed"},
		"b.bbbbbbbb.title":        {"Partners"},
		"b.bbbbbbbb.items.0.name": {"UNICEF"}, "b.bbbbbbbb.items.0.url": {"javascript:X(1)"}, "b.bbbbbbbb.items.0.media": {""},
		"b.bbbbbbbb.items.1.name": {"gone"}, "b.bbbbbbbb.items.1.url": {""}, "b.bbbbbbbb.items.1.remove": {"1"},
		"b.cccccccc.text":  {"Fine"},
		"b.cccccccc.level": {"9"},
		"action":           {"anything else"},
	}
	d, problems := ParseForm("en", v)
	var got []string
	for _, p := range problems {
		got = append(got, p.Block+" "+p.Field+" "+p.Code)
	}
	want := []string{
		"aaaaaaaa b.aaaaaaaa.text notation.open",
		"bbbbbbbb b.bbbbbbbb.items.0.url url",
		"cccccccc b.cccccccc.level number.range",
		"  form.block", "  form.block",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatal(diff)
	}
	blocks := d.FormWith(v, problems)
	if len(blocks) != 3 {
		t.Fatalf("%d blocks", len(blocks))
	}
	text := blocks[0].Fields[0]
	if text.Value != "**never closed" || len(text.Problems) != 1 || !strings.Contains(text.Problems[0].Text("en"), "**") {
		t.Errorf("text field %+v", text)
	}
	var items FormField
	for _, f := range blocks[1].Fields {
		if f.Kind == FieldList {
			items = f
		}
	}
	if len(items.Items) != 3 || !items.Items[1].Remove.Checked || !items.Items[2].Spare ||
		items.Items[0].Fields[2].Value != "javascript:X(1)" || len(items.Items[0].Fields[2].Problems) != 1 {
		t.Errorf("items %+v", items.Items)
	}
}

func TestFormSplitsParagraphs(t *testing.T) {
	t.Parallel()
	d, problems := ParseForm("en", url.Values{
		"block":           {"aaaaaaaa:paragraph", "bbbbbbbb:bullet_list"},
		"b.aaaaaaaa.text": {"one\r\ntwo\r\n\r\n \r\nthree"},
		"b.bbbbbbbb.text": {"plain item\r\n* starred\r\n    - four spaces\r\n    - again\r\n- last"},
	})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if len(d.Doc.Content) != 3 || d.Doc.Content[0].ID() != "aaaaaaaa" || !ValidID(d.Doc.Content[1].ID()) {
		t.Fatalf("%s", d.JSON())
	}
	want := "one\ntwo\n\nthree\n\n• plain item\n• starred\n  • four spaces\n  • again\n• last"
	if got := d.PlainText(Inert{}); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestRegistryExport(t *testing.T) {
	t.Parallel()
	s := string(Registry())
	for _, part := range []string{`"type":"logos"`, `"fr":"Logos de partenaires"`, `"translatable":["title","note","items.name"]`, `"t":"media"`, `"form":"/admin/blocks/logos/form"`, `"marks":[{"type":"link"`} {
		if !strings.Contains(s, part) {
			t.Errorf("the registry lacks %s", part)
		}
	}
}
