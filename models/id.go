package models

import (
	"crypto/rand"
	"io"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"
)

// IDLength is the number of characters of every id that [NewID] makes.
const IDLength = 26

// NewID returns a new id: 26 lower-case characters, ordered by now to the
// millisecond, with 80 random bits. Ids are never reused.
func NewID(now time.Time) string { return NewIDFrom(now, rand.Reader) }

// NewIDFrom is NewID with its random bits from r, which tests make repeatable.
func NewIDFrom(now time.Time, r io.Reader) string {
	return strings.ToLower(ulid.MustNew(ulid.Timestamp(now), r).String())
}

// ValidID reports whether s has the form of an id, so that a request with a
// malformed id is refused before it reaches a query.
func ValidID(s string) bool {
	if len(s) != IDLength || s != strings.ToLower(s) {
		return false
	}
	_, err := ulid.ParseStrict(strings.ToUpper(s))
	return err == nil
}
