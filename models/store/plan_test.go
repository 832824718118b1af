package store_test

import (
	"strings"
	"testing"

	"meridian/models"
	"meridian/models/store"
)

// TestListsComeOutOfTheirIndex asks SQLite how it reads lists: each begins in
// an index that has its order, and nothing is sorted as a whole.
func TestListsComeOutOfTheirIndex(t *testing.T) {
	t.Parallel()
	s := open(t)
	seed(t, s)
	after := &store.After{Keys: []string{"2026"}, ID: "x"}
	for _, tt := range []struct {
		name  string
		q     store.Query
		first string // step
		runs  int
	}{
		{"newest pages", store.Query{Kind: "page", Lang: "en", Sort: "published_at", Desc: true},
			"SEARCH li USING PRIMARY KEY (kind=? AND lang=?)", 1},
		{"newest pages, further on", store.Query{Kind: "page", Lang: "en", Sort: "published_at", Desc: true, After: after},
			"SEARCH li USING PRIMARY KEY (kind=? AND lang=? AND published_at<?)", 1},
		{"oldest first", store.Query{Kind: "page", Lang: "en", Sort: "published_at", After: after},
			"SEARCH li USING PRIMARY KEY (kind=? AND lang=? AND published_at>?)", 1},
		{"last changed", store.Query{Kind: "page", Lang: "en", Sort: "updated_at", Desc: true},
			"SEARCH li USING COVERING INDEX listed_by_update (kind=? AND lang=?)", 1},
		{"by title", store.Query{Kind: "page", Lang: "en", Sort: "title", After: after},
			"SEARCH li USING COVERING INDEX listed_by_title (kind=? AND lang=? AND title>?)", 1},
		{"in every language", store.Query{Kind: "section", Sort: "published_at", Desc: true},
			"SEARCH li USING PRIMARY KEY (kind=? AND lang=?)", 1},
		{"in the first language", store.Query{Kind: "page", Sort: "published_at", Desc: true, Filter: &store.Filter{Langs: []string{"en", "fr"}}},
			"SEARCH li USING PRIMARY KEY (kind=? AND lang=?)", 2},
		{"news of a section", store.Query{Kind: "news", Lang: "en", Branch: "/x/", Sort: "date", Desc: true},
			"SEARCH sn USING PRIMARY KEY (section_id=? AND lang=?)", 1},
		{"news of a section, further on", store.Query{Kind: "news", Lang: "en", Branch: "/x/", Sort: "date", Desc: true, After: after},
			"SEARCH sn USING PRIMARY KEY (section_id=? AND lang=? AND date<?)", 1},
		{"news of a section, narrowed", store.Query{Kind: "news", Lang: "en", Branch: "/x/", Sort: "date", Desc: true, Filter: &store.Filter{Conditions: []store.Condition{
			{Of: store.OfEdition, Name: "title", Op: "contains", Values: []string{"x"}}}}},
			"SEARCH sn USING PRIMARY KEY (section_id=? AND lang=?)", 1},
		{"a handful", store.Query{Kind: "page", Lang: "en", Branch: "/x/", Sort: "published_at", Desc: true},
			"SEARCH entries USING INDEX entries_by_branch (branch>? AND branch<?)", 1},
		{"narrowed", store.Query{Kind: "page", Lang: "en", Sort: "published_at", Desc: true, Filter: &store.Filter{Fresh: true, Conditions: []store.Condition{
			{Of: store.OfFacts, Name: "$.country", Op: "eq", Values: []string{"BE"}}}}},
			"SEARCH li USING PRIMARY KEY (kind=? AND lang=?)", 1},
	} {
		tt.q.Limit = 5
		plan := store.Plan(t, s, tt.q)
		whole := strings.Join(plan, "\n")
		if plan[0] != tt.first || strings.Count(whole, tt.first) != tt.runs {
			t.Errorf("%s: does not begin with %s:\n%s", tt.name, tt.first, whole)
		}
		// Where rows are looked up one by one, each is one step into the table.
		if lookedUp := tt.name == "a handful" || tt.name == "news of a section, narrowed"; lookedUp &&
			!strings.Contains(whole, "SEARCH li USING PRIMARY KEY (kind=? AND lang=? AND published_at=? AND edition_id=?)") {
			t.Errorf("%s: rows are not looked up by their key:\n%s", tt.name, whole)
		}
		if tt.name != "a handful" && strings.Contains(whole, "USE TEMP B-TREE FOR ORDER BY") {
			t.Errorf("%s: sorted as a whole:\n%s", tt.name, whole)
		}
		for _, step := range plan {
			if strings.HasPrefix(step, "SCAN") && !strings.Contains(step, "VIRTUAL TABLE") { // json_each
				t.Errorf("%s: scans a table:\n%s", tt.name, whole)
			}
		}
	}
}

// TestListedFollowsLive: the table that lists are read from has exactly what is
// public, whatever is done to it.
func TestListedFollowsLive(t *testing.T) {
	t.Parallel()
	s := open(t)
	x := seed(t, s)
	check := func(what string, want int) {
		t.Helper()
		missing, extra, n := store.Listed(t, s)
		if missing != 0 || extra != 0 || n != want {
			t.Errorf("%s: %d editions are listed, want %d; %d missing, %d too many", what, n, want, missing, extra)
		}
	}
	do := func(f func(*store.Tx) error) {
		t.Helper()
		if err := s.Tx(t.Context(), f); err != nil {
			t.Fatal(err)
		}
	}
	check("seeded", 1)
	for _, sql := range []string{
		"UPDATE entries SET branch = '/other' || branch",
		"UPDATE entries SET version = version + 1",
		"UPDATE editions SET published_at = '2027-01-01 00:00:00+00:00'",
	} {
		if err := store.Exec(s, sql); err != nil {
			t.Fatal(err)
		}
		check(sql, 1)
	}
	do(func(tx *store.Tx) error {
		return tx.TakeDown(x.entry, x.edition, "", x.user.ID)
	})
	check("unpublished", 0)
	x.edition.Version++
	x.edition.LiveRevision = nil
	do(func(tx *store.Tx) error {
		return tx.GoLive(x.entry, x.edition, x.rev, models.ActionPublished, x.user.ID)
	})
	check("published again", 1)
	if err := store.Exec(s, "UPDATE entries SET trashed_at = '2027-01-01 00:00:00+00:00'"); err != nil {
		t.Fatal(err)
	}
	check("in the trash", 0)
	if err := store.Exec(s, "UPDATE entries SET trashed_at = NULL"); err != nil {
		t.Fatal(err)
	}
	check("restored", 1)
}
