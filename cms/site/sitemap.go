package site

import (
	"bytes"
	"encoding/xml"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"meridian/cms/live"
)

// The sitemap is an index of files, one per language and more where a language
// has more pages than fit. It lists what is published, each address once; lists
// and topics are left out, for they say nothing that is not said elsewhere.

const (
	sitemapNS = "http://www.sitemaps.org/schemas/sitemap/0.9"
	xhtmlNS   = "http://www.w3.org/1999/xhtml"

	// sitemapRoom is how long a file may get before the addresses that are left
	// go without their other languages. sitemaps.org allows 50 MB, and the rest
	// is more than live.SitemapLength addresses of any length take.
	sitemapRoom = 25 << 20
)

type (
	sitemapIndex struct {
		XMLName xml.Name      `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 sitemapindex"`
		Files   []sitemapFile `xml:"sitemap"`
	}
	sitemapFile struct {
		Loc     string `xml:"loc"`
		LastMod string `xml:"lastmod,omitempty"`
	}
	sitemapURL struct {
		XMLName xml.Name      `xml:"url"`
		Loc     string        `xml:"loc"`
		LastMod string        `xml:"lastmod"`
		Links   []sitemapLink `xml:"xhtml:link"`
	}
	sitemapLink struct {
		Rel  string `xml:"rel,attr"`
		Lang string `xml:"hreflang,attr"`
		Href string `xml:"href,attr"`
	}
)

// sitemapHref is the address of a part of the sitemap of a language.
func sitemapHref(lang string, n int) string {
	if n == 1 {
		return "/sitemap-" + lang + ".xml"
	}
	return "/sitemap-" + lang + "-" + strconv.Itoa(n) + ".xml"
}

// sitemap answers for an address of one segment that belongs to the sitemap;
// for all others it returns live.ErrNotFound.
func (h *handler) sitemap(v *live.View, u *url.URL, segment string) (answer, error) {
	name, ok := strings.CutPrefix(strings.ToLower(segment), "sitemap")
	if !ok {
		return answer{}, live.ErrNotFound
	}
	if name, ok = strings.CutSuffix(name, ".xml"); !ok {
		return answer{}, live.ErrNotFound
	}
	if name == "" {
		if !sameAddress(u, "/sitemap.xml") {
			return redirect("/sitemap.xml"), nil
		}
		return h.sitemapIndex(v)
	}
	if name, ok = strings.CutPrefix(name, "-"); !ok {
		return answer{}, live.ErrNotFound
	}
	lang, n := siteLang(v, name), 1
	if lang == "" { // not the first file
		i := strings.LastIndexByte(name, '-')
		if i < 0 {
			return answer{}, live.ErrNotFound
		}
		var err error
		if n, err = strconv.Atoi(name[i+1:]); err != nil || n < 2 {
			return answer{}, live.ErrNotFound
		}
		if lang = siteLang(v, name[:i]); lang == "" {
			return answer{}, live.ErrNotFound
		}
	}
	if href := sitemapHref(lang, n); !sameAddress(u, href) {
		return redirect(href), nil
	}
	return h.sitemapPart(v, lang, n)
}

func sitemapAnswer() answer {
	return answer{status: http.StatusOK, contentType: "application/xml; charset=utf-8"}
}

// sitemapIndex lists the files of the sitemap.
func (h *handler) sitemapIndex(v *live.View) (answer, error) {
	a := sitemapAnswer()
	var out sitemapIndex
	for _, l := range v.Site().Languages {
		parts, err := v.SitemapParts(l.Tag)
		if err != nil {
			return a, err
		}
		for i, p := range parts {
			f := sitemapFile{Loc: v.Absolute(sitemapHref(l.Tag, i+1))}
			if !p.Updated.IsZero() {
				f.LastMod = stamp(p.Updated)
			}
			out.Files = append(out.Files, f)
		}
	}
	if out.Files == nil {
		return a, live.ErrNotFound // an index of nothing is none
	}
	var err error
	a.body, err = encodeXML(out)
	return a, err
}

// sitemapPart is one file of the sitemap.
func (h *handler) sitemapPart(v *live.View, lang string, n int) (answer, error) {
	a := sitemapAnswer()
	a.body = bytes.NewBufferString(xml.Header + `<urlset xmlns="` + sitemapNS + `" xmlns:xhtml="` + xhtmlNS + `">` + "\n")
	e := xml.NewEncoder(a.body)
	err := v.Sitemap(lang, n, func(s live.SitemapURL) error {
		if s.Updated.After(a.modified) {
			a.modified = s.Updated
		}
		row := sitemapURL{Loc: v.Absolute(s.Href), LastMod: stamp(s.Updated)}
		if s.Default != "" && a.body.Len() < sitemapRoom {
			for _, alt := range s.Alternates {
				row.Links = append(row.Links, sitemapLink{"alternate", alt.Lang, v.Absolute(alt.Href)})
			}
			row.Links = append(row.Links, sitemapLink{"alternate", "x-default", v.Absolute(s.Default)})
		}
		err := e.Encode(row)
		a.body.WriteByte('\n')
		return err
	})
	if err != nil && !errors.Is(err, live.ErrNotFound) {
		return a, err
	}
	a.body.WriteString("</urlset>\n")
	return a, err
}
