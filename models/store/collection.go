package store

import (
	"fmt"

	"meridian/models"
)

// Collection returns a collection by its id.
func (r *Read) Collection(id string) (models.Collection, error) {
	return take[models.Collection](r, "id = ?", id)
}

// CollectionRow is a collection with how many files it holds, the trash aside.
type CollectionRow struct {
	models.Collection
	Files int
}

// Collections returns the collections that the grants reach, by name; with
// asset, only those that hold it. At most 500.
func (r *Read) Collections(grants []models.Grant, all bool, asset string) ([]CollectionRow, error) {
	cond, args := reachAssets(grants, all, false)
	if asset != "" {
		cond, args = cond+" AND EXISTS (SELECT 1 FROM collection_assets m WHERE m.collection_id = a.id AND m.asset_id = ?)", append(args, asset)
	}
	list, err := selected[CollectionRow](r.db, `SELECT a.*, (SELECT count(*) FROM collection_assets m JOIN assets x ON x.id = m.asset_id WHERE m.collection_id = a.id AND x.trashed_at IS NULL) AS files
		FROM collections a WHERE `+cond+" ORDER BY a.name, a.id LIMIT 500", args...)
	if err != nil {
		return nil, fmt.Errorf("list collections: %w", err)
	}
	return list, nil
}

// AddCollection inserts a collection.
func (tx *Tx) AddCollection(c models.Collection) error {
	if _, err := tx.insert(&c); err != nil {
		return fmt.Errorf("add collection: %w", err)
	}
	return nil
}

// RenameCollection gives a collection another name. Errors: ErrStale.
func (tx *Tx) RenameCollection(c models.Collection, name string) error {
	return tx.update(models.ErrStale, "UPDATE collections SET name = ?, version = version + 1 WHERE id = ? AND version = ?", name, c.ID, c.Version)
}

// DeleteCollection deletes a collection; its files stay where they are. Errors:
// ErrStale.
func (tx *Tx) DeleteCollection(c models.Collection) error {
	if _, err := tx.exec("DELETE FROM collection_assets WHERE collection_id = ?", c.ID); err != nil {
		return fmt.Errorf("empty collection: %w", err)
	}
	return tx.update(models.ErrStale, "DELETE FROM collections WHERE id = ? AND version = ?", c.ID, c.Version)
}

// Collect puts assets into a collection; those it holds already stay in it.
func (tx *Tx) Collect(collection string, assets []string) error {
	for _, id := range assets {
		if _, err := tx.exec("INSERT INTO collection_assets (collection_id, asset_id) VALUES (?, ?) ON CONFLICT DO NOTHING", collection, id); err != nil {
			return fmt.Errorf("put %s into collection: %w", id, err)
		}
	}
	return nil
}

// Uncollect takes assets out of a collection.
func (tx *Tx) Uncollect(collection string, assets []string) error {
	_, err := tx.exec("DELETE FROM collection_assets WHERE collection_id = ? AND asset_id IN ("+listed+")", collection, jsonList(assets))
	return err
}
