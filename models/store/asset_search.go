package store

import (
	"encoding/json"
	"errors"
	"fmt"

	"meridian/models"
)

// This file has the index that staff find files in. Like staff_index it holds
// what nobody but staff may see, so nothing of Live may read its tables.

// queueAsset has the words of an asset taken apart once more.
func (tx *Tx) queueAsset(id string) error {
	for _, sql := range []string{"DELETE FROM asset_queue WHERE asset_id = ?", "INSERT INTO asset_queue (asset_id) VALUES (?)"} {
		if _, err := tx.exec(sql, id); err != nil {
			return fmt.Errorf("queue %s: %w", id, err)
		}
	}
	return nil
}

// QueuedAsset is an asset whose newest words are not in the index, and which of
// its changes they are from.
type QueuedAsset struct {
	Change  int64
	AssetID string
}

// AssetQueue returns the assets whose newest words are not in the index, the
// last changed ones first, at most limit.
func (r *Read) AssetQueue(limit int) ([]QueuedAsset, error) {
	list, err := selected[QueuedAsset](r.db, "SELECT id AS change, asset_id FROM asset_queue ORDER BY id DESC LIMIT ?", limit)
	if err != nil {
		return nil, fmt.Errorf("read assets to index: %w", err)
	}
	return list, nil
}

// AssetDoc is what the index keeps of an asset.
type AssetDoc struct {
	QueuedAsset
	Terms string // divided by spaces
}

// PutAssetDocs makes staff find assets by other words. What was changed again
// meanwhile is left for the next time.
func (tx *Tx) PutAssetDocs(docs []AssetDoc) error {
	var fresh []indexedDoc
	for _, d := range docs {
		n, err := tx.exec("DELETE FROM asset_queue WHERE id = ?", d.Change)
		if err != nil {
			return fmt.Errorf("index asset %s: %w", d.AssetID, err)
		}
		if n == 0 {
			continue
		}
		fresh = append(fresh, indexedDoc{[]any{d.AssetID}, d.Terms})
	}
	return tx.index.assets.put(tx, fresh)
}

// assetsFound bounds how many files with some words a list looks through.
const assetsFound = 20_000

// assetsWith returns the numbers of the files that one of the matches selects,
// as a list of JSON.
func (r *Read) assetsWith(matches []StaffMatch) (string, error) {
	if r.look == nil {
		return "", errLookUp
	}
	look, err := r.look.assets.look(r.db)
	if err != nil {
		return "", err
	}
	found := []int64{}
	for _, m := range matches {
		left := assetsFound
		err := look.newest(m.groups(), func(id int64) bool {
			found = append(found, id)
			left--
			return left > 0
		})
		if err != nil {
			return "", fmt.Errorf("search assets: %w", err)
		}
	}
	list, err := json.Marshal(found)
	return string(list), err
}

// AssetSearchVersion returns the number of the rules that the index is made by,
// 0 before it was made.
func (r *Read) AssetSearchVersion() (int, error) {
	var v int
	err := readSetting(r.db, "asset_search", &v)
	if errors.Is(err, models.ErrNotFound) {
		return 0, nil
	}
	return v, err
}

// QueueAllAssets has the index made anew, by the rules of a number.
func (tx *Tx) QueueAllAssets(version int) error {
	if err := tx.index.assets.clear(tx); err != nil {
		return err
	}
	for _, sql := range []string{
		"DELETE FROM asset_queue",
		"INSERT INTO asset_queue (asset_id) SELECT id FROM assets WHERE erased_at IS NULL ORDER BY id",
	} {
		if _, err := tx.exec(sql); err != nil {
			return fmt.Errorf("index assets anew: %w", err)
		}
	}
	_, err := tx.exec("INSERT INTO settings (key, value) VALUES ('asset_search', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", fmt.Sprint(version))
	return err
}
