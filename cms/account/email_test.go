package account

import (
	"errors"
	"strings"
	"testing"

	"meridian/models"
)

func TestCanonicalEmail(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		in, want string // empty want: refused
	}{
		{"admin@meridian.example", "admin@meridian.example"},
		{"Admin@Meridian.EXAMPLE", "admin@meridian.example"},
		{" admin@meridian.example\n", "admin@meridian.example"},
		{"o'neill+news@a-b.example", "o'neill+news@a-b.example"},
		{"admin@localhost", "admin@localhost"},
		{"jürgen@köln.example", "jürgen@köln.example"},
		{"JÜRGEN@köln.example", "jÜrgen@köln.example"}, // another mailbox, for all we know
		{"\u0130da@a.example", "\u0130da@a.example"},   // must not become ida or i̇da
		{"ıda@a.example", "ıda@a.example"},

		{"", ""},
		{"admin", ""},
		{"@a.example", ""},
		{"admin@", ""},
		{"a@b@c.example", ""},
		{"a b@c.example", ""},
		{"Admin <admin@a.example>", ""},
		{"<admin@a.example>", ""},
		{`"ad min"@a.example`, ""},
		{"admin@[127.0.0.1]", ""},
		{"admin@a..example", ""},
		{"admin@.example", ""},
		{"admin@a.example.", ""},
		{"admin@-a.example", ""},
		{"admin@a_b.example", ""},
		{".admin@a.example", ""},
		{"admin.@a.example", ""},
		{"admin@a.example, other@a.example", ""},
		{"admin@a.example\r\nBcc: x@a.example", ""},
		{"admin(comment)@a.example", ""},
		{"ad\u200bmin@a.example", ""}, // zero width space
		{"\u202eadmin@a.example", ""}, // right-to-left override
		{"ad\x00min@a.example", ""},   // NUL
		{"ad\u00a0min@a.example", ""}, // no-break space
		{"ａdmin@a.example", ""},       // full width
		{"admin@exam\uff0eexample", ""},
		{"\u212aim@a.example", ""},  // Kelvin sign
		{"ſam@a.example", ""},       // long s
		{"ﬁ@a.example", ""},         // ligature
		{"e\u0301@a.example", ""},   // decomposed
		{"admin@a\xff.example", ""}, // not UTF-8
		{strings.Repeat("a", 65) + "@a.example", ""},
		{"a@" + strings.Repeat("a", 64) + ".example", ""},
		{"a@" + strings.Repeat("a.", 130) + "example", ""},
	} {
		got, err := CanonicalEmail(tt.in)
		if got != tt.want || (err == nil) != (tt.want != "") {
			t.Errorf("CanonicalEmail(%q) = %q, %v, want %q", tt.in, got, err, tt.want)
		}
		if err != nil && !errors.Is(err, models.ErrInvalid) {
			t.Errorf("CanonicalEmail(%q): %v is not models.ErrInvalid", tt.in, err)
		}
	}
}

func FuzzCanonicalEmail(f *testing.F) {
	for _, s := range []string{"Admin@A.example", "\u0130@a.example", `"a"@b`, "a@b\r\nc"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once, err := CanonicalEmail(s)
		if err != nil {
			return
		}
		if twice, err := CanonicalEmail(once); err != nil || twice != once {
			t.Errorf("%q → %q → %q, %v", s, once, twice, err)
		}
		if strings.ContainsAny(once, "\r\n\x00 ,<>") || strings.Count(once, "@") != 1 {
			t.Errorf("accepted %q", once)
		}
	})
}
