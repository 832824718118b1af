package cms

import (
	"context"
	"slices"

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
	pub, err := toPublish(&tx.Read, by, in)
	if err != nil {
		return out, err
	}
	return pub.publish(tx, by)
}

// toPublish returns the draft that somebody asks to make public, at the
// version they saw.
func toPublish(r *store.Read, by models.User, in Publish) (pub publishable, err error) {
	pub.entry, pub.edition, err = edition(r, by, models.ActPublish, in.Entry, in.Lang)
	if err != nil {
		return pub, err
	}
	if pub.edition.Version != in.Version {
		return pub, stale(r, pub.edition)
	}
	if pub.draft, err = r.Draft(pub.edition.ID); err != nil {
		return pub, err
	}
	if in.Lang == models.Facts {
		if ok, err := anyLive(r, pub.entry); err != nil {
			return pub, err
		} else if !ok {
			return pub, models.Conflict("facts_need_language")
		}
		return pub, nil
	}
	if pub.facts, pub.factsDraft, pub.pending, err = pendingFacts(r, pub.entry); err != nil {
		return pub, err
	}
	if pub.pending && pub.facts.Version != in.FactsVersion {
		return pub, stale(r, pub.facts)
	}
	pub.body, err = block.Decode([]byte(pub.draft.Body))
	return pub, err
}

// publishable is an edition with all that publishing it needs to know.
type publishable struct {
	entry   models.Entry
	edition models.Edition
	draft   models.Draft
	// sealed is the revision the words of the draft are taken from, "" for the
	// draft that is kept.
	sealed string
	body   *block.Document // of the draft, decoded; nil for facts
	// facts are those of the entry; they become public with the edition when
	// they are pending.
	facts      models.Edition
	factsDraft models.Draft // where pending
	pending    bool
}

// check looks at the right and at what is there, and reports whether readers
// see exactly these words already. Errors: ErrForbidden, *ChecksError, a
// *models.ConflictError when nothing at all would change.
func (p *publishable) check(r *store.Read, by models.User) (same bool, err error) {
	e, d := p.entry, p.edition
	if err := may(by, models.ActPublish, e, d.Lang); err != nil {
		return false, err
	}
	findings, err := checksOf(r, e, d.Lang, p.draft.Content, p.body)
	if err != nil {
		return false, err
	}
	more, err := p.factsFindings(r)
	if err != nil {
		return false, err
	}
	findings = append(findings, more...)
	if slices.ContainsFunc(findings, func(f Finding) bool { return f.Severity == block.Error }) {
		return false, &ChecksError{findings}
	}
	if p.sealed == "" {
		same, err = r.DraftIsLive(d)
	} else {
		same, err = r.RevisionIsLive(d, p.sealed)
	}
	if err != nil {
		return false, err
	}
	if same && !p.pending {
		return same, models.Conflict("nothing_to_publish")
	}
	return same, nil
}

// factsFindings are those of the facts that the edition shows: everything about
// those that become public with it, and of those that are public already only
// what they must not show in its language.
func (p *publishable) factsFindings(r *store.Read) ([]Finding, error) {
	switch {
	case p.pending:
		return factsChecks(r, p.entry, p.edition.Lang, p.factsDraft.Content)
	case p.edition.Lang == models.Facts:
		return nil, nil
	}
	return liveFactsFindings(r, p.entry, p.edition.Lang, p.facts)
}

// publish checks what is there and makes it public.
func (p *publishable) publish(tx *store.Tx, by models.User) (out Published, err error) {
	e, d := p.entry, p.edition
	same, err := p.check(&tx.Read, by)
	if err != nil {
		return out, err
	}
	if p.pending {
		if _, err := goLive(tx, by, e, p.facts, &p.factsDraft, nil); err != nil {
			return out, err
		}
		out.Facts = true
	}
	if !same {
		out.Action = models.ActionPublished
		if d.Live() {
			out.Action = models.ActionUpdated
		}
		if err := dropEmpty(tx, &p.draft, p.body); err != nil {
			return out, err
		}
		rev, err := goLive(tx, by, e, d, &p.draft, p.body)
		if err != nil {
			return out, err
		}
		out.Revision = rev.ID
	}
	out.Seq = tx.Head()
	return out, tx.Audit(by.ID, "publish", e.ID, d.Lang)
}

// dropEmpty takes out of a draft, and its text, the blocks that somebody
// inserted and never filled in. Saving keeps them; nothing public has any.
func dropEmpty(tx *store.Tx, draft *models.Draft, doc *block.Document) error {
	bare := false
	for _, h := range draft.Hashes {
		bare = bare || h == ""
	}
	if !bare {
		return nil // every block has words
	}
	doc.Normalize(func() string { return block.NewIDFrom(tx.Random()) })
	body := string(doc.JSON())
	if body == draft.Body {
		return nil
	}
	draft.Body = body
	digest(&draft.Content, doc)
	return tx.PutDraft(*draft)
}

// goLive seals a draft and makes it what readers see. It is the one way to
// become public.
//
// body is the text of the draft where it is at hand, nil otherwise.
func goLive(tx *store.Tx, by models.User, e models.Entry, d models.Edition, draft *models.Draft, body *block.Document) (models.Revision, error) {
	rev, err := seal(tx, draft, by, models.ReasonPublished)
	if err != nil {
		return rev, err
	}
	fields, err := fieldsOf(e, d.Lang)
	if err != nil {
		return rev, err
	}
	known := body != nil || d.Lang == models.Facts
	if d.Live() || !known || len(refsOf(fields, draft.Content, body)) > 0 {
		if err := tx.PublishRefs(d.ID); err != nil {
			return rev, err
		}
	}
	return rev, show(tx, by, e, d, rev, body)
}

// show makes a sealed revision what readers see and find; its refs are for the
// caller. body is its text where it is at hand, nil otherwise.
func show(tx *store.Tx, by models.User, e models.Entry, d models.Edition, rev models.Revision, body *block.Document) error {
	index := indexing(e, d, rev.Content, body)
	if d.Lang == models.Facts {
		fields, err := fieldsOf(e, d.Lang)
		if err != nil {
			return err
		}
		if err := tx.PutProjection(e, d, rev.Fields, termFields(fields)); err != nil {
			return err
		}
	}
	action := models.ActionPublished
	if d.Live() {
		action = models.ActionUpdated
	}
	if err := tx.GoLive(e, d, rev, action, by.ID); err != nil {
		return err
	}
	return index(tx)
}

// pendingFacts returns the facts of an entry, and their draft when readers see
// others.
func pendingFacts(r *store.Read, e models.Entry) (d models.Edition, draft models.Draft, pending bool, err error) {
	if d, err = r.Edition(e.ID, models.Facts); err != nil {
		return d, draft, false, err
	}
	same, err := r.DraftIsLive(d)
	if err != nil || same {
		return d, draft, false, err
	}
	draft, err = r.Draft(d.ID)
	return d, draft, true, err
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
		if err := takeDown(tx, by, e, d, reason); err != nil {
			return err
		}
		act := "unpublish"
		if reason != "" {
			act = "withdraw"
		}
		return tx.Audit(by.ID, act, e.ID, lang+" "+reason)
	})
}

// takeDown takes a public edition, and what its public text uses, away from
// readers.
func takeDown(tx *store.Tx, by models.User, e models.Entry, d models.Edition, reason string) error {
	if err := tx.TakeDown(e, d, reason, by.ID); err != nil {
		return err
	}
	return tx.PutRefs(d.ID, true, nil)
}
