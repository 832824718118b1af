package store

import (
	"errors"
	"fmt"

	"meridian/models"
)

// Renditions returns the renditions of versions, by version, the whole picture
// first and small ones before large ones.
func (r *Read) Renditions(versions ...string) (map[string][]models.Rendition, error) {
	list, err := takeAll[models.Rendition](r, "version_id IN ("+listed+") ORDER BY version_id, ratio, width, type", jsonList(versions))
	if err != nil {
		return nil, fmt.Errorf("read renditions: %w", err)
	}
	out := map[string][]models.Rendition{}
	for _, x := range list {
		out[x.VersionID] = append(out[x.VersionID], x)
	}
	return out, nil
}

// NextToRender returns the version whose renditions are to be made first: the
// newest of those that are given out, behind the one with the id after.
// ErrNotFound when none is left.
func (r *Read) NextToRender(after string) (models.AssetVersion, error) {
	return take[models.AssetVersion](r, `rendered_at IS NULL AND file <> '' AND (? = '' OR id < ?) AND id IN (SELECT version_id FROM assets WHERE kind = 'image' AND erased_at IS NULL) ORDER BY id DESC`, after, after)
}

// PutRenditions adds renditions of a version, in place of those of the same
// shape, width and type, and returns the names of the files that are nobody's
// any more. With done they are all there is to make, unless the point that crops
// are made around is another one by now. Errors: ErrNotFound when the version is
// erased.
func (tx *Tx) PutRenditions(v models.AssetVersion, list []models.Rendition, done bool, focusX, focusY int) (old []string, err error) {
	a, err := tx.Asset(v.AssetID)
	if err != nil {
		return nil, err
	}
	if a.ErasedAt != nil {
		return nil, fmt.Errorf("renditions of %s: %w", v.ID, models.ErrNotFound)
	}
	for _, x := range list {
		gone, err := selected[string](tx.db, "DELETE FROM renditions WHERE version_id = ? AND ratio = ? AND width = ? AND type = ? RETURNING file", v.ID, string(x.Ratio), x.Width, x.Type)
		if err != nil {
			return nil, fmt.Errorf("replace rendition: %w", err)
		}
		old = append(old, gone...)
		x.VersionID = v.ID
		if _, err := tx.insert(&x); err != nil {
			return nil, fmt.Errorf("add rendition: %w", err)
		}
	}
	if done && (a.FocusX == focusX && a.FocusY == focusY || a.VersionID != v.ID) {
		if err := tx.update(models.ErrNotFound, "UPDATE asset_versions SET rendered_at = ? WHERE id = ?", tx.now, v.ID); err != nil {
			return nil, fmt.Errorf("renditions of %s: %w", v.ID, err)
		}
	}
	if len(list) == 0 || a.VersionID != v.ID {
		return old, nil
	}
	return old, tx.journalAsset(a, a, "")
}

// DropRendition forgets a rendition whose file is gone, and all others of its
// version with it: they are made anew together.
func (tx *Tx) DropRendition(file string) error {
	id, err := value[string](&tx.Read, "SELECT version_id FROM renditions WHERE file = ?", file)
	if errors.Is(err, models.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := tx.exec("DELETE FROM renditions WHERE version_id = ?", id); err != nil {
		return fmt.Errorf("drop renditions: %w", err)
	}
	v, err := tx.AssetVersion(id)
	if err != nil {
		return err
	}
	if _, err := tx.exec("UPDATE asset_versions SET rendered_at = NULL WHERE id = ?", v.ID); err != nil {
		return err
	}
	a, err := tx.Asset(v.AssetID)
	if err != nil {
		return err
	}
	return tx.journalAsset(a, a, "")
}

// AssetFile is a file that a row stands for.
type AssetFile struct {
	File      string
	AssetID   string
	Rendition bool
}

// AssetFiles returns the files that rows stand for, by name, from behind the
// one named after, at most limit.
func (r *Read) AssetFiles(after string, limit int) ([]AssetFile, error) {
	list, err := selected[AssetFile](r.db, `SELECT file, asset_id, 0 AS rendition FROM asset_versions WHERE file > ? AND file <> ''
		UNION ALL SELECT x.file, v.asset_id, 1 FROM renditions x JOIN asset_versions v ON v.id = x.version_id WHERE x.file > ? ORDER BY file LIMIT ?`, after, after, limit)
	if err != nil {
		return nil, fmt.Errorf("list files: %w", err)
	}
	return list, nil
}

// KnownFiles returns those of some files that a row stands for.
func (r *Read) KnownFiles(names []string) (map[string]bool, error) {
	list, err := selected[string](r.db, "SELECT file FROM asset_versions WHERE file <> '' AND file IN ("+listed+") UNION ALL SELECT file FROM renditions WHERE file IN ("+listed+")", jsonList(names), jsonList(names))
	if err != nil {
		return nil, fmt.Errorf("look for files: %w", err)
	}
	out := make(map[string]bool, len(list))
	for _, f := range list {
		out[f] = true
	}
	return out, nil
}
