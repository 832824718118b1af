package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"meridian/models"
)

// SearchDoc is what the index keeps of a public edition: its terms, divided by
// spaces, and its words.
type SearchDoc struct {
	Entry, Kind, Edition, Lang string
	Terms                      string
	TitleWords                 int
	Words                      []SearchWord
}

// SearchWord is a word as it is written, and how it is looked up.
type SearchWord struct{ Folded, Shown string }

// PutSearch makes an edition found by other words, or found at all, from the
// commit on. It stands beside GoLive and GoBack, which tell the journal.
func (tx *Tx) PutSearch(d SearchDoc) {
	tx.toIndex = append(tx.toIndex, d)
}

// writeIndex writes what PutSearch was given.
func (tx *Tx) writeIndex() error {
	list := tx.toIndex
	tx.toIndex = nil
	docs := make([]indexedDoc, len(list))
	for i, d := range list {
		docs[i] = indexedDoc{[]any{d.Edition, d.Entry, d.TitleWords}, d.Terms + " " + kindTerm(d.Kind)}
		if err := tx.keepWords(d); err != nil {
			return fmt.Errorf("keep words of %s: %w", d.Edition, err)
		}
	}
	return tx.index.public.put(tx, docs)
}

// keepWords adds the words of an edition to those that complete and correct
// queries.
func (tx *Tx) keepWords(d SearchDoc) error {
	var words [][2]string
	for _, w := range d.Words {
		if tx.words.fresh(d.Lang, w.Folded) {
			words = append(words, [2]string{w.Folded, w.Shown})
		}
	}
	if len(words) == 0 {
		return nil
	}
	list, err := json.Marshal(words)
	if err != nil {
		return err
	}
	_, err = tx.exec(`INSERT OR IGNORE INTO search_words (lang, folded, shown) SELECT ?, value ->> 0, value ->> 1 FROM json_each(?)
		WHERE NOT EXISTS (SELECT 1 FROM search_words w WHERE w.lang = ? AND w.folded = value ->> 0)`, d.Lang, string(list), d.Lang)
	return err
}

// unindex makes editions that a query selects unfindable.
func (tx *Tx) unindex(editions string, args ...any) error {
	if err := tx.writeIndex(); err != nil {
		return err
	}
	return tx.index.public.remove(tx, editions, args...)
}

// searchAgain has the words of the public texts that use a file taken apart once
// more, with or without what they say about it. Where that is not to be found any
// more, they are found by no word at all until then, which is a second.
func (tx *Tx) searchAgain(asset string, hide bool) error {
	const uses = "SELECT edition_id FROM asset_uses WHERE asset_id = ? AND lang <> 'und'"
	if _, err := tx.exec("INSERT OR IGNORE INTO search_queue (edition_id) "+uses, asset); err != nil {
		return fmt.Errorf("search again what uses %s: %w", asset, err)
	}
	if !hide {
		return nil
	}
	return tx.unindex(uses, asset)
}

// SearchQueue returns editions whose words are to be taken apart again, at most
// limit.
func (r *Read) SearchQueue(limit int) ([]string, error) {
	return selected[string](r.db, "SELECT edition_id FROM search_queue LIMIT ?", limit)
}

// LeaveSearchQueue says that the words of editions were taken apart again.
func (tx *Tx) LeaveSearchQueue(editions []string) error {
	if _, err := tx.exec("DELETE FROM search_queue WHERE edition_id IN ("+listed+")", jsonList(editions)); err != nil {
		return fmt.Errorf("leave the search queue: %w", err)
	}
	return nil
}

// MergeSearch moves the terms of some documents that were indexed lately to the
// lists that searching reads, and reports whether there may be more to move. It
// is for timers: each call does a part, and none writes when there is nothing to
// do.
func (s *Store) MergeSearch(ctx context.Context) (more bool, err error) {
	for _, x := range s.index.all() {
		some, err := x.mergeSome(ctx, s)
		if err != nil {
			return false, fmt.Errorf("merge search index: %w", err)
		}
		more = more || some
	}
	return more, nil
}

// TidySearch takes what is found no more out of the lists of the indexes, for
// good. Other transactions come between.
func (s *Store) TidySearch(ctx context.Context) error {
	for _, x := range s.index.all() {
		if err := x.tidyAll(ctx, s); err != nil {
			return fmt.Errorf("tidy search index: %w", err)
		}
	}
	return nil
}

// ClearSearch empties the index, and forgets the words.
func (tx *Tx) ClearSearch() error {
	tx.toIndex = nil
	for _, sql := range []string{"DELETE FROM settings WHERE key = 'search'", "DELETE FROM search_words"} {
		if _, err := tx.exec(sql); err != nil {
			return fmt.Errorf("clear search index: %w", err)
		}
	}
	if err := tx.index.public.clear(tx); err != nil {
		return err
	}
	tx.words.forget()
	return nil
}

// SearchVersion returns the number of the rules that the index was made by, 0
// while it is not complete.
func (r *Read) SearchVersion() (int, error) {
	var v int
	err := readSetting(r.db, "search", &v)
	if errors.Is(err, models.ErrNotFound) {
		return 0, nil
	}
	return v, err
}

// PutSearchVersion says that the index is complete, by the rules of a number.
func (tx *Tx) PutSearchVersion(v int) error {
	_, err := tx.exec("INSERT INTO settings (key, value) VALUES ('search', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", fmt.Sprint(v))
	return err
}

// PublicText is the words of a public edition.
type PublicText struct {
	EntryID, Kind, EditionID, Lang string
	Title, Summary, Body           string
}

// PublicEditions returns the ids of all public editions, the first ones to
// become public first.
func (r *Read) PublicEditions() ([]string, error) {
	list, err := selected[string](r.db, "SELECT d.id FROM editions d JOIN entries e ON e.id = d.entry_id WHERE d.live_revision IS NOT NULL AND d.lang <> 'und' AND e.trashed_at IS NULL ORDER BY d.first_published_at, d.id")
	return list, err
}

// PublicTexts returns the words of editions, those that are public.
func (r *Read) PublicTexts(editions []string) ([]PublicText, error) {
	return r.publicTexts("edition_id", editions)
}

// PublicTextsOf returns the words of the public editions of entries.
func (r *Read) PublicTextsOf(entries []string) ([]PublicText, error) {
	return r.publicTexts("entry_id", entries)
}

func (r *Read) publicTexts(column string, ids []string) ([]PublicText, error) {
	var out []PublicText
	for chunk := range chunks(ids, 500) {
		list, err := selected[PublicText](r.db, "SELECT entry_id, kind, edition_id, lang, title, summary, body FROM live WHERE lang <> 'und' AND "+column+" IN ? ORDER BY first_published_at, edition_id", chunk)
		if err != nil {
			return nil, fmt.Errorf("read public texts: %w", err)
		}
		out = append(out, list...)
	}
	return out, nil
}

// SearchMatch selects editions that have a term out of each group.
type SearchMatch [][]string

func (m SearchMatch) groups() []wordGroup {
	out := make([]wordGroup, len(m))
	for i, terms := range m {
		out[i].terms = terms
	}
	return out
}

// kindTerm is a term that all of a kind have, and no word is.
func kindTerm(kind string) string { return "=" + kind }

// SearchFilter narrows what is found. The zero value does not.
type SearchFilter struct {
	Kind   string
	Branch string // this section and everything below
	Term   string // id of a term the facts carry
	Year   string // of a news item
}

// searchDepth is how many of the newest editions that have a word a filter
// looks through.
const searchDepth = 20_000

// SearchLookup looks words up in the index, each once for all that is asked.
type SearchLookup struct {
	live *Live
	look *lookup
}

// Lookup begins a search.
func (l *Live) Lookup() (*SearchLookup, error) {
	l.read(NameEverything)
	k, err := l.index.look(l.db)
	return &SearchLookup{l, k}, err
}

// Hits returns, for each match, the newest editions it selects, by the number
// the index knows them by, at most limit of them.
func (k *SearchLookup) Hits(matches []SearchMatch, f SearchFilter, limit int) ([][]int64, error) {
	out := make([][]int64, len(matches))
	for i, m := range matches {
		var err error
		groups := m.groups()
		if f.Kind != "" {
			groups = append(groups, wordGroup{terms: []string{kindTerm(f.Kind)}})
		}
		if f == (SearchFilter{Kind: f.Kind}) {
			err = k.look.newest(groups, func(id int64) bool {
				out[i] = append(out[i], id)
				return len(out[i]) < limit
			})
		} else {
			out[i], err = newestOf(k.look, groups, searchDepth, limit, func(ids []int64) ([]int64, error) { return k.live.within(ids, f) })
		}
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Counts returns how many editions have a term out of each group, counted up to
// most.
func (k *SearchLookup) Counts(groups [][]string, most int) ([]int, error) {
	out := make([]int, len(groups))
	for i, g := range groups {
		err := k.look.newest([]wordGroup{{terms: g}}, func(int64) bool {
			out[i]++
			return out[i] < most
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// within returns which of the editions with some numbers a filter selects, in
// their order.
func (l *Live) within(ids []int64, f SearchFilter) ([]int64, error) {
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	query := "SELECT s.id FROM json_each(?) j CROSS JOIN search_docs s ON s.id = j.value CROSS JOIN entries e ON e.id = s.entry_id WHERE 1"
	args := []any{string(list)}
	add := func(c string, a ...any) { query, args = query+" AND "+c, append(args, a...) }
	if f.Branch != "" {
		add("e.branch >= ? AND e.branch < ?", f.Branch, f.Branch+"~")
	}
	if f.Term != "" {
		add("EXISTS (SELECT 1 FROM entry_terms t WHERE t.entry_id = e.id AND t.term_id = ?)", f.Term)
	}
	if f.Year != "" {
		add("EXISTS (SELECT 1 FROM entry_dates t WHERE t.entry_id = e.id AND t.date >= ? AND t.date < ?)", f.Year+"-", f.Year+"~")
	}
	out, err := selected[int64](l.db, query, args...)
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	return out, nil
}

// SearchTitles returns how many words the titles of editions have, by number.
func (l *Live) SearchTitles(ids []int64) (map[int64]int, error) {
	l.read(NameEverything)
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	out := make(map[int64]int, len(ids))
	return out, l.each("SELECT s.id, s.title_words FROM json_each(?) j JOIN search_docs s ON s.id = j.value", []any{string(list)}, func(scan func(...any) error) error {
		var id int64
		var n int
		err := scan(&id, &n)
		out[id] = n
		return err
	})
}

// SearchRow is an edition that was found.
type SearchRow struct {
	LiveText
	Number int64 // that the index knows it by
}

// SearchRows returns editions by number, as teasers. What is not public is not
// there, whatever the index says.
func (l *Live) SearchRows(ids []int64) (map[int64]LiveText, error) {
	l.read(NameEverything)
	list, err := selected[SearchRow](l.db, "SELECT s.id AS number, "+refColumns+`, l.summary, l.revision_id FROM search_docs s JOIN live l ON l.edition_id = s.edition_id
		LEFT JOIN entry_dates ed ON ed.entry_id = l.entry_id WHERE s.id IN ?`, ids)
	if err != nil {
		return nil, fmt.Errorf("read what was found: %w", err)
	}
	out := map[int64]LiveText{}
	for _, r := range list {
		out[r.Number] = r.LiveText
	}
	return out, nil
}

// SearchBodies returns the texts of public editions by id.
func (l *Live) SearchBodies(editions []string) (map[string]string, error) {
	l.read(NameEverything)
	type row struct{ EditionID, Body string }
	list, err := selected[row](l.db, "SELECT edition_id, body FROM live WHERE edition_id IN ?", editions)
	if err != nil {
		return nil, fmt.Errorf("read what was found: %w", err)
	}
	out := make(map[string]string, len(list))
	for _, r := range list {
		out[r.EditionID] = r.Body
	}
	return out, nil
}

// SearchBegun returns words of a language that begin with folded letters, the
// shortest of the first few hundred first, at most limit.
func (l *Live) SearchBegun(lang, folded string, limit int) ([]string, error) {
	l.read(NameEverything)
	var out []string
	err := l.each(`SELECT shown FROM (SELECT shown, folded FROM search_words WHERE lang = ? AND folded > ? AND folded < ? ORDER BY folded LIMIT 300)
		ORDER BY length(folded), folded LIMIT ?`, []any{lang, folded, folded + "\U0010FFFF", limit}, func(scan func(...any) error) error {
		var s string
		err := scan(&s)
		out = append(out, s)
		return err
	})
	return out, err
}

// SearchWordsAfter calls f with the words of a language that were kept after
// the number last, at most limit, and returns the number of the newest.
func (l *Live) SearchWordsAfter(lang string, last int64, limit int, f func(SearchWord)) (int64, error) {
	l.read(NameEverything)
	err := l.each("SELECT id, folded, shown FROM search_words WHERE lang = ? AND id > ? ORDER BY id LIMIT ?", []any{lang, last, limit}, func(scan func(...any) error) error {
		var w SearchWord
		if err := scan(&last, &w.Folded, &w.Shown); err != nil {
			return err
		}
		f(w)
		return nil
	})
	return last, err
}

// each runs a query and calls f with the means to read each of its rows.
func (l *Live) each(query string, args []any, f func(scan func(...any) error) error) error {
	rows, err := l.db.Statement.ConnPool.QueryContext(l.db.Statement.Context, query, args...)
	if err != nil {
		return fmt.Errorf("search: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows.Scan); err != nil {
			return fmt.Errorf("search: %w", err)
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("search: %w", err)
	}
	return nil
}

// knownWords are words that are in the table, so that publishing need not ask
// for most of them.
type knownWords struct {
	mu  sync.Mutex
	set map[string]struct{}
}

// knownWordsKept bounds them.
const knownWordsKept = 32_768

func newKnownWords() *knownWords { return &knownWords{set: map[string]struct{}{}} }

// searchWords are the words that a transaction adds. They are known to be there
// once it has been committed, and not before.
type searchWords struct {
	known  *knownWords
	added  []string
	forgot bool
}

// fresh reports whether a word may be missing.
func (w *searchWords) fresh(lang, folded string) bool {
	key := lang + " " + folded
	if !w.forgot {
		w.known.mu.Lock()
		_, ok := w.known.set[key]
		w.known.mu.Unlock()
		if ok {
			return false
		}
	}
	w.added = append(w.added, key)
	return true
}

// forget says that the transaction emptied the table.
func (w *searchWords) forget() { w.forgot, w.added = true, nil }

func (w *searchWords) committed() {
	if len(w.added) == 0 && !w.forgot {
		return
	}
	w.known.mu.Lock()
	defer w.known.mu.Unlock()
	if w.forgot || len(w.known.set)+len(w.added) > knownWordsKept {
		clear(w.known.set)
	}
	for _, key := range w.added[:min(len(w.added), knownWordsKept)] {
		w.known.set[key] = struct{}{}
	}
}
