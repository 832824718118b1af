package models

import (
	"fmt"
	"strings"
	"testing"
)

func TestOutline(t *testing.T) {
	t.Parallel()
	section := func(id, parent string, position int) Entry {
		e := Entry{ID: id, Position: position}
		if parent != "" {
			e.SectionID = &parent
		}
		return e
	}
	all := []Entry{
		section("d", "b", 0), section("root", "", 0), section("b", "root", 2), section("a", "root", 1), section("c", "b", 1), section("e", "c", 0),
	}
	for _, tt := range []struct{ chosen, want string }{
		{"root a b c d e", "root0 a1 b1 d2 c2 e3"},
		{"a c e", "a0 c0 e1"}, // the ones between are not there, and indent nothing
		{"root e", "root0 e1"},
		{"", ""},
	} {
		var got []string
		for _, s := range Outline(all, func(e Entry) bool { return strings.Contains(tt.chosen, e.ID) }) {
			got = append(got, fmt.Sprint(s.ID, s.Depth))
		}
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("of %q: %q, want %q", tt.chosen, s, tt.want)
		}
	}
}
