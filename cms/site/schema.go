package site

import (
	"meridian/cms/block"
	"meridian/cms/live"
)

// thing is an object of schema.org. The template writes it as JSON, escaped so
// that no text can end the element it stands in.
type thing map[string]any

func graph(things ...thing) thing {
	var list []thing
	for _, t := range things {
		if t != nil {
			list = append(list, t)
		}
	}
	return thing{"@context": "https://schema.org", "@graph": list}
}

// organisation is who keeps the site.
func organisation(v *live.View, lang string) thing {
	site := v.Site()
	t := thing{"@type": "NGO", "@id": v.Absolute("/#organisation"), "name": site.Name(lang), "url": v.Absolute("/")}
	return t.contact(site.Contact.Card(lang))
}

// contact adds a contact record to an organisation.
func (t thing) contact(c block.Contact) thing {
	postal := thing{"@type": "PostalAddress"}
	for k, s := range map[string]string{
		"streetAddress": c.Street, "postOfficeBoxNumber": c.Box, "postalCode": c.Postcode,
		"addressLocality": c.City, "addressCountry": c.Country,
	} {
		if s != "" {
			postal[k] = s
		}
	}
	if len(postal) > 1 {
		t["address"] = postal
	}
	if c.Phone != "" {
		t["telephone"] = c.Phone
	}
	if c.Email != "" {
		t["email"] = c.Email
	}
	return t
}

// publisher names who keeps the site, on pages that are not about them.
func publisher(v *live.View, lang string) thing {
	return thing{"@type": "NGO", "@id": v.Absolute("/#organisation"), "name": v.Site().Name(lang), "url": v.Absolute("/")}
}

func website(v *live.View, lang string) thing {
	return thing{"@type": "WebSite", "name": v.Site().Name(lang), "url": v.Absolute("/" + lang + "/"), "inLanguage": lang, "publisher": thing{"@id": v.Absolute("/#organisation")}}
}

func webPage(v *live.View, it *live.Item, b *Base) thing {
	t := thing{
		"@type": "WebPage", "@id": b.Canonical, "url": b.Canonical, "name": it.Title, "inLanguage": it.Lang, "identifier": it.URN,
		"datePublished": stamp(it.PublishedAt), "dateModified": stamp(it.UpdatedAt), "publisher": publisher(v, it.Lang),
	}
	if b.Description != "" {
		t["description"] = b.Description
	}
	if p := picture(v, b); p != nil {
		t["image"] = p
	}
	return t
}

// picture is the picture of a page, nil for none.
func picture(v *live.View, b *Base) thing {
	if b.image == nil {
		return nil
	}
	r, ok := b.image.Share()
	if !ok {
		return nil
	}
	t := thing{"@type": "ImageObject", "url": v.Absolute(r.Href), "width": r.Width, "height": r.Height}
	for k, s := range map[string]string{"caption": b.image.Alt[b.Lang], "creditText": b.image.Credit, "license": live.LicenceURL(b.image.Licence)} {
		if s != "" {
			t[k] = s
		}
	}
	return t
}

func article(v *live.View, it *live.Item, b *Base) thing {
	t := webPage(v, it, b)
	delete(t, "name")
	t["@type"], t["headline"], t["datePublished"], t["mainEntityOfPage"] = "NewsArticle", it.Title, it.Date, b.Canonical
	t["author"] = publisher(v, it.Lang)
	if o, ok := it.Organisation(); ok {
		author := thing{"@type": "NGO", "name": o.Title}
		if o.Href != "" {
			author["url"], author["@id"] = v.Absolute(o.Href), v.Absolute(o.Href)
		}
		t["author"] = author
	}
	if n := len(it.Ancestors); n > 1 {
		t["articleSection"] = it.Ancestors[n-1].Title
	}
	return t
}

// schema is an organisation of the network.
func (p *Profile) schema(v *live.View, it *live.Item) thing {
	t := thing{"@type": "NGO", "@id": v.Absolute(it.Href), "name": it.Title, "identifier": it.URN, "parentOrganization": publisher(v, it.Lang)}
	t.contact(p.contact)
	t["url"] = v.Absolute(it.Href)
	if p.contact.URL != "" {
		t["url"] = p.contact.URL
	}
	if p.founded != "" {
		t["foundingDate"] = p.founded
	}
	var names []string
	for _, n := range p.LocalNames {
		names = append(names, n.Name)
	}
	if names != nil {
		t["alternateName"] = names
	}
	return t
}

// breadcrumbs is the way to a page; steps that nobody can open are left out.
func breadcrumbs(base string, b *Base) thing {
	var list []thing
	for _, c := range b.Crumbs {
		href := base + c.Href
		if c.Href == "" {
			if c.Current == "" {
				continue
			}
			href = b.Canonical
		}
		list = append(list, thing{"@type": "ListItem", "position": len(list) + 1, "name": c.Title, "item": href})
	}
	if list == nil {
		return nil
	}
	return thing{"@type": "BreadcrumbList", "itemListElement": list}
}
