package models

// Site is what an installation says about itself: few settings, in words.
type Site struct {
	// Name by language; the first language's name stands in where one lacks.
	Name map[string]string `json:"name"`
	// Languages in the order of the language links; the first is the default.
	Languages []string `json:"languages"`
	// TimeZone is an IANA name; dates on the reader's site are in it.
	TimeZone string `json:"time_zone"`
	// LogoText stands where a logo would; "" means the name.
	LogoText string  `json:"logo_text"`
	Contact  Contact `json:"contact"`
	// Notice is a line above every page, by language ("Demonstration content …").
	Notice map[string]string `json:"notice,omitempty"`
}

// NameIn returns the name of the site in a language.
func (s Site) NameIn(lang string) string {
	if v := s.Name[lang]; v != "" {
		return v
	}
	for _, l := range s.Languages {
		if v := s.Name[l]; v != "" {
			return v
		}
	}
	return ""
}

// Contact is an address record as printed on an envelope.
type Contact struct {
	Name     string `json:"name,omitempty"`
	Street   string `json:"street,omitempty"`
	Box      string `json:"box,omitempty"`
	Postcode string `json:"postcode,omitempty"`
	City     string `json:"city,omitempty"`
	Country  string `json:"country,omitempty"`
	Phone    string `json:"phone,omitempty"`
	Email    string `json:"email,omitempty"`
	URL      string `json:"url,omitempty"`
}

// Installation names one running Meridian in the whole world.
type Installation struct {
	// ID is random and made once; urn:meridian:<ID>:<entry> names an entry.
	ID string `json:"id"`
	// Epoch names one life of the journal; restoring a backup renews it.
	Epoch string `json:"epoch"`
}
