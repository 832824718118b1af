package store

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"meridian/models"
)

// Move puts an entry somewhere else, with everything below it.
type Move struct {
	Entry models.Entry // as it is now; its version guards the move
	To    models.Entry // the section it goes to, or stays in
	// Position among the children of To; what stands there and behind makes
	// room. News have none.
	Position int
	Nav      string
	// Paths say, for every language of what moves, how addresses begin before
	// and after. They are empty when the entry stays in its section.
	Paths []PathChange
	Actor string
}

// PathChange is how the addresses of a branch begin in one language, before
// and after: the address of the entry itself is exactly that. Slug is the last
// segment its edition gets, "" where it has none in the language.
type PathChange struct{ Lang, Was, Now, Slug string }

// Move changes the tree, the addresses and the lists of news in one go; old
// addresses that readers knew lead to the new ones. It returns the entry as it
// is afterwards and how many addresses changed. Errors: ErrStale; a conflict
// when an address below is taken.
func (tx *Tx) Move(m Move) (models.Entry, int, error) {
	e, section := m.Entry, m.Entry.Kind == models.KindSection
	if section {
		if err := tx.room(); err != nil {
			return e, 0, err
		}
	}
	if e.Kind != models.KindNews && (m.To.ID != e.Section() || m.Position != e.Position) {
		_, err := tx.exec("UPDATE entries SET position = position + 1 WHERE section_id = ? AND position >= ? AND kind <> 'news' AND id <> ?", m.To.ID, m.Position, e.ID)
		if err != nil {
			return e, 0, fmt.Errorf("make room: %w", err)
		}
	}
	err := tx.update(models.ErrStale, "UPDATE entries SET section_id = ?, position = ?, nav = ?, version = version + 1 WHERE id = ? AND version = ?",
		m.To.ID, m.Position, m.Nav, e.ID, e.Version)
	if err != nil {
		return e, 0, fmt.Errorf("move %s: %w", e.ID, err)
	}
	was := e.Branch
	now := m.To.Branch
	if section {
		now += e.ID + "/"
	}
	if was != now {
		err := tx.rebranch(e, was, now, m.To.DomainID)
		if err != nil {
			return e, 0, err
		}
	}
	if e, err = tx.Entry(e.ID); err != nil {
		return e, 0, err
	}
	if was != now {
		if err := tx.moveNews(e, was); err != nil {
			return e, 0, err
		}
	}
	if err := tx.placeChanged(m, e); err != nil {
		return e, 0, err
	}
	if len(m.Paths) == 0 {
		return e, 0, tx.journalMoved(e, "", m.Actor)
	}
	moved := 0
	for _, p := range m.Paths {
		n, err := tx.MoveAddresses(e, p, m.Actor)
		if err != nil {
			return e, moved, err
		}
		moved += n
	}
	return e, moved, nil
}

// below selects the ids of an entry and everything below it, the trash
// included.
func below(e models.Entry) (sql string, args []any) {
	if e.Kind != models.KindSection {
		return "SELECT id FROM entries WHERE id = ?", []any{e.ID}
	}
	return "SELECT id FROM entries WHERE " + inBranch, branchArgs(e.Branch)
}

// rebranch gives an entry and what is below it their new chain of sections
// and, down to the next organisation, their new domain.
func (tx *Tx) rebranch(e models.Entry, was, now, domain string) error {
	where, args := below(e)
	_, err := tx.exec(`UPDATE entries SET branch = ? || substr(branch, ?), domain_id = CASE WHEN domain_id = ? THEN ? ELSE domain_id END
		WHERE id IN (`+where+")", append([]any{now, len(was) + 1, oldDomain(e), domain}, args...)...)
	if err != nil {
		return fmt.Errorf("move branch: %w", err)
	}
	if e.Kind != models.KindSection {
		return nil
	}
	return tx.moveAssets(was, now, oldDomain(e), domain)
}

// oldDomain is the domain that what moves with e has to leave: none for an
// organisation, which is its own.
func oldDomain(e models.Entry) string {
	if e.Type == models.TypeOrganisation {
		return ""
	}
	return e.DomainID
}

// moveNews takes the news of a branch out of the lists of the sections it
// left and puts them into those it came to.
func (tx *Tx) moveNews(e models.Entry, was string) error {
	if e.Kind == models.KindNews {
		return tx.projectNews(e)
	}
	if e.Kind != models.KindSection {
		return nil
	}
	old, now := branchIDs(was), branchIDs(e.Branch)
	for _, id := range old {
		if slices.Contains(now, id) {
			continue
		}
		_, err := tx.exec("DELETE FROM section_news WHERE section_id = ? AND entry_id IN (SELECT entry_id FROM section_news WHERE section_id = ?)", id, e.ID)
		if err != nil {
			return fmt.Errorf("take news out of a list: %w", err)
		}
	}
	for _, id := range now {
		if slices.Contains(old, id) {
			continue
		}
		_, err := tx.exec("INSERT INTO section_news (section_id, lang, date, entry_id) SELECT ?, lang, date, entry_id FROM section_news WHERE section_id = ?", id, e.ID)
		if err != nil {
			return fmt.Errorf("put news into a list: %w", err)
		}
	}
	return nil
}

// MoveAddresses gives an entry, and everything below a section, addresses that
// begin differently in one language, and returns how many changed. It is
// SetPath for a whole branch: what readers knew leads on in one hop, addresses
// taken back stop being redirects, and the journal gets a row for every public
// edition that moved.
func (tx *Tx) MoveAddresses(e models.Entry, p PathChange, actor string) (int, error) {
	if p.Slug != "" {
		if _, err := tx.exec("UPDATE editions SET slug = ? WHERE entry_id = ? AND lang = ?", p.Slug, e.ID, p.Lang); err != nil {
			return 0, fmt.Errorf("rename %s: %w", e.ID, err)
		}
	}
	if p.Was == p.Now {
		return 0, tx.journalMoved(e, p.Lang, actor)
	}
	n, err := tx.listMoved(e, p)
	if err != nil {
		return 0, err
	}
	var steps []string
	free := ""
	if strings.HasPrefix(p.Now+"/", p.Was+"/") || strings.HasPrefix(p.Was+"/", p.Now+"/") {
		// It could meet itself on the way: it goes through addresses nobody has,
		// and what one left another may have now.
		steps = append(steps, "UPDATE editions SET path = char(1) || id WHERE id IN (SELECT id FROM moved) AND lang = ?1")
		free = " AND NOT EXISTS (SELECT 1 FROM live l WHERE l.lang = ?1 AND l.path = m.old)"
	}
	steps = append(steps, "UPDATE editions SET path = m.new FROM moved m WHERE m.id = editions.id AND lang = ?1")
	// A place where nothing ever was has no redirects to look for one by one.
	taken, err := value[bool](&tx.Read, "SELECT EXISTS (SELECT 1 FROM addresses WHERE lang = ? AND (path = ? OR path >= ? AND path < ?))", p.Lang, p.Now, p.Now+"/", p.Now+"0")
	if err != nil {
		return 0, fmt.Errorf("look for redirects: %w", err)
	}
	if taken {
		steps = append(steps, // What is public takes the address from redirects; the rest only its own.
			"DELETE FROM addresses WHERE lang = ?1 AND path IN (SELECT new FROM moved WHERE live)",
			"DELETE FROM addresses WHERE edition_id IN (SELECT id FROM moved WHERE NOT live) AND lang = ?1 AND path = (SELECT new FROM moved m WHERE m.id = addresses.edition_id)")
	}
	steps = append(steps, "INSERT INTO addresses (lang, path, edition_id, url, origin, created_at) SELECT ?1, m.old, m.id, '', '"+models.AddressAutomatic+"', ?2 FROM moved m WHERE m.once"+free+" ON CONFLICT DO NOTHING")
	for _, sql := range steps {
		args := []any{p.Lang}
		if strings.Contains(sql, "?2") {
			args = append(args, tx.now)
		}
		if _, err := tx.exec(sql, args...); err != nil {
			return 0, fmt.Errorf("move addresses: %w", duplicate(err, "address_taken_below"))
		}
	}
	// "Gone" is what the new address of something withdrawn answers now.
	var gone bool
	if err := tx.db.Raw("SELECT EXISTS (SELECT 1 FROM moved WHERE gone)").Scan(&gone).Error; err != nil {
		return 0, fmt.Errorf("move addresses: %w", err)
	}
	if gone {
		if err := tx.addressesChanged(p.Lang, actor); err != nil {
			return 0, err
		}
	}
	return n, tx.journalAll(models.ActionMoved, "SELECT entry_id FROM moved", nil, p.Lang, actor)
}

// listMoved writes down, in a table of this connection, the editions whose
// addresses change, and returns how many they are.
func (tx *Tx) listMoved(e models.Entry, p PathChange) (int, error) {
	for _, sql := range []string{
		`CREATE TEMP TABLE IF NOT EXISTS moved (id TEXT PRIMARY KEY, entry_id TEXT NOT NULL, old TEXT NOT NULL, new TEXT NOT NULL,
			live INTEGER NOT NULL, once INTEGER NOT NULL, gone INTEGER NOT NULL) WITHOUT ROWID`,
		"DELETE FROM moved",
	} {
		if _, err := tx.exec(sql); err != nil {
			return 0, fmt.Errorf("list what moves: %w", err)
		}
	}
	in, args := below(e)
	n, err := tx.exec(`INSERT INTO moved SELECT d.id, e.id, d.path, ? || substr(d.path, ?), d.live_revision IS NOT NULL AND e.trashed_at IS NULL,
			d.first_published_at IS NOT NULL, d.first_published_at IS NOT NULL AND (d.withdrawn_at IS NOT NULL OR e.trashed_at IS NOT NULL)
		FROM entries e JOIN editions d ON d.entry_id = e.id AND d.lang = ?
		WHERE (d.path = ? OR substr(d.path, 1, ?) = ?) AND e.id IN (`+in+")",
		append([]any{p.Now, utf8.RuneCountInString(p.Was) + 1, p.Lang, p.Was, utf8.RuneCountInString(p.Was) + 1, p.Was + "/"}, args...)...)
	if err != nil {
		return 0, fmt.Errorf("list what moves: %w", err)
	}
	return int(n), nil
}

// addressesChanged tells the journal that addresses answer differently, of
// which no public edition has a row.
func (tx *Tx) addressesChanged(lang, actor string) error {
	return tx.append(models.Change{Subject: models.SubjectSite, SubjectID: "addresses", Action: models.ActionUpdated, Lang: lang, Actor: actor})
}

// journalMoved appends a row for each public edition of an entry: in one
// language with everything below, or, with lang "", in all of them alone.
func (tx *Tx) journalMoved(e models.Entry, lang, actor string) error {
	in, args := "SELECT ?", []any{e.ID}
	if lang != "" {
		in, args = below(e)
	}
	return tx.journalAll(models.ActionMoved, in, args, lang, actor)
}

// journalAll appends a row of one action for every public edition of the
// entries that a condition selects, in one language or in all of them, facts
// only where they are meant: a moved entry has facts that stay where they are.
func (tx *Tx) journalAll(action, in string, args []any, lang, actor string) error {
	sql := `INSERT INTO changes (at, subject, subject_id, kind, lang, action, revision_id, branch, nav, actor)
		SELECT ?, ?, l.entry_id, l.kind, l.lang, ?, l.revision_id, l.branch, l.nav, ? FROM live l WHERE l.entry_id IN (` + in + ")"
	list := append([]any{tx.now, models.SubjectEntry, action, actor}, args...)
	switch {
	case lang != "":
		sql += " AND l.lang = ?"
		list = append(list, lang)
	case action == models.ActionMoved:
		sql += " AND l.lang <> 'und'"
	}
	n, err := tx.exec(sql+" ORDER BY length(l.branch), l.entry_id, l.lang", list...)
	if err != nil {
		return fmt.Errorf("append to journal: %w", err)
	}
	if n > 0 {
		return tx.readHead()
	}
	return nil
}

// readHead notes the newest row of the journal after one statement appended many.
func (tx *Tx) readHead() error {
	seq, err := value[int64](&tx.Read, "SELECT max(seq) FROM changes")
	tx.seq = seq
	return err
}

// BranchFacts is what has to be known of an entry and everything below it
// before it is moved, copied or thrown away.
type BranchFacts struct {
	Entries       int // the trash included
	Organisations int
	// Langs holds every language there is an edition in, and whether readers
	// knew some of it.
	Langs map[string]bool
	// Public is how many editions readers see, the trash aside.
	Public int
}

// BranchFacts returns the facts of a branch.
func (r *Read) BranchFacts(e models.Entry) (BranchFacts, error) {
	b := BranchFacts{Langs: map[string]bool{}}
	in, args := below(e)
	var counts []struct{ Entries, Organisations int }
	err := r.db.Raw("SELECT count(*) AS entries, count(nullif(type <> 'organisation', 1)) AS organisations FROM entries WHERE id IN ("+in+")", args...).Scan(&counts).Error
	if err != nil {
		return b, fmt.Errorf("look at branch: %w", err)
	}
	b.Entries, b.Organisations = counts[0].Entries, counts[0].Organisations
	var langs []struct {
		Lang   string
		Once   bool
		Public int
	}
	err = r.db.Raw(`SELECT d.lang, max(d.first_published_at IS NOT NULL) AS once, count(iif(d.live_revision IS NOT NULL AND e.trashed_at IS NULL, 1, NULL)) AS public
		FROM entries e JOIN editions d ON d.entry_id = e.id AND d.lang <> 'und' WHERE e.id IN (`+in+") GROUP BY d.lang", args...).Scan(&langs).Error
	if err != nil {
		return b, fmt.Errorf("look at branch: %w", err)
	}
	for _, l := range langs {
		b.Langs[l.Lang] = l.Once
		b.Public += l.Public
	}
	return b, nil
}

// TurnIntoSection makes a page a section of the type area at the same address.
func (tx *Tx) TurnIntoSection(e models.Entry, actor string) (models.Entry, error) {
	err := tx.update(models.ErrStale, "UPDATE entries SET kind = ?, type = ?, branch = branch || id || '/', version = version + 1 WHERE id = ? AND version = ? AND kind = 'page'",
		models.KindSection, models.TypeArea, e.ID, e.Version)
	if err != nil {
		return e, fmt.Errorf("turn %s into a section: %w", e.ID, err)
	}
	if e, err = tx.Entry(e.ID); err != nil {
		return e, err
	}
	before := tx.seq
	if err := tx.journalMoved(e, "", actor); err != nil {
		return e, err
	}
	if tx.seq == before {
		// Nothing of it is public, but that it is gone may be: as a page.
		known, err := value[bool](&tx.Read, "SELECT EXISTS (SELECT 1 FROM editions WHERE entry_id = ? AND lang <> 'und' AND first_published_at IS NOT NULL)", e.ID)
		if err != nil || !known {
			return e, err
		}
		return e, tx.append(models.Change{Subject: models.SubjectSite, SubjectID: "addresses", Action: models.ActionUpdated, Actor: actor})
	}
	return e, tx.place(e, branchAbove(e), models.NavNone, actor) // it left the lists of pages
}
