package api

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"meridian/cms"
	"meridian/cms/live"
	"meridian/models"
	"meridian/models/store"
)

// TestEveryOrderUnderWrites walks the news in every order there is, both ways
// round and in several languages, all at once, while two hundred items come and
// as many go between the pages: what was there from beginning to end is met
// exactly once, and nothing twice.
func TestEveryOrderUnderWrites(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	r := rand.New(rand.NewPCG(7, 8))
	add := func(n int) []string {
		var out []string
		err := s.CMS.Batch(t.Context(), s.Admin, func(b *cms.Batch) error {
			for range n {
				// Titles, days and moments tie, within a language and across.
				e, err := b.CreatePublic(cms.NewEntry{Kind: models.KindNews, Section: []string{s.Root, s.Belgium}[r.IntN(2)], Lang: []string{"en", "fr", "ar"}[r.IntN(3)],
					Title: fmt.Sprintf("Item %02d", r.IntN(15)), Facts: models.Values{"date": fmt.Sprintf("2026-05-%02d", 1+r.IntN(6))}})
				if err != nil {
					return err
				}
				out = append(out, e.ID)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	var steady, passing []string
	for i := range 10 {
		if i%2 == 0 { // in between, everything ties
			s.Clock.Advance(time.Second)
		}
		steady, passing = append(steady, add(8)...), append(passing, add(10)...)
	}
	for _, id := range steady[:20] {
		for _, lang := range []string{"en", "fr"} {
			if !s.has(t, id, lang) {
				s.Translate(t, id, lang, fmt.Sprintf("Item %02d", r.IntN(15)))
				s.Publish(t, id, lang)
			}
		}
	}
	langs := map[string][]string{} // of what stays, before anything moves
	var all list
	for target := Root + "/news?limit=200"; target != ""; target = next(t, all.Next) {
		all = list{}
		s.into(t, target, &all)
		for _, it := range all.Items {
			if slices.Contains(steady, it.ID) {
				langs[it.ID] = append(langs[it.ID], it.Lang)
			}
		}
	}
	type walk struct {
		query, target string
		seen          map[string]int
		langs         []string // asked for; none is all
		one           bool     // one edition an entry
	}
	var walks []*walk
	for _, key := range live.SortKeys {
		for _, way := range []string{"", "-"} {
			for query, w := range map[string]walk{
				"": {}, "&lang=en": {langs: []string{"en"}}, "&lang=ar": {langs: []string{"ar"}}, "&fallback=fr,en,ar": {langs: []string{"fr", "en", "ar"}, one: true},
			} {
				w.query = "sort=" + way + key + query
				w.target, w.seen = Root+"/news?limit=13&fields=id,lang&"+w.query, map[string]int{}
				walks = append(walks, &w)
			}
		}
	}
	came, went := 0, 0
	for round := 0; slices.ContainsFunc(walks, func(w *walk) bool { return w.target != "" }); round++ {
		if round > 100 {
			t.Fatal("lists do not end")
		}
		for _, w := range walks {
			if w.target == "" {
				continue
			}
			var l list
			s.into(t, w.target, &l)
			for _, it := range l.Items {
				w.seen[it.ID+" "+it.Lang]++
			}
			w.target = next(t, l.Next)
		}
		if came < 200 {
			if round%2 == 0 {
				s.Clock.Advance(time.Second)
			}
			passing = append(passing, add(25)...)
			came += 25
			r.Shuffle(len(passing), func(i, j int) { passing[i], passing[j] = passing[j], passing[i] })
			for _, id := range passing[:25] {
				if round%2 == 0 {
					s.discard(t, id)
				} else {
					for _, lang := range []string{"en", "fr", "ar"} {
						if s.has(t, id, lang) {
							s.unpublish(t, id, lang)
						}
					}
				}
				went++
			}
			passing = passing[25:]
		}
	}
	if came < 200 || went < 200 {
		t.Errorf("%d items came and %d went while lists were walked", came, went)
	}
	for _, w := range walks {
		for key, n := range w.seen {
			if n != 1 {
				t.Errorf("%s: %s came %d times", w.query, key, n)
			}
		}
		for _, id := range steady {
			want := langs[id]
			if w.langs != nil {
				want = slices.DeleteFunc(slices.Clone(w.langs), func(l string) bool { return !slices.Contains(langs[id], l) })
			}
			if w.one && len(want) > 1 {
				want = want[:1]
			}
			for _, lang := range want {
				if w.seen[id+" "+lang] == 0 {
					t.Errorf("%s: %s in %s was passed over", w.query, id, lang)
				}
			}
		}
	}
}

// next is where a list goes on, "" at its end.
func next(t testing.TB, url *string) string {
	t.Helper()
	if url == nil {
		return ""
	}
	return local(t, *url)
}

// has reports whether an entry is public in a language.
func (s *site) has(t testing.TB, entry, lang string) bool {
	t.Helper()
	found := false
	err := s.Live.View(t.Context(), func(v *live.View) error {
		_, err := v.Item(entry, lang)
		found = err == nil
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// discard throws an entry away as staff do.
func (s *site) discard(t testing.TB, entry string) {
	t.Helper()
	var e models.Entry
	s.View(t, func(r *store.Read) (err error) {
		e, err = r.Entry(entry)
		return err
	})
	if _, err := s.CMS.Trash(t.Context(), s.Admin, entry, e.Version); err != nil {
		t.Fatalf("discard %s: %v", entry, err)
	}
}

// TestCountIsExact: count=true says how many items a walk to the end meets,
// whatever narrows the list.
func TestCountIsExact(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.topic(t, "t-justice", "Justice")
	for i := range 60 {
		facts := models.Values{"date": fmt.Sprintf("202%d-05-%02d", i%3, 1+i%7)}
		if i%2 == 0 {
			facts["topics"] = []any{"t-justice"}
		}
		if i%5 == 0 {
			facts["place"] = map[string]any{"city": "Ghent", "country": "BE"}
		}
		id := s.news(t, []string{s.Root, s.Belgium, s.About}[i%3], fmt.Sprintf("Item %02d", i%20), facts)
		if i%4 == 0 {
			s.Translate(t, id, "fr", fmt.Sprintf("Titre %02d", i%20))
			s.Publish(t, id, "fr")
		}
		if i%6 == 0 {
			s.unpublish(t, id, "en")
		}
		if i%11 == 0 {
			s.discard(t, id)
		}
	}
	some := 0
	for _, query := range []string{
		"", "lang=en", "lang=fr", "lang=nl", "lang=fr&fallback=en", "fallback=en,fr", "fresh=true", "year=2021", "lang=en&year=2021&sort=title",
		"topic=t-justice", "lang=en&topic=t-justice&section=" + s.Belgium, "section=" + s.About, "section=" + s.Root + "&lang=fr",
		"filter[title][contains]=1", "filter[title][starts]=Titre", "filter[title][in]=Item+03,Item+04", "filter[title][ne]=Item+03", "filter[date][gte]=2022&lang=en",
		"filter[date][lt]=2021-05-03&filter[topics]=t-justice", "filter[topics][null]=true", "filter[topics][ne]=t-justice&lang=en", "filter[place.city]=Ghent&fallback=fr,en",
		"filter[place.city][null]=true&lang=en", "filter[original_lang]=en&lang=fr", "filter[lang][ne]=en", "fallback=fr,en&fresh=true&filter[title][contains]=1&sort=-title,date",
		"filter[published_at][gt]=2000-01-01T00:00:00Z&filter[updated_at][lt]=2100-01-01T00:00:00Z", "filter[title]=Nothing",
	} {
		seen, first := 0, -1
		for target := Root + "/news?limit=7&fields=id&count=true&" + query; target != ""; {
			var l list
			s.into(t, target, &l)
			if first < 0 {
				first = *l.Count
			}
			if *l.Count != first {
				t.Errorf("%s: counted %d on the first page and %d on another", query, first, *l.Count)
			}
			seen += len(l.Items)
			target = next(t, l.Next)
		}
		if seen != first {
			t.Errorf("%s: counted %d, met %d", query, first, seen)
		}
		if seen > 0 && seen < 50 {
			some++
		}
	}
	if some < 15 {
		t.Errorf("only %d of the lists have some of the items: the test shows nothing", some)
	}
}
