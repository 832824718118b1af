package cms

import (
	"context"
	"slices"
	"time"

	"meridian/models"
	"meridian/models/store"
)

// Which of two instants a local time means that comes twice.
const (
	FirstOfTwo  = "first"
	SecondOfTwo = "second"
)

// Schedule asks for an edition to become public, or to be taken down, by
// itself at a moment.
type Schedule struct {
	Entry, Lang string
	Version     int
	// FactsVersion is as in Publish.
	FactsVersion int
	// Act is models.SchedulePublish or models.ScheduleUnpublish.
	Act string
	// Local is a date and time in the form of models.LocalLayout, in Zone.
	Local, Zone string
	// Which chooses when the local time comes twice; it is ignored otherwise.
	Which string
}

// Schedule gives an edition a moment at which it becomes public, or stops
// being so, in place of an earlier moment of the same act. What becomes public
// is sealed now, with the facts that are pending: whatever is written into the
// draft afterwards waits for the next publish. Errors: *StaleError,
// *ChecksError; a *models.InvalidError for "local", "zone" or "which"; a
// *models.ConflictError for what cannot happen at any moment.
func (c *CMS) Schedule(ctx context.Context, by models.User, in Schedule) (out models.Schedule, err error) {
	err = c.tx(ctx, func(tx *store.Tx) error {
		p, err := plan(&tx.Read, by, in, tx.Now())
		if err != nil {
			return err
		}
		out = p.schedule
		out.UserID, out.CreatedAt = by.ID, tx.Now()
		if in.Act == models.SchedulePublish {
			if err := p.seal(tx, by, &out); err != nil {
				return err
			}
		}
		if err := tx.NextVersion(p.edition); err != nil {
			return err
		}
		if err := tx.PutSchedule(out); err != nil {
			return err
		}
		return tx.Audit(by.ID, "schedule", p.entry.ID, in.Lang+" "+in.Act+" "+out.At.Format(time.RFC3339))
	})
	return out, err
}

// PlanSchedule is Schedule without doing it: it returns what would be stored,
// but for the revisions, so that people see both times before they agree.
func (c *CMS) PlanSchedule(ctx context.Context, by models.User, in Schedule) (out models.Schedule, err error) {
	err = c.view(ctx, func(r *store.Read) error {
		p, err := plan(r, by, in, c.store.Now())
		out = p.schedule
		return err
	})
	return out, err
}

// scheduling is a schedule with all that storing it needs to know.
type scheduling struct {
	publishable
	schedule models.Schedule
}

// plan looks at everything that can be wrong with a schedule.
func plan(r *store.Read, by models.User, in Schedule, now time.Time) (p scheduling, err error) {
	if in.Lang == models.Facts { // they have no moment of their own
		return p, models.ErrNotFound
	}
	switch in.Act {
	case models.SchedulePublish:
		p.publishable, err = toPublish(r, by, Publish{Entry: in.Entry, Lang: in.Lang, Version: in.Version, FactsVersion: in.FactsVersion})
	case models.ScheduleUnpublish:
		p.entry, p.edition, err = edition(r, by, models.ActPublish, in.Entry, in.Lang)
		if err == nil && p.edition.Version != in.Version {
			err = stale(r, p.edition)
		}
	default:
		return p, models.Invalid("act", "not_a_choice")
	}
	if err != nil {
		return p, err
	}
	d := p.edition
	there, err := r.Schedules(d.ID)
	if err != nil {
		return p, err
	}
	other := pending(there, otherAct(in.Act))
	if in.Act == models.SchedulePublish {
		if d.WithdrawnAt != nil {
			return p, models.Conflict("schedule_withdrawn")
		}
		if _, err := p.check(r, by); err != nil {
			return p, err
		}
	} else {
		if p.entry.Root() && d.Lang == p.entry.OriginalLang {
			return p, models.Conflict("home_stays")
		}
		if !d.Live() && other == nil {
			return p, models.Conflict("not_public")
		}
	}
	at, err := moment(in, now)
	if err != nil {
		return p, err
	}
	switch {
	case other == nil:
	case in.Act == models.SchedulePublish && !at.Before(other.At):
		return p, models.Invalid("local", "moment_after_takedown")
	case in.Act == models.ScheduleUnpublish && !at.After(other.At):
		return p, models.Invalid("local", "moment_before_publish")
	}
	p.schedule = models.Schedule{EditionID: d.ID, Act: in.Act, At: at, Local: in.Local, Zone: in.Zone}
	return p, nil
}

// seal seals what is to become public.
func (p *scheduling) seal(tx *store.Tx, by models.User, s *models.Schedule) error {
	if err := dropEmpty(tx, &p.draft, p.body); err != nil {
		return err
	}
	rev, err := seal(tx, &p.draft, by, models.ReasonScheduled)
	if err != nil {
		return err
	}
	s.RevisionID = &rev.ID
	if !p.pending {
		return nil
	}
	facts, err := seal(tx, &p.factsDraft, by, models.ReasonScheduled)
	s.FactsRevision = &facts.ID
	return err
}

// moment returns the instant of a schedule, in UTC.
func moment(in Schedule, now time.Time) (time.Time, error) {
	m, err := models.ParseLocal(in.Local, in.Zone)
	if err != nil {
		return time.Time{}, err
	}
	var at time.Time
	switch {
	case m.Missing():
		return at, models.Invalid("local", "moment_missing")
	case !m.Twice() || in.Which == FirstOfTwo:
		at = m.Instants[0]
	case in.Which == SecondOfTwo:
		at = m.Instants[1]
	default:
		return at, models.Invalid("which", "moment_twice")
	}
	if !at.After(now) {
		return at, models.Invalid("local", "moment_past")
	}
	return at.UTC(), nil
}

func otherAct(act string) string {
	if act == models.SchedulePublish {
		return models.ScheduleUnpublish
	}
	return models.SchedulePublish
}

// pending returns the schedule of an act that is still to happen, nil when
// there is none.
func pending(list []models.Schedule, act string) *models.Schedule {
	i := slices.IndexFunc(list, func(s models.Schedule) bool { return s.Act == act && s.RefusedAt == nil })
	if i < 0 {
		return nil
	}
	return &list[i]
}

// Unschedule cancels what is scheduled for an edition, or takes off the desk
// what did not happen, also when the entry is in the trash. Errors:
// *StaleError; a *models.ConflictError when nothing of the act is scheduled.
func (c *CMS) Unschedule(ctx context.Context, by models.User, id, lang string, version int, act string) error {
	return c.tx(ctx, func(tx *store.Tx) error {
		if !models.ValidID(id) || lang == models.Facts {
			return models.ErrNotFound
		}
		e, err := tx.Entry(id)
		if err != nil {
			return err
		}
		if !by.Can(models.ActRead, e.Place(lang)) {
			return models.ErrNotFound
		}
		if err := may(by, models.ActPublish, e, lang); err != nil {
			return err
		}
		d, err := tx.Edition(id, lang)
		if err != nil {
			return err
		}
		if d.Version != version {
			return stale(&tx.Read, d)
		}
		if err := tx.DeleteSchedule(d.ID, act); missing(err) {
			return models.Conflict("not_scheduled")
		} else if err != nil {
			return err
		}
		if err := tx.NextVersion(d); err != nil {
			return err
		}
		return tx.Audit(by.ID, "unschedule", e.ID, lang+" "+act)
	})
}

// Planned is something that is scheduled, or that was and did not happen, as
// its staff see it.
type Planned struct {
	models.Schedule
	Entry, Kind, Type, Lang string
	Title                   string // of what becomes public
	Section                 Crumb
	Top                     bool // Section is the root
	By                      string
	Version                 int // of the edition
	Trashed                 bool
	CanPublish              bool
}

// Scheduled returns what is scheduled for an edition, refused or not: at most
// one of each act, the earlier one first.
func (c *CMS) Scheduled(ctx context.Context, by models.User, id, lang string) (out []Planned, err error) {
	err = c.view(ctx, func(r *store.Read) error {
		e, d, err := edition(r, by, models.ActRead, id, lang)
		if err != nil {
			return err
		}
		list, err := r.Schedules(d.ID)
		if err != nil {
			return err
		}
		slices.SortFunc(list, func(a, b models.Schedule) int { return a.At.Compare(b.At) })
		var rows []store.ScheduleRow
		for _, s := range list {
			rows = append(rows, store.ScheduleRow{Schedule: s, EntryID: e.ID, Kind: e.Kind, Type: e.Type, Branch: e.Branch,
				DomainID: e.DomainID, SectionID: e.SectionID, Lang: lang, Version: d.Version})
		}
		out, err = plannedRows(r, by, rows)
		return err
	})
	return out, err
}

// How many rows the desk lists of what is scheduled.
const (
	soonMost    = 12
	refusedMost = 50
)

// soon fills the lists of the desk: what happens next within reach, and what
// did not happen where the user may do something about it.
func (desk *Desk) soon(r *store.Read, by models.User) error {
	list := func(act models.Act, refused bool, limit int) ([]Planned, bool, error) {
		grants, all := by.Reach(act)
		rows, more, err := r.ScheduleRows(grants, all, refused, limit)
		if err != nil {
			return nil, false, err
		}
		out, err := plannedRows(r, by, rows)
		return out, more, err
	}
	var err error
	if desk.Soon, desk.SoonMore, err = list(models.ActRead, false, soonMost); err != nil {
		return err
	}
	desk.Refused, _, err = list(models.ActPublish, true, refusedMost)
	return err
}

func plannedRows(r *store.Read, by models.User, rows []store.ScheduleRow) ([]Planned, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	var sections, people []string
	for _, row := range rows {
		people = append(people, row.UserID)
		if row.SectionID != nil {
			sections = append(sections, *row.SectionID)
		}
	}
	titles, err := sectionTitles(r, by, sections, by.Lang)
	if err != nil {
		return nil, err
	}
	names, err := r.Names(people)
	if err != nil {
		return nil, err
	}
	root, err := r.Root()
	if err != nil {
		return nil, err
	}
	out := make([]Planned, len(rows))
	for i, row := range rows {
		out[i] = Planned{
			Schedule: row.Schedule, Entry: row.EntryID, Kind: row.Kind, Type: row.Type, Lang: row.Lang, Title: row.Title,
			By: names[row.UserID], Version: row.Version, Trashed: row.Trashed, CanPublish: by.Can(models.ActPublish, row.Place()),
		}
		if row.SectionID != nil {
			out[i].Section, out[i].Top = Crumb{*row.SectionID, titles[*row.SectionID]}, *row.SectionID == root.ID
		}
	}
	return out, nil
}
