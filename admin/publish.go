package admin

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"meridian/cms"
	"meridian/cms/block"
	"meridian/models"
)

// publishPage is the data of "publish": the last look before the public.
type publishPage struct {
	Base
	entryHead
	Version, FactsVersion int

	First   bool // nothing was public before
	Nothing bool
	Title0  []block.Span // the title, when it changed
	Summary []block.Span
	Blocks  []ChangeView
	Same    int // blocks that readers see as they are
	Fields  []FieldChangeView

	Checks     []CheckView
	ErrorCount int
	// Moved says who saved something newer since this page was opened.
	Moved     string
	Planned   []PlannedView
	Withdrawn bool // comes back by hand only
}

// ChangeView is what happened to one block.
type ChangeView struct {
	URL, Label, Icon string
	Word, Tone       string // "added", "removed", "changed", "moved"
	MovedToo         bool
	Spans            []block.Span
	Attrs            string // what changed besides the words
}

// FieldChangeView is a field that differs.
type FieldChangeView struct{ Label, Was, Now string }

// publishForm shows what will change for readers and what the checks found.
func (h *handler) publishForm(c *gin.Context) error {
	return h.showPublish(c, http.StatusOK, "")
}

func (h *handler) showPublish(c *gin.Context, status int, moved string) error {
	rv, err := h.cms.Review(c.Request.Context(), user(c), c.Param("id"), c.Param("lang"))
	if err != nil {
		return err
	}
	p := &publishPage{
		Version: rv.Edition.Version, FactsVersion: rv.FactsEdition.Version, First: rv.Was == nil, Nothing: rv.Nothing, Moved: moved,
	}
	p.Base, p.entryHead = h.head(c, rv.Editor, "publish.title", "publish.crumb")
	p.Title0, p.Summary = changedSpans(rv.Title), changedSpans(rv.Summary)
	p.Blocks = p.changes(rv.Blocks)
	for i := range p.Blocks {
		if p.Blocks[i].URL != "" {
			p.Blocks[i].URL = p.URL + p.Blocks[i].URL
		}
	}
	p.Same = len(rv.Blocks) - len(p.Blocks)
	o := options(rv.Editor)
	p.Fields = p.fieldChanges(rv.Kind.Extra(), rv.Fields, o)
	p.Fields = append(p.Fields, p.fieldChanges(rv.Kind.FactsFor(rv.Entry.Type), rv.Facts, o)...)
	p.Checks, p.ErrorCount = p.checks(rv.Editor, p.URL)
	p.Planned = h.plannedOf(c.Request.Context(), p.Words, user(c), rv.Editor)
	p.Withdrawn = rv.Edition.WithdrawnAt != nil
	return h.render(c, status, "publish", p)
}

// changedSpans returns the spans of a text that changed, nil of one that did
// not.
func changedSpans(spans []block.Span) []block.Span {
	if slices.ContainsFunc(spans, func(s block.Span) bool { return s.Op != block.Equal }) {
		return spans
	}
	return nil
}

// changeLooks are the word and the tone of each kind of change.
var changeLooks = map[block.Change]struct{ word, tone string }{
	block.Added: {"added", "ok"}, block.Removed: {"removed", "bad"}, block.Changed: {"changed", "warn"}, block.Moved: {"moved", "info"},
}

// changes are the blocks of a comparison that are not the same.
func (w Words) changes(diff []block.BlockDiff) []ChangeView {
	var out []ChangeView
	for _, d := range diff {
		look, differs := changeLooks[d.Change]
		if !differs {
			continue
		}
		v := ChangeView{
			Label: block.Word(w.Lang, "block."+d.Type), Icon: blockIcon(d.Type), Word: w.T("change." + look.word), Tone: look.tone,
			MovedToo: d.Moved && d.Change != block.Moved, Spans: d.Spans,
		}
		if d.New != nil {
			v.URL = "#b-" + d.ID
		}
		if d.Change == block.Changed {
			v.Attrs = w.attrs(d)
		}
		out = append(out, v)
	}
	return out
}

// attrs names what changed in a block besides its words.
func (w Words) attrs(d block.BlockDiff) string {
	s := ""
	for _, a := range d.Attrs {
		name := block.Word(w.Lang, "field."+d.Type+"."+a)
		switch {
		case w.Has("change.attr_" + a):
			name = w.T("change.attr_" + a)
		case name == "field."+d.Type+"."+a:
			if name = block.Word(w.Lang, "field."+a); name == "field."+a {
				name = a
			}
		}
		if s != "" {
			s += w.T("form.comma")
		}
		s += name
	}
	return s
}

// fieldChanges are the fields of a comparison in words.
func (w Words) fieldChanges(fields []models.Field, list []cms.FieldChange, o fieldOptions) []FieldChangeView {
	var out []FieldChangeView
	for _, ch := range list {
		i := slices.IndexFunc(fields, func(f models.Field) bool { return f.Name == ch.Field })
		if i < 0 {
			continue
		}
		out = append(out, FieldChangeView{
			Label: w.T("field." + ch.Field), Was: w.valueText(fields[i], ch.Was, o), Now: w.valueText(fields[i], ch.Now, o),
		})
	}
	return out
}

// publish makes the draft public. What the checks refuse and what somebody
// changed meanwhile come back as the same page, as it is now.
func (h *handler) publish(c *gin.Context) error {
	form, err := parseForm(c)
	if err != nil {
		return err
	}
	id, lang := c.Param("id"), c.Param("lang")
	in := cms.Publish{Entry: id, Lang: lang}
	if in.Version, err = strconv.Atoi(form.Get("version")); err != nil {
		return errBadRequest
	}
	if in.FactsVersion, err = strconv.Atoi(form.Get("facts_version")); err != nil {
		return errBadRequest
	}
	if lang == models.Facts {
		return models.ErrNotFound
	}
	// The real time, whatever clock the rest runs on: it is what the message
	// promises.
	began := time.Now()
	_, err = h.cms.Publish(c.Request.Context(), user(c), in)
	took := time.Since(began)
	var checks *cms.ChecksError
	switch {
	case errors.Is(err, models.ErrStale):
		return h.showPublish(c, http.StatusConflict, staleAuthor(h.words(c), err))
	case errors.As(err, &checks):
		return h.showPublish(c, http.StatusUnprocessableEntity, "")
	case err != nil:
		return err
	}
	ed, err := h.cms.Editor(c.Request.Context(), user(c), id, lang)
	if err != nil {
		return err
	}
	to := publicURL(ed.Entry.Kind, ed.Edition)
	return h.done(c, entryURL(id, lang), Flash{
		Code: "published",
		Args: map[string]string{"Address": readable(to), "Took": strconv.FormatInt(max(took.Milliseconds(), 1), 10)},
		Actions: []FlashAction{{Code: "open", URL: to}, {
			Code: "undo_publish", URL: entryURL(id, lang) + "/undo-publish", Post: true,
			Fields: map[string]string{"version": strconv.Itoa(ed.Edition.Version)},
		}},
	})
}
