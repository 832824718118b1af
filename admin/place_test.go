package admin

import (
	"net/url"
	"strconv"
	"strings"
	"testing"

	"meridian/cms"
	"meridian/models"
	"meridian/models/store"
)

func (o *office) entry(id string) (e models.Entry) {
	o.t.Helper()
	o.View(o.t, func(r *store.Read) (err error) {
		e, err = r.Entry(id)
		return err
	})
	return e
}

// Move as somebody without script goes about it: look for the section, look at
// the places there, move, and take it back.
func TestMove(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.as(o.Editor)
	work := o.Create(t, cms.NewEntry{Kind: models.KindSection, Type: models.TypeArea, Section: o.Root, Lang: "en", Title: "Our work"})
	there := o.Create(t, cms.NewEntry{Kind: models.KindPage, Section: work, Lang: "en", Title: "There before"})
	at := "/admin/entries/" + o.Page + "/move"
	back := "/admin/content?open=" + o.About
	page := v.page(200, v.get(at+"?back="+url.QueryEscape(back)))
	wantWords(t, page, "1 entry and 1 address in 1 language will change", "lead to the new ones")
	form := sent(t, page, at)
	if form.Get("section") != o.About || form.Get("place") != cms.PlaceFirst || form.Get("back") != back {
		t.Errorf("the form begins with %v", form)
	}
	form.Set("q", "work")
	page = v.page(200, v.get(at+"?"+form.Encode()))
	wantWords(t, page, "Our work", `value="work"`)
	if strings.Contains(page, ">Belgium<") {
		t.Error("sections of other names are still listed, or foreign ones")
	}
	wantWords(t, v.page(200, v.get(at+"?q=zzz")), "No section is called like that.")
	form.Set("section", work)
	form.Set("place", "")
	page = v.page(200, v.get(at+"?"+form.Encode()))
	wantWords(t, page, "After “There before”")
	form = sent(t, page, at)
	form.Set("place", there)
	form.Set("nav", models.NavFooter)
	o.wantTo(v.post(at, form), back+"#r-"+o.Page)
	if e := o.entry(o.Page); e.Section() != work || e.Nav != models.NavFooter || *o.Edition(t, o.Page, "en").Path != "our-work/our-mission" {
		t.Errorf("it stands in %s, menu %s", e.Section(), e.Nav)
	}
	page = v.page(200, v.get("/admin/content"))
	wantWords(t, page, "Moved. 1 address changed", "Undo")
	undo := sent(t, page, at)
	// Somebody who had the form open is told, with the new state before them.
	wantWords(t, v.page(409, v.post(at, form)), "moved or changed this meanwhile")
	o.wantTo(v.post(at, undo), back+"#r-"+o.Page)
	if e := o.entry(o.Page); e.Section() != o.About || e.Nav != models.NavNone || *o.Edition(t, o.Page, "en").Path != "about-us/our-mission" {
		t.Errorf("taken back, it stands in %s, menu %s", e.Section(), e.Nav)
	}
	rows := func() []cms.TreeRow {
		tree, err := o.CMS.Tree(t.Context(), o.Admin, cms.TreeQuery{Section: o.About})
		if err != nil {
			t.Fatal(err)
		}
		return tree.Rows
	}
	if list := rows(); list[0].ID != o.Page {
		t.Errorf("taken back, it is not the first: %s", list[0].Title)
	}
	// A button of the tree is the same form.
	wantWords(t, v.page(200, v.get("/admin/")), "Undo") // as well
	page = v.page(200, v.get(sectionURL(o.About)))
	wantWords(t, page, `value="`+rows()[1].ID+`" data-step="down"`)
	form = sent(t, page, at)
	form.Set("place", rows()[1].ID)
	o.wantTo(v.post(at, form), sectionURL(o.About)+"#r-"+o.Page)
	if list := rows(); list[1].ID != o.Page {
		t.Error("it did not go down")
	}
	wantWords(t, v.page(200, v.get(sectionURL(o.About))), "The order is changed.")
}

// What does not work is said in words on the same page, with what was chosen.
func TestMoveRefused(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.as(o.Editor)
	below := o.Create(t, cms.NewEntry{Kind: models.KindSection, Type: models.TypeArea, Section: o.About, Lang: "en", Title: "Below"})
	same := o.Create(t, cms.NewEntry{Kind: models.KindPage, Section: below, Lang: "en", Title: "Our mission"})
	v.page(409, v.get("/admin/entries/"+o.Root+"/move"))
	at := "/admin/entries/" + o.About + "/move"
	form := sent(t, v.page(200, v.get(at)), at)
	form.Set("section", below)
	wantWords(t, v.page(409, v.post(at, form)), "cannot go into itself")
	form.Set("section", o.Page)
	wantWords(t, v.page(422, v.post(at, form)), "Choose a section from the list.", `href="#f-section"`)
	form.Set("section", o.Root)
	form.Set("place", same)
	wantWords(t, v.page(422, v.post(at, form)), "Choose a place again.", `href="#f-place"`)
	form.Set("nav", "sky")
	form.Set("place", cms.PlaceFirst)
	v.page(422, v.post(at, form))
	// A foreign section is missing, whatever is in it.
	form.Set("nav", models.NavNone)
	form.Set("section", o.Belgium)
	v.page(404, v.post(at, form))

	at = "/admin/entries/" + o.Page + "/move"
	form = sent(t, v.page(200, v.get(at)), at)
	form.Set("section", below)
	form.Set("place", cms.PlaceLast)
	page := v.page(422, v.post(at, form))
	wantWords(t, page, "“our-mission” is taken here", "Use “our-mission-2” instead", `href="#f-rename"`)
	if e := o.entry(o.Page); e.Section() != o.About {
		t.Error("it went although its address is taken")
	}
	form = sent(t, page, at)
	form.Set("rename", "1")
	o.wantTo(v.post(at, form), sectionURL(o.About)+"#r-"+o.Page)
	if got := *o.Edition(t, o.Page, "en").Path; got != "about-us/below/our-mission-2" {
		t.Errorf("its address is %s", got)
	}
	for _, back := range []string{"https://evil.example/", "//evil.example", "/admin/contents", "/admin/content/../settings", "/admin/sign-out"} {
		if got := backTo(back, o.About); got != sectionURL(o.About) {
			t.Errorf("%q leads back to %s", back, got)
		}
	}
}

func TestCopy(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.as(o.Editor)
	at := "/admin/entries/" + o.About + "/copy"
	page := v.page(200, v.get(at))
	wantWords(t, page, "Also what is below it: 2 more", `value="About us (copy)"`)
	form := sent(t, page, at)
	form.Set("title", "About them")
	form.Set("section", o.Page)
	wantWords(t, v.page(422, v.post(at, form)), "Choose a section from the list.", `value="About them"`)
	form.Set("section", o.About)
	wantWords(t, v.page(409, v.post(at, form)), "cannot go into itself")
	form.Set("section", o.Root)
	w := v.post(at, form)
	_, id, _ := strings.Cut(w.Header().Get("Location"), "#r-")
	o.wantTo(w, sectionURL(o.Root)+"#r-"+id)
	wantWords(t, v.page(200, v.get(sectionURL(id))), "Copied, 3 in all.", "About them", "Our mission", "Not public yet")
	if d := o.Edition(t, id, "en"); d.Live() {
		t.Error("the copy is public")
	}
	v.page(409, v.get("/admin/entries/"+o.Root+"/copy"))
}

func TestTurn(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.as(o.Editor)
	at := "/admin/entries/" + o.Page + "/turn"
	form := sent(t, v.page(200, v.get(at)), at)
	stale := url.Values{"version": {"99"}}
	wantWords(t, v.page(409, v.post(at, stale)), "moved or changed this meanwhile")
	o.wantTo(v.post(at, form), sectionURL(o.Page))
	wantWords(t, v.page(200, v.get(sectionURL(o.Page))), "is a section now", "This section has no pages yet")
	if d := o.Edition(t, o.Page, "en"); *d.Path != "about-us/our-mission" || !d.Live() {
		t.Errorf("its address is %s, live %v", *d.Path, d.Live())
	}
	wantWords(t, v.page(409, v.get(at)), "Only a page can be turned into a section.")
	v.page(403, o.as(o.Author).get("/admin/entries/"+o.About+"/turn"))
}

func TestBranch(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.as(o.Editor)
	broken := o.Create(t, cms.NewEntry{Kind: models.KindPage, Section: o.About, Lang: "en", Title: "Broken"})
	n := o.Edition(t, broken, "en").Version
	if _, err := o.CMS.Save(t.Context(), o.Admin, cms.SaveDraft{Entry: broken, Lang: "en", Version: n}); err != nil {
		t.Fatal(err)
	}
	o.Write(t, o.Draft, "en", "Now it is ready.")
	at := "/admin/entries/" + o.About + "/publish-branch"
	page := v.page(200, v.get(at))
	wantWords(t, page, "1 text will be published.", "Not public yet", "Left out", "to be repaired first", entryURL(broken, "en"))
	form := sent(t, page, at)
	o.Write(t, o.Draft, "en", "Changed meanwhile.")
	page = v.page(409, v.post(at, form))
	wantWords(t, page, "changed since you opened this page")
	o.wantTo(v.post(at, sent(t, page, at)), sectionURL(o.About))
	wantWords(t, v.page(200, v.get(sectionURL(o.About))), "1 text is published.")
	if !o.Edition(t, o.Draft, "en").Live() || o.Edition(t, broken, "en").Live() {
		t.Error("not exactly what was ready is public")
	}
	at = "/admin/entries/" + o.About + "/unpublish-branch"
	wantWords(t, v.page(200, v.get(at)), "4 texts will be unpublished.", at+"?lang=fr")
	form = sent(t, v.page(200, v.get(at+"?lang=fr")), at)
	o.wantTo(v.post(at, form), sectionURL(o.About))
	if o.Edition(t, o.About, "fr").Live() || !o.Edition(t, o.About, "en").Live() {
		t.Error("another language went, or French did not")
	}
	wantWords(t, v.page(200, v.get(at+"?lang=fr")), "Readers see nothing of this")
	v.page(403, o.as(o.Author).get(at))
}

// What the tree shows is in its address, and what means nothing is left out.
func TestTreeAddress(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.as(o.Admin)
	page := v.page(200, v.get("/admin/content?open=x,"+o.About+","+o.About))
	wantWords(t, page, "Our mission", `aria-label`, `href="`+sectionURL(o.Root)+`#r-`+o.About+`"`, "1 news item", "/admin/entries/"+o.Page+"/trash", `data-version="`)
	if strings.Contains(page, "Nos formations") {
		t.Error("a closed section shows what is in it")
	}
	page = v.page(200, v.get("/admin/content?state=draft&lang=en&page=0"))
	wantWords(t, page, "Not public yet", `href="`+sectionURL(o.About)+`"`)
	if strings.Contains(page, "Our mission") || strings.Contains(page, "mrd-tree") {
		t.Error("a flat list shows more than what was asked for")
	}
	wantWords(t, v.page(200, v.get("/admin/content?state=sky&lang=zz&page=-1")), "mrd-tree")
	wantWords(t, v.page(200, v.get("/admin/content?q=treaty")), "No title in this section contains", "Look among the news too")
	// What somebody may not do is not offered.
	page = o.as(o.Author).page(200, o.as(o.Author).get(sectionURL(o.About)))
	for _, path := range []string{o.Page + "/move", o.About + "/publish-branch", o.Page + "/trash"} {
		if strings.Contains(page, path) {
			t.Errorf("an author is offered %s", path)
		}
	}
	wantWords(t, page, o.Draft+"/move", o.Page+"/copy")
}

// A small phone has four items and "More", which holds the rest.
func TestMoreHoldsTheRest(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	page := o.as(o.Admin).page(200, o.as(o.Admin).get("/admin/settings"))
	_, more, _ := strings.Cut(page, `class="more-list"`)
	wantWords(t, more, `href="/admin/settings" aria-current="true"`, `href="/admin/account"`, `action="/admin/sign-out"`)
	if bar := strings.Count(page, `<a class="only-wide"`) - 2; bar != len(navigation)-barItems { // beside the account and the site
		t.Errorf("%s of the items wait behind “More”", strconv.Itoa(bar))
	}
	if !strings.Contains(page, `<summary aria-current="true">`) {
		t.Error("“More” does not say that the page is behind it")
	}
}
