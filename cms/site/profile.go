package site

import (
	"html/template"
	"slices"
	"strings"

	"meridian/cms/block"
	"meridian/cms/live"
)

// Profile is what an organisation says of itself in facts.
type Profile struct {
	// Former says that it no longer belongs to the network, "" when it does.
	Former     string
	Facts      []Fact
	LocalNames []LocalName
	Contact    template.HTML
	Map        *Map
	Confirmed  *Day // when somebody last said that all of it is right

	contact block.Contact
	founded string
}

// Fact is a line of a profile.
type Fact struct {
	Label, Value string
	Lang         string        // of Value, when it is not the page's
	Link         template.HTML // Value as a link, "" when it leads nowhere
}

// LocalName is a name of an organisation in a language of its own.
type LocalName struct{ Name, Acronym, Lang, Dir string }

// profile reads the facts of an organisation. What nobody said is left out.
func (h *handler) profile(v *live.View, it *live.Item, b *Base) (*Profile, error) {
	p := &Profile{founded: text(it.Facts, "founded"), LocalNames: localNames(it, b), Map: pointMap(it.Facts)}
	add := func(code, value, lang string) {
		if value == "" {
			return
		}
		if lang == b.Lang {
			lang = ""
		}
		p.Facts = append(p.Facts, Fact{Label: b.T(code), Value: value, Lang: lang})
	}
	add("site.country", live.CountryOf(it.Facts, it.Lang), "")
	regions, err := v.Terms(texts(it.Facts, "region"), it.Lang)
	if err != nil {
		return nil, err
	}
	for _, t := range regions {
		add("site.region", t.Label, t.Lang)
	}
	joined, left := text(it.Facts, "joined"), text(it.Facts, "left")
	switch s := text(it.Facts, "status"); s {
	case "member", "associate":
		status := b.T("site.status_" + s)
		if joined != "" {
			status = b.T("directory.status_since", "Status", status, "From", joined)
		}
		add("site.status", status, "")
	case "former":
		status := b.T("site.status_former")
		if years := live.Years(it.Facts); years != "" {
			status = b.T("directory.status_years", "Status", status, "Years", years)
		}
		add("site.status", status, "")
		p.Former = b.T(formerCode(joined, left), "From", joined, "To", left)
	default: // in the directory of nobody
		add("site.joined", joined, "")
	}
	add("site.founded", p.founded, "")
	var spoken []string
	for _, tag := range texts(it.Facts, "languages") {
		spoken = append(spoken, languageName(tag, it.Lang))
	}
	add("site.languages_spoken", strings.Join(spoken, block.Word(it.Lang, "comma")), "")
	if line := text(it.Facts, "help_line"); line != "" {
		link, err := phoneLink(v, it.Lang, line)
		if err != nil {
			return nil, err
		}
		p.Facts = append(p.Facts, Fact{Label: b.T("directory.help_line"), Value: line, Link: link})
	}
	if date := text(it.Facts, "confirmed_on"); date != "" {
		p.Confirmed = &Day{When: live.Date(date, "day", it.Lang), ISO: date}
	}
	return p, p.card(v, it)
}

// formerCode is the sentence that says when an organisation left, as far as
// that is known.
func formerCode(joined, left string) string {
	switch {
	case joined != "" && left != "":
		return "directory.former_between"
	case left != "":
		return "directory.former_until"
	case joined != "":
		return "directory.former_since"
	}
	return "directory.former_undated"
}

// localNames are the names of an organisation in languages of its own: those
// it has written down, and what its page is called in the languages it speaks.
func localNames(it *live.Item, b *Base) []LocalName {
	var out []LocalName
	add := func(l LocalName) {
		if l.Name == "" {
			l.Name, l.Acronym = l.Acronym, ""
		}
		if l.Name == "" || slices.ContainsFunc(out, func(o LocalName) bool { return o.Name == l.Name }) {
			return
		}
		if l.Lang != "" {
			l.Dir = live.LanguageOf(l.Lang).Dir
		}
		out = append(out, l)
	}
	names, _ := it.Facts["local_names"].([]any)
	for _, n := range names {
		m, _ := n.(map[string]any)
		add(LocalName{Name: text(m, "name"), Acronym: text(m, "acronym"), Lang: text(m, "lang")})
	}
	for _, e := range it.Editions {
		if tag := e.Lang.Tag; tag != b.Lang && e.Title != it.Title && slices.Contains(texts(it.Facts, "languages"), tag) {
			add(LocalName{Name: e.Title, Lang: tag})
		}
	}
	return out
}

// phoneLink writes a number as a link that dials it.
func phoneLink(v *live.View, lang, number string) (template.HTML, error) {
	d := block.Empty(lang)
	dial := block.Mark{Type: "link", Attrs: map[string]any{"href": "tel:" + number}}
	d.Doc.Content = []block.Node{{Type: "paragraph", Attrs: map[string]any{"dir": "ltr"}, Content: []block.Node{block.Text(block.PhoneText(number), dial)}}}
	return d.HTML(v.Resolver(lang))
}

// record is a Resolver that knows one contact record.
type record struct {
	block.Resolver
	contact block.Contact
}

// Contact implements block.Resolver.
func (r record) Contact(string) (block.Contact, bool) { return r.contact, true }

// card writes the contact record as the block does.
func (p *Profile) card(v *live.View, it *live.Item) error {
	resolver := v.Resolver(it.Lang)
	c, ok := resolver.Contact(it.ID)
	if !ok {
		return nil
	}
	p.contact = c
	// Its name is the title of the page already, its country a line above.
	c.Name = ""
	if c.Street+c.Box+c.Postcode+c.City == "" {
		c.Country = ""
	}
	if c.Country+c.Phone+c.Email+c.URL+c.Hours == "" && len(c.Social) == 0 {
		return nil
	}
	d := block.Empty(it.Lang)
	d.Doc.Content = []block.Node{{Type: "contact", Attrs: map[string]any{
		"source": "section:" + it.ID, "show": []any{"address", "phone", "email", "hours", "social"},
	}}}
	var err error
	p.Contact, err = d.HTML(record{resolver, c})
	return err
}
