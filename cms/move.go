package cms

import (
	"context"
	"maps"
	"slices"
	"strings"

	"meridian/models"
	"meridian/models/store"
)

// Places among the children of a section that need no neighbour.
const (
	PlaceFirst = "first"
	PlaceLast  = "last"
)

// Move says where an entry is to be.
type Move struct {
	Entry   string
	Version int // of the entry
	// Section is where it goes; "" leaves it in its section.
	Section string
	// Place is PlaceFirst, PlaceLast or the id of the sibling to stand behind;
	// "" keeps the place, or is the last one in another section.
	Place string
	// Nav is the menu it is in; "" leaves that as it is.
	Nav string
	// Rename lets it take a free address where its own is taken.
	Rename bool
}

// Moved says what a move did.
type Moved struct {
	Entry models.Entry
	// Addresses is how many addresses changed, in all languages.
	Addresses int
}

// Move puts an entry somewhere else, with everything below it, or changes its
// place in the order or the menu it is in. Readers find it at its new address
// at once and are led there from every old one. Errors: models.ErrStale when
// somebody else moved it meanwhile; a *models.ConflictError for the root, for a
// section that would be below itself and for addresses taken below; a
// *models.InvalidError with code "address_taken", "address_in_trash" or
// "address_reserved" and a suggestion, unless Rename is set.
func (c *CMS) Move(ctx context.Context, by models.User, in Move) (out Moved, err error) {
	err = c.tx(ctx, func(tx *store.Tx) error {
		out, err = move(tx, by, in)
		return err
	})
	return out, err
}

func move(tx *store.Tx, by models.User, in Move) (out Moved, err error) {
	e, err := entry(&tx.Read, by, in.Entry, "")
	if err != nil {
		return out, err
	}
	if e.Root() {
		return out, models.Conflict("root_stays")
	}
	if e.Version != in.Version {
		return out, models.ErrStale
	}
	if in.Section == "" {
		in.Section = e.Section()
	}
	to, err := entry(&tx.Read, by, in.Section, "")
	if err != nil {
		return out, err
	}
	switch {
	case to.Kind != models.KindSection:
		return out, models.Invalid("section", "not_a_section")
	case e.Kind == models.KindSection && strings.HasPrefix(to.Branch, e.Branch):
		return out, models.Conflict("below_itself")
	}
	switch in.Nav {
	case "":
		in.Nav = e.Nav
	case models.NavNone, models.NavMain, models.NavFooter:
	default:
		return out, models.Invalid("nav", "not_a_choice")
	}
	facts, err := mayChangeBranch(&tx.Read, by, e, e, to)
	if err != nil {
		return out, err
	}
	m := store.Move{Entry: e, To: to, Nav: in.Nav, Position: e.Position, Actor: by.ID}
	away := to.ID != e.Section()
	if away && in.Place == "" {
		in.Place = PlaceLast
	}
	if e.Kind != models.KindNews {
		if m.Position, err = position(&tx.Read, e, to, in.Place); err != nil {
			return out, err
		}
	}
	if !away {
		if m.Position == e.Position && m.Nav == e.Nav {
			return Moved{Entry: e}, nil
		}
	} else if m.Paths, err = newPaths(tx, e, to, slices.Sorted(maps.Keys(facts.Langs)), in.Rename); err != nil {
		return out, err
	}
	if out.Entry, out.Addresses, err = tx.Move(m); err != nil {
		return out, err
	}
	return out, tx.Audit(by.ID, "move", e.ID, e.Section()+" > "+to.ID)
}

// position returns the number of a place among the children of a section. The
// siblings from there on make room.
func position(r *store.Read, e, to models.Entry, place string) (int, error) {
	switch place {
	case "":
		return e.Position, nil
	case PlaceFirst:
		return 1, nil
	case PlaceLast:
		if next, err := r.NextPosition(to.ID); err != nil || next != e.Position+1 || e.Section() != to.ID {
			return next, err
		}
		return e.Position, nil // it is the last one
	}
	if place == e.ID {
		return e.Position, nil
	}
	after, err := r.Entry(place)
	if missing(err) || err == nil && (after.Section() != to.ID || after.TrashedAt != nil || after.Kind == models.KindNews) {
		return 0, models.Invalid("place", "neighbour_gone")
	}
	return after.Position + 1, err
}

// mayChangeBranch reports whether the user may move, copy or throw away an
// entry with everything below it: at each of the places concerned, in each
// language there is, as much as what is there asks for. Publishing, where
// readers know some of it; organising, where it holds an organisation.
func mayChangeBranch(r *store.Read, by models.User, e models.Entry, places ...models.Entry) (store.BranchFacts, error) {
	b, err := r.BranchFacts(e)
	if err != nil {
		return b, err
	}
	for _, place := range places {
		if b.Organisations > 0 {
			if err := may(by, models.ActOrganise, place, ""); err != nil {
				return b, err
			}
		}
		for lang, once := range b.Langs {
			act := models.ActWrite
			if once {
				act = models.ActPublish
			}
			if err := may(by, act, place, lang); err != nil {
				return b, err
			}
		}
	}
	return b, nil
}

// newPaths returns how the addresses of an entry, and of everything below it,
// begin before and after it goes to another section. With rename, an edition
// whose address is taken there gets a free one.
func newPaths(tx *store.Tx, e, to models.Entry, langs []string, rename bool) ([]store.PathChange, error) {
	from, err := tx.Entry(e.Section())
	if err != nil {
		return nil, err
	}
	own := map[string]models.Edition{}
	for _, lang := range append([]string{e.OriginalLang}, langs...) {
		d, err := tx.Edition(e.ID, lang)
		if err == nil {
			own[lang] = d
		} else if !missing(err) {
			return nil, err
		}
	}
	original := own[e.OriginalLang]
	renamed := map[string]string{}
	bases := map[string][2]string{}
	for _, lang := range langs {
		was, err := tx.SectionPath(from, lang)
		if err != nil {
			return nil, err
		}
		now, err := tx.SectionPath(to, lang)
		if err != nil {
			return nil, err
		}
		d, has := own[lang]
		if has && e.Kind == models.KindNews { // news/2026
			middle := strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(*d.Path, was), "/"), "/"+d.Slug)
			was, now = join(was, middle), join(now, middle)
		}
		bases[lang] = [2]string{was, now}
		if has {
			if renamed[lang], err = freeSegment(&tx.Read, e, to, d, now, rename); err != nil {
				return nil, err
			}
		}
	}
	var out []store.PathChange
	for _, lang := range langs {
		d, has := own[lang]
		if !has { // the section is named by its original there
			d = original
		}
		p := store.PathChange{Lang: lang, Was: join(bases[lang][0], d.Slug), Now: join(bases[lang][1], renamed[d.Lang])}
		if has {
			p.Slug = renamed[lang]
		}
		out = append(out, p)
	}
	return out, nil
}

// freeSegment returns the segment an edition has below base: its own, or, with
// rename, one with a number where that is taken or reserved.
func freeSegment(r *store.Read, e, to models.Entry, d models.Edition, base string, rename bool) (string, error) {
	code := ""
	if e.Kind != models.KindNews && models.ReservedSlug(d.Slug, to.Root()) {
		code = "address_reserved"
	} else if free, err := pathFree(r, d.Lang, join(base, d.Slug), d.ID); err != nil {
		return "", err
	} else if !free {
		code = "address_taken"
	}
	if code == "" {
		return d.Slug, nil
	}
	s, err := freeSlug(r, e, to, d.Lang, base, d.Slug, d.ID)
	if err != nil || rename {
		return s, err
	}
	args := []any{"address", d.Slug, "suggestion", s, "lang", d.Lang}
	if code == "address_taken" {
		return "", addressTaken(r, "rename", d.Lang, join(base, d.Slug), args...)
	}
	return "", models.Invalid("rename", code, args...)
}

// TurnIntoSection makes a page a section, at the same address and under the
// same id, so that it can have pages of its own.
func (c *CMS) TurnIntoSection(ctx context.Context, by models.User, id string, version int) error {
	return c.tx(ctx, func(tx *store.Tx) error {
		e, err := entry(&tx.Read, by, id, "")
		if err != nil {
			return err
		}
		if e.Kind != models.KindPage {
			return models.Conflict("not_a_page")
		}
		if e.Version != version {
			return models.ErrStale
		}
		if _, err := mayChangeBranch(&tx.Read, by, e, e); err != nil {
			return err
		}
		was := e
		if e, err = tx.TurnIntoSection(e, by.ID); err != nil {
			return err
		}
		if err := fitFacts(tx, by, was, e); err != nil {
			return err
		}
		if err := indexAll(tx, []models.Entry{e}); err != nil { // as a section
			return err
		}
		return tx.Audit(by.ID, "turn", e.ID, "")
	})
}

// fitFacts leaves out the facts that an entry of another kind had and this one
// has no field for, in the draft and in what readers see.
func fitFacts(tx *store.Tx, by models.User, was, e models.Entry) error {
	fields, err := fieldsOf(e, models.Facts)
	if err != nil {
		return err
	}
	fit := func(c *models.Content) bool {
		fitting := models.Values{}
		for _, f := range fields {
			if v, ok := c.Fields[f.Name]; ok {
				fitting[f.Name] = v
			}
		}
		if len(fitting) == len(c.Fields) {
			return false
		}
		c.Fields = fitting
		digest(c, nil)
		return true
	}
	d, err := tx.Edition(e.ID, models.Facts)
	if err != nil {
		return err
	}
	draft, err := tx.Draft(d.ID)
	if err != nil {
		return err
	}
	if d.Live() {
		rev, err := tx.Revision(*d.LiveRevision)
		if err != nil {
			return err
		}
		pending := rev.Hash != draft.Hash
		if public := (models.Draft{EditionID: d.ID, Content: rev.Content, BaseRevision: draft.BaseRevision, Author: by.ID, SavedAt: tx.Now()}); fit(&public.Content) {
			if _, err := goLive(tx, by, e, d, &public, nil); err != nil {
				return err
			}
			draft.BaseRevision = public.BaseRevision
			if !pending {
				draft.Content = public.Content
				return tx.PutDraft(draft)
			}
		}
	}
	if !fit(&draft.Content) {
		return nil
	}
	return tx.PutDraft(draft)
}
