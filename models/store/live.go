package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"gorm.io/gorm"

	"meridian/models"
)

// Live has the queries of the reader side, all of them over the view "live":
// what is public is defined there, once. Its rows have no working text, no
// note and no e-mail address of a member of staff.
type Live struct {
	db *gorm.DB
	// Head is the newest journal row the transaction can see.
	Head int64
}

// Live runs fn in one read transaction of the reader side.
func (s *Store) Live(ctx context.Context, fn func(*Live) error) error {
	return s.reader.WithContext(ctx).Transaction(func(db *gorm.DB) error {
		l := &Live{db: db}
		// The first statement fixes what the transaction sees.
		if err := db.Raw("SELECT coalesce(max(seq), 0) FROM changes").Scan(&l.Head).Error; err != nil {
			return fmt.Errorf("read journal head: %w", err)
		}
		return fn(l)
	})
}

// LiveText is a public edition with its words.
type LiveText struct {
	LiveRef
	Summary      string
	Body         string
	Fields       map[string]any    `gorm:"serializer:json"`
	BasedOn      string            ``
	SourceHashes map[string]string `gorm:"serializer:json"`
	Hashes       map[string]string `gorm:"serializer:json"`
	Machine      bool
	Hash         string
	RevisionID   string
	RevisedAt    time.Time
}

// LiveRef is what a link to a public edition needs.
type LiveRef struct {
	EntryID, Kind, Type, Branch string
	SectionID                   *string
	Position                    int
	Nav, OriginalLang           string
	EditionID, Lang, Slug, Path string
	Title                       string
	FirstPublishedAt            time.Time
	PublishedAt                 time.Time
	Date                        string // of a news item, YYYY-MM-DD
}

// Section returns the id of the parent section, "" for the root.
func (r LiveRef) Section() string {
	if r.SectionID == nil {
		return ""
	}
	return *r.SectionID
}

const (
	refColumns = `l.entry_id, l.kind, l.type, l.branch, l.section_id, l.position, l.nav, l.original_lang,
		l.edition_id, l.lang, l.slug, l.path, l.title, l.first_published_at, l.published_at, coalesce(ed.date, '') AS date`
	textColumns = refColumns + `, l.summary, l.body, l.fields, l.based_on, l.source_hashes, l.hashes, l.machine, l.hash, l.revision_id, l.revised_at`
	// briefColumns are what a teaser shows: no text, no comparison with originals.
	briefColumns = refColumns + `, l.summary, l.hash, l.revision_id`
	liveFrom     = ` FROM live l LEFT JOIN entry_dates ed ON ed.entry_id = l.entry_id `
)

func (l *Live) text(where string, args ...any) (LiveText, error) {
	var list []LiveText
	err := l.db.Raw("SELECT "+textColumns+liveFrom+"WHERE "+where+" LIMIT 1", args...).Scan(&list).Error
	if err != nil {
		return LiveText{}, fmt.Errorf("read live edition: %w", err)
	}
	if len(list) == 0 {
		return LiveText{}, models.ErrNotFound
	}
	return list[0], nil
}

// ByPath returns the public edition at an address.
func (l *Live) ByPath(lang, path string) (LiveText, error) {
	return l.text("l.lang = ? AND l.path = ?", lang, path)
}

// ByEntry returns the public edition of an entry in a language.
func (l *Live) ByEntry(entry, lang string) (LiveText, error) {
	return l.text("l.entry_id = ? AND l.lang = ?", entry, lang)
}

// Facts returns the public facts of an entry; none is an empty map.
func (l *Live) Facts(entry string) (map[string]any, error) {
	m, err := l.FactsOf([]string{entry})
	return m[entry], err
}

// FactsOf returns the public facts of several entries by id.
func (l *Live) FactsOf(entries []string) (map[string]map[string]any, error) {
	out := map[string]map[string]any{}
	for chunk := range chunks(entries, 500) {
		var rows []struct{ EntryID, Fields string }
		if err := l.db.Raw("SELECT entry_id, coalesce(fields, '{}') AS fields FROM live WHERE lang = 'und' AND entry_id IN ?", chunk).Scan(&rows).Error; err != nil {
			return nil, fmt.Errorf("read facts: %w", err)
		}
		for _, r := range rows {
			m := map[string]any{}
			if err := json.Unmarshal([]byte(r.Fields), &m); err != nil {
				return nil, fmt.Errorf("facts of %s: %w", r.EntryID, err)
			}
			out[r.EntryID] = m
		}
	}
	return out, nil
}

// EditionsOf returns the public editions of several entries, by entry and
// language; facts are none.
func (l *Live) EditionsOf(entries []string) ([]LiveRef, error) {
	var out []LiveRef
	for chunk := range chunks(entries, 500) {
		var list []LiveRef
		err := l.db.Raw("SELECT "+refColumns+liveFrom+"WHERE l.lang <> 'und' AND l.entry_id IN ? ORDER BY l.entry_id, l.lang", chunk).Scan(&list).Error
		if err != nil {
			return nil, fmt.Errorf("list live editions: %w", err)
		}
		out = append(out, list...)
	}
	return out, nil
}

// LiveHash is what a translation is compared with: the public revision of the
// original and the hashes of its blocks.
type LiveHash struct {
	EntryID, Lang, RevisionID string
	Hashes                    map[string]string `gorm:"serializer:json"`
}

// Sources returns, by entry, the hashes of the public originals.
func (l *Live) Sources(entries []string) (map[string]LiveHash, error) {
	out := map[string]LiveHash{}
	for chunk := range chunks(entries, 500) {
		var list []LiveHash
		err := l.db.Raw("SELECT entry_id, lang, revision_id, hashes FROM live WHERE lang = original_lang AND entry_id IN ?", chunk).Scan(&list).Error
		if err != nil {
			return nil, fmt.Errorf("read originals: %w", err)
		}
		for _, h := range list {
			out[h.EntryID] = h
		}
	}
	return out, nil
}

// RevisionTimes returns when revisions that translations are based on were
// sealed.
func (l *Live) RevisionTimes(ids []string) (map[string]time.Time, error) {
	out := map[string]time.Time{}
	for chunk := range chunks(ids, 500) {
		var list []struct {
			ID        string
			CreatedAt time.Time
		}
		if err := l.db.Raw("SELECT id, created_at FROM revisions WHERE id IN ?", chunk).Scan(&list).Error; err != nil {
			return nil, fmt.Errorf("date revisions: %w", err)
		}
		for _, r := range list {
			out[r.ID] = r.CreatedAt
		}
	}
	return out, nil
}

// Behind counts the blocks of an original that changed since a translation
// was made of it (see models.Behind).
func Behind(made, now map[string]string) int { return len(models.Behind(made, now)) }

// Term is a term with its labels.
type Term = models.Term

// SectionName is a section as a breadcrumb names it.
type SectionName struct {
	EntryID, Type string
	Lang, Title   string
	// Path is set when the section's landing is public in Lang.
	Path *string
}

// SectionNames returns, for sections by id, the best public name in each
// language that has one: the live title, or, when the landing is unpublished,
// the title readers last saw. Withdrawn and trashed ones have none.
func (l *Live) SectionNames(ids []string) ([]SectionName, error) {
	var list []SectionName
	err := l.db.Raw(`SELECT e.id AS entry_id, e.type, d.lang, r.title, CASE WHEN d.live_revision IS NOT NULL THEN d.path END AS path
		FROM entries e JOIN editions d ON d.entry_id = e.id AND d.lang <> 'und'
		JOIN revisions r ON r.id = coalesce(d.live_revision, d.replaced_revision,
		  (SELECT p.id FROM revisions p WHERE p.edition_id = d.id AND p.reason = 'published' ORDER BY p.number DESC LIMIT 1))
		WHERE e.id IN ? AND e.trashed_at IS NULL AND d.withdrawn_at IS NULL ORDER BY e.id, d.lang`, ids).Scan(&list).Error
	if err != nil {
		return nil, fmt.Errorf("name sections: %w", err)
	}
	return list, nil
}

// Children returns the public sections and pages directly below a section in
// a language, sections first, in their order, as teasers.
func (l *Live) Children(section, lang string, kinds ...string) ([]LiveText, error) {
	var list []LiveText
	err := l.db.Raw("SELECT "+briefColumns+liveFrom+"WHERE l.section_id = ? AND l.lang = ? AND l.kind IN ? ORDER BY l.kind DESC, l.position, l.entry_id LIMIT 500",
		section, lang, kinds).Scan(&list).Error
	if err != nil {
		return nil, fmt.Errorf("list children: %w", err)
	}
	return list, nil
}

// Menu returns the public entries of a menu in a language, in order.
func (l *Live) Menu(nav, lang string) ([]LiveRef, error) {
	var list []LiveRef
	err := l.db.Raw("SELECT "+refColumns+liveFrom+"WHERE l.nav = ? AND l.lang = ? ORDER BY length(l.branch) - CASE l.kind WHEN 'section' THEN length(l.entry_id) + 1 ELSE 0 END, l.position, l.entry_id LIMIT 40", nav, lang).Scan(&list).Error
	if err != nil {
		return nil, fmt.Errorf("read menu: %w", err)
	}
	return list, nil
}

// Root returns the id of the root section.
func (l *Live) Root() (string, error) {
	var list []string
	if err := l.db.Raw("SELECT id FROM entries WHERE section_id IS NULL").Scan(&list).Error; err != nil {
		return "", err
	}
	if len(list) == 0 {
		return "", models.ErrNotFound
	}
	return list[0], nil
}

// BranchOf returns the chain of sections of a section that is public in some
// language or holds something public; ErrNotFound otherwise.
func (l *Live) BranchOf(section string) (string, error) {
	var list []string
	err := l.db.Raw(`SELECT e.branch FROM entries e WHERE e.id = ? AND e.kind = 'section' AND e.trashed_at IS NULL
		AND EXISTS (SELECT 1 FROM live l WHERE l.branch >= e.branch AND l.branch < e.branch || '~' AND l.lang <> 'und')`, section).Scan(&list).Error
	if err != nil {
		return "", err
	}
	if len(list) == 0 {
		return "", models.ErrNotFound
	}
	return list[0], nil
}

// Site returns the settings of the site.
func (l *Live) Site() (models.Site, error) {
	var s models.Site
	err := readSetting(l.db, "site", &s)
	return s, err
}

// Installation returns what names this installation.
func (l *Live) Installation() (models.Installation, error) {
	var i models.Installation
	err := readSetting(l.db, "installation", &i)
	return i, err
}

// JournalRow is a row of the journal as other sites see it.
type JournalRow struct {
	Seq                           int64
	At                            time.Time
	SubjectID, Kind, Lang, Action string
}

// Journal returns the rows about entries after seq, oldest first, at most
// limit, and whether more follow. Rows of other subjects are passed over.
func (l *Live) Journal(after int64, limit int) ([]JournalRow, bool, error) {
	var list []JournalRow
	err := l.db.Raw("SELECT seq, at, subject_id, kind, lang, action FROM changes WHERE seq > ? AND subject = 'entry' ORDER BY seq LIMIT ?",
		after, limit+1).Scan(&list).Error
	if err != nil {
		return nil, false, fmt.Errorf("read journal: %w", err)
	}
	if len(list) > limit {
		return list[:limit], true, nil
	}
	return list, false, nil
}

// ErrNotFound is what every query answers when readers may see nothing there.
// It stands here as well so that the reader side need not import models.
var ErrNotFound = models.ErrNotFound
