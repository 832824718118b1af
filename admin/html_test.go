package admin

import (
	"net/url"
	"strings"

	"golang.org/x/net/html"
)

// hidden returns the hidden fields of a page.
func hidden(page string) url.Values {
	out := url.Values{}
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return out
	}
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode || n.Data != "input" || attr(n, "type") != "hidden" {
			continue
		}
		out.Add(attr(n, "name"), attr(n, "value"))
	}
	return out
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
