package store

import (
	"fmt"

	"meridian/models"
)

// GoneKind returns the kind of an entry that was public once in some language,
// ErrNotFound for one that never was: an address of another kind must not tell
// that the id exists.
func (l *Live) GoneKind(entry string) (string, error) {
	var list []string
	err := l.db.Raw(`SELECT e.kind FROM entries e WHERE e.id = ?
		AND EXISTS (SELECT 1 FROM editions d WHERE d.entry_id = e.id AND d.lang <> 'und' AND d.first_published_at IS NOT NULL)`, entry).Scan(&list).Error
	if err != nil {
		return "", fmt.Errorf("look for withdrawn: %w", err)
	}
	if len(list) == 0 {
		return "", models.ErrNotFound
	}
	return list[0], nil
}
