package admin

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"meridian/cms"
	"meridian/models"
)

// termsPage is the data of "terms", a vocabulary.
type termsPage struct {
	Base
	Tabs       []TabView
	Vocabulary string
	New        string // words of the button
	Rows       []TermLine
}

// TermLine is a term in the list of its vocabulary.
type TermLine struct {
	ID, Label, Short string
	Lang             string // of Label, when it is not the interface language
	Others           []TermName
	Missing          string // languages of the site without a name, in words; "" for none
	Uses             string // in words, "" for none
	URL              string
	First, Last      bool
}

// TermName is a term in another language.
type TermName struct{ Lang, Label string }

// termURL is the address of a screen about terms.
func termURL(vocabulary string, more ...string) string {
	return "/admin/terms/" + strings.Join(append([]string{vocabulary}, more...), "/")
}

// vocabulary returns the vocabulary of a request, topics when it names none.
func vocabulary(c *gin.Context) string { return cmp.Or(c.Param("vocabulary"), models.VocabularyTopic) }

func (h *handler) terms(c *gin.Context) error {
	v := vocabulary(c)
	list, site, err := h.cms.Terms(c.Request.Context(), user(c), v)
	if err != nil {
		return err
	}
	p := termsPage{Base: h.base(c), Vocabulary: v}
	p.Title, p.Wide, p.New = p.T("term.title"), true, p.T("term.new_"+v)
	for _, x := range models.Vocabularies {
		p.Tabs = append(p.Tabs, TabView{Label: p.T("term." + x), URL: termURL(x), Current: x == v})
	}
	for i, t := range list {
		row := TermLine{ID: t.ID, Label: t.ID, Short: t.Data.Str("short"), URL: termURL(v, t.ID), First: i == 0, Last: i == len(list)-1}
		row.Label, row.Lang = p.termName(t.Term, site)
		var missing []string
		for _, lang := range site.Languages {
			l, own := t.Own(lang)
			switch {
			case !own:
				missing = append(missing, p.LanguageName(lang))
			case l.Label != row.Label:
				row.Others = append(row.Others, TermName{lang, l.Label})
			}
		}
		if missing != nil {
			row.Missing = p.T("term.missing", "Languages", strings.Join(missing, p.T("form.comma")))
		}
		if t.Uses > 0 {
			row.Uses = p.T("term.uses", "Count", t.Uses)
		}
		p.Rows = append(p.Rows, row)
	}
	return h.render(c, http.StatusOK, "terms", p)
}

// termName returns what a term is called in the interface language, else in
// the first language of the site that has a name for it, and that language
// when it is not the interface's.
func (w Words) termName(t models.Term, site models.Site) (label, lang string) {
	l, ok := t.In(append([]string{w.Lang}, site.Languages...)...)
	if !ok {
		return t.ID, ""
	}
	if l.Lang == w.Lang {
		return l.Label, ""
	}
	return l.Label, l.Lang
}

// termPlace moves a term up or down in the order.
func (h *handler) termPlace(c *gin.Context) error {
	form, err := parseForm(c)
	if err != nil {
		return err
	}
	v := vocabulary(c)
	if err := h.cms.PlaceTerm(c.Request.Context(), user(c), v, c.Param("term"), form.Get("to") == "down"); err != nil {
		return err
	}
	return h.done(c, termURL(v)+"#t-"+url.PathEscape(c.Param("term")), Flash{Code: "term_placed"})
}

// termPage is the data of "term": the form of a term.
type termPage struct {
	Base
	Form      *Form
	Action    string
	Version   string
	Stale     bool
	TitleLang string
	Languages []TermLanguage
	Facts     []Field
	// Of a term that exists.
	ID, ListURL, MergeURL, DeleteURL string
	PublicURL                        string
	Users                            TermUsers
}

// TermLanguage is a term in one language, as a part of the form.
type TermLanguage struct {
	Name   string
	Fields []Field
}

// TermUsers is what uses a term.
type TermUsers struct {
	Words
	Rows []TermUserLine
	More string
}

// TermUserLine is an entry that uses a term.
type TermUserLine struct {
	Title, Lang, URL, Icon string
	Notes                  []string
}

// termForm shows the form of a term, or of a new one.
func (h *handler) termForm(c *gin.Context) error {
	v, id := vocabulary(c), c.Param("term")
	view, err := h.termView(c, v, id)
	if err != nil {
		return err
	}
	in := url.Values{"version": {view.Version()}}
	if id == "" {
		in = url.Values{}
	}
	for _, l := range view.Labels {
		in.Set("label."+l.Lang, l.Label)
		in.Set("slug."+l.Lang, l.Slug)
		in.Set("definition."+l.Lang, l.Definition)
	}
	for _, f := range models.TermFields(v) {
		in.Set(f.Name, view.Data.Str(f.Name))
	}
	return h.showTerm(c, http.StatusOK, view, in, nil, nil)
}

// termView returns a term, or for "" what there is to know for a new one.
func (h *handler) termView(c *gin.Context, vocabulary, id string) (cms.TermView, error) {
	if id != "" {
		return h.cms.Term(c.Request.Context(), user(c), vocabulary, id)
	}
	_, site, err := h.cms.Terms(c.Request.Context(), user(c), vocabulary)
	return cms.TermView{Term: models.Term{Vocabulary: vocabulary}, Site: site}, err
}

// showTerm shows the form of a term with what somebody typed. theirs is what
// is stored when it changed since the form was made, nil otherwise.
func (h *handler) showTerm(c *gin.Context, status int, view cms.TermView, in url.Values, theirs *models.Term, invalid error) error {
	v := view.Vocabulary
	p := termPage{Base: h.base(c), ID: view.ID, Version: in.Get("version"), Action: termURL(v, "new"), ListURL: termURL(v), Stale: theirs != nil}
	p.Title = p.T("term.new_" + v)
	if p.ID != "" {
		p.Title, p.TitleLang = p.termName(view.Term, view.Site)
		p.Action, p.MergeURL, p.DeleteURL = termURL(v, p.ID), termURL(v, p.ID, "merge"), termURL(v, p.ID, "delete")
		p.Users = p.termUsers(view.Users, view.More)
		p.PublicURL = termPublicURL(view.Term, view.Site, p.Lang)
	}
	p.Crumbs = []Crumb{{Label: p.T("term.title"), URL: "/admin/terms"}, {Label: p.T("term." + v), URL: p.ListURL}, {Label: p.Title, Lang: p.TitleLang}}
	f := newForm(p.Words, "term", invalid)
	p.Form = f
	said := func(name, now string) string {
		switch {
		case theirs == nil || in.Get(name) == now:
			return ""
		case now == "":
			return p.T("term.theirs_empty")
		}
		return p.T("term.theirs", "Text", now)
	}
	for i, lang := range view.Site.Languages {
		l := TermLanguage{Name: p.LanguageName(lang)}
		var now models.TermLabel
		if theirs != nil {
			now, _ = theirs.Own(lang)
		}
		for _, x := range []struct {
			name, kind, now, hint string
			max                   int
		}{
			{"label", "text", now.Label, "", models.TermLabelMax},
			{"slug", "text", now.Slug, "term.slug_hint", models.SlugMax},
			{"definition", "textarea", now.Definition, "term.definition_hint", models.TermDefinitionMax},
		} {
			field := Field{Name: x.name + "." + lang, Kind: x.kind, Value: in.Get(x.name + "." + lang), Lang: lang, Max: x.max, Rows: 2, Autocomplete: "off"}
			field.Label = p.T("term."+x.name, "Language", l.Name)
			if x.hint != "" && i == 0 {
				field.Hint = p.T(x.hint)
			}
			if s := said(field.Name, x.now); s != "" {
				field.Hint = s
			}
			l.Fields = append(l.Fields, f.Field(field))
		}
		p.Languages = append(p.Languages, l)
	}
	for _, x := range models.TermFields(v) {
		field := f.single(x.Name, x, in.Get(x.Name), fieldOptions{})
		if x.Kind == models.FieldChoice {
			field.Options = []Option{{Label: p.T("form.none")}}
			for _, k := range x.Choices {
				field.Options = append(field.Options, Option{Value: k, Label: p.T("site.instrument_kind_" + k)})
			}
		}
		if theirs != nil {
			field.Hint = said(x.Name, theirs.Data.Str(x.Name))
		}
		p.Facts = append(p.Facts, f.Field(field))
	}
	f.Rest()
	return h.render(c, status, "term", p)
}

// termPublicURL is where readers find a term, "" where they have no page for
// it.
func termPublicURL(t models.Term, site models.Site, lang string) string {
	word := map[string]string{models.VocabularyTopic: "topics", models.VocabularyInstrument: "instruments"}[t.Vocabulary]
	l, ok := t.In(append([]string{lang}, site.Languages...)...)
	if word == "" || !ok {
		return ""
	}
	return (&url.URL{Path: "/" + l.Lang + "/" + word + "/" + l.Slug}).EscapedPath()
}

func (w Words) termUsers(users []cms.TermUser, more bool) TermUsers {
	out := TermUsers{Words: w}
	for _, u := range users {
		row := TermUserLine{Title: cmp.Or(strings.TrimSpace(u.Title), u.ID), Lang: u.Lang, URL: "/admin/entries/" + u.ID, Icon: kindIcon(u.Kind, u.Type)}
		if u.InText {
			row.Notes = append(row.Notes, w.T("term.in_text"))
		}
		if u.Trashed {
			row.Notes, row.URL = append(row.Notes, w.T("term.trashed")), ""
		}
		out.Rows = append(out.Rows, row)
	}
	if more {
		out.More = w.T("term.users_more", "Count", len(users))
	}
	return out
}

// termUpdate saves a term, or adds one.
func (h *handler) termUpdate(c *gin.Context) error {
	form, err := parseForm(c)
	if err != nil {
		return err
	}
	v, id := vocabulary(c), c.Param("term")
	view, err := h.termView(c, v, id)
	if err != nil {
		return err
	}
	in := cms.PutTerm{Vocabulary: v, ID: id, Version: form.Get("version"), Data: parseFields(form, "", models.TermFields(v))}
	for _, lang := range view.Site.Languages {
		in.Labels = append(in.Labels, models.TermLabel{Lang: lang, Label: form.Get("label." + lang), Slug: form.Get("slug." + lang), Definition: form.Get("definition." + lang)})
	}
	t, err := h.cms.PutTerm(c.Request.Context(), user(c), in)
	switch {
	case errors.Is(err, models.ErrStale):
		form.Set("version", view.Version())
		return h.showTerm(c, http.StatusConflict, view, form, &view.Term, nil)
	case errors.Is(err, models.ErrInvalid):
		return h.showTerm(c, http.StatusUnprocessableEntity, view, form, nil, err)
	case err != nil:
		return err
	}
	name, _ := h.words(c).termName(t, view.Site)
	code := "term_saved"
	if id == "" {
		code = "term_added"
	}
	return h.done(c, termURL(v, t.ID), Flash{Code: code, Args: map[string]string{"Name": name}})
}

// termActPage is the data of "term_act": merging a term, or deleting it.
type termActPage struct {
	Base
	Form       *Form
	Action     string
	Version    string
	Stale      bool
	Merge      bool
	Used       bool // it cannot be deleted
	Name       string
	TermURL    string
	MergeURL   string
	Into       Field
	Alone      bool
	Users      TermUsers
	Vocabulary string
}

func (h *handler) termMergeForm(c *gin.Context) error {
	return h.showTermAct(c, http.StatusOK, true, "", nil)
}
func (h *handler) termDeleteForm(c *gin.Context) error {
	return h.showTermAct(c, http.StatusOK, false, "", nil)
}

// showTermAct asks before a term is merged or deleted. err is why it did not
// happen, nil before anybody tried.
func (h *handler) showTermAct(c *gin.Context, status int, merge bool, into string, err error) error {
	v, id := vocabulary(c), c.Param("term")
	view, e := h.cms.Term(c.Request.Context(), user(c), v, id)
	if e != nil {
		return e
	}
	p := termActPage{
		Base: h.base(c), Merge: merge, Version: view.Version(), Vocabulary: v, TermURL: termURL(v, id), MergeURL: termURL(v, id, "merge"),
		Stale: errors.Is(err, models.ErrStale), Alone: len(view.Others) == 0, Used: !merge && len(view.Users) > 0,
	}
	var lang string
	p.Name, lang = p.termName(view.Term, view.Site)
	p.Users = p.termUsers(view.Users, view.More)
	p.Form = newForm(p.Words, "term", err)
	p.Action = termURL(v, id, "delete")
	p.Title = p.T("term.delete_title", "Name", p.Name)
	switch {
	case merge:
		p.Action, p.Title = p.MergeURL, p.T("term.merge_title", "Name", p.Name)
		options := []Option{{Label: p.T("form.none")}}
		for _, t := range view.Others {
			name, l := p.termName(t, view.Site)
			options = append(options, Option{Value: t.ID, Label: name, Lang: l})
		}
		p.Into = p.Form.Field(Field{Name: "into", Kind: "select", Value: into, Options: options, Required: true})
	case p.Used:
		p.Title = p.T("term.used_title", "Name", p.Name)
	}
	p.Form.Rest()
	p.Crumbs = []Crumb{{Label: p.T("term.title"), URL: "/admin/terms"}, {Label: p.T("term." + v), URL: termURL(v)}, {Label: p.Name, URL: p.TermURL, Lang: lang}, {Label: p.Title}}
	return h.render(c, status, "term_act", p)
}

func (h *handler) termMerge(c *gin.Context) error {
	form, err := parseForm(c)
	if err != nil {
		return err
	}
	v, id, into := vocabulary(c), c.Param("term"), form.Get("into")
	view, err := h.cms.Term(c.Request.Context(), user(c), v, id)
	if err != nil {
		return err
	}
	_, err = h.cms.MergeTerm(c.Request.Context(), user(c), v, id, into, form.Get("version"))
	switch {
	case errors.Is(err, models.ErrStale), errors.Is(err, models.ErrInvalid):
		return h.showTermAct(c, status(err), true, into, err)
	case err != nil:
		return err
	}
	w := h.words(c)
	args := map[string]string{}
	args["Name"], _ = w.termName(view.Term, view.Site)
	if i := slices.IndexFunc(view.Others, func(t models.Term) bool { return t.ID == into }); i >= 0 {
		args["Other"], _ = w.termName(view.Others[i], view.Site)
	}
	return h.done(c, termURL(v, into), Flash{Code: "term_merged", Args: args})
}

func (h *handler) termDelete(c *gin.Context) error {
	form, err := parseForm(c)
	if err != nil {
		return err
	}
	v, id := vocabulary(c), c.Param("term")
	view, err := h.cms.Term(c.Request.Context(), user(c), v, id)
	if err != nil {
		return err
	}
	err = h.cms.DeleteTerm(c.Request.Context(), user(c), v, id, form.Get("version"))
	var used *cms.UsedError
	switch {
	case errors.Is(err, models.ErrStale), errors.As(err, &used):
		return h.showTermAct(c, http.StatusConflict, false, "", err)
	case err != nil:
		return err
	}
	name, _ := h.words(c).termName(view.Term, view.Site)
	return h.done(c, termURL(v), Flash{Code: "term_deleted", Args: map[string]string{"Name": name}})
}
