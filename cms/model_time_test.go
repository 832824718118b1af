package cms_test

import (
	"context"
	"errors"
	"slices"
	"time"

	"meridian/cms"
	"meridian/models"
)

// The acts of TestModel that are about time: what is to happen, and what can
// be taken back for a while.

// schedule gives an edition a moment: an hour from now to become public, two
// hours to be taken down. A sequence without tick is over before either.
func (m *model) schedule() {
	e, lang, d := m.any()
	in := cms.Schedule{
		Entry: e.id, Lang: lang, Version: m.stored(e, lang).Version, FactsVersion: m.stored(e, models.Facts).Version, Zone: "UTC",
		Act: m.draw("to", []string{models.SchedulePublish, models.SchedulePublish, models.ScheduleUnpublish}),
	}
	at := m.env.Clock.Now().Add(time.Hour)
	if in.Act == models.ScheduleUnpublish {
		at = at.Add(time.Hour)
	}
	in.Local = at.Format(models.LocalLayout)
	_, err := m.env.CMS.Schedule(context.Background(), m.env.Admin, in)
	if in.Act == models.ScheduleUnpublish {
		if !d.public && d.plan == nil {
			m.must("schedule taking down", err, models.ErrConflict)
			return
		}
		m.must("schedule taking down", err)
		d.ends = at
		return
	}
	if err != nil { // nothing new to readers, or withdrawn
		if d.gone == "" && (!d.public || d.draft != d.title || e.pending()) {
			m.t.Fatalf("schedule: %v", err)
		}
		return
	}
	d.plan = &modelPlan{at: at, title: d.draft, date: e.date}
	if e.pending() {
		e.sealed++
		d.plan.facts = e.sealed
	}
}

func (m *model) unschedule() {
	e, lang, d := m.any()
	act := m.draw("act", []string{models.SchedulePublish, models.ScheduleUnpublish})
	err := m.env.CMS.Unschedule(context.Background(), m.env.Admin, e.id, lang, m.stored(e, lang).Version, act)
	if act == models.SchedulePublish && d.plan == nil || act == models.ScheduleUnpublish && d.ends.IsZero() {
		if !errors.Is(err, models.ErrConflict) { // nothing there, or something that was refused
			m.must("unschedule what did not happen", err)
		}
		return
	}
	m.must("unschedule", err)
	if act == models.SchedulePublish {
		d.plan = nil
	} else {
		d.ends = time.Time{}
	}
}

// tick lets three hours go by, and everything scheduled happen at its moment.
func (m *model) tick() {
	until := m.env.Clock.Now().Add(3 * time.Hour)
	var moments []time.Time
	for _, e := range m.entries {
		for _, d := range e.editions {
			if d.plan != nil {
				moments = append(moments, d.plan.at)
			}
			if !d.ends.IsZero() {
				moments = append(moments, d.ends)
			}
		}
	}
	slices.SortFunc(moments, time.Time.Compare)
	for _, at := range append(moments, until) {
		m.env.Clock.Advance(at.Sub(m.env.Clock.Now()))
		if _, err := m.env.CMS.RunDue(context.Background()); err != nil {
			m.t.Fatal(err)
		}
		for _, e := range m.entries {
			for _, lang := range modelLangs {
				if d := e.editions[lang]; d != nil {
					m.due(e, lang, d, at)
				}
			}
		}
	}
}

// due does what is scheduled for an edition at a moment.
func (m *model) due(e *modelEntry, lang string, d *modelEdition, at time.Time) {
	if p := d.plan; p != nil && p.at.Equal(at) {
		d.plan = nil
		if e.trash != nil || d.gone != "" || p.facts == 0 && !e.facts {
			return // refused
		}
		if p.facts > e.liveNo && !(e.facts && p.date == e.liveDate) {
			m.sealedFactsPublic(e, p.date, p.facts)
		}
		if m.newWords(e, lang, p.title) {
			m.wordsPublic(d, p.title)
		}
	}
	if d.ends.Equal(at) {
		d.ends = time.Time{}
		if d.public && e.trash == nil {
			d.down("")
		}
	}
}

// undo takes back the last publish of an edition, and that of the facts that
// came with it: what readers had before is what they have again. Facts that
// were published by themselves later are taken back alone.
func (m *model) undo() {
	e, lang, d := m.any()
	now := m.env.Clock.Now()
	_, err := m.env.CMS.UndoPublish(context.Background(), m.env.Admin, e.id, lang, m.stored(e, lang).Version)
	recent := func(c modelChange) bool { return c.before != nil && now.Sub(c.at) <= cms.UndoWindow }
	with, others := false, false // the facts came with a language; other languages need them
	for l, o := range e.editions {
		with = with || o.public && o.last.at.Equal(e.last.at)
		others = others || o.public && l != lang
	}
	factsToo := false
	switch {
	case d.public && e.facts && recent(e.last) && !with && e.last.at.After(d.last.at):
		m.must("undo of facts", err)
		m.factsBack(e)
		return
	case !d.public || !recent(d.last):
		m.must("undo of nothing", err, models.ErrConflict)
		return
	case e.facts && recent(e.last) && e.last.at.Equal(d.last.at):
		factsToo = e.last.before.public || !d.last.before.public && !others
	}
	m.must("undo", err)
	if factsToo {
		m.factsBack(e)
	}
	before := *d.last.before
	if d.last = (modelChange{at: now}); before.public {
		d.title = before.words
	} else {
		d.down(before.gone)
	}
}

func (m *model) factsBack(e *modelEntry) {
	b := *e.last.before
	e.last = modelChange{at: m.env.Clock.Now()}
	e.facts, e.liveDate, e.liveNo = b.public, b.words, b.liveNumber
}
