package weblint

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// implied are the elements that a parser adds where they were left out.
var implied = set("html head body tbody colgroup")

// parents says inside which elements an element may stand.
var parents = map[string]map[string]bool{
	"li":         set("ul ol menu"),
	"dt":         set("dl div"),
	"dd":         set("dl div"),
	"tr":         set("table thead tbody tfoot"),
	"td":         set("tr"),
	"th":         set("tr"),
	"thead":      set("table"),
	"tbody":      set("table"),
	"tfoot":      set("table"),
	"caption":    set("table"),
	"col":        set("colgroup table"),
	"legend":     set("fieldset"),
	"summary":    set("details"),
	"figcaption": set("figure"),
	"option":     set("select optgroup datalist"),
	"optgroup":   set("select"),
	"source":     set("picture audio video"),
	"track":      set("audio video"),
}

// children says what may stand directly inside an element that allows no text.
var children = map[string]map[string]bool{
	"ul":       set("li script template"),
	"ol":       set("li script template"),
	"menu":     set("li script template"),
	"dl":       set("dt dd div script template"),
	"table":    set("caption colgroup col thead tbody tfoot tr"),
	"thead":    set("tr"),
	"tbody":    set("tr"),
	"tfoot":    set("tr"),
	"tr":       set("td th"),
	"select":   set("option optgroup hr"),
	"optgroup": set("option"),
	"picture":  set("source img"),
}

// phrasing may only hold phrasing content: text and elements inside a line.
var phrasing = set("p span em strong b i u s small mark code kbd samp var cite q abbr dfn time data sub sup bdi bdo " +
	"label h1 h2 h3 h4 h5 h6 pre button legend summary dt output")

// flow are the elements that start a block of their own.
var flow = set("address article aside blockquote details dialog div dl fieldset figure footer form h1 h2 h3 h4 h5 h6 " +
	"header hgroup hr main menu nav ol p pre section table ul search li dt dd figcaption tr td th thead tbody")

// sloppy says which of flow the phrasing elements on the left may hold after all.
var sloppy = map[string]map[string]bool{
	"legend":  set("h1 h2 h3 h4 h5 h6 hgroup"),
	"summary": set("h1 h2 h3 h4 h5 h6 hgroup"),
}

func interactive(n *node) bool {
	switch n.tag {
	case "a":
		return n.has("href")
	case "button", "select", "textarea", "details", "iframe", "label":
		return true
	case "input":
		return n.get("type") != "hidden"
	case "audio", "video":
		return n.has("controls")
	}
	return false
}

// checkNesting holds what may stand inside what. Its last rule compares the
// page as written with the page as a browser builds it: where they differ, the
// browser has moved or closed something.
func checkNesting(d *document, markup []byte, o Options, report reporter) {
	before := 0
	reported := func(rule string, n *node, format string, args ...any) {
		before++
		report(rule, n, format, args...)
	}
	for _, n := range d.all {
		if n.parent.inForeign() {
			continue
		}
		p := n.parent
		if allowed := parents[n.tag]; allowed != nil && !allowed[p.tag] && !(o.Fragment && p.tag == "") {
			reported("nesting", n, "%s stands in %s", n, p)
		}
		if allowed := children[p.tag]; allowed != nil && !allowed[n.tag] {
			reported("nesting", n, "%s holds %s", p, n)
		}
		if flow[n.tag] {
			for a := p; a != nil; a = a.parent {
				if phrasing[a.tag] && !sloppy[a.tag][n.tag] {
					reported("nesting", n, "%s stands in %s, which holds only text", n, a)
					break
				}
				if flow[a.tag] && !phrasing[a.tag] {
					break
				}
			}
		}
		if interactive(n) {
			checkInteractive(n, reported)
		}
		if n.tag == "form" && p.within("form") != nil {
			reported("nesting", n, "%s stands in another form", n)
		}
		switch n.tag {
		case "legend", "summary":
			if firstElement(p) != n {
				reported("nesting", n, "%s is not first in %s", n, p)
			}
		}
		for _, c := range n.children {
			if c.tag == "" && children[n.tag] != nil {
				reported("nesting", c, "%s holds text: %s", n, c)
			}
		}
	}
	if before == 0 {
		compare(d, markup, o, report)
	}
}

func firstElement(n *node) *node {
	for _, c := range n.children {
		if c.tag != "" {
			return c
		}
	}
	return nil
}

// checkInteractive wants nothing to click inside something to click. A label
// may hold its one field; details may hold anything but in its summary.
func checkInteractive(n *node, report reporter) {
	for a := n.parent; a != nil; a = a.parent {
		switch {
		case a.tag == "label" && n.tag != "a" && n.tag != "label" && n.tag != "details":
			if fields := a.find("input", "select", "textarea", "button"); len(fields) > 1 && fields[0] != n {
				report("interactive", n, "%s is the second field in %s", n, a)
			}
		case a.tag == "details":
		case a.tag == "summary" && n.tag != "a":
			report("interactive", n, "%s stands in %s", n, a)
		case interactive(a):
			report("interactive", n, "%s stands in %s", n, a)
		}
	}
}

// place is an element at a depth, implied elements left out of both.
type place struct {
	tag   string
	depth int
}

func compare(d *document, markup []byte, o Options, report reporter) {
	var built []place
	scripting := html.ParseOptionEnableScripting(false)
	if o.Fragment {
		body := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
		nodes, err := html.ParseFragmentWithOptions(bytes.NewReader(markup), body, scripting)
		if err != nil {
			report("nesting", nil, "a browser cannot read it: %v", err)
			return
		}
		for _, n := range nodes {
			built = walk(built, n, 0)
		}
	} else {
		n, err := html.ParseWithOptions(bytes.NewReader(markup), scripting)
		if err != nil {
			report("nesting", nil, "a browser cannot read it: %v", err)
			return
		}
		built = walk(built, n, 0)
	}
	i := 0
	for _, n := range d.all {
		if implied[n.tag] {
			continue
		}
		depth := 0
		for a := n.parent; a.parent != nil; a = a.parent {
			if !implied[a.tag] {
				depth++
			}
		}
		if want := (place{n.tag, depth}); i >= len(built) || built[i] != want {
			report("nesting", n, "a browser moves %s out of %s, or closes that before it", n, n.parent)
			return
		}
		i++
	}
	if i < len(built) {
		report("nesting", nil, "a browser adds <%s>", built[i].tag)
	}
}

func walk(places []place, n *html.Node, depth int) []place {
	if n.Type == html.ElementNode && !implied[n.Data] {
		places = append(places, place{strings.ToLower(n.Data), depth})
		depth++
	}
	for c := range n.ChildNodes() {
		places = walk(places, c, depth)
	}
	return places
}
