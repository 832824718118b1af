package live

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
	editions, err := v.live.EditionsOf([]string{v.known.root})
	if err != nil {
		return nil, err
	}
	var out []Language
	for _, l := range v.known.site.Languages {
		for _, e := range editions {
			if e.Lang == l.Tag {
				out = append(out, l)
			}
		}
	}
	return out, nil
}

// Menu returns a menu ("main" or "footer") in a language.
func (v *View) Menu(nav, lang string) ([]Link, error) {
	k := v.known
	k.mu.Lock()
	defer k.mu.Unlock()
	key := nav + " " + lang
	if m, ok := k.menus[key]; ok {
		return m, nil
	}
	rows, err := v.live.Menu(nav, lang)
	if err != nil {
		return nil, err
	}
	links := make([]Link, len(rows))
	for i, r := range rows {
		links[i] = Link{ID: r.EntryID, Kind: r.Kind, Title: r.Title, Lang: r.Lang, Href: hrefOf(r)}
	}
	k.menus[key] = links
	return links, nil
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
