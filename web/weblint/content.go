package weblint

import (
	"net/url"
	"strings"

	"golang.org/x/net/html"
)

type attribute = html.Attribute

// idLists are the attributes that name other elements of the page.
var idLists = []string{
	"aria-labelledby", "aria-describedby", "aria-controls", "aria-owns", "aria-details",
	"aria-errormessage", "aria-activedescendant", "aria-flowto", "headers", "for", "list", "form", "popovertarget", "commandfor",
}

// checkReferences wants every id that is named to be there. In a fragment the
// rest of the page may hold it.
func checkReferences(d *document, o Options, report reporter) {
	if o.Fragment {
		return
	}
	for _, n := range d.all {
		for _, key := range idLists {
			for id := range strings.FieldsSeq(n.get(key)) {
				if d.byID[id] == nil {
					report("id-target", n, "%s: %s names %q, which is not on the page", n, key, id)
				}
			}
		}
		href := n.get("href")
		if n.tag != "a" || !strings.HasPrefix(href, "#") || href == "#" || href == "#top" {
			continue
		}
		id, err := url.PathUnescape(href[1:])
		if err != nil {
			id = href[1:]
		}
		if d.byID[id] == nil {
			report("id-target", n, "%s leads to nothing on this page", n)
		}
	}
}

// checkContent holds the rules about pictures, links, tables and languages.
func checkContent(d *document, report reporter) {
	for _, n := range d.all {
		if n.inForeign() && n.tag != "svg" {
			continue
		}
		if lang, ok := n.attr("lang"); ok && n.tag != "html" && !langTag.MatchString(lang) {
			report("lang", n, "%s: lang=%q is not a language", n, lang)
		}
		if dir, ok := n.attr("dir"); ok && dir != "ltr" && dir != "rtl" && dir != "auto" {
			report("dir", n, "%s: dir=%q is not a direction", n, dir)
		}
		if tab := n.get("tabindex"); tab != "" && tab != "0" && !strings.HasPrefix(tab, "-") {
			report("tabindex", n, "%s has tabindex=%q, which breaks the order of focus", n, tab)
		}
		switch n.tag {
		case "img":
			if !n.has("alt") {
				report("alt", n, "%s has no alt", n)
			}
			if !n.has("src") && !n.has("srcset") {
				report("src", n, "%s has no address", n)
			}
		case "svg":
			if n.get("aria-hidden") != "true" && !n.hidden() && d.name(n) == "" {
				report("alt", n, "%s has neither a name nor aria-hidden", n)
			}
		case "area":
			if n.get("alt") == "" {
				report("alt", n, "%s has no alt", n)
			}
		case "iframe":
			if n.get("title") == "" {
				report("alt", n, "%s has no title", n)
			}
		case "a":
			checkLink(d, n, report)
		case "table":
			checkTable(d, n, report)
		case "summary":
			if d.name(n) == "" {
				report("button-text", n, "%s has no text", n)
			}
		case "dialog":
			if d.landmark(n) == "" {
				report("landmark", n, "%s has no name", n)
			}
		}
	}
}

func checkLink(d *document, n *node, report reporter) {
	href, ok := n.attr("href")
	switch {
	case !ok && n.get("role") == "" && n.get("aria-current") == "" && n.get("aria-disabled") == "":
		report("link-href", n, "%s leads nowhere", n)
	case ok && strings.TrimSpace(href) == "":
		report("link-href", n, "%s has an empty address", n)
	}
	if d.name(n) == "" && !n.hidden() {
		report("link-text", n, "%s has no text", n)
	}
}

// checkTable wants header cells that say what they head. A table that only
// lays out is not used, so every table is data.
func checkTable(d *document, n *node, report reporter) {
	if r := n.get("role"); r == "presentation" || r == "none" {
		report("table-header", n, "%s lays out; use a grid", n)
		return
	}
	headers := 0
	for _, th := range n.find("th") {
		if th.within("table") != n {
			continue
		}
		headers++
		switch th.get("scope") {
		case "col", "row", "colgroup", "rowgroup":
		default:
			report("table-header", th, "%s does not say its scope", th)
		}
		if d.name(th) == "" {
			report("table-header", th, "%s has no text", th)
		}
	}
	if headers == 0 {
		report("table-header", n, "%s has no header cells", n)
	}
}
