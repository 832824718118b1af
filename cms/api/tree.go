package api

import "meridian/cms/live"

// TreePath is the address of the tree of sections and pages.
const TreePath = Root + "/tree"

// maxTree is how many sections and pages the tree holds.
const maxTree = 5000

// Tree is the sections and pages of a language, for menus.
type Tree struct {
	Lang string `json:"lang"`
	// Depth is how many levels below the root were asked for.
	Depth int      `json:"depth"`
	Root  TreeNode `json:"root"`
	// Whole says that none was left out; where there are too many, those far
	// from the root are.
	Whole bool `json:"whole"`
}

// TreeNode is a section or a page.
type TreeNode struct {
	ID    string  `json:"id"`
	Kind  string  `json:"kind"` // section or page
	Type  *string `json:"type"` // as in Item
	Title string  `json:"title"`
	// Lang is the language of Title: another one for a section that has no
	// page of its own in the language of the tree.
	Lang string `json:"lang"`
	// URL is its page for readers in Lang, null for a section without one.
	URL *string `json:"url"`
	// Nav is the menu it is in: main, footer or none.
	Nav string `json:"nav"`
	// Children in the order of the section, sections before pages.
	Children []TreeNode `json:"children"`
}

// tree answers with the sections and pages of a language.
func (h *handler) tree(v *live.View, r *request) (*answer, error) {
	lang, depth := r.lang(), r.number("depth")
	if err := r.err(); err != nil {
		return nil, err
	}
	if lang == "" {
		lang = v.Site().Languages[0].Tag
	}
	root, whole, err := v.Tree(lang, depth, maxTree)
	if err != nil {
		return nil, err
	}
	return &answer{shape: &Tree{Lang: lang, Depth: depth, Root: treeNode(v, root), Whole: whole}}, nil
}

func treeNode(v *live.View, n *live.TreeNode) TreeNode {
	out := TreeNode{ID: n.ID, Kind: n.Kind, Title: n.Title, Lang: n.Lang, Nav: n.Nav, Children: make([]TreeNode, len(n.Children))}
	if n.Type != "" {
		out.Type = &n.Type
	}
	if n.Href != "" {
		url := v.Absolute(n.Href)
		out.URL = &url
	}
	for i, c := range n.Children {
		out.Children[i] = treeNode(v, c)
	}
	return out
}
