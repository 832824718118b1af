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
	"meridian/models"
	"meridian/models/store"
)

// TestRefusals: what cannot happen at its moment is refused, changes nothing
// for readers, and is told once to those who may publish there.
func TestRefusals(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, act string
		spoil     func(*testing.T, *cmstest.Env)
		want      string
	}{
		{"the account was closed", models.SchedulePublish, func(t *testing.T, env *cmstest.Env) {
			env.Tx(t, func(tx *store.Tx) error { return tx.SetDisabled(env.Editor.ID, true) })
		}, cms.RefusedAccount},
		{"the right was lost", models.SchedulePublish, func(t *testing.T, env *cmstest.Env) {
			env.Exec(t, "UPDATE grants SET role = 'author' WHERE user_id = '"+env.Editor.ID+"'")
		}, cms.RefusedRight},
		{"the right to take down was lost", models.ScheduleUnpublish, func(t *testing.T, env *cmstest.Env) {
			env.Exec(t, "DELETE FROM grants WHERE user_id = '"+env.Editor.ID+"'")
		}, cms.RefusedRight},
		{"it is in the trash", models.SchedulePublish, trashPage, cms.RefusedTrash},
		{"what was to be taken down is in the trash", models.ScheduleUnpublish, trashPage, cms.RefusedTrash},
		{"it was withdrawn", models.SchedulePublish, func(t *testing.T, env *cmstest.Env) {
			if err := env.CMS.Withdraw(t.Context(), env.Admin, env.Page, "en", env.Edition(t, env.Page, "en").Version, "legal"); err != nil {
				t.Fatal(err)
			}
		}, cms.RefusedWithdrawn},
		{"the checks find errors", models.SchedulePublish, func(t *testing.T, env *cmstest.Env) {
			// A sealed text never changes; what an older program let through does
			// not pass the checks of a newer one.
			env.Exec(t, "DROP TRIGGER revisions_sealed; UPDATE revisions SET title = '' WHERE reason = 'scheduled'")
		}, cms.RefusedChecks},
		{"the program breaks down", models.SchedulePublish, func(t *testing.T, env *cmstest.Env) {
			env.Exec(t, "PRAGMA ignore_check_constraints = 1; UPDATE schedules SET revision_id = NULL")
		}, cms.RefusedFailed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			env := cmstest.New(t)
			env.Write(t, env.Page, "en", "New words.", block.Paragraph(block.Text("Text.")))
			schedule(t, env, scheduleInput(t, env, env.Page, "en", tt.act))
			tt.spoil(t, env)
			head := env.Store.Head()
			before := env.Edition(t, env.Page, "en")
			setClock(env, instant(t, moment))
			for range 2 {
				next, err := env.CMS.RunDue(t.Context())
				if (err != nil) != (tt.want == cms.RefusedFailed) || !next.IsZero() {
					t.Errorf("RunDue = %v, %v", next, err)
				}
				if tt.want == cms.RefusedFailed {
					break
				}
			}
			if env.Store.Head() != head {
				t.Error("the journal moved")
			}
			if after := env.Edition(t, env.Page, "en"); after.Live() != before.Live() || after.Version != before.Version {
				t.Errorf("the edition is %+v", after)
			}
			if got := refusals(t, env, env.Admin); !slices.Equal(got, []string{tt.want}) {
				t.Errorf("refused on the desk of who may publish there: %v, want %s", got, tt.want)
			}
			for _, u := range []models.User{env.Author, env.BEEditor, env.Nobody} {
				if got := refusals(t, env, u); len(got) != 0 {
					t.Errorf("%s is told of %v", u.Name, got)
				}
			}
			lines := 0
			for _, line := range acts(t, env, env.Page) {
				if line == "schedule_refused en "+tt.act+" "+tt.want {
					lines++
				}
			}
			if lines != 1 {
				t.Errorf("%d audit lines tell of it", lines)
			}
			// Dismissed, it is gone, also from the trash.
			if err := env.CMS.Unschedule(t.Context(), env.Admin, env.Page, "en", after(t, env).Version, tt.act); err != nil {
				t.Errorf("dismiss: %v", err)
			}
			if got := refusals(t, env, env.Admin); len(got) != 0 {
				t.Errorf("after it was dismissed: %v", got)
			}
		})
	}
}

func after(t *testing.T, env *cmstest.Env) models.Edition { return env.Edition(t, env.Page, "en") }

func trashPage(t *testing.T, env *cmstest.Env) {
	t.Helper()
	env.Tx(t, func(tx *store.Tx) error {
		e, err := tx.Entry(env.Page)
		if err != nil {
			return err
		}
		_, err = tx.Trash(e, env.Admin.ID)
		return err
	})
}

// TestWithdrawnCannotBeScheduled: nor is it scheduled to come back in the
// first place.
func TestWithdrawnCannotBeScheduled(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	if err := env.CMS.Withdraw(t.Context(), env.Admin, env.Page, "en", after(t, env).Version, "consent"); err != nil {
		t.Fatal(err)
	}
	_, err := env.CMS.Schedule(t.Context(), env.Admin, scheduleInput(t, env, env.Page, "en", models.SchedulePublish))
	var conflict *models.ConflictError
	if !errors.As(err, &conflict) || conflict.Code != "schedule_withdrawn" {
		t.Errorf("Schedule = %v", err)
	}
}

// TestNothingToDoIsNoRefusal: what readers see already, or do not see any more,
// leaves the list in silence.
func TestNothingToDoIsNoRefusal(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	// The words were published by another way than this edition's publish.
	env.Write(t, env.Page, "en", "New words.")
	s := schedule(t, env, scheduleInput(t, env, env.Page, "en", models.SchedulePublish))
	env.Exec(t, "UPDATE editions SET live_revision = '"+*s.RevisionID+"' WHERE id = '"+s.EditionID+"'")
	// The other was taken down behind the schedule's back.
	d := schedule(t, env, scheduleInput(t, env, env.News, "en", models.ScheduleUnpublish))
	env.Exec(t, "UPDATE editions SET live_revision = NULL WHERE id = '"+d.EditionID+"'")
	head := env.Store.Head()
	runDue(t, env, instant(t, moment))
	if env.Store.Head() != head {
		t.Error("the journal moved")
	}
	if got := refusals(t, env, env.Admin); len(got) != 0 {
		t.Errorf("refused: %v", got)
	}
	for id, want := range map[string]string{env.Page: "schedule_dropped en publish", env.News: "schedule_dropped en unpublish"} {
		if got := acts(t, env, id); !slices.Contains(got, want) {
			t.Errorf("the audit trail has no %q: %q", want, got)
		}
		if list, err := env.CMS.Scheduled(t.Context(), env.Admin, id, "en"); err != nil || len(list) != 0 {
			t.Errorf("still scheduled: %v, %v", list, err)
		}
	}
}

// TestFailureDoesNotHoldUpOthers: what cannot be read stays due and is told of;
// everything else happens in its order.
func TestFailureDoesNotHoldUpOthers(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	for _, id := range []string{env.Page, env.Draft, env.About} {
		env.Write(t, id, "en", "New words.", block.Paragraph(block.Text("Text.")))
	}
	first := schedule(t, env, scheduleInput(t, env, env.Page, "en", models.SchedulePublish))
	for i, id := range []string{env.Draft, env.About} {
		in := scheduleInput(t, env, id, "en", models.SchedulePublish)
		in.Local = []string{"2026-11-29T09:01", "2026-11-29T09:03"}[i]
		schedule(t, env, in)
	}
	env.Exec(t, "DROP TRIGGER revisions_sealed; UPDATE revisions SET body = '{' WHERE id = '"+*first.RevisionID+"'")
	at := instant(t, moment)
	setClock(env, at.Add(2*time.Minute))
	next, err := env.CMS.RunDue(t.Context())
	if err == nil || !strings.Contains(err.Error(), first.EditionID) {
		t.Errorf("RunDue = %v", err)
	}
	if !next.Equal(at.Add(3 * time.Minute)) {
		t.Errorf("next = %v", next)
	}
	if it, err := public(t, env, env.Draft, "en"); err != nil || it.Summary != "New words." {
		t.Errorf("the one behind it: %+v, %v", it, err)
	}
	if list, err := env.CMS.Scheduled(t.Context(), env.Admin, env.Page, "en"); err != nil || len(list) != 1 || list[0].RefusedAt != nil {
		t.Errorf("the failed one is %+v, %v", list, err)
	}
}

// TestDueRunsWithTheRightsOfItsUser: the schedule of a section editor makes
// public what they may publish, and the journal says who it was.
func TestDueRunsWithTheRightsOfItsUser(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	env.Write(t, env.BEPage, "fr", "De nouveaux mots.", block.Paragraph(block.Text("Texte.")))
	if _, err := env.CMS.Schedule(t.Context(), env.BEEditor, scheduleInput(t, env, env.BEPage, "fr", models.SchedulePublish)); err != nil {
		t.Fatal(err)
	}
	runDue(t, env, instant(t, moment))
	if it, err := public(t, env, env.BEPage, "fr"); err != nil || it.Summary != "De nouveaux mots." {
		t.Fatalf("readers get %+v, %v", it, err)
	}
	env.View(t, func(r *store.Read) error {
		list, err := r.Acts(env.BEPage, 1)
		if err == nil && (list[0].Actor != env.BEEditor.ID || list[0].Action != "publish_scheduled") {
			t.Errorf("the last act is %+v", list[0])
		}
		return err
	})
}

// TestDeskListsWhatComes: whoever may read there sees it, next first.
func TestDeskListsWhatComes(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	in := scheduleInput(t, env, env.Draft, "en", models.SchedulePublish)
	in.Local = "2026-12-01T09:00"
	schedule(t, env, in)
	schedule(t, env, scheduleInput(t, env, env.News, "en", models.ScheduleUnpublish))
	for _, tt := range []struct {
		by   models.User
		want string
	}{
		{env.Editor, "unpublish A treaty enters into force true, publish Not public yet true"},
		{env.Author, "unpublish A treaty enters into force false, publish Not public yet false"},
		{env.BEEditor, ""},
		{env.Nobody, ""},
	} {
		desk, err := env.CMS.Desk(t.Context(), tt.by)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, p := range desk.Soon {
			may := " false"
			if p.CanPublish {
				may = " true"
			}
			got = append(got, p.Act+" "+p.Title+may)
		}
		if s := strings.Join(got, ", "); s != tt.want {
			t.Errorf("%s sees %q, want %q", tt.by.Name, s, tt.want)
		}
	}
	trashEntry := func(id string) {
		env.Tx(t, func(tx *store.Tx) error {
			e, err := tx.Entry(id)
			if err != nil {
				return err
			}
			_, err = tx.Trash(e, env.Admin.ID)
			return err
		})
	}
	trashEntry(env.Draft)
	if desk, err := env.CMS.Desk(t.Context(), env.Admin); err != nil || len(desk.Soon) != 1 {
		t.Errorf("what is in the trash is expected: %+v, %v", desk.Soon, err)
	}
}
