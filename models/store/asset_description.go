package store

import (
	"fmt"

	"meridian/models"
)

// AssetDescriptions returns what was last said about some assets, by asset and
// language.
func (r *Read) AssetDescriptions(assets []string) (map[string]map[string]string, error) {
	list, err := takeAll[models.AssetDescription](r, "asset_id IN ("+listed+")", jsonList(assets))
	if err != nil {
		return nil, fmt.Errorf("read descriptions: %w", err)
	}
	out := map[string]map[string]string{}
	for _, d := range list {
		if out[d.AssetID] == nil {
			out[d.AssetID] = map[string]string{}
		}
		out[d.AssetID][d.Lang] = d.Text
	}
	return out, nil
}

// PutAssetDescription keeps what was said about an asset in a language, in
// place of what was said before; "" forgets that. It is only ever proposed, so
// readers see nothing of it. It reports whether that is something else.
func (tx *Tx) PutAssetDescription(d models.AssetDescription) (changed bool, err error) {
	var n int64
	if d.Text == "" {
		n, err = tx.exec("DELETE FROM asset_descriptions WHERE asset_id = ? AND lang = ?", d.AssetID, d.Lang)
	} else {
		n, err = tx.exec(`INSERT INTO asset_descriptions (asset_id, lang, text, user_id, at) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (asset_id, lang) DO UPDATE SET text = excluded.text, user_id = excluded.user_id, at = excluded.at WHERE text <> excluded.text`,
			d.AssetID, d.Lang, d.Text, d.UserID, tx.now)
	}
	if err != nil || n == 0 {
		return false, err
	}
	return true, tx.queueAsset(d.AssetID)
}
