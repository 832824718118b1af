package admin

import (
	"slices"
	"strings"

	"meridian/cms"
	"meridian/cms/block"
	"meridian/models"
)

// BlockView is one block of a text as a group of controls.
type BlockView struct {
	ID, Type, Icon string
	Input          string // of the hidden field that says the block is there
	Label          string // "Paragraph"
	N              int    // from 1
	Words          string // its first words
	Fields         []Control
	Minor          []Control // seldom needed, folded away
	MinorLabel     string    // of the fold
	MinorOpen      bool
	Problems       []string
	First, Last    bool
	// Lag says what changed in the original since this block was translated.
	Lag *LagView
	// Source is what the original says here, with its language.
	Source []block.Span
	// Missing are blocks of the original that this text lacks, after this one.
	Missing []LagView
	// Removed is the block that was taken out after this one.
	Removed *RemovedView
}

// RemovedView is a block that can be put back.
type RemovedView struct{ Label, Doc, After string }

// LagView is a block, title or summary of the original beside its translation.
type LagView struct {
	Key   string
	Label string
	Icon  string
	Spans []block.Span // what changed
	// Gone says that the original no longer has it; New that it is not in this
	// text and came since; Marked that "still right" was ticked.
	Gone, New, Marked bool
}

// InsertOption is a type of block that can be added.
type InsertOption struct{ Type, Label, Icon string }

// blockIcons maps the names of the registry to the icon set of these screens.
var blockIcons = map[string]string{
	"message-square-warning": "megaphone", "paperclip": "files", "layout-list": "list-checks", "map": "network",
}

func blockIcon(typ string) string {
	spec, ok := block.SpecOf(typ)
	if !ok {
		return "type"
	}
	if icon, ok := blockIcons[spec.Icon]; ok {
		return icon
	}
	return spec.Icon
}

// insertOptions are the types of blocks in the order of the registry.
func insertOptions(w Words) []InsertOption {
	var out []InsertOption
	for _, s := range block.Specs() {
		if s.Kind != block.KindPart {
			out = append(out, InsertOption{s.Type, block.Word(w.Lang, s.Label()), blockIcon(s.Type)})
		}
	}
	return out
}

// blocks turns the form of a text into groups of controls.
func (f *Form) blocks(list []block.FormBlock, lang string, o fieldOptions) []BlockView {
	out := make([]BlockView, len(list))
	for i, b := range list {
		v := BlockView{
			ID: b.ID, Type: b.Type, Icon: blockIcon(b.Type), Input: b.Input(), N: i + 1,
			Label: block.Word(f.words.Lang, b.Label), Words: b.Words, First: i == 0, Last: i == len(list)-1,
		}
		name := v.Label + " " + f.words.Number(v.N)
		for _, p := range b.Problems {
			text := p.Text(f.words.Lang)
			v.Problems = append(v.Problems, text)
			f.Errors = append(f.Errors, FormError{"b-" + b.ID, name + ": " + text})
		}
		v.MinorLabel = f.words.T("block.more")
		record := false // a contact card that shows the record of a section
		for _, field := range b.Fields {
			c := f.blockControl(field, name, lang, o)
			inline := b.Type == "contact" && strings.Contains(field.Name, ".inline.")
			if b.Type == "contact" && field.Of == block.TypeRef {
				record = field.Value != ""
			}
			if field.Minor || inline {
				v.Minor = append(v.Minor, c)
				v.MinorOpen = v.MinorOpen || len(field.Problems) > 0 || inline && field.Value != "" && !record
				if inline {
					v.MinorLabel = f.words.T("block.contact_inline")
				}
			} else {
				v.Fields = append(v.Fields, c)
			}
		}
		out[i] = v
	}
	return out
}

// blockControl turns a field of a block into a control. name is that of the
// block, for the summary of errors.
func (f *Form) blockControl(field block.FormField, name, lang string, o fieldOptions) Control {
	w := f.words
	c := Field{
		Name: field.Name, Label: block.Word(w.Lang, field.Label), Value: field.Value, Dir: "auto", Rows: field.Rows,
		Error: f.problems(field.Problems),
	}
	// How to write bold and links is said once, above the text.
	if field.Hint != "" && field.Hint != "hint.notation" {
		c.Hint = block.Word(w.Lang, field.Hint)
	}
	switch field.Kind {
	case block.FieldNotation, block.FieldTextarea:
		c.Kind, c.Lang = "textarea", lang
		if field.Rows == 1 {
			c.Kind = "text"
		}
	case block.FieldSelect:
		c.Kind = "select"
	case block.FieldChecks:
		c.Kind = "checks"
	case block.FieldCheckbox:
		c.Kind, c.Value = "checkbox", ""
		if field.Checked {
			c.Value = "1"
		}
	case block.FieldNumber:
		c.Kind, c.Narrow = "number", true
	case block.FieldList:
		return f.blockList(field, c, name, lang, o)
	default:
		c.Kind = "text"
		switch field.Of {
		case block.TypeText:
			c.Lang = lang
		case block.TypeURL, block.TypeTarget, block.TypeRef, block.TypeMedia, block.TypeSlug, block.TypeTerm, block.TypeLang:
			c.Dir = "ltr"
		case block.TypeEmail:
			c.Kind, c.Dir, c.Autocomplete = "email", "ltr", "off"
		case block.TypePhone:
			c.Kind, c.Dir, c.Autocomplete = "tel", "ltr", "off"
		case block.TypeDate:
			c.Kind, c.Narrow = "date", true
		}
	}
	for _, o := range field.Options {
		c.Options = append(c.Options, Option{Value: o.Value, Label: block.Word(w.Lang, o.Label), Chosen: o.Selected})
	}
	if list := f.blockChoices(field, o); list != nil {
		c.Kind, c.Dir, c.Hint = "select", "auto", ""
		c.Options = withOption(append([]Option{{Label: w.T("form.none")}}, list...), c.Value)
		for i := range c.Options {
			c.Options[i].Chosen = c.Options[i].Value == c.Value
		}
	}
	if field.Of == block.TypeMedia {
		c.Hint = "" // how it is written is nobody's concern any more
		c = w.mediaField(c, o.Media)
	}
	if c.Error != "" {
		f.Errors = append(f.Errors, FormError{c.target(), name + ": " + c.Error})
	}
	return Control{Field: c}
}

// blockChoices are what a field of a block that names something else may be,
// nil where it is typed: a section, a region, a topic, a status.
func (f *Form) blockChoices(field block.FormField, o fieldOptions) []Option {
	attr := field.Name[strings.LastIndexByte(field.Name, '.')+1:]
	var out []Option
	switch {
	case field.Of == block.TypeRef && slices.Equal(field.Kinds, []string{models.KindSection}):
		list := o.Sections
		if attr != "source" { // a part of the site has no record, but news and pages
			list = slices.Concat(o.Places, o.Sections)
		}
		for _, s := range list {
			value := models.KindSection + ":" + s.ID
			if !slices.ContainsFunc(out, func(o Option) bool { return o.Value == value }) {
				out = append(out, Option{Value: value, Label: strings.Repeat("\u2003", s.Depth) + s.Title})
			}
		}
	case field.Of == block.TypeTerm && attr == "status":
		for _, s := range []string{"member", "associate", "former"} {
			out = append(out, Option{Value: s, Label: f.words.T("choice.status_" + s)})
		}
	case field.Of == block.TypeTerm:
		for _, t := range o.Terms[attr] {
			v := Option{Value: t.ID, Label: t.Label(f.words.Lang, o.Lang, "en")}
			for _, l := range t.Labels { // its slug names it as well
				if field.Value != "" && field.Value == l.Slug {
					v.Value = l.Slug
				}
			}
			out = append(out, v)
		}
	}
	return out
}

// blockList turns a list of a block into a group, a row to an item.
func (f *Form) blockList(field block.FormField, c Field, name, lang string, o fieldOptions) Control {
	g := Control{Field: c, Inline: true, Rows: []ControlRow{}}
	for _, item := range field.Items {
		row := ControlRow{Label: f.words.T("form.nth", "Label", c.Label, "N", item.Number), Short: f.words.Number(item.Number)}
		if item.Spare {
			row.Label, row.Short = f.words.T("form.another", "Label", c.Label), f.words.T("form.one_more")
		}
		for _, sub := range item.Fields {
			row.Fields = append(row.Fields, f.blockControl(sub, name, lang, o).Field)
		}
		if !item.Spare {
			row.Fields = append(row.Fields, f.blockControl(item.Remove, name, lang, o).Field)
		}
		g.Rows = append(g.Rows, row)
	}
	if g.Error != "" {
		target := g.ID()
		if len(g.Rows) > 0 && len(g.Rows[0].Fields) > 0 {
			target = g.Rows[0].Fields[0].ID()
		}
		f.Errors = append(f.Errors, FormError{target, name + ": " + g.Error})
	}
	return g
}

func (f *Form) problems(list []block.Problem) string {
	var parts []string
	for _, p := range list {
		parts = append(parts, p.Text(f.words.Lang))
	}
	return strings.Join(parts, " ")
}

// align puts the original of a translation beside its blocks: what changed,
// what it says, what this text lacks. It returns what belongs before the first
// block and the keys that need nobody's eyes because both texts lack them.
func (w Words) align(blocks []BlockView, s *cms.Source, still []string) (before []LagView, settled []string) {
	was := s.Doc
	if s.Was != nil {
		if d, err := block.Decode([]byte(s.Was.Body)); err == nil {
			was = d
		}
	}
	now := map[string]block.BlockDiff{}
	for _, d := range block.Diff(was, s.Doc) {
		now[d.ID] = d
	}
	lag := func(id string) LagView {
		d := now[id]
		return LagView{
			Key: id, Label: block.Word(w.Lang, "block."+d.Type), Icon: blockIcon(d.Type), Spans: d.Spans,
			Gone: d.New == nil, Marked: slices.Contains(still, id),
		}
	}
	at := map[string]int{}
	for i := range blocks {
		b := &blocks[i]
		at[b.ID] = i
		d, there := now[b.ID]
		if there && d.New != nil {
			b.Source = plainSpans(d.Spans)
		}
		if there && slices.Contains(s.Behind, b.ID) {
			l := lag(b.ID)
			b.Lag = &l
		}
	}
	last := -1
	for i := range s.Doc.Doc.Content {
		id := s.Doc.Doc.Content[i].ID()
		if j, there := at[id]; there {
			last = j
			continue
		}
		l := lag(id)
		l.New = slices.Contains(s.Behind, id)
		if !l.New {
			l.Spans = plainSpans(l.Spans)
		}
		if last < 0 {
			before = append(before, l)
		} else {
			blocks[last].Missing = append(blocks[last].Missing, l)
		}
	}
	for _, key := range s.Behind {
		_, here := at[key]
		if key != cms.KeyTitle && key != cms.KeySummary && !here && position(s.Doc, key) < 0 {
			settled = append(settled, key)
		}
	}
	return before, settled
}

// plainSpans is what a comparison leads to, without what was taken away.
func plainSpans(spans []block.Span) []block.Span {
	var b strings.Builder
	for _, s := range spans {
		if s.Op != block.Delete {
			b.WriteString(s.Text)
		}
	}
	if b.Len() == 0 {
		return nil
	}
	return []block.Span{{Op: block.Equal, Text: b.String()}}
}

// lagOf is the title or summary of the original beside its translation, nil
// when it did not change.
func (w Words) lagOf(s *cms.Source, key string, still []string) *LagView {
	if !slices.Contains(s.Behind, key) {
		return nil
	}
	var was models.Content
	if s.Was != nil {
		was = s.Was.Content
	}
	l := LagView{Key: key, Marked: slices.Contains(still, key)}
	switch key {
	case cms.KeyTitle:
		l.Spans = block.DiffWords(was.Title, s.Title)
	case cms.KeySummary:
		l.Spans = block.DiffWords(was.Summary, s.Summary)
	}
	return &l
}
