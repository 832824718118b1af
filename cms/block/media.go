package block

// Withhold takes everything out of a text that it says of the assets that is
// reports: their descriptions and captions, with files their titles. The place
// of a picture stays. is gets bare ids; it is for what readers may not have
// (any more), in all forms of the text.
func (d *Document) Withhold(is func(id string) bool) {
	withheld := func(ref any) bool {
		s, _ := ref.(string)
		kind, id, ok := splitRef(s)
		return ok && kind == "media" && is(id)
	}
	kept := d.Doc.Content[:0]
	for _, n := range d.Doc.Content {
		switch n.Type {
		case "image":
			if withheld(n.Attrs["media"]) {
				for _, name := range []string{"alt", "decorative", "caption", "link"} {
					delete(n.Attrs, name)
				}
			}
		case "logos":
			for _, e := range n.list("items") {
				if o := object(e); withheld(o.Attrs["media"]) {
					delete(o.Attrs, "media")
				}
			}
		case "files":
			all := n.list("items")
			items := make([]any, 0, len(all))
			for _, e := range all {
				if !withheld(object(e).Attrs["media"]) {
					items = append(items, e)
				}
			}
			if len(items) == 0 && len(all) > 0 {
				continue
			}
			n.Attrs["items"] = items
		}
		kept = append(kept, n)
	}
	clear(d.Doc.Content[len(kept):])
	d.Doc.Content = kept
}

// Descriptions returns what a text says of the pictures it shows, by bare id,
// without those that are decoration. Of one that is shown twice the first word
// counts.
func (d *Document) Descriptions() map[string]string {
	out := map[string]string{}
	note := func(o *Node, name string) {
		kind, id, ok := splitRef(o.str("media"))
		if alt := o.str(name); ok && kind == "media" && alt != "" && !o.flag("decorative") && out[id] == "" {
			out[id] = alt
		}
	}
	for i := range d.Doc.Content {
		switch n := &d.Doc.Content[i]; n.Type {
		case "image":
			note(n, "alt")
		case "logos":
			for _, e := range n.list("items") {
				note(object(e), "name")
			}
		}
	}
	return out
}
