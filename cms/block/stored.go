package block

import (
	"bytes"

	"github.com/go-json-experiment/json/jsontext"
)

// Decode reads a document that was checked when it was stored. It asks for the
// shape only, not the limits and choices of the registry: those may have become
// narrower since, and what was published must stay readable. Texts from outside
// go through Parse.
func Decode(raw []byte) (*Document, error) {
	r := reader{dec: jsontext.NewDecoder(bytes.NewBuffer(raw))}
	d := r.document()
	if r.err != nil {
		return nil, r.err
	}
	if len(r.problems) > 0 {
		return nil, &InvalidError{r.problems}
	}
	for i := range d.Doc.Content {
		n := &d.Doc.Content[i]
		spec := specByType[n.Type]
		for name, v := range n.Attrs {
			// Lists of nodes look like any other list until the registry is asked.
			if list, ok := v.([]any); ok && spec != nil {
				if a := spec.attr(name); a != nil && a.Type == TypeInline {
					n.Attrs[name] = (&validator{}).nodesOf(list)
				}
			}
		}
	}
	return d, nil
}
