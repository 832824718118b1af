package cms

import (
	"context"
	"time"

	"meridian/cms/block"
	"meridian/models"
	"meridian/models/store"
)

// UndoWindow is how long a publish can be undone.
const UndoWindow = 10 * time.Minute

// Undo is what undoing the last publish of an edition would bring back.
type Undo struct {
	// Until is when it stops being possible.
	Until time.Time
	// Replaced is the revision readers would see again, "" when they saw
	// nothing before. With Reason they are told again why it is gone.
	Replaced string
	Reason   string
	// Facts reports whether facts would change too; Alone that nothing else
	// would.
	Facts, Alone bool
}

// UndoPublish takes back the last publish of an edition within UndoWindow:
// readers get what they had before, the older text, nothing, or the reason why
// it is gone. Facts that became public with it go back too, unless they were
// published again since. The draft stays as it is. Errors: *StaleError, a
// *models.ConflictError that says why it is too late or that there is nothing
// to undo, *ChecksError when the older text shows what must not be shown now.
func (c *CMS) UndoPublish(ctx context.Context, by models.User, id, lang string, version int) (out Undo, err error) {
	err = c.tx(ctx, func(tx *store.Tx) error {
		out, err = undoPublish(tx, by, id, lang, version)
		return err
	})
	return out, err
}

func undoPublish(tx *store.Tx, by models.User, id, lang string, version int) (out Undo, err error) {
	if lang == models.Facts { // they are undone from any of the languages
		return out, models.ErrNotFound
	}
	e, d, err := edition(&tx.Read, by, models.ActPublish, id, lang)
	if err != nil {
		return out, err
	}
	if d.Version != version {
		return out, stale(&tx.Read, d)
	}
	u, err := undoing(&tx.Read, tx.Now(), e, d)
	if err != nil {
		return out, err
	}
	if u.Facts {
		if err := goBack(tx, by, e, u.facts); err != nil {
			return out, err
		}
	}
	if u.Alone {
		// The form that undid this must not undo one more.
		err = tx.NextVersion(d)
	} else {
		err = goBack(tx, by, e, d)
	}
	if err != nil {
		return out, err
	}
	return u.Undo, tx.Audit(by.ID, "undo_publish", e.ID, lang)
}

// undone is a publish as undoing it sees it.
type undone struct {
	Undo
	facts models.Edition // meaningful when Facts
}

// undoing finds out what the last publish of an edition made public. The error
// is a *models.ConflictError when it cannot be undone.
func undoing(r *store.Read, now time.Time, e models.Entry, d models.Edition) (undone, error) {
	var u undone
	editions, err := r.Editions(e.ID)
	if err != nil {
		return u, err
	}
	var facts models.Edition
	others, together := false, false // other languages are public; facts came with a language
	for _, o := range editions {
		if o.Lang == models.Facts {
			facts = o
		} else if o.ID != d.ID && o.Live() {
			others = true
		}
	}
	for _, o := range editions {
		together = together || o.Lang != models.Facts && samePublish(o, facts)
	}
	if !together && d.Live() && undoable(facts, now) == nil && facts.PublishedAt.After(*d.PublishedAt) {
		u.facts, u.Facts, u.Alone = facts, true, true
		u.Until, u.Replaced = facts.PublishedAt.Add(UndoWindow), deref(facts.ReplacedRevision)
		return u, nil
	}
	if err := undoable(d, now); err != nil {
		return u, err
	}
	u.Until, u.Replaced = d.PublishedAt.Add(UndoWindow), deref(d.ReplacedRevision)
	if u.Replaced == "" {
		u.Reason = d.WithdrawnReason
		if e.Root() && d.Lang == e.OriginalLang {
			return u, models.Conflict("home_stays")
		}
	}
	if samePublish(d, facts) && undoable(facts, now) == nil {
		// Facts nobody saw before stay while some language needs them.
		u.facts, u.Facts = facts, facts.ReplacedRevision != nil || u.Replaced == "" && !others
	}
	return u, nil
}

// undoable says why the last publish of an edition, or of facts, cannot be
// undone; nil when it can.
func undoable(d models.Edition, now time.Time) error {
	switch {
	case !d.Live():
		return models.Conflict("undo_nothing")
	case d.ReplacedRevision != nil && *d.ReplacedRevision == *d.LiveRevision:
		return models.Conflict("undo_done")
	case now.Sub(*d.PublishedAt) > UndoWindow:
		return models.Conflict("undo_late")
	}
	return nil
}

// samePublish reports whether two editions became public in one act: all that
// a transaction writes has one time.
func samePublish(a, b models.Edition) bool {
	return a.Live() && b.Live() && a.PublishedAt.Equal(*b.PublishedAt)
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// goBack makes readers see what they saw before the last publish of an
// edition or of facts. It is goLive the other way round.
func goBack(tx *store.Tx, by models.User, e models.Entry, d models.Edition) error {
	if d.ReplacedRevision == nil {
		if d.Lang == models.Facts {
			if err := tx.DropProjection(e.ID); err != nil {
				return err
			}
		}
		if err := tx.TakeDown(e, d, d.WithdrawnReason, by.ID); err != nil {
			return err
		}
		return tx.PutRefs(d.ID, true, nil)
	}
	rev, err := tx.Revision(*d.ReplacedRevision)
	if err != nil {
		return err
	}
	fields, err := fieldsOf(e, d.Lang)
	if err != nil {
		return err
	}
	var doc *block.Document
	if d.Lang == models.Facts {
		err = tx.PutProjection(e, d, rev.Fields, termFields(fields))
	} else {
		doc, err = block.Decode([]byte(rev.Body))
	}
	if err != nil {
		return err
	}
	// What readers saw then, they may not be allowed to see now.
	if refused, err := mediaErrors(&tx.Read, e, d.Lang, rev.Content, doc); err != nil {
		return err
	} else if len(refused) > 0 {
		return &ChecksError{refused}
	}
	if err := tx.PutRefs(d.ID, true, refsOf(fields, rev.Content, doc)); err != nil {
		return err
	}
	if err := tx.GoBack(e, d, by.ID); err != nil {
		return err
	}
	return index(tx, e, d, rev.Content, doc)
}
