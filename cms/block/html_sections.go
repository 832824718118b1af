package block

// sectionsOf lists what a section_list shows, region by region in the order in
// which the Resolver names them first.
func sectionsOf(r Resolver, n *Node) (regions []string, rows map[string][]SectionRow) {
	rows = map[string][]SectionRow{}
	for _, s := range r.Sections(SectionQuery{Region: n.str("region"), Status: n.str("status")}) {
		if rows[s.Region] == nil {
			regions = append(regions, s.Region)
		}
		rows[s.Region] = append(rows[s.Region], s)
	}
	return regions, rows
}

// crowd is from how many sections on a list is as short as it can be: dots lie
// on top of each other and are no links, and an e-mail address is behind its
// word. With one region chosen, fewer are left and everything is there again.
const crowd = 100

func (w *htmlWriter) sectionList(n *Node) {
	regions, rows := sectionsOf(w.r, n)
	if len(regions) == 0 {
		return
	}
	all := 0
	for _, r := range rows {
		all += len(r)
	}
	crowded := all > crowd
	class := "section-list"
	if crowded {
		class = "section-list many"
	}
	w.start("div", class, n)
	if n.has("show", "map") {
		w.sectionMap(regions, rows, n.str("region") != "", crowded)
	}
	// The list is always there: it is what the map says for those who cannot use
	// a map.
	for _, region := range regions {
		// A list of one region stands below a heading that says which.
		if name := rows[region][0].RegionName; name != "" && n.str("region") == "" {
			w.element(headingName(w.level+1), name)
		}
		w.openClass("ul", "cols")
		for _, s := range rows[region] {
			w.sectionRow(s, n.has("show", "contact"), crowded)
		}
		w.shut()
	}
}

// sectionRow writes one section of a list.
func (w *htmlWriter) sectionRow(s SectionRow, contact, crowded bool) {
	w.open("li")
	w.langAttrs(s.Lang)
	if SafeURL(s.URL) {
		w.open("a")
		w.url("href", s.URL)
		w.text(s.Name)
		w.shut()
	} else {
		w.text(s.Name)
	}
	if s.Note != "" {
		w.text(" ")
		w.element("small", s.Note)
	}
	if contact && s.Contact != nil {
		if validEmail(s.Contact.Email) {
			w.text(" ")
			w.open("a")
			w.url("href", "mailto:"+s.Contact.Email)
			if crowded {
				w.text(w.r.Word("contact.email"))
			} else {
				w.digits(s.Contact.Email)
			}
			w.shut()
		}
		if phone := s.Contact.Phone; validPhone(phone) && !crowded {
			w.text(" ")
			w.open("a")
			w.url("href", telURL(phone))
			w.digits(phone)
			w.shut()
		}
	}
	w.shut()
}

// digits writes what runs left to right in every script: an address or a number.
func (w *htmlWriter) digits(s string) {
	w.open("bdi")
	w.attr("dir", "ltr")
	w.text(s)
	w.shut()
}
