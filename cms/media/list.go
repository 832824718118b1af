package media

import (
	"context"
	"slices"
	"strings"

	"meridian/models"
	"meridian/models/store"
)

// Query says which files somebody wants to see.
type Query struct {
	Kind       models.AssetKind
	Section    string // this section and everything below it
	Collection string
	Uploader   string
	Lang       string // of a document
	// People is an answer to who is shown, or Unanswered; "" is any.
	People  string
	Consent models.ConsentState
	// NoDescription selects pictures without a description in a language.
	NoDescription string
	Unused        bool // by no text at all
	Shared        bool // only what every section may use
	Trash         bool // what is in the trash, instead of what is not
	Text          string
	After         string // List.Next of the page before
	Limit         int    // 0 is PerPage; at most MostPerPage
}

// Unanswered stands in Query.People for files of which nobody said who is shown.
const Unanswered = "unanswered"

// How many files a page of the library shows.
const (
	PerPage     = 48
	MostPerPage = 200
)

// Can is what a user may do to a file.
type Can struct {
	Write     bool // edit, describe, replace what no public page uses
	Publish   bool // replace and throw away what public pages use
	Safeguard bool
	Consent   bool // record a consent
	Withdraw  bool
	Open      bool // see the file itself at the moment
}

func canOf(by models.User, a models.Asset) Can {
	c := Can{
		Write: by.Can(models.ActWrite, a.At()), Publish: by.Can(models.ActPublish, a.At()), Safeguard: by.Can(models.ActSafeguard, a.At()),
	}
	c.Consent = c.Publish || c.Safeguard
	c.Withdraw = c.Write || c.Consent
	c.Open = a.ErasedAt == nil && (!a.Sealed() || c.Safeguard)
	return c
}

// Item is a file with what a list shows of it.
type Item struct {
	Asset   models.Asset
	Version models.AssetVersion // the one given out
	State   models.ConsentState
	// Consent is the one that counts, nil for none. Who it is about is left out
	// for those who only use the file.
	Consent *models.Consent
	// Section is the title of its section, "" where the user may not see that.
	Section  string
	Uploader string
	// Used says that some text uses it, Public that readers see one.
	Used, Public bool
	Descriptions map[string]string // by language
	// Thumb is the width of its smallest rendition, 0 for none yet.
	Thumb int
	Can   Can
}

// Person is somebody of the staff.
type Person struct{ ID, Name string }

// List is a page of the library, the newest files first.
type List struct {
	Items []Item
	Next  string // for Query.After, "" when nothing follows
	// Uploaders, Sections (in the order of the tree) and Collections are what can
	// be chosen from.
	Uploaders   []Person
	Sections    []SectionInfo
	Collections []CollectionInfo
	Site        models.Site
}

// List returns a page of the files that a user may see. A section or collection
// that is foreign, and anything that means nothing, selects nothing.
func (l *Library) List(ctx context.Context, by models.User, q Query) (out List, err error) {
	err = l.view(ctx, func(r *store.Read) error {
		if out.Site, err = r.Site(); err != nil {
			return err
		}
		grants, all := by.Reach(models.ActRead)
		people, err := r.AssetUploaders(grants, all)
		if err != nil {
			return err
		}
		for _, u := range people {
			out.Uploaders = append(out.Uploaders, Person{u.ID, u.Name})
		}
		if out.Sections, err = sectionsOf(r, by); err != nil {
			return err
		}
		if out.Collections, err = collections(r, by, ""); err != nil {
			return err
		}
		f, ok, err := filterOf(r, by, q, out.Site.Languages)
		if err != nil || !ok {
			return err
		}
		f.Now = l.store.Now()
		assets, more, err := r.FindAssets(f)
		if err != nil {
			return err
		}
		if more {
			out.Next = assets[len(assets)-1].ID
		}
		out.Items, err = l.items(r, by, assets)
		return err
	})
	return out, err
}

// Items returns those of some files that a user may see and that are not in the
// trash, by id; at most MostPerPage are asked for.
func (l *Library) Items(ctx context.Context, by models.User, ids []string) (out map[string]Item, err error) {
	if len(ids) > MostPerPage {
		return nil, models.Invalid("ids", "too_many", "max", MostPerPage)
	}
	err = l.view(ctx, func(r *store.Read) error {
		list, err := r.Assets(ids)
		if err != nil {
			return err
		}
		list = slices.DeleteFunc(list, func(a models.Asset) bool { return a.TrashedAt != nil || !sees(by, a) })
		items, err := l.items(r, by, list)
		out = make(map[string]Item, len(items))
		for _, x := range items {
			out[x.Asset.ID] = x
		}
		return err
	})
	return out, err
}

// filterOf is a query as the store takes it, within what the user may see; false
// when it selects nothing.
func filterOf(r *store.Read, by models.User, q Query, langs []string) (f store.AssetFilter, ok bool, err error) {
	f = store.AssetFilter{
		Kind: q.Kind, Uploader: q.Uploader, Lang: q.Lang, Consent: q.Consent, Undescribed: q.NoDescription, Unused: q.Unused,
		SharedOnly: q.Shared, Trash: q.Trash, After: q.After, Limit: min(max(q.Limit, 0), MostPerPage), Shared: !q.Trash,
	}
	if f.Limit == 0 {
		f.Limit = PerPage
	}
	if f.Grants, f.All = by.Reach(models.ActRead); !f.All && len(f.Grants) == 0 {
		return f, false, nil
	}
	if q.People == Unanswered {
		f.Unanswered = true
	} else {
		f.People = models.People(q.People)
	}
	if q.Section != "" {
		if !models.ValidID(q.Section) {
			return f, false, nil
		}
		e, err := r.Entry(q.Section)
		if isMissing(err) || err == nil && (e.Kind != models.KindSection || !by.Can(models.ActRead, e.Place(""))) {
			return f, false, nil
		}
		if err != nil {
			return f, false, err
		}
		f.Branch = e.Branch
	}
	if q.Collection != "" {
		c, err := collection(r, by, q.Collection)
		if isMissing(err) {
			return f, false, nil
		}
		if err != nil {
			return f, false, err
		}
		f.Collection = c.ID
	}
	if strings.TrimSpace(q.Text) != "" {
		if f.Matches = matchesOf(langs, q.Text); f.Matches == nil {
			return f, false, nil
		}
	}
	return f, true, nil
}

// items reads what lists show of assets.
func (l *Library) items(r *store.Read, by models.User, assets []models.Asset) ([]Item, error) {
	if len(assets) == 0 {
		return nil, nil
	}
	var ids, people, versions []string
	sections := map[string]models.Place{}
	for _, a := range assets {
		ids, people, versions = append(ids, a.ID), append(people, a.UploadedBy), append(versions, a.VersionID)
		sections[a.SectionID] = a.At()
	}
	current, err := r.CurrentVersions(ids)
	if err != nil {
		return nil, err
	}
	consents, err := r.NewestConsents(ids)
	if err != nil {
		return nil, err
	}
	said, err := r.AssetDescriptions(ids)
	if err != nil {
		return nil, err
	}
	used, err := r.UsedAssets(ids)
	if err != nil {
		return nil, err
	}
	renditions, err := r.Renditions(versions...)
	if err != nil {
		return nil, err
	}
	names, err := r.Names(people)
	if err != nil {
		return nil, err
	}
	titles, err := sectionTitles(r, by, sections)
	if err != nil {
		return nil, err
	}
	now := l.store.Now()
	out := make([]Item, len(assets))
	for i, a := range assets {
		x := Item{
			Asset: a, Version: current[a.ID], Uploader: names[a.UploadedBy], Used: used[a.ID].Used, Public: used[a.ID].Public,
			Descriptions: said[a.ID], Can: canOf(by, a), Section: titles[a.SectionID],
		}
		if c, ok := consents[a.ID]; ok {
			x.Consent = &c
		}
		x.State = models.ConsentStateOf(a, x.Consent, now)
		if x.Consent != nil && !x.Can.Withdraw {
			conceal(x.Consent)
		}
		if list := renditions[a.VersionID]; len(list) > 0 {
			x.Thumb = slices.MinFunc(list, func(a, b models.Rendition) int { return a.Width - b.Width }).Width
		}
		out[i] = x
	}
	return out, nil
}
