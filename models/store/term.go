package store

import (
	"fmt"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"meridian/models"
)

// standing is the condition on terms that were not merged into another one.
const standing = "json_extract(data, '$.merged_into') IS NULL"

// Terms returns the terms of a vocabulary with their labels, in order. Those
// that were merged into another one are none of them any more.
func (r *Read) Terms(vocabulary string) ([]models.Term, error) {
	return terms(r.db.Where("vocabulary = ? AND "+standing, vocabulary), r.db)
}

// Term returns one term with its labels, merged into another one or not.
func (r *Read) Term(id string) (models.Term, error) {
	list, err := terms(r.db.Where("id = ?", id), r.db)
	if err != nil {
		return models.Term{}, err
	}
	if len(list) == 0 {
		return models.Term{}, models.ErrNotFound
	}
	return list[0], nil
}

// MergedTerms returns, by the id of each term that was merged into another
// one, the id of that one.
func (r *Read) MergedTerms() (map[string]string, error) { return mergedTerms(r.db) }

func mergedTerms(db *gorm.DB) (map[string]string, error) {
	var rows []struct{ ID, Other string }
	if err := db.Raw("SELECT id, json_extract(data, '$.merged_into') AS other FROM terms WHERE NOT (" + standing + ")").Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("read merged terms: %w", err)
	}
	out := make(map[string]string, len(rows))
	for _, x := range rows {
		out[x.ID] = x.Other
	}
	return out, nil
}

// carriers selects pairs of entry and term, as value, of what carries terms in
// some facts: in the public ones, of which there is a projection, or in a
// draft. What is in the trash carries them too: it may come back.
const carriers = `SELECT entry_id, term_id AS value FROM entry_terms WHERE field IN @fields
	UNION SELECT d.entry_id, v.value FROM editions d JOIN drafts w ON w.edition_id = d.id,
	  json_each(w.fields) f, json_each(iif(f.type = 'array', f.value, json_array(f.value))) v
	WHERE d.lang = 'und' AND f.key IN @fields`

// TermUses returns by id how many entries carry each term of a vocabulary in
// facts of the names fields. What carries a term that was merged carries the
// one it became.
func (r *Read) TermUses(vocabulary string, fields []string) (map[string]int, error) {
	var rows []struct {
		ID string
		N  int
	}
	err := r.db.Raw("SELECT coalesce(json_extract(t.data, '$.merged_into'), t.id) AS id, count(DISTINCT c.entry_id) AS n FROM ("+carriers+`) c
		JOIN terms t ON t.id = c.value AND t.vocabulary = @vocabulary GROUP BY 1`,
		map[string]any{"fields": fields, "vocabulary": vocabulary}).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("count uses of terms: %w", err)
	}
	out := make(map[string]int, len(rows))
	for _, x := range rows {
		out[x.ID] = x.N
	}
	return out, nil
}

// TermUse is an entry that uses a term.
type TermUse struct {
	EntryID, Kind string
	// InText says that a text names the term (the cards of a topic, the
	// number of sections in a region) and the facts of the entry do not.
	InText  bool
	Trashed bool
}

// UsesOfTerm returns the entries that carry a term in facts of the names fields, or
// name it in a public or a working text, at most limit of them.
func (r *Read) UsesOfTerm(term string, fields []string, limit int) ([]TermUse, error) {
	var list []TermUse
	err := r.db.Raw(`WITH ids (id) AS (SELECT id FROM terms WHERE id = @term OR json_extract(data, '$.merged_into') = @term),
		uses (entry_id, in_text) AS (SELECT entry_id, 0 FROM (`+carriers+`) WHERE value IN (SELECT id FROM ids)
		  UNION ALL SELECT d.entry_id, 1 FROM refs f JOIN editions d ON d.id = f.edition_id
		  WHERE f.target_kind = 'term' AND f.target_id IN (SELECT id FROM ids))
		SELECT e.id AS entry_id, e.kind, min(u.in_text) AS in_text, e.trashed_at IS NOT NULL AS trashed
		FROM uses u JOIN entries e ON e.id = u.entry_id GROUP BY e.id ORDER BY e.id DESC LIMIT @limit`,
		map[string]any{"term": term, "fields": fields, "limit": limit}).Scan(&list).Error
	if err != nil {
		return nil, fmt.Errorf("list uses of a term: %w", err)
	}
	return list, nil
}

// PlaceTerms puts terms in the order of ids. moved is the one that somebody
// put elsewhere.
func (tx *Tx) PlaceTerms(ids []string, moved, actor string) error {
	for i, id := range ids {
		if _, err := tx.exec("UPDATE terms SET position = ? WHERE id = ? AND position <> ?", i, id, i); err != nil {
			return fmt.Errorf("place term %s: %w", id, err)
		}
	}
	return tx.termChanged(moved, models.ActionMoved, actor)
}

// DeleteTerm deletes a term and what was merged into it. Nothing may use it.
func (tx *Tx) DeleteTerm(id, actor string) error {
	for _, sql := range []string{
		"DELETE FROM term_labels WHERE term_id IN (SELECT id FROM terms WHERE id = @id OR json_extract(data, '$.merged_into') = @id)",
		"DELETE FROM terms WHERE id = @id OR json_extract(data, '$.merged_into') = @id",
	} {
		if err := tx.db.Exec(sql, map[string]any{"id": id}).Error; err != nil {
			return fmt.Errorf("delete term %s: %w", id, err)
		}
	}
	return tx.termChanged(id, models.ActionDeleted, actor)
}

// MergeTerm stores gone and kept (see models.Term.Merge) and makes all that
// carries the first in public carry the second. Revisions and drafts stay as
// they are: their readers follow Term.MergedInto. It returns how many public
// entries changed by it; each has a row in the journal, since other sites see
// other ids in its facts.
func (tx *Tx) MergeTerm(gone, kept models.Term, actor string) (int, error) {
	// Its labels go first: the other term may have asked for their addresses.
	if err := tx.PutTerm(gone, actor); err != nil {
		return 0, err
	}
	if err := tx.PutTerm(kept, actor); err != nil {
		return 0, err
	}
	var list []struct {
		models.Entry
		LiveRevision string
	}
	err := tx.db.Raw(`SELECT e.*, l.revision_id AS live_revision FROM live l JOIN entries e ON e.id = l.entry_id
		WHERE l.lang = 'und' AND e.id IN (SELECT entry_id FROM entry_terms WHERE term_id = ?) ORDER BY e.id`, gone.ID).Scan(&list).Error
	if err != nil {
		return 0, fmt.Errorf("list what carries a term: %w", err)
	}
	for _, sql := range []string{
		"UPDATE terms SET data = json_set(data, '$.merged_into', @kept) WHERE json_extract(data, '$.merged_into') = @gone",
		"UPDATE OR IGNORE entry_terms SET term_id = @kept WHERE term_id = @gone",
		"DELETE FROM entry_terms WHERE term_id = @gone", // it carried both
		"UPDATE profiles SET region = @kept WHERE region = @gone",
	} {
		if err := tx.db.Exec(sql, map[string]any{"gone": gone.ID, "kept": kept.ID}).Error; err != nil {
			return 0, fmt.Errorf("merge term %s: %w", gone.ID, err)
		}
	}
	for _, e := range list {
		if err := tx.journal(e.Entry, models.Facts, models.ActionUpdated, e.LiveRevision, actor); err != nil {
			return 0, err
		}
	}
	return len(list), nil
}

func (tx *Tx) termChanged(id, action, actor string) error {
	return tx.append(models.Change{Subject: models.SubjectTerm, SubjectID: id, Action: action, Actor: actor})
}

// PutTerm inserts or replaces a term and its labels. The error is a conflict
// when another term of the vocabulary has an address of it.
func (tx *Tx) PutTerm(t models.Term, actor string) error {
	if err := tx.db.Clauses(clause.OnConflict{UpdateAll: true}).Create(&t).Error; err != nil {
		return fmt.Errorf("put term %s: %w", t.ID, err)
	}
	if err := tx.db.Where("term_id = ?", t.ID).Delete(&models.TermLabel{}).Error; err != nil {
		return err
	}
	for _, l := range t.Labels {
		l.TermID, l.Vocabulary = t.ID, t.Vocabulary
		if err := tx.db.Create(&l).Error; err != nil {
			return fmt.Errorf("put label of %s: %w", t.ID, duplicate(err, "term_taken"))
		}
	}
	return tx.termChanged(t.ID, models.ActionUpdated, actor)
}

// became is the id of the term that the one in its argument was merged into,
// NULL for one that is still there.
const became = "(SELECT json_extract(data, '$.merged_into') FROM terms WHERE id = ?)"

// PutProjection replaces what the database knows of an entry's live facts:
// its terms by field, its date, its profile. It is part of publishing the
// facts d, whose journal row covers it.
func (tx *Tx) PutProjection(e models.Entry, d models.Edition, facts models.Values, termFields []string) error {
	if d.Live() { // facts that were never public have nothing to clear
		for _, sql := range []string{
			"DELETE FROM entry_terms WHERE entry_id = ?",
			"DELETE FROM entry_dates WHERE entry_id = ?",
			"DELETE FROM profiles WHERE entry_id = ?",
		} {
			if _, err := tx.exec(sql, e.ID); err != nil {
				return fmt.Errorf("clear projection: %w", err)
			}
		}
	}
	for _, field := range termFields {
		ids := facts.Strs(field)
		if s := facts.Str(field); s != "" {
			ids = append(ids, s)
		}
		for _, id := range ids {
			// A draft may be older than the merging of a term it carries.
			_, err := tx.exec("INSERT OR IGNORE INTO entry_terms (entry_id, field, term_id) VALUES (?, ?, coalesce("+became+", ?))", e.ID, field, id, id)
			if err != nil {
				return fmt.Errorf("project term: %w", err)
			}
		}
	}
	if date := facts.Str("date"); date != "" {
		if _, err := tx.exec("INSERT INTO entry_dates (entry_id, date) VALUES (?, ?)", e.ID, date); err != nil {
			return fmt.Errorf("project date: %w", err)
		}
	}
	if e.Type == models.TypeOrganisation {
		err := tx.db.Exec("INSERT INTO profiles (entry_id, country, region, status) VALUES (?, ?, coalesce("+became+", ?), ?)",
			e.ID, facts.Str("country"), facts.Str("region"), facts.Str("region"), facts.Str("status")).Error
		if err != nil {
			return fmt.Errorf("project profile: %w", err)
		}
	}
	return nil
}

// DropProjection removes what PutProjection made of an entry's live facts. It
// is part of taking the facts down, whose journal row covers it.
func (tx *Tx) DropProjection(entry string) error {
	for _, sql := range []string{
		"DELETE FROM entry_terms WHERE entry_id = ?",
		"DELETE FROM entry_dates WHERE entry_id = ?",
		"DELETE FROM profiles WHERE entry_id = ?",
	} {
		if _, err := tx.exec(sql, entry); err != nil {
			return fmt.Errorf("drop projection: %w", err)
		}
	}
	return nil
}

// projectNews brings section_news up to date with the public editions of a
// news item. Going live and being taken down call it.
func (tx *Tx) projectNews(e models.Entry) error {
	if e.Kind != models.KindNews {
		return nil
	}
	if _, err := tx.exec("DELETE FROM section_news WHERE entry_id = ?", e.ID); err != nil {
		return fmt.Errorf("clear news of sections: %w", err)
	}
	ids := branchIDs(e.Branch)
	args := make([]any, 0, len(ids)+1)
	for _, id := range ids {
		args = append(args, id)
	}
	_, err := tx.exec(`INSERT INTO section_news (section_id, lang, date, entry_id)
		SELECT s.id, d.lang, ed.date, e.id FROM entries e
		  JOIN entry_dates ed ON ed.entry_id = e.id
		  JOIN editions d ON d.entry_id = e.id AND d.lang <> 'und' AND d.live_revision IS NOT NULL
		  JOIN entries s ON s.id IN (?`+strings.Repeat(",?", len(ids)-1)+`)
		 WHERE e.id = ? AND e.trashed_at IS NULL`, append(args, e.ID)...)
	if err != nil {
		return fmt.Errorf("list news in sections: %w", err)
	}
	return nil
}

// branchIDs splits a branch into the ids of its sections, root first.
func branchIDs(branch string) []string {
	return strings.FieldsFunc(branch, func(r rune) bool { return r == '/' })
}

// terms runs a query over terms and adds their labels.
func terms(q, db *gorm.DB) ([]models.Term, error) {
	var list []models.Term
	if err := q.Order("position, id").Find(&list).Error; err != nil {
		return nil, fmt.Errorf("list terms: %w", err)
	}
	ids := make([]string, len(list))
	at := map[string]int{}
	for i, t := range list {
		ids[i], at[t.ID] = t.ID, i
	}
	var labels []models.TermLabel
	if err := db.Where("term_id IN ?", ids).Order("term_id, lang").Find(&labels).Error; err != nil {
		return nil, fmt.Errorf("list labels: %w", err)
	}
	for _, l := range labels {
		i := at[l.TermID]
		list[i].Labels = append(list[i].Labels, l)
	}
	return list, nil
}
