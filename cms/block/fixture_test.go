package block

// site is the Resolver of the tests: a small network in the language of the text.
type site struct{ lang string }

func (s site) Lang() string                        { return s.lang }
func (s site) Word(key string, args ...any) string { return Word(s.lang, key, args...) }

func (s site) Link(ref string) (Target, bool) {
	switch ref {
	case "page:7f3k":
		return Target{URL: "/" + s.lang + "/report", Title: "The report", Lang: s.lang}, true
	case "news:01JABC":
		return Target{URL: "/nl/nieuws/2026/verslag", Title: "Verslag", Lang: "nl"}, true
	case "section:be":
		return Target{URL: "/" + s.lang + "/network/belgium", Title: "Belgium"}, true
	case "media:pdf":
		return Target{URL: "/media/pdf/report.pdf", Title: "Report"}, true
	}
	return Target{}, false
}

func (s site) Media(id string) (Media, bool) {
	switch id {
	case "pic":
		return Media{ID: "pic", URL: "/media/pic/original.jpg", Type: "image/jpeg", Width: 1600, Height: 1067, Alt: "Children in a classroom", Credit: "A. Photographer", Licence: "CC BY",
			Src: "/media/pic/960.jpg", Srcset: "/media/pic/480.jpg 480w, /media/pic/960.jpg 960w",
			Wide:  &Media{ID: "pic", URL: "/media/pic/original.jpg", Type: "image/jpeg", Width: 640, Height: 360, Src: "/media/pic/640-16x9.jpg", Srcset: "/media/pic/320-16x9.jpg 320w, /media/pic/640-16x9.jpg 640w"},
			Sizes: []MediaSource{{Type: "image/webp", Srcset: "/media/pic/480.webp 480w, /media/pic/960.webp 960w"}}}, true
	case "logo":
		return Media{ID: "logo", URL: "/media/logo/logo.svg", Type: "image/svg+xml", Width: 200, Height: 80}, true
	case "pdf":
		return Media{ID: "pdf", URL: "/media/pdf/report.pdf", Type: "application/pdf", Bytes: 1234567, Pages: 24, Lang: "fr", Title: "Report"}, true
	case "withdrawn":
		return Media{ID: "withdrawn", Width: 1200, Height: 800, Withheld: true}, true
	case "bad":
		return Media{ID: "bad", URL: "javascript:X(1)", Type: "image/png"}, true
	}
	return Media{}, false
}

func (s site) Fact(key string) (string, bool) {
	v, ok := map[string]string{"section_count": "35", "country_count": "35", "section_count:africa": "10"}[key]
	return v, ok
}

func (s site) Contact(section string) (Contact, bool) {
	switch section {
	case "geneva":
		return Contact{Name: "International Secretariat", Street: "1, rue de Varembé", Box: "Case postale 88", Postcode: "1211", City: "Genève 20", Country: "Switzerland",
			Phone: "+41 22 734 05 58", Email: "secretariat@network.example", URL: "https://network.example/", Hours: "9–17", MapURL: "https://map.example/?q=geneva",
			Social: []Social{{"Mastodon", "https://social.example/@network"}, {"Bad", "javascript:X(1)"}}}, true
	}
	return Contact{}, false
}

func (s site) Cards(q CardQuery) []Card {
	if q.Topic == "nothing" {
		return nil
	}
	cards := []Card{
		{Ref: "news:1", Title: "A <b>first</b> item", URL: "/" + s.lang + "/news/2026/first", Summary: "What happened & why.", Date: "2026-11-20", When: "20 November 2026", Image: "pic"},
		{Ref: "news:2", Title: "خبر", URL: "/ar/news/2026/second", Date: "2026-10-01", Lang: "ar"},
		{Ref: "news:3", Title: "Third", URL: "/x"},
	}
	return cards[:min(len(cards), q.Limit)]
}

func (s site) CardsOf(refs []string) []Card {
	var out []Card
	for _, ref := range refs {
		if t, ok := s.Link(ref); ok {
			out = append(out, Card{Ref: ref, Title: t.Title, URL: t.URL, Lang: t.Lang, Summary: "Summary."})
		}
	}
	return out
}

func (s site) Sections(q SectionQuery) []SectionRow {
	rows := []SectionRow{
		{ID: "bf", Name: "Burkina Faso", URL: "/" + s.lang + "/network/burkina-faso", Country: "Burkina Faso", Region: "africa", RegionName: "Africa", Lat: 12.4, Lon: -1.5, Contact: &Contact{Email: "contact@bf.network.example"}},
		{ID: "be", Name: "Belgique", Lang: "fr", URL: "/" + s.lang + "/network/belgium", Country: "Belgium", Region: "europe", RegionName: "Europe", Lat: 50.8, Lon: 4.4},
		{ID: "ps", Name: "فلسطين", Lang: "ar", Country: "Palestine", Region: "mena", RegionName: "Middle East"},
	}
	var out []SectionRow
	for _, r := range rows {
		if q.Region == "" || q.Region == r.Region {
			out = append(out, r)
		}
	}
	return out
}
