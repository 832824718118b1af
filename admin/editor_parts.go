package admin

import (
	"slices"

	"meridian/cms"
	"meridian/models"
)

// Parts of the editing screen take their own data and the page around them,
// because a template is handed one value.
type (
	lagPart struct {
		*LagView
		P *editorPage
	}
	missingPart struct {
		List []LagView
		P    *editorPage
	}
	originalPart struct {
		Text string
		P    *editorPage
	}
	removedPart struct {
		*RemovedView
		P *editorPage
	}
	insertPart struct {
		After string // id of the block before, "start" above the first
		P     *editorPage
	}
	changesPart struct {
		*editorPage
		Blocks []ChangeView
	}
)

// Lag is the box that says what changed in the original.
func (p *editorPage) Lag(l *LagView) lagPart { return lagPart{l, p} }

// Missing lists blocks of the original that this text lacks.
func (p *editorPage) Missing(list []LagView) missingPart { return missingPart{list, p} }

// PutBack is the line that stands where a block was removed.
func (p *editorPage) PutBack(r *RemovedView) removedPart { return removedPart{r, p} }

// Insert is the place after a block where another can be added.
func (p *editorPage) Insert(after string) insertPart { return insertPart{after, p} }

// With lists other changes than those of the page.
func (p *editorPage) With(list []ChangeView) changesPart { return changesPart{p, list} }

// Original is what the original says as title or summary.
func (p *editorPage) Original(key string) originalPart {
	if key == cms.KeyTitle {
		return originalPart{p.Source.Title, p}
	}
	return originalPart{p.Source.Summary, p}
}

// SourceName is the language of the original.
func (p *editorPage) SourceName() string {
	if p.Source == nil {
		return ""
	}
	return p.LanguageName(p.Source.Lang)
}

// LastID is the block after which one added at the end stands.
func (p *editorPage) LastID() string {
	if len(p.Blocks) == 0 {
		return "start"
	}
	return p.Blocks[len(p.Blocks)-1].ID
}

// splitLead takes the description of the lead picture out of the folded fields
// of the language: it stands with the words, where there is a picture to
// describe or a description is left over.
func (p *editorPage) splitLead(facts models.Values) {
	i := slices.IndexFunc(p.Extra, func(c Control) bool { return c.Name == "fields.lead_description" })
	if i < 0 {
		return
	}
	lead := p.Extra[i].Field
	lead.Kind, lead.Rows = "textarea", 2 // like the summary: whole sentences
	p.Extra = slices.Delete(p.Extra, i, i+1)
	if facts.Str("lead_picture") != "" || lead.Value != "" || lead.Error != "" {
		p.LeadField = &lead
	}
}

// ExtraOpen reports whether the folded fields of the language hold an error.
func (p *editorPage) ExtraOpen() bool {
	for _, c := range p.Extra {
		if c.Error != "" {
			return true
		}
	}
	return false
}

// ReadableAddress is the address of the edition as people read it.
func (e entryHead) ReadableAddress() string { return readable(e.Address) }
