package store

import (
	"fmt"

	"meridian/models"
)

// Counted returns what readers are told of the size of the network: the
// organisations that are members or associates and public in some language,
// and the countries they are in.
func (r *Read) Counted() (sections, countries int, err error) {
	var n struct{ Sections, Countries int }
	err = r.db.Raw(`SELECT count(*) AS sections, count(DISTINCT nullif(p.country, '')) AS countries FROM profiles p
		WHERE p.status NOT IN ('', 'former') AND EXISTS (SELECT 1 FROM live l WHERE l.entry_id = p.entry_id AND l.lang <> 'und')`).Scan(&n).Error
	if err != nil {
		return 0, 0, fmt.Errorf("count the network: %w", err)
	}
	return n.Sections, n.Countries, nil
}

// TypedNumber is a place in a text where somebody typed a number that the
// directory counts.
type TypedNumber struct {
	EntryID, Kind, Type, Branch, DomainID, Lang string
	Title                                       string // the working one
	LiveTitle                                   string // "" when nothing is public
	BlockID, TargetID                           string
	// Live and Draft say which of the two texts has it.
	Live, Draft bool
}

// Place is where the text stands for the question who may see it.
func (t TypedNumber) Place() models.Place {
	return models.Place{Branch: t.Branch, Domain: t.DomainID, Lang: t.Lang}
}

// TypedNumbers returns all places with typed numbers outside the trash, those
// that readers see first, then as entries were created.
func (r *Read) TypedNumbers() ([]TypedNumber, error) {
	var list []TypedNumber
	err := r.db.Raw(typedNumbersSQL).Scan(&list).Error
	if err != nil {
		return nil, fmt.Errorf("list typed numbers: %w", err)
	}
	return list, nil
}

// typedNumbersSQL looks up two ranges of the index on targets: "=" and ">" are
// neighbours.
const typedNumbersSQL = `SELECT e.id AS entry_id, e.kind, e.type, e.branch, e.domain_id, d.lang,
		w.title, coalesce(v.title, '') AS live_title, f.block_id, f.target_id, max(f.live) AS live, max(1 - f.live) AS draft
	FROM refs f JOIN editions d ON d.id = f.edition_id JOIN entries e ON e.id = d.entry_id
	JOIN drafts w ON w.edition_id = d.id LEFT JOIN revisions v ON v.id = d.live_revision
	WHERE (f.target_id >= 'country_count=' AND f.target_id < 'country_count>' OR f.target_id >= 'section_count=' AND f.target_id < 'section_count>')
	  AND f.target_kind = 'fact' AND e.trashed_at IS NULL
	GROUP BY f.edition_id, f.block_id, f.target_id ORDER BY live DESC, e.id, d.lang, f.block_id, f.target_id LIMIT 5000`
