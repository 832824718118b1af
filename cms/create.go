package cms

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strconv"

	"meridian/cms/block"
	"meridian/models"
	"meridian/models/store"
)

// savedMax is the longest title or summary that is kept, in characters;
// publishing wants shorter ones.
const savedMax = 5000

// slugTries is how many numbers are tried behind a title that is taken.
const slugTries = 1000

// NewEntry is what a new section, page or news item begins with.
type NewEntry struct {
	Kind    string
	Type    string // of a section: area or organisation
	Section string // id of the section it belongs to
	Lang    string // becomes the original language
	Title   string
	Slug    string // "" makes one from the title
	Nav     string // main, footer or "" for no menu
	// Facts to begin with; a news item gets today's date if they have none.
	Facts models.Values
	// Summary, Body and Fields may say what the draft begins with.
	Summary string
	Body    *block.Document
	Fields  models.Values
}

// Create makes an entry with one edition, both drafts, and returns them.
// Errors: ErrNotFound for a section the user cannot see, ErrForbidden,
// *models.InvalidError for the title, the language, the address or the facts.
func (c *CMS) Create(ctx context.Context, by models.User, in NewEntry) (e models.Entry, d models.Edition, err error) {
	err = c.tx(ctx, func(tx *store.Tx) error {
		pub, err := create(tx, by, in)
		e, d = pub.entry, pub.edition
		return err
	})
	return e, d, err
}

func create(tx *store.Tx, by models.User, in NewEntry) (pub publishable, err error) {
	var e models.Entry
	kind, ok := models.KindOf(in.Kind)
	if !ok {
		return pub, models.Invalid("kind", "kind_unknown")
	}
	section, err := entry(&tx.Read, by, in.Section, in.Lang)
	if err != nil {
		return pub, err
	}
	if section.Kind != models.KindSection {
		return pub, models.Invalid("section", "not_a_section")
	}
	if err := may(by, models.ActWrite, section, in.Lang); err != nil {
		return pub, err
	}
	title, summary := models.CleanText(in.Title, false), models.CleanText(in.Summary, true)
	bad := tooLong(title, summary)
	if title == "" {
		bad.Add("title", "title_missing")
	}
	if err := checkLang(&tx.Read, in.Lang); err != nil {
		if !errors.Is(err, models.ErrInvalid) {
			return pub, err
		}
		bad.Add("lang", "language_unknown", "lang", in.Lang)
	}
	switch in.Nav {
	case "":
		in.Nav = models.NavNone
	case models.NavNone, models.NavMain, models.NavFooter:
	default:
		bad.Add("nav", "not_a_choice")
	}
	if err := bad.Err(); err != nil {
		return pub, err
	}
	e = models.Entry{
		ID: tx.NewID(), Kind: in.Kind, SectionID: &section.ID, Branch: section.Branch, DomainID: section.DomainID,
		Nav: in.Nav, OriginalLang: in.Lang, CreatedAt: tx.Now(), CreatedBy: by.ID, Version: 1,
	}
	if in.Kind == models.KindSection {
		if in.Type != models.TypeArea && in.Type != models.TypeOrganisation {
			return pub, models.Invalid("type", "not_a_choice")
		}
		e.Type = in.Type
		e.Branch += e.ID + "/"
		if in.Type == models.TypeOrganisation {
			if err := may(by, models.ActOrganise, section, in.Lang); err != nil {
				return pub, err
			}
			e.DomainID = e.ID
		}
	}
	if in.Kind != models.KindNews {
		if e.Position, err = tx.NextPosition(section.ID); err != nil {
			return pub, err
		}
	}
	if err := tx.AddEntry(e); err != nil {
		return pub, err
	}
	if in.Kind == models.KindNews && in.Facts.Str("date") == "" {
		date, err := today(&tx.Read, tx.Now())
		if err != nil {
			return pub, err
		}
		in.Facts = maps.Clone(in.Facts)
		if in.Facts == nil {
			in.Facts = models.Values{}
		}
		in.Facts["date"] = date
	}
	facts, err := models.Clean(kind.FactsFor(e.Type), in.Facts)
	if err != nil {
		return pub, err
	}
	pub.facts = models.Edition{Lang: models.Facts}
	if pub.factsDraft, _, err = addEdition(tx, by, e, &pub.facts, models.Content{Fields: facts}, nil); err != nil {
		return pub, err
	}
	d := models.Edition{Lang: in.Lang}
	if err := giveAddress(tx, e, section, &d, in.Slug, title, facts.Str("date")); err != nil {
		return pub, err
	}
	fields, err := models.Clean(kind.Extra(), in.Fields)
	if err != nil {
		return pub, err
	}
	content := models.Content{Title: title, Summary: summary, Fields: fields}
	if pub.draft, pub.body, err = addEdition(tx, by, e, &d, content, orEmpty(in.Body, in.Lang)); err != nil {
		return pub, err
	}
	pub.entry, pub.edition, pub.pending = e, d, true
	return pub, tx.Audit(by.ID, "create", e.ID, in.Kind+" "+in.Lang)
}

// orEmpty returns body, or a text without words.
func orEmpty(body *block.Document, lang string) *block.Document {
	if body == nil {
		return block.Empty(lang)
	}
	return body
}

// addEdition stores an edition with its first draft and returns the draft and
// its text; body is nil for facts.
func addEdition(tx *store.Tx, by models.User, e models.Entry, d *models.Edition, content models.Content, body *block.Document) (models.Draft, *block.Document, error) {
	d.ID, d.EntryID, d.Version, d.CreatedAt = tx.NewID(), e.ID, 1, tx.Now()
	if body != nil {
		var err error
		if body, content.Body, err = cleanBody(tx.Random(), d.Lang, body); err != nil {
			return models.Draft{}, nil, err
		}
	}
	digest(&content, body)
	draft := models.Draft{EditionID: d.ID, Content: content, Author: by.ID, SavedAt: tx.Now()}
	if err := tx.AddEdition(*d, draft); err != nil {
		return draft, nil, err
	}
	fields, err := fieldsOf(e, d.Lang)
	if err != nil {
		return draft, nil, err
	}
	refs := refsOf(fields, content, body)
	if len(refs) == 0 {
		return draft, body, nil // a new edition has none to clear
	}
	return draft, body, tx.PutRefs(d.ID, false, refs)
}

// giveAddress sets slug and path of a new edition. A slug somebody typed must
// be free; one made from the title gets a number until it is.
func giveAddress(tx *store.Tx, e, section models.Entry, d *models.Edition, typed, title, date string) error {
	base, err := folder(&tx.Read, e, section, d.Lang, date)
	if err != nil {
		return err
	}
	if typed != "" {
		s, ok := models.CleanSlug(typed)
		if !ok {
			return models.Invalid("slug", "address_empty")
		}
		if e.Kind != models.KindNews && models.ReservedSlug(s, section.Root()) {
			return models.Invalid("slug", "address_reserved", "address", s)
		}
		free, err := pathFree(&tx.Read, d.Lang, join(base, s), "")
		if err != nil {
			return err
		}
		if !free {
			return addressTaken(&tx.Read, "slug", d.Lang, join(base, s), "address", s)
		}
		p := join(base, s)
		d.Slug, d.Path = s, &p
		return nil
	}
	s, err := freeSlug(&tx.Read, e, section, d.Lang, base, title, "")
	if err != nil {
		return err
	}
	p := join(base, s)
	d.Slug, d.Path = s, &p
	return nil
}

// freeSlug makes a slug from a title that is free below base; self is the
// edition that may already have it.
func freeSlug(r *store.Read, e, section models.Entry, lang, base, title, self string) (string, error) {
	want := models.Slugify(title, lang)
	if want == "" {
		want = e.Kind
	}
	s := want
	for n := 2; ; n++ {
		free := e.Kind == models.KindNews || !models.ReservedSlug(s, section.Root())
		if free {
			var err error
			if free, err = pathFree(r, lang, join(base, s), self); err != nil {
				return "", err
			}
		}
		if free {
			return s, nil
		}
		if n >= slugTries {
			return "", fmt.Errorf("no free address for %q: %w", want, models.ErrConflict)
		}
		s = want + "-" + strconv.Itoa(n)
	}
}

// folder returns the path below which an entry's own segment stands.
func folder(r *store.Read, e, section models.Entry, lang, date string) (string, error) {
	base, err := r.SectionPath(section, lang)
	if err != nil {
		return "", err
	}
	if e.Kind == models.KindNews {
		if len(date) < 4 {
			return "", models.Invalid("date", "date_missing")
		}
		base = join(base, "news/"+date[:4])
	}
	return base, nil
}

func join(base, segment string) string {
	if base == "" {
		return segment
	}
	return base + "/" + segment
}

// pathFree reports whether no other edition has the path.
func pathFree(r *store.Read, lang, path, self string) (bool, error) {
	owner, err := r.PathOwner(lang, path)
	return err == nil && (owner == "" || owner == self), err
}

// addressTaken returns the *models.InvalidError of a field for a path that is
// not free, with args for its sentence: what is in the trash keeps its address,
// and that is something one can end.
func addressTaken(r *store.Read, field, lang, path string, args ...any) error {
	d, err := r.EditionByPath(lang, path)
	if err != nil {
		return err
	}
	e, err := r.Entry(d.EntryID)
	if err != nil {
		return err
	}
	code := "address_taken"
	if e.TrashedAt != nil {
		code = "address_in_trash"
	}
	return models.Invalid(field, code, args...)
}
