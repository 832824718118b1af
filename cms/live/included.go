package live

import "slices"

// Included is what belongs to an item and is not part of it.
type Included struct {
	// Section is a teaser of the section it is in, in its language or else in
	// the first of the site's languages that has one; nil when readers can open
	// the section in none.
	Section *Item
	// Editions are teasers of the languages the item is public in.
	Editions []*Item
	// Author is the organisation that answers for it, the network itself where
	// there is none between.
	Author Link
}

// Include returns what belongs to items, in their order, by one query for all
// of them. The items have their ancestors.
func (v *View) Include(items []*Item, sections, editions bool) ([]Included, error) {
	var ids []string
	for _, it := range items {
		if editions {
			ids = append(ids, it.ID)
		}
		if sections && it.SectionID != "" {
			ids = append(ids, it.SectionID)
		}
	}
	slices.Sort(ids)
	rows, err := v.live.BriefOf(slices.Compact(ids))
	if err != nil {
		return nil, err
	}
	by := map[string][]*Item{}
	for _, t := range rows {
		kind, _ := KindOf(t.Kind)
		by[t.EntryID] = append(by[t.EntryID], v.bare(t, kind, nil))
	}
	out := make([]Included, len(items))
	for i, it := range items {
		if editions {
			out[i].Editions = by[it.ID]
		}
		if sections {
			out[i].Section = v.preferred(by[it.SectionID], it.Lang)
		}
		out[i].Author = v.author(it)
	}
	return out, nil
}

// preferred returns the edition for a page in lang, nil when there is none.
func (v *View) preferred(editions []*Item, lang string) *Item {
	for _, want := range v.fallbacks(lang) {
		for _, e := range editions {
			if e.Lang == want {
				return e
			}
		}
	}
	if len(editions) > 0 {
		return editions[0]
	}
	return nil
}

// author returns the organisation that answers for an item.
func (v *View) author(it *Item) Link {
	if it.Type == "organisation" {
		return Link{ID: it.ID, Kind: it.Kind, Type: it.Type, Title: it.Title, Lang: it.Lang, Href: it.Href}
	}
	if l, ok := it.Organisation(); ok {
		return l
	}
	l := Link{ID: v.known.root, Kind: "section", Title: v.known.site.Name(it.Lang), Lang: v.known.site.NameLang(it.Lang)}
	if home, ok := v.openSection(v.known.root, it.Lang); ok {
		l.Href = home.Href
	}
	return l
}
