package cms

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"unicode/utf8"

	"meridian/cms/block"
	"meridian/models"
	"meridian/models/store"
)

// titleSaved is the longest title that is kept; publishing wants a shorter one.
const titleSaved = 1000

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
		e, d, err = create(tx, by, in)
		return err
	})
	return e, d, err
}

func create(tx *store.Tx, by models.User, in NewEntry) (e models.Entry, d models.Edition, err error) {
	kind, ok := models.KindOf(in.Kind)
	if !ok {
		return e, d, models.Invalid("kind", "kind_unknown")
	}
	section, err := entry(&tx.Read, by, in.Section, in.Lang)
	if err != nil {
		return e, d, err
	}
	if section.Kind != models.KindSection {
		return e, d, models.Invalid("section", "not_a_section")
	}
	if err := may(by, models.ActWrite, section, in.Lang); err != nil {
		return e, d, err
	}
	bad := &models.InvalidError{}
	title := models.CleanText(in.Title, false)
	if title == "" {
		bad.Add("title", "title_missing")
	} else if utf8.RuneCountInString(title) > titleSaved {
		bad.Add("title", "too_long", "max", titleSaved)
	}
	if err := checkLang(&tx.Read, in.Lang); err != nil {
		if !errors.Is(err, models.ErrInvalid) {
			return e, d, err
		}
		bad.Add("lang", "language_unknown", "lang", in.Lang)
	}
	if in.Nav == "" {
		in.Nav = models.NavNone
	}
	if err := bad.Err(); err != nil {
		return e, d, err
	}
	e = models.Entry{
		ID: tx.NewID(), Kind: in.Kind, SectionID: &section.ID, Branch: section.Branch, DomainID: section.DomainID,
		Nav: in.Nav, OriginalLang: in.Lang, CreatedAt: tx.Now(), CreatedBy: by.ID, Version: 1,
	}
	if in.Kind == models.KindSection {
		if in.Type != models.TypeArea && in.Type != models.TypeOrganisation {
			return e, d, models.Invalid("type", "not_a_choice")
		}
		e.Type = in.Type
		e.Branch += e.ID + "/"
		if in.Type == models.TypeOrganisation {
			if err := may(by, models.ActOrganise, section, in.Lang); err != nil {
				return e, d, err
			}
			e.DomainID = e.ID
		}
	}
	if in.Kind != models.KindNews {
		if e.Position, err = tx.NextPosition(section.ID); err != nil {
			return e, d, err
		}
	}
	if err := tx.AddEntry(e); err != nil {
		return e, d, err
	}
	if in.Facts == nil {
		in.Facts = models.Values{}
	}
	if in.Kind == models.KindNews && in.Facts.Str("date") == "" {
		date, err := today(&tx.Read, tx.Now())
		if err != nil {
			return e, d, err
		}
		in.Facts["date"] = date
	}
	facts, err := models.Clean(kind.FactsFor(e.Type), in.Facts)
	if err != nil {
		return e, d, err
	}
	if err := addEdition(tx, by, e, &models.Edition{Lang: models.Facts}, models.Content{Fields: facts}, nil); err != nil {
		return e, d, err
	}
	d = models.Edition{Lang: in.Lang}
	if err := giveAddress(tx, e, section, &d, in.Slug, title, facts.Str("date")); err != nil {
		return e, d, err
	}
	fields, err := models.Clean(kind.Extra(), in.Fields)
	if err != nil {
		return e, d, err
	}
	content := models.Content{Title: title, Summary: models.CleanText(in.Summary, true), Fields: fields}
	if err := addEdition(tx, by, e, &d, content, orEmpty(in.Body, in.Lang)); err != nil {
		return e, d, err
	}
	return e, d, tx.Audit(by.ID, "create", e.ID, in.Kind+" "+in.Lang)
}

// orEmpty returns body, or a text without words.
func orEmpty(body *block.Document, lang string) *block.Document {
	if body == nil {
		return block.Empty(lang)
	}
	return body
}

// addEdition stores an edition with its first draft; body is nil for facts.
func addEdition(tx *store.Tx, by models.User, e models.Entry, d *models.Edition, content models.Content, body *block.Document) error {
	d.ID, d.EntryID, d.Version, d.CreatedAt = tx.NewID(), e.ID, 1, tx.Now()
	if body != nil {
		var err error
		if body, content.Body, err = cleanBody(tx.Random(), d.Lang, body); err != nil {
			return err
		}
	}
	digest(&content, body)
	draft := models.Draft{EditionID: d.ID, Content: content, Author: by.ID, SavedAt: tx.Now()}
	if err := tx.AddEdition(*d, draft); err != nil {
		return err
	}
	fields, err := fieldsOf(e, d.Lang)
	if err != nil {
		return err
	}
	return tx.PutRefs(d.ID, false, refsOf(fields, content.Fields, body))
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
			return models.Invalid("slug", "address_taken", "address", s)
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
		if n > 1000 {
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
	d, err := r.EditionByPath(lang, path)
	if missing(err) {
		return true, nil
	}
	return err == nil && d.ID == self, err
}
