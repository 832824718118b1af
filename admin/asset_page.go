package admin

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"meridian/cms/media"
	"meridian/models"
)

// assetPage is the data of "asset": one picture or file.
type assetPage struct {
	mediaBase
	Form      *Form
	URL       string
	Version   int
	Stale     bool
	KindLabel string
	Icon      string
	Section   string
	Pills     []PillView
	Carried   []KeptField
	Use       string // address that puts it where it is chosen for
	Original  string // address of the download, "" where it may not be seen
	Withheld  *withheldView

	Picture       string // address, "" where there is none to show
	Width, Height int
	Alt, AltLang  string
	Crops         []CropView
	CanFocus      bool
	Spots         []SpotView
	FocusX        Field
	FocusY        Field

	FileFacts         []FactLine
	Removed, Warnings []string

	TitleField Field
	People     *Field
	PeopleOpen bool // nobody has answered yet
	Fields     []Field
	CanChange  bool

	Consent     *consentPart
	Describe    []Field
	CanDescribe bool

	Uses        []UsedView
	Hidden      string
	UseCount    int
	Collections []ViewLink

	Versions     []AssetVersionView
	CanReplace   bool
	Same         *Field // the new file shows the same people
	ReplaceError string
}

// withheldView says why readers do not get a file.
type withheldView struct{ Title, Text string }

// FactLine is a name and what stands for it.
type FactLine struct{ Label, Text string }

// AssetVersionView is one version of a file.
type AssetVersionView struct {
	AssetView
	Name, By, Removed string
	Number            int
	Current           bool
	Original          string
}

// assetInput is what somebody sent from the screen of a file and what was wrong
// with it. Part names the form: "edit", "consent", "withdraw", "describe" or
// "replace".
type assetInput struct {
	part  string
	form  url.Values
	err   error
	stale bool
	say   string // of "replace"
}

// of returns what was typed into one of the forms, nil for another one.
func (in assetInput) of(part string) url.Values {
	if in.part == part {
		return in.form
	}
	return nil
}

// problem returns what is wrong with one of the forms.
func (in assetInput) problem(part string) error {
	if in.part == part {
		return in.err
	}
	return nil
}

// asset shows one picture or file.
func (h *handler) asset(c *gin.Context) error {
	d, err := h.media.Asset(c.Request.Context(), user(c), c.Param("asset"))
	if err != nil {
		return err
	}
	return h.showAsset(c, http.StatusOK, d, assetInput{})
}

func (h *handler) showAsset(c *gin.Context, status int, d media.Detail, in assetInput) error {
	a, v := d.Asset, d.Version
	p := &assetPage{mediaBase: h.mediaBase(c, mediaPath), URL: assetURL(a.ID), Version: a.Version, Stale: in.stale}
	w := p.Words
	look := w.asset(d.Item)
	p.Title, p.KindLabel, p.Icon, p.Section, p.Pills = look.Title, look.Kind, look.Icon, look.Section, look.Pills
	p.Crumbs = []Crumb{{Label: p.T("media.title"), URL: mediaPath}, {Label: p.Title}}
	p.CanChange, p.CanReplace = d.Can.Write && a.TrashedAt == nil && a.ErasedAt == nil, false
	p.CanReplace = p.CanChange && d.Can.Open && (!d.Public || d.Can.Publish)
	values := c.Request.URL.Query()
	if in.form != nil {
		values = in.form
	}
	choose := chosenFor(values)
	p.Carried, p.Use = choose.fields(), choose.with(d.Item)
	if p.Use != "" {
		p.Crumbs[0].URL = assetsURL(mediaPath, choose.values())
	}
	if d.Can.Open && a.ErasedAt == nil {
		p.Original = assetURL(a.ID, "file", "original")
	}
	p.withheld(d)
	p.Form = newForm(w, "media", in.problem("edit"))
	p.picture(d, in.of("edit"))
	if err := h.assetFields(c, p, d, in.of("edit")); err != nil {
		return err
	}
	p.Form.Rest()
	p.FileFacts = p.fileFacts(h, d)
	if len(v.Removed) > 0 {
		p.Removed = append(p.Removed, w.removed(v.Removed))
	}
	for _, flag := range v.Flags {
		p.Warnings = append(p.Warnings, w.T("media.flag_"+flag))
	}
	if a.Kind.Shows() {
		p.Consent = h.consentPart(w, d, in)
		p.Form.Errors = append(p.Form.Errors, p.Consent.errors...)
	}
	if a.Kind == models.AssetImage {
		p.describe(d, in)
	}
	p.Uses, p.Hidden, p.UseCount = w.usesView(d.Uses), w.hiddenUses(d.Hidden), len(d.Uses)+d.Hidden
	for _, col := range d.Collections {
		p.Collections = append(p.Collections, ViewLink{Label: col.Name, URL: assetsURL(mediaPath, url.Values{"collection": {col.ID}})})
	}
	p.versions(h, d)
	if a.Kind.Shows() && a.People != models.PeopleUnknown {
		same := p.Form.Field(Field{Name: "same", Kind: "checkbox", Value: in.of("replace").Get("same"), LabelCode: "replace.same", HintCode: "replace.same_hint"})
		p.Same = &same
	}
	if in.part == "replace" {
		p.ReplaceError = in.say
		p.Form.Errors = append(p.Form.Errors, FormError{"f-replace", p.T("replace.file") + ": " + in.say})
	}
	return h.render(c, status, "asset", p)
}

// withheld says why readers do not get the file.
func (p *assetPage) withheld(d media.Detail) {
	a := d.Asset
	code := ""
	switch {
	case a.ErasedAt != nil:
		code = "erased"
	case a.TrashedAt != nil:
		code = "trash"
	case d.State == models.ConsentEnded, d.State == models.ConsentWithdrawn, d.State == models.ConsentMissing, d.State == models.ConsentOtherUse:
		code = string(d.State)
	default:
		return
	}
	p.Withheld = &withheldView{p.T("media.withheld_" + code), p.T("media.withheld_"+code+"_text", "Days", d.Days)}
}

// intOr reads a number, or returns another one where there is none.
func intOr(s string, or int) int {
	if n, err := strconv.Atoi(strings.TrimSpace(s)); err == nil {
		return n
	}
	return or
}

// assetFields fills the form of what is known about the file.
func (h *handler) assetFields(c *gin.Context, p *assetPage, d media.Detail, typed url.Values) error {
	a, f := d.Asset, p.Form
	get := func(name, stored string) string {
		if typed != nil {
			return typed.Get(name)
		}
		return stored
	}
	p.TitleField = f.Field(Field{Name: "title", LabelCode: "media.col_title", Value: get("title", a.Title), Max: models.AssetTitleMax, Required: true})
	if a.Kind.Shows() {
		p.PeopleOpen = a.People == models.PeopleUnknown
		people := Field{Name: "people", Kind: "radios", Value: get("people", string(a.People)), Options: p.peopleOptions("")}
		if p.PeopleOpen {
			people.Hint = p.T("media.people_first")
		}
		people = f.Field(people)
		p.People = &people
	}
	var licences []Option
	for _, l := range models.Licences {
		licences = append(licences, Option{Value: l, Label: p.T("media.licence_" + l)})
	}
	p.Fields = append(p.Fields,
		f.Field(Field{Name: "credit", Value: get("credit", a.Credit), Max: models.AssetCreditMax}),
		f.Field(Field{Name: "licence", Kind: "select", Value: get("licence", a.Licence), Options: append([]Option{{Label: p.T("form.none")}}, licences...)}))
	if a.Kind == models.AssetImage || a.Kind == models.AssetVideo {
		p.Fields = append(p.Fields,
			f.Field(Field{Name: "taken", Value: get("taken", a.Taken), Max: len("2006-01-02"), Narrow: true, Dir: "ltr"}),
			f.Field(Field{Name: "place", Value: get("place", a.Place), Max: models.AssetPlaceMax}))
	}
	if a.Kind != models.AssetImage {
		lang := get("lang", a.Lang)
		p.Fields = append(p.Fields, f.Field(Field{Name: "lang", Kind: "select", Value: lang, LabelCode: "media.lang",
			Options: withOption(append([]Option{{Label: p.T("form.none")}}, languages(p.Words.Lang)...), lang)}))
	}
	if p.CanChange {
		sections, err := h.cms.Writable(c.Request.Context(), user(c))
		if err != nil {
			return err
		}
		if len(sections) > 1 {
			p.Fields = append(p.Fields, f.Field(Field{Name: "section", Kind: "select", Value: get("section", a.SectionID), LabelCode: "media.filter_section",
				Options: withOption(sectionOptions(sections), a.SectionID)}))
		}
	}
	shared := ""
	if a.Shared {
		shared = "1"
	}
	p.Fields = append(p.Fields, f.Field(Field{Name: "shared", Kind: "checkbox", Value: get("shared", shared)}))
	return nil
}

// fileFacts are what the file itself says.
func (p *assetPage) fileFacts(h *handler, d media.Detail) []FactLine {
	v := d.Version
	out := []FactLine{{p.T("media.fact_file"), p.fileMeta(v)}, {p.T("media.fact_name"), v.Name}}
	when := h.moment(p.Words, v.CreatedAt, d.Site.TimeZone).Text
	if d.Uploader != "" {
		when += " · " + d.Uploader
	}
	out = append(out, FactLine{p.T("media.fact_uploaded"), when})
	if d.Words > 0 {
		out = append(out, FactLine{p.T("media.fact_words"), p.T("media.words", "Count", d.Words)})
	}
	return out
}

// describe fills the form of the descriptions.
func (p *assetPage) describe(d media.Detail, in assetInput) {
	f := newForm(p.Words, "describe", in.problem("describe"))
	for _, lang := range d.Site.Languages {
		name := "desc." + lang
		value := d.Descriptions[lang]
		if typed := in.of("describe"); typed != nil {
			value = typed.Get(name)
		}
		p.Describe = append(p.Describe, f.Field(Field{Name: name, Kind: "textarea", Rows: 2, Value: value, Label: p.LanguageName(lang), Lang: lang, Max: models.AssetDescriptionMax}))
	}
	f.Rest()
	p.Form.Errors = append(p.Form.Errors, f.Errors...)
	p.CanDescribe = p.CanChange
}

// versions fills the list of versions, the newest first.
func (p *assetPage) versions(h *handler, d media.Detail) {
	list := slices.Clone(d.Versions)
	slices.SortFunc(list, func(a, b media.VersionInfo) int { return b.Number - a.Number })
	for _, v := range list {
		row := AssetVersionView{Name: p.T("media.version_n", "N", v.Number), Number: v.Number, By: v.By, Current: v.Current}
		row.ID, row.Meta, row.When, row.Icon = v.ID, p.fileMeta(v.AssetVersion), h.moment(p.Words, v.CreatedAt, d.Site.TimeZone), p.Icon
		if row.Current && p.Picture != "" {
			row.Thumb, row.Whole = previewURL(d.Asset.ID, thumbWidth), v.Type != "image/jpeg"
		}
		if len(v.Removed) > 0 {
			row.Removed = p.removed(v.Removed)
		}
		if p.Original != "" {
			row.Original = p.Original + "?number=" + strconv.Itoa(v.Number)
		}
		p.Versions = append(p.Versions, row)
	}
}

// assetUpdate saves what is known about a file.
func (h *handler) assetUpdate(c *gin.Context) error {
	form, v, err := version(c)
	if err != nil {
		return err
	}
	ctx, u, id := c.Request.Context(), user(c), c.Param("asset")
	d, err := h.media.Asset(ctx, u, id)
	if err != nil {
		return err
	}
	in := media.Edit{
		ID: id, Version: v, Title: form.Get("title"), Credit: form.Get("credit"), Licence: form.Get("licence"), Taken: form.Get("taken"), Place: form.Get("place"),
		Lang: form.Get("lang"), Section: form.Get("section"), People: models.People(form.Get("people")), Shared: form.Get("shared") != "",
		FocusX: d.Asset.FocusX, FocusY: d.Asset.FocusY,
	}
	if in.Section == d.Asset.SectionID {
		in.Section = ""
	}
	var bad error
	in.FocusX, in.FocusY, bad = focusOf(form, d.Asset)
	if bad == nil {
		_, err = h.media.Edit(ctx, u, in)
	} else if err = bad; !d.Can.Write {
		err = models.ErrForbidden
	}
	if errors.Is(err, models.ErrForbidden) && d.Can.Write && in.Section == "" && in.People != d.Asset.People {
		// The answer would open what is withheld; the rest was theirs to change.
		err = models.Invalid("people", "people_forbidden")
	}
	return h.afterAsset(c, d, assetInput{part: "edit", form: form, err: err}, Flash{Code: "media_saved"}, "")
}

// afterAsset ends a form of the screen of a file: with a message where it went
// well, with the form and what was typed where it did not.
func (h *handler) afterAsset(c *gin.Context, d media.Detail, in assetInput, f Flash, anchor string) error {
	switch {
	case in.err == nil:
		to := assetURL(d.Asset.ID)
		if q := chosenFor(in.form).values(); len(q) > 0 {
			to += "?" + q.Encode()
		}
		return h.done(c, to+anchor, f)
	case errors.Is(in.err, models.ErrStale):
		now, err := h.media.Asset(c.Request.Context(), user(c), d.Asset.ID)
		if err != nil {
			return err
		}
		in.stale = true
		return h.showAsset(c, http.StatusConflict, now, in)
	case errors.Is(in.err, models.ErrInvalid):
		return h.showAsset(c, cmp.Or(status(in.err), http.StatusUnprocessableEntity), d, in)
	}
	return in.err
}
