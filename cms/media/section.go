package media

import (
	"meridian/models"
	"meridian/models/store"
)

// SectionInfo is a section that a user may see files of. Depth counts the
// sections of the list above it.
type SectionInfo struct {
	ID, Title string
	Depth     int
}

// sectionsOf returns the sections that a user may see files of, whether they
// may change any or not, in the order of the tree.
func sectionsOf(r *store.Read, by models.User) ([]SectionInfo, error) {
	root, err := r.Root()
	if err != nil {
		return nil, err
	}
	all, err := r.SectionsBelow(root.Branch)
	if err != nil {
		return nil, err
	}
	list := models.Outline(all, func(e models.Entry) bool { return e.TrashedAt == nil && by.Can(models.ActRead, e.Place("")) })
	places := make(map[string]models.Place, len(list))
	for _, e := range list {
		places[e.ID] = e.Place("")
	}
	titles, err := sectionTitles(r, by, places)
	if err != nil {
		return nil, err
	}
	out := make([]SectionInfo, len(list))
	for i, e := range list {
		out[i] = SectionInfo{e.ID, titles[e.ID], e.Depth}
	}
	return out, nil
}

// sectionTitles returns the titles of sections, which are at places, by id:
// working ones for who reads there in every language, for who reads there in
// some those that everybody sees, and none for others.
func sectionTitles(r *store.Read, by models.User, places map[string]models.Place) (map[string]string, error) {
	ids := make([]string, 0, len(places))
	for id := range places {
		ids = append(ids, id)
	}
	titles, err := r.Titles(ids, by.Lang)
	if err != nil {
		return nil, err
	}
	public, err := r.PublicTitles(ids, by.Lang)
	if err != nil {
		return nil, err
	}
	out := make(map[string]string, len(places))
	for id, p := range places {
		switch {
		case readsAll(by, p):
			out[id] = titles[id]
		case by.Can(models.ActRead, p):
			out[id] = public[id]
		}
	}
	return out, nil
}
