package store

import (
	"fmt"

	"meridian/models"
)

// Draft returns the working text of an edition.
func (r *Read) Draft(edition string) (models.Draft, error) {
	return take[models.Draft](r, "edition_id = ?", edition)
}

// PutDraft overwrites the working text of an edition. Readers never see it,
// so the journal stays silent.
func (tx *Tx) PutDraft(d models.Draft) error {
	err := affected(tx.db.Model(&models.Draft{}).Where("edition_id = ?", d.EditionID).
		Select("*").Omit("edition_id").Updates(&d), models.ErrNotFound)
	if err != nil {
		return fmt.Errorf("put draft %s: %w", d.EditionID, err)
	}
	return nil
}

// SetBase notes the newest revision that has the words of a draft.
func (tx *Tx) SetBase(edition, revision string) error {
	return tx.update(models.ErrNotFound, "UPDATE drafts SET base_revision = ? WHERE edition_id = ?", revision, edition)
}
