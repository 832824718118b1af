package cms

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"meridian/models"
	"meridian/models/store"
)

// ActivityFilter selects acts.
type ActivityFilter struct {
	Person  string // id of a user, or what acted without one
	Section string // this section and everything below it
	Action  string
	// From and To are dates (YYYY-MM-DD) in the time zone of the site, both
	// included; "" is open.
	From, To string
	Page     int // of sittings, from 1
}

// Activity is one page of what was done, newest first.
type Activity struct {
	Filter   ActivityFilter
	Sittings []Sitting
	More     bool // another page follows
	// People, Actions and Sections are what the user can choose from.
	People   []Actor
	Actions  []string
	Sections []SectionOption
	Site     models.Site
	// Everything says that the user sees all acts, not only those on entries.
	Everything bool
}

// Actor is who acted. Name is "" for what acts by itself: the schedule (ID ""),
// the command line, the loading of a demonstration.
type Actor struct{ ID, Name string }

// Sitting is what one person did to one thing without a long pause, newest
// first.
type Sitting struct{ Acts []Act }

// Last is the newest act of the sitting.
func (s Sitting) Last() Act { return s.Acts[0] }

// First is the oldest act of the sitting.
func (s Sitting) First() Act { return s.Acts[len(s.Acts)-1] }

// Act is one act, in parts that a screen makes a sentence of.
type Act struct {
	Seq    int64
	At     time.Time
	Who    Actor
	Action string // code
	What   ActSubject
	// Lang is the language it was about: "" for none or for all.
	Lang string
	// Details are the other parts by name (actShapes); those about what the
	// user may not see are missing.
	Details map[string]string
}

// ActSubject is what an act was done to.
type ActSubject struct {
	ID   string
	Kind string // section, page, news, user, media (a file), or "" for everything else
	Type string // of a section
	// Title is the working title of an entry, the title of a file or the name of
	// a person, "" for what is gone for good.
	Title, Lang string
	Trashed     bool
}

const (
	// ActivityPage is how many sittings a page shows.
	ActivityPage = 50
	// activityPause ends a sitting.
	activityPause = 30 * time.Minute
	// activityChunk is how many acts are read at a time; activitySitting how
	// many of them one sitting shows.
	activityChunk   = 500
	activitySitting = 200
	// ActivityExportMax is how many acts an export holds, the newest ones.
	ActivityExportMax = 20000
)

// actShapes says, by action, what the words of a detail are. A word that ends
// in "…" takes the rest; ">" stands for itself. Actions that are not listed
// have details for the trail alone.
var actShapes = map[string]string{
	"create": "kind lang", "translate": "lang", "publish": "lang", "unpublish": "lang", "withdraw": "lang reason",
	"undo_publish": "lang", "address": "lang from > to", "move": "section > section2", "copy": "entry",
	"publish-branch": "count lang", "unpublish-branch": "count lang",
	"use_version": "lang number", "name_version": "lang number",
	"schedule": "lang act moment", "unschedule": "lang act", "publish_scheduled": "lang", "unpublish_scheduled": "lang",
	"schedule_refused": "lang act", "schedule_dropped": "lang act",
	"redirect": "from > to", "redirect-delete": "from > to", "redirect-import": "count", "missing-forget": "from",
	"user-add": "name…", "sign-in": "address", "sign-in-refused": "address",
	"term-added": "vocabulary name…", "term-changed": "vocabulary name…", "term-moved": "vocabulary name…",
	"term-deleted": "vocabulary name…", "term-merged": "vocabulary name…",
	"asset-replaced": "number", "asset-version": "number", "asset-described": "lang", "asset-people": "from > to",
	"collection-added": "name…", "collection-changed": "name…", "collection-deleted": "name…",
}

// details takes the detail of an act apart.
func details(action, detail string) map[string]string {
	out := map[string]string{}
	for word := range strings.FieldsSeq(actShapes[action]) {
		detail = strings.TrimLeft(detail, " ")
		if name, rest := strings.CutSuffix(word, "…"); rest {
			out[name] = detail
			break
		}
		var value string
		value, detail, _ = strings.Cut(detail, " ")
		if word != ">" {
			out[word] = value
		}
	}
	if from, to, ok := strings.Cut(out["name"], " > "); ok && action == "term-merged" {
		out["name"], out["other"] = from, to
	}
	return out
}

// Activity returns a page of what was done: administrators see every act, all
// others those on entries, files and collections they may read. What an act says about a language the
// user has no right in is left out. A foreign section is ErrNotFound; a date or
// a page that means nothing selects nothing.
func (c *CMS) Activity(ctx context.Context, by models.User, f ActivityFilter) (out Activity, err error) {
	err = c.view(ctx, func(r *store.Read) error {
		out.Filter = f
		if out.Site, err = r.Site(); err != nil {
			return err
		}
		sf, err := actFilter(r, by, f, out.Site)
		if err != nil {
			return err
		}
		out.Everything = sf.All
		if out.Sections, err = sectionsFor(r, by, models.ActRead); err != nil {
			return err
		}
		people, actions, err := r.ActChoices(store.ActFilter{Grants: sf.Grants, All: sf.All})
		if err != nil {
			return err
		}
		out.Actions = actions
		names, err := r.Names(people)
		if err != nil {
			return err
		}
		for _, id := range people {
			out.People = append(out.People, Actor{id, names[id]})
		}
		rows, more, err := sittings(r, sf, f.Page)
		if err != nil {
			return err
		}
		out.More = more
		out.Sittings, err = describe(r, by, rows)
		return err
	})
	return out, err
}

// ExportActivity returns the newest acts of a filter, at most
// ActivityExportMax, and whether there are older ones.
func (c *CMS) ExportActivity(ctx context.Context, by models.User, f ActivityFilter) (acts []Act, more bool, err error) {
	err = c.view(ctx, func(r *store.Read) error {
		site, err := r.Site()
		if err != nil {
			return err
		}
		sf, err := actFilter(r, by, f, site)
		if err != nil {
			return err
		}
		sf.Limit = ActivityExportMax + 1
		rows, err := r.FindActs(sf)
		if err != nil {
			return err
		}
		if more = len(rows) > ActivityExportMax; more {
			rows = rows[:ActivityExportMax]
		}
		list, err := describe(r, by, [][]store.AuditRow{rows})
		if len(list) > 0 {
			acts = list[0].Acts
		}
		return err
	})
	return acts, more, err
}

// actFilter is a filter as the store takes it, within what the user may read.
func actFilter(r *store.Read, by models.User, f ActivityFilter, site models.Site) (store.ActFilter, error) {
	out := store.ActFilter{Actor: f.Person, Action: f.Action}
	out.Grants, _ = by.Reach(models.ActRead)
	out.All = by.Administrator()
	if f.Section != "" {
		e, err := entry(r, by, f.Section, "")
		if err != nil {
			return out, err
		}
		if e.Kind != models.KindSection {
			return out, models.ErrNotFound
		}
		out.Branch = e.Branch
	}
	zone, err := time.LoadLocation(site.TimeZone)
	if err != nil {
		return out, err
	}
	if d, err := time.ParseInLocation(time.DateOnly, f.From, zone); err == nil {
		out.From = d
	}
	if d, err := time.ParseInLocation(time.DateOnly, f.To, zone); err == nil {
		out.To = d.AddDate(0, 0, 1) // which knows about days of 23 and of 25 hours
	}
	return out, nil
}

// sittings returns the acts of one page, sitting by sitting, and whether
// another page follows. Acts of others in between do not end a sitting, so the
// trail is read on until the last one of the page can have no older act.
func sittings(r *store.Read, f store.ActFilter, page int) (out [][]store.AuditRow, more bool, err error) {
	type key struct{ actor, subject string }
	from := (max(page, 1) - 1) * ActivityPage
	open := map[key]int{} // the sitting, by number, that an older act would join
	oldest := map[int]time.Time{}
	n := 0
	var end time.Time // an act before it belongs to none of the page
	f.Limit = activityChunk
	for {
		rows, err := r.FindActs(f)
		if err != nil || len(rows) == 0 {
			return out, n > from+ActivityPage, err
		}
		for _, a := range rows {
			k := key{a.Actor, a.Subject}
			i, there := open[k]
			if !there || oldest[i].Sub(a.At) > activityPause {
				i = n
				n++
				open[k] = i
				if i >= from && i < from+ActivityPage {
					out = append(out, nil)
				}
			}
			oldest[i] = a.At
			if at := i - from; at >= 0 && at < len(out) && len(out[at]) < activitySitting {
				out[at] = append(out[at], a)
				end = a.At.Add(-activityPause)
			}
			if n > from+ActivityPage && a.At.Before(end) {
				return out, true, nil
			}
		}
		f.Before = rows[len(rows)-1].Seq
	}
}

// describe puts acts into the words a screen needs, without what the user may
// not see.
func describe(r *store.Read, by models.User, sittings [][]store.AuditRow) ([]Sitting, error) {
	known, err := learn(r, by, sittings)
	if err != nil {
		return nil, err
	}
	var out []Sitting
	for _, rows := range sittings {
		var s Sitting
		for _, a := range rows {
			s.Acts = append(s.Acts, known.act(by, a))
		}
		if s.Acts != nil {
			out = append(out, s)
		}
	}
	return out, nil
}

// acquaintance is what is known of the ids in acts.
type acquaintance struct {
	people  map[string]string
	entries map[string]models.Entry
	titles  map[string]string
	langs   map[string]string // of the titles
	public  map[string]string // titles readers see
	assets  map[string]models.Asset
	stones  map[string]string // kinds of what was purged
}

// learn looks up everybody and everything that acts name.
func learn(r *store.Read, by models.User, sittings [][]store.AuditRow) (k acquaintance, err error) {
	ids := map[string]bool{}
	for _, rows := range sittings {
		for _, a := range rows {
			d := details(a.Action, a.Detail)
			for _, id := range []string{a.Actor, a.Subject, d["section"], d["section2"], d["entry"]} {
				if models.ValidID(id) {
					ids[id] = true
				}
			}
		}
	}
	list := make([]string, 0, len(ids))
	for id := range ids {
		list = append(list, id)
	}
	slices.Sort(list)
	k = acquaintance{people: map[string]string{}, entries: map[string]models.Entry{}, langs: map[string]string{}, assets: map[string]models.Asset{}}
	for chunk := range slices.Chunk(list, 500) {
		names, err := r.Names(chunk)
		if err != nil {
			return k, err
		}
		for id, name := range names {
			k.people[id] = name
		}
		entries, err := r.Entries(chunk)
		if err != nil {
			return k, err
		}
		for _, e := range entries {
			k.entries[e.ID] = e
		}
		assets, err := r.Assets(chunk)
		if err != nil {
			return k, err
		}
		for _, a := range assets {
			k.assets[a.ID] = a
		}
	}
	originals, err := r.Titles(list)
	if err != nil {
		return k, err
	}
	if k.titles, err = r.Titles(list, by.Lang); err != nil {
		return k, err
	}
	if k.public, err = r.PublicTitles(list); err != nil {
		return k, err
	}
	for id, title := range k.titles {
		if k.langs[id] = k.entries[id].OriginalLang; title != originals[id] {
			k.langs[id] = by.Lang
		}
	}
	k.stones, err = r.Tombstones(list)
	return k, err
}

// may reports whether the user may see something of an entry in a language.
func (k *acquaintance) may(by models.User, id, lang string) bool {
	e, ok := k.entries[id]
	return by.Administrator() || ok && by.Can(models.ActRead, e.Place(lang))
}

// title returns what an entry is called, with the language: its working title
// where the user may read that, else the one readers see. It is "" and "" for
// what the user may not see at all.
func (k *acquaintance) title(by models.User, id string) (title, lang string) {
	switch e := k.entries[id]; {
	case !k.may(by, id, ""):
		return "", ""
	case k.may(by, id, k.langs[id]):
		return strings.TrimSpace(k.titles[id]), k.langs[id]
	default:
		return k.public[id], e.OriginalLang
	}
}

// act describes one act.
func (k *acquaintance) act(by models.User, a store.AuditRow) Act {
	out := Act{Seq: a.Seq, At: a.At, Who: Actor{a.Actor, k.people[a.Actor]}, Action: a.Action, What: ActSubject{ID: a.Subject}, Details: details(a.Action, a.Detail)}
	out.Lang = out.Details["lang"]
	delete(out.Details, "lang")
	e, isEntry := k.entries[a.Subject]
	switch name, isPerson := k.people[a.Subject]; {
	case isEntry:
		out.What.Kind, out.What.Type, out.What.Trashed = e.Kind, e.Type, e.TrashedAt != nil
		out.What.Title, out.What.Lang = k.title(by, e.ID)
	case isPerson:
		out.What.Kind, out.What.Title = "user", name
	case k.assets[a.Subject].ID != "":
		asset := k.assets[a.Subject]
		out.What.Kind, out.What.Title, out.What.Trashed = models.KindMedia, asset.Title, asset.TrashedAt != nil
	default:
		out.What.Kind = k.stones[a.Subject]
	}
	if isEntry && out.Lang != "" && !k.may(by, e.ID, out.Lang) {
		out.Details = map[string]string{}
	}
	for _, name := range []string{"section", "section2", "entry"} {
		id, ok := out.Details[name]
		if !ok {
			continue
		}
		out.Details[name], _ = k.title(by, id)
	}
	return out
}

// Count returns the detail "count" or "number" as a number, 0 when it is none.
func (a Act) Count(name string) int {
	n, _ := strconv.Atoi(a.Details[name])
	return n
}
