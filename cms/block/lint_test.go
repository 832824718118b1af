package block

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// reporter is what testing.TB and rapid.T share.
type reporter interface {
	Helper()
	Fatalf(format string, args ...any)
}

// allowed are the elements the package may write, with their attributes besides
// class, id, lang and dir.
var allowed = map[string][]string{
	"a": {"href", "hreflang", "title", "type", "rel", "tabindex", "aria-hidden"}, "abbr": {"title"}, "address": {"itemscope", "itemtype"},
	"article": nil, "aside": {"aria-labelledby", "aria-label"}, "bdi": {"itemprop"}, "blockquote": {"cite"}, "br": nil, "caption": nil,
	"circle": {"cx", "cy", "r"}, "div": {"role", "tabindex", "aria-labelledby", "aria-label"}, "em": nil, "figcaption": nil, "figure": nil,
	"h2": nil, "h3": nil, "h4": nil, "hr": nil, "img": {"src", "alt", "width", "height", "loading", "decoding", "srcset", "sizes", "fetchpriority"}, "li": nil,
	"ol": {"start", "type"}, "p": {"itemprop"}, "path": {"d", "stroke-width"}, "picture": nil, "section": {"aria-labelledby"}, "small": nil,
	"source": {"type", "srcset", "sizes"}, "span": nil, "strong": nil, "sub": nil, "sup": nil, "svg": {"viewBox", "width", "height", "role", "aria-label", "aria-hidden"},
	"table": nil, "tbody": nil, "td": {"colspan", "rowspan"}, "th": {"scope", "colspan", "rowspan"}, "thead": nil, "time": {"datetime"}, "title": nil, "tr": nil, "ul": nil,
}

// lint fails if HTML is not what the package promises: allow-listed, safe, and
// exactly what a parser would write for it (so balanced, and nothing changes its
// meaning when it is parsed again).
func lint(t reporter, out string) {
	t.Helper()
	lintAllowing(t, out, allowed)
}

// lintAllowing is lint with another list of elements and their attributes.
func lintAllowing(t reporter, out string, allowed map[string][]string) {
	t.Helper()
	body := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
	nodes, err := html.ParseFragment(strings.NewReader(out), body)
	if err != nil {
		t.Fatalf("parse: %v", err)
	}
	var b strings.Builder
	for _, n := range nodes {
		lintNode(t, n, out, allowed)
		if err := html.Render(&b, n); err != nil {
			t.Fatalf("render: %v", err)
		}
	}
	again := b.String()
	for _, void := range []string{"br", "hr", "img", "source"} {
		again = voidEnds(again, void)
	}
	if again != out {
		t.Fatalf("a parser reads it differently:\nwrote %s\nread  %s", out, again)
	}
}

// voidEnds turns "<br/>" into "<br>", outside of quoted values by construction:
// those never hold a bare "<".
func voidEnds(s, name string) string {
	var b strings.Builder
	for {
		before, after, ok := strings.Cut(s, "<"+name)
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		tag, rest, _ := strings.Cut(after, ">")
		b.WriteString("<" + name + strings.TrimSuffix(tag, "/") + ">")
		s = rest
	}
}

func lintNode(t reporter, n *html.Node, out string, allowed map[string][]string) {
	t.Helper()
	switch n.Type {
	case html.TextNode:
	case html.ElementNode:
		attrs, ok := allowed[n.Data]
		if !ok {
			t.Fatalf("element <%s> in %s", n.Data, out)
		}
		for _, a := range n.Attr {
			switch {
			case a.Key == "class" || a.Key == "lang" || a.Key == "dir":
			case a.Key == "id":
				base := strings.TrimSuffix(a.Val, "-t")
				if !ValidID(base) && !strings.HasPrefix(a.Val, "u-") {
					t.Fatalf("id %q in %s", a.Val, out)
				}
			case !slices.Contains(attrs, a.Key):
				t.Fatalf("attribute %s of <%s> in %s", a.Key, n.Data, out)
			case a.Key == "href" || a.Key == "src" || a.Key == "cite":
				if !SafeURL(a.Val) {
					t.Fatalf("address %q in %s", a.Val, out)
				}
			}
		}
	default:
		t.Fatalf("node of type %d (%q) in %s", n.Type, n.Data, out)
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		lintNode(t, c, out, allowed)
	}
}

// render renders d in every way and lints what can be linted.
func render(t reporter, d *Document, r Resolver) string {
	t.Helper()
	out, err := d.HTML(r)
	if err != nil {
		t.Fatalf("HTML: %v", err)
	}
	lint(t, string(out))
	blocks, err := d.Blocks(r)
	if err != nil {
		t.Fatalf("Blocks: %v", err)
	}
	var joined strings.Builder
	for i, b := range blocks {
		joined.WriteString(string(b))
		if id := d.Doc.Content[i].ID(); ValidID(id) {
			one, err := d.BlockHTML(r, id)
			if err != nil || one != b && d.block(id) == i {
				t.Fatalf("BlockHTML(%q) = %q, %v, want %q", id, one, err, b)
			}
		}
	}
	if joined.String() != string(out) {
		t.Fatalf("blocks one by one:\n%s\nwhole:\n%s", joined.String(), out)
	}
	d.PlainText(r)
	d.Markdown(r)
	d.Checks(r)
	d.Outline()
	d.Hashes()
	d.Words()
	d.Refs()
	return string(out)
}
