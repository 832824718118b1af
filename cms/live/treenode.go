package live

import (
	"cmp"
	"maps"
	"slices"

	"meridian/models/store"
)

// TreeNode is a section or a page in the tree of a language. The title of a
// section without a landing in it is in Lang, another one.
type TreeNode struct {
	Link
	Nav      string // main, footer or none
	Children []*TreeNode

	position int
}

// Tree returns the root of the sections and pages of a language down to a depth
// below it (1 is its own children), in the order of menus: sections first. At
// most most of them are there, those near the root before others, and false
// says that some were left out.
func (v *View) Tree(lang string, depth, most int) (*TreeNode, bool, error) {
	rows, err := v.live.TreeOf(lang, depth, most+1)
	if err != nil {
		return nil, false, err
	}
	whole := len(rows) <= most
	rows = rows[:min(most, len(rows))]
	read := map[string]bool{}
	for _, t := range rows {
		read[t.EntryID] = true
	}
	// Sections above them that have no landing in the language.
	missing := map[string]bool{}
	for _, t := range rows {
		for _, id := range branchIDs(t.Branch) {
			if !read[id] {
				missing[id] = true
			}
		}
	}
	if !read[v.known.root] {
		missing[v.known.root] = true
	}
	ids := slices.Sorted(maps.Keys(missing))
	above, err := v.live.TreeSections(ids)
	if err != nil {
		return nil, false, err
	}
	if err := v.name(ids); err != nil {
		return nil, false, err
	}
	return v.plant(append(rows, above...), lang), whole, nil
}

// plant puts rows together. What stands in a section that nobody may know the
// name of stands in the one above it.
func (v *View) plant(rows []store.TreeRow, lang string) *TreeNode {
	nodes := map[string]*TreeNode{}
	for _, t := range rows {
		n := &TreeNode{Nav: t.Nav, position: t.Position}
		if t.Path != nil {
			n.Link = Link{ID: t.EntryID, Kind: t.Kind, Type: t.Type, Title: t.Title, Lang: lang, Href: href(t.Kind, lang, *t.Path)}
		} else if l, ok := v.section(t.EntryID, lang); ok {
			n.Link = l
		} else if t.EntryID == v.known.root {
			s := v.known.site
			n.Link = Link{ID: t.EntryID, Kind: "section", Type: t.Type, Title: s.Name(lang), Lang: s.NameLang(lang)}
		} else {
			continue
		}
		nodes[t.EntryID] = n
	}
	for _, t := range rows {
		n := nodes[t.EntryID]
		if n == nil {
			continue
		}
		for _, id := range slices.Backward(branchIDs(t.Branch)) {
			if parent := nodes[id]; parent != nil && parent != n {
				parent.Children = append(parent.Children, n)
				break
			}
		}
	}
	for _, n := range nodes {
		slices.SortFunc(n.Children, func(a, b *TreeNode) int {
			return cmp.Or(-cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.position, b.position), cmp.Compare(a.ID, b.ID))
		})
	}
	return nodes[v.known.root]
}
