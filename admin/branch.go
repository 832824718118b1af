package admin

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"meridian/cms"
	"meridian/models"
)

// branchPage is the data of "branch": what publishing or unpublishing a branch
// would do, before it is done.
type branchPage struct {
	placeHead
	Act            string // publish or unpublish, as in the address
	Only           string // the language it is about, "" for all
	Seen           string
	Langs          []TabView
	Ready, Refused []BranchRowView
	Count          int // ready, in words below
	ReadyMore      string
	RefusedMore    string
}

// BranchRowView is an edition of a plan.
type BranchRowView struct {
	URL, Title, Lang, LangLabel, Icon string
	State                             StateView
	Why                               string
}

// branchRows is how many rows of each list are shown; the rest is a number.
const branchRows = 200

// branchAct is publishing or unpublishing.
type branchAct struct {
	name, done string
	plan       func(*cms.CMS, context.Context, models.User, string, string) (cms.BranchPlan, error)
	do         func(*cms.CMS, context.Context, models.User, string, string, string) (cms.BranchPlan, error)
}

var (
	publishing   = branchAct{"publish", "branch_published", (*cms.CMS).PlanPublish, (*cms.CMS).PublishBranch}
	unpublishing = branchAct{"unpublish", "branch_unpublished", (*cms.CMS).PlanUnpublish, (*cms.CMS).UnpublishBranch}
)

func (h *handler) publishBranchForm(c *gin.Context) error {
	return h.showBranch(c, http.StatusOK, publishing, c.Query("lang"), "")
}

func (h *handler) unpublishBranchForm(c *gin.Context) error {
	return h.showBranch(c, http.StatusOK, unpublishing, c.Query("lang"), "")
}

func (h *handler) publishBranch(c *gin.Context) error   { return h.doBranch(c, publishing) }
func (h *handler) unpublishBranch(c *gin.Context) error { return h.doBranch(c, unpublishing) }

func (h *handler) showBranch(c *gin.Context, status int, act branchAct, lang, note string) error {
	plan, err := act.plan(h.cms, c.Request.Context(), user(c), c.Param("id"), lang)
	if err != nil {
		return err
	}
	back := plan.Entry.Section()
	if plan.Entry.Kind == models.KindSection {
		back = plan.Entry.ID
	}
	name := "branch_" + act.name
	p := &branchPage{placeHead: h.placeHead(c, name, plan.Title, plan.Entry, sectionURL(back), nil), Act: act.name, Only: lang, Seen: plan.Seen, Count: len(plan.Ready)}
	p.Note = note
	w, at := p.Words, "/admin/entries/"+plan.Entry.ID+"/"+act.name+"-branch"
	if len(plan.Langs) > 1 || lang != "" {
		p.Langs = []TabView{{Label: w.T("branch.all"), URL: at, Current: lang == ""}}
		for _, l := range plan.Langs {
			p.Langs = append(p.Langs, TabView{Label: w.LanguageName(l), URL: at + "?lang=" + l, Current: l == lang})
		}
	}
	p.Ready, p.ReadyMore = branchView(w, plan.Ready)
	p.Refused, p.RefusedMore = branchView(w, plan.Refused)
	return h.render(c, status, "branch", p)
}

func branchView(w Words, list []cms.BranchRow) (out []BranchRowView, more string) {
	for i, r := range list {
		if i == branchRows {
			return out, w.T("branch.more", "Count", len(list)-i)
		}
		v := BranchRowView{
			URL: entryURL(r.Entry, r.Lang), Title: r.Title, Lang: r.Lang, LangLabel: w.LanguageName(r.Lang), Icon: kindIcon(r.Kind, ""),
			State: w.state(cms.LanguageState{Lang: r.Lang, State: r.State}, r.Entry),
		}
		if v.Title == "" {
			v.Title = w.T("editor.untitled")
		}
		switch {
		case r.Forbidden:
			v.Why = w.T("branch.forbidden")
		case r.Errors > 0:
			v.Why = w.T("branch.errors", "Count", r.Errors)
		}
		out = append(out, v)
	}
	return out, ""
}

// doBranch carries out the plan that somebody has seen, and no other.
func (h *handler) doBranch(c *gin.Context, act branchAct) error {
	form, err := parseForm(c)
	if err != nil {
		return err
	}
	lang := form.Get("lang")
	plan, err := act.do(h.cms, c.Request.Context(), user(c), c.Param("id"), lang, form.Get("seen"))
	if errors.Is(err, models.ErrStale) {
		return h.showBranch(c, http.StatusConflict, act, lang, h.words(c).T("branch.stale"))
	}
	if err != nil {
		return err
	}
	to := plan.Entry.Section()
	if plan.Entry.Kind == models.KindSection {
		to = plan.Entry.ID
	}
	f := Flash{Code: act.done, Args: map[string]string{"Count": strconv.Itoa(len(plan.Ready))}}
	if act.name == unpublishing.name {
		f.Tone = "warn"
	}
	return h.done(c, sectionURL(to), f)
}
