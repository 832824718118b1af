package admin

import (
	"strconv"
	"time"
)

// Number writes a small number with the digits of the interface language; all
// of them read Western digits.
func (w Words) Number(n int) string { return strconv.Itoa(n) }

// moment is a time for people: the hour when it was today, else the day as
// well, in a time zone by its IANA name.
func (h *handler) moment(w Words, t time.Time, zone string) DateTime {
	loc, err := time.LoadLocation(zone)
	if err != nil {
		loc = time.UTC
	}
	local, now := t.In(loc), h.now().In(loc)
	d := DateTime{Machine: t.UTC().Format(time.RFC3339), Text: local.Format("15:04")}
	switch {
	case local.Format(time.DateOnly) == now.Format(time.DateOnly):
	case local.Year() == now.Year():
		d.Text = w.T("date.moment", "Day", local.Day(), "Month", w.month(local.Month()), "Time", d.Text)
	default:
		d.Text = w.Day(local.Format(time.DateOnly))
	}
	return d
}

// Day writes a date (YYYY-MM-DD) as people do; anything else comes back as it
// is.
func (w Words) Day(date string) string {
	t, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return date
	}
	return w.T("date.day", "Day", t.Day(), "Month", w.month(t.Month()), "Year", t.Year())
}

func (w Words) month(m time.Month) string { return w.T("date.month_" + strconv.Itoa(int(m))) }

// DateTime is a time for people, with what machines read beside it.
type DateTime struct{ Machine, Text string }
