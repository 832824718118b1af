package cms

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"meridian/cms/block"
	"meridian/models"
	"meridian/models/store"
)

// BranchPlan is what publishing or unpublishing a whole branch would do, to be
// seen before it is done.
type BranchPlan struct {
	Entry models.Entry
	Title string
	// Ready are the editions it would act on; Refused are those it would leave
	// as they are, because the checks found errors or the user may not.
	Ready   []BranchRow
	Refused []BranchRow
	// Langs are the languages there is something for, whatever was asked.
	Langs []string
	// Seen names exactly this plan: acting on another one is refused.
	Seen string
}

// BranchRow is an edition of a plan.
type BranchRow struct {
	Entry, Kind, Lang, Title string
	State                    models.State
	// Errors is how many errors the checks found; 0 with Forbidden.
	Errors    int
	Forbidden bool
}

// branchMost is how many entries a branch may have to be published or
// unpublished as one.
const branchMost = 5000

// PlanPublish returns what publishing a branch would do in a language, "" for
// all of them.
func (c *CMS) PlanPublish(ctx context.Context, by models.User, id, lang string) (plan BranchPlan, err error) {
	err = c.view(ctx, func(r *store.Read) error {
		plan, _, err = planPublish(r, by, id, lang)
		return err
	})
	return plan, err
}

// PublishBranch publishes every draft of a branch that readers do not see yet
// and that passes the checks, all in one go, and returns what it did. seen is
// the Seen of the plan somebody looked at; models.ErrStale when it is not that
// any more.
func (c *CMS) PublishBranch(ctx context.Context, by models.User, id, lang, seen string) (plan BranchPlan, err error) {
	err = c.tx(ctx, func(tx *store.Tx) error {
		var list []candidate
		if plan, list, err = planPublish(&tx.Read, by, id, lang); err != nil {
			return err
		}
		if plan.Seen != seen {
			return models.ErrStale
		}
		for _, p := range list {
			// The facts of an entry become public with its first language.
			if p.facts, p.factsDraft, p.pending, err = pendingFacts(&tx.Read, p.entry); err != nil {
				return err
			}
			if p.same && !p.pending {
				continue
			}
			if _, err := p.publish(tx, by); err != nil {
				return fmt.Errorf("publish %s in %s: %w", p.entry.ID, p.edition.Lang, err)
			}
		}
		return tx.Audit(by.ID, "publish-branch", id, fmt.Sprint(len(list), " ", lang))
	})
	return plan, err
}

func planPublish(r *store.Read, by models.User, id, lang string) (BranchPlan, []candidate, error) {
	return planBranch(r, by, id, lang, func(c *candidate) (_ bool, err error) {
		if c.row.State == models.StateWithdrawn { // somebody had a reason
			return false, nil
		}
		if c.facts, c.factsDraft, c.pending, err = pendingFacts(r, c.entry); err != nil || c.same && !c.pending {
			return false, err
		}
		if c.body, err = block.Decode([]byte(c.draft.Body)); err != nil {
			return false, err
		}
		findings, err := checksOf(r, c.entry, c.edition.Lang, c.draft.Content, c.body)
		if err != nil {
			return false, err
		}
		more, err := c.factsFindings(r)
		if err != nil {
			return false, err
		}
		for _, f := range append(findings, more...) {
			if f.Severity == block.Error {
				c.row.Errors++
			}
		}
		return true, nil
	})
}

// PlanUnpublish returns what unpublishing a branch would do in a language, ""
// for all of them.
func (c *CMS) PlanUnpublish(ctx context.Context, by models.User, id, lang string) (plan BranchPlan, err error) {
	err = c.view(ctx, func(r *store.Read) error {
		plan, _, err = planUnpublish(r, by, id, lang)
		return err
	})
	return plan, err
}

// UnpublishBranch takes everything in a branch away from readers, who get "not
// found". Errors as for PublishBranch.
func (c *CMS) UnpublishBranch(ctx context.Context, by models.User, id, lang, seen string) (plan BranchPlan, err error) {
	err = c.tx(ctx, func(tx *store.Tx) error {
		var list []candidate
		if plan, list, err = planUnpublish(&tx.Read, by, id, lang); err != nil {
			return err
		}
		if plan.Seen != seen {
			return models.ErrStale
		}
		for _, p := range list {
			if err := takeDown(tx, by, p.entry, p.edition, ""); err != nil {
				return err
			}
		}
		return tx.Audit(by.ID, "unpublish-branch", id, fmt.Sprint(len(list), " ", lang))
	})
	return plan, err
}

func planUnpublish(r *store.Read, by models.User, id, lang string) (BranchPlan, []candidate, error) {
	return planBranch(r, by, id, lang, func(c *candidate) (bool, error) {
		return c.edition.Live() && !(c.entry.Root() && c.edition.Lang == c.entry.OriginalLang), nil
	})
}

// candidate is an edition that an act on a branch may concern.
type candidate struct {
	publishable
	row  BranchRow
	same bool // readers see exactly the draft
}

// planBranch walks the editions of a branch; concerns says which of them an act
// is about, and may note errors in the row. It returns those the act goes
// through for beside the plan.
func planBranch(r *store.Read, by models.User, id, lang string, concerns func(*candidate) (bool, error)) (plan BranchPlan, list []candidate, err error) {
	e, err := entry(r, by, id, "")
	if err != nil {
		return plan, nil, err
	}
	if err := may(by, models.ActPublish, e, ""); err != nil {
		return plan, nil, err
	}
	plan.Entry = e
	titles, err := r.Titles([]string{id}, by.Lang)
	if err != nil {
		return plan, nil, err
	}
	plan.Title = titles[id]
	entries, err := r.Branch(e, branchMost+1)
	if err != nil {
		return plan, nil, err
	}
	if len(entries) > branchMost {
		return plan, nil, models.Conflict("branch_too_large", "most", branchMost)
	}
	h := sha256.New()
	fmt.Fprintln(h, id, lang)
	for _, e := range entries {
		editions, err := r.Editions(e.ID)
		if err != nil {
			return plan, nil, err
		}
		for _, d := range editions {
			// What is another organisation's is none of this.
			if d.Lang == models.Facts || !by.Can(models.ActRead, e.Place(d.Lang)) {
				continue
			}
			c := candidate{publishable: publishable{entry: e, edition: d}}
			if c.draft, err = r.Draft(d.ID); err != nil {
				return plan, nil, err
			}
			live := ""
			if d.Live() {
				if live, err = r.RevisionHash(*d.LiveRevision); err != nil {
					return plan, nil, err
				}
			}
			if c.same, err = r.DraftIsLive(d); err != nil {
				return plan, nil, err
			}
			c.row = BranchRow{Entry: e.ID, Kind: e.Kind, Lang: d.Lang, Title: c.draft.Title, State: models.StateOf(d, c.draft.Hash, live), Forbidden: !by.Can(models.ActPublish, e.Place(d.Lang))}
			some, err := concerns(&c)
			if err != nil {
				return plan, nil, err
			}
			if !some {
				continue
			}
			if !slices.Contains(plan.Langs, d.Lang) {
				plan.Langs = append(plan.Langs, d.Lang)
			}
			if lang != "" && d.Lang != lang {
				continue
			}
			fmt.Fprintln(h, d.ID, d.Version, c.row.Errors, c.row.Forbidden)
			if c.row.Forbidden || c.row.Errors > 0 {
				plan.Refused = append(plan.Refused, c.row)
			} else {
				plan.Ready, list = append(plan.Ready, c.row), append(list, c)
			}
		}
	}
	slices.Sort(plan.Langs)
	plan.Seen = hex.EncodeToString(h.Sum(nil)[:12])
	return plan, list, nil
}
