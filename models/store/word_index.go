package store

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"gorm.io/gorm"
)

// wordIndex is an index of documents by terms: which documents have a term, in
// the order of their numbers. There are several (wordIndexes), made alike.
//
// A document is first kept with its terms as they are, which is one row to
// write; a timer moves the terms of several documents at once to the lists
// (pieces). What is indexed again or taken out leaves its number in the lists,
// where it is dead, until the timer has gone through all of them.
//
// SQLite's own FTS5 was here first. It gives documents out a row at a time, by
// way of its virtual machine, and ranking puts some ten short questions to it:
// they took three to five times as long as these lists do, and putting a text into
// it was part of every publish.
type wordIndex struct {
	name string // what its tables' names begin with
	// columns are those of the table of documents; the first one says what a
	// document is of.
	columns []string

	mu   sync.Mutex
	dead deadSet // a number is never used again, so one too many harms nobody
	last int64   // newest row of the table of dead numbers in it
}

// wordIndexes are the indexes there are, each in tables of its own.
type wordIndexes struct {
	public *wordIndex // what readers find
	staff  *wordIndex // drafts
	assets *wordIndex // files of the library
}

func newWordIndexes() wordIndexes {
	edition := []string{"edition_id", "entry_id", "title_words"}
	return wordIndexes{
		public: &wordIndex{name: "search", columns: edition},
		staff:  &wordIndex{name: "staff", columns: edition},
		assets: &wordIndex{name: "asset", columns: []string{"asset_id"}},
	}
}

func (x wordIndexes) all() []*wordIndex { return []*wordIndex{x.public, x.staff, x.assets} }

// errLookUp is for words that are looked up in a transaction that writes.
var errLookUp = errors.New("store: words are looked up in a transaction that writes")

// indexedDoc is a document with its terms, divided by spaces.
type indexedDoc struct {
	values []any // of the columns of its index
	terms  string
}

// Sizes of what is done at a time.
const (
	// bulk is how many documents of one transaction go to the lists at once.
	bulk = 200
	// freshKept is how many of the newest documents stay out of the lists:
	// searching reads their terms one by one.
	freshKept = 48
	// mergeDocs bounds the fresh documents whose terms one transaction of a
	// timer moves to the lists: publishing beside it waits for milliseconds.
	mergeDocs = 16
	// tidyPieces is how many pieces one transaction looks through for dead
	// numbers.
	tidyPieces = 500
)

// query writes a statement for the tables of the index: a # stands for the name.
func (x *wordIndex) query(s string) string { return strings.ReplaceAll(s, "#", x.name) }

// put indexes documents: those that are in the index already, by other words.
func (x *wordIndex) put(tx *Tx, docs []indexedDoc) error {
	if len(docs) == 0 {
		return nil
	}
	if len(docs) >= bulk {
		for more := true; more; { // numbers go to the lists in their order
			var err error
			if more, err = x.merge(tx, bulk); err != nil {
				return err
			}
		}
	}
	insert := x.query("INSERT INTO #_docs (" + strings.Join(x.columns, ", ") + ") VALUES (?" + strings.Repeat(", ?", len(x.columns)-1) + ") RETURNING id")
	fresh := make([]freshDoc, len(docs))
	for i, d := range docs {
		if err := x.remove(tx, "SELECT ?", d.values[0]); err != nil {
			return err
		}
		id, err := value[int64](&tx.Read, insert, d.values...)
		if err != nil {
			return fmt.Errorf("index %s: %w", d.values[0], err)
		}
		if id > 1<<32-1 {
			return errors.New("search index: no numbers are left")
		}
		fresh[i] = freshDoc{id, " " + strings.TrimSpace(d.terms) + " "}
		if len(docs) >= bulk {
			continue
		}
		if _, err := tx.exec(x.query("INSERT INTO #_fresh (id, terms) VALUES (?, ?)"), id, fresh[i].Terms); err != nil {
			return fmt.Errorf("index %s: %w", d.values[0], err)
		}
	}
	if len(docs) < bulk {
		return nil
	}
	return x.append(tx, fresh)
}

// remove takes the documents of what a query selects out of the index.
func (x *wordIndex) remove(tx *Tx, of string, args ...any) error {
	ids, err := selected[int64](tx.db, x.query("DELETE FROM #_docs WHERE "+x.columns[0]+" IN ("+of+") RETURNING id"), args...)
	if err != nil {
		return fmt.Errorf("take out of the search index: %w", err)
	}
	for _, id := range ids {
		n, err := tx.exec(x.query("DELETE FROM #_fresh WHERE id = ?"), id)
		if err == nil && n == 0 {
			_, err = tx.exec(x.query("INSERT INTO #_dead (id) VALUES (?)"), id)
		}
		if err != nil {
			return fmt.Errorf("take out of the search index: %w", err)
		}
	}
	return nil
}

// clear empties the index.
func (x *wordIndex) clear(tx *Tx) error {
	for _, table := range []string{"docs", "pieces", "fresh", "dead"} {
		if _, err := tx.exec("DELETE FROM " + x.name + "_" + table); err != nil {
			return fmt.Errorf("clear search index: %w", err)
		}
	}
	return nil
}

// freshDoc is a document whose number is in no list yet. There is a space
// around each of its terms.
type freshDoc struct {
	ID    int64
	Terms string
}

// merge moves the terms of the oldest fresh documents, at most n of them, to the
// lists, and reports whether there were some.
func (x *wordIndex) merge(tx *Tx, n int) (bool, error) {
	docs, err := selected[freshDoc](tx.db, x.query("SELECT id, terms FROM #_fresh ORDER BY id LIMIT ?"), n)
	if err != nil || len(docs) == 0 {
		return false, err
	}
	if err := x.append(tx, docs); err != nil {
		return false, err
	}
	_, err = tx.exec(x.query("DELETE FROM #_fresh WHERE id <= ?"), docs[len(docs)-1].ID)
	return true, err
}

// mergeSome is merge in a transaction of its own, where there is something to do.
func (x *wordIndex) mergeSome(ctx context.Context, s *Store) (more bool, err error) {
	var fresh int
	err = s.View(ctx, func(r *Read) (err error) {
		fresh, err = value[int](r, x.query("SELECT count(*) FROM #_fresh"))
		return err
	})
	if err != nil || fresh <= freshKept {
		return false, err
	}
	return fresh > freshKept+mergeDocs, s.Tx(ctx, func(tx *Tx) error {
		_, err := x.merge(tx, mergeDocs)
		return err
	})
}

// append adds documents, the oldest first, to the lists of their terms. Their
// numbers are larger than all there.
func (x *wordIndex) append(tx *Tx, docs []freshDoc) error {
	lists := map[string][]uint32{}
	for _, d := range docs {
		for t := range strings.FieldsSeq(d.Terms) {
			ids := lists[t]
			if n := len(ids); n == 0 || ids[n-1] != uint32(d.ID) {
				lists[t] = append(ids, uint32(d.ID))
			}
		}
	}
	terms := slices.Sorted(maps.Keys(lists)) // in the order of the table
	for some := range slices.Chunk(terms, 1000) {
		newest, err := x.newestPieces(tx, some)
		if err != nil {
			return err
		}
		var put []any
		for _, t := range some {
			ids := lists[t]
			if p, ok := newest[t]; ok && len(p.steps)+binary.MaxVarintLen32 <= pieceBytes {
				there, err := p.unpack()
				if err != nil {
					return err
				}
				ids = append(there, ids...)
			}
			for len(ids) > 0 {
				var p piece
				p, ids = pack(ids)
				put = append(put, t, p.first, p.steps)
			}
		}
		if err := x.putPieces(tx, put); err != nil {
			return err
		}
	}
	return nil
}

// newestPieces returns the newest piece of each of some terms that has one.
func (x *wordIndex) newestPieces(tx *Tx, terms []string) (map[string]piece, error) {
	rows, err := tx.db.Statement.ConnPool.QueryContext(tx.db.Statement.Context, x.query(`SELECT p.term, p.first, p.steps FROM json_each(?) j
		CROSS JOIN #_pieces p ON p.term = j.value AND p.first = (SELECT max(first) FROM #_pieces WHERE term = j.value)`), jsonList(terms))
	if err != nil {
		return nil, fmt.Errorf("read search index: %w", err)
	}
	defer rows.Close()
	out := make(map[string]piece, len(terms))
	for rows.Next() {
		var t string
		var p piece
		if err := rows.Scan(&t, &p.first, &p.steps); err != nil {
			return nil, fmt.Errorf("read search index: %w", err)
		}
		out[t] = p
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read search index: %w", err)
	}
	return out, nil
}

// putPieces writes pieces, given as term, first and steps one after the other.
// Those that are there already are replaced.
func (x *wordIndex) putPieces(tx *Tx, pieces []any) error {
	const atOnce = 32
	for len(pieces) > 0 {
		n := atOnce
		if len(pieces) < 3*n {
			n = 1
		}
		rows := strings.Repeat(", (?, ?, ?)", n)[2:]
		if _, err := tx.exec(x.query("INSERT OR REPLACE INTO #_pieces (term, first, steps) VALUES "+rows), pieces[:3*n]...); err != nil {
			return fmt.Errorf("write search index: %w", err)
		}
		pieces = pieces[3*n:]
	}
	return nil
}

// tidy takes dead numbers out of the lists of some terms, those after a term. It
// returns the last of them, "" when there are no more.
func (x *wordIndex) tidy(tx *Tx, dead deadSet, after string) (string, error) {
	type row struct {
		Term  string
		First int64
		Steps []byte
	}
	rows, err := selected[row](tx.db, x.query("SELECT term, first, steps FROM #_pieces WHERE term > ? ORDER BY term, first LIMIT ?"), after, tidyPieces)
	if err != nil || len(rows) == 0 {
		return "", err
	}
	last := rows[len(rows)-1].Term
	if len(rows) == tidyPieces && last != rows[0].Term { // the last one may go on
		rows = rows[:slices.IndexFunc(rows, func(r row) bool { return r.Term == last })]
		last = rows[len(rows)-1].Term
	} else if len(rows) == tidyPieces {
		rows, err = selected[row](tx.db, x.query("SELECT term, first, steps FROM #_pieces WHERE term = ? ORDER BY first"), last)
		if err != nil {
			return "", err
		}
	}
	for len(rows) > 0 {
		term := rows[0].Term
		n := slices.IndexFunc(rows, func(r row) bool { return r.Term != term })
		if n < 0 {
			n = len(rows)
		}
		var ids []uint32
		gone := false
		for _, r := range rows[:n] {
			p := piece{first: uint32(r.First), steps: r.Steps}
			list, err := p.unpack()
			if err != nil {
				return "", err
			}
			for _, id := range list {
				if dead.has(id) {
					gone = true
				} else {
					ids = append(ids, id)
				}
			}
		}
		rows = rows[n:]
		if !gone {
			continue
		}
		if _, err := tx.exec(x.query("DELETE FROM #_pieces WHERE term = ?"), term); err != nil {
			return "", err
		}
		var put []any
		for len(ids) > 0 {
			var p piece
			p, ids = pack(ids)
			put = append(put, term, p.first, p.steps)
		}
		if err := x.putPieces(tx, put); err != nil {
			return "", err
		}
	}
	return last, nil
}

// tidyAll goes through all lists, and forgets the numbers that were dead before.
func (x *wordIndex) tidyAll(ctx context.Context, s *Store) error {
	var upTo int64
	var dead deadSet
	err := s.View(ctx, func(r *Read) (err error) {
		if upTo, err = value[int64](r, x.query("SELECT coalesce(max(n), 0) FROM #_dead")); err != nil {
			return err
		}
		dead, err = x.buried(r.db)
		return err
	})
	if err != nil || upTo == 0 {
		return err
	}
	for after, more := "", true; more; {
		err := s.Tx(ctx, func(tx *Tx) (err error) {
			after, err = x.tidy(tx, dead, after)
			return err
		})
		if err != nil {
			return err
		}
		more = after != ""
	}
	return s.Tx(ctx, func(tx *Tx) error {
		_, err := tx.exec(x.query("DELETE FROM #_dead WHERE n <= ?"), upTo)
		return err
	})
}

// deadSet is numbers that belong to nothing any more, a bit for each.
type deadSet []uint64

func (d deadSet) has(id uint32) bool {
	return int(id/64) < len(d) && d[id/64]&(1<<(id%64)) != 0
}

// buried returns the dead numbers that a transaction can see, and maybe some
// that died later. It remembers them, so the transaction is one that only reads.
func (x *wordIndex) buried(db *gorm.DB) (deadSet, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	type row struct{ N, ID int64 }
	rows, err := selected[row](db, x.query("SELECT n, id FROM #_dead WHERE n > ? ORDER BY n"), x.last)
	if err != nil {
		return nil, fmt.Errorf("read search index: %w", err)
	}
	if len(rows) == 0 {
		return x.dead, nil
	}
	size := len(x.dead)
	for _, r := range rows {
		size = max(size, int(r.ID/64)+1)
	}
	dead := make(deadSet, size) // others read the old one
	copy(dead, x.dead)
	for _, r := range rows {
		dead[r.ID/64] |= 1 << (r.ID % 64)
	}
	x.dead, x.last = dead, rows[len(rows)-1].N
	return dead, nil
}

// lookup is one search in an index, in one transaction.
type lookup struct {
	index *wordIndex
	db    *gorm.DB
	dead  deadSet
	fresh []freshDoc // newest first
	lists map[string]*list
	err   error
}

// look begins a search.
func (x *wordIndex) look(db *gorm.DB) (*lookup, error) {
	k := &lookup{index: x, db: db, lists: map[string]*list{}}
	var err error
	if k.dead, err = x.buried(db); err != nil {
		return nil, err
	}
	k.fresh, err = selected[freshDoc](db, x.query("SELECT id, terms FROM #_fresh ORDER BY id DESC"))
	return k, err
}

// pieces returns the pieces of a term that begin before a number, the newest
// first, at most limit.
func (k *lookup) pieces(term string, before int64, limit int) ([]piece, error) {
	rows, err := k.db.Statement.ConnPool.QueryContext(k.db.Statement.Context, k.index.query("SELECT first, steps FROM #_pieces WHERE term = ? AND first < ? ORDER BY first DESC LIMIT ?"), term, before, limit)
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	defer rows.Close()
	var out []piece
	for rows.Next() {
		var p piece
		if err := rows.Scan(&p.first, &p.steps); err != nil {
			return nil, fmt.Errorf("search: %w", err)
		}
		out = append(out, p)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	return out, nil
}

// begunTerms bounds the terms that the beginning of a word stands for.
const begunTerms = 200

// of returns a cursor through the documents of a group that are in the lists.
func (k *lookup) of(g wordGroup) (cursor, error) {
	terms := g.terms
	for _, b := range g.beginnings {
		more, err := selected[string](k.db, k.index.query("SELECT DISTINCT term FROM #_pieces WHERE term >= ? AND term < ? LIMIT ?"), b, b+"\U0010FFFF", begunTerms)
		if err != nil {
			return nil, fmt.Errorf("search: %w", err)
		}
		terms = slices.Concat(terms, more)
	}
	var out anyOf
	for _, t := range terms {
		l := k.lists[t]
		if l == nil {
			l = &list{look: k, term: t}
			k.lists[t] = l
		}
		out = append(out, &down{list: l})
	}
	if len(out) == 1 {
		return out[0], nil
	}
	return out, nil
}

// newest calls f with the numbers of the documents that every group selects,
// the newest first, until it returns false.
func (k *lookup) newest(groups []wordGroup, f func(id int64) bool) error {
	for _, d := range k.fresh {
		if !slices.ContainsFunc(groups, func(g wordGroup) bool { return !g.in(d.Terms) }) && !f(d.ID) {
			return nil
		}
	}
	var all allOf
	for _, g := range groups {
		c, err := k.of(g)
		if err != nil {
			return err
		}
		all = append(all, c)
	}
	for n := uint32(1<<32 - 1); len(all) > 0; n-- {
		if n = all.atMost(n); n == 0 {
			break
		}
		if !k.dead.has(n) && !f(int64(n)) {
			break
		}
		if n == 1 {
			break
		}
	}
	return k.err
}

// lookStep is how many documents a filter is asked about at a time.
const lookStep = 500

// newestOf returns the newest documents that every group selects and of which
// within, which is asked about some at a time, returns something: at most limit
// of them, among the newest depth that the groups select.
func newestOf[T any](k *lookup, groups []wordGroup, depth, limit int, within func(ids []int64) ([]T, error)) (out []T, err error) {
	var step []int64
	seen := 0
	ask := func() bool {
		var some []T
		if some, err = within(step); err != nil {
			return false
		}
		out = append(out, some[:min(len(some), limit-len(out))]...)
		step = step[:0]
		return len(out) < limit
	}
	failed := k.newest(groups, func(id int64) bool {
		step = append(step, id)
		seen++
		return (len(step) < lookStep || ask()) && seen < depth
	})
	if err == nil && len(step) > 0 && len(out) < limit {
		ask()
	}
	return out, cmp.Or(err, failed)
}
