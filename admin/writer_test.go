package admin

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// sent returns what a browser would send for the form on a page that is posted
// to action, buttons aside.
func sent(t testing.TB, page, action string) url.Values {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for form := range doc.Descendants() {
		if form.Type != html.ElementNode || form.Data != "form" || attr(form, "action") != action {
			continue
		}
		out := url.Values{}
		for n := range form.Descendants() {
			if n.Type != html.ElementNode || attr(n, "name") == "" {
				continue
			}
			name := attr(n, "name")
			switch n.Data {
			case "input":
				switch attr(n, "type") {
				case "checkbox", "radio":
					if has(n, "checked") {
						out.Add(name, attr(n, "value"))
					}
				default:
					out.Add(name, attr(n, "value"))
				}
			case "textarea":
				out.Add(name, strings.TrimPrefix(text(n), "\n"))
			case "select":
				chosen, first := "", true
				for o := range n.Descendants() {
					if o.Type == html.ElementNode && o.Data == "option" && (first || has(o, "selected")) {
						chosen, first = attr(o, "value"), false
					}
				}
				out.Add(name, chosen)
			}
		}
		return out
	}
	t.Fatalf("the page has no form to %s:\n%s", action, page)
	return nil
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

func text(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return b.String()
}

// writer is somebody at the editing screen of one edition.
type writer struct {
	*visitor
	at   string
	form url.Values
}

// opens reads the editing screen.
func (v *visitor) opens(id, lang string) *writer {
	v.t.Helper()
	w := &writer{visitor: v, at: entryURL(id, lang)}
	w.reads(v.page(200, v.get(w.at)))
	return w
}

func (w *writer) reads(page string) { w.t.Helper(); w.form = sent(w.t, page, w.at) }

// presses sends the form with a button.
func (w *writer) presses(op string) *httptest.ResponseRecorder {
	w.form.Set("op", op)
	return w.post(w.at, w.form)
}

// does presses a button that leads back to the screen and returns it.
func (w *writer) does(op string) string {
	w.t.Helper()
	r := w.presses(op)
	if r.Code != 303 || !strings.HasPrefix(r.Header().Get("Location"), w.at) {
		w.t.Fatalf("%s: %d to %q\n%s", op, r.Code, r.Header().Get("Location"), r.Body)
	}
	to, anchor, _ := strings.Cut(r.Header().Get("Location"), "#")
	page := w.page(200, w.get(to))
	if anchor != "" && !strings.Contains(page, `id="`+anchor+`"`) {
		w.t.Errorf("%s leads to #%s, which is not on the page", op, anchor)
	}
	w.reads(page)
	return page
}

// blockID is the id of the nth block of the form.
func (w *writer) blockID(n int) string {
	w.t.Helper()
	if n >= len(w.form["block"]) {
		w.t.Fatalf("no block %d in %q", n, w.form["block"])
	}
	id, _, _ := strings.Cut(w.form["block"][n], ":")
	return id
}

func (w *writer) types(n int, words string) {
	w.t.Helper()
	w.form.Set("b."+w.blockID(n)+".text", words)
}

func wantWords(t testing.TB, page string, words ...string) {
	t.Helper()
	for _, s := range words {
		if !strings.Contains(page, s) {
			t.Errorf("the page lacks %q", s)
		}
	}
}
