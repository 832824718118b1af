package main

import (
	"database/sql"
	"fmt"
	"path/filepath"

	"meridian/models/store"
)

// column returns the first column of a query.
func (tg *target) column(query string) []string {
	tg.t.Helper()
	var out []string
	for _, row := range tg.query(query) {
		out = append(out, fmt.Sprint(row[0]))
	}
	return out
}

// rows returns every row of a table as text.
func (tg *target) rows(table string) []string {
	tg.t.Helper()
	var out []string
	for _, row := range tg.query(`SELECT * FROM "` + table + `"`) {
		out = append(out, fmt.Sprintf("%q", row))
	}
	return out
}

// query reads the database beside the program.
func (tg *target) query(query string) [][]any {
	tg.t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(tg.Dir, store.File)+"?mode=ro&_pragma=busy_timeout(5000)")
	if err != nil {
		tg.t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query(query)
	if err != nil {
		tg.t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		tg.t.Fatal(err)
	}
	var out [][]any
	for rows.Next() {
		row, to := make([]any, len(names)), make([]any, len(names))
		for i := range row {
			to[i] = &row[i]
		}
		if err := rows.Scan(to...); err != nil {
			tg.t.Fatal(err)
		}
		out = append(out, row)
	}
	if err := rows.Err(); err != nil {
		tg.t.Fatal(err)
	}
	return out
}
