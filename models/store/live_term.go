package store

import (
	"fmt"

	"meridian/models"
)

// Terms returns the terms of all vocabularies, in their order. Those that were
// merged into another one are not among them.
func (l *Live) Terms() ([]models.Term, error) {
	l.read(NameTerms)
	return terms(l.db.Where(standing), l.db)
}

// MergedTerms returns, by the id of each term that was merged into another
// one, the id of that one.
func (l *Live) MergedTerms() (map[string]string, error) {
	l.read(NameTerms)
	return mergedTerms(l.db)
}

// TermCounts returns by id how many public pages and news in a language carry
// each term. News are counted where those below the section root are listed,
// which is all of them. The order of the joins is the one written down: most of
// what carries terms is news, and is left out after one look at its kind.
func (l *Live) TermCounts(root, lang string) (map[string]int, error) {
	l.read(NameTerms)
	l.readLists("", anywhere, lang)
	var rows []struct {
		TermID string
		N      int
	}
	err := l.db.Raw(`SELECT term_id, sum(n) AS n FROM (
		SELECT c.term_id, count(*) AS n FROM section_news n JOIN entry_terms c ON c.entry_id = n.entry_id
		WHERE n.section_id = @root AND n.lang = @lang GROUP BY c.term_id
		UNION ALL
		SELECT c.term_id, count(*) FROM entry_terms c CROSS JOIN entries e ON e.id = c.entry_id AND e.kind = 'page'
		CROSS JOIN live l ON l.entry_id = e.id AND l.lang = @lang GROUP BY c.term_id) GROUP BY term_id`, map[string]any{"root": root, "lang": lang}).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("count what carries terms: %w", err)
	}
	out := make(map[string]int, len(rows))
	for _, x := range rows {
		out[x.TermID] = x.N
	}
	return out, nil
}
