package cms

import (
	"context"
	"maps"
	"slices"
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
			return addressTaken(&tx.Read, "slug", in.Lang, path, "address", s)
		}
		if err := tx.NextVersion(d); err != nil {
			return err
		}
		if e.Kind != models.KindSection {
			err = tx.SetPath(e, d, s, path, by.ID)
		} else {
			err = renameSection(tx, by, e, d, s, path)
		}
		if err != nil {
			return err
		}
		return tx.Audit(by.ID, "address", e.ID, in.Lang+" "+old+" > "+path)
	})
}

// renameSection gives a section another last segment, and with it everything
// below it in that language. Languages in which it has no edition of its own
// are named by its original, so they follow that.
func renameSection(tx *store.Tx, by models.User, e models.Entry, d models.Edition, slug, path string) error {
	changes := []store.PathChange{{Lang: d.Lang, Was: *d.Path, Now: path, Slug: slug}}
	if d.Lang == e.OriginalLang {
		langs, err := borrowed(&tx.Read, e)
		if err != nil {
			return err
		}
		for _, lang := range langs {
			was, err := tx.SectionPath(e, lang)
			if err != nil {
				return err
			}
			changes = append(changes, store.PathChange{Lang: lang, Was: was, Now: strings.TrimSuffix(was, d.Slug) + slug})
		}
	}
	for _, p := range changes {
		if _, err := tx.MoveAddresses(e, p, by.ID); err != nil {
			return err
		}
	}
	return nil
}

// borrowed returns the languages in which something is below a section that is
// named by its original there, having no edition of its own.
func borrowed(r *store.Read, e models.Entry) ([]string, error) {
	b, err := r.BranchFacts(e)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, lang := range slices.Sorted(maps.Keys(b.Langs)) {
		if _, err := r.Edition(e.ID, lang); missing(err) {
			out = append(out, lang)
		} else if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// mayMove returns ErrForbidden when a new address of a section would move what
// readers know below the old one and the user may not publish.
func mayMove(r *store.Read, by models.User, section models.Entry, lang string) error {
	b, err := r.BranchFacts(section)
	if err != nil || !b.Langs[lang] {
		return err
	}
	return may(by, models.ActPublish, section, lang)
}
