package store_test

import (
	"strings"
	"testing"

	"meridian/models/store"
)

// TestNewsComeOutOfTheirIndex asks SQLite how it reads the newest news of a
// section: by the projection's own order, without sorting the whole section.
func TestNewsComeOutOfTheirIndex(t *testing.T) {
	t.Parallel()
	s := open(t)
	seed(t, s)
	plan := store.Plan(t, s, store.Query{Kind: "news", Lang: "en", Branch: "/x/", Sort: "date", Desc: true, Limit: 5})
	if !strings.Contains(plan[0], "SEARCH ed USING PRIMARY KEY (section_id=? AND lang=?)") {
		t.Errorf("the list does not begin with the projection:\n%s", strings.Join(plan, "\n"))
	}
	for _, step := range plan {
		if strings.Contains(step, "SCAN") || strings.Contains(step, "USE TEMP B-TREE FOR ORDER BY") {
			t.Errorf("the list is scanned or sorted as a whole:\n%s", strings.Join(plan, "\n"))
		}
	}
}
