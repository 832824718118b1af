package admin

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"meridian/cms/media"
	"meridian/models"
)

// assetsPage is the data of "assets", the library.
type assetsPage struct {
	mediaBase
	Lead     string
	Drop     *dropPart
	Query    string
	Filtered bool
	Filters  []Field
	// FilterCount is how many of the folded filters are set.
	FilterCount int
	MoreOpen    bool
	Kept        []KeptField // what the filter form carries beside its fields
	Carried     []KeptField // what the bulk form carries
	Views       []ViewLink
	List        bool // a table, not a grid
	Cards       []AssetView
	Clear       string
	First, Next string

	Choosing     bool
	ChoosingText string
	Back         string

	CanBulk                    bool
	Collections                bool
	BulkCollection, BulkPeople Field
	Uncollect                  string // words of the button that takes out of the collection that is shown
}

// ViewLink leads to another look of the same list.
type ViewLink struct {
	Label, URL, Icon string
	Current          bool
}

// assetFilters are the parameters of the library that choose what it shows, in
// the order of the form.
var assetFilters = []string{"kind", "section", "collection", "people", "consent", "nodescription", "uploader", "filelang", "use"}

// assetQuery reads a filter from an address. What is no choice is left out.
func assetQuery(q url.Values) media.Query {
	f := media.Query{
		Section: q.Get("section"), Collection: q.Get("collection"), Uploader: q.Get("uploader"), Lang: q.Get("filelang"),
		NoDescription: q.Get("nodescription"), Text: strings.TrimSpace(q.Get("q")), After: q.Get("after"),
	}
	if k := models.AssetKind(q.Get("kind")); slices.Contains(models.AssetKinds, k) {
		f.Kind = k
	}
	if s := models.ConsentState(q.Get("consent")); slices.Contains(models.ConsentStates, s) {
		f.Consent = s
	}
	if s := q.Get("people"); s == "unanswered" || slices.Contains(models.PeopleShown, models.People(s)) {
		f.People = s
	}
	f.Unused, f.Shared = q.Get("use") == "unused", q.Get("use") == "shared"
	return f
}

// list reads the library. A place in it that is none is its beginning.
func (h *handler) list(c *gin.Context, q media.Query) (media.List, error) {
	list, err := h.media.List(c.Request.Context(), user(c), q)
	if errors.Is(err, models.ErrInvalid) && q.After != "" {
		q.After = ""
		list, err = h.media.List(c.Request.Context(), user(c), q)
	}
	return list, err
}

// with returns the address of the library with other parameters; an empty
// value takes one away, and so does going to another place of the list.
func assetsURL(path string, q url.Values, set ...string) string {
	out := url.Values{}
	for name, v := range q {
		if len(v) > 0 && v[0] != "" && name != "after" {
			out.Set(name, v[0])
		}
	}
	for i := 0; i+1 < len(set); i += 2 {
		if out.Del(set[i]); set[i+1] != "" {
			out.Set(set[i], set[i+1])
		}
	}
	if len(out) == 0 {
		return path
	}
	return path + "?" + out.Encode()
}

// assets shows the library, or a part of it.
func (h *handler) assets(c *gin.Context) error {
	q := c.Request.URL.Query()
	query := assetQuery(q)
	list, err := h.list(c, query)
	if err != nil {
		return err
	}
	choose := chosenFor(q)
	if choose.Back == "" { // nothing to carry on
		q.Del("choose")
		q.Del("field")
	}
	p := &assetsPage{mediaBase: h.mediaBase(c, mediaPath), Query: query.Text, Choosing: choose.Back != "", List: q.Get("view") == "list"}
	p.Title, p.Lead = p.T("media.title"), p.T("media.lead")
	if p.Choosing {
		p.Title, p.Lead, p.ChoosingText, p.Back = p.T("choose.title"), "", p.T("choose.text"), choose.Back
	}
	kept := url.Values{}
	for _, name := range []string{"choose", "field", "view"} {
		if v := q.Get(name); v != "" && (name == "view" || p.Choosing) {
			kept.Set(name, v)
		}
	}
	p.Clear = assetsURL(mediaPath, kept)
	if p.Choosing { // what kind fits stays when the other filters go
		p.Clear = assetsURL(mediaPath, kept, "kind", q.Get("kind"))
	}
	for name := range kept {
		p.Kept = append(p.Kept, KeptField{name, kept.Get(name)})
	}
	p.Filters, p.FilterCount = p.assetFilters(query, list)
	if p.Choosing && query.Kind != "" { // what fits is no filter of the user's
		p.FilterCount--
	}
	p.MoreOpen = p.FilterCount > 0
	p.Filtered = p.FilterCount > 0 || p.Query != "" || query.After != ""
	for _, it := range list.Items {
		v := p.asset(it)
		if p.Choosing {
			v.Use = choose.with(it)
			v.URL += "?" + choose.values().Encode()
		}
		p.CanBulk = p.CanBulk || v.CanChange
		p.Cards = append(p.Cards, v)
	}
	p.CanBulk = p.CanBulk && !p.Choosing
	if query.After != "" {
		p.First = assetsURL(mediaPath, q)
	}
	if list.Next != "" {
		p.Next = assetsURL(mediaPath, q, "after", list.Next)
	}
	p.Views = []ViewLink{
		{p.T("media.view_grid"), assetsURL(mediaPath, q, "view", ""), "layout-grid", !p.List},
		{p.T("media.view_list"), assetsURL(mediaPath, q, "view", "list"), "list", p.List},
	}
	p.bulk(list, query, assetsURL(mediaPath, q, "after", query.After))
	if p.Drop, err = h.drop(c, p.Words, choose, query.Section, query.Collection); err != nil {
		return err
	}
	if p.Drop != nil {
		p.Drop.Big = len(p.Cards) == 0 && !p.Filtered
	}
	return h.render(c, http.StatusOK, "assets", p)
}

// bulk fills the forms that act on what is chosen in the list. back is where
// they lead afterwards.
func (p *assetsPage) bulk(list media.List, query media.Query, back string) {
	p.Carried = []KeptField{{"back", back}}
	f := newForm(p.Words, "media", nil)
	options := []Option{}
	for _, col := range list.Collections {
		if !col.CanWrite {
			continue
		}
		options = append(options, Option{Value: col.ID, Label: col.Name})
		if col.ID == query.Collection {
			p.Carried = append(p.Carried, KeptField{"from", col.ID})
			p.Uncollect = p.T("media.bulk_uncollect", "Name", col.Name)
		}
	}
	p.Collections = len(options) > 0
	p.BulkCollection = f.Field(Field{Name: "into", Kind: "select", Value: query.Collection, LabelCode: "media.bulk_into", Options: options})
	p.BulkPeople = f.Field(Field{Name: "answer", Kind: "select", LabelCode: "media.people", Options: p.peopleOptions(p.T("form.none"))})
}

// peopleOptions are the answers to the question who is shown, after one that
// leaves it open unless that is "".
func (w Words) peopleOptions(open string) []Option {
	var out []Option
	if open != "" {
		out = append(out, Option{Label: open})
	}
	for _, p := range models.PeopleShown {
		o := Option{Value: string(p), Label: w.T("media.people_" + string(p))}
		if open == "" && w.Has("media.people_"+string(p)+"_hint") {
			o.Hint = w.T("media.people_" + string(p) + "_hint")
		}
		out = append(out, o)
	}
	return out
}

// assetFilters are the folded filters of the library and how many are set.
func (w Words) assetFilters(q media.Query, list media.List) ([]Field, int) {
	f := newForm(w, "media", nil)
	any := []Option{{Label: w.T("media.any")}}
	use := ""
	switch {
	case q.Unused:
		use = "unused"
	case q.Shared:
		use = "shared"
	}
	var kinds, states, uploaders, collections, missing []Option
	for _, k := range models.AssetKinds {
		kinds = append(kinds, Option{Value: string(k), Label: w.T("media.kinds_" + string(k))})
	}
	for _, s := range models.ConsentStates {
		states = append(states, Option{Value: string(s), Label: w.T("consent.state_" + string(s))})
	}
	for _, u := range list.Uploaders {
		uploaders = append(uploaders, Option{Value: u.ID, Label: u.Name})
	}
	for _, col := range list.Collections {
		collections = append(collections, Option{Value: col.ID, Label: col.Name})
	}
	for _, lang := range list.Site.Languages {
		missing = append(missing, Option{Value: lang, Label: w.LanguageName(lang)})
	}
	people := append([]Option{{Value: "unanswered", Label: w.T("media.people_unanswered")}}, w.peopleOptions("")...)
	for i := range people {
		people[i].Hint = ""
	}
	fields := map[string]struct {
		value   string
		options []Option
	}{
		"kind": {string(q.Kind), kinds}, "section": {q.Section, mediaSections(list.Sections)}, "collection": {q.Collection, collections},
		"people": {q.People, people}, "consent": {string(q.Consent), states}, "nodescription": {q.NoDescription, missing},
		"uploader": {q.Uploader, uploaders}, "filelang": {q.Lang, languages(w.Lang)},
		"use": {use, []Option{{Value: "unused", Label: w.T("media.unused")}, {Value: "shared", Label: w.T("media.is_shared")}}},
	}
	var out []Field
	set := 0
	for _, name := range assetFilters {
		x := fields[name]
		if x.value != "" {
			set++
		}
		out = append(out, f.Field(Field{Name: name, Kind: "select", Value: x.value, LabelCode: "media.filter_" + name, Options: withOption(slices.Concat(any, x.options), x.value)}))
	}
	return out, set
}

// mediaSections are the choices of a section whose files somebody may see.
func mediaSections(list []media.SectionInfo) []Option {
	out := make([]Option, len(list))
	for i, s := range list {
		out[i] = indented(s.ID, s.Title, s.Depth)
	}
	return out
}
