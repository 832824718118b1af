package cms

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"meridian/cms/block"
	"meridian/models"
	"meridian/models/store"
)

// Words that stand for a version where a revision id would.
const (
	// VersionDraft is the working text as it is now.
	VersionDraft = "draft"
	// VersionNone is the empty text before the first version.
	VersionNone = "none"
)

// HistoryPage is how many versions a page of the history has.
const HistoryPage = 50

// Version is one entry of the history of an edition: a sealed revision, or the
// draft.
type Version struct {
	// ID is the revision, VersionDraft or VersionNone.
	ID     string
	Number int // 0 for the draft and for none
	// Reason is why the words were sealed; "" for the draft.
	Reason string
	Name   string
	Author string // name of who wrote or published it
	At     time.Time
	// Live reports that readers see exactly this version.
	Live bool
	// Same reports that it has the words of the draft.
	Same bool
	// Changes are those against Before, the version before: a revision, or
	// VersionNone. Only a list has them.
	Changes
	Before string
}

// Changes counts what differs between two versions.
type Changes struct {
	First          bool // there is nothing before
	Title, Summary bool
	Blocks         int      // added, removed, changed or moved
	Fields         []string // names of the fields that differ
}

// None reports that no word differs.
func (c Changes) None() bool {
	return !c.Title && !c.Summary && c.Blocks == 0 && len(c.Fields) == 0
}

// History is the versions of an edition, or of the facts beside it, newest
// first.
type History struct {
	Editor
	// Of is the language, or models.Facts.
	Of string
	// Guard is the version of the edition Of is about; forms carry it.
	Guard int
	// Versions are those of the page; on the first one the draft leads.
	Versions []Version
	Total    int
	// Before is what the next page begins with, 0 on the last one; After the
	// same for the page before. The first page is 0, which AtTop tells.
	Before, After int
	AtTop         bool
	// Undo is what undoing the last publish would do; nil when it cannot be
	// undone or the user may not.
	Undo *Undo
}

// History returns the versions of an edition, or of its entry's facts, whose
// number is below before (0 = all), at most HistoryPage of them. Errors:
// ErrNotFound for what is missing or foreign.
func (c *CMS) History(ctx context.Context, by models.User, id, lang string, facts bool, before int) (h History, err error) {
	now := c.store.Now()
	err = c.view(ctx, func(r *store.Read) error {
		w, err := witness(r, by, id, lang, facts)
		if err != nil {
			return err
		}
		h.Editor, h.Of, h.Guard = w.Editor, w.edition.Lang, w.edition.Version
		if h.Total, err = r.RevisionNumber(w.edition.ID); err != nil {
			return err
		}
		if before <= 0 || before > h.Total {
			before, h.AtTop = 0, true
		} else if h.After = before + HistoryPage; h.After > h.Total {
			h.After = 0
		}
		// One more than fits: the last one is compared with it.
		list, err := r.RevisionsBefore(w.edition.ID, before, HistoryPage+1)
		if err != nil {
			return err
		}
		if h.Versions, err = w.versions(r, list, h.AtTop); err != nil {
			return err
		}
		if len(list) > HistoryPage {
			h.Before = list[HistoryPage-1].Number
		}
		if u, err := undoing(r, now, w.Entry, w.Edition); err == nil && w.CanPublish {
			h.Undo = &u.Undo
		}
		return nil
	})
	return h, err
}

// watched is an edition whose history somebody looks at.
type watched struct {
	Editor
	edition models.Edition // the one the history is about
	draft   models.Draft
	fields  []models.Field
}

// witness loads an edition for a look at its history, or at that of the facts.
// The right is looked for on the entry, so that no revision can be reached
// around it.
func witness(r *store.Read, by models.User, id, lang string, facts bool) (w watched, err error) {
	if w.Editor, err = editor(r, by, id, lang); err != nil {
		return w, err
	}
	w.edition, w.draft = w.Edition, w.Draft
	if facts {
		w.edition, w.draft = w.FactsEdition, w.Editor.Facts
	}
	w.fields, err = fieldsOf(w.Entry, w.edition.Lang)
	return w, err
}

// versions describes revisions, newest first, and the draft before them when
// they are the newest. One more than HistoryPage is looked at and left out.
func (w watched) versions(r *store.Read, list []models.Revision, withDraft bool) ([]Version, error) {
	var ids []string
	for _, rev := range list {
		ids = append(ids, rev.Author)
	}
	names, err := r.Names(append(ids, w.draft.Author))
	if err != nil {
		return nil, err
	}
	var out []Version
	var now *wording
	if withDraft {
		out = append(out, w.draftVersion(names))
		if now, err = wordsOf(w.draft.Content, w.edition.Lang); err != nil {
			return nil, err
		}
	}
	for i, rev := range list {
		was, err := wordsOf(rev.Content, w.edition.Lang)
		if err != nil {
			return nil, err
		}
		if now != nil {
			last := &out[len(out)-1]
			last.Changes, last.Before = changes(w.fields, was, now), rev.ID
		}
		if i == HistoryPage {
			return out, nil
		}
		out, now = append(out, w.sealed(rev, names)), was
	}
	if len(out) > 0 {
		last := &out[len(out)-1]
		last.Changes, last.Before = Changes{First: true}, VersionNone
	}
	return out, nil
}

func (w watched) draftVersion(names map[string]string) Version {
	return Version{ID: VersionDraft, Author: names[w.draft.Author], At: w.draft.SavedAt, Same: true}
}

func (w watched) sealed(rev models.Revision, names map[string]string) Version {
	return Version{
		ID: rev.ID, Number: rev.Number, Reason: rev.Reason, Name: rev.Name, Author: names[rev.Author], At: rev.CreatedAt,
		Live: w.edition.LiveRevision != nil && *w.edition.LiveRevision == rev.ID, Same: rev.Hash == w.draft.Hash,
	}
}

// wording is content with its text decoded; facts have none.
type wording struct {
	models.Content
	doc    *block.Document
	sketch *block.Document // see outline
}

// outline is the text with a sign for all that is in a block in its place.
// Which blocks differ is the same in it, and told without comparing words: a
// page of the history of a long text would take seconds.
func (w *wording) outline() *block.Document {
	if w.sketch != nil {
		return w.sketch
	}
	w.sketch = block.Empty(w.doc.Lang)
	one := block.Empty(w.doc.Lang)
	for _, n := range w.doc.Doc.Content {
		one.Doc.Content = []block.Node{n}
		sum := sha256.Sum256(one.JSON())
		sign := block.Paragraph(block.Text(hex.EncodeToString(sum[:8])))
		sign.Attrs = map[string]any{"id": n.ID()}
		w.sketch.Doc.Content = append(w.sketch.Doc.Content, sign)
	}
	return w.sketch
}

func wordsOf(c models.Content, lang string) (*wording, error) {
	if lang == models.Facts {
		return &wording{Content: c}, nil
	}
	if c.Body == "" {
		return &wording{Content: c, doc: block.Empty(lang)}, nil
	}
	doc, err := block.Decode([]byte(c.Body))
	return &wording{Content: c, doc: doc}, err
}

// changes counts what differs between two wordings with the given fields.
func changes(fields []models.Field, was, now *wording) Changes {
	var c Changes
	if was.Hash == now.Hash {
		return c // equal hashes, equal words
	}
	c.Title, c.Summary = was.Title != now.Title, was.Summary != now.Summary
	for _, f := range fieldChanges(fields, was.Fields, now.Fields) {
		c.Fields = append(c.Fields, f.Field)
	}
	if was.doc != nil && now.doc != nil && was.Body != now.Body {
		for _, b := range block.Diff(was.outline(), now.outline()) {
			if b.Change != block.Same {
				c.Blocks++
			}
		}
	}
	return c
}
