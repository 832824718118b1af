package admin

import (
	"html/template"
	"strings"

	"github.com/gin-gonic/gin"

	"meridian/cms"
	"meridian/cms/block"
)

// comparePage is the data of "history_compare": two versions as one text with
// what changed marked in it.
type comparePage struct {
	Base
	entryHead
	Facts            bool
	Guard            int
	From, To         VersionView // the older one first
	FromLong, ToLong string      // with their names
	Only             bool        // what stayed is folded away
	Toggle           string      // the same page the other way
	Earlier, Later   string

	Same    bool
	Title0  []block.Span // the title, when it changed
	Summary []block.Span
	Fields  []FieldChangeView
	Text    template.HTML
	Blocks  []BlockChangeView

	// Query goes with every form, so that it comes back here.
	Query compareQuery
	Moved string
}

// BlockChangeView is a block that differs, with the versions it can be put
// back from.
type BlockChangeView struct {
	ChangeView
	ID  string
	Use []UseView
}

// UseView offers to make a block of the text as it is in a version, which may
// be not there.
type UseView struct {
	Revision, Version string
	Remove            bool
}

// compareQuery says which versions are compared and how.
type compareQuery struct {
	From, To string
	Only     bool
}

// url is the address of the comparison within a history.
func (cq compareQuery) url(q historyQuery) string {
	only := ""
	if cq.Only {
		only = "1"
	}
	return q.url("from", cq.From, "to", cq.To, "only", only)
}

// showCompare shows two versions; without a choice the newest two.
func (h *handler) showCompare(c *gin.Context, status int, q historyQuery, cq compareQuery, moved string) error {
	if cq.To == "" {
		cq.To = cms.VersionDraft
	}
	if cq.From == "" {
		cq.From = cms.VersionDraft
	}
	cm, err := h.cms.Compare(c.Request.Context(), user(c), cms.CompareVersions{Entry: q.id, Lang: q.lang, Facts: q.facts, From: cq.From, To: cq.To})
	if err != nil {
		return err
	}
	cq.From, cq.To = cm.From.ID, cm.To.ID
	p := &comparePage{Facts: q.facts, Guard: cm.Guard, Only: cq.Only, Query: cq, Moved: moved}
	p.Base, p.entryHead = h.head(c, cm.Editor, "history.compare_title", "history.compare_crumb")
	last := len(p.Crumbs) - 1
	p.Crumbs = append(p.Crumbs[:last], Crumb{Label: p.T("history.crumb"), URL: q.url()}, p.Crumbs[last])
	p.From, p.To = h.version(p.Words, cm.Editor, cm.From, q.facts), h.version(p.Words, cm.Editor, cm.To, q.facts)
	p.From.CanUse, p.To.CanUse = cm.CanWrite && cm.From.Number > 0 && !cm.From.Same, cm.CanWrite && cm.To.Number > 0 && !cm.To.Same
	p.FromLong, p.ToLong = p.longName(p.From), p.longName(p.To)
	p.Toggle = compareQuery{cq.From, cq.To, !cq.Only}.url(q)
	if cm.Earlier != "" {
		p.Earlier = compareQuery{cm.Earlier, cq.From, cq.Only}.url(q)
	}
	if cm.Later != "" {
		p.Later = compareQuery{cq.To, cm.Later, cq.Only}.url(q)
	}
	fields := cm.Kind.Extra()
	if q.facts {
		fields = cm.Kind.FactsFor(cm.Entry.Type)
	}
	p.Fields = p.fieldChanges(fields, cm.Fields, options(cm.Editor))
	p.Title0, p.Summary = changedSpans(cm.Title), changedSpans(cm.Summary)
	p.Blocks = p.blockChanges(cm)
	p.Same = p.Title0 == nil && p.Summary == nil && len(p.Fields) == 0 && len(p.Blocks) == 0
	here := cq.url(q)
	p.Text, err = cm.HTML(block.DiffOptions{Lang: p.Lang, ChangedOnly: cq.Only, LinkLabel: p.T("history.to_block"), Links: func(id string) string {
		if !cm.CanWrite || !cm.FromUse[id] && !cm.ToUse[id] {
			return ""
		}
		return here + "#use-" + id
	}})
	if err != nil {
		return err
	}
	for i, b := range p.Blocks {
		// A block without words is nowhere to be seen.
		if !strings.Contains(string(p.Text), ` id="`+b.ID+`"`) {
			p.Blocks[i].URL = ""
		}
	}
	return h.render(c, status, "history_compare", p)
}

// longName is a version with its name, when it has one.
func (w Words) longName(v VersionView) string {
	if v.Name == "" {
		return v.Label
	}
	return w.T("history.version_named", "N", v.N, "Name", v.Name)
}

// blockChanges are the blocks that differ and what can be put back of them.
func (p *comparePage) blockChanges(cm cms.Comparison) []BlockChangeView {
	var out []BlockChangeView
	for _, d := range cm.Blocks {
		list := p.changes([]block.BlockDiff{d})
		if len(list) == 0 {
			continue
		}
		v := BlockChangeView{ChangeView: list[0], ID: d.ID}
		v.URL = "#" + d.ID
		if cm.CanWrite && cm.FromUse[d.ID] {
			v.Use = append(v.Use, UseView{cm.From.ID, p.From.Label, d.Old == nil})
		}
		if cm.CanWrite && cm.ToUse[d.ID] {
			v.Use = append(v.Use, UseView{cm.To.ID, p.To.Label, d.New == nil})
		}
		out = append(out, v)
	}
	return out
}

// sidePart is one of the two versions with the page around it.
type sidePart struct {
	VersionView
	Long string
	P    *comparePage
}

// Side is the head of one of the two versions.
func (p *comparePage) Side(v VersionView, long string) sidePart { return sidePart{v, long, p} }
