package site

import (
	"html/template"

	"meridian/cms/block"
	"meridian/cms/live"
)

// Profile is what an organisation says of itself in facts.
type Profile struct {
	Facts      []Fact
	LocalNames []LocalName
	Contact    template.HTML

	contact block.Contact
	founded string
}

// Fact is a line of a profile.
type Fact struct {
	Label, Value string
	Lang         string // of Value, when it is not the page's
}

// LocalName is a name of an organisation in a language of its own.
type LocalName struct{ Name, Acronym, Lang, Dir string }

// profile reads the facts of an organisation.
func (h *handler) profile(v *live.View, it *live.Item, b *Base) (*Profile, error) {
	p := &Profile{founded: text(it.Facts, "founded")}
	add := func(code, value, lang string) {
		if value == "" {
			return
		}
		if lang == b.Lang {
			lang = ""
		}
		p.Facts = append(p.Facts, Fact{b.T("site." + code), value, lang})
	}
	add("country", live.Country(text(it.Facts, "country"), it.Lang), "")
	regions, err := v.Terms(texts(it.Facts, "region"), it.Lang)
	if err != nil {
		return nil, err
	}
	for _, t := range regions {
		add("region", t.Label, t.Lang)
	}
	switch s := text(it.Facts, "status"); s {
	case "member", "associate", "former":
		add("status", b.T("site.status_"+s), "")
	}
	add("founded", p.founded, "")
	add("joined", text(it.Facts, "joined"), "")
	var spoken string
	for _, tag := range texts(it.Facts, "languages") {
		if spoken != "" {
			spoken += block.Word(it.Lang, "comma")
		}
		spoken += languageName(tag, it.Lang)
	}
	add("languages_spoken", spoken, "")
	names, _ := it.Facts["local_names"].([]any)
	for _, n := range names {
		m, _ := n.(map[string]any)
		l := LocalName{Name: text(m, "name"), Acronym: text(m, "acronym"), Lang: text(m, "lang")}
		if l.Name == "" {
			l.Name, l.Acronym = l.Acronym, ""
		}
		if l.Lang != "" {
			l.Dir = live.LanguageOf(l.Lang).Dir
		}
		if l.Name != "" {
			p.LocalNames = append(p.LocalNames, l)
		}
	}
	if c, ok := v.Resolver(it.Lang).Contact(it.ID); ok {
		p.contact = c
		// Its name is the title of the page already, its country a line above.
		c.Name = ""
		if c.Street+c.Box+c.Postcode+c.City == "" {
			c.Country = ""
		}
		if c.Country+c.Phone+c.Email+c.URL != "" {
			if p.Contact, err = contactHTML(v, it.Lang, contactNode(c)); err != nil {
				return nil, err
			}
		}
	}
	return p, nil
}
