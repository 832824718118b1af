package api

import (
	"time"

	"meridian/cms/live"
)

// Included is what belongs to an item, as far as include= asks for it: what it
// does not ask for is null.
type Included struct {
	// Section it is in, in the language of the item or else in another one that
	// readers can open; null where there is none.
	Section *Teaser `json:"section"`
	// Editions are the languages it is public in, this one included.
	Editions []Teaser `json:"editions"`
	// Media are the pictures and files that it shows, its own picture first.
	Media []Media `json:"media"`
	// Author is the organisation that answers for it.
	Author *Author `json:"author"`
}

// Teaser is a public edition as a list of links shows it.
type Teaser struct {
	ID          string    `json:"id"`
	URN         string    `json:"urn"`
	Kind        string    `json:"kind"`
	Type        *string   `json:"type"` // as in Item
	Lang        string    `json:"lang"`
	Title       string    `json:"title"`
	Summary     string    `json:"summary"`
	URL         string    `json:"url"`
	PublishedAt time.Time `json:"published_at"`
	UpdatedAt   time.Time `json:"updated_at"`
	Revision    string    `json:"revision"`
	Hash        string    `json:"hash"`
	Links       Links     `json:"links"`
}

// Author is an organisation of the network, or the network itself: no person.
type Author struct {
	ID   string `json:"id"` // of its section
	Name string `json:"name"`
	Lang string `json:"lang"` // of Name
	// URL is null while it has no public page.
	URL *string `json:"url"`
}

// include says what was asked for.
type include struct{ section, editions, media, author bool }

func (i include) none() bool { return i == include{} }

// include reads include=.
func (q *query) include() include {
	var out include
	for _, s := range q.set("include") {
		switch s {
		case "section":
			out.section = true
		case "editions":
			out.editions = true
		case "media":
			out.media = true
		case "author":
			out.author = true
		}
	}
	return out
}

// included returns what was asked for of each item, nil when nothing was.
func included(v *live.View, items []*live.Item, inc include) ([]*Included, error) {
	out := make([]*Included, len(items))
	if inc.none() {
		return out, nil
	}
	list, err := v.Include(items, inc.section, inc.editions)
	if err != nil {
		return nil, err
	}
	var media [][]*live.Media
	if inc.media {
		if media, err = v.MediaIn(items); err != nil {
			return nil, err
		}
	}
	for i, x := range list {
		out[i] = &Included{}
		if x.Section != nil {
			t := teaser(v, x.Section)
			out[i].Section = &t
		}
		if inc.editions {
			out[i].Editions = make([]Teaser, len(x.Editions))
			for j, e := range x.Editions {
				out[i].Editions[j] = teaser(v, e)
			}
		}
		if inc.media {
			out[i].Media = make([]Media, len(media[i]))
			for j, m := range media[i] {
				out[i].Media[j] = *mediaOf(v, m)
			}
		}
		if inc.author {
			out[i].Author = &Author{ID: x.Author.ID, Name: x.Author.Title, Lang: x.Author.Lang}
			if x.Author.Href != "" {
				url := v.Absolute(x.Author.Href)
				out[i].Author.URL = &url
			}
		}
	}
	return out, nil
}

func teaser(v *live.View, it *live.Item) Teaser {
	t := Teaser{
		ID: it.ID, URN: it.URN, Kind: it.Kind, Lang: it.Lang, Title: it.Title, Summary: it.Summary, URL: v.Absolute(it.Href),
		PublishedAt: it.PublishedAt.UTC(), UpdatedAt: it.UpdatedAt.UTC(), Revision: it.Revision, Hash: it.Hash,
		Links: Links{HTML: v.Absolute(it.Href), JSON: jsonURL(v, it.Kind, it.ID, it.Lang)},
	}
	if it.Type != "" {
		t.Type = &it.Type
	}
	return t
}
