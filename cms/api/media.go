package api

import (
	"slices"

	"meridian/cms/live"
)

// MediaPath is what the addresses of the JSON about files begin with.
const MediaPath = Root + "/media"

// Media is a file of the library that something public uses: a picture, a
// document, a recording.
type Media struct {
	ID   string `json:"id"`
	URN  string `json:"urn"`  // names the file in the whole world
	Kind string `json:"kind"` // what it is
	Type string `json:"type"` // MIME type of the original
	// Title is what the library calls it; a text that shows it may call it
	// otherwise.
	Title string `json:"title"`
	// Credit is who made it, as it is to be printed wherever it is shown; it may
	// be empty.
	Credit string `json:"credit"`
	// Licence is what it may be used under, null when nobody said.
	Licence *string `json:"licence"`
	Lang    *string `json:"lang"` // of a document, null for none
	// URL is the original, without what cameras and programs write into files. It
	// changes with the bytes: what a file was before leads to what it is now.
	URL    string `json:"url"`
	Bytes  int64  `json:"bytes"`  // of the original
	Width  *int   `json:"width"`  // pixels of the original, null when it is no picture
	Height *int   `json:"height"` // as Width
	Pages  *int   `json:"pages"`  // of a document, null when unknown
	// FocalPoint is what crops keep, null when it is no picture.
	FocalPoint *FocalPoint `json:"focal_point"`
	// Alt is what is to be seen, by language, as the texts that show it say:
	// in an item, that item; by itself, all of them. A picture is only decoration
	// where nothing is said.
	Alt map[string]string `json:"alt"`
	// Renditions are the picture in other sizes, shapes and formats, the wholes
	// first and small ones before large ones; those of the image of an item in a
	// list are fewer. There may be none yet.
	Renditions []MediaRendition `json:"renditions"`
	Links      Links            `json:"links"`
}

// FocalPoint is a point of a picture, as parts of its width and height from the
// top left.
type FocalPoint struct {
	X float64 `json:"x"` // from 0 to 1
	Y float64 `json:"y"` // from 0 to 1
}

// MediaRendition is a picture in another size, shape or format.
type MediaRendition struct {
	URL    string  `json:"url"`
	Type   string  `json:"type"`  // MIME type
	Ratio  *string `json:"ratio"` // shape it is cut to, null for the whole picture
	Width  int     `json:"width"` // pixels
	Height int     `json:"height"`
	Bytes  int64   `json:"bytes"`
}

// media answers for one file.
func (h *handler) media(v *live.View, r *request) (*answer, error) {
	if err := r.err(); err != nil {
		return nil, err
	}
	if !idForm.MatchString(r.id) {
		return nil, notFound()
	}
	m, err := v.Media(r.id)
	if err != nil {
		return nil, err
	}
	return &answer{shape: mediaOf(v, m)}, nil
}

// mediaOf gives a file the shape of an answer, nil for none.
func mediaOf(v *live.View, m *live.Media) *Media {
	if m == nil {
		return nil
	}
	out := &Media{
		ID: m.ID, URN: m.URN, Kind: m.Kind, Type: m.Type, Title: m.Title, Credit: m.Credit, Licence: unlessZero(m.Licence), Lang: unlessZero(m.Lang),
		URL: v.Absolute(m.Href), Bytes: m.Bytes, Width: unlessZero(m.Width), Height: unlessZero(m.Height), Pages: unlessZero(m.Pages),
		Alt: m.Alt, Renditions: make([]MediaRendition, len(m.Renditions)),
		Links: Links{HTML: v.Absolute(m.Href), JSON: v.Absolute(MediaPath + "/" + m.ID)},
	}
	if m.Kind == "image" {
		out.FocalPoint = &FocalPoint{float64(m.FocusX) / 1000, float64(m.FocusY) / 1000}
	}
	for i, r := range m.Renditions {
		out.Renditions[i] = MediaRendition{v.Absolute(r.Href), r.Type, unlessZero(r.Ratio), r.Width, r.Height, r.Bytes}
	}
	return out
}

// listedWidth is how wide the renditions in a list are, at most.
const listedWidth = 1280

// shorten leaves of a picture what a list shows: the whole, not larger than most
// screens. The other half of its renditions would be most of the list.
func (m *Media) shorten() {
	if m != nil {
		m.Renditions = slices.DeleteFunc(m.Renditions, func(r MediaRendition) bool { return r.Ratio != nil || r.Width > listedWidth })
	}
}

// unlessZero returns a pointer to a value that says something.
func unlessZero[T comparable](x T) *T {
	if x == *new(T) {
		return nil
	}
	return &x
}
