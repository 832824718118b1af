package models_test

import (
	"errors"
	"testing"

	"pgregory.net/rapid"

	"meridian/models"
)

func TestCanonicalPhone(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"+32 2 203 79 08":        "+3222037908",
		"+32 (0)2/203.79.08":     "+3222037908",
		"0032 2-203-79-08":       "+3222037908",
		"+32\u00a02\u00a02037":   "+3222037",
		"\u200e+41 22 734 05 58": "+41227340558",
		"+٤١ ٢٢ ٧٣٤ ٠٥ ٥٨":       "+41227340558",
		"+1 (212) 555-0100":      "+12125550100",
		"02/203.79.08":           "",
		"203 79 08":              "",
		"+0 22 734 05 58":        "",
		"+32 2 203 79 08 x12":    "",
		"+32 + 2 203 79 08":      "",
		"+1":                     "",
		"+123456789012345":       "+123456789012345",
		"+1234567890123456":      "",
		"call us":                "",
		"":                       "",
	} {
		got, ok := models.CanonicalPhone(in)
		if got != want || ok != (want != "") {
			t.Errorf("CanonicalPhone(%q) = %q, %v; want %q", in, got, ok, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOf(rapid.RuneFrom([]rune("+0123456789٣ ()-./x"))).Draw(t, "typed")
		once, ok := models.CanonicalPhone(s)
		if twice, again := models.CanonicalPhone(once); ok && (!again || twice != once) {
			t.Fatalf("%q, then %q, then %q", s, once, twice)
		}
	})
}

// TestProfile holds the facts of an organisation to their stored form.
func TestProfile(t *testing.T) {
	t.Parallel()
	section, _ := models.KindOf(models.KindSection)
	fields := section.FactsFor(models.TypeOrganisation)
	for _, tt := range []struct {
		field    string
		in, want any
		code     string
	}{
		{"phone", "+32 2 203 79 08", "+3222037908", ""},
		{"phone", "116 111", nil, "not_a_phone"},
		{"help_line", "116 111", "116111", ""},
		{"help_line", "0800 / 12 345", "080012345", ""},
		{"help_line", "+32 2 203 79 08", "+3222037908", ""},
		{"help_line", "12", nil, "not_a_help_line"},
		{"help_line", "call us", nil, "not_a_help_line"},
		{"territory", " Palestine ", "Palestine", ""},
		{"left", "2019", "2019", ""},
		{"left", "last year", nil, "not_a_year"},
		{"confirmed_on", "2026-11-25", "2026-11-25", ""},
		{"confirmed_on", "2026-11-31", nil, "not_a_date"},
		{"social", []any{"https://social.example/@be", "https://social.example/@be"}, []any{"https://social.example/@be"}, ""},
		{"social", []any{"@be"}, nil, "not_a_url"},
		{"hours", "Mo–Fr 9:00–17:00\nSa 9:00–12:00", "Mo–Fr 9:00–17:00\nSa 9:00–12:00", ""},
	} {
		v, err := models.Clean(fields, models.Values{tt.field: tt.in})
		var bad *models.InvalidError
		switch {
		case tt.code != "":
			if !errors.As(err, &bad) || bad.Fields[tt.field].Code != tt.code {
				t.Errorf("%s = %v: %v, want %s", tt.field, tt.in, err, tt.code)
			}
		case err != nil:
			t.Errorf("%s = %v: %v", tt.field, tt.in, err)
		default:
			if got, want := v.Canonical(), (models.Values{tt.field: tt.want}).Canonical(); got != want {
				t.Errorf("%s = %v: %s, want %s", tt.field, tt.in, got, want)
			}
		}
	}
}
