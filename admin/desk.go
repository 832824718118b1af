package admin

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"meridian/cms"
	"meridian/models"
)

// deskPage is the data of "desk".
type deskPage struct {
	Base
	Continue, Behind, Lately []RowView
	Confirm                  []OrganisationView // facts that nobody confirmed for a year
	ConfirmMore              bool
	CanWrite                 bool
	Soon, Refused            []PlannedView
	SoonMore                 bool
	Reaches                  bool // some section is within reach
	// Gone are pictures that were taken away from pages one writes, Ending those
	// whose consent ends soon.
	Gone, Ending   []NoticeView
	Steps          []StepView
	Administrators []string // who can give rights, when nothing is within reach
}

// StepView is one of the first things to do, with a tick when it is done.
type StepView struct {
	Code, URL string
	Done      bool
}

// confirmMost is how many organisations the desk asks to confirm.
const confirmMost = 5

// latelyMost is how many entries the desk lists as changed lately.
const latelyMost = 8

// lately is what was saved last, each entry once and by its title in the
// language of the reader where it has one.
func (h *handler) lately(w Words, list []cms.Row, zone string) []RowView {
	var out []RowView
	seen := map[string]bool{}
	for _, r := range list {
		if seen[r.ID] || len(out) == latelyMost {
			continue
		}
		seen[r.ID] = true
		for _, s := range r.Languages {
			if s.Lang == w.Lang && s.State != models.StateMissing && s.Title != "" {
				r.Lang, r.Title = s.Lang, s.Title
			}
		}
		out = append(out, h.row(w, r, zone))
	}
	return out
}

// desk is the first page after signing in: what needs somebody today.
func (h *handler) desk(c *gin.Context) error {
	ctx, u := c.Request.Context(), user(c)
	d, err := h.cms.Desk(ctx, u)
	if err != nil {
		return err
	}
	site, err := h.cms.Site(ctx)
	if err != nil {
		return err
	}
	p := &deskPage{Base: h.base(c), CanWrite: len(d.Sections) > 0, Reaches: u.CanAnywhere(models.ActRead)}
	p.Title = p.T("desk.title", "Name", u.Name)
	p.Continue = h.rows(p.Words, d.Continue, site.TimeZone)
	p.Soon, p.SoonMore, p.Refused = h.planned(p.Words, d.Soon), d.SoonMore, h.planned(p.Words, d.Refused)
	p.Lately = h.lately(p.Words, d.Lately, site.TimeZone)
	for i := range p.Continue {
		p.Continue[i].Author = "" // one's own
	}
	for _, r := range d.Behind {
		v := h.row(p.Words, r.Row, site.TimeZone)
		v.Lag = p.LanguageName(r.Lang) + ": " + p.T("state.behind", "Count", r.Behind)
		p.Behind = append(p.Behind, v)
	}
	p.Confirm = p.organisations(d.Unconfirmed, nil)
	if p.ConfirmMore = len(p.Confirm) > confirmMost; p.ConfirmMore {
		p.Confirm = p.Confirm[:confirmMost]
	}
	if p.Reaches {
		notices, err := h.media.Desk(ctx, u)
		if err != nil {
			return err
		}
		p.Gone, p.Ending = p.notices(notices.Withheld, site.TimeZone), p.notices(notices.Ending, site.TimeZone)
	}
	if !p.Reaches {
		if p.Administrators, err = h.accounts.Administrators(ctx); err != nil {
			return err
		}
	}
	written, translated := 0, len(site.Languages) < 2
	first := ""
	for _, r := range d.Lately {
		if r.Section.ID == "" {
			continue // the home page came with the installation
		}
		written++
		first = entryURL(r.ID, r.Lang)
		editions := 0
		for _, s := range r.Languages {
			if s.State != models.StateMissing {
				editions++
			}
		}
		translated = translated || editions > 1
	}
	if p.CanWrite && (written == 0 || written < 3 && !translated) {
		if u.Administrator() {
			p.Steps = append(p.Steps, StepView{"settings", "/admin/settings", len(site.Languages) > 0 && site.Contact.Email != ""})
		}
		p.Steps = append(p.Steps, StepView{"write", "/admin/new?kind=page", written > 0}, StepView{"translate", first, translated})
		if len(site.Languages) < 2 {
			p.Steps = p.Steps[:len(p.Steps)-1] // there is nothing to translate into
		}
	}
	return h.render(c, http.StatusOK, "desk", p)
}
