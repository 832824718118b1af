package store

import (
	"fmt"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"meridian/models"
)

// Terms returns the terms of a vocabulary with their labels, in order.
func (r *Read) Terms(vocabulary string) ([]models.Term, error) {
	return terms(r.db.Where("vocabulary = ?", vocabulary), r.db)
}

// Term returns one term with its labels.
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

// PutTerm inserts or replaces a term and its labels.
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
	return tx.append(models.Change{Subject: models.SubjectTerm, SubjectID: t.ID, Action: models.ActionUpdated, Actor: actor})
}

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
			if _, err := tx.exec("INSERT INTO entry_terms (entry_id, field, term_id) VALUES (?, ?, ?)", e.ID, field, id); err != nil {
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
		err := tx.db.Exec("INSERT INTO profiles (entry_id, country, region, status) VALUES (?, ?, ?, ?)",
			e.ID, facts.Str("country"), facts.Str("region"), facts.Str("status")).Error
		if err != nil {
			return fmt.Errorf("project profile: %w", err)
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
