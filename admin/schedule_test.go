package admin

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"meridian/cms"
	"meridian/cms/cmstest"
	"meridian/models"
	"meridian/models/store"
)

// momentForm is the form of the schedule screen, as the browser sends it.
func (o *office) momentForm(entry, lang, act, date, clock string, more ...string) url.Values {
	f := url.Values{
		"act": {act}, "version": {strconv.Itoa(o.Edition(o.t, entry, lang).Version)},
		"facts_version": {strconv.Itoa(o.Edition(o.t, entry, models.Facts).Version)},
		"date":          {date}, "time": {clock}, "time_zone": {"Europe/Brussels"}, "op": {"look"},
	}
	for i := 0; i+1 < len(more); i += 2 {
		f.Set(more[i], more[i+1])
	}
	return f
}

func wantAll(t *testing.T, page string, words ...string) {
	t.Helper()
	for _, s := range words {
		if !strings.Contains(page, s) {
			t.Errorf("the page does not say %q", s)
		}
	}
}

func wantNone(t *testing.T, page string, words ...string) {
	t.Helper()
	for _, s := range words {
		if strings.Contains(page, s) {
			t.Errorf("the page says %q", s)
		}
	}
}

// TestScheduleFromTheScreens goes the whole way without script: from the last
// look to the moment, agreed to after both times were shown, to the line above
// the text, and back.
func TestScheduleFromTheScreens(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.as(o.Editor)
	at := entryURL(o.Draft, "en")
	wantAll(t, v.page(200, v.get(at+"/publish")), `href="`+at+`/schedule?act=publish"`)
	wantAll(t, v.page(409, v.get(at+"/schedule?act=unpublish")), "Readers cannot see this at the moment.")
	wantAll(t, v.page(200, v.get(at+"/schedule?act=publish")),
		`value="2026-11-26"`, `value="09:00"`, `<option value="Europe/Brussels" selected>`, "What is written afterwards stays a draft")

	head := o.Store.Head()
	page := v.page(200, v.post(at+"/schedule", o.momentForm(o.Draft, "en", models.SchedulePublish, "2026-11-29", "09:00")))
	wantAll(t, page, "Is this the moment?", "In Brussels", "Sunday 29 November 2026, 09:00", "UTC&#43;01:00", "Sunday 29 November 2026, 08:00", `value="agree"`)
	if list, err := o.CMS.Scheduled(t.Context(), o.Editor, o.Draft, "en"); err != nil || len(list) != 0 {
		t.Errorf("looking scheduled it: %v, %v", list, err)
	}
	// Changing one's mind keeps what was typed.
	page = v.page(200, v.post(at+"/schedule", o.momentForm(o.Draft, "en", models.SchedulePublish, "2026-11-30", "10:30", "op", "change")))
	wantAll(t, page, `value="2026-11-30"`, `value="10:30"`)
	wantNone(t, page, "Is this the moment?")

	o.wantTo(v.post(at+"/schedule", o.momentForm(o.Draft, "en", models.SchedulePublish, "2026-11-29", "09:00", "op", "agree")), at)
	page = v.page(200, v.get(at))
	wantAll(t, page, "Scheduled. Becomes public: Sunday 29 November 2026, 09:00 (Brussels).", `value="schedule:publish"`, `value="unschedule:publish"`)
	for _, screen := range []string{"/publish", "/schedule?act=publish"} {
		wantAll(t, v.page(200, v.get(at+screen)), "Sunday 29 November 2026, 09:00", "Cleo Editor")
	}
	wantAll(t, v.page(200, v.get("/admin/")), "Soon", "Becomes public", "Sunday 29 November 2026, 09:00", at+"/schedule?act=publish")
	// Its end can be given a moment as well.
	wantAll(t, v.page(200, v.get(at+"/schedule?act=publish")), `href="`+at+`/schedule?act=unpublish"`)
	wantAll(t, v.page(200, v.get(at+"/schedule?act=unpublish")), "From that time, readers get")
	// Choosing another moment says what it replaces.
	wantAll(t, v.page(200, v.post(at+"/schedule", o.momentForm(o.Draft, "en", models.SchedulePublish, "2026-12-01", "09:00"))), "This replaces", "<s>Sunday 29 November 2026, 09:00</s>")
	// An author sees it and can do nothing about it.
	a := o.as(o.Author)
	page = a.page(200, a.get(at))
	wantAll(t, page, "Sunday 29 November 2026, 09:00")
	wantNone(t, page, "schedule:publish")
	wantNone(t, a.page(200, a.get("/admin/")), "/schedule?act=publish")

	form := o.momentForm(o.Draft, "en", models.SchedulePublish, "", "")
	o.wantTo(v.post(at+"/unschedule", form), at)
	wantAll(t, v.page(200, v.get(at)), "Cancelled.")
	if o.Store.Head() != head {
		t.Error("the journal moved")
	}
}

// TestEditorKeepsWordsWhenASceduleIsCancelled: the button above the text stores
// what was typed before it cancels.
func TestEditorKeepsWordsWhenAScheduleIsCancelled(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.as(o.Editor)
	at := entryURL(o.Draft, "en")
	o.wantTo(v.post(at+"/schedule", o.momentForm(o.Draft, "en", models.SchedulePublish, "2026-11-29", "09:00", "op", "agree")), at)
	form := sent(t, v.page(200, v.get(at)), at)
	form.Set("summary", "Typed before the button.")
	form.Set("op", "schedule:publish")
	o.wantTo(v.post(at, form), at+"/schedule?act=publish")
	form = sent(t, v.page(200, v.get(at)), at)
	form.Set("summary", "Typed once more.")
	form.Set("op", "unschedule:publish")
	o.wantTo(v.post(at, form), at)
	if d := o.DraftOf(t, o.Draft, "en"); d.Summary != "Typed once more." {
		t.Errorf("the draft says %q", d.Summary)
	}
	if list, err := o.CMS.Scheduled(t.Context(), o.Editor, o.Draft, "en"); err != nil || len(list) != 0 {
		t.Errorf("still scheduled: %v, %v", list, err)
	}
}

func TestScheduleRefusesInWords(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name        string
		date, clock string
		more        []string
		want        []string
		none        []string
	}{
		{"the hour that is left out", "2027-03-28", "02:30", nil, []string{
			"Sunday 28 March 2027, 02:30 does not exist in Brussels: clocks go from 02:00 to 03:00. Choose 01:59 or 03:00.",
			`name="instead" value="2027-03-28T01:59"`, `name="instead" value="2027-03-28T03:00"`, "UTC&#43;01:00", "UTC&#43;02:00", `value="02:30"`}, nil},
		{"half an hour that is left out", "2027-10-03", "02:15", []string{"time_zone", "Australia/Lord_Howe"}, []string{
			"does not exist in Lord Howe: clocks go from 02:00 to 02:30. Choose 01:59 or 02:30."}, nil},
		{"the hour that comes twice", "2027-10-31", "02:30", nil, []string{
			"In that night, clocks in Brussels show 02:30 twice.", "02:30 for the first time (UTC&#43;02:00)", "02:30 for the second time (UTC&#43;01:00)",
			"In UTC: Sunday 31 October 2027, 00:30", "In UTC: Sunday 31 October 2027, 01:30", `name="which"`}, []string{"checked"}},
		{"a moment that is past", "2026-11-25", "09:59", nil, []string{"This time is past. In Brussels it is now Wednesday 25 November 2026, 10:00.", `value="09:59"`}, nil},
		{"a day that is not", "2026-02-30", "09:00", nil, []string{"Write a date with day, month and year."}, nil},
		{"no time", "2026-11-29", "", nil, []string{"Write a time with hours and minutes"}, nil},
		{"no date", "", "09:00", nil, []string{"Write a date with day, month and year."}, nil},
		{"a zone that is not", "2026-11-29", "09:00", []string{"time_zone", "Europe/Atlantis"}, []string{"Choose a time zone from the list."}, nil},
		{"markup", `"><script>alert(1)</script>`, `<b>`, []string{"time_zone", `"><img src=x>`, "which", "<i>"}, nil, []string{"<script>alert", "<img src=x", "<b>"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t)
			v := o.as(o.Editor)
			for _, op := range []string{"look", "agree"} {
				page := v.page(422, v.post(entryURL(o.Draft, "en")+"/schedule", o.momentForm(o.Draft, "en", models.SchedulePublish, tt.date, tt.clock, append(tt.more, "op", op)...)))
				wantAll(t, page, tt.want...)
				wantNone(t, page, tt.none...)
			}
			if list, err := o.CMS.Scheduled(t.Context(), o.Editor, o.Draft, "en"); err != nil || len(list) != 0 {
				t.Errorf("scheduled: %v, %v", list, err)
			}
		})
	}
}

func TestScheduleChoosesInTheNightsOfTheClock(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.as(o.Editor)
	at := entryURL(o.Draft, "en") + "/schedule"
	// The button of a neighbour takes its place.
	page := v.page(200, v.post(at, o.momentForm(o.Draft, "en", models.SchedulePublish, "2027-03-28", "02:30", "op", "", "instead", "2027-03-28T03:00")))
	wantAll(t, page, "Is this the moment?", "Sunday 28 March 2027, 03:00", "UTC&#43;02:00", "Sunday 28 March 2027, 01:00", `name="time" value="03:00"`)
	page = v.page(200, v.post(at, o.momentForm(o.Draft, "en", models.SchedulePublish, "2027-10-31", "02:30", "which", cms.SecondOfTwo)))
	wantAll(t, page, "Is this the moment?", "UTC&#43;01:00", "Sunday 31 October 2027, 01:30", `name="which" value="second"`)
	o.wantTo(v.post(at, o.momentForm(o.Draft, "en", models.SchedulePublish, "2027-10-31", "02:30", "which", cms.SecondOfTwo, "op", "agree")), entryURL(o.Draft, "en"))
	list, err := o.CMS.Scheduled(t.Context(), o.Editor, o.Draft, "en")
	if err != nil || len(list) != 1 || !list[0].At.Equal(time.Date(2027, 10, 31, 1, 30, 0, 0, time.UTC)) {
		t.Errorf("scheduled %+v, %v", list, err)
	}
}

func TestScheduleOfAStaleForm(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.as(o.Editor)
	form := o.momentForm(o.Draft, "en", models.SchedulePublish, "2026-11-29", "11:45", "op", "agree")
	o.Write(t, o.Draft, "en", "Newer words.")
	page := v.page(409, v.post(entryURL(o.Draft, "en")+"/schedule", form))
	wantAll(t, page, "Ada Admin saved something newer", `value="11:45"`)
	if list, _ := o.CMS.Scheduled(t.Context(), o.Editor, o.Draft, "en"); len(list) != 0 {
		t.Errorf("scheduled %+v", list)
	}
}

func TestScheduleIsBlockedByErrors(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.as(o.Editor)
	d := o.Edition(t, o.Draft, "en")
	_, err := o.CMS.Save(t.Context(), o.Admin, cms.SaveDraft{Entry: o.Draft, Lang: "en", Version: d.Version, Title: ""})
	if err != nil {
		t.Fatal(err)
	}
	at := entryURL(o.Draft, "en") + "/schedule"
	wantAll(t, v.page(200, v.get(at)), "The checks found errors")
	wantAll(t, v.page(422, v.post(at, o.momentForm(o.Draft, "en", models.SchedulePublish, "2026-11-29", "09:00"))), "The checks found errors")
}

func TestTakeDownAtATime(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.as(o.Editor)
	at := entryURL(o.Page, "en")
	wantAll(t, v.page(200, v.get(at+"/takedown")), at+"/schedule?act=unpublish")
	wantAll(t, v.page(200, v.get(at+"/schedule?act=unpublish")), "From that time, readers get")
	o.wantTo(v.post(at+"/schedule", o.momentForm(o.Page, "en", models.ScheduleUnpublish, "2026-12-24", "18:00", "op", "agree")), at)
	wantAll(t, v.page(200, v.get(at+"/takedown")), "Is taken down", "Thursday 24 December 2026, 18:00")
	wantAll(t, v.page(200, v.get(at)), `value="unschedule:unpublish"`)
	// Publishing has to come before.
	o.Write(t, o.Page, "en", "New words.")
	page := v.page(422, v.post(at+"/schedule", o.momentForm(o.Page, "en", models.SchedulePublish, "2026-12-24", "18:00")))
	wantAll(t, page, "It is taken down before that: Thursday 24 December 2026, 18:00.")
	if w := v.get(at + "/schedule?act=withdraw"); w.Code != http.StatusNotFound {
		t.Errorf("an act that is none answers %d", w.Code)
	}
}

// TestDeskTellsWhatDidNotHappen with the reason and what can be done about it.
func TestDeskTellsWhatDidNotHappen(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.as(o.Editor)
	for _, id := range []string{o.Page, o.News} {
		o.Write(t, id, "en", "New words.")
		at := entryURL(id, "en")
		o.wantTo(v.post(at+"/schedule", o.momentForm(id, "en", models.SchedulePublish, "2026-11-29", "09:00", "op", "agree")), at)
	}
	if err := o.CMS.Withdraw(t.Context(), o.Admin, o.News, "en", o.Edition(t, o.News, "en").Version, "legal"); err != nil {
		t.Fatal(err)
	}
	o.Tx(t, func(tx *store.Tx) error {
		e, err := tx.Entry(o.Page)
		if err != nil {
			return err
		}
		_, err = tx.Trash(e, o.Admin.ID)
		return err
	})
	o.Clock.Advance(time.Date(2026, 11, 29, 8, 0, 1, 0, time.UTC).Sub(cmstest.Start))
	if _, err := o.CMS.RunDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	v = o.as(o.Editor)
	page := v.page(200, v.get("/admin/"))
	wantAll(t, page, "Did not happen", "Was to become public", "It is in the trash.", "What was withdrawn never comes back by itself.",
		entryURL(o.News, "en")+"/publish", entryURL(o.Page, "en")+"/unschedule")
	wantNone(t, page, entryURL(o.Page, "en")+"/publish", entryURL(o.News, "en")+"/schedule?act=publish", `href="`+entryURL(o.Page, "en")+`"`)
	wantAll(t, v.page(200, v.get(entryURL(o.News, "en"))), "Did not happen", `value="unschedule:publish"`)
	a := o.as(o.Author)
	wantNone(t, a.page(200, a.get("/admin/")), "Did not happen")
	for _, id := range []string{o.Page, o.News} {
		o.wantTo(v.post(entryURL(id, "en")+"/unschedule", url.Values{
			"act": {models.SchedulePublish}, "version": {strconv.Itoa(o.Edition(t, id, "en").Version)}, "from": {"desk"},
		}), "/admin/")
	}
	page = v.page(200, v.get("/admin/"))
	wantAll(t, page, "Taken off your desk.")
	wantNone(t, page, "Did not happen")
}

// TestOverdueShows: what fails again and again is not told as if it were still
// to come.
func TestOverdueShows(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.as(o.Editor)
	at := entryURL(o.Draft, "en")
	o.wantTo(v.post(at+"/schedule", o.momentForm(o.Draft, "en", models.SchedulePublish, "2026-11-25", "10:01", "op", "agree")), at)
	o.Clock.Advance(2 * time.Minute) // and nothing runs
	wantAll(t, v.page(200, v.get("/admin/")), "overdue")
	wantAll(t, v.page(200, v.get(at)), "keeps being tried")
}
