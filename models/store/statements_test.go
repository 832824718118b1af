package store_test

import (
	"fmt"
	"testing"

	"meridian/models/store"
)

// TestStatementsAreReused runs one query many times on one connection, also
// while its own rows are still open, and with an error in between.
func TestStatementsAreReused(t *testing.T) {
	t.Parallel()
	s := open(t)
	for _, pool := range store.Pools(s) {
		conn, err := pool.DB.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		const numbers = "WITH RECURSIVE n(i) AS (SELECT ? UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT i FROM n"
		for range 3 {
			outer, err := conn.QueryContext(t.Context(), numbers, 1)
			if err != nil {
				t.Fatal(err)
			}
			var got string
			for outer.Next() {
				var i int
				if err := outer.Scan(&i); err != nil {
					t.Fatal(err)
				}
				inner, err := conn.QueryContext(t.Context(), numbers, i)
				if err != nil {
					t.Fatal(err)
				}
				for inner.Next() {
					var j int
					if err := inner.Scan(&j); err != nil {
						t.Fatal(err)
					}
					got += fmt.Sprint(j)
				}
				if err := inner.Close(); err != nil {
					t.Fatal(err)
				}
				got += " "
			}
			if err := outer.Close(); err != nil {
				t.Fatal(err)
			}
			if want := "12345 2345 345 45 5 "; got != want {
				t.Fatalf("%s: %q, want %q", pool.Name, got, want)
			}
			if _, err := conn.QueryContext(t.Context(), "SELECT nothing FROM nowhere"); err == nil {
				t.Fatal("a query over nothing succeeded")
			}
		}
		if err := conn.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestStatementsAreBounded prepares more statements than a connection keeps.
func TestStatementsAreBounded(t *testing.T) {
	t.Parallel()
	s := open(t)
	for _, pool := range store.Pools(s) {
		for i := range 1000 {
			var n int
			if err := pool.DB.QueryRowContext(t.Context(), fmt.Sprintf("SELECT %d", i)).Scan(&n); err != nil || n != i {
				t.Fatalf("%s: %d, %v", pool.Name, n, err)
			}
		}
	}
}
