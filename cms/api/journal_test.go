package api

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"meridian/models"
	"meridian/models/store"
)

// dump is an answer with its headers.
func dump(w *httptest.ResponseRecorder) []byte {
	var b bytes.Buffer
	fmt.Fprintln(&b, w.Code)
	for _, name := range slices.Sorted(maps.Keys(w.Header())) {
		fmt.Fprintln(&b, name, w.Header()[name])
	}
	b.Write(w.Body.Bytes())
	return b.Bytes()
}

// everything crawls the interface from its index, every link and every page.
func (s *site) everything(t testing.TB) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	queue := []string{Root, Root + "/changes", Root + "/network"}
	for _, k := range []string{"sections", "pages", "news"} {
		queue = append(queue, Root+"/"+k+"?body=blocks,html,markdown&count=true&limit=3")
	}
	for len(queue) > 0 {
		target := queue[0]
		queue = queue[1:]
		if _, ok := out[strings.TrimPrefix(target, Root)]; ok {
			continue
		}
		if len(out) > 1000 {
			t.Fatal("the crawl does not end")
		}
		w := s.do(t, http.MethodGet, target)
		out[strings.TrimPrefix(target, Root)] = dump(w)
		if strings.HasPrefix(target, Root+"/changes") {
			var c Changes
			decode(t, w.Body.Bytes(), &c)
			if c.More {
				queue = append(queue, local(t, c.Next))
			}
			continue
		}
		if !strings.Contains(target, "?body=") && !strings.Contains(target, "&body=") {
			continue
		}
		var l list
		decode(t, w.Body.Bytes(), &l)
		if l.Next != nil {
			queue = append(queue, local(t, *l.Next))
		}
		for _, it := range l.Items {
			queue = append(queue, local(t, it.Links.JSON))
		}
	}
	return out
}

// TestReplay follows the journal as another site would and ends with exactly
// what is public, whatever happened and however small its pages are.
func TestReplay(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	mirror := map[string]string{} // edition → hash
	next := Root + "/changes?limit=2"
	follow := func() {
		t.Helper()
		for range 1000 {
			var c Changes
			s.into(t, next, &c)
			next = local(t, c.Next)
			for _, row := range c.Items {
				if row.Lang == models.Facts {
					continue
				}
				k := map[string]string{"section": "sections", "page": "pages", "news": "news"}[row.Kind]
				w := s.do(t, http.MethodGet, Root+"/"+k+"/"+row.Entry+"?lang="+row.Lang)
				key := row.Entry + " " + row.Lang
				if w.Code != http.StatusOK {
					delete(mirror, key)
					continue
				}
				var it Item
				decode(t, w.Body.Bytes(), &it)
				mirror[key] = it.Hash + " " + it.URL
			}
			if !c.More {
				return
			}
		}
		t.Fatal("the journal does not end")
	}
	public := func() map[string]string {
		out := map[string]string{}
		for _, k := range []string{"sections", "pages", "news"} {
			for target := Root + "/" + k + "?limit=3"; target != ""; {
				var l list
				s.into(t, target, &l)
				for _, it := range l.Items {
					out[it.ID+" "+it.Lang] = it.Hash + " " + it.URL
				}
				target = ""
				if l.Next != nil {
					target = local(t, *l.Next)
				}
			}
		}
		return out
	}
	follow()
	if want := public(); !maps.Equal(mirror, want) {
		t.Fatalf("after the first reading: %v\nwant %v", mirror, want)
	}
	s.Write(t, s.Page, "en", "New words.", text("aaaaaaaa", "New."))
	s.Publish(t, s.Page, "en")
	s.unpublish(t, s.BEPage, "fr")
	s.withdraw(t, s.News, "fr", "error")
	s.page(t, s.Belgium, "More")
	s.Write(t, s.About, "en", "Only a draft.", text("aaaaaaaa", "Draft."))
	s.topic(t, "t-justice", "Justice") // a change that is no entry's
	follow()
	if want := public(); !maps.Equal(mirror, want) {
		t.Errorf("after more changes: %v\nwant %v", mirror, want)
	}
	var c Changes
	s.into(t, next, &c)
	if len(c.Items) != 0 || c.More || local(t, c.Next) != next {
		t.Errorf("at the end: %+v, want nothing and the same next", c)
	}
}

// TestSince: a cursor works only in the life of the journal it came from.
func TestSince(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	var index Index
	s.into(t, Root, &index)
	epoch, head := index.Journal.Epoch, index.Journal.Head
	if index.Journal.Cursor != fmt.Sprintf("%s.%d", epoch, head) || local(t, index.Journal.URL) != Root+"/changes" {
		t.Errorf("journal = %+v", index.Journal)
	}
	var all Changes
	s.into(t, Root+"/changes", &all)
	if len(all.Items) == 0 || all.More || all.Items[0].Seq <= 0 {
		t.Fatalf("changes = %+v", all)
	}
	for i, c := range all.Items[1:] {
		if c.Seq <= all.Items[i].Seq {
			t.Errorf("seq %d after %d", c.Seq, all.Items[i].Seq)
		}
	}
	for _, tt := range []struct {
		since  string
		status int
	}{
		{epoch + ".0", 200},
		{fmt.Sprintf("%s.%d", epoch, head), 200},
		{fmt.Sprintf("%s.%d", epoch, head+1), 410},
		{epoch + ".9999999999999999999", 410},
		{"other.0", 410},
		{epoch + "x.0", 410},
		{epoch, 400},
		{epoch + ".", 400},
		{"." + fmt.Sprint(head), 400},
		{epoch + ".1e3", 400},
	} {
		b := s.get(t, Root+"/changes?since="+tt.since, tt.status)
		if tt.status != http.StatusGone {
			continue
		}
		var p Problem
		decode(t, b, &p)
		if local(t, p.Resync) != Root+"/changes" || p.Status != http.StatusGone {
			t.Errorf("since=%s: %+v", tt.since, p)
		}
	}
	// A restored backup begins a new epoch.
	s.Tx(t, func(tx *store.Tx) error {
		return tx.PutInstallation(models.Installation{ID: index.Installation, Epoch: "renewed"})
	})
	s.get(t, Root+"/changes?since="+epoch+".0", http.StatusGone)
	s.get(t, Root+"/changes?since=renewed.0", http.StatusOK)
}
