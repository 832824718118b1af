package admin

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"meridian/cms"
	"meridian/cms/block"
	"meridian/models"
)

// TestSearch: the page shows what was found with its words marked and leads to
// the editor; what somebody may not read is not on it, whatever is asked.
func TestSearch(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.Write(t, o.Draft, "en", "A <b>tamarind</b> tree.", block.Paragraph(block.Text("Nothing else.")))
	get := func(u models.User, query string) string {
		t.Helper()
		w := o.as(u).get("/admin/search?" + query)
		if w.Code != http.StatusOK {
			t.Fatalf("search for %q: status %d\n%s", query, w.Code, o.log)
		}
		return w.Body.String()
	}
	const mark = "<mark>tamarind</mark>"
	for _, query := range []string{"q=tamarinds", "q=tamar&lang=en", "q=tamarind+public&kind=page&state=draft", "q=tamarind&lang=xx&kind=yy&state=zz&page=-1"} {
		body := get(o.Author, query)
		for _, want := range []string{`href="/admin/entries/` + o.Draft + `/en"`, "A &lt;b&gt;", "About us", "English: draft"} {
			if !strings.Contains(body, want) {
				t.Errorf("%s: no %q on\n%s", query, want, body)
			}
		}
		if strings.Count(body, "</mark>") == 0 || strings.Contains(query, "q=tamarind") && !strings.Contains(body, mark) {
			t.Errorf("%s: nothing is marked", query)
		}
		if foreign := get(o.BEEditor, query); strings.Contains(foreign, o.Draft) || strings.Contains(foreign, "<mark>") {
			t.Errorf("%s: an editor of Belgium finds\n%s", query, foreign)
		}
	}
	for _, query := range []string{"q=tamarind&kind=news", "q=tamarind&lang=fr", "q=tamarind&state=live", "q=tamarind&page=2"} {
		if body := get(o.Author, query); strings.Contains(body, o.Draft) {
			t.Errorf("%s finds it", query)
		}
	}
	if body := get(o.Author, "q="+url.QueryEscape(`<script>"zzqv`)); !strings.Contains(body, "Nothing found") || strings.Contains(body, "<script>\"zzqv") {
		t.Errorf("nothing found is said as\n%s", body)
	}
	if body := get(o.Author, ""); strings.Contains(body, "Nothing found") || strings.Contains(body, "class=\"chips\"") {
		t.Errorf("nothing asked is answered with\n%s", body)
	}
}

// TestSearchPages: pages lead to each other and keep what was asked.
func TestSearchPages(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	for range cms.FoundPerPage + 1 {
		o.Create(t, cms.NewEntry{Kind: models.KindPage, Section: o.About, Lang: "en", Title: "Lychee"})
	}
	v := o.as(o.Author)
	if body := v.get("/admin/search?q=lychee&kind=page").Body.String(); !strings.Contains(body, `rel="next" href="/admin/search?kind=page&amp;page=2&amp;q=lychee"`) || strings.Contains(body, `rel="prev"`) {
		t.Errorf("the first page is\n%s", body)
	}
	if body := v.get("/admin/search?q=lychee&kind=page&page=2").Body.String(); !strings.Contains(body, `rel="prev" href="/admin/search?kind=page&amp;q=lychee"`) || strings.Contains(body, `rel="next"`) {
		t.Errorf("the second page is\n%s", body)
	}
}
