package site

import (
	"html/template"

	"meridian/cms/block"
	"meridian/cms/live"
)

// textPage is a page.
type textPage struct {
	Base
	Note     *translationNote
	Body     template.HTML
	Contents []Heading
	// Section and its pages, this one among them, to go on from here.
	Section  *Link
	Siblings []Link
	Topics   []Link
	Laws     []Link
	Updated  Day
	Side     bool
}

// page renders a page.
func (h *handler) page(v *live.View, it *live.Item, a *answer) error {
	b, err := h.itemBase(v, it)
	if err != nil {
		return err
	}
	p := textPage{Base: b, Note: h.note(it, &b), Contents: contents(it), Updated: day(v, it.UpdatedAt, it.Lang)}
	if p.Body, err = v.HTML(it); err != nil {
		return err
	}
	p.siblings(v, it)
	if p.Topics, err = b.termLinks(v, it.Facts, "topics"); err != nil {
		return err
	}
	if p.Laws, err = b.termLinks(v, it.Facts, "instruments"); err != nil {
		return err
	}
	p.Side = p.Contents != nil || p.Siblings != nil || p.Topics != nil || p.Laws != nil
	p.Schema = graph(webPage(v, it, &p.Base), breadcrumbs(h.reader.Base(), &p.Base))
	return h.render(a, "page", p)
}

// siblings lists the pages of the section a page is in. Those directly in the
// root have nothing in common and are in the menus.
func (p *textPage) siblings(v *live.View, it *live.Item) {
	if len(it.Ancestors) < 2 {
		return
	}
	// A resolver answers in one query and without reading any text.
	cards := v.Resolver(it.Lang).Cards(block.CardQuery{Kind: "page", Under: it.SectionID, Limit: 12})
	here := "page:" + it.ID
	others := 0
	for _, c := range cards {
		l := Link{Title: c.Title, Href: c.URL}
		if c.Ref == here {
			l.Current = "page"
		} else {
			others++
		}
		p.Siblings = append(p.Siblings, l)
	}
	if others == 0 {
		p.Siblings = nil
		return
	}
	section := p.link(it.Ancestors[len(it.Ancestors)-1])
	p.Section = &section
}
