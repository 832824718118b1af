package admin

import (
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"
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
