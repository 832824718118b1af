package cms

import (
	"context"
	"strings"

	"meridian/models"
	"meridian/models/store"
)

// SetAddress is a new last segment for the address of an edition.
type SetAddress struct {
	Entry   string
	Lang    string
	Version int
	Slug    string
}

// SetAddress changes the address of an edition at once; it is not part of any
// revision. Once readers knew the old one it stays behind as a redirect, for
// the edition and for everything below a section. Errors:
// *models.InvalidError when the address is empty, reserved or taken.
func (c *CMS) SetAddress(ctx context.Context, by models.User, in SetAddress) error {
	return c.tx(ctx, func(tx *store.Tx) error {
		e, d, err := edition(&tx.Read, by, models.ActWrite, in.Entry, in.Lang)
		if err != nil {
			return err
		}
		if d.FirstPublishedAt != nil || e.Kind == models.KindSection {
			if err := may(by, models.ActPublish, e, in.Lang); err != nil {
				return err
			}
		}
		if d.Path == nil || e.Root() {
			return models.Conflict("address_fixed")
		}
		if d.Version != in.Version {
			return stale(&tx.Read, d)
		}
		section, err := tx.Entry(e.Section())
		if err != nil {
			return err
		}
		s, ok := models.CleanSlug(in.Slug)
		if !ok {
			return models.Invalid("slug", "address_empty")
		}
		if e.Kind != models.KindNews && models.ReservedSlug(s, section.Root()) {
			return models.Invalid("slug", "address_reserved", "address", s)
		}
		old := *d.Path
		path := strings.TrimSuffix(old, d.Slug) + s
		if path == old {
			return nil
		}
		if free, err := pathFree(&tx.Read, in.Lang, path, d.ID); err != nil {
			return err
		} else if !free {
			return models.Invalid("slug", "address_taken", "address", s)
		}
		if err := tx.NextVersion(d); err != nil {
			return err
		}
		if err := tx.SetPath(e, d, s, path, by.ID); err != nil {
			return err
		}
		if e.Kind == models.KindSection {
			// Languages in which the section has no edition of its own are named
			// by its original, so they move with it.
			langs := []string{in.Lang}
			if in.Lang == e.OriginalLang {
				if langs, err = borrowed(&tx.Read, e); err != nil {
					return err
				}
			}
			for _, lang := range langs {
				was, now := old, path
				if lang != in.Lang {
					now, err = tx.SectionPath(e, lang)
					if err != nil {
						return err
					}
					was = strings.TrimSuffix(now, s) + d.Slug
				}
				if err := repath(tx, e, lang, was, now, by); err != nil {
					return err
				}
			}
		}
		return tx.Audit(by.ID, "address", e.ID, in.Lang+" "+old+" > "+path)
	})
}

// borrowed returns the languages whose addresses contain the original segment
// of a section: its original language and those it has no edition in.
func borrowed(r *store.Read, e models.Entry) ([]string, error) {
	site, err := r.Site()
	if err != nil {
		return nil, err
	}
	out := []string{e.OriginalLang}
	for _, lang := range site.Languages {
		if lang == e.OriginalLang {
			continue
		}
		if _, err := r.Edition(e.ID, lang); missing(err) {
			out = append(out, lang)
		} else if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// repath moves everything below a section, in one language, from one address
// to another.
func repath(tx *store.Tx, section models.Entry, lang, was, now string, by models.User) error {
	below, err := tx.EditionsBelow(section, lang)
	if err != nil {
		return err
	}
	for _, b := range below {
		rest, ok := strings.CutPrefix(*b.Edition.Path, was+"/")
		if !ok {
			continue
		}
		if err := tx.SetPath(b.Entry, b.Edition, b.Edition.Slug, now+"/"+rest, by.ID); err != nil {
			return err
		}
	}
	return nil
}

// mayMove returns ErrForbidden when a new address of a section would move what
// readers know below the old one and the user may not publish.
func mayMove(r *store.Read, by models.User, section models.Entry, lang, was string) error {
	if by.Can(models.ActPublish, section.Place(lang)) {
		return nil
	}
	below, err := r.EditionsBelow(section, lang)
	if err != nil {
		return err
	}
	for _, b := range below {
		if b.Edition.FirstPublishedAt != nil && strings.HasPrefix(*b.Edition.Path, was+"/") {
			return may(by, models.ActPublish, section, lang)
		}
	}
	return nil
}
