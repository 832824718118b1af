package store

import (
	"fmt"

	"gorm.io/gorm/clause"

	"meridian/models"
)

// AddRedirect makes an address lead to an edition or a place of the site. It refuses an address that
// is some edition's own.
func (tx *Tx) AddRedirect(a models.Address, actor string) error {
	var taken int64
	if err := tx.db.Model(&models.Edition{}).Where("lang = ? AND path = ?", a.Lang, a.Path).Count(&taken).Error; err != nil {
		return err
	}
	if taken > 0 {
		return models.Conflict("address_taken")
	}
	a.CreatedAt = tx.now
	if err := tx.db.Clauses(clause.OnConflict{UpdateAll: true}).Create(&a).Error; err != nil {
		return fmt.Errorf("add redirect: %w", err)
	}
	return tx.append(models.Change{Subject: models.SubjectSite, SubjectID: "addresses", Action: models.ActionUpdated, Lang: a.Lang, Actor: actor})
}
