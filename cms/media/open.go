package media

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"meridian/cms/media/storage"
	"meridian/models"
	"meridian/models/store"
)

// Opened is a stored file, to be closed by whoever asked for it.
type Opened struct {
	storage.Reader
	Type string // MIME type
	Name string // for downloads
	Hash string // of its content, for an ETag
	At   time.Time
	// Sealed says that only those who safeguard see it: no copy may stay anywhere.
	Sealed bool
}

// readable returns an asset whose files a user may see: what was taken away from
// everybody else is for those who safeguard.
func readable(r *store.Read, by models.User, id string) (models.Asset, error) {
	a, err := known(r, by, id)
	if err != nil {
		return a, err
	}
	if !canOf(by, a).Open {
		return a, fmt.Errorf("open asset %s: %w", id, models.ErrForbidden)
	}
	return a, nil
}

// OpenOriginal opens the file of a version, as it is kept; number 0 is the one
// that is given out. Errors: models.ErrForbidden for what only those who
// safeguard may see.
func (l *Library) OpenOriginal(ctx context.Context, by models.User, id string, number int) (*Opened, error) {
	var v models.AssetVersion
	var sealed bool
	err := l.view(ctx, func(r *store.Read) error {
		a, err := readable(r, by, id)
		if err != nil {
			return err
		}
		sealed = a.Sealed()
		v, err = versionOf(r, a, number)
		return err
	})
	if err != nil {
		return nil, err
	}
	return l.open(v.File, Opened{Type: v.Type, Name: v.Name, Hash: v.Hash, At: v.CreatedAt, Sealed: sealed})
}

// OpenRendition opens a picture in a shape, as wide as asked for or wider if
// there is one, else the widest there is, else the original. Errors are those
// of OpenOriginal.
func (l *Library) OpenRendition(ctx context.Context, by models.User, id string, ratio models.Ratio, width int) (*Opened, error) {
	var v models.AssetVersion
	var best *models.Rendition
	var sealed bool
	err := l.view(ctx, func(r *store.Read) error {
		a, err := readable(r, by, id)
		if err != nil {
			return err
		}
		sealed = a.Sealed()
		if v, err = r.AssetVersion(a.VersionID); err != nil {
			return err
		}
		list, err := r.Renditions(v.ID)
		if err != nil {
			return err
		}
		for _, x := range list[v.ID] { // small ones first
			if x.Ratio != ratio || best != nil && best.Width >= width && x.Width > best.Width {
				continue
			}
			if best == nil || x.Width > best.Width || x.Bytes < best.Bytes {
				best = &x
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if best == nil {
		return l.open(v.File, Opened{Type: v.Type, Name: v.Name, Hash: v.Hash, At: v.CreatedAt, Sealed: sealed})
	}
	return l.open(best.File, Opened{Type: best.Type, Name: v.Name, Hash: best.Hash, At: v.CreatedAt, Sealed: sealed})
}

func (l *Library) open(file string, o Opened) (*Opened, error) {
	f, err := l.files.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		l.log.Error("a file of the library is missing", "file", file)
		return nil, models.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	o.Reader = f
	return &o, nil
}
