package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"

	"meridian/models"
)

// This file has the index that staff search in. It holds words of drafts, so
// nothing of Live may read its tables.

// StaffText is the words of a draft, and which of its savings they are from.
type StaffText struct {
	Saving                   int64
	EntryID, EditionID, Lang string
	Title, Summary, Body     string
}

// StaffQueue returns the drafts whose newest words are not in the index, the
// last saved ones first, at most limit.
func (r *Read) StaffQueue(limit int) ([]StaffText, error) {
	list, err := selected[StaffText](r.db, `SELECT q.id AS saving, d.entry_id, d.id AS edition_id, d.lang, w.title, w.summary, w.body
		FROM staff_queue q CROSS JOIN drafts w ON w.edition_id = q.edition_id CROSS JOIN editions d ON d.id = q.edition_id ORDER BY q.id DESC LIMIT ?`, limit)
	if err != nil {
		return nil, fmt.Errorf("read drafts to index: %w", err)
	}
	return list, nil
}

// StaffDoc is what the index keeps of a draft.
type StaffDoc struct {
	Saving         int64 // of the words
	Entry, Edition string
	Terms          string // divided by spaces
	TitleWords     int
}

// PutStaffDocs makes staff find drafts by other words. What was saved again
// meanwhile is left for the next time.
func (tx *Tx) PutStaffDocs(docs []StaffDoc) error {
	var fresh []indexedDoc
	for _, d := range docs {
		n, err := tx.exec("DELETE FROM staff_queue WHERE id = ?", d.Saving)
		if err != nil {
			return fmt.Errorf("index draft of %s: %w", d.Edition, err)
		}
		if n == 0 {
			continue
		}
		fresh = append(fresh, indexedDoc{[]any{d.Edition, d.Entry, d.TitleWords}, d.Terms})
	}
	return tx.index.staff.put(tx, fresh)
}

// StaffVersion returns the number of the rules that the index is made by.
func (r *Read) StaffVersion() (int, error) {
	var v int
	err := readSetting(r.db, "staff_search", &v)
	if errors.Is(err, models.ErrNotFound) {
		return 0, nil
	}
	return v, err
}

// QueueAllDrafts has the index made anew, by the rules of a number.
func (tx *Tx) QueueAllDrafts(version int) error {
	if err := tx.index.staff.clear(tx); err != nil {
		return err
	}
	_, err := tx.exec("INSERT INTO staff_queue (edition_id) SELECT edition_id FROM drafts WHERE body <> '' AND edition_id NOT IN (SELECT edition_id FROM staff_queue) ORDER BY saved_at, edition_id")
	if err != nil {
		return fmt.Errorf("index drafts anew: %w", err)
	}
	_, err = tx.exec("INSERT INTO settings (key, value) VALUES ('staff_search', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", fmt.Sprint(version))
	return err
}

// StaffGroup selects texts that have one of some terms, or a term that begins
// with one of some letters.
type StaffGroup struct{ Terms, Beginnings []string }

// StaffMatch selects texts that every group selects.
type StaffMatch []StaffGroup

func (m StaffMatch) groups() []wordGroup {
	out := make([]wordGroup, len(m))
	for i, g := range m {
		out[i] = wordGroup{g.Terms, g.Beginnings}
	}
	return out
}

// StaffFilter says what of one language is searched in.
type StaffFilter struct {
	// Grants reach what may be found; All is no limit.
	Grants []models.Grant
	All    bool
	Kind   string       // "" = all
	State  models.State // "" = all
}

// condition is the one on an entry (alias e), its edition (d), the draft of
// that (w) and its public revision (r).
func (f StaffFilter) condition() (cond string, args []any) {
	cond = "e.trashed_at IS NULL"
	if !f.All {
		c, a := covered(f.Grants)
		cond, args = cond+" AND "+c, append(args, a...)
	}
	if f.Kind != "" {
		cond, args = cond+" AND e.kind = ?", append(args, f.Kind)
	}
	if f.State != "" {
		cond += " AND " + inState(f.State)
	}
	return cond, args
}

// ofEditions is what a query reads for the condition besides entries: nothing,
// for most.
func (f StaffFilter) ofEditions() string {
	if f.State == "" && !slices.ContainsFunc(f.Grants, func(g models.Grant) bool { return len(g.Langs) > 0 }) {
		return ""
	}
	return " CROSS JOIN editions d ON d.id = s.edition_id CROSS JOIN drafts w ON w.edition_id = d.id LEFT JOIN revisions r ON r.id = d.live_revision"
}

// StaffHit is a text that was found, by the number the index has for it; a
// larger one was saved later.
type StaffHit struct {
	Number     int64
	EditionID  string
	TitleWords int
}

// StaffLookup looks words up in the index that staff search in, each once for
// all that is asked.
type StaffLookup struct {
	read *Read
	look *lookup
}

// StaffLookup begins a search.
func (r *Read) StaffLookup() (*StaffLookup, error) {
	if r.look == nil {
		return nil, errLookUp
	}
	k, err := r.look.staff.look(r.db)
	return &StaffLookup{r, k}, err
}

// Hits returns, for each match, the newest texts it selects within a filter, at
// most limit of them. Those whose newest words are not in the index are left
// out.
func (k *StaffLookup) Hits(matches []StaffMatch, f StaffFilter, limit int) ([][]StaffHit, error) {
	out := make([][]StaffHit, len(matches))
	for i, m := range matches {
		var err error
		out[i], err = newestOf(k.look, m.groups(), math.MaxInt, limit, func(ids []int64) ([]StaffHit, error) { return k.read.staffWithin(ids, f) })
		if err != nil {
			return nil, fmt.Errorf("search drafts: %w", err)
		}
	}
	return out, nil
}

// staffWithin returns those of the texts with some numbers that a filter selects
// and whose newest words are in the index, in their order.
func (r *Read) staffWithin(ids []int64, f StaffFilter) ([]StaffHit, error) {
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	cond, args := f.condition()
	return selected[StaffHit](r.db, `SELECT s.id AS number, s.edition_id, s.title_words FROM json_each(?) j
		CROSS JOIN staff_docs s ON s.id = j.value CROSS JOIN entries e ON e.id = s.entry_id`+f.ofEditions()+`
		WHERE NOT EXISTS (SELECT 1 FROM staff_queue q WHERE q.edition_id = s.edition_id) AND `+cond, append([]any{string(list)}, args...)...)
}

// Among returns, for each match, which of some texts it selects, by number.
func (k *StaffLookup) Among(matches []StaffMatch, numbers []int64) ([][]int64, error) {
	out := make([][]int64, len(matches))
	if len(numbers) == 0 {
		return out, nil
	}
	wanted := map[int64]bool{}
	for _, n := range numbers {
		wanted[n] = true
	}
	oldest := slices.Min(numbers)
	for i, m := range matches {
		err := k.look.newest(m.groups(), func(id int64) bool {
			if wanted[id] {
				out[i] = append(out[i], id)
			}
			return id > oldest
		})
		if err != nil {
			return nil, fmt.Errorf("search drafts: %w", err)
		}
	}
	return out, nil
}

// StaffQueued returns the words of a language that a filter selects among the
// drafts whose newest words are not in the index, of which the last saved depth
// are looked at, and whether there are more of those.
func (r *Read) StaffQueued(lang string, f StaffFilter, depth int) (list []StaffText, more bool, err error) {
	cond, args := f.condition()
	list, err = selected[StaffText](r.db, `SELECT q.id AS saving, e.id AS entry_id, d.id AS edition_id, d.lang, w.title, w.summary, w.body
		FROM (SELECT id, edition_id FROM staff_queue ORDER BY id DESC LIMIT ?) q CROSS JOIN editions d ON d.id = q.edition_id CROSS JOIN entries e ON e.id = d.entry_id
		CROSS JOIN drafts w ON w.edition_id = d.id LEFT JOIN revisions r ON r.id = d.live_revision WHERE d.lang = ? AND `+cond+" ORDER BY q.id DESC", append([]any{depth, lang}, args...)...)
	if err != nil {
		return nil, false, fmt.Errorf("search newest drafts: %w", err)
	}
	n, err := value[int](r, "SELECT count(*) FROM (SELECT 1 FROM staff_queue LIMIT ?)", depth+1)
	return list, n > depth, err
}

// StaffRow is a draft that was found, with all its words.
type StaffRow struct {
	EditionRow
	Summary, Body string
}

// StaffRows returns editions with their drafts, in no order: those the grants
// reach and that are not in the trash, whatever the index says.
func (r *Read) StaffRows(editions []string, grants []models.Grant, all bool) ([]StaffRow, error) {
	rows, err := editionRows(reach(r.rows(), grants, all).Select(rowColumns).Where("d.id IN ("+listed+")", jsonList(editions)))
	if err != nil {
		return nil, fmt.Errorf("read what was found: %w", err)
	}
	ids := make([]string, len(rows))
	for i, row := range rows {
		ids[i] = row.EditionID
	}
	type text struct{ EditionID, Summary, Body string }
	texts := map[string]text{}
	list, err := selected[text](r.db, "SELECT edition_id, summary, body FROM drafts WHERE edition_id IN ("+listed+")", jsonList(ids))
	if err != nil {
		return nil, fmt.Errorf("read what was found: %w", err)
	}
	for _, t := range list {
		texts[t.EditionID] = t
	}
	out := make([]StaffRow, len(rows))
	for i, row := range rows {
		out[i] = StaffRow{row, texts[row.EditionID].Summary, texts[row.EditionID].Body}
	}
	return out, nil
}
