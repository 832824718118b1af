package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"meridian/cms"
	"meridian/cms/block"
	"meridian/cms/cmstest"
	"meridian/models"
)

// parting shows where two answers part.
func parting(a, b string) string {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	near := func(s string) string { return s[max(0, min(i-40, len(s))):min(i+80, len(s))] }
	return fmt.Sprintf("%q, not %q", near(a), near(b))
}

// TestScheduledDoesNotLeak reads everything before and after a schedule is
// made: not a byte of any answer may differ before the moment.
func TestScheduledDoesNotLeak(t *testing.T) {
	t.Parallel()
	env := cmstest.New(t)
	h := testHandler(t, env)
	at := cmstest.Start.Add(time.Hour)
	canaries := []string{"zanzibar"}
	// A page and a news item that never were public, new words for a public one,
	// and a public page that links to what is to come.
	page := env.Create(t, cms.NewEntry{Kind: models.KindPage, Section: env.About, Lang: "en", Title: "Zanzibarpage", Nav: models.NavMain})
	news := env.Create(t, cms.NewEntry{Kind: models.KindNews, Section: env.Root, Lang: "en", Title: "Zanzibarnews", Facts: models.Values{"date": "2026-11-20"}})
	canaries = append(canaries, news) // the link has the id of the page, as its words
	link := block.Text("words of a link")
	link.Marks = []block.Mark{{Type: "link", Attrs: map[string]any{"ref": "page:" + page}}}
	for _, id := range []string{page, news} {
		env.Write(t, id, "en", "Zanzibarsummary", block.Paragraph(block.Text("Zanzibarwords")))
	}
	env.Write(t, env.Page, "en", "What we are here for.", block.Paragraph(link))
	env.Publish(t, env.Page, "en")
	env.Write(t, env.About, "en", "Zanzibarsummary", block.Paragraph(block.Text("Zanzibarwords")))
	seeds := []string{"/", "/en/", "/fr/", "/robots.txt", "/sitemap.xml", "/api/v1", "/api/v1/pages?body=blocks,html,markdown&count=true", "/api/v1/news?body=blocks,html&count=true",
		"/api/v1/sections?body=blocks&count=true", "/api/v1/changes", "/en/about-us/our-mission", "/en/about-us/zanzibarpage", "/en/news/2026/zanzibarnews", "/api/v1/news/" + news, "/api/v1/pages/" + page}
	before := crawl(t, h, seeds...)
	head := env.Store.Head()
	same := func(when string) {
		t.Helper()
		if env.Store.Head() != head {
			t.Errorf("%s the journal moved", when)
		}
		now := crawl(t, h, seeds...)
		if len(now) != len(before) {
			t.Errorf("%s there are %d answers, %d before", when, len(now), len(before))
		}
		for path, said := range now {
			if said != before[path] {
				t.Errorf("%s %s says something else: %s", when, path, parting(said, before[path]))
			}
			for _, c := range canaries {
				if strings.Contains(strings.ToLower(said), strings.ToLower(c)) && !strings.Contains(strings.ToLower(path), strings.ToLower(c)) {
					t.Errorf("%s %s says %q", when, path, c)
				}
			}
		}
	}
	for _, id := range []string{page, news, env.About} {
		scheduleAt(t, env, id, at)
	}
	same("once scheduled")
	env.Clock.Advance(time.Hour - time.Microsecond)
	if next, err := env.CMS.RunDue(t.Context()); err != nil || !next.Equal(at) {
		t.Fatalf("RunDue = %v, %v", next, err)
	}
	same("a moment before")
	if said := before["/en/about-us/our-mission"]; !strings.Contains(said, "words of a link</p>") {
		t.Error("the link to what is to come is not plain text")
	}

	env.Clock.Advance(time.Microsecond)
	if _, err := env.CMS.RunDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	after := crawl(t, h, seeds...)
	for path, want := range map[string]string{
		"/en/about-us/zanzibarpage": "Zanzibarwords", "/en/news/2026/zanzibarnews": "Zanzibarwords", "/en/about-us/": "Zanzibarsummary",
		"/en/about-us/our-mission": `href="/en/about-us/zanzibarpage"`, "/api/v1/changes": news, "/en/": "Zanzibarnews",
	} {
		if !strings.Contains(after[path], want) {
			t.Errorf("afterwards %s does not say %q", path, want)
		}
	}
}
