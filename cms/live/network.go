package live

import (
	"slices"

	"meridian/models/store"
)

// Profile is an organisation of the network with all it says of itself in
// public.
type Profile struct {
	Organisation
	URN      string    // names it in the whole world
	Editions []Edition // the languages it is public in
	Facts    map[string]any
}

// ProfileQuery selects organisations; "" selects all, but for Status: without
// one former members are left out.
type ProfileQuery struct {
	Region   string // id of a term
	Country  string // ISO 3166-1 alpha-2
	Language string // one they work in, BCP 47
	Status   string // member, associate or former
}

// has reports whether an organisation is selected, the region aside.
func (q ProfileQuery) has(o *Organisation) bool {
	return (q.Status != "" || o.Member()) && (q.Country == "" || o.CountryCode == q.Country) &&
		(q.Language == "" || slices.Contains(o.Languages, q.Language))
}

// Profiles returns organisations with their profiles, named in lang where they
// have a name in it, in the order of Organisations. The error is ErrNotFound
// for a region that does not exist.
func (v *View) Profiles(lang string, q ProfileQuery) ([]Profile, error) {
	if q.Region != "" {
		regions, err := v.Regions(lang)
		if err != nil {
			return nil, err
		}
		id := v.became(q.Region)
		if !slices.ContainsFunc(regions, func(t Term) bool { return t.ID == id }) {
			return nil, ErrNotFound
		}
	}
	list, err := v.organisations(lang, q.Region, q.Status)
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(o Organisation) bool { return !q.has(&o) })
	ids, rows := make([]string, len(list)), make([]store.LiveText, len(list))
	for i, o := range list {
		ids[i], rows[i] = o.ID, store.LiveText{LiveRef: store.LiveRef{EntryID: o.ID, Kind: "section"}}
	}
	facts, err := v.facts(rows)
	if err != nil {
		return nil, err
	}
	refs, err := v.live.EditionsOf(ids)
	if err != nil {
		return nil, err
	}
	editions := map[string][]Edition{}
	for _, e := range refs {
		editions[e.EntryID] = append(editions[e.EntryID], Edition{LanguageOf(e.Lang), e.Title, hrefOf(e), e.FirstPublishedAt})
	}
	section, _ := KindOf("section")
	out := make([]Profile, len(list))
	for i, o := range list {
		out[i] = Profile{
			Organisation: o, URN: "urn:meridian:" + v.known.installation + ":" + o.ID,
			Editions: editions[o.ID], Facts: public(section.Facts, facts[o.ID]),
		}
	}
	return out, v.withholdPictures(lang, out)
}
