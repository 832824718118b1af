package admin

import (
	"github.com/gin-gonic/gin"

	"meridian/cms"
	"meridian/models"
)

// NumberView is a number in a text that contradicts the directory.
type NumberView struct {
	URL, Title, Lang, Icon string
	LangName               string
	Text                   string // what it says and what is counted
	Where                  string // who sees it
}

// typedNumbers are the numbers in texts that contradict the directory, each
// with the way to the words.
func (h *handler) typedNumbers(c *gin.Context, w Words) (out []NumberView, more bool, err error) {
	list, more, err := h.cms.TypedNumbers(c.Request.Context(), user(c))
	for _, t := range list {
		out = append(out, w.number(t))
	}
	return out, more, err
}

// number is a number in a text in words.
func (w Words) number(t cms.TypedNumber) NumberView {
	v := NumberView{
		Title: t.Title, Lang: t.Lang, Icon: kindIcon(t.Kind, t.Type), LangName: w.LanguageName(t.Lang),
		Text: w.T("profile.number_"+t.Fact, "Said", t.Said, "Counted", t.Counted),
	}
	switch {
	case !t.Live:
		v.Where = w.T("profile.number_draft")
	case t.Reads && !t.Draft:
		v.Where = w.T("profile.number_corrected")
	default:
		v.Where = w.T("profile.number_live")
	}
	switch {
	case !t.Reads:
		v.URL = publicURL(t.Kind, models.Edition{Lang: t.Lang, Path: &t.Path})
	case t.Block == cms.KeyTitle || t.Block == cms.KeySummary:
		v.URL = entryURL(t.Entry, t.Lang) + "#" + Field{Name: t.Block}.ID()
		v.Where = w.T("editor."+t.Block) + w.T("form.comma") + v.Where
	default:
		v.URL = entryURL(t.Entry, t.Lang) + "#b-" + t.Block
	}
	if v.Title == "" {
		v.Title = w.T("editor.untitled")
	}
	return v
}

// Notation is the written form of a fact. Its braces would turn round in a
// sentence from the right, so it stands apart there.
func (w Words) Notation(key string) string { return w.apart("{{" + key + "}}") }

// apart keeps signs in their order in a sentence from the right.
func (w Words) apart(s string) string {
	if w.Dir == "rtl" {
		return "\u2066" + s + "\u2069"
	}
	return s
}
