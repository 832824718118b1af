package store

import (
	"errors"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"meridian/models"
)

// Edition returns an entry's edition in a language, ErrNotFound when there is
// none.
func (r *Read) Edition(entry, lang string) (models.Edition, error) {
	return take[models.Edition](r, "entry_id = ? AND lang = ?", entry, lang)
}

// Editions returns all editions of an entry, the facts among them, by
// language.
func (r *Read) Editions(entry string) ([]models.Edition, error) {
	return takeAll[models.Edition](r, "entry_id = ? ORDER BY lang", entry)
}

// EditionByPath returns the edition, public or not, at an address.
func (r *Read) EditionByPath(lang, path string) (models.Edition, error) {
	return take[models.Edition](r, "lang = ? AND path = ?", lang, path)
}

// PathOwner returns the id of the edition at an address, "" when it is free.
func (r *Read) PathOwner(lang, path string) (string, error) {
	id, err := value[string](r, "SELECT id FROM editions WHERE lang = ? AND path = ?", lang, path)
	if errors.Is(err, models.ErrNotFound) {
		return "", nil
	}
	return id, err
}

// AddEdition inserts an edition with its first draft.
func (tx *Tx) AddEdition(d models.Edition, draft models.Draft) error {
	if _, err := tx.insert(&d); err != nil {
		return fmt.Errorf("add edition: %w", duplicate(err, "address_taken"))
	}
	if _, err := tx.insert(&draft); err != nil {
		return fmt.Errorf("add draft: %w", err)
	}
	return nil
}

// duplicate turns a unique key that is taken into a conflict.
func duplicate(err error, code string) error {
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return models.Conflict(code)
	}
	return err
}

// NextVersion raises an edition's version from d.Version. It returns ErrStale
// when somebody else was faster.
func (tx *Tx) NextVersion(d models.Edition) error {
	return tx.update(models.ErrStale, "UPDATE editions SET version = version + 1 WHERE id = ? AND version = ?", d.ID, d.Version)
}

// GoLive points the edition at a sealed revision, which makes that text
// public, raises its version from d.Version and appends the journal row. It
// returns ErrStale when somebody else was faster. A schedule to publish the
// edition ends with it.
func (tx *Tx) GoLive(e models.Entry, d models.Edition, rev models.Revision, action, actor string) error {
	err := tx.update(models.ErrStale, `UPDATE editions SET replaced_revision = live_revision, live_revision = ?, published_at = ?,
		first_published_at = coalesce(first_published_at, ?), withdrawn_at = NULL, withdrawn_reason = iif(withdrawn_at IS NULL, '', withdrawn_reason), version = version + 1 WHERE id = ? AND version = ?`, rev.ID, tx.now, tx.now, d.ID, d.Version)
	if err != nil {
		return fmt.Errorf("go live %s: %w", d.ID, err)
	}
	if err := tx.dropSchedule(d.ID, models.SchedulePublish); err != nil {
		return err
	}
	if d.Path != nil && !d.Live() {
		// An old address that led elsewhere until now yields to what is public.
		if _, err := tx.exec("DELETE FROM addresses WHERE lang = ? AND path = ?", d.Lang, *d.Path); err != nil {
			return fmt.Errorf("clear redirect: %w", err)
		}
	}
	// The first facts of an entry precede its first language: nothing to list.
	if d.Lang != models.Facts || d.Live() {
		if err := tx.projectNews(e); err != nil {
			return err
		}
	}
	return tx.journal(e, d.Lang, action, rev.ID, actor)
}

// TakeDown clears the live pointer, raises the version from d.Version and
// appends the journal row. With a reason the edition is withdrawn (readers get
// 410), without one unpublished (404). It returns ErrStale when somebody else
// was faster. A schedule to take the edition down ends with it.
func (tx *Tx) TakeDown(e models.Entry, d models.Edition, reason, actor string) error {
	var at any
	action := models.ActionUnpublished
	if reason != "" {
		at, action = tx.now, models.ActionWithdrawn
	}
	err := tx.update(models.ErrStale, `UPDATE editions SET replaced_revision = coalesce(live_revision, replaced_revision), live_revision = NULL, withdrawn_at = ?, withdrawn_reason = ?,
		version = version + 1 WHERE id = ? AND version = ?`, at, reason, d.ID, d.Version)
	if err != nil {
		return fmt.Errorf("take down %s: %w", d.ID, err)
	}
	if err := tx.dropSchedule(d.ID, models.ScheduleUnpublish); err != nil {
		return err
	}
	if err := tx.unindex("SELECT ?", d.ID); err != nil {
		return err
	}
	if err := tx.projectNews(e); err != nil {
		return err
	}
	return tx.journal(e, d.Lang, action, "", actor)
}

// GoBack undoes a GoLive: it points the edition at the revision that was
// public before, raises its version from d.Version and appends the journal
// row. What was replaced and what is live are the same afterwards, which tells
// that this publish has been undone. It returns ErrStale when somebody else
// was faster. Where nothing was public before, TakeDown undoes.
func (tx *Tx) GoBack(e models.Entry, d models.Edition, actor string) error {
	if d.ReplacedRevision == nil {
		return fmt.Errorf("go back %s: nothing was public before", d.ID)
	}
	// Readers get other words now, so this is when they were last changed.
	err := tx.update(models.ErrStale, "UPDATE editions SET live_revision = ?, replaced_revision = ?, published_at = ?, version = version + 1 WHERE id = ? AND version = ?",
		*d.ReplacedRevision, *d.ReplacedRevision, tx.now, d.ID, d.Version)
	if err != nil {
		return fmt.Errorf("go back %s: %w", d.ID, err)
	}
	if err := tx.projectNews(e); err != nil {
		return err
	}
	return tx.journal(e, d.Lang, models.ActionUpdated, *d.ReplacedRevision, actor)
}

// SetPath gives an edition its address. Where the old one may be known to
// readers it stays behind as a redirect and the journal says that the edition
// moved; an address taken back stops being a redirect. An edition that is not
// public leaves the redirects of others alone until GoLive.
func (tx *Tx) SetPath(e models.Entry, d models.Edition, slug, path, actor string) error {
	if d.Path == nil {
		return fmt.Errorf("set path of %s: facts have no address", d.ID)
	}
	old := *d.Path
	err := tx.db.Model(&models.Edition{}).Where("id = ?", d.ID).Updates(map[string]any{"slug": slug, "path": path}).Error
	if err != nil {
		return fmt.Errorf("set path of %s: %w", d.ID, duplicate(err, "address_taken"))
	}
	if old == path {
		return nil
	}
	redirects := tx.db.Where("lang = ? AND path = ?", d.Lang, path)
	if !d.Live() {
		redirects = redirects.Where("edition_id = ?", d.ID)
	}
	if err := redirects.Delete(&models.Address{}).Error; err != nil {
		return err
	}
	if d.FirstPublishedAt == nil {
		return nil
	}
	// A redirect that is there already leads to what was public at the old
	// address after this edition was: it stays.
	err = tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&models.Address{
		Lang: d.Lang, Path: old, EditionID: &d.ID, Origin: models.AddressAutomatic, CreatedAt: tx.now,
	}).Error
	if err != nil {
		return fmt.Errorf("leave redirect: %w", err)
	}
	if d.WithdrawnAt != nil { // "gone" is what the new address answers now
		return tx.append(models.Change{Subject: models.SubjectSite, SubjectID: "addresses", Action: models.ActionUpdated, Lang: d.Lang, Actor: actor})
	}
	if !d.Live() {
		return nil
	}
	return tx.journal(e, d.Lang, models.ActionMoved, *d.LiveRevision, actor)
}

// SectionPath returns the address of a section in a language. A section
// without an edition in that language is named by its original one.
func (r *Read) SectionPath(section models.Entry, lang string) (string, error) {
	segment := func(e models.Entry) (models.Edition, error) {
		d, err := r.Edition(e.ID, lang)
		if errors.Is(err, models.ErrNotFound) {
			return r.Edition(e.ID, e.OriginalLang)
		}
		return d, err
	}
	path := ""
	for e := section; !e.Root(); {
		d, err := segment(e)
		if err != nil {
			return "", fmt.Errorf("address of section %s: %w", e.ID, err)
		}
		if path == "" {
			path = d.Slug
		} else {
			path = d.Slug + "/" + path
		}
		if d.Lang == lang { // materialised: the rest is known
			whole := *d.Path
			if rest := path[len(d.Slug):]; rest != "" {
				whole += rest
			}
			return whole, nil
		}
		if e, err = r.Entry(e.Section()); err != nil {
			return "", err
		}
	}
	return path, nil
}

// chunks yields list in pieces of at most n, because SQLite bounds the number
// of arguments of a statement.
func chunks[T any](list []T, n int) func(func([]T) bool) {
	return func(yield func([]T) bool) {
		for len(list) > 0 {
			k := min(n, len(list))
			if !yield(list[:k]) {
				return
			}
			list = list[k:]
		}
	}
}
