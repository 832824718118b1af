package block

import (
	"fmt"
	"slices"
)

// Insert puts a new, empty block of a type after the block of an id ("" = at the
// start) and returns its id. The block is what the registry's sample starts with,
// without the sample's words.
func (d *Document) Insert(after, typ string) (id string, err error) {
	if !topLevel(typ) {
		return "", fmt.Errorf("insert block: unknown type %q", typ)
	}
	if len(d.Doc.Content) >= MaxBlocks {
		return "", &InvalidError{[]Problem{{Code: "blocks.many", Args: map[string]any{"max": MaxBlocks}}}}
	}
	at := 0
	if after != "" {
		if at = d.block(after) + 1; at == 0 {
			return "", fmt.Errorf("insert block after %q: not in this text", after)
		}
	}
	n := newBlock(typ)
	id = d.freshID()
	n.Attrs["id"] = id
	d.Doc.Content = slices.Insert(d.Doc.Content, at, n)
	return id, nil
}

// newBlock makes an empty block: choices and numbers from the sample, no words.
func newBlock(typ string) Node {
	spec := specByType[typ]
	attrs := map[string]any{}
	for i := range spec.Attrs {
		a := &spec.Attrs[i]
		switch a.Type {
		case TypeText, TypeInline, TypeList:
		default:
			if v, ok := spec.Sample[a.Name]; ok {
				attrs[a.Name] = cloneValue(v)
			}
		}
	}
	return normalBlock(Node{Type: typ, Attrs: withID(attrs)})
}

// withID makes sure that normalising leaves a map to put the id into.
func withID(attrs map[string]any) map[string]any {
	attrs["id"] = NewID()
	return attrs
}

func (d *Document) freshID() string {
	for {
		if id := NewID(); d.block(id) < 0 {
			return id
		}
	}
}

// MoveUp moves a block one place up; false if it is the first or not there.
func (d *Document) MoveUp(id string) bool {
	i := d.block(id)
	if i < 1 {
		return false
	}
	d.Doc.Content[i-1], d.Doc.Content[i] = d.Doc.Content[i], d.Doc.Content[i-1]
	return true
}

// MoveDown moves a block one place down; false if it is the last or not there.
func (d *Document) MoveDown(id string) bool {
	i := d.block(id)
	if i < 0 || i == len(d.Doc.Content)-1 {
		return false
	}
	d.Doc.Content[i+1], d.Doc.Content[i] = d.Doc.Content[i], d.Doc.Content[i+1]
	return true
}

// Remove takes a block away; false if it is not there.
func (d *Document) Remove(id string) bool {
	i := d.block(id)
	if i < 0 {
		return false
	}
	d.Doc.Content = slices.Delete(d.Doc.Content, i, i+1)
	return true
}

// Duplicate puts a copy of a block below it. The copy is another block: it has an
// id of its own and no anchor.
func (d *Document) Duplicate(id string) (newID string, ok bool) {
	i := d.block(id)
	if i < 0 || len(d.Doc.Content) >= MaxBlocks {
		return "", false
	}
	n := d.Doc.Content[i].Clone()
	newID = d.freshID()
	n.Attrs["id"] = newID
	delete(n.Attrs, "anchor")
	d.Doc.Content = slices.Insert(d.Doc.Content, i+1, n)
	return newID, true
}
