package media

import (
	"context"
	"slices"
	"time"

	"meridian/models"
	"meridian/models/store"
)

// Desk is what of the library asks for somebody to act.
type Desk struct {
	// Withheld are files that were taken away from readers in the last thirty
	// days, for whatever reason, and that texts of the user still use.
	Withheld []Notice
	// Ending are files whose consent ends within models.ConsentWarning.
	Ending []Notice
}

// Notice is a file with what happened to it, or will.
type Notice struct {
	Asset  models.Asset
	State  models.ConsentState
	At     time.Time // of the withdrawal, the end, or the answer that took it away
	Uses   []Use
	Hidden int // uses that the user may not see
}

const (
	// deskFor is how long a desk tells of what was taken away.
	deskFor = 30 * 24 * time.Hour
	// deskMost bounds the lists of a desk.
	deskMost = 50
)

// Desk returns what asks a user to act: pictures that were taken away from pages
// that the user writes, whoever they belong to, and consents that end soon.
func (l *Library) Desk(ctx context.Context, by models.User) (out Desk, err error) {
	now := l.store.Now()
	err = l.view(ctx, func(r *store.Read) error {
		gone, err := r.TakenAway(now.Add(-deskFor), 20*deskMost)
		if err != nil {
			return err
		}
		for _, a := range gone {
			n, err := notice(r, by, a, now)
			if err != nil {
				return err
			}
			if len(out.Withheld) < deskMost && slices.ContainsFunc(n.Uses, func(u Use) bool { return u.CanWrite }) {
				out.Withheld = append(out.Withheld, n)
			}
		}
		grants, all := reachOf(by, models.ActPublish, models.ActSafeguard)
		if len(grants) == 0 && !all {
			return nil
		}
		ending, err := r.ConsentsEnding(now, now.Add(models.ConsentWarning), grants, all, deskMost)
		if err != nil {
			return err
		}
		for _, a := range ending {
			n, err := notice(r, by, a, now)
			if err != nil {
				return err
			}
			out.Ending = append(out.Ending, n)
		}
		return nil
	})
	return out, err
}

// reachOf returns the grants that allow one of the acts.
func reachOf(by models.User, acts ...models.Act) (grants []models.Grant, all bool) {
	for _, act := range acts {
		list, every := by.Reach(act)
		grants, all = append(grants, list...), all || every
	}
	return grants, all
}

func notice(r *store.Read, by models.User, a models.Asset, now time.Time) (n Notice, err error) {
	n.Asset = a
	if n.Uses, n.Hidden, err = usesOf(r, by, a.ID); err != nil {
		return n, err
	}
	c, err := newest(r, a)
	if err != nil {
		return n, err
	}
	n.State, n.At = models.ConsentStateOf(a, c, now), a.ChangedAt
	switch n.State {
	case models.ConsentWithdrawn:
		n.At = *c.WithdrawnAt
	case models.ConsentEnded, models.ConsentEnding:
		n.At = *c.EndsAt
	}
	// Whoever only uses the file is told nothing about people.
	if !sees(by, a) {
		n.Asset.Credit, n.Asset.Place, n.Asset.Taken = "", "", ""
	}
	return n, nil
}
