package cms

import (
	"context"

	"meridian/models"
	"meridian/models/store"
)

// Batch is several acts in one transaction: all of them happen or none. It is
// for loading many entries at once; every act checks the same rights and
// writes the same rows as it does alone.
type Batch struct {
	tx *store.Tx
	by models.User
}

// Batch runs fn in one transaction.
func (c *CMS) Batch(ctx context.Context, by models.User, fn func(*Batch) error) error {
	return c.tx(ctx, func(tx *store.Tx) error { return fn(InTx(tx, by)) })
}

// InTx returns a batch inside a transaction that does more than acts, such as
// the one that installs a site.
func InTx(tx *store.Tx, by models.User) *Batch { return &Batch{tx, by} }

// Create is CMS.Create.
func (b *Batch) Create(in NewEntry) (models.Entry, models.Edition, error) {
	pub, err := create(b.tx, b.by, in)
	return pub.entry, pub.edition, err
}

// CreatePublic is Create and Publish in one go: what was just written need not
// be read again.
func (b *Batch) CreatePublic(in NewEntry) (models.Entry, error) {
	pub, err := create(b.tx, b.by, in)
	if err == nil {
		_, err = pub.publish(b.tx, b.by)
	}
	return pub.entry, err
}

// Translate is CMS.Translate.
func (b *Batch) Translate(in NewEdition) (models.Edition, error) {
	pub, err := translate(b.tx, b.by, in)
	return pub.edition, err
}

// TranslatePublic is Translate and Publish in one go. Facts become public with
// it if they never were; pending changes to them stay pending.
func (b *Batch) TranslatePublic(in NewEdition) error {
	pub, err := translate(b.tx, b.by, in)
	if err != nil {
		return err
	}
	if pub.facts, err = b.tx.Edition(in.Entry, models.Facts); err != nil {
		return err
	}
	if !pub.facts.Live() {
		if pub.factsDraft, err = b.tx.Draft(pub.facts.ID); err != nil {
			return err
		}
		pub.pending = true
	}
	_, err = pub.publish(b.tx, b.by)
	return err
}

// Save is CMS.Save.
func (b *Batch) Save(in SaveDraft) (models.Edition, error) { return save(b.tx, b.by, in) }

// Publish is CMS.Publish.
func (b *Batch) Publish(in Publish) (Published, error) { return publish(b.tx, b.by, in) }

// Edition returns an edition as the transaction sees it.
func (b *Batch) Edition(entry, lang string) (models.Edition, error) {
	_, d, err := edition(&b.tx.Read, b.by, models.ActRead, entry, lang)
	return d, err
}

// Redirect makes an old address lead to an edition or to a place of the site.
func (b *Batch) Redirect(a models.Address) error {
	if !b.by.Administrator() {
		return models.ErrForbidden
	}
	return b.tx.AddRedirect(a, b.by.ID)
}

// Term adds or replaces a term.
func (b *Batch) Term(t models.Term) error {
	if !b.by.Administrator() {
		return models.ErrForbidden
	}
	return b.tx.PutTerm(t, b.by.ID)
}

// Root returns the id of the root section.
func (b *Batch) Root() (string, error) {
	e, err := b.tx.Root()
	return e.ID, err
}
