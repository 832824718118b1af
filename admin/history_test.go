package admin

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"meridian/cms"
	"meridian/cms/block"
	"meridian/models"
)

// formWith returns what the first form to action sends that has the given
// hidden field.
func formWith(t testing.TB, page, action, name, value string) url.Values {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for form := range doc.Descendants() {
		if form.Type != html.ElementNode || form.Data != "form" || attr(form, "action") != action {
			continue
		}
		out := url.Values{}
		for n := range form.Descendants() {
			if n.Type == html.ElementNode && n.Data == "input" && attr(n, "name") != "" {
				out.Add(attr(n, "name"), attr(n, "value"))
			}
		}
		if out.Get(name) == value {
			return out
		}
	}
	t.Fatalf("the page has no form to %s with %s=%s:\n%s", action, name, value, page)
	return nil
}

// Publishing offers to undo it, and undoing says what readers get.
func TestUndoAfterPublishing(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.as(o.Editor)
	at := entryURL(o.Page, "en")
	w := v.opens(o.Page, "en")
	w.form.Set("title", "Another mission")
	o.wantTo(w.presses("publish"), at+"/publish")
	o.wantTo(v.post(at+"/publish", sent(t, v.page(200, v.get(at+"/publish")), at+"/publish")), at)
	page := v.page(200, v.get(at))
	wantWords(t, page, "Undo")
	form := sent(t, page, at+"/undo-publish")
	stale := url.Values{"version": {"1"}}
	wantWords(t, v.page(409, v.post(at+"/undo-publish", stale)), "saved something newer", "Undo the last publish", "Readers get the text of before.")
	v.page(400, v.post(at+"/undo-publish", url.Values{}))
	o.wantTo(v.post(at+"/undo-publish", form), at)
	page = v.page(200, v.get(at))
	wantWords(t, page, "Undone. Readers see the text of before again.", "Publish again…", "Another mission", "changes")
	wantWords(t, v.page(409, v.post(at+"/undo-publish", form)), "saved something newer")
	form.Set("version", w.Number(o.Edition(t, o.Page, "en").Version))
	wantWords(t, v.page(409, v.post(at+"/undo-publish", form)), "The last publish has been undone already.")
	if strings.Contains(v.page(200, v.get(at+"/history")), "undo-publish") {
		t.Error("the history offers to undo once more")
	}

	// What was never public before is gone again, and after ten minutes nothing
	// can be undone.
	o.Publish(t, o.Draft, "en")
	at = entryURL(o.Draft, "en")
	page = v.page(200, v.get(at+"/history"))
	wantWords(t, page, "Readers get “not found” again, as before.", "Possible until 10:10.")
	o.wantTo(v.post(at+"/undo-publish", sent(t, page, at+"/undo-publish")), at)
	wantWords(t, v.page(200, v.get(at)), "Undone. Readers get “not found” again")
	o.Publish(t, o.Draft, "en")
	o.Clock.Advance(cms.UndoWindow + time.Second)
	wantWords(t, v.page(409, v.post(at+"/undo-publish", url.Values{"version": {w.Number(o.Edition(t, o.Draft, "en").Version)}})), "ten minutes")
}

// The history of a text from its screens: what changed, go back, put back one
// block, give a name.
func TestHistoryScreens(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.as(o.Editor)
	w := v.opens(o.Page, "en")
	at, his := w.at, w.at+"/history"
	w.types(1, "Every child has the same rights.")
	w.form.Set("title", "Our goals")
	second := w.blockID(1)
	last := w.blockID(3)
	o.wantTo(w.presses("history"), his) // typed words are kept on the way
	page := v.page(200, v.get(his))
	wantWords(t, page, "The text now", "1 block, title", "Version 1", "First version", "readers see this", "published", "Cleo Editor", "Ada Admin")
	first := sent(t, page, at+"/history/use").Get("revision")

	o.Clock.Advance(time.Minute)
	author := o.as(o.Author).opens(o.Page, "en")
	author.does("remove:" + last)
	page = v.page(200, v.get(his))
	wantWords(t, page, "Version 2", "Ben Author")

	// Compare: in any order, whole or changes only.
	cmp := his + "?from=draft&to=" + first
	page = v.page(200, v.get(cmp))
	wantWords(t, page, "Version 1", "The text now", "<ins>the same </ins>", "<del>mission</del>", "Put back as in Version 1", `id="use-`+last+`"`, "Only what changed")
	if only := v.page(200, v.get(cmp+"&only=1")); strings.Contains(only, ">Rights<") || !strings.Contains(only, "Whole text") {
		t.Error("what did not change is not folded away")
	}
	wantWords(t, v.page(200, v.get(his+"?from=draft&to=draft")), "Both have the same words.")

	// One block comes back, and the page with it.
	form := formWith(t, page, at+"/history/use", "block", last)
	stale := url.Values{}
	for k, x := range form {
		stale[k] = x
	}
	stale.Set("version", "1")
	wantWords(t, v.page(409, v.post(at+"/history/use", stale)), "saved something newer", "Put back as in Version 1")
	r := v.post(at+"/history/use", form)
	o.wantTo(r, his+"?from="+first+"&to=draft")
	page = v.page(200, v.get(r.Header().Get("Location")))
	wantWords(t, page, "The block is in your text as it was in version 1.", "#b-"+last)
	if body := o.DraftOf(t, o.Page, "en").Body; !strings.Contains(body, last) || !strings.Contains(body, "the same rights") {
		t.Errorf("the draft is %s", body)
	}

	// The whole version.
	page = v.page(200, v.get(his))
	form = formWith(t, page, at+"/history/use", "revision", first)
	stale = url.Values{"version": {"1"}, "revision": {first}}
	wantWords(t, v.page(409, v.post(at+"/history/use", stale)), "saved something newer", "Versions")
	o.wantTo(v.post(at+"/history/use", form), at)
	wantWords(t, v.page(200, v.get(at)), "Your text has the words of version 1.", `href="`+his+`"`, "Our mission")
	if body := o.DraftOf(t, o.Page, "en").Body; strings.Contains(body, "the same") || !strings.Contains(body, second) {
		t.Errorf("the draft is %s", body)
	}

	// A name.
	page = v.page(200, v.get(his))
	form = formWith(t, page, at+"/history/name", "revision", first)
	form.Set("name."+first, strings.Repeat("x", 81))
	wantWords(t, v.page(422, v.post(at+"/history/name", form)), "at most 80", `href="#f-name-`+first+`"`, `value="`+strings.Repeat("x", 81)+`"`)
	form.Set("name."+first, " Sent to the <board> ")
	o.wantTo(v.post(at+"/history/name", form), his)
	wantWords(t, v.page(200, v.get(his)), "Version 1 is now called “Sent to the &lt;board&gt;”.")
	wantWords(t, v.page(200, v.get(cmp)), "Version 1, “Sent to the &lt;board&gt;”")
	form.Set("name."+first, "")
	o.wantTo(v.post(at+"/history/name", form), his)
	wantWords(t, v.page(200, v.get(his)), "Version 1 has no name any more.")
}

// Facts have a history on the same screen.
func TestHistoryOfDetails(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.as(o.Editor)
	w := v.opens(o.News, "en")
	w.form.Set("facts.date", "2026-02-02")
	w.does("save")
	his := w.at + "/history?of=details"
	page := v.page(200, v.get(his))
	wantWords(t, page, "Date", "Version 1")
	form := sent(t, page, w.at+"/history/use")
	wantWords(t, v.page(200, v.get(his+"&from="+form.Get("revision")+"&to=draft")), "<del>1 March 2026</del>", "<ins>2 February 2026</ins>")
	name := sent(t, page, w.at+"/history/name")
	name.Set("name."+form.Get("revision"), "The right date")
	o.wantTo(v.post(w.at+"/history/name", name), his)
	o.wantTo(v.post(w.at+"/history/use", form), w.at)
	if got := o.DraftOf(t, o.News, models.Facts).Fields.Str("date"); got != "2026-03-01" {
		t.Errorf("date %q", got)
	}
	wantWords(t, v.page(200, v.get(his)), "The right date", "Version 2")
}

// Nobody reaches a version around its entry, and what is foreign looks like
// what is missing.
func TestHistoryOfOthers(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	at := entryURL(o.BEPage, "fr")
	foreign := *o.Edition(t, o.BEPage, "fr").LiveRevision
	v := o.as(o.Author)
	own := entryURL(o.Page, "en") + "/history"
	for _, path := range []string{
		at + "/history", at + "/history?from=none&to=draft", own + "?from=" + foreign + "&to=draft", own + "?from=none&to=" + o.NewID(), own + "?from=x", own + "?to=%00",
		entryURL(o.Page, "nl") + "/history", entryURL(o.Page, models.Facts) + "/history",
	} {
		v.page(404, v.get(path))
	}
	version := Words{}.Number(o.Edition(t, o.Page, "en").Version)
	for _, form := range []url.Values{{"version": {version}, "revision": {foreign}}, {"version": {version}, "revision": {"draft"}}, {"version": {version}}} {
		v.page(404, v.post(own+"/use", form))
		v.page(404, v.post(own+"/name", form))
	}
	// Authors go back and give names; they undo no publish.
	page := v.page(200, v.get(own))
	if strings.Contains(page, "undo-publish") {
		t.Error("an author is offered to undo")
	}
	v.page(403, v.post(entryURL(o.Page, "en")+"/undo-publish", url.Values{"version": {version}}))
}

// A long history comes in pages that are small.
func TestHistoryPages(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	body := block.Empty("en")
	for range 20 {
		body.Doc.Content = append(body.Doc.Content, block.Paragraph(block.Text("Every child has rights.")))
	}
	by := []models.User{o.Author, o.Editor}
	for n := range 60 {
		_, err := o.CMS.Save(t.Context(), by[n%2], cms.SaveDraft{
			Entry: o.Draft, Lang: "en", Version: o.Edition(t, o.Draft, "en").Version, Title: "Title " + Words{}.Number(n), Body: body,
		})
		if err != nil {
			t.Fatal(err)
		}
		body = body.Clone()
		body.Doc.Content[n%20].Content = []block.Node{block.Text("Other words " + Words{}.Number(n))}
	}
	v := o.as(o.Editor)
	began := time.Now()
	page := v.page(200, v.get(entryURL(o.Draft, "en")+"/history"))
	t.Logf("%d bytes in %v", len(page), time.Since(began))
	wantWords(t, page, "Older")
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for n := range doc.Descendants() {
		if n.Data == "a" && attr(n, "rel") == "next" {
			wantWords(t, v.page(200, v.get(attr(n, "href"))), "Newer", "First version")
			return
		}
	}
	t.Error("no way to the older versions")
}

// Both screens have a sentence for everything in every language.
func TestHistoryInEveryLanguage(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	w := o.as(o.Editor).opens(o.News, "fr")
	w.types(0, "De nouveaux mots.")
	w.form.Set("summary", "Un autre résumé.")
	w.form.Set("facts.date", "2026-02-02")
	w.does("save")
	o.Publish(t, o.News, "fr")
	for _, lang := range langTags() {
		v := o.as(o.Admin)
		o.wantTo(v.post("/admin/account", url.Values{"name": {"Ada"}, "lang": {lang}, "theme": {"system"}}), "/admin/account")
		his := w.at + "/history"
		for _, path := range []string{his, his + "?of=details", his + "?from=none&to=draft", his + "?of=details&from=none&to=draft", his + "?from=none&to=draft&only=1"} {
			doc, err := html.Parse(strings.NewReader(v.page(200, v.get(path))))
			if err != nil {
				t.Fatal(err)
			}
			for word := range strings.FieldsSeq(text(doc)) {
				if rest, is := strings.CutPrefix(word, "history."); is && rest != "" || codeLike(word) {
					t.Errorf("%s in %s shows the code %q", path, lang, word)
				}
			}
		}
	}
}
