package store

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"meridian/models"
)

// EditionRow is an edition with what a list shows of it.
type EditionRow struct {
	EntryID, Kind, Type, Branch, DomainID string
	Nav, OriginalLang                     string
	SectionID                             *string
	Position                              int
	EditionID, Lang, Slug                 string
	Path                                  *string
	LiveRevision                          *string
	FirstPublishedAt, PublishedAt         *time.Time
	WithdrawnAt                           *time.Time
	Version                               int
	Title                                 string
	Author                                string
	SavedAt                               time.Time
	DraftHash, LiveHash                   string
	SourceHashes                          map[string]string
	Date                                  string
}

// State returns the state of the row's edition.
func (r EditionRow) State() models.State {
	return models.StateOf(models.Edition{LiveRevision: r.LiveRevision, WithdrawnAt: r.WithdrawnAt, FirstPublishedAt: r.FirstPublishedAt}, r.DraftHash, r.LiveHash)
}

// Place is where the row's edition stands for the question who may do what.
func (r EditionRow) Place() models.Place {
	return models.Place{Branch: r.Branch, Domain: r.DomainID, Lang: r.Lang}
}

const rowColumns = `e.id AS entry_id, e.kind, e.type, e.branch, e.domain_id, e.nav, e.original_lang, e.section_id, e.position,
	d.id AS edition_id, d.lang, d.slug, d.path, d.live_revision, d.first_published_at, d.published_at, d.withdrawn_at, d.version,
	w.title, w.author, w.saved_at, w.hash AS draft_hash, coalesce(r.hash, '') AS live_hash, w.source_hashes,
	coalesce(nullif(json_extract(f.fields, '$.date'), ''), '') AS date`

// rows is the join behind every list of editions on the editor side. The
// facts' draft gives the date a news item will have.
func (r *Read) rows() *gorm.DB {
	return r.db.Table("entries e").
		Joins("JOIN editions d ON d.entry_id = e.id AND d.lang <> 'und'").
		Joins("JOIN drafts w ON w.edition_id = d.id").
		Joins("LEFT JOIN revisions r ON r.id = d.live_revision").
		Joins("LEFT JOIN editions fd ON fd.entry_id = e.id AND fd.lang = 'und'").
		Joins("LEFT JOIN drafts f ON f.edition_id = fd.id").
		Where("e.trashed_at IS NULL")
}

// editionRows reads the rowColumns that a query selects. The long lists of the
// back office are made of these: gorm's Scan takes several times as long.
func editionRows(q *gorm.DB) (list []EditionRow, err error) {
	rows, err := q.Rows()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	known := blockHashes{}
	for rows.Next() {
		var x EditionRow
		var hashes sql.RawBytes
		err := rows.Scan(&x.EntryID, &x.Kind, &x.Type, &x.Branch, &x.DomainID, &x.Nav, &x.OriginalLang, &x.SectionID, &x.Position,
			&x.EditionID, &x.Lang, &x.Slug, &x.Path, &x.LiveRevision, &x.FirstPublishedAt, &x.PublishedAt, &x.WithdrawnAt, &x.Version,
			&x.Title, &x.Author, &x.SavedAt, &x.DraftHash, &x.LiveHash, &hashes, &x.Date)
		if err != nil {
			return nil, err
		}
		if x.SourceHashes, err = known.of(hashes); err != nil {
			return nil, fmt.Errorf("block hashes of %s: %w", x.EditionID, err)
		}
		list = append(list, x)
	}
	return list, rows.Err()
}

// blockHashes are those read so far, by their JSON: translations of one text
// have the same, which nobody changes.
type blockHashes map[string]map[string]string

func (b blockHashes) of(text []byte) (map[string]string, error) {
	if len(text) == 0 {
		return nil, nil
	}
	if h, ok := b[string(text)]; ok {
		return h, nil
	}
	var h map[string]string
	if err := json.Unmarshal(text, &h); err != nil {
		return nil, err
	}
	b[string(text)] = h
	return h, nil
}

// RowFilter selects editions for a list of the editor side.
type RowFilter struct {
	Entries []string // ids; nil = all
	Kind    string
	Branch  string // the section and everything below it
	Section string // direct children only
	Lang    string
	State   models.State // live, changed, draft, off, withdrawn; "" = all
	Text    string       // part of a title
	Topic   string       // id of a term
	Author  string       // of the draft
	Changed bool         // drafts whose words readers do not see
	Live    bool         // editions readers see in some version
	Grants  []models.Grant
	All     bool   // no limit by grants
	Sort    string // "saved" and "date" are newest first; "" is the place in the tree
	Limit   int
	Offset  int
}

func (r *Read) filtered(f RowFilter) *gorm.DB {
	q := reach(r.rows(), f.Grants, f.All)
	if f.Entries != nil {
		q = q.Where("e.id IN ("+listed+")", jsonList(f.Entries))
	}
	if f.Kind != "" {
		q = q.Where("e.kind = ?", f.Kind)
	}
	if f.Branch != "" {
		q = q.Where("e.branch >= ? AND e.branch < ?", branchArgs(f.Branch)...)
	}
	if f.Section != "" {
		q = q.Where("e.section_id = ?", f.Section)
	}
	if f.Lang != "" {
		q = q.Where("d.lang = ?", f.Lang)
	}
	if f.Text != "" {
		q = q.Where("w.title LIKE ? ESCAPE '\\'", contains(f.Text))
	}
	if f.Topic != "" {
		q = q.Where("EXISTS (SELECT 1 FROM json_each(f.fields, '$.topics') t JOIN terms m ON m.id = t.value WHERE coalesce(json_extract(m.data, '$.merged_into'), m.id) = ?)", f.Topic)
	}
	if f.Author != "" {
		q = q.Where("w.author = ?", f.Author)
	}
	if f.Changed {
		q = q.Where("d.live_revision IS NULL OR w.hash <> r.hash")
	}
	if f.Live {
		q = q.Where("d.live_revision IS NOT NULL")
	}
	if f.State != "" {
		q = q.Where(inState(f.State))
	}
	return q
}

// inState is the condition that an edition (alias d, with its draft w and its
// public revision r) is in a state. Nothing is in one that does not exist.
func inState(s models.State) string {
	switch s {
	case models.StateLive:
		return "d.live_revision IS NOT NULL AND w.hash = r.hash"
	case models.StateChanged:
		return "d.live_revision IS NOT NULL AND w.hash <> r.hash"
	case models.StateDraft:
		return "d.live_revision IS NULL AND d.first_published_at IS NULL AND d.withdrawn_at IS NULL"
	case models.StateOff:
		return "d.live_revision IS NULL AND d.first_published_at IS NOT NULL AND d.withdrawn_at IS NULL"
	case models.StateWithdrawn:
		return "d.live_revision IS NULL AND d.withdrawn_at IS NOT NULL"
	}
	return "1 = 0"
}

// pageSize is the length of a list that asks for none.
const pageSize = 50

func (f RowFilter) limit() int {
	if f.Limit <= 0 {
		return pageSize
	}
	return f.Limit
}

// Rows returns editions for a list and whether more follow.
func (r *Read) Rows(f RowFilter) ([]EditionRow, bool, error) {
	q := r.filtered(f).Select(rowColumns)
	switch f.Sort {
	case "saved":
		q = q.Order("w.saved_at DESC, d.id DESC")
	case "date":
		q = q.Order("date DESC, e.id DESC, d.lang")
	default:
		q = q.Order("e.kind DESC, e.position, e.id, d.lang")
	}
	limit := f.limit()
	list, err := editionRows(q.Limit(limit + 1).Offset(f.Offset))
	if err != nil {
		return nil, false, fmt.Errorf("list editions: %w", err)
	}
	if len(list) > limit {
		return list[:limit], true, nil
	}
	return list, false, nil
}

// EntryIDs returns the ids of the entries that have an edition a filter
// selects, in its order, and whether more follow.
func (r *Read) EntryIDs(f RowFilter) ([]string, bool, error) {
	q := r.filtered(f).Select("e.id").Group("e.id")
	switch f.Sort {
	case "saved":
		q = q.Order("max(w.saved_at) DESC, e.id DESC")
	case "date":
		q = q.Order("coalesce(nullif(json_extract(f.fields, '$.date'), ''), '') DESC, e.id DESC")
	default:
		q = q.Order("e.kind DESC, e.position, e.id")
	}
	limit := f.limit()
	var ids []string
	if err := q.Limit(limit + 1).Offset(f.Offset).Scan(&ids).Error; err != nil {
		return nil, false, fmt.Errorf("list entries: %w", err)
	}
	if len(ids) > limit {
		return ids[:limit], true, nil
	}
	return ids, false, nil
}

// Lagging returns translations that were not made from the public revision of
// their original, the most recently changed originals first. Whether a block
// really differs is for the caller to compare.
func (r *Read) Lagging(grants []models.Grant, all bool, limit int) ([]EditionRow, error) {
	list, err := editionRows(reach(r.rows(), grants, all).Select(rowColumns).
		Joins("JOIN editions o ON o.entry_id = e.id AND o.lang = e.original_lang AND o.live_revision IS NOT NULL").
		Where("d.lang <> e.original_lang AND w.based_on <> o.live_revision").
		Order("o.published_at DESC, d.id").Limit(limit))
	if err != nil {
		return nil, fmt.Errorf("list translations: %w", err)
	}
	return list, nil
}

// SourceHashes returns, by entry, the block hashes of what translations are
// compared with: the public revision of the original, else its newest one,
// else its draft.
func (r *Read) SourceHashes(entries []string) (map[string]map[string]string, error) {
	list, err := selected[struct {
		EntryID string
		Hashes  map[string]string `gorm:"serializer:json"`
	}](r.db, `SELECT e.id AS entry_id, coalesce(r.hashes,
			(SELECT n.hashes FROM revisions n WHERE n.edition_id = d.id ORDER BY n.number DESC LIMIT 1), w.hashes) AS hashes FROM entries e
		JOIN editions d ON d.entry_id = e.id AND d.lang = e.original_lang
		JOIN drafts w ON w.edition_id = d.id
		LEFT JOIN revisions r ON r.id = d.live_revision WHERE e.id IN (`+listed+")", jsonList(entries))
	if err != nil {
		return nil, fmt.Errorf("read originals: %w", err)
	}
	out := make(map[string]map[string]string, len(list))
	for _, h := range list {
		out[h.EntryID] = h.Hashes
	}
	return out, nil
}

// Titles returns a title for each entry, public or not: in the first of langs
// that has an edition, else in the original language.
func (r *Read) Titles(entries []string, langs ...string) (map[string]string, error) {
	return r.titles(`SELECT e.id AS entry_id, d.lang, e.original_lang, w.title FROM entries e
		JOIN editions d ON d.entry_id = e.id AND d.lang <> 'und' JOIN drafts w ON w.edition_id = d.id WHERE e.id IN ?`, entries, langs)
}

// PublicTitles is Titles over what readers see; what is not public has none.
func (r *Read) PublicTitles(entries []string, langs ...string) (map[string]string, error) {
	return r.titles("SELECT entry_id, lang, original_lang, title FROM live WHERE lang <> 'und' AND entry_id IN ?", entries, langs)
}

func (r *Read) titles(query string, entries, langs []string) (map[string]string, error) {
	out := map[string]string{}
	best := map[string]int{}
	for chunk := range chunks(entries, 500) {
		var list []struct{ EntryID, Lang, OriginalLang, Title string }
		if err := r.db.Raw(query, chunk).Scan(&list).Error; err != nil {
			return nil, fmt.Errorf("read titles: %w", err)
		}
		for _, t := range list {
			rank := 1
			if t.Lang == t.OriginalLang {
				rank = 2
			}
			for i, l := range langs {
				if l == t.Lang {
					rank = 3 + len(langs) - i
				}
			}
			if rank > best[t.EntryID] {
				best[t.EntryID], out[t.EntryID] = rank, t.Title
			}
		}
	}
	return out, nil
}

// Members returns how many organisations of the network readers see, in a
// region and with a status if they are not empty.
func (r *Read) Members(region, status string) (int, error) {
	var n int
	err := r.db.Raw(`SELECT count(*) FROM profiles p WHERE p.status <> '' AND (@region = '' OR p.region = @region) AND (@status = '' OR p.status = @status)
		AND EXISTS (SELECT 1 FROM live l WHERE l.entry_id = p.entry_id AND l.lang <> 'und')`, map[string]any{"region": region, "status": status}).Scan(&n).Error
	return n, err
}
