package api

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"meridian/cms"
	"meridian/cms/cmstest"
	"meridian/models"
	"meridian/models/store"
)

// TestLanguageHonesty is the table of five languages, each missing, a draft or
// live, in every combination: a language is served when it is live and asked
// for, another one only where it may stand in, and always under its own name.
func TestLanguageHonesty(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	langs := []string{"en", "fr", "nl", "es", "ar"}
	s.Tx(t, func(tx *store.Tx) error {
		about := cmstest.Site()
		about.Languages = langs
		return tx.PutSite(about, s.Admin.ID)
	})
	const missing, draft, live = 0, 1, 2
	section := s.Create(t, sectionNamed("Table", s.Root))
	s.Publish(t, section, "en")
	type entry struct {
		id     string
		state  [5]int
		public []string // sorted
	}
	var entries []entry
	for n := range 2 * 81 { // every entry has its original, drafted or live
		e := entry{state: [5]int{draft + n%2, n / 2 % 3, n / 6 % 3, n / 18 % 3, n / 54 % 3}}
		e.id = s.Create(t, cms.NewEntry{Kind: models.KindPage, Section: section, Lang: "en", Title: "Entry"})
		for i, state := range e.state {
			if i > 0 && state != missing {
				s.Translate(t, e.id, langs[i], "Entry in "+langs[i])
			}
			if state == live {
				s.Publish(t, e.id, langs[i])
				e.public = append(e.public, langs[i])
			}
		}
		slices.Sort(e.public)
		entries = append(entries, e)
	}
	// One item.
	for _, e := range entries {
		for _, l := range append(slices.Clone(langs), "de", "") {
			lang, target := l, Root+"/pages/"+e.id
			if l == "" {
				lang = "en" // the original
			} else {
				target += "?lang=" + l
			}
			w := s.do(t, http.MethodGet, target)
			if slices.Contains(e.public, lang) {
				var it Item
				decode(t, w.Body.Bytes(), &it)
				if w.Code != http.StatusOK || it.Lang != lang || it.Language.Served != lang || (l == "") != (it.Language.Reason == ReasonOriginal) {
					t.Errorf("%v in %q: %d, %s, %+v", e.state, l, w.Code, it.Lang, it.Language)
				}
				continue
			}
			var p Problem
			decode(t, w.Body.Bytes(), &p)
			var others []string
			for _, a := range p.Languages {
				others = append(others, a.Lang)
			}
			if w.Code != http.StatusNotFound || !slices.Equal(others, e.public) || strings.Contains(w.Body.String(), "Entry") {
				t.Errorf("%v in %q: %d, %v, want the languages %v", e.state, l, w.Code, others, e.public)
			}
		}
	}
	// The tree has what is public in its language, under that language's name.
	for _, l := range append(slices.Clone(langs), "de") {
		var tree Tree
		s.into(t, Root+"/tree?depth=20&lang="+l, &tree)
		got := map[string]TreeNode{}
		var walk func(TreeNode)
		walk = func(n TreeNode) {
			got[n.ID] = n
			for _, c := range n.Children {
				walk(c)
			}
		}
		walk(tree.Root)
		for _, e := range entries {
			n, there := got[e.id]
			if public := slices.Contains(e.public, l); there != public || public && (n.Lang != l || n.URL == nil || !strings.HasPrefix(*n.URL, cmstest.Base+"/"+l+"/")) {
				t.Errorf("%v in the tree of %s: %v %+v", e.state, l, there, n)
			}
		}
		// The section has words in English only, and says so.
		if n, there := got[section]; there && (n.Lang != "en" || n.Title != "Table" || n.URL == nil || !strings.HasPrefix(*n.URL, cmstest.Base+"/en/")) {
			t.Errorf("the section in the tree of %s: %+v", l, n)
		}
	}
	// Lists: in one language, in the first of some, in all.
	read := func(query string) map[string][]Item {
		out := map[string][]Item{}
		for target := Root + "/pages?limit=50&sort=title,-published_at&section=" + section + query; target != ""; {
			var l list
			s.into(t, target, &l)
			for _, it := range l.Items {
				out[it.ID] = append(out[it.ID], it)
			}
			target = ""
			if l.Next != nil {
				target = local(t, *l.Next)
			}
		}
		return out
	}
	for query, chain := range map[string][]string{
		"&lang=en": {"en"}, "&lang=fr": {"fr"}, "&lang=ar": {"ar"}, "&lang=de": {"de"},
		"&fallback=fr": {"fr"}, "&lang=fr&fallback=en": {"fr", "en"}, "&fallback=nl,es,ar": {"nl", "es", "ar"}, "&lang=ar&fallback=en,ar,fr,nl,es": {"ar", "en", "fr", "nl", "es"},
	} {
		got := read(query)
		for _, e := range entries {
			i := slices.IndexFunc(chain, func(l string) bool { return slices.Contains(e.public, l) })
			items := got[e.id]
			if i < 0 {
				if len(items) != 0 {
					t.Errorf("%v with %s: %d items, want none", e.state, query, len(items))
				}
				continue
			}
			reason := ReasonRequested
			if i > 0 {
				reason = ReasonFallback
			}
			if len(items) != 1 || items[0].Lang != chain[i] || items[0].Language.Served != chain[i] || *items[0].Language.Requested != chain[0] || items[0].Language.Reason != reason {
				t.Errorf("%v with %s: %+v, want %s, %s", e.state, query, items, chain[i], reason)
			}
		}
	}
	all := read("")
	for _, e := range entries {
		var got []string
		for _, it := range all[e.id] {
			got = append(got, it.Lang)
			if it.Language.Requested != nil || it.Language.Reason != ReasonEvery || it.Language.Served != it.Lang {
				t.Errorf("%v: %+v", e.state, it.Language)
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, e.public) {
			t.Errorf("%v: in %v, want %v", e.state, got, e.public)
		}
	}
}

// TestFallbackFiltersWhatIsServed: filters and order are about the edition that
// is served, not about one that is passed over.
func TestFallbackFiltersWhatIsServed(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	a := s.page(t, s.About, "Zebra")
	s.Translate(t, a, "fr", "Abeille")
	s.Publish(t, a, "fr")
	s.page(t, s.About, "Monkey")
	for query, want := range map[string]string{
		"fallback=fr,en&sort=title":                                 "Abeille Monkey",
		"fallback=en,fr&sort=title":                                 "Monkey Zebra",
		"fallback=en,fr&sort=-title":                                "Zebra Monkey",
		"fallback=fr,en&filter[title]=Zebra":                        "",
		"fallback=fr,en&filter[title]=Abeille":                      "Abeille",
		"fallback=fr,en&filter[lang]=fr":                            "Abeille",
		"fallback=fr,en&filter[lang]=en":                            "Monkey",
		"lang=nl&fallback=fr,en&sort=-title&filter[lang][in]=en,fr": "Monkey Abeille",
	} {
		var l list
		s.into(t, Root+"/pages?filter[title][ne]=Our+mission&section="+s.About+"&"+query, &l)
		var got []string
		for _, it := range l.Items {
			got = append(got, it.Title)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s = %v, want %s", query, got, want)
		}
	}
}

// TestFresh: fresh=true keeps exactly what says of itself that it is fresh.
func TestFresh(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for i, change := range []func(id string){
		func(string) {},
		func(id string) { // the original moved on
			s.Write(t, id, "en", "Other.", text("aaaaaaaa", "Other words."))
			s.Publish(t, id, "en")
		},
		func(id string) { s.unpublish(t, id, "en") },
		func(id string) { // a draft of the original is nothing to lag behind of
			s.Write(t, id, "en", "Draft.", text("aaaaaaaa", "Draft words."))
		},
	} {
		for _, machine := range []bool{false, true} {
			id := s.page(t, s.About, strings.Repeat("x", i+1), text("aaaaaaaa", "Words."))
			if _, err := s.CMS.Translate(t.Context(), s.Admin, cms.NewEdition{Entry: id, Lang: "fr", Title: "Traduit", Copy: true, Machine: machine}); err != nil {
				t.Fatal(err)
			}
			s.Publish(t, id, "fr")
			change(id)
		}
	}
	seen := map[bool]int{}
	for _, k := range []string{"sections", "pages", "news"} {
		var all, fresh list
		s.into(t, Root+"/"+k+"?limit=200", &all)
		s.into(t, Root+"/"+k+"?limit=200&fresh=true&count=true", &fresh)
		var want, got []string
		for _, it := range all.Items {
			if it.Translation == nil || it.Translation.Fresh {
				want = append(want, it.ID+it.Lang)
			}
			if it.Translation != nil {
				seen[it.Translation.Fresh]++
			}
		}
		for _, it := range fresh.Items {
			got = append(got, it.ID+it.Lang)
		}
		if !slices.Equal(got, want) || *fresh.Count != len(want) {
			t.Errorf("%s: %d fresh, counted %d, want %d", k, len(got), *fresh.Count, len(want))
		}
	}
	if seen[true] < 3 || seen[false] < 3 {
		t.Errorf("translations by freshness: %v: the test shows nothing", seen)
	}
}
