package store

import (
	"fmt"

	"meridian/models"
)

// Directory returns the public section that is marked as the directory of
// organisations, ErrNotFound when none is.
func (l *Live) Directory() (string, error) {
	l.read(nameNetwork)
	list, err := selected[string](l.db, `SELECT f.entry_id FROM live f WHERE f.lang = 'und' AND f.kind = 'section' AND json_extract(f.fields, '$.directory') = 1
		AND EXISTS (SELECT 1 FROM live l WHERE l.entry_id = f.entry_id AND l.lang <> 'und') ORDER BY f.entry_id LIMIT 1`)
	if err != nil {
		return "", err
	}
	if len(list) == 0 {
		return "", models.ErrNotFound
	}
	return list[0], nil
}

// Profile is an organisation section that is public in some language, as the
// directory counts it.
type Profile struct {
	EntryID, Country, Region, Status string
}

// Profiles returns the organisations of the network: those with a status that
// are public in some language. region and status filter when not empty.
func (l *Live) Profiles(region, status string) ([]Profile, error) {
	l.read(nameNetwork, NameTerms)
	var list []Profile
	err := l.db.Raw(`SELECT p.entry_id, p.country, p.region, p.status FROM profiles p
		WHERE p.status <> '' AND (@region = '' OR p.region = @region) AND (@status = '' OR p.status = @status)
		  AND EXISTS (SELECT 1 FROM live l WHERE l.entry_id = p.entry_id AND l.lang <> 'und')
		ORDER BY p.region, p.country, p.entry_id`, map[string]any{"region": region, "status": status}).Scan(&list).Error
	if err != nil {
		return nil, fmt.Errorf("list profiles: %w", err)
	}
	return list, nil
}
