package admin

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"meridian/cms/media"
	"meridian/models"
)

// consentLooks are the tone and the sign of each state.
var consentLooks = map[models.ConsentState]struct{ tone, icon string }{
	models.ConsentNotNeeded:  {"", "circle"},
	models.ConsentUnanswered: {"warn", "circle-alert"},
	models.ConsentMissing:    {"bad", "shield-alert"},
	models.ConsentValid:      {"ok", "shield-check"},
	models.ConsentEnding:     {"warn", "clock"},
	models.ConsentEnded:      {"bad", "shield-alert"},
	models.ConsentWithdrawn:  {"bad", "eye-off"},
	models.ConsentOtherUse:   {"warn", "shield-alert"},
}

// consentPart is what the screen of a file says about consent.
type consentPart struct {
	State, Tone, Icon string
	Said              string
	Record            []FactLine
	CanGive, Open     bool
	GiveTitle, GiveDo string
	Fields            []Field
	CanWithdraw       bool
	Effect            string // what withdrawing does, now
	Reason            Field
	Earlier           []string

	errors []FormError
}

// consentPart fills the part about consent, with what was typed into its forms.
func (h *handler) consentPart(w Words, d media.Detail, in assetInput) *consentPart {
	look := consentLooks[d.State]
	p := &consentPart{State: w.T("consent.state_" + string(d.State)), Tone: look.tone, Icon: cmp.Or(look.icon, "circle")}
	var current *media.ConsentInfo
	if len(d.Consents) > 0 {
		current = &d.Consents[0]
	}
	p.Said = w.consentSaid(h, d, current)
	if current != nil {
		p.Record = w.consentRecord(h, *current, d.Site)
		for _, earlier := range d.Consents[1:] {
			var parts []string
			for _, line := range w.consentRecord(h, earlier, d.Site) {
				parts = append(parts, line.Label+": "+line.Text)
			}
			p.Earlier = append(p.Earlier, strings.Join(parts, " · "))
		}
	}
	standing := d.Asset.TrashedAt == nil && d.Asset.ErasedAt == nil
	shown := d.Asset.People != models.PeopleNone && d.Asset.People != models.PeopleUnknown
	p.CanGive = d.Can.Consent && standing && (shown || current != nil)
	p.CanWithdraw = d.Can.Withdraw && standing && d.State != models.ConsentWithdrawn && (shown || current != nil)
	p.GiveTitle, p.GiveDo = w.T("consent.give"), w.T("consent.give_do")
	if current != nil {
		p.GiveTitle, p.GiveDo = w.T("consent.renew"), w.T("consent.renew_do")
	}
	p.Open = in.part == "consent" || d.State == models.ConsentMissing
	if p.CanGive {
		p.form(w, d, in)
	}
	if p.CanWithdraw {
		f := newForm(w, "consent", in.problem("withdraw"))
		p.Reason = f.Field(Field{Name: "reason", Value: in.of("withdraw").Get("reason"), Max: media.ReasonMax})
		f.Rest()
		p.errors = append(p.errors, f.Errors...)
		p.Effect = w.T("consent.effect_none")
		if n := liveUses(d.Uses, d.Hidden); n > 0 {
			p.Effect = w.T("consent.effect", "Count", n)
		}
	}
	return p
}

// consentSaid is the state in a sentence or two.
func (w Words) consentSaid(h *handler, d media.Detail, current *media.ConsentInfo) string {
	args := []any{}
	if current != nil {
		by, when := current.GivenBy, current.Until
		if current.WithdrawnAt != nil {
			by, when = cmp.Or(current.WithdrawnByName, "–"), localDay(*current.WithdrawnAt, d.Site.TimeZone)
		}
		args = []any{"By", by, "Day", w.Day(when)}
		if d.State == models.ConsentValid && current.Until == "" {
			return w.T("consent.said_valid_open", args...)
		}
	}
	if d.State == models.ConsentNotNeeded && d.Asset.People != models.PeopleNone {
		return w.T("consent.said_not_needed_people")
	}
	return w.T("consent.said_"+string(d.State), args...)
}

// localDay is the day of a moment in a time zone.
func localDay(t time.Time, zone string) string {
	loc, err := time.LoadLocation(zone)
	if err != nil {
		loc = time.UTC
	}
	return t.In(loc).Format(time.DateOnly)
}

// consentRecord is a consent line by line.
func (w Words) consentRecord(h *handler, c media.ConsentInfo, site models.Site) []FactLine {
	var uses, langs []string
	for _, u := range c.Uses {
		uses = append(uses, w.T("consent.use_"+u))
	}
	for _, l := range c.Langs {
		langs = append(langs, w.LanguageName(l))
	}
	until := w.T("consent.no_end")
	if c.Until != "" {
		until = w.Day(c.Until)
		if c.Zone != site.TimeZone {
			until += " (" + c.Zone + ")"
		}
	}
	comma := w.T("form.comma")
	out := []FactLine{
		{w.T("consent.given_by"), cmp.Or(c.GivenBy, "–")}, {w.T("consent.uses"), cmp.Or(strings.Join(uses, comma), "–")},
		{w.T("consent.langs"), cmp.Or(strings.Join(langs, comma), w.T("consent.langs_all"))}, {w.T("consent.until"), until},
	}
	for _, x := range []FactLine{{w.T("consent.evidence"), c.Evidence}, {w.T("consent.pseudonym"), c.Pseudonym}} {
		if x.Text != "" {
			out = append(out, x)
		}
	}
	out = append(out, FactLine{w.T("consent.recorded"), w.Day(localDay(c.CreatedAt, site.TimeZone)) + by(c.By)})
	if c.WithdrawnAt != nil {
		out = append(out, FactLine{w.T("consent.withdrawn"), w.Day(localDay(*c.WithdrawnAt, site.TimeZone)) + by(c.WithdrawnByName)})
		if c.Reason != "" {
			out = append(out, FactLine{w.T("consent.reason"), c.Reason})
		}
	}
	return out
}

func by(name string) string {
	if name == "" {
		return ""
	}
	return " · " + name
}

// form fills the fields of a new consent.
func (p *consentPart) form(w Words, d media.Detail, in assetInput) {
	typed := in.of("consent")
	f := newForm(w, "consent", in.problem("consent"))
	var uses, langs []Option
	for _, u := range models.Uses {
		uses = append(uses, Option{Value: u, Label: w.T("consent.use_" + u)})
	}
	for _, l := range d.Site.Languages {
		langs = append(langs, Option{Value: l, Label: w.LanguageName(l)})
	}
	chosen := []string{models.UseSite}
	if typed != nil {
		chosen = typed["uses"]
	}
	p.Fields = []Field{
		f.Field(Field{Name: "given_by", Value: typed.Get("given_by"), Max: media.GivenByMax, Required: true, Autocomplete: "off"}),
		f.Field(Field{Name: "uses", Kind: "checks", Values: chosen, Options: uses}),
		f.Field(Field{Name: "langs", Kind: "checks", Values: typed["langs"], Options: langs}),
		f.Field(Field{Name: "until", Kind: "date", Value: typed.Get("until"), Narrow: true}),
		f.Field(Field{Name: "evidence", Value: typed.Get("evidence"), Max: media.EvidenceMax}),
		f.Field(Field{Name: "pseudonym", Value: typed.Get("pseudonym"), Max: media.PseudonymMax, Autocomplete: "off"}),
	}
	f.Rest()
	p.errors = append(p.errors, f.Errors...)
}

// consentGive records a consent.
func (h *handler) consentGive(c *gin.Context) error {
	form, v, err := version(c)
	if err != nil {
		return err
	}
	ctx, u, id := c.Request.Context(), user(c), c.Param("asset")
	d, err := h.media.Asset(ctx, u, id)
	if err != nil {
		return err
	}
	_, err = h.media.GiveConsent(ctx, u, media.Consent{
		Asset: id, Version: v, GivenBy: form.Get("given_by"), Uses: form["uses"], Langs: form["langs"], Until: form.Get("until"),
		Evidence: form.Get("evidence"), Pseudonym: form.Get("pseudonym"),
	})
	return h.afterAsset(c, d, assetInput{part: "consent", form: form, err: err}, Flash{Code: "consent_given"}, "#consent")
}

// consentWithdraw takes a file away from every reader, at once.
func (h *handler) consentWithdraw(c *gin.Context) error {
	form, err := parseForm(c)
	if err != nil {
		return err
	}
	ctx, u, id := c.Request.Context(), user(c), c.Param("asset")
	d, err := h.media.Asset(ctx, u, id)
	if err != nil {
		return err
	}
	out, err := h.media.WithdrawConsent(ctx, u, id, form.Get("reason"))
	f := Flash{Code: "consent_withdrawn", Args: map[string]string{"N": strconv.Itoa(liveUses(out.Uses, out.Hidden))}}
	if out.Already {
		f.Code, f.Tone = "consent_withdrawn_already", "warn"
	}
	return h.afterAsset(c, d, assetInput{part: "withdraw", form: form, err: err}, f, "#consent")
}

// consentsPage is the data of "consents", what Farah looks after.
type consentsPage struct {
	mediaBase
	State, Query string
	States       []ViewLink
	Section      Field
	Rows         []ConsentRow
	Export       string
	First, Next  string
}

// ConsentRow is a file in the list of consents.
type ConsentRow struct {
	AssetView
	Tone, Sign, StateText string
	GivenBy, Until        string
	Evidence              string
	Public                bool
}

// consentStates are the states that the list has a part for, what is urgent
// first.
var consentStates = []models.ConsentState{
	models.ConsentEnding, models.ConsentEnded, models.ConsentMissing, models.ConsentUnanswered, models.ConsentWithdrawn, models.ConsentOtherUse, models.ConsentValid,
}

// consents lists files by the state of their consents.
func (h *handler) consents(c *gin.Context) error {
	q := c.Request.URL.Query()
	state := models.ConsentState(q.Get("state"))
	if !slices.Contains(consentStates, state) {
		state = consentStates[0]
	}
	query := media.Query{Consent: state, Text: strings.TrimSpace(q.Get("q")), Section: q.Get("section"), After: q.Get("after")}
	list, err := h.list(c, query)
	if err != nil {
		return err
	}
	p := &consentsPage{mediaBase: h.mediaBase(c, consentsPath), State: string(state), Query: query.Text}
	p.Title = p.T("consent.page")
	for _, s := range consentStates {
		p.States = append(p.States, ViewLink{Label: p.T("consent.state_" + string(s)), URL: assetsURL(consentsPath, q, "state", string(s)), Icon: consentLooks[s].icon, Current: s == state})
	}
	p.Section = newForm(p.Words, "media", nil).Field(Field{Name: "section", Kind: "select", Value: query.Section, LabelCode: "media.filter_section",
		Options: withOption(append([]Option{{Label: p.T("media.any")}}, mediaSections(list.Sections)...), query.Section)})
	for _, it := range list.Items {
		p.Rows = append(p.Rows, p.consentRow(it))
	}
	p.Export = assetsURL(consentsPath+"/consents.csv", url.Values{"section": {query.Section}})
	if query.After != "" {
		p.First = assetsURL(consentsPath, q)
	}
	if list.Next != "" {
		p.Next = assetsURL(consentsPath, q, "after", list.Next)
	}
	return h.render(c, http.StatusOK, "consents", p)
}

func (w Words) consentRow(it media.Item) ConsentRow {
	look := consentLooks[it.State]
	r := ConsentRow{AssetView: w.asset(it), Tone: look.tone, Sign: cmp.Or(look.icon, "circle"), StateText: w.T("consent.state_" + string(it.State)), Public: it.Public}
	if it.Consent != nil {
		r.Until, r.GivenBy, r.Evidence = w.Day(it.Consent.Until), it.Consent.GivenBy, it.Consent.Evidence
	}
	return r
}

// consentsMost is how many rows of a state the table for spreadsheets has.
const consentsMost = 2000

// consentsExport sends every file that needs a consent as a table.
func (h *handler) consentsExport(c *gin.Context) error {
	w := h.words(c)
	rows := [][]string{{
		w.T("consent.col_state"), w.T("media.title_column"), w.T("media.col_section"), w.T("consent.given_by"), w.T("consent.uses"), w.T("consent.langs"),
		w.T("consent.col_until"), w.T("consent.evidence"), w.T("consent.public"), w.T("editor.id"),
	}}
	for _, state := range consentStates {
		q := media.Query{Consent: state, Section: c.Query("section"), Limit: 200}
		for n := 0; n < consentsMost; {
			list, err := h.media.List(c.Request.Context(), user(c), q)
			if err != nil {
				return err
			}
			for _, it := range list.Items {
				rows = append(rows, w.consentCells(it))
			}
			n += len(list.Items)
			if q.After = list.Next; q.After == "" {
				break
			}
		}
	}
	return h.sendTable(c, "consents", rows)
}

// consentCells is a row of the table.
func (w Words) consentCells(it media.Item) []string {
	r := w.consentRow(it)
	var c models.Consent
	if it.Consent != nil {
		c = *it.Consent
	}
	public := ""
	if it.Public {
		public = w.T("form.yes")
	}
	return []string{r.StateText, r.Title, r.Section, r.GivenBy, strings.Join(c.Uses, " "), strings.Join(c.Langs, " "), c.Until, r.Evidence, public, r.ID}
}

// NoticeView is a file that asks for somebody to act, on the desk.
type NoticeView struct {
	Title, URL, Icon string
	Tone, State      string
	When             string // the day it was taken away, or the last of its consent
	Uses             []UsedView
	Hidden           string
}

// noticeUses is how many places a notice names.
const noticeUses = 5

func (w Words) notices(list []media.Notice, zone string) []NoticeView {
	var out []NoticeView
	for _, n := range list {
		look := consentLooks[n.State]
		v := NoticeView{
			Title: cmp.Or(n.Asset.Title, n.Asset.ID), URL: assetURL(n.Asset.ID) + "#consent", Icon: assetIcons[n.Asset.Kind],
			Tone: look.tone, State: w.T("consent.state_" + string(n.State)), When: w.Day(localDay(n.At, zone)),
		}
		if n.State == models.ConsentEnding { // it ends at the midnight after its last day
			v.When = w.T("consent.desk_until", "Day", w.Day(localDay(n.At.Add(-time.Second), zone)))
		}
		v.Uses = w.usesView(n.Uses[:min(len(n.Uses), noticeUses)])
		v.Hidden = w.hiddenUses(n.Hidden + max(0, len(n.Uses)-noticeUses))
		out = append(out, v)
	}
	return out
}
