package models

import (
	"slices"
	"time"
)

// Acts of a schedule.
const (
	SchedulePublish   = "publish"
	ScheduleUnpublish = "unpublish"
)

// Schedule says that an edition is to become public, or to end being so, by
// itself at a moment.
type Schedule struct {
	EditionID string `gorm:"primaryKey"`
	// Act is SchedulePublish or ScheduleUnpublish.
	Act string `gorm:"primaryKey"`
	// At is the moment, in UTC; Local ("2026-11-29T09:00") and Zone (an IANA
	// name) are what somebody chose.
	At    time.Time
	Local string
	Zone  string
	// RevisionID is what becomes public, sealed when it was scheduled; nil for
	// taking down. FactsRevision are the facts that were pending then.
	RevisionID    *string
	FactsRevision *string
	// UserID is who scheduled it: it happens with their rights of that moment.
	UserID    string
	CreatedAt time.Time
	// RefusedAt and Refusal say when and why it did not happen: Refusal is a
	// code of the catalogue ("refusal.<code>").
	RefusedAt *time.Time
	Refusal   string
}

// Due reports whether the schedule is to be carried out at now. One that was
// refused never is.
func (s Schedule) Due(now time.Time) bool { return s.RefusedAt == nil && !now.Before(s.At) }

// LocalLayout is the form of a local date and time, as browsers send it too.
const LocalLayout = "2006-01-02T15:04"

// Moment is what a local date and time means in a time zone. Most mean one
// instant. In the night in which clocks go forward some mean none, in the one
// in which they go back some mean two.
type Moment struct {
	// Instants are the moments in time, earliest first, in the zone: one, none
	// or two.
	Instants []time.Time
	// Before is the last minute that there is before a gap and After the first
	// one behind it; they are set when there is no instant.
	Before, After time.Time
	// Gap is the local time at which clocks go forward to After.
	Gap time.Time
}

// Missing reports whether clocks never show the local time.
func (m Moment) Missing() bool { return len(m.Instants) == 0 }

// Twice reports whether clocks show the local time twice.
func (m Moment) Twice() bool { return len(m.Instants) > 1 }

// nearby is how far around a local time its instants are looked for. No clock
// is set more than a day away from UTC, and none ever jumped more than a day.
const nearby = 48 * time.Hour

// ParseLocal returns what a local time in the form of LocalLayout means in a
// zone, by its IANA name. Errors: a *InvalidError for "local" or "zone".
func ParseLocal(local, zone string) (Moment, error) {
	var m Moment
	loc, err := LoadZone(zone)
	if err != nil {
		return m, err
	}
	wall, err := time.Parse(LocalLayout, local)
	if err != nil {
		return m, Invalid("local", "not_a_moment")
	}
	// Between two changes of the clock the difference to UTC stays the same.
	// So the instants are found by asking of each such stretch whether the
	// local time falls into it.
	end := wall.Add(nearby)
	for at := wall.Add(-nearby).In(loc); ; {
		_, offset := at.Zone()
		from, to := at.ZoneBounds()
		instant := wall.Add(-time.Duration(offset) * time.Second)
		if (from.IsZero() || !instant.Before(from)) && (to.IsZero() || instant.Before(to)) {
			m.Instants = append(m.Instants, instant.In(loc))
		}
		if to.IsZero() || to.After(end) {
			break
		}
		_, next := to.Zone()
		if after := wall.Add(-time.Duration(next) * time.Second); !instant.Before(to) && after.Before(to) {
			m.Before, m.After = to.Add(-time.Minute), to
			m.Gap = to.In(time.FixedZone("", offset))
		}
		at = to
	}
	slices.SortFunc(m.Instants, time.Time.Compare)
	return m, nil
}

// LoadZone returns a time zone by its IANA name. "Local" and "" name no place
// in the world and are refused: they would mean another zone on another
// machine.
func LoadZone(name string) (*time.Location, error) {
	if name == "" || name == "Local" {
		return nil, Invalid("zone", "not_a_time_zone")
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil, Invalid("zone", "not_a_time_zone")
	}
	return loc, nil
}
