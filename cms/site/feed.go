package site

import (
	"bytes"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"meridian/cms/live"
)

// feedLength is how many items a feed has at most.
const feedLength = 20

// feedFormat is a way to write a feed.
type feedFormat struct {
	Name string // the end of the address, after "feed."
	Type string // media type
	Word string // what people call it
	// write returns the whole feed; it fails for a bug only.
	write func(*feed) (*bytes.Buffer, error)
}

// feedFormats in the order in which pages offer them.
var feedFormats = []feedFormat{
	{"atom", "application/atom+xml", "Atom", atom},
	{"rss", "application/rss+xml", "RSS", rss},
	{"json", "application/feed+json", "JSON Feed", jsonFeed},
}

// feed is the newest news of a section and all below it, or with a term, in
// one language. Its strings hold nothing that XML cannot, its addresses are
// absolute.
type feed struct {
	ID          string // the same for ever and in all formats
	Title       string
	Description string // "" for none
	Lang        string
	Home        string // the page that the feed belongs to
	Self        string
	Author      feedAuthor // who keeps the site
	Updated     time.Time
	Items       []feedItem
}

// feedAuthor is who answers for an item: the organisation it is of, or who
// keeps the site. The people who write are nobody's business.
type feedAuthor struct{ Name, URL string }

type feedItem struct {
	// ID is that of the entry and its language: two languages of one entry in
	// one reader are two items, and a moved one is still itself.
	ID, URL, Title, Summary, HTML string
	Published, Updated            time.Time
	Author                        feedAuthor
	Topics                        []feedTopic
	Image                         *feedImage // nil for none
}

// feedImage is the picture of an item, as a file beside it.
type feedImage struct {
	URL, Type string
	Bytes     int64
	Alt       string // what it shows, "" for decoration
}

type feedTopic struct{ ID, Label, Lang string }

// nothingYet is when a feed changed that nothing is known of.
var nothingYet = time.Unix(0, 0).UTC()

// feedPath takes the address of a feed, within a language, apart: what it is
// the feed of and the format.
func feedPath(path string) (of string, f feedFormat, ok bool) {
	of, name := "", path
	if i := strings.LastIndexByte(path, '/'); i >= 0 {
		of, name = path[:i], path[i+1:]
	}
	for _, f := range feedFormats {
		if name == "feed."+f.Name {
			return of, f, true
		}
	}
	return "", feedFormat{}, false
}

// isFeed reports whether a path with its language may be one of a feed.
func isFeed(path string) bool {
	_, _, ok := feedPath(strings.ToLower(strings.TrimSuffix(path, "/")))
	return ok
}

// feed answers for a feed of a section or a term, or returns live.ErrNotFound.
// Feeds follow what they belong to when it moves.
func (h *handler) feed(v *live.View, u *url.URL, lang, of string, format feedFormat) (answer, error) {
	file := "feed." + format.Name
	f, err := v.Find(lang, of)
	switch _, gone := live.IsGone(err); {
	case errors.Is(err, live.ErrNotFound) && !gone:
		return h.termFeed(v, u, lang, of, format)
	case err != nil:
		return answer{}, err
	case f.News != nil:
		return redirect(f.News.Href + file), nil
	case f.Redirect != "":
		to := strings.TrimSuffix(f.Redirect, "news/")
		if !strings.HasPrefix(to, "/") || !strings.HasSuffix(to, "/") { // no section's
			return answer{}, live.ErrNotFound
		}
		return redirectTo(to + file)
	case f.Item.Kind != "section":
		return answer{}, live.ErrNotFound
	}
	it := f.Item
	if !sameAddress(u, it.Href+file) {
		return redirect(it.Href + file), nil
	}
	out := newFeed(v, lang, it.ID, it.Href, it.Href+file)
	if out.Title = h.words(lang).T("site.news"); !it.Root {
		out.Title = it.Title
	}
	out.Description, out.Updated = it.Summary, it.UpdatedAt
	return h.sendFeed(v, out, live.Query{Lang: lang, Section: it.ID}, format)
}

// termFeed answers for the feed of what carries a term.
func (h *handler) termFeed(v *live.View, u *url.URL, lang, of string, format feedFormat) (answer, error) {
	vocabulary, slug := termVocabulary(of)
	if slug == "" {
		return answer{}, live.ErrNotFound
	}
	t, err := v.FindTerm(vocabulary, lang, slug)
	if err != nil {
		return answer{}, err
	}
	self := t.Href + "/feed." + format.Name
	if !sameAddress(u, self) {
		return redirect(self), nil
	}
	out := newFeed(v, lang, t.ID, t.Href, self)
	out.Title, out.Description, out.Updated = t.Label, t.Definition, nothingYet
	home, err := v.Home(lang)
	if err == nil {
		out.Updated = home.UpdatedAt
	} else if !errors.Is(err, live.ErrNotFound) {
		return answer{}, err
	}
	return h.sendFeed(v, out, live.Query{Lang: lang, Topic: t.ID}, format)
}

// newFeed returns a feed without items. id is that of the section or the term
// with the page home.
func newFeed(v *live.View, lang, id, home, self string) *feed {
	return &feed{
		ID: "urn:meridian:" + v.Installation() + ":feed:" + id + ":" + lang, Lang: lang,
		Home: v.Absolute(home), Self: v.Absolute(self),
		Author: feedAuthor{v.Site().Name(lang), v.Absolute("/" + lang + "/")},
	}
}

// sendFeed fills a feed with the newest news of a query and writes it.
func (h *handler) sendFeed(v *live.View, f *feed, q live.Query, format feedFormat) (answer, error) {
	q.Kind, q.Sort, q.Desc, q.Limit = "news", "date", true, feedLength
	p, err := v.List(q)
	if err != nil && !errors.Is(err, live.ErrNotFound) {
		return answer{}, err
	}
	f.Title = docTitle("", f.Title, v.Site().Name(f.Lang))
	for i, it := range p.Items {
		item, err := h.feedItem(v, it)
		if err != nil {
			return answer{}, err
		}
		f.Items = append(f.Items, item)
		if i == 0 || it.UpdatedAt.After(f.Updated) {
			f.Updated = it.UpdatedAt
		}
	}
	f.clean()
	a := answer{status: http.StatusOK, lang: f.Lang, modified: f.Updated, contentType: format.Type + "; charset=utf-8", open: true}
	a.body, err = format.write(f)
	return a, err
}

// feedItem is a news item in full.
func (h *handler) feedItem(v *live.View, it *live.Item) (feedItem, error) {
	out := feedItem{
		ID: it.URN + ":" + it.Lang, URL: v.Absolute(it.Href), Title: it.Title, Summary: it.Summary,
		Published: newsTime(v, it), Updated: it.UpdatedAt,
		Author: feedAuthor{v.Site().Name(it.Lang), v.Absolute("/" + it.Lang + "/")},
	}
	html, err := v.HTML(it)
	if err != nil {
		return out, err
	}
	if out.HTML, err = absolute(string(html), h.reader.Base(), out.URL); err != nil {
		return out, err
	}
	if a, ok := it.Organisation(); ok {
		out.Author = feedAuthor{Name: a.Title}
		if a.Href != "" {
			out.Author.URL = v.Absolute(a.Href)
		}
	}
	image, err := v.Image(it)
	if err != nil {
		return out, err
	}
	if image != nil {
		if r, ok := image.Share(); ok {
			out.Image = &feedImage{v.Absolute(r.Href), r.Type, r.Bytes, image.Alt[it.Lang]}
		}
	}
	topics, err := v.Terms(texts(it.Facts, "topics"), it.Lang)
	for _, t := range topics {
		out.Topics = append(out.Topics, feedTopic{t.ID, t.Label, t.Lang})
	}
	return out, err
}

// newsTime is the moment that stands for the date of a news item: when it was
// published, or noon of its day where that lies before, which is the same day
// for most of the world. What is brought over from an older site is not new
// today.
func newsTime(v *live.View, it *live.Item) time.Time {
	zone := v.Site().TimeZone
	if it.Date >= it.PublishedAt.In(zone).Format(time.DateOnly) {
		return it.PublishedAt
	}
	day, err := time.ParseInLocation(time.DateOnly, it.Date, zone)
	if err != nil {
		return it.PublishedAt
	}
	return day.Add(12 * time.Hour).UTC()
}

// clean drops the characters that XML 1.0 cannot hold, however they are
// written; texts of old sites have some.
func (f *feed) clean() {
	texts := []*string{&f.Title, &f.Description, &f.Author.Name}
	for i := range f.Items {
		it := &f.Items[i]
		texts = append(texts, &it.Title, &it.Summary, &it.HTML, &it.Author.Name)
		for j := range it.Topics {
			texts = append(texts, &it.Topics[j].Label)
		}
	}
	for _, s := range texts {
		*s = strings.Map(legal, *s)
	}
}

// legal is r, or -1 for what is no character of XML 1.0.
func legal(r rune) rune {
	switch {
	case r == '\t', r == '\n', r == '\r', r >= 0x20 && r <= 0xd7ff, r >= 0xe000 && r <= 0xfffd, r >= 0x10000:
		return r
	}
	return -1
}
