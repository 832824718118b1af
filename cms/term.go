package cms

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"meridian/cms/block"
	"meridian/models"
	"meridian/models/store"
)

// TermRow is a term in the list of its vocabulary.
type TermRow struct {
	models.Term
	Uses int // entries that carry it, in public or in a draft
}

// TermUser is an entry that uses a term.
type TermUser struct {
	ID, Kind, Type string
	Title, Lang    string // in the original language, which a click opens
	InText         bool   // its text names the term, its facts do not
	Trashed        bool
}

// TermView is a term with what uses it.
type TermView struct {
	models.Term
	Users []TermUser // the newest ones
	More  bool       // there are more users than listed
	// Others are the other terms of the vocabulary, in order.
	Others []models.Term
	Site   models.Site
}

// termUsersMax is how many users of a term a screen lists.
const termUsersMax = 100

// UsedError says that a term cannot be deleted, for something uses it. It
// unwraps to models.ErrConflict.
type UsedError struct{ Users []TermUser }

func (e *UsedError) Error() string { return fmt.Sprintf("term has %d users", len(e.Users)) }
func (e *UsedError) Unwrap() error { return models.ErrConflict }

// Terms returns the terms of a vocabulary in order, for administrators.
func (c *CMS) Terms(ctx context.Context, by models.User, vocabulary string) (out []TermRow, site models.Site, err error) {
	if err := mayKeepTerms(by, vocabulary); err != nil {
		return nil, site, err
	}
	err = c.view(ctx, func(r *store.Read) error {
		if site, err = r.Site(); err != nil {
			return err
		}
		list, err := r.Terms(vocabulary)
		if err != nil {
			return err
		}
		uses, err := r.TermUses(vocabulary, models.VocabularyFields(vocabulary))
		for _, t := range list {
			out = append(out, TermRow{t, uses[t.ID]})
		}
		return err
	})
	return out, site, err
}

// mayKeepTerms returns ErrForbidden for who is no administrator and
// ErrNotFound for a vocabulary that does not exist.
func mayKeepTerms(by models.User, vocabulary string) error {
	if !by.Administrator() {
		return models.ErrForbidden
	}
	if !slices.Contains(models.Vocabularies, vocabulary) {
		return models.ErrNotFound
	}
	return nil
}

// Term returns a term of a vocabulary with what uses it, for administrators. A
// term that was merged is ErrNotFound: it is not kept any more.
func (c *CMS) Term(ctx context.Context, by models.User, vocabulary, id string) (out TermView, err error) {
	if err := mayKeepTerms(by, vocabulary); err != nil {
		return out, err
	}
	err = c.view(ctx, func(r *store.Read) error {
		if out.Term, err = standingTerm(r, vocabulary, id); err != nil {
			return err
		}
		if out.Site, err = r.Site(); err != nil {
			return err
		}
		list, err := r.Terms(vocabulary)
		if err != nil {
			return err
		}
		for _, t := range list {
			if t.ID != id {
				out.Others = append(out.Others, t)
			}
		}
		out.Users, out.More, err = termUsers(r, by, out.Term)
		return err
	})
	return out, err
}

// standingTerm returns a term that was not merged into another one.
func standingTerm(r *store.Read, vocabulary, id string) (models.Term, error) {
	t, err := r.Term(id)
	if err == nil && (t.Vocabulary != vocabulary || t.MergedInto() != "") {
		err = models.ErrNotFound
	}
	return t, err
}

func termUsers(r *store.Read, by models.User, t models.Term) (out []TermUser, more bool, err error) {
	uses, err := r.UsesOfTerm(t.ID, models.VocabularyFields(t.Vocabulary), termUsersMax+1)
	if err != nil {
		return nil, false, err
	}
	if more = len(uses) > termUsersMax; more {
		uses = uses[:termUsersMax]
	}
	ids := make([]string, len(uses))
	for i, u := range uses {
		ids[i] = u.EntryID
	}
	entries, err := r.Entries(ids)
	if err != nil {
		return nil, false, err
	}
	known := map[string]models.Entry{}
	for _, e := range entries {
		known[e.ID] = e
	}
	titles, err := r.Titles(ids)
	for _, u := range uses {
		out = append(out, TermUser{ID: u.EntryID, Kind: u.Kind, Type: known[u.EntryID].Type, Title: titles[u.EntryID], Lang: known[u.EntryID].OriginalLang, InText: u.InText, Trashed: u.Trashed})
	}
	return out, more, err
}

// PutTerm is a term as somebody typed it.
type PutTerm struct {
	Vocabulary string
	// ID is "" for a new term, and Version that of the term the form was made
	// from.
	ID, Version string
	// Labels has the languages the form asked about; labels in others stay.
	Labels []models.TermLabel
	// Data are the values of models.TermFields.
	Data models.Values
}

// PutTerm adds a term at the end of its vocabulary or changes one. Addresses
// it gives up lead on to it. Errors: ErrForbidden, models.ErrStale, a
// *models.InvalidError keyed as by models.CleanTerm.
func (c *CMS) PutTerm(ctx context.Context, by models.User, in PutTerm) (out models.Term, err error) {
	if err := mayKeepTerms(by, in.Vocabulary); err != nil {
		return out, err
	}
	err = c.tx(ctx, func(tx *store.Tx) error {
		out, err = putTerm(tx, by, in)
		return err
	})
	return out, err
}

func putTerm(tx *store.Tx, by models.User, in PutTerm) (models.Term, error) {
	was, act := models.Term{Vocabulary: in.Vocabulary}, "term-added"
	list, err := tx.Terms(in.Vocabulary)
	if err != nil {
		return was, err
	}
	if in.ID != "" {
		act = "term-changed"
		if was, err = standingTerm(&tx.Read, in.Vocabulary, in.ID); err != nil {
			return was, err
		}
		if was.Version() != in.Version {
			return was, models.ErrStale
		}
	}
	next := was
	next.Labels, next.Data = in.Labels, in.Data
	if next, err = models.CleanTerm(next); err != nil {
		return was, err
	}
	for _, l := range was.Labels { // of a language the site was kept in once
		if !slices.ContainsFunc(in.Labels, func(n models.TermLabel) bool { return n.Lang == l.Lang }) {
			next.Labels = append(next.Labels, l)
		}
	}
	if err := freeTermSlugs(&next, in.Labels, list); err != nil {
		return was, err
	}
	next.Follow(was)
	if in.ID == "" {
		next.ID, next.Position = tx.NewID(), len(list)
	} else if next.Version() == was.Version() {
		return was, nil
	}
	if err := tx.PutTerm(next, by.ID); err != nil {
		return was, err
	}
	// Where an address that used to lead to another term is this one's now, it
	// does not lead there any more.
	for _, t := range list {
		before := t.Version()
		for _, l := range next.Labels {
			t.Forget(l.Lang, l.Slug)
		}
		if t.ID != next.ID && t.Version() != before {
			if err := tx.PutTerm(t, by.ID); err != nil {
				return was, err
			}
		}
	}
	return next, tx.Audit(by.ID, act, next.ID, termName(next))
}

// freeTermSlugs gives addresses that nobody typed a number where another term
// of the vocabulary has them, and refuses those that somebody did.
func freeTermSlugs(t *models.Term, typed []models.TermLabel, list []models.Term) error {
	bad := &models.InvalidError{}
	taken := func(lang, slug string) bool {
		return slices.ContainsFunc(list, func(o models.Term) bool {
			l, own := o.Own(lang)
			return o.ID != t.ID && own && l.Slug == slug
		})
	}
	for i, l := range t.Labels {
		if !taken(l.Lang, l.Slug) {
			continue
		}
		j := slices.IndexFunc(typed, func(x models.TermLabel) bool { return x.Lang == l.Lang })
		if j >= 0 && models.CleanText(typed[j].Slug, false) != "" {
			bad.Add("slug."+l.Lang, "term_address_taken", "address", l.Slug)
			continue
		}
		for n := 2; n <= slugTries; n++ {
			if s := fmt.Sprintf("%s-%d", l.Slug, n); !taken(l.Lang, s) {
				t.Labels[i].Slug = s
				break
			}
		}
		if taken(l.Lang, t.Labels[i].Slug) {
			bad.Add("slug."+l.Lang, "term_address_taken", "address", l.Slug)
		}
	}
	return bad.Err()
}

// termName is what the audit trail calls a term: its label in one language,
// which nothing that happens to the term takes away.
func termName(t models.Term) string { return t.Vocabulary + " " + t.Label("en") }

// PlaceTerm moves a term one place up or down in the order of its vocabulary.
// At the end of the order it stays where it is.
func (c *CMS) PlaceTerm(ctx context.Context, by models.User, vocabulary, id string, down bool) error {
	if err := mayKeepTerms(by, vocabulary); err != nil {
		return err
	}
	return c.tx(ctx, func(tx *store.Tx) error {
		t, err := standingTerm(&tx.Read, vocabulary, id)
		if err != nil {
			return err
		}
		list, err := tx.Terms(vocabulary)
		if err != nil {
			return err
		}
		ids := make([]string, len(list))
		for i, t := range list {
			ids[i] = t.ID
		}
		at := slices.Index(ids, id)
		to := at - 1
		if down {
			to = at + 1
		}
		if to < 0 || to >= len(ids) {
			return nil
		}
		ids[at], ids[to] = ids[to], ids[at]
		if err := tx.PlaceTerms(ids, id, by.ID); err != nil {
			return err
		}
		return tx.Audit(by.ID, "term-moved", id, termName(t))
	})
}

// MergeTerm makes one term part of another one of its vocabulary: all that
// carried it carries the other, in public at once and in drafts as they are
// opened, its addresses lead on, and whoever asks for its id gets the other.
// It cannot be undone, for nothing tells afterwards what carried which. It
// returns how many public entries changed by it.
func (c *CMS) MergeTerm(ctx context.Context, by models.User, vocabulary, id, into, version string) (changed int, err error) {
	if err := mayKeepTerms(by, vocabulary); err != nil {
		return 0, err
	}
	err = c.tx(ctx, func(tx *store.Tx) error {
		t, err := standingTerm(&tx.Read, vocabulary, id)
		if err != nil {
			return err
		}
		if t.Version() != version {
			return models.ErrStale
		}
		other, err := standingTerm(&tx.Read, vocabulary, into)
		if missing(err) || id == into {
			return models.Invalid("into", "not_a_choice")
		}
		if err != nil {
			return err
		}
		gone, kept := t.Merge(other)
		if changed, err = tx.MergeTerm(gone, kept, by.ID); err != nil {
			return err
		}
		return tx.Audit(by.ID, "term-merged", id, termName(t)+" > "+other.Label("en"))
	})
	return changed, err
}

// DeleteTerm deletes a term that nothing uses. Errors: models.ErrStale, a
// *UsedError with what does.
func (c *CMS) DeleteTerm(ctx context.Context, by models.User, vocabulary, id, version string) error {
	if err := mayKeepTerms(by, vocabulary); err != nil {
		return err
	}
	return c.tx(ctx, func(tx *store.Tx) error {
		t, err := standingTerm(&tx.Read, vocabulary, id)
		if err != nil {
			return err
		}
		if t.Version() != version {
			return models.ErrStale
		}
		users, _, err := termUsers(&tx.Read, by, t)
		if err != nil {
			return err
		}
		if len(users) > 0 {
			return &UsedError{users}
		}
		if err := tx.DeleteTerm(id, by.ID); err != nil {
			return err
		}
		return tx.Audit(by.ID, "term-deleted", id, termName(t))
	})
}

// termRefs returns the terms that a text names: the topic of cards, the region
// of a directory or of a number in a sentence.
func termRefs(doc *block.Document) []store.Ref {
	var out []store.Ref
	add := func(at string, term any, purpose string) {
		if id, _ := term.(string); id != "" {
			out = append(out, store.Ref{BlockID: at, TargetKind: "term", TargetID: id, Purpose: purpose})
		}
	}
	for _, n := range doc.Doc.Content {
		switch n.Type {
		case "cards":
			query, _ := n.Attrs["query"].(map[string]any)
			add(n.ID(), query["topic"], "query")
		case "section_list":
			add(n.ID(), n.Attrs["region"], "query")
		}
	}
	for _, key := range doc.Facts() {
		_, region, _ := strings.Cut(key, ":")
		add(key, region, "fact")
	}
	return out
}

// currentTerms returns the facts of an entry with every term that was merged
// replaced by the one it became.
func currentTerms(r *store.Read, e models.Entry, v models.Values) (models.Values, error) {
	merged, err := r.MergedTerms()
	if err != nil || len(merged) == 0 {
		return v, err
	}
	fields, err := fieldsOf(e, models.Facts)
	return followMerges(merged, fields, v), err
}

func followMerges(merged map[string]string, fields []models.Field, v models.Values) models.Values {
	out := maps.Clone(v)
	for _, f := range fields {
		if f.Kind != models.FieldTerm {
			continue
		}
		if other, ok := merged[v.Str(f.Name)]; ok {
			out[f.Name] = other
		}
		var list []any
		for _, id := range v.Strs(f.Name) {
			if other, ok := merged[id]; ok {
				id = other
			}
			if !slices.Contains(list, any(id)) {
				list = append(list, id)
			}
		}
		if list != nil {
			out[f.Name] = list
		}
	}
	return out
}

// savedTerms returns facts as they are to be saved over was: terms that were
// merged are replaced in a field that somebody changed, and stay in all others,
// so that saving what one merely looked at changes nothing.
func savedTerms(r *store.Read, e models.Entry, was, v models.Values) (models.Values, error) {
	merged, err := r.MergedTerms()
	if err != nil || len(merged) == 0 || v == nil {
		return v, err
	}
	fields, err := fieldsOf(e, models.Facts)
	if err != nil {
		return v, err
	}
	old, out := followMerges(merged, fields, was), followMerges(merged, fields, v)
	for _, f := range fields {
		if f.Kind != models.FieldTerm || was[f.Name] == nil {
			continue
		}
		a, b := models.Values{"x": old[f.Name]}, models.Values{"x": out[f.Name]}
		if a.Canonical() == b.Canonical() {
			out[f.Name] = was[f.Name]
		}
	}
	return out, nil
}
