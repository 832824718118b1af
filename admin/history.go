package admin

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"github.com/gin-gonic/gin"

	"meridian/cms"
	"meridian/models"
)

// ofDetails is the value of ?of= that asks for the history of the facts.
const ofDetails = "details"

// historyPage is the data of "history": the versions of an edition, or of the
// facts beside it.
type historyPage struct {
	Base
	entryHead
	Form     *Form
	Facts    bool
	TextURL  string // tabs
	FactsURL string

	Guard    int // version of what the history is about
	Before   int // where this page of it begins
	Versions []VersionView
	// Comparable says that there are two versions to choose.
	Comparable   bool
	Newer, Older string
	Undo         *UndoView
	// Moved says who saved something newer since this page was opened.
	Moved string
}

// VersionView is a line of the history.
type VersionView struct {
	ID, Label, What string
	At              DateTime
	Author          string
	Name            string
	N               int // 0 for the text now
	Live            bool
	Published       bool
	Scheduled       bool
	Draft           bool
	ChangesURL      string // "" for the text now when nothing is new in it
	CanUse, CanName bool
	NameField       Field
	From, To        bool // chosen for the comparison
}

// UndoView is the offer to undo the last publish.
type UndoView struct {
	URL, Text, Until string
	Version          int
}

// historyQuery is what the history is asked for.
type historyQuery struct {
	id, lang string
	facts    bool
	before   int
}

func parseHistory(c *gin.Context, form url.Values) historyQuery {
	before, _ := strconv.Atoi(form.Get("before")) // anything else is the beginning
	return historyQuery{c.Param("id"), c.Param("lang"), form.Get("of") == ofDetails, before}
}

// of is the language a use case is asked in.
func (q historyQuery) of() string {
	if q.facts {
		return models.Facts
	}
	return q.lang
}

// url is the address of the history with more in its query.
func (q historyQuery) url(pairs ...string) string {
	v := url.Values{}
	if q.facts {
		v.Set("of", ofDetails)
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			v.Set(pairs[i], pairs[i+1])
		}
	}
	at := entryURL(q.id, q.lang) + "/history"
	if len(v) > 0 {
		at += "?" + v.Encode()
	}
	return at
}

// history lists the versions of an edition, or compares two of them.
func (h *handler) history(c *gin.Context) error {
	query := c.Request.URL.Query()
	q := parseHistory(c, query)
	if query.Has("from") || query.Has("to") {
		return h.showCompare(c, http.StatusOK, q, compareQuery{query.Get("from"), query.Get("to"), query.Get("only") != ""}, "")
	}
	return h.showHistory(c, http.StatusOK, q, historyAgain{})
}

// historyAgain is what a form of the history could not do.
type historyAgain struct {
	moved       string // who saved meanwhile
	revision    string // the version that got a name
	name        string // as it was typed
	nameProblem error
}

func (h *handler) showHistory(c *gin.Context, status int, q historyQuery, again historyAgain) error {
	hi, err := h.cms.History(c.Request.Context(), user(c), q.id, q.lang, q.facts, q.before)
	if err != nil {
		return err
	}
	p := &historyPage{Facts: q.facts, Guard: hi.Guard, Before: q.before, Moved: again.moved}
	p.Base, p.entryHead = h.head(c, hi.Editor, "history.title", "history.crumb")
	p.Form = newForm(p.Words, "history", again.nameProblem)
	p.Form.rename("name", nameInput(again.revision))
	text, details := q, q
	text.facts, details.facts = false, true
	p.TextURL, p.FactsURL = text.url(), details.url()
	for i, v := range hi.Versions {
		view := h.version(p.Words, hi.Editor, v, q.facts)
		view.What = p.changesText(v)
		view.CanUse, view.CanName = hi.CanWrite && v.Number > 0 && !v.Same, hi.CanWrite && v.Number > 0
		name := v.Name
		if again.revision == v.ID {
			name = again.name
		}
		if view.CanName {
			view.NameField = p.Form.Field(Field{Name: nameInput(v.ID), Label: p.T("history.name_of", "N", v.Number), HintCode: "history.name_hint", Value: name, Max: cms.NameMax})
		}
		if v.First || !v.None() {
			view.ChangesURL = q.url("from", v.Before, "to", v.ID)
		}
		view.To, view.From = i == 0, i == 1
		p.Versions = append(p.Versions, view)
	}
	p.Form.Rest()
	p.Comparable = len(p.Versions) > 1
	if hi.Before > 0 {
		p.Older = q.url("before", strconv.Itoa(hi.Before))
	}
	if hi.After > 0 {
		p.Newer = q.url("before", strconv.Itoa(hi.After))
	} else if !hi.AtTop {
		p.Newer = q.url()
	}
	p.Undo = h.undoOffer(p, hi)
	return h.render(c, status, "history", p)
}

// nameInput is the name of the field with the name of a version: a page has
// one for each.
func nameInput(revision string) string { return "name." + revision }

func (h *handler) version(w Words, ed cms.Editor, v cms.Version, facts bool) VersionView {
	view := VersionView{
		ID: v.ID, N: v.Number, Name: v.Name, Author: v.Author, Live: v.Live, Draft: v.ID == cms.VersionDraft,
		Published: v.Reason == models.ReasonPublished, Scheduled: v.Reason == models.ReasonScheduled,
	}
	switch v.ID {
	case cms.VersionDraft:
		if view.Label = w.T("history.draft"); facts {
			view.Label = w.T("history.draft_details")
		}
	case cms.VersionNone:
		view.Label = w.T("history.none")
		return view
	default:
		view.Label = w.T("history.version", "N", v.Number)
	}
	view.At = h.moment(w, v.At, ed.Site.TimeZone)
	return view
}

// changesText says what changed in a version: "3 blocks, title".
func (w Words) changesText(v cms.Version) string {
	var parts []string
	if v.Blocks > 0 {
		parts = append(parts, w.T("history.blocks", "Count", v.Blocks))
	}
	if v.Title {
		parts = append(parts, w.T("history.part_title"))
	}
	if v.Summary {
		parts = append(parts, w.T("history.part_summary"))
	}
	for _, f := range v.Fields {
		parts = append(parts, w.T("field."+f))
	}
	s := ""
	for _, part := range parts {
		if s != "" {
			s += w.T("form.comma")
		}
		s += part
	}
	switch {
	case v.First:
		return w.T("history.first")
	case s != "":
		return s
	case v.ID == cms.VersionDraft:
		return w.T("history.draft_same")
	}
	return w.T("history.nothing")
}

func (h *handler) undoOffer(p *historyPage, hi cms.History) *UndoView {
	u := hi.Undo
	if u == nil {
		return nil
	}
	code := "history.undo_text"
	switch {
	case u.Alone:
		code = "history.undo_facts"
	case u.Reason != "":
		code = "history.undo_gone"
	case u.Replaced == "":
		code = "history.undo_off"
	}
	return &UndoView{
		URL: p.URL + "/undo-publish", Text: p.T(code), Version: hi.Edition.Version,
		Until: p.T("history.undo_until", "Time", h.moment(p.Words, u.Until, hi.Site.TimeZone).Text),
	}
}

// nameVersion gives a version a name, or takes it away.
func (h *handler) nameVersion(c *gin.Context) error {
	form, err := parseForm(c)
	if err != nil {
		return err
	}
	q, revision := parseHistory(c, form), form.Get("revision")
	name := form.Get(nameInput(revision))
	rev, err := h.cms.NameVersion(c.Request.Context(), user(c), q.id, q.of(), revision, name)
	var invalid *models.InvalidError
	if errors.As(err, &invalid) {
		return h.showHistory(c, http.StatusUnprocessableEntity, q, historyAgain{revision: revision, name: name, nameProblem: invalid})
	}
	if err != nil {
		return err
	}
	f := Flash{Code: "version_named", Args: map[string]string{"N": strconv.Itoa(rev.Number), "Name": rev.Name}}
	if rev.Name == "" {
		f = Flash{Code: "version_unnamed", Args: map[string]string{"N": strconv.Itoa(rev.Number)}}
	}
	return h.done(c, q.url("before", form.Get("before")), f)
}

// useVersion puts an earlier version, or a block of it, into the text.
func (h *handler) useVersion(c *gin.Context) error {
	form, err := parseForm(c)
	if err != nil {
		return err
	}
	version, err := strconv.Atoi(form.Get("version"))
	if err != nil {
		return errBadRequest
	}
	q := parseHistory(c, form)
	in := cms.UseVersion{Entry: q.id, Lang: q.of(), Version: version, Revision: form.Get("revision"), Block: form.Get("block")}
	rev, err := h.cms.UseVersion(c.Request.Context(), user(c), in)
	cq := compareQuery{form.Get("from"), form.Get("to"), form.Get("only") != ""}
	switch {
	case errors.Is(err, models.ErrStale):
		moved := staleAuthor(h.words(c), err)
		if cq.From != "" {
			return h.showCompare(c, http.StatusConflict, q, cq, moved)
		}
		return h.showHistory(c, http.StatusConflict, q, historyAgain{moved: moved})
	case err != nil:
		return err
	}
	n := map[string]string{"N": strconv.Itoa(rev.Number)}
	if in.Block != "" {
		return h.done(c, cq.url(q), Flash{Code: "block_used", Args: n, Actions: []FlashAction{{Code: "open", URL: entryURL(q.id, q.lang) + "#b-" + in.Block}}})
	}
	return h.done(c, entryURL(q.id, q.lang), Flash{Code: "version_used", Args: n, Actions: []FlashAction{{Code: "history", URL: q.url()}}})
}

// undoPublish takes back the last publish.
func (h *handler) undoPublish(c *gin.Context) error {
	form, err := parseForm(c)
	if err != nil {
		return err
	}
	version, err := strconv.Atoi(form.Get("version"))
	if err != nil {
		return errBadRequest
	}
	q := historyQuery{id: c.Param("id"), lang: c.Param("lang")}
	u, err := h.cms.UndoPublish(c.Request.Context(), user(c), q.id, q.lang, version)
	if errors.Is(err, models.ErrStale) {
		return h.showHistory(c, http.StatusConflict, q, historyAgain{moved: staleAuthor(h.words(c), err)})
	}
	if err != nil {
		return err
	}
	f := Flash{Code: "publish_undone"}
	switch {
	case u.Alone:
		f = Flash{Code: "facts_undone"}
	case u.Reason != "":
		f = Flash{Code: "publish_undone_gone"}
	case u.Replaced == "":
		f = Flash{Code: "publish_undone_off"}
	}
	f.Actions = []FlashAction{{Code: "publish_again", URL: entryURL(q.id, q.lang) + "/publish"}}
	return h.done(c, entryURL(q.id, q.lang), f)
}
