package store

import (
	"fmt"
	"time"

	"meridian/models"
)

// SitemapCuts returns the paths at which the editions of a language, by path,
// are to be cut into parts of at most size; the first is that of the first
// part. It counts those that are not public as well, for the index of paths
// alone says where they are: three milliseconds for 20,000 of them. What is in
// a part only SitemapRows says.
func (l *Live) SitemapCuts(lang string, size int) ([]string, error) {
	l.read(NameEverything)
	var cuts []string
	for from, skip := "", 0; ; skip = size { // each step starts where the one before ended
		next, err := selected[string](l.db, "SELECT path FROM editions WHERE lang = ? AND path >= ? ORDER BY path LIMIT 1 OFFSET ?", lang, from, skip)
		if err != nil {
			return nil, fmt.Errorf("cut sitemap: %w", err)
		}
		if len(next) == 0 {
			return cuts, nil
		}
		from = next[0]
		cuts = append(cuts, from)
	}
}

// Newest returns when what is public in a language changed last, false when
// nothing is.
func (l *Live) Newest(lang string) (at time.Time, ok bool, err error) {
	l.read(NameEverything)
	// The first of each kind, out of the index that has them in this order.
	for _, kind := range models.Kinds {
		list, err := selected[struct{ UpdatedAt time.Time }](l.db, "SELECT updated_at FROM listed WHERE kind = ? AND lang = ? ORDER BY updated_at DESC LIMIT 1", kind.Name, lang)
		if err != nil {
			return at, false, fmt.Errorf("newest edition: %w", err)
		}
		if len(list) > 0 && list[0].UpdatedAt.After(at) {
			at, ok = list[0].UpdatedAt, true
		}
	}
	return at, ok, nil
}

// SitemapRow is a public edition as a sitemap lists it.
type SitemapRow struct {
	EntryID, Kind, OriginalLang, Lang, Path string
	PublishedAt                             time.Time
}

// SitemapRows returns the public editions of a language from a path on, that
// one included, and before another one ("" = to the end), at most limit.
func (l *Live) SitemapRows(lang, from, before string, limit int) ([]SitemapRow, error) {
	l.read(NameEverything)
	sql, args := "SELECT entry_id, kind, original_lang, lang, path, published_at FROM live WHERE lang = ? AND path >= ?", []any{lang, from}
	if before != "" {
		sql, args = sql+" AND path < ?", append(args, before)
	}
	list, err := selected[SitemapRow](l.db, sql+" ORDER BY path LIMIT ?", append(args, limit)...)
	if err != nil {
		return nil, fmt.Errorf("list sitemap: %w", err)
	}
	return list, nil
}

// SitemapEditions returns the public editions of several entries by entry, in
// the order of their languages.
func (l *Live) SitemapEditions(entries []string) (map[string][]SitemapRow, error) {
	l.read(NameEverything)
	out := map[string][]SitemapRow{}
	for chunk := range chunks(entries, 500) {
		list, err := selected[SitemapRow](l.db, "SELECT entry_id, kind, original_lang, lang, path, published_at FROM live WHERE lang <> 'und' AND entry_id IN ? ORDER BY entry_id, lang", chunk)
		if err != nil {
			return nil, fmt.Errorf("list languages of a sitemap: %w", err)
		}
		for _, r := range list {
			out[r.EntryID] = append(out[r.EntryID], r)
		}
	}
	return out, nil
}
