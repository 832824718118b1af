package site

import (
	"html/template"
	"strings"

	"meridian/cms/block"
	"meridian/cms/live"
)

// sectionPage is the landing of a section; the root's is a home page.
type sectionPage struct {
	Base
	Note     *translationNote
	Body     template.HTML
	Contents []Heading
	Children []Teaser
	// Compact lists the children by their names alone: there are many.
	Compact  bool
	News     []NewsRow
	NewsHref string
	Updated  Day
	Profile  *Profile
	// Side says that there is something to set beside the text.
	Side bool
}

// Teaser introduces an item in a list.
type Teaser struct {
	Title, Href, Summary string
	Picture              template.HTML
}

// Heading is a line of the list of contents.
type Heading struct{ Title, Anchor string }

// manyChildren is from how many on a section lists its children by name.
const manyChildren = 24

// section renders the landing of a section: its text, what is in it and its
// latest news, each unless the text shows it already.
func (h *handler) section(v *live.View, it *live.Item, a *answer) error {
	b, err := h.itemBase(v, it)
	if err != nil {
		return err
	}
	p := sectionPage{Base: b, Note: h.note(it, &b), NewsHref: it.NewsHref(), Updated: day(v, it.UpdatedAt, it.Lang)}
	seen := &seen{Resolver: v.Resolver(it.Lang), ids: map[string]bool{}}
	if p.Body, err = it.Body.HTML(seen); err != nil {
		return err
	}
	if p.Children, err = teasers(v, it, seen); err != nil {
		return err
	}
	p.Compact = len(p.Children) >= manyChildren
	most := 5
	if it.Root {
		most = 3
	}
	if !seen.news {
		if p.News, err = newsRows(v, it, most); err != nil {
			return err
		}
	}
	if it.Root {
		p.Picture = "" // the top is drawn
		if p.SiteName.Lang != "" {
			p.DocTitle = docTitle(text(it.Fields, "search_title"), it.Title, "")
		}
		p.Schema = graph(organisation(v, it.Lang), website(v, it.Lang))
		return h.render(a, "home", p)
	}
	p.Contents = contents(it)
	if it.Type == "organisation" {
		if p.Profile, err = h.profile(v, it, &b); err != nil {
			return err
		}
		p.Schema = graph(p.Profile.schema(v, it), breadcrumbs(h.reader.Base(), &p.Base))
	} else {
		p.Schema = graph(webPage(v, it, &p.Base), breadcrumbs(h.reader.Base(), &p.Base))
	}
	p.Side = p.Contents != nil || p.Profile != nil
	return h.render(a, "section", p)
}

// teasers introduce what is directly below a section and not shown yet.
func teasers(v *live.View, it *live.Item, seen *seen) ([]Teaser, error) {
	children, err := v.Children(it)
	if err != nil {
		return nil, err
	}
	var out []Teaser
	for _, c := range children {
		if seen.ids[c.ID] || c.Nav == "footer" {
			continue
		}
		t := Teaser{Title: c.Title, Href: c.Href, Summary: c.Summary}
		if len(children) < manyChildren {
			t.Picture = cardPicture(seen, c)
		}
		out = append(out, t)
	}
	return out, nil
}

// cardPicture is the picture of an item in a list, "" for none.
func cardPicture(r block.Resolver, it *live.Item) template.HTML {
	id := text(it.Facts, "lead_picture")
	if id == "" {
		return ""
	}
	return block.CardPicture(r, id)
}

// contents lists the headings of a text that is long enough to need it.
func contents(it *live.Item) []Heading {
	var out []Heading
	for _, o := range it.Body.Outline() {
		if o.Type == "heading" && o.Level == 2 && o.Words != "" {
			out = append(out, Heading{o.Words, o.Anchor})
		}
	}
	if len(out) < 3 {
		return nil
	}
	return out
}

// seen is a Resolver that remembers what a text shows by itself, so that the
// page does not show it twice.
type seen struct {
	block.Resolver
	ids  map[string]bool
	news bool
}

// Cards implements block.Resolver.
func (s *seen) Cards(q block.CardQuery) []block.Card { return s.note(s.Resolver.Cards(q)) }

// CardsOf implements block.Resolver.
func (s *seen) CardsOf(refs []string) []block.Card { return s.note(s.Resolver.CardsOf(refs)) }

// Sections implements block.Resolver.
func (s *seen) Sections(q block.SectionQuery) []block.SectionRow {
	rows := s.Resolver.Sections(q)
	for _, r := range rows {
		s.ids[r.ID] = true
	}
	return rows
}

func (s *seen) note(cards []block.Card) []block.Card {
	for _, c := range cards {
		kind, id, _ := strings.Cut(c.Ref, ":")
		s.ids[id] = true
		s.news = s.news || kind == "news"
	}
	return cards
}

// translationNote says what is not as it should be with a translation.
type translationNote struct {
	Text     string
	Original string // address of the original, "" when it is not public
	Link     string // words of the link to it
	Lang     string // of what it leads to
}

// note returns what readers must know of a translation, nil when it says what
// its original says.
func (h *handler) note(it *live.Item, b *Base) *translationNote {
	tr := it.Translation
	if tr == nil || tr.Fresh && !tr.Machine {
		return nil
	}
	n := &translationNote{}
	switch {
	case tr.Machine:
		n.Text = b.T("site.translation_machine")
	case tr.BlocksBehind > 0:
		n.Text = b.T("site.translation_behind")
	default:
		n.Text = b.T("site.translation_unknown")
	}
	for _, e := range it.Editions {
		if e.Lang.Tag == tr.SourceLang {
			n.Original, n.Lang = e.Href, tr.SourceLang
			n.Link = b.T("site.original", "Language", languageName(tr.SourceLang, b.Lang))
		}
	}
	return n
}
