package live

import (
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"meridian/cms/block"
	"meridian/models/store"
)

// MediaRoot is what the addresses of files begin with.
const MediaRoot = "/media/"

// Media is a file of the library that readers may have.
type Media struct {
	ID, URN string
	Kind    string // image, document, audio, video, captions or data
	Type    string // MIME type
	Title   string
	Credit  string // as it is to be printed
	Licence string // a code, "" if unknown
	Lang    string // of a document, "" for none
	Href    string // of the original within the site, escaped
	Bytes   int64
	// Width and Height are pixels, Pages those of a document; 0 for none.
	Width, Height, Pages int
	// FocusX and FocusY are the point that crops keep, in thousandths.
	FocusX, FocusY int
	// Alt is what it is described with, by language, where it was asked for:
	// in an item, or wherever it is used. What is decoration has none.
	Alt        map[string]string
	Renditions []Rendition
}

// Rendition is a picture in another size, shape or format.
type Rendition struct {
	Href          string
	Type          string
	Ratio         string // "1x1", "4x3", "16x9", "3x4"; "" is the whole picture
	Width, Height int
	Bytes         int64

	file, hash string
}

// asset is a file of the library as a view knows it.
type asset struct {
	store.LiveAsset
	media *Media // nil until it is asked for
}

// want says that assets may be asked for, so that they are read together.
func (v *View) want(ids ...string) { v.wanted = append(v.wanted, ids...) }

// loadAssets reads the assets that are wanted, all at once.
func (v *View) loadAssets() error {
	if v.assets == nil {
		v.assets = map[string]*asset{}
	}
	slices.Sort(v.wanted)
	ask := slices.DeleteFunc(slices.Compact(v.wanted), func(id string) bool { _, known := v.assets[id]; return known })
	v.wanted = nil
	if len(ask) == 0 {
		return nil
	}
	list, err := v.live.Assets(ask)
	if err != nil {
		return err
	}
	for _, id := range ask {
		v.assets[id] = nil
		if a, ok := list[id]; ok {
			v.assets[id] = &asset{LiveAsset: a}
		}
	}
	return nil
}

// asset returns an asset, nil for one that is not in the library.
func (v *View) asset(id string) (*asset, error) {
	if a, known := v.assets[id]; known {
		return a, nil
	}
	v.want(id)
	err := v.loadAssets()
	return v.assets[id], err
}

// may reports whether an asset may be shown in a language.
func (v *View) may(a *asset, lang string) bool {
	return a != nil && a.Public(v.live.Now) && a.In(lang)
}

// media returns what readers may know of an asset that they may have. The
// renditions of all that were asked for so far are read together.
func (v *View) media(a *asset) (*Media, error) {
	if a.media != nil {
		return a.media, nil
	}
	var these []*asset
	var versions []string
	for _, a := range v.assets {
		if a == nil || a.media != nil || !a.Public(v.live.Now) {
			continue
		}
		these = append(these, a)
		if a.Kind == "image" {
			versions = append(versions, a.VersionID)
		}
	}
	var renditions map[string][]store.LiveRendition
	if len(versions) > 0 {
		slices.Sort(versions)
		var err error
		if renditions, err = v.live.Renditions(versions); err != nil {
			return nil, err
		}
	}
	for _, a := range these {
		a.media = mediaOf(v.known.installation, a.LiveAsset, renditions[a.VersionID])
	}
	return a.media, nil
}

func mediaOf(installation string, a store.LiveAsset, renditions []store.LiveRendition) *Media {
	m := &Media{
		ID: a.ID, URN: "urn:meridian:" + installation + ":" + a.ID, Kind: a.Kind, Type: a.Type, Title: a.Title, Credit: a.Credit, Licence: a.Licence,
		Lang: a.Lang, Bytes: a.Bytes, Width: a.Width, Height: a.Height, Pages: a.Pages, FocusX: a.FocusX, FocusY: a.FocusY,
		Href: fileHref(a, "original", a.Hash, "", a.Type),
	}
	for _, r := range renditions {
		m.Renditions = append(m.Renditions, Rendition{
			Href: fileHref(a, strconv.Itoa(r.Width), r.Hash, r.Ratio, r.Type), Type: r.Type, Ratio: r.Ratio, Width: r.Width, Height: r.Height, Bytes: r.Bytes,
			file: r.File, hash: r.Hash,
		})
	}
	return m
}

// licences are those that let others use a file, by code.
var licences = map[string]struct{ name, url string }{
	"cc0":      {"CC0", "https://creativecommons.org/publicdomain/zero/1.0/"},
	"cc-by":    {"CC BY", "https://creativecommons.org/licenses/by/4.0/"},
	"cc-by-sa": {"CC BY-SA", "https://creativecommons.org/licenses/by-sa/4.0/"},
	"cc-by-nc": {"CC BY-NC", "https://creativecommons.org/licenses/by-nc/4.0/"},
}

// LicenceURL returns the address of a licence by its code, "" for none that
// has one.
func LicenceURL(code string) string { return licences[code].url }

// fileHref is the address of a file.
func fileHref(a store.LiveAsset, size, hash, ratio, mime string) string {
	name := hash[:min(len(hash), hashInName)]
	if ratio != "" {
		name += "-" + ratio
	}
	return escape(MediaRoot + a.ID + "/" + size + "/" + name + "-" + a.Slug() + "." + extension(mime, a.Name))
}

// hashInName is how much of a hash stands in an address.
const hashInName = 8

var extensions = map[string]string{
	"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/webp": "webp", "image/avif": "avif", "image/svg+xml": "svg",
	"application/pdf": "pdf", "application/epub+zip": "epub", "text/csv": "csv", "text/vtt": "vtt",
	"audio/mpeg": "mp3", "video/mp4": "mp4", "video/webm": "webm", "audio/webm": "webm", "audio/mp4": "mp4",
}

// extension is the ending of the name of a file: by its type, or else the one
// that its name has.
func extension(mime, name string) string {
	mime, _, _ = strings.Cut(mime, ";")
	if ext := extensions[mime]; ext != "" {
		return ext
	}
	ext := strings.ToLower(strings.TrimPrefix(path.Ext(name), "."))
	if ext == "" || len(ext) > 5 || strings.Trim(ext, "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
		return "bin"
	}
	return ext
}

// of returns the renditions of a shape that all browsers show, small ones
// first, and those that are smaller in another format where there is one in
// every size: a browser that takes a list has to find all sizes in it.
func (m *Media) of(ratio string) (all, smaller []Rendition) {
	for _, r := range m.Renditions {
		switch {
		case r.Ratio != ratio:
		case r.Type == "image/webp":
			smaller = append(smaller, r)
		default:
			all = append(all, r)
		}
	}
	if len(smaller) != len(all) {
		smaller = nil
	}
	return all, smaller
}

// upTo returns the widest of renditions that is no wider than width, or the
// narrowest.
func upTo(list []Rendition, width int) Rendition {
	best := list[0]
	for _, r := range list {
		if r.Width <= width {
			best = r
		}
	}
	return best
}

func srcset(list []Rendition) string {
	out := make([]string, len(list))
	for i, r := range list {
		out[i] = r.Href + " " + strconv.Itoa(r.Width) + "w"
	}
	return strings.Join(out, ", ")
}

// plainWidth is how wide a picture is for who cannot choose, shareWidth for
// pages of other sites that show it with a link.
const (
	plainWidth = 960
	shareWidth = 1280
)

// Share returns the picture as other sites show it with a link: what every
// program reads. It is false where there is none.
func (m *Media) Share() (Rendition, bool) {
	if all, _ := m.of(""); len(all) > 0 {
		return upTo(all, shareWidth), true
	}
	switch m.Type {
	case "image/jpeg", "image/png", "image/gif":
		return Rendition{Href: m.Href, Type: m.Type, Width: m.Width, Height: m.Height, Bytes: m.Bytes}, true
	}
	return Rendition{}, false
}

// shown is a file as texts show it.
func (m *Media) shown(frames int) block.Media {
	out := block.Media{
		ID: m.ID, URL: m.Href, Type: m.Type, Width: m.Width, Height: m.Height, Credit: m.Credit, Licence: licences[m.Licence].name, Title: m.Title,
		Lang: m.Lang, Bytes: m.Bytes, Pages: m.Pages,
	}
	if frames > 1 { // renditions stand still
		return out
	}
	out.Src, out.Srcset, out.Sizes = chosen(m.of(""))
	if all, smaller := m.of("16x9"); len(all) > 0 {
		wide := out
		widest := all[len(all)-1]
		wide.Width, wide.Height = widest.Width, widest.Height
		wide.Src, wide.Srcset, wide.Sizes = chosen(all, smaller)
		out.Wide = &wide
	}
	return out
}

func chosen(all, smaller []Rendition) (src, set string, sizes []block.MediaSource) {
	if len(all) == 0 {
		return "", "", nil
	}
	if len(smaller) > 0 {
		sizes = []block.MediaSource{{Type: smaller[0].Type, Srcset: srcset(smaller)}}
	}
	return upTo(all, plainWidth).Href, srcset(all), sizes
}

// mediaFor returns an asset as a text in a language shows it, with what that
// says of it; nil where readers may not have it.
func (v *View) mediaFor(id, lang string, said map[string]string) (*Media, error) {
	a, err := v.asset(id)
	if err != nil || !v.may(a, lang) {
		return nil, err
	}
	m, err := v.media(a)
	if err != nil {
		return nil, err
	}
	out := *m
	if out.Alt = map[string]string{}; said[id] != "" {
		out.Alt[lang] = said[id]
	}
	return &out, nil
}

// MediaIn returns the files that items show, their pictures first.
func (v *View) MediaIn(items []*Item) ([][]*Media, error) {
	v.wantLead(items) // those in texts are known
	out := make([][]*Media, len(items))
	for i, it := range items {
		if it.Body == nil {
			continue
		}
		said, seen := it.described(), map[string]bool{"": true}
		for _, id := range append([]string{it.lead()}, mediaRefs(it.Body)...) {
			if seen[id] {
				continue
			}
			seen[id] = true
			m, err := v.mediaFor(id, it.Lang, said)
			if err != nil {
				return nil, err
			}
			if m != nil {
				out[i] = append(out[i], m)
			}
		}
	}
	return out, nil
}

// mediaRefs returns the bare ids of the assets that a text uses, in order and
// with repeats.
func mediaRefs(doc *block.Document) []string {
	var out []string
	for _, r := range doc.Refs() {
		if r.Kind == "media" {
			out = append(out, r.ID)
		}
	}
	return out
}

// withhold takes what readers may not have (any more) out of texts in a
// language each, in all their forms.
func (v *View) withhold(docs []*block.Document, langs []string) error {
	some := false
	for _, d := range docs {
		ids := mediaRefs(d)
		v.want(ids...)
		some = some || len(ids) > 0
	}
	if !some {
		return nil
	}
	if err := v.loadAssets(); err != nil {
		return err
	}
	for i, d := range docs {
		d.Withhold(func(id string) bool {
			a := v.assets[id]
			return a != nil && !v.may(a, langs[i])
		})
	}
	return nil
}

// refused returns the error for an asset that readers may not have.
func refused(a store.LiveAsset, now time.Time) error {
	if a.Public(now) {
		return nil
	}
	if reason, gone := a.Gone(now); gone {
		return &GoneError{reason}
	}
	return ErrNotFound
}

// usesRead is how many uses of a file are looked at for what they say of it.
const usesRead = 50

// Media returns a public file by its id, with what it is described with in
// public, by language. The error is a *GoneError when it was public once and
// was withdrawn or deleted.
func (v *View) Media(id string) (*Media, error) {
	row, err := v.live.Asset(id)
	if err != nil {
		return nil, err
	}
	if err := refused(row, v.live.Now); err != nil {
		return nil, err
	}
	if v.assets == nil {
		v.assets = map[string]*asset{}
	}
	a := &asset{LiveAsset: row}
	v.assets[id] = a
	m, err := v.media(a)
	if err != nil {
		return nil, err
	}
	uses, err := v.live.AssetUses(id, usesRead)
	if err != nil {
		return nil, err
	}
	entries := make([]string, len(uses))
	for i, t := range uses {
		entries[i] = t.EntryID
	}
	facts, err := v.live.FactsOf(entries)
	if err != nil {
		return nil, err
	}
	out := *m
	out.Alt = map[string]string{}
	for _, t := range uses {
		if out.Alt[t.Lang] != "" || !a.In(t.Lang) {
			continue
		}
		it := Item{Fields: t.Fields, Facts: facts[t.EntryID]}
		if it.Body, err = block.Decode([]byte(t.Body)); err != nil {
			return nil, err
		}
		if alt := it.described()[id]; alt != "" {
			out.Alt[t.Lang] = alt
		}
	}
	return &out, nil
}
