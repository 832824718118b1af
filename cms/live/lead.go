package live

import "cmp"

// leadDescription is the field of a language that says what the picture of an
// item shows.
const leadDescription = "lead_description"

// wantLead is want for the pictures of items.
func (v *View) wantLead(items []*Item) {
	for _, it := range items {
		if id := it.lead(); id != "" {
			v.want(id)
		}
	}
}

// lead is the id of an item's picture, "" for none.
func (it *Item) lead() string {
	id, _ := it.Facts["lead_picture"].(string)
	return id
}

// described is what an item says of the files that it shows, by id: of its own
// picture what stands beside that, even where the text shows it as well.
func (it *Item) described() map[string]string {
	said := map[string]string{}
	if it.Body != nil {
		said = it.Body.Descriptions()
	}
	if s, _ := it.Fields[leadDescription].(string); s != "" && it.lead() != "" {
		said[it.lead()] = s
	}
	return said
}

// Image returns the picture of an item, nil where it has none that readers may
// have. Without a description beside it, it is decoration, whatever the text or
// the library says of it: those are other uses, or proposals.
func (v *View) Image(it *Item) (*Media, error) {
	id := it.lead()
	if id == "" {
		return nil, nil
	}
	if a, err := v.asset(id); err != nil || a == nil || a.Kind != "image" {
		return nil, err
	}
	s, _ := it.Fields[leadDescription].(string)
	return v.mediaFor(id, it.Lang, map[string]string{id: s})
}

// withholdLead takes out of items the picture that readers may not have, whose
// id would tell that it exists, and what they say of it. A description without
// its picture is of none.
func (v *View) withholdLead(items []*Item) error {
	for _, it := range items {
		id := it.lead()
		if id != "" {
			a, err := v.asset(id)
			if err != nil {
				return err
			}
			if v.may(a, it.Lang) {
				continue
			}
		}
		delete(it.Facts, "lead_picture")
		delete(it.Fields, leadDescription)
	}
	return nil
}

// withholdPictures takes out of profiles the pictures that readers may not have,
// as withholdLead does out of items.
func (v *View) withholdPictures(lang string, list []Profile) error {
	for _, p := range list {
		v.want(texts(p.Facts["lead_picture"])...)
	}
	if err := v.loadAssets(); err != nil {
		return err
	}
	for _, p := range list {
		id, _ := p.Facts["lead_picture"].(string)
		if !v.may(v.assets[id], cmp.Or(p.Lang, lang)) {
			delete(p.Facts, "lead_picture")
		}
	}
	return nil
}
