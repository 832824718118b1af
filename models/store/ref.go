package store

import "fmt"

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
	return nil
}

// PublishRefs makes the refs of an edition's draft those of its live text.
func (tx *Tx) PublishRefs(edition string) error {
	var some []int
	err := tx.db.Raw("SELECT 1 FROM refs WHERE edition_id = ? LIMIT 1", edition).Scan(&some).Error
	if err != nil {
		return fmt.Errorf("look for refs: %w", err)
	}
	if len(some) == 0 {
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
	return nil
}
