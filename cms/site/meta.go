package site

import (
	"strconv"
	"strings"

	"golang.org/x/text/language"

	"meridian/cms/live"
)

// FeedLink leads from a page to a feed. Its media type is application, Kind and
// Syntax: a plus sign in one of them would be escaped, and there are programs
// that look for it without reading HTML.
type FeedLink struct{ Title, Word, Kind, Syntax, Href string }

// feedLinks are the feeds of the nearest section around a page that has news
// in its language, all formats of them; at is nil for a page in no section.
// There are none where they would be empty.
func (h *handler) feedLinks(v *live.View, w words, at *live.Item) ([]FeedLink, error) {
	if at != nil && at.Kind == "section" && !at.Root {
		has, err := v.HasNews(at.ID, w.Lang)
		if err != nil {
			return nil, err
		}
		if has {
			return feedsAt(v, at.Href, w.T("site.news_of", "Section", at.Title)), nil
		}
	}
	if at != nil {
		for i := len(at.Ancestors) - 1; i > 0; i-- { // the root is below
			a := at.Ancestors[i]
			if a.Href == "" || a.Lang != w.Lang {
				continue
			}
			has, err := v.HasNews(a.ID, w.Lang)
			if err != nil {
				return nil, err
			}
			if has {
				return feedsAt(v, a.Href, w.T("site.news_of", "Section", a.Title)), nil
			}
		}
	}
	home, err := hasHome(v, w.Lang)
	if err != nil || !home {
		return nil, err
	}
	has, err := v.HasNews("", w.Lang)
	if err != nil || !has {
		return nil, err
	}
	return feedsAt(v, "/"+w.Lang+"/", w.T("site.news")), nil
}

// feedsAt are the feeds of a section, whose address ends with a slash, or of a
// term with one added.
func feedsAt(v *live.View, href, title string) []FeedLink {
	out := make([]FeedLink, len(feedFormats))
	for i, f := range feedFormats {
		kind, syntax, _ := strings.Cut(strings.TrimPrefix(f.Type, "application/"), "+")
		out[i] = FeedLink{Title: title + " (" + f.Word + ")", Word: f.Word, Kind: kind, Syntax: syntax, Href: v.Absolute(href + "feed." + f.Name)}
	}
	return out
}

// openGraph sets what other sites show of a link to the page.
func (b *Base) openGraph(kind string) {
	b.OpenGraph = []Property{
		{"og:type", kind}, {"og:title", b.Title}, {"og:url", b.Canonical},
		{"og:site_name", b.SiteName.Title}, {"og:locale", locale(b.Lang)},
	}
	for _, a := range b.Alternates {
		if a.Lang != b.Lang && a.Lang != "x-default" {
			b.OpenGraph = append(b.OpenGraph, Property{"og:locale:alternate", locale(a.Lang)})
		}
	}
	if b.Description != "" {
		b.OpenGraph = append(b.OpenGraph, Property{"og:description", b.Description})
	}
}

// shareImage adds the picture of the page to what other sites show of it.
func (b *Base) shareImage(v *live.View) {
	if b.image == nil {
		return
	}
	r, ok := b.image.Share()
	if !ok {
		return
	}
	b.OpenGraph = append(b.OpenGraph, Property{"og:image", v.Absolute(r.Href)}, Property{"og:image:type", r.Type},
		Property{"og:image:width", strconv.Itoa(r.Width)}, Property{"og:image:height", strconv.Itoa(r.Height)})
	if alt := b.image.Alt[b.Lang]; alt != "" {
		b.OpenGraph = append(b.OpenGraph, Property{"og:image:alt", alt})
	}
}

// locale is a language as Open Graph writes it, with a territory: the one it is
// bound to, or where most speak it.
func locale(tag string) string {
	t := language.Make(tag)
	base, _ := t.Base()
	region, sure := t.Region()
	if sure == language.No {
		return strings.ReplaceAll(tag, "-", "_")
	}
	return base.String() + "_" + region.String()
}
