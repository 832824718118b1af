package store

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestPack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		set := rapid.SliceOfDistinct(rapid.OneOf(rapid.Uint32Range(1, 3000), rapid.Uint32Min(1)), rapid.ID[uint32]).Draw(t, "numbers")
		if len(set) == 0 {
			return
		}
		slices.Sort(set)
		var back []uint32
		for rest := set; len(rest) > 0; {
			var p piece
			p, rest = pack(rest)
			if len(p.steps) > pieceBytes {
				t.Fatalf("a piece of %d bytes", len(p.steps))
			}
			ids, err := p.unpack()
			if err != nil {
				t.Fatal(err)
			}
			back = append(back, ids...)
		}
		if !slices.Equal(set, back) {
			t.Fatalf("%v read as %v", set, back)
		}
	})
}

// TestUnpackDamaged: a damaged piece is an error, never a wrong answer that
// looks right because numbers went round.
func TestUnpackDamaged(t *testing.T) {
	t.Parallel()
	for _, p := range []piece{
		{first: 1, steps: []byte{0}},
		{first: 1, steps: []byte{0x80}},
		{first: 1<<32 - 1, steps: []byte{1}},
		{first: 7, steps: []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1}},
	} {
		if ids, err := p.unpack(); err == nil {
			t.Errorf("%v is read as %v", p, ids)
		}
	}
}

// TestWordIndex compares the index with a map, over documents that come, change
// and go, while their terms go to the lists in parts of any size.
func TestWordIndex(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	s, err := Open(ctx, t.TempDir(), Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	x := s.index.public
	rapid.Check(t, func(t *rapid.T) {
		do := func(fn func(*Tx) error) {
			t.Helper()
			if err := s.Tx(ctx, fn); err != nil {
				t.Fatal(err)
			}
		}
		do(x.clear)
		docs := map[string][]string{} // terms by edition
		var order []string            // editions, the last indexed at the end
		drop := func(ed string) {
			delete(docs, ed)
			order = slices.DeleteFunc(order, func(o string) bool { return o == ed })
		}
		words := []string{"a", "ab", "abc", "b", "1a", "c"}
		term := rapid.SampledFrom(words)
		group := rapid.Custom(func(t *rapid.T) wordGroup {
			g := wordGroup{terms: rapid.SliceOfNDistinct(term, 0, 2, rapid.ID[string]).Draw(t, "terms")}
			if rapid.Bool().Draw(t, "begun") {
				g.beginnings = []string{term.Draw(t, "beginning")}
			}
			return g
		})
		t.Repeat(map[string]func(*rapid.T){
			"put": func(t *rapid.T) {
				n := rapid.SampledFrom([]int{1, 2, 5, bulk + 3}).Draw(t, "documents")
				var list []indexedDoc
				for i := range n {
					ed := fmt.Sprint("d", rapid.IntRange(0, 9).Draw(t, "edition"))
					if n > bulk {
						ed = fmt.Sprint("bulk", i)
					}
					terms := rapid.SliceOfNDistinct(term, 1, 4, rapid.ID[string]).Draw(t, "terms")
					list = append(list, indexedDoc{[]any{ed, "e", i}, strings.Join(terms, " ")})
					drop(ed)
					docs[ed], order = terms, append(order, ed)
				}
				do(func(tx *Tx) error { return x.put(tx, list) })
			},
			"remove": func(t *rapid.T) {
				ed := fmt.Sprint("d", rapid.IntRange(0, 9).Draw(t, "edition"))
				drop(ed)
				do(func(tx *Tx) error { return x.remove(tx, "SELECT ?", ed) })
			},
			"merge": func(t *rapid.T) {
				n := rapid.IntRange(1, 4).Draw(t, "documents")
				do(func(tx *Tx) error { _, err := x.merge(tx, n); return err })
			},
			"tidy": func(t *rapid.T) {
				if err := s.TidySearch(ctx); err != nil {
					t.Fatal(err)
				}
			},
			"reopen": func(t *rapid.T) { // without what is remembered
				x.dead, x.last = nil, 0
			},
			"": func(t *rapid.T) {
				groups := rapid.SliceOfN(group, 1, 3).Draw(t, "groups")
				var want []string
				for _, ed := range slices.Backward(order) {
					all := " " + strings.Join(docs[ed], " ") + " "
					if !slices.ContainsFunc(groups, func(g wordGroup) bool { return !g.in(all) }) {
						want = append(want, ed)
					}
				}
				var got []string
				err := s.View(ctx, func(r *Read) error {
					k, err := x.look(r.db)
					if err != nil {
						return err
					}
					var ids []int64
					if err := k.newest(groups, func(id int64) bool { ids = append(ids, id); return true }); err != nil {
						return err
					}
					for _, id := range ids {
						ed, err := value[string](r, x.query("SELECT edition_id FROM #_docs WHERE id = ?"), id)
						if err != nil {
							return err
						}
						got = append(got, ed)
					}
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
				if !slices.Equal(got, want) {
					t.Fatalf("%v: got %v, want %v", groups, got, want)
				}
			},
		})
	})
}

// TestNoLookUpWhileWriting: what a transaction took out and did not commit would
// be remembered as dead.
func TestNoLookUpWhileWriting(t *testing.T) {
	t.Parallel()
	s, err := Open(t.Context(), t.TempDir(), Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	err = s.Tx(t.Context(), func(tx *Tx) error {
		if _, err := tx.StaffLookup(); !errors.Is(err, errLookUp) {
			t.Errorf("drafts: %v", err)
		}
		if _, _, err := tx.FindAssets(AssetFilter{All: true, Limit: 1, Matches: []StaffMatch{{{Terms: []string{"en_child"}}}}}); !errors.Is(err, errLookUp) {
			t.Errorf("files: %v", err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestTidyForgets: a term that only deleted documents had is nowhere after the
// lists were gone through.
func TestTidyForgets(t *testing.T) {
	t.Parallel()
	s, err := Open(t.Context(), t.TempDir(), Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	x := s.index.staff
	err = s.Tx(t.Context(), func(tx *Tx) error {
		var list []indexedDoc
		for i := range 3 * tidyPieces {
			list = append(list, indexedDoc{[]any{fmt.Sprint(i), "e", 1}, fmt.Sprintf("all t%d", i)})
		}
		return x.put(tx, list)
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Tx(t.Context(), func(tx *Tx) error { return x.remove(tx, "SELECT ?", "77") }); err != nil {
		t.Fatal(err)
	}
	if err := s.TidySearch(t.Context()); err != nil {
		t.Fatal(err)
	}
	err = s.View(t.Context(), func(r *Read) error {
		for query, want := range map[string]int{
			"SELECT count(*) FROM staff_pieces WHERE term = 't77'": 0,
			"SELECT count(*) FROM staff_pieces WHERE term = 't78'": 1,
			"SELECT count(*) FROM staff_dead":                      0,
			"SELECT count(*) FROM staff_fresh":                     0,
		} {
			if n, err := value[int](r, query); err != nil || n != want {
				t.Errorf("%s: %d, %v", query, n, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
