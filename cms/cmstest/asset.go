package cmstest

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"meridian/cms/media/storage"
	"meridian/models"
	"meridian/models/store"
)

// NewFile is a file to put into the library. The zero value is a picture of
// 1,600 by 900 pixels in which nobody is shown, with all its renditions.
type NewFile struct {
	ID     string // made up when ""
	Kind   models.AssetKind
	Type   string // MIME type
	Name   string
	Title  string
	Credit string
	Lang   string
	People models.People // PeopleUnknown is taken for PeopleNone
	Width  int
	Height int
	Pages  int
	// Body is what is stored, made up when nil. What is made up is no picture.
	Body []byte
	// Plain leaves the renditions out.
	Plain bool
}

// File puts a file into the library of the root, without asking what it is and
// who may.
func (env *Env) File(t testing.TB, in NewFile) models.Asset {
	t.Helper()
	in.Kind = cmp.Or(in.Kind, models.AssetImage)
	if in.Kind == models.AssetImage {
		in.Type, in.Width, in.Height = cmp.Or(in.Type, "image/jpeg"), cmp.Or(in.Width, 1600), cmp.Or(in.Height, 900)
	}
	in.People, in.Title = cmp.Or(in.People, models.PeopleNone), cmp.Or(in.Title, "A tree")
	a := models.Asset{
		ID: cmp.Or(in.ID, env.NewID()), SectionID: env.Root, Kind: in.Kind, Title: in.Title, Credit: in.Credit, Lang: in.Lang, FocusX: 500, FocusY: 500, People: in.People,
		UploadedBy: env.Admin.ID, CreatedAt: env.Clock.Now(), ChangedAt: env.Clock.Now(), Version: 1,
	}
	a.Withheld = models.Withheld(a.Kind, a.People, nil, env.Clock.Now())
	env.view(t, func(r *store.Read) error {
		root, err := r.Root()
		a.Branch, a.DomainID = root.Branch, root.DomainID
		return err
	})
	v := env.version(t, a, 1, in)
	a.VersionID = v.ID
	env.tx(t, func(tx *store.Tx) error { return tx.AddAsset(a, v, "") })
	env.render(t, a, v, in)
	return a
}

// Replace gives an asset another file.
func (env *Env) Replace(t testing.TB, id string, in NewFile) models.Asset {
	t.Helper()
	was := env.AssetOf(t, id)
	in.Kind, in.Type = was.Kind, cmp.Or(in.Type, "image/jpeg")
	in.Width, in.Height = cmp.Or(in.Width, 1600), cmp.Or(in.Height, 900)
	numbers := 0
	env.view(t, func(r *store.Read) error {
		list, err := r.AssetVersions(id)
		numbers = len(list)
		return err
	})
	v := env.version(t, was, numbers+1, in)
	now := was
	now.VersionID = v.ID
	env.tx(t, func(tx *store.Tx) error { return tx.AddAssetVersion(was, now, v, "", env.Admin.ID) })
	env.render(t, now, v, in)
	return now
}

// AssetOf returns an asset as stored.
func (env *Env) AssetOf(t testing.TB, id string) (a models.Asset) {
	t.Helper()
	env.view(t, func(r *store.Read) (err error) {
		a, err = r.Asset(id)
		return err
	})
	return a
}

// PutAsset changes an asset.
func (env *Env) PutAsset(t testing.TB, id string, change func(*models.Asset)) {
	t.Helper()
	was := env.AssetOf(t, id)
	now := was
	change(&now)
	env.tx(t, func(tx *store.Tx) error { return tx.PutAsset(was, now, env.Admin.ID) })
}

func (env *Env) version(t testing.TB, a models.Asset, number int, in NewFile) models.AssetVersion {
	t.Helper()
	id := env.NewID()
	if in.Body == nil {
		in.Body = []byte("the original " + id)
	}
	sum := sha256.Sum256(in.Body)
	hash := hex.EncodeToString(sum[:])
	ext := strings.TrimPrefix(filepath.Ext(in.Name), ".")
	return models.AssetVersion{
		ID: id, AssetID: a.ID, Number: number, File: env.store(t, storage.Originals, cmp.Or(ext, "jpg"), in.Body), Name: cmp.Or(in.Name, "tree.jpg"), Type: in.Type,
		Bytes: int64(len(in.Body)), Width: in.Width, Height: in.Height, Frames: 1, Pages: in.Pages, Hash: hash, SourceHash: hash,
		UploadedBy: env.Admin.ID, CreatedAt: env.Clock.Now(),
	}
}

// render makes up the renditions of a version.
func (env *Env) render(t testing.TB, a models.Asset, v models.AssetVersion, in NewFile) {
	t.Helper()
	if in.Plain || a.Kind != models.AssetImage || in.Type == "image/svg+xml" {
		return
	}
	var list []models.Rendition
	add := func(r models.Ratio, width, height int) {
		for _, mime := range []string{in.Type, "image/webp"} {
			body := []byte(v.ID + " " + string(r) + " " + strconv.Itoa(width) + " " + mime)
			sum := sha256.Sum256(body)
			list = append(list, models.Rendition{
				Ratio: r, Width: width, Height: height, Type: mime, FocusX: a.FocusX, FocusY: a.FocusY, Bytes: int64(len(body)),
				File: env.store(t, storage.Renditions, "jpg", body), Hash: hex.EncodeToString(sum[:4]),
			})
		}
	}
	for _, w := range models.Widths {
		if w <= in.Width {
			add(models.RatioWhole, w, w*in.Height/in.Width)
		}
	}
	for _, w := range models.CropWidths {
		if w <= in.Width {
			add(models.RatioWide, w, w*9/16)
		}
	}
	env.tx(t, func(tx *store.Tx) error {
		_, err := tx.PutRenditions(v, list, true, a.FocusX, a.FocusY)
		return err
	})
}

// store keeps a file and returns its name.
func (env *Env) store(t testing.TB, folder storage.Folder, ext string, body []byte) string {
	t.Helper()
	name := storage.NewName(folder, ext)
	f, err := env.Files.Create(t.Context(), name)
	if err == nil {
		_, err = f.Write(body)
		err = errors.Join(err, f.Commit())
	}
	if err != nil {
		t.Fatalf("store a file: %v", err)
	}
	return name
}

// Open opens a file that was put into the library, as the reader side does.
func (env *Env) Open(name string) (io.ReadSeekCloser, error) { return env.Files.Open(name) }

// Consent records a consent for an asset: for the site, from now on.
func (env *Env) Consent(t testing.TB, id string, c models.Consent) {
	t.Helper()
	was := env.AssetOf(t, id)
	c.ID, c.AssetID, c.GivenBy, c.Zone, c.CreatedBy, c.CreatedAt = env.NewID(), id, "Somebody", "UTC", env.Admin.ID, env.Clock.Now()
	if c.Uses == nil {
		c.Uses = []string{models.UseSite}
	}
	if c.EndsAt != nil {
		c.Until = c.EndsAt.Format("2006-01-02")
	}
	now := was
	now.Withheld = models.Withheld(was.Kind, was.People, &c, env.Clock.Now())
	env.tx(t, func(tx *store.Tx) error { return tx.AddConsent(was, now, c, env.Admin.ID) })
}

// WithdrawConsent takes the consent for an asset back.
func (env *Env) WithdrawConsent(t testing.TB, id string) {
	t.Helper()
	was := env.AssetOf(t, id)
	now := was
	now.Withheld = models.WithheldWithdrawn
	env.tx(t, func(tx *store.Tx) error { return tx.WithdrawConsent(was, now, "", env.Admin.ID) })
}
