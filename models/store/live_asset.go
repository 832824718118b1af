package store

import (
	"fmt"
	"time"

	"meridian/models"
)

// LiveAsset is a file of the library as the reader side knows it. Unless it is
// Public, readers get nothing of it but its size, for a place to be kept free.
type LiveAsset struct {
	ID, Kind, Title, Credit, Licence, Lang string
	FocusX, FocusY                         int // in thousandths
	People                                 string
	VersionID, File, Name, Type, Hash      string
	Bytes                                  int64
	Width, Height, Frames, Pages           int

	// Given says that it is in the view live_assets: neither in the trash, nor
	// deleted, nor withheld.
	Given bool
	// Withheld is why it is withheld, "" also for what is in the trash.
	Withheld string
	// ConsentEndsAt is when the consent ends that it needs, nil for never: the
	// timer withholds it then, and until it has, the clock does. ConsentLangs
	// are the languages it is for, none for all.
	ConsentEndsAt *time.Time
	ConsentLangs  []string `gorm:"serializer:json"`
	// EntryID is of a public entry that uses it, where it may; "" for none.
	EntryID string
	// WasPublic says that something public used it, now or before.
	WasPublic bool
}

// Public reports whether readers may have the file at a moment: something
// public uses it, and nothing forbids it.
func (a LiveAsset) Public(now time.Time) bool { return a.EntryID != "" && a.allowed(now) }

func (a LiveAsset) allowed(now time.Time) bool {
	return a.Given && (a.ConsentEndsAt == nil || now.Before(*a.ConsentEndsAt))
}

// In reports whether it may be shown in a language.
func (a LiveAsset) In(lang string) bool { return models.Consent{Langs: a.ConsentLangs}.In(lang) }

// Gone returns, as of an entry, why readers do not get any more what they did
// get; false for what is public and for what they may not know of.
func (a LiveAsset) Gone(now time.Time) (reason string, ok bool) {
	if !a.WasPublic || a.allowed(now) {
		return "", false
	}
	if a.Given || a.Withheld != "" {
		reason = "consent"
	}
	return reason, true
}

// Free reports whether nobody is shown who could ask for it to be taken back.
func (a LiveAsset) Free() bool {
	return models.Asset{Kind: models.AssetKind(a.Kind), People: models.People(a.People)}.Free()
}

// Slug is what stands for its title in an address; "file" where that has no
// letter.
func (a LiveAsset) Slug() string {
	s := models.Slugify(a.Title, a.Lang)
	if s == "" {
		s = "file"
	}
	return s
}

// LiveRendition is a picture in another size, shape or format.
type LiveRendition struct {
	VersionID     string
	Ratio         string // "" is the whole picture
	Width, Height int
	Type          string
	Bytes         int64
	File, Hash    string
}

// givenAssets reads what may be public, each with a public entry that uses it
// where its consent holds: in a language that the consent is for.
const givenAssets = `SELECT g.id, g.kind, g.title, g.credit, g.licence, g.lang, g.focus_x, g.focus_y, g.people,
			g.version_id, g.file, g.name, g.type, g.hash, g.bytes, g.width, g.height, g.frames, g.pages, 1 AS given, g.consent_ends_at, g.consent_langs,
			(SELECT u.entry_id FROM asset_uses u WHERE u.asset_id = g.id
			  AND (g.consent_langs IN ('', '[]', 'null') OR EXISTS (SELECT 1 FROM editions o JOIN json_each(g.consent_langs) t ON t.value = o.lang
			   WHERE o.entry_id = u.entry_id AND o.live_revision IS NOT NULL AND u.lang IN ('und', o.lang))) LIMIT 1) AS entry_id
			FROM live_assets g WHERE g.id IN ?`

// Assets returns the files of the library among ids, by id, public or not. Only
// who shows them because something public uses them asks: that they are used
// is not noted.
func (l *Live) Assets(ids []string) (map[string]LiveAsset, error) {
	for _, id := range ids {
		l.read(NameAsset(id))
	}
	out := make(map[string]LiveAsset, len(ids))
	for chunk := range chunks(ids, 500) {
		list, err := selected[LiveAsset](l.db, givenAssets, chunk)
		if err != nil {
			return nil, fmt.Errorf("read assets: %w", err)
		}
		for _, a := range list {
			a.WasPublic = a.EntryID != ""
			out[a.ID] = a
		}
		var missing []string
		for _, id := range chunk {
			if _, ok := out[id]; !ok {
				missing = append(missing, id)
			}
		}
		if missing == nil {
			continue
		}
		// Of what readers do not get, no more is read than its size.
		list, err = selected[LiveAsset](l.db, `SELECT a.id, a.kind, a.withheld, v.width, v.height, a.first_public_at IS NOT NULL AS was_public
			FROM assets a JOIN asset_versions v ON v.id = a.version_id WHERE a.id IN ?`, missing)
		if err != nil {
			return nil, fmt.Errorf("read sizes of assets: %w", err)
		}
		for _, a := range list {
			out[a.ID] = a
		}
	}
	return out, nil
}

// Asset is Assets for one file that somebody asks for by its id, with whatever
// uses it noted. It is ErrNotFound where there is none.
func (l *Live) Asset(id string) (LiveAsset, error) {
	list, err := l.Assets([]string{id})
	if err != nil {
		return LiveAsset{}, err
	}
	a, ok := list[id]
	if a.EntryID != "" {
		l.read(NameEntry(a.EntryID))
	} else {
		l.read(NameEverything) // until something uses it
	}
	if !ok {
		return a, models.ErrNotFound
	}
	return a, nil
}

// Renditions returns the renditions of versions, the wholes first, small ones
// before large ones, and what is fewer bytes before what everybody can show.
func (l *Live) Renditions(versions []string) (map[string][]LiveRendition, error) {
	l.read() // those of an asset move with it
	out := map[string][]LiveRendition{}
	for chunk := range chunks(versions, 500) {
		list, err := selected[LiveRendition](l.db, `SELECT version_id, ratio, width, height, type, bytes, file, hash FROM renditions
			WHERE version_id IN ? ORDER BY version_id, ratio, width, type DESC`, chunk)
		if err != nil {
			return nil, fmt.Errorf("read renditions: %w", err)
		}
		for _, r := range list {
			out[r.VersionID] = append(out[r.VersionID], r)
		}
	}
	return out, nil
}

const assetTexts = "SELECT " + textColumns + liveFrom + `WHERE l.lang <> 'und' AND l.edition_id IN (SELECT edition_id FROM asset_uses WHERE asset_id = ?
	UNION ALL SELECT o.id FROM asset_uses u JOIN editions o ON o.entry_id = u.entry_id WHERE u.asset_id = ? AND u.lang = 'und')
	ORDER BY l.published_at DESC, l.edition_id LIMIT ?`

// AssetUses returns the public texts that use an asset, or stand beside facts
// that do, the newest first, at most limit.
func (l *Live) AssetUses(id string, limit int) ([]LiveText, error) {
	l.read(NameEverything) // any text may begin to
	list, err := selected[LiveText](l.db, assetTexts, id, id, limit)
	if err != nil {
		return nil, fmt.Errorf("list uses of %s: %w", id, err)
	}
	return list, nil
}
