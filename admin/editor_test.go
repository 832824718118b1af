package admin

import (
	"bytes"
	"compress/gzip"
	"net/url"
	"strings"
	"testing"

	"meridian/cms"
	"meridian/cms/block"
	"meridian/models"
)

// From the empty desk to a text that readers see.
func TestWriteAndPublish(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.as(o.Editor)
	page := v.page(200, v.get("/admin/new?kind=news&section="+o.About))
	form := sent(t, page, "/admin/new")
	if form.Get("section") != o.About || form.Get("lang") != "en" || form.Get("kind") != "news" {
		t.Fatalf("form begins with %v", form)
	}
	form.Set("title", "")
	wantWords(t, v.page(422, v.post("/admin/new", form)), "Write a title.", `href="#f-title"`)
	form.Set("title", "A new law for children")
	r := v.post("/admin/new", form)
	if r.Code != 303 {
		t.Fatalf("create: %d\n%s", r.Code, r.Body)
	}
	parts := strings.Split(r.Header().Get("Location"), "/")
	id := parts[3]
	o.wantTo(v.get("/admin/entries/"+id), entryURL(id, "en"))

	w := v.opens(id, "en")
	w.does("insert:start:heading")
	w.types(0, "What is new")
	w.does("insert:" + w.blockID(0) + ":paragraph")
	w.types(1, "Every child may be **heard**.")
	w.form.Set("summary", "Heard in court.")
	page = w.does("insert:" + w.blockID(1) + ":image")
	if got := w.form.Get("b." + w.blockID(1) + ".text"); got != "Every child may be **heard**." {
		t.Errorf("the words typed before adding a block are %q", got)
	}
	wantWords(t, page, `href="#b-`+w.blockID(2), "draft")

	// The checks refuse a picture without description, and say where.
	o.wantTo(w.presses("publish"), w.at+"/publish")
	page = v.page(200, v.get(w.at+"/publish"))
	wantWords(t, page, "It cannot be published yet", w.at+"#b-"+w.blockID(2), "<ins>Every child may be heard.</ins>", "added")
	if strings.Contains(page, "Publish now") {
		t.Error("a publish button although the checks found errors")
	}
	ed := o.Edition(t, id, "en")
	facts := o.Edition(t, id, models.Facts)
	wantWords(t, v.page(422, v.post(w.at+"/publish", url.Values{"version": {w.Number(ed.Version)}, "facts_version": {w.Number(facts.Version)}})), "It cannot be published yet")

	w.reads(v.page(200, v.get(w.at)))
	w.does("remove:" + w.blockID(2))
	page = v.page(200, v.get(w.at+"/publish"))
	form = sent(t, page, w.at+"/publish")
	r = v.post(w.at+"/publish", form)
	o.wantTo(r, w.at)
	page = v.page(200, v.get(w.at))
	wantWords(t, page, "Published · live at /en/about-us/news/2026/a-new-law-for-children in ", " ms", `href="/en/about-us/news/2026/a-new-law-for-children"`, "View page")
	if !o.Edition(t, id, "en").Live() {
		t.Error("nothing became public")
	}
	wantWords(t, v.page(200, v.get(w.at+"/publish")), "Readers already see exactly this.")
	wantWords(t, v.page(409, v.post(w.at+"/publish", url.Values{"version": {w.Number(o.Edition(t, id, "en").Version)}, "facts_version": {"1"}})), "Readers already see exactly this.")
}

// Number lets tests write versions.
func (w *writer) Number(n int) string { return Words{}.Number(n) }

// Whatever button is pressed, everything typed anywhere on the screen is kept.
func TestEveryButtonKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	for _, op := range []string{"save", "up", "down", "copy", "remove", "insert", "insert-start", "publish", "address", "takedown", "start"} {
		t.Run(op, func(t *testing.T) {
			id := o.Create(t, cms.NewEntry{Kind: models.KindNews, Section: o.About, Lang: "en", Title: "Once"})
			v := o.as(o.Editor)
			w := v.opens(id, "en")
			w.does("insert:start:paragraph")
			w.does("insert:" + w.blockID(0) + ":paragraph")
			w.does("insert:" + w.blockID(1) + ":paragraph")
			for n, s := range []string{"first", "second", "third"} {
				w.types(n, "The "+s+" typed words")
			}
			w.form.Set("title", "A typed title")
			w.form.Set("summary", "A typed summary")
			w.form.Set("fields.search_title", "A typed search title")
			w.form.Set("facts.source", "A typed source")
			w.form.Set("facts.place.city", "Ghent")
			one := w.blockID(1)
			button := map[string]string{
				"up": "up:" + one, "down": "down:" + one, "copy": "copy:" + one, "remove": "remove:" + w.blockID(2),
				"insert": "insert:" + one + ":quote", "insert-start": "insert:start", "start": "start:fr:copy",
			}[op]
			if button == "" {
				button = op
			}
			if op == "insert-start" {
				w.form.Set("type.start", "heading")
			}
			if r := w.presses(button); r.Code != 303 {
				t.Fatalf("%d\n%s", r.Code, r.Body)
			}
			again := v.opens(id, "en")
			for name, want := range map[string]string{
				"title": "A typed title", "summary": "A typed summary", "fields.search_title": "A typed search title",
				"facts.source": "A typed source", "facts.place.city": "Ghent", "b." + one + ".text": "The second typed words",
			} {
				if got := again.form.Get(name); got != want {
					t.Errorf("%s = %q, want %q", name, got, want)
				}
			}
			var order []string
			for n := range again.form["block"] {
				order = append(order, strings.TrimSuffix(strings.TrimPrefix(again.form.Get("b."+again.blockID(n)+".text"), "The "), " typed words"))
			}
			want := map[string]string{
				"up": "second first third", "down": "first third second", "copy": "first second second third", "remove": "first second",
				"insert": "first second  third", "insert-start": " first second third",
			}[op]
			if want == "" {
				want = "first second third"
			}
			if got := strings.Join(order, " "); got != want {
				t.Errorf("order %q, want %q", got, want)
			}
			if op == "remove" {
				again.types(0, "Typed before putting back")
				again.does("restore")
				if got := again.form.Get("b." + again.blockID(2) + ".text"); got != "The third typed words" {
					t.Errorf("put back %q", got)
				}
				if got := again.form.Get("b." + again.blockID(0) + ".text"); got != "Typed before putting back" {
					t.Errorf("putting back lost what was typed: %q", got)
				}
			}
		})
	}
}

// What cannot be read comes back as it was typed, with the reason at the field.
func TestUnreadableWordsAreKept(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.as(o.Author)
	w := v.opens(o.News, "en")
	before := o.Edition(t, o.News, "en").Version
	w.types(0, "Not **closed")
	w.form.Set("title", "Typed title")
	w.form.Set("facts.date", "2026-13-01")
	w.form.Set("facts.source_url", "javascript:alert(1)")
	r := w.presses("insert:" + w.blockID(0) + ":heading")
	page := w.page(422, r)
	wantWords(t, page, "Not **closed", "Typed title", `value="2026-13-01"`, "javascript:alert(1)",
		`href="#f-facts-date"`, `href="#f-facts-source_url"`, `href="#f-b-`+w.blockID(0)+`-text"`, "Nothing has been saved yet")
	if o.Edition(t, o.News, "en").Version != before {
		t.Error("something was saved")
	}
	w.reads(page)
	w.types(0, "Now **closed**")
	w.form.Set("facts.date", "2026-03-02")
	w.form.Set("facts.source_url", "https://site.example/a")
	w.does("save")
	if got := o.DraftOf(t, o.News, models.Facts).Fields.Str("date"); got != "2026-03-02" {
		t.Errorf("date %q", got)
	}
}

// Two people write the same text: nobody's words are lost, and both see why.
func TestConflict(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	ada, bram := o.as(o.Author).opens(o.Page, "en"), o.as(o.Editor).opens(o.Page, "en")
	bram.types(1, "Every child has the same rights.")
	bram.does("save")
	ada.types(1, "Every child has many rights.")
	ada.form.Set("title", "Our goals")
	ada.form.Set("facts.note", "Please read")
	page := ada.page(409, ada.presses("save"))
	wantWords(t, page, "Cleo Editor", "<ins>many</ins>", "<del>the same</del>", "Our goals", "Every child has many rights.", "Save mine over it", "Keep the words of Cleo Editor")
	if got := o.DraftOf(t, o.Page, "en").Title; got != "Our mission" {
		t.Errorf("a stale save stored the title %q", got)
	}
	if got := o.DraftOf(t, o.Page, models.Facts).Fields.Str("note"); got != "" {
		t.Errorf("a refused save stored the facts: %q", got)
	}
	ada.reads(page)
	ada.does("save")
	if got := o.DraftOf(t, o.Page, "en"); got.Title != "Our goals" || !strings.Contains(got.Body, "many rights") {
		t.Errorf("saving over it kept %q %s", got.Title, got.Body)
	}
	if got := o.DraftOf(t, o.Page, models.Facts).Fields.Str("note"); got != "Please read" {
		t.Errorf("note %q", got)
	}

	// Who touched only the facts has no quarrel with who touched only the text.
	ada, bram = o.as(o.Author).opens(o.Page, "en"), o.as(o.Editor).opens(o.Page, "en")
	bram.form.Set("title", "Their title")
	bram.does("save")
	ada.form.Set("facts.note", "Another note")
	ada.does("save")
	if got := o.DraftOf(t, o.Page, "en").Title; got != "Their title" {
		t.Errorf("title %q", got)
	}
	// And facts conflict by themselves.
	ada, bram = o.as(o.Author).opens(o.Page, "en"), o.as(o.Editor).opens(o.Page, "en")
	bram.form.Set("facts.note", "Theirs")
	bram.does("save")
	ada.form.Set("facts.note", "Mine")
	ada.form.Set("title", "Mine too")
	page = ada.page(409, ada.presses("save"))
	wantWords(t, page, "<del>Theirs</del>", "<ins>Mine</ins>", "Mine too")
	if got := o.DraftOf(t, o.Page, "en").Title; got != "Their title" {
		t.Errorf("half of a refused save was stored: %q", got)
	}
	ada.reads(page)
	ada.does("save")
	if got := o.DraftOf(t, o.Page, models.Facts).Fields.Str("note"); got != "Mine" {
		t.Errorf("note %q", got)
	}
}

// A long text stays a small page: forty paragraphs on a slow line.
func TestEditorWeight(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	id := o.Create(t, cms.NewEntry{Kind: models.KindPage, Section: o.About, Lang: "en", Title: "Long"})
	doc := block.Empty("en")
	for range 40 {
		doc.Doc.Content = append(doc.Doc.Content, block.Paragraph(block.Text("Every child has rights.")))
	}
	o.Write(t, id, "en", "A summary.", doc.Doc.Content...)
	v := o.as(o.Editor)
	page := v.page(200, v.get(entryURL(id, "en")))
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write([]byte(page)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if packed.Len() > 25<<10 {
		t.Errorf("the editing screen of 40 paragraphs has %d bytes, %d packed", len(page), packed.Len())
	}
	t.Logf("%d bytes, %d packed", len(page), packed.Len())
}
