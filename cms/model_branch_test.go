package cms_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"meridian/cms"
	"meridian/models"
	"meridian/models/store"
)

// The acts of TestModel on an entry with what is below it, and on redirects.

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

// modelCopyMost keeps copies of copies from filling the model.
const modelCopyMost = 6

func (m *model) copy() {
	e := rapid.SampledFrom(m.there()).Draw(m.t, "entry")
	to := rapid.SampledFrom(append(m.sections(), nil)).Draw(m.t, "section")
	in := cms.Copy{Entry: e.id, Section: m.place, Deep: rapid.Bool().Draw(m.t, "deep")}
	if to != nil {
		in.Section = to.id
	}
	n := 0
	for _, x := range m.there() {
		if x.below(e) {
			n++
		}
	}
	in.Deep = in.Deep && n <= modelCopyMost
	out, err := m.env.CMS.Copy(context.Background(), m.env.Admin, in)
	if in.Deep && to != nil && to.below(e) {
		m.must("copy into itself", err, models.ErrConflict)
		return
	}
	m.must("copy", err)
	known := len(m.entries)
	m.adopt(out.Entry, to)
	if got, want := m.shape(m.entries[known], true), m.shape(e, in.Deep); got != want {
		m.t.Fatalf("the copy is %s, want %s", got, want)
	}
}

// adopt takes what came of a copy into the model.
func (m *model) adopt(top models.Entry, to *modelEntry) {
	byID := map[string]*modelEntry{}
	err := m.env.Store.View(context.Background(), func(r *store.Read) error {
		list, err := r.Branch(top, 1000)
		for _, x := range list {
			e := &modelEntry{id: x.ID, kind: x.Kind, original: x.OriginalLang, parent: to, editions: map[string]*modelEdition{}}
			if x.ID != top.ID {
				e.parent = byID[x.Section()]
			}
			byID[e.id] = e
			m.entries = append(m.entries, e)
			editions, err := r.Editions(e.id)
			if err != nil {
				return err
			}
			for _, d := range editions {
				draft, err := r.Draft(d.ID)
				if err != nil {
					return err
				}
				if d.Lang != models.Facts {
					e.editions[d.Lang] = &modelEdition{slug: d.Slug, draft: draft.Title}
				} else if e.kind == models.KindNews {
					e.date = fmt.Sprint(draft.Fields["date"])
				}
			}
			for _, d := range e.editions {
				if e.kind == models.KindNews {
					d.year = e.date[:4]
				}
			}
		}
		return err
	})
	if err != nil {
		m.t.Fatal(err)
	}
}

// shape is an entry in words, without addresses and ids.
func (m *model) shape(e *modelEntry, deep bool) string {
	out := []string{e.kind, e.original, e.date}
	for _, lang := range slices.Sorted(maps.Keys(e.editions)) {
		out = append(out, lang+" "+e.editions[lang].draft)
	}
	var below []string
	for _, x := range m.there() {
		if deep && x.parent == e {
			below = append(below, m.shape(x, true))
		}
	}
	slices.Sort(below)
	return fmt.Sprint(append(out, below...))
}

// branch draws what an act on a branch is about; lang is "" for all languages.
func (m *model) branch() (top *modelEntry, lang string) {
	return rapid.SampledFrom(m.there()).Draw(m.t, "branch"), m.draw("lang", append([]string{""}, modelLangs...))
}

func (m *model) publishBranch() {
	top, only := m.branch()
	plan, err := m.env.CMS.PlanPublish(context.Background(), m.env.Admin, top.id, only)
	m.must("plan to publish a branch", err)
	_, err = m.env.CMS.PublishBranch(context.Background(), m.env.Admin, top.id, only, plan.Seen)
	m.must("publish a branch", err)
	for _, e := range m.there() {
		for _, lang := range modelLangs {
			d := e.editions[lang]
			if d == nil || !e.below(top) || only != "" && lang != only || d.gone != "" {
				continue
			}
			words := m.newWords(e, lang, d.draft)
			if e.pending() {
				m.factsPublic(e)
			}
			if words {
				m.wordsPublic(d, d.draft)
			}
		}
	}
}

// newWords reports whether an act that wanted to make words public found that
// readers have others. Of a translation more than its words may be new to them,
// and only the installation knows.
func (m *model) newWords(e *modelEntry, lang, title string) bool {
	d := e.editions[lang]
	if !d.public || d.title != title {
		return true
	}
	at := m.stored(e, lang).PublishedAt
	return lang != e.original && at != nil && at.Equal(m.env.Clock.Now())
}

func (m *model) unpublishBranch() {
	top, only := m.branch()
	plan, err := m.env.CMS.PlanUnpublish(context.Background(), m.env.Admin, top.id, only)
	m.must("plan to unpublish a branch", err)
	_, err = m.env.CMS.UnpublishBranch(context.Background(), m.env.Admin, top.id, only, plan.Seen)
	m.must("unpublish a branch", err)
	for _, e := range m.there() {
		for lang, d := range e.editions {
			if e.below(top) && d.public && (only == "" || lang == only) {
				d.down("")
			}
		}
	}
}

// redirect leads an address to an edition: one that was never there, or one of
// those that were.
func (m *model) redirect() {
	e, lang, _ := m.any()
	fresh := m.prefix + "old-page"
	from := modelAddress{m.draw("from lang", modelLangs), m.draw("from", append(m.addresses(m.seen), fresh))}
	to := fmt.Sprintf("/admin/entries/%s/%s", e.id, lang)
	_, err := m.env.CMS.AddRedirect(context.Background(), m.env.Admin, cms.NewRedirect{From: "/" + from.lang + "/" + from.path, To: to, Host: "site.example"})
	_, there := m.old[from]
	for key, path := range m.paths() {
		there = there || from == modelAddress{key.lang, path}
	}
	if there {
		m.must("redirect from an address that is taken", err, models.ErrInvalid)
		return
	}
	if err != nil && from.path != fresh && errors.Is(err, models.ErrInvalid) {
		return // perhaps the address of a list of news
	}
	m.must("redirect", err)
	m.old[from], m.seen[from] = modelKey{e, lang}, true
}

func (m *model) deleteRedirect() {
	var list []modelAddress
	for a := range m.old {
		list = append(list, a)
	}
	if len(list) == 0 {
		return
	}
	slices.SortFunc(list, func(a, b modelAddress) int { return strings.Compare(a.lang+a.path, b.lang+b.path) })
	a := rapid.SampledFrom(list).Draw(m.t, "redirect")
	_, err := m.env.CMS.DeleteRedirect(context.Background(), m.env.Admin, a.lang, a.path)
	m.must("delete redirect", err)
	delete(m.old, a)
}

// addresses returns the paths of a set, each once and in order.
func (m *model) addresses(set map[modelAddress]bool) []string {
	var out []string
	for a := range set {
		out = append(out, a.path)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
