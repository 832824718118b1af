package cms_test

import (
	"context"
	"errors"
	"slices"
	"time"

	"pgregory.net/rapid"

	"meridian/cms"
	"meridian/models"
	"meridian/models/store"
)

// The acts of TestModel: each draws what to do, does it to the installation
// and says in the model what must be so afterwards.

func (m *model) draw(name string, from []string) string {
	return rapid.SampledFrom(from).Draw(m.t, name)
}

// there returns the entries outside the trash: the first one always is.
func (m *model) there() []*modelEntry {
	return slices.DeleteFunc(slices.Clone(m.entries), func(e *modelEntry) bool { return e.trash != nil })
}

// any draws an edition.
func (m *model) any() (*modelEntry, string, *modelEdition) {
	e := rapid.SampledFrom(m.there()).Draw(m.t, "entry")
	var langs []string
	for _, l := range modelLangs {
		if e.editions[l] != nil {
			langs = append(langs, l)
		}
	}
	lang := m.draw("lang", langs)
	return e, lang, e.editions[lang]
}

// stored returns an edition as it is in the database.
func (m *model) stored(e *modelEntry, lang string) models.Edition {
	var d models.Edition
	err := m.env.Store.View(context.Background(), func(r *store.Read) (err error) {
		d, err = r.Edition(e.id, lang)
		return err
	})
	if err != nil {
		m.t.Fatal(err)
	}
	return d
}

func (m *model) must(what string, err error, want ...error) bool {
	for _, w := range want {
		if errors.Is(err, w) {
			return false
		}
	}
	if err != nil || len(want) == 1 && want[0] != nil {
		m.t.Fatalf("%s = %v, want %v", what, err, want)
	}
	return true
}

func (m *model) create() {
	parent := rapid.SampledFrom(m.sections()).Draw(m.t, "section")
	kind := m.draw("kind", []string{models.KindPage, models.KindSection, models.KindPage, models.KindNews})
	m.add(parent, kind, m.draw("lang", []string{"en", "en", "fr"}), m.draw("title", modelTitles))
}

func (m *model) sections() []*modelEntry {
	return slices.DeleteFunc(m.there(), func(e *modelEntry) bool { return e.kind != models.KindSection })
}

func (m *model) add(parent *modelEntry, kind, lang, title string) {
	e := &modelEntry{kind: kind, original: lang, parent: parent, editions: map[string]*modelEdition{}}
	in := cms.NewEntry{Kind: kind, Section: m.place, Lang: lang, Title: title}
	if parent != nil {
		in.Section = parent.id
	}
	switch kind {
	case models.KindSection:
		in.Type = models.TypeArea
	case models.KindNews:
		e.date = m.draw("date", modelDates)
		in.Facts = models.Values{"date": e.date}
	}
	entry, d, err := m.env.CMS.Create(context.Background(), m.env.Admin, in)
	m.must("create", err)
	e.id = entry.ID
	e.editions[lang] = &modelEdition{slug: d.Slug, draft: title}
	if kind == models.KindNews {
		e.editions[lang].year = e.date[:4]
	}
	m.entries = append(m.entries, e)
}

func (m *model) translate() {
	e := rapid.SampledFrom(m.there()).Draw(m.t, "entry")
	lang, title := m.draw("lang", modelLangs), m.draw("title", modelTitles)
	d, err := m.env.CMS.Translate(context.Background(), m.env.Admin, cms.NewEdition{Entry: e.id, Lang: lang, Title: title, Copy: true})
	if e.editions[lang] != nil {
		m.must("translate again", err, models.ErrConflict)
		return
	}
	// What is below a section may stand in the way of what moves.
	if err != nil && e.kind == models.KindSection && errors.Is(err, models.ErrConflict) {
		return
	}
	m.must("translate", err)
	e.editions[lang] = &modelEdition{slug: d.Slug, draft: title}
	if e.kind == models.KindNews {
		e.editions[lang].year = e.date[:4]
	}
}

func (m *model) save() {
	e, lang, d := m.any()
	title := m.draw("title", modelTitles)
	got, err := m.env.CMS.Save(context.Background(), m.env.Admin, cms.SaveDraft{Entry: e.id, Lang: lang, Version: m.stored(e, lang).Version, Title: title})
	m.must("save", err)
	d.draft = title
	if got.Slug != d.slug && (d.once || e.kind == models.KindSection) {
		m.t.Fatalf("an address followed the title: %s, %s", d.slug, got.Slug)
	}
	d.slug = got.Slug
}

func (e *modelEntry) pending() bool { return !e.facts || e.date != e.liveDate }

func (m *model) publish() {
	e, lang, _ := m.any()
	m.publishEdition(e, lang)
}

func (m *model) publishEdition(e *modelEntry, lang string) {
	d := e.editions[lang]
	out, err := m.env.CMS.Publish(context.Background(), m.env.Admin, cms.Publish{
		Entry: e.id, Lang: lang, Version: m.stored(e, lang).Version, FactsVersion: m.stored(e, models.Facts).Version,
	})
	if d.public && d.draft == d.title && !e.pending() {
		// Of a translation more than its words may be new to readers.
		if lang == e.original || err != nil {
			m.must("publish what is public", err, models.ErrConflict)
			return
		}
	}
	m.must("publish", err)
	if out.Facts != e.pending() {
		m.t.Fatalf("Publish: facts = %v, want %v", out.Facts, e.pending())
	}
	d.public, d.once, d.gone, d.title, d.plan = true, true, "", d.draft, nil
	if e.pending() {
		e.sealed++
		e.liveNo = e.sealed
	}
	e.facts, e.liveDate = true, e.date
}

func (m *model) unpublish() {
	e, lang, d := m.any()
	err := m.env.CMS.Unpublish(context.Background(), m.env.Admin, e.id, lang, m.stored(e, lang).Version)
	if !d.public {
		m.must("unpublish", err, models.ErrConflict)
		return
	}
	m.must("unpublish", err)
	d.public, d.title, d.ends = false, "", false
}

func (m *model) withdraw() {
	e, lang, d := m.any()
	reason := m.draw("reason", models.WithdrawReasons)
	err := m.env.CMS.Withdraw(context.Background(), m.env.Admin, e.id, lang, m.stored(e, lang).Version, reason)
	if !d.once {
		m.must("withdraw", err, models.ErrConflict)
		return
	}
	m.must("withdraw", err)
	d.public, d.title, d.gone, d.ends = false, "", reason, false
}

func (m *model) rename() {
	e, lang, d := m.any()
	slug := m.draw("slug", modelSlugs)
	err := m.env.CMS.SetAddress(context.Background(), m.env.Admin, cms.SetAddress{Entry: e.id, Lang: lang, Version: m.stored(e, lang).Version, Slug: slug})
	if m.must("rename", err, models.ErrInvalid, models.ErrConflict) {
		d.slug = slug
	}
}

func (m *model) saveFacts() {
	e, _, _ := m.any()
	fields := models.Values{}
	if e.kind == models.KindNews {
		e.date = m.draw("date", modelDates)
		fields["date"] = e.date
	}
	_, err := m.env.CMS.Save(context.Background(), m.env.Admin, cms.SaveDraft{Entry: e.id, Lang: models.Facts, Version: m.stored(e, models.Facts).Version, Fields: fields})
	m.must("save facts", err)
	for lang, d := range e.editions {
		if e.kind == models.KindNews && !d.once {
			d.year, d.slug = e.date[:4], m.stored(e, lang).Slug
		}
	}
}

func (m *model) publishFacts() {
	e, _, _ := m.any()
	someone := false
	for _, d := range e.editions {
		someone = someone || d.public
	}
	_, err := m.env.CMS.Publish(context.Background(), m.env.Admin, cms.Publish{Entry: e.id, Lang: models.Facts, Version: m.stored(e, models.Facts).Version})
	if !someone || !e.pending() {
		m.must("publish facts", err, models.ErrConflict)
		return
	}
	m.must("publish facts", err)
	e.sealed++
	e.liveNo, e.liveDate = e.sealed, e.date
}

// below reports whether e is top or somewhere below it.
func (e *modelEntry) below(top *modelEntry) bool {
	for ; e != nil; e = e.parent {
		if e == top {
			return true
		}
	}
	return false
}

// entry returns an entry as it is in the database.
func (m *model) entry(e *modelEntry) models.Entry {
	var out models.Entry
	err := m.env.Store.View(context.Background(), func(r *store.Read) (err error) {
		out, err = r.Entry(e.id)
		return err
	})
	if err != nil {
		m.t.Fatal(err)
	}
	return out
}

func (m *model) move() {
	e := rapid.SampledFrom(m.there()).Draw(m.t, "entry")
	to := rapid.SampledFrom(append(m.sections(), nil)).Draw(m.t, "section")
	in := cms.Move{Entry: e.id, Version: m.entry(e).Version, Section: m.place, Rename: rapid.Bool().Draw(m.t, "rename")}
	if to != nil {
		in.Section = to.id
	}
	if e == m.entries[0] { // it has to stay where the others are found
		in.Section, to = m.place, nil
	}
	_, err := m.env.CMS.Move(context.Background(), m.env.Admin, in)
	if to != nil && to.below(e) {
		m.must("move below itself", err, models.ErrConflict)
		return
	}
	if err != nil && (!in.Rename && errors.Is(err, models.ErrInvalid) || e.kind == models.KindSection && errors.Is(err, models.ErrConflict)) {
		return // its address, or one below it, is taken there
	}
	m.must("move", err)
	e.parent = to
	for lang, d := range e.editions {
		slug := m.stored(e, lang).Slug
		if slug != d.slug && !in.Rename {
			m.t.Fatalf("moved without renaming, %s became %s", d.slug, slug)
		}
		d.slug = slug
	}
}

func (m *model) turn() {
	e := rapid.SampledFrom(m.there()).Draw(m.t, "entry")
	err := m.env.CMS.TurnIntoSection(context.Background(), m.env.Admin, e.id, m.entry(e).Version)
	if e.kind != models.KindPage {
		m.must("turn a "+e.kind, err, models.ErrConflict)
		return
	}
	m.must("turn", err)
	e.kind = models.KindSection
}

func (m *model) trash() {
	list := m.there()[1:]
	if len(list) == 0 {
		return
	}
	top := rapid.SampledFrom(list).Draw(m.t, "entry")
	_, err := m.env.CMS.Trash(context.Background(), m.env.Admin, top.id, m.entry(top).Version)
	m.must("trash", err)
	for _, e := range list {
		if e.below(top) {
			e.trash = top
		}
	}
}

// thrown draws something that was thrown away by itself; nil when nothing was.
func (m *model) thrown() *modelEntry {
	list := slices.DeleteFunc(slices.Clone(m.entries), func(e *modelEntry) bool { return e.trash != e })
	if len(list) == 0 {
		return nil
	}
	return rapid.SampledFrom(list).Draw(m.t, "thrown away")
}

func (m *model) restore() {
	top := m.thrown()
	if top == nil {
		return
	}
	_, err := m.env.CMS.Restore(context.Background(), m.env.Admin, top.id, m.entry(top).Version)
	if top.parent != nil && top.parent.trash != nil {
		m.must("restore into the trash", err, models.ErrConflict)
		return
	}
	m.must("restore", err)
	for _, e := range m.entries {
		if e.trash == top {
			e.trash = nil
		}
	}
}

func (m *model) purge() {
	top := m.thrown()
	if top == nil {
		return
	}
	m.must("purge", m.env.CMS.Purge(context.Background(), m.env.Admin, top.id, m.entry(top).Version))
	bury := func(a modelAddress, k modelKey) {
		d := k.entry.editions[k.lang]
		if d.once && (m.tombs[a] == "" || d.gone > m.tombs[a]) {
			m.tombs[a] = d.gone
		}
	}
	for _, e := range m.entries {
		if e.below(top) {
			for lang := range e.editions {
				bury(modelAddress{lang, m.path(e, lang)}, modelKey{e, lang})
			}
		}
	}
	for a, k := range m.old {
		if k.entry.below(top) {
			bury(a, k)
			delete(m.old, a)
		}
	}
	m.entries = slices.DeleteFunc(m.entries, func(e *modelEntry) bool { return e.below(top) })
}

// schedule gives an edition a moment: an hour from now to become public, two
// hours to be taken down. Time stands still until tick.
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
		if err != nil && (d.public || !errors.Is(err, models.ErrConflict)) {
			m.t.Fatalf("schedule taking down: %v", err)
		}
		d.ends = err == nil
		return
	}
	if err != nil { // nothing new to readers, or withdrawn
		if d.gone == "" && (!d.public || d.draft != d.title || e.pending()) {
			m.t.Fatalf("schedule: %v", err)
		}
		return
	}
	d.plan = &modelPlan{title: d.draft, date: e.date}
	if e.pending() {
		e.sealed++
		d.plan.facts = e.sealed
	}
}

// tick lets three hours go by and everything scheduled happen.
func (m *model) tick() {
	m.env.Clock.Advance(3 * time.Hour)
	if _, err := m.env.CMS.RunDue(context.Background()); err != nil {
		m.t.Fatal(err)
	}
	for _, e := range m.entries {
		for _, lang := range modelLangs {
			d := e.editions[lang]
			if d == nil || d.plan == nil {
				continue
			}
			p := d.plan
			d.plan = nil
			if e.trash != nil || d.gone != "" || p.facts == 0 && !e.facts {
				continue // refused
			}
			if p.facts > e.liveNo && !(e.facts && p.date == e.liveDate) {
				e.facts, e.liveDate, e.liveNo = true, p.date, p.facts
			}
			d.public, d.once, d.title = true, true, p.title
		}
	}
	for _, e := range m.entries {
		for _, d := range e.editions {
			if d.ends && d.public && e.trash == nil {
				d.public, d.title = false, ""
			}
			d.ends = false
		}
	}
}
