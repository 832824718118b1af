package weblint

import (
	"regexp"
	"strings"
)

// langTag is the shape of a BCP 47 tag, enough to catch "english" and "en_GB".
var langTag = regexp.MustCompile(`^[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*$`)

// rtl are the languages written from the right that the product may meet.
var rtl = set("ar arc ckb dv fa he khw ks ps sd ug ur yi")

// checkDocument holds the rules about the page as a whole.
func checkDocument(d *document, o Options, report reporter) {
	if !strings.EqualFold(d.doctype, "html") {
		report("doctype", nil, "the page does not start with <!doctype html>")
	}
	pages := d.root.find("html")
	if len(pages) != 1 {
		report("document", nil, "the page has %d html elements", len(pages))
		return
	}
	page := pages[0]
	lang, dir := page.get("lang"), page.get("dir")
	if !langTag.MatchString(lang) {
		report("lang", page, "the page needs its language, has lang=%q", lang)
	}
	if dir != "ltr" && dir != "rtl" {
		report("dir", page, "the page needs its direction, has dir=%q", dir)
	} else if base, _, _ := strings.Cut(strings.ToLower(lang), "-"); rtl[base] != (dir == "rtl") {
		report("dir", page, "dir=%q does not go with lang=%q", dir, lang)
	}

	var charset, viewport bool
	for _, m := range page.find("meta") {
		if strings.EqualFold(m.get("charset"), "utf-8") {
			charset = true
		}
		if m.get("name") == "viewport" {
			viewport = true
			content := strings.ReplaceAll(m.get("content"), " ", "")
			if !strings.Contains(content, "width=device-width") {
				report("viewport", m, "the viewport does not follow the device: %q", content)
			}
			if strings.Contains(content, "user-scalable=no") || strings.Contains(content, "maximum-scale") {
				report("viewport", m, "the viewport forbids zooming: %q", content)
			}
		}
		if strings.EqualFold(m.get("http-equiv"), "refresh") {
			report("refresh", m, "the page reloads or leaves by itself")
		}
	}
	if !charset {
		report("charset", nil, `the page has no <meta charset="utf-8">`)
	}
	if !viewport {
		report("viewport", nil, "the page has no meta viewport")
	}

	var titles []*node
	for _, head := range page.find("head") {
		titles = append(titles, head.find("title")...)
	}
	if len(titles) != 1 || d.content(titles[0]) == "" {
		report("title", nil, "the page needs one title with text, has %d", len(titles))
	}
	if mains := page.find("main"); len(mains) != 1 {
		report("main", nil, "the page needs one main element, has %d", len(mains))
	}
	// Several landmarks of a kind can only be told apart by their names.
	for _, tag := range []string{"nav", "aside"} {
		names := map[string]bool{}
		marks := page.find(tag)
		for _, m := range marks {
			name := d.landmark(m)
			if len(marks) > 1 && (name == "" || names[name]) {
				report("landmark", m, "%s is one of %d and needs a name of its own", m, len(marks))
			}
			names[name] = true
		}
	}
}

// landmark is the name of a landmark; unlike name it never comes from content.
func (d *document) landmark(n *node) string {
	return d.name(&node{tag: n.tag, attrs: n.attrs})
}

// checkPolicy holds what the content security policy would block, so that it
// is found without a browser.
func checkPolicy(d *document, o Options, report reporter) {
	for _, n := range d.all {
		for _, a := range n.attrs {
			switch {
			case a.Key == "style":
				report("style-attribute", n, "%s has a style attribute, which the policy blocks", n)
			case strings.HasPrefix(a.Key, "on"):
				report("event-attribute", n, "%s has %s, which the policy blocks", n, a.Key)
			case a.Key == "href" || a.Key == "src" || a.Key == "action" || a.Key == "formaction":
				if v := strings.ToLower(strings.TrimSpace(a.Val)); strings.HasPrefix(v, "javascript:") || strings.HasPrefix(v, "vbscript:") {
					report("script-url", n, "%s has a script as its address", n)
				}
			}
		}
		switch n.tag {
		case "style":
			if !o.Styles || (!o.Fragment && n.within("head") == nil) {
				report("style-element", n, "a style element is not allowed here")
			}
		case "script":
			data := strings.HasSuffix(n.get("type"), "json")
			if n.get("src") == "" && !data {
				report("inline-script", n, "an inline script is blocked by the policy")
			}
		case "a", "area", "form", "base":
			if t := n.get("target"); t != "" && t != "_self" {
				report("target", n, "%s opens target %q; readers choose where a page opens", n, t)
			}
		case "object", "embed", "applet", "frame", "marquee", "font", "center":
			report("element", n, "%s is not used in this product", n)
		}
	}
}

// checkHeadings wants one h1 and levels that go down one at a time.
func checkHeadings(d *document, o Options, report reporter) {
	last, first := 0, 0
	for _, n := range d.all {
		if len(n.tag) != 2 || n.tag[0] != 'h' || n.tag[1] < '1' || n.tag[1] > '6' {
			continue
		}
		if d.name(n) == "" {
			report("heading-empty", n, "%s has no text", n)
		}
		if n.hidden() {
			continue
		}
		level := int(n.tag[1] - '0')
		if level == 1 {
			first++
		}
		switch {
		case last == 0 && (o.Fragment || level == 1):
		case level > last+1:
			report("heading-order", n, "%s %q comes after a heading of level %d", n, shorten(d.name(n)), last)
		}
		last = level
	}
	if !o.Fragment && first != 1 {
		report("h1", nil, "the page needs one h1, has %d", first)
	}
}
