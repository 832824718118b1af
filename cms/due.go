package cms

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"meridian/cms/block"
	"meridian/models"
	"meridian/models/store"
)

// Reasons why something scheduled did not happen, beside the codes of
// conflicts: codes of the catalogue ("refusal.<code>").
const (
	RefusedAccount   = "account_closed" // of who scheduled it
	RefusedRight     = "no_right"       // they lost the right to publish there
	RefusedTrash     = "trashed"
	RefusedWithdrawn = "withdrawn" // a schedule never undoes a withdrawal
	RefusedChecks    = "checks"    // the checks find errors in the sealed text today
	RefusedFacts     = "facts"     // the facts it goes with are public no more
	RefusedFailed    = "failed"    // the program broke down over it; the log says how
)

// refusal is the reason why a schedule cannot be carried out.
type refusal string

func (r refusal) Error() string { return "refused: " + string(r) }

// refusalOf returns the reason that an error stands for; "" for an error that
// has nothing to do with the schedule, after which trying again may help.
func refusalOf(err error) string {
	var (
		refused  refusal
		checks   *ChecksError
		conflict *models.ConflictError
		broken   *panicError
	)
	switch {
	case errors.As(err, &refused):
		return string(refused)
	case errors.As(err, &checks):
		return RefusedChecks
	case errors.As(err, &conflict):
		return conflict.Code
	case errors.As(err, &broken):
		return RefusedFailed
	case errors.Is(err, models.ErrForbidden):
		return RefusedRight
	}
	return ""
}

// panicError is a panic that was caught, with the place where it happened.
type panicError struct {
	value any
	stack []byte
}

func (e *panicError) Error() string { return fmt.Sprintf("panic: %v\n%s", e.value, e.stack) }

// dueBatch is how many schedules are read at a time.
const dueBatch = 100

// RunDue does everything whose moment has come. What a consent does not let
// readers have any more goes first, so that nothing becomes public with it. Then
// comes what was scheduled, oldest first, each in a transaction of its own and
// with the rights that whoever scheduled it has now. What cannot happen is
// refused once and for all, and shown on the desk. What
// fails for another reason stays due and does not hold the others up; err says
// so. Next is the earliest moment that is still to come, the zero time when
// there is none: it is later than the time at which RunDue began to look.
func (c *CMS) RunDue(ctx context.Context) (next time.Time, err error) {
	now := c.store.Now()
	end, ended := c.endConsents(ctx, now)
	next, err = c.runSchedules(ctx, now)
	if next.IsZero() || !end.IsZero() && end.Before(next) {
		next = end
	}
	return next, errors.Join(ended, err)
}

func (c *CMS) runSchedules(ctx context.Context, now time.Time) (next time.Time, err error) {
	var failed []error
	var last models.Schedule
	for {
		var due []models.Schedule
		err := c.view(ctx, func(r *store.Read) (err error) {
			if due, err = r.DueSchedules(now, last, dueBatch); err != nil {
				return err
			}
			next, err = r.NextSchedule(now)
			return err
		})
		if err != nil {
			return time.Time{}, errors.Join(append(failed, err)...)
		}
		for _, s := range due {
			if ctx.Err() != nil {
				return next, errors.Join(append(failed, ctx.Err())...)
			}
			if err := c.carryOut(ctx, s); err != nil {
				failed = append(failed, fmt.Errorf("%s of edition %s, due %s: %w", s.Act, s.EditionID, s.At.Format(time.RFC3339), err))
			}
			last = s
		}
		if len(due) < dueBatch {
			return next, errors.Join(failed...)
		}
	}
}

// carryOut carries out one schedule, or refuses it.
func (c *CMS) carryOut(ctx context.Context, s models.Schedule) error {
	err := c.attempt(ctx, s)
	code := refusalOf(err)
	if code == "" {
		return err
	}
	refuse := func(tx *store.Tx) error {
		if same, err := stillThere(&tx.Read, s); err != nil || !same {
			return err
		}
		d, err := tx.EditionByID(s.EditionID)
		if err != nil {
			return err
		}
		if err := tx.RefuseSchedule(s, code); err != nil {
			return err
		}
		return tx.Audit("", "schedule_refused", d.EntryID, d.Lang+" "+s.Act+" "+code)
	}
	if e := c.tx(ctx, refuse); e != nil {
		return errors.Join(err, e)
	}
	if code == RefusedFailed {
		return err
	}
	return nil
}

// attempt tries to carry out one schedule, if it is due by the clock of the
// transaction and nobody changed or carried it out meanwhile.
func (c *CMS) attempt(ctx context.Context, s models.Schedule) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &panicError{p, debug.Stack()}
		}
	}()
	return c.tx(ctx, func(tx *store.Tx) error {
		if same, err := stillThere(&tx.Read, s); err != nil || !same || !s.Due(tx.Now()) {
			return err
		}
		by, err := tx.User(s.UserID)
		if err != nil {
			return err
		}
		d, err := tx.EditionByID(s.EditionID)
		if err != nil {
			return err
		}
		e, err := tx.Entry(d.EntryID)
		if err != nil {
			return err
		}
		switch {
		case by.Disabled:
			return refusal(RefusedAccount)
		case e.TrashedAt != nil:
			return refusal(RefusedTrash)
		}
		if err := may(by, models.ActPublish, e, d.Lang); err != nil {
			return err
		}
		seen := false
		if s.Act == models.SchedulePublish {
			seen, err = publishSealed(tx, by, e, d, s)
		} else {
			seen, err = takeDownDue(tx, by, e, d)
		}
		if err != nil {
			return err
		}
		// The act itself ends its schedule, unless there was nothing to do.
		if err := tx.DeleteSchedule(d.ID, s.Act); err != nil && !missing(err) {
			return err
		}
		if !seen {
			return tx.Audit(by.ID, "schedule_dropped", e.ID, d.Lang+" "+s.Act)
		}
		return tx.Audit(by.ID, s.Act+"_scheduled", e.ID, d.Lang)
	})
}

// stillThere reports whether a schedule is what it was and waits to happen.
func stillThere(r *store.Read, s models.Schedule) (bool, error) {
	list, err := r.Schedules(s.EditionID)
	if err != nil {
		return false, err
	}
	now := pending(list, s.Act)
	return now != nil && now.At.Equal(s.At) && now.CreatedAt.Equal(s.CreatedAt), nil
}

// publishSealed makes the revisions of a schedule public, after the checks that
// publishing by hand makes. It reports false when nothing changes for readers.
func publishSealed(tx *store.Tx, by models.User, e models.Entry, d models.Edition, s models.Schedule) (bool, error) {
	if d.WithdrawnAt != nil {
		return false, refusal(RefusedWithdrawn)
	}
	rev, err := tx.Revision(*s.RevisionID)
	if err != nil {
		return false, err
	}
	p := publishable{entry: e, edition: d, draft: models.Draft{EditionID: d.ID, Content: rev.Content}, sealed: rev.ID}
	if p.body, err = block.Decode([]byte(rev.Body)); err != nil {
		return false, err
	}
	facts, err := p.sealedFacts(tx, s)
	if err != nil {
		return false, err
	}
	same, err := p.check(&tx.Read, by)
	var conflict *models.ConflictError
	switch {
	case errors.As(err, &conflict) && conflict.Code == "nothing_to_publish":
		return false, nil
	case err != nil:
		return false, err
	}
	if p.pending {
		if err := showSealed(tx, by, e, p.facts, facts, nil); err != nil {
			return false, err
		}
	}
	if same {
		return true, nil
	}
	return true, showSealed(tx, by, e, d, rev, p.body)
}

// sealedFacts finds the facts that become public with an edition: those sealed
// with it, unless readers see newer ones by now.
func (p *publishable) sealedFacts(tx *store.Tx, s models.Schedule) (rev models.Revision, err error) {
	if p.facts, err = tx.Edition(p.entry.ID, models.Facts); err != nil {
		return rev, err
	}
	if s.FactsRevision == nil {
		if !p.facts.Live() {
			return rev, refusal(RefusedFacts)
		}
		return rev, nil
	}
	if rev, err = tx.Revision(*s.FactsRevision); err != nil {
		return rev, err
	}
	if p.facts.Live() {
		now, err := tx.Revision(*p.facts.LiveRevision)
		if err != nil || now.Number >= rev.Number || now.Hash == rev.Hash {
			return rev, err
		}
	}
	p.factsDraft, p.pending = models.Draft{EditionID: p.facts.ID, Content: rev.Content}, true
	return rev, nil
}

// showSealed makes a revision public that was sealed before. What it uses is
// read from itself: the draft may have gone on.
func showSealed(tx *store.Tx, by models.User, e models.Entry, d models.Edition, rev models.Revision, body *block.Document) error {
	fields, err := fieldsOf(e, d.Lang)
	if err != nil {
		return err
	}
	if err := tx.PutRefs(d.ID, true, refsOf(fields, rev.Content, body)); err != nil {
		return err
	}
	return show(tx, by, e, d, rev, body)
}

// takeDownDue takes an edition down. It reports false when nothing changes for
// readers.
func takeDownDue(tx *store.Tx, by models.User, e models.Entry, d models.Edition) (bool, error) {
	switch {
	case !d.Live():
		return false, nil
	case e.Root() && d.Lang == e.OriginalLang:
		return false, models.Conflict("home_stays")
	}
	return true, takeDown(tx, by, e, d, "")
}
