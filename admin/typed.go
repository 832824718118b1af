package admin

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/url"
	"strconv"
	"strings"

	"meridian/cms"
	"meridian/cms/block"
	"meridian/models"
)

// typed is what somebody sent from the editing screen: the whole text, the
// facts beside it, and the button that was pressed.
type typed struct {
	Form url.Values
	// Version and FactsVersion are what the words were read at; the marks say
	// what they were, so that who touched only one of the two never meets a
	// conflict over the other.
	Version, FactsVersion int
	TextMark, FactsMark   string

	Title, Summary string
	Doc            *block.Document
	Problems       []block.Problem
	Fields, Facts  models.Values
	Still          []string
	Confirmed      bool

	Op   string
	Args []string
}

// parseTyped reads the editing screen for an entry of a kind. Blocks whose
// notation cannot be read are in Problems; the typed words stay in Form.
func parseTyped(form url.Values, ed cms.Editor) (*typed, error) {
	in := &typed{
		Form: form, TextMark: form.Get("text_mark"), FactsMark: form.Get("facts_mark"),
		Title: form.Get("title"), Summary: form.Get("summary"),
		Still: form["still"], Confirmed: form.Get("confirmed") != "",
	}
	if name, ok := strings.CutPrefix(form.Get("op"), "clear:"); ok && fieldName.MatchString(name) {
		form.Set(name, "")
	}
	var err error
	if in.Version, err = strconv.Atoi(form.Get("version")); err != nil {
		return nil, errBadRequest
	}
	if in.FactsVersion, err = strconv.Atoi(form.Get("facts_version")); err != nil {
		return nil, errBadRequest
	}
	in.Doc, in.Problems = block.ParseForm(ed.Edition.Lang, form)
	in.Fields = parseFields(form, "fields.", ed.Kind.Extra())
	in.Facts = parseFields(form, "facts.", ed.Kind.FactsFor(ed.Entry.Type))
	op, rest, _ := strings.Cut(form.Get("op"), ":")
	in.Op = op
	if rest != "" {
		in.Args = strings.Split(rest, ":")
	}
	return in, nil
}

// arg returns the nth word behind the name of the button, "" when it has none.
func (in *typed) arg(n int) string {
	if n < len(in.Args) {
		return in.Args[n]
	}
	return ""
}

// textMark and factsMark name the words of an edition and the facts of an
// entry in their stored form.
func textMark(title, summary string, doc *block.Document, fields models.Values) string {
	d := doc.Clone()
	d.Tidy(block.NewID)
	return mark(models.CleanText(title, false), models.CleanText(summary, true), string(d.JSON()), fields.Canonical())
}

func factsMark(facts models.Values) string { return mark(facts.Canonical()) }

func mark(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:8])
}

// textChanged reports whether the words differ from what was on the screen
// when it was opened.
func (in *typed) textChanged() bool {
	return len(in.Still) > 0 || in.Confirmed || textMark(in.Title, in.Summary, in.Doc, in.Fields) != in.TextMark
}

func (in *typed) factsChanged() bool { return factsMark(in.Facts) != in.FactsMark }

// clean brings the fields and the facts to their stored form. The problems are
// keyed by the names of the form.
func (in *typed) clean(ed cms.Editor) error {
	bad := &models.InvalidError{}
	tidy := func(prefix string, fields []models.Field, v *models.Values) error {
		c, err := models.Clean(fields, *v)
		var invalid *models.InvalidError
		if errors.As(err, &invalid) {
			for name, p := range invalid.Fields {
				bad.Add(prefix+name, p.Code)
				bad.Fields[prefix+name] = p
			}
			return nil
		}
		*v = c
		return err
	}
	if err := tidy("fields.", ed.Kind.Extra(), &in.Fields); err != nil {
		return err
	}
	if err := tidy("facts.", ed.Kind.FactsFor(ed.Entry.Type), &in.Facts); err != nil {
		return err
	}
	return bad.Err()
}

// apply does to the text what the pressed button says and returns the id of
// the block to show afterwards, "" for none. What is done to a block that is
// no longer there does nothing.
func (in *typed) apply(ed cms.Editor) (show string, removed *removedBlock, err error) {
	id := in.arg(0)
	switch in.Op {
	case "", "save", "publish", "start", "address", "takedown", "history", "schedule", "unschedule", "confirm", "choose", "clear":
	case "up":
		in.Doc.MoveUp(id)
		show = id
	case "down":
		in.Doc.MoveDown(id)
		show = id
	case "copy":
		if copied, ok := in.Doc.Duplicate(id); ok {
			show = copied
		}
	case "remove":
		removed = takeOut(in.Doc, id)
	case "restore":
		if b, ok := in.removed(); ok {
			show = b.putBack(in.Doc)
		}
	case "insert":
		typ := in.arg(1)
		if typ == "" {
			typ = in.Form.Get("type." + id)
		}
		if id == "start" {
			id = ""
		}
		show, err = in.Doc.Insert(id, typ)
		var invalid *block.InvalidError
		if errors.As(err, &invalid) {
			in.Problems = append(in.Problems, invalid.Problems...)
			err = nil
		} else if err != nil {
			err = errBadRequest
		}
	case "take":
		show = in.take(ed.Source, id)
	default:
		err = errBadRequest
	}
	return show, removed, err
}

// writable reports whether a block begins with a field to type or choose in.
func (in *typed) writable(id string) bool {
	for _, b := range in.Doc.Form() {
		if b.ID == id {
			return len(b.Fields) > 0 && b.Fields[0].Kind != block.FieldList
		}
	}
	return false
}

// take copies a block of the original into a translation, behind the block it
// follows there. It keeps its id, which is how the two stay beside each other.
func (in *typed) take(source *cms.Source, id string) string {
	if source == nil || position(in.Doc, id) >= 0 {
		return ""
	}
	at := position(source.Doc, id)
	if at < 0 {
		return ""
	}
	after := -1
	for i := at - 1; i >= 0 && after < 0; i-- {
		after = position(in.Doc, source.Doc.Doc.Content[i].ID())
	}
	insertNode(in.Doc, after+1, source.Doc.Doc.Content[at].Clone())
	return id
}
