package api

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"meridian/cms/block"
	"meridian/models"
)

// TestPaging walks lists with ties in every order while items come, change and
// go between the pages: what was there from beginning to end is met exactly
// once.
func TestPaging(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	var steady []string
	for i := range 60 {
		if i%7 == 0 {
			s.Clock.Advance(time.Minute) // in between, everything ties
		}
		id := s.news(t, s.Root, fmt.Sprintf("Item %02d", i%12), models.Values{"date": fmt.Sprintf("2026-05-%02d", 1+i%5)})
		steady = append(steady, id)
	}
	doomed := steady[30]
	steady = slices.Delete(steady, 30, 31)
	walked := 0
	for _, sort := range []string{"date", "-date", "title", "-title", "published_at", "-published_at", "updated_at", "-updated_at"} {
		var seen []string
		next := Root + "/news?lang=en&limit=7&count=true&sort=" + sort
		for page := 0; next != ""; page++ {
			if page > 30 {
				t.Fatalf("sort=%s does not end", sort)
			}
			var l list
			s.into(t, next, &l)
			if l.Count == nil || *l.Count < 60 {
				t.Fatalf("sort=%s: count %v", sort, l.Count)
			}
			for _, it := range l.Items {
				if slices.Contains(seen, it.ID) {
					t.Errorf("sort=%s: %s comes twice", sort, it.ID)
				}
				seen = append(seen, it.ID)
			}
			next = ""
			if l.Next != nil {
				next = local(t, *l.Next)
			}
			if page == 2 {
				walked++
				s.news(t, s.Root, "Item 00", models.Values{"date": "2026-05-01"})
				s.news(t, s.Root, "Item 11", models.Values{"date": "2026-05-05"})
				if walked == 1 {
					s.unpublish(t, doomed, "en")
				}
			}
		}
		for _, id := range steady {
			if !slices.Contains(seen, id) {
				t.Errorf("sort=%s: %s was passed over", sort, id)
			}
		}
	}
}

// TestOrder: what comes first is what the sort says.
func TestOrder(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for i, date := range []string{"2026-03-05", "2026-01-01", "2026-12-31"} {
		s.Clock.Advance(time.Minute)
		s.news(t, s.Root, []string{"b", "c", "a"}[i], models.Values{"date": date})
	}
	for sort, want := range map[string]string{
		"": "a b c", "-date": "a b c", "date": "c b a", "title": "a b c", "-title": "c b a", "published_at": "b c a", "-published_at": "a c b",
	} {
		target := Root + "/news?year=2026&lang=en&fields=title"
		if sort != "" {
			target += "&sort=" + sort
		}
		var l list
		s.into(t, target, &l)
		var got []string
		for _, it := range l.Items {
			if len(it.Title) == 1 {
				got = append(got, it.Title)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("sort=%s: %v, want %s", sort, got, want)
		}
	}
	var l list
	s.into(t, Root+"/news?year=2025&count=true", &l)
	if len(l.Items) != 0 || l.Count == nil || *l.Count != 0 || l.Next != nil {
		t.Errorf("year=2025: %+v", l)
	}
}

// TestCursor: a cursor is worth something unchanged and for its own list only.
func TestCursor(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.topic(t, "t-justice", "Justice")
	for i := range 3 {
		s.news(t, s.Root, fmt.Sprint("Item ", i), models.Values{"date": "2026-05-01", "topics": []any{"t-justice"}})
	}
	var l list
	s.into(t, Root+"/news?limit=1&lang=en", &l)
	_, cursor, _ := strings.Cut(local(t, *l.Next), "cursor=")
	cursor, _, _ = strings.Cut(cursor, "&")
	for _, more := range []string{"lang=en", "lang=en&limit=200", "lang=en&fields=id&count=true", "lang=en&body=html", "lang=en&sort=-date"} {
		s.get(t, Root+"/news?"+more+"&cursor="+cursor, http.StatusOK)
	}
	for _, more := range []string{"", "lang=fr", "lang=en&sort=date", "lang=en&sort=-title", "lang=en&topic=t-justice", "lang=en&year=2026", "lang=en&section=" + s.Root} {
		var p Problem
		decode(t, s.get(t, Root+"/news?"+more+"&cursor="+cursor, http.StatusBadRequest), &p)
		if len(p.Errors) != 1 || p.Errors[0].Pointer != "/query/cursor" || p.Errors[0].Code != codeMismatch {
			t.Errorf("cursor with %q: %+v", more, p.Errors)
		}
	}
	s.get(t, Root+"/pages?lang=en&cursor="+cursor, http.StatusBadRequest)
	for i := range cursor {
		c := byte('A')
		if cursor[i] == c {
			c = 'B'
		}
		bad := cursor[:i] + string(c) + cursor[i+1:]
		var p Problem
		decode(t, s.get(t, Root+"/news?lang=en&cursor="+bad, http.StatusBadRequest), &p)
		if len(p.Errors) != 1 || p.Errors[0].Code != codeCursor {
			t.Fatalf("cursor with another character at %d: %+v", i, p.Errors)
		}
	}
	// Another key, another seal.
	other := &site{s.Env, New(s.Live, Options{CursorKey: []byte("key")})}
	other.get(t, Root+"/news?lang=en&cursor="+cursor, http.StatusBadRequest)
}

// TestLanguagesOfLists: no language asked for is every edition, one asked for
// is that one, and nothing stands in for another.
func TestLanguagesOfLists(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for _, tt := range []struct {
		target string
		want   []string // kind of edition, sorted
	}{
		{"/news", []string{s.News + " en", s.News + " fr"}},
		{"/news?lang=en", []string{s.News + " en"}},
		{"/news?lang=fr", []string{s.News + " fr"}},
		{"/news?lang=nl", nil},
		{"/news?lang=de", nil},
		{"/pages", []string{s.BEPage + " fr", s.Page + " en"}},
		{"/pages?lang=fr", []string{s.BEPage + " fr"}},
		{"/pages?lang=en", []string{s.Page + " en"}},
		{"/sections?lang=ar", []string{s.Root + " ar"}},
	} {
		var l list
		s.into(t, Root+tt.target, &l)
		var got []string
		for _, it := range l.Items {
			got = append(got, it.ID+" "+it.Lang)
			if it.Language.Served != it.Lang {
				t.Errorf("%s: served %q is %q", tt.target, it.Language.Served, it.Lang)
			}
			_, asked, ok := strings.Cut(tt.target, "lang=")
			switch r := it.Language.Requested; {
			case ok && (r == nil || *r != asked || it.Language.Reason != ReasonRequested):
				t.Errorf("%s: language %+v", tt.target, it.Language)
			case !ok && (r != nil || it.Language.Reason != ReasonEvery):
				t.Errorf("%s: language %+v", tt.target, it.Language)
			}
		}
		slices.Sort(got)
		slices.Sort(tt.want)
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s = %v, want %v", tt.target, got, tt.want)
		}
	}
}

// TestFields: members come in their usual order and nothing else comes; a text
// that was asked for by name comes with them.
func TestFields(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for target, want := range map[string]string{
		"/pages/" + s.Page + "?fields=url,title":             `{"title":"Our mission","url":"https://site.example/en/about-us/our-mission"}`,
		"/pages/" + s.Page + "?fields=image,type,body":       ``,
		"/pages?lang=en&fields=title":                        `{"items":[{"title":"Our mission"}],"next":null}`,
		"/pages?lang=en&fields=title,body":                   `{"items":[{"title":"Our mission","body":null}],"next":null}`,
		"/pages?lang=fr&fields=kind&body=markdown":           `{"items":[{"kind":"page","body":{"markdown":"Des formations toute l’année.\n"}}],"next":null}`,
		"/pages/" + s.Page + "?fields=title&body=none":       `{"title":"Our mission"}`,
		"/sections/" + s.Root + "?fields=section,type":       `{"type":"area","section":null}`,
		"/pages/" + s.BEPage + "?fields=translation,summary": `{"summary":"Pour les professionnels.","translation":null}`,
	} {
		got := string(s.get(t, Root+target, http.StatusOK))
		if want != "" && got != want {
			t.Errorf("%s = %s\nwant %s", target, got, want)
		}
		if want == "" && !strings.HasPrefix(got, `{"type":null,"body":{"blocks":{`) {
			t.Errorf("%s = %s", target, got)
		}
	}
}

// TestLargePage: texts that would make a page too large end it early, and
// nothing is lost.
func TestLargePage(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	section := s.Create(t, sectionNamed("Archive", s.Root))
	s.Publish(t, section, "en")
	var blocks []block.Node
	for range 30 {
		blocks = append(blocks, block.Paragraph(block.Text(strings.Repeat("word ", 3900))))
	}
	want := map[string]bool{}
	for i := range 6 {
		want[s.page(t, section, fmt.Sprint("Long ", i), blocks...)] = true
	}
	next := Root + "/pages?body=blocks,html,markdown&limit=200&section=" + section
	pages := 0
	for ; next != ""; pages++ {
		var l list
		b := s.get(t, next, http.StatusOK)
		if len(b) > maxTexts+1<<20 {
			t.Errorf("a page of %d bytes", len(b))
		}
		decode(t, b, &l)
		for _, it := range l.Items {
			if !want[it.ID] {
				t.Errorf("%s came twice", it.Title)
			}
			delete(want, it.ID)
		}
		next = ""
		if l.Next != nil {
			next = local(t, *l.Next)
		}
	}
	if len(want) > 0 || pages < 2 {
		t.Errorf("%d pages, %d items missing", pages, len(want))
	}
}
