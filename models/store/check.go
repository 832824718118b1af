package store

import "fmt"

// contentRules are statements that must find nothing, each with the sentence
// for what it found. They restate what the transactions promise.
var contentRules = []struct{ says, sql string }{
	{"%d editions have no working text", `SELECT count(*) FROM editions d LEFT JOIN drafts w ON w.edition_id = d.id WHERE w.edition_id IS NULL`},
	{"%d live pointers lead to a revision of another edition", `SELECT count(*) FROM editions d JOIN revisions r ON r.id = d.live_revision WHERE r.edition_id <> d.id`},
	{"%d entries are not below their section", `SELECT count(*) FROM entries e JOIN entries s ON s.id = e.section_id
		WHERE e.branch <> s.branch || CASE WHEN e.kind = 'section' THEN e.id || '/' ELSE '' END`},
	{"%d entries belong to no organisation above them", `SELECT count(*) FROM entries e JOIN entries s ON s.id = e.section_id
		WHERE e.domain_id <> CASE WHEN e.type = 'organisation' THEN e.id ELSE s.domain_id END`},
	{"%d old addresses are the current one of something public", `SELECT count(*) FROM addresses a JOIN live l ON l.lang = a.lang AND l.path = a.path`},
	{"%d public editions have no row in the journal", `SELECT count(*) FROM (SELECT entry_id, lang FROM live EXCEPT SELECT subject_id, lang FROM changes)`},
	{"%d public editions belong to entries without public facts", `SELECT count(*) FROM live l WHERE l.lang <> 'und' AND l.section_id IS NOT NULL
		AND NOT EXISTS (SELECT 1 FROM live f WHERE f.entry_id = l.entry_id AND f.lang = 'und')`},
	{"%d news are missing from the lists of sections", `SELECT count(*) FROM (SELECT s.value, l.lang, json_extract(f.fields, '$.date'), l.entry_id
		FROM live l JOIN live f ON f.entry_id = l.entry_id AND f.lang = 'und',
		  json_each('["' || replace(trim(l.branch, '/'), '/', '","') || '"]') s
		WHERE l.kind = 'news' AND l.lang <> 'und' EXCEPT SELECT section_id, lang, date, entry_id FROM section_news)`},
	{"%d rows in the lists of sections are of news elsewhere", `SELECT count(*) FROM section_news n JOIN entries e ON e.id = n.entry_id
		WHERE instr(e.branch, '/' || n.section_id || '/') = 0`},
	{"%d rows in the lists of sections are of no public news", `SELECT count(*) FROM (SELECT lang, date, entry_id FROM section_news
		EXCEPT SELECT l.lang, json_extract(f.fields, '$.date'), l.entry_id FROM live l JOIN live f ON f.entry_id = l.entry_id AND f.lang = 'und'
		WHERE l.kind = 'news' AND l.lang <> 'und')`},
	{"%d public editions are missing from lists or listed as something else", `SELECT count(*) FROM (
		SELECT kind, lang, first_published_at, edition_id, entry_id, branch, published_at, title FROM live WHERE lang <> 'und'
		EXCEPT SELECT kind, lang, published_at, edition_id, entry_id, branch, updated_at, title FROM listed)`},
	{"%d rows of lists are of nothing public", `SELECT count(*) FROM listed WHERE edition_id NOT IN (SELECT edition_id FROM live WHERE lang <> 'und')`},
	{"%d entries carry a term that was merged into another one", `SELECT count(*) FROM entry_terms c JOIN terms t ON t.id = c.term_id WHERE NOT (` + standing + `)`},
	{"%d files of the library are not where their section is", `SELECT count(*) FROM assets a JOIN entries s ON s.id = a.section_id WHERE a.branch <> s.branch OR a.domain_id <> s.domain_id`},
	{"%d files of the library give out a version that is not theirs", `SELECT count(*) FROM assets a LEFT JOIN asset_versions v ON v.id = a.version_id AND v.asset_id = a.id WHERE v.id IS NULL`},
	// What ended by the clock is left to the timer.
	{"%d files of the library are public against what is on record about who is shown", `SELECT count(*) FROM assets a LEFT JOIN consents c ON c.id = a.consent_id AND c.asset_id = a.id
		WHERE a.withheld = '' AND (c.withdrawn_at IS NOT NULL OR a.consent_id <> '' AND c.id IS NULL OR a.people = '' AND a.kind IN ('image', 'video')
		  OR a.people = 'children' AND c.id IS NULL OR a.people IN ('adults', 'children') AND c.id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM json_each(c.uses) WHERE value = 'site'))`},
	{"%d files of the library that public pages use are not known to be public", `SELECT count(*) FROM assets a WHERE a.first_public_at IS NULL AND EXISTS (SELECT 1 FROM asset_uses u WHERE u.asset_id = a.id)`},
}

// CheckContent compares what is stored with what the program promises about it
// and returns a sentence for each promise that does not hold.
func (r *Read) CheckContent() ([]string, error) {
	var out []string
	for _, rule := range contentRules {
		var n int64
		if err := r.db.Raw(rule.sql).Scan(&n).Error; err != nil {
			return out, fmt.Errorf("check content: %w", err)
		}
		if n > 0 {
			out = append(out, fmt.Sprintf(rule.says, n))
		}
	}
	return out, nil
}
