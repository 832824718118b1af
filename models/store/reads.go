package store

import (
	"fmt"

	"meridian/models"
)

// Name is something that what readers see is made of: an entry, the news below
// a section in a language, the menus. The queries of Live note the names of what
// they read, and a row of the journal says which names it moves (moves), so that
// an answer is as good as new while nothing it was made of has moved.
//
// A name is kept as the hash of its parts: eight bytes, whatever it names. Two
// names with one hash move together, which makes answers be made once more and
// never keeps one too long. The hash (FNV-1a) is the same in every process and
// version: a static export keeps names for its next run.
type Name uint64

func name(parts ...string) Name {
	const offset, prime = 14695981039346656037, 1099511628211
	h := uint64(offset)
	for _, p := range parts {
		for i := range len(p) {
			h = (h ^ uint64(p[i])) * prime
		}
		h *= prime // a zero byte
	}
	return Name(h)
}

// Names of what there is one of.
var (
	// NameEverything moves with every row: for what says how far the journal
	// is, and for what is made of too much to tell.
	NameEverything = name("everything")
	// NameSite is the settings. Every view of the site reads them.
	NameSite = name("site")
	// NameTerms is the vocabularies: labels, order, and what was merged.
	NameTerms = name("terms")
	// nameAddresses is where old addresses lead, and what answers "gone" or
	// nothing: whatever was not found by its address.
	nameAddresses = name("addresses")
	// nameNetwork is which organisations there are, with what is counted of
	// them, and where their directory stands.
	nameNetwork = name("network")
	// nameMenus moves when the places of entries in menus may have changed
	// without a row about them.
	nameMenus = name("menus")
	// nameOrder is the same for all that is ordered by place across sections.
	nameOrder = name("order")
)

// anyLang stands for every language, anywhere for every section.
const anyLang, anywhere = "", ""

// NameEntry is an entry: all that is public of it in any language.
func NameEntry(id string) Name { return name("entry", id) }

// NameAsset is a file of the library: all that is public of it by itself.
func NameAsset(id string) Name { return name("asset", id) }

// nameStay is that an entry is public where it is, and in which languages; new
// words do not move it.
func nameStay(id string) Name { return name("stay", id) }

// nameList is which entries of a kind are below a section in a language, and
// their order by dates. What is known of all languages at once (models.Facts
// as a language) is dates, terms and the like.
func nameList(kind, section, lang string) Name { return name("list", kind, section, lang) }

// nameWords is what lists are ordered and narrowed by beyond nameList.
func nameWords(kind, section, lang string) Name { return name("words", kind, section, lang) }

// nameAway moves when something below a section went elsewhere.
func nameAway(section string) Name { return name("away", section) }

// nameChildren is the sections and pages directly in a section in a language,
// and their order.
func nameChildren(section, lang string) Name { return name("children", section, lang) }

// nameMenu is what stands in the menus of a language.
func nameMenu(lang string) Name { return name("menu", lang) }

// nameTree is all sections and pages of a language.
func nameTree(lang string) Name { return name("tree", lang) }

// siteOfPlace is the subject id of a row that says that places changed beyond
// the entries that have rows of their own: Branch is the chain of sections that
// something left, Nav is "none" when nothing in a menu is concerned.
const siteOfPlace = "place"

// movedRow is a row of the journal as far as it says what moved.
type movedRow struct {
	seq                                          int64
	subject, id, kind, lang, action, branch, nav string
}

// moves calls f with every name that a row moves, NameEverything aside. It
// returns false for a row that it does not know, which may have moved anything.
//
// What shows an entry has its name, so a row has to name besides only what the
// entry enters, or what counts entries it does not show.
func (r movedRow) moves(f func(Name)) bool {
	switch r.subject {
	case models.SubjectSite:
		return r.siteMoves(f)
	case models.SubjectTerm:
		f(NameTerms)
		return true
	case models.SubjectAsset:
		f(NameAsset(r.id))
		return true
	case models.SubjectEntry:
	default:
		return false
	}
	f(NameEntry(r.id))
	chain := branchIDs(r.branch)
	section := r.kind == models.KindSection
	if r.lang == models.Facts {
		f(nameStay(r.id))
		for _, s := range chain {
			f(nameList(r.kind, s, models.Facts))
		}
		f(nameList(r.kind, anywhere, models.Facts))
		if section {
			f(nameNetwork)
		}
		return true
	}
	for _, s := range append(chain, anywhere) {
		f(nameWords(r.kind, s, r.lang))
		f(nameWords(r.kind, s, anyLang))
	}
	if r.kind != models.KindNews {
		f(nameTree(r.lang))
	}
	if r.action == models.ActionUpdated {
		return true // other words at the same place
	}
	f(nameStay(r.id))
	f(nameAddresses)
	for _, s := range append(chain, anywhere) {
		f(nameList(r.kind, s, r.lang))
		f(nameList(r.kind, s, anyLang))
	}
	if section {
		f(nameNetwork)
		chain = chain[:max(0, len(chain)-1)] // its own id
	}
	if r.kind != models.KindNews && len(chain) > 0 {
		f(nameChildren(chain[len(chain)-1], r.lang))
		f(nameChildren(chain[len(chain)-1], anyLang))
	}
	if r.nav != models.NavNone {
		f(nameMenu(r.lang))
	}
	return true
}

func (r movedRow) siteMoves(f func(Name)) bool {
	switch r.id {
	case "site", "installation":
		f(NameSite)
	case "addresses":
		f(nameAddresses)
	case siteOfPlace:
		for _, s := range branchIDs(r.branch) {
			f(nameAway(s))
		}
		f(nameOrder)
		if r.nav != models.NavNone {
			f(nameMenus)
		}
	default:
		return false
	}
	return true
}

// readsMax bounds the names noted of one view. What reads more depends on
// everything: keeping its names would cost more than making it again.
const readsMax = 2048

// reads are the names noted of what was read.
type reads map[Name]struct{}

func (r reads) add(names ...Name) {
	if _, all := r[NameEverything]; all {
		return
	}
	for _, n := range names {
		r[n] = struct{}{}
	}
	if _, all := r[NameEverything]; all || len(r) > readsMax {
		clear(r)
		r[NameEverything] = struct{}{}
	}
}

func (r reads) list() []Name {
	out := make([]Name, 0, len(r))
	for n := range r {
		out = append(out, n)
	}
	return out
}

// read notes names of what a query reads. Every query of Live does so, whether
// it finds something or not; a test looks for those that do not.
func (l *Live) read(names ...Name) { l.reads.add(names...) }

// readEntries notes entries.
func (l *Live) readEntries(ids []string) {
	for _, id := range ids {
		l.read(NameEntry(id))
	}
}

// Recall notes what a remembered answer was made of, when it is used again.
func (l *Live) Recall(names []Name) { l.read(names...) }

// Reads returns the names of all that was read so far.
func (l *Live) Reads() []Name { return l.reads.list() }

// Apart runs fn without noting what it reads: for what is read on behalf of all
// who come after.
func (l *Live) Apart(fn func() error) error {
	before := l.reads
	l.reads = reads{}
	defer func() { l.reads = before }()
	return fn()
}

// Tell runs fn and returns the names of what it read, for an answer that is to
// be remembered. They are noted of the view as well.
func (l *Live) Tell(fn func() error) ([]Name, error) {
	before := l.reads
	l.reads = reads{}
	err := fn()
	mine := l.reads
	l.reads = before
	names := mine.list()
	l.read(names...)
	return names, err
}

// readLists notes what is below a section in a language, by kind ("" = all),
// and in what order by dates.
func (l *Live) readLists(kind, section, lang string) {
	of := kinds
	if kind != "" {
		of = []string{kind}
	}
	for _, k := range of {
		l.read(nameList(k, section, lang), nameList(k, section, models.Facts))
	}
	if section != anywhere {
		l.read(nameAway(section))
	}
}

// readQuery notes what a list is made of besides the entries on it.
func (l *Live) readQuery(q Query) {
	if q.Term != "" {
		l.read(NameTerms)
	}
	section, lang := anywhere, q.Lang
	if ids := branchIDs(q.Branch); len(ids) > 0 {
		section = ids[len(ids)-1]
	}
	if q.Under != "" {
		section = q.Under
		if q.Sort == "position" && q.Term == "" && q.Filter == nil {
			l.read(nameChildren(section, lang)) // whatever else is below it
			return
		}
	}
	if q.Filter != nil {
		lang = anyLang // of originals, of languages that come before
		for _, c := range q.Filter.Conditions {
			switch c.Of {
			case OfTerm:
				l.read(NameTerms)
			case OfReference: // whether the entries named are public
				l.read(NameEverything)
			}
		}
	}
	l.readLists(q.Kind, section, lang)
	if q.Sort == "position" {
		l.read(nameOrder)
	}
	if q.Filter != nil || q.Then != "" || q.Sort == "title" || q.Sort == "updated_at" {
		of := kinds
		if q.Kind != "" {
			of = []string{q.Kind}
		}
		for _, k := range of {
			l.read(nameWords(k, section, lang))
		}
	}
}

// SomeNews reports whether there are public news below a section in a language.
// A witness says so: as long as it stays, no other news matter.
func (l *Live) SomeNews(section, lang string) (bool, error) {
	var list []string
	err := l.db.Raw("SELECT entry_id FROM section_news WHERE section_id = ? AND lang = ? ORDER BY date, entry_id LIMIT 1", section, lang).Scan(&list).Error
	if err != nil {
		return false, fmt.Errorf("look for news: %w", err)
	}
	if len(list) == 0 {
		l.readLists(models.KindNews, section, lang)
		return false, nil
	}
	l.read(nameStay(list[0]), nameAway(section))
	return true, nil
}

// Languages returns the languages that an entry is public in, by language.
func (l *Live) Languages(entry string) ([]string, error) {
	l.read(nameStay(entry))
	var list []string
	err := l.db.Raw("SELECT lang FROM live WHERE entry_id = ? AND lang <> 'und' ORDER BY lang", entry).Scan(&list).Error
	if err != nil {
		return nil, fmt.Errorf("languages of %s: %w", entry, err)
	}
	return list, nil
}
