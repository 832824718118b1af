package store

import (
	"fmt"
	"strings"
	"time"

	"meridian/models"
)

// reachAssets is the condition that an asset (alias a) is covered by one of the
// grants. Files have no language, so grants for some languages reach them. With
// shared, those that every section may use are reached as well.
func reachAssets(grants []models.Grant, all, shared bool) (string, []any) {
	if all {
		return "1 = 1", nil
	}
	var conds []string
	var args []any
	for _, g := range grants {
		conds = append(conds, "(a.branch >= ? AND a.branch < ? AND a.domain_id = ?)")
		args = append(append(args, branchArgs(g.Branch)...), g.Domain)
	}
	if len(conds) == 0 {
		return "1 = 0", nil
	}
	if shared {
		conds = append(conds, "a.shared = 1")
	}
	return "(" + strings.Join(conds, " OR ") + ")", args
}

// AssetFilter selects assets of the library.
type AssetFilter struct {
	Grants []models.Grant
	All    bool // no limit by grants
	// Shared also selects what every section may use.
	Shared     bool
	Kind       models.AssetKind
	Branch     string // the section and everything below it
	Collection string
	Uploader   string
	Lang       string
	// People selects by who is shown; Unanswered where nobody said so of a kind
	// that needs an answer.
	People     models.People
	Unanswered bool
	Consent    models.ConsentState // at the moment Now
	Now        time.Time
	// Undescribed selects pictures without a description in a language.
	Undescribed string
	Unused      bool // by no draft and no public text
	SharedOnly  bool
	Trash       bool         // what is in the trash, instead of what is not
	Matches     []StaffMatch // one of them
	After       string       // the last one of the page before
	Limit       int
}

// consentCondition is the condition that an asset (alias a, its newest consent
// c) is in a state at a moment.
func consentCondition(s models.ConsentState, now time.Time) (string, []any) {
	const needs = "a.people IN ('adults', 'children') AND c.id IS NOT NULL"
	switch s {
	case models.ConsentUnanswered:
		return "a.withheld = 'people'", nil
	case models.ConsentMissing:
		return "a.withheld = 'missing'", nil
	case models.ConsentWithdrawn:
		return "a.withheld = 'withdrawn'", nil
	case models.ConsentOtherUse:
		return "a.withheld = 'use'", nil
	case models.ConsentEnded: // whether the timer was there already or not
		return "(a.withheld = 'ended' OR a.withheld = '' AND " + needs + " AND c.ends_at <= ?)", []any{now}
	case models.ConsentEnding:
		return "a.withheld = '' AND " + needs + " AND c.ends_at > ? AND c.ends_at <= ?", []any{now, now.Add(models.ConsentWarning)}
	case models.ConsentValid:
		return "a.withheld = '' AND " + needs + " AND (c.ends_at IS NULL OR c.ends_at > ?)", []any{now.Add(models.ConsentWarning)}
	case models.ConsentNotNeeded:
		return "a.withheld = '' AND NOT (" + needs + ")", nil
	}
	return "1 = 0", nil
}

// FindAssets returns the assets that a filter selects, the newest first, and
// whether more follow.
func (r *Read) FindAssets(f AssetFilter) ([]models.Asset, bool, error) {
	cond, args := reachAssets(f.Grants, f.All, f.Shared)
	where := func(c string, a ...any) { cond, args = cond+" AND "+c, append(args, a...) }
	where("a.erased_at IS NULL")
	if f.Trash {
		where("a.trashed_at IS NOT NULL")
	} else {
		where("a.trashed_at IS NULL")
	}
	if f.Kind != "" {
		where("a.kind = ?", string(f.Kind))
	}
	if f.Branch != "" {
		where("a.branch >= ? AND a.branch < ?", branchArgs(f.Branch)...)
	}
	if f.Collection != "" {
		where("EXISTS (SELECT 1 FROM collection_assets m WHERE m.collection_id = ? AND m.asset_id = a.id)", f.Collection)
	}
	if f.Uploader != "" {
		where("a.uploaded_by = ?", f.Uploader)
	}
	if f.Lang != "" {
		where("a.lang = ?", f.Lang)
	}
	if f.People != "" {
		where("a.people = ?", string(f.People))
	}
	if f.Unanswered {
		where("a.people = '' AND a.kind IN ('image', 'video')")
	}
	if f.Consent != "" {
		c, a := consentCondition(f.Consent, f.Now)
		where(c, a...)
	}
	if f.Undescribed != "" {
		where("a.kind = 'image' AND NOT EXISTS (SELECT 1 FROM asset_descriptions d WHERE d.asset_id = a.id AND d.lang = ?)", f.Undescribed)
	}
	if f.Unused {
		where("NOT EXISTS (SELECT 1 FROM refs u JOIN editions d ON d.id = u.edition_id JOIN entries e ON e.id = d.entry_id WHERE u.target_id = a.id AND e.trashed_at IS NULL)")
	}
	if f.SharedOnly {
		where("a.shared = 1")
	}
	if f.Matches != nil {
		found, err := r.assetsWith(f.Matches)
		if err != nil {
			return nil, false, err
		}
		where("a.id IN (SELECT asset_id FROM asset_docs WHERE id IN (SELECT value FROM json_each(?)))", found)
	}
	if f.After != "" {
		where("a.id < ?", f.After)
	}
	list, err := selected[models.Asset](r.db, "SELECT a.* FROM assets a LEFT JOIN consents c ON c.id = a.consent_id WHERE "+cond+" ORDER BY a.id DESC LIMIT ?", append(args, f.Limit+1)...)
	if err != nil {
		return nil, false, fmt.Errorf("list assets: %w", err)
	}
	if len(list) > f.Limit {
		return list[:f.Limit], true, nil
	}
	return list, false, nil
}

// AssetUploaders returns who uploaded what the grants reach, each once, by name.
func (r *Read) AssetUploaders(grants []models.Grant, all bool) ([]models.User, error) {
	cond, args := reachAssets(grants, all, true)
	list, err := selected[models.User](r.db, "SELECT id, name FROM users WHERE id IN (SELECT a.uploaded_by FROM assets a WHERE "+cond+") ORDER BY name, id LIMIT 500", args...)
	if err != nil {
		return nil, fmt.Errorf("list uploaders: %w", err)
	}
	return list, nil
}
