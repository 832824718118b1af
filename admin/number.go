package admin

import (
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"meridian/cms"
)

// numbersPage is the data of "numbers": the numbers in texts that contradict
// the directory, by what is counted.
type numbersPage struct {
	Base
	Groups []numberGroup
	// Others tells how many more places there are that this user cannot open,
	// "" for none. These are counted and not named.
	Others string
	More   bool
}

// numberGroup is what texts say of one fact.
type numberGroup struct {
	Fact  string
	Title string // "Pages say 47; the directory counts 35 sections"
	Rows  []NumberView
}

// numberFacts are the facts that are looked for in words, in the order of the
// screen.
var numberFacts = []string{"section_count", "country_count"}

// numbers lists the numbers in texts that contradict the directory.
func (h *handler) numbers(c *gin.Context) error {
	list, more, err := h.cms.TypedNumbers(c.Request.Context(), user(c))
	if err != nil {
		return err
	}
	p := numbersPage{Base: h.base(c), More: more}
	p.Title, p.Wide = p.T("profile.numbers"), true
	p.Crumbs = []Crumb{{Label: p.T("nav.directory"), URL: "/admin/directory"}, {Label: p.Title}}
	others := 0
	for _, fact := range numberFacts {
		g := numberGroup{Fact: fact}
		var said []int
		counted := 0
		for _, t := range list {
			switch {
			case t.Fact != fact:
			case !t.Reads:
				others++
			default:
				g.Rows = append(g.Rows, p.number(t))
				said, counted = append(said, t.Said), t.Counted
			}
		}
		if len(g.Rows) == 0 {
			continue
		}
		slices.Sort(said)
		var words []string
		for _, n := range slices.Compact(said) {
			words = append(words, p.Number(n))
		}
		g.Title = p.T("number.say_"+fact, "Said", strings.Join(words, p.T("form.comma")), "Counted", counted)
		p.Groups = append(p.Groups, g)
	}
	if others > 0 {
		p.Others = p.T("number.others", "Count", others)
	}
	return h.render(c, http.StatusOK, "numbers", p)
}

// NumberView is a number in a text that contradicts the directory, in a text
// that the user may open.
type NumberView struct {
	URL, Title, Lang, Icon string
	LangName               string
	Text                   string // what it says and what is counted
	Where                  string // who sees it
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
	case !t.Draft:
		v.Where = w.T("profile.number_corrected")
	default:
		v.Where = w.T("profile.number_live")
	}
	v.URL = entryURL(t.Entry, t.Lang) + "#b-" + t.Block
	if t.Block == cms.KeyTitle || t.Block == cms.KeySummary {
		v.URL = entryURL(t.Entry, t.Lang) + "#" + Field{Name: t.Block}.ID()
		v.Where = w.T("editor."+t.Block) + w.T("form.comma") + v.Where
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
