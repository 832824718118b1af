package store_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"meridian/models"
	"meridian/models/store"
)

// takeDown is a schedule for the seeded edition.
func (sd seeded) takeDown(tx *store.Tx) models.Schedule {
	return models.Schedule{
		EditionID: sd.edition.ID, Act: models.ScheduleUnpublish, At: tx.Now().Add(time.Hour), Local: "2026-11-29T09:00", Zone: "UTC",
		UserID: sd.user.ID, CreatedAt: tx.Now(),
	}
}

// TestSchedulesComeInTheOrderOfTheirMoments: fractions of a second and other
// zones must not confuse the comparison, which is of text in SQLite.
func TestSchedulesComeInTheOrderOfTheirMoments(t *testing.T) {
	t.Parallel()
	s := open(t)
	sd := seed(t, s)
	start := time.Date(2026, 11, 29, 8, 0, 0, 0, time.UTC)
	kathmandu := time.FixedZone("", 5*3600+45*60)
	moments := []time.Time{
		start.Add(-time.Hour), start, start.Add(500 * time.Microsecond), start.Add(90 * time.Millisecond), start.Add(500 * time.Millisecond),
		start.Add(time.Second).In(kathmandu), start.Add(2 * time.Second), start.Add(10 * time.Hour).In(kathmandu),
	}
	var ids []string
	err := s.Tx(t.Context(), func(tx *store.Tx) error {
		for i, at := range moments {
			path, id := fmt.Sprint("p", i), tx.NewID()
			ids = append(ids, id)
			d := models.Edition{ID: id, EntryID: sd.entry.ID, Lang: fmt.Sprintf("x%d", i), Slug: path, Path: &path, Version: 1, CreatedAt: tx.Now()}
			if err := tx.AddEdition(d, models.Draft{EditionID: id, SavedAt: tx.Now()}); err != nil {
				return err
			}
			plan := sd.takeDown(tx)
			plan.EditionID, plan.At = id, at
			if err := tx.PutSchedule(plan); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	err = s.View(t.Context(), func(r *store.Read) error {
		for i, now := range moments {
			// One at a time, each from behind the last.
			var last models.Schedule
			for j := 0; j <= i; j++ {
				list, err := r.DueSchedules(now, last, 1)
				if err != nil {
					return err
				}
				if len(list) != 1 || list[0].EditionID != ids[j] {
					t.Fatalf("due at %v, place %d: %v", now, j, list)
				}
				last = list[0]
			}
			if list, err := r.DueSchedules(now, last, 1); err != nil || len(list) != 0 {
				t.Errorf("due at %v behind %v: %v, %v", now, last.At, list, err)
			}
			next, err := r.NextSchedule(now)
			if err != nil {
				return err
			}
			var want time.Time
			if i+1 < len(moments) {
				want = moments[i+1]
			}
			if !next.Equal(want) {
				t.Errorf("next after %v = %v, want %v", now, next, want)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestPutScheduleReplacesAndTells(t *testing.T) {
	t.Parallel()
	s := open(t)
	sd := seed(t, s)
	told := func() bool {
		select {
		case <-s.Scheduled():
			return true
		default:
			return false
		}
	}
	if told() {
		t.Error("told of a schedule before there is one")
	}
	put := func(at time.Time, during func()) error {
		return s.Tx(t.Context(), func(tx *store.Tx) error {
			plan := sd.takeDown(tx)
			plan.At = at
			err := tx.PutSchedule(plan)
			during()
			return err
		})
	}
	nothing := func() {}
	first := time.Date(2026, 11, 29, 8, 0, 0, 0, time.UTC)
	err := put(first, func() {
		if told() {
			t.Error("told before the commit")
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := put(first.Add(time.Hour), nothing); err != nil {
		t.Fatal(err)
	}
	if !told() {
		t.Error("nobody was told")
	}
	if told() {
		t.Error("two commits that nobody waited for are told of twice")
	}
	refuse := func(tx *store.Tx) error { return tx.RefuseSchedule(sd.takeDown(tx), "trashed") }
	if err := s.Tx(t.Context(), refuse); err != nil {
		t.Fatal(err)
	}
	if err := s.Tx(t.Context(), refuse); !errors.Is(err, models.ErrNotFound) {
		t.Errorf("refused twice: %v", err)
	}
	err = s.View(t.Context(), func(r *store.Read) error {
		list, err := r.Schedules(sd.edition.ID)
		if err != nil {
			return err
		}
		if len(list) != 1 || !list[0].At.Equal(first.Add(time.Hour)) || list[0].RefusedAt == nil || list[0].Refusal != "trashed" {
			t.Errorf("stored %+v", list)
		}
		if due, err := r.DueSchedules(first.Add(24*time.Hour), models.Schedule{}, 10); err != nil || len(due) != 0 {
			t.Errorf("what was refused is due: %v, %v", due, err)
		}
		next, err := r.NextSchedule(time.Time{})
		if err != nil || !next.IsZero() {
			t.Errorf("what was refused is next: %v, %v", next, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	// A new moment takes the refusal away.
	if err := put(first.Add(2*time.Hour), nothing); err != nil {
		t.Fatal(err)
	}
	err = s.View(t.Context(), func(r *store.Read) error {
		next, err := r.NextSchedule(time.Time{})
		if !next.Equal(first.Add(2 * time.Hour)) {
			t.Errorf("next = %v", next)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestActsEndTheirSchedule: whatever makes an edition public or takes it down
// leaves no schedule of the same act behind, and keeps that of the other.
func TestActsEndTheirSchedule(t *testing.T) {
	t.Parallel()
	s := open(t)
	sd := seed(t, s)
	rollback := errors.New("put everything back")
	for name, tt := range map[string]struct {
		act  func(*store.Tx) error
		kept string
	}{
		"GoLive":   {func(tx *store.Tx) error { return tx.GoLive(sd.entry, sd.edition, sd.rev, models.ActionUpdated, "u") }, models.ScheduleUnpublish},
		"TakeDown": {func(tx *store.Tx) error { return tx.TakeDown(sd.entry, sd.edition, "", "u") }, models.SchedulePublish},
	} {
		err := s.Tx(t.Context(), func(tx *store.Tx) error {
			down := sd.takeDown(tx)
			up := down
			up.Act, up.RevisionID = models.SchedulePublish, &sd.rev.ID
			for _, plan := range []models.Schedule{up, down} {
				if err := tx.PutSchedule(plan); err != nil {
					return err
				}
			}
			if err := tt.act(tx); err != nil {
				return err
			}
			list, err := tx.Schedules(sd.edition.ID)
			if err != nil {
				return err
			}
			if len(list) != 1 || list[0].Act != tt.kept {
				t.Errorf("after %s: %+v", name, list)
			}
			return rollback
		})
		if !errors.Is(err, rollback) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
