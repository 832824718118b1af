package admin

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"meridian/cms"
	"meridian/cms/block"
	"meridian/models"
)

// conflictView is what somebody else saved meanwhile.
type conflictView struct {
	Author string
	Saved  DateTime
	// Title, Summary and Blocks lead from their words to those in the form.
	Title, Summary []block.Span
	Blocks         []ChangeView
	Fields         []FieldChangeView
	Text, Facts    bool // which of the two is in conflict
}

// textStale reports whether the words were changed here and, since they were
// read, by somebody else as well; factsStale the same of the facts.
func (in *typed) textStale(ed cms.Editor) bool {
	return in.Version != ed.Edition.Version && in.textChanged()
}

func (in *typed) factsStale(ed cms.Editor) bool {
	return in.FactsVersion != ed.FactsEdition.Version && in.factsChanged()
}

// conflict shows what was typed as a form at the version that is there now,
// beside what somebody else saved. Nothing was stored.
func (h *handler) conflict(c *gin.Context, ed cms.Editor, in *typed) error {
	p := h.editorPage(c, ed, in, nil)
	v := &conflictView{Author: ed.Author, Saved: p.Saved, Text: in.textStale(ed), Facts: in.factsStale(ed)}
	if v.Text {
		v.Title = changedSpans(block.DiffWords(ed.Draft.Title, models.CleanText(in.Title, false)))
		v.Summary = changedSpans(block.DiffWords(ed.Draft.Summary, models.CleanText(in.Summary, true)))
		v.Blocks = p.changes(block.Diff(ed.Doc, in.Doc))
		v.Fields = p.fieldChanges(ed.Kind.Extra(), differences(ed.Kind.Extra(), ed.Draft.Fields, in.Fields), options(ed))
	}
	if v.Facts {
		fields := ed.Kind.FactsFor(ed.Entry.Type)
		v.Fields = append(v.Fields, p.fieldChanges(fields, differences(fields, ed.Facts.Fields, in.Facts), options(ed))...)
	}
	p.Conflict = v
	p.Version, p.FactsVersion = ed.Edition.Version, ed.FactsEdition.Version
	p.TextMark, p.FactsMark = textMark(ed.Draft.Title, ed.Draft.Summary, ed.Doc, ed.Draft.Fields), factsMark(ed.Facts.Fields)
	return h.render(c, http.StatusConflict, "editor", p)
}

// differences compares fields as the use cases do.
func differences(fields []models.Field, was, now models.Values) []cms.FieldChange {
	var out []cms.FieldChange
	for _, f := range fields {
		a, b := models.Values{"x": was[f.Name]}, models.Values{"x": now[f.Name]}
		if a.Canonical() != b.Canonical() {
			out = append(out, cms.FieldChange{Field: f.Name, Was: was[f.Name], Now: now[f.Name]})
		}
	}
	return out
}
