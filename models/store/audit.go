package store

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"
)

// AuditRow is one act: who did what to what. Rows are append-only and each
// one's hash covers the row before, so a row taken out or altered shows.
type AuditRow struct {
	Seq     int64 `gorm:"primaryKey;autoIncrement"`
	At      time.Time
	Actor   string
	Action  string
	Subject string
	Detail  string
	Hash    string
}

// TableName is gorm's question.
func (AuditRow) TableName() string { return "audit" }

// chain returns the hash of a row that follows one with the hash before.
func (a AuditRow) chain(before string) string {
	b, _ := json.Marshal([]string{before, a.At.UTC().Format(time.RFC3339Nano), a.Actor, a.Action, a.Subject, a.Detail})
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// Audit appends an act to the audit trail. Detail is for people; secrets and
// texts of drafts have no place in it.
func (tx *Tx) Audit(actor, action, subject, detail string) error {
	before := tx.audited
	if before == "" { // the transaction's first: the chain goes on where it ended
		if err := tx.db.Raw("SELECT coalesce((SELECT hash FROM audit ORDER BY seq DESC LIMIT 1), '')").Scan(&before).Error; err != nil {
			return fmt.Errorf("read audit trail: %w", err)
		}
	}
	row := AuditRow{At: tx.now, Actor: actor, Action: action, Subject: subject, Detail: detail}
	row.Hash = row.chain(before)
	if _, err := tx.insert(&row); err != nil {
		return fmt.Errorf("append to audit trail: %w", err)
	}
	tx.audited = row.Hash
	return nil
}

// VerifyAudit walks the audit trail and returns the number of rows and the
// number of the first one that does not follow from the one before, 0 when
// all do.
func (r *Read) VerifyAudit() (rows int, broken int64, err error) {
	before := ""
	var last int64
	for {
		var page []AuditRow
		if err := r.db.Where("seq > ?", last).Order("seq").Limit(1000).Find(&page).Error; err != nil {
			return rows, 0, err
		}
		if len(page) == 0 {
			return rows, 0, nil
		}
		for _, a := range page {
			if a.Hash != a.chain(before) {
				return rows, a.Seq, nil
			}
			before, last = a.Hash, a.Seq
			rows++
		}
	}
}

// Acts returns the newest acts about a subject, newest first.
func (r *Read) Acts(subject string, limit int) ([]AuditRow, error) {
	var list []AuditRow
	err := r.db.Where("subject = ?", subject).Order("seq DESC").Limit(limit).Find(&list).Error
	return list, err
}
