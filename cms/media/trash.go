package media

import (
	"cmp"
	"context"
	"strings"

	"meridian/models"
	"meridian/models/store"
)

// Trash asks for a file to be thrown away.
type Trash struct {
	ID      string
	Version int
	// Typed is its title as TitleOf says it, typed by hand: that is asked for
	// while public pages use it.
	Typed string
}

// Trash throws a file away; readers do not get it any more. While public pages
// use it that takes the right to publish, and its title typed. Errors:
// *InUseError, models.ErrStale.
func (l *Library) Trash(ctx context.Context, by models.User, in Trash) (out models.Asset, err error) {
	err = l.tx(ctx, func(tx *store.Tx) error {
		a, err := forReplace(&tx.Read, by, in.ID, in.Version)
		if err != nil {
			return err
		}
		uses, hidden, err := usesOf(&tx.Read, by, a.ID)
		if err != nil {
			return err
		}
		public, err := inPublicUse(&tx.Read, a.ID)
		if err != nil {
			return err
		}
		if public {
			v, err := tx.AssetVersion(a.VersionID)
			if err != nil {
				return err
			}
			if title := TitleOf(a, v); !sameTitle(in.Typed, title) {
				return &InUseError{title, uses, hidden}
			}
		}
		now, at := a, tx.Now()
		now.TrashedAt = &at
		if err := tx.PutAsset(a, now, by.ID); err != nil {
			return err
		}
		if out, err = tx.Asset(a.ID); err != nil {
			return err
		}
		return tx.Audit(by.ID, "asset-trashed", a.ID, "")
	})
	return out, err
}

// TitleOf is what an asset is called on screens: its title, or where it has none
// the name of a version of it.
func TitleOf(a models.Asset, v models.AssetVersion) string {
	return cmp.Or(strings.TrimSpace(a.Title), v.Name, a.ID)
}

// sameTitle reports whether somebody typed a title, however large its letters
// and wide the spaces between its words.
func sameTitle(typed, title string) bool {
	fold := func(s string) string { return strings.Join(strings.Fields(s), " ") }
	return strings.EqualFold(fold(typed), fold(title))
}

// trashed returns a file in the trash at a version.
func trashed(r *store.Read, by models.User, act models.Act, id string, version int) (models.Asset, error) {
	a, err := known(r, by, id)
	if err != nil {
		return a, err
	}
	if a.TrashedAt == nil {
		return a, models.ErrNotFound
	}
	if err := may(by, a, act); err != nil {
		return a, err
	}
	if a.Version != version {
		return a, models.ErrStale
	}
	return a, nil
}

// Restore takes a file out of the trash. Pages that use it show it again, as far
// as a consent lets them. Errors: models.ErrStale.
func (l *Library) Restore(ctx context.Context, by models.User, id string, version int) (out models.Asset, err error) {
	err = l.tx(ctx, func(tx *store.Tx) error {
		a, err := trashed(&tx.Read, by, models.ActWrite, id, version)
		if err != nil {
			return err
		}
		if public, err := inPublicUse(&tx.Read, a.ID); err != nil {
			return err
		} else if public {
			if err := may(by, a, models.ActPublish); err != nil {
				return err
			}
		}
		c, err := newest(&tx.Read, a)
		if err != nil {
			return err
		}
		now := a
		now.TrashedAt, now.Withheld = nil, models.Withheld(a.Kind, a.People, c, tx.Now())
		if err := tx.PutAsset(a, now, by.ID); err != nil {
			return err
		}
		if out, err = tx.Asset(a.ID); err != nil {
			return err
		}
		return tx.Audit(by.ID, "asset-restored", a.ID, "")
	})
	return out, err
}

// Purge deletes a file in the trash for good; that it was there stays known. It
// takes the right to publish. Errors: models.ErrStale.
func (l *Library) Purge(ctx context.Context, by models.User, id string, version int) error {
	var files []string
	err := l.tx(ctx, func(tx *store.Tx) error {
		a, err := trashed(&tx.Read, by, models.ActPublish, id, version)
		if err != nil {
			return err
		}
		files, err = erase(tx, by.ID, a)
		return err
	})
	if err == nil {
		l.remove(files...)
	}
	return err
}

// erase leaves only the row of an asset and returns the files that are to be
// removed once that is certain.
func erase(tx *store.Tx, actor string, a models.Asset) ([]string, error) {
	files, err := tx.EraseAsset(a)
	if err != nil {
		return nil, err
	}
	return files, tx.Audit(actor, "asset-erased", a.ID, "")
}
