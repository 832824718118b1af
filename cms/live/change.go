package live

import "time"

// Change is a row of the journal as other sites see it.
type Change struct {
	Seq    int64
	At     time.Time
	Entry  string
	Lang   string // "und" for the facts
	Kind   string
	Action string
}

// Epoch names this life of the journal. A restored backup begins a new one,
// so that nobody mistakes its numbers for the old ones.
func (v *View) Epoch() string { return v.known.epoch }

// Changes returns the changes after a number, oldest first, at most limit of
// them, the number to continue from, and whether more follow now.
func (v *View) Changes(after int64, limit int) (list []Change, next int64, more bool, err error) {
	rows, more, err := v.live.Journal(after, limit)
	if err != nil {
		return nil, 0, false, err
	}
	for _, r := range rows {
		list = append(list, Change{r.Seq, r.At, r.SubjectID, r.Lang, r.Kind, r.Action})
	}
	next = v.live.Head
	if more {
		next = rows[len(rows)-1].Seq
	}
	return list, next, more, nil
}
