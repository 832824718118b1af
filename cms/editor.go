package cms

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"meridian/cms/block"
	"meridian/models"
	"meridian/models/store"
)

// Editor is everything the editing screen of one edition shows.
type Editor struct {
	Entry   models.Entry
	Edition models.Edition
	Kind    models.Kind
	State   models.State
	Draft   models.Draft
	Doc     *block.Document
	// Facts are edited on the same screen, under a version of their own.
	Facts        models.Draft
	FactsEdition models.Edition
	FactsPending bool

	Author    string // name of who saved the draft
	Trail     []Crumb
	Languages []LanguageState
	Findings  []Finding
	// Source is the original of a translation; nil for originals.
	Source *Source
	// Options for the fields that choose: terms by vocabulary, and sections.
	Terms    map[string][]models.Term
	Sections []SectionOption
	Site     models.Site

	CanWrite, CanPublish bool
}

// Crumb is a section above, with its working title; "" where the user may not
// see that one.
type Crumb struct{ ID, Title string }

// LanguageState is how far an entry is in one language of the site.
type LanguageState struct {
	Lang  string
	State models.State
	// Behind is the number of blocks of the original that changed since.
	Behind   int
	Original bool
	Title    string // "" in a language the user has no right in
}

// Source is the original beside a translation.
type Source struct {
	Lang    string
	Title   string
	Summary string
	Doc     *block.Document
	// Was is the revision the translation was made from; nil when unknown.
	Was *models.Revision
	// Behind are the keys (block ids, KeyTitle, KeySummary) that changed.
	Behind []string
	Live   bool
}

// Editor returns what the editing screen of an edition shows. Errors:
// ErrNotFound for what is missing or foreign.
func (c *CMS) Editor(ctx context.Context, by models.User, id, lang string) (ed Editor, err error) {
	err = c.view(ctx, func(r *store.Read) error {
		ed, err = editor(r, by, id, lang)
		return err
	})
	return ed, err
}

func editor(r *store.Read, by models.User, id, lang string) (Editor, error) {
	var ed Editor
	if lang == models.Facts {
		return ed, models.ErrNotFound
	}
	e, err := entry(r, by, id, lang)
	if err != nil {
		return ed, err
	}
	ed.Entry = e
	ed.CanWrite, ed.CanPublish = by.Can(models.ActWrite, e.Place(lang)), by.Can(models.ActPublish, e.Place(lang))
	ed.Kind, _ = models.KindOf(e.Kind)
	if ed.Edition, err = r.Edition(id, lang); err != nil {
		return ed, err
	}
	if ed.Draft, err = r.Draft(ed.Edition.ID); err != nil {
		return ed, err
	}
	if ed.Doc, err = block.Decode([]byte(ed.Draft.Body)); err != nil {
		return ed, err
	}
	if ed.FactsEdition, ed.Facts, ed.FactsPending, err = pendingFacts(r, e); err != nil {
		return ed, err
	}
	if !ed.FactsPending {
		if ed.Facts, err = r.Draft(ed.FactsEdition.ID); err != nil {
			return ed, err
		}
	}
	if ed.Facts.Fields, err = currentTerms(r, e, ed.Facts.Fields); err != nil {
		return ed, err
	}
	liveHash := ""
	if ed.Edition.Live() {
		rev, err := r.Revision(*ed.Edition.LiveRevision)
		if err != nil {
			return ed, err
		}
		liveHash = rev.Hash
	}
	ed.State = models.StateOf(ed.Edition, ed.Draft.Hash, liveHash)
	names, err := r.Names([]string{ed.Draft.Author})
	if err != nil {
		return ed, err
	}
	ed.Author = names[ed.Draft.Author]
	if ed.Site, err = r.Site(); err != nil {
		return ed, err
	}
	if ed.Trail, err = trail(r, by, e, lang, by.Lang); err != nil {
		return ed, err
	}
	states, err := languageStates(r, by, []string{id}, ed.Site)
	if err != nil {
		return ed, err
	}
	ed.Languages = states[id]
	if ed.Findings, err = checks(r, e, lang, ed.Draft.Content); err != nil {
		return ed, err
	}
	factsFindings, err := factsChecks(r, e, lang, ed.Facts.Content)
	if err != nil {
		return ed, err
	}
	ed.Findings = append(factsFindings, ed.Findings...)
	if lang != e.OriginalLang {
		if ed.Source, err = sourceOf(r, e, ed.Draft.Content); err != nil {
			return ed, err
		}
	}
	ed.Terms = map[string][]models.Term{}
	for _, f := range ed.Kind.FactsFor(e.Type) {
		if f.Kind == models.FieldTerm {
			if ed.Terms[f.Vocabulary], err = r.Terms(f.Vocabulary); err != nil {
				return ed, err
			}
		}
	}
	for _, v := range []string{models.VocabularyTopic, models.VocabularyRegion} { // blocks name them too
		if ed.Terms[v] == nil {
			if ed.Terms[v], err = r.Terms(v); err != nil {
				return ed, err
			}
		}
	}
	ed.Sections, err = organisationOptions(r, by, lang, by.Lang)
	return ed, err
}

// trail returns the sections above an entry, root first.
func trail(r *store.Read, by models.User, e models.Entry, langs ...string) ([]Crumb, error) {
	ids := branchIDs(e.Branch)
	titles, err := sectionTitles(r, by, ids, langs...)
	if err != nil {
		return nil, err
	}
	var out []Crumb
	for _, id := range ids {
		if id != e.ID {
			out = append(out, Crumb{id, titles[id]})
		}
	}
	return out, nil
}

// sectionTitles returns the working titles of the sections that the user may
// see. The others are left out.
func sectionTitles(r *store.Read, by models.User, ids []string, langs ...string) (map[string]string, error) {
	entries, err := r.Entries(ids)
	if err != nil {
		return nil, err
	}
	var own []string
	for _, e := range entries {
		if by.Can(models.ActRead, e.Place("")) {
			own = append(own, e.ID)
		}
	}
	return r.Titles(own, langs...)
}

func branchIDs(branch string) []string {
	var out []string
	for start := 1; start < len(branch); start += models.IDLength + 1 {
		out = append(out, branch[start:start+models.IDLength])
	}
	return out
}

// sourceOf returns the original of a translation with what changed in it.
func sourceOf(r *store.Read, e models.Entry, c models.Content) (*Source, error) {
	d, err := r.Edition(e.ID, e.OriginalLang)
	if err != nil {
		return nil, err
	}
	draft, err := r.Draft(d.ID)
	if err != nil {
		return nil, err
	}
	now := draft.Content
	rev, err := sourceRevision(r, e)
	if err != nil {
		return nil, err
	}
	if rev != nil {
		now = rev.Content
	}
	s := &Source{Lang: e.OriginalLang, Title: now.Title, Summary: now.Summary, Behind: c.Behind(now.Hashes), Live: d.Live()}
	if s.Doc, err = block.Decode([]byte(now.Body)); err != nil {
		return nil, err
	}
	if c.BasedOn != "" {
		was, err := r.Revision(c.BasedOn)
		if err != nil && !missing(err) {
			return nil, err
		}
		if err == nil {
			s.Was = &was
		}
	}
	return s, nil
}

// languageStates returns, by entry, its state in each language of the site.
func languageStates(r *store.Read, by models.User, ids []string, site models.Site) (map[string][]LanguageState, error) {
	if len(ids) == 0 {
		return map[string][]LanguageState{}, nil
	}
	rows, err := allRows(r, ids, site)
	if err != nil {
		return nil, err
	}
	return statesOf(r, by, ids, site, rows)
}

// allRows returns every edition of the entries, whoever may read it.
func allRows(r *store.Read, ids []string, site models.Site) ([]store.EditionRow, error) {
	rows, _, err := r.Rows(store.RowFilter{Entries: ids, All: true, Limit: len(ids) * (len(site.Languages) + 5)})
	return rows, err
}

// statesOf is languageStates over the rows of allRows.
func statesOf(r *store.Read, by models.User, ids []string, site models.Site, rows []store.EditionRow) (map[string][]LanguageState, error) {
	sources, err := r.SourceHashes(ids)
	if err != nil {
		return nil, err
	}
	of := map[string][]store.EditionRow{}
	for _, row := range rows {
		of[row.EntryID] = append(of[row.EntryID], row)
	}
	out := map[string][]LanguageState{}
	for _, id := range ids {
		langs := slices.Clone(site.Languages)
		for _, row := range of[id] {
			if !slices.Contains(langs, row.Lang) {
				langs = append(langs, row.Lang)
			}
		}
		for _, lang := range langs {
			s := LanguageState{Lang: lang, State: models.StateMissing}
			for _, row := range of[id] {
				if row.Lang != lang {
					continue
				}
				s.State, s.Original = row.State(), row.Lang == row.OriginalLang
				if by.Can(models.ActRead, row.Place()) {
					s.Title = row.Title
				}
				if !s.Original {
					s.Behind = len(models.Behind(row.SourceHashes, sources[id]))
				}
			}
			out[id] = append(out[id], s)
		}
	}
	return out, nil
}

// SectionOption is a section to choose from.
type SectionOption struct {
	ID    string
	Title string
	Depth int
}

// organisationOptions lists organisation sections by title, for references:
// those the user may see, and of the others those that readers see, by the
// title they see.
func organisationOptions(r *store.Read, by models.User, langs ...string) ([]SectionOption, error) {
	root, err := r.Root()
	if err != nil {
		return nil, err
	}
	all, err := r.SectionsBelow(root.Branch)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, e := range all {
		if e.Type == models.TypeOrganisation && e.TrashedAt == nil {
			ids = append(ids, e.ID)
		}
	}
	titles, err := r.PublicTitles(ids, langs...)
	if err != nil {
		return nil, err
	}
	own, err := sectionTitles(r, by, ids, langs...)
	if err != nil {
		return nil, err
	}
	maps.Copy(titles, own)
	out := make([]SectionOption, 0, len(titles))
	for id, title := range titles {
		out = append(out, SectionOption{ID: id, Title: title})
	}
	c := collate.New(language.Und, collate.IgnoreCase)
	slices.SortFunc(out, func(a, b SectionOption) int {
		return cmp.Or(c.CompareString(a.Title, b.Title), strings.Compare(a.ID, b.ID))
	})
	return out, nil
}

// Review is the last look before the public: what changes for readers.
type Review struct {
	Editor
	// Was is what readers see now; nil before the first publication.
	Was            *models.Revision
	Title, Summary []block.Span
	Blocks         []block.BlockDiff
	Fields         []FieldChange
	Facts          []FieldChange
	// Nothing means that readers already see exactly this.
	Nothing bool
}

// FieldChange is a field that differs, as text.
type FieldChange struct {
	Field    string
	Was, Now any
}

// Review returns the differences between what readers see of an edition and
// its draft, with the findings of the checks.
func (c *CMS) Review(ctx context.Context, by models.User, id, lang string) (rv Review, err error) {
	err = c.view(ctx, func(r *store.Read) error {
		if rv.Editor, err = editor(r, by, id, lang); err != nil {
			return err
		}
		if err := may(by, models.ActPublish, rv.Entry, lang); err != nil {
			return err
		}
		was := models.Content{}
		old := block.Empty(lang)
		if rv.Edition.Live() {
			rev, err := r.Revision(*rv.Edition.LiveRevision)
			if err != nil {
				return err
			}
			rv.Was, was = &rev, rev.Content
			if old, err = block.Decode([]byte(rev.Body)); err != nil {
				return err
			}
		}
		rv.Title = block.DiffWords(was.Title, rv.Draft.Title)
		rv.Summary = block.DiffWords(was.Summary, rv.Draft.Summary)
		rv.Blocks = block.Diff(old, rv.Doc)
		rv.Fields = fieldChanges(rv.Kind.Extra(), was.Fields, rv.Draft.Fields)
		var facts models.Values
		if rv.FactsEdition.Live() {
			rev, err := r.Revision(*rv.FactsEdition.LiveRevision)
			if err != nil {
				return err
			}
			if facts, err = currentTerms(r, rv.Entry, rev.Fields); err != nil {
				return err
			}
		}
		rv.Facts = fieldChanges(rv.Kind.FactsFor(rv.Entry.Type), facts, rv.Editor.Facts.Fields)
		same, err := r.DraftIsLive(rv.Edition)
		rv.Nothing = same && !rv.FactsPending
		return err
	})
	return rv, err
}

// fieldChanges compares values field by field.
func fieldChanges(fields []models.Field, was, now models.Values) []FieldChange {
	var out []FieldChange
	for _, f := range fields {
		a, b := models.Values{"x": was[f.Name]}, models.Values{"x": now[f.Name]}
		if a.Canonical() != b.Canonical() {
			out = append(out, FieldChange{f.Name, was[f.Name], now[f.Name]})
		}
	}
	return out
}

// Row is an entry in a list: one line with its state in every language.
type Row struct {
	ID        string
	Kind      string
	Type      string
	Title     string
	Lang      string // of Title, the edition a click opens
	Section   Crumb
	Top       bool // Section is the root
	Date      string
	SavedAt   time.Time
	Author    string
	Languages []LanguageState
	CanWrite  bool
}
