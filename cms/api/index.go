package api

import "meridian/cms/live"

// index says who speaks and where to go on.
func (h *handler) index(v *live.View, r *request) (*answer, error) {
	if err := r.err(); err != nil {
		return nil, err
	}
	site := v.Site()
	out := &Index{
		Installation: v.Installation(), Names: site.Names(), Languages: []Language{}, Collections: []Collection{},
		Journal: Journal{
			Epoch: v.Epoch(), Head: v.Head(), Cursor: journalCursor(v.Epoch(), v.Head()),
			URL: v.Absolute(Root + "/changes"),
		},
		Network: v.Absolute(NetworkPath), Tree: v.Absolute(TreePath), Resolve: v.Absolute(ResolvePath),
		Search: v.Absolute(SearchPath), OpenAPI: v.Absolute(DescriptionPath), Docs: v.Absolute(DocsPath),
		Links: Links{HTML: v.Absolute("/"), JSON: v.Absolute(Root)},
	}
	for _, l := range site.Languages {
		out.Languages = append(out.Languages, Language(l))
	}
	for _, k := range live.Kinds {
		out.Collections = append(out.Collections, Collection{k.Name, k.Plural, v.Absolute(Root + "/" + k.Plural)})
	}
	return &answer{shape: out}, nil
}
