package cms

import (
	"context"
	"net/mail"
	"time"

	"meridian/models"
	"meridian/models/store"
)

// PutSite replaces the settings of the site. A language that content exists in
// cannot be taken away. Errors: ErrForbidden, *models.InvalidError.
func (c *CMS) PutSite(ctx context.Context, by models.User, s models.Site) error {
	if !by.Administrator() {
		return models.ErrForbidden
	}
	return c.tx(ctx, func(tx *store.Tx) error {
		was, err := tx.Site()
		if err != nil {
			return err
		}
		s, err := CleanSite(s)
		if err != nil {
			return err
		}
		bad := &models.InvalidError{}
		for _, lang := range was.Languages {
			kept := false
			for _, l := range s.Languages {
				kept = kept || l == lang
			}
			if kept {
				continue
			}
			ids, _, err := tx.EntryIDs(store.RowFilter{Lang: lang, All: true, Limit: 1})
			if err != nil {
				return err
			}
			if len(ids) > 0 {
				bad.Add("languages", "language_used", "lang", lang)
			}
		}
		if err := bad.Err(); err != nil {
			return err
		}
		if err := tx.PutSite(s, by.ID); err != nil {
			return err
		}
		return tx.Audit(by.ID, "settings", "site", "")
	})
}

// CleanSite returns settings in their stored form.
func CleanSite(s models.Site) (models.Site, error) {
	bad := &models.InvalidError{}
	out := models.Site{Name: map[string]string{}, Notice: map[string]string{}}
	seen := map[string]bool{}
	for _, l := range s.Languages {
		tag, ok := models.CanonicalLang(l)
		if !ok {
			bad.Add("languages", "not_a_language", "lang", l)
			continue
		}
		if !seen[tag] {
			seen[tag] = true
			out.Languages = append(out.Languages, tag)
		}
	}
	if len(out.Languages) == 0 {
		bad.Add("languages", "languages_missing")
	}
	for _, l := range out.Languages {
		if n := models.CleanText(s.Name[l], false); n != "" {
			if len([]rune(n)) > 120 {
				bad.Add("name", "too_long", "max", 120)
			}
			out.Name[l] = n
		}
		if n := models.CleanText(s.Notice[l], false); n != "" {
			out.Notice[l] = n
		}
	}
	if len(out.Name) == 0 {
		bad.Add("name", "name_missing")
	}
	out.TimeZone = s.TimeZone
	if s.TimeZone == "" || s.TimeZone == "Local" {
		bad.Add("time_zone", "not_a_time_zone")
	} else if _, err := time.LoadLocation(s.TimeZone); err != nil {
		bad.Add("time_zone", "not_a_time_zone")
	}
	out.LogoText = models.CleanText(s.LogoText, false)
	c := s.Contact
	for _, f := range []*string{&c.Name, &c.Street, &c.Box, &c.Postcode, &c.City, &c.Country, &c.Phone, &c.Email, &c.URL} {
		*f = models.CleanText(*f, false)
		if len(*f) > 300 {
			bad.Add("contact", "too_long", "max", 300)
		}
	}
	if c.Email != "" {
		if a, err := mail.ParseAddress(c.Email); err != nil || a.Address != c.Email {
			bad.Add("contact_email", "not_an_email")
		}
	}
	if c.URL != "" && !models.ValidURL(c.URL) {
		bad.Add("contact_url", "not_a_url")
	}
	if _, err := models.Clean([]models.Field{
		{Name: "contact_phone", Kind: models.FieldText, Form: "phone"},
		{Name: "contact_country", Kind: models.FieldText, Form: "country"},
	}, models.Values{"contact_phone": c.Phone, "contact_country": c.Country}); err != nil {
		for f, p := range err.(*models.InvalidError).Fields {
			bad.Add(f, p.Code)
		}
	}
	out.Contact = c
	return out, bad.Err()
}
