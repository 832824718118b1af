package store

import (
	"fmt"
	"time"

	"gorm.io/gorm/clause"

	"meridian/models"
)

// Scheduled yields a value some time after a transaction gave something a
// moment, so that whoever waits for the earliest one looks again. Several
// transactions may be told of by one value; it has one receiver.
func (s *Store) Scheduled() <-chan struct{} { return s.scheduled }

func (s *Store) announce() {
	select {
	case s.scheduled <- struct{}{}:
	default: // it is told already
	}
}

// PutSchedule stores what is to happen to an edition, in place of an earlier
// schedule of the same act. Readers see nothing of it.
func (tx *Tx) PutSchedule(s models.Schedule) error {
	if err := tx.db.Clauses(clause.OnConflict{UpdateAll: true}).Create(&s).Error; err != nil {
		return fmt.Errorf("schedule %s of %s: %w", s.Act, s.EditionID, err)
	}
	tx.scheduled = true
	return nil
}

// DeleteSchedule removes the schedule of an act, also a refused one. Errors:
// ErrNotFound.
func (tx *Tx) DeleteSchedule(edition, act string) error {
	return tx.update(models.ErrNotFound, "DELETE FROM schedules WHERE edition_id = ? AND act = ?", edition, act)
}

// dropSchedule is DeleteSchedule for an act that happened: whether it was
// scheduled or done by hand, nothing is left to be done.
func (tx *Tx) dropSchedule(edition, act string) error {
	if _, err := tx.exec("DELETE FROM schedules WHERE edition_id = ? AND act = ?", edition, act); err != nil {
		return fmt.Errorf("drop schedule: %w", err)
	}
	return nil
}

// RefuseSchedule notes that a schedule did not happen, and why. Errors:
// ErrNotFound when it is gone or was refused already.
func (tx *Tx) RefuseSchedule(s models.Schedule, refusal string) error {
	return tx.update(models.ErrNotFound, "UPDATE schedules SET refused_at = ?, refusal = ? WHERE edition_id = ? AND act = ? AND refused_at IS NULL",
		tx.now, refusal, s.EditionID, s.Act)
}

// EditionByID returns an edition by its own id.
func (r *Read) EditionByID(id string) (models.Edition, error) {
	return take[models.Edition](r, "id = ?", id)
}

// Schedules returns what is scheduled for an edition, refused or not: at most
// one of each act.
func (r *Read) Schedules(edition string) ([]models.Schedule, error) {
	var list []models.Schedule
	err := r.db.Where("edition_id = ?", edition).Order("act").Find(&list).Error
	return list, err
}

// DueSchedules returns what was to happen at or before now, oldest first, at
// most limit, from behind the schedule after; a zero one begins at the
// beginning.
func (r *Read) DueSchedules(now time.Time, after models.Schedule, limit int) ([]models.Schedule, error) {
	var list []models.Schedule
	err := r.db.Where("refused_at IS NULL AND at <= ? AND (at, edition_id, act) > (?, ?, ?)", now, after.At, after.EditionID, after.Act).
		Order("at, edition_id, act").Limit(limit).Find(&list).Error
	if err != nil {
		return nil, fmt.Errorf("list what is due: %w", err)
	}
	return list, nil
}

// NextSchedule returns the earliest moment after now at which something is to
// happen; the zero time when there is none.
func (r *Read) NextSchedule(now time.Time) (time.Time, error) {
	var list []models.Schedule
	err := r.db.Select("at").Where("refused_at IS NULL AND at > ?", now).Order("at").Limit(1).Find(&list).Error
	if err != nil || len(list) == 0 {
		return time.Time{}, err
	}
	return list[0].At, nil
}

// ScheduleRow is a schedule with what a list shows of its edition.
type ScheduleRow struct {
	models.Schedule
	EntryID, Kind, Type, Branch, DomainID string
	Lang                                  string
	SectionID                             *string
	// Title is what becomes public or, of what is to be taken down, the
	// working title.
	Title   string
	Version int // of the edition
	Trashed bool
}

// Place is where the row's edition stands for the question who may do what.
func (r ScheduleRow) Place() models.Place {
	return models.Place{Branch: r.Branch, Domain: r.DomainID, Lang: r.Lang}
}

// ScheduleRows returns what the grants reach of what is to happen, next first,
// or, with refused, of what did not happen, the latest first; at most limit,
// and whether more follow. What is in the trash is listed among the refused
// only: nothing of it is to be expected.
func (r *Read) ScheduleRows(grants []models.Grant, all, refused bool, limit int) ([]ScheduleRow, bool, error) {
	q := reach(r.db.Table("schedules s"), grants, all).
		Select(`s.*, e.id AS entry_id, e.kind, e.type, e.branch, e.domain_id, e.section_id, d.lang, d.version,
			coalesce(r.title, w.title) AS title, e.trashed_at IS NOT NULL AS trashed`).
		Joins("JOIN editions d ON d.id = s.edition_id").
		Joins("JOIN entries e ON e.id = d.entry_id").
		Joins("JOIN drafts w ON w.edition_id = d.id").
		Joins("LEFT JOIN revisions r ON r.id = s.revision_id")
	if refused {
		q = q.Where("s.refused_at IS NOT NULL").Order("s.refused_at DESC, s.edition_id, s.act")
	} else {
		q = q.Where("s.refused_at IS NULL AND e.trashed_at IS NULL").Order("s.at, s.edition_id, s.act")
	}
	var list []ScheduleRow
	if err := q.Limit(limit + 1).Scan(&list).Error; err != nil {
		return nil, false, fmt.Errorf("list what is scheduled: %w", err)
	}
	if len(list) > limit {
		return list[:limit], true, nil
	}
	return list, false, nil
}
