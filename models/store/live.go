package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
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
	// Now is when it began, by the clock of the store.
	Now time.Time
	// reads are the names of what was read so far.
	reads reads
	// index is that of what readers find.
	index *wordIndex
}

// Live runs fn in one read transaction of the reader side: one of its own, or
// that of the snapshot that ctx belongs to.
func (s *Store) Live(ctx context.Context, fn func(*Live) error) error {
	if l, ok := ctx.Value(snapshotKey{}).(*Live); ok {
		return fn(&Live{db: l.db, Head: l.Head, Now: s.now(), reads: reads{NameSite: {}}, index: s.index.public})
	}
	return s.reader.WithContext(ctx).Transaction(func(db *gorm.DB) error {
		l := &Live{db: db, Now: s.now(), reads: reads{NameSite: {}}, index: s.index.public}
		// The first statement fixes what the transaction sees.
		head, err := selected[int64](db, "SELECT coalesce(max(seq), 0) FROM changes")
		if err != nil {
			return fmt.Errorf("read journal head: %w", err)
		}
		l.Head = head[0]
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
	textColumns = refColumns + `, l.summary, l.body, l.fields, l.based_on, l.source_hashes, l.machine, l.hash, l.revision_id, l.revised_at`
	// briefColumns are what a teaser shows: no text, no comparison with originals.
	briefColumns = refColumns + `, l.summary, l.hash, l.revision_id`
	liveFrom     = ` FROM live l LEFT JOIN entry_dates ed ON ed.entry_id = l.entry_id `
)

func (l *Live) text(where string, args ...any) (LiveText, error) {
	list, err := selected[LiveText](l.db, "SELECT "+textColumns+liveFrom+"WHERE "+where+" LIMIT 1", args...)
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
	t, err := l.text("l.lang = ? AND l.path = ?", lang, path)
	if err != nil {
		l.read(nameAddresses) // it may become somebody's
		return t, err
	}
	l.read(NameEntry(t.EntryID))
	return t, nil
}

// ByEntry returns the public edition of an entry in a language.
func (l *Live) ByEntry(entry, lang string) (LiveText, error) {
	l.read(NameEntry(entry))
	return l.text("l.entry_id = ? AND l.lang = ?", entry, lang)
}

// Facts returns the public facts of an entry; none is an empty map.
func (l *Live) Facts(entry string) (map[string]any, error) {
	l.read(NameEntry(entry))
	m, err := l.FactsOf([]string{entry})
	return m[entry], err
}

// FactsOf returns the public facts of several entries by id.
func (l *Live) FactsOf(entries []string) (map[string]map[string]any, error) {
	l.readEntries(entries)
	out := map[string]map[string]any{}
	rows, err := selected[struct{ EntryID, Fields string }](l.db, `SELECT l.entry_id, coalesce(l.fields, '{}') AS fields
		FROM json_each(?) j CROSS JOIN live l ON l.entry_id = j.value AND l.lang = 'und'`, jsonList(entries))
	if err != nil {
		return nil, fmt.Errorf("read facts: %w", err)
	}
	for _, r := range rows {
		m := map[string]any{}
		if err := json.Unmarshal([]byte(r.Fields), &m); err != nil {
			return nil, fmt.Errorf("facts of %s: %w", r.EntryID, err)
		}
		out[r.EntryID] = m
	}
	return out, nil
}

// EditionsOf returns the public editions of several entries, by entry and
// language; facts are none. They are without the date of a news item.
func (l *Live) EditionsOf(entries []string) ([]LiveRef, error) {
	l.readEntries(entries)
	ids := slices.Sorted(slices.Values(entries))
	// One step after the other, by their keys, and so in the right order: the view
	// "live" says the same, and its plan takes half as long again.
	list, err := selected[LiveRef](l.db, `SELECT e.id AS entry_id, e.kind, e.type, e.branch, e.section_id, e.position, e.nav, e.original_lang,
		d.id AS edition_id, d.lang, d.slug, d.path, r.title, d.first_published_at, d.published_at
		FROM json_each(?) j CROSS JOIN entries e ON e.id = j.value AND e.trashed_at IS NULL
		CROSS JOIN editions d ON d.entry_id = e.id AND d.live_revision IS NOT NULL AND d.lang <> 'und'
		CROSS JOIN revisions r ON r.id = d.live_revision`, jsonList(slices.Compact(ids)))
	if err != nil {
		return nil, fmt.Errorf("list live editions: %w", err)
	}
	slices.SortStableFunc(list, func(a, b LiveRef) int { return cmp.Or(cmp.Compare(a.EntryID, b.EntryID), cmp.Compare(a.Lang, b.Lang)) })
	return list, nil
}

// LiveHash is what a translation is compared with: the public revision of the
// original and the hashes of its blocks.
type LiveHash struct {
	EntryID, Lang, RevisionID string
	Hashes                    map[string]string `gorm:"serializer:json"`
}

// Sources returns, by entry, the hashes of the public originals.
func (l *Live) Sources(entries []string) (map[string]LiveHash, error) {
	l.readEntries(entries)
	out := map[string]LiveHash{}
	for chunk := range chunks(entries, 500) {
		list, err := selected[LiveHash](l.db, "SELECT entry_id, lang, revision_id, hashes FROM live WHERE lang = original_lang AND entry_id IN ?", chunk)
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
	l.read() // what is sealed never changes, and goes with its entry only
	out := map[string]time.Time{}
	for chunk := range chunks(ids, 500) {
		list, err := selected[struct {
			ID        string
			CreatedAt time.Time
		}](l.db, "SELECT id, created_at FROM revisions WHERE id IN ?", chunk)
		if err != nil {
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
	l.readEntries(ids)
	list, err := selected[SectionName](l.db, `SELECT e.id AS entry_id, e.type, d.lang, r.title, CASE WHEN d.live_revision IS NOT NULL THEN d.path END AS path
		FROM entries e JOIN editions d ON d.entry_id = e.id AND d.lang <> 'und'
		JOIN revisions r ON r.id = coalesce(d.live_revision, d.replaced_revision,
		  (SELECT p.id FROM revisions p WHERE p.edition_id = d.id AND p.reason = 'published' ORDER BY p.number DESC LIMIT 1))
		WHERE e.id IN ? AND e.trashed_at IS NULL AND d.withdrawn_at IS NULL ORDER BY e.id, d.lang`, ids)
	if err != nil {
		return nil, fmt.Errorf("name sections: %w", err)
	}
	return list, nil
}

// Children returns the public sections and pages directly below a section in
// a language, sections first, in their order, as teasers.
func (l *Live) Children(section, lang string, kinds ...string) ([]LiveText, error) {
	l.read(nameChildren(section, lang))
	list, err := selected[LiveText](l.db, "SELECT "+briefColumns+liveFrom+"WHERE l.section_id = ? AND l.lang = ? AND l.kind IN ? ORDER BY l.kind DESC, l.position, l.entry_id LIMIT 500",
		section, lang, kinds)
	if err != nil {
		return nil, fmt.Errorf("list children: %w", err)
	}
	for _, t := range list {
		l.read(NameEntry(t.EntryID))
	}
	return list, nil
}

// Menu returns the public entries of a menu in a language, in order.
func (l *Live) Menu(nav, lang string) ([]LiveRef, error) {
	l.read(nameMenu(lang), nameMenus)
	list, err := selected[LiveRef](l.db, "SELECT "+refColumns+liveFrom+"WHERE l.nav = ? AND l.lang = ? ORDER BY length(l.branch) - CASE l.kind WHEN 'section' THEN length(l.entry_id) + 1 ELSE 0 END, l.position, l.entry_id LIMIT 40", nav, lang)
	if err != nil {
		return nil, fmt.Errorf("read menu: %w", err)
	}
	for _, r := range list {
		l.read(NameEntry(r.EntryID))
	}
	return list, nil
}

// Root returns the id of the root section.
func (l *Live) Root() (string, error) {
	l.read(NameSite) // it is made once, with the settings
	list, err := selected[string](l.db, "SELECT id FROM entries WHERE section_id IS NULL")
	if err != nil {
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
	list, err := selected[struct {
		Branch  string
		Witness *string
	}](l.db, `SELECT e.branch, (SELECT l.entry_id FROM live l WHERE l.branch >= e.branch AND l.branch < e.branch || '~' AND l.lang <> 'und' LIMIT 1) AS witness
		FROM entries e WHERE e.id = ? AND e.kind = 'section' AND e.trashed_at IS NULL`, section)
	if err != nil {
		return "", err
	}
	if len(list) == 0 || list[0].Witness == nil {
		for _, kind := range kinds { // until something enters it
			l.read(nameList(kind, section, anyLang))
		}
		return "", models.ErrNotFound
	}
	l.read(nameStay(*list[0].Witness), nameStay(section), nameAway(section))
	return list[0].Branch, nil
}

// Site returns the settings of the site.
func (l *Live) Site() (models.Site, error) {
	l.read(NameSite)
	var s models.Site
	err := readSetting(l.db, "site", &s)
	return s, err
}

// Installation returns what names this installation.
func (l *Live) Installation() (models.Installation, error) {
	l.read(NameSite)
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

// Journal returns the rows about entries and assets after seq, oldest first, at most
// limit, and whether more follow. Rows of other subjects are passed over.
func (l *Live) Journal(after int64, limit int) ([]JournalRow, bool, error) {
	l.read(NameEverything)
	list, err := selected[JournalRow](l.db, "SELECT seq, at, subject_id, kind, lang, action FROM changes WHERE seq > ? AND subject IN ('entry', 'asset') ORDER BY seq LIMIT ?",
		after, limit+1)
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
