package search_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"meridian/cms"
	"meridian/cms/block"
	"meridian/cms/cmstest"
	"meridian/cms/live"
	"meridian/cms/seed"
	"meridian/models"
	"meridian/models/store"
)

// relevance is testdata/relevance.json: what people look for and what they
// mean. It was written before the engine.
type relevance struct {
	Documents []struct {
		ID, Lang, Kind, Title, Summary string
		Body                           []string
	}
	Queries []struct{ Lang, Q, Want, How string }
}

func readRelevance(tb testing.TB) (r relevance) {
	tb.Helper()
	b, err := os.ReadFile("testdata/relevance.json")
	if err == nil {
		err = json.Unmarshal(b, &r)
	}
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

var langs = []string{"en", "fr", "es", "nl", "ar"}

// TestRelevanceIsHard makes sure that the pairs ask for what they claim to: a
// third of them for another form of a word, and for no word of the title.
func TestRelevanceIsHard(t *testing.T) {
	t.Parallel()
	r := readRelevance(t)
	titles := map[string]string{}
	for _, d := range r.Documents {
		titles[d.ID] = d.Title
	}
	per, hard := map[string]int{}, 0
	for _, q := range r.Queries {
		per[q.Lang]++
		if titles[q.Want] == "" || !strings.HasPrefix(q.Want, q.Lang) {
			t.Errorf("%q wants %s", q.Q, q.Want)
		}
		said := strings.Fields(strings.ToLower(titles[q.Want]))
		if q.How != "plain" && q.How != "prefix" && !slices.ContainsFunc(strings.Fields(q.Q), func(w string) bool { return slices.Contains(said, strings.ToLower(w)) }) {
			hard++
		}
	}
	for _, l := range langs {
		if per[l] < 12 {
			t.Errorf("%d queries in %s", per[l], l)
		}
	}
	if n := len(r.Queries); n < 60 || hard*3 < n {
		t.Errorf("%d queries, %d of them hard", n, hard)
	}
}

// place writes the documents among distractors and returns their ids by the
// names of the set.
func place(tb testing.TB, env *cmstest.Env, r relevance, distractors int) map[string]string {
	tb.Helper()
	seeded := func(n int, seedNumber uint64) {
		if err := seed.Run(tb.Context(), env.Store, seed.Options{Entries: n, Langs: langs, Seed: seedNumber}); err != nil {
			tb.Fatal(err)
		}
	}
	seeded(10, 1)
	var by models.User
	var root string
	err := env.Store.View(tb.Context(), func(v *store.Read) error {
		users, err := v.Users()
		if err != nil || len(users) == 0 {
			return errors.Join(err, errors.New("no user"))
		}
		by = users[0]
		e, err := v.Root()
		root = e.ID
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	ids := map[string]string{}
	err = cms.New(env.Store).Batch(tb.Context(), by, func(b *cms.Batch) error {
		for _, d := range r.Documents {
			body := block.Empty(d.Lang)
			for _, p := range d.Body {
				body.Doc.Content = append(body.Doc.Content, block.Paragraph(block.Text(p)))
			}
			body.Normalize(block.NewID)
			in := cms.NewEntry{Kind: d.Kind, Section: root, Lang: d.Lang, Title: d.Title, Summary: d.Summary, Body: body}
			if d.Kind == "news" {
				in.Facts = models.Values{"date": "2024-05-01"}
			}
			e, err := b.CreatePublic(in)
			if err != nil {
				return fmt.Errorf("%s: %w", d.ID, err)
			}
			ids[d.ID] = e.ID
		}
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	seeded(distractors, 2)
	return ids
}

// rank returns the place of an entry among the results of a search, 0 when it
// is not among the first twenty.
func rank(tb testing.TB, reader *live.Reader, q live.SearchQuery, id string) (n int) {
	tb.Helper()
	q.Limit = 20
	err := reader.SearchView(tb.Context(), func(v *live.View) error {
		found, err := v.Search(q)
		for i, r := range found.Results {
			if r.ID == id {
				n = i + 1
			}
		}
		return err
	})
	if err != nil {
		tb.Fatalf("%q: %v", q.Text, err)
	}
	return n
}

// meanReciprocalRank reports the queries whose document is not the first.
func meanReciprocalRank(tb testing.TB, env *cmstest.Env, r relevance, ids map[string]string) float64 {
	tb.Helper()
	sum := 0.0
	per := map[string]float64{}
	count := map[string]int{}
	var took []time.Duration
	for _, q := range r.Queries {
		began := time.Now()
		n := rank(tb, env.Live, live.SearchQuery{Text: q.Q, Lang: q.Lang}, ids[q.Want])
		took = append(took, time.Since(began))
		count[q.Lang]++
		if n > 0 {
			sum += 1 / float64(n)
			per[q.Lang] += 1 / float64(n)
		}
		if n != 1 {
			tb.Logf("%s %q (%s): %s is at %d", q.Lang, q.Q, q.How, q.Want, n)
		}
	}
	for _, l := range langs {
		tb.Logf("%s %.3f", l, per[l]/float64(count[l]))
	}
	slices.Sort(took)
	tb.Logf("p50 %v, slowest %v", took[len(took)/2], took[len(took)-1])
	return sum / float64(len(r.Queries))
}

func TestRelevance(t *testing.T) {
	t.Parallel()
	env := cmstest.Bare(t)
	r := readRelevance(t)
	ids := place(t, env, r, 2000/len(langs))
	mrr := meanReciprocalRank(t, env, r, ids)
	t.Logf("MRR %.3f", mrr)
	if mrr < 0.8 {
		t.Errorf("MRR %.3f, want 0.8", mrr)
	}
}

// BenchmarkRelevance is TestRelevance among 10,000 distractors per language.
func BenchmarkRelevance(b *testing.B) {
	env := cmstest.Bare(b)
	r := readRelevance(b)
	ids := place(b, env, r, 10_000)
	for b.Loop() {
		mrr := meanReciprocalRank(b, env, r, ids)
		b.ReportMetric(mrr, "MRR")
		if mrr < 0.8 {
			b.Errorf("MRR %.3f, want 0.8", mrr)
		}
	}
}
