package admin

import (
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"meridian/cms/block"
	"meridian/cms/cmstest"
	"meridian/cms/media"
	"meridian/models"
)

// editForm is the form of a file as its screen shows it.
func editForm(a models.Asset) url.Values {
	return url.Values{
		"version": {strconv.Itoa(a.Version)}, "title": {a.Title}, "credit": {a.Credit}, "licence": {a.Licence}, "taken": {a.Taken}, "place": {a.Place},
		"people": {string(a.People)}, "focus_x": {strconv.Itoa(percent(a.FocusX))}, "focus_y": {strconv.Itoa(percent(a.FocusY))}, "spot": {""}, "section": {a.SectionID},
	}
}

func TestAssetIsEdited(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	a := o.Upload(t, media.Upload{Name: "forum.png", Section: o.About})
	v := o.as(o.Author)
	at := "/admin/media/" + a.ID
	form := editForm(a)
	form.Set("title", "At the forum")
	form.Set("credit", "Ann Photo")
	form.Set("people", "none")
	form.Set("focus_x", "30")
	o.wantTo(v.post(at, form), at)
	got := o.asset(a.ID).Asset
	if got.Title != "At the forum" || got.Credit != "Ann Photo" || got.People != models.PeopleNone || got.FocusX != 300 || got.FocusY != 500 || got.Place != "" {
		t.Fatalf("saved %+v", got)
	}
	// Somebody else was there first: the words are kept, and can be saved over.
	form.Set("title", "My own title")
	body := v.page(409, v.post(at, form))
	wantWords(t, body, "My own title", "Somebody else changed this", `name="version" value="`+strconv.Itoa(got.Version)+`"`)
	// What is wrong is said at its field, what was typed stays.
	form = editForm(got)
	form.Set("taken", "last summer")
	form.Set("place", "Brussels")
	form.Set("focus_y", "140")
	body = v.page(422, v.post(at, form))
	wantWords(t, body, "Write a number from 0 to 100", `value="140"`, `value="Brussels"`, `value="last summer"`, `id="f-focus_y-error"`)
	form.Set("focus_y", "50")
	wantWords(t, v.page(422, v.post(at, form)), `id="f-taken-error"`, `value="Brussels"`)
	// One of the nine places counts more than the numbers beside it.
	form.Set("taken", "2026-05")
	form.Set("spot", "15 85")
	o.wantTo(v.post(at, form), at)
	if got := o.asset(a.ID).Asset; got.FocusX != 150 || got.FocusY != 850 || got.Taken != "2026-05" {
		t.Errorf("saved %+v", got)
	}
	// A focal point set finer than in percent stays when nobody touched it.
	o.PutAsset(t, a.ID, func(a *models.Asset) { a.FocusX = 333 })
	form = editForm(o.asset(a.ID).Asset)
	form.Set("place", "Namur")
	o.wantTo(v.post(at, form), at)
	if got := o.asset(a.ID).Asset; got.FocusX != 333 || got.Place != "Namur" {
		t.Errorf("saved %+v", got)
	}
	if w := o.as(o.BEEditor).post(at, form); w.Code != 404 {
		t.Errorf("somebody of another section: %d", w.Code)
	}
	// An answer that would open what is withheld is not an author's; what else
	// was typed stays.
	child := o.Upload(t, media.Upload{Name: "child.png", Section: o.About, People: models.PeopleChildren})
	form = editForm(child)
	form.Set("people", "none")
	form.Set("place", "Liège")
	wantWords(t, v.page(422, v.post("/admin/media/"+child.ID, form)), `id="f-people-error"`, `value="Liège"`)
	o.wantTo(o.as(o.Editor).post("/admin/media/"+child.ID, form), "/admin/media/"+child.ID)
}

// Who only uses a file sees it and cannot change it.
func TestSharedAsset(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	a := o.Upload(t, media.Upload{Name: "shared.png", Shared: true, People: models.PeopleNone})
	v := o.as(o.BEEditor)
	body := v.page(200, v.get("/admin/media/"+a.ID))
	wantWords(t, body, "Its own section changes it", "disabled")
	for _, no := range []string{"Throw away…", "Replace the file", `name="spot"`} {
		if strings.Contains(body, no) {
			t.Errorf("the page offers %q", no)
		}
	}
	if w := v.post("/admin/media/"+a.ID, editForm(a)); w.Code != 403 {
		t.Errorf("changing it: %d", w.Code)
	}
}

func TestCropBox(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		width, height, w, h, x, y int
		want                      string
	}{
		{1600, 1000, 1, 1, 50, 50, "300 0 1000 1000"}, {1600, 1000, 1, 1, 0, 50, "0 0 1000 1000"}, {1600, 1000, 1, 1, 100, 100, "600 0 1000 1000"},
		{1000, 1600, 16, 9, 50, 10, "0 0 1000 562"}, {1000, 1600, 16, 9, 50, 90, "0 1038 1000 562"}, {1, 1, 3, 4, 50, 50, "0 0 1 1"},
	} {
		if got := cropBox(tt.width, tt.height, tt.w, tt.h, tt.x, tt.y); got != tt.want {
			t.Errorf("%d×%d as %d:%d around %d,%d: %q, want %q", tt.width, tt.height, tt.w, tt.h, tt.x, tt.y, got, tt.want)
		}
	}
}

func TestAssetIsReplaced(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	a := o.Upload(t, media.Upload{Name: "forum.png", People: models.PeopleAdults})
	v := o.as(o.Author)
	at := "/admin/media/" + a.ID
	send := func(version int, f sentFile, more ...[2]string) *httptest.ResponseRecorder {
		return v.sends(at+"/replace", append([][2]string{{"version", strconv.Itoa(version)}}, more...), f)
	}
	o.wantTo(send(a.Version, sentFile{"new.png", cmstest.PNG(t, 30, 30, 5000)}, [2]string{"same", "1"}), at+"#versions")
	d := o.asset(a.ID)
	if len(d.Versions) != 2 || d.Version.Number != 2 || d.Asset.People != models.PeopleAdults {
		t.Fatalf("after replacing: %d versions, %d given out, shown %q", len(d.Versions), d.Version.Number, d.Asset.People)
	}
	wantWords(t, v.page(422, send(d.Asset.Version, sentFile{"x.csv", []byte("a,b\n1,2\n")})), "one of the same kind only", `id="f-replace-error"`)
	wantWords(t, v.page(422, v.sends(at+"/replace", [][2]string{{"version", strconv.Itoa(d.Asset.Version)}})), "Choose a file first")
	wantWords(t, v.page(409, send(a.Version, sentFile{"y.png", cmstest.PNG(t, 31, 30, 5001)})), "choose the file again")
	if w := v.sends(at+"/replace", nil, sentFile{"y.png", []byte("y")}); w.Code != 400 {
		t.Errorf("without a version: %d", w.Code)
	}
	// The old one again; who is shown has to be answered for it once more.
	o.wantTo(v.post(at+"/version", url.Values{"version": {strconv.Itoa(d.Asset.Version)}, "use": {"1"}}), at+"#versions")
	if d := o.asset(a.ID); d.Version.Number != 1 || d.Asset.People != models.PeopleUnknown {
		t.Errorf("version %d is given out, shown %q", d.Version.Number, d.Asset.People)
	}
	if w := v.post(at+"/version", url.Values{"version": {"999"}, "use": {"2"}}); w.Code != 409 {
		t.Errorf("stale: %d", w.Code)
	}
}

func TestAssetIsThrownAway(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	a := o.Upload(t, media.Upload{Name: "forum.png", Title: "The forum", People: models.PeopleNone})
	o.Write(t, o.Page, "en", "With a picture.", cmstest.Picture(a.ID, "A forum"))
	o.Publish(t, o.Page, "en")
	at := "/admin/media/" + a.ID
	v := o.as(o.Editor)
	wantWords(t, v.page(200, v.get(at)), "On public pages", "Our mission", "#b-")
	wantWords(t, v.page(200, v.get(at+"/trash")), "A page that readers see uses it", "Type the title to confirm")
	form := url.Values{"version": {strconv.Itoa(a.Version)}, "title": {"Something"}}
	wantWords(t, v.page(422, v.post(at+"/trash", form)), "This is not the title", `value="Something"`)
	if w := o.as(o.Author).post(at+"/trash", form); w.Code != 403 {
		t.Errorf("an author throws away what readers see: %d", w.Code)
	}
	form.Set("title", " the FORUM ")
	o.wantTo(v.post(at+"/trash", form), "/admin/media")
	now := o.asset(a.ID).Asset
	if now.TrashedAt == nil {
		t.Fatal("it is not in the trash")
	}
	version := url.Values{"version": {strconv.Itoa(now.Version)}}
	wantWords(t, v.page(409, v.post(at+"/restore", url.Values{"version": {"1"}})), "Somebody changed this meanwhile")
	o.wantTo(v.post(at+"/restore", version), at)
	now = o.asset(a.ID).Asset
	if _, err := o.Library.Trash(t.Context(), o.Editor, media.Trash{ID: a.ID, Version: now.Version, Typed: "The forum"}); err != nil {
		t.Fatal(err)
	}
	now = o.asset(a.ID).Asset
	form = url.Values{"version": {strconv.Itoa(now.Version)}, "title": {"no"}}
	wantWords(t, v.page(200, v.get(at+"/delete")), "irreversible")
	wantWords(t, v.page(422, v.post(at+"/delete", form)), "This is not the title")
	form.Set("title", "The forum")
	o.wantTo(v.post(at+"/delete", form), "/admin/media/trash")
	if w := v.get(at); w.Code != 404 {
		t.Errorf("what was deleted: %d", w.Code)
	}
}

func TestDescriptionsTogether(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	a := o.Upload(t, media.Upload{Name: "a.png", Section: o.About})
	b := o.Upload(t, media.Upload{Name: "b.png", Section: o.About})
	foreign := o.Upload(t, media.Upload{Name: "c.png", Section: o.Belgium})
	v := o.as(o.Author)
	path := "/admin/media/descriptions?in=all"
	body := v.page(200, v.get(path))
	if strings.Contains(body, foreign.ID) || !strings.Contains(body, "d."+a.ID+".fr") {
		t.Fatalf("the table shows the wrong pictures\n%s", body)
	}
	long := strings.Repeat("x", models.AssetDescriptionMax+1)
	form := url.Values{
		"d." + a.ID + ".en": {"Children around a table"}, "had.d." + a.ID + ".en": {""},
		"d." + b.ID + ".en": {long}, "had.d." + b.ID + ".en": {""},
		"d." + b.ID + ".fr": {""}, "had.d." + b.ID + ".fr": {""},
	}
	body = v.page(422, v.post(path, form))
	wantWords(t, body, long, `id="f-d-`+b.ID+`-en-error"`, "Use at most 300 characters")
	if got := o.asset(a.ID).Descriptions["en"]; got != "Children around a table" {
		t.Errorf("the good row was lost: %q", got)
	}
	form = url.Values{"d." + foreign.ID + ".en": {"Mine"}, "had.d." + foreign.ID + ".en": {""}}
	if w := v.post(path, form); w.Code != 422 || len(o.asset(foreign.ID).Descriptions) != 0 {
		t.Errorf("a foreign picture: %d", w.Code)
	}
	// Without a description in a language, and one's own choice.
	if body := v.page(200, v.get("/admin/media/descriptions?in=en")); strings.Contains(body, "d."+a.ID) || !strings.Contains(body, "d."+b.ID) {
		t.Error("the filter does not tell what is described")
	}
	if body := v.page(200, v.get("/admin/media/descriptions?which=all&asset="+a.ID+"&asset="+foreign.ID)); !strings.Contains(body, "d."+a.ID) || strings.Contains(body, "d."+b.ID) || strings.Contains(body, foreign.ID+".") {
		t.Error("the chosen pictures are not those shown")
	}
	at := "/admin/media/" + b.ID
	o.wantTo(v.post(at+"/describe", url.Values{"desc.en": {"A hall"}, "desc.fr": {"Une salle"}}), at+"#descriptions")
	if d := o.asset(b.ID).Descriptions; d["en"] != "A hall" || d["fr"] != "Une salle" {
		t.Errorf("described as %v", d)
	}
	wantWords(t, v.page(422, v.post(at+"/describe", url.Values{"desc.en": {long}})), long, "desc-en-error")
}

func TestCollections(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.as(o.Author)
	wantWords(t, v.page(200, v.get("/admin/media/collections")), "There are no collections yet")
	wantWords(t, v.page(422, v.post("/admin/media/collections", url.Values{"section": {o.About}, "name": {" "}})), "Fill this in")
	o.wantTo(v.post("/admin/media/collections", url.Values{"section": {o.About}, "name": {"Forum"}}), "/admin/media/collections")
	list, err := o.Library.Collections(t.Context(), o.Author)
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	at := "/admin/media/collections/" + list[0].ID
	v.page(200, v.get(at))
	if w := o.as(o.BEEditor).get(at); w.Code != 404 {
		t.Errorf("foreign: %d", w.Code)
	}
	form := url.Values{"version": {"1"}, "name": {"Forum 2026"}, "do": {"rename"}}
	o.wantTo(v.post(at, form), "/admin/media/collections")
	wantWords(t, v.page(409, v.post(at, form)), "Somebody changed this meanwhile", `value="Forum 2026"`)
	form = url.Values{"version": {"2"}, "do": {"delete"}}
	o.wantTo(v.post(at, form), "/admin/media/collections")
	if w := v.get(at); w.Code != 404 {
		t.Errorf("deleted: %d", w.Code)
	}
}

// From the editing screen to the library and back: no typed word is lost, and
// what is known of the picture comes with it.
func TestPictureIsChosenForAText(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	a := o.Upload(t, media.Upload{Name: "forum.png", Title: "The forum", Section: o.About, People: models.PeopleNone})
	if bad, err := o.Library.DescribeMany(t.Context(), o.Admin, []media.Description{{ID: a.ID, Lang: "en", Text: "Children in a hall"}}); err != nil || len(bad) > 0 {
		t.Fatal(bad, err)
	}
	w := o.as(o.Author).opens(o.Draft, "en")
	w.does("insert:start:image")
	field := "b." + w.blockID(0) + ".media"
	w.form.Set("summary", "Half a sentence")
	r := w.presses("choose:" + field)
	to := r.Header().Get("Location")
	if r.Code != 303 || !strings.HasPrefix(to, "/admin/media?") || !strings.Contains(to, "kind=image") {
		t.Fatalf("choosing: %d to %q\n%s", r.Code, to, r.Body)
	}
	if d := o.DraftOf(t, o.Draft, "en"); d.Summary != "Half a sentence" {
		t.Errorf("the words were not saved: %q", d.Summary)
	}
	body := w.page(200, w.get(to))
	back := w.at + "?" + url.Values{"put": {field}, "media": {a.ID}}.Encode()
	wantWords(t, body, "Your text is saved", `href="`+strings.ReplaceAll(back, "&", "&amp;")+"#f-b-", "Use this one")
	page := w.page(200, w.get(back))
	wantWords(t, page, "“The forum” is put in", "Children in a hall", "Choose another…")
	w.reads(page)
	if got := w.form.Get(field); got != "media:"+a.ID {
		t.Fatalf("the field holds %q", got)
	}
	w.does("save")
	doc, err := block.Decode([]byte(o.DraftOf(t, o.Draft, "en").Body))
	if err != nil || doc.Doc.Content[0].Attrs["media"] != "media:"+a.ID || doc.Doc.Content[0].Attrs["alt"] != "Children in a hall" {
		t.Fatalf("saved %v, %v", doc, err)
	}
	// A file that is foreign or no file is not put in, and nobody is led away.
	foreign := o.Upload(t, media.Upload{Name: "secret.png", Section: o.Belgium})
	for _, q := range []string{"put=" + field + "&media=" + foreign.ID, "put=" + field + "&media=x", "put=b.aaaaaaaa.media&media=" + a.ID, "put=%3Cb%3E&media=" + a.ID} {
		if page := w.page(200, w.get(w.at+"?"+q)); strings.Contains(page, "is put in") {
			t.Errorf("?%s puts something in", q)
		}
	}
	for _, q := range []string{"choose=//evil.example&field=" + field, "choose=https://evil.example/admin/entries/x&field=" + field, "choose=/admin/entries/x?next=1&field=" + field, "choose=/admin/settings&field=" + field} {
		if page := w.page(200, w.get("/admin/media?"+q)); strings.Contains(page, "Use this one") || strings.Contains(page, "evil.example") {
			t.Errorf("?%s is followed", q)
		}
	}
	// A file of a list brings its title and its language with it.
	w.does("insert:" + w.blockID(0) + ":files")
	pdf := o.Upload(t, media.Upload{Name: "report.csv", Title: "The report", Body: strings.NewReader("a,b\n1,2\n"), Section: o.About})
	row := "b." + w.blockID(1) + ".items.0."
	if r := w.presses("choose:" + row + "media"); strings.Contains(r.Header().Get("Location"), "kind=") {
		t.Errorf("files are chosen among pictures: %s", r.Header().Get("Location"))
	}
	w.reads(w.page(200, w.get(w.at+"?"+url.Values{"put": {row + "media"}, "media": {pdf.ID}}.Encode())))
	if w.form.Get(row+"media") != "media:"+pdf.ID || w.form.Get(row+"title") != "The report" {
		t.Errorf("put in %q with the title %q", w.form.Get(row+"media"), w.form.Get(row+"title"))
	}
	w.does("save")
	if w.does("clear:" + field); w.form.Get(field) != "" || w.form.Get(row+"media") == "" {
		t.Error("the picture was not taken away")
	}
	// The lead picture is a fact.
	if r := w.presses("choose:facts.lead_picture"); r.Code != 303 || !strings.Contains(r.Header().Get("Location"), "field=facts.lead_picture") {
		t.Fatalf("lead picture: %d %s", r.Code, r.Header().Get("Location"))
	}
	w.reads(w.page(200, w.get(w.at+"?put=facts.lead_picture&media="+a.ID)))
	w.does("save")
	if page := w.page(200, w.get(w.at)); !strings.Contains(page, "The forum") {
		t.Error("the lead picture was not kept")
	}
}
