package cms

import (
	"context"
	"maps"
	"slices"
	"strings"

	"golang.org/x/text/cases"

	"meridian/models"
	"meridian/models/store"
)

// Bounds of the tree screen: how many sections are open at once, and how many
// rows a level, a page of what a filter finds and the whole screen have.
const (
	TreeMostOpen  = 30
	TreePerLevel  = 100
	treePerFound  = 50
	treeMostBelow = 1000
)

// TreeQuery says which part of the tree is looked at. An empty Section is the
// highest one within reach.
type TreeQuery struct {
	Section string
	// Open are sections whose children are listed too, at most TreeMostOpen.
	Open []string
	Page int // of the list, from 1
	// Text is part of a title; Lang and State are how far an entry is in one
	// language: missing, draft, changed or live. Either makes the list flat,
	// over everything below the section.
	Text  string
	Lang  string
	State models.State
}

// Flat reports whether the query asks for a flat list.
func (q TreeQuery) Flat() bool { return q.Text != "" || q.State != "" }

// Tree is a section with what is in it, as its staff see it.
type Tree struct {
	Section models.Entry
	Title   string
	Trail   []Crumb // the sections above that the user may open
	Own     TreeRow // the section itself
	Rows    []TreeRow
	// First is the place before the first row: PlaceFirst, or the id of what
	// stands before it on the page before.
	First string
	More  bool // a further page follows
	News  int  // items directly in the section
	Site  models.Site
	// CanWrite is about the section itself.
	CanWrite bool
}

// TreeRow is a section or a page in the tree.
type TreeRow struct {
	Row
	Version int // of the entry
	Nav     string
	// Up and Down are the places one step away, "" at the ends.
	Up, Down string
	Filled   bool // a section with something in it
	Open     bool
	Children []TreeRow
	More     bool // it has more children than are listed
	News     int  // items directly in it, counted when it is open
	// CanMove reports whether the user may move what the row itself holds;
	// what is below it may ask for more.
	CanMove, CanPublish bool
}

// Tree returns a part of the tree. Errors: ErrNotFound for what is missing,
// foreign or no section.
func (c *CMS) Tree(ctx context.Context, by models.User, q TreeQuery) (out Tree, err error) {
	err = c.view(ctx, func(r *store.Read) error {
		if q.Section == "" {
			if q.Section, err = top(r, by); err != nil {
				return err
			}
		}
		e, err := entry(r, by, q.Section, "")
		if err != nil {
			return err
		}
		if e.Kind != models.KindSection {
			return models.ErrNotFound
		}
		if out.Site, err = r.Site(); err != nil {
			return err
		}
		out.Section, out.CanWrite = e, by.Can(models.ActWrite, e.Place(""))
		above, err := trail(r, by, e, by.Lang)
		if err != nil {
			return err
		}
		for _, c := range above {
			if c.Title != "" {
				out.Trail = append(out.Trail, c)
			}
		}
		t := treeReader{Read: r, by: by, entries: map[string]models.Entry{e.ID: e}, budget: treeMostBelow}
		t.grants, t.all = by.Reach(models.ActRead)
		if len(q.Open) > TreeMostOpen {
			q.Open = q.Open[len(q.Open)-TreeMostOpen:]
		}
		top := TreeRow{Row: Row{ID: e.ID}}
		if q.Flat() {
			top.Children, top.More, err = t.flat(e, q)
		} else {
			out.First, err = t.level(&top, q.Open, max(q.Page-1, 0)*TreePerLevel)
		}
		if err != nil {
			return err
		}
		if err := t.fill(&top, out.Site); err != nil {
			return err
		}
		out.Own, out.Rows, out.More, out.Title = top, top.Children, top.More, top.Title
		out.Own.Children = nil
		if !q.Flat() {
			out.News = top.News
		}
		return nil
	})
	return out, err
}

// treeReader collects the rows of a screen before it reads what they show, so
// that the number of queries follows the levels and not the rows.
type treeReader struct {
	*store.Read
	by      models.User
	grants  []models.Grant
	all     bool
	entries map[string]models.Entry
	budget  int // rows that may still come
}

// level lists the children of a row, and in turn those of its open ones. It
// returns the place before the first of them.
func (t *treeReader) level(parent *TreeRow, open []string, offset int) (string, error) {
	limit := min(TreePerLevel, t.budget)
	ahead := min(2, offset) // the two before give the places of the first row
	list, more, err := t.Tree(store.TreeFilter{Section: parent.ID, Grants: t.grants, All: t.all, Limit: ahead + limit + 1, Offset: offset - ahead})
	if err != nil {
		return "", err
	}
	parent.Open, parent.More = true, more || len(list) > ahead+limit
	before := func(i int) string { // the place before the ith of the list
		if i > 0 {
			return list[i-1].ID
		}
		return PlaceFirst
	}
	first := before(min(ahead, len(list)))
	for i := ahead; i < min(len(list), ahead+limit); i++ {
		row := t.row(list[i])
		if i > 0 {
			row.Up = before(i - 1)
		}
		if i+1 < len(list) {
			row.Down = list[i+1].ID
		}
		parent.Children = append(parent.Children, row)
	}
	t.budget -= len(parent.Children)
	for i := range parent.Children {
		if row := &parent.Children[i]; t.budget > 0 && slices.Contains(open, row.ID) && t.entries[row.ID].Kind == models.KindSection {
			if _, err := t.level(row, open, 0); err != nil {
				return "", err
			}
		}
	}
	return first, nil
}

// flat lists what a filter finds below a section.
func (t *treeReader) flat(e models.Entry, q TreeQuery) (rows []TreeRow, more bool, err error) {
	list, more, err := t.Tree(store.TreeFilter{
		Branch: e.Branch, Text: q.Text, Lang: q.Lang, State: q.State, Grants: t.grants, All: t.all,
		Limit: treePerFound, Offset: max(q.Page-1, 0) * treePerFound,
	})
	for _, e := range list {
		rows = append(rows, t.row(e))
	}
	return rows, more, err
}

func (t *treeReader) row(e models.Entry) TreeRow {
	t.entries[e.ID] = e
	return TreeRow{Row: Row{ID: e.ID}}
}

// fill reads what the rows of a screen show.
func (t *treeReader) fill(top *TreeRow, site models.Site) error {
	var ids, sections, open []string
	var collect func(*TreeRow)
	collect = func(row *TreeRow) {
		ids = append(ids, row.ID)
		if t.entries[row.ID].Kind == models.KindSection {
			sections = append(sections, row.ID)
		}
		if row.Open {
			open = append(open, row.ID)
		}
		for i := range row.Children {
			collect(&row.Children[i])
		}
	}
	collect(top)
	slices.Sort(ids)
	list, err := entryRows(t.Read, t.by, slices.Compact(ids), site, t.by.Lang)
	if err != nil {
		return err
	}
	byID := map[string]Row{}
	for _, row := range list {
		byID[row.ID] = row
	}
	filled, err := t.Filled(sections)
	if err != nil {
		return err
	}
	news, err := t.NewsIn(open)
	if err != nil {
		return err
	}
	var put func(*TreeRow)
	put = func(row *TreeRow) {
		e := t.entries[row.ID]
		if full, ok := byID[row.ID]; ok { // without one, no language of it is the user's
			row.Row = full
		}
		row.Kind, row.Type, row.Version, row.Nav, row.Filled, row.News = e.Kind, e.Type, e.Version, e.Nav, filled[row.ID], news[row.ID]
		row.CanWrite, row.CanPublish = t.by.Can(models.ActWrite, e.Place("")), t.by.Can(models.ActPublish, e.Place(""))
		row.CanMove = !e.Root() && mayMoveOwn(t.by, e, row.Languages)
		for i := range row.Children {
			put(&row.Children[i])
		}
	}
	put(top)
	return nil
}

// mayMoveOwn is mayChangeBranch for an entry without what is below it, judged by
// its states.
func mayMoveOwn(by models.User, e models.Entry, states []LanguageState) bool {
	if e.Type == models.TypeOrganisation && !by.Can(models.ActOrganise, e.Place("")) {
		return false
	}
	for _, s := range states {
		act := models.ActPublish
		switch s.State {
		case models.StateMissing:
			continue
		case models.StateDraft:
			act = models.ActWrite
		}
		if !by.Can(act, e.Place(s.Lang)) {
			return false
		}
	}
	return true
}

// Placement is where an entry stands and where it could go.
type Placement struct {
	Entry   models.Entry
	Title   string
	Section Crumb  // where it stands
	Place   string // there: PlaceFirst or the id of what stands before it
	// Entries, Addresses and Langs are what a move to another section changes.
	Entries, Addresses int
	Langs              []string
	// To is the section looked at, "" when it is none to choose; Siblings are
	// what stands in it, in order, at most 200.
	To       string
	Siblings []Crumb
	// Sections are those to choose from, in the order of the tree.
	Sections []SectionOption
}

// siblingsMost is how many neighbours a place can be chosen among; first, last
// and a step up or down work beyond it.
const siblingsMost = 200

// Placement returns what the screens for moving and copying show about an
// entry, with the neighbours it would have in a section, "" for its own. Errors:
// models.ErrForbidden when the user may not move it; a *models.ConflictError for
// the root.
func (c *CMS) Placement(ctx context.Context, by models.User, id, to string) (out Placement, err error) {
	err = c.view(ctx, func(r *store.Read) error {
		out, err = placement(r, by, id, to)
		if err != nil {
			return err
		}
		b, err := mayChangeBranch(r, by, out.Entry, out.Entry)
		if err != nil {
			return err
		}
		out.Entries, out.Langs = b.Entries, slices.Sorted(maps.Keys(b.Langs))
		if out.Addresses, err = r.AddressesBelow(out.Entry); err != nil {
			return err
		}
		if out.Entry.Kind != models.KindSection {
			return nil
		}
		below, err := r.SectionsBelow(out.Entry.Branch)
		if err != nil {
			return err
		}
		out.Sections = slices.DeleteFunc(out.Sections, func(s SectionOption) bool {
			return slices.ContainsFunc(below, func(e models.Entry) bool { return e.ID == s.ID })
		})
		return nil
	})
	return out, err
}

// CopyPlacement is Placement for making a copy, which asks for no right on the
// original but to read it. Entries is how many there are with those below.
func (c *CMS) CopyPlacement(ctx context.Context, by models.User, id string) (out Placement, err error) {
	err = c.view(ctx, func(r *store.Read) error {
		if out, err = placement(r, by, id, ""); err != nil {
			return err
		}
		if len(out.Sections) == 0 {
			return models.ErrForbidden
		}
		list, err := r.Branch(out.Entry, copyMost+1)
		out.Entries = len(list)
		return err
	})
	return out, err
}

func placement(r *store.Read, by models.User, id, to string) (out Placement, err error) {
	if out.Entry, err = entry(r, by, id, ""); err != nil {
		return out, err
	}
	if out.Entry.Root() {
		return out, models.Conflict("root_stays")
	}
	own := out.Entry.Section()
	if out.Place, err = r.Before(out.Entry); err != nil {
		return out, err
	}
	if out.Place == "" {
		out.Place = PlaceFirst
	}
	if out.Sections, err = writable(r, by); err != nil {
		return out, err
	}
	if to == "" {
		to = own
	}
	grants, all := by.Reach(models.ActRead)
	ids := []string{id}
	if slices.ContainsFunc(out.Sections, func(s SectionOption) bool { return s.ID == to }) {
		out.To = to
		list, _, err := r.Tree(store.TreeFilter{Section: to, Grants: grants, All: all, Limit: siblingsMost})
		if err != nil {
			return out, err
		}
		for _, e := range list {
			if e.ID != id {
				out.Siblings = append(out.Siblings, Crumb{ID: e.ID})
				ids = append(ids, e.ID)
			}
		}
	}
	titles, err := r.Titles(ids, by.Lang)
	if err != nil {
		return out, err
	}
	out.Title = titles[id]
	for i, s := range out.Siblings {
		out.Siblings[i].Title = titles[s.ID]
	}
	above, err := sectionTitles(r, by, []string{own}, by.Lang)
	out.Section = Crumb{own, above[own]}
	return out, err
}

// FindSections returns the options whose title contains some words, without
// regard to capitals.
func FindSections(list []SectionOption, text string) []SectionOption {
	fold := cases.Fold()
	text = fold.String(strings.TrimSpace(text))
	if text == "" {
		return list
	}
	var out []SectionOption
	for _, s := range list {
		if strings.Contains(fold.String(s.Title), text) {
			out = append(out, s)
		}
	}
	return out
}
