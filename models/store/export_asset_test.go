package store

import "testing"

// AssetPlans returns the steps in which SQLite finds assets for readers.
func AssetPlans(t testing.TB, s *Store) (steps []string) {
	t.Helper()
	err := s.Live(t.Context(), func(l *Live) error {
		for query, args := range map[string][]any{givenAssets: {[]string{"a", "b", "c"}}, assetTexts: {"a", "a", 5}} {
			query, args := spread(query, args)
			var rows []struct{ Detail string }
			if err := l.db.Raw("EXPLAIN QUERY PLAN "+query, args...).Scan(&rows).Error; err != nil {
				return err
			}
			for _, r := range rows {
				steps = append(steps, r.Detail)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return steps
}
