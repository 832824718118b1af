package api

import (
	"net/http"
	"testing"
	"time"

	"meridian/cms"
	"meridian/cms/block"
	"meridian/cms/cmstest"
	"meridian/models"
)

// TestGolden holds every shape that other people's programs read.
func TestGolden(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.topic(t, "t-justice", "Justice")
	s.Clock.Advance(time.Hour)

	// A text whose translation lags behind by one block.
	s.Write(t, s.Page, "en", "What we are here for.", text("aaaaaaaa", "Every child has rights."),
		block.Node{Type: "paragraph", Attrs: map[string]any{"id": "bbbbbbbb"}, Content: []block.Node{
			block.Text("Read about "), block.Text("Belgium", block.Mark{Type: "link", Attrs: map[string]any{"ref": "section:" + s.Belgium}}),
			block.Text(", "), block.Text("the draft", block.Mark{Type: "link", Attrs: map[string]any{"ref": "page:" + s.Draft}}),
			block.Text(" and "), block.Text("us", block.Mark{Type: "link", Attrs: map[string]any{"href": "/en/about-us/"}}),
			block.Text(" <b>&"),
		}})
	s.Publish(t, s.Page, "en")
	s.Clock.Advance(time.Hour)
	s.Translate(t, s.Page, "fr", "Notre mission")
	s.Publish(t, s.Page, "fr")
	s.Clock.Advance(time.Hour)
	s.Write(t, s.Page, "en", "What we are here for.", text("aaaaaaaa", "Every child, everywhere, has rights."))
	s.Publish(t, s.Page, "en")
	tied := s.news(t, s.Belgium, "A day in court", models.Values{"date": "2026-02-01", "topics": []any{"t-justice"}, "about": []any{s.Belgium}, "note": "secret"})

	withdrawn := s.page(t, s.About, "Wrong")
	s.withdraw(t, withdrawn, "en", "error")

	var index Index
	s.into(t, Root, &index)
	for name, target := range map[string]string{
		"index":                 Root,
		"sections":              "/sections?lang=fr&sort=title",
		"pages-empty":           "/pages?lang=nl&count=true",
		"news-first-page":       "/news?limit=1&count=true&topic=t-justice",
		"news-next":             "/news?limit=1&lang=en",
		"news-fields":           "/news?fields=title,url,section&body=html&limit=1",
		"section-organisation":  "/sections/" + s.Belgium + "?lang=en",
		"section-root":          "/sections/" + s.Root + "?body=none",
		"page-original":         "/pages/" + s.Page + "?body=blocks,html,markdown",
		"page-translation":      "/pages/" + s.Page + "?lang=fr&body=html",
		"news":                  "/news/" + tied,
		"changes":               "/changes?limit=3",
		"changes-none":          "/changes?since=" + index.Journal.Cursor,
		"problem-parameters":    "/pages?lang=FR&limit=0&limit=2&colour=red&sort=hash",
		"problem-not-found":     "/pages/" + s.Draft,
		"problem-language":      "/pages/" + s.BEPage + "?lang=nl",
		"problem-gone":          "/pages/" + withdrawn,
		"problem-resync":        "/changes?since=other.1",
		"problem-unknown-route": "/pages/" + s.Page + "/secret",
	} {
		if target != Root {
			target = Root + target
		}
		cmstest.Golden(t, name+".txt", s.readable(t, s.do(t, http.MethodGet, target)))
	}
	cmstest.Golden(t, "problem-method.txt", s.readable(t, s.do(t, http.MethodPost, Root+"/pages")))
}

// TestMembersAreAlwaysThere: what has no value is null or empty, not absent.
func TestMembersAreAlwaysThere(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for _, target := range []string{
		"/sections/" + s.Root, "/sections/" + s.Belgium + "?lang=fr&body=none", "/pages/" + s.Page, "/news/" + s.News + "?lang=fr&body=markdown",
	} {
		var got map[string]any
		s.into(t, Root+target, &got)
		for _, name := range members {
			if _, ok := got[name]; !ok {
				t.Errorf("%s has no member %q", target, name)
			}
		}
		if len(got) != len(members) {
			t.Errorf("%s has %d members, want %d", target, len(got), len(members))
		}
		if got["facts"] == nil || got["fields"] == nil || got["ancestors"] == nil || got["editions"] == nil {
			t.Errorf("%s: a list or an object is null: %v", target, got)
		}
	}
}

// TestTranslation: freshness is by blocks, and confirming brings it back.
func TestTranslation(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	read := func() *Translation {
		t.Helper()
		var it Item
		s.into(t, Root+"/sections/"+s.About+"?lang=fr", &it)
		if it.Translation == nil {
			t.Fatal("translation is null")
		}
		return it.Translation
	}
	tr := read()
	if !tr.Fresh || tr.BlocksBehind != 0 || tr.SourceLang != "en" || tr.SourceRevision == nil || tr.AsOf == nil || tr.Machine {
		t.Errorf("new translation = %+v", tr)
	}
	s.Write(t, s.About, "en", "Who we are, and more.", block.Paragraph(block.Text("Other words.")))
	if got := read(); !got.Fresh {
		t.Errorf("a draft of the original made the translation stale: %+v", got)
	}
	s.Publish(t, s.About, "en")
	if got := read(); got.Fresh || got.BlocksBehind == 0 {
		t.Errorf("after the original changed = %+v", got)
	}
	var original Item
	s.into(t, Root+"/sections/"+s.About, &original)
	if original.Translation != nil {
		t.Errorf("translation of the original = %+v, want null", original.Translation)
	}
	_, err := s.CMS.Translate(t.Context(), s.Admin, cms.NewEdition{Entry: s.About, Lang: "nl", Title: "Over ons", Copy: true, Machine: true})
	if err != nil {
		t.Fatal(err)
	}
	s.Publish(t, s.About, "nl")
	var machine Item
	s.into(t, Root+"/sections/"+s.About+"?lang=nl", &machine)
	if tr := machine.Translation; tr == nil || !tr.Machine || tr.Fresh || tr.SourceRevision != nil || tr.AsOf != nil {
		t.Errorf("machine's translation = %+v", tr)
	}
}
