package media

import (
	"meridian/models"
	"meridian/models/store"
)

// Use is a place where a file is used: a block of an edition, or a field.
type Use struct {
	Entry, Kind, Lang, Title string
	Block                    string // id of the block, or the name of the field
	Purpose                  string // image, logo, file, link, field
	Live                     bool   // readers see it
	CanWrite                 bool
}

// usesMost is how many places are listed.
const usesMost = 200

// usesOf returns where an asset is used, those that readers see first, and how
// many more places there are that the user may not see.
func usesOf(r *store.Read, by models.User, asset string) (list []Use, hidden int, err error) {
	rows, err := r.AssetUses(asset, usesMost)
	if err != nil || len(rows) == 0 {
		return nil, 0, err
	}
	var ids []string
	for _, u := range rows {
		ids = append(ids, u.EntryID)
	}
	titles, err := r.Titles(ids, by.Lang)
	if err != nil {
		return nil, 0, err
	}
	for _, u := range rows {
		if !by.Can(models.ActRead, u.Place()) {
			hidden++
			continue
		}
		title := titles[u.EntryID]
		if !readsAll(by, u.Place()) {
			if title, err = titleFor(r, by, u); err != nil {
				return nil, 0, err
			}
		}
		list = append(list, Use{
			Entry: u.EntryID, Kind: u.Kind, Lang: u.Lang, Title: title, Block: u.BlockID, Purpose: u.Purpose, Live: u.Live,
			CanWrite: by.Can(models.ActWrite, u.Place()),
		})
	}
	return list, hidden, nil
}

// readsAll reports whether a user may read at a place whatever the language:
// then any working title there may be shown. No grant names the language that
// is none.
func readsAll(by models.User, p models.Place) bool {
	p.Lang = "zxx"
	return by.Can(models.ActRead, p)
}

// titleFor returns the title of what uses a file for somebody who reads there in
// some languages only: the working one in the language of the use, of facts the
// one that everybody sees.
func titleFor(r *store.Read, by models.User, u store.Use) (string, error) {
	ids := []string{u.EntryID}
	read := r.Titles
	lang := u.Lang
	if lang == models.Facts {
		read, lang = r.PublicTitles, by.Lang
	}
	titles, err := read(ids, lang)
	return titles[u.EntryID], err
}
