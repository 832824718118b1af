package cms

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"meridian/models"
	"meridian/models/store"
)

// Organisation is an organisation section with its profile, as the staff of
// the network see it: the working facts where one may read them, else those
// that readers see.
type Organisation struct {
	ID, Title string
	Lang      string // the original, which a click opens
	Public    bool   // readers see it in some language
	Country   string // ISO code
	Territory string // what the country is called, "" for its usual name
	Region    string // id of the term
	Status    string
	Languages []string
	// ConfirmedOn is when somebody last said that everything is right, "" for
	// never; Old that this is more than a year ago, or never was.
	ConfirmedOn string
	Old         bool
	// Pending says that changed facts wait to be published.
	Pending              bool
	FactsVersion         int
	CanWrite, CanPublish bool
}

// OrganisationFilter selects organisations; "" selects all.
type OrganisationFilter struct{ Region, Status, Text string }

// Organisations is the staff's directory.
type Organisations struct {
	Rows    []Organisation
	Filter  OrganisationFilter
	Regions []models.Term
	// Counts of what readers are told, whatever the filter.
	Sections, Countries int
}

// confirmedFor is how long a confirmation holds.
const confirmedFor = 365 * 24 * time.Hour

// Organisations returns the organisation sections that the user may read or
// that are public, by title.
func (c *CMS) Organisations(ctx context.Context, by models.User, f OrganisationFilter) (out Organisations, err error) {
	err = c.view(ctx, func(r *store.Read) error {
		out.Filter = f
		if out.Regions, err = r.Terms(models.VocabularyRegion); err != nil {
			return err
		}
		all, err := organisations(r, by, c.store.Now())
		if err != nil {
			return err
		}
		for _, o := range all {
			text := strings.ToLower(f.Text)
			if (f.Region == "" || o.Region == f.Region) && (f.Status == "" || o.Status == f.Status) &&
				(text == "" || strings.Contains(strings.ToLower(o.Title), text)) {
				out.Rows = append(out.Rows, o)
			}
		}
		// The rows are of working facts, which readers may not be told yet.
		out.Sections, out.Countries, err = r.Counted()
		return err
	})
	return out, err
}

func organisations(r *store.Read, by models.User, now time.Time) ([]Organisation, error) {
	root, err := r.Root()
	if err != nil {
		return nil, err
	}
	all, err := r.SectionsBelow(root.Branch)
	if err != nil {
		return nil, err
	}
	var ids, own []string
	for _, e := range all {
		if e.Type == models.TypeOrganisation && e.TrashedAt == nil {
			ids = append(ids, e.ID)
			if by.Can(models.ActRead, e.Place("")) {
				own = append(own, e.ID)
			}
		}
	}
	titles, err := r.PublicTitles(ids, by.Lang)
	if err != nil {
		return nil, err
	}
	working, err := r.Titles(own, by.Lang)
	if err != nil {
		return nil, err
	}
	maps.Copy(titles, working)
	facts, err := r.FactsRows(ids)
	if err != nil {
		return nil, err
	}
	today, err := today(r, now)
	if err != nil {
		return nil, err
	}
	var out []Organisation
	for _, e := range all {
		title, seen := titles[e.ID]
		if !seen {
			continue
		}
		f := facts[e.ID]
		values := f.Live
		reads := by.Can(models.ActRead, e.Place(models.Facts))
		if reads {
			values = f.Draft
		}
		o := Organisation{
			ID: e.ID, Title: title, Lang: e.OriginalLang, Public: f.Public, Country: values.Str("country"), Territory: values.Str("territory"),
			Region: values.Str("region"), Status: values.Str("status"), Languages: values.Strs("languages"), ConfirmedOn: values.Str("confirmed_on"),
			Pending: f.Pending && reads && f.Public, FactsVersion: f.Version,
			CanWrite: by.Can(models.ActWrite, e.Place(models.Facts)), CanPublish: by.Can(models.ActPublish, e.Place(models.Facts)),
		}
		o.Old = confirmationOld(o.ConfirmedOn, today)
		out = append(out, o)
	}
	c := collate.New(language.Make(by.Lang), collate.IgnoreCase)
	slices.SortFunc(out, func(a, b Organisation) int {
		return cmp.Or(c.CompareString(a.Title, b.Title), strings.Compare(a.ID, b.ID))
	})
	return out, nil
}

// confirmationOld reports whether a confirmation no longer holds on a day.
func confirmationOld(on, today string) bool {
	then, err := time.Parse(time.DateOnly, on)
	if err != nil {
		return true
	}
	now, err := time.Parse(time.DateOnly, today)
	return err == nil && now.Sub(then) > confirmedFor
}

// unconfirmed returns the public organisations whose own staff, and not the
// administrators of everything, ought to confirm their facts.
func unconfirmed(r *store.Read, by models.User, now time.Time) ([]Organisation, error) {
	if grants, all := by.Reach(models.ActPublish); all || len(grants) == 0 {
		return nil, nil
	}
	list, err := organisations(r, by, now)
	return slices.DeleteFunc(list, func(o Organisation) bool {
		return !o.Public || !o.CanPublish || !o.Old || o.Status == "" || o.Status == models.StatusFormer
	}), err
}

// Confirm says that all facts of an organisation are still right today. Readers
// are told at once, unless other changes of the facts wait: then published is
// false, and they come with those. Errors: *StaleError; a *models.ConflictError
// for what is no organisation.
func (c *CMS) Confirm(ctx context.Context, by models.User, id string, factsVersion int) (published bool, err error) {
	err = c.tx(ctx, func(tx *store.Tx) error {
		e, d, err := edition(&tx.Read, by, models.ActPublish, id, models.Facts)
		if err != nil {
			return err
		}
		if e.Type != models.TypeOrganisation {
			return models.Conflict("not_an_organisation")
		}
		if d.Version != factsVersion {
			return stale(&tx.Read, d)
		}
		draft, err := tx.Draft(d.ID)
		if err != nil {
			return err
		}
		day, err := today(&tx.Read, tx.Now())
		if err != nil {
			return err
		}
		same, err := tx.DraftIsLive(d)
		if err != nil {
			return err
		}
		public, err := anyLive(&tx.Read, e)
		if err != nil {
			return err
		}
		published = same && public
		if draft.Fields.Str("confirmed_on") == day {
			return nil
		}
		fields := maps.Clone(draft.Fields)
		if fields == nil {
			fields = models.Values{}
		}
		fields["confirmed_on"] = day
		d, err = save(tx, by, SaveDraft{Entry: id, Lang: models.Facts, Version: d.Version, Fields: fields})
		if err != nil {
			return err
		}
		if published {
			if _, err := publish(tx, by, Publish{Entry: id, Lang: models.Facts, Version: d.Version}); err != nil {
				return err
			}
		}
		return tx.Audit(by.ID, "confirm", id, "")
	})
	return published, err
}
