package live

import "slices"

// Children returns the sections and pages directly below a section in its
// language, sections first, in their order, as teasers.
func (v *View) Children(section *Item) ([]*Item, error) {
	rows, err := v.live.Children(section.ID, section.Lang, "section", "page")
	if err != nil {
		return nil, err
	}
	return v.teasers(rows)
}

// Home returns the root section in a language.
func (v *View) Home(lang string) (*Item, error) { return v.Item(v.known.root, lang) }

// HomeLanguages returns the languages that the home page is public in, in the
// order of the site.
func (v *View) HomeLanguages() ([]Language, error) {
	root := v.known.root
	tags, err := remembered(v, func(k *known) map[string]memo[[]string] { return k.homes }, root, func() ([]string, error) { return v.live.Languages(root) })
	var out []Language
	for _, l := range v.known.site.Languages {
		if slices.Contains(tags, l.Tag) {
			out = append(out, l)
		}
	}
	return out, err
}

// Menu returns a menu ("main" or "footer") in a language.
func (v *View) Menu(nav, lang string) ([]Link, error) {
	return remembered(v, func(k *known) map[string]memo[[]Link] { return k.menus }, nav+" "+lang, func() ([]Link, error) {
		rows, err := v.live.Menu(nav, lang)
		links := make([]Link, len(rows))
		for i, r := range rows {
			links[i] = Link{ID: r.EntryID, Kind: r.Kind, Title: r.Title, Lang: r.Lang, Href: hrefOf(r)}
		}
		return links, err
	})
}

// HasNews reports whether there are public news below a section in a language;
// "" is everywhere.
func (v *View) HasNews(section, lang string) (bool, error) {
	if section == "" {
		section = v.known.root
	}
	return remembered(v, func(k *known) map[string]memo[bool] { return k.news }, section+" "+lang, func() (bool, error) { return v.live.SomeNews(section, lang) })
}

// Within reports whether it is a section's own page or something below it.
func (it *Item) Within(section string) bool {
	for _, id := range branchIDs(it.branch) {
		if id == section {
			return true
		}
	}
	return it.ID == section
}
