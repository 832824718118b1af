package admin

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"meridian/cms"
	"meridian/cms/account"
	"meridian/cms/cmstest"
	"meridian/cms/site"
	"meridian/models/store"
	"meridian/web"
)

// withReaders gives the office a readers' side to ask.
func withReaders(o *office) *office {
	o.t.Helper()
	h, err := site.New(o.Live, site.Options{Clock: o.Clock.Now})
	if err != nil {
		o.t.Fatal(err)
	}
	o.h.readers = h
	return o
}

// upload posts a form with a file.
func (v *visitor) upload(path, file string, fields map[string]string) *httptest.ResponseRecorder {
	v.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for name, value := range fields {
		if err := w.WriteField(name, value); err != nil {
			v.t.Fatal(err)
		}
	}
	part, err := w.CreateFormFile("file", "list.csv")
	if err == nil {
		_, err = part.Write([]byte(file))
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		v.t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, v.url(path), &b)
	r.Header.Set("Content-Type", w.FormDataContentType())
	return v.do(r)
}

func TestRedirectIsAddedTriedAndDeleted(t *testing.T) {
	t.Parallel()
	o := withReaders(newOffice(t))
	v := o.as(o.Admin)
	body := v.page(200, v.get("/admin/redirects"))
	wantWords(t, body, "No redirects yet", `href="/admin/redirects/missing"`)
	v.page(200, v.get("/admin/redirects/new?from=/en/old"))
	o.wantTo(v.post("/admin/redirects/new", url.Values{"from": {"/en/Old"}, "to": {"https://site.example/en/about-us/our-mission"}}), "/admin/redirects")
	body = v.page(200, v.get("/admin/redirects?q=old&origin=manual"))
	wantWords(t, body, "/en/old now leads to /en/about-us/our-mission.", ">/en/old</bdi>", "Our mission", "By hand", entryURL(o.Page, "en"))
	body = v.page(200, v.get("/admin/redirects?try=/en/old"))
	wantWords(t, body, "Readers get a page.", "301 · leads on", "200 · the page")
	for try, want := range map[string]string{
		"/en/nothing": "nothing is found", "en/about-us/": "Readers get a page", "https://any.example/fr/a-propos": "Readers get a page", "/": "leads on by the reader",
	} {
		wantWords(t, v.page(200, v.get("/admin/redirects?"+url.Values{"try": {try}}.Encode())), want)
	}
	v.page(422, v.get("/admin/redirects?try=%25zz"))
	hits := o.hits()
	o.wantTo(v.post("/admin/redirects/delete", url.Values{"lang": {"en"}, "path": {"old"}, "q": {"old"}}), "/admin/redirects?q=old")
	if o.hits() != hits {
		t.Error("what staff try out is counted")
	}
	body = v.page(200, v.get("/admin/redirects"))
	wantWords(t, body, "/en/old leads nowhere now.", "Undo")
	undo := hidden(body)
	o.wantTo(v.post("/admin/redirects/new", url.Values{"from": undo["from"], "to": undo["to"]}), "/admin/redirects")
	wantWords(t, v.page(200, v.get("/admin/redirects?try=/en/old")), "200 · the page")
	if w := v.post("/admin/redirects/delete", url.Values{"lang": {"en"}, "path": {"never"}}); w.Code != http.StatusNotFound {
		t.Errorf("deleting nothing answers %d", w.Code)
	}
}

func (o *office) hits() (n int) {
	o.View(o.t, func(r *store.Read) error {
		list, _, err := r.Missing(100, 0)
		n = len(list)
		return err
	})
	return n
}

// What is refused is said at its field, with what was typed kept; an address
// that is taken with a link to what has it.
func TestRedirectThatIsRefused(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.as(o.Admin)
	o.wantTo(v.post("/admin/redirects/new", url.Values{"from": {"/en/a"}, "to": {o.Page}}), "/admin/redirects")
	for _, tt := range []struct{ from, to, says string }{
		{"/en/about-us/our-mission", "/en/news/", `<a href="` + entryURL(o.Page, "en") + `" dir="auto">Our mission</a>`},
		{"/en/x", "/en/x", "circle: /en/x → /en/x"},
		{"/en/x", "https://evil.example/", "stays on this site"},
		{"/en/a", "/en/news/", "/en/a leads to /en/about-us/our-mission already"},
		{"", "", "Write an address."},
	} {
		body := v.page(422, v.post("/admin/redirects/new", url.Values{"from": {tt.from}, "to": {tt.to}}))
		wantWords(t, body, tt.says, `name="from" value="`+tt.from+`"`, `name="to" value="`+tt.to+`"`)
	}
	be := o.as(o.BEEditor)
	wantWords(t, be.page(403, be.post("/admin/redirects/new", url.Values{"from": {"/fr/x"}, "to": {"/fr/belgique/news"}})), "only to what you may publish", `value="/fr/x"`)
	body := be.page(200, be.get("/admin/redirects"))
	if strings.Contains(body, "/en/a<") || strings.Contains(body, "/admin/redirects/import") || strings.Contains(body, "/admin/redirects/missing") {
		t.Error("an editor sees what is for administrators")
	}
	// A title nobody may see is not told either.
	body = be.page(422, be.post("/admin/redirects/new", url.Values{"from": {"/en/about-us/our-mission"}, "to": {o.BEPage}}))
	if strings.Contains(body, "Our mission") {
		t.Error("the title of a foreign page is told")
	}
}

func TestRedirectListIsImported(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.as(o.Admin)
	list := "\ufefffrom;to\r\n/en/one;/en/about-us\r\n/fr/deux;/fr/a-propos\r\n/en/nowhere;/en/no-such-page\r\n\"/en/<b>\";\"/en/\"\"q\"\r\n"
	v.page(200, v.get("/admin/redirects/import"))
	body := v.page(200, v.upload("/admin/redirects/import", list, nil))
	wantWords(t, body, "2 will be added", "2 are refused", "Nothing is at /en/no-such-page", ">/fr/deux</bdi>", "&lt;b&gt;", "Add 2 redirects")
	if rows, err := o.CMS.Redirects(t.Context(), o.Admin, cms.RedirectFilter{}); err != nil || len(rows.Rows) != 0 {
		t.Fatalf("the dry run added %d, %v", len(rows.Rows), err)
	}
	carried := hidden(body)
	body = v.page(200, v.upload("/admin/redirects/import", "", map[string]string{"text": carried.Get("text"), "confirm": carried.Get("confirm")}))
	wantWords(t, body, "2 were added", "2 are refused", "4\t/en/nowhere\t/en/no-such-page\tNothing is at")
	body = v.page(200, v.get("/admin/redirects?origin=imported"))
	wantWords(t, body, ">/en/one</bdi>", ">/fr/deux</bdi>", "Imported")
	// Pasted, and by a form without a file.
	body = v.page(200, v.post("/admin/redirects/import", url.Values{"text": {"/en/one,/en/about-us"}}))
	wantWords(t, body, "1 is there already", "There is nothing to add.")
	for text, says := range map[string]string{"": "no rows", "\"/en/a,/en/b": "quotation mark in row 1"} {
		wantWords(t, v.page(422, v.post("/admin/redirects/import", url.Values{"text": {text}})), says)
	}
	v.page(422, v.upload("/admin/redirects/import", "/en/\xe9,/en/", nil))
	if w := v.upload("/admin/redirects/import", strings.Repeat("x", maxForm), nil); w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("a huge file is answered with %d", w.Code)
	}
}

// What is exported can be imported again, and no cell of it is a formula.
func TestRedirectsAreExported(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.as(o.Admin)
	for from, to := range map[string]string{"/en/one": o.Page, "/index.php/=1+1.html": "/en/news/", "/en/100%25": "/en/about-us/", "/en/a,b": "/en/"} {
		o.wantTo(v.post("/admin/redirects/new", url.Values{"from": {from}, "to": {to}}), "/admin/redirects")
	}
	w := v.get("/admin/redirects/export")
	if w.Code != 200 || w.Header().Get("Content-Type") != "text/csv; charset=utf-8" || !strings.Contains(w.Header().Get("Content-Disposition"), "attachment; filename=") {
		t.Fatalf("%d %v", w.Code, w.Header())
	}
	rows, err := csv.NewReader(w.Body).ReadAll()
	if err != nil || len(rows) != 5 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for _, row := range rows[1:] {
		if !strings.HasPrefix(row[0], "/") || !strings.HasPrefix(row[1], "/") {
			t.Errorf("row %q", row)
		}
	}
	for _, s := range []string{"=1", "+1", "-1", "@x", "\t=1", "＝1"} {
		if cell(s) != "'"+strings.TrimLeft(s, "\t") {
			t.Errorf("cell %q stays a formula", s)
		}
	}
	var b strings.Builder
	all := csv.NewWriter(&b)
	if err := all.WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	out, err := o.CMS.ImportRedirects(t.Context(), o.Admin, cms.RedirectImport{Text: []byte(b.String()), Dry: true})
	if err != nil || out.There != 4 || out.Refused != 0 {
		t.Errorf("imported again: %+v, %v", out, err)
	}
	if w := o.as(o.Editor).get("/admin/redirects/export"); w.Code != http.StatusForbidden {
		t.Errorf("an editor gets %d", w.Code)
	}
}

func TestMissingIsPointedAndForgotten(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.as(o.Admin)
	wantWords(t, v.page(200, v.get("/admin/redirects/missing")), "Nothing was asked for in vain")
	var list []store.AddressHit
	for i := range 60 {
		list = append(list, store.AddressHit{Lang: "en", Path: fmt.Sprint("seen-", i), Hits: int64(100 - i), FirstAt: cmstest.Start, LastAt: cmstest.Start})
	}
	list = append(list, store.AddressHit{Lang: "en", Path: "about-us/not-public-yet", Hits: 500, FirstAt: cmstest.Start, LastAt: cmstest.Start})
	o.Tx(t, func(tx *store.Tx) error { return tx.CountHits(list, 100) })
	body := v.page(200, v.get("/admin/redirects/missing"))
	wantWords(t, body, "/en/seen-0", `href="`+entryURL(o.Draft, "en")+`"`, "?page=2")
	link := regexp.MustCompile(`href="(/admin/redirects/new\?[^"]*seen-0)"`).FindStringSubmatch(body)
	if link == nil {
		t.Fatal("no way to point an address somewhere")
	}
	form := hidden(v.page(200, v.get(strings.ReplaceAll(link[1], "&amp;", "&"))))
	o.wantTo(v.post("/admin/redirects/new", url.Values{"from": {"/en/seen-0"}, "to": {o.Page}, "back": form["back"]}), "/admin/redirects/missing")
	body = v.page(200, v.get("/admin/redirects/missing?page=2"))
	o.wantTo(v.post("/admin/redirects/missing/forget", url.Values{"lang": {"en"}, "path": {"seen-55"}, "page": {"2"}}), "/admin/redirects/missing?page=2")
	wantWords(t, body, "/en/seen-55")
	body = v.page(200, v.get("/admin/redirects/missing?page=2"))
	if strings.Contains(body, "seen-55") {
		t.Error("a forgotten address is still there")
	}
	if body = v.page(200, v.get("/admin/redirects/missing")); strings.Contains(body, ">/en/seen-0<") {
		t.Error("an address that leads somewhere is still missing")
	}
}

// The screens are clean in every language, with something in them.
func TestRedirectScreensAreClean(t *testing.T) {
	t.Parallel()
	o := withReaders(newOffice(t))
	v := o.as(o.Admin)
	for from, to := range map[string]string{"/en/one": o.Page, "/en/two": o.Draft, "/ar/قديم": "/en/news/"} {
		o.wantTo(v.post("/admin/redirects/new", url.Values{"from": {from}, "to": {to}}), "/admin/redirects")
	}
	o.Tx(t, func(tx *store.Tx) error {
		return tx.CountHits([]store.AddressHit{{Lang: "en", Path: "x", Hits: 1, FirstAt: cmstest.Start, LastAt: cmstest.Start}}, 100)
	})
	for _, lang := range langTags() {
		if err := o.accounts.UpdateProfile(t.Context(), o.Admin, account.Profile{Name: "Ada Admin", Lang: lang, Theme: "dark"}, langTags()); err != nil {
			t.Fatal(err)
		}
		v := o.as(o.Admin)
		for _, path := range []string{"/admin/redirects", "/admin/redirects?try=/en/two&q=x", "/admin/redirects/new", "/admin/redirects/import", "/admin/redirects/missing"} {
			body := v.page(200, v.get(path))
			if m := regexp.MustCompile(`\b(redirect|import|missing|problem|flash|action)\.[a-z_]+\b`).FindString(body); m != "" || strings.Contains(body, "ZgotmplZ") {
				t.Errorf("%s in %s has a hole: %s", path, lang, m)
			}
		}
		v.page(200, v.post("/admin/redirects/import", url.Values{"text": {"/en/a,/en/b\n/en/c,/en/about-us\n/en/one," + o.Page}}))
	}
}

// Every reason for refusing has its sentence in every language.
func TestRedirectReasonsHaveWords(t *testing.T) {
	t.Parallel()
	cat, err := web.Words()
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for name, src := range sources(t, "../cms/redirect*.go", "../models/address.go") {
		for _, m := range regexp.MustCompile(`(?:refuse\(|Code = |return a, )"([a-z]+_[a-z_]+)"`).FindAllStringSubmatch(src, -1) {
			n++
			for _, lang := range web.Languages {
				if !cat.Keys(lang)["problem."+m[1]] {
					t.Errorf("%s has no problem.%s (%s)", lang, m[1], name)
				}
			}
		}
	}
	if n < 15 {
		t.Errorf("found %d reasons only", n)
	}
}
