package weblint

import "strings"

// personal are field names that say something about the person who fills in
// the form, for which WCAG 1.3.5 wants a purpose that software can read.
var personal = set("email password new_password current_password name given_name family_name username tel phone code otp")

// purposes are the autocomplete tokens in use; the full list of HTML is longer.
var purposes = set("on off name given-name family-name additional-name honorific-prefix nickname username email " +
	"current-password new-password one-time-code organization organization-title tel url language " +
	"street-address address-line1 address-line2 address-level1 address-level2 postal-code country country-name " +
	"section work home webauthn")

// labelled are the controls that need a label, apart from the input types below.
func isControl(n *node) bool {
	switch n.tag {
	case "select", "textarea":
		return true
	case "input":
		switch strings.ToLower(n.get("type")) {
		case "hidden", "submit", "reset", "button", "image":
			return false
		}
		return true
	}
	return n.has("contenteditable") && n.get("contenteditable") != "false"
}

// checkForms holds the rules about fields and buttons.
func checkForms(d *document, report reporter) {
	labels := map[string]*node{}
	for _, n := range d.all {
		if n.tag != "label" {
			continue
		}
		inside := n.find("input", "select", "textarea", "meter", "progress", "output", "button")
		if n.has("for") {
			labels[n.get("for")] = n
		} else if len(inside) == 0 {
			report("label", n, "%s labels nothing: no for, no field inside", n)
		}
		if d.content(n) == "" {
			report("label", n, "%s has no text", n)
		}
	}
	for _, n := range d.all {
		if n.within("template") != nil {
			continue
		}
		kind := strings.ToLower(n.get("type"))
		if isControl(n) {
			if !d.labelled(n, labels) {
				report("label", n, "%s has no label", n)
			}
			if n.tag != "select" && !n.has("contenteditable") {
				checkPurpose(n, kind, report)
			}
			if n.tag == "input" && kind == "" {
				report("input-type", n, "%s does not say its type", n)
			}
			if n.tag == "input" && kind == "radio" && !grouped(d, n) {
				report("radio-group", n, "%s is not inside a fieldset with a legend or a named radiogroup", n)
			}
		}
		switch {
		case n.tag == "button":
			if kind != "submit" && kind != "button" && kind != "reset" {
				report("button-type", n, "%s does not say its type", n)
			}
			if d.name(n) == "" {
				report("button-text", n, "%s has no text", n)
			}
		case n.tag == "input" && (kind == "submit" || kind == "button" || kind == "reset"):
			if n.get("value") == "" && n.get("aria-label") == "" {
				report("button-text", n, "%s has no text", n)
			}
		case n.tag == "input" && kind == "image":
			report("element", n, "%s: use a button", n)
		case n.tag == "form":
			if m := strings.ToLower(n.get("method")); m != "" && m != "get" && m != "post" && m != "dialog" {
				report("form-method", n, "%s has method %q, which a browser sends as GET", n, m)
			}
		case n.tag == "fieldset":
			if len(n.children) == 0 || n.children[0].tag != "legend" || d.content(n.children[0]) == "" {
				if d.landmark(n) == "" {
					report("legend", n, "%s does not start with a legend that has text", n)
				}
			}
		case n.tag == "optgroup" && n.get("label") == "":
			report("label", n, "%s has no label", n)
		}
	}
}

// labelled reports whether a field has a name that is always visible or at
// least spoken. A placeholder or a title is neither.
func (d *document) labelled(n *node, labels map[string]*node) bool {
	if d.landmark(&node{tag: n.tag, attrs: without(n, "title")}) != "" {
		return true
	}
	if l := labels[n.get("id")]; l != nil && n.get("id") != "" {
		return true
	}
	return n.within("label") != nil
}

func checkPurpose(n *node, kind string, report reporter) {
	if n.tag == "input" {
		switch kind {
		case "checkbox", "radio", "file", "color", "range":
			return
		}
	}
	given := strings.ToLower(n.get("autocomplete"))
	for token := range strings.FieldsSeq(given) {
		if !purposes[token] && !strings.HasPrefix(token, "section-") {
			report("autocomplete", n, "%s has autocomplete=%q, which is no purpose of HTML", n, given)
			return
		}
	}
	needs := personal[strings.ToLower(n.get("name"))] || kind == "email" || kind == "password" || kind == "tel"
	switch {
	case needs && given == "":
		report("autocomplete", n, "%s does not say its purpose with autocomplete", n)
	case kind == "password" && !strings.Contains(given, "password") && !strings.Contains(given, "one-time-code"):
		report("autocomplete", n, "%s keeps password managers out with autocomplete=%q", n, given)
	}
}

// grouped reports whether a radio button stands in a group that has a name.
func grouped(d *document, n *node) bool {
	for p := n.parent; p != nil; p = p.parent {
		if p.tag == "fieldset" || p.get("role") == "radiogroup" && d.landmark(p) != "" {
			return true
		}
	}
	return false
}

// without returns the attributes of an element except one.
func without(n *node, key string) (rest []attribute) {
	for _, a := range n.attrs {
		if a.Key != key {
			rest = append(rest, a)
		}
	}
	return rest
}
