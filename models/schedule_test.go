package models_test

import (
	"errors"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the test asks about zones that a machine may not have

	"meridian/models"
)

func TestParseLocal(t *testing.T) {
	t.Parallel()
	const form = "2006-01-02T15:04Z07:00"
	for _, tt := range []struct {
		name, local, zone string
		instants          string // with offset, separated by spaces
		gap               string // before, after and the time clocks leave
	}{
		{"winter in Brussels", "2026-11-29T09:00", "Europe/Brussels", "2026-11-29T09:00+01:00", ""},
		{"summer in Brussels", "2026-07-01T09:00", "Europe/Brussels", "2026-07-01T09:00+02:00", ""},
		{"the minute before the gap", "2026-03-29T01:59", "Europe/Brussels", "2026-03-29T01:59+01:00", ""},
		{"the first minute of the gap", "2026-03-29T02:00", "Europe/Brussels", "", "2026-03-29T01:59+01:00 2026-03-29T03:00+02:00 02:00"},
		{"within the gap", "2026-03-29T02:30", "Europe/Brussels", "", "2026-03-29T01:59+01:00 2026-03-29T03:00+02:00 02:00"},
		{"the last minute of the gap", "2026-03-29T02:59", "Europe/Brussels", "", "2026-03-29T01:59+01:00 2026-03-29T03:00+02:00 02:00"},
		{"the minute after the gap", "2026-03-29T03:00", "Europe/Brussels", "2026-03-29T03:00+02:00", ""},
		{"the minute before the hour that comes twice", "2026-10-25T01:59", "Europe/Brussels", "2026-10-25T01:59+02:00", ""},
		{"the first minute that comes twice", "2026-10-25T02:00", "Europe/Brussels", "2026-10-25T02:00+02:00 2026-10-25T02:00+01:00", ""},
		{"the last minute that comes twice", "2026-10-25T02:59", "Europe/Brussels", "2026-10-25T02:59+02:00 2026-10-25T02:59+01:00", ""},
		{"the minute after the hour that comes twice", "2026-10-25T03:00", "Europe/Brussels", "2026-10-25T03:00+01:00", ""},

		{"gap in New York", "2026-03-08T02:15", "America/New_York", "", "2026-03-08T01:59-05:00 2026-03-08T03:00-04:00 02:00"},
		{"twice in New York", "2026-11-01T01:30", "America/New_York", "2026-11-01T01:30-04:00 2026-11-01T01:30-05:00", ""},
		{"after both in New York", "2026-11-01T02:00", "America/New_York", "2026-11-01T02:00-05:00", ""},

		{"the gap of half an hour of Lord Howe", "2026-10-04T02:15", "Australia/Lord_Howe", "", "2026-10-04T01:59+10:30 2026-10-04T02:30+11:00 02:00"},
		{"after the gap of Lord Howe", "2026-10-04T02:30", "Australia/Lord_Howe", "2026-10-04T02:30+11:00", ""},
		{"twice in Lord Howe", "2026-04-05T01:45", "Australia/Lord_Howe", "2026-04-05T01:45+11:00 2026-04-05T01:45+10:30", ""},
		{"once in Lord Howe, half an hour before", "2026-04-05T01:29", "Australia/Lord_Howe", "2026-04-05T01:29+11:00", ""},

		{"Casablanca goes back for Ramadan", "2026-02-15T02:30", "Africa/Casablanca", "2026-02-15T02:30+01:00 2026-02-15T02:30Z", ""},
		{"Casablanca during Ramadan", "2026-03-01T12:00", "Africa/Casablanca", "2026-03-01T12:00Z", ""},
		{"Casablanca goes forward after it", "2026-03-22T02:30", "Africa/Casablanca", "", "2026-03-22T01:59Z 2026-03-22T03:00+01:00 02:00"},

		{"Kathmandu never changes", "2026-03-29T02:30", "Asia/Kathmandu", "2026-03-29T02:30+05:45", ""},
		{"UTC never changes", "2026-03-29T02:30", "UTC", "2026-03-29T02:30Z", ""},
		{"Samoa left a whole day out", "2011-12-30T12:00", "Pacific/Apia", "", "2011-12-29T23:59-10:00 2011-12-31T00:00+14:00 00:00"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m, err := models.ParseLocal(tt.local, tt.zone)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, at := range m.Instants {
				got = append(got, at.Format(form))
				if s := at.Format(models.LocalLayout); s != tt.local {
					t.Errorf("an instant shows as %s, want %s", s, tt.local)
				}
			}
			if s := strings.Join(got, " "); s != tt.instants {
				t.Errorf("instants %q, want %q", s, tt.instants)
			}
			gap := ""
			if m.Missing() {
				gap = m.Before.Format(form) + " " + m.After.Format(form) + " " + m.Gap.Format("15:04")
			}
			if gap != tt.gap {
				t.Errorf("gap %q, want %q", gap, tt.gap)
			}
			if m.Twice() != (len(got) == 2) {
				t.Errorf("Twice = %v of %q", m.Twice(), got)
			}
		})
	}
}

// TestParseLocalAgreesWithTheClock walks through a year in quarters of an
// hour: whatever a clock shows must lead back to its instant, and what no clock
// shows must lead to none.
func TestParseLocalAgreesWithTheClock(t *testing.T) {
	t.Parallel()
	for _, zone := range []string{"Europe/Brussels", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Kathmandu"} {
		t.Run(zone, func(t *testing.T) {
			t.Parallel()
			loc, err := models.LoadZone(zone)
			if err != nil {
				t.Fatal(err)
			}
			shown := map[string][]time.Time{}
			start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
			for at := start; at.Before(start.AddDate(1, 0, 0)); at = at.Add(15 * time.Minute) {
				wall := at.In(loc).Format(models.LocalLayout)
				shown[wall] = append(shown[wall], at)
			}
			gaps, twice := 0, 0
			for wall := start.AddDate(0, 0, 2); wall.Before(start.AddDate(1, 0, -2)); wall = wall.Add(15 * time.Minute) {
				local := wall.Format(models.LocalLayout)
				m, err := models.ParseLocal(local, zone)
				if err != nil {
					t.Fatal(err)
				}
				want := shown[local]
				if len(m.Instants) != len(want) {
					t.Fatalf("%s has %d instants, clocks show it %d times", local, len(m.Instants), len(want))
				}
				for i, at := range m.Instants {
					if !at.Equal(want[i]) {
						t.Fatalf("%s is %v, want %v", local, at, want[i])
					}
				}
				switch {
				case m.Missing():
					gaps++
					if !m.Before.Before(m.After) || m.After.Sub(m.Before) != time.Minute {
						t.Fatalf("%s lies between %v and %v", local, m.Before, m.After)
					}
				case m.Twice():
					twice++
				}
			}
			if still := zone == "Asia/Kathmandu"; (gaps == 0) != still || (twice == 0) != still {
				t.Errorf("found %d quarters that are missing and %d that come twice", gaps, twice)
			}
		})
	}
}

func TestParseLocalRefuses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, local, zone, field string }{
		{"nothing", "", "Europe/Brussels", "local"},
		{"a date alone", "2026-03-29", "Europe/Brussels", "local"},
		{"a day that is not", "2026-02-29T10:00", "Europe/Brussels", "local"},
		{"an hour that is not", "2026-02-28T24:00", "Europe/Brussels", "local"},
		{"an instant", "2026-02-28T10:00Z", "Europe/Brussels", "local"},
		{"no zone", "2026-02-28T10:00", "", "zone"},
		{"the zone of a machine", "2026-02-28T10:00", "Local", "zone"},
		{"a zone that is not", "2026-02-28T10:00", "Europe/Atlantis", "zone"},
		{"a path", "2026-02-28T10:00", "../../etc/passwd", "zone"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := models.ParseLocal(tt.local, tt.zone)
			var invalid *models.InvalidError
			if !errors.As(err, &invalid) {
				t.Fatalf("ParseLocal = %v", err)
			}
			if _, there := invalid.Fields[tt.field]; !there {
				t.Errorf("ParseLocal = %v, want a problem with %s", err, tt.field)
			}
		})
	}
}

func TestDue(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 29, 8, 0, 0, 0, time.UTC)
	s := models.Schedule{At: at}
	for _, tt := range []struct {
		now  time.Time
		want bool
	}{{at.Add(-time.Nanosecond), false}, {at, true}, {at.Add(time.Hour), true}} {
		if got := s.Due(tt.now); got != tt.want {
			t.Errorf("due at %v = %v", tt.now, got)
		}
	}
	s.RefusedAt = &at
	if s.Due(at.Add(time.Hour)) {
		t.Error("what was refused is due")
	}
}
