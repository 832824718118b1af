package store

import "fmt"

// AssetUses returns where an asset is used by entries that are not in the trash,
// those that readers see first, at most limit.
func (r *Read) AssetUses(asset string, limit int) ([]Use, error) {
	list, err := selected[Use](r.db, `SELECT e.id AS entry_id, e.kind, e.branch, e.domain_id, d.lang, f.block_id, f.purpose,
			max(f.live AND EXISTS (SELECT 1 FROM asset_uses u WHERE u.edition_id = d.id AND u.asset_id = f.target_id)) AS live
		FROM refs f JOIN editions d ON d.id = f.edition_id JOIN entries e ON e.id = d.entry_id
		WHERE f.target_id = ? AND f.target_kind = 'media' AND e.trashed_at IS NULL
		GROUP BY e.id, d.lang, f.block_id, f.purpose ORDER BY live DESC, e.id, d.lang, f.block_id, f.purpose LIMIT ?`, asset, limit)
	if err != nil {
		return nil, fmt.Errorf("list uses of %s: %w", asset, err)
	}
	return list, nil
}

// AssetUse is what uses an asset: some text, and whether readers see one.
type AssetUse struct{ Used, Public bool }

// UsedAssets tells of assets whether something uses them, by asset; those that
// nothing uses are left out.
func (r *Read) UsedAssets(assets []string) (map[string]AssetUse, error) {
	list, err := selected[struct {
		ID     string
		Public bool
	}](r.db, `SELECT f.target_id AS id, max(EXISTS (SELECT 1 FROM asset_uses u WHERE u.asset_id = f.target_id)) AS public
		FROM refs f JOIN editions d ON d.id = f.edition_id JOIN entries e ON e.id = d.entry_id
		WHERE f.target_kind = 'media' AND e.trashed_at IS NULL AND f.target_id IN (`+listed+") GROUP BY f.target_id", jsonList(assets))
	if err != nil {
		return nil, fmt.Errorf("look for uses of assets: %w", err)
	}
	out := make(map[string]AssetUse, len(list))
	for _, x := range list {
		out[x.ID] = AssetUse{Used: true, Public: x.Public}
	}
	return out, nil
}
