package admin

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"meridian/cms"
	"meridian/models"
)

// directoryPage is the data of "directory": the organisations of the network
// as their staff keep them.
type directoryPage struct {
	Base
	Lead                  string
	Rows                  []OrganisationView
	Query, Region, Status Field
	Filtered              bool
	Export                string
	// Numbers is how many texts contradict the directory; NumbersMore says
	// that these are not all.
	Numbers     int
	NumbersMore bool
}

// OrganisationView is a line of the directory.
type OrganisationView struct {
	ID, Title, URL             string // URL "" where it may not be opened
	Country, Region, Status    string
	Languages                  string
	Confirmed                  string // a day, "" for never
	Old, Draft, Pending        bool
	CanConfirm                 bool
	FactsVersion               int
	ConfirmLabel, ConfirmShort string
}

// directoryStatuses are the choices of the filter.
var directoryStatuses = []string{models.StatusMember, models.StatusAssociate, models.StatusFormer}

// directory lists the organisations of the network.
func (h *handler) directory(c *gin.Context) error {
	q := c.Request.URL.Query()
	f := cms.OrganisationFilter{Region: q.Get("region"), Status: q.Get("status"), Text: strings.TrimSpace(q.Get("q"))}
	list, err := h.cms.Organisations(c.Request.Context(), user(c), f)
	if err != nil {
		return err
	}
	p := directoryPage{Base: h.base(c), Filtered: f != cms.OrganisationFilter{}}
	p.Title, p.Wide = p.T("profile.title"), true
	p.Lead = p.T("profile.lead", "Sections", list.Sections, "Countries", list.Countries)
	form := newForm(p.Words, "profile", nil)
	all := Option{Label: p.T("profile.all")}
	regions, statuses := []Option{all}, []Option{all}
	for _, t := range list.Regions {
		regions = append(regions, Option{Value: t.ID, Label: t.Label(p.Lang, "en")})
	}
	for _, s := range directoryStatuses {
		statuses = append(statuses, Option{Value: s, Label: p.T("choice.status_" + s)})
	}
	p.Query = form.Field(Field{Name: "q", Kind: "search", Value: f.Text})
	p.Region = form.Field(Field{Name: "region", Kind: "select", Value: f.Region, Options: regions})
	p.Status = form.Field(Field{Name: "status", Kind: "select", Value: f.Status, Options: statuses})
	p.Rows = p.organisations(list.Rows, list.Regions)
	numbers, more, err := h.cms.TypedNumbers(c.Request.Context(), user(c))
	if err != nil {
		return err
	}
	p.Numbers, p.NumbersMore = len(numbers), more
	p.Export = "/admin/directory/organisations.csv"
	if p.Filtered {
		p.Export += "?" + url.Values{"q": {f.Text}, "region": {f.Region}, "status": {f.Status}}.Encode()
	}
	return h.render(c, http.StatusOK, "directory", p)
}

// organisations are lines of the directory in words.
func (w Words) organisations(list []cms.Organisation, regions []models.Term) []OrganisationView {
	var out []OrganisationView
	for _, o := range list {
		v := OrganisationView{
			ID: o.ID, Title: o.Title, Country: o.Territory, Old: o.Old, Draft: !o.Public, Pending: o.Pending, FactsVersion: o.FactsVersion,
			CanConfirm: o.CanPublish && o.Status != "" && o.Status != models.StatusFormer, ConfirmLabel: w.T("profile.confirm_name", "Name", o.Title), ConfirmShort: w.T("profile.confirm"),
		}
		if o.CanWrite {
			v.URL = entryURL(o.ID, o.Lang)
		}
		if v.Country == "" {
			v.Country = countryName(w.Lang, o.Country)
		}
		if i := slices.IndexFunc(regions, func(t models.Term) bool { return t.ID == o.Region }); i >= 0 {
			v.Region = regions[i].Label(w.Lang, "en")
		}
		if slices.Contains(directoryStatuses, o.Status) {
			v.Status = w.T("choice.status_" + o.Status)
		}
		var langs []string
		for _, l := range o.Languages {
			langs = append(langs, w.LanguageName(l))
		}
		v.Languages = strings.Join(langs, w.T("form.comma"))
		if o.ConfirmedOn != "" {
			v.Confirmed = w.Day(o.ConfirmedOn)
		}
		out = append(out, v)
	}
	return out
}

// countryName is a country in the words of a language, its code where there is
// no name for it.
func countryName(lang, code string) string {
	list := countries(lang)
	if i := slices.IndexFunc(list, func(o Option) bool { return o.Value == code }); i >= 0 {
		return list[i].Label
	}
	return code
}

// directoryExport is the directory as a table for a spreadsheet.
func (h *handler) directoryExport(c *gin.Context) error {
	q := c.Request.URL.Query()
	list, err := h.cms.Organisations(c.Request.Context(), user(c), cms.OrganisationFilter{Region: q.Get("region"), Status: q.Get("status"), Text: strings.TrimSpace(q.Get("q"))})
	if err != nil {
		return err
	}
	w := h.words(c)
	rows := [][]string{{w.T("profile.col_name"), w.T("profile.col_country"), "ISO 3166", w.T("profile.region"), w.T("profile.status"), w.T("profile.col_languages"), w.T("profile.col_confirmed"), "id"}}
	views := w.organisations(list.Rows, list.Regions)
	for i, o := range list.Rows {
		rows = append(rows, []string{o.Title, views[i].Country, o.Country, views[i].Region, views[i].Status, strings.Join(o.Languages, " "), o.ConfirmedOn, o.ID})
	}
	return h.sendTable(c, "organisations", rows)
}

// confirm says that all facts of an organisation are still right.
func (h *handler) confirm(c *gin.Context) error {
	form, err := parseForm(c)
	if err != nil {
		return err
	}
	version, err := strconv.Atoi(form.Get("facts_version"))
	if err != nil {
		return errBadRequest
	}
	return h.confirmFacts(c, c.Param("id"), version, "/admin/directory")
}

// confirmFacts confirms facts and goes on to an address.
func (h *handler) confirmFacts(c *gin.Context, id string, version int, to string) error {
	published, err := h.cms.Confirm(c.Request.Context(), user(c), id, version)
	if err != nil {
		return err
	}
	f := Flash{Code: "confirmed"}
	if !published {
		f = Flash{Code: "confirmed_later", Tone: "warn"}
	}
	return h.done(c, to, f)
}
