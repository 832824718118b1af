package admin

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"meridian/cms"
	"meridian/models"
)

// schedulePage is the data of "schedule": the choice of a moment and, once one
// is chosen that can be, the look at it before anything is stored.
type schedulePage struct {
	Base
	entryHead
	Form                  *Form
	Act                   string
	Version, FactsVersion int
	In                    scheduleForm

	Date, Time, Zone Field
	Which            *Field       // of a local time that comes twice
	Instead          []MomentView // the neighbours of one that never comes
	// Confirm is the chosen moment, to agree to; nil shows the form.
	Confirm *MomentView
	There   []PlannedView // what is scheduled already
	// Replaces is what the chosen moment replaces.
	Replaces   *PlannedView
	Facts      bool // facts go along
	CanEnd     bool // the end of being public can be scheduled too
	ErrorCount int
	Checks     []CheckView
	Moved      string
}

// Publishes reports whether the act makes something public.
func (p *schedulePage) Publishes() bool { return p.Act == models.SchedulePublish }

// scheduleForm is what was typed.
type scheduleForm struct{ Act, Date, Time, Zone, Which string }

func (f scheduleForm) input(id, lang string, version, facts int) cms.Schedule {
	return cms.Schedule{
		Entry: id, Lang: lang, Version: version, FactsVersion: facts, Act: f.Act,
		Local: f.Date + "T" + f.Time, Zone: f.Zone, Which: f.Which,
	}
}

// scheduleAct is the act that a query or a form names.
func scheduleAct(s string) (string, bool) {
	if s == "" {
		s = models.SchedulePublish
	}
	return s, s == models.SchedulePublish || s == models.ScheduleUnpublish
}

// scheduleChoice shows the choice of a moment: what is scheduled or did not
// happen, else tomorrow morning.
func (h *handler) scheduleChoice(c *gin.Context) error {
	act, ok := scheduleAct(c.Query("act"))
	if !ok {
		return models.ErrNotFound
	}
	ctx, u, id, lang := c.Request.Context(), user(c), c.Param("id"), c.Param("lang")
	there, err := h.cms.Scheduled(ctx, u, id, lang)
	if err != nil {
		return err
	}
	in := scheduleForm{Act: act, Time: "09:00"}
	for _, s := range there {
		if s.Act == act {
			in.Date, in.Time, _ = strings.Cut(s.Local, "T")
			in.Zone = s.Zone
		}
	}
	return h.showSchedule(c, http.StatusOK, in, nil, "", nil)
}

// showSchedule shows the form, or with a plan the look before storing it.
func (h *handler) showSchedule(c *gin.Context, status int, in scheduleForm, plan *models.Schedule, moved string, problem error) error {
	ctx, u, id, lang := c.Request.Context(), user(c), c.Param("id"), c.Param("lang")
	ed, err := h.cms.Editor(ctx, u, id, lang)
	if err != nil {
		return err
	}
	if !ed.CanPublish {
		return models.ErrForbidden
	}
	if in.Act == models.SchedulePublish && ed.Edition.WithdrawnAt != nil {
		return models.Conflict("schedule_withdrawn")
	}
	there, err := h.cms.Scheduled(ctx, u, id, lang)
	if err != nil {
		return err
	}
	var up, down bool // what is still to happen
	for _, s := range there {
		if s.RefusedAt == nil {
			up, down = up || s.Act == models.SchedulePublish, down || s.Act == models.ScheduleUnpublish
		}
	}
	if in.Act == models.ScheduleUnpublish {
		switch {
		case !ed.Edition.Live() && !up && len(there) == 0:
			return models.Conflict("not_public")
		case ed.Entry.Root() && lang == ed.Entry.OriginalLang:
			return models.Conflict("home_stays")
		}
	}
	if in.Zone == "" {
		in.Zone = ed.Site.TimeZone
	}
	if in.Date == "" && problem == nil { // nobody typed one yet
		in.Date = h.now().In(zoneOf(in.Zone)).AddDate(0, 0, 1).Format(time.DateOnly)
	}
	p := &schedulePage{
		Act: in.Act, In: in, Version: ed.Edition.Version, FactsVersion: ed.FactsEdition.Version, Moved: moved,
		Facts: ed.FactsPending && in.Act == models.SchedulePublish, CanEnd: up && !down && in.Act == models.SchedulePublish,
	}
	p.Base, p.entryHead = h.head(c, ed, "schedule.title_"+in.Act, "schedule.crumb")
	p.There = h.planned(p.Words, there)
	for i := range p.There {
		if s := &p.There[i]; s.Act == in.Act && s.Refusal == "" {
			p.Replaces = s
		}
	}
	if in.Act == models.SchedulePublish {
		p.Checks, p.ErrorCount = p.checks(ed, p.URL)
	}
	p.Form = newForm(p.Words, "schedule", p.explain(in, problem, h.now()))
	p.Date = p.Form.Field(Field{Name: "date", Kind: "date", Value: in.Date, Required: true, Narrow: true})
	p.Time = p.Form.Field(Field{Name: "time", Kind: "time", Value: in.Time, Required: true, Narrow: true})
	p.choices(in)
	p.Zone = zoneField(p.Form, in.Zone)
	p.Form.Rest()
	if plan != nil {
		v := p.momentView(plan.At, plan.Zone)
		p.Confirm = &v
	}
	return h.render(c, status, "schedule", p)
}

// explain brings the problems of a moment to the fields of the form, with the
// times that their sentences need.
func (p *schedulePage) explain(in scheduleForm, problem error, now time.Time) error {
	var invalid *models.InvalidError
	if !errors.As(problem, &invalid) {
		return nil
	}
	out := &models.InvalidError{}
	for field, pr := range invalid.Fields {
		switch {
		case field == "zone":
			field = "time_zone"
		case pr.Code == "not_a_moment":
			field, pr.Code = "time", "not_a_time"
			if _, err := time.Parse(time.DateOnly, in.Date); err != nil {
				field, pr.Code = "date", "not_a_date"
			}
		case pr.Code == "moment_missing":
			field = "time"
			m, err := models.ParseLocal(in.Date+"T"+in.Time, in.Zone)
			if err != nil {
				break
			}
			wall, _ := time.Parse(models.LocalLayout, in.Date+"T"+in.Time) // ParseLocal did so too
			pr.Args = map[string]any{
				"Local": p.localTime(wall), "Place": placeOf(in.Zone), "From": m.Gap.Format("15:04"), "To": m.After.Format("15:04"),
				"Before": m.Before.Format("15:04"), "After": m.After.Format("15:04"),
			}
			if m.Before.Format(time.DateOnly) != in.Date || m.After.Format(time.DateOnly) != in.Date { // a day left out
				pr.Args["Before"], pr.Args["After"] = p.localTime(m.Before), p.localTime(m.After)
				pr.Args["From"], pr.Args["To"] = p.localTime(m.Gap), p.localTime(m.After)
			}
		case pr.Code == "moment_past":
			field = "time"
			pr.Args = map[string]any{"Place": placeOf(in.Zone), "Now": p.localTime(now.In(zoneOf(in.Zone)))}
		case pr.Code == "moment_twice":
			pr.Args = map[string]any{"Time": in.Time, "Place": placeOf(in.Zone)}
		case field == "local":
			field = "time"
			for _, s := range p.There {
				if s.Act != in.Act {
					pr.Args = map[string]any{"Other": s.When.Text}
				}
			}
		}
		var args []any
		for k, v := range pr.Args {
			args = append(args, k, v)
		}
		out.Add(field, pr.Code, args...)
	}
	return out
}

// choices offers what a local time can mean when it does not mean one instant.
func (p *schedulePage) choices(in scheduleForm) {
	m, err := models.ParseLocal(in.Date+"T"+in.Time, in.Zone)
	switch {
	case err != nil:
	case m.Missing():
		for _, at := range []time.Time{m.Before, m.After} {
			p.Instead = append(p.Instead, p.momentView(at, in.Zone))
		}
	case m.Twice():
		var options []Option
		for i, at := range m.Instants[:2] {
			v := p.momentView(at, in.Zone)
			options = append(options, Option{
				Value: []string{cms.FirstOfTwo, cms.SecondOfTwo}[i], Label: p.T("schedule.which_"+[]string{"first", "second"}[i], "Time", in.Time, "Offset", v.Offset),
				Hint: p.T("schedule.which_utc", "UTC", v.UTC),
			})
		}
		f := p.Form.Field(Field{Name: "which", Kind: "radios", Options: options, Value: in.Which})
		p.Which = &f
	}
}

// schedule shows a chosen moment in both times and, once somebody agreed to
// it, stores it.
func (h *handler) schedule(c *gin.Context) error {
	form, err := parseForm(c)
	if err != nil {
		return err
	}
	act, ok := scheduleAct(form.Get("act"))
	if !ok {
		return errBadRequest
	}
	version, err := strconv.Atoi(form.Get("version"))
	if err != nil {
		return errBadRequest
	}
	facts, err := strconv.Atoi(form.Get("facts_version"))
	if err != nil {
		return errBadRequest
	}
	in := scheduleForm{Act: act, Date: form.Get("date"), Time: form.Get("time"), Zone: form.Get("time_zone"), Which: form.Get("which")}
	if instead := form.Get("instead"); instead != "" { // the button of a neighbour
		in.Date, in.Time, _ = strings.Cut(instead, "T")
	}
	if form.Get("op") == "change" {
		return h.showSchedule(c, http.StatusOK, in, nil, "", nil)
	}
	ctx, u, id, lang := c.Request.Context(), user(c), c.Param("id"), c.Param("lang")
	agreed := form.Get("op") == "agree"
	do := h.cms.PlanSchedule
	if agreed {
		do = h.cms.Schedule
	}
	plan, err := do(ctx, u, in.input(id, lang, version, facts))
	var (
		checks  *cms.ChecksError
		invalid *models.InvalidError
	)
	switch {
	case errors.Is(err, models.ErrStale):
		return h.showSchedule(c, http.StatusConflict, in, nil, staleAuthor(h.words(c), err), nil)
	case errors.As(err, &checks):
		return h.showSchedule(c, http.StatusUnprocessableEntity, in, nil, "", nil)
	case errors.As(err, &invalid):
		return h.showSchedule(c, http.StatusUnprocessableEntity, in, nil, "", invalid)
	case err != nil:
		return err
	case !agreed:
		return h.showSchedule(c, http.StatusOK, in, &plan, "", nil)
	}
	w := h.words(c)
	v := w.momentView(plan.At, plan.Zone)
	return h.done(c, entryURL(id, lang), Flash{
		Code: "scheduled_" + act, Args: map[string]string{"Moment": v.Local, "Place": v.Place},
		Actions: []FlashAction{{Code: "change", URL: entryURL(id, lang) + "/schedule?act=" + act}},
	})
}

// unschedule cancels what is scheduled, or takes off the desk what did not
// happen.
func (h *handler) unschedule(c *gin.Context) error {
	form, err := parseForm(c)
	if err != nil {
		return err
	}
	version, err := strconv.Atoi(form.Get("version"))
	if err != nil {
		return errBadRequest
	}
	act, ok := scheduleAct(form.Get("act"))
	if !ok {
		return errBadRequest
	}
	id, lang := c.Param("id"), c.Param("lang")
	to, code := entryURL(id, lang), "unscheduled"
	if form.Get("from") == "desk" { // the entry may be in the trash
		to, code = "/admin/", "dismissed"
	}
	err = h.cms.Unschedule(c.Request.Context(), user(c), id, lang, version, act)
	if errors.Is(err, models.ErrStale) && form.Get("from") != "desk" {
		return h.showSchedule(c, http.StatusConflict, scheduleForm{Act: act, Time: "09:00"}, nil, staleAuthor(h.words(c), err), nil)
	}
	if err != nil {
		return err
	}
	return h.done(c, to, Flash{Code: code})
}

// cancelSchedule is unschedule by a button of the editing screen, after what
// was typed there is stored.
func (h *handler) cancelSchedule(c *gin.Context, ed cms.Editor, version int, act string) error {
	if _, ok := scheduleAct(act); !ok {
		return errBadRequest
	}
	if err := h.cms.Unschedule(c.Request.Context(), user(c), ed.Entry.ID, ed.Edition.Lang, version, act); err != nil {
		return err
	}
	return h.done(c, entryURL(ed.Entry.ID, ed.Edition.Lang), Flash{Code: "unscheduled"})
}

// MomentView is a moment in a time zone and in UTC.
type MomentView struct {
	Value   string // as forms send it
	Machine string
	Local   string // "Sunday 29 November 2026, 09:00"
	Place   string // "Brussels"
	Offset  string // "UTC+01:00"
	UTC     string // "Sunday 29 November 2026, 08:00"
}

func (w Words) momentView(at time.Time, zone string) MomentView {
	local := at.In(zoneOf(zone))
	return MomentView{
		Value: local.Format(models.LocalLayout), Machine: at.UTC().Format(time.RFC3339), Local: w.localTime(local), Place: placeOf(zone),
		Offset: "UTC" + local.Format("-07:00"), UTC: w.localTime(at.UTC()),
	}
}

// localTime is a date and time as people say it, with the day of the week.
func (w Words) localTime(t time.Time) string {
	return w.T("schedule.moment", "Weekday", w.T("schedule.weekday_"+strconv.Itoa(int(t.Weekday()))), "Day", t.Day(),
		"Month", w.month(t.Month()), "Year", t.Year(), "Time", t.Format("15:04"))
}

// placeOf is the name of a time zone as people know it: that of its city.
func placeOf(zone string) string {
	return strings.ReplaceAll(zone[strings.LastIndexByte(zone, '/')+1:], "_", " ")
}

// zoneOf is a time zone by its name, UTC for one that is not known.
func zoneOf(name string) *time.Location {
	loc, err := models.LoadZone(name)
	if err != nil {
		return time.UTC
	}
	return loc
}

// PlannedView is something that is scheduled, or that did not happen.
type PlannedView struct {
	Act     string
	Text    string // "Becomes public", or that it was to
	When    DateTime
	Place   string
	Overdue bool
	Refusal string // why it did not happen, in words

	Title, Lang, LangLabel string
	Icon                   string
	Section, By            string
	URL                    string // of the editor, "" for what is in the trash
	Change, Now, Cancel    string // addresses; "" for what the user may not do
	Version                int
}

// plannedList is what the partial "_planned_rows" shows.
type plannedList struct {
	Words
	Planned []PlannedView
}

// Rows are one of the lists of the desk.
func (p *deskPage) Rows(list []PlannedView) plannedList { return plannedList{p.Words, list} }

// planned are schedules in words.
func (h *handler) planned(w Words, list []cms.Planned) []PlannedView {
	var out []PlannedView
	for _, s := range list {
		v := PlannedView{
			Act: s.Act, Title: s.Title, Lang: s.Lang, LangLabel: w.LanguageName(s.Lang), Icon: kindIcon(s.Kind, s.Type),
			Section: s.Section.Title, By: s.By, Version: s.Version, Place: placeOf(s.Zone), Overdue: s.Due(h.now()),
			Text: w.T("schedule.will_" + s.Act),
		}
		if s.Top {
			v.Section = w.T("content.top")
		}
		if v.Title == "" {
			v.Title = w.T("editor.untitled")
		}
		v.When = DateTime{Machine: s.At.UTC().Format(time.RFC3339), Text: w.localTime(s.At.In(zoneOf(s.Zone)))}
		if s.RefusedAt != nil {
			v.Text, v.Refusal = w.T("schedule.was_"+s.Act), w.refusal(s.Refusal)
		}
		at := entryURL(s.Entry, s.Lang)
		if s.CanPublish {
			v.Cancel = at + "/unschedule"
		}
		if !s.Trashed {
			v.URL = at
		}
		if !s.Trashed && s.CanPublish {
			v.Now = at + "/publish"
			if s.Act == models.ScheduleUnpublish {
				v.Now = at + "/takedown"
			}
			if s.Refusal != cms.RefusedWithdrawn { // that comes back by hand only
				v.Change = at + "/schedule?" + url.Values{"act": {s.Act}}.Encode()
			}
		}
		out = append(out, v)
	}
	return out
}

// refusal says why something scheduled did not happen. Most reasons are
// conflicts that an act by hand would have met too.
func (w Words) refusal(code string) string {
	if s := "refusal." + code; w.Has(s) {
		return w.T(s)
	}
	return w.T("conflict." + code)
}

// plannedOf is what is scheduled for an edition. The screens that show it
// beside something else do without it when it cannot be read.
func (h *handler) plannedOf(ctx context.Context, w Words, u models.User, ed cms.Editor) []PlannedView {
	list, err := h.cms.Scheduled(ctx, u, ed.Entry.ID, ed.Edition.Lang)
	if err != nil {
		h.log.ErrorContext(ctx, "schedules not read", "err", err)
	}
	return h.planned(w, list)
}
