package block

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// FieldKind says which control a field of the Form view needs.
type FieldKind string

// Kinds of fields.
const (
	FieldLine     FieldKind = "line"     // one line of text
	FieldNotation FieldKind = "notation" // text in the written notation; Rows 1 = one line
	FieldTextarea FieldKind = "textarea" // several lines of plain text
	FieldSelect   FieldKind = "select"   // one of Options
	FieldChecks   FieldKind = "checks"   // any of Options, check boxes of one name
	FieldCheckbox FieldKind = "checkbox" // Checked; its value is "1"
	FieldNumber   FieldKind = "number"   // a whole number from Min to Max
	FieldHidden   FieldKind = "hidden"
	FieldList     FieldKind = "list" // Items, each with fields of its own
)

// FormBlock is one block as a set of form fields: one fieldset. The form also
// needs, in the order of the blocks, a hidden input named "block" with Input as
// its value.
type FormBlock struct {
	ID, Type string
	Label    string // key of the block's name (see Word)
	Words    string // its first words, for the legend
	Fields   []FormField
	Problems []Problem // those that belong to no field
}

// Input is the value of the hidden input that says that the block is there.
func (b FormBlock) Input() string { return b.ID + ":" + b.Type }

// FormField is one field. Label and Hint are keys for Word.
type FormField struct {
	Name     string // of the input: b.<block id>.<attribute>[.<number>.<attribute>]
	Kind     FieldKind
	Of       AttrType // what the value is; lets a screen offer a picker for media and refs
	Kinds    []string // of refs and media: which
	Label    string
	Hint     string // "" = none
	Value    string
	Checked  bool // of a checkbox
	Required bool // before publishing, not for saving
	Minor    bool // seldom needed: may be folded away
	Options  []Option
	Min, Max int // of a number, or characters of a text; Max 0 = no bound worth telling
	Rows     int // suggested height of a text area
	Items    []FormItem
	Problems []Problem
}

// Option is one choice of a select or of check boxes; Label is a key for Word.
type Option struct {
	Value, Label string
	Selected     bool
}

// FormItem is one row of a list. The last one of a list that may grow is spare:
// filling it in adds an item.
type FormItem struct {
	Number int // from 1, as people count
	Spare  bool
	Fields []FormField
	Remove FormField // checkbox; of no use in a spare row
}

// Form is the whole document as plain form fields, complete without script. The
// document should be normalised (Tidy is enough). ParseForm reads it back.
func (d *Document) Form() []FormBlock {
	out := make([]FormBlock, 0, len(d.Doc.Content))
	for i := range d.Doc.Content {
		if n := &d.Doc.Content[i]; topLevel(n.Type) {
			out = append(out, formBlock(n))
		}
	}
	return out
}

// FormWith is the form once more as it was typed, with the problems ParseForm
// found at their fields. It depends on v alone, not on what ParseForm could make
// of it, so nothing that was typed is lost.
func (d *Document) FormWith(v url.Values, problems []Problem) []FormBlock {
	var out []FormBlock
	seen := map[string]bool{}
	for _, input := range v["block"] {
		id, typ, _ := strings.Cut(input, ":")
		if !ValidID(id) || !topLevel(typ) || seen[id] {
			continue
		}
		seen[id] = true
		n := newBlock(typ)
		n.Attrs = map[string]any{"id": id}
		spec := specByType[typ]
		for i := range spec.Attrs {
			if a := &spec.Attrs[i]; a.Type == TypeList {
				rows := formRows(v, a, fieldName(id, a.Name))
				if rows > 0 && emptyRow(v, fieldName(id, a.Name)+"."+strconv.Itoa(rows-1)+".") {
					rows-- // the spare one, which nobody used
				}
				n.Attrs[a.Name] = make([]any, rows)
			}
		}
		b := formBlock(&n)
		retype(b.Fields, v)
		if words := strings.Join(strings.Fields(v.Get(fieldName(id, "text"))), " "); words != "" {
			b.Words = clip(words, 60)
		}
		for _, p := range problems {
			if p.Block == id && !addProblem(b.Fields, p) {
				b.Problems = append(b.Problems, p)
			}
		}
		out = append(out, b)
	}
	return out
}

// emptyRow tells whether nothing was typed into a row of a list.
func emptyRow(v url.Values, prefix string) bool {
	for name, values := range v {
		if strings.HasPrefix(name, prefix) && slices.ContainsFunc(values, func(s string) bool { return s != "" }) {
			return false
		}
	}
	return true
}

// retype puts what was sent into fields.
func retype(fields []FormField, v url.Values) {
	for i := range fields {
		f := &fields[i]
		switch f.Kind {
		case FieldCheckbox:
			f.Checked = v.Get(f.Name) != ""
		case FieldSelect, FieldChecks:
			for j := range f.Options {
				f.Options[j].Selected = slices.Contains(v[f.Name], f.Options[j].Value)
			}
		default:
			f.Value = strings.ReplaceAll(v.Get(f.Name), "\r\n", "\n")
		}
		for j := range f.Items {
			retype(f.Items[j].Fields, v)
			f.Items[j].Remove.Checked = v.Get(f.Items[j].Remove.Name) != ""
		}
	}
}

func addProblem(fields []FormField, p Problem) bool {
	for i := range fields {
		if p.Field != "" && fields[i].Name == p.Field {
			fields[i].Problems = append(fields[i].Problems, p)
			return true
		}
		for j := range fields[i].Items {
			if addProblem(fields[i].Items[j].Fields, p) {
				return true
			}
		}
	}
	return false
}

func fieldName(id, attr string) string { return "b." + id + "." + attr }

func formBlock(n *Node) FormBlock {
	spec := specByType[n.Type]
	b := FormBlock{ID: n.ID(), Type: n.Type, Label: spec.Label(), Words: firstWords(n)}
	text, hasText := contentField(n)
	// People write a box and a table below their titles, everything else first.
	last := n.Type == "callout" || n.Type == "table"
	if hasText && !last {
		b.Fields = append(b.Fields, text)
	}
	for i := range spec.Attrs {
		if a := &spec.Attrs[i]; a.Type != "id" {
			b.Fields = append(b.Fields, attrFields(n.Type, a, fieldName(b.ID, a.Name), a.Name, n.Attrs[a.Name])...)
		}
	}
	if hasText && last {
		b.Fields = append(b.Fields, text)
	}
	return b
}

// contentField is the field of what a block contains.
func contentField(n *Node) (FormField, bool) {
	f := FormField{Name: fieldName(n.ID(), "text"), Kind: FieldNotation, Of: TypeInline, Label: "field.text", Rows: 4}
	switch n.Type {
	case "paragraph":
		f.Value, f.Hint = PrintInline(n.Content), "hint.notation"
	case "heading":
		f.Value, f.Hint, f.Rows, f.Required = PrintInline(n.Content), "", 1, true
	case "bullet_list", "ordered_list":
		f.Value, f.Hint, f.Rows, f.Label = printFlow([]Node{*n}), "hint.list", 6, "field.items"
		if len(n.Content) == 0 {
			f.Value = ""
		}
	case "quote":
		f.Value, f.Hint = printParagraphs(n.Content), "hint.paragraphs"
	case "callout":
		f.Value, f.Hint = printFlow(n.Content), "hint.flow"
	case "table":
		f.Value, f.Hint, f.Rows, f.Label = printTable(n.Content), "hint.table", 8, "field.rows"
	default:
		return f, false
	}
	// Long texts deserve room: about eighty characters fit a line.
	f.Rows = min(max(f.Rows, len(f.Value)/80+strings.Count(f.Value, "\n")+1), 24)
	if n.Type == "heading" {
		f.Rows = 1
	}
	return f, true
}

// minorFields are those most people never need.
var minorFields = map[string]bool{
	"dir": true, "anchor": true, "start": true, "style": true, "source_ref": true, "source_url": true,
	"topic": true, "under": true, "status": true,
}

// attrFields makes the field of an attribute, or those of an object. path is the
// name of the attribute within the block, without the number of a row.
func attrFields(typ string, a *Attr, name, path string, v any) []FormField {
	f := FormField{
		Name: name, Kind: FieldLine, Of: a.Type, Kinds: a.Kinds, Label: labelKey(typ, path), Hint: hintKey(typ, path, a),
		Required: a.Required, Minor: minorFields[a.Name] && !(typ == "button" && a.Name == "style"), Max: a.Max,
	}
	switch a.Type {
	case TypeObject:
		var out []FormField
		o := object(v)
		for i := range a.Of {
			sub := &a.Of[i]
			out = append(out, attrFields(typ, sub, name+"."+sub.Name, path+"."+sub.Name, o.Attrs[sub.Name])...)
		}
		if typ == "contact" {
			for i := range out {
				out[i].Required = false // only in place of a record
			}
		}
		return out
	case TypeList:
		f.Kind = FieldList
		f.Items = listItems(typ, a, name, path, v)
	case TypeBool:
		f.Kind, f.Value = FieldCheckbox, "1"
		f.Checked, _ = v.(bool)
	case TypeInt:
		f.Kind, f.Min = FieldNumber, a.Min
		if n, ok := v.(int); ok {
			f.Value = strconv.Itoa(n)
		}
	case TypeChoice:
		f.Kind = FieldSelect
		value, _ := v.(string)
		if value == "" {
			value = a.Choices[0]
		}
		f.Value = value
		f.Options = options(a, []any{value})
	case TypeChoices:
		f.Kind = FieldChecks
		list, _ := v.([]any)
		f.Options = options(a, list)
	case TypeInline:
		f.Kind, f.Rows = FieldNotation, 2
		nodes, _ := v.([]Node)
		f.Value = PrintInline(nodes)
	default:
		f.Value, _ = v.(string)
		if a.Type == TypeText && a.Max > 160 {
			f.Kind, f.Rows = FieldTextarea, 2
		}
	}
	return []FormField{f}
}

func options(a *Attr, chosen []any) []Option {
	out := make([]Option, len(a.Choices))
	for i, c := range a.Choices {
		key := c
		if c == "" {
			key = "none"
		}
		out[i] = Option{Value: c, Label: "choice." + a.Name + "." + key, Selected: slices.Contains(chosen, any(c))}
	}
	return out
}

func listItems(typ string, a *Attr, name, path string, v any) []FormItem {
	list, _ := v.([]any)
	rows := len(list)
	if a.Max == 0 || rows < a.Max {
		rows++
	}
	out := make([]FormItem, rows)
	for i := range out {
		row := name + "." + strconv.Itoa(i)
		item := FormItem{Number: i + 1, Spare: i >= len(list),
			Remove: FormField{Name: row + ".remove", Kind: FieldCheckbox, Label: "field.remove", Value: "1"}}
		var value any
		if i < len(list) {
			value = list[i]
		}
		if a.Of == nil {
			sub := Attr{Name: string(a.Item), Type: a.Item, Kinds: a.Kinds}
			item.Fields = attrFields(typ, &sub, row+"."+sub.Name, path+"."+sub.Name, value)
		} else {
			o := object(value)
			for j := range a.Of {
				sub := &a.Of[j]
				item.Fields = append(item.Fields, attrFields(typ, sub, row+"."+sub.Name, path+"."+sub.Name, o.Attrs[sub.Name])...)
			}
		}
		out[i] = item
	}
	return out
}

// labelKey prefers the word for a field of one block over the general one.
func labelKey(typ, path string) string {
	key := "field." + typ + "." + path
	if _, ok := words[key]; ok {
		return key
	}
	return "field." + path[strings.LastIndexByte(path, '.')+1:]
}

func hintKey(typ, path string, a *Attr) string {
	for _, key := range []string{"hint." + typ + "." + path, "hint." + a.Name, "hint.type." + string(a.Type)} {
		if _, ok := words[key]; ok {
			return key
		}
	}
	return ""
}
