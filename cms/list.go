package cms

import (
	"context"
	"slices"
	"strings"

	"meridian/models"
	"meridian/models/store"
)

// Desk is what needs somebody today.
type Desk struct {
	Continue []Row    // drafts of one's own that readers do not see yet
	Behind   []LagRow // translations whose original changed
	Lately   []Row    // what was saved lately within reach
	Sections []SectionOption
	// Soon is what is scheduled within reach, next first, with SoonMore not
	// all of it; Refused is what did not happen where the user may publish.
	Soon     []Planned
	SoonMore bool
	Refused  []Planned
	// Unconfirmed are organisations whose facts nobody confirmed for a year.
	Unconfirmed []Organisation
}

// LagRow is a translation that fell behind.
type LagRow struct {
	Row
	Behind int
}

// Desk returns the lists of the home screen.
func (c *CMS) Desk(ctx context.Context, by models.User) (desk Desk, err error) {
	err = c.view(ctx, func(r *store.Read) error {
		site, err := r.Site()
		if err != nil {
			return err
		}
		grants, all := by.Reach(models.ActRead)
		list := func(f store.RowFilter) ([]Row, error) {
			f.Grants, f.All = grants, all
			rows, _, err := r.Rows(f)
			if err != nil {
				return nil, err
			}
			return editionRows(r, by, rows, site)
		}
		if desk.Continue, err = list(store.RowFilter{Author: by.ID, Changed: true, Sort: "saved", Limit: 8}); err != nil {
			return err
		}
		if desk.Lately, err = list(store.RowFilter{Sort: "saved", Limit: 40}); err != nil {
			return err
		}
		lag, err := r.Lagging(grants, all, 60)
		if err != nil {
			return err
		}
		var ids []string
		for _, row := range lag {
			ids = append(ids, row.EntryID)
		}
		sources, err := r.SourceHashes(ids)
		if err != nil {
			return err
		}
		var late []store.EditionRow
		var counts []int
		for _, row := range lag {
			if n := len(models.Behind(row.SourceHashes, sources[row.EntryID])); n > 0 && len(late) < 12 {
				late, counts = append(late, row), append(counts, n)
			}
		}
		rows, err := editionRows(r, by, late, site)
		if err != nil {
			return err
		}
		for i, row := range rows {
			desk.Behind = append(desk.Behind, LagRow{row, counts[i]})
		}
		if desk.Unconfirmed, err = unconfirmed(r, by, c.store.Now()); err != nil {
			return err
		}
		if desk.Sections, err = writable(r, by); err != nil {
			return err
		}
		return desk.soon(r, by)
	})
	return desk, err
}

// editionRows turns editions into lines, one for each edition.
func editionRows(r *store.Read, by models.User, rows []store.EditionRow, site models.Site) ([]Row, error) {
	var ids []string
	for _, row := range rows {
		ids = append(ids, row.EntryID)
	}
	states, err := languageStates(r, by, slices.Compact(slices.Sorted(slices.Values(ids))), site)
	if err != nil {
		return nil, err
	}
	return linesOf(r, by, rows, states)
}

// linesOf turns editions into lines, with the states of their entries.
func linesOf(r *store.Read, by models.User, rows []store.EditionRow, states map[string][]LanguageState) ([]Row, error) {
	var sections, authors []string
	for _, row := range rows {
		authors = append(authors, row.Author)
		if row.SectionID != nil {
			sections = append(sections, *row.SectionID)
		}
	}
	titles, err := sectionTitles(r, by, sections, by.Lang)
	if err != nil {
		return nil, err
	}
	names, err := r.Names(authors)
	if err != nil {
		return nil, err
	}
	out := make([]Row, len(rows))
	for i, row := range rows {
		out[i] = Row{
			ID: row.EntryID, Kind: row.Kind, Type: row.Type, Title: row.Title, Lang: row.Lang, Date: row.Date,
			SavedAt: row.SavedAt, Author: names[row.Author], Languages: states[row.EntryID],
			CanWrite: by.Can(models.ActWrite, row.Place()),
		}
		if row.SectionID != nil {
			out[i].Section = Crumb{*row.SectionID, titles[*row.SectionID]}
			out[i].Top = strings.HasPrefix(row.Branch, "/"+*row.SectionID+"/")
		}
	}
	return out, nil
}

// entryRows turns entries into lines, one for each entry: the edition in the
// first of langs that there is gives the title and is what a click opens.
func entryRows(r *store.Read, by models.User, ids []string, site models.Site, langs ...string) ([]Row, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	rows, err := allRows(r, ids, site)
	if err != nil {
		return nil, err
	}
	states, err := statesOf(r, by, ids, site, rows)
	if err != nil {
		return nil, err
	}
	best := map[string]store.EditionRow{}
	rank := func(row store.EditionRow) int {
		if i := slices.Index(langs, row.Lang); i >= 0 {
			return i
		}
		if row.Lang == row.OriginalLang {
			return len(langs)
		}
		return len(langs) + 1
	}
	for _, row := range rows {
		if !by.Can(models.ActRead, row.Place()) {
			continue
		}
		if b, ok := best[row.EntryID]; !ok || rank(row) < rank(b) {
			best[row.EntryID] = row
		}
	}
	var list []store.EditionRow
	for _, id := range ids {
		if row, ok := best[id]; ok {
			list = append(list, row)
		}
	}
	return linesOf(r, by, list, states)
}

func list(r *store.Read, by models.User, f store.RowFilter, site models.Site, kind, sort string) ([]Row, bool, error) {
	f.Kind, f.Sort = kind, sort
	ids, more, err := r.EntryIDs(f)
	if err != nil {
		return nil, false, err
	}
	langs := []string{by.Lang}
	if f.Lang != "" {
		langs = []string{f.Lang}
	}
	rows, err := entryRows(r, by, ids, site, langs...)
	return rows, more, err
}

// top returns the highest section the user may read.
func top(r *store.Read, by models.User) (string, error) {
	grants, all := by.Reach(models.ActRead)
	if all {
		root, err := r.Root()
		return root.ID, err
	}
	best := ""
	var branch string
	for _, g := range grants {
		if best == "" || len(g.Branch) < len(branch) {
			best, branch = g.SectionID, g.Branch
		}
	}
	if best == "" {
		return "", models.ErrNotFound
	}
	return best, nil
}

// NewsFilter selects news for the list.
type NewsFilter struct {
	Section string
	Lang    string
	Topic   string
	State   string // "", draft, live, changed, off, withdrawn
	Text    string
	Page    int // from 1
}

// NewsList is one page of the news within reach.
type NewsList struct {
	Rows     []Row
	More     bool
	Filter   NewsFilter
	Topics   []models.Term
	Sections []SectionOption
	Site     models.Site
	CanWrite bool
}

// NewsPerPage is how many items a page of the list shows.
const NewsPerPage = 40

// News returns the list of news. A section, topic or state that does not exist
// selects nothing; a foreign section is ErrNotFound.
func (c *CMS) News(ctx context.Context, by models.User, f NewsFilter) (out NewsList, err error) {
	err = c.view(ctx, func(r *store.Read) error {
		out.Filter = f
		if out.Site, err = r.Site(); err != nil {
			return err
		}
		if out.Topics, err = r.Terms(models.VocabularyTopic); err != nil {
			return err
		}
		if out.Sections, err = writable(r, by); err != nil {
			return err
		}
		out.CanWrite = len(out.Sections) > 0
		grants, all := by.Reach(models.ActRead)
		rf := store.RowFilter{Lang: f.Lang, Topic: f.Topic, State: models.State(f.State), Text: f.Text, Grants: grants, All: all, Limit: NewsPerPage}
		if f.Page > 1 {
			rf.Offset = (f.Page - 1) * NewsPerPage
		}
		if f.Section != "" {
			e, err := entry(r, by, f.Section, "")
			if err != nil {
				return err
			}
			rf.Branch = e.Branch
		}
		out.Rows, out.More, err = list(r, by, rf, out.Site, models.KindNews, "date")
		return err
	})
	return out, err
}

// Writable returns the sections in which the user may create something, in
// the order of the tree.
func (c *CMS) Writable(ctx context.Context, by models.User) (out []SectionOption, err error) {
	err = c.view(ctx, func(r *store.Read) error {
		out, err = writable(r, by)
		return err
	})
	return out, err
}

func writable(r *store.Read, by models.User) ([]SectionOption, error) {
	return sectionsFor(r, by, models.ActWrite)
}

// sectionsFor returns the sections in which the user may do act, in the order
// of the tree.
func sectionsFor(r *store.Read, by models.User, act models.Act) ([]SectionOption, error) {
	root, err := r.Root()
	if err != nil {
		return nil, err
	}
	all, err := r.SectionsBelow(root.Branch)
	if err != nil {
		return nil, err
	}
	list := models.Outline(all, func(e models.Entry) bool { return e.TrashedAt == nil && by.Can(act, e.Place("")) })
	ids := make([]string, len(list))
	for i, e := range list {
		ids[i] = e.ID
	}
	titles, err := r.Titles(ids, by.Lang)
	if err != nil {
		return nil, err
	}
	var out []SectionOption
	for _, e := range list {
		out = append(out, SectionOption{e.ID, titles[e.ID], e.Depth})
	}
	return out, nil
}

// Site returns the settings of the site, for screens.
func (c *CMS) Site(ctx context.Context) (s models.Site, err error) {
	err = c.view(ctx, func(r *store.Read) error {
		s, err = r.Site()
		return err
	})
	return s, err
}

// Title returns the working title of a section the user may see.
func (c *CMS) Title(ctx context.Context, by models.User, id string) (title string, err error) {
	err = c.view(ctx, func(r *store.Read) error {
		if _, err := entry(r, by, id, ""); err != nil {
			return err
		}
		titles, err := r.Titles([]string{id}, by.Lang)
		title = strings.TrimSpace(titles[id])
		return err
	})
	return title, err
}
