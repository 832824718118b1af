package admin

import (
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

// describeRows is how many pictures a page of the table has.
const describeRows = 24

// descriptionsPage is the data of "asset_descriptions": a row for each picture,
// in it a field for each language that is shown.
type descriptionsPage struct {
	mediaBase
	Form             *Form
	Action           string
	Languages, Which []ViewLink
	Shown            []LangName
	Rows             []DescribeRow
	First, Next      string
}

// LangName is a language that is shown.
type LangName struct{ Lang, Name string }

// DescribeRow is a picture with its descriptions.
type DescribeRow struct {
	AssetView
	Fields []DescribeField
}

// DescribeField is a description with what was stored when the page was made.
type DescribeField struct {
	Field
	Was string
}

// descriptions shows the table.
func (h *handler) descriptions(c *gin.Context) error {
	return h.showDescriptions(c, http.StatusOK, nil, nil)
}

// showDescriptions shows the table with what somebody typed; wrong are problems
// by the names of the fields.
func (h *handler) showDescriptions(c *gin.Context, status int, typed url.Values, wrong map[string]models.Problem) error {
	q := c.Request.URL.Query()
	ids := q["asset"]
	if len(ids) > bulkMost {
		return errBadRequest
	}
	query := media.Query{Kind: models.AssetImage, After: q.Get("after"), Limit: describeRows}
	site, err := h.cms.Site(c.Request.Context())
	if err != nil {
		return err
	}
	lang := q.Get("in")
	if lang != "all" && !slices.Contains(site.Languages, lang) {
		lang = ""
		if len(site.Languages) > 0 {
			lang = site.Languages[0]
		}
		if u := user(c); slices.Contains(site.Languages, u.Lang) {
			lang = u.Lang
		}
	}
	missing := q.Get("which") != "all" && lang != "all"
	if missing {
		query.NoDescription = lang
	}
	list, err := h.describeList(c, query, ids)
	if err != nil {
		return err
	}
	p := &descriptionsPage{mediaBase: h.mediaBase(c, descriptionsPath), Action: c.Request.URL.RequestURI()}
	p.Title = p.T("describe.page")
	p.Form = newForm(p.Words, "describe", &models.InvalidError{Fields: wrong})
	for _, l := range site.Languages {
		p.Languages = append(p.Languages, ViewLink{Label: p.LanguageName(l), URL: assetsURL(descriptionsPath, q, "in", l), Current: l == lang})
		if lang == "all" || l == lang {
			p.Shown = append(p.Shown, LangName{l, p.LanguageName(l)})
		}
	}
	if len(site.Languages) > 1 {
		p.Languages = append(p.Languages, ViewLink{Label: p.T("describe.all_languages"), URL: assetsURL(descriptionsPath, q, "in", "all"), Current: lang == "all"})
	}
	if len(ids) == 0 && lang != "all" {
		p.Which = []ViewLink{
			{Label: p.T("describe.missing"), URL: assetsURL(descriptionsPath, q, "which", ""), Current: missing},
			{Label: p.T("describe.all"), URL: assetsURL(descriptionsPath, q, "which", "all"), Current: !missing},
		}
	}
	for _, it := range list.Items {
		row := DescribeRow{AssetView: p.asset(it)}
		for _, l := range p.Shown {
			name := "d." + it.Asset.ID + "." + l.Lang
			f := DescribeField{Was: it.Descriptions[l.Lang]}
			value := f.Was
			if _, there := typed[name]; there {
				value = typed.Get(name)
			}
			f.Field = p.Form.Field(Field{Name: name, Kind: "textarea", Label: l.Name, Value: value, Lang: l.Lang, Max: models.AssetDescriptionMax})
			row.Fields = append(row.Fields, f)
		}
		p.Rows = append(p.Rows, row)
	}
	p.Form.Rest()
	if query.After != "" {
		p.First = assetsURL(descriptionsPath, q)
	}
	if list.Next != "" {
		p.Next = assetsURL(descriptionsPath, q, "after", list.Next)
	}
	return h.render(c, status, "asset_descriptions", p)
}

// describeList is a page of pictures, or those of ids alone.
func (h *handler) describeList(c *gin.Context, q media.Query, ids []string) (media.List, error) {
	if len(ids) == 0 {
		return h.list(c, q)
	}
	known, err := h.media.Items(c.Request.Context(), user(c), ids)
	list := media.List{}
	for _, id := range ids {
		if it, ok := known[id]; ok && it.Asset.Kind == models.AssetImage {
			list.Items = append(list.Items, it)
		}
	}
	return list, err
}

// describeMany saves the table: every description that was changed, each by
// itself.
func (h *handler) describeMany(c *gin.Context) error {
	form, err := parseForm(c)
	if err != nil {
		return err
	}
	var (
		list  []media.Description
		names []string
	)
	for name := range form {
		id, lang, ok := strings.Cut(strings.TrimPrefix(name, "d."), ".")
		if !ok || !strings.HasPrefix(name, "d.") || form.Get(name) == form.Get("had."+name) {
			continue
		}
		list = append(list, media.Description{ID: id, Lang: lang, Text: form.Get(name)})
		names = append(names, name)
	}
	if len(list) == 0 {
		return h.done(c, c.Request.URL.RequestURI(), Flash{Code: "media_described_none", Tone: "warn"})
	}
	bad, err := h.media.DescribeMany(c.Request.Context(), user(c), list)
	if err != nil {
		return err
	}
	if len(bad) == 0 {
		return h.done(c, c.Request.URL.RequestURI(), Flash{Code: "media_described", Args: map[string]string{"N": strconv.Itoa(len(list))}})
	}
	wrong := map[string]models.Problem{}
	for i, err := range bad {
		wrong[names[i]] = descriptionProblem(err)
	}
	return h.showDescriptions(c, http.StatusUnprocessableEntity, form, wrong)
}

// descriptionProblem is why one description was not saved.
func descriptionProblem(err error) models.Problem {
	var invalid *models.InvalidError
	if errors.As(err, &invalid) {
		for _, p := range invalid.Fields {
			return p
		}
	}
	return models.Problem{Code: "description_refused"}
}

// describe saves the descriptions of one picture.
func (h *handler) describe(c *gin.Context) error {
	form, err := parseForm(c)
	if err != nil {
		return err
	}
	ctx, u, id := c.Request.Context(), user(c), c.Param("asset")
	d, err := h.media.Asset(ctx, u, id)
	if err != nil {
		return err
	}
	var list []media.Description
	for _, lang := range d.Site.Languages {
		if s, there := form["desc."+lang]; there && s[0] != d.Descriptions[lang] {
			list = append(list, media.Description{ID: id, Lang: lang, Text: s[0]})
		}
	}
	in := assetInput{part: "describe", form: form}
	if len(list) > 0 {
		bad, err := h.media.DescribeMany(ctx, u, list)
		if err != nil {
			return err
		}
		wrong := &models.InvalidError{Fields: map[string]models.Problem{}}
		for i, err := range bad {
			if !errors.Is(err, models.ErrInvalid) {
				return err
			}
			wrong.Fields["desc."+list[i].Lang] = descriptionProblem(err)
		}
		in.err = wrong.Err()
	}
	return h.afterAsset(c, d, in, Flash{Code: "media_described_one"}, "#descriptions")
}
