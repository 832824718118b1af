package live

import (
	"slices"
	"time"

	"meridian/models/store"
)

// SitemapLength is how many addresses a part of a sitemap has at most. A part
// of that length is some hundred kilobytes, so that it is kept like any page;
// sitemaps.org allows 50,000 addresses and 50 MB.
const SitemapLength = 2000

// SitemapPart is one file of the sitemap of a language.
type SitemapPart struct {
	// Updated is when what is in it changed last. It is zero where a language
	// has several parts: to know it of each takes reading all of them.
	Updated time.Time

	first string // path it begins with
}

// SitemapURL is a public edition as a sitemap lists it.
type SitemapURL struct {
	Href    string // within the site, escaped
	Updated time.Time
	// Alternates are the public editions in all languages of the site, this
	// one among them, in the site's order; nil when there is no other.
	Alternates []SitemapAlternate
	// Default is the address for readers of other languages, as Href: that of
	// the original, or of the first. "" without Alternates.
	Default string
}

// SitemapAlternate is an address of the same content in a language.
type SitemapAlternate struct{ Lang, Href string }

// SitemapParts returns the parts of the sitemap of a language, none when
// nothing is public in it and no empty one. They are remembered while the journal stands still.
func (v *View) SitemapParts(lang string) ([]SitemapPart, error) {
	return remembered(v, func(k *known) map[string]memo[[]SitemapPart] { return k.sitemaps }, lang, func() ([]SitemapPart, error) { return v.cutSitemap(lang) })
}

func (v *View) cutSitemap(lang string) ([]SitemapPart, error) {
	cuts, err := v.live.SitemapCuts(lang, SitemapLength)
	if err != nil {
		return nil, err
	}
	var parts []SitemapPart
	for i, first := range cuts {
		next := ""
		if i+1 < len(cuts) {
			next = cuts[i+1]
		}
		rows, err := v.live.SitemapRows(lang, first, next, 1)
		if err != nil {
			return nil, err
		}
		if len(rows) > 0 { // else nothing between the cuts is public
			parts = append(parts, SitemapPart{first: first})
		}
	}
	if len(parts) == 1 {
		if parts[0].Updated, _, err = v.live.Newest(lang); err != nil {
			return nil, err
		}
	}
	return parts, nil
}

// sitemapBatch is how many addresses are read at a time.
const sitemapBatch = 500

// Sitemap calls fn with every address of part n (from 1) of the sitemap of a
// language, by path. A part that is not there is ErrNotFound; an error of fn
// ends the walk.
func (v *View) Sitemap(lang string, n int, fn func(SitemapURL) error) error {
	parts, err := v.SitemapParts(lang)
	if err != nil {
		return err
	}
	if n < 1 || n > len(parts) {
		return ErrNotFound
	}
	from, before := parts[n-1].first, ""
	if n < len(parts) {
		before = parts[n].first
	}
	for {
		rows, err := v.live.SitemapRows(lang, from, before, sitemapBatch+1)
		if err != nil {
			return err
		}
		more := len(rows) > sitemapBatch
		if more { // the one too many is where the next batch begins
			from, rows = rows[sitemapBatch].Path, rows[:sitemapBatch]
		}
		ids := make([]string, len(rows))
		for i, r := range rows {
			ids[i] = r.EntryID
		}
		editions, err := v.live.SitemapEditions(ids)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if err := fn(v.sitemapURL(r, editions[r.EntryID])); err != nil {
				return err
			}
		}
		if !more {
			return nil
		}
	}
}

// sitemapURL puts together what a sitemap says of an edition.
func (v *View) sitemapURL(r store.SitemapRow, editions []store.SitemapRow) SitemapURL {
	u := SitemapURL{Href: href(r.Kind, r.Lang, r.Path), Updated: r.PublishedAt}
	if len(editions) < 2 {
		return u
	}
	for _, l := range v.known.site.Languages {
		i := slices.IndexFunc(editions, func(e store.SitemapRow) bool { return e.Lang == l.Tag })
		if i < 0 {
			continue
		}
		e := editions[i]
		a := SitemapAlternate{e.Lang, href(e.Kind, e.Lang, e.Path)}
		u.Alternates = append(u.Alternates, a)
		if u.Default == "" || e.Lang == r.OriginalLang {
			u.Default = a.Href
		}
	}
	if len(u.Alternates) < 2 {
		u.Alternates, u.Default = nil, ""
	} else if r.EntryID == v.known.root {
		u.Default = "/" // asks the browser
	}
	return u
}
