package store

import (
	"fmt"

	"meridian/models"
)

// FactsRow is the facts of an entry for its staff: the working ones and the
// ones readers see.
type FactsRow struct {
	EntryID string
	Version int
	Draft   models.Values `gorm:"serializer:json"`
	Live    models.Values `gorm:"serializer:json"`
	// Pending says that readers see others than the working ones.
	Pending bool
	// Public reports whether readers see the entry in some language.
	Public bool
}

// FactsRows returns the facts of entries by id.
func (r *Read) FactsRows(ids []string) (map[string]FactsRow, error) {
	out := map[string]FactsRow{}
	for chunk := range chunks(ids, 500) {
		var list []FactsRow
		err := r.db.Raw(`SELECT d.entry_id, d.version, w.fields AS draft, v.fields AS live, coalesce(v.hash, '') <> w.hash AS pending,
				EXISTS (SELECT 1 FROM live l WHERE l.entry_id = d.entry_id AND l.lang <> 'und') AS public
			FROM editions d JOIN drafts w ON w.edition_id = d.id LEFT JOIN revisions v ON v.id = d.live_revision
			WHERE d.lang = 'und' AND d.entry_id IN ?`, chunk).Scan(&list).Error
		if err != nil {
			return nil, fmt.Errorf("read facts: %w", err)
		}
		for _, f := range list {
			out[f.EntryID] = f
		}
	}
	return out, nil
}
