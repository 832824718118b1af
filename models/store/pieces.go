package store

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
)

// This file reads lists of numbers, newest first, no further than an answer
// needs: a common word has a hundred thousand, and the two hundred newest of them
// are in one piece or two.

// pieceBytes bounds the steps of a piece, so that SQLite keeps them in the page
// of their row.
const pieceBytes = 800

// piece is part of the numbers of the documents that have a term.
type piece struct {
	first uint32
	steps []byte
	ids   []uint32 // ascending; nil until it is unpacked
}

// pack writes as many of ascending numbers into a piece as fit and returns the
// others.
func pack(ids []uint32) (piece, []uint32) {
	p := piece{first: ids[0], steps: make([]byte, 0, min(pieceBytes, len(ids)*2))}
	for i := 1; i < len(ids); i++ {
		if len(p.steps)+binary.MaxVarintLen32 > pieceBytes {
			return p, ids[i:]
		}
		p.steps = binary.AppendUvarint(p.steps, uint64(ids[i]-ids[i-1]))
	}
	return p, nil
}

// unpack returns the numbers of a piece, ascending.
func (p *piece) unpack() ([]uint32, error) {
	if p.ids != nil {
		return p.ids, nil
	}
	ids := make([]uint32, 1, 1+len(p.steps))
	ids[0] = p.first
	last := uint64(p.first)
	for b := p.steps; len(b) > 0; {
		step, n := binary.Uvarint(b)
		last += step
		if n <= 0 || step == 0 || last > 1<<32-1 {
			return nil, fmt.Errorf("search index: the piece from %d on is damaged", p.first)
		}
		ids = append(ids, uint32(last))
		b = b[n:]
	}
	p.ids = ids
	return ids, nil
}

// list is the numbers of the documents that have a term, as far as they were
// read.
type list struct {
	look   *lookup
	term   string
	pieces []piece // newest first
	asked  int     // pieces asked for the last time
	whole  bool
}

// more reads older pieces, twice as many each time, and reports whether there
// were some.
func (l *list) more() bool {
	if l.whole || l.look.err != nil {
		return false
	}
	l.asked = min(max(2*l.asked, 2), 256)
	before := int64(1) << 32
	if n := len(l.pieces); n > 0 {
		before = int64(l.pieces[n-1].first)
	}
	found, err := l.look.pieces(l.term, before, l.asked)
	if err != nil {
		l.look.err = err
		return false
	}
	l.whole = len(found) < l.asked
	l.pieces = append(l.pieces, found...)
	return len(found) > 0
}

// cursor goes down through numbers. atMost returns the largest one that is at
// most n, 0 for none; n never grows from call to call.
type cursor interface{ atMost(n uint32) uint32 }

// down is a cursor through a list.
type down struct {
	*list
	at int // piece
}

func (d *down) atMost(n uint32) uint32 {
	for ; ; d.at++ {
		if d.at >= len(d.pieces) && !d.more() {
			return 0
		}
		if d.pieces[d.at].first <= n {
			break
		}
	}
	ids, err := d.pieces[d.at].unpack()
	if err != nil {
		d.look.err = err
		return 0
	}
	if i, there := slices.BinarySearch(ids, n); there {
		return n
	} else {
		return ids[i-1] // there is one: the first is not larger
	}
}

// any goes down through what at least one of its cursors has.
type anyOf []cursor

func (a anyOf) atMost(n uint32) uint32 {
	best := uint32(0)
	for _, c := range a {
		if m := c.atMost(n); m > best {
			if m == n {
				return n
			}
			best = m
		}
	}
	return best
}

// allOf goes down through what all of its cursors have.
type allOf []cursor

func (a allOf) atMost(n uint32) uint32 {
	for agreed := 0; agreed < len(a); {
		for i := range a {
			m := a[i].atMost(n)
			if m == 0 {
				return 0
			}
			if m != n {
				n, agreed = m, 0
			}
			agreed++
			if agreed == len(a) {
				break
			}
		}
	}
	return n
}

// wordGroup selects documents that have one of some terms, or a term that
// begins with one of some letters.
type wordGroup struct{ terms, beginnings []string }

// in reports whether a document with these terms, a space around each, is one
// of the group.
func (g wordGroup) in(terms string) bool {
	return slices.ContainsFunc(g.terms, func(t string) bool { return strings.Contains(terms, " "+t+" ") }) ||
		slices.ContainsFunc(g.beginnings, func(t string) bool { return strings.Contains(terms, " "+t) })
}
