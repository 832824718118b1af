package cms

import (
	"context"
	"html/template"
	"strings"

	"meridian/cms/block"
	"meridian/models"
	"meridian/models/store"
)

// CompareVersions asks for two versions of an edition side by side.
type CompareVersions struct {
	Entry, Lang string
	// Facts compares the facts beside the edition instead of its words.
	Facts bool
	// From and To are revisions of the edition, VersionDraft or VersionNone, in
	// any order.
	From, To string
}

// Comparison is two versions of an edition, the older one first.
type Comparison struct {
	Editor
	Of       string // the language, or models.Facts
	Guard    int    // version of the edition Of is about
	From, To Version
	// Title, Summary and Fields lead from the older words to the newer ones.
	Title, Summary []block.Span
	Fields         []FieldChange
	Blocks         []block.BlockDiff
	// FromUse and ToUse are the blocks that the draft has differently than From
	// and To: those that can be taken from there.
	FromUse, ToUse map[string]bool
	// Earlier is the version before From, "" when there is none; Later the one
	// after To, "" when To is the draft.
	Earlier, Later string

	was, now *block.Document
	resolver *pastResolver
}

// Compare returns two versions of an edition, or of its entry's facts, side by
// side. Errors: ErrNotFound for what is missing or foreign, a revision of
// another edition among it.
func (c *CMS) Compare(ctx context.Context, by models.User, in CompareVersions) (out Comparison, err error) {
	err = c.view(ctx, func(r *store.Read) error {
		w, err := witness(r, by, in.Entry, in.Lang, in.Facts)
		if err != nil {
			return err
		}
		out.Editor, out.Of, out.Guard = w.Editor, w.edition.Lang, w.edition.Version
		from, err := w.version(r, in.From)
		if err != nil {
			return err
		}
		to, err := w.version(r, in.To)
		if err != nil {
			return err
		}
		if from.age() > to.age() {
			from, to = to, from
		}
		out.From, out.To = from.Version, to.Version
		if out.Earlier, out.Later, err = w.neighbours(r, from.Version, to.Version); err != nil {
			return err
		}
		return out.compare(r, w, from.wording, to.wording)
	})
	return out, err
}

// compare fills in the differences.
func (c *Comparison) compare(r *store.Read, w watched, was, now *wording) error {
	c.Fields = fieldChanges(w.fields, was.Fields, now.Fields)
	if was.doc == nil {
		return nil
	}
	c.Title, c.Summary = block.DiffWords(was.Title, now.Title), block.DiffWords(was.Summary, now.Summary)
	c.Blocks = block.Diff(was.doc, now.doc)
	c.was, c.now = was.doc, now.doc
	c.FromUse, c.ToUse = takeable(c.Doc, c.From, was.doc), takeable(c.Doc, c.To, now.doc)
	var err error
	c.resolver, err = newPastResolver(r, w.edition.Lang, was.doc, now.doc)
	return err
}

// takeable returns the blocks that taking them from a sealed version would
// change in the draft.
func takeable(draft *block.Document, v Version, doc *block.Document) map[string]bool {
	if v.Number == 0 || v.Same {
		return nil
	}
	out := map[string]bool{}
	for _, b := range block.Diff(draft, doc) {
		if b.Change != block.Same && b.Change != block.Moved {
			out[b.ID] = true
		}
	}
	return out
}

// worded is a version with its words.
type worded struct {
	Version
	*wording
}

// age orders versions: none, the sealed ones, the draft.
func (v worded) age() int {
	if v.Version.ID == VersionDraft {
		return int(^uint(0) >> 1)
	}
	return v.Number
}

// version returns a version of the edition with its words.
func (w watched) version(r *store.Read, id string) (v worded, err error) {
	content := models.Content{}
	var rev models.Revision
	switch id {
	case VersionNone:
		v.Version = Version{ID: VersionNone}
	case VersionDraft:
		content = w.draft.Content
	default:
		if rev, err = revisionOf(r, w.edition, id); err != nil {
			return v, err
		}
		content = rev.Content
	}
	if id != VersionNone {
		names, err := r.Names([]string{rev.Author, w.draft.Author})
		if err != nil {
			return v, err
		}
		if v.Version = w.draftVersion(names); id != VersionDraft {
			v.Version = w.sealed(rev, names)
		}
	}
	v.wording, err = wordsOf(content, w.edition.Lang)
	return v, err
}

// neighbours returns the versions on both sides of two.
func (w watched) neighbours(r *store.Read, from, to Version) (earlier, later string, err error) {
	if from.ID != VersionNone {
		if earlier, err = w.before(r, from); err != nil {
			return "", "", err
		}
	}
	if to.ID == VersionDraft {
		return earlier, "", nil
	}
	list, err := r.RevisionsBefore(w.edition.ID, to.Number+2, 1)
	if err != nil {
		return "", "", err
	}
	if later = VersionDraft; len(list) > 0 && list[0].Number == to.Number+1 {
		later = list[0].ID
	}
	return earlier, later, nil
}

// before returns the version that came before one that is not VersionNone.
func (w watched) before(r *store.Read, v Version) (string, error) {
	list, err := r.RevisionsBefore(w.edition.ID, v.Number, 1) // 0 of the draft means all
	if err != nil || len(list) == 0 {
		return VersionNone, err
	}
	return list[0].ID, nil
}

// pastResolver answers what earlier texts refer to as it is public today; what
// they show by themselves, such as the newest items, is not part of a version.
// It is filled beforehand, so that nothing is read while a page is made.
type pastResolver struct {
	block.Inert
	lang  string
	links map[string]block.Target
}

// newPastResolver looks up everything that texts link to.
func newPastResolver(r *store.Read, lang string, texts ...*block.Document) (*pastResolver, error) {
	p := &pastResolver{Inert: block.Inert{Language: lang}, lang: lang, links: map[string]block.Target{}}
	var ids []string
	for _, d := range texts {
		for _, ref := range d.Refs() {
			ids = append(ids, ref.ID)
		}
	}
	titles, err := r.PublicTitles(ids, lang)
	if err != nil {
		return nil, err
	}
	look := &draftResolver{read: r, lang: lang}
	for id, title := range titles {
		if t, ok := look.Link(id); ok {
			t.Title = title
			p.links[id] = t
		}
	}
	return p, nil
}

// Link implements block.Resolver.
func (p *pastResolver) Link(ref string) (block.Target, bool) {
	t, ok := p.links[bareID(ref)]
	return t, ok
}

// Contact implements block.Resolver: whose record it is, not what it says now.
func (p *pastResolver) Contact(section string) (block.Contact, bool) {
	t, ok := p.links[bareID(section)]
	return block.Contact{Name: t.Title}, ok
}

// CardsOf implements block.Resolver.
func (p *pastResolver) CardsOf(refs []string) []block.Card {
	var out []block.Card
	for _, ref := range refs {
		if t, ok := p.Link(ref); ok {
			out = append(out, block.Card{Ref: ref, Title: t.Title, URL: t.URL})
		}
	}
	return out
}

// Fact implements block.Resolver with a sign for "computed when it is read".
func (p *pastResolver) Fact(key string) (string, bool) { return "[…]", block.KnownFact(key) }

// bareID is the id of a ref such as "page:…".
func bareID(ref string) string {
	if _, id, ok := strings.Cut(ref, ":"); ok {
		return id
	}
	return ref
}

// HTML renders the newer text as readers would see it, with what came, went
// and moved marked in it; "" for facts. See block.DiffOptions for the rest.
func (c *Comparison) HTML(o block.DiffOptions) (template.HTML, error) {
	if c.now == nil {
		return "", nil
	}
	return block.DiffHTML(c.was, c.now, c.resolver, o)
}
