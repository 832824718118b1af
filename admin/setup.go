package admin

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"meridian/cms"
	"meridian/cms/account"
	"meridian/models"
)

// setupPage is the data of "setup": first start on one page.
type setupPage struct {
	Base
	Form  *Form
	Token string
	Query string

	SiteName, LogoText, TimeZone       Field
	MainLanguage, Languages, MoreLangs Field
	Admin, Second                      []Field
	SecondOpen                         bool
}

// setupForm shows first start to whoever has the token of the console. To
// everybody else, and afterwards, it does not exist.
func (h *handler) setupForm(c *gin.Context) error {
	token := c.Query("token")
	if err := h.accounts.CheckSetup(c.Request.Context(), token); err != nil {
		return err
	}
	lang := h.words(c).Lang
	return h.showSetup(c, http.StatusOK, token, url.Values{
		"main_language": {lang}, "languages": {lang}, "time_zone": {"UTC"},
	}, nil)
}

func (h *handler) showSetup(c *gin.Context, status int, token string, in url.Values, invalid error) error {
	p := setupPage{Base: h.base(c), Token: token}
	p.Title, p.Wide = p.T("setup.title"), true
	if q := c.Query("lang"); q == p.Lang {
		p.Query = "lang=" + q
	}
	f := newForm(p.Words, "setup", invalid)
	p.Form = f
	p.SiteName = f.Field(Field{Name: "name", Value: in.Get("name"), Required: true, Max: 120, Autocomplete: "organization", Autofocus: invalid == nil})
	p.LogoText = f.Field(Field{Name: "logo_text", Value: in.Get("logo_text"), Max: 60})
	p.TimeZone = zoneField(f, in.Get("time_zone"))
	p.MainLanguage, p.Languages, p.MoreLangs = languageFields(f, p.Words, in, nil)
	person := func(who string) []Field {
		return []Field{
			f.Field(Field{Name: who + "_name", LabelCode: "setup.person_name", Value: in.Get(who + "_name"), Required: who == "admin", Max: 120, Autocomplete: "section-" + who + " name"}),
			f.Field(Field{Name: who + "_email", Kind: "email", LabelCode: "setup.person_email", Value: in.Get(who + "_email"), Required: who == "admin", Dir: "ltr", Autocomplete: "section-" + who + " email"}),
			f.Field(Field{Name: who + "_password", Kind: "password", LabelCode: "setup.person_password", HintCode: "password.password_hint", Required: who == "admin", Autocomplete: "section-" + who + " new-password"}),
		}
	}
	p.Admin, p.Second = person("admin"), person("second")
	for _, x := range p.Second {
		p.SecondOpen = p.SecondOpen || x.Value != "" || x.Error != ""
	}
	f.Rest()
	return h.render(c, status, "setup", p)
}

// setup makes the installation and signs its first administrator in.
func (h *handler) setup(c *gin.Context) error {
	form, err := parseForm(c)
	if err != nil {
		return err
	}
	token := form.Get("token")
	if err := h.accounts.CheckSetup(c.Request.Context(), token); err != nil {
		return err
	}
	w := h.words(c)
	site := models.Site{Languages: chosenLanguages(form), TimeZone: form.Get("time_zone"), LogoText: form.Get("logo_text")}
	site.Name = map[string]string{}
	if len(site.Languages) > 0 {
		site.Name[canonical(site.Languages[0])] = form.Get("name")
	}
	clean, siteErr := cms.CleanSite(site)
	person := func(who string) account.NewUser {
		return account.NewUser{
			Name: form.Get(who + "_name"), Email: form.Get(who + "_email"), Password: form.Get(who + "_password"), Lang: w.Lang,
		}
	}
	in := account.Setup{Site: clean, Admin: person("admin"), Second: person("second")}
	if err := allInvalid(siteErr, in.Check()); err != nil {
		return h.showSetup(c, http.StatusUnprocessableEntity, token, form, err)
	}
	u, err := h.accounts.CompleteSetup(c.Request.Context(), token, in)
	if errors.Is(err, models.ErrInvalid) {
		return h.showSetup(c, http.StatusUnprocessableEntity, token, form, err)
	}
	if err != nil {
		return fmt.Errorf("set up: %w", err)
	}
	if err := h.begin(c, u, Flash{Code: "set_up"}); err != nil {
		return err
	}
	return h.see(c, "/admin/")
}

// allInvalid joins problems with input into one error; nil when there are
// none. Any other error wins.
func allInvalid(errs ...error) error {
	all := &models.InvalidError{Fields: map[string]models.Problem{}}
	for _, err := range errs {
		var invalid *models.InvalidError
		if err != nil && !errors.As(err, &invalid) {
			return err
		}
		if invalid != nil {
			for f, p := range invalid.Fields {
				all.Fields[f] = p
			}
		}
	}
	return all.Err()
}

// languageFields are the choice of the languages of the site: the main one,
// those offered with a tick, and any other by its tag. offered are languages
// the site has beyond those everybody is offered.
func languageFields(f *Form, w Words, in url.Values, offered []string) (main, ticks, more Field) {
	tags := slices.Clone(langTags())
	for _, l := range offered {
		if !slices.Contains(tags, l) {
			tags = append(tags, l)
		}
	}
	var options []Option
	for _, tag := range tags {
		options = append(options, Option{Value: tag, Label: w.LanguageName(tag)})
	}
	main = f.Field(Field{Name: "main_language", Kind: "select", LabelCode: "languages.main", HintCode: "languages.main_hint",
		Value: in.Get("main_language"), Options: slices.Clone(options)})
	ticks = f.Field(Field{Name: "languages", Kind: "checks", LabelCode: "languages.languages", Values: in["languages"], Options: options})
	more = f.Field(Field{Name: "more_languages", LabelCode: "languages.more", HintCode: "languages.more_hint", Value: in.Get("more_languages"), Dir: "ltr"})
	return main, ticks, more
}

// chosenLanguages reads what languageFields asked for, the main one first.
func chosenLanguages(form url.Values) []string {
	var out []string
	add := func(tag string) {
		if tag = canonical(tag); tag != "" && !slices.Contains(out, tag) {
			out = append(out, tag)
		}
	}
	add(form.Get("main_language"))
	for _, l := range form["languages"] {
		add(l)
	}
	for _, l := range strings.FieldsFunc(form.Get("more_languages"), func(r rune) bool { return strings.ContainsRune(" ,;،", r) }) {
		add(l)
	}
	return out
}

// canonical is a language tag in its usual form, or as it is when it is none,
// to be refused where it is stored.
func canonical(tag string) string {
	if t, ok := models.CanonicalLang(tag); ok {
		return t
	}
	return tag
}
