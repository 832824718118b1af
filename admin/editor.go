package admin

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"meridian/cms"
	"meridian/cms/block"
	"meridian/models"
)

// editorPage is the data of "editor".
type editorPage struct {
	Base
	entryHead
	Form *Form

	Version, FactsVersion int
	TextMark, FactsMark   string

	TitleField, SummaryField Field
	LeadField                *Field // what the lead picture shows, nil while there is none
	TitleLag, SummaryLag     *LagView
	TitleCount, SummaryCount int
	Blocks                   []BlockView
	Before                   []LagView // of the original, before the first block
	RemovedFirst             *RemovedView
	Settled                  []string
	Extra, Facts             []Control
	FactsPending             bool
	Inserts                  []InsertOption

	Checks     []CheckView
	ErrorCount int
	Outline    []OutlineView
	Languages  []LanguageView
	Source     *cms.Source
	Lagging    int // blocks, title and summary that fell behind
	Machine    bool
	URN        string
	ID, Kind   string
	Slug       string
	CanAddress bool
	CanConfirm bool // the facts of an organisation
	CanTake    bool // unpublish or withdraw
	Planned    []PlannedView

	Conflict *conflictView
	Put      string // says what was put in from the library
}

// entryHead is what every screen about an edition says at its top.
type entryHead struct {
	URL       string // of the editor, /admin/entries/{id}/{lang}
	EntryLang string
	EntryDir  string
	LangLabel string
	KindIcon  string
	KindLabel string
	EntryName string // the title, or what stands for it
	State     StateView
	Saved     DateTime
	Author    string
	Public    string // address, "" when readers see nothing
	Address   string // address it has or will have
	Root      bool

	CanWrite, CanPublish bool
}

// CheckView is one finding with the way to what it is about.
type CheckView struct {
	Text, Why, URL string
	Where          string
	Error          bool
}

// OutlineView is a line of the list of blocks.
type OutlineView struct {
	URL, Label, Icon, Words string
	Level                   int
	Error, Warning          bool
}

// LanguageView is an entry in one language, with what can be done about it.
type LanguageView struct {
	StateView
	Current, Original, CanStart bool
}

func entryURL(id, lang string) string { return "/admin/entries/" + id + "/" + url.PathEscape(lang) }

// entryOpen leads from an entry to its edition in the language of the reader,
// or else to the original.
func (h *handler) entryOpen(c *gin.Context) error {
	u, id, ctx := user(c), c.Param("id"), c.Request.Context()
	site, err := h.cms.Site(ctx)
	if err != nil {
		return err
	}
	langs := append([]string{u.Lang}, site.Languages...)
	for i, lang := range langs {
		ed, err := h.cms.Editor(ctx, u, id, lang)
		if errors.Is(err, models.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		if i > 0 {
			if _, err := h.cms.Editor(ctx, u, id, ed.Entry.OriginalLang); err == nil {
				lang = ed.Entry.OriginalLang
			}
		}
		return h.see(c, entryURL(id, lang))
	}
	return models.ErrNotFound
}

// entryEdit shows an edition in the Form view.
func (h *handler) entryEdit(c *gin.Context) error {
	ed, err := h.cms.Editor(c.Request.Context(), user(c), c.Param("id"), c.Param("lang"))
	if err != nil {
		return err
	}
	p := h.editorPage(c, ed, nil, nil)
	p.removed(h.lastRemoved(c, ed.Entry.ID, ed.Edition.Lang))
	return h.render(c, http.StatusOK, "editor", p)
}

// entrySave stores what was typed, the text and the facts beside it, after
// doing to the text what the pressed button says.
func (h *handler) entrySave(c *gin.Context) error {
	ctx, u := c.Request.Context(), user(c)
	form, err := parseForm(c)
	if err != nil {
		return err
	}
	ed, err := h.cms.Editor(ctx, u, c.Param("id"), c.Param("lang"))
	if err != nil {
		return err
	}
	in, err := parseTyped(form, ed)
	if err != nil {
		return err
	}
	again := func(status int, problem error) error {
		p := h.editorPage(c, ed, in, problem)
		if r, ok := in.removed(); ok && in.Op != "restore" {
			p.removed(r)
		}
		return h.render(c, status, "editor", p)
	}
	if err := in.clean(ed); err != nil || len(in.Problems) > 0 {
		return again(http.StatusUnprocessableEntity, err)
	}
	if in.textStale(ed) || in.factsStale(ed) {
		return h.conflict(c, ed, in)
	}
	show, removed, err := in.apply(ed)
	if err != nil {
		return err
	}
	if len(in.Problems) > 0 {
		return again(http.StatusUnprocessableEntity, nil)
	}
	if err := h.saveTyped(c, ed, in); err != nil {
		var (
			invalid *models.InvalidError
			text    *block.InvalidError
		)
		switch {
		case errors.As(err, &text):
			in.Problems = text.Problems
			return again(http.StatusUnprocessableEntity, nil)
		case errors.Is(err, models.ErrStale):
			if ed, err = h.cms.Editor(ctx, u, ed.Entry.ID, ed.Edition.Lang); err != nil {
				return err
			}
			return h.conflict(c, ed, in)
		case errors.As(err, &invalid):
			return again(http.StatusUnprocessableEntity, invalid)
		}
		return err
	}
	if removed != nil {
		removed.Entry, removed.Lang = ed.Entry.ID, ed.Edition.Lang
		h.keepRemoved(c, removed)
	} else if in.Op == "restore" {
		h.sessions.Remove(ctx, keyRemoved)
	}
	if show != "" && in.Op == "insert" && in.writable(show) {
		show = "?at=" + show // browsers ignore autofocus where an address has an anchor
	} else if show != "" {
		show = "#b-" + show
	} else if removed != nil {
		show = "#removed"
	}
	return h.afterSave(c, ed, in, show)
}

// saveTyped stores the facts and the text, each when it changed. The facts come
// first: what the text says of the lead picture is about the one chosen there.
func (h *handler) saveTyped(c *gin.Context, ed cms.Editor, in *typed) error {
	ctx, u := c.Request.Context(), user(c)
	if in.factsChanged() {
		d, err := h.cms.Save(ctx, u, cms.SaveDraft{Entry: ed.Entry.ID, Lang: models.Facts, Version: in.FactsVersion, Fields: in.Facts})
		if err != nil {
			return prefixed(err, "facts.")
		}
		in.FactsVersion = d.Version
	}
	if in.textChanged() {
		d, err := h.cms.Save(ctx, u, cms.SaveDraft{
			Entry: ed.Entry.ID, Lang: ed.Edition.Lang, Version: in.Version, Title: in.Title, Summary: in.Summary,
			Body: in.Doc, Fields: in.Fields, StillRight: in.Still, Confirmed: in.Confirmed,
		})
		if err != nil {
			return prefixed(err, "fields.")
		}
		in.Version = d.Version
	}
	return nil
}

// afterSave goes where the pressed button leads; show is the place on the
// editing screen.
func (h *handler) afterSave(c *gin.Context, ed cms.Editor, in *typed, show string) error {
	at := entryURL(ed.Entry.ID, ed.Edition.Lang)
	switch in.Op {
	case "publish":
		return h.see(c, at+"/publish")
	case "address":
		return h.see(c, at+"/address")
	case "takedown":
		return h.see(c, at+"/takedown")
	case "history":
		return h.see(c, at+"/history")
	case "schedule":
		return h.see(c, at+"/schedule?"+url.Values{"act": {in.arg(0)}}.Encode())
	case "confirm":
		return h.confirmFacts(c, ed.Entry.ID, in.FactsVersion, at)
	case "unschedule":
		return h.cancelSchedule(c, ed, in.Version, in.arg(0))
	case "choose":
		return h.chooseMedia(c, ed, at, in.arg(0))
	case "clear":
		if fieldName.MatchString(in.arg(0)) {
			show = "#" + Field{Name: in.arg(0)}.ID()
		}
	case "start":
		return h.start(c, ed, in.arg(0), in.arg(1) == "copy")
	}
	if in.Op == "save" || in.Op == "" {
		h.flash(c, Flash{Code: "saved"})
	}
	return h.see(c, at+show)
}

// start begins an edition in another language.
func (h *handler) start(c *gin.Context, ed cms.Editor, lang string, words bool) error {
	_, err := h.cms.Translate(c.Request.Context(), user(c), cms.NewEdition{Entry: ed.Entry.ID, Lang: lang, Copy: words})
	if err != nil {
		return err
	}
	return h.done(c, entryURL(ed.Entry.ID, lang), Flash{Code: "language_started", Args: map[string]string{"Language": h.words(c).LanguageName(lang)}})
}

func options(ed cms.Editor) fieldOptions {
	return fieldOptions{Terms: ed.Terms, Sections: ed.Sections, Lang: ed.Edition.Lang}
}

// head fills what every screen about an edition says at its top. tail is the
// last step of the way there, "" on the editor itself.
func (h *handler) head(c *gin.Context, ed cms.Editor, title, tail string) (Base, entryHead) {
	w := h.words(c)
	lang := ed.Edition.Lang
	e := entryHead{
		URL: entryURL(ed.Entry.ID, lang), EntryLang: lang, EntryDir: models.Direction(lang), LangLabel: w.LanguageName(lang),
		KindIcon: kindIcon(ed.Entry.Kind, ed.Entry.Type), KindLabel: w.T("kind." + kindWord(ed.Entry.Kind, ed.Entry.Type)),
		EntryName: ed.Draft.Title, Author: ed.Author, Saved: h.moment(w, ed.Draft.SavedAt, ed.Site.TimeZone),
		Root: ed.Entry.Root(), CanWrite: ed.CanWrite, CanPublish: ed.CanPublish,
	}
	if e.EntryName == "" {
		e.EntryName = w.T("editor.untitled")
	}
	i := slices.IndexFunc(ed.Languages, func(s cms.LanguageState) bool { return s.Lang == lang })
	if i >= 0 {
		e.State = w.state(ed.Languages[i], ed.Entry.ID)
	}
	e.Address = publicURL(ed.Entry.Kind, ed.Edition)
	if ed.Edition.Live() {
		e.Public = e.Address
	}
	b := h.base(c)
	b.Title = w.T(title, "Title", e.EntryName, "Language", e.LangLabel)
	b.Crumbs = entryCrumbs(w, user(c), ed)
	if tail != "" {
		b.Crumbs = append(b.Crumbs, Crumb{Label: e.EntryName, URL: e.URL, Lang: lang}, Crumb{Label: w.T(tail)})
	} else {
		b.Crumbs = append(b.Crumbs, Crumb{Label: e.EntryName, Lang: lang})
	}
	return b, e
}

// editorPage is the editing screen of an edition. With in it shows what was
// typed instead of what is stored; problem holds the fields that are wrong.
func (h *handler) editorPage(c *gin.Context, ed cms.Editor, in *typed, problem error) *editorPage {
	p := &editorPage{ID: ed.Entry.ID, Kind: ed.Entry.Kind, Slug: ed.Edition.Slug}
	p.Base, p.entryHead = h.head(c, ed, "editor.page", "")
	p.Wide = true
	w := p.Words
	p.Form = newForm(w, "editor", problem)

	title, summary, doc, fields, facts := ed.Draft.Title, ed.Draft.Summary, ed.Doc, ed.Draft.Fields, ed.Facts.Fields
	var still []string
	form := doc.Form
	p.Version, p.FactsVersion = ed.Edition.Version, ed.FactsEdition.Version
	p.CanConfirm = ed.CanPublish && ed.Entry.Type == models.TypeOrganisation
	if in != nil {
		title, summary, fields, facts, still = in.Title, in.Summary, in.Fields, in.Facts, in.Still
		p.Version, p.FactsVersion, p.TextMark, p.FactsMark = in.Version, in.FactsVersion, in.TextMark, in.FactsMark
		form = func() []block.FormBlock { return doc.FormWith(in.Form, in.Problems) }
		doc = in.Doc
	} else {
		p.TextMark, p.FactsMark = textMark(title, summary, doc, fields), factsMark(facts)
	}
	lang := ed.Edition.Lang
	p.TitleField = p.Form.Field(Field{Name: "title", Kind: "textarea", Rows: 1, Value: title, Lang: lang})
	p.SummaryField = p.Form.Field(Field{Name: "summary", Kind: "textarea", Rows: 2, Value: summary, Lang: lang})
	p.TitleCount, p.SummaryCount = utf8.RuneCountInString(title), utf8.RuneCountInString(summary)
	if in != nil {
		for _, problem := range in.Problems {
			if problem.Block == "" { // about the text as a whole
				p.Form.Errors = append(p.Form.Errors, FormError{Text: problem.Text(w.Lang)})
			}
		}
	}
	o := options(ed)
	o.Places = h.places(c, doc)
	list := form()
	o.Media, facts, fields = h.mediaOf(c, p, list, facts, fields, in == nil)
	p.Blocks = p.Form.blocks(list, lang, o)
	if at := c.Query("at"); at != "" && in == nil {
		p.focus(at)
	}
	p.Inserts = insertOptions(w)
	p.Extra = p.Form.controls("fields.", ed.Kind.Extra(), fields, o)
	for i := range p.Extra {
		p.Extra[i].Lang = lang
	}
	p.splitLead(facts)
	p.Facts = p.Form.controls("facts.", ed.Kind.FactsFor(ed.Entry.Type), facts, o)
	p.FactsPending = ed.FactsPending
	p.Form.Rest()

	if s := ed.Source; s != nil {
		p.Source, p.Lagging, p.Machine = s, len(s.Behind), ed.Draft.Machine
		p.TitleLag, p.SummaryLag = w.lagOf(s, cms.KeyTitle, still), w.lagOf(s, cms.KeySummary, still)
		p.Before, p.Settled = w.align(p.Blocks, s, still)
		p.Lagging -= len(p.Settled)
	}
	p.Checks, p.ErrorCount = w.checks(ed, "")
	p.Planned = h.plannedOf(c.Request.Context(), w, user(c), ed)
	p.Outline = w.outline(ed.Doc, ed.Findings)
	for _, s := range ed.Languages {
		p.Languages = append(p.Languages, LanguageView{
			StateView: w.state(s, ed.Entry.ID), Current: s.Lang == lang, Original: s.Original,
			CanStart: s.State == models.StateMissing && user(c).Can(models.ActWrite, ed.Entry.Place(s.Lang)),
		})
	}
	p.CanAddress = ed.CanWrite && !ed.Entry.Root() && (ed.CanPublish || ed.Edition.FirstPublishedAt == nil && ed.Entry.Kind != models.KindSection)
	home := ed.Entry.Root() && lang == ed.Entry.OriginalLang
	p.CanTake = ed.CanPublish && !home && (ed.Edition.Live() || ed.Edition.FirstPublishedAt != nil && ed.Edition.WithdrawnAt == nil)
	return p
}

// places are the sections that the user writes in, for texts with a block that
// may show what is in them.
func (h *handler) places(c *gin.Context, d *block.Document) []cms.SectionOption {
	if !slices.ContainsFunc(d.Doc.Content, func(n block.Node) bool { return n.Type == "cards" }) {
		return nil
	}
	list, err := h.cms.Writable(c.Request.Context(), user(c))
	if err != nil { // the organisations are still there to choose from
		h.log.ErrorContext(c.Request.Context(), "sections not read", "request_id", requestID(c), "err", err)
	}
	return list
}

// focus puts the cursor into the first field of a block.
func (p *editorPage) focus(id string) {
	for i := range p.Blocks {
		if b := &p.Blocks[i]; b.ID == id && len(b.Fields) > 0 {
			b.Fields[0].Autofocus = true
		}
	}
}

// removed shows where a block was taken out, with the button that puts it back.
func (p *editorPage) removed(r *removedBlock) {
	if r == nil {
		return
	}
	d, err := block.Decode([]byte(r.Doc))
	if err != nil || len(d.Doc.Content) != 1 {
		return
	}
	v := &RemovedView{Label: block.Word(p.Lang, "block."+d.Doc.Content[0].Type), Doc: r.Doc, After: r.After}
	for i := range p.Blocks {
		if p.Blocks[i].ID == r.After {
			p.Blocks[i].Removed = v
			return
		}
	}
	p.RemovedFirst = v
}

// checks are the findings of the checks, errors first, with links to what they
// are about on the page at base ("" for the editor itself).
func (w Words) checks(ed cms.Editor, base string) (out []CheckView, wrong int) {
	at := map[string]int{}
	for i, n := range ed.Doc.Doc.Content {
		at[n.ID()] = i
	}
	for _, f := range ed.Findings {
		v := CheckView{Error: f.Severity == block.Error}
		if v.Error {
			wrong++
		}
		switch i, there := at[f.BlockID]; {
		case f.Field == cms.KeyTitle || f.Field == cms.KeySummary:
			v.URL, v.Where = base+"#f-"+f.Field, w.T("editor."+f.Field)
		case f.Field != "":
			v.URL, v.Where = base+"#"+Field{Name: fieldPrefix(ed, f.Field) + f.Field}.ID(), w.T("field."+f.Field)
		case there:
			v.URL = base + "#b-" + f.BlockID
			v.Where = block.Word(w.Lang, "block."+ed.Doc.Doc.Content[i].Type) + " " + w.Number(i+1)
		case f.Code == "machine_unconfirmed":
			v.URL = base + "#machine"
		}
		v.Text, v.Why = w.finding(f)
		out = append(out, v)
	}
	slices.SortStableFunc(out, func(a, b CheckView) int {
		switch {
		case a.Error == b.Error:
			return 0
		case a.Error:
			return -1
		}
		return 1
	})
	return out, wrong
}

// fieldPrefix tells whether a finding is about a fact or a field of the language.
func fieldPrefix(ed cms.Editor, name string) string {
	if slices.ContainsFunc(ed.Kind.FactsFor(ed.Entry.Type), func(f models.Field) bool { return f.Name == name }) {
		return "facts."
	}
	return "fields."
}

// outline lists the blocks of a text.
func (w Words) outline(d *block.Document, findings []cms.Finding) []OutlineView {
	var out []OutlineView
	for _, item := range d.Outline() {
		v := OutlineView{
			URL: "#b-" + item.BlockID, Label: block.Word(w.Lang, "block."+item.Type), Icon: blockIcon(item.Type),
			Words: item.Words, Level: item.Level,
		}
		for _, f := range findings {
			if f.BlockID == item.BlockID {
				v.Error = v.Error || f.Severity == block.Error
				v.Warning = v.Warning || f.Severity != block.Error
			}
		}
		out = append(out, v)
	}
	return out
}

// prefixed brings the keys of an InvalidError to the names of the form.
func prefixed(err error, prefix string) error {
	var e *models.InvalidError
	if !errors.As(err, &e) {
		return err
	}
	out := &models.InvalidError{Fields: map[string]models.Problem{}}
	for name, p := range e.Fields {
		if name != cms.KeyTitle && name != cms.KeySummary {
			name = prefix + name
		}
		out.Fields[name] = p
	}
	return out
}
