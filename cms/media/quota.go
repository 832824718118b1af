package media

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"time"

	"meridian/models"
	"meridian/models/store"
)

// quotaFor is the time within which Limits.PerDay counts.
const quotaFor = 24 * time.Hour

// allowance is what an upload that is coming may still take of its user's quota.
type allowance struct {
	l    *Library
	user string
	held int64 // of the quota, by this upload
	most int64
}

// allow begins an upload of a size that is known or so far.
func (l *Library) allow(ctx context.Context, by models.User, size int64) (*allowance, error) {
	if err := l.room(size); err != nil {
		return nil, err
	}
	var used int64
	err := l.view(ctx, func(r *store.Read) (err error) {
		used, err = l.used(r, by)
		return err
	})
	if err != nil {
		return nil, err
	}
	a := &allowance{l: l, user: by.ID, most: l.limits.PerDay - used}
	return a, a.reach(size)
}

// used returns what a user has uploaded of the quota.
func (l *Library) used(r *store.Read, by models.User) (int64, error) {
	n, err := r.UploadedSince(by.ID, l.store.Now().Add(-quotaFor))
	if err != nil {
		return 0, fmt.Errorf("look at quota: %w", err)
	}
	return n, nil
}

// withinQuota refuses a file for which the quota has no room any more: others
// may have ended since this one began to come.
func (l *Library) withinQuota(r *store.Read, by models.User, size int64) error {
	used, err := l.used(r, by)
	if err == nil && used+size > l.limits.PerDay {
		err = refuseOver(RefusedQuota, l.limits.PerDay)
	}
	return err
}

// reach takes what an upload needs of the quota to have size bytes. What other
// uploads of the user hold counts as used.
func (a *allowance) reach(size int64) error {
	more := size - a.held
	if more <= 0 {
		return nil
	}
	a.l.mu.Lock()
	defer a.l.mu.Unlock()
	if a.l.coming[a.user]+more > a.most {
		return refuseOver(RefusedQuota, a.l.limits.PerDay)
	}
	a.l.coming[a.user] += more
	a.held = size
	return nil
}

// end gives back what was held: by then it is a row, or nothing.
func (a *allowance) end() {
	a.l.mu.Lock()
	defer a.l.mu.Unlock()
	if a.l.coming[a.user] -= a.held; a.l.coming[a.user] <= 0 {
		delete(a.l.coming, a.user)
	}
	a.held = 0
}

// room refuses what would leave less of the disk than its floor.
func (l *Library) room(size int64) error {
	if l.free == nil {
		return nil
	}
	free, err := l.free()
	if err != nil {
		return fmt.Errorf("look at the disk: %w", err)
	}
	if free-size < l.limits.FreeFloor {
		return refuse(RefusedDiskFull)
	}
	return nil
}

// diskError is what writing a file failed of, with a full disk as a refusal.
func (l *Library) diskError(err error) error {
	if errors.Is(err, syscall.ENOSPC) {
		l.log.Error("the disk is full", "err", err)
		return refuse(RefusedDiskFull)
	}
	return err
}
