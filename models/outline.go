package models

import "slices"

// Indented is a section in a list of some sections, in the order of the tree.
// Depth counts the sections of the list above it.
type Indented struct {
	Entry
	Depth int
}

// Outline lists those of the sections that a function chooses, in the order of
// the tree. sections are all there are, down from the root: what is not chosen
// still says where the others stand.
func Outline(sections []Entry, choose func(Entry) bool) []Indented {
	children := map[string][]Entry{}
	for _, e := range sections {
		children[e.Section()] = append(children[e.Section()], e)
	}
	var out []Indented
	var walk func(parent string, depth int)
	walk = func(parent string, depth int) {
		list := children[parent]
		slices.SortStableFunc(list, func(a, b Entry) int { return a.Position - b.Position })
		for _, e := range list {
			next := depth
			if choose(e) {
				out = append(out, Indented{e, depth})
				next++
			}
			walk(e.ID, next)
		}
	}
	walk("", 0)
	return out
}
