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

func TestTrashScreens(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.as(o.Editor)
	if body := v.page(200, v.get("/admin/trash")); !strings.Contains(body, "The trash is empty") {
		t.Error("an empty trash does not say so")
	}
	if body := v.page(200, v.get("/admin/trash")); !strings.Contains(body, `href="/admin/media/trash"`) || !strings.Contains(body, "Trash of pictures and files") {
		t.Error("where pictures and files are thrown away is not said")
	}
	body := v.page(200, v.get("/admin/entries/"+o.About+"/trash"))
	for _, s := range []string{"Throw away “About us”", "2 entries below it go with it", "Languages: English, French", "Readers see 3 texts of it today", "30 days"} {
		if !strings.Contains(body, s) {
			t.Errorf("the screen lacks %q", s)
		}
	}
	// The way back leads to what it names, a page as well as a section.
	for id, want := range map[string]string{o.About: `href="` + sectionURL(o.About) + `" dir="auto">About us<`, o.Page: `href="/admin/entries/` + o.Page + `" dir="auto">Our mission<`} {
		if body := v.page(200, v.get("/admin/entries/"+id+"/trash")); !strings.Contains(body, want) {
			t.Errorf("no %s", want)
		}
	}
	at := "/admin/entries/" + o.About + "/trash"
	if w := v.post(at, url.Values{"version": {"99"}}); w.Code != 409 || !strings.Contains(w.Body.String(), "Somebody changed this meanwhile") {
		t.Errorf("stale: %d", w.Code)
	}
	version := strconv.Itoa(o.entry(o.About).Version)
	if w := v.post(at, url.Values{"version": {version}}); w.Code != 303 {
		t.Fatalf("thrown away: %d", w.Code)
	}
	body = v.page(200, v.get("/admin/trash"))
	for _, s := range []string{"Thrown away: About us", "Undo", "and 2 below it", "was public", `/admin/trash/` + o.About + `/restore`, ">30<"} {
		if !strings.Contains(body, s) {
			t.Errorf("the trash lacks %q", s)
		}
	}
	// A foreign editor and an author may not.
	if w := o.as(o.BEEditor).post("/admin/trash/"+o.About+"/restore", url.Values{"version": {"9"}}); w.Code != 404 {
		t.Errorf("restored by a foreign editor: %d", w.Code)
	}
	if w := o.as(o.Author).get("/admin/trash/" + o.About + "/delete"); w.Code != 403 {
		t.Errorf("deleted by an author: %d", w.Code)
	}
	version = strconv.Itoa(o.entry(o.About).Version)
	if body := v.page(409, v.post("/admin/trash/"+o.About+"/restore", url.Values{"version": {"99"}})); !strings.Contains(body, "Somebody changed this meanwhile") {
		t.Error("a stale return does not say so")
	}
	del := "/admin/trash/" + o.About + "/delete"
	if body := v.page(200, v.get(del)); strings.Count(body, "irreversible") != 1 || !strings.Contains(body, "2 entries below it go with it.") {
		t.Error("the last look does not say what is lost")
	}
	if body := v.page(409, v.post(del, url.Values{"version": {"99"}, "title": {"About us"}})); !strings.Contains(body, "Somebody changed this meanwhile") || !strings.Contains(body, `value="About us"`) {
		t.Error("a stale deletion does not say so, or forgets the title")
	}
	if w := v.post(del, url.Values{"version": {version}, "title": {"Something else"}}); w.Code != 422 || !strings.Contains(w.Body.String(), "Something else") || !strings.Contains(w.Body.String(), "Nothing was deleted") {
		t.Errorf("another title: %d", w.Code)
	}
	if w := v.post("/admin/trash/"+o.About+"/restore", url.Values{"version": {version}}); w.Code != 303 {
		t.Fatalf("restored: %d", w.Code)
	}
	if body := v.page(200, v.get("/admin/content")); !strings.Contains(body, "Brought back: About us") {
		t.Error("the screen does not say what came back")
	}
	version = strconv.Itoa(o.entry(o.About).Version)
	v.post(at, url.Values{"version": {version}})
	version = strconv.Itoa(o.entry(o.About).Version)
	if w := v.post(del, url.Values{"version": {version}, "title": {" about  US "}}); w.Code != 303 {
		t.Fatalf("deleted: %d", w.Code)
	}
	if body := v.page(200, v.get("/admin/trash")); !strings.Contains(body, "Deleted for good: About us") || !strings.Contains(body, "The trash is empty") {
		t.Error("the trash does not say what was deleted")
	}
}

func (o *office) versionOf(id string) url.Values {
	return url.Values{"version": {strconv.Itoa(o.entry(id).Version)}}
}

// TestTrashWithinTrashScreens: what stands in something that is in the trash
// waits for it, by name.
func TestTrashWithinTrashScreens(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.as(o.Editor)
	for _, id := range []string{o.Page, o.About} {
		if w := v.post("/admin/entries/"+id+"/trash", o.versionOf(id)); w.Code != 303 || w.Header().Get("Location") != sectionURL(o.entry(id).Section()) {
			t.Fatalf("thrown away: %d to %s", w.Code, w.Header().Get("Location"))
		}
	}
	back := "/admin/trash/" + o.Page + "/restore"
	body := v.page(200, v.get("/admin/trash"))
	if !strings.Contains(body, "Bring “About us” back first") || strings.Count(body, `action="`+back) != 1 { // in the message, not in the list
		t.Error("the list does not say what comes first")
	}
	body = v.page(409, v.post(back, o.versionOf(o.Page)))
	if !strings.Contains(body, "Bring that back first") || strings.Contains(body, `action="`+back) {
		t.Error("the refusal is not in words beside the list")
	}
	for _, id := range []string{o.About, o.Page} {
		o.wantTo(v.post("/admin/trash/"+id+"/restore", o.versionOf(id)), rowAt(sectionURL(o.entry(id).Section()), id))
	}
}

// TestTrashUses: the places that use something are links to the block, those
// the user cannot see are a number.
func TestTrashUses(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.Tx(t, func(tx *store.Tx) error {
		for id, lang := range map[string]string{o.News: "en", o.BEPage: "fr"} {
			if err := tx.PutRefs(o.Edition(t, id, lang).ID, false, []store.Ref{{BlockID: "abcdefgh", TargetKind: "page", TargetID: o.Page, Purpose: "link"}}); err != nil {
				return err
			}
		}
		return nil
	})
	v := o.as(o.Editor)
	body := v.page(200, v.get("/admin/entries/"+o.Page+"/trash"))
	for _, s := range []string{`href="/admin/entries/` + o.News + `/en#b-abcdefgh"`, "English, in a draft", "Also used in places you cannot see: 1"} {
		if !strings.Contains(body, s) {
			t.Errorf("the screen lacks %q", s)
		}
	}
	for _, s := range []string{o.BEPage, "Nos formations"} {
		if strings.Contains(body, s) {
			t.Errorf("the screen tells %q", s)
		}
	}
	for name, code := range map[string]int{"/admin/entries/" + o.Root + "/trash": 409, "/admin/entries/" + o.BEPage + "/trash": 404, "/admin/entries/x/trash": 404, "/admin/trash/" + o.Page + "/delete": 404} {
		if w := v.get(name); w.Code != code {
			t.Errorf("%s answers %d, want %d", name, w.Code, code)
		}
	}
}

// TestTrashPages: the list goes on beyond a page.
func TestTrashPages(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	for i := range cms.TrashPerPage + 1 {
		id := o.Create(t, cms.NewEntry{Kind: models.KindPage, Section: o.About, Lang: "en", Title: "Page " + strconv.Itoa(i)})
		if _, err := o.CMS.Trash(t.Context(), o.Admin, id, 1); err != nil {
			t.Fatal(err)
		}
	}
	v := o.as(o.Admin)
	first, second := v.page(200, v.get("/admin/trash")), v.page(200, v.get("/admin/trash?page=2"))
	if !strings.Contains(first, `href="/admin/trash?page=2"`) || strings.Contains(first, "page=0") || strings.Count(first, `<th scope="row">`) != cms.TrashPerPage {
		t.Error("the first page does not lead to the second")
	}
	if !strings.Contains(second, `href="/admin/trash?page=1"`) || strings.Contains(second, "page=3") || strings.Count(second, `<th scope="row">`) != 1 {
		t.Error("the second page is not the last")
	}
	v.page(200, v.get("/admin/trash?page=-1"))
}

// TestAddressInTrashScreen: the field says why the address cannot be had.
func TestAddressInTrashScreen(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.as(o.Editor)
	v.post("/admin/entries/"+o.Page+"/trash", o.versionOf(o.Page))
	body := v.page(422, v.post("/admin/entries/"+o.Draft+"/en/address", url.Values{"version": {strconv.Itoa(o.Edition(t, o.Draft, "en").Version)}, "slug": {"our-mission"}}))
	if !strings.Contains(body, "“our-mission” is used by something in the trash") {
		t.Error("the field does not say that the trash has it")
	}
}
