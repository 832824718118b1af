package store

import (
	"fmt"
	"time"

	"meridian/models"
)

// AddressHit is how often readers asked for an address that leads elsewhere or
// nowhere. It says nothing about who they are.
type AddressHit struct {
	Lang    string `gorm:"primaryKey"` // "" for addresses without one
	Path    string `gorm:"primaryKey"`
	Hits    int64
	FirstAt time.Time
	LastAt  time.Time
}

// CountHits adds to the counts of addresses and keeps at most keep of them:
// those asked for least go first, the oldest of them before the others.
// Nothing readers see changes by it.
func (tx *Tx) CountHits(list []AddressHit, keep int) error {
	for _, h := range list {
		_, err := tx.exec(`INSERT INTO address_hits (lang, path, hits, first_at, last_at) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (lang, path) DO UPDATE SET hits = hits + excluded.hits, last_at = max(last_at, excluded.last_at)`,
			h.Lang, h.Path, h.Hits, h.FirstAt, h.LastAt)
		if err != nil {
			return fmt.Errorf("count what was asked for: %w", err)
		}
	}
	// A negative LIMIT would be none at all.
	_, err := tx.exec(`DELETE FROM address_hits WHERE (lang, path) IN (SELECT lang, path FROM address_hits ORDER BY hits, last_at, lang, path
		LIMIT max(0, (SELECT count(*) FROM address_hits) - ?))`, keep)
	if err != nil {
		return fmt.Errorf("bound counts: %w", err)
	}
	return nil
}

// ForgetHits deletes the count of an address, ErrNotFound when there is none.
func (tx *Tx) ForgetHits(lang, path string) error {
	return tx.update(models.ErrNotFound, "DELETE FROM address_hits WHERE lang = ? AND path = ?", lang, path)
}

// MissingRow is an address readers asked for in vain. EntryID and Title are
// set when it is the address of an edition that is not public.
type MissingRow struct {
	AddressHit
	EntryID, Title string
}

// Missing returns the addresses that readers asked for and that lead nowhere
// now, most asked for first, and whether more follow. An address that leads to
// an edition which is not public counts as leading somewhere: the list of
// redirects says what is the matter with it.
func (r *Read) Missing(limit, offset int) ([]MissingRow, bool, error) {
	var list []MissingRow
	err := r.db.Raw(`SELECT h.lang, h.path, h.hits, h.first_at, h.last_at, coalesce(d.entry_id, '') AS entry_id, coalesce(w.title, '') AS title
		FROM address_hits h
		LEFT JOIN editions d ON d.lang = h.lang AND d.path = h.path
		LEFT JOIN drafts w ON w.edition_id = d.id
		WHERE NOT EXISTS (SELECT 1 FROM addresses a WHERE a.lang = h.lang AND a.path = h.path)
		  AND NOT EXISTS (SELECT 1 FROM live l WHERE l.lang = h.lang AND l.path = h.path)
		  AND NOT ((h.path = 'news' OR substr(h.path, -5) = '/news') AND EXISTS (SELECT 1 FROM live s
		        WHERE s.lang = h.lang AND s.kind = 'section' AND s.path = substr(h.path, 1, max(0, length(h.path) - 5))))
		ORDER BY h.hits DESC, h.last_at DESC, h.lang, h.path LIMIT ? OFFSET ?`, limit+1, offset).Scan(&list).Error
	if err != nil {
		return nil, false, fmt.Errorf("list what was asked for in vain: %w", err)
	}
	if len(list) > limit {
		return list[:limit], true, nil
	}
	return list, false, nil
}
