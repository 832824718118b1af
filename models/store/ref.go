package store

import (
	"fmt"
	"slices"

	"meridian/models"
)

// Ref says that a block of an edition uses an entry or an asset.
type Ref struct {
	EditionID  string
	Live       bool
	BlockID    string
	TargetKind string
	TargetID   string
	Purpose    string
}

// PutRefs replaces the refs of an edition's draft (live false) or of its live
// text (live true).
func (tx *Tx) PutRefs(edition string, live bool, refs []Ref) error {
	if err := tx.db.Where("edition_id = ? AND live = ?", edition, live).Delete(&Ref{}).Error; err != nil {
		return fmt.Errorf("clear refs: %w", err)
	}
	seen := map[Ref]bool{}
	var rows []Ref
	for _, r := range refs {
		r.EditionID, r.Live = edition, live
		if key := (Ref{BlockID: r.BlockID, TargetID: r.TargetID, Purpose: r.Purpose}); !seen[key] {
			seen[key] = true
			rows = append(rows, r)
		}
	}
	if len(rows) == 0 {
		return nil
	}
	if err := tx.db.CreateInBatches(&rows, 100).Error; err != nil {
		return fmt.Errorf("put refs: %w", err)
	}
	if live {
		return tx.firstPublic(edition)
	}
	return nil
}

// PublishRefs makes the refs of an edition's draft those of its live text.
func (tx *Tx) PublishRefs(edition string) error {
	some, err := value[bool](&tx.Read, "SELECT EXISTS (SELECT 1 FROM refs WHERE edition_id = ?)", edition)
	if err != nil {
		return fmt.Errorf("look for refs: %w", err)
	}
	if !some {
		return nil // most texts use nothing, and publishing is to be quick
	}
	if _, err := tx.exec("DELETE FROM refs WHERE edition_id = ? AND live = 1", edition); err != nil {
		return fmt.Errorf("clear refs: %w", err)
	}
	_, err = tx.exec(`INSERT INTO refs (edition_id, live, block_id, target_kind, target_id, purpose)
		SELECT edition_id, 1, block_id, target_kind, target_id, purpose FROM refs WHERE edition_id = ? AND live = 0`, edition)
	if err != nil {
		return fmt.Errorf("publish refs: %w", err)
	}
	return tx.firstPublic(edition)
}

// Use is a place where an entry is used.
type Use struct {
	EntryID, Kind, Branch, DomainID, Lang string
	BlockID, Purpose                      string
	Live                                  bool
}

// Place is where the use stands for the question who may see it.
func (u Use) Place() models.Place {
	return models.Place{Branch: u.Branch, Domain: u.DomainID, Lang: u.Lang}
}

// UsesOf returns where an entry, or something below it, is used by entries that
// are neither below it nor in the trash, those that readers see first, at most
// limit.
func (r *Read) UsesOf(e models.Entry, limit int) ([]Use, error) {
	in, args := below(e)
	var list []Use
	err := r.db.Raw(`SELECT s.id AS entry_id, s.kind, s.branch, s.domain_id, d.lang, f.block_id, f.purpose, max(f.live) AS live
		FROM refs f JOIN editions d ON d.id = f.edition_id JOIN entries s ON s.id = d.entry_id
		WHERE f.target_id IN (`+in+`) AND s.trashed_at IS NULL AND s.id NOT IN (`+in+`)
		GROUP BY s.id, d.lang, f.block_id, f.purpose ORDER BY live DESC, s.id, d.lang, f.block_id LIMIT ?`,
		append(append(slices.Clone(args), args...), limit)...).Scan(&list).Error
	if err != nil {
		return nil, fmt.Errorf("list uses: %w", err)
	}
	return list, nil
}
