package store

import (
	"fmt"

	"meridian/models"
)

// Revision returns a sealed revision.
func (r *Read) Revision(id string) (models.Revision, error) {
	var rev models.Revision
	err := r.db.Where("id = ?", id).Take(&rev).Error
	return rev, one(err)
}

// RevisionHash returns the hash of a sealed revision without its words.
func (r *Read) RevisionHash(id string) (string, error) {
	var list []string
	if err := r.db.Raw("SELECT hash FROM revisions WHERE id = ?", id).Scan(&list).Error; err != nil {
		return "", err
	}
	if len(list) == 0 {
		return "", models.ErrNotFound
	}
	return list[0], nil
}

// Revisions returns the newest revisions of an edition, newest first, at most
// limit of them.
func (r *Read) Revisions(edition string, limit int) ([]models.Revision, error) {
	var list []models.Revision
	err := r.db.Where("edition_id = ?", edition).Order("number DESC").Limit(limit).Find(&list).Error
	return list, err
}

// Seal stores the words of a draft as a new revision of its edition and
// returns it. Its number is the next one; a draft without a base has none yet.
func (tx *Tx) Seal(draft models.Draft, author, reason string) (models.Revision, error) {
	rev := models.Revision{ID: tx.NewID(), EditionID: draft.EditionID, Number: 1, Content: draft.Content, Author: author, CreatedAt: tx.now, Reason: reason}
	if draft.BaseRevision != "" {
		err := tx.db.Raw("SELECT max(number) + 1 FROM revisions WHERE edition_id = ?", draft.EditionID).Scan(&rev.Number).Error
		if err != nil {
			return rev, fmt.Errorf("number revision: %w", err)
		}
	}
	if _, err := tx.insert(&rev); err != nil {
		return rev, fmt.Errorf("seal revision: %w", err)
	}
	return rev, nil
}
