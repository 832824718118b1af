package admin

import (
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"meridian/cms"
	"meridian/models"
)

// A foreign entry and one that never was answer alike, byte for byte.
func TestForeignIsMissing(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.as(o.BEEditor)
	never := o.NewID()
	for _, path := range []string{
		"/admin/entries/ID", "/admin/entries/ID/en", "/admin/entries/ID/en/publish", "/admin/entries/ID/en/address", "/admin/entries/ID/en/takedown", "/admin/content/ID",
	} {
		foreign := v.page(404, v.get(strings.Replace(path, "ID", o.Page, 1)))
		if path == "/admin/content/ID" {
			foreign = v.page(404, v.get("/admin/content/"+o.About))
		}
		if none := v.page(404, v.get(strings.Replace(path, "ID", never, 1))); none != foreign {
			t.Errorf("%s tells foreign from missing", path)
		}
	}
	form := url.Values{"version": {"1"}, "facts_version": {"1"}, "title": {"x"}, "op": {"save"}, "reason": {"error"}, "slug": {"x"}}
	for _, path := range []string{"/admin/entries/ID/en", "/admin/entries/ID/en/publish", "/admin/entries/ID/en/address", "/admin/entries/ID/en/unpublish", "/admin/entries/ID/en/withdraw"} {
		foreign, none := v.page(404, v.post(strings.Replace(path, "ID", o.Page, 1), form)), v.page(404, v.post(strings.Replace(path, "ID", never, 1), form))
		if foreign != none {
			t.Errorf("POST %s tells foreign from missing", path)
		}
	}
	v.page(404, v.post("/admin/new", url.Values{"kind": {"page"}, "section": {o.About}, "lang": {"en"}, "title": {"x"}}))
	wantWords(t, v.page(200, v.get("/admin/news?section="+o.About)), "were left out: section")
	if page := v.page(200, v.get("/admin/entries/"+o.BEPage+"/fr")); strings.Contains(page, sectionURL(o.Root)) || !strings.Contains(page, sectionURL(o.Belgium)) {
		t.Error("the way to an entry shows sections out of reach, or not those within")
	}
}

// Authors write; they do not publish, withdraw or choose public addresses.
func TestAuthorDoesNotPublish(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.as(o.Author)
	at := entryURL(o.Page, "en")
	page := v.page(200, v.get(at))
	if strings.Contains(page, "Publish…") || strings.Contains(page, "Take down…") || strings.Contains(page, "Change address…") {
		t.Error("the screen offers what an author may not do")
	}
	wantWords(t, v.page(200, v.get(entryURL(o.Draft, "en"))), "Change address…")
	for _, path := range []string{"/publish", "/takedown", "/address"} {
		v.page(403, v.get(at+path))
	}
	form := url.Values{"version": {"1"}, "facts_version": {"1"}, "reason": {"error"}, "slug": {"x"}}
	for _, path := range []string{"/publish", "/unpublish", "/withdraw", "/address"} {
		v.page(403, v.post(at+path, form))
	}
	if !o.Edition(t, o.Page, "en").Live() {
		t.Error("the page is gone")
	}
}

func TestTakeDown(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.as(o.Editor)
	at := entryURL(o.News, "fr")
	form := sent(t, v.page(200, v.get(at+"/takedown")), at+"/unpublish")
	wantWords(t, v.page(409, v.post(at+"/unpublish", url.Values{"version": {"99"}})), "saved something newer")
	o.wantTo(v.post(at+"/unpublish", form), at)
	wantWords(t, v.page(200, v.get(at)), "unpublished", "Publish again…")
	form = sent(t, v.page(200, v.get(at+"/takedown")), at+"/withdraw")
	wantWords(t, v.page(422, v.post(at+"/withdraw", form)), "Choose one of the answers offered.", `href="#f-reason-0"`)
	form.Set("reason", "consent")
	o.wantTo(v.post(at+"/withdraw", form), at)
	wantWords(t, v.page(200, v.get(at)), "withdrawn")
	if d := o.Edition(t, o.News, "fr"); d.WithdrawnReason != "consent" {
		t.Errorf("reason %q", d.WithdrawnReason)
	}
	v.page(409, v.get(entryURL(o.Draft, "en")+"/takedown"))
	v.page(409, v.post(entryURL(o.Root, "en")+"/unpublish", url.Values{"version": {Words{}.Number(o.Edition(t, o.Root, "en").Version)}}))
}

func TestAddress(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.as(o.Editor)
	at := entryURL(o.Page, "en")
	page := v.page(200, v.get(at+"/address"))
	form := sent(t, page, at+"/address")
	if form.Get("slug") != "our-mission" {
		t.Errorf("the form begins with %q", form.Get("slug"))
	}
	wantWords(t, page, "/en/about-us/our-mission", "led to the new one")
	form.Set("slug", "not-public-yet")
	wantWords(t, v.page(422, v.post(at+"/address", form)), "“not-public-yet” is taken here", `value="not-public-yet"`)
	form.Set("slug", "!!")
	wantWords(t, v.page(422, v.post(at+"/address", form)), "letters or digits")
	form.Set("slug", "Our Goals")
	o.wantTo(v.post(at+"/address", form), at)
	if got := *o.Edition(t, o.Page, "en").Path; got != "about-us/our-goals" {
		t.Errorf("path %q", got)
	}
	form.Set("slug", "other")
	wantWords(t, v.page(409, v.post(at+"/address", form)), "saved something newer", `value="other"`)
	v.page(409, v.get(entryURL(o.Root, "en")+"/address"))
}

const sharp = `"><script>alert(1)</script><b onmouseover=x>'&amp;`

// Whatever somebody writes stands on every screen as they wrote it.
func TestWordsAreNeverMarkup(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	id := o.Create(t, cms.NewEntry{Kind: models.KindNews, Section: o.About, Lang: "en", Title: sharp})
	page := "/admin/entries/" + o.Create(t, cms.NewEntry{Kind: models.KindPage, Section: o.About, Lang: "en", Title: sharp})
	w := o.as(o.Editor).opens(id, "en")
	w.does("insert:start:paragraph")
	w.types(0, sharp)
	w.form.Set("summary", sharp)
	w.form.Set("facts.source", sharp)
	w.form.Set("facts.place.city", sharp)
	w.does("copy:" + w.blockID(0))
	w.does("remove:" + w.blockID(1))
	stale := *w
	stale.form = url.Values{}
	for k, v := range w.form {
		stale.form[k] = v
	}
	w.form.Set("title", sharp+"2")
	w.does("save")
	o.wantTo(w.presses("start:fr:copy"), entryURL(id, "fr"))
	pages := []string{"/admin/", "/admin/content/" + o.About, "/admin/content?q=" + url.QueryEscape(sharp), "/admin/news?q=" + url.QueryEscape(sharp) + "&section=" + url.QueryEscape(sharp) + "&state=" + url.QueryEscape(sharp),
		"/admin/new?kind=page&title=" + url.QueryEscape(sharp) + "&section=" + url.QueryEscape(sharp) + "&lang=" + url.QueryEscape(sharp),
		w.at, w.at + "/publish", w.at + "/address", entryURL(id, "fr"), page + "/move", page + "/copy", page + "/turn", page + "/publish-branch"}
	for _, path := range pages {
		page := w.page(200, w.get(path))
		if strings.Contains(page, "<script>alert") || strings.Contains(page, "<b onmouseover") {
			t.Errorf("%s runs what somebody wrote", path)
		}
		doc, err := html.Parse(strings.NewReader(page))
		if err != nil || !strings.Contains(text(doc)+attrs(doc), "<script>alert(1)</script>") {
			t.Errorf("%s does not show it as it was written (%v)", path, err)
		}
	}
	stale.form.Set("title", sharp+"3")
	stale.form.Set("facts.source", sharp+"3")
	if page := stale.page(409, stale.presses("save")); strings.Contains(page, "<script>alert") {
		t.Error("the conflict page runs what somebody wrote")
	}
	w.reads(w.page(200, w.get(w.at)))
	w.types(0, sharp+"**")
	w.form.Set("facts.date", sharp)
	if page := w.page(422, w.presses("save")); strings.Contains(page, "<script>alert") {
		t.Error("the page of errors runs what somebody wrote")
	}
}

func attrs(doc *html.Node) string {
	var b strings.Builder
	for n := range doc.Descendants() {
		for _, a := range n.Attr {
			b.WriteString(a.Val + "\n")
		}
	}
	return b.String()
}

// Every screen is clean markup with a sentence for everything, in a language
// written from the left and in one written from the right.
func TestScreens(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	id := o.Create(t, cms.NewEntry{Kind: models.KindPage, Section: o.About, Lang: "en", Title: "All blocks"})
	w := o.as(o.Admin).opens(id, "en")
	at := "start"
	for _, b := range insertOptions(Words{Lang: "en"}) {
		w.does("insert:" + at + ":" + b.Type)
		at = w.blockID(len(w.form["block"]) - 1)
	}
	for _, lang := range langTags() {
		v := o.as(o.Admin)
		o.wantTo(v.post("/admin/account", url.Values{"name": {"Ada"}, "lang": {lang}, "theme": {"system"}}), "/admin/account")
		for _, path := range []string{
			"/admin/", "/admin/content", "/admin/content/" + o.About, "/admin/content/" + o.Belgium, "/admin/content?q=zzz", "/admin/content?q=o&state=draft&open=" + o.About,
			"/admin/content?open=" + o.About, "/admin/entries/" + o.About + "/move", "/admin/entries/" + o.About + "/copy", "/admin/entries/" + o.Page + "/turn",
			"/admin/entries/" + o.Root + "/publish-branch", "/admin/entries/" + o.Root + "/unpublish-branch?lang=fr", "/admin/news", "/admin/news?state=withdrawn",
			"/admin/news?state=x&lang=zz&topic=t&page=-1&section=" + o.NewID(),
			"/admin/new?kind=news", "/admin/new?kind=page", "/admin/new?kind=section", entryURL(id, "en"), entryURL(id, "en") + "/publish", entryURL(o.News, "fr"),
			entryURL(o.Belgium, "en"), entryURL(o.Page, "en") + "/publish", entryURL(o.Page, "en") + "/address", entryURL(o.Page, "en") + "/takedown",
		} {
			page := v.page(200, v.get(path))
			doc, err := html.Parse(strings.NewReader(page))
			if err != nil {
				t.Fatal(err)
			}
			for word := range strings.FieldsSeq(text(doc) + " " + attrs(doc)) {
				if codeLike(word) {
					t.Errorf("%s in %s shows the code %q", path, lang, word)
				}
			}
		}
	}
}

// codeLike reports whether a word is the code of a sentence that is missing.
func codeLike(word string) bool {
	for _, prefix := range []string{"editor.", "field.", "choice.", "check.", "state.", "kind.", "news.", "desk.", "content.", "create.", "block.", "lag.", "flash.", "change.", "stale.", "publish.", "takedown.", "address.", "form.", "date.", "hint.", "finding.", "notation.", "tree.", "move.", "copy.", "turn.", "branch", "nav."} {
		if rest, ok := strings.CutPrefix(word, prefix); ok && rest != "" && rest[0] >= 'a' && rest[0] <= 'z' {
			return true
		}
	}
	return false
}

func TestEmptyPlaces(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	section := o.Create(t, cms.NewEntry{Kind: models.KindSection, Type: models.TypeArea, Section: o.Root, Lang: "en", Title: "Fresh"})
	v := o.as(o.Editor)
	page := v.page(200, v.get(sectionURL(section)))
	wantWords(t, page, "This section has no pages yet", "kind=page&amp;section="+section+"&amp;title=About&#43;us", "What we do")
	wantWords(t, v.page(200, v.get("/admin/new?kind=page&section="+section+"&title=About+us")), `value="About us"`)
	wantWords(t, v.page(200, o.as(o.Nobody).get("/admin/")), "There is no section for you yet", "Ada Admin")
	for _, path := range []string{"/admin/content", "/admin/news", "/admin/new", entryURL(o.Page, "en")} {
		v := o.as(o.Nobody)
		v.page(403, v.get(path))
	}
	page = v.page(200, v.get("/admin/new?kind=section"))
	if strings.Contains(page, "organisation") {
		t.Error("an editor is offered to create an organisation")
	}
	v.page(403, v.post("/admin/new", url.Values{"kind": {"section"}, "type": {"organisation"}, "section": {o.Root}, "lang": {"en"}, "title": {"x"}}))
}

func TestNewsFilters(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	for _, title := range []string{"First draft", "Second draft"} {
		o.Create(t, cms.NewEntry{Kind: models.KindNews, Section: o.About, Lang: "en", Title: title, Facts: models.Values{"date": "2026-05-01"}})
	}
	v := o.as(o.Editor)
	for _, tt := range []struct {
		query       string
		want, lacks []string
	}{
		{"", []string{"First draft", "A treaty enters into force", "1 May 2026"}, nil},
		{"?state=draft", []string{"First draft", "Second draft"}, []string{"A treaty"}},
		{"?state=live&lang=fr", []string{"Un traité"}, []string{"First draft"}},
		{"?q=second", []string{"Second draft", `value="second"`}, []string{"First draft", "A treaty"}},
		{"?section=" + o.About, []string{"First draft"}, []string{"A treaty"}},
		{"?topic=none&q=second", []string{"were left out: topic", "Second draft"}, []string{"First draft"}},
		{"?q=zzz", []string{"No news fits these filters"}, []string{"First draft"}},
	} {
		page := v.page(200, v.get("/admin/news"+tt.query))
		wantWords(t, page, tt.want...)
		for _, s := range tt.lacks {
			if strings.Contains(page, s) {
				t.Errorf("%q shows %q", tt.query, s)
			}
		}
	}
	// A tab keeps the other filters.
	wantWords(t, v.page(200, v.get("/admin/news?q=a&lang=en")), `href="/admin/news?lang=en&amp;q=a&amp;state=draft"`)
}
