package site

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"io"
	"strings"
	"time"

	"golang.org/x/net/html"
)

// The three formats say the same. Libraries that write feeds leave out what
// matters to those who read many of them: the link of a feed to itself, stable
// ids that are no addresses, languages, and categories with ids.

const generator = "Meridian"

// encodeXML writes a document. Everything in it is escaped by the encoder.
func encodeXML(v any) (*bytes.Buffer, error) {
	buf := bytes.NewBufferString(xml.Header)
	e := xml.NewEncoder(buf)
	e.Indent("", " ")
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	buf.WriteByte('\n')
	return buf, nil
}

// Atom, RFC 4287.
type (
	atomFeed struct {
		XMLName   xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
		Lang      string      `xml:"xml:lang,attr"`
		ID        string      `xml:"id"`
		Title     string      `xml:"title"`
		Subtitle  string      `xml:"subtitle,omitempty"`
		Updated   string      `xml:"updated"`
		Links     []atomLink  `xml:"link"`
		Author    atomPerson  `xml:"author"`
		Generator string      `xml:"generator"`
		Entries   []atomEntry `xml:"entry"`
	}
	atomEntry struct {
		Lang       string         `xml:"xml:lang,attr"`
		ID         string         `xml:"id"`
		Title      string         `xml:"title"`
		Links      []atomLink     `xml:"link"`
		Published  string         `xml:"published"`
		Updated    string         `xml:"updated"`
		Author     atomPerson     `xml:"author"`
		Categories []atomCategory `xml:"category"`
		Summary    string         `xml:"summary,omitempty"`
		Content    atomContent    `xml:"content"`
	}
	atomLink struct {
		Rel    string `xml:"rel,attr,omitempty"`
		Type   string `xml:"type,attr,omitempty"`
		Length int64  `xml:"length,attr,omitempty"`
		Title  string `xml:"title,attr,omitempty"`
		Href   string `xml:"href,attr"`
	}
	atomPerson struct {
		Name string `xml:"name"`
		URI  string `xml:"uri,omitempty"`
	}
	atomCategory struct {
		Lang  string `xml:"xml:lang,attr,omitempty"`
		Term  string `xml:"term,attr"`
		Label string `xml:"label,attr"`
	}
	atomContent struct {
		Type string `xml:"type,attr"`
		HTML string `xml:",cdata"`
	}
)

func atom(f *feed) (*bytes.Buffer, error) {
	out := atomFeed{
		Lang: f.Lang, ID: f.ID, Title: f.Title, Subtitle: f.Description, Updated: stamp(f.Updated),
		Links:  []atomLink{{Rel: "self", Type: "application/atom+xml", Href: f.Self}, {Rel: "alternate", Type: "text/html", Href: f.Home}},
		Author: atomPerson{f.Author.Name, f.Author.URL}, Generator: generator,
	}
	for _, it := range f.Items {
		e := atomEntry{
			Lang: f.Lang, ID: it.ID, Title: it.Title, Links: []atomLink{{Rel: "alternate", Type: "text/html", Href: it.URL}},
			Published: stamp(it.Published), Updated: stamp(it.Updated), Author: atomPerson{it.Author.Name, it.Author.URL},
			Summary: it.Summary, Content: atomContent{"html", it.HTML},
		}
		if i := it.Image; i != nil {
			e.Links = append(e.Links, atomLink{Rel: "enclosure", Type: i.Type, Length: i.Bytes, Title: i.Alt, Href: i.URL})
		}
		for _, t := range it.Topics {
			c := atomCategory{Term: t.ID, Label: t.Label}
			if t.Lang != f.Lang {
				c.Lang = t.Lang
			}
			e.Categories = append(e.Categories, c)
		}
		out.Entries = append(out.Entries, e)
	}
	return encodeXML(out)
}

// RSS 2.0, with what it lacks from Atom, Dublin Core and its content module.
type (
	rssFeed struct {
		XMLName xml.Name   `xml:"rss"`
		Version string     `xml:"version,attr"`
		Atom    string     `xml:"xmlns:atom,attr"`
		Content string     `xml:"xmlns:content,attr"`
		DC      string     `xml:"xmlns:dc,attr"`
		Media   string     `xml:"xmlns:media,attr,omitempty"`
		Channel rssChannel `xml:"channel"`
	}
	rssChannel struct {
		Title       string    `xml:"title"`
		Link        string    `xml:"link"`
		Description string    `xml:"description"`
		Language    string    `xml:"language"`
		Changed     string    `xml:"lastBuildDate"`
		Generator   string    `xml:"generator"`
		Self        atomLink  `xml:"atom:link"`
		Items       []rssItem `xml:"item"`
	}
	rssItem struct {
		Title       string        `xml:"title"`
		Link        string        `xml:"link"`
		GUID        rssGUID       `xml:"guid"`
		Published   string        `xml:"pubDate"`
		Updated     string        `xml:"atom:updated"`
		Creator     string        `xml:"dc:creator"`
		Categories  []string      `xml:"category"`
		Enclosure   *rssEnclosure `xml:"enclosure"`
		Media       *rssMedia     `xml:"media:content"`
		Description string        `xml:"description"`
		Content     rssHTML       `xml:"content:encoded"`
	}
	rssEnclosure struct {
		URL    string `xml:"url,attr"`
		Length int64  `xml:"length,attr"`
		Type   string `xml:"type,attr"`
	}
	// rssMedia describes the enclosure, which cannot say itself what it shows.
	rssMedia struct {
		URL    string `xml:"url,attr"`
		Type   string `xml:"type,attr"`
		Medium string `xml:"medium,attr"`
		Alt    string `xml:"media:description"`
	}
	rssHTML struct {
		HTML string `xml:",cdata"`
	}
	rssGUID struct {
		IsPermaLink bool   `xml:"isPermaLink,attr"`
		ID          string `xml:",chardata"`
	}
)

func rss(f *feed) (*bytes.Buffer, error) {
	out := rssFeed{
		Version: "2.0", Atom: "http://www.w3.org/2005/Atom", Content: "http://purl.org/rss/1.0/modules/content/", DC: "http://purl.org/dc/elements/1.1/",
		Channel: rssChannel{
			Title: f.Title, Link: f.Home, Description: f.Description, Language: f.Lang, Changed: rssTime(f.Updated), Generator: generator,
			Self: atomLink{Rel: "self", Type: "application/rss+xml", Href: f.Self},
		},
	}
	if f.Description == "" {
		out.Channel.Description = f.Title // it must have one
	}
	for _, it := range f.Items {
		e := rssItem{
			Title: it.Title, Link: it.URL, GUID: rssGUID{ID: it.ID}, Published: rssTime(it.Published), Updated: stamp(it.Updated),
			Creator: it.Author.Name, Description: it.Summary, Content: rssHTML{it.HTML},
		}
		if i := it.Image; i != nil {
			e.Enclosure = &rssEnclosure{i.URL, i.Bytes, i.Type}
			if i.Alt != "" {
				out.Media = "http://search.yahoo.com/mrss/"
				e.Media = &rssMedia{i.URL, i.Type, "image", i.Alt}
			}
		}
		for _, t := range it.Topics {
			e.Categories = append(e.Categories, t.Label)
		}
		out.Channel.Items = append(out.Channel.Items, e)
	}
	return encodeXML(out)
}

// rssTime is a moment as RFC 822 writes it, with the year in full.
func rssTime(t time.Time) string { return t.UTC().Format(time.RFC1123Z) }

// JSON Feed 1.1.
type (
	jsonFeedDoc struct {
		Version     string       `json:"version"`
		Title       string       `json:"title"`
		Description string       `json:"description,omitempty"`
		Home        string       `json:"home_page_url"`
		Self        string       `json:"feed_url"`
		Language    string       `json:"language"`
		Authors     []jsonAuthor `json:"authors"`
		Items       []jsonItem   `json:"items"`
	}
	jsonAuthor struct {
		Name string `json:"name"`
		URL  string `json:"url,omitempty"`
	}
	jsonItem struct {
		ID        string       `json:"id"`
		URL       string       `json:"url"`
		Title     string       `json:"title"`
		Summary   string       `json:"summary,omitempty"`
		HTML      string       `json:"content_html"`
		Image     string       `json:"image,omitempty"`
		Published string       `json:"date_published"`
		Modified  string       `json:"date_modified"`
		Authors   []jsonAuthor `json:"authors"`
		Tags      []string     `json:"tags,omitempty"`
		Language  string       `json:"language"`
		// Attachments have the picture once more where there is something to say
		// of it: image is an address alone.
		Attachments []jsonAttachment `json:"attachments,omitempty"`
	}
	jsonAttachment struct {
		URL   string `json:"url"`
		Type  string `json:"mime_type"`
		Title string `json:"title"`
		Bytes int64  `json:"size_in_bytes"`
	}
)

func jsonFeed(f *feed) (*bytes.Buffer, error) {
	out := jsonFeedDoc{
		Version: "https://jsonfeed.org/version/1.1", Title: f.Title, Description: f.Description, Home: f.Home, Self: f.Self,
		Language: f.Lang, Authors: []jsonAuthor{{f.Author.Name, f.Author.URL}}, Items: []jsonItem{},
	}
	for _, it := range f.Items {
		e := jsonItem{
			ID: it.ID, URL: it.URL, Title: it.Title, Summary: it.Summary, HTML: it.HTML, Published: stamp(it.Published), Modified: stamp(it.Updated),
			Authors: []jsonAuthor{{it.Author.Name, it.Author.URL}}, Language: f.Lang,
		}
		if it.Image != nil {
			e.Image = it.Image.URL
			if it.Image.Alt != "" {
				e.Attachments = []jsonAttachment{{it.Image.URL, it.Image.Type, it.Image.Alt, it.Image.Bytes}}
			}
		}
		for _, t := range it.Topics {
			e.Tags = append(e.Tags, t.Label)
		}
		out.Items = append(out.Items, e)
	}
	// The encoder escapes < and >, so nothing in it can be taken for markup.
	buf := new(bytes.Buffer)
	return buf, json.NewEncoder(buf).Encode(out)
}

// absolute completes the addresses in HTML of ours, which is read elsewhere:
// those within the site by its base, those within the page by its own address.
// Everything else stays as it is, byte for byte.
func absolute(text, base, page string) (string, error) {
	complete := func(s string) string {
		switch {
		case strings.HasPrefix(s, "/") && !strings.HasPrefix(s, "//"):
			return base + s
		case strings.HasPrefix(s, "#"):
			return page + s
		}
		return s
	}
	var out strings.Builder
	z := html.NewTokenizer(strings.NewReader(text))
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			if z.Err() == io.EOF {
				return out.String(), nil
			}
			return "", z.Err()
		}
		raw := string(z.Raw()) // before the token, which is read in its place
		if kind != html.StartTagToken && kind != html.SelfClosingTagToken {
			out.WriteString(raw)
			continue
		}
		t, changed := z.Token(), false
		for i, a := range t.Attr {
			val := a.Val
			switch a.Key {
			case "href", "src", "poster", "cite", "action":
				val = complete(val)
			case "srcset":
				candidates := strings.Split(val, ",")
				for j, c := range candidates {
					candidates[j] = complete(strings.TrimSpace(c))
				}
				val = strings.Join(candidates, ", ")
			}
			if val != a.Val {
				t.Attr[i].Val, changed = val, true
			}
		}
		if changed {
			raw = t.String()
		}
		out.WriteString(raw)
	}
}
