package block

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestPhoneText(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"+41227340558":     "+41 22 734 05 58",
		"+3222037908":      "+32 2 203 79 08",
		"+32470123456":     "+32 470 12 34 56",
		"+33142345678":     "+33 1 42 34 56 78",
		"+12125550100":     "+1 212 555 0100",
		"+22890123456":     "+228 90 12 34 56",
		"+97022951234":     "+970 22 95 12 34",
		"+35312345678":     "+353 12 34 56 78",
		"+3531234567":      "+353 123 45 67",
		"+41 22 734 05 58": "+41 22 734 05 58",
		"116111":           "116111",
		"":                 "",
		"+":                "+",
		"+32x":             "+32x",
	} {
		if got := PhoneText(in); got != want {
			t.Errorf("PhoneText(%q) = %q, want %q", in, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`\+[1-9][0-9]{5,14}`).Draw(t, "number")
		got := PhoneText(s)
		if strings.ReplaceAll(got, " ", "") != s || strings.Contains(got, "  ") || strings.HasSuffix(got, " ") {
			t.Fatalf("PhoneText(%q) = %q", s, got)
		}
	})
}
