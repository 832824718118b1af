package live

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"meridian/cms/block"
	"meridian/models/store"
)

// Organisation is an organisation of the network, as the directory lists it.
type Organisation struct {
	// SectionRow has its name and address as a page shows them.
	block.SectionRow
	CountryCode string // ISO 3166-1 alpha-2, "" when nobody said
	Status      string // member, associate or former
	Languages   []string
}

// Member reports whether the organisation counts: everywhere but in the
// directory itself, former members do not.
func (o *Organisation) Member() bool { return o.Status != "former" }

// Organisations returns the organisations of the network for a page in lang:
// by region, in the order of the regions, and by name within one. Former ones
// are left out unless status asks for them.
func (v *View) Organisations(lang, region, status string) ([]block.SectionRow, error) {
	list, err := v.organisations(lang, region, status)
	if err != nil {
		return nil, err
	}
	var out []block.SectionRow
	for _, o := range list {
		if status != "" || o.Member() {
			out = append(out, o.SectionRow)
		}
	}
	return out, nil
}

// Network returns all organisations of the network, former ones too, in the
// order of Organisations.
func (v *View) Network(lang string) ([]Organisation, error) { return v.organisations(lang, "", "") }

// Regions returns the regions of the world, in their order.
func (v *View) Regions(lang string) ([]Term, error) {
	return v.Vocabulary("region", lang)
}

func (v *View) organisations(lang, region, status string) ([]Organisation, error) {
	profiles, err := v.live.Profiles(v.became(region), status)
	if err != nil {
		return nil, err
	}
	regions, err := v.Regions(lang)
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
	if err := v.name(ids); err != nil {
		return nil, err
	}
	var out []Organisation
	for _, p := range profiles {
		if l, ok := v.openSection(p.EntryID, lang); ok {
			out = append(out, organisation(p, l, facts[p.EntryID], lang))
		}
	}
	rank := map[string]int{}
	for i, t := range regions {
		rank[t.ID] = i - len(regions) // those without a region come last
		for j := range out {
			if out[j].Region == t.ID {
				out[j].RegionName = t.Label
			}
		}
	}
	c := collate.New(language.Make(lang))
	slices.SortStableFunc(out, func(a, b Organisation) int {
		if d := rank[a.Region] - rank[b.Region]; d != 0 {
			return d
		}
		return c.CompareString(a.Name, b.Name)
	})
	return out, nil
}

// organisation puts together what a page in lang says of an organisation.
func organisation(p store.Profile, l Link, facts map[string]any, lang string) Organisation {
	c := contactOf(facts, lang)
	o := Organisation{
		SectionRow: block.SectionRow{ID: p.EntryID, Name: l.Title, URL: l.Href, Country: CountryOf(facts, lang), Region: p.Region, Contact: &c},
		// The country of the projection, which is what is counted.
		CountryCode: p.Country, Status: p.Status, Languages: texts(facts["languages"]),
	}
	if l.Lang != lang {
		o.Lang = l.Lang
	}
	if !o.Member() {
		o.Note = Years(facts)
	}
	o.Lat, o.Lon, _ = PointOf(facts)
	return o
}

// CountryOf returns what the country or territory of an organisation is called
// in a language: by the name it has chosen, else by that of its country.
func CountryOf(facts map[string]any, lang string) string {
	if t, _ := facts["territory"].(string); t != "" {
		return t
	}
	code, _ := facts["country"].(string)
	return Country(code, lang)
}

// PointOf returns the point of an organisation in degrees, false when nobody
// said where it is.
func PointOf(facts map[string]any) (lat, lon float64, ok bool) {
	place, _ := facts["place"].(map[string]any)
	north, _ := place["lat"].(string)
	east, _ := place["lon"].(string)
	lat, errLat := strconv.ParseFloat(north, 64)
	lon, errLon := strconv.ParseFloat(east, 64)
	if errLat != nil || errLon != nil {
		return 0, 0, false
	}
	return lat, lon, true
}

// Years returns the years in which an organisation belonged to the network, as
// far as they are known: "1992–2020", "–2020", or "" when nobody said when it
// left.
func Years(facts map[string]any) string {
	joined, _ := facts["joined"].(string)
	left, _ := facts["left"].(string)
	if left == "" {
		return ""
	}
	return joined + "–" + left
}

// contactOf reads a contact record out of the facts of an organisation.
func contactOf(facts map[string]any, lang string) block.Contact {
	str := func(m map[string]any, k string) string { s, _ := m[k].(string); return s }
	place, _ := facts["place"].(map[string]any)
	country := CountryOf(facts, lang)
	if code := str(place, "country"); code != "" && (code != str(facts, "country") || country == "") {
		country = Country(code, lang) // its seat is somewhere else
	}
	c := block.Contact{
		Street: str(place, "street"), Box: str(place, "box"), Postcode: str(place, "postcode"), City: str(place, "city"),
		Country: country, Phone: block.PhoneText(str(facts, "phone")), Email: str(facts, "email"), URL: str(facts, "website"),
		Hours: str(facts, "hours"),
	}
	for _, s := range texts(facts["social"]) {
		if u, err := url.Parse(s); err == nil && u.Hostname() != "" {
			c.Social = append(c.Social, block.Social{Name: strings.TrimPrefix(u.Hostname(), "www."), URL: s})
		}
	}
	return c
}
