package store

import (
	"encoding/json"
	"errors"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"meridian/models"
)

type setting struct {
	Key   string `gorm:"primaryKey"`
	Value string
}

// TableName is gorm's question.
func (setting) TableName() string { return "settings" }

func readSetting(db *gorm.DB, key string, into any) error {
	var s setting
	if err := one(db.Where("key = ?", key).Take(&s).Error); err != nil {
		return fmt.Errorf("setting %s: %w", key, err)
	}
	return json.Unmarshal([]byte(s.Value), into)
}

func (tx *Tx) putSetting(key string, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	err = tx.db.Clauses(clause.OnConflict{UpdateAll: true}).Create(&setting{key, string(b)}).Error
	if err != nil {
		return fmt.Errorf("put setting %s: %w", key, err)
	}
	return nil
}

// Site returns the settings of the site, ErrNotFound before first start.
func (r *Read) Site() (models.Site, error) {
	if r.site == nil {
		var s models.Site
		if err := readSetting(r.db, "site", &s); err != nil {
			return s, err
		}
		r.site = &s
	}
	return *r.site, nil
}

// PutSite replaces the settings of the site.
func (tx *Tx) PutSite(s models.Site, actor string) error {
	if err := tx.putSetting("site", s); err != nil {
		return err
	}
	tx.site = nil
	return tx.append(models.Change{Subject: models.SubjectSite, SubjectID: "site", Action: models.ActionUpdated, Actor: actor})
}

// Installation returns what names this installation.
func (r *Read) Installation() (models.Installation, error) {
	var i models.Installation
	err := readSetting(r.db, "installation", &i)
	return i, err
}

// PutInstallation names this installation, once at first start.
func (tx *Tx) PutInstallation(i models.Installation) error {
	if err := tx.putSetting("installation", i); err != nil {
		return err
	}
	return tx.append(models.Change{Subject: models.SubjectSite, SubjectID: "installation", Action: models.ActionUpdated})
}

// setup is the one-time token of first start, hashed.
type setup struct {
	TokenHash string `json:"token_hash"`
	Expires   string `json:"expires"`
}

// Setup returns the hash of the set-up token and when it ends (RFC 3339);
// ErrNotFound when there is none.
func (r *Read) Setup() (hash, expires string, err error) {
	var s setup
	err = readSetting(r.db, "setup", &s)
	return s.TokenHash, s.Expires, err
}

// PutSetup stores the hash of a new set-up token; an empty hash removes it.
func (tx *Tx) PutSetup(hash, expires string) error {
	if hash == "" {
		return tx.db.Where("key = ?", "setup").Delete(&setting{}).Error
	}
	return tx.putSetting("setup", setup{hash, expires})
}

// Fresh reports whether the installation has no user yet.
func (r *Read) Fresh() (bool, error) {
	var u models.User
	err := one(r.db.Limit(1).Take(&u).Error)
	if errors.Is(err, models.ErrNotFound) {
		return true, nil
	}
	return false, err
}
