package models_test

import (
	"errors"
	"testing"
	"time"

	"meridian/models"
)

// TestWithheld is the table of who is shown against what is on record.
func TestWithheld(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	before, after := now.Add(-time.Second), now.Add(time.Second)
	site := []string{models.UseSite}
	consents := map[string]*models.Consent{
		"none": nil, "valid": {Uses: site}, "until later": {Uses: site, EndsAt: &after}, "until now": {Uses: site, EndsAt: &now}, "until before": {Uses: site, EndsAt: &before},
		"print": {Uses: []string{models.UsePrint}}, "withdrawn": {Uses: site, WithdrawnAt: &before}, "withdrawn and ended": {Uses: site, EndsAt: &before, WithdrawnAt: &before},
	}
	type row struct{ unknown, none, adults, children, crowd string }
	const not, people, missing, ended, withdrawn, use = models.WithheldNot, models.WithheldPeople, models.WithheldMissing, models.WithheldEnded, models.WithheldWithdrawn, models.WithheldUse
	want := map[string]row{
		"none":                {people, not, not, missing, not},
		"valid":               {people, not, not, not, not},
		"until later":         {people, not, not, not, not},
		"until now":           {ended, not, ended, ended, not},
		"until before":        {ended, not, ended, ended, not},
		"print":               {people, not, use, use, not},
		"withdrawn":           {withdrawn, withdrawn, withdrawn, withdrawn, withdrawn},
		"withdrawn and ended": {withdrawn, withdrawn, withdrawn, withdrawn, withdrawn},
	}
	for name, c := range consents {
		w := want[name]
		for p, why := range map[models.People]string{
			models.PeopleUnknown: w.unknown, models.PeopleNone: w.none, models.PeopleAdults: w.adults, models.PeopleChildren: w.children, models.PeopleCrowd: w.crowd,
		} {
			for _, kind := range models.AssetKinds {
				// Who is in a report or a recording need not be answered.
				want := why
				if p == models.PeopleUnknown && !kind.Shows() {
					want = w.none
				}
				if got := models.Withheld(kind, p, c, now); got != want {
					t.Errorf("%s, people %q, consent %s: withheld %q, want %q", kind, p, name, got, want)
				}
				// The state says the same, in words for staff.
				a := models.Asset{Kind: kind, People: p}
				state := models.ConsentStateOf(a, c, now)
				open := state == models.ConsentNotNeeded || state == models.ConsentValid || state == models.ConsentEnding
				if open != (want == not) {
					t.Errorf("%s, people %q, consent %s: state %q, withheld %q", kind, p, name, state, want)
				}
			}
		}
	}
}

func TestConsentState(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	in := func(d time.Duration) *models.Consent {
		at := now.Add(d)
		return &models.Consent{Uses: []string{models.UseSite}, EndsAt: &at}
	}
	child := models.Asset{Kind: models.AssetImage, People: models.PeopleChildren}
	for _, tt := range []struct {
		a    models.Asset
		c    *models.Consent
		want models.ConsentState
	}{
		{child, nil, models.ConsentMissing},
		{child, in(models.ConsentWarning + time.Second), models.ConsentValid},
		{child, in(models.ConsentWarning), models.ConsentEnding},
		{child, in(time.Nanosecond), models.ConsentEnding},
		{child, in(0), models.ConsentEnded},
		{models.Asset{Kind: models.AssetImage}, nil, models.ConsentUnanswered},
		{models.Asset{Kind: models.AssetDocument}, nil, models.ConsentNotNeeded},
		{models.Asset{Kind: models.AssetImage, People: models.PeopleAdults}, nil, models.ConsentNotNeeded},
		{models.Asset{Kind: models.AssetImage, People: models.PeopleNone}, in(0), models.ConsentNotNeeded},
		{child, &models.Consent{Uses: []string{models.UsePrint}}, models.ConsentOtherUse},
		{child, &models.Consent{Uses: []string{models.UseSite}, WithdrawnAt: &now}, models.ConsentWithdrawn},
	} {
		if got := models.ConsentStateOf(tt.a, tt.c, now); got != tt.want {
			t.Errorf("%+v with %+v = %s, want %s", tt.a, tt.c, got, tt.want)
		}
	}
}

// TestEndOf has nights without midnight, nights with two, and a day that a whole
// country left out.
func TestEndOf(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ until, zone, want string }{
		{"2026-11-25", "UTC", "2026-11-26T00:00:00Z"},
		{"2026-11-25", "Europe/Brussels", "2026-11-25T23:00:00Z"},
		{"2026-03-28", "Europe/Brussels", "2026-03-28T23:00:00Z"}, // clocks change two hours later
		{"2026-03-29", "Europe/Brussels", "2026-03-29T22:00:00Z"}, // a day of 23 hours
		{"2026-12-31", "Asia/Kolkata", "2026-12-31T18:30:00Z"},
		{"2028-02-28", "UTC", "2028-02-29T00:00:00Z"},
		{"2018-11-03", "America/Sao_Paulo", "2018-11-04T03:00:00Z"}, // 00:00 became 01:00
		{"2018-02-17", "America/Sao_Paulo", "2018-02-18T03:00:00Z"}, // 00:00 became 23:00 of the day before
		{"2026-10-31", "America/Havana", "2026-11-01T04:00:00Z"},    // 01:00 became 00:00: two midnights
		{"2019-09-07", "America/Santiago", "2019-09-08T04:00:00Z"},  // 00:00 became 01:00
		{"2021-03-26", "Asia/Beirut", "2021-03-26T22:00:00Z"},
		{"2021-03-27", "Asia/Beirut", "2021-03-27T22:00:00Z"},  // 00:00 became 01:00
		{"2011-12-29", "Pacific/Apia", "2011-12-30T10:00:00Z"}, // the 30th was left out
		{"2026-04-05", "Australia/Lord_Howe", "2026-04-05T13:30:00Z"},
	} {
		got, err := models.EndOf(tt.until, tt.zone)
		if err != nil || got.Format(time.RFC3339) != tt.want || got.Location() != time.UTC {
			t.Errorf("%s in %s ends %s, %v; want %s", tt.until, tt.zone, got.Format(time.RFC3339), err, tt.want)
		}
		// It is never early: a nanosecond before, clocks there show the last day
		// or an hour of the day before.
		loc, err := time.LoadLocation(tt.zone)
		if err != nil {
			t.Fatal(err)
		}
		if day := got.Add(-1).In(loc).Format(time.DateOnly); day > tt.until {
			t.Errorf("%s in %s: clocks show %s before the end", tt.until, tt.zone, day)
		}
	}
	var bad *models.InvalidError
	for _, tt := range []struct{ until, zone, field string }{{"2026-02-30", "UTC", "until"}, {"soon", "UTC", "until"}, {"2026-02-03", "", "zone"}, {"2026-02-03", "Mars/Olympus", "zone"}} {
		if _, err := models.EndOf(tt.until, tt.zone); !errors.As(err, &bad) || bad.Fields[tt.field].Code == "" {
			t.Errorf("EndOf(%q, %q) = %v", tt.until, tt.zone, err)
		}
	}
}

func TestSealedAndFree(t *testing.T) {
	t.Parallel()
	for withheld, sealed := range map[string]bool{
		models.WithheldNot: false, models.WithheldPeople: false, models.WithheldMissing: false, models.WithheldUse: false, models.WithheldEnded: true, models.WithheldWithdrawn: true,
	} {
		if got := (models.Asset{Withheld: withheld}).Sealed(); got != sealed {
			t.Errorf("withheld %q is sealed: %v", withheld, got)
		}
	}
	for _, tt := range []struct {
		kind   models.AssetKind
		people models.People
		free   bool
	}{
		{models.AssetImage, models.PeopleNone, true}, {models.AssetImage, models.PeopleUnknown, false}, {models.AssetImage, models.PeopleCrowd, false},
		{models.AssetDocument, models.PeopleUnknown, true}, {models.AssetDocument, models.PeopleChildren, false}, {models.AssetVideo, models.PeopleUnknown, false},
	} {
		if got := (models.Asset{Kind: tt.kind, People: tt.people}).Free(); got != tt.free {
			t.Errorf("%s of %q is free: %v", tt.kind, tt.people, got)
		}
	}
}
