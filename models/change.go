package models

import "time"

// Actions of the journal, each on something that was public before or is now.
const (
	ActionPublished   = "published"
	ActionUpdated     = "updated"
	ActionUnpublished = "unpublished"
	ActionWithdrawn   = "withdrawn"
	ActionMoved       = "moved"
	ActionDeleted     = "deleted"
	ActionRestored    = "restored"
)

// Subjects of the journal. Other sites see the rows about entries and assets;
// the others say what else may look different to readers now, so that no answer outlives
// what it shows (models/store/reads.go).
const (
	SubjectEntry = "entry"
	SubjectAsset = "asset"
	SubjectTerm  = "term"
	SubjectSite  = "site"
)

// KindMedia is the kind of rows about assets, whatever their own kind.
const KindMedia = "media"

// Change is one row of the journal. Rows are appended in the transaction of
// the change they tell of and never touched again.
type Change struct {
	Seq        int64 `gorm:"primaryKey;autoIncrement"`
	At         time.Time
	Subject    string
	SubjectID  string
	Kind       string
	Lang       string
	Action     string
	RevisionID string
	// Branch is the chain of sections of the entry at that moment.
	Branch string
	// Nav is the menu the entry stood in at that moment.
	Nav   string
	Actor string
}
