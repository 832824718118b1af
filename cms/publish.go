package cms

import (
	"context"
	"errors"
	"slices"
	"unicode/utf8"

	"meridian/cms/block"
	"meridian/models"
	"meridian/models/store"
)

// ChecksError says that errors in the text stop it from being published. It
// unwraps to models.ErrInvalid.
type ChecksError struct{ Findings []Finding }

func (e *ChecksError) Error() string { return "the checks found errors" }
func (e *ChecksError) Unwrap() error { return models.ErrInvalid }

// Publish asks for an edition's draft, and the pending facts of its entry, to
// become public.
type Publish struct {
	Entry string
	// Lang is a language, or models.Facts for the facts alone.
	Lang    string
	Version int
	// FactsVersion is the version of the facts the caller saw; it matters only
	// when they are pending.
	FactsVersion int
}

// Published says what became public.
type Published struct {
	Revision string
	Seq      int64 // number of the journal row
	Action   string
	// Facts reports whether pending facts became public with it.
	Facts bool
}

// Publish makes a draft public: it seals a revision and points the live
// pointer at it, in one transaction with the pending facts, the refs and the
// journal. Errors: *StaleError, *ChecksError, a *models.ConflictError when
// readers already see exactly this.
func (c *CMS) Publish(ctx context.Context, by models.User, in Publish) (out Published, err error) {
	err = c.tx(ctx, func(tx *store.Tx) error {
		out, err = publish(tx, by, in)
		return err
	})
	return out, err
}

func publish(tx *store.Tx, by models.User, in Publish) (out Published, err error) {
	e, d, err := edition(&tx.Read, by, models.ActPublish, in.Entry, in.Lang)
	if err != nil {
		return out, err
	}
	if d.Version != in.Version {
		return out, stale(&tx.Read, d)
	}
	draft, err := tx.Draft(d.ID)
	if err != nil {
		return out, err
	}
	findings, err := checks(&tx.Read, e, d.Lang, draft.Content)
	if err != nil {
		return out, err
	}
	var facts models.Edition
	var factsDraft models.Draft
	pending := false
	if in.Lang == models.Facts {
		if ok, err := anyLive(&tx.Read, e); err != nil {
			return out, err
		} else if !ok {
			return out, models.Conflict("facts_need_language")
		}
	} else {
		if facts, factsDraft, pending, err = pendingFacts(&tx.Read, e); err != nil {
			return out, err
		}
		if pending {
			if facts.Version != in.FactsVersion {
				return out, stale(&tx.Read, facts)
			}
			more, err := checks(&tx.Read, e, models.Facts, factsDraft.Content)
			if err != nil {
				return out, err
			}
			findings = append(findings, more...)
		}
	}
	if slices.ContainsFunc(findings, func(f Finding) bool { return f.Severity == block.Error }) {
		return out, &ChecksError{findings}
	}
	same, err := unchanged(&tx.Read, d, draft)
	if err != nil {
		return out, err
	}
	if same && !pending {
		return out, models.Conflict("nothing_to_publish")
	}
	if pending {
		if err := tx.NextVersion(facts, facts.Version); err != nil {
			return out, err
		}
		if _, err := goLive(tx, by, e, facts, &factsDraft); err != nil {
			return out, err
		}
		out.Facts = true
	}
	if !same {
		out.Action = models.ActionPublished
		if d.Live() {
			out.Action = models.ActionUpdated
		}
		if err := tx.NextVersion(d, in.Version); err != nil {
			return out, err
		}
		rev, err := goLive(tx, by, e, d, &draft)
		if err != nil {
			return out, err
		}
		out.Revision = rev.ID
	}
	out.Seq = tx.Head()
	return out, tx.Audit(by.ID, "publish", e.ID, in.Lang)
}

// goLive seals a draft and makes it what readers see. It is the one way to
// become public.
func goLive(tx *store.Tx, by models.User, e models.Entry, d models.Edition, draft *models.Draft) (models.Revision, error) {
	rev, err := seal(tx, draft, by, models.ReasonPublished)
	if err != nil {
		return rev, err
	}
	action := models.ActionPublished
	if d.Live() {
		action = models.ActionUpdated
	}
	fields, err := fieldsOf(e, d.Lang)
	if err != nil {
		return rev, err
	}
	if d.Lang == models.Facts {
		if err := tx.PutProjection(e, draft.Fields, termFields(fields)); err != nil {
			return rev, err
		}
	}
	if err := tx.PublishRefs(d.ID); err != nil {
		return rev, err
	}
	return rev, tx.GoLive(e, d, rev, action, by.ID)
}

// unchanged reports whether readers see exactly the words of the draft.
func unchanged(r *store.Read, d models.Edition, draft models.Draft) (bool, error) {
	if d.LiveRevision == nil {
		return false, nil
	}
	live, err := r.Revision(*d.LiveRevision)
	if err != nil {
		return false, err
	}
	return live.Hash == draft.Hash && live.BasedOn == draft.BasedOn && live.Machine == draft.Machine, nil
}

// pendingFacts returns the facts of an entry and whether readers see others.
func pendingFacts(r *store.Read, e models.Entry) (models.Edition, models.Draft, bool, error) {
	d, err := r.Edition(e.ID, models.Facts)
	if err != nil {
		return d, models.Draft{}, false, err
	}
	draft, err := r.Draft(d.ID)
	if err != nil {
		return d, draft, false, err
	}
	same, err := unchanged(r, d, draft)
	return d, draft, !same, err
}

func anyLive(r *store.Read, e models.Entry) (bool, error) {
	editions, err := r.Editions(e.ID)
	return slices.ContainsFunc(editions, func(d models.Edition) bool { return d.Live() && d.Lang != models.Facts }), err
}

// Unpublish takes an edition away from readers, who get "not found". Publishing
// brings it back at the same address.
func (c *CMS) Unpublish(ctx context.Context, by models.User, entry, lang string, version int) error {
	return c.takeDown(ctx, by, entry, lang, version, "")
}

// Withdraw takes an edition away for a public reason (models.WithdrawReasons);
// readers get "gone".
func (c *CMS) Withdraw(ctx context.Context, by models.User, entry, lang string, version int, reason string) error {
	if !slices.Contains(models.WithdrawReasons, reason) {
		return models.Invalid("reason", "not_a_choice")
	}
	return c.takeDown(ctx, by, entry, lang, version, reason)
}

func (c *CMS) takeDown(ctx context.Context, by models.User, id, lang string, version int, reason string) error {
	return c.tx(ctx, func(tx *store.Tx) error {
		e, d, err := edition(&tx.Read, by, models.ActPublish, id, lang)
		if err != nil {
			return err
		}
		if lang == models.Facts {
			return models.Conflict("facts_stay")
		}
		if d.Version != version {
			return stale(&tx.Read, d)
		}
		if !d.Live() && (reason == "" || d.FirstPublishedAt == nil) {
			return models.Conflict("not_public")
		}
		if e.Root() && lang == e.OriginalLang {
			return models.Conflict("home_stays")
		}
		if err := tx.NextVersion(d, version); err != nil {
			return err
		}
		if err := tx.TakeDown(e, d, reason, by.ID); err != nil {
			return err
		}
		if err := tx.PutRefs(d.ID, true, nil); err != nil {
			return err
		}
		act := "unpublish"
		if reason != "" {
			act = "withdraw"
		}
		return tx.Audit(by.ID, act, e.ID, lang+" "+reason)
	})
}

// Finding is one thing the checks found. Field names a field of the form when
// it is not about a block.
type Finding struct {
	block.Finding
	Field string
}

// checks runs every check on content, those of the text and those of the kind.
func checks(r *store.Read, e models.Entry, lang string, c models.Content) ([]Finding, error) {
	var out []Finding
	add := func(field, code string, sev block.Severity, args map[string]any) {
		out = append(out, Finding{block.Finding{Code: code, Severity: sev, Args: args}, field})
	}
	fields, err := fieldsOf(e, lang)
	if err != nil {
		return nil, err
	}
	for _, name := range models.Missing(fields, c.Fields) {
		add(name, "field_missing", block.Error, map[string]any{"field": name})
	}
	if lang == models.Facts {
		return out, nil
	}
	switch n := utf8.RuneCountInString(c.Title); {
	case n == 0:
		add(KeyTitle, "title_missing", block.Error, nil)
	case n > 120:
		add(KeyTitle, "title_long", block.Error, map[string]any{"max": 120, "count": n})
	}
	switch n := utf8.RuneCountInString(c.Summary); {
	case n == 0:
		add(KeySummary, "summary_missing", block.Warning, nil)
	case n > 300:
		add(KeySummary, "summary_long", block.Error, map[string]any{"max": 300, "count": n})
	}
	if c.Machine {
		add("", "machine_unconfirmed", block.Warning, nil)
	}
	doc, err := block.Decode([]byte(c.Body))
	if err != nil {
		return nil, err
	}
	for _, f := range doc.Checks(&draftResolver{read: r, lang: lang}) {
		out = append(out, Finding{Finding: f})
	}
	slices.SortStableFunc(out, func(a, b Finding) int {
		rank := func(f Finding) int {
			if f.Severity == block.Error {
				return 0
			}
			return 1
		}
		return rank(a) - rank(b)
	})
	return out, nil
}

// draftResolver tells the checks what the text refers to. Unlike readers' it
// may see working titles, because only staff see findings.
type draftResolver struct {
	block.Inert
	read *store.Read
	lang string
}

func (r *draftResolver) Lang() string { return r.lang }

// Link reports a ref to something that readers cannot open as not there: the
// check that says so is what the author needs.
func (r *draftResolver) Link(ref string) (block.Target, bool) {
	id := ref
	for i := range ref {
		if ref[i] == ':' {
			id = ref[i+1:]
		}
	}
	editions, err := r.read.Editions(id)
	if err != nil {
		return block.Target{}, false
	}
	for _, d := range editions {
		if d.Live() && d.Lang != models.Facts {
			titles, err := r.read.Titles([]string{id}, r.lang)
			if err != nil && !errors.Is(err, models.ErrNotFound) {
				return block.Target{}, false
			}
			return block.Target{URL: "/" + d.Lang + "/" + *d.Path, Title: titles[id]}, true
		}
	}
	return block.Target{}, false
}

// Fact lets every known fact through: its value is computed when read.
func (r *draftResolver) Fact(key string) (string, bool) { return "0", block.KnownFact(key) }
