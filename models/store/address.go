package store

import (
	"database/sql"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"meridian/models"
)

// Address returns the old address at a place, ErrNotFound when there is none.
func (r *Read) Address(lang, path string) (models.Address, error) {
	return take[models.Address](r, "lang = ? AND path = ?", lang, path)
}

// AddressesToURL returns the old addresses that lead to a fixed place of the
// site, by language and path.
func (r *Read) AddressesToURL() ([]models.Address, error) {
	var list []models.Address
	err := r.db.Where("url <> ''").Order("lang, path").Find(&list).Error
	return list, err
}

// AddRedirect makes an address lead to an edition or a place of the site,
// whatever it led to before. It refuses an address that is some edition's own,
// unless it is a redirect all the same until that edition is public.
func (tx *Tx) AddRedirect(a models.Address, actor string) error {
	return tx.AddRedirects([]models.Address{a}, actor)
}

// AddRedirects is AddRedirect for many addresses with one row in the journal.
func (tx *Tx) AddRedirects(list []models.Address, actor string) error {
	if len(list) == 0 {
		return nil
	}
	lang := list[0].Lang
	for _, a := range list {
		var taken bool
		err := tx.db.Statement.ConnPool.QueryRowContext(tx.db.Statement.Context, `SELECT EXISTS (SELECT 1 FROM editions WHERE lang = @lang AND path = @path)
			AND NOT EXISTS (SELECT 1 FROM addresses WHERE lang = @lang AND path = @path)`, sql.Named("lang", a.Lang), sql.Named("path", a.Path)).Scan(&taken)
		if err != nil {
			return fmt.Errorf("add redirect: %w", err)
		}
		if taken {
			return models.Conflict("address_taken")
		}
		_, err = tx.exec(`INSERT INTO addresses (lang, path, edition_id, url, origin, created_at) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT (lang, path) DO UPDATE SET edition_id = excluded.edition_id, url = excluded.url, origin = excluded.origin, created_at = excluded.created_at`,
			a.Lang, a.Path, a.EditionID, a.URL, a.Origin, tx.now)
		if err != nil {
			return fmt.Errorf("add redirect: %w", err)
		}
		if a.Lang != lang {
			lang = ""
		}
	}
	return tx.addressesChanged(lang, actor)
}

// DeleteRedirect makes an old address lead nowhere, ErrNotFound when it is
// none.
func (tx *Tx) DeleteRedirect(lang, path, actor string) error {
	if err := tx.update(models.ErrNotFound, "DELETE FROM addresses WHERE lang = ? AND path = ?", lang, path); err != nil {
		return fmt.Errorf("delete redirect: %w", err)
	}
	return tx.addressesChanged(lang, actor)
}

// AddressRow is an old address with what a list shows of it. The fields from
// EntryID to Gone are empty for one that leads to a URL.
type AddressRow struct {
	Lang, Path, URL, Origin               string
	CreatedAt                             time.Time
	EntryID, Kind, Type, Branch, DomainID string
	ToLang, ToPath, Title                 string // of the edition; the title is that of its draft
	Public                                bool   // readers see it
	Gone                                  bool   // they saw it once and are told that it is gone
	Hits                                  int64
	LastAt                                *time.Time // when readers asked last
}

// Place is where what the address leads to stands, for the question who may
// do what.
func (r AddressRow) Place() models.Place {
	return models.Place{Branch: r.Branch, Domain: r.DomainID, Lang: r.ToLang}
}

// AddressFilter selects old addresses for a list. Grants leave only those that
// lead to editions they cover.
type AddressFilter struct {
	Origins       []string // nil = all
	Text          string   // part of the address, of where it leads or of a title
	Grants        []models.Grant
	All           bool // no limit by grants
	Limit, Offset int
}

// addressRows is the join behind what is read of old addresses.
func (r *Read) addressRows() *gorm.DB {
	return r.db.Table("addresses a").
		Joins("LEFT JOIN editions d ON d.id = a.edition_id").
		Joins("LEFT JOIN entries e ON e.id = d.entry_id").
		Joins("LEFT JOIN drafts w ON w.edition_id = d.id").
		Select(`a.lang, a.path, a.url, a.origin, a.created_at, e.id AS entry_id, e.kind, e.type, e.branch, e.domain_id,
			d.lang AS to_lang, d.path AS to_path, w.title, coalesce(d.live_revision IS NOT NULL AND e.trashed_at IS NULL, 0) AS public,
			coalesce(d.first_published_at IS NOT NULL AND (d.withdrawn_at IS NOT NULL OR e.trashed_at IS NOT NULL), 0) AS gone`)
}

// counted adds the counts to rows; they are looked up for those alone.
func (r *Read) counted(rows *gorm.DB) ([]AddressRow, error) {
	var list []AddressRow
	err := r.db.Table("(?) t", rows).Select("t.*, coalesce(h.hits, 0) AS hits, h.last_at").
		Joins("LEFT JOIN address_hits h ON h.lang = t.lang AND h.path = t.path").
		Order("t.created_at DESC, t.lang, t.path").Scan(&list).Error
	if err != nil {
		return nil, fmt.Errorf("list redirects: %w", err)
	}
	return list, nil
}

// AddressRow returns an old address as lists show it, ErrNotFound when there
// is none.
func (r *Read) AddressRow(lang, path string) (AddressRow, error) {
	list, err := r.counted(r.addressRows().Where("a.lang = ? AND a.path = ?", lang, path))
	if err == nil && len(list) == 0 {
		err = models.ErrNotFound
	}
	if err != nil {
		return AddressRow{}, err
	}
	return list[0], nil
}

// Addresses returns old addresses, the newest first, and whether more follow.
func (r *Read) Addresses(f AddressFilter) ([]AddressRow, bool, error) {
	q := reach(r.addressRows(), f.Grants, f.All)
	if f.Origins != nil {
		q = q.Where("a.origin IN ?", f.Origins)
	}
	if f.Text != "" {
		path := "%" + escapeLike(strings.ToLower(f.Text)) + "%"
		q = q.Where(`(iif(a.lang = '', '/', '/' || a.lang || '/') || a.path LIKE @path ESCAPE '\' OR a.url LIKE @path ESCAPE '\'
			OR '/' || d.lang || '/' || d.path || '/' LIKE @path ESCAPE '\' OR w.title LIKE @title ESCAPE '\')`,
			map[string]any{"path": path, "title": "%" + escapeLike(f.Text) + "%"})
	}
	limit := f.Limit
	if limit <= 0 {
		limit = pageSize
	}
	list, err := r.counted(q.Order("a.created_at DESC, a.lang, a.path").Limit(limit + 1).Offset(f.Offset))
	if len(list) > limit {
		return list[:limit], true, err
	}
	return list, false, err
}
