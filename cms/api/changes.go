package api

import (
	"net/url"
	"regexp"
	"strconv"

	"meridian/cms/live"
)

// cursorForm is a place in the journal: its epoch and the number of the last change
// that was seen.
var cursorForm = regexp.MustCompile(`^([a-z0-9]{1,64})\.(0|[1-9][0-9]{0,18})$`)

func journalCursor(epoch string, seq int64) string {
	return epoch + "." + strconv.FormatInt(seq, 10)
}

// changes answers with one page of the journal, oldest first.
func (h *handler) changes(v *live.View, r *request) (*answer, error) {
	limit := r.number("limit")
	after, err := r.since(v)
	if err != nil {
		return nil, err
	}
	if err := r.err(); err != nil {
		return nil, err
	}
	rows, next, more, err := v.Changes(after, limit)
	if err != nil {
		return nil, err
	}
	out := &Changes{Items: make([]Change, len(rows)), More: more}
	a := &answer{shape: out}
	for i, c := range rows {
		if c.Lang == "" { // a file has none
			c.Lang = "und"
		}
		out.Items[i] = Change{c.Seq, c.At.UTC(), c.Entry, c.Lang, c.Kind, c.Action}
		a.modified = latest(a.modified, c.At)
	}
	values := url.Values{"since": {journalCursor(v.Epoch(), next)}}
	if s, ok := r.get("limit"); ok {
		values.Set("limit", s)
	}
	out.Next = v.Absolute(Root + "/changes?" + values.Encode())
	a.links = []string{"<" + out.Next + `>; rel="next"`}
	return a, nil
}

// since returns the number to continue after, 0 when none was given. A cursor
// of another life of the journal is well formed but worth nothing: its numbers
// may stand for other changes now.
func (r *request) since(v *live.View) (int64, error) {
	s, ok := r.get("since")
	if !ok {
		return 0, nil
	}
	m := cursorForm.FindStringSubmatch(s)
	if m == nil {
		r.fault("since", codeCursor, "since is taken from the next address of the changes, unchanged.")
		return 0, nil
	}
	// What is too large for a number is ahead of everything.
	seq, err := strconv.ParseInt(m[2], 10, 64)
	from := v.Absolute(Root + "/changes")
	switch {
	case m[1] != v.Epoch():
		return 0, resync("The journal has begun anew since. Read the lists again, then the changes from the beginning.", from)
	case err != nil || seq > v.Head():
		return 0, resync("The journal has no such change yet. Read the lists again, then the changes from the beginning.", from)
	}
	return seq, nil
}
