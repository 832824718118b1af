package cms_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"meridian/cms"
	"meridian/cms/block"
	"meridian/cms/cmstest"
	"meridian/cms/live"
	"meridian/models"
	"meridian/models/store"
)

// The moment of most tests: 29 November 2026, 09:00 in Brussels.
const (
	local  = "2026-11-29T09:00"
	zone   = "Europe/Brussels"
	moment = "2026-11-29T08:00:00Z"
)

func instant(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func scheduleInput(t *testing.T, env *cmstest.Env, entry, lang, act string) cms.Schedule {
	t.Helper()
	return cms.Schedule{
		Entry: entry, Lang: lang, Act: act, Version: env.Edition(t, entry, lang).Version, FactsVersion: env.Edition(t, entry, models.Facts).Version,
		Local: local, Zone: zone,
	}
}

func schedule(t *testing.T, env *cmstest.Env, in cms.Schedule) models.Schedule {
	t.Helper()
	s, err := env.CMS.Schedule(t.Context(), env.Editor, in)
	if err != nil {
		t.Fatalf("schedule %s: %v", in.Act, err)
	}
	return s
}

// setClock moves the clock of an environment to a moment.
func setClock(env *cmstest.Env, at time.Time) { env.Clock.Advance(at.Sub(env.Clock.Now())) }

// runDue carries out what is due at a moment.
func runDue(t *testing.T, env *cmstest.Env, at time.Time) (next time.Time) {
	t.Helper()
	setClock(env, at)
	next, err := env.CMS.RunDue(t.Context())
	if err != nil {
		t.Fatalf("RunDue: %v", err)
	}
	return next
}

// refusals are the codes on the desk of somebody.
func refusals(t *testing.T, env *cmstest.Env, by models.User) []string {
	t.Helper()
	desk, err := env.CMS.Desk(t.Context(), by)
	if err != nil {
		t.Fatal(err)
	}
	var codes []string
	for _, p := range desk.Refused {
		codes = append(codes, p.Refusal)
	}
	return codes
}

// acts are the audit lines about an entry, oldest first.
func acts(t *testing.T, env *cmstest.Env, entry string) []string {
	t.Helper()
	var out []string
	env.View(t, func(r *store.Read) error {
		list, err := r.Acts(entry, 50)
		for _, a := range list {
			out = append(out, a.Action+" "+a.Detail)
		}
		return err
	})
	slices.Reverse(out)
	return out
}

func TestSchedule(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		by    func(*cmstest.Env) models.User
		entry func(*cmstest.Env) string
		lang  string
		edit  func(*cms.Schedule)
		want  error  // kind
		field string // and code, of an invalid one; the code of a conflict
	}{
		{name: "an editor schedules"},
		{name: "an author may not", by: func(e *cmstest.Env) models.User { return e.Author }, want: models.ErrForbidden},
		{name: "an editor of another organisation sees nothing", by: func(e *cmstest.Env) models.User { return e.BEEditor }, want: models.ErrNotFound},
		{name: "somebody without a role sees nothing", by: func(e *cmstest.Env) models.User { return e.Nobody }, want: models.ErrNotFound},
		{name: "a stale form", edit: func(in *cms.Schedule) { in.Version-- }, want: models.ErrStale},
		{name: "stale facts", edit: func(in *cms.Schedule) { in.FactsVersion-- }, want: models.ErrStale},
		{name: "the facts alone", lang: models.Facts, want: models.ErrNotFound},
		{name: "an act that is none", edit: func(in *cms.Schedule) { in.Act = "withdraw" }, want: models.ErrInvalid, field: "act not_a_choice"},
		{name: "words for a moment", edit: func(in *cms.Schedule) { in.Local = "tomorrow" }, want: models.ErrInvalid, field: "local not_a_moment"},
		{name: "a zone that is none", edit: func(in *cms.Schedule) { in.Zone = "Europe/Atlantis" }, want: models.ErrInvalid, field: "zone not_a_time_zone"},
		{name: "now is past", edit: func(in *cms.Schedule) { in.Local = "2026-11-25T10:00" }, want: models.ErrInvalid, field: "local moment_past"},
		{name: "a minute ahead", edit: func(in *cms.Schedule) { in.Local = "2026-11-25T10:01" }},
		{name: "a night that has no such hour", edit: func(in *cms.Schedule) { in.Local = "2027-03-28T02:30" }, want: models.ErrInvalid, field: "local moment_missing"},
		{name: "an hour that comes twice", edit: func(in *cms.Schedule) { in.Local = "2027-10-31T02:30" }, want: models.ErrInvalid, field: "which moment_twice"},
		{name: "the first of the two", edit: func(in *cms.Schedule) { in.Local, in.Which = "2027-10-31T02:30", cms.FirstOfTwo }},
		{name: "neither of the two", edit: func(in *cms.Schedule) { in.Local, in.Which = "2027-10-31T02:30", "third" }, want: models.ErrInvalid, field: "which moment_twice"},
		{name: "readers see it already", entry: func(e *cmstest.Env) string { return e.Page }, want: models.ErrConflict, field: "nothing_to_publish"},
		{name: "what is not public is taken down", edit: func(in *cms.Schedule) { in.Act = models.ScheduleUnpublish }, want: models.ErrConflict, field: "not_public"},
		{name: "what is public is taken down", entry: func(e *cmstest.Env) string { return e.Page }, edit: func(in *cms.Schedule) { in.Act = models.ScheduleUnpublish }},
		{name: "the home page is taken down", entry: func(e *cmstest.Env) string { return e.Root }, edit: func(in *cms.Schedule) { in.Act = models.ScheduleUnpublish }, want: models.ErrConflict, field: "home_stays"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			env := cmstest.New(t)
			by, entry, lang := env.Editor, env.Draft, "en"
			if tt.by != nil {
				by = tt.by(env)
			}
			if tt.entry != nil {
				entry = tt.entry(env)
			}
			if tt.lang != "" {
				lang = tt.lang
			}
			in := scheduleInput(t, env, entry, lang, models.SchedulePublish)
			if tt.edit != nil {
				tt.edit(&in)
			}
			head, version := env.Store.Head(), env.Edition(t, entry, lang).Version
			planned, planErr := env.CMS.PlanSchedule(t.Context(), by, in)
			out, err := env.CMS.Schedule(t.Context(), by, in)
			for _, err := range []error{planErr, err} {
				if !errors.Is(err, tt.want) {
					t.Fatalf("Schedule = %v, want %v", err, tt.want)
				}
				var invalid *models.InvalidError
				var conflict *models.ConflictError
				code := ""
				if errors.As(err, &invalid) {
					for f, p := range invalid.Fields {
						code = f + " " + p.Code
					}
				} else if errors.As(err, &conflict) {
					code = conflict.Code
				}
				if code != tt.field {
					t.Errorf("code %q, want %q", code, tt.field)
				}
			}
			if env.Store.Head() != head {
				t.Error("the journal moved")
			}
			list, err := env.CMS.Scheduled(t.Context(), env.Admin, entry, "en")
			if err != nil {
				t.Fatal(err)
			}
			raised := env.Edition(t, entry, lang).Version - version
			if tt.want != nil {
				if len(list) != 0 || raised != 0 {
					t.Errorf("after a refusal %d are scheduled and the version rose by %d", len(list), raised)
				}
				return
			}
			if len(list) != 1 || list[0].By != "Cleo Editor" || !list[0].At.Equal(out.At) || list[0].Local != in.Local || list[0].Zone != zone {
				t.Errorf("scheduled %+v", list)
			}
			if raised != 1 {
				t.Errorf("the version rose by %d", raised)
			}
			if !planned.At.Equal(out.At) || out.At.Location() != time.UTC {
				t.Errorf("planned for %v, scheduled for %v", planned.At, out.At)
			}
		})
	}
}

func TestScheduledMomentIsThatOfTheZone(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ local, zone, which, want string }{
		{local, zone, "", moment},
		{local, "Asia/Kathmandu", "", "2026-11-29T03:15:00Z"},
		{"2027-10-31T02:30", zone, cms.FirstOfTwo, "2027-10-31T00:30:00Z"},
		{"2027-10-31T02:30", zone, cms.SecondOfTwo, "2027-10-31T01:30:00Z"},
	} {
		env := cmstest.New(t)
		in := scheduleInput(t, env, env.Draft, "en", models.SchedulePublish)
		in.Local, in.Zone, in.Which = tt.local, tt.zone, tt.which
		if s := schedule(t, env, in); !s.At.Equal(instant(t, tt.want)) {
			t.Errorf("%s in %s %s is %v, want %s", tt.local, tt.zone, tt.which, s.At, tt.want)
		}
	}
}

// TestExactlyWhatWasSealedBecomesPublic: words and facts written after
// scheduling stay drafts, and so does what they refer to.
func TestExactlyWhatWasSealedBecomesPublic(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	linked := func(id string) block.Node {
		text := block.Text("a link")
		text.Marks = []block.Mark{{Type: "link", Attrs: map[string]any{"ref": "page:" + id}}}
		return block.Paragraph(text)
	}
	env.Write(t, env.News, "en", "The sealed summary.", linked(env.Page))
	saveFacts := func(date string) {
		t.Helper()
		_, err := env.CMS.Save(t.Context(), env.Admin, cms.SaveDraft{Entry: env.News, Lang: models.Facts,
			Version: env.Edition(t, env.News, models.Facts).Version, Fields: models.Values{"date": date}})
		if err != nil {
			t.Fatal(err)
		}
	}
	saveFacts("2026-03-02")
	schedule(t, env, scheduleInput(t, env, env.News, "en", models.SchedulePublish))
	env.Write(t, env.News, "en", "Words of afterwards.", linked(env.About))
	saveFacts("2026-03-03")
	head := env.Store.Head()

	at := instant(t, moment)
	if next := runDue(t, env, at.Add(-time.Microsecond)); !next.Equal(at) {
		t.Errorf("next = %v", next)
	}
	if env.Store.Head() != head {
		t.Fatal("the journal moved before the moment")
	}
	if next := runDue(t, env, at); !next.IsZero() {
		t.Errorf("next = %v, want none", next)
	}
	it, err := public(t, env, env.News, "en")
	if err != nil || it.Summary != "The sealed summary." || it.Date != "2026-03-02" {
		t.Fatalf("readers get %+v, %v", it, err)
	}
	if d := env.DraftOf(t, env.News, "en"); d.Summary != "Words of afterwards." {
		t.Errorf("the draft is %q", d.Summary)
	}
	env.View(t, func(r *store.Read) error {
		page, err := r.Entry(env.Page)
		if err != nil {
			return err
		}
		uses, err := r.UsesOf(page, 10)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(uses, func(u store.Use) bool { return u.EntryID == env.News && u.Live }) {
			t.Errorf("the sealed link is not among the public uses: %+v", uses)
		}
		return nil
	})
	if env.Store.Head() != head+2 { // the text and the facts
		t.Errorf("the journal moved by %d", env.Store.Head()-head)
	}
	head = env.Store.Head()
	runDue(t, env, at.Add(time.Hour))
	if env.Store.Head() != head {
		t.Error("it happened twice")
	}
	got := strings.Join(acts(t, env, env.News), "\n")
	for _, line := range []string{"schedule en publish " + moment, "publish_scheduled en"} {
		if !strings.Contains(got, line) {
			t.Errorf("the audit trail has no %q:\n%s", line, got)
		}
	}
}

// TestNewerFactsStay: facts that somebody published meanwhile are not put back
// by a schedule that was sealed with older ones.
func TestNewerFactsStay(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	saveFacts := func(date string) {
		t.Helper()
		_, err := env.CMS.Save(t.Context(), env.Admin, cms.SaveDraft{Entry: env.News, Lang: models.Facts,
			Version: env.Edition(t, env.News, models.Facts).Version, Fields: models.Values{"date": date}})
		if err != nil {
			t.Fatal(err)
		}
	}
	saveFacts("2026-03-02")
	env.Write(t, env.News, "en", "Scheduled.")
	schedule(t, env, scheduleInput(t, env, env.News, "en", models.SchedulePublish))
	saveFacts("2026-03-04")
	env.Write(t, env.News, "fr", "Par une autre langue.")
	env.Publish(t, env.News, "fr")
	runDue(t, env, instant(t, moment))
	it, err := public(t, env, env.News, "en")
	if err != nil || it.Summary != "Scheduled." || it.Date != "2026-03-04" {
		t.Fatalf("readers get %+v, %v", it, err)
	}
}

func TestScheduleToUnpublish(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	in := scheduleInput(t, env, env.Page, "en", models.ScheduleUnpublish)
	schedule(t, env, in)
	at := instant(t, moment)
	runDue(t, env, at.Add(-time.Second))
	if _, err := public(t, env, env.Page, "en"); err != nil {
		t.Fatalf("taken down early: %v", err)
	}
	runDue(t, env, at)
	if _, err := public(t, env, env.Page, "en"); !errors.Is(err, live.ErrNotFound) {
		t.Fatalf("after the moment readers get %v", err)
	}
	if env.Edition(t, env.Page, "en").WithdrawnAt != nil {
		t.Error("it was withdrawn")
	}
}

// TestScheduleOfBoth: public from one moment to another, in that order also
// when both are overdue.
func TestScheduleOfBoth(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	up := scheduleInput(t, env, env.Draft, "en", models.SchedulePublish)
	schedule(t, env, up)
	down := scheduleInput(t, env, env.Draft, "en", models.ScheduleUnpublish)
	for _, l := range []string{"2026-11-29T08:59", local} {
		down.Local = l
		_, err := env.CMS.Schedule(t.Context(), env.Editor, down)
		var invalid *models.InvalidError
		if !errors.As(err, &invalid) || invalid.Fields["local"].Code != "moment_before_publish" {
			t.Errorf("taking down at %s = %v", l, err)
		}
	}
	down.Local = "2026-11-29T10:00"
	schedule(t, env, down)
	up.Version, up.Local = env.Edition(t, env.Draft, "en").Version, "2026-11-29T10:00"
	_, err := env.CMS.Schedule(t.Context(), env.Editor, up)
	var invalid *models.InvalidError
	if !errors.As(err, &invalid) || invalid.Fields["local"].Code != "moment_after_takedown" {
		t.Errorf("publishing when it is taken down = %v", err)
	}
	head := env.Store.Head()
	runDue(t, env, instant(t, "2026-12-24T00:00:00Z"))
	d := env.Edition(t, env.Draft, "en")
	if d.Live() || d.FirstPublishedAt == nil {
		t.Errorf("both overdue leave %+v", d)
	}
	if n := env.Store.Head() - head; n != 3 { // facts, the text, and its end
		t.Errorf("the journal moved by %d", n)
	}
	if codes := refusals(t, env, env.Editor); len(codes) != 0 {
		t.Errorf("refused: %v", codes)
	}
}

func TestReschedulingReplaces(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	in := scheduleInput(t, env, env.Page, "en", models.SchedulePublish)
	env.Write(t, env.Page, "en", "The first words.")
	in.Version = env.Edition(t, env.Page, "en").Version
	schedule(t, env, in)
	env.Write(t, env.Page, "en", "The second words.")
	in.Version, in.Local = env.Edition(t, env.Page, "en").Version, "2026-11-30T09:00"
	schedule(t, env, in)
	runDue(t, env, instant(t, moment))
	if it, err := public(t, env, env.Page, "en"); err != nil || it.Summary != "What we are here for." {
		t.Errorf("at the first moment readers get %+v, %v", it, err)
	}
	runDue(t, env, instant(t, "2026-11-30T08:00:00Z"))
	if it, err := public(t, env, env.Page, "en"); err != nil || it.Summary != "The second words." {
		t.Errorf("at the second moment readers get %+v, %v", it, err)
	}
}

func TestUnschedule(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	schedule(t, env, scheduleInput(t, env, env.Draft, "en", models.SchedulePublish))
	version := env.Edition(t, env.Draft, "en").Version
	for _, tt := range []struct {
		name    string
		by      models.User
		version int
		act     string
		want    error
	}{
		{"an author", env.Author, version, models.SchedulePublish, models.ErrForbidden},
		{"somebody else", env.BEEditor, version, models.SchedulePublish, models.ErrNotFound},
		{"a stale form", env.Editor, version - 1, models.SchedulePublish, models.ErrStale},
		{"what is not scheduled", env.Editor, version, models.ScheduleUnpublish, models.ErrConflict},
		{"an editor", env.Editor, version, models.SchedulePublish, nil},
		{"twice", env.Editor, version + 1, models.SchedulePublish, models.ErrConflict},
	} {
		if err := env.CMS.Unschedule(t.Context(), tt.by, env.Draft, "en", tt.version, tt.act); !errors.Is(err, tt.want) {
			t.Errorf("%s: Unschedule = %v, want %v", tt.name, err, tt.want)
		}
	}
	head := env.Store.Head()
	if next := runDue(t, env, instant(t, moment)); !next.IsZero() || env.Store.Head() != head {
		t.Error("what was cancelled happened")
	}
}

func TestActsByHandEndTheSchedule(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	env.Write(t, env.Page, "en", "New words.")
	schedule(t, env, scheduleInput(t, env, env.Page, "en", models.SchedulePublish))
	down := scheduleInput(t, env, env.Page, "en", models.ScheduleUnpublish)
	down.Local = "2026-11-30T09:00"
	schedule(t, env, down)
	left := func() string {
		list, err := env.CMS.Scheduled(t.Context(), env.Editor, env.Page, "en")
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, p := range list {
			out = append(out, p.Act)
		}
		return strings.Join(out, " ")
	}
	if got := left(); got != "publish unpublish" {
		t.Fatalf("scheduled: %q", got)
	}
	env.Publish(t, env.Page, "en")
	if got := left(); got != "unpublish" {
		t.Errorf("after publishing by hand: %q", got)
	}
	if err := env.CMS.Unpublish(t.Context(), env.Editor, env.Page, "en", env.Edition(t, env.Page, "en").Version); err != nil {
		t.Fatal(err)
	}
	if got := left(); got != "" {
		t.Errorf("after unpublishing by hand: %q", got)
	}
}
