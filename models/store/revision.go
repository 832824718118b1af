package store

import (
	"fmt"

	"meridian/models"
)

// Revision returns a sealed revision.
func (r *Read) Revision(id string) (models.Revision, error) {
	return take[models.Revision](r, "id = ?", id)
}

// RevisionHash returns the hash of a sealed revision without its words.
func (r *Read) RevisionHash(id string) (string, error) {
	return value[string](r, "SELECT hash FROM revisions WHERE id = ?", id)
}

// DraftIsLive reports whether readers see exactly the words of an edition's
// draft, and are told exactly that about how it follows its original.
func (r *Read) DraftIsLive(d models.Edition) (bool, error) {
	return r.isLive(d, "drafts w", "w.edition_id = ?", d.ID)
}

// RevisionIsLive is DraftIsLive for the words of a revision.
func (r *Read) RevisionIsLive(d models.Edition, revision string) (bool, error) {
	return r.isLive(d, "revisions w", "w.id = ?", revision)
}

func (r *Read) isLive(d models.Edition, from, where, id string) (bool, error) {
	if d.LiveRevision == nil {
		return false, nil
	}
	same, err := value[bool](r, "SELECT EXISTS (SELECT 1 FROM "+from+" JOIN revisions v ON v.id = ? WHERE "+where+`
		AND w.hash = v.hash AND w.based_on = v.based_on AND w.machine = v.machine
		AND coalesce(nullif(w.source_hashes, '{}'), '') = coalesce(nullif(v.source_hashes, '{}'), ''))`, *d.LiveRevision, id)
	if err != nil {
		return false, fmt.Errorf("compare with what is public: %w", err)
	}
	return same, nil
}

// Revisions returns the newest revisions of an edition, newest first, at most
// limit of them.
func (r *Read) Revisions(edition string, limit int) ([]models.Revision, error) {
	return r.RevisionsBefore(edition, 0, limit)
}

// RevisionsBefore returns the revisions of an edition whose number is smaller
// than before, newest first, at most limit of them. A before of 0 means all.
func (r *Read) RevisionsBefore(edition string, before, limit int) ([]models.Revision, error) {
	q := r.db.Where("edition_id = ?", edition)
	if before > 0 {
		q = q.Where("number < ?", before)
	}
	var list []models.Revision
	err := q.Order("number DESC").Limit(limit).Find(&list).Error
	return list, err
}

// RevisionNumber returns the number of the newest revision of an edition, 0
// when it has none.
func (r *Read) RevisionNumber(edition string) (int, error) {
	var n int
	err := r.db.Raw("SELECT coalesce(max(number), 0) FROM revisions WHERE edition_id = ?", edition).Scan(&n).Error
	return n, err
}

// Seal stores the words of a draft as a new revision of its edition and
// returns it. Its number is the next one; a draft without a base has none yet.
// A revision that becomes public is as old as that; any other is as old as its
// words, which are sealed only when somebody begins to overwrite them.
func (tx *Tx) Seal(draft models.Draft, author, reason string) (models.Revision, error) {
	rev := models.Revision{ID: tx.NewID(), EditionID: draft.EditionID, Number: 1, Content: draft.Content, Author: author, CreatedAt: tx.now, Reason: reason}
	if reason == models.ReasonSaved && !draft.SavedAt.IsZero() {
		rev.CreatedAt = draft.SavedAt
	}
	if draft.BaseRevision != "" {
		var err error
		if rev.Number, err = value[int](&tx.Read, "SELECT max(number) + 1 FROM revisions WHERE edition_id = ?", draft.EditionID); err != nil {
			return rev, fmt.Errorf("number revision: %w", err)
		}
	}
	if _, err := tx.insert(&rev); err != nil {
		return rev, fmt.Errorf("seal revision: %w", err)
	}
	return rev, nil
}

// NameRevision gives a revision a name, "" takes it away. The name is all of
// a revision that can change; readers never see it.
func (tx *Tx) NameRevision(id, name string) error {
	return tx.update(models.ErrNotFound, "UPDATE revisions SET name = ? WHERE id = ?", name, id)
}
