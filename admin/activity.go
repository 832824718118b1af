package admin

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"meridian/cms"
	"meridian/models"
)

// activityPage is the data of "activity".
type activityPage struct {
	Base
	Lead                                string
	Person, Section, Action, From, Till Field
	Filtered                            bool
	Days                                []ActivityDay
	Export, ExportHint                  string
	Newer, Older                        string
	Page                                int
}

// ActivityDay is what was done on one day of the site's calendar.
type ActivityDay struct {
	ISO, Title string
	Lines      []ActivityLine
}

// ActivityLine is a sitting: what one person did to one thing.
type ActivityLine struct {
	When    DateTime
	Until   *DateTime // the end, when the sitting has several acts at several times
	Who     string
	Actor   string // for the link to all that they did, "" for none
	Did     string // a sentence, or for several acts how often each
	Count   string // of acts, "" for one
	What    ActivityWhat
	Details []ActivityAct // oldest first, of a sitting with several acts
}

// ActivityAct is one act of a sitting.
type ActivityAct struct {
	When DateTime
	Did  string
}

// ActivityWhat is what an act was done to.
type ActivityWhat struct{ Title, Lang, URL, Icon, Note string }

// activityPagesMax bounds the pages that can be asked for.
const activityPagesMax = 100000

// activityFilter reads a filter from an address. What means nothing there
// selects nothing, or is left out.
func activityFilter(q url.Values) cms.ActivityFilter {
	f := cms.ActivityFilter{Person: q.Get("person"), Section: q.Get("section"), Action: q.Get("action"), From: q.Get("from"), To: q.Get("to"), Page: 1}
	if n, err := strconv.Atoi(q.Get("page")); err == nil && n > 0 && n <= activityPagesMax {
		f.Page = n
	}
	for _, d := range []*string{&f.From, &f.To} {
		if _, err := time.Parse(time.DateOnly, *d); err != nil {
			*d = ""
		}
	}
	return f
}

// activityURL is the address of the list, or of what is below it, with a
// filter.
func activityURL(below string, f cms.ActivityFilter) string {
	q := url.Values{}
	for name, v := range map[string]string{"person": f.Person, "section": f.Section, "action": f.Action, "from": f.From, "to": f.To} {
		if v != "" {
			q.Set(name, v)
		}
	}
	if f.Page > 1 {
		q.Set("page", strconv.Itoa(f.Page))
	}
	if len(q) == 0 {
		return "/admin/activity" + below
	}
	return "/admin/activity" + below + "?" + q.Encode()
}

// activity lists who did what.
func (h *handler) activity(c *gin.Context) error {
	f := activityFilter(c.Request.URL.Query())
	list, err := h.cms.Activity(c.Request.Context(), user(c), f)
	if err != nil {
		return err
	}
	p := activityPage{Base: h.base(c), Page: f.Page, Filtered: f != cms.ActivityFilter{Page: f.Page}}
	p.Title, p.Lead, p.Wide = p.T("activity.title"), p.T("activity.lead_own"), true
	if list.Everything {
		p.Lead = p.T("activity.lead_all")
	}
	form := newForm(p.Words, "activity", nil)
	all := Option{Label: p.T("activity.all")}
	people, actions := []Option{all}, []Option{all}
	for _, a := range list.People {
		if a.ID != "" {
			people = append(people, Option{Value: a.ID, Label: p.actor(a)})
		}
	}
	byLabel(people[1:])
	for _, a := range list.Actions {
		actions = append(actions, Option{Value: a, Label: p.did(a, nil)})
	}
	byLabel(actions[1:])
	choose := func(name, value string, options []Option) Field {
		return form.Field(Field{Name: name, Kind: "select", Value: value, Options: withOption(options, value)})
	}
	p.Person, p.Action = choose("person", f.Person, people), choose("action", f.Action, actions)
	p.Section = choose("section", f.Section, append([]Option{all}, sectionOptions(list.Sections)...))
	p.From, p.Till = form.Field(Field{Name: "from", Kind: "date", Value: f.From}), form.Field(Field{Name: "to", Kind: "date", Value: f.To})
	one := f
	one.Page = 1
	p.Export, p.ExportHint = activityURL("/acts.csv", one), p.T("activity.export_hint", "Max", cms.ActivityExportMax)
	p.days(list)
	if f.Page > 1 {
		g := f
		g.Page--
		p.Newer = activityURL("", g)
	}
	if list.More {
		g := f
		g.Page++
		p.Older = activityURL("", g)
	}
	return h.render(c, http.StatusOK, "activity", p)
}

func byLabel(list []Option) {
	slices.SortStableFunc(list, func(a, b Option) int { return strings.Compare(a.Label, b.Label) })
}

// days puts sittings under the days of their newest acts.
func (p *activityPage) days(list cms.Activity) {
	zone, err := time.LoadLocation(list.Site.TimeZone)
	if err != nil {
		zone = time.UTC
	}
	for _, s := range list.Sittings {
		iso := s.Last().At.In(zone).Format(time.DateOnly)
		if len(p.Days) == 0 || p.Days[len(p.Days)-1].ISO != iso {
			p.Days = append(p.Days, ActivityDay{ISO: iso, Title: p.Day(iso)})
		}
		day := &p.Days[len(p.Days)-1]
		day.Lines = append(day.Lines, p.line(s, iso, zone))
	}
}

// line says what a sitting was.
func (p *activityPage) line(s cms.Sitting, day string, zone *time.Location) ActivityLine {
	clock := func(t time.Time) DateTime {
		local := t.In(zone)
		d := DateTime{Machine: t.UTC().Format(time.RFC3339), Text: local.Format("15:04")}
		if iso := local.Format(time.DateOnly); iso != day { // it went on past midnight
			d.Text = p.Day(iso) + " " + d.Text
		}
		return d
	}
	last, first := s.Last(), s.First()
	l := ActivityLine{When: clock(first.At), Who: p.actor(last.Who), What: p.what(last)}
	if last.Who.Name != "" {
		l.Actor = activityURL("", cms.ActivityFilter{Person: last.Who.ID})
	}
	if len(s.Acts) == 1 {
		l.Did = p.didAct(last)
		return l
	}
	if until := clock(last.At); until.Text != l.When.Text {
		l.Until = &until
	}
	l.Count = p.T("activity.acts", "Count", len(s.Acts))
	var kinds []string
	times := map[string]int{}
	for _, a := range slices.Backward(s.Acts) {
		what := p.did(a.Action, nil)
		if times[what]++; times[what] == 1 {
			kinds = append(kinds, what)
		}
		l.Details = append(l.Details, ActivityAct{clock(a.At), p.didAct(a)})
	}
	for i, k := range kinds {
		if times[k] > 1 {
			kinds[i] = p.T("activity.times", "What", k, "N", times[k])
		}
	}
	l.Did = strings.Join(kinds, p.T("form.comma"))
	return l
}

// actor is what somebody who acted is called.
func (w Words) actor(a cms.Actor) string {
	switch {
	case a.Name != "":
		return a.Name
	case a.ID == "":
		return w.T("activity.by_schedule")
	case a.ID == "command-line":
		return w.T("activity.by_command")
	case a.ID == "demonstration":
		return w.T("activity.by_demonstration")
	}
	return w.T("activity.somebody")
}

// did is the sentence of an action, with the details that args hold.
func (w Words) did(action string, args []any) string {
	code := "activity.act_" + strings.ReplaceAll(action, "-", "_")
	if !w.Has(code) {
		return w.T("activity.act_other", "Action", action)
	}
	return w.T(code, args...)
}

// didAct is the sentence of an act.
func (w Words) didAct(a cms.Act) string {
	d := a.Details
	isolated := func(s string) string { // numbers and addresses keep their direction in any sentence
		if s == "" {
			return ""
		}
		return "\u2068" + s + "\u2069"
	}
	args := []any{
		"From", isolated(d["from"]), "To", isolated(d["to"]), "Name", d["entry"], "Other", d["other"],
		"Address", isolated(d["address"]), "N", max(a.Count("count"), a.Count("number")),
	}
	switch {
	case a.Lang == models.Facts:
		args = append(args, "Language", w.T("activity.facts"))
	case a.Lang != "":
		args = append(args, "Language", w.LanguageName(a.Lang))
	}
	if act := d["act"]; act == "publish" || act == "unpublish" {
		args = append(args, "Doing", w.T("activity.doing_"+act))
	}
	if at, err := time.Parse(time.RFC3339, d["moment"]); err == nil {
		args = append(args, "Moment", isolated(at.UTC().Format("2006-01-02 15:04")+" UTC"))
	}
	action := a.Action
	if from, there := d["section"]; there {
		args = append(args, "From", from, "To", d["section2"])
		if from == d["section2"] {
			action = "move-within"
		}
	}
	return w.did(action, args)
}

// what names what an act was done to, with the way there.
func (w Words) what(a cms.Act) ActivityWhat {
	x := a.What
	out := ActivityWhat{Title: x.Title, Lang: x.Lang}
	switch {
	case x.Kind == "user":
		out.Icon = "user-round"
	case x.Kind == models.KindMedia && x.Title != "":
		out.Icon, out.URL = "image", assetURL(x.ID)
		if x.Trashed {
			out.Note = w.T("activity.trashed")
		}
	case strings.HasPrefix(a.Action, "collection-"):
		out.Icon, out.Title = "folder", a.Details["name"]
	case slices.Contains([]string{models.KindSection, models.KindPage, models.KindNews}, x.Kind) && x.Lang != "":
		out.Icon, out.URL = kindIcon(x.Kind, x.Type), "/admin/entries/"+x.ID
		if x.Title == "" {
			out.Title, out.Lang = w.T("activity.untitled"), ""
		}
		if x.Trashed {
			out.URL, out.Note = "", w.T("activity.trashed")
		}
	case x.Kind != "":
		out.Icon, out.Title = kindIcon(x.Kind, x.Type), w.T("activity.gone_"+x.Kind)
	case x.ID == "site":
		out.Icon, out.Title = "settings", w.T("activity.what_site")
	case strings.HasPrefix(a.Action, "term-"):
		out.Icon, out.Title = "tag", a.Details["name"]
		if v := a.Details["vocabulary"]; a.Action != "term-deleted" && a.Action != "term-merged" && v != "" {
			out.URL = termURL(v, x.ID)
		}
	case strings.HasPrefix(a.Action, "redirect") || x.ID == "addresses":
		out.Icon, out.Title = "link", w.T("activity.what_addresses")
	default:
		out.Icon, out.Title = "circle-dashed", w.T("activity.gone")
	}
	return out
}

// activityExport sends the acts of a filter as a table, one act a row.
func (h *handler) activityExport(c *gin.Context) error {
	list, _, err := h.cms.ExportActivity(c.Request.Context(), user(c), activityFilter(c.Request.URL.Query()))
	if err != nil {
		return err
	}
	w := h.words(c)
	rows := [][]string{{"#", w.T("activity.csv_time"), w.T("activity.csv_who"), w.T("activity.csv_did"), w.T("activity.csv_what"), w.T("activity.csv_kind"), w.T("activity.csv_lang"), "action", "id"}}
	for _, a := range list {
		rows = append(rows, []string{strconv.FormatInt(a.Seq, 10), a.At.UTC().Format(time.RFC3339), w.actor(a.Who), w.didAct(a), w.what(a).Title, a.What.Kind, a.Lang, a.Action, a.What.ID})
	}
	return h.sendTable(c, "activity", rows)
}
