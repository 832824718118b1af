package block

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"pgregory.net/rapid"
)

// allowedDiff is what a comparison may write besides.
var allowedDiff = func() map[string][]string {
	m := maps.Clone(allowed)
	m["ins"], m["del"], m["li"] = nil, nil, []string{"value"}
	return m
}()

// diffHTML renders a comparison and lints it.
func diffHTML(t reporter, was, now *Document, r Resolver, o DiffOptions) string {
	t.Helper()
	out, err := DiffHTML(was, now, r, o)
	if err != nil {
		t.Fatalf("DiffHTML: %v", err)
	}
	lintAllowing(t, string(out), allowedDiff)
	return string(out)
}

// TestDiffHTMLFixtures renders pairs of texts in testdata/diff and compares the
// outcome, a line per block, with what was looked at and found right.
func TestDiffHTMLFixtures(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/diff/*.json")
	if err != nil || len(files) < 10 {
		t.Fatalf("found %d fixtures: %v", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var pair struct {
				Lang, Labels string
				ChangedOnly  bool
				Was, Now     []json.RawMessage
			}
			if err := json.Unmarshal(raw, &pair); err != nil {
				t.Fatal(err)
			}
			document := func(blocks []json.RawMessage) *Document {
				doc, err := json.Marshal(map[string]any{"schema": 1, "lang": pair.Lang, "doc": map[string]any{"type": "doc", "content": blocks}})
				if err != nil {
					t.Fatal(err)
				}
				d, err := Parse(doc)
				if err != nil {
					t.Fatalf("Parse: %v", err)
				}
				d.Normalize(counter())
				return d
			}
			was, now := document(pair.Was), document(pair.Now)
			o := DiffOptions{Lang: pair.Labels, ChangedOnly: pair.ChangedOnly}
			if pair.Labels != "ar" {
				o.LinkLabel = "Use this"
				o.Links = func(id string) string { return "/admin/take/" + id }
			}
			got := diffHTML(t, was, now, site{pair.Lang}, o)
			for _, tag := range []string{"<div class=\"diff", "<p id", "<h2 id", "<ul", "<ol", "<li", "<tr", "</div>"} {
				got = strings.ReplaceAll(got, tag, "\n"+tag)
			}
			golden(t, strings.TrimSuffix(file, ".json")+".html", got+"\n")
		})
	}
}

// parsed is the tree of an output.
func parsed(t reporter, out string) *html.Node {
	t.Helper()
	body := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
	nodes, err := html.ParseFragment(strings.NewReader(out), body)
	if err != nil {
		t.Fatalf("parse: %v", err)
	}
	for _, n := range nodes {
		body.AppendChild(n)
	}
	return body
}

// textOf is the text of a tree without the elements that skip names: by element,
// or by a class.
func textOf(n *html.Node, skip ...string) string {
	var b strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		switch n.Type {
		case html.TextNode:
			b.WriteString(n.Data)
		case html.ElementNode:
			names := []string{n.Data}
			for _, a := range n.Attr {
				if a.Key == "class" {
					names = append(names, strings.Fields(a.Val)...)
				}
			}
			if slices.ContainsFunc(names, func(s string) bool { return slices.Contains(skip, s) }) {
				return
			}
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	walk(n)
	return b.String()
}

// besides is what a comparison adds to the texts.
var besides = []string{"diff-label", "diff-when", "diff-none", "diff-attr", "diff-same"}

func idsOf(n *html.Node) []string {
	var out []string
	for c := range n.Descendants() {
		for _, a := range c.Attr {
			if a.Key == "id" {
				out = append(out, a.Val)
			}
		}
	}
	return out
}

// genEdited makes another document from one, as somebody at work on it does.
func genEdited(d *Document) *rapid.Generator[*Document] {
	return rapid.Custom(func(t *rapid.T) *Document {
		d := d.Clone()
		for range rapid.IntRange(0, 4).Draw(t, "edits") {
			at := rapid.IntRange(0, len(d.Doc.Content)).Draw(t, "at")
			if at == len(d.Doc.Content) {
				d.Doc.Content = append(d.Doc.Content, genBlock().Draw(t, "new"))
				continue
			}
			n := &d.Doc.Content[at]
			switch rapid.SampledFrom([]string{"remove", "insert", "move", "replace", "words", "words", "words"}).Draw(t, "edit") {
			case "remove":
				d.Doc.Content = slices.Delete(d.Doc.Content, at, at+1)
			case "insert":
				d.Doc.Content = slices.Insert(d.Doc.Content, at, genBlock().Draw(t, "new"))
			case "move":
				to := rapid.IntRange(0, len(d.Doc.Content)-1).Draw(t, "to")
				moved := *n
				d.Doc.Content = slices.Insert(slices.Delete(d.Doc.Content, at, at+1), to, moved)
			case "replace":
				id := n.Attrs["id"]
				*n = genBlock().Draw(t, "instead")
				if n.Attrs == nil {
					n.Attrs = map[string]any{}
				}
				n.Attrs["id"] = id
			case "words":
				editNodes(t, n)
			}
		}
		return d
	})
}

// editNodes changes something inside a block: the words of a run, its marks, or
// whether a part is there.
func editNodes(t *rapid.T, n *Node) {
	if len(n.Content) == 0 {
		for _, name := range append(slices.Clone(wordAttrs), "alt", "label") {
			if s := n.str(name); s != "" {
				n.Attrs[name] = clip(s+" x", 12)
			}
		}
		return
	}
	at := rapid.IntRange(0, len(n.Content)-1).Draw(t, "child")
	c := &n.Content[at]
	switch rapid.IntRange(0, 5).Draw(t, "how") {
	case 0:
		n.Content = slices.Delete(n.Content, at, at+1)
		if n.Type == "list_item" && (len(n.Content) == 0 || n.Content[0].Type != "paragraph") {
			n.Content = slices.Insert(n.Content, 0, Paragraph(Text("first")))
		}
	case 1:
		n.Content = slices.Insert(n.Content, at, c.Clone())
	case 2:
		if c.Type == "text" {
			c.Marks = genMarks().Draw(t, "marks")
		}
	default:
		if c.Type == "text" {
			c.Text += genText().Draw(t, "more")
		} else {
			editNodes(t, c)
		}
	}
}

func diffsSafely(t *rapid.T) {
	was := genDocument().Draw(t, "was")
	normalised := rapid.Bool().Draw(t, "normalised")
	if normalised {
		was.Normalize(counter())
	}
	now := genEdited(was).Draw(t, "now")
	if normalised {
		now.Normalize(counter())
	}
	o := DiffOptions{
		Lang: rapid.SampledFrom(Languages).Draw(t, "labels"), LinkLabel: genText().Draw(t, "link label"),
		Links: func(string) string { return rapid.OneOf(genURL, genText()).Draw(t, "link") },
	}
	wasJSON, nowJSON := string(was.JSON()), string(now.JSON())
	for _, r := range []Resolver{site{baseLang(now.Lang)}, hostile{genText().Draw(t, "hostile")}, Inert{now.Lang}} {
		for _, o.ChangedOnly = range []bool{false, true} {
			out := diffHTML(t, was, now, r, o)
			if !normalised {
				continue
			}
			tree := parsed(t, out)
			plain, err := now.HTML(r)
			if err != nil {
				t.Fatalf("HTML: %v", err)
			}
			nowTree := parsed(t, string(plain))
			ids := idsOf(tree)
			for _, id := range ids {
				if !slices.Contains(idsOf(nowTree), id) {
					t.Fatalf("id %q is not one of %s", id, plain)
				}
			}
			if slices.Sort(ids); len(slices.Compact(slices.Clone(ids))) != len(ids) {
				t.Fatalf("ids repeat: %v in %s", ids, out)
			}
			if o.ChangedOnly {
				continue
			}
			if got, want := textOf(tree, append(besides, "del", "removed", "diff-was", "diff-removed")...), textOf(nowTree); got != want {
				t.Fatalf("without what went it reads\n%q\nnot\n%q\nin %s", got, want, out)
			}
			if slices.ContainsFunc(Diff(was, now), func(b BlockDiff) bool { return b.Moved }) {
				continue // then the old words are there, in the new order
			}
			plain, err = was.HTML(r)
			if err != nil {
				t.Fatalf("HTML: %v", err)
			}
			if got, want := textOf(tree, append(besides, "ins", "added", "diff-now", "diff-added")...), textOf(parsed(t, string(plain))); got != want {
				t.Fatalf("without what came it reads\n%q\nnot\n%q\nin %s", got, want, out)
			}
		}
		if same := diffHTML(t, now, now, r, o); normalised && (strings.Contains(same, "<ins>") || strings.Contains(same, "<del>") || strings.Contains(same, `class="diff `)) {
			t.Fatalf("compared with itself: %s", same)
		}
	}
	if string(was.JSON()) != wasJSON || string(now.JSON()) != nowJSON {
		t.Fatalf("comparing changed a text")
	}
}

func TestDiffHTMLShowsBothTexts(t *testing.T) {
	t.Parallel()
	rapid.Check(t, diffsSafely)
}

// TestEqualNodeIsEqualJSON: comparing trees answers what comparing what is stored
// would.
func TestEqualNodeIsEqualJSON(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		was := genDocument().Draw(t, "was")
		now := genEdited(was).Draw(t, "now")
		if rapid.Bool().Draw(t, "normalised") {
			now.Normalize(counter())
		}
		for i := range min(len(was.Doc.Content), len(now.Doc.Content)) {
			a, b := &was.Doc.Content[i], &now.Doc.Content[i]
			want := string(appendNode(nil, a)) == string(appendNode(nil, b))
			if got := equalNode(a, b); got != want {
				t.Fatalf("equalNode = %v of\n%s\n%s", got, appendNode(nil, a), appendNode(nil, b))
			}
		}
	})
}

// TestDiffHTMLOfUnknownBlocks: like HTML, a comparison refuses what it cannot
// write, and an empty one is nothing.
func TestDiffHTMLOfUnknownBlocks(t *testing.T) {
	t.Parallel()
	odd, empty := Empty("en"), Empty("en")
	odd.Doc.Content = []Node{{Type: "marquee", Attrs: map[string]any{"id": "k3mq8wzt"}}}
	known := Empty("en")
	known.Doc.Content = []Node{{Type: "paragraph", Attrs: map[string]any{"id": "k3mq8wzt"}, Content: []Node{Text("a")}}}
	for _, pair := range [][2]*Document{{odd, empty}, {empty, odd}, {odd, known}, {known, odd}, {odd, odd}} {
		if out, err := DiffHTML(pair[0], pair[1], Inert{}, DiffOptions{}); err == nil || out != "" {
			t.Errorf("DiffHTML = %q, %v, want an error", out, err)
		}
	}
	if out, err := DiffHTML(empty, empty, Inert{}, DiffOptions{}); err != nil || out != "" {
		t.Errorf("DiffHTML of nothing = %q, %v", out, err)
	}
}

// TestStoredTextCannotClaimChanges: marks and attributes of the names that a
// comparison uses inside mean nothing in a text.
func TestStoredTextCannotClaimChanges(t *testing.T) {
	t.Parallel()
	d, err := Decode([]byte(`{"schema":1,"lang":"en","doc":{"type":"doc","content":[
		{"type":"paragraph","content":[{"type":"text","text":"a","marks":[{"type":"change","attrs":{"change":"insert"}}]}]},
		{"type":"ordered_list","content":[{"type":"list_item","attrs":{"change":{"op":"delete","value":7}},"content":[{"type":"paragraph","content":[{"type":"text","text":"b"}]}]}]}]}}`))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := render(t, d, Inert{}), "<p>a</p><ol><li>b</li></ol>"; got != want {
		t.Errorf("HTML = %s, want %s", got, want)
	}
}

// FuzzDiffHTML: even two texts that nobody checked compare to balanced,
// allow-listed HTML.
func FuzzDiffHTML(f *testing.F) {
	files, err := filepath.Glob("testdata/diff/*.json")
	if err != nil || len(files) == 0 {
		f.Fatalf("no fixtures: %v", err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		var pair struct {
			Lang     string
			Was, Now json.RawMessage
		}
		if err := json.Unmarshal(raw, &pair); err != nil {
			f.Fatal(err)
		}
		document := func(blocks json.RawMessage) []byte {
			return []byte(`{"schema":1,"lang":"` + pair.Lang + `","doc":{"type":"doc","content":` + string(blocks) + `}}`)
		}
		f.Add(document(pair.Was), document(pair.Now))
	}
	f.Fuzz(func(t *testing.T, was, now []byte) {
		var docs [2]*Document
		for i, raw := range [][]byte{was, now} {
			d, err := Decode(raw)
			if err != nil {
				return
			}
			for j := range d.Doc.Content {
				if !topLevel(d.Doc.Content[j].Type) {
					return // DiffHTML answers with an error
				}
			}
			docs[i] = d
		}
		for _, r := range []Resolver{site{"fr"}, hostile{`"><script>X(1)</script>`}} {
			o := DiffOptions{Lang: "ar", LinkLabel: `<b>`, Links: func(id string) string { return "/take/" + id }}
			diffHTML(t, docs[0], docs[1], r, o)
			o.ChangedOnly = true
			diffHTML(t, docs[0], docs[1], r, o)
		}
		for i := range docs[0].Doc.Content {
			docs[1].Take(docs[0], docs[0].Doc.Content[i].ID())
		}
	})
}
