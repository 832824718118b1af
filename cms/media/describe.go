package media

import (
	"context"
	"errors"
	"slices"
	"unicode/utf8"

	"meridian/models"
	"meridian/models/store"
)

// Description is what somebody says in a language about what a picture shows.
type Description struct{ ID, Lang, Text string }

// DescribeMost is how many descriptions are taken at once.
const DescribeMost = 500

// Describe keeps a description, which texts that use the picture propose from
// now on; "" forgets it. Errors: *models.InvalidError for "lang" and "text".
func (l *Library) Describe(ctx context.Context, by models.User, id, lang, text string) error {
	rows, err := l.DescribeMany(ctx, by, []Description{{id, lang, text}})
	if err != nil {
		return err
	}
	return rows[0]
}

// DescribeMany keeps several descriptions. What is wrong with a row is returned
// by its index, and the other rows are kept all the same.
func (l *Library) DescribeMany(ctx context.Context, by models.User, list []Description) (rows map[int]error, err error) {
	if len(list) > DescribeMost {
		return nil, models.Invalid("rows", "too_many", "max", DescribeMost)
	}
	rows = map[int]error{}
	err = l.tx(ctx, func(tx *store.Tx) error {
		clear(rows)
		site, err := tx.Site()
		if err != nil {
			return err
		}
		for i, d := range list {
			if err := describe(tx, by, site.Languages, d); rowError(err) {
				rows[i] = err
			} else if err != nil {
				return err
			}
		}
		return nil
	})
	return rows, err
}

// rowError reports whether an error is about one row and not about all.
func rowError(err error) bool {
	return errors.Is(err, models.ErrNotFound) || errors.Is(err, models.ErrForbidden) || errors.Is(err, models.ErrInvalid)
}

func describe(tx *store.Tx, by models.User, langs []string, d Description) error {
	a, err := standing(&tx.Read, by, d.ID)
	if err != nil {
		return err
	}
	if err := may(by, a, models.ActWrite); err != nil {
		return err
	}
	if !slices.Contains(langs, d.Lang) {
		return models.Invalid("lang", "language_unknown", "lang", d.Lang)
	}
	text := models.CleanText(d.Text, false)
	if utf8.RuneCountInString(text) > models.AssetDescriptionMax {
		return models.Invalid("text", "too_long", "max", models.AssetDescriptionMax)
	}
	changed, err := tx.PutAssetDescription(models.AssetDescription{AssetID: a.ID, Lang: d.Lang, Text: text, UserID: by.ID})
	if err != nil || !changed {
		return err
	}
	return tx.Audit(by.ID, "asset-described", a.ID, d.Lang)
}
