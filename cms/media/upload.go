package media

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"meridian/cms/media/picture"
	"meridian/cms/media/storage"
	"meridian/models"
	"meridian/models/store"
)

// Upload is a file to be taken into the library.
type Upload struct {
	Section string // it is to belong to
	// Collection to put it into, "" for none.
	Collection string
	// Name is what the file is called where it comes from. It becomes a title
	// and the name for downloads, and never decides what the file is.
	Name  string
	Title string // "" = made from Name
	// Credit, Licence and Taken are as in models.Asset.
	Credit, Licence, Taken string
	People                 models.People
	Shared                 bool
	// Size is how many bytes are announced, 0 for unknown.
	Size int64
	Body io.Reader
	// KeepBoth takes the file although it is here already.
	KeepBoth bool
}

// Uploaded is what became of a file. With Duplicate nothing was taken.
type Uploaded struct {
	Asset     models.Asset
	Version   models.AssetVersion
	Duplicate *Duplicate
}

// Duplicate is an asset that was made from the same file before. When its
// Asset.ErasedAt is set nothing is left of that but when it was withdrawn.
type Duplicate struct {
	Asset models.Asset
	// WithdrawnAt is when its consent was taken back, nil if it was not.
	WithdrawnAt *time.Time
	State       models.ConsentState
	Uses        []Use
	Hidden      int // uses that the user may not see
}

// Upload takes a file into the library. A file that is here already is not
// taken again unless that is asked for. Errors: *RefusedError,
// *models.InvalidError for the fields.
func (l *Library) Upload(ctx context.Context, by models.User, in Upload) (out Uploaded, err error) {
	about, err := cleanAbout(in.Title, in.Credit, in.Licence, in.Taken, "", "")
	if err != nil {
		return out, err
	}
	if in.People != models.PeopleUnknown && !validPeople(in.People) {
		return out, models.Invalid("people", "not_a_choice")
	}
	home := func(r *store.Read) (models.Entry, error) {
		e, err := section(r, by, in.Section)
		if err != nil || in.Collection == "" {
			return e, err
		}
		_, err = writable(r, by, in.Collection)
		return e, err
	}
	if err := l.view(ctx, func(r *store.Read) error { _, err := home(r); return err }); err != nil {
		return out, err
	}
	t, err := l.take(ctx, by, in.Size, in.Body)
	if err != nil {
		return out, err
	}
	defer t.close()
	if !in.KeepBoth {
		if out.Duplicate, err = l.duplicate(ctx, by, t.hash); err != nil || out.Duplicate != nil {
			return out, err
		}
	}
	k, err := l.keep(ctx, t)
	if err != nil {
		return out, err
	}
	err = l.tx(ctx, func(tx *store.Tx) error {
		// The file may have come slowly: whoever sent it must still be allowed to.
		e, err := home(&tx.Read)
		if err != nil {
			return err
		}
		if err := l.withinQuota(&tx.Read, by, k.bytes); err != nil {
			return err
		}
		a := models.Asset{
			ID: tx.NewID(), SectionID: e.ID, Branch: e.Branch, DomainID: e.DomainID, Shared: in.Shared, Kind: k.kind,
			Title: about.Title, Credit: about.Credit, Licence: about.Licence, Taken: about.Taken, Lang: k.lang, FocusX: 500, FocusY: 500, People: in.People,
			UploadedBy: by.ID, CreatedAt: tx.Now(), ChangedAt: tx.Now(), Version: 1,
		}
		if a.Title == "" {
			a.Title = titleOf(in.Name, k.title)
		}
		a.Withheld = models.Withheld(a.Kind, a.People, nil, tx.Now())
		v := k.version(tx, by, in.Name, t.hash)
		v.AssetID, v.Number, a.VersionID = a.ID, 1, v.ID
		if err := tx.AddAsset(a, v, k.text); err != nil {
			return err
		}
		if in.Collection != "" {
			if err := tx.Collect(in.Collection, []string{a.ID}); err != nil {
				return err
			}
		}
		out.Asset, out.Version = a, v
		return tx.Audit(by.ID, "asset-added", a.ID, string(a.Kind))
	})
	return out, l.settle(ctx, k, err)
}

// Replace is a file to be given out instead of the one that an asset has.
type Replace struct {
	ID      string
	Version int
	Name    string
	Size    int64 // announced, 0 for unknown
	Body    io.Reader
	// SamePeople says that what was answered about who is shown, and their
	// consent, holds for the new file as well. Otherwise the answer is asked for
	// once more, and readers wait for it.
	SamePeople bool
}

// Replace gives another file out under the same id; the old one is kept. It
// must be of the same kind. What readers see takes the right to publish.
// Errors: *RefusedError, models.ErrStale.
func (l *Library) Replace(ctx context.Context, by models.User, in Replace) (out Uploaded, err error) {
	find := func(r *store.Read) (models.Asset, error) { return forReplace(r, by, in.ID, in.Version) }
	if err := l.view(ctx, func(r *store.Read) error { _, err := find(r); return err }); err != nil {
		return out, err
	}
	t, err := l.take(ctx, by, in.Size, in.Body)
	if err != nil {
		return out, err
	}
	defer t.close()
	k, err := l.keep(ctx, t)
	if err != nil {
		return out, err
	}
	err = l.tx(ctx, func(tx *store.Tx) error {
		a, err := find(&tx.Read)
		if err != nil {
			return err
		}
		if a.Kind != k.kind {
			return refuse(RefusedOtherKind)
		}
		if err := l.withinQuota(&tx.Read, by, k.bytes); err != nil {
			return err
		}
		list, err := tx.AssetVersions(a.ID)
		if err != nil {
			return err
		}
		v := k.version(tx, by, in.Name, t.hash)
		v.AssetID, v.Number = a.ID, list[0].Number+1
		now, err := otherFile(&tx.Read, a, v, in.SamePeople, tx.Now())
		if err != nil {
			return err
		}
		if err := tx.AddAssetVersion(a, now, v, k.text, by.ID); err != nil {
			return err
		}
		if out.Asset, err = tx.Asset(a.ID); err != nil {
			return err
		}
		out.Version = v
		return tx.Audit(by.ID, "asset-replaced", a.ID, fmt.Sprint(v.Number))
	})
	return out, l.settle(ctx, k, err)
}

// forReplace returns an asset whose file somebody may change.
func forReplace(r *store.Read, by models.User, id string, version int) (models.Asset, error) {
	a, err := forChange(r, by, models.ActWrite, id, version)
	if err != nil {
		return a, err
	}
	public, err := inPublicUse(r, a.ID)
	if err == nil && public {
		err = may(by, a, models.ActPublish)
	}
	return a, err
}

// otherFile returns an asset as it is with another version.
func otherFile(r *store.Read, a models.Asset, v models.AssetVersion, samePeople bool, now time.Time) (models.Asset, error) {
	a.VersionID = v.ID
	if !samePeople {
		a.People = models.PeopleUnknown
	}
	c, err := newest(r, a)
	a.Withheld = models.Withheld(a.Kind, a.People, c, now)
	return a, err
}

// UseVersion is an earlier version of an asset to be given out again.
type UseVersion struct {
	ID      string
	Version int // of the asset, as it was seen
	Number  int // of the version to give out
	// SamePeople is as in Replace.
	SamePeople bool
}

// UseVersion gives an earlier version out again, with the rights of Replace.
func (l *Library) UseVersion(ctx context.Context, by models.User, in UseVersion) error {
	err := l.tx(ctx, func(tx *store.Tx) error {
		a, err := forReplace(&tx.Read, by, in.ID, in.Version)
		if err != nil {
			return err
		}
		v, err := versionOf(&tx.Read, a, in.Number)
		if err != nil {
			return err
		}
		if v.ID == a.VersionID {
			return models.Conflict("version_is_current")
		}
		now, err := otherFile(&tx.Read, a, v, in.SamePeople, tx.Now())
		if err != nil {
			return err
		}
		if err := tx.PutAsset(a, now, by.ID); err != nil {
			return err
		}
		return tx.Audit(by.ID, "asset-version", a.ID, fmt.Sprint(v.Number))
	})
	if err == nil {
		l.changed()
	}
	return err
}

// versionOf returns a version of an asset by its number, 0 for the current one.
func versionOf(r *store.Read, a models.Asset, number int) (models.AssetVersion, error) {
	if number == 0 {
		return r.AssetVersion(a.VersionID)
	}
	list, err := r.AssetVersions(a.ID)
	if err != nil {
		return models.AssetVersion{}, err
	}
	for _, v := range list {
		if v.Number == number {
			return v, nil
		}
	}
	return models.AssetVersion{}, models.ErrNotFound
}

// duplicate returns an asset made from a file with a hash that the user may know
// of, nil for none. One that was erased because its consent was withdrawn counts
// as well, for those who may see the files of its section: or it would come back
// by mistake.
func (l *Library) duplicate(ctx context.Context, by models.User, hash string) (out *Duplicate, err error) {
	err = l.view(ctx, func(r *store.Read) error {
		list, err := r.AssetsFromSource(hash, 100)
		if err != nil {
			return err
		}
		var found *models.Asset
		for _, a := range list {
			if (sees(by, a) || gone(by, a)) && (found == nil || rank(a) < rank(*found)) {
				found = &a
			}
		}
		if found == nil {
			return nil
		}
		d := Duplicate{Asset: *found}
		if d.Uses, d.Hidden, err = usesOf(r, by, found.ID); err != nil {
			return err
		}
		c, err := newest(r, *found)
		if err != nil {
			return err
		}
		d.State = models.ConsentStateOf(*found, c, l.store.Now())
		if c != nil {
			d.WithdrawnAt = c.WithdrawnAt
		}
		out = &d
		return nil
	})
	return out, err
}

// gone reports whether a user may be told of an asset of which only the row is
// left, because its consent was withdrawn.
func gone(by models.User, a models.Asset) bool {
	return a.ErasedAt != nil && a.Withheld == models.WithheldWithdrawn && by.Can(models.ActRead, a.At())
}

// rank orders assets made from one file by how much they are there.
func rank(a models.Asset) int {
	switch {
	case a.ErasedAt != nil:
		return 2
	case a.TrashedAt != nil:
		return 1
	}
	return 0
}

// taken is an upload that has come, until it is closed.
type taken struct {
	temp  *storage.Temp
	size  int64
	hash  string
	close func()
}

// Sizes of taking a file: what is read at a time, and after how much the disk is
// looked at again.
const (
	takeChunk = 64 << 10
	takeLook  = 8 << 20
)

// take copies an upload into a buffer on the disk, within every limit.
func (l *Library) take(ctx context.Context, by models.User, announced int64, body io.Reader) (_ *taken, err error) {
	if announced > l.limits.Video {
		return nil, refuseOver(RefusedTooLarge, l.limits.Video)
	}
	head := make([]byte, picture.HeadSize)
	n, err := io.ReadFull(body, head)
	head = head[:n]
	switch {
	case n == 0 && errors.Is(err, io.EOF):
		return nil, refuse(RefusedEmpty)
	case err != nil && !errors.Is(err, io.ErrUnexpectedEOF):
		return nil, fmt.Errorf("read upload: %w", err)
	}
	most := l.mostOf(head)
	if announced > most {
		return nil, refuseOver(RefusedTooLarge, most)
	}
	allowance, err := l.allow(ctx, by, max(announced, int64(n)))
	if err != nil {
		return nil, err
	}
	t := &taken{}
	if t.temp, err = l.files.Temp(); err != nil {
		allowance.end()
		return nil, fmt.Errorf("buffer upload: %w", err)
	}
	t.close = func() {
		allowance.end()
		if err := t.temp.Close(); err != nil {
			l.log.Error("buffer of an upload not removed", "err", err)
		}
	}
	defer func() {
		if err != nil {
			t.close()
		}
	}()
	sum := sha256.New()
	to := io.MultiWriter(t.temp, sum)
	if _, err := to.Write(head); err != nil {
		return nil, l.diskError(err)
	}
	t.size = int64(n)
	chunk := make([]byte, takeChunk)
	for looked := t.size; ; {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		n, err := body.Read(chunk)
		if t.size += int64(n); t.size > most {
			return nil, refuseOver(RefusedTooLarge, most)
		}
		if e := allowance.reach(t.size); e != nil {
			return nil, e
		}
		if t.size-looked >= takeLook {
			looked = t.size
			if e := l.room(0); e != nil {
				return nil, e
			}
		}
		if _, e := to.Write(chunk[:n]); e != nil {
			return nil, l.diskError(e)
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("read upload: %w", err)
		}
	}
	t.hash = hex.EncodeToString(sum.Sum(nil))
	return t, nil
}

// mostOf returns how large a file that begins like this may be.
func (l *Library) mostOf(head []byte) int64 {
	switch {
	case picture.Recognise(head) != "", phonePicture(head):
		return l.limits.Picture
	case len(head) > 8 && string(head[4:8]) == "ftyp", len(head) > 4 && string(head[:4]) == "\x1a\x45\xdf\xa3":
		return l.limits.Video
	}
	return l.limits.Document
}

// phonePicture reports whether a file begins as pictures do that are kept like
// videos: HEIC and AVIF.
func phonePicture(head []byte) bool {
	if len(head) < 12 || string(head[4:8]) != "ftyp" {
		return false
	}
	switch string(head[8:12]) {
	case "heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1", "avif", "avis":
		return true
	}
	return false
}
