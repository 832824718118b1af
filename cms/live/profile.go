package live

import (
	"slices"
	"strconv"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"meridian/cms/block"
)

// Organisations returns the organisations of the network for a page in lang:
// by region, in the order of the regions, and by name within one. Former ones
// are left out unless status asks for them.
func (v *View) Organisations(lang, region, status string) ([]block.SectionRow, error) {
	profiles, err := v.live.Profiles(region, status)
	if err != nil {
		return nil, err
	}
	regions, err := v.live.Vocabulary("region")
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(profiles))
	for i, p := range profiles {
		ids[i] = p.EntryID
	}
	facts, err := v.live.FactsOf(ids)
	if err != nil {
		return nil, err
	}
	if err := v.known.name(v.live, ids); err != nil {
		return nil, err
	}
	var out []block.SectionRow
	for _, p := range profiles {
		if status == "" && p.Status == "former" {
			continue
		}
		l, ok := v.known.openSection(p.EntryID, lang)
		if !ok {
			continue
		}
		row := block.SectionRow{ID: p.EntryID, Name: l.Title, URL: l.Href, Country: Country(p.Country, lang), Region: p.Region}
		if l.Lang != lang {
			row.Lang = l.Lang
		}
		for _, t := range regions {
			if t.ID == p.Region {
				row.RegionName = t.Label(lang, "en")
			}
		}
		c := contactOf(facts[p.EntryID], lang)
		row.Contact = &c
		if place, ok := facts[p.EntryID]["place"].(map[string]any); ok {
			lat, _ := place["lat"].(string)
			lon, _ := place["lon"].(string)
			row.Lat, _ = strconv.ParseFloat(lat, 64)
			row.Lon, _ = strconv.ParseFloat(lon, 64)
		}
		out = append(out, row)
	}
	rank := func(id string) int {
		for i, t := range regions {
			if t.ID == id {
				return i
			}
		}
		return len(regions)
	}
	c := collate.New(language.Make(lang))
	slices.SortStableFunc(out, func(a, b block.SectionRow) int {
		if d := rank(a.Region) - rank(b.Region); d != 0 {
			return d
		}
		return c.CompareString(a.Name, b.Name)
	})
	return out, nil
}
