package store

import (
	"time"

	"gorm.io/gorm/clause"

	"meridian/models"
)

// Session is a row of the session table. Token is the hash of the cookie's
// value; Data is what the session layer keeps.
type Session struct {
	Token     string `gorm:"primaryKey"`
	UserID    string
	Data      []byte
	ExpiresAt time.Time
	CreatedAt time.Time
}

// Session returns an unexpired session, ErrNotFound otherwise.
func (r *Read) Session(token string, now time.Time) (Session, error) {
	var s Session
	err := r.db.Where("token = ? AND expires_at > ?", token, now).Take(&s).Error
	return s, one(err)
}

// AddSession inserts a new session.
func (tx *Tx) AddSession(s Session) error {
	s.CreatedAt = tx.now
	return tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&s).Error
}

// PutSession updates an existing session and returns ErrNotFound when it was
// deleted meanwhile: a session that ended is never revived.
func (tx *Tx) PutSession(s Session) error {
	return affected(tx.db.Model(&Session{}).Where("token = ?", s.Token).
		Updates(map[string]any{"user_id": s.UserID, "data": s.Data, "expires_at": s.ExpiresAt}), models.ErrNotFound)
}

// DeleteSession ends a session.
func (tx *Tx) DeleteSession(token string) error {
	return tx.db.Where("token = ?", token).Delete(&Session{}).Error
}

// DeleteExpiredSessions sweeps what ended before the transaction.
func (tx *Tx) DeleteExpiredSessions() error {
	return tx.db.Where("expires_at <= ?", tx.now).Delete(&Session{}).Error
}

// DeleteSessions ends all sessions of a user but the one to keep ("" = none).
func (tx *Tx) DeleteSessions(user, keep string) error {
	return tx.db.Where("user_id = ? AND token <> ?", user, keep).Delete(&Session{}).Error
}

// Attempt counts failed sign-ins under a key.
type Attempt struct {
	Key          string `gorm:"primaryKey"`
	Failures     int
	LastAt       time.Time
	BlockedUntil time.Time
}

// Attempt returns the count under a key, a zero one when there is none.
func (r *Read) Attempt(key string) (Attempt, error) {
	list := []Attempt{}
	if err := r.db.Where("key = ?", key).Limit(1).Find(&list).Error; err != nil {
		return Attempt{}, err
	}
	if len(list) == 0 {
		return Attempt{Key: key}, nil
	}
	return list[0], nil
}

// PutAttempt stores a count; one without failures is removed.
func (tx *Tx) PutAttempt(a Attempt) error {
	if a.Failures == 0 {
		return tx.db.Where("key = ?", a.Key).Delete(&Attempt{}).Error
	}
	return tx.db.Clauses(clause.OnConflict{UpdateAll: true}).Create(&a).Error
}

// DeleteOldAttempts forgets counts that nothing was added to for a day and
// that block nobody any more. Those of stop failures and more stay: time alone
// does not open such an account again.
func (tx *Tx) DeleteOldAttempts(stop int) error {
	return tx.db.Where("last_at < ? AND blocked_until < ? AND failures < ?", tx.now.Add(-24*time.Hour), tx.now, stop).Delete(&Attempt{}).Error
}
