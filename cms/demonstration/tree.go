package demonstration

import (
	"fmt"
	"slices"
	"strconv"

	"meridian/cms"
	"meridian/cms/block"
	"meridian/data/demo"
	"meridian/models"
)

// root returns the id of the root section.
func (l *loader) root() (string, error) {
	if id, ok := l.ids["home"]; ok {
		return id, nil
	}
	id, err := l.b.Root()
	l.ids["home"] = id
	return id, err
}

// sections makes the directory, the secretariat and the national sections,
// before any text, so that texts can point at them.
func (l *loader) sections() error {
	root, err := l.root()
	if err != nil {
		return err
	}
	// The first place comes first: the order of places is that of making them.
	if err := l.place(l.node("about")); err != nil {
		return err
	}
	dir := l.node("sections")
	page := l.page("sections")
	err = l.add(node{
		name: "sections", title: dir.Title, slug: dir.Slug, summary: page.Summary, status: page.Status,
		entry: cms.NewEntry{Kind: models.KindSection, Type: models.TypeArea, Section: root, Nav: models.NavMain, Facts: models.Values{"directory": true, "review_by": page.ReviewBy}},
		body:  func(lang string) []block.Node { return l.blocks(page, lang) },
	})
	if err != nil {
		return err
	}
	c := l.Site.Contact
	err = l.add(node{
		name:    "secretariat",
		title:   demo.Text{"en": "International Secretariat", "fr": "Secrétariat international", "nl": "Internationaal secretariaat"},
		summary: demo.Text{"en": "The office in Geneva that serves all sections.", "fr": "Le bureau de Genève au service de toutes les sections.", "nl": "Het kantoor in Genève dat alle afdelingen ondersteunt."},
		entry: cms.NewEntry{Kind: models.KindSection, Type: models.TypeOrganisation, Section: root, Facts: models.Values{
			"country": c.Country, "phone": c.Phone, "email": c.Email, "languages": []any{"en", "fr", "es"},
			"place": map[string]any{"street": c.Street, "box": c.Box, "postcode": c.Postcode, "city": c.City, "country": c.Country, "lat": "46.22", "lon": "6.14"},
		}},
		body: func(lang string) []block.Node {
			return []block.Node{para(demo.Text{
				"en": "The secretariat keeps the directory, prepares assemblies and speaks for the movement at the United Nations. It has no authority over any section.",
				"fr": "Le secrétariat tient l’annuaire, prépare les assemblées et parle au nom du mouvement aux Nations Unies. Il n’a autorité sur aucune section.",
				"nl": "Het secretariaat houdt de gids bij, bereidt vergaderingen voor en spreekt namens de beweging bij de Verenigde Naties. Het staat boven geen enkele afdeling.",
			}[lang])}
		},
	})
	if err != nil {
		return err
	}
	for _, s := range l.Sections {
		if err := l.organisation(s); err != nil {
			return err
		}
	}
	for _, id := range []string{"about", "sections"} {
		if err := l.own(id); err != nil {
			return err
		}
	}
	return nil
}

// own gives what was made before the secretariat to it.
func (l *loader) own(name string) error {
	page := l.page(name)
	facts := models.Values{"owner": l.ids["secretariat"], "review_by": page.ReviewBy}
	if name == "sections" {
		facts["directory"] = true
	}
	id := l.ids[name]
	d, err := l.b.Edition(id, models.Facts)
	if err != nil {
		return err
	}
	if d, err = l.b.Save(cms.SaveDraft{Entry: id, Lang: models.Facts, Version: d.Version, Fields: facts}); err != nil {
		return err
	}
	_, err = l.b.Publish(cms.Publish{Entry: id, Lang: models.Facts, Version: d.Version})
	return err
}

// about is the one sentence every national section begins with.
var about = demo.Text{
	"en": "This is the national section in %s. Its staff decide what is written here; nobody else edits their words.",
	"fr": "Voici la section nationale (%s). Son équipe décide de ce qui s’écrit ici ; personne d’autre ne modifie ses mots.",
	"nl": "Dit is de nationale afdeling (%s). Haar medewerkers beslissen wat hier staat; niemand anders wijzigt hun woorden.",
	"es": "Esta es la sección nacional (%s). Su equipo decide lo que se escribe aquí; nadie más cambia sus palabras.",
	"ar": "هذا هو الفرع الوطني (%s). فريقه يقرر ما يُكتب هنا، ولا يغيّر كلماته أحد سواه.",
}

// seat is the summary of a national section: its city.
var seat = demo.Text{
	"en": "National section with its seat in %s.", "fr": "Section nationale, siège : %s.", "nl": "Nationale afdeling, zetel: %s.",
	"es": "Sección nacional con sede en %s.", "ar": "فرع وطني مقره %s.",
}

// host says which organisation carries a section.
var host = demo.Text{
	"en": "The section is carried by another organisation: %s.", "fr": "La section est portée par une autre organisation : %s.",
	"nl": "De afdeling wordt gedragen door een andere organisatie: %s.", "es": "La sección está a cargo de otra organización: %s.",
	"ar": "تتولى الفرعَ منظمة أخرى: %s.",
}

func (l *loader) organisation(s demo.Section) error {
	facts := models.Values{
		"country": s.Country, "region": s.Region, "status": models.StatusMember, "email": s.Contact.Email, "website": s.Contact.Website,
		"place": map[string]any{"city": s.City, "country": s.Country, "lat": degrees(s.Point[0]), "lon": degrees(s.Point[1])},
	}
	var langs []any
	for _, t := range s.Languages {
		langs = append(langs, t)
	}
	facts["languages"] = langs
	name := map[string]any{"acronym": s.LocalAcronym}
	if s.LocalName != "" {
		name["name"], name["lang"] = s.LocalName, s.Languages[0]
	}
	facts["local_names"] = []any{name}
	for field, year := range map[string]int{"founded": s.Founded, "joined": s.Joined} {
		if year > 0 {
			facts[field] = strconv.Itoa(year)
		}
	}
	title := demo.Text{}
	summary := demo.Text{}
	for lang, t := range s.CountryName {
		if lang == "en" || lang == "fr" || lang == "nl" || slices.Contains(s.Languages, lang) {
			title[lang], summary[lang] = t, fmt.Sprintf(seat[lang], s.CityName.In(lang, s.City))
		}
	}
	return l.add(node{
		name: s.ID, title: title, slug: s.Slug, summary: summary,
		entry: cms.NewEntry{Kind: models.KindSection, Type: models.TypeOrganisation, Section: l.ids["sections"], Facts: facts},
		body: func(lang string) []block.Node {
			list := []block.Node{para(fmt.Sprintf(about[lang], s.CountryName[lang]))}
			if s.HostOrganisation != "" {
				list = append(list, para(fmt.Sprintf(host[lang], s.HostOrganisation)))
			}
			return list
		},
	})
}

func degrees(f float64) string { return strconv.FormatFloat(f, 'f', 2, 64) }

// tree makes the sections and pages of the tree. A place with places below it
// is a section whose landing is its page; a place without is a page.
func (l *loader) tree() error {
	for _, n := range l.Tree {
		if l.parent(n.ID) {
			if err := l.place(n); err != nil {
				return err
			}
		}
	}
	for _, n := range l.Tree {
		if !l.parent(n.ID) {
			if err := l.place(n); err != nil {
				return err
			}
		}
	}
	return nil
}

// parent reports whether something is below a place. The news are a list of
// the root, not a place of their own.
func (l *loader) parent(id string) bool {
	return id != "news" && slices.ContainsFunc(l.Tree, func(n demo.Node) bool { return n.Parent == id })
}

func (l *loader) place(n demo.Node) error {
	if n.ID == "home" || n.ID == "news" || l.ids[n.ID] != "" {
		return nil
	}
	parent := l.ids["home"]
	if n.Parent != "" && n.Parent != "news" {
		parent = l.ids[n.Parent]
	}
	e := cms.NewEntry{Kind: models.KindPage, Section: parent, Facts: models.Values{}}
	if owner := l.ids["secretariat"]; owner != "" {
		e.Facts["owner"] = owner
	}
	if l.parent(n.ID) {
		e.Kind, e.Type = models.KindSection, models.TypeArea
	}
	switch {
	case slices.Contains(l.Site.Menus.Main, n.ID):
		e.Nav = models.NavMain
	case slices.Contains(l.Site.Menus.Footer, n.ID):
		e.Nav = models.NavFooter
	}
	if page, ok := l.written(n.ID); ok {
		e.Facts["review_by"] = page.ReviewBy
		made := node{name: n.ID, title: n.Title, slug: n.Slug, summary: page.Summary, status: page.Status, entry: e,
			body: func(lang string) []block.Node { return l.blocks(page, lang) }}
		if page.Before != "" {
			made.before = func() []block.Node {
				list := l.blocks(page, "en")
				list[len(list)-1] = para(page.Before)
				return list
			}
		}
		return l.add(made)
	}
	stub := l.Stubs[n.ID]
	return l.add(node{name: n.ID, title: n.Title, slug: n.Slug, summary: stub.Summary, entry: e,
		body: func(lang string) []block.Node {
			return append([]block.Node{para(stub.Text[lang])}, l.extra(n.ID, lang)...)
		}})
}

// page returns the written text of a node.
func (l *loader) page(id string) demo.Page {
	p, ok := l.written(id)
	if !ok {
		panic("demonstration: no page " + id) // a mistake in the files, found by the tests
	}
	return p
}

func (l *loader) written(id string) (demo.Page, bool) {
	i := slices.IndexFunc(l.Pages, func(p demo.Page) bool { return p.ID == id })
	if i < 0 {
		return demo.Page{}, false
	}
	return l.Pages[i], true
}

// texts writes the home pages, now that everything they point at is there.
func (l *loader) texts() error {
	root, page := l.ids["home"], l.page("home")
	for _, lang := range l.Site.Languages {
		doc := l.document("home", lang, l.blocks(page, lang))
		if err := l.rewrite(root, lang, l.Site.Name[lang], page.Summary[lang], doc, l.keys("home", len(page.Blocks))); err != nil {
			return fmt.Errorf("home in %s: %w", lang, err)
		}
	}
	return nil
}

// news loads the news items into the sections they come from; those of the
// secretariat belong to the root, whose list shows all.
func (l *loader) news() error {
	for _, n := range l.News {
		section := l.ids["home"]
		if id, ok := l.ids[n.Origin]; ok && n.Origin != "secretariat" {
			section = id
		}
		facts := models.Values{"date": n.Date, "date_precision": n.Precision, "type": n.Kind, "note": "Source: " + n.Source}
		put := func(field string, ids []string) {
			var list []any
			for _, id := range ids {
				list = append(list, id)
			}
			if list != nil {
				facts[field] = list
			}
		}
		put("topics", n.Topics)
		put("instruments", n.Instruments)
		var sections []string
		for _, code := range n.About {
			sections = append(sections, l.ids["section-"+lower(code)])
		}
		put("about", sections)
		made := node{
			name: n.ID, title: n.Title, slug: n.Slug, summary: n.Summary, status: n.Status, original: n.Original,
			entry: cms.NewEntry{Kind: models.KindNews, Section: section, Facts: facts},
			body: func(lang string) []block.Node {
				var list []block.Node
				for _, p := range n.Body[lang] {
					list = append(list, para(p))
				}
				return list
			},
		}
		if n.Before != "" {
			made.before = func() []block.Node { return []block.Node{para(n.Before)} }
		}
		if err := l.add(made); err != nil {
			return err
		}
	}
	return nil
}
