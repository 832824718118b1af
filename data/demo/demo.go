// Package demo is the demonstration network as files: an invented installation
// of a real kind of movement, in five languages, with the numbers that its
// pages must add up to. Package cms/demonstration loads it.
//
// The texts were written for this project from facts; addresses are reserved
// .example ones, except the office of the secretariat, which is public. The
// pictures were drawn for it as SVG, which Chromium painted at 1600 × 1067 and
// image/jpeg encoded at quality 85 (76 where that exceeds 120 KB); the documents
// are HTML that Chromium printed as tagged PDF. Sources stand beside them. Nobody
// who exists is shown, and all of it is CC0.
package demo

import (
	"embed"
	"encoding/json"
	"fmt"
)

//go:embed *.json pictures/*.jpg files/*.pdf
var files embed.FS

// Text is words by language.
type Text map[string]string

// In returns the words in a language, or otherwise when there are none.
func (t Text) In(lang, otherwise string) string {
	if s := t[lang]; s != "" {
		return s
	}
	return otherwise
}

// Lines is several texts by language.
type Lines map[string][]string

// Network is everything the files hold.
type Network struct {
	Site         Site
	Terms        Terms
	Partners     []Partner
	Sections     []Section
	Tree         []Node
	Pages        []Page
	Stubs        map[string]Stub
	News         []News
	Events       []Event
	Publications []Publication
	Redirects    []Redirect
	Accounts     []Account
	Library      Library
	Expectations Expectations
}

// Site is the settings of the demonstration.
type Site struct {
	Name, Notice Text
	Languages    []string
	TimeZone     string `json:"time_zone"`
	Contact      Contact
	Menus        struct{ Main, Footer []string }
}

// Contact is the office of the secretariat.
type Contact struct {
	Name, Street, Postcode, City, Phone, Email string
	Box                                        string `json:"po_box"`
	Country                                    string `json:"country_code"`
}

// Terms are the vocabularies.
type Terms struct {
	Regions, Topics []Term
	Instruments     []Instrument
}

// Term is a region or a topic.
type Term struct {
	ID         string
	Name, Slug Text
}

// Instrument is a legal text.
type Instrument struct {
	ID        string
	Title     Text
	Adopted   string
	InForce   string `json:"in_force"`
	Body      string
	Reference string
	Kind      string
}

// Partner is an organisation the movement works with.
type Partner struct {
	ID          string
	ShortName   string `json:"short_name"`
	Name        Text
	Established int
	Seat        string
	// SeatName is the seat in languages that call it something else.
	SeatName Text   `json:"seat_name"`
	Country  string `json:"seat_country"`
	Relation Text
}

// Section is a national section.
type Section struct {
	ID               string
	Country          string `json:"country_code"`
	Region           string
	CountryName      Text `json:"country_name"`
	Slug             Text
	LocalName        string `json:"local_name"`
	LocalAcronym     string `json:"local_acronym"`
	HostOrganisation string `json:"host_organisation"`
	Languages        []string
	Founded, Joined  int
	City             string
	// CityName is the city in languages that call it something else.
	CityName Text `json:"city_name"`
	Contact  struct{ Email, Website string }
	// Point is the place of the city: latitude and longitude in degrees.
	Point [2]float64
}

// Node is a place in the tree.
type Node struct {
	ID, Parent  string
	Title, Slug Text
	Order       int
}

// Page is the text of a node.
type Page struct {
	ID, Owner string
	ReviewBy  string `json:"review_by"`
	// Status says per language how a translation stands to its source: source,
	// current, outdated or machine.
	Status  Text `json:"translation_status"`
	Summary Text
	Blocks  []Block
	// Before is what the source said when outdated translations were made: the
	// text of its last paragraph then.
	Before string
}

// Block is one element of a text; which fields it has depends on Type.
type Block struct {
	Type     string
	Text     Text
	Level    int
	Items    Lines
	Key      string
	Label    Text
	Limit    int
	Target   string
	Heading  Text
	Partners []string `json:"partner_ids"`
	Contact  string
	IDs      []string
	Entries  []struct {
		Year int
		Text Text
	}
}

// Stub is the short text of a node without a written page.
type Stub struct{ Summary, Text Text }

// News is a news item.
type News struct {
	ID, Date      string
	Precision     string `json:"date_precision"`
	Kind, Origin  string
	About         []string `json:"about_sections"`
	Topics        []string
	Instruments   []string
	Original      string `json:"original_language"`
	Status        Text   `json:"translation_status"`
	Title         Text
	Slug, Summary Text
	Body          Lines
	Source        string
	Before        string
}

// Event recurs every year.
type Event struct {
	ID       string
	MonthDay string `json:"month_day"`
	Title    Text
}

// Publication is a text worth keeping.
type Publication struct {
	ID    string
	Title Text
	Year  int
	// Languages are those it can be read in.
	Languages []string `json:"languages_available"`
}

// Redirect is an address of an older site.
type Redirect struct{ From, To, Lang string }

// Account is a demonstration account.
type Account struct{ ID, Role, Section, Status string }

// Library is the pictures and documents of the network.
type Library struct {
	Pictures  []Picture
	Documents []Document
}

// Picture is a drawing and where it is shown.
type Picture struct {
	File, Account, Section string
	Title, Place, People   string
	Focus                  [2]int // thousandths of width and height
	Shared                 bool
	Alt                    Text
	Consent                *Consent
	// Leads are the places and news whose lead picture it is, by the account
	// that made it one.
	Leads map[string][]string
	Shown []Shown
}

// Shown is a page that shows a picture among its text, after the first After of
// its blocks.
type Shown struct {
	Page  string
	After int
}

// Consent is a consent that ends after a number of days.
type Consent struct {
	GivenBy             string `json:"given_by"`
	Evidence, Pseudonym string
	Uses                []string
	Days                int
}

// Document is a file that a page gives out, under a label in the language of
// the page. Lang is the language it says it is in itself.
type Document struct {
	File, Account, Section, Lang, Title, Page string
	Label                                     Text
}

// Expectations are the numbers that the loaded network must show.
type Expectations struct {
	Sections         int            `json:"sections_total"`
	SectionsByRegion map[string]int `json:"sections_by_region"`
	Pages            int
	News             int
	NewsByLanguage   map[string]int `json:"news_by_language"`
	NewsMissingNL    []string       `json:"news_missing_nl"`
	NewsOutdatedNL   []string       `json:"news_outdated_nl"`
	NewsNotEnglish   []string       `json:"news_original_not_en"`
	PagesNLBehind    []string       `json:"pages_nl_not_current"`
	NewsAboutBE      []string       `json:"news_about_BE"`
	Instruments      int
	Partners         int `json:"partners_consultative"`
	Redirects        int `json:"legacy_redirects"`
}

// Read returns the network.
func Read() (Network, error) {
	var n Network
	for name, into := range map[string]any{
		"site": &n.Site, "terms": &n.Terms, "partners": &n.Partners, "sections": &n.Sections, "tree": &n.Tree,
		"pages": &n.Pages, "stubs": &n.Stubs, "news": &n.News, "events": &n.Events, "publications": &n.Publications,
		"redirects": &n.Redirects, "accounts": &n.Accounts, "library": &n.Library, "expectations": &n.Expectations,
	} {
		b, err := files.ReadFile(name + ".json")
		if err != nil {
			return n, fmt.Errorf("read demonstration: %w", err)
		}
		if err := json.Unmarshal(b, into); err != nil {
			return n, fmt.Errorf("read demonstration: %s.json: %w", name, err)
		}
	}
	return n, nil
}

// File returns a picture or a document by the name it has in Library.
func File(name string) ([]byte, error) {
	b, err := files.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("read demonstration: %w", err)
	}
	return b, nil
}
