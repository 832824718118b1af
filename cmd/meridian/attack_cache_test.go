package main

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"testing"

	"meridian/cms"
	"meridian/models"
)

// TestAttackCache asks for pages in ways that must not shape what the next
// reader gets.
func TestAttackCache(t *testing.T) {
	t.Parallel()
	tg := newTarget(t, "https://site.example")
	pure := newTarget(t, "https://site.example") // the same site, never attacked
	out, in := tg.client(), tg.as(tg.Admin)
	pages := []string{"/en/", "/en/about-us/our-mission", "/fr/", "/en/news/", "/en/news/?year=2026", "/en/nothing", "/api/v1/pages", "/api/v1/news/" + tg.News + "?lang=fr", "/api/v1/changes"}
	const mark = "poisoned"
	for _, p := range pages {
		and := "?"
		if strings.Contains(p, "?") {
			and = "&"
		}
		for _, f := range []func(*http.Request){
			header("X-Forwarded-Host", mark), header("X-Forwarded-Scheme", mark), header("Accept-Language", mark), header("Accept", mark), header("Cookie", "lang="+mark), header("X-Original-Url", "/"+mark), header("Origin", "https://"+mark),
			header("If-None-Match", "*"), header("If-Modified-Since", "Wed, 25 Nov 2099 00:00:00 GMT"), header("Range", "bytes=0-0"), header("Accept-Encoding", "br;q=0, gzip;q=0"), header("X-Http-Method-Override", "POST"), header("Authorization", mark),
			func(r *http.Request) { r.Method = http.MethodHead },
			func(r *http.Request) { r.Method = http.MethodPost },
			func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader("topic=" + mark)); r.ContentLength = 14 }, // a GET with a body
			func(r *http.Request) { r.URL.RawQuery += and[1:] + "&utm_source=" + mark },
			func(r *http.Request) { r.URL.RawQuery += "&" + mark + "=%zz;" },
		} {
			out.get(p, f)
		}
		in.get(p)
	}
	for _, p := range pages {
		for range 2 {
			got, want := out.get(p), pure.client().get(p)
			if strings.Contains(got.all(), mark) {
				t.Errorf("%s repeats what somebody else sent", p)
			}
			// Two installations differ in their names for things, not in length.
			if got.status != want.status || len(got.body) != len(want.body) || got.body == "" || got.header["Set-Cookie"] != nil {
				t.Errorf("%s: %d and %d bytes, untouched %d and %d bytes", p, got.status, len(got.body), want.status, len(want.body))
			}
			packed := out.get(p, header("Accept-Encoding", "gzip"))
			if packed.header.Get("Content-Encoding") == "gzip" {
				z, err := gzip.NewReader(bytes.NewReader([]byte(packed.body)))
				if err != nil {
					t.Fatal(err)
				}
				plain, err := io.ReadAll(z)
				if err != nil || string(plain) != got.body {
					t.Errorf("%s packed is another page (%v)", p, err)
				}
			}
			if !strings.Contains(got.header.Get("Vary"), "Accept-Encoding") {
				t.Errorf("%s: Vary %q", p, got.header.Get("Vary"))
			}
		}
	}
}

// TestAttackCachedAbsence asks for what is not there yet, and once more when
// it is, and when it is gone.
func TestAttackCachedAbsence(t *testing.T) {
	t.Parallel()
	tg := newTarget(t, "https://site.example")
	c := tg.client()
	id := tg.Create(t, cms.NewEntry{Kind: models.KindPage, Section: tg.About, Lang: "en", Title: "Soon there"})
	paths := []string{"/en/about-us/soon-there", "/api/v1/pages/" + id}
	expect := func(status int, when string) {
		t.Helper()
		for _, p := range paths {
			for range 3 {
				if a := c.get(p); a.status != status {
					t.Errorf("%s %s: status %d, want %d", p, when, a.status, status)
				}
				if a := c.send(c.request(http.MethodHead, p, nil)); a.status != status {
					t.Errorf("HEAD %s %s: status %d, want %d", p, when, a.status, status)
				}
			}
		}
	}
	expect(404, "before it is published")
	tg.Publish(t, id, "en")
	expect(200, "once it is published")
	if err := tg.CMS.Unpublish(t.Context(), tg.Env.Admin, id, "en", tg.Edition(t, id, "en").Version); err != nil {
		t.Fatal(err)
	}
	expect(404, "once it is unpublished")
	tg.Publish(t, id, "en")
	expect(200, "once it is back")
	if err := tg.CMS.Withdraw(t.Context(), tg.Env.Admin, id, "en", tg.Edition(t, id, "en").Version, "legal"); err != nil {
		t.Fatal(err)
	}
	expect(410, "once it is withdrawn")
}
