package api

import (
	"errors"
	"meridian/cms/live"
	"regexp"
)

// NetworkPath is the address of the organisations of the network.
const NetworkPath = Root + "/network"

// Network is the organisations of the network, all that were asked for at
// once.
type Network struct {
	Items []NetworkItem `json:"items"`
	// Next is null: nothing is left for another page.
	Next   *string       `json:"next"`
	Counts NetworkCounts `json:"counts"`
}

// NetworkItem is an organisation section with its profile.
type NetworkItem struct {
	ID   string `json:"id"` // the same in all languages
	URN  string `json:"urn"`
	Kind string `json:"kind"` // section
	Name string `json:"name"`
	Lang string `json:"lang"` // of Name: the one asked for, or another it has a name in
	URL  string `json:"url"`  // its page for readers in Lang, absolute
	// Status is member, associate or former.
	Status string `json:"status"`
	// Country is null when nobody said where it works.
	Country *NetworkCountry `json:"country"`
	Region  *NetworkRegion  `json:"region"` // null when it is in none
	// Languages it works in, BCP 47.
	Languages []string `json:"languages"`
	// Point of its office, null when unknown.
	Point *Point `json:"point"`
	// Editions are the languages its page is public in.
	Editions []Edition `json:"editions"`
	// Facts are its public facts, as in Item.
	Facts map[string]any `json:"facts"`
	Links Links          `json:"links"`
}

// NetworkCountry is the country or territory of an organisation.
type NetworkCountry struct {
	// Code is the one it is counted under (ISO 3166-1 alpha-2), "" for none.
	Code string `json:"code"`
	// Name is what the organisation calls it where it does, else the usual name
	// in the language asked for.
	Name string `json:"name"`
}

// NetworkRegion is a region of the network.
type NetworkRegion struct {
	ID    string `json:"id"`
	Label string `json:"label"`
}

// Point is a place on Earth in degrees.
type Point struct {
	Lat float64 `json:"lat"`
	Lon float64 `json:"lon"`
}

// NetworkCounts count the items of the answer.
type NetworkCounts struct {
	Sections  int             `json:"sections"`
	Countries int             `json:"countries"`
	Regions   []NetworkCount  `json:"regions"` // in their order, those with none left out
	Statuses  NetworkStatuses `json:"statuses"`
}

// NetworkCount counts the items in one region.
type NetworkCount struct {
	ID        string `json:"id"`
	Label     string `json:"label"`
	Sections  int    `json:"sections"`
	Countries int    `json:"countries"`
}

// NetworkStatuses count the items by status.
type NetworkStatuses struct {
	Member    int `json:"member"`
	Associate int `json:"associate"`
	Former    int `json:"former"`
}

// statuses of organisations; members are all but the former ones, and they are
// what is answered with unless somebody asks for one status.
var statuses = []string{"member", "associate", "former"}

var countryForm = regexp.MustCompile(`^[A-Z]{2}$`)

// network answers with the organisations of the network.
func (h *handler) network(v *live.View, r *request) (*answer, error) {
	lang := r.lang()
	if lang == "" {
		lang = v.Site().Languages[0].Tag
	}
	var q live.ProfileQuery
	q.Status = r.choice("status")
	var given bool
	if q.Country, given = r.get("country"); given && !countryForm.MatchString(q.Country) {
		r.fault("country", codeValue, "country is a code of two capital letters (ISO 3166-1) such as BE.")
	}
	if q.Language, given = r.get("language"); given && (!tagForm.MatchString(q.Language) || q.Language == "und") {
		r.fault("language", codeValue, "language is a language tag such as fr, pt-BR or zh-Hant.")
	}
	q.Region, given = r.get("region")
	list, err := v.Profiles(lang, q)
	if errors.Is(err, live.ErrNotFound) || given && q.Region == "" {
		r.fault("region", codeValue, "region is the id of a region.")
		err = nil
	}
	if err != nil {
		return nil, err
	}
	if err := r.err(); err != nil {
		return nil, err
	}
	out := &Network{Items: make([]NetworkItem, len(list)), Counts: NetworkCounts{Regions: []NetworkCount{}}}
	for i := range list {
		out.Items[i] = networkItem(v, &list[i], lang)
	}
	out.Counts.count(list)
	return &answer{shape: out}, nil
}

// networkItem gives an organisation the shape of an answer.
func networkItem(v *live.View, p *live.Profile, lang string) NetworkItem {
	it := NetworkItem{
		ID: p.ID, URN: p.URN, Kind: "section", Name: p.Name, Lang: p.Lang, URL: v.Absolute(p.URL), Status: p.Status,
		Languages: append([]string{}, p.Languages...), Editions: make([]Edition, len(p.Editions)), Facts: p.Facts,
	}
	if it.Lang == "" {
		it.Lang = lang
	}
	it.Links = Links{HTML: it.URL, JSON: jsonURL(v, it.Kind, p.ID, it.Lang)}
	if p.CountryCode != "" || p.Country != "" {
		it.Country = &NetworkCountry{p.CountryCode, p.Country}
	}
	if p.Region != "" {
		it.Region = &NetworkRegion{p.Region, p.RegionName}
	}
	if lat, lon, ok := live.PointOf(p.Facts); ok {
		it.Point = &Point{lat, lon}
	}
	for i, e := range p.Editions {
		it.Editions[i] = Edition{e.Lang.Tag, e.Title, v.Absolute(e.Href), e.PublishedAt.UTC()}
	}
	return it
}

// count counts organisations, which come by region.
func (c *NetworkCounts) count(list []live.Profile) {
	c.Sections = len(list)
	countries, there := map[string]bool{}, map[string]bool{}
	for i, p := range list {
		if p.CountryCode != "" {
			countries[p.CountryCode] = true
		}
		switch p.Status {
		case "member":
			c.Statuses.Member++
		case "associate":
			c.Statuses.Associate++
		case "former":
			c.Statuses.Former++
		}
		if p.Region == "" {
			continue
		}
		if i == 0 || list[i-1].Region != p.Region {
			c.Regions = append(c.Regions, NetworkCount{ID: p.Region, Label: p.RegionName})
			clear(there)
		}
		region := &c.Regions[len(c.Regions)-1]
		region.Sections++
		if p.CountryCode != "" && !there[p.CountryCode] {
			there[p.CountryCode] = true
			region.Countries++
		}
	}
	c.Countries = len(countries)
}
