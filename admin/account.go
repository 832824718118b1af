package admin

import (
	"errors"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"meridian/cms/account"
	"meridian/models"
)

// accountPage is the data of "account": one's own profile.
type accountPage struct {
	Base
	Form                 *Form
	Name, Language, Look Field
	Roles                []roleView
}

// roleView is one of one's grants.
type roleView struct{ Role, Where, Langs string }

func (h *handler) accountForm(c *gin.Context) error {
	u := user(c)
	return h.showAccount(c, http.StatusOK, account.Profile{Name: u.Name, Lang: u.Lang, Theme: u.Theme}, nil)
}

func (h *handler) showAccount(c *gin.Context, status int, in account.Profile, invalid error) error {
	p := accountPage{Base: h.base(c)}
	p.Title = p.T("account.title")
	p.Form = newForm(p.Words, "account", invalid)
	p.Name = p.Form.Field(Field{Name: "name", Value: in.Name, Required: true, Autocomplete: "name"})
	p.Language = p.Form.Field(Field{Name: "lang", Kind: "select", Value: in.Lang, Options: interfaceOptions()})
	look := make([]Option, 0, len(account.Themes))
	for _, t := range account.Themes {
		look = append(look, Option{Value: t, Label: p.T("theme." + t)})
	}
	p.Look = p.Form.Field(Field{Name: "theme", Kind: "radios", Value: in.Theme, Options: look})
	p.Form.Rest()
	for _, g := range p.User.Grants {
		v := roleView{Role: p.T("role." + string(g.Role)), Where: p.T("account.everywhere")}
		if g.SectionID != "" {
			title, err := h.cms.Title(c.Request.Context(), p.User, g.SectionID)
			if err != nil && !errors.Is(err, models.ErrNotFound) {
				return err
			}
			v.Where = title
		}
		var names []string
		for _, l := range g.Langs {
			names = append(names, p.LanguageName(l))
		}
		v.Langs = strings.Join(names, ", ")
		p.Roles = append(p.Roles, v)
	}
	return h.render(c, status, "account", p)
}

// interfaceOptions are the interface languages as choices, in their own names.
func interfaceOptions() []Option {
	var out []Option
	for _, l := range InterfaceLanguages {
		out = append(out, Option{Value: l.Tag, Label: l.Name, Lang: l.Tag})
	}
	return out
}

func (h *handler) accountUpdate(c *gin.Context) error {
	form, err := parseForm(c)
	if err != nil {
		return err
	}
	in := account.Profile{Name: form.Get("name"), Lang: form.Get("lang"), Theme: form.Get("theme")}
	err = h.accounts.UpdateProfile(c.Request.Context(), user(c), in, langTags())
	if errors.Is(err, models.ErrInvalid) {
		return h.showAccount(c, http.StatusUnprocessableEntity, in, err)
	}
	if err != nil {
		return err
	}
	return h.done(c, "/admin/account", Flash{Code: "saved"})
}

// passwordPage is the data of "password".
type passwordPage struct {
	Base
	Form     *Form
	Old, New Field
}

func (h *handler) passwordForm(c *gin.Context) error {
	return h.showPassword(c, http.StatusOK, nil)
}

func (h *handler) showPassword(c *gin.Context, status int, invalid error) error {
	p := passwordPage{Base: h.base(c)}
	p.Title = p.T("password.title")
	p.Crumbs = []Crumb{{Label: p.T("account.title"), URL: "/admin/account"}, {Label: p.Title}}
	p.Form = newForm(p.Words, "password", invalid)
	p.Old = p.Form.Field(Field{Name: "old_password", Kind: "password", Required: true, Autocomplete: "current-password"})
	p.New = p.Form.Field(Field{Name: "password", Kind: "password", Required: true, Autocomplete: "new-password"})
	p.Form.Rest()
	return h.render(c, status, "password", p)
}

// passwordUpdate changes the password. All sessions end, and this one goes on
// under a new token.
func (h *handler) passwordUpdate(c *gin.Context) error {
	form, err := parseForm(c)
	if err != nil {
		return err
	}
	u, err := h.accounts.ChangePassword(c.Request.Context(), user(c), form.Get("old_password"), form.Get("password"), h.addr(c.Request))
	if errors.Is(err, models.ErrInvalid) {
		return h.showPassword(c, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	if err := h.begin(c, u, Flash{Code: "password_changed"}); err != nil {
		return err
	}
	return h.see(c, "/admin/account")
}
