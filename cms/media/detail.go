package media

import (
	"context"
	"strings"
	"time"

	"meridian/models"
	"meridian/models/store"
)

// TrashFor is how long a file stays in the trash before it is deleted.
const TrashFor = 30 * 24 * time.Hour

// Detail is a file with all that is known of it.
type Detail struct {
	Item
	Versions []VersionInfo // the newest first
	Consents []ConsentInfo // the newest first
	Uses     []Use
	Hidden   int // uses that the user may not see
	// Collections hold it; those of sections the user may not see are left out.
	Collections []CollectionInfo
	Words       int // in the text of a document that can be searched
	Site        models.Site
	Now         time.Time
	// Days is how many days are left in the trash, at least 0; of a withdrawn
	// file, until it is deleted.
	Days int
}

// VersionInfo is a version with who sent it.
type VersionInfo struct {
	models.AssetVersion
	By         string
	Current    bool
	Renditions []models.Rendition
}

// ConsentInfo is a consent with who wrote it down and who took it back.
type ConsentInfo struct {
	models.Consent
	By, WithdrawnByName string
}

// Asset returns a file, in the trash or not. What a consent says of people is
// for those who may write there or safeguard; others get its dates alone.
func (l *Library) Asset(ctx context.Context, by models.User, id string) (out Detail, err error) {
	err = l.view(ctx, func(r *store.Read) error {
		a, err := known(r, by, id)
		if err != nil {
			return err
		}
		items, err := l.items(r, by, []models.Asset{a})
		if err != nil {
			return err
		}
		out = Detail{Item: items[0], Now: l.store.Now()}
		if out.Site, err = r.Site(); err != nil {
			return err
		}
		if out.Uses, out.Hidden, err = usesOf(r, by, id); err != nil {
			return err
		}
		if out.Collections, err = collections(r, by, id); err != nil {
			return err
		}
		text, err := r.AssetText(a.VersionID)
		if err != nil {
			return err
		}
		out.Words = len(strings.Fields(text))
		if err := out.histories(r, a); err != nil {
			return err
		}
		for i := range out.Consents {
			if !out.Can.Withdraw {
				conceal(&out.Consents[i].Consent)
			}
		}
		switch {
		case a.TrashedAt != nil:
			out.Days = daysUntil(out.Now, a.TrashedAt.Add(TrashFor))
		case out.State == models.ConsentWithdrawn && out.Consent != nil:
			out.Days = daysUntil(out.Now, out.Consent.WithdrawnAt.Add(models.KeepWithdrawn))
		}
		return nil
	})
	return out, err
}

// histories reads the versions and the consents.
func (d *Detail) histories(r *store.Read, a models.Asset) error {
	versions, err := r.AssetVersions(a.ID)
	if err != nil {
		return err
	}
	consents, err := r.Consents(a.ID)
	if err != nil {
		return err
	}
	var people, ids []string
	for _, v := range versions {
		people, ids = append(people, v.UploadedBy), append(ids, v.ID)
	}
	for _, c := range consents {
		people = append(people, c.CreatedBy, c.WithdrawnBy)
	}
	names, err := r.Names(people)
	if err != nil {
		return err
	}
	renditions, err := r.Renditions(ids...)
	if err != nil {
		return err
	}
	for _, v := range versions {
		d.Versions = append(d.Versions, VersionInfo{v, names[v.UploadedBy], v.ID == a.VersionID, renditions[v.ID]})
	}
	for _, c := range consents {
		d.Consents = append(d.Consents, ConsentInfo{c, names[c.CreatedBy], names[c.WithdrawnBy]})
	}
	return nil
}

// conceal takes out of a consent who somebody is, for those who only use a file.
func conceal(c *models.Consent) { c.GivenBy, c.Evidence, c.Pseudonym, c.Reason = "", "", "", "" }

func daysUntil(now, end time.Time) int {
	const day = 24 * time.Hour
	return max(0, int((end.Sub(now)+day-1)/day))
}
