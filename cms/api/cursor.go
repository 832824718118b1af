package api

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"

	"meridian/cms/live"
)

// A cursor is the place behind the last row of a page: its sort key and its
// edition, not a number of rows, so that what is published in between neither
// repeats an item nor hides one. It is base64url of
//
//	seal (16 bytes) | hash of the query (8 bytes) | place as JSON
const (
	sealBytes  = 16
	queryBytes = 8
	maxCursor  = 4096 // characters
)

var errCursor = errors.New("not a cursor")

// seal returns the cursor of a place in a list.
func (h *handler) seal(v *live.View, q live.Query, at live.After) string {
	place, err := json.Marshal(at)
	if err != nil {
		panic(err) // texts
	}
	b := append(make([]byte, sealBytes, sealBytes+queryBytes+len(place)), hashQuery(q)...)
	b = append(b, place...)
	copy(b, h.mac(v, b[sealBytes:]))
	return base64.RawURLEncoding.EncodeToString(b)
}

// open returns the place of a cursor and whether it belongs to the list.
func (h *handler) open(v *live.View, q live.Query, cursor string) (at live.After, same bool, err error) {
	if len(cursor) > maxCursor {
		return at, false, errCursor
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(cursor)
	if err != nil || len(b) <= sealBytes+queryBytes || !hmac.Equal(b[:sealBytes], h.mac(v, b[sealBytes:])) {
		return at, false, errCursor
	}
	if err := json.Unmarshal(b[sealBytes+queryBytes:], &at); err != nil || len(at.Keys) == 0 { // one of an older version
		return at, false, errCursor
	}
	return at, string(b[sealBytes:sealBytes+queryBytes]) == string(hashQuery(q)), nil
}

// cursor reads the cursor of a request to a list, nil when it has none.
func (h *handler) cursor(v *live.View, r *query, q live.Query) (*live.After, error) {
	s, ok := r.get("cursor")
	if !ok {
		return nil, nil
	}
	at, same, err := h.open(v, q, s)
	switch {
	case err != nil:
		r.fault("cursor", codeCursor, "cursor is taken from the next address of a list, unchanged.")
	case !same:
		r.fault("cursor", codeMismatch, "The cursor belongs to a list with other languages, another section, topic, year or order, or other filters.")
	}
	return &at, nil
}

// hashQuery covers what decides which items a list has and in which order. The
// size of a page and what is shown of an item may change on the way.
func hashQuery(q live.Query) []byte {
	b, err := json.Marshal([]any{q.Kind, q.Lang, q.Fallback, q.Section, q.Topic, q.Year, q.Sort, q.Desc, q.Then, q.Fresh, q.Filters})
	if err != nil {
		panic(err) // texts
	}
	sum := sha256.Sum256(b)
	return sum[:queryBytes]
}

func (h *handler) mac(v *live.View, b []byte) []byte {
	key := h.key
	if len(key) == 0 {
		key = []byte(v.Installation())
	}
	m := hmac.New(sha256.New, key)
	m.Write([]byte("meridian list cursor\x00"))
	m.Write(b)
	return m.Sum(nil)[:sealBytes]
}
