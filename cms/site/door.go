package site

import (
	"net/http"

	"meridian/cms/live"
)

// doorPage is the front door where nobody can ask the browser for its
// languages: it lists them.
type doorPage struct {
	Base
	Homes []doorLink
}

// doorLink leads to a home page. Site is the name of the site in its language.
type doorLink struct{ Name, Tag, Dir, Href, Site string }

// openDoor renders the front door that lists the languages with a home page.
func (h *handler) openDoor(v *live.View, homes []live.Language) (answer, error) {
	lang := homes[0].Tag
	a := answer{status: http.StatusOK, lang: lang}
	site := v.Site()
	b := Base{words: h.words(lang), CSS: h.css, Logo: site.Logo(lang), HomeHref: "/"}
	b.SiteName = b.link(live.Link{Title: site.Name(lang), Lang: site.NameLang(lang)})
	b.Title, b.DocTitle = b.SiteName.Title, b.SiteName.Title
	b.Canonical = v.Absolute("/")
	p := doorPage{}
	for _, l := range homes {
		href := "/" + l.Tag + "/"
		b.Alternates = append(b.Alternates, Alternate{l.Tag, v.Absolute(href)})
		p.Homes = append(p.Homes, doorLink{Name: l.Name, Tag: l.Tag, Dir: l.Dir, Href: href, Site: site.Name(l.Tag)})
	}
	b.Alternates = append(b.Alternates, Alternate{"x-default", b.Canonical})
	p.Base = b
	return a, h.render(&a, "door", p)
}
