package site_test

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/mmcdole/gofeed"

	"meridian/cms"
	"meridian/cms/block"
	"meridian/cms/cmstest"
	"meridian/cms/live"
	"meridian/cms/pagecache"
	"meridian/cms/site"
	"meridian/models"
	"meridian/models/store"
)

// hostileTitle is what a text must not be able to do to a feed or to the data
// in a page.
const hostileTitle = `]]></title></script><img src=x onerror=alert(1)> & "x" <script xmlns="http://www.w3.org/1999/xhtml">alert(2)</script>`

// feedFixture is newFixture with an item whose text has every kind of address,
// and one that wants to be markup.
type feedFixture struct {
	*fixture
	Linked, Wild string
}

func newFeedFixture(t testing.TB) *feedFixture {
	t.Helper()
	f := &feedFixture{fixture: newFixture(t)}
	link := func(words, key, to string) block.Node {
		return block.Text(words, block.Mark{Type: "link", Attrs: map[string]any{key: to}})
	}
	f.Linked = f.news(t, f.Belgium, "en", "Where links lead", models.Values{"date": "2026-11-25", "topics": []any{"justice"}},
		block.Paragraph(link("ours", "ref", "page:"+f.Page), link("typed", "href", "/en/about-us/?a=1&b=2"), link("theirs", "href", "https://other.example/a?b=1&c=2"),
			link("mail", "href", "mailto:x@site.example"), block.Text(" & <b>no markup</b>")),
		block.Node{Type: "cards", Attrs: map[string]any{"mode": "auto", "query": map[string]any{"kind": "page", "limit": 3}, "layout": "list"}})
	f.Wild = f.news(t, f.Palestine, "en", hostileTitle, models.Values{"date": "2026-11-24"}, paragraph("a\u0001b\ufffec "+hostileTitle))
	return f
}

// news publishes a news item.
func (f *fixture) news(t testing.TB, section, lang, title string, facts models.Values, blocks ...block.Node) string {
	t.Helper()
	id := f.Create(t, cms.NewEntry{Kind: models.KindNews, Section: section, Lang: lang, Title: title, Facts: facts})
	f.Write(t, id, lang, "About: "+title, blocks...)
	f.Publish(t, id, lang)
	return id
}

// change publishes another text of an item.
func (f *fixture) change(t testing.TB, entry, words string) {
	t.Helper()
	f.Write(t, entry, "en", words, paragraph(words))
	f.Publish(t, entry, "en")
}

var formats = []string{"atom", "rss", "json"}

// feed asks for a feed and reads it with a library that has read many.
func readFeed(t testing.TB, h http.Handler, target string) *gofeed.Feed {
	t.Helper()
	w := get(t, h, target)
	if w.Code != http.StatusOK {
		t.Fatalf("%s = %d", target, w.Code)
	}
	format := target[strings.LastIndexByte(target, '.')+1:]
	want := map[string]string{"atom": "application/atom+xml", "rss": "application/rss+xml", "json": "application/feed+json"}[format]
	if got := w.Header().Get("Content-Type"); got != want+"; charset=utf-8" {
		t.Errorf("%s: Content-Type %q", target, got)
	}
	body := w.Body.String()
	if format == "json" {
		if !json.Valid(w.Body.Bytes()) || strings.ContainsAny(body, "<>") {
			t.Errorf("%s is not JSON without angle brackets", target)
		}
	} else {
		wellFormed(t, target, body)
	}
	f, err := gofeed.NewParser().ParseString(body)
	if err != nil {
		t.Fatalf("%s: %v", target, err)
	}
	version := map[string]string{"atom": "1.0", "rss": "2.0", "json": "1.1"}[format]
	if f.FeedType != format || !strings.HasSuffix(f.FeedVersion, version) {
		t.Errorf("%s is taken for %s %s", target, f.FeedType, f.FeedVersion)
	}
	return f
}

// wellFormed reads XML to its end.
func wellFormed(t testing.TB, where, text string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(text))
	for {
		_, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("%s: %v", where, err)
		}
	}
}

func TestFeeds(t *testing.T) {
	t.Parallel()
	f := newFeedFixture(t)
	palestine := strings.TrimPrefix(f.path(t, f.Palestine, "ar"), "/")
	for name, target := range map[string]string{
		"feed/language":       "/en/feed.",
		"feed/section":        "/en/belgium/feed.",
		"feed/topic":          "/en/topics/justice/feed.",
		"feed/empty":          "/nl/feed.",
		"feed/section_arabic": "/" + (&url.URL{Path: palestine}).EscapedPath() + "/feed.",
	} {
		for _, format := range formats {
			w := get(t, f, target+format)
			if w.Code != http.StatusOK {
				t.Errorf("%s%s = %d", target, format, w.Code)
				continue
			}
			cmstest.Golden(t, name+"."+format, w.Body.Bytes())
		}
	}
	if f.log.Len() > 0 {
		t.Errorf("logged: %s", f.log)
	}
}

// said is what a feed says, as far as all formats can say it.
type said struct {
	Title, Description, Home, Self, Lang string
	Updated                              time.Time
	Items                                []saidItem
}

type saidItem struct {
	ID, URL, Title, Summary, HTML, Author string
	Published, Updated                    time.Time
	Topics                                []string
}

// TestFeedsSayWhatIsPublished reads every feed in every format and compares
// each field with what cms/live says.
func TestFeedsSayWhatIsPublished(t *testing.T) {
	t.Parallel()
	f := newFeedFixture(t)
	for i := range 25 {
		f.news(t, f.About, "en", fmt.Sprintf("Item %02d", i), models.Values{"date": fmt.Sprintf("2020-01-%02d", i+1), "topics": []any{"liberty"}}, paragraph("Text."))
	}
	f.Clock.Advance(time.Hour)
	f.change(t, f.Linked, "Changed later than it was published.")
	palestine := f.path(t, f.Palestine, "en")
	zone, err := time.LoadLocation("Europe/Brussels")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		home, lang, title, description string
		query                          live.Query
		items                          int
	}{
		{"/en/", "en", "News – Children’s Rights Network", "", live.Query{}, 20},
		{"/fr/", "fr", "Actualités – Réseau des droits de l’enfant", "", live.Query{}, 1},
		{"/nl/", "nl", "Nieuws – Netwerk kinderrechten", "", live.Query{}, 0},
		{"/en/about-us/", "en", "About us – Children’s Rights Network", "Who we are and what we want.", live.Query{Section: f.About}, 20},
		{palestine + "/", "en", "Palestine – Children’s Rights Network", "فرع فلسطين.", live.Query{Section: f.Palestine}, 2},
		{"/en/topics/justice/", "en", "Justice & children – Children’s Rights Network", "", live.Query{Topic: "justice"}, 2},
		{"/en/topics/liberty/", "en", "Liberty – Children’s Rights Network", "", live.Query{Topic: "liberty"}, 20},
		{"/fr/topics/justice-fr/", "fr", "Justice – Réseau des droits de l’enfant", "", live.Query{Topic: "justice"}, 0},
	} {
		want := said{Title: tt.title, Description: tt.description, Home: cmstest.Base + tt.home, Lang: tt.lang}
		if strings.Contains(tt.home, "/topics/") {
			want.Home = strings.TrimSuffix(want.Home, "/")
		}
		err := f.Live.View(t.Context(), func(v *live.View) error {
			q := tt.query
			q.Kind, q.Lang, q.Sort, q.Desc, q.Limit = "news", tt.lang, "date", true, 20
			p, err := v.List(q)
			if err != nil {
				return err
			}
			for _, it := range p.Items {
				html, err := v.HTML(it)
				if err != nil {
					return err
				}
				x := saidItem{
					ID: it.URN + ":" + it.Lang, URL: cmstest.Base + it.Href, Title: it.Title, Summary: it.Summary, HTML: string(html),
					Author: v.Site().Name(tt.lang), Published: it.PublishedAt, Updated: it.UpdatedAt,
				}
				for _, a := range it.Ancestors {
					if a.Type == "organisation" {
						x.Author = a.Title
					}
				}
				if day, err := time.ParseInLocation(time.DateOnly, it.Date, zone); err != nil {
					return err
				} else if it.Date < "2026-11-25" {
					x.Published = day.Add(12 * time.Hour).UTC()
				}
				topics, err := v.Terms(texts(it.Facts["topics"]), tt.lang)
				if err != nil {
					return err
				}
				for _, term := range topics {
					x.Topics = append(x.Topics, term.Label)
				}
				if x.Updated.After(want.Updated) {
					want.Updated = x.Updated
				}
				want.Items = append(want.Items, x)
			}
			if want.Items == nil {
				want.Updated = cmstest.Start // when the section, or the home page, was published
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(want.Items) != tt.items {
			t.Fatalf("%s: %d items, want %d", tt.home, len(want.Items), tt.items)
		}
		for _, format := range formats {
			target := tt.home + "feed." + format
			x := readFeed(t, f, target)
			got := said{Title: x.Title, Description: x.Description, Home: x.Link, Self: x.FeedLink, Lang: x.Language}
			want := want
			want.Self = cmstest.Base + target
			if want.Description == "" && format == "rss" {
				want.Description = want.Title // the format must have one
			}
			if x.UpdatedParsed != nil {
				got.Updated = *x.UpdatedParsed
			} else if format == "json" {
				got.Updated = want.Updated // the format has no field for it
			}
			for _, it := range x.Items {
				y := saidItem{ID: it.GUID, URL: it.Link, Title: it.Title, Summary: it.Description, HTML: it.Content, Topics: it.Categories}
				if len(it.Authors) == 1 {
					y.Author = it.Authors[0].Name
				}
				if it.PublishedParsed != nil {
					y.Published = *it.PublishedParsed
				}
				switch {
				case it.UpdatedParsed != nil:
					y.Updated = *it.UpdatedParsed
				case format == "rss" && it.Extensions["atom"]["updated"] != nil:
					if y.Updated, err = time.Parse(time.RFC3339, it.Extensions["atom"]["updated"][0].Value); err != nil {
						t.Errorf("%s: %v", target, err)
					}
				}
				got.Items = append(got.Items, y)
			}
			// In a page of the site the same addresses are shorter.
			for i := range got.Items {
				got.Items[i].HTML = strings.ReplaceAll(got.Items[i].HTML, `="`+cmstest.Base+"/", `="/`)
			}
			for i := range want.Items {
				want.Items[i].Title = strings.TrimSpace(want.Items[i].Title)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", target, diff)
			}
		}
	}
}

func texts(v any) []string {
	var out []string
	list, _ := v.([]any)
	for _, x := range list {
		out = append(out, x.(string))
	}
	return out
}

// TestFeedLinksAreAbsolute reads the text of items as another site would.
func TestFeedLinksAreAbsolute(t *testing.T) {
	t.Parallel()
	f := newFeedFixture(t)
	for _, format := range formats {
		x := readFeed(t, f, "/en/belgium/feed."+format)
		if len(x.Items) != 1 {
			t.Fatalf("%d items", len(x.Items))
		}
		var got []string
		for _, m := range regexp.MustCompile(`(?:href|src)="([^"]*)"`).FindAllStringSubmatch(x.Items[0].Content, -1) {
			got = append(got, m[1])
			if u, err := url.Parse(m[1]); err != nil || !u.IsAbs() {
				t.Errorf("%s: %q leads nowhere on another site", format, m[1])
			}
		}
		for _, want := range []string{cmstest.Base + "/en/about-us/our-mission", cmstest.Base + "/en/about-us/?a=1&amp;b=2", "https://other.example/a?b=1&amp;c=2", "mailto:x@site.example"} {
			if !slices.Contains(got, want) {
				t.Errorf("%s: no link to %s in %q", format, want, got)
			}
		}
		if !strings.Contains(x.Items[0].Content, "&lt;b&gt;no markup&lt;/b&gt;") {
			t.Errorf("%s: words became markup: %s", format, x.Items[0].Content)
		}
	}
}

// TestFeedTextStaysText reads a title that wants to be markup: literally the
// same in every format, and what XML cannot hold is gone.
func TestFeedTextStaysText(t *testing.T) {
	t.Parallel()
	f := newFeedFixture(t)
	// What is checked when it is typed may have come in some other way.
	f.Exec(t, `DROP TRIGGER revisions_sealed; UPDATE revisions SET title = 'a' || char(1) || 'b' || char(65534) || title WHERE title LIKE ']]>%'`)
	f.change(t, f.Linked, "Words.") // what was remembered is forgotten
	for _, format := range formats {
		x := readFeed(t, f, "/en/feed."+format)
		i := slices.IndexFunc(x.Items, func(it *gofeed.Item) bool { return strings.Contains(it.Title, "]]>") })
		if i < 0 {
			t.Fatalf("%s: the item is missing", format)
		}
		if got := x.Items[i].Title; got != "ab"+hostileTitle {
			t.Errorf("%s: title %q", format, got)
		}
		if got := x.Items[i].Description; got != "About: "+hostileTitle {
			t.Errorf("%s: summary %q", format, got)
		}
		if c := x.Items[i].Content; strings.Contains(c, "<img") || strings.Contains(c, "<script") {
			t.Errorf("%s: content %q", format, c)
		}
	}
}

// TestAtomKeepsItsRules checks what RFC 4287 §4.1 and §4.2 say must be.
func TestAtomKeepsItsRules(t *testing.T) {
	t.Parallel()
	f := newFeedFixture(t)
	type link struct {
		Rel      string `xml:"rel,attr"`
		Type     string `xml:"type,attr"`
		HrefLang string `xml:"hreflang,attr"`
		Href     string `xml:"href,attr"`
	}
	type person struct {
		Name []string `xml:"name"`
		URI  []string `xml:"uri"`
	}
	type common struct {
		ID      []string `xml:"http://www.w3.org/2005/Atom id"`
		Title   []string `xml:"http://www.w3.org/2005/Atom title"`
		Updated []string `xml:"http://www.w3.org/2005/Atom updated"`
		Links   []link   `xml:"http://www.w3.org/2005/Atom link"`
		Authors []person `xml:"http://www.w3.org/2005/Atom author"`
	}
	type entry struct {
		common
		Published []string `xml:"http://www.w3.org/2005/Atom published"`
		Summary   []string `xml:"http://www.w3.org/2005/Atom summary"`
		Content   []struct {
			Type string `xml:"type,attr"`
		} `xml:"http://www.w3.org/2005/Atom content"`
		Categories []struct {
			Term string `xml:"term,attr"`
		} `xml:"http://www.w3.org/2005/Atom category"`
	}
	for _, target := range []string{"/en/feed.atom", "/fr/feed.atom", "/nl/feed.atom", "/en/belgium/feed.atom", "/en/topics/justice/feed.atom"} {
		var feed struct {
			XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
			common
			Lang     string   `xml:"http://www.w3.org/XML/1998/namespace lang,attr"`
			Subtitle []string `xml:"http://www.w3.org/2005/Atom subtitle"`
			Entries  []entry  `xml:"http://www.w3.org/2005/Atom entry"`
		}
		if err := xml.Unmarshal(get(t, f, target).Body.Bytes(), &feed); err != nil {
			t.Fatalf("%s: %v", target, err)
		}
		check := func(where string, c common) {
			if len(c.ID) != 1 || len(c.Title) != 1 || len(c.Updated) != 1 || len(c.Authors) < 1 {
				t.Errorf("%s: %d id, %d title, %d updated, %d author", where, len(c.ID), len(c.Title), len(c.Updated), len(c.Authors))
				return
			}
			if u, err := url.Parse(c.ID[0]); err != nil || !u.IsAbs() || !strings.HasPrefix(c.ID[0], "urn:meridian:") {
				t.Errorf("%s: id %q", where, c.ID[0])
			}
			if _, err := time.Parse(time.RFC3339, c.Updated[0]); err != nil {
				t.Errorf("%s: %v", where, err)
			}
			seen := map[[3]string]bool{}
			for _, l := range c.Links {
				if u, err := url.Parse(l.Href); err != nil || !u.IsAbs() {
					t.Errorf("%s: link %q", where, l.Href)
				}
				key := [3]string{l.Rel, l.Type, l.HrefLang}
				if seen[key] {
					t.Errorf("%s: two links of %v", where, key)
				}
				seen[key] = true
			}
			for _, a := range c.Authors {
				if len(a.Name) != 1 || a.Name[0] == "" || len(a.URI) > 1 {
					t.Errorf("%s: author %v", where, a)
				}
			}
		}
		check(target, feed.common)
		if feed.Lang == "" || len(feed.Subtitle) > 1 {
			t.Errorf("%s: language %q, %d subtitles", target, feed.Lang, len(feed.Subtitle))
		}
		if !slices.ContainsFunc(feed.Links, func(l link) bool { return l.Rel == "self" && l.Href == cmstest.Base+target }) {
			t.Errorf("%s does not link to itself", target)
		}
		ids := map[string]bool{feed.ID[0]: true}
		for _, e := range feed.Entries {
			check(target+" "+e.Title[0], e.common)
			if ids[e.ID[0]] {
				t.Errorf("%s: id %s twice", target, e.ID[0])
			}
			ids[e.ID[0]] = true
			if len(e.Published) != 1 || len(e.Content) != 1 || e.Content[0].Type != "html" || len(e.Summary) > 1 {
				t.Errorf("%s: %s is incomplete", target, e.ID[0])
			}
			for _, c := range e.Categories {
				if c.Term == "" {
					t.Errorf("%s: a category without a term", target)
				}
			}
		}
	}
}

func TestFeedAddresses(t *testing.T) {
	t.Parallel()
	f := newFeedFixture(t)
	edition := f.Edition(t, f.Page, "en").ID
	f.Tx(t, func(tx *store.Tx) error {
		for _, a := range []models.Address{
			{Lang: "en", Path: "press/feed.rss", EditionID: &edition, Origin: models.AddressImported},
			{Lang: "en", Path: "about-us/feed.rss", EditionID: &edition, Origin: models.AddressImported},
			{Lang: "en", Path: "outside", URL: "https://other.example/x/", Origin: models.AddressManual},
			{Lang: "en", Path: "statements", URL: "/en/belgium/", Origin: models.AddressManual},
		} {
			if err := tx.AddRedirect(a, f.Admin.ID); err != nil {
				return err
			}
		}
		return nil
	})
	if err := f.CMS.SetAddress(t.Context(), f.Admin, cms.SetAddress{Entry: f.About, Lang: "en", Version: f.Edition(t, f.About, "en").Version, Slug: "who-we-are"}); err != nil {
		t.Fatal(err)
	}
	gone := f.Create(t, cms.NewEntry{Kind: models.KindSection, Type: models.TypeArea, Section: f.Root, Lang: "en", Title: "Over"})
	f.Publish(t, gone, "en")
	if err := f.CMS.Withdraw(t.Context(), f.Admin, gone, "en", f.Edition(t, gone, "en").Version, "legal"); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		target string
		status int
		to     string
	}{
		{"/en/feed.atom", 200, ""},
		{"/en/feed.atom?utm_source=x", 200, ""},
		{"/en/feed.atom/", 301, "/en/feed.atom"},
		{"/EN/feed.atom", 301, "/en/feed.atom"},
		{"/en/Feed.Atom", 301, "/en/feed.atom"},
		{"/en//feed.rss", 301, "/en/feed.rss"},
		{"/en/news/feed.rss", 301, "/en/feed.rss"},
		{"/en/belgium/news/feed.json", 301, "/en/belgium/feed.json"},
		{"/en/who-we-are/feed.rss", 200, ""}, // not where an older site had it
		{"/en/about-us/feed.json", 301, "/en/who-we-are/feed.json"},
		{"/en/press/feed.rss", 301, "/en/who-we-are/our-mission"},
		{"/en/outside/feed.rss", 404, ""},
		{"/en/statements/feed.rss", 301, "/en/belgium/feed.rss"},
		{"/en/over/feed.atom", 410, ""},
		{"/en/rights/feed.atom", 404, ""}, // unpublished
		{"/nl/belgium/feed.atom", 404, ""},
		{"/de/feed.atom", 404, ""},
		{"/feed.atom", 404, ""},
		{"/en/feed.xml", 404, ""},
		{"/en/feed.", 404, ""},
		{"/en/feed", 404, ""},
		{"/en/nowhere/feed.atom", 404, ""},
		{"/en/who-we-are/our-mission/feed.atom", 404, ""},
		{f.path(t, f.News, "en") + "/feed.atom", 404, ""},
		{"/en/topics/feed.atom", 404, ""},
		{"/en/topics/justice/feed.atom", 200, ""},
		{"/en/topics/justice-fr/feed.atom", 301, "/en/topics/justice/feed.atom"},
		{"/en/Topics/Justice/feed.atom", 301, "/en/topics/justice/feed.atom"},
		{"/en/topics/nothing/feed.atom", 404, ""},
		{"/ar/topics/liberty/feed.json", 200, ""}, // nothing carries it yet
		{"/en/%2e%2e/feed.atom", 404, ""},
	} {
		w := get(t, f, tt.target)
		if w.Code != tt.status || w.Header().Get("Location") != tt.to {
			t.Errorf("GET %s = %d %s, want %d %s", tt.target, w.Code, w.Header().Get("Location"), tt.status, tt.to)
		}
	}
	for _, target := range []string{"/en/feed.atom", "/en/a/b/feed.json", "/en/topics/x/feed.rss", "/en/Feed.RSS/", "/sitemap.xml", "/sitemap-en.xml"} {
		if p := site.Params(target); p != nil {
			t.Errorf("Params(%q) = %v", target, p)
		}
	}
	if f.log.Len() > 0 {
		t.Errorf("logged: %s", f.log)
	}
}

// TestFeedIdsStay moves an item and gives it a new name and text: whoever read
// it sees the same item, changed.
func TestFeedIdsStay(t *testing.T) {
	t.Parallel()
	f := newFeedFixture(t)
	find := func(target string) *gofeed.Item {
		t.Helper()
		for _, it := range readFeed(t, f, target).Items {
			if strings.Contains(it.GUID, f.News) {
				return it
			}
		}
		t.Fatalf("%s lacks the item", target)
		return nil
	}
	feedID := regexp.MustCompile(`<id>(urn:meridian:[^<]*:feed:[^<]*)</id>`)
	for _, format := range []string{"atom", "rss", "json"} {
		if en, fr := find("/en/feed."+format), find("/fr/feed."+format); en.GUID == fr.GUID {
			t.Errorf("two languages share the id %s", en.GUID)
		}
	}
	before := find("/en/feed.atom")
	home := feedID.FindString(get(t, f, "/en/feed.atom").Body.String())
	f.Clock.Advance(24 * time.Hour)
	doc := block.Empty("en")
	doc.Doc.Content = []block.Node{paragraph("Other words.")}
	d := f.Edition(t, f.News, "en")
	if _, err := f.CMS.Save(t.Context(), f.Admin, cms.SaveDraft{Entry: f.News, Lang: "en", Version: d.Version, Title: "Another name", Summary: "s", Body: doc}); err != nil {
		t.Fatal(err)
	}
	f.Publish(t, f.News, "en")
	if err := f.CMS.SetAddress(t.Context(), f.Admin, cms.SetAddress{Entry: f.News, Lang: "en", Version: f.Edition(t, f.News, "en").Version, Slug: "another"}); err != nil {
		t.Fatal(err)
	}
	after := find("/en/feed.atom")
	if after.GUID != before.GUID || after.Published != before.Published {
		t.Errorf("id %s and date %s became %s and %s", before.GUID, before.Published, after.GUID, after.Published)
	}
	if after.Title != "Another name" || after.Link == before.Link || !after.UpdatedParsed.Equal(f.Clock.Now()) || !strings.Contains(after.Content, "Other words.") {
		t.Errorf("the change does not show: %+v", after)
	}
	if got := feedID.FindString(get(t, f, "/en/feed.atom").Body.String()); got != home || got == "" {
		t.Errorf("the feed was %s and is %s", home, got)
	}
}

// TestFeedsShowNoDrafts looks for what is not public, and for languages that
// do not belong there.
func TestFeedsShowNoDrafts(t *testing.T) {
	t.Parallel()
	f := newFeedFixture(t)
	const canary = "zqcanaryzq"
	unpublished := f.news(t, f.Belgium, "en", canary+" unpublished", models.Values{"date": "2026-05-05", "topics": []any{"justice"}}, paragraph(canary))
	if err := f.CMS.Unpublish(t.Context(), f.Admin, unpublished, "en", f.Edition(t, unpublished, "en").Version); err != nil {
		t.Fatal(err)
	}
	withdrawn := f.news(t, f.Belgium, "en", canary+" withdrawn", models.Values{"date": "2026-05-05", "topics": []any{"justice"}}, paragraph(canary))
	if err := f.CMS.Withdraw(t.Context(), f.Admin, withdrawn, "en", f.Edition(t, withdrawn, "en").Version, "consent"); err != nil {
		t.Fatal(err)
	}
	hidden := f.Create(t, cms.NewEntry{Kind: models.KindNews, Section: f.Belgium, Lang: "en", Title: canary, Facts: models.Values{"date": "2026-05-05", "topics": []any{"justice"}, "note": canary}})
	f.Write(t, f.Linked, "en", canary, paragraph(canary))
	f.Translate(t, f.Linked, "fr", canary)
	french := f.news(t, f.Belgium, "fr", "Seulement en français", models.Values{"date": "2026-06-06", "topics": []any{"justice"}}, paragraph("Texte."))
	for _, base := range []string{"/en/", "/en/belgium/", "/en/topics/justice/", "/fr/", f.path(t, f.Belgium, "fr") + "/", "/fr/topics/justice-fr/"} {
		lang := base[1:3]
		for _, format := range formats {
			w := get(t, f, base+"feed."+format)
			body := w.Body.String()
			for _, s := range []string{canary, unpublished, withdrawn, hidden} {
				if strings.Contains(body, s) {
					t.Errorf("%sfeed.%s shows %s", base, format, s)
				}
			}
			if has := strings.Contains(body, french); has != (lang == "fr") {
				t.Errorf("%sfeed.%s: the French item is there: %v", base, format, has)
			}
			if lang == "fr" && strings.Contains(body, f.Linked) {
				t.Errorf("%sfeed.%s has an item that is no French", base, format)
			}
		}
	}
	for _, target := range []string{"/sitemap.xml", "/sitemap-en.xml", "/sitemap-fr.xml"} {
		if body := get(t, f, target).Body.String(); strings.Contains(body, canary) {
			t.Errorf("%s shows a draft", target)
		}
	}
}

// TestFeedsAreKept asks for feeds and sitemaps as programs do, every few
// minutes: they are made once, and answered in a few bytes until something is
// published.
func TestFeedsAreKept(t *testing.T) {
	t.Parallel()
	f := newFeedFixture(t)
	cache := pagecache.New(pagecache.Options{MaxBytes: 8 << 20, Generation: f.Live.Generation, Moved: f.Live.Moved, Track: live.Track, Params: site.Params, StripUnknown: func(string) bool { return true }})
	h := cache.Wrap(f)
	for _, target := range []string{"/en/feed.atom", "/en/belgium/feed.rss", "/en/topics/justice/feed.json", "/sitemap.xml", "/sitemap-en.xml"} {
		first := get(t, h, target)
		tag := first.Header().Get("ETag")
		if first.Code != http.StatusOK || tag == "" || target != "/sitemap.xml" && first.Header().Get("Last-Modified") == "" || first.Header().Get("Cache-Control") != "public, no-cache" {
			t.Errorf("%s = %d, %v", target, first.Code, first.Header())
		}
		misses := cache.Stats().Misses
		head := get(t, h, target+"?utm_source=reader&page=2&region=x", method(http.MethodHead))
		if head.Code != http.StatusOK || head.Body.Len() != 0 || head.Header().Get("ETag") != tag || head.Header().Get("Content-Length") != first.Header().Get("Content-Length") {
			t.Errorf("HEAD %s = %d, %v", target, head.Code, head.Header())
		}
		again := get(t, h, target, func(r *http.Request) { r.Header.Set("If-None-Match", tag) })
		if again.Code != http.StatusNotModified || again.Body.Len() != 0 {
			t.Errorf("%s again = %d", target, again.Code)
		}
		if cache.Stats().Misses != misses {
			t.Errorf("%s was made again", target)
		}
		f.Clock.Advance(time.Minute)
		f.change(t, f.Linked, target)
		again = get(t, h, target, func(r *http.Request) { r.Header.Set("If-None-Match", tag) })
		if again.Code != http.StatusOK || again.Body.String() == first.Body.String() {
			t.Errorf("%s after a publish = %d", target, again.Code)
		}
	}
}
