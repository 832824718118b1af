package media

import (
	"context"
	"unicode/utf8"

	"meridian/models"
	"meridian/models/store"
)

// CollectionNameMax is how long the name of a collection may be, in characters.
const CollectionNameMax = 120

// CollectMost is how many files are put into a collection at once.
const CollectMost = 500

// CollectionInfo is a collection with how many files it holds.
type CollectionInfo struct {
	models.Collection
	Files    int
	CanWrite bool
}

// collection returns a collection that a user may see.
func collection(r *store.Read, by models.User, id string) (models.Collection, error) {
	if !models.ValidID(id) {
		return models.Collection{}, models.ErrNotFound
	}
	c, err := r.Collection(id)
	if err == nil && !by.Can(models.ActRead, c.At()) {
		return models.Collection{}, models.ErrNotFound
	}
	return c, err
}

// writable is collection for somebody who may change it.
func writable(r *store.Read, by models.User, id string) (models.Collection, error) {
	c, err := collection(r, by, id)
	if err == nil && !by.Can(models.ActWrite, c.At()) {
		err = models.ErrForbidden
	}
	return c, err
}

func collections(r *store.Read, by models.User, asset string) ([]CollectionInfo, error) {
	grants, all := by.Reach(models.ActRead)
	rows, err := r.Collections(grants, all, asset)
	if err != nil {
		return nil, err
	}
	out := make([]CollectionInfo, len(rows))
	for i, c := range rows {
		out[i] = CollectionInfo{c.Collection, c.Files, by.Can(models.ActWrite, c.At())}
	}
	return out, nil
}

// Collections returns the collections that a user may see, by name.
func (l *Library) Collections(ctx context.Context, by models.User) (out []CollectionInfo, err error) {
	err = l.view(ctx, func(r *store.Read) error {
		out, err = collections(r, by, "")
		return err
	})
	return out, err
}

func collectionName(s string) (string, error) {
	s = models.CleanText(s, false)
	switch {
	case s == "":
		return s, models.Invalid("name", "required")
	case utf8.RuneCountInString(s) > CollectionNameMax:
		return s, models.Invalid("name", "too_long", "max", CollectionNameMax)
	}
	return s, nil
}

// CreateCollection makes an empty collection of a section. Errors:
// *models.InvalidError for "section" and "name".
func (l *Library) CreateCollection(ctx context.Context, by models.User, in, name string) (out models.Collection, err error) {
	name, err = collectionName(name)
	if err != nil {
		return out, err
	}
	err = l.tx(ctx, func(tx *store.Tx) error {
		e, err := section(&tx.Read, by, in)
		if err != nil {
			return err
		}
		out = models.Collection{ID: tx.NewID(), SectionID: e.ID, Branch: e.Branch, DomainID: e.DomainID, Name: name, CreatedAt: tx.Now(), Version: 1}
		if err := tx.AddCollection(out); err != nil {
			return err
		}
		return tx.Audit(by.ID, "collection-added", out.ID, name)
	})
	return out, err
}

// RenameCollection gives a collection another name. Errors: models.ErrStale,
// *models.InvalidError for "name".
func (l *Library) RenameCollection(ctx context.Context, by models.User, id string, version int, name string) error {
	name, err := collectionName(name)
	if err != nil {
		return err
	}
	return l.tx(ctx, func(tx *store.Tx) error {
		c, err := writable(&tx.Read, by, id)
		if err != nil {
			return err
		}
		c.Version = version
		if err := tx.RenameCollection(c, name); err != nil {
			return err
		}
		return tx.Audit(by.ID, "collection-changed", c.ID, name)
	})
}

// DeleteCollection deletes a collection; its files stay. Errors:
// models.ErrStale.
func (l *Library) DeleteCollection(ctx context.Context, by models.User, id string, version int) error {
	return l.tx(ctx, func(tx *store.Tx) error {
		c, err := writable(&tx.Read, by, id)
		if err != nil {
			return err
		}
		c.Version = version
		if err := tx.DeleteCollection(c); err != nil {
			return err
		}
		return tx.Audit(by.ID, "collection-deleted", c.ID, c.Name)
	})
}

// PutInCollection puts files into a collection. One that the user may not see
// refuses all.
func (l *Library) PutInCollection(ctx context.Context, by models.User, id string, assets []string) error {
	return l.collect(ctx, by, id, assets, func(tx *store.Tx, c models.Collection) error {
		for _, asset := range assets {
			if _, err := standing(&tx.Read, by, asset); err != nil {
				return err
			}
		}
		return tx.Collect(c.ID, assets)
	})
}

// TakeOutOfCollection takes files out of a collection.
func (l *Library) TakeOutOfCollection(ctx context.Context, by models.User, id string, assets []string) error {
	return l.collect(ctx, by, id, assets, func(tx *store.Tx, c models.Collection) error { return tx.Uncollect(c.ID, assets) })
}

func (l *Library) collect(ctx context.Context, by models.User, id string, assets []string, fn func(*store.Tx, models.Collection) error) error {
	if len(assets) > CollectMost {
		return models.Invalid("assets", "too_many", "max", CollectMost)
	}
	return l.tx(ctx, func(tx *store.Tx) error {
		c, err := writable(&tx.Read, by, id)
		if err != nil {
			return err
		}
		if err := fn(tx, c); err != nil {
			return err
		}
		return tx.Audit(by.ID, "collection-changed", c.ID, c.Name)
	})
}
