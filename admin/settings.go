package admin

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"meridian/models"
)

// settingsPage is the data of "settings".
type settingsPage struct {
	Base
	Form                               *Form
	Names                              []Field
	LogoText, TimeZone                 Field
	MainLanguage, Languages, MoreLangs Field
	Contact                            []Field
}

// contactFields are the lines of the contact record, in their order.
var contactFields = []struct {
	name, kind, autocomplete, dir string
	of                            func(*models.Contact) *string
}{
	{"contact_name", "text", "organization", "", func(c *models.Contact) *string { return &c.Name }},
	{"contact_street", "text", "street-address", "", func(c *models.Contact) *string { return &c.Street }},
	{"contact_box", "text", "off", "", func(c *models.Contact) *string { return &c.Box }},
	{"contact_postcode", "text", "postal-code", "ltr", func(c *models.Contact) *string { return &c.Postcode }},
	{"contact_city", "text", "address-level2", "", func(c *models.Contact) *string { return &c.City }},
	{"contact_country", "text", "country", "ltr", func(c *models.Contact) *string { return &c.Country }},
	{"contact_phone", "tel", "tel", "ltr", func(c *models.Contact) *string { return &c.Phone }},
	{"contact_email", "email", "email", "ltr", func(c *models.Contact) *string { return &c.Email }},
	{"contact_url", "url", "url", "ltr", func(c *models.Contact) *string { return &c.URL }},
}

func (h *handler) settingsForm(c *gin.Context) error {
	s, err := h.cms.Site(c.Request.Context())
	if err != nil {
		return err
	}
	in := url.Values{"languages": s.Languages, "main_language": s.Languages[:1], "time_zone": {s.TimeZone}, "logo_text": {s.LogoText}}
	for lang, name := range s.Name {
		in.Set("name."+lang, name)
	}
	for _, f := range contactFields {
		in.Set(f.name, *f.of(&s.Contact))
	}
	return h.showSettings(c, http.StatusOK, in, s.Languages, nil)
}

func (h *handler) showSettings(c *gin.Context, status int, in url.Values, langs []string, invalid error) error {
	p := settingsPage{Base: h.base(c)}
	p.Title = p.T("settings.title")
	f := newForm(p.Words, "settings", invalid)
	p.Form = f
	for i, lang := range langs {
		name := Field{Name: "name." + lang, Label: p.T("settings.name", "Language", p.LanguageName(lang)), Lang: lang, Value: in.Get("name." + lang), Max: 120}
		if i == 0 {
			f.rename("name", name.Name)
			name.Required = true
			name.Hint = p.T("settings.name_hint")
		}
		p.Names = append(p.Names, f.Field(name))
	}
	p.LogoText = f.Field(Field{Name: "logo_text", Value: in.Get("logo_text"), Max: 60})
	p.TimeZone = zoneField(f, in.Get("time_zone"))
	p.MainLanguage, p.Languages, p.MoreLangs = languageFields(f, p.Words, in, langs)
	for _, x := range contactFields {
		p.Contact = append(p.Contact, f.Field(Field{Name: x.name, Kind: x.kind, Value: in.Get(x.name), Autocomplete: x.autocomplete, Dir: x.dir}))
	}
	f.Rest()
	return h.render(c, status, "settings", p)
}

func (h *handler) settingsUpdate(c *gin.Context) error {
	form, err := parseForm(c)
	if err != nil {
		return err
	}
	was, err := h.cms.Site(c.Request.Context())
	if err != nil {
		return err
	}
	s := models.Site{Name: map[string]string{}, Languages: chosenLanguages(form), TimeZone: form.Get("time_zone"), LogoText: form.Get("logo_text"), Notice: was.Notice}
	for _, lang := range s.Languages {
		s.Name[lang] = form.Get("name." + lang)
	}
	for _, f := range contactFields {
		*f.of(&s.Contact) = form.Get(f.name)
	}
	err = h.cms.PutSite(c.Request.Context(), user(c), s)
	if errors.Is(err, models.ErrInvalid) {
		return h.showSettings(c, http.StatusUnprocessableEntity, form, was.Languages, err)
	}
	if err != nil {
		return err
	}
	return h.done(c, "/admin/settings", Flash{Code: "saved"})
}
