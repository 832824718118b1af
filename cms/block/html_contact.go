package block

// contactOf finds what a contact block shows: the record of the section, or what
// was typed in its place.
func contactOf(r Resolver, n *Node) (Contact, bool) {
	if kind, id, ok := splitRef(n.str("source")); ok && kind == "section" {
		if c, found := r.Contact(id); found {
			return c, true
		}
	}
	if n.Attrs["inline"] == nil {
		return Contact{}, false
	}
	o := object(n.Attrs["inline"])
	return Contact{
		Name: o.str("name"), Unit: o.str("unit"), Street: o.str("street"), Box: o.str("box"),
		Postcode: o.str("postcode"), City: o.str("city"), Country: o.str("country"),
		Phone: o.str("phone"), Email: o.str("email"), URL: o.str("url"),
	}, true
}

// shows tells whether a contact block shows one of its parts; if none is chosen
// it shows the three that every section has.
func shows(n *Node, part string) bool {
	if len(n.list("show")) == 0 {
		return part == "address" || part == "phone" || part == "email"
	}
	return n.has("show", part)
}

func (w *htmlWriter) contact(n *Node) {
	c, ok := contactOf(w.r, n)
	if !ok {
		return
	}
	w.start("address", "contact h-card", n)
	w.emptyAttr("itemscope", "")
	w.attr("itemtype", "https://schema.org/ContactPoint")
	w.langAttrs(c.Lang)
	if c.Name != "" {
		w.openClass("p", "t p-name")
		w.attr("itemprop", "name")
		w.text(c.Name)
		w.shut()
	}
	if shows(n, "address") {
		w.postal(c)
	}
	if shows(n, "phone") {
		w.contactPhone(c.Phone)
	}
	if shows(n, "email") && validEmail(c.Email) {
		w.contactLink("contact.email", "mailto:"+c.Email, c.Email, "u-email", "email")
	}
	if SafeURL(c.URL) {
		w.contactLink("contact.website", c.URL, c.URL, "u-url", "url")
	}
	if shows(n, "hours") && c.Hours != "" {
		w.open("p")
		w.label("contact.hours")
		w.text(c.Hours)
		w.shut()
	}
	if shows(n, "map") && SafeURL(c.MapURL) {
		w.open("p")
		w.open("a")
		w.url("href", c.MapURL)
		w.text(w.r.Word("contact.map"))
		w.shut()
		w.shut()
	}
	if shows(n, "social") && len(c.Social) > 0 {
		w.openClass("ul", "social")
		for _, s := range c.Social {
			if SafeURL(s.URL) {
				w.open("li")
				w.open("a")
				w.url("href", s.URL)
				w.attr("rel", "me")
				w.text(s.Name)
				w.shut()
				w.shut()
			}
		}
		w.shut()
	}
}

// postal writes the lines of an address in the order of a letter.
func (w *htmlWriter) postal(c Contact) {
	lines := 0
	line := func(class, words string) {
		if words == "" {
			return
		}
		if lines == 0 {
			w.openClass("p", "h-adr")
		} else {
			w.open("br")
		}
		lines++
		w.openClass("span", class)
		w.text(words)
		w.shut()
	}
	line("p-org", c.Unit)
	line("p-street-address", c.Street)
	line("p-post-office-box", c.Box)
	switch {
	case c.City != "" && c.Postcode != "":
		line("p-postal-code", c.Postcode)
		w.text(" ")
		w.openClass("span", "p-locality")
		w.text(c.City)
		w.shut()
	default:
		line("p-locality", c.City+c.Postcode)
	}
	line("p-country-name", c.Country)
	if lines > 0 {
		w.shut()
	}
}

func (w *htmlWriter) label(key string) {
	w.openClass("span", "k")
	w.text(w.r.Word(key))
	w.shut()
	w.text(" ")
}

func (w *htmlWriter) contactPhone(phone string) {
	if phone == "" {
		return
	}
	w.open("p")
	w.label("contact.phone")
	linked := validPhone(phone)
	if linked {
		w.openClass("a", "p-tel")
		w.url("href", telURL(phone))
	}
	// Digits run left to right in every script, and so must their groups.
	w.open("bdi")
	w.attr("dir", "ltr")
	w.attr("itemprop", "telephone")
	w.text(phone)
	w.shut()
	if linked {
		w.shut()
	}
	w.shut()
}

func (w *htmlWriter) contactLink(key, address, shown, class, prop string) {
	w.open("p")
	w.label(key)
	w.openClass("a", class)
	w.url("href", address)
	w.open("bdi")
	w.attr("dir", "ltr")
	w.attr("itemprop", prop)
	w.text(shown)
	w.shut()
	w.shut()
	w.shut()
}
