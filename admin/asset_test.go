package admin

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"meridian/cms/account"
	"meridian/cms/cmstest"
	"meridian/cms/media"
	"meridian/models"
)

// sentFile is a file in a form.
type sentFile struct {
	name string
	body []byte
}

// sends posts a form with files, as a browser does without script.
func (v *visitor) sends(path string, fields [][2]string, files ...sentFile) *httptest.ResponseRecorder {
	v.t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	for _, f := range fields {
		if err := form.WriteField(f[0], f[1]); err != nil {
			v.t.Fatal(err)
		}
	}
	for _, f := range files {
		w, err := form.CreateFormFile("file", f.name)
		if err != nil {
			v.t.Fatal(err)
		}
		_, _ = w.Write(f.body)
	}
	if err := form.Close(); err != nil {
		v.t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, v.url(path), &b)
	r.Header.Set("Content-Type", form.FormDataContentType())
	return v.do(r)
}

// asset reads a file as the administrator.
func (o *office) asset(id string) media.Detail {
	o.t.Helper()
	d, err := o.Library.Asset(o.t.Context(), o.Admin, id)
	if err != nil {
		o.t.Fatal(err)
	}
	return d
}

// heic begins as the photos of some phones do.
var heic = []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic")

func TestUploadWithoutScript(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.as(o.Author)
	photo := cmstest.PNG(t, 60, 40, 1000)
	body := v.page(200, v.sends("/admin/media/upload", [][2]string{{"home", o.About}, {"shown", "none"}},
		sentFile{"Forum <2026>.png", photo}, sentFile{"IMG_1.HEIC", heic}, sentFile{"again.png", photo}, sentFile{"", nil}))
	for _, want := range []string{"2 of 3 are in the library", "Forum &lt;2026&gt;.png", "Stored (", "most browsers cannot show", "Already here as “Forum &lt;2026&gt;”, not used yet"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q\n%s", want, body)
		}
	}
	list, err := o.Library.List(t.Context(), o.Author, media.Query{})
	if err != nil || len(list.Items) != 1 {
		t.Fatalf("%d files, %v; want the one that is new", len(list.Items), err)
	}
	if a := list.Items[0].Asset; a.SectionID != o.About || a.People != models.PeopleNone || a.UploadedBy != o.Author.ID {
		t.Errorf("stored as %+v", a)
	}
	// Nothing chosen, nothing of it taken, and a section of somebody else's.
	if body := v.page(422, v.sends("/admin/media/upload", [][2]string{{"home", o.About}})); !strings.Contains(body, "Nothing was sent") {
		t.Error("an empty form says nothing")
	}
	v.page(422, v.sends("/admin/media/upload", [][2]string{{"home", o.About}}, sentFile{"x.exe", []byte("MZ\x90")}))
	if body := v.page(422, v.sends("/admin/media/upload", [][2]string{{"home", o.Belgium}}, sentFile{"x.png", cmstest.PNG(t, 9, 9, 1001)})); !strings.Contains(body, "Choose a section from the list") {
		t.Errorf("a foreign section is answered with %s", body)
	}
	if w := o.as(o.Nobody).sends("/admin/media/upload", nil, sentFile{"x.png", photo}); w.Code != 403 {
		t.Errorf("somebody without rights got %d", w.Code)
	}
	if w := v.post("/admin/media/upload", url.Values{"home": {o.About}}); w.Code != 415 {
		t.Errorf("a form without files got %d", w.Code)
	}
}

func TestUploadIsBounded(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.as(o.Author)
	var files []sentFile
	for i := range filesMost + 5 {
		files = append(files, sentFile{fmt.Sprintf("%d.png", i), cmstest.PNG(t, 8, 8, 2000+i)})
	}
	body := v.page(200, v.sends("/admin/media/upload", [][2]string{{"home", o.About}, {"shown", "none"}}, files...))
	if n := strings.Count(body, `data-state="stored"`); n != filesMost || !strings.Contains(body, "10 files can be sent at once") {
		t.Errorf("%d files stored at once, want %d and a word about the others", n, filesMost)
	}
	var fields [][2]string
	for i := range 10000 {
		fields = append(fields, [2]string{fmt.Sprint("f", i), "x"})
	}
	for name, w := range map[string]*httptest.ResponseRecorder{
		"10,000 fields": v.sends("/admin/media/upload", fields),
		"a long field":  v.sends("/admin/media/upload", [][2]string{{"home", strings.Repeat("x", uploadField+1)}}),
	} {
		if w.Code != 400 && w.Code != 413 {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
	// What is announced as too large is refused before it comes, and only the
	// two addresses that take files take more than a form.
	l := o.Library.Limits()
	for _, tt := range []struct {
		path string
		size int64
		want int
	}{
		{"/admin/media/upload", max(l.Picture, l.Document, l.Video) + maxForm + 1, 413},
		{"/admin/media/collections", maxForm + 1, 413},
		{"/admin/redirects/import", maxForm + 1, 413},
	} {
		r := httptest.NewRequest(http.MethodPost, v.url(tt.path), errReader{t})
		r.ContentLength = tt.size
		r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
		if w := v.do(r); w.Code != tt.want {
			t.Errorf("%s with %d bytes: %d, want %d", tt.path, tt.size, w.Code, tt.want)
		}
	}
}

// errReader is a body that must not be read.
type errReader struct{ t *testing.T }

func (r errReader) Read([]byte) (int, error) {
	r.t.Error("the body was read")
	return 0, io.EOF
}

func TestUploadForScripts(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.as(o.Author)
	v.header.Set("Accept", "application/json")
	send := func(status int, f sentFile) (got uploadResult) {
		t.Helper()
		w := v.sends("/admin/media/upload", [][2]string{{"home", o.About}, {"choose", "/admin/entries/" + o.Page + "/en"}, {"field", "b.abcdefgh.media"}}, f)
		if w.Code != status || !strings.HasPrefix(w.Header().Get("Content-Type"), "application/json") {
			t.Fatalf("%d %s\n%s", w.Code, w.Header().Get("Content-Type"), w.Body)
		}
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		return got
	}
	got := send(200, sentFile{"a.png", cmstest.PNG(t, 20, 20, 3000)})
	if got.State != "stored" || len(got.Links) != 2 || got.Links[0].Label != "Use this one" || got.Links[1].Label != "Say who is shown" {
		t.Errorf("stored: %+v", got)
	}
	if again := send(200, sentFile{"b.png", cmstest.PNG(t, 20, 20, 3000)}); again.State != "there" || again.Links[0].URL != got.Links[0].URL || again.Thumb == "" {
		t.Errorf("sent again: %+v", again)
	}
	if no := send(422, sentFile{"a.heic", heic}); no.State != "refused" || no.Say == "" || no.Links != nil {
		t.Errorf("refused: %+v", no)
	}
}

// What was withdrawn is not taken again by mistake, and says why.
func TestUploadOfWithdrawn(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	photo := cmstest.PNG(t, 30, 20, 4000)
	a := o.Upload(t, media.Upload{Section: o.About, Title: "Amina", Body: bytes.NewReader(photo)})
	if _, err := o.Library.WithdrawConsent(t.Context(), o.Admin, a.ID, ""); err != nil {
		t.Fatal(err)
	}
	v := o.as(o.Author)
	send := func(status int, fields ...[2]string) string {
		t.Helper()
		return v.page(status, v.sends("/admin/media/upload", append(fields, [2]string{"home", o.About}), sentFile{"x.png", photo}))
	}
	const said = "This picture was taken away because its consent was withdrawn on 25 November 2026."
	body := send(200)
	if wantWords(t, body, said, `data-state="there"`, `href="/admin/media/`+a.ID); strings.Contains(body, "/file/320") {
		t.Error("it is shown to who may not see it any more")
	}
	o.Clock.Advance(models.KeepWithdrawn + time.Second)
	if _, err := o.Library.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	v = o.as(o.Author)
	body = send(409)
	if wantWords(t, body, said, `data-state="gone"`, "0 of 1 are in the library", `name="both"`); strings.Contains(body, a.ID) || strings.Contains(body, "Amina") {
		t.Error("what is gone is named")
	}
	if list, err := o.Library.List(t.Context(), o.Admin, media.Query{}); err != nil || len(list.Items) != 0 {
		t.Errorf("%d files, %v", len(list.Items), err)
	}
	wantWords(t, send(200, [2]string{"both", "1"}), "Stored (", "1 of 1 are in the library")
}

// slowBody gives a line the time it needs, but not one that hardly moves.
func TestSlowBody(t *testing.T) {
	t.Parallel()
	conn := http.NewResponseController(httptest.NewRecorder())
	b := newSlowBody(io.NopCloser(strings.NewReader(strings.Repeat("x", 4<<20))), conn)
	b.began = time.Now().Add(-2 * slowStart)
	b.got = int64(3*slowStart/time.Second) * slowLeast
	if _, err := io.CopyN(io.Discard, b, 1<<20); err != nil {
		t.Errorf("a steady line: %v", err)
	}
	b.got = 100
	if _, err := b.Read(make([]byte, 10)); !errors.Is(err, errSlow) || !lineLost(fmt.Errorf("read: %w", err)) {
		t.Errorf("a line that hardly moves: %v", err)
	}
}

func TestLibraryFilters(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	forum := o.Upload(t, media.Upload{Name: "Forum.png", Section: o.About})
	crowd := o.Upload(t, media.Upload{Name: "March.png", Section: o.Root, People: models.PeopleCrowd})
	table := o.Upload(t, media.Upload{Name: "Table.csv", Body: strings.NewReader("a,b\n1,2\n")})
	foreign := o.Upload(t, media.Upload{Name: "Secret.png", Section: o.Belgium})
	if bad, err := o.Library.DescribeMany(t.Context(), o.Admin, []media.Description{{ID: forum.ID, Lang: "en", Text: "Young people around a table"}}); err != nil || len(bad) > 0 {
		t.Fatal(bad, err)
	}
	if more, err := o.Library.Index(t.Context()); err != nil || more {
		t.Fatal(more, err)
	}
	names := map[string]string{forum.ID: "forum", crowd.ID: "crowd", table.ID: "table", foreign.ID: "foreign"}
	v := o.as(o.Author)
	for _, tt := range []struct{ query, want string }{
		{"", "forum crowd table"}, {"kind=data", "table"}, {"kind=nonsense", "forum crowd table"}, {"people=crowd", "crowd"}, {"section=" + o.About, "forum"},
		{"section=" + o.Belgium, ""}, {"nodescription=en", "crowd"}, {"q=young+table", "forum"}, {"q=nothing+like+it", ""}, {"use=unused", "forum crowd table"},
		{"use=shared", ""}, {"uploader=" + o.Author.ID, ""}, {"collection=" + o.NewID(), ""}, {"after=nonsense", "forum crowd table"},
		{"consent=unanswered", "forum"}, {"view=list&kind=image", "forum crowd"},
	} {
		body := v.page(200, v.get("/admin/media?"+tt.query))
		var got []string
		for _, id := range []string{forum.ID, crowd.ID, table.ID, foreign.ID} {
			if strings.Contains(body, "/admin/media/"+id) {
				got = append(got, names[id])
			}
		}
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("?%s shows %q, want %q", tt.query, s, tt.want)
		}
	}
	if body := v.page(200, v.get("/admin/media?q=nothing+like+it")); !strings.Contains(body, "Nothing like this is here") {
		t.Error("an empty list does not say so")
	}
	if w := v.get("/admin/media/" + foreign.ID); w.Code != 404 {
		t.Errorf("a file of another section: %d", w.Code)
	}
}

// What is chosen in the list is done to each file by itself.
func TestLibraryBulk(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	a := o.Upload(t, media.Upload{Name: "a.png", People: models.PeopleUnknown})
	b := o.Upload(t, media.Upload{Name: "b.csv", Body: strings.NewReader("a,b\n1,2\n")})
	v := o.as(o.Editor)
	back := "/admin/media?view=list"
	act := func(do string, more ...string) string {
		t.Helper()
		form := url.Values{"asset": {a.ID, b.ID}, "do": {do}, "back": {back}}
		for i := 0; i+1 < len(more); i += 2 {
			form.Set(more[i], more[i+1])
		}
		o.wantTo(v.post("/admin/media/act", form), back)
		return v.page(200, v.get(back))
	}
	if body := act("people", "answer", "crowd"); !strings.Contains(body, "Answered for 1. Not for 1") || o.asset(a.ID).Asset.People != models.PeopleCrowd {
		t.Errorf("who is shown: %s", body)
	}
	col, err := o.Library.CreateCollection(t.Context(), o.Editor, o.Root, "Forum")
	if err != nil {
		t.Fatal(err)
	}
	if act("collect", "into", col.ID); len(o.asset(b.ID).Collections) != 1 {
		t.Error("nothing was put into the collection")
	}
	if act("uncollect", "from", col.ID); len(o.asset(b.ID).Collections) != 0 {
		t.Error("nothing was taken out of the collection")
	}
	o.wantTo(v.post("/admin/media/act", url.Values{"asset": {a.ID}, "do": {"describe"}, "back": {back}}), "/admin/media/descriptions?asset="+a.ID+"&which=all")
	if body := act("trash"); !strings.Contains(body, "Thrown away: 2.") || o.asset(a.ID).Asset.TrashedAt == nil {
		t.Errorf("trash: %s", body)
	}
	if body := v.page(200, v.get("/admin/media/trash")); !strings.Contains(body, a.ID) {
		t.Error("the trash does not show it")
	}
	o.wantTo(v.post("/admin/media/act", url.Values{"do": {"trash"}, "back": {"//elsewhere"}}), "/admin/media")
	if w := v.post("/admin/media/act", url.Values{"asset": {a.ID}, "do": {"explode"}}); w.Code != 400 {
		t.Errorf("an unknown act: %d", w.Code)
	}
}

func TestFilesOfTheLibrary(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	a := o.Upload(t, media.Upload{Name: `Été "2026".png`})
	v := o.as(o.Author)
	w := v.get("/admin/media/" + a.ID + "/file/original")
	if w.Code != 200 || w.Header().Get("Content-Type") != "image/png" || w.Header().Get("X-Content-Type-Options") != "nosniff" {
		t.Fatalf("%d %v", w.Code, w.Header())
	}
	// The library keeps a name that no header or folder takes for its own.
	const want = `attachment; filename="_t_ -2026.png"; filename*=UTF-8''%C3%89t%C3%A9%20-2026.png`
	if d := w.Header().Get("Content-Disposition"); d != want {
		t.Errorf("disposition %q, want %q", d, want)
	}
	w = v.get("/admin/media/" + a.ID + "/file/320")
	tag := w.Header().Get("ETag")
	if w.Code != 200 || w.Header().Get("Cache-Control") != "private, no-cache" || tag == "" || w.Header().Get("Content-Disposition") != "" {
		t.Fatalf("%d %v", w.Code, w.Header())
	}
	if p := w.Header().Get("Content-Security-Policy"); !strings.Contains(p, "sandbox") || strings.Contains(p, "script-src") {
		t.Errorf("policy %q", p)
	}
	r := httptest.NewRequest(http.MethodGet, v.url("/admin/media/"+a.ID+"/file/320"), nil)
	r.Header.Set("If-None-Match", tag)
	if w := v.do(r); w.Code != 304 {
		t.Errorf("asked again: %d", w.Code)
	}
	for _, path := range []string{"/file/321", "/file/x", "/file/original?number=9", "/file/original?number=x"} {
		if w := v.get("/admin/media/" + a.ID + path); w.Code != 404 {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	if w := o.as(o.BEEditor).get("/admin/media/" + a.ID + "/file/320"); w.Code != 404 {
		t.Errorf("foreign: %d", w.Code)
	}
	// An officer's browser keeps what everybody may see, and nothing of what is
	// sealed.
	farah := o.as(o.Officer(t, o.Root))
	if w := farah.get("/admin/media/" + a.ID + "/file/320"); w.Code != 200 || w.Header().Get("Cache-Control") != "private, no-cache" || w.Header().Get("ETag") != tag {
		t.Errorf("to the officer: %d %v", w.Code, w.Header())
	}
	if _, err := o.Library.WithdrawConsent(t.Context(), o.Admin, a.ID, ""); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/file/320", "/file/original", "/file/original?number=1"} {
		if w := farah.get("/admin/media/" + a.ID + path); w.Code != 200 || w.Header().Get("Cache-Control") != "no-store" || w.Header().Get("ETag") != "" {
			t.Errorf("%s, sealed, to the officer: %d %v", path, w.Code, w.Header())
		}
		r := httptest.NewRequest(http.MethodGet, v.url("/admin/media/"+a.ID+path), nil)
		r.Header.Set("If-None-Match", tag)
		if w := v.do(r); w.Code != 403 {
			t.Errorf("%s, sealed, to who had it: %d", path, w.Code)
		}
	}
}

// Every screen is clean in every language, with something in it.
func TestMediaScreensAreClean(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	a := o.Upload(t, media.Upload{Name: "a.png", People: models.PeopleChildren})
	b := o.Upload(t, media.Upload{Name: "b.csv", Body: strings.NewReader("a,b\n1,2\n")})
	gone := o.Upload(t, media.Upload{Name: "gone.png"})
	if _, err := o.Library.Trash(t.Context(), o.Admin, media.Trash{ID: gone.ID, Version: gone.Version}); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Library.GiveConsent(t.Context(), o.Admin, media.Consent{Asset: a.ID, Version: a.Version, GivenBy: "Mother", Uses: []string{"site"}, Until: "2026-12-01"}); err != nil {
		t.Fatal(err)
	}
	col, err := o.Library.CreateCollection(t.Context(), o.Admin, o.Root, "Forum")
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range langTags() {
		if err := o.accounts.UpdateProfile(t.Context(), o.Admin, account.Profile{Name: "Ada Admin", Lang: lang, Theme: "dark"}, langTags()); err != nil {
			t.Fatal(err)
		}
		v := o.as(o.Admin)
		for _, path := range []string{
			"", "?view=list", "/" + a.ID, "/" + b.ID, "/" + gone.ID, "/" + a.ID + "/trash", "/" + gone.ID + "/delete", "/trash", "/collections",
			"/collections/" + col.ID, "/descriptions", "/descriptions?in=all", "?choose=/admin/entries/" + o.Page + "/en&field=b.abcdefgh.media&kind=image",
		} {
			if body := v.page(200, v.get("/admin/media"+path)); strings.Contains(body, "&lt;no value&gt;") || strings.Contains(body, "ZgotmplZ") {
				t.Errorf("%s in %s has a hole", path, lang)
			}
		}
		for _, path := range []string{"/admin/", "/admin/consents", "/admin/consents?state=valid"} {
			v.page(200, v.get(path))
		}
		body := v.page(200, v.sends("/admin/media/upload", [][2]string{{"home", o.Root}}, sentFile{"a.png", cmstest.PNG(t, 9, 9, 4000)}, sentFile{"x", []byte("x")}))
		for _, code := range []string{"media.", "upload.", "consent."} {
			if strings.Contains(body, ">"+code) {
				t.Errorf("a sentence is missing in %s: %.40s…", lang, body[strings.Index(body, ">"+code):])
			}
		}
	}
}
