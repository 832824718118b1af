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
	words := !d.public || d.draft != d.title
	if lang == e.original && words != (out.Revision != "") || words && out.Revision == "" {
		m.t.Fatalf("Publish: revision = %q, and that the words are new is %v", out.Revision, words)
	}
	if e.pending() {
		m.factsPublic(e)
	}
	if out.Revision != "" {
		m.wordsPublic(d, d.draft)
	}
}

// factsPublic makes the facts of an entry public.
func (m *model) factsPublic(e *modelEntry) {
	e.sealed++
	m.sealedFactsPublic(e, e.date, e.sealed)
}

func (m *model) sealedFactsPublic(e *modelEntry, date string, number int) {
	e.last = modelChange{m.env.Clock.Now(), &modelBefore{public: e.facts, words: e.liveDate, liveNumber: e.liveNo}}
	e.facts, e.liveDate, e.liveNo = true, date, number
}

// wordsPublic makes words of an edition public, which ends that it is to
// become so.
func (m *model) wordsPublic(d *modelEdition, title string) {
	d.last = modelChange{m.env.Clock.Now(), &modelBefore{public: d.public, words: d.title, gone: d.gone}}
	d.public, d.once, d.gone, d.title, d.plan = true, true, "", title, nil
}

// down takes an edition away from readers, which ends that it is to be taken
// down.
func (d *modelEdition) down(reason string) {
	d.public, d.title, d.gone, d.ends = false, "", reason, time.Time{}
}

func (m *model) unpublish() {
	e, lang, d := m.any()
	err := m.env.CMS.Unpublish(context.Background(), m.env.Admin, e.id, lang, m.stored(e, lang).Version)
	if !d.public {
		m.must("unpublish", err, models.ErrConflict)
		return
	}
	m.must("unpublish", err)
	d.down("")
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
	d.down(reason)
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
	m.factsPublic(e)
}
