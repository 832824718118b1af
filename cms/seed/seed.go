// Package seed writes a synthetic corpus through the real use cases, for
// measuring at the size of a large network. It is called by the command line
// and by benchmarks. The texts follow from a number, so two runs with the same
// number tell the same stories; ids and times are those of the run.
package seed

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"

	"meridian/cms"
	"meridian/cms/block"
	"meridian/models"
	"meridian/models/store"
)

// Options say how much is written.
type Options struct {
	// Entries is the number of entries in each language, sections included.
	Entries int
	// Langs are the languages; the first is the original of every entry.
	Langs []string
	// Seed is the number the texts follow from.
	Seed uint64
	// Progress is called as entries are written; nil for silence.
	Progress func(done, total int)
}

// perBatch is how many entries one transaction writes: enough that the disk
// is no limit, few enough that a server beside it gets its turn.
const perBatch = 100

// shares of the corpus: one section for every sectionEvery entries, and twice
// as many news as pages.
const sectionEvery = 40

// Run writes the corpus. An empty folder gets a site and an administrator
// nobody can sign in as; a folder with content gets the corpus in addition.
func Run(ctx context.Context, s *store.Store, o Options) error {
	by, root, err := prepare(ctx, s, &o)
	if err != nil {
		return fmt.Errorf("seed: %w", err)
	}
	w := writer{Options: o, rand: rand.New(rand.NewPCG(o.Seed, 0x6d657269)), sections: []string{root}}
	c := cms.New(s)
	for done := 0; done < o.Entries; {
		n := min(perBatch, o.Entries-done)
		err := c.Batch(ctx, by, func(b *cms.Batch) error {
			for i := range n {
				if err := w.entry(b, done+i); err != nil {
					return fmt.Errorf("entry %d: %w", done+i, err)
				}
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("seed: %w", err)
		}
		done += n
		if o.Progress != nil {
			o.Progress(done, o.Entries)
		}
	}
	return nil
}

// prepare makes sure that there is a site kept in the languages, and finds an
// administrator to write as.
func prepare(ctx context.Context, s *store.Store, o *Options) (by models.User, root string, err error) {
	for i, l := range o.Langs {
		tag, ok := models.CanonicalLang(l)
		if !ok {
			return by, "", models.Invalid("langs", "not_a_language", "lang", l)
		}
		o.Langs[i] = tag
	}
	if len(o.Langs) == 0 {
		return by, "", models.Invalid("langs", "languages_missing")
	}
	err = s.Tx(ctx, func(tx *store.Tx) error {
		users, err := tx.Users()
		if err != nil {
			return err
		}
		for _, u := range users {
			if u.Administrator() {
				by = u
			}
		}
		if by.ID == "" {
			by = models.User{ID: tx.NewID(), Name: "Seed", Email: "seed@meridian.example", Canonical: "seed@meridian.example", Lang: "en", Theme: "system", Epoch: 1, CreatedAt: tx.Now()}
			by.Grants = []models.Grant{{ID: tx.NewID(), Role: models.RoleAdministrator}}
			if err := tx.AddUser(by); err != nil {
				return err
			}
		}
		site, err := tx.Site()
		if errors.Is(err, models.ErrNotFound) {
			site = models.Site{Name: map[string]string{o.Langs[0]: "Synthetic network"}, Languages: o.Langs, TimeZone: "UTC"}
			if err := cms.Install(tx, site, by); err != nil {
				return err
			}
		} else if err != nil {
			return err
		}
		for _, l := range o.Langs {
			if !slices.Contains(site.Languages, l) {
				return models.Invalid("langs", "language_unknown", "lang", l)
			}
		}
		e, err := tx.Root()
		root = e.ID
		return err
	})
	return by, root, err
}

// writer makes up entries.
type writer struct {
	Options
	rand     *rand.Rand
	sections []string
}

// entry writes one entry in every language and publishes it.
func (w *writer) entry(b *cms.Batch, i int) error {
	in := cms.NewEntry{Lang: w.Langs[0], Section: w.sections[w.rand.IntN(len(w.sections))]}
	switch {
	case i%sectionEvery == 0:
		in.Kind, in.Type = models.KindSection, models.TypeArea
		// Three levels: the later sections lie below the first ones.
		in.Section = w.sections[w.rand.IntN(min(len(w.sections), 1+len(w.sections)/4))]
	case i%3 == 0:
		in.Kind = models.KindPage
	default:
		in.Kind = models.KindNews
		in.Facts = models.Values{"date": fmt.Sprintf("%d-%02d-%02d", 2005+w.rand.IntN(21), 1+w.rand.IntN(12), 1+w.rand.IntN(28))}
	}
	v := vocabularyOf(in.Lang)
	blocks := w.blocks(v)
	in.Title, in.Summary, in.Body = w.title(v), w.sentence(v), text(in.Lang, blocks)
	e, _, err := b.Create(in)
	if err != nil {
		return err
	}
	if in.Kind == models.KindSection {
		w.sections = append(w.sections, e.ID)
	}
	if _, err := b.Publish(cms.Publish{Entry: e.ID, Lang: in.Lang, Version: 1, FactsVersion: 1}); err != nil {
		return err
	}
	for _, lang := range w.Langs[1:] {
		v := vocabularyOf(lang)
		_, err := b.Translate(cms.NewEdition{Entry: e.ID, Lang: lang, Title: w.title(v), Summary: w.sentence(v), Body: text(lang, w.reword(blocks, v))})
		if err != nil {
			return err
		}
		if _, err := b.Publish(cms.Publish{Entry: e.ID, Lang: lang, Version: 1}); err != nil {
			return err
		}
	}
	return nil
}

// text wraps blocks into a document.
func text(lang string, blocks []block.Node) *block.Document {
	doc := block.Empty(lang)
	doc.Doc.Content = blocks
	return doc
}
