package store

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"

	"meridian/models"
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
		var err error
		if before, err = value[string](&tx.Read, "SELECT coalesce((SELECT hash FROM audit ORDER BY seq DESC LIMIT 1), '')"); err != nil {
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

// AuditCheck is what a walk along the audit trail found.
type AuditCheck struct {
	Rows int
	// Broken is the number of the first row that does not follow from the one
	// before, 0 when all do.
	Broken int64
	// Lost is how many of the newest rows are missing.
	Lost int64
	// Head names the newest row (see AuditMark), "" for none.
	Head string
}

// AuditMark names a row of the audit trail with what it was, "number:hash".
// Written down outside the machine it shows later whether the trail up to that
// row is still the same.
func (a AuditRow) AuditMark() string { return fmt.Sprintf("%d:%s", a.Seq, a.Hash) }

// VerifyAudit walks the audit trail. It notices rows that were altered or taken
// out of the middle, by their hashes, and rows taken away at the end, because
// SQLite remembers the highest number it gave out (AUTOINCREMENT), which is
// rolled back with the row of a failed transaction and with nothing else.
//
// It cannot notice what somebody who may write the file does with care: no
// secret goes into the hashes, so a whole new end of the chain can be made, and
// the number set to match. Against that only a mark kept elsewhere helps, or a
// backup.
func (r *Read) VerifyAudit() (AuditCheck, error) {
	var out AuditCheck
	before := AuditRow{}
	for {
		var page []AuditRow
		if err := r.db.Where("seq > ?", before.Seq).Order("seq").Limit(1000).Find(&page).Error; err != nil {
			return out, fmt.Errorf("read audit trail: %w", err)
		}
		if len(page) == 0 {
			break
		}
		for _, a := range page {
			if out.Broken == 0 && a.Hash != a.chain(before.Hash) {
				out.Broken = a.Seq
			}
			before = a
			out.Rows++
		}
	}
	if before.Seq > 0 {
		out.Head = before.AuditMark()
	}
	var given int64
	if err := r.db.Raw("SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'audit'), 0)").Scan(&given).Error; err != nil {
		return out, fmt.Errorf("read number of the audit trail: %w", err)
	}
	out.Lost = max(0, given-before.Seq)
	return out, nil
}

// AuditHolds reports whether the row that a mark names is still there as it
// was. A mark of another form holds nowhere.
func (r *Read) AuditHolds(mark string) (bool, error) {
	number, hash, _ := strings.Cut(strings.TrimSpace(mark), ":")
	seq, err := strconv.ParseInt(number, 10, 64)
	if err != nil || hash == "" {
		return false, nil
	}
	var n int64
	err = r.db.Model(&AuditRow{}).Where("seq = ? AND hash = ?", seq, hash).Count(&n).Error
	return n > 0, err
}

// Acts returns the newest acts about a subject, newest first.
func (r *Read) Acts(subject string, limit int) ([]AuditRow, error) {
	var list []AuditRow
	err := r.db.Where("subject = ?", subject).Order("seq DESC").Limit(limit).Find(&list).Error
	return list, err
}

// ActFilter selects acts.
type ActFilter struct {
	Actor, Action string
	Subject       string
	Branch        string    // acts on this section's and everything below
	From, To      time.Time // from the one on, before the other; zero = open
	// Grants are those that let somebody read: only acts on what they cover are
	// selected: entries, files and collections. All means every act.
	Grants []models.Grant
	All    bool
	Before int64 // acts with a lower number only; 0 = all
	Limit  int
}

// acts narrows the audit trail, as "a", to a filter.
func (r *Read) acts(f ActFilter) *gorm.DB {
	q := r.db.Table("audit a")
	where := func(cond, value string) {
		if value != "" {
			q = q.Where(cond, value)
		}
	}
	where("a.actor = ?", f.Actor)
	where("a.action = ?", f.Action)
	where("a.subject = ?", f.Subject)
	if f.Before > 0 {
		q = q.Where("a.seq < ?", f.Before)
	}
	if !f.From.IsZero() {
		q = q.Where("a.at >= ?", f.From.UTC())
	}
	if !f.To.IsZero() {
		q = q.Where("a.at < ?", f.To.UTC())
	}
	if f.All && f.Branch == "" {
		return q
	}
	cond, args := "1 = 1", []any(nil)
	if f.Branch != "" {
		cond, args = "e.branch >= ? AND e.branch < ?", branchArgs(f.Branch)
	}
	// A grant for some languages reaches the entry all the same; what an act
	// says about another language is for the caller to leave out.
	grants := make([]models.Grant, len(f.Grants))
	for i, g := range f.Grants {
		grants[i] = models.Grant{Branch: g.Branch, Domain: g.Domain}
	}
	if !f.All {
		c, a := covered(grants)
		cond, args = cond+" AND "+c, append(args, a...)
	}
	var about []string
	var all []any
	for _, table := range []string{"entries", "assets", "collections"} {
		about = append(about, "EXISTS (SELECT 1 FROM "+table+" e WHERE e.id = a.subject AND "+cond+")")
		all = append(all, args...)
	}
	return q.Where("("+strings.Join(about, " OR ")+")", all...)
}

// FindActs returns acts, newest first, at most f.Limit of them.
func (r *Read) FindActs(f ActFilter) ([]AuditRow, error) {
	var list []AuditRow
	err := r.acts(f).Select("a.seq, a.at, a.actor, a.action, a.subject, a.detail").Order("a.seq DESC").Limit(f.Limit).Scan(&list).Error
	if err != nil {
		return nil, fmt.Errorf("list acts: %w", err)
	}
	return list, nil
}

// ActChoices returns who acted and what was done within a filter, each once.
func (r *Read) ActChoices(f ActFilter) (actors, actions []string, err error) {
	if err = r.acts(f).Distinct("a.actor").Order("a.actor").Limit(1000).Scan(&actors).Error; err == nil {
		err = r.acts(f).Distinct("a.action").Order("a.action").Limit(1000).Scan(&actions).Error
	}
	if err != nil {
		return nil, nil, fmt.Errorf("list choices of acts: %w", err)
	}
	return actors, actions, nil
}

// Tombstones returns the kind of entries that were purged, by id. What never
// was public has left none.
func (r *Read) Tombstones(ids []string) (map[string]string, error) {
	out := map[string]string{}
	for chunk := range chunks(ids, 500) {
		var rows []struct{ EntryID, Kind string }
		if err := r.db.Raw("SELECT DISTINCT entry_id, kind FROM tombstones WHERE entry_id IN ?", chunk).Scan(&rows).Error; err != nil {
			return nil, fmt.Errorf("read tombstones: %w", err)
		}
		for _, x := range rows {
			out[x.EntryID] = x.Kind
		}
	}
	return out, nil
}
