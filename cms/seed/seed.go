// Package seed writes a synthetic corpus through the real use cases, for
// measuring at the size of a large network. It is called by the command line
// and by benchmarks. The texts follow from a number, so two runs with the same
// number tell the same stories; the ids of entries and the times are those of
// the run.
//
// The surprising fact: a translation says what its original says. Words are
// drawn from lists that run in parallel, by the same draws in every language.
package seed

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"

	"meridian/cms"
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
// is no limit, few enough that progress shows.
const perBatch = 1000

// The shape of the corpus: one entry in sectionEvery is a section, and twice as
// many are news as pages. Sections stand on three levels: the first ones, of
// which some are organisations, below the root, each of those with up to
// perSection areas, and the rest below these.
const (
	sectionEvery  = 40
	organisations = 12
	topSections   = 16
	perSection    = 12
)

// countries of the organisations.
var countries = [organisations]string{"BE", "CO", "EG", "FR", "GH", "IT", "JO", "NL", "PE", "SL", "TN", "UY"}

// Run writes the corpus. An empty folder gets a site and an administrator
// nobody can sign in as; a folder with content gets the corpus in addition.
// The context ends it between two transactions or inside one; whole ones stay.
func Run(ctx context.Context, s *store.Store, o Options) error {
	w := writer{Options: o, rand: rand.New(rand.NewPCG(o.Seed, 0x6d657269))}
	w.Langs = slices.Clone(o.Langs)
	by, err := w.prepare(ctx, s)
	if err != nil {
		return fmt.Errorf("seed: %w", err)
	}
	c := cms.New(s)
	for done := 0; done < o.Entries; {
		n := min(perBatch, o.Entries-done)
		err := c.Batch(ctx, by, func(b *cms.Batch) error {
			if done == 0 {
				if err := w.terms(b); err != nil {
					return err
				}
			}
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

// writer makes up entries.
type writer struct {
	Options
	rand *rand.Rand
	root string
	own  bool // the site was made here
	// sections are all that were written, the earliest first.
	sections []string
}

// prepare makes sure that there is a site kept in the languages, and finds an
// administrator to write as.
func (w *writer) prepare(ctx context.Context, s *store.Store) (by models.User, err error) {
	for i, l := range w.Langs {
		tag, ok := models.CanonicalLang(l)
		if !ok {
			return by, models.Invalid("langs", "not_a_language", "lang", l)
		}
		w.Langs[i] = tag
	}
	if len(w.Langs) == 0 {
		return by, models.Invalid("langs", "languages_missing")
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
			site = models.Site{Name: map[string]string{w.Langs[0]: "Synthetic network"}, Languages: w.Langs, TimeZone: "UTC"}
			if err := cms.Install(tx, site, by); err != nil {
				return err
			}
			w.own = true
		} else if err != nil {
			return err
		}
		for _, l := range w.Langs {
			if !slices.Contains(site.Languages, l) {
				return models.Invalid("langs", "language_unknown", "lang", l)
			}
		}
		e, err := tx.Root()
		w.root = e.ID
		return err
	})
	return by, err
}

// topicID names the nth topic of the corpus.
func topicID(n int) string { return "seed-topic-" + strconv.Itoa(n+1) }

// terms writes the topics that news carry.
func (w *writer) terms(b *cms.Batch) error {
	for i := range vocabularyOf("en").topics {
		t := models.Term{ID: topicID(i), Vocabulary: models.VocabularyTopic, Position: 100 + i}
		for _, lang := range w.Langs {
			label := vocabularyOf(lang).topics[i]
			// The number keeps it apart from a topic of the site's own.
			slug := models.Slugify(label+" "+strconv.Itoa(i+1), lang)
			t.Labels = append(t.Labels, models.TermLabel{Lang: lang, Label: label, Slug: slug})
		}
		if err := b.Term(t); err != nil {
			return fmt.Errorf("topic %d: %w", i, err)
		}
	}
	return nil
}

// entry writes the ith entry in every language and publishes it.
func (w *writer) entry(b *cms.Batch, i int) error {
	var story [32]byte
	binary.LittleEndian.PutUint64(story[:], w.Seed)
	binary.LittleEndian.PutUint64(story[8:], w.rand.Uint64())
	known := w.sections
	if len(known) == 0 {
		known = []string{w.root}
	}
	t := newTeller(w.Langs[0], story, known)
	// News are short; one in eight of the others is long.
	long := i%3 == 0 && w.rand.IntN(longEvery) == 0
	in := cms.NewEntry{Lang: w.Langs[0], Title: t.title(), Summary: t.sentence(), Body: t.document(long)}
	switch {
	case i%sectionEvery == 0:
		w.place(&in)
	case i%3 == 0:
		in.Kind, in.Section = models.KindPage, known[w.rand.IntN(len(known))]
	default:
		in.Kind, in.Section = models.KindNews, known[w.rand.IntN(len(known))]
		in.Facts = models.Values{
			"date":   fmt.Sprintf("%d-%02d-%02d", 2005+w.rand.IntN(21), 1+w.rand.IntN(12), 1+w.rand.IntN(28)),
			"topics": t.topicIDs(),
		}
	}
	e, err := b.CreatePublic(in)
	if err != nil {
		return err
	}
	if in.Kind == models.KindSection {
		w.sections = append(w.sections, e.ID)
	}
	for _, lang := range w.Langs[1:] {
		t := newTeller(lang, story, known)
		ed := cms.NewEdition{Entry: e.ID, Lang: lang, Title: t.title(), Summary: t.sentence(), Body: t.document(long)}
		if err := b.TranslatePublic(ed); err != nil {
			return err
		}
	}
	return nil
}

// place makes in the next section, on the level whose turn it is.
func (w *writer) place(in *cms.NewEntry) {
	in.Kind, in.Type, in.Section = models.KindSection, models.TypeArea, w.root
	switch n := len(w.sections); {
	case n < organisations:
		in.Type = models.TypeOrganisation
		in.Facts = models.Values{"country": countries[n], "status": models.StatusMember, "founded": strconv.Itoa(1979 + w.rand.IntN(40)),
			"email": "office@" + strconv.Itoa(n+1) + ".network.example"}
		fallthrough
	case n < topSections:
		if w.own && n >= topSections-6 {
			in.Nav = models.NavMain
		}
	case n < topSections*(1+perSection):
		in.Section = w.sections[w.rand.IntN(topSections)]
	default:
		in.Section = w.sections[topSections+w.rand.IntN(topSections*perSection)]
	}
}
