package store

import (
	"fmt"

	"meridian/models"
)

// GoneKind returns the kind of an entry that was public once in some language,
// ErrNotFound for one that never was: an address of another kind must not tell
// that the id exists.
func (l *Live) GoneKind(entry string) (string, error) {
	l.read(NameEntry(entry), nameAddresses)
	var list []string
	err := l.db.Raw(`SELECT e.kind FROM entries e WHERE e.id = @entry
		AND EXISTS (SELECT 1 FROM editions d WHERE d.entry_id = e.id AND d.lang <> 'und' AND d.first_published_at IS NOT NULL)
		UNION ALL SELECT kind FROM tombstones WHERE entry_id = @entry LIMIT 1`, map[string]any{"entry": entry}).Scan(&list).Error
	if err != nil {
		return "", fmt.Errorf("look for withdrawn: %w", err)
	}
	if len(list) == 0 {
		return "", models.ErrNotFound
	}
	return list[0], nil
}

// Moved is where an old address leads: to a public edition, or to URL.
type Moved struct {
	LiveRef
	URL string
}

// Moved follows an old address, ErrNotFound when it leads to nothing public.
func (l *Live) Moved(lang, path string) (Moved, error) {
	l.read(nameAddresses)
	fixed, err := selected[string](l.db, "SELECT url FROM addresses WHERE lang = ? AND path = ? AND url <> ''", lang, path)
	if err != nil {
		return Moved{}, fmt.Errorf("follow address: %w", err)
	}
	if len(fixed) > 0 {
		return Moved{URL: fixed[0]}, nil
	}
	list, err := selected[LiveRef](l.db, "SELECT "+refColumns+" FROM addresses a JOIN live l ON l.edition_id = a.edition_id LEFT JOIN entry_dates ed ON ed.entry_id = l.entry_id WHERE a.lang = ? AND a.path = ? LIMIT 1", lang, path)
	if err != nil {
		return Moved{}, fmt.Errorf("follow address: %w", err)
	}
	if len(list) == 0 {
		return Moved{}, models.ErrNotFound
	}
	l.read(NameEntry(list[0].EntryID))
	return Moved{LiveRef: list[0]}, nil
}

// Gone returns the public reason why nothing is at an address any more;
// ErrNotFound when there never was, or when it was only unpublished.
func (l *Live) Gone(lang, path string) (string, error) {
	l.read(nameAddresses)
	// What has the address now knows best, then what had it, then what is no
	// more; and a reason says more than none.
	return l.gone(`SELECT reason FROM (
		SELECT iif(d.withdrawn_at IS NULL, '', d.withdrawn_reason) AS reason, iif(d.lang = @lang AND d.path = @path, 1, 2) AS rank
		 FROM editions d JOIN entries e ON e.id = d.entry_id
		 WHERE (d.lang = @lang AND d.path = @path OR d.id = (SELECT edition_id FROM addresses WHERE lang = @lang AND path = @path))
		   AND d.first_published_at IS NOT NULL AND (d.withdrawn_at IS NOT NULL OR e.trashed_at IS NOT NULL)
		UNION ALL SELECT reason, 3 FROM tombstones WHERE lang = @lang AND path = @path) ORDER BY rank, reason DESC LIMIT 1`,
		map[string]any{"lang": lang, "path": path})
}

// GoneEntry is Gone for an entry's edition by ids; lang "" means any.
func (l *Live) GoneEntry(entry, lang string) (string, error) {
	l.read(NameEntry(entry), nameAddresses)
	return l.gone(`SELECT reason FROM (SELECT iif(d.withdrawn_at IS NULL, '', d.withdrawn_reason) AS reason, d.lang = e.original_lang AS original, d.lang
		FROM editions d JOIN entries e ON e.id = d.entry_id
		WHERE d.entry_id = @entry AND (@lang = '' OR d.lang = @lang) AND d.lang <> 'und'
		  AND d.first_published_at IS NOT NULL AND (d.withdrawn_at IS NOT NULL OR e.trashed_at IS NOT NULL)
		UNION ALL SELECT reason, 0, lang FROM tombstones WHERE entry_id = @entry AND (@lang = '' OR lang = @lang))
		ORDER BY original DESC, lang LIMIT 1`,
		map[string]any{"entry": entry, "lang": lang})
}

func (l *Live) gone(sql string, args map[string]any) (string, error) {
	var list []string
	if err := l.db.Raw(sql, args).Scan(&list).Error; err != nil {
		return "", fmt.Errorf("look for withdrawn: %w", err)
	}
	if len(list) == 0 {
		return "", models.ErrNotFound
	}
	return list[0], nil
}
