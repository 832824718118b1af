package cms

import (
	"context"
	"io"
	"maps"
	"strconv"
	"strings"
	"unicode/utf8"

	"meridian/cms/block"
	"meridian/models"
	"meridian/models/store"
)

// SaveDraft is the whole working text of an edition, as somebody typed it.
type SaveDraft struct {
	Entry   string
	Lang    string // models.Facts for the facts
	Version int    // the version the words were read at
	Title   string
	Summary string
	// Body is the text; nil leaves it as it is. Facts have none.
	Body *block.Document
	// Fields are the other fields of the language, or all facts.
	Fields models.Values
	// StillRight names blocks of a translation (or "title", "summary") that
	// need no new words although the original changed.
	StillRight []string
	// Confirmed says that a person has read a machine's translation.
	Confirmed bool
}

// Save overwrites a draft and returns its edition at the new version. Words of
// an earlier sitting or another author are sealed first, so nothing typed is
// ever lost. Errors: *StaleError with what is there now, *models.InvalidError
// for fields whose form is wrong (never for texts that are too long or empty).
func (c *CMS) Save(ctx context.Context, by models.User, in SaveDraft) (d models.Edition, err error) {
	err = c.tx(ctx, func(tx *store.Tx) error {
		d, err = save(tx, by, in)
		return err
	})
	return d, err
}

func save(tx *store.Tx, by models.User, in SaveDraft) (models.Edition, error) {
	e, d, err := edition(&tx.Read, by, models.ActWrite, in.Entry, in.Lang)
	if err != nil {
		return d, err
	}
	if d.Version != in.Version {
		return d, stale(&tx.Read, d)
	}
	draft, err := tx.Draft(d.ID)
	if err != nil {
		return d, err
	}
	if in.Lang == models.Facts {
		if in.Fields, err = savedTerms(&tx.Read, e, draft.Fields, in.Fields); err != nil {
			return d, err
		}
	}
	next := draft
	var doc *block.Document
	if next.Content, doc, err = cleanContent(tx.Random(), e, draft.Content, in); err != nil {
		return d, err
	}
	if in.Lang != models.Facts && in.Lang != e.OriginalLang {
		if err := compareSource(&tx.Read, e, draft.Content, &next.Content, in); err != nil {
			return d, err
		}
	}
	if next.Hash == draft.Hash && next.BasedOn == draft.BasedOn && next.Machine == draft.Machine && maps.Equal(next.SourceHashes, draft.SourceHashes) {
		return d, nil
	}
	base := ""
	if draft.BaseRevision != "" {
		rev, err := tx.Revision(draft.BaseRevision)
		if err != nil {
			return d, err
		}
		base = rev.Hash
	}
	if !blank(draft.Content) && draft.SealBefore(by.ID, tx.Now(), base) {
		rev, err := tx.Seal(draft, draft.Author, models.ReasonSaved)
		if err != nil {
			return d, err
		}
		next.BaseRevision = rev.ID
	}
	next.Author, next.SavedAt = by.ID, tx.Now()
	if err := tx.NextVersion(d); err != nil {
		return d, err
	}
	d.Version++
	if err := tx.PutDraft(next); err != nil {
		return d, err
	}
	fields, err := fieldsOf(e, in.Lang)
	if err != nil {
		return d, err
	}
	if err := tx.PutRefs(d.ID, false, refsOf(fields, next.Content, doc)); err != nil {
		return d, err
	}
	if err := rememberDescriptions(tx, by, in.Lang, draft.Content, next.Content, doc); err != nil {
		return d, err
	}
	if err := rememberLead(tx, by, e, in.Lang, draft.Content, next.Content); err != nil {
		return d, err
	}
	return d, followTitle(tx, by, e, &d, draft.Content, next.Content)
}

// blank reports whether content has no words at all.
func blank(c models.Content) bool {
	return c.Title == "" && c.Summary == "" && len(c.Hashes) <= 2 && len(c.Fields) == 0
}

// cleanContent returns the content a save leaves behind, with its text decoded.
func cleanContent(random io.Reader, e models.Entry, was models.Content, in SaveDraft) (models.Content, *block.Document, error) {
	next := was
	bad := &models.InvalidError{}
	fields, err := fieldsOf(e, in.Lang)
	if err != nil {
		return next, nil, err
	}
	var doc *block.Document
	if in.Lang != models.Facts {
		next.Title = models.CleanText(in.Title, false)
		next.Summary = models.CleanText(in.Summary, true)
		bad = tooLong(next.Title, next.Summary)
		if in.Body != nil {
			doc, next.Body, err = cleanBody(random, in.Lang, in.Body)
		} else {
			doc, err = block.Decode([]byte(was.Body))
		}
		if err != nil {
			return next, nil, err
		}
	}
	if in.Fields != nil {
		v, err := models.Clean(fields, in.Fields)
		if err != nil {
			for f, p := range err.(*models.InvalidError).Fields {
				bad.Add(f, p.Code, pairs(p.Args)...)
			}
		}
		next.Fields = v
	}
	if err := bad.Err(); err != nil {
		return next, nil, err
	}
	digest(&next, doc)
	return next, doc, nil
}

// tooLong notes a title or a summary that is not even kept.
func tooLong(title, summary string) *models.InvalidError {
	bad := &models.InvalidError{}
	for name, s := range map[string]string{KeyTitle: title, KeySummary: summary} {
		if utf8.RuneCountInString(s) > savedMax {
			bad.Add(name, "too_long", "max", savedMax)
		}
	}
	return bad
}

func pairs(m map[string]any) []any {
	var out []any
	for k, v := range m {
		out = append(out, k, v)
	}
	return out
}

// compareSource notes for each block that was translated or confirmed in this
// save which words of the original it now stands for.
func compareSource(r *store.Read, e models.Entry, was models.Content, next *models.Content, in SaveDraft) error {
	source, err := sourceRevision(r, e)
	if err != nil || source == nil {
		return err
	}
	made := maps.Clone(was.SourceHashes)
	if made == nil {
		made = map[string]string{}
	}
	note := func(key string) {
		if h, there := source.Hashes[key]; there {
			made[key] = h
		} else {
			delete(made, key)
		}
	}
	for key, h := range next.Hashes {
		if was.Hashes[key] != h {
			note(key)
		}
	}
	for key := range was.Hashes {
		if _, kept := next.Hashes[key]; !kept {
			note(key)
		}
	}
	for _, key := range in.StillRight {
		note(key)
	}
	if in.Confirmed && next.Machine {
		next.Machine = false
		made = maps.Clone(source.Hashes)
	}
	next.SourceHashes = made
	if !next.Machine && len(models.Behind(made, source.Hashes)) == 0 {
		next.BasedOn = source.ID
	}
	return nil
}

// sourceRevision returns the revision translations are compared with: the
// public one of the original, else its newest; nil when there is none.
func sourceRevision(r *store.Read, e models.Entry) (*models.Revision, error) {
	d, err := r.Edition(e.ID, e.OriginalLang)
	if err != nil {
		return nil, err
	}
	if d.LiveRevision != nil {
		rev, err := r.Revision(*d.LiveRevision)
		return &rev, err
	}
	revs, err := r.Revisions(d.ID, 1)
	if err != nil || len(revs) == 0 {
		return nil, err
	}
	return &revs[0], nil
}

// followTitle lets the address of something never public follow its title, as
// long as nobody chose another one, and the year of a news item follow its
// date.
func followTitle(tx *store.Tx, by models.User, e models.Entry, d *models.Edition, was, now models.Content) error {
	if d.Lang == models.Facts {
		if e.Kind == models.KindNews && was.Fields.Str("date") != now.Fields.Str("date") {
			return followDate(tx, by, e, now.Fields.Str("date"))
		}
		return nil
	}
	if e.Kind == models.KindSection || d.FirstPublishedAt != nil || was.Title == now.Title || now.Title == "" {
		return nil
	}
	if auto := models.Slugify(was.Title, d.Lang); auto == "" || !numbered(d.Slug, auto) {
		return nil
	}
	section, err := tx.Entry(e.Section())
	if err != nil {
		return err
	}
	base := strings.TrimSuffix(strings.TrimSuffix(*d.Path, d.Slug), "/")
	s, err := freeSlug(&tx.Read, e, section, d.Lang, base, now.Title, d.ID)
	if err != nil {
		return err
	}
	path := join(base, s)
	if err := tx.SetPath(e, *d, s, path, by.ID); err != nil {
		return err
	}
	d.Slug, d.Path = s, &path
	return nil
}

// followDate moves editions that were never public to the year of the date.
func followDate(tx *store.Tx, by models.User, e models.Entry, date string) error {
	if len(date) < 4 {
		return nil
	}
	section, err := tx.Entry(e.Section())
	if err != nil {
		return err
	}
	editions, err := tx.Editions(e.ID)
	if err != nil {
		return err
	}
	for _, d := range editions {
		if d.Lang == models.Facts || d.FirstPublishedAt != nil {
			continue
		}
		base, err := folder(&tx.Read, e, section, d.Lang, date)
		if err != nil {
			return err
		}
		s := d.Slug
		if free, err := pathFree(&tx.Read, d.Lang, join(base, s), d.ID); err != nil {
			return err
		} else if !free {
			if s, err = freeSlug(&tx.Read, e, section, d.Lang, base, s, d.ID); err != nil {
				return err
			}
		}
		if err := tx.SetPath(e, d, s, join(base, s), by.ID); err != nil {
			return err
		}
	}
	return nil
}

// numbered reports whether slug is what freeSlug makes of auto: auto itself or
// auto with a number behind it. A year behind it was somebody's choice.
func numbered(slug, auto string) bool {
	if slug == auto {
		return true
	}
	rest, ok := strings.CutPrefix(slug, auto+"-")
	n, err := strconv.Atoi(rest)
	return ok && err == nil && n > 1 && n <= slugTries && strconv.Itoa(n) == rest
}
