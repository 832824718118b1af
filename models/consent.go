package models

import (
	"slices"
	"time"
)

// Uses that a consent can be for.
const (
	UseSite    = "site"    // this installation: pages, feeds, JSON
	UseNetwork = "network" // the sites of other sections
	UsePrint   = "print"
)

// Uses lists what a consent can be for.
var Uses = []string{UseSite, UseNetwork, UsePrint}

// ConsentWarning is how long before its end a consent is shown on the desk.
const ConsentWarning = 30 * 24 * time.Hour

// KeepWithdrawn is how long the files of a withdrawn picture are kept, for the
// safeguarding officer alone, before they are deleted.
const KeepWithdrawn = 90 * 24 * time.Hour

// Consent is what allows a file that shows a person to be public: who gave it,
// for what, until when. An asset has at most one that counts, the newest;
// earlier ones are kept.
type Consent struct {
	ID      string `gorm:"primaryKey"`
	AssetID string
	// GivenBy is who consented: the person, or who answers for a child.
	GivenBy string
	// Uses are codes of Uses; Langs the languages it is limited to, empty for
	// all.
	Uses  []string `gorm:"serializer:json"`
	Langs []string `gorm:"serializer:json"`
	// Until is the last day it holds ("2006-01-02"), "" for no end. It ends at
	// EndsAt, the midnight after that day in Zone (an IANA name).
	Until  string
	Zone   string
	EndsAt *time.Time
	// Evidence is where the signed paper or the recording is kept.
	Evidence string
	// Pseudonym is the name to be printed instead of the person's own.
	Pseudonym string
	CreatedBy string
	CreatedAt time.Time
	// WithdrawnAt is when it was taken back, by WithdrawnBy, for the reason in
	// their words, which readers never see.
	WithdrawnAt *time.Time
	WithdrawnBy string
	Reason      string
}

// EndOf returns the moment at which a consent whose last day is until ends in
// a zone: the first moment of the next day there. Where clocks skip midnight
// that is the moment they go on at; where they show it twice, the earlier one.
// Errors: a *InvalidError for "until" or "zone".
func EndOf(until, zone string) (time.Time, error) {
	day, err := time.Parse(time.DateOnly, until)
	if err != nil {
		return time.Time{}, Invalid("until", "not_a_date")
	}
	m, err := ParseLocal(day.AddDate(0, 0, 1).Format(LocalLayout), zone)
	if err != nil {
		return time.Time{}, err
	}
	if m.Missing() {
		return m.After.UTC(), nil
	}
	return m.Instants[0].UTC(), nil
}

// Ended reports whether the consent has run out at a moment.
func (c Consent) Ended(now time.Time) bool { return c.EndsAt != nil && !now.Before(*c.EndsAt) }

// Ending reports whether the consent holds, and ends within ConsentWarning.
func (c Consent) Ending(now time.Time) bool {
	return c.WithdrawnAt == nil && c.EndsAt != nil && !c.Ended(now) && c.EndsAt.Sub(now) <= ConsentWarning
}

// In reports whether the consent is for a language.
func (c Consent) In(lang string) bool { return len(c.Langs) == 0 || slices.Contains(c.Langs, lang) }

// Withheld returns why readers do not get a file of a kind in which people are
// shown, at a moment; consent is the newest one, nil when there is none.
func Withheld(kind AssetKind, people People, consent *Consent, now time.Time) string {
	people = shown(kind, people)
	switch {
	case consent != nil && consent.WithdrawnAt != nil:
		// Whatever is answered afterwards about who is shown: somebody asked for
		// this file to go, and only a new consent brings it back.
		return WithheldWithdrawn
	case people == PeopleNone || people == PeopleCrowd:
		return WithheldNot
	case consent != nil && consent.Ended(now):
		// Also when the answer who is shown was taken back since.
		return WithheldEnded
	case people == PeopleUnknown:
		return WithheldPeople
	case consent == nil && people == PeopleChildren:
		return WithheldMissing
	case consent == nil:
		return WithheldNot
	case !slices.Contains(consent.Uses, UseSite):
		return WithheldUse
	}
	return WithheldNot
}

// ConsentState is what a file is to the people who look after it, as far as
// consent goes.
type ConsentState string

// The states of a file as to consent.
const (
	ConsentNotNeeded  ConsentState = "not_needed" // public may be what wants to
	ConsentUnanswered ConsentState = "unanswered" // nobody said who is shown
	ConsentMissing    ConsentState = "missing"    // a child is shown, and there is none
	ConsentValid      ConsentState = "valid"
	ConsentEnding     ConsentState = "ending" // valid, and ends within ConsentWarning
	ConsentEnded      ConsentState = "ended"
	ConsentWithdrawn  ConsentState = "withdrawn"
	ConsentOtherUse   ConsentState = "other_use" // there is one, not for the site
)

// ConsentStates lists the states in the order of screens: what asks for
// somebody to act comes first.
var ConsentStates = []ConsentState{ConsentUnanswered, ConsentMissing, ConsentEnding, ConsentEnded, ConsentWithdrawn, ConsentOtherUse, ConsentValid, ConsentNotNeeded}

// ConsentStateOf returns the state of an asset; consent is the newest one, nil
// when there is none. It looks at the clock, so it is never behind Withheld.
func ConsentStateOf(a Asset, consent *Consent, now time.Time) ConsentState {
	switch Withheld(a.Kind, a.People, consent, now) {
	case WithheldPeople:
		return ConsentUnanswered
	case WithheldMissing:
		return ConsentMissing
	case WithheldEnded:
		return ConsentEnded
	case WithheldWithdrawn:
		return ConsentWithdrawn
	case WithheldUse:
		return ConsentOtherUse
	}
	switch people := a.Shown(); {
	case consent == nil, people != PeopleAdults && people != PeopleChildren:
		return ConsentNotNeeded
	case consent.Ending(now):
		return ConsentEnding
	}
	return ConsentValid
}
