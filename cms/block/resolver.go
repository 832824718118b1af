package block

import "strings"

// Resolver is everything a rendering needs from its surroundings. All look-ups
// are by id and answer false or nothing for what is not public: whoever renders
// for readers passes a Resolver that cannot see anything else.
type Resolver interface {
	// Lang is the language of the page around the text (BCP 47).
	Lang() string
	// Word is a word of the page's language; WordKeys lists the keys. {0}, {1}
	// in it stand for the arguments. Calling the function Word is enough.
	Word(key string, args ...any) string
	// Link finds where a ref (page:…, news:…, section:…, media:…) leads.
	Link(ref string) (Target, bool)
	// Media finds an asset by its bare id, without "media:". One that readers may
	// not have is there as well, Withheld and with nothing but its size.
	Media(id string) (Media, bool)
	// Fact is a computed value as it should be printed, such as "35".
	Fact(key string) (string, bool)
	// Contact is the public contact record of a section, by its bare id.
	Contact(section string) (Contact, bool)
	// Cards answers the query of an automatic cards block.
	Cards(q CardQuery) []Card
	// CardsOf finds the cards of chosen refs, in their order, leaving out what is
	// not public.
	CardsOf(refs []string) []Card
	// Sections lists the organisation sections of the directory, regions together.
	Sections(q SectionQuery) []SectionRow
}

// Target is where a ref leads.
type Target struct {
	URL   string // absolute, or a path that starts with one slash
	Title string // of the entry or asset
	Lang  string // of the edition it leads to; "" if it is the page's
}

// Media is an asset as readers may have it.
type Media struct {
	ID     string
	URL    string // of the original
	Type   string // MIME type
	Width  int    // pixels; 0 if it is no picture
	Height int
	Alt    string // description kept with the asset, "" if none
	Credit string
	// Licence is what others may use it under, as it is printed, "" for nothing.
	Licence string
	Title   string
	Lang    string // of a document, "" if unknown
	Bytes   int64
	Pages   int // of a document, 0 if unknown
	// Src and Srcset are the renditions that every browser shows: the one to
	// show where it cannot choose, and all of them. "" is the original alone.
	Src, Srcset string
	Sizes       []MediaSource // smaller ones, in the order the browser should try them
	// Wide is the same picture cut to 16 to 9, for teasers; nil if there is none.
	Wide *Media
	// Withheld says that readers may not have it: a place of its size is kept free.
	Withheld bool
}

// picture reports whether it can be drawn: a document or a video cannot.
func (m Media) picture() bool { return strings.HasPrefix(m.Type, "image/") }

// shown is the address of a picture for who takes one only.
func (m Media) shown() string {
	if m.Src != "" {
		return m.Src
	}
	return m.URL
}

// MediaSource is one <source> of a picture.
type MediaSource struct {
	Type   string // MIME type
	Srcset string // as in HTML; every address in it must pass SafeURL
}

// Contact is a contact record. Every field may be empty.
type Contact struct {
	Name, Unit, Street, Box, Postcode, City string

	Country string   // name, in the page's language
	Phone   string   // international, grouped as people write it: "+41 22 734 05 58"
	Email   string   // shown as real text
	URL     string   // website
	Hours   string   // opening hours in words
	MapURL  string   // page with a map
	Social  []Social // accounts elsewhere
	Lang    string   // of Name, if it is not the page's
}

// Social is an account of a section on another service.
type Social struct{ Name, URL string }

// CardQuery is what an automatic cards block asks for.
type CardQuery struct {
	Kind    string // page, news or section
	Section string // bare id: entries that belong to it, with all below; "" = any
	Under   string // bare id: direct children of this section; "" = any
	Topic   string // term id or slug; "" = any
	Limit   int    // 1-12
}

// Card is an entry as a teaser.
type Card struct {
	Ref     string // page:…, news:…, section:…
	Title   string
	URL     string
	Summary string
	Date    string // 2006-01-02, "" if it has none
	When    string // the date as readers read it; "" = Date
	Lang    string // "" if it is the page's
	Image   string // bare id of its picture, "" for none
}

// SectionQuery is what a section_list block asks for.
type SectionQuery struct {
	Region string // id, "" = all
	Status string // id, "" = all
}

// SectionRow is one organisation section of the directory.
type SectionRow struct {
	ID         string
	Name       string
	Lang       string // of Name, "" if it is the page's
	URL        string // "" if it has no public page
	Country    string // name in the page's language
	Region     string // id
	RegionName string // in the page's language
	Note       string // what sets it apart, such as the years of a former member
	Contact    *Contact
	Lat, Lon   float64 // degrees; both 0 = unknown
}

// Inert is a Resolver that resolves nothing: links become text, media become
// placeholders. For previews of unsaved words, imports and tests.
type Inert struct {
	Language string // BCP 47; "" is English
}

// Lang implements Resolver.
func (i Inert) Lang() string {
	if i.Language == "" {
		return "en"
	}
	return i.Language
}

// Word implements Resolver with the package's own words.
func (i Inert) Word(key string, args ...any) string { return Word(i.Lang(), key, args...) }

// Link implements Resolver.
func (Inert) Link(string) (Target, bool) { return Target{}, false }

// Media implements Resolver.
func (Inert) Media(string) (Media, bool) { return Media{}, false }

// Fact implements Resolver.
func (Inert) Fact(string) (string, bool) { return "", false }

// Contact implements Resolver.
func (Inert) Contact(string) (Contact, bool) { return Contact{}, false }

// Cards implements Resolver.
func (Inert) Cards(CardQuery) []Card { return nil }

// CardsOf implements Resolver.
func (Inert) CardsOf([]string) []Card { return nil }

// Sections implements Resolver.
func (Inert) Sections(SectionQuery) []SectionRow { return nil }
