package cms_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"meridian/cms"
	"meridian/cms/cmstest"
	"meridian/cms/media"
	"meridian/models"
	"meridian/models/store"
)

// audit appends acts of one moment.
func audit(t *testing.T, env *cmstest.Env, acts ...[4]string) {
	t.Helper()
	env.Tx(t, func(tx *store.Tx) error {
		for _, a := range acts {
			if err := tx.Audit(a[0], a[1], a[2], a[3]); err != nil {
				return err
			}
		}
		return nil
	})
}

func activity(t *testing.T, env *cmstest.Env, by models.User, f cms.ActivityFilter) cms.Activity {
	t.Helper()
	out, err := env.CMS.Activity(t.Context(), by, f)
	if err != nil {
		t.Fatalf("Activity(%+v): %v", f, err)
	}
	return out
}

func TestActivityGroupsSittings(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	start := env.Clock.Now().Add(24 * time.Hour)
	env.Clock.Advance(24 * time.Hour)
	u, page, news := env.Editor.ID, env.Page, env.News
	for _, step := range []struct {
		pause         time.Duration
		actor, entry  string
		action, about string
	}{
		{0, u, page, "address", "en old > new"},
		{10 * time.Minute, u, page, "publish", "en"},
		{time.Minute, env.Author.ID, page, "translate", "fr"}, // somebody else in between
		{time.Minute, u, news, "publish", "en"},               // and something else
		{28 * time.Minute, u, page, "publish", "en"},          // exactly half an hour after the last
		{31 * time.Minute, u, page, "unpublish", "en "},       // a new sitting
	} {
		env.Clock.Advance(step.pause)
		audit(t, env, [4]string{step.actor, step.action, step.entry, step.about})
	}
	got := activity(t, env, env.Admin, cms.ActivityFilter{From: start.Format(time.DateOnly)})
	var said []string
	for _, s := range got.Sittings {
		line := s.Last().Who.Name + ":"
		for _, a := range s.Acts {
			line += " " + a.Action
		}
		said = append(said, line)
	}
	want := []string{"Cleo Editor: unpublish", "Cleo Editor: publish publish address", "Cleo Editor: publish", "Ben Author: translate"}
	if !slices.Equal(said, want) {
		t.Errorf("sittings:\n%q, want\n%q", said, want)
	}
	if s := got.Sittings[1]; s.Last().At.Sub(s.First().At) != 40*time.Minute {
		t.Errorf("the sitting took %v", s.Last().At.Sub(s.First().At))
	}
	if d := got.Sittings[1].First(); d.Lang != "en" || d.Details["from"] != "old" || d.Details["to"] != "new" || d.What.Title != "Our mission" {
		t.Errorf("the change of address: %+v", d)
	}
}

func TestActivityPages(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	env.Clock.Advance(48 * time.Hour)
	day := env.Clock.Now().Format(time.DateOnly)
	// 120 sittings of three acts, each on its own subject, oldest first.
	for i := range 120 {
		env.Clock.Advance(time.Second)
		subject := fmt.Sprintf("s%03d", i)
		audit(t, env, [4]string{env.Editor.ID, "a", subject, ""}, [4]string{env.Editor.ID, "b", subject, ""}, [4]string{env.Editor.ID, "c", subject, ""})
	}
	next := 119
	for page, want := range []int{50, 50, 20, 0} {
		got := activity(t, env, env.Admin, cms.ActivityFilter{From: day, Page: page + 1})
		if len(got.Sittings) != want || got.More != (page < 2) {
			t.Fatalf("page %d has %d sittings, more: %v", page+1, len(got.Sittings), got.More)
		}
		for _, s := range got.Sittings {
			if subject := fmt.Sprintf("s%03d", next); len(s.Acts) != 3 || s.Acts[0].What.ID != subject {
				t.Fatalf("page %d: a sitting of %d acts on %s, want 3 on %s", page+1, len(s.Acts), s.Acts[0].What.ID, subject)
			}
			next--
		}
	}
	acts, more, err := env.CMS.ExportActivity(t.Context(), env.Admin, cms.ActivityFilter{From: day, Action: "b"})
	if err != nil || len(acts) != 120 || more {
		t.Errorf("the export has %d acts, more: %v, %v", len(acts), more, err)
	}
}

func TestActivityFilters(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	env.Clock.Advance(30 * 24 * time.Hour) // to 25 December, 10:00 in Brussels
	audit(t, env, [4]string{env.Editor.ID, "publish", env.Page, "en"}, [4]string{env.Editor.ID, "publish", env.BEPage, "fr"}, [4]string{env.BEEditor.ID, "address", env.BEPage, "fr a > b"})
	env.Clock.Advance(13*time.Hour + 30*time.Minute) // 23:30 there, 22:30 UTC
	audit(t, env, [4]string{env.Editor.ID, "trash", env.Page, ""})
	env.Clock.Advance(time.Hour) // half past midnight, still the 25th in UTC
	audit(t, env, [4]string{env.Editor.ID, "restore", env.Page, ""})
	for _, tt := range []struct {
		name string
		f    cms.ActivityFilter
		want int // acts
	}{
		{"a day", cms.ActivityFilter{From: "2026-12-25", To: "2026-12-25"}, 4},
		{"the day after", cms.ActivityFilter{From: "2026-12-26", To: "2026-12-26"}, 1},
		{"from a day on", cms.ActivityFilter{From: "2026-12-25"}, 5},
		{"a person", cms.ActivityFilter{Person: env.BEEditor.ID}, 1},
		{"an act", cms.ActivityFilter{From: "2026-12-25", Action: "publish"}, 2},
		{"a section", cms.ActivityFilter{From: "2026-12-25", Section: env.Belgium}, 2},
		{"all together", cms.ActivityFilter{From: "2026-12-25", Section: env.Belgium, Person: env.Editor.ID, Action: "publish"}, 1},
		{"nobody", cms.ActivityFilter{Person: "nobody"}, 0},
		{"no date", cms.ActivityFilter{From: "soon", Person: env.BEEditor.ID}, 1},
	} {
		acts, _, err := env.CMS.ExportActivity(t.Context(), env.Admin, tt.f)
		if err != nil || len(acts) != tt.want {
			t.Errorf("%s: %d acts, want %d; %v", tt.name, len(acts), tt.want, err)
		}
	}
	for _, section := range []string{env.Belgium, env.NewID(), "x", env.Page} {
		if _, err := env.CMS.Activity(t.Context(), env.Author, cms.ActivityFilter{Section: section}); !errors.Is(err, models.ErrNotFound) {
			t.Errorf("a section that is foreign, missing or none: %v", err)
		}
	}
}

// Others than administrators see what was done to what they may read, and of
// other languages and places nothing but that it was done.
func TestActivityStaysWithinReach(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	audit(t, env, [4]string{env.BEEditor.ID, "sign-in", env.BEEditor.ID, "192.0.2.1"},
		[4]string{env.Editor.ID, "move", env.BEPage, env.About + " > " + env.Belgium},
		[4]string{env.BEEditor.ID, "address", env.BEPage, "fr secret-a > secret-b"},
		[4]string{"", "publish_scheduled", env.BEPage, "fr"})
	// A working title that readers do not see.
	d := env.Edition(t, env.BEPage, "fr")
	if _, err := env.CMS.Save(t.Context(), env.Admin, cms.SaveDraft{Entry: env.BEPage, Lang: "fr", Version: d.Version, Title: "Titre secret", Summary: "S."}); err != nil {
		t.Fatal(err)
	}
	french := env.BEAuthor
	french.Grants = slices.Clone(french.Grants)
	french.Grants[0].Langs = []string{"nl"}
	for _, tt := range []struct {
		name          string
		by            models.User
		signIns, news bool
		moved, addr   string // details
		title         string
	}{
		{"administrator", env.Admin, true, true, "About us", "secret-b", "Titre secret"},
		{"of the section", env.BEEditor, false, false, "", "secret-b", "Titre secret"},
		{"of the section, in Dutch only", french, false, false, "", "", "Nos formations"},
	} {
		got := activity(t, env, tt.by, cms.ActivityFilter{})
		var signIns, news bool
		acts := map[string]cms.Act{}
		for _, s := range got.Sittings {
			for _, a := range s.Acts {
				signIns = signIns || a.Action == "sign-in"
				news = news || a.What.ID == env.News
				if a.What.ID == env.BEPage {
					acts[a.Action] = a
				}
			}
		}
		if signIns != tt.signIns || news != tt.news || got.Everything != tt.signIns {
			t.Errorf("%s sees sign-ins: %v, what is elsewhere: %v", tt.name, signIns, news)
		}
		if d := acts["move"].Details; d["section"] != tt.moved || d["section2"] != "Belgium" {
			t.Errorf("%s sees a move from %q to %q", tt.name, d["section"], d["section2"])
		}
		if d := acts["address"].Details; d["to"] != tt.addr {
			t.Errorf("%s sees the address %q", tt.name, d["to"])
		}
		if a, ok := acts["publish_scheduled"]; !ok || a.Who.ID != "" || a.What.Title != tt.title {
			t.Errorf("%s sees %+v", tt.name, a)
		}
		if slices.ContainsFunc(got.People, func(a cms.Actor) bool { return a.ID == env.Author.ID }) {
			t.Errorf("%s may choose who did nothing within reach", tt.name)
		}
	}
	if got := activity(t, env, env.Author, cms.ActivityFilter{Person: env.BEEditor.ID}); len(got.Sittings) != 0 {
		t.Errorf("a foreign branch: %+v", got.Sittings)
	}
	if got := activity(t, env, env.Nobody, cms.ActivityFilter{}); len(got.Sittings) != 0 || len(got.People) != 0 {
		t.Errorf("nobody sees %+v", got)
	}
}

// TestActivityOnFiles shows the acts on files and collections to those who may
// see these, an officer who writes nowhere among them.
func TestActivityOnFiles(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	ctx := t.Context()
	ours := env.Upload(t, media.Upload{Section: env.About, Title: "Ours"})
	theirs := env.Upload(t, media.Upload{Section: env.Belgium, Title: "Theirs", Shared: true})
	for _, id := range []string{ours.ID, theirs.ID} {
		consent(t, env, id, nil)
		withdraw(t, env, id)
	}
	names := map[string]string{ours.ID: "ours", theirs.ID: "theirs"}
	for name, section := range map[string]string{"our box": env.About, "their box": env.Belgium} {
		c, err := env.Library.CreateCollection(ctx, env.Admin, section, name)
		if err != nil {
			t.Fatal(err)
		}
		names[c.ID] = name
	}
	for _, tt := range []struct {
		name, section string
		by            models.User
		want          string
	}{
		{"administrator", "", env.Admin, "our box, ours, their box, theirs"},
		{"administrator, of a section", env.Belgium, env.Admin, "their box, theirs"},
		{"officer of all", "", env.Officer(t, env.Root), "our box, ours"},
		{"officer of a section", "", env.Officer(t, env.Belgium), "their box, theirs"},
		{"editor elsewhere", "", env.BEEditor, "their box, theirs"},
		{"nobody", "", env.Nobody, ""},
	} {
		got := activity(t, env, tt.by, cms.ActivityFilter{Section: tt.section})
		var seen []string
		withdrawn := 0
		for _, s := range got.Sittings {
			for _, a := range s.Acts {
				if n := names[a.What.ID]; n != "" && !slices.Contains(seen, n) {
					seen = append(seen, n)
				}
				if a.Action == "consent-withdrawn" {
					withdrawn++
				}
			}
		}
		slices.Sort(seen)
		if s := strings.Join(seen, ", "); s != tt.want {
			t.Errorf("%s sees %q, want %q", tt.name, s, tt.want)
		}
		if n := strings.Count(tt.want, "ours") + strings.Count(tt.want, "theirs"); withdrawn != n {
			t.Errorf("%s sees %d withdrawals, want %d", tt.name, withdrawn, n)
		}
		if slices.Contains(got.Actions, "consent-withdrawn") != (withdrawn > 0) && tt.section == "" {
			t.Errorf("%s may choose of %q", tt.name, got.Actions)
		}
	}
}
