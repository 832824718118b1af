package api

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"meridian/cms"
	"meridian/cms/cmstest"
	"meridian/models"
	"meridian/models/store"
)

func TestIncludeGolden(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for name, target := range map[string]string{
		"include-list": "/pages?lang=fr&fields=title&include=section,editions,media,author",
		"include-item": "/sections/" + s.About + "?fields=id&include=section,author",
	} {
		cmstest.Golden(t, name+".txt", s.readable(t, s.do(t, http.MethodGet, Root+target)))
	}
}

// TestInclude: what is asked for is there and right, and the rest is null.
func TestInclude(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	read := func(target string) Included {
		t.Helper()
		var it Item
		s.into(t, Root+target, &it)
		if it.Included == nil {
			t.Fatalf("%s has nothing included", target)
		}
		return *it.Included
	}
	got := read("/news/" + s.News + "?lang=fr&include=editions")
	if got.Section != nil || got.Media != nil || got.Author != nil || len(got.Editions) != 2 || got.Editions[0].Lang != "en" || got.Editions[1].Lang != "fr" {
		t.Errorf("editions: %+v", got)
	}
	got = read("/pages/" + s.BEPage + "?include=section,media,author")
	if got.Section == nil || got.Section.Lang != "fr" || got.Section.ID != s.Belgium || got.Author == nil || got.Author.ID != s.Belgium || got.Author.Lang != "fr" || got.Editions != nil || got.Media == nil {
		t.Errorf("page of an organisation: %+v %+v", got, got.Author)
	}
	s.unpublish(t, s.Belgium, "fr")
	if got = read("/pages/" + s.BEPage + "?include=section"); got.Section == nil || got.Section.Lang != "en" {
		t.Errorf("a section without landing in the language: %+v", got.Section)
	}
	s.unpublish(t, s.Belgium, "en")
	if got = read("/pages/" + s.BEPage + "?include=section,author"); got.Section != nil || got.Author == nil || got.Author.URL != nil {
		t.Errorf("a section without landing: %+v %+v", got.Section, got.Author)
	}
	if got = read("/sections/" + s.Root + "?include=section,author"); got.Section != nil || got.Author == nil || got.Author.ID != s.Root || got.Author.Name != cmstest.Site().Name["en"] || got.Author.URL == nil {
		t.Errorf("the root: %+v %+v", got.Section, got.Author)
	}
	var plain map[string]any
	s.into(t, Root+"/sections/"+s.Root, &plain)
	if _, there := plain["included"]; there {
		t.Error("included is there though nobody asked")
	}
}

// TestQueriesDoNotGrow counts what a list asks of the database: the same for
// one item and for two hundred, whatever is included. It runs alone, because
// the count is of the whole process.
func TestQueriesDoNotGrow(t *testing.T) {
	s := newSite(t)
	s.topic(t, "t-justice", "Justice")
	for i := range 200 {
		id := s.news(t, []string{s.Root, s.Belgium, s.About}[i%3], fmt.Sprint("News ", i), models.Values{
			"date": fmt.Sprintf("2026-01-%02d", 1+i%28), "about": []any{s.Belgium}, "topics": []any{"t-justice"}})
		s.Translate(t, id, "fr", fmt.Sprint("Nouvelle ", i))
		s.Publish(t, id, "fr")
	}
	count := func(target string) int64 {
		t.Helper()
		s.get(t, target, http.StatusOK) // what is remembered from one answer to the next
		before := store.QueriesRun()
		var l list
		s.into(t, target, &l)
		if strings.Contains(target, "limit=200") && len(l.Items) < 200 {
			t.Fatalf("%s has %d items", target, len(l.Items))
		}
		return store.QueriesRun() - before
	}
	for _, tt := range []struct {
		query string
		most  int64
	}{
		{"lang=fr", 8},
		{"lang=fr&fields=title", 3},
		{"lang=fr&include=section,editions,media,author", 9},
		{"lang=fr&body=html,blocks,markdown&include=section,editions,media,author", 9},
		{"lang=fr&fallback=en&count=true", 12},
		{"fallback=nl,fr,en&fresh=true&filter[topics]=t-justice&section=" + s.Root, 12},
		{"sort=-title&include=section", 12},
	} {
		one, many := count(Root+"/news?limit=1&filter[topics][in]=t-justice&"+tt.query), count(Root+"/news?limit=200&filter[topics][in]=t-justice&"+tt.query)
		t.Logf("%s: %d queries", tt.query, many)
		if one != many || many > tt.most {
			t.Errorf("%s: %d queries for one item, %d for two hundred, want equal and at most %d", tt.query, one, many, tt.most)
		}
	}
}

// TestFieldsPruneWork: what nobody will see is not read: a text that cannot be
// decoded does no harm to a list of titles.
func TestFieldsPruneWork(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.Exec(t, "DROP TRIGGER revisions_sealed")
	s.Exec(t, "UPDATE revisions SET body = 'no document'")
	for target, status := range map[string]int{
		"/pages": 200, "/pages?fields=title": 200, "/pages?include=section,editions,author": 200, "/pages?fields=title,body": 200,
		"/pages?body=blocks": 500, "/pages?fields=title&body=html": 500,
	} {
		s.get(t, Root+target, status)
	}
}

// TestFieldsKeepWhatIsAsked: leaving parts unread changes nothing of the others.
func TestFieldsKeepWhatIsAsked(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.Translate(t, s.Page, "fr", "Notre mission")
	s.Publish(t, s.Page, "fr")
	type loose struct {
		Items []map[string]any
		Next  *string
	}
	for _, k := range []string{"sections", "pages", "news"} {
		var whole loose
		s.into(t, Root+"/"+k, &whole)
		for _, name := range slices.DeleteFunc(slices.Clone(members), func(n string) bool { return n == "body" }) {
			var part loose
			s.into(t, Root+"/"+k+"?fields="+name, &part)
			if len(part.Items) != len(whole.Items) || len(part.Items) == 0 {
				t.Errorf("%s?fields=%s: %d items, want %d", k, name, len(part.Items), len(whole.Items))
				continue
			}
			for i, it := range part.Items {
				if len(it) != 1 || fmt.Sprint(it[name]) != fmt.Sprint(whole.Items[i][name]) {
					t.Errorf("%s?fields=%s: %v, want %v", k, name, it, whole.Items[i][name])
				}
			}
		}
	}
}

// TestAuthorIsNoPerson: nobody who writes is named.
func TestAuthorIsNoPerson(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := string(s.get(t, Root+"/pages?include=section,editions,media,author&body=html", http.StatusOK))
	for _, secret := range []string{s.Admin.ID, s.Admin.Name, s.Admin.Email, s.BEAuthor.Name} {
		if strings.Contains(b, secret) {
			t.Errorf("%q is in %s", secret, b)
		}
	}
}

// TestIncludeAsksOnce counts what each part of an answer costs by itself: as
// many queries for five items as for fifty, whose sections and organisations all
// differ, and never more than a few. It runs alone, because the count is of the
// whole process.
func TestIncludeAsksOnce(t *testing.T) {
	s := newSite(t)
	for i := range 50 {
		org := s.Create(t, cms.NewEntry{Kind: models.KindSection, Type: models.TypeOrganisation, Section: s.Root, Lang: "en", Title: fmt.Sprint("Organisation ", i), Facts: models.Values{"country": "BE", "status": "member"}})
		s.Publish(t, org, "en")
		page := s.page(t, org, fmt.Sprint("Page ", i))
		news := s.news(t, org, fmt.Sprint("News ", i), models.Values{"date": "2026-01-01", "about": []any{org}})
		for _, id := range []string{page, news} {
			s.Translate(t, id, "fr", fmt.Sprint("Titre ", i))
			s.Publish(t, id, "fr")
		}
	}
	count := func(target string) int64 {
		t.Helper()
		s.get(t, target, http.StatusOK)
		before := store.QueriesRun()
		s.get(t, target, http.StatusOK)
		return store.QueriesRun() - before
	}
	both := func(what, target string) int64 {
		t.Helper()
		few, many := count(Root+target+"&limit=5"), count(Root+target+"&limit=50")
		if few != many || many > 10 {
			t.Errorf("%s: %d queries for five, %d for fifty, want as many and at most ten", what, few, many)
		}
		return many
	}
	for _, kind := range []string{"sections", "pages", "news"} {
		whole := both(kind, "/"+kind+"?lang=en")
		lean := both(kind+" by title", "/"+kind+"?lang=en&fields=title")
		if lean >= whole {
			t.Errorf("%s: titles alone take %d queries, all of an item %d", kind, lean, whole)
		}
		for _, inc := range includeParam.values {
			both(kind+" with "+inc, "/"+kind+"?lang=en&include="+inc)
			if n := both(kind+" by title with "+inc, "/"+kind+"?lang=en&fields=title&include="+inc); n > lean+2 {
				t.Errorf("%s: %s takes %d queries besides", kind, inc, n-lean)
			}
		}
		// Each of these is read for itself, and only where it is asked for.
		for _, field := range []string{"facts", "editions", "ancestors", "translation"} {
			if n := both(kind+" by "+field, "/"+kind+"?lang=fr&fields="+field); n > lean+3 {
				t.Errorf("%s: %s takes %d queries besides", kind, field, n-lean)
			}
		}
	}
	both("search", "/search?lang=en&q=page")
}
