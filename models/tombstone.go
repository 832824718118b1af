package models

import "time"

// Tombstone is what is left of an edition that readers knew and that nobody
// can restore any more: one of its addresses.
type Tombstone struct {
	EntryID  string `gorm:"primaryKey"`
	Lang     string `gorm:"primaryKey"`
	Path     string `gorm:"primaryKey"`
	Kind     string
	Reason   string // of a withdrawal; "" for none
	PurgedAt time.Time
}
