package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"meridian/models"
)

// TestAttackMarkupInSettings puts hostile texts into what stands on every page
// of the site or of the back office: its name, its logo, its contact record,
// the names of people.
func TestAttackMarkupInSettings(t *testing.T) {
	t.Parallel()
	tg := newTarget(t, "https://site.example")
	c := tg.as(tg.Admin)
	for _, name := range []string{"script", "quote", "script-end", "textarea-end", "mathml", "template", "cdata", "action", "utf7"} {
		words := hostile[name]
		form := c.formAt(t, "/admin/settings", "/admin/settings")
		for _, f := range []string{"name.en", "contact_name", "contact_street", "contact_box", "contact_city"} {
			form.Set(f, words)
		}
		form.Set("logo_text", clipped(words, 60))
		c.want(http.StatusSeeOther, c.post("/admin/settings", form), name+": settings")
		form = c.formAt(t, "/admin/account", "/admin/account")
		form.Set("name", clipped(words, 80))
		if a := c.post("/admin/account", form); a.status != http.StatusSeeOther {
			c.htmlPage(name+": account refused", 422, a)
		}
		for _, path := range []string{"/admin/", "/admin/settings", "/admin/account", "/admin/news", "/admin/entries/" + tg.Page + "/en", "/en/", "/fr/", "/en/about-us/our-mission", "/en/news/", "/en/nothing-here"} {
			status := http.StatusOK
			if strings.HasSuffix(path, "nothing-here") {
				status = http.StatusNotFound
			}
			p := c.htmlPage(name+" "+path, status, c.get(path))
			if path == "/en/" || path == "/admin/settings" {
				p.says(t, name+" "+path, words)
			}
		}
		c.htmlPage(name+" sign-in", 200, tg.client().get("/admin/sign-in"))
		for _, path := range []string{"/api/v1", "/api/v1/sections?limit=200", "/api/v1/nothing"} {
			jsonAnswer(t, name+" "+path, c.get(path))
		}
		if a := c.get("/.well-known/security.txt"); !strings.HasPrefix(a.header.Get("Content-Type"), "text/plain") {
			t.Errorf("security.txt is %q", a.header.Get("Content-Type"))
		}
	}
	// Addresses and mail addresses that are none.
	before := tg.checksum("sessions", "attempts")
	for field, bad := range map[string][]string{
		"contact_url":    {"javascript:X(26)//https://ok.example", "//evil.invalid", "data:text/html,x", "https://a:b@evil.invalid"},
		"contact_email":  {"a@b.example\r\nBcc: x@y.invalid", "<script>X(1)</script>@b.example", "javascript:X(1)"},
		"time_zone":      {"../../etc/passwd", "<script>", "Europe/Nowhere"},
		"main_language":  {"<script>X(1)</script>", "../en", "und"},
		"more_languages": {"<svg/onload=X(1)>", "und", "admin"},
	} {
		for _, v := range bad {
			form := c.formAt(t, "/admin/settings", "/admin/settings")
			form.Set(field, v)
			where := field + " " + v
			c.htmlPage(where, http.StatusUnprocessableEntity, c.post("/admin/settings", form))
		}
	}
	tg.unchanged(before, "refused settings", "sessions", "attempts")
}

// TestAttackReflection sends hostile texts in everything that an answer might
// repeat: searches, filters, addresses, headers, forms that are refused.
func TestAttackReflection(t *testing.T) {
	t.Parallel()
	tg := newTarget(t, "https://site.example")
	c, out := tg.as(tg.Admin), tg.client()
	at := "/admin/entries/" + tg.Page + "/en"
	for _, name := range []string{"script", "img", "quote", "quote-single", "script-end", "textarea-end", "meta", "mathml", "utf7", "sql", "bare-url"} {
		words := hostile[name]
		tg.ticking()
		q, p := url.QueryEscape(words), url.PathEscape(words)
		for _, path := range []string{
			"/admin/content?q=" + q, "/admin/news?q=" + q + "&state=draft", "/admin/new?title=" + q + "&lang=en",
		} {
			c.htmlPage(name+" "+path, 200, c.get(path)).says(t, name+" "+path, words)
		}
		for _, path := range []string{
			"/admin/news?section=" + q + "&lang=" + q + "&topic=" + q + "&state=" + q + "&page=" + q, "/admin/new?kind=" + q + "&section=" + q + "&lang=" + q + "&type=" + q + "&nav=" + q,
			at + "?at=" + q, "/admin/?lang=" + q + "&next=" + q,
		} {
			c.htmlPage(name+" "+path, 200, c.get(path))
		}
		for _, path := range []string{"/admin/content/" + p, "/admin/entries/" + p, "/admin/entries/" + p + "/en", at[:len(at)-2] + p, "/admin/" + p} {
			c.htmlPage(name+" "+path, 404, c.get(path))
		}
		for _, path := range []string{"/en/" + p, "/" + p, "/" + p + "/" + p, "/en/about-us/" + p} {
			out.htmlPage(name+" "+path, 404, out.get(path))
		}
		out.htmlPage(name+" sign-in", 200, out.get("/admin/sign-in?next="+q+"&lang="+q))
		out.htmlPage(name+" news", 200, out.get("/en/news/?page=1&utm_source="+q))
		if a := out.get("/en/news/?topic=" + q + "&year=" + q + "&page=" + q); a.status != http.StatusMovedPermanently {
			out.htmlPage(name+" filtered news", a.status, a)
		}
		for _, path := range []string{"/api/v1/" + p, "/api/v1/pages/" + p, "/api/v1/pages?" + q + "=1", "/api/v1/pages?lang=" + q, "/api/v1/pages?sort=" + q, "/api/v1/pages?section=" + q + "&fields=" + q, "/api/v1/news?year=" + q, "/api/v1/changes?since=" + q, "/api/v1/pages?cursor=" + q} {
			a := out.get(path)
			if a.status < 400 || a.status > 410 {
				t.Errorf("%s %s: status %d", name, path, a.status)
			}
			jsonAnswer(t, name+" "+path, a)
		}
		a := out.signIn(words, "wrong", header("User-Agent", words), header("Referer", tg.base+"/"+p))
		out.htmlPage(name+" sign-in refused", 422, a).says(t, name+" sign-in refused", words)
		a = c.post(at+"/address", url.Values{"version": {"1000"}, "slug": {words}})
		c.htmlPage(name+" slug", a.status, a)
		a = c.post("/admin/new", url.Values{"kind": {words}, "section": {words}, "lang": {words}, "title": {words}, "type": {words}})
		c.htmlPage(name+" new", a.status, a)
		if a.status < 400 {
			t.Errorf("%s: a thing of kind %q was made", name, words)
		}
		a = c.post(at, url.Values{"version": {"0"}, "facts_version": {"0"}, "block": {words, "aaaaaaaaaa:" + words}, "op": {words}, "title": {words}})
		if a.status < 400 || a.status >= 500 {
			t.Errorf("%s: nonsense to the editor: %d", name, a.status)
		}
		harmless(t, name+" nonsense to the editor", a.body)
		// Without a session the words come back with the sign-in page.
		late := tg.client()
		late.cookies["__Host-meridian"] = "gone"
		late.htmlPage(name+" kept", 401, late.post(at, url.Values{"title": {words}, words: {"x"}})).says(t, name+" kept", words)
	}
}

// TestAttackSlug gives a page addresses that lead elsewhere, upwards or into
// the program's own.
func TestAttackSlug(t *testing.T) {
	t.Parallel()
	tg := newTarget(t, "https://site.example")
	c := tg.as(tg.Admin)
	at := "/admin/entries/" + tg.Page + "/en"
	for _, slug := range []string{"..", ".", "../../admin", "/admin/sign-in", "//evil.invalid", `\evil.invalid`, "a/b", "a%2fb", "a?b", "a#b", "a;b", "a\x00b", "a\nb", "a b\r\nSet-Cookie: x=1", "<script>", "javascript:X(1)", "%2e%2e", "\u202eabc", strings.Repeat("a", 5000), ""} {
		form := c.formAt(t, at+"/address", at+"/address")
		form.Set("slug", slug)
		a := c.post(at+"/address", form)
		if a.status == http.StatusUnprocessableEntity {
			c.htmlPage("slug "+clipped(slug, 40), 422, a)
			continue
		}
		c.want(http.StatusSeeOther, a, "slug "+clipped(slug, 40))
		got := tg.Edition(t, tg.Page, "en").Slug
		if len(got) > 4*models.SlugMax || strings.ContainsAny(got, "/\\.?#%;:<> \x00\r\n\u202e") || got == "" {
			t.Errorf("slug %q became %q", clipped(slug, 40), got)
		}
	}
}
